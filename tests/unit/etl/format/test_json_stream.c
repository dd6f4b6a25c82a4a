/* Tests etl/format/json_stream.c with json_scan.c, json_keys.c, match.c, match_json.c and chunk.c.
 */
#include "tests/unit/etl/format/collect.h"

#include <jansson.h>

typedef struct fixture {
    tp_arena arena;
    tp_shape shape;
    tp_parse_stats stats;
} fixture;

static int
setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    f->shape.format = TP_FORMAT_JSON;
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

static void
test_parse__siasn_envelope(void **state)
{
    fixture *f = *state;
    select_of(f, -1, false, "data[]", SLOTS("id", "nama", "path.872.dok_uri", "aktif", "n"));
    expect_rows(&f->shape,
                "{\"code\": 1, \"data\": [ {\"id\":\"a\",\"nama\":\"SRI\",\"x\":{\"id\":\"no\"},"
                "\"path\":{\"872\":{\"dok_uri\":\"u\\/1\"}},\"aktif\":true,\"n\":-3.5e2},\n"
                "{\"n\":0,\"aktif\":null,\"path\":[],\"nama\":\"\",\"id\":{}} ], \"count\": 2}",
                "0.0: a, SRI, u/1, true, -3.5e2\n0.1: ~, , ~, ~, 0\n", &f->stats);
    assert_int_equal(f->stats.records[0], 2);
}

static void
test_parse__children_parents_and_values_from_above(void **state)
{
    fixture *f = *state;
    select_of(f, -1, false, "items[]", SLOTS("id"));
    select_of(f, 0, false, "kompetensi[]", SLOTS("kode", "level", "^id", "^kegiatan.nama"));
    select_of(f, 1, false, "bukti[]", SLOTS("", "^kode", "^^id"));
    expect_rows(
        &f->shape,
        "{\"items\":[{\"kompetensi\":[{\"bukti\":[\"p\",\"q\"],\"kode\":\"k1\",\"level\":4},"
        "{\"kode\":\"k2\"}],\"id\":\"x\",\"kegiatan\":{\"nama\":\"uji\"}},"
        "{\"id\":\"y\",\"kompetensi\":[{\"level\":\"3.5\"}]}]}",
        "0.0: x\n0.1: y\n"
        "1.0<0: k1, 4, x, uji\n1.1<0: k2, ~, x, uji\n1.2<1: ~, 3.5, y, ~\n"
        "2.0<0: p, k1, x\n2.1<0: q, k1, x\n",
        &f->stats);
}

static void
test_parse__document_row_comes_last_and_gathers(void **state)
{
    fixture *f = *state;
    select_of(f, -1, true, "", SLOTS("meta.total", "links.next", "+data[].id"));
    select_of(f, 0, false, "data[]", SLOTS("id", "^meta.total", "^links.next"));
    expect_rows(
        &f->shape,
        "{\"meta\":{\"total\":2},\"data\":[{\"id\":1},{\"id\":2}],\"links\":{\"next\":\"n\"}}",
        "1.0: 1, 2, ~\n1.1: 2, 2, ~\n0.0: 2, n, 1|2\n", &f->stats);
    assert_int_equal(f->stats.records[0], 1);
}

static void
test_parse__any_index_many_and_text_in_a_string(void **state)
{
    fixture *f = *state;
    select_of(f, -1, false, "data{}", SLOTS("a[1]", "+p.*.u", "p.x.u", "+t[]", "s{}.k"));
    const char *want = "0.0: 20, 1|2, 1, p|q, v\n";
    const char *object =
        "{\"a\":[10,20,30],\"p\":{\"x\":{\"u\":1},\"y\":{\"u\":2}},\"t\":[\"p\",null,"
        "\"q\"],\"s\":\"{\\\"k\\\":\\\"v\\\"}\"}";
    TP_AUTO_BUF(body);
    tp_buf_printf(&body, "{\"data\":%s}", object);
    expect_rows(&f->shape, tp_buf_cstr(&body), want, &f->stats);
    tp_buf_reset(&body);
    tp_buf_puts(&body, "{\"data\":");
    tp_buf_json(&body, tp_str_of(object));
    tp_buf_puts(&body, "}");
    expect_rows(&f->shape, tp_buf_cstr(&body), want, &f->stats);
    expect_rows(&f->shape, "{\"data\":\" \"}", "", &f->stats);
    expect_fault(&f->shape, "{\"data\":\"{\\\"a\\\":\"}", TP_E_SYNTAX, "cut short");
    expect_fault(&f->shape, "{\"data\":\"Data tidak ditemukan\"}", TP_E_SYNTAX,
                 "expected a JSON value");
}

