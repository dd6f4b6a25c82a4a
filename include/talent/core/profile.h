/* What a source's values look like, place by place, and how that differs from an earlier night. */
#ifndef TALENT_CORE_PROFILE_H
#define TALENT_CORE_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talent/base/arena.h"
#include "talent/base/str.h"

enum {
    TP_PROFILE_CODES = 32,  /* more distinct values than this are no code set */
    TP_PROFILE_SHAPES = 16, /* shapes kept of one place */
    TP_NAMES_MAX = 64,      /* unread names kept of one source */
    TP_NAME_TEXT = 48,
    TP_SHAPE_TEXT = 17,
    TP_LOOK_ALL = 4096, /* rows of a place looked at one by one; then one of TP_LOOK_EVERY */
    TP_LOOK_EVERY = 8
};

/* What a text reads like, whatever the description makes of it. */
typedef enum tp_form {
    TP_FORM_NUMBER,
    TP_FORM_DATE,
    TP_FORM_BOOL, /* true, false */
    TP_FORM_TEXT,
    TP_FORM_COUNT
} tp_form;

/* "number", "date", ...; static storage. */
const char *tp_form_name(tp_form form);

/* Shape of the first 16 characters of a text, 4 bits each: see tp_shape_text. */
typedef struct tp_shape_count {
    uint64_t shape;
    uint64_t n;
} tp_shape_count;

/*
 * Everything counted of one place (a path of one select). No value is kept: of values there are
 * keyed hashes, and only while they are few. Flat, so that it is stored as it is. Missing values
 * are counted in every row; forms, shapes and codes in the rows that were looked at, of which the
 * result is a function whatever their order.
 */
typedef struct tp_place_profile {
    uint64_t id;     /* tp_place_id */
    uint64_t seen;   /* rows */
    uint64_t absent; /* of those: missing or blank */
    uint64_t form[TP_FORM_COUNT];
    uint32_t shortest; /* bytes; 0 when never present */
    uint32_t longest;
    uint32_t n_codes;                /* distinct values; TP_PROFILE_CODES + 1 = many */
    uint32_t n_shapes;               /* kept, with their whole counts */
    uint64_t code[TP_PROFILE_CODES]; /* ascending; when many: unused */
    tp_shape_count shape[TP_PROFILE_SHAPES];
} tp_place_profile;

/* A name beside the selected records that the description does not read. Of a name that holds
 * numbers, which may be somebody's, the digits are 9. Counted in a sample of the records. */
typedef struct tp_unread_name {
    uint64_t place; /* tp_place_id of the select, with an empty path */
    uint64_t n;
    char text[TP_NAME_TEXT]; /* terminated, cut if longer */
} tp_unread_name;

/* A place that is watched: made from the description. */
typedef struct tp_watch {
    uint32_t fetch;
    int select;
    uint64_t id;           /* of the select */
    tp_str label;          /* of the select, for people */
    size_t n;              /* slots */
    const tp_str *path;    /* [n] as written */
    const uint64_t *place; /* [n] */
} tp_watch;

/* Names a place by what stands in the description; stable for ever, because it is stored. */
uint64_t tp_place_id(tp_str fetch, tp_str select, tp_str path);

/* Adds one value to a profile; an absent or blank one counts as missing. seed: keys the hashes. */
void tp_profile_add(tp_place_profile *profile, tp_str text, uint64_t seed);

/* Counts whether there is a value, and looks no further. */
void tp_profile_count(tp_place_profile *profile, tp_str text);

/* Values that were looked at. */
uint64_t tp_profile_looked(const tp_place_profile *profile);

/* "99-99-9999": 9 a digit, A and a letters, x a byte beyond ASCII, ? another sign, and the signs
 * - / . , : space as they are; "~" at the end when the text went on. */
void tp_shape_text(uint64_t shape, char out[TP_SHAPE_TEXT + 1]);

/* Shape kept of most values; 0 when there is none. */
uint64_t tp_profile_top_shape(const tp_place_profile *profile, uint64_t *out_n);

/* ---- drift ---- */

typedef enum tp_drift_kind {
    TP_DRIFT_NEW_NAME, /* a name the description does not read has appeared */
    TP_DRIFT_VANISHED, /* a place that had values has none */
    TP_DRIFT_APPEARED, /* a place that had none has values */
    TP_DRIFT_FILL,     /* the share of rows with a value jumped */
    TP_DRIFT_FORM,     /* values read like something else, or have another shape */
    TP_DRIFT_CODES,    /* a small set of values has new members */
    TP_DRIFT_KINDS
} tp_drift_kind;

/* "new_name", "vanished", ...; static storage. */
const char *tp_drift_name(tp_drift_kind kind);

enum { TP_DRIFT_PATH = 120, TP_DRIFT_DETAIL = 96, TP_DRIFTS_MAX = 200 };

typedef struct tp_drift {
    tp_drift_kind kind;
    char path[TP_DRIFT_PATH]; /* select and path, or name */
    int32_t was_bp;           /* the share that changed, basis points; -1 = none */
    int32_t is_bp;
    char detail[TP_DRIFT_DETAIL]; /* shapes and forms, never values */
} tp_drift;

/* When a change is told; from a description's quality.drift. */
typedef struct tp_drift_limits {
    int fill_bp;    /* change of the share of rows with a value */
    int form_bp;    /* change of the share of a form or shape among the values */
    uint64_t least; /* rows a place must have on both nights to be judged */
    bool codes;
} tp_drift_limits;

extern const tp_drift_limits TP_DRIFT_DEFAULTS;

struct tp_batch;

/*
 * What changed between two batches of a source, ascending by (path, kind); at most TP_DRIFTS_MAX,
 * *out_more tells how many did not fit. Places that only one of the descriptions reads are left
 * out. *out lives in the arena; NULL when memory ends.
 */
size_t tp_drift_compare(const tp_watch *watch, size_t n_watches, const struct tp_batch *now,
                        const struct tp_batch *before, const tp_drift_limits *limits,
                        tp_arena *arena, tp_drift **out, size_t *out_more);

#endif
