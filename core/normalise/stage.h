/* Rows on their way into a batch: growable columns per kind, before duplicates are settled. */
#ifndef TALENT_CORE_NORMALISE_STAGE_H
#define TALENT_CORE_NORMALISE_STAGE_H

#include "core/normalise/memo.h"
#include "core/normalise/pipe.h"
#include "talent/base/intern.h"
#include "talent/core/preview.h"

enum {
    TP_ROW_FLAGGED = 1, /* a value was blanked or kept although doubtful */
    TP_ROW_MADE = 2,    /* a person only named by facts: not a received record */
    TP_ROW_CHILD = 4    /* came inside another record, and goes with it */
};

/* Columns no rule fills are not allocated; their valid bits are the shared zero block. */
typedef struct tp_staged {
    size_t n;
    size_t cap;
    uint64_t *key;
    uint64_t *subject; /* key of the person; facts only */
    int64_t *stamp;    /* time of change, INT64_MIN when unknown */
    uint32_t *body;
    uint32_t *record;
    uint8_t *mark;
    bool used[TP_FIELDS_MAX];
    void *data[TP_FIELDS_MAX];
    uint64_t *valid[TP_FIELDS_MAX];
} tp_staged;

/* Growable list of keys. */
typedef struct tp_keys {
    size_t n;
    size_t cap;
    uint64_t *at;
} tp_keys;

/* Persons that a body removes, each with the part that does so. */
typedef struct tp_removal {
    uint64_t key;
    uint32_t part;
} tp_removal;

typedef struct tp_removals {
    size_t n;
    size_t cap;
    tp_removal *at;
} tp_removals;

/* Counters of one kind: by field (-1 = the record), reject code and outcome. */
enum { TP_OUTCOMES = 4, TP_TALLY_SIZE = (TP_FIELDS_MAX + 1) * TP_REJ_COUNT * TP_OUTCOMES };
#define TP_TALLY_AT(field, code, outcome) \
    (((size_t)((field) + 1) * TP_REJ_COUNT + (size_t)(code)) * TP_OUTCOMES + (size_t)(outcome))

/* Rejects kept one by one: of more than `most` the first by place stay. */
typedef struct tp_examples {
    size_t most;
    size_t n;
    size_t cap;
    tp_reject *at; /* a heap, the last by place first, once n == most */
    bool failed;   /* memory was refused */
} tp_examples;

struct tp_batch_builder {
    const tp_emit_rules *rules;
    uint8_t secret[32];
    tp_keyed *keyed; /* the secret, taken in */
    tp_ctx ctx;
    int32_t night; /* TP_DAY_ALWAYS = not known */
    uint32_t fetch;
    tp_staged stage[TP_KIND_COUNT];
    tp_intern texts;
    size_t n_parts;
    uint32_t *part;  /* [n_parts] by body; bodies beyond are part 0 */
    uint32_t newest; /* part */
    tp_removals gone_people;
    tp_keys rejected_people; /* keys of persons whose record was rejected */
    tp_counts counts[TP_KIND_COUNT];
    uint64_t reject_total[TP_REJ_COUNT];
    uint64_t *tally[TP_KIND_COUNT]; /* [TP_TALLY_SIZE] by TP_TALLY_AT; NULL = no fault so far */
    bool tally_failed;              /* no memory for one of them */
    tp_examples records;            /* rejected ones */
    tp_examples values;             /* blanked or flagged ones */
    uint32_t body;                  /* body being read, for announced counts */
    uint64_t body_rows[TP_SELECTS_MAX];
    struct tp_row_state *state[TP_SELECTS_MAX * 4]; /* per emit: verdicts of the chunk's rows */
    tp_memo *memo[TP_SELECTS_MAX * 4][2];           /* per emit: its fields, its subject's */
    size_t n_profiles;
    tp_place_profile *profile;  /* of every watched place */
    tp_place_profile **watched; /* [n_watches] those of one select, by slot */
    uint64_t *observed;         /* [n_watches] rows so far */
    size_t n_names;
    tp_unread_name *name; /* [TP_NAMES_MAX] */
    uint64_t observe_seed;
    tp_preview_fn preview; /* NULL = nobody looks */
    void *preview_user;
    size_t preview_most;
    size_t previewed[TP_SELECTS_MAX * 4][2]; /* per emit: kept, rejected */
    tp_arena scratch;                        /* of one record */
    tp_arena chunk;                          /* of one chunk */
    tp_arena keep;                           /* of the finished batch */
    tp_batch batch;
};

