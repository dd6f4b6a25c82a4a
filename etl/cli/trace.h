/* Tracing values to their bytes: what the parts of `talentpool trace` share. */
#ifndef ETL_CLI_TRACE_H
#define ETL_CLI_TRACE_H

#include "etl/cli/cli.h"
#include "etl/cli/plain.h"
#include "talent/core/crosswalk.h"
#include "talent/core/emit.h"
#include "talent/core/normalise.h"
#include "talent/core/pool.h"
#include "talent/etl/landing.h"
#include "talent/etl/ledger.h"

/* A source of the generation, or of a night; what stands behind the keys is opened when first asked
 * for. */
typedef struct tp_trace_source {
    const char *id;
    int32_t night; /* of its batch */
    tp_key landing_key;
    bool has_batch; /* false = nothing could be read of what it landed */
    tp_key batch_key;
    tp_artefact *batch_file; /* NULL = not open */
    tp_batch batch;
    bool looked;
    tp_landing *landing;    /* NULL = gone, and lost says why */
    char lost[TP_ERR_TEXT]; /* what cannot be shown of it; "" = nothing */
    tp_source *desc;        /* NULL = there is none any more, or it has faults */
    bool changed;           /* the description is not the one the batch was made by */
} tp_trace_source;

/* The published result and what it was made from. Zeroed, tp_trace_open, tp_trace_clear. */
typedef struct tp_trace {
    const tp_cli *cli;
    tp_arena arena;
    tp_generation generation;
    tp_store *store;
    uint8_t landing_secret[32];
    uint8_t nik_secret[32];
    tp_artefact *pool_file;
    tp_pool pool;
    tp_artefact *link_file;
    tp_crosswalk crosswalk;
    size_t n_sources; /* in the order of their ids: the ordinals of crosswalk and pool */
    tp_trace_source *source;
    size_t missed; /* records whose bytes could not be shown */
} tp_trace;

/* A record of a batch, or one that was rejected from it. */
typedef struct tp_trace_record {
    size_t source;
    tp_kind kind;
    tp_place place;
    uint64_t key;            /* of the batch row; unused for a reject */
    bool made;               /* a person that only facts name: the record is such a fact */
    const tp_reject *reject; /* NULL = it was taken */
} tp_trace_record;

/* What a field of a record was as received. */
typedef struct tp_trace_field {
    int field;
    tp_str path;
    tp_str raw; /* absent = no cell gave it */
    bool hidden;
} tp_trace_field;

/* Where a record was found in its body. Clear with tp_arena_clear of its arena. */
typedef struct tp_trace_found {
    bool any;
    bool sure; /* by its key; else by its number alone */
    tp_span span;
    const tp_fetch *fetch;
    int select;
    size_t n;
    tp_trace_field field[TP_VALUES_MAX];
    tp_arena arena;
} tp_trace_found;

/*
 * Opens the ledger, the store and the keys, and lists the sources of the current generation; with
 * --as-of the one source of --source instead, by what it landed for that night.
 * Errors   TP_E_DB nothing is published; TP_E_USAGE nothing landed for that night; those of
 *          database, store and secrets
 */
tp_code tp_trace_open(tp_cli *cli, tp_trace *out, tp_err *err) TP_MUST_CHECK;
void tp_trace_clear(tp_trace *trace);

/* Opens pool and crosswalk of the generation. */
tp_code tp_trace_pool(tp_trace *trace, tp_err *err) TP_MUST_CHECK;

/* Opens the batch of a source. */
tp_code tp_trace_batch(tp_trace *trace, size_t source, tp_err *err) TP_MUST_CHECK;

/* Opens landing and description of a source; that either is gone is no failure. */
tp_code tp_trace_look(tp_trace *trace, size_t source, tp_err *err) TP_MUST_CHECK;

/* Reads the body of a record again and finds the record in it (etl/cli/trace_find.c). Not found,
 * or a body that cannot be read, is no failure: out->any stays false and why[] says why. */
tp_code tp_trace_find(tp_trace *trace, const tp_trace_record *record, tp_trace_found *out,
                      char why[TP_ERR_TEXT], tp_err *err) TP_MUST_CHECK;

/* Appends a value of a table as people read it; "-" when unknown. Keyed hashes are never shown. */
void tp_trace_value(tp_buf *out, const tp_table *t, int field, size_t row);

/* Does a field say who somebody is: an identifier, a name, a birth date? */
bool tp_trace_names_person(tp_kind kind, int field);

/*
 * Prints a record: the fields of `mask` (bit = field) with the values that row of `told` has, where
 * each came from and as what it was received; then where the record stands, and its bytes when they
 * are asked for.
 */
tp_code tp_trace_print(tp_trace *trace, const tp_trace_record *record, const tp_table *told,
                       size_t row, uint32_t mask, tp_err *err) TP_MUST_CHECK;

/* Prints what is known of a body: address, answer, size, hash. */
void tp_trace_print_body(const tp_trace *trace, size_t source, uint32_t number);

/* Prints the bytes of a found record, or why there are none. */
tp_code tp_trace_print_bytes(tp_trace *trace, const tp_trace_record *record,
                             const tp_trace_found *found, tp_err *err) TP_MUST_CHECK;

/* Prints "bytes 12 to 340 of the unpacked text" and which record of its body it is. */
void tp_trace_print_place(const tp_trace_record *record, const tp_trace_found *found);

/* What of --source alone: its bodies, one of them, or its rejects (etl/cli/trace_source.c). */
tp_code tp_trace_source_only(tp_trace *trace, size_t source, tp_err *err) TP_MUST_CHECK;

#endif
