/* Tests core/model/{record,table,crosswalk}.c. */
#include "tests/support/tp_test.h"

#include "talent/base/intern.h"
#include "talent/core/crosswalk.h"
#include "talent/core/table.h"

static void
test_kinds__names_are_unique_and_found(void **state)
{
    (void)state;
    tp_kind found = TP_KIND_COUNT;
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        const tp_kind_def *def = tp_kind_of((tp_kind)k);
        assert_true(tp_kind_find(tp_str_of(def->name), &found));
        assert_int_equal(found, k);
        assert_true(def->n_natural >= 1 && def->n_natural <= def->n_fields);
        for (int f = 0; f < def->n_fields; f++) {
            assert_int_equal(tp_field_find((tp_kind)k, tp_str_of(def->field[f].name)), f);
            assert_int_equal(def->field[f].words != NULL, def->field[f].type == TP_T_ENUM);
        }
    }
    assert_false(tp_kind_find(TP_STR("persons"), &found));
    assert_int_equal(tp_field_find(TP_PERSON, TP_STR("name")), -1);
    assert_int_equal(tp_kind_of(TP_PERSON)->role, TP_ROLE_SUBJECT);
    assert_int_equal(tp_kind_of(TP_POSITION)->role, TP_ROLE_FREE);
    assert_int_equal(tp_type_width(TP_T_ID), 8);
    assert_int_equal(tp_type_width(TP_T_TIME), 8);
    assert_int_equal(tp_type_width(TP_T_TEXT), 4);
}

/* The enumerations of record.h are in the order of their words. */
static void
test_words__match_the_enumerators(void **state)
{
    (void)state;
    const struct {
        tp_kind kind;
        int field;
        const char *word;
        int value;
    } want[] = {
        {TP_PERSON, TP_PERSON_SEX, "female", TP_SEX_FEMALE},
        {TP_PERSON, TP_PERSON_NIP_CLASS, "junk", TP_NIP_JUNK},
        {TP_EMPLOYMENT, TP_EMPLOYMENT_STATUS, "non_asn", TP_STATUS_NON_ASN},
        {TP_EMPLOYMENT, TP_EMPLOYMENT_TIER, "functional", TP_TIER_FUNCTIONAL},
        {TP_EMPLOYMENT, TP_EMPLOYMENT_JF_GRADE, "utama", TP_JF_UTAMA},
        {TP_POSITION_HISTORY, TP_POSITION_HISTORY_ASSIGNMENT, "extra", TP_ASSIGN_EXTRA},
        {TP_TRAINING, TP_TRAINING_COURSE, "none", TP_COURSE_NONE},
        {TP_APPRAISAL, TP_APPRAISAL_SCHEME, "periodic", TP_SCHEME_PERIODIC},
        {TP_DISCIPLINE, TP_DISCIPLINE_LEVEL, "heavy", TP_SANCTION_HEAVY},
        {TP_DISCIPLINE, TP_DISCIPLINE_CASE, "appeal", TP_CASE_APPEAL},
        {TP_DOSSIER, TP_DOSSIER_KIND, "family", TP_DOSSIER_FAMILY},
        {TP_INTEGRITY, TP_INTEGRITY_FILING, "missing", TP_FILING_MISSING},
        {TP_MERIT, TP_MERIT_STATUS, "final", TP_MERIT_FINAL},
        {TP_INAUGURATION, TP_INAUGURATION_STATUS, "caretaker", TP_HEAD_CARETAKER},
    };
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        const tp_field_def *field = &tp_kind_of(want[i].kind)->field[want[i].field];
        assert_int_equal(tp_word_find(field, tp_str_of(want[i].word)), want[i].value);
        assert_tp_str(tp_word_of(field, want[i].value), want[i].word);
    }
    const tp_field_def *sex = &tp_kind_of(TP_PERSON)->field[TP_PERSON_SEX];
    assert_int_equal(tp_word_find(sex, TP_STR("mal")), -1);
    assert_int_equal(tp_word_of(sex, 2).n, 0);
    assert_int_equal(tp_word_of(sex, -1).n, 0);
}

static void
test_alloc__all_unknown(void **state)
{
    (void)state;
    TP_AUTO_ARENA(arena, 1 << 20);
    tp_table t = {0};
    tp_err err = {0};
    int32_t v = 42;
    assert_tp_ok(tp_table_alloc(&t, TP_AWARD, 70, true, &arena, &err), &err);
    assert_int_equal(t.n, 70);
    assert_true(t.subject != NULL && t.source != NULL);
    assert_false(tp_get_i32(&t, TP_AWARD_YEAR, 69, &v));
    assert_int_equal(v, 42);
    assert_int_equal(tp_i32_or(&t, TP_AWARD_YEAR, 69, 7), 7);
    tp_set_i32(&t, TP_AWARD_YEAR, 69, 2024);
    assert_int_equal(tp_i32_or(&t, TP_AWARD_YEAR, 69, 7), 2024);
    assert_null(tp_get_text(&t, TP_AWARD_NAME, 0).p);
    assert_tp_ok(tp_table_alloc(&t, TP_PERSON, 0, false, &arena, &err), &err);
    assert_true(t.subject == NULL && t.source == NULL);
    t.n = 99;
    assert_tp_fails(tp_table_alloc(&t, TP_PERSON, 1 << 20, false, &arena, &err), TP_E_NOMEM, &err,
                    "no room for 1048576 person rows");
    assert_int_equal(t.n, 99); /* a failed call leaves its result untouched */
}

