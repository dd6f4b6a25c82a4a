/* Three nights over the gallery: full lists, changes since a mark with what was removed, answers
 * that say "not modified", marks that are too old, and keys that take turns. */
#include "tests/support/tp_test.h"

#include "tests/support/gallery_night.h"

/* The list as it was served: first the first version, then twice the second. */
static const char *const NIGHT[] = {"2026-03-01", "2026-03-02", "2026-03-03"};
static const int VERSION[] = {1, 2, 2};
enum { NIGHTS = 3 };

static const exhibit KEYS = {.id = "g-keys", .way = "none/single/json/utf8/plain/full"};

static const exhibit FULL[] = {
    {.id = "full-json", .way = "none/page/json/utf8/plain/full"},
    {.id = "full-xml", .way = "none/single/xml/utf8/plain/full"},
};

#define MARK(from) "{\"kind\": \"mark\", \"from\": " from "}"
static const exhibit SINCE[] = {
    {.id = "mark-body",
     .way = "none/page/json/utf8/plain/since",
     .since = MARK("{\"path\": \"sampai\"}")},
    {.id = "mark-attribute",
     .way = "none/single/xml-at/utf8/plain/list",
     .since = MARK("{\"path\": \"/daftar/@sampai\"}")},
    {.id = "mark-field",
     .way = "none/cursor/json/utf8/plain/since",
     .since = MARK("{\"path\": \"data.pegawai[].diubah\"}")},
    {.id = "mark-header",
     .way = "none/single/ndjson/utf8/plain/since",
     .since = MARK("{\"header\": \"X-Sampai\"}")},
    {.id = "mark-night", .way = "none/single/csv/utf8/plain/since", .since = MARK("\"night\"")},
    {.id = "mark-list",
     .way = "none/next/json/utf8/plain/list",
     .since = MARK("{\"path\": \"sampai\"}")},
};

static const exhibit EXPIRED = {.id = "mark-expired",
                                .way = "none/page/json/utf8/plain/expired",
                                .since = MARK("{\"path\": \"sampai\"}")};

static const exhibit KNOWN[] = {
    {.id = "known-etag", .way = "none/page/json/utf8/plain/etag", .since = "{\"kind\": \"http\"}"},
    {.id = "known-date",
     .way = "none/single/xml/utf8/plain/modified",
     .since = "{\"kind\": \"http\"}"},
    {.id = "known-file", .way = "none/single/csv/utf8/gz/etag", .since = "{\"kind\": \"http\"}"},
};

/* 25 keys, ten a night. */
static const exhibit TURNS = {.id = "turns",
                              .way = "none/key/json/utf8/plain/full",
                              .fetch = "\"refresh\": {\"days\": 30, \"budget\": 10},"};

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
    gallery_source(g, &EXPIRED);
    gallery_source(g, &TURNS);
    write_all(g, FULL, TP_COUNT(FULL));
    write_all(g, SINCE, TP_COUNT(SINCE));
    write_all(g, KNOWN, TP_COUNT(KNOWN));
    for (int n = 0; n < NIGHTS; n++) {
        gallery_version(g, VERSION[n]);
        if (gallery_run(g, NIGHT[n]) != 0) {
            return -1;
        }
    }
    return 0;
}

/* The source's batch of night n is the list as it was then. */
static void
look(gallery_night *g, int n, const exhibit *e, gallery_result *out)
{
    gallery_look(g, NIGHT[n], e, VERSION[n], out);
    if (strcmp(out->state, "fresh") != 0 || out->differs[0] != '\0') {
        fail_msg("%s, night %d: state \"%s\" %s; %s", e->id, n + 1, out->state, out->reason,
                 out->differs);
    }
    assert_true(out->balanced);
}

static void
check_counts(const gallery_result *r, const exhibit *e, int64_t accepted, int64_t unchanged,
             int64_t removed, int64_t gone)
{
    if (r->accepted != accepted || r->unchanged != unchanged || r->removed != removed ||
        r->gone != gone || r->rejected != 0 || r->duplicate != 0) {
        fail_msg("%s: accepted %lld unchanged %lld removed %lld gone %lld rejected %lld "
                 "duplicate %lld",
                 e->id, (long long)r->accepted, (long long)r->unchanged, (long long)r->removed,
                 (long long)r->gone, (long long)r->rejected, (long long)r->duplicate);
    }
}

