/* Publish: the night's result as a new generation, seen by readers all at once. */
#ifndef TALENT_ETL_PUBLISH_H
#define TALENT_ETL_PUBLISH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talent/base/ctx.h"
#include "talent/core/crosswalk.h"
#include "talent/core/normalise.h"
#include "talent/core/pool.h"
#include "talent/core/scores.h"
#include "talent/etl/artefact.h"
#include "talent/etl/ledger.h"
#include "talent/etl/pg.h"

/* A batch in use tonight. */
typedef struct tp_publish_source {
    const char *id;
    const tp_batch *batch;
    int32_t batch_night;
    tp_key landing_key;
    tp_key batch_key;
} tp_publish_source;

/* An agency of the list of agencies, for readers; absent texts are NULL columns. */
typedef struct tp_agency_name {
    tp_str code; /* quick code */
    tp_str name;
    tp_str scope;
    tp_str kind;
    tp_str region;
} tp_agency_name;

/*
 * Reads <codes_dir>/agencies.csv: columns quick_code, name, scope, kind, region_code, found by the
 * header line. Ascending by code; the first of equal codes stands, rows without a code are left
 * out. Texts live in arena. out_hash: SHA-256 of the file, for the key of what is published from
 * it.
 *
 * Errors  TP_E_IO unreadable, TP_E_SCHEMA a column is missing or an agency has no name (line)
 */
tp_code tp_agency_names_load(const char *codes_dir, tp_arena *arena, tp_agency_name **out,
                             size_t *out_n, tp_key *out_hash, tp_err *err) TP_MUST_CHECK;

typedef struct tp_publish_input {
    const tp_ctx *ctx; /* told of progress, in tables; NULL = nobody is */
    int32_t night;
    int64_t run_id;
    size_t n_sources; /* ascending by id: the ordinals of crosswalk and pool */
    const tp_publish_source *source;
    const tp_crosswalk *crosswalk;
    const tp_pool *pool;
    const tp_scores *scores;
    const tp_rules *rules;
    size_t n_agencies; /* ascending by code; 0 = readers see codes alone */
    const tp_agency_name *agency;
    tp_key publish_key;
    tp_key link_key;
    tp_key merge_key;
    tp_key score_key;
    uint8_t key_secret[16]; /* tp_source_key_secret: hashes keys that may be identifiers */
    int64_t keep_generations;
    int64_t shrink_people_bp; /* more than this below the current generation: held */
    bool release;             /* publish even so */
} tp_publish_input;

typedef struct tp_receipt {
    bool unchanged;  /* a generation of this night was made from the same key: nothing loaded */
    bool is_current; /* readers see it now; false for a night before the one they see */
    int64_t generation;
    char fingerprint[65];
    uint64_t people;
    uint64_t rows;
} tp_receipt;

/*
 * Loads everything into new partitions, checks it inside the database (sql/checks), makes it
 * current and enters the ledger, all in one transaction: readers see the old generation until the
 * commit and the new one after it. A night before the current one becomes a generation that readers
 * do not see. Generations beyond keep_generations are dropped afterwards.
 *
 * Errors  TP_E_QUALITY  held: too few people, or a check of the database found violations
 *         TP_E_DB       nothing was published
 */
tp_code tp_publish(tp_pg *pg, const tp_publish_input *in, tp_receipt *out,
                   tp_err *err) TP_MUST_CHECK;

#endif
