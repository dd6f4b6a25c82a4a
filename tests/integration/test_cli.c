/* Tests the command line: what is refused and why, and what readers of the output can rely on. */
#include "tests/support/tp_test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "talent/etl/file.h"
#include "talent/etl/pg.h"
#include "tests/support/http_server.h"
#include "tests/support/program.h"
#include "tests/support/scratch.h"

/* What the example of docs/adding-a-feed.md describes. */
static const char DOC_FEED[] =
    "{\"jumlah_halaman\":1,\"hasil\":[{\"kode\":\"A\",\"nip\":\"197003151995032001\","
    "\"nama_lengkap\":\"Ani Contoh\",\"kelamin\":\"P\",\"lahir\":\"15-03-1970\"}]}";

static const char FEED[] = "{\"warga\":[{\"kode\":\"A\",\"nip\":\"197003151995032001\","
                           "\"nama\":\"Ani Contoh\"}]}";

typedef struct fixture {
    scratch s;
    http_server *server;
    int status; /* 0 = the agencies answer 200 */
    char state[300];
    tp_buf text;
} fixture;

static void
answer(void *user, const http_ask *ask, http_reply *reply)
{
    const fixture *f = user;
    reply->type = "application/json";
    if (f->status != 0) {
        reply->status = f->status;
        return;
    }
    const bool doc = strstr(ask->path, "/pegawai") != NULL;
    if (doc && strcmp(http_ask_header(ask, "X-Api-Key"), "the key the agency gave") != 0) {
        reply->status = 401;
        return;
    }
    snprintf(reply->body, sizeof reply->body, "%s", doc ? DOC_FEED : FEED);
}

/* Runs the program with these words on the state of the fixture. */
static int
talentpool(fixture *f, const char *const *words, const char *kill_at)
{
    char state[320], url[2][96];
    const char *argv[32] = {NULL};
    size_t n = 0;
    snprintf(state, sizeof state, "state.dir=%s", f->state);
    for (int i = 0; i < 2; i++) {
        snprintf(url[i], sizeof url[i], "feeds.%s_url=http://127.0.0.1:%d",
                 i == 0 ? "dinas" : "tetap", http_server_port(f->server));
    }
    const char *const set[] = {state, url[0], url[1], "sources.dir=tests/data/held"};
    for (size_t i = 0; i < TP_COUNT(set); i++) {
        argv[n++] = "--set";
        argv[n++] = set[i];
    }
    while (*words != NULL && n < 31) {
        argv[n++] = *words++;
    }
    return program_run(f->s.dir, argv, kill_at);
}

#define RUN(...)        talentpool(f, (const char *const[]){__VA_ARGS__, NULL}, NULL)
#define RUN_AT(at, ...) talentpool(f, (const char *const[]){__VA_ARGS__, NULL}, (at))

/* Standard output ("out") or error ("log") of the last command holds this text. */
static bool
says(fixture *f, const char *name, const char *text)
{
    if (!program_text(f->s.dir, name, &f->text) || strstr(tp_buf_cstr(&f->text), text) == NULL) {
        print_error("%s does not say: %s\nbut: %s\n", name, text, tp_buf_cstr(&f->text));
        return false;
    }
    return true;
}

static int
setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    const char *base = getenv("TMPDIR");
    assert_non_null(f);
    snprintf(f->s.dir, sizeof f->s.dir, "%s/tp-cli-XXXXXX", base != NULL ? base : "/tmp");
    assert_non_null(mkdtemp(f->s.dir));
    /* As root the private server runs as somebody else, who must be able to enter. */
    assert_int_equal(chmod(f->s.dir, 0755), 0);
    snprintf(f->state, sizeof f->state, "%s/state", f->s.dir);
    f->server = http_server_start(answer, f);
    *state = f;
    return f->server != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    TP_IGNORE(tp_pg_private_stop(f->state, true, NULL));
    http_server_stop(f->server);
    tp_buf_clear(&f->text);
    const tp_code rc = tp_tree_remove(f->s.dir, NULL);
    free(f);
    return rc == TP_OK ? 0 : -1;
}

