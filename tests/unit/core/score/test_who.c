/* Tests core/score/who.c: which employment counts when several sources tell one. */
#include "tests/support/tp_test.h"

#include "core/score/parts.h"
#include "tests/support/score_world.h"

/* The tier of the one candidate, whose golden agency no employment names, by two changes. */
static int
tier_of(int64_t changed_a, int64_t changed_b)
{
    static const int TIER[] = {TP_TIER_PENGAWAS, TP_TIER_ADMINISTRATOR};
    const int64_t changed[] = {changed_a, changed_b};
    tp_world w;
    tp_view view;
    tp_who who;
    tp_arena scratch = {0};
    tp_err err = {0};
    tp_world_init(&w, 16);
    tp_world_candidate(&w);
    tp_world_text(&w, TP_PERSON, 0, TP_PERSON_AGENCY, "3001");
    (void)tp_world_add(&w, TP_EMPLOYMENT, 0);
    for (size_t i = 0; i < 2; i++) {
        tp_world_i32(&w, TP_EMPLOYMENT, i, TP_EMPLOYMENT_TIER, TIER[i]);
        tp_world_u64(&w, TP_EMPLOYMENT, i, TP_EMPLOYMENT_CHANGED_AT, (uint64_t)changed[i]);
    }
    tp_world_done(&w);
    assert_tp_ok(tp_view_make(&w.pool, &w.rules, tp_world_day("2026-06-30"), &scratch, &view, &err),
                 &err);
    tp_who_make(&view, 0, &who);
    tp_view_clear(&view);
    tp_arena_clear(&scratch);
    tp_world_clear(&w);
    return who.tier;
}

static void
test_who__newest_employment_counts_before_1970_too(void **state)
{
    (void)state;
    assert_int_equal(tier_of(-INT64_C(2208988800), 1767225600), TP_TIER_ADMINISTRATOR);
    assert_int_equal(tier_of(1767225600, -INT64_C(2208988800)), TP_TIER_PENGAWAS);
    assert_int_equal(tier_of(-2, -1), TP_TIER_ADMINISTRATOR);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who__newest_employment_counts_before_1970_too),
    };
    return cmocka_run_group_tests_name("core/score/who", tests, NULL, NULL);
}
