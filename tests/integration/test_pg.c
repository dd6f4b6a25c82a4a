/* Tests etl/pg on a real server: the private one, the run lock, migrations, the ledger's balance.
 */
#include "tests/support/tp_test.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "talent/etl/ledger.h"
#include "talent/etl/sql_files.h"
#include "tests/support/pg.h"

static bool
process_is_there(long pid)
{
    return pid > 0 && kill((pid_t)pid, 0) == 0;
}

static void
test_private__starts_once_and_stops(void **state)
{
    test_pg *server = *state;
    tp_err err = {0};
    TP_AUTO_BUF(conninfo);

    const long pid = test_pg_pid(server);
    assert_true(process_is_there(pid));
    assert_tp_ok(tp_pg_private_start(server->state_dir, &conninfo, &err), &err);
    assert_int_equal(test_pg_pid(server), pid);
    assert_string_equal(tp_buf_cstr(&conninfo), tp_buf_cstr(&server->conninfo));

    assert_tp_ok(tp_pg_private_stop(server->state_dir, false, &err), &err);
    assert_false(tp_pg_private_running(server->state_dir, &conninfo));
    assert_tp_ok(tp_pg_private_stop(server->state_dir, false, &err), &err);
    assert_tp_ok(tp_pg_private_start(server->state_dir, &conninfo, &err), &err);
    assert_true(tp_pg_private_running(server->state_dir, &conninfo));
}

static void
test_private__kept_server_is_stopped_on_demand_alone(void **state)
{
    test_pg *server = *state;
    tp_err err = {0};
    TP_AUTO_BUF(conninfo);

    assert_tp_ok(tp_pg_private_keep(server->state_dir, true, &err), &err);
    assert_tp_ok(tp_pg_private_stop(server->state_dir, false, &err), &err);
    assert_true(tp_pg_private_running(server->state_dir, &conninfo));
    assert_tp_ok(tp_pg_private_keep(server->state_dir, false, &err), &err);
}

static void
test_private__starts_again_after_a_kill_and_keeps_what_was_committed(void **state)
{
    test_pg *server = *state;
    tp_err err = {0};
    TP_AUTO_BUF(conninfo);

    tp_pg *pg = test_pg_fresh(server);
    assert_tp_ok(
        tp_pg_exec(pg, "CREATE TABLE ops.kept (n int); INSERT INTO ops.kept VALUES (7)", &err),
        &err);
    const long pid = test_pg_pid(server);
    assert_true(pid > 1);
    assert_int_equal(kill((pid_t)pid, SIGKILL), 0);
    tp_pg_close(pg);

    assert_tp_ok(tp_pg_private_start(server->state_dir, &conninfo, &err), &err);
    assert_int_not_equal(test_pg_pid(server), pid);
    pg = test_pg_again(server, "test");
    assert_int_equal(test_pg_i64(pg, "SELECT n FROM ops.kept"), 7);
    tp_pg_close(pg);
}

/* A child of the process; 0 when it has none. */
static long
child_of(long pid)
{
    char path[64];
    long child = 0;
    snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", pid, pid);
    FILE *f = fopen(path, "re");
    if (f != NULL) {
        if (fscanf(f, "%ld", &child) != 1) {
            child = 0;
        }
        fclose(f);
    }
    return child;
}

/* On a busy machine the processes of a killed server live a moment longer: here one is stopped. */
static void
test_private__waits_for_what_a_killed_server_left_behind(void **state)
{
    test_pg *server = *state;
    tp_err err = {0};
    TP_AUTO_BUF(conninfo);

    const long pid = test_pg_pid(server);
    const long left = child_of(pid);
    assert_true(pid > 1 && left > 1);
    assert_int_equal(kill((pid_t)left, SIGSTOP), 0);
    assert_int_equal(kill((pid_t)pid, SIGKILL), 0);
    const pid_t helper = fork();
    if (helper == 0) {
        usleep(700000);
        _exit(kill((pid_t)left, SIGCONT) == 0 ? 0 : 1);
    }
    assert_tp_ok(tp_pg_private_start(server->state_dir, &conninfo, &err), &err);
    int status = -1;
    assert_int_equal(waitpid(helper, &status, 0), helper);
    assert_int_equal(status, 0);
    assert_int_not_equal(test_pg_pid(server), pid);
    assert_true(tp_pg_private_running(server->state_dir, &conninfo));
}

