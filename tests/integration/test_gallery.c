/* Every way to log in, turn pages, write, encode and pack is pulled from the simulator's gallery by
 * its description alone, and gives the records that were served. */
#include "tests/support/tp_test.h"

#include "tests/support/gallery_night.h"

#define NIGHT "2026-03-01"

/* Lists whom to ask for; version 1 of the list has 25 people. */
static const exhibit KEYS = {.id = "g-keys", .way = "none/single/json/utf8/plain/full"};

static const exhibit AUTH[] = {
    {.id = "a-none", .way = "none/page/json/utf8/plain/full"},
    {.id = "a-basic", .way = "basic/page/json/utf8/plain/full"},
    {.id = "a-bearer", .way = "bearer/page/json/utf8/plain/full"},
    {.id = "a-key-header", .way = "key-header/page/json/utf8/plain/full"},
    {.id = "a-key-query", .way = "key-query/page/json/utf8/plain/full"},
    {.id = "a-client", .way = "client/page/json/utf8/plain/full"},
    {.id = "a-client-form",
     .way = "client/page/xml/utf8/plain/full",
     .auth = "\"auth\": [{\"kind\": \"oauth2_client\", \"style\": \"form\", "
             "\"url\": {\"setting\": \"galeri_masuk_url\"}, \"gives\": \"t\", "
             "\"client_id\": {\"secret\": \"galeri_client\"}, "
             "\"client_secret\": {\"secret\": \"galeri_secret\"}}],"
             "\"headers\": {\"Authorization\": \"Bearer {token:t}\"},"},
    {.id = "a-password", .way = "password/page/json/utf8/plain/full"},
    {.id = "a-siasn", .way = "siasn/page/json/utf8/plain/full"},
};

/* Tokens of two seconds, and pages that take five: the refresh token is used, before the end. */
static const exhibit RENEWED = {
    .id = "a-renewed",
    .way = "password/cursor/json/utf8/plain/full",
    .auth = "\"auth\": [{\"kind\": \"oauth2_password\", \"gives\": \"t\", "
            "\"url\": {\"setting\": \"galeri_singkat_url\"}, "
            "\"client_id\": {\"secret\": \"galeri_client\"}, "
            "\"username\": {\"secret\": \"galeri_user\"}, "
            "\"password\": {\"secret\": \"galeri_password\"}}],"
            "\"headers\": {\"Authorization\": \"Bearer {token:t}\"},",
    .connect = "\"rate\": {\"parallel\": 1, \"per_second\": 1},",
    .page = "{\"kind\": \"cursor\", \"param\": \"setelah\", \"size_param\": \"batas\", "
            "\"size\": 5, \"next_path\": \"berikut\"}",
};

static const exhibit CERT[] = {
    {.id = "a-cert",
     .way = "cert/page/json/utf8/plain/full",
     .listener = "client",
     .client = "client"},
    {.id = "a-cert-locked",
     .way = "cert/page/xml/utf8/plain/full",
     .listener = "client",
     .client = "locked"},
    {.id = "a-cert-none", .way = "cert/page/deep/utf8/plain/full", .listener = "client"},
    {.id = "a-cert-stranger",
     .way = "cert/single/csv/utf8/plain/full",
     .listener = "client",
     .client = "stranger"},
};

static const exhibit PAGING[] = {
    {.id = "p-single", .way = "none/single/xml/utf8/plain/full"},
    {.id = "p-page", .way = "none/page/xml/utf8/plain/full"},
    {.id = "p-offset", .way = "none/offset/json/utf8/plain/full"},
    {.id = "p-cursor", .way = "none/cursor/json/utf8/plain/full"},
    {.id = "p-next-json", .way = "none/next/json/utf8/plain/full"},
    {.id = "p-next-xml", .way = "none/next/xml-at/utf8/plain/full"},
    {.id = "p-header", .way = "none/header/ndjson/utf8/plain/full"},
    {.id = "p-key", .way = "none/key/json/utf8/plain/full"},
};

