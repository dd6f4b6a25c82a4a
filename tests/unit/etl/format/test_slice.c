/* Tests etl/format/slice.c, and that the readers' spans speak of the records' own bytes. */
#include "tests/support/shape_text.h"
#include "tests/support/tp_test.h"

#include <zlib.h>

#include "talent/etl/format.h"

typedef struct fixture {
    tp_arena arena;
    tp_shape shape;
    tp_str body;
    size_t step;
    size_t n;
    tp_span span[64];
    tp_buf all; /* the slices, by select and row: "1.0 <bytes>\n" */
} fixture;

static int
setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    *state = f;
    return f == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    tp_arena_clear(&f->arena);
    tp_buf_clear(&f->all);
    free(f);
    return 0;
}

static tp_code
take_chunk(void *user, tp_raw_chunk *chunk, tp_err *err)
{
    fixture *f = user;
    for (size_t s = 0; s < f->shape.n_selects; s++) {
        const tp_raw_table *t = &chunk->table[s];
        for (size_t row = 0; row < t->n && !f->shape.select[s].document; row++) {
            tp_memory_reader in;
            tp_reader *reader = tp_reader_memory(&in, f->body);
            in.step = f->step;
            tp_buf_printf(&f->all, "%zu.%u ", s, t->place[row].record);
            TP_RETURN_SAME(tp_format_slice(&f->shape, reader, t->span[row], &f->all, err));
            tp_buf_puts(&f->all, "\n");
            f->n++;
        }
    }
    return TP_OK;
}

static const char *
slices(fixture *f, tp_str body, size_t step, tp_err *err)
{
    tp_memory_reader in;
    tp_parse_stats stats;
    const tp_raw_sink sink = {.chunk = take_chunk, .user = f};
    tp_reader *reader = tp_reader_memory(&in, body);
    in.step = step;
    f->body = body;
    f->step = step;
    tp_buf_reset(&f->all);
    return tp_format_parse(&f->shape, 0, TP_STR_NONE, reader, sink, &stats, err) == TP_OK
               ? tp_buf_cstr(&f->all)
               : err->frame[0].text;
}

#define check_slices(f, body, want)                                         \
    do {                                                                    \
        for (size_t step_ = 0; step_ < 8; step_++) {                        \
            tp_err err_ = {0};                                              \
            assert_string_equal(slices((f), (body), step_, &err_), (want)); \
        }                                                                   \
    } while (0)

static void
test_slice__json_records_and_their_children(void **state)
{
    fixture *f = *state;
    f->shape.format = TP_FORMAT_JSON;
    add_select(&f->shape, &f->arena, -1, false, "data[]", SLOTS("id"));
    add_select(&f->shape, &f->arena, 0, false, "r[]", SLOTS("k"));
    add_select(&f->shape, &f->arena, 0, false, "w[]", SLOTS(""));
    check_slices(f,
                 TP_STR("{\"n\": 2, \"data\" : [ {\"id\":\"\xc3\xa9\", \"r\": [{\"k\":1} , {}], "
                        "\"w\":[ \"a\\\"b\",true , null]} ,\n{\"id\": 2}\n]}"),
                 "0.0 {\"id\":\"\xc3\xa9\", \"r\": [{\"k\":1} , {}], \"w\":[ \"a\\\"b\",true , "
                 "null]}\n0.1 {\"id\": 2}\n1.0 {\"k\":1}\n1.1 {}\n2.0 \"a\\\"b\"\n2.1 true\n"
                 "2.2 null\n");
}

static void
test_slice__json_within_a_string_has_the_strings_bytes(void **state)
{
    fixture *f = *state;
    f->shape.format = TP_FORMAT_JSON;
    add_select(&f->shape, &f->arena, -1, false, "data{}[]", SLOTS("id"));
    check_slices(f, TP_STR("{\"data\": \"[{\\\"id\\\":1},{\\\"id\\\":2}]\"}"),
                 "0.0 \"[{\\\"id\\\":1},{\\\"id\\\":2}]\"\n"
                 "0.1 \"[{\\\"id\\\":1},{\\\"id\\\":2}]\"\n");
}

static void
test_slice__ndjson_behind_a_byte_order_mark(void **state)
{
    fixture *f = *state;
    f->shape.format = TP_FORMAT_NDJSON;
    add_select(&f->shape, &f->arena, -1, false, "", SLOTS("id"));
    check_slices(f, TP_STR("\xef\xbb\xbf{\"id\":1}\n {\"id\":2} \r\n"),
                 "0.0 {\"id\":1}\n0.1 {\"id\":2}\n");
}

static void
test_slice__xml_elements_with_both_tags(void **state)
{
    fixture *f = *state;
    f->shape.format = TP_FORMAT_XML;
    add_select(&f->shape, &f->arena, -1, false, "a/p", SLOTS("@id", "n"));
    add_select(&f->shape, &f->arena, 0, false, "r", SLOTS("@k"));
    check_slices(
        f,
        TP_STR("<?xml version=\"1.0\"?>\n<a>\xc3\xa9<p id='1>2' ><n>x</n ><r k=\"&lt;\"\n/>"
               "</p >\n<p/></a>"),
        "0.0 <p id='1>2' ><n>x</n ><r k=\"&lt;\"\n/></p >\n0.1 <p/>\n"
        "1.0 <r k=\"&lt;\"\n/>\n");
}

