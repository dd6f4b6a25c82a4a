/* Tests what the readers tell of names at the records that no path reads. */
#include "tests/unit/etl/format/collect.h"

typedef struct told {
    tp_buf names; /* "select:name " each */
    size_t rows;
} told;

static void
take_name(void *user, uint32_t select, tp_str name)
{
    told *t = user;
    tp_buf_printf(&t->names, "%u:%.*s ", select, TP_STR_ARG(name));
}

static tp_code
take_rows(void *user, tp_raw_chunk *chunk, tp_err *err)
{
    told *t = user;
    (void)err;
    t->rows += chunk->table[0].n;
    return TP_OK;
}

/* Reads body for one select with two wanted paths, and a select below it; the names land in t. */
static void
read_names(told *t, tp_format format, const char *select, const char *a, const char *b,
           const char *child, const char *body)
{
    TP_AUTO_ARENA(arena, 0);
    tp_err err = {0};
    tp_parse_stats stats;
    tp_memory_reader reader;
    tp_slot slot[] = {{.path = path_of(&arena, format, a)}, {.path = path_of(&arena, format, b)}};
    tp_shape shape = {.format = format, .n_selects = child != NULL ? 2 : 1};
    shape.select[0] = (tp_select){
        .parent = -1, .path = path_of(&arena, format, select), .n_slots = 2, .slot = slot};
    if (child != NULL) {
        shape.select[1] = (tp_select){.parent = 0, .path = path_of(&arena, format, child)};
    }
    tp_buf_reset(&t->names);
    t->rows = 0;
    assert_tp_ok(tp_format_parse(&shape, 0, TP_STR_NONE, tp_reader_memory(&reader, tp_str_of(body)),
                                 (tp_raw_sink){.chunk = take_rows, .user = t, .name = take_name},
                                 &stats, &err),
                 &err);
    tp_arena_clear(&arena);
}

static void
test_json__names_of_the_record_alone(void **state)
{
    told t = {0};
    (void)state;
    read_names(&t, TP_FORMAT_JSON, "data[]", "nip", "nama.depan", "tugas[]",
               "{\"meta\":{\"x\":1},\"data\":[{\"nip\":\"1\",\"agama\":\"x\",\"nama\":{\"depan\":"
               "\"a\",\"gelar\":\"b\"},\"tugas\":[{\"k\":1}],\"alamat\":{\"jalan\":1}}]}");
    assert_int_equal(t.rows, 1);
    assert_string_equal(tp_buf_cstr(&t.names), "0:agama 1:k 0:alamat ");
    tp_buf_clear(&t.names);
}

/* One record of 64, whatever the prediction of members has learned meanwhile. */
static void
test_json__a_sample_of_the_records(void **state)
{
    told t = {0};
    TP_AUTO_BUF(body);
    (void)state;
    tp_buf_puts(&body, "[");
    for (int i = 0; i < 130; i++) {
        tp_buf_printf(&body, "%s{\"nip\":\"%d\",\"baru\":%d,\"nama\":{\"depan\":\"a\"},\"x%d\":1}",
                      i > 0 ? "," : "", i, i, i);
    }
    tp_buf_puts(&body, "]");
    read_names(&t, TP_FORMAT_JSON, "[]", "nip", "nama.depan", NULL, tp_buf_cstr(&body));
    assert_int_equal(t.rows, 130);
    assert_string_equal(tp_buf_cstr(&t.names), "0:baru 0:x0 0:baru 0:x64 0:baru 0:x128 ");
    tp_buf_clear(&t.names);
}

static void
test_xml__elements_and_attributes(void **state)
{
    told t = {0};
    (void)state;
    read_names(&t, TP_FORMAT_XML, "daftar/pegawai", "@id", "nama", "riwayat/baris",
               "<daftar n='1'><pegawai id='1' ubah='x'><nama gelar='y'>A</nama><agama>z</agama>"
               "<riwayat><baris urut='1'><tmt/></baris></riwayat></pegawai></daftar>");
    assert_int_equal(t.rows, 1);
    assert_string_equal(tp_buf_cstr(&t.names), "0:@ubah 0:agama 1:@urut 1:tmt ");
    tp_buf_clear(&t.names);
}

static void
test_csv__columns_once(void **state)
{
    told t = {0};
    (void)state;
    read_names(&t, TP_FORMAT_CSV, "", "nip", "nama", NULL,
               "nip;agama;nama;\"nomor hp\"\n1;x;A;2\n3;y;B;4\n");
    assert_int_equal(t.rows, 2);
    assert_string_equal(tp_buf_cstr(&t.names), "0:agama 0:nomor hp ");
    tp_buf_clear(&t.names);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json__names_of_the_record_alone),
        cmocka_unit_test(test_json__a_sample_of_the_records),
        cmocka_unit_test(test_xml__elements_and_attributes),
        cmocka_unit_test(test_csv__columns_once),
    };
    return cmocka_run_group_tests_name("etl/format/names", tests, NULL, NULL);
}
