/* HTTP: requests in, whole answers out; several at once over kept connections. */
#ifndef TALENT_ETL_HTTP_H
#define TALENT_ETL_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talent/base/buf.h"
#include "talent/base/err.h"
#include "talent/base/str.h"

/* The requests of many clients, side by side in one thread; connections are kept and shared. */
typedef struct tp_http_loop tp_http_loop;

typedef struct tp_http_loop_options {
    int total;           /* requests at once over all clients; 0 = 256 */
    int per_host;        /* of those to one host; 0 = 64 */
    uint64_t held_bytes; /* of bodies collected in memory; past it transfers wait, but one; 0 = 256
                            MiB */
} tp_http_loop_options;

/* Errors   TP_E_NOMEM */
tp_code tp_http_loop_open(const tp_http_loop_options *options, tp_http_loop **out,
                          tp_err *err) TP_MUST_CHECK;

/* Gives the loop back, after its clients; accepts NULL. */
void tp_http_loop_close(tp_http_loop *loop);

/* Waits up to timeout_ms for something to happen and calls `done` of every request that ended.
 * Errors   TP_E_NOMEM, TP_E_BUG: the loop is of no more use */
tp_code tp_http_loop_turn(tp_http_loop *loop, int timeout_ms, tp_err *err) TP_MUST_CHECK;

/* Requests under way, of all clients. */
size_t tp_http_loop_running(const tp_http_loop *loop);

/* Ends a wait of tp_http_loop_turn early; from any thread. */
void tp_http_loop_wake(tp_http_loop *loop);

/* One client: its limits, its sessions and cookies, the hosts it may speak to. In the thread of its
 * loop. */
typedef struct tp_http tp_http;

enum { TP_HTTP_HOSTS_MAX = 12 };

typedef struct tp_http_options {
    tp_http_loop *loop;  /* NULL = one of its own, for tp_http_wait */
    int connect_s;       /* until connected; 0 = 10 */
    int idle_s;          /* without a single byte; 0 = 30 */
    int total_s;         /* of one request; 0 = 600 */
    int parallel;        /* of a loop of its own: requests at once; 0 = 4 */
    bool cookies;        /* keep what the servers set, until the client is closed */
    tp_str ca_file;      /* certificates to trust; absent = the system's */
    tp_str cert_file;    /* the client's own certificate, PEM; absent = none */
    tp_str key_file;     /* its key, PEM; absent = in cert_file */
    tp_str key_password; /* opens the key; copied, and cleared when the client is closed */
    size_t n_hosts;
    tp_str
        host[TP_HTTP_HOSTS_MAX]; /* "host:port", or "host" for port 443; all others are refused */
} tp_http_options;

typedef struct tp_http_field {
    tp_str name;
    tp_str value;
} tp_http_field;

/* Which bytes of a body an answer 206 holds; first -1 = not said, or not as RFC 9110 writes it. */
typedef struct tp_http_range {
    int64_t first, last;
    int64_t total; /* of the whole body; -1 = not said */
} tp_http_range;

/* What came back. Texts are free of control characters and live until tp_http_release. */
typedef struct tp_http_answer {
    void *tag;
    tp_code code; /* TP_OK: an answer came whole, whatever its status; else err says why not */
    bool retry;   /* code != TP_OK: another try may help */
    tp_err err;
    int32_t status;
    tp_str content_type;
    tp_str etag;
    tp_str last_modified;
    tp_str next_link;      /* target of the Link header with rel="next"; absent if none */
    tp_str location;       /* absolute target of a redirect, not followed; absent if none */
    tp_str wanted;         /* the header that was asked for; absent if none came */
    int64_t retry_after_s; /* -1 = not said */
    int64_t length;        /* announced, with the content coding; -1 = not said */
    tp_http_range range;   /* of an answer 206 */
    bool ranges;           /* the server gives parts of this body */
    bool packed;           /* it came with a content coding, undone here */
    uint64_t size;         /* bytes of the body so far, transfer and content coding undone */
    uint64_t received;     /* the same with the content coding */
    bool framed;           /* the server told where the body ends: a length, chunks, HTTP/2 */
    char tail[2];          /* the last two bytes of the body so far; 0 where there are none */
    tp_str body;           /* collected bytes; empty when a sink took them */
} tp_http_answer;

/* Takes body bytes as they arrive; `head` holds status and headers. A failure ends the transfer and
 * becomes its answer's code and err; another try may help if it is TP_E_NET. */
typedef tp_code (*tp_http_sink)(void *tag, const tp_http_answer *head, const void *bytes, size_t n,
                                tp_err *err);

/* Takes an answer that has ended; it must be released, now or later. May close its client. */
typedef void (*tp_http_done)(tp_http_answer *answer);

