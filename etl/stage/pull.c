/* How does everything of one source come in for one night, whole or not at all? */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "talent/base/hash.h"
#include "talent/etl/clock.h"
#include "talent/etl/extract.h"

enum {
    ATTEMPTS = 4,
    PARALLEL = 3,
    PARALLEL_MAX = 64,
    REDIRECTS = 5,
    HEAD_BYTES = 4096,          /* of a file, held back until it is judged */
    HELD_BYTES = 1 << 20,       /* of a file that is not what was asked for */
    LOOK_MS = 100,              /* longest wait before cancel is looked at */
    WAIT_MS = 30000,            /* when the source asks to wait and does not say how long */
    WAIT_MAX_S = 900,           /* longer than this is another night */
    PROGRESS_MS = 200,
    KEYS_MAX = 1 << 30          /* bytes of the keys of one fetch */
};
#define FILE_BYTES (UINT64_C(64) << 30)

typedef enum slot_state { SLOT_IDLE, SLOT_DUE, SLOT_RUNNING } slot_state;

struct pull;

/* One chain of requests: the pages of one key. */
typedef struct slot {
    struct pull *pull;
    slot_state state;
    tp_str key;
    tp_paging paging;
    tp_buf url;       /* the address asked for, secrets in it */
    tp_buf kept;      /* the same without secrets: for the landing */
    bool redirected;  /* url is where the source sent us */
    int hops;
    int tries;        /* failed ones of this request */
    bool renewed;     /* this request has been refused and sent again */
    uint32_t generation;
    int64_t due_ms;
    enum { HOLD, STREAM, COLLECT } take; /* what happens with the bytes of a file */
    tp_buf held;
} slot;

typedef struct pull {
    const tp_source *source;
    const tp_fetch *fetch;
    const tp_ctx *ctx;
    tp_http *http;
    tp_tokens *tokens;
    tp_landing_writer *landing;
    tp_pull_stats stats;
    size_t n_slots;
    slot slot[PARALLEL_MAX];
    const tp_str *key;
    size_t n_keys;
    size_t next_key;
    int64_t next_us;  /* no request starts before: the rate limit */
    int64_t quiet_ms; /* no request starts before: the source asked us to wait */
    size_t done, total; /* for progress */
    int64_t shown_ms;
    tp_envelope envelope;
    tp_signature signature;
} pull;

static int
attempts_of(const pull *p)
{
    return p->source->attempts > 0 ? p->source->attempts : ATTEMPTS;
}

/* Adds source, fetch, masked address and attempts to a reason; the key never appears. */
static tp_code
add_place(const slot *s, tp_code rc, tp_err *err)
{
    TP_AUTO_BUF(shown);
    TP_AUTO_BUF(key);
    TP_AUTO_BUF(text);
    const pull *p = s->pull;

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
    return tp_err_add(err, rc, __func__, __LINE__, "source %.*s, fetch %.*s, %.120s, attempt %d of %d",
                      TP_STR_ARG(p->source->id), TP_STR_ARG(p->fetch->name), tp_buf_cstr(&shown),
                      s->tries + 1 < attempts_of(p) ? s->tries + 1 : attempts_of(p), attempts_of(p));
}

/* ---- asking ---- */

static tp_outcome_then
judge(const slot *s, const tp_http_answer *a, tp_str body, const tp_envelope *envelope)
{
    const tp_seen seen = {.status = a->status, .type = a->content_type, .head = body,
                          .envelope = envelope};
    return tp_outcome_judge(s->pull->fetch, &seen);
}

static bool
is_redirect(const tp_http_answer *a)
{
    return a->location.n > 0 && (a->status == 301 || a->status == 302 || a->status == 303 ||
                                 a->status == 307 || a->status == 308);
}

/* A file's first bytes are held back until they are judged; then it goes straight to the landing. */
static tp_code
take_bytes(void *tag, const tp_http_answer *head, const void *bytes, size_t n, tp_err *err)
{
    slot *s = tag;

    if (s->take == STREAM) {
        return tp_landing_body_put(s->pull->landing, bytes, n, err);
    }
    if (s->take == COLLECT) {
        tp_buf_put(&s->held, bytes, n < HELD_BYTES - s->held.n ? n : HELD_BYTES - s->held.n);
        return TP_OK;
    }
    tp_buf_put(&s->held, bytes, n);
    if (s->held.failed) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "memory for the first bytes of a file");
    }
    if (s->held.n < HEAD_BYTES) {
        return TP_OK;
    }
    if (is_redirect(head) || judge(s, head, tp_buf_view(&s->held), NULL) != TP_THEN_OK) {
        s->take = COLLECT;
        return TP_OK;
    }
    s->take = STREAM;
    TP_RETURN_SAME(tp_landing_body_begin(s->pull->landing, err));
    return tp_landing_body_put(s->pull->landing, s->held.p, s->held.n, err);
}

