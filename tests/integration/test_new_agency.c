/* Tests that an agency with a layout of its own needs a description in sources.dir and nothing
 * else. */
#include "tests/support/tp_test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/http_server.h"
#include "tests/support/scratch.h"

enum { ARGUMENTS = 24, FILE_LIMIT = 1 << 20 };

/* Two pages of an invented JSON layout; the third person has no birth date and is rejected. */
static const char *const PAGE[] = {
    "{\"keadaan\":\"beres\",\"muatan\":{\"lembar_akhir\":2,\"warga\":["
    "{\"kode\":\"B-1\",\"sebutan\":\"Drs. WARSO  PRAKOSO, M.Si\",\"jati_diri\":{\"nomor\":"
    "\"19700315 199503 1 001\",\"kelamin\":1,\"lahir\":\"1970-03-15\"},\"tugas\":["
    "{\"sebagai\":\"Kepala Bidang Contoh\",\"sejak\":\"2015-01-02\"},"
    "{\"sebagai\":\"Kepala Dinas Contoh\",\"sejak\":\"2020-06-01\"}]},"
    "{\"kode\":\"B-2\",\"sebutan\":\"RATNA CONTOHWATI\",\"jati_diri\":{\"nomor\":"
    "\"198005202005012001\",\"kelamin\":2,\"lahir\":\"1980-05-20\"},\"tugas\":[]}]}}",
    "{\"keadaan\":\"beres\",\"muatan\":{\"lembar_akhir\":2,\"warga\":["
    "{\"kode\":\"B-3\",\"sebutan\":\"TANPA TANGGAL\",\"jati_diri\":{\"nomor\":\"\",\"kelamin\":1,"
    "\"lahir\":\"\"},\"tugas\":[]}]}}",
};

