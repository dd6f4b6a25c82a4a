/* Tests core/normalise/nip.c. All numbers are invented. */
#include "tests/support/tp_test.h"

#include "talent/base/day.h"
#include "talent/core/nip.h"

typedef struct row {
    const char *text;
    tp_nip_class cls;
    tp_nip_fault fault;
} row;

/* The table of reference-facts 1.2, one or more lines for each check. */
static void
test_parse__every_class_and_fault(void **state)
{
    static const row ROW[] = {
        {"197003151995032001", TP_NIP_GOOD, TP_NIP_FINE},
        {"19700315 199503 2 001", TP_NIP_GOOD, TP_NIP_FINE},
        {"'197003151995032001", TP_NIP_GOOD, TP_NIP_FINE},
        {"19700315-199503.2.001", TP_NIP_GOOD, TP_NIP_FINE},
        {"19700315\xc2\xa0"
         "199503\xc2\xa0"
         "2001",
         TP_NIP_GOOD, TP_NIP_FINE},
        {"198503152019212004", TP_NIP_GOOD, TP_NIP_FINE},
        {"", TP_NIP_JUNK, TP_NIP_EMPTY},
        {"  ", TP_NIP_JUNK, TP_NIP_EMPTY},
        {"1.97003E+17", TP_NIP_JUNK, TP_NIP_SCIENTIFIC},
        {"1,97003e17", TP_NIP_JUNK, TP_NIP_SCIENTIFIC},
        {"belum ada", TP_NIP_JUNK, TP_NIP_LETTERS},
        {"111111111111111111", TP_NIP_JUNK, TP_NIP_PLACEHOLDER},
        {"123456789012345678", TP_NIP_JUNK, TP_NIP_PLACEHOLDER},
        {"987654321098765432", TP_NIP_JUNK, TP_NIP_PLACEHOLDER},
        {"1970031", TP_NIP_JUNK, TP_NIP_LENGTH},
        {"1970031519950", TP_NIP_JUNK, TP_NIP_LENGTH},
        {"19700315199503200112", TP_NIP_JUNK, TP_NIP_LENGTH},
        {"131234567", TP_NIP_OLD, TP_NIP_FINE},
        {"78091234", TP_NIP_SERVICE, TP_NIP_FINE},
        {"19700315199503200", TP_NIP_DAMAGED, TP_NIP_LENGTH},
        {"1970031519950320012", TP_NIP_DAMAGED, TP_NIP_LENGTH},
        {"190001011925011999", TP_NIP_DAMAGED, TP_NIP_BIRTH},
        {"197002301995031001", TP_NIP_DAMAGED, TP_NIP_BIRTH},
        {"197003151995132001", TP_NIP_DAMAGED, TP_NIP_APPOINTED},
        {"197003151985032001", TP_NIP_DAMAGED, TP_NIP_APPOINTED},
        {"197003151995033001", TP_NIP_DAMAGED, TP_NIP_SEX},
        {"197003151995032000", TP_NIP_DAMAGED, TP_NIP_SERIAL},
    };
    (void)state;
    for (size_t i = 0; i < TP_COUNT(ROW); i++) {
        const tp_nip nip = tp_nip_parse(tp_str_of(ROW[i].text));
        if (nip.cls != ROW[i].cls || nip.fault != ROW[i].fault) {
            print_error("row %zu: class %d fault %d\n", i, nip.cls, nip.fault);
        }
        assert_int_equal(nip.cls, ROW[i].cls);
        assert_int_equal(nip.fault, ROW[i].fault);
    }
}

static void
test_parse__parts_of_a_pns_number(void **state)
{
    (void)state;
    const tp_nip nip = tp_nip_parse(TP_STR("197003151995032017"));
    assert_int_equal(nip.birth_day, tp_day_of(1970, 3, 15));
    assert_int_equal(nip.appointed_day, tp_day_of(1995, 3, 1));
    assert_int_equal(nip.sex, TP_SEX_FEMALE);
    assert_false(nip.pppk);
    assert_int_equal(nip.serial, 17);
    assert_true(nip.number == UINT64_C(197003151995032017));
}

static void
test_parse__parts_of_a_pppk_number(void **state)
{
    (void)state;
    const tp_nip nip = tp_nip_parse(TP_STR("198503152019231004"));
    assert_true(nip.pppk);
    assert_int_equal(nip.appointment, 3);
    assert_int_equal(nip.sex, TP_SEX_MALE);
}

/* Appointed in the very month of the 18th birthday is old enough; a month earlier is not. */
static void
test_parse__eighteen_at_appointment(void **state)
{
    (void)state;
    assert_int_equal(tp_nip_parse(TP_STR("198003151998032001")).cls, TP_NIP_GOOD);
    assert_int_equal(tp_nip_parse(TP_STR("198003151998022001")).cls, TP_NIP_DAMAGED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse__every_class_and_fault),
        cmocka_unit_test(test_parse__parts_of_a_pns_number),
        cmocka_unit_test(test_parse__parts_of_a_pppk_number),
        cmocka_unit_test(test_parse__eighteen_at_appointment),
    };
    return cmocka_run_group_tests_name("core/normalise/nip", tests, NULL, NULL);
}
