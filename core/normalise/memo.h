/* What texts met before come to, by field rule. */
#ifndef TALENT_NORMALISE_MEMO_H
#define TALENT_NORMALISE_MEMO_H

#include "core/normalise/pipe.h"

typedef struct tp_memo_entry {
    tp_str text;
    tp_value value;
    uint32_t code; /* of value.text in the batch, + 1; 0 = none yet */
} tp_memo_entry;

typedef struct tp_memo_slot {
    uint64_t hash; /* 0 = free */
    tp_memo_entry *entry;
} tp_memo_slot;

/* The memory of one field rule. */
typedef struct tp_memo {
    bool pure; /* the value depends on the text of the cell alone */
    bool known_absent;
    tp_value absent; /* what no text comes to */
    uint32_t asked;
    uint32_t found;
    size_t n;
    size_t cap;         /* a power of two */
    tp_memo_slot *slot; /* [cap] open addressing */
    tp_arena kept;      /* entries and their texts */
} tp_memo;

/* Memories of an emit's fields, [n_fields]; NULL when memory ends. Given back by tp_memos_free. */
tp_memo *tp_memos_new(const tp_emit_rule *emit);
void tp_memos_free(tp_memo *memo, const tp_emit_rule *emit);

/*
 * Value of a field rule with what cannot stand in its column made missing: tp_pipe_field and
 * tp_row_fit, but for texts met before looked up. Feeds repeat their codes, dates and titles, so
 * most fields of most records are found. A rule whose texts do not repeat is no longer asked, and
 * a text that holds an identity number is never kept.
 */
tp_value tp_memo_field(tp_memo *memo, const tp_pipe *pipe, const tp_emit_rule *emit,
                       const tp_field_rule *rule);

#endif
