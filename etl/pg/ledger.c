/* What ran, how did it end, and which generation came of it? */
#include "talent/etl/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "talent/base/day.h"
#include "talent/etl/version.h"

enum { NUMBER = 24 };

static const char *
number(char out[NUMBER], int64_t value)
{
    (void)snprintf(out, NUMBER, "%lld", (long long)value);
    return out;
}

static const char *
key_text(char out[TP_KEY_TEXT], const tp_key *key)
{
    if (key == NULL) {
        return NULL;
    }
    tp_key_format(key, out);
    return out;
}

/* Runs a statement whose rows nobody needs. */
static tp_code
run(tp_pg *pg, const char *sql, int n, const char *const *params, tp_err *err)
{
    tp_rows *rows = NULL;
    const tp_code rc = tp_pg_query(pg, sql, n, params, &rows, err);
    tp_rows_free(rows);
    return rc;
}

tp_code
tp_ledger_begin(tp_pg *pg, int32_t night, double seconds, const char *arguments,
                int64_t *out_run_id, tp_err *err)
{
    char day[TP_DAY_TEXT];
    char ago[48];
    (void)snprintf(ago, sizeof ago, "%.3f", seconds);
    tp_day_format(night, day);
    /* The run lock is ours: whoever is still "running" has died. */
    TP_RETURN_IF_ERR(err,
                     tp_pg_exec(pg,
                                "UPDATE ops.run SET outcome = 'abandoned', finished_at = "
                                "clock_timestamp() WHERE outcome = 'running'",
                                err),
                     "close runs that died");
    const char *params[] = {day, TP_VERSION, arguments, ago};
    tp_rows *rows = NULL;
    TP_RETURN_IF_ERR(
        err,
        tp_pg_query(pg,
                    "INSERT INTO ops.run (night, program_version, arguments, started_at)"
                    " VALUES ($1, $2, $3, clock_timestamp() - $4::float8 *"
                    " interval '1 second') RETURNING run_id",
                    4, params, &rows, err),
        "enter the run into the ledger");
    *out_run_id = tp_rows_i64(rows, 0, 0, 0);
    tp_rows_free(rows);
    return TP_OK;
}

