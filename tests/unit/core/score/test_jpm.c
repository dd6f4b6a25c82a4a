/* Tests core/score/jpm.c and merit.c: the tables of the scoring rules 4.3 and 6.1, validity 4.4. */
#include "tests/support/tp_test.h"

#include "core/score/parts.h"
#include "tests/support/score_world.h"

static void
spread(int sum, uint8_t out[TP_COMPETENCIES])
{
    for (int i = 0; i < TP_COMPETENCIES; i++) {
        out[i] = (uint8_t)(2 * (sum / TP_COMPETENCIES + (i < sum % TP_COMPETENCIES)));
    }
}

static int
jpm(int got, int asked)
{
    uint8_t level[TP_COMPETENCIES];
    uint8_t standard[TP_COMPETENCIES];
    spread(got, level);
    spread(asked, standard);
    const tp_frac f = tp_jpm_of(TP_JPM_SUM_RATIO, level, standard);
    return (int)tp_round(f.num, f.den, 100);
}

static void
test_jpm__table_of_the_rules(void **state)
{
    (void)state;
    static const int ROW[][4] = {{24, 6667, 2, 2}, {25, 6944, 1, 2}, {28, 7778, 1, 2},
                                 {29, 8056, 0, 1}, {32, 8889, 0, 1}, {33, 9167, 0, 0}};
    tp_rules rules;
    tp_world_rules(&rules);
    for (size_t i = 0; i < TP_COUNT(ROW); i++) {
        assert_int_equal(jpm(ROW[i][0], 36), ROW[i][1]);
        assert_int_equal(tp_band_of(&rules.jpm.fill, ROW[i][1]), ROW[i][2]);
        assert_int_equal(tp_band_of(&rules.jpm.map, ROW[i][1]), ROW[i][3]);
    }
    assert_int_equal(jpm(33, 38), 8684);
}

static void
test_jpm__surplus_is_capped_for_the_axis_only(void **state)
{
    (void)state;
    uint8_t level[TP_COMPETENCIES];
    uint8_t standard[TP_COMPETENCIES];
    spread(25, level);
    spread(18, standard);
    const tp_frac f = tp_jpm_of(TP_JPM_SUM_RATIO, level, standard);
    const tp_frac c = tp_jpm_capped(f, 10000);
    assert_int_equal(tp_round(f.num, f.den, 100), 13889);
    assert_int_equal(tp_round(c.num, c.den, 100), 10000);
}

static void
test_jpm__methods_differ(void **state)
{
    (void)state;
    static const uint8_t LEVEL[] = {8, 8, 10, 8, 6, 8, 6, 8, 10};
    static const uint8_t STANDARD[] = {8, 8, 8, 8, 8, 8, 8, 8, 8};
    static const int WANT[] = {10000, 9444, 9444};
    for (int m = 0; m < 3; m++) {
        const tp_frac f = tp_jpm_of((tp_jpm_method)m, LEVEL, STANDARD);
        assert_int_equal(tp_round(f.num, f.den, 100), WANT[m]);
    }
}

static tp_validity
validity(const char *assessed, const char *as_of)
{
    tp_world w;
    tp_err err = {0};
    tp_arena scratch = {0};
    tp_view view;
    tp_assess a;
    tp_world_init(&w, 16);
    tp_world_candidate(&w);
    tp_world_i32(&w, TP_ASSESSMENT, 0, TP_ASSESSMENT_ASSESSED_ON, tp_world_day(assessed));
    tp_world_done(&w);
    assert_tp_ok(tp_view_make(&w.pool, &w.rules, tp_world_day(as_of), &scratch, &view, &err), &err);
    tp_assess_of(&view, 0, &a);
    tp_view_clear(&view);
    tp_arena_clear(&scratch);
    tp_world_clear(&w);
    return a.validity;
}

static void
test_assess__three_years_to_the_day(void **state)
{
    (void)state;
    assert_int_equal(validity("2022-03-01", "2025-02-28"), TP_VALID);
    assert_int_equal(validity("2022-03-01", "2025-03-01"), TP_VALID_EXPIRED);
    assert_int_equal(validity("2024-02-29", "2027-02-27"), TP_VALID);
    assert_int_equal(validity("2024-02-29", "2027-02-28"), TP_VALID_EXPIRED);
    assert_int_equal(validity("2026-01-01", "2025-12-31"), TP_VALID_NONE);
}

