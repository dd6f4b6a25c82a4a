/* Every limit a description can declare, on both sides of its bound, and what holds without one. */
#include "tests/support/tp_test.h"

#include <unistd.h>
#include <zlib.h>

#include "talent/etl/source.h"
#include "tests/support/long_body.h"
#include "tests/support/scratch.h"

typedef struct fixture {
    scratch *dir;
    tp_cfg *cfg;
    tp_source *source;
    tp_parse_stats stats;
    tp_err err;
} fixture;

static int
setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    void *dir = NULL;
    tp_err err = {0};
    if (scratch_setup(&dir) != 0) {
        return -1;
    }
    f->dir = dir;
    assert_tp_ok(tp_cfg_new(&f->cfg, &err), &err);
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    void *dir = f->dir;
    tp_source_free(f->source);
    tp_cfg_free(f->cfg);
    free(f);
    return scratch_teardown(&dir);
}

static const char *const FORMAT[] = {"json", "ndjson", "xml", "csv"};
static const char *const SELECT[] = {"[]", "", "/r/p", ""};

/* A description with these limits ("" = none said); the shape its bodies are read with. */
static const tp_shape *
describe(fixture *f, tp_format format, bool file, const char *limits)
{
    TP_AUTO_BUF(text);
    tp_buf_printf(&text,
                  "{\"descriptor\": 1, \"source\": {\"id\": \"demo\", \"title\": \"Demo\"},\n"
                  "\"connect\": {\"base_url\": \"http://127.0.0.1/\"%s%s%s},\n"
                  "\"fetch\": [{\"name\": \"f\", \"path\": \"/f\", \"page\": {\"kind\": \"%s\"},\n"
                  "  \"body\": {\"format\": \"%s\"},\n"
                  "  \"outcome\": [{\"when\": {\"status\": 200}, \"then\": \"ok\"}]}],\n"
                  "\"emit\": [{\"from\": \"f\", \"select\": \"%s\", \"record\": \"person\",\n"
                  "  \"key\": [\"source_key\"],\n"
                  "  \"fields\": {\"source_key\": {\"path\": \"a\", \"required\": true},\n"
                  "    \"full_name\": \"b\"}}]}\n",
                  limits[0] != '\0' ? ", \"limits\": {" : "", limits, limits[0] != '\0' ? "}" : "",
                  file ? "file" : "none", FORMAT[format], SELECT[format]);
    tp_source_free(f->source);
    f->source = NULL;
    assert_tp_ok(tp_source_load(scratch_file(f->dir, "demo.json", tp_buf_cstr(&text)), f->cfg,
                                &f->source, &f->err),
                 &f->err);
    return &f->source->fetch[0].shape;
}

static tp_code
swallow(void *user, tp_raw_chunk *chunk, tp_err *err)
{
    (void)user;
    (void)chunk;
    (void)err;
    return TP_OK;
}

static tp_code
parse(fixture *f, const tp_shape *shape, tp_reader *in)
{
    f->err = (tp_err){0};
    return tp_format_parse(shape, 0, TP_STR_NONE, in, (tp_raw_sink){.chunk = swallow}, &f->stats,
                           &f->err);
}

/* `head`, then `part` so many times, then `tail` is read; once more is refused with this text. */
static void
bound(fixture *f, const tp_shape *shape, const char *head, const char *part, uint64_t times,
      const char *tail, const char *text, int line)
{
    for (uint64_t more = 0; more < 2; more++) {
        long_body body;
        const tp_code rc = parse(
            f, shape,
            long_body_open(&body, tp_str_of(head), tp_str_of(part), times + more, tp_str_of(tail)));
        if (more == 0 ? rc != TP_OK
                      : rc != TP_E_RANGE || strstr(f->err.frame[0].text, text) == NULL) {
            print_error("%d more: %s %s\n", (int)more, tp_code_name(rc), f->err.frame[0].text);
            _fail(__FILE__, line);
        }
    }
}
#define assert_bound(shape, head, part, times, tail, text) \
    bound(f, (shape), (head), (part), (times), (tail), (text), __LINE__)

static void
test_body_mb__as_received(void **state)
{
    fixture *f = *state;
    const tp_shape *s = describe(f, TP_FORMAT_JSON, false, "\"body_mb\": 1");
    assert_bound(s, "[", " ", (1 << 20) - 2, "]", "the body has more than 1048576 bytes");
}

static void
put_gzip(tp_buf *out, size_t spaces)
{
    z_stream z = {0};
    unsigned char piece[4096];
    char *text = malloc(spaces + 2);
    assert_non_null(text);
    memset(text, ' ', spaces);
    memcpy(text + spaces, "[]", 2);
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (unsigned char *)text;
    z.avail_in = (uInt)spaces + 2;
    do {
        z.next_out = piece;
        z.avail_out = sizeof piece;
        (void)deflate(&z, Z_FINISH);
        tp_buf_put(out, piece, sizeof piece - z.avail_out);
    } while (z.avail_out == 0);
    (void)deflateEnd(&z);
    free(text);
}

