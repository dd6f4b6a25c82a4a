/* What follows an answer: land it, turn the page, log in again, wait, try again, or stop? */
#include <inttypes.h>

#include "etl/stage/pull_parts.h"
#include "talent/base/hash.h"
#include "talent/etl/clock.h"

enum {
    ATTEMPTS = 4,
    REDIRECTS = 5,
    HEAD_BYTES = 4096,    /* of a file, held back until it is judged */
    HELD_BYTES = 1 << 20, /* of a file that is not what was asked for */
    PAUSE_MS = 250,       /* before the second attempt */
    PAUSE_MAX_S = 60,
    WAIT_MS = 30000 /* when the source asks to wait and does not say how long */
};

int
tp_pull_attempts(const tp_pull *p)
{
    return p->source->attempts > 0 ? p->source->attempts : ATTEMPTS;
}

static tp_outcome_then
judge(const tp_pull_slot *s, const tp_http_answer *a, tp_str body, const tp_envelope *envelope)
{
    const tp_seen seen = {
        .status = a->status, .type = a->content_type, .head = body, .envelope = envelope};
    return tp_outcome_judge(s->pull->fetch, &seen);
}

static bool
is_redirect(const tp_http_answer *a)
{
    return a->location.n > 0 && (a->status == 301 || a->status == 302 || a->status == 303 ||
                                 a->status == 307 || a->status == 308);
}

/* Bytes of a judged file: to the landing, and past the check when they are gzip. */
static tp_code
stream_bytes(tp_pull_slot *s, const void *bytes, size_t n, tp_err *err)
{
    const tp_pull *p = s->pull;
    const uint64_t most = p->fetch->shape.limit.body_bytes;
    s->have += n;
    if (most > 0 && s->have > most) {
        TP_RETURN_ERR(err, TP_E_RANGE,
                      "the body is larger than %llu bytes; see connect.limits.body_mb",
                      (unsigned long long)most);
    }
    if (s->part_to > 0 && s->have > s->part_to) {
        tp_buf_reset(&s->validator); /* who counts wrong may begin wrong: it begins anew */
        TP_RETURN_ERR(err, TP_E_NET, "a part of a file is longer than its Content-Range says");
    }
    if (s->gzip != NULL) {
        const tp_code rc = tp_pull_gzip_put(s->gzip, &p->fetch->shape.limit, bytes, n, err);
        if (rc != TP_OK) {
            tp_buf_reset(&s->validator); /* damaged, not broken off: it begins anew */
            return rc;
        }
    }
    return tp_landing_body_put(p->landing, bytes, n, err);
}

static tp_code
begin_stream(tp_pull_slot *s, const tp_http_answer *head, tp_err *err)
{
    const tp_pull *p = s->pull;
    tp_resume_note(s, head);
    if (p->fetch->gzip_file && tp_pull_is_gzip(tp_buf_view(&s->held))) {
        TP_RETURN_SAME(tp_pull_gzip_open(&s->gzip, err));
    }
    TP_RETURN_SAME(tp_pull_landing(s->pull, err));
    TP_RETURN_SAME(tp_landing_body_begin(p->landing, err));
    s->take = TP_TAKE_STREAM;
    return stream_bytes(s, s->held.p, s->held.n, err);
}

void
tp_pull_drop(tp_pull_slot *slot)
{
    if (slot->take == TP_TAKE_STREAM) {
        tp_landing_body_drop(slot->pull->landing);
    }
    tp_pull_gzip_close(slot->gzip);
    slot->gzip = NULL;
    slot->take = TP_TAKE_HOLD;
    slot->resuming = false;
    slot->part_to = 0;
    slot->have = 0;
}

/* A file's first bytes are held back until they are judged; then it goes straight to the landing.
 */
tp_code
tp_pull_bytes(void *tag, const tp_http_answer *head, const void *bytes, size_t n, tp_err *err)
{
    tp_pull_slot *s = tag;

    if (s->resuming) {
        if (head->status == 206) {
            TP_RETURN_SAME(tp_resume_check(s, head, err));
        } else if (head->status == 200) {
            tp_pull_drop(s); /* another file than before: this is the whole of it */
        } else {
            return TP_OK; /* an error's own page */
        }
    }
    if (s->take == TP_TAKE_STREAM) {
        return stream_bytes(s, bytes, n, err);
    }
    if (head->status == 206) {
        return TP_OK; /* not asked for: its end says so */
    }
    if (s->take == TP_TAKE_COLLECT) {
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
        s->take = TP_TAKE_COLLECT;
        return TP_OK;
    }
    return begin_stream(s, head, err);
}

