/* A look at single records on their way through normalise: what came in, what each step made of it.
 */
#ifndef TALENT_CORE_PREVIEW_H
#define TALENT_CORE_PREVIEW_H

#include "talent/core/emit.h"

/* What one step gave. */
typedef struct tp_preview_step {
    const char *name;
    tp_str value; /* absent = missing */
    tp_reject_code fault;
} tp_preview_step;

/* One field or local of a record. */
typedef struct tp_preview_field {
    const tp_field_rule *rule;
    int slot;   /* number of the cell it came from in its select; -1 = no cell gave it */
    tp_str raw; /* as received; absent = nothing was */
    tp_str value;
    tp_reject_code fault; /* TP_REJ_COUNT = none */
    tp_on_error outcome;  /* of the fault */
    size_t n_steps;       /* 0 also where the steps work on each element of a list */
    const tp_preview_step *step;
} tp_preview_field;

typedef struct tp_preview {
    const tp_emit_rule *emit;
    size_t emit_number;
    tp_place place;
    uint64_t key;     /* as in tp_table.key; 0 where the record has none */
    uint64_t subject; /* key of the person it is of, or is */
    bool rejected;
    bool removal;        /* the record removes its person */
    tp_reject_code code; /* why it is rejected */
    int field;           /* the field that is why; -1 = the record as a whole */
    size_t n_fields;
    const tp_preview_field *field_of;
    size_t n_subject; /* fields that name the person; 0 = none */
    const tp_preview_field *subject_of;
} tp_preview;

/* Takes a record; everything in it is borrowed for the call. */
typedef void (*tp_preview_fn)(void *user, const tp_preview *record);

/*
 * Shows the first `most` accepted and the first `most` rejected records of every emit to fn, before
 * duplicates are settled. Records of a rejected parent are not shown: they are not read. Call
 * before the first tp_batch_add. The batch is the same with it as without.
 */
void tp_batch_preview(tp_batch_builder *builder, size_t most, tp_preview_fn fn, void *user);

#endif
