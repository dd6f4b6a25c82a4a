/* Tests whole nights in which a gate holds a source's batch back: what is counted, what stands. */
#include "tests/support/tp_test.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/http_server.h"
#include "tests/support/pg.h"
#include "tests/support/program.h"
#include "tests/support/scratch.h"

#define PERSON(key, nip, name) "{\"kode\":\"" key "\",\"nip\":\"" nip "\",\"nama\":\"" name "\"}"
#define ANI                    PERSON("A", "197003151995032001", "Ani Contoh")
#define BUDI                   PERSON("B", "198005202005011001", "Budi Contoh")
#define CICI                   PERSON("C", "198111112003122001", "Cici Contoh")

static const char GOOD[] = "{\"warga\":[" ANI "," BUDI "," CICI "]}";
/* One as before, one changed, one twice, two without a name: two of six are rejected. */
static const char BAD[] = "{\"warga\":[" ANI "," PERSON(
    "B", "198005202005011001",
    "Budiman Contoh") "," CICI "," CICI "," PERSON("D", "", "") "," PERSON("E", "", "") "]}";
/* As BAD, the two mended. */
static const char MENDED[] =
    "{\"warga\":[" ANI
    "," PERSON("B", "198005202005011001", "Budiman Contoh") "," CICI "," CICI "," PERSON(
        "D", "198202022006021001", "Dedi Contoh") "," PERSON("E", "198303032007032001",
                                                             "Eka Contoh") "]}";
static const char OTHER[] =
    "{\"warga\":[" PERSON("T", "197811112003122002", "Tuti Contohwati") "]}";

typedef struct fixture {
    scratch s;
    http_server *server;
    const char *feed; /* what the agency answers */
    tp_pg *pg;
    tp_buf text;
} fixture;

static void
answer(void *user, const http_ask *ask, http_reply *reply)
{
    const fixture *f = user;
    reply->type = "application/json";
    snprintf(reply->body, sizeof reply->body, "%s",
             strcmp(ask->path, "/dinas") == 0 ? f->feed : OTHER);
}

static int
talentpool(fixture *f, const char *const *words, const char *kill_at)
{
    char state[300], secrets[320], url[2][96];
    const char *argv[32] = {NULL};
    size_t n = 0;
    snprintf(state, sizeof state, "state.dir=%s/state", f->s.dir);
    snprintf(secrets, sizeof secrets, "secrets.dir=%s/secrets", f->s.dir);
    for (int i = 0; i < 2; i++) {
        snprintf(url[i], sizeof url[i], "feeds.%s_url=http://127.0.0.1:%d",
                 i == 0 ? "dinas" : "tetap", http_server_port(f->server));
    }
    while (*words != NULL && n < 16) {
        argv[n++] = *words++;
    }
    const char *const set[] = {state, secrets, url[0], url[1], "sources.dir=tests/data/held"};
    for (size_t i = 0; i < TP_COUNT(set); i++) {
        argv[n++] = "--set";
        argv[n++] = set[i];
    }
    return program_run(f->s.dir, argv, kill_at);
}

/* One night; its standard output lands in f->text. */
static int
night(fixture *f, const char *day, const char *feed, const char *kill_at)
{
    f->feed = feed;
    const int status =
        talentpool(f, (const char *const[]){"run", "--as-of", day, "--refetch", NULL}, kill_at);
    assert_true(program_text(f->s.dir, "out", &f->text));
    return status;
}

/* First column of the first row of a query on the state's database. */
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
    /* The night to come must find no other user of its server. */
    snprintf(state, sizeof state, "%s/state", f->s.dir);
    TP_IGNORE(tp_pg_private_stop(state, false, NULL));
}

static int
setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    const char *base = getenv("TMPDIR");
    assert_non_null(f);
    snprintf(f->s.dir, sizeof f->s.dir, "%s/tp-held-XXXXXX", base != NULL ? base : "/tmp");
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
    (void)talentpool(f, (const char *const[]){"server", "stop", NULL}, NULL);
    http_server_stop(f->server);
    tp_buf_clear(&f->text);
    const tp_code rc = tp_tree_remove(f->s.dir, NULL);
    free(f);
    return rc == TP_OK ? 0 : -1;
}

static const char COUNTS[] =
    "SELECT concat_ws(' ', received, accepted, unchanged, duplicate, removed, rejected, gone)"
    "  FROM ops.source_count WHERE source = 'dinas' AND run_id = (SELECT max(run_id) FROM ops.run)"
    "   AND ";
#define COUNTS_OF(where) (snprintf(sql, sizeof sql, "%s%s", COUNTS, where), sql)

