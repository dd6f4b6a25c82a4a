/* The state of sources being pulled, shared by the loop and by what judges answers. */
#ifndef ETL_STAGE_PULL_PARTS_H
#define ETL_STAGE_PULL_PARTS_H

#include "talent/base/intern.h"
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
    } take;              /* what happens with the bytes of a file */
    bool passed;         /* the answer under way is of no more use */
    bool changes;        /* asks for changes: mark or cursor */
    uint32_t first_page; /* number of its first body */
    size_t base_body;    /* the body it may say is unchanged; SIZE_MAX = none */
    uint64_t have;       /* bytes of a file taken so far */
    tp_buf
        validator; /* strong ETag of a file that the server gives in parts; empty = it does not */
    bool resuming; /* the rest of a file has been asked for */
    bool broke;    /* because the file broke; else a part of it was shorter than asked */
    uint64_t furthest; /* most bytes of the file that have come in one piece or several */
    int64_t total;     /* bytes of the whole file by its first answer; -1 = not said */
    uint64_t part_to;  /* where the part that is coming in ends; 0 = it is no part */
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

/* What of a pull goes into the landing beside the writer's own bodies. */
typedef struct tp_pull_rest {
    tp_pull_order order;
    tp_buf carried; /* size_t: bodies of order.base */
    tp_buf marks;   /* "fetch<tab>what it asks<tab>c or f<tab>mark" a line */
    bool rounds;    /* landed in rounds: the writer is one of them */
    uint32_t n_rounds;
    tp_landing **round; /* [n_rounds] */
} tp_pull_rest;

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
    const tp_str *all_key; /* of the for_each */
    size_t n_all;
    const tp_str *key; /* of those, to be asked for */
    size_t n_keys;
    size_t next_key;
    tp_pull_rest *rest;
    size_t base_from[TP_FETCH_MAX]; /* bodies of each fetch in order.base */
    size_t base_to[TP_FETCH_MAX];
    bool has_marks; /* a fetch asks for changes: bodies have parts */
    uint32_t part;  /* of tonight's bodies */
    tp_str mark;    /* the present fetch goes on from here; empty = everything is asked for */
    tp_buf since;   /* the same with its overlap */
    tp_buf new_mark;
    tp_intern found;   /* "fetch<tab>key" that a killed pull has landed */
    tp_intern changed; /* keys whose answer to a fetch that others look at has changed */
    size_t in_round;   /* bodies in the writer's round */
    uint64_t number;   /* of those added */
    int64_t began_ms;
    int64_t no_room_ms; /* since when it has nothing under way and no room; 0 = it has */
    int64_t waited_ms;  /* so, before that: not held against its deadline */
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
    tp_pull *first; /* active and ended ones; who started a request last stands last */
    tp_pull *last;
    uint64_t added;
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

/* ---- the rest of a file (etl/stage/pull_resume.c) ---- */

/* A file begins: can its rest be asked for should it break, and how long is it? */
void tp_resume_note(tp_pull_slot *slot, const tp_http_answer *head);

/* TP_E_NET: an answer 206 does not go on with the file where it ended. */
tp_code tp_resume_check(tp_pull_slot *slot, const tp_http_answer *head, tp_err *err) TP_MUST_CHECK;

/* A file broke, and its rest is to be asked for: an attempt that brought bytes was none in vain. */
void tp_resume_broke(tp_pull_slot *slot);

/* An answer has ended: asks for the rest of the file if it was a part that leaves one. */
bool tp_resume_more(tp_pull_slot *slot);

/* Judges an answer: lands it, asks for the next page, tries again, or fails. */
tp_code tp_pull_answer(tp_pull_slot *slot, const tp_http_answer *answer, tp_err *err) TP_MUST_CHECK;

/* ---- the night before (etl/stage/pull_base.c) ---- */

/* Finds the fetches in order.base; bodies of tonight get a part if any fetch asks for changes. */
void tp_base_open(tp_pull *pull);

/* Body of (present fetch, key, page) in order.base; SIZE_MAX if there is none. */
size_t tp_base_find(const tp_pull *pull, tp_str key, uint32_t page);

/* The present fetch begins: what does it go on from? */
tp_code tp_base_begin(tp_pull *pull, tp_err *err) TP_MUST_CHECK;

/* A slot begins with a key: {since}, cursor, number of its first body. */
void tp_base_slot(tp_pull_slot *slot);

/* Takes over all bodies of a key from order.base. */
tp_code tp_base_carry(tp_pull *pull, tp_str key, tp_err *err) TP_MUST_CHECK;

/* Looks for the next mark in an answer. */
void tp_base_note(tp_pull *pull, const tp_http_answer *answer);

/* The present fetch is done: takes over what it changes, keeps its mark. */
tp_code tp_base_end(tp_pull *pull, tp_err *err) TP_MUST_CHECK;

/* The source no longer knows the mark: the fetch begins anew, without one. */
void tp_base_restart(tp_pull *pull);

/* Adds If-None-Match and If-Modified-Since if the body asked for is known and young enough. */
void tp_base_condition(tp_pull_slot *slot, tp_signature *signature);

/* Reads a body of order.base into *out. */
tp_code tp_base_read(const tp_pull *pull, size_t body, tp_buf *out, tp_err *err) TP_MUST_CHECK;

/* ---- which keys tonight (etl/stage/pull_refresh.c) ---- */

/* Chooses the keys of the present fetch that are due; the others are taken over. */
tp_code tp_refresh_plan(tp_pull *pull, tp_err *err) TP_MUST_CHECK;

/* Notes whether an answer differs from the one of the night before, if other fetches look at it. */
tp_code tp_refresh_note(tp_pull *pull, tp_str fetch, tp_str key, const uint8_t sha256[32],
                        tp_err *err) TP_MUST_CHECK;

/* May this key fail and wait for another night? Then it is taken over as it was. */
bool tp_refresh_puts_off(tp_pull_slot *slot, tp_code code);

/* ---- rounds (etl/stage/pull_round.c) ---- */

/* Does a pull land in rounds? Opens those that a killed one has left. */
tp_code tp_round_open(tp_pull *pull, tp_err *err) TP_MUST_CHECK;

/* Leaves out of pull->key what rounds hold already. */
tp_code tp_round_skip(tp_pull *pull, tp_err *err) TP_MUST_CHECK;

/* A whole answer of a key has landed: ends the round if it is full. */
tp_code tp_round_landed(tp_pull *pull, tp_err *err) TP_MUST_CHECK;
void tp_round_key(const tp_pull_order *order, uint32_t number, tp_key *out);
void tp_pull_rest_free(tp_pull_rest *rest); /* accepts NULL */

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
