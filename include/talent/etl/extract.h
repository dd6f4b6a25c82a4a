/* Extract: what to ask a source, how to read its answers, and pulling it whole for one night. */
#ifndef TALENT_ETL_EXTRACT_H
#define TALENT_ETL_EXTRACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talent/base/arena.h"
#include "talent/base/buf.h"
#include "talent/base/ctx.h"
#include "talent/base/err.h"
#include "talent/etl/http.h"
#include "talent/etl/landing.h"
#include "talent/etl/source.h"

/* ---- envelopes and outcomes (etl/source/outcome.c) ---- */

/* The values of a body's envelope; zeroed = not read. Clear with tp_envelope_clear. */
typedef struct tp_envelope {
    bool read;    /* the body was well-formed; cells below are its values */
    bool partial; /* the read stopped at a fault or an end that came too early; err says which */
    size_t n;
    tp_str *cell; /* [n] by slot; absent where the body has none */
    tp_err err;
    tp_arena arena;
} tp_envelope;

/* Reads the envelope of a body in memory. A body that is not well-formed is no failure here: `read`
 * stays false and err tells why. Without envelope slots nothing is read.
 * Errors   TP_E_NOMEM */
tp_code tp_envelope_read(const tp_fetch *fetch, tp_str body, tp_envelope *out,
                         tp_err *err) TP_MUST_CHECK;

/* Gives back what it holds; it may be read into again. */
void tp_envelope_clear(tp_envelope *envelope);

/* Value of a slot; absent for slot -1, an unread envelope or a missing value. */
tp_str tp_envelope_get(const tp_envelope *envelope, int slot);

/* What an outcome table looks at. */
typedef struct tp_seen {
    int32_t status;
    tp_str type;                 /* Content-Type */
    tp_str head;                 /* the body, or its first bytes; 4 KiB of it are looked at */
    const tp_envelope *envelope; /* NULL or unread: conditions on values do not hold */
} tp_seen;

/*
 * The first line of the fetch's table that holds; without one: 2xx ok, 304 empty, 401 renew_token,
 * 408 and 5xx retry, 429 wait, anything else fatal. An HTML page that would pass as ok is retry
 * instead: it is a log-in or error page, never data.
 */
tp_outcome_then tp_outcome_judge(const tp_fetch *fetch, const tp_seen *seen);

/* "ok", "empty", ...; static storage. */
const char *tp_outcome_name(tp_outcome_then then);

/* ---- tokens (etl/source/token.c) ---- */

/* The log-ins of one source: secrets, tokens and when they end. In the thread of its loop. */
typedef struct tp_tokens tp_tokens;

/*
 * Reads the secrets the source names. `like`: loop, time-outs and certificates of the client that
 * asks for tokens. changed(user) is called when an answer to a log-in has come.
 * Errors   TP_E_CONFIG a secret is missing; TP_E_NOMEM
 */
tp_code tp_tokens_open(const tp_source *source, const tp_cfg *cfg, const tp_http_options *like,
                       void (*changed)(void *user), void *user, tp_tokens **out,
                       tp_err *err) TP_MUST_CHECK;

/* Clears the secrets from memory and gives everything back; accepts NULL. */
void tp_tokens_close(tp_tokens *tokens);

/*
 * Are all tokens there and good? If not, what has to be asked is asked without waiting: tokens not
 * yet had, and those that end within a minute (within half their life when that is shorter), by
 * their refresh token where one was given. *wake_ms is lowered to when to look again. Of several
 * steps that give one name, a later one stands in for a failed one.
 * Errors   TP_E_CONFIG refused: names the secrets to look at; TP_E_NET no answer
 */
tp_code tp_tokens_ready(tp_tokens *tokens, bool *out_ready, int64_t *wake_ms,
                        tp_err *err) TP_MUST_CHECK;

/* Counts renewals: a request that was refused under an older number only needs to be sent again. */
uint32_t tp_tokens_generation(const tp_tokens *tokens);

/* Makes every token due to be renewed unless that has happened since `seen`. TP_E_CONFIG when none
 * can be renewed. */
tp_code tp_tokens_renew(tp_tokens *tokens, uint32_t seen, tp_err *err) TP_MUST_CHECK;

/* The present token of a name; absent if no step gives it. */
tp_str tp_tokens_get(const tp_tokens *tokens, tp_str name);

/* ---- requests (etl/source/request.c) ---- */

/* What stands in for {token:x}, {key}, {since} and, of the night's date, {night} (2026-03-01),
 * {year}, {year-1} and {month} (03). */
typedef struct tp_fill {
    const tp_tokens *tokens; /* NULL = tokens are written as "***" */
    tp_str key;
    tp_str since;
    int32_t night; /* day */
    bool bare;     /* for a host that gets no log-in (tp_request_trusts) */
} tp_fill;

