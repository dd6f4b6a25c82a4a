/* The merge stage in order: people, their facts, what stands alone, the texts. */
#include <stdlib.h>
#include <string.h>

#include "core/merge/parts.h"

/* Stable merge sort of claims by natural key, then by trust: free records are few. */
static int
cmp_free(const tp_merging *m, tp_kind kind, const tp_claim *a, const tp_claim *b)
{
    const tp_table *ta = &m->in->source[a->source].table[kind];
    const tp_table *tb = &m->in->source[b->source].table[kind];
    const int c = tp_row_cmp(ta, a->row, tb, b->row, tp_kind_of(kind)->n_natural);
    return c != 0 ? c : tp_claim_cmp(m, kind, a, b);
}

static void
sort_free(const tp_merging *m, tp_kind kind, tp_claim *claim, tp_claim *spare, size_t n)
{
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t lo = 0; lo < n; lo += 2 * width) {
            const size_t mid = lo + width < n ? lo + width : n;
            const size_t hi = lo + 2 * width < n ? lo + 2 * width : n;
            size_t a = lo;
            size_t b = mid;
            for (size_t k = lo; k < hi; k++) {
                const bool left =
                    b >= hi || (a < mid && cmp_free(m, kind, &claim[a], &claim[b]) <= 0);
                spare[k] = left ? claim[a++] : claim[b++];
            }
        }
        memcpy(claim, spare, n * sizeof *claim);
    }
}

tp_code
tp_merge_free(tp_merging *m, tp_kind kind, tp_err *err)
{
    size_t n = 0;
    size_t at = 0;
    tp_table *to = &m->out->table[kind];
    for (size_t s = 0; s < m->in->n_sources; s++) {
        n += m->in->source[s].table[kind].n;
    }
    tp_claim *claim = tp_arena_alloc(m->scratch, n, sizeof *claim);
    tp_claim *spare = tp_arena_alloc(m->scratch, n, sizeof *spare);
    m->out->told[kind] = tp_arena_alloc(m->arena, n, sizeof(uint32_t));
    if (claim == NULL || spare == NULL || m->out->told[kind] == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "%zu %s rows", n, tp_kind_of(kind)->name);
    }
    for (size_t s = 0, i = 0; s < m->in->n_sources; s++) {
        for (size_t r = 0; r < m->in->source[s].table[kind].n; r++) {
            claim[i++] = (tp_claim){.source = (uint32_t)s, .row = (uint32_t)r};
        }
    }
    sort_free(m, kind, claim, spare, n);
    TP_RETURN_SAME(tp_table_alloc(to, kind, n, true, m->arena, err));
    for (size_t i = 0; i < n; at++) {
        const tp_table *ti = &m->in->source[claim[i].source].table[kind];
        size_t end = i + 1;
        while (end < n &&
               tp_row_cmp(ti, claim[i].row, &m->in->source[claim[end].source].table[kind],
                          claim[end].row, tp_kind_of(kind)->n_natural) == 0) {
            end++;
        }
        if (!tp_merge_claims(m, kind, claim + i, end - i, to, at)) {
            TP_RETURN_ERR(err, TP_E_NOMEM, "texts of %zu %s rows", n, tp_kind_of(kind)->name);
        }
        m->out->told[kind][at] = (uint32_t)(end - i);
        i = end;
    }
    to->n = at;
    return TP_OK;
}

/* Pool rows of every source's people, filled when the crosswalk is read. */
static tp_code
make_person_of(tp_merging *m, tp_err *err)
{
    m->person_of = tp_arena_alloc(m->scratch, m->in->n_sources, sizeof *m->person_of);
    for (size_t s = 0; m->person_of != NULL && s < m->in->n_sources; s++) {
        const size_t n = m->in->source[s].table[TP_PERSON].n;
        m->person_of[s] = tp_arena_alloc(m->scratch, n, sizeof(uint32_t));
        if (m->person_of[s] == NULL) {
            TP_RETURN_ERR(err, TP_E_NOMEM, "people of %zu sources", m->in->n_sources);
        }
    }
    if (m->person_of == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "people of %zu sources", m->in->n_sources);
    }
    return TP_OK;
}

/* The texts move into the arena, so that the pool outlives the merge. */
static tp_code
keep_texts(tp_merging *m, tp_err *err)
{
    const tp_intern *in = m->text;
    uint64_t *off = tp_arena_alloc(m->arena, in->n + 1, sizeof *off);
    const size_t bytes = in->n > 0 ? (size_t)in->off[in->n] : 0;
    char *text = tp_arena_alloc(m->arena, bytes + 1, 1);
    if (off == NULL || text == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "%zu texts", in->n);
    }
    if (in->n > 0) {
        memcpy(off, in->off, (in->n + 1) * sizeof *off);
        memcpy(text, in->bytes, bytes);
    }
    m->out->strings = (tp_strings){.n = in->n, .off = off, .bytes = text};
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        m->out->table[k].strings = &m->out->strings;
    }
    return TP_OK;
}

/* Rows are comparable between nights by their hash once the texts are in place. */
static void
hash_rows(tp_pool *pool)
{
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        tp_table *t = &pool->table[k];
        for (size_t r = 0; r < t->n; r++) {
            t->hash[r] = tp_row_hash(t, r);
        }
    }
}

static tp_code
merge_all(tp_merging *m, tp_err *err)
{
    TP_RETURN_SAME(make_person_of(m, err));
    TP_RETURN_SAME(tp_merge_people(m, err));
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        const tp_role role = tp_kind_of((tp_kind)k)->role;
        if (tp_cancelled(m->ctx)) {
            TP_RETURN_ERR(err, TP_E_CANCELLED, "cancelled before the %s records",
                          tp_kind_of((tp_kind)k)->name);
        }
        if (role == TP_ROLE_FACT) {
            TP_RETURN_SAME(tp_merge_facts(m, (tp_kind)k, err));
        } else if (role == TP_ROLE_FREE) {
            TP_RETURN_SAME(tp_merge_free(m, (tp_kind)k, err));
        }
    }
    TP_RETURN_SAME(keep_texts(m, err));
    hash_rows(m->out);
    return TP_OK;
}

tp_code
tp_merge(const tp_merge_input *in, const tp_merge_params *params, const tp_ctx *ctx,
         tp_arena *arena, tp_pool *out, tp_err *err)
{
    tp_arena scratch = {0};
    tp_intern text = {0};
    *out = (tp_pool){0};
    tp_merging m = {.in = in,
                    .params = params,
                    .ctx = ctx,
                    .arena = arena,
                    .scratch = &scratch,
                    .text = &text,
                    .out = out};
    const tp_code rc = merge_all(&m, err);
    tp_intern_clear(&text);
    tp_arena_clear(&scratch);
    return rc;
}
