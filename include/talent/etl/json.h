/* Configuration files as JSON: every value knows its file, line and path, so that errors can say
 * so. */
#ifndef TALENT_ETL_JSON_H
#define TALENT_ETL_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talent/base/err.h"
#include "talent/base/str.h"

/* A parsed document; owns its text and tree. */
typedef struct tp_json tp_json;

enum { TP_NODE_PATH = 160 };

/* A value inside a document. Copied freely; valid while the document is. */
typedef struct tp_node {
    const tp_json *doc;
    const void *value;       /* NULL = absent */
    char path[TP_NODE_PATH]; /* "emit[0].fields.nip", cut at the end if too long */
} tp_node;

typedef enum tp_node_kind {
    TP_NODE_ABSENT,
    TP_NODE_NULL,
    TP_NODE_BOOL,
    TP_NODE_INT,
    TP_NODE_REAL,
    TP_NODE_TEXT,
    TP_NODE_LIST,
    TP_NODE_OBJECT
} tp_node_kind;

/* Reads and parses a file (at most 16 MiB; duplicate keys and trailing text are errors).
 * TP_E_CONFIG with "file:line:column: what" on any fault. */
tp_code tp_json_load(const char *file, tp_json **out, tp_err *err) TP_MUST_CHECK;

/* The same from memory; `name` stands for the file in errors. */
tp_code tp_json_parse(const char *name, tp_str text, tp_json **out, tp_err *err) TP_MUST_CHECK;

/* Gives a document back; its nodes are void. Accepts NULL. */
void tp_json_free(tp_json *doc);

/* Name of the file as it was given, for messages. */
const char *tp_json_name(const tp_json *doc);

/* SHA-256 of a value in canonical form (sorted keys, no white space). An absent value has a hash
 * too. */
void tp_node_hash(const tp_node *node, uint8_t out[32]);

/* The outermost node. */
tp_node tp_json_root(const tp_json *doc);

/* What a node is; TP_NODE_ABSENT for a missing one. */
tp_node_kind tp_node_kind_of(const tp_node *node);

/* A member; absent if missing or if the node is no object. */
tp_node tp_node_get(const tp_node *object, const char *key);

/* Element i of a list; absent past its end or if the node is no list. */
tp_node tp_node_at(const tp_node *list, size_t i);

/* Members or elements; 0 for anything else. */
size_t tp_node_size(const tp_node *node);

/* The i-th member in the order of the file. */
tp_node tp_node_member(const tp_node *object, size_t i, const char **out_key);

/* Line of the value in the file, from 1. */
int tp_node_line(const tp_node *node);

/* Typed reads: TP_E_CONFIG with file, line, path and what was expected. */
tp_code tp_node_text(const tp_node *node, tp_str *out, tp_err *err) TP_MUST_CHECK;

/*
 * A whole number within [low, high].
 * Errors   TP_E_CONFIG "file:line: path: expected ..."
 */
tp_code tp_node_int(const tp_node *node, int64_t low, int64_t high, int64_t *out,
                    tp_err *err) TP_MUST_CHECK;

/*
 * true or false.
 * Errors   TP_E_CONFIG "file:line: path: expected ..."
 */
tp_code tp_node_bool(const tp_node *node, bool *out, tp_err *err) TP_MUST_CHECK;

/*
 * Is it an object?
 * Errors   TP_E_CONFIG "file:line: path: expected ..."
 */
tp_code tp_node_object(const tp_node *node, tp_err *err) TP_MUST_CHECK;

/*
 * Is it a list?
 * Errors   TP_E_CONFIG "file:line: path: expected ..."
 */
tp_code tp_node_list(const tp_node *node, tp_err *err) TP_MUST_CHECK;

/* Index of the text in words ("a|b|c"); the error lists the words and the nearest one. */
tp_code tp_node_word(const tp_node *node, const char *words, int *out, tp_err *err) TP_MUST_CHECK;

/* Refuses members of an object that are not in words; the error names the nearest word. */
tp_code tp_node_only(const tp_node *object, const char *words, tp_err *err) TP_MUST_CHECK;

/* States a fault of this value: "file:line: path: <text>". Returns TP_E_CONFIG. */
tp_code tp_node_fail(const tp_node *node, tp_err *err, const char *fmt, ...) TP_PRINTF(3, 4);

/* Word of words ("a|b|c") nearest to text, for "did you mean"; empty if none is near. */
tp_str tp_nearest_word(tp_str text, const char *words);

#endif