void
tp_pull_begin(tp_pull_slot *s)
{
    s->state = TP_SLOT_DUE;
    s->due_ms = 0;
    s->tries = 0;
    s->furthest = 0;
    s->hops = 0;
    s->renewed = false;
    s->redirected = false;
}

static void
end_slot(tp_pull_slot *s)
{
    s->state = TP_SLOT_IDLE;
    s->pull->done++;
}

/* Pauses grow four times each, with up to 30 % of jitter either way; the same request waits the
 * same every night. */
static int64_t
pause_ms(const tp_pull_slot *s)
{
    const tp_source *source = s->pull->source;
    const int64_t most =
        1000 * (int64_t)(source->backoff_max_s > 0 ? source->backoff_max_s : PAUSE_MAX_S);
    const int i = s->tries - 1 < 15 ? s->tries - 1 : 15;
    int64_t base = (int64_t)(source->backoff_ms > 0 ? source->backoff_ms : PAUSE_MS) << (2 * i);
    base = base < most ? base : most;
    uint64_t seed = tp_hash_str(s->paging.page, source->id);
    seed = tp_hash_str(seed, s->pull->fetch->name);
    seed = tp_hash_mix(tp_hash_str(seed, s->key) + (uint64_t)i);
    return base * (700 + (int64_t)(seed % 601)) / 1000;
}

/* Sends the request again later, or fails with what err says once the attempts are used up. */
static tp_code
ask_again(tp_pull_slot *s, tp_code rc, int64_t at_least_ms, tp_err *err)
{
    if (s->tries + 1 >= tp_pull_attempts(s->pull)) {
        return rc;
    }
    s->tries++;
    s->pull->stats.retries++;
    const int64_t pause = pause_ms(s);
    s->due_ms = tp_clock_mono_ms() + (pause > at_least_ms ? pause : at_least_ms);
    s->state = TP_SLOT_DUE;
    s->redirected = false;
    s->hops = 0;
    *err = (tp_err){0};
    return TP_OK;
}

/* The same after a failure that speaks ill of the source as a whole. */
static tp_code
try_again(tp_pull_slot *s, tp_code rc, int64_t at_least_ms, tp_err *err)
{
    TP_RETURN_SAME(tp_breaker_bad(s->pull, rc, err));
    return ask_again(s, rc, at_least_ms, err);
}

static tp_code
wait_and_try(tp_pull_slot *s, const tp_http_answer *a, tp_err *err)
{
    s->pull->stats.waits++;
    const int64_t ms = tp_http_wait_ms(a->retry_after_s, WAIT_MS);
    if (ms < 0) {
        TP_RETURN_ERR(err, TP_E_NET, "status %d asks to wait %" PRId64 " s: run again after that",
                      a->status, a->retry_after_s);
    }
    const tp_code rc =
        tp_err_set(err, TP_E_NET, __func__, __LINE__,
                   "status %d asks to wait, again and again: run again later", a->status);
    const int64_t until = tp_clock_mono_ms() + ms;
    s->pull->quiet_ms = until > s->pull->quiet_ms ? until : s->pull->quiet_ms;
    return ask_again(s, rc, ms, err);
}

