/* Bodies that are broken, lie about themselves or mean harm: each has its outcome and its text. */
#include "tests/unit/etl/format/collect.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "tests/support/long_body.h"

typedef struct fixture {
    tp_arena arena;
    tp_shape json; /* of a record: a, b; the limits a description has by default */
    tp_shape lines;
    tp_shape xml;
    tp_shape csv;
    tp_parse_stats stats;
    tp_err err;
    rows rows;
} fixture;

static const tp_limits LIMITS = {.body_bytes = UINT64_C(2) << 30,
                                 .unpacked_bytes = UINT64_C(2) << 30,
                                 .ratio = 200,
                                 .depth = 32,
                                 .string_bytes = 256 << 10,
                                 .record_bytes = 4 << 20,
                                 .records = 100000000,
                                 .fields = 65536};

static int
setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    f->json = (tp_shape){.format = TP_FORMAT_JSON, .limit = LIMITS};
    f->lines = (tp_shape){.format = TP_FORMAT_NDJSON, .limit = LIMITS};
    f->xml = (tp_shape){.format = TP_FORMAT_XML, .limit = LIMITS};
    f->csv = (tp_shape){.format = TP_FORMAT_CSV, .limit = LIMITS};
    add_select(&f->json, &f->arena, -1, false, "[]", SLOTS("a", "b"));
    add_select(&f->lines, &f->arena, -1, false, "", SLOTS("a", "b"));
    add_select(&f->xml, &f->arena, -1, false, "r/p", SLOTS("a", "@b"));
    add_select(&f->csv, &f->arena, -1, false, "", SLOTS("a", "b"));
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    tp_buf_clear(&f->rows.text);
    tp_arena_clear(&f->arena);
    free(f);
    return 0;
}

static tp_code
read_bytes(fixture *f, const tp_shape *shape, tp_str body)
{
    return parse_step(shape, body, 0, &f->rows, &f->stats, &f->err);
}

/* The body is refused with this code and exactly this text. */
static void
refused(fixture *f, const tp_shape *shape, tp_str body, tp_code code, const char *text, int line)
{
    const tp_code rc = read_bytes(f, shape, body);
    if (rc != code || strcmp(f->err.frame[0].text, text) != 0) {
        print_error("%s \"%s\", not %s \"%s\"\n", tp_code_name(rc), f->err.frame[0].text,
                    tp_code_name(code), text);
        _fail(__FILE__, line);
    }
}
#define assert_refused(shape, body, code, text) \
    refused(f, &f->shape, TP_STR(body), (code), (text), __LINE__)

/* The body gives exactly these rows. */
static void
gives(fixture *f, const tp_shape *shape, tp_str body, const char *want, int line)
{
    const tp_code rc = read_bytes(f, shape, body);
    if (rc != TP_OK || strcmp(tp_buf_cstr(&f->rows.text), want) != 0) {
        print_error("%s %s\ngot\n%swant\n%s", tp_code_name(rc), f->err.frame[0].text,
                    tp_buf_cstr(&f->rows.text), want);
        _fail(__FILE__, line);
    }
}
#define assert_gives(shape, body, want) gives(f, &f->shape, TP_STR(body), (want), __LINE__)

/* ---- characters ---- */

#define NOT_UTF8(at) "byte " #at ": not UTF-8, and no other character set is declared"

