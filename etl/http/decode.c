/* What did the agency send before the server packed it: gzip, deflate or zstd as Content-Encoding?
 */
#include "etl/http/decode.h"

#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

enum {
    PIECE = 64 << 10,
    AUTO_BITS = 15 + 32,
    RAW_BITS = -15,
    HEAD_BYTES = 4,
    WINDOW_LOG = 23 /* 8 MiB: the most that RFC 9659 lets a body ask for */
};

typedef enum coding { GZIP, DEFLATE, ZSTD, PLAIN } coding;

struct tp_decode {
    coding coding;
    bool begun; /* the first bytes have told what it is */
    bool whole; /* a member or frame has ended, and no other has begun */
    size_t n_head;
    unsigned char head[HEAD_BYTES]; /* held until there are enough */
    z_stream z;
    ZSTD_DStream *zstd;
    unsigned char out[PIECE];
};

static bool
names(tp_str encoding, coding *out)
{
    static const struct {
        const char *name;
        coding is;
    } KNOWN[] = {{"gzip", GZIP}, {"x-gzip", GZIP}, {"deflate", DEFLATE},
                 {"zstd", ZSTD}, {"", PLAIN},      {"identity", PLAIN}};
    for (size_t i = 0; i < TP_COUNT(KNOWN); i++) {
        if (tp_str_ieq(encoding, tp_str_of(KNOWN[i].name))) {
            *out = KNOWN[i].is;
            return true;
        }
    }
    return false;
}

tp_code
tp_decode_open(tp_str encoding, tp_decode **out, tp_err *err)
{
    coding is = PLAIN;
    *out = NULL;
    if (!names(tp_str_trim(encoding), &is)) {
        TP_RETURN_ERR(err, TP_E_SCHEMA,
                      "the body is packed as \"%.40s\": not one of gzip, deflate, "
                      "zstd",
                      encoding.p);
    }
    if (is == PLAIN) {
        return TP_OK;
    }
    tp_decode *d = calloc(1, sizeof *d);
    if (d == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "memory to unpack a body");
    }
    d->coding = is;
    *out = d;
    return TP_OK;
}

void
tp_decode_close(tp_decode *decode)
{
    if (decode != NULL) {
        if (decode->begun && (decode->coding == GZIP || decode->coding == DEFLATE)) {
            (void)inflateEnd(&decode->z);
        }
        (void)ZSTD_freeDStream(decode->zstd);
        free(decode);
    }
}

/* Some servers name a coding and send plain bytes, or deflate without its wrapper. */
static tp_code
begin(tp_decode *d, tp_err *err)
{
    const unsigned char *h = d->head;
    bool ok = true;
    d->begun = true;
    if (d->coding == GZIP && (d->n_head < 2 || h[0] != 0x1f || h[1] != 0x8b)) {
        d->coding = PLAIN;
    } else if (d->coding == ZSTD && (d->n_head < 4 || h[0] != 0x28 || h[1] != 0xb5)) {
        d->coding = PLAIN;
    } else if (d->coding == ZSTD) {
        d->zstd = ZSTD_createDStream();
        ok = d->zstd != NULL &&
             !ZSTD_isError(ZSTD_DCtx_setParameter(d->zstd, ZSTD_d_windowLogMax, WINDOW_LOG));
    } else {
        const bool wrapped =
            d->n_head >= 2 && ((h[0] << 8) + h[1]) % 31 == 0 && (h[0] & 0x0f) == Z_DEFLATED;
        ok = inflateInit2(&d->z, d->coding == DEFLATE && !wrapped ? RAW_BITS : AUTO_BITS) == Z_OK;
        d->begun = ok;
    }
    if (!ok) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "memory to unpack a body");
    }
    return TP_OK;
}

static tp_code
damaged(tp_err *err)
{
    TP_RETURN_ERR(err, TP_E_NET, "the packed body is damaged");
}

static tp_code
put_zlib(tp_decode *d, const unsigned char *p, size_t n, tp_decode_sink sink, void *user,
         tp_err *err)
{
    union {
        const unsigned char *in;
        Bytef *out;
    } bytes = {.in = p}; /* zlib's next_in lacks its const */
    d->z.next_in = bytes.out;
    d->z.avail_in = (uInt)n;
    for (;;) {
        if (d->whole) {
            if (d->z.avail_in == 0 || d->coding != GZIP || *d->z.next_in != 0x1f) {
                return TP_OK; /* what follows the last member is padding */
            }
            (void)inflateReset(&d->z);
            d->whole = false;
        }
        d->z.next_out = d->out;
        d->z.avail_out = PIECE;
        const int rc = inflate(&d->z, Z_NO_FLUSH);
        if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR) {
            return damaged(err);
        }
        const size_t got = PIECE - d->z.avail_out;
        if (got > 0) {
            TP_RETURN_SAME(sink(user, d->out, got));
        }
        d->whole = rc == Z_STREAM_END;
        if (!d->whole && d->z.avail_in == 0 && d->z.avail_out > 0) {
            return TP_OK;
        }
    }
}

static tp_code
put_zstd(tp_decode *d, const unsigned char *p, size_t n, tp_decode_sink sink, void *user,
         tp_err *err)
{
    ZSTD_inBuffer in = {p, n, 0};
    bool full = false;
    while (in.pos < in.size || full) {
        ZSTD_outBuffer out = {d->out, PIECE, 0};
        const size_t rc = ZSTD_decompressStream(d->zstd, &out, &in);
        if (ZSTD_getErrorCode(rc) == ZSTD_error_frameParameter_windowTooLarge) {
            TP_RETURN_ERR(
                err, TP_E_RANGE,
                "the body is packed with a window of more than 8 MiB, which RFC 9659 does "
                "not allow");
        }
        if (ZSTD_isError(rc)) {
            return damaged(err);
        }
        if (out.pos > 0) {
            TP_RETURN_SAME(sink(user, d->out, out.pos));
        }
        d->whole = rc == 0;
        full = out.pos == PIECE && rc != 0;
    }
    return TP_OK;
}

static tp_code
put(tp_decode *d, const unsigned char *p, size_t n, tp_decode_sink sink, void *user, tp_err *err)
{
    switch (d->coding) {
    case GZIP:
    case DEFLATE:
        return put_zlib(d, p, n, sink, user, err);
    case ZSTD:
        return put_zstd(d, p, n, sink, user, err);
    default:
        d->whole = true;
        return sink(user, p, n);
    }
}

tp_code
tp_decode_put(tp_decode *decode, const void *bytes, size_t n, tp_decode_sink sink, void *user,
              tp_err *err)
{
    const unsigned char *p = bytes;
    while (!decode->begun && n > 0) {
        decode->head[decode->n_head++] = *p++;
        n--;
        if (decode->n_head == HEAD_BYTES) {
            TP_RETURN_SAME(begin(decode, err));
            TP_RETURN_SAME(put(decode, decode->head, HEAD_BYTES, sink, user, err));
        }
    }
    return n > 0 ? put(decode, p, n, sink, user, err) : TP_OK;
}

tp_code
tp_decode_end(tp_decode *decode, tp_decode_sink sink, void *user, tp_err *err)
{
    if (!decode->begun && decode->n_head > 0) {
        TP_RETURN_SAME(begin(decode, err));
        TP_RETURN_SAME(put(decode, decode->head, decode->n_head, sink, user, err));
    }
    if (decode->begun && !decode->whole) {
        TP_RETURN_ERR(err, TP_E_NET, "the packed body ends too early: it was cut short");
    }
    return TP_OK;
}