enum { TP_EMITS_MAX = TP_SELECTS_MAX * 4 };

typedef enum tp_verdict { TP_ROW_OK, TP_ROW_REJECTED, TP_ROW_PASSED } tp_verdict;

/* What the children of a row need to know of it. */
typedef struct tp_row_state {
    uint64_t subject; /* key of the person the row is, or belongs to */
    int64_t stamp;
    tp_verdict verdict;
} tp_row_state;

/* One row of an emit: computed, counted, staged. */
tp_code tp_row_take(tp_batch_builder *b, const tp_emit_rule *emit, const tp_raw_chunk *chunk,
                    size_t row, const tp_row_state *parent, tp_row_state *out,
                    tp_err *err) TP_MUST_CHECK;

/* Keeps a reject as an example if it is among the first by place. */
void tp_example_add(tp_examples *kept, const tp_reject *reject);
void tp_example_clear(tp_examples *kept);

/* Both lists as one, sorted by place, into b->batch. */
tp_code tp_example_end(tp_batch_builder *b, tp_err *err) TP_MUST_CHECK;

/* Counts a reject and offers it as an example. */
void tp_row_note(tp_batch_builder *b, tp_kind kind, tp_reject_code code, tp_on_error outcome,
                 int field, tp_place place);

/* Profiles of places (core/normalise/observe.c). tp_observe_begin: false when memory ends. */
bool tp_observe_begin(tp_batch_builder *b) TP_MUST_CHECK;
void tp_observe_chunk(tp_batch_builder *b, const tp_raw_chunk *chunk);
void tp_observe_end(tp_batch_builder *b);

/* Shows a record to whoever looks (core/normalise/preview.c). found: its place, keys and verdict.
 */
void tp_preview_row(tp_batch_builder *b, const tp_emit_rule *emit, const tp_pipe *pipe,
                    const tp_preview *found);

/* Makes a value that its column cannot hold missing, with the fault. */
void tp_row_fit(const tp_emit_rule *emit, const tp_field_rule *rule, tp_value *v, tp_arena *arena);

/* Counts one fault by kind, field, code and outcome (core/normalise/tally.c). */
void tp_tally_add(tp_batch_builder *b, tp_kind kind, tp_reject_code code, tp_on_error outcome,
                  int field);
/* Fills b->batch.fault. */
tp_code tp_tally_end(tp_batch_builder *b, tp_err *err) TP_MUST_CHECK;

/* Room for one more row; false when memory ends. */
bool tp_staged_grow(tp_staged *s, tp_kind kind) TP_MUST_CHECK;
void tp_staged_clear(tp_staged *s);

bool tp_keys_add(tp_keys *keys, uint64_t key) TP_MUST_CHECK;
void tp_keys_sort(tp_keys *keys);
bool tp_keys_has(const tp_keys *sorted, uint64_t key);

bool tp_removals_add(tp_removals *list, uint64_t key, uint32_t part) TP_MUST_CHECK;
void tp_removals_sort(tp_removals *list);
/* Newest part that removes this person; false if none does. */
bool tp_removals_find(const tp_removals *sorted, uint64_t key, uint32_t *out_part);

/* Part that a body belongs to. */
static inline uint32_t
tp_part_of(const tp_batch_builder *b, uint32_t body)
{
    return body < b->n_parts ? b->part[body] : 0;
}

/* Settles duplicates, removals and subjects of all kinds and fills b->batch. */
tp_code tp_settle(tp_batch_builder *b, tp_err *err) TP_MUST_CHECK;

#endif
