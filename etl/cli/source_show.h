/* Showing what a description makes of records: parts of `talentpool source try`. */
#ifndef ETL_CLI_SOURCE_SHOW_H
#define ETL_CLI_SOURCE_SHOW_H

#include "etl/cli/plain.h"
#include "talent/core/preview.h"
#include "talent/etl/source.h"

typedef struct tp_show {
    const tp_source *source;
    bool identifiers;                 /* show what names a person as it is */
    tp_str fetch;                     /* name of the fetch being read */
    tp_arena arena;                   /* marks of sensitive fields */
    bool *hidden[TP_SELECTS_MAX * 4]; /* per emit: cells that name a person; made when needed */
} tp_show;

/* Prints one record as received and as mapped (a tp_preview_fn; user = tp_show). */
void tp_show_record(void *user, const tp_preview *record);

/* Prints faults, counts and what the gates say; true when a gate would hold the batch. */
bool tp_show_batch(const tp_source *source, const tp_batch *batch);

/* "rejected <= 5 %, records of person >= 100": one gate in words. */
void tp_show_gate(tp_buf *out, const tp_gate *gate);

/* Does a field of a previewed record name a person, or come from a cell that one of these reads?
 * emit: the record's, or its subject. */
bool tp_show_hides(tp_show *show, const tp_preview *record, const tp_emit_rule *emit,
                   const tp_field_rule *rule);

/* Where in the record a field came from, as the description writes it; "(const)", "(from)". */
tp_str tp_show_path(const tp_source *source, const tp_emit_rule *emit, const tp_preview_field *f);

/* Puts a value as one cell: "-" when absent, its shape when hidden, else with long numbers turned
 * into their shape; open: as it is. Fit for a terminal in every case. */
void tp_show_value(tp_grid *grid, tp_str value, bool hidden, bool open);

void tp_show_clear(tp_show *show);

#endif
