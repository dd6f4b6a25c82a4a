/* Which units did the records of a person form, and what joined them? */
#include "core/link/identity_parts.h"

#include <sodium.h>
#include <stdlib.h>

#include "talent/base/format.h"
#include "talent/base/hash.h"

/* Records by crosswalk row, rows by person; false when the crosswalk is of other records. */
static tp_code
index_rows(tp_identity *id, tp_err *err)
{
    const tp_crosswalk *x = id->x;
    const tp_records *rec = &id->units.rec;
    id->rec_of = tp_arena_alloc(&id->arena, x->n, sizeof *id->rec_of);
    id->row_of = tp_arena_alloc(&id->arena, x->n, sizeof *id->row_of);
    id->begin = tp_arena_alloc(&id->arena, x->n_people + 2, sizeof *id->begin);
    if (id->rec_of == NULL || id->row_of == NULL || id->begin == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "the records of %zu people", x->n_people);
    }
    bool same = x->n == rec->n;
    for (uint32_t r = 0; same && r < rec->n; r++) {
        id->rec_of[rec->xrow[r]] = r;
        same = x->record_key[rec->xrow[r]] == rec->key[r];
    }
    if (!same) {
        TP_RETURN_ERR(err, TP_E_RANGE, "the crosswalk of %zu records is not of these %zu records",
                      x->n, rec->n);
    }
    for (size_t i = 0; i < x->n; i++) { /* counted one further on: filling moves the starts back */
        id->begin[x->person[i] + 2]++;
    }
    for (size_t p = 2; p < x->n_people + 2; p++) {
        id->begin[p] += id->begin[p - 1];
    }
    for (uint32_t i = 0; i < x->n; i++) {
        id->row_of[id->begin[x->person[i] + 1]++] = i;
    }
    return TP_OK;
}

/* A view with rings of its own, every record alone in the beginning. */
static bool
make_view(tp_identity *id, tp_linker *view)
{
    const size_t n = id->units.rec.n;
    *view = id->units;
    view->parent = tp_arena_alloc(&id->arena, n, sizeof *view->parent);
    view->next = tp_arena_alloc(&id->arena, n, sizeof *view->next);
    view->via = tp_arena_alloc(&id->arena, n, sizeof *view->via);
    view->pass = tp_arena_alloc(&id->arena, n, 1);
    view->weight = tp_arena_alloc(&id->arena, n, sizeof *view->weight);
    if (view->parent == NULL || view->next == NULL || view->via == NULL || view->pass == NULL ||
        view->weight == NULL) {
        return false;
    }
    for (uint32_t r = 0; r < n; r++) {
        view->parent[r] = view->next[r] = view->via[r] = r;
    }
    return true;
}

static tp_code
make_views(tp_identity *id, tp_err *err)
{
    const tp_crosswalk *x = id->x;
    if (!make_view(id, &id->alone) || !make_view(id, &id->people)) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "the records of %zu people", x->n_people);
    }
    for (uint32_t p = 0; p < x->n_people; p++) {
        for (uint32_t i = id->begin[p] + 1; i < id->begin[p + 1]; i++) {
            tp_group_join(&id->people, id->rec_of[id->row_of[i]],
                          id->rec_of[id->row_of[id->begin[p]]], TP_PASS_ALONE, 0);
        }
    }
    return TP_OK;
}

static tp_code
fill(tp_identity *id, tp_err *err)
{
    TP_RETURN_SAME(tp_linker_load(&id->units, err));
    TP_RETURN_SAME(index_rows(id, err));
    TP_RETURN_SAME(tp_anchor(&id->units, err));
    TP_RETURN_SAME(tp_frequencies(&id->units, err));
    return make_views(id, err);
}

tp_code
tp_identity_open(const tp_link_input *in, const tp_link_params *params,
                 const tp_crosswalk *crosswalk, const tp_ctx *ctx, tp_identity **out, tp_err *err)
{
    tp_identity *id = calloc(1, sizeof *id);
    if (id == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "an explanation of %zu records", crosswalk->n);
    }
    id->x = crosswalk;
    id->units = (tp_linker){.in = in, .par = params, .ctx = ctx, .scratch = &id->arena};
    const tp_code rc = fill(id, err);
    if (rc != TP_OK) {
        tp_identity_close(id);
        return rc;
    }
    *out = id;
    return TP_OK;
}

void
tp_identity_close(tp_identity *id)
{
    if (id == NULL) {
        return;
    }
    tp_names_clear(&id->units.names);
    tp_intern_clear(&id->units.agencies);
    tp_buf_clear(&id->units.edges);
    tp_buf_clear(&id->units.review);
    tp_arena_clear(&id->arena);
    free(id);
}

