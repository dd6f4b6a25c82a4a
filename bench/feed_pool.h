/* Bodies of any size made of the simulator's own rows. */
#ifndef TALENT_BENCH_FEED_POOL_H
#define TALENT_BENCH_FEED_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "talent/base/buf.h"
#include "talent/base/err.h"

typedef enum bench_format { BENCH_JSON, BENCH_XML, BENCH_CSV, BENCH_FORMATS } bench_format;

/* What a body of one format is made of: head, rows over and over, tail. */
typedef struct bench_pool {
    tp_buf head;
    tp_buf rows; /* whole rows, one behind the other */
    size_t *end; /* [n_rows] offset behind each row */
    size_t n_rows;
    size_t cap_rows;
    tp_buf tail;
    size_t last_cut; /* bytes the last row of a body loses: its separator */
} bench_pool;

/* Rows of `people` generated people: SIASN main records, SIMPEG records, roster lines. The same
 * number gives the same bytes. TP_E_NOMEM, or what the simulator fails with. */
tp_code bench_pools_make(uint32_t people, bench_pool out[BENCH_FORMATS], tp_err *err) TP_MUST_CHECK;
void bench_pools_clear(bench_pool pool[BENCH_FORMATS]);

/* A body of about `bytes` bytes: how many rounds of all rows, rows of the last round, and its size.
 */
typedef struct bench_body {
    uint64_t rounds;
    size_t rest_rows;
    uint64_t size;
    uint64_t rows;
} bench_body;

bench_body bench_body_of(const bench_pool *pool, uint64_t bytes);

#endif
