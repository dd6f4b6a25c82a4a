/* Which characters do the bytes of a body stand for? */
#include "etl/format/kernel.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 64 << 10, PROLOG = 1024 };

typedef enum encoding_kind { ENC_NEW, ENC_UTF8, ENC_UTF16LE, ENC_UTF16BE, ENC_PASS } encoding_kind;
typedef enum fallback_kind { FALLBACK_NONE, FALLBACK_LATIN1, FALLBACK_1252 } fallback_kind;

typedef struct decoder {
    tp_reader base;
    tp_reader *in;
    const tp_kernel *kernel;
    tp_parse_stats *stats;
    tp_parse_stats own;
    encoding_kind kind;
    fallback_kind fallback;
    encoding_kind wide; /* UTF-16 without a mark, by declaration; else ENC_NEW */
    bool only;          /* nothing is UTF-8: every byte is read in the fallback */
    bool xml;
    bool in_end;
    tp_code fault;
    tp_err why;      /* of the fault: what is good before it goes out first */
    uint64_t offset; /* of piece[0] in the body */
    size_t at;
    size_t n;
    size_t checked;   /* bytes from `at` on known to be valid and free of NUL */
    size_t valid_end; /* of the piece, up to which all is valid, NULs among it: looked at once */
    size_t n_left;    /* of `left`: a character that did not fit the caller's buffer */
    unsigned char left[4];
    char piece[PIECE];
} decoder;