tp_code
tp_ledger_stage(tp_pg *pg, int64_t run_id, const tp_stage_row *row, tp_err *err)
{
    char id[NUMBER];
    char ordinal[NUMBER];
    char seconds[48];
    char in[NUMBER];
    char out[NUMBER];
    char rejected[NUMBER];
    char peak[NUMBER];
    (void)snprintf(seconds, sizeof seconds, "%.6f", row->seconds);
    const char *params[] = {number(id, run_id),
                            row->stage,
                            number(ordinal, row->ordinal),
                            row->cached ? "t" : "f",
                            seconds,
                            number(in, (int64_t)row->rows_in),
                            number(out, (int64_t)row->rows_out),
                            number(rejected, (int64_t)row->rejected),
                            number(peak, (int64_t)row->peak_kib)};
    TP_RETURN_IF_ERR(err,
                     run(pg,
                         "INSERT INTO ops.stage_run (run_id, stage, ordinal, cached, seconds,"
                         " rows_in, rows_out, rejected, peak_kib)"
                         " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                         9, params, err),
                     "enter stage %s into the ledger", row->stage);
    return TP_OK;
}

static tp_code
put_counts(tp_pg *pg, const char *id, const char *source, const tp_batch_row *row, bool held,
           tp_err *err)
{
    for (int k = 0; row->batch != NULL && k < TP_KIND_COUNT; k++) {
        const tp_counts *c = &row->counts[k];
        if (c->received == 0 && row->gone[k] == 0 && c->derived == 0) {
            continue;
        }
        const uint64_t value[] = {c->received, c->accepted,           c->unchanged, c->duplicate,
                                  c->removed,  c->rejected,           c->flagged,   row->gone[k],
                                  c->derived,  row->batch->table[k].n};
        char text[TP_COUNT(value)][NUMBER];
        const char *params[4 + TP_COUNT(value)] = {id, source, tp_kind_of((tp_kind)k)->name,
                                                   held ? "t" : "f"};
        for (size_t i = 0; i < TP_COUNT(value); i++) {
            params[4 + i] = number(text[i], (int64_t)value[i]);
        }
        TP_RETURN_IF_ERR(
            err,
            run(pg,
                "INSERT INTO ops.source_count (run_id, source, record_kind, held, received,"
                " accepted, unchanged, duplicate, removed, rejected, flagged, gone,"
                " derived, kept)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,"
                " $14)",
                (int)TP_COUNT(params), params, err),
            "count the %s records of source %s", tp_kind_of((tp_kind)k)->name, source);
    }
    return TP_OK;
}

static const char *const OUTCOME[] = {[TP_ON_NULL] = "blanked",
                                      [TP_ON_FLAG] = "flagged",
                                      [TP_ON_REJECT] = "record",
                                      [TP_ON_STOP] = "record"};

static const char *
field_name(const tp_kind_def *kind, int field)
{
    return field >= 0 && field < kind->n_fields ? kind->field[field].name : NULL;
}

static tp_code
put_totals(tp_pg *pg, const char *id, const tp_batch *batch, tp_err *err)
{
    for (size_t i = 0; i < batch->n_faults; i++) {
        const tp_fault_count *f = &batch->fault[i];
        const tp_kind_def *kind = tp_kind_of((tp_kind)f->kind);
        char n[NUMBER];
        const char *params[] = {id,
                                kind->name,
                                tp_reject_name((tp_reject_code)f->code),
                                field_name(kind, f->field),
                                OUTCOME[f->outcome],
                                number(n, (int64_t)f->n)};
        TP_RETURN_SAME(run(pg,
                           "INSERT INTO ops.reject_total (batch_id, record_kind, code, field,"
                           " outcome, n) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
                           6, params, err));
    }
    return TP_OK;
}

static tp_code
put_rejects(tp_pg *pg, const char *id, const tp_batch *batch, tp_err *err)
{
    TP_AUTO_BUF(lines);
    if (batch->n_rejects == 0) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_pg_copy_begin(pg,
                                    "COPY ops.reject (batch_id, record_kind, code, field,"
                                    " outcome, body, record) FROM STDIN",
                                    err));
    for (size_t i = 0; i < batch->n_rejects; i++) {
        const tp_reject *r = &batch->reject[i];
        const tp_kind_def *kind = tp_kind_of(r->kind);
        const char *field = field_name(kind, r->field);
        tp_buf_printf(&lines, "%s\t%s\t%s\t%s\t%s\t%u\t%u\n", id, kind->name,
                      tp_reject_name(r->code), field != NULL ? field : "\\N", OUTCOME[r->outcome],
                      r->place.body, r->place.record);
    }
    if (lines.failed) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "%zu reject rows", batch->n_rejects);
    }
    TP_RETURN_SAME(tp_pg_copy_put(pg, lines.p, lines.n, err));
    return tp_pg_copy_end(pg, NULL, err);
}

/* What is told of a batch is told once, by the first run that knows it, and again when it was
 * pruned. */
static tp_code
put_batch(tp_pg *pg, const char *run_id, const char *source, const tp_key *key,
          const tp_batch *batch, tp_err *err)
{
    char text[TP_KEY_TEXT];
    char value[5][NUMBER];
    const tp_reading *r = &batch->reading;
    const char *params[] = {source,
                            key_text(text, key),
                            run_id,
                            number(value[0], (int64_t)r->ragged),
                            number(value[1], (int64_t)r->not_records),
                            number(value[2], (int64_t)r->fallback_bytes),
                            number(value[3], (int64_t)r->replaced),
                            number(value[4], (int64_t)r->no_line_end)};
    tp_rows *rows = NULL;
    TP_RETURN_SAME(tp_pg_query(
        pg,
        "INSERT INTO ops.batch (source, batch_key, run_id, ragged, not_records, fallback_bytes,"
        " replaced, no_line_end) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        " ON CONFLICT (source, batch_key) DO UPDATE SET pruned_at = NULL"
        " WHERE ops.batch.pruned_at IS NOT NULL RETURNING batch_id",
        (int)TP_COUNT(params), params, &rows, err));
    const bool told = tp_rows_n(rows) == 0;
    char id[NUMBER];
    (void)number(id, told ? 0 : tp_rows_i64(rows, 0, 0, 0));
    tp_rows_free(rows);
    if (told) {
        return TP_OK;
    }
    TP_RETURN_SAME(put_totals(pg, id, batch, err));
    return put_rejects(pg, id, batch, err);
}

