/* Which rules does a person meet for one post? Competency, experience, rank; and personal permits.
 */
#include "core/score/parts.h"

enum { MANAGERIAL = 8 }; /* the first eight competencies; the ninth is socio-cultural */

static tp_result
against(int32_t jpm, int32_t least)
{
    return jpm < 0 ? TP_RESULT_UNKNOWN : jpm >= least ? TP_RESULT_MET : TP_RESULT_FAILED;
}

/* Technical competency: met or failed already when what is not assessed cannot change it. */
static tp_result
technical(const tp_view *view, size_t person, const tp_seat *seat, int32_t least, int32_t *out_jpm)
{
    enum { HIGHEST = 10 };
    int64_t low = 0;
    int64_t high = 0;
    tp_frac whole;
    if (seat->need_sum == 0) {
        return TP_RESULT_UNKNOWN;
    }
    if (tp_tek_of(view, person, seat, &whole)) {
        *out_jpm = (int32_t)tp_round(whole.num, whole.den, 100);
        return against(*out_jpm, least);
    }
    for (uint32_t i = seat->need_begin; i < seat->need_end; i++) {
        const tp_need *need = &view->need[i];
        const int level = tp_technical_level(view, person, need->code);
        const int32_t floor = level < 0 ? 0 : level;
        const int32_t ceiling = level < 0 ? HIGHEST : level;
        low += (int64_t)need->weight * (floor < need->level ? floor : need->level);
        high += (int64_t)need->weight * (ceiling < need->level ? ceiling : need->level);
    }
    const int32_t at_least = (int32_t)tp_round((tp_wide)100 * low, seat->need_sum, 100);
    const int32_t at_most = (int32_t)tp_round((tp_wide)100 * high, seat->need_sum, 100);
    return at_least >= least ? TP_RESULT_MET
           : at_most < least ? TP_RESULT_FAILED
                             : TP_RESULT_UNKNOWN;
}

/* AP-02: three tests, none of which makes up for another. */
static tp_result
competency(const tp_view *view, const tp_who *who, const tp_assess *assess, const tp_seat *seat,
           int32_t kind[3])
{
    int32_t least = 0;
    (void)tp_param_at(&view->rules->param[TP_PARAM_JPM_MIN], seat->day, seat->level, &least);
    for (int i = 0; i < 3; i++) {
        kind[i] = -1;
    }
    if (assess->validity <= TP_VALID_UNACCREDITED) {
        int64_t got = 0;
        int64_t asked = 0;
        for (int i = 0; i < MANAGERIAL; i++) {
            got += assess->level[i];
            asked += seat->standard[i];
        }
        kind[0] = (int32_t)tp_round((tp_wide)100 * got, asked, 100);
        kind[1] = (int32_t)tp_round((tp_wide)100 * assess->level[MANAGERIAL],
                                    seat->standard[MANAGERIAL], 100);
    }
    const tp_result one[3] = {against(kind[0], least), against(kind[1], least),
                              technical(view, who->person, seat, least, &kind[2])};
    tp_result all = TP_RESULT_MET;
    for (int i = 0; i < 3; i++) {
        if (one[i] == TP_RESULT_FAILED) {
            return TP_RESULT_FAILED;
        }
        all = one[i] == TP_RESULT_UNKNOWN ? TP_RESULT_UNKNOWN : all;
    }
    return all;
}

/* AP-03: experience in the post's affairs; posts without a known affair may decide it. */
static tp_result
experience(const tp_view *view, const tp_who *who, const tp_seat *seat)
{
    int32_t years = 0;
    (void)tp_param_at(&view->rules->param[TP_PARAM_EXP_YEARS], seat->day, seat->level, &years);
    if (tp_set_empty(seat->affairs)) {
        return TP_RESULT_UNKNOWN;
    }
    tp_span span;
    tp_span_of(view, who, TP_SPAN_AFFAIRS, 0, seat->affairs, 12 * years, seat->day, &span);
    if (seat->day >= span.met_on) {
        return TP_RESULT_MET;
    }
    tp_career career;
    tp_career_of(view, who, &career);
    if (career.rows == 0 || career.contradiction || career.incomplete || seat->affairs_open) {
        return TP_RESULT_UNKNOWN;
    }
    tp_span_of(view, who, TP_SPAN_AFFAIRS_OPEN, 0, seat->affairs, 12 * years, seat->day, &span);
    return seat->day >= span.met_on ? TP_RESULT_UNKNOWN : TP_RESULT_FAILED;
}

/* RK-01: not lower than one step under the post's lowest rank; holders of JF are exempt. */
static tp_result
rank(const tp_view *view, const tp_who *who, const tp_seat *seat)
{
    int32_t held = 0;
    if (who->tier == TP_TIER_FUNCTIONAL) {
        return TP_RESULT_NA;
    }
    if (seat->rank_floor == 0 || who->employment == TP_NONE ||
        !tp_get_i32(&view->pool->table[TP_EMPLOYMENT], TP_EMPLOYMENT_RANK, who->employment,
                    &held)) {
        return TP_RESULT_UNKNOWN;
    }
    return held >= seat->rank_floor ? TP_RESULT_MET : TP_RESULT_FAILED;
}

static void
put(tp_pair *out, uint64_t bit, tp_result result)
{
    out->failed |= result == TP_RESULT_FAILED ? bit : 0;
    out->unknown |= result == TP_RESULT_UNKNOWN ? bit : 0;
    out->na |= result == TP_RESULT_NA ? bit : 0;
}

void
tp_gate_pair(const tp_view *view, const tp_who *who, const tp_assess *assess, const tp_seat *seat,
             tp_pair *out)
{
    *out = (tp_pair){0};
    put(out, TP_BIT(AP02), competency(view, who, assess, seat, out->kind_jpm));
    put(out, TP_BIT(AP03), experience(view, who, seat));
    put(out, TP_BIT(RK01), rank(view, who, seat));
}

uint64_t
tp_gate_granted(const tp_view *view, const tp_seat *seat, size_t person)
{
    uint64_t rules = seat->permitted;
    uint64_t nip = 0;
    uint64_t named = 0;
    for (uint32_t i = seat->grant_begin; i < seat->grant_end; i++) {
        if (tp_get_u64(&view->pool->table[TP_PERSON], TP_PERSON_NIP, person, &nip) &&
            tp_get_u64(&view->pool->table[TP_PERMIT], TP_PERMIT_HOLDER_NIP, view->grant[i].row,
                       &named) &&
            nip == named) {
            rules |= view->grant[i].rule;
        }
    }
    return rules;
}
