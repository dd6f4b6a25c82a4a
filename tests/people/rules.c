/* What would an equal number alone join, and which true pairs does no pass propose? */
#include <stdlib.h>
#include <string.h>

#include "talent/base/hash.h"
#include "talent/base/sort.h"
#include "tests/people/score.h"

typedef struct ruling {
    const people *p;
    const people_columns *c;
    people_score *sum;
    size_t n;
    tp_key_row *item, *spare;
    uint32_t *up; /* union-find of the rule "equal NIP or equal NIK" */
} ruling;

static uint32_t
person_of(const ruling *r, size_t row)
{
    return r->p->record[r->c->record[row]].person;
}

static uint64_t
pairs_of(uint64_t n)
{
    return n * (n - 1) / 2;
}

static uint32_t
find(uint32_t *up, uint32_t i)
{
    while (up[i] != i) {
        up[i] = up[up[i]];
        i = up[i];
    }
    return i;
}

/* The number a rule compares, 0 = none. Row `row` of source s. */
static uint64_t
number_of(const tp_table *t, size_t row, int rule)
{
    static const int FIELD[] = {TP_PERSON_NIP, TP_PERSON_NIK, TP_PERSON_SIASN_ID,
                                TP_PERSON_NIP_OLD};
    uint64_t v = 0;
    int32_t born = 0;
    if (rule < 4) {
        const bool good = rule == 0
                              ? tp_i32_or(t, TP_PERSON_NIP_CLASS, row, TP_NIP_JUNK) == TP_NIP_GOOD
                          : rule == 1 ? (tp_i32_or(t, TP_PERSON_NIK_FACTS, row, 0) & 1) != 0
                                      : true;
        return good && tp_get_u64(t, FIELD[rule], row, &v) ? v : 0;
    }
    const tp_str name = tp_get_text(t, TP_PERSON_FULL_NAME, row);
    if (name.n == 0) {
        return 0;
    }
    uint64_t h = 7;
    for (size_t i = 0; i < name.n; i++) { /* whatever the case */
        h = tp_hash_mix(h ^ (uint64_t)(unsigned char)(name.p[i] >= 'a' && name.p[i] <= 'z'
                                                          ? name.p[i] - 32
                                                          : name.p[i]));
    }
    if (rule == 6) {
        const tp_str agency = tp_get_text(t, TP_PERSON_AGENCY, row);
        return agency.n == 0 ? 0 : tp_hash_str(h, agency) | 1;
    }
    if (!tp_get_i32(t, TP_PERSON_BIRTH_DATE, row, &born)) {
        return 0;
    }
    h = tp_hash_mix(h ^ (uint64_t)(int64_t)born);
    return (rule == 5 ? tp_hash_mix(h + (uint64_t)tp_i32_or(t, TP_PERSON_SEX, row, 2)) : h) | 1;
}

static void
run_rule(ruling *r, int rule)
{
    size_t n = 0;
    size_t x = 0;
    for (size_t s = 0; s < r->c->n_sources; s++) {
        for (size_t row = 0; row < r->c->person[s].n; row++, x++) {
            const uint64_t v = number_of(&r->c->person[s], row, rule);
            if (v != 0) {
                r->item[n++] = (tp_key_row){v, (uint32_t)x};
            }
        }
    }
    /* by person first, then by number: in a run of a number its people stand together */
    for (size_t i = 0; i < n; i++) {
        r->spare[i] = (tp_key_row){person_of(r, r->item[i].row), (uint32_t)i};
    }
    tp_key_row *order = r->spare;
    tp_key_row *room = r->spare + n;
    tp_sort_keys(order, room, n);
    for (size_t i = 0; i < n; i++) {
        room[i] = r->item[order[i].row];
    }
    memcpy(r->item, room, n * sizeof *room);
    tp_sort_keys(r->item, r->spare, n);
    for (size_t i = 0, end = 0; i < n; i = end) {
        size_t same = i;
        for (end = i; end < n && r->item[end].key == r->item[i].key; end++) {
            if (person_of(r, r->item[end].row) != person_of(r, r->item[same].row)) {
                r->sum->rule[rule].right += pairs_of(end - same);
                same = end;
            }
            if (rule < 2) {
                r->up[find(r->up, r->item[end].row)] = find(r->up, r->item[i].row);
            }
        }
        r->sum->rule[rule].right += pairs_of(end - same);
        r->sum->rule[rule].all += pairs_of(end - i);
    }
}

/* Has the row nothing but a name? Then nothing says whose it is. */
static bool
is_name_only(const tp_table *t, size_t row)
{
    static const int FIELD[] = {TP_PERSON_NIP,     TP_PERSON_NIK,        TP_PERSON_SIASN_ID,
                                TP_PERSON_NIP_OLD, TP_PERSON_BIRTH_DATE, TP_PERSON_AGENCY};
    for (size_t i = 0; i < TP_COUNT(FIELD); i++) {
        if (tp_known(t, FIELD[i], row)) {
            return false;
        }
    }
    return true;
}

/* True pairs with a record that holds a name only: all pairs of a person less those without. */
static void
add_name_only(ruling *r)
{
    size_t x = 0;
    for (size_t s = 0; s < r->c->n_sources; s++) {
        for (size_t row = 0; row < r->c->person[s].n; row++, x++) {
            const bool bare = is_name_only(&r->c->person[s], row);
            r->item[x] = (tp_key_row){person_of(r, x), bare};
            r->sum->name_only += bare;
        }
    }
    tp_sort_keys(r->item, r->spare, r->n);
    for (size_t i = 0, end = 0; i < r->n; i = end) {
        uint64_t bare = 0;
        for (end = i; end < r->n && r->item[end].key == r->item[i].key; end++) {
            bare += r->item[end].row;
        }
        r->sum->name_only_pairs += pairs_of(end - i) - pairs_of(end - i - bare);
    }
}

