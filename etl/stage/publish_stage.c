/* Stage publish in the line: what goes out, and under which key? */
#include "talent/etl/publish.h"

#include "talent/core/source_key.h"
#include "talent/etl/run.h"
#include "talent/etl/version.h"

enum { PUBLISH_FORMAT = 2 };

static void
make_key(tp_run *run, const tp_key *agencies)
{
    tp_key_maker maker;
    tp_key_begin(&maker, "publish");
    tp_key_add_i64(&maker, "format", PUBLISH_FORMAT);
    tp_key_add_key(&maker, "link", &run->link_key);
    tp_key_add_key(&maker, "merge", &run->merge_key);
    tp_key_add_key(&maker, "score", &run->score_key);
    tp_key_add_key(&maker, "agencies", agencies);
    tp_key_end(&maker, &run->publish_key);
}

static tp_code
publish_run(tp_run *run, tp_stage_count *count, tp_err *err)
{
    tp_publish_source *source = tp_arena_alloc(&run->pool_arena, run->n_batches, sizeof *source);
    if (source == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "a list of %zu batches", run->n_batches);
    }
    for (size_t i = 0; i < run->n_batches; i++) {
        const tp_run_source *s = run->batch[i];
        source[i] = (tp_publish_source){
            .id = s->desc->id.p, /* ids are terminated: they come from the description's text */
            .batch = &s->batch,
            .batch_night = s->batch_night,
            .landing_key = s->landing_key,
            .batch_key = s->batch_key,
        };
    }
    size_t n_agencies = 0;
    tp_agency_name *agency = NULL;
    tp_key agencies_hash;
    TP_RETURN_IF_ERR(err,
                     tp_agency_names_load(tp_cfg_text(run->cfg, "codes.dir"), &run->pool_arena,
                                          &agency, &n_agencies, &agencies_hash, err),
                     "read the names of the agencies");
    make_key(run, &agencies_hash);
    tp_publish_input in = {
        .ctx = &run->ctx,
        .night = run->flags.night,
        .run_id = run->run_id,
        .n_sources = run->n_batches,
        .source = source,
        .crosswalk = &run->crosswalk,
        .pool = &run->pool,
        .scores = &run->scores,
        .rules = run->rules,
        .n_agencies = n_agencies,
        .agency = agency,
        .publish_key = run->publish_key,
        .link_key = run->link_key,
        .merge_key = run->merge_key,
        .score_key = run->score_key,
        .keep_generations = tp_cfg_int(run->cfg, "publish.keep_generations"),
        .shrink_people_bp = tp_cfg_int(run->cfg, "run.shrink_people_bp"),
        .release = run->flags.release,
    };
    tp_source_key_secret(run->nik_secret, in.key_secret);
    count->rows_in = run->pool.n;
    TP_RETURN_SAME(tp_publish(run->pg, &in, &run->receipt, err));
    count->computed = run->receipt.unchanged ? 0 : 1;
    count->rows_out = run->receipt.rows;
    return TP_OK;
}

const tp_stage tp_stage_publish = {.name = "publish", .unit = "rows", .run = publish_run};