static const exhibit FORMAT[] = {
    {.id = "f-json", .way = "none/single/json/utf8/plain/full"},
    {.id = "f-array", .way = "none/single/array/utf8/plain/full"},
    {.id = "f-deep", .way = "none/page/deep/utf8/plain/full"},
    {.id = "f-ndjson", .way = "none/single/ndjson/utf8/plain/full"},
    {.id = "f-xml", .way = "none/single/xml/utf8/plain/full"},
    {.id = "f-xml-at", .way = "none/single/xml-at/utf8/plain/full"},
    {.id = "f-xml-ns", .way = "none/next/xml-ns/utf8/plain/full"},
    {.id = "f-csv", .way = "none/single/csv/utf8/plain/full"},
};

static const exhibit ENCODING[] = {
    {.id = "e-json-bom", .way = "none/single/json/utf8-bom/plain/full"},
    {.id = "e-json-16le", .way = "none/single/json/utf16le/plain/full"},
    {.id = "e-json-16be", .way = "none/single/json/utf16be/plain/full"},
    {.id = "e-json-latin1", .way = "none/single/json/latin1/plain/full"},
    {.id = "e-ndjson-bom", .way = "none/single/ndjson/utf8-bom/plain/full"},
    {.id = "e-ndjson-16le", .way = "none/single/ndjson/utf16le/plain/full"},
    {.id = "e-ndjson-16be", .way = "none/single/ndjson/utf16be/plain/full"},
    {.id = "e-ndjson-latin1", .way = "none/single/ndjson/latin1/plain/full"},
    {.id = "e-xml-bom", .way = "none/single/xml/utf8-bom/plain/full"},
    {.id = "e-xml-16le", .way = "none/single/xml/utf16le/plain/full"},
    {.id = "e-xml-16be", .way = "none/single/xml/utf16be/plain/full"},
    {.id = "e-xml-latin1", .way = "none/single/xml/latin1/plain/full"},
    {.id = "e-csv-bom", .way = "none/single/csv/utf8-bom/plain/full"},
    {.id = "e-csv-16le", .way = "none/single/csv/utf16le/plain/full"},
    {.id = "e-csv-16be", .way = "none/single/csv/utf16be/plain/full"},
    {.id = "e-csv-latin1", .way = "none/single/csv/latin1/plain/full"},
};

static const exhibit PACKING[] = {
    {.id = "c-gz-json", .way = "none/single/json/utf8/gz/full"},
    {.id = "c-gz-ndjson", .way = "none/single/ndjson/utf8/gz/full"},
    {.id = "c-gz-xml", .way = "none/single/xml/latin1/gz/full"},
    {.id = "c-gz-csv", .way = "none/single/csv/utf16le/gz/full"},
};

#define PLAIN_FILE "{\"kind\": \"file\", \"unpack\": \"none\"}"
static const exhibit CODING[] = {
    {.id = "c-gzip", .way = "none/page/json/utf8/gzip/full"},
    {.id = "c-deflate", .way = "none/cursor/json/utf16le/deflate/full"},
    {.id = "c-zstd", .way = "none/next/xml-ns/utf8/zstd/full"},
    {.id = "c-gzip-file", .way = "none/single/csv/latin1/gzip/full", .page = PLAIN_FILE},
    {.id = "c-deflate-file", .way = "none/single/ndjson/utf8/deflate/full", .page = PLAIN_FILE},
    {.id = "c-zstd-file", .way = "none/single/xml/utf16be/zstd/full", .page = PLAIN_FILE},
};

static const exhibit TLS[] = {
    {.id = "t-right", .way = "basic/page/json/utf8/plain/full", .listener = "right"},
    {.id = "t-wrong", .way = "basic/page/json/utf8/plain/full", .listener = "wrong"},
    {.id = "t-expired", .way = "basic/page/json/utf8/plain/full", .listener = "expired"},
    {.id = "t-self", .way = "basic/page/json/utf8/plain/full", .listener = "self"},
};

static const exhibit HTTP2 = {.id = "h-keys",
                              .way = "none/key/json/utf8/plain/etag",
                              .listener = "h2",
                              .connect = "\"rate\": {\"parallel\": 8},"};

static void
write_all(gallery_night *g, const exhibit *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        gallery_source(g, &list[i]);
    }
}

