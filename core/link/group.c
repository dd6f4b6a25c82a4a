/* Which set is a record in, and through whom did it come there? Sets are rings under a union-find.
 */
#include "core/link/parts.h"

uint32_t
tp_group_root(tp_linker *lk, uint32_t r)
{
    while (lk->parent[r] != r) {
        lk->parent[r] = lk->parent[lk->parent[r]];
        r = lk->parent[r];
    }
    return r;
}

/* The starter of r's set: the one that was joined to nobody. */
static uint32_t
starter_of(const tp_linker *lk, uint32_t r)
{
    while (lk->via[r] != r) {
        r = lk->via[r];
    }
    return r;
}

void
tp_group_join(tp_linker *lk, uint32_t r, uint32_t to, tp_link_pass pass, int32_t weight)
{
    const uint32_t a = tp_group_root(lk, r);
    const uint32_t b = tp_group_root(lk, to);
    if (a == b) {
        return;
    }
    const uint32_t starter = starter_of(lk, r);
    lk->via[starter] = to;
    lk->pass[starter] = (uint8_t)pass;
    lk->weight[starter] = weight;
    lk->parent[a > b ? a : b] = a > b ? b : a;
    const uint32_t t = lk->next[a]; /* two rings become one by exchanging successors */
    lk->next[a] = lk->next[b];
    lk->next[b] = t;
}

void
tp_count_veto(tp_linker *lk, tp_veto veto)
{
    lk->report.vetoes += veto != TP_VETO_NONE;
    lk->report.vetoes_by[veto] += veto != TP_VETO_NONE;
}

void
tp_ask(tp_linker *lk, uint32_t a, uint32_t b, tp_review_reason reason, int32_t weight)
{
    const tp_question q = {a < b ? a : b, a < b ? b : a, weight, (uint32_t)reason};
    tp_buf_put(&lk->review, &q, sizeof q);
}
