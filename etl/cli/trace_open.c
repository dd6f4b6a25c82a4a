/* What was the published result made from, and what of that is still there? */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "etl/cli/trace.h"
#include "etl/stage/files.h"
#include "talent/base/day.h"
#include "talent/etl/file.h"
#include "talent/etl/sql_files.h"

/* What the source of --source landed for the night of --as-of, published or not. */
static tp_code
list_landed(tp_trace *t, tp_pg *pg, tp_err *err)
{
    const char *params[] = {t->cli->source, t->cli->as_of};
    int32_t night = 0;
    tp_rows *rows = NULL;
    if (!tp_day_parse_iso(tp_str_of(t->cli->as_of), &night)) {
        TP_RETURN_ERR(err, TP_E_USAGE, "--as-of takes a day as YYYY-MM-DD, not \"%.20s\"",
                      t->cli->as_of);
    }
    TP_RETURN_SAME(tp_pg_query(pg, tp_sql_text("queries/landed.sql"), 2, params, &rows, err));
    t->source = calloc(1, sizeof *t->source);
    t->n_sources = t->source != NULL ? tp_rows_n(rows) : 0;
    bool ok = t->source != NULL;
    if (t->n_sources == 1) {
        t->source[0] = (tp_trace_source){
            .id = t->cli->source, .night = night, .has_batch = tp_rows_at(rows, 0, 1).p != NULL};
        ok = tp_key_parse(tp_rows_at(rows, 0, 0), &t->source[0].landing_key) &&
             (!t->source[0].has_batch ||
              tp_key_parse(tp_rows_at(rows, 0, 1), &t->source[0].batch_key));
    }
    tp_rows_free(rows);
    if (!ok) {
        TP_RETURN_ERR(err, TP_E_DB, "what source %.60s landed for %s cannot be read", params[0],
                      params[1]);
    }
    if (t->n_sources == 0) {
        TP_RETURN_ERR(err, TP_E_USAGE, "a source \"%.60s\" landed nothing for night %s", params[0],
                      params[1]);
    }
    return TP_OK;
}

/* The sources of the generation readers see. */
static tp_code
list_published(tp_trace *t, tp_pg *pg, tp_err *err)
{
    TP_RETURN_SAME(tp_ledger_current(pg, &t->arena, &t->generation, err));
    if (!t->generation.found) {
        TP_RETURN_ERR(err, TP_E_DB, "nothing is published yet; first: talentpool run");
    }
    t->source = calloc(t->generation.n_sources + 1, sizeof *t->source);
    if (t->source == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for %zu sources", t->generation.n_sources);
    }
    t->n_sources = t->generation.n_sources;
    for (size_t i = 0; i < t->n_sources; i++) {
        t->source[i] = (tp_trace_source){.id = t->generation.source[i],
                                         .night = t->generation.batch_night[i],
                                         .landing_key = t->generation.landing_key[i],
                                         .has_batch = true,
                                         .batch_key = t->generation.batch_key[i]};
    }
    return TP_OK;
}

tp_code
tp_trace_open(tp_cli *cli, tp_trace *t, tp_err *err)
{
    tp_pg *pg = NULL;
    t->cli = cli;
    TP_RETURN_SAME(tp_cli_need_state(cli, err)); /* the bodies lie there, whatever the database */
    TP_RETURN_SAME(tp_cli_database(cli, &pg, err));
    const tp_code rc = cli->as_of != NULL ? list_landed(t, pg, err) : list_published(t, pg, err);
    tp_pg_close(pg);
    TP_RETURN_SAME(rc);
    TP_RETURN_SAME(tp_store_open(tp_cfg_text(cli->cfg, "state.dir"), &t->store, err));
    TP_RETURN_SAME(tp_secret_key(cli->cfg, "landing", t->landing_secret, err));
    return tp_secret_key(cli->cfg, "nik", t->nik_secret, err);
}

void
tp_trace_clear(tp_trace *t)
{
    for (size_t i = 0; t->source != NULL && i < t->n_sources; i++) {
        tp_artefact_close(t->source[i].batch_file);
        tp_landing_close(t->source[i].landing);
        tp_source_free(t->source[i].desc);
    }
    free(t->source);
    tp_artefact_close(t->pool_file);
    tp_artefact_close(t->link_file);
    if (t->store != NULL) {
        tp_store_close(t->store);
    }
    sodium_memzero(t->landing_secret, sizeof t->landing_secret);
    sodium_memzero(t->nik_secret, sizeof t->nik_secret);
    tp_arena_clear(&t->arena);
    *t = (tp_trace){0};
}

