/* Which bytes of a body does a span speak of? */
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "talent/etl/format.h"

enum { PIECE = 64 << 10, NAME = 40 };

/* Walks over the text and keeps what lies within the span. */
typedef struct slicer {
    tp_span span;
    uint64_t at;
    tp_buf *out;
    iconv_t set; /* from the document's character set; only with converts */
    bool converts;
    size_t n_rest; /* bytes of a character that is not whole yet */
    char rest[16];
} slicer;

static tp_code
keep(slicer *s, const char *p, size_t n, tp_err *err)
{
    const uint64_t end = s->at + n;
    const uint64_t from = s->span.from > s->at ? s->span.from : s->at;
    const uint64_t to = s->span.to < end ? s->span.to : end;
    if (from < to) {
        tp_buf_put(s->out, p + (from - s->at), (size_t)(to - from));
    }
    s->at = end;
    if (s->out->failed) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "a piece of %llu bytes",
                      (unsigned long long)(s->span.to - s->span.from));
    }
    return TP_OK;
}

/* Bytes in the document's character set. */
static tp_code
convert(slicer *s, char *p, size_t n, tp_err *err)
{
    char to[4096];
    while (n > 0) {
        char *in = p;
        char *out = to;
        size_t left = n;
        size_t room = sizeof to;
        const size_t rc = iconv(s->set, &in, &left, &out, &room);
        TP_RETURN_SAME(keep(s, to, sizeof to - room, err));
        if (rc == (size_t)-1 && left == n && room == sizeof to) {
            if (n < sizeof s->rest) { /* a character whose end comes with the next piece */
                memcpy(s->rest, in, n);
                s->n_rest = n;
                return TP_OK;
            }
            TP_RETURN_ERR(err, TP_E_SYNTAX, "byte %llu: not of the declared character set",
                          (unsigned long long)s->at);
        }
        p = in;
        n = left;
    }
    return TP_OK;
}

/* What an XML declaration says of the character set, for a body that is not in UTF-8. */
static tp_code
open_set(slicer *s, tp_str head, tp_err *err)
{
    char name[NAME];
    const size_t at = tp_str_find(head, TP_STR("encoding"));
    const tp_str rest = at != SIZE_MAX ? tp_str_sub(head, at, 200) : TP_STR("");
    const size_t n_from = strcspn(rest.n > 0 ? rest.p : "", "\"'");
    const tp_str quoted = tp_str_sub(rest, n_from + 1, NAME - 1);
    size_t n = 0;
    while (n < quoted.n && quoted.p[n] != '"' && quoted.p[n] != '\'') {
        name[n] = quoted.p[n];
        n++;
    }
    name[n] = '\0';
    s->set = iconv_open("UTF-8", name);
    if (s->set == (iconv_t)-1) {
        TP_RETURN_ERR(err, TP_E_SYNTAX, "the declared character set is not known here");
    }
    s->converts = true;
    return TP_OK;
}

static tp_code
walk(slicer *s, tp_reader *text, char *piece, tp_err *err)
{
    bool first = true;
    while (s->at < s->span.to) {
        size_t n = 0;
        memcpy(piece, s->rest, s->n_rest);
        TP_RETURN_SAME(text->read(text, piece + s->n_rest, PIECE - s->n_rest, &n, err));
        if (n == 0) {
            return TP_OK;
        }
        n += s->n_rest;
        s->n_rest = 0;
        piece[n] = '\0';
        if (first && tp_reader_utf8_passes(text)) {
            TP_RETURN_SAME(open_set(s, (tp_str){piece, n}, err));
        }
        first = false;
        TP_RETURN_SAME(s->converts ? convert(s, piece, n, err) : keep(s, piece, n, err));
    }
    return TP_OK;
}

tp_code
tp_format_slice(const tp_shape *shape, tp_reader *in, tp_span span, tp_buf *out, tp_err *err)
{
    tp_reader *plain = NULL;
    tp_reader *text = NULL;
    slicer s = {.span = span, .out = out};
    char *piece = malloc(PIECE + 1);
    if (piece == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "a piece of %d bytes", PIECE);
    }
    tp_code rc = tp_reader_gunzip(in, &shape->limit, NULL, &plain, err);
    if (rc == TP_OK) {
        rc = tp_reader_utf8(plain, shape->encoding, shape->format == TP_FORMAT_XML, NULL, &text,
                            err);
    }
    if (rc == TP_OK) {
        rc = walk(&s, text, piece, err);
    }
    if (s.converts) {
        (void)iconv_close(s.set);
    }
    tp_reader_utf8_free(text);
    tp_reader_gunzip_free(plain);
    free(piece);
    return rc;
}
