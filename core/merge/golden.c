/* Which value of each field is the person's, and which record gave it? */
#include <string.h>

#include "core/merge/parts.h"

/* Fields that say who somebody is: a record adopted by name and office has no word in them. */
static bool
is_identity(int field)
{
    return field != TP_PERSON_AGENCY && field != TP_PERSON_LANGUAGES &&
           field != TP_PERSON_CHANGED_AT;
}

/* Fields that come along with another one, from the same record. */
static int
leader_of(int field)
{
    switch (field) {
    case TP_PERSON_NIP_CLASS:
        return TP_PERSON_NIP;
    case TP_PERSON_NIK_PARTS:
    case TP_PERSON_NIK_FACTS:
    case TP_PERSON_NIK_VERIFIED:
        return TP_PERSON_NIK;
    default:
        return field;
    }
}

static bool
same_value(const tp_table *a, size_t row_a, const tp_table *b, size_t row_b, int field)
{
    const tp_type type = tp_kind_of(TP_PERSON)->field[field].type;
    if (type == TP_T_TEXT) {
        return tp_str_eq(tp_get_text(a, field, row_a), tp_get_text(b, field, row_b));
    }
    if (tp_type_width(type) == 8) {
        return ((const uint64_t *)a->col[field].data)[row_a] ==
               ((const uint64_t *)b->col[field].data)[row_b];
    }
    return ((const int32_t *)a->col[field].data)[row_a] ==
           ((const int32_t *)b->col[field].data)[row_b];
}

/* How good a value is before asking who says it: 0 = usable, 1 = damaged. Only numbers that carry
 * their own check can be damaged (docs/decisions/0003). */
static int
damage(const tp_table *t, size_t row, int field)
{
    if (field == TP_PERSON_NIP) {
        return tp_i32_or(t, TP_PERSON_NIP_CLASS, row, TP_NIP_JUNK) != TP_NIP_GOOD;
    }
    if (field == TP_PERSON_NIK) {
        return (tp_i32_or(t, TP_PERSON_NIK_FACTS, row, 0) & 1) == 0;
    }
    return 0;
}

/* Place in the field's order of authority; families not named come after, by trust. */
static int
authority(const tp_merging *m, int field, uint32_t source)
{
    const tp_merge_order *order = &m->params->person[field];
    const tp_merge_source *s = &m->in->source[source];
    for (size_t i = 0; i < order->n; i++) {
        if (tp_str_eq(order->family[i], s->family)) {
            return (int)i;
        }
    }
    return TP_MERGE_ORDER + 100 - s->trust[TP_PERSON];
}

/* Families among the claims that say the same as claim i. */
static int
support(const tp_merging *m, const tp_claim *claim, size_t n, size_t i, int field)
{
    int families = 0;
    const tp_table *t = &m->in->source[claim[i].source].table[TP_PERSON];
    for (size_t j = 0; j < n; j++) {
        const tp_table *u = &m->in->source[claim[j].source].table[TP_PERSON];
        if (!tp_known(u, field, claim[j].row) ||
            !same_value(t, claim[i].row, u, claim[j].row, field)) {
            continue;
        }
        bool seen = false;
        for (size_t k = 0; k < j && !seen; k++) {
            const tp_table *v = &m->in->source[claim[k].source].table[TP_PERSON];
            seen = tp_str_eq(m->in->source[claim[k].source].family,
                             m->in->source[claim[j].source].family) &&
                   tp_known(v, field, claim[k].row) &&
                   same_value(t, claim[i].row, v, claim[k].row, field);
        }
        families += !seen;
    }
    return families;
}

/* Is claim a better than claim b for this field? Total: the record key decides last. */
static bool
is_better(const tp_merging *m, const tp_claim *claim, size_t n, size_t a, size_t b, int field)
{
    const tp_table *ta = &m->in->source[claim[a].source].table[TP_PERSON];
    const tp_table *tb = &m->in->source[claim[b].source].table[TP_PERSON];
    const int damage_a = damage(ta, claim[a].row, field);
    const int damage_b = damage(tb, claim[b].row, field);
    if (damage_a != damage_b) {
        return damage_a < damage_b;
    }
    const int rank_a = authority(m, field, claim[a].source);
    const int rank_b = authority(m, field, claim[b].source);
    if (rank_a != rank_b) {
        return rank_a < rank_b;
    }
    const int64_t time_a = tp_time_or(ta, TP_PERSON_CHANGED_AT, claim[a].row, INT64_MIN);
    const int64_t time_b = tp_time_or(tb, TP_PERSON_CHANGED_AT, claim[b].row, INT64_MIN);
    if (time_a != time_b) {
        return time_a > time_b;
    }
    const int support_a = support(m, claim, n, a, field);
    const int support_b = support(m, claim, n, b, field);
    if (support_a != support_b) {
        return support_a > support_b;
    }
    const uint64_t *key = m->in->crosswalk->record_key;
    return key[claim[a].crosswalk] < key[claim[b].crosswalk];
}

static bool
may_speak(const tp_merging *m, const tp_claim *c, int field)
{
    const tp_table *t = &m->in->source[c->source].table[TP_PERSON];
    return tp_known(t, field, c->row) &&
           !(is_identity(field) && m->in->crosswalk->pass[c->crosswalk] == TP_PASS_ADOPTED);
}

static size_t
best_claim(const tp_merging *m, const tp_claim *claim, size_t n, int field)
{
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        if (may_speak(m, &claim[i], field) &&
            (best == SIZE_MAX || is_better(m, claim, n, i, best, field))) {
            best = i;
        }
    }
    return best;
}

