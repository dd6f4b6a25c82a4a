/* Tests core/score/ip.c: the worked examples of the rules, 1.8, and windows. */
#include "tests/support/tp_test.h"

#include "core/score/parts.h"
#include "tests/support/score_world.h"

typedef struct fixture {
    tp_world w;
    tp_arena scratch;
    tp_view view;
} fixture;

static int
setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    tp_world_init(&f->w, 64);
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    tp_view_clear(&f->view);
    tp_arena_clear(&f->scratch);
    tp_world_clear(&f->w);
    free(f);
    return 0;
}

static void
training(fixture *f, int kind, int course, int hours, const char *end)
{
    const size_t t = tp_world_add(&f->w, TP_TRAINING, 0);
    tp_world_i32(&f->w, TP_TRAINING, t, TP_TRAINING_KIND, kind);
    tp_world_text(&f->w, TP_TRAINING, t, TP_TRAINING_NAME, "Pelatihan");
    tp_world_i32(&f->w, TP_TRAINING, t, TP_TRAINING_END_ON, tp_world_day(end));
    tp_world_i32(&f->w, TP_TRAINING, t, TP_TRAINING_COURSE, course);
    tp_world_i32(&f->w, TP_TRAINING, t, TP_TRAINING_HOURS, hours);
}

/* tier, education, predicate of 2025; jf grade where functional. */
static void
person(fixture *f, int tier, int jf, int education, int predicate)
{
    tp_world_add(&f->w, TP_PERSON, 0);
    tp_world_text(&f->w, TP_PERSON, 0, TP_PERSON_AGENCY, "4011");
    tp_world_add(&f->w, TP_EMPLOYMENT, 0);
    tp_world_text(&f->w, TP_EMPLOYMENT, 0, TP_EMPLOYMENT_HOME_AGENCY, "4011");
    tp_world_i32(&f->w, TP_EMPLOYMENT, 0, TP_EMPLOYMENT_STATUS, TP_STATUS_PNS);
    tp_world_i32(&f->w, TP_EMPLOYMENT, 0, TP_EMPLOYMENT_TIER, tier);
    tp_world_i32(&f->w, TP_EMPLOYMENT, 0, TP_EMPLOYMENT_EDUCATION, education);
    if (jf >= 0) {
        tp_world_i32(&f->w, TP_EMPLOYMENT, 0, TP_EMPLOYMENT_JF_GRADE, jf);
    }
    if (predicate > 0) {
        tp_world_add(&f->w, TP_APPRAISAL, 0);
        tp_world_i32(&f->w, TP_APPRAISAL, 0, TP_APPRAISAL_YEAR, 2025);
        tp_world_i32(&f->w, TP_APPRAISAL, 0, TP_APPRAISAL_SCHEME, TP_SCHEME_SKP22);
        tp_world_i32(&f->w, TP_APPRAISAL, 0, TP_APPRAISAL_QUADRANT, predicate);
    }
    tp_world_agency(&f->w);
}

static void
sanction(fixture *f, int type, const char *decided)
{
    const size_t d = tp_world_add(&f->w, TP_DISCIPLINE, 0);
    tp_world_i32(&f->w, TP_DISCIPLINE, d, TP_DISCIPLINE_TYPE, type);
    tp_world_i32(&f->w, TP_DISCIPLINE, d, TP_DISCIPLINE_START_ON, tp_world_day(decided));
    tp_world_i32(&f->w, TP_DISCIPLINE, d, TP_DISCIPLINE_DECREE_ON, tp_world_day(decided));
    tp_world_text(&f->w, TP_DISCIPLINE, d, TP_DISCIPLINE_DECREE_NO, "SK-1");
}

static tp_ip
score(fixture *f)
{
    tp_err err = {0};
    tp_who who;
    tp_ip ip;
    tp_world_done(&f->w);
    assert_tp_ok(tp_view_make(&f->w.pool, &f->w.rules, tp_world_day("2026-06-30"), &f->scratch,
                              &f->view, &err),
                 &err);
    tp_who_make(&f->view, 0, &who);
    tp_ip_of(&f->view, &who, &ip);
    return ip;
}

static void
check(tp_ip ip, int k, int ko, int ki, int d, int total, int category)
{
    assert_int_equal(ip.k, k);
    assert_int_equal(ip.ko, ko);
    assert_int_equal(ip.ki, ki);
    assert_int_equal(ip.d, d);
    assert_int_equal(ip.total, total);
    assert_int_equal(ip.category, category);
}

static void
test_ip__1_pratama_without_seminar(void **state)
{
    person(*state, TP_TIER_JPT_PRATAMA, -1, 45, 4);
    training(*state, TP_TRAINING_LEADERSHIP, TP_COURSE_PKN2, 0, "2015-05-01");
    training(*state, TP_TRAINING_TECHNICAL, TP_COURSE_NONE, 24, "2025-03-01");
    check(score(*state), 200, 300, 250, 50, 800, 2);
}

static void
test_ip__2_functional_with_a_light_sanction(void **state)
{
    person(*state, TP_TIER_FUNCTIONAL, TP_JF_MADYA, 50, 5);
    training(*state, TP_TRAINING_FUNCTIONAL, TP_COURSE_NONE, 0, "2012-05-01");
    training(*state, TP_TRAINING_TECHNICAL, TP_COURSE_NONE, 20, "2025-03-01");
    training(*state, TP_TRAINING_SEMINAR, TP_COURSE_NONE, 0, "2024-02-01");
    sanction(*state, 21, "2023-01-01");
    check(score(*state), 250, 400, 300, 30, 980, 0);
}

