/* What surrounds the line: store, database, lock, ledger rows, and how the run ended. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "etl/run/parts.h"
#include "etl/stage/files.h"
#include "talent/core/source_key.h"
#include "talent/etl/clock.h"
#include "talent/etl/log.h"
#include "talent/etl/run.h"

const char *
tp_source_state_name(tp_source_state state)
{
    static const char *const NAME[] = {"fresh", "reused", "stale", "missing"};
    return NAME[state];
}

static tp_code
open_database(tp_run *run, tp_err *err)
{
    TP_AUTO_BUF(conninfo);
    const char *named = tp_cfg_text(run->cfg, "database.conninfo");
    char who[96];
    char host[48] = "this host";
    (void)gethostname(host, sizeof host - 1);
    (void)snprintf(who, sizeof who, "talentpool run, pid %ld on %s", (long)getpid(), host);
    if (named[0] == '\0') {
        TP_RETURN_IF_ERR(err,
                         tp_pg_private_start(tp_cfg_text(run->cfg, "state.dir"), &conninfo, err),
                         "start the private database");
    } else {
        tp_buf_puts(&conninfo, named);
    }
    TP_RETURN_SAME(
        tp_pg_open(tp_buf_cstr(&conninfo), "talentpool", run->ctx.cancel, &run->pg, err));
    TP_RETURN_SAME(tp_pg_lock_run(run->pg, who, err));
    int applied = 0;
    TP_RETURN_IF_ERR(err, tp_pg_migrate(run->pg, &applied, err), "bring the database up to date");
    if (applied > 0) {
        tp_log(TP_LOG_INFO, "run", "migrations=%d database brought up to date", applied);
    }
    return TP_OK;
}

static tp_code
open_sources(tp_run *run, tp_err *err)
{
    tp_source **list = NULL;
    size_t n = 0;
    TP_RETURN_IF_ERR(
        err, tp_sources_load(tp_cfg_text(run->cfg, "sources.dir"), run->cfg, &list, &n, err),
        "read the descriptions of the sources");
    run->desc_list = list;
    run->n_sources = n;
    run->source = tp_arena_alloc(&run->pool_arena, n, sizeof *run->source);
    if (run->source == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "a list of %zu sources", n);
    }
    for (size_t i = 0; i < n; i++) {
        run->source[i].desc = list[i];
        run->source[i].state = TP_SOURCE_MISSING;
    }
    return TP_OK;
}

static tp_code
open_run(tp_run *run, double start, tp_err *err)
{
    TP_RETURN_SAME(open_sources(run, err));
    TP_RETURN_SAME(tp_secret_key(run->cfg, "landing", run->landing_secret, err));
    TP_RETURN_SAME(tp_secret_key(run->cfg, "nik", run->nik_secret, err));
    tp_secret_derive(run->nik_secret, "talentpool record keys", run->record_secret);
    TP_RETURN_SAME(tp_store_open(tp_cfg_text(run->cfg, "state.dir"), &run->store, err));
    TP_RETURN_SAME(open_database(run, err));
    TP_RETURN_SAME(tp_ledger_begin(run->pg, run->flags.night, tp_run_seconds() - start,
                                   run->flags.arguments, &run->run_id, err));
    return tp_ledger_before(run->pg, run->flags.night, &run->pool_arena, &run->before, err);
}

static void
add_totals(const tp_run *run, tp_counts *total)
{
    for (size_t i = 0; i < run->n_sources; i++) {
        if (run->source[i].has_batch) {
            tp_counts_add(total, run->source[i].counts);
        }
    }
}

static tp_code
enter_source(tp_run *run, tp_run_source *s, tp_err *err)
{
    TP_AUTO_ARENA(arena, 0);
    tp_batch batch = s->batch;
    tp_batch held = s->held.batch;
    const bool any = s->has_batch;
    if (any) {
        TP_RETURN_SAME(tp_batch_load_rejects(s->batch_file, &arena, &batch, err));
    }
    if (s->held.any) {
        TP_RETURN_SAME(tp_batch_load_rejects(s->held.file, &arena, &held, err));
    }
    const tp_pull_stats *got = &s->pull.stats;
    const tp_asked_row asked = {got->requests, got->retries, got->waits, got->renewals,
                                got->skipped};
    const tp_source_row row = {
        .source = s->desc->id.p,
        .state = tp_source_state_name(s->state),
        .batch_night = s->batch_night,
        .has_batch = any,
        .bodies = s->bodies,
        .bytes = s->bytes,
        .landing_key = any ? &s->landing_key : NULL,
        .landed_key = s->landed ? &s->landed_key : NULL,
        .batch_key = any ? &s->batch_key : NULL,
        .asked = got->requests > 0 ? &asked : NULL,
        .reason = s->reason[0] != '\0' ? s->reason : NULL,
        .held_batch_key = s->held.any ? &s->held.batch_key : NULL,
        .used = {any ? &batch : NULL, s->counts, s->gone},
        .held = {s->held.any ? &held : NULL, s->held.counts, s->held.gone},
        .n_drifts = s->n_drifts,
        .drift = s->drift,
    };
    return tp_ledger_source(run->pg, run->run_id, &row, err);
}

static tp_code
enter_sources(tp_run *run, tp_err *err)
{
    for (size_t i = 0; i < run->n_sources; i++) {
        TP_RETURN_SAME(enter_source(run, &run->source[i], err));
    }
    return TP_OK;
}

static tp_code
enter_link(tp_run *run, tp_err *err)
{
    return run->link_file != NULL ? tp_ledger_link(run->pg, run->run_id, &run->link_report, err)
                                  : TP_OK;
}

/* A run that failed later has read its sources all the same: why it was held must be there to see.
 */