static int
setup(void **state)
{
    if (gallery_setup(state) != 0) {
        return -1;
    }
    gallery_night *g = *state;
    gallery_source(g, &KEYS);
    write_all(g, AUTH, TP_COUNT(AUTH));
    gallery_source(g, &RENEWED);
    write_all(g, CERT, TP_COUNT(CERT));
    write_all(g, PAGING, TP_COUNT(PAGING));
    write_all(g, FORMAT, TP_COUNT(FORMAT));
    write_all(g, ENCODING, TP_COUNT(ENCODING));
    write_all(g, PACKING, TP_COUNT(PACKING));
    write_all(g, CODING, TP_COUNT(CODING));
    write_all(g, TLS, TP_COUNT(TLS));
    if (!gallery_http2(g, HTTP2.way)) {
        return -1;
    }
    gallery_source(g, &HTTP2);
    return gallery_run(g, NIGHT) == 3 ? 0 : -1; /* three certificates are no good */
}

/* The source delivered the list, the whole list and nothing but the list. */
static void
check_served(gallery_night *g, const exhibit *e)
{
    gallery_result r;
    gallery_look(g, NIGHT, e, 1, &r);
    if (strcmp(r.state, "fresh") != 0 || r.differs[0] != '\0') {
        fail_msg("%s (%s): state \"%s\" %s; %s", e->id, e->way, r.state, r.reason, r.differs);
    }
    assert_true(r.balanced);
    assert_int_equal(r.received, 25);
    assert_int_equal(r.accepted, 25);
}

/* Refused, said why, and not one request with its password went out. */
static void
check_refused(gallery_night *g, const exhibit *e, const char *why)
{
    gallery_result r;
    gallery_look(g, NIGHT, e, 1, &r);
    assert_string_equal(r.state, "missing");
    assert_int_equal(r.bodies, 0);
    assert_int_equal(r.received, 0);
    if (strstr(r.reason, why) == NULL) {
        fail_msg("%s: \"%s\" does not say \"%s\"", e->id, r.reason, why);
    }
}

static void
test_auth__every_kind_lets_us_in(void **state)
{
    for (size_t i = 0; i < TP_COUNT(AUTH); i++) {
        check_served(*state, &AUTH[i]);
    }
}

static void
test_auth__a_refresh_token_renews_before_the_end(void **state)
{
    gallery_night *g = *state;
    check_served(g, &RENEWED);
    assert_int_equal(gallery_asked(g, &RENEWED), 5); /* none of the five was refused */
    assert_true(gallery_control(g, "", "perpanjang") >= 1);
}

static void
test_auth__a_client_certificate_lets_us_in(void **state)
{
    check_served(*state, &CERT[0]);
    check_served(*state, &CERT[1]); /* its key is encrypted */
}

static void
test_auth__without_a_known_certificate_nothing_is_served(void **state)
{
    check_refused(*state, &CERT[2], "refused the log-in");
    check_refused(*state, &CERT[3], "refused the log-in");
}

static void
test_paging__every_kind_gives_each_row_once(void **state)
{
    for (size_t i = 0; i < TP_COUNT(PAGING); i++) {
        check_served(*state, &PAGING[i]);
    }
}

static void
test_paging__asks_once_for_a_page_or_a_key(void **state)
{
    gallery_night *g = *state;
    gallery_result r;
    gallery_look(g, NIGHT, &PAGING[3], 1, &r);
    assert_int_equal(r.bodies, 3); /* 25 people in pages of ten */
    assert_int_equal(gallery_asked(g, &PAGING[3]), 3);
    gallery_look(g, NIGHT, &PAGING[7], 1, &r);
    assert_int_equal(r.bodies, 25);
    assert_int_equal(gallery_asked(g, &PAGING[7]), 25);
}

static void
test_format__every_kind_gives_the_same_records(void **state)
{
    for (size_t i = 0; i < TP_COUNT(FORMAT); i++) {
        check_served(*state, &FORMAT[i]);
    }
}

static void
test_encoding__every_kind_gives_the_same_letters(void **state)
{
    for (size_t i = 0; i < TP_COUNT(ENCODING); i++) {
        check_served(*state, &ENCODING[i]);
    }
}

static void
test_packing__gzip_files_of_every_format(void **state)
{
    for (size_t i = 0; i < TP_COUNT(PACKING); i++) {
        check_served(*state, &PACKING[i]);
    }
}

