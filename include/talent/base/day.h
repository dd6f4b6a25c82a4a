/* Calendar days as int32 days since 1970-01-01 (proleptic Gregorian). No time zones, no clock. */
#ifndef TALENT_BASE_DAY_H
#define TALENT_BASE_DAY_H

#include <stdbool.h>
#include <stdint.h>

#include "talent/base/str.h"

typedef struct tp_ymd {
    int year;  /* 1..9999 */
    int month; /* 1..12 */
    int day;   /* 1..31 */
} tp_ymd;

enum { TP_DAY_TEXT = 11 }; /* "yyyy-mm-dd" and a zero byte */

/* Is it a date of the calendar, year 1..9999? */
bool tp_day_valid(int year, int month, int day);

/* Day number of a valid date. */
int32_t tp_day_of(int year, int month, int day);

/* Year, month and day of a day number. */
tp_ymd tp_day_split(int32_t day);

/* Moves a day by whole months, clamped to the month's end: 31 Aug + 6 months = 28 or 29 Feb. */
int32_t tp_day_add_months(int32_t day, int months);

/* Moves a day by whole years; 29 Feb + 1 year = 28 Feb. */
int32_t tp_day_add_years(int32_t day, int years);

/* Completed months from one day to another; 0 when to < from. */
int tp_day_months_between(int32_t from, int32_t to);

/* Reads exactly yyyy-mm-dd; false on anything else. */
bool tp_day_parse_iso(tp_str text, int32_t *out);

/* Writes yyyy-mm-dd and a zero byte. */
void tp_day_format(int32_t day, char out[TP_DAY_TEXT]);

#endif