/* Windows-1252 from 0x80 to 0x9f; 0 = unused. */
static const uint16_t CP1252[32] = {0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                    0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
                                    0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

static tp_code
fill(decoder *d, tp_err *err)
{
    size_t n = 0;
    if (d->at > 0) {
        memmove(d->piece, d->piece + d->at, d->n - d->at);
        d->n -= d->at;
        d->valid_end -= d->valid_end > d->at ? d->at : d->valid_end;
        d->offset += d->at;
        d->at = 0;
    }
    TP_RETURN_SAME(d->in->read(d->in, d->piece + d->n, PIECE - d->n, &n, err));
    d->in_end = n == 0;
    d->n += n;
    return TP_OK;
}

static tp_code
fill_to(decoder *d, size_t want, tp_err *err)
{
    while (d->n - d->at < want && !d->in_end) {
        TP_RETURN_SAME(fill(d, err));
    }
    return TP_OK;
}

static bool
starts(const decoder *d, const char *bytes, size_t n)
{
    return d->n - d->at >= n && memcmp(d->piece + d->at, bytes, n) == 0;
}

/* The character set an XML declaration names; absent if none. */
static tp_str
declared(tp_str head)
{
    if (!tp_str_starts(head, TP_STR("<?xml"))) {
        return TP_STR_NONE;
    }
    const size_t end = tp_str_find(head, TP_STR("?>"));
    const tp_str decl = tp_str_sub(head, 0, end != SIZE_MAX ? end : head.n);
    const size_t at = tp_str_find(decl, TP_STR("encoding"));
    if (at == SIZE_MAX) {
        return TP_STR_NONE;
    }
    tp_str rest = tp_str_trim(tp_str_sub(decl, at + 8, decl.n));
    if (rest.n == 0 || rest.p[0] != '=') {
        return TP_STR_NONE;
    }
    rest = tp_str_trim(tp_str_sub(rest, 1, rest.n));
    if (rest.n < 2) {
        return TP_STR_NONE;
    }
    const char *close = memchr(rest.p + 1, rest.p[0], rest.n - 1);
    return close != NULL ? (tp_str){rest.p + 1, (size_t)(close - rest.p) - 1} : TP_STR_NONE;
}

/* The two sets of one byte that are decoded here. */
static fallback_kind
single_byte(tp_str name)
{
    if (tp_str_ieq(name, TP_STR("iso-8859-1")) || tp_str_ieq(name, TP_STR("latin1"))) {
        return FALLBACK_LATIN1;
    }
    return tp_str_ieq(name, TP_STR("windows-1252")) || tp_str_ieq(name, TP_STR("cp1252"))
               ? FALLBACK_1252
               : FALLBACK_NONE;
}

/* What an XML document says of itself, where no mark says it. */
static void
heed(decoder *d, tp_str name)
{
    if (name.p == NULL || tp_str_ieq(name, TP_STR("utf-8")) ||
        tp_str_ieq(name, TP_STR("us-ascii"))) {
        return;
    }
    const fallback_kind kind = single_byte(name);
    d->kind = kind == FALLBACK_NONE ? ENC_PASS : ENC_UTF8;
    d->fallback = kind != FALLBACK_NONE ? kind : d->fallback;
    d->only = kind != FALLBACK_NONE;
}

static tp_code
detect(decoder *d, tp_err *err)
{
    bool marked = false;
    TP_RETURN_SAME(fill_to(d, d->xml ? PROLOG : 3, err));
    d->kind = ENC_UTF8;
    if (starts(d, "\xef\xbb\xbf", 3)) {
        d->at += 3;
        d->only = false;
        marked = true;
    } else if (starts(d, "\xff\xfe", 2) || starts(d, "\xfe\xff", 2)) {
        d->kind = starts(d, "\xff", 1) ? ENC_UTF16LE : ENC_UTF16BE;
        d->at += 2;
    } else if (d->xml && (starts(d, "<\0", 2) || starts(d, "\0<", 2))) {
        d->kind = starts(d, "<", 1) ? ENC_UTF16LE : ENC_UTF16BE;
    } else if (d->wide != ENC_NEW) {
        d->kind = d->wide;
    }
    if (d->xml && d->kind == ENC_UTF8 && !marked) {
        const size_t have = d->n - d->at;
        heed(d, declared((tp_str){d->piece + d->at, have < PROLOG ? have : PROLOG}));
    }
    return TP_OK;
}

enum { LOST = 0xfffd }; /* stands for a NUL, which no text may hold */

static size_t
encode(uint32_t c, unsigned char out[4])
{
    if (c < 0x80) {
        out[0] = (unsigned char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (unsigned char)(0xc0 | (c >> 6));
        out[1] = (unsigned char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (unsigned char)(0xe0 | (c >> 12));
        out[1] = (unsigned char)(0x80 | ((c >> 6) & 0x3f));
        out[2] = (unsigned char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (unsigned char)(0xf0 | (c >> 18));
    out[1] = (unsigned char)(0x80 | ((c >> 12) & 0x3f));
    out[2] = (unsigned char)(0x80 | ((c >> 6) & 0x3f));
    out[3] = (unsigned char)(0x80 | (c & 0x3f));
    return 4;
}

static unsigned long long
place(const decoder *d)
{
    return (unsigned long long)(d->offset + d->at);
}

/* Length of the sequence that a lead byte announces; 0 = no lead byte. */
static size_t
announced(unsigned char c)
{
    return c >= 0xf0 && c <= 0xf4 ? 4 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xc2 && c < 0xe0 ? 2 : 0;
}

/* Is the rest of the piece the beginning of a character? */
static bool
is_cut(const decoder *d)
{
    const size_t have = d->n - d->at;
    if (!d->in_end || announced((unsigned char)d->piece[d->at]) <= have) {
        return false;
    }
    for (size_t i = 1; i < have; i++) {
        if (((unsigned char)d->piece[d->at + i] & 0xc0) != 0x80) {
            return false;
        }
    }
    return true;
}

/* A byte that is not UTF-8: read in the fallback. */
static tp_code
odd_byte(decoder *d, tp_err *err)
{
    const unsigned char c = (unsigned char)d->piece[d->at];
    if (d->fallback == FALLBACK_NONE) {
        if (is_cut(d)) {
            TP_RETURN_ERR(err, TP_E_NET, "cut short at byte %llu: within a character",
                          (unsigned long long)(d->offset + d->n));
        }
        TP_RETURN_ERR(err, TP_E_SYNTAX,
                      "byte %llu: not UTF-8, and no other character set is declared", place(d));
    }
    uint32_t ch = c;
    if (d->fallback == FALLBACK_1252 && c >= 0x80 && c < 0xa0) {
        ch = CP1252[c - 0x80] != 0 ? CP1252[c - 0x80] : 0xfffd;
    }
    d->n_left = encode(ch, d->left);
    d->at++;
    d->stats->fallback_bytes += d->only ? 0 : 1;
    return TP_OK;
}

/* Finds how much of the piece is valid; at least one byte or one character in `left`. */
static tp_code
check_utf8(decoder *d, tp_err *err)
{
    const tp_str rest = {d->piece + d->at, d->n - d->at};
    d->checked = d->kernel->ascii(rest.p, rest.n);
    if (d->checked > 0) {
        return TP_OK;
    }
    if (d->only) {
        d->checked = rest.p[0] == '\0' ? 1 : 0;
    } else {
        if (d->valid_end <= d->at) {
            d->valid_end = d->at + tp_utf8_valid(rest);
            d->stats->checked_bytes += d->valid_end - d->at;
        }
        d->checked = d->valid_end - d->at;
    }
    if (d->checked == 0 && d->only) {
        return odd_byte(d, err);
    }
    if (d->checked == 0) {
        const size_t want = announced((unsigned char)rest.p[0]);
        if (want > rest.n && !d->in_end) {
            TP_RETURN_SAME(fill_to(d, want, err));
            return check_utf8(d, err); /* once: now the character is whole or the end is known */
        }
        return odd_byte(d, err);
    }
    const char *nul = memchr(rest.p, 0, d->checked);
    if (nul == rest.p) { /* one lost character, not a lost body: whoever reads it counts it */
        d->checked = 0;
        d->n_left = encode(LOST, d->left);
        d->at++;
        return TP_OK;
    }
    d->checked = nul != NULL ? (size_t)(nul - rest.p) : d->checked;
    return TP_OK;
}

static uint32_t
unit(const decoder *d, size_t at)
{
    const uint32_t a = (unsigned char)d->piece[at];
    const uint32_t b = (unsigned char)d->piece[at + 1];
    return d->kind == ENC_UTF16LE ? a | (b << 8) : (a << 8) | b;
}

/* One character of UTF-16 into `left`. */
static tp_code
take_utf16(decoder *d, tp_err *err)
{
    TP_RETURN_SAME(fill_to(d, 4, err));
    if (d->n - d->at < 2) {
        TP_RETURN_ERR(err, TP_E_NET, "cut short at byte %llu: half a UTF-16 unit",
                      (unsigned long long)(d->offset + d->n));
    }
    uint32_t c = unit(d, d->at);
    size_t n = 2;
    if (c >= 0xd800 && c <= 0xdbff) {
        if (d->n - d->at < 4) {
            TP_RETURN_ERR(err, TP_E_NET, "cut short at byte %llu: half a surrogate pair",
                          (unsigned long long)(d->offset + d->n));
        }
        const uint32_t low = unit(d, d->at + 2);
        if (low < 0xdc00 || low > 0xdfff) {
            TP_RETURN_ERR(err, TP_E_SYNTAX, "byte %llu: half a surrogate pair", place(d));
        }
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        n = 4;
    } else if (c >= 0xdc00 && c <= 0xdfff) {
        TP_RETURN_ERR(err, TP_E_SYNTAX, "byte %llu: half a surrogate pair", place(d));
    }
    d->at += n;
    d->n_left = encode(c == 0 ? LOST : c, d->left);
    return TP_OK;
}

/* Gives what is at hand; *out_n = 0 when a new piece or decision is needed. */
static size_t
serve(decoder *d, char *buf, size_t cap)
{
    if (d->n_left > 0) {
        const size_t n = d->n_left < cap ? d->n_left : cap;
        memcpy(buf, d->left, n);
        memmove(d->left, d->left + n, d->n_left - n);
        d->n_left -= n;
        return n;
    }
    const size_t n = d->checked < cap ? d->checked : cap;
    memcpy(buf, d->piece + d->at, n);
    d->at += n;
    d->checked -= n;
    return n;
}

/* Reads straight into the caller's buffer while that is ASCII; what is not goes to the piece. */
static tp_code
read_ascii(decoder *d, char *buf, size_t cap, size_t *out_n, tp_err *err)
{
    size_t n = 0;
    TP_RETURN_SAME(d->in->read(d->in, buf, cap < PIECE ? cap : PIECE, &n, err));
    d->in_end = n == 0;
    *out_n = d->kernel->ascii(buf, n);
    d->offset += d->at + *out_n;
    d->at = 0;
    d->valid_end = 0;
    d->n = n - *out_n;
    memcpy(d->piece, buf + *out_n, d->n);
    return TP_OK;
}

static tp_code
read_decoded(decoder *d, char *buf, size_t cap, size_t *out_n, tp_err *err)
{
    if (d->kind == ENC_NEW) {
        TP_RETURN_SAME(detect(d, err));
    }
    while (*out_n < cap) {
        if (d->n_left == 0 && d->checked == 0) {
            if (d->at == d->n) {
                if (d->in_end || *out_n > 0) {
                    return TP_OK;
                }
                if (d->kind == ENC_UTF8) {
                    TP_RETURN_SAME(read_ascii(d, buf, cap, out_n, err));
                } else {
                    TP_RETURN_SAME(fill(d, err));
                }
                continue;
            }
            if (d->kind == ENC_PASS) {
                d->checked = d->n - d->at;
            } else {
                TP_RETURN_SAME(d->kind == ENC_UTF8 ? check_utf8(d, err) : take_utf16(d, err));
            }
        }
        *out_n += serve(d, buf + *out_n, cap - *out_n);
    }
    return TP_OK;
}

static tp_code
decoder_read(tp_reader *self, void *buf, size_t cap, size_t *out_n, tp_err *err)
{
    decoder *d = (decoder *)self;
    *out_n = 0;
    if (d->fault == TP_OK) {
        d->fault = read_decoded(d, buf, cap, out_n, &d->why);
    }
    if (d->fault == TP_OK || *out_n > 0) {
        return TP_OK;
    }
    if (err != NULL) {
        *err = d->why;
    }
    return d->fault;
}

/* What "iso-8859-1", "only iso-8859-1", "only utf-16le", ... mean for a decoder. */
static bool
declare(decoder *d, const char *name)
{
    tp_str text = tp_str_of(name);
    if (text.p == NULL || tp_str_ieq(text, TP_STR("utf-8"))) {
        return true;
    }
    if (tp_str_starts(text, TP_STR("only "))) {
        d->only = true;
        text = tp_str_sub(text, 5, text.n);
    }
    if (d->only && tp_str_starts(text, TP_STR("utf-16"))) {
        d->only = false;
        d->wide = tp_str_is(text, "utf-16le") ? ENC_UTF16LE : ENC_UTF16BE;
        return tp_str_is(text, "utf-16le") || tp_str_is(text, "utf-16be");
    }
    d->fallback = single_byte(text);
    return d->fallback != FALLBACK_NONE;
}

tp_code
tp_reader_utf8(tp_reader *in, const char *fallback, bool xml, tp_parse_stats *stats,
               tp_reader **out, tp_err *err)
{
    decoder *d = malloc(sizeof *d);
    if (d == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "a decoder of %zu bytes", sizeof *d);
    }
    memset(d, 0, offsetof(decoder, piece)); /* a body may be much smaller than its piece */
    d->base.read = decoder_read;
    d->in = in;
    d->kernel = tp_kernel_get();
    d->xml = xml;
    d->stats = stats != NULL ? stats : &d->own;
    if (!declare(d, fallback)) {
        free(d);
        TP_RETURN_ERR(err, TP_E_CONFIG,
                      "character set '%.40s': known are utf-8, iso-8859-1 and windows-1252",
                      fallback);
    }
    *out = &d->base;
    return TP_OK;
}

bool
tp_reader_utf8_passes(const tp_reader *self)
{
    const decoder *d = (const decoder *)self;
    return d->kind == ENC_PASS;
}

void
tp_reader_utf8_free(tp_reader *self)
{
    free(self);
}
