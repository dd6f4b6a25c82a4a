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

bool tp_day_valid(int year, int month, int day); /* a real date, year 1..9999 */
int32_t tp_day_of(int year, int month, int day); /* of a valid date */
tp_ymd tp_day_split(int32_t day);
int32_t tp_day_add_months(int32_t day, int months);  /* clamped: 31 Aug + 6 = 28/29 Feb */
int32_t tp_day_add_years(int32_t day, int years);    /* 29 Feb + 1 = 28 Feb */
int tp_day_months_between(int32_t from, int32_t to); /* completed months, 0 when to < from */
bool tp_day_parse_iso(tp_str text, int32_t *out);    /* exactly yyyy-mm-dd */
void tp_day_format(int32_t day, char out[TP_DAY_TEXT]);

#endif