static void
test_characters__that_are_not_utf8(void **state)
{
    fixture *f = *state;
    assert_refused(json, "[{\"a\":\"\xc0\xaf\"}]", TP_E_SYNTAX, NOT_UTF8(7)); /* overlong '/' */
    assert_refused(json, "[{\"a\":\"\xe0\x80\xaf\"}]", TP_E_SYNTAX, NOT_UTF8(7));
    assert_refused(json, "[{\"a\":\"\xf0\x80\x80\xaf\"}]", TP_E_SYNTAX, NOT_UTF8(7));
    assert_refused(json, "[{\"a\":\"\xed\xa0\x80\"}]", TP_E_SYNTAX, NOT_UTF8(7)); /* surrogates */
    assert_refused(json, "[{\"a\":\"\xed\xbf\xbf\"}]", TP_E_SYNTAX, NOT_UTF8(7));
    assert_refused(json, "[{\"a\":\"\xf4\x90\x80\x80\"}]", TP_E_SYNTAX, NOT_UTF8(7));
    assert_refused(json, "[{\"a\":\"\x80\"}]", TP_E_SYNTAX, NOT_UTF8(7));
    assert_refused(json, "[{\"a\":\"\xff\"}]", TP_E_SYNTAX, NOT_UTF8(7));
    assert_refused(json, "[{\"a\":\"\xe2\x82\"}]", TP_E_SYNTAX, NOT_UTF8(7));
    assert_refused(json, "[1]\xe2\x82", TP_E_NET, "cut short at byte 5: within a character");
    assert_refused(lines, "{\"a\":1}\n\xf0\x9f\x98", TP_E_NET,
                   "cut short at byte 11: within a character");
    assert_refused(xml, "<r><p b='\xe9'/></r>", TP_E_SYNTAX, NOT_UTF8(9));
    assert_refused(csv, "a,b\n\xc3\n", TP_E_SYNTAX, NOT_UTF8(4));
    assert_refused(csv, "a,b\n1,\xc3", TP_E_NET, "cut short at byte 7: within a character");
}

/* A NUL within a text costs that one character, and the row is marked; anywhere else it is wrong.
 */
static void
test_characters__nul_bytes(void **state)
{
    fixture *f = *state;
    assert_gives(json, "[{\"a\":\"x\0y\"},{\"a\":\"\\u0000\"}]",
                 "?0.0: x\xef\xbf\xbdy, ~\n?0.1: \xef\xbf\xbd, ~\n");
    assert_int_equal(f->stats.replaced, 2);
    assert_gives(xml, "<r><p b='\0'/></r>", "?0.0: ~, \xef\xbf\xbd\n");
    assert_gives(csv, "a,b\n1,\0\n", "?0.0: 1, \xef\xbf\xbd\n");
    assert_refused(json, "[1]\0\0\0", TP_E_SYNTAX, "byte 3: expected the end of the body");
    assert_refused(lines, "{\"a\":1}\n\0", TP_E_SYNTAX, "byte 8: expected a JSON value");
    assert_refused(xml, "<r>&#0;</r>", TP_E_SYNTAX,
                   "line 1, byte 7: expected a character that XML allows (libxml2 error 9)");
}

static void
test_characters__half_a_surrogate_pair(void **state)
{
    static const char SECOND[] = "byte 7: expected the second half of a surrogate pair";
    fixture *f = *state;
    assert_refused(json, "[{\"a\":\"\\ud800\"}]", TP_E_SYNTAX, SECOND);
    assert_refused(json, "[{\"a\":\"\\ud800\\ud800\"}]", TP_E_SYNTAX, SECOND);
    assert_refused(json, "[{\"z\":\"\\ud800x\"}]", TP_E_SYNTAX, SECOND);
    assert_refused(json, "[{\"a\":\"\\udc00\"}]", TP_E_SYNTAX,
                   "byte 7: expected a character other than half a pair");
    assert_refused(json, "\xff\xfe[\0\x00\xd8]\0", TP_E_SYNTAX, "byte 4: half a surrogate pair");
    assert_refused(xml, "<r><p><a>&#xD800;</a></p></r>", TP_E_SYNTAX,
                   "line 1, byte 17: expected a character that XML allows (libxml2 error 9)");
}

/* ---- character sets ---- */

