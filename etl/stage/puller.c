/* How are many sources pulled side by side by one thread, none holding up another? */
#include <stdlib.h>
#include <sys/resource.h>

#include "etl/stage/pull_parts.h"
#include "talent/etl/clock.h"

enum { LOOK_MS = 100 /* longest wait before cancel and deadlines are looked at */ };

/* Every source may hold a file and some sockets open: as many as the system allows. */
static void
raise_file_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

tp_code
tp_puller_open(const tp_http_loop_options *options, const tp_ctx *ctx, tp_puller **out, tp_err *err)
{
    tp_puller *p = calloc(1, sizeof *p);
    if (p == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "memory for pulling sources");
    }
    p->ctx = ctx;
    raise_file_limit();
    const tp_code rc = tp_http_loop_open(options, &p->loop, err);
    if (rc != TP_OK) {
        tp_puller_close(p);
        return rc;
    }
    *out = p;
    return TP_OK;
}

void
tp_puller_close(tp_puller *puller)
{
    if (puller == NULL) {
        return;
    }
    while (puller->first != NULL) {
        tp_pull *p = puller->first;
        puller->first = p->next;
        tp_pull_free(p);
    }
    tp_http_loop_close(puller->loop);
    tp_envelope_clear(&puller->envelope);
    tp_signature_clear(&puller->signature);
    free(puller);
}

static void
unlink_pull(tp_puller *puller, tp_pull *before, const tp_pull *p)
{
    *(before != NULL ? &before->next : &puller->first) = p->next;
    if (puller->last == p) {
        puller->last = before;
    }
}

static void
append(tp_puller *puller, tp_pull *p)
{
    p->next = NULL;
    *(puller->last != NULL ? &puller->last->next : &puller->first) = p;
    puller->last = p;
}

tp_code
tp_puller_add(tp_puller *puller, const tp_pull_order *order, tp_err *err)
{
    tp_pull *p = calloc(1, sizeof *p);
    if (p == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "memory for pulling source %.*s",
                      TP_STR_ARG(order->source->id));
    }
    p->puller = puller;
    p->number = puller->added++;
    p->order = *order;
    p->source = order->source;
    append(puller, p);
    puller->active++;
    tp_pull_open(p);
    return TP_OK;
}

/* Once through the list: who starts a request goes to its end. */
static bool
start_round(tp_puller *puller, int64_t now)
{
    const tp_pull *const end = puller->last;
    tp_pull *before = NULL;
    tp_pull *p = puller->first;
    bool any = false;
    for (bool more = p != NULL; more;) {
        tp_pull *const next = p->next;
        more = p != end;
        if (!p->ended && p->wake_ms <= now && tp_pull_start(p, now)) {
            any = true;
            unlink_pull(puller, before, p);
            append(puller, p);
        } else {
            before = p;
        }
        p = next;
    }
    return any;
}

/* One request of each source at a time, round and round. Room that comes free goes to the source
 * that has waited longest for its turn, so that none takes all of it. */
static void
start_due(tp_puller *puller, int64_t now)
{
    while (start_round(puller, now)) {
    }
}

/* Milliseconds until the first source may start something again. */
static int
longest_wait(const tp_puller *puller, int64_t now, int timeout_ms)
{
    int64_t wait = timeout_ms < LOOK_MS ? timeout_ms : LOOK_MS;
    for (const tp_pull *p = puller->first; p != NULL; p = p->next) {
        if (p->ended) {
            return 0;
        }
        if (p->wake_ms > now && p->wake_ms - now < wait) {
            wait = p->wake_ms - now;
        }
    }
    return (int)wait;
}

static bool
take_ended(tp_puller *puller, tp_pull_end *out)
{
    tp_pull *before = NULL;
    for (tp_pull *p = puller->first; p != NULL; before = p, p = p->next) {
        if (!p->ended) {
            continue;
        }
        unlink_pull(puller, before, p);
        *out = (tp_pull_end){.tag = p->order.tag,
                             .code = p->code,
                             .err = p->err,
                             .stats = p->stats,
                             .ms = tp_clock_mono_ms() - p->began_ms,
                             .landing = p->landing,
                             .rest = p->code == TP_OK ? p->rest : NULL};
        p->landing = NULL;
        p->rest = p->code == TP_OK ? NULL : p->rest;
        tp_pull_free(p);
        puller->active--;
        return true;
    }
    return false;
}

static void
cancel_all(tp_puller *puller)
{
    for (tp_pull *p = puller->first; p != NULL; p = p->next) {
        tp_err why = {0};
        if (!p->ended) {
            TP_IGNORE(tp_err_set(&why, TP_E_CANCELLED, __func__, __LINE__,
                                 "cancelled after %llu bodies of source %.*s",
                                 (unsigned long long)p->stats.bodies, TP_STR_ARG(p->source->id)));
            tp_pull_finish(p, TP_E_CANCELLED, &why);
        }
    }
}

tp_code
tp_puller_turn(tp_puller *puller, int timeout_ms, bool *out_ended, tp_pull_end *out, tp_err *err)
{
    const int64_t now = tp_clock_mono_ms();
    if (tp_cancelled(puller->ctx)) {
        cancel_all(puller);
    }
    start_due(puller, now);
    *out_ended = take_ended(puller, out);
    if (!*out_ended) {
        TP_RETURN_SAME(tp_http_loop_turn(puller->loop, longest_wait(puller, now, timeout_ms), err));
        *out_ended = take_ended(puller, out);
    }
    return TP_OK;
}

void
tp_puller_wake(tp_puller *puller)
{
    tp_http_loop_wake(puller->loop);
}

void
tp_puller_look(const tp_puller *puller, tp_puller_view *out)
{
    *out =
        (tp_puller_view){.active = puller->active, .requests = tp_http_loop_running(puller->loop)};
    const tp_pull *slowest = NULL;
    for (const tp_pull *p = puller->first; p != NULL; p = p->next) {
        if (!p->ended && (slowest == NULL || p->number < slowest->number)) {
            slowest = p;
        }
    }
    if (slowest != NULL) {
        out->slowest = slowest->order.tag;
        out->slowest_ms = tp_clock_mono_ms() - slowest->began_ms;
        out->slowest_done = slowest->done;
        out->slowest_total = slowest->total;
    }
}

static tp_code
pull_one(tp_puller *puller, const tp_pull_order *order, tp_pull_stats *out, tp_err *err)
{
    tp_pull_end end = {0};
    bool ended = false;
    TP_RETURN_SAME(tp_puller_add(puller, order, err));
    while (!ended) {
        TP_RETURN_SAME(tp_puller_turn(puller, LOOK_MS, &ended, &end, err));
    }
    if (end.code != TP_OK) {
        if (err != NULL) {
            *err = end.err;
        }
        return end.code;
    }
    tp_progress(puller->ctx, 1, 2); /* every body is in, the landing is not yet whole */
    TP_RETURN_SAME(tp_pull_commit(&end, err));
    *out = end.stats;
    return TP_OK;
}

tp_code
tp_pull_source(const tp_pull_order *order, const tp_ctx *ctx, tp_pull_stats *out, tp_err *err)
{
    tp_puller *puller = NULL;
    const tp_http_loop_options options = {0};
    TP_RETURN_SAME(tp_puller_open(&options, ctx, &puller, err));
    const tp_code rc = pull_one(puller, order, out, err);
    tp_puller_close(puller);
    return rc;
}
