/* Which rules does a person meet, for which level, until or from which day? */
#include "core/score/parts.h"

static int32_t
param(const tp_view *view, tp_param_id id, int32_t day, int level)
{
    int32_t value = 0;
    (void)tp_param_at(&view->rules->param[id], day, level, &value);
    return value;
}

static void
set(tp_gate *g, int rule, tp_result result)
{
    const uint64_t bit = UINT64_C(1) << rule;
    for (int level = 0; level < TP_LEVELS; level++) {
        g->failed[level] |= result == TP_RESULT_FAILED ? bit : 0;
        g->unknown[level] |= result == TP_RESULT_UNKNOWN ? bit : 0;
        g->na[level] |= result == TP_RESULT_NA ? bit : 0;
    }
}

/* ST-01: the records of the person are one person's beyond question, and the number that identifies
 * them is whole and agrees with the birth date. */
static tp_result
one_person(const tp_view *view, const tp_who *who)
{
    const tp_table *t = &view->pool->table[TP_PERSON];
    uint64_t nip = 0;
    if (view->pool->doubt != NULL && view->pool->doubt[who->person] != 0) {
        return TP_RESULT_UNKNOWN;
    }
    if (!tp_get_u64(t, TP_PERSON_NIP, who->person, &nip)) {
        return tp_known(t, TP_PERSON_NRP, who->person) ? TP_RESULT_MET : TP_RESULT_UNKNOWN;
    }
    if (tp_i32_or(t, TP_PERSON_NIP_CLASS, who->person, TP_NIP_DAMAGED) != TP_NIP_GOOD ||
        !who->has_birth) {
        return TP_RESULT_UNKNOWN;
    }
    const tp_ymd born = tp_day_split(who->birth);
    const uint64_t digits = (uint64_t)(born.year * 10000 + born.month * 100 + born.day);
    return nip / UINT64_C(10000000000) == digits ? TP_RESULT_MET : TP_RESULT_UNKNOWN;
}

static tp_retire_group
retire_group(const tp_who *who)
{
    if (who->tier != TP_TIER_FUNCTIONAL) {
        return who->tier < TP_LEVELS ? TP_RETIRE_JPT : TP_RETIRE_ADMINISTRATION;
    }
    return who->jf == TP_JF_UTAMA   ? TP_RETIRE_JF_UTAMA
           : who->jf == TP_JF_MADYA ? TP_RETIRE_JF_MADYA
                                    : TP_RETIRE_JF_LOWER;
}

static void
standing_rules(const tp_view *view, const tp_who *who, tp_gate *g)
{
    const tp_table *e = &view->pool->table[TP_EMPLOYMENT];
    int32_t retired = INT32_MAX;
    int32_t dead = 0;
    set(g, TP_RULE_ST01, one_person(view, who));
    const bool legal = who->legal >= 0 && who->legal < 100;
    const tp_result active =
        legal ? (tp_result)view->rules->legal_status[who->legal] : TP_RESULT_UNKNOWN;
    set(g, TP_RULE_ST03, active); /* study assignment (03) is left to ST-05 */
    set(g, TP_RULE_ST05,
        !legal            ? TP_RESULT_UNKNOWN
        : who->legal == 3 ? TP_RESULT_FAILED
                          : TP_RESULT_MET);

    g->retire_on = INT32_MAX;
    if (who->employment != TP_NONE) {
        (void)tp_get_i32(e, TP_EMPLOYMENT_RETIRE_ON, who->employment, &retired);
    }
    if (tp_get_i32(&view->pool->table[TP_PERSON], TP_PERSON_DECEASED_ON, who->person, &dead)) {
        set(g, TP_RULE_ST04, TP_RESULT_FAILED);
    } else if (!who->has_birth || who->tier < 0) {
        set(g, TP_RULE_ST04, TP_RESULT_UNKNOWN);
        g->retire_on = retired;
    } else {
        const int32_t age = tp_i32_or(e, TP_EMPLOYMENT_RETIRE_AGE, who->employment,
                                      view->rules->retire_age[retire_group(who)]);
        const int32_t limit = tp_day_add_years(who->birth, age);
        g->retire_on = limit < retired ? limit : retired;
    }
}