static void
test_charset__marks(void **state)
{
    fixture *f = *state;
    assert_gives(json, "\xef\xbb\xbf[{\"a\":1}]", "0.0: 1, ~\n");
    assert_gives(csv,
                 "\xef\xbb\xbf"
                 "a,b\n1,2\n",
                 "0.0: 1, 2\n");
    assert_gives(xml, "\xef\xbb\xbf<r><p b='1'/></r>", "0.0: ~, 1\n");
    assert_gives(json, "\xfe\xff\0[\0{\0\"\0a\0\"\0:\0\"\0\xe9\0\"\0}\0]", "0.0: \xc3\xa9, ~\n");
    assert_gives(lines,
                 "\xff\xfe{\0\"\0a\0\"\0:\0"
                 "1\0}\0\n\0",
                 "0.0: 1, ~\n");
    assert_gives(csv,
                 "\xff\xfe"
                 "a\0;\0b\0\n\0"
                 "1\0;\0\x3d\xd8\x00\xde\n\0",
                 "0.0: 1, \xf0\x9f\x98\x80\n");
    assert_gives(xml, "\xfe\xff\0<\0r\0>\0<\0p\0 \0b\0=\0'\0\xe9\0'\0/\0>\0<\0/\0r\0>",
                 "0.0: ~, \xc3\xa9\n");
    assert_refused(json, "\xef\xbb\xbf\xef\xbb\xbf[1]", TP_E_SYNTAX,
                   "byte 0: expected a JSON value");
    assert_refused(json,
                   "[\xef\xbb\xbf"
                   "1]",
                   TP_E_SYNTAX, "byte 1: expected a JSON value");
}

static void
test_charset__declared_wrong(void **state)
{
    fixture *f = *state;
    /* It says UTF-8 and is Latin-1: refused, or read in the fallback the description names. */
    assert_refused(xml, "<?xml version='1.0' encoding='UTF-8'?><r><p b='\xe9'/></r>", TP_E_SYNTAX,
                   NOT_UTF8(47));
    f->xml.encoding = "iso-8859-1";
    assert_gives(xml, "<?xml version='1.0' encoding='UTF-8'?><r><p b='\xe9'/></r>",
                 "0.0: ~, \xc3\xa9\n");
    assert_int_equal(f->stats.fallback_bytes, 1);
    /* The reverse is read as it says: every byte is a character of Latin-1. */
    assert_gives(xml, "<?xml version='1.0' encoding='ISO-8859-1'?><r><p b='\xc3\xa9'/></r>",
                 "0.0: ~, \xc3\x83\xc2\xa9\n");
    assert_refused(
        xml, "<?xml version='1.0' encoding='UTF-16'?><r/>", TP_E_SYNTAX,
        "line 1, byte 39: expected bytes of the declared character set (libxml2 error 81)");
    assert_refused(
        xml, "<?xml version='1.0' encoding='x-none'?><r/>", TP_E_SYNTAX,
        "line 1, byte 0: expected bytes of the declared character set (libxml2 error 32)");
    /* UTF-16 without its mark: XML is known by its first character, JSON is none so. */
    assert_gives(xml, "<\0r\0>\0<\0p\0 \0b\0=\0'\0\xe9\0'\0/\0>\0<\0/\0r\0>\0",
                 "0.0: ~, \xc3\xa9\n");
    assert_refused(json,
                   "[\0"
                   "1\0]\0",
                   TP_E_SYNTAX, "byte 1: expected a JSON value");
}

/* ---- XML that reaches out ---- */

