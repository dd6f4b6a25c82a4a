/* Tests the private server under several commands at once, and the folder of its socket. */
#include "tests/support/tp_test.h"

#include <pwd.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "talent/etl/file.h"
#include "tests/support/http_server.h"
#include "tests/support/pg.h"
#include "tests/support/program.h"
#include "tests/support/scratch.h"

static const char FEED[] = "{\"warga\":[{\"kode\":\"A\",\"nip\":\"197003151995032001\","
                           "\"nama\":\"Ani Contoh\"}]}";

enum { WAIT_US = 20000, WAITS = 3000 /* a minute */ };

typedef struct fixture {
    scratch s;
    http_server *server;
    atomic_bool asked; /* the agency has been asked */
    atomic_bool free;  /* it may answer */
    char state[300];
    char other[300]; /* folder of the second program's output */
    tp_buf text;
} fixture;

/* The agency thinks until the test lets it answer: the night is under way all that time. */
static void
answer(void *user, const http_ask *ask, http_reply *reply)
{
    fixture *f = user;
    (void)ask;
    atomic_store(&f->asked, true);
    for (int i = 0; i < WAITS && !atomic_load(&f->free); i++) {
        usleep(WAIT_US);
    }
    reply->type = "application/json";
    snprintf(reply->body, sizeof reply->body, "%s", FEED);
}

static bool
wait_until_asked(fixture *f)
{
    for (int i = 0; i < WAITS && !atomic_load(&f->asked); i++) {
        usleep(WAIT_US);
    }
    return atomic_load(&f->asked);
}

static pid_t
start(fixture *f, const char *dir, const char *const *words)
{
    char state[320], secrets[320], url[2][96];
    const char *argv[32] = {NULL};
    size_t n = 0;
    snprintf(state, sizeof state, "state.dir=%s", f->state);
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
    return program_start(dir, argv, NULL);
}

static const char *const NIGHT[] = {"run", "--as-of", "2026-03-01", NULL};

static int
setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    const char *base = getenv("TMPDIR");
    assert_non_null(f);
    snprintf(f->s.dir, sizeof f->s.dir, "%s/tp-server-XXXXXX", base != NULL ? base : "/tmp");
    assert_non_null(mkdtemp(f->s.dir));
    /* As root the private server runs as somebody else, who must be able to enter. */
    assert_int_equal(chmod(f->s.dir, 0755), 0);
    snprintf(f->state, sizeof f->state, "%s/state", f->s.dir);
    snprintf(f->other, sizeof f->other, "%s/other", f->s.dir);
    assert_int_equal(mkdir(f->other, 0755), 0);
    f->server = http_server_start(answer, f);
    *state = f;
    return f->server != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    atomic_store(&f->free, true);
    TP_IGNORE(tp_pg_private_stop(f->state, true, NULL));
    http_server_stop(f->server);
    tp_buf_clear(&f->text);
    const tp_code rc = tp_tree_remove(f->s.dir, NULL);
    free(f);
    return rc == TP_OK ? 0 : -1;
}

static void
test_server__a_second_run_at_once_leaves_the_first_its_server(void **state)
{
    fixture *f = *state;
    TP_AUTO_BUF(conninfo);

    const pid_t first = start(f, f->s.dir, NIGHT);
    assert_true(first > 0);
    assert_true(wait_until_asked(f));
    assert_int_equal(program_wait(start(f, f->other, NIGHT)), 7);
    assert_true(tp_pg_private_running(f->state, &conninfo));
    assert_int_equal(
        program_wait(start(f, f->other, (const char *const[]){"server", "stop", NULL})), 7);
    assert_true(program_text(f->other, "log", &f->text));
    assert_non_null(strstr(tp_buf_cstr(&f->text), "another command uses the private server"));
    atomic_store(&f->free, true);
    assert_int_equal(program_wait(first), 0);
    assert_true(program_text(f->s.dir, "out", &f->text));
    assert_non_null(strstr(tp_buf_cstr(&f->text), " published=yes\n"));
    assert_false(tp_pg_private_running(f->state, &conninfo)); /* the last one stops it */
}

static void
test_server__status_during_a_run_answers_and_harms_nothing(void **state)
{
    fixture *f = *state;
    const char *const status[] = {"status", NULL};

    const pid_t first = start(f, f->s.dir, NIGHT);
    assert_true(first > 0);
    assert_true(wait_until_asked(f));
    for (int i = 0; i < 2; i++) {
        assert_int_equal(program_wait(start(f, f->other, status)), 0);
        assert_true(program_text(f->other, "out", &f->text));
        assert_non_null(strstr(tp_buf_cstr(&f->text), "running"));
    }
    atomic_store(&f->free, true);
    assert_int_equal(program_wait(first), 0);
}

