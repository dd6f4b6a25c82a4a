/* Tests etl/source/paging.c and etl/source/request.c. */
#include "tests/support/tp_test.h"

#include "talent/etl/extract.h"

enum { NEXT, MORE, LAST, TOTAL, COUNT, SLOTS };

static const char URL[] = "https://h.example/list?p=1";

static tp_fetch
fetch_of(tp_page_kind kind)
{
    return (tp_fetch){.path = TP_STR("/list"),
                      .page = {.kind = kind,
                               .param = TP_STR("p"),
                               .size_param = TP_STR("n"),
                               .size = 3,
                               .first = kind == TP_PAGE_NUMBER,
                               .next_slot = -1,
                               .more_slot = -1,
                               .last_slot = -1,
                               .total_slot = -1,
                               .count_slot = -1}};
}

static tp_code
take(tp_paging *p, const char *values[SLOTS], const char *body, tp_paging_then *out, tp_err *err)
{
    tp_str cell[SLOTS];
    for (int i = 0; i < SLOTS; i++) {
        cell[i] = tp_str_of(values[i]);
    }
    const tp_envelope e = {.read = true, .n = SLOTS, .cell = cell};
    return tp_paging_take(p, &e, tp_str_of(body), tp_str_of(URL), tp_str_of(values[NEXT]), out,
                          err);
}

static tp_paging_then
took(tp_paging *p, const char *values[SLOTS], const char *body)
{
    tp_err err = {0};
    tp_paging_then then = TP_PAGING_DONE;
    assert_tp_ok(take(p, values, body, &then, &err), &err);
    return then;
}

static void
test_number__ends_at_the_last_page(void **state)
{
    (void)state;
    tp_fetch f = fetch_of(TP_PAGE_NUMBER);
    tp_paging p = {0};
    f.page.last_slot = LAST;
    tp_paging_begin(&p, &f);
    assert_int_equal(p.at, 1);
    assert_int_equal(took(&p, (const char *[]){[LAST] = " 3 ", [COUNT] = NULL}, "a"),
                     TP_PAGING_MORE);
    assert_int_equal(took(&p, (const char *[]){[LAST] = "3", [COUNT] = NULL}, "b"), TP_PAGING_MORE);
    assert_int_equal(p.at, 3);
    assert_int_equal(p.page, 2);
    assert_int_equal(took(&p, (const char *[]){[LAST] = "3", [COUNT] = NULL}, "c"), TP_PAGING_DONE);
    tp_paging_clear(&p);
}

static void
test_number__totals_are_checked(void **state)
{
    (void)state;
    tp_fetch f = fetch_of(TP_PAGE_NUMBER);
    tp_paging p = {0};
    tp_err err = {0};
    tp_paging_then then;
    f.page.total_slot = TOTAL;
    f.page.count_slot = COUNT;
    tp_paging_begin(&p, &f);
    assert_int_equal(took(&p, (const char *[]){[TOTAL] = "5", [COUNT] = "1|2|3"}, "a"),
                     TP_PAGING_MORE);
    assert_int_equal(took(&p, (const char *[]){[TOTAL] = "5", [COUNT] = "4|5"}, "b"),
                     TP_PAGING_DONE);
    tp_paging_begin(&p, &f);
    assert_int_equal(took(&p, (const char *[]){[TOTAL] = "6", [COUNT] = "1|2|3"}, "a"),
                     TP_PAGING_MORE);
    assert_int_equal(took(&p, (const char *[]){[TOTAL] = "6", [COUNT] = "4|5"}, "b"),
                     TP_PAGING_MORE);
    assert_tp_fails(take(&p, (const char *[]){[TOTAL] = "6", [COUNT] = NULL}, "c", &then, &err),
                    TP_E_NET, &err, "5 rows came of 6 announced");
    tp_paging_begin(&p, &f);
    assert_tp_fails(take(&p, (const char *[]){[TOTAL] = "2", [COUNT] = "1|2|3"}, "a", &then, &err),
                    TP_E_NET, &err, "3 rows came of 2");
    tp_paging_begin(&p, &f);
    assert_tp_fails(take(&p, (const char *[]){[TOTAL] = "many", [COUNT] = "1"}, "a", &then, &err),
                    TP_E_SCHEMA, &err, "total is not a number");
    tp_paging_clear(&p);
}

static void
test_number__ends_when_more_is_false(void **state)
{
    (void)state;
    tp_fetch f = fetch_of(TP_PAGE_NUMBER);
    tp_paging p = {0};
    f.page.more_slot = MORE;
    f.page.count_slot = COUNT;
    tp_paging_begin(&p, &f);
    assert_int_equal(took(&p, (const char *[]){[MORE] = "true", [COUNT] = "1|2"}, "a"),
                     TP_PAGING_MORE); /* short, but more is promised */
    assert_int_equal(took(&p, (const char *[]){[MORE] = "false", [COUNT] = "3|4|5"}, "b"),
                     TP_PAGING_DONE);
    tp_paging_clear(&p);
}

