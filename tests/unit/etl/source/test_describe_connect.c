/* Tests etl/source/describe_connect.c: how to log in, how hard to ask. */
#include "tests/support/tp_test.h"

#include "talent/etl/source.h"
#include "tests/support/scratch.h"

static const char REST[] =
    "\"fetch\": [{\"name\": \"a\", \"path\": \"/a\"}],"
    "\"emit\": [{\"from\": \"a\", \"select\": \"[]\", \"record\": \"person\", \"key\": "
    "[\"source_key\"],"
    "\"fields\": {\"source_key\": {\"path\": \"id\", \"required\": true, \"on_error\": "
    "\"reject\"}}}]";

/* Compiles a description with this "connect"; the caller frees *out. */
static tp_code
load(scratch *dir, const char *connect, tp_source **out, tp_err *err)
{
    static char text[8192];
    tp_cfg *cfg = NULL;
    snprintf(text, sizeof text,
             "{\"descriptor\": 1, \"source\": {\"id\": \"x\", \"title\": \"X\"},\n\"connect\": "
             "%s,\n%s}",
             connect, REST);
    assert_tp_ok(tp_cfg_new(&cfg, err), err);
    const tp_code rc = tp_source_load(scratch_file(dir, "x.json", text), cfg, out, err);
    tp_cfg_free(cfg);
    return rc;
}

static void
test_connect__every_word(void **state)
{
    tp_source *s = NULL;
    tp_err err = {0};
    assert_tp_ok(
        load(*state,
             "{\"base_url\": \"https://a.example\", \"cookies\": true,"
             "\"allowed_hosts\": [\"b.example\", {\"host\": \"c.example:8443\"},"
             " {\"host\": \"d.example\", \"credentials\": true}],"
             "\"tls\": {\"ca\": \"ca.pem\", \"cert\": \"c.pem\", \"key\": \"k.pem\","
             " \"key_password\": {\"secret\": \"kp\"}},"
             "\"auth\": [{\"kind\": \"bearer\", \"value\": {\"secret\": \"b\"}},"
             " {\"kind\": \"query\", \"name\": \"kunci\", \"value\": {\"secret\": \"q\"}},"
             " {\"kind\": \"oauth2_password\", \"url\": \"https://b.example/t\", \"style\": "
             "\"basic\","
             "  \"client_id\": {\"secret\": \"i\"}, \"username\": {\"secret\": \"u\"},"
             "  \"password\": {\"secret\": \"p\"}, \"scope\": \"baca\", \"gives\": \"t\"}],"
             "\"timeouts\": {\"source_s\": 60},"
             "\"retry\": {\"attempts\": 2, \"backoff_ms\": 5, \"backoff_max_s\": 7,"
             " \"break_after\": 9, \"break_s\": 3}}",
             &s, &err),
        &err);
    assert_true(s->cookies);
    assert_int_equal(s->n_hosts, 3);
    assert_tp_str(s->host[1], "c.example:8443");
    assert_false(s->trusted[0] || s->trusted[1]);
    assert_true(s->trusted[2]);
    assert_tp_str(s->cert_file, "c.pem");
    assert_tp_str(s->key_file, "k.pem");
    assert_tp_str(s->key_secret, "kp");
    assert_int_equal(s->auth[0].kind, TP_AUTH_BEARER);
    assert_tp_str(s->auth[0].password, "b");
    assert_int_equal(s->auth[1].kind, TP_AUTH_QUERY);
    assert_tp_str(s->auth[1].header, "kunci");
    assert_true(s->auth[2].basic_style);
    assert_tp_str(s->auth[2].scope, "baca");
    assert_int_equal(s->source_s, 60);
    assert_int_equal(s->attempts, 2);
    assert_int_equal(s->backoff_ms, 5);
    assert_int_equal(s->backoff_max_s, 7);
    assert_int_equal(s->break_after, 9);
    assert_int_equal(s->break_ms, 3000);
    tp_source_free(s);
}

