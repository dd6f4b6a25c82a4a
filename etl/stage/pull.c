/* How does everything of one source come in for one night, whole or not at all? */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "etl/stage/pull_parts.h"
#include "talent/etl/clock.h"

enum {
    PARALLEL = 3,
    LOOK_MS = 100, /* longest wait before cancel is looked at */
    PROGRESS_MS = 200,
    KEYS_MAX = 1 << 30 /* bytes of the keys of one fetch */
};
#define FILE_BYTES (UINT64_C(64) << 30)

/* Adds source, fetch, masked address and attempts to a reason; the key never appears. */
static tp_code
add_place(const tp_pull_slot *s, tp_code rc, tp_err *err)
{
    TP_AUTO_BUF(shown);
    TP_AUTO_BUF(key);
    TP_AUTO_BUF(text);
    const tp_pull *p = s->pull;

    tp_http_escape(&key, s->key);
    tp_http_mask(&shown, tp_buf_view(&s->kept), false);
    tp_str rest = tp_buf_view(&shown);
    for (size_t at; key.n > 0 && (at = tp_str_find(rest, tp_buf_view(&key))) != SIZE_MAX;) {
        tp_buf_str(&text, tp_str_sub(rest, 0, at));
        tp_buf_puts(&text, "{key}");
        rest = tp_str_sub(rest, at + key.n, rest.n);
    }
    tp_buf_str(&text, rest);
    tp_buf_reset(&shown);
    tp_http_mask(&shown, tp_buf_view(&text), true);
    return tp_err_add(err, rc, __func__, __LINE__,
                      "source %.*s, fetch %.*s, %.120s, attempt %d of %d",
                      TP_STR_ARG(p->source->id), TP_STR_ARG(p->fetch->name), tp_buf_cstr(&shown),
                      s->tries + 1 < tp_pull_attempts(p) ? s->tries + 1 : tp_pull_attempts(p),
                      tp_pull_attempts(p));
}

/* ---- asking ---- */

static tp_code
write_urls(tp_pull_slot *s, tp_err *err)
{
    const tp_pull *p = s->pull;
    tp_fill fill = {.tokens = p->tokens, .key = s->key};
    TP_AUTO_BUF(plain);

    if (s->redirected) {
        return TP_OK;
    }
    tp_buf_reset(&s->url);
    tp_buf_reset(&s->kept);
    TP_RETURN_SAME(tp_request_url(p->source, &s->paging, &fill, &s->url, err));
    fill.tokens = NULL;
    TP_RETURN_SAME(tp_request_url(p->source, &s->paging, &fill, &plain, err));
    tp_http_mask(&s->kept, tp_buf_view(&plain), false);
    return TP_OK;
}

static tp_code
send_request(tp_pull_slot *s, tp_err *err)
{
    tp_pull *p = s->pull;
    const bool file = p->fetch->page.kind == TP_PAGE_FILE;
    const tp_fill fill = {.tokens = p->tokens, .key = s->key};

    TP_RETURN_SAME(tp_tokens_ready(p->tokens, err));
    TP_RETURN_SAME(write_urls(s, err));
    TP_RETURN_SAME(tp_signature_make(p->source, p->tokens, &fill, &p->signature, err));
    uint64_t limit = p->fetch->shape.limit.body_bytes;
    if (limit == 0 && file) {
        limit = FILE_BYTES;
    }
    const tp_http_request request = {
        .url = tp_buf_view(&s->url),
        .n_fields = p->signature.n,
        .field = p->signature.field,
        .user = p->signature.user,
        .password = p->signature.password,
        .body_limit = limit,
        .sink = file ? tp_pull_bytes : NULL,
        .tag = s,
    };
    s->generation = tp_tokens_generation(p->tokens);
    s->take = TP_TAKE_HOLD;
    tp_buf_reset(&s->held);
    const tp_code rc = tp_http_start(p->http, &request, err);
    tp_signature_clear(&p->signature);
    TP_RETURN_SAME(rc);
    s->state = TP_SLOT_RUNNING;
    p->stats.requests++;
    return TP_OK;
}

