/* What the files of core/merge share. */
#ifndef CORE_MERGE_PARTS_H
#define CORE_MERGE_PARTS_H

#include "talent/base/intern.h"
#include "talent/core/merge.h"

/* A source row with what its order among equals depends on. */
typedef struct tp_claim {
    uint32_t source;
    uint32_t row;
    uint32_t subject;   /* person, for facts */
    uint32_t crosswalk; /* row in the crosswalk, for person records */
} tp_claim;

typedef struct tp_merging {
    const tp_merge_input *in;
    const tp_merge_params *params;
    const tp_ctx *ctx;
    tp_arena *arena;
    tp_arena *scratch;
    tp_intern *text; /* texts of the pool */
    tp_pool *out;
    uint32_t **person_of; /* [n_sources][rows of person] pool row; TP_NONE */
} tp_merging;

tp_code tp_merge_people(tp_merging *m, tp_err *err) TP_MUST_CHECK;
tp_code tp_merge_facts(tp_merging *m, tp_kind kind, tp_err *err) TP_MUST_CHECK;
tp_code tp_merge_free(tp_merging *m, tp_kind kind, tp_err *err) TP_MUST_CHECK;

/* Copies a known value into the pool's table, texts into the pool's set; false when memory ends. */
bool tp_merge_copy(tp_merging *m, const tp_table *from, size_t row, tp_table *to, size_t to_row,
                   int field);

/* Total order of two rows of one kind that tell the same: most trusted first. */
int tp_claim_cmp(const tp_merging *m, tp_kind kind, const tp_claim *a, const tp_claim *b);

/* Writes one fact from rows that tell the same, best first, into row `to_row`. */
bool tp_merge_claims(tp_merging *m, tp_kind kind, const tp_claim *claim, size_t n, tp_table *to,
                     size_t to_row);

#endif
