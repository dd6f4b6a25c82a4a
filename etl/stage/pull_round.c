/* What of a pull survives if it is killed? Answers per key land in rounds, each whole. */
#include <stdlib.h>
#include <string.h>

#include "etl/stage/pull_parts.h"

enum { BODIES = 2000, ROUNDS_MAX = 100000 };

void
tp_round_key(const tp_pull_order *order, uint32_t number, tp_key *out)
{
    tp_key_maker maker;
    tp_key_begin(&maker, "landing round");
    tp_key_add_key(&maker, "landing", order->landing_key);
    tp_key_add_i64(&maker, "number", number);
    tp_key_end(&maker, out);
}

static bool
has_rounds(const tp_fetch *fetch)
{
    return fetch->each_source.p != NULL && fetch->page.kind == TP_PAGE_NONE;
}

static bool
name_found(const tp_pull *p, tp_str fetch, tp_str key, tp_buf *out)
{
    (void)p;
    tp_buf_reset(out);
    tp_buf_str(out, fetch);
    tp_buf_char(out, '\t');
    tp_buf_str(out, key);
    return !out->failed;
}

static tp_code
note_bodies(tp_pull *p, const tp_landing *round, tp_err *err)
{
    TP_AUTO_BUF(name);
    uint32_t code = 0;
    for (size_t i = 0; i < tp_landing_count(round); i++) {
        const tp_body *b = tp_landing_body(round, i);
        if (!name_found(p, b->fetch, b->request_key, &name) ||
            !tp_intern_add(&p->found, tp_buf_view(&name), &code)) {
            TP_RETURN_ERR(err, TP_E_NOMEM, "keys that rounds hold");
        }
        TP_RETURN_SAME(tp_refresh_note(p, b->fetch, b->request_key, b->sha256, err));
        p->stats.found++;
    }
    tp_buf_reset(&p->rest->marks);
    tp_buf_str(&p->rest->marks, tp_landing_watermark(round));
    return TP_OK;
}

/* Opens a round and puts it into the list. */
static tp_code
open_round(tp_pull_rest *rest, const tp_key *key, tp_err *err)
{
    tp_landing **grown = realloc(rest->round, (rest->n_rounds + 1) * sizeof(tp_landing *));
    if (grown == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "a list of %u rounds", rest->n_rounds + 1);
    }
    rest->round = grown;
    TP_RETURN_SAME(tp_landing_open(rest->order.store, key, rest->order.secret_key,
                                   &rest->round[rest->n_rounds], err));
    rest->n_rounds++;
    return TP_OK;
}

tp_code
tp_round_open(tp_pull *pull, tp_err *err)
{
    tp_pull_rest *rest = pull->rest;
    for (size_t i = 0; i < pull->source->n_fetch; i++) {
        rest->rounds = rest->rounds || has_rounds(&pull->source->fetch[i]);
    }
    for (uint32_t i = 0; rest->rounds && i < ROUNDS_MAX; i++) {
        tp_key key;
        tp_round_key(&pull->order, i, &key);
        if (!tp_landing_exists(pull->order.store, &key)) {
            break;
        }
        if (pull->order.anew) {
            tp_landing_drop(pull->order.store, &key);
            continue;
        }
        TP_RETURN_SAME(open_round(rest, &key, err));
        TP_RETURN_SAME(note_bodies(pull, rest->round[i], err));
    }
    return TP_OK;
}

tp_code
tp_round_skip(tp_pull *pull, tp_err *err)
{
    TP_AUTO_BUF(name);
    uint32_t code;
    size_t n = 0;
    if (pull->found.n == 0) {
        return TP_OK;
    }
    if (pull->key == NULL) {
        const bool done = name_found(pull, pull->fetch->name, TP_STR_NONE, &name) &&
                          tp_intern_find(&pull->found, tp_buf_view(&name), &code);
        pull->n_keys = done ? 0 : 1;
        return TP_OK;
    }
    tp_str *key = tp_arena_alloc(&pull->key_arena, pull->n_keys, sizeof *key);
    if (key == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "a list of %zu keys", pull->n_keys);
    }
    for (size_t i = 0; i < pull->n_keys; i++) {
        if (!name_found(pull, pull->fetch->name, pull->key[i], &name) ||
            !tp_intern_find(&pull->found, tp_buf_view(&name), &code)) {
            key[n++] = pull->key[i];
        }
    }
    pull->key = key;
    pull->n_keys = n;
    return TP_OK;
}