tp_code
tp_ledger_source(tp_pg *pg, int64_t run_id, const tp_source_row *row, tp_err *err)
{
    char id[NUMBER];
    char bodies[NUMBER];
    char bytes[NUMBER];
    char day[TP_DAY_TEXT];
    char landing[TP_KEY_TEXT];
    char batch[TP_KEY_TEXT];
    char held[TP_KEY_TEXT];
    char landed[TP_KEY_TEXT];
    char value[5][NUMBER];
    const bool asked = row->asked != NULL;
    tp_day_format(row->batch_night, day);
    const char *params[] = {number(id, run_id),
                            row->source,
                            row->state,
                            row->has_batch ? day : NULL,
                            number(bodies, (int64_t)row->bodies),
                            number(bytes, (int64_t)row->bytes),
                            key_text(landing, row->landing_key),
                            key_text(batch, row->batch_key),
                            row->reason,
                            key_text(held, row->held_batch_key),
                            key_text(landed, row->landed_key),
                            asked ? number(value[0], (int64_t)row->asked->requests) : NULL,
                            asked ? number(value[1], (int64_t)row->asked->retries) : NULL,
                            asked ? number(value[2], (int64_t)row->asked->waits) : NULL,
                            asked ? number(value[3], (int64_t)row->asked->renewals) : NULL,
                            asked ? number(value[4], (int64_t)row->asked->skipped) : NULL};
    TP_RETURN_IF_ERR(err,
                     run(pg,
                         "INSERT INTO ops.source_run (run_id, source, state, batch_night, bodies,"
                         " bytes, landing_key, batch_key, reason, held_batch_key,"
                         " landed_key, requests, retries, waits, renewals, skipped)"
                         " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,"
                         " $15, $16)",
                         (int)TP_COUNT(params), params, err),
                     "enter source %s into the ledger", row->source);
    TP_RETURN_SAME(put_counts(pg, id, row->source, &row->used, false, err));
    TP_RETURN_SAME(put_counts(pg, id, row->source, &row->held, true, err));
    TP_RETURN_IF_ERR(err, tp_ledger_drift(pg, run_id, row, err), "enter the drift of source %s",
                     row->source);
    tp_code rc = TP_OK;
    if (row->used.batch != NULL && row->batch_key != NULL) {
        rc = put_batch(pg, id, row->source, row->batch_key, row->used.batch, err);
    }
    if (rc == TP_OK && row->held.batch != NULL && row->held_batch_key != NULL) {
        rc = put_batch(pg, id, row->source, row->held_batch_key, row->held.batch, err);
    }
    return rc == TP_OK ? rc
                       : tp_err_add(err, rc, __func__, __LINE__, "enter the rejects of source %s",
                                    row->source);
}

tp_code
tp_ledger_prune(tp_pg *pg, tp_err *err)
{
    TP_RETURN_IF_ERR(err, run(pg, tp_sql_text("queries/prune_rejects.sql"), 0, NULL, err),
                     "remove the rejects of nights no longer kept");
    return TP_OK;
}

tp_code
tp_ledger_finish(tp_pg *pg, int64_t run_id, const char *outcome, int exit_status,
                 int64_t generation, const char *message, tp_err *err)
{
    char id[NUMBER];
    char status[NUMBER];
    char gen[NUMBER];
    const char *params[] = {number(id, run_id), outcome, number(status, exit_status),
                            generation < 0 ? NULL : number(gen, generation), message};
    TP_RETURN_IF_ERR(err,
                     run(pg,
                         "UPDATE ops.run SET outcome = $2, exit_status = $3, generation = $4,"
                         " message = $5, finished_at = clock_timestamp() WHERE run_id = $1",
                         5, params, err),
                     "close the run in the ledger");
    return TP_OK;
}

tp_code
tp_ledger_unpublished(tp_pg *pg, int64_t run_id, const tp_key *link, const tp_key *merge,
                      const tp_key *score, tp_err *err)
{
    char id[NUMBER];
    char key[3][TP_KEY_TEXT];
    const char *params[] = {number(id, run_id), key_text(key[0], link), key_text(key[1], merge),
                            key_text(key[2], score)};
    TP_RETURN_IF_ERR(err,
                     run(pg,
                         "UPDATE ops.run SET link_key = $2, merge_key = $3, score_key = $4"
                         " WHERE run_id = $1",
                         4, params, err),
                     "enter what the run made into the ledger");
    return TP_OK;
}

static bool
read_key(const tp_rows *rows, size_t row, int col, tp_key *out)
{
    return tp_key_parse(tp_rows_at(rows, row, col), out);
}

