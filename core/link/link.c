/* Which records are the same person? The steps of the link stage, in order. */
#include "core/link/parts.h"

#include <stdlib.h>

void
tp_link_defaults(tp_link_params *out)
{
#define BITS(x) ((int32_t)((x)*TP_LINK_BIT))
    *out = (tp_link_params){
        .accept_weight = BITS(10),
        .review_weight = BITS(3),
        .cluster_weight = BITS(10),
        .ambiguous_gap = BITS(6),
        .max_records_per_number = 60,
        .block_cap = 60,
        .max_component = 64,
        .max_pairs_per_unit = 40,
        .review_limit = 100000,
        .population_floor = 10000,
        .pass_mask = (1U << TP_CAND_COUNT) - 1,
        .similar_bp = 8500,
        .nip = {BITS(18), BITS(10), BITS(2), BITS(0), BITS(0), BITS(-8), BITS(-20)},
        .nik = {BITS(18), BITS(4), BITS(0), BITS(0), BITS(-7), BITS(-12)},
        .old = {BITS(18), BITS(0), BITS(-6)},
        .service = {BITS(18), BITS(0), BITS(-6)},
        .siasn = {BITS(18), BITS(0), BITS(-12)},
        .name = {BITS(0), BITS(0), BITS(-2), BITS(-1), BITS(-2), BITS(-5), BITS(0), BITS(-12)},
        .name_cap = {BITS(20), BITS(20), BITS(14), BITS(13), BITS(11), BITS(6), BITS(0), BITS(0)},
        .date = {BITS(14), BITS(7), BITS(4), BITS(0), BITS(0), BITS(-10)},
        .sex = {BITS(1), BITS(0), BITS(-8)},
        .agency = {BITS(5), BITS(0), -TP_LINK_BIT / 2},
    };
#undef BITS
}

static int
by_question(const void *x, const void *y)
{
    const tp_question *a = x;
    const tp_question *b = y;
    if (a->a != b->a) {
        return a->a < b->a ? -1 : 1;
    }
    if (a->b != b->b) {
        return a->b < b->b ? -1 : 1;
    }
    if (a->reason != b->reason) {
        return a->reason < b->reason ? -1 : 1;
    }
    return a->weight > b->weight ? -1 : a->weight < b->weight;
}

/* Strongest evidence first, then by records: what the limit cuts off is the least likely. */
static int
by_rank(const void *x, const void *y)
{
    const tp_question *a = x;
    const tp_question *b = y;
    if (a->weight != b->weight) {
        return a->weight > b->weight ? -1 : 1;
    }
    return by_question(x, y);
}

/* One question per pair of people, named by their smallest records; answered ones fall away. */
static size_t
settle_questions(tp_linker *lk, tp_question *q, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        const uint32_t a = tp_group_root(lk, q[i].a);
        const uint32_t b = tp_group_root(lk, q[i].b);
        if (a != b) {
            q[kept] = q[i];
            q[kept].a = a < b ? a : b;
            q[kept++].b = a < b ? b : a;
        }
    }
    n = kept;
    kept = 0;
    if (n > 0) {
        qsort(q, n, sizeof *q, by_question);
    }
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || q[i].a != q[kept - 1].a || q[i].b != q[kept - 1].b) {
            q[kept++] = q[i];
        }
    }
    return kept;
}

/* The two people of two records as one number. */
static uint64_t
pair_of(tp_linker *lk, uint32_t a, uint32_t b)
{
    const uint32_t x = tp_group_root(lk, a);
    const uint32_t y = tp_group_root(lk, b);
    return x < y ? (uint64_t)x << 32 | y : (uint64_t)y << 32 | x;
}

static int
by_number(const void *x, const void *y)
{
    const uint64_t a = *(const uint64_t *)x;
    const uint64_t b = *(const uint64_t *)y;
    return (a > b) - (a < b);
}

/* Pairs of people of whom somebody has said that they are two, ascending. */
static uint64_t *
answered_pairs(tp_linker *lk, size_t *out_n)
{
    uint64_t *pair = tp_arena_alloc(lk->scratch, lk->n_rulings, sizeof *pair);
    *out_n = 0;
    for (size_t i = 0; pair != NULL && i < lk->n_rulings; i++) {
        if (!lk->ruling[i].same) {
            pair[(*out_n)++] = pair_of(lk, lk->ruling[i].a, lk->ruling[i].b);
        }
    }
    if (*out_n > 0) {
        qsort(pair, *out_n, sizeof *pair, by_number);
    }
    return pair;
}

static bool
alloc_review(tp_crosswalk *out, size_t n, tp_arena *arena)
{
    out->review_a = tp_arena_alloc(arena, n, sizeof *out->review_a);
    out->review_b = tp_arena_alloc(arena, n, sizeof *out->review_b);
    out->review_reason = tp_arena_alloc(arena, n, 1);
    out->review_weight = tp_arena_alloc(arena, n, sizeof *out->review_weight);
    return out->review_a != NULL && out->review_b != NULL && out->review_reason != NULL &&
           out->review_weight != NULL;
}