uint64_t
tp_identity_evidence(const tp_identity *id, uint32_t row)
{
    return tp_rec_evidence(&id->units, id->rec_of[row]);
}

uint32_t
tp_identity_row(const tp_identity *id, uint64_t record_key)
{
    const tp_records *rec = &id->units.rec;
    size_t lo = 0;
    size_t hi = rec->n;
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (rec->key[mid] < record_key) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo < rec->n && rec->key[lo] == record_key ? rec->xrow[lo] : TP_NONE;
}

/* The value a tag stands for; 0 = unknown. */
static uint64_t
tagged(const tp_linker *lk, tp_link_field field, uint32_t r)
{
    const tp_records *rec = &lk->rec;
    switch (field) {
    case TP_LINK_NIP:
        return rec->nip[r];
    case TP_LINK_NIK:
        return rec->number[TP_NUM_NIK][r];
    case TP_LINK_OLD:
        return rec->number[TP_NUM_OLD][r];
    case TP_LINK_SERVICE:
        return rec->number[TP_NUM_SERVICE][r];
    case TP_LINK_SIASN:
        return rec->number[TP_NUM_SIASN][r];
    case TP_LINK_NAME:
        return rec->name[r] != TP_NONE
                   ? tp_hash_str(0, tp_intern_text(&lk->names.text, rec->name[r]))
                   : 0;
    case TP_LINK_DATE:
        return rec->born[r] != TP_NO_DAY ? (uint64_t)((int64_t)rec->born[r] - TP_NO_DAY) : 0;
    default:
        return 0;
    }
}

void
tp_identity_tag(const tp_identity *id, uint32_t row, tp_link_field field, char out[TP_TAG_TEXT])
{
    const uint64_t of[2] = {(uint64_t)field, tagged(&id->units, field, id->rec_of[row])};
    uint64_t hash = 0;
    (void)crypto_shorthash((unsigned char *)&hash, (const unsigned char *)of, sizeof of,
                           id->units.in->record_secret);
    if (of[1] == 0) {
        (void)snprintf(out, TP_TAG_TEXT, "-");
    } else {
        (void)snprintf(out, TP_TAG_TEXT, "#%05llx", (unsigned long long)(hash & 0xfffff));
    }
}

tp_str
tp_identity_sex(const tp_identity *id, uint32_t row)
{
    const uint8_t sex = id->units.rec.sex[id->rec_of[row]];
    const tp_field_def *def = &tp_kind_of(TP_PERSON)->field[TP_PERSON_SEX];
    return sex == TP_NO_SEX ? TP_STR_NONE : tp_word_of(def, sex);
}

tp_str
tp_identity_agency(const tp_identity *id, uint32_t row)
{
    const uint32_t agency = id->units.rec.agency[id->rec_of[row]];
    return agency == TP_NONE ? TP_STR_NONE : tp_intern_text(&id->units.agencies, agency);
}

static tp_unit_pair
compare(const tp_linker *view, uint32_t a, uint32_t b)
{
    const tp_levels levels = tp_compare_units(view, a, b);
    return (tp_unit_pair){view->rec.xrow[a], view->rec.xrow[b], tp_weigh_parts(view, &levels)};
}

tp_unit_pair
tp_identity_units(const tp_identity *id, uint32_t row_a, uint32_t row_b)
{
    return compare(&id->units, tp_group_root_of(&id->units, id->rec_of[row_a]),
                   tp_group_root_of(&id->units, id->rec_of[row_b]));
}

/* Is the row the smallest of its unit? Each unit is looked at once. */
static bool
is_root(const tp_identity *id, uint32_t row)
{
    return id->units.parent[id->rec_of[row]] == id->rec_of[row];
}

tp_unit_pair
tp_identity_best(const tp_identity *id, uint32_t person_a, uint32_t person_b)
{
    tp_unit_pair best = {.row_a = TP_NONE};
    for (uint32_t i = id->begin[person_a]; i < id->begin[person_a + 1]; i++) {
        for (uint32_t j = id->begin[person_b];
             is_root(id, id->row_of[i]) && j < id->begin[person_b + 1]; j++) {
            if (is_root(id, id->row_of[j])) {
                const tp_unit_pair now = tp_identity_units(id, id->row_of[i], id->row_of[j]);
                best = best.row_a == TP_NONE || now.parts.sum > best.parts.sum ? now : best;
            }
        }
    }
    return best;
}

