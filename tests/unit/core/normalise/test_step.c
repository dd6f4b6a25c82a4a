/* Tests core/normalise/step.c and pipe.c: every step of the language, value in, value out. */
#include "tests/support/tp_test.h"

#include "core/normalise/pipe.h"
#include "talent/base/day.h"

typedef struct fixture {
    tp_arena arena;
    uint8_t secret[32];
    struct tp_emit_rules rules;
    tp_value values[4];
    tp_str cell[4];
    tp_pipe pipe;
} fixture;

static int
setup(void **state)
{
    static const tp_str TEXT[] = {{"Dr.", 3}, {"S.H.", 4}};
    static const bool FRONT[] = {true, false};
    fixture *f = calloc(1, sizeof *f);
    f->rules.titles = tp_titles_make(2, TEXT, FRONT, TEXT, &f->arena);
    f->pipe = (tp_pipe){.rules = &f->rules,
                        .secret = f->secret,
                        .cell = f->cell,
                        .value = f->values,
                        .arena = &f->arena,
                        .night = TP_DAY_ALWAYS};
    for (size_t i = 0; i < TP_COUNT(f->values); i++) {
        f->values[i] = tp_value_none(TP_REJ_COUNT);
    }
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    tp_arena_clear(&f->arena);
    free(f);
    return 0;
}

static tp_value
step(fixture *f, tp_op_step s, const char *text)
{
    s.slot = s.slot == 0 ? TP_NO_SLOT : (uint16_t)(s.slot - 1);
    s.slot2 = s.slot2 == 0 ? TP_NO_SLOT : (uint16_t)(s.slot2 - 1);
    s.ref = (int16_t)(s.ref - 1);
    return tp_pipe_step(
        &f->pipe, &s, text != NULL ? tp_value_text(tp_str_of(text)) : tp_value_none(TP_REJ_COUNT));
}

static void
expect_text(fixture *f, tp_op_step s, const char *text, const char *want)
{
    const tp_value v = step(f, s, text);
    const tp_str got = tp_value_key(&v, &f->arena);
    if (!tp_str_eq(got, tp_str_of(want))) {
        print_error("op %d of \"%s\": \"%.*s\", not \"%s\"\n", (int)s.op, text, TP_STR_ARG(got),
                    want);
        fail();
    }
}

static void
expect_fault(fixture *f, tp_op_step s, const char *text, tp_reject_code fault)
{
    const tp_value v = step(f, s, text);
    assert_int_equal(v.kind, TP_V_NONE);
    assert_int_equal(v.fault, fault);
}

#define OP(...)     ((tp_op_step){.op = __VA_ARGS__})
#define TEXT_ARG(t) .text = {(t), sizeof(t) - 1}

static void
test_step__white_space_and_case(void **state)
{
    fixture *f = *state;
    expect_text(f, OP(TP_OP_TRIM), "  a b ", "a b");
    expect_text(f, OP(TP_OP_SQUASH), " a \t\n b\xc2\xa0 c ", "a b c");
    expect_text(f, OP(TP_OP_UPPER), "Ang\xc3\xa9lique", "ANG\xc3\x89LIQUE");
    expect_text(f, OP(TP_OP_LOWER), "KEPALA BIRO", "kepala biro");
    expect_text(f, OP(TP_OP_TITLE), "SRI WAHYUNI-lestari", "Sri Wahyuni-Lestari");
}

/* Taking titles off costs more than the length of the text: what is far too long is no name. */
static void
test_step__name_of_a_length_no_name_has(void **state)
{
    fixture *f = *state;
    char text[TP_NAME_BYTES + 2];
    memset(text, 'a', sizeof text);
    text[TP_NAME_BYTES] = '\0';
    expect_text(f, OP(TP_OP_NAME, .a = TP_NAME_CLEAN), text, text);
    text[TP_NAME_BYTES] = 'a';
    text[TP_NAME_BYTES + 1] = '\0';
    expect_fault(f, OP(TP_OP_NAME, .a = TP_NAME_CLEAN), text, TP_REJ_FORM);
    expect_fault(f, OP(TP_OP_NAME, .a = TP_NAME_BACK), text, TP_REJ_FORM);
}

