/* Tests etl/format/xml.c. */
#include "tests/unit/etl/format/collect.h"

typedef struct fixture {
    tp_arena arena;
    tp_shape shape;
    tp_parse_stats stats;
} fixture;

static int
setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    f->shape.format = TP_FORMAT_XML;
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    tp_arena_clear(&f->arena);
    free(f);
    return 0;
}

static void
select_of(fixture *f, int parent, bool document, const char *path, const char *const *slots)
{
    add_select(&f->shape, &f->arena, parent, document, path, slots);
}

static const char SIMPEG[] =
    "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n"
    "<simpeg instansi=\"5104\" jumlah=\"2\">\n"
    "  <!-- <pegawai id=\"no\"/> -->\n"
    "  <pegawai id=\"P-1\"><nip>1970 03</nip><nama gelarDepan=\"Dr. &amp; "
    "&#x48;.\">S<![CDATA[R<I]]>"
    "&lt;&#233;\xe9<b>x</b> W</nama>\n"
    "    <riwayat jenis=\"jabatan\"><baris urut=\"1\"><nama>Kepala</nama><sk "
    "nomor=\"K/1\"/></baris>"
    "<baris><nama/></baris></riwayat>\n"
    "    <riwayat jenis=\"pangkat\"><baris><gol>IV/c</gol></baris></riwayat>\n"
    "  </pegawai>\n"
    "  <pegawai id=\"P-2\"><riwayat jenis=\"jabatan\"/></pegawai>\n"
    "  <hapus id=\"P-9\"/>\n"
    "</simpeg>\n";

static void
simpeg_shape(fixture *f)
{
    select_of(f, -1, true, "", SLOTS("simpeg/@jumlah", "simpeg/@mode", "+simpeg/hapus/@id"));
    select_of(f, 0, false, "simpeg/pegawai",
              SLOTS("@id", "nip", "nama", "nama/@gelarDepan", "^simpeg/@jumlah"));
    select_of(f, 1, false, "riwayat[@jenis='jabatan']/baris",
              SLOTS("nama", "sk/@nomor", "@urut", "^@id"));
    select_of(f, 1, false, "riwayat[@jenis='pangkat']/baris", SLOTS("gol"));
}

static void
test_parse__simpeg(void **state)
{
    fixture *f = *state;
    simpeg_shape(f);
    expect_rows(&f->shape, SIMPEG,
                "1.0: P-1, 1970 03, SR<I<\xc3\xa9\xc3\xa9 W, Dr. & H., 2\n1.1: P-2, ~, ~, ~, 2\n"
                "2.0<0: Kepala, K/1, 1, P-1\n2.1<0: , ~, ~, P-1\n3.0<0: IV/c\n0.0: 2, ~, P-9\n",
                &f->stats);
}

static void
test_parse__every_beginning_is_cut_short(void **state)
{
    fixture *f = *state;
    simpeg_shape(f);
    expect_no_beginning(&f->shape, (tp_str){SIMPEG, strlen(SIMPEG) - 1}, true);
}

static void
test_parse__namespace_by_uri_whatever_the_prefix(void **state)
{
    static const char *const BODY[] = {
        "<pj:p xmlns:pj=\"urn:x\"><pj:j kode=\"1\"><pj:n>A</pj:n><n>B</n></pj:j></pj:p>",
        "<p xmlns=\"urn:x\"><j kode=\"1\"><n>A</n><n xmlns=\"\">B</n></j></p>",
        "<q:p xmlns:q=\"urn:x\" xmlns:z=\"urn:y\"><z:j kode=\"0\"/><q:j "
        "kode=\"1\"><z:n>Z</z:n><q:n>A</q:n>"
        "<n>B</n></q:j></q:p>"};
    fixture *f = *state;
    select_of(f, -1, false, "{urn:x}p/{urn:x}j", SLOTS("@kode", "{urn:x}n", "n"));
    for (size_t i = 0; i < TP_COUNT(BODY); i++) {
        expect_rows(&f->shape, BODY[i], "0.0: 1, A, B\n", &f->stats);
    }
}

