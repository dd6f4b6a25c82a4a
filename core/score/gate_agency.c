/* May an agency fill a post on a day? Election windows and the merit exemption, once per post. */
#include "core/score/parts.h"

static tp_result
merge(tp_result so_far, tp_result next)
{
    return so_far == TP_RESULT_FAILED || next == TP_RESULT_FAILED     ? TP_RESULT_FAILED
           : so_far == TP_RESULT_UNKNOWN || next == TP_RESULT_UNKNOWN ? TP_RESULT_UNKNOWN
                                                                      : next;
}

/* UU 10/2016 art 71(2): from six months before the day candidates are fixed to the end of the term.
 */
static tp_result
before_election(const tp_view *view, tp_str region, int32_t day)
{
    const tp_table *t = &view->pool->table[TP_ELECTION];
    tp_result result = TP_RESULT_NA;
    int32_t months = 0;
    if (!tp_param_at(&view->rules->param[TP_PARAM_ELECTION_BEFORE], day, 0, &months)) {
        return TP_RESULT_NA;
    }
    for (size_t row = 0; row < t->n; row++) {
        int32_t fixed = 0;
        int32_t end = 0;
        if (!tp_str_eq(tp_get_text(t, TP_ELECTION_REGION, row), region)) {
            continue;
        }
        const bool from = tp_get_i32(t, TP_ELECTION_CANDIDATES_FIXED_ON, row, &fixed);
        const bool until = tp_get_i32(t, TP_ELECTION_TERM_END, row, &end);
        tp_result one = TP_RESULT_MET;
        if (!from) {
            one = until && day > end ? TP_RESULT_MET : TP_RESULT_UNKNOWN;
        } else if (day >= tp_day_add_months(fixed, -months)) {
            one = !until ? TP_RESULT_UNKNOWN : day <= end ? TP_RESULT_FAILED : TP_RESULT_MET;
        }
        result = merge(result, one);
    }
    return result == TP_RESULT_NA ? TP_RESULT_UNKNOWN : result;
}

/* UU 10/2016 art 162(3): six months from the inauguration of the elected head, first day included.
 */
static tp_result
after_election(const tp_view *view, tp_str region, int32_t day)
{
    const tp_table *t = &view->pool->table[TP_INAUGURATION];
    tp_result result = TP_RESULT_NA;
    int32_t months = 0;
    if (!tp_param_at(&view->rules->param[TP_PARAM_ELECTION_AFTER], day, 0, &months)) {
        return TP_RESULT_NA;
    }
    for (size_t row = 0; row < t->n; row++) {
        int32_t sworn = 0;
        if (!tp_str_eq(tp_get_text(t, TP_INAUGURATION_REGION, row), region) ||
            tp_i32_or(t, TP_INAUGURATION_STATUS, row, TP_HEAD_ELECTED) != TP_HEAD_ELECTED) {
            continue;
        }
        tp_result one = TP_RESULT_MET;
        if (!tp_get_i32(t, TP_INAUGURATION_INAUGURATED_ON, row, &sworn)) {
            one = TP_RESULT_UNKNOWN;
        } else if (sworn <= day && day < tp_day_add_months(sworn, months)) {
            one = tp_known(t, TP_INAUGURATION_PERMIT_NO, row) ? TP_RESULT_MET : TP_RESULT_FAILED;
        }
        result = merge(result, one);
    }
    return result == TP_RESULT_NA ? TP_RESULT_UNKNOWN : result;
}

/* UU 5/2014 art 111, PP 11/2017 art 134: filling from the succession group. */
static tp_result
exempt(const tp_view *view, const tp_seat *seat)
{
    const tp_table *t = &view->pool->table[TP_MERIT];
    const tp_str agency = tp_strings_at(&view->pool->strings, seat->agency);
    int32_t worst = 0;
    if (!tp_param_at(&view->rules->param[TP_PARAM_MERIT_MIN], seat->day, 0, &worst)) {
        return TP_RESULT_NA;
    }
    for (size_t i = 0; i < view->n_merit; i++) {
        if (tp_str_eq(tp_get_text(t, TP_MERIT_AGENCY, view->merit_row[i]), agency)) {
            tp_merit merit;
            tp_merit_of(view->rules, t, view->merit_row[i], &merit);
            return merit.category == 255     ? TP_RESULT_UNKNOWN
                   : merit.category <= worst ? TP_RESULT_MET
                                             : TP_RESULT_FAILED;
        }
    }
    return TP_RESULT_UNKNOWN;
}

/* Written approval of the Minister of Home Affairs for the whole region. */
static bool
region_permit(const tp_view *view, tp_str region, tp_rule_id rule)
{
    const tp_table *t = &view->pool->table[TP_PERMIT];
    for (size_t row = 0; row < t->n; row++) {
        if (!tp_known(t, TP_PERMIT_POSITION_ID, row) && tp_known(t, TP_PERMIT_NUMBER, row) &&
            tp_str_eq(tp_get_text(t, TP_PERMIT_REGION, row), region) &&
            tp_str_is(tp_get_text(t, TP_PERMIT_KIND, row), tp_rule_name(rule)) &&
            tp_i32_or(t, TP_PERMIT_ISSUED_ON, row, INT32_MAX) <= view->as_of) {
            return true;
        }
    }
    return false;
}

void
tp_gate_agency(const tp_view *view, tp_seat *seat)
{
    static const tp_rule_id RULE[] = {TP_RULE_EL01, TP_RULE_EL02, TP_RULE_SE02};
    tp_result result[3] = {TP_RESULT_UNKNOWN, TP_RESULT_UNKNOWN, TP_RESULT_UNKNOWN};
    if (seat->agency != TP_NONE) {
        const tp_rule_agency *agency =
            tp_rules_agency(view->rules, tp_strings_at(&view->pool->strings, seat->agency));
        if (agency != NULL && agency->region.n == 0) { /* central agencies have no election */
            result[0] = TP_RESULT_NA;
            result[1] = TP_RESULT_NA;
        } else if (agency != NULL) {
            result[0] = before_election(view, agency->region, seat->day);
            result[1] = after_election(view, agency->region, seat->day);
            for (int i = 0; i < 2; i++) {
                seat->permitted |=
                    region_permit(view, agency->region, RULE[i]) ? UINT64_C(1) << RULE[i] : 0;
            }
        }
        result[2] = exempt(view, seat);
    }
    for (int i = 0; i < 3; i++) {
        const uint64_t bit = UINT64_C(1) << RULE[i];
        if ((seat->permitted & bit) != 0 && result[i] != TP_RESULT_NA) {
            result[i] = TP_RESULT_MET;
        }
        seat->result[RULE[i]] = (uint8_t)result[i];
        for (int action = 0; action < TP_ACTION_COUNT; action++) {
            seat->failed[action] |= result[i] == TP_RESULT_FAILED ? bit : 0;
            seat->unknown[action] |= result[i] == TP_RESULT_UNKNOWN ? bit : 0;
        }
    }
}
