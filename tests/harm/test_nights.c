/* Tests core/link over five nights with 1 % edits, arrivals and leavers: who keeps which key. */
#include "tests/harm/harm.h"

#include "talent/base/hash.h"
#include "talent/base/sort.h"

enum { NIGHTS = 6, PEOPLE = 3000 };

typedef struct fixture {
    harm_night night[NIGHTS];
} fixture;

static int
setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    if (f == NULL) {
        return -1;
    }
    people_options o = {.seed = 3, .people = PEOPLE, .agencies = 6, .dirt = 1, .edits_ppm = 10000};
    for (int t = 0; t < NIGHTS; t++) {
        o.night = t;
        harm_people(&o, &f->night[t]);
        harm_link(&f->night[t], t > 0 ? &f->night[t - 1] : NULL, t, 2);
    }
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    for (int t = 0; t < NIGHTS; t++) {
        harm_clear(&f->night[t]);
    }
    free(f);
    return 0;
}

/* A set of records as one number, for each person of a night: [n_people], by person key. */
static tp_key_row *
record_sets(const harm_night *n, uint64_t **out_set)
{
    uint64_t *set = calloc(n->x.n_people + 1, sizeof *set);
    tp_key_row *row = calloc(2 * (n->x.n_people + 1), sizeof *row);
    assert_true(set != NULL && row != NULL);
    for (size_t i = 0; i < n->x.n; i++) {
        set[n->x.person[i]] += tp_hash_mix(n->x.record_key[i]);
    }
    for (size_t i = 0; i < n->x.n_people; i++) {
        row[i] = (tp_key_row){set[i], (uint32_t)i};
    }
    tp_sort_keys(row, row + n->x.n_people, n->x.n_people);
    *out_set = set;
    return row;
}

static void
test_nights__unchanged_people_keep_their_key(void **state)
{
    const fixture *f = *state;
    for (int t = 1; t < NIGHTS; t++) {
        const harm_night *a = &f->night[t - 1];
        const harm_night *b = &f->night[t];
        uint64_t *set_a;
        uint64_t *set_b;
        tp_key_row *before = record_sets(a, &set_a);
        tp_key_row *after = record_sets(b, &set_b);
        size_t same = 0;
        size_t needless = 0;
        for (size_t i = 0, j = 0; i < a->x.n_people; i++) {
            while (j < b->x.n_people && after[j].key < before[i].key) {
                j++;
            }
            if (j < b->x.n_people && after[j].key == before[i].key) {
                same++;
                needless += a->x.person_key[before[i].row] != b->x.person_key[after[j].row];
            }
        }
        free(before);
        free(after);
        free(set_a);
        free(set_b);
        assert_true(same > PEOPLE * 9 / 10);
        assert_int_equal(needless, 0);
    }
}

/* The record of this key in a night's pairs, or NULL. */
static const harm_pair *
find(const harm_pair *pair, size_t n, uint64_t record)
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
    return lo < n && pair[lo].record == record ? &pair[lo] : NULL;
}

static int
by_key(const void *x, const void *y)
{
    const uint64_t a = ((const harm_pair *)x)->key;
    const uint64_t b = ((const harm_pair *)y)->key;
    return a < b ? -1 : a > b;
}

static bool
told(const tp_crosswalk *x, uint64_t key)
{
    for (size_t i = 0; i < x->n_event; i++) {
        if (x->event_person[i] == key || x->event_other[i] == key) {
            return true;
        }
    }
    return false;
}

static void
test_nights__no_key_names_other_people(void **state)
{
    const fixture *f = *state;
    for (int t = 1; t < NIGHTS; t++) {
        const harm_night *a = &f->night[t - 1];
        const harm_night *b = &f->night[t];
        harm_pair *before = harm_pairs(a);
        harm_pair *after = harm_pairs(b);
        qsort(before, a->x.n, sizeof *before, by_key);
        qsort(after, b->x.n, sizeof *after, by_key);
        size_t stolen = 0;
        for (size_t i = 0, j = 0; i < b->x.n; i++) {
            while (j < a->x.n && before[j].key < after[i].key) {
                j++;
            }
            const bool old = j < a->x.n && before[j].key == after[i].key;
            stolen += old && before[j].person != after[i].person && !told(&b->x, after[i].key);
        }
        free(before);
        free(after);
        assert_int_equal(stolen, 0);
    }
}

static void
test_nights__a_key_that_ends_never_comes_back(void **state)
{
    const fixture *f = *state;
    for (int t = 2; t < NIGHTS; t++) {
        const tp_crosswalk *x = &f->night[t].x;
        for (size_t i = 0; i < x->n_event; i++) {
            if (x->event_kind[i] != TP_EVENT_NEW && x->event_kind[i] != TP_EVENT_SPLIT) {
                continue;
            }
            for (int u = 0; u < t; u++) {
                const tp_crosswalk *y = &f->night[u].x;
                for (size_t k = 0; k < y->n_people; k++) {
                    assert_int_not_equal(y->person_key[k], x->event_person[i]);
                }
            }
        }
    }
}

static void
test_nights__events_add_up(void **state)
{
    const fixture *f = *state;
    for (int t = 1; t < NIGHTS; t++) {
        const tp_crosswalk *x = &f->night[t].x;
        int64_t due = (int64_t)f->night[t - 1].x.n_people;
        size_t came = 0;
        size_t went = 0;
        for (size_t i = 0; i < x->n_event; i++) {
            came += x->event_kind[i] == TP_EVENT_NEW;
            went += x->event_kind[i] == TP_EVENT_GONE;
            due += x->event_kind[i] == TP_EVENT_NEW || x->event_kind[i] == TP_EVENT_SPLIT;
            due -= x->event_kind[i] == TP_EVENT_MERGED || x->event_kind[i] == TP_EVENT_GONE;
        }
        assert_true(came > 0 && went > 0);
        assert_int_equal(due, x->n_people);
    }
}

static void
test_nights__records_that_stay_keep_their_person(void **state)
{
    const fixture *f = *state;
    const harm_night *a = &f->night[0];
    const harm_night *b = &f->night[NIGHTS - 1];
    harm_pair *before = harm_pairs(a);
    harm_pair *after = harm_pairs(b);
    size_t stayed = 0;
    size_t moved = 0;
    for (size_t i = 0; i < b->x.n; i++) {
        const harm_pair *was = find(before, a->x.n, after[i].record);
        stayed += was != NULL;
        moved += was != NULL && was->key != after[i].key;
    }
    free(before);
    free(after);
    assert_true(stayed > 0);
    assert_true(moved * 100 < stayed); /* 5 % were edited, and most edits change nothing */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nights__unchanged_people_keep_their_key),
        cmocka_unit_test(test_nights__no_key_names_other_people),
        cmocka_unit_test(test_nights__a_key_that_ends_never_comes_back),
        cmocka_unit_test(test_nights__events_add_up),
        cmocka_unit_test(test_nights__records_that_stay_keep_their_person),
    };
    return cmocka_run_group_tests_name("harm/nights", tests, setup, teardown);
}
