/* Text in; typed value or reason out: the rules of one source, and the batch they fill. */
#ifndef TALENT_CORE_NORMALISE_H
#define TALENT_CORE_NORMALISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talent/base/buf.h"
#include "talent/base/ctx.h"
#include "talent/base/intern.h"
#include "talent/core/profile.h"
#include "talent/core/raw.h"
#include "talent/core/table.h"

/* Why a record, or a value, could not be used. Stored by name: add at the end only. */
typedef enum tp_reject_code {
    TP_REJ_REQUIRED,   /* a required field is missing */
    TP_REJ_TYPE,       /* text is not a value of the field's type */
    TP_REJ_RANGE,      /* value outside its declared range */
    TP_REJ_FORM,       /* text has not the declared form or length */
    TP_REJ_LIST,       /* value is not in its reference list */
    TP_REJ_CHECK,      /* a check between fields failed */
    TP_REJ_KEY,        /* no usable key */
    TP_REJ_PARENT,     /* the person the record belongs to was rejected or is not there */
    TP_REJ_SYNTAX,     /* the record itself is damaged */
    TP_REJ_ENCODING,   /* bytes are not text in the declared encoding */
    TP_REJ_SCIENTIFIC, /* a number went through a spreadsheet and lost digits */
    TP_REJ_OTHER_KEY,  /* the answer speaks of somebody else than was asked for */
    TP_REJ_COUNT
} tp_reject_code;

/* "required", "type", ...; static storage. */
const char *tp_reject_name(tp_reject_code code);

/* What happens when a field's value is missing though required, or fails a step or check. */
typedef enum tp_on_error {
    TP_ON_NULL,   /* value becomes unknown, counted */
    TP_ON_FLAG,   /* value kept, counted as a warning (unknown if there is no value to keep) */
    TP_ON_REJECT, /* the record is rejected */
    TP_ON_STOP    /* the source fails */
} tp_on_error;

/* What happens to a record, counted per kind. received = accepted_or_unchanged + duplicate +
 * removed
 * + rejected; the split of the first into accepted and unchanged needs the previous night's batch.
 */
typedef struct tp_counts {
    uint64_t received;
    uint64_t accepted; /* rows kept that are new or differ from the previous batch */
    uint64_t unchanged;
    uint64_t duplicate;
    uint64_t removed;
    uint64_t rejected;
    uint64_t
        flagged; /* rows kept with at least one flag or blanked value; not part of the balance */
    uint64_t derived; /* rows kept that no record of their own was received for: people that only
                         facts name. rows of the table = accepted + unchanged + derived */
} tp_counts;

/* One rejected record, or one value blanked or flagged. */
typedef struct tp_reject {
    tp_kind kind;
    tp_reject_code code;
    tp_on_error outcome; /* TP_ON_REJECT: the record; TP_ON_NULL or TP_ON_FLAG: one value */
    int16_t field;       /* -1 = the record as a whole */
    tp_place place;
} tp_reject;

/* How often a field of a kind met one fault with one outcome. */
typedef struct tp_fault_count {
    int32_t kind;
    int32_t field; /* -1 = the record as a whole */
    int32_t code;
    int32_t outcome;
    uint64_t n;
} tp_fault_count;

/* Kept one by one per batch, the first by place, rejected records apart from values that were
 * blanked or flagged: many of those leave the room of the others alone. All are in `fault`. */
enum { TP_REJECT_RECORDS = 100000, TP_REJECT_VALUES = 10000 };

/* What the readers of a batch's bodies took in their stride (tp_parse_stats of etl/format). */
typedef struct tp_reading {
    uint64_t ragged;         /* CSV rows whose number of cells is not the header's */
    uint64_t not_records;    /* scalars where a record was expected */
    uint64_t fallback_bytes; /* not UTF-8, read in the declared fallback */
    uint64_t replaced;       /* characters lost: U+FFFD */
    uint64_t no_line_end;    /* bodies whose last row has no line end */
} tp_reading;

/* A finished canonical batch of one source: what the normalise artefact holds. */
typedef struct tp_batch {
    tp_table table[TP_KIND_COUNT]; /* n == 0 where the source has none */
    tp_strings strings;
    const uint64_t *derived; /* [tp_bit_words(people)] bit set: a person row counted as derived;
                                NULL = none */
    tp_counts counts[TP_KIND_COUNT]; /* accepted holds accepted + unchanged: see tp_batch_compare */
    size_t n_rejects;                /* ascending by (place, kind, field) */
    const tp_reject *reject;
    tp_reading reading;
    uint64_t reject_total[TP_REJ_COUNT]; /* values and records, by code */
    size_t n_faults;                     /* ascending by (kind, field, code, outcome) */
    const tp_fault_count *fault;         /* the same without a ceiling, by field */
    size_t n_profiles;
    const tp_place_profile *profile; /* what the values of each place look like */
    size_t n_names;
    const tp_unread_name *name; /* names met that the description does not read */
} tp_batch;

/* Splits counts[kind].accepted into accepted and unchanged by comparing keys and hashes with the
 * source's previous batch (NULL = there is none). Also counts keys that are gone. Derived rows are
 * neither accepted nor unchanged. */
