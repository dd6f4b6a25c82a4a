/* Tests core/score/axis.c and box.c against the worked examples (scoring rules 2.5, 2.6, 9). */
#include "tests/support/tp_test.h"

#include "core/score/parts.h"
#include "tests/support/score_world.h"

static tp_rules rules;

static int
setup(void **state)
{
    (void)state;
    tp_world_rules(&rules);
    return 0;
}

static tp_axis
x_axis(const tp_frac score[TP_X_ITEMS])
{
    tp_axis x = {.n = TP_X_ITEMS};
    memcpy(x.score, score, TP_X_ITEMS * sizeof *score);
    tp_axis_close(&x, rules.x.weight_bp, rules.x.missing);
    return x;
}

/* A negative score is a missing one. */
static tp_axis
y_axis(int predicate, int award, int team, int feedback, bool renorm)
{
    const int score[] = {predicate, award, team, feedback};
    uint8_t missing[TP_Y_ITEMS];
    tp_axis y = {.n = TP_Y_ITEMS};
    memcpy(missing, rules.y.missing, sizeof missing);
    for (int i = 0; i < TP_Y_ITEMS; i++) {
        y.score[i] = (tp_frac){score[i] < 0 ? 0 : score[i], 1};
        y.state[i] = score[i] < 0 ? TP_MISSING_ITEM : TP_KNOWN;
        missing[i] = renorm && i > 0 ? TP_MISSING_RENORM : missing[i];
    }
    tp_axis_close(&y, rules.y.weight_bp, missing);
    return y;
}

static const tp_frac PERSON_A[] = {{3300, 36}, {75, 1},  {260, 3}, {3100, 40},
                                   {90, 1},    {100, 1}, {100, 1}};
static const tp_frac PERSON_B[] = {{100, 1}, {25, 2}, {160, 3}, {80, 1},
                                   {80, 1},  {50, 1}, {100, 1}};

static void
parts_add_up(const tp_axis *axis)
{
    int32_t part[TP_X_ITEMS];
    int32_t sum = 0;
    tp_axis_parts(axis, part);
    for (int i = 0; i < axis->n; i++) {
        sum += part[i];
    }
    assert_int_equal(sum, axis->points);
}

static void
test_axis__person_a(void **state)
{
    (void)state;
    const tp_axis x = x_axis(PERSON_A);
    const tp_axis y = y_axis(80, 75, 75, 80, false);
    assert_int_equal(x.points, 8788); /* exactly 87.875: thirds that are cut off would give 87.87 */
    assert_int_equal(y.points, 7850);
    assert_int_equal(tp_box_of(&rules, &x, &y), 8);
    assert_int_equal(tp_nt_of(&rules, &x, &y), 8319);
    parts_add_up(&x);
    parts_add_up(&y);
}

static void
test_axis__person_b(void **state)
{
    (void)state;
    const tp_axis x = x_axis(PERSON_B);
    const tp_axis y = y_axis(100, 0, 0, 100, false);
    assert_int_equal(x.points, 7458);
    assert_int_equal(y.points, 7000);
    assert_int_equal(tp_box_of(&rules, &x, &y), 5);
    assert_int_equal(tp_nt_of(&rules, &x, &y), 7229);
    parts_add_up(&x);
}

/* Scoring rules 2.6: what the weights of the performance axis imply. */
static void
test_axis__sensitivity_table(void **state)
{
    (void)state;
    static const struct {
        int predicate, award, team, feedback, points, class;
        bool renorm;
    } ROW[] = {
        {80, 0, 0, 80, 5600, 0, false},      {80, 50, 50, 80, 7100, 1, false},
        {80, 100, 100, 100, 8800, 2, false}, {100, 0, 0, 80, 6800, 1, false},
        {100, 25, 25, 80, 7550, 1, false},   {60, 100, 100, 100, 7600, 1, false},
        {100, -1, -1, 80, 9714, 2, true},    {80, -1, -1, 80, 8000, 2, true},
        {80, 75, 75, -1, 7833, 1, false},
    };
    for (size_t i = 0; i < TP_COUNT(ROW); i++) {
        const tp_axis y =
            y_axis(ROW[i].predicate, ROW[i].award, ROW[i].team, ROW[i].feedback, ROW[i].renorm);
        assert_int_equal(y.points, ROW[i].points);
        assert_int_equal(tp_box_class(&rules, rules.box.cut_y, &y), ROW[i].class);
        parts_add_up(&y);
    }
    const tp_axis y = y_axis(80, 75, 75, -1, false);
    assert_int_equal(y.complete_bp, 9000);
}

