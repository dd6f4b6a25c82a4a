/* Tests etl/store/{store,temp,artefact,artefact_table,key}.c. */
#include "tests/support/tp_test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "talent/base/intern.h"
#include "talent/etl/artefact.h"
#include "tests/support/scratch.h"

static const char KIND[] = "normalise";

static tp_key
key_of(const char *text)
{
    tp_key_maker maker;
    tp_key key;
    tp_key_begin(&maker, "test");
    tp_key_add_text(&maker, "text", tp_str_of(text));
    tp_key_end(&maker, &key);
    return key;
}

static tp_store *
open_store(scratch *s)
{
    tp_store *store = NULL;
    tp_err err = {0};
    assert_tp_ok(tp_store_open(s->dir, &store, &err), &err);
    return store;
}

static const uint32_t SMALL[5] = {1, 2, 3, 5, 8};

static void
write_one(const tp_store *store, const tp_key *key, size_t big)
{
    tp_artefact_writer *w = NULL;
    tp_err err = {0};
    uint64_t *large = calloc(big, sizeof *large);
    for (size_t i = 0; i < big; i++) {
        large[i] = i * 7;
    }
    assert_tp_ok(tp_artefact_begin(store, KIND, key, &w, &err), &err);
    assert_tp_ok(tp_artefact_add(w, "small", SMALL, 5, 4, &err), &err);
    assert_tp_ok(tp_artefact_add(w, "empty", NULL, 0, 8, &err), &err);
    assert_tp_ok(tp_artefact_add(w, "large", large, big, 8, &err), &err);
    assert_tp_ok(tp_artefact_commit(w, &err), &err);
    free(large);
}

/* <dir>/normalise/<hex>.tpa */
static const char *
file_of(scratch *s, const tp_key *key)
{
    char hex[TP_KEY_TEXT];
    char name[128];
    tp_key_format(key, hex);
    snprintf(name, sizeof name, "%s/%s.tpa", KIND, hex);
    return scratch_path(s, name);
}

static void
test_round_trip__arrays_come_back_aligned(void **state)
{
    tp_store *store = open_store(*state);
    const tp_key key = key_of("a");
    tp_artefact *a = NULL;
    tp_err err = {0};
    const void *data = NULL;
    size_t n = 0;

    assert_false(tp_artefact_exists(store, KIND, &key));
    write_one(store, &key, 300000);
    assert_true(tp_artefact_exists(store, KIND, &key));
    assert_tp_ok(tp_artefact_open(store, KIND, &key, &a, &err), &err);
    assert_tp_ok(tp_artefact_get(a, "small", 4, &data, &n, &err), &err);
    assert_int_equal(n, 5);
    assert_memory_equal(data, SMALL, sizeof SMALL);
    assert_int_equal((uintptr_t)data % 64, 0);
    assert_tp_ok(tp_artefact_get(a, "empty", 8, &data, &n, &err), &err);
    assert_int_equal(n, 0);
    assert_tp_ok(tp_artefact_get(a, "large", 8, &data, &n, &err), &err);
    assert_int_equal(n, 300000);
    assert_int_equal((uintptr_t)data % 64, 0);
    assert_true(((const uint64_t *)data)[299999] == 299999 * 7);
    assert_tp_ok(tp_artefact_verify(a, &err), &err);
    assert_tp_fails(tp_artefact_get(a, "none", 4, &data, &n, &err), TP_E_SCHEMA, &err,
                    "has no array none");
    assert_tp_fails(tp_artefact_get(a, "small", 8, &data, &n, &err), TP_E_SCHEMA, &err,
                    "elements of 4 bytes, not 8");
    tp_artefact_close(a);
    tp_store_close(store);
}

