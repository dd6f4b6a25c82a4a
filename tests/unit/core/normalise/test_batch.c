/* Tests core/normalise/batch.c, row.c and settle.c: counts, keys, duplicates, subjects, order. */
#include "tests/support/tp_test.h"

#include "talent/core/emit.h"

enum { P_COLS = 3, P_MAX = 16 };

static const uint8_t SECRET[32] = {7};
static const uint16_t SLOT[] = {0, 1, 2};
static const tp_str ISO[] = {{"iso", 3}};
static const tp_op_step TIME_STEP[] = {{.op = TP_OP_DATETIME, .list = ISO, .n = 1}};
static const tp_op_step INT_STEP[] = {{.op = TP_OP_INT}};

/* Persons: id, name (required), changed. Child: year (required) and name of an award. */
static const tp_field_rule PERSON_FIELD[] = {
    {.name = {"source_key", 10},
     .field = TP_PERSON_SOURCE_KEY,
     .from = -1,
     .required = true,
     .on_error = TP_ON_REJECT,
     .n_slots = 1,
     .slot = &SLOT[0]},
    {.name = {"full_name", 9},
     .field = TP_PERSON_FULL_NAME,
     .from = -1,
     .required = true,
     .on_error = TP_ON_REJECT,
     .n_slots = 1,
     .slot = &SLOT[1]},
    {.name = {"changed_at", 10},
     .field = TP_PERSON_CHANGED_AT,
     .from = -1,
     .n_slots = 1,
     .slot = &SLOT[2],
     .n_steps = 1,
     .step = TIME_STEP},
};
static const tp_field_rule AWARD_FIELD[] = {
    {.name = {"year", 4},
     .field = TP_AWARD_YEAR,
     .from = -1,
     .required = true,
     .on_error = TP_ON_REJECT,
     .n_slots = 1,
     .slot = &SLOT[0],
     .n_steps = 1,
     .step = INT_STEP},
    {.name = {"name", 4}, .field = TP_AWARD_NAME, .from = -1, .n_slots = 1, .slot = &SLOT[1]},
};
static const tp_field_rule SUBJECT_FIELD[] = {
    {.name = {"source_key", 10},
     .field = TP_PERSON_SOURCE_KEY,
     .from = -1,
     .required = true,
     .on_error = TP_ON_REJECT,
     .n_slots = 1,
     .slot = &SLOT[2]},
};
static const int16_t KEY[] = {0, 1};
static const tp_emit_rule SUBJECT = {.kind = TP_PERSON,
                                     .select = 3,
                                     .parent = -1,
                                     .n_fields = 1,
                                     .field = SUBJECT_FIELD,
                                     .n_keys = 1,
                                     .key = KEY,
                                     .stamp = -1};
static const tp_emit_rule EMIT[] = {
    {.kind = TP_PERSON,
     .select = 0,
     .parent = -1,
     .n_fields = 3,
     .field = PERSON_FIELD,
     .n_keys = 1,
     .key = KEY,
     .stamp = 2},
    {.kind = TP_AWARD,
     .select = 1,
     .parent = 0,
     .n_fields = 2,
     .field = AWARD_FIELD,
     .n_keys = 2,
     .key = KEY,
     .stamp = -1},
    {.kind = TP_PERSON,
     .select = 2,
     .parent = -1,
     .n_fields = 1,
     .field = PERSON_FIELD,
     .n_keys = 1,
     .key = KEY,
     .stamp = -1,
     .removes = true},
    {.kind = TP_AWARD,
     .select = 3,
     .parent = -1,
     .n_fields = 2,
     .field = AWARD_FIELD,
     .n_keys = 2,
     .key = KEY,
     .stamp = -1,
     .subject = &SUBJECT},
};
static const struct tp_emit_rules RULES = {.source = {"demo", 4}, .n_emits = 4, .emit = EMIT};

