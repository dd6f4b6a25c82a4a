/* What is asked of one source next, and when is everything of it in? */
#include <stdlib.h>
#include <string.h>

#include "etl/stage/pull_parts.h"
#include "talent/etl/clock.h"

enum {
    PARALLEL = 3,
    SLOTS_MAX = 256,
    SOURCE_S = 21600,
    KEYS_MAX = 1 << 30 /* bytes of the keys of one source */
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

/* ---- ending ---- */

static void
close_slots(tp_pull *p)
{
    for (size_t i = 0; i < p->cap_slots; i++) {
        tp_pull_slot *s = &p->slot[i];
        tp_paging_clear(&s->paging);
        if (s->url.p != NULL) {
            explicit_bzero(s->url.p, s->url.cap);
        }
        tp_buf_clear(&s->url);
        tp_buf_clear(&s->kept);
        tp_buf_clear(&s->held);
        tp_buf_clear(&s->validator);
        tp_pull_gzip_close(s->gzip);
    }
    free(p->slot);
    p->slot = NULL;
    p->cap_slots = 0;
}

void
tp_pull_finish(tp_pull *pull, tp_code code, const tp_err *why)
{
    tp_http_close(pull->http); /* first: what is under way must not reach the slots any more */
    pull->http = NULL;
    tp_tokens_close(pull->tokens);
    pull->tokens = NULL;
    close_slots(pull);
    tp_arena_clear(&pull->key_arena);
    tp_intern_clear(&pull->found);
    tp_intern_clear(&pull->changed);
    tp_buf_clear(&pull->since);
    tp_buf_clear(&pull->new_mark);
    pull->ended = true;
    pull->code = code;
    if (code != TP_OK) {
        pull->err = *why;
        tp_landing_abort(pull->landing);
        pull->landing = NULL;
    }
}

void
tp_pull_free(tp_pull *pull)
{
    static const tp_err NONE = {0};
    tp_pull_finish(pull, TP_E_CANCELLED, &NONE);
    tp_pull_rest_free(pull->rest);
    free(pull);
}

tp_code
tp_pull_landing(tp_pull *pull, tp_err *err)
{
    const tp_pull_order *o = &pull->order;
    tp_key key = *o->landing_key;
    if (pull->landing != NULL) {
        return TP_OK;
    }
    if (pull->rest->rounds) {
        tp_round_key(o, pull->rest->n_rounds, &key);
    }
    TP_RETURN_SAME(tp_landing_begin(o->store, &key, o->secret_key, &pull->landing, err));
    for (size_t i = 0; i < pull->source->n_fetch; i++) {
        TP_RETURN_SAME(tp_landing_fetch(pull->landing, pull->source->fetch[i].name, err));
    }
    return TP_OK;
}

/* ---- fetches, one after the other ---- */

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

/* The fetches of a source mostly ask for the same people: they are listed once. */
static bool
same_keys(const tp_fetch *a, const tp_fetch *b)
{
    return a != NULL && tp_str_eq(a->each_source, b->each_source) &&
           tp_str_eq(a->each_field, b->each_field) && tp_str_eq(a->each_where, b->each_where);
}

static tp_code
list_keys(tp_pull *p, const tp_fetch *before, tp_err *err)
{
    const tp_fetch *fetch = p->fetch;
    if (fetch->each_source.p == NULL) {
        p->key = NULL;
        p->n_keys = 1;
        return TP_OK;
    }
    if (p->all_key == NULL || !same_keys(before, fetch)) {
        tp_arena_reset(&p->key_arena);
        TP_RETURN_IF_ERR(
            err,
            p->order.keys(p->order.keys_user, fetch, &p->key_arena, &p->all_key, &p->n_all, err),
            "list the keys of fetch %.*s", TP_STR_ARG(fetch->name));
    }
    p->key = p->all_key;
    p->n_keys = p->n_all;
    return TP_OK;
}

static tp_code
begin_fetch(tp_pull *p, const tp_fetch *fetch, tp_err *err)
{
    const tp_fetch *before = p->fetch;
    p->fetch = fetch;
    p->next_key = 0;
    TP_RETURN_SAME(list_keys(p, before, err));
    TP_RETURN_SAME(tp_base_begin(p, err));
    if (fetch->refresh.days > 0 && fetch->each_source.p != NULL) {
        TP_RETURN_SAME(tp_refresh_plan(p, err));
    }
    TP_RETURN_SAME(tp_round_skip(p, err));
    /* A file goes straight to the landing, which takes one body at a time. */
    p->n_slots = fetch->page.kind == TP_PAGE_FILE ? 1 : p->cap_slots;
    p->total += p->n_keys;
    return TP_OK;
}

/* Goes on to the next fetch once one is done, and ends the pull after the last. */
static void
go_on(tp_pull *p)
{
    tp_err why = {0};
    tp_code rc = TP_OK;
    p->wake_ms = 0;
    while (rc == TP_OK && !is_busy(p)) {
        if (p->fetch != NULL) {
            rc = tp_base_end(p, &why);
        }
        if (rc != TP_OK) {
            break;
        }
        if (p->at_fetch == p->source->n_fetch) {
            rc = tp_pull_landing(p, &why); /* an empty one if nothing came */
            tp_pull_finish(p, rc, &why);
            return;
        }
        rc = begin_fetch(p, &p->source->fetch[p->at_fetch++], &why);
    }
    if (rc != TP_OK) {
        tp_pull_finish(p, rc, &why);
    }
}

/* ---- beginning ---- */

static void
tokens_changed(void *user)
{
    tp_pull *p = user;
    p->wake_ms = 0;
}

static tp_code
open_clients(tp_pull *p, tp_err *err)
{
    const tp_source *s = p->source;
    TP_AUTO_BUF(base);
    tp_buf password = {0};
    tp_http_options options = {.loop = p->puller->loop,
                               .connect_s = s->connect_s,
                               .idle_s = s->idle_s,
                               .total_s = s->total_s,
                               .cookies = s->cookies,
                               .ca_file = s->ca_file,
                               .cert_file = s->cert_file,
                               .key_file = s->key_file};

    if (!tp_http_authority(s->base_url, &base)) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "source %.*s: connect.base_url is no web address",
                      TP_STR_ARG(s->id));
    }
    options.host[options.n_hosts++] = tp_buf_view(&base);
    for (size_t i = 0; i < s->n_hosts && options.n_hosts < TP_HTTP_HOSTS_MAX; i++) {
        options.host[options.n_hosts++] = s->host[i];
    }
    tp_code rc = TP_OK;
    if (s->key_secret.n > 0) {
        TP_AUTO_BUF(name);
        tp_buf_str(&name, s->key_secret);
        rc = tp_secret(p->order.cfg, tp_buf_cstr(&name), &password, err);
        options.key_password = tp_buf_view(&password);
    }
    if (rc == TP_OK) {
        rc = tp_http_open(&options, &p->http, err);
    }
    if (rc == TP_OK) {
        rc = tp_tokens_open(s, p->order.cfg, &options, tokens_changed, p, &p->tokens, err);
    }
    if (password.p != NULL) {
        explicit_bzero(password.p, password.cap);
    }
    tp_buf_clear(&password);
    return rc;
}

