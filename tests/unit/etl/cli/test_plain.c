/* Tests etl/cli/plain.c: nothing an agency sends can do anything to a terminal. */
#include "tests/support/tp_test.h"

#include "etl/cli/plain.h"

#define BYTES(literal)                 \
    {                                  \
        (literal), sizeof(literal) - 1 \
    }

typedef struct row {
    tp_str text;
    const char *want;
} row;

static void
check_rows(const row *rows, size_t n, void (*make)(tp_buf *out, tp_str text))
{
    int wrong = 0;
    for (size_t i = 0; i < n; i++) {
        TP_AUTO_BUF(out);
        make(&out, rows[i].text);
        if (strcmp(tp_buf_cstr(&out), rows[i].want) != 0) {
            print_error("row %zu: \"%s\", not \"%s\"\n", i, tp_buf_cstr(&out), rows[i].want);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static void
put_whole(tp_buf *out, tp_str text)
{
    tp_plain_put(out, text, 100);
}

static void
test_put__escapes_what_is_not_seen(void **state)
{
    static const row ROW[] = {
        {BYTES("Kepala Bidang"), "Kepala Bidang"},
        {BYTES("\xc3\x89lise \xe2\x80\x93 \xe4\xb8\xad"), "\xc3\x89lise \xe2\x80\x93 \xe4\xb8\xad"},
        {BYTES("\x1b[31mred\x1b[0m"), "\\x1b[31mred\\x1b[0m"},
        {BYTES("\x1b]0;title\a"), "\\x1b]0;title\\x07"},
        {BYTES("a\r\nb\tc\0d"), "a\\r\\nb\\tc\\x00d"},
        {BYTES("\x7f\xc2\x9b"
               "2J"),
         "\\x7f\\u{9b}2J"},
        {BYTES("a\\x1b"), "a\\\\x1b"},
        {BYTES("\xe2\x80\xae"
               "evil\xe2\x81\xa6\xe2\x80\x8b\xef\xbb\xbf"),
         "\\u{202e}evil\\u{2066}\\u{200b}\\u{feff}"},
        {BYTES("\xff\xfe\x80"), "\\xff\\xfe\\x80"},
        {BYTES("\xc0\xaf\xed\xa0\x80"), "\\xc0\\xaf\\xed\\xa0\\x80"}, /* overlong, surrogate */
        {BYTES("cut \xe4\xb8"), "cut \\xe4\\xb8"},
        {BYTES(""), ""},
    };
    (void)state;
    check_rows(ROW, TP_COUNT(ROW), put_whole);
    assert_int_equal(TP_COUNT(ROW), 12);
}

/* Every byte string gives printable UTF-8. */
static void
test_put__any_bytes_become_printable(void **state)
{
    uint32_t seed = 1;
    (void)state;
    for (int i = 0; i < 20000; i++) {
        char bytes[24];
        for (size_t k = 0; k < sizeof bytes; k++) {
            seed = seed * 1664525 + 1013904223;
            bytes[k] = (char)(seed >> 24);
        }
        TP_AUTO_BUF(out);
        tp_plain_put(&out, (tp_str){bytes, (size_t)i % sizeof bytes}, 200);
        assert_int_equal(tp_utf8_valid(tp_buf_view(&out)), out.n);
        for (size_t k = 0; k < out.n; k++) {
            const unsigned char c = (unsigned char)out.p[k];
            assert_true(c >= 0x20 && c != 0x7f);
            assert_false(c == 0xc2 && (unsigned char)out.p[k + 1] < 0xa0);
        }
    }
}

static void
test_put__cuts_long_texts(void **state)
{
    TP_AUTO_BUF(out);
    (void)state;
    tp_plain_put(&out, TP_STR("a text that is longer than that"), 12);
    assert_string_equal(tp_buf_cstr(&out), "a text th...");
}

static void
test_shape__keeps_the_form_alone(void **state)
{
    static const row ROW[] = {
        {BYTES("19700315 199503 2 001"), "99999999 999999 9 999"},
        {BYTES("Dr. SRI \xc3\x89lise"), "Aa. AAA xaaaa"},
        {BYTES("SK-31/2021"), "AA-99/9999"},
        {BYTES(""), ""},
    };
    (void)state;
    check_rows(ROW, TP_COUNT(ROW), tp_plain_shape);
    assert_int_equal(TP_COUNT(ROW), 4);
}

static void
test_mask__long_numbers_alone(void **state)
{
    static const row ROW[] = {
        {BYTES("a.n. 197003151995032001, SK-31/2021"), "a.n. 999999999999999999, SK-31/2021"},
        {BYTES("NIP 19700315 199503 2 001 (Jakarta)"), "NIP 99999999 999999 9 999 (Jakarta)"},
        {BYTES("3305.0155.0370.0001"), "9999.9999.9999.9999"},
        {BYTES("12345678"), "12345678"},
        {BYTES("2015-01-02"), "2015-01-02"},
        {BYTES("12 34 a 56 78 90"), "12 34 a 56 78 90"},
    };
    (void)state;
    check_rows(ROW, TP_COUNT(ROW), tp_plain_mask);
    assert_int_equal(TP_COUNT(ROW), 6);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_put__escapes_what_is_not_seen),
        cmocka_unit_test(test_put__any_bytes_become_printable),
        cmocka_unit_test(test_put__cuts_long_texts),
        cmocka_unit_test(test_shape__keeps_the_form_alone),
        cmocka_unit_test(test_mask__long_numbers_alone),
    };
    return cmocka_run_group_tests_name("etl/cli/plain", tests, NULL, NULL);
}
