/* Tests core/link/nipdiff.c: the difference table of linkage-design 3.1, and dates. */
#include "tests/support/tp_test.h"

#include "talent/base/day.h"
#include "talent/core/link.h"

#define NIP UINT64_C(198503122010011004)

static void
test_nip__table_of_differences(void **state)
{
    static const struct {
        uint64_t other;
        int cls;
        tp_level_nip want;
    } CASE[] = {
        {NIP, TP_NIP_GOOD, TP_LV_NIP_EQUAL},
        {UINT64_C(198503122010011005), TP_NIP_GOOD, TP_LV_NIP_SERIAL},
        {UINT64_C(198503122010011123), TP_NIP_GOOD, TP_LV_NIP_SERIAL},
        {UINT64_C(198503142010011004), TP_NIP_GOOD, TP_LV_NIP_CORRECTED},
        {UINT64_C(198603152010011004), TP_NIP_GOOD, TP_LV_NIP_CORRECTED},
        {UINT64_C(198503122015031004), TP_NIP_GOOD, TP_LV_NIP_NEUTRAL},
        {UINT64_C(198503122022211004), TP_NIP_GOOD, TP_LV_NIP_NEUTRAL},
        {UINT64_C(198503122010012004), TP_NIP_GOOD, TP_LV_NIP_NEAR},     /* digit 15 */
        {UINT64_C(198503122010010104), TP_NIP_DAMAGED, TP_LV_NIP_NEAR},  /* 15, 16 exchanged */
        {UINT64_C(19850312201001100), TP_NIP_DAMAGED, TP_LV_NIP_NEAR},   /* a digit short */
        {UINT64_C(1985031220100110040), TP_NIP_DAMAGED, TP_LV_NIP_NEAR}, /* a digit more */
        {UINT64_C(198503122010911004), TP_NIP_DAMAGED, TP_LV_NIP_NEAR},
        {UINT64_C(198593122010911004), TP_NIP_DAMAGED, TP_LV_NIP_UNKNOWN}, /* never against */
        {UINT64_C(197207241998031002), TP_NIP_GOOD, TP_LV_NIP_DIFFERENT},
        {UINT64_C(198511122010011005), TP_NIP_GOOD, TP_LV_NIP_DIFFERENT},
        {0, TP_NIP_GOOD, TP_LV_NIP_UNKNOWN},
        {UINT64_C(111111111), TP_NIP_JUNK, TP_LV_NIP_UNKNOWN},
    };
    (void)state;
    for (size_t i = 0; i < TP_COUNT(CASE); i++) {
        const tp_level_nip there = tp_link_nip_diff(NIP, TP_NIP_GOOD, CASE[i].other, CASE[i].cls);
        const tp_level_nip back = tp_link_nip_diff(CASE[i].other, CASE[i].cls, NIP, TP_NIP_GOOD);
        if (there != CASE[i].want || back != CASE[i].want) {
            fail_msg("case %zu gives %d and %d, not %d", i, (int)there, (int)back,
                     (int)CASE[i].want);
        }
    }
}

static void
test_date__levels(void **state)
{
    (void)state;
    const int32_t day = tp_day_of(1985, 3, 12);
    assert_int_equal(tp_link_date_diff(day, day), TP_LV_DATE_EQUAL);
    assert_int_equal(tp_link_date_diff(day, tp_day_of(1985, 12, 3)), TP_LV_DATE_SWAPPED);
    assert_int_equal(tp_link_date_diff(day, tp_day_of(1985, 3, 13)), TP_LV_DATE_ONE_DIGIT);
    assert_int_equal(tp_link_date_diff(day, tp_day_of(1958, 3, 12)), TP_LV_DATE_ONE_DIGIT);
    assert_int_equal(tp_link_date_diff(day, tp_day_of(1985, 7, 24)), TP_LV_DATE_YEAR);
    assert_int_equal(tp_link_date_diff(day, tp_day_of(1972, 7, 24)), TP_LV_DATE_DIFFERENT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nip__table_of_differences),
        cmocka_unit_test(test_date__levels),
    };
    return cmocka_run_group_tests_name("core/link/nipdiff", tests, NULL, NULL);
}
