/* Tests core/link on names that are short, doubled, cut, glued or full of titles, each trap alone
 * with a thousand copies. */
#include "tests/harm/harm.h"

static void
test_single_name__many_bear_it(void **state)
{
    (void)state;
    people_score sum;
    harm_trap(PEOPLE_SINGLE, &sum);
    assert_int_equal(sum.group[0].merged, 0);
}

static void
test_single_name__written_twice(void **state)
{
    (void)state;
    people_score sum;
    harm_trap(PEOPLE_DOUBLED, &sum);
    assert_int_equal(sum.group[0].merged, 0);
}

static void
test_birth_order_name__many_bear_it(void **state)
{
    (void)state;
    people_score sum;
    harm_trap(PEOPLE_BALI, &sum);
    assert_int_equal(sum.group[0].merged, 0);
}

static void
test_tokens__glued_or_split(void **state)
{
    (void)state;
    people_score sum;
    harm_trap(PEOPLE_GLUED, &sum);
    assert_int_equal(sum.group[0].merged, 0);
}

static void
test_titles__inside_the_name(void **state)
{
    (void)state;
    people_score sum;
    harm_trap(PEOPLE_TITLES, &sum);
    assert_int_equal(sum.group[0].merged, 0);
}

static void
test_long_name__cut_at_thirty_letters(void **state)
{
    (void)state;
    people_score sum;
    harm_trap(PEOPLE_CUT, &sum);
    assert_int_equal(sum.group[0].merged, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_single_name__many_bear_it),
        cmocka_unit_test(test_single_name__written_twice),
        cmocka_unit_test(test_birth_order_name__many_bear_it),
        cmocka_unit_test(test_tokens__glued_or_split),
        cmocka_unit_test(test_titles__inside_the_name),
        cmocka_unit_test(test_long_name__cut_at_thirty_letters),
    };
    return cmocka_run_group_tests_name("harm/names", tests, NULL, NULL);
}
