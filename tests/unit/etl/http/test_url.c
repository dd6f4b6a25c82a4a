/* Tests etl/http/url.c and etl/http/address.c. */
#include "tests/support/tp_test.h"

#include "etl/http/address.h"
#include "talent/etl/http.h"

static void
assert_mask(const char *url, bool digits, const char *want)
{
    TP_AUTO_BUF(out);
    tp_http_mask(&out, tp_str_of(url), digits);
    assert_string_equal(tp_buf_cstr(&out), want);
}

static void
test_escape__everything_but_unreserved(void **state)
{
    (void)state;
    TP_AUTO_BUF(out);
    tp_http_escape(&out, TP_STR("aZ09-._~ /?&=%\xC3\xA9\n"));
    assert_string_equal(tp_buf_cstr(&out), "aZ09-._~%20%2F%3F%26%3D%25%C3%A9%0A");
}

static void
test_mask__hides_secrets_and_identifiers(void **state)
{
    (void)state;
    assert_mask("https://user:pw@h.example/x?page=2&access_token=abc&ApiKey=q&n=5#frag", false,
                "https://h.example/x?page=2&access_token=***&ApiKey=***&n=5");
    assert_mask("http://127.0.0.1:8080/p/197003151995032000?f=roster-20260301.csv", true,
                "http://127.0.0.1:8080/p/#?f=roster-20260301.csv");
    assert_mask("http://127.0.0.1:8080/p/197003151995032000", false,
                "http://127.0.0.1:8080/p/197003151995032000");
    assert_mask("https://h/x?kata_sandi=a&KunciAkses=b&tiket=c&hal=2", false,
                "https://h/x?kata_sandi=***&KunciAkses=***&tiket=***&hal=2");
    assert_mask("", true, "");
    assert_mask("https://h", true, "https://h");
}

static void
test_mask_given__hides_every_value(void **state)
{
    (void)state;
    TP_AUTO_BUF(out);
    tp_http_mask_given(&out, TP_STR("https://u:p@h:8/x?st=abc&p=&plain&&a=b=c#frag"));
    assert_string_equal(tp_buf_cstr(&out), "https://h:8/x?st=***&p=***&***&&a=***");
}

static void
test_retry_after__seconds_dates_and_junk(void **state)
{
    (void)state;
    const int64_t now = 784111777; /* Sun, 06 Nov 1994 08:49:37 GMT */
    assert_int_equal(tp_http_retry_after(TP_STR("120"), now), 120);
    assert_int_equal(tp_http_retry_after(TP_STR(" 0 "), now), 0);
    assert_int_equal(tp_http_retry_after(TP_STR("-5"), now), -1);
    assert_int_equal(tp_http_retry_after(TP_STR("soon"), now), -1);
    assert_int_equal(tp_http_retry_after(TP_STR_NONE, now), -1);
    assert_int_equal(tp_http_retry_after(TP_STR("Sun, 06 Nov 1994 08:50:37 GMT"), now), 60);
    assert_int_equal(tp_http_retry_after(TP_STR("Sun, 06 Nov 1994 08:00:00 GMT"), now), 0);
    assert_int_equal(tp_http_retry_after(TP_STR("Sun, 31 Feb 1994 08:00:00 GMT"), now), -1);
}

static void
test_wait__is_a_quarter_of_an_hour_at_most(void **state)
{
    (void)state;
    assert_int_equal(tp_http_wait_ms(-1, 30), 30);
    assert_int_equal(tp_http_wait_ms(0, 30), 0);
    assert_int_equal(tp_http_wait_ms(900, 30), 900000);
    assert_int_equal(tp_http_wait_ms(901, 30), -1);
    assert_int_equal(tp_http_wait_ms(INT64_MAX, 30), -1);
}

static void
test_is_chunked__only_where_that_comes_last(void **state)
{
    (void)state;
    assert_true(tp_http_is_chunked(TP_STR("chunked")));
    assert_true(tp_http_is_chunked(TP_STR("gzip, Chunked ")));
    assert_false(tp_http_is_chunked(TP_STR("identity")));
    assert_false(tp_http_is_chunked(TP_STR("chunked, gzip")));
    assert_false(tp_http_is_chunked(TP_STR("")));
    assert_false(tp_http_is_chunked(TP_STR_NONE));
}

static void
test_content_range__first_last_and_total(void **state)
{
    (void)state;
    const tp_http_range whole = tp_http_content_range(TP_STR(" bytes 100-199/200"));
    assert_int_equal(whole.first, 100);
    assert_int_equal(whole.last, 199);
    assert_int_equal(whole.total, 200);
    const tp_http_range open = tp_http_content_range(TP_STR("Bytes 0-0/*"));
    assert_int_equal(open.first, 0);
    assert_int_equal(open.last, 0);
    assert_int_equal(open.total, -1);
    static const char *const BAD[] = {
        "",           "bytes */200",  "bytes 5-4/9", "bytes 5-9/9",     "bytes 5-/9",
        "bytes -5/9", "bytes 5--7/9", "items 5-7/9", "bytes +5-7/9",    "bytes 5-7",
        "bytes 5-7/", "bytes 5/7-9",  "bytes 5-7/x", "bytes 5-7,8-9/20"};
    for (size_t i = 0; i < TP_COUNT(BAD); i++) {
        assert_int_equal(tp_http_content_range(tp_str_of(BAD[i])).first, -1);
    }
}