static void
test_slice__xml_in_another_character_set(void **state)
{
    fixture *f = *state;
    f->shape.format = TP_FORMAT_XML;
    add_select(&f->shape, &f->arena, -1, false, "a/p", SLOTS("@id"));
    check_slices(f,
                 TP_STR("<?xml version='1.0' encoding='ISO-8859-1' standalone='yes'?><a>\xe9\xe9"
                        "<p id='\xe9'/>\xe9<p>\xe8</p></a>"),
                 "0.0 <p id='\xc3\xa9'/>\n0.1 <p>\xc3\xa8</p>\n");
}

/* The parser gives back what it has read, and counts on. */
static void
test_slice__xml_of_many_windows(void **state)
{
    fixture *f = *state;
    TP_AUTO_BUF(body);
    tp_err err = {0};
    f->shape.format = TP_FORMAT_XML;
    add_select(&f->shape, &f->arena, -1, false, "a/p[@w='ya']", SLOTS("n"));
    tp_buf_puts(&body, "<?xml version='1.0' encoding='ISO-8859-1'?><a>");
    for (int i = 0; i < 20000; i++) {
        tp_buf_printf(&body, "<p id='%d'%s><n>\xe9</n></p>", i, i % 9999 == 0 ? " w='ya'" : "");
    }
    tp_buf_puts(&body, "</a>");
    assert_string_equal(slices(f, tp_buf_view(&body), 0, &err),
                        "0.0 <p id='0' w='ya'><n>\xc3\xa9</n></p>\n"
                        "0.1 <p id='9999' w='ya'><n>\xc3\xa9</n></p>\n"
                        "0.2 <p id='19998' w='ya'><n>\xc3\xa9</n></p>\n");
}

static void
test_slice__json_of_many_windows(void **state)
{
    fixture *f = *state;
    TP_AUTO_BUF(body);
    tp_err err = {0};
    f->shape.format = TP_FORMAT_JSON;
    add_select(&f->shape, &f->arena, -1, false, "[].p", SLOTS("n"));
    tp_buf_puts(&body, "[");
    for (int i = 0; i < 60000; i++) {
        tp_buf_printf(&body, "%s{\"%s\":{\"n\": \"%d\"}}", i > 0 ? ", " : "",
                      i % 29999 == 0 ? "p" : "q", i);
    }
    tp_buf_puts(&body, "]");
    assert_string_equal(slices(f, tp_buf_view(&body), 0, &err),
                        "0.0 {\"n\": \"0\"}\n0.1 {\"n\": \"29999\"}\n0.2 {\"n\": \"59998\"}\n");
}

static void
test_slice__csv_rows_without_their_line_ends(void **state)
{
    fixture *f = *state;
    f->shape.format = TP_FORMAT_CSV;
    add_select(&f->shape, &f->arena, -1, false, "", SLOTS("a", "b"));
    check_slices(f, TP_STR("a;b\r\n1;\"x\ny\"\r\n\r\n2;\"q\"\"\"\r\n3;z"),
                 "0.0 1;\"x\ny\"\n0.1 2;\"q\"\"\"\n0.2 3;z\n");
}

static void
test_slice__utf16_is_shown_as_utf8(void **state)
{
    fixture *f = *state;
    f->shape.format = TP_FORMAT_CSV;
    add_select(&f->shape, &f->arena, -1, false, "", SLOTS("a"));
    check_slices(f,
                 ((tp_str){"\xff\xfe"
                           "a\0\n\0\xe9\0\n\0b\0\n\0",
                           14}),
                 "0.0 \xc3\xa9\n0.1 b\n");
}

static void
test_slice__gzip_is_unpacked(void **state)
{
    fixture *f = *state;
    unsigned char packed[256];
    static const char TEXT[] = "[{\"id\": 1}, {\"id\": 2}]";
    z_stream z = {.next_in = (unsigned char *)(uintptr_t)TEXT,
                  .avail_in = sizeof TEXT - 1,
                  .next_out = packed,
                  .avail_out = sizeof packed};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(deflateEnd(&z), Z_OK);
    f->shape.format = TP_FORMAT_JSON;
    add_select(&f->shape, &f->arena, -1, false, "[]", SLOTS("id"));
    check_slices(f, ((tp_str){(const char *)packed, z.total_out}),
                 "0.0 {\"id\": 1}\n0.1 {\"id\": 2}\n");
}

static void
test_slice__a_span_behind_the_end_gives_what_there_is(void **state)
{
    fixture *f = *state;
    tp_err err = {0};
    tp_memory_reader in;
    f->shape.format = TP_FORMAT_CSV;
    assert_tp_ok(tp_format_slice(&f->shape, tp_reader_memory(&in, TP_STR("abc")), (tp_span){1, 9},
                                 &f->all, &err),
                 &err);
    assert_string_equal(tp_buf_cstr(&f->all), "bc");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_slice__json_records_and_their_children, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_slice__json_within_a_string_has_the_strings_bytes,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_slice__ndjson_behind_a_byte_order_mark, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_slice__xml_elements_with_both_tags, setup, teardown),
        cmocka_unit_test_setup_teardown(test_slice__xml_in_another_character_set, setup, teardown),
        cmocka_unit_test_setup_teardown(test_slice__xml_of_many_windows, setup, teardown),
        cmocka_unit_test_setup_teardown(test_slice__json_of_many_windows, setup, teardown),
        cmocka_unit_test_setup_teardown(test_slice__csv_rows_without_their_line_ends, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_slice__utf16_is_shown_as_utf8, setup, teardown),
        cmocka_unit_test_setup_teardown(test_slice__gzip_is_unpacked, setup, teardown),
        cmocka_unit_test_setup_teardown(test_slice__a_span_behind_the_end_gives_what_there_is,
                                        setup, teardown),
    };
    return cmocka_run_group_tests_name("etl/format/slice", tests, NULL, NULL);
}