static void
test_number__nothing_tells_the_end(void **state)
{
    (void)state;
    const tp_fetch f = fetch_of(TP_PAGE_NUMBER);
    tp_paging p = {0};
    tp_err err = {0};
    tp_paging_then then;
    tp_paging_begin(&p, &f);
    assert_tp_fails(take(&p, (const char *[]){[COUNT] = NULL}, "a", &then, &err), TP_E_SCHEMA, &err,
                    "where the pages end");
    tp_paging_clear(&p);
}

static void
test_offset__short_empty_and_repeated_pages_end(void **state)
{
    (void)state;
    tp_fetch f = fetch_of(TP_PAGE_OFFSET);
    tp_paging p = {0};
    f.page.count_slot = COUNT;
    tp_paging_begin(&p, &f);
    assert_int_equal(p.at, 0);
    assert_int_equal(took(&p, (const char *[]){[COUNT] = "1|2|3"}, "a"), TP_PAGING_MORE);
    assert_int_equal(p.at, 3);
    assert_int_equal(took(&p, (const char *[]){[COUNT] = "4|5"}, "b"), TP_PAGING_DONE);
    tp_paging_begin(&p, &f);
    assert_int_equal(took(&p, (const char *[]){[COUNT] = "1|2|3"}, "a"), TP_PAGING_MORE);
    assert_int_equal(took(&p, (const char *[]){[COUNT] = NULL}, "b"), TP_PAGING_DONE);
    tp_paging_begin(&p, &f);
    assert_int_equal(took(&p, (const char *[]){[COUNT] = "1|2|3"}, "a"), TP_PAGING_MORE);
    assert_int_equal(took(&p, (const char *[]){[COUNT] = "1|2|3"}, "a"), TP_PAGING_REPEAT);
    tp_paging_clear(&p);
}

static void
test_offset__goes_on_where_a_capped_page_ended(void **state)
{
    (void)state;
    tp_fetch f = fetch_of(TP_PAGE_OFFSET);
    tp_paging p = {0};
    f.page.count_slot = COUNT;
    f.page.total_slot = TOTAL;
    tp_paging_begin(&p, &f);
    assert_int_equal(took(&p, (const char *[]){[TOTAL] = "4", [COUNT] = "1|2"}, "a"),
                     TP_PAGING_MORE);
    assert_int_equal(p.at, 2);
    assert_int_equal(took(&p, (const char *[]){[TOTAL] = "4", [COUNT] = "3|4"}, "b"),
                     TP_PAGING_DONE);
    tp_paging_clear(&p);
}

/* Three are asked for, the server gives two at most. */
static void
test_number__a_capped_page_is_not_the_last(void **state)
{
    (void)state;
    tp_fetch f = fetch_of(TP_PAGE_NUMBER);
    tp_paging p = {0};
    f.page.count_slot = COUNT;
    tp_paging_begin(&p, &f);
    assert_int_equal(took(&p, (const char *[]){[COUNT] = "1|2"}, "a"), TP_PAGING_MORE);
    assert_int_equal(took(&p, (const char *[]){[COUNT] = "3|4"}, "b"), TP_PAGING_MORE);
    assert_int_equal(took(&p, (const char *[]){[COUNT] = "5"}, "c"), TP_PAGING_DONE);
    tp_paging_begin(&p, &f);
    assert_int_equal(took(&p, (const char *[]){[COUNT] = "1|2"}, "a"), TP_PAGING_MORE);
    assert_int_equal(took(&p, (const char *[]){[COUNT] = NULL}, "b"), TP_PAGING_DONE);
    tp_paging_begin(&p, &f); /* the only page, again for whatever number */
    assert_int_equal(took(&p, (const char *[]){[COUNT] = "1|2"}, "a"), TP_PAGING_MORE);
    assert_int_equal(took(&p, (const char *[]){[COUNT] = "1|2"}, "a"), TP_PAGING_REPEAT);
    tp_paging_clear(&p);
}

