/* Landing: bodies as they came in, compressed and encrypted, one file per source and night. */
#ifndef TALENT_ETL_LANDING_H
#define TALENT_ETL_LANDING_H

#include <stdbool.h>
#include <stdint.h>

#include "talent/core/raw.h"
#include "talent/etl/artefact.h"

/* What is known of one body. Texts are borrowed. URLs carry no secret. */
typedef struct tp_body {
    tp_str fetch;       /* name of the fetch that asked for it */
    tp_str request_key; /* what for_each put in; absent if nothing */
    uint32_t page;      /* page number within (fetch, key), from 0 */
    tp_str url;
    int32_t status;
    tp_str content_type;
    tp_str etag;
    tp_str last_modified;
    int64_t fetched_at; /* seconds since 1970; not part of any key */
    int32_t night;      /* day of the night it was fetched for */
    uint32_t part; /* of a fetch that asks for changes: 0 = what it began with, then counting */
    uint64_t size; /* bytes as received, transfer decoding undone */
    uint8_t sha256[32];
    bool empty;    /* the outcome table says it tells of no rows: kept, but not parsed */
    bool referred; /* its bytes are in the landing of an earlier night: */
    tp_key origin;
    tp_key origin_file; /* the id of that very file: a later one under the key is not meant */
} tp_body;

/* Is there anything in it for parse? */
static inline bool
tp_body_parses(const tp_body *body)
{
    return !body->empty;
}

typedef struct tp_landing_writer tp_landing_writer;

/* Starts a landing file under kind "landing" and this key. secret_key[32] encrypts it. */
tp_code tp_landing_begin(const tp_store *store, const tp_key *key, const uint8_t secret_key[32],
                         tp_landing_writer **out, tp_err *err) TP_MUST_CHECK;

/* States the order of fetches in the index: names not stated follow in the order of first sight. */
tp_code tp_landing_fetch(tp_landing_writer *writer, tp_str name, tp_err *err) TP_MUST_CHECK;

/* One body: begin, put its bytes in pieces, end (size and sha256 are filled in by the writer). A
 * body given up half-way is dropped with tp_landing_body_drop. */
tp_code tp_landing_body_begin(tp_landing_writer *writer, tp_err *err) TP_MUST_CHECK;

/*
 * Adds bytes to the body begun.
 * Errors   TP_E_IO, TP_E_NOMEM
 */
tp_code tp_landing_body_put(tp_landing_writer *writer, const void *bytes, size_t n,
                            tp_err *err) TP_MUST_CHECK;

/* Ends the body with what is known of it; size and sha256 are filled in here. */
tp_code tp_landing_body_end(tp_landing_writer *writer, const tp_body *meta,
                            tp_err *err) TP_MUST_CHECK;

/* Forgets the body begun, as if it had never been. */
void tp_landing_body_drop(tp_landing_writer *writer);

/* SHA-256 of the body that ended last. */
const uint8_t *tp_landing_last_sha256(const tp_landing_writer *writer);

/* Takes back every body of a fetch, or of one key of it (absent = all). */
void tp_landing_forget(tp_landing_writer *writer, tp_str fetch, tp_str request_key);

typedef struct tp_landing tp_landing;

/* Takes a body over from an earlier landing as it is, all that is known of it included: a small one
 * is copied, a large one (a block or more) referred to, so that its landing must be kept. Either
 * way it is read to its end first. Not between body_begin and body_end. Errors   TP_E_DAMAGED
 * cannot be read; TP_E_IO, TP_E_NOMEM */
tp_code tp_landing_carry(tp_landing_writer *writer, const tp_landing *from, size_t i,
                         tp_err *err) TP_MUST_CHECK;

/* The same, but always copied: for a landing that will not be kept. */
tp_code tp_landing_copy(tp_landing_writer *writer, const tp_landing *from, size_t i,
                        tp_err *err) TP_MUST_CHECK;

/* A file that stands under the key already is set aside: bodies of later nights may be in it.
 * Sorts the index by (order of fetch names as first begun, request key, page), writes it, fsyncs,
 * renames. watermark: text the next night starts from; may be empty. Frees the writer. */
tp_code tp_landing_commit(tp_landing_writer *writer, tp_str watermark, tp_err *err) TP_MUST_CHECK;

/* Forgets everything written; accepts NULL. */
void tp_landing_abort(tp_landing_writer *writer);

typedef struct tp_landing tp_landing;

/* Takes a landing away: one that turned out not to be what the source has. Fine if there is none;
 * those that have it open read on. */
void tp_landing_drop(const tp_store *store, const tp_key *key);

/* Takes a landing of a night away, but keeps its file under its own id for the landings that refer
 * to it, until gc removes it by age. Fine if there is none. */
void tp_landing_set_aside(const tp_store *store, const tp_key *key);

/* Is there a whole landing under this key? */
bool tp_landing_exists(const tp_store *store, const tp_key *key);

/*
 * Opens a landing and checks its index.
 * Errors   TP_E_DAMAGED absent or damaged; TP_E_CONFIG written under another secret
 */
tp_code tp_landing_open(const tp_store *store, const tp_key *key, const uint8_t secret_key[32],
                        tp_landing **out, tp_err *err) TP_MUST_CHECK;

/* Gives it back with all it holds; accepts NULL. */
void tp_landing_close(tp_landing *landing);

/* Number of bodies. */
size_t tp_landing_count(const tp_landing *landing);

/* Which body stands i-th in the file: read in this order, every block is opened once. */
size_t tp_landing_stored(const tp_landing *landing, size_t i);

/* Facts of body i, in index order; borrowed from the landing. */
const tp_body *tp_landing_body(const tp_landing *landing, size_t i);

/* The watermark it was committed with; may be empty. */
tp_str tp_landing_watermark(const tp_landing *landing);

/* SHA-256 over (fetch, request key, page, body sha256, empty, part) in index order: what parse
 * depends on. */
void tp_landing_content(const tp_landing *landing, tp_key *out);

/* Reads one body from its first byte; memory stays under 4 MiB whatever its size. Blocks and
 * index are authenticated as they are opened; a block that was altered is TP_E_DAMAGED. Close with
 * tp_landing_reader_close. */
tp_code tp_landing_reader_open(const tp_landing *landing, size_t i, tp_reader **out,
                               tp_err *err) TP_MUST_CHECK;

/* Gives it back with all it holds; accepts NULL. */
void tp_landing_reader_close(tp_reader *reader);

#endif
