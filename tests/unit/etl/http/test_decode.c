/* Tests etl/http/decode.c: every coding, in every cut, whole and not. */
#include "tests/support/tp_test.h"

#include <zlib.h>
#include <zstd.h>

#include "etl/http/decode.h"
#include "talent/base/buf.h"

static tp_code
take(void *user, const void *bytes, size_t n)
{
    tp_buf_put(user, bytes, n);
    return TP_OK;
}

/* Unpacks in steps of `step` bytes; the text so far is in *out whatever happens. */
static tp_code
unpack(const char *coding, tp_str packed, size_t step, tp_buf *out, tp_err *err)
{
    tp_decode *d = NULL;
    tp_code rc = tp_decode_open(tp_str_of(coding), &d, err);
    if (rc != TP_OK || d == NULL) {
        return rc;
    }
    for (size_t at = 0; rc == TP_OK && at < packed.n; at += step) {
        const tp_str piece = tp_str_sub(packed, at, step);
        rc = tp_decode_put(d, piece.p, piece.n, take, out, err);
    }
    if (rc == TP_OK) {
        rc = tp_decode_end(d, take, out, err);
    }
    tp_decode_close(d);
    return rc;
}

static tp_str
pack(int bits, tp_str text, char *out, size_t cap)
{
    z_stream z = {.avail_in = (uInt)text.n, .next_out = (Bytef *)out, .avail_out = (uInt)cap};
    memcpy(&z.next_in, &text.p, sizeof text.p);
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    const tp_str packed = {out, z.total_out};
    deflateEnd(&z);
    return packed;
}

static const char TEXT[] = "[{\"id\":\"a\"},{\"id\":\"b\"},{\"id\":\"a\"},{\"id\":\"b\"}]";

/* Whole in any steps; cut at any byte it is not whole. */
static void
assert_coding(const char *coding, tp_str packed)
{
    for (size_t step = 1; step <= packed.n; step++) {
        TP_AUTO_BUF(out);
        tp_err err = {0};
        assert_tp_ok(unpack(coding, packed, step, &out, &err), &err);
        assert_string_equal(tp_buf_cstr(&out), TEXT);
    }
    for (size_t n = 4; n < packed.n; n++) {
        TP_AUTO_BUF(out);
        tp_err err = {0};
        assert_tp_fails(unpack(coding, tp_str_sub(packed, 0, n), 7, &out, &err), TP_E_NET, &err,
                        "cut short");
    }
}

static void
test_decode__every_coding_in_every_cut(void **state)
{
    char room[512];
    (void)state;
    assert_coding("gzip", pack(31, TP_STR(TEXT), room, sizeof room));
    assert_coding("X-GZip", pack(31, TP_STR(TEXT), room, sizeof room));
    assert_coding("deflate", pack(15, TP_STR(TEXT), room, sizeof room));
    assert_coding("deflate", pack(-15, TP_STR(TEXT), room, sizeof room)); /* without its wrapper */
    const size_t n = ZSTD_compress(room, sizeof room, TEXT, sizeof TEXT - 1, 3);
    assert_coding("zstd", (tp_str){room, n});
}

static void
test_decode__gzip_of_two_members(void **state)
{
    char room[512];
    TP_AUTO_BUF(both);
    TP_AUTO_BUF(out);
    tp_err err = {0};
    (void)state;
    tp_buf_str(&both, pack(31, TP_STR("ab"), room, sizeof room));
    tp_buf_str(&both, pack(31, TP_STR("cd"), room, sizeof room));
    assert_tp_ok(unpack("gzip", tp_buf_view(&both), 3, &out, &err), &err);
    assert_string_equal(tp_buf_cstr(&out), "abcd");
}

static void
test_decode__plain_bytes_under_a_false_name(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 6; n++) {
        TP_AUTO_BUF(out);
        tp_err err = {0};
        assert_tp_ok(unpack("gzip", tp_str_sub(TP_STR("[1,22]"), 0, n), 1, &out, &err), &err);
        assert_int_equal(out.n, n);
    }
}

static void
test_decode__damage_and_unknown_codings(void **state)
{
    char room[512];
    TP_AUTO_BUF(out);
    tp_err err = {0};
    tp_decode *d = NULL;
    (void)state;
    const tp_str packed = pack(31, TP_STR(TEXT), room, sizeof room);
    room[packed.n - 6] ^= 1; /* the checksum */
    assert_tp_fails(unpack("gzip", packed, 100, &out, &err), TP_E_NET, &err, "damaged");
    assert_tp_fails(tp_decode_open(TP_STR("br"), &d, &err), TP_E_SCHEMA, &err, "\"br\"");
    assert_tp_fails(tp_decode_open(TP_STR("gzip, gzip"), &d, &err), TP_E_SCHEMA, &err,
                    "gzip, gzip");
    assert_tp_ok(tp_decode_open(TP_STR("identity"), &d, &err), &err);
    assert_null(d);
}

/* A body asks for memory by the window it names: 8 MiB is lawful, more is not. */
static void
test_decode__zstd_window(void **state)
{
    (void)state;
    for (int log = 23; log <= 27; log++) {
        char room[512];
        TP_AUTO_BUF(out);
        tp_err err = {0};
        ZSTD_CCtx *c = ZSTD_createCCtx();
        assert_non_null(c);
        assert_false(ZSTD_isError(ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, log)));
        ZSTD_inBuffer in = {TEXT, sizeof TEXT - 1, 0};
        ZSTD_outBuffer to = {room, sizeof room, 0};
        assert_false(ZSTD_isError(ZSTD_compressStream2(c, &to, &in, ZSTD_e_flush)));
        assert_int_equal(ZSTD_compressStream2(c, &to, &in, ZSTD_e_end), 0);
        ZSTD_freeCCtx(c);
        const tp_code rc = unpack("zstd", (tp_str){room, to.pos}, 7, &out, &err);
        if (log == 23) {
            assert_tp_ok(rc, &err);
            assert_string_equal(tp_buf_cstr(&out), TEXT);
        } else {
            assert_tp_fails(rc, TP_E_RANGE, &err, "more than 8 MiB");
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decode__every_coding_in_every_cut),
        cmocka_unit_test(test_decode__gzip_of_two_members),
        cmocka_unit_test(test_decode__plain_bytes_under_a_false_name),
        cmocka_unit_test(test_decode__zstd_window),
        cmocka_unit_test(test_decode__damage_and_unknown_codings),
    };
    return cmocka_run_group_tests_name("etl/http/decode", tests, NULL, NULL);
}
