/* Artefacts: files of named arrays under the hash of what they were made from; whole or absent. */
#ifndef TALENT_ETL_ARTEFACT_H
#define TALENT_ETL_ARTEFACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talent/base/err.h"
#include "talent/base/str.h"
#include "talent/core/table.h"

/* SHA-256 of everything a product depends on. */
typedef struct tp_key {
    uint8_t byte[32];
} tp_key;

enum { TP_KEY_TEXT = 65 }; /* 64 hex digits and a zero byte */

void tp_key_format(const tp_key *key, char out[TP_KEY_TEXT]);

/* Reads the hexadecimal form; false on anything but 64 digits. */
bool tp_key_parse(tp_str text, tp_key *out);

/* Builds a key from labelled parts; equal parts in equal order give equal keys. */
typedef struct tp_key_maker {
    uint64_t state[32]; /* opaque: crypto_hash_sha256_state */
} tp_key_maker;

/* Starts a key; `what` keeps keys of different things apart. */
void tp_key_begin(tp_key_maker *maker, const char *what);

/* Adds n bytes under a label. Order counts; equal bytes under another label give another key. */
void tp_key_add(tp_key_maker *maker, const char *label, const void *bytes, size_t n);

/* Adds a text; absent and empty differ. */
void tp_key_add_text(tp_key_maker *maker, const char *label, tp_str text);

/* Adds a number. */
void tp_key_add_i64(tp_key_maker *maker, const char *label, int64_t value);

/* Adds another key: what it was made from now counts here too. */
void tp_key_add_key(tp_key_maker *maker, const char *label, const tp_key *key);

/* Gives the key; the maker is used up. */
void tp_key_end(tp_key_maker *maker, tp_key *out);

/* Root of the state directory and the kinds of artefact below it: <root>/<kind>/<hex key>.tpa */
typedef struct tp_store tp_store;

/*
 * Opens the artefact store below a state directory and makes its folders.
 * Errors   TP_E_IO with the path: cannot be made or written
 */
tp_code tp_store_open(const char *root, tp_store **out, tp_err *err) TP_MUST_CHECK;

/* Gives it back with all it holds; accepts NULL. */
void tp_store_close(tp_store *store);

/* The state directory, as it was given; lives as long as the store. */
const char *tp_store_root(const tp_store *store);

/* Is there a whole artefact under this key? Looks at the footer, not at every byte. */
bool tp_artefact_exists(const tp_store *store, const char *kind, const tp_key *key);

/* Writing: arrays are streamed to a temporary file; commit fsyncs, renames and fsyncs the folder.
 */
typedef struct tp_artefact_writer tp_artefact_writer;

/*
 * Starts an artefact under a temporary name; readers see nothing until commit.
 * Errors   TP_E_IO, TP_E_NOMEM
 */
tp_code tp_artefact_begin(const tp_store *store, const char *kind, const tp_key *key,
                          tp_artefact_writer **out, tp_err *err) TP_MUST_CHECK;
/* Adds array `name` of n elements of `size` bytes (n may be 0). Names are unique, at most 47 bytes.
 */
tp_code tp_artefact_add(tp_artefact_writer *writer, const char *name, const void *data, size_t n,
                        size_t size, tp_err *err) TP_MUST_CHECK;

/* Writes the directory, fsyncs, renames: from here on the artefact is whole. Frees the writer. */
tp_code tp_artefact_commit(tp_artefact_writer *writer, tp_err *err) TP_MUST_CHECK;

/* Gives it back with all it holds; accepts NULL. */
void tp_artefact_abort(tp_artefact_writer *writer);

/* Reading: memory-mapped, read-only, arrays 64-byte aligned. */
typedef struct tp_artefact tp_artefact;

/*
 * Maps an artefact and checks its form and the checksum of every array: no byte of it that was
 * changed since it was written is ever read. Costs one pass over the file at the speed of memory.
 * Errors   TP_E_DAMAGED absent, unreadable or damaged: says to remove it and run again
 */
tp_code tp_artefact_open(const tp_store *store, const char *kind, const tp_key *key,
                         tp_artefact **out, tp_err *err) TP_MUST_CHECK;

/* Unmaps it; tables taken from it are void. Accepts NULL. */
void tp_artefact_close(tp_artefact *artefact);

/* The array `name`; TP_E_SCHEMA when absent or its element size differs. */
tp_code tp_artefact_get(const tp_artefact *artefact, const char *name, size_t size,
                        const void **out_data, size_t *out_n, tp_err *err) TP_MUST_CHECK;

/* TP_E_DAMAGED: the artefact says `what`, which cannot be; names the file and says to remove it. */
tp_code tp_artefact_fault(const tp_artefact *artefact, tp_err *err, const char *what) TP_MUST_CHECK;

/* SHA-256 over all arrays (names, sizes, bytes), as stored in the footer: the artefact's content.
 */
void tp_artefact_content(const tp_artefact *artefact, tp_key *out);

/* Recomputes the content hash from the bytes; TP_E_DAMAGED when it differs from the footer. */
tp_code tp_artefact_verify(const tp_artefact *artefact, tp_err *err) TP_MUST_CHECK;

/* Tables and string sets inside artefacts: arrays "<prefix>.key", "<prefix>.<field>", ".valid" ...
 */
tp_code tp_artefact_add_table(tp_artefact_writer *writer, const char *prefix, const tp_table *t,
                              tp_err *err) TP_MUST_CHECK;

/* Gives a table as columns over the mapped file, checked against the record catalogue. */
tp_code tp_artefact_get_table(const tp_artefact *artefact, const char *prefix, tp_kind kind,
                              const tp_strings *strings, tp_table *out, tp_err *err) TP_MUST_CHECK;

/* Stores a string pool under a prefix. */
tp_code tp_artefact_add_strings(tp_artefact_writer *writer, const char *prefix,
                                const tp_strings *strings, tp_err *err) TP_MUST_CHECK;

/* Gives a string pool over the mapped file. */
tp_code tp_artefact_get_strings(const tp_artefact *artefact, const char *prefix, tp_strings *out,
                                tp_err *err) TP_MUST_CHECK;

#endif
