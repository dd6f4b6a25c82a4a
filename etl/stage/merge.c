/* Stage merge: crosswalk and batches in, one golden record per person out. Rules are in core/merge.
 */
#include "talent/core/merge.h"

#include <string.h>

#include "etl/stage/files.h"
#include "talent/etl/merge_params.h"
#include "talent/etl/run.h"

static void
make_key(tp_run *run, const tp_key *params_hash)
{
    tp_key_maker maker;
    tp_key_begin(&maker, "merge");
    tp_key_add_i64(&maker, "format", TP_POOL_FORMAT);
    tp_key_add_key(&maker, "params", params_hash);
    tp_key_add_key(&maker, "crosswalk", &run->link_key);
    for (size_t i = 0; i < run->n_batches; i++) {
        const tp_source *desc = run->batch[i]->desc;
        tp_key_add_key(&maker, "batch", &run->batch[i]->batch_key);
        tp_key_add(&maker, "trust", desc->trust, sizeof desc->trust);
    }
    tp_key_end(&maker, &run->merge_key);
}

static tp_code
compute(tp_run *run, const tp_merge_params *params, tp_arena *arena, tp_err *err)
{
    tp_pool pool = {0};
    tp_merge_source *source = tp_arena_alloc(arena, run->n_batches, sizeof *source);
    if (source == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "a list of %zu batches", run->n_batches);
    }
    for (size_t i = 0; i < run->n_batches; i++) {
        const tp_run_source *s = run->batch[i];
        source[i].id = s->desc->id;
        source[i].family = s->desc->family;
        source[i].table = s->batch.table;
        memcpy(source[i].trust, s->desc->trust, sizeof source[i].trust);
    }
    const tp_merge_input in = {
        .n_sources = run->n_batches, .source = source, .crosswalk = &run->crosswalk};
    TP_RETURN_SAME(tp_merge(&in, params, &run->ctx, arena, &pool, err));
    return tp_pool_store(run->store, &run->merge_key, &pool, err);
}

static tp_code
merge_run(tp_run *run, tp_stage_count *count, tp_err *err)
{
    TP_AUTO_ARENA(arena, 0);
    tp_merge_params params;
    tp_key params_hash;
    TP_RETURN_IF_ERR(err,
                     tp_merge_params_load(tp_cfg_text(run->cfg, "merge.config"), &arena, &params,
                                          &params_hash, err),
                     "read the survivorship rules");
    make_key(run, &params_hash);
    if (!tp_artefact_exists(run->store, "merge", &run->merge_key)) {
        count->computed++;
        TP_RETURN_IF_ERR(err, compute(run, &params, &arena, err), "merge %zu records",
                         run->crosswalk.n);
    }
    TP_RETURN_SAME(tp_pool_load(run->store, &run->merge_key, &run->merge_file, &run->pool, err));
    count->rows_in = run->crosswalk.n;
    count->rows_out = run->pool.n;
    return TP_OK;
}

const tp_stage tp_stage_merge = {.name = "merge", .unit = "people", .run = merge_run};
