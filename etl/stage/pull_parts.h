/* The state of one source being pulled, shared by the loop and by what judges answers. */
#ifndef ETL_STAGE_PULL_PARTS_H
#define ETL_STAGE_PULL_PARTS_H

#include "talent/etl/extract.h"

enum { TP_PULL_SLOTS = 64 };

typedef enum tp_slot_state { TP_SLOT_IDLE, TP_SLOT_DUE, TP_SLOT_RUNNING } tp_slot_state;

struct tp_pull;
typedef struct tp_pull_gzip tp_pull_gzip;

/* One chain of requests: the pages of one key. */
typedef struct tp_pull_slot {
    struct tp_pull *pull;
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
    } take; /* what happens with the bytes of a file */
    tp_buf held;
    tp_pull_gzip *gzip; /* of a file that is one; NULL otherwise */
} tp_pull_slot;

typedef struct tp_pull {
    const tp_source *source;
    const tp_fetch *fetch;
    const tp_ctx *ctx;
    tp_http *http;
    tp_tokens *tokens;
    tp_landing_writer *landing;
    tp_pull_stats stats;
    size_t n_slots;
    tp_pull_slot slot[TP_PULL_SLOTS];
    const tp_str *key;
    size_t n_keys;
    size_t next_key;
    int64_t next_us;    /* no request starts before: the rate limit */
    int64_t quiet_ms;   /* no request starts before: the source asked us to wait */
    size_t done, total; /* for progress */
    int64_t shown_ms;
    tp_envelope envelope;
    tp_signature signature;
} tp_pull;

/* Attempts a request has in all. */
int tp_pull_attempts(const tp_pull *pull);

/* The next request of the slot: nothing of the last one counts against it. */
void tp_pull_begin(tp_pull_slot *slot);

/* Takes the bytes of a file as they come in (a tp_http_sink; tag = slot). */
tp_code tp_pull_bytes(void *tag, const tp_http_answer *head, const void *bytes, size_t n,
                      tp_err *err) TP_MUST_CHECK;

/* Judges an answer: lands it, asks for the next page, tries again, or fails. */
tp_code tp_pull_answer(tp_pull_slot *slot, const tp_http_answer *answer, tp_err *err) TP_MUST_CHECK;

/* Checks in passing that a gzip file is whole (etl/stage/pull_gzip.c). */
bool tp_pull_is_gzip(tp_str head);
tp_code tp_pull_gzip_open(tp_pull_gzip **out, tp_err *err) TP_MUST_CHECK;
void tp_pull_gzip_close(tp_pull_gzip *gzip); /* accepts NULL */

/* TP_E_NET: damaged; TP_E_RANGE: unpacks to more than limit->unpacked_bytes. */
tp_code tp_pull_gzip_put(tp_pull_gzip *gzip, const tp_limits *limit, const void *bytes, size_t n,
                         tp_err *err) TP_MUST_CHECK;
tp_code tp_pull_gzip_end(const tp_pull_gzip *gzip, tp_err *err) TP_MUST_CHECK; /* TP_E_NET: cut */

#endif