/* As in a container whose first process collects nobody: here we are that process. */
static void
test_private__starts_again_when_the_dead_server_is_never_collected(void **state)
{
    test_pg *server = *state;
    tp_err err = {0};
    TP_AUTO_BUF(conninfo);

    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    assert_tp_ok(tp_pg_private_stop(server->state_dir, true, &err), &err);
    assert_tp_ok(tp_pg_private_start(server->state_dir, &conninfo, &err), &err);
    const long pid = test_pg_pid(server);
    assert_true(pid > 1);
    assert_int_equal(kill((pid_t)pid, SIGKILL), 0);
    assert_tp_ok(tp_pg_private_start(server->state_dir, &conninfo, &err), &err);
    assert_int_not_equal(test_pg_pid(server), pid);
    assert_true(process_is_there(pid));
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
    assert_int_equal(waitpid((pid_t)pid, NULL, 0), (pid_t)pid);
}

/* The first statements have answered when the server process dies: that is no success. On a server
 * of its own, which then ends and begins all its processes anew. */
static void
test_exec__connection_that_breaks_between_statements_is_an_error(void **state)
{
    void *own = NULL;
    tp_err err = {0};
    (void)state;
    assert_int_equal(test_pg_setup(&own), 0);
    tp_pg *pg = test_pg_fresh(own);
    const int64_t backend = test_pg_i64(pg, "SELECT pg_backend_pid()");
    assert_true(backend > 1);
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        usleep(500000);
        _exit(kill((pid_t)backend, SIGKILL) == 0 ? 0 : 1);
    }
    const tp_code rc = tp_pg_exec(
        pg, "SELECT repeat('x', 100000); SELECT repeat('y', 100000); SELECT pg_sleep(60)", &err);
    int status = 1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    tp_pg_close(pg);
    pg = NULL;
    for (int i = 0; i < 600 && pg == NULL; i++) { /* until it has recovered, to be stopped */
        usleep(100000);
        TP_IGNORE(tp_pg_open(tp_buf_cstr(&((test_pg *)own)->conninfo), "test", NULL, &pg, NULL));
    }
    assert_non_null(pg);
    tp_pg_close(pg);
    assert_int_equal(test_pg_teardown(&own), 0);
    assert_int_equal(rc, TP_E_DB);
}

static void
test_lock__second_run_is_refused_and_names_the_first(void **state)
{
    test_pg *server = *state;
    tp_err err = {0};

    tp_pg *one = test_pg_fresh(server);
    tp_pg *two = test_pg_again(server, "test");
    assert_tp_ok(tp_pg_lock_run(one, "talentpool run, pid 4711", &err), &err);
    assert_tp_fails(tp_pg_lock_run(two, "talentpool run, pid 4712", &err), TP_E_LOCKED, &err,
                    "held by \"talentpool run, pid 4711\"");
    tp_pg_close(one);
    for (int i = 0; i < 50 && tp_pg_lock_run(two, "talentpool run, pid 4712", &err) != TP_OK; i++) {
        usleep(20000); /* the server needs a moment to see that the holder is gone */
    }
    assert_tp_ok(tp_pg_lock_run(two, "talentpool run, pid 4712", &err), &err);
    tp_pg_close(two);
}

static void
test_lock__other_databases_have_their_own(void **state)
{
    test_pg *server = *state;
    tp_err err = {0};

    tp_pg *one = test_pg_fresh(server);
    tp_pg *other = test_pg_fresh(server);
    assert_tp_ok(tp_pg_lock_run(one, "one", &err), &err);
    assert_tp_ok(tp_pg_lock_run(other, "other", &err), &err);
    tp_pg_close(one);
    tp_pg_close(other);
}