static void
test_options__that_a_command_does_not_take_are_refused(void **state)
{
    fixture *f = *state;
    assert_int_equal(RUN("posts", "--as-of", "2026-03-01"), 64);
    assert_true(says(f, "log", "posts takes no --as-of; see: talentpool help posts"));
    assert_int_equal(RUN("run", "extra"), 64);
    assert_true(says(f, "log", "\"extra\" is one word too many"));
    assert_int_equal(RUN("run", "--as-of"), 64);
    assert_true(says(f, "log", "--as-of needs a day"));
    assert_int_equal(RUN("run", "--threads", "abc"), 64);
    assert_true(says(f, "log", "--threads takes a whole number from 0 to 1024, not \"abc\""));
    assert_int_equal(RUN("run", "--quit"), 64);
    assert_true(says(f, "log", "did you mean --quiet?"));
    assert_int_equal(RUN("posts", "--vacant=yes"), 64);
    assert_true(says(f, "log", "--vacant takes no value"));
    assert_int_equal(RUN("shortlist"), 64);
    assert_true(says(f, "log", "shortlist needs POSITION-ID"));
    assert_false(tp_file_exists(f->state));
}

static void
test_help__of_a_command_lists_its_own_options(void **state)
{
    fixture *f = *state;
    assert_int_equal(RUN("help", "posts"), 0);
    assert_true(says(f, "out", "usage: talentpool posts [OPTION]..."));
    assert_true(says(f, "out", "--vacant"));
    assert_null(strstr(tp_buf_cstr(&f->text), "--refetch"));
    assert_int_equal(RUN("run", "--help"), 0);
    assert_true(says(f, "out", "--refetch"));
    assert_int_equal(RUN("help", "postz"), 64);
    assert_true(says(f, "log", "did you mean \"posts\"?"));
}

static void
test_run__a_night_that_has_not_come_is_refused(void **state)
{
    fixture *f = *state;
    assert_int_equal(RUN("run", "--as-of", "2099-01-01"), 64);
    assert_true(says(f, "log", "--as-of 2099-01-01 has not come"));
    assert_false(tp_file_exists(f->state));
}

static void
test_run__a_report_that_cannot_be_written_is_said_before_the_night(void **state)
{
    fixture *f = *state;
    assert_int_equal(RUN("run", "--as-of", "2026-03-01", "--json", "/no/such/r.json"), 65);
    assert_true(says(f, "log", "cannot write /no/such/r.json"));
    assert_false(tp_file_exists(f->state));
}

static void
test_readers__make_no_state_and_name_one_nearby(void **state)
{
    fixture *f = *state;
    char other[320], mistyped[320];
    static const char *const READER[] = {"status", "posts", "crosswalk", "gc"};
    snprintf(other, sizeof other, "%s/demo", f->s.dir);
    snprintf(mistyped, sizeof mistyped, "%s/demmo", f->s.dir);
    assert_int_equal(mkdir(other, 0755), 0);
    assert_int_equal(mkdir(scratch_path(&f->s, "demo/landing"), 0755), 0);
    for (size_t i = 0; i < TP_COUNT(READER); i++) {
        assert_int_equal(RUN(READER[i], "--state", mistyped), 78);
        assert_true(says(f, "log", "no state in "));
        assert_true(says(f, "log", "did you mean --state "));
        assert_true(says(f, "log", "/demo?"));
        assert_false(tp_file_exists(mistyped));
    }
    assert_int_equal(RUN("server", "stop", "--state", f->s.dir), 78);
    assert_int_equal(RUN("check", "config", "--state", f->s.dir), 0);
    assert_false(tp_file_exists(scratch_path(&f->s, "pg.lock")));
}

static void
test_folders__that_are_missing_are_named_with_their_origin(void **state)
{
    fixture *f = *state;
    char name[340];
    snprintf(name, sizeof name, "sources.dir=%s/none", f->s.dir);
    assert_int_equal(RUN("run", "--as-of", "2026-03-01", "--set", name), 78);
    assert_true(says(f, "log", "sources.dir (command line): "));
    snprintf(name, sizeof name, "sources.dir=%s/empty", f->s.dir);
    assert_int_equal(mkdir(scratch_path(&f->s, "empty"), 0755), 0);
    assert_int_equal(RUN("check", "sources", "--set", name), 78);
    assert_true(says(f, "log", "holds no source description"));
    assert_int_equal(RUN("run", "--as-of", "2026-03-01", "--set", name), 78);
    assert_true(says(f, "log", "holds no source description"));
}

