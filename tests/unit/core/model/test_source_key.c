/* Tests what of a source's keys may be published. */
#include "tests/support/tp_test.h"

#include "talent/core/source_key.h"

static void
test_source_key_is_number__nine_digits_whatever_stands_between(void **state)
{
    static const struct {
        const char *key;
        bool number;
    } CASE[] = {{"197003151995032001", true},
                {"19700315 199503 2 001", true},
                {"3171-0103-7003-0001", true},
                {"NIP.130456789", true},
                {"PNS/19700315.1995", true},
                {"12345678", false},
                {"12345678x9", false},
                {"A5EB03E2-41D4-A716", false},
                {"017aa001-2345-6789-0127-1bb586f5491c", false},
                {"017AA001234567890127123586054910", false},
                {"01700001234567890127123586054910", true},
                {"017aa0012345678901271bb586f5491", true},
                {"", false}};
    (void)state;
    for (size_t i = 0; i < TP_COUNT(CASE); i++) {
        assert_int_equal(tp_source_key_is_number(tp_str_of(CASE[i].key)), CASE[i].number);
    }
}

static void
test_source_key_hash__depends_on_secret_source_and_key(void **state)
{
    static const char *const SOURCE[] = {"a", "b", "a", "a1"};
    static const char *const KEY[] = {"197003151995032001", "197003151995032001",
                                      "197003151995032002", "97003151995032001"};
    uint8_t secret[16] = {7};
    char hash[5][TP_SOURCE_KEY_TEXT];
    char again[TP_SOURCE_KEY_TEXT];
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        tp_source_key_hash(secret, tp_str_of(SOURCE[i]), tp_str_of(KEY[i]), hash[i]);
        tp_source_key_hash(secret, tp_str_of(SOURCE[i]), tp_str_of(KEY[i]), again);
        assert_string_equal(hash[i], again);
        assert_int_equal(strlen(hash[i]), TP_SOURCE_KEY_TEXT - 1);
    }
    secret[15] = 1;
    tp_source_key_hash(secret, tp_str_of(SOURCE[0]), tp_str_of(KEY[0]), hash[4]);
    for (size_t i = 0; i < 5; i++) {
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(hash[i], hash[j]);
        }
    }
}

static void
test_secret_derive__each_purpose_has_its_own(void **state)
{
    const uint8_t key[32] = {1, 2, 3};
    uint8_t one[16];
    uint8_t two[16];
    (void)state;
    tp_secret_derive(key, "one", one);
    tp_secret_derive(key, "two", two);
    assert_memory_not_equal(one, two, sizeof one);
    assert_memory_not_equal(one, key, sizeof one);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_source_key_is_number__nine_digits_whatever_stands_between),
        cmocka_unit_test(test_source_key_hash__depends_on_secret_source_and_key),
        cmocka_unit_test(test_secret_derive__each_purpose_has_its_own),
    };
    return cmocka_run_group_tests_name("core/model/source_key", tests, NULL, NULL);
}