static void
test_xml__no_doctype_no_entities_no_network(void **state)
{
    static const char DOCTYPE[] = "line 1, byte 11: a DOCTYPE is refused";
    fixture *f = *state;
    assert_refused(xml, "<!DOCTYPE r><r/>", TP_E_SYNTAX, DOCTYPE);
    assert_refused(xml,
                   "<!DOCTYPE r [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">"
                   "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><r><p><a>&c;</a></p></r>",
                   TP_E_SYNTAX, "line 1, byte 12: a DOCTYPE is refused");
    assert_refused(xml,
                   "<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>"
                   "<r><p><a>&x;</a></p></r>",
                   TP_E_SYNTAX, "line 1, byte 12: a DOCTYPE is refused");
    assert_refused(xml, "<!DOCTYPE r SYSTEM \"http://127.0.0.1:9/x.dtd\"><r/>", TP_E_SYNTAX,
                   "line 1, byte 45: a DOCTYPE is refused");
    assert_refused(xml, "<r><p><a>&nbsp;</a></p></r>", TP_E_SYNTAX,
                   "line 1, byte 15: expected one of the five entities of XML (libxml2 error 26)");
    assert_gives(xml,
                 "<r xmlns:xi='http://www.w3.org/2001/XInclude'><p>"
                 "<a><xi:include href='file:///etc/hostname'/></a></p></r>",
                 "0.0: , ~\n");
}

/* ---- depth, numbers, names ---- */

static void
put_times(tp_buf *out, const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++) {
        tp_buf_puts(out, text);
    }
}

static void
test_nesting__of_100000_levels(void **state)
{
    fixture *f = *state;
    TP_AUTO_BUF(body);
    put_times(&body, "[", 100000);
    put_times(&body, "]", 100000);
    refused(f, &f->json, tp_buf_view(&body), TP_E_RANGE, "byte 32: nested deeper than 32 levels",
            __LINE__);
    tp_buf_reset(&body);
    put_times(&body, "{\"a\":", 100000);
    refused(f, &f->lines, tp_buf_view(&body), TP_E_RANGE, "byte 160: nested deeper than 32 levels",
            __LINE__);
    tp_buf_reset(&body);
    put_times(&body, "<r>", 100000);
    put_times(&body, "</r>", 100000);
    refused(f, &f->xml, tp_buf_view(&body), TP_E_RANGE,
            "line 1, byte 98: nested deeper than 32 levels", __LINE__);
}

static void
test_numbers__are_text_until_a_step_reads_them(void **state)
{
    fixture *f = *state;
    TP_AUTO_BUF(body);
    TP_AUTO_BUF(want);
    assert_gives(json, "[{\"a\":1e999999999,\"b\":-0.00000000000000000000000000000001}]",
                 "0.0: 1e999999999, -0.00000000000000000000000000000001\n");
    tp_buf_puts(&body, "[{\"a\":");
    put_times(&body, "9", 1000);
    tp_buf_puts(&body, "}]");
    tp_buf_puts(&want, "0.0: ");
    put_times(&want, "9", 1000);
    tp_buf_puts(&want, ", ~\n");
    gives(f, &f->json, tp_buf_view(&body), tp_buf_cstr(&want), __LINE__);
    assert_refused(json, "[{\"a\":0x10}]", TP_E_SYNTAX, "byte 7: expected ',' or '}'");
    assert_refused(json, "[{\"a\":Infinity}]", TP_E_SYNTAX, "byte 6: expected a JSON value");
}

static void
test_names__that_stand_twice(void **state)
{
    fixture *f = *state;
    assert_refused(json, "[{\"a\":1,\"a\":2}]", TP_E_SYNTAX,
                   "byte 8: a member name stands twice in its object");
    assert_refused(json, "[{\"a\":1,\"\\u0061\":2}]", TP_E_SYNTAX,
                   "byte 8: a member name stands twice in its object");
    assert_refused(
        xml, "<r><p b='1' b='2'/></r>", TP_E_SYNTAX,
        "line 1, byte 19: expected an attribute name once per element (libxml2 error 42)");
    assert_refused(csv, "a,b,a\n1,2,3\n", TP_E_SCHEMA, "column 'a' stands twice in the header");
}