/* ST-02 and NP-01: who is no civil servant can enter utama and madya only, by Presidential
 * approval. */
static void
status_rules(const tp_who *who, tp_gate *g)
{
    if (who->status < 0 || who->status == TP_STATUS_PNS) {
        set(g, TP_RULE_ST02, who->status < 0 ? TP_RESULT_UNKNOWN : TP_RESULT_MET);
        set(g, TP_RULE_NP01, who->status < 0 ? TP_RESULT_UNKNOWN : TP_RESULT_NA);
        return;
    }
    if (who->status == TP_STATUS_CPNS) { /* not yet a civil servant, and no outsider either */
        set(g, TP_RULE_ST02, TP_RESULT_FAILED);
        set(g, TP_RULE_NP01, TP_RESULT_NA);
        return;
    }
    for (int level = 0; level < TP_LEVELS; level++) {
        uint64_t *bits = level == TP_TIER_JPT_PRATAMA ? &g->failed[level] : &g->unknown[level];
        *bits |= TP_BIT(ST02) | TP_BIT(NP01);
    }
}

static int32_t
age_last(int32_t birth, int32_t years, int32_t mode)
{
    return mode == TP_AGE_STRICT            ? tp_day_add_years(birth, years) - 1
           : mode == TP_AGE_COMPLETED_YEARS ? tp_day_add_years(birth, years + 1) - 1
                                            : tp_day_add_years(birth, years);
}

static void
level_rules(const tp_view *view, const tp_who *who, const tp_career *career, int32_t day,
            tp_gate *g)
{
    const bool whole = career->rows > 0 && !career->incomplete;
    for (int level = 0; level < TP_LEVELS; level++) {
        const uint64_t school = TP_BIT(AP01);
        if (who->education < 0) {
            g->unknown[level] |= school;
        } else if (((view->rules->education_met >> who->education) & 1) == 0) {
            g->failed[level] |= school;
        }
        if (!who->has_birth) {
            g->unknown[level] |= TP_BIT(AP06) | TP_BIT(BU01);
            g->age_last[level] = INT32_MAX;
        } else {
            g->age_last[level] = age_last(who->birth, param(view, TP_PARAM_AGE_MAX, day, level),
                                          param(view, TP_PARAM_AGE_MODE, day, level));
        }
        tp_span span;
        tp_span_of(view, who, TP_SPAN_FEEDER, level, (tp_set){{0}},
                   param(view, TP_PARAM_FEEDER_MONTHS, day, level), day, &span);
        g->feeder_on[level] = span.met_on;
        if (career->contradiction) {
            g->unknown[level] |= TP_BIT(AP04);
            g->feeder_on[level] = INT32_MIN;
        } else if (!whole) {
            g->open_feeder |= (uint8_t)(1 << level);
        }
        g->action[level] =
            (uint8_t)(who->tier == TP_TIER_FUNCTIONAL || who->tier < 0 ? TP_ACTION_PRO
                      : who->tier == level                             ? TP_ACTION_MUT
                      : who->tier < level                              ? TP_ACTION_NONE
                                                                       : TP_ACTION_PRO);
    }
    g->post_retire_on = who->has_birth
                            ? tp_day_add_years(who->birth, view->rules->retire_age[TP_RETIRE_JPT])
                            : INT32_MAX;
}

