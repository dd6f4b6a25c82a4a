/* Which weighed pairs become people? Mean evidence between clusters, under vetoes. (linkage-design
 * 9) */
#include "core/link/parts.h"

#include <stdlib.h>

enum { COMPONENT_MAX = 64, CUT_STEP = 2 * TP_LINK_BIT };
#define COUNTED (UINT32_C(1) << 31)

/* One component being solved: clusters of its units, all pairs weighed. */
typedef struct field {
    uint32_t n;
    uint32_t unit[COMPONENT_MAX];    /* root record, ascending */
    uint32_t cluster[COMPONENT_MAX]; /* of each unit: index of its first unit */
    uint32_t size[COMPONENT_MAX];    /* of each cluster, by that index; 0 = joined into another */
    bool apart[COMPONENT_MAX];       /* ambiguous: joins nobody */
    bool barred[COMPONENT_MAX][COMPONENT_MAX]; /* clusters that a veto keeps apart */
    int32_t weight[COMPONENT_MAX][COMPONENT_MAX];
    bool exact[COMPONENT_MAX][COMPONENT_MAX];
} field;

static int
by_pair(const void *x, const void *y)
{
    const tp_edge *a = x;
    const tp_edge *b = y;
    if (a->a != b->a) {
        return a->a < b->a ? -1 : 1;
    }
    if (a->b != b->b) {
        return a->b < b->b ? -1 : 1;
    }
    return (a->pass > b->pass) - (a->pass < b->pass);
}

/* Each pair once, with the first pass that gave it; returns their number. */
static size_t
unique_edges(tp_edge *edge, size_t n)
{
    size_t kept = 0;
    if (n > 0) {
        qsort(edge, n, sizeof *edge, by_pair);
    }
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || edge[i].a != edge[kept - 1].a || edge[i].b != edge[kept - 1].b) {
            edge[kept++] = edge[i];
        }
    }
    return kept;
}

static void
weigh_all(const tp_linker *lk, field *f)
{
    for (uint32_t i = 0; i < f->n; i++) {
        f->cluster[i] = i;
        f->size[i] = 1;
        for (uint32_t j = i + 1; j < f->n; j++) {
            const tp_levels l = tp_compare_units(lk, f->unit[i], f->unit[j]);
            f->weight[i][j] = f->weight[j][i] = tp_weigh(lk, &l);
            f->exact[i][j] = f->exact[j][i] = l.level[TP_LINK_NAME] <= TP_LV_NAME_FOLDED &&
                                              l.level[TP_LINK_DATE] == TP_LV_DATE_EQUAL &&
                                              l.level[TP_LINK_SEX] != TP_LV_SAME_DIFFERENT;
            f->barred[i][j] = f->barred[j][i] =
                tp_group_veto(lk, f->unit[i], f->unit[j]) != TP_VETO_NONE;
        }
    }
}

/* Either-or: a unit that fits two which may not be one, nearly equally well, joins neither. */
static void
set_apart(tp_linker *lk, field *f)
{
    for (uint32_t u = 0; u < f->n; u++) {
        uint32_t best = f->n;
        for (uint32_t v = 0; v < f->n; v++) {
            if (v != u && !f->barred[u][v] && f->weight[u][v] >= lk->par->accept_weight &&
                (best == f->n || f->weight[u][v] > f->weight[u][best])) {
                best = v;
            }
        }
        for (uint32_t v = 0; best < f->n && v < f->n; v++) {
            if (v != u && v != best && !f->barred[u][v] && f->barred[v][best] &&
                f->weight[u][v] >= lk->par->review_weight &&
                f->weight[u][best] - f->weight[u][v] < lk->par->ambiguous_gap) {
                f->apart[u] = true;
                tp_ask(lk, f->unit[u], f->unit[best], TP_REVIEW_AMBIGUOUS, f->weight[u][best]);
                tp_ask(lk, f->unit[u], f->unit[v], TP_REVIEW_AMBIGUOUS, f->weight[u][v]);
            }
        }
    }
}

typedef struct mean {
    int64_t sum;
    int64_t pairs;
} mean;

static mean
crossing(const field *f, uint32_t c, uint32_t d)
{
    mean m = {0, (int64_t)f->size[c] * f->size[d]};
    for (uint32_t i = 0; i < f->n; i++) {
        for (uint32_t j = 0; f->cluster[i] == c && j < f->n; j++) {
            m.sum += f->cluster[j] == d ? f->weight[i][j] : 0;
        }
    }
    return m;
}

