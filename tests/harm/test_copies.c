/* Tests core/link: one record more or less changes nothing for people it does not speak of. */
#include "tests/harm/harm.h"

#include "talent/base/hash.h"

enum { TRIES = 16 };

static const people_options USUAL = {.seed = 7, .people = 1500, .agencies = 4, .dirt = 2};

/* Person key of a record before, by record key; 0 = none. */
static uint64_t
key_of(const harm_pair *pair, size_t n, uint64_t record)
{
    size_t lo = 0;
    size_t hi = n;
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (pair[mid].record < record) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo < n && pair[lo].record == record ? pair[lo].key : 0;
}

static void
again(harm_night *n)
{
    tp_err err = {0};
    people_columns_clear(&n->c);
    assert_tp_ok(people_columns_make(&n->p, NULL, &n->c, &err), &err);
    harm_link(n, NULL, 0, 2);
}

static uint64_t
record_key_of(const harm_night *n, size_t record)
{
    const people_record *r = &n->p.record[record];
    return tp_link_record_key((const uint8_t[16]){0}, tp_str_of(n->p.source[r->source].id),
                              tp_hash_str(0, tp_intern_text(&n->p.text, r->key)));
}

/* A record of a list where two rows may be one person. */
static size_t
pick(const harm_night *n, uint64_t turn)
{
    size_t i = tp_hash_mix(turn) % n->p.n;
    while (n->p.source[n->p.record[i].source].feed == SIM_FEED_SIMPEG) {
        i = (i + 1) % n->p.n;
    }
    return i;
}

/* Records of two people (by the keys of before) who share one person now, `own` left out. */
static size_t
changed(const harm_night *n, const harm_pair *before, size_t n_before, uint64_t own, bool joins)
{
    size_t bad = 0;
    uint64_t *first = calloc(n->x.n_people + 1, sizeof *first);
    assert_non_null(first);
    for (size_t i = 0; i < n->x.n; i++) {
        const uint64_t was = key_of(before, n_before, n->x.record_key[i]);
        uint64_t *of = &first[n->x.person[i]];
        if (was == 0 || (!joins && was == own)) {
            continue;
        }
        bad += *of != 0 && *of != was;
        *of = was;
    }
    free(first);
    return bad;
}

static void
test_link__an_exact_copy_changes_no_other_cluster(void **state)
{
    (void)state;
    harm_night n;
    harm_people(&USUAL, &n);
    harm_link(&n, NULL, 0, 2);
    const size_t n_before = n.x.n;
    const size_t people_before = n.x.n_people;
    harm_pair *before = harm_pairs(&n);
    size_t bad = 0;
    for (uint64_t turn = 1; turn <= TRIES; turn++) {
        const size_t i = pick(&n, turn);
        const uint64_t own = key_of(before, n_before, record_key_of(&n, i));
        people_record copy = n.p.record[i];
        assert_true(tp_intern_add(&n.p.text, TP_STR("the same again"), &copy.key));
        assert_true(n.p.n < n.p.cap);
        n.p.record[n.p.n++] = copy;
        again(&n);
        bad += changed(&n, before, n_before, own, false);
        bad += n.x.n_people > people_before + 1 || n.x.n_people < people_before;
        n.p.n--;
    }
    free(before);
    harm_clear(&n);
    assert_int_equal(bad, 0);
}

static void
test_link__a_record_less_never_merges(void **state)
{
    (void)state;
    harm_night n;
    harm_people(&USUAL, &n);
    harm_link(&n, NULL, 0, 2);
    const size_t n_before = n.x.n;
    harm_pair *before = harm_pairs(&n);
    size_t bad = 0;
    for (uint64_t turn = 1; turn <= TRIES; turn++) {
        const size_t i = tp_hash_mix(turn + 1000) % n.p.n;
        const people_record gone = n.p.record[i];
        n.p.record[i] = n.p.record[--n.p.n];
        again(&n);
        bad += changed(&n, before, n_before, 0, true);
        n.p.record[n.p.n++] = n.p.record[i];
        n.p.record[i] = gone;
    }
    free(before);
    harm_clear(&n);
    assert_int_equal(bad, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_link__an_exact_copy_changes_no_other_cluster),
        cmocka_unit_test(test_link__a_record_less_never_merges),
    };
    return cmocka_run_group_tests_name("harm/copies", tests, NULL, NULL);
}