static tp_code
open_all(tp_pull *p, tp_err *err)
{
    const int parallel = p->source->parallel > 0 ? p->source->parallel : PARALLEL;
    p->cap_slots = parallel < SLOTS_MAX ? (size_t)parallel : SLOTS_MAX;
    p->slot = calloc(p->cap_slots, sizeof *p->slot);
    p->rest = calloc(1, sizeof *p->rest);
    p->key_arena.limit = KEYS_MAX;
    if (p->slot == NULL || p->rest == NULL) {
        p->cap_slots = p->slot != NULL ? p->cap_slots : 0;
        TP_RETURN_ERR(err, TP_E_NOMEM, "memory for pulling source %.*s", TP_STR_ARG(p->source->id));
    }
    for (size_t i = 0; i < p->cap_slots; i++) {
        p->slot[i].pull = p;
    }
    p->rest->order = p->order;
    tp_base_open(p);
    TP_RETURN_SAME(tp_round_open(p, err));
    return open_clients(p, err);
}

void
tp_pull_open(tp_pull *pull)
{
    tp_err why = {0};
    pull->began_ms = tp_clock_mono_ms();
    const tp_code rc = open_all(pull, &why);
    if (rc != TP_OK) {
        tp_pull_finish(pull, rc, &why);
        return;
    }
    go_on(pull);
}

/* ---- asking ---- */

