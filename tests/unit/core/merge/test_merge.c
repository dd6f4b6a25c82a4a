/* Tests core/merge: golden values, provenance, facts told twice, what stands alone. */
#include "tests/support/tp_test.h"

#include <string.h>

#include "talent/base/intern.h"
#include "talent/core/merge.h"

enum { SOURCES = 3, ROWS = 4 };

/* Three sources, "a" agency, "b" BKN, "c" registry, whose people and facts a test fills in. */
typedef struct fixture {
    tp_arena arena;
    tp_intern text[SOURCES];
    tp_strings strings[SOURCES];
    tp_table table[SOURCES][TP_KIND_COUNT];
    tp_merge_source source[SOURCES];
    tp_merge_params params;
    tp_crosswalk x;
    tp_pool pool;
} fixture;

static const tp_ctx CTX = {.threads = 1};

static void
put_text(fixture *f, int s, tp_kind kind, int field, size_t row, const char *text)
{
    uint32_t code;
    assert_true(tp_intern_add(&f->text[s], tp_str_of(text), &code));
    tp_set_i32(&f->table[s][kind], field, row, (int32_t)code);
    f->strings[s] = (tp_strings){f->text[s].n, f->text[s].off, f->text[s].bytes};
}

static void
add_table(fixture *f, int s, tp_kind kind, size_t n)
{
    tp_err err = {0};
    assert_int_equal(tp_table_alloc(&f->table[s][kind], kind, n, false, &f->arena, &err), TP_OK);
    f->table[s][kind].strings = &f->strings[s];
    for (size_t i = 0; i < n; i++) {
        f->table[s][kind].key[i] = (uint64_t)(s * 100) + i + 1;
    }
}

/* Every source has one record, and all three are one person. */
static int
setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    static const char *const ID[] = {"a", "b", "c"};
    static const int TRUST[] = {40, 90, 70};
    for (int s = 0; s < SOURCES; s++) {
        for (int k = 0; k < TP_KIND_COUNT; k++) {
            f->table[s][k].kind = (tp_kind)k;
            f->source[s].trust[k] = TRUST[s];
        }
        f->source[s].id = f->source[s].family = tp_str_of(ID[s]);
        f->source[s].table = f->table[s];
        add_table(f, s, TP_PERSON, 1);
    }
    f->x.n = SOURCES;
    f->x.n_people = 1;
    f->x.source = tp_arena_alloc(&f->arena, ROWS, 4);
    f->x.row = tp_arena_alloc(&f->arena, ROWS, 4);
    f->x.person = tp_arena_alloc(&f->arena, ROWS, 4);
    f->x.via = tp_arena_alloc(&f->arena, ROWS, 4);
    f->x.weight = tp_arena_alloc(&f->arena, ROWS, 4);
    f->x.pass = tp_arena_alloc(&f->arena, ROWS, 1);
    f->x.record_key = tp_arena_alloc(&f->arena, ROWS, 8);
    f->x.person_key = tp_arena_alloc(&f->arena, ROWS, 8);
    f->x.person_key[0] = 18;
    for (uint32_t s = 0; s < SOURCES; s++) {
        f->x.source[s] = s;
        f->x.record_key[s] = s + 1;
        f->x.pass[s] = TP_PASS_NIP;
    }
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    for (int s = 0; s < SOURCES; s++) {
        tp_intern_clear(&f->text[s]);
    }
    tp_arena_clear(&f->arena);
    free(f);
    return 0;
}

static void
merge(fixture *f)
{
    tp_err err = {0};
    const tp_merge_input in = {.n_sources = SOURCES, .source = f->source, .crosswalk = &f->x};
    assert_int_equal(tp_merge(&in, &f->params, &CTX, &f->arena, &f->pool, &err), TP_OK);
}

static void
test_person__most_trusted_source_gives_the_value(void **state)
{
    fixture *f = *state;
    put_text(f, 0, TP_PERSON, TP_PERSON_FULL_NAME, 0, "SRI W");
    put_text(f, 1, TP_PERSON, TP_PERSON_FULL_NAME, 0, "SRI WAHYUNI");
    put_text(f, 2, TP_PERSON, TP_PERSON_FULL_NAME, 0, "SRI WAHYUNI L");
    merge(f);
    assert_true(
        tp_str_is(tp_get_text(&f->pool.table[TP_PERSON], TP_PERSON_FULL_NAME, 0), "SRI WAHYUNI"));
    assert_int_equal(f->pool.from[TP_PERSON_FULL_NAME][0], 1);
    assert_int_equal(f->pool.from[TP_PERSON_BIRTH_DATE][0], (uint32_t)TP_NONE);
}