static void
test_step__ends_of_a_text_in_characters(void **state)
{
    fixture *f = *state;
    expect_text(f, OP(TP_OP_LEFT, .a = 3), "\xc3\xa9\xe2\x80\x99xy", "\xc3\xa9\xe2\x80\x99x");
    expect_text(f, OP(TP_OP_RIGHT, .a = 2), "ab\xc3\xa9\xe2\x80\x99", "\xc3\xa9\xe2\x80\x99");
    expect_text(f, OP(TP_OP_MID, .a = 1, .b = 2), "\xc3\xa9\xc3\xa8z!", "\xc3\xa8z");
    expect_text(f, OP(TP_OP_LEFT, .a = 9), "ab", "ab");
    expect_text(f, OP(TP_OP_STRIP, TEXT_ARG("'\xe2\x80\x99")), "'\xe2\x80\x99\xe2\x82\xac",
                "\xe2\x82\xac");
    expect_text(f, OP(TP_OP_STRIP_END, TEXT_ARG("\xc3\xa9.")), "a\xc2\xa9.\xc3\xa9", "a\xc2\xa9");
}

static void
test_step__texts(void **state)
{
    fixture *f = *state;
    static const tp_str NULLS[] = {{"-", 1}, {"null", 4}};
    expect_text(f, OP(TP_OP_NULL_IF, .list = NULLS, .n = 2), " - ", "");
    expect_text(f, OP(TP_OP_NULL_IF, .list = NULLS, .n = 2), "-x", "-x");
    expect_text(f, OP(TP_OP_STRIP, TEXT_ARG("'- ")), "'- a'", "a'");
    expect_text(f, OP(TP_OP_DIGITS), "19.70-03", "197003");
    expect_text(f, OP(TP_OP_LEFT, .a = 2), "11.10", "11");
    expect_text(f, OP(TP_OP_RIGHT, .a = 2), "11.10", "10");
    expect_text(f, OP(TP_OP_MID, .a = 1, .b = 3), "abcdef", "bcd");
    expect_text(f, OP(TP_OP_CONST, TEXT_ARG("x")), NULL, "x");
    expect_text(f, OP(TP_OP_PAD, TEXT_ARG("99.99")), "11.1", "11.10");
    expect_text(f, OP(TP_OP_PAD, TEXT_ARG("99.99")), "11", "11");
    expect_fault(f, OP(TP_OP_PAD, TEXT_ARG("99.99")), "11.123", TP_REJ_FORM);
}

static void
test_step__lists(void **state)
{
    fixture *f = *state;
    expect_text(f, OP(TP_OP_SPLIT, TEXT_ARG(", ")), "a, b, c", "a|b|c");
    expect_text(f, OP(TP_OP_JOIN, TEXT_ARG(" / ")), "a|b|c", "a / b / c");
    expect_text(f, OP(TP_OP_FIRST), "a|b|c", "a");
    expect_text(f, OP(TP_OP_LAST), "a|b|c", "c");
    expect_text(f, OP(TP_OP_NTH, .a = 1), "a|b|c", "b");
    expect_text(f, OP(TP_OP_NTH, .a = 3), "a|b|c", "");
    f->cell[1] = TP_STR("integritas|kerjasama");
    expect_text(f, OP(TP_OP_PICK, TEXT_ARG("kerjasama"), .slot = 2), "4|3.5", "3.5");
    expect_text(f, OP(TP_OP_PICK, TEXT_ARG("komunikasi"), .slot = 2), "4|3.5", "");
    expect_fault(f, OP(TP_OP_PICK, TEXT_ARG("kerjasama"), .slot = 2), "4", TP_REJ_FORM);
}

