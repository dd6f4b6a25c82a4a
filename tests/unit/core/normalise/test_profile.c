/* Tests core/normalise/profile.c: what is counted of the values of one place, and that none is
 * kept.
 */
#include "tests/support/tp_test.h"

#include "talent/core/profile.h"

enum { SEED = 7, N = 4000 };

static tp_place_profile
profile_of(const char *const *text, size_t n)
{
    tp_place_profile p = {0};
    for (size_t i = 0; i < n; i++) {
        tp_profile_add(&p, tp_str_of(text[i]), SEED);
    }
    return p;
}

typedef struct row {
    const char *text;
    tp_form form;
    const char *shape;
} row;

static const row ROW[] = {
    {"12", TP_FORM_NUMBER, "99"},
    {"-3,5", TP_FORM_NUMBER, "-9,9"},
    {"1.234.567", TP_FORM_NUMBER, "9.999.999"},
    {"197003151995032001", TP_FORM_NUMBER, "999999999999999~"},
    {"12-01-2022", TP_FORM_DATE, "99-99-9999"},
    {"2022-01-12", TP_FORM_DATE, "9999-99-99"},
    {"1/2/2022", TP_FORM_DATE, "9/9/9999"},
    {"2022-01-12T10:00:00Z", TP_FORM_DATE, "9999-99-99A99:9~"},
    {"14 Januari 2022", TP_FORM_TEXT, "99 Aaaaaaa 9999"},
    {"true", TP_FORM_BOOL, "aaaa"},
    {"FALSE", TP_FORM_BOOL, "AAAAA"},
    {"IV/d", TP_FORM_TEXT, "AA/a"},
    {"-", TP_FORM_TEXT, "-"},
    {"12-34", TP_FORM_TEXT, "99-99"},
    {"Dr. \xc3\x89lise", TP_FORM_TEXT, "Aa. xxaaaa"},
    {"a\tb(c)", TP_FORM_TEXT, "a?a?a?"},
};

static void
test_add__form_and_shape(void **state)
{
    int wrong = 0;
    (void)state;
    for (size_t i = 0; i < TP_COUNT(ROW); i++) {
        const tp_place_profile p = profile_of(&ROW[i].text, 1);
        char shape[TP_SHAPE_TEXT + 1];
        uint64_t n;
        tp_shape_text(tp_profile_top_shape(&p, &n), shape);
        if (p.form[ROW[i].form] != 1 || strcmp(shape, ROW[i].shape) != 0) {
            print_error("\"%s\": %s\n", ROW[i].text, shape);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static void
test_add__counts_what_is_missing(void **state)
{
    static const char *const TEXT[] = {"a", NULL, "", "  ", "bcd"};
    const tp_place_profile p = profile_of(TEXT, TP_COUNT(TEXT));
    (void)state;
    assert_int_equal(p.seen, 5);
    assert_int_equal(p.absent, 3);
    assert_int_equal(p.shortest, 1);
    assert_int_equal(p.longest, 3);
    assert_int_equal(p.n_codes, 2);
}

/* Few distinct values are a set of codes; of more nothing is kept. */
static void
test_add__codes_until_they_are_many(void **state)
{
    tp_place_profile p = {0};
    (void)state;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < TP_PROFILE_CODES; i++) {
            char text[16];
            snprintf(text, sizeof text, "k%d", i);
            tp_profile_add(&p, tp_str_of(text), SEED);
        }
    }
    assert_int_equal(p.n_codes, TP_PROFILE_CODES);
    for (size_t i = 1; i < p.n_codes; i++) {
        assert_true(p.code[i - 1] < p.code[i]);
    }
    tp_profile_add(&p, TP_STR("one more"), SEED);
    assert_int_equal(p.n_codes, TP_PROFILE_CODES + 1);
}

/* Names with hundreds of shapes: the profile is a function of the set, not of the order. */
static void
test_add__does_not_depend_on_order(void **state)
{
    static char text[N][24];
    tp_place_profile up = {0};
    tp_place_profile down = {0};
    uint32_t seed = 3;
    (void)state;
    for (size_t i = 0; i < N; i++) {
        size_t n = 0;
        seed = seed * 1664525 + 1013904223;
        for (uint32_t bits = seed >> 8; n < 1 + i % 12; bits >>= 2) {
            text[i][n++] = "aB1-"[bits & 3];
        }
    }
    for (size_t i = 0; i < N; i++) {
        tp_profile_add(&up, tp_str_of(text[i]), SEED);
        tp_profile_add(&down, tp_str_of(text[N - 1 - i]), SEED);
    }
    assert_int_equal(up.n_shapes, TP_PROFILE_SHAPES);
    assert_memory_equal(up.shape, down.shape, sizeof up.shape);
    assert_memory_equal(up.form, down.form, sizeof up.form);
    assert_int_equal(up.n_codes, TP_PROFILE_CODES + 1);
    assert_int_equal(down.n_codes, TP_PROFILE_CODES + 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_add__form_and_shape),
        cmocka_unit_test(test_add__counts_what_is_missing),
        cmocka_unit_test(test_add__codes_until_they_are_many),
        cmocka_unit_test(test_add__does_not_depend_on_order),
    };
    return cmocka_run_group_tests_name("core/normalise/profile", tests, NULL, NULL);
}
