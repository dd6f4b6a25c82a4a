/* What goes wrong on the wire, and what a night makes of it: tried again, or refused with a reason,
 * counted either way, and no other source notices. */
#include "tests/support/tp_test.h"

#include "tests/support/gallery_night.h"

#define FIRST  "2026-03-01"
#define SECOND "2026-03-02"

#define JSON   "none/single/json/utf8/plain/full"
#define NDJSON "none/single/ndjson/utf8/plain/full"
#define XML    "none/single/xml/utf8/plain/full"
#define CSV    "none/single/csv/utf8/plain/full"
#define PAGES  "none/page/json/utf8/plain/full"
#define COUNTED                                                                             \
    "{\"kind\": \"number\", \"param\": \"hal\", \"size_param\": \"ukuran\", \"size\": 10, " \
    "\"last_path\": \"jumlah_halaman\", \"total_path\": \"total\", "                        \
    "\"count_path\": \"data.pegawai[].id\"}"

static const exhibit GOOD = {.id = "good", .way = PAGES};

static const exhibit
    ERROR_TWICE = {.id = "error-twice", .way = JSON, .fault = "status=500@1-2"},
    BUSY_ONCE = {.id = "busy-once", .way = JSON, .fault = "status=429@1"},
    STORM = {.id = "storm", .way = JSON, .fault = "status=503"},
    RESET_ONCE = {.id = "reset-once", .way = JSON, .fault = "reset@1"},
    RESET_ALWAYS = {.id = "reset-always", .way = JSON, .fault = "reset"},
    CUT_ONCE = {.id = "cut-once", .way = XML, .fault = "cut@1"},
    CUT_ALWAYS = {.id = "cut-always", .way = XML, .fault = "cut"},
    STALL_ONCE = {.id = "stall-once", .way = JSON, .fault = "stall@1"},
    TRICKLE = {.id = "trickle", .way = JSON, .fault = "trickle=400", .total_s = 2},
    EXPIRED_TOKEN = {.id = "expired-token",
                     .way = "client/page/json/utf8/plain/full",
                     .fault = "expire@2"},
    HTML_ONCE = {.id = "html-once", .way = JSON, .fault = "html@1"},
    HTML_ALWAYS = {.id = "html-always", .way = JSON, .fault = "html"},
    WRONG_TOTAL = {.id = "wrong-total", .way = PAGES, .fault = "wrongtotal", .page = COUNTED},
    SAME_PAGE = {.id = "same-page", .way = PAGES, .fault = "dupage@2", .page = COUNTED},
    LINK_LOOP = {.id = "link-loop", .way = "none/next/json/utf8/plain/full", .fault = "loop"},
    CURSOR_LOOP = {.id = "cursor-loop", .way = "none/cursor/json/utf8/plain/full", .fault = "loop"},
    BOMB = {.id = "bomb", .way = "none/single/json/utf8/gz/full", .fault = "bomb=1024"},
    BOMB_CODED = {.id = "bomb-coded",
                  .way = "none/single/json/utf8/gzip/full",
                  .fault = "bomb=1024"},
    CUT_CODED = {.id = "cut-coded",
                 .way = "none/single/json/utf8/zstd/full",
                 .fault = "cut,unbounded"},
    BROKEN_FILE = {.id = "broken-file",
                   .way = "none/single/xml/utf8/plain/etag",
                   .fault = "reset=6000@1,cut=700@2",
                   .page = "{\"kind\": \"file\"}"},
    LAUGHS = {.id = "laughs", .way = XML, .fault = "laughs"},
    ENTITY = {.id = "entity", .way = XML, .fault = "entity"},
    EMPTY = {.id = "empty", .way = JSON, .fault = "empty"},
    REDIRECT = {.id = "redirect", .way = JSON, .fault = "redirect"},
    CHARSET_SAVED = {.id = "charset-saved",
                     .way = "none/single/xml/latin1/plain/full",
                     .fault = "charset"},
    CHARSET_WRONG = {.id = "charset-wrong", .way = XML, .fault = "charset"};

/* One of each format, in the order json, ndjson, xml, csv. */
#define EACH(name, kind)                                          \
    {                                                             \
        {.id = name "-json", .way = JSON, .fault = kind},         \
            {.id = name "-ndjson", .way = NDJSON, .fault = kind}, \
            {.id = name "-xml", .way = XML, .fault = kind},       \
            {.id = name "-csv", .way = CSV, .fault = kind},       \
    }