/* A body being made up: rows of the four selects. */
typedef struct body {
    tp_raw_chunk chunk;
    tp_str cell[4][P_MAX * P_COLS];
    tp_place place[4][P_MAX];
    uint32_t parent[4][P_MAX];
    uint8_t flaw[4][P_MAX];
} body;

static body *
body_new(void)
{
    static const size_t COLS[] = {3, 2, 1, 3};
    body *b = calloc(1, sizeof *b);
    for (int s = 0; s < 4; s++) {
        b->chunk.table[s] =
            (tp_raw_table){0, COLS[s], b->cell[s], b->place[s], b->parent[s], b->flaw[s], NULL};
    }
    return b;
}

static void
put(body *b, int select, uint32_t parent, const char *x, const char *y, const char *z)
{
    tp_raw_table *t = &b->chunk.table[select];
    const char *text[] = {x, y, z};
    for (size_t c = 0; c < t->cols; c++) {
        t->cell[t->n * t->cols + c] = tp_str_of(text[c]);
    }
    t->place[t->n] = (tp_place){0, (uint32_t)t->n};
    t->parent[t->n++] = parent;
}

static const tp_batch *
run(body **bodies, size_t n, tp_batch_builder **out)
{
    tp_err err = {0};
    const tp_batch *batch = NULL;
    assert_tp_ok(tp_batch_begin(&RULES, SECRET, &TP_TEST_CTX, out, &err), &err);
    for (size_t i = 0; i < n; i++) {
        assert_tp_ok(tp_batch_add(*out, &bodies[i]->chunk, &err), &err);
        free(bodies[i]);
    }
    assert_tp_ok(tp_batch_end(*out, &batch, &err), &err);
    return batch;
}

static void
assert_counts(const tp_batch *b, tp_kind kind, uint64_t received, uint64_t accepted,
              uint64_t duplicate, uint64_t removed, uint64_t rejected)
{
    const tp_counts *c = &b->counts[kind];
    assert_int_equal(c->received, received);
    assert_int_equal(c->accepted, accepted);
    assert_int_equal(c->duplicate, duplicate);
    assert_int_equal(c->removed, removed);
    assert_int_equal(c->rejected, rejected);
}

/* A row that does not stand under its header is rejected, one that lost a character is flagged. */
static void
test_batch__flawed_rows(void **state)
{
    tp_batch_builder *builder;
    body *b = body_new();
    (void)state;
    put(b, 0, UINT32_MAX, "a", "ANI", NULL);
    put(b, 0, UINT32_MAX, "b", "BUDI", NULL);
    put(b, 0, UINT32_MAX, "c", "C\xef\xbf\xbd", NULL);
    put(b, 1, 1, "2002", "z", NULL); /* of the row that is rejected */
    b->flaw[0][1] = TP_FLAW_CELLS;
    b->flaw[0][2] = TP_FLAW_TEXT;
    const tp_batch *got = run(&b, 1, &builder);
    assert_counts(got, TP_PERSON, 3, 2, 0, 0, 1);
    assert_counts(got, TP_AWARD, 1, 0, 0, 0, 1);
    assert_int_equal(got->counts[TP_PERSON].flagged, 1);
    assert_int_equal(got->reject_total[TP_REJ_SYNTAX], 1);
    assert_int_equal(got->reject_total[TP_REJ_ENCODING], 1);
    assert_int_equal(got->reject_total[TP_REJ_PARENT], 1);
    assert_int_equal(got->reject[0].place.record, 0);
    assert_int_equal(got->reject[0].code, TP_REJ_PARENT);
    assert_int_equal(got->reject[1].place.record, 1);
    assert_int_equal(got->reject[1].code, TP_REJ_SYNTAX);
    tp_batch_free(builder);
}

