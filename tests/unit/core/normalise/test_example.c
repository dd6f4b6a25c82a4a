/* Tests core/normalise/example.c: which rejects are kept does not depend on their order. */
#include "tests/support/tp_test.h"

#include "core/normalise/stage.h"

enum { MORE = TP_REJECT_EXAMPLES + 3000 };

/* Offers the rejects i * step mod MORE, for all i: each of 0 .. MORE-1 once. */
static void
offer(tp_batch_builder *b, uint32_t step)
{
    for (uint32_t i = 0; i < MORE; i++) {
        const uint32_t n = (uint32_t)((uint64_t)i * step % MORE);
        tp_example_add(b, &(tp_reject){.kind = TP_PERSON,
                                       .code = TP_REJ_TYPE,
                                       .field = 1,
                                       .place = {.body = n / 100, .record = n % 100}});
    }
    tp_example_end(b);
}

static void
test_add__keeps_the_first_by_place_in_any_order(void **state)
{
    (void)state;
    static const uint32_t STEP[] = {1, MORE - 1, 7919, 4999};
    tp_batch_builder *b = calloc(1, sizeof *b);
    b->reject = calloc(TP_REJECT_EXAMPLES, sizeof *b->reject);
    for (size_t k = 0; k < TP_COUNT(STEP); k++) {
        b->n_rejects = 0;
        offer(b, STEP[k]);
        assert_int_equal(b->n_rejects, TP_REJECT_EXAMPLES);
        for (uint32_t i = 0; i < TP_REJECT_EXAMPLES; i++) {
            assert_int_equal(b->reject[i].place.body, i / 100);
            assert_int_equal(b->reject[i].place.record, i % 100);
        }
    }
    free(b->reject);
    free(b);
}

static void
test_end__sorts_few(void **state)
{
    (void)state;
    tp_reject room[4];
    tp_batch_builder *b = calloc(1, sizeof *b);
    b->reject = room;
    for (uint32_t i = 0; i < 3; i++) {
        tp_example_add(b, &(tp_reject){.place = {.body = 2 - i, .record = i}});
    }
    tp_example_end(b);
    assert_int_equal(b->n_rejects, 3);
    assert_int_equal(room[0].place.body, 0);
    assert_int_equal(room[2].place.body, 2);
    free(b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_add__keeps_the_first_by_place_in_any_order),
        cmocka_unit_test(test_end__sorts_few),
    };
    return cmocka_run_group_tests_name("core/normalise/example", tests, NULL, NULL);
}