static tp_code
write_urls(slot *s, tp_err *err)
{
    const pull *p = s->pull;
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
send_request(slot *s, tp_err *err)
{
    pull *p = s->pull;
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
        .sink = file ? take_bytes : NULL,
        .tag = s,
    };
    s->generation = tp_tokens_generation(p->tokens);
    s->take = HOLD;
    tp_buf_reset(&s->held);
    const tp_code rc = tp_http_start(p->http, &request, err);
    tp_signature_clear(&p->signature);
    TP_RETURN_SAME(rc);
    s->state = SLOT_RUNNING;
    p->stats.requests++;
    return TP_OK;
}

/* ---- what follows an answer ---- */

/* The next request of the slot: nothing of the last one counts against it. */
static void
begin_request(slot *s)
{
    s->state = SLOT_DUE;
    s->due_ms = 0;
    s->tries = 0;
    s->hops = 0;
    s->renewed = false;
    s->redirected = false;
}

static void
end_slot(slot *s)
{
    s->state = SLOT_IDLE;
    s->pull->done++;
}

/* Growing pauses with up to 30 % of jitter either way; the same request waits the same every night. */
static int64_t
pause_ms(const slot *s)
{
    static const int64_t BASE_MS[] = {250, 1000, 4000, 15000};
    const size_t i = (size_t)(s->tries - 1);
    const int64_t base = BASE_MS[i < TP_COUNT(BASE_MS) ? i : TP_COUNT(BASE_MS) - 1];
    uint64_t seed = tp_hash_str(s->paging.page, s->pull->source->id);
    seed = tp_hash_str(seed, s->pull->fetch->name);
    seed = tp_hash_mix(tp_hash_str(seed, s->key) + i);
    return base * (700 + (int64_t)(seed % 601)) / 1000;
}

/* Sends the request again later, or fails with what err says once the attempts are used up. */
static tp_code
try_again(slot *s, tp_code rc, int64_t at_least_ms, tp_err *err)
{
    if (s->tries + 1 >= attempts_of(s->pull)) {
        return rc;
    }
    s->tries++;
    s->pull->stats.retries++;
    const int64_t pause = pause_ms(s);
    s->due_ms = tp_clock_mono_ms() + (pause > at_least_ms ? pause : at_least_ms);
    s->state = SLOT_DUE;
    s->redirected = false;
    s->hops = 0;
    *err = (tp_err){0};
    return TP_OK;
}

static tp_code
wait_and_try(slot *s, const tp_http_answer *a, tp_err *err)
{
    const int64_t ms = a->retry_after_s >= 0 ? a->retry_after_s * 1000 : WAIT_MS;

    s->pull->stats.waits++;
    if (a->retry_after_s > WAIT_MAX_S) {
        TP_RETURN_ERR(err, TP_E_NET, "status %d asks to wait %" PRId64 " s: run again after that",
                      a->status, a->retry_after_s);
    }
    const tp_code rc = tp_err_set(err, TP_E_NET, __func__, __LINE__,
                                  "status %d asks to wait, again and again: run again later", a->status);
    const int64_t until = tp_clock_mono_ms() + ms;
    s->pull->quiet_ms = until > s->pull->quiet_ms ? until : s->pull->quiet_ms;
    return try_again(s, rc, ms, err);
}

static tp_code
renew_and_try(slot *s, const tp_http_answer *a, tp_err *err)
{
    pull *p = s->pull;
    if (s->renewed) {
        TP_RETURN_ERR(err, TP_E_CONFIG,
                      "status %d: refused again with a new token; check the secrets of connect.auth",
                      a->status);
    }
    const uint32_t before = tp_tokens_generation(p->tokens);
    TP_RETURN_IF_ERR(err, tp_tokens_renew(p->tokens, s->generation, err), "status %d, log in again",
                     a->status);
    p->stats.renewals += tp_tokens_generation(p->tokens) != before;
    s->renewed = true;
    s->redirected = false;
    s->hops = 0;
    s->state = SLOT_DUE;
    s->due_ms = 0;
    return TP_OK;
}

