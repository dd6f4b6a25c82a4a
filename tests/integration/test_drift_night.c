/* Tests nights on which what a source sends has changed: what is told, where, and without a value.
 */
#include "tests/support/tp_test.h"

#include <sys/stat.h>
#include <unistd.h>

#include "talent/base/buf.h"
#include "tests/support/http_server.h"
#include "tests/support/pg.h"
#include "tests/support/program.h"
#include "tests/support/scratch.h"

enum { PEOPLE = 60 };

typedef enum feed { BEFORE, AFTER, HELD } feed;

typedef struct fixture {
    scratch s;
    http_server *server;
    feed feed;
    tp_pg *pg;
    tp_buf text;
} fixture;

/* After: dates the other way round, a fifth without agency, a third sex, a new member. */
static void
put_person(tp_buf *b, int i, feed which)
{
    const bool after = which != BEFORE;
    tp_buf_printf(b, "%s{\"kode\":\"K%03d\",\"nama\":\"%s\",\"jk\":\"%s\"", i > 0 ? "," : "", i,
                  which == HELD && i % 2 == 0 ? "" : "Sinta Contohwati",
                  after && i % 10 == 0 ? "X"
                  : i % 2 == 0         ? "L"
                                       : "P");
    if (after) {
        tp_buf_printf(b, ",\"lahir\":\"1980-05-%02d\",\"nik_baru\":\"3305015503700001\"",
                      1 + i % 28);
    } else {
        tp_buf_printf(b, ",\"lahir\":\"%02d-05-1980\"", 1 + i % 28);
    }
    tp_buf_printf(b, "%s,\"agama\":\"x\"}", after && i % 5 == 0 ? "" : ",\"instansi\":\"5104\"");
}

static void
answer(void *user, const http_ask *ask, http_reply *reply)
{
    const fixture *f = user;
    TP_AUTO_BUF(body);
    (void)ask;
    reply->type = "application/json";
    tp_buf_puts(&body, "{\"warga\":[");
    for (int i = 0; i < PEOPLE; i++) {
        put_person(&body, i, f->feed);
    }
    tp_buf_puts(&body, "]}");
    snprintf(reply->body, sizeof reply->body, "%s", tp_buf_cstr(&body));
}

static int
talentpool(fixture *f, const char *const *words)
{
    char state[300], secrets[320], url[96];
    const char *argv[32] = {NULL};
    size_t n = 0;
    snprintf(state, sizeof state, "state.dir=%s/state", f->s.dir);
    snprintf(secrets, sizeof secrets, "secrets.dir=%s/secrets", f->s.dir);
    snprintf(url, sizeof url, "feeds.dinas_url=http://127.0.0.1:%d", http_server_port(f->server));
    while (*words != NULL && n < 16) {
        argv[n++] = *words++;
    }
    const char *const set[] = {state, secrets, url, "sources.dir=tests/data/drift",
                               "run.min_sources_bp=0"};
    for (size_t i = 0; i < TP_COUNT(set); i++) {
        argv[n++] = "--set";
        argv[n++] = set[i];
    }
    return program_run(f->s.dir, argv, NULL);
}

/* One night with a report; its standard output lands in f->text. */
static int
night(fixture *f, const char *day, feed which)
{
    char report[320];
    f->feed = which;
    snprintf(report, sizeof report, "%s/report.json", f->s.dir);
    const int status =
        talentpool(f, (const char *const[]){"run", "--as-of", day, "--json", report, NULL});
    assert_true(program_text(f->s.dir, "out", &f->text));
    return status;
}

static const char *
ask(fixture *f, const char *sql)
{
    char state[300];
    tp_err err = {0};
    TP_AUTO_BUF(conninfo);
    if (f->pg == NULL) {
        snprintf(state, sizeof state, "%s/state", f->s.dir);
        assert_tp_ok(tp_pg_private_start(state, &conninfo, &err), &err);
        assert_tp_ok(tp_pg_open(tp_buf_cstr(&conninfo), "test", NULL, &f->pg, &err), &err);
    }
    return test_pg_text(f->pg, sql);
}

static void
hang_up(fixture *f)
{
    char state[300];
    tp_pg_close(f->pg);
    f->pg = NULL;
    snprintf(state, sizeof state, "%s/state", f->s.dir);
    TP_IGNORE(tp_pg_private_stop(state, false, NULL));
}

