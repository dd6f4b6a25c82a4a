/* Which keys are due tonight, and which wait for another night? */
#include <stdlib.h>
#include <string.h>

#include "etl/stage/pull_parts.h"

enum { LEAST_FAILED = 3, BP = 10000 };

/* A key that is due: why, and since when. */
typedef struct due {
    enum { DUE_CHANGED, DUE_NEW, DUE_OLD } why;
    int32_t night; /* of what is known of it */
    size_t at;     /* in the list of keys */
} due;

/* What changed first, then what nothing is known of, then the oldest; ties by the list. */
static int
by_need(const void *a, const void *b)
{
    const due *x = a;
    const due *y = b;
    if (x->why != y->why) {
        return x->why < y->why ? -1 : 1;
    }
    if (x->night != y->night) {
        return x->night < y->night ? -1 : 1;
    }
    return x->at < y->at ? -1 : x->at > y->at;
}

/* Keys that another source names as changed. */
static tp_code
list_first(tp_pull *p, tp_arena *arena, tp_intern *out, tp_err *err)
{
    const tp_refresh *r = &p->fetch->refresh;
    const tp_str *key = NULL;
    size_t n = 0;
    uint32_t code = 0;
    if (r->first_source.p == NULL) {
        return TP_OK;
    }
    tp_fetch *like = tp_arena_alloc(arena, 1, sizeof *like);
    if (like == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "keys that come first");
    }
    *like = *p->fetch;
    like->each_source = r->first_source;
    like->each_field = r->first_field;
    like->each_where = TP_STR("all");
    const tp_code rc = p->order.keys(p->order.keys_user, like, arena, &key, &n, err);
    if (rc == TP_E_SOURCES) {
        return TP_OK; /* it names nobody tonight: the others are asked in their turn */
    }
    TP_RETURN_SAME(rc);
    for (size_t i = 0; i < n; i++) {
        if (!tp_intern_add(out, key[i], &code)) {
            TP_RETURN_ERR(err, TP_E_NOMEM, "keys that come first");
        }
    }
    return TP_OK;
}

/* Is what is known of the fetch an answer to the question it asks now? */
static bool
same_question(const tp_pull *p)
{
    return p->order.base != NULL && p->mark.p != NULL;
}

static bool
is_due(const tp_pull *p, const tp_intern *first, size_t i, due *out)
{
    uint32_t code;
    const tp_str key = p->all_key[i];
    const size_t at = same_question(p) ? tp_base_find(p, key, 0) : SIZE_MAX;
    *out = (due){.why = DUE_NEW, .at = i};
    if (at == SIZE_MAX) {
        return true;
    }
    out->night = tp_landing_body(p->order.base, at)->night;
    if (tp_intern_find(first, key, &code) ||
        (p->fetch->refresh.changed.p != NULL && tp_intern_find(&p->changed, key, &code))) {
        out->why = DUE_CHANGED;
        return true;
    }
    out->why = DUE_OLD;
    return p->order.night - out->night >= p->fetch->refresh.days;
}

/* Sorts the due ones by need; those within the budget are asked for, all others taken over. */
static tp_code
choose(tp_pull *p, const tp_intern *first, due *list, tp_str *key, tp_err *err)
{
    const int64_t budget = p->fetch->refresh.budget;
    size_t n = 0;
    for (size_t i = 0; i < p->n_all; i++) {
        if (is_due(p, first, i, &list[n])) {
            n++;
        } else {
            TP_RETURN_SAME(tp_base_carry(p, p->all_key[i], err));
        }
    }
    qsort(list, n, sizeof *list, by_need);
    const size_t take = budget > 0 && (size_t)budget < n ? (size_t)budget : n;
    for (size_t i = take; i < n; i++) {
        p->stats.put_off++;
        if (list[i].why != DUE_NEW) {
            TP_RETURN_SAME(tp_base_carry(p, p->all_key[list[i].at], err));
        }
    }
    for (size_t i = 0; i < take; i++) {
        key[i] = p->all_key[list[i].at];
    }
    p->key = key;
    p->n_keys = take;
    return TP_OK;
}

tp_code
tp_refresh_plan(tp_pull *pull, tp_err *err)
{
    tp_intern first = {0};
    TP_AUTO_ARENA(arena, 0);
    due *list = calloc(pull->n_all + 1, sizeof *list);
    tp_str *key = tp_arena_alloc(&pull->key_arena, pull->n_all, sizeof *key);
    tp_code rc = list == NULL || key == NULL ? tp_err_set(err, TP_E_NOMEM, __func__, __LINE__,
                                                          "a plan of %zu keys", pull->n_all)
                                             : list_first(pull, &arena, &first, err);
    if (rc == TP_OK) {
        rc = choose(pull, &first, list, key, err);
    }
    tp_intern_clear(&first);
    free(list);
    return rc;
}

/* Does a fetch look at the answers of this one? */
static bool
is_watched(const tp_source *source, tp_str fetch)
{
    for (size_t i = 0; i < source->n_fetch; i++) {
        if (tp_str_eq(source->fetch[i].refresh.changed, fetch) && fetch.n > 0) {
            return true;
        }
    }
    return false;
}

tp_code
tp_refresh_note(tp_pull *pull, tp_str fetch, tp_str key, const uint8_t sha256[32], tp_err *err)
{
    uint32_t code = 0;
    size_t at = SIZE_MAX;
    if (!is_watched(pull->source, fetch)) {
        return TP_OK;
    }
    const tp_fetch *now = pull->fetch;
    for (size_t i = 0; i < pull->source->n_fetch; i++) {
        if (tp_str_eq(pull->source->fetch[i].name, fetch)) {
            pull->fetch = &pull->source->fetch[i];
            at = pull->order.base != NULL ? tp_base_find(pull, key, 0) : SIZE_MAX;
        }
    }
    pull->fetch = now;
    if ((at == SIZE_MAX ||
         memcmp(tp_landing_body(pull->order.base, at)->sha256, sha256, 32) != 0) &&
        !tp_intern_add(&pull->changed, key, &code)) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "keys that have changed");
    }
    return TP_OK;
}

bool
tp_refresh_puts_off(tp_pull_slot *slot, tp_code code)
{
    tp_pull *p = slot->pull;
    const tp_refresh *r = &p->fetch->refresh;
    const uint64_t failed = p->stats.failed + 1;
    if (r->days == 0 || p->breaker.open ||
        (code != TP_E_NET && code != TP_E_SCHEMA && code != TP_E_SYNTAX && code != TP_E_RANGE) ||
        (failed > LEAST_FAILED && failed * BP > p->n_keys * (uint64_t)r->max_failed_bp)) {
        return false;
    }
    if (p->landing != NULL) {
        tp_landing_forget(p->landing, p->fetch->name, slot->key);
    }
    if (p->mark.p != NULL && tp_base_carry(p, slot->key, NULL) != TP_OK) {
        return false;
    }
    p->stats.failed++;
    p->stats.put_off++;
    return true;
}
