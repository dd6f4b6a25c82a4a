/* Stage publish: how does a night's result become what readers see, all at once or not at all? */
#include "talent/etl/publish.h"

#include <stdio.h>
#include <string.h>

#include "etl/stage/publish_parts.h"
#include "talent/base/day.h"
#include "talent/etl/version.h"

enum { NUMBER = 24, NAME = 96 };

static const char *
number(char out[NUMBER], int64_t value)
{
    (void)snprintf(out, NUMBER, "%lld", (long long)value);
    return out;
}

static tp_code
exec(tp_pg *pg, tp_buf *sql, tp_err *err)
{
    const tp_code rc = tp_pg_exec(pg, tp_buf_cstr(sql), err);
    tp_buf_reset(sql);
    return rc;
}

static tp_code
query_i64(tp_pg *pg, const char *sql, int64_t *out, tp_err *err)
{
    tp_rows *rows = NULL;
    TP_RETURN_SAME(tp_pg_query(pg, sql, 0, NULL, &rows, err));
    *out = tp_rows_n(rows) > 0 ? tp_rows_i64(rows, 0, 0, 0) : 0;
    tp_rows_free(rows);
    return TP_OK;
}

/* A table of its own first, then a partition: until the commit nobody can see it, and no lock of the
 * parent that readers would notice is taken. */
static tp_code
load_table(tp_pg *pg, const tp_publish_input *in, const tp_publish_table *table, int64_t generation,
           tp_copy *copy, tp_receipt *out, tp_err *err)
{
    TP_AUTO_BUF(sql);
    char part[NAME];
    uint64_t rows = 0;
    (void)snprintf(part, sizeof part, "warehouse.%s_g%lld", table->name, (long long)generation);
    tp_buf_printf(&sql,
                  "CREATE TABLE %s (LIKE warehouse.%s INCLUDING DEFAULTS INCLUDING CONSTRAINTS);"
                  "ALTER TABLE %s ALTER COLUMN generation SET DEFAULT %lld;"
                  "ALTER TABLE %s ADD CONSTRAINT this_generation CHECK (generation = %lld)",
                  part, table->name, part, (long long)generation, part, (long long)generation);
    TP_RETURN_SAME(exec(pg, &sql, err));
    TP_RETURN_SAME(tp_copy_begin(copy, part, table->name, table->columns, err));
    table->write(in, copy);
    TP_RETURN_IF_ERR(err, tp_copy_end(copy, &rows, err), "load %s", part);
    tp_buf_printf(&sql,
                  "ALTER TABLE warehouse.%s ATTACH PARTITION %s FOR VALUES IN (%lld);"
                  "ANALYZE %s",
                  table->name, part, (long long)generation, part);
    TP_RETURN_IF_ERR(err, exec(pg, &sql, err), "attach %s", part);
    out->rows += rows;
    return TP_OK;
}

static tp_code
load_all(tp_pg *pg, const tp_publish_input *in, int64_t generation, tp_receipt *out, tp_err *err)
{
    tp_copy copy;
    tp_code rc = TP_OK;
    tp_copy_init(&copy, pg);
    for (size_t i = 0; rc == TP_OK && i < TP_PUBLISH_PEOPLE_COUNT; i++) {
        rc = load_table(pg, in, &TP_PUBLISH_PEOPLE[i], generation, &copy, out, err);
    }
    for (size_t i = 0; rc == TP_OK && i < TP_PUBLISH_SCORES_COUNT; i++) {
        rc = load_table(pg, in, &TP_PUBLISH_SCORES[i], generation, &copy, out, err);
    }
    tp_copy_fingerprint(&copy, out->fingerprint);
    tp_copy_clear(&copy);
    return rc;
}

/* The checks of sql/checks that take a generation; any row they give is a violation. */
static tp_code
check_all(tp_pg *pg, int64_t generation, tp_err *err)
{
    static const char *const CHECKS[] = {"crosswalk_people", "people_records", "score_parts",
                                         "shortlist_people"};
    char id[NUMBER];
    const char *params[] = {number(id, generation)};
    for (size_t i = 0; i < TP_COUNT(CHECKS); i++) {
        char path[NAME];
        tp_rows *rows = NULL;
        (void)snprintf(path, sizeof path, "checks/%s.sql", CHECKS[i]);
        TP_RETURN_IF_ERR(err, tp_pg_query(pg, tp_sql_text(path), 1, params, &rows, err),
                         "run check %s", CHECKS[i]);
        const size_t n = tp_rows_n(rows);
        char first[64] = "";
        if (n > 0) {
            (void)snprintf(first, sizeof first, "%.*s", TP_STR_ARG(tp_rows_at(rows, 0, 0)));
        }
        tp_rows_free(rows);
        if (n > 0) {
            TP_RETURN_ERR(err, TP_E_QUALITY,
                          "check %s found violations, the first at %s; see sql/checks/%s.sql",
                          CHECKS[i], first, CHECKS[i]);
        }
    }
    return TP_OK;
}

