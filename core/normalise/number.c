/* Which number, or part of a civil-service number, does this text mean? */
#include "core/normalise/pipe.h"

enum { NUMBER_TEXT = 64, GROUP = 3 };

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Copies the text without its thousands separators; false unless every group but the first has
 * three digits and at least one digit stands in front. */
static bool
without_groups(tp_str text, char point, char thousands, char out[NUMBER_TEXT], size_t *out_n)
{
    size_t n = 0;
    size_t run = 0; /* digits since the start, or since the last separator */
    bool grouped = false;
    bool fraction = false;
    if (text.n >= NUMBER_TEXT) {
        return false;
    }
    for (size_t i = 0; i < text.n; i++) {
        const char c = text.p[i];
        const bool separator = c == thousands;
        if (separator || c == point) {
            if (fraction || run == 0 || (grouped ? run != GROUP : separator && run > GROUP)) {
                return false;
            }
            grouped = grouped || separator;
            fraction = c == point;
            run = 0;
        } else if (is_digit(c)) {
            run++;
        }
        if (!separator) {
            out[n++] = c;
        }
    }
    *out_n = n;
    return fraction || !grouped || run == GROUP;
}

bool
tp_number_read(tp_str text, char point, char thousands, int64_t *out)
{
    char plain[NUMBER_TEXT];
    size_t n = 0;
    if (thousands == 0) {
        return tp_str_to_scaled(text, point, 4, out);
    }
    return without_groups(text, point, thousands, plain, &n) &&
           tp_str_to_scaled((tp_str){plain, n}, point, 4, out);
}

tp_value
tp_step_replace(const tp_pipe *pipe, const tp_op_step *step, tp_str text)
{
    const tp_str from = step->list[0];
    const tp_str to = step->list[1];
    const size_t most = text.n / from.n * (to.n > from.n ? to.n - from.n : 0);
    char *out = tp_arena_alloc(pipe->arena, text.n + most + 1, 1);
    if (out == NULL) {
        return tp_value_none(TP_REJ_TYPE);
    }
    size_t n = 0;
    for (size_t i = 0; i < text.n;) {
        if (tp_str_starts((tp_str){text.p + i, text.n - i}, from)) {
            memcpy(out + n, to.p, to.n);
            n += to.n;
            i += from.n;
        } else {
            out[n++] = text.p[i++];
        }
    }
    return tp_value_text((tp_str){out, n});
}

tp_value
tp_step_nip_part(const tp_op_step *step, const tp_value *v, tp_str text)
{
    const tp_nip nip = v->kind == TP_V_NIP ? v->nip : tp_nip_parse(text);
    tp_value out = {.fault = TP_REJ_COUNT};
    if (nip.cls != TP_NIP_GOOD) {
        return tp_value_none(TP_REJ_COUNT); /* a damaged number says nothing of its holder */
    }
    switch ((tp_nip_part)step->a) {
    case TP_NIP_PART_BIRTH_DATE:
        out.kind = TP_V_DAY;
        out.num = nip.birth_day;
        break;
    case TP_NIP_PART_CPNS_MONTH:
        out.kind = TP_V_DAY;
        out.num = nip.appointed_day;
        break;
    case TP_NIP_PART_SEX:
        return tp_value_text(nip.sex == TP_SEX_FEMALE ? TP_STR("female") : TP_STR("male"));
    case TP_NIP_PART_PPPK:
        out.kind = TP_V_BOOL;
        out.num = nip.pppk ? 1 : 0;
        break;
    }
    return out;
}