static void
test_batch__every_record_is_counted_once(void **state)
{
    tp_batch_builder *builder;
    body *b = body_new();
    (void)state;
    put(b, 0, UINT32_MAX, "a", "ANI", "2026-01-01T00:00:00Z");
    put(b, 0, UINT32_MAX, "b", "", "2026-01-01T00:00:00Z");    /* no name: rejected */
    put(b, 0, UINT32_MAX, "a", "ANI", "2026-01-01T00:00:00Z"); /* again */
    put(b, 0, UINT32_MAX, "c", "CICI", NULL);                  /* removed below */
    put(b, 1, 0, "2001", "x", NULL);
    put(b, 1, 0, "zwei", "y", NULL); /* year is no number */
    put(b, 1, 1, "2002", "z", NULL); /* its person is rejected */
    put(b, 1, 2, "2001", "x", NULL); /* the same award of the doubled record */
    put(b, 1, 3, "2003", "w", NULL); /* its person is removed */
    put(b, 2, UINT32_MAX, "c", NULL, NULL);
    const tp_batch *batch = run(&b, 1, &builder);
    assert_counts(batch, TP_PERSON, 5, 1, 1, 2, 1);
    assert_counts(batch, TP_AWARD, 5, 1, 1, 1, 2);
    assert_int_equal(batch->table[TP_PERSON].n, 1);
    assert_int_equal(batch->table[TP_AWARD].n, 1);
    assert_int_equal(batch->table[TP_AWARD].subject[0], 0);
    assert_int_equal(batch->reject_total[TP_REJ_REQUIRED], 1);
    assert_int_equal(batch->reject_total[TP_REJ_TYPE], 1);
    assert_int_equal(batch->reject_total[TP_REJ_PARENT], 1);
    assert_int_equal(batch->n_rejects, 3);
    tp_batch_free(builder);
}

static void
test_batch__newest_of_one_key_wins(void **state)
{
    tp_batch_builder *builder;
    body *b = body_new();
    (void)state;
    put(b, 0, UINT32_MAX, "a", "NEW", "2026-01-02T00:00:00Z");
    put(b, 0, UINT32_MAX, "a", "OLD", "2026-01-01T00:00:00Z");
    put(b, 0, UINT32_MAX, "a", "UNDATED", NULL);
    const tp_batch *batch = run(&b, 1, &builder);
    assert_counts(batch, TP_PERSON, 3, 1, 2, 0, 0);
    assert_tp_str(tp_get_text(&batch->table[TP_PERSON], TP_PERSON_FULL_NAME, 0), "NEW");
    tp_batch_free(builder);
}

/* Facts of their own: the person is made once per key, and only if no record gives one. */
static void
test_batch__subjects_are_made_when_missing(void **state)
{
    tp_batch_builder *builder;
    body *b = body_new();
    (void)state;
    put(b, 0, UINT32_MAX, "a", "ANI", NULL);
    put(b, 0, UINT32_MAX, "r", "", NULL);
    put(b, 3, UINT32_MAX, "2001", "x", "a");
    put(b, 3, UINT32_MAX, "2001", "x", "n");
    put(b, 3, UINT32_MAX, "2002", "x", "n");
    put(b, 3, UINT32_MAX, "2003", "x", "r"); /* its person was rejected */
    put(b, 3, UINT32_MAX, "2004", "x", "");  /* names nobody */
    const tp_batch *batch = run(&b, 1, &builder);
    assert_counts(batch, TP_PERSON, 2, 1, 0, 0, 1);
    assert_counts(batch, TP_AWARD, 5, 3, 0, 0, 2);
    assert_int_equal(batch->table[TP_PERSON].n, 2);
    assert_int_equal(batch->counts[TP_PERSON].derived, 1); /* n; a has a record of its own */
    assert_non_null(batch->derived);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(tp_bit_get(batch->derived, i),
                         !tp_known(&batch->table[TP_PERSON], TP_PERSON_FULL_NAME, i));
    }
    assert_int_equal(batch->reject_total[TP_REJ_KEY], 1);
    assert_int_equal(batch->reject_total[TP_REJ_PARENT], 1);
    const tp_table *award = &batch->table[TP_AWARD];
    for (size_t i = 0; i < award->n; i++) {
        const bool of_ani =
            tp_i32_or(award, TP_AWARD_YEAR, i, 0) == 2001 &&
            tp_known(&batch->table[TP_PERSON], TP_PERSON_FULL_NAME, award->subject[i]);
        assert_true(of_ani || tp_str_is(tp_get_text(&batch->table[TP_PERSON], TP_PERSON_SOURCE_KEY,
                                                    award->subject[i]),
                                        "n"));
    }
    tp_batch_free(builder);
}