static void
test_migrate__second_time_changes_nothing(void **state)
{
    test_pg *server = *state;
    tp_err err = {0};
    int applied = -1;

    tp_pg *pg = test_pg_fresh(server);
    assert_tp_ok(tp_pg_migrate(pg, &applied, &err), &err);
    assert_int_equal(applied, 0);
    assert_tp_ok(tp_pg_exec(pg, "DELETE FROM ops.migration WHERE path = 'roles.sql'", &err), &err);
    assert_tp_ok(tp_pg_migrate(pg, &applied, &err), &err);
    assert_int_equal(applied, 1);
    tp_pg_close(pg);
}

static void
test_migrate__edited_migration_is_refused(void **state)
{
    test_pg *server = *state;
    tp_err err = {0};
    int applied = -1;

    tp_pg *pg = test_pg_fresh(server);
    assert_tp_ok(tp_pg_exec(pg,
                            "UPDATE ops.migration SET checksum = 'x'"
                            " WHERE path = 'migrations/0002_create_warehouse.sql'",
                            &err),
                 &err);
    assert_tp_fails(tp_pg_migrate(pg, &applied, &err), TP_E_DB, &err,
                    "migrations/0002_create_warehouse.sql was applied with another text");
    tp_pg_close(pg);
}

static void
test_migrate__every_number_is_there_once(void **state)
{
    (void)state;
    int number = 0;
    for (size_t i = 0; i < TP_SQL_FILE_COUNT; i++) {
        int found = 0;
        if (sscanf(TP_SQL_FILES[i].path, "migrations/%4d_", &found) == 1) {
            assert_int_equal(found, ++number);
        }
    }
    assert_true(number >= 10);
}

static void
test_migrate__leaves_nothing_uncommented(void **state)
{
    test_pg *server = *state;

    tp_pg *pg = test_pg_fresh(server);
    assert_string_equal(test_pg_text(pg, tp_sql_text("checks/uncommented.sql")), "");
    assert_true(test_pg_i64(pg, "SELECT count(*) FROM pg_views WHERE schemaname = 'mart'") >= 11);
    tp_pg_close(pg);
}

/* docs/data-dictionary.md is made by the script from the comments; after a change, make it again.
 */
static void
test_dictionary__page_says_what_the_comments_say(void **state)
{
    test_pg *server = *state;
    char command[256];

    snprintf(command, sizeof command,
             "sh tests/tools/data-dictionary.sh %s | diff docs/data-dictionary.md - >&2",
             server->state_dir);
    assert_int_equal(system(command), 0);
}

static void
test_roles__dashboard_sees_mart_and_nothing_else(void **state)
{
    test_pg *server = *state;
    tp_err err = {0};

    tp_pg *pg = test_pg_fresh(server);
    assert_tp_ok(tp_pg_exec(pg, "SET ROLE talentpool_dashboard", &err), &err);
    assert_int_equal(test_pg_i64(pg, "SELECT count(*) FROM mart.person"), 0);
    assert_tp_fails(tp_pg_exec(pg, "SELECT 1 FROM warehouse.person", &err), TP_E_DB, &err, "42501");
    assert_tp_fails(tp_pg_exec(pg, "SELECT 1 FROM ops.run", &err), TP_E_DB, &err, "42501");
    assert_tp_ok(tp_pg_exec(pg, "SET ROLE talentpool_engineer", &err), &err);
    assert_int_equal(test_pg_i64(pg, "SELECT count(*) FROM warehouse.person"), 0);
    assert_tp_fails(tp_pg_exec(pg, "DELETE FROM ops.run", &err), TP_E_DB, &err, "42501");
    assert_int_equal(test_pg_i64(pg, "SELECT count(*) FROM information_schema.columns"
                                     " WHERE table_schema = 'mart' AND column_name IN"
                                     " ('birth_date', 'nip', 'nik', 'source_key', 'record_key')"),
                     0);
    tp_pg_close(pg);
}

