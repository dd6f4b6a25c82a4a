/* Tests core/normalise/date.c. */
#include "tests/support/tp_test.h"

#include "core/normalise/pipe.h"
#include "talent/base/day.h"

static const int64_t NO_PIVOT = -1;

static void
test_date_parse__formats_of_the_feeds(void **state)
{
    static const struct {
        const char *text;
        const char *format;
        int y, m, d;
    } ROW[] = {
        {"15-03-1970", "dd-mm-yyyy", 1970, 3, 15},
        {"15/03/1970", "dd/mm/yyyy", 1970, 3, 15},
        {"1970-03-15", "yyyy-mm-dd", 1970, 3, 15},
        {"19700315", "yyyymmdd", 1970, 3, 15},
        {"5-3-1970", "d-m-yyyy", 1970, 3, 5},
        {" 15-03-1970 ", "dd-mm-yyyy", 1970, 3, 15},
        {"14 Januari 2022", "d monthname yyyy", 2022, 1, 14},
        {"1 PEBRUARI 2022", "d monthname yyyy", 2022, 2, 1},
        {"7 Agt 2022", "d monthname yyyy", 2022, 8, 7},
        {"7 Nopember 2022", "d monthname yyyy", 2022, 11, 7},
        {"31 Des. 2022", "d monthname yyyy", 2022, 12, 31},
        {"Maret 2022", "monthname yyyy", 2022, 3, 1},
        {"03-2022", "mm-yyyy", 2022, 3, 1},
        {"29-02-2020", "dd-mm-yyyy", 2020, 2, 29},
        {"2022-03-15T10:00:00Z", "iso", 2022, 3, 15},
        {"2022-03-15 10:00:00", "iso", 2022, 3, 15},
    };
    (void)state;
    for (size_t i = 0; i < TP_COUNT(ROW); i++) {
        int32_t day = 0;
        if (!tp_date_parse(tp_str_of(ROW[i].text), tp_str_of(ROW[i].format), NO_PIVOT, &day)) {
            print_error("row %zu was refused\n", i);
            fail();
        }
        assert_int_equal(day, tp_day_of(ROW[i].y, ROW[i].m, ROW[i].d));
    }
}

static void
test_date_parse__refusals(void **state)
{
    static const struct {
        const char *text;
        const char *format;
    } ROW[] = {
        {"31-02-2020", "dd-mm-yyyy"},
        {"29-02-2019", "dd-mm-yyyy"},
        {"1-03-1970", "dd-mm-yyyy"},
        {"15-03-70", "dd-mm-yyyy"},
        {"15-03-1970x", "dd-mm-yyyy"},
        {"15/03/1970", "dd-mm-yyyy"},
        {"", "dd-mm-yyyy"},
        {"00-00-0000", "dd-mm-yyyy"},
        {"14 Foo 2022", "d monthname yyyy"},
        {"2022-03-15T10:00:00Z", "yyyy-mm-dd"},
        {"15-03-70", "dd-mm-yy"},
    };
    int32_t day;
    (void)state;
    for (size_t i = 0; i < TP_COUNT(ROW); i++) {
        assert_false(
            tp_date_parse(tp_str_of(ROW[i].text), tp_str_of(ROW[i].format), NO_PIVOT, &day));
    }
}

static void
test_date_parse__two_digit_years_by_the_pivot(void **state)
{
    int32_t day;
    (void)state;
    assert_true(tp_date_parse(TP_STR("15-03-30"), TP_STR("dd-mm-yy"), 30, &day));
    assert_int_equal(day, tp_day_of(2030, 3, 15));
    assert_true(tp_date_parse(TP_STR("15-03-31"), TP_STR("dd-mm-yy"), 30, &day));
    assert_int_equal(day, tp_day_of(1931, 3, 15));
}

static void
test_time_parse__zones(void **state)
{
    static const struct {
        const char *text;
        const char *format;
        int64_t zone;
        int64_t want;
    } ROW[] = {
        {"1970-01-02T00:00:00Z", "iso", 420, 86400},
        {"1970-01-02T07:00:00+07:00", "iso", 0, 86400},
        {"1970-01-02T07:00:00+0700", "iso", 0, 86400},
        {"1970-01-02 07:00:00", "yyyy-mm-dd hh:mm:ss", 420, 86400},
        {"02-01-1970 07:00", "dd-mm-yyyy hh:mm", 420, 86400},
        {"1970-01-02T00:00:00.250Z", "iso", 0, 86400},
        {"1970-01-02", "iso", 0, 86400},
    };
    int64_t at;
    (void)state;
    for (size_t i = 0; i < TP_COUNT(ROW); i++) {
        assert_true(
            tp_time_parse(tp_str_of(ROW[i].text), tp_str_of(ROW[i].format), ROW[i].zone, &at));
        assert_true(at == ROW[i].want);
    }
    assert_false(tp_time_parse(TP_STR("1970-01-02T24:00:00Z"), TP_STR("iso"), 0, &at));
    assert_false(tp_time_parse(TP_STR("1970-01-02T10"), TP_STR("iso"), 0, &at));
    assert_false(tp_time_parse(TP_STR("1970-02-30T10:00:00Z"), TP_STR("iso"), 0, &at));
}

static void
test_date_format_known__words(void **state)
{
    bool two;
    (void)state;
    assert_true(tp_date_format_known(TP_STR("dd-mm-yyyy"), &two) && !two);
    assert_true(tp_date_format_known(TP_STR("dd/mm/yy"), &two) && two);
    assert_true(tp_date_format_known(TP_STR("d monthname yyyy"), &two) && !two);
    assert_false(tp_date_format_known(TP_STR("dd-mm"), &two));
    assert_false(tp_date_format_known(TP_STR("tt-bb-yyyy"), &two));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_date_parse__formats_of_the_feeds),
        cmocka_unit_test(test_date_parse__refusals),
        cmocka_unit_test(test_date_parse__two_digit_years_by_the_pivot),
        cmocka_unit_test(test_time_parse__zones),
        cmocka_unit_test(test_date_format_known__words),
    };
    return cmocka_run_group_tests_name("core/normalise/date", tests, NULL, NULL);
}