static tp_code
parse_bytes(fixture *f, const tp_shape *shape, const tp_buf *bytes)
{
    tp_memory_reader memory;
    return parse(f, shape, tp_reader_memory(&memory, tp_buf_view(bytes)));
}

static void
test_unpacked_mb__after_gunzip(void **state)
{
    fixture *f = *state;
    TP_AUTO_BUF(whole);
    TP_AUTO_BUF(over);
    const tp_shape *s = describe(f, TP_FORMAT_JSON, true, "\"unpacked_mb\": 1, \"ratio\": 100000");
    put_gzip(&whole, (1 << 20) - 2);
    put_gzip(&over, (1 << 20) - 1);
    assert_tp_ok(parse_bytes(f, s, &whole), &f->err);
    assert_tp_fails(parse_bytes(f, s, &over), TP_E_RANGE, &f->err,
                    "the body unpacks to more than 1048576 bytes");
}

/* From a mebibyte on: the smallest ratio that lets a body through, and the one below it. */
static void
test_ratio__of_unpacked_to_received(void **state)
{
    fixture *f = *state;
    TP_AUTO_BUF(body);
    char limits[40];
    const size_t unpacked = 4 << 20;
    put_gzip(&body, unpacked - 2);
    size_t least = unpacked / (body.n + 1) + 1;
    while (unpacked / (least - 1) <= body.n) {
        least--;
    }
    assert_true(least > 500);
    snprintf(limits, sizeof limits, "\"ratio\": %zu", least);
    assert_tp_ok(parse_bytes(f, describe(f, TP_FORMAT_JSON, true, limits), &body), &f->err);
    snprintf(limits, sizeof limits, "\"ratio\": %zu", least - 1);
    assert_tp_fails(parse_bytes(f, describe(f, TP_FORMAT_JSON, true, limits), &body), TP_E_RANGE,
                    &f->err, "the body unpacks to more than");
    tp_buf_reset(&body); /* below a mebibyte no ratio is too much */
    put_gzip(&body, (1 << 20) - 2);
    assert_tp_ok(parse_bytes(f, describe(f, TP_FORMAT_JSON, true, "\"ratio\": 2"), &body), &f->err);
}

static void
nest(tp_buf *out, const char *open, const char *close, int levels)
{
    tp_buf_reset(out);
    for (int i = 0; i < levels; i++) {
        tp_buf_puts(out, open);
    }
    for (int i = 0; i < levels; i++) {
        tp_buf_puts(out, close);
    }
}

static void
test_depth__in_every_nested_format(void **state)
{
    static const struct {
        tp_format format;
        const char *open;
        const char *close;
        int levels;
        const char *limits;
    } CASE[] = {
        {TP_FORMAT_JSON, "[", "]", 2, "\"depth\": 2"},
        {TP_FORMAT_JSON, "[", "]", 1000, "\"depth\": 1000"},
        {TP_FORMAT_NDJSON, "[", "]", 5, "\"depth\": 5"},
        {TP_FORMAT_XML, "<r>", "</r>", 2, "\"depth\": 2"},
        {TP_FORMAT_XML, "<r>", "</r>", 1000, "\"depth\": 1000"},
        {TP_FORMAT_JSON, "[", "]", 32, ""},
        {TP_FORMAT_XML, "<r>", "</r>", 32, ""},
    };
    fixture *f = *state;
    TP_AUTO_BUF(body);
    char text[64];
    for (size_t i = 0; i < TP_COUNT(CASE); i++) {
        const tp_shape *s = describe(f, CASE[i].format, false, CASE[i].limits);
        snprintf(text, sizeof text, "nested deeper than %d levels", CASE[i].levels);
        nest(&body, CASE[i].open, CASE[i].close, CASE[i].levels);
        assert_tp_ok(parse_bytes(f, s, &body), &f->err);
        nest(&body, CASE[i].open, CASE[i].close, CASE[i].levels + 1);
        assert_tp_fails(parse_bytes(f, s, &body), TP_E_RANGE, &f->err, text);
    }
}

static void
test_string_kb__of_one_text(void **state)
{
    static const char TEXT[] = "1024";
    static const char LIMIT[] = "\"string_kb\": 1";
    fixture *f = *state;
    assert_bound(describe(f, TP_FORMAT_JSON, false, LIMIT), "[{\"b\":\"", "x", 1024, "\"}]", TEXT);
    assert_bound(describe(f, TP_FORMAT_JSON, false, LIMIT), "[{\"z\":\"", "x", 1024, "\"}]", TEXT);
    assert_bound(describe(f, TP_FORMAT_JSON, false, LIMIT), "[{\"", "x", 1024, "\":1}]", TEXT);
    assert_bound(describe(f, TP_FORMAT_JSON, false, LIMIT), "[{\"b\":", "1", 1024, "}]", TEXT);
    assert_bound(describe(f, TP_FORMAT_NDJSON, false, LIMIT), "{\"b\":\"", "x", 1024, "\"}\n",
                 TEXT);
    assert_bound(describe(f, TP_FORMAT_XML, false, LIMIT), "<r><p><b>", "x", 1024, "</b></p></r>",
                 TEXT);
    assert_bound(describe(f, TP_FORMAT_CSV, false, LIMIT), "a,b\n1,", "x", 1024, "\n", TEXT);
    assert_bound(describe(f, TP_FORMAT_CSV, false, LIMIT), "a,b\n1,\"", "x", 1024, "\"\n", TEXT);
    assert_bound(describe(f, TP_FORMAT_JSON, false, ""), "[{\"b\":\"", "x", 256 << 10, "\"}]",
                 "262144");
}

