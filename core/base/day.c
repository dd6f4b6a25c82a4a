/* Which day is it, counted from 1970-01-01, and what is n months later? */
#include "talent/base/day.h"

static bool
is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int
month_days(int year, int month)
{
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : DAYS[month - 1];
}

bool
tp_day_valid(int year, int month, int day)
{
    return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 &&
           day <= month_days(year, month);
}

/* Days from civil and back after Howard Hinnant's published algorithms (years start in March). */
int32_t
tp_day_of(int year, int month, int day)
{
    const int y = month <= 2 ? year - 1 : year;
    const int era = (y >= 0 ? y : y - 399) / 400;
    const int yoe = y - era * 400;
    const int doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return (int32_t)(era * 146097 + doe - 719468);
}

tp_ymd
tp_day_split(int32_t day)
{
    const int z = day + 719468;
    const int era = (z >= 0 ? z : z - 146096) / 146097;
    const int doe = z - era * 146097;
    const int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const int mp = (5 * doy + 2) / 153;
    const int month = mp < 10 ? mp + 3 : mp - 9;
    return (tp_ymd){
        .year = yoe + era * 400 + (month <= 2 ? 1 : 0),
        .month = month,
        .day = doy - (153 * mp + 2) / 5 + 1,
    };
}

int32_t
tp_day_add_months(int32_t day, int months)
{
    const tp_ymd d = tp_day_split(day);
    const int total = d.year * 12 + d.month - 1 + months;
    const int year = total >= 0 ? total / 12 : (total - 11) / 12;
    const int month = total - year * 12 + 1;
    const int last = month_days(year, month);
    return tp_day_of(year, month, d.day < last ? d.day : last);
}

int32_t
tp_day_add_years(int32_t day, int years)
{
    return tp_day_add_months(day, years * 12);
}

int
tp_day_months_between(int32_t from, int32_t to)
{
    if (to < from) {
        return 0;
    }
    const tp_ymd a = tp_day_split(from);
    const tp_ymd b = tp_day_split(to);
    int months = (b.year - a.year) * 12 + b.month - a.month;
    if (tp_day_add_months(from, months) > to) {
        months--;
    }
    return months;
}

static bool
digits(const char *p, int n, int *out)
{
    *out = 0;
    for (int i = 0; i < n; i++) {
        if (p[i] < '0' || p[i] > '9') {
            return false;
        }
        *out = *out * 10 + (p[i] - '0');
    }
    return true;
}

bool
tp_day_parse_iso(tp_str text, int32_t *out)
{
    int y;
    int m;
    int d;
    if (text.n != 10 || text.p[4] != '-' || text.p[7] != '-' || !digits(text.p, 4, &y) ||
        !digits(text.p + 5, 2, &m) || !digits(text.p + 8, 2, &d) || !tp_day_valid(y, m, d)) {
        return false;
    }
    *out = tp_day_of(y, m, d);
    return true;
}

void
tp_day_format(int32_t day, char out[TP_DAY_TEXT])
{
    const tp_ymd d = tp_day_split(day);
    const int year = d.year < 0 ? 0 : d.year > 9999 ? 9999 : d.year;
    out[0] = (char)('0' + year / 1000);
    out[1] = (char)('0' + year / 100 % 10);
    out[2] = (char)('0' + year / 10 % 10);
    out[3] = (char)('0' + year % 10);
    out[4] = '-';
    out[5] = (char)('0' + d.month / 10);
    out[6] = (char)('0' + d.month % 10);
    out[7] = '-';
    out[8] = (char)('0' + d.day / 10);
    out[9] = (char)('0' + d.day % 10);
    out[10] = '\0';
}
