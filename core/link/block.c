/* Which units are worth comparing? Blocks of equal keys, capped; their pairs are weighed at once.
 */
#include "core/link/parts.h"

enum { BATCH_PAIRS = 1 << 16, REFINE_STEPS = 4, FREE_PAIRS = 100000 };

typedef struct pair {
    uint32_t a;
    uint32_t b;
} pair;

typedef struct blocker {
    tp_linker *lk;
    tp_candidate_pass pass;
    tp_buf items;   /* tp_key_row: key and unit, ascending by unit */
    tp_buf spare;   /* room for sorting them */
    size_t n_pairs; /* waiting */
    pair *pairs;    /* [BATCH_PAIRS] */
    tp_edge *edges; /* [BATCH_PAIRS] */
} blocker;

/* Weighs the waiting pairs on all threads; keeps those worth a question, in their order. */
static void
flush(blocker *b)
{
    tp_linker *lk = b->lk;
    const int threads = tp_threads(lk->ctx, tp_blocks(b->n_pairs));
#pragma omp parallel for num_threads(threads) schedule(static)
    for (size_t i = 0; i < b->n_pairs; i++) {
        const tp_levels levels = tp_compare_units(lk, b->pairs[i].a, b->pairs[i].b);
        b->edges[i] = (tp_edge){b->pairs[i].a, b->pairs[i].b, tp_weigh(lk, &levels), b->pass,
                                tp_pattern(&levels)};
    }
    for (size_t i = 0; i < b->n_pairs; i++) {
        if (b->edges[i].weight >= lk->par->review_weight) {
            tp_buf_put(&lk->edges, &b->edges[i], sizeof b->edges[i]);
        }
    }
    lk->report.pairs[b->pass] += b->n_pairs;
    b->n_pairs = 0;
}

static void
emit_pairs(blocker *b, const tp_key_row *unit, size_t n)
{
    b->lk->report.blocks[b->pass]++;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i + 1; j < n; j++) {
            if (b->n_pairs == BATCH_PAIRS) {
                flush(b);
            }
            b->pairs[b->n_pairs++] = (pair){unit[i].row, unit[j].row};
        }
    }
}

/* Gives the pairs of a block that fits; splits one that does not by the next value of its units. */
static void
settle_block(blocker *b, tp_key_row *unit, tp_key_row *spare, size_t n, int step)
{
    if (n < 2) {
        return;
    }
    if (n <= b->lk->par->block_cap) {
        emit_pairs(b, unit, n);
        return;
    }
    if (step == REFINE_STEPS) {
        b->lk->report.skipped_blocks[b->pass]++;
        b->lk->report.skipped_units[b->pass] += n;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        unit[i].key = tp_refine_key(b->lk, unit[i].row, step);
    }
    tp_sort_keys(unit, spare, n);
    for (size_t i = 0, end = 0; i < n; i = end) {
        const uint64_t key = unit[i].key;
        for (end = i + 1; end < n && unit[end].key == key;) {
            end++;
        }
        settle_block(b, unit + i, spare, end - i, step + 1);
    }
}

static void
offer_unit(blocker *b, uint32_t unit)
{
    const tp_linker *lk = b->lk;
    uint32_t r = unit;
    do {
        uint64_t key[TP_KEYS_MAX];
        const int n = tp_pass_keys(lk, b->pass, r, key);
        for (int i = 0; i < n; i++) {
            const tp_key_row item = {key[i], unit};
            tp_buf_put(&b->items, &item, sizeof item);
        }
        r = lk->next[r];
    } while (r != unit);
}

static tp_code
run_pass(blocker *b, tp_err *err)
{
    tp_linker *lk = b->lk;
    tp_buf_reset(&b->items);
    for (uint32_t r = 0; r < lk->rec.n; r++) {
        if (lk->parent[r] == r && !(lk->next[r] == r && tp_adoptable(lk, r))) {
            offer_unit(b, r);
        }
    }
    tp_buf_reset(&b->spare);
    if (b->items.failed || !tp_buf_reserve(&b->spare, b->items.n + 1)) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "candidate keys of %zu units", lk->n_units);
    }
    tp_key_row *item = (void *)b->items.p;
    tp_key_row *spare = (void *)b->spare.p;
    const size_t n = b->items.n / sizeof *item;
    if (n > 0) {
        tp_sort_keys(item, spare, n);
    }
    for (size_t i = 0, end = 0; i < n; i = end) {
        const uint64_t key = item[i].key;
        size_t kept = i; /* a unit stands once in a block, however often it offers the key */
        for (end = i; end < n && item[end].key == key; end++) {
            if (end == i || item[end].row != item[kept - 1].row) {
                item[kept++] = item[end];
            }
        }
        settle_block(b, item + i, spare, kept - i, 0);
        if (tp_cancelled(lk->ctx)) {
            TP_RETURN_ERR(err, TP_E_CANCELLED, "cancelled in candidate pass %d", (int)b->pass);
        }
    }
    flush(b);
    return TP_OK;
}

static tp_code
check_pairs(const tp_linker *lk, tp_candidate_pass pass, tp_err *err)
{
    uint64_t all = 0;
    for (int p = 0; p <= (int)pass; p++) {
        all += lk->report.pairs[p];
    }
    if (all > FREE_PAIRS && all / lk->par->max_pairs_per_unit > lk->n_units) {
        TP_RETURN_ERR(err, TP_E_RANGE,
                      "%llu candidate pairs of %zu units after pass %.*s, at most %u per unit are "
                      "allowed; leave the pass out of \"passes\" or raise \"max_pairs_per_unit\"",
                      (unsigned long long)all, lk->n_units,
                      TP_STR_ARG(tp_candidate_pass_name(pass)), lk->par->max_pairs_per_unit);
    }
    return TP_OK;
}

tp_code
tp_candidates(tp_linker *lk, tp_err *err)
{
    TP_AUTO_ARENA(temp, 0);
    blocker b = {.lk = lk};
    tp_code rc = TP_OK;
    b.pairs = tp_arena_alloc(&temp, BATCH_PAIRS, sizeof *b.pairs);
    b.edges = tp_arena_alloc(&temp, BATCH_PAIRS, sizeof *b.edges);
    if (b.pairs == NULL || b.edges == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "a batch of candidate pairs");
    }
    for (int pass = 0; rc == TP_OK && pass < TP_CAND_COUNT; pass++) {
        if ((lk->par->pass_mask >> pass & 1) != 0) {
            b.pass = (tp_candidate_pass)pass;
            rc = run_pass(&b, err);
            rc = rc == TP_OK ? check_pairs(lk, b.pass, err) : rc;
        }
    }
    tp_buf_clear(&b.items);
    tp_buf_clear(&b.spare);
    if (rc == TP_OK && lk->edges.failed) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "weighed pairs of %zu units", lk->n_units);
    }
    return rc;
}
