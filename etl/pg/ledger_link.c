/* What did the link stage of a run have to tell? */
#include <stdio.h>

#include "talent/etl/ledger.h"

enum { NUMBER = 24, TEXT = 32 };

/* Runs an INSERT with the run, up to two words and n numbers, in this order. */
static tp_code
put_row(tp_pg *pg, const char *sql, int64_t run_id, int n_words, const char *const *word, size_t n,
        const uint64_t *value, tp_err *err)
{
    char id[NUMBER];
    char text[12][NUMBER];
    const char *params[15] = {id};
    tp_rows *rows = NULL;
    int k = 1;
    (void)snprintf(id, sizeof id, "%lld", (long long)run_id);
    for (int i = 0; i < n_words; i++) {
        params[k++] = word[i];
    }
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(text[i], NUMBER, "%llu", (unsigned long long)value[i]);
        params[k++] = text[i];
    }
    const tp_code rc = tp_pg_query(pg, sql, k, params, &rows, err);
    tp_rows_free(rows);
    return rc;
}

static tp_code
put_passes(tp_pg *pg, int64_t run_id, const tp_link_report *r, tp_err *err)
{
    for (int p = 0; p < TP_CAND_COUNT; p++) {
        char name[TEXT];
        const char *word[] = {name};
        const uint64_t value[] = {r->blocks[p], r->pairs[p], r->skipped_blocks[p],
                                  r->skipped_units[p]};
        (void)snprintf(name, sizeof name, "%.*s",
                       TP_STR_ARG(tp_candidate_pass_name((tp_candidate_pass)p)));
        TP_RETURN_SAME(put_row(pg,
                               "INSERT INTO ops.link_pass (run_id, pass, blocks, pairs,"
                               " skipped_blocks, skipped_units) VALUES ($1, $2, $3, $4, $5, $6)",
                               run_id, 1, word, TP_COUNT(value), value, err));
    }
    return TP_OK;
}

static tp_code
put_count(tp_pg *pg, int64_t run_id, const char *topic, tp_str name, uint64_t n, tp_err *err)
{
    char text[TEXT];
    const char *word[] = {topic, text};
    (void)snprintf(text, sizeof text, "%.*s", TP_STR_ARG(name));
    return put_row(pg,
                   "INSERT INTO ops.link_count (run_id, topic, name, n) VALUES ($1, $2, $3, $4)",
                   run_id, 2, word, 1, &n, err);
}

static tp_code
put_all(tp_pg *pg, int64_t run_id, const tp_link_report *r, tp_err *err)
{
    const uint64_t value[] = {r->records,          r->units,           r->people,
                              r->largest,          r->adopted,         r->vetoes,
                              r->junk_numbers,     r->questions,       r->decisions,
                              r->decisions_lapsed, r->decisions_absent};
    TP_RETURN_SAME(put_row(pg,
                           "INSERT INTO ops.link_run (run_id, records, units, people, largest,"
                           " adopted, vetoes, junk_numbers, questions, decisions,"
                           " decisions_lapsed, decisions_absent)"
                           " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                           run_id, 0, NULL, TP_COUNT(value), value, err));
    TP_RETURN_SAME(put_passes(pg, run_id, r, err));
    for (int v = TP_VETO_NONE + 1; v < TP_VETO_COUNT; v++) {
        TP_RETURN_SAME(
            put_count(pg, run_id, "veto", tp_veto_name((tp_veto)v), r->vetoes_by[v], err));
    }
    for (int q = 0; q < TP_REVIEW_COUNT; q++) {
        TP_RETURN_SAME(put_count(pg, run_id, "question",
                                 tp_str_of(tp_review_reason_name((tp_review_reason)q)),
                                 r->questions_by[q], err));
    }
    return TP_OK;
}

tp_code
tp_ledger_link(tp_pg *pg, int64_t run_id, const tp_link_report *report, tp_err *err)
{
    TP_RETURN_IF_ERR(err, put_all(pg, run_id, report, err),
                     "enter the report of the link stage into the ledger");
    return TP_OK;
}
