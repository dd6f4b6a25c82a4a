/* Tests core/base/err.c. */
#include "tests/support/tp_test.h"

static void
test_set__no_control_character_gets_through(void **state)
{
    tp_err err = {0};
    (void)state;
    assert_int_equal(
        tp_err_set(&err, TP_E_SYNTAX, "f", 1, "a\x1b[2Jb\nc\td\x7f\xc2\x9b%s\xc3\xa9", "\r"),
        TP_E_SYNTAX);
    assert_string_equal(err.frame[0].text, "a?[2Jb?c?d????\xc3\xa9");
    assert_int_equal(tp_err_add(&err, TP_E_SYNTAX, "f", 2, "name '%s'", "\x1b]0;x\x07"),
                     TP_E_SYNTAX);
    assert_string_equal(err.frame[1].text, "name '?]0;x?'");
}

static void
test_set__a_cut_text_ends_with_a_whole_character(void **state)
{
    tp_err err = {0};
    char text[TP_ERR_TEXT + 8];
    (void)state;
    memset(text, 'a', sizeof text);
    memcpy(text + TP_ERR_TEXT - 6, "\xe2\x82\xac 1234567", 12);
    assert_int_equal(tp_err_set(&err, TP_E_IO, "f", 1, "%s", text), TP_E_IO);
    assert_int_equal(strlen(err.frame[0].text), TP_ERR_TEXT - 3);
    assert_string_equal(err.frame[0].text + TP_ERR_TEXT - 8, "aa...");
    text[TP_ERR_TEXT - 1] = '\0'; /* as long as may be */
    assert_int_equal(tp_err_set(&err, TP_E_IO, "f", 1, "%s", text), TP_E_IO);
    assert_string_equal(err.frame[0].text, text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set__no_control_character_gets_through),
        cmocka_unit_test(test_set__a_cut_text_ends_with_a_whole_character),
    };
    return cmocka_run_group_tests_name("core/base/err", tests, NULL, NULL);
}
