/* Who was near a person and is somebody else, and why? */
#include "core/link/identity_parts.h"

#include <stdlib.h>

/* Keys of one pass that the records of the person offer, ascending. */
typedef struct keys {
    size_t n;
    uint64_t *key;
} keys;

static int
by_number(const void *x, const void *y)
{
    const uint64_t a = *(const uint64_t *)x;
    const uint64_t b = *(const uint64_t *)y;
    return (a > b) - (a < b);
}

static bool
pass_is_on(const tp_identity *id, int pass)
{
    return (id->units.par->pass_mask >> pass & 1) != 0;
}

static bool
collect_keys(const tp_identity *id, uint32_t person, int pass, keys *out)
{
    TP_AUTO_BUF(list);
    for (uint32_t i = id->begin[person]; i < id->begin[person + 1]; i++) {
        uint64_t key[TP_KEYS_MAX];
        const int n =
            tp_pass_keys(&id->units, (tp_candidate_pass)pass, id->rec_of[id->row_of[i]], key);
        tp_buf_put(&list, key, (size_t)n * sizeof key[0]);
    }
    out->n = list.n / sizeof *out->key;
    if (out->n > 0) {
        qsort(list.p, out->n, sizeof *out->key, by_number);
        memcpy(out->key, list.p, list.n);
    }
    return !list.failed;
}

static bool
shares_key(const tp_identity *id, const keys of[TP_CAND_COUNT], uint32_t r)
{
    for (int pass = 0; pass < TP_CAND_COUNT; pass++) {
        uint64_t key[TP_KEYS_MAX];
        const int n =
            of[pass].n > 0 ? tp_pass_keys(&id->units, (tp_candidate_pass)pass, r, key) : 0;
        for (int k = 0; k < n; k++) {
            if (bsearch(&key[k], of[pass].key, of[pass].n, sizeof key[k], by_number) != NULL) {
                return true;
            }
        }
    }
    return false;
}

/* What the crosswalk asks of the two, or SIZE_MAX. */
static size_t
find_question(const tp_crosswalk *x, uint32_t a, uint32_t b)
{
    for (size_t i = 0; i < x->n_review; i++) {
        const uint32_t p = x->person[x->review_a[i]];
        const uint32_t q = x->person[x->review_b[i]];
        if ((p == a && q == b) || (p == b && q == a)) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* Asked ones first, then the heaviest, then by person. */
static int
by_nearness(const void *x, const void *y)
{
    const tp_identity_near *a = x;
    const tp_identity_near *b = y;
    if ((a->question != 0) != (b->question != 0)) {
        return a->question != 0 ? -1 : 1;
    }
    if (a->pair.parts.sum != b->pair.parts.sum) {
        return a->pair.parts.sum > b->pair.parts.sum ? -1 : 1;
    }
    return (a->person > b->person) - (a->person < b->person);
}

static void
say_why(const tp_identity *id, uint32_t person, tp_identity_near *near)
{
    const tp_link_params *par = id->units.par;
    const int32_t weight = near->pair.parts.sum;
    near->veto = tp_identity_veto(id, person, near->person);
    if (near->question != 0) {
        near->why = TP_APART_QUESTION;
    } else if (near->veto != TP_VETO_NONE) {
        near->why = TP_APART_VETO;
    } else if (weight < par->review_weight) {
        near->why = TP_APART_BELOW;
    } else {
        near->why = weight < par->accept_weight ? TP_APART_BETWEEN : TP_APART_MEAN;
    }
}

/* Adds a person once: `seen` has a bit for each. */
static void
add(const tp_identity *id, uint32_t mine, uint32_t other, uint64_t *seen, tp_buf *found)
{
    if (other == mine || (seen[other / 64] >> (other % 64) & 1) != 0) {
        return;
    }
    seen[other / 64] |= UINT64_C(1) << (other % 64);
    const tp_identity_near near = {.person = other, .pair = tp_identity_best(id, mine, other)};
    tp_buf_put(found, &near, sizeof near);
}

static void
add_asked(const tp_identity *id, uint32_t person, uint64_t *seen, tp_buf *found)
{
    const tp_crosswalk *x = id->x;
    for (size_t i = 0; i < x->n_review; i++) {
        const uint32_t p = x->person[x->review_a[i]];
        const uint32_t q = x->person[x->review_b[i]];
        if (p == person || q == person) {
            add(id, person, p == person ? q : p, seen, found);
        }
    }
}

static bool
look_around(const tp_identity *id, uint32_t person, uint64_t *seen, tp_buf *found, size_t *n_asked,
            bool *more)
{
    TP_AUTO_ARENA(temp, 0);
    keys of[TP_CAND_COUNT] = {{0}};
    const size_t room = (size_t)(id->begin[person + 1] - id->begin[person]) * TP_KEYS_MAX;
    for (int pass = 0; pass < TP_CAND_COUNT; pass++) {
        of[pass].key = tp_arena_alloc(&temp, room, sizeof(uint64_t));
        if (of[pass].key == NULL ||
            (pass_is_on(id, pass) && !collect_keys(id, person, pass, &of[pass]))) {
            return false;
        }
    }
    add_asked(id, person, seen, found);
    *n_asked = found->n / sizeof(tp_identity_near);
    for (uint32_t r = 0; r < id->units.rec.n && !*more; r++) {
        const uint32_t other = id->x->person[id->units.rec.xrow[r]];
        if (other != person && shares_key(id, of, r)) {
            *more = found->n / sizeof(tp_identity_near) >= TP_IDENTITY_LOOK;
            add(id, person, other, seen, found);
        }
    }
    return !found->failed;
}

tp_code
tp_identity_nearest(const tp_identity *id, uint32_t person, tp_arena *arena,
                    tp_identity_person *out, tp_err *err)
{
    TP_AUTO_ARENA(temp, 0);
    TP_AUTO_BUF(found);
    uint64_t *seen = tp_arena_alloc(&temp, id->x->n_people / 64 + 1, sizeof *seen);
    size_t n_asked = 0;
    if (seen == NULL || !look_around(id, person, seen, &found, &n_asked, &out->more)) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "the neighbours of a person of %zu records", out->n);
    }
    tp_identity_near *near = (void *)found.p;
    out->n_looked = found.n / sizeof *near;
    for (size_t i = 0; i < n_asked; i++) {
        const size_t q = find_question(id->x, person, near[i].person);
        if (q != SIZE_MAX) {
            near[i].reason = (tp_review_reason)id->x->review_reason[q];
            near[i].question = tp_question_key(id->x->record_key[id->x->review_a[q]],
                                               id->x->record_key[id->x->review_b[q]]);
        }
    }
    if (out->n_looked > 0) {
        qsort(near, out->n_looked, sizeof *near, by_nearness);
    }
    out->n_near = out->n_looked < TP_IDENTITY_NEAR ? out->n_looked : TP_IDENTITY_NEAR;
    out->near = tp_arena_alloc(arena, out->n_near, sizeof *out->near);
    if (out->near == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "%zu neighbours of a person", out->n_near);
    }
    for (size_t i = 0; i < out->n_near; i++) {
        out->near[i] = near[i];
        say_why(id, person, &out->near[i]);
    }
    return TP_OK;
}
