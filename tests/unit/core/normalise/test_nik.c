/* Tests core/normalise/nik.c. All numbers are invented. */
#include "tests/support/tp_test.h"

#include "talent/core/nip.h"

static const uint8_t KEY[32] = {1, 2, 3};
static const uint8_t OTHER_KEY[32] = {3, 2, 1};

static tp_nik
sketch(const char *text)
{
    return tp_nik_sketch(tp_str_of(text), KEY);
}

static void
test_sketch__facts_of_a_woman(void **state)
{
    (void)state;
    const tp_nik nik = sketch("3305015503700001");
    assert_true(nik.present);
    assert_true(tp_nik_valid(nik.facts));
    assert_int_equal(tp_nik_sex(nik.facts), TP_SEX_FEMALE);
    assert_int_equal(tp_nik_day_of_year(nik.facts), 31 + 29 + 15);
    assert_int_equal(tp_nik_year(nik.facts), 70);
    assert_int_equal(tp_nik_province(nik.facts), 33);
}

/* Every province and day keeps its place in the packed facts. */
static void
test_sketch__facts_hold_the_largest_values(void **state)
{
    (void)state;
    const tp_nik nik = sketch("9605013112990001");
    assert_int_equal(tp_nik_day_of_year(nik.facts), 366);
    assert_int_equal(tp_nik_year(nik.facts), 99);
    assert_int_equal(tp_nik_province(nik.facts), 96);
    assert_int_equal(tp_nik_sex(nik.facts), TP_SEX_MALE);
}

static void
test_sketch__spelling_makes_no_difference(void **state)
{
    (void)state;
    assert_true(sketch("3305 0155 0370 0001").whole == sketch("'3305015503700001").whole);
}

static void
test_sketch__not_a_number_is_absent(void **state)
{
    static const char *const BAD[] = {"",
                                      "330501550370000",
                                      "33050155037000012",
                                      "33050155O3700001",
                                      "0000000000000000",
                                      "1234567890123456",
                                      "3300000000000000"};
    (void)state;
    for (size_t i = 0; i < TP_COUNT(BAD); i++) {
        assert_false(sketch(BAD[i]).present);
    }
}

static void
test_sketch__impossible_parts_are_kept_but_not_valid(void **state)
{
    static const char *const BAD[] = {"3305013213700001", "3305015513700001", "3305015503700000",
                                      "0905015503700001", "3300015503700001"};
    (void)state;
    for (size_t i = 0; i < TP_COUNT(BAD); i++) {
        const tp_nik nik = sketch(BAD[i]);
        assert_true(nik.present);
        assert_false(tp_nik_valid(nik.facts));
    }
}

/* Twins: same region and date, other serial. Equal parts have equal bits, whatever the whole. */
static void
test_sketch__parts_compare_apart(void **state)
{
    (void)state;
    const tp_nik a = sketch("3305011503700001");
    const tp_nik b = sketch("3305011503700002");
    assert_true(a.whole != b.whole);
    assert_true(a.parts >> 16 == b.parts >> 16);
    assert_true((a.parts & 0xffff) != (b.parts & 0xffff));
    const tp_nik c = sketch("3306011503700001");
    assert_true((a.parts & 0xffffffffff) == (c.parts & 0xffffffffff));
    assert_true(a.parts >> 40 != c.parts >> 40);
}

static void
test_sketch__depends_on_the_key(void **state)
{
    (void)state;
    const tp_nik a = sketch("3305011503700001");
    const tp_nik b = tp_nik_sketch(TP_STR("3305011503700001"), OTHER_KEY);
    assert_true(a.whole != b.whole && a.parts != b.parts);
    assert_int_equal(a.facts, b.facts);
}

static void
test_id_hash__labels_keep_equal_digits_apart(void **state)
{
    (void)state;
    assert_true(tp_id_hash("nip_old", TP_STR("131234567"), KEY) !=
                tp_id_hash("nrp", TP_STR("131234567"), KEY));
}

static void
test_siasn_hash__dashes_and_case_do_not_count(void **state)
{
    (void)state;
    const uint64_t h = tp_siasn_hash(TP_STR("8ae4828947fbda2a0148103d95450903"));
    assert_true(h != 0);
    assert_true(h == tp_siasn_hash(TP_STR("8AE48289-47FB-DA2A-0148-103D95450903")));
    assert_true(tp_siasn_hash(TP_STR("8ae4828947fbda2a0148103d9545090")) == 0);
    assert_true(tp_siasn_hash(TP_STR("xae4828947fbda2a0148103d95450903")) == 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sketch__facts_of_a_woman),
        cmocka_unit_test(test_sketch__facts_hold_the_largest_values),
        cmocka_unit_test(test_sketch__spelling_makes_no_difference),
        cmocka_unit_test(test_sketch__not_a_number_is_absent),
        cmocka_unit_test(test_sketch__impossible_parts_are_kept_but_not_valid),
        cmocka_unit_test(test_sketch__parts_compare_apart),
        cmocka_unit_test(test_sketch__depends_on_the_key),
        cmocka_unit_test(test_id_hash__labels_keep_equal_digits_apart),
        cmocka_unit_test(test_siasn_hash__dashes_and_case_do_not_count),
    };
    return cmocka_run_group_tests_name("core/normalise/nik", tests, NULL, NULL);
}
