/* Tests the gates of core/score against the vectors of the eligibility rules, section 8. */
#include "tests/support/tp_test.h"

#include "core/score/parts.h"
#include "tests/support/score_world.h"

typedef struct fixture {
    tp_world w;
    tp_arena arena;
    tp_view view;
    uint8_t *doubt; /* of the pool's one person */
} fixture;

static int
setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    tp_world_init(&f->w, 64);
    tp_world_agency(&f->w);
    tp_world_candidate(&f->w);
    tp_world_post(&f->w, "4011-0001", TP_TIER_JPT_PRATAMA);
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    tp_view_clear(&f->view);
    tp_arena_clear(&f->arena);
    tp_world_clear(&f->w);
    free(f);
    return 0;
}

/* Result of a rule for the one person at a level on a day, the night being that day too. */
static tp_result
result(fixture *f, tp_rule_id rule, int level, const char *day)
{
    tp_err err = {0};
    tp_who who;
    tp_assess a;
    tp_gate g;
    uint64_t failed;
    uint64_t unknown;
    tp_view_clear(&f->view);
    tp_world_i32(&f->w, TP_POSITION, 0, TP_POSITION_TARGET_ON, tp_world_day(day));
    tp_world_done(&f->w);
    f->w.pool.doubt = f->doubt;
    assert_tp_ok(
        tp_view_make(&f->w.pool, &f->w.rules, tp_world_day(day), &f->arena, &f->view, &err), &err);
    if (tp_rule_grain(rule) == TP_GRAIN_AGENCY) {
        return (tp_result)f->view.seat[0].result[rule];
    }
    tp_who_make(&f->view, 0, &who);
    tp_assess_of(&f->view, 0, &a);
    tp_gate_make(&f->view, &who, &a, tp_world_day(day), &g);
    tp_gate_at(&f->view, 0, &g, level, tp_world_day(day), &failed, &unknown);
    if (tp_rule_grain(rule) == TP_GRAIN_PAIR) {
        tp_pair pair;
        tp_gate_pair(&f->view, &who, &a, &f->view.seat[0], &pair);
        failed |= pair.failed;
        unknown |= pair.unknown;
        g.na[level] |= pair.na;
    }
    const uint64_t bit = UINT64_C(1) << rule;
    return (failed & bit) != 0        ? TP_RESULT_FAILED
           : (unknown & bit) != 0     ? TP_RESULT_UNKNOWN
           : (g.na[level] & bit) != 0 ? TP_RESULT_NA
                                      : TP_RESULT_MET;
}

