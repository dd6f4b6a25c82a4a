/* How many pairs and people did the link get right: overall, by subgroup, by dirt, by pass? */
#include "tests/people/score.h"

#include <stdlib.h>
#include <string.h>

#include "talent/base/hash.h"
#include "talent/base/sort.h"

typedef struct scoring {
    const people *p;
    const people_columns *c;
    const tp_crosswalk *x;
    people_score *sum;
    tp_key_row *row; /* [n] crosswalk rows by person, then cluster */
    tp_key_row *spare;
    uint8_t *mixed; /* [n_people of the crosswalk] more than one person in it */
    uint8_t *asked; /* the same: named by a question */
} scoring;

double
score_share(uint64_t part, uint64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 1.0;
}

double
score_f1(uint64_t both, uint64_t truth, uint64_t joined)
{
    return score_share(2 * both, truth + joined);
}

static uint32_t
person_of(const scoring *s, size_t row)
{
    return s->p->record[s->c->record[row]].person;
}

static uint32_t
defects_of(const scoring *s, size_t row)
{
    return s->p->record[s->c->record[row]].defects;
}

static uint64_t
pairs_of(uint64_t n)
{
    return n * (n - 1) / 2;
}

static bool
has_dirt(uint32_t a, uint32_t b, int kind)
{
    enum { IDENTITY = (1 << 12) - 1 };
    return kind == 0 ? ((a | b) & IDENTITY) == 0 : ((a | b) >> (kind - 1) & 1) != 0;
}

static void
add_pair(scoring *s, uint32_t a, uint32_t b)
{
    const uint32_t da = defects_of(s, a);
    const uint32_t db = defects_of(s, b);
    const bool joined = s->x->person[a] == s->x->person[b];
    for (int d = 0; d < SCORE_DIRT; d++) {
        if (has_dirt(da, db, d)) {
            s->sum->dirt[d].all++;
            s->sum->dirt[d].right += joined;
        }
    }
}

/* One true person: its rows [from, to) of s->row, in the order of their clusters. */
static void
add_person(scoring *s, size_t from, size_t to)
{
    const uint32_t person = (uint32_t)s->row[from].key;
    score_figures one = {.people = 1, .true_pairs = pairs_of(to - from)};
    const uint32_t cluster = s->x->person[s->row[from].row];
    bool whole = true;
    for (size_t i = from; i < to;) {
        const uint32_t part = s->x->person[s->row[i].row];
        size_t end = i + 1;
        while (end < to && s->x->person[s->row[end].row] == part) {
            end++;
        }
        one.both += pairs_of(end - i);
        one.merged |= s->mixed[part];
        one.review |= s->asked[part];
        whole = whole && part == cluster;
        i = end;
    }
    one.exact = whole && one.merged == 0;
    for (size_t i = from; i < to; i++) {
        for (size_t j = i + 1; j < to; j++) {
            add_pair(s, s->row[i].row, s->row[j].row);
        }
    }
    for (int g = 0; g < SCORE_GROUPS; g++) {
        if (g == 0 || (s->p->flags[person] >> (g - 1) & 1) != 0) {
            score_figures *f = &s->sum->group[g];
            f->people++;
            f->true_pairs += one.true_pairs;
            f->both += one.both;
            f->merged += one.merged;
            f->exact += one.exact;
            f->review += one.review;
        }
    }
}

/* One cluster: rows [from, to) of s->row. */
static void
add_cluster(scoring *s, size_t from, size_t to)
{
    s->sum->clusters++;
    s->sum->joined += pairs_of(to - from);
    for (size_t i = from; i < to; i++) {
        for (size_t j = i + 1; j < to; j++) {
            const uint32_t a = s->row[i].row;
            const uint32_t b = s->row[j].row;
            if (person_of(s, a) != person_of(s, b)) {
                s->mixed[s->x->person[a]] = 1;
                for (int d = 0; d < SCORE_DIRT; d++) {
                    s->sum->dirt_wrong[d] += has_dirt(defects_of(s, a), defects_of(s, b), d);
                }
            }
        }
    }
}

/* Rows in runs of one person, or of one cluster; each run to `add`. */
static void
each_run(scoring *s, bool by_person, void (*add)(scoring *, size_t, size_t))
{
    const size_t n = s->x->n;
    for (size_t i = 0; i < n; i++) {
        s->row[i] = (tp_key_row){s->x->person[i], (uint32_t)i};
    }
    tp_sort_keys(s->row, s->spare, n);
    if (by_person) {
        for (size_t i = 0; i < n; i++) {
            s->row[i].key = person_of(s, s->row[i].row);
        }
        tp_sort_keys(s->row, s->spare, n);
    }
    for (size_t i = 0, end = 0; i < n; i = end) {
        for (end = i + 1; end < n && s->row[end].key == s->row[i].key;) {
            end++;
        }
        add(s, i, end);
    }
}

static void
add_passes(scoring *s)
{
    for (size_t i = 0; i < s->x->n; i++) {
        score_ratio *pass = &s->sum->pass[s->x->pass[i]];
        pass->all++;
        pass->right += person_of(s, i) == person_of(s, s->x->via[i]);
    }
}

tp_code
people_score_add(const people *p, const people_columns *c, const tp_crosswalk *x, people_score *sum,
                 tp_err *err)
{
    TP_AUTO_ARENA(temp, 0);
    scoring s = {.p = p,
                 .c = c,
                 .x = x,
                 .sum = sum,
                 .row = tp_arena_alloc(&temp, x->n + 1, sizeof *s.row),
                 .spare = tp_arena_alloc(&temp, x->n + 1, sizeof *s.spare),
                 .mixed = tp_arena_alloc(&temp, x->n_people + 1, 1),
                 .asked = tp_arena_alloc(&temp, x->n_people + 1, 1)};
    if (s.row == NULL || s.spare == NULL || s.mixed == NULL || s.asked == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "a score of %zu records", x->n);
    }
    if (x->n != c->n) {
        TP_RETURN_ERR(err, TP_E_BUG, "%zu records went in and %zu came out", c->n, x->n);
    }
    for (size_t i = 0; i < x->n_review; i++) {
        s.asked[x->person[x->review_a[i]]] = 1;
        s.asked[x->person[x->review_b[i]]] = 1;
    }
    sum->records += x->n;
    sum->questions += x->n_review;
    each_run(&s, false, add_cluster);
    each_run(&s, true, add_person);
    add_passes(&s);
    return TP_OK;
}