enum { FORMATS = 4 };
static const exhibit OPEN_END[FORMATS] = EACH("open-end", "cut,unbounded");
static const exhibit DEEP[2] = {{.id = "deep-json", .way = JSON, .fault = "deep"},
                                {.id = "deep-xml", .way = XML, .fault = "deep"}};
/* Files may be large, so the length of the text is what is refused. */
#define TEXT_OF(format, way_of, mib)                                                  \
    {                                                                                 \
        .id = "long-" format, .way = way_of, .fault = "long=" mib,                    \
        .connect = "\"limits\": {\"body_mb\": 2048},", .page = "{\"kind\": \"file\"}" \
    }
static const exhibit LONG[FORMATS] = {TEXT_OF("json", JSON, "1024"),
                                      TEXT_OF("ndjson", NDJSON, "64"), TEXT_OF("xml", XML, "64"),
                                      TEXT_OF("csv", CSV, "64")};
static const exhibit LARGE = {.id = "large", .way = JSON, .fault = "long"};
static const exhibit BAD_UTF8[FORMATS] = EACH("bad-utf8", "badutf8");
static const exhibit NUL[FORMATS] = EACH("nul", "nul");

/* Good in the first night, broken in the second. */
static const exhibit LATER[] = {
    {.id = "later-html", .way = JSON, .fault = "html@2+"},
    {.id = "later-cut", .way = XML, .fault = "cut@2+"},
    {.id = "later-storm", .way = CSV, .fault = "status=503@2+"},
};

static const exhibit *const ONE[] = {
    &GOOD,        &ERROR_TWICE, &BUSY_ONCE, &STORM,         &RESET_ONCE,    &RESET_ALWAYS,
    &CUT_ONCE,    &CUT_ALWAYS,  &TRICKLE,   &STALL_ONCE,    &HTML_ONCE,     &HTML_ALWAYS,
    &WRONG_TOTAL, &SAME_PAGE,   &LINK_LOOP, &CURSOR_LOOP,   &BOMB,          &LAUGHS,
    &ENTITY,      &EMPTY,       &REDIRECT,  &CHARSET_SAVED, &CHARSET_WRONG, &EXPIRED_TOKEN,
    &LARGE,       &BOMB_CODED,  &CUT_CODED, &BROKEN_FILE,
};

static void
write_all(gallery_night *g, const exhibit *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        gallery_source(g, &list[i]);
    }
}

/* Both nights; every test looks at what they left. */
static int
setup(void **state)
{
    if (gallery_setup(state) != 0) {
        return -1;
    }
    gallery_night *g = *state;
    for (size_t i = 0; i < TP_COUNT(ONE); i++) {
        gallery_source(g, ONE[i]);
    }
    write_all(g, OPEN_END, FORMATS);
    write_all(g, DEEP, TP_COUNT(DEEP));
    write_all(g, LONG, FORMATS);
    write_all(g, BAD_UTF8, FORMATS);
    write_all(g, NUL, FORMATS);
    write_all(g, LATER, TP_COUNT(LATER));
    if (gallery_run(g, FIRST) != 3) {
        return -1;
    }
    for (size_t i = 1; i < TP_COUNT(ONE); i++) {
        gallery_drop(g, ONE[i]->id);
    }
    for (size_t i = 0; i < FORMATS; i++) {
        gallery_drop(g, OPEN_END[i].id);
        gallery_drop(g, DEEP[i % TP_COUNT(DEEP)].id);
        gallery_drop(g, LONG[i].id);
        gallery_drop(g, BAD_UTF8[i].id);
        gallery_drop(g, NUL[i].id);
    }
    return gallery_run(g, SECOND) == 3 ? 0 : -1;
}

static void
check_served(gallery_night *g, const exhibit *e, int64_t asked)
{
    gallery_result r;
    gallery_look(g, FIRST, e, 1, &r);
    if (strcmp(r.state, "fresh") != 0 || r.differs[0] != '\0') {
        fail_msg("%s: state \"%s\" %s; %s", e->id, r.state, r.reason, r.differs);
    }
    assert_true(r.balanced);
    assert_int_equal(r.received, 25);
    assert_int_equal(r.accepted, 25);
    assert_int_equal(gallery_asked(g, e), asked);
}

