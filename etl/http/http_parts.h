/* The parts of the http client: the loop, its transfers, what arrives in them. */
#ifndef ETL_HTTP_PARTS_H
#define ETL_HTTP_PARTS_H

#include <curl/curl.h>

#include "etl/http/decode.h"
#include "talent/base/intern.h"
#include "talent/etl/http.h"

/* One request and the handle that carries it; kept for the next request when it has ended. */
typedef struct tp_transfer {
    tp_http_answer answer; /* first: an answer is its transfer */
    struct tp_transfer *next;
    tp_http_loop *loop;
    tp_http *http; /* whose request it carries; NULL = idle */
    CURL *easy;
    struct curl_slist *headers;
    tp_buf url, form, user, password;
    tp_buf body;
    tp_buf type, etag, modified, link, location, wanted;
    tp_buf wanted_name;
    tp_decode *decode; /* NULL = none */
    uint64_t limit;
    uint32_t ratio;
    uint64_t order; /* number of its start in the loop */
    uint32_t host;  /* in the loop's list */
    tp_http_sink sink;
    tp_http_done done;
    bool headed;  /* head has been read from curl */
    bool running; /* curl has it */
    bool paused;  /* waits until others have given back their memory */
    char reason[CURL_ERROR_SIZE];
} tp_transfer;

struct tp_http_loop {
    CURLM *multi;
    tp_transfer *all;
    size_t running;
    size_t total, per_host;
    uint64_t held, held_most; /* bytes of bodies collected in memory */
    uint64_t started;
    tp_intern hosts;
    size_t *at_host; /* [cap_hosts] running by host */
    size_t cap_hosts;
};

struct tp_http {
    tp_http_loop *loop;
    bool own_loop;
    CURLSH *share; /* cookies and sessions of this client alone */
    size_t running;
    uint32_t home; /* the first host allowed */
    long connect_s, idle_s, total_s;
    bool cookies;
    tp_buf ca_file, cert_file, key_file, key_password;
    size_t n_hosts;
    tp_buf host[TP_HTTP_HOSTS_MAX];
};

/* Clears the bytes before the memory goes back: forms and passwords hold secrets. */
void tp_http_wipe(tp_buf *buf);

/* A transfer at rest, made if there is none; NULL when memory ends. */
tp_transfer *tp_loop_transfer(tp_http_loop *loop);

/* Number of a host in the loop's list; false when memory ends. */
bool tp_loop_host(tp_http_loop *loop, tp_str authority, uint32_t *out);

/* Hands a prepared transfer to curl. */
tp_code tp_loop_add(tp_http_loop *loop, tp_transfer *t, tp_err *err) TP_MUST_CHECK;

/* Takes a transfer from curl, ended or not; its answer stays. */
void tp_loop_remove(tp_transfer *t);

/* Gives its memory back and lets others go on. */
void tp_loop_rest(tp_transfer *t);

/* curl's write function; user = the transfer. */
size_t tp_receive_body(char *bytes, size_t size, size_t count, void *user);

/* The transfer has ended with this code: completes its answer. */
void tp_receive_end(tp_transfer *t, CURLcode code);

#endif
