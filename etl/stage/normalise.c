/* Stage normalise: text rows in, one canonical batch out, checked against the source's limits. */
#include <string.h>

#include "etl/stage/files.h"
#include "talent/core/emit.h"
#include "talent/etl/log.h"
#include "talent/etl/run.h"

/* May the batch stand for its source? before: the last good one; NULL = there is none. */
static tp_code
check_gates(const tp_source *desc, const tp_batch *batch, const tp_batch *before, tp_err *err)
{
    for (size_t i = 0; i < desc->n_gates; i++) {
        const tp_gate *gate = &desc->gate[i];
        char why[TP_GATE_TEXT];
        if (tp_gate_judge(gate, batch, before, why) != TP_GATE_BROKEN) {
            continue;
        }
        if (!gate->warn) {
            TP_RETURN_ERR(err, TP_E_QUALITY,
                          "gate %s: %s; look at mart.reject_summary, or mend "
                          "the source",
                          tp_gate_name(gate->measure), why);
        }
        tp_log(TP_LOG_WARN, "normalise", "source=%.*s gate %s: %s", TP_STR_ARG(desc->id),
               tp_gate_name(gate->measure), why);
    }
    return TP_OK;
}

/* Batch of the same source in the newest published earlier night, if it is still kept. */
static tp_code
open_before(const tp_run *run, const tp_run_source *source, tp_artefact **out_file, tp_batch *out,
            bool *out_found, tp_err *err)
{
    *out_found = false;
    for (size_t i = 0; i < run->before.n_sources; i++) {
        if (tp_str_is(source->desc->id, run->before.source[i]) &&
            tp_batch_readable(run->store, &run->before.batch_key[i])) {
            TP_RETURN_SAME(
                tp_batch_load(run->store, &run->before.batch_key[i], out_file, out, err));
            *out_found = true;
        }
    }
    return TP_OK;
}

/* Tonight's batch is put aside with its counts; the runner looks for one that can stand. */
static void
hold(tp_run_source *source)
{
    tp_run_held *held = &source->held;
    held->any = true;
    held->batch_key = source->batch_key;
    held->file = source->batch_file;
    held->batch = source->batch;
    memcpy(held->counts, source->counts, sizeof held->counts);
    memcpy(held->gone, source->gone, sizeof held->gone);
    source->batch_file = NULL;
    source->has_batch = false;
}

/* What changed in the source since its last good batch: kept for the report, one line in the log.
 */
static void
tell_drift(tp_run_source *source, const tp_batch *before)
{
    const struct tp_emit_rules *rules = source->desc->rules;
    tp_arena_reset(&source->arena);
    source->n_drifts = tp_drift_compare(rules->watch, rules->n_watches, &source->batch, before,
                                        &source->desc->drift, &source->arena, &source->drift,
                                        &source->more_drifts);
    if (source->n_drifts > 0) {
        const tp_drift *first = &source->drift[0];
        tp_log(TP_LOG_WARN, "normalise", "source=%.*s drift=%zu first: %s %s %s",
               TP_STR_ARG(source->desc->id), source->n_drifts + source->more_drifts,
               tp_drift_name(first->kind), first->path, first->detail);
    }
}

/* Counts first, then the gate: what a held batch came to is told like any other's. The gate judges
 * every time the batch is opened, for a killed run may have left one that was never judged. */
static tp_code
compare_before(const tp_run *run, tp_run_source *source, tp_err *err)
{
    tp_artefact *file = NULL;
    tp_batch before;
    bool found = false;
    TP_RETURN_SAME(open_before(run, source, &file, &before, &found, err));
    tp_batch_compare(&source->batch, found ? &before : NULL, source->counts, source->gone);
    tp_code rc = tp_counts_check(&source->batch, source->counts, err);
    if (rc == TP_OK && found && source->state != TP_SOURCE_STALE) {
        tell_drift(source, &before);
    }
    if (rc == TP_OK && source->state != TP_SOURCE_STALE) {
        rc = check_gates(source->desc, &source->batch, found ? &before : NULL, err);
        if (rc == TP_E_QUALITY) {
            hold(source);
        }
    }
    tp_artefact_close(file);
    return rc;
}

static tp_code
end_batch(tp_run *run, tp_run_source *source, tp_err *err)
{
    const tp_batch *batch = NULL;
    TP_RETURN_SAME(tp_batch_end(source->builder, &batch, err));
    return tp_batch_store(run->store, &source->batch_key, batch, err);
}

static void
count_rows(const tp_run_source *source, tp_stage_count *count)
{
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        count->rows_in += source->counts[k].received;
        count->rows_out += source->counts[k].accepted + source->counts[k].unchanged;
        count->rejected += source->counts[k].rejected;
    }
}

static tp_code
normalise_run(tp_run *run, tp_run_source *source, tp_stage_count *count, tp_err *err)
{
    if (source->builder != NULL) {
        count->computed++;
        const tp_code rc = end_batch(run, source, err);
        tp_batch_free(source->builder);
        source->builder = NULL;
        if (rc != TP_OK) {
            return tp_err_add(err, rc, __func__, __LINE__, "normalise source %.*s",
                              TP_STR_ARG(source->desc->id));
        }
        tp_progress(&source->ctx, 1, 2); /* stored, not yet judged */
    } else if (source->landing == NULL && source->state != TP_SOURCE_STALE) {
        return TP_OK;
    }
    TP_RETURN_IF_ERR(
        err,
        tp_batch_load(run->store, &source->batch_key, &source->batch_file, &source->batch, err),
        "open the batch of source %.*s", TP_STR_ARG(source->desc->id));
    source->has_batch = true;
    TP_RETURN_IF_ERR(err, compare_before(run, source, err), "judge the batch of source %.*s",
                     TP_STR_ARG(source->desc->id));
    count_rows(source, count);
    return TP_OK;
}

const tp_stage tp_stage_normalise = {
    .name = "normalise", .unit = "records", .run_source = normalise_run};