static void
test_repeat__is_an_error_where_pages_are_numbered(void **state)
{
    (void)state;
    tp_fetch f = fetch_of(TP_PAGE_NUMBER);
    tp_paging p = {0};
    tp_err err = {0};
    tp_paging_then then;
    f.page.last_slot = LAST;
    tp_paging_begin(&p, &f);
    assert_int_equal(took(&p, (const char *[]){[LAST] = "9", [COUNT] = NULL}, "a"), TP_PAGING_MORE);
    assert_tp_fails(take(&p, (const char *[]){[LAST] = "9", [COUNT] = NULL}, "a", &then, &err),
                    TP_E_SCHEMA, &err, "page 2 repeats");
    f.page.count_slot = COUNT;
    tp_paging_begin(&p, &f); /* the envelope differs, the rows do not */
    assert_int_equal(took(&p, (const char *[]){[LAST] = "9", [COUNT] = "1|2"}, "a"),
                     TP_PAGING_MORE);
    assert_tp_fails(take(&p, (const char *[]){[LAST] = "9", [COUNT] = "1|2"}, "b", &then, &err),
                    TP_E_SCHEMA, &err, "page 2 repeats");
    tp_paging_begin(&p, &f); /* a column that tells no row from another proves nothing */
    assert_int_equal(took(&p, (const char *[]){[LAST] = "9", [COUNT] = "x|x"}, "a"),
                     TP_PAGING_MORE);
    assert_int_equal(took(&p, (const char *[]){[LAST] = "9", [COUNT] = "x|x"}, "b"),
                     TP_PAGING_MORE);
    tp_paging_begin(&p, &f); /* nor does one whose values come again: then the body decides */
    assert_int_equal(took(&p, (const char *[]){[LAST] = "9", [COUNT] = "2020|2024|2020"}, "a"),
                     TP_PAGING_MORE);
    assert_int_equal(took(&p, (const char *[]){[LAST] = "9", [COUNT] = "2020|2024|2020"}, "b"),
                     TP_PAGING_MORE);
    err = (tp_err){0};
    assert_tp_fails(
        take(&p, (const char *[]){[LAST] = "9", [COUNT] = "2020|2024|2020"}, "b", &then, &err),
        TP_E_SCHEMA, &err, "page 3 repeats");
    tp_paging_clear(&p);
}

static void
test_cursor__ends_and_rings(void **state)
{
    (void)state;
    tp_fetch f = fetch_of(TP_PAGE_CURSOR);
    tp_paging p = {0};
    tp_err err = {0};
    tp_paging_then then;
    f.page.next_slot = NEXT;
    f.page.more_slot = MORE;
    tp_paging_begin(&p, &f);
    assert_int_equal(
        took(&p, (const char *[]){[NEXT] = "c1", [MORE] = "true", [COUNT] = NULL}, "a"),
        TP_PAGING_MORE);
    assert_int_equal(
        took(&p, (const char *[]){[NEXT] = "c2", [MORE] = "false", [COUNT] = NULL}, "b"),
        TP_PAGING_DONE);
    tp_paging_begin(&p, &f);
    char body[8];
    tp_code rc = TP_OK;
    unsigned i = 0;
    for (; rc == TP_OK && i < 40; i++) { /* c0 c1 c2 c3 c4 c2 c3 c4 ... */
        const unsigned k = i < 2 ? i : 2 + (i - 2) % 3;
        char cursor[8];
        snprintf(cursor, sizeof cursor, "c%u", k);
        snprintf(body, sizeof body, "b%u", i);
        rc = take(&p, (const char *[]){[NEXT] = cursor, [MORE] = "true", [COUNT] = NULL}, body,
                  &then, &err);
    }
    assert_tp_fails(rc, TP_E_SCHEMA, &err, "ring");
    assert_true(i < 16);
    tp_paging_clear(&p);
}

static void
test_link__in_body_or_header(void **state)
{
    (void)state;
    tp_fetch f = fetch_of(TP_PAGE_LINK);
    tp_paging p = {0};
    tp_err err = {0};
    tp_paging_then then;
    for (int slot = -1; slot <= NEXT; slot++) {
        f.page.next_slot = slot;
        tp_paging_begin(&p, &f);
        assert_int_equal(took(&p, (const char *[]){[NEXT] = "?p=2", [COUNT] = NULL}, "a"),
                         TP_PAGING_MORE);
        assert_tp_str(tp_buf_view(&p.next), "https://h.example/list?p=2");
        assert_int_equal(took(&p, (const char *[]){[NEXT] = "", [COUNT] = NULL}, "b"),
                         TP_PAGING_DONE);
    }
    tp_paging_begin(&p, &f);
    assert_tp_fails(take(&p, (const char *[]){[NEXT] = "?p=1", [COUNT] = NULL}, "a", &then, &err),
                    TP_E_SCHEMA, &err, "links to itself");
    tp_paging_clear(&p);
}

