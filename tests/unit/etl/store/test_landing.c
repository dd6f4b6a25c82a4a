/* Tests etl/store/{landing,landing_read,landing_block}.c. */
#include "tests/support/tp_test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "talent/base/hash.h"
#include "talent/etl/landing.h"
#include "tests/support/scratch.h"

static const uint8_t SECRET[32] = {1, 2, 3};
static const uint8_t OTHER_SECRET[32] = {1, 2, 4};
static const tp_key KEY = {{7}};

enum { LONG = 3 * (1 << 20) + 12345 };

static unsigned char
byte_at(size_t i)
{
    return (unsigned char)tp_hash_mix(i); /* does not compress: the file has several full blocks */
}

static tp_store *
open_store(scratch *s)
{
    tp_store *store = NULL;
    tp_err err = {0};
    assert_tp_ok(tp_store_open(s->dir, &store, &err), &err);
    return store;
}

static void
put_body(tp_landing_writer *w, const char *fetch, const char *key, uint32_t page, const void *bytes,
         size_t n)
{
    tp_err err = {0};
    tp_body meta = {.fetch = tp_str_of(fetch),
                    .request_key = tp_str_of(key),
                    .page = page,
                    .url = TP_STR("http://127.0.0.1/x"),
                    .status = 200,
                    .fetched_at = 1700000000,
                    .etag = TP_STR("")};
    assert_tp_ok(tp_landing_body_begin(w, &err), &err);
    for (size_t at = 0; at < n; at += 70001) {
        const size_t piece = n - at < 70001 ? n - at : 70001;
        assert_tp_ok(tp_landing_body_put(w, (const char *)bytes + at, piece, &err), &err);
    }
    assert_tp_ok(tp_landing_body_end(w, &meta, &err), &err);
}

/* list: page 1, page 0 (LONG bytes); detail: keys b and a; an empty body; some dropped ones. */
static void
write_landing(const tp_store *store, const tp_key *key)
{
    static unsigned char big[LONG];
    tp_landing_writer *w = NULL;
    tp_err err = {0};
    for (size_t i = 0; i < LONG; i++) {
        big[i] = byte_at(i);
    }
    assert_tp_ok(tp_landing_begin(store, key, SECRET, &w, &err), &err);
    put_body(w, "list", NULL, 1, "page one", 8);
    assert_tp_ok(tp_landing_body_begin(w, &err), &err);
    assert_tp_ok(tp_landing_body_put(w, big, 2000000, &err), &err);
    tp_landing_body_drop(w);
    put_body(w, "list", NULL, 0, big, LONG);
    assert_tp_ok(tp_landing_body_begin(w, &err), &err);
    assert_tp_ok(tp_landing_body_put(w, "gone", 4, &err), &err);
    tp_landing_body_drop(w);
    put_body(w, "detail", "b", 0, "body of b", 9);
    put_body(w, "detail", "a", 0, "", 0);
    assert_tp_ok(tp_landing_commit(w, TP_STR("2026-08-20"), &err), &err);
}

static void
assert_body(const tp_landing *l, size_t i, const char *text)
{
    tp_reader *r = NULL;
    tp_err err = {0};
    char got[64];
    size_t n = 0;
    size_t total = 0;
    assert_tp_ok(tp_landing_reader_open(l, i, &r, &err), &err);
    do {
        assert_tp_ok(r->read(r, got + total, 3, &n, &err), &err);
        total += n;
    } while (n > 0);
    assert_tp_str(((tp_str){got, total}), text);
    tp_landing_reader_close(r);
}

static void
test_round_trip__in_index_order(void **state)
{
    tp_store *store = open_store(*state);
    tp_landing *l = NULL;
    tp_err err = {0};
    assert_false(tp_landing_exists(store, &KEY));
    write_landing(store, &KEY);
    assert_true(tp_landing_exists(store, &KEY));
    assert_tp_ok(tp_landing_open(store, &KEY, SECRET, &l, &err), &err);
    assert_int_equal(tp_landing_count(l), 4);
    assert_tp_str(tp_landing_watermark(l), "2026-08-20");
    const tp_body *first = tp_landing_body(l, 0);
    assert_tp_str(first->fetch, "list");
    assert_null(first->request_key.p);
    assert_non_null(first->etag.p);
    assert_null(first->last_modified.p);
    assert_int_equal(first->page, 0);
    assert_int_equal(first->size, LONG);
    assert_int_equal(first->status, 200);
    assert_tp_str(tp_landing_body(l, 2)->request_key, "a");
    assert_body(l, 1, "page one");
    assert_body(l, 2, "");
    assert_body(l, 3, "body of b");
    static const size_t STORED[] = {1, 0, 3, 2}; /* as they were put */
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(tp_landing_stored(l, i), STORED[i]);
    }
    tp_landing_close(l);
    tp_store_close(store);
}