static void
test_step__numbers(void **state)
{
    fixture *f = *state;
    expect_text(f, OP(TP_OP_INT), " 1 ", "1");
    expect_fault(f, OP(TP_OP_INT), "3.5", TP_REJ_TYPE);
    expect_fault(f, OP(TP_OP_INT), "x", TP_REJ_TYPE);
    expect_text(f, OP(TP_OP_DECIMAL, TEXT_ARG(".")), "3.5", "3.5");
    expect_text(f, OP(TP_OP_DECIMAL, TEXT_ARG(",")), "91,67", "91.67");
    expect_fault(f, OP(TP_OP_DECIMAL, TEXT_ARG(",")), "1.234,5", TP_REJ_TYPE);
    expect_fault(f, OP(TP_OP_YEAR), "0001-01-01", TP_REJ_RANGE);
    expect_text(f, OP(TP_OP_YEAR), "2004", "2004");
    expect_text(f, OP(TP_OP_YEAR), "30-08-2004", "2004");
    expect_fault(f, OP(TP_OP_YEAR), "0001", TP_REJ_TYPE);
    static const tp_str WORDS[] = {{"Y", 1}, {"T", 1}};
    expect_text(f, OP(TP_OP_BOOL, .list = WORDS, .n = 2, .a = 1), "y", "1");
    expect_text(f, OP(TP_OP_BOOL, .list = WORDS, .n = 2, .a = 1), "T", "0");
    expect_fault(f, OP(TP_OP_BOOL, .list = WORDS, .n = 2, .a = 1), "maybe", TP_REJ_LIST);
}

static void
test_step__scale_turns_a_scale_round(void **state)
{
    fixture *f = *state;
    const tp_op_step turn = {
        .op = TP_OP_SCALE, .a = 10000, .b = 50000, .c = 50000, .d = 10000, .ref = -1};
    const int64_t in[] = {10000, 20000, 50000};
    const int64_t want[] = {50000, 40000, 10000};
    for (size_t i = 0; i < 3; i++) {
        const tp_value v = {.kind = TP_V_NUMBER, .fault = TP_REJ_COUNT, .num = in[i]};
        assert_true(tp_pipe_step(&f->pipe, &turn, v).num == want[i]);
    }
    const tp_value out = {.kind = TP_V_NUMBER, .fault = TP_REJ_COUNT, .num = 60000};
    assert_int_equal(tp_pipe_step(&f->pipe, &turn, out).fault, TP_REJ_RANGE);
}

static tp_value
scaled(fixture *f, const tp_op_step *step, int64_t number)
{
    const tp_value v = {.kind = TP_V_NUMBER, .fault = TP_REJ_COUNT, .num = number};
    return tp_pipe_step(&f->pipe, step, v);
}

/* Whatever a feed sends lies on the scale or is out of it: products do not wrap around. */
static void
test_step__scale_of_numbers_near_the_limits(void **state)
{
    fixture *f = *state;
    const tp_op_step five = {.op = TP_OP_SCALE, .b = 50000, .d = 1000000, .ref = -1};
    const int64_t top = INT64_MAX / 2;
    const tp_op_step wide = {.op = TP_OP_SCALE, .a = -top, .b = top, .c = -top, .d = top};
    assert_int_equal(scaled(f, &five, INT64_C(4294967296)).fault, TP_REJ_RANGE); /* 429496.7296 */
    assert_int_equal(scaled(f, &five, INT64_MAX).fault, TP_REJ_RANGE);
    assert_int_equal(scaled(f, &five, INT64_MIN).fault, TP_REJ_RANGE);
    assert_true(scaled(f, &five, 50000).num == 1000000);
    assert_true(scaled(f, &wide, top).num == top);
    assert_true(scaled(f, &wide, -top).num == -top);
    assert_true(scaled(f, &wide, -77).num == -77);
}

static void
test_step__look_ups(void **state)
{
    fixture *f = *state;
    static const tp_str KEY[] = {{"iic", 3}, {"ivc", 3}, {"s2", 2}};
    static const tp_str VALUE[] = {{"23", 2}, {"43", 2}, {NULL, 0}};
    static const tp_codes CODES = {3, KEY, VALUE};
    expect_text(f, OP(TP_OP_CODE, .codes = &CODES), "IV/c", "43");
    expect_text(f, OP(TP_OP_CODE, .codes = &CODES), "iv.C", "43");
    expect_text(f, OP(TP_OP_CODE, .codes = &CODES), "S-2", "");
    expect_fault(f, OP(TP_OP_CODE, .codes = &CODES), "V", TP_REJ_LIST);
    expect_text(f, OP(TP_OP_MAP, .codes = &CODES, .flag = true, TEXT_ARG("x")), "V", "x");
    expect_fault(f, OP(TP_OP_MAP, .codes = &CODES, .flag = true), "V", TP_REJ_COUNT);
}