/* "data" may be an object, a text or missing; elements of a list are records whatever they are. */
/* A record may be a string that holds JSON: its slots and children look inside it. */
static void
test_parse__record_that_is_text(void **state)
{
    fixture *f = *state;
    select_of(f, -1, false, "[]", SLOTS("{}.x", ""));
    select_of(f, 0, false, "{}.k[]", SLOTS("", "^{}.x"));
    expect_rows(&f->shape, "[\"{\\\"x\\\":1,\\\"k\\\":[5,6]}\",{\"x\":2,\"k\":[7]}]",
                "0.0: 1, {\"x\":1,\"k\":[5,6]}\n0.1: 2, ~\n1.0<0: 5, 1\n1.1<0: 6, 1\n1.2<1: 7, 2\n",
                &f->stats);
}

/* Where the parent's place holds no record, what a child's path finds there is no record either. */
static void
test_parse__no_child_without_its_parent(void **state)
{
    fixture *f = *state;
    select_of(f, -1, false, "a", SLOTS("b"));
    select_of(f, 0, false, "{}[]", SLOTS("", "^b"));
    expect_rows(&f->shape, "{\"a\":\"[1,{}]\"}", "", &f->stats);
    assert_int_equal(f->stats.not_records, 1);
    expect_rows(&f->shape, "{\"a\":[1]}", "0.0: ~\n1.0<0: 1, ~\n", &f->stats);
}

/* The first fault of a body is the one reported, whatever lies behind it in the same piece. */
static void
test_parse__first_fault_wins(void **state)
{
    fixture *f = *state;
    rows got = {0};
    tp_err err;
    select_of(f, -1, false, "[]", SLOTS("a"));
    expect_fault(&f->shape, "[1,x] \xe2\x82", TP_E_SYNTAX, "byte 3: expected a JSON value");
    for (size_t step = 0; step < 9; step++) {
        assert_tp_fails(parse_step(&f->shape, TP_STR("[x\0]"), step, &got, &f->stats, &err),
                        TP_E_SYNTAX, &err, "byte 1: expected a JSON value");
    }
    f->shape.limit.body_bytes = 4;
    expect_fault(&f->shape, "[x]       ", TP_E_SYNTAX, "byte 1: expected a JSON value");
    expect_fault(&f->shape, "[1,2]", TP_E_RANGE, "the body has more than 4 bytes");
    expect_rows(&f->shape, "[12]", "0.0: ~\n", &f->stats);
    tp_buf_clear(&got.text);
}

static void
test_parse__what_is_a_record(void **state)
{
    fixture *f = *state;
    select_of(f, -1, false, "data", SLOTS("id"));
    select_of(f, -1, false, "list[]", SLOTS("id"));
    expect_rows(&f->shape, "{\"data\":{\"id\":1}}", "0.0: 1\n", &f->stats);
    expect_rows(&f->shape, "{\"data\":\"Data tidak ditemukan\"}", "", &f->stats);
    assert_int_equal(f->stats.not_records, 1);
    expect_rows(&f->shape, "{\"data\":null}", "", &f->stats);
    expect_rows(&f->shape, "{}", "", &f->stats);
    expect_rows(&f->shape, "{\"list\":[7,null,{},{\"id\":\"z\"}]}",
                "1.0: ~\n1.1: ~\n1.2: ~\n1.3: z\n", &f->stats);
}