tp_code
tp_round_landed(tp_pull *pull, tp_err *err)
{
    const size_t most = pull->order.round_bodies > 0 ? pull->order.round_bodies : BODIES;
    tp_pull_rest *rest = pull->rest;
    tp_key key;
    if (!rest->rounds || ++pull->in_round < most || !has_rounds(pull->fetch)) {
        return TP_OK;
    }
    tp_landing_writer *landing = pull->landing;
    pull->landing = NULL;
    pull->in_round = 0;
    tp_round_key(&pull->order, rest->n_rounds, &key);
    TP_RETURN_SAME(tp_landing_commit(landing, tp_buf_view(&rest->marks), err));
    return open_round(rest, &key, err);
}

void
tp_pull_rest_free(tp_pull_rest *rest)
{
    if (rest == NULL) {
        return;
    }
    for (uint32_t i = 0; i < rest->n_rounds; i++) {
        tp_landing_close(rest->round[i]);
    }
    free(rest->round);
    tp_buf_clear(&rest->carried);
    tp_buf_clear(&rest->marks);
    free(rest);
}

/* Everything of the rounds becomes the one landing of the night. */
static tp_code
take_rounds(tp_pull_end *end, tp_err *err)
{
    tp_pull_rest *rest = end->rest;
    tp_landing_writer *last = end->landing;
    tp_key key;
    end->landing = NULL;
    tp_round_key(&rest->order, rest->n_rounds, &key);
    TP_RETURN_SAME(tp_landing_commit(last, tp_buf_view(&rest->marks), err));
    TP_RETURN_SAME(open_round(rest, &key, err));
    TP_RETURN_SAME(tp_landing_begin(rest->order.store, rest->order.landing_key,
                                    rest->order.secret_key, &end->landing, err));
    for (size_t i = 0; i < rest->order.source->n_fetch; i++) {
        TP_RETURN_SAME(tp_landing_fetch(end->landing, rest->order.source->fetch[i].name, err));
    }
    for (uint32_t r = 0; r < rest->n_rounds; r++) {
        for (size_t i = 0; i < tp_landing_count(rest->round[r]); i++) {
            TP_RETURN_SAME(tp_landing_copy(end->landing, rest->round[r], i, err));
        }
    }
    return TP_OK;
}

static tp_code
take_over(tp_pull_end *end, tp_err *err)
{
    const tp_pull_rest *rest = end->rest;
    const size_t n = rest->carried.n / sizeof(size_t);
    for (size_t i = 0; i < n; i++) {
        size_t body;
        memcpy(&body, rest->carried.p + i * sizeof body, sizeof body);
        TP_RETURN_IF_ERR(err, tp_landing_carry(end->landing, rest->order.base, body, err),
                         "take over body %zu of the night before", body);
    }
    return TP_OK;
}

tp_code
tp_pull_commit(tp_pull_end *end, tp_err *err)
{
    tp_pull_rest *rest = end->rest;
    tp_code rc = rest->rounds ? take_rounds(end, err) : TP_OK;
    if (rc == TP_OK) {
        rc = take_over(end, err);
    }
    if (rc == TP_OK) {
        tp_landing_writer *landing = end->landing;
        end->landing = NULL; /* commit frees it, whatever happens */
        rc = tp_landing_commit(landing, tp_buf_view(&rest->marks), err);
    }
    for (uint32_t i = 0; rc == TP_OK && rest->rounds && i < rest->n_rounds; i++) {
        tp_key key;
        tp_round_key(&rest->order, i, &key);
        tp_landing_drop(rest->order.store, &key);
    }
    tp_pull_forget(end);
    return rc;
}

void
tp_pull_forget(tp_pull_end *end)
{
    tp_landing_abort(end->landing);
    tp_pull_rest_free(end->rest);
    end->landing = NULL;
    end->rest = NULL;
}