static void
test_reader__long_body_byte_for_byte(void **state)
{
    tp_store *store = open_store(*state);
    tp_landing *l = NULL;
    tp_reader *r = NULL;
    tp_err err = {0};
    static unsigned char got[100000];
    size_t total = 0;
    size_t n = 1;
    write_landing(store, &KEY);
    assert_tp_ok(tp_landing_open(store, &KEY, SECRET, &l, &err), &err);
    assert_tp_ok(tp_landing_reader_open(l, 0, &r, &err), &err);
    while (n > 0) {
        assert_tp_ok(r->read(r, got, sizeof got, &n, &err), &err);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(got[i], byte_at(total + i));
        }
        total += n;
    }
    assert_int_equal(total, LONG);
    tp_landing_reader_close(r);
    tp_landing_reader_close(NULL);
    assert_int_equal(tp_landing_reader_open(l, 4, &r, &err), TP_E_BUG);
    tp_landing_close(l);
    tp_store_close(store);
}

static void
test_content__depends_on_bodies_not_on_times_or_secret(void **state)
{
    tp_store *store = open_store(*state);
    const tp_key other = {{8}};
    tp_key content[2];
    const tp_key *keys[2] = {&KEY, &other};
    for (int i = 0; i < 2; i++) {
        tp_landing *l = NULL;
        tp_err err = {0};
        write_landing(store, keys[i]);
        assert_tp_ok(tp_landing_open(store, keys[i], SECRET, &l, &err), &err);
        tp_landing_content(l, &content[i]);
        tp_landing_close(l);
    }
    assert_memory_equal(&content[0], &content[1], sizeof content[0]);
    tp_store_close(store);
}

static void
test_open__wrong_key_is_refused(void **state)
{
    tp_store *store = open_store(*state);
    tp_landing *l = NULL;
    tp_err err = {0};
    write_landing(store, &KEY);
    assert_tp_fails(tp_landing_open(store, &KEY, OTHER_SECRET, &l, &err), TP_E_CONFIG, &err,
                    "encrypted with another key");
    assert_null(l);
    tp_store_close(store);
}

static const char *
landing_file(scratch *s)
{
    char hex[TP_KEY_TEXT];
    char name[128];
    tp_key_format(&KEY, hex);
    snprintf(name, sizeof name, "landing/%s.tpl", hex);
    return scratch_path(s, name);
}

static void
test_open__torn_is_absent(void **state)
{
    tp_store *store = open_store(*state);
    tp_landing *l = NULL;
    tp_err err = {0};
    struct stat st;
    write_landing(store, &KEY);
    const char *path = landing_file(*state);
    assert_int_equal(stat(path, &st), 0);
    const off_t cut[] = {st.st_size - 1, st.st_size - 64, st.st_size / 2, 150, 100, 64, 1, 0};
    for (size_t i = 0; i < sizeof cut / sizeof cut[0]; i++) {
        assert_int_equal(truncate(path, cut[i]), 0);
        assert_false(tp_landing_exists(store, &KEY));
        assert_int_equal(tp_landing_open(store, &KEY, SECRET, &l, &err), TP_E_DAMAGED);
    }
    tp_store_close(store);
}

/* Reads everything; TP_OK only if nothing was noticed. */
static tp_code
read_all(const tp_store *store)
{
    static char got[100000];
    tp_landing *l = NULL;
    tp_err err = {0};
    tp_code rc = tp_landing_open(store, &KEY, SECRET, &l, &err);
    for (size_t i = 0; rc == TP_OK && i < tp_landing_count(l); i++) {
        tp_reader *r = NULL;
        size_t n = 1;
        rc = tp_landing_reader_open(l, i, &r, &err);
        while (rc == TP_OK && n > 0) {
            rc = r->read(r, got, sizeof got, &n, &err);
        }
        if (rc != TP_OK) {
            /* Past a fault there is the same fault. */
            assert_int_equal(r->read(r, got, sizeof got, &n, &err), rc);
        }
        tp_landing_reader_close(r);
    }
    tp_landing_close(l);
    return rc;
}

