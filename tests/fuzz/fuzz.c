/* Is the same body always read the same way, and are its cells clean? */
#include "tests/fuzz/fuzz.h"

#include <stdarg.h>
#include <stdio.h>

#include <utf8proc.h>
#include <zlib.h>

#include "etl/format/json_scan.h"
#include "etl/format/kernel.h"

_Noreturn void
fuzz_stop(const char *file, int line, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    (void)fprintf(stderr, "%s:%d: ", file, line);
    (void)vfprintf(stderr, fmt, args);
    (void)fputc('\n', stderr);
    va_end(args);
    abort();
}

bool
fuzz_head(const uint8_t *data, size_t size, unsigned n_shapes, fuzz_input *out)
{
    static const char *const FALLBACK[] = {NULL, "iso-8859-1", "windows-1252", "only iso-8859-1"};
    if (size < 2) {
        return false;
    }
    *out = (fuzz_input){.shape = (uint8_t)(data[0] - '0') % n_shapes,
                        .wrap = (fuzz_wrap)(data[1] & 3),
                        .fallback = FALLBACK[(data[1] >> 2) & 3],
                        .limits = (data[1] & 0x30) == 0x30,
                        .body = {(const char *)data + 2, size - 2}};
    return true;
}

void
fuzz_rows_clear(fuzz_rows *rows)
{
    for (size_t s = 0; s < TP_SELECTS_MAX; s++) {
        tp_buf_clear(&rows->text[s]);
    }
}

/* ---- cells ---- */

static bool
is_control(utf8proc_int32_t c)
{
    return (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7f && c <= 0x9f);
}

void
fuzz_clean(tp_str text, tp_buf *out)
{
    tp_buf plain = {0};
    for (size_t i = 0; i < text.n;) {
        utf8proc_int32_t c;
        unsigned char bytes[4];
        const utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)text.p + i,
                                                    (utf8proc_ssize_t)(text.n - i), &c);
        fuzz_need(n > 0, "the oracle gives text that is not UTF-8");
        const utf8proc_ssize_t k = utf8proc_encode_char(is_control(c) ? ' ' : c, bytes);
        tp_buf_put(&plain, bytes, (size_t)k);
        i += (size_t)n;
    }
    utf8proc_uint8_t *nfc = NULL;
    const utf8proc_ssize_t n =
        utf8proc_map((const utf8proc_uint8_t *)tp_buf_cstr(&plain), (utf8proc_ssize_t)plain.n, &nfc,
                     UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    fuzz_need(n >= 0, "the oracle's text has no normal form");
    tp_buf_put(out, nfc, (size_t)n);
    free(nfc);
    tp_buf_clear(&plain);
}

void
fuzz_clean_cell(tp_str cell)
{
    tp_buf again = {0};
    fuzz_need(tp_utf8_valid(cell) == cell.n, "a cell is not UTF-8");
    fuzz_clean(cell, &again);
    fuzz_need(tp_str_eq(tp_buf_view(&again), cell), "a cell is not clean: \"%.*s\"",
              TP_STR_ARG(cell));
    tp_buf_clear(&again);
}

/* ---- rows ---- */

static tp_code
collect(void *user, tp_raw_chunk *chunk, tp_err *err)
{
    fuzz_rows *r = user;
    (void)err;
    for (size_t s = 0; s < r->shape->n_selects; s++) {
        const tp_raw_table *t = &chunk->table[s];
        const int up = r->shape->select[s].parent;
        fuzz_need(t->cols == r->shape->select[s].n_slots, "select %zu has %zu columns", s, t->cols);
        for (size_t row = 0; row < t->n; row++) {
            tp_buf_printf(&r->text[s], "%u", t->place[row].record);
            if (t->parent[row] != UINT32_MAX) {
                fuzz_need(up >= 0 && t->parent[row] < chunk->table[up].n,
                          "row %zu of select %zu hangs nowhere", row, s);
                tp_buf_printf(&r->text[s], "<%u", chunk->table[up].place[t->parent[row]].record);
            }
            for (size_t k = 0; k < t->cols; k++) {
                const tp_str cell = t->cell[row * t->cols + k];
                fuzz_clean_cell(cell);
                tp_buf_puts(&r->text[s], k == 0 ? ": " : ", ");
                tp_buf_str(&r->text[s], cell.p != NULL ? cell : TP_STR("~"));
            }
            tp_buf_char(&r->text[s], '\n');
        }
    }
    return TP_OK;
}