static void
test_connect__faults_name_line_and_word(void **state)
{
    static const struct {
        const char *connect, *says;
    } CASES[] = {
        {"{\"base_url\": \"https://a\", \"tls\": {\"key\": \"k\"}}",
         ":2: connect.tls: \"key\" without \"cert\""},
        {"{\"base_url\": \"https://a\", \"tls\": {\"cert\": \"c\", \"key_password\": \"geheim\"}}",
         ":2: connect.tls.key_password: a literal secret is refused"},
        {"{\"base_url\": \"https://a\", \"auth\": [{\"kind\": \"query\", \"value\": {\"secret\": "
         "\"q\"}}]}",
         "connect.auth[0].name"},
        {"{\"base_url\": \"https://a\", \"auth\": [{\"kind\": \"bearer\", \"value\": \"abc\"}]}",
         "connect.auth[0].value: a literal secret is refused"},
        {"{\"base_url\": \"https://a\", \"auth\": [{\"kind\": \"barer\"}]}", "bearer"},
        {"{\"base_url\": \"https://a\", \"retry\": {\"break_s\": 0}}", "connect.retry.break_s"},
        {"{\"base_url\": \"https://a\", \"allowed_hosts\": [{\"credentials\": true}]}",
         "connect.allowed_hosts[0].host"},
        {"{\"base_url\": \"https://a\", \"timeouts\": {\"sources_s\": 1}}", "source_s"},
    };
    for (size_t i = 0; i < TP_COUNT(CASES); i++) {
        tp_source *s = NULL;
        tp_err err = {0};
        assert_tp_fails(load(*state, CASES[i].connect, &s, &err), TP_E_CONFIG, &err, CASES[i].says);
    }
}