/* What "equal NIP or equal NIK" makes when it is followed through. */
static tp_code
add_plain(ruling *r, tp_err *err)
{
    TP_AUTO_ARENA(temp, 0);
    people_score *plain = calloc(1, sizeof *plain);
    uint32_t *person = tp_arena_alloc(&temp, r->n + 1, sizeof *person);
    uint32_t *via = tp_arena_alloc(&temp, r->n + 1, sizeof *via);
    uint8_t *pass = tp_arena_alloc(&temp, r->n + 1, 1);
    if (plain == NULL || person == NULL || via == NULL || pass == NULL) {
        free(plain);
        TP_RETURN_ERR(err, TP_E_NOMEM, "a score of %zu records", r->n);
    }
    for (uint32_t i = 0; i < r->n; i++) {
        person[i] = find(r->up, i);
    }
    const tp_crosswalk x = {
        .n = r->n, .person = person, .n_people = r->n, .via = via, .pass = pass};
    const tp_code rc = people_score_add(r->p, r->c, &x, plain, err);
    const score_figures *f = &plain->group[0];
    r->sum->plain.people += f->people;
    r->sum->plain.true_pairs += f->true_pairs;
    r->sum->plain.both += f->both;
    r->sum->plain.merged += f->merged;
    r->sum->plain.exact += f->exact;
    r->sum->plain_joined += plain->joined;
    free(plain);
    return rc;
}

tp_code
people_rules_add(const people *p, const people_columns *c, people_score *sum, tp_err *err)
{
    TP_AUTO_ARENA(temp, 0);
    ruling r = {.p = p,
                .c = c,
                .sum = sum,
                .n = c->n,
                .item = tp_arena_alloc(&temp, c->n + 1, sizeof *r.item),
                .spare = tp_arena_alloc(&temp, 2 * c->n + 1, sizeof *r.spare),
                .up = tp_arena_alloc(&temp, c->n + 1, sizeof *r.up)};
    if (r.item == NULL || r.spare == NULL || r.up == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "the numbers of %zu records", c->n);
    }
    for (uint32_t i = 0; i < c->n; i++) {
        r.up[i] = i;
    }
    for (int rule = 0; rule < SCORE_RULES; rule++) {
        run_rule(&r, rule);
    }
    add_name_only(&r);
    return add_plain(&r, err);
}

/* ---- candidates ---- */

static int
by_pair(const void *x, const void *y)
{
    const uint64_t a = *(const uint64_t *)x;
    const uint64_t b = *(const uint64_t *)y;
    return a < b ? -1 : a > b;
}

static uint64_t
pair_of(uint32_t a, uint32_t b)
{
    return a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a;
}

static void
count_proposed(ruling *r, const tp_crosswalk *x, const uint64_t *pair, size_t n_pairs)
{
    for (size_t i = 0; i < r->n; i++) {
        r->item[i] = (tp_key_row){person_of(r, i), (uint32_t)i};
    }
    tp_sort_keys(r->item, r->spare, r->n);
    for (size_t i = 0; i < r->n; i++) {
        for (size_t j = i + 1; j < r->n && r->item[j].key == r->item[i].key; j++) {
            const uint32_t a = x->person[r->item[i].row];
            const uint32_t b = x->person[r->item[j].row];
            if (a != b) {
                const uint64_t of = pair_of(a, b);
                r->sum->split_pairs++;
                r->sum->proposed +=
                    bsearch(&of, pair, n_pairs, sizeof *pair, by_pair) != NULL ? 1 : 0;
            }
        }
    }
}

tp_code
people_probe_add(const people *p, const people_columns *c, int threads, people_score *sum,
                 tp_err *err)
{
    enum { NEVER = 1000 * TP_LINK_BIT };
    TP_AUTO_ARENA(temp, 0);
    tp_crosswalk x = {0};
    tp_link_report report = {0};
    people_columns asking = *c;
    asking.params.accept_weight = asking.params.cluster_weight = NEVER;
    asking.params.review_weight = -NEVER;
    asking.params.review_limit = UINT32_MAX;
    TP_RETURN_SAME(people_link(&asking, NULL, 0, threads, &temp, &x, &report, err));
    ruling r = {.p = p, .c = c, .sum = sum, .n = c->n};
    uint64_t *pair = tp_arena_alloc(&temp, x.n_review + 1, sizeof *pair);
    r.item = tp_arena_alloc(&temp, c->n + 1, sizeof *r.item);
    r.spare = tp_arena_alloc(&temp, c->n + 1, sizeof *r.spare);
    if (pair == NULL || r.item == NULL || r.spare == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "%zu candidate pairs", x.n_review);
    }
    for (size_t i = 0; i < x.n_review; i++) {
        pair[i] = pair_of(x.person[x.review_a[i]], x.person[x.review_b[i]]);
    }
    qsort(pair, x.n_review, sizeof *pair, by_pair);
    count_proposed(&r, &x, pair, x.n_review);
    sum->units += report.units;
    for (int pass = 0; pass < TP_CAND_COUNT; pass++) {
        sum->candidate_pairs += report.pairs[pass];
    }
    return TP_OK;
}
