/* How is text built, once, with a ceiling, without counting bytes at every call? */
#include "talent/base/buf.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "talent/base/format.h"

bool
tp_buf_reserve(tp_buf *buf, size_t more)
{
    if (buf->failed) {
        return false;
    }
    if (more >= SIZE_MAX / 2 - buf->n || (buf->limit != 0 && buf->n + more > buf->limit)) {
        buf->failed = true;
        return false;
    }
    const size_t need = buf->n + more + 1;
    if (need <= buf->cap) {
        return true;
    }
    size_t cap = buf->cap < 64 ? 64 : buf->cap;
    while (cap < need) {
        cap *= 2;
    }
    char *p = realloc(buf->p, cap);
    if (p == NULL) {
        buf->failed = true;
        return false;
    }
    buf->p = p;
    buf->cap = cap;
    return true;
}

void
tp_buf_put(tp_buf *buf, const void *bytes, size_t n)
{
    if (!tp_buf_reserve(buf, n)) {
        return;
    }
    if (n > 0) {
        memcpy(buf->p + buf->n, bytes, n);
    }
    buf->n += n;
    buf->p[buf->n] = '\0';
}

void
tp_buf_puts(tp_buf *buf, const char *text)
{
    tp_buf_put(buf, text, strlen(text));
}

void
tp_buf_str(tp_buf *buf, tp_str text)
{
    tp_buf_put(buf, text.p, text.n);
}

void
tp_buf_char(tp_buf *buf, char c)
{
    tp_buf_put(buf, &c, 1);
}

void
tp_buf_printf(tp_buf *buf, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    va_list again;
    va_copy(again, args);
    const int need = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (need < 0) {
        buf->failed = true;
    } else if (tp_buf_reserve(buf, (size_t)need)) {
        (void)vsnprintf(buf->p + buf->n, (size_t)need + 1, fmt, again);
        buf->n += (size_t)need;
    }
    va_end(again);
}

void
tp_buf_u64(tp_buf *buf, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    tp_buf_put(buf, digits + at, sizeof digits - at);
}

void
tp_buf_i64(tp_buf *buf, int64_t value)
{
    if (value < 0) {
        tp_buf_char(buf, '-');
        tp_buf_u64(buf, UINT64_C(0) - (uint64_t)value);
    } else {
        tp_buf_u64(buf, (uint64_t)value);
    }
}

void
tp_buf_json(tp_buf *buf, tp_str text)
{
    static const char HEX[] = "0123456789abcdef";
    tp_buf_char(buf, '"');
    for (size_t i = 0; i < text.n; i++) {
        const unsigned char c = (unsigned char)text.p[i];
        if (c == '"' || c == '\\') {
            tp_buf_char(buf, '\\');
            tp_buf_char(buf, (char)c);
        } else if (c < 0x20 || c == 0x7f) {
            const char esc[6] = {'\\', 'u', '0', '0', HEX[c >> 4], HEX[c & 15]};
            tp_buf_put(buf, esc, sizeof esc);
        } else {
            tp_buf_char(buf, (char)c);
        }
    }
    tp_buf_char(buf, '"');
}

void
tp_buf_reset(tp_buf *buf)
{
    buf->n = 0;
    buf->failed = false;
    if (buf->p != NULL) {
        buf->p[0] = '\0';
    }
}

void
tp_buf_clear(tp_buf *buf)
{
    free(buf->p);
    *buf = (tp_buf){.limit = buf->limit};
}

const char *
tp_buf_cstr(const tp_buf *buf)
{
    return buf->p != NULL ? buf->p : "";
}

tp_str
tp_buf_view(const tp_buf *buf)
{
    return (tp_str){tp_buf_cstr(buf), buf->n};
}