/* One NUL is one lost character of one record, not the loss of a body. */
static void
test_parse__nul_is_a_lost_character(void **state)
{
    fixture *f = *state;
    static const char BODY[] = "[{\"a\":\"x\0y\"},{\"a\":\"x\\u0000y\"},{\"a\":\"\\\\u0000\"}]";
    select_of(f, -1, false, "[]", SLOTS("a"));
    expect_rows_n(&f->shape, (tp_str){BODY, sizeof BODY - 1},
                  "?0.0: x\xef\xbf\xbdy\n?0.1: x\xef\xbf\xbdy\n0.2: \\u0000\n", &f->stats, __FILE__,
                  __LINE__);
    assert_int_equal(f->stats.replaced, 2);
}

static void
test_parse__text_becomes_clean(void **state)
{
    fixture *f = *state;
    select_of(f, -1, false, "[]", SLOTS("a"));
    expect_rows(&f->shape,
                "[{\"a\":\"\\u0041\\t\\r\\n\\u001b\\u007f\\u0085|\"},{\"a\":\"e\\u0301 \xc3\xa9\"},"
                "{\"a\":\"\\ud83d\\ude00\"},{\"a\":\"\xef\xbf\xbd\\ufffd\"}]",
                "0.0: A\t \n   |\n0.1: \xc3\xa9 \xc3\xa9\n0.2: \xf0\x9f\x98\x80\n"
                "?0.3: \xef\xbf\xbd\xef\xbf\xbd\n",
                &f->stats);
    assert_int_equal(f->stats.replaced, 2);
}

static void
test_parse__second_document_is_read_and_ignored(void **state)
{
    fixture *f = *state;
    select_of(f, -1, false, "list[]", SLOTS("id"));
    expect_rows(&f->shape, "\xef\xbb\xbf{\"list\":[{\"id\":1}]}\n{\"list\":[{\"id\":2}]} ",
                "0.0: 1\n", &f->stats);
    assert_int_equal(f->stats.extra_documents, 1);
    expect_fault(&f->shape, "{\"list\":[]} x", TP_E_SYNTAX,
                 "byte 12: expected the end of the body");
    expect_fault(&f->shape, "{\"list\":[]}{\"a\":", TP_E_NET, "cut short at byte 16");
}

static void
test_parse__lines(void **state)
{
    fixture *f = *state;
    f->shape.format = TP_FORMAT_NDJSON;
    select_of(f, -1, true, "", SLOTS("urutan", "jumlah"));
    select_of(f, -1, false, "", SLOTS("nip", "jenis"));
    expect_rows(&f->shape,
                "{\"jenis\":\"header\",\"urutan\":214}\r\n\n{\"nip\":\"1\"}\n{\"nip\":\"2\"}",
                "1.0: ~, header\n1.1: 1, ~\n1.2: 2, ~\n0.0: 214, ~\n", &f->stats);
    expect_rows(&f->shape, "", "0.0: ~, ~\n", &f->stats);
    expect_fault(&f->shape, "{\"nip\":1} {\"nip\":2}\n", TP_E_SYNTAX,
                 "byte 10: expected the end of the line");
}

