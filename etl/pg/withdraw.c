/* What do readers see when a published result is taken back? */
#include <stdio.h>

#include "talent/etl/ledger.h"

enum { NUMBER = 24 };

/* Latest night first: the rule by which nights become current. */
#define NEXT_SQL                                                                          \
    "SELECT generation FROM ops.generation WHERE generation <> $1 AND dropped_at IS NULL" \
    " AND withdrawn_at IS NULL ORDER BY night DESC, generation DESC LIMIT 1"

static tp_code
find(tp_pg *pg, const char *id, bool *out_current, tp_err *err)
{
    tp_rows *rows = NULL;
    const char *params[] = {id};
    TP_RETURN_SAME(
        tp_pg_query(pg,
                    "SELECT (withdrawn_at IS NOT NULL)::int, (generation IS NOT DISTINCT FROM"
                    " (SELECT c.generation FROM ops.current_generation c))::int"
                    " FROM ops.generation WHERE generation = $1 FOR UPDATE",
                    1, params, &rows, err));
    const bool found = tp_rows_n(rows) > 0;
    const bool gone = found && tp_rows_i64(rows, 0, 0, 0) == 1;
    *out_current = found && tp_rows_i64(rows, 0, 1, 0) == 1;
    tp_rows_free(rows);
    if (!found || gone) {
        TP_RETURN_ERR(err, TP_E_USAGE, "generation %s %s; they stand in mart.generation", id,
                      found ? "was withdrawn before" : "was never published");
    }
    return TP_OK;
}

/* The one row that readers follow. */
static tp_code
swap(tp_pg *pg, const char *id, char next[NUMBER], int64_t *out_next, tp_err *err)
{
    tp_rows *rows = NULL;
    const char *params[] = {id};
    TP_RETURN_SAME(tp_pg_query(pg, NEXT_SQL, 1, params, &rows, err));
    *out_next = tp_rows_n(rows) > 0 ? tp_rows_i64(rows, 0, 0, -1) : -1;
    tp_rows_free(rows);
    if (*out_next < 0) {
        TP_RETURN_ERR(err, TP_E_USAGE,
                      "generation %s is the only one there is: readers would be left with nothing; "
                      "publish another night first",
                      id);
    }
    (void)snprintf(next, NUMBER, "%lld", (long long)*out_next);
    const char *to[] = {next};
    TP_RETURN_SAME(
        tp_pg_query(pg, "UPDATE ops.current_generation SET generation = $1", 1, to, &rows, err));
    tp_rows_free(rows);
    return TP_OK;
}

static tp_code
withdraw(tp_pg *pg, int64_t generation, int64_t *out_next, tp_err *err)
{
    char id[NUMBER];
    char next[NUMBER];
    bool current = false;
    tp_rows *rows = NULL;
    (void)snprintf(id, sizeof id, "%lld", (long long)generation);
    TP_RETURN_SAME(find(pg, id, &current, err));
    if (current) {
        TP_RETURN_SAME(swap(pg, id, next, out_next, err));
    }
    const char *params[] = {id, current ? next : NULL};
    TP_RETURN_SAME(tp_pg_query(pg,
                               "UPDATE ops.generation SET withdrawn_at = clock_timestamp(),"
                               " replaced_by = $2 WHERE generation = $1",
                               2, params, &rows, err));
    tp_rows_free(rows);
    return TP_OK;
}

tp_code
tp_ledger_withdraw(tp_pg *pg, int64_t generation, int64_t *out_next, tp_err *err)
{
    *out_next = -1;
    TP_RETURN_SAME(tp_pg_exec(pg, "BEGIN", err));
    tp_code rc = withdraw(pg, generation, out_next, err);
    if (rc == TP_OK) {
        rc = tp_pg_exec(pg, "COMMIT", err);
    }
    if (rc != TP_OK) {
        TP_IGNORE(tp_pg_exec(pg, "ROLLBACK", NULL));
    }
    return rc;
}
