/* Stage normalise: text rows in, one canonical batch out, checked against the source's limits. */
#include <string.h>

#include "etl/stage/files.h"
#include "talent/etl/run.h"

/* Too few facts of a kind to judge by a share: one award less of three says nothing of the feed. */
enum { FACTS_JUDGED = 100 };

/* Each kind by itself: a feed of posts may lose its people or its posts, and either is a loss. */
static tp_code
check_shrink(int max_shrink_bp, const tp_batch *batch, const tp_batch *before, tp_err *err)
{
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        const tp_kind_def *def = tp_kind_of((tp_kind)k);
        const uint64_t was = before->table[k].n;
        const uint64_t is = batch->table[k].n;
        if (def->role == TP_ROLE_FACT && was < FACTS_JUDGED) {
            continue;
        }
        if (is * 10000 < was * (uint64_t)(10000 - max_shrink_bp)) {
            TP_RETURN_ERR(err, TP_E_QUALITY,
                          "%llu %s records, %llu in the last batch: more than %d.%02d %% fewer",
                          (unsigned long long)is, def->name, (unsigned long long)was,
                          max_shrink_bp / 100, max_shrink_bp % 100);
        }
    }
    return TP_OK;
}

/* May the batch stand for its source? before: the last good one; NULL = there is none. */
static tp_code
check_gate(const tp_gate *gate, const tp_batch *batch, const tp_batch *before, tp_err *err)
{
    tp_counts sum = {0};
    uint64_t rows = 0;
    tp_counts_add(&sum, batch->counts);
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        rows += batch->table[k].n;
    }
    if (gate->max_reject_bp >= 0 &&
        sum.rejected * 10000 > sum.received * (uint64_t)gate->max_reject_bp) {
        TP_RETURN_ERR(err, TP_E_QUALITY,
                      "%llu of %llu records rejected, more than the %d basis points allowed; look "
                      "at mart.reject_summary, or mend the source",
                      (unsigned long long)sum.rejected, (unsigned long long)sum.received,
                      gate->max_reject_bp);
    }
    if (rows < (uint64_t)gate->min_records) {
        TP_RETURN_ERR(err, TP_E_QUALITY, "%llu records, fewer than the %lld declared as the least",
                      (unsigned long long)rows, (long long)gate->min_records);
    }
    return gate->max_shrink_bp < 0 || before == NULL
               ? TP_OK
               : check_shrink(gate->max_shrink_bp, batch, before, err);
}

/* Batch of the same source in the newest published earlier night, if it is still kept. */
static tp_code
open_before(const tp_run *run, const tp_run_source *source, tp_artefact **out_file, tp_batch *out,
            bool *out_found, tp_err *err)
{
    *out_found = false;
    for (size_t i = 0; i < run->before.n_sources; i++) {
        if (tp_str_is(source->desc->id, run->before.source[i]) &&
            tp_artefact_exists(run->store, "batch", &run->before.batch_key[i])) {
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
    if (rc == TP_OK && source->state != TP_SOURCE_STALE) {
        rc = check_gate(&source->desc->gate, &source->batch, found ? &before : NULL, err);
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
        tp_progress(&run->ctx, 1, 2); /* stored, not yet judged */
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
