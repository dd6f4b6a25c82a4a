/* Tests core/base/str.c and core/base/day.c. */
#include "tests/support/tp_test.h"

#include "talent/base/day.h"

static void
test_views__compare_trim_find(void **state)
{
    (void)state;
    assert_true(tp_str_cmp(TP_STR("a"), TP_STR("ab")) < 0);
    assert_true(tp_str_cmp(TP_STR("b"), TP_STR("ab")) > 0);
    assert_true(tp_str_cmp(TP_STR("\xc3"), TP_STR("z")) > 0); /* bytes are unsigned */
    assert_int_equal(tp_str_cmp(TP_STR(""), TP_STR_NONE), 0);
    assert_true(tp_str_starts(TP_STR("abc"), TP_STR("ab")));
    assert_false(tp_str_starts(TP_STR("a"), TP_STR("ab")));
    assert_true(tp_str_ends(TP_STR("abc"), TP_STR("bc")));
    assert_true(tp_str_ieq(TP_STR("Ab"), TP_STR("aB")));
    assert_tp_str(tp_str_trim(TP_STR(" \t a b\r\n")), "a b");
    assert_tp_str(tp_str_trim(TP_STR("  ")), "");
    assert_tp_str(tp_str_sub(TP_STR("abc"), 1, 9), "bc");
    assert_tp_str(tp_str_sub(TP_STR("abc"), 7, 1), "");
    assert_int_equal(tp_str_find(TP_STR("aab"), TP_STR("ab")), 1);
    assert_int_equal(tp_str_find(TP_STR("aab"), TP_STR("ba")), SIZE_MAX);
}

static void
test_next__empty_pieces_count(void **state)
{
    (void)state;
    tp_str rest = TP_STR("a||b");
    tp_str piece;
    assert_true(tp_str_next(&rest, '|', &piece));
    assert_tp_str(piece, "a");
    assert_true(tp_str_next(&rest, '|', &piece));
    assert_tp_str(piece, "");
    assert_true(tp_str_next(&rest, '|', &piece));
    assert_tp_str(piece, "b");
    assert_false(tp_str_next(&rest, '|', &piece));
    rest = TP_STR("");
    assert_true(tp_str_next(&rest, '|', &piece));
    assert_false(tp_str_next(&rest, '|', &piece));
}

static void
test_numbers__whole_text_or_nothing(void **state)
{
    (void)state;
    int64_t n = 0;
    uint64_t u = 0;
    assert_true(tp_str_to_i64(TP_STR("-9223372036854775808"), &n) && n == INT64_MIN);
    assert_false(tp_str_to_i64(TP_STR("9223372036854775808"), &n));
    assert_true(tp_str_to_u64(TP_STR("18446744073709551615"), &u) && u == UINT64_MAX);
    assert_false(tp_str_to_u64(TP_STR("18446744073709551616"), &u));
    assert_false(tp_str_to_i64(TP_STR(""), &n));
    assert_false(tp_str_to_i64(TP_STR("-"), &n));
    assert_false(tp_str_to_i64(TP_STR("1 "), &n));
    assert_false(tp_str_to_u64(TP_STR("-1"), &u));
    assert_true(tp_str_to_scaled(TP_STR("3,5"), ',', 2, &n) && n == 350);
    assert_true(tp_str_to_scaled(TP_STR("-0.005"), '.', 2, &n) && n == -1);
    assert_true(tp_str_to_scaled(TP_STR("1.2349"), '.', 2, &n) && n == 123);
    assert_true(tp_str_to_scaled(TP_STR("7"), '.', 2, &n) && n == 700);
    assert_false(tp_str_to_scaled(TP_STR("3."), '.', 2, &n));
    assert_false(tp_str_to_scaled(TP_STR("3.5"), ',', 2, &n));
    assert_false(tp_str_to_scaled(TP_STR("1e3"), '.', 2, &n));
}

static void
test_utf8__stops_before_the_first_fault(void **state)
{
    (void)state;
    assert_int_equal(tp_utf8_valid(TP_STR("plain text, longer than eight")), 29);
    assert_int_equal(tp_utf8_valid(TP_STR("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80")), 9);
    assert_int_equal(tp_utf8_valid(TP_STR("ab\xc0\xaf")), 2);         /* overlong */
    assert_int_equal(tp_utf8_valid(TP_STR("ab\xed\xa0\x80")), 2);     /* surrogate */
    assert_int_equal(tp_utf8_valid(TP_STR("ab\xf4\x90\x80\x80")), 2); /* above U+10FFFF */
    assert_int_equal(tp_utf8_valid(TP_STR("ab\xe2\x82")), 2);         /* cut */
}

static void
test_day__there_and_back(void **state)
{
    (void)state;
    char text[TP_DAY_TEXT];
    int32_t day = 0;
    assert_int_equal(tp_day_of(1970, 1, 1), 0);
    assert_int_equal(tp_day_of(2000, 3, 1), 11017);
    for (int32_t d = tp_day_of(1890, 1, 1); d < tp_day_of(2110, 1, 1); d++) {
        const tp_ymd ymd = tp_day_split(d);
        assert_true(tp_day_valid(ymd.year, ymd.month, ymd.day));
        assert_int_equal(tp_day_of(ymd.year, ymd.month, ymd.day), d);
    }
    assert_true(tp_day_parse_iso(TP_STR("2024-02-29"), &day));
    tp_day_format(day, text);
    assert_string_equal(text, "2024-02-29");
    assert_false(tp_day_parse_iso(TP_STR("2023-02-29"), &day));
    assert_false(tp_day_parse_iso(TP_STR("2024-2-29"), &day));
    assert_false(tp_day_valid(1900, 2, 29));
    assert_false(tp_day_valid(0, 1, 1));
}

static void
test_day__months_and_years_are_clamped(void **state)
{
    (void)state;
    assert_int_equal(tp_day_add_months(tp_day_of(2023, 8, 31), 6), tp_day_of(2024, 2, 29));
    assert_int_equal(tp_day_add_months(tp_day_of(2024, 3, 31), -1), tp_day_of(2024, 2, 29));
    assert_int_equal(tp_day_add_years(tp_day_of(2024, 2, 29), 1), tp_day_of(2025, 2, 28));
    assert_int_equal(tp_day_months_between(tp_day_of(2020, 1, 15), tp_day_of(2021, 1, 14)), 11);
    assert_int_equal(tp_day_months_between(tp_day_of(2020, 1, 15), tp_day_of(2021, 1, 15)), 12);
    assert_int_equal(tp_day_months_between(tp_day_of(2021, 1, 15), tp_day_of(2020, 1, 15)), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_views__compare_trim_find),
        cmocka_unit_test(test_next__empty_pieces_count),
        cmocka_unit_test(test_numbers__whole_text_or_nothing),
        cmocka_unit_test(test_utf8__stops_before_the_first_fault),
        cmocka_unit_test(test_day__there_and_back),
        cmocka_unit_test(test_day__months_and_years_are_clamped),
    };
    return cmocka_run_group_tests_name("core/base/str", tests, NULL, NULL);
}
