/* Tests the roles of the warehouse: a night run by who may only load, and what each role sees. */
#include "tests/support/tp_test.h"

#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/http_server.h"
#include "tests/support/pg.h"
#include "tests/support/program.h"
#include "tests/support/scratch.h"

#define PERSON(key, nip, name) "{\"kode\":\"" key "\",\"nip\":\"" nip "\",\"nama\":\"" name "\"}"

static const char GOOD[] = "{\"warga\":[" PERSON("A", "197003151995032001", "Ani Contoh") "]}";
static const char MORE[] =
    "{\"warga\":[" PERSON("A", "197003151995032001",
                          "Ani Contoh") "," PERSON("B", "198005202005011001", "Budi Contoh") "]}";
static const char OTHER[] =
    "{\"warga\":[" PERSON("T", "197811112003122002", "Tuti Contohwati") "]}";

typedef struct fixture {
    scratch s;
    http_server *server;
    const char *feed;       /* what the agency answers */
    atomic_int asked;       /* requests so far */
    tp_pg *pg;              /* as owner of everything */
    char server_state[300]; /* its server: not the state of the nights */
    char conninfo[400];     /* as somebody who only loads */
    tp_buf text;
} fixture;

static void
answer(void *user, const http_ask *ask, http_reply *reply)
{
    fixture *f = user;
    atomic_fetch_add(&f->asked, 1);
    reply->type = "application/json";
    snprintf(reply->body, sizeof reply->body, "%s",
             strcmp(ask->path, "/dinas") == 0 ? f->feed : OTHER);
}

static int
talentpool(fixture *f, const char *const *words, const char *kill_at)
{
    char state[300], secrets[320], url[2][96];
    const char *argv[40] = {NULL};
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
    const char *const set[] = {state,      secrets, url[0], url[1], "sources.dir=tests/data/held",
                               f->conninfo};
    for (size_t i = 0; i < TP_COUNT(set); i++) {
        argv[n++] = "--set";
        argv[n++] = set[i];
    }
    return program_run(f->s.dir, argv, kill_at);
}

/* One night; its standard output lands in f->text. */
static int
night(fixture *f, const char *day, const char *feed, const char *more)
{
    f->feed = feed;
    const int status =
        talentpool(f, (const char *const[]){"run", "--as-of", day, more, NULL}, NULL);
    assert_true(program_text(f->s.dir, "out", &f->text));
    return status;
}

/* A server with the schema made by its administrator, and an account that may load. */
static bool
open_server(fixture *f)
{
    TP_AUTO_BUF(conninfo);
    int applied = 0;
    snprintf(f->server_state, sizeof f->server_state, "%s/server", f->s.dir);
    if (tp_pg_private_start(f->server_state, &conninfo, NULL) != TP_OK ||
        tp_pg_open(tp_buf_cstr(&conninfo), "test", NULL, &f->pg, NULL) != TP_OK ||
        tp_pg_migrate(f->pg, &applied, NULL) != TP_OK ||
        tp_pg_exec(f->pg, "CREATE ROLE malam LOGIN; GRANT talentpool_loader TO malam", NULL) !=
            TP_OK) {
        return false;
    }
    char *user = strstr(tp_buf_cstr(&conninfo), "user=talentpool");
    if (user == NULL) {
        return false;
    }
    snprintf(f->conninfo, sizeof f->conninfo, "database.conninfo=%.*suser=malam%s",
             (int)(user - tp_buf_cstr(&conninfo)), tp_buf_cstr(&conninfo),
             user + strlen("user=talentpool"));
    return true;
}

static int
setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    const char *base = getenv("TMPDIR");
    assert_non_null(f);
    snprintf(f->s.dir, sizeof f->s.dir, "%s/tp-roles-XXXXXX", base != NULL ? base : "/tmp");
    assert_non_null(mkdtemp(f->s.dir));
    /* As root the private server runs as somebody else, who must be able to enter. */
    assert_int_equal(chmod(f->s.dir, 0755), 0);
    assert_true(open_server(f));
    f->server = http_server_start(answer, f);
    *state = f;
    return f->server != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    tp_pg_close(f->pg);
    TP_IGNORE(tp_pg_private_stop(f->server_state, true, NULL));
    http_server_stop(f->server);
    tp_buf_clear(&f->text);
    const tp_code rc = tp_tree_remove(f->s.dir, NULL);
    free(f);
    return rc == TP_OK ? 0 : -1;
}