static void
enter_after_failure(tp_run *run)
{
    tp_err err = {0};
    tp_code rc = tp_pg_exec(run->pg, "BEGIN", &err);
    rc = rc == TP_OK ? enter_sources(run, &err) : rc;
    rc = rc == TP_OK ? enter_link(run, &err) : rc;
    if (rc == TP_OK) {
        rc = tp_ledger_unpublished(run->pg, run->run_id,
                                   run->link_file != NULL ? &run->link_key : NULL,
                                   run->merge_file != NULL ? &run->merge_key : NULL,
                                   run->score_file != NULL ? &run->score_key : NULL, &err);
    }
    rc = rc == TP_OK ? tp_pg_exec(run->pg, "COMMIT", &err) : rc;
    if (rc != TP_OK) {
        TP_IGNORE(tp_pg_exec(run->pg, "ROLLBACK", NULL));
        tp_log(TP_LOG_WARN, "run", "the ledger did not take the sources of this run: %s",
               err.frame[0].text);
    }
}

static tp_code
enter_all(tp_run *run, const tp_run_result *out, tp_err *err)
{
    TP_RETURN_SAME(tp_pg_exec(run->pg, "BEGIN", err));
    TP_RETURN_SAME(enter_sources(run, err));
    TP_RETURN_SAME(enter_link(run, err));
    for (int s = 0; s < TP_STAGES; s++) {
        const tp_stage_row row = {
            .stage = TP_LINE[s]->name,
            .ordinal = s + 1,
            .cached = out->stage[s].computed == 0,
            .seconds = out->stage[s].seconds,
            .rows_in = out->stage[s].rows_in,
            .rows_out = out->stage[s].rows_out,
            .rejected = out->stage[s].rejected,
            .peak_kib = out->peak_kib[s],
        };
        TP_RETURN_SAME(tp_ledger_stage(run->pg, run->run_id, &row, err));
    }
    return tp_pg_exec(run->pg, "COMMIT", err);
}

static void
name_outcome(const tp_run *run, tp_run_result *out)
{
    out->exit_status = tp_code_exit(out->code);
    if (out->code == TP_OK) {
        out->outcome = run->receipt.unchanged ? "unchanged" : "published";
        out->exit_status = out->stale + out->missing > 0 ? 3 : 0;
    } else if (out->code == TP_E_QUALITY) {
        out->outcome = "held";
    } else {
        out->outcome = out->code == TP_E_CANCELLED ? "cancelled" : "failed";
    }
}

/* The ledger hears of a run that failed as well, as far as the database still listens. */
static void
close_ledger(tp_run *run, tp_run_result *out, tp_err *err)
{
    if (run->pg == NULL || run->run_id == 0) {
        return;
    }
    tp_err second = {0};
    tp_code rc = TP_OK;
    if (out->code == TP_OK) {
        rc = enter_all(run, out, &second);
    }
    if (rc != TP_OK || out->code != TP_OK) {
        TP_IGNORE(tp_pg_exec(run->pg, "ROLLBACK", NULL));
    }
    if (rc != TP_OK) {
        out->code = rc;
        *err = second;
        TP_IGNORE(tp_err_add(err, rc, __func__, __LINE__, "enter run %lld into the ledger",
                             (long long)run->run_id));
        name_outcome(run, out);
    } else if (out->code != TP_OK && run->sources_done) {
        enter_after_failure(run);
    }
    if (out->code == TP_OK && tp_ledger_prune(run->pg, &second) != TP_OK) {
        tp_log(TP_LOG_WARN, "run", "%s", second.frame[0].text); /* costs disk, nothing else */
    }
    TP_IGNORE(tp_ledger_finish(run->pg, run->run_id, out->outcome, out->exit_status,
                               out->code == TP_OK ? run->receipt.generation : -1,
                               out->code == TP_OK ? NULL : err->frame[0].text, &second));
}

tp_code
tp_run_night(tp_run *run, tp_run_result *out, tp_err *err)
{
    *out = (tp_run_result){.outcome = "failed"};
    const double start = tp_run_seconds();
    out->code = open_run(run, start, err);
    if (out->code == TP_OK) {
        out->code = tp_run_line(run, out, err);
    }
    add_totals(run, &out->total);
    name_outcome(run, out);
    close_ledger(run, out, err);
    tp_pause_missed();
    out->seconds = tp_run_seconds() - start;
    return out->code;
}

void
tp_run_clear(tp_run *run)
{
    for (size_t i = 0; i < run->n_sources && run->source != NULL; i++) {
        tp_batch_free(run->source[i].builder);
        tp_landing_close(run->source[i].landing);
        tp_landing_close(run->source[i].base);
        tp_artefact_close(run->source[i].batch_file);
        tp_artefact_close(run->source[i].held.file);
        tp_arena_clear(&run->source[i].arena);
    }
    tp_artefact_close(run->score_file);
    tp_artefact_close(run->merge_file);
    tp_artefact_close(run->link_file);
    tp_pg_close(run->pg);
    if (run->store != NULL) {
        tp_store_close(run->store);
    }
    tp_sources_free(run->desc_list, run->n_sources);
    tp_arena_clear(&run->pool_arena);
}
