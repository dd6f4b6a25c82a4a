/* Tokens of JSON over a sliding window of a stream. */
#ifndef TALENT_ETL_FORMAT_JSON_SCAN_H
#define TALENT_ETL_FORMAT_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talent/base/attr.h"
#include "talent/base/buf.h"
#include "talent/base/err.h"
#include "talent/core/raw.h"

enum { TP_SCAN_PAD = 128 }; /* zero bytes that always follow the window's end */

/*
 * The window is [p, end); end[0 .. TP_SCAN_PAD) are zero, so that a scan that stops at a zero byte
 * needs no other bound. Bytes from `mark` on stay when the window moves.
 */
typedef struct tp_scan {
    tp_reader *in; /* NULL: the window holds everything */
    char *buf;
    size_t cap;
    char *p;
    char *end;
    char *mark;    /* start of the token that must stay; NULL = none */
    uint64_t base; /* offset of buf[0] in the text */
    bool eof;
    size_t string_limit;
    char *(*plain)(char *p); /* of the kernel */
    tp_buf text;             /* an unescaped string */
} tp_scan;

/* A scan over a stream, or over a copy of `bytes` when in == NULL. */
tp_code tp_scan_init(tp_scan *s, tp_reader *in, tp_str bytes, size_t string_limit,
                     tp_err *err) TP_MUST_CHECK;
void tp_scan_clear(tp_scan *s);

/* Size that the window of a stream begins with, 16 bytes at least; 0 = 256 KiB again. For tests, so
 * that it moves within small texts; not while a body is read. */
void tp_scan_set_window(size_t bytes);

/* Reads more behind the window's end; sets eof when there is none. */
tp_code tp_scan_more(tp_scan *s, tp_err *err) TP_MUST_CHECK;

static inline unsigned long long
tp_scan_at(const tp_scan *s)
{
    return s->base + (unsigned long long)(s->p - s->buf);
}

/* *out = the byte after white space, not consumed; 0 at the end of the text. */
tp_code tp_scan_space(tp_scan *s, char *out, tp_err *err) TP_MUST_CHECK;

/* A string whose opening quote is at p: checked, consumed, unescaped. Borrowed until the next call.
 */
tp_code tp_scan_string(tp_scan *s, tp_str *out, tp_err *err) TP_MUST_CHECK;

/* A number, consumed; its text as written. */
tp_code tp_scan_number(tp_scan *s, tp_str *out, tp_err *err) TP_MUST_CHECK;

/* The word true, false or null, consumed. */
tp_code tp_scan_word(tp_scan *s, const char *word, tp_err *err) TP_MUST_CHECK;

/* "expected WHAT" at p, or "cut short" at the end of the text. Never TP_OK. */
tp_code tp_scan_wrong(const tp_scan *s, const char *what, tp_err *err);

#endif
