/* Tests talentpool trace: a published value is shown with the bytes of the answer it came from. */
#include "tests/support/tp_test.h"

#include <ctype.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "tests/support/http_server.h"
#include "tests/support/program.h"
#include "tests/support/scratch.h"

enum { LONG_TIMES = 2500 };

/* Each source tells of people of its own, so that every golden value is its. */
static const char JSON[] =
    "{\"data\": [ {\"id\":\"J-1\", \"nip\":\"19700315 199503 1 001\", \"nama\":\"Ani \\u001b]0;x"
    "\\u0007 Contoh\", \"lahir\":\"1970-03-15\", \"sekolah\": [{\"tingkat\": 40, \"lulus\": "
    "\"1994-08-01\", \"nama\": \"Sekolah A\"} , {\"tingkat\": 45, \"nama\": \"Sekolah B\"}]}\n, "
    "{\"id\":\"J-2\", \"nip\":\"\\u00319800520\\u003200501\\u0031001\", \"nama\":\"Budi\"}, "
    "{\"id\":\"J-3\", \"nama\":\"\"} ]}";
static const char XML[] =
    "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<daftar>\xe9<!-- <orang/> -->\n"
    "<orang id=\"X-1\"><nip>198111112003122001</nip><nama>Zo\xeb Contoh</nama></orang>\n"
    "<orang id=\"X-2\"><nip>&#49;98202022006021001</nip><nama>Dedi</nama></orang></daftar>\n";
static const char CSV[] = "id;nip;nama\r\nC-1;198303032007032001;\"Citra; Contoh\"\r\n"
                          "C-2;'198404042008042001;Edi\r\n";
static const char LINE[] =
    "{\"id\":\"L-1\",\"nip\":\"198505052009052001\",\"nama\":\"Fani Panjang Contoh\","
    "\"isi\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}\n";
static const char AWARDS[] =
    "[{\"no\":\"P-1\",\"nip\":\"198606062010061001\",\"nama\":\"Gita Contoh\",\"tahun\":2020,"
    "\"tanda\":\"Satya Karya\"}]";

typedef struct fixture {
    scratch s;
    http_server *server;
    tp_buf out;
    tp_buf log;
    tp_buf people; /* the crosswalk as CSV */
} fixture;

static void
answer_packed(http_reply *reply)
{
    z_stream z = {.next_in = (unsigned char *)(uintptr_t)CSV,
                  .avail_in = sizeof CSV - 1,
                  .next_out = (unsigned char *)reply->body,
                  .avail_out = sizeof reply->body};
    if (deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK) {
        (void)deflate(&z, Z_FINISH);
        reply->n = z.total_out;
        (void)deflateEnd(&z);
    }
    reply->type = "application/gzip";
}

static void
answer(void *user, const http_ask *ask, http_reply *reply)
{
    (void)user;
    if (strstr(ask->path, "/csv") != NULL) {
        answer_packed(reply);
    } else if (strstr(ask->path, "/xml") != NULL) {
        reply->type = "application/xml";
        snprintf(reply->body, sizeof reply->body, "%s", XML);
    } else if (strstr(ask->path, "/panjang") != NULL) {
        reply->type = "application/x-ndjson";
        reply->field[0] = "ETag";
        reply->field[1] = "\"panjang-1\"";
        if (strcmp(http_ask_header(ask, "If-None-Match"), "\"panjang-1\"") == 0) {
            reply->status = 304;
            return;
        }
        snprintf(reply->body, sizeof reply->body, "%s", LINE);
        reply->repeat = LONG_TIMES;
    } else {
        reply->type = "application/json";
        snprintf(reply->body, sizeof reply->body, "%s",
                 strstr(ask->path, "/tanda") != NULL ? AWARDS : JSON);
    }
}

/* Writes a description of people. attr: what stands before the id in its path. more: what follows
 * the fields, the brace that ends them included. */
