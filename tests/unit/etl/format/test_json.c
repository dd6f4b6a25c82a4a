/* Tests etl/format/json.c and etl/sys/nearest.c. */
#include "tests/support/tp_test.h"

#include "talent/etl/json.h"
#include "tests/support/scratch.h"

static const char TEXT[] = "{\n"
                           "  \"name\": \"x \\\" ] }\",\n"
                           "  \"emit\": [\n"
                           "    {\"on\": true,\n"
                           "     \"off\": false},\n"
                           "    {\"on\": true, \"list\": [1,\n"
                           "      2,\n"
                           "      3], \"none\": null}\n"
                           "  ],\n"
                           "  \"real\": 1.5,\n"
                           "  \"word\": \"warm\"\n"
                           "}\n";

static tp_json *
parse(const char *text)
{
    tp_json *doc = NULL;
    tp_err err = {0};
    assert_tp_ok(tp_json_parse("a.json", tp_str_of(text), &doc, &err), &err);
    return doc;
}

static tp_node
child(tp_node node, const char *key)
{
    return tp_node_get(&node, key);
}

static tp_node
item(tp_node node, size_t i)
{
    return tp_node_at(&node, i);
}

static void
test_line__of_values_also_of_equal_ones(void **state)
{
    (void)state;
    tp_json *doc = parse(TEXT);
    const tp_node root = tp_json_root(doc);
    const tp_node emit = child(root, "emit");
    const tp_node second = item(emit, 1);
    const struct {
        tp_node node;
        const char *path;
        int line;
    } want[] = {
        {root, "", 1},
        {child(root, "name"), "name", 2},
        {emit, "emit", 3},
        {child(item(emit, 0), "on"), "emit[0].on", 4},
        {child(item(emit, 0), "off"), "emit[0].off", 5},
        {child(second, "on"), "emit[1].on", 6},
        {item(child(second, "list"), 2), "emit[1].list[2]", 8},
        {child(second, "none"), "emit[1].none", 8},
        {child(root, "word"), "word", 11},
        {child(second, "missing"), "emit[1].missing", 6},
        {child(child(root, "nothing"), "deep"), "nothing.deep", 1},
    };
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        assert_string_equal(want[i].node.path, want[i].path);
        assert_int_equal(tp_node_line(&want[i].node), want[i].line);
    }
    tp_json_free(doc);
}

static void
test_reads__say_place_and_expectation(void **state)
{
    (void)state;
    tp_json *doc = parse(TEXT);
    const tp_node root = tp_json_root(doc);
    const tp_node two = item(child(item(child(root, "emit"), 1), "list"), 1);
    const tp_node word = child(root, "word");
    const tp_node gone = child(root, "gone");
    const tp_node real = child(root, "real");
    tp_err err = {0};
    tp_str text = {0};
    int64_t n = 0;
    bool yes = false;
    int w = -1;
    assert_tp_ok(tp_node_text(&word, &text, &err), &err);
    assert_tp_str(text, "warm");
    assert_tp_ok(tp_node_int(&two, 0, 2, &n, &err), &err);
    assert_int_equal(n, 2);
    assert_int_equal(tp_node_int(&two, 3, 9, &n, &err), TP_E_CONFIG);
    assert_string_equal(err.frame[0].text,
                        "a.json:7: emit[1].list[1]: expected a whole number from 3 to 9, found 2");
    assert_tp_fails(tp_node_int(&real, 0, 9, &n, &err), TP_E_CONFIG, &err, "found a fraction");
    assert_tp_fails(tp_node_text(&gone, &text, &err), TP_E_CONFIG, &err,
                    "gone: expected a text, found nothing");
    assert_tp_fails(tp_node_bool(&word, &yes, &err), TP_E_CONFIG, &err,
                    "a.json:11: word: expected true or false, found a text");
    assert_tp_ok(tp_node_word(&word, "cold|warm", &w, &err), &err);
    assert_int_equal(w, 1);
    assert_tp_fails(tp_node_word(&word, "cold|worm|hot", &w, &err), TP_E_CONFIG, &err,
                    "\"warm\" is not known; did you mean worm? expected one of cold, worm, hot");
    assert_tp_fails(tp_node_object(&word, &err), TP_E_CONFIG, &err, "expected an object");
    assert_tp_fails(tp_node_list(&root, &err), TP_E_CONFIG, &err,
                    "a.json:1: expected a list, found an object");
    tp_json_free(doc);
}

static void
test_only__names_the_nearest_key(void **state)
{
    (void)state;
    tp_json *doc = parse("{\"$schema\": \"x\", \"name\": 1,\n \"fetchs\": 2}");
    const tp_node root = tp_json_root(doc);
    tp_err err = {0};
    assert_int_equal(tp_node_only(&root, "name|fetch|emit", &err), TP_E_CONFIG);
    assert_string_equal(err.frame[0].text,
                        "a.json:2: fetchs: unknown key; did you mean \"fetch\"?");
    assert_tp_fails(tp_node_only(&root, "name|limits", &err), TP_E_CONFIG, &err,
                    "unknown key; known are name, limits");
    assert_tp_ok(tp_node_only(&root, "name|fetchs", &err), &err);
    tp_json_free(doc);
}

