/* How do the requests of many clients go on side by side in one thread, over curl's multi? */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "etl/http/http_parts.h"

enum { TOTAL = 256, PER_HOST = 64, KEEP_BYTES = 64 << 10 };
#define HELD_BYTES (UINT64_C(256) << 20)

static void
init_library(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

tp_code
tp_http_loop_open(const tp_http_loop_options *options, tp_http_loop **out, tp_err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, init_library);
    tp_http_loop *loop = calloc(1, sizeof *loop);
    CURLM *multi = curl_multi_init();
    if (loop == NULL || multi == NULL) {
        free(loop);
        (void)curl_multi_cleanup(multi);
        TP_RETURN_ERR(err, TP_E_NOMEM, "memory for an http client");
    }
    loop->multi = multi;
    loop->total = options->total > 0 ? (size_t)options->total : TOTAL;
    loop->per_host = options->per_host > 0 ? (size_t)options->per_host : PER_HOST;
    loop->held_most = options->held_bytes > 0 ? options->held_bytes : HELD_BYTES;
    (void)curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)loop->total);
    (void)curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
    *out = loop;
    return TP_OK;
}

void
tp_http_wipe(tp_buf *buf)
{
    if (buf->p != NULL) {
        explicit_bzero(buf->p, buf->cap);
    }
    tp_buf_clear(buf);
}

/* What was asked may hold secrets: nothing of it outlives the request. */
static void
forget_request(tp_transfer *t)
{
    for (struct curl_slist *h = t->headers; h != NULL; h = h->next) {
        explicit_bzero(h->data, strlen(h->data));
    }
    curl_slist_free_all(t->headers);
    t->headers = NULL;
    tp_http_wipe(&t->url);
    tp_http_wipe(&t->form);
    tp_http_wipe(&t->user);
    tp_http_wipe(&t->password);
}

static void
free_transfer(tp_transfer *t)
{
    curl_easy_cleanup(t->easy);
    forget_request(t);
    tp_http_wipe(&t->body);
    tp_buf_clear(&t->type);
    tp_buf_clear(&t->etag);
    tp_buf_clear(&t->modified);
    tp_buf_clear(&t->link);
    tp_buf_clear(&t->location);
    tp_buf_clear(&t->wanted);
    tp_buf_clear(&t->wanted_name);
    tp_decode_close(t->decode);
    free(t);
}

void
tp_http_loop_close(tp_http_loop *loop)
{
    if (loop == NULL) {
        return;
    }
    while (loop->all != NULL) {
        tp_transfer *t = loop->all;
        loop->all = t->next;
        tp_loop_remove(t);
        free_transfer(t);
    }
    (void)curl_multi_cleanup(loop->multi);
    tp_intern_clear(&loop->hosts);
    free(loop->at_host);
    free(loop);
}

bool
tp_loop_host(tp_http_loop *loop, tp_str authority, uint32_t *out)
{
    if (!tp_intern_add(&loop->hosts, authority, out)) {
        return false;
    }
    if (*out >= loop->cap_hosts) {
        const size_t cap = loop->cap_hosts == 0 ? 64 : loop->cap_hosts * 2;
        size_t *grown = realloc(loop->at_host, cap * sizeof *grown);
        if (grown == NULL) {
            return false;
        }
        memset(grown + loop->cap_hosts, 0, (cap - loop->cap_hosts) * sizeof *grown);
        loop->at_host = grown;
        loop->cap_hosts = cap;
    }
    return true;
}

tp_transfer *
tp_loop_transfer(tp_http_loop *loop)
{
    for (tp_transfer *t = loop->all; t != NULL; t = t->next) {
        if (t->http == NULL) {
            return t;
        }
    }
    tp_transfer *t = calloc(1, sizeof *t);
    if (t != NULL) {
        t->easy = curl_easy_init();
        if (t->easy == NULL) {
            free(t);
            return NULL;
        }
        t->loop = loop;
        t->next = loop->all;
        loop->all = t;
    }
    return t;
}

tp_code
tp_loop_add(tp_http_loop *loop, tp_transfer *t, tp_err *err)
{
    if (curl_multi_add_handle(loop->multi, t->easy) != CURLM_OK) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "the http client takes no further request");
    }
    t->order = loop->started++;
    t->running = true;
    t->paused = false;
    loop->running++;
    loop->at_host[t->host]++;
    t->http->running++;
    return TP_OK;
}

