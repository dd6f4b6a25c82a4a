/* Tests etl/format/encoding.c. */
#include "tests/unit/etl/format/collect.h"

static tp_code
decode(tp_str body, size_t step, size_t cap, const char *fallback, tp_buf *out,
       tp_parse_stats *stats, tp_err *err)
{
    tp_memory_reader memory;
    tp_reader *in = tp_reader_memory(&memory, body);
    tp_reader *text = NULL;
    char piece[64];
    size_t n = 1;
    memory.step = step;
    tp_buf_reset(out);
    *stats = (tp_parse_stats){0};
    *err = (tp_err){0};
    TP_RETURN_SAME(tp_reader_utf8(in, fallback, false, stats, &text, err));
    tp_code rc = TP_OK;
    while (rc == TP_OK && n > 0) {
        rc = text->read(text, piece, cap, &n, err);
        tp_buf_put(out, piece, n);
    }
    tp_reader_utf8_free(text);
    return rc;
}

static void
expect_text(tp_str body, const char *fallback, const char *want)
{
    TP_AUTO_BUF(got);
    tp_parse_stats stats;
    tp_err err;
    for (size_t step = 0; step < 9; step++) {
        for (size_t cap = 1; cap < 9; cap++) {
            assert_tp_ok(decode(body, step, cap, fallback, &got, &stats, &err), &err);
            assert_tp_str(tp_buf_view(&got), want);
        }
    }
}

static void
expect_failure(tp_str body, const char *fallback, tp_code code, const char *part)
{
    TP_AUTO_BUF(got);
    tp_parse_stats stats;
    tp_err err;
    for (size_t step = 0; step < 9; step++) {
        assert_tp_fails(decode(body, step, 64, fallback, &got, &stats, &err), code, &err, part);
    }
}

static void
test_utf8__marks_and_wide_forms(void **state)
{
    (void)state;
    expect_text(TP_STR(""), NULL, "");
    expect_text(TP_STR("abc\0d\0"), "iso-8859-1",
                "abc\xef\xbf\xbd"
                "d\xef\xbf\xbd");
    expect_text(TP_STR("\0\xc3\xa9"), NULL, "\xef\xbf\xbd\xc3\xa9");
    expect_text(TP_STR("\xff\xfe{\0\0\0}\0"), NULL, "{\xef\xbf\xbd}");
    expect_text(TP_STR("\xef\xbb\xbf{\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80}"), NULL,
                "{\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80}");
    expect_text(TP_STR("\xff\xfe{\0\xe9\0\xac\x20\x3d\xd8\x00\xde}\0"), NULL,
                "{\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80}");
    expect_text(TP_STR("\xfe\xff\0{\0\xe9\x20\xac\xd8\x3d\xde\x00\0}"), NULL,
                "{\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80}");
}

static void
test_utf8__fallback(void **state)
{
    (void)state;
    expect_text(TP_STR("a\xe9\x80z\xc3\xa9\xe2"), "windows-1252",
                "a\xc3\xa9\xe2\x82\xacz\xc3\xa9\xc3\xa2");
    expect_text(TP_STR("\x81"), "Windows-1252", "\xef\xbf\xbd");
    expect_text(TP_STR("\xe9\x80"), "ISO-8859-1", "\xc3\xa9\xc2\x80");
    expect_failure(TP_STR("a"), "ebcdic", TP_E_CONFIG, "known are utf-8");
}

/* A body that is declared to be in one character set, whatever its bytes look like; marks win. */
static void
test_utf8__only(void **state)
{
    (void)state;
    expect_text(TP_STR("a\xc3\xa9\x80"), "only iso-8859-1", "a\xc3\x83\xc2\xa9\xc2\x80");
    expect_text(TP_STR("a\xc3\xa9\x80"), "only windows-1252", "a\xc3\x83\xc2\xa9\xe2\x82\xac");
    expect_text(TP_STR("\xef\xbb\xbf\xc3\xa9"), "only iso-8859-1", "\xc3\xa9");
    expect_text(TP_STR("{\0\xe9\0"), "only utf-16le", "{\xc3\xa9");
    expect_text(TP_STR("\0{\0\xe9"), "only utf-16be", "{\xc3\xa9");
    expect_text(TP_STR("\xff\xfe{\0"), "only utf-16be", "{");
    expect_text(TP_STR("\xef\xbb\xbf{"), "only utf-16be", "{");
    expect_text(TP_STR("ab\0"), "only iso-8859-1", "ab\xef\xbf\xbd");
    expect_failure(TP_STR("ab"), "only ebcdic", TP_E_CONFIG, "known are utf-8");
    expect_failure(TP_STR("ab"), "only utf-16", TP_E_CONFIG, "known are utf-8");
}

static void
test_utf8__refuses(void **state)
{
    (void)state;
    expect_failure(TP_STR("ab\xffz"), NULL, TP_E_SYNTAX, "byte 2: not UTF-8");
    expect_failure(TP_STR("ab\xc3z"), "utf-8", TP_E_SYNTAX, "byte 2: not UTF-8");
    expect_failure(TP_STR("\xed\xa0\x80 "), NULL, TP_E_SYNTAX, "byte 0: not UTF-8");
    expect_failure(TP_STR("\xc0\x80 "), NULL, TP_E_SYNTAX, "byte 0: not UTF-8");
    expect_failure(TP_STR("ab\xe2\x82"), NULL, TP_E_NET, "cut short at byte 4");
    expect_failure(TP_STR("\xff\xfe{\0\x00\xde"), NULL, TP_E_SYNTAX, "byte 4: half a surrogate");
    expect_failure(TP_STR("\xff\xfe{\0}"), NULL, TP_E_NET, "cut short at byte 5");
}

/* A NUL after a character beyond ASCII must not have the rest of the piece looked at anew. */
static void
test_utf8__each_byte_is_looked_at_once(void **state)
{
    enum { TIMES = 200000 };
    TP_AUTO_BUF(body);
    TP_AUTO_BUF(got);
    tp_parse_stats stats;
    tp_err err;
    (void)state;
    for (int i = 0; i < TIMES; i++) {
        tp_buf_put(&body, "\xc3\xa9\0", 3);
    }
    const size_t step[] = {0, 1000, 4099};
    for (size_t i = 0; i < TP_COUNT(step); i++) {
        assert_tp_ok(decode(tp_buf_view(&body), step[i], 64, NULL, &got, &stats, &err), &err);
        assert_int_equal(got.n, (size_t)TIMES * 5);
        assert_memory_equal(got.p, "\xc3\xa9\xef\xbf\xbd", 5);
        assert_memory_equal(got.p + got.n - 5, "\xc3\xa9\xef\xbf\xbd", 5);
        assert_true(stats.checked_bytes > 0 && stats.checked_bytes <= body.n);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8__marks_and_wide_forms),
        cmocka_unit_test(test_utf8__fallback),
        cmocka_unit_test(test_utf8__only),
        cmocka_unit_test(test_utf8__refuses),
        cmocka_unit_test(test_utf8__each_byte_is_looked_at_once),
    };
    return cmocka_run_group_tests_name("etl/format/encoding", tests, NULL, NULL);
}
