/* Paths of a shape as one tree of steps, and for JSON as a deterministic automaton. */
#ifndef TALENT_ETL_FORMAT_MATCH_H
#define TALENT_ETL_FORMAT_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talent/base/arena.h"
#include "talent/base/attr.h"
#include "talent/base/err.h"
#include "talent/core/raw.h"

enum { TP_MATCH_NONE = 0 }; /* as a link or state: nothing is wanted here */

/* Text of this node goes to (select, slot). Slots from n_slots on are hidden: they serve `up`. */
typedef struct tp_accept {
    uint32_t select;
    uint32_t slot;
    uint32_t next; /* index + 1 of the next accept of the node */
    bool plain;    /* a cell of the select's own row, filled by the first match */
} tp_accept;

typedef struct tp_match_edge {
    const tp_path_step *step;
    uint32_t to;
    uint32_t next; /* index + 1 of the next edge of the node */
} tp_match_edge;

typedef struct tp_match_node {
    uint32_t edge;    /* index + 1 of the first one */
    uint32_t accept;  /* index + 1 of the first one */
    uint32_t selects; /* bit s: a record of select s begins here */
} tp_match_node;

/* A slot that is filled from an ancestor: cell `slot` of select := hidden of ancestor, k up. */
typedef struct tp_up {
    uint32_t select;
    uint32_t slot;
    uint32_t k;
    uint32_t ancestor;
    uint32_t hidden; /* slot number in the ancestor, >= its n_slots */
} tp_up;

/* node[0] is unused, node[1] the document root. */
typedef struct tp_match {
    const tp_shape *shape;
    tp_arena arena;
    size_t n_nodes;
    tp_match_node *node;
    size_t n_edges;
    tp_match_edge *edge;
    size_t n_accepts;
    tp_accept *accept;
    size_t n_ups;
    tp_up *up;
    uint32_t n_hidden[TP_SELECTS_MAX];
    bool *many[TP_SELECTS_MAX];    /* [n_slots + n_hidden] */
    bool own_text[TP_SELECTS_MAX]; /* reads its own text */
    bool element[TP_SELECTS_MAX];  /* its last step is an element, "*" or the root */
} tp_match;

/* Builds the tree; TP_E_CONFIG when a path cannot be. Cleared by tp_match_clear. */
tp_code tp_match_build(tp_match *match, const tp_shape *shape, tp_err *err) TP_MUST_CHECK;
void tp_match_clear(tp_match *match);

typedef struct tp_dfa_edge {
    tp_str name;
    uint64_t hash;
    uint32_t to;
} tp_dfa_edge;

typedef struct tp_dfa_index {
    uint32_t index;
    uint32_t to;
} tp_dfa_index;

/* A set of tree nodes. State 0 wants nothing. */
typedef struct tp_dfa_state {
    size_t n_set;
    uint32_t *set; /* [n_set] ascending nodes */
    size_t n_edges;
    tp_dfa_edge *edge; /* members by name */
    uint32_t mask;     /* of table */
    uint16_t *table;   /* [mask + 1] edge + 1 by hash, 0 = free */
    uint32_t other;    /* members of any other name */
    size_t n_index;
    tp_dfa_index *index;     /* array elements by number */
    uint32_t each;           /* array elements of any other number */
    uint32_t parse;          /* inside the string */
    uint32_t selects;        /* begin at an object or array */
    uint32_t selects_scalar; /* begin at a string, number or boolean */
    uint32_t selects_null;   /* begin at null */
    uint32_t not_records;    /* selects that name this place but want no scalar */
    size_t n_accept;
    tp_accept *accept;
} tp_dfa_state;

typedef struct tp_dfa {
    size_t n;
    tp_dfa_state *state;
} tp_dfa;

/* The automaton of a JSON shape, in the match's arena; the start state is 1. */
tp_code tp_dfa_build(tp_dfa *dfa, tp_match *match, tp_err *err) TP_MUST_CHECK;

/* Hash of a member name, for tables of one run. */
static inline uint64_t
tp_name_hash(tp_str name)
{
    const uint64_t mul = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t h = name.n * mul;
    size_t i = 0;
    for (; i + 8 <= name.n; i += 8) {
        uint64_t eight;
        memcpy(&eight, name.p + i, 8);
        h = (h ^ eight) * mul;
        h ^= h >> 32;
    }
    uint64_t rest = 0;
    if (i < name.n) {
        memcpy(&rest, name.p + i, name.n - i);
    }
    h = (h ^ rest) * mul;
    h ^= h >> 29;
    h *= UINT64_C(0xbf58476d1ce4e5b9);
    return h ^ (h >> 32);
}

#endif