static void
test_gate__held_source_is_counted_and_its_last_good_batch_stands(void **state)
{
    fixture *f = *state;
    char sql[400];
    assert_int_equal(night(f, "2026-03-01", GOOD, NULL), 0);
    assert_int_equal(night(f, "2026-03-02", BAD, NULL), 3);
    const char *out = tp_buf_cstr(&f->text);
    assert_non_null(strstr(out, "held back: source dinas, 6 received, 1 accepted, 2 unchanged, "
                                "1 duplicate, 0 removed, 2 rejected"));
    assert_non_null(strstr(out, " received=4 accepted=0 unchanged=4 duplicate=0 removed=0 "
                                "rejected=0 people=4 "));
    assert_string_equal(ask(f, COUNTS_OF("held")), "6 1 2 1 0 2 0");
    assert_string_equal(ask(f, COUNTS_OF("NOT held")), "3 0 3 0 0 0 0");
    assert_string_equal(ask(f, "SELECT concat_ws(' ', state, batch_night, held, received,"
                               " held_received, held_rejected) FROM mart.source"
                               " WHERE source = 'dinas'"),
                        "stale 2026-03-01 t 3 6 2");
    assert_string_equal(ask(f, "SELECT concat_ws(' ', code, field, outcome, occurrences)"
                               " FROM mart.reject_summary WHERE held"),
                        "required full_name record 2");
    assert_string_equal(ask(f, "SELECT held FROM mart.run ORDER BY run_id DESC"), "1");
    /* The pointer to the last good batch has not moved. */
    assert_string_equal(ask(f, "SELECT count(DISTINCT batch_key) FROM ops.generation_source"
                               " WHERE source = 'dinas'"),
                        "1");
    assert_string_equal(ask(f, "SELECT held_batch_key <> batch_key FROM ops.source_run"
                               " WHERE held_batch_key IS NOT NULL"),
                        "t");
    hang_up(f);

    assert_int_equal(night(f, "2026-03-03", MENDED, NULL), 0);
    /* Compared with the last good batch, not with the held one. */
    assert_string_equal(ask(f, COUNTS_OF("true")), "6 3 2 1 0 0 0");
    hang_up(f);
}

/* Rejects are told once for a batch, whichever runs use it, and go when no kept night does; how
 * many there were stays. What was asked of the source stands with the run. */
static void
test_ledger__rejects_are_told_once_and_pruned(void **state)
{
    static const char TOTAL[] = "SELECT string_agg(concat_ws(' ', run_id, code, occurrences), ', '"
                                " ORDER BY run_id) FROM mart.reject_summary";
    fixture *f = *state;
    const char *const again[] = {"run", "--as-of", "2026-03-02", NULL};
    assert_int_equal(night(f, "2026-03-01", GOOD, NULL), 0);
    assert_int_equal(night(f, "2026-03-02", BAD, NULL), 3);
    hang_up(f);
    assert_int_equal(talentpool(f, again, NULL), 3);
    assert_string_equal(ask(f, "SELECT count(*) FROM ops.reject"), "2");
    assert_string_equal(ask(f, TOTAL), "2 required 2, 3 required 2");
    assert_string_equal(ask(f, "SELECT string_agg(concat_ws(' ', run_id, requests, skipped), ', '"
                               " ORDER BY run_id) FROM ops.source_run WHERE source = 'dinas'"),
                        "1 1 0, 2 1 0, 3");
    hang_up(f);
    f->feed = MENDED;
    assert_int_equal(talentpool(f,
                                (const char *const[]){"run", "--as-of", "2026-03-03", "--set",
                                                      "publish.keep_generations=1", NULL},
                                NULL),
                     0);
    assert_string_equal(ask(f, "SELECT count(*) FROM ops.reject"), "0");
    assert_string_equal(ask(f, TOTAL), "2 required 2, 3 required 2");
    hang_up(f);
}

/* The held batch was stored and not judged, or judged and not entered: the next run judges it. */
static void
test_gate__kill_between_storing_and_judging_changes_nothing(void **state)
{
    static const char *const AT[] = {"normalise:begin", "normalise:middle", "normalise:end"};
    fixture *f = *state;
    char sql[400];
    assert_int_equal(night(f, "2026-03-01", GOOD, NULL), 0);
    for (size_t i = 0; i < TP_COUNT(AT); i++) {
        assert_int_equal(night(f, "2026-03-02", BAD, AT[i]), 256 + SIGKILL);
        assert_string_equal(ask(f, "SELECT concat_ws(' ', max(g.generation), max(c.generation))"
                                   " FROM ops.generation g, ops.current_generation c"),
                            "1 1");
        hang_up(f);
    }
    f->feed = GOOD; /* the night has landed: the source is not asked again */
    assert_int_equal(
        talentpool(f, (const char *const[]){"run", "--as-of", "2026-03-02", NULL}, NULL), 3);
    assert_string_equal(ask(f, COUNTS_OF("held")), "6 1 2 1 0 2 0");
    assert_string_equal(ask(f, COUNTS_OF("NOT held")), "3 0 3 0 0 0 0");
    hang_up(f);
}

/* A night that is not published tells as well what its sources came to. */
static void
test_gate__counts_stand_when_the_night_is_held_for_it(void **state)
{
    fixture *f = *state;
    char sql[400];
    f->feed = BAD;
    assert_int_equal(talentpool(f,
                                (const char *const[]){"run", "--as-of", "2026-03-01", "--set",
                                                      "run.min_sources_bp=10000", NULL},
                                NULL),
                     5);
    assert_true(program_text(f->s.dir, "out", &f->text));
    assert_non_null(strstr(tp_buf_cstr(&f->text), "held back: source dinas, 6 received"));
    assert_string_equal(ask(f, COUNTS_OF("held")), "6 3 0 1 0 2 0");
    assert_string_equal(ask(f, "SELECT state FROM mart.source WHERE source = 'dinas'"), "missing");
    assert_string_equal(ask(f, "SELECT count(*) FROM ops.generation"), "0");
    hang_up(f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            test_gate__held_source_is_counted_and_its_last_good_batch_stands, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger__rejects_are_told_once_and_pruned, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_gate__kill_between_storing_and_judging_changes_nothing,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_gate__counts_stand_when_the_night_is_held_for_it,
                                        setup, teardown),
    };
    return cmocka_run_group_tests_name("integration/held", tests, NULL, NULL);
}
