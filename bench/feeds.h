/* What the sides of the feed benchmark share: a stream of bytes in, rows of texts out. */
#ifndef TALENT_BENCH_FEEDS_H
#define TALENT_BENCH_FEEDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talent/base/err.h"
#include "talent/base/hash.h"
#include "talent/core/raw.h"

/* The rows a side captured: how many, how much text and, when `full`, what it says. */
typedef struct bench_tally {
    bool full;
    uint64_t rows[TP_SELECTS_MAX];
    uint64_t bytes;
    uint64_t checksum; /* of every cell of every row by its place; 0 unless full */
} bench_tally;

/* Takes one row. Rows of one select come in document order. */
static inline void
bench_take(bench_tally *tally, uint32_t select, const tp_str *cell, size_t cols)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < cols; i++) {
        bytes += cell[i].n;
    }
    tally->bytes += bytes;
    const uint64_t row = tally->rows[select]++;
    if (tally->full) {
        uint64_t h = tp_hash_mix(row * TP_SELECTS_MAX + select + 1);
        for (size_t i = 0; i < cols; i++) {
            h = tp_hash_str(h + (cell[i].p != NULL ? 1 : 0), cell[i]);
        }
        tally->checksum += h;
    }
}

/* A text as a side found it, in the form cells have: with `full` set, controls as spaces and NFC.
 * Borrowed until the next call with the same `room`. */
tp_str bench_clean(const bench_tally *tally, tp_str text, void *room);
void *bench_clean_room(void);
void bench_clean_free(void *room);

/* One side: reads a body to its end into the tally. */
typedef tp_code bench_side(const tp_shape *shape, tp_reader *in, bench_tally *tally, tp_err *err);

bench_side bench_product;
bench_side bench_jansson;  /* JSON: a tree per record */
bench_side bench_simdjson; /* JSON: on-demand, per record */
bench_side bench_sax2;     /* XML: libxml2's push interface, handlers of its own */

/* The body at an address of loopback as a reader, pulled by a thread of its own through the
 * product's HTTP client into a queue of a few megabytes. */
typedef struct bench_pull bench_pull;
tp_code bench_pull_open(const char *url, bench_pull **out, tp_reader **out_reader,
                        tp_err *err) TP_MUST_CHECK;
/* Joins the thread. *out_bytes: of the body. */
tp_code bench_pull_close(bench_pull *pull, uint64_t *out_bytes, tp_err *err) TP_MUST_CHECK;

#endif