/* What is shown to people must not steer their terminal: cells, and what errors say. */
static void
test_texts__with_terminal_escapes(void **state)
{
    fixture *f = *state;
    assert_gives(json, "[{\"a\":\"\\u001b[2J\\u001b]0;x\\u0007\",\"b\":\"\\u009b31m\\u007f\"}]",
                 "0.0:  [2J ]0;x ,  31m \n");
    assert_gives(csv,
                 "a,b\n\x1b[31mred\x1b[0m,\x08\xc2\x9b"
                 "1m\n",
                 "0.0:  [31mred [0m,   1m\n");
    assert_gives(xml, "<r><p b='&#x9b;1m'><a>\xc2\x85\x7f</a></p></r>", "0.0:   ,  1m\n");
    assert_refused(xml, "<r><p><a>&#27;[2J</a></p></r>", TP_E_SYNTAX,
                   "line 1, byte 14: expected a character that XML allows (libxml2 error 9)");
    assert_refused(json, "[{\"a\":\"\x1b[2J\"}]", TP_E_SYNTAX,
                   "byte 7: expected no control character in a string");
}

/* ---- bodies with nothing in them ---- */

static void
test_empty__bodies(void **state)
{
    fixture *f = *state;
    assert_refused(json, "", TP_E_NET, "cut short at byte 0: expected a JSON value");
    assert_refused(json, " \n ", TP_E_NET, "cut short at byte 3: expected a JSON value");
    assert_refused(json, "\xef\xbb\xbf", TP_E_NET, "cut short at byte 0: expected a JSON value");
    assert_refused(xml, "", TP_E_NET, "cut short at byte 0: line 1, expected an end tag");
    assert_refused(xml, "\n", TP_E_NET, "cut short at byte 1: line 1, expected an end tag");
    assert_refused(csv, "", TP_E_NET, "cut short at byte 0: expected a header line");
    assert_gives(lines, "", "");
    assert_gives(csv, "a;b\n", "");
    assert_gives(json, "[]", "");
}

/* ---- gzip ---- */

static void
put_gzip(tp_buf *out, tp_str text)
{
    z_stream z = {0};
    unsigned char piece[4096];
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (unsigned char *)(uintptr_t)text.p;
    z.avail_in = (uInt)text.n;
    do {
        z.next_out = piece;
        z.avail_out = sizeof piece;
        (void)deflate(&z, Z_FINISH);
        tp_buf_put(out, piece, sizeof piece - z.avail_out);
    } while (z.avail_out == 0);
    (void)deflateEnd(&z);
}

static void
test_gzip__bombs(void **state)
{
    fixture *f = *state;
    TP_AUTO_BUF(spaces);
    TP_AUTO_BUF(one);
    TP_AUTO_BUF(two);
    TP_AUTO_BUF(three);
    put_times(&spaces, "                                ", 1 << 20); /* 32 MiB */
    tp_buf_puts(&spaces, "[]");
    put_gzip(&one, tp_buf_view(&spaces));
    put_gzip(&two, tp_buf_view(&one));
    put_gzip(&three, tp_buf_view(&two));
    assert_int_equal(read_bytes(f, &f->json, tp_buf_view(&one)), TP_E_RANGE);
    assert_non_null(strstr(f->err.frame[0].text, "the body unpacks to more than 200 times its "));
    assert_int_equal(read_bytes(f, &f->json, tp_buf_view(&two)), TP_E_RANGE);
    assert_true(f->stats.unpacked_bytes < 2 << 20);
    refused(f, &f->json, tp_buf_view(&three), TP_E_SYNTAX, "byte 0: gzip more than 2 levels deep",
            __LINE__);
    f->json.limit.ratio = 0;
    f->json.limit.unpacked_bytes = 16 << 20;
    refused(f, &f->json, tp_buf_view(&two), TP_E_RANGE,
            "the body unpacks to more than 16777216 bytes", __LINE__);
    f->json.limit.unpacked_bytes = 0;
    gives(f, &f->json, tp_buf_view(&two), "", __LINE__);
}

/* ---- too long to be held ---- */

enum { GIGA = 1 << 30, HELD_MAX = 48 << 10 /* KiB */ };