static void
test_read__flipped_bytes_are_found(void **state)
{
    tp_store *store = open_store(*state);
    struct stat st;
    write_landing(store, &KEY);
    assert_int_equal(read_all(store), TP_OK);
    const int fd = open(landing_file(*state), O_RDWR);
    assert_int_equal(fstat(fd, &st), 0);
    const off_t at[] = {0,
                        70,
                        90,
                        130,
                        5000,
                        st.st_size / 2 + 1000000,
                        st.st_size - 300,
                        st.st_size - 64,
                        st.st_size - 1};
    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
        unsigned char byte;
        assert_int_equal(pread(fd, &byte, 1, at[i]), 1);
        byte ^= 0x40;
        assert_int_equal(pwrite(fd, &byte, 1, at[i]), 1);
        assert_int_not_equal(read_all(store), TP_OK);
        byte ^= 0x40;
        assert_int_equal(pwrite(fd, &byte, 1, at[i]), 1);
    }
    assert_int_equal(read_all(store), TP_OK);
    close(fd);
    tp_store_close(store);
}

static void
test_file__holds_no_plain_text(void **state)
{
    tp_store *store = open_store(*state);
    TP_AUTO_BUF(bytes);
    tp_err err = {0};
    write_landing(store, &KEY);
    assert_tp_ok(tp_file_read(landing_file(*state), 1 << 24, &bytes, &err), &err);
    assert_int_equal(tp_str_find(tp_buf_view(&bytes), TP_STR("page one")), SIZE_MAX);
    assert_int_equal(tp_str_find(tp_buf_view(&bytes), TP_STR("127.0.0.1")), SIZE_MAX);
    tp_store_close(store);
}

/* A small body is copied, a large one stays where it is, over any number of nights. */
static void
test_carry__copies_small_bodies_and_refers_to_large_ones(void **state)
{
    static const tp_key NEXT = {{8}};
    static const tp_key LAST = {{9}};
    const tp_key *const key[] = {&KEY, &NEXT, &LAST};
    tp_store *store = open_store(*state);
    tp_landing *l = NULL;
    tp_landing_writer *w = NULL;
    tp_key content[3];
    tp_err err = {0};
    write_landing(store, &KEY);
    for (size_t night = 1; night < 3; night++) {
        assert_tp_ok(tp_landing_open(store, key[night - 1], SECRET, &l, &err), &err);
        tp_landing_content(l, &content[night - 1]);
        assert_tp_ok(tp_landing_begin(store, key[night], SECRET, &w, &err), &err);
        assert_tp_ok(tp_landing_fetch(w, TP_STR("list"), &err), &err);
        put_body(w, "detail", "x", 0, "taken back", 10);
        put_body(w, "other", NULL, 0, "taken back", 10);
        for (size_t i = 4; i-- > 0;) {
            assert_tp_ok(tp_landing_carry(w, l, i, &err), &err);
        }
        tp_landing_forget(w, TP_STR("detail"), TP_STR("x"));
        tp_landing_forget(w, TP_STR("other"), TP_STR_NONE);
        assert_tp_ok(tp_landing_commit(w, TP_STR(""), &err), &err);
        tp_landing_close(l);
    }
    tp_landing_drop(store, &NEXT); /* it holds nothing that the last one refers to */
    assert_false(tp_landing_exists(store, &NEXT));
    assert_tp_ok(tp_landing_open(store, &LAST, SECRET, &l, &err), &err);
    tp_landing_content(l, &content[2]);
    assert_memory_equal(&content[0], &content[1], sizeof content[0]);
    assert_memory_equal(&content[0], &content[2], sizeof content[0]);
    assert_int_equal(tp_landing_count(l), 4);
    assert_true(tp_landing_body(l, 0)->referred);
    assert_memory_equal(&tp_landing_body(l, 0)->origin, &KEY, sizeof KEY);
    assert_false(tp_landing_body(l, 1)->referred);
    assert_body(l, 1, "page one");
    assert_body(l, 3, "body of b");
    tp_reader *r = NULL;
    unsigned char got[1000];
    size_t n = 0;
    assert_tp_ok(tp_landing_reader_open(l, 0, &r, &err), &err);
    assert_tp_ok(r->read(r, got, sizeof got, &n, &err), &err);
    assert_int_equal(got[n - 1], byte_at(n - 1));
    tp_landing_reader_close(r);
    tp_landing_close(l);

    tp_landing_drop(store, &KEY);
    assert_tp_ok(tp_landing_open(store, &LAST, SECRET, &l, &err), &err);
    assert_body(l, 1, "page one");
    assert_int_equal(tp_landing_reader_open(l, 0, &r, &err), TP_E_DAMAGED);
    assert_non_null(strstr(err.frame[1].text, "earlier landing that body 0"));
    tp_landing_close(l);
    tp_store_close(store);
}