/* ---- one fetch ---- */

static void
show_progress(tp_pull *p, bool last)
{
    const int64_t now = tp_clock_mono_ms();
    if (last || now - p->shown_ms >= PROGRESS_MS) {
        p->shown_ms = now;
        tp_progress(p->ctx, p->done, p->total);
    }
}

/* Starts what may start now. Gives the milliseconds until something else may. */
static tp_code
start_due(tp_pull *p, int64_t *out_wait_ms, tp_err *err)
{
    const int64_t now = tp_clock_mono_ms();
    int64_t wait = LOOK_MS;

    for (size_t i = 0; i < p->n_slots; i++) {
        tp_pull_slot *s = &p->slot[i];
        if (s->state == TP_SLOT_IDLE && p->next_key < p->n_keys) {
            s->key = p->key != NULL ? p->key[p->next_key] : TP_STR_NONE;
            p->next_key++;
            tp_paging_begin(&s->paging, p->fetch);
            tp_pull_begin(s);
        }
        if (s->state != TP_SLOT_DUE) {
            continue;
        }
        int64_t at = s->due_ms > p->quiet_ms ? s->due_ms : p->quiet_ms;
        at = p->next_us / 1000 > at ? p->next_us / 1000 : at;
        if (at > now) {
            wait = at - now < wait ? at - now : wait;
            continue;
        }
        const tp_code rc = send_request(s, err);
        if (rc != TP_OK) {
            return add_place(s, rc, err);
        }
        if (p->source->per_second > 0) {
            const int64_t from = p->next_us > now * 1000 ? p->next_us : now * 1000;
            p->next_us = from + 1000000 / p->source->per_second;
        }
    }
    *out_wait_ms = wait;
    return TP_OK;
}

static bool
is_busy(const tp_pull *p)
{
    for (size_t i = 0; i < p->n_slots; i++) {
        if (p->slot[i].state != TP_SLOT_IDLE) {
            return true;
        }
    }
    return p->next_key < p->n_keys;
}

static tp_code
take_answers(tp_pull *p, int64_t wait_ms, tp_err *err)
{
    tp_http_answer *a = NULL;
    do {
        TP_RETURN_SAME(tp_http_wait(p->http, (int)wait_ms, &a, err));
        if (a != NULL) {
            tp_pull_slot *s = a->tag;
            const tp_code rc = tp_pull_answer(s, a, err);
            tp_http_release(p->http, a);
            if (rc != TP_OK) {
                return add_place(s, rc, err);
            }
        }
        wait_ms = 0;
    } while (a != NULL);
    return TP_OK;
}

static tp_code
run_fetch(tp_pull *p, tp_err *err)
{
    while (is_busy(p)) {
        int64_t wait_ms = LOOK_MS;
        if (tp_cancelled(p->ctx)) {
            TP_RETURN_ERR(err, TP_E_CANCELLED, "cancelled after %" PRIu64 " bodies of source %.*s",
                          p->stats.bodies, TP_STR_ARG(p->source->id));
        }
        TP_RETURN_SAME(start_due(p, &wait_ms, err));
        TP_RETURN_SAME(take_answers(p, wait_ms, err));
        show_progress(p, false);
    }
    return TP_OK;
}

static tp_code
begin_fetch(tp_pull *p, const tp_fetch *fetch, tp_pull_keys keys, void *user, tp_arena *arena,
            tp_err *err)
{
    const int parallel = p->source->parallel > 0 ? p->source->parallel : PARALLEL;

    p->fetch = fetch;
    p->key = NULL;
    p->n_keys = 1;
    p->next_key = 0;
    if (fetch->each_source.p != NULL) {
        TP_RETURN_IF_ERR(err, keys(user, fetch, arena, &p->key, &p->n_keys, err),
                         "list the keys of fetch %.*s", TP_STR_ARG(fetch->name));
    }
    /* A file goes straight to the landing, which takes one body at a time. */
    p->n_slots = fetch->page.kind == TP_PAGE_FILE ? 1
                 : parallel < TP_PULL_SLOTS       ? (size_t)parallel
                                                  : TP_PULL_SLOTS;
    p->total += p->n_keys;
    return TP_OK;
}