static void
test_parse__every_beginning_is_cut_short(void **state)
{
    fixture *f = *state;
    select_of(f, -1, false, "data[]", SLOTS("id", "s{}.x"));
    expect_no_beginning(
        &f->shape,
        TP_STR("{\"data\":[{\"id\":\"\\u00e9\\ud83d\\ude00\xc3\xa9\\n\",\"n\":-1.5e+3,"
               "\"t\":true,\"f\":false,\"z\":null},[]],\"s\":\"\\\"\"}"),
        true);
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
        {"<html>", TP_E_SYNTAX, "byte 0: expected a JSON value"},
        {"[01]", TP_E_SYNTAX, "byte 2: expected ',' or ']'"},
        {"[-]", TP_E_SYNTAX, "byte 2: expected a digit"},
        {"[1.]", TP_E_SYNTAX, "a digit"},
        {"[1e]", TP_E_SYNTAX, "a digit"},
        {"[.5]", TP_E_SYNTAX, "a JSON value"},
        {"[+1]", TP_E_SYNTAX, "a JSON value"},
        {"[1,]", TP_E_SYNTAX, "byte 3: expected a JSON value"},
        {"[,1]", TP_E_SYNTAX, "a JSON value"},
        {"[1 2]", TP_E_SYNTAX, "',' or ']'"},
        {"[1}", TP_E_SYNTAX, "',' or ']'"},
        {"{\"a\":1]", TP_E_SYNTAX, "',' or '}'"},
        {"{\"a\":1,}", TP_E_SYNTAX, "a member name"},
        {"{a:1}", TP_E_SYNTAX, "a member name"},
        {"{\"a\" 1}", TP_E_SYNTAX, "':'"},
        {"{\"a\"}", TP_E_SYNTAX, "':'"},
        {"[tru]", TP_E_SYNTAX, "a JSON value"},
        {"[nulll]", TP_E_SYNTAX, "',' or ']'"},
        {"[NaN]", TP_E_SYNTAX, "a JSON value"},
        {"[\"\\x\"]", TP_E_SYNTAX, "an escape"},
        {"[\"\\u12g4\"]", TP_E_SYNTAX, "hexadecimal"},
        {"[\"\\u12\"]", TP_E_SYNTAX, "hexadecimal"},
        {"[\"\\ud800\"]", TP_E_SYNTAX, "surrogate"},
        {"[\"\\ud800\\u0041\"]", TP_E_SYNTAX, "surrogate"},
        {"[\"\\udc00\"]", TP_E_SYNTAX, "half a pair"},
        {"[\"a\nb\"]", TP_E_SYNTAX, "control character"},
        {"[\"\xff\"]", TP_E_SYNTAX, "not UTF-8"},
        {"[\"\xed\xa0\x80\"]", TP_E_SYNTAX, "not UTF-8"},
        {"{\"a\":1,\"a\":2}", TP_E_SYNTAX, "byte 7: a member name stands twice"},
        {"{\"zz\":1,\"b\":2,\"z\\u007a\":3}", TP_E_SYNTAX, "stands twice"},
    };
    fixture *f = *state;
    select_of(f, -1, false, "", SLOTS("a", "b"));
    for (size_t i = 0; i < TP_COUNT(CASE); i++) {
        expect_fault(&f->shape, CASE[i].body, CASE[i].code, CASE[i].part);
    }
}

/* Objects whose members come in ever other orders: names and doubles are still told apart. */
static void
test_parse__members_in_any_order(void **state)
{
    fixture *f = *state;
    select_of(f, -1, false, "[]", SLOTS("a", "b", "c"));
    expect_rows(
        &f->shape,
        "[{\"a\":1,\"b\":2,\"c\":3},{\"a\":1,\"c\":3,\"b\":2},{\"c\":1,\"x\":{\"a\":9}},"
        "{\"a\":1,\"b\":2,\"d\":0,\"c\":3},{},{\"a\":1,\"b\":2,\"d\":0,\"c\":3}]",
        "0.0: 1, 2, 3\n0.1: 1, 2, 3\n0.2: ~, ~, 1\n0.3: 1, 2, 3\n0.4: ~, ~, ~\n0.5: 1, 2, 3\n",
        &f->stats);
    expect_fault(&f->shape, "[{\"a\":1,\"b\":2},{\"a\":1,\"b\":2,\"a\":3}]", TP_E_SYNTAX,
                 "stands twice");
    expect_fault(&f->shape, "[{\"a\":1,\"b\":2},{\"b\":1,\"a\":2,\"b\":3}]", TP_E_SYNTAX,
                 "stands twice");
}

static void
test_parse__limits(void **state)
{
    fixture *f = *state;
    select_of(f, -1, false, "[]", SLOTS("a"));
    select_of(f, 0, false, "k[]", SLOTS("a"));
    f->shape.limit = (tp_limits){.depth = 5, .string_bytes = 20, .record_bytes = 200, .records = 6};
    expect_fault(&f->shape, "[[[[[[1]]]]]]", TP_E_RANGE, "byte 5: nested deeper than 5");
    expect_rows(&f->shape, "[[[[[1]]]]]", "0.0: ~\n", &f->stats);
    expect_rows(&f->shape, "[{\"a\":\"12345678901234567890\"}]", "0.0: 12345678901234567890\n",
                &f->stats);
    expect_fault(&f->shape, "[{\"a\":\"123456789012345678901\"}]", TP_E_RANGE,
                 "more than 20 bytes");
    expect_fault(&f->shape, "[{\"z\":\"123456789012345678901\"}]", TP_E_RANGE,
                 "more than 20 bytes");
    expect_fault(&f->shape, "[{},{},{},{},{},{},{}]", TP_E_RANGE, "more than 6 records");
    f->shape.limit.records = 0;
    expect_fault(&f->shape, "[{\"k\":[{},{},{},{},{},{}]}]", TP_E_RANGE, "more than 200 bytes");
}