typedef struct pair {
    tp_arena arena;
    tp_intern in[2];
    tp_strings texts[2];
    tp_table t[2];
} pair;

/* Two tables of one training each; the texts of the second are numbered otherwise. */
static void
make_pair(pair *p, const char *name_a, const char *name_b)
{
    tp_err err = {0};
    const char *const name[2] = {name_a, name_b};
    for (int i = 0; i < 2; i++) {
        uint32_t code = 0;
        assert_tp_ok(tp_table_alloc(&p->t[i], TP_TRAINING, 1, false, &p->arena, &err), &err);
        assert_true(i == 0 || tp_intern_add(&p->in[i], TP_STR("shift"), &code));
        assert_true(tp_intern_add(&p->in[i], tp_str_of(name[i]), &code));
        tp_set_i32(&p->t[i], TP_TRAINING_NAME, 0, (int32_t)code);
        p->texts[i] = (tp_strings){p->in[i].n, p->in[i].off, p->in[i].bytes};
        p->t[i].strings = &p->texts[i];
    }
}

static void
clear_pair(pair *p)
{
    tp_arena_clear(&p->arena);
    tp_intern_clear(&p->in[0]);
    tp_intern_clear(&p->in[1]);
}

static void
test_rows__hash_and_order_by_value_not_by_text_number(void **state)
{
    (void)state;
    pair p = {0};
    make_pair(&p, "pkn", "pkn");
    assert_true(tp_row_hash(&p.t[0], 0) == tp_row_hash(&p.t[1], 0));
    assert_int_equal(tp_row_cmp(&p.t[0], 0, &p.t[1], 0, TP_TRAINING_N), 0);
    tp_set_i32(&p.t[1], TP_TRAINING_HOURS, 0, 0); /* known zero is not unknown */
    assert_true(tp_row_hash(&p.t[0], 0) != tp_row_hash(&p.t[1], 0));
    assert_true(tp_row_cmp(&p.t[0], 0, &p.t[1], 0, TP_TRAINING_N) < 0);
    assert_int_equal(tp_row_cmp(&p.t[0], 0, &p.t[1], 0, TP_TRAINING_HOURS), 0);
    tp_set_i32(&p.t[0], TP_TRAINING_END_ON, 0, -5);
    tp_set_i32(&p.t[1], TP_TRAINING_END_ON, 0, 3);
    assert_true(tp_row_cmp(&p.t[0], 0, &p.t[1], 0, TP_TRAINING_N) < 0);
    clear_pair(&p);
    p = (pair){0};
    make_pair(&p, "b", "a");
    assert_true(tp_row_cmp(&p.t[0], 0, &p.t[1], 0, TP_TRAINING_N) > 0);
    clear_pair(&p);
}

static void
test_hash__a_value_in_the_next_field_is_another_row(void **state)
{
    (void)state;
    TP_AUTO_ARENA(arena, 1 << 20);
    tp_table t = {0};
    tp_err err = {0};
    assert_tp_ok(tp_table_alloc(&t, TP_APPRAISAL, 2, false, &arena, &err), &err);
    tp_set_i32(&t, TP_APPRAISAL_RESULT, 0, 2);
    tp_set_i32(&t, TP_APPRAISAL_BEHAVIOUR, 1, 2);
    assert_true(tp_row_hash(&t, 0) != tp_row_hash(&t, 1));
}

static void
test_cmp__identifiers_are_unsigned_times_signed(void **state)
{
    (void)state;
    TP_AUTO_ARENA(arena, 1 << 20);
    tp_table t = {0};
    tp_err err = {0};
    assert_tp_ok(tp_table_alloc(&t, TP_PERSON, 2, false, &arena, &err), &err);
    tp_set_u64(&t, TP_PERSON_CHANGED_AT, 0, (uint64_t)-1);
    tp_set_u64(&t, TP_PERSON_CHANGED_AT, 1, 1);
    assert_true(tp_row_cmp(&t, 0, &t, 1, TP_PERSON_N) < 0);
    tp_set_u64(&t, TP_PERSON_NIP, 0, UINT64_MAX);
    tp_set_u64(&t, TP_PERSON_NIP, 1, 1);
    assert_true(tp_row_cmp(&t, 0, &t, 1, TP_PERSON_N) > 0);
}

static void
test_names__of_passes_reasons_events(void **state)
{
    (void)state;
    for (int i = 0; i < TP_PASS_COUNT; i++) {
        assert_non_null(tp_link_pass_name((tp_link_pass)i));
    }
    for (int i = 0; i < TP_REVIEW_COUNT; i++) {
        assert_non_null(tp_review_reason_name((tp_review_reason)i));
    }
    assert_string_equal(tp_link_pass_name(TP_PASS_NIP), "nip");
    assert_string_equal(tp_review_reason_name(TP_REVIEW_NUMBER_SHARED), "number-shared");
    assert_string_equal(tp_event_kind_name(TP_EVENT_MERGED), "merged");
    assert_string_equal(tp_event_kind_name((tp_event_kind)77), "unknown");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds__names_are_unique_and_found),
        cmocka_unit_test(test_words__match_the_enumerators),
        cmocka_unit_test(test_alloc__all_unknown),
        cmocka_unit_test(test_rows__hash_and_order_by_value_not_by_text_number),
        cmocka_unit_test(test_hash__a_value_in_the_next_field_is_another_row),
        cmocka_unit_test(test_cmp__identifiers_are_unsigned_times_signed),
        cmocka_unit_test(test_names__of_passes_reasons_events),
    };
    return cmocka_run_group_tests_name("core/model/table", tests, NULL, NULL);
}