/* A record pays 32 bytes for itself and then for its texts. */
static void
test_record_kb__of_one_record(void **state)
{
    static const char TEXT[] = "takes more than 1024 bytes";
    static const char LIMIT[] = "\"record_kb\": 1";
    fixture *f = *state;
    assert_bound(describe(f, TP_FORMAT_JSON, false, LIMIT), "[{\"a\":\"12\",\"b\":\"", "x", 990,
                 "\"}]", TEXT);
    assert_bound(describe(f, TP_FORMAT_XML, false, LIMIT), "<r><p><a>12</a><b>", "x", 990,
                 "</b></p></r>", TEXT);
    assert_bound(describe(f, TP_FORMAT_CSV, false, LIMIT), "a;b\n12;", "x", 990, "\n", TEXT);
    assert_bound(describe(f, TP_FORMAT_JSON, false, "\"record_kb\": 64, \"string_kb\": 1024"),
                 "[{\"a\":\"12\",\"b\":\"", "x", (64 << 10) - 34, "\"}]", "65536 bytes");
}

static void
test_records__of_one_body(void **state)
{
    static const char TEXT[] = "the body has more than 3 records";
    static const char LIMIT[] = "\"records\": 3";
    fixture *f = *state;
    assert_bound(describe(f, TP_FORMAT_JSON, false, LIMIT), "[{}", ",{}", 2, "]", TEXT);
    assert_bound(describe(f, TP_FORMAT_NDJSON, false, LIMIT), "", "{}\n", 3, "", TEXT);
    assert_bound(describe(f, TP_FORMAT_XML, false, LIMIT), "<r>", "<p/>", 3, "</r>", TEXT);
    assert_bound(describe(f, TP_FORMAT_CSV, false, LIMIT), "a;b\n", "1;2\n", 3, "", TEXT);
}

static void
test_fields__of_one_record(void **state)
{
    static const char LIMIT[] = "\"fields\": 3";
    fixture *f = *state;
    assert_bound(describe(f, TP_FORMAT_JSON, false, LIMIT), "[{\"z\":[{\"x\":1,\"y\":1", ",\"\":1",
                 1, "}]}]", "an object of more than 3 members");
    assert_bound(describe(f, TP_FORMAT_XML, false, LIMIT), "<r><p>", "<z/>", 3, "</p></r>",
                 "an element of more than 3 child elements");
    assert_bound(describe(f, TP_FORMAT_CSV, false, LIMIT), "a;b;c\n1;2", ";3", 1, "\n",
                 "line 2: a row of more than 3 cells");
    assert_bound(describe(f, TP_FORMAT_CSV, false, ""), "a;b", ";c", 4094, "\n",
                 "line 1: a row of more than 4096 cells");
}

/* What docs/adding-a-feed.md says of a description without limits. */
static void
test_limits__that_nobody_declared(void **state)
{
    fixture *f = *state;
    const tp_limits page = describe(f, TP_FORMAT_JSON, false, "")->limit;
    assert_int_equal(page.body_bytes, 64 << 20);
    assert_int_equal(page.unpacked_bytes, 256 << 20);
    assert_int_equal(page.ratio, 200);
    assert_int_equal(page.depth, 32);
    assert_int_equal(page.string_bytes, 256 << 10);
    assert_int_equal(page.record_bytes, 4 << 20);
    assert_int_equal(page.records, 100000000);
    assert_int_equal(page.fields, 65536);
    const tp_limits file = describe(f, TP_FORMAT_JSON, true, "")->limit;
    assert_int_equal(file.body_bytes, UINT64_C(4096) << 20);
    assert_int_equal(file.unpacked_bytes, UINT64_C(65536) << 20);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_body_mb__as_received),           T(test_unpacked_mb__after_gunzip),
        T(test_ratio__of_unpacked_to_received), T(test_depth__in_every_nested_format),
        T(test_string_kb__of_one_text),         T(test_record_kb__of_one_record),
        T(test_records__of_one_body),           T(test_fields__of_one_record),
        T(test_limits__that_nobody_declared),
    };
    return cmocka_run_group_tests_name("limits of a description", tests, NULL, NULL);
}
