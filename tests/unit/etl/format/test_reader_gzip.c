/* Tests etl/format/reader_gzip.c. */
#include "tests/unit/etl/format/collect.h"

#include <zlib.h>

/* The text as one gzip member, appended. */
static void
put_gzip(tp_buf *out, tp_str text)
{
    z_stream z = {0};
    unsigned char piece[4096];
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (unsigned char *)(uintptr_t)text.p;
    z.avail_in = (uInt)text.n;
    do {
        z.next_out = piece;
        z.avail_out = sizeof piece;
        (void)deflate(&z, Z_FINISH);
        tp_buf_put(out, piece, sizeof piece - z.avail_out);
    } while (z.avail_out == 0);
    (void)deflateEnd(&z);
}

static tp_code
unpack(tp_str body, size_t step, const tp_limits *limit, tp_buf *out, tp_parse_stats *stats,
       tp_err *err)
{
    static const tp_limits NO_LIMIT;
    tp_memory_reader memory;
    tp_reader *in = tp_reader_memory(&memory, body);
    tp_reader *plain = NULL;
    char piece[1000];
    size_t n = 1;
    memory.step = step;
    tp_buf_reset(out);
    *stats = (tp_parse_stats){0};
    assert_tp_ok(tp_reader_gunzip(in, limit != NULL ? limit : &NO_LIMIT, stats, &plain, err), err);
    tp_code rc = TP_OK;
    while (rc == TP_OK && n > 0) {
        rc = plain->read(plain, piece, 1 + out->n % sizeof piece, &n, err);
        tp_buf_put(out, piece, n);
    }
    if (rc != TP_OK) {
        tp_err again = {0};
        assert_int_equal(plain->read(plain, piece, 1, &n, &again), rc);
    }
    tp_reader_gunzip_free(plain);
    return rc;
}

static void
expect_text(tp_str body, const char *want)
{
    TP_AUTO_BUF(got);
    tp_parse_stats stats;
    tp_err err = {0};
    for (size_t step = 0; step < 40; step++) {
        assert_tp_ok(unpack(body, step, NULL, &got, &stats, &err), &err);
        assert_tp_str(tp_buf_view(&got), want);
        assert_int_equal(stats.bytes, body.n);
        assert_int_equal(stats.unpacked_bytes, strlen(want));
    }
}

static void
expect_failure(tp_str body, const tp_limits *limit, tp_code code, const char *part)
{
    TP_AUTO_BUF(got);
    tp_parse_stats stats;
    for (size_t step = 0; step < 40; step++) {
        tp_err err = {0};
        assert_tp_fails(unpack(body, step, limit, &got, &stats, &err), code, &err, part);
    }
}

static void
test_gunzip__none_one_two_levels_and_members(void **state)
{
    TP_AUTO_BUF(one);
    TP_AUTO_BUF(two);
    TP_AUTO_BUF(three);
    (void)state;
    expect_text(TP_STR(""), "");
    expect_text(TP_STR("\x1f"), "\x1f");
    expect_text(TP_STR("plain text"), "plain text");
    put_gzip(&one, TP_STR("{\"a\":1} and "));
    put_gzip(&one, TP_STR("more"));
    expect_text(tp_buf_view(&one), "{\"a\":1} and more");
    put_gzip(&two, tp_buf_view(&one));
    expect_text(tp_buf_view(&two), "{\"a\":1} and more");
    put_gzip(&three, tp_buf_view(&two));
    expect_failure(tp_buf_view(&three), NULL, TP_E_SYNTAX, "more than 2 levels");
}

static void
test_gunzip__damage(void **state)
{
    TP_AUTO_BUF(body);
    TP_AUTO_BUF(got);
    tp_parse_stats stats;
    (void)state;
    put_gzip(&body, TP_STR("some text that is packed"));
    for (size_t n = 2; n < body.n; n++) {
        tp_err err = {0};
        assert_tp_fails(unpack((tp_str){body.p, n}, 0, NULL, &got, &stats, &err), TP_E_NET, &err,
                        "cut short");
    }
    tp_buf_char(&body, 'x');
    expect_failure(tp_buf_view(&body), NULL, TP_E_SYNTAX,
                   "expected the end after the gzip trailer");
    body.n--;
    body.p[body.n - 6] ^= 1; /* the checksum */
    expect_failure(tp_buf_view(&body), NULL, TP_E_SYNTAX, "broken gzip");
    body.p[body.n - 6] ^= 1;
    body.p[12] ^= 0x55;
    tp_err err = {0};
    assert_int_not_equal(unpack(tp_buf_view(&body), 0, NULL, &got, &stats, &err), TP_OK);
}

static void
test_gunzip__limits(void **state)
{
    TP_AUTO_BUF(zeros);
    TP_AUTO_BUF(body);
    TP_AUTO_BUF(got);
    tp_parse_stats stats;
    tp_err err = {0};
    (void)state;
    for (int i = 0; i < 4 << 20; i++) {
        tp_buf_char(&zeros, 'z');
    }
    put_gzip(&body, tp_buf_view(&zeros));
    tp_limits limit = {.ratio = 100};
    assert_tp_fails(unpack(tp_buf_view(&body), 0, &limit, &got, &stats, &err), TP_E_RANGE, &err,
                    "more than 100 times");
    assert_true(stats.unpacked_bytes < 2 << 20);
    limit = (tp_limits){.unpacked_bytes = 3 << 20};
    assert_tp_fails(unpack(tp_buf_view(&body), 0, &limit, &got, &stats, &err), TP_E_RANGE, &err,
                    "unpacks to more than 3145728");
    limit = (tp_limits){.body_bytes = 1000};
    assert_tp_fails(unpack(tp_buf_view(&zeros), 0, &limit, &got, &stats, &err), TP_E_RANGE, &err,
                    "more than 1000 bytes");
    assert_tp_ok(unpack(tp_buf_view(&body), 0, NULL, &got, &stats, &err), &err);
    assert_int_equal(got.n, zeros.n);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gunzip__none_one_two_levels_and_members),
        cmocka_unit_test(test_gunzip__damage),
        cmocka_unit_test(test_gunzip__limits),
    };
    return cmocka_run_group_tests_name("etl/format/reader_gzip", tests, NULL, NULL);
}