/* Newest valid one, accredited before unaccredited, never the best. */
static void
test_assess__newest_accredited_counts(void **state)
{
    (void)state;
    tp_world w;
    tp_err err = {0};
    tp_arena scratch = {0};
    tp_view view;
    tp_assess a;
    tp_world_init(&w, 16);
    tp_world_candidate(&w);
    const size_t extra = tp_world_add(&w, TP_ASSESSMENT, 0);
    tp_world_text(&w, TP_ASSESSMENT, extra, TP_ASSESSMENT_EVENT, "UK-2");
    tp_world_i32(&w, TP_ASSESSMENT, extra, TP_ASSESSMENT_ASSESSED_ON, tp_world_day("2026-01-01"));
    tp_world_i32(&w, TP_ASSESSMENT, extra, TP_ASSESSMENT_ACCREDITED, 0);
    tp_world_done(&w);
    assert_tp_ok(tp_view_make(&w.pool, &w.rules, tp_world_day("2026-06-30"), &scratch, &view, &err),
                 &err);
    tp_assess_of(&view, 0, &a);
    assert_int_equal(a.row, 0);
    tp_view_clear(&view);
    tp_world_i32(&w, TP_ASSESSMENT, extra, TP_ASSESSMENT_ACCREDITED, 1);
    tp_world_done(&w);
    assert_tp_ok(tp_view_make(&w.pool, &w.rules, tp_world_day("2026-06-30"), &scratch, &view, &err),
                 &err);
    tp_assess_of(&view, 0, &a);
    assert_int_equal(a.row, 1);
    assert_int_equal(a.validity, TP_VALID_INCOMPLETE);
    tp_view_clear(&view);
    tp_arena_clear(&scratch);
    tp_world_clear(&w);
}

static tp_merit
merit(int32_t total)
{
    tp_world w;
    tp_merit m;
    tp_world_init(&w, 16);
    tp_world_agency(&w);
    for (int i = 0; i < TP_MERIT_ASPECTS; i++) {
        const int32_t take = total < w.rules.merit.max[i] ? total : w.rules.merit.max[i];
        tp_world_i32(&w, TP_MERIT, 0, TP_MERIT_A1 + i, take);
        total -= take;
    }
    tp_world_done(&w);
    tp_merit_of(&w.rules, &w.pool.table[TP_MERIT], 0, &m);
    tp_world_clear(&w);
    return m;
}

static void
test_merit__both_sides_of_each_cut(void **state)
{
    (void)state;
    static const int32_t ROW[][2] = {{32450, 1}, {32500, 0}, {24950, 2},
                                     {25000, 1}, {17450, 3}, {17500, 2}};
    for (size_t i = 0; i < TP_COUNT(ROW); i++) {
        assert_int_equal(merit(ROW[i][0]).category, ROW[i][1]);
    }
    assert_int_equal(merit(30050).bp, 7513);
    assert_int_equal(merit(34250).bp, 8563);
}

static void
test_merit__a_missing_aspect_gives_no_category(void **state)
{
    (void)state;
    tp_world w;
    tp_merit m;
    tp_world_init(&w, 16);
    tp_world_agency(&w);
    tp_world_unset(&w, TP_MERIT, 0, TP_MERIT_A5);
    tp_world_done(&w);
    tp_merit_of(&w.rules, &w.pool.table[TP_MERIT], 0, &m);
    assert_false(m.known);
    assert_int_equal(m.category, 255);
    tp_world_clear(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jpm__table_of_the_rules),
        cmocka_unit_test(test_jpm__surplus_is_capped_for_the_axis_only),
        cmocka_unit_test(test_jpm__methods_differ),
        cmocka_unit_test(test_assess__three_years_to_the_day),
        cmocka_unit_test(test_assess__newest_accredited_counts),
        cmocka_unit_test(test_merit__both_sides_of_each_cut),
        cmocka_unit_test(test_merit__a_missing_aspect_gives_no_category),
    };
    return cmocka_run_group_tests_name("core/score/jpm", tests, NULL, NULL);
}