static tp_code
write_review(tp_linker *lk, tp_arena *arena, tp_crosswalk *out, tp_err *err)
{
    tp_question *q = (void *)lk->review.p;
    size_t n = lk->review.failed ? 0 : settle_questions(lk, q, lk->review.n / sizeof *q);
    size_t open = 0;
    size_t n_pairs = 0;
    const uint64_t *pair = answered_pairs(lk, &n_pairs);
    for (size_t i = 0; i < n && pair != NULL; i++) {
        const uint64_t key = pair_of(lk, q[i].a, q[i].b);
        if (n_pairs == 0 || bsearch(&key, pair, n_pairs, sizeof key, by_number) == NULL) {
            q[open++] = q[i];
        }
    }
    if (open > 0) {
        qsort(q, open, sizeof *q, by_rank);
    }
    lk->report.questions = open;
    for (size_t i = 0; i < open; i++) {
        lk->report.questions_by[q[i].reason]++;
    }
    n = open < lk->par->review_limit ? open : lk->par->review_limit;
    if (pair == NULL || lk->review.failed || !alloc_review(out, n, arena)) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "%zu questions for review", n);
    }
    for (size_t i = 0; i < n; i++) {
        const uint32_t a = lk->rec.xrow[q[i].a];
        const uint32_t b = lk->rec.xrow[q[i].b];
        out->review_a[i] = a < b ? a : b;
        out->review_b[i] = a < b ? b : a;
        out->review_reason[i] = (uint8_t)q[i].reason;
        out->review_weight[i] = q[i].weight;
    }
    out->n_review = n;
    return TP_OK;
}

static tp_code
alloc_crosswalk(const tp_linker *lk, tp_arena *arena, tp_crosswalk *out, tp_err *err)
{
    const size_t n = lk->rec.n;
    *out = (tp_crosswalk){.n = n};
    out->source = tp_arena_alloc(arena, n, sizeof *out->source);
    out->row = tp_arena_alloc(arena, n, sizeof *out->row);
    out->record_key = tp_arena_alloc(arena, n, sizeof *out->record_key);
    out->person = tp_arena_alloc(arena, n, sizeof *out->person);
    out->pass = tp_arena_alloc(arena, n, 1);
    out->weight = tp_arena_alloc(arena, n, sizeof *out->weight);
    out->via = tp_arena_alloc(arena, n, sizeof *out->via);
    if (out->source == NULL || out->row == NULL || out->record_key == NULL || out->person == NULL ||
        out->pass == NULL || out->weight == NULL || out->via == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "a crosswalk of %zu records", n);
    }
    size_t x = 0;
    for (size_t s = 0; s < lk->in->n_sources; s++) {
        const tp_table *person = lk->in->source[s].person;
        for (size_t row = 0; person != NULL && row < person->n; row++, x++) {
            out->source[x] = (uint32_t)s;
            out->row[x] = (uint32_t)row;
        }
    }
    return TP_OK;
}

static void
finish_report(tp_linker *lk, const tp_crosswalk *out)
{
    lk->report.people = out->n_people;
    for (uint32_t r = 0; r < lk->rec.n; r++) {
        if (lk->parent[r] != r) {
            continue;
        }
        uint64_t size = 1;
        for (uint32_t q = lk->next[r]; q != r; q = lk->next[q]) {
            size++;
        }
        lk->report.largest = size > lk->report.largest ? size : lk->report.largest;
    }
    if (lk->in->report != NULL) {
        *lk->in->report = lk->report;
    }
}

static tp_code
link_all(tp_linker *lk, tp_arena *arena, tp_crosswalk *out, tp_err *err)
{
    TP_RETURN_SAME(tp_linker_load(lk, err));
    TP_RETURN_SAME(tp_anchor(lk, err));
    TP_RETURN_SAME(tp_frequencies(lk, err));
    TP_RETURN_SAME(tp_candidates(lk, err));
    TP_RETURN_SAME(tp_cluster(lk, err));
    TP_RETURN_SAME(tp_adopt(lk, err));
    TP_RETURN_SAME(alloc_crosswalk(lk, arena, out, err));
    TP_RETURN_SAME(tp_ident(lk, arena, out, err));
    TP_RETURN_SAME(write_review(lk, arena, out, err));
    finish_report(lk, out);
    return TP_OK;
}

tp_code
tp_link(const tp_link_input *in, const tp_link_params *params, const tp_ctx *ctx, tp_arena *arena,
        tp_crosswalk *out, tp_err *err)
{
    TP_AUTO_ARENA(scratch, arena->limit);
    tp_crosswalk made = {0};
    tp_linker lk = {.in = in, .par = params, .ctx = ctx, .scratch = &scratch};
    const tp_code rc = link_all(&lk, arena, &made, err);
    tp_names_clear(&lk.names);
    tp_intern_clear(&lk.agencies);
    tp_buf_clear(&lk.edges);
    tp_buf_clear(&lk.review);
    if (rc == TP_OK) {
        *out = made;
    }
    return rc;
}
