/* Tests core/link on agencies that move, or send a file twice or another's, each trap alone with a
 * thousand copies. */
#include "tests/harm/harm.h"

static void
test_agency__people_moved_overnight(void **state)
{
    (void)state;
    people_score sum;
    harm_trap(PEOPLE_MOVED, &sum);
    assert_int_equal(sum.group[0].merged, 0);
}

static void
test_agency__roster_sent_twice(void **state)
{
    (void)state;
    people_score sum;
    harm_trap(PEOPLE_TWICE, &sum);
    assert_int_equal(sum.group[0].merged, 0);
}

static void
test_agency__another_agencys_file(void **state)
{
    (void)state;
    people_score sum;
    harm_trap(PEOPLE_FOREIGN, &sum);
    assert_int_equal(sum.group[0].merged, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agency__people_moved_overnight),
        cmocka_unit_test(test_agency__roster_sent_twice),
        cmocka_unit_test(test_agency__another_agencys_file),
    };
    return cmocka_run_group_tests_name("harm/offices", tests, NULL, NULL);
}