tp_code
tp_trace_pool(tp_trace *t, tp_err *err)
{
    TP_RETURN_IF_ERR(err,
                     tp_pool_load(t->store, &t->generation.merge_key, &t->pool_file, &t->pool, err),
                     "open the pool of generation %lld", (long long)t->generation.generation);
    TP_RETURN_IF_ERR(
        err,
        tp_crosswalk_load(t->store, &t->generation.link_key, &t->link_file, &t->crosswalk, err),
        "open the crosswalk of generation %lld", (long long)t->generation.generation);
    return TP_OK;
}

tp_code
tp_trace_batch(tp_trace *t, size_t source, tp_err *err)
{
    tp_trace_source *s = &t->source[source];
    if (!s->has_batch) {
        TP_RETURN_ERR(err, TP_E_IO,
                      "source %.60s made no batch that night: nothing could be read of what it "
                      "landed",
                      s->id);
    }
    if (s->batch_file == NULL) {
        TP_RETURN_IF_ERR(err,
                         tp_batch_load(t->store, &s->batch_key, &s->batch_file, &s->batch, err),
                         "open the batch of source %s", s->id);
    }
    return TP_OK;
}

/* One description file; NULL when it is another source's, or has faults. */
static tp_code
try_file(const tp_trace *t, const char *name, const char *id, tp_source **out, tp_err *err)
{
    TP_AUTO_BUF(path);
    tp_source *source = NULL;
    tp_err own = {0};
    tp_faults *faults = calloc(1, sizeof *faults);
    if (faults == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory to read a description");
    }
    tp_buf_printf(&path, "%s/%s", tp_cfg_text(t->cli->cfg, "sources.dir"), name);
    const tp_code rc =
        tp_source_check(tp_buf_cstr(&path), t->cli->cfg, true, faults, &source, &own);
    free(faults);
    if (rc == TP_OK && tp_str_is(source->id, id)) {
        *out = source;
    } else if (rc == TP_OK) {
        tp_source_free(source);
    } else if (rc == TP_E_NOMEM) {
        *err = own;
        return rc;
    }
    return TP_OK;
}

/* The description of a source, first looked for in the file of its name. */
static tp_code
find_description(tp_trace *t, tp_trace_source *s, tp_err *err)
{
    TP_AUTO_ARENA(arena, 0);
    TP_AUTO_BUF(first);
    const char **name = NULL;
    size_t n = 0;
    tp_buf_printf(&first, "%s.json", s->id);
    TP_RETURN_SAME(
        tp_dir_list(tp_cfg_text(t->cli->cfg, "sources.dir"), ".json", &arena, &name, &n, err));
    for (int others = 0; others < 2; others++) {
        for (size_t i = 0; s->desc == NULL && i < n; i++) {
            if ((strcmp(name[i], tp_buf_cstr(&first)) != 0) == (others == 1)) {
                TP_RETURN_SAME(try_file(t, name[i], s->id, &s->desc, err));
            }
        }
    }
    return TP_OK;
}

tp_code
tp_trace_look(tp_trace *t, size_t source, tp_err *err)
{
    tp_trace_source *s = &t->source[source];
    tp_err own = {0};
    if (s->looked) {
        return TP_OK;
    }
    s->looked = true;
    if (!tp_landing_exists(t->store, &s->landing_key)) {
        (void)snprintf(s->lost, sizeof s->lost,
                       "its bodies are gone: they are kept %lld days (landing.keep_days)",
                       (long long)tp_cfg_int(t->cli->cfg, "landing.keep_days"));
    } else {
        const tp_code rc =
            tp_landing_open(t->store, &s->landing_key, t->landing_secret, &s->landing, &own);
        if (rc != TP_OK) {
            *err = own;
            return tp_err_add(err, rc, __func__, __LINE__, "open the landing of source %s", s->id);
        }
    }
    TP_RETURN_SAME(find_description(t, s, err));
    if (s->desc != NULL && s->landing != NULL && s->has_batch) {
        tp_key key;
        tp_batch_key(s->landing, s->desc, s->night, t->nik_secret, &key);
        s->changed = memcmp(&key, &s->batch_key, sizeof key) != 0;
    }
    return TP_OK;
}