static void
put_source(fixture *f, const char *id, const char *body, const char *select, const char *attr,
           const char *more)
{
    TP_AUTO_BUF(text);
    char name[64];
    tp_buf_printf(
        &text,
        "{\"descriptor\": 1, \"source\": {\"id\": \"%s\", \"title\": \"uji\", \"synthetic\": true},"
        "\"connect\": {\"base_url\": {\"setting\": \"uji_url\"}, \"retry\": {\"attempts\": 1}},\n"
        "\"fetch\": [{\"name\": \"daftar\", \"path\": \"/%s\", %s}],\n"
        "\"emit\": [{\"from\": \"daftar\", \"select\": \"%s\", \"record\": \"person\", \"key\": "
        "[\"source_key\"], \"fields\": {\"source_key\": {\"path\": \"%sid\", \"required\": true},"
        "\"nip\": {\"path\": \"nip\", \"steps\": [\"digits\", \"nip\"]},\n"
        "\"full_name\": {\"path\": \"nama\", \"steps\": [\"squash\"], \"required\": true, "
        "\"on_error\": \"reject\"}%s}]}\n",
        id, id, body, select, attr, more);
    snprintf(name, sizeof name, "sources/%s.json", id);
    scratch_file(&f->s, name, tp_buf_cstr(&text));
}

static void
put_sources(fixture *f)
{
    put_source(f, "json", "\"page\": {\"kind\": \"none\"}, \"body\": {\"format\": \"json\"}",
               "data[]", "",
               ", \"birth_date\": {\"path\": \"lahir\", \"steps\": [{\"date\": [\"yyyy-mm-dd\"]}]}"
               "}, \"children\": [{\"select\": \"sekolah[]\", \"record\": \"education\", \"key\": "
               "[\"level\"], \"fields\": {\"level\": {\"path\": \"tingkat\"}, "
               "\"institution\": {\"path\": \"nama\"}, \"graduated_on\": {\"path\": \"lulus\", "
               "\"steps\": [{\"date\": [\"yyyy-mm-dd\"]}]}}}]");
    put_source(f, "xml", "\"page\": {\"kind\": \"none\"}, \"body\": {\"format\": \"xml\"}",
               "/daftar/orang", "@", "}");
    put_source(f, "csv",
               "\"page\": {\"kind\": \"file\", \"unpack\": \"auto\"}, \"body\": {\"format\": "
               "\"csv\", \"delimiter\": \";\"}",
               ".", "", "}");
    put_source(f, "panjang",
               "\"since\": {\"kind\": \"http\"}, \"page\": {\"kind\": \"none\"}, \"body\": "
               "{\"format\": \"ndjson\"}",
               ".", "", "}");
    scratch_file(
        &f->s, "sources/tanda.json",
        "{\"descriptor\": 1, \"source\": {\"id\": \"tanda\", \"title\": \"uji\", \"synthetic\": "
        "true}, \"connect\": {\"base_url\": {\"setting\": \"uji_url\"}},\n"
        "\"fetch\": [{\"name\": \"daftar\", \"path\": \"/tanda\", \"page\": {\"kind\": \"none\"}, "
        "\"body\": {\"format\": \"json\"}}],\n"
        "\"emit\": [{\"from\": \"daftar\", \"select\": \"[]\", \"record\": \"award\", \"key\": "
        "[\"year\", \"name\"], \"subject\": {\"key\": [\"source_key\"], \"fields\": "
        "{\"source_key\": {\"path\": \"no\", \"required\": true}, \"nip\": {\"path\": \"nip\", "
        "\"steps\": [\"nip\"]}, \"full_name\": {\"path\": \"nama\"}}},\n"
        "\"fields\": {\"year\": {\"path\": \"tahun\"}, \"name\": {\"path\": \"tanda\"}}}]}\n");
}