static void
put_person(body *b, unsigned i)
{
    static char id[8][4];
    static const char *const NAME[] = {"ANI", "BUDI",  "CICI", "DEDI",
                                       "EKO", "FITRI", "GITA", "HADI"};
    snprintf(id[i], sizeof id[i], "p%u", i % 6); /* two keys come twice, with unequal names */
    const uint32_t row = (uint32_t)b->chunk.table[0].n;
    put(b, 0, UINT32_MAX, id[i], NAME[i], "2026-01-01T00:00:00Z");
    put(b, 1, row, i % 2 == 0 ? "2001" : "2002", NAME[i], NULL);
    put(b, 3, UINT32_MAX, "2010", NAME[(i + 1) % 8], id[i]);
}

static void
assert_same_table(const tp_table *a, const tp_table *b)
{
    const tp_kind_def *def = tp_kind_of(a->kind);
    assert_int_equal(a->n, b->n);
    assert_memory_equal(a->key, b->key, a->n * sizeof *a->key);
    assert_memory_equal(a->hash, b->hash, a->n * sizeof *a->hash);
    if (a->subject != NULL) {
        assert_memory_equal(a->subject, b->subject, a->n * sizeof *a->subject);
    }
    for (int f = 0; f < def->n_fields; f++) {
        assert_memory_equal(a->col[f].data, b->col[f].data,
                            a->n * tp_type_width(def->field[f].type));
        assert_memory_equal(a->col[f].valid, b->col[f].valid,
                            tp_bit_words(a->n) * sizeof(uint64_t));
    }
}

/* Any order of records, in one chunk or many, gives the same bytes. */
static void
test_batch__does_not_depend_on_record_order(void **state)
{
    static const unsigned ORDER[][8] = {
        {0, 1, 2, 3, 4, 5, 6, 7}, {7, 6, 5, 4, 3, 2, 1, 0}, {3, 0, 7, 1, 6, 2, 5, 4}};
    tp_batch_builder *builder[4];
    const tp_batch *batch[4];
    (void)state;
    for (size_t o = 0; o < 3; o++) {
        body *b = body_new();
        for (size_t i = 0; i < 8; i++) {
            put_person(b, ORDER[o][i]);
        }
        batch[o] = run(&b, 1, &builder[o]);
    }
    body *many[8];
    for (size_t i = 0; i < 8; i++) {
        many[i] = body_new();
        put_person(many[i], ORDER[2][i]);
    }
    batch[3] = run(many, 8, &builder[3]);
    assert_counts(batch[0], TP_PERSON, 8, 6, 2, 0, 0);
    for (size_t o = 1; o < 4; o++) {
        assert_same_table(&batch[0]->table[TP_PERSON], &batch[o]->table[TP_PERSON]);
        assert_same_table(&batch[0]->table[TP_AWARD], &batch[o]->table[TP_AWARD]);
        assert_int_equal(batch[0]->strings.n, batch[o]->strings.n);
        assert_memory_equal(batch[0]->strings.bytes, batch[o]->strings.bytes,
                            batch[0]->strings.off[batch[0]->strings.n]);
        assert_memory_equal(batch[0]->counts, batch[o]->counts, sizeof batch[0]->counts);
    }
    for (size_t o = 0; o < 4; o++) {
        tp_batch_free(builder[o]);
    }
}

