/* Stage score: the pool and the rules in, indices, verdicts and lists out. Arithmetic is in core. */
#include "etl/stage/files.h"
#include "talent/etl/rules.h"
#include "talent/etl/run.h"

static void
make_key(tp_run *run)
{
    tp_key_maker maker;
    tp_key_begin(&maker, "score");
    tp_key_add_i64(&maker, "format", TP_SCORE_FORMAT);
    tp_key_add_key(&maker, "pool", &run->merge_key);
    tp_key_add(&maker, "rules", run->rules->hash, sizeof run->rules->hash);
    tp_key_add_i64(&maker, "as of", run->flags.night);
    tp_key_end(&maker, &run->score_key);
}

static tp_code
score_run(tp_run *run, tp_stage_count *count, tp_err *err)
{
    TP_RETURN_IF_ERR(err,
                     tp_rules_load(tp_cfg_text(run->cfg, "rules.dir"),
                                   tp_cfg_text(run->cfg, "codes.dir"), run->flags.night,
                                   &run->rules, err),
                     "read the rules in force");
    make_key(run);
    count->rows_in = run->pool.n;
    count->rows_out = run->pool.n;
    if (!tp_artefact_exists(run->store, "score", &run->score_key)) {
        TP_AUTO_ARENA(arena, 0);
        tp_scores scores = {0};
        count->computed++;
        TP_RETURN_IF_ERR(err,
                         tp_score(&run->pool, run->rules, run->flags.night, &run->ctx, &arena,
                                  &scores, err),
                         "score %zu people", run->pool.n);
        TP_RETURN_SAME(tp_scores_store(run->store, &run->score_key, &scores, err));
    }
    return tp_scores_load(run->store, &run->score_key, &run->score_file, &run->scores, err);
}

const tp_stage tp_stage_score = {.name = "score", .unit = "people", .run = score_run};