typedef struct flood {
    const char *name;
    tp_format format;
    const char *head;
    const char *repeated;
    uint64_t times;
    const char *tail;
    tp_code code;
    const char *text; /* of the fault */
} flood;

static const flood FLOOD[] = {
    {"json string", TP_FORMAT_JSON, "[{\"a\":\"", "abcdefgh", GIGA / 8, "\"}]", TP_E_RANGE,
     "byte 7: a text of more than 262144 bytes"},
    {"json string nobody wants", TP_FORMAT_JSON, "[{\"z\":\"", "abcdefgh", GIGA / 8, "\"}]",
     TP_E_RANGE, "byte 7: a text of more than 262144 bytes"},
    {"json string of escapes", TP_FORMAT_JSON, "[{\"a\":\"", "\\u0041\\n", GIGA / 8, "\"}]",
     TP_E_RANGE, "byte 7: a text of more than 262144 bytes"},
    {"json name", TP_FORMAT_JSON, "[{\"", "abcdefgh", GIGA / 8, "\":1}]", TP_E_RANGE,
     "byte 3: a text of more than 262144 bytes"},
    {"json number", TP_FORMAT_JSON, "[{\"a\":", "12345678", GIGA / 8, "}]", TP_E_RANGE,
     "byte 6: a text of more than 262144 bytes"},
    {"json white space", TP_FORMAT_JSON, "[", " \n\t\r", GIGA / 4, "]", TP_OK, ""},
    {"json members", TP_FORMAT_JSON, "[{\"a\":1", ",\"aaa\":[]", GIGA / 8, "}]", TP_E_SYNTAX,
     "byte 17: a member name stands twice in its object"},
    {"json members nobody wants", TP_FORMAT_JSON, "[{\"z\":{\"a\":1", ",\"aaa\":[]", GIGA / 8,
     "}}]", TP_E_RANGE, "byte 589828: an object of more than 65536 members"},
    {"json elements nobody wants", TP_FORMAT_JSON, "[{\"z\":[1", ",[1,\"\"]", GIGA / 8, "]}]",
     TP_OK, ""},
    {"ndjson line", TP_FORMAT_NDJSON, "{\"a\":\"", "abcdefgh", GIGA / 8, "\"}\n", TP_E_RANGE,
     "byte 6: a text of more than 262144 bytes"},
    {"xml text", TP_FORMAT_XML, "<r><p><a>", "abcdefgh", GIGA / 8, "</a></p></r>", TP_E_RANGE,
     "a text of more than 262144 bytes"},
    {"xml text nobody wants", TP_FORMAT_XML, "<r><p><z>", "abcdefg\n", GIGA / 8, "</z></p></r>",
     TP_OK, ""},
    {"xml cdata", TP_FORMAT_XML, "<r><p><a><![CDATA[", "abcdefg\n", GIGA / 8, "]]></a></p></r>",
     TP_E_RANGE, "a text of more than 262144 bytes"},
    {"xml attribute", TP_FORMAT_XML, "<r><p b='", "abcdefgh", GIGA / 8, "'/></r>", TP_E_RANGE,
     "a tag or comment of more than 262144 bytes"},
    {"xml attributes", TP_FORMAT_XML, "<r><p", " aa='1'", GIGA / 8, "/></r>", TP_E_RANGE,
     "a tag or comment of more than 262144 bytes"},
    {"xml comment", TP_FORMAT_XML, "<r><!--", "abcdefgh", GIGA / 8, "--></r>", TP_E_RANGE,
     "a tag or comment of more than 262144 bytes"},
    {"xml name", TP_FORMAT_XML, "<r><p", "abcdefgh", GIGA / 8, "/></r>", TP_E_RANGE,
     "a tag or comment of more than 262144 bytes"},
    {"xml children", TP_FORMAT_XML, "<r><p>", "<zzzzz/>", GIGA / 8, "</p></r>", TP_E_RANGE,
     "an element of more than 65536 child elements"},
    {"csv quote never closed", TP_FORMAT_CSV, "a,b\n1,\"", "abcdefg\n", GIGA / 8, "", TP_E_RANGE,
     "line 2: a row of more than 4194304 bytes"},
    {"csv line", TP_FORMAT_CSV, "a,b\n", "abcdefgh", GIGA / 8, "", TP_E_RANGE,
     "line 2: a row of more than 4194304 bytes"},
    {"csv cells", TP_FORMAT_CSV, "a,b\n", "1,2,3,4,", GIGA / 8, "\n", TP_E_RANGE,
     "line 2: a row of more than 4096 cells"},
    {"csv header", TP_FORMAT_CSV, "", "1,2,3,4,", GIGA / 8, "\n", TP_E_RANGE,
     "line 1: a row of more than 4096 cells"},
    {"csv blank lines", TP_FORMAT_CSV, "a,b\n", "\r\n\n\n", GIGA / 4, "", TP_OK, ""},
};