static tp_code
write_urls(tp_pull_slot *s, tp_err *err)
{
    const tp_pull *p = s->pull;
    tp_fill fill = {.tokens = p->tokens,
                    .key = s->key,
                    .since = s->changes ? tp_buf_view(&p->since) : TP_STR_NONE,
                    .night = p->order.night};
    TP_AUTO_BUF(plain);

    if (s->redirected) {
        return TP_OK;
    }
    tp_buf_reset(&s->url);
    tp_buf_reset(&s->kept);
    TP_RETURN_SAME(tp_request_url(p->source, &s->paging, &fill, &s->url, err));
    fill.tokens = NULL;
    TP_RETURN_SAME(tp_request_url(p->source, &s->paging, &fill, &plain, err));
    if (p->fetch->page.kind == TP_PAGE_LINK && s->paging.next.n > 0) {
        tp_http_mask_given(&s->kept, tp_buf_view(&plain));
    } else {
        tp_http_mask(&s->kept, tp_buf_view(&plain), false);
    }
    tp_tokens_scrub(p->tokens, &s->kept);
    return TP_OK;
}

static void
on_answer(tp_http_answer *a)
{
    tp_pull_slot *s = a->tag;
    tp_pull *p = s->pull;
    tp_err why = {0};
    tp_code rc = TP_OK;

    if (s->passed) {
        s->passed = false;
        s->state = TP_SLOT_IDLE;
        tp_pull_drop(s);
    } else {
        rc = tp_pull_answer(s, a, &why);
    }
    tp_http_release(p->http, a);
    if (rc != TP_OK && tp_refresh_puts_off(s, rc)) {
        s->state = TP_SLOT_IDLE;
        p->done++;
        rc = TP_OK;
    }
    if (rc != TP_OK) {
        rc = add_place(s, rc, &why);
        tp_pull_finish(p, rc, &why);
        return;
    }
    go_on(p);
}

/* Asks for the rest of a file that broke, if it still is the same file. */
static void
add_range(const tp_pull_slot *s, tp_signature *signature)
{
    if (!s->resuming || signature->n + 2 > TP_REQUEST_FIELDS) {
        return;
    }
    tp_buf *range = &signature->text[signature->n];
    tp_buf_printf(range, "bytes=%llu-", (unsigned long long)s->have);
    signature->field[signature->n++] =
        (tp_http_field){.name = TP_STR("Range"), .value = tp_buf_view(range)};
    signature->field[signature->n++] =
        (tp_http_field){.name = TP_STR("If-Range"), .value = tp_buf_view(&s->validator)};
}

static tp_code
send_request(tp_pull_slot *s, tp_err *err)
{
    tp_pull *p = s->pull;
    tp_signature *signature = &p->puller->signature;
    const tp_limits *limit = &p->fetch->shape.limit;
    const bool file = p->fetch->page.kind == TP_PAGE_FILE;

    TP_RETURN_SAME(write_urls(s, err));
    const tp_fill fill = {.tokens = p->tokens,
                          .key = s->key,
                          .night = p->order.night,
                          .bare = !tp_request_trusts(p->source, tp_buf_view(&s->url))};
    TP_RETURN_SAME(tp_signature_make(p->source, p->tokens, &fill, signature, err));
    if (s->take != TP_TAKE_STREAM) {
        s->resuming = false;
        s->have = 0;
        s->take = TP_TAKE_HOLD;
    }
    add_range(s, signature);
    tp_base_condition(s, signature);
    const tp_http_request request = {
        .url = tp_buf_view(&s->url),
        .n_fields = signature->n,
        .field = signature->field,
        .user = signature->user,
        .password = signature->password,
        .body_limit = limit->body_bytes == 0 && file ? FILE_BYTES : limit->body_bytes,
        .ratio = limit->ratio,
        .wanted = p->fetch->since.header,
        .pack = !file || p->fetch->whole_only, /* parts of a packed body cannot be put together */
        .bare = fill.bare,
        .sink = file ? tp_pull_bytes : NULL,
        .done = on_answer,
        .tag = s,
    };
    s->generation = tp_tokens_generation(p->tokens);
    tp_buf_reset(&s->held);
    const tp_code rc = tp_http_start(p->http, &request, err);
    tp_signature_clear(signature);
    TP_RETURN_SAME(rc);
    s->state = TP_SLOT_RUNNING;
    p->stats.requests++;
    return TP_OK;
}

/* ---- when ---- */

/* Is there room where the request goes? A redirect or a link may lead to another host. */
static bool
has_room(const tp_pull_slot *s)
{
    const tp_str next = tp_buf_view(&s->paging.next);
    const bool linked = s->pull->fetch->page.kind == TP_PAGE_LINK && next.n > 0;
    return tp_http_room(s->pull->http, s->redirected ? tp_buf_view(&s->url)
                                       : linked      ? next
                                                     : TP_STR_NONE);
}

