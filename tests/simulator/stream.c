/* How does a body leave: piece by piece, packed or plain, whole or cut? */
#include "tests/simulator/stream.h"

#include <stdlib.h>
#include <string.h>

enum { FILL = 1 << 16, GZIP_WINDOW = 15 + 16 };

bool
sim_stream_open(sim_stream *stream, sim_reply *reply, int gzip_level)
{
    memset(stream, 0, sizeof *stream);
    stream->gen = reply->gen;
    reply->gen = NULL;
    stream->gen_done = stream->gen == NULL;
    stream->raw = reply->body;
    memset(&reply->body, 0, sizeof reply->body);
    stream->left = UINT64_MAX;
    stream->bad_on = reply->bad_on;
    stream->bad_byte = reply->bad_byte;
    stream->bad_at = reply->bad_at;
    stream->gzip = reply->gzip;
    if (reply->cut) {
        if (reply->at != SIM_AT_MIDDLE) {
            stream->left = reply->at;
        } else if (reply->gzip) {
            stream->cut_tail = true;
        } else {
            stream->left = stream->gen_done ? stream->raw.n / 2 : FILL;
        }
    }
    if (stream->gzip) {
        /* no file name and time zero in the gzip header: the same bytes on any day */
        if (deflateInit2(&stream->z, gzip_level, Z_DEFLATED, GZIP_WINDOW, 9, Z_DEFAULT_STRATEGY) !=
            Z_OK) {
            sim_stream_clear(stream);
            return false;
        }
        stream->z_open = true;
    }
    return true;
}

/* Makes at least FILL bytes of plain body, or what is left of it. */
static bool
fill(sim_stream *stream)
{
    if (stream->raw_at < stream->raw.n || stream->gen_done) {
        return !stream->raw.failed;
    }
    stream->raw_base += stream->raw.n;
    tp_buf_reset(&stream->raw);
    stream->raw_at = 0;
    while (stream->raw.n < FILL && !stream->gen_done) {
        stream->gen_done = !stream->gen->next(stream->gen, &stream->raw);
    }
    if (stream->bad_on && stream->raw_base + stream->raw.n > stream->bad_at) {
        uint64_t at = stream->bad_at > stream->raw_base ? stream->bad_at - stream->raw_base : 0;
        stream->bad_on = !sim_spoil(stream->raw.p, stream->raw.n, &at, stream->bad_byte);
    }
    return !stream->raw.failed;
}

static ssize_t
read_plain(sim_stream *stream, char *out, size_t max)
{
    if (!fill(stream)) {
        return -1;
    }
    const size_t ready = stream->raw.n - stream->raw_at;
    const size_t n = ready < max ? ready : max;
    if (n > 0) {
        memcpy(out, stream->raw.p + stream->raw_at, n);
        stream->raw_at += n;
    }
    return (ssize_t)n;
}

static ssize_t
read_packed(sim_stream *stream, char *out, size_t max)
{
    z_stream *z = &stream->z;

    z->next_out = (Bytef *)out;
    z->avail_out = max < UINT32_MAX ? (uInt)max : UINT32_MAX;
    const size_t room = z->avail_out;
    while (!stream->z_done && z->avail_out > 0) {
        if (!fill(stream)) {
            return -1;
        }
        const size_t ready = stream->raw.n - stream->raw_at;
        const bool last = stream->gen_done;
        const int flush = !last ? Z_NO_FLUSH : stream->cut_tail ? Z_SYNC_FLUSH : Z_FINISH;
        z->next_in = stream->raw.p != NULL ? (Bytef *)stream->raw.p + stream->raw_at : NULL;
        z->avail_in = (uInt)ready;
        const int rc = deflate(z, flush);
        stream->raw_at = stream->raw.n - z->avail_in;
        if (rc == Z_STREAM_END || (flush == Z_SYNC_FLUSH && z->avail_out > 0)) {
            stream->z_done = true;
        } else if (rc != Z_OK && rc != Z_BUF_ERROR) {
            return -1;
        }
    }
    return (ssize_t)(room - z->avail_out);
}

ssize_t
sim_stream_read(sim_stream *stream, char *out, size_t max)
{
    if (stream->left < max) {
        max = (size_t)stream->left;
    }
    if (max == 0) {
        return 0;
    }
    const ssize_t n = stream->gzip ? read_packed(stream, out, max) : read_plain(stream, out, max);
    if (n > 0 && stream->left != UINT64_MAX) {
        stream->left -= (uint64_t)n;
    }
    return n;
}

void
sim_stream_clear(sim_stream *stream)
{
    if (stream->z_open) {
        (void)deflateEnd(&stream->z);
    }
    free(stream->gen);
    tp_buf_clear(&stream->raw);
    memset(stream, 0, sizeof *stream);
}