void
tp_loop_remove(tp_transfer *t)
{
    if (!t->running) {
        return;
    }
    (void)curl_multi_remove_handle(t->loop->multi, t->easy);
    t->running = false;
    t->loop->running--;
    t->loop->at_host[t->host]--;
    t->http->running--;
}

void
tp_loop_rest(tp_transfer *t)
{
    tp_http_loop *loop = t->loop;
    loop->held -= t->body.n;
    t->http = NULL;
    (void)curl_easy_setopt(t->easy, CURLOPT_SHARE, NULL);
    curl_easy_reset(t->easy);
    tp_decode_close(t->decode);
    t->decode = NULL;
    forget_request(t);
    if (t->body.cap > KEEP_BYTES) {
        tp_buf_clear(&t->body);
    } else {
        tp_buf_reset(&t->body);
    }
    for (tp_transfer *other = loop->all; other != NULL; other = other->next) {
        if (other->paused && other->running) {
            other->paused = false;
            (void)curl_easy_pause(other->easy, CURLPAUSE_CONT);
        }
    }
}

bool
tp_http_room(const tp_http *http, tp_str url)
{
    const tp_http_loop *loop = http->loop;
    uint32_t host = http->home;
    TP_AUTO_BUF(authority);
    if (loop->running >= loop->total) {
        return false;
    }
    if (url.n > 0 && (!tp_http_authority(url, &authority) ||
                      !tp_intern_find(&loop->hosts, tp_buf_view(&authority), &host))) {
        return true; /* nothing has gone there yet */
    }
    return loop->at_host[host] < loop->per_host;
}

size_t
tp_http_loop_running(const tp_http_loop *loop)
{
    return loop->running;
}

void
tp_http_loop_wake(tp_http_loop *loop)
{
    (void)curl_multi_wakeup(loop->multi);
}

/* The next transfer that has ended; NULL = none. */
static tp_transfer *
ended(tp_http_loop *loop)
{
    int left = 0;
    const CURLMsg *msg;

    while ((msg = curl_multi_info_read(loop->multi, &left)) != NULL) {
        if (msg->msg != CURLMSG_DONE) {
            continue;
        }
        const CURLcode code = msg->data.result;
        char *private = NULL;
        (void)curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &private);
        tp_transfer *t = (tp_transfer *)(void *)private;
        tp_receive_end(t, code);
        tp_loop_remove(t);
        return t;
    }
    return NULL;
}

static tp_code
perform(tp_http_loop *loop, int timeout_ms, tp_transfer **out, tp_err *err)
{
    int active = 0;
    CURLMcode mc = curl_multi_perform(loop->multi, &active);
    *out = ended(loop);
    if (mc == CURLM_OK && *out == NULL && timeout_ms > 0) {
        mc = curl_multi_poll(loop->multi, NULL, 0, timeout_ms, NULL);
        if (mc == CURLM_OK) {
            mc = curl_multi_perform(loop->multi, &active);
        }
        *out = ended(loop);
    }
    if (mc != CURLM_OK) {
        TP_RETURN_ERR(err, mc == CURLM_OUT_OF_MEMORY ? TP_E_NOMEM : TP_E_BUG,
                      "the http client stopped: %s", curl_multi_strerror(mc));
    }
    return TP_OK;
}

tp_code
tp_http_loop_turn(tp_http_loop *loop, int timeout_ms, tp_err *err)
{
    tp_transfer *t = NULL;
    TP_RETURN_SAME(perform(loop, timeout_ms, &t, err));
    while (t != NULL) {
        t->done(&t->answer);
        t = ended(loop); /* closing a client meanwhile takes its transfers off this list */
    }
    return TP_OK;
}

tp_code
tp_http_wait(tp_http *http, int timeout_ms, tp_http_answer **out, tp_err *err)
{
    tp_transfer *t = NULL;
    TP_RETURN_SAME(perform(http->loop, timeout_ms, &t, err));
    *out = t != NULL ? &t->answer : NULL;
    return TP_OK;
}

void
tp_http_release(tp_http *http, tp_http_answer *answer)
{
    (void)http;
    if (answer != NULL) {
        tp_loop_rest((tp_transfer *)(void *)answer);
    }
}