static void
test_step__phrases_match_whole_words(void **state)
{
    fixture *f = *state;
    static const tp_str KEY[] = {{"dinaspangan", 11}, {"kepala", 6}, {"pangan", 6}};
    static const tp_str VALUE[] = {{"long", 4}, {"head", 4}, {"short", 5}};
    static const tp_codes CODES = {3, KEY, VALUE};
    expect_text(f, OP(TP_OP_PHRASE, .codes = &CODES), "Kepala Dinas Pangan Kota X", "long");
    expect_text(f, OP(TP_OP_PHRASE, .codes = &CODES), "Bidang Pangan", "short");
    expect_fault(f, OP(TP_OP_PHRASE, .codes = &CODES), "Bidang Lapangan", TP_REJ_LIST);
    expect_text(f, OP(TP_OP_PHRASE, .codes = &CODES, .a = 1), "Kepala Dinas Pangan", "head");
}

static void
test_step__succession_by_date(void **state)
{
    fixture *f = *state;
    static const tp_str OLD[] = {{"4013", 4}};
    static const tp_str NEW[] = {{"4070", 4}};
    const int32_t from[] = {tp_day_of(2021, 8, 24)};
    const tp_successions s = {1, OLD, NEW, from};
    f->values[0] =
        (tp_value){.kind = TP_V_DAY, .fault = TP_REJ_COUNT, .num = tp_day_of(2021, 8, 23)};
    expect_text(f, OP(TP_OP_SUCCEED, .successions = &s, .ref = 1), "4013", "4013");
    f->values[0].num++;
    expect_text(f, OP(TP_OP_SUCCEED, .successions = &s, .ref = 1), "4013", "4070");
    expect_text(f, OP(TP_OP_SUCCEED, .successions = &s), "4013", "4070");
}

static void
test_step__dates_and_periods(void **state)
{
    fixture *f = *state;
    static const tp_str FORMATS[] = {{"dd-mm-yyyy", 10}, {"yyyy-mm-dd", 10}};
    const tp_op_step date = {.op = TP_OP_DATE, .list = FORMATS, .n = 2, .a = -1};
    expect_text(f, date, "2022-01-12", "2022-01-12");
    expect_fault(f, date, "31-02-2020", TP_REJ_TYPE);
    f->cell[0] = TP_STR("1");
    f->cell[1] = TP_STR("6");
    const tp_value start = {.kind = TP_V_DAY, .fault = TP_REJ_COUNT, .num = tp_day_of(2020, 8, 31)};
    const tp_op_step add = {.op = TP_OP_ADD_PERIOD, .slot = 0, .slot2 = 1, .ref = -1};
    assert_true(tp_pipe_step(&f->pipe, &add, start).num == tp_day_of(2022, 2, 28));
    f->cell[0] = f->cell[1] = TP_STR("0");
    assert_int_equal(tp_pipe_step(&f->pipe, &add, start).kind, TP_V_NONE);
}

static void
test_step__identifiers(void **state)
{
    fixture *f = *state;
    expect_text(f, OP(TP_OP_NIP), "19700315 199503 2 001", "197003151995032001");
    expect_fault(f, OP(TP_OP_NIP), "1.97E+17", TP_REJ_SCIENTIFIC);
    expect_fault(f, OP(TP_OP_NIP), "12345", TP_REJ_FORM);
    const tp_value damaged = step(f, OP(TP_OP_NIP), "197002301995031001");
    assert_int_equal(damaged.kind, TP_V_NIP);
    assert_int_equal(damaged.fault, TP_REJ_RANGE);
    assert_int_equal(step(f, OP(TP_OP_NIK), "3305015503700001").kind, TP_V_NIK);
    expect_fault(f, OP(TP_OP_NIK), "33050155", TP_REJ_FORM);
    assert_int_equal(step(f, OP(TP_OP_HASH_ID), "131 234 567").kind, TP_V_ID);
    expect_fault(f, OP(TP_OP_HASH_ID), "1312", TP_REJ_FORM);
    expect_fault(f, OP(TP_OP_SIASN_ID), "not-an-id", TP_REJ_FORM);
}

