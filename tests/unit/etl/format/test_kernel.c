/* Tests etl/format/kernel*.c: every instruction set finds the same, and what a tree finds. */
#include "tests/unit/etl/format/collect.h"

#include <jansson.h>

#include "etl/format/json_scan.h"
#include "etl/format/kernel.h"

enum { BLOCKS = 5, BYTES = BLOCKS * 64, ROUNDS = 3000, LIKE_ROUNDS = 6000, MEMBERS = 12 };

static uint32_t
draw(uint64_t *seed, uint32_t n)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33) % n;
}

/* Plain bytes with a few others at random places. */
static void
fill(char *buf, uint64_t *seed)
{
    static const char ODD[] = {'"', '\\', 0x1f, 0, 0x20, 0x7f, (char)0x80, (char)0xff, ';', '\n'};
    for (size_t i = 0; i < BYTES; i++) {
        buf[i] = (char)(0x21 + draw(seed, 0x5e));
        buf[i] = buf[i] == '"' || buf[i] == '\\' || buf[i] == ';' ? 'x' : buf[i];
    }
    for (uint32_t n = draw(seed, 6); n > 0; n--) {
        buf[draw(seed, BYTES)] = ODD[draw(seed, sizeof ODD)];
    }
    memset(buf + BYTES, 0, 2 * TP_KERNEL_PAD);
}

static void
test_searches__find_what_a_plain_loop_finds(void **state)
{
    (void)state;
    static char buf[BYTES + 2 * TP_KERNEL_PAD];
    uint64_t seed = 7;
    for (int round = 0; round < ROUNDS; round++) {
        fill(buf, &seed);
        const size_t from = draw(&seed, 130);
        size_t plain = from;
        size_t any = from;
        size_t ascii = from;
        while (buf[plain] != '"' && buf[plain] != '\\' && (unsigned char)buf[plain] >= 0x20) {
            plain++;
        }
        while (buf[any] != ';' && buf[any] != '\n' && buf[any] != '\0') {
            any++;
        }
        while (ascii < BYTES && (signed char)buf[ascii] > 0) {
            ascii++;
        }
        for (size_t i = 0; tp_kernel_at(i) != NULL; i++) {
            const tp_kernel *k = tp_kernel_at(i);
            assert_int_equal(k->plain(buf + from) - buf, plain);
            assert_int_equal(k->any3(buf + from, ';', '\n', '\0') - buf, any);
            assert_int_equal(k->ascii(buf + from, BYTES - from), ascii - from);
        }
    }
}

static void
put_text(tp_buf *out, uint64_t *seed)
{
    static const char *const TEXT[] = {
        "", "SRI", "a b", "\\u00e9", "\xc3\xa9", "\x7f", "\\\\", "\xf0\x9f\x98\x80", "x\\ty"};
    tp_buf_char(out, '"');
    if (draw(seed, 4) == 0) { /* around the length of a block */
        for (uint32_t n = 58 + draw(seed, 80); n > 0; n--) {
            tp_buf_char(out, (char)('a' + draw(seed, 26)));
        }
    }
    tp_buf_puts(out, TEXT[draw(seed, TP_COUNT(TEXT))]);
    tp_buf_char(out, '"');
}

static void
put_value(tp_buf *out, uint64_t *seed)
{
    static const char *const BARE[] = {"true", "false", "null",   "0",      "-1",        "120",
                                       "1.5",  "2e3",   "[1,{}]", "[true]", "{\"x\":1}", "{}"};
    if (draw(seed, 2) == 0) {
        put_text(out, seed);
    } else {
        tp_buf_puts(out, BARE[draw(seed, TP_COUNT(BARE))]);
    }
}