/* Nothing of it was taken, the reason says `why`, and it was asked this often (0 = either way). */
static void
check_refused(gallery_night *g, const exhibit *e, const char *why, int64_t asked)
{
    gallery_result r;
    gallery_look(g, FIRST, e, 1, &r);
    if (strcmp(r.state, "missing") != 0 || strstr(r.reason, why) == NULL) {
        fail_msg("%s: state \"%s\", \"%s\" does not say \"%s\"; %lld received", e->id, r.state,
                 r.reason, why, (long long)r.received);
    }
    assert_true(r.balanced);
    assert_int_equal(r.received, 0);
    if (asked > 0) {
        assert_int_equal(gallery_asked(g, e), asked);
    }
}

static void
test_night__a_source_without_fault_notices_nothing(void **state)
{
    check_served(*state, &GOOD, 6); /* three pages, two nights */
}

static void
test_status__500_twice_then_good_is_served(void **state)
{
    check_served(*state, &ERROR_TWICE, 3);
}

static void
test_status__429_is_waited_out_as_retry_after_says(void **state)
{
    check_served(*state, &BUSY_ONCE, 2);
}

static void
test_status__a_storm_of_503_ends_after_the_attempts(void **state)
{
    check_refused(*state, &STORM, "status 503", 3);
}

static void
test_reset__in_mid_body_is_tried_again(void **state)
{
    check_served(*state, &RESET_ONCE, 2);
    check_refused(*state, &RESET_ALWAYS, "reset", 3);
}

static void
test_cut__short_of_its_length_is_tried_again(void **state)
{
    check_served(*state, &CUT_ONCE, 2);
    check_refused(*state, &CUT_ALWAYS, "cut", 3);
}

static void
test_cut__without_a_length_is_never_taken_for_whole(void **state)
{
    for (size_t i = 0; i < FORMATS; i++) {
        check_refused(*state, &OPEN_END[i], "cut short", 0);
    }
    check_refused(*state, &CUT_CODED, "cut short", 0); /* within its Content-Encoding */
}

static void
test_reset__of_a_file_goes_on_where_it_broke(void **state)
{
    check_served(*state, &BROKEN_FILE, 3);
    assert_int_equal(gallery_partial(*state, &BROKEN_FILE), 2);
}

static void
test_stall__is_given_up_and_tried_again(void **state)
{
    check_served(*state, &STALL_ONCE, 2);
}

static void
test_trickle__ends_at_the_deadline(void **state)
{
    check_refused(*state, &TRICKLE, "time", 0);
}

static void
test_token__that_ends_in_mid_paging_is_renewed(void **state)
{
    check_served(*state, &EXPIRED_TOKEN, 4); /* three pages, one of them twice */
}

static void
test_html__with_status_200_is_no_data(void **state)
{
    check_served(*state, &HTML_ONCE, 2);
    check_refused(*state, &HTML_ALWAYS, "no data", 3);
}

static void
test_total__that_is_wrong_is_refused(void **state)
{
    check_refused(*state, &WRONG_TOTAL, "25 rows came of 26 announced", 3);
}

static void
test_page__that_repeats_the_one_before_is_refused(void **state)
{
    check_refused(*state, &SAME_PAGE, "repeats the page before", 2);
}

static void
test_page__whose_link_leads_to_itself_is_refused(void **state)
{
    check_refused(*state, &LINK_LOOP, "page", 0);
    check_refused(*state, &CURSOR_LOOP, "page", 0);
}

static void
test_gzip__bomb_is_refused_by_its_ratio(void **state)
{
    check_refused(*state, &BOMB, "times", 0);
    check_refused(*state, &BOMB_CODED, "times", 0); /* as Content-Encoding */
}

static void
test_xml__entities_are_refused_before_they_grow(void **state)
{
    check_refused(*state, &LAUGHS, "DOCTYPE", 0);
    check_refused(*state, &ENTITY, "DOCTYPE", 0);
}

static void
test_nesting__of_100000_levels_is_refused(void **state)
{
    check_refused(*state, &DEEP[0], "deep", 0);
    check_refused(*state, &DEEP[1], "deep", 0);
}

static void
test_text__of_a_gigabyte_is_refused(void **state)
{
    for (size_t i = 0; i < FORMATS; i++) {
        check_refused(*state, &LONG[i], "more than", 1);
    }
}

static void
test_body__above_its_limit_is_broken_off(void **state)
{
    check_refused(*state, &LARGE, "larger than 67108864 bytes", 1);
}

static void
test_bytes__that_are_no_utf8_are_refused(void **state)
{
    for (size_t i = 0; i < FORMATS; i++) {
        check_refused(*state, &BAD_UTF8[i], "not UTF-8", 0);
    }
}

