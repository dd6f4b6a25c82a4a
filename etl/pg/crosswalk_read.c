/* Which person was each record of a published generation? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "talent/etl/ledger.h"

/* Rows come as "record_key<TAB>person_key<LF>", cut anywhere. */
typedef struct reading {
    tp_person_keys *out;
    size_t room;
    tp_buf line; /* the beginning of a row whose end has not come */
} reading;

static tp_code
take_row(reading *r, tp_str line, tp_err *err)
{
    const char *tab = memchr(line.p, '\t', line.n);
    int64_t record = 0;
    int64_t person = 0;
    if (tab == NULL || r->out->n == r->room ||
        !tp_str_to_i64((tp_str){line.p, (size_t)(tab - line.p)}, &record) ||
        !tp_str_to_i64((tp_str){tab + 1, line.n - 1 - (size_t)(tab - line.p)}, &person)) {
        TP_RETURN_ERR(err, TP_E_DB, "row %zu of the published crosswalk cannot be read",
                      r->out->n + 1);
    }
    r->out->record[r->out->n] = (uint64_t)record;
    r->out->person[r->out->n++] = (uint64_t)person;
    return TP_OK;
}

static tp_code
take_bytes(void *user, const void *bytes, size_t n, tp_err *err)
{
    reading *r = user;
    const char *p = bytes;
    const char *const end = p + n;
    while (p < end) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        tp_buf_put(&r->line, p, (size_t)((stop != NULL ? stop : end) - p));
        if (r->line.failed) {
            TP_RETURN_ERR(err, TP_E_NOMEM, "no room for a row of the published crosswalk");
        }
        if (stop == NULL) {
            return TP_OK;
        }
        TP_RETURN_SAME(take_row(r, (tp_str){r->line.p, r->line.n}, err));
        tp_buf_reset(&r->line);
        p = stop + 1;
    }
    return TP_OK;
}

static tp_code
count_rows(tp_pg *pg, int64_t generation, size_t *out, tp_err *err)
{
    char id[24];
    const char *params[] = {id};
    tp_rows *rows = NULL;
    (void)snprintf(id, sizeof id, "%lld", (long long)generation);
    TP_RETURN_SAME(tp_pg_query(pg, "SELECT count(*) FROM warehouse.crosswalk WHERE generation = $1",
                               1, params, &rows, err));
    *out = (size_t)tp_rows_i64(rows, 0, 0, 0);
    tp_rows_free(rows);
    return TP_OK;
}

tp_code
tp_ledger_person_keys(tp_pg *pg, int64_t generation, tp_arena *arena, tp_person_keys *out,
                      tp_err *err)
{
    TP_AUTO_BUF(sql);
    reading r = {.out = out};
    *out = (tp_person_keys){0};
    TP_RETURN_SAME(count_rows(pg, generation, &r.room, err));
    out->record = tp_arena_alloc(arena, r.room, sizeof *out->record);
    out->person = tp_arena_alloc(arena, r.room, sizeof *out->person);
    if (out->record == NULL || out->person == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "a crosswalk of %zu records", r.room);
    }
    tp_buf_printf(&sql,
                  "COPY (SELECT record_key, person_key FROM warehouse.crosswalk"
                  " WHERE generation = %lld) TO STDOUT",
                  (long long)generation);
    tp_code rc = tp_pg_copy_out(pg, tp_buf_cstr(&sql), take_bytes, &r, err);
    tp_buf_clear(&r.line);
    if (rc == TP_OK && out->n != r.room) {
        rc = tp_err_set(err, TP_E_DB, __func__, __LINE__,
                        "%zu rows in the crosswalk of generation %lld, %zu expected", out->n,
                        (long long)generation, r.room);
    }
    return rc == TP_OK ? rc
                       : tp_err_add(err, rc, __func__, __LINE__,
                                    "read the person keys of generation %lld from the warehouse",
                                    (long long)generation);
}