/* TN-01, TN-02: who leads a JPT stays two years, one in the pandemic window. */
static void
tenure_rules(const tp_view *view, const tp_who *who, const tp_career *career, int32_t day,
             tp_gate *g)
{
    int32_t months = 0;
    g->replace_on = INT32_MIN;
    if (who->tier < 0 || who->tier >= TP_LEVELS) {
        const tp_result r = who->tier < 0 ? TP_RESULT_UNKNOWN : TP_RESULT_NA;
        set(g, TP_RULE_TN01, r);
        set(g, TP_RULE_TN02, TP_RESULT_NA);
        set(g, TP_RULE_TN07, r);
        set(g, TP_RULE_TN08, r);
        return;
    }
    int32_t start = career->current_on;
    if (start == INT32_MIN && who->employment != TP_NONE) {
        start = tp_i32_or(&view->pool->table[TP_EMPLOYMENT], TP_EMPLOYMENT_START_ON,
                          who->employment, INT32_MIN);
    }
    g->pandemic =
        tp_param_at(&view->rules->param[TP_PARAM_PANDEMIC_MONTHS], day, who->tier, &months);
    const int rule = g->pandemic ? TP_RULE_TN02 : TP_RULE_TN01;
    set(g, g->pandemic ? TP_RULE_TN01 : TP_RULE_TN02, TP_RESULT_NA);
    if (start == INT32_MIN || career->contradiction) {
        set(g, rule, TP_RESULT_UNKNOWN);
        set(g, TP_RULE_TN07, TP_RESULT_UNKNOWN);
        set(g, TP_RULE_TN08, TP_RESULT_UNKNOWN);
        return;
    }
    if (!g->pandemic) {
        months = param(view, TP_PARAM_REPLACE_MONTHS, day, who->tier);
    }
    g->replace_on = tp_day_add_months(start, months);
    const int32_t floor = param(view, TP_PARAM_TENURE_FLOOR, day, who->tier);
    const int32_t cap = tp_day_add_months(start > floor ? start : floor,
                                          param(view, TP_PARAM_TENURE_MONTHS, day, who->tier));
    set(g, TP_RULE_TN07, day >= cap ? TP_RESULT_FAILED : TP_RESULT_MET);
    set(g, TP_RULE_TN08, day >= cap ? TP_RESULT_FAILED : TP_RESULT_MET);
}

/* DI-07: the wealth report of the last year that is due. */
static tp_result
filed(const tp_view *view, const tp_who *who)
{
    const tp_table *t = &view->pool->table[TP_INTEGRITY];
    const tp_ymd today = tp_day_split(view->as_of);
    const int due =
        today.year - (today.month > param(view, TP_PARAM_FILING_MONTH, view->as_of, 0) ? 1 : 2);
    bool late = false;
    TP_FACTS(view->pool, TP_INTEGRITY, who->person, row)
    {
        if (tp_i32_or(t, TP_INTEGRITY_REPORT_YEAR, row, 0) < due) {
            continue;
        }
        if (tp_i32_or(t, TP_INTEGRITY_OBLIGED, row, 1) == 0) {
            return TP_RESULT_NA;
        }
        const int32_t filing = tp_i32_or(t, TP_INTEGRITY_FILING, row, -1);
        if (filing == TP_FILING_COMPLETE ||
            (filing < 0 && tp_known(t, TP_INTEGRITY_SUBMITTED_ON, row))) {
            return TP_RESULT_MET;
        }
        late = late || filing >= 0;
    }
    return late ? TP_RESULT_FAILED : TP_RESULT_UNKNOWN;
}

/* DI-09: the last two rated years; a year of study takes the rated year before it. */
static tp_result
performed(const tp_view *view, const tp_who *who)
{
    const int years = param(view, TP_PARAM_PERF_YEARS, view->as_of, 0);
    const int least = param(view, TP_PARAM_PERF_MIN, view->as_of, 0);
    int year = view->year;
    bool absent = false;
    for (int i = 0; i < years; i++, year--) {
        uint64_t unused = 0;
        int predicate = tp_predicate_of(view, who->person, year, &unused);
        for (int back = 0; predicate == 0 && who->legal == 3 && back < years; back++) {
            predicate = tp_predicate_of(view, who->person, --year, &unused);
        }
        if (predicate != 0 && predicate < least) {
            return TP_RESULT_FAILED;
        }
        absent = absent || predicate == 0;
    }
    return absent ? TP_RESULT_UNKNOWN : TP_RESULT_MET;
}