static void
test_check_sources__goes_through_all_of_a_bare_clone(void **state)
{
    fixture *f = *state;
    assert_int_equal(RUN("check", "sources", "--set", "sources.dir=config/sources"), 0);
    assert_true(says(f, "out", "feeds.alumni_url is not set here"));
    assert_true(says(f, "out", "ok  config/sources/unor.json: unor, "));
    assert_true(says(f, "out", " 0 wrong; "));
    scratch_file(&f->s, "a.json", "{\"descriptor\": 2}");
    scratch_file(&f->s, "b.json", "");
    char dir[320];
    snprintf(dir, sizeof dir, "sources.dir=%s", f->s.dir);
    assert_int_equal(RUN("check", "sources", "--set", dir), 78);
    assert_true(says(f, "out", "2 sources, 2 wrong\n"));
}

static void
test_withdraw__gives_readers_the_one_before(void **state)
{
    fixture *f = *state;
    assert_int_equal(RUN("run", "--as-of", "2026-03-01"), 0);
    assert_int_equal(RUN("withdraw", "1"), 64);
    assert_true(says(f, "log", "generation 1 is the only one there is"));
    assert_int_equal(RUN("run", "--as-of", "2026-03-09"), 0);
    assert_int_equal(RUN("run", "--as-of", "2026-03-02"), 0);
    assert_true(says(f, "log", "readers stay on night 2026-03-09, generation 2"));
    assert_int_equal(RUN("status"), 0);
    assert_true(says(f, "out", "readers see generation 2, night 2026-03-09"));
    assert_int_equal(RUN("withdraw", "2"), 0);
    assert_true(says(f, "out", "readers now see generation 3, night 2026-03-02"));
    assert_int_equal(RUN("withdraw", "2"), 64);
    assert_true(says(f, "log", "generation 2 was withdrawn before"));
    assert_int_equal(RUN("withdraw", "1"), 0);
    assert_true(says(f, "out", "they stay on generation 3"));
    assert_int_equal(RUN("run", "--as-of", "2026-03-09"), 0); /* asked for again: a new result */
    assert_true(says(f, "out", "generation=4 "));
    assert_int_equal(RUN("withdraw", "x"), 64);
}

static void
test_report__of_a_failed_night_says_what_was_not_reached(void **state)
{
    fixture *f = *state;
    char file[320];
    snprintf(file, sizeof file, "%s/report", f->s.dir);
    f->status = 404;
    assert_int_equal(RUN("run", "--as-of", "2026-03-01", "--json", file), 5);
    assert_true(says(f, "log", "fewer than 50 %"));
    assert_true(says(f, "report", "{\"name\": \"link\", \"work\": \"not_reached\""));
    assert_null(strstr(tp_buf_cstr(&f->text), "\"work\": \"skipped\""));
    assert_int_equal(RUN("status"), 0);
    assert_true(says(f, "out", "readers see nothing"));
    assert_true(says(f, "out", "missing")); /* each source, and why */
    assert_true(says(f, "out", "404"));
}

static void
test_status__of_a_killed_run_says_so(void **state)
{
    fixture *f = *state;
    assert_int_equal(RUN_AT("link:begin", "run", "--as-of", "2026-03-01"), 256 + 9);
    assert_int_equal(RUN("status"), 0);
    assert_true(says(f, "out", "process gone"));
}

/* Where the output of a night cannot be written, its status must tell. */
static void
test_output__that_is_lost_is_an_error_and_a_reader_gone_is_none(void **state)
{
    fixture *f = *state;
    char command[1200];
    const char *build = getenv("TP_BUILD");
    int ends[2];
    assert_int_equal(RUN("run", "--as-of", "2026-03-01"), 0);
    snprintf(command, sizeof command, "%s/talentpool status --state %s >/dev/full 2>%s/log",
             build != NULL ? build : "build/release", f->state, f->s.dir);
    assert_int_equal(WEXITSTATUS(system(command)), 65);
    assert_true(says(f, "log", "standard output cannot be written: No space left on device"));

    static const char *const READER[] = {"status", "crosswalk"};
    for (size_t i = 0; i < TP_COUNT(READER); i++) {
        assert_int_equal(pipe(ends), 0);
        assert_int_equal(close(ends[0]), 0); /* nobody reads */
        snprintf(command, sizeof command, "%s/talentpool %s --state %s >&%d 2>%s/log",
                 build != NULL ? build : "build/release", READER[i], f->state, ends[1], f->s.dir);
        assert_int_equal(WEXITSTATUS(system(command)), 0);
        assert_int_equal(close(ends[1]), 0);
        assert_true(program_text(f->s.dir, "log", &f->text));
        assert_string_equal(tp_buf_cstr(&f->text), "");
    }
}