/* Does somebody have two NIKs that are well formed and differ? */
static bool
has_two_niks(const tp_merging *m, const tp_claim *claim, size_t n)
{
    uint64_t first = 0;
    for (size_t i = 0; i < n; i++) {
        const tp_table *t = &m->in->source[claim[i].source].table[TP_PERSON];
        uint64_t nik = 0;
        if (m->in->crosswalk->pass[claim[i].crosswalk] == TP_PASS_ADOPTED ||
            !tp_get_u64(t, TP_PERSON_NIK, claim[i].row, &nik) ||
            damage(t, claim[i].row, TP_PERSON_NIK) != 0) {
            continue;
        }
        if (first != 0 && nik != first) {
            return true;
        }
        first = nik;
    }
    return false;
}

/* Both sides of an open question are in doubt, whichever way it will be answered. */
static void
mark_questions(tp_merging *m)
{
    const tp_crosswalk *x = m->in->crosswalk;
    for (size_t i = 0; i < x->n_review; i++) {
        m->out->doubt[x->person[x->review_a[i]]] |= TP_DOUBT_REVIEW;
        m->out->doubt[x->person[x->review_b[i]]] |= TP_DOUBT_REVIEW;
    }
}

static bool
merge_person(tp_merging *m, const tp_claim *claim, size_t n, size_t person)
{
    tp_table *to = &m->out->table[TP_PERSON];
    size_t chosen[TP_PERSON_N];
    for (int f = 0; f < TP_PERSON_N; f++) {
        const int leader = leader_of(f);
        chosen[f] = leader != f ? chosen[leader] : best_claim(m, claim, n, f);
        m->out->from[f][person] = TP_NONE;
        if (chosen[f] == SIZE_MAX) {
            continue;
        }
        const tp_claim *c = &claim[chosen[f]];
        const tp_table *t = &m->in->source[c->source].table[TP_PERSON];
        if (!tp_known(t, f, c->row)) {
            continue;
        }
        m->out->from[f][person] = c->crosswalk;
        if (!tp_merge_copy(m, t, c->row, to, person, f)) {
            return false;
        }
    }
    const tp_claim *first = &claim[0];
    const tp_table *t = &m->in->source[first->source].table[TP_PERSON];
    to->key[person] = m->out->person_key[person];
    to->body[person] = t->body[first->row];
    to->record[person] = t->record[first->row];
    to->source[person] = first->source;
    return true;
}

/* Rows of the crosswalk by person: first[p] .. first[p + 1] in order[]. */
static tp_code
group_people(tp_merging *m, uint32_t **out_first, tp_claim **out_claim, tp_err *err)
{
    const tp_crosswalk *x = m->in->crosswalk;
    uint32_t *first = tp_arena_alloc(m->scratch, x->n_people + 2, sizeof *first);
    tp_claim *claim = tp_arena_alloc(m->scratch, x->n, sizeof *claim);
    if (first == NULL || claim == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "groups of %zu records", x->n);
    }
    for (size_t i = 0; i < x->n; i++) {
        first[x->person[i] + 2]++;
    }
    for (size_t p = 2; p < x->n_people + 2; p++) {
        first[p] += first[p - 1];
    }
    for (size_t i = 0; i < x->n; i++) {
        claim[first[x->person[i] + 1]++] = (tp_claim){.source = x->source[i],
                                                      .row = x->row[i],
                                                      .subject = x->person[i],
                                                      .crosswalk = (uint32_t)i};
        m->person_of[x->source[i]][x->row[i]] = x->person[i];
    }
    *out_first = first;
    *out_claim = claim;
    return TP_OK;
}

tp_code
tp_merge_people(tp_merging *m, tp_err *err)
{
    const tp_crosswalk *x = m->in->crosswalk;
    uint32_t *first = NULL;
    tp_claim *claim = NULL;
    m->out->n = x->n_people;
    m->out->person_key = tp_arena_alloc(m->arena, x->n_people, sizeof(uint64_t));
    for (int f = 0; f < TP_PERSON_N; f++) {
        m->out->from[f] = tp_arena_alloc(m->arena, x->n_people, sizeof(uint32_t));
        if (m->out->from[f] == NULL) {
            TP_RETURN_ERR(err, TP_E_NOMEM, "provenance of %zu people", x->n_people);
        }
    }
    m->out->doubt = tp_arena_alloc(m->arena, x->n_people, sizeof *m->out->doubt);
    if (m->out->person_key == NULL || m->out->doubt == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "keys of %zu people", x->n_people);
    }
    memcpy(m->out->person_key, x->person_key, x->n_people * sizeof(uint64_t));
    TP_RETURN_SAME(group_people(m, &first, &claim, err));
    TP_RETURN_SAME(
        tp_table_alloc(&m->out->table[TP_PERSON], TP_PERSON, x->n_people, true, m->arena, err));
    for (size_t p = 0; p < x->n_people; p++) {
        const size_t n = first[p + 1] - first[p];
        if (p % TP_BLOCK_ROWS == 0) {
            if (tp_cancelled(m->ctx)) {
                TP_RETURN_ERR(err, TP_E_CANCELLED, "cancelled at person %zu of %zu", p,
                              x->n_people);
            }
            tp_progress(m->ctx, p, x->n_people);
        }
        if (n == 0) {
            TP_RETURN_ERR(err, TP_E_BUG, "person %zu of the crosswalk has no record", p);
        }
        m->out->doubt[p] = has_two_niks(m, claim + first[p], n) ? TP_DOUBT_NIK : 0;
        if (!merge_person(m, claim + first[p], n, p)) {
            TP_RETURN_ERR(err, TP_E_NOMEM, "texts of %zu people", x->n_people);
        }
    }
    mark_questions(m);
    tp_progress(m->ctx, x->n_people, x->n_people);
    return TP_OK;
}
