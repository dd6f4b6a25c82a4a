/* Which facts does a person have, however many sources tell them? */
#include "core/merge/parts.h"

/* All rows of a kind whose record is somebody's, by person. */
static tp_code
collect(tp_merging *m, tp_kind kind, uint32_t **out_first, tp_claim **out_claim, size_t *out_n,
        tp_err *err)
{
    const size_t people = m->out->n;
    size_t n = 0;
    for (size_t s = 0; s < m->in->n_sources; s++) {
        n += m->in->source[s].table[kind].n;
    }
    uint32_t *first = tp_arena_alloc(m->scratch, people + 2, sizeof *first);
    tp_claim *claim = tp_arena_alloc(m->scratch, n, sizeof *claim);
    if (first == NULL || claim == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "%zu %s rows", n, tp_kind_of(kind)->name);
    }
    for (int pass = 0; pass < 2; pass++) {
        for (size_t s = 0; s < m->in->n_sources; s++) {
            const tp_table *t = &m->in->source[s].table[kind];
            for (size_t r = 0; r < t->n; r++) {
                const uint32_t person = m->person_of[s][t->subject[r]];
                if (pass == 0) {
                    first[person + 2]++;
                } else {
                    claim[first[person + 1]++] =
                        (tp_claim){.source = (uint32_t)s, .row = (uint32_t)r, .subject = person};
                }
            }
        }
        for (size_t p = 2; pass == 0 && p < people + 2; p++) {
            first[p] += first[p - 1];
        }
    }
    *out_first = first;
    *out_claim = claim;
    *out_n = n;
    return TP_OK;
}

static int
cmp_natural(const tp_merging *m, tp_kind kind, const tp_claim *a, const tp_claim *b)
{
    const tp_table *ta = &m->in->source[a->source].table[kind];
    const tp_table *tb = &m->in->source[b->source].table[kind];
    return tp_row_cmp(ta, a->row, tb, b->row, tp_kind_of(kind)->n_natural);
}

static int
cmp_fact(const tp_merging *m, tp_kind kind, const tp_claim *a, const tp_claim *b)
{
    const int c = cmp_natural(m, kind, a, b);
    return c != 0 ? c : tp_claim_cmp(m, kind, a, b);
}

/* Few rows each: a person has some tens of facts of a kind at the most. */
static void
sort_claims(const tp_merging *m, tp_kind kind, tp_claim *claim, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        const tp_claim x = claim[i];
        size_t j = i;
        for (; j > 0 && cmp_fact(m, kind, &x, &claim[j - 1]) < 0; j--) {
            claim[j] = claim[j - 1];
        }
        claim[j] = x;
    }
}

/* One claim per fact is kept in place; equal ones are joined into row `at`, at + 1, ... */
static bool
merge_person_facts(tp_merging *m, tp_kind kind, const tp_claim *claim, size_t n, size_t *at)
{
    tp_table *to = &m->out->table[kind];
    for (size_t i = 0; i < n;) {
        size_t end = i + 1;
        while (end < n && cmp_natural(m, kind, &claim[i], &claim[end]) == 0) {
            end++;
        }
        if (!tp_merge_claims(m, kind, claim + i, end - i, to, *at)) {
            return false;
        }
        to->subject[*at] = claim[i].subject;
        m->out->told[kind][*at] = (uint32_t)(end - i);
        (*at)++;
        i = end;
    }
    return true;
}

/* The employment that holds today: most trusted source, then newest start. Its claim is put first
 * by giving every claim of its agency the lowest place. */
