/* The pool: one golden record per person, with every fact of the person, and the free records. */
#ifndef TALENT_CORE_POOL_H
#define TALENT_CORE_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "talent/core/table.h"

/* Why it is not settled who somebody is. */
enum {
    TP_DOUBT_NIK = 1,   /* their records name two different NIKs, both well formed */
    TP_DOUBT_REVIEW = 2 /* a question about one of their records waits for a reviewer */
};

typedef struct tp_pool {
    size_t n;             /* people */
    uint64_t *person_key; /* [n] ascending; row numbers of people are in this order */
    tp_table table[TP_KIND_COUNT];
    /* table[TP_PERSON]: n rows, row = person. Facts: ascending by (subject, natural key), one row
     * per fact however many sources told it. Free kinds: ascending by natural key. */
    uint32_t *begin[TP_KIND_COUNT]; /* facts: [n + 1] first row of each person; else NULL */
    uint32_t *from[TP_PERSON_N];    /* [n] crosswalk row that gave the golden field; TP_NONE */
    uint8_t *doubt;                 /* [n] TP_DOUBT_*; NULL = none about anybody */
    uint32_t *told[TP_KIND_COUNT];  /* facts and free: [rows] how many source records told it */
    tp_strings strings;
} tp_pool;

/* Rows of a person's facts of one kind: begin[kind][person] <= row < begin[kind][person + 1]. */
#define TP_FACTS(pool, kind, person, row) \
    for (size_t row = (pool)->begin[kind][person]; row < (pool)->begin[kind][(person) + 1]; row++)

#endif