/* A landing of one large body, all of the byte. */
static void
write_filled(const tp_store *store, const tp_key *key, char byte)
{
    static char big[1 << 20];
    tp_landing_writer *w = NULL;
    tp_err err = {0};
    memset(big, byte, sizeof big);
    assert_tp_ok(tp_landing_begin(store, key, SECRET, &w, &err), &err);
    put_body(w, "list", NULL, 0, big, sizeof big);
    assert_tp_ok(tp_landing_commit(w, TP_STR(""), &err), &err);
}

/* First byte of the first body, which is read to its end; 0 when that fails. */
static char
filled_with(const tp_store *store, const tp_key *key)
{
    static char got[100000];
    tp_landing *l = NULL;
    tp_reader *r = NULL;
    tp_err err = {0};
    size_t n = 1;
    char first = '\0';
    tp_code rc = tp_landing_open(store, key, SECRET, &l, &err);
    rc = rc == TP_OK ? tp_landing_reader_open(l, 0, &r, &err) : rc;
    for (bool any = false; rc == TP_OK && n > 0; any = true) {
        rc = r->read(r, got, sizeof got, &n, &err);
        first = any ? first : got[0];
    }
    tp_landing_reader_close(r);
    tp_landing_close(l);
    return rc == TP_OK ? first : '\0';
}

static tp_code
carry_first(const tp_store *store, const tp_key *from, const tp_key *to)
{
    tp_landing *l = NULL;
    tp_landing_writer *w = NULL;
    tp_err err = {0};
    assert_tp_ok(tp_landing_open(store, from, SECRET, &l, &err), &err);
    assert_tp_ok(tp_landing_begin(store, to, SECRET, &w, &err), &err);
    const tp_code rc = tp_landing_carry(w, l, 0, &err);
    tp_landing_close(l);
    if (rc != TP_OK) {
        tp_landing_abort(w);
        return rc;
    }
    return tp_landing_commit(w, TP_STR(""), &err);
}

/* What a night was fetched anew does not change under those that refer to it. */
static void
test_commit__over_a_landing_others_refer_to(void **state)
{
    static const tp_key NEXT = {{8}};
    static const tp_key LAST = {{9}};
    tp_store *store = open_store(*state);
    write_filled(store, &KEY, 'a');
    assert_int_equal(carry_first(store, &KEY, &NEXT), TP_OK);
    write_filled(store, &KEY, 'b');
    assert_int_equal(filled_with(store, &KEY), 'b');
    assert_int_equal(filled_with(store, &NEXT), 'a');
    assert_int_equal(carry_first(store, &NEXT, &LAST), TP_OK);
    write_filled(store, &KEY, 'c');
    assert_int_equal(filled_with(store, &LAST), 'a');
    tp_landing_set_aside(store, &KEY);
    assert_false(tp_landing_exists(store, &KEY));
    assert_int_equal(filled_with(store, &LAST), 'a');
    tp_landing_set_aside(store, &KEY); /* fine if there is none */
    tp_store_close(store);
}

static void
test_carry__a_damaged_body_is_not_taken_over(void **state)
{
    static const tp_key NEXT = {{8}};
    static const tp_key LAST = {{9}};
    tp_store *store = open_store(*state);
    struct stat st;
    write_landing(store, &KEY);
    assert_int_equal(carry_first(store, &KEY, &NEXT), TP_OK);
    const int fd = open(landing_file(*state), O_RDWR);
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(pwrite(fd, "damage", 6, st.st_size / 2), 6);
    close(fd);
    assert_int_equal(carry_first(store, &KEY, &LAST), TP_E_DAMAGED);
    assert_int_equal(carry_first(store, &NEXT, &LAST), TP_E_DAMAGED);
    assert_false(tp_landing_exists(store, &LAST));
    tp_store_close(store);
}

/* Blocks of a file that had the same key, secret and layout are not this file's. */
static void
test_read__blocks_of_an_earlier_file_are_refused(void **state)
{
    enum { HEADER = 96, FOOTER = 64 };
    tp_store *store = open_store(*state);
    TP_AUTO_BUF(first);
    TP_AUTO_BUF(second);
    uint64_t end[2];
    tp_err err = {0};
    write_filled(store, &KEY, 'a');
    assert_tp_ok(tp_file_read(landing_file(*state), 1 << 24, &first, &err), &err);
    write_filled(store, &KEY, 'b');
    assert_tp_ok(tp_file_read(landing_file(*state), 1 << 24, &second, &err), &err);
    memcpy(&end[0], first.p + first.n - FOOTER, sizeof end[0]);
    memcpy(&end[1], second.p + second.n - FOOTER, sizeof end[1]);
    assert_int_equal(end[0], end[1]);
    const int fd = open(landing_file(*state), O_RDWR);
    assert_int_equal(pwrite(fd, first.p + HEADER, end[0] - HEADER, HEADER), end[0] - HEADER);
    assert_int_equal(filled_with(store, &KEY), '\0');
    assert_int_equal(pwrite(fd, first.p, HEADER, 0), HEADER); /* then the index is not */
    assert_int_equal(filled_with(store, &KEY), '\0');
    close(fd);
    tp_store_close(store);
}