static int
talentpool(fixture *f, const char *const *words)
{
    char state[300], secrets[320], sources[320], url[96];
    const char *argv[32] = {NULL};
    size_t n = 0;
    snprintf(state, sizeof state, "state.dir=%s/state", f->s.dir);
    snprintf(secrets, sizeof secrets, "secrets.dir=%s/secrets", f->s.dir);
    snprintf(sources, sizeof sources, "sources.dir=%s/sources", f->s.dir);
    snprintf(url, sizeof url, "feeds.uji_url=http://127.0.0.1:%d", http_server_port(f->server));
    while (*words != NULL && n < 16) {
        argv[n++] = *words++;
    }
    const char *const set[] = {state, secrets, sources, url, "run.min_sources_bp=0"};
    for (size_t i = 0; i < TP_COUNT(set); i++) {
        argv[n++] = "--set";
        argv[n++] = set[i];
    }
    const int status = program_run(f->s.dir, argv, NULL);
    if (!program_text(f->s.dir, "out", &f->out) || !program_text(f->s.dir, "log", &f->log)) {
        return -1;
    }
    return status;
}

#define RUN(...) talentpool(f, (const char *const[]){__VA_ARGS__, NULL})

static int
setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    const char *base = getenv("TMPDIR");
    if (f == NULL) {
        return -1;
    }
    snprintf(f->s.dir, sizeof f->s.dir, "%s/tp-trace-XXXXXX", base != NULL ? base : "/tmp");
    /* As root the private server runs as somebody else, who must be able to enter. */
    if (mkdtemp(f->s.dir) == NULL || chmod(f->s.dir, 0755) != 0 ||
        mkdir(scratch_path(&f->s, "sources"), 0755) != 0) {
        return -1;
    }
    *state = f;
    f->server = http_server_start(answer, f);
    put_sources(f);
    for (int n = 0; n < 2; n++) { /* the second night finds "panjang" unchanged */
        if (RUN("run", "--quiet", "--as-of", n == 0 ? "2026-03-01" : "2026-03-02") != 0) {
            printf("# %s%s\n", tp_buf_cstr(&f->out), tp_buf_cstr(&f->log));
            return -1;
        }
    }
    if (RUN("crosswalk") != 0) {
        return -1;
    }
    tp_buf_str(&f->people, tp_buf_view(&f->out));
    return 0;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    (void)RUN("server", "stop");
    http_server_stop(f->server);
    tp_buf_clear(&f->out);
    tp_buf_clear(&f->log);
    tp_buf_clear(&f->people);
    const tp_code rc = tp_tree_remove(f->s.dir, NULL);
    free(f);
    return rc == TP_OK ? 0 : -1;
}

/* Key of the person that a source knows by its own key; "" = none. */
static const char *
person(const fixture *f, const char *source, const char *key, char out[24])
{
    char row[64];
    snprintf(row, sizeof row, "\n%s,%s,", source, key);
    const char *at = strstr(tp_buf_cstr(&f->people), row);
    snprintf(out, 24, "%.*s", at != NULL ? (int)strcspn(at + strlen(row), "\r\n") : 0,
             at != NULL ? at + strlen(row) : "");
    return out;
}

static bool
says(const fixture *f, const char *text)
{
    if (strstr(tp_buf_cstr(&f->out), text) == NULL && strstr(tp_buf_cstr(&f->log), text) == NULL) {
        print_message("%s%s", tp_buf_cstr(&f->out), tp_buf_cstr(&f->log));
        print_error("does not say: %s\n", text);
        return false;
    }
    return true;
}

/* Is there a run of nine digits or more, of digits other than the 9 of a shape, in a line that may
 * show personal data? Hashes and person keys stand in lines of their own. */
static bool
shows_identifier(const tp_buf *text)
{
    tp_str rest = tp_buf_view(text);
    tp_str line;
    while (tp_str_next(&rest, '\n', &line)) {
        size_t n = 0;
        bool other = false;
        const bool own = tp_str_starts(line, TP_STR("person ")) ||
                         tp_str_starts(line, TP_STR("  body ")) ||
                         tp_str_starts(line, TP_STR("  landing "));
        for (size_t i = 0; !own && i < line.n; i++) {
            const bool digit = isdigit((unsigned char)line.p[i]) != 0;
            n = digit ? n + 1 : 0;
            other = digit && (other || line.p[i] != '9');
            if (n >= 9 && other) {
                return true;
            }
        }
    }
    return false;
}