/* Enters one source whose batch holds seven people, with these counts of its person records. */
static tp_code
enter_counts(tp_pg *pg, const tp_counts *person, tp_err *err)
{
    static tp_counts counts[TP_KIND_COUNT];
    static const uint64_t gone[TP_KIND_COUNT];
    static const tp_batch batch = {.table[TP_PERSON] = {.kind = TP_PERSON, .n = 7}};
    int64_t run_id = 0;
    memset(counts, 0, sizeof counts);
    counts[TP_PERSON] = *person;
    const tp_source_row row = {
        .source = "siasn", .state = "fresh", .used = {&batch, counts, gone}, .bodies = 1};
    TP_RETURN_SAME(tp_ledger_begin(pg, 20000, 0, "talentpool run", &run_id, err));
    return tp_ledger_source(pg, run_id, &row, err);
}

static void
test_ledger__counts_that_do_not_balance_are_refused(void **state)
{
    test_pg *server = *state;
    tp_err err = {0};
    tp_counts counts = {.received = 10,
                        .accepted = 3,
                        .unchanged = 3,
                        .derived = 1,
                        .duplicate = 2,
                        .removed = 1,
                        .rejected = 1,
                        .flagged = 9};

    tp_pg *pg = test_pg_fresh(server);
    assert_tp_ok(enter_counts(pg, &counts, &err), &err);
    counts.accepted++;
    assert_tp_fails(enter_counts(pg, &counts, &err), TP_E_DB, &err, "source_count_balance");
    counts.accepted--;
    counts.derived--; /* a person row nobody accounts for */
    assert_tp_fails(enter_counts(pg, &counts, &err), TP_E_DB, &err, "source_count_kept");
    assert_int_equal(test_pg_i64(pg, "SELECT received FROM mart.source"), 0);
    assert_int_equal(test_pg_i64(pg, "SELECT max(received) FROM mart.run"), 10);
    tp_pg_close(pg);
}

static void
test_ledger__runs_that_died_are_closed_by_the_next(void **state)
{
    test_pg *server = *state;
    tp_err err = {0};
    int64_t one = 0;
    int64_t two = 0;

    tp_pg *pg = test_pg_fresh(server);
    assert_tp_ok(tp_ledger_begin(pg, 20000, 0, "talentpool run", &one, &err), &err);
    assert_tp_ok(tp_ledger_begin(pg, 20000, 0, "talentpool run", &two, &err), &err);
    assert_true(two > one);
    assert_string_equal(test_pg_text(pg, "SELECT outcome FROM mart.run ORDER BY run_id"),
                        "abandoned");
    assert_tp_ok(tp_ledger_finish(pg, two, "failed", 6, -1, "the disk is full", &err), &err);
    assert_string_equal(test_pg_text(pg, "SELECT message FROM mart.run ORDER BY run_id DESC"),
                        "the disk is full");
    tp_pg_close(pg);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_private__starts_once_and_stops),
        cmocka_unit_test(test_private__kept_server_is_stopped_on_demand_alone),
        cmocka_unit_test(test_private__starts_again_after_a_kill_and_keeps_what_was_committed),
        cmocka_unit_test(test_private__waits_for_what_a_killed_server_left_behind),
        cmocka_unit_test(test_private__starts_again_when_the_dead_server_is_never_collected),
        cmocka_unit_test(test_exec__connection_that_breaks_between_statements_is_an_error),
        cmocka_unit_test(test_lock__second_run_is_refused_and_names_the_first),
        cmocka_unit_test(test_lock__other_databases_have_their_own),
        cmocka_unit_test(test_migrate__second_time_changes_nothing),
        cmocka_unit_test(test_migrate__edited_migration_is_refused),
        cmocka_unit_test(test_migrate__every_number_is_there_once),
        cmocka_unit_test(test_migrate__leaves_nothing_uncommented),
        cmocka_unit_test(test_dictionary__page_says_what_the_comments_say),
        cmocka_unit_test(test_roles__dashboard_sees_mart_and_nothing_else),
        cmocka_unit_test(test_ledger__counts_that_do_not_balance_are_refused),
        cmocka_unit_test(test_ledger__runs_that_died_are_closed_by_the_next),
    };
    return cmocka_run_group_tests_name("integration/pg", tests, test_pg_setup, test_pg_teardown);
}
