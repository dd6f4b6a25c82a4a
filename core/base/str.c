/* How are string views compared, cut and read as numbers? */
#include "talent/base/str.h"

static bool
is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

int
tp_str_cmp(tp_str a, tp_str b)
{
    const size_t n = a.n < b.n ? a.n : b.n;
    const int c = n > 0 ? memcmp(a.p, b.p, n) : 0;
    return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
}

bool
tp_str_starts(tp_str text, tp_str head)
{
    return text.n >= head.n && (head.n == 0 || memcmp(text.p, head.p, head.n) == 0);
}

bool
tp_str_ends(tp_str text, tp_str tail)
{
    return text.n >= tail.n &&
           (tail.n == 0 || memcmp(text.p + (text.n - tail.n), tail.p, tail.n) == 0);
}

bool
tp_str_ieq(tp_str a, tp_str b)
{
    if (a.n != b.n) {
        return false;
    }
    for (size_t i = 0; i < a.n; i++) {
        if (lower(a.p[i]) != lower(b.p[i])) {
            return false;
        }
    }
    return true;
}

tp_str
tp_str_trim(tp_str text)
{
    while (text.n > 0 && is_space(text.p[0])) {
        text.p++;
        text.n--;
    }
    while (text.n > 0 && is_space(text.p[text.n - 1])) {
        text.n--;
    }
    return text;
}

tp_str
tp_str_sub(tp_str text, size_t from, size_t n)
{
    if (from >= text.n) {
        return (tp_str){text.p, 0};
    }
    const size_t left = text.n - from;
    return (tp_str){text.p + from, n < left ? n : left};
}

size_t
tp_str_find(tp_str text, tp_str part)
{
    if (part.n == 0) {
        return 0;
    }
    for (size_t i = 0; i + part.n <= text.n; i++) {
        const char *hit = memchr(text.p + i, part.p[0], text.n - part.n + 1 - i);
        if (hit == NULL) {
            return SIZE_MAX;
        }
        i = (size_t)(hit - text.p);
        if (memcmp(hit, part.p, part.n) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

bool
tp_str_next(tp_str *rest, char sep, tp_str *out_piece)
{
    if (rest->p == NULL) {
        return false;
    }
    const char *cut = rest->n > 0 ? memchr(rest->p, sep, rest->n) : NULL;
    if (cut == NULL) {
        *out_piece = *rest;
        *rest = TP_STR_NONE;
        return true;
    }
    const size_t n = (size_t)(cut - rest->p);
    *out_piece = (tp_str){rest->p, n};
    *rest = (tp_str){cut + 1, rest->n - n - 1};
    return true;
}

bool
tp_str_to_u64(tp_str text, uint64_t *out)
{
    uint64_t value = 0;
    if (text.n == 0) {
        return false;
    }
    for (size_t i = 0; i < text.n; i++) {
        const unsigned digit = (unsigned)(unsigned char)text.p[i] - '0';
        if (digit > 9 || value > (UINT64_MAX - digit) / 10) {
            return false;
        }
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}

bool
tp_str_to_i64(tp_str text, int64_t *out)
{
    const bool negative = text.n > 0 && text.p[0] == '-';
    const bool sign = negative || (text.n > 0 && text.p[0] == '+');
    uint64_t value;
    if (!tp_str_to_u64(sign ? tp_str_sub(text, 1, text.n) : text, &value)) {
        return false;
    }
    if (value > (uint64_t)INT64_MAX + (negative ? 1 : 0)) {
        return false;
    }
    *out = negative ? (int64_t)(UINT64_C(0) - value) : (int64_t)value;
    return true;
}

bool
tp_str_to_scaled(tp_str text, char point, int digits, int64_t *out)
{
    bool negative = false;
    size_t i = 0;
    if (text.n > 0 && (text.p[0] == '-' || text.p[0] == '+')) {
        negative = text.p[0] == '-';
        i = 1;
    }
    int64_t value = 0;
    int after = -1; /* digits seen after the point; -1 = before it */
    bool any = false;
    bool round_up = false;
    for (; i < text.n; i++) {
        if (text.p[i] == point && after < 0) {
            after = 0;
            continue;
        }
        const unsigned digit = (unsigned)(unsigned char)text.p[i] - '0';
        if (digit > 9) {
            return false;
        }
        any = true;
        if (after >= digits) {
            round_up = after == digits ? digit >= 5 : round_up;
            after++;
            continue;
        }
        if (value > (INT64_MAX - 9) / 10) {
            return false;
        }
        value = value * 10 + (int64_t)digit;
        after += after >= 0 ? 1 : 0;
    }
    if (!any || after == 0) {
        return false;
    }
    for (int have = after < 0 ? 0 : after; have < digits; have++) {
        if (value > INT64_MAX / 10) {
            return false;
        }
        value *= 10;
    }
    value += round_up && value < INT64_MAX ? 1 : 0;
    *out = negative ? -value : value;
    return true;
}

/* Bytes of the sequence that starts with c, 0 if none does; *low is the least legal second byte. */
static size_t
lead_length(unsigned char c, unsigned char *low, unsigned char *high)
{
    *low = 0x80;
    *high = 0xbf;
    if (c >= 0xc2 && c <= 0xdf) {
        return 2;
    }
    if (c >= 0xe0 && c <= 0xef) {
        *low = c == 0xe0 ? 0xa0 : 0x80;
        *high = c == 0xed ? 0x9f : 0xbf;
        return 3;
    }
    if (c >= 0xf0 && c <= 0xf4) {
        *low = c == 0xf0 ? 0x90 : 0x80;
        *high = c == 0xf4 ? 0x8f : 0xbf;
        return 4;
    }
    return 0;
}

size_t
tp_utf8_valid(tp_str text)
{
    size_t i = 0;
    while (i < text.n) {
        uint64_t eight;
        while (i + 8 <= text.n &&
               (memcpy(&eight, text.p + i, 8), (eight & UINT64_C(0x8080808080808080)) == 0)) {
            i += 8;
        }
        if (i == text.n) {
            break;
        }
        const unsigned char c = (unsigned char)text.p[i];
        if (c < 0x80) {
            i++;
            continue;
        }
        unsigned char low;
        unsigned char high;
        const size_t len = lead_length(c, &low, &high);
        if (len == 0 || i + len > text.n) {
            return i;
        }
        const unsigned char second = (unsigned char)text.p[i + 1];
        if (second < low || second > high) {
            return i;
        }
        for (size_t k = 2; k < len; k++) {
            if (((unsigned char)text.p[i + k] & 0xc0) != 0x80) {
                return i;
            }
        }
        i += len;
    }
    return text.n;
}