/* As an attacker would: the name is known, so that its folder is made first and left open. */
static void
test_socket__a_folder_somebody_else_made_is_not_taken(void **state)
{
    fixture *f = *state;
    tp_err err = {0};
    TP_AUTO_BUF(conninfo);
    TP_AUTO_BUF(first);
    char remembered[320];
    struct stat st;

    assert_tp_ok(tp_pg_private_start(f->state, &conninfo, &err), &err);
    assert_tp_ok(tp_pg_private_stop(f->state, true, &err), &err);
    snprintf(remembered, sizeof remembered, "%s/pg.socket", f->state);
    assert_tp_ok(tp_file_read(remembered, 100, &first, &err), &err);
    const char *trap = tp_buf_cstr(&first);
    assert_int_equal(stat(trap, &st), -1); /* removed with the server */

    assert_int_equal(mkdir(trap, 0777), 0);
    assert_int_equal(chmod(trap, 0777), 0);
    assert_tp_ok(tp_pg_private_start(f->state, &conninfo, &err), &err);
    assert_null(strstr(tp_buf_cstr(&conninfo), trap));
    assert_int_equal(stat(trap, &st), 0);
    assert_int_equal(st.st_uid, geteuid()); /* nobody gave it away */
    assert_int_equal(st.st_mode & 0777, 0777);
    assert_int_equal(rmdir(trap), 0);
}

static void
test_data__a_folder_open_to_others_is_refused(void **state)
{
    fixture *f = *state;
    tp_err err = {0};
    TP_AUTO_BUF(conninfo);
    char data[320];

    assert_int_equal(mkdir(f->state, 0755), 0);
    snprintf(data, sizeof data, "%s/pg", f->state);
    assert_int_equal(mkdir(data, 0700), 0);
    assert_int_equal(chmod(data, 0777), 0);
    assert_tp_fails(tp_pg_private_start(f->state, &conninfo, &err), TP_E_IO, &err,
                    "is not a folder of the server's user alone");
}

static void
test_data__a_half_made_cluster_is_made_again_below_any_name(void **state)
{
    fixture *f = *state;
    tp_err err = {0};
    TP_AUTO_BUF(conninfo);
    char file[360];
    const struct passwd *user = getpwnam("postgres");

    snprintf(f->state, sizeof f->state, "%s/o'clock; touch 'harm", f->s.dir);
    assert_int_equal(mkdir(f->state, 0755), 0);
    snprintf(file, sizeof file, "%s/pg", f->state);
    assert_int_equal(mkdir(file, 0700), 0);
    if (geteuid() == 0 && user != NULL) {
        assert_int_equal(chown(file, user->pw_uid, user->pw_gid), 0);
    }
    snprintf(file, sizeof file, "%s/pg/PG_VERSION", f->state);
    assert_tp_ok(tp_file_write(file, "half", 4, 0644, &err), &err);
    if (geteuid() == 0 && user != NULL) {
        assert_int_equal(chown(file, user->pw_uid, user->pw_gid), 0);
    }
    assert_tp_ok(tp_pg_private_start(f->state, &conninfo, &err), &err);
    assert_true(tp_pg_private_running(f->state, &conninfo));
}

static void
test_data__a_path_that_a_shell_would_read_is_refused(void **state)
{
    fixture *f = *state;
    tp_err err = {0};
    TP_AUTO_BUF(conninfo);

    snprintf(f->state, sizeof f->state, "%s/$(touch harm)", f->s.dir);
    assert_tp_fails(tp_pg_private_start(f->state, &conninfo, &err), TP_E_CONFIG, &err,
                    "choose another with --state DIR");
}

#define server_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        server_test(test_server__a_second_run_at_once_leaves_the_first_its_server),
        server_test(test_server__status_during_a_run_answers_and_harms_nothing),
        server_test(test_socket__a_folder_somebody_else_made_is_not_taken),
        server_test(test_data__a_folder_open_to_others_is_refused),
        server_test(test_data__a_half_made_cluster_is_made_again_below_any_name),
        server_test(test_data__a_path_that_a_shell_would_read_is_refused),
    };
    return cmocka_run_group_tests_name("integration/server", tests, NULL, NULL);
}