static tp_code
enter_ledger(tp_pg *pg, const tp_publish_input *in, int64_t generation, const tp_receipt *r,
             tp_err *err)
{
    char id[NUMBER];
    char run[NUMBER];
    char people[NUMBER];
    char rows_text[NUMBER];
    char day[TP_DAY_TEXT];
    char key[4][TP_KEY_TEXT];
    tp_rows *rows = NULL;
    tp_day_format(in->night, day);
    tp_key_format(&in->publish_key, key[0]);
    tp_key_format(&in->link_key, key[1]);
    tp_key_format(&in->merge_key, key[2]);
    tp_key_format(&in->score_key, key[3]);
    const char *params[] = {number(id, generation), day,    number(run, in->run_id), key[0],
                            key[1],                 key[2], key[3],                  r->fingerprint,
                            number(people, (int64_t)r->people),
                            number(rows_text, (int64_t)r->rows), TP_VERSION};
    TP_RETURN_SAME(tp_pg_query(pg,
                               "INSERT INTO ops.generation (generation, night, run_id, publish_key,"
                               " link_key, merge_key, score_key, fingerprint, people, row_count,"
                               " program_version)"
                               " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                               11, params, &rows, err));
    tp_rows_free(rows);
    for (size_t i = 0; i < in->n_sources; i++) {
        const tp_publish_source *s = &in->source[i];
        char batch_day[TP_DAY_TEXT];
        tp_day_format(s->batch_night, batch_day);
        tp_key_format(&s->landing_key, key[0]);
        tp_key_format(&s->batch_key, key[1]);
        const char *row[] = {id, s->id, batch_day, key[0], key[1]};
        TP_RETURN_SAME(tp_pg_query(pg,
                                   "INSERT INTO ops.generation_source (generation, source,"
                                   " batch_night, landing_key, batch_key)"
                                   " VALUES ($1, $2, $3, $4, $5)",
                                   5, row, &rows, err));
        tp_rows_free(rows);
    }
    /* The one small update that makes the new generation what readers see. */
    TP_RETURN_SAME(tp_pg_query(pg,
                               "INSERT INTO ops.current_generation (generation) VALUES ($1)"
                               " ON CONFLICT (only_row) DO UPDATE SET generation = excluded.generation",
                               1, params, &rows, err));
    tp_rows_free(rows);
    return TP_OK;
}

static tp_code
publish_in_transaction(tp_pg *pg, const tp_publish_input *in, tp_receipt *out, tp_err *err)
{
    int64_t generation = 0;
    TP_RETURN_SAME(tp_pg_exec(pg, "BEGIN", err));
    TP_RETURN_SAME(query_i64(pg, "SELECT coalesce(max(generation), 0) + 1 FROM ops.generation",
                             &generation, err));
    out->generation = generation;
    TP_RETURN_SAME(load_all(pg, in, generation, out, err));
    TP_RETURN_SAME(check_all(pg, generation, err));
    TP_RETURN_IF_ERR(err, enter_ledger(pg, in, generation, out, err),
                     "enter generation %lld into the ledger", (long long)generation);
    return tp_pg_exec(pg, "COMMIT", err);
}

/* A generation dropped late costs disk, nothing else: a reader in the way is not waited for long. */
static void
drop_old(tp_pg *pg, int64_t keep)
{
    char id[NUMBER];
    const char *params[] = {number(id, keep)};
    tp_rows *old = NULL;
    tp_err ignored = {0};
    if (tp_pg_query(pg,
                    "SELECT generation FROM ops.generation WHERE dropped_at IS NULL"
                    " AND generation <> (SELECT generation FROM ops.current_generation)"
                    " ORDER BY generation DESC OFFSET greatest($1::int - 1, 0)",
                    1, params, &old, &ignored) != TP_OK) {
        return;
    }
    TP_AUTO_BUF(sql);
    for (size_t i = 0; i < tp_rows_n(old); i++) {
        const long long g = (long long)tp_rows_i64(old, i, 0, 0);
        tp_buf_puts(&sql, "BEGIN; SET LOCAL lock_timeout = '2s';");
        for (size_t t = 0; t < TP_PUBLISH_PEOPLE_COUNT; t++) {
            tp_buf_printf(&sql, "DROP TABLE IF EXISTS warehouse.%s_g%lld;",
                          TP_PUBLISH_PEOPLE[t].name, g);
        }
        for (size_t t = 0; t < TP_PUBLISH_SCORES_COUNT; t++) {
            tp_buf_printf(&sql, "DROP TABLE IF EXISTS warehouse.%s_g%lld;",
                          TP_PUBLISH_SCORES[t].name, g);
        }
        tp_buf_printf(&sql,
                      "UPDATE ops.generation SET dropped_at = clock_timestamp()"
                      " WHERE generation = %lld; COMMIT",
                      g);
        if (exec(pg, &sql, &ignored) != TP_OK) {
            TP_IGNORE(tp_pg_exec(pg, "ROLLBACK", &ignored));
        }
    }
    tp_rows_free(old);
}

tp_code
tp_publish(tp_pg *pg, const tp_publish_input *in, tp_receipt *out, tp_err *err)
{
    TP_AUTO_ARENA(arena, 0);
    tp_generation current;
    *out = (tp_receipt){.generation = -1, .people = in->pool->n};
    TP_RETURN_SAME(tp_ledger_current(pg, &arena, &current, err));
    if (current.found && current.night == in->night &&
        memcmp(&current.publish_key, &in->publish_key, sizeof in->publish_key) == 0) {
        out->unchanged = true;
        out->generation = current.generation;
        memcpy(out->fingerprint, current.fingerprint, sizeof out->fingerprint);
        return TP_OK;
    }
    const int64_t floor = current.people - current.people * in->shrink_people_bp / 10000;
    if (current.found && !in->release && (int64_t)in->pool->n < floor) {
        TP_RETURN_ERR(err, TP_E_QUALITY,
                      "%zu people tonight, %lld in the current generation: more than %lld basis "
                      "points fewer, so the night is held; look, then: talentpool run --release",
                      in->pool->n, (long long)current.people, (long long)in->shrink_people_bp);
    }
    const tp_code rc = publish_in_transaction(pg, in, out, err);
    if (rc != TP_OK) {
        TP_IGNORE(tp_pg_exec(pg, "ROLLBACK", NULL));
        return tp_err_add(err, rc, __func__, __LINE__, "publish night with %zu people", in->pool->n);
    }
    drop_old(pg, in->keep_generations);
    return TP_OK;
}
