/* Which state follows a member or an element, whatever the number of paths that are still alive? */
#include "etl/format/match.h"

#include <stdlib.h>
#include <string.h>

enum { STATES_MAX = 8192 };

typedef struct builder {
    tp_match *m;
    tp_dfa *dfa;
    size_t cap;
    uint32_t *set;     /* [n_nodes] a set under construction */
    uint32_t *closure; /* [n_nodes] */
    bool failed;
} builder;

static size_t
insert(uint32_t *set, size_t n, uint32_t node)
{
    size_t at = n;
    while (at > 0 && set[at - 1] > node) {
        at--;
    }
    if (at > 0 && set[at - 1] == node) {
        return n;
    }
    memmove(set + at + 1, set + at, (n - at) * sizeof *set);
    set[at] = node;
    return n + 1;
}

/* The state of a set of nodes, made when new. */
static uint32_t
state_of(builder *b, const uint32_t *set, size_t n)
{
    if (n == 0) {
        return TP_MATCH_NONE;
    }
    for (size_t i = 1; i < b->dfa->n; i++) {
        const tp_dfa_state *st = &b->dfa->state[i];
        if (st->n_set == n && memcmp(st->set, set, n * sizeof *set) == 0) {
            return (uint32_t)i;
        }
    }
    if (b->dfa->n == b->cap) {
        const size_t cap = b->cap * 2;
        tp_dfa_state *grown =
            cap <= STATES_MAX ? tp_arena_alloc(&b->m->arena, cap, sizeof *grown) : NULL;
        if (grown == NULL) {
            b->failed = true;
            return TP_MATCH_NONE;
        }
        memcpy(grown, b->dfa->state, b->dfa->n * sizeof *grown);
        b->dfa->state = grown;
        b->cap = cap;
    }
    uint32_t *copy = tp_arena_alloc(&b->m->arena, n, sizeof *copy);
    if (copy == NULL) {
        b->failed = true;
        return TP_MATCH_NONE;
    }
    memcpy(copy, set, n * sizeof *copy);
    b->dfa->state[b->dfa->n] = (tp_dfa_state){.set = copy, .n_set = n};
    return (uint32_t)b->dfa->n++;
}

/* Does this edge take a value of the wanted kind? CHILD: by name, INDEX: by number. */
static bool
takes(const tp_path_step *step, tp_step_kind kind, tp_str name, uint32_t index)
{
    switch (kind) {
    case TP_PATH_CHILD:
        return step->kind == TP_PATH_ANY ||
               (step->kind == TP_PATH_CHILD && name.p != NULL && tp_str_eq(step->name, name));
    case TP_PATH_EACH:
        return step->kind == TP_PATH_EACH;
    case TP_PATH_INDEX:
        return step->kind == TP_PATH_EACH || (step->kind == TP_PATH_INDEX && step->index == index);
    default:
        return step->kind == kind;
    }
}

/* The state after a step of the given kind from any node of the set. */
static uint32_t
step_state(builder *b, const uint32_t *from, size_t n, tp_step_kind kind, tp_str name,
           uint32_t index)
{
    size_t n_to = 0;
    for (size_t i = 0; i < n; i++) {
        for (uint32_t e = b->m->node[from[i]].edge; e != 0; e = b->m->edge[e - 1].next) {
            if (takes(b->m->edge[e - 1].step, kind, name, index)) {
                n_to = insert(b->set, n_to, b->m->edge[e - 1].to);
            }
        }
    }
    return state_of(b, b->set, n_to);
}

/* The set with what lies behind PARSE steps: an object in place of a string is taken as it is. */
static size_t
close_set(builder *b, uint32_t state)
{
    size_t n = b->dfa->state[state].n_set;
    memcpy(b->closure, b->dfa->state[state].set, n * sizeof *b->closure);
    for (size_t i = 0; i < n; i++) {
        for (uint32_t e = b->m->node[b->closure[i]].edge; e != 0; e = b->m->edge[e - 1].next) {
            if (b->m->edge[e - 1].step->kind == TP_PATH_PARSE) {
                /* A step leads to a higher number, so the new node is still ahead. */
                n = insert(b->closure, n, b->m->edge[e - 1].to);
            }
        }
    }
    return n;
}