static void
test_loader__runs_nights_and_drops_old_ones(void **state)
{
    fixture *f = *state;
    const char *const keep[] = {
        "run", "--as-of", "2026-03-03", "--set", "publish.keep_generations=1", NULL};
    assert_int_equal(night(f, "2026-03-01", GOOD, NULL), 0);
    assert_int_equal(night(f, "2026-03-02", MORE, NULL), 0);
    assert_int_equal(talentpool(f, keep, NULL), 0);
    assert_int_equal(test_pg_i64(f->pg, "SELECT generation FROM ops.current_generation"), 3);
    assert_int_equal(test_pg_i64(f->pg, "SELECT count(*) FROM ops.generation WHERE dropped_at"
                                        " IS NOT NULL"),
                     2);
    assert_int_equal(test_pg_i64(f->pg, "SELECT count(*) FROM pg_class WHERE relispartition AND"
                                        " relkind = 'r' AND relname !~ '_g3$'"),
                     0);
    assert_int_equal(test_pg_i64(f->pg, "SELECT count(*) FROM warehouse.person"), 3);
    /* It owns nothing of what it filled. */
    assert_int_equal(test_pg_i64(f->pg, "SELECT count(*) FROM pg_class c WHERE"
                                        " pg_get_userbyid(c.relowner) = 'malam'"),
                     0);
}

static void
test_loader__can_do_no_more_than_load(void **state)
{
    static const char *const REFUSED[] = {
        "DROP TABLE warehouse.person",
        "DROP TABLE warehouse.person_g1",
        "DELETE FROM ops.run",
        "TRUNCATE warehouse.person",
        "UPDATE ops.migration SET checksum = 'x'",
        "CREATE TABLE warehouse.mine (n int)",
        "SELECT warehouse.drop_parts(1)", /* what readers see */
        "SELECT warehouse.begin_part('nothing', 9)",
    };
    fixture *f = *state;
    tp_err err = {0};
    assert_int_equal(night(f, "2026-03-01", GOOD, NULL), 0);
    for (size_t i = 0; i < TP_COUNT(REFUSED); i++) {
        assert_tp_ok(tp_pg_exec(f->pg, "SET ROLE malam", &err), &err);
        assert_int_equal(tp_pg_exec(f->pg, REFUSED[i], &err), TP_E_DB);
        err = (tp_err){0};
        assert_tp_ok(tp_pg_exec(f->pg, "RESET ROLE", &err), &err);
    }
    assert_int_equal(test_pg_i64(f->pg, "SELECT count(*) FROM mart.person"), 2);
}

static void
test_loader__of_an_older_database_is_told_who_must_migrate(void **state)
{
    fixture *f = *state;
    tp_err err = {0};
    assert_tp_ok(
        tp_pg_exec(f->pg, "DELETE FROM ops.migration WHERE path = 'views/mart.agency.sql'", &err),
        &err);
    assert_int_equal(night(f, "2026-03-01", GOOD, NULL), 6);
    assert_true(program_text(f->s.dir, "log", &f->text));
    assert_non_null(strstr(tp_buf_cstr(&f->text), "have its owner type: talentpool migrate"));
}

/* True when the role may read it. */
static bool
may_read(tp_pg *pg, const char *role, const char *what)
{
    char sql[240];
    snprintf(sql, sizeof sql,
             "SELECT CASE WHEN has_schema_privilege('%s', split_part('%s', '.', 1), 'USAGE')"
             " AND has_table_privilege('%s', '%s', 'SELECT') THEN 1 ELSE 0 END",
             role, what, role, what);
    return test_pg_i64(pg, sql) == 1;
}

static void
test_roles__each_sees_what_it_needs(void **state)
{
    static const struct {
        const char *what;
        bool steward, supervisor, expert, dashboard, engineer;
    } CASE[] = {
        {"mart.source", true, true, true, true, true},
        {"mart.talent_pool_summary", false, true, true, true, true},
        {"mart.person", false, false, true, true, true},
        {"mart.shortlist", false, false, true, true, true},
        {"warehouse.person_score", false, false, true, false, true},
        {"warehouse.rule", false, false, true, false, true},
        {"warehouse.person", false, false, false, false, true},
        {"warehouse.crosswalk", false, false, false, false, true},
        {"ops.run", false, false, false, false, true},
    };
    fixture *f = *state;
    for (size_t i = 0; i < TP_COUNT(CASE); i++) {
        const char *what = CASE[i].what;
        assert_int_equal(may_read(f->pg, "talentpool_steward", what), CASE[i].steward);
        assert_int_equal(may_read(f->pg, "talentpool_supervisor", what), CASE[i].supervisor);
        assert_int_equal(may_read(f->pg, "talentpool_expert", what), CASE[i].expert);
        assert_int_equal(may_read(f->pg, "talentpool_dashboard", what), CASE[i].dashboard);
        assert_int_equal(may_read(f->pg, "talentpool_engineer", what), CASE[i].engineer);
        assert_true(may_read(f->pg, "talentpool_owner", what));
    }
}

#define role_test(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        role_test(test_loader__runs_nights_and_drops_old_ones),
        role_test(test_loader__can_do_no_more_than_load),
        role_test(test_loader__of_an_older_database_is_told_who_must_migrate),
        role_test(test_roles__each_sees_what_it_needs),
    };
    return cmocka_run_group_tests_name("integration/roles", tests, NULL, NULL);
}