/* The pair of clusters of the highest mean that may join and has enough; false when there is none.
 */
static bool
best_pair(const tp_linker *lk, const field *f, uint32_t *out_c, uint32_t *out_d)
{
    bool found = false;
    mean top = {0, 1};
    for (uint32_t c = 0; c < f->n; c++) {
        for (uint32_t d = c + 1; d < f->n; d++) {
            if (f->size[c] == 0 || f->size[d] == 0 || f->barred[c][d] || f->apart[c] ||
                f->apart[d]) {
                continue;
            }
            const mean m = crossing(f, c, d);
            const bool two = f->size[c] + f->size[d] == 2;
            const int64_t need = two ? lk->par->accept_weight : lk->par->cluster_weight;
            if (m.sum >= need * m.pairs && (!found || m.sum * top.pairs > top.sum * m.pairs)) {
                found = true;
                top = m;
                *out_c = c;
                *out_d = d;
            }
        }
    }
    return found;
}

/* The strongest pair of units across two clusters: through it they are joined. */
static void
join_clusters(tp_linker *lk, field *f, uint32_t c, uint32_t d)
{
    uint32_t bi = f->n;
    uint32_t bj = f->n;
    for (uint32_t i = 0; i < f->n; i++) {
        for (uint32_t j = 0; j < f->n; j++) {
            if (f->cluster[i] == c && f->cluster[j] == d &&
                (bi == f->n || f->weight[i][j] > f->weight[bi][bj])) {
                bi = i;
                bj = j;
            }
        }
    }
    tp_group_join(lk, f->unit[bj], f->unit[bi], f->exact[bi][bj] ? TP_PASS_EXACT : TP_PASS_WEIGHED,
                  f->weight[bi][bj]);
    for (uint32_t i = 0; i < f->n; i++) {
        f->cluster[i] = f->cluster[i] == d ? c : f->cluster[i];
    }
    f->size[c] += f->size[d];
    f->size[d] = 0;
    for (uint32_t e = 0; e < f->n; e++) {
        if (e != c && f->size[e] > 0) {
            f->barred[c][e] = f->barred[e][c] =
                tp_group_veto(lk, f->unit[c], f->unit[e]) != TP_VETO_NONE;
        }
    }
}

static void
solve(tp_linker *lk, field *f)
{
    uint32_t c = 0;
    uint32_t d = 0;
    weigh_all(lk, f);
    set_apart(lk, f);
    while (best_pair(lk, f, &c, &d)) {
        join_clusters(lk, f, c, d);
    }
}

/* Union-find over units, apart from the people so far: only to divide the work. */
static uint32_t
find(uint32_t *up, uint32_t u)
{
    while (up[u] != u) {
        up[u] = up[up[u]];
        u = up[u];
    }
    return u;
}

typedef struct divider {
    tp_linker *lk;
    uint32_t *up;    /* [records] */
    uint32_t *count; /* [records] units of a component, by its root */
    field *field;
} divider;

static int
by_number(const void *x, const void *y)
{
    const uint32_t a = *(const uint32_t *)x;
    const uint32_t b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

/* Units of one small component, from its edges. */
static void
gather(const tp_edge *edge, size_t n, field *f)
{
    *f = (field){0};
    for (size_t i = 0; i < n; i++) {
        const uint32_t end[2] = {edge[i].a, edge[i].b};
        for (int k = 0; k < 2; k++) {
            uint32_t at = 0;
            while (at < f->n && f->unit[at] != end[k]) {
                at++;
            }
            if (at == f->n) {
                f->unit[f->n++] = end[k];
            }
        }
    }
    qsort(f->unit, f->n, sizeof f->unit[0], by_number);
}

static void
make_components(divider *v, const tp_edge *edge, size_t n, int32_t least)
{
    for (size_t i = 0; i < n; i++) {
        v->up[edge[i].a] = edge[i].a;
        v->up[edge[i].b] = edge[i].b;
        v->count[edge[i].a] = v->count[edge[i].b] = 0;
    }
    for (size_t i = 0; i < n; i++) {
        const uint32_t a = find(v->up, edge[i].a);
        const uint32_t b = find(v->up, edge[i].b);
        if (edge[i].weight >= least && a != b) {
            v->up[a > b ? a : b] = a > b ? b : a;
        }
    }
    for (size_t i = 0; i < n; i++) {
        const uint32_t end[2] = {edge[i].a, edge[i].b};
        for (int k = 0; k < 2; k++) { /* the top bit marks a unit as counted */
            if ((v->count[end[k]] & COUNTED) == 0) {
                v->count[end[k]] |= COUNTED;
                v->count[find(v->up, end[k])]++;
            }
        }
    }
}

/* Sorts the edges of weight >= least by component; returns their number. */
static size_t
sort_edges(divider *v, const tp_edge *edge, size_t n, int32_t least, tp_edge *out, tp_key_row *item,
           tp_key_row *spare)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (edge[i].weight >= least) {
            item[kept++] = (tp_key_row){find(v->up, edge[i].a), (uint32_t)i};
        }
    }
    tp_sort_keys(item, spare, kept);
    for (size_t i = 0; i < kept; i++) {
        out[i] = edge[item[i].row];
    }
    return kept;
}

