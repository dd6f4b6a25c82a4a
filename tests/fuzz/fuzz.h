/* What the fuzzers share: the head of an input, rows as text, the check of chunk boundaries. */
#ifndef TALENT_TESTS_FUZZ_H
#define TALENT_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talent/base/buf.h"
#include "talent/etl/format.h"
#include "tests/support/shape_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Stops the fuzzer with a text when a promise does not hold. */
#define fuzz_need(holds, ...)                           \
    do {                                                \
        if (!(holds)) {                                 \
            fuzz_stop(__FILE__, __LINE__, __VA_ARGS__); \
        }                                               \
    } while (0)
_Noreturn void fuzz_stop(const char *file, int line, const char *fmt, ...) TP_PRINTF(3, 4);

/* How the body travels: none of it may change what is read. */
typedef enum fuzz_wrap { FUZZ_PLAIN, FUZZ_UTF16LE, FUZZ_UTF16BE, FUZZ_GZIP } fuzz_wrap;

/*
 * An input is two bytes and a body. The first byte chooses the shape ('0' the first), the second
 * options: bits 0-1 a wrap; bits 2-3 the character set (1 latin1, 2 windows-1252 for what is not
 * UTF-8, 3 latin1 for everything); bits 4-5 = 3: small limits. '@' is no option at all.
 */
typedef struct fuzz_input {
    unsigned shape;
    fuzz_wrap wrap;
    const char *fallback;
    bool limits;
    tp_str body;
} fuzz_input;

/* False when the input is too short to have a head. */
bool fuzz_head(const uint8_t *data, size_t size, unsigned n_shapes, fuzz_input *out);

/* The rows of a parse, one text per select: "record<parent.record: cell, cell\n"; "~" = absent. */
typedef struct fuzz_rows {
    const tp_shape *shape;
    tp_buf text[TP_SELECTS_MAX];
    tp_code rc;
    tp_err err;
    tp_parse_stats stats;
} fuzz_rows;

void fuzz_rows_clear(fuzz_rows *rows);

/* One parse in pieces of `step` bytes (0 = whole). */
void fuzz_parse(const tp_shape *shape, tp_str body, size_t step, fuzz_rows *out);

/* Parses in several piece sizes, each with another instruction set, stops when outcome, text of the
 * fault or a row differs, and leaves the first in *out. Then the same once more in the input's
 * wrap. */
void fuzz_parse_all_ways(const tp_shape *shape, const fuzz_input *in, fuzz_rows *out);

/* With small limits, if the input asks for them: they refuse, they never change what is read. */
void fuzz_limits(const tp_shape *shape, const fuzz_input *in, const fuzz_rows *free_of_limits);

/* The body as UTF-8, by a plain reading of the rules in format.h; false when it has none. */
bool fuzz_decode(tp_str body, const char *fallback, tp_buf *out);

/* Stops unless `want` says the same as what was read; nothing is compared after a fault. */
void fuzz_same_rows(const fuzz_rows *got, const tp_buf want[TP_SELECTS_MAX], tp_str body);

/* Every cell is valid UTF-8, free of NUL and control characters, in NFC. */
void fuzz_clean_cell(tp_str cell);

/* What must become of a text before it is a cell, character by character. */
void fuzz_clean(tp_str text, tp_buf *out);

#endif