/* Adds the members or element numbers that edges of the closure name. */
static void
add_named(builder *b, uint32_t state, size_t n)
{
    size_t most = 0;
    for (size_t i = 0; i < n; i++) {
        for (uint32_t e = b->m->node[b->closure[i]].edge; e != 0; e = b->m->edge[e - 1].next) {
            most++;
        }
    }
    tp_dfa_edge *edge = tp_arena_alloc(&b->m->arena, most, sizeof *edge);
    tp_dfa_index *index = tp_arena_alloc(&b->m->arena, most, sizeof *index);
    if (edge == NULL || index == NULL) {
        b->failed = true;
        return;
    }
    size_t n_edges = 0;
    size_t n_index = 0;
    for (size_t i = 0; i < n; i++) {
        for (uint32_t e = b->m->node[b->closure[i]].edge; e != 0; e = b->m->edge[e - 1].next) {
            const tp_path_step *step = b->m->edge[e - 1].step;
            size_t k = 0;
            if (step->kind == TP_PATH_CHILD) {
                while (k < n_edges && !tp_str_eq(edge[k].name, step->name)) {
                    k++;
                }
                if (k == n_edges) {
                    edge[n_edges++] = (tp_dfa_edge){.name = step->name};
                }
            } else if (step->kind == TP_PATH_INDEX) {
                while (k < n_index && index[k].index != step->index) {
                    k++;
                }
                if (k == n_index) {
                    index[n_index++] = (tp_dfa_index){.index = step->index};
                }
            }
        }
    }
    for (size_t k = 0; k < n_edges; k++) {
        edge[k].hash = tp_name_hash(edge[k].name);
        edge[k].to = step_state(b, b->closure, n, TP_PATH_CHILD, edge[k].name, 0);
    }
    for (size_t k = 0; k < n_index; k++) {
        index[k].to = step_state(b, b->closure, n, TP_PATH_INDEX, TP_STR_NONE, index[k].index);
    }
    tp_dfa_state *st = &b->dfa->state[state];
    st->edge = edge;
    st->n_edges = n_edges;
    st->index = index;
    st->n_index = n_index;
}

static void
add_table(builder *b, tp_dfa_state *st)
{
    size_t size = 4;
    while (size < st->n_edges * 2 + 1) {
        size *= 2;
    }
    st->mask = (uint32_t)size - 1;
    st->table = tp_arena_alloc(&b->m->arena, size, sizeof *st->table);
    if (st->table == NULL) {
        b->failed = true;
        return;
    }
    for (size_t k = 0; k < st->n_edges; k++) {
        size_t at = (size_t)st->edge[k].hash & st->mask;
        while (st->table[at] != 0) {
            at = (at + 1) & st->mask;
        }
        st->table[at] = (uint16_t)(k + 1);
    }
}

/* What happens at a value in this state: records that begin, slots that take its text. */
static void
add_actions(builder *b, tp_dfa_state *st, size_t n_closure)
{
    const tp_match *m = b->m;
    uint32_t here = 0;
    size_t n_accept = 0;
    for (size_t i = 0; i < n_closure; i++) {
        st->selects |= m->node[b->closure[i]].selects;
    }
    for (size_t i = 0; i < st->n_set; i++) {
        here |= m->node[st->set[i]].selects;
        for (uint32_t a = m->node[st->set[i]].accept; a != 0; a = m->accept[a - 1].next) {
            n_accept++;
        }
    }
    for (uint32_t s = 0; s < m->shape->n_selects; s++) {
        const uint32_t bit = (UINT32_C(1) << s) & here;
        if (!m->shape->select[s].document) {
            st->selects_scalar |= m->element[s] || m->own_text[s] ? bit : 0;
            st->selects_null |= m->element[s] ? bit : 0;
            st->not_records |= m->element[s] || m->own_text[s] ? 0 : bit;
        }
    }
    st->accept = tp_arena_alloc(&b->m->arena, n_accept, sizeof *st->accept);
    if (st->accept == NULL) {
        b->failed = true;
        return;
    }
    for (size_t i = 0; i < st->n_set; i++) {
        for (uint32_t a = m->node[st->set[i]].accept; a != 0; a = m->accept[a - 1].next) {
            st->accept[st->n_accept++] = m->accept[a - 1];
        }
    }
}

tp_code
tp_dfa_build(tp_dfa *dfa, tp_match *m, tp_err *err)
{
    const uint32_t root = 1;
    builder b = {.m = m, .dfa = dfa, .cap = 64};
    *dfa = (tp_dfa){.n = 1};
    dfa->state = tp_arena_alloc(&m->arena, b.cap, sizeof *dfa->state);
    b.set = tp_arena_alloc(&m->arena, m->n_nodes + 1, sizeof *b.set);
    b.closure = tp_arena_alloc(&m->arena, m->n_nodes + 1, sizeof *b.closure);
    if (dfa->state == NULL || b.set == NULL || b.closure == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "the automaton of %zu path steps", m->n_edges);
    }
    (void)state_of(&b, &root, 1);
    for (uint32_t i = 1; i < dfa->n && !b.failed; i++) {
        const size_t n = close_set(&b, i);
        add_named(&b, i, n);
        const uint32_t other = step_state(&b, b.closure, n, TP_PATH_CHILD, TP_STR_NONE, 0);
        const uint32_t each = step_state(&b, b.closure, n, TP_PATH_EACH, TP_STR_NONE, 0);
        const uint32_t parse =
            step_state(&b, dfa->state[i].set, dfa->state[i].n_set, TP_PATH_PARSE, TP_STR_NONE, 0);
        tp_dfa_state *st = &dfa->state[i];
        st->other = other;
        st->each = each;
        st->parse = parse;
        add_table(&b, st);
        add_actions(&b, st, n);
    }
    if (b.failed) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "the paths of the shape combine to more than %d states",
                      STATES_MAX);
    }
    return TP_OK;
}