typedef struct tp_http_request {
    tp_str url; /* absolute; http only to loopback */
    size_t n_fields;
    const tp_http_field *field;
    tp_str form; /* present = POST of this application/x-www-form-urlencoded text */
    tp_str user; /* present = HTTP Basic with user and password */
    tp_str password;
    uint64_t body_limit; /* bytes; more end the transfer with TP_E_RANGE; 0 = 64 MiB */
    uint32_t ratio;      /* most bytes that one packed byte may become; 0 = 1000 */
    bool pack;           /* gzip, deflate and zstd are welcome; undone even when not asked for */
    tp_str wanted;       /* name of a header to hand over; absent = none */
    bool bare;           /* to a host that gets no log-in: no certificate, cookie or session */
    tp_http_sink sink;   /* NULL = collect in memory */
    tp_http_done done; /* of tp_http_loop_turn; a client with a loop of its own may leave it out */
    void *tag;         /* given back with the answer */
} tp_http_request;

/*
 * Certificates are always verified, proxies of the environment ignored, redirects reported and not
 * followed, bodies handed over as they were before the server packed them.
 * Where the server offers HTTP/2 over TLS it is used.
 * Errors   TP_E_NOMEM; TP_E_CONFIG a certificate or key file cannot be read
 */
tp_code tp_http_open(const tp_http_options *options, tp_http **out, tp_err *err) TP_MUST_CHECK;

/* Breaks off what is under way. Accepts NULL. */
void tp_http_close(tp_http *http);

/*
 * Starts a request; everything in it is copied. The texts of errors never hold the address: the
 * caller adds a masked one.
 * Errors   TP_E_CONFIG the address is none, speaks another protocol, is plain http to a machine
 * that is not this one, or names a host that is not allowed; a field holds a line end TP_E_NOMEM
 */
tp_code tp_http_start(tp_http *http, const tp_http_request *request, tp_err *err) TP_MUST_CHECK;

/* Requests under way. */
size_t tp_http_running(const tp_http *http);

/* May another request to this address, or to the client's first host where it is absent, start
 * now, by the limits of the loop? */
bool tp_http_room(const tp_http *http, tp_str url);

/* For a client with a loop of its own: waits up to timeout_ms for a request to end; NULL when none
 * did. With nothing under way it just waits. Every answer handed out must be released. */
tp_code tp_http_wait(tp_http *http, int timeout_ms, tp_http_answer **out,
                     tp_err *err) TP_MUST_CHECK;

/* Gives an answer back; accepts NULL. */
void tp_http_release(tp_http *http, tp_http_answer *answer);

/* "host:port" of an address, lower case, port of the scheme filled in; false if it is no address.
 */
bool tp_http_authority(tp_str url, tp_buf *out);

/* Does an allowed host, "host:port" or "host" for port 443, name this authority (of
 * tp_http_authority)? */
bool tp_http_host_is(tp_str allowed, tp_str authority);

/* Resolves a link against the address of the page that holds it; false if it makes no address. */
bool tp_http_join(tp_str base, tp_str link, tp_buf *out);

/* Appends text percent-encoded: everything but letters, digits and "-._~" (etl/http/url.c). */
void tp_http_escape(tp_buf *out, tp_str text);

/*
 * Appends an address fit to be kept: user and password gone, values of parameters whose names speak
 * of secrets replaced by "***". With `digits`, fit for logs and errors too: every run of nine or
 * more digits, which may be an identifier of a person, becomes "#".
 */
void tp_http_mask(tp_buf *out, tp_str url, bool digits);

/* The same for an address that a server gave, a redirect or a link: nobody knows what its
 * parameters mean, so that the value of each becomes "***". */
void tp_http_mask_given(tp_buf *out, tp_str url);

/* Seconds to wait by a Retry-After value: a number, or a date as RFC 9110 writes it. -1 = neither.
 * now: seconds since 1970. */
int64_t tp_http_retry_after(tp_str value, int64_t now);

/* Milliseconds to wait for what an answer's Retry-After asks: unsaid_ms when it asks nothing, -1
 * when it asks for more than 15 minutes, which is another night. */
int64_t tp_http_wait_ms(int64_t retry_after_s, int64_t unsaid_ms);

/* Reads a Content-Range value of one part in bytes. */
tp_http_range tp_http_content_range(tp_str value);

/* Does a body with this Transfer-Encoding tell where it ends? Of all codings chunked alone does. */
bool tp_http_is_chunked(tp_str value);

/* Target of rel="next" in the value of a Link header; absent if there is none. */
tp_str tp_http_link_next(tp_str value);

#endif