static void
test_trace__json_value_with_its_bytes(void **state)
{
    fixture *f = *state;
    char key[24];
    assert_int_equal(
        RUN("trace", person(f, "json", "J-1", key), "birth_date", "--bytes", "--show-identifiers"),
        0);
    assert_true(says(f, "  birth_date  1970-03-15  lahir  1970-03-15\n"));
    assert_true(says(f, "number 0 (from 0) of data[], bytes 11 to "));
    assert_true(says(f, "    {\"id\":\"J-1\", \"nip\":\"19700315 199503 1 001\""));
    assert_true(says(f, "\"Sekolah B\"}]}\n"));
    assert_true(says(f, "Ani \\\\u001b]0;x")); /* as written; a backslash shows as two */
    assert_null(strchr(tp_buf_cstr(&f->out), '\x1b'));
    assert_true(says(f, "fetch     daftar, page 0, for night 2026-03-02, at "));
    assert_true(says(f, "answer    200 application/json\n"));
}

static void
test_trace__xml_value_in_another_character_set(void **state)
{
    fixture *f = *state;
    char key[24];
    assert_int_equal(
        RUN("trace", person(f, "xml", "X-1", key), "full_name", "--bytes", "--show-identifiers"),
        0);
    assert_true(says(f, "  full_name  Zo\xc3\xab Contoh  nama  Zo\xc3\xab Contoh\n"));
    assert_true(says(f, "of /daftar/orang, bytes "));
    assert_true(says(f, "    <orang id=\"X-1\"><nip>198111112003122001</nip><nama>Zo\xc3\xab "
                        "Contoh</nama></orang>\n"));
}

static void
test_trace__csv_value_from_a_gzip_file(void **state)
{
    fixture *f = *state;
    char key[24];
    assert_int_equal(
        RUN("trace", person(f, "csv", "C-1", key), "full_name", "--bytes", "--show-identifiers"),
        0);
    assert_true(says(f, "  full_name  Citra; Contoh  nama  Citra; Contoh\n"));
    assert_true(says(f, "answer    200 application/gzip\n"));
    assert_true(says(f, "bytes 13 to 51 of the unpacked text\n"));
    assert_true(says(f, "    C-1;198303032007032001;\"Citra; Contoh\"\n"));
}

static void
test_trace__value_from_a_body_of_an_earlier_night(void **state)
{
    fixture *f = *state;
    char key[24];
    assert_int_equal(RUN("trace", person(f, "panjang", "L-1", key), "full_name", "--bytes",
                         "--show-identifiers"),
                     0);
    assert_true(says(f, "\"nama\":\"Fani Panjang Contoh\""));
    assert_true(says(f, "for night 2026-03-01, at ")); /* of the generation of 2026-03-02 */
    assert_true(says(f, ", bytes in "));               /* of another landing */
    assert_true(says(f, "etag \"panjang-1\""));
}

static void
test_trace__facts_with_the_record_of_each(void **state)
{
    fixture *f = *state;
    char key[24];
    assert_int_equal(RUN("trace", person(f, "json", "J-1", key), "education", "--bytes"), 0);
    assert_true(says(f, "education 2, told by 1 record\n"));
    assert_true(says(f, "    {\"tingkat\": 40, \"lulus\": \"1994-08-01\", \"nama\": \"Sekolah "
                        "A\"}\n"));
    assert_true(says(f, "number 1 (from 0) of data[].sekolah[], bytes "));
    assert_true(says(f, "    {\"tingkat\": 45, \"nama\": \"Sekolah B\"}\n"));
}

static void
test_trace__person_that_only_a_fact_names(void **state)
{
    fixture *f = *state;
    char key[24];
    assert_int_equal(
        RUN("trace", person(f, "tanda", "P-1", key), "full_name", "--bytes", "--show-identifiers"),
        0);
    assert_true(says(f, "tanda: person, known from a record of another kind that names it\n"));
    assert_true(says(f, "  full_name  Gita Contoh  nama  Gita Contoh\n"));
    assert_true(says(f, "    {\"no\":\"P-1\",\"nip\":\"198606062010061001\""));
}

