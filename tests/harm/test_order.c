/* Tests core/link: one result whatever the threads and the order of records and texts. */
#include "tests/harm/harm.h"

#include "talent/base/hash.h"

static const people_options USUAL = {
    .seed = 5, .people = 3000, .agencies = 6, .dirt = 2, .bare = 0.2};

static uint64_t
hash_of(harm_night *n, int threads)
{
    harm_link(n, NULL, 0, threads);
    return people_crosswalk_hash(&n->x);
}

static void
test_link__same_for_any_threads(void **state)
{
    (void)state;
    static const int THREADS[] = {2, 3, 8};
    harm_night n;
    harm_people(&USUAL, &n);
    const uint64_t one = hash_of(&n, 1);
    for (size_t i = 0; i < TP_COUNT(THREADS); i++) {
        assert_int_equal(hash_of(&n, THREADS[i]), one);
    }
    harm_clear(&n);
}

/* Other order of records: other numbers of texts, other first sights; the same people. */
static void
test_link__same_for_any_order_of_records(void **state)
{
    (void)state;
    harm_night n;
    tp_err err = {0};
    harm_people(&USUAL, &n);
    const uint64_t want = hash_of(&n, 2);
    for (uint64_t turn = 1; turn <= 2; turn++) {
        for (size_t i = n.p.n; i > 1; i--) {
            const size_t j = tp_hash_mix(turn << 40 | i) % i;
            const people_record keep = n.p.record[i - 1];
            n.p.record[i - 1] = n.p.record[j];
            n.p.record[j] = keep;
        }
        people_columns_clear(&n.c);
        assert_tp_ok(people_columns_make(&n.p, NULL, &n.c, &err), &err);
        assert_int_equal(hash_of(&n, 2), want);
    }
    harm_clear(&n);
}

/* Rows of each source the other way round. */
static void
test_link__same_for_reversed_rows(void **state)
{
    (void)state;
    harm_night n;
    harm_people(&USUAL, &n);
    const uint64_t want = hash_of(&n, 2);
    const tp_kind_def *info = tp_kind_of(TP_PERSON);
    for (size_t s = 0; s < n.c.n_sources; s++) {
        tp_table *t = &n.c.person[s];
        for (size_t i = 0; i < t->n / 2; i++) {
            const size_t j = t->n - 1 - i;
            const uint64_t key = t->key[i];
            t->key[i] = t->key[j];
            t->key[j] = key;
            for (int field = 0; field < info->n_fields; field++) {
                tp_column *col = &t->col[field];
                const bool a = tp_bit_get(col->valid, i);
                const bool b = tp_bit_get(col->valid, j);
                const bool wide = tp_type_width(info->field[field].type) == 8;
                uint64_t *v8 = col->data;
                uint32_t *v4 = col->data;
                const uint64_t keep = wide ? v8[i] : v4[i];
                if (wide) {
                    v8[i] = v8[j];
                    v8[j] = keep;
                } else {
                    v4[i] = v4[j];
                    v4[j] = (uint32_t)keep;
                }
                (b ? tp_bit_set : tp_bit_unset)(col->valid, i);
                (a ? tp_bit_set : tp_bit_unset)(col->valid, j);
            }
        }
        for (size_t i = 0; i < n.c.employment[s].n; i++) {
            uint32_t *subject = &n.c.employment[s].subject[i];
            *subject = (uint32_t)(t->n - 1 - *subject);
        }
    }
    assert_int_equal(hash_of(&n, 2), want);
    harm_clear(&n);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_link__same_for_any_threads),
        cmocka_unit_test(test_link__same_for_any_order_of_records),
        cmocka_unit_test(test_link__same_for_reversed_rows),
    };
    return cmocka_run_group_tests_name("harm/order", tests, NULL, NULL);
}