static void
test_step__names(void **state)
{
    fixture *f = *state;
    expect_text(f, OP(TP_OP_NAME, .a = TP_NAME_CLEAN), "Dr. Ani Lestari, S.H.", "Ani Lestari");
    expect_text(f, OP(TP_OP_NAME, .a = TP_NAME_FRONT), "Dr. Ani Lestari, S.H.", "Dr.");
    expect_text(f, OP(TP_OP_NAME, .a = TP_NAME_BACK), "Dr. Ani Lestari, S.H.", "S.H.");
}

static void
test_step__concat_and_coalesce(void **state)
{
    fixture *f = *state;
    static const uint16_t SLOT[] = {0};
    const tp_field_rule part[] = {{.field = -1, .from = -1, .n_slots = 1, .slot = SLOT},
                                  {.field = -1, .from = -1, .constant = TP_STR("-x")}};
    f->cell[0] = TP_STR("a");
    expect_text(f, OP(TP_OP_CONCAT, .part = part, .n = 2), "b", "ba-x");
    expect_text(f, OP(TP_OP_COALESCE, .part = part, .n = 2), "b", "b");
    expect_text(f, OP(TP_OP_COALESCE, .part = part, .n = 2), NULL, "a");
    f->cell[0] = TP_STR(" ");
    expect_text(f, OP(TP_OP_COALESCE, .part = part, .n = 2), NULL, "-x");
}

static void
test_field__first_path_that_is_not_blank_wins(void **state)
{
    fixture *f = *state;
    static const uint16_t SLOT[] = {0, 1, 2};
    const tp_field_rule rule = {.field = -1, .from = -1, .n_slots = 3, .slot = SLOT};
    f->cell[1] = TP_STR("  ");
    f->cell[2] = TP_STR("c");
    assert_tp_str(tp_pipe_field(&f->pipe, &rule).text, "c");
}

static void
test_field__each_works_on_the_elements(void **state)
{
    fixture *f = *state;
    static const uint16_t SLOT[] = {0};
    static const tp_op_step STEP[] = {{.op = TP_OP_LOWER}};
    const tp_field_rule rule = {.field = -1,
                                .from = -1,
                                .n_slots = 1,
                                .slot = SLOT,
                                .each = true,
                                .n_steps = 1,
                                .step = STEP};
    f->cell[0] = TP_STR("A||B ");
    assert_tp_str(tp_pipe_field(&f->pipe, &rule).text, "a|b");
}

static void
test_field__required_and_missing(void **state)
{
    fixture *f = *state;
    static const uint16_t SLOT[] = {0};
    const tp_field_rule rule = {
        .field = -1, .from = -1, .n_slots = 1, .slot = SLOT, .required = true};
    assert_int_equal(tp_pipe_field(&f->pipe, &rule).fault, TP_REJ_REQUIRED);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_step__white_space_and_case),
        T(test_step__ends_of_a_text_in_characters),
        T(test_step__name_of_a_length_no_name_has),
        T(test_step__texts),
        T(test_step__lists),
        T(test_step__numbers),
        T(test_step__scale_turns_a_scale_round),
        T(test_step__scale_of_numbers_near_the_limits),
        T(test_step__look_ups),
        T(test_step__phrases_match_whole_words),
        T(test_step__succession_by_date),
        T(test_step__dates_and_periods),
        T(test_step__identifiers),
        T(test_step__names),
        T(test_step__concat_and_coalesce),
        T(test_field__first_path_that_is_not_blank_wins),
        T(test_field__each_works_on_the_elements),
        T(test_field__required_and_missing),
    };
    return cmocka_run_group_tests_name("core/normalise/step", tests, NULL, NULL);
}
