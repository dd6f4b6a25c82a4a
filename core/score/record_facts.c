/* What do a person's appraisals and sanctions say? */
#include "core/score/parts.h"

/* Best to worst for the two ratings (PermenPANRB 6/2022): [result][behaviour], 1 low .. 3 high. */
static const uint8_t QUADRANT[4][4] = {{0, 0, 0, 0}, {0, 1, 3, 3}, {0, 2, 4, 4}, {0, 2, 4, 5}};

static int
predicate_of_row(const tp_view *view, const tp_table *t, size_t row, uint64_t *reason)
{
    int32_t result = 0;
    int32_t behaviour = 0;
    int32_t quadrant = 0;
    int32_t score = 0;
    int32_t scheme = TP_SCHEME_SKP22;
    int rated = 0;
    (void)tp_get_i32(t, TP_APPRAISAL_SCHEME, row, &scheme);
    if (tp_get_i32(t, TP_APPRAISAL_RESULT, row, &result) &&
        tp_get_i32(t, TP_APPRAISAL_BEHAVIOUR, row, &behaviour) && result >= 1 && result <= 3 &&
        behaviour >= 1 && behaviour <= 3) {
        rated = QUADRANT[result][behaviour];
    }
    if (tp_get_i32(t, TP_APPRAISAL_QUADRANT, row, &quadrant) && quadrant >= 1 && quadrant <= 5) {
        *reason |= rated != 0 && rated != quadrant ? TP_REASON_BIT(PREDICATE_MISMATCH) : 0;
        return quadrant;
    }
    if (rated != 0 || !tp_get_i32(t, TP_APPRAISAL_SCORE, row, &score)) {
        return rated;
    }
    const bool legacy = scheme == TP_SCHEME_SKP_100;
    const int32_t *cut =
        legacy ? view->rules->performance.legacy_cut : view->rules->performance.pp30_cut;
    *reason |= TP_REASON_BIT(SCHEME_LEGACY);
    for (int i = 0; i < 4; i++) {
        if (legacy ? score > cut[i] : score >= cut[i]) {
            /* The best predicate of PP 30/2019 asks for an innovation, which no feed tells. */
            *reason |= !legacy && i == 0 ? TP_REASON_BIT(INNOV_UNKNOWN) : 0;
            return !legacy && i == 0 ? 4 : 5 - i;
        }
    }
    return 1;
}

int
tp_predicate_of(const tp_view *view, size_t person, int year, uint64_t *reason)
{
    const tp_table *t = &view->pool->table[TP_APPRAISAL];
    int best = 0;
    int32_t best_scheme = -1;
    uint64_t best_reason = 0;
    TP_FACTS(view->pool, TP_APPRAISAL, person, row)
    {
        int32_t scheme = TP_SCHEME_SKP22;
        (void)tp_get_i32(t, TP_APPRAISAL_SCHEME, row, &scheme);
        if (tp_i32_or(t, TP_APPRAISAL_YEAR, row, -1) != year || scheme == TP_SCHEME_PERIODIC ||
            scheme < best_scheme) {
            continue;
        }
        uint64_t why = 0;
        const int predicate = predicate_of_row(view, t, row, &why);
        if (predicate != 0) { /* the later scheme of a year counts: its later half */
            best = predicate;
            best_scheme = scheme;
            best_reason = why;
        }
    }
    *reason |= best_reason;
    return best;
}

void
tp_sanctions_of(const tp_view *view, size_t person, int32_t from, int32_t until, int32_t day,
                tp_sanctions *out)
{
    const tp_table *t = &view->pool->table[TP_DISCIPLINE];
    const tp_rules *rules = view->rules;
    *out = (tp_sanctions){.heaviest = -1};
    TP_FACTS(view->pool, TP_DISCIPLINE, person, row)
    {
        const int32_t type = tp_i32_or(t, TP_DISCIPLINE_TYPE, row, 0);
        const bool known = type > 0 && type < 32;
        const int32_t form = tp_i32_or(t, TP_DISCIPLINE_CASE, row, TP_CASE_DECIDED);
        int32_t level = known ? rules->sanction_level[type] : 255;
        int32_t start = 0;
        if (known && level == 255) {
            continue; /* an event, not a sanction */
        }
        if (level == 255) {
            level = tp_i32_or(t, TP_DISCIPLINE_LEVEL, row, 255);
        }
        if (tp_known(t, TP_DISCIPLINE_ANNULLED_ON, row) || form == TP_CASE_PROPOSED) {
            continue;
        }
        const bool started = tp_get_i32(t, TP_DISCIPLINE_START_ON, row, &start);
        if (!known || !started || level == 255 || form == TP_CASE_APPEAL ||
            !tp_known(t, TP_DISCIPLINE_DECREE_NO, row) ||
            !tp_known(t, TP_DISCIPLINE_DECREE_ON, row)) {
            out->unsettled = true;
            continue;
        }
        const int32_t decided = tp_i32_or(t, TP_DISCIPLINE_DECREE_ON, row, start);
        const int months = rules->sanction_months[type];
        const int32_t end = tp_i32_or(t, TP_DISCIPLINE_END_ON, row,
                                      months > 0 ? tp_day_add_months(start, months) : start);
        if (decided > from && decided <= until && level > out->heaviest) {
            out->heaviest = level;
        }
        out->serving = out->serving || (start <= day && day < end);
    }
}