static void
test_parse__index_any_and_many(void **state)
{
    fixture *f = *state;
    select_of(f, -1, false, "r/*", SLOTS("b[2]", "+b/@k", "+*", ""));
    expect_rows(&f->shape,
                "<r><x><b k=\"1\">p</b><c>q</c><b k=\"2\">r</b></x><y>own<b>s</b></y></r>",
                "0.0: r, 1|2, p|q|r, \n0.1: ~, ~, s, own\n", &f->stats);
}

static void
test_parse__encodings(void **state)
{
    static const char WIDE[] = "\xff\xfe<\0r\0>\0<\0a\0>\0\xe9\0<\0/\0a\0>\0<\0/\0r\0>\0";
    fixture *f = *state;
    rows got = {0};
    tp_err err;
    select_of(f, -1, false, "r", SLOTS("a"));
    expect_rows(&f->shape, "\xef\xbb\xbf<r><a>\xc3\xa9</a></r>", "0.0: \xc3\xa9\n", &f->stats);
    for (size_t step = 0; step < 5; step++) {
        assert_tp_ok(
            parse_step(&f->shape, (tp_str){WIDE, sizeof WIDE - 1}, step, &got, &f->stats, &err),
            &err);
        assert_string_equal(tp_buf_cstr(&got.text), "0.0: \xc3\xa9\n");
    }
    static const char CUT[] = "\xff\xfe<\0r\0/\0>\0 ";
    assert_tp_fails(parse_step(&f->shape, (tp_str){CUT, sizeof CUT - 1}, 0, &got, &f->stats, &err),
                    TP_E_NET, &err, "cut short at byte 11: half a UTF-16 unit");
    static const char NUL[] = "\0<\0r\0/\0>\0\0";
    assert_tp_fails(parse_step(&f->shape, (tp_str){NUL, sizeof NUL - 1}, 0, &got, &f->stats, &err),
                    TP_E_SYNTAX, &err, "expected nothing after the root element");
    tp_buf_clear(&got.text);
    expect_rows(&f->shape, "<?xml version='1.0' encoding='windows-1252'?><r><a>\x80</a></r>",
                "0.0: \xe2\x82\xac\n", &f->stats);
    expect_fault(&f->shape, "<r><a>\xe9</a></r>", TP_E_SYNTAX, "not UTF-8");
    f->shape.encoding = "windows-1252";
    expect_rows(&f->shape, "<?xml version='1.0' encoding='UTF-8'?><r><a>\xe9\x80\xc3\xa9</a></r>",
                "0.0: \xc3\xa9\xe2\x82\xac\xc3\xa9\n", &f->stats);
    assert_int_equal(f->stats.fallback_bytes, 2);
}

static void
test_parse__refuses(void **state)
{
    static const struct {
        const char *body;
        tp_code code;
        const char *part;
    } CASE[] = {
        {"", TP_E_NET, "cut short at byte 0"},
        {"<!DOCTYPE r><r/>", TP_E_SYNTAX, "a DOCTYPE is refused"},
        {"<!DOCTYPE r [<!ENTITY a \"x\"><!ENTITY b \"&a;&a;\">]><r>&b;</r>", TP_E_SYNTAX,
         "DOCTYPE"},
        {"<!DOCTYPE r SYSTEM \"file:///etc/passwd\"><r/>", TP_E_SYNTAX, "DOCTYPE"},
        {"<r>\n<a></b></r>", TP_E_SYNTAX, "line 2"},
        {"<r>&eacute;</r>", TP_E_SYNTAX, "five entities"},
        {"<r a=\"&x;\"/>", TP_E_SYNTAX, "five entities"},
        {"<r>&#1;</r>", TP_E_SYNTAX, "allows"},
        {"<r a='1' a='2'/>", TP_E_SYNTAX, "once per element"},
        {"<r><p:a/></r>", TP_E_SYNTAX, "namespace prefix"},
        {"<r/><r/>", TP_E_SYNTAX, "after the root"},
        {"<r/>text", TP_E_SYNTAX, "after the root"},
        {"{\"a\":1}", TP_E_SYNTAX, ""},
        {"<html><br></html>", TP_E_SYNTAX, "end tag"},
        {"<r><a><b><c/></b></a></r>", TP_E_RANGE, "nested deeper than 3"},
        {"<r><a>1234567890a</a></r>", TP_E_RANGE, "more than 10"},
    };
    fixture *f = *state;
    f->shape.limit = (tp_limits){.depth = 3, .string_bytes = 10};
    select_of(f, -1, false, "r", SLOTS("a", "@a"));
    for (size_t i = 0; i < TP_COUNT(CASE); i++) {
        expect_fault(&f->shape, CASE[i].body, CASE[i].code, CASE[i].part);
    }
}

