/* Which day does this text mean? */
#include "core/normalise/pipe.h"

#include "talent/base/day.h"

/* Indonesian month names, with the short and old spellings feeds use; English ones that differ. */
static const char *const MONTH[12] = {
    "januari|jan|january",
    "februari|pebruari|feb|peb|february",
    "maret|mar|mrt|march",
    "april|apr",
    "mei|may",
    "juni|jun|june",
    "juli|jul|july",
    "agustus|agu|ags|agt|august|aug",
    "september|sep|sept",
    "oktober|okt|october|oct",
    "november|nopember|nov|nop",
    "desember|des|december|dec",
};

typedef struct parts {
    int year, month, day;
} parts;

static bool
digits(tp_str *rest, size_t least, size_t most, int *out)
{
    size_t n = 0;
    int v = 0;
    while (n < most && n < rest->n && rest->p[n] >= '0' && rest->p[n] <= '9') {
        v = v * 10 + (rest->p[n] - '0');
        n++;
    }
    rest->p += n;
    rest->n -= n;
    *out = v;
    return n >= least;
}

static bool
month_name(tp_str *rest, int *out)
{
    size_t n = 0;
    while (n < rest->n &&
           ((rest->p[n] >= 'A' && rest->p[n] <= 'Z') || (rest->p[n] >= 'a' && rest->p[n] <= 'z'))) {
        n++;
    }
    const tp_str word = {rest->p, n};
    for (int m = 0; n > 0 && m < 12; m++) {
        tp_str names = tp_str_of(MONTH[m]);
        tp_str name;
        while (tp_str_next(&names, '|', &name)) {
            if (tp_str_ieq(name, word)) {
                *out = m + 1;
                n += n < rest->n && rest->p[n] == '.' ? 1 : 0;
                rest->p += n;
                rest->n -= n;
                return true;
            }
        }
    }
    return false;
}

static bool
take(tp_str *format, const char *word)
{
    if (format->p[0] != word[0]) {
        return false; /* most words are ruled out here; match calls for a format with bytes left */
    }
    const tp_str head = tp_str_of(word);
    if (!tp_str_starts(*format, head)) {
        return false;
    }
    format->p += head.n;
    format->n -= head.n;
    return true;
}

/* Matches text against format from the front; what is left of the text stays in *text. */
static bool
match(tp_str format, tp_str *text, int64_t pivot, parts *out)
{
    *out = (parts){0, 1, 1};
    while (format.n > 0) {
        bool ok;
        if (take(&format, "yyyy")) {
            ok = digits(text, 4, 4, &out->year);
        } else if (take(&format, "yy")) {
            ok = pivot >= 0 && digits(text, 2, 2, &out->year);
            out->year += out->year <= pivot ? 2000 : 1900;
        } else if (take(&format, "monthname")) {
            ok = month_name(text, &out->month);
        } else if (take(&format, "mm")) {
            ok = digits(text, 2, 2, &out->month);
        } else if (take(&format, "m")) {
            ok = digits(text, 1, 2, &out->month);
        } else if (take(&format, "dd")) {
            ok = digits(text, 2, 2, &out->day);
        } else if (take(&format, "d")) {
            ok = digits(text, 1, 2, &out->day);
        } else {
            ok = text->n > 0 && text->p[0] == format.p[0];
            format.p++, format.n--;
            if (ok) {
                text->p++, text->n--;
            }
        }
        if (!ok) {
            return false;
        }
    }
    return tp_day_valid(out->year, out->month, out->day);
}

bool
tp_date_parse(tp_str text, tp_str format, int64_t pivot, int32_t *out_day)
{
    parts p;
    text = tp_str_trim(text);
    const bool iso = tp_str_is(format, "iso");
    if (!match(iso ? TP_STR("yyyy-mm-dd") : format, &text, pivot, &p)) {
        return false;
    }
    if (text.n > 0 && !(iso && (text.p[0] == 'T' || text.p[0] == ' '))) {
        return false; /* "timestamp" texts are read as dates only where iso is declared */
    }
    *out_day = tp_day_of(p.year, p.month, p.day);
    return true;
}