static void
put_present_first(const tp_merging *m, tp_claim *claim, size_t n)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++) {
        const tp_claim *a = &claim[i];
        const tp_claim *b = &claim[best];
        const int trust_a = m->in->source[a->source].trust[TP_EMPLOYMENT];
        const int trust_b = m->in->source[b->source].trust[TP_EMPLOYMENT];
        const int32_t start_a = tp_i32_or(&m->in->source[a->source].table[TP_EMPLOYMENT],
                                          TP_EMPLOYMENT_START_ON, a->row, INT32_MIN);
        const int32_t start_b = tp_i32_or(&m->in->source[b->source].table[TP_EMPLOYMENT],
                                          TP_EMPLOYMENT_START_ON, b->row, INT32_MIN);
        if (trust_a > trust_b || (trust_a == trust_b && start_a > start_b)) {
            best = i;
        }
    }
    size_t from = best;
    size_t to = best + 1;
    while (from > 0 && cmp_natural(m, TP_EMPLOYMENT, &claim[from - 1], &claim[best]) == 0) {
        from--;
    }
    while (to < n && cmp_natural(m, TP_EMPLOYMENT, &claim[to], &claim[best]) == 0) {
        to++;
    }
    /* Rotate [0, to) so that [from, to) comes first: both parts keep their order. */
    for (size_t k = 0; k < to - from; k++) {
        const tp_claim x = claim[from + k];
        for (size_t j = from + k; j > k; j--) {
            claim[j] = claim[j - 1];
        }
        claim[k] = x;
    }
}

/* A post is left when the next definitive one begins; acting posts end nothing. */
static void
derive_ends(tp_merging *m)
{
    tp_table *t = &m->out->table[TP_POSITION_HISTORY];
    for (size_t p = 0; p < m->out->n; p++) {
        int32_t next = INT32_MAX;
        const size_t begin = m->out->begin[TP_POSITION_HISTORY][p];
        for (size_t r = m->out->begin[TP_POSITION_HISTORY][p + 1]; r-- > begin;) {
            int32_t start = 0;
            if (tp_i32_or(t, TP_POSITION_HISTORY_ASSIGNMENT, r, TP_ASSIGN_DEFINITIVE) !=
                    TP_ASSIGN_DEFINITIVE ||
                !tp_get_i32(t, TP_POSITION_HISTORY_START_ON, r, &start)) {
                continue;
            }
            if (next != INT32_MAX && start < next && !tp_known(t, TP_POSITION_HISTORY_END_ON, r)) {
                tp_set_i32(t, TP_POSITION_HISTORY_END_ON, r, next);
            }
            next = start;
        }
    }
}

tp_code
tp_merge_facts(tp_merging *m, tp_kind kind, tp_err *err)
{
    uint32_t *first = NULL;
    tp_claim *claim = NULL;
    size_t n = 0;
    size_t at = 0;
    TP_RETURN_SAME(collect(m, kind, &first, &claim, &n, err));
    TP_RETURN_SAME(tp_table_alloc(&m->out->table[kind], kind, n, true, m->arena, err));
    m->out->begin[kind] = tp_arena_alloc(m->arena, m->out->n + 1, sizeof(uint32_t));
    m->out->told[kind] = tp_arena_alloc(m->arena, n, sizeof(uint32_t));
    if (m->out->begin[kind] == NULL || m->out->told[kind] == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "%zu %s rows", n, tp_kind_of(kind)->name);
    }
    for (size_t p = 0; p < m->out->n; p++) {
        const size_t rows = first[p + 1] - first[p];
        m->out->begin[kind][p] = (uint32_t)at;
        sort_claims(m, kind, claim + first[p], rows);
        if (kind == TP_EMPLOYMENT && rows > 1) {
            put_present_first(m, claim + first[p], rows);
        }
        if (!merge_person_facts(m, kind, claim + first[p], rows, &at)) {
            TP_RETURN_ERR(err, TP_E_NOMEM, "texts of %zu %s rows", n, tp_kind_of(kind)->name);
        }
    }
    m->out->begin[kind][m->out->n] = (uint32_t)at;
    m->out->table[kind].n = at;
    if (kind == TP_POSITION_HISTORY && at > 0) {
        derive_ends(m);
    }
    return TP_OK;
}
