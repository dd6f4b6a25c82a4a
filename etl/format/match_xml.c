/* Which places of an XML document are alive in an element, found once for all elements like it? */
#include "etl/format/match_xml.h"

#include <stdlib.h>
#include <string.h>

enum { LINKS_MAX = 1024, STATES_MAX = 65536, CASE_TEXT = 64 };

static bool
insert(uint32_t *set, size_t *n, uint32_t node)
{
    for (size_t i = 0; i < *n; i++) {
        if (set[i] == node) {
            return false;
        }
    }
    set[(*n)++] = node;
    return true;
}

/* Appends a node's accepts to a list; returns the new length. With list NULL it only counts. */
static size_t
take_accepts(const tp_match *m, uint32_t node, tp_accept *list, size_t n)
{
    for (uint32_t a = m->node[node].accept; a != 0; a = m->accept[a - 1].next) {
        if (list != NULL) {
            list[n] = m->accept[a - 1];
        }
        n++;
    }
    return n;
}

static bool
add_attribute(tp_xml_states *x, tp_xml_state *st, uint32_t edge)
{
    const uint32_t node = x->m->edge[edge].to;
    tp_xml_attr *attr = &st->attr[st->n_attrs];
    const size_t n = take_accepts(x->m, node, NULL, 0);
    *attr = (tp_xml_attr){.name = x->edge[edge].name, .n_accept = n};
    attr->accept = tp_arena_alloc(&x->arena, n + 1, sizeof *attr->accept);
    if (attr->accept == NULL) {
        return false;
    }
    (void)take_accepts(x->m, node, attr->accept, 0);
    st->n_attrs += n > 0 ? 1 : 0;
    return true;
}

/* Fills what a state does from its nodes; false when memory ends. */
static bool
describe(tp_xml_states *x, tp_xml_state *st)
{
    const tp_match *m = x->m;
    size_t most = 0;
    size_t n_accept = 0;
    for (size_t i = 0; i < st->n; i++) {
        const tp_match_node *node = &m->node[st->node[i]];
        n_accept = take_accepts(m, st->node[i], NULL, n_accept);
        for (uint32_t e = node->edge; e != 0; e = m->edge[e - 1].next) {
            most += m->edge[e - 1].step->kind == TP_PATH_ATTR ? 1 : 0;
        }
    }
    st->accept = tp_arena_alloc(&x->arena, n_accept + 1, sizeof *st->accept);
    st->attr = tp_arena_alloc(&x->arena, most + 1, sizeof *st->attr);
    bool whole = st->accept != NULL && st->attr != NULL;
    for (size_t i = 0; whole && i < st->n; i++) {
        const tp_match_node *node = &m->node[st->node[i]];
        st->selects |= node->selects;
        st->n_accept = take_accepts(m, st->node[i], st->accept, st->n_accept);
        for (uint32_t e = node->edge; whole && e != 0; e = m->edge[e - 1].next) {
            const tp_path_step *step = m->edge[e - 1].step;
            st->counts |= step->kind == TP_PATH_INDEX;
            whole = step->kind != TP_PATH_ATTR || add_attribute(x, st, e - 1);
        }
    }
    return whole;
}

/* The state of a set of nodes, made when new; NULL when memory ends. */
static tp_xml_state *
state_of(tp_xml_states *x, const uint32_t *set, size_t n)
{
    tp_xml_state **single = n == 1 ? &x->single[set[0]] : NULL;
    if (single != NULL && *single != NULL) {
        return *single;
    }
    for (size_t i = 0; i < (n == 0 && x->n > 0 ? 1 : x->n); i++) {
        tp_xml_state *st = x->state[i];
        if (st->n == n && memcmp(st->node, set, n * sizeof *set) == 0) {
            return st;
        }
    }
    if (x->n == x->cap) {
        const size_t cap = x->cap == 0 ? 64 : x->cap * 2;
        tp_xml_state **grown =
            cap <= STATES_MAX ? realloc(x->state, cap * sizeof(tp_xml_state *)) : NULL;
        if (grown == NULL) {
            return NULL;
        }
        x->state = grown;
        x->cap = cap;
    }
    tp_xml_state *st = tp_arena_alloc(&x->arena, 1, sizeof *st);
    uint32_t *copy = tp_arena_alloc(&x->arena, n + 1, sizeof *copy);
    if (st == NULL || copy == NULL) {
        return NULL;
    }
    if (n > 0) {
        memcpy(copy, set, n * sizeof *copy);
    }
    *st = (tp_xml_state){.n = n, .node = copy};
    if (!describe(x, st)) {
        return NULL;
    }
    x->state[x->n++] = st;
    if (single != NULL) {
        *single = st;
    }
    return st;
}