static void
test_compare__splits_accepted_and_counts_what_is_gone(void **state)
{
    tp_batch_builder *first;
    tp_batch_builder *second;
    tp_counts counts[TP_KIND_COUNT];
    uint64_t gone[TP_KIND_COUNT];
    body *b = body_new();
    (void)state;
    put(b, 0, UINT32_MAX, "a", "ANI", NULL);
    put(b, 0, UINT32_MAX, "b", "BUDI", NULL);
    put(b, 0, UINT32_MAX, "c", "CICI", NULL);
    const tp_batch *before = run(&b, 1, &first);
    b = body_new();
    put(b, 0, UINT32_MAX, "a", "ANI", NULL);
    put(b, 0, UINT32_MAX, "b", "BUDIMAN", NULL);
    put(b, 0, UINT32_MAX, "d", "DEDI", NULL);
    const tp_batch *now = run(&b, 1, &second);
    tp_batch_compare(now, before, counts, gone);
    assert_int_equal(counts[TP_PERSON].accepted, 2);
    assert_int_equal(counts[TP_PERSON].unchanged, 1);
    assert_int_equal(gone[TP_PERSON], 1);
    tp_batch_compare(now, NULL, counts, gone);
    assert_int_equal(counts[TP_PERSON].accepted, 3);
    assert_int_equal(gone[TP_PERSON], 0);
    tp_batch_free(first);
    tp_batch_free(second);
}

/* A derived row that is the same again is no unchanged record: it was never received. */
static void
test_compare__derived_rows_are_neither_accepted_nor_unchanged(void **state)
{
    tp_batch_builder *builder[2];
    const tp_batch *batch[2];
    tp_counts counts[TP_KIND_COUNT];
    uint64_t gone[TP_KIND_COUNT];
    tp_err err = {0};
    (void)state;
    for (int night = 0; night < 2; night++) {
        body *b = body_new();
        put(b, 0, UINT32_MAX, "a", night == 0 ? "ANI" : "ANITA", NULL);
        put(b, 3, UINT32_MAX, "2001", "x", "m");
        put(b, 3, UINT32_MAX, "2001", "x", "n");
        batch[night] = run(&b, 1, &builder[night]);
    }
    tp_batch_compare(batch[1], batch[0], counts, gone);
    assert_int_equal(counts[TP_PERSON].received, 1);
    assert_int_equal(counts[TP_PERSON].accepted, 1);
    assert_int_equal(counts[TP_PERSON].unchanged, 0);
    assert_int_equal(counts[TP_PERSON].derived, 2);
    assert_int_equal(counts[TP_AWARD].unchanged, 2);
    assert_int_equal(gone[TP_PERSON], 0);
    assert_tp_ok(tp_counts_check(batch[1], counts, &err), &err);
    tp_batch_free(builder[0]);
    tp_batch_free(builder[1]);
}

/* Broken on purpose, one way after the other. */
static void
test_counts_check__refuses_what_does_not_balance(void **state)
{
    tp_batch_builder *builder;
    tp_counts counts[TP_KIND_COUNT];
    tp_err err = {0};
    body *b = body_new();
    (void)state;
    put(b, 0, UINT32_MAX, "a", "ANI", NULL);
    put(b, 3, UINT32_MAX, "2001", "x", "n");
    const tp_batch *batch = run(&b, 1, &builder);
    memcpy(counts, batch->counts, sizeof counts);
    assert_tp_ok(tp_counts_check(batch, counts, &err), &err);
    counts[TP_PERSON].received++;
    assert_tp_fails(tp_counts_check(batch, counts, &err), TP_E_BUG, &err,
                    "2 person records received, 1 accounted for");
    counts[TP_PERSON].received--;
    counts[TP_PERSON].derived--;
    assert_tp_fails(tp_counts_check(batch, counts, &err), TP_E_BUG, &err,
                    "2 person rows kept, 1 received and 0 derived");
    counts[TP_PERSON].derived++;
    counts[TP_AWARD].duplicate++;
    assert_tp_fails(tp_counts_check(batch, counts, &err), TP_E_BUG, &err, "award records");
    tp_batch_free(builder);
}

