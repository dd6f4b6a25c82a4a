/* Which bits does a value become in a field of a given type, and which text stands for it in keys?
 */
#include "core/normalise/pipe.h"

#include "talent/base/day.h"

enum { NUMBER_TEXT = 32 };

/* Writes the digits of n, at least `least`, so that they end before `end`; returns their start. */
static char *
digits(uint64_t n, int least, char *end)
{
    for (; n > 0 || least > 0; least--) {
        *--end = (char)('0' + n % 10);
        n /= 10;
    }
    return end;
}

/* Number as text: whole numbers without a fraction, others with as few digits as they need. */
static tp_str
number_text(int64_t n, tp_arena *arena)
{
    char *out = tp_arena_alloc(arena, NUMBER_TEXT, 1);
    if (out == NULL) {
        return TP_STR_NONE;
    }
    const uint64_t a = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    uint64_t fraction = a % TP_NUMBER_UNIT;
    char *end = out + NUMBER_TEXT;
    char *p = end;
    if (fraction != 0) {
        int places = 4;
        for (; fraction % 10 == 0; fraction /= 10) {
            places--;
        }
        p = digits(fraction, places, p);
        *--p = '.';
    }
    p = digits(a / TP_NUMBER_UNIT, 1, p);
    if (n < 0) {
        *--p = '-';
    }
    return (tp_str){p, (size_t)(end - p)};
}

static tp_str
u64_text(uint64_t n, tp_arena *arena)
{
    char *out = tp_arena_alloc(arena, NUMBER_TEXT, 1);
    if (out == NULL) {
        return TP_STR_NONE;
    }
    const char *p = digits(n, 1, out + NUMBER_TEXT);
    return (tp_str){p, (size_t)(out + NUMBER_TEXT - p)};
}

tp_str
tp_value_key(const tp_value *v, tp_arena *arena)
{
    switch (v->kind) {
    case TP_V_NONE:
        return (tp_str){"", 0};
    case TP_V_TEXT:
        return v->text;
    case TP_V_NUMBER:
        return number_text(v->num, arena);
    case TP_V_DAY: {
        char *out = tp_arena_alloc(arena, TP_DAY_TEXT, 1);
        if (out == NULL) {
            return TP_STR_NONE;
        }
        tp_day_format((int32_t)v->num, out);
        return (tp_str){out, TP_DAY_TEXT - 1};
    }
    case TP_V_NIP:
    case TP_V_NIK:
    case TP_V_ID:
    case TP_V_BOOL:
    case TP_V_TIME:
        break;
    }
    return u64_text((uint64_t)v->num, arena);
}

/* A number that must be whole after multiplying by `units`. */
static bool
scaled(const tp_value *v, int64_t units, bool exact, int64_t *out)
{
    int64_t n = v->num;
    if (v->kind == TP_V_TEXT && !tp_str_to_scaled(tp_str_trim(v->text), '.', 4, &n)) {
        return false;
    }
    if (v->kind != TP_V_TEXT && v->kind != TP_V_NUMBER && v->kind != TP_V_BOOL) {
        return false;
    }
    n = v->kind == TP_V_BOOL ? n * TP_NUMBER_UNIT : n;
    if (n > INT64_MAX / 1000 || n < INT64_MIN / 1000) {
        return false;
    }
    n *= units;
    if (exact && n % TP_NUMBER_UNIT != 0) {
        return false;
    }
    const int64_t half = n < 0 ? -TP_NUMBER_UNIT / 2 : TP_NUMBER_UNIT / 2;
    *out = (n + half) / TP_NUMBER_UNIT;
    return *out >= INT32_MIN && *out <= INT32_MAX;
}

static bool
store_text(const tp_value *v, tp_str *out_text, tp_arena *arena)
{
    *out_text = tp_value_key(v, arena);
    return v->kind != TP_V_NIK && v->kind != TP_V_ID && out_text->n > 0;
}

/* Seconds of a time, or of the start of a day in UTC. */
static bool
store_time(const tp_value *v, int64_t *out)
{
    *out = v->kind == TP_V_DAY ? v->num * 86400 : v->num;
    if (v->kind == TP_V_TEXT) {
        return tp_time_parse(v->text, TP_STR("iso"), 0, out);
    }
    return v->kind == TP_V_TIME || v->kind == TP_V_DAY;
}

bool
tp_value_store(const tp_value *v, const tp_field_def *def, uint64_t *out_bits, tp_str *out_text,
               tp_arena *arena, tp_reject_code *out_fault)
{
    int64_t n = 0;
    int32_t day = 0;
    bool ok = false;
    *out_text = TP_STR_NONE;
    *out_fault = TP_REJ_TYPE;
    switch (def->type) {
    case TP_T_TEXT:
        return store_text(v, out_text, arena);
    case TP_T_ENUM:
        n = v->kind == TP_V_TEXT ? tp_word_find(def, v->text) : -1;
        ok = n >= 0;
        *out_fault = TP_REJ_LIST;
        break;
    case TP_T_INT:
        ok = scaled(v, 1, true, &n);
        break;
    case TP_T_DEC:
        ok = scaled(v, 100, false, &n);
        break;
    case TP_T_HALF:
        ok = scaled(v, 2, true, &n);
        break;
    case TP_T_BOOL:
        ok = v->kind == TP_V_BOOL || (scaled(v, 1, true, &n) && (n == 0 || n == 1));
        n = v->kind == TP_V_BOOL ? v->num : n;
        break;
    case TP_T_DAY:
        ok = v->kind == TP_V_DAY || (v->kind == TP_V_TEXT && tp_day_parse_iso(v->text, &day));
        n = v->kind == TP_V_DAY ? v->num : day;
        break;
    case TP_T_ID:
        ok = (v->kind == TP_V_ID || v->kind == TP_V_NIP || v->kind == TP_V_NIK) && v->num != 0;
        *out_bits = (uint64_t)v->num;
        return ok;
    case TP_T_TIME:
        ok = store_time(v, &n);
        *out_bits = (uint64_t)n;
        return ok;
    }
    *out_bits = (uint64_t)(uint32_t)(int32_t)n;
    return ok;
}

bool
tp_text_fits(tp_str text, tp_kind kind, int field, tp_reject_code *out_fault)
{
    uint64_t bits;
    tp_str stored;
    TP_AUTO_ARENA(arena, 0);
    const tp_value v = tp_value_text(text);
    return tp_value_store(&v, &tp_kind_of(kind)->field[field], &bits, &stored, &arena, out_fault);
}