static void
test_link_next__finds_the_relation(void **state)
{
    (void)state;
    assert_tp_str(tp_http_link_next(TP_STR("</a?p=2>; rel=\"next\"")), "/a?p=2");
    assert_tp_str(tp_http_link_next(TP_STR("</a>; rel=prev, </b,c>; title=\"x\"; rel=next")),
                  "/b,c");
    assert_tp_str(tp_http_link_next(TP_STR("</a>; rel=\"last next\"")), "/a");
    assert_null(tp_http_link_next(TP_STR("</a>; rel=\"prev\"")).p);
    assert_null(tp_http_link_next(TP_STR("junk >< next")).p);
    assert_null(tp_http_link_next(TP_STR_NONE).p);
}

static void
test_authority__fills_in_the_port(void **state)
{
    (void)state;
    TP_AUTO_BUF(a);
    TP_AUTO_BUF(b);
    TP_AUTO_BUF(c);
    assert_true(tp_http_authority(TP_STR("https://API.Example.id/x"), &a));
    assert_string_equal(tp_buf_cstr(&a), "api.example.id:443");
    assert_true(tp_http_authority(TP_STR("http://127.0.0.1:8080"), &b));
    assert_string_equal(tp_buf_cstr(&b), "127.0.0.1:8080");
    assert_false(tp_http_authority(TP_STR("nonsense"), &c));
}

static void
test_join__resolves_relative_links(void **state)
{
    (void)state;
    const struct {
        const char *link, *want;
    } ROWS[] = {
        {"?hal=2", "https://h.example/peta/jabatan?hal=2"},
        {"/x", "https://h.example/x"},
        {"next", "https://h.example/peta/next"},
        {"https://other.example/y", "https://other.example/y"},
    };
    for (size_t i = 0; i < TP_COUNT(ROWS); i++) {
        TP_AUTO_BUF(out);
        assert_true(tp_http_join(TP_STR("https://h.example/peta/jabatan?hal=1"),
                                 tp_str_of(ROWS[i].link), &out));
        assert_string_equal(tp_buf_cstr(&out), ROWS[i].want);
    }
}

static void
test_check__refuses_what_is_not_allowed(void **state)
{
    (void)state;
    tp_buf hosts[3] = {{0}};
    tp_err err = {0};
    tp_buf_puts(&hosts[0], "api.example.id:8243");
    tp_buf_puts(&hosts[1], "127.0.0.1:5000");
    tp_buf_puts(&hosts[2], "any.example.id");
    assert_tp_ok(tp_http_check(hosts, 3, TP_STR("https://api.example.id:8243/x"), &err), &err);
    assert_tp_ok(tp_http_check(hosts, 3, TP_STR("https://ANY.example.id:443/x"), &err), &err);
    assert_tp_ok(tp_http_check(hosts, 3, TP_STR("http://127.0.0.1:5000/x"), &err), &err);
    const struct {
        const char *url, *why;
    } BAD[] = {
        {"https://api.example.id/x", "not allowed"},
        {"https://any.example.id:99/x", "not allowed"},
        {"http://127.0.0.1/x", "not allowed"},
        {"https://api.example.id.evil.example/", "not allowed"},
        {"https://api.example.id:8243@evil.example/", "not allowed"},
        {"http://api.example.id:8243/x", "plain http"},
        {"http://127.0.0.1.evil.example/", "plain http"},
        {"file:///etc/passwd", "no web address"},
        {"ftp://any.example.id/", "protocol"},
        {"", "no web address"},
        {"https://", "no web address"},
    };
    for (size_t i = 0; i < TP_COUNT(BAD); i++) {
        assert_tp_fails(tp_http_check(hosts, 3, tp_str_of(BAD[i].url), &err), TP_E_CONFIG, &err,
                        BAD[i].why);
    }
    for (size_t i = 0; i < 3; i++) {
        tp_buf_clear(&hosts[i]);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_escape__everything_but_unreserved),
        cmocka_unit_test(test_mask__hides_secrets_and_identifiers),
        cmocka_unit_test(test_mask_given__hides_every_value),
        cmocka_unit_test(test_retry_after__seconds_dates_and_junk),
        cmocka_unit_test(test_wait__is_a_quarter_of_an_hour_at_most),
        cmocka_unit_test(test_is_chunked__only_where_that_comes_last),
        cmocka_unit_test(test_content_range__first_last_and_total),
        cmocka_unit_test(test_link_next__finds_the_relation),
        cmocka_unit_test(test_authority__fills_in_the_port),
        cmocka_unit_test(test_join__resolves_relative_links),
        cmocka_unit_test(test_check__refuses_what_is_not_allowed),
    };
    return cmocka_run_group_tests_name("etl/http/url", tests, NULL, NULL);
}