/* One zero byte costs a character of one record, which says so; it does not cost the list. */
static void
test_bytes__of_zero_flag_their_record(void **state)
{
    gallery_night *g = *state;
    for (size_t i = 0; i < FORMATS; i++) {
        gallery_result r;
        const char *words[] = {NUL[i].id};
        tp_rows *rows = NULL;
        tp_err err = {0};
        gallery_look(g, FIRST, &NUL[i], 1, &r);
        assert_string_equal(r.state, "fresh");
        assert_true(r.balanced);
        assert_int_equal(r.received, 25);
        assert_tp_ok(tp_pg_query(g->pg,
                                 "SELECT sum(occurrences) FROM mart.reject_summary"
                                 " WHERE source = $1 AND code = 'encoding' AND outcome = 'flagged'",
                                 1, words, &rows, &err),
                     &err);
        assert_int_equal(tp_rows_i64(rows, 0, 0, 0), 1);
        tp_rows_free(rows);
    }
}

static void
test_body__that_is_empty_is_tried_again_and_refused(void **state)
{
    check_refused(*state, &EMPTY, "empty body", 3);
}

static void
test_redirect__to_another_host_is_refused(void **state)
{
    check_refused(*state, &REDIRECT, "feeds.example.invalid", 1);
}

static void
test_charset__declared_wrong_is_read_by_the_fallback_or_refused(void **state)
{
    check_served(*state, &CHARSET_SAVED, 1); /* says UTF-8, is ISO-8859-1, as the fallback says */
    check_refused(*state, &CHARSET_WRONG, "declared character set", 0);
}

/* The last good batch stands, with its own counts, and the run ends with status 3. */
static void
test_later__a_fault_leaves_the_last_good_batch(void **state)
{
    for (size_t i = 0; i < TP_COUNT(LATER); i++) {
        gallery_result r;
        gallery_look(*state, FIRST, &LATER[i], 1, &r);
        assert_string_equal(r.state, "fresh");
        gallery_look(*state, SECOND, &LATER[i], 1, &r);
        assert_string_equal(r.state, "stale");
        assert_string_equal(r.differs, "");
        assert_true(r.balanced);
        assert_true(r.reason[0] != '\0');
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_night__a_source_without_fault_notices_nothing),
        cmocka_unit_test(test_status__500_twice_then_good_is_served),
        cmocka_unit_test(test_status__429_is_waited_out_as_retry_after_says),
        cmocka_unit_test(test_status__a_storm_of_503_ends_after_the_attempts),
        cmocka_unit_test(test_reset__in_mid_body_is_tried_again),
        cmocka_unit_test(test_cut__short_of_its_length_is_tried_again),
        cmocka_unit_test(test_cut__without_a_length_is_never_taken_for_whole),
        cmocka_unit_test(test_reset__of_a_file_goes_on_where_it_broke),
        cmocka_unit_test(test_stall__is_given_up_and_tried_again),
        cmocka_unit_test(test_trickle__ends_at_the_deadline),
        cmocka_unit_test(test_token__that_ends_in_mid_paging_is_renewed),
        cmocka_unit_test(test_html__with_status_200_is_no_data),
        cmocka_unit_test(test_total__that_is_wrong_is_refused),
        cmocka_unit_test(test_page__that_repeats_the_one_before_is_refused),
        cmocka_unit_test(test_page__whose_link_leads_to_itself_is_refused),
        cmocka_unit_test(test_gzip__bomb_is_refused_by_its_ratio),
        cmocka_unit_test(test_xml__entities_are_refused_before_they_grow),
        cmocka_unit_test(test_nesting__of_100000_levels_is_refused),
        cmocka_unit_test(test_text__of_a_gigabyte_is_refused),
        cmocka_unit_test(test_body__above_its_limit_is_broken_off),
        cmocka_unit_test(test_bytes__that_are_no_utf8_are_refused),
        cmocka_unit_test(test_bytes__of_zero_flag_their_record),
        cmocka_unit_test(test_body__that_is_empty_is_tried_again_and_refused),
        cmocka_unit_test(test_redirect__to_another_host_is_refused),
        cmocka_unit_test(test_charset__declared_wrong_is_read_by_the_fallback_or_refused),
        cmocka_unit_test(test_later__a_fault_leaves_the_last_good_batch),
    };
    return cmocka_run_group_tests_name("integration/faults", tests, setup, gallery_teardown);
}
