/* Tests talentpool source check, list and try: what they say, what they show, what they leave
 * alone. */
#include "tests/support/tp_test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/http_server.h"
#include "tests/support/scratch.h"

enum { ARGUMENTS = 32, FILE_LIMIT = 1 << 20 };

typedef struct fixture {
    scratch s;
    http_server *server;
    const char *page; /* what the server answers with; NULL = PAGE */
    unsigned asked;
    char last_key[64];
    tp_buf out;
    tp_buf log;
} fixture;

/* Two people of the first of nine pages; the second has no birth date. */
static const char PAGE[] =
    "{\"keadaan\":\"beres\",\"muatan\":{\"lembar_akhir\":9,\"warga\":["
    "{\"kode\":\"B-1\",\"sebutan\":\"Drs. WARSO  PRAKOSO, M.Si\",\"jati_diri\":{\"nomor\":"
    "\"19700315 199503 1 001\",\"kelamin\":1,\"lahir\":\"1970-03-15\"},\"tugas\":["
    "{\"sebagai\":\"Kepala \\u001b]0;x\\u0007\\u202eBidang, NIP 19700315 199503 1 001\",\"sejak\":"
    "\"2015-01-02\"}]},"
    "{\"kode\":\"B-3\",\"sebutan\":\"TANPA TANGGAL\",\"jati_diri\":{\"nomor\":\"\",\"kelamin\":1,"
    "\"lahir\":\"\"},\"tugas\":[]}]}}";

static void
answer(void *user, const http_ask *ask, http_reply *reply)
{
    fixture *f = user;
    f->asked++;
    reply->type = "application/json";
    snprintf(f->last_key, sizeof f->last_key, "%s", ask->path);
    if (strcmp(http_ask_header(ask, "X-Kunci"), "contoh-rahasia") != 0) {
        reply->status = 401;
        return;
    }
    snprintf(reply->body, sizeof reply->body, "%s", f->page != NULL ? f->page : PAGE);
}

