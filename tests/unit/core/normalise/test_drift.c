/* Tests core/normalise/drift.c and observe.c: what is told of a change, and what is not. */
#include "tests/support/tp_test.h"

#include "talent/core/emit.h"

enum { ROWS = 100, TEXT = 24 };

static const uint8_t SECRET[32] = {9};
static const tp_str PATH[] = {{"nip", 3}};
static const uint64_t PLACE[] = {11};
static const tp_watch WATCH = {
    .select = 0, .id = 5, .label = {"list: []", 8}, .n = 1, .path = PATH, .place = PLACE};
static const struct tp_emit_rules RULES = {.source = {"demo", 4}, .n_watches = 1, .watch = &WATCH};

/* A batch of ROWS rows of one place: the first `share` of a hundred hold text, the others other. */
static const tp_batch *
batch_of(tp_batch_builder **out, const char *text, const char *other, int share)
{
    static tp_str cell[ROWS];
    static tp_place place[ROWS];
    static uint32_t parent[ROWS];
    tp_raw_chunk chunk = {0};
    tp_err err = {0};
    const tp_batch *batch = NULL;
    for (int i = 0; i < ROWS; i++) {
        cell[i] = tp_str_of(i < share ? text : other);
        place[i] = (tp_place){0, (uint32_t)i};
    }
    chunk.table[0] =
        (tp_raw_table){.n = ROWS, .cols = 1, .cell = cell, .place = place, .parent = parent};
    assert_tp_ok(tp_batch_begin(&RULES, SECRET, &TP_TEST_CTX, out, &err), &err);
    assert_tp_ok(tp_batch_add(*out, &chunk, &err), &err);
    assert_tp_ok(tp_batch_end(*out, &batch, &err), &err);
    return batch;
}

typedef struct row {
    const char *was, *was_other;
    int was_share;
    const char *is, *is_other;
    int is_share;
    const char *want; /* "kind was is detail" of the changes, "; " between; "" = none */
} row;

static const row ROW[] = {
    {"12", "", 90, "13", "", 90, ""},
    {"12", "", 90, "13", "", 71, ""}, /* 19 points */
    {"12", "", 90, "13", "", 70, "fill 9000 7000 "},
    {"12", "", 50, "13", "", 100, "fill 5000 10000 "},
    {"12-01-2022", "", 100, "", "", 0, "vanished 10000 0 date 99-99-9999"},
    {"12-01-2022", "", 9, "", "", 0, ""}, /* too few to miss */
    {"", "", 0, "II.a", "", 30, "appeared 0 3000 text AA.a"},
    {"12-01-2022", "", 100, "2022-01-12", "", 100,
     "form 10000 0 date 99-99-9999 -> date 9999-99-99"},
    {"12-01-2022", "", 100, "12-01-2022", "14 Januari 2022", 85, ""},
    {"12-01-2022", "", 100, "12-01-2022", "14 Januari 2022", 80,
     "form 10000 8000 date 99-99-9999 -> date 99-99-9999"},
    {"86.25", "", 100, "86,25", "", 100, "form 10000 0 number 99.99 -> number 99,99"},
    {"M", "F", 50, "M", "X", 50, "codes -1 -1 1 values not met before, of 2; 2 before"},
    {"M", "F", 50, "M", "M", 100, ""},
};

static void
test_compare__each_change(void **state)
{
    int wrong = 0;
    (void)state;
    for (size_t i = 0; i < TP_COUNT(ROW); i++) {
        const row *r = &ROW[i];
        TP_AUTO_ARENA(arena, 0);
        TP_AUTO_BUF(got);
        tp_batch_builder *a;
        tp_batch_builder *b;
        tp_drift *drift;
        size_t more;
        const tp_batch *before = batch_of(&a, r->was, r->was_other, r->was_share);
        const tp_batch *now = batch_of(&b, r->is, r->is_other, r->is_share);
        const size_t n =
            tp_drift_compare(&WATCH, 1, now, before, &TP_DRIFT_DEFAULTS, &arena, &drift, &more);
        for (size_t k = 0; k < n; k++) {
            tp_buf_printf(&got, "%s%s %d %d %s", k > 0 ? "; " : "", tp_drift_name(drift[k].kind),
                          drift[k].was_bp, drift[k].is_bp, drift[k].detail);
            assert_string_equal(drift[k].path, "list: [] nip");
        }
        if (strcmp(tp_buf_cstr(&got), r->want) != 0) {
            print_error("row %zu: \"%s\", not \"%s\"\n", i, tp_buf_cstr(&got), r->want);
            wrong++;
        }
        tp_batch_free(a);
        tp_batch_free(b);
    }
    assert_int_equal(wrong, 0);
}

