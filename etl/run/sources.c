/* How do all sources come in at once, each read as soon as it is there? */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "etl/run/parts.h"
#include "talent/etl/log.h"

enum { TURN_MS = 100, SHOW_MS = 200, TELL_MS = 30000 };

typedef enum phase {
    PHASE_WAITS,  /* for the source that lists its keys */
    PHASE_PULLED, /* being pulled */
    PHASE_READ,   /* waits for a worker, or is being read by one */
    PHASE_DONE
} phase;

/* One source on its way. `at` belongs to the main thread; code, err and work to a worker while the
 * source is read. */
typedef struct lane {
    tp_run_source *source;
    phase at;
    struct lane *next; /* in the queue */
    tp_code code;
    tp_err err;
    tp_source_work work;
} lane;

/* What the main thread and the workers share, under the lock. */
typedef struct yard {
    tp_run *run;
    tp_puller *puller;
    lane *all; /* [n_sources] in the order of run->source */
    size_t left;
    size_t reading;
    bool stop;          /* give out no more work */
    lane *first, *last; /* ready to be read */
    lane *read;         /* have been read */
    pthread_mutex_t lock;
    pthread_cond_t more;
    bool half, whole; /* of the sources have been pulled */
    int64_t shown_ms, told_ms;
    int64_t began_ms, pulled_ms; /* when extract began, when its last pull ended */
} yard;

/* ---- workers ---- */

static void *
work(void *user)
{
    yard *y = user;
    (void)pthread_mutex_lock(&y->lock);
    for (;;) {
        while (y->first == NULL && !y->stop) {
            (void)pthread_cond_wait(&y->more, &y->lock);
        }
        if (y->stop) {
            break;
        }
        lane *l = y->first;
        y->first = l->next;
        y->last = y->first != NULL ? y->last : NULL;
        y->reading++;
        (void)pthread_mutex_unlock(&y->lock);
        l->code = tp_run_read_source(y->run, l->source, &l->work, &l->err);
        (void)pthread_mutex_lock(&y->lock);
        y->reading--;
        l->next = y->read;
        y->read = l;
        tp_puller_wake(y->puller);
    }
    (void)pthread_mutex_unlock(&y->lock);
    return NULL;
}

static void
give_work(yard *y, lane *l)
{
    l->at = PHASE_READ;
    (void)pthread_mutex_lock(&y->lock);
    l->next = NULL;
    if (y->last != NULL) {
        y->last->next = l;
    } else {
        y->first = l;
    }
    y->last = l;
    (void)pthread_cond_signal(&y->more);
    (void)pthread_mutex_unlock(&y->lock);
}

/* ---- the main thread ---- */

static bool
needs(const tp_source *desc, tp_str id)
{
    for (size_t f = 0; f < desc->n_fetch; f++) {
        if (id.n > 0 && (tp_str_eq(desc->fetch[f].each_source, id) ||
                         tp_str_eq(desc->fetch[f].refresh.first_source, id))) {
            return true;
        }
    }
    return false;
}

/* A source that is asked person by person waits for the source that lists the people. */
static bool
may_begin(const yard *y, const lane *l)
{
    for (size_t j = 0; j < y->run->n_sources; j++) {
        const lane *other = &y->all[j];
        if (other != l && other->at != PHASE_DONE &&
            needs(l->source->desc, other->source->desc->id)) {
            return false;
        }
    }
    return true;
}

static tp_code
begin_lane(yard *y, lane *l, tp_err *err)
{
    tp_pull_order order;
    if (!tp_extract_order(y->run, l->source, &order)) {
        give_work(y, l);
        return TP_OK;
    }
    order.tag = l;
    l->at = PHASE_PULLED;
    return tp_puller_add(y->puller, &order, err);
}

static tp_code
begin_lanes(yard *y, tp_err *err)
{
    const size_t n = y->run->n_sources;
    for (size_t k = 0; k < n; k++) {
        lane *l = &y->all[y->run->flags.reverse ? n - 1 - k : k];
        if (l->at == PHASE_WAITS && may_begin(y, l)) {
            TP_RETURN_SAME(begin_lane(y, l, err));
        }
    }
    return TP_OK;
}

