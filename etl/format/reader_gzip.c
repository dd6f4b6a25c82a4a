/* What do the bytes of a body say once every layer of gzip is off, and is any of it a trap? */
#include "talent/etl/format.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

enum { LEVELS = 2, PIECE = 64 << 10, RATIO_FROM = 1 << 20, GZIP_BITS = 15 + 16 };

typedef enum level_kind { LEVEL_NEW, LEVEL_PLAIN, LEVEL_GZIP } level_kind;

typedef struct level {
    level_kind kind;
    bool member; /* within a member, its trailer not seen yet */
    bool in_end; /* nothing more comes from below */
    z_stream z;
    bool z_open;
    size_t at; /* of the unread bytes in piece */
    size_t n;
    uint64_t taken;       /* bytes from below */
    unsigned char *piece; /* [PIECE] made when the first byte comes */
} level;

typedef struct gunzip {
    tp_reader base;
    tp_reader *in;
    tp_limits limit;
    tp_parse_stats *stats;
    tp_parse_stats own;
    unsigned char head[2]; /* first bytes given out */
    bool big;              /* the body went beyond its limit */
    bool bigger;           /* its unpacked text did */
    tp_code fault;
    tp_err why; /* of the fault: what is good before it goes out first */
    level level[LEVELS];
} gunzip;

static tp_code read_level(gunzip *g, int k, unsigned char *buf, size_t cap, size_t *out_n,
                          tp_err *err);

/* The bytes as received, counted; those beyond the limit are a fault once all others are used. */
static tp_code
read_raw(gunzip *g, unsigned char *buf, size_t cap, size_t *out_n, tp_err *err)
{
    const uint64_t limit = g->limit.body_bytes;
    *out_n = 0;
    if (!g->big) {
        TP_RETURN_SAME(g->in->read(g->in, buf, cap, out_n, err));
        if (limit != 0 && *out_n > limit - g->stats->bytes) {
            *out_n = (size_t)(limit - g->stats->bytes);
            g->big = true;
        }
    }
    if (g->big && *out_n == 0) {
        TP_RETURN_ERR(err, TP_E_RANGE, "the body has more than %llu bytes",
                      (unsigned long long)limit);
    }
    g->stats->bytes += *out_n;
    return TP_OK;
}

/* More bytes from below into the piece, behind those unread. */
static tp_code
fill(gunzip *g, int k, tp_err *err)
{
    level *l = &g->level[k];
    size_t n = 0;
    if (l->piece == NULL && (l->piece = malloc(PIECE)) == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "a piece of %d bytes", PIECE);
    }
    if (l->at > 0) {
        memmove(l->piece, l->piece + l->at, l->n - l->at);
        l->n -= l->at;
        l->at = 0;
    }
    TP_RETURN_SAME(k == 0 ? read_raw(g, l->piece + l->n, PIECE - l->n, &n, err)
                          : read_level(g, k - 1, l->piece + l->n, PIECE - l->n, &n, err));
    l->in_end = n == 0;
    l->n += n;
    l->taken += n;
    return TP_OK;
}

/* At least two unread bytes, unless the end comes before: enough for the magic. */
static tp_code
look(gunzip *g, int k, bool *out_gzip, tp_err *err)
{
    level *l = &g->level[k];
    while (l->n - l->at < 2 && !l->in_end) {
        TP_RETURN_SAME(fill(g, k, err));
    }
    *out_gzip = l->n - l->at >= 2 && l->piece[l->at] == 0x1f && l->piece[l->at + 1] == 0x8b;
    return TP_OK;
}

static tp_code
start_level(gunzip *g, int k, tp_err *err)
{
    level *l = &g->level[k];
    bool gzip;
    TP_RETURN_SAME(look(g, k, &gzip, err));
    l->kind = gzip ? LEVEL_GZIP : LEVEL_PLAIN;
    if (gzip) {
        if (inflateInit2(&l->z, GZIP_BITS) != Z_OK) {
            TP_RETURN_ERR(err, TP_E_NOMEM, "a gzip window");
        }
        l->z_open = true;
        l->member = true;
    }
    return TP_OK;
}

static tp_code
pass(gunzip *g, int k, unsigned char *buf, size_t cap, size_t *out_n, tp_err *err)
{
    level *l = &g->level[k];
    const size_t have = l->n - l->at;
    if (have > 0) {
        const size_t n = have < cap ? have : cap;
        memcpy(buf, l->piece + l->at, n);
        l->at += n;
        *out_n = n;
        return TP_OK;
    }
    if (l->in_end) {
        *out_n = 0;
        return TP_OK;
    }
    return k == 0 ? read_raw(g, buf, cap, out_n, err) : read_level(g, k - 1, buf, cap, out_n, err);
}

/* Between two members: another one, or the end; anything else is wrong. */
static tp_code
next_member(gunzip *g, int k, bool *out_end, tp_err *err)
{
    level *l = &g->level[k];
    bool gzip;
    TP_RETURN_SAME(look(g, k, &gzip, err));
    *out_end = l->n == l->at;
    if (!*out_end && !gzip) {
        if (l->n - l->at == 1 && l->piece[l->at] == 0x1f) {
            TP_RETURN_ERR(err, TP_E_NET, "cut short at byte %llu: gzip member",
                          (unsigned long long)l->taken);
        }
        TP_RETURN_ERR(err, TP_E_SYNTAX, "byte %llu: expected the end after the gzip trailer",
                      (unsigned long long)(l->taken - (l->n - l->at)));
    }
    if (!*out_end) {
        l->member = inflateReset(&l->z) == Z_OK;
    }
    return TP_OK;
}