static void
test_max_pages__stops(void **state)
{
    (void)state;
    tp_fetch f = fetch_of(TP_PAGE_NUMBER);
    tp_paging p = {0};
    tp_err err = {0};
    tp_paging_then then;
    f.page.last_slot = LAST;
    f.page.max_pages = 2;
    tp_paging_begin(&p, &f);
    assert_int_equal(took(&p, (const char *[]){[LAST] = "9", [COUNT] = NULL}, "a"), TP_PAGING_MORE);
    assert_tp_fails(take(&p, (const char *[]){[LAST] = "9", [COUNT] = NULL}, "b", &then, &err),
                    TP_E_RANGE, &err, "more than 2 pages");
    tp_paging_clear(&p);
}

static void
assert_url(const tp_source *s, const tp_paging *p, const tp_fill *fill, const char *want)
{
    TP_AUTO_BUF(out);
    tp_err err = {0};
    assert_tp_ok(tp_request_url(s, p, fill, &out, &err), &err);
    assert_string_equal(tp_buf_cstr(&out), want);
}

static void
test_url__templates_queries_and_pages(void **state)
{
    (void)state;
    const tp_source s = {.base_url = TP_STR("https://h.example/api/")};
    tp_fetch f = fetch_of(TP_PAGE_NUMBER);
    tp_paging p = {0};
    const tp_fill fill = {.key = TP_STR("a/b c")};
    f.path = TP_STR("/x/{key}");
    f.query[0] = (tp_pair){TP_STR("mode"), TP_STR("a&b")};
    f.query[1] = (tp_pair){TP_STR("since"), TP_STR("{since}")};
    f.query[2] = (tp_pair){TP_STR("k"), TP_STR("pre {key}")};
    f.n_query = 3;
    tp_paging_begin(&p, &f);
    assert_url(&s, &p, &fill,
               "https://h.example/api/x/a%2Fb%20c?mode=a%26b&k=pre%20a%2Fb%20c&p=1&n=3");
    const tp_fill since = {.key = TP_STR("k"), .since = TP_STR("2026-03-01T00:00:00+07:00")};
    f.n_query = 2;
    f.path = TP_STR("x?y=1");
    assert_url(
        &s, &p, &since,
        "https://h.example/api/x?y=1&mode=a%26b&since=2026-03-01T00%3A00%3A00%2B07%3A00&p=1&n=3");
    f = fetch_of(TP_PAGE_CURSOR);
    tp_paging_begin(&p, &f);
    assert_url(&s, &p, &fill, "https://h.example/api/list?n=3");
    tp_buf_puts(&p.next, "c=2");
    assert_url(&s, &p, &fill, "https://h.example/api/list?p=c%3D2&n=3");
    tp_paging_clear(&p);
}

static void
test_fill__tokens_hidden_and_mistakes_named(void **state)
{
    (void)state;
    TP_AUTO_BUF(out);
    tp_err err = {0};
    tp_fill fill = {.key = TP_STR("k")};
    assert_tp_ok(
        tp_fill_text(&out, TP_STR("Bearer {token:gateway} {key}{since}."), &fill, false, &err),
        &err);
    assert_string_equal(tp_buf_cstr(&out), "Bearer *** k.");
    tp_buf_reset(&out);
    fill.night = 20513; /* 2026-03-01 */
    assert_tp_ok(tp_fill_text(&out, TP_STR("{night}/{year}/{year-1}/{month}"), &fill, false, &err),
                 &err);
    assert_tp_str(tp_buf_view(&out), "2026-03-01/2026/2025/03");
    assert_tp_fails(tp_fill_text(&out, TP_STR("{kunci}"), &fill, false, &err), TP_E_CONFIG, &err,
                    "unknown place {kunci}");
    assert_tp_fails(tp_fill_text(&out, TP_STR("{key"), &fill, false, &err), TP_E_CONFIG, &err,
                    "does not close");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_number__ends_at_the_last_page),
        cmocka_unit_test(test_number__totals_are_checked),
        cmocka_unit_test(test_number__ends_when_more_is_false),
        cmocka_unit_test(test_number__nothing_tells_the_end),
        cmocka_unit_test(test_offset__short_empty_and_repeated_pages_end),
        cmocka_unit_test(test_offset__goes_on_where_a_capped_page_ended),
        cmocka_unit_test(test_number__a_capped_page_is_not_the_last),
        cmocka_unit_test(test_repeat__is_an_error_where_pages_are_numbered),
        cmocka_unit_test(test_cursor__ends_and_rings),
        cmocka_unit_test(test_link__in_body_or_header),
        cmocka_unit_test(test_max_pages__stops),
        cmocka_unit_test(test_url__templates_queries_and_pages),
        cmocka_unit_test(test_fill__tokens_hidden_and_mistakes_named),
    };
    return cmocka_run_group_tests_name("etl/source/paging", tests, NULL, NULL);
}