/* Appends a template with its places filled in, each percent-encoded when escape is set.
 * Errors   TP_E_CONFIG a place is unknown or a token is not given by any step */
tp_code tp_fill_text(tp_buf *out, tp_str text, const tp_fill *fill, bool escape,
                     tp_err *err) TP_MUST_CHECK;

/* ---- paging (etl/source/paging.c) ---- */

/* Where one (fetch, key) stands. Clear with tp_paging_clear; tp_paging_begin accepts a used one. */
typedef struct tp_paging {
    const tp_fetch *fetch;
    uint32_t page;       /* of the request to be made, from 0 */
    int64_t at;          /* page number or offset to ask for */
    tp_buf next;         /* cursor, or address of the next page; empty on the first */
    uint64_t rows;       /* counted so far */
    uint64_t first_rows; /* of the first page */
    bool probing;        /* the first page was short: is there another? */
    bool has_total;
    uint64_t total; /* as last announced */
    uint64_t body;  /* hash of the page before */
    uint64_t loop;  /* a cursor or address seen, kept at pages 1, 2, 4, ...: finds any ring */
    uint32_t loop_at;
} tp_paging;

/* Starts at the first page of a fetch; a used one is taken over. */
void tp_paging_begin(tp_paging *paging, const tp_fetch *fetch);

/* Gives back what it holds. */
void tp_paging_clear(tp_paging *paging);

typedef enum tp_paging_then {
    TP_PAGING_DONE,  /* the page just taken was the last */
    TP_PAGING_MORE,  /* ask again */
    TP_PAGING_REPEAT /* the page is the one before once more: leave it out; there are no others */
} tp_paging_then;

/*
 * Takes a good page and says what follows. url: address of the page. header_link: rel="next" of its
 * headers. Pages end by the announced last page, the announced total, a page that is empty or (with
 * neither announced) shorter than the first, a cursor or link that is absent or empty, "more" that
 * is false. Errors   TP_E_NET    fewer or more rows came than announced TP_E_SCHEMA the same page,
 * cursor or link again; nothing tells where the pages end; a number that is none; a link that is no
 * address TP_E_RANGE  more than max_pages
 */
tp_code tp_paging_take(tp_paging *paging, const tp_envelope *envelope, tp_str body, tp_str url,
                       tp_str header_link, tp_paging_then *out, tp_err *err) TP_MUST_CHECK;

/* Appends the address of the request that stands next (etl/source/request.c). */
tp_code tp_request_url(const tp_source *source, const tp_paging *paging, const tp_fill *fill,
                       tp_buf *out, tp_err *err) TP_MUST_CHECK;

enum { TP_REQUEST_FIELDS = TP_HEADERS_MAX + TP_AUTH_MAX + 4 };

/* The headers and the log-in of a request. */
typedef struct tp_signature {
    size_t n;
    tp_http_field field[TP_REQUEST_FIELDS];
    tp_buf text[TP_REQUEST_FIELDS]; /* values; cleared of secrets by tp_signature_clear */
    tp_str user;                    /* HTTP Basic; absent if not used */
    tp_str password;
} tp_signature;

/* Fills headers from templates and log-in steps, with fill->bare only those that hold neither token
 * nor key; borrowed from tokens and source until cleared. */
tp_code tp_signature_make(const tp_source *source, const tp_tokens *tokens, const tp_fill *fill,
                          tp_signature *out, tp_err *err) TP_MUST_CHECK;

/* Wipes the secrets it holds and empties it. */
void tp_signature_clear(tp_signature *signature);

/* May the log-in go to this address? It may to the host and port of base_url, and to allowed hosts
 * whose entry says so. */
bool tp_request_trusts(const tp_source *source, tp_str url);

/* The secret of log-in step i of a kind that sends it as it is; absent for other kinds. */
tp_str tp_tokens_user(const tp_tokens *tokens, size_t i);

/* The password of log-in step i; absent for kinds that have none. */
tp_str tp_tokens_password(const tp_tokens *tokens, size_t i);

/* Writes "***" over every secret and token that stands in a text, percent-encoded or plain. */
void tp_tokens_scrub(const tp_tokens *tokens, tp_buf *text);

/* ---- the night (etl/stage/puller.c, pull.c, pull_answer.c) ---- */

typedef struct tp_pull_stats {
    uint64_t requests; /* sent, repeats included; token requests are not counted */
    uint64_t retries;
    uint64_t resumed;   /* files that went on where they broke */
    uint64_t renewals;  /* of tokens, because a request was refused */
    uint64_t waits;     /* times the source asked us to wait */
    uint64_t breaks;    /* times the circuit breaker opened */
    uint64_t bodies;    /* landed */
    uint64_t empty;     /* of those, told of no rows */
    uint64_t skipped;   /* keys left out by the outcome table */
    uint64_t unchanged; /* bodies that the source said had not changed */
    uint64_t carried;   /* bodies taken over from the night before, those included */
    uint64_t put_off;   /* keys that were due and wait for another night: budget, failures */
    uint64_t failed;    /* of those, failed */
    uint64_t found;     /* bodies that a killed pull of this night had landed */
    uint64_t restarts;  /* fetches begun anew because the source no longer knew the mark */
    uint64_t bytes;     /* of landed bodies */
} tp_pull_stats;