static void
add_work(tp_run_result *out, const tp_source_work *w)
{
    for (int s = 0; s < TP_STAGES; s++) {
        out->stage[s].rows_in += w->stage[s].rows_in;
        out->stage[s].rows_out += w->stage[s].rows_out;
        out->stage[s].rejected += w->stage[s].rejected;
        out->stage[s].computed += w->stage[s].computed;
        out->stage[s].ended += w->stage[s].ended;
        out->stage[s].seconds += w->stage[s].seconds;
        out->peak_kib[s] = w->peak_kib[s] > out->peak_kib[s] ? w->peak_kib[s] : out->peak_kib[s];
    }
}

/* Takes what the workers have read. The first source in order whose failure is not its own ends the
 * run. */
static tp_code
take_read(yard *y, tp_run_result *out, bool *out_any, tp_err *err)
{
    tp_code rc = TP_OK;
    const lane *worst = NULL;
    (void)pthread_mutex_lock(&y->lock);
    lane *l = y->read;
    y->read = NULL;
    (void)pthread_mutex_unlock(&y->lock);
    *out_any = l != NULL;
    for (; l != NULL; l = l->next) {
        l->at = PHASE_DONE;
        y->left--;
        add_work(out, &l->work);
        if (l->code != TP_OK && (worst == NULL || l->source < worst->source)) {
            worst = l;
        }
    }
    if (worst != NULL) {
        rc = worst->code;
        *err = worst->err;
    }
    return rc;
}

static void
show(yard *y, bool last)
{
    const int64_t now = tp_clock_mono_ms();
    const bool tell = now - y->told_ms >= TELL_MS;
    if (!tell && !last && now - y->shown_ms < SHOW_MS) {
        return;
    }
    tp_puller_view view;
    char slow[128] = "";
    tp_puller_look(y->puller, &view);
    (void)pthread_mutex_lock(&y->lock);
    const size_t reading = y->reading;
    (void)pthread_mutex_unlock(&y->lock);
    if (view.slowest != NULL) {
        const lane *l = view.slowest;
        (void)snprintf(slow, sizeof slow, " slowest=%.*s %zu of %zu in %lld s",
                       TP_STR_ARG(l->source->desc->id), view.slowest_done, view.slowest_total,
                       (long long)(view.slowest_ms / 1000));
    }
    y->shown_ms = now;
    const size_t n = y->run->n_sources;
    if (tell && !last) {
        y->told_ms = now;
        tp_log(TP_LOG_INFO, "extract", "sources=%zu of %zu pulled=%zu read=%zu%s", n - y->left, n,
               view.active, reading, slow);
    }
    if (isatty(STDERR_FILENO) && tp_log_on(TP_LOG_INFO)) {
        (void)fprintf(stderr, "\r%zu of %zu sources, %zu being pulled, %zu read%s\033[K\r",
                      n - y->left, n, view.active, reading, slow);
    }
}

static size_t
count_phase(const yard *y, phase at)
{
    size_t n = 0;
    for (size_t i = 0; i < y->run->n_sources; i++) {
        n += y->all[i].at == at;
    }
    return n;
}

/* A pull has ended: its source goes to the workers, whatever came of it. */
static void
take_pull(yard *y, tp_pull_end *end)
{
    lane *l = end->tag;
    const size_t n = y->run->n_sources;
    l->source->pull = *end;
    l->source->pulled = true;
    y->pulled_ms = tp_clock_mono_ms();
    give_work(y, l);
    const size_t out = count_phase(y, PHASE_PULLED) + count_phase(y, PHASE_WAITS);
    if (!y->half && 2 * out <= n) {
        y->half = true;
        tp_pause_at("extract", "middle");
    }
    if (!y->whole && out == 0) {
        y->whole = true;
        tp_pause_at("extract", "end");
    }
}

