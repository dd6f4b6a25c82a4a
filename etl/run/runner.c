/* How is a night run: which stage when, what if a source fails, and what does the ledger say? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "etl/run/parts.h"
#include "etl/stage/files.h"
#include "talent/etl/clock.h"
#include "talent/etl/log.h"
#include "talent/etl/run.h"

static uint64_t
peak_kib(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (uint64_t)usage.ru_maxrss : 0;
}

/* What the progress callback knows: which stage moves, and when it last said so. */
typedef struct moving {
    const char *stage;
    bool quiet; /* one of many: the whole is shown elsewhere */
    int64_t shown_ms;
    bool half; /* past the middle */
} moving;

/* On a terminal a line that is overwritten; elsewhere the log tells the story. */
static void
show_progress(void *user, size_t done, size_t total)
{
    moving *m = user;
    const int64_t now = tp_clock_mono_ms();
    if (!m->half && done * 2 >= total) {
        m->half = true;
        tp_pause_at(m->stage, "middle");
    }
    if (!m->quiet && now - m->shown_ms >= 200 && isatty(STDERR_FILENO) && tp_log_on(TP_LOG_INFO)) {
        m->shown_ms = now;
        (void)fprintf(stderr, "\r%-10s %zu of %zu\033[K\r", m->stage, done, total);
    }
}

static tp_code
run_stage(tp_run *run, int s, tp_run_result *out, tp_err *err)
{
    const tp_stage *stage = TP_LINE[s];
    const uint64_t before = out->stage[s].computed;
    const double start = tp_run_seconds();
    moving m = {.stage = stage->name};
    run->ctx.progress = show_progress;
    run->ctx.progress_user = &m;
    tp_pause_at(stage->name, "begin");
    const tp_code rc = stage->run(run, &out->stage[s], err);
    run->ctx.progress = NULL;
    tp_pause_at(stage->name, "end");
    out->stage[s].seconds += tp_run_seconds() - start;
    out->stage[s].ended += rc == TP_OK;
    out->peak_kib[s] = peak_kib();
    if (rc == TP_OK) {
        tp_log(TP_LOG_INFO, stage->name, "rows=%llu unit=%s ms=%.0f %s",
               (unsigned long long)out->stage[s].rows_out, stage->unit,
               out->stage[s].seconds * 1000.0,
               out->stage[s].computed > before ? "done" : "there already, nothing to do");
    }
    return rc;
}

/* A stage over one source, on the thread of a worker. */
static tp_code
read_stage(tp_run *run, tp_run_source *source, int s, tp_source_work *out, tp_err *err)
{
    const tp_stage *stage = TP_LINE[s];
    const double start = tp_run_seconds();
    moving m = {.stage = stage->name, .quiet = true};
    source->ctx = run->ctx;
    source->ctx.progress = show_progress;
    source->ctx.progress_user = &m;
    if (s > 0) { /* extract has its own places: it was under way long before */
        tp_pause_at(stage->name, "begin");
    }
    const tp_code rc = stage->run_source(run, source, &out->stage[s], err);
    source->ctx.progress = NULL;
    if (s > 0) {
        tp_pause_at(stage->name, "end");
    }
    out->stage[s].seconds += tp_run_seconds() - start;
    out->stage[s].ended += rc == TP_OK;
    out->peak_kib[s] = peak_kib();
    return rc;
}

/* Failures that belong to one source and leave the night alive. */
static bool
is_source_fault(tp_code code)
{
    return code == TP_E_NET || code == TP_E_SYNTAX || code == TP_E_SCHEMA || code == TP_E_RANGE ||
           code == TP_E_QUALITY || code == TP_E_SOURCES || code == TP_E_CONFIG;
}

/* The last good batch of an earlier night stands in for a source that failed. */
static bool
fall_back(tp_run *run, tp_run_source *source, const tp_err *why)
{
    const size_t last = why->depth > 0 ? (size_t)why->depth - 1 : 0;
    (void)snprintf(source->reason, sizeof source->reason, "%.160s%s%.200s", why->frame[last].text,
                   last > 0 ? ": " : "", last > 0 ? why->frame[0].text : "");
    tp_landing_close(source->landing);
    tp_artefact_close(source->batch_file);
    source->landing = NULL;
    source->batch_file = NULL;
    source->has_batch = false;
    source->state = TP_SOURCE_MISSING;
    for (size_t i = 0; i < run->before.n_sources; i++) {
        if (tp_str_is(source->desc->id, run->before.source[i]) &&
            tp_batch_readable(run->store, &run->before.batch_key[i])) {
            source->batch_key = run->before.batch_key[i];
            source->landing_key = run->before.landing_key[i];
            source->batch_night = run->before.batch_night[i];
            source->state = TP_SOURCE_STALE;
        }
    }
    return source->state == TP_SOURCE_STALE;
}

