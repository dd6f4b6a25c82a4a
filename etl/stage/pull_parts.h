/* The state of sources being pulled, shared by the loop and by what judges answers. */
#ifndef ETL_STAGE_PULL_PARTS_H
#define ETL_STAGE_PULL_PARTS_H

#include "talent/etl/extract.h"

typedef enum tp_slot_state { TP_SLOT_IDLE, TP_SLOT_DUE, TP_SLOT_RUNNING } tp_slot_state;

typedef struct tp_pull tp_pull;
typedef struct tp_pull_gzip tp_pull_gzip;

/* One chain of requests: the pages of one key. */
typedef struct tp_pull_slot {
    tp_pull *pull;
    tp_slot_state state;
    tp_str key;
    tp_paging paging;
    tp_buf url;      /* the address asked for, secrets in it */
    tp_buf kept;     /* the same without secrets: for the landing */
    bool redirected; /* url is where the source sent us */
    int hops;
    int tries;    /* failed ones of this request */
    bool renewed; /* this request has been refused and sent again */
    uint32_t generation;
    int64_t due_ms;
    enum {
        TP_TAKE_HOLD,
        TP_TAKE_STREAM,
        TP_TAKE_COLLECT
    } take;        /* what happens with the bytes of a file */
    uint64_t have; /* bytes of a file taken so far */
    tp_buf
        validator; /* strong ETag of a file that the server gives in parts; empty = it does not */
    bool resuming; /* the file broke: the rest of it has been asked for */
    tp_buf held;
    tp_pull_gzip *gzip; /* of a file that is one; NULL otherwise */
} tp_pull_slot;

/* Stops asking a source that fails again and again; one request then probes it now and then. */
typedef struct tp_breaker {
    int failures; /* in a row */
    int probes;   /* that failed since it opened */
    bool open;
    int64_t until_ms; /* no probe before */
} tp_breaker;

struct tp_pull {
    struct tp_puller *puller;
    tp_pull *next;
    tp_pull_order order;
    const tp_source *source;
    const tp_fetch *fetch;
    size_t at_fetch;
    tp_http *http;
    tp_tokens *tokens;
    tp_landing_writer *landing; /* NULL until something came */
    tp_pull_stats stats;
    size_t n_slots; /* that this fetch uses */
    size_t cap_slots;
    tp_pull_slot *slot; /* [cap_slots] */
    tp_arena key_arena;
    const tp_str *key;
    size_t n_keys;
    size_t next_key;
    int64_t began_ms;
    int64_t wake_ms;    /* nothing can be started before */
    int64_t next_us;    /* no request starts before: the rate limit */
    int64_t quiet_ms;   /* no request starts before: the source asked us to wait */
    size_t done, total; /* for progress */
    tp_breaker breaker;
    bool ended;
    tp_code code;
    tp_err err;
};

struct tp_puller {
    tp_http_loop *loop;
    const tp_ctx *ctx;
    tp_pull *first; /* active and ended ones, in the order they were added */
    tp_pull *last;
    size_t active;
    /* Of the answer being judged, or the request being written. */
    tp_envelope envelope;
    tp_signature signature;
};

/* Opens what a source needs and its first fetch; a source that cannot begin has ended. */
void tp_pull_open(tp_pull *pull);

/* Starts one request if one may start now; else sets wake_ms. */
bool tp_pull_start(tp_pull *pull, int64_t now_ms);

/* Ends the pull: what is under way is broken off; the landing stays if code is TP_OK. */
void tp_pull_finish(tp_pull *pull, tp_code code, const tp_err *why);
void tp_pull_free(tp_pull *pull);

/* Attempts a request has in all. */
int tp_pull_attempts(const tp_pull *pull);

/* The next request of the slot: nothing of the last one counts against it. */
void tp_pull_begin(tp_pull_slot *slot);

/* Takes the bytes of a file as they come in (a tp_http_sink; tag = slot). */
tp_code tp_pull_bytes(void *tag, const tp_http_answer *head, const void *bytes, size_t n,
                      tp_err *err) TP_MUST_CHECK;

/* What came of a file is not what was to come: asked for again, it begins anew. */
void tp_pull_drop(tp_pull_slot *slot);

/* Judges an answer: lands it, asks for the next page, tries again, or fails. */
tp_code tp_pull_answer(tp_pull_slot *slot, const tp_http_answer *answer, tp_err *err) TP_MUST_CHECK;

/* Opens the landing if nothing has come before. */
tp_code tp_pull_landing(tp_pull *pull, tp_err *err) TP_MUST_CHECK;

/* The circuit breaker (etl/stage/pull_breaker.c): an answer was good, or a request failed. */
void tp_breaker_good(tp_pull *pull);
tp_code tp_breaker_bad(tp_pull *pull, tp_code code, tp_err *err) TP_MUST_CHECK;

/* May a request start? If not, when to look again. */
bool tp_breaker_lets(const tp_pull *pull, int64_t now_ms, int64_t *wake_ms);

/* TP_E_NET: nobody can tell whether this body is whole (etl/stage/pull_whole.c). */
tp_code tp_pull_whole(const tp_fetch *fetch, const tp_http_answer *answer, tp_str head,
                      tp_err *err) TP_MUST_CHECK;

/* Checks in passing that a gzip file is whole (etl/stage/pull_gzip.c). */
bool tp_pull_is_gzip(tp_str head);
tp_code tp_pull_gzip_open(tp_pull_gzip **out, tp_err *err) TP_MUST_CHECK;
void tp_pull_gzip_close(tp_pull_gzip *gzip); /* accepts NULL */

/* TP_E_NET: damaged; TP_E_RANGE: unpacks to more than limit->unpacked_bytes. */
tp_code tp_pull_gzip_put(tp_pull_gzip *gzip, const tp_limits *limit, const void *bytes, size_t n,
                         tp_err *err) TP_MUST_CHECK;
tp_code tp_pull_gzip_end(const tp_pull_gzip *gzip, tp_err *err) TP_MUST_CHECK; /* TP_E_NET: cut */

#endif
