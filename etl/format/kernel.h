/* Loops over bytes that exist once per instruction set, all with the same results. */
#ifndef TALENT_ETL_FORMAT_KERNEL_H
#define TALENT_ETL_FORMAT_KERNEL_H

#include "etl/format/json_walk.h"

/* Bytes that may be read behind the end of what a kernel is given: one block. */
enum { TP_KERNEL_PAD = 64 };

/*
 * Every pointer may be read TP_KERNEL_PAD bytes past the byte a search stops at; the searches have
 * no other bound, so a byte they stop at must follow.
 */
typedef struct tp_kernel {
    const char *name;
    /* First byte from p on that is a quote, a backslash or a control character. */
    char *(*plain)(char *p);
    /* First byte from p on that is one of the three. */
    const char *(*any3)(const char *p, char a, char b, char c);
    /* How many of the n bytes, from the first on, are ASCII other than NUL. Reads n bytes alone. */
    size_t (*ascii)(const char *p, size_t n);
    /* tp_builder_put for each of n accepts. */
    tp_code (*put)(tp_builder *b, const tp_accept *accept, size_t n, tp_str text, tp_err *err);
    /*
     * Takes members of the open object while each begins with the very bytes its place in the
     * order began with before, and its value is a scalar in plain form. Stops before the first that
     * does not, or with *out_due set before a value that is due in state *out_state.
     */
    tp_code (*members)(tp_json *j, uint32_t *out_state, bool *out_due, tp_err *err);
} tp_kernel;

extern const tp_kernel TP_KERNEL_PORTABLE;
#if defined(__x86_64__)
extern const tp_kernel TP_KERNEL_SSE2;
extern const tp_kernel TP_KERNEL_AVX2;
extern const tp_kernel TP_KERNEL_AVX512;
#endif

/*
 * The best kernel this processor runs, or a lower one named by the environment variable
 * TALENTPOOL_KERNEL (portable, sse2, avx2, avx512): for tests and measurements, never needed. A
 * name that is unknown, or more than the processor has, changes nothing. Threads: any.
 */
const tp_kernel *tp_kernel_get(void);

/* Kernel number i, lowest first, of those this processor runs; NULL past the end. */
const tp_kernel *tp_kernel_at(size_t i);

/* Makes one kernel the only one, NULL = by the processor again. For tests; not while a body is
 * read.
 */
void tp_kernel_set(const tp_kernel *kernel);

#endif
