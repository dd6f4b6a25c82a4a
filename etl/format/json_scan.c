/* What is the next token of a JSON text that arrives in pieces? */
#include "etl/format/json_scan.h"

#include <stdlib.h>
#include <string.h>

#include "etl/format/kernel.h"

enum { WINDOW = 256 << 10 };

static size_t window = WINDOW;

void
tp_scan_set_window(size_t bytes)
{
    window = bytes > 0 ? bytes : WINDOW;
}

tp_code
tp_scan_init(tp_scan *s, tp_reader *in, tp_str bytes, size_t string_limit, tp_err *err)
{
    *s = (tp_scan){
        .in = in, .string_limit = string_limit, .eof = in == NULL, .plain = tp_kernel_get()->plain};
    s->cap = in != NULL ? window : bytes.n;
    s->buf = malloc(s->cap + TP_SCAN_PAD);
    if (s->buf == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "a window of %zu bytes", s->cap);
    }
    const size_t n = in != NULL ? 0 : bytes.n;
    if (n > 0) {
        memcpy(s->buf, bytes.p, n);
    }
    memset(s->buf + n, 0, TP_SCAN_PAD);
    s->p = s->buf;
    s->end = s->buf + n;
    return TP_OK;
}

void
tp_scan_clear(tp_scan *s)
{
    free(s->buf);
    tp_buf_clear(&s->text);
    *s = (tp_scan){0};
}

static tp_code
too_long(const tp_scan *s, const char *token, tp_err *err)
{
    TP_RETURN_ERR(err, TP_E_RANGE, "byte %llu: a text of more than %zu bytes",
                  (unsigned long long)s->base + (unsigned long long)(token - s->buf),
                  s->string_limit);
}

/* Makes room behind the end: moves what must stay to the front, or grows. */
static tp_code
make_room(tp_scan *s, tp_err *err)
{
    char *from = s->mark != NULL ? s->mark : s->p;
    const size_t gone = (size_t)(from - s->buf);
    const size_t stay = (size_t)(s->end - from);
    if (s->mark != NULL && (size_t)(s->p - s->mark) > s->string_limit) {
        return too_long(s, s->mark, err);
    }
    const size_t at = (size_t)(s->p - from);
    if (gone > 0) {
        memmove(s->buf, from, stay);
    }
    if (s->cap - stay < s->cap / 4) {
        char *grown = realloc(s->buf, s->cap * 2 + TP_SCAN_PAD);
        if (grown == NULL) {
            TP_RETURN_ERR(err, TP_E_NOMEM, "a window of %zu bytes", s->cap * 2);
        }
        s->buf = grown;
        s->cap *= 2;
    }
    s->base += gone;
    s->p = s->buf + at;
    s->mark = s->mark != NULL ? s->buf : NULL;
    s->end = s->buf + stay;
    return TP_OK;
}

tp_code
tp_scan_more(tp_scan *s, tp_err *err)
{
    if (s->eof) {
        return TP_OK;
    }
    if (s->end == s->buf + s->cap || s->p == s->end) {
        TP_RETURN_SAME(make_room(s, err));
    }
    size_t n = 0;
    TP_RETURN_SAME(s->in->read(s->in, s->end, s->cap - (size_t)(s->end - s->buf), &n, err));
    s->eof = n == 0;
    s->end += n;
    memset(s->end, 0, TP_SCAN_PAD);
    return TP_OK;
}

tp_code
tp_scan_wrong(const tp_scan *s, const char *what, tp_err *err)
{
    if (s->p == s->end) {
        TP_RETURN_ERR(err, TP_E_NET, "cut short at byte %llu: expected %s", tp_scan_at(s), what);
    }
    TP_RETURN_ERR(err, TP_E_SYNTAX, "byte %llu: expected %s", tp_scan_at(s), what);
}

static bool
is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

tp_code
tp_scan_space(tp_scan *s, char *out, tp_err *err)
{
    for (;;) {
        while (is_space(*s->p)) {
            s->p++;
        }
        if (s->p < s->end || s->eof) {
            *out = *s->p;
            return TP_OK;
        }
        TP_RETURN_SAME(tp_scan_more(s, err));
    }
}