/* Gives the keys of a for_each, out[n] in the arena. */
typedef tp_code (*tp_pull_keys)(void *user, const tp_fetch *fetch, tp_arena *arena,
                                const tp_str **out, size_t *out_n, tp_err *err);

/* One source to be pulled for one night. Everything is borrowed until its end has been handed out.
 */
typedef struct tp_pull_order {
    const tp_source *source;
    const tp_cfg *cfg;
    const tp_store *store;
    const tp_key *landing_key;
    const uint8_t *secret_key; /* [32] encrypts the landing */
    int32_t night;
    const tp_landing *base; /* what the night before landed; NULL = nothing to go on from */
    size_t round_bodies;    /* of per-key answers that are landed at a time; 0 = 2000 */
    bool anew;              /* rounds that a killed pull of this night has left do not count */
    tp_pull_keys keys;
    void *keys_user;
    void *tag;
} tp_pull_order;

/*
 * How a pull ended. code: TP_E_NET, TP_E_SCHEMA, TP_E_RANGE, TP_E_SYNTAX, TP_E_CONFIG: this source
 * failed, others may go on; the chain names source, fetch, masked address and attempts.
 * TP_E_CANCELLED; TP_E_IO, TP_E_NOMEM: the machine.
 */
typedef struct tp_pull_end {
    void *tag;
    tp_code code;
    tp_err err;
    tp_pull_stats stats;
    int64_t ms;                 /* how long it took */
    tp_landing_writer *landing; /* all that came in; NULL when it failed */
    struct tp_pull_rest *rest;  /* what else goes into the landing */
} tp_pull_end;

/* Lands what came in and what is taken over, whole or not at all; from any thread, while order.base
 * is open. Waits for the disk. */
tp_code tp_pull_commit(tp_pull_end *end, tp_err *err) TP_MUST_CHECK;

/* Gives back what was not committed. */
void tp_pull_forget(tp_pull_end *end);

/* Pulls many sources side by side: one thread, one loop, no call that waits for anything but the
 * loop itself. */
typedef struct tp_puller tp_puller;

/* Errors   TP_E_NOMEM */
tp_code tp_puller_open(const tp_http_loop_options *options, const tp_ctx *ctx, tp_puller **out,
                       tp_err *err) TP_MUST_CHECK;

/* Breaks off what is under way; accepts NULL. */
void tp_puller_close(tp_puller *puller);

/*
 * Begins to pull a source. Its fetches run one after the other, the keys of one fetch `parallel` at
 * a time; the pages of a key follow one another. Bodies of page kind "file" go straight to the
 * landing once their first 4 KiB are judged; others are held in memory up to the body limit.
 * Bodies that the outcome table calls empty are landed too, with tp_body.empty set: parse leaves
 * them out (tp_body_parses). A source that cannot even begin ends with its reason.
 * Errors   TP_E_NOMEM
 */
tp_code tp_puller_add(tp_puller *puller, const tp_pull_order *order, tp_err *err) TP_MUST_CHECK;

/*
 * Goes on for up to timeout_ms, and no longer than until a pull ends: then *out_ended and *out.
 * Once ctx is cancelled all pulls end within a second. Errors   TP_E_NOMEM, TP_E_BUG: the loop is
 * of no more use
 */
tp_code tp_puller_turn(tp_puller *puller, int timeout_ms, bool *out_ended, tp_pull_end *out,
                       tp_err *err) TP_MUST_CHECK;

/* Ends a turn early; from any thread. */
void tp_puller_wake(tp_puller *puller);

/* Where the pulls stand; the slowest is the one that began first. */
typedef struct tp_puller_view {
    size_t active;       /* pulls that have not ended */
    size_t requests;     /* under way */
    const void *slowest; /* tag; NULL when none is active */
    int64_t slowest_ms;
    size_t slowest_done, slowest_total; /* its keys */
} tp_puller_view;

/* What is under way now, for progress lines. */
void tp_puller_look(const tp_puller *puller, tp_puller_view *out);

/* Pulls one source alone and lands it, whole or not at all: a puller with one order. Errors as
 * tp_pull_end. Threads: one caller per landing key. */
tp_code tp_pull_source(const tp_pull_order *order, const tp_ctx *ctx, tp_pull_stats *out,
                       tp_err *err) TP_MUST_CHECK;

#endif
