/* Tests core/link on people who look like one another, each trap alone with a thousand copies:
 * nobody merged. */
#include "tests/harm/harm.h"

static void
test_twins__of_one_agency(void **state)
{
    (void)state;
    people_score sum;
    harm_trap(PEOPLE_TWINS, &sum);
    assert_int_equal(sum.group[0].merged, 0);
}

static void
test_namesakes__born_on_one_day(void **state)
{
    (void)state;
    people_score sum;
    harm_trap(PEOPLE_NAMESAKES, &sum);
    assert_int_equal(sum.group[0].merged, 0);
}

static void
test_parent_and_child__of_one_name(void **state)
{
    (void)state;
    people_score sum;
    harm_trap(PEOPLE_PARENT, &sum);
    assert_int_equal(sum.group[0].merged, 0);
}

static void
test_cohort__neighbours_in_nip(void **state)
{
    (void)state;
    people_score sum;
    harm_trap(PEOPLE_COHORT, &sum);
    assert_int_equal(sum.group[0].merged, 0);
}

static void
test_registry__stranger_like_an_official(void **state)
{
    (void)state;
    people_score sum;
    harm_trap(PEOPLE_REGISTRY, &sum);
    assert_int_equal(sum.group[0].merged, 0);
}

static void
test_copied_nip__of_a_colleague(void **state)
{
    (void)state;
    people_score sum;
    harm_trap(PEOPLE_COPIED_NIP, &sum);
    assert_int_equal(sum.group[0].merged, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_twins__of_one_agency),
        cmocka_unit_test(test_namesakes__born_on_one_day),
        cmocka_unit_test(test_parent_and_child__of_one_name),
        cmocka_unit_test(test_cohort__neighbours_in_nip),
        cmocka_unit_test(test_registry__stranger_like_an_official),
        cmocka_unit_test(test_copied_nip__of_a_colleague),
    };
    return cmocka_run_group_tests_name("harm/look_alikes", tests, NULL, NULL);
}