static void
test_person__declared_order_wins_over_trust(void **state)
{
    fixture *f = *state;
    tp_set_i32(&f->table[0][TP_PERSON], TP_PERSON_BIRTH_DATE, 0, 100);
    tp_set_i32(&f->table[1][TP_PERSON], TP_PERSON_BIRTH_DATE, 0, 101);
    tp_set_i32(&f->table[2][TP_PERSON], TP_PERSON_BIRTH_DATE, 0, 102);
    f->params.person[TP_PERSON_BIRTH_DATE] = (tp_merge_order){1, {TP_STR("c")}};
    merge(f);
    assert_int_equal(tp_i32_or(&f->pool.table[TP_PERSON], TP_PERSON_BIRTH_DATE, 0, 0), 102);
    assert_int_equal(f->pool.from[TP_PERSON_BIRTH_DATE][0], 2);
}

/* A placeholder date before 1970 is a negative number, and old. */
static void
test_person__newest_change_wins_over_one_before_1970(void **state)
{
    fixture *f = *state;
    const int64_t changed[SOURCES] = {-INT64_C(2208988800), 1767225600, 0}; /* 1900, 2026, none */
    for (int s = 0; s < SOURCES; s++) {
        f->source[s].trust[TP_PERSON] = 50;
        tp_set_i32(&f->table[s][TP_PERSON], TP_PERSON_BIRTH_DATE, 0, 100 + s);
        if (changed[s] != 0) {
            tp_set_u64(&f->table[s][TP_PERSON], TP_PERSON_CHANGED_AT, 0, (uint64_t)changed[s]);
        }
    }
    merge(f);
    assert_int_equal(f->pool.from[TP_PERSON_BIRTH_DATE][0], 1);
    /* Without the newest, the old one is still newer than one that tells no time. */
    tp_bit_unset(f->table[1][TP_PERSON].col[TP_PERSON_BIRTH_DATE].valid, 0);
    merge(f);
    assert_int_equal(f->pool.from[TP_PERSON_BIRTH_DATE][0], 0);
}

static void
test_person__good_number_beats_damaged_one_of_a_better_source(void **state)
{
    fixture *f = *state;
    tp_set_u64(&f->table[0][TP_PERSON], TP_PERSON_NIP, 0, 111);
    tp_set_i32(&f->table[0][TP_PERSON], TP_PERSON_NIP_CLASS, 0, TP_NIP_GOOD);
    tp_set_u64(&f->table[1][TP_PERSON], TP_PERSON_NIP, 0, 222);
    tp_set_i32(&f->table[1][TP_PERSON], TP_PERSON_NIP_CLASS, 0, TP_NIP_DAMAGED);
    merge(f);
    uint64_t nip = 0;
    assert_true(tp_get_u64(&f->pool.table[TP_PERSON], TP_PERSON_NIP, 0, &nip));
    assert_int_equal(nip, 111);
    assert_int_equal(tp_i32_or(&f->pool.table[TP_PERSON], TP_PERSON_NIP_CLASS, 0, -1), TP_NIP_GOOD);
}

/* Two well-formed NIKs in one person, or an open question, are told with the person. */
static void
test_person__doubts_are_told(void **state)
{
    fixture *f = *state;
    for (int s = 0; s < SOURCES; s++) {
        tp_set_u64(&f->table[s][TP_PERSON], TP_PERSON_NIK, 0, s == 1 ? 555 : 777);
        tp_set_i32(&f->table[s][TP_PERSON], TP_PERSON_NIK_FACTS, 0, s != 1); /* bit 0: valid */
    }
    merge(f);
    assert_int_equal(f->pool.doubt[0], 0);
    tp_set_i32(&f->table[1][TP_PERSON], TP_PERSON_NIK_FACTS, 0, 1);
    merge(f);
    assert_int_equal(f->pool.doubt[0], TP_DOUBT_NIK);
    uint32_t a[] = {0};
    uint32_t b[] = {2};
    f->x.n_review = 1;
    f->x.review_a = a;
    f->x.review_b = b;
    merge(f);
    assert_int_equal(f->pool.doubt[0], TP_DOUBT_NIK | TP_DOUBT_REVIEW);
}

static void
test_person__adopted_record_gives_no_identity(void **state)
{
    fixture *f = *state;
    f->x.pass[1] = TP_PASS_ADOPTED;
    put_text(f, 0, TP_PERSON, TP_PERSON_FULL_NAME, 0, "AGUS");
    put_text(f, 1, TP_PERSON, TP_PERSON_FULL_NAME, 0, "AGUS SALIM");
    merge(f);
    assert_int_equal(f->pool.from[TP_PERSON_FULL_NAME][0], 0);
}

