/* talentpool explain: how did a person's scores come about, from the published night's own data? */
#include <stdio.h>

#include "etl/cli/cli.h"
#include "etl/stage/files.h"
#include "talent/base/day.h"
#include "talent/etl/ledger.h"
#include "talent/etl/rules.h"

/* The pool and the rules that the current generation was made from. */
typedef struct published {
    tp_arena arena;
    tp_generation generation;
    tp_store *store;
    tp_artefact *file;
    tp_pool pool;
    tp_rules rules;
} published;

static void
published_clear(published *p)
{
    tp_artefact_close(p->file);
    if (p->store != NULL) {
        tp_store_close(p->store);
    }
    tp_arena_clear(&p->arena);
}

static tp_code
published_open(tp_cli *cli, published *p, tp_err *err)
{
    tp_pg *pg = NULL;
    TP_RETURN_SAME(tp_cli_need_state(cli, err)); /* the pool lies there, whatever the database */
    TP_RETURN_SAME(tp_cli_database(cli, &pg, err));
    const tp_code rc = tp_ledger_current(pg, &p->arena, &p->generation, err);
    tp_pg_close(pg);
    TP_RETURN_SAME(rc);
    if (!p->generation.found) {
        TP_RETURN_ERR(err, TP_E_DB, "nothing is published yet; first: talentpool run");
    }
    TP_RETURN_SAME(tp_store_open(tp_cfg_text(cli->cfg, "state.dir"), &p->store, err));
    TP_RETURN_IF_ERR(err, tp_pool_load(p->store, &p->generation.merge_key, &p->file, &p->pool, err),
                     "open the pool of generation %lld", (long long)p->generation.generation);
    return tp_rules_load(tp_cfg_text(cli->cfg, "rules.dir"), tp_cfg_text(cli->cfg, "codes.dir"),
                         p->generation.night, &p->arena, &p->rules, err);
}

bool
tp_cli_person(const tp_pool *pool, uint64_t key, size_t *out)
{
    size_t low = 0;
    size_t high = pool->n;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (pool->person_key[mid] < key) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    *out = low;
    return low < pool->n && pool->person_key[low] == key;
}

static bool
find_post(const tp_pool *pool, tp_str id, size_t *out)
{
    const tp_table *t = &pool->table[TP_POSITION];
    for (*out = 0; *out < t->n; (*out)++) {
        if (tp_str_eq(tp_get_text(t, TP_POSITION_POSITION_ID, *out), id)) {
            return true;
        }
    }
    return false;
}

static tp_code
explain(tp_cli *cli, const published *p, tp_buf *text, tp_err *err)
{
    uint64_t key = 0;
    size_t person = 0;
    size_t post = 0;
    char day[TP_DAY_TEXT];
    if (!tp_str_to_u64(tp_str_of(cli->argv[0]), &key) || !tp_cli_person(&p->pool, key, &person)) {
        TP_RETURN_ERR(
            err, TP_E_USAGE,
            "no person with that key in generation %lld; keys stand in mart.person and in: "
            "talentpool shortlist POSITION-ID",
            (long long)p->generation.generation);
    }
    tp_day_format(p->generation.night, day);
    tp_buf_printf(text, "person %llu, night %s, generation %lld\n", (unsigned long long)key, day,
                  (long long)p->generation.generation);
    if (cli->argc < 2) {
        return tp_explain_person(&p->pool, &p->rules, p->generation.night, person, text, err);
    }
    if (!find_post(&p->pool, tp_str_of(cli->argv[1]), &post)) {
        TP_RETURN_ERR(err, TP_E_USAGE, "no post \"%.60s\"; list them with: talentpool posts",
                      cli->argv[1]);
    }
    return tp_explain_pair(&p->pool, &p->rules, p->generation.night, person, post, text, err);
}

tp_code
tp_cmd_explain(tp_cli *cli, int *out_status, tp_err *err)
{
    TP_AUTO_BUF(text);
    published p = {0};
    (void)out_status;
    tp_code rc = published_open(cli, &p, err);
    if (rc == TP_OK) {
        rc = explain(cli, &p, &text, err);
    }
    if (rc == TP_OK) {
        (void)fputs(tp_buf_cstr(&text), stdout);
    }
    published_clear(&p);
    return rc;
}