/* Three nights of changes: what stands, and what tonight counts. */
static void
test_parts__later_ones_replace_remove_and_bring_back(void **state)
{
    static const uint32_t PART[] = {0, 1, 2};
    const tp_batch *got = NULL;
    tp_batch_builder *builder = NULL;
    tp_err err = {0};
    body *b[] = {body_new(), body_new(), body_new()};
    (void)state;
    put(b[0], 0, UINT32_MAX, "a", "ANI", NULL);
    put(b[0], 0, UINT32_MAX, "b", "BUDI", NULL);
    put(b[0], 0, UINT32_MAX, "c", "CICI", NULL);
    put(b[0], 1, 0, "2001", "x", NULL);
    put(b[0], 1, 0, "2002", "x", NULL);
    put(b[0], 1, 1, "2001", "x", NULL);
    put(b[0], 1, 2, "2005", "x", NULL);
    put(b[1], 0, UINT32_MAX, "a", "ANI BARU", NULL); /* with one award, and no other */
    put(b[1], 1, 0, "2003", "x", NULL);
    put(b[1], 2, UINT32_MAX, "b", NULL, NULL);   /* gone last night ... */
    put(b[2], 0, UINT32_MAX, "b", "BUDI", NULL); /* ... and back tonight */
    put(b[2], 1, 0, "2009", "x", NULL);
    put(b[2], 2, UINT32_MAX, "c", NULL, NULL);
    assert_tp_ok(tp_batch_begin(&RULES, SECRET, &TP_TEST_CTX, &builder, &err), &err);
    assert_tp_ok(tp_batch_parts(builder, PART, 3, &err), &err);
    for (uint32_t i = 0; i < 3; i++) {
        for (int s = 0; s < 4; s++) {
            for (size_t r = 0; r < P_MAX; r++) {
                b[i]->place[s][r].body = i;
            }
        }
        assert_tp_ok(tp_batch_add(builder, &b[i]->chunk, &err), &err);
        free(b[i]);
    }
    assert_tp_ok(tp_batch_end(builder, &got, &err), &err);
    assert_counts(got, TP_PERSON, 4, 2, 0, 2, 0);
    assert_counts(got, TP_AWARD, 3, 2, 0, 1, 0);
    assert_int_equal(got->table[TP_PERSON].n, 2);
    for (size_t i = 0; i < 2; i++) {
        const tp_str name = tp_get_text(&got->table[TP_PERSON], TP_PERSON_FULL_NAME, i);
        assert_int_equal(got->table[TP_PERSON].body[i], tp_str_is(name, "BUDI") ? 2 : 1);
        const int32_t year = tp_i32_or(&got->table[TP_AWARD], TP_AWARD_YEAR, i, 0);
        assert_true(year == 2003 || year == 2009);
    }
    tp_batch_free(builder);
}

static void
test_batch__empty(void **state)
{
    tp_batch_builder *builder;
    (void)state;
    const tp_batch *batch = run(NULL, 0, &builder);
    assert_int_equal(batch->table[TP_PERSON].n, 0);
    assert_int_equal(batch->strings.n, 0);
    tp_batch_free(builder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_batch__flawed_rows),
        cmocka_unit_test(test_batch__every_record_is_counted_once),
        cmocka_unit_test(test_batch__newest_of_one_key_wins),
        cmocka_unit_test(test_batch__subjects_are_made_when_missing),
        cmocka_unit_test(test_batch__does_not_depend_on_record_order),
        cmocka_unit_test(test_compare__splits_accepted_and_counts_what_is_gone),
        cmocka_unit_test(test_compare__derived_rows_are_neither_accepted_nor_unchanged),
        cmocka_unit_test(test_counts_check__refuses_what_does_not_balance),
        cmocka_unit_test(test_parts__later_ones_replace_remove_and_bring_back),
        cmocka_unit_test(test_batch__empty),
    };
    return cmocka_run_group_tests_name("core/normalise/batch", tests, NULL, NULL);
}
