/* Tests core/link on wrong and missing numbers, each trap alone with a thousand copies: nobody
 * merged. */
#include "tests/harm/harm.h"

static void
test_shared_nip__given_to_two(void **state)
{
    (void)state;
    people_score sum;
    harm_trap(PEOPLE_SHARED_NIP, &sum);
    assert_int_equal(sum.group[0].merged, 0);
}

static void
test_spouse_nik__in_some_feeds(void **state)
{
    (void)state;
    people_score sum;
    harm_trap(PEOPLE_SPOUSE_NIK, &sum);
    assert_int_equal(sum.group[0].merged, 0);
}

static void
test_line_slip__one_column_one_row_off(void **state)
{
    (void)state;
    people_score sum;
    harm_trap(PEOPLE_SLIP, &sum);
    assert_int_equal(sum.group[0].merged, 0);
}

static void
test_made_up_number__that_no_list_knows(void **state)
{
    (void)state;
    people_score sum;
    harm_trap(PEOPLE_PLACEHOLDER, &sum);
    assert_int_equal(sum.group[0].merged, 0);
}

static void
test_old_nip__alone(void **state)
{
    (void)state;
    people_score sum;
    harm_trap(PEOPLE_OLD_ONLY, &sum);
    assert_int_equal(sum.group[0].merged, 0);
}

static void
test_no_nik__in_an_agency(void **state)
{
    (void)state;
    people_score sum;
    harm_trap(PEOPLE_NO_NIK, &sum);
    assert_int_equal(sum.group[0].merged, 0);
}

static void
test_new_nip__pppk_who_became_pns(void **state)
{
    (void)state;
    people_score sum;
    harm_trap(PEOPLE_PPPK_TO_PNS, &sum);
    assert_int_equal(sum.group[0].merged, 0);
}

static void
test_new_nip__birth_date_corrected(void **state)
{
    (void)state;
    people_score sum;
    harm_trap(PEOPLE_DATE_FIXED, &sum);
    assert_int_equal(sum.group[0].merged, 0);
}

static void
test_first_of_january__everybody_of_an_agency(void **state)
{
    (void)state;
    people_score sum;
    harm_trap(PEOPLE_JANUARY, &sum);
    assert_int_equal(sum.group[0].merged, 0);
}

static void
test_birth_date__one_day_early_in_a_feed(void **state)
{
    (void)state;
    people_score sum;
    harm_trap(PEOPLE_DAY_OFF, &sum);
    assert_int_equal(sum.group[0].merged, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shared_nip__given_to_two),
        cmocka_unit_test(test_spouse_nik__in_some_feeds),
        cmocka_unit_test(test_line_slip__one_column_one_row_off),
        cmocka_unit_test(test_made_up_number__that_no_list_knows),
        cmocka_unit_test(test_old_nip__alone),
        cmocka_unit_test(test_no_nik__in_an_agency),
        cmocka_unit_test(test_new_nip__pppk_who_became_pns),
        cmocka_unit_test(test_new_nip__birth_date_corrected),
        cmocka_unit_test(test_first_of_january__everybody_of_an_agency),
        cmocka_unit_test(test_birth_date__one_day_early_in_a_feed),
    };
    return cmocka_run_group_tests_name("harm/numbers", tests, NULL, NULL);
}
