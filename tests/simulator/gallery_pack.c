/* Which bytes stand for a page: its character set, then its compression? */
#include <stdlib.h>

#include <zlib.h>
#include <zstd.h>

#include "tests/simulator/gallery.h"

enum { ZLIB_BITS = 15, GZIP_BITS = 15 + 16 };

/* The next character of valid UTF-8. */
static uint32_t
next_char(const char *p, size_t *at)
{
    const unsigned char *s = (const unsigned char *)p + *at;
    const size_t n = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    uint32_t c = n == 1 ? s[0] : s[0] & (0xffU >> (n + 1));

    for (size_t i = 1; i < n; i++) {
        c = c << 6 | (s[i] & 0x3fU);
    }
    *at += n;
    return c;
}

static void
put_unit(tp_buf *out, uint32_t unit, bool little)
{
    const char high = (char)(unit >> 8 & 0xff);
    const char low = (char)(unit & 0xff);

    tp_buf_char(out, little ? low : high);
    tp_buf_char(out, little ? high : low);
}

static void
encode(sim_g_encoding encoding, tp_buf *body)
{
    TP_AUTO_BUF(out);
    size_t at = 0;

    if (encoding == SIM_G_UTF8 || body->p == NULL) {
        return;
    }
    const bool little = encoding == SIM_G_UTF16LE;
    if (encoding == SIM_G_UTF8_BOM) {
        tp_buf_puts(&out, "\xef\xbb\xbf");
        tp_buf_str(&out, tp_buf_view(body));
        at = body->n;
    } else if (encoding != SIM_G_LATIN1) {
        put_unit(&out, 0xfeff, little);
    }
    while (at < body->n) {
        const uint32_t c = next_char(body->p, &at);
        if (encoding == SIM_G_LATIN1) {
            tp_buf_char(&out, c < 0x100 ? (char)(unsigned char)c : '?');
        } else if (c < 0x10000) {
            put_unit(&out, c, little);
        } else {
            put_unit(&out, 0xd800 + ((c - 0x10000) >> 10), little);
            put_unit(&out, 0xdc00 + ((c - 0x10000) & 0x3ff), little);
        }
    }
    tp_buf_reset(body);
    tp_buf_str(body, tp_buf_view(&out));
}

static bool
deflate_all(int bits, tp_buf *body)
{
    z_stream z = {.next_in = (Bytef *)body->p, .avail_in = (uInt)body->n};
    TP_AUTO_BUF(out);
    char piece[4096];
    int rc = deflateInit2(&z, 6, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY);

    while (rc == Z_OK) {
        z.next_out = (Bytef *)piece;
        z.avail_out = sizeof piece;
        rc = deflate(&z, Z_FINISH);
        tp_buf_put(&out, piece, sizeof piece - z.avail_out);
    }
    (void)deflateEnd(&z);
    tp_buf_reset(body);
    tp_buf_str(body, tp_buf_view(&out));
    return rc == Z_STREAM_END && !out.failed;
}

static bool
zstd_all(tp_buf *body)
{
    const size_t room = ZSTD_compressBound(body->n);
    char *out = malloc(room);
    const size_t n = out != NULL ? ZSTD_compress(out, room, body->p, body->n, 3) : 0;
    const bool good = out != NULL && !ZSTD_isError(n);

    if (good) {
        tp_buf_reset(body);
        tp_buf_put(body, out, n);
    }
    free(out);
    return good;
}

bool
sim_gallery_pack(const sim_g_ask *ask, tp_buf *body)
{
    encode(ask->encoding, body);
    switch (ask->packing) {
    case SIM_G_GZIP:
    case SIM_G_GZ:
        return deflate_all(GZIP_BITS, body) && !body->failed;
    case SIM_G_DEFLATE:
        return deflate_all(ZLIB_BITS, body) && !body->failed;
    case SIM_G_ZSTD:
        return zstd_all(body) && !body->failed;
    default:
        return !body->failed;
    }
}
