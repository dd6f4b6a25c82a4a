/* One golden record per person, every value with the record it came from. */
#ifndef TALENT_CORE_MERGE_H
#define TALENT_CORE_MERGE_H

#include <stddef.h>
#include <stdint.h>

#include "talent/base/arena.h"
#include "talent/base/ctx.h"
#include "talent/base/err.h"
#include "talent/core/crosswalk.h"
#include "talent/core/pool.h"

/* One source's current batch. Borrowed. */
typedef struct tp_merge_source {
    tp_str id;
    tp_str family;            /* sources of one family share their place in the orders below */
    const tp_table *table;    /* [TP_KIND_COUNT] */
    int trust[TP_KIND_COUNT]; /* 0..100 */
} tp_merge_source;

typedef struct tp_merge_input {
    size_t n_sources; /* in the order of their ids: the ordinals of the crosswalk */
    const tp_merge_source *source;
    const tp_crosswalk *crosswalk;
} tp_merge_input;

enum { TP_MERGE_ORDER = 12 };

/* Who is believed first about a field of a person; families not named follow, by their trust. */
typedef struct tp_merge_order {
    size_t n;
    tp_str family[TP_MERGE_ORDER]; /* best first */
} tp_merge_order;

/* Settings of config/survivorship.json. */
typedef struct tp_merge_params {
    tp_merge_order person[TP_PERSON_N];
} tp_merge_params;

/*
 * Makes the pool.
 *
 * Person   each field by: a usable value before a damaged one, the order of authority, the trust of
 *          the source for people, newest change, most families that say the same, smallest record
 *          key. Number and class of a NIP, and the parts of a NIK, come from one record. Records
 *          adopted by name and office alone give no identity field.
 * Doubt    two well-formed NIKs that differ, or an open question of the crosswalk, on either side.
 * Facts    facts of one person that are equal in their natural key are one fact: the most trusted
 *          row, its unknown fields filled from the others in the order of trust. Of employments the
 *          present one stands first (trust, newest start); all other facts stand by natural key.
 *          end_on of a definitive post = start of the next definitive one, where nobody told it.
 * Free     one row per natural key, in the same way.
 * Errors   TP_E_NOMEM; TP_E_CANCELLED
 * Threads  one; the result is a function of the input
 * Memory   out lives in arena: about the size of all batches together, less what is said twice
 * Source   linkage-design 17, reference-facts 10.2
 */
tp_code tp_merge(const tp_merge_input *in, const tp_merge_params *params, const tp_ctx *ctx,
                 tp_arena *arena, tp_pool *out, tp_err *err) TP_MUST_CHECK;

#endif