/* What a child found: its outcome, text, and the most memory it ever had, in KiB. */
typedef struct found {
    tp_code code;
    char text[TP_ERR_TEXT];
    long most;
} found;

static long
most_memory(void)
{
    char line[128];
    long kib = -1;
    FILE *f = fopen("/proc/self/status", "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (strncmp(line, "VmHWM:", 6) == 0) {
            kib = strtol(line + 6, NULL, 10);
        }
    }
    if (f != NULL) {
        fclose(f);
    }
    return kib;
}

static tp_code
count_rows(void *user, tp_raw_chunk *chunk, tp_err *err)
{
    size_t *n = user;
    (void)err;
    *n += chunk->table[0].n;
    return TP_OK;
}

static void
read_flood(fixture *f, const flood *what, found *out)
{
    const tp_shape *shape[] = {&f->json, &f->lines, &f->xml, &f->csv};
    long_body body;
    size_t n = 0;
    tp_reader *in = long_body_open(&body, tp_str_of(what->head), tp_str_of(what->repeated),
                                   what->times, tp_str_of(what->tail));
    out->code = tp_format_parse(shape[what->format], 0, TP_STR_NONE, in,
                                (tp_raw_sink){.chunk = count_rows, .user = &n}, &f->stats, &f->err);
    snprintf(out->text, sizeof out->text, "%s", out->code != TP_OK ? f->err.frame[0].text : "");
    out->most = most_memory();
}

/* A gigabyte of one thing, read in a process of its own: memory stays flat. */
static void
test_flood__of_a_gigabyte(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; i < TP_COUNT(FLOOD); i++) {
        int ends[2];
        int status = 0;
        found got = {0};
        assert_int_equal(pipe(ends), 0);
        const pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            read_flood(f, &FLOOD[i], &got);
            _exit(write(ends[1], &got, sizeof got) == sizeof got ? 0 : 1);
        }
        close(ends[1]);
        assert_int_equal(read(ends[0], &got, sizeof got), sizeof got);
        close(ends[0]);
        assert_int_equal(waitpid(child, &status, 0), child);
        const bool text = FLOOD[i].format == TP_FORMAT_XML ? strstr(got.text, FLOOD[i].text) != NULL
                                                           : strcmp(got.text, FLOOD[i].text) == 0;
        if (status != 0 || got.code != FLOOD[i].code || !text || got.most > HELD_MAX) {
            print_error("%s: %s \"%s\", %ld KiB\n", FLOOD[i].name, tp_code_name(got.code), got.text,
                        got.most);
            fail();
        }
    }
}