bool
tp_date_format_known(tp_str format, bool *out_two_digit)
{
    *out_two_digit = false;
    if (tp_str_is(format, "iso")) {
        return true;
    }
    bool year = false;
    bool month = false;
    while (format.n > 0) {
        if (take(&format, "yyyy")) {
            year = true;
        } else if (take(&format, "yy")) {
            year = true;
            *out_two_digit = true;
        } else if (take(&format, "monthname") || take(&format, "mm") || take(&format, "m")) {
            month = true;
        } else if (!take(&format, "dd") && !take(&format, "d")) {
            const char c = format.p[0];
            if (c != '-' && c != '/' && c != '.' && c != ' ' && c != ',') {
                return false;
            }
            format.p++, format.n--;
        }
    }
    return year && month;
}

/* "Z", "+07:00", "+0700", "+07", one of the three Indonesian zones, or nothing. */
static bool
zone_of(tp_str text, int64_t fallback, int64_t *out)
{
    int hour;
    int minute = 0;
    if (text.n == 0) {
        *out = fallback;
        return true;
    }
    if (tp_str_is(text, "Z")) {
        *out = 0;
        return true;
    }
    static const char *const ZONE[] = {"WIB", "WITA", "WIT"};
    for (int i = 0; i < 3; i++) {
        if (tp_str_is(text, ZONE[i])) {
            *out = (int64_t)(7 + i) * 60;
            return true;
        }
    }
    const char sign = text.p[0];
    text.p++, text.n--;
    if ((sign != '+' && sign != '-') || !digits(&text, 2, 2, &hour)) {
        return false;
    }
    if (text.n > 0 && text.p[0] == ':') {
        text.p++, text.n--;
    }
    if (text.n > 0 && !digits(&text, 2, 2, &minute)) {
        return false;
    }
    *out = (int64_t)(hour * 60 + minute) * (sign == '-' ? -1 : 1);
    return text.n == 0 && hour <= 14 && minute < 60;
}

bool
tp_time_parse(tp_str text, tp_str format, int64_t zone_minutes, int64_t *out)
{
    parts p;
    int h;
    int m;
    int s = 0;
    text = tp_str_trim(text);
    tp_str date = TP_STR("yyyy-mm-dd");
    if (!tp_str_is(format, "iso")) {
        const size_t at = tp_str_find(format, TP_STR(" hh:mm"));
        date = at == SIZE_MAX ? format : tp_str_sub(format, 0, at);
    }
    if (!match(date, &text, -1, &p)) {
        return false;
    }
    const int64_t midnight = (int64_t)tp_day_of(p.year, p.month, p.day) * 86400;
    if (text.n == 0) {
        *out = midnight - zone_minutes * 60; /* a date alone: the start of that day there */
        return true;
    }
    if (text.p[0] != 'T' && text.p[0] != ' ') {
        return false;
    }
    text.p++, text.n--;
    if (!digits(&text, 2, 2, &h) || text.n == 0 || text.p[0] != ':') {
        return false;
    }
    text.p++, text.n--;
    if (!digits(&text, 2, 2, &m)) {
        return false;
    }
    if (text.n > 0 && text.p[0] == ':') {
        text.p++, text.n--;
        if (!digits(&text, 2, 2, &s)) {
            return false;
        }
    }
    if (text.n > 0 && (text.p[0] == '.' || text.p[0] == ',')) {
        int fraction;
        text.p++, text.n--;
        if (!digits(&text, 1, 9, &fraction)) {
            return false;
        }
    }
    int64_t zone;
    if (h > 23 || m > 59 || s > 60 || !zone_of(tp_str_trim(text), zone_minutes, &zone)) {
        return false;
    }
    *out = midnight + h * 3600 + m * 60 + s - zone * 60;
    return true;
}