static void
test_parse__faults_have_a_line(void **state)
{
    (void)state;
    const struct {
        const char *text;
        const char *part;
    } bad[] = {
        {"{\n\"a\": 1,\n}", "a.json:3:"},  {"{\"a\": 1, \"a\": 2}", "duplicate object key"},
        {"{} x", "end of file expected"},  {"{\"a\": \"\xff\"}", "a.json:1:"},
        {"", "a.json: the file is empty"}, {" \n", "a.json: the file is empty"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        tp_json *doc = NULL;
        tp_err err = {0};
        assert_tp_fails(tp_json_parse("a.json", tp_str_of(bad[i].text), &doc, &err), TP_E_CONFIG,
                        &err, bad[i].part);
        assert_null(doc);
    }
}

static void
test_parse__fault_does_not_quote_the_text(void **state)
{
    (void)state;
    tp_json *doc = NULL;
    tp_err err = {0};
    assert_int_equal(
        tp_json_parse("a.json", TP_STR("{\"password\": \"x\" \"hunter2\"}"), &doc, &err),
        TP_E_CONFIG);
    assert_null(strstr(err.frame[0].text, "hunter2"));
}

static void
test_load__missing_file(void **state)
{
    tp_json *doc = NULL;
    tp_err err = {0};
    assert_tp_fails(tp_json_load(scratch_path(*state, "none.json"), &doc, &err), TP_E_CONFIG, &err,
                    "cannot open ");
    const char *path = scratch_file(*state, "some.json", TEXT);
    assert_tp_ok(tp_json_load(path, &doc, &err), &err);
    assert_string_equal(tp_json_name(doc), path);
    tp_json_free(doc);
}

static void
test_member__in_the_order_of_the_file(void **state)
{
    (void)state;
    tp_json *doc = parse("{\"z\": 1, \"a\": {\"k\": 2}, \"m\": []}");
    const tp_node root = tp_json_root(doc);
    const char *key = NULL;
    assert_int_equal(tp_node_size(&root), 3);
    tp_node node = tp_node_member(&root, 0, &key);
    assert_string_equal(key, "z");
    node = tp_node_member(&root, 1, &key);
    assert_string_equal(key, "a");
    assert_int_equal(tp_node_kind_of(&node), TP_NODE_OBJECT);
    node = tp_node_member(&root, 3, &key);
    assert_int_equal(tp_node_kind_of(&node), TP_NODE_ABSENT);
    assert_int_equal(tp_node_size(&node), 0);
    tp_json_free(doc);
}

static void
test_hash__of_the_value_not_of_its_spelling(void **state)
{
    (void)state;
    tp_json *a = parse("{\"x\": {\"b\": 1, \"a\": [true, \"\\u0041\"]}}");
    tp_json *b = parse("{ \"x\" :\n{\"a\":[true,\"A\"],\"b\":1}}");
    tp_json *c = parse("{\"x\": {\"b\": 1, \"a\": [\"A\", true]}}");
    const tp_node node[4] = {child(tp_json_root(a), "x"), child(tp_json_root(b), "x"),
                             child(tp_json_root(c), "x"), child(tp_json_root(c), "y")};
    uint8_t hash[4][32];
    for (int i = 0; i < 4; i++) {
        tp_node_hash(&node[i], hash[i]);
    }
    assert_memory_equal(hash[0], hash[1], 32);
    assert_memory_not_equal(hash[0], hash[2], 32);
    assert_memory_not_equal(hash[2], hash[3], 32);
    tp_json_free(a);
    tp_json_free(b);
    tp_json_free(c);
}

static void
test_nearest__slips_are_found_other_words_are_not(void **state)
{
    (void)state;
    static const char WORDS[] = "threads|level|min_sources_bp|dir";
    assert_tp_str(tp_nearest_word(TP_STR("thread"), WORDS), "threads");
    assert_tp_str(tp_nearest_word(TP_STR("htreads"), WORDS), "threads");
    assert_tp_str(tp_nearest_word(TP_STR("Level"), WORDS), "level");
    assert_tp_str(tp_nearest_word(TP_STR("min_source_pb"), WORDS), "min_sources_bp");
    assert_tp_str(tp_nearest_word(TP_STR("password"), WORDS), "");
    assert_tp_str(tp_nearest_word(TP_STR("x"), WORDS), "");
    assert_tp_str(tp_nearest_word(TP_STR(""), WORDS), "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_line__of_values_also_of_equal_ones),
        cmocka_unit_test(test_reads__say_place_and_expectation),
        cmocka_unit_test(test_only__names_the_nearest_key),
        cmocka_unit_test(test_parse__faults_have_a_line),
        cmocka_unit_test(test_parse__fault_does_not_quote_the_text),
        scratch_test(test_load__missing_file),
        cmocka_unit_test(test_member__in_the_order_of_the_file),
        cmocka_unit_test(test_hash__of_the_value_not_of_its_spelling),
        cmocka_unit_test(test_nearest__slips_are_found_other_words_are_not),
    };
    return cmocka_run_group_tests_name("etl/format/json", tests, NULL, NULL);
}