static void
test_writer__misuse_is_a_bug(void **state)
{
    tp_store *store = open_store(*state);
    tp_landing_writer *w = NULL;
    tp_body meta = {.fetch = TP_STR("x")};
    tp_err err = {0};
    assert_tp_ok(tp_landing_begin(store, &KEY, SECRET, &w, &err), &err);
    assert_int_equal(tp_landing_body_put(w, "x", 1, &err), TP_E_BUG);
    assert_int_equal(tp_landing_body_end(w, &meta, &err), TP_E_BUG);
    tp_landing_body_drop(w);
    assert_tp_ok(tp_landing_body_begin(w, &err), &err);
    assert_int_equal(tp_landing_body_begin(w, &err), TP_E_BUG);
    assert_tp_fails(tp_landing_commit(w, TP_STR(""), &err), TP_E_BUG, &err, "within a body");
    assert_false(tp_landing_exists(store, &KEY));
    tp_landing_abort(NULL);
    tp_store_close(store);
}

static void
test_round_trip__night_without_bodies(void **state)
{
    tp_store *store = open_store(*state);
    tp_landing_writer *w = NULL;
    tp_landing *l = NULL;
    tp_err err = {0};
    assert_tp_ok(tp_landing_begin(store, &KEY, SECRET, &w, &err), &err);
    assert_tp_ok(tp_landing_commit(w, TP_STR(""), &err), &err);
    assert_tp_ok(tp_landing_open(store, &KEY, SECRET, &l, &err), &err);
    assert_int_equal(tp_landing_count(l), 0);
    assert_int_equal(tp_landing_watermark(l).n, 0);
    tp_landing_close(l);
    tp_store_close(store);
}

/* Two readers at once, then many small ones over the same block. */
static void
test_reader__several_at_once(void **state)
{
    tp_store *store = open_store(*state);
    tp_landing *l = NULL;
    tp_reader *a = NULL;
    tp_reader *b = NULL;
    tp_err err = {0};
    char got[16];
    size_t n = 0;
    write_landing(store, &KEY);
    assert_tp_ok(tp_landing_open(store, &KEY, SECRET, &l, &err), &err);
    assert_tp_ok(tp_landing_reader_open(l, 1, &a, &err), &err);
    assert_tp_ok(tp_landing_reader_open(l, 3, &b, &err), &err);
    assert_tp_ok(a->read(a, got, 5, &n, &err), &err);
    assert_tp_str(((tp_str){got, n}), "page ");
    assert_tp_ok(b->read(b, got, sizeof got, &n, &err), &err);
    assert_tp_str(((tp_str){got, n}), "body of b");
    tp_landing_reader_close(b);
    assert_tp_ok(a->read(a, got, sizeof got, &n, &err), &err);
    assert_tp_str(((tp_str){got, n}), "one");
    tp_landing_reader_close(a);
    for (int i = 0; i < 50; i++) {
        assert_body(l, 1, "page one");
        assert_body(l, 3, "body of b");
    }
    tp_landing_close(l);
    tp_store_close(store);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(test_round_trip__in_index_order),
        scratch_test(test_reader__long_body_byte_for_byte),
        scratch_test(test_content__depends_on_bodies_not_on_times_or_secret),
        scratch_test(test_round_trip__night_without_bodies),
        scratch_test(test_reader__several_at_once),
        scratch_test(test_open__wrong_key_is_refused),
        scratch_test(test_open__torn_is_absent),
        scratch_test(test_read__flipped_bytes_are_found),
        scratch_test(test_file__holds_no_plain_text),
        scratch_test(test_carry__copies_small_bodies_and_refers_to_large_ones),
        scratch_test(test_commit__over_a_landing_others_refer_to),
        scratch_test(test_carry__a_damaged_body_is_not_taken_over),
        scratch_test(test_read__blocks_of_an_earlier_file_are_refused),
        scratch_test(test_writer__misuse_is_a_bug),
    };
    return cmocka_run_group_tests_name("etl/store/landing", tests, NULL, NULL);
}
