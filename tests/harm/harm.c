/* How do the harm tests get a night of generated people linked? */
#include "tests/harm/harm.h"

void
harm_people(const people_options *o, harm_night *n)
{
    tp_err err = {0};
    *n = (harm_night){0};
    assert_tp_ok(people_make(o, &n->p, &err), &err);
    assert_tp_ok(people_columns_make(&n->p, NULL, &n->c, &err), &err);
}

static int
by_record(const void *x, const void *y)
{
    const uint64_t a = ((const harm_pair *)x)->record;
    const uint64_t b = ((const harm_pair *)y)->record;
    return a < b ? -1 : a > b;
}

harm_pair *
harm_pairs(const harm_night *n)
{
    harm_pair *pair = calloc(n->x.n + 1, sizeof *pair);
    assert_non_null(pair);
    for (size_t i = 0; i < n->x.n; i++) {
        pair[i] = (harm_pair){n->x.record_key[i], n->x.person_key[n->x.person[i]],
                              n->p.record[n->c.record[i]].person};
    }
    qsort(pair, n->x.n, sizeof *pair, by_record);
    return pair;
}

void
harm_link(harm_night *n, const harm_night *before, int night, int threads)
{
    tp_err err = {0};
    tp_link_input in = {0};
    uint64_t *record = NULL;
    uint64_t *person = NULL;
    if (before != NULL) {
        harm_pair *pair = harm_pairs(before);
        in.n_previous = before->x.n;
        record = calloc(before->x.n + 1, sizeof *record);
        person = calloc(before->x.n + 1, sizeof *person);
        assert_true(record != NULL && person != NULL);
        for (size_t i = 0; i < before->x.n; i++) {
            record[i] = pair[i].record;
            person[i] = pair[i].key;
        }
        in.previous_record = record;
        in.previous_person = person;
        free(pair);
    }
    const tp_code rc = people_link(&n->c, &in, night, threads, &n->arena, &n->x, &n->report, &err);
    free(record);
    free(person);
    assert_tp_ok(rc, &err);
}

void
harm_clear(harm_night *n)
{
    people_columns_clear(&n->c);
    people_clear(&n->p);
    tp_arena_clear(&n->arena);
    *n = (harm_night){0};
}

static uint32_t
number_of(const char *name, uint32_t other)
{
    uint64_t v = 0;
    const char *text = getenv(name);
    return text != NULL && tp_str_to_u64(tp_str_of(text), &v) && v > 0 && v < 1000000 ? (uint32_t)v
                                                                                      : other;
}

uint32_t
harm_copies(void)
{
    return number_of("COPIES", 1000);
}

uint32_t
harm_seeds(void)
{
    return number_of("SEEDS", 2);
}

void
harm_trap(people_trap trap, people_score *sum)
{
    tp_err err = {0};
    people_options o = {.seed = 1, .agencies = 8, .copies = harm_copies(), .only = true};
    o.traps = 1u << trap;
    o.people = people_needed(o.traps, o.copies);
    *sum = (people_score){0};
    for (uint32_t s = 0; s < harm_seeds(); s++) {
        harm_night n;
        o.seed = 1 + s;
        harm_people(&o, &n);
        harm_link(&n, NULL, 0, 2);
        assert_tp_ok(people_score_add(&n.p, &n.c, &n.x, sum, &err), &err);
        harm_clear(&n);
    }
    const score_figures *f = &sum->group[0];
    assert_true(f->people >= (uint64_t)harm_seeds() * harm_copies() * 9 / 10); /* it was there */
    if (f->merged > 0) {
        print_error("%s: %llu of %llu people merged with another\n", people_trap_name(trap),
                    (unsigned long long)f->merged, (unsigned long long)f->people);
    }
}
