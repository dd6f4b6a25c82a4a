/* Which places of a body do the paths of a shape name? */
#include "etl/format/match.h"

#include <stdlib.h>
#include <string.h>

/* Largest numbers of nodes, edges and accepts a shape can need. */
typedef struct sizes {
    size_t steps;
    size_t slots;
    size_t ups;
} sizes;

static sizes
count(const tp_shape *shape)
{
    sizes out = {0};
    for (size_t s = 0; s < shape->n_selects; s++) {
        const tp_select *sel = &shape->select[s];
        out.steps += sel->path.n;
        out.slots += sel->n_slots;
        for (size_t k = 0; k < sel->n_slots; k++) {
            out.steps += sel->slot[k].path.n;
            out.ups += sel->slot[k].up > 0 ? 1 : 0;
        }
    }
    return out;
}

static bool
same_text(tp_str a, tp_str b)
{
    return (a.p == NULL) == (b.p == NULL) && tp_str_eq(a, b);
}

static bool
same_step(const tp_path_step *a, const tp_path_step *b)
{
    return a->kind == b->kind && a->index == b->index && tp_str_eq(a->name, b->name) &&
           tp_str_eq(a->ns, b->ns) && same_text(a->attr, b->attr) && same_text(a->value, b->value);
}

static bool
same_path(const tp_path *a, const tp_path *b)
{
    if (a->n != b->n) {
        return false;
    }
    for (size_t i = 0; i < a->n; i++) {
        if (!same_step(&a->step[i], &b->step[i])) {
            return false;
        }
    }
    return true;
}

/* Does the format know this kind of step, at this place? */
static bool
step_fits(tp_format format, const tp_path *path, size_t i, bool slot)
{
    const tp_path_step *step = &path->step[i];
    switch (format) {
    case TP_FORMAT_JSON:
    case TP_FORMAT_NDJSON:
        return step->kind != TP_PATH_ATTR && step->attr.p == NULL;
    case TP_FORMAT_XML:
        return step->kind == TP_PATH_CHILD || step->kind == TP_PATH_ANY ||
               (step->kind == TP_PATH_INDEX && step->index >= 1) ||
               (step->kind == TP_PATH_ATTR && slot && i + 1 == path->n);
    case TP_FORMAT_CSV:
        return step->kind == TP_PATH_CHILD && slot && path->n == 1;
    }
    return false;
}

/* The node that path leads to from `from`; equal steps share a node. 0 = a step does not fit. */
static uint32_t
walk(tp_match *m, uint32_t from, const tp_path *path, bool slot)
{
    for (size_t i = 0; i < path->n; i++) {
        if (!step_fits(m->shape->format, path, i, slot)) {
            return TP_MATCH_NONE;
        }
        uint32_t e = m->node[from].edge;
        while (e != 0 && !same_step(m->edge[e - 1].step, &path->step[i])) {
            e = m->edge[e - 1].next;
        }
        if (e == 0) {
            m->edge[m->n_edges] = (tp_match_edge){
                .step = &path->step[i], .to = (uint32_t)m->n_nodes++, .next = m->node[from].edge};
            e = (uint32_t)++m->n_edges;
            m->node[from].edge = e;
        }
        from = m->edge[e - 1].to;
    }
    return from;
}

static void
add_accept(tp_match *m, uint32_t node, size_t select, size_t slot)
{
    const tp_select *sel = &m->shape->select[select];
    m->accept[m->n_accepts] =
        (tp_accept){.select = (uint32_t)select,
                    .slot = (uint32_t)slot,
                    .next = m->node[node].accept,
                    .plain = !sel->document && slot < sel->n_slots && !sel->slot[slot].many};
    m->node[node].accept = (uint32_t)++m->n_accepts;
}

/* The hidden slot of `ancestor` that gathers what slot k of select s wants; made once. */
static uint32_t
hidden_slot(tp_match *m, size_t s, size_t k, uint32_t ancestor, bool *made)
{
    const tp_slot *want = &m->shape->select[s].slot[k];
    for (size_t u = 0; u < m->n_ups; u++) {
        const tp_up *up = &m->up[u];
        const tp_slot *other = &m->shape->select[up->select].slot[up->slot];
        if (up->ancestor == ancestor && other->many == want->many &&
            same_path(&other->path, &want->path)) {
            *made = false;
            return up->hidden;
        }
    }
    *made = true;
    return (uint32_t)m->shape->select[ancestor].n_slots + m->n_hidden[ancestor]++;
}