void
fuzz_parse(const tp_shape *shape, tp_str body, size_t step, fuzz_rows *out)
{
    tp_memory_reader memory;
    tp_reader *in = tp_reader_memory(&memory, body);
    memory.step = step;
    for (size_t s = 0; s < TP_SELECTS_MAX; s++) {
        tp_buf_reset(&out->text[s]);
    }
    out->shape = shape;
    out->err = (tp_err){0};
    out->rc = tp_format_parse(shape, 7, TP_STR_NONE, in,
                              (tp_raw_sink){.chunk = collect, .user = out}, &out->stats, &out->err);
    fuzz_need(out->rc == TP_OK || out->err.depth > 0, "a fault without a text");
    fuzz_need(out->rc != TP_E_BUG && out->rc != TP_E_CONFIG, "%s: %s", tp_code_name(out->rc),
              out->err.frame[0].text);
}

static void
same_outcome(const fuzz_rows *a, const fuzz_rows *b, bool texts, const char *what)
{
    fuzz_need(a->rc == b->rc, "%s: %s (%s), not %s (%s)", what, tp_code_name(b->rc),
              b->err.frame[0].text, tp_code_name(a->rc), a->err.frame[0].text);
    if (texts && a->rc != TP_OK) {
        fuzz_need(strcmp(a->err.frame[0].text, b->err.frame[0].text) == 0, "%s: \"%s\", not \"%s\"",
                  what, b->err.frame[0].text, a->err.frame[0].text);
    }
    for (size_t s = 0; s < a->shape->n_selects; s++) {
        fuzz_need(tp_str_eq(tp_buf_view(&a->text[s]), tp_buf_view(&b->text[s])),
                  "%s: select %zu gives\n%snot\n%s", what, s, tp_buf_cstr(&b->text[s]),
                  tp_buf_cstr(&a->text[s]));
    }
}

/* ---- wraps ---- */

static void
put_unit(tp_buf *out, uint32_t unit, bool little)
{
    tp_buf_char(out, (char)(little ? unit & 0xff : unit >> 8));
    tp_buf_char(out, (char)(little ? unit >> 8 : unit & 0xff));
}

/* False when the body is not plain UTF-8 and so has no other spelling. */
static bool
as_utf16(tp_str body, bool little, tp_buf *out)
{
    if (tp_utf8_valid(body) != body.n || memchr(body.p, 0, body.n) != NULL ||
        tp_str_starts(body, TP_STR("\xef\xbb\xbf")) || tp_str_starts(body, TP_STR("<?xml"))) {
        return false;
    }
    put_unit(out, 0xfeff, little);
    for (size_t i = 0; i < body.n;) {
        utf8proc_int32_t c;
        i += (size_t)utf8proc_iterate((const utf8proc_uint8_t *)body.p + i,
                                      (utf8proc_ssize_t)(body.n - i), &c);
        if (c >= 0x10000) {
            put_unit(out, 0xd800 + (((uint32_t)c - 0x10000) >> 10), little);
            put_unit(out, 0xdc00 + (((uint32_t)c - 0x10000) & 0x3ff), little);
        } else {
            put_unit(out, (uint32_t)c, little);
        }
    }
    return true;
}

static bool
as_gzip(tp_str body, tp_buf *out)
{
    z_stream z = {0};
    unsigned char piece[4096];
    if (tp_str_starts(body, TP_STR("\x1f\x8b")) ||
        deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        return false;
    }
    z.next_in = (unsigned char *)(uintptr_t)body.p;
    z.avail_in = (uInt)body.n;
    do {
        z.next_out = piece;
        z.avail_out = sizeof piece;
        (void)deflate(&z, Z_FINISH);
        tp_buf_put(out, piece, sizeof piece - z.avail_out);
    } while (z.avail_out == 0);
    (void)deflateEnd(&z);
    return true;
}

void
fuzz_parse_all_ways(const tp_shape *shape, const fuzz_input *in, fuzz_rows *out)
{
    fuzz_rows other = {0};
    tp_buf wrapped = {0};
    const size_t step[] = {1, 3, 1 + in->body.n % 61, 0};
    fuzz_parse(shape, in->body, 0, out);
    for (size_t i = 0; i < TP_COUNT(step); i++) {
        char what[64];
        tp_kernel_set(tp_kernel_at(i));
        (void)snprintf(what, sizeof what, "in pieces of %zu (%s)", step[i], tp_kernel_get()->name);
        tp_scan_set_window(16 + in->body.n * (i + 1) % 251); /* so that it moves in a small body */
        fuzz_parse(shape, in->body, step[i], &other);
        tp_scan_set_window(0);
        same_outcome(out, &other, true, what);
    }
    tp_kernel_set(NULL);
    const bool latin = in->fallback != NULL && strncmp(in->fallback, "only ", 5) == 0;
    const bool wide = !latin && (in->wrap == FUZZ_UTF16LE || in->wrap == FUZZ_UTF16BE);
    if (wide ? as_utf16(in->body, in->wrap == FUZZ_UTF16LE, &wrapped)
             : in->wrap == FUZZ_GZIP && as_gzip(in->body, &wrapped)) {
        fuzz_parse(shape, tp_buf_view(&wrapped), 1 + in->body.n % 7, &other);
        if (wide && shape->format == TP_FORMAT_XML && out->rc != TP_OK) {
            /* libxml2 converts, and tells a wrong first byte earlier. */
            fuzz_need(other.rc != TP_OK, "accepted in UTF-16");
        } else {
            same_outcome(out, &other, !wide, wide ? "in UTF-16" : "in gzip");
        }
    }
    tp_buf_clear(&wrapped);
    fuzz_rows_clear(&other);
}

