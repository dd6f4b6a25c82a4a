/* Stage normalise: text rows in, one canonical batch out, checked against the source's limits. */
#include <string.h>

#include "etl/stage/files.h"
#include "talent/etl/run.h"

static tp_code
check_gate(const tp_source *desc, const tp_batch *batch, tp_err *err)
{
    uint64_t received = 0;
    uint64_t rejected = 0;
    uint64_t rows = 0;
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        received += batch->counts[k].received;
        rejected += batch->counts[k].rejected;
        rows += batch->table[k].n;
    }
    if (desc->gate.max_reject_bp >= 0 &&
        rejected * 10000 > received * (uint64_t)desc->gate.max_reject_bp) {
        TP_RETURN_ERR(err, TP_E_QUALITY,
                      "%llu of %llu records rejected, more than the %d basis points allowed; look "
                      "at mart.reject_summary, or mend the source",
                      (unsigned long long)rejected, (unsigned long long)received,
                      desc->gate.max_reject_bp);
    }
    if (rows < (uint64_t)desc->gate.min_records) {
        TP_RETURN_ERR(err, TP_E_QUALITY, "%llu records, fewer than the %lld declared as the least",
                      (unsigned long long)rows, (long long)desc->gate.min_records);
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
            tp_artefact_exists(run->store, "batch", &run->before.batch_key[i])) {
            TP_RETURN_SAME(
                tp_batch_load(run->store, &run->before.batch_key[i], out_file, out, err));
            *out_found = true;
        }
    }
    return TP_OK;
}

static tp_code
compare_before(const tp_run *run, tp_run_source *source, tp_err *err)
{
    tp_artefact *file = NULL;
    tp_batch before;
    bool found = false;
    TP_RETURN_SAME(open_before(run, source, &file, &before, &found, err));
    if (found && source->desc->gate.max_shrink_bp >= 0 && source->state != TP_SOURCE_STALE) {
        const uint64_t was = before.table[TP_PERSON].n;
        const uint64_t is = source->batch.table[TP_PERSON].n;
        if (is * 10000 < was * (uint64_t)(10000 - source->desc->gate.max_shrink_bp)) {
            tp_artefact_close(file);
            TP_RETURN_ERR(err, TP_E_QUALITY,
                          "%llu people, %llu in the last batch: more than %d basis points fewer",
                          (unsigned long long)is, (unsigned long long)was,
                          source->desc->gate.max_shrink_bp);
        }
    }
    tp_batch_compare(&source->batch, found ? &before : NULL, source->counts, source->gone);
    tp_artefact_close(file);
    return tp_counts_check(&source->batch, source->counts, err);
}

static tp_code
end_batch(tp_run *run, tp_run_source *source, tp_err *err)
{
    const tp_batch *batch = NULL;
    TP_RETURN_SAME(tp_batch_end(source->builder, &batch, err));
    TP_RETURN_SAME(check_gate(source->desc, batch, err));
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
    } else if (source->landing == NULL && source->state != TP_SOURCE_STALE) {
        return TP_OK;
    }
    TP_RETURN_IF_ERR(
        err,
        tp_batch_load(run->store, &source->batch_key, &source->batch_file, &source->batch, err),
        "open the batch of source %.*s", TP_STR_ARG(source->desc->id));
    source->has_batch = true;
    TP_RETURN_IF_ERR(err, compare_before(run, source, err),
                     "compare source %.*s with the last night", TP_STR_ARG(source->desc->id));
    count_rows(source, count);
    return TP_OK;
}

const tp_stage tp_stage_normalise = {
    .name = "normalise", .unit = "records", .run_source = normalise_run};