/* The batch that is not used is told of like the one that is. */
static void
log_held(const tp_run_source *source)
{
    tp_counts sum = {0};
    tp_counts_add(&sum, source->held.counts);
    tp_log(TP_LOG_WARN, "normalise",
           "source=%.*s held back by its gate: received=%llu accepted=%llu unchanged=%llu "
           "duplicate=%llu removed=%llu rejected=%llu",
           TP_STR_ARG(source->desc->id), (unsigned long long)sum.received,
           (unsigned long long)sum.accepted, (unsigned long long)sum.unchanged,
           (unsigned long long)sum.duplicate, (unsigned long long)sum.removed,
           (unsigned long long)sum.rejected);
}

/* What pulling a source took; what waits for another night is said, not hidden. */
static void
log_pull(const tp_run_source *source)
{
    const tp_pull_stats *p = &source->pull.stats;
    if (!source->pulled) {
        return;
    }
    const bool odd = p->put_off + p->breaks + p->restarts > 0;
    tp_log(odd ? TP_LOG_WARN : TP_LOG_INFO, "extract",
           "source=%.*s requests=%llu retries=%llu resumed=%llu renewals=%llu waits=%llu "
           "breaks=%llu unchanged=%llu carried=%llu found=%llu put_off=%llu failed_keys=%llu "
           "restarts=%llu ms=%lld",
           TP_STR_ARG(source->desc->id), (unsigned long long)p->requests,
           (unsigned long long)p->retries, (unsigned long long)p->resumed,
           (unsigned long long)p->renewals, (unsigned long long)p->waits,
           (unsigned long long)p->breaks, (unsigned long long)p->unchanged,
           (unsigned long long)p->carried, (unsigned long long)p->found,
           (unsigned long long)p->put_off, (unsigned long long)p->failed,
           (unsigned long long)p->restarts, (long long)source->pull.ms);
}

tp_code
tp_run_read_source(tp_run *run, tp_run_source *source, tp_source_work *out, tp_err *err)
{
    const double start = tp_run_seconds();
    tp_code rc = TP_OK;
    log_pull(source);
    for (int s = 0; rc == TP_OK && s < TP_STAGES && TP_LINE[s]->run_source != NULL; s++) {
        rc = read_stage(run, source, s, out, err);
    }
    if (rc != TP_OK && is_source_fault(rc)) {
        const bool stale = fall_back(run, source, err);
        tp_log(TP_LOG_WARN, "run", "source=%.*s %s: %s", TP_STR_ARG(source->desc->id),
               stale ? "failed, its last good batch stands" : "failed and has no earlier batch",
               source->reason);
        if (source->held.any) {
            log_held(source);
        }
        rc = stale ? read_stage(run, source, 2, out, err) : TP_OK;
    }
    if (rc == TP_OK && source->has_batch) {
        tp_counts sum = {0};
        tp_counts_add(&sum, source->counts);
        tp_log(TP_LOG_INFO, "normalise",
               "source=%.*s %s bodies=%llu bytes=%llu records=%llu rejected=%llu ms=%.0f",
               TP_STR_ARG(source->desc->id), tp_source_state_name(source->state),
               (unsigned long long)source->bodies, (unsigned long long)source->bytes,
               (unsigned long long)(sum.accepted + sum.unchanged), (unsigned long long)sum.rejected,
               (double)source->pull.ms + (tp_run_seconds() - start) * 1000.0);
    }
    tp_landing_close(source->landing); /* hundreds of open files are not needed to the end */
    source->landing = NULL;
    return rc;
}

static tp_code
check_sources(const tp_run *run, tp_run_result *out, tp_err *err)
{
    size_t have = 0;
    for (size_t i = 0; i < run->n_sources; i++) {
        out->stale += run->source[i].state == TP_SOURCE_STALE;
        out->missing += !run->source[i].has_batch;
        have += run->source[i].has_batch && run->source[i].state != TP_SOURCE_STALE;
    }
    const int64_t least = tp_cfg_int(run->cfg, "run.min_sources_bp");
    if (run->n_sources == 0 || (int64_t)have * 10000 < least * (int64_t)run->n_sources) {
        TP_RETURN_ERR(
            err, TP_E_SOURCES,
            "%zu of %zu sources delivered, fewer than %lld%s%.*lld %% (run.min_sources_bp); "
            "last night stands; each with its reason: talentpool status",
            have, run->n_sources, (long long)(least / 100), least % 100 != 0 ? "." : "",
            least % 100 != 0 ? 2 : 0, (long long)(least % 100));
    }
    return TP_OK;
}

tp_code
tp_run_line(tp_run *run, tp_run_result *out, tp_err *err)
{
    TP_RETURN_SAME(tp_run_sources(run, out, err));
    run->sources_done = true;
    TP_RETURN_SAME(check_sources(run, out, err));
    for (int s = 0; s < TP_STAGES; s++) {
        if (TP_LINE[s]->run != NULL) {
            if (tp_cancelled(&run->ctx)) {
                TP_RETURN_ERR(err, TP_E_CANCELLED, "cancelled before stage %s", TP_LINE[s]->name);
            }
            TP_RETURN_SAME(run_stage(run, s, out, err));
        }
    }
    return TP_OK;
}