/* The first person is also known here, with another spelling; the second is new. */
static const char XML[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<buku><bagian kode=\"1\">"
    "<orang no=\"T-7\" nama=\"Warso Prakoso\" jk=\"pria\"><induk>197003151995031001</induk>"
    "<lahir>15/03/1970</lahir><karier><langkah mulai=\"01/06/2020\">Kepala Dinas Contoh</langkah>"
    "</karier></orang></bagian><bagian kode=\"2\">"
    "<orang no=\"T-8\" nama=\"Dewi Contohsari\" jk=\"wanita\"><induk>197811112003122001</induk>"
    "<lahir>11 November 1978</lahir></orang></bagian></buku>";

typedef struct fixture {
    scratch s;
    http_server *server;
    tp_buf out; /* of the last command */
} fixture;

static void
answer(void *user, const http_ask *ask, http_reply *reply)
{
    (void)user;
    reply->type = "application/json";
    if (strcmp(ask->path, "/timur/buku.xml") == 0) {
        reply->type = "application/xml";
        snprintf(reply->body, sizeof reply->body, "%s", XML);
    } else if (strcmp(ask->path, "/barat/lembar") != 0) {
        reply->status = 404;
    } else if (strcmp(http_ask_header(ask, "X-Kunci"), "contoh") != 0) {
        reply->status = 401;
    } else {
        const bool second = strcmp(http_ask_param(ask, "ke"), "2") == 0;
        snprintf(reply->body, sizeof reply->body, "%s", PAGE[second ? 1 : 0]);
    }
}

/* Runs the program on the fixture's state with these words; standard output lands in f->out. */
static int
talentpool(fixture *f, const char *sources, const char *const *words)
{
    char program[512], state[300], secrets[320], dir[320], west[128], east[128], out[320], log[320];
    const char *build = getenv("TP_BUILD");
    const int port = http_server_port(f->server);
    snprintf(program, sizeof program, "%s/talentpool", build != NULL ? build : "build/release");
    snprintf(state, sizeof state, "state.dir=%s/state", f->s.dir);
    snprintf(secrets, sizeof secrets, "secrets.dir=%s/secrets", f->s.dir);
    snprintf(dir, sizeof dir, "sources.dir=%s", sources);
    snprintf(west, sizeof west, "feeds.wilayah_barat_url=http://127.0.0.1:%d", port);
    snprintf(east, sizeof east, "feeds.wilayah_timur_url=http://127.0.0.1:%d", port);
    snprintf(out, sizeof out, "%s/out", f->s.dir);
    snprintf(log, sizeof log, "%s/log", f->s.dir);

    const char *argv[ARGUMENTS] = {program, "--set", state, "--set", secrets, "--set",
                                   dir,     "--set", west,  "--set", east};
    size_t n = 11;
    for (; *words != NULL && n + 1 < ARGUMENTS; words++) {
        argv[n++] = *words;
    }
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        const int to = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        const int err_to = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(to, STDOUT_FILENO);
        dup2(err_to, STDERR_FILENO);
        execv(program, (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    tp_err err = {0};
    tp_buf_reset(&f->out);
    assert_tp_ok(tp_file_read(out, FILE_LIMIT, &f->out, &err), &err);
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
    if (code != 0) {
        TP_AUTO_BUF(text);
        assert_tp_ok(tp_file_read(log, FILE_LIMIT, &text, &err), &err);
        print_message("%s", tp_buf_cstr(&text));
    }
    return code;
}

static int
setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    const char *base = getenv("TMPDIR");
    assert_non_null(f);
    snprintf(f->s.dir, sizeof f->s.dir, "%s/tp-new-agency-XXXXXX", base != NULL ? base : "/tmp");
    assert_non_null(mkdtemp(f->s.dir));
    /* As root the private server runs as somebody else, who must be able to enter. */
    assert_int_equal(chmod(f->s.dir, 0755), 0);
    assert_int_equal(mkdir(scratch_path(&f->s, "secrets"), 0700), 0);
    scratch_file(&f->s, "secrets/wilayah_barat_kunci", "contoh\n");
    f->server = http_server_start(answer, f);
    *state = f;
    return f->server != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    (void)talentpool(f, "tests/data/new-agency", (const char *const[]){"server", "stop", NULL});
    http_server_stop(f->server);
    tp_buf_clear(&f->out);
    const tp_code rc = tp_tree_remove(f->s.dir, NULL);
    free(f);
    return rc == TP_OK ? 0 : -1;
}

/* One night over both; leaves the crosswalk (without its heading) in f->out. */
static void
night(fixture *f, const char *sources)
{
    assert_int_equal(
        talentpool(f, sources,
                   (const char *const[]){"run", "--as-of", "2026-03-01", "--quiet", NULL}),
        0);
    assert_non_null(strstr(tp_buf_cstr(&f->out), " published=yes\n"));
}

/* Person key of a record in the crosswalk; 0 if it is not there. */
static uint64_t
person_of(const fixture *f, const char *source_and_key)
{
    const char *at = strstr(tp_buf_cstr(&f->out), source_and_key);
    return at != NULL ? strtoull(at + strlen(source_and_key), NULL, 10) : 0;
}

static void
test_run__reads_a_json_and_an_xml_agency_by_their_files_alone(void **state)
{
    fixture *f = *state;
    const char *sources = "tests/data/new-agency";
    night(f, sources);
    const char *line = tp_buf_cstr(&f->out);
    /* 3 + 2 people and 2 + 1 positions; one person without a birth date. */
    assert_non_null(
        strstr(line, " received=8 accepted=7 unchanged=0 duplicate=0 removed=0 rejected=1 "));
    assert_non_null(strstr(line, " people=3 "));

    assert_int_equal(talentpool(f, sources, (const char *const[]){"crosswalk", NULL}), 0);
    assert_int_not_equal(person_of(f, "wilayah-barat,B-1,"), 0);
    assert_int_equal(person_of(f, "wilayah-barat,B-1,"), person_of(f, "wilayah-timur,T-7,"));
    assert_int_not_equal(person_of(f, "wilayah-barat,B-2,"), 0);
    assert_int_not_equal(person_of(f, "wilayah-timur,T-8,"), 0);
    assert_int_not_equal(person_of(f, "wilayah-barat,B-2,"), person_of(f, "wilayah-timur,T-8,"));
    assert_int_equal(person_of(f, "wilayah-barat,B-3,"), 0);
}

static void
test_check__names_file_and_line_of_a_slip(void **state)
{
    fixture *f = *state;
    TP_AUTO_BUF(text);
    tp_err err = {0};
    assert_tp_ok(tp_file_read("tests/data/new-agency/wilayah-timur.json", FILE_LIMIT, &text, &err),
                 &err);
    char *at = strstr(text.p, "\"select\": \"karier");
    assert_non_null(at);
    at[3] = 'i'; /* "silect" */
    assert_int_equal(mkdir(scratch_path(&f->s, "slip"), 0700), 0);
    scratch_file(&f->s, "slip/wilayah-timur.json", tp_buf_cstr(&text));

    char dir[320], out[320];
    snprintf(dir, sizeof dir, "%s/slip", f->s.dir);
    snprintf(out, sizeof out, "%s/out", f->s.dir);
    assert_int_equal(talentpool(f, dir, (const char *const[]){"check", "sources", NULL}), 78);
    tp_buf_reset(&text);
    assert_tp_ok(tp_file_read(out, FILE_LIMIT, &text, &err), &err);
    assert_non_null(strstr(tp_buf_cstr(&text), "wilayah-timur.json:"));
    assert_non_null(strstr(tp_buf_cstr(&text), "select"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            test_run__reads_a_json_and_an_xml_agency_by_their_files_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(test_check__names_file_and_line_of_a_slip, setup, teardown),
    };
    return cmocka_run_group_tests_name("integration/new_agency", tests, NULL, NULL);
}