static void
put_members(tp_buf *body, int n)
{
    tp_buf_reset(body);
    tp_buf_puts(body, "[{\"b\":0");
    for (int i = 1; i < n; i++) {
        tp_buf_printf(body, ",\"k%d\":%d", i, i);
    }
    tp_buf_puts(body, "}]");
}

/* Many names in one object: bounded, and still told apart in reasonable time. */
static void
test_parse__members_of_an_object(void **state)
{
    fixture *f = *state;
    TP_AUTO_BUF(body);
    rows got = {0};
    tp_err err;
    select_of(f, -1, false, "[]", SLOTS("b", "k65535"));
    put_members(&body, 65536);
    assert_tp_ok(parse_step(&f->shape, tp_buf_view(&body), 0, &got, &f->stats, &err), &err);
    assert_string_equal(tp_buf_cstr(&got.text), "0.0: 0, 65535\n");
    body.n -= 2;
    tp_buf_puts(&body, ",\"x\":1}]");
    assert_tp_fails(parse_step(&f->shape, tp_buf_view(&body), 0, &got, &f->stats, &err), TP_E_RANGE,
                    &err, "an object of more than 65536 members");
    put_members(&body, 60000);
    body.n -= 2;
    tp_buf_puts(&body, ",\"k300\":1}]");
    assert_tp_fails(parse_step(&f->shape, tp_buf_view(&body), 0, &got, &f->stats, &err),
                    TP_E_SYNTAX, &err, "stands twice");
    f->shape.limit.fields = 2;
    expect_rows(&f->shape, "[{\"a\":1,\"b\":2},{\"z\":{\"a\":1,\"b\":2}}]",
                "0.0: 2, ~\n0.1: ~, ~\n", &f->stats);
    expect_fault(&f->shape, "[{\"a\":1,\"b\":2,\"c\":3}]", TP_E_RANGE,
                 "byte 14: an object of more than 2 members");
    expect_fault(&f->shape, "[{\"z\":{\"a\":1,\"b\":2,\"c\":3}}]", TP_E_RANGE,
                 "byte 19: an object of more than 2 members");
    tp_buf_clear(&got.text);
}

static void
test_parse__token_longer_than_the_window(void **state)
{
    fixture *f = *state;
    TP_AUTO_BUF(body);
    rows got = {0};
    tp_err err;
    select_of(f, -1, false, "[]", SLOTS("a"));
    tp_buf_puts(&body, "[{\"a\":\"");
    for (int i = 0; i < 200000; i++) {
        tp_buf_puts(&body, "abcdef\\n");
    }
    tp_buf_puts(&body, "\"},{\"a\":\"next\"}]");
    assert_tp_ok(parse_step(&f->shape, tp_buf_view(&body), 4099, &got, &f->stats, &err), &err);
    assert_int_equal(got.text.n, strlen("0.0: \n0.1: next\n") + (size_t)200000 * 7);
    f->shape.limit.string_bytes = 1 << 20;
    assert_tp_fails(parse_step(&f->shape, tp_buf_view(&body), 4099, &got, &f->stats, &err),
                    TP_E_RANGE, &err, "1048576");
    tp_buf_clear(&got.text);
}