static void
test_content__is_that_of_the_arrays_not_of_the_key(void **state)
{
    tp_store *store = open_store(*state);
    const tp_key key[3] = {key_of("a"), key_of("b"), key_of("c")};
    tp_key content[3];
    for (int i = 0; i < 3; i++) {
        tp_artefact *a = NULL;
        tp_err err = {0};
        write_one(store, &key[i], i < 2 ? 10 : 11);
        assert_tp_ok(tp_artefact_open(store, KIND, &key[i], &a, &err), &err);
        tp_artefact_content(a, &content[i]);
        tp_artefact_close(a);
    }
    assert_memory_equal(&content[0], &content[1], sizeof content[0]);
    assert_memory_not_equal(&content[0], &content[2], sizeof content[0]);
    tp_store_close(store);
}

static void
test_exists__torn_at_any_length_is_absent(void **state)
{
    tp_store *store = open_store(*state);
    const tp_key key = key_of("a");
    tp_artefact *a = NULL;
    tp_err err = {0};
    struct stat st;
    write_one(store, &key, 100);
    const char *path = file_of(*state, &key);
    assert_int_equal(stat(path, &st), 0);
    for (off_t size = st.st_size - 1; size >= 0; size -= 13) {
        assert_int_equal(truncate(path, size), 0);
        assert_false(tp_artefact_exists(store, KIND, &key));
        assert_int_equal(tp_artefact_open(store, KIND, &key, &a, &err), TP_E_DAMAGED);
    }
    assert_null(a);
    tp_store_close(store);
}

static void
test_open__any_flipped_byte_is_found(void **state)
{
    tp_store *store = open_store(*state);
    const tp_key key = key_of("a");
    struct stat st;
    write_one(store, &key, 20);
    const char *path = file_of(*state, &key);
    assert_int_equal(stat(path, &st), 0);
    const int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    size_t missed = 0;
    for (off_t at = 0; at < st.st_size; at++) {
        unsigned char byte;
        tp_artefact *a = NULL;
        tp_err err = {0};
        assert_int_equal(pread(fd, &byte, 1, at), 1);
        byte ^= 1;
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
        if (tp_artefact_open(store, KIND, &key, &a, &err) == TP_OK) {
            missed++;
            assert_tp_ok(tp_artefact_verify(a, &err), &err);
            tp_artefact_close(a);
        } else {
            assert_non_null(strstr(err.frame[0].text, path));
            assert_non_null(strstr(err.frame[0].text, "remove it and run again"));
        }
        byte ^= 1;
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    }
    close(fd);
    /* Zero bytes between arrays belong to nothing: 64 + 20 is filled to 128, 128 + 160 to 320. */
    assert_int_equal(missed, 44 + 32);
    tp_store_close(store);
}

static void
test_writer__refuses_a_name_twice_and_leaves_nothing(void **state)
{
    scratch *s = *state;
    tp_store *store = open_store(s);
    const tp_key key = key_of("a");
    tp_artefact_writer *w = NULL;
    tp_err err = {0};
    TP_AUTO_ARENA(arena, 1 << 20);
    const char **names;
    size_t n = 99;
    assert_tp_ok(tp_artefact_begin(store, KIND, &key, &w, &err), &err);
    assert_tp_ok(tp_artefact_add(w, "x", SMALL, 5, 4, &err), &err);
    assert_tp_ok(tp_artefact_add(w, "x", SMALL, 5, 4, &err), &err);
    assert_tp_fails(tp_artefact_commit(w, &err), TP_E_BUG, &err, "array x is there twice");
    assert_tp_ok(tp_artefact_begin(store, KIND, &key, &w, &err), &err);
    assert_false(tp_artefact_exists(store, KIND, &key));
    tp_artefact_abort(w);
    tp_artefact_abort(NULL);
    assert_tp_ok(tp_dir_list(scratch_path(s, KIND), "", &arena, &names, &n, &err), &err);
    assert_int_equal(n, 0);
    assert_tp_fails(tp_artefact_begin(store, "../x", &key, &w, &err), TP_E_BUG, &err,
                    "artefact kind");
    tp_store_close(store);
}

