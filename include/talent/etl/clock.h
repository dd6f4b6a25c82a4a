/* The clock: for logs, durations and the default of --as-of; never for results. */
#ifndef TALENT_ETL_CLOCK_H
#define TALENT_ETL_CLOCK_H

#include <stdint.h>

enum { TP_STAMP_TEXT = 25 }; /* "2026-08-20T01:12:07.512Z" and a zero byte */

/* Milliseconds since 1970-01-01T00:00:00Z. */
int64_t tp_clock_now_ms(void);

/* Seconds, rounded down. */
int64_t tp_clock_now_s(void);

/* Milliseconds since an unspecified start; never goes back. */
int64_t tp_clock_mono_ms(void);

/* Calendar day now where local time is UTC + offset minutes (Jakarta: 420). */
int32_t tp_clock_today(int offset_minutes);

/* Day of an instant in seconds since 1970, at an offset in minutes. */
int32_t tp_clock_day_of(int64_t seconds, int offset_minutes);

/* An instant in milliseconds since 1970 as UTC text. */
void tp_clock_format(int64_t ms, char out[TP_STAMP_TEXT]);

/* Sleeps, but returns early when *cancel becomes non-zero (looked at every 100 ms); NULL = never.
 */
void tp_clock_sleep_ms(int64_t ms, const volatile int *cancel);

#endif