/* Solves every component of the edges of at least this weight; cuts what is too large higher up. */
static tp_code
divide(divider *v, const tp_edge *edge, size_t n, int32_t least, tp_err *err)
{
    TP_AUTO_ARENA(temp, 0);
    tp_edge *sorted = tp_arena_alloc(&temp, n, sizeof *sorted);
    tp_key_row *item = tp_arena_alloc(&temp, n, sizeof *item);
    tp_key_row *spare = tp_arena_alloc(&temp, n, sizeof *spare);
    if (sorted == NULL || item == NULL || spare == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "%zu weighed pairs by component", n);
    }
    make_components(v, edge, n, least);
    n = sort_edges(v, edge, n, least, sorted, item, spare);
    uint32_t most = v->lk->par->max_component;
    most = most < COMPONENT_MAX ? most : COMPONENT_MAX;
    for (size_t i = 0, end = 0; i < n; i = end) {
        const uint64_t root = item[i].key;
        for (end = i + 1; end < n && item[end].key == root;) {
            end++;
        }
        if ((v->count[root] & ~COUNTED) <= most) {
            gather(sorted + i, end - i, v->field);
            solve(v->lk, v->field);
        } else {
            TP_RETURN_SAME(divide(v, sorted + i, end - i, least + CUT_STEP, err));
        }
        if (tp_cancelled(v->lk->ctx)) {
            TP_RETURN_ERR(err, TP_E_CANCELLED, "cancelled while joining units");
        }
    }
    return TP_OK;
}

/* A reviewer's "same" joins in spite of weights, not in spite of a veto. */
static void
obey(tp_linker *lk)
{
    for (size_t i = 0; i < lk->n_rulings; i++) {
        const tp_ruling *d = &lk->ruling[i];
        if (!d->same || tp_group_root(lk, d->a) == tp_group_root(lk, d->b)) {
            continue;
        }
        const tp_veto veto = tp_group_veto(lk, d->a, d->b);
        tp_count_veto(lk, veto);
        if (veto == TP_VETO_NONE) {
            tp_group_join(lk, d->b, d->a, TP_PASS_DECISION, 0);
        } else {
            tp_ask(lk, d->a, d->b, TP_REVIEW_VETO, 0);
        }
    }
}

tp_code
tp_cluster(tp_linker *lk, tp_err *err)
{
    TP_AUTO_ARENA(temp, 0);
    tp_edge *edge = (void *)lk->edges.p;
    const size_t n = unique_edges(edge, lk->edges.n / sizeof *edge);
    divider v = {.lk = lk,
                 .up = tp_arena_alloc(&temp, lk->rec.n, sizeof *v.up),
                 .count = tp_arena_alloc(&temp, lk->rec.n, sizeof *v.count),
                 .field = tp_arena_alloc(&temp, 1, sizeof *v.field)};
    if (v.up == NULL || v.count == NULL || v.field == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "components of %zu units", lk->n_units);
    }
    TP_RETURN_SAME(divide(&v, edge, n, lk->par->review_weight, err));
    obey(lk);
    for (size_t i = 0; i < n; i++) {
        if (tp_group_root(lk, edge[i].a) != tp_group_root(lk, edge[i].b)) {
            const bool enough = edge[i].weight >= lk->par->accept_weight;
            const tp_veto veto = enough ? tp_group_veto(lk, edge[i].a, edge[i].b) : TP_VETO_NONE;
            tp_count_veto(lk, veto);
            tp_ask(lk, edge[i].a, edge[i].b,
                   veto != TP_VETO_NONE ? TP_REVIEW_VETO : TP_REVIEW_BETWEEN, edge[i].weight);
        }
    }
    return TP_OK;
}