static tp_code
follow(slot *s, const tp_http_answer *a, tp_err *err)
{
    if (++s->hops > REDIRECTS) {
        TP_RETURN_ERR(err, TP_E_SCHEMA, "redirected more than %d times", REDIRECTS);
    }
    if (tp_str_starts(tp_buf_view(&s->url), TP_STR("https:")) &&
        !tp_str_starts(a->location, TP_STR("https:"))) {
        TP_RETURN_ERR(err, TP_E_SCHEMA, "redirected from https to an unprotected address: refused");
    }
    tp_buf_reset(&s->url);
    tp_buf_str(&s->url, a->location);
    tp_buf_reset(&s->kept);
    tp_http_mask(&s->kept, a->location, false);
    s->redirected = true;
    s->state = SLOT_DUE;
    s->due_ms = 0;
    return TP_OK;
}

/* Lands a body: of a stream only its end is missing. page: its number, before paging moved on. */
static tp_code
land(slot *s, const tp_http_answer *a, tp_str body, uint32_t page, bool empty, tp_err *err)
{
    pull *p = s->pull;
    const tp_body meta = {
        .fetch = p->fetch->name,
        .request_key = s->key,
        .page = page,
        .url = tp_buf_view(&s->kept),
        .status = a->status,
        .content_type = a->content_type,
        .etag = a->etag,
        .last_modified = a->last_modified,
        .fetched_at = tp_clock_now_s(),
        .empty = empty,
    };
    if (s->take != STREAM) {
        TP_RETURN_SAME(tp_landing_body_begin(p->landing, err));
        TP_RETURN_SAME(tp_landing_body_put(p->landing, body.p, body.n, err));
    }
    s->take = HOLD;
    TP_RETURN_SAME(tp_landing_body_end(p->landing, &meta, err));
    p->stats.bodies++;
    p->stats.empty += empty;
    p->stats.bytes += a->size;
    return TP_OK;
}

static tp_code
take_page(slot *s, const tp_http_answer *a, tp_str body, tp_err *err)
{
    pull *p = s->pull;
    const uint32_t page = s->paging.page;
    tp_paging_then then = TP_PAGING_DONE;

    if (body.n == 0 && s->take != STREAM) {
        tp_code rc = tp_err_set(err, TP_E_NET, __func__, __LINE__, "status %d with an empty body",
                                a->status);
        return try_again(s, rc, 0, err);
    }
    if (p->envelope.partial) {
        *err = p->envelope.err;
        tp_code rc = tp_err_add(err, err->code, __func__, __LINE__, "read the page's envelope");
        return try_again(s, rc, 0, err);
    }
    const tp_code rc = tp_paging_take(&s->paging, &p->envelope, body, tp_buf_view(&s->url),
                                      a->next_link, &then, err);
    if (rc != TP_OK) {
        s->paging.page = page;
        return rc;
    }
    if (then != TP_PAGING_REPEAT) {
        TP_RETURN_SAME(land(s, a, body, page, false, err));
    }
    if (then == TP_PAGING_MORE) {
        begin_request(s);
    } else {
        end_slot(s);
    }
    return TP_OK;
}

static tp_code
act(slot *s, const tp_http_answer *a, tp_outcome_then then, tp_str body, tp_err *err)
{
    tp_code rc;
    switch (then) {
    case TP_THEN_OK:
        return take_page(s, a, body, err);
    case TP_THEN_EMPTY:
        TP_RETURN_SAME(land(s, a, body, s->paging.page, true, err));
        end_slot(s);
        return TP_OK;
    case TP_THEN_RENEW_TOKEN:
        return renew_and_try(s, a, err);
    case TP_THEN_RETRY:
        rc = tp_err_set(err, TP_E_NET, __func__, __LINE__,
                        "status %d and no data, every time: run again later", a->status);
        return try_again(s, rc, a->retry_after_s > 0 && a->retry_after_s <= WAIT_MAX_S
                                    ? a->retry_after_s * 1000 : 0, err);
    case TP_THEN_WAIT:
        return wait_and_try(s, a, err);
    case TP_THEN_SKIP_KEY:
        s->pull->stats.skipped++;
        end_slot(s);
        return TP_OK;
    case TP_THEN_BLOCKED:
        TP_RETURN_ERR(err, TP_E_NET, "status %d: the source does not let us in; ask the agency",
                      a->status);
    default:
        TP_RETURN_ERR(err, TP_E_SCHEMA, "status %d is not an answer we know; see fetch.path and outcome",
                      a->status);
    }
}