tp_xml_state *
tp_xml_states_init(tp_xml_states *x, const tp_match *m,
                   const void *(*lookup)(void *user, tp_str name), void *user)
{
    const uint32_t root = 1;
    *x = (tp_xml_states){.m = m, .arena = {.limit = (size_t)64 << 20}};
    x->edge = tp_arena_alloc(&x->arena, m->n_edges + 1, sizeof *x->edge);
    x->count = tp_arena_alloc(&x->arena, m->n_edges + 1, sizeof *x->count);
    x->set = tp_arena_alloc(&x->arena, m->n_nodes + 1, sizeof *x->set);
    x->single = tp_arena_alloc(&x->arena, m->n_nodes + 1, sizeof *x->single);
    if (x->edge == NULL || x->count == NULL || x->set == NULL || x->single == NULL) {
        return NULL;
    }
    for (size_t e = 0; e < m->n_edges; e++) {
        const tp_path_step *step = m->edge[e].step;
        x->edge[e].name = (tp_xml_name){lookup(user, step->name), lookup(user, step->ns)};
        x->edge[e].attr = (tp_xml_name){lookup(user, step->attr), NULL};
    }
    return state_of(x, &root, 0) != NULL ? state_of(x, &root, 1) : NULL;
}

void
tp_xml_states_clear(tp_xml_states *x)
{
    for (size_t i = 0; i < x->n; i++) {
        free(x->state[i]->link);
    }
    free(x->state);
    tp_arena_clear(&x->arena);
    *x = (tp_xml_states){0};
}

static size_t
slot_of(const tp_xml_state *st, const tp_xml_name *name)
{
    size_t at = tp_xml_home(name, st->cap_links);
    while (st->link[at].name.name != NULL &&
           (st->link[at].name.name != name->name || st->link[at].name.ns != name->ns)) {
        at = (at + 1) & (st->cap_links - 1);
    }
    return at;
}

/* Notes where a name leads. Documents may invent names without end: not all are kept. */
static bool
keep_link(tp_xml_state *st, const tp_xml_link *link)
{
    if (st->n_links * 2 >= st->cap_links) {
        const size_t cap = st->cap_links == 0 ? 16 : st->cap_links * 2;
        if (cap > LINKS_MAX) {
            return true;
        }
        tp_xml_state wider = *st;
        wider.cap_links = cap;
        wider.link = calloc(cap, sizeof *wider.link);
        if (wider.link == NULL) {
            return false;
        }
        for (size_t i = 0; i < st->cap_links; i++) {
            if (st->link[i].name.name != NULL) {
                wider.link[slot_of(&wider, &st->link[i].name)] = st->link[i];
            }
        }
        free(st->link);
        *st = wider;
    }
    st->link[slot_of(st, &link->name)] = *link;
    st->n_links++;
    return true;
}

/* What is asked of an element beside its name. */
typedef struct question {
    const tp_xml_name *attr; /* the one attribute asked for so far */
    bool ask;
    bool many; /* more than that */
} question;

static void
note(question *q, const tp_path_step *step, const tp_xml_name *attr)
{
    if (step->attr.p != NULL) {
        q->many |= q->attr != NULL && (q->attr->name != attr->name || q->attr->ns != attr->ns);
        q->attr = attr;
        q->ask = true;
    }
    if (step->kind == TP_PATH_INDEX) {
        q->many = true;
        q->ask = true;
    }
}