static void
test_parse__chunks_are_bounded_and_the_sink_can_stop(void **state)
{
    fixture *f = *state;
    TP_AUTO_BUF(body);
    rows got = {0};
    tp_err err;
    select_of(f, -1, false, "[]", SLOTS("a"));
    select_of(f, 0, false, "k[]", SLOTS("", "^a"));
    tp_buf_puts(&body, "[");
    for (int i = 0; i < 5000; i++) {
        tp_buf_printf(&body, "%s{\"k\":[1,2],\"a\":%d}", i > 0 ? "," : "", i);
    }
    tp_buf_puts(&body, "]");
    assert_tp_ok(parse_step(&f->shape, tp_buf_view(&body), 0, &got, &f->stats, &err), &err);
    assert_int_equal(got.chunks, 15);
    assert_true(got.most_rows <= 1002);
    assert_int_equal(f->stats.records[1], 10000);
    assert_non_null(strstr(tp_buf_cstr(&got.text), "\n1.9999<4999: 2, 4999\n"));
    got.stop = true;
    assert_tp_fails(parse_step(&f->shape, tp_buf_view(&body), 0, &got, &f->stats, &err),
                    TP_E_CANCELLED, &err, "has enough");
    tp_buf_clear(&got.text);
}

static void
test_parse__shape_that_cannot_be(void **state)
{
    fixture *f = *state;
    select_of(f, -1, false, "[]", SLOTS("^a"));
    expect_fault(&f->shape, "[]", TP_E_CONFIG, "1 levels up there is no select");
    f->shape.select[0].slot[0].up = 0;
    f->shape.select[0].slot[0].path.step[0].kind = TP_PATH_ATTR;
    expect_fault(&f->shape, "[]", TP_E_CONFIG, "a step its format lacks");
}

/* The oracle: the same document through jansson and the same lines from its tree. */

static uint32_t
draw(uint64_t *seed, uint32_t n)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33) % n;
}

static void
put_value(tp_buf *out, uint64_t *seed, int depth)
{
    static const char *const SCALAR[] = {"true",
                                         "false",
                                         "null",
                                         "12",
                                         "-0.5",
                                         "\"\"",
                                         "\"a b\"",
                                         "\"\\u00e9\\n\"",
                                         "1e3",
                                         "\"\xc3\xa9\"",
                                         "\"\\ud83d\\ude00\"",
                                         "\"{\\\"a\\\":1}\""};
    static const char *const NAME[] = {"a", "b", "c", "d", "data", "list", "\\u0061bc", "x y"};
    const uint32_t kind = depth > 5 ? 2 : draw(seed, 4);
    if (kind > 1) {
        tp_buf_puts(out, SCALAR[draw(seed, TP_COUNT(SCALAR))]);
        return;
    }
    const uint32_t n = draw(seed, 5);
    const uint32_t first = draw(seed, TP_COUNT(NAME));
    tp_buf_char(out, kind == 0 ? '{' : '[');
    for (uint32_t i = 0; i < n; i++) {
        tp_buf_puts(out, i > 0 ? " ,\n" : "");
        if (kind == 0) {
            tp_buf_printf(out, "\"%s\" : ", NAME[(first + i) % TP_COUNT(NAME)]);
        }
        put_value(out, seed, depth + 1);
    }
    tp_buf_char(out, kind == 0 ? '}' : ']');
}

static void
put_cell(tp_buf *out, const char *sep, json_t *value)
{
    tp_buf_puts(out, sep);
    if (json_is_string(value)) {
        tp_buf_put(out, json_string_value(value), json_string_length(value));
    } else if (json_is_integer(value)) {
        tp_buf_i64(out, json_integer_value(value));
    } else if (json_is_boolean(value)) {
        tp_buf_puts(out, json_is_true(value) ? "true" : "false");
    } else if (json_is_real(value)) {
        tp_buf_puts(out, json_real_value(value) < 0 ? "-0.5" : "1e3");
    } else {
        tp_buf_puts(out, "~");
    }
}

/* Lines of the shape of the test below, from the tree. */
static void
oracle(json_t *root, tp_buf *out)
{
    size_t i;
    size_t k;
    json_t *item;
    json_t *child;
    unsigned n_children = 0;
    json_t *list = json_object_get(root, "list");
    TP_AUTO_BUF(children);
    json_array_foreach(list, i, item)
    {
        tp_buf_printf(out, "0.%zu:", i);
        put_cell(out, " ", json_object_get(item, "a"));
        put_cell(out, ", ", json_object_get(json_object_get(item, "b"), "c"));
        put_cell(out, ", ", json_array_get(json_object_get(item, "c"), 1));
        tp_buf_puts(out, "\n");
        json_array_foreach(json_object_get(item, "data"), k, child)
        {
            tp_buf_printf(&children, "1.%u<%zu:", n_children++, i);
            put_cell(&children, " ", json_is_object(child) || json_is_array(child) ? NULL : child);
            put_cell(&children, ", ", json_object_get(child, "a"));
            put_cell(&children, ", ", json_object_get(item, "a"));
            tp_buf_puts(&children, "\n");
        }
    }
    tp_buf_str(out, tp_buf_view(&children));
}

