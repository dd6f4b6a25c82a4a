/* Tests tests/simulator/gallery.c and what it serves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "tests/simulator/fault.h"
#include "tests/simulator/gallery.h"

static size_t
people_of(int version)
{
    sim_gallery_person p;
    size_t n = 0;

    for (size_t i = 0; i < SIM_GALLERY_SLOTS; i++) {
        n += sim_gallery_at(version, i, &p) && !p.gone;
    }
    return n;
}

static void
test_at__every_version_has_as_many_people(void **state)
{
    (void)state;
    for (int version = 1; version <= SIM_GALLERY_VERSIONS; version++) {
        assert_int_equal(people_of(version), SIM_GALLERY_PEOPLE);
    }
}

static void
test_at__the_second_version_changes_two_removes_two_adds_two(void **state)
{
    size_t changed = 0, gone = 0, fresh = 0;
    sim_gallery_person before, now;

    (void)state;
    for (size_t i = 0; i < SIM_GALLERY_SLOTS; i++) {
        const bool was = sim_gallery_at(1, i, &before);
        if (sim_gallery_at(2, i, &now) && now.changed == 2) {
            gone += now.gone;
            fresh += !was;
            changed += was && !now.gone && now.n_posts == before.n_posts + 1;
        }
    }
    assert_int_equal(changed, 2);
    assert_int_equal(gone, 2);
    assert_int_equal(fresh, 2);
}

static void
test_version_of__finds_the_newest_not_later(void **state)
{
    (void)state;
    assert_int_equal(sim_gallery_version_of(""), 0);
    assert_int_equal(sim_gallery_version_of("2026-02-01T00:00:00Z"), 0);
    assert_int_equal(sim_gallery_version_of(sim_gallery_mark(2)), 2);
    assert_int_equal(sim_gallery_version_of("2026-03-02T10:00:00Z"), 2);
}

static void
test_parse__reads_every_word_of_every_part(void **state)
{
    sim_g_ask ask;

    (void)state;
    assert_true(
        sim_gallery_parse("/cert/key/xml-ns/utf16be/zstd/expired/196801111992011001", &ask));
    assert_int_equal(ask.auth, SIM_G_CERT);
    assert_int_equal(ask.paging, SIM_G_KEY);
    assert_int_equal(ask.format, SIM_G_XML_NS);
    assert_int_equal(ask.encoding, SIM_G_UTF16BE);
    assert_int_equal(ask.packing, SIM_G_ZSTD);
    assert_int_equal(ask.tracking, SIM_G_EXPIRED);
    assert_string_equal(ask.key, "196801111992011001");
    assert_true(sim_gallery_parse("/none/single/json/utf8/plain/full", &ask));
    assert_false(sim_gallery_parse("/none/single/json/utf8/plain", &ask));
    assert_false(sim_gallery_parse("/none/single/json/utf8/plain/full/123", &ask));
    assert_false(sim_gallery_parse("/none/single/jsonx/utf8/plain/full", &ask));
}

static void
test_way__counts_without_the_key_and_with_the_fault(void **state)
{
    static sim_gallery gallery;
    sim_g_way *way = sim_gallery_way(&gallery, "/none/key/json/utf8/plain/full/1", false);

    (void)state;
    assert_ptr_equal(way, sim_gallery_way(&gallery, "/none/key/json/utf8/plain/full/2", false));
    assert_ptr_not_equal(way, sim_gallery_way(&gallery, "/none/key/json/utf8/gzip/full/1", false));
    way = sim_gallery_way(&gallery, "/cut/none/key/json/utf8/plain/full/1", true);
    assert_ptr_equal(way, sim_gallery_way(&gallery, "/cut/none/key/json/utf8/plain/full/2", true));
    assert_ptr_not_equal(way,
                         sim_gallery_way(&gallery, "/nul/none/key/json/utf8/plain/full/2", true));
}

static void
test_faults__are_taken_off_the_path(void **state)
{
    static sim_gallery gallery;
    static sim_fault_set set;
    sim_reply reply = {0};
    const char *path = "/status=500@1-2,cut/none/single/json/utf8/plain/full";

    (void)state;
    sim_g_way *way = sim_gallery_way(&gallery, path, true);
    assert_true(sim_gallery_faults(way, &path, &set, &reply));
    assert_string_equal(path, "/none/single/json/utf8/plain/full");
    assert_int_equal(set.n, 2);
    assert_string_equal(set.item[1].kind->name, "cut");

    path = "/nonsense/none/single/json/utf8/plain/full";
    assert_false(sim_gallery_faults(way, &path, &set, &reply));
    assert_int_equal(reply.status, 400);
    tp_buf_clear(&reply.body);
}

static void
test_pack__utf16_begins_with_its_mark(void **state)
{
    sim_g_ask ask = {.encoding = SIM_G_UTF16LE};
    TP_AUTO_BUF(body);

    (void)state;
    tp_buf_puts(&body, "{\xc3\xa9");
    assert_true(sim_gallery_pack(&ask, &body));
    assert_int_equal(body.n, 6);
    assert_memory_equal(body.p, "\xff\xfe{\0\xe9\0", 6);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_at__every_version_has_as_many_people),
        cmocka_unit_test(test_at__the_second_version_changes_two_removes_two_adds_two),
        cmocka_unit_test(test_version_of__finds_the_newest_not_later),
        cmocka_unit_test(test_parse__reads_every_word_of_every_part),
        cmocka_unit_test(test_way__counts_without_the_key_and_with_the_fault),
        cmocka_unit_test(test_faults__are_taken_off_the_path),
        cmocka_unit_test(test_pack__utf16_begins_with_its_mark),
    };
    return cmocka_run_group_tests_name("simulator/gallery", tests, NULL, NULL);
}