static void
test_compare__by_the_limits_of_the_description(void **state)
{
    TP_AUTO_ARENA(arena, 0);
    tp_batch_builder *a;
    tp_batch_builder *b;
    tp_drift *drift;
    size_t more;
    (void)state;
    const tp_batch *before = batch_of(&a, "M", "", 90);
    const tp_batch *now = batch_of(&b, "X", "", 80);
    tp_drift_limits limits = {.fill_bp = 1000, .form_bp = 2000, .least = 100, .codes = false};
    assert_int_equal(tp_drift_compare(&WATCH, 1, now, before, &limits, &arena, &drift, &more), 1);
    assert_int_equal(drift[0].kind, TP_DRIFT_FILL);
    limits.fill_bp = 1001;
    assert_int_equal(tp_drift_compare(&WATCH, 1, now, before, &limits, &arena, &drift, &more), 0);
    limits.fill_bp = 1000;
    limits.least = 101;
    assert_int_equal(tp_drift_compare(&WATCH, 1, now, before, &limits, &arena, &drift, &more), 0);
    tp_batch_free(a);
    tp_batch_free(b);
}

/* Names that nobody reads: counted once each, without anything that could be somebody's number. */
static void
test_names__new_ones_are_told_and_cleaned(void **state)
{
    TP_AUTO_ARENA(arena, 0);
    tp_batch_builder *a = NULL;
    tp_batch_builder *b = NULL;
    tp_err err = {0};
    const tp_batch *before = NULL;
    const tp_batch *now = NULL;
    tp_drift *drift;
    size_t more;
    (void)state;
    assert_tp_ok(tp_batch_begin(&RULES, SECRET, &TP_TEST_CTX, &a, &err), &err);
    tp_batch_name(a, 0, TP_STR("agama"));
    tp_batch_name(a, 3, TP_STR("of no select"));
    assert_tp_ok(tp_batch_end(a, &before, &err), &err);
    assert_int_equal(before->n_names, 1);
    assert_tp_ok(tp_batch_begin(&RULES, SECRET, &TP_TEST_CTX, &b, &err), &err);
    tp_batch_name(b, 0, TP_STR("nik_baru"));
    tp_batch_name(b, 0, TP_STR("agama"));
    tp_batch_name(b, 0, TP_STR("agama"));
    tp_batch_name(b, 0, TP_STR("197003151995032001"));
    tp_batch_name(b, 0,
                  TP_STR("\x1b[2J\xe2\x80\xae"
                         "evil"));
    assert_tp_ok(tp_batch_end(b, &now, &err), &err);
    assert_int_equal(now->n_names, 4);
    assert_int_equal(
        tp_drift_compare(&WATCH, 1, now, before, &TP_DRIFT_DEFAULTS, &arena, &drift, &more), 3);
    assert_string_equal(drift[0].path, "list: [] 999999999999999999");
    assert_string_equal(drift[1].path, "list: [] ?[2Jxevil");
    assert_string_equal(drift[2].path, "list: [] nik_baru");
    assert_int_equal(drift[2].kind, TP_DRIFT_NEW_NAME);
    tp_batch_free(a);
    tp_batch_free(b);
}

/* More names than there is room for: the same ones stay whatever the order; nothing is said then.
 */
static void
test_names__bounded_and_orderless(void **state)
{
    TP_AUTO_ARENA(arena, 0);
    tp_batch_builder *b[2] = {NULL, NULL};
    const tp_batch *batch[2] = {NULL, NULL};
    tp_err err = {0};
    tp_drift *drift;
    size_t more;
    (void)state;
    for (int o = 0; o < 2; o++) {
        assert_tp_ok(tp_batch_begin(&RULES, SECRET, &TP_TEST_CTX, &b[o], &err), &err);
        for (int i = 0; i < 100; i++) {
            char text[TEXT];
            snprintf(text, sizeof text, "n%03d", o == 0 ? i : 99 - i);
            tp_batch_name(b[o], 0, tp_str_of(text));
        }
        assert_tp_ok(tp_batch_end(b[o], &batch[o], &err), &err);
        assert_int_equal(batch[o]->n_names, TP_NAMES_MAX);
    }
    assert_memory_equal(batch[0]->name, batch[1]->name, TP_NAMES_MAX * sizeof *batch[0]->name);
    assert_int_equal(
        tp_drift_compare(&WATCH, 1, batch[1], batch[0], &TP_DRIFT_DEFAULTS, &arena, &drift, &more),
        0);
    tp_batch_free(b[0]);
    tp_batch_free(b[1]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compare__each_change),
        cmocka_unit_test(test_compare__by_the_limits_of_the_description),
        cmocka_unit_test(test_names__new_ones_are_told_and_cleaned),
        cmocka_unit_test(test_names__bounded_and_orderless),
    };
    return cmocka_run_group_tests_name("core/normalise/drift", tests, NULL, NULL);
}
