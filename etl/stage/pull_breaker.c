/* When does one stop asking a source that fails, and when does one ask again? */
#include "etl/stage/pull_parts.h"
#include "talent/etl/clock.h"

enum { AFTER = 6, PAUSE_MS = 10000, PROBES = 3 };

static int64_t
break_ms(const tp_pull *p)
{
    const int64_t ms = p->source->break_ms > 0 ? p->source->break_ms : PAUSE_MS;
    return ms << p->breaker.probes;
}

void
tp_breaker_good(tp_pull *pull)
{
    pull->breaker = (tp_breaker){0};
}

tp_code
tp_breaker_bad(tp_pull *pull, tp_code code, tp_err *err)
{
    tp_breaker *b = &pull->breaker;
    const int after = pull->source->break_after > 0 ? pull->source->break_after : AFTER;

    b->failures++;
    if (b->open) {
        if (tp_clock_mono_ms() < b->until_ms) {
            return TP_OK; /* under way when it opened: no probe */
        }
        if (++b->probes >= PROBES) {
            return tp_err_add(err, code, __func__, __LINE__,
                              "%d requests in a row failed, the last %d of them probes after a "
                              "pause: no more are sent tonight",
                              b->failures, b->probes);
        }
    } else if (b->failures < after) {
        return TP_OK;
    } else {
        b->open = true;
        pull->stats.breaks++;
    }
    b->until_ms = tp_clock_mono_ms() + break_ms(pull);
    return TP_OK;
}

bool
tp_breaker_lets(const tp_pull *pull, int64_t now_ms, int64_t *wake_ms)
{
    const tp_breaker *b = &pull->breaker;
    if (!b->open) {
        return true;
    }
    if (now_ms < b->until_ms) {
        *wake_ms = b->until_ms < *wake_ms ? b->until_ms : *wake_ms;
        return false;
    }
    return tp_http_running(pull->http) == 0; /* one probe at a time; its answer wakes the pull */
}
