/* What time is it, and how long did it take? The only file that reads a clock. */
#include "talent/etl/clock.h"

#include <stdio.h>
#include <time.h>

#include "talent/base/day.h"

enum { DAY_SECONDS = 86400 };

static int64_t
read_ms(clockid_t clock)
{
    struct timespec t = {0};
    (void)clock_gettime(clock, &t); /* cannot fail for the two clocks used here */
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t
tp_clock_now_ms(void)
{
    return read_ms(CLOCK_REALTIME);
}

int64_t
tp_clock_now_s(void)
{
    return tp_clock_now_ms() / 1000;
}

int64_t
tp_clock_mono_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

int32_t
tp_clock_day_of(int64_t seconds, int offset_minutes)
{
    const int64_t local = seconds + (int64_t)offset_minutes * 60;
    return (int32_t)(local >= 0 ? local / DAY_SECONDS : -((DAY_SECONDS - 1 - local) / DAY_SECONDS));
}

int32_t
tp_clock_today(int offset_minutes)
{
    return tp_clock_day_of(tp_clock_now_s(), offset_minutes);
}

void
tp_clock_format(int64_t ms, char out[TP_STAMP_TEXT])
{
    const int64_t seconds = ms >= 0 ? ms / 1000 : -((999 - ms) / 1000);
    const int32_t day = tp_clock_day_of(seconds, 0);
    const int in_day = (int)(seconds - (int64_t)day * DAY_SECONDS);
    char date[TP_DAY_TEXT];
    tp_day_format(day, date);
    (void)snprintf(out, TP_STAMP_TEXT, "%.10sT%02u:%02u:%02u.%03uZ", date,
                   (unsigned)(in_day / 3600) % 24U, (unsigned)(in_day / 60) % 60U,
                   (unsigned)in_day % 60U, (unsigned)(ms - seconds * 1000) % 1000U);
}

void
tp_clock_sleep_ms(int64_t ms, const volatile int *cancel)
{
    const int64_t end = tp_clock_mono_ms() + ms;
    for (int64_t left = ms; left > 0; left = end - tp_clock_mono_ms()) {
        if (cancel != NULL && *cancel != 0) {
            return;
        }
        const int64_t nap = left < 100 ? left : 100;
        const struct timespec t = {.tv_nsec = (long)nap * 1000000};
        (void)nanosleep(&t, NULL);
    }
}