/* A slot whose request may be sent now; NULL if there is none, and then when to look again.
 * *out_no_room: one would be, if it had room. */
static tp_pull_slot *
due_slot(tp_pull *p, int64_t now, int64_t *wake, bool *out_no_room)
{
    for (size_t i = 0; i < p->n_slots; i++) {
        tp_pull_slot *s = &p->slot[i];
        if (s->state == TP_SLOT_IDLE && p->next_key < p->n_keys) {
            s->key = p->key != NULL ? p->key[p->next_key] : TP_STR_NONE;
            p->next_key++;
            tp_paging_begin(&s->paging, p->fetch);
            tp_base_slot(s);
            tp_pull_begin(s);
        }
        if (s->state == TP_SLOT_DUE && s->due_ms <= now) {
            if (has_room(s)) {
                return s;
            }
            *out_no_room = true;
            *wake = now; /* any answer of any source may make room */
        } else if (s->state == TP_SLOT_DUE && s->due_ms < *wake) {
            *wake = s->due_ms;
        }
    }
    return NULL;
}

static tp_code
check_deadline(const tp_pull *p, int64_t now, int64_t *wake, tp_err *err)
{
    const int64_t s = p->source->source_s > 0 ? p->source->source_s : SOURCE_S;
    const int64_t waits = p->no_room_ms > 0 ? now - p->no_room_ms : 0;
    const int64_t deadline = p->began_ms + p->waited_ms + waits + s * 1000;
    *wake = deadline;
    if (now < deadline) {
        return TP_OK;
    }
    TP_RETURN_ERR(err, TP_E_NET,
                  "source %.*s is not in after %lld s, %zu of %zu keys done; see "
                  "connect.timeouts.source_s",
                  TP_STR_ARG(p->source->id), (long long)s, p->done, p->total);
}

/* NULL and TP_OK: nothing may start before *wake. */
static tp_code
may_start(tp_pull *p, int64_t now, int64_t *wake, bool *out_no_room, tp_pull_slot **out,
          tp_err *err)
{
    bool ready = false;
    *out = NULL;
    TP_RETURN_SAME(check_deadline(p, now, wake, err));
    int64_t at = p->next_us / 1000 > p->quiet_ms ? p->next_us / 1000 : p->quiet_ms;
    if (at > now) {
        *wake = at < *wake ? at : *wake;
        return TP_OK;
    }
    if (!tp_breaker_lets(p, now, wake)) {
        return TP_OK;
    }
    tp_pull_slot *s = due_slot(p, now, wake, out_no_room);
    if (s == NULL) {
        return TP_OK;
    }
    TP_RETURN_IF_ERR(err, tp_tokens_ready(p->tokens, &ready, wake, err), "source %.*s, fetch %.*s",
                     TP_STR_ARG(p->source->id), TP_STR_ARG(p->fetch->name));
    *out = ready ? s : NULL;
    return TP_OK;
}

/* What others take from a source is not held against it: with nothing under way and no room, its
 * deadline stands still. */
static void
note_room(tp_pull *p, int64_t now, bool no_room)
{
    if (p->no_room_ms > 0) {
        p->waited_ms += now - p->no_room_ms;
    }
    p->no_room_ms = no_room && tp_http_running(p->http) == 0 ? now : 0;
}

bool
tp_pull_start(tp_pull *pull, int64_t now_ms)
{
    bool no_room = false;
    tp_err why = {0};
    tp_pull_slot *s = NULL;
    int64_t wake = INT64_MAX;
    tp_code rc = may_start(pull, now_ms, &wake, &no_room, &s, &why);

    note_room(pull, now_ms, no_room && s == NULL);
    pull->wake_ms = wake;
    if (rc == TP_OK && s != NULL) {
        rc = send_request(s, &why);
        rc = rc != TP_OK ? add_place(s, rc, &why) : rc;
        pull->wake_ms = now_ms;
        if (pull->source->per_second > 0) {
            const int64_t from = pull->next_us > now_ms * 1000 ? pull->next_us : now_ms * 1000;
            pull->next_us = from + 1000000 / pull->source->per_second;
        }
    }
    if (rc != TP_OK) {
        tp_pull_finish(pull, rc, &why);
        return false;
    }
    return s != NULL;
}
