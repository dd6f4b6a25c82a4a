/* One run of the line: what each stage takes and gives, and how the runner calls it. */
#ifndef TALENT_ETL_RUN_H
#define TALENT_ETL_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talent/base/arena.h"
#include "talent/base/ctx.h"
#include "talent/core/link.h"
#include "talent/core/normalise.h"
#include "talent/core/pool.h"
#include "talent/core/scores.h"
#include "talent/etl/artefact.h"
#include "talent/etl/cfg.h"
#include "talent/etl/extract.h"
#include "talent/etl/landing.h"
#include "talent/etl/ledger.h"
#include "talent/etl/pg.h"
#include "talent/etl/publish.h"
#include "talent/etl/source.h"

enum { TP_REASON_TEXT = 400 };

/* Where a source's batch of tonight comes from. */
typedef enum tp_source_state {
    TP_SOURCE_FRESH,  /* fetched in this run */
    TP_SOURCE_REUSED, /* this night had landed it before */
    TP_SOURCE_STALE,  /* the last good batch of an earlier night stands */
    TP_SOURCE_MISSING /* nothing tonight and nothing before */
} tp_source_state;

/* Tonight's batch of a source whose gate held it back: counted and kept, not used. */
typedef struct tp_run_held {
    bool any;
    tp_key batch_key;
    tp_artefact *file;
    tp_batch batch;
    tp_counts counts[TP_KIND_COUNT];
    uint64_t gone[TP_KIND_COUNT];
} tp_run_held;

/* What tonight's line makes of one source. */
typedef struct tp_run_source {
    const tp_source *desc;
    tp_source_state state;
    char reason[TP_REASON_TEXT]; /* why it is stale or missing; empty otherwise */

    tp_ctx ctx;       /* of the thread that reads it */
    bool pulled;      /* in this run: extract takes what the pull brought, or why it failed */
    tp_pull_end pull; /* until extract has taken it; ms and stats stay */

    tp_landing *base; /* of the last good batch of an earlier night, for what it goes on from */

    tp_key landing_key; /* extract */
    bool landed;        /* landed_key is set: this night's own, whatever becomes of it */
    tp_key landed_key;
    tp_landing *landing;
    uint64_t bodies;
    uint64_t bytes;

    tp_key batch_key; /* parse fills the builder, normalise ends it */
    tp_batch_builder *builder;
    bool has_batch;
    int32_t batch_night;
    tp_artefact *batch_file;
    tp_batch batch;
    tp_counts counts[TP_KIND_COUNT];
    uint64_t gone[TP_KIND_COUNT];
    tp_run_held held;

    size_t n_drifts; /* what changed since the last good batch; of a held batch too */
    size_t more_drifts;
    tp_drift *drift;
    tp_arena arena; /* of the drifts */
} tp_run_source;

/* What was asked for on the command line. */
typedef struct tp_run_flags {
    int32_t night;
    bool refetch; /* ask the sources again although this night has landed them */
    bool release; /* publish a night that would be held */
    bool reverse; /* take the sources in reverse order: the result must not notice */
    const char *arguments;
} tp_run_flags;

typedef struct tp_run {
    const tp_cfg *cfg;
    tp_run_flags flags;
    tp_store *store;
    tp_pg *pg;
    tp_ctx ctx;
    int64_t run_id;
    uint8_t landing_secret[32]; /* encrypts landed bodies */
    uint8_t nik_secret[32];     /* keys the hashes of NIK and old numbers */
    uint8_t record_secret[16];  /* made from it: keys the crosswalk's record keys */

    size_t n_sources; /* ascending by id */
    tp_run_source *source;
    tp_source **desc_list; /* [n_sources] owned */
    tp_generation before;  /* newest published earlier night; before.found */
    bool sources_done;     /* every source has delivered, fallen back or gone missing */

    tp_arena pool_arena; /* everything below lives here or in the mapped artefacts */
    size_t n_batches;    /* sources that have a batch, ascending by id: the ordinals of crosswalk */
    tp_run_source **batch;

    tp_key link_key;
    tp_artefact *link_file;
    tp_crosswalk crosswalk;
    tp_link_report link_report;

    tp_key merge_key;
    tp_artefact *merge_file;
    tp_pool pool;

    tp_key score_key;
    tp_artefact *score_file;
    tp_rules *rules;
    tp_scores scores;

    tp_key publish_key;
    tp_receipt receipt;
} tp_run;

/* What a stage did, added up over its calls. */
typedef struct tp_stage_count {
    uint64_t rows_in;
    uint64_t rows_out;
    uint64_t rejected;
    uint64_t ended;    /* calls that came to their end; filled by the runner */
    uint64_t computed; /* calls that did work; 0 = everything was there already */
    double seconds;    /* filled by the runner: extract from its first request to its last answer,
                          parse and normalise the sum over sources, which several threads read */
} tp_stage_count;

/* A step of the line. Exactly one of run and run_source is set. */
typedef struct tp_stage {
    const char *name;
    const char *unit; /* of rows_out: "bodies", "records", "people" */
    tp_code (*run_source)(tp_run *run, tp_run_source *source, tp_stage_count *count, tp_err *err);
    tp_code (*run)(tp_run *run, tp_stage_count *count, tp_err *err);
} tp_stage;

extern const tp_stage tp_stage_extract;

/* What has to be pulled of a source for this night; false when it has landed already. Sets the
 * source's landing key. Once the pull has ended, its end goes into source->pull and the stage takes
 * it. */
bool tp_extract_order(tp_run *run, tp_run_source *source, tp_pull_order *out);

extern const tp_stage tp_stage_parse;
extern const tp_stage tp_stage_normalise;
extern const tp_stage tp_stage_link;
extern const tp_stage tp_stage_merge;
extern const tp_stage tp_stage_score;
extern const tp_stage tp_stage_publish;

/* The stages in order (etl/run/pipeline.c). */
enum { TP_STAGES = 7 };
extern const tp_stage *const TP_LINE[TP_STAGES];

/* How a run ended. */
typedef struct tp_run_result {
    tp_code code;    /* TP_OK also when sources are stale */
    int exit_status; /* 0, 3, 4, 5, 6, 7, 8, ... */
    const char *outcome;
    size_t stale;
    size_t missing;
    tp_counts total;
    tp_stage_count stage[TP_STAGES];
    uint64_t peak_kib[TP_STAGES]; /* peak resident memory when the stage had ended */
    double seconds;
} tp_run_result;

/*
 * Runs the whole line for one night: opens the store and the database, takes the lock, runs the
 * stages, enters everything into the ledger. The result says how it ended whatever happened; err
 * tells why when code is not TP_OK.
 */
tp_code tp_run_night(tp_run *run, tp_run_result *out, tp_err *err) TP_MUST_CHECK;

/* What became of a stage: "done"; "skipped" = its results were there already; "not_reached" = it
 * did not come to an end in this run. */
const char *tp_stage_work(const tp_stage_count *count);

/* rows_out a second; 0 for a stage that did no work. */
double tp_stage_rate(const tp_stage_count *count);

/* Gives back everything a run holds. */
void tp_run_clear(tp_run *run);

/* Writes the run report as JSON (config/schema/run-report.schema.json). */
tp_code tp_run_report(const tp_run *run, const tp_run_result *result, const char *file,
                      const tp_err *why, tp_err *err) TP_MUST_CHECK;

#endif