static int
setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    const char *base = getenv("TMPDIR");
    assert_non_null(f);
    snprintf(f->s.dir, sizeof f->s.dir, "%s/tp-drift-XXXXXX", base != NULL ? base : "/tmp");
    assert_non_null(mkdtemp(f->s.dir));
    /* As root the private server runs as somebody else, who must be able to enter. */
    assert_int_equal(chmod(f->s.dir, 0755), 0);
    f->server = http_server_start(answer, f);
    *state = f;
    return f->server != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    hang_up(f);
    (void)talentpool(f, (const char *const[]){"server", "stop", NULL});
    http_server_stop(f->server);
    tp_buf_clear(&f->text);
    const tp_code rc = tp_tree_remove(f->s.dir, NULL);
    free(f);
    return rc == TP_OK ? 0 : -1;
}

/* The n-th change of the last run. */
static const char *
change(fixture *f, int n)
{
    char sql[300];
    snprintf(sql, sizeof sql,
             "SELECT concat_ws(' ', change, place, was_bp, is_bp, nullif(detail, ''))"
             "  FROM ops.source_drift WHERE ordinal = %d"
             "   AND run_id = (SELECT max(run_id) FROM ops.run)",
             n);
    return ask(f, sql);
}

static void
check_changes(fixture *f)
{
    assert_string_equal(change(f, 1), "fill orang: warga[] instansi 10000 8000");
    assert_string_equal(change(f, 2),
                        "codes orang: warga[] jk 1 values not met before, of 3; 2 before");
    assert_string_equal(change(f, 3), "form orang: warga[] lahir 10000 0 date 99-99-9999 -> date "
                                      "9999-99-99");
    assert_string_equal(change(f, 4), "new_name orang: warga[] nik_baru");
    assert_string_equal(ask(f, "SELECT count(*) FROM ops.source_drift WHERE run_id ="
                               " (SELECT max(run_id) FROM ops.run)"),
                        "4");
}

/* Neither a value of a person nor a member's value stands anywhere in what is told. */
static void
assert_no_value(const char *text)
{
    assert_null(strstr(text, "Contohwati"));
    assert_null(strstr(text, "1980"));
    assert_null(strstr(text, "33050155"));
    assert_null(strstr(text, "K001"));
}

static void
test_run__tells_what_changed(void **state)
{
    fixture *f = *state;
    TP_AUTO_BUF(report);
    assert_int_equal(night(f, "2026-03-01", BEFORE), 0);
    assert_null(strstr(tp_buf_cstr(&f->text), "drift:"));
    assert_string_equal(ask(f, "SELECT count(*) FROM ops.source_drift"), "0");
    hang_up(f);

    assert_int_equal(night(f, "2026-03-02", AFTER), 0);
    const char *out = tp_buf_cstr(&f->text);
    assert_non_null(strstr(out, "drift: source dinas, 4 changes; fill orang: warga[] instansi "
                                "100.00 % -> 80.00 %; codes orang: warga[] jk"));
    assert_no_value(out);
    check_changes(f);
    hang_up(f);
    assert_true(program_text(f->s.dir, "report.json", &report));
    assert_non_null(
        strstr(tp_buf_cstr(&report),
               "{\"change\": \"form\", \"place\": \"orang: warga[] lahir\", \"was_bp\": "
               "10000, \"is_bp\": 0, \"detail\": \"date 99-99-9999 -> date 9999-99-99\""
               "}"));
    assert_no_value(tp_buf_cstr(&report));

    /* The same night again tells the same; a night that changes nothing tells nothing. */
    assert_int_equal(night(f, "2026-03-02", AFTER), 0);
    check_changes(f);
    hang_up(f);
    assert_int_equal(night(f, "2026-03-03", AFTER), 0);
    assert_null(strstr(tp_buf_cstr(&f->text), "drift:"));
}

/* A batch that its gate holds back has changed most of all; its faults are counted by field. */
static void
test_run__tells_what_changed_in_a_held_batch(void **state)
{
    fixture *f = *state;
    assert_int_equal(night(f, "2026-03-01", BEFORE), 0);
    assert_int_equal(night(f, "2026-03-02", HELD), 3);
    assert_non_null(strstr(tp_buf_cstr(&f->text), "held back: source dinas"));
    assert_non_null(strstr(tp_buf_cstr(&f->text), "drift: source dinas, 5 changes"));
    assert_string_equal(ask(f, "SELECT concat_ws(' ', was_bp, is_bp) FROM ops.source_drift"
                               " WHERE change = 'fill' AND place LIKE '%nama'"),
                        "10000 5000");
    assert_string_equal(
        ask(f, "SELECT string_agg(concat_ws(' ', field, code, outcome, occurrences), '; ' ORDER BY"
               " field) FROM mart.reject_summary WHERE held"),
        "full_name required record 30");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_run__tells_what_changed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_run__tells_what_changed_in_a_held_batch, setup,
                                        teardown),
    };
    return cmocka_run_group_tests_name("integration/drift_night", tests, NULL, NULL);
}
