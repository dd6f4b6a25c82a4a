/* Paths of an XML shape as an automaton, made as elements come. */
#ifndef TALENT_ETL_FORMAT_MATCH_XML_H
#define TALENT_ETL_FORMAT_MATCH_XML_H

#include "etl/format/match.h"

/* A name as the parser's dictionary holds it: equal names are equal pointers. */
typedef struct tp_xml_name {
    const void *name;
    const void *ns; /* NULL = no namespace */
} tp_xml_name;

/* An attribute that a state wants. */
typedef struct tp_xml_attr {
    tp_xml_name name;
    size_t n_accept;
    tp_accept *accept;
} tp_xml_attr;

/* Where an element of one name leads from a state. */
typedef struct tp_xml_link {
    tp_xml_name name; /* name NULL = free */
    uint32_t to;
    bool ask; /* depends on attributes or on how many came before */
} tp_xml_link;

/* A set of nodes that are alive in an open element; state 0 is the empty set. */
typedef struct tp_xml_state {
    uint32_t number;
    size_t n;
    uint32_t *node;   /* [n] in the order in which they were found */
    uint32_t selects; /* records that begin and end here */
    size_t n_accept;
    tp_accept *accept; /* [n_accept] cells that want the text */
    size_t n_attrs;
    tp_xml_attr *attr; /* [n_attrs] */
    bool counts;       /* numbered steps leave here */
    size_t n_links;
    size_t cap_links;  /* a power of two */
    tp_xml_link *link; /* [cap_links] by name, open addressing */
} tp_xml_state;

typedef struct tp_xml_edge {
    tp_xml_name name;
    tp_xml_name attr; /* of a predicate; name NULL = none */
} tp_xml_edge;

typedef struct tp_xml_states {
    const tp_match *m;
    tp_arena arena;
    tp_xml_edge *edge; /* [n_edges] */
    uint32_t *count;   /* [n_edges] matches so far of numbered steps */
    uint32_t *set;     /* [n_nodes] under construction */
    size_t n;
    size_t cap;
    tp_xml_state **state;  /* [n] they stay where they are */
    tp_xml_state **single; /* [n_nodes] the state of this node alone, NULL = not made yet */
} tp_xml_states;

/* The state of the document itself; NULL when memory ends. `lookup` gives a name as the parser's
 * dictionary holds it, NULL for no name. */
const tp_xml_state *tp_xml_states_init(tp_xml_states *states, const tp_match *m,
                                       const void *(*lookup)(void *user, tp_str name), void *user);
void tp_xml_states_clear(tp_xml_states *states);

/*
 * The state of an element of that name in an element of state `from`, which counts it for numbered
 * steps; NULL when memory ends. `has` tells whether the element has an attribute with a value.
 */
const tp_xml_state *tp_xml_next(tp_xml_states *states, const tp_xml_state *from,
                                const tp_xml_name *name,
                                bool (*has)(void *user, const tp_xml_name *attr, tp_str value),
                                void *user);

#endif