/* Records whose members mostly come in one order, with the same signs between them. */
static void
put_like(tp_buf *out, uint64_t *seed)
{
    static const char *const COMMA[] = {",", ", ", ",\n    ", " ,"};
    static const char *const COLON[] = {":", ": ", " :", " :\t"};
    const char *comma = COMMA[draw(seed, TP_COUNT(COMMA))];
    const char *colon = COLON[draw(seed, TP_COUNT(COLON))];
    uint32_t name[MEMBERS];
    for (uint32_t i = 0; i < MEMBERS; i++) {
        name[i] = i;
    }
    tp_buf_puts(out, "{\"list\":[");
    const uint32_t records = 2 + draw(seed, 6);
    for (uint32_t r = 0; r < records; r++) {
        bool first = true;
        if (draw(seed, 4) == 0) { /* two change places, for this record and those behind it */
            const uint32_t a = draw(seed, MEMBERS);
            const uint32_t b = draw(seed, MEMBERS);
            const uint32_t was = name[a];
            name[a] = name[b];
            name[b] = was;
        }
        tp_buf_puts(out, r > 0 ? ",{" : "{");
        for (uint32_t i = 0; i < MEMBERS; i++) {
            if (draw(seed, 12) == 0) {
                continue; /* left out */
            }
            const uint32_t n = draw(seed, 300) == 0 ? draw(seed, MEMBERS) : name[i];
            tp_buf_printf(out, "%s\"member%u\"%s", first ? "" : comma, (unsigned)n, colon);
            put_value(out, seed);
            first = false;
        }
        tp_buf_char(out, '}');
    }
    tp_buf_puts(out, "]}");
}

static void
put_cell(tp_buf *out, json_t *value)
{
    if (json_is_string(value)) {
        const char *text = json_string_value(value);
        for (; *text != '\0'; text++) { /* cells hold no others than tab and line feed */
            const bool control = (*text > 0 && *text < ' ') || *text == '\x7f';
            tp_buf_char(out, control && *text != '\t' && *text != '\n' ? ' ' : *text);
        }
    } else if (json_is_number(value)) {
        const double n = json_number_value(value);
        tp_buf_puts(out, n == 0     ? "0"
                         : n == -1  ? "-1"
                         : n == 120 ? "120"
                         : n == 1.5 ? "1.5"
                                    : "2e3");
    } else {
        tp_buf_puts(out, json_is_true(value) ? "true" : json_is_false(value) ? "false" : "~");
    }
}

static void
oracle(json_t *root, tp_buf *out)
{
    static const char *const NAME[] = {"member1", "member2", "member5", "member11"};
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(root, "list"), i, item)
    {
        tp_buf_printf(out, "0.%zu:", i);
        for (size_t k = 0; k < TP_COUNT(NAME); k++) {
            tp_buf_puts(out, k == 0 ? " " : ", ");
            put_cell(out, json_object_get(item, NAME[k]));
        }
        tp_buf_char(out, '\n');
    }
}

static void
test_members__like_records_as_a_tree_reads_them(void **state)
{
    (void)state;
    uint64_t seed = 20260302;
    size_t refused = 0;
    size_t taken = 0;
    rows got = {0};
    tp_arena arena = {0};
    tp_shape shape = {.format = TP_FORMAT_JSON};
    tp_parse_stats stats;
    TP_AUTO_BUF(body);
    TP_AUTO_BUF(want);
    TP_AUTO_BUF(said);
    add_select(&shape, &arena, -1, false, "list[]",
               SLOTS("member1", "member2", "member5", "member11"));
    for (int round = 0; round < LIKE_ROUNDS; round++) {
        json_error_t why;
        tp_buf_reset(&body);
        tp_buf_reset(&want);
        tp_buf_reset(&said);
        put_like(&body, &seed);
        if (draw(&seed, 4) == 0) { /* one wrong byte */
            static const char WRONG[] = "{}[],:\"\\ 0e-tn\x01\xc3";
            body.p[draw(&seed, (uint32_t)body.n)] = WRONG[draw(&seed, sizeof WRONG - 1)];
        }
        json_t *root = json_loadb(body.p, body.n, JSON_REJECT_DUPLICATES, &why);
        if (root != NULL) {
            oracle(root, &want);
        }
        const bool twice = root == NULL && json_error_code(&why) == json_error_duplicate_key;
        for (size_t i = 0; tp_kernel_at(i) != NULL; i++) {
            tp_err err;
            tp_kernel_set(tp_kernel_at(i));
            const size_t step = draw(&seed, 3) == 0 ? 1 + draw(&seed, 70) : 0;
            const tp_code rc = parse_step(&shape, tp_buf_view(&body), step, &got, &stats, &err);
            if (root != NULL) {
                assert_tp_ok(rc, &err);
                assert_string_equal(tp_buf_cstr(&got.text), tp_buf_cstr(&want));
            } else {
                /* Names twice below members that no path reads are let pass; so are texts behind
                 * the document that are documents themselves. */
                assert_true(rc != TP_OK || twice || stats.extra_documents > 0);
                const char *text = rc != TP_OK ? err.frame[0].text : "taken";
                if (i == 0) {
                    tp_buf_puts(&said, text);
                }
                assert_string_equal(text, tp_buf_cstr(&said));
            }
        }
        refused += root == NULL ? 1 : 0;
        taken += root != NULL ? 1 : 0;
        json_decref(root);
    }
    tp_kernel_set(NULL);
    assert_true(refused > 500 && taken > 2000);
    tp_buf_clear(&got.text);
    tp_arena_clear(&arena);
}