static void
test_full__who_is_absent_is_gone(void **state)
{
    for (size_t i = 0; i < TP_COUNT(FULL); i++) {
        gallery_result r;
        look(*state, 0, &FULL[i], &r);
        check_counts(&r, &FULL[i], 25, 0, 0, 0);
        look(*state, 1, &FULL[i], &r);
        check_counts(&r, &FULL[i], 4, 21, 0, 2); /* two changed, two new; two gone */
        look(*state, 2, &FULL[i], &r);
        check_counts(&r, &FULL[i], 0, 25, 0, 0);
    }
}

static void
test_since__changes_and_removals_give_the_whole_list(void **state)
{
    for (size_t i = 0; i < TP_COUNT(SINCE); i++) {
        gallery_result r;
        look(*state, 0, &SINCE[i], &r);
        check_counts(&r, &SINCE[i], 25, 0, 0, 0);
        look(*state, 1, &SINCE[i], &r);
        check_counts(&r, &SINCE[i], 4, 21, 4, 2); /* two removals, and the two they remove */
    }
}

static void
test_since__a_night_without_changes_leaves_all_as_it_was(void **state)
{
    for (size_t i = 0; i < TP_COUNT(SINCE); i++) {
        gallery_result r;
        look(*state, 2, &SINCE[i], &r);
        check_counts(&r, &SINCE[i], 0, 25, 0, 0);
    }
}

static void
test_since__asks_for_the_changes_alone(void **state)
{
    /* three pages of ten, then one page of six, then an empty one */
    assert_int_equal(gallery_asked(*state, &SINCE[0]), 5);
}

static void
test_since__a_mark_too_old_begins_anew(void **state)
{
    for (int n = 0; n < NIGHTS; n++) {
        gallery_result r;
        look(*state, n, &EXPIRED, &r);
        check_counts(&r, &EXPIRED,
                     n == 0   ? 25
                     : n == 1 ? 4
                              : 0,
                     n == 0   ? 0
                     : n == 1 ? 21
                              : 25,
                     0, n == 1 ? 2 : 0);
    }
    assert_int_equal(gallery_asked(*state, &EXPIRED), 3 + 4 + 4); /* each 410, then three pages */
}

static void
test_known__an_unchanged_list_is_not_sent_again(void **state)
{
    static const int64_t PAGES[] = {3, 1, 1};
    for (size_t i = 0; i < TP_COUNT(KNOWN); i++) {
        gallery_result r;
        look(*state, 1, &KNOWN[i], &r);
        check_counts(&r, &KNOWN[i], 4, 21, 0, 2);
        look(*state, 2, &KNOWN[i], &r);
        check_counts(&r, &KNOWN[i], 0, 25, 0, 0);
        assert_int_equal(gallery_asked(*state, &KNOWN[i]), 3 * PAGES[i]);
        assert_int_equal(gallery_unchanged(*state, &KNOWN[i]), PAGES[i]); /* the third night */
    }
}

static void
test_turns__ten_keys_a_night_until_all_are_known(void **state)
{
    gallery_night *g = *state;
    gallery_result r;
    gallery_look(g, NIGHT[0], &TURNS, 1, &r);
    assert_string_equal(r.state, "fresh");
    assert_int_equal(r.accepted, 10);
    gallery_look(g, NIGHT[1], &TURNS, 2, &r);
    assert_string_equal(r.state, "fresh");
    assert_in_range(r.accepted + r.unchanged, 18, 20); /* two have left since */
    assert_true(r.balanced);
    gallery_look(g, NIGHT[2], &TURNS, 2, &r);
    assert_int_equal(r.accepted + r.unchanged, 25);
    assert_true(r.balanced);
    assert_in_range(gallery_asked(g, &TURNS), 25, 27);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_full__who_is_absent_is_gone),
        cmocka_unit_test(test_since__changes_and_removals_give_the_whole_list),
        cmocka_unit_test(test_since__a_night_without_changes_leaves_all_as_it_was),
        cmocka_unit_test(test_since__asks_for_the_changes_alone),
        cmocka_unit_test(test_since__a_mark_too_old_begins_anew),
        cmocka_unit_test(test_known__an_unchanged_list_is_not_sent_again),
        cmocka_unit_test(test_turns__ten_keys_a_night_until_all_are_known),
    };
    return cmocka_run_group_tests_name("integration/tracking", tests, setup, gallery_teardown);
}