static void
test_trace__no_identifier_without_the_option(void **state)
{
    fixture *f = *state;
    static const char *const WHO[][2] = {{"json", "J-1"},  {"json", "J-2"},   {"xml", "X-1"},
                                         {"xml", "X-2"},   {"csv", "C-1"},    {"csv", "C-2"},
                                         {"tanda", "P-1"}, {"panjang", "L-1"}};
    for (size_t i = 0; i < TP_COUNT(WHO); i++) {
        char key[24];
        assert_int_equal(RUN("trace", person(f, WHO[i][0], WHO[i][1], key), "--bytes"), 0);
        assert_false(shows_identifier(&f->out));
        assert_false(shows_identifier(&f->log));
        assert_null(strstr(tp_buf_cstr(&f->out), "has changed since"));
        assert_true(says(f, "  nip "));
        assert_true(says(f, "999999999999999999"));
        assert_null(strstr(tp_buf_cstr(&f->out), "9800520")); /* J-2 in escapes, in part */
    }
    /* names and birth dates too, while the bytes are not asked for */
    char key[24];
    assert_int_equal(RUN("trace", person(f, "json", "J-1", key)), 0);
    assert_null(strstr(tp_buf_cstr(&f->out), "Ani"));
    assert_null(strstr(tp_buf_cstr(&f->out), "1970-03-15"));
    assert_int_equal(RUN("trace", key, "--show-identifiers"), 0);
    assert_true(shows_identifier(&f->out));
}

static void
test_trace__bodies_of_a_source(void **state)
{
    fixture *f = *state;
    assert_int_equal(RUN("trace", "--source", "xml"), 0);
    assert_true(says(f, "daftar"));
    assert_int_equal(RUN("trace", "--source", "xml", "--body", "0"), 0);
    assert_true(says(f, "answer    200 application/xml\n"));
    assert_int_equal(RUN("trace", "--source", "xml", "--body", "0", "--bytes"), 64);
    assert_int_equal(f->out.n, 0);
    assert_int_equal(
        RUN("trace", "--source", "xml", "--body", "0", "--bytes", "--show-identifiers"), 0);
    assert_int_equal(f->out.n, sizeof XML - 1);
    assert_memory_equal(f->out.p, XML, sizeof XML - 1);
}

static void
test_trace__rejects_with_place_and_bytes(void **state)
{
    fixture *f = *state;
    assert_int_equal(RUN("trace", "--source", "json", "--reject", "--bytes"), 0);
    assert_true(says(f, "body 0, person record 2: required in full_name\n"));
    assert_true(says(f, "    {\"id\":\"J-3\", \"nama\":\"\"}\n"));
    assert_true(says(f, "1 of 1 rejected records\n"));
}

static void
test_trace__what_makes_no_sense_is_named(void **state)
{
    fixture *f = *state;
    char key[24];
    assert_int_equal(RUN("trace", "12"), 64);
    assert_true(says(f, "no person with that key"));
    assert_int_equal(RUN("trace", person(f, "json", "J-1", key), "full_nam"), 64);
    assert_true(says(f, "did you mean \"full_name\"?"));
    assert_int_equal(RUN("trace", "--source", "jsn"), 64);
    assert_true(says(f, "did you mean \"json\"?"));
    assert_int_equal(RUN("trace", "--source", "json", "--body", "7"), 64);
    assert_true(says(f, "0 to 0, not \"7\""));
    assert_int_equal(RUN("trace"), 64);
    assert_int_equal(RUN("trace", "posision", "1"), 64);
}

