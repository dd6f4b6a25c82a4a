/* Tests core/normalise/example.c: which rejects are kept does not depend on their order. */
#include "tests/support/tp_test.h"

#include "core/normalise/stage.h"

enum { MOST = 10000, MORE = MOST + 3000 };

/* Offers the rejects i * step mod MORE, for all i: each of 0 .. MORE-1 once. */
static void
offer(tp_examples *kept, uint32_t step)
{
    for (uint32_t i = 0; i < MORE; i++) {
        const uint32_t n = (uint32_t)((uint64_t)i * step % MORE);
        tp_example_add(kept, &(tp_reject){.kind = TP_PERSON,
                                          .code = TP_REJ_TYPE,
                                          .field = 1,
                                          .place = {.body = n / 100, .record = n % 100}});
    }
}

static int
by_place(const void *a, const void *b)
{
    const tp_place *x = &((const tp_reject *)a)->place;
    const tp_place *y = &((const tp_reject *)b)->place;
    return x->body != y->body ? (x->body > y->body) - (x->body < y->body)
                              : (x->record > y->record) - (x->record < y->record);
}

static void
test_add__keeps_the_first_by_place_in_any_order(void **state)
{
    (void)state;
    static const uint32_t STEP[] = {1, MORE - 1, 7919, 4999};
    for (size_t k = 0; k < TP_COUNT(STEP); k++) {
        tp_examples kept = {.most = MOST};
        offer(&kept, STEP[k]);
        assert_int_equal(kept.n, MOST);
        qsort(kept.at, kept.n, sizeof *kept.at, by_place);
        for (uint32_t i = 0; i < MOST; i++) {
            assert_int_equal(kept.at[i].place.body, i / 100);
            assert_int_equal(kept.at[i].place.record, i % 100);
        }
        tp_example_clear(&kept);
    }
}

/* Rejected records and odd values have room of their own; the result is one list by place. */
static void
test_end__both_lists_by_place(void **state)
{
    (void)state;
    tp_err err = {0};
    const tp_emit_rules rules = {.source = {"demo", 4}};
    tp_batch_builder *b = calloc(1, sizeof *b);
    b->rules = &rules;
    b->records.most = 2;
    b->values.most = 3;
    for (uint32_t i = 0; i < 5; i++) {
        tp_row_note(b, TP_PERSON, TP_REJ_TYPE, TP_ON_NULL, 1, (tp_place){.record = i});
        tp_row_note(b, TP_PERSON, TP_REJ_KEY, TP_ON_REJECT, -1, (tp_place){.record = 10 - i});
    }
    assert_tp_ok(tp_example_end(b, &err), &err);
    static const uint32_t RECORD[] = {0, 1, 2, 6, 7};
    assert_int_equal(b->batch.n_rejects, TP_COUNT(RECORD));
    for (size_t i = 0; i < TP_COUNT(RECORD); i++) {
        assert_int_equal(b->batch.reject[i].place.record, RECORD[i]);
    }
    assert_int_equal(b->reject_total[TP_REJ_TYPE], 5);
    assert_int_equal(b->reject_total[TP_REJ_KEY], 5);
    tp_batch_free(b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_add__keeps_the_first_by_place_in_any_order),
        cmocka_unit_test(test_end__both_lists_by_place),
    };
    return cmocka_run_group_tests_name("core/normalise/example", tests, NULL, NULL);
}