static void
test_ip__3_staff_with_twenty_hours(void **state)
{
    person(*state, TP_TIER_PELAKSANA, -1, 15, 4);
    training(*state, TP_TRAINING_TECHNICAL, TP_COURSE_NONE, 12, "2025-03-01");
    training(*state, TP_TRAINING_TECHNICAL, TP_COURSE_NONE, 8, "2025-12-31");
    check(score(*state), 50, 225, 250, 50, 575, 4);
}

static void
test_ip__4_exactly_ninety_is_tinggi(void **state)
{
    fixture *f = *state;
    person(f, TP_TIER_ADMINISTRATOR, -1, 45, 0);
    training(f, TP_TRAINING_LEADERSHIP, TP_COURSE_PKA, 0, "2015-05-01");
    training(f, TP_TRAINING_TECHNICAL, TP_COURSE_NONE, 20, "2025-03-01");
    training(f, TP_TRAINING_SEMINAR, TP_COURSE_NONE, 0, "2025-02-01");
    tp_world_add(&f->w, TP_APPRAISAL,
                 0); /* a number of the old scale: 90.00 is Baik, above is better */
    tp_world_i32(&f->w, TP_APPRAISAL, 0, TP_APPRAISAL_YEAR, 2025);
    tp_world_i32(&f->w, TP_APPRAISAL, 0, TP_APPRAISAL_SCHEME, TP_SCHEME_SKP_100);
    tp_world_i32(&f->w, TP_APPRAISAL, 0, TP_APPRAISAL_SCORE, 9000);
    check(score(f), 200, 400, 250, 50, 900, 1);
}

static void
test_ip__5_between_printed_bands(void **state)
{
    person(*state, TP_TIER_PELAKSANA, -1, 15, 5);
    training(*state, TP_TRAINING_TECHNICAL, TP_COURSE_NONE, 20, "2025-03-01");
    sanction(*state, 1, "2024-06-01");
    check(score(*state), 50, 225, 300, 30, 605, 3);
}

static void
test_ip__nineteen_hours_give_nothing(void **state)
{
    person(*state, TP_TIER_JPT_PRATAMA, -1, 45, 4);
    training(*state, TP_TRAINING_TECHNICAL, TP_COURSE_NONE, 19, "2025-03-01");
    assert_int_equal(score(*state).ko_part[1], 0);
}

static void
test_ip__windows_end_with_the_measured_year(void **state)
{
    person(*state, TP_TIER_JPT_PRATAMA, -1, 45, 4);
    training(*state, TP_TRAINING_TECHNICAL, TP_COURSE_NONE, 20, "2024-12-31"); /* a day too early */
    training(*state, TP_TRAINING_TECHNICAL, TP_COURSE_NONE, 20, "2026-01-01"); /* next year's */
    training(*state, TP_TRAINING_SEMINAR, TP_COURSE_NONE, 0, "2024-01-01");
    const tp_ip ip = score(*state);
    assert_int_equal(ip.ko_part[1], 0);
    assert_int_equal(ip.ko_part[2], 100);
}

static void
test_ip__a_lower_course_does_not_count_a_higher_one_does(void **state)
{
    person(*state, TP_TIER_JPT_PRATAMA, -1, 45, 4);
    training(*state, TP_TRAINING_LEADERSHIP, TP_COURSE_PKA, 0, "2015-05-01");
    assert_int_equal(score(*state).ko_part[0], 0);
    tp_view_clear(&((fixture *)*state)->view);
    training(*state, TP_TRAINING_LEADERSHIP, TP_COURSE_PKN1, 0, "2016-05-01");
    assert_int_equal(score(*state).ko_part[0], 150);
}

static void
test_ip__missing_data_is_named(void **state)
{
    fixture *f = *state;
    person(f, TP_TIER_PELAKSANA, -1, 15, 0);
    tp_world_unset(&f->w, TP_EMPLOYMENT, 0, TP_EMPLOYMENT_EDUCATION);
    f->w.raw[TP_COVERAGE].n = 0;
    const tp_ip ip = score(f);
    check(ip, 10, 0, 0, 50, 60, 4);
    assert_true(ip.reason == (TP_REASON_BIT(IP_SKP_MISSING) | TP_REASON_BIT(IP_EDUCATION_MISSING) |
                              TP_REASON_BIT(IP_DISC_ASSUMED)));
}

static void
test_ip__candidates_for_the_service_are_not_measured(void **state)
{
    fixture *f = *state;
    person(f, TP_TIER_PELAKSANA, -1, 15, 4);
    tp_world_i32(&f->w, TP_EMPLOYMENT, 0, TP_EMPLOYMENT_STATUS, TP_STATUS_CPNS);
    assert_false(score(f).applies);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_ip__1_pratama_without_seminar),
        T(test_ip__2_functional_with_a_light_sanction),
        T(test_ip__3_staff_with_twenty_hours),
        T(test_ip__4_exactly_ninety_is_tinggi),
        T(test_ip__5_between_printed_bands),
        T(test_ip__nineteen_hours_give_nothing),
        T(test_ip__windows_end_with_the_measured_year),
        T(test_ip__a_lower_course_does_not_count_a_higher_one_does),
        T(test_ip__missing_data_is_named),
        T(test_ip__candidates_for_the_service_are_not_measured),
    };
    return cmocka_run_group_tests_name("core/score/ip", tests, NULL, NULL);
}
