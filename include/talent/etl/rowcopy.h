/* Rows into a table by binary COPY, hashed as they go: the same rows give the same hash. */
#ifndef TALENT_ETL_ROWCOPY_H
#define TALENT_ETL_ROWCOPY_H

#include <stdbool.h>
#include <stdint.h>

#include "talent/base/buf.h"
#include "talent/base/ctx.h"
#include "talent/etl/pg.h"

/*
 * Begin, then per row: tp_copy_row and one put per column in order, then end. Errors are kept and
 * told by end. Unknown values are NULL. One thread.
 */
typedef struct tp_copy {
    tp_pg *pg;
    tp_buf buf;
    uint64_t rows;
    tp_code rc;
    tp_err *err;
    const tp_ctx *ctx; /* told of progress while rows are copied; NULL = nobody is */
    size_t table;      /* the one being copied, from 0 */
    size_t n_tables;
    bool hashed;       /* the present table enters the hash */
    uint64_t hash[32]; /* opaque: state of the running SHA-256 over all rows of all tables */
} tp_copy;

/* One hash runs over all tables copied with the same tp_copy. Progress is told in tables: at the
 * first row of each and every TP_BLOCK_ROWS rows, while the COPY is open. ctx may be NULL. */
void tp_copy_init(tp_copy *copy, tp_pg *pg, const tp_ctx *ctx, size_t n_tables);

/* Gives the buffer back. */
void tp_copy_clear(tp_copy *copy);

/* Starts COPY table (columns) FROM STDIN BINARY; table and columns enter the hash. hashed_as NULL:
 * nothing of this table does. */
tp_code tp_copy_begin(tp_copy *copy, const char *into, const char *hashed_as, const char *columns,
                      tp_err *err) TP_MUST_CHECK;

/* Starts a row of so many columns. */
void tp_copy_row(tp_copy *copy, int columns);

/* Puts NULL. */
void tp_copy_null(tp_copy *copy);

/* Puts an integer. */
void tp_copy_i32(tp_copy *copy, int32_t value);

/* Puts a bigint. */
void tp_copy_i64(tp_copy *copy, int64_t value);

/* Puts a boolean. */
void tp_copy_bool(tp_copy *copy, bool value);

/* Puts a date; day counts from 1970-01-01. */
void tp_copy_day(tp_copy *copy, int32_t day);

/* Puts a text; absent = NULL. */
void tp_copy_text(tp_copy *copy, tp_str text);

/* Puts an int[] of n values. */
void tp_copy_i32s(tp_copy *copy, const int32_t *values, size_t n);

/* Puts a text[] of n words. */
void tp_copy_words(tp_copy *copy, const char *const *words, size_t n);

/* Ends the table; the number of rows the server took must be the number sent. */
tp_code tp_copy_end(tp_copy *copy, uint64_t *out_rows, tp_err *err) TP_MUST_CHECK;

/* The hash over everything copied so far, 64 hex digits and a zero byte. Ends the hash. */
void tp_copy_fingerprint(tp_copy *copy, char out[65]);

#endif