static void
test_fetch__paging_and_what_has_changed(void **state)
{
    static const char HEAD[] =
        "{\"descriptor\": 1, \"source\": {\"id\": \"x\", \"title\": \"X\"},"
        "\"connect\": {\"base_url\": \"https://a\"},\n\"fetch\": [{\"name\": "
        "\"a\", %s}],\"emit\": [{\"from\": \"a\", \"select\": \"[]\", "
        "\"record\": \"person\", \"key\": [\"source_key\"],\"fields\": "
        "{\"source_key\": \"id\"}}]}";
    static const struct {
        const char *fetch, *says;
    } CASES[] = {
        {"\"path\": \"/a\", \"page\": {\"kind\": \"link\", \"header_link\": true}", NULL},
        {"\"path\": \"/{year}/{year-1}?b={month}\", \"query\": {\"c\": \"{night}\"}", NULL},
        {"\"path\": \"/a\", \"page\": {\"kind\": \"link\"}", ":2: fetch[0].page: \"next_path\""},
        {"\"path\": \"/a\", \"page\": {\"kind\": \"link\", \"header_link\": true, \"next_path\": "
         "\"n\"}",
         "not both"},
        {"\"path\": \"/a\", \"query\": {\"s\": \"{since}\"}, \"since\": {\"kind\": \"mark\", "
         "\"from\": {\"path\": \"[].ubah\"}, \"overlap_s\": 60, \"full_days\": 7}",
         NULL},
        {"\"path\": \"/a?s={since}\", \"since\": {\"kind\": \"mark\", \"from\": \"night\"}", NULL},
        {"\"path\": \"/a\", \"since\": {\"kind\": \"http\"}", NULL},
        {"\"path\": \"/{key}\", \"for_each\": {\"source\": \"r\", \"field\": \"nip\"}, "
         "\"refresh\": {\"days\": 7, \"budget\": 9, \"first\": {\"source\": \"k\", \"field\": "
         "\"nip\"}}",
         NULL},
        {"\"path\": \"/a\", \"body\": {\"encoding\": \"utf-16le\"}", NULL},
        {"\"path\": \"/a\", \"body\": {\"encoding\": \"utf-8\", \"encoding_fallback\": "
         "\"windows-1252\"}",
         NULL},
        {"\"path\": \"/a\", \"body\": {\"encoding\": \"ebcdic\"}",
         "expected one of utf-8, iso-8859-1, windows-1252, utf-16le, utf-16be"},
        {"\"path\": \"/a\", \"body\": {\"encoding\": \"iso-8859-1\", \"encoding_fallback\": "
         "\"iso-8859-1\"}",
         "a fallback is for bodies in utf-8"},
        {"\"path\": \"/a?s={since}\"", "belong together"},
        {"\"path\": \"/a\", \"since\": {\"kind\": \"mark\", \"from\": \"night\"}",
         ":2: fetch[0].since: {since} in the path"},
        {"\"path\": \"/a?s={since}\", \"since\": {\"kind\": \"mark\"}", "\"from\" is missing"},
        {"\"path\": \"/a\", \"since\": {\"kind\": \"cursor\"}", "only pages by cursor"},
        {"\"path\": \"/{key}\", \"for_each\": {\"source\": \"r\", \"field\": \"nip\"}, "
         "\"page\": {\"kind\": \"cursor\", \"param\": \"c\", \"next_path\": \"n\"}, "
         "\"since\": {\"kind\": \"cursor\"}",
         "fetch[0].since: one cursor would stand for all keys"},
        {"\"path\": \"/{key}?s={since}\", \"for_each\": {\"source\": \"r\", \"field\": \"nip\"}, "
         "\"since\": {\"kind\": \"mark\", \"from\": {\"path\": \"[].ubah\"}}",
         "fetch[0].since.from: one mark would stand for all keys"},
        {"\"path\": \"/{key}?s={since}\", \"for_each\": {\"source\": \"r\", \"field\": \"nip\"}, "
         "\"since\": {\"kind\": \"mark\", \"from\": {\"header\": \"X-Mark\"}}",
         "fetch[0].since.from: one mark would stand for all keys"},
        {"\"path\": \"/{key}?s={since}\", \"for_each\": {\"source\": \"r\", \"field\": \"nip\"}, "
         "\"since\": {\"kind\": \"mark\", \"from\": \"night\"}",
         NULL},
        {"\"path\": \"/a\", \"refresh\": {\"days\": 7}", "without for_each"},
        {"\"path\": \"/{key}\", \"for_each\": {\"source\": \"r\", \"field\": \"nip\"}, "
         "\"refresh\": {\"days\": 7, \"changed\": \"b\"}",
         ":2: fetch[0].refresh.changed: no fetch \"b\""},
        {"\"path\": \"/{tahun}\"", ":2: fetch[0].path: unknown place {tahun}"},
        {"\"path\": \"/a\", \"query\": {\"c\": \"{malam}\"}",
         ":2: fetch[0].query.c: unknown place {malam}"},
    };
    for (size_t i = 0; i < TP_COUNT(CASES); i++) {
        char text[2048];
        tp_source *s = NULL;
        tp_cfg *cfg = NULL;
        tp_err err = {0};
        snprintf(text, sizeof text, HEAD, CASES[i].fetch);
        assert_tp_ok(tp_cfg_new(&cfg, &err), &err);
        const tp_code rc = tp_source_load(scratch_file(*state, "x.json", text), cfg, &s, &err);
        tp_cfg_free(cfg);
        if (CASES[i].says == NULL) {
            assert_tp_ok(rc, &err);
            tp_source_free(s);
        } else {
            assert_tp_fails(rc, TP_E_CONFIG, &err, CASES[i].says);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(test_connect__every_word),
        scratch_test(test_connect__faults_name_line_and_word),
        scratch_test(test_fetch__paging_and_what_has_changed),
    };
    return cmocka_run_group_tests_name("etl/source/describe_connect", tests, NULL, NULL);
}