/* What a gate held back is not published, and yet what its reader wants to see. */
static void
test_trace__rejects_of_a_batch_held_back(void **state)
{
    fixture *f = *state;
    scratch_file(
        &f->s, "sources/tahan.json",
        "{\"descriptor\": 1, \"source\": {\"id\": \"tahan\", \"title\": \"uji\", \"synthetic\": "
        "true}, \"connect\": {\"base_url\": {\"setting\": \"uji_url\"}},\n"
        "\"fetch\": [{\"name\": \"daftar\", \"path\": \"/tahan\", \"page\": {\"kind\": \"none\"}, "
        "\"body\": {\"format\": \"json\"}}],\n"
        "\"emit\": [{\"from\": \"daftar\", \"select\": \"data[]\", \"record\": \"person\", "
        "\"key\": "
        "[\"source_key\"], \"fields\": {\"source_key\": {\"path\": \"id\", \"required\": true}, "
        "\"full_name\": {\"path\": \"nama\", \"required\": true, \"on_error\": \"reject\"}}}],\n"
        "\"quality\": {\"gates\": [{\"measure\": \"rejected\", \"max_percent\": 10}]}}\n");
    assert_int_equal(RUN("run", "--quiet", "--as-of", "2026-03-03"), 3);
    assert_int_equal(RUN("trace", "--source", "tahan"), 64);
    assert_int_equal(
        RUN("trace", "--source", "tahan", "--as-of", "2026-03-03", "--reject", "--bytes"), 0);
    assert_true(says(f, "body 0, person record 2: required in full_name\n"));
    assert_true(says(f, "    {\"id\":\"J-3\", \"nama\":\"\"}\n"));
    assert_int_equal(RUN("trace", "--source", "tahan", "--as-of", "2026-03-02"), 64);
    assert_int_equal(RUN("trace", "12", "--as-of", "2026-03-03"), 64);
}

/* Last: it changes a description, then takes a landing away. */
static void
test_trace__says_what_is_no_longer_there(void **state)
{
    fixture *f = *state;
    char key[24], hex[80] = "", name[128];
    put_source(f, "csv",
               "\"page\": {\"kind\": \"file\", \"unpack\": \"auto\"}, \"body\": {\"format\": "
               "\"csv\", \"delimiter\": \";\"}",
               ".", "", ", \"front_titles\": {\"path\": \"gelar\", \"optional\": true}}");
    assert_int_equal(RUN("trace", person(f, "csv", "C-1", key), "full_name"), 0);
    assert_true(says(f, "the description has changed since: paths are tonight's\n"));
    unlink(scratch_path(&f->s, "sources/csv.json"));
    assert_int_equal(RUN("trace", person(f, "csv", "C-1", key), "full_name"), 65);
    assert_true(says(f, "no description in "));
    assert_int_equal(RUN("trace", person(f, "xml", "X-1", key), "full_name"), 0);
    const char *at = strstr(tp_buf_cstr(&f->out), "  landing   ");
    assert_non_null(at);
    snprintf(hex, sizeof hex, "%.64s", at + strlen("  landing   "));
    snprintf(name, sizeof name, "state/landing/%s.tpl", hex);
    assert_int_equal(unlink(scratch_path(&f->s, name)), 0);
    assert_int_equal(RUN("trace", person(f, "xml", "X-1", key), "full_name"), 65);
    assert_true(says(f, "its bodies are gone: they are kept 90 days (landing.keep_days)"));
    assert_int_equal(RUN("trace", "--source", "xml"), 65);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trace__json_value_with_its_bytes),
        cmocka_unit_test(test_trace__xml_value_in_another_character_set),
        cmocka_unit_test(test_trace__csv_value_from_a_gzip_file),
        cmocka_unit_test(test_trace__value_from_a_body_of_an_earlier_night),
        cmocka_unit_test(test_trace__facts_with_the_record_of_each),
        cmocka_unit_test(test_trace__person_that_only_a_fact_names),
        cmocka_unit_test(test_trace__no_identifier_without_the_option),
        cmocka_unit_test(test_trace__bodies_of_a_source),
        cmocka_unit_test(test_trace__rejects_with_place_and_bytes),
        cmocka_unit_test(test_trace__what_makes_no_sense_is_named),
        cmocka_unit_test(test_trace__rejects_of_a_batch_held_back),
        cmocka_unit_test(test_trace__says_what_is_no_longer_there),
    };
    return cmocka_run_group_tests_name("integration/trace", tests, setup, teardown);
}