static void
test_packing__every_content_encoding(void **state)
{
    for (size_t i = 0; i < TP_COUNT(CODING); i++) {
        check_served(*state, &CODING[i]);
    }
}

static void
test_tls__a_good_certificate_serves(void **state)
{
    check_served(*state, &TLS[0]);
}

static void
test_tls__a_certificate_for_another_name_is_refused(void **state)
{
    check_refused(*state, &TLS[1], "target host name");
}

static void
test_tls__an_expired_certificate_is_refused(void **state)
{
    check_refused(*state, &TLS[2], "expired");
}

static void
test_tls__a_self_signed_certificate_is_refused(void **state)
{
    check_refused(*state, &TLS[3], "self-signed");
}

static void
test_tls__what_was_refused_was_never_asked(void **state)
{
    assert_int_equal(gallery_asked(*state, &TLS[0]), 3 + 3); /* a-basic goes the same way */
}

/* The server speaks nothing else; 25 requests, eight at a time, share one connection. */
static void
test_http2__is_used_where_it_is_offered(void **state)
{
    gallery_night *g = *state;
    TP_AUTO_BUF(said);
    tp_err err = {0};
    check_served(g, &HTTP2);
    assert_tp_ok(tp_file_read(scratch_path(&g->s, "h2.out"), 1 << 24, &said, &err), &err);
    assert_non_null(strstr(tp_buf_cstr(&said), "[id=2]"));
    assert_null(strstr(tp_buf_cstr(&said), "[id=3]")); /* 1 was the look whether it answers */
}

/* Values of all secrets, and the tokens that were given for them: in no file of the state, the
 * database's included, in no log and not in what the run printed. Logged-in sources were served. */
static void
test_secrets__stand_in_no_file_and_no_log(void **state)
{
    gallery_night *g = *state;
    char command[800];
    snprintf(
        command, sizeof command,
        "cd %s && for f in secrets/*; do cat $f; echo; done | grep . >values && "
        "[ $(grep -c sintetis values) -ge 10 ] || exit 2; "
        "grep -rlaF -f values state run.out run.log && exit 1; "
        "grep -rlaE '(gw|us|gc|gp|gr)-[0-9]+-[0-9]+-[0-9]+-[0-9a-f]{16}' state run.out run.log "
        "&& exit 1; exit 0",
        g->s.dir);
    assert_int_equal(system(command), 0);
}

/* docs/feeds-tested.md names no test that is not there. */
static void
test_table__names_tests_that_exist(void **state)
{
    (void)state;
    assert_int_equal(system("for t in $(grep -o 'test_[a-z0-9_]*__[a-z0-9_]*' docs/feeds-tested.md "
                            "| sort -u); do grep -q \"^$t(\" tests/integration/*.c || "
                            "{ echo \"# no test $t\"; exit 1; }; done"),
                     0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_auth__every_kind_lets_us_in),
        cmocka_unit_test(test_auth__a_refresh_token_renews_before_the_end),
        cmocka_unit_test(test_auth__a_client_certificate_lets_us_in),
        cmocka_unit_test(test_auth__without_a_known_certificate_nothing_is_served),
        cmocka_unit_test(test_paging__every_kind_gives_each_row_once),
        cmocka_unit_test(test_paging__asks_once_for_a_page_or_a_key),
        cmocka_unit_test(test_format__every_kind_gives_the_same_records),
        cmocka_unit_test(test_encoding__every_kind_gives_the_same_letters),
        cmocka_unit_test(test_packing__gzip_files_of_every_format),
        cmocka_unit_test(test_packing__every_content_encoding),
        cmocka_unit_test(test_tls__a_good_certificate_serves),
        cmocka_unit_test(test_tls__a_certificate_for_another_name_is_refused),
        cmocka_unit_test(test_tls__an_expired_certificate_is_refused),
        cmocka_unit_test(test_tls__a_self_signed_certificate_is_refused),
        cmocka_unit_test(test_tls__what_was_refused_was_never_asked),
        cmocka_unit_test(test_http2__is_used_where_it_is_offered),
        cmocka_unit_test(test_table__names_tests_that_exist),
        cmocka_unit_test(test_secrets__stand_in_no_file_and_no_log),
    };
    return cmocka_run_group_tests_name("integration/gallery", tests, setup, gallery_teardown);
}
