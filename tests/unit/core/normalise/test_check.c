/* Tests core/normalise/check.c. */
#include "tests/support/tp_test.h"

#include "core/normalise/pipe.h"
#include "talent/base/day.h"

static tp_arena arena;
static tp_value values[3];
static tp_pipe pipe = {.value = values, .arena = &arena, .night = TP_DAY_ALWAYS};

static tp_reject_code
check(tp_field_check c, tp_value v)
{
    const tp_field_rule rule = {.n_checks = 1, .check = &c};
    uint8_t severity = 0;
    return tp_check_field(&pipe, &rule, &v, &severity);
}

static tp_value
number(int64_t n)
{
    return (tp_value){.kind = TP_V_NUMBER, .fault = TP_REJ_COUNT, .num = n * TP_NUMBER_UNIT};
}

static tp_value
day(int y, int m, int d)
{
    return (tp_value){.kind = TP_V_DAY, .fault = TP_REJ_COUNT, .num = tp_day_of(y, m, d)};
}

static void
test_field__each_check(void **state)
{
    static const tp_str LIST[] = {{"2018", 4}, {"2025", 4}};
    (void)state;
    assert_int_equal(check((tp_field_check){.op = TP_CHECK_IN, .list = LIST, .n = 2}, number(2018)),
                     TP_REJ_COUNT);
    assert_int_equal(check((tp_field_check){.op = TP_CHECK_IN, .list = LIST, .n = 2}, number(2019)),
                     TP_REJ_LIST);
    const tp_field_check range = {.op = TP_CHECK_RANGE, .low = 0, .high = 5 * TP_NUMBER_UNIT};
    assert_int_equal(check(range, number(5)), TP_REJ_COUNT);
    assert_int_equal(check(range, number(6)), TP_REJ_RANGE);
    assert_int_equal(check(range, tp_value_text(TP_STR("3.5"))), TP_REJ_COUNT);
    assert_int_equal(check(range, tp_value_text(TP_STR("x"))), TP_REJ_RANGE);
    const tp_field_check days = {
        .op = TP_CHECK_RANGE, .low = tp_day_of(1940, 1, 1), .high = tp_day_of(2008, 12, 31)};
    assert_int_equal(check(days, day(2008, 12, 31)), TP_REJ_COUNT);
    assert_int_equal(check(days, day(2009, 1, 1)), TP_REJ_RANGE);
    const tp_field_check form = {.op = TP_CHECK_FORM, .text = TP_STR("99.99")};
    assert_int_equal(check(form, tp_value_text(TP_STR("11.10"))), TP_REJ_COUNT);
    assert_int_equal(check(form, tp_value_text(TP_STR("11.1"))), TP_REJ_FORM);
    const tp_field_check length = {.op = TP_CHECK_LENGTH, .low = 2, .high = 3};
    assert_int_equal(check(length, tp_value_text(TP_STR("\xc3\xa9\xc3\xa9\xc3\xa9"))),
                     TP_REJ_COUNT);
    assert_int_equal(check(length, tp_value_text(TP_STR("abcd"))), TP_REJ_FORM);
}

/* Q17: an answer that speaks of somebody else, however either number is written. */
static void
test_field__same_as_what_was_asked_for(void **state)
{
    const tp_field_check same = {.op = TP_CHECK_SAME_AS_KEY};
    tp_value v = {.kind = TP_V_NIP,
                  .fault = TP_REJ_COUNT,
                  .nip = tp_nip_parse(TP_STR("19700315 199503 2 001"))};
    (void)state;
    v.num = (int64_t)v.nip.number;
    pipe.request_key = TP_STR("197003151995032001");
    assert_int_equal(check(same, v), TP_REJ_COUNT);
    pipe.request_key = TP_STR("197003151995032002");
    assert_int_equal(check(same, v), TP_REJ_OTHER_KEY);
    pipe.request_key = TP_STR_NONE;
    assert_int_equal(check(same, v), TP_REJ_COUNT);
}

static tp_rule_item
compare(tp_rule_op op, int left, int right)
{
    return (tp_rule_item){.op = op,
                          .left = {.kind = TP_OPERAND_FIELD, .field = (int16_t)left},
                          .right = {.kind = TP_OPERAND_FIELD, .field = (int16_t)right}};
}

/* a <= b or not present b: false only when both are known and out of order. */
static void
test_record__unknown_is_not_false(void **state)
{
    tp_record_rule rule = {.n = 4};
    (void)state;
    rule.item[0] = compare(TP_RULE_LE, 0, 1);
    rule.item[1] = compare(TP_RULE_PRESENT, 1, 1);
    rule.item[2].op = TP_RULE_NOT;
    rule.item[3].op = TP_RULE_OR;
    values[0] = day(2020, 1, 2);
    values[1] = day(2020, 1, 1);
    assert_true(tp_check_record(&rule, values, TP_DAY_ALWAYS));
    values[1] = day(2020, 1, 2);
    assert_false(tp_check_record(&rule, values, TP_DAY_ALWAYS));
    values[1] = tp_value_none(TP_REJ_COUNT);
    assert_false(tp_check_record(&rule, values, TP_DAY_ALWAYS));
    values[1] = day(2020, 1, 1);
    values[0] = tp_value_none(TP_REJ_COUNT);
    assert_false(tp_check_record(&rule, values, TP_DAY_ALWAYS));
}

static void
test_record__parts_of_a_number(void **state)
{
    tp_record_rule rule = {.n = 1};
    (void)state;
    rule.item[0] = (tp_rule_item){.op = TP_RULE_EQ,
                                  .left = {.kind = TP_OPERAND_NIP_SEX, .field = 0},
                                  .right = {.kind = TP_OPERAND_FIELD, .field = 1}};
    values[0] = (tp_value){.kind = TP_V_NIP, .nip = tp_nip_parse(TP_STR("197003151995032001"))};
    values[1] = tp_value_text(TP_STR("female"));
    assert_false(tp_check_record(&rule, values, TP_DAY_ALWAYS));
    values[1] = tp_value_text(TP_STR("male"));
    assert_true(tp_check_record(&rule, values, TP_DAY_ALWAYS));
    values[0].nip = tp_nip_parse(TP_STR("197003151995033001"));
    assert_false(tp_check_record(&rule, values, TP_DAY_ALWAYS)); /* a damaged number says nothing */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_field__each_check),
        cmocka_unit_test(test_field__same_as_what_was_asked_for),
        cmocka_unit_test(test_record__unknown_is_not_false),
        cmocka_unit_test(test_record__parts_of_a_number),
    };
    const int failed = cmocka_run_group_tests_name("core/normalise/check", tests, NULL, NULL);
    tp_arena_clear(&arena);
    return failed;
}