static tp_code
renew_and_try(tp_pull_slot *s, const tp_http_answer *a, tp_err *err)
{
    tp_pull *p = s->pull;
    if (s->renewed) {
        TP_RETURN_ERR(
            err, TP_E_CONFIG,
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
    s->state = TP_SLOT_DUE;
    s->due_ms = 0;
    return TP_OK;
}

static tp_code
follow(tp_pull_slot *s, const tp_http_answer *a, tp_err *err)
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
    tp_http_mask_given(&s->kept, a->location);
    tp_tokens_scrub(s->pull->tokens, &s->kept);
    s->redirected = true;
    s->state = TP_SLOT_DUE;
    s->due_ms = 0;
    return TP_OK;
}

/* Lands a body: of a stream only its end is missing. page: its number, before paging moved on. */
static tp_code
land_bytes(tp_pull_slot *s, const tp_http_answer *a, tp_str body, uint32_t page, bool empty,
           tp_err *err)
{
    tp_pull *p = s->pull;
    const tp_body meta = {
        .fetch = p->fetch->name,
        .request_key = s->key,
        .page = s->first_page + page,
        .night = p->order.night,
        .part = p->part,
        .url = tp_buf_view(&s->kept),
        .status = a->status == 206 ? 200 : a->status, /* a part that makes it whole */
        .content_type = a->content_type,
        .etag = a->etag,
        .last_modified = a->last_modified,
        .fetched_at = tp_clock_now_s(),
        .empty = empty,
    };
    if (s->take != TP_TAKE_STREAM) {
        TP_RETURN_SAME(tp_pull_landing(p, err));
        TP_RETURN_SAME(tp_landing_body_begin(p->landing, err));
        TP_RETURN_SAME(tp_landing_body_put(p->landing, body.p, body.n, err));
    }
    s->take = TP_TAKE_HOLD;
    TP_RETURN_SAME(tp_landing_body_end(p->landing, &meta, err));
    return tp_refresh_note(p, p->fetch->name, s->key, tp_landing_last_sha256(p->landing), err);
}

static tp_code
land(tp_pull_slot *s, const tp_http_answer *a, tp_str body, uint32_t page, bool empty, tp_err *err)
{
    tp_pull *p = s->pull;
    const uint64_t size = s->take == TP_TAKE_STREAM ? s->have : a->size;
    tp_breaker_good(p);
    TP_RETURN_SAME(land_bytes(s, a, body, page, empty, err));
    p->stats.bodies++;
    p->stats.empty += empty;
    p->stats.bytes += size;
    return tp_round_landed(p, err);
}

static tp_code
drop_and_try(tp_pull_slot *s, tp_code rc, tp_err *err)
{
    tp_pull_drop(s);
    return rc == TP_E_NET ? try_again(s, rc, 0, err) : rc;
}

static void
next_page(tp_pull_slot *s, tp_paging_then then)
{
    if (then == TP_PAGING_MORE) {
        tp_pull_begin(s);
    } else {
        end_slot(s);
    }
}

/* The body is the one of the night before: it is taken over, and tells which page comes next. */
static tp_code
take_unchanged(tp_pull_slot *s, const tp_http_answer *a, tp_err *err)
{
    tp_pull *p = s->pull;
    const tp_page_kind kind = p->fetch->page.kind;
    tp_paging_then then = TP_PAGING_DONE;
    TP_AUTO_BUF(body);

    tp_breaker_good(p);
    p->stats.unchanged++;
    p->stats.carried++;
    tp_buf_put(&p->rest->carried, &s->base_body, sizeof s->base_body);
    if (p->rest->carried.failed) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "a list of bodies to be taken over");
    }
    if (kind != TP_PAGE_NONE && kind != TP_PAGE_FILE) {
        TP_RETURN_SAME(tp_base_read(p, s->base_body, &body, err));
        TP_RETURN_SAME(tp_envelope_read(p->fetch, tp_buf_view(&body), &p->puller->envelope, err));
        TP_RETURN_SAME(tp_paging_take(&s->paging, &p->puller->envelope, tp_buf_view(&body),
                                      tp_buf_view(&s->url), a->next_link, &then, err));
    }
    next_page(s, then);
    return TP_OK;
}

static tp_code
take_page(tp_pull_slot *s, const tp_http_answer *a, tp_str body, tp_err *err)
{
    tp_pull *p = s->pull;
    const uint32_t page = s->paging.page;
    tp_paging_then then = TP_PAGING_DONE;

    if (body.n == 0 && s->take != TP_TAKE_STREAM) {
        tp_code rc = tp_err_set(err, TP_E_NET, __func__, __LINE__, "status %d with an empty body",
                                a->status);
        return try_again(s, rc, 0, err);
    }
    /* A file put together of parts has as many bytes as were announced. */
    if (a->status != 206 && tp_pull_whole(p->fetch, a, body, err) != TP_OK) {
        return drop_and_try(s, TP_E_NET, err);
    }
    if (p->puller->envelope.partial) {
        *err = p->puller->envelope.err;
        tp_code rc = tp_err_add(err, err->code, __func__, __LINE__, "read the page's envelope");
        return try_again(s, rc, 0, err);
    }
    const tp_code rc = tp_paging_take(&s->paging, &p->puller->envelope, body, tp_buf_view(&s->url),
                                      a->next_link, &then, err);
    if (rc != TP_OK) {
        s->paging.page = page;
        return rc;
    }
    tp_base_note(p, a);
    if (then != TP_PAGING_REPEAT) {
        TP_RETURN_SAME(land(s, a, body, page, false, err));
    }
    next_page(s, then);
    return TP_OK;
}