static tp_code
take_answer(slot *s, const tp_http_answer *a, tp_err *err)
{
    pull *p = s->pull;
    const bool file = p->fetch->page.kind == TP_PAGE_FILE;
    const tp_str body = file ? tp_buf_view(&s->held) : a->body;

    if (a->code != TP_OK) {
        *err = a->err;
        tp_landing_body_drop(p->landing);
        s->take = HOLD;
        return a->retry ? try_again(s, a->code, 0, err) : a->code;
    }
    if (is_redirect(a)) {
        return follow(s, a, err);
    }
    tp_envelope_clear(&p->envelope);
    if (s->take == STREAM) {
        return take_page(s, a, body, err);
    }
    TP_RETURN_SAME(tp_envelope_read(p->fetch, body, &p->envelope, err));
    const tp_outcome_then then = judge(s, a, body, &p->envelope);
    if (then == TP_THEN_OK && body.n < a->size) {
        TP_RETURN_ERR(err, TP_E_SCHEMA, "a file that its first bytes do not tell from an error: see outcome");
    }
    return act(s, a, then, body, err);
}

/* ---- one fetch ---- */

static void
show_progress(pull *p, bool last)
{
    const int64_t now = tp_clock_mono_ms();
    if (last || now - p->shown_ms >= PROGRESS_MS) {
        p->shown_ms = now;
        tp_progress(p->ctx, p->done, p->total);
    }
}

/* Starts what may start now. Gives the milliseconds until something else may. */
static tp_code
start_due(pull *p, int64_t *out_wait_ms, tp_err *err)
{
    const int64_t now = tp_clock_mono_ms();
    int64_t wait = LOOK_MS;

    for (size_t i = 0; i < p->n_slots; i++) {
        slot *s = &p->slot[i];
        if (s->state == SLOT_IDLE && p->next_key < p->n_keys) {
            s->key = p->key != NULL ? p->key[p->next_key] : TP_STR_NONE;
            p->next_key++;
            tp_paging_begin(&s->paging, p->fetch);
            begin_request(s);
        }
        if (s->state != SLOT_DUE) {
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
is_busy(const pull *p)
{
    for (size_t i = 0; i < p->n_slots; i++) {
        if (p->slot[i].state != SLOT_IDLE) {
            return true;
        }
    }
    return p->next_key < p->n_keys;
}

static tp_code
take_answers(pull *p, int64_t wait_ms, tp_err *err)
{
    tp_http_answer *a = NULL;
    do {
        TP_RETURN_SAME(tp_http_wait(p->http, (int)wait_ms, &a, err));
        if (a != NULL) {
            slot *s = a->tag;
            const tp_code rc = take_answer(s, a, err);
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
run_fetch(pull *p, tp_err *err)
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
begin_fetch(pull *p, const tp_fetch *fetch, tp_pull_keys keys, void *user, tp_arena *arena, tp_err *err)
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
                 : parallel < PARALLEL_MAX        ? (size_t)parallel
                                                  : PARALLEL_MAX;
    p->total += p->n_keys;
    return TP_OK;
}

static tp_code
open_client(pull *p, tp_err *err)
{
    const tp_source *s = p->source;
    TP_AUTO_BUF(base);
    tp_http_options options = {.connect_s = s->connect_s, .idle_s = s->idle_s, .total_s = s->total_s,
                               .parallel = s->parallel, .ca_file = s->ca_file};

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
run_all(pull *p, tp_pull_keys keys, void *user, tp_err *err)
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
close_pull(pull *p)
{
    tp_http_close(p->http); /* first: what is under way must not reach the slots any more */
    tp_tokens_close(p->tokens);
    tp_landing_abort(p->landing);
    for (size_t i = 0; i < PARALLEL_MAX; i++) {
        slot *s = &p->slot[i];
        tp_paging_clear(&s->paging);
        if (s->url.p != NULL) {
            explicit_bzero(s->url.p, s->url.cap);
        }
        tp_buf_clear(&s->url);
        tp_buf_clear(&s->kept);
        tp_buf_clear(&s->held);
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
    pull *p = calloc(1, sizeof *p);

    if (p == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "memory for pulling a source");
    }
    p->source = source;
    p->ctx = ctx;
    for (size_t i = 0; i < PARALLEL_MAX; i++) {
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