void
fuzz_same_rows(const fuzz_rows *got, const tp_buf want[TP_SELECTS_MAX], tp_str body)
{
    for (size_t s = 0; got->rc == TP_OK && s < got->shape->n_selects; s++) {
        fuzz_need(tp_str_eq(tp_buf_view(&got->text[s]), tp_buf_view(&want[s])),
                  "%.*s\nselect %zu gives\n%sthe oracle\n%s", (int)body.n, body.p, s,
                  tp_buf_cstr(&got->text[s]), tp_buf_cstr(&want[s]));
    }
}

void
fuzz_limits(const tp_shape *shape, const fuzz_input *in, const fuzz_rows *free_of_limits)
{
    fuzz_rows got = {0};
    if (!in->limits) {
        return;
    }
    tp_shape tight = *shape;
    tight.limit =
        (tp_limits){.depth = 5, .string_bytes = 20, .record_bytes = 300, .records = 6, .fields = 5};
    fuzz_parse(&tight, in->body, 1 + in->body.n % 5, &got);
    if (got.rc != TP_E_RANGE) {
        same_outcome(free_of_limits, &got, false, "with limits");
    }
    fuzz_rows_clear(&got);
}

/* ---- characters ---- */

static void
put_char(tp_buf *out, uint32_t c)
{
    unsigned char bytes[4];
    const utf8proc_ssize_t n = utf8proc_encode_char((utf8proc_int32_t)c, bytes);
    tp_buf_put(out, bytes, (size_t)n);
}

static bool
from_utf16(tp_str body, bool little, tp_buf *out)
{
    for (size_t i = 0; i + 1 < body.n; i += 2) {
        uint32_t c[2] = {0};
        for (size_t k = 0; k < 2 && i + 2 * k + 1 < body.n; k++) {
            const uint32_t a = (unsigned char)body.p[i + 2 * k];
            const uint32_t b = (unsigned char)body.p[i + 2 * k + 1];
            c[k] = little ? a | b << 8 : a << 8 | b;
        }
        const bool high = c[0] >= 0xd800 && c[0] < 0xdc00;
        const bool low = c[1] >= 0xdc00 && c[1] < 0xe000;
        if ((c[0] >= 0xdc00 && c[0] < 0xe000) || (high && !low)) {
            return false;
        }
        put_char(out, high        ? 0x10000 + ((c[0] - 0xd800) << 10) + (c[1] - 0xdc00)
                      : c[0] == 0 ? 0xfffd
                                  : c[0]);
        i += high ? 2 : 0;
    }
    return body.n % 2 == 0;
}

/* Windows-1252 from 0x80 to 0x9f as the Unicode consortium lists it; U+FFFD = unused. */
static const uint16_t WESTERN[32] = {
    0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178};

bool
fuzz_decode(tp_str body, const char *fallback, tp_buf *out)
{
    if (tp_str_starts(body, TP_STR("\x1f\x8b"))) {
        return false;
    }
    if (tp_str_starts(body, TP_STR("\xff\xfe")) || tp_str_starts(body, TP_STR("\xfe\xff"))) {
        return from_utf16(tp_str_sub(body, 2, body.n), body.p[0] == '\xff', out);
    }
    size_t i = tp_str_starts(body, TP_STR("\xef\xbb\xbf")) ? 3 : 0;
    const bool only = i == 0 && fallback != NULL && strncmp(fallback, "only ", 5) == 0;
    while (i < body.n) {
        utf8proc_int32_t c;
        const utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)body.p + i,
                                                    (utf8proc_ssize_t)(body.n - i), &c);
        const uint32_t byte = (unsigned char)body.p[i];
        if (n > 0 && !(only && byte >= 0x80)) {
            put_char(out, c == 0 ? 0xfffd : (uint32_t)c); /* a NUL is a lost character */
            i += (size_t)n;
        } else if (fallback == NULL) {
            return false;
        } else {
            const bool western = strstr(fallback, "windows-1252") != NULL;
            put_char(out, western && byte >= 0x80 && byte < 0xa0 ? WESTERN[byte - 0x80] : byte);
            i++;
        }
    }
    return true;
}
