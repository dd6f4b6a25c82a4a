/* Growable bytes with a ceiling: the only place where text is built. */
#ifndef TALENT_BASE_BUF_H
#define TALENT_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talent/base/attr.h"
#include "talent/base/str.h"

/*
 * A zeroed tp_buf is an empty one without ceiling. When memory or the ceiling is exhausted,
 * `failed` is set and every further put does nothing: build first, check once. p is always
 * terminated by a zero byte that n does not count, except while p is NULL.
 */
typedef struct tp_buf {
    char *p;
    size_t n;
    size_t cap;
    size_t limit; /* ceiling in bytes; 0 = none */
    bool failed;
} tp_buf;

/* Appends n bytes. */
void tp_buf_put(tp_buf *buf, const void *bytes, size_t n);

/* Appends a C string. */
void tp_buf_puts(tp_buf *buf, const char *text);

/* Appends a view; absent appends nothing. */
void tp_buf_str(tp_buf *buf, tp_str text);

/* Appends one byte. */
void tp_buf_char(tp_buf *buf, char c);

/* Appends printf-formatted text. */
void tp_buf_printf(tp_buf *buf, const char *fmt, ...) TP_PRINTF(2, 3);

/* Appends decimal digits. */
void tp_buf_u64(tp_buf *buf, uint64_t value);

/* Appends decimal digits, with '-' in front where negative. */
void tp_buf_i64(tp_buf *buf, int64_t value);

/* Appends a JSON string with its quotation marks. */
void tp_buf_json(tp_buf *buf, tp_str text);

/* Makes room for so many more bytes and the zero byte; false once the buffer has failed. */
bool tp_buf_reserve(tp_buf *buf, size_t more);

/* Empties it; memory and ceiling stay, `failed` is cleared. */
void tp_buf_reset(tp_buf *buf);

/* Empties it and gives the memory back. */
void tp_buf_clear(tp_buf *buf);

/* The text so far as a C string, never NULL. */
const char *tp_buf_cstr(const tp_buf *buf);

/* The text so far as a view. */
tp_str tp_buf_view(const tp_buf *buf);

#define TP_AUTO_BUF(name) TP_CLEANUP(tp_buf_clear) tp_buf name = {0}

#endif
