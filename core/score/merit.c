/* How does an agency apply the merit system? PermenPANRB 40/2018, Peraturan KASN 9/2019. */
#include "core/score/parts.h"

enum { SCHEME_2018 = 2018, NO_CATEGORY = 255 };

void
tp_merit_of(const tp_rules *rules, const tp_table *table, size_t row, tp_merit *out)
{
    *out = (tp_merit){.category = NO_CATEGORY};
    if (tp_i32_or(table, TP_MERIT_SCHEME, row, SCHEME_2018) != SCHEME_2018) {
        /* The 2025 scheme's correction factor is not public: its index is taken as published. */
        out->known = tp_get_i32(table, TP_MERIT_TOTAL, row, &out->total);
        out->bp = out->known ? out->total * 100 : 0;
        return;
    }
    int32_t total = 0;
    int32_t most = 0;
    for (int i = 0; i < TP_MERIT_ASPECTS; i++) {
        int32_t points = 0;
        if (!tp_get_i32(table, TP_MERIT_A1 + i, row, &points) || points < 0 ||
            points > rules->merit.max[i]) {
            return;
        }
        total += points;
        most += rules->merit.max[i];
    }
    out->known = true;
    out->total = total;
    out->bp = (int32_t)tp_round(total, most, 10000);
    out->category = tp_band_of(&rules->merit.bands, total);
}

/* Is row a newer finished assessment than row b of the same agency? */
static bool
newer(const tp_table *t, size_t a, size_t b)
{
    const int32_t day_a = tp_i32_or(t, TP_MERIT_DECIDED_ON, a, INT32_MIN);
    const int32_t day_b = tp_i32_or(t, TP_MERIT_DECIDED_ON, b, INT32_MIN);
    const int32_t year_a = tp_i32_or(t, TP_MERIT_YEAR, a, INT32_MIN);
    const int32_t year_b = tp_i32_or(t, TP_MERIT_YEAR, b, INT32_MIN);
    return day_a != day_b ? day_a > day_b : year_a >= year_b;
}

tp_code
tp_merit_choose(tp_view *view, tp_arena *scratch, tp_err *err)
{
    const tp_table *t = &view->pool->table[TP_MERIT];
    view->merit_row = tp_arena_alloc(scratch, t->n, sizeof *view->merit_row);
    if (view->merit_row == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for %zu merit assessments", t->n);
    }
    size_t n = 0;
    for (size_t row = 0; row < t->n; row++) { /* free records ascend by agency */
        const int32_t status = tp_i32_or(t, TP_MERIT_STATUS, row, TP_MERIT_DRAFT);
        const tp_str agency = tp_get_text(t, TP_MERIT_AGENCY, row);
        const int32_t decided = tp_i32_or(t, TP_MERIT_DECIDED_ON, row, INT32_MIN);
        if (status < TP_MERIT_VERIFIED || agency.p == NULL || decided > view->as_of) {
            continue;
        }
        if (n > 0 && tp_str_eq(tp_get_text(t, TP_MERIT_AGENCY, view->merit_row[n - 1]), agency)) {
            if (newer(t, row, view->merit_row[n - 1])) {
                view->merit_row[n - 1] = (uint32_t)row;
            }
        } else {
            view->merit_row[n++] = (uint32_t)row;
        }
    }
    view->n_merit = n;
    return TP_OK;
}
