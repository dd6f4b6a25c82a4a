/* What a format reader is told to look for, and the text rows it hands over. */
#ifndef TALENT_CORE_RAW_H
#define TALENT_CORE_RAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talent/base/arena.h"
#include "talent/base/err.h"
#include "talent/base/str.h"

typedef enum tp_format { TP_FORMAT_JSON, TP_FORMAT_NDJSON, TP_FORMAT_XML, TP_FORMAT_CSV } tp_format;

/* One step of a path. JSON: CHILD, EACH, INDEX, ANY, PARSE. XML: CHILD, ANY, ATTR. CSV: CHILD. */
typedef enum tp_step_kind {
    TP_PATH_CHILD, /* member or child element `name` (XML: namespace `ns`, "" = none) */
    TP_PATH_EACH,  /* every element of an array */
    TP_PATH_INDEX, /* element number `index` from 0 (XML: the index-th child of that name, from 1)
                    */
    TP_PATH_ANY,   /* every member, every child element */
    TP_PATH_ATTR,  /* attribute `name`; last step only */
    TP_PATH_PARSE  /* the value is a string that holds JSON: go on inside it */
} tp_step_kind;

typedef struct tp_path_step {
    tp_step_kind kind;
    tp_str name;
    tp_str ns;
    uint32_t index;
    tp_str attr; /* XML predicate [@attr='value'] on a CHILD; attr.p == NULL = none */
    tp_str value;
} tp_path_step;

/* Steps from the record's node (selects: from the parent select's node, or from the document root).
 * No steps = the node's own text. */
typedef struct tp_path {
    size_t n;
    tp_path_step *step;
} tp_path;

/* One text wanted from a record. */
typedef struct tp_slot {
    tp_path path;
    uint32_t up;     /* 0 = the record itself; k = its k-th ancestor select ("^name.field") */
    bool many;       /* all matches joined by '|'; else the first match wins */
    tp_str text;     /* as written in the description, for people; may be absent */
    bool must;       /* CSV: the header must have its column */
    uint16_t any_of; /* CSV: of the slots of the select with this number one must have its column; 0
                        = none */
} tp_slot;

/* One kind of record wanted from a body. */
typedef struct tp_select {
    int parent; /* index of the enclosing select; -1 = document root */
    tp_path path;
    size_t n_slots;
    tp_slot *slot;
    bool document; /* exactly one row per body: values of the document as a whole (counts, links) */
} tp_select;

enum { TP_SELECTS_MAX = 16, TP_SLOTS_MAX = 64 };

typedef struct tp_limits {
    uint64_t body_bytes;     /* as received */
    uint64_t unpacked_bytes; /* after gunzip */
    uint32_t ratio;          /* unpacked / received, checked from 1 MiB on */
    uint32_t depth;
    uint32_t string_bytes;
    uint32_t record_bytes; /* text of one record with its children */
    uint64_t records;      /* of one body */
    uint32_t fields;       /* of one object, element or row: see tp_format_parse */
} tp_limits;

/* Everything a reader needs: compiled once from a source's description, then read-only. */
typedef struct tp_shape {
    tp_format format;
    char delimiter;       /* CSV; 0 = found from the header line (';', ',' or tab) */
    const char *encoding; /* NULL = declared or detected; else what tp_reader_utf8 takes */
    size_t n_selects;     /* a parent stands before its children */
    tp_select select[TP_SELECTS_MAX];
    tp_limits limit;
} tp_shape;

/* Where a record came from. */
typedef struct tp_place {
    uint32_t body;   /* number of the body in the landing */
    uint32_t record; /* ordinal within the body and select, from 0 */
} tp_place;

/* A piece of the unpacked UTF-8 text of a body, its byte-order mark left aside: from <= byte < to.
 */
typedef struct tp_span {
    uint64_t from;
    uint64_t to; /* = from where nobody knows */
} tp_span;

/* What is wrong with a row although the body can be read on. */
typedef enum tp_flaw {
    TP_FLAW_NONE,
    TP_FLAW_TEXT, /* a character was lost: U+FFFD stands in a cell */
    TP_FLAW_CELLS /* CSV: fewer cells than the header, or more that are not blank */
} tp_flaw;

/* Rows of one select. A cell with p == NULL is absent, with n == 0 empty; UTF-8, NUL-free. */
typedef struct tp_raw_table {
    size_t n;
    size_t cols;     /* = n_slots of the select */
    tp_str *cell;    /* [n * cols], row-major; bytes live in the chunk's arena */
    tp_place *place; /* [n] */
    uint32_t
        *parent;   /* [n] row in the parent select's table of this chunk; UINT32_MAX at the root */
    uint8_t *flaw; /* [n] tp_flaw; NULL = all rows are sound */
    tp_span *span; /* [n] where each stands; NULL = nobody knows */
} tp_raw_table;

/* A bounded number of whole records with all their children. */
typedef struct tp_raw_chunk {
    tp_str request_key;                 /* what for_each put into the request; absent if nothing */
    tp_raw_table table[TP_SELECTS_MAX]; /* by select */
    tp_arena arena;
} tp_raw_chunk;

/* Bytes to read from: *out_n = 0 means the end. Reading past a fault gives the fault again. */
typedef struct tp_reader tp_reader;
struct tp_reader {
    tp_code (*read)(tp_reader *self, void *buf, size_t cap, size_t *out_n, tp_err *err);
};

/* Takes a chunk of whole records; called in document order. The chunk is reset after the call. */
typedef struct tp_raw_sink {
    tp_code (*chunk)(void *user, tp_raw_chunk *chunk, tp_err *err);
    void *user;
    /* Takes a name met at the records of a select that no path reads ("@name" for an attribute), of
     * the first record and every 64th one of a body; of a table every column, once. NULL = nobody
     * asks. Called before the chunk that holds the record. */
    void (*name)(void *user, uint32_t select, tp_str name);
} tp_raw_sink;

#endif
