/* Stage score: the pool and the rules in, indices, verdicts and lists out. Arithmetic is in core.
 */
#include "etl/stage/files.h"
#include "talent/etl/file.h"
#include "talent/etl/rules.h"
#include "talent/etl/run.h"

enum { FILE_MAX = 16 << 20 };

static tp_code
add_file(tp_key_maker *maker, const char *dir, const char *name, tp_err *err)
{
    TP_AUTO_BUF(path);
    TP_AUTO_BUF(text);
    TP_RETURN_SAME(tp_file_read(tp_path_join(&path, dir, name), FILE_MAX, &text, err));
    tp_key_add(maker, name, text.p, text.n);
    return TP_OK;
}

/* Scores depend on the pool, on every byte of the rules and the list of agencies, and on the day.
 */
static tp_code
make_key(tp_run *run, tp_err *err)
{
    const char *rules = tp_cfg_text(run->cfg, "rules.dir");
    tp_key_maker maker;
    tp_key_begin(&maker, "score");
    tp_key_add_i64(&maker, "format", TP_SCORE_FORMAT);
    tp_key_add_key(&maker, "pool", &run->merge_key);
    TP_RETURN_SAME(add_file(&maker, rules, "scoring.json", err));
    TP_RETURN_SAME(add_file(&maker, rules, "eligibility.json", err));
    TP_RETURN_SAME(add_file(&maker, tp_cfg_text(run->cfg, "codes.dir"), "agencies.csv", err));
    tp_key_add_i64(&maker, "as of", run->flags.night);
    tp_key_end(&maker, &run->score_key);
    return TP_OK;
}

/* Do the rows of the pool that the scores name exist? */
static bool
fits(const tp_scores *s, const tp_pool *pool)
{
    return s->n == pool->n && s->n_post == pool->table[TP_POSITION].n &&
           tp_rows_below(s->assessment, s->n, pool->table[TP_ASSESSMENT].n, true) &&
           tp_rows_below(s->merit_row, s->n_merit, pool->table[TP_MERIT].n, false);
}

static tp_code
score_run(tp_run *run, tp_stage_count *count, tp_err *err)
{
    run->rules = tp_arena_alloc(&run->pool_arena, 1, sizeof *run->rules);
    if (run->rules == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "the rules in force");
    }
    TP_RETURN_IF_ERR(err,
                     tp_rules_load(tp_cfg_text(run->cfg, "rules.dir"),
                                   tp_cfg_text(run->cfg, "codes.dir"), run->flags.night,
                                   &run->pool_arena, run->rules, err),
                     "read the rules in force");
    TP_RETURN_IF_ERR(err, make_key(run, err), "key the scores");
    count->rows_in = run->pool.n;
    count->rows_out = run->pool.n;
    if (!tp_artefact_exists(run->store, "score", &run->score_key)) {
        TP_AUTO_ARENA(arena, 0);
        tp_scores scores = {0};
        count->computed++;
        TP_RETURN_IF_ERR(
            err,
            tp_score(&run->pool, run->rules, run->flags.night, &run->ctx, &arena, &scores, err),
            "score %zu people", run->pool.n);
        TP_RETURN_SAME(tp_scores_store(run->store, &run->score_key, &scores, err));
    }
    TP_RETURN_SAME(
        tp_scores_load(run->store, &run->score_key, &run->score_file, &run->scores, err));
    return fits(&run->scores, &run->pool)
               ? TP_OK
               : tp_artefact_fault(run->score_file, err, "the scores are not of this pool");
}

const tp_stage tp_stage_score = {.name = "score", .unit = "people", .run = score_run};
