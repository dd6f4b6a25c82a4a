/* Stage publish: how does a night's result become what readers see, all at once or not at all? */
#include "talent/etl/publish.h"

#include <stdio.h>
#include <string.h>

#include "etl/stage/publish_parts.h"
#include "talent/base/day.h"
#include "talent/etl/version.h"

enum { NUMBER = 24, NAME = 96 };

/* All tables of a generation, in the order in which they are loaded and enter the fingerprint. */
static const struct {
    const tp_publish_table *table;
    const size_t *n;
    bool aside; /* not part of the fingerprint */
} PART[] = {
    {TP_PUBLISH_PEOPLE, &TP_PUBLISH_PEOPLE_COUNT, false},
    {TP_PUBLISH_SCORES, &TP_PUBLISH_SCORES_COUNT, false},
    {TP_PUBLISH_RULES, &TP_PUBLISH_RULES_COUNT, false},
    {TP_PUBLISH_ASIDE, &TP_PUBLISH_ASIDE_COUNT, true},
};

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

/* A table of its own first, then a partition: until the commit nobody can see it, and no lock of
 * the parent that readers would notice is taken. */
static tp_code
load_table(tp_pg *pg, const tp_publish_input *in, const tp_publish_table *table, bool aside,
           int64_t generation, tp_copy *copy, tp_receipt *out, tp_err *err)
{
    TP_AUTO_BUF(sql);
    char part[NAME];
    uint64_t rows = 0;
    (void)snprintf(part, sizeof part, "warehouse.%s_g%lld", table->name, (long long)generation);
    tp_buf_printf(&sql, "SELECT warehouse.begin_part('%s', %lld)", table->name,
                  (long long)generation);
    TP_RETURN_SAME(exec(pg, &sql, err));
    TP_RETURN_SAME(tp_copy_begin(copy, part, aside ? NULL : table->name, table->columns, err));
    table->write(in, copy);
    TP_RETURN_IF_ERR(err, tp_copy_end(copy, &rows, err), "load %s", part);
    tp_buf_printf(&sql, "SELECT warehouse.attach_part('%s', %lld)", table->name,
                  (long long)generation);
    TP_RETURN_IF_ERR(err, exec(pg, &sql, err), "attach %s", part);
    out->rows += rows;
    return TP_OK;
}

