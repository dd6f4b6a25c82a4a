/* How are the scores kept? */
#include "etl/stage/files.h"

#define M(name, count)          TP_MEMBER(tp_scores, name, count, 1, 0)
#define M_TIMES(name, count, k) TP_MEMBER(tp_scores, name, count, k, 0)
#define M_BEGIN(name, count)    TP_MEMBER(tp_scores, name, count, 1, 1)
#define M_BITS(name, count)     TP_MEMBER_BITS(tp_scores, name, count)

static const tp_member MEMBER[] = {
    M(has_ip, n),
    M(ip_k, n),
    M(ip_ko, n),
    M(ip_ki, n),
    M(ip_d, n),
    M(ip, n),
    M(ip_category, n),
    M_BITS(x_valid, n),
    M_BITS(y_valid, n),
    M(x_pool, n),
    M(y, n),
    M_TIMES(x_part, n, TP_X_ITEMS),
    M_TIMES(y_part, n, TP_Y_ITEMS),
    M(nt, n),
    M(box, n),
    M(box_alt, n),
    M(x_complete, n),
    M(y_complete, n),
    M(reason, n),
    M(jpm, n),
    M_BITS(jpm_valid, n),
    M(jpm_category, n),
    M(assessment, n),
    M(validity, n),
    M(in_agency_pool, n),
    M(in_national_pool, n),
    M(rules, n),
    M(post_scored, n_post),
    M(post_level, n_post),
    M(post_day, n_post),
    M(post_holder, n_post),
    M_TIMES(post_rule, n_post, TP_RULE_COUNT),
    M_TIMES(post_verdict, n_post, TP_VERDICT_COUNT),
    M_TIMES(post_lost, n_post, TP_RULE_COUNT),
    M_TIMES(post_unknown, n_post, TP_RULE_COUNT),
    M(post_skipped, n_post),
    M(post_unranked, n_post),
    M_BEGIN(list_begin, n_post),
    M(list_person, n_list),
    M(listing, n_list),
    M(list_rank, n_list),
    M(list_row_no, n_list),
    M(list_group, n_list),
    M(list_action, n_list),
    M(list_verdict, n_list),
    M(list_fit, n_list),
    M(list_nt, n_list),
    M(list_tek, n_list),
    M(list_x, n_list),
    M(list_y, n_list),
    M(list_jpm, n_list),
    M(list_tenure, n_list),
    M_TIMES(list_x_part, n_list, TP_X_ITEMS),
    M_TIMES(list_fit_part, n_list, 3),
    M_TIMES(list_rule, n_list, TP_RULE_COUNT),
    M(list_note, n_list),
    M_BEGIN(best_begin, n),
    M(best_post, n_best),
    M(best_fit, n_best),
    M(best_verdict, n_best),
    M(merit_row, n_merit),
    M(merit_known, n_merit),
    M(merit_total, n_merit),
    M(merit_bp, n_merit),
    M(merit_category, n_merit),
};

static tp_code
add_all(tp_artefact_writer *w, const tp_scores *s, tp_err *err)
{
    const uint64_t size[] = {s->n,      s->n_post,  s->n_list,
                             s->n_best, s->n_merit, (uint64_t)(uint32_t)s->as_of};
    TP_RETURN_SAME(tp_artefact_add(w, "sizes", size, TP_COUNT(size), sizeof size[0], err));
    return tp_members_store(w, s, MEMBER, TP_COUNT(MEMBER), err);
}

tp_code
tp_scores_store(const tp_store *store, const tp_key *key, const tp_scores *scores, tp_err *err)
{
    tp_artefact_writer *w = NULL;
    TP_RETURN_SAME(tp_artefact_begin(store, "score", key, &w, err));
    const tp_code rc = add_all(w, scores, err);
    if (rc != TP_OK) {
        tp_artefact_abort(w);
        return rc;
    }
    return tp_artefact_commit(w, err);
}

/* Does every number in it name something that is there? */
static bool
fits(const tp_scores *s)
{
    return tp_rows_below(s->post_holder, s->n_post, s->n, true) &&
           tp_rows_begin(s->list_begin, s->n_post, s->n_list) &&
           tp_rows_below(s->list_person, s->n_list, s->n, false) &&
           tp_bytes_below(s->list_verdict, s->n_list, TP_VERDICT_COUNT) &&
           tp_rows_begin(s->best_begin, s->n, s->n_best) &&
           tp_rows_below(s->best_post, s->n_best, s->n_post, false) &&
           tp_bytes_below(s->best_verdict, s->n_best, TP_VERDICT_COUNT) &&
           tp_bytes_below(s->box, s->n, 10) && tp_bytes_below(s->box_alt, s->n, 10);
}

static tp_code
get_all(tp_artefact *file, tp_scores *out, tp_err *err)
{
    const void *p = NULL;
    size_t n = 0;
    *out = (tp_scores){0};
    TP_RETURN_SAME(tp_artefact_get(file, "sizes", sizeof(uint64_t), &p, &n, err));
    const uint64_t *size = p;
    if (n != 6) {
        TP_RETURN_ERR(err, TP_E_SCHEMA, "the scores have %zu sizes, not 6", n);
    }
    out->n = (size_t)size[0];
    out->n_post = (size_t)size[1];
    out->n_list = (size_t)size[2];
    out->n_best = (size_t)size[3];
    out->n_merit = (size_t)size[4];
    out->as_of = (int32_t)(uint32_t)size[5];
    TP_RETURN_SAME(tp_members_load(file, out, MEMBER, TP_COUNT(MEMBER), err));
    return fits(out) ? TP_OK : tp_artefact_fault(file, err, "a row of the scores is not there");
}

tp_code
tp_scores_load(const tp_store *store, const tp_key *key, tp_artefact **out_file, tp_scores *out,
               tp_err *err)
{
    TP_RETURN_SAME(tp_artefact_open(store, "score", key, out_file, err));
    const tp_code rc = get_all(*out_file, out, err);
    if (rc != TP_OK) {
        tp_artefact_close(*out_file);
        *out_file = NULL;
    }
    return rc;
}