static void
test_parse__same_rows_and_refusals_as_a_tree(void **state)
{
    fixture *f = *state;
    uint64_t seed = 20260301;
    size_t refused = 0;
    size_t lines = 0;
    rows got = {0};
    TP_AUTO_BUF(body);
    TP_AUTO_BUF(want);
    select_of(f, -1, false, "list[]", SLOTS("a", "b.c", "c[1]"));
    select_of(f, 0, false, "data[]", SLOTS("", "a", "^a"));
    for (int round = 0; round < 20000; round++) {
        tp_err err;
        json_error_t why;
        tp_buf_reset(&body);
        tp_buf_reset(&want);
        tp_buf_puts(&body, "{\"q\":");
        put_value(&body, &seed, 2);
        tp_buf_puts(&body, ",\"list\":[{\"a\":1},");
        put_value(&body, &seed, 1);
        tp_buf_puts(&body, ",{\"b\":");
        put_value(&body, &seed, 2);
        tp_buf_puts(&body, ",\"data\":");
        put_value(&body, &seed, 2);
        tp_buf_puts(&body, "}]}");
        if (draw(&seed, 3) == 0) { /* one wrong byte */
            static const char BYTES[] = "{}[],:\"\\ 0e-tn\x01\xc3";
            body.p[draw(&seed, (uint32_t)body.n)] = BYTES[draw(&seed, sizeof BYTES - 1)];
        }
        json_t *root = json_loadb(body.p, body.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
        const tp_code rc =
            parse_step(&f->shape, tp_buf_view(&body), 1 + draw(&seed, 50), &got, &f->stats, &err);
        /* Names that stand twice where no path looks are the one thing we do not refuse; a second
         * document is ignored here and an error there. */
        const bool ours_only =
            rc == TP_OK && root == NULL &&
            (f->stats.extra_documents > 0 || json_error_code(&why) == json_error_duplicate_key);
        if ((rc == TP_OK) != (root != NULL) && !ours_only) {
            print_error("%s\nours: %s, tree: %s\n", body.p, rc == TP_OK ? "ok" : err.frame[0].text,
                        root != NULL ? "ok" : why.text);
            fail();
        }
        if (root != NULL) {
            oracle(root, &want);
            assert_string_equal(tp_buf_cstr(&got.text), tp_buf_cstr(&want));
            lines += got.text.n;
        }
        refused += root == NULL ? 1 : 0;
        json_decref(root);
    }
    assert_true(refused > 1000 && lines > 100000);
    tp_buf_clear(&got.text);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_parse__siasn_envelope),
        T(test_parse__children_parents_and_values_from_above),
        T(test_parse__document_row_comes_last_and_gathers),
        T(test_parse__any_index_many_and_text_in_a_string),
        T(test_parse__record_that_is_text),
        T(test_parse__no_child_without_its_parent),
        T(test_parse__first_fault_wins),
        T(test_parse__what_is_a_record),
        T(test_parse__nul_is_a_lost_character),
        T(test_parse__text_becomes_clean),
        T(test_parse__second_document_is_read_and_ignored),
        T(test_parse__lines),
        T(test_parse__every_beginning_is_cut_short),
        T(test_parse__refuses),
        T(test_parse__members_in_any_order),
        T(test_parse__limits),
        T(test_parse__members_of_an_object),
        T(test_parse__token_longer_than_the_window),
        T(test_parse__chunks_are_bounded_and_the_sink_can_stop),
        T(test_parse__shape_that_cannot_be),
        T(test_parse__same_rows_and_refusals_as_a_tree),
    };
    return cmocka_run_group_tests_name("etl/format/json_stream", tests, NULL, NULL);
}