/* Objects {a, b, c} in the k-th of their six orders; without the first of them if `less`. */
static void
put_order(tp_buf *out, unsigned k, bool less)
{
    static const char ORDER[][4] = {"abc", "acb", "bac", "bca", "cab", "cba"};
    for (const char *name = ORDER[k] + less; *name != '\0'; name++) {
        tp_buf_printf(out, "%s\"%c\":\"%u\"", name == ORDER[k] + less ? "" : ",", *name, k);
    }
}

static size_t
count_taken(const tp_shape *shape, tp_str body, rows *got)
{
    size_t taken = 0;
    tp_parse_stats stats;
    tp_err err;
    for (size_t i = 0; tp_kernel_at(i) != NULL; i++) {
        tp_kernel_set(tp_kernel_at(i));
        taken += parse_step(shape, body, 0, got, &stats, &err) == TP_OK;
    }
    tp_kernel_set(NULL);
    return taken;
}

/* Whatever orders came before, no object may begin with a comma, and none lack one. */
static void
test_members__signs_between_them_in_every_order(void **state)
{
    (void)state;
    rows got = {0};
    tp_arena arena = {0};
    tp_shape shape = {.format = TP_FORMAT_JSON};
    TP_AUTO_BUF(body);
    size_t kernels = 0;
    while (tp_kernel_at(kernels) != NULL) {
        kernels++;
    }
    add_select(&shape, &arena, -1, false, "[]", SLOTS("a", "b"));
    for (unsigned n = 0; n < 12 * 12 * 6 * 3; n++) {
        static const char *const FORM[] = {"{", "{,", "{"};
        tp_buf_reset(&body);
        tp_buf_puts(&body, "[{");
        put_order(&body, n % 6, n / 6 % 2 == 1);
        tp_buf_puts(&body, "},{");
        put_order(&body, n / 12 % 6, n / 72 % 2 == 1);
        tp_buf_printf(&body, "},%s", FORM[n / 864]);
        put_order(&body, n / 144 % 6, false);
        tp_buf_puts(&body, n / 864 == 2 ? ",}]" : "}]");
        assert_int_equal(count_taken(&shape, tp_buf_view(&body), &got), n / 864 == 0 ? kernels : 0);
    }
    tp_buf_reset(
        &body); /* the name that stood second stands first when its object left the order */
    tp_buf_puts(&body, "[{\"a\":\"1\",\"b\":\"A\"},{\"a\":\"2\",\"b\":\"B\"},"
                       "{\"b\":\"C\",\"a\":\"3\"},{,\"b\":\"D\",\"a\":\"4\"}]");
    assert_int_equal(count_taken(&shape, tp_buf_view(&body), &got), 0);
    tp_buf_clear(&got.text);
    tp_arena_clear(&arena);
}

