/* Tests etl/source/outcome.c. */
#include "tests/support/tp_test.h"

#include "talent/etl/extract.h"

/* feeds.md 1.2 as a table: slot 0 = code, 1 = data as text, 2 = message. */
static const tp_outcome SIASN[] = {
    {.status = {200}, .slot = 0, .value = {{"1", 1}}, .then = TP_THEN_OK},
    {.status = {200, 404}, .slot = 0, .value = {{"0", 1}}, .then = TP_THEN_EMPTY},
    {.slot = 1, .value = {{"Token SSO mismatch", 18}}, .then = TP_THEN_RENEW_TOKEN},
    {.slot = 2, .value = {{"invalid or expired jwt", 22}}, .then = TP_THEN_RENEW_TOKEN},
    {.slot = 0, .value = {{"90090", 5}}, .prefix = true, .then = TP_THEN_RENEW_TOKEN},
    {.slot = 0, .value = {{"90080", 5}}, .prefix = true, .then = TP_THEN_WAIT},
    {.slot = -1, .text = {"SUSPENDED", 9}, .then = TP_THEN_WAIT},
    {.slot = 0, .value = {{"1015", 4}}, .prefix = true, .then = TP_THEN_RETRY},
    {.slot = -1, .text = {":code>9009", 10}, .then = TP_THEN_RENEW_TOKEN},
    {.slot = -1, .starts = '<', .then = TP_THEN_RETRY},
    {.status = {404}, .slot = -1, .then = TP_THEN_FATAL},
    {.status_low = 500, .status_high = 599, .slot = -1, .then = TP_THEN_RETRY},
    {.status = {401, 403}, .slot = -1, .then = TP_THEN_RENEW_TOKEN},
};

static tp_fetch
siasn_fetch(void)
{
    tp_fetch f = {.n_outcomes = TP_COUNT(SIASN)};
    memcpy(f.outcome, SIASN, sizeof SIASN);
    return f;
}

static tp_outcome_then
judge(const tp_fetch *f, int status, const char *type, const char *body, const char *code,
      const char *data, const char *message)
{
    tp_str cell[3] = {tp_str_of(code), tp_str_of(data), tp_str_of(message)};
    const tp_envelope e = {
        .read = code != NULL || data != NULL || message != NULL, .n = 3, .cell = cell};
    const tp_seen seen = {status, tp_str_of(type), tp_str_of(body), &e};
    return tp_outcome_judge(f, &seen);
}

static void
test_judge__three_kinds_of_404(void **state)
{
    (void)state;
    const tp_fetch f = siasn_fetch();
    const char *json = "application/json";
    assert_int_equal(judge(&f, 404, json, "{}", "0", "Data tidak ditemukan", NULL), TP_THEN_EMPTY);
    assert_int_equal(judge(&f, 404, json, "{}", "404", NULL, "Runtime Error"), TP_THEN_FATAL);
    assert_int_equal(judge(&f, 404, json, "{}", NULL, "Token SSO mismatch", NULL),
                     TP_THEN_RENEW_TOKEN);
}