/* Runs the commands of section 3 of docs/adding-a-feed.md over its own example, but for the places
 * below /tmp, the port, and where the example is saved. */
static const char DOC_SCRIPT[] =
    "set -e; root=$PWD; program=$(cd $(dirname %s/talentpool) && pwd)/talentpool; cd %s; dir=$PWD\n"
    "mkdir -p doc/config/sources; ln -s $root/config/codes $root/config/rules"
    " $root/config/linkage.json $root/config/survivorship.json doc/config/; cd doc\n"
    "page=$root/docs/adding-a-feed.md\n"
    "awk '/^```json/ && !done {on = 1; next} /^```/ && on {on = 0; done = 1} on' $page"
    " >config/sources/kabupaten-contoh.json\n"
    "awk '/^## 3/ {on = 1} /^## 4/ {on = 0} on && /^    / {print substr($0, 5)}' $page |"
    " sed \"s#/tmp/try#$dir/try#g; s#127.0.0.1:8000#127.0.0.1:%d#g\" >commands\n"
    "test $(grep -c . commands) -ge 6\n"
    "talentpool() { \"$program\" \"$@\"; }\n"
    "set -x; . ./commands; set +x\n"
    "talentpool crosswalk --state $dir/try\n"
    "talentpool server start --state $dir/try >/dev/null\n"
    "psql -X -A -t -d \"$(talentpool server conninfo --state $dir/try)\""
    " -c 'SELECT agency FROM mart.person'\n"
    "talentpool server stop --state $dir/try\n";

static void
test_doc__the_commands_of_adding_a_feed_run_as_printed(void **state)
{
    fixture *f = *state;
    char script[4096], command[1200];
    const char *build = getenv("TP_BUILD");
    snprintf(script, sizeof script, DOC_SCRIPT, build != NULL ? build : "build/release", f->s.dir,
             http_server_port(f->server));
    const char *path = scratch_file(&f->s, "doc.sh", script);
    snprintf(command, sizeof command, "sh %s >%s/out 2>%s/log", path, f->s.dir, f->s.dir);
    const int status = WEXITSTATUS(system(command));
    if (status != 0) {
        assert_true(program_text(f->s.dir, "log", &f->text));
        print_error("%s\n", tp_buf_cstr(&f->text));
    }
    assert_int_equal(status, 0);
    assert_true(says(f, "out", "published=yes"));
    assert_true(says(f, "out", "kabupaten-contoh,A,"));
    assert_true(says(f, "out", "\n5104\n")); /* the agency of the source */
}

#define night_test(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        night_test(test_options__that_a_command_does_not_take_are_refused),
        night_test(test_help__of_a_command_lists_its_own_options),
        night_test(test_run__a_night_that_has_not_come_is_refused),
        night_test(test_run__a_report_that_cannot_be_written_is_said_before_the_night),
        night_test(test_readers__make_no_state_and_name_one_nearby),
        night_test(test_folders__that_are_missing_are_named_with_their_origin),
        night_test(test_check_sources__goes_through_all_of_a_bare_clone),
        night_test(test_withdraw__gives_readers_the_one_before),
        night_test(test_report__of_a_failed_night_says_what_was_not_reached),
        night_test(test_status__of_a_killed_run_says_so),
        night_test(test_doc__the_commands_of_adding_a_feed_run_as_printed),
        night_test(test_output__that_is_lost_is_an_error_and_a_reader_gone_is_none),
    };
    return cmocka_run_group_tests_name("integration/cli", tests, NULL, NULL);
}