/* A million fields, each with a name of its own. */
static void
test_fields__a_million_in_a_record(void **state)
{
    fixture *f = *state;
    TP_AUTO_BUF(body);
    tp_buf_puts(&body, "[{\"a\":0");
    for (int i = 0; i < 1000000; i++) {
        tp_buf_printf(&body, ",\"f%d\":%d", i, i);
    }
    tp_buf_puts(&body, "}]");
    assert_int_equal(read_bytes(f, &f->json, tp_buf_view(&body)), TP_E_RANGE);
    assert_non_null(strstr(f->err.frame[0].text, "an object of more than 65536 members"));
    f->json.limit.fields = 2000000;
    gives(f, &f->json, tp_buf_view(&body), "0.0: 0, ~\n", __LINE__);
    tp_buf_reset(&body);
    tp_buf_puts(&body, "<r><p>");
    for (int i = 0; i < 1000000; i++) {
        tp_buf_printf(&body, "<f%d/>", i);
    }
    tp_buf_puts(&body, "</p></r>");
    assert_int_equal(read_bytes(f, &f->xml, tp_buf_view(&body)), TP_E_RANGE);
    assert_non_null(strstr(f->err.frame[0].text, "an element of more than 65536 child elements"));
}

/* Outside of records the number of elements has no bound, but that of their names has. */
static void
test_names__ever_other_ones_in_xml(void **state)
{
    fixture *f = *state;
    TP_AUTO_BUF(body);
    tp_buf_puts(&body, "<r>");
    for (int i = 0; i < 3000000; i++) {
        tp_buf_printf(&body, "<f%d/>", i);
    }
    tp_buf_puts(&body, "</r>");
    assert_int_equal(read_bytes(f, &f->xml, tp_buf_view(&body)), TP_E_RANGE);
    assert_non_null(strstr(f->err.frame[0].text, "different names of more than 4194304 bytes"));
    assert_true(f->stats.unpacked_bytes < 8 << 20);
}

/* ---- what libraries would say ---- */

/* Nothing of a body reaches standard error, whatever the libraries below think of it. */
static void
test_stderr__stays_empty(void **state)
{
    fixture *f = *state;
    char name[] = "/tmp/tp-hostile-XXXXXX";
    const int file = mkstemp(name);
    const int saved = dup(STDERR_FILENO);
    assert_true(file >= 0 && saved >= 0);
    unlink(name);
    fflush(stderr);
    dup2(file, STDERR_FILENO);
    const tp_str body[] = {
        TP_STR("<?xml version='1.0' encoding='utf-16'?><r>\xd8\x00</r>"),
        TP_STR("<?xml version='1.0' encoding='shift_jis'?><r>\xff\xff\xff\x81</r>"),
        TP_STR("<?xml version='1.0' encoding='utf-7'?><r>+\xff</r>"),
        TP_STR("<r xmlns='::'><a:b/></r>"),
        TP_STR("<r><![CDATA[<"),
        TP_STR("<r a='<'/>"),
    };
    tp_code rc[TP_COUNT(body)];
    for (size_t i = 0; i < TP_COUNT(body); i++) {
        rc[i] = read_bytes(f, &f->xml, body[i]);
    }
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    assert_int_equal(lseek(file, 0, SEEK_END), 0);
    close(file);
    for (size_t i = 0; i < TP_COUNT(body); i++) {
        assert_int_not_equal(rc[i], TP_OK);
    }
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_characters__that_are_not_utf8),
        T(test_characters__nul_bytes),
        T(test_characters__half_a_surrogate_pair),
        T(test_charset__marks),
        T(test_charset__declared_wrong),
        T(test_xml__no_doctype_no_entities_no_network),
        T(test_nesting__of_100000_levels),
        T(test_numbers__are_text_until_a_step_reads_them),
        T(test_names__that_stand_twice),
        T(test_texts__with_terminal_escapes),
        T(test_empty__bodies),
        T(test_gzip__bombs),
        T(test_flood__of_a_gigabyte),
        T(test_fields__a_million_in_a_record),
        T(test_names__ever_other_ones_in_xml),
        T(test_stderr__stays_empty),
    };
    return cmocka_run_group_tests_name("hostile bodies", tests, NULL, NULL);
}
