/* How much room do the results take, and of what? */
#include "core/score/parts.h"

bool
tp_columns_person(tp_arena *a, tp_scores *s, size_t n)
{
    const size_t words = tp_bit_words(n);
#define COLUMN_(field, count) ((s->field = tp_arena_alloc(a, (count), sizeof *s->field)) != NULL)
    return COLUMN_(has_ip, n) && COLUMN_(ip_k, n) && COLUMN_(ip_ko, n) && COLUMN_(ip_ki, n) &&
           COLUMN_(ip_d, n) && COLUMN_(ip, n) && COLUMN_(ip_category, n) &&
           COLUMN_(x_valid, words) && COLUMN_(y_valid, words) && COLUMN_(x_pool, n) &&
           COLUMN_(y, n) && COLUMN_(x_part, n * TP_X_ITEMS) && COLUMN_(y_part, n * TP_Y_ITEMS) &&
           COLUMN_(nt, n) && COLUMN_(box, n) && COLUMN_(box_alt, n) && COLUMN_(x_complete, n) &&
           COLUMN_(y_complete, n) && COLUMN_(reason, n) && COLUMN_(jpm, n) &&
           COLUMN_(jpm_valid, words) && COLUMN_(jpm_category, n) && COLUMN_(assessment, n) &&
           COLUMN_(validity, n) && COLUMN_(in_agency_pool, n) && COLUMN_(in_national_pool, n) &&
           COLUMN_(rules, n) && COLUMN_(best_begin, n + 1);
}

bool
tp_columns_post(tp_arena *a, tp_scores *s, size_t n)
{
    return COLUMN_(post_scored, n) && COLUMN_(post_level, n) && COLUMN_(post_day, n) &&
           COLUMN_(post_holder, n) && COLUMN_(post_rule, n * TP_RULE_COUNT) &&
           COLUMN_(post_verdict, n * TP_VERDICT_COUNT) && COLUMN_(post_lost, n * TP_RULE_COUNT) &&
           COLUMN_(post_unknown, n * TP_RULE_COUNT) && COLUMN_(post_skipped, n) &&
           COLUMN_(post_unranked, n) && COLUMN_(list_begin, n + 1);
}

bool
tp_columns_list(tp_arena *a, tp_scores *s, size_t n)
{
    return COLUMN_(list_person, n) && COLUMN_(listing, n) && COLUMN_(list_rank, n) &&
           COLUMN_(list_row_no, n) && COLUMN_(list_group, n) && COLUMN_(list_action, n) &&
           COLUMN_(list_verdict, n) && COLUMN_(list_fit, n) && COLUMN_(list_nt, n) &&
           COLUMN_(list_tek, n) && COLUMN_(list_x, n) && COLUMN_(list_y, n) &&
           COLUMN_(list_jpm, n) && COLUMN_(list_tenure, n) &&
           COLUMN_(list_x_part, n * TP_X_ITEMS) && COLUMN_(list_fit_part, n * 3) &&
           COLUMN_(list_rule, n * TP_RULE_COUNT) && COLUMN_(list_note, n);
}

bool
tp_columns_merit(tp_arena *a, tp_scores *s, size_t n)
{
    return COLUMN_(merit_row, n) && COLUMN_(merit_known, n) && COLUMN_(merit_total, n) &&
           COLUMN_(merit_bp, n) && COLUMN_(merit_category, n);
}

bool
tp_columns_best(tp_arena *a, tp_scores *s, size_t n)
{
    return COLUMN_(best_post, n) && COLUMN_(best_fit, n) && COLUMN_(best_verdict, n);
#undef COLUMN_
}
