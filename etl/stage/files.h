/* Products of stages as artefacts, and back. */
#ifndef ETL_STAGE_FILES_H
#define ETL_STAGE_FILES_H

#include "talent/core/link.h"
#include "talent/core/normalise.h"
#include "talent/core/pool.h"
#include "talent/core/scores.h"
#include "talent/etl/artefact.h"
#include "talent/etl/landing.h"
#include "talent/etl/source.h"

/* Format versions: part of the keys, so that a changed format makes old artefacts stale. */
enum { TP_BATCH_FORMAT = 5, TP_LINK_FORMAT = 3, TP_POOL_FORMAT = 2, TP_SCORE_FORMAT = 2 };

/* A batch depends on what was landed, on the rules that read it and on the key of its hashes
 * (etl/stage/parse.c). night: of the run. */
void tp_batch_key(const tp_landing *landing, const tp_source *desc, int32_t night,
                  const uint8_t nik_secret[32], tp_key *out);

tp_code tp_batch_store(const tp_store *store, const tp_key *key, const tp_batch *batch,
                       tp_err *err) TP_MUST_CHECK;
/* Everything borrowed from *out_file, which the caller closes. */
tp_code tp_batch_load(const tp_store *store, const tp_key *key, tp_artefact **out_file,
                      tp_batch *out, tp_err *err) TP_MUST_CHECK;

/* Is there a batch under the key, and of a form this program reads? One of an older form is like
 * none. */
bool tp_batch_readable(const tp_store *store, const tp_key *key);

/* Unpacks the rejects kept in the file into the arena. */
tp_code tp_batch_load_rejects(const tp_artefact *file, tp_arena *arena, tp_batch *batch,
                              tp_err *err) TP_MUST_CHECK;

/* What stands beside a crosswalk in its file: with what it was made, and what there is to tell. */
typedef struct tp_link_facts {
    tp_key params; /* hash of the settings */
    tp_link_report report;
    size_t n_decisions; /* those that were looked at, in force or not */
    uint64_t *record_a; /* [n_decisions] each column, as in tp_link_decision */
    uint64_t *record_b;
    uint64_t *evidence_a;
    uint64_t *evidence_b;
    uint8_t *same;
} tp_link_facts;

tp_code tp_crosswalk_store(const tp_store *store, const tp_key *key, const tp_crosswalk *crosswalk,
                           const tp_link_facts *facts, tp_err *err) TP_MUST_CHECK;

/* The facts of a file that tp_crosswalk_load has opened; columns borrowed from it. */
tp_code tp_link_facts_load(const tp_artefact *file, tp_link_facts *out, tp_err *err) TP_MUST_CHECK;

/* The decisions among them as tp_link takes them; NULL = no memory. */
tp_link_decision *tp_link_facts_decisions(const tp_link_facts *facts, tp_arena *arena);

tp_code tp_crosswalk_load(const tp_store *store, const tp_key *key, tp_artefact **out_file,
                          tp_crosswalk *out, tp_err *err) TP_MUST_CHECK;

tp_code tp_pool_store(const tp_store *store, const tp_key *key, const tp_pool *pool,
                      tp_err *err) TP_MUST_CHECK;
tp_code tp_pool_load(const tp_store *store, const tp_key *key, tp_artefact **out_file, tp_pool *out,
                     tp_err *err) TP_MUST_CHECK;

tp_code tp_scores_store(const tp_store *store, const tp_key *key, const tp_scores *scores,
                        tp_err *err) TP_MUST_CHECK;
tp_code tp_scores_load(const tp_store *store, const tp_key *key, tp_artefact **out_file,
                       tp_scores *out, tp_err *err) TP_MUST_CHECK;

/* A struct whose members are arrays: where each stands and how long it is. */
typedef struct tp_member {
    const char *name;
    size_t offset;       /* of the pointer in the struct */
    size_t size;         /* of an element */
    size_t count_offset; /* of the size_t that counts it */
    size_t times;        /* elements per count */
    size_t more;         /* elements beyond count * times */
    bool bitmap;         /* tp_bit_words(count) words instead */
} tp_member;

#define TP_MEMBER(type, name, count, times, more)                                             \
    {                                                                                         \
#name, offsetof(type, name), sizeof *((type *)0)->name, offsetof(type, count), times, \
            more, false                                                                       \
    }
#define TP_MEMBER_BITS(type, name, count)                                                \
    {                                                                                    \
#name, offsetof(type, name), sizeof(uint64_t), offsetof(type, count), 1, 0, true \
    }

tp_code tp_members_store(tp_artefact_writer *writer, const void *owner, const tp_member *member,
                         size_t n, tp_err *err) TP_MUST_CHECK;
tp_code tp_members_load(const tp_artefact *file, void *owner, const tp_member *member, size_t n,
                        tp_err *err) TP_MUST_CHECK;

/* Are all n row numbers below the limit? none: TP_NONE stands for no row. */
bool tp_rows_below(const uint32_t *row, size_t n, size_t limit, bool none);

/* Are all n values below the limit? */
bool tp_bytes_below(const uint8_t *value, size_t n, size_t limit);

/* Do the n + 1 first rows ascend from 0 to end? */
bool tp_rows_begin(const uint32_t *begin, size_t n, size_t end);

#endif