#define PRATAMA TP_TIER_JPT_PRATAMA
#define CHECK(rule, level, day, want) \
    assert_int_equal(result(*state, TP_RULE_##rule, (level), (day)), TP_RESULT_##want)

static void
born(void **state, const char *day)
{
    tp_world_i32(&((fixture *)*state)->w, TP_PERSON, 0, TP_PERSON_BIRTH_DATE, tp_world_day(day));
}

static void
mode(void **state, int mode_)
{
    tp_param *p = &((fixture *)*state)->w.rules.param[TP_PARAM_AGE_MODE];
    for (int i = 0; i < TP_LEVELS; i++) {
        p->span[0].value[i] = mode_;
    }
}

static void
test_age__vectors_1_and_2(void **state)
{
    born(state, "1968-05-10");
    CHECK(AP06, PRATAMA, "2024-05-10", MET);
    CHECK(AP06, PRATAMA, "2024-05-11", FAILED);
    CHECK(AP06, TP_TIER_JPT_MADYA, "2024-05-11", MET);
    mode(state, TP_AGE_STRICT);
    CHECK(AP06, PRATAMA, "2024-05-10", FAILED);
    CHECK(AP06, PRATAMA, "2024-05-09", MET);
    mode(state, TP_AGE_COMPLETED_YEARS);
    CHECK(AP06, PRATAMA, "2025-05-09", MET);
    CHECK(AP06, PRATAMA, "2025-05-10", FAILED);
}

static void
test_age__scoring_vector_21(void **state)
{
    born(state, "1969-06-10");
    CHECK(AP06, PRATAMA, "2025-06-10", MET);
    CHECK(AP06, PRATAMA, "2025-06-11", FAILED);
    tp_world_unset(&((fixture *)*state)->w, TP_PERSON, 0, TP_PERSON_BIRTH_DATE);
    CHECK(AP06, PRATAMA, "2025-06-10", UNKNOWN);
    CHECK(BU01, PRATAMA, "2025-06-10", UNKNOWN);
    CHECK(ST04, PRATAMA, "2025-06-10", UNKNOWN);
}

/* Makes the person's only post one of a tier, from a day of inauguration. */
static void
holds(void **state, int tier, const char *from)
{
    tp_world *w = &((fixture *)*state)->w;
    w->raw[TP_POSITION_HISTORY].n = 1;
    tp_world_i32(w, TP_POSITION_HISTORY, 0, TP_POSITION_HISTORY_TIER, tier);
    tp_world_i32(w, TP_POSITION_HISTORY, 0, TP_POSITION_HISTORY_START_ON, tp_world_day(from));
    tp_world_i32(w, TP_POSITION_HISTORY, 0, TP_POSITION_HISTORY_INAUGURATED_ON, tp_world_day(from));
    tp_world_i32(w, TP_EMPLOYMENT, 0, TP_EMPLOYMENT_TIER, tier);
    tp_world_i32(w, TP_EMPLOYMENT, 0, TP_EMPLOYMENT_START_ON, tp_world_day(from));
}

static void
test_tenure__vectors_4_and_5(void **state)
{
    holds(state, PRATAMA, "2021-03-01");
    CHECK(TN02, PRATAMA, "2022-03-01", MET);
    CHECK(TN02, PRATAMA, "2022-02-28", FAILED);
    CHECK(TN01, PRATAMA, "2022-03-01", NA);
    holds(state, PRATAMA, "2022-06-01");
    CHECK(TN01, PRATAMA, "2024-03-01", FAILED);
    CHECK(TN01, PRATAMA, "2024-06-01", MET);
    CHECK(TN02, PRATAMA, "2024-06-01", NA);
}

static void
test_tenure__five_years_is_for_extension_only(void **state)
{
    holds(state, PRATAMA, "2018-03-01");
    CHECK(TN07, PRATAMA, "2023-02-28", MET);
    CHECK(TN07, PRATAMA, "2023-03-01", FAILED);
    CHECK(TN08, PRATAMA, "2024-03-01", FAILED);
    const tp_masks *m = ((fixture *)*state)->view.mask[TP_ACTION_MUT][0];
    assert_true((m[PRATAMA].flag & TP_BIT(TN08)) != 0);
    assert_true(((m[PRATAMA].hard | m[PRATAMA].cond) & (TP_BIT(TN07) | TP_BIT(TN08))) == 0);
    /* The clock of posts held before the law starts with it. */
    holds(state, PRATAMA, "2010-03-01");
    CHECK(TN07, PRATAMA, "2019-01-14", MET);
    CHECK(TN07, PRATAMA, "2019-01-15", FAILED);
}

static void
region(void **state, const char *agency)
{
    tp_world_text(&((fixture *)*state)->w, TP_POSITION, 0, TP_POSITION_AGENCY, agency);
}

static void
test_election__vector_6(void **state)
{
    tp_world *w = &((fixture *)*state)->w;
    region(state, "5173");
    CHECK(EL01, PRATAMA, "2024-03-21", UNKNOWN);
    const size_t e = tp_world_add(w, TP_ELECTION, 0);
    tp_world_text(w, TP_ELECTION, e, TP_ELECTION_REGION, "11.74");
    tp_world_i32(w, TP_ELECTION, e, TP_ELECTION_YEAR, 2024);
    tp_world_i32(w, TP_ELECTION, e, TP_ELECTION_CANDIDATES_FIXED_ON, tp_world_day("2024-09-22"));
    tp_world_i32(w, TP_ELECTION, e, TP_ELECTION_TERM_END, tp_world_day("2025-02-20"));
    CHECK(EL01, PRATAMA, "2024-03-21", MET);
    CHECK(EL01, PRATAMA, "2024-03-22", FAILED);
    CHECK(EL01, PRATAMA, "2025-02-20", FAILED);
    CHECK(EL01, PRATAMA, "2025-02-21", MET);
    const size_t p = tp_world_add(w, TP_PERMIT, 0);
    tp_world_text(w, TP_PERMIT, p, TP_PERMIT_NUMBER, "100.2.2.6/1");
    tp_world_text(w, TP_PERMIT, p, TP_PERMIT_KIND, "EL-01");
    tp_world_text(w, TP_PERMIT, p, TP_PERMIT_REGION, "11.74");
    tp_world_i32(w, TP_PERMIT, p, TP_PERMIT_ISSUED_ON, tp_world_day("2024-03-01"));
    CHECK(EL01, PRATAMA, "2024-03-22", MET);
    region(state, "4011");
    CHECK(EL01, PRATAMA, "2024-03-22", NA);
}

static void
test_election__vectors_7_and_8(void **state)
{
    tp_world *w = &((fixture *)*state)->w;
    region(state, "5304");
    const size_t h = tp_world_add(w, TP_INAUGURATION, 0);
    tp_world_text(w, TP_INAUGURATION, h, TP_INAUGURATION_REGION, "14.02");
    tp_world_i32(w, TP_INAUGURATION, h, TP_INAUGURATION_STATUS, TP_HEAD_ELECTED);
    tp_world_i32(w, TP_INAUGURATION, h, TP_INAUGURATION_INAUGURATED_ON, tp_world_day("2025-02-20"));
    CHECK(EL02, PRATAMA, "2025-08-19", FAILED);
    CHECK(EL02, PRATAMA, "2025-08-20", MET);
    tp_world_i32(w, TP_INAUGURATION, h, TP_INAUGURATION_INAUGURATED_ON, tp_world_day("2024-08-31"));
    CHECK(EL02, PRATAMA, "2025-02-27", FAILED);
    CHECK(EL02, PRATAMA, "2025-02-28", MET);
}

/* Rows of administrator posts: start, end, assignment. */
static void
administrator(void **state, const char *from, const char *until, int assignment)
{
    tp_world *w = &((fixture *)*state)->w;
    const size_t h = tp_world_add(w, TP_POSITION_HISTORY, 0);
    tp_world_i32(w, TP_POSITION_HISTORY, h, TP_POSITION_HISTORY_START_ON, tp_world_day(from));
    tp_world_i32(w, TP_POSITION_HISTORY, h, TP_POSITION_HISTORY_END_ON, tp_world_day(until));
    tp_world_unset(w, TP_POSITION_HISTORY, h, TP_POSITION_HISTORY_INAUGURATED_ON);
    tp_world_i32(w, TP_POSITION_HISTORY, h, TP_POSITION_HISTORY_ASSIGNMENT, assignment);
    tp_world_i32(w, TP_POSITION_HISTORY, h, TP_POSITION_HISTORY_TIER, TP_TIER_ADMINISTRATOR);
}

static void
test_feeder__acting_duty_adds_nothing_vector_9(void **state)
{
    ((fixture *)*state)->w.raw[TP_POSITION_HISTORY].n = 0;
    administrator(state, "2019-01-01", "2019-12-31", TP_ASSIGN_PLT);
    administrator(state, "2020-01-01", "2021-06-30", TP_ASSIGN_DEFINITIVE);
    CHECK(AP04, PRATAMA, "2022-01-01", FAILED);
}

static void
test_feeder__overlaps_count_once_vector_10(void **state)
{
    ((fixture *)*state)->w.raw[TP_POSITION_HISTORY].n = 0;
    administrator(state, "2018-01-01", "2020-01-01", TP_ASSIGN_DEFINITIVE);
    administrator(state, "2019-01-01", "2021-01-01", TP_ASSIGN_DEFINITIVE);
    CHECK(AP04, PRATAMA, "2021-01-01", MET);
    CHECK(AP04, PRATAMA, "2019-12-31", FAILED);
    CHECK(AP04, PRATAMA, "2020-01-01", MET);
    CHECK(AP04, TP_TIER_JPT_MADYA, "2021-01-01", FAILED);
}

static void
test_feeder__no_history_is_unknown(void **state)
{
    tp_world *w = &((fixture *)*state)->w;
    w->raw[TP_POSITION_HISTORY].n = 0;
    tp_world_unset(w, TP_EMPLOYMENT, 0, TP_EMPLOYMENT_START_ON);
    CHECK(AP04, PRATAMA, "2024-01-01", UNKNOWN);
    CHECK(AP03, PRATAMA, "2024-01-01", UNKNOWN);
}

static void
test_experience__both_sides_of_five_years(void **state)
{
    tp_world *w = &((fixture *)*state)->w;
    holds(state, TP_TIER_ADMINISTRATOR, "2019-03-01");
    CHECK(AP03, PRATAMA, "2024-02-29", FAILED);
    CHECK(AP03, PRATAMA, "2024-03-01", MET);
    tp_world_text(w, TP_POSITION_HISTORY, 0, TP_POSITION_HISTORY_AFFAIRS, "1.02");
    CHECK(AP03, PRATAMA, "2024-03-01", FAILED);
    tp_world_unset(w, TP_POSITION_HISTORY, 0, TP_POSITION_HISTORY_AFFAIRS);
    CHECK(AP03, PRATAMA, "2024-03-01", UNKNOWN);
    CHECK(AP03, PRATAMA, "2024-02-29", FAILED); /* even the unmapped post would not suffice */
}

static void
test_discipline__vectors_11_and_12(void **state)
{
    CHECK(DI01, PRATAMA, "2026-06-30", MET);
    CHECK(AP05, PRATAMA, "2026-06-30", MET);
    ((fixture *)*state)->w.raw[TP_COVERAGE].n = 0;
    CHECK(DI01, PRATAMA, "2026-06-30", UNKNOWN);
    CHECK(AP05, PRATAMA, "2026-06-30", UNKNOWN);
}

static size_t
sanction(void **state, int type, const char *start)
{
    tp_world *w = &((fixture *)*state)->w;
    const size_t d = tp_world_add(w, TP_DISCIPLINE, 0);
    tp_world_i32(w, TP_DISCIPLINE, d, TP_DISCIPLINE_TYPE, type);
    tp_world_i32(w, TP_DISCIPLINE, d, TP_DISCIPLINE_START_ON, tp_world_day(start));
    tp_world_i32(w, TP_DISCIPLINE, d, TP_DISCIPLINE_DECREE_ON, tp_world_day(start));
    tp_world_text(w, TP_DISCIPLINE, d, TP_DISCIPLINE_DECREE_NO, "SK-1");
    return d;
}

static void
covered(void **state, const char *until)
{
    tp_world_i32(&((fixture *)*state)->w, TP_COVERAGE, 0, TP_COVERAGE_FROM_ON,
                 tp_world_day("2010-01-01"));
    tp_world_i32(&((fixture *)*state)->w, TP_COVERAGE, 0, TP_COVERAGE_UNTIL_ON,
                 tp_world_day(until));
}

static void
test_discipline__vector_13(void **state)
{
    sanction(state, 28, "2024-01-01");
    covered(state, "2027-12-31");
    CHECK(DI04, PRATAMA, "2024-12-31", FAILED);
    CHECK(DI01, PRATAMA, "2024-12-31", FAILED);
    CHECK(AP05, PRATAMA, "2024-12-31", FAILED);
    CHECK(DI04, PRATAMA, "2025-01-01", MET);
    CHECK(DI03, PRATAMA, "2025-01-01", FAILED);
    CHECK(DI03, PRATAMA, "2026-12-31", FAILED);
    CHECK(DI03, PRATAMA, "2027-01-01", MET);
}

/* No rule defaults to met: a complete list of sanctions is no register of open cases. */
static void
test_discipline__open_cases_need_a_statement_or_a_register(void **state)
{
    tp_world *w = &((fixture *)*state)->w;
    CHECK(DI02, PRATAMA, "2026-06-30", MET);
    tp_world_unset(w, TP_DOSSIER, 0, TP_DOSSIER_ISSUED_ON);
    CHECK(DI02, PRATAMA, "2026-06-30", UNKNOWN);
    CHECK(AP05, PRATAMA, "2026-06-30", UNKNOWN);
    CHECK(DI01, PRATAMA, "2026-06-30", MET);
    const size_t c = tp_world_add(w, TP_COVERAGE, 0);
    tp_world_text(w, TP_COVERAGE, c, TP_COVERAGE_AGENCY, "4011");
    tp_world_text(w, TP_COVERAGE, c, TP_COVERAGE_RECORD, "discipline_case");
    tp_world_i32(w, TP_COVERAGE, c, TP_COVERAGE_FROM_ON, tp_world_day("2020-01-01"));
    tp_world_i32(w, TP_COVERAGE, c, TP_COVERAGE_UNTIL_ON, tp_world_day("2026-06-29"));
    CHECK(DI02, PRATAMA, "2026-06-30", MET);
    tp_world_i32(w, TP_DOSSIER, 0, TP_DOSSIER_ISSUED_ON, tp_world_day("2026-06-01"));
    tp_world_i32(w, TP_DOSSIER, 0, TP_DOSSIER_KIND, TP_DOSSIER_CASE_STATEMENT);
    tp_world_i32(w, TP_DOSSIER, 0, TP_DOSSIER_PASSED, 0);
    CHECK(DI02, PRATAMA, "2026-06-30", FAILED);
}

/* Who somebody is must be beyond question, however good the number looks. */
static void
test_identity__doubts_leave_it_open(void **state)
{
    fixture *f = *state;
    uint8_t doubt[1] = {0};
    CHECK(ST01, PRATAMA, "2026-06-30", MET);
    f->doubt = doubt;
    CHECK(ST01, PRATAMA, "2026-06-30", MET);
    doubt[0] = TP_DOUBT_NIK;
    CHECK(ST01, PRATAMA, "2026-06-30", UNKNOWN);
    doubt[0] = TP_DOUBT_REVIEW;
    CHECK(ST01, PRATAMA, "2026-06-30", UNKNOWN);
}

static void
test_discipline__unsettled_annulled_and_dismissed(void **state)
{
    tp_world *w = &((fixture *)*state)->w;
    const size_t d = sanction(state, 23, "2026-05-01");
    CHECK(DI01, PRATAMA, "2026-06-30", FAILED);
    tp_world_i32(w, TP_DISCIPLINE, d, TP_DISCIPLINE_CASE, TP_CASE_APPEAL);
    CHECK(DI13, PRATAMA, "2026-06-30", UNKNOWN);
    CHECK(DI01, PRATAMA, "2026-06-30", UNKNOWN);
    tp_world_i32(w, TP_DISCIPLINE, d, TP_DISCIPLINE_CASE, TP_CASE_PROPOSED);
    CHECK(DI02, PRATAMA, "2026-06-30", FAILED);
    tp_world_i32(w, TP_DISCIPLINE, d, TP_DISCIPLINE_CASE, TP_CASE_DECIDED);
    tp_world_i32(w, TP_DISCIPLINE, d, TP_DISCIPLINE_ANNULLED_ON, tp_world_day("2026-06-01"));
    CHECK(DI01, PRATAMA, "2026-06-30", MET);
    tp_world_unset(w, TP_DISCIPLINE, d, TP_DISCIPLINE_ANNULLED_ON);
    tp_world_i32(w, TP_DISCIPLINE, d, TP_DISCIPLINE_TYPE, 11);
    CHECK(DI05, PRATAMA, "2026-06-30", FAILED);
    tp_world_i32(w, TP_DISCIPLINE, d, TP_DISCIPLINE_TYPE, 12); /* a re-activation, no sanction */
    CHECK(DI05, PRATAMA, "2026-06-30", MET);
}

static void
test_retirement__vector_14(void **state)
{
    tp_world *w = &((fixture *)*state)->w;
    born(state, "1964-01-01");
    tp_world_i32(w, TP_EMPLOYMENT, 0, TP_EMPLOYMENT_TIER, TP_TIER_FUNCTIONAL);
    tp_world_i32(w, TP_EMPLOYMENT, 0, TP_EMPLOYMENT_JF_GRADE, TP_JF_UTAMA);
    CHECK(AP06, PRATAMA, "2025-06-30", FAILED);
    CHECK(BU01, PRATAMA, "2025-06-30", FAILED);
    CHECK(ST04, PRATAMA, "2025-06-30", MET);
    CHECK(ST04, PRATAMA, "2028-12-31", MET);
    CHECK(ST04, PRATAMA, "2029-01-01", FAILED);
    CHECK(RK01, PRATAMA, "2025-06-30", NA);
}

static void
test_status__vector_15(void **state)
{
    tp_world *w = &((fixture *)*state)->w;
    tp_world_i32(w, TP_EMPLOYMENT, 0, TP_EMPLOYMENT_STATUS, TP_STATUS_PPPK);
    CHECK(NP01, PRATAMA, "2026-06-30", FAILED);
    CHECK(NP01, TP_TIER_JPT_UTAMA, "2026-06-30", UNKNOWN);
    tp_world_i32(w, TP_EMPLOYMENT, 0, TP_EMPLOYMENT_STATUS, TP_STATUS_PNS);
    CHECK(NP01, PRATAMA, "2026-06-30", NA);
}

static void
test_education__vector_18(void **state)
{
    tp_world *w = &((fixture *)*state)->w;
    tp_world_i32(w, TP_EMPLOYMENT, 0, TP_EMPLOYMENT_EDUCATION, 18);
    tp_world_i32(w, TP_EDUCATION, 0, TP_EDUCATION_LEVEL, 18);
    CHECK(AP01, PRATAMA, "2026-06-30", FAILED);
    tp_world_i32(w, TP_EDUCATION, 0, TP_EDUCATION_LEVEL, 35);
    CHECK(AP01, PRATAMA, "2026-06-30", MET);
    tp_world_unset(w, TP_EMPLOYMENT, 0, TP_EMPLOYMENT_EDUCATION);
    tp_world_unset(w, TP_EDUCATION, 0, TP_EDUCATION_LEVEL);
    CHECK(AP01, PRATAMA, "2026-06-30", UNKNOWN);
}

static void
test_verdict__order_of_the_algebra_vector_19(void **state)
{
    (void)state;
    const tp_masks m = {.hard = 1, .waiv = 2, .cond = 4, .pol = 8, .flag = 16};
    assert_int_equal(tp_verdict_of(&m, 1 | 2, 4 | 8), TP_VERDICT_NOT_ELIGIBLE);
    assert_int_equal(tp_verdict_of(&m, 2, 1), TP_VERDICT_WAIVABLE);
    assert_int_equal(tp_verdict_of(&m, 4 | 8, 1), TP_VERDICT_UNDETERMINED);
    assert_int_equal(tp_verdict_of(&m, 4, 8), TP_VERDICT_UNDETERMINED);
    assert_int_equal(tp_verdict_of(&m, 4 | 8, 0), TP_VERDICT_CONDITIONAL);
    assert_int_equal(tp_verdict_of(&m, 8, 16), TP_VERDICT_NOT_RECOMMENDED);
    assert_int_equal(tp_verdict_of(&m, 16, 16), TP_VERDICT_ELIGIBLE);
}

static void
test_waiver__for_one_requirement_vector_20(void **state)
{
    fixture *f = *state;
    born(state, "1968-05-10");
    const size_t p = tp_world_add(&f->w, TP_PERMIT, 0);
    tp_world_text(&f->w, TP_PERMIT, p, TP_PERMIT_KIND, "AP-06");
    tp_world_text(&f->w, TP_PERMIT, p, TP_PERMIT_POSITION_ID, "4011-0001");
    tp_world_u64(&f->w, TP_PERMIT, p, TP_PERMIT_HOLDER_NIP, UINT64_C(197506102000031000));
    tp_world_i32(&f->w, TP_PERMIT, p, TP_PERMIT_ISSUED_ON, tp_world_day("2026-01-01"));
    CHECK(AP06, PRATAMA, "2026-06-30", FAILED);
    assert_true(tp_gate_granted(&f->view, &f->view.seat[0], 0) == 0); /* no number: ignored */
    tp_world_text(&f->w, TP_PERMIT, p, TP_PERMIT_NUMBER, "Keppres 1/2026");
    CHECK(AP06, PRATAMA, "2026-06-30", FAILED);
    assert_true(tp_gate_granted(&f->view, &f->view.seat[0], 0) == TP_BIT(AP06));
}

static void
test_rank__both_sides_of_one_step_below(void **state)
{
    tp_world *w = &((fixture *)*state)->w;
    CHECK(RK01, PRATAMA, "2026-06-30", MET);
    tp_world_i32(w, TP_EMPLOYMENT, 0, TP_EMPLOYMENT_RANK, 41);
    CHECK(RK01, PRATAMA, "2026-06-30", FAILED);
    tp_world_unset(w, TP_EMPLOYMENT, 0, TP_EMPLOYMENT_RANK);
    CHECK(RK01, PRATAMA, "2026-06-30", UNKNOWN);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_age__vectors_1_and_2),
        T(test_age__scoring_vector_21),
        T(test_tenure__vectors_4_and_5),
        T(test_tenure__five_years_is_for_extension_only),
        T(test_election__vector_6),
        T(test_election__vectors_7_and_8),
        T(test_feeder__acting_duty_adds_nothing_vector_9),
        T(test_feeder__overlaps_count_once_vector_10),
        T(test_feeder__no_history_is_unknown),
        T(test_experience__both_sides_of_five_years),
        T(test_discipline__vectors_11_and_12),
        T(test_discipline__vector_13),
        T(test_discipline__open_cases_need_a_statement_or_a_register),
        T(test_identity__doubts_leave_it_open),
        T(test_discipline__unsettled_annulled_and_dismissed),
        T(test_retirement__vector_14),
        T(test_status__vector_15),
        T(test_education__vector_18),
        T(test_verdict__order_of_the_algebra_vector_19),
        T(test_waiver__for_one_requirement_vector_20),
        T(test_rank__both_sides_of_one_step_below),
    };
    return cmocka_run_group_tests_name("core/score/gate_person", tests, NULL, NULL);
}