static void
test_parse__fields_of_an_element(void **state)
{
    fixture *f = *state;
    select_of(f, -1, false, "r/p", SLOTS("@a", "n"));
    f->shape.limit.fields = 2;
    expect_rows(&f->shape, "<r><p a='1' b='2'><n/><m/></p><p/><p/><p/></r>",
                "0.0: 1, \n0.1: ~, ~\n0.2: ~, ~\n0.3: ~, ~\n", &f->stats);
    expect_fault(&f->shape, "<r><p a='1' b='2' c='3'/></r>", TP_E_RANGE,
                 "line 1, byte 23: an element of more than 2 attributes");
    expect_fault(&f->shape, "<r><p><n/><n/><n/></p></r>", TP_E_RANGE,
                 "an element of more than 2 child elements");
}

/* libxml2 compares the attributes of a tag with one another: a tag of ten megabytes is minutes. */
static void
test_parse__markup_is_bounded(void **state)
{
    fixture *f = *state;
    TP_AUTO_BUF(body);
    rows got = {0};
    tp_err err;
    select_of(f, -1, false, "r", SLOTS("@a0", "n"));
    tp_buf_puts(&body, "<r");
    for (int i = 0; body.n < 200 << 10; i++) {
        tp_buf_printf(&body, " a%x='1'", (unsigned)i);
    }
    const size_t most = body.n;
    tp_buf_puts(&body, "/>");
    assert_tp_ok(parse_step(&f->shape, tp_buf_view(&body), 0, &got, &f->stats, &err), &err);
    body.n = most;
    for (int i = 0; body.n < 8 << 20; i++) {
        tp_buf_printf(&body, " b%x='1'", (unsigned)i);
    }
    tp_buf_puts(&body, "/>");
    assert_tp_fails(parse_step(&f->shape, tp_buf_view(&body), 0, &got, &f->stats, &err), TP_E_RANGE,
                    &err, "a tag or comment of more than 262144 bytes");
    tp_buf_clear(&got.text);
}

static void
test_parse__document_larger_than_a_piece(void **state)
{
    fixture *f = *state;
    TP_AUTO_BUF(body);
    rows got = {0};
    tp_err err;
    select_of(f, -1, false, "r/p", SLOTS("@id", "n"));
    tp_buf_puts(&body, "<r>");
    for (int i = 0; i < 20000; i++) {
        tp_buf_printf(&body, "<p id=\"%d\"><n>name &amp; %d</n><skip a=\"1\">text</skip></p>\n", i,
                      i);
    }
    tp_buf_puts(&body, "</r>");
    assert_tp_ok(parse_step(&f->shape, tp_buf_view(&body), 0, &got, &f->stats, &err), &err);
    assert_int_equal(f->stats.records[0], 20000);
    assert_int_equal(got.chunks, 20);
    assert_non_null(strstr(tp_buf_cstr(&got.text), "\n0.19999: 19999, name & 19999\n"));
    tp_buf_clear(&got.text);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_parse__simpeg),
        T(test_parse__every_beginning_is_cut_short),
        T(test_parse__namespace_by_uri_whatever_the_prefix),
        T(test_parse__index_any_and_many),
        T(test_parse__encodings),
        T(test_parse__refuses),
        T(test_parse__fields_of_an_element),
        T(test_parse__markup_is_bounded),
        T(test_parse__document_larger_than_a_piece),
    };
    return cmocka_run_group_tests_name("etl/format/xml", tests, NULL, NULL);
}