static tp_code
open_client(tp_pull *p, tp_err *err)
{
    const tp_source *s = p->source;
    TP_AUTO_BUF(base);
    tp_http_options options = {.connect_s = s->connect_s,
                               .idle_s = s->idle_s,
                               .total_s = s->total_s,
                               .parallel = s->parallel,
                               .ca_file = s->ca_file};

    if (!tp_http_authority(s->base_url, &base)) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "source %.*s: connect.base_url is no web address",
                      TP_STR_ARG(s->id));
    }
    options.host[options.n_hosts++] = tp_buf_view(&base);
    for (size_t i = 0; i < s->n_hosts && options.n_hosts < TP_HTTP_HOSTS_MAX; i++) {
        options.host[options.n_hosts++] = s->host[i];
    }
    return tp_http_open(&options, &p->http, err);
}

static tp_code
run_all(tp_pull *p, tp_pull_keys keys, void *user, tp_err *err)
{
    for (size_t i = 0; i < p->source->n_fetch; i++) {
        TP_AUTO_ARENA(arena, KEYS_MAX);
        TP_RETURN_SAME(begin_fetch(p, &p->source->fetch[i], keys, user, &arena, err));
        TP_RETURN_SAME(run_fetch(p, err));
        show_progress(p, true);
    }
    return TP_OK;
}

static void
close_pull(tp_pull *p)
{
    tp_http_close(p->http); /* first: what is under way must not reach the slots any more */
    tp_tokens_close(p->tokens);
    tp_landing_abort(p->landing);
    for (size_t i = 0; i < TP_PULL_SLOTS; i++) {
        tp_pull_slot *s = &p->slot[i];
        tp_paging_clear(&s->paging);
        if (s->url.p != NULL) {
            explicit_bzero(s->url.p, s->url.cap);
        }
        tp_buf_clear(&s->url);
        tp_buf_clear(&s->kept);
        tp_buf_clear(&s->held);
        tp_pull_gzip_close(s->gzip);
    }
    tp_envelope_clear(&p->envelope);
    tp_signature_clear(&p->signature);
    free(p);
}

tp_code
tp_pull_source(const tp_source *source, const tp_cfg *cfg, const tp_store *store,
               const tp_key *landing_key, const uint8_t secret_key[32], tp_pull_keys keys,
               void *keys_user, const tp_ctx *ctx, tp_pull_stats *out, tp_err *err)
{
    tp_err own = {0};
    tp_err *why = err != NULL ? err : &own;
    tp_pull *p = calloc(1, sizeof *p);

    if (p == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "memory for pulling a source");
    }
    p->source = source;
    p->ctx = ctx;
    for (size_t i = 0; i < TP_PULL_SLOTS; i++) {
        p->slot[i].pull = p;
    }
    tp_code rc = open_client(p, why);
    if (rc == TP_OK) {
        rc = tp_tokens_open(source, cfg, ctx, &p->tokens, why);
    }
    if (rc == TP_OK) {
        rc = tp_landing_begin(store, landing_key, secret_key, &p->landing, why);
    }
    if (rc == TP_OK) {
        rc = run_all(p, keys, keys_user, why);
    }
    if (rc == TP_OK) {
        tp_landing_writer *landing = p->landing;
        p->landing = NULL; /* commit frees it, whatever happens */
        rc = tp_landing_commit(landing, TP_STR_NONE, why);
    }
    if (rc == TP_OK) {
        *out = p->stats;
    }
    close_pull(p);
    return rc;
}