/* Runs the program with these words; what it printed lands in f->out and f->log. */
static int
talentpool(fixture *f, const char *const *words)
{
    char program[512], state[300], secrets[320], west[128], out[320], log[320];
    const char *build = getenv("TP_BUILD");
    snprintf(program, sizeof program, "%s/talentpool", build != NULL ? build : "build/release");
    snprintf(state, sizeof state, "state.dir=%s/state", f->s.dir);
    snprintf(secrets, sizeof secrets, "secrets.dir=%s/secrets", f->s.dir);
    snprintf(west, sizeof west, "feeds.wilayah_barat_url=http://127.0.0.1:%d",
             http_server_port(f->server));
    snprintf(out, sizeof out, "%s/out", f->s.dir);
    snprintf(log, sizeof log, "%s/log", f->s.dir);
    const char *argv[ARGUMENTS] = {program, "--set", state, "--set", secrets, "--set", west};
    size_t n = 7;
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
        setenv("TMPDIR", f->s.dir, 1);
        execv(program, (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    tp_err err = {0};
    tp_buf_reset(&f->out);
    tp_buf_reset(&f->log);
    assert_tp_ok(tp_file_read(out, FILE_LIMIT, &f->out, &err), &err);
    assert_tp_ok(tp_file_read(log, FILE_LIMIT, &f->log, &err), &err);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

#define RUN(...) talentpool(f, (const char *const[]){__VA_ARGS__, NULL})

static bool
says(const fixture *f, const char *text)
{
    if (strstr(tp_buf_cstr(&f->out), text) == NULL) {
        print_message("%s%s", tp_buf_cstr(&f->out), tp_buf_cstr(&f->log));
        print_error("does not say: %s\n", text);
        return false;
    }
    return true;
}

static int
setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    scratch *s = NULL;
    assert_non_null(f);
    assert_int_equal(scratch_setup((void **)&s), 0);
    f->s = *s;
    free(s);
    assert_int_equal(mkdir(scratch_path(&f->s, "secrets"), 0700), 0);
    scratch_file(&f->s, "secrets/wilayah_barat_kunci", "contoh-rahasia\n");
    f->server = http_server_start(answer, f);
    *state = f;
    return f->server != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    http_server_stop(f->server);
    tp_buf_clear(&f->out);
    tp_buf_clear(&f->log);
    const tp_code rc = tp_tree_remove(f->s.dir, NULL);
    free(f);
    return rc == TP_OK ? 0 : -1;
}

static const char WEST[] = "tests/data/new-agency/wilayah-barat.json";

/* Nothing but what the test itself put there. */
static void
assert_nothing_left(fixture *f)
{
    tp_arena arena = {0};
    tp_err err = {0};
    const char **name;
    size_t n = 0;
    assert_false(tp_file_exists(scratch_path(&f->s, "state")));
    assert_tp_ok(tp_dir_list(f->s.dir, "", &arena, &name, &n, &err), &err);
    for (size_t i = 0; i < n; i++) {
        assert_null(strstr(name[i], "talentpool-try"));
    }
    tp_arena_clear(&arena);
}

static void
test_check__all_faults_at_once_each_at_its_line(void **state)
{
    fixture *f = *state;
    const char *file = scratch_file(
        &f->s, "bad.json",
        "{\"descriptor\": 1, \"sauce\": 1,\n"
        "\"source\": {\"id\": \"Bad\", \"titel\": \"x\", \"title\": \"Bad\"},\n"
        "\"connect\": {\"base_url\": {\"setting\": \"nobody_set_this\"}},\n"
        "\"fetch\": [{\"name\": \"a\", \"path\": \"/a\"},\n"
        "  {\"name\": \"b\", \"path\": \"/b\", \"page\": {\"kind\": \"numbers\"}}],\n"
        "\"emit\": [{\"from\": \"a\", \"select\": \"[]\", \"record\": \"position\", \"fields\": {\n"
        "  \"position_id\": \"id\",\n"
        "  \"titel\": \"t\",\n"
        "  \"echelon\": {\"path\": \"e\", \"steps\": [\"trimm\"]},\n"
        "  \"tier\": {\"path\": \"e\", \"default\": \"jpt_pratma\"},\n"
        "  \"unit\": {\"path\": \"u\", \"check\": {\"pattern\": \"(\"}}},\n"
        "  \"checks\": [{\"rule\": \"target_on < vacant_since\"}]},\n"
        "  {\"from\": \"b\", \"select\": \"[]\", \"record\": \"unit\", \"fields\": {\"x\": "
        "\"y\"}}],\n"
        "\"quality\": {\"gates\": [{\"measure\": \"rejectd\", \"max_percent\": 5}]}}\n");
    assert_int_equal(RUN("source", "check", file), 78);
    assert_true(says(f, "bad.json:1: sauce: unknown key; did you mean \"source\"?"));
    assert_true(says(f, "bad.json:2: source.id: an id is made of a-z"));
    assert_true(says(f, "bad.json:2: source.titel: unknown key; did you mean \"title\"?"));
    assert_true(says(f, "note: "));
    assert_true(says(f, "bad.json:3: connect.base_url.setting: the setting feeds.nobody_set_this"));
    assert_true(says(f, "bad.json:5: fetch[1].page.kind: \"numbers\" is not known"));
    assert_true(says(f, "bad.json:8: emit[0].fields.titel: record position has no field"));
    assert_true(says(f, "bad.json:9: emit[0].fields.echelon.steps[0]: unknown step \"trimm\"; did "
                        "you mean \"trim\"?"));
    assert_true(says(f, "bad.json:10: emit[0].fields.tier.default: \"jpt_pratma\" is no word of "
                        "tier; allowed are jpt_utama"));
    assert_true(says(f, "bad.json:11: emit[0].fields.unit.check.pattern: no pattern: missing"));
    assert_true(says(f, "bad.json:12: emit[0].checks[0].rule: \"target_on\" is no field"));
    assert_true(says(f, "bad.json:14: quality.gates[0].measure: \"rejectd\" is not known; did you "
                        "mean rejected?"));
    assert_true(says(f, "10 faults in "));
    assert_nothing_left(f);
}

static void
test_check__a_good_file_and_no_json(void **state)
{
    fixture *f = *state;
    assert_int_equal(RUN("source", "check", WEST, "config/sources/unor.json"), 0);
    assert_true(says(f,
                     "ok  tests/data/new-agency/wilayah-barat.json: wilayah-barat, 1 fetch, gives "
                     "person, position_history"));
    assert_true(says(f, "ok  config/sources/unor.json: unor"));
    const char *file = scratch_file(&f->s, "torn.json", "{\"descriptor\": 1,\n \"source\"");
    assert_int_equal(RUN("source", "check", file), 78);
    assert_true(says(f, "torn.json:2:"));
    assert_int_equal(RUN("source", "check", "no-such-file.json"), 78);
    assert_true(says(f, "no-such-file.json: No such file"));
    assert_int_equal(RUN("source", "check"), 64);
    assert_int_equal(RUN("source", "chek", WEST), 64);
}

static void
test_list__names_state_records_and_gates(void **state)
{
    fixture *f = *state;
    assert_int_equal(RUN("source", "list", "--set", "sources.dir=config/sources"), 0);
    assert_true(says(f, "roster"));
    assert_true(says(f, "person, employment"));
    assert_true(says(f, "records >= 1"));
    assert_int_equal(mkdir(scratch_path(&f->s, "sources"), 0700), 0);
    scratch_file(&f->s, "sources/x.json", "{}");
    char dir[300];
    snprintf(dir, sizeof dir, "sources.dir=%s/sources", f->s.dir);
    assert_int_equal(RUN("source", "list", "--set", dir), 78);
    assert_true(says(f, "faulty"));
    assert_nothing_left(f);
}

/* The first page alone, shown as received and as mapped, with nothing that names anybody. */
static void
test_try__first_page_masked(void **state)
{
    fixture *f = *state;
    assert_int_equal(RUN("source", "try", WEST), 0);
    assert_int_equal(f->asked, 1);
    assert_true(says(f, "fetch lembar: status 200, "));
    assert_true(says(f, "person (fetch lembar, body 0, record 0): accepted"));
    assert_true(says(f, "99999999 999999 9 999 "));
    assert_true(says(f, "Aaa. AAAAA  AAAAAAA, A.Aa"));
    assert_true(says(f, "REJECTED, required in birth_date"));
    assert_true(says(f, "record            received  accepted  duplicate  removed  rejected"));
    const char *shown = tp_buf_cstr(&f->out);
    assert_null(strstr(shown, "WARSO"));
    assert_null(strstr(shown, "19700315"));
    assert_null(strstr(shown, "1970-03-15"));
    assert_null(strstr(shown, "contoh-rahasia"));
    assert_non_null(strstr(shown, "2015-01-02")); /* of an appointment, not of a person */
    assert_nothing_left(f);
}

static void
test_try__identifiers_when_asked_for(void **state)
{
    fixture *f = *state;
    assert_int_equal(RUN("source", "try", WEST, "--show-identifiers", "--records", "1"), 0);
    assert_true(says(f, "WARSO PRAKOSO"));
    assert_true(says(f, "197003151995031001"));
    assert_true(says(f, "1970-03-15"));
}

/* Nothing in a body can do anything to the terminal. */
static void
test_try__output_is_harmless(void **state)
{
    fixture *f = *state;
    assert_int_equal(RUN("source", "try", WEST, "--show-identifiers"), 0);
    for (size_t i = 0; i < f->out.n; i++) {
        const unsigned char c = (unsigned char)f->out.p[i];
        assert_true(c == '\n' || (c >= 0x20 && c != 0x7f));
    }
    assert_null(strstr(tp_buf_cstr(&f->out), "\xe2\x80\xae"));
    assert_true(says(f, "\\u{202e}Bidang"));
}

static void
test_try__faults_of_the_source(void **state)
{
    fixture *f = *state;
    f->page = "{\"keadaan\":\"beres\",\"muatan\":{\"lembar_akhir\":1,\"warga\":[{\"kode\":\"B-1\"";
    assert_int_not_equal(RUN("source", "try", WEST), 0);
    assert_non_null(strstr(tp_buf_cstr(&f->log), "cut short"));
    f->page = "<html>login</html>";
    assert_int_not_equal(RUN("source", "try", WEST), 0);
    f->page = "{\"keadaan\":\"beres\",\"muatan\":{\"lembar_akhir\":1,\"orang\":[]}}";
    assert_int_equal(RUN("source", "try", WEST), 0);
    assert_true(says(f, "no record was found: check \"select\""));
    assert_nothing_left(f);
}

/* A body at hand needs neither address nor secret; the gates say what they would do. */
static void
test_try__a_body_at_hand(void **state)
{
    fixture *f = *state;
    tp_err err = {0};
    char body[512], file[512];
    TP_AUTO_BUF(text);
    snprintf(body, sizeof body, "%s", scratch_file(&f->s, "body.json", PAGE));
    assert_int_equal(
        RUN("source", "try", WEST, "--body", body, "--set", "secrets.dir=/nonexistent"), 0);
    assert_int_equal(f->asked, 0);
    assert_true(says(f, "read as an answer to fetch lembar"));
    assert_true(says(f, "person                   2         1          0        0         1"));
    assert_tp_ok(tp_file_read(WEST, FILE_LIMIT, &text, &err), &err);
    char *end = strrchr(text.p, '}');
    assert_non_null(end);
    *end = '\0';
    TP_AUTO_BUF(gated);
    tp_buf_printf(&gated,
                  "%s, \"quality\": {\"gates\": [{\"measure\": \"rejected\", \"max_percent\": 10}, "
                  "{\"measure\": \"shrink\", \"max_percent\": 5}]}}",
                  text.p);
    snprintf(file, sizeof file, "%s", scratch_file(&f->s, "gated.json", tp_buf_cstr(&gated)));
    assert_int_equal(RUN("source", "try", file, "--body", body), 4);
    assert_true(says(f, "rejected <= 10 %  WOULD HOLD  1 of 3 of all records rejected"));
    assert_true(says(f, "shrink <= 5 %     not judged  no last good batch to compare with"));
    assert_nothing_left(f);
}

/* One request per key: the key is asked for, and never printed. */
static void
test_try__a_key_at_a_time(void **state)
{
    fixture *f = *state;
    static const char KEYED[] =
        "{\"descriptor\": 1, \"source\": {\"id\": \"satu\", \"title\": \"One at a time\"},\n"
        "\"connect\": {\"base_url\": {\"setting\": \"wilayah_barat_url\"}, \"auth\": [{\"kind\": "
        "\"header\", \"name\": \"X-Kunci\", \"value\": {\"secret\": \"wilayah_barat_kunci\"}}]},\n"
        "\"fetch\": [{\"name\": \"satu\", \"path\": \"/satu/{key}\", \"for_each\": {\"source\": "
        "\"roster\", \"field\": \"nip\"}}],\n"
        "\"emit\": [{\"from\": \"satu\", \"select\": \"data\", \"record\": \"person\", \"key\": "
        "[\"source_key\"], \"fields\": {\"source_key\": \"id\", \"nip\": {\"path\": \"nip\", "
        "\"steps\": [\"nip\"], \"check\": {\"same_as\": \"request.key\"}, \"on_error\": "
        "\"reject\"}}}]}";
    char file[512];
    snprintf(file, sizeof file, "%s", scratch_file(&f->s, "satu.json", KEYED));
    assert_int_equal(RUN("source", "try", file), 64);
    assert_int_equal(f->asked, 0);
    f->page = "{\"data\": {\"id\": \"p1\", \"nip\": \"197003151995031001\"}}";
    assert_int_equal(RUN("source", "try", file, "--key", "197003151995031001"), 0);
    assert_string_equal(f->last_key, "/satu/197003151995031001");
    assert_true(says(f, "): accepted"));
    assert_null(strstr(tp_buf_cstr(&f->out), "1970"));
    assert_int_equal(RUN("source", "try", file, "--key", "198005202005012001"), 0);
    assert_true(says(f, "REJECTED, other_key in nip"));
    assert_null(strstr(tp_buf_cstr(&f->log), "1970"));
    assert_nothing_left(f);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_check__all_faults_at_once_each_at_its_line),
        T(test_check__a_good_file_and_no_json),
        T(test_list__names_state_records_and_gates),
        T(test_try__first_page_masked),
        T(test_try__identifiers_when_asked_for),
        T(test_try__output_is_harmless),
        T(test_try__faults_of_the_source),
        T(test_try__a_body_at_hand),
        T(test_try__a_key_at_a_time),
    };
    return cmocka_run_group_tests_name("integration/source_command", tests, NULL, NULL);
}
