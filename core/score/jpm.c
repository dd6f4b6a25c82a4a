/* How well do a person's assessed competencies match a standard (JPM)? */
#include "core/score/parts.h"

/* Day from which an assessment no longer counts (Peraturan BKN 26/2019 Pasal 29). */
static int32_t
expiry(const tp_view *view, const tp_table *t, size_t row, int32_t assessed)
{
    const int32_t by_rule = tp_day_add_years(assessed, view->rules->jpm.validity_years);
    const int32_t told = tp_i32_or(t, TP_ASSESSMENT_EXPIRES_ON, row, by_rule);
    return told < by_rule ? told : by_rule;
}

static void
read_levels(const tp_table *t, size_t row, tp_assess *out)
{
    out->complete = true;
    for (int i = 0; i < TP_COMPETENCIES; i++) {
        const int32_t level = tp_i32_or(t, TP_ASSESSMENT_M1 + i, row, -1);
        out->complete = out->complete && level >= 0 && level <= 10;
        out->level[i] = (uint8_t)(level >= 0 && level <= 10 ? level : 0);
    }
    out->potential = 0;
    for (int i = 0; i < TP_POTENTIALS && out->potential >= 0; i++) {
        const int32_t level = tp_i32_or(t, TP_ASSESSMENT_P1 + i, row, -1);
        out->potential = level < 0 ? -1 : out->potential + level;
    }
    out->target = (int)tp_i32_or(t, TP_ASSESSMENT_TARGET_TIER, row, -1);
}

void
tp_assess_of(const tp_view *view, size_t person, tp_assess *out)
{
    const tp_table *t = &view->pool->table[TP_ASSESSMENT];
    *out = (tp_assess){.row = TP_NONE, .validity = TP_VALID_NONE, .potential = -1, .target = -1};
    int32_t newest = INT32_MIN;
    int best = -1; /* 2 valid and accredited, 1 valid, 0 expired */
    TP_FACTS(view->pool, TP_ASSESSMENT, person, row)
    {
        int32_t day = 0;
        if (!tp_get_i32(t, TP_ASSESSMENT_ASSESSED_ON, row, &day) || day > view->as_of) {
            continue;
        }
        const bool valid = view->as_of < expiry(view, t, row, day);
        const int class = !valid ? 0 : tp_i32_or(t, TP_ASSESSMENT_ACCREDITED, row, 0) != 0 ? 2 : 1;
        if (class > best || (class == best && day > newest)) {
            best = class;
            newest = day;
            out->row = (uint32_t)row;
        }
    }
    if (best < 0) {
        return;
    }
    read_levels(t, out->row, out);
    out->validity = best == 0        ? TP_VALID_EXPIRED
                    : !out->complete ? TP_VALID_INCOMPLETE
                    : best == 1      ? TP_VALID_UNACCREDITED
                                     : TP_VALID;
}

bool
tp_standard_of(const tp_view *view, const tp_who *who, uint8_t out[TP_COMPETENCIES])
{
    if (who->post != TP_NONE && view->seat[who->post].own_standard) {
        for (int i = 0; i < TP_COMPETENCIES; i++) {
            out[i] = view->seat[who->post].standard[i];
        }
        return true;
    }
    int32_t level = 0;
    if (who->tier == TP_TIER_FUNCTIONAL) {
        level = who->jf >= 0 ? view->rules->jpm.standard_jf[who->jf] : 0;
    } else if (who->tier >= 0) {
        level = view->rules->jpm.standard[who->tier];
    }
    for (int i = 0; i < TP_COMPETENCIES; i++) {
        out[i] = (uint8_t)level;
    }
    return level > 0;
}

tp_frac
tp_jpm_of(tp_jpm_method method, const uint8_t level[TP_COMPETENCIES],
          const uint8_t standard[TP_COMPETENCIES])
{
    enum { COMMON = 2520 }; /* divisible by every level in halves, 1..10 */
    int64_t got = 0;
    int64_t asked = 0;
    for (int i = 0; i < TP_COMPETENCIES; i++) {
        const int64_t a =
            method == TP_JPM_SUM_RATIO || level[i] < standard[i] ? level[i] : standard[i];
        got += method == TP_JPM_CAPPED_RATIO_MEAN ? a * COMMON / standard[i] : a;
        asked += method == TP_JPM_CAPPED_RATIO_MEAN ? COMMON : standard[i];
    }
    return (tp_frac){100 * got, asked};
}

tp_frac
tp_jpm_capped(tp_frac jpm, int32_t cap)
{
    const tp_frac top = {cap, 100};
    return cap > 0 && jpm.num * top.den > top.num * jpm.den ? top : jpm;
}
