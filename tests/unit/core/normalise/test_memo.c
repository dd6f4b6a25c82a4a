/* Tests core/normalise/memo.c: what is kept is what would be computed anew. */
#include "tests/support/tp_test.h"

#include "core/normalise/stage.h"

enum { TEXTS = 9000, ROUNDS = 40000 };

static const uint16_t SLOT[] = {0, 1};
static const tp_str DATES[] = {{"dd-mm-yyyy", 10}};
static const tp_str BLANK[] = {{"-", 1}};
static const tp_op_step DATE[] = {{.op = TP_OP_NULL_IF, .list = BLANK, .n = 1},
                                  {.op = TP_OP_DATE, .list = DATES, .n = 1, .a = -1}};
static const tp_op_step UPPER[] = {{.op = TP_OP_SQUASH}, {.op = TP_OP_UPPER}};
static const tp_op_step NIK[] = {{.op = TP_OP_NIK}};
static const tp_field_rule FIELD[] = {
    {.field = TP_PERSON_BIRTH_DATE,
     .from = -1,
     .required = true,
     .n_slots = 1,
     .slot = SLOT,
     .n_steps = 2,
     .step = DATE},
    {.field = TP_PERSON_FULL_NAME,
     .from = -1,
     .n_slots = 2,
     .slot = SLOT,
     .n_steps = 2,
     .step = UPPER},
    {.field = TP_PERSON_NIK, .from = -1, .n_slots = 1, .slot = SLOT, .n_steps = 1, .step = NIK},
};
static const tp_emit_rule EMIT = {.kind = TP_PERSON, .n_fields = 3, .field = FIELD};

static void
assert_same(const tp_value *a, const tp_value *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->fault, b->fault);
    assert_int_equal(a->severity, b->severity);
    assert_int_equal(a->num, b->num);
    assert_true(tp_str_eq(a->text, b->text));
}

static uint32_t
draw(uint64_t *seed, uint32_t n)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33) % n;
}

static void
test_field__as_computed_anew(void **state)
{
    (void)state;
    static const uint8_t secret[32] = {1};
    uint64_t seed = 11;
    char text[64];
    tp_arena arena = {0};
    tp_memo *memo = tp_memos_new(&EMIT);
    assert_non_null(memo);
    for (int i = 0; i < ROUNDS; i++) {
        /* few texts at first, then more than are kept, blanks and nothing among them */
        const uint32_t n = draw(&seed, i < ROUNDS / 2 ? 300 : TEXTS);
        const uint32_t kind = draw(&seed, 8);
        (void)snprintf(text, sizeof text,
                       kind == 0   ? "-"
                       : kind == 1 ? "  "
                                   : "%02u-%02u-%04u",
                       (unsigned)n % 33, (unsigned)n / 33 % 14, 1950 + (unsigned)n / 450);
        const tp_str cell[] = {kind == 2 ? TP_STR_NONE : tp_str_of(text), TP_STR("sri  wahyuni")};
        const tp_pipe pipe = {.secret = secret, .cell = cell, .arena = &arena};
        for (size_t f = 0; f < EMIT.n_fields; f++) {
            tp_value want = tp_pipe_field(&pipe, &FIELD[f]);
            tp_row_fit(&EMIT, &FIELD[f], &want, &arena);
            const tp_value got = tp_memo_field(&memo[f], &pipe, &EMIT, &FIELD[f]);
            assert_same(&got, &want);
        }
        tp_arena_reset(&arena);
    }
    tp_memos_free(memo, &EMIT);
    tp_arena_clear(&arena);
}

static void
test_field__keeps_no_number_of_a_person(void **state)
{
    (void)state;
    static const uint8_t secret[32] = {1};
    tp_arena arena = {0};
    const tp_str cell[] = {TP_STR("3305011503700001"), TP_STR_NONE};
    const tp_pipe pipe = {.secret = secret, .cell = cell, .arena = &arena};
    tp_memo *memo = tp_memos_new(&EMIT);
    for (int i = 0; i < 3; i++) {
        const tp_value v = tp_memo_field(&memo[2], &pipe, &EMIT, &FIELD[2]);
        assert_int_equal(v.kind, TP_V_NIK);
    }
    assert_int_equal(memo[2].n, 0);
    tp_memos_free(memo, &EMIT);
    tp_arena_clear(&arena);
}

static void
test_field__gives_up_where_texts_do_not_repeat(void **state)
{
    (void)state;
    char text[32];
    tp_arena arena = {0};
    tp_memo *memo = tp_memos_new(&EMIT);
    for (unsigned i = 0; i < 2000; i++) {
        (void)snprintf(text, sizeof text, "nama %u", i);
        const tp_str cell[] = {tp_str_of(text), TP_STR_NONE};
        const tp_pipe pipe = {.cell = cell, .arena = &arena};
        const tp_value v = tp_memo_field(&memo[1], &pipe, &EMIT, &FIELD[1]);
        assert_int_equal(v.kind, TP_V_TEXT);
    }
    assert_false(memo[1].pure);
    assert_int_equal(memo[1].n, 0);
    tp_memos_free(memo, &EMIT);
    tp_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_field__as_computed_anew),
        cmocka_unit_test(test_field__keeps_no_number_of_a_person),
        cmocka_unit_test(test_field__gives_up_where_texts_do_not_repeat),
    };
    return cmocka_run_group_tests_name("core/normalise/memo", tests, NULL, NULL);
}
