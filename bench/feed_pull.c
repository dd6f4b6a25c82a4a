/* How does a body on the wire become a reader, with little of it in memory? */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "bench/feeds.h"
#include "talent/etl/http.h"

enum { BLOCK = 512 << 10, BLOCKS = 8 };

struct bench_pull {
    tp_reader base;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t moved;
    char *block[BLOCKS];
    size_t n[BLOCKS];
    size_t head; /* blocks filled so far */
    size_t tail; /* blocks emptied so far */
    size_t at;   /* in the block being read */
    size_t fill; /* of the block being filled */
    bool ended;
    bool dropped; /* nobody reads any more */
    tp_code rc;
    tp_err err;
    uint64_t bytes;
    char *url;
};

/* Hands the block being filled over and waits for a free one. */
static bool
hand_over(bench_pull *p)
{
    (void)pthread_mutex_lock(&p->lock);
    p->n[p->head % BLOCKS] = p->fill;
    p->head++;
    p->fill = 0;
    (void)pthread_cond_signal(&p->moved);
    while (p->head - p->tail >= BLOCKS && !p->dropped) {
        (void)pthread_cond_wait(&p->moved, &p->lock);
    }
    const bool go_on = !p->dropped;
    (void)pthread_mutex_unlock(&p->lock);
    return go_on;
}

static tp_code
sink(void *tag, const tp_http_answer *head, const void *bytes, size_t n, tp_err *err)
{
    bench_pull *p = tag;
    const char *from = bytes;
    if (head->status != 200) {
        TP_RETURN_ERR(err, TP_E_NET, "status %d", (int)head->status);
    }
    p->bytes += n;
    while (n > 0) {
        const size_t room = BLOCK - p->fill;
        const size_t piece = n < room ? n : room;
        memcpy(p->block[p->head % BLOCKS] + p->fill, from, piece);
        p->fill += piece;
        from += piece;
        n -= piece;
        if (p->fill == BLOCK && !hand_over(p)) {
            TP_RETURN_ERR(err, TP_E_CANCELLED, "the reader has stopped");
        }
    }
    return TP_OK;
}

static tp_code
fetch(bench_pull *p, tp_err *err)
{
    tp_http *http = NULL;
    tp_http_answer *answer = NULL;
    TP_AUTO_BUF(host);
    (void)tp_http_authority(tp_str_of(p->url), &host);
    const tp_http_options options = {
        .total_s = 3600, .idle_s = 600, .n_hosts = 1, .host = {tp_buf_view(&host)}};
    const tp_http_request request = {
        .url = tp_str_of(p->url), .body_limit = UINT64_C(1) << 40, .sink = sink, .tag = p};
    TP_RETURN_SAME(tp_http_open(&options, &http, err));
    tp_code rc = tp_http_start(http, &request, err);
    while (rc == TP_OK && answer == NULL) {
        rc = tp_http_wait(http, 1000, &answer, err);
    }
    if (answer != NULL) {
        rc = answer->code;
        *err = answer->err;
        tp_http_release(http, answer);
    }
    tp_http_close(http);
    return rc;
}

static void *
pull_thread(void *of)
{
    bench_pull *p = of;
    tp_err err = {0};
    const tp_code rc = fetch(p, &err);
    if (rc == TP_OK && p->fill > 0) {
        (void)hand_over(p);
    }
    (void)pthread_mutex_lock(&p->lock);
    p->rc = rc;
    p->err = err;
    p->ended = true;
    (void)pthread_cond_signal(&p->moved);
    (void)pthread_mutex_unlock(&p->lock);
    return NULL;
}

static tp_code
read_block(tp_reader *self, void *buf, size_t cap, size_t *out_n, tp_err *err)
{
    bench_pull *p = (bench_pull *)(void *)self;
    (void)pthread_mutex_lock(&p->lock);
    while (p->head == p->tail && !p->ended) {
        (void)pthread_cond_wait(&p->moved, &p->lock);
    }
    const bool have = p->head != p->tail;
    (void)pthread_mutex_unlock(&p->lock);
    *out_n = 0;
    if (!have) {
        *err = p->err;
        return p->rc;
    }
    const size_t left = p->n[p->tail % BLOCKS] - p->at;
    const size_t n = left < cap ? left : cap;
    memcpy(buf, p->block[p->tail % BLOCKS] + p->at, n);
    p->at += n;
    *out_n = n;
    if (n == left) {
        (void)pthread_mutex_lock(&p->lock);
        p->tail++;
        p->at = 0;
        (void)pthread_cond_signal(&p->moved);
        (void)pthread_mutex_unlock(&p->lock);
    }
    return TP_OK;
}

static void
pull_free(bench_pull *p)
{
    for (int i = 0; i < BLOCKS; i++) {
        free(p->block[i]);
    }
    free(p->url);
    free(p);
}

tp_code
bench_pull_open(const char *url, bench_pull **out, tp_reader **out_reader, tp_err *err)
{
    bench_pull *p = calloc(1, sizeof *p);
    bool whole = p != NULL && (p->url = strdup(url)) != NULL;
    for (int i = 0; whole && i < BLOCKS; i++) {
        p->block[i] = malloc(BLOCK);
        whole = p->block[i] != NULL;
    }
    if (!whole) {
        if (p != NULL) {
            pull_free(p);
        }
        TP_RETURN_ERR(err, TP_E_NOMEM, "a queue of %d bytes", BLOCK * BLOCKS);
    }
    p->base.read = read_block;
    (void)pthread_mutex_init(&p->lock, NULL);
    (void)pthread_cond_init(&p->moved, NULL);
    if (pthread_create(&p->thread, NULL, pull_thread, p) != 0) {
        pull_free(p);
        TP_RETURN_ERR(err, TP_E_NOMEM, "a thread to pull");
    }
    *out = p;
    *out_reader = &p->base;
    return TP_OK;
}

tp_code
bench_pull_close(bench_pull *p, uint64_t *out_bytes, tp_err *err)
{
    (void)pthread_mutex_lock(&p->lock);
    p->dropped = true;
    (void)pthread_cond_signal(&p->moved);
    (void)pthread_mutex_unlock(&p->lock);
    (void)pthread_join(p->thread, NULL);
    const tp_code rc = p->rc;
    *err = p->err;
    *out_bytes = p->bytes;
    (void)pthread_mutex_destroy(&p->lock);
    (void)pthread_cond_destroy(&p->moved);
    pull_free(p);
    return rc;
}