static tp_code
end_stream(tp_pull_slot *s, const tp_http_answer *a, tp_err *err)
{
    const tp_code rc = s->gzip != NULL ? tp_pull_gzip_end(s->gzip, err) : TP_OK;
    if (rc != TP_OK) {
        return drop_and_try(s, rc, err);
    }
    tp_pull_gzip_close(s->gzip);
    s->gzip = NULL;
    return take_page(s, a, tp_buf_view(&s->held), err);
}

/* A key that the source has nothing of. Where keys are asked in turn, it is noted when this one was
 * asked: without a note it would stay the most urgent of all, every night. */
static tp_code
skip_key(tp_pull_slot *s, const tp_http_answer *a, tp_err *err)
{
    tp_pull *p = s->pull;
    p->stats.skipped++;
    tp_breaker_good(p);
    if (p->fetch->refresh.days > 0) {
        TP_RETURN_SAME(land_bytes(s, a, TP_STR(""), s->paging.page, true, err));
        TP_RETURN_SAME(tp_round_landed(p, err));
    }
    end_slot(s);
    return TP_OK;
}

static tp_code
act(tp_pull_slot *s, const tp_http_answer *a, tp_outcome_then then, tp_str body, tp_err *err)
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
        return try_again(s, rc, tp_http_wait_ms(a->retry_after_s, 0), err);
    case TP_THEN_WAIT:
        return wait_and_try(s, a, err);
    case TP_THEN_SKIP_KEY:
        return skip_key(s, a, err);
    case TP_THEN_BLOCKED:
        TP_RETURN_ERR(err, TP_E_NET, "status %d: the source does not let us in; ask the agency",
                      a->status);
    default:
        TP_RETURN_ERR(err, TP_E_SCHEMA,
                      "status %d is not an answer we know; see fetch.path and outcome", a->status);
    }
}

/* The rest of a broken file was asked for, and something else came. */
static tp_code
end_resume(tp_pull_slot *s, const tp_http_answer *a, tp_err *err)
{
    const tp_outcome_then then = judge(s, a, TP_STR(""), NULL);
    if (then == TP_THEN_RETRY || then == TP_THEN_WAIT || then == TP_THEN_RENEW_TOKEN) {
        return act(s, a, then, TP_STR(""), err);
    }
    tp_code rc = tp_err_set(err, TP_E_NET, __func__, __LINE__,
                            "status %d instead of the rest of a file that broke", a->status);
    return drop_and_try(s, rc, err);
}

tp_code
tp_pull_answer(tp_pull_slot *s, const tp_http_answer *a, tp_err *err)
{
    tp_pull *p = s->pull;
    const bool file = p->fetch->page.kind == TP_PAGE_FILE;
    const tp_str body = file ? tp_buf_view(&s->held) : a->body;

    if (a->code != TP_OK) {
        *err = a->err;
        if (a->retry && s->take == TP_TAKE_STREAM && s->validator.n > 0) {
            tp_resume_broke(s);
        } else {
            tp_pull_drop(s);
        }
        return a->retry ? try_again(s, a->code, 0, err) : a->code;
    }
    if (is_redirect(a)) {
        return follow(s, a, err);
    }
    if (a->status == 304 && s->base_body != SIZE_MAX) {
        tp_pull_drop(s);
        return take_unchanged(s, a, err);
    }
    if (a->status == 410 && s->changes) {
        tp_pull_drop(s);
        s->state = TP_SLOT_IDLE;
        tp_base_restart(p);
        return TP_OK;
    }
    tp_envelope_clear(&p->puller->envelope);
    if (s->resuming) {
        return end_resume(s, a, err);
    }
    if (s->take == TP_TAKE_STREAM) {
        return tp_resume_more(s) ? TP_OK : end_stream(s, a, err);
    }
    if (a->status == 206) {
        TP_RETURN_ERR(err, TP_E_SCHEMA,
                      "status 206: a part of a body, and all of it was asked for");
    }
    TP_RETURN_SAME(tp_envelope_read(p->fetch, body, &p->puller->envelope, err));
    const tp_outcome_then then = judge(s, a, body, &p->puller->envelope);
    if (then == TP_THEN_OK && body.n < a->size) {
        TP_RETURN_ERR(err, TP_E_SCHEMA,
                      "a file that its first bytes do not tell from an error: see outcome");
    }
    if (then == TP_THEN_OK && file && body.n > 0 && !p->puller->envelope.partial) {
        const tp_code rc = begin_stream(s, a, err); /* smaller than what is held back */
        return rc == TP_OK ? end_stream(s, a, err) : drop_and_try(s, rc, err);
    }
    return act(s, a, then, body, err);
}
