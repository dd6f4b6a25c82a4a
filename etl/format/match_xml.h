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

/* Where an element leads by the value of one attribute. */
typedef struct tp_xml_case {
    tp_str value;
    struct tp_xml_state *to;
} tp_xml_case;

enum { TP_XML_CASES = 16 };

/* Where an element of one name leads from a state. */
typedef struct tp_xml_link {
    tp_xml_name name; /* name NULL = free */
    struct tp_xml_state *to;
    const tp_xml_name *attr; /* all there is to ask for; NULL = more than one thing */
    uint32_t n_cases;
    tp_xml_case *cases; /* [n_cases] values met so far */
    bool ask; /* depends on attributes or on how many came before, or it has numbered steps */
} tp_xml_link;

/* A set of nodes that are alive in an open element; state 0 is the empty set. */
typedef struct tp_xml_state {
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

/* Text of an attribute of the element that begins; absent if it has none. */
typedef tp_str tp_xml_value(void *user, const tp_xml_name *attr);

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
tp_xml_state *tp_xml_states_init(tp_xml_states *states, const tp_match *m,
                                 const void *(*lookup)(void *user, tp_str name), void *user);
void tp_xml_states_clear(tp_xml_states *states);

/* Where the link of a name stands when nothing else took its place. */
static inline size_t
tp_xml_home(const tp_xml_name *name, size_t cap_links)
{
    uint64_t h = (uint64_t)(uintptr_t)name->name ^ (uint64_t)(uintptr_t)name->ns << 7;
    h *= UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(h >> 40) & (cap_links - 1);
}

/* tp_xml_next when it takes more than a look. */
tp_xml_state *tp_xml_find(tp_xml_states *states, tp_xml_state *from, const tp_xml_name *name,
                          tp_xml_value *value, void *user);

/*
 * The state of an element of that name in an element of state `from`, which counts it for numbered
 * steps; NULL when memory ends. `value` gives its attributes.
 */
static inline tp_xml_state *
tp_xml_next(tp_xml_states *states, tp_xml_state *from, const tp_xml_name *name, tp_xml_value *value,
            void *user)
{
    if (from->n == 0) {
        return from;
    }
    if (from->cap_links > 0) {
        const tp_xml_link *link = &from->link[tp_xml_home(name, from->cap_links)];
        if (link->name.name == name->name && link->name.ns == name->ns && !link->ask) {
            return link->to;
        }
    }
    return tp_xml_find(states, from, name, value, user);
}

#endif