static tp_code
turn(yard *y, tp_run_result *out, tp_err *err)
{
    tp_pull_end end;
    bool ended = false;
    bool any = false;
    TP_RETURN_SAME(tp_puller_turn(y->puller, TURN_MS, &ended, &end, err));
    if (ended) {
        take_pull(y, &end);
    }
    TP_RETURN_SAME(take_read(y, out, &any, err));
    if (tp_cancelled(&y->run->ctx)) {
        TP_RETURN_ERR(err, TP_E_CANCELLED, "cancelled with %zu sources to go", y->left);
    }
    if (any) {
        TP_RETURN_SAME(begin_lanes(y, err));
        if (y->left > 0 && count_phase(y, PHASE_WAITS) == y->left) {
            TP_RETURN_ERR(err, TP_E_CONFIG, "the for_each of %zu sources wait for one another",
                          y->left);
        }
    }
    show(y, false);
    return TP_OK;
}

static tp_code
run_all(yard *y, tp_run_result *out, tp_err *err)
{
    tp_pause_at("extract", "begin");
    TP_RETURN_SAME(begin_lanes(y, err));
    if (y->left > 0 && count_phase(y, PHASE_WAITS) == y->left) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "the for_each of %zu sources wait for one another",
                      y->left);
    }
    while (y->left > 0) {
        TP_RETURN_SAME(turn(y, out, err));
    }
    show(y, true);
    return TP_OK;
}

static tp_code
open_yard(yard *y, tp_run *run, tp_err *err)
{
    const tp_http_loop_options options = {
        .total = (int)tp_cfg_int(run->cfg, "http.requests"),
        .per_host = (int)tp_cfg_int(run->cfg, "http.per_host"),
        .held_bytes = (uint64_t)tp_cfg_int(run->cfg, "http.memory_mb") << 20,
    };
    *y = (yard){.run = run, .left = run->n_sources, .began_ms = tp_clock_mono_ms()};
    y->told_ms = y->began_ms;
    y->pulled_ms = y->began_ms;
    y->all = tp_arena_alloc(&run->pool_arena, run->n_sources, sizeof *y->all);
    if (y->all == NULL || pthread_mutex_init(&y->lock, NULL) != 0 ||
        pthread_cond_init(&y->more, NULL) != 0) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "work on %zu sources", run->n_sources);
    }
    for (size_t i = 0; i < run->n_sources; i++) {
        y->all[i].source = &run->source[i];
    }
    return tp_puller_open(&options, &run->ctx, &y->puller, err);
}

/* Workers end their present source; those in the queue are left as they are. */
static void
stop_workers(yard *y, pthread_t *thread, int n)
{
    (void)pthread_mutex_lock(&y->lock);
    y->stop = true;
    (void)pthread_cond_broadcast(&y->more);
    (void)pthread_mutex_unlock(&y->lock);
    for (int i = 0; i < n; i++) {
        (void)pthread_join(thread[i], NULL);
    }
}

tp_code
tp_run_sources(tp_run *run, tp_run_result *out, tp_err *err)
{
    enum { WORKERS_MAX = 64 };
    pthread_t thread[WORKERS_MAX];
    yard y;
    int n = 0;
    const int want = run->ctx.threads < WORKERS_MAX ? run->ctx.threads : WORKERS_MAX;
    TP_RETURN_SAME(open_yard(&y, run, err));
    while (n < want && pthread_create(&thread[n], NULL, work, &y) == 0) {
        n++;
    }
    tp_code rc = n > 0
                     ? run_all(&y, out, err)
                     : tp_err_set(err, TP_E_NOMEM, __func__, __LINE__, "no thread can be started");
    stop_workers(&y, thread, n);
    out->stage[0].seconds += (double)(y.pulled_ms - y.began_ms) / 1000.0;
    for (size_t i = 0; i < run->n_sources; i++) {
        tp_pull_forget(&run->source[i].pull);
    }
    tp_puller_close(y.puller);
    (void)pthread_cond_destroy(&y.more);
    (void)pthread_mutex_destroy(&y.lock);
    return rc;
}
