/* Tests core/base/{arena,buf,intern,sort,hash,err}.c. */
#include "tests/support/tp_test.h"

#include "talent/base/arena.h"
#include "talent/base/buf.h"
#include "talent/base/hash.h"
#include "talent/base/intern.h"
#include "talent/base/sort.h"

static void
test_arena__zeroed_aligned_and_bounded(void **state)
{
    (void)state;
    TP_AUTO_ARENA(arena, 1 << 20);
    const unsigned char *small = tp_arena_alloc(&arena, 3, 5);
    const unsigned char *large = tp_arena_alloc(&arena, 1000, 8);
    assert_true(small != NULL && large != NULL);
    assert_int_equal((uintptr_t)small % 16, 0);
    assert_int_equal((uintptr_t)large % 64, 0);
    for (size_t i = 0; i < 8000; i++) {
        assert_int_equal(large[i], 0);
    }
    assert_non_null(tp_arena_alloc(&arena, 0, 8));
    assert_null(tp_arena_alloc(&arena, SIZE_MAX / 2, 4));
    assert_null(tp_arena_alloc(&arena, 2 << 20, 1));
    const char *copy = tp_arena_copy(&arena, "abc", 2);
    assert_string_equal(copy, "ab");
    for (int i = 0; i < 100000 && tp_arena_alloc(&arena, 1, 100) != NULL; i++) {
    }
    assert_true(arena.used <= arena.limit);
    tp_arena_reset(&arena);
    assert_true(arena.used > 0);
    const unsigned char *again = tp_arena_alloc(&arena, 100, 1);
    assert_non_null(again);
    assert_int_equal(again[50], 0); /* memory used before is zeroed again */
    tp_arena_clear(&arena);
    assert_int_equal(arena.used, 0);
}

static void
test_buf__builds_once_checks_once(void **state)
{
    (void)state;
    TP_AUTO_BUF(buf);
    assert_string_equal(tp_buf_cstr(&buf), "");
    tp_buf_puts(&buf, "a");
    tp_buf_char(&buf, ' ');
    tp_buf_printf(&buf, "%d-%s ", 7, "x");
    tp_buf_u64(&buf, UINT64_MAX);
    tp_buf_char(&buf, ' ');
    tp_buf_i64(&buf, INT64_MIN);
    assert_string_equal(tp_buf_cstr(&buf), "a 7-x 18446744073709551615 -9223372036854775808");
    tp_buf_reset(&buf);
    tp_buf_json(&buf, TP_STR("a\"\\\n\x7f\xc3\xa9"));
    assert_string_equal(tp_buf_cstr(&buf), "\"a\\\"\\\\\\u000a\\u007f\xc3\xa9\"");
    tp_buf_clear(&buf);
    buf.limit = 4;
    tp_buf_puts(&buf, "1234");
    assert_false(buf.failed);
    tp_buf_puts(&buf, "5");
    tp_buf_puts(&buf, "");
    assert_true(buf.failed);
    assert_string_equal(tp_buf_cstr(&buf), "1234");
}

static void
test_intern__dense_codes_in_order_of_sight(void **state)
{
    (void)state;
    tp_intern in = {0};
    uint32_t code = 0;
    char text[32];
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < 5000; i++) {
            const int n = snprintf(text, sizeof text, "text %u", i);
            assert_true(tp_intern_add(&in, (tp_str){text, (size_t)n}, &code));
            assert_int_equal(code, i);
        }
    }
    assert_true(tp_intern_add(&in, TP_STR(""), &code));
    assert_int_equal(code, 5000);
    assert_int_equal(in.n, 5001);
    assert_tp_str(tp_intern_text(&in, 4999), "text 4999");
    assert_tp_str(tp_intern_text(&in, 5000), "");
    assert_true(tp_intern_find(&in, TP_STR("text 17"), &code) && code == 17);
    assert_false(tp_intern_find(&in, TP_STR("text"), &code));
    tp_intern_clear(&in);
    assert_false(tp_intern_find(&in, TP_STR("text 17"), &code));
}

static void
test_sort__stable_by_key(void **state)
{
    (void)state;
    enum { N = 20000 };
    static tp_key_row items[N];
    static tp_key_row tmp[N];
    for (uint32_t i = 0; i < N; i++) {
        /* Few low keys, so that equal ones abound, and a few with high digits. */
        const uint64_t h = tp_hash_mix(i);
        items[i] = (tp_key_row){h % 10 == 0 ? h : h % 300, i};
    }
    tp_sort_keys(items, tmp, N);
    for (size_t i = 1; i < N; i++) {
        assert_true(items[i - 1].key < items[i].key ||
                    (items[i - 1].key == items[i].key && items[i - 1].row < items[i].row));
    }
    tp_sort_keys(items, tmp, 0);
    tp_sort_keys(items, tmp, 1);
}

/* Hashes are stored: a change of these numbers makes every stored key wrong. */
static void
test_hash__stays_what_it_was(void **state)
{
    (void)state;
    assert_int_equal(tp_hash64(0, "", 0), UINT64_C(0xa706dd2f4d197e6f));
    assert_int_equal(tp_hash64(0, "a", 1), UINT64_C(0x6d983827e353f06a));
    assert_int_equal(tp_hash64(7, "0123456789abcdef", 16), UINT64_C(0x40bbb4a27eeb3703));
    assert_int_equal(tp_hash_mix(1), UINT64_C(0x910a2dec89025cc1));
    assert_true(tp_hash64(0, "a\0", 2) != tp_hash64(0, "a", 1));
    assert_true(tp_hash64(1, "a", 1) != tp_hash64(0, "a", 1));
}

static void
test_err__chain_from_cause_up(void **state)
{
    (void)state;
    tp_err err = {0};
    assert_int_equal(tp_err_set(&err, TP_E_IO, "f", 3, "cause %d", 1), TP_E_IO);
    for (int i = 0; i < TP_ERR_FRAMES + 1; i++) {
        assert_int_equal(tp_err_add(&err, TP_E_IO, "g", 4, "doing %d", i), TP_E_IO);
    }
    assert_string_equal(err.frame[0].text, "cause 1");
    assert_string_equal(err.frame[1].text, "doing 0");
    assert_int_equal(err.depth, TP_ERR_FRAMES);
    assert_int_equal(err.dropped, 2);
    (void)tp_err_set(&err, TP_E_NET, "f", 3, "was: %s", err.frame[0].text);
    assert_string_equal(err.frame[0].text, "was: cause 1");
    assert_int_equal(err.depth, 1);
    assert_int_equal(tp_err_set(NULL, TP_E_DB, "f", 1, "x"), TP_E_DB);
    assert_true(tp_code_retry(TP_E_NET));
    assert_int_equal(tp_code_exit(TP_E_CONFIG), 78);
    assert_int_equal(tp_code_exit((tp_code)99), 70);
    for (int c = 0; c < TP_CODE_COUNT; c++) {
        assert_non_null(tp_code_name((tp_code)c));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arena__zeroed_aligned_and_bounded),
        cmocka_unit_test(test_buf__builds_once_checks_once),
        cmocka_unit_test(test_intern__dense_codes_in_order_of_sight),
        cmocka_unit_test(test_sort__stable_by_key),
        cmocka_unit_test(test_hash__stays_what_it_was),
        cmocka_unit_test(test_err__chain_from_cause_up),
    };
    return cmocka_run_group_tests_name("core/base/arena", tests, NULL, NULL);
}