static void
test_store_open__removes_leftovers_but_not_what_is_being_written(void **state)
{
    scratch *s = *state;
    tp_store *store = open_store(s);
    const tp_key key = key_of("a");
    tp_artefact_writer *w = NULL;
    tp_err err = {0};
    char stale[512];
    assert_tp_ok(tp_artefact_begin(store, KIND, &key, &w, &err), &err);
    snprintf(stale, sizeof stale, "%s.tmp.1.0", file_of(s, &key));
    FILE *f = fopen(stale, "w");
    assert_non_null(f);
    fclose(f);
    (void)scratch_file(s, "normalise/keep.tmp.1", "not ours");
    tp_store *second = open_store(s);
    assert_false(tp_file_exists(stale));
    assert_true(tp_file_exists(scratch_path(s, "normalise/keep.tmp.1")));
    assert_tp_ok(tp_artefact_commit(w, &err), &err);
    assert_true(tp_artefact_exists(second, KIND, &key));
    tp_store_close(second);
    tp_store_close(store);
}

static void
test_store_open__after_a_kill_nothing_is_left(void **state)
{
    scratch *s = *state;
    tp_store *store = open_store(s);
    const tp_key key = key_of("a");
    tp_err err = {0};
    TP_AUTO_ARENA(arena, 1 << 20);
    const char **names = NULL;
    size_t n = 0;
    const pid_t child = fork();
    if (child == 0) {
        tp_artefact_writer *w = NULL;
        if (tp_artefact_begin(store, KIND, &key, &w, &err) == TP_OK) {
            (void)raise(SIGKILL);
        }
        _exit(1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_tp_ok(tp_dir_list(scratch_path(s, KIND), "", &arena, &names, &n, &err), &err);
    assert_int_equal(n, 1);
    tp_store_close(store);
    store = open_store(s);
    assert_tp_ok(tp_dir_list(scratch_path(s, KIND), "", &arena, &names, &n, &err), &err);
    assert_int_equal(n, 0);
    assert_false(tp_artefact_exists(store, KIND, &key));
    tp_store_close(store);
}

static void
test_open__file_under_another_key_is_refused(void **state)
{
    tp_store *store = open_store(*state);
    const tp_key key = key_of("a");
    const tp_key other = key_of("b");
    tp_artefact *a = NULL;
    tp_err err = {0};
    char from[512];
    write_one(store, &key, 3);
    snprintf(from, sizeof from, "%s", file_of(*state, &key));
    assert_int_equal(rename(from, file_of(*state, &other)), 0);
    assert_false(tp_artefact_exists(store, KIND, &other));
    assert_tp_fails(tp_artefact_open(store, KIND, &other, &a, &err), TP_E_DAMAGED, &err,
                    "belongs to another key");
    tp_store_close(store);
}

static void
fill(tp_table *t, tp_intern *in, tp_arena *arena)
{
    tp_err err = {0};
    uint32_t code = 0;
    assert_tp_ok(tp_table_alloc(t, TP_ASSESSMENT, 70, false, arena, &err), &err);
    for (size_t i = 0; i < 70; i++) {
        char text[16];
        snprintf(text, sizeof text, "body %zu", i % 9);
        assert_true(tp_intern_add(in, tp_str_of(text), &code));
        t->key[i] = i * 10;
        t->subject[i] = (uint32_t)(i / 2);
        tp_set_i32(t, TP_ASSESSMENT_BODY, i, (int32_t)code);
        if (i % 3 == 0) {
            tp_set_i32(t, TP_ASSESSMENT_M1, i, (int32_t)i % 10);
        }
    }
}

static void
test_table__comes_back_with_its_texts(void **state)
{
    tp_store *store = open_store(*state);
    const tp_key key = key_of("table");
    TP_AUTO_ARENA(arena, 1 << 24);
    tp_intern in = {0};
    tp_table t = {0};
    tp_table none = {.kind = TP_AWARD};
    tp_artefact_writer *w = NULL;
    tp_artefact *a = NULL;
    tp_err err = {0};
    fill(&t, &in, &arena);
    const tp_strings texts = {in.n, in.off, in.bytes};
    t.strings = &texts;
    for (size_t i = 0; i < t.n; i++) {
        t.hash[i] = tp_row_hash(&t, i);
    }
    assert_tp_ok(tp_artefact_begin(store, KIND, &key, &w, &err), &err);
    assert_tp_ok(tp_artefact_add_strings(w, "texts", &texts, &err), &err);
    assert_tp_ok(tp_artefact_add_table(w, "assessment", &t, &err), &err);
    assert_tp_ok(tp_artefact_add_table(w, "award", &none, &err), &err);
    assert_tp_ok(tp_artefact_commit(w, &err), &err);

    tp_strings back_texts;
    tp_table back;
    assert_tp_ok(tp_artefact_open(store, KIND, &key, &a, &err), &err);
    assert_tp_ok(tp_artefact_get_strings(a, "texts", &back_texts, &err), &err);
    assert_tp_ok(tp_artefact_get_table(a, "award", TP_AWARD, &back_texts, &back, &err), &err);
    assert_int_equal(back.n, 0);
    assert_tp_ok(tp_artefact_get_table(a, "assessment", TP_ASSESSMENT, &back_texts, &back, &err),
                 &err);
    assert_int_equal(back.n, 70);
    assert_null(back.source);
    for (size_t i = 0; i < back.n; i++) {
        assert_true(back.key[i] == t.key[i] && back.subject[i] == t.subject[i]);
        assert_true(tp_row_hash(&back, i) == t.hash[i] && back.hash[i] == t.hash[i]);
        assert_int_equal(tp_row_cmp(&back, i, &t, i, TP_ASSESSMENT_N), 0);
    }
    assert_tp_fails(tp_artefact_get_table(a, "person", TP_PERSON, &back_texts, &back, &err),
                    TP_E_SCHEMA, &err, "has no array person:key");
    tp_artefact_close(a);
    tp_intern_clear(&in);
    tp_store_close(store);
}

static void
test_key__depends_on_every_part_and_its_limits(void **state)
{
    (void)state;
    tp_key_maker m;
    tp_key a;
    tp_key b;
    tp_key parsed;
    char hex[TP_KEY_TEXT];
    tp_key_begin(&m, "w");
    tp_key_add(&m, "ab", "c", 1);
    tp_key_end(&m, &a);
    tp_key_begin(&m, "w");
    tp_key_add(&m, "a", "bc", 2);
    tp_key_end(&m, &b);
    assert_memory_not_equal(&a, &b, sizeof a);
    tp_key_begin(&m, "w");
    tp_key_add_i64(&m, "n", -2);
    tp_key_add_key(&m, "k", &a);
    tp_key_end(&m, &a);
    tp_key_format(&a, hex);
    assert_int_equal(strlen(hex), 64);
    assert_true(tp_key_parse(tp_str_of(hex), &parsed));
    assert_memory_equal(&a, &parsed, sizeof a);
    hex[10] = 'x';
    assert_false(tp_key_parse(tp_str_of(hex), &parsed));
    assert_false(tp_key_parse(TP_STR("abcd"), &parsed));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(test_round_trip__arrays_come_back_aligned),
        scratch_test(test_content__is_that_of_the_arrays_not_of_the_key),
        scratch_test(test_exists__torn_at_any_length_is_absent),
        scratch_test(test_open__any_flipped_byte_is_found),
        scratch_test(test_writer__refuses_a_name_twice_and_leaves_nothing),
        scratch_test(test_store_open__removes_leftovers_but_not_what_is_being_written),
        scratch_test(test_store_open__after_a_kill_nothing_is_left),
        scratch_test(test_open__file_under_another_key_is_refused),
        scratch_test(test_table__comes_back_with_its_texts),
        cmocka_unit_test(test_key__depends_on_every_part_and_its_limits),
    };
    return cmocka_run_group_tests_name("etl/store/artefact", tests, NULL, NULL);
}