/* At least n bytes in the window, unless the text ends before. */
static tp_code
need(tp_scan *s, size_t n, tp_err *err)
{
    while ((size_t)(s->end - s->p) < n && !s->eof) {
        TP_RETURN_SAME(tp_scan_more(s, err));
    }
    return TP_OK;
}

static int
hex(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char low = (char)(c | 0x20);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/* The number in \uXXXX at p; -1 if it is none. Needs 6 bytes of window or padding. */
static int32_t
unit_at(const char *p)
{
    if (p[0] != '\\' || p[1] != 'u') {
        return -1;
    }
    int32_t unit = 0;
    for (int i = 2; i < 6; i++) {
        const int digit = hex(p[i]);
        if (digit < 0) {
            return -1;
        }
        unit = unit * 16 + digit;
    }
    return unit;
}

/* Steps over the escape at p. */
static tp_code
skip_escape(tp_scan *s, tp_err *err)
{
    TP_RETURN_SAME(need(s, 12, err));
    const size_t have = (size_t)(s->end - s->p);
    if (have < 2) {
        s->p = s->end;
        return tp_scan_wrong(s, "an escape", err);
    }
    if (s->p[1] != 'u') {
        if (strchr("\"\\/bfnrt", s->p[1]) == NULL || s->p[1] == '\0') {
            return tp_scan_wrong(s, "an escape of JSON", err);
        }
        s->p += 2;
        return TP_OK;
    }
    const int32_t unit = unit_at(s->p);
    if (unit < 0 && have < 6 && memchr(s->p, '"', have) == NULL) {
        s->p = s->end;
        return tp_scan_wrong(s, "four hexadecimal digits", err);
    }
    if (unit < 0 || (unit >= 0xdc00 && unit <= 0xdfff)) {
        return tp_scan_wrong(
            s, unit < 0 ? "four hexadecimal digits" : "a character other than half a pair", err);
    }
    if (unit >= 0xd800 && unit <= 0xdbff) {
        const int32_t low = unit_at(s->p + 6 <= s->end ? s->p + 6 : s->end);
        if (low < 0xdc00 || low > 0xdfff) {
            if (have < 12 && memchr(s->p, '"', have) == NULL) {
                s->p = s->end;
            }
            return tp_scan_wrong(s, "the second half of a surrogate pair", err);
        }
        s->p += 6;
    }
    s->p += 6;
    return TP_OK;
}

static void
put_utf8(tp_buf *out, uint32_t c)
{
    char b[4];
    size_t n = 0;
    if (c < 0x80) {
        b[n++] = (char)c;
    } else if (c < 0x800) {
        b[n++] = (char)(0xc0 | (c >> 6));
    } else if (c < 0x10000) {
        b[n++] = (char)(0xe0 | (c >> 12));
        b[n++] = (char)(0x80 | ((c >> 6) & 0x3f));
    } else {
        b[n++] = (char)(0xf0 | (c >> 18));
        b[n++] = (char)(0x80 | ((c >> 12) & 0x3f));
        b[n++] = (char)(0x80 | ((c >> 6) & 0x3f));
    }
    if (c >= 0x80) {
        b[n++] = (char)(0x80 | (c & 0x3f));
    }
    tp_buf_put(out, b, n);
}

static char
plain_escape(char c)
{
    switch (c) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return c;
    }
}