static void
test_facts__told_twice_are_one_and_complete_each_other(void **state)
{
    fixture *f = *state;
    for (int s = 0; s < 2; s++) {
        add_table(f, s, TP_EDUCATION, 1);
        tp_set_i32(&f->table[s][TP_EDUCATION], TP_EDUCATION_LEVEL, 0, 45);
        put_text(f, s, TP_EDUCATION, TP_EDUCATION_PROGRAMME, 0, "ILMU HUKUM");
    }
    tp_set_i32(&f->table[0][TP_EDUCATION], TP_EDUCATION_YEAR, 0, 2004);
    merge(f);
    const tp_table *t = &f->pool.table[TP_EDUCATION];
    assert_int_equal(t->n, 1);
    assert_int_equal(f->pool.told[TP_EDUCATION][0], 2);
    assert_int_equal(t->source[0], 1);
    assert_int_equal(tp_i32_or(t, TP_EDUCATION_YEAR, 0, 0), 2004);
    assert_int_equal(f->pool.begin[TP_EDUCATION][0], 0);
    assert_int_equal(f->pool.begin[TP_EDUCATION][1], 1);
}

static void
test_facts__post_ends_when_the_next_definitive_one_begins(void **state)
{
    fixture *f = *state;
    static const int32_t START[] = {100, 150, 200};
    static const int32_t KIND[] = {TP_ASSIGN_DEFINITIVE, TP_ASSIGN_PLT, TP_ASSIGN_DEFINITIVE};
    add_table(f, 0, TP_POSITION_HISTORY, 3);
    for (size_t i = 0; i < 3; i++) {
        tp_set_i32(&f->table[0][TP_POSITION_HISTORY], TP_POSITION_HISTORY_START_ON, i, START[i]);
        tp_set_i32(&f->table[0][TP_POSITION_HISTORY], TP_POSITION_HISTORY_ASSIGNMENT, i, KIND[i]);
    }
    merge(f);
    const tp_table *t = &f->pool.table[TP_POSITION_HISTORY];
    assert_int_equal(tp_i32_or(t, TP_POSITION_HISTORY_END_ON, 0, 0), 200);
    assert_false(tp_known(t, TP_POSITION_HISTORY_END_ON, 1));
    assert_false(tp_known(t, TP_POSITION_HISTORY_END_ON, 2));
}

static void
test_employment__present_one_stands_first(void **state)
{
    fixture *f = *state;
    add_table(f, 0, TP_EMPLOYMENT, 1);
    add_table(f, 1, TP_EMPLOYMENT, 1);
    put_text(f, 0, TP_EMPLOYMENT, TP_EMPLOYMENT_HOME_AGENCY, 0, "1000");
    put_text(f, 1, TP_EMPLOYMENT, TP_EMPLOYMENT_HOME_AGENCY, 0, "9000");
    merge(f);
    const tp_table *t = &f->pool.table[TP_EMPLOYMENT];
    assert_int_equal(t->n, 2);
    assert_true(tp_str_is(tp_get_text(t, TP_EMPLOYMENT_HOME_AGENCY, 0), "9000"));
}

static void
test_free__one_row_per_natural_key(void **state)
{
    fixture *f = *state;
    for (int s = 0; s < 3; s++) {
        add_table(f, s, TP_POSITION, 1);
        put_text(f, s, TP_POSITION, TP_POSITION_POSITION_ID, 0, s == 2 ? "P-0" : "P-1");
        put_text(f, s, TP_POSITION, TP_POSITION_TITLE, 0, s == 1 ? "Direktur" : "DIREKTUR");
    }
    merge(f);
    const tp_table *t = &f->pool.table[TP_POSITION];
    assert_int_equal(t->n, 2);
    assert_true(tp_str_is(tp_get_text(t, TP_POSITION_POSITION_ID, 0), "P-0"));
    assert_true(tp_str_is(tp_get_text(t, TP_POSITION_TITLE, 1), "Direktur"));
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_person__most_trusted_source_gives_the_value),
        T(test_person__declared_order_wins_over_trust),
        T(test_person__newest_change_wins_over_one_before_1970),
        T(test_person__good_number_beats_damaged_one_of_a_better_source),
        T(test_person__doubts_are_told),
        T(test_person__adopted_record_gives_no_identity),
        T(test_facts__told_twice_are_one_and_complete_each_other),
        T(test_facts__post_ends_when_the_next_definitive_one_begins),
        T(test_employment__present_one_stands_first),
        T(test_free__one_row_per_natural_key),
    };
    return cmocka_run_group_tests_name("core/merge", tests, NULL, NULL);
}