static void
test_axis__a_missing_predicate_blocks(void **state)
{
    (void)state;
    const tp_axis x = x_axis(PERSON_A);
    const tp_axis y = y_axis(-1, 75, 75, 80, false);
    assert_true(y.blocked);
    assert_int_equal(tp_box_of(&rules, &x, &y), 0);
}

static tp_axis
at(int64_t num, int64_t den)
{
    tp_axis x = {.n = 1, .weight_sum = 1, .sum = {num, den}};
    x.points = (int32_t)tp_round(num, den, 100);
    return x;
}

static void
test_box__both_sides_of_each_cut(void **state)
{
    (void)state;
    static const struct {
        int64_t num;
        int class;
    } ROW[] = {{5999, 0}, {6000, 1}, {7999, 1}, {8000, 2}};
    for (size_t i = 0; i < TP_COUNT(ROW); i++) {
        const tp_axis x = at(ROW[i].num, 100);
        assert_int_equal(tp_box_class(&rules, rules.box.cut_x, &x), ROW[i].class);
    }
}

static void
test_box__rounded_or_exact(void **state)
{
    (void)state;
    const tp_axis x = at(79995, 1000);
    assert_int_equal(tp_box_class(&rules, rules.box.cut_x, &x), 2);
    rules.box.classify_exact = true;
    assert_int_equal(tp_box_class(&rules, rules.box.cut_x, &x), 1);
    rules.box.classify_exact = false;
}

static void
test_box__all_nine(void **state)
{
    (void)state;
    static const int BOX[3][3] = {{1, 3, 6}, {2, 5, 8}, {4, 7, 9}};
    for (int y = 0; y < 3; y++) {
        for (int x = 0; x < 3; x++) {
            const tp_axis ax = at(50 + 15 * x, 1);
            const tp_axis ay = at(50 + 15 * y, 1);
            assert_int_equal(tp_box_of(&rules, &ax, &ay), BOX[y][x]);
        }
    }
}

static void
test_pools__unverified_discipline_is_unknown(void **state)
{
    (void)state;
    uint8_t agency;
    uint8_t national;
    tp_pools_of(&rules, 8, 0, &agency, &national);
    assert_int_equal(agency, TP_RESULT_MET);
    assert_int_equal(national, TP_RESULT_FAILED);
    tp_pools_of(&rules, 9, TP_REASON_BIT(DISC_UNVERIFIED), &agency, &national);
    assert_int_equal(agency, TP_RESULT_UNKNOWN);
    assert_int_equal(national, TP_RESULT_UNKNOWN);
    tp_pools_of(&rules, 0, 0, &agency, &national);
    assert_int_equal(agency, TP_RESULT_UNKNOWN);
}

static void
test_fit_ref__person_a_for_two_levels(void **state)
{
    (void)state;
    const tp_axis x = x_axis(PERSON_A);
    const tp_axis y = y_axis(80, 75, 75, 80, false);
    const tp_frac tek = {84, 1};
    tp_frac madya[TP_X_ITEMS];
    memcpy(madya, PERSON_A, sizeof madya);
    madya[TP_X_JPM] = (tp_frac){3300, 45};
    const tp_axis xm = x_axis(madya);
    assert_int_equal(tp_fit_ref(&(tp_view){.rules = &rules}, &x, &y, &tek, TP_TIER_JPT_PRATAMA),
                     8343);
    assert_int_equal(xm.points, 8421);
    assert_int_equal(tp_nt_of(&rules, &xm, &y), 8135);
    assert_int_equal(tp_fit_ref(&(tp_view){.rules = &rules}, &xm, &y, &tek, TP_TIER_JPT_MADYA),
                     8188);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_axis__person_a),
        cmocka_unit_test(test_axis__person_b),
        cmocka_unit_test(test_axis__sensitivity_table),
        cmocka_unit_test(test_axis__a_missing_predicate_blocks),
        cmocka_unit_test(test_box__both_sides_of_each_cut),
        cmocka_unit_test(test_box__rounded_or_exact),
        cmocka_unit_test(test_box__all_nine),
        cmocka_unit_test(test_pools__unverified_discipline_is_unknown),
        cmocka_unit_test(test_fit_ref__person_a_for_two_levels),
    };
    return cmocka_run_group_tests_name("core/score/axis", tests, setup, NULL);
}