/* Does the step of edge e lead to this element? Numbered steps count it. */
static bool
takes(tp_xml_states *x, uint32_t e, const tp_xml_name *name, tp_xml_value *value, void *user,
      question *q)
{
    const tp_path_step *step = x->m->edge[e].step;
    if (step->kind == TP_PATH_ATTR) {
        return false;
    }
    if (step->kind != TP_PATH_ANY &&
        (x->edge[e].name.name != name->name || x->edge[e].name.ns != name->ns)) {
        return false;
    }
    note(q, step, &x->edge[e].attr);
    if (step->attr.p != NULL) {
        const tp_str text = value(user, &x->edge[e].attr);
        if (text.p == NULL || !tp_str_eq(text, step->value)) {
            return false;
        }
    }
    return step->kind != TP_PATH_INDEX || ++x->count[e] == step->index;
}

static tp_xml_state *
find_next(tp_xml_states *x, tp_xml_state *from, const tp_xml_name *name, tp_xml_value *value,
          void *user, bool known)
{
    question q = {0};
    size_t n = 0;
    for (size_t i = 0; i < from->n; i++) {
        for (uint32_t e = x->m->node[from->node[i]].edge; e != 0; e = x->m->edge[e - 1].next) {
            if (takes(x, e - 1, name, value, user, &q)) {
                (void)insert(x->set, &n, x->m->edge[e - 1].to);
            }
        }
    }
    tp_xml_state *to = state_of(x, x->set, n);
    const tp_xml_link link = {.name = *name,
                              .to = to,
                              .attr = q.many ? NULL : q.attr,
                              .ask = q.ask || (to != NULL && to->counts)};
    return to == NULL || known || keep_link(from, &link) ? to : NULL;
}

/* Where an element leads that differs from others of its name by one attribute. */
static tp_xml_state *
find_case(tp_xml_states *x, tp_xml_state *from, const tp_xml_name *name, tp_xml_value *value,
          void *user)
{
    tp_xml_link *link = &from->link[slot_of(from, name)];
    const tp_str text = value(user, link->attr);
    if (text.p == NULL) {
        return find_next(x, from, name, value, user, true);
    }
    for (uint32_t i = 0; i < link->n_cases; i++) {
        const tp_xml_case *c = &link->cases[i];
        if (c->value.n == text.n && memcmp(c->value.p, text.p, text.n) == 0) {
            return c->to;
        }
    }
    if (link->cases == NULL) {
        link->cases = tp_arena_alloc(&x->arena, TP_XML_CASES, sizeof *link->cases);
    }
    char *copy = link->n_cases < TP_XML_CASES && text.n < CASE_TEXT
                     ? tp_arena_copy(&x->arena, text.p, text.n)
                     : NULL;
    tp_xml_state *to = find_next(x, from, name, value, user, true);
    if (to != NULL && copy != NULL && link->cases != NULL) {
        link->cases[link->n_cases++] = (tp_xml_case){{copy, text.n}, to};
    }
    return to;
}

static void
reset_counts(tp_xml_states *x, const tp_xml_state *st)
{
    for (size_t i = 0; i < st->n; i++) {
        for (uint32_t e = x->m->node[st->node[i]].edge; e != 0; e = x->m->edge[e - 1].next) {
            x->count[e - 1] = 0;
        }
    }
}

tp_xml_state *
tp_xml_find(tp_xml_states *x, tp_xml_state *from, const tp_xml_name *name, tp_xml_value *value,
            void *user)
{
    tp_xml_state *to;
    const tp_xml_link *link = from->cap_links > 0 ? &from->link[slot_of(from, name)] : NULL;
    const bool known = link != NULL && link->name.name != NULL;
    if (known && !link->ask) {
        to = link->to;
    } else if (known && link->attr != NULL) {
        to = find_case(x, from, name, value, user);
    } else {
        to = find_next(x, from, name, value, user, known);
    }
    if (to != NULL && to->counts) {
        reset_counts(x, to);
    }
    return to;
}
