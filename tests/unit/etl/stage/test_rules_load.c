/* Tests etl/stage/rules_load.c: the shipped rules against a second writing, and what is refused. */
#include "tests/support/tp_test.h"

#include <sys/stat.h>
#include <unistd.h>

#include "talent/base/buf.h"
#include "talent/base/day.h"
#include "talent/etl/file.h"
#include "talent/etl/rules.h"
#include "tests/support/score_world.h"

static void
load(tp_rules *r, tp_arena *arena)
{
    tp_err err = {0};
    assert_tp_ok(
        tp_rules_load("config/rules", "config/codes", tp_day_of(2026, 6, 30), arena, r, &err),
        &err);
}

/* Every number of the shipped files stands a second time in tests/support/score_rules.c. */
static void
test_load__shipped_rules_agree_with_the_documents(void **state)
{
    (void)state;
    tp_arena arena = {0};
    tp_rules got;
    tp_rules want;
    load(&got, &arena);
    tp_world_rules(&want);
#define SAME(part) assert_memory_equal(&got.part, &want.part, sizeof got.part)
    SAME(ip.education);
    SAME(ip.leadership);
    SAME(ip.functional);
    SAME(ip.technical);
    SAME(ip.seminar);
    SAME(ip.performance);
    SAME(ip.discipline);
    SAME(ip.tech_min_hours);
    SAME(ip.tech_years);
    SAME(ip.seminar_years);
    SAME(ip.discipline_years);
    SAME(ip.course);
    SAME(ip.bands.cut);
    SAME(x);
    SAME(y);
    SAME(box.cut_x);
    SAME(box.cut_y);
    SAME(box.matrix);
    SAME(box.agency_boxes);
    SAME(box.national_boxes);
    SAME(box.blend_bp);
    SAME(jpm.method);
    SAME(jpm.cap);
    SAME(jpm.validity_years);
    SAME(jpm.fill.cut);
    SAME(jpm.map.cut);
    SAME(jpm.standard);
    SAME(jpm.standard_jf);
    SAME(performance);
    SAME(merit.max);
    SAME(merit.bands.cut);
    SAME(merit.exempt);
    SAME(fit);
    SAME(param);
    SAME(coverage_days);
    SAME(retire_age);
    SAME(legal_status);
    SAME(legal_dismissed);
    SAME(education_met);
    SAME(education_class);
    SAME(sanction_level);
    SAME(sanction_months);
    SAME(sanction_dismissal);
    SAME(sanction_lowering);
    SAME(rank_floor);
    for (int i = 0; i < TP_RULE_COUNT; i++) {
        SAME(rule[i].severity);
        SAME(rule[i].enabled);
        SAME(rule[i].screening);
        SAME(rule[i].grain);
        assert_true(got.rule[i].reason.n > 0 && got.rule[i].regulation.n > 0 &&
                    got.rule[i].owner.n > 0);
    }
    tp_arena_clear(&arena);
}

static void
test_load__agencies_have_their_region(void **state)
{
    (void)state;
    tp_arena arena = {0};
    tp_rules r;
    load(&r, &arena);
    assert_tp_str(tp_rules_agency(&r, TP_STR("5173"))->region, "11.74");
    assert_int_equal(tp_rules_agency(&r, TP_STR("1010"))->region.n, 0);
    assert_null(tp_rules_agency(&r, TP_STR("0000")));
    tp_arena_clear(&arena);
}

/* Copies the shipped files with one piece of text changed, loads them, expects this complaint. */
static void
refused(const char *file, const char *from, const char *to, const char *complaint)
{
    static const char *const NAME[] = {"scoring.json", "eligibility.json"};
    char dir[] = "/tmp/talent-rules-XXXXXX";
    tp_arena arena = {0};
    tp_err err = {0};
    tp_rules r = {.from = 7};
    assert_non_null(mkdtemp(dir));
    for (int i = 0; i < 2; i++) {
        tp_buf text = {0};
        tp_buf path = {0};
        tp_buf out = {0};
        assert_tp_ok(
            tp_file_read(tp_path_join(&path, "config/rules", NAME[i]), 1 << 20, &text, &err), &err);
        const size_t at = strcmp(file, NAME[i]) == 0
                              ? tp_str_find(tp_buf_view(&text), tp_str_of(from))
                              : SIZE_MAX;
        if (at != SIZE_MAX) {
            tp_buf_put(&out, text.p, at);
            tp_buf_puts(&out, to);
            tp_buf_puts(&out, text.p + at + strlen(from));
        } else {
            assert_true(strcmp(file, NAME[i]) != 0); /* the text to change must be there */
            tp_buf_put(&out, text.p, text.n);
        }
        assert_tp_ok(tp_file_write(tp_path_join(&path, dir, NAME[i]), out.p, out.n, 0600, &err),
                     &err);
        tp_buf_clear(&text);
        tp_buf_clear(&out);
        tp_buf_clear(&path);
    }
    err = (tp_err){0};
    assert_tp_fails(tp_rules_load(dir, "config/codes", tp_day_of(2026, 6, 30), &arena, &r, &err),
                    TP_E_CONFIG, &err, complaint);
    assert_int_equal(r.from, 7); /* a failed call leaves its result untouched */
    assert_tp_ok(tp_tree_remove(dir, &err), &err);
    tp_arena_clear(&arena);
}

/* The performance axis as one published rule set has it: it adds up to 105. */
static void
test_load__75_15_15_is_refused(void **state)
{
    (void)state;
    refused("scoring.json",
            "{\"predicate\": 6000, \"award\": 1500, \"team\": 1500, \"feedback\": 1000}",
            "{\"predicate\": 7500, \"award\": 1500, \"team\": 1500, \"feedback\": 0}",
            "weights add up to 10500, not 10000");
}

static void
test_load__faults_are_refused(void **state)
{
    (void)state;
    refused("scoring.json", "\"cuts\": [900, 800, 700, 600]", "\"cuts\": [900, 900, 700, 600]",
            "cuts must fall strictly");
    refused("scoring.json", "[2, 5, 8]", "[2, 5, 9]", "9 stands twice");
    refused("scoring.json", "[[3, 100], [1, 50], [0, 0]]", "[[3, 100], [1, 50]]", "start at 0");
    refused("scoring.json", "\"light\": 75", "\"light\": 45", "would lower the score");
    refused("scoring.json", "\"from\": \"2025-01-01\"", "\"from\": \"2027-01-01\"", "not in force");
    refused("scoring.json", "\"top_per_post\": 10", "\"top_per_post\": 99", "");
    refused("scoring.json", "\"award_years\": 5", "\"age_score\": 5", "");
    refused("eligibility.json", "{\"id\": \"AP-04\"", "{\"id\": \"AP-44\"",
            "no rule of this program");
    refused("eligibility.json", "{\"id\": \"AP-04\"", "{\"id\": \"AP-01\"", "stands twice");
    refused("eligibility.json", "\"name\": \"AGE_MAX\"", "\"name\": \"AGE_LOW\"",
            "no such parameter");
    refused("eligibility.json", "\"until\": \"2023-06-21\"", "\"until\": \"2019-06-21\"",
            "before they begin");
    refused("eligibility.json", "\"met\": [1, 11]", "\"met\": [1, 11, 2]", "two lists");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_load__shipped_rules_agree_with_the_documents),
        cmocka_unit_test(test_load__agencies_have_their_region),
        cmocka_unit_test(test_load__75_15_15_is_refused),
        cmocka_unit_test(test_load__faults_are_refused),
    };
    return cmocka_run_group_tests_name("etl/stage/rules_load", tests, NULL, NULL);
}