/* Members taken by their order count like those that were walked to: once. */
static void
test_members__the_limit_is_the_same_on_every_way(void **state)
{
    (void)state;
    rows got = {0};
    tp_arena arena = {0};
    tp_shape shape = {.format = TP_FORMAT_JSON, .limit = {.fields = MEMBERS}};
    TP_AUTO_BUF(body);
    add_select(&shape, &arena, -1, false, "[]", SLOTS("m0", "m11"));
    tp_buf_puts(&body, "[");
    for (int record = 0; record < 5; record++) {
        tp_buf_puts(&body, record > 0 ? ",{" : "{");
        for (int i = 0; i < MEMBERS; i++) { /* one in the midst is due the long way */
            tp_buf_printf(&body, "%s\"m%d\":%s", i > 0 ? "," : "", i, i == 7 ? "[1]" : "\"x\"");
        }
        tp_buf_puts(&body, "}");
    }
    tp_buf_puts(&body, "]");
    for (size_t i = 0; tp_kernel_at(i) != NULL; i++) {
        tp_parse_stats stats;
        tp_err err;
        tp_kernel_set(tp_kernel_at(i));
        shape.limit.fields = MEMBERS;
        assert_tp_ok(parse_step(&shape, tp_buf_view(&body), 0, &got, &stats, &err), &err);
        assert_int_equal(stats.records[0], 5);
        shape.limit.fields = MEMBERS - 1;
        assert_tp_fails(parse_step(&shape, tp_buf_view(&body), 0, &got, &stats, &err), TP_E_RANGE,
                        &err, "an object of more than 11 members");
    }
    tp_kernel_set(NULL);
    tp_buf_clear(&got.text);
    tp_arena_clear(&arena);
}

static void
test_members__while_a_small_window_moves(void **state)
{
    (void)state;
    uint64_t seed = 5;
    rows got = {0};
    tp_arena arena = {0};
    tp_shape shape = {.format = TP_FORMAT_JSON};
    TP_AUTO_BUF(body);
    TP_AUTO_BUF(want);
    add_select(&shape, &arena, -1, false, "list[]", SLOTS("member1", "member2", "member5"));
    for (int round = 0; round < 500; round++) {
        tp_parse_stats stats;
        tp_err err;
        tp_buf_reset(&body);
        put_like(&body, &seed);
        const tp_code code = parse_step(&shape, tp_buf_view(&body), 0, &got, &stats, &err);
        tp_buf_reset(&want);
        tp_buf_str(&want, code == TP_OK ? tp_buf_view(&got.text) : tp_str_of(err.frame[0].text));
        for (size_t i = 0; tp_kernel_at(i) != NULL; i++) {
            tp_kernel_set(tp_kernel_at(i));
            tp_scan_set_window(16 + draw(&seed, 300));
            const tp_code rc = parse_step(&shape, tp_buf_view(&body), 0, &got, &stats, &err);
            tp_scan_set_window(0);
            tp_kernel_set(NULL);
            assert_int_equal(rc, code);
            assert_tp_str(rc == TP_OK ? tp_buf_view(&got.text) : tp_str_of(err.frame[0].text),
                          tp_buf_cstr(&want));
        }
    }
    tp_buf_clear(&got.text);
    tp_arena_clear(&arena);
}

static void
test_get__is_one_this_processor_runs(void **state)
{
    (void)state;
    size_t n = 0;
    bool found = false;
    for (; tp_kernel_at(n) != NULL; n++) {
        found = found || tp_kernel_at(n) == tp_kernel_get();
    }
    assert_true(found);
    assert_true(n >= 1);
    assert_string_equal(tp_kernel_at(0)->name, "portable");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_searches__find_what_a_plain_loop_finds),
        cmocka_unit_test(test_members__like_records_as_a_tree_reads_them),
        cmocka_unit_test(test_members__signs_between_them_in_every_order),
        cmocka_unit_test(test_members__the_limit_is_the_same_on_every_way),
        cmocka_unit_test(test_members__while_a_small_window_moves),
        cmocka_unit_test(test_get__is_one_this_processor_runs),
    };
    return cmocka_run_group_tests_name("etl/format/kernel", tests, NULL, NULL);
}
