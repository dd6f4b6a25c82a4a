/* Did a gzip file come whole? Length and hash of a cut file look right; only its trailer tells. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "etl/stage/pull_parts.h"

enum { SCRATCH_BYTES = 256 << 10, GZIP_BITS = 15 + 16 };

struct tp_pull_gzip {
    z_stream z;
    bool member; /* within a member, whose trailer has not come yet */
    bool rest;   /* bytes after the last member that begin no other: the reader judges them */
    uint64_t unpacked;
    Bytef scratch[SCRATCH_BYTES];
};

bool
tp_pull_is_gzip(tp_str head)
{
    return tp_str_starts(head, TP_STR("\x1f\x8b"));
}

tp_code
tp_pull_gzip_open(tp_pull_gzip **out, tp_err *err)
{
    tp_pull_gzip *g = calloc(1, sizeof *g);
    if (g == NULL || inflateInit2(&g->z, GZIP_BITS) != Z_OK) {
        free(g);
        TP_RETURN_ERR(err, TP_E_NOMEM, "memory to check a gzip file");
    }
    g->member = true;
    *out = g;
    return TP_OK;
}

void
tp_pull_gzip_close(tp_pull_gzip *gzip)
{
    if (gzip != NULL) {
        (void)inflateEnd(&gzip->z);
        free(gzip);
    }
}

static tp_code
check_piece(tp_pull_gzip *g, const tp_limits *limit, tp_err *err)
{
    g->z.next_out = g->scratch;
    g->z.avail_out = SCRATCH_BYTES;
    const int rc = inflate(&g->z, Z_NO_FLUSH);
    g->unpacked += SCRATCH_BYTES - g->z.avail_out;
    if (limit->unpacked_bytes > 0 && g->unpacked > limit->unpacked_bytes) {
        TP_RETURN_ERR(err, TP_E_RANGE,
                      "the file unpacks to more than %llu bytes; see connect.limits.unpacked_mb",
                      (unsigned long long)limit->unpacked_bytes);
    }
    if (rc == Z_STREAM_END) {
        g->member = false;
    } else if (rc == Z_MEM_ERROR) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "memory to check a gzip file");
    } else if (rc != Z_OK && rc != Z_BUF_ERROR) {
        TP_RETURN_ERR(err, TP_E_NET, "the gzip file is damaged after %llu unpacked bytes",
                      (unsigned long long)g->unpacked);
    }
    return TP_OK;
}

tp_code
tp_pull_gzip_put(tp_pull_gzip *gzip, const tp_limits *limit, const void *bytes, size_t n,
                 tp_err *err)
{
    union {
        const void *in;
        Bytef *out;
    } p = {.in = bytes}; /* zlib's next_in lacks its const */

    gzip->z.next_in = p.out;
    gzip->z.avail_in = (uInt)n;
    while (!gzip->rest) {
        if (!gzip->member) {
            if (gzip->z.avail_in == 0) {
                return TP_OK;
            }
            gzip->rest = *gzip->z.next_in != 0x1f;
            gzip->member = !gzip->rest && inflateReset(&gzip->z) == Z_OK;
            continue;
        }
        TP_RETURN_SAME(check_piece(gzip, limit, err));
        /* A full scratch may hide more output even when all input is taken. */
        if (gzip->member && gzip->z.avail_in == 0 && gzip->z.avail_out > 0) {
            return TP_OK;
        }
    }
    return TP_OK;
}

tp_code
tp_pull_gzip_end(const tp_pull_gzip *gzip, tp_err *err)
{
    if (gzip->member) {
        TP_RETURN_ERR(err, TP_E_NET, "the gzip file ends without its trailer: it was cut short");
    }
    return TP_OK;
}