void tp_batch_compare(const tp_batch *now, const tp_batch *before,
                      tp_counts out_counts[TP_KIND_COUNT], uint64_t out_gone[TP_KIND_COUNT]);

/*
 * Does every kind balance? received = accepted + unchanged + duplicate + removed + rejected, and
 * the rows kept = accepted + unchanged + derived. counts: of the batch itself, or after
 * tp_batch_compare.
 *
 * Errors  TP_E_BUG  kind and figures of the first kind that does not
 */
tp_code tp_counts_check(const tp_batch *batch, const tp_counts counts[TP_KIND_COUNT],
                        tp_err *err) TP_MUST_CHECK;

/* Adds the counts of all kinds to the total. */
void tp_counts_add(tp_counts *total, const tp_counts counts[TP_KIND_COUNT]);

/* What a source's gate looks at. */
typedef enum tp_gate_measure {
    TP_GATE_REJECTED, /* rejected of received records: at most max_bp */
    TP_GATE_RECORDS,  /* rows of the batch: at least least, at most most */
    TP_GATE_SHRINK,   /* rows fewer than in the last good batch: at most max_bp of those */
    TP_GATE_GROWTH,   /* rows more than in it */
    TP_GATE_ABSENT,   /* rows in which the field is unknown: at most max_bp of all */
    TP_GATE_MEASURES
} tp_gate_measure;

/* A limit a batch must keep to stand for its source. */
typedef struct tp_gate {
    tp_gate_measure measure;
    bool warn;  /* a broken one is told, and the batch stands */
    int kind;   /* -1 = all kinds together; shrink and growth: each by itself */
    int field;  /* ABSENT: field of the kind */
    int max_bp; /* basis points */
    int64_t least;
    int64_t most; /* 0 = no ceiling */
} tp_gate;

typedef enum tp_gate_verdict {
    TP_GATE_KEPT,
    TP_GATE_BROKEN,
    TP_GATE_OPEN /* there is no last good batch to compare with */
} tp_gate_verdict;

enum { TP_GATE_TEXT = 160 };

/* Judges a batch by one gate. before: the last good batch of the source; NULL = there is none.
 * why[]: the figures and the limit, in words (core/normalise/acceptance.c). */
tp_gate_verdict tp_gate_judge(const tp_gate *gate, const tp_batch *batch, const tp_batch *before,
                              char why[TP_GATE_TEXT]);

/* "rejected", "records", ...; static storage. */
const char *tp_gate_name(tp_gate_measure measure);

/* The rules of one source, compiled from its description; opaque outside normalise. */
typedef struct tp_emit_rules tp_emit_rules;

/* Fills a batch from raw chunks. One thread calls; rows of a chunk may be worked on by
 * ctx->threads. */
typedef struct tp_batch_builder tp_batch_builder;

/* Builder for the rules. secret_key[32]: key of the hashes of NIK and old NIP. */
tp_code tp_batch_begin(const tp_emit_rules *rules, const uint8_t secret_key[32], const tp_ctx *ctx,
                       tp_batch_builder **out, tp_err *err) TP_MUST_CHECK;

/*
 * Says which part each body belongs to, part[n] by body number; without it all are part 0. A source
 * that is asked for changes sends what it has (part 0), then changes (1, 2, ...). A record of a
 * later part takes the place of the one of its key and of all that came inside that one; a removal
 * holds for its own part and earlier ones. What a later part replaced, or an earlier one removed,
 * is not counted again: received are the records that stand, and tonight's.
 */
tp_code tp_batch_parts(tp_batch_builder *builder, const uint32_t *part, size_t n,
                       tp_err *err) TP_MUST_CHECK;

/* The chunks added next come from fetch number `fetch` of the source's description; 0 at the start.
 */
void tp_batch_fetch(tp_batch_builder *builder, uint32_t fetch);

/* Adds what reading one more body came to. */
void tp_batch_read(tp_batch_builder *builder, const tp_reading *reading);

/* A name met beside the records of a select that its description does not read. */
void tp_batch_name(tp_batch_builder *builder, uint32_t select, tp_str name);

/* The night's date, for checks that compare with it; without this call they hold. */
void tp_batch_night(tp_batch_builder *builder, int32_t night);

/* Normalises every row of a chunk. TP_E_QUALITY when a field with TP_ON_STOP fails. */
tp_code tp_batch_add(tp_batch_builder *builder, const tp_raw_chunk *chunk,
                     tp_err *err) TP_MUST_CHECK;

/*
 * Ends the batch: ties facts to subjects, removes duplicates (same key: newest changed_at, then
 * greater hash, wins), drops facts whose subject was rejected, sorts by key. The result is a
 * function of the set of records, not of their order. Borrowed from the builder until
 * tp_batch_free.
 */
tp_code tp_batch_end(tp_batch_builder *builder, const tp_batch **out, tp_err *err) TP_MUST_CHECK;

/* Gives a builder back with all it holds; accepts NULL. */
void tp_batch_free(tp_batch_builder *builder);

#endif
