/* Is this a usable civil-service number, and what does it say? */
#include "talent/core/nip.h"

#include "talent/base/day.h"

enum { DIGITS_MAX = 19, BIRTH_YEAR_MIN = 1940, APPOINTED_YEAR_MAX = 2099, ADULT_YEARS = 18 };

/* Length of a separator at p that numbers are written with; 0 if there is none. */
static size_t
separator(tp_str text, size_t at)
{
    const unsigned char c = (unsigned char)text.p[at];
    if (c == ' ' || c == '.' || c == '-' || c == '\t' || c == '\n' || c == '\r') {
        return 1;
    }
    if (c == 0xc2 && at + 1 < text.n && (unsigned char)text.p[at + 1] == 0xa0) {
        return 2; /* no-break space */
    }
    return 0;
}

/* "1.97003E+17", with point or comma. */
static bool
looks_scientific(tp_str text)
{
    size_t i = 0;
    while (i < text.n &&
           ((text.p[i] >= '0' && text.p[i] <= '9') || text.p[i] == '.' || text.p[i] == ',')) {
        i++;
    }
    if (i == 0 || i + 1 >= text.n || (text.p[i] != 'E' && text.p[i] != 'e')) {
        return false;
    }
    i++;
    i += text.p[i] == '+' || text.p[i] == '-' ? 1 : 0;
    const size_t from = i;
    while (i < text.n && text.p[i] >= '0' && text.p[i] <= '9') {
        i++;
    }
    return i > from && i == text.n;
}

static bool
is_placeholder(const char *digit, int n)
{
    bool equal = true;
    bool up = true;
    bool down = true;
    for (int i = 1; i < n; i++) {
        const int step = digit[i] - digit[i - 1];
        equal = equal && step == 0;
        up = up && (step == 1 || step == -9);
        down = down && (step == -1 || step == 9);
    }
    return equal || up || down;
}

static int
number_of(const char *digit, int from, int n)
{
    int v = 0;
    for (int i = from; i < from + n; i++) {
        v = v * 10 + (digit[i] - '0');
    }
    return v;
}

/* The structural checks on 18 digits; fills the parts. */
static tp_nip_fault
read_parts(const char *digit, tp_nip *out)
{
    const int year = number_of(digit, 0, 4);
    const int month = number_of(digit, 4, 2);
    const int day = number_of(digit, 6, 2);
    const int hired = number_of(digit, 8, 4);
    const int mark = number_of(digit, 12, 2);
    if (year < BIRTH_YEAR_MIN || !tp_day_valid(year, month, day)) {
        return TP_NIP_BIRTH;
    }
    const bool pppk = mark >= 21 && mark <= 29;
    if (!pppk && (mark < 1 || mark > 12)) {
        return TP_NIP_APPOINTED;
    }
    if (hired < year + ADULT_YEARS || hired > APPOINTED_YEAR_MAX) {
        return TP_NIP_APPOINTED;
    }
    const int32_t birth = tp_day_of(year, month, day);
    const int32_t month_end = tp_day_add_months(tp_day_of(hired, pppk ? 12 : mark, 1), 1) - 1;
    if (month_end < tp_day_add_years(birth, ADULT_YEARS)) {
        return TP_NIP_APPOINTED;
    }
    if (digit[14] != '1' && digit[14] != '2') {
        return TP_NIP_SEX;
    }
    const int serial = number_of(digit, 15, 3);
    if (serial == 0) {
        return TP_NIP_SERIAL;
    }
    out->birth_day = birth;
    out->appointed_day = tp_day_of(hired, pppk ? 1 : mark, 1);
    out->sex = digit[14] == '2' ? TP_SEX_FEMALE : TP_SEX_MALE;
    out->pppk = pppk;
    out->appointment = pppk ? mark - 20 : 0;
    out->serial = serial;
    return TP_NIP_FINE;
}

/* Collects digits; TP_NIP_FINE, or why the text is no number. */
static tp_nip_fault
collect(tp_str text, char digit[DIGITS_MAX + 1], int *out_n)
{
    int n = 0;
    for (size_t i = 0; i < text.n;) {
        const size_t gap = separator(text, i);
        if (gap > 0) {
            i += gap;
            continue;
        }
        const char c = text.p[i++];
        if (c < '0' || c > '9') {
            return TP_NIP_LETTERS;
        }
        if (n == DIGITS_MAX) {
            return TP_NIP_LENGTH;
        }
        digit[n++] = c;
    }
    *out_n = n;
    return n == 0 ? TP_NIP_EMPTY : TP_NIP_FINE;
}

tp_nip
tp_nip_parse(tp_str text)
{
    tp_nip nip = {.cls = TP_NIP_JUNK, .fault = TP_NIP_EMPTY};
    char digit[DIGITS_MAX + 1] = {0};
    text = tp_str_trim(text);
    while (text.n > 0 && (text.p[0] == '\'' || text.p[0] == '`')) {
        text.p++;
        text.n--;
    }
    if (looks_scientific(text)) {
        nip.fault = TP_NIP_SCIENTIFIC;
        return nip;
    }
    nip.fault = collect(text, digit, &nip.n_digits);
    if (nip.fault != TP_NIP_FINE) {
        return nip;
    }
    if (is_placeholder(digit, nip.n_digits)) {
        nip.fault = TP_NIP_PLACEHOLDER;
        return nip;
    }
    uint64_t number = 0;
    for (int i = 0; i < nip.n_digits; i++) {
        number = number * 10 + (uint64_t)(digit[i] - '0');
    }
    if (nip.n_digits == 9 || nip.n_digits == 8) {
        nip.cls = nip.n_digits == 9 ? TP_NIP_OLD : TP_NIP_SERVICE;
        nip.number = number;
        return nip;
    }
    nip.fault = TP_NIP_LENGTH;
    if (nip.n_digits < 16) {
        return nip;
    }
    nip.number = number;
    nip.cls = TP_NIP_DAMAGED;
    if (nip.n_digits == 18) {
        nip.fault = read_parts(digit, &nip);
        nip.cls = nip.fault == TP_NIP_FINE ? TP_NIP_GOOD : TP_NIP_DAMAGED;
    }
    return nip;
}
