/* Turns a generator into the bytes of a body: collects pieces, packs them, cuts and spoils on
 * demand. */
#ifndef SIMULATOR_STREAM_H
#define SIMULATOR_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <zlib.h>

#include "tests/simulator/reply.h"

/* One body on its way out. One thread at a time. */
typedef struct sim_stream {
    sim_gen *gen; /* owned; NULL when the whole body is in raw */
    tp_buf raw;   /* made, not yet sent or packed */
    size_t raw_at;
    uint64_t raw_base; /* bytes of the plain body before raw */
    bool gen_done;
    bool gzip, z_open, z_done;
    z_stream z;
    bool cut_tail; /* end the packed body without its trailer */
    uint64_t left; /* bytes that may still be sent (cut); UINT64_MAX = all */
    bool bad_on;
    unsigned char bad_byte;
    uint64_t bad_at;
} sim_stream;

/*
 * Takes the body or generator over from the reply, with its faults of cut and spoiling.
 * gzip_level 0..9. False when memory is short; the stream is then cleared.
 */
bool sim_stream_open(sim_stream *stream, sim_reply *reply, int gzip_level);

/* Writes up to max bytes; 0 = end of the body, -1 = memory is short. */
ssize_t sim_stream_read(sim_stream *stream, char *out, size_t max);

/* Accepts a zeroed stream. */
void sim_stream_clear(sim_stream *stream);

#endif