static tp_code
load_all(tp_pg *pg, const tp_publish_input *in, int64_t generation, tp_receipt *out, tp_err *err)
{
    tp_copy copy;
    tp_code rc = TP_OK;
    size_t n_tables = 0;
    for (size_t p = 0; p < TP_COUNT(PART); p++) {
        n_tables += *PART[p].n;
    }
    tp_copy_init(&copy, pg, in->ctx, n_tables);
    for (size_t p = 0; p < TP_COUNT(PART); p++) {
        for (size_t i = 0; rc == TP_OK && i < *PART[p].n; i++) {
            rc = load_table(pg, in, &PART[p].table[i], PART[p].aside, generation, &copy, out, err);
        }
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
                                         "shortlist_people", "source_records"};
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
enter_sources(tp_pg *pg, const tp_publish_input *in, const char *id, tp_err *err)
{
    for (size_t i = 0; i < in->n_sources; i++) {
        const tp_publish_source *s = &in->source[i];
        tp_rows *rows = NULL;
        char day[TP_DAY_TEXT];
        char landing[TP_KEY_TEXT];
        char batch[TP_KEY_TEXT];
        tp_day_format(s->batch_night, day);
        tp_key_format(&s->landing_key, landing);
        tp_key_format(&s->batch_key, batch);
        const tp_counts *people = &s->batch->counts[TP_PERSON];
        char records[NUMBER];
        const char *params[] = {
            id,
            s->id,
            day,
            landing,
            batch,
            number(records, (int64_t)(people->accepted + people->unchanged + people->derived))};
        TP_RETURN_SAME(tp_pg_query(pg,
                                   "INSERT INTO ops.generation_source (generation, source,"
                                   " batch_night, landing_key, batch_key,"
                                   " person_records) VALUES ($1, $2, $3, $4, $5, $6)",
                                   6, params, &rows, err));
        tp_rows_free(rows);
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
    const char *params[] = {number(id, generation),
                            day,
                            number(run, in->run_id),
                            key[0],
                            key[1],
                            key[2],
                            key[3],
                            r->fingerprint,
                            number(people, (int64_t)r->people),
                            number(rows_text, (int64_t)r->rows),
                            TP_VERSION};
    TP_RETURN_SAME(tp_pg_query(pg,
                               "INSERT INTO ops.generation (generation, night, run_id, publish_key,"
                               " link_key, merge_key, score_key, fingerprint, people, row_count,"
                               " program_version)"
                               " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                               11, params, &rows, err));
    tp_rows_free(rows);
    return enter_sources(pg, in, id, err);
}

/* The one small update that makes a generation what readers see. */
static tp_code
make_current(tp_pg *pg, int64_t generation, tp_err *err)
{
    char id[NUMBER];
    const char *params[] = {number(id, generation)};
    tp_rows *rows = NULL;
    TP_RETURN_IF_ERR(
        err,
        tp_pg_query(pg,
                    "INSERT INTO ops.current_generation (generation) VALUES ($1)"
                    " ON CONFLICT (only_row) DO UPDATE SET generation = excluded.generation",
                    1, params, &rows, err),
        "make generation %lld current", (long long)generation);
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
    TP_RETURN_IF_ERR(err, enter_ledger(pg, in, generation, out, err),
                     "enter generation %lld into the ledger", (long long)generation);
    TP_RETURN_SAME(check_all(pg, generation, err));
    if (out->is_current) {
        TP_RETURN_SAME(make_current(pg, generation, err));
    }
    return tp_pg_exec(pg, "COMMIT", err);
}

static void
drop_generation(tp_pg *pg, long long generation)
{
    TP_AUTO_BUF(sql);
    tp_buf_printf(&sql,
                  "BEGIN; SET LOCAL lock_timeout = '2s'; SELECT warehouse.drop_parts(%lld);"
                  "UPDATE ops.generation SET dropped_at = clock_timestamp()"
                  " WHERE generation = %lld; COMMIT",
                  generation, generation);
    if (exec(pg, &sql, NULL) != TP_OK) {
        TP_IGNORE(tp_pg_exec(pg, "ROLLBACK", NULL));
    }
}

/* A generation dropped late costs disk, nothing else: a reader in the way is not waited for long,
 * and the next night tries again. The current one and the one just published always stay. */
static void
drop_old(tp_pg *pg, int64_t keep, int64_t published)
{
    char text[2][NUMBER];
    const char *params[] = {number(text[0], keep), number(text[1], published)};
    tp_rows *old = NULL;
    if (tp_pg_query(pg,
                    "SELECT generation FROM ops.generation WHERE dropped_at IS NULL"
                    " AND generation <> (SELECT generation FROM ops.current_generation)"
                    " AND generation <> $2"
                    " ORDER BY generation DESC OFFSET greatest($1::bigint - 1, 0)",
                    2, params, &old, NULL) != TP_OK) {
        return;
    }
    for (size_t i = 0; i < tp_rows_n(old); i++) {
        drop_generation(pg, (long long)tp_rows_i64(old, i, 0, 0));
    }
    tp_rows_free(old);
}

/* A generation of this night made from the same key whose rows are still there. */
static tp_code
find_same(tp_pg *pg, const tp_publish_input *in, tp_receipt *out, bool *found, tp_err *err)
{
    char day[TP_DAY_TEXT];
    char key[TP_KEY_TEXT];
    tp_rows *rows = NULL;
    tp_day_format(in->night, day);
    tp_key_format(&in->publish_key, key);
    const char *params[] = {day, key};
    TP_RETURN_IF_ERR(err,
                     tp_pg_query(pg,
                                 "SELECT generation, fingerprint FROM ops.generation"
                                 " WHERE night = $1 AND publish_key = $2 AND dropped_at IS NULL"
                                 " AND withdrawn_at IS NULL"
                                 " ORDER BY generation DESC LIMIT 1",
                                 2, params, &rows, err),
                     "look for a generation made from the same inputs");
    *found = tp_rows_n(rows) > 0;
    if (*found) {
        const tp_str fingerprint = tp_rows_at(rows, 0, 1);
        out->generation = tp_rows_i64(rows, 0, 0, 0);
        memcpy(out->fingerprint, fingerprint.p,
               fingerprint.n < sizeof out->fingerprint ? fingerprint.n
                                                       : sizeof out->fingerprint - 1);
    }
    tp_rows_free(rows);
    return TP_OK;
}

/* Far fewer people than readers see now: held. A past night is not what readers will see. */
static tp_code
check_people(const tp_publish_input *in, const tp_generation *current, const tp_receipt *out,
             tp_err *err)
{
    const int64_t floor = current->people - current->people * in->shrink_people_bp / 10000;
    if (!current->found || in->release || !out->is_current || (int64_t)in->pool->n >= floor) {
        return TP_OK;
    }
    TP_RETURN_ERR(err, TP_E_QUALITY,
                  "%zu people tonight, %lld in the current generation: more than %lld basis "
                  "points fewer, so the night is held; look, then: talentpool run --release",
                  in->pool->n, (long long)current->people, (long long)in->shrink_people_bp);
}

tp_code
tp_publish(tp_pg *pg, const tp_publish_input *in, tp_receipt *out, tp_err *err)
{
    TP_AUTO_ARENA(arena, 0);
    tp_generation current;
    *out = (tp_receipt){.generation = -1, .people = in->pool->n};
    TP_RETURN_SAME(tp_ledger_current(pg, &arena, &current, err));
    TP_RETURN_SAME(find_same(pg, in, out, &out->unchanged, err));
    out->is_current = !current.found || current.night <= in->night;
    if (out->unchanged) {
        const bool move = out->is_current && current.generation != out->generation;
        return move ? make_current(pg, out->generation, err) : TP_OK;
    }
    TP_RETURN_SAME(check_people(in, &current, out, err));
    const tp_code rc = publish_in_transaction(pg, in, out, err);
    if (rc != TP_OK) {
        TP_IGNORE(tp_pg_exec(pg, "ROLLBACK", NULL));
        return tp_err_add(err, rc, __func__, __LINE__, "publish night with %zu people",
                          in->pool->n);
    }
    drop_old(pg, in->keep_generations, out->generation);
    return TP_OK;
}
