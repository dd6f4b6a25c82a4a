/* What does the structure of two unequal numbers or dates say about the people behind them? */
#include "core/link/parts.h"

#include "talent/base/day.h"

enum { DIGITS_MAX = 20, NIP_DIGITS = 18 };

typedef struct digits {
    int n;
    uint8_t d[DIGITS_MAX]; /* first digit first */
} digits;

static digits
split_digits(uint64_t number)
{
    digits out = {0};
    uint8_t back[DIGITS_MAX];
    while (number > 0) {
        back[out.n++] = (uint8_t)(number % 10);
        number /= 10;
    }
    for (int i = 0; i < out.n; i++) {
        out.d[i] = back[out.n - 1 - i];
    }
    return out;
}

/* At most one digit replaced, left out, put in, or exchanged with its neighbour. */
static bool
one_slip(const digits *a, const digits *b)
{
    const digits *longer = a->n >= b->n ? a : b;
    const digits *shorter = a->n >= b->n ? b : a;
    if (longer->n - shorter->n > 1) {
        return false;
    }
    int i = 0;
    while (i < shorter->n && longer->d[i] == shorter->d[i]) {
        i++;
    }
    int tail = 0;
    while (tail < shorter->n - i &&
           longer->d[longer->n - 1 - tail] == shorter->d[shorter->n - 1 - tail]) {
        tail++;
    }
    if (longer->n > shorter->n) {
        return i + tail == shorter->n;
    }
    const int changed = shorter->n - i - tail;
    return changed <= 1 ||
           (changed == 2 && longer->d[i] == shorter->d[i + 1] && longer->d[i + 1] == shorter->d[i]);
}

/* Both have 18 digits and differ. */
static tp_level_nip
read_good(const digits *a, const digits *b)
{
    int birth = 0;
    int appointed = 0;
    int sex = 0;
    int serial = 0;
    for (int i = 0; i < NIP_DIGITS; i++) {
        const int differs = a->d[i] != b->d[i];
        if (i < 8) {
            birth += differs;
        } else if (i < 14) {
            appointed += differs;
        } else if (i == 14) {
            sex += differs;
        } else {
            serial += differs;
        }
    }
    if (birth + appointed + sex == 0) {
        return TP_LV_NIP_SERIAL;
    }
    if (birth <= 2 && appointed + sex + serial == 0) {
        return TP_LV_NIP_CORRECTED;
    }
    if (birth + sex + serial == 0) {
        return TP_LV_NIP_NEUTRAL;
    }
    return one_slip(a, b) ? TP_LV_NIP_NEAR : TP_LV_NIP_DIFFERENT;
}

tp_level_nip
tp_link_nip_diff(uint64_t a, int class_a, uint64_t b, int class_b)
{
    const bool usable_a = a != 0 && (class_a == TP_NIP_GOOD || class_a == TP_NIP_DAMAGED);
    const bool usable_b = b != 0 && (class_b == TP_NIP_GOOD || class_b == TP_NIP_DAMAGED);
    if (!usable_a || !usable_b) {
        return TP_LV_NIP_UNKNOWN;
    }
    const bool good = class_a == TP_NIP_GOOD && class_b == TP_NIP_GOOD;
    if (a == b) {
        return good ? TP_LV_NIP_EQUAL : TP_LV_NIP_NEAR;
    }
    const digits da = split_digits(a);
    const digits db = split_digits(b);
    if (good && da.n == NIP_DIGITS && db.n == NIP_DIGITS) {
        return read_good(&da, &db);
    }
    return one_slip(&da, &db) ? TP_LV_NIP_NEAR : TP_LV_NIP_UNKNOWN;
}

tp_level_date
tp_link_date_diff(int32_t a, int32_t b)
{
    if (a == b) {
        return TP_LV_DATE_EQUAL;
    }
    const tp_ymd x = tp_day_split(a);
    const tp_ymd y = tp_day_split(b);
    if (x.year == y.year && x.month == y.day && x.day == y.month) {
        return TP_LV_DATE_SWAPPED;
    }
    const digits da = split_digits((uint64_t)(x.year * 10000 + x.month * 100 + x.day));
    const digits db = split_digits((uint64_t)(y.year * 10000 + y.month * 100 + y.day));
    int changed = da.n == db.n ? 0 : DIGITS_MAX;
    for (int i = 0; i < da.n && i < db.n; i++) {
        changed += da.d[i] != db.d[i];
    }
    if (changed == 1 || (x.month == y.month && x.day == y.day)) {
        return TP_LV_DATE_ONE_DIGIT;
    }
    return x.year == y.year ? TP_LV_DATE_YEAR : TP_LV_DATE_DIFFERENT;
}
