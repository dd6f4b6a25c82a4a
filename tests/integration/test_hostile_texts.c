/* Texts that look like SQL, COPY, a path or a format reach a row and a file as texts, no more. */
#include "tests/support/tp_test.h"

#include <ftw.h>
#include <unistd.h>

#include "talent/etl/landing.h"
#include "talent/etl/ledger.h"
#include "tests/support/pg.h"
#include "tests/support/scratch.h"
#include "tests/support/tiny_night.h"

/* Each as long as the name it takes the place of: "Warga Contoh 0" to "Warga Contoh 9". */
enum { NAME = 14, PEOPLE = 10 };
static const char *const HOSTILE[PEOPLE] = {
    "');DROP x;--!!",   "../../etc/x.so",  "\\N\\.\\t;$$;%n%s",
    "{\"a\",NULL}||''", "=cmd|'/c'!A1\\x", "\"; rm -rf ~ #!",
    "<script>1</sc>",   "${HOME}`id`$()",  "-- \xc3\xa9\xe2\x80\xae\xe2\x80\x8b---",
    "%00%2e%2e%2f\\0",
};

static void
rename_people(tiny_night *t)
{
    for (size_t i = 0; i < t->strings.n; i++) {
        char *p = t->text_bytes + t->text_off[i];
        const size_t n = (size_t)(t->text_off[i + 1] - t->text_off[i]);
        if (n >= NAME && memcmp(p, "Warga Contoh ", 13) == 0) {
            assert_int_equal(strlen(HOSTILE[p[13] - '0']), NAME);
            memcpy(p, HOSTILE[p[13] - '0'], NAME);
        }
    }
}

static void
test_publish__names_that_look_like_code(void **state)
{
    tp_err err = {0};
    tp_receipt receipt;
    tiny_night *t = tiny_night_make(PEOPLE);
    tp_pg *pg = test_pg_fresh(*state);
    rename_people(t);
    assert_tp_ok(tp_ledger_begin(pg, t->in.night, 0, "talentpool run", &t->in.run_id, &err), &err);
    assert_tp_ok(tp_publish(pg, &t->in, &receipt, &err), &err);
    assert_int_equal(receipt.people, PEOPLE);
    for (int i = 0; i < PEOPLE; i++) {
        char sql[96];
        snprintf(sql, sizeof sql, "SELECT left(name, %d) FROM mart.person WHERE person_key = %d",
                 i == 8 ? 9 : NAME, 1000 + 10 * i);
        assert_string_equal(test_pg_text(pg, sql), HOSTILE[i]);
    }
    assert_int_equal(test_pg_i64(pg, "SELECT count(*) FROM warehouse.person"), PEOPLE);
    tp_pg_close(pg);
    tiny_night_free(t);
}

static char places[4096];

static int
note_place(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)at;
    if (kind == FTW_F) {
        const size_t n = strlen(places);
        snprintf(places + n, sizeof places - n, "%s\n", path);
    }
    return 0;
}

/* What an agency sent stands inside the file; the file's name is made of hashes alone. */
static void
test_landing__keys_that_look_like_paths(void **state)
{
    static const uint8_t SECRET[32] = {1};
    static const tp_key KEY = {{9}};
    (void)state;
    void *dir = NULL;
    assert_int_equal(scratch_setup(&dir), 0);
    scratch *s = dir;
    tp_err err = {0};
    tp_store *store = NULL;
    tp_landing_writer *w = NULL;
    tp_landing *l = NULL;
    const char *const key = "../../../../tmp/tp-hostile\n'; DROP TABLE x; --\x1b[2J";
    const tp_body meta = {.fetch = TP_STR("../../x"),
                          .request_key = tp_str_of(key),
                          .url = TP_STR("http://127.0.0.1/../../%2e%2e/"),
                          .status = 200,
                          .etag = TP_STR("\"../../y\""),
                          .content_type = TP_STR("text/../../z")};
    assert_tp_ok(tp_store_open(s->dir, &store, &err), &err);
    assert_tp_ok(tp_landing_begin(store, &KEY, SECRET, &w, &err), &err);
    assert_tp_ok(tp_landing_body_begin(w, &err), &err);
    assert_tp_ok(tp_landing_body_put(w, "body", 4, &err), &err);
    assert_tp_ok(tp_landing_body_end(w, &meta, &err), &err);
    assert_tp_ok(tp_landing_commit(w, TP_STR("../../w"), &err), &err);
    assert_tp_ok(tp_landing_open(store, &KEY, SECRET, &l, &err), &err);
    assert_tp_str(tp_landing_body(l, 0)->request_key, key);
    assert_tp_str(tp_landing_body(l, 0)->fetch, "../../x");
    tp_landing_close(l);
    tp_store_close(store);
    places[0] = '\0';
    assert_int_equal(nftw(s->dir, note_place, 8, FTW_PHYS), 0);
    assert_null(strstr(places, ".."));
    assert_null(strstr(places, "hostile"));
    assert_non_null(strstr(places, "landing"));
    assert_int_not_equal(access("/tmp/tp-hostile", F_OK), 0);
    assert_int_equal(scratch_teardown(&dir), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_publish__names_that_look_like_code),
        cmocka_unit_test(test_landing__keys_that_look_like_paths),
    };
    return cmocka_run_group_tests_name("hostile texts", tests, test_pg_setup, test_pg_teardown);
}