static void
test_judge__every_line_of_siasn(void **state)
{
    (void)state;
    const tp_fetch f = siasn_fetch();
    const char *json = "application/json";
    assert_int_equal(judge(&f, 200, json, "{}", "1", NULL, NULL), TP_THEN_OK);
    assert_int_equal(judge(&f, 200, json, "{}", "0", NULL, NULL), TP_THEN_EMPTY);
    assert_int_equal(judge(&f, 401, json, "{}", NULL, NULL, "invalid or expired jwt"),
                     TP_THEN_RENEW_TOKEN);
    assert_int_equal(judge(&f, 401, json, "{}", "900901", NULL, "Invalid Credentials"),
                     TP_THEN_RENEW_TOKEN);
    assert_int_equal(judge(&f, 429, json, "{}", "900802", NULL, "Message throttled out"),
                     TP_THEN_WAIT);
    assert_int_equal(judge(&f, 500, json, "{\"description\":\"SUSPENDED\"}", "303001", NULL, NULL),
                     TP_THEN_WAIT);
    assert_int_equal(judge(&f, 504, json, "{}", "101504", NULL, NULL), TP_THEN_RETRY);
    assert_int_equal(
        judge(&f, 401, "text/xml", "<am:fault><am:code>900901</am:code>", NULL, NULL, NULL),
        TP_THEN_RENEW_TOKEN);
    assert_int_equal(judge(&f, 200, "text/html", " \n<html>", NULL, NULL, NULL), TP_THEN_RETRY);
    assert_int_equal(judge(&f, 403, json, "{}", NULL, NULL, NULL), TP_THEN_RENEW_TOKEN);
    assert_int_equal(judge(&f, 418, json, "{}", NULL, NULL, NULL), TP_THEN_FATAL);
}

static void
test_judge__without_a_table_by_status(void **state)
{
    (void)state;
    const tp_fetch f = {0};
    const struct {
        int status;
        tp_outcome_then then;
    } ROWS[] = {
        {200, TP_THEN_OK},          {204, TP_THEN_OK},    {304, TP_THEN_EMPTY},
        {401, TP_THEN_RENEW_TOKEN}, {403, TP_THEN_FATAL}, {404, TP_THEN_FATAL},
        {408, TP_THEN_RETRY},       {429, TP_THEN_WAIT},  {500, TP_THEN_RETRY},
        {503, TP_THEN_RETRY},       {302, TP_THEN_FATAL},
    };
    for (size_t i = 0; i < TP_COUNT(ROWS); i++) {
        assert_int_equal(judge(&f, ROWS[i].status, "", "{}", NULL, NULL, NULL), ROWS[i].then);
    }
}

static void
test_judge__html_is_never_data(void **state)
{
    (void)state;
    const tp_fetch f = {0};
    assert_int_equal(
        judge(&f, 200, "text/csv", "\xEF\xBB\xBF\n <!DOCTYPE HTML><p>", NULL, NULL, NULL),
        TP_THEN_RETRY);
    assert_int_equal(judge(&f, 200, "text/csv", "<HTML>", NULL, NULL, NULL), TP_THEN_RETRY);
    assert_int_equal(judge(&f, 200, "text/xml", "<html5tags/>", NULL, NULL, NULL), TP_THEN_RETRY);
    assert_int_equal(judge(&f, 200, "text/xml", "<simpeg>", NULL, NULL, NULL), TP_THEN_OK);
}

static void
test_judge__types_and_absent_values(void **state)
{
    (void)state;
    tp_fetch f = {.n_outcomes = 2};
    f.outcome[0] = (tp_outcome){.slot = 0, .absent = true, .then = TP_THEN_SKIP_KEY};
    f.outcome[1] = (tp_outcome){.slot = -1, .type = TP_STR("text/"), .then = TP_THEN_BLOCKED};
    assert_int_equal(judge(&f, 200, "", "{}", NULL, "x", NULL), TP_THEN_SKIP_KEY);
    /* absent says something of a body that was read; of one that could not be it says nothing */
    assert_int_equal(judge(&f, 200, "", "{}", NULL, NULL, NULL), TP_THEN_OK);
    assert_int_equal(judge(&f, 200, "Text/Plain; charset=utf-8", "x", "1", NULL, NULL),
                     TP_THEN_BLOCKED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_judge__three_kinds_of_404),
        cmocka_unit_test(test_judge__every_line_of_siasn),
        cmocka_unit_test(test_judge__without_a_table_by_status),
        cmocka_unit_test(test_judge__html_is_never_data),
        cmocka_unit_test(test_judge__types_and_absent_values),
    };
    return cmocka_run_group_tests_name("etl/source/outcome", tests, NULL, NULL);
}