/* The text of a checked string between its quotes. */
static tp_code
unescape(tp_scan *s, tp_str raw, tp_str *out, tp_err *err)
{
    tp_buf_reset(&s->text);
    size_t i = 0;
    while (i < raw.n) {
        const char *slash = memchr(raw.p + i, '\\', raw.n - i);
        const size_t run = slash != NULL ? (size_t)(slash - raw.p) - i : raw.n - i;
        tp_buf_put(&s->text, raw.p + i, run);
        i += run;
        if (i == raw.n) {
            break;
        }
        if (raw.p[i + 1] != 'u') {
            tp_buf_char(&s->text, plain_escape(raw.p[i + 1]));
            i += 2;
            continue;
        }
        uint32_t c = (uint32_t)unit_at(raw.p + i);
        i += 6;
        if (c >= 0xd800 && c <= 0xdbff) {
            c = 0x10000 + ((c - 0xd800) << 10) + ((uint32_t)unit_at(raw.p + i) - 0xdc00);
            i += 6;
        }
        put_utf8(&s->text, c != 0 ? c : 0xfffd); /* no text may hold a NUL: a character is lost */
    }
    if (s->text.failed) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "a string of %zu bytes", raw.n);
    }
    *out = tp_buf_view(&s->text);
    return TP_OK;
}

/* The rest of a string that met an escape, the window's end or a fault. */
static tp_code
slow_string(tp_scan *s, tp_str *out, tp_err *err)
{
    bool escaped = false;
    while (*s->p != '"') {
        if (*s->p == '\\') {
            escaped = true;
            TP_RETURN_SAME(skip_escape(s, err));
        } else if (s->p == s->end && !s->eof) {
            TP_RETURN_SAME(tp_scan_more(s, err));
        } else {
            return tp_scan_wrong(
                s, s->p == s->end ? "the end of a string" : "no control character in a string",
                err);
        }
        s->p = s->plain(s->p);
    }
    const tp_str raw = {s->mark, (size_t)(s->p - s->mark)};
    s->p++;
    s->mark = NULL;
    if (raw.n > s->string_limit) {
        return too_long(s, raw.p, err);
    }
    *out = raw;
    return escaped ? unescape(s, raw, out, err) : TP_OK;
}

tp_code
tp_scan_string(tp_scan *s, tp_str *out, tp_err *err)
{
    s->mark = ++s->p;
    s->p = s->plain(s->p);
    if (*s->p != '"' || (size_t)(s->p - s->mark) > s->string_limit) {
        return slow_string(s, out, err);
    }
    *out = (tp_str){s->mark, (size_t)(s->p - s->mark)};
    s->p++;
    s->mark = NULL;
    return TP_OK;
}

/* Steps over digits; at least one must be there. */
static tp_code
digits(tp_scan *s, tp_err *err)
{
    bool any = false;
    for (;;) {
        while (*s->p >= '0' && *s->p <= '9') {
            s->p++;
            any = true;
        }
        if (s->p < s->end || s->eof) {
            return any ? TP_OK : tp_scan_wrong(s, "a digit", err);
        }
        TP_RETURN_SAME(tp_scan_more(s, err));
    }
}

tp_code
tp_scan_number(tp_scan *s, tp_str *out, tp_err *err)
{
    s->mark = s->p;
    if (*s->p == '-') {
        s->p++;
        TP_RETURN_SAME(need(s, 1, err));
    }
    if (*s->p == '0') {
        s->p++;
        TP_RETURN_SAME(need(s, 1, err));
    } else {
        TP_RETURN_SAME(digits(s, err));
    }
    if (*s->p == '.') {
        s->p++;
        TP_RETURN_SAME(digits(s, err));
    }
    if (*s->p == 'e' || *s->p == 'E') {
        s->p++;
        TP_RETURN_SAME(need(s, 1, err));
        if (*s->p == '+' || *s->p == '-') {
            s->p++;
        }
        TP_RETURN_SAME(digits(s, err));
    }
    *out = (tp_str){s->mark, (size_t)(s->p - s->mark)};
    s->mark = NULL;
    if (out->n > s->string_limit) {
        return too_long(s, out->p, err);
    }
    return TP_OK;
}

tp_code
tp_scan_word(tp_scan *s, const char *word, tp_err *err)
{
    for (; *word != '\0'; word++) {
        TP_RETURN_SAME(need(s, 1, err));
        if (*s->p != *word) {
            return tp_scan_wrong(s, "a JSON value", err);
        }
        s->p++;
    }
    return TP_OK;
}