void
tp_gate_make(const tp_view *view, const tp_who *who, const tp_assess *assess, int32_t epoch_day,
             tp_gate *out)
{
    const tp_pool *pool = view->pool;
    tp_career career;
    *out = (tp_gate){.agency = who->agency};
    tp_career_of(view, who, &career);
    standing_rules(view, who, out);
    status_rules(who, out);
    level_rules(view, who, &career, epoch_day, out);
    tenure_rules(view, who, &career, epoch_day, out);
    set(out, TP_RULE_DI07, filed(view, who));
    set(out, TP_RULE_DI09, performed(view, who));
    if (pool->begin[TP_DISCIPLINE][who->person] < pool->begin[TP_DISCIPLINE][who->person + 1]) {
        out->flags |= TP_GATE_SANCTIONS; /* looked at again for each day */
    } else {
        uint64_t failed = 0;
        uint64_t unknown = 0;
        tp_gate_sanctions(view, who, epoch_day, &failed, &unknown);
        for (int level = 0; level < TP_LEVELS; level++) {
            out->failed[level] |= failed;
            out->unknown[level] |= unknown;
        }
    }
    /* Nothing assessed and no history: the two pair rules are unknown for every post. */
    if (assess->validity > TP_VALID_UNACCREDITED && career.rows == 0 &&
        pool->begin[TP_POSITION_HISTORY][who->person] ==
            pool->begin[TP_POSITION_HISTORY][who->person + 1] &&
        pool->begin[TP_TECHNICAL][who->person] == pool->begin[TP_TECHNICAL][who->person + 1]) {
        out->flags |= TP_GATE_PAIR_FIXED;
        set(out, TP_RULE_AP02, TP_RESULT_UNKNOWN);
        set(out, TP_RULE_AP03, TP_RESULT_UNKNOWN);
    }
}

void
tp_gate_at(const tp_view *view, size_t person, const tp_gate *g, int level, int32_t day,
           uint64_t *failed, uint64_t *unknown)
{
    uint64_t f = g->failed[level];
    uint64_t u = g->unknown[level];
    f |= day >= g->retire_on ? TP_BIT(ST04) : 0;
    f |= day >= g->post_retire_on ? TP_BIT(BU01) : 0;
    f |= day > g->age_last[level] ? TP_BIT(AP06) : 0;
    f |= day < g->replace_on ? (g->pandemic ? TP_BIT(TN02) : TP_BIT(TN01)) : 0;
    if (day < g->feeder_on[level]) {
        if (((g->open_feeder >> level) & 1) != 0) {
            u |= TP_BIT(AP04);
        } else {
            f |= TP_BIT(AP04);
        }
    }
    if ((g->flags & TP_GATE_SANCTIONS) != 0) {
        tp_who who;
        tp_who_make(view, person, &who);
        tp_gate_sanctions(view, &who, day, &f, &u);
    }
    *failed = f;
    *unknown = u & ~f;
}

uint64_t
tp_gate_slots(const tp_view *view, size_t person, const tp_gate *g, int32_t day)
{
    const tp_rule_slot *slot;
    const size_t n = tp_slots(&slot);
    uint64_t failed[TP_LEVELS];
    uint64_t unknown[TP_LEVELS];
    uint64_t packed = 0;
    for (int level = 0; level < TP_LEVELS; level++) {
        tp_gate_at(view, person, g, level, day, &failed[level], &unknown[level]);
    }
    for (size_t i = 0; i < n; i++) {
        const int level = slot[i].level < TP_LEVELS ? slot[i].level : TP_TIER_JPT_PRATAMA;
        const uint64_t bit = UINT64_C(1) << slot[i].rule;
        const tp_result r = (failed[level] & bit) != 0    ? TP_RESULT_FAILED
                            : (unknown[level] & bit) != 0 ? TP_RESULT_UNKNOWN
                            : (g->na[level] & bit) != 0   ? TP_RESULT_NA
                                                          : TP_RESULT_MET;
        packed |= (uint64_t)r << (2 * i);
    }
    return packed;
}