static tp_code
unpack(gunzip *g, int k, unsigned char *buf, size_t cap, size_t *out_n, tp_err *err)
{
    level *l = &g->level[k];
    const uInt room = cap < (size_t)1 << 30 ? (uInt)cap : 1u << 30;
    *out_n = 0;
    while (*out_n == 0) {
        if (!l->member) {
            bool end;
            TP_RETURN_SAME(next_member(g, k, &end, err));
            if (end) {
                return TP_OK;
            }
        }
        if (l->at == l->n && !l->in_end) {
            TP_RETURN_SAME(fill(g, k, err));
        }
        l->z.next_in = l->piece + l->at;
        l->z.avail_in = (uInt)(l->n - l->at);
        l->z.next_out = buf;
        l->z.avail_out = room;
        const int rc = inflate(&l->z, Z_NO_FLUSH);
        l->at = l->n - l->z.avail_in;
        *out_n = room - l->z.avail_out;
        if (rc == Z_STREAM_END) {
            l->member = false;
        } else if (*out_n > 0) {
            return TP_OK; /* a fault comes again at the next call */
        } else if (rc == Z_BUF_ERROR && l->at == l->n && l->in_end) {
            TP_RETURN_ERR(err, TP_E_NET, "cut short at byte %llu: gzip without its trailer",
                          (unsigned long long)l->taken);
        } else if (rc == Z_MEM_ERROR) {
            TP_RETURN_ERR(err, TP_E_NOMEM, "a gzip window");
        } else if (rc != Z_OK && rc != Z_BUF_ERROR) {
            TP_RETURN_ERR(err, TP_E_SYNTAX, "byte %llu: broken gzip (%s)",
                          (unsigned long long)(l->taken - l->z.avail_in),
                          l->z.msg != NULL ? l->z.msg : "zlib gives no reason");
        }
    }
    return TP_OK;
}

static tp_code
read_level(gunzip *g, int k, unsigned char *buf, size_t cap, size_t *out_n, tp_err *err)
{
    if (g->level[k].kind == LEVEL_NEW) {
        TP_RETURN_SAME(start_level(g, k, err));
    }
    return g->level[k].kind == LEVEL_GZIP ? unpack(g, k, buf, cap, out_n, err)
                                          : pass(g, k, buf, cap, out_n, err);
}

/* Counts n unpacked bytes; *out_n = those within the limits, a fault when there are none. */
static tp_code
check_limits(gunzip *g, size_t n, size_t *out_n, tp_err *err)
{
    const uint64_t limit = g->limit.unpacked_bytes;
    *out_n = n;
    if (limit != 0 && n > limit - g->stats->unpacked_bytes) {
        *out_n = (size_t)(limit - g->stats->unpacked_bytes);
        g->bigger = true;
    }
    if (g->bigger && *out_n == 0) {
        TP_RETURN_ERR(err, TP_E_RANGE, "the body unpacks to more than %llu bytes",
                      (unsigned long long)limit);
    }
    g->stats->unpacked_bytes += *out_n;
    const uint64_t unpacked = g->stats->unpacked_bytes;
    if (g->limit.ratio != 0 && unpacked > RATIO_FROM &&
        unpacked / g->limit.ratio > g->stats->bytes) {
        *out_n = 0;
        TP_RETURN_ERR(err, TP_E_RANGE, "the body unpacks to more than %u times its %llu bytes",
                      g->limit.ratio, (unsigned long long)g->stats->bytes);
    }
    return TP_OK;
}

static tp_code
read_checked(gunzip *g, unsigned char *buf, size_t cap, size_t *out_n, tp_err *err)
{
    const uint64_t before = g->stats->unpacked_bytes;
    size_t n = 0;
    if (!g->bigger) {
        TP_RETURN_SAME(read_level(g, LEVELS - 1, buf, cap, &n, err));
    }
    for (size_t i = 0; i < n && before + i < 2; i++) {
        g->head[before + i] = buf[i];
    }
    if (before < 2 && before + n >= 2 && g->level[LEVELS - 1].kind == LEVEL_GZIP &&
        g->head[0] == 0x1f && g->head[1] == 0x8b) {
        TP_RETURN_ERR(err, TP_E_SYNTAX, "byte 0: gzip more than %d levels deep", LEVELS);
    }
    return check_limits(g, n, out_n, err);
}

static tp_code
gunzip_read(tp_reader *self, void *buf, size_t cap, size_t *out_n, tp_err *err)
{
    gunzip *g = (gunzip *)self;
    *out_n = 0;
    if (g->fault == TP_OK) {
        g->fault = read_checked(g, buf, cap, out_n, &g->why);
    }
    if (g->fault != TP_OK && err != NULL) {
        *err = g->why;
    }
    return g->fault;
}

tp_code
tp_reader_gunzip(tp_reader *in, const tp_limits *limit, tp_parse_stats *stats, tp_reader **out,
                 tp_err *err)
{
    gunzip *g = calloc(1, sizeof *g);
    if (g == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "a gzip reader of %zu bytes", sizeof *g);
    }
    g->base.read = gunzip_read;
    g->in = in;
    g->limit = *limit;
    g->stats = stats != NULL ? stats : &g->own;
    *out = &g->base;
    return TP_OK;
}

void
tp_reader_gunzip_free(tp_reader *self)
{
    gunzip *g = (gunzip *)self;
    for (int k = 0; g != NULL && k < LEVELS; k++) {
        if (g->level[k].z_open) {
            (void)inflateEnd(&g->level[k].z);
        }
        free(g->level[k].piece);
    }
    free(g);
}
