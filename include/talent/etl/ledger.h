/* The ledger: what ran, how it ended, what was published. Rows of the schema ops. */
#ifndef TALENT_ETL_LEDGER_H
#define TALENT_ETL_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "talent/base/arena.h"
#include "talent/core/link.h"
#include "talent/core/normalise.h"
#include "talent/etl/artefact.h"
#include "talent/etl/pg.h"

/* Starts a run that began `seconds` ago; runs left "running" by processes that are gone become
 * "abandoned". */
tp_code tp_ledger_begin(tp_pg *pg, int32_t night, double seconds, const char *arguments,
                        int64_t *out_run_id, tp_err *err) TP_MUST_CHECK;

typedef struct tp_stage_row {
    const char *stage;
    int ordinal;
    bool cached;
    double seconds;
    uint64_t rows_in;
    uint64_t rows_out;
    uint64_t rejected;
    uint64_t peak_kib;
} tp_stage_row;

/*
 * Writes the row of a stage that ended.
 * Errors   TP_E_DB
 */
tp_code tp_ledger_stage(tp_pg *pg, int64_t run_id, const tp_stage_row *row,
                        tp_err *err) TP_MUST_CHECK;

/* What one batch came to. Everything borrowed; batch NULL = there is none. */
typedef struct tp_batch_row {
    const tp_batch *batch;   /* its rows are counted, its rejects copied */
    const tp_counts *counts; /* [TP_KIND_COUNT] after tp_batch_compare */
    const uint64_t *gone;    /* [TP_KIND_COUNT] */
} tp_batch_row;

/* What was asked of a source in this run. */
typedef struct tp_asked_row {
    uint64_t requests, retries, waits, renewals, skipped;
} tp_asked_row;

/* What a run did with one source. Texts borrowed; keys NULL when there is none. */
typedef struct tp_source_row {
    const char *source;
    const char *state; /* fresh, reused, stale, missing */
    int32_t batch_night;
    bool has_batch;
    uint64_t bodies;
    uint64_t bytes;
    const tp_key *landing_key;
    const tp_key *landed_key; /* what this night landed, used or not */
    const tp_key *batch_key;
    const tp_key *held_batch_key; /* tonight's batch when its gate held it back */
    const char *reason;
    const tp_asked_row *asked; /* NULL = nothing was asked for */
    tp_batch_row used;         /* the batch that stands for the source */
    tp_batch_row held;         /* the one its gate held back */
    size_t n_drifts;
    const tp_drift *drift; /* what changed since its last good batch */
} tp_source_row;

/* Writes source_run, source_count and source_drift rows, those of a held batch marked so, and what
 * there is to tell of a batch that no run has told of before: its rejects with their places, their
 * totals. The balance is a constraint of the database. */
tp_code tp_ledger_source(tp_pg *pg, int64_t run_id, const tp_source_row *row,
                         tp_err *err) TP_MUST_CHECK;

/* The part of tp_ledger_source that says what changed (etl/pg/ledger_drift.c). */
tp_code tp_ledger_drift(tp_pg *pg, int64_t run_id, const tp_source_row *row,
                        tp_err *err) TP_MUST_CHECK;

/*
 * Enters what the link stage has to tell: ops.link_run, ops.link_pass, ops.link_count.
 * Errors   TP_E_DB
 */
tp_code tp_ledger_link(tp_pg *pg, int64_t run_id, const tp_link_report *report,
                       tp_err *err) TP_MUST_CHECK;

/* Removes the places of rejects of batches that no kept night used; totals stay. */
tp_code tp_ledger_prune(tp_pg *pg, tp_err *err) TP_MUST_CHECK;

/* Ends a run. generation < 0 = none; message may be NULL. */
tp_code tp_ledger_finish(tp_pg *pg, int64_t run_id, const char *outcome, int exit_status,
                         int64_t generation, const char *message, tp_err *err) TP_MUST_CHECK;

/*
 * Enters what a run made that was not published, so that it is kept; NULL = it did not come to
 * that. Errors   TP_E_DB
 */
tp_code tp_ledger_unpublished(tp_pg *pg, int64_t run_id, const tp_key *link, const tp_key *merge,
                              const tp_key *score, tp_err *err) TP_MUST_CHECK;

/* A published generation and the batches it was made from. */
typedef struct tp_generation {
    bool found;
    bool kept; /* its rows are still in the warehouse */
    int64_t generation;
    int32_t night;
    tp_key publish_key;
    tp_key link_key;
    tp_key merge_key;
    tp_key score_key;
    char fingerprint[65];
    int64_t people;
    size_t n_sources;
    const char **source; /* [n_sources] ascending */
    int32_t *batch_night;
    tp_key *landing_key;
    tp_key *batch_key;
} tp_generation;

/* The newest generation of a night strictly before `night`. */
tp_code tp_ledger_before(tp_pg *pg, int32_t night, tp_arena *arena, tp_generation *out,
                         tp_err *err) TP_MUST_CHECK;

/* The generation readers see now. */
tp_code tp_ledger_current(tp_pg *pg, tp_arena *arena, tp_generation *out,
                          tp_err *err) TP_MUST_CHECK;

/*
 * Takes a published result back, in one transaction: readers who saw it see the newest other one
 * (latest night first), no night starts from it, and the ledger says when. Under the run lock.
 * *out_next = what readers see instead; -1 when they did not see it.
 * Errors   TP_E_USAGE  there is no such generation, it was withdrawn before, or is the only one
 *          TP_E_DB
 */
tp_code tp_ledger_withdraw(tp_pg *pg, int64_t generation, int64_t *out_next,
                           tp_err *err) TP_MUST_CHECK;

/* Which person each record of a generation was. */
typedef struct tp_person_keys {
    size_t n;
    uint64_t *record; /* [n] record keys, in no order */
    uint64_t *person; /* [n] their person keys */
} tp_person_keys;

/*
 * Reads them from the warehouse.
 * Errors   TP_E_DB, TP_E_NOMEM; TP_E_DB too when the generation has no such rows
 */
tp_code tp_ledger_person_keys(tp_pg *pg, int64_t generation, tp_arena *arena, tp_person_keys *out,
                              tp_err *err) TP_MUST_CHECK;

#endif