static tp_code
read_sources(tp_pg *pg, tp_arena *arena, tp_generation *g, tp_err *err)
{
    char id[NUMBER];
    const char *params[] = {number(id, g->generation)};
    tp_rows *rows = NULL;
    TP_RETURN_SAME(tp_pg_query(pg,
                               "SELECT source, batch_night - DATE '1970-01-01', landing_key,"
                               " batch_key FROM ops.generation_source WHERE generation = $1"
                               " ORDER BY source COLLATE \"C\"",
                               1, params, &rows, err));
    const size_t n = tp_rows_n(rows);
    g->n_sources = n;
    g->source = tp_arena_alloc(arena, n, sizeof *g->source);
    g->batch_night = tp_arena_alloc(arena, n, sizeof *g->batch_night);
    g->landing_key = tp_arena_alloc(arena, n, sizeof *g->landing_key);
    g->batch_key = tp_arena_alloc(arena, n, sizeof *g->batch_key);
    bool ok = g->source != NULL && g->batch_night != NULL && g->landing_key != NULL &&
              g->batch_key != NULL;
    for (size_t i = 0; ok && i < n; i++) {
        const tp_str name = tp_rows_at(rows, i, 0);
        g->source[i] = tp_arena_copy(arena, name.p, name.n);
        g->batch_night[i] = (int32_t)tp_rows_i64(rows, i, 1, 0);
        ok = g->source[i] != NULL && read_key(rows, i, 2, &g->landing_key[i]) &&
             read_key(rows, i, 3, &g->batch_key[i]);
    }
    tp_rows_free(rows);
    if (!ok) {
        TP_RETURN_ERR(err, TP_E_DB, "the sources of generation %lld cannot be read",
                      (long long)g->generation);
    }
    return TP_OK;
}

static tp_code
read_generation(tp_pg *pg, const char *sql, int n_params, const char *const *params,
                tp_arena *arena, tp_generation *out, tp_err *err)
{
    tp_rows *rows = NULL;
    *out = (tp_generation){0};
    TP_RETURN_SAME(tp_pg_query(pg, sql, n_params, params, &rows, err));
    if (tp_rows_n(rows) == 0) {
        tp_rows_free(rows);
        return TP_OK;
    }
    out->generation = tp_rows_i64(rows, 0, 0, 0);
    out->night = (int32_t)tp_rows_i64(rows, 0, 1, 0);
    const bool ok = read_key(rows, 0, 2, &out->publish_key) &&
                    read_key(rows, 0, 3, &out->link_key) && read_key(rows, 0, 4, &out->merge_key) &&
                    read_key(rows, 0, 5, &out->score_key) && tp_rows_at(rows, 0, 6).n == 64;
    if (ok) {
        memcpy(out->fingerprint, tp_rows_at(rows, 0, 6).p, 64);
    }
    out->people = tp_rows_i64(rows, 0, 7, 0);
    out->kept = tp_str_is(tp_rows_at(rows, 0, 8), "t");
    out->found = true;
    tp_rows_free(rows);
    if (!ok) {
        TP_RETURN_ERR(err, TP_E_DB, "ledger row of generation %lld is damaged",
                      (long long)out->generation);
    }
    return read_sources(pg, arena, out, err);
}

#define GENERATION_COLUMNS                                                                      \
    "SELECT g.generation, g.night - DATE '1970-01-01', g.publish_key, g.link_key, g.merge_key," \
    " g.score_key, g.fingerprint, g.people, g.dropped_at IS NULL FROM ops.generation g "

tp_code
tp_ledger_before(tp_pg *pg, int32_t night, tp_arena *arena, tp_generation *out, tp_err *err)
{
    char day[TP_DAY_TEXT];
    tp_day_format(night, day);
    const char *params[] = {day};
    TP_RETURN_IF_ERR(err,
                     read_generation(pg,
                                     GENERATION_COLUMNS
                                     "WHERE g.night < $1 AND g.withdrawn_at IS NULL"
                                     " ORDER BY g.night DESC, g.generation DESC LIMIT 1",
                                     1, params, arena, out, err),
                     "look up the last published earlier night");
    return TP_OK;
}

tp_code
tp_ledger_current(tp_pg *pg, tp_arena *arena, tp_generation *out, tp_err *err)
{
    TP_RETURN_IF_ERR(
        err,
        read_generation(pg, GENERATION_COLUMNS "JOIN ops.current_generation c USING (generation)",
                        0, NULL, arena, out, err),
        "look up the current generation");
    return TP_OK;
}