tp_veto
tp_identity_veto(const tp_identity *id, uint32_t person_a, uint32_t person_b)
{
    return tp_group_veto(&id->people, id->rec_of[id->row_of[id->begin[person_a]]],
                         id->rec_of[id->row_of[id->begin[person_b]]]);
}

/* Did the record come to its person through `through`, directly or by others? */
static bool
came_through(const tp_crosswalk *x, uint32_t row, uint32_t through)
{
    while (row != through && x->via[row] != row) {
        row = x->via[row];
    }
    return row == through;
}

/* The unit that was weighed against that of `via`: one of those that came with the record, and of
 * the stored weight. */
static void
find_weighed(const tp_identity *id, uint32_t person, tp_identity_join *join)
{
    join->pair = tp_identity_units(id, join->row, join->via);
    join->adds_up = join->pair.parts.sum == join->weight;
    for (uint32_t i = id->begin[person]; i < id->begin[person + 1] && !join->adds_up; i++) {
        const uint32_t row = id->row_of[i];
        if (is_root(id, row) && came_through(id->x, row, join->row)) {
            const tp_unit_pair now = tp_identity_units(id, row, join->via);
            join->adds_up = now.parts.sum == join->weight;
            join->pair = join->adds_up ? now : join->pair;
        }
    }
}

static tp_link_field
number_of(tp_link_pass pass)
{
    switch (pass) {
    case TP_PASS_NIP:
        return TP_LINK_NIP;
    case TP_PASS_SIASN:
        return TP_LINK_SIASN;
    case TP_PASS_NIK:
        return TP_LINK_NIK;
    case TP_PASS_OLD:
        return TP_LINK_OLD;
    default:
        return TP_LINK_SERVICE;
    }
}

/* As tp_corroborate counts numbers: -1 is the NIP. */
static int
number_index(tp_link_field field)
{
    switch (field) {
    case TP_LINK_SIASN:
        return TP_NUM_SIASN;
    case TP_LINK_NIK:
        return TP_NUM_NIK;
    case TP_LINK_OLD:
        return TP_NUM_OLD;
    case TP_LINK_SERVICE:
        return TP_NUM_SERVICE;
    default:
        return -1;
    }
}

/* A record of the same number that bears the join out: the one it was joined to, else the first. */
static void
find_witness(const tp_identity *id, uint32_t person, tp_identity_join *join)
{
    const tp_linker *lk = &id->alone;
    const tp_link_field field = number_of(join->pass);
    const uint32_t r = id->rec_of[join->row];
    for (uint32_t i = id->begin[person]; i <= id->begin[person + 1]; i++) {
        const uint32_t row =
            i == id->begin[person] ? join->via : id->row_of[i - 1]; /* via before all */
        const uint32_t q = id->rec_of[row];
        if (q != r && tagged(lk, field, q) == tagged(lk, field, r) &&
            tp_corroborate(lk, q, r, number_index(field)) == TP_ACCORD_AGREES) {
            join->witness = row;
            join->pair = compare(lk, r, q);
            return;
        }
    }
}

static tp_identity_join
explain_join(const tp_identity *id, uint32_t person, uint32_t row)
{
    const tp_crosswalk *x = id->x;
    tp_identity_join join = {.row = row,
                             .via = x->via[row],
                             .pass = (tp_link_pass)x->pass[row],
                             .weight = x->weight[row],
                             .adds_up = true,
                             .witness = TP_NONE};
    if (join.via == row) {
        return join;
    }
    if (join.pass == TP_PASS_WEIGHED || join.pass == TP_PASS_EXACT) {
        join.weighed = true;
        find_weighed(id, person, &join);
        return join;
    }
    join.pair = compare(&id->alone, id->rec_of[row], id->rec_of[join.via]);
    if (join.pass != TP_PASS_ADOPTED && join.pass != TP_PASS_DECISION) {
        find_witness(id, person, &join);
    }
    return join;
}

tp_code
tp_identity_explain(const tp_identity *id, uint32_t person, tp_arena *arena,
                    tp_identity_person *out, tp_err *err)
{
    const uint32_t *row = id->row_of + id->begin[person];
    *out = (tp_identity_person){.n = id->begin[person + 1] - id->begin[person]};
    out->join = tp_arena_alloc(arena, out->n, sizeof *out->join);
    if (out->join == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "a person of %zu records", out->n);
    }
    for (size_t i = 0; i < out->n; i++) {
        out->join[i] = explain_join(id, person, row[i]);
    }
    return tp_identity_nearest(id, person, arena, out, err);
}