static tp_code
add_slot(tp_match *m, const uint32_t *select_node, size_t s, size_t k, tp_err *err)
{
    const tp_slot *slot = &m->shape->select[s].slot[k];
    int owner = (int)s;
    for (uint32_t u = 0; u < slot->up && owner >= 0; u++) {
        owner = m->shape->select[owner].parent;
    }
    if (owner < 0) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "select %zu, slot %zu: %u levels up there is no select", s,
                      k, slot->up);
    }
    const uint32_t node = walk(m, select_node[owner], &slot->path, true);
    if (node == TP_MATCH_NONE) {
        TP_RETURN_ERR(err, TP_E_CONFIG,
                      "select %zu, slot %zu: the path has a step its format lacks", s, k);
    }
    if (slot->up == 0) {
        m->many[s][k] = slot->many;
        m->own_text[s] |= slot->path.n == 0;
        add_accept(m, node, s, k);
        return TP_OK;
    }
    bool made;
    const uint32_t hidden = hidden_slot(m, s, k, (uint32_t)owner, &made);
    m->up[m->n_ups++] = (tp_up){.select = (uint32_t)s,
                                .slot = (uint32_t)k,
                                .k = slot->up,
                                .ancestor = (uint32_t)owner,
                                .hidden = hidden};
    if (made) {
        m->many[owner][hidden] = slot->many;
        m->own_text[owner] |= slot->path.n == 0;
        add_accept(m, node, (size_t)owner, hidden);
    }
    return TP_OK;
}

static tp_code
check_selects(const tp_shape *shape, tp_err *err)
{
    if (shape->n_selects == 0 || shape->n_selects > TP_SELECTS_MAX) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "%zu selects, allowed are 1 to %d", shape->n_selects,
                      TP_SELECTS_MAX);
    }
    for (size_t s = 0; s < shape->n_selects; s++) {
        const tp_select *sel = &shape->select[s];
        if (sel->parent < -1 || sel->parent >= (int)s) {
            TP_RETURN_ERR(err, TP_E_CONFIG, "select %zu: its parent must stand before it", s);
        }
        if (sel->document && sel->parent >= 0 && !shape->select[sel->parent].document) {
            TP_RETURN_ERR(err, TP_E_CONFIG, "select %zu: a document select within records", s);
        }
        if (sel->n_slots > TP_SLOTS_MAX) {
            TP_RETURN_ERR(err, TP_E_CONFIG, "select %zu: %zu slots, allowed are %d", s,
                          sel->n_slots, TP_SLOTS_MAX);
        }
    }
    return TP_OK;
}

static tp_code
add_select(tp_match *m, uint32_t *select_node, size_t s, tp_err *err)
{
    const tp_select *sel = &m->shape->select[s];
    const uint32_t from = sel->parent < 0 ? 1 : select_node[sel->parent];
    select_node[s] = walk(m, from, &sel->path, false);
    if (select_node[s] == TP_MATCH_NONE) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "select %zu: the path has a step its format lacks", s);
    }
    m->node[select_node[s]].selects |= UINT32_C(1) << s;
    /* The element that decides is the last step on the way from the root. */
    if (sel->path.n == 0) {
        m->element[s] = sel->parent < 0 || m->element[sel->parent];
    } else {
        size_t last = sel->path.n - 1;
        while (last > 0 && sel->path.step[last].kind == TP_PATH_PARSE) {
            last--;
        }
        const tp_step_kind kind = sel->path.step[last].kind;
        m->element[s] = kind == TP_PATH_EACH || kind == TP_PATH_INDEX || kind == TP_PATH_ANY;
    }
    return TP_OK;
}

tp_code
tp_match_build(tp_match *m, const tp_shape *shape, tp_err *err)
{
    uint32_t select_node[TP_SELECTS_MAX];
    *m = (tp_match){.shape = shape, .n_nodes = 2, .arena = {.limit = (size_t)64 << 20}};
    TP_RETURN_SAME(check_selects(shape, err));
    const sizes most = count(shape);
    m->node = tp_arena_alloc(&m->arena, most.steps + 2, sizeof *m->node);
    m->edge = tp_arena_alloc(&m->arena, most.steps + 1, sizeof *m->edge);
    m->accept = tp_arena_alloc(&m->arena, most.slots + 1, sizeof *m->accept);
    m->up = tp_arena_alloc(&m->arena, most.ups + 1, sizeof *m->up);
    bool short_of_memory = m->node == NULL || m->edge == NULL || m->accept == NULL || m->up == NULL;
    for (size_t s = 0; s < shape->n_selects; s++) {
        m->many[s] =
            tp_arena_alloc(&m->arena, shape->select[s].n_slots + most.ups + 1, sizeof(bool));
        short_of_memory |= m->many[s] == NULL;
    }
    if (short_of_memory) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "the paths of %zu selects", shape->n_selects);
    }
    for (size_t s = 0; s < shape->n_selects; s++) {
        TP_RETURN_SAME(add_select(m, select_node, s, err));
    }
    for (size_t s = 0; s < shape->n_selects; s++) {
        for (size_t k = 0; k < shape->select[s].n_slots; k++) {
            TP_RETURN_SAME(add_slot(m, select_node, s, k, err));
        }
    }
    return TP_OK;
}

void
tp_match_clear(tp_match *m)
{
    tp_arena_clear(&m->arena);
}
