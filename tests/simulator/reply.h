/* One request to the simulator and its answer, free of any HTTP library: what dialects work with.
 */
#ifndef SIMULATOR_REPLY_H
#define SIMULATOR_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talent/base/buf.h"
#include "talent/base/str.h"

/*
 * A body made piece by piece, so that a file of gigabytes needs the memory of one row.
 * next appends one piece to out and returns true, or appends nothing and returns false at the end.
 * The generator is freed with free(); state that follows it lives in the same allocation.
 */
typedef struct sim_gen {
    bool (*next)(struct sim_gen *gen, tp_buf *out);
} sim_gen;

/* What was asked. Texts are borrowed for the time of the call. */
typedef struct sim_request {
    const char *source_id; /* "siasn", "simpeg-5104": as in config/sources */
    const char *path;      /* after "/<source>": "" or "/pns/data-utama/..." */
    bool post;
    bool trusted;   /* asked by --write: no log-in needed */
    bool certified; /* over TLS, with a client certificate that our authority signed */
    tp_str form;    /* body of a POST */
    const char *(*query)(const void *of, const char *name);  /* NULL when absent */
    const char *(*header)(const void *of, const char *name); /* NULL when absent */
    const void *of;
    /* what a fault asks of the dialect */
    int64_t total_delta; /* added to every announced count */
    bool dup_page;       /* answer the page before the one asked for */
    bool loop;           /* the next page is this one, for ever */
    const char *expire;  /* which token just ended: "gateway", "user", "all"; NULL = none */
} sim_request;

/* "Where in the body" of a byte fault that was not told: the middle, or 64 KiB into a stream. */
#define SIM_AT_MIDDLE UINT64_MAX

/* The answer. body is the whole body unless gen is set. */
typedef struct sim_reply {
    unsigned status;
    const char *type; /* Content-Type; static */
    tp_buf body;
    sim_gen *gen;
    bool gzip;         /* gen is sent through gzip, as a .gz file (no Content-Encoding) */
    bool no_etag;      /* the body is not a function of options and path */
    const char *allow; /* WWW-Authenticate; static or NULL */
    char location[200];
    int retry_after;           /* seconds, 0 = none */
    const char *coding;        /* Content-Encoding; static or NULL */
    const char *mark;          /* X-Sampai: the state this is as of; static or NULL */
    const char *last_modified; /* static or NULL */
    char link[200];            /* Link header; "" = none */
    uint64_t etag_salt;        /* what else the body depends on */
    bool ranges;               /* parts may be asked for */
    /* faults of the transfer, done by the server */
    bool broken;    /* any fault was applied */
    int slow_ms;    /* pause before every chunk of 4 KiB */
    int trickle_ms; /* pause before every byte */
    bool stall, reset, cut;
    bool unbounded; /* no length is announced and no end marked: HTTP/1.0, ended by closing */
    uint64_t at;    /* byte of stall, reset or cut; SIM_AT_MIDDLE */
    bool bad_on;    /* one byte of text is replaced */
    unsigned char bad_byte;
    uint64_t bad_at; /* the first place between two words at or after this byte */
} sim_reply;

/* Value of a query parameter, or fallback when absent, empty or not a number within 0..max. */
uint64_t sim_query_u64(const sim_request *request, const char *name, uint64_t fallback,
                       uint64_t max);

/* Value of a query parameter as text, "" when absent. */
const char *sim_query_text(const sim_request *request, const char *name);

/*
 * Rows [first, last) of page `page` (1 = first) of `size` rows out of total, with the dup_page
 * fault taken into account. A page past the end is empty.
 */
void sim_page(const sim_request *request, uint64_t page, uint64_t size, uint64_t total,
              uint64_t *out_first, uint64_t *out_last);

/* Replaces the body by a short JSON error and sets the status. */
void sim_reply_error(sim_reply *reply, unsigned status, const char *json);

/*
 * Replaces the first blank between a letter and a capital at or after `*at` (counted from the start
 * of bytes) by `byte`: a place that is text in every format. *at loses n when none is found there.
 * Returns whether one was replaced.
 */
bool sim_spoil(char *bytes, size_t n, uint64_t *at, unsigned char byte);

#endif
