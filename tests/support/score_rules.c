/* The default rule set, copied by hand from the documents: a second writing to hold config/rules
 * to. */
#include <string.h>

#include "talent/base/day.h"
#include "tests/support/score_world.h"

static void
ints(int32_t *to, const int32_t *from, size_t n)
{
    memcpy(to, from, n * sizeof *to);
}
#define INTS(to, ...) \
    ints((to), (const int32_t[]){__VA_ARGS__}, sizeof((int32_t[]){__VA_ARGS__}) / 4)

static void
bands(tp_bands *b, bool above, const int32_t *cut, const char *const *name, int n)
{
    b->n = n;
    b->above = above;
    for (int i = 0; i < n; i++) {
        b->cut[i] = i + 1 < n ? cut[i] : 0;
        b->name[i] = tp_str_of(name[i]);
    }
}

static void
scale(tp_scale *s, int n, const int32_t (*step)[2])
{
    s->n = n;
    for (int i = 0; i < n; i++) {
        s->from[i] = step[i][0];
        s->score[i] = step[i][1];
    }
}

static void
ip_rules(tp_rules *r)
{
    static const char *const NAME[] = {"Sangat Tinggi", "Tinggi", "Sedang", "Rendah",
                                       "Sangat Rendah"};
    INTS(r->ip.education, 250, 200, 150, 100, 50, 10);
    r->ip.leadership = r->ip.functional = 150;
    INTS(r->ip.technical, 150, 150, 225);
    INTS(r->ip.seminar, 100, 100, 175);
    INTS(r->ip.performance, 0, 10, 50, 150, 250, 300);
    INTS(r->ip.discipline, 50, 30, 20, 10);
    r->ip.tech_min_hours = 20;
    r->ip.tech_years = 1;
    r->ip.seminar_years = 2;
    r->ip.discipline_years = 5;
    INTS(r->ip.course, TP_COURSE_PKN1, TP_COURSE_PKN1, TP_COURSE_PKN2, TP_COURSE_PKA,
         TP_COURSE_PKP);
    bands(&r->ip.bands, true, (const int32_t[]){900, 800, 700, 600}, NAME, 5);
}

static void
axis_rules(tp_rules *r)
{
    static const uint8_t X_MISSING[] = {TP_MISSING_BLOCK, TP_MISSING_ZERO,  TP_MISSING_FLOOR,
                                        TP_MISSING_BLOCK, TP_MISSING_FLOOR, TP_MISSING_FLOOR,
                                        TP_MISSING_FLOOR};
    static const uint8_t Y_MISSING[] = {TP_MISSING_BLOCK, TP_MISSING_ZERO, TP_MISSING_ZERO,
                                        TP_MISSING_RENORM};
    INTS(r->x.weight_bp, 2000, 1000, 1000, 2500, 1000, 1000, 1500);
    memcpy(r->x.missing, X_MISSING, sizeof X_MISSING);
    INTS(r->x.development_bp, 5000, 5000);
    r->x.development_years = 3;
    scale(&r->x.certificates, 5, (const int32_t[][2]){{8, 100}, {6, 75}, {4, 50}, {1, 25}, {0, 0}});
    scale(&r->x.certifications, 3, (const int32_t[][2]){{3, 100}, {1, 50}, {0, 0}});
    INTS(r->x.experience_weight, 1, 1, 1);
    scale(&r->x.tenure, 3, (const int32_t[][2]){{5, 100}, {3, 80}, {0, 60}});
    INTS(r->x.variety, 100, 80, 60);
    INTS(r->x.acting, 100, 80, 60, 40, 20);
    r->x.potential_max = 5;
    INTS(r->x.education, 100, 90, 80, 70, 60, 50);
    INTS(r->x.field, 100, 50);
    INTS(r->x.discipline, 100, 75, 50, 25, 0);
    r->x.discipline_years = 5;
    INTS(r->y.weight_bp, 6000, 1500, 1500, 1000);
    memcpy(r->y.missing, Y_MISSING, sizeof Y_MISSING);
    INTS(r->y.predicate, 0, 20, 40, 60, 80, 100);
    INTS(r->y.feedback, 0, 20, 40, 60, 80, 100);
    INTS(r->y.award, 100, 75, 50, 25);
    INTS(r->y.team[TP_TEAM_LEAD], 100, 100, 100, 75);
    INTS(r->y.team[TP_TEAM_MEMBER], 50, 50, 50, 25);
    r->y.award_years = 5;
    r->y.team_years = 2;
    r->y.feedback_years = 1;
    r->y.stale_years = 2;
}

static void
box_rules(tp_rules *r)
{
    static const uint8_t MATRIX[3][3] = {{1, 3, 6}, {2, 5, 8}, {4, 7, 9}};
    static const char *const FILL[] = {"MS", "MMS", "KMS"};
    static const char *const MAP[] = {"Optimal", "Cukup Optimal", "Kurang Optimal"};
    static const char *const MERIT[] = {"Sangat Baik", "Baik", "Kurang", "Buruk"};
    INTS(r->box.cut_x, 8000, 6000);
    INTS(r->box.cut_y, 8000, 6000);
    memcpy(r->box.matrix, MATRIX, sizeof MATRIX);
    r->box.agency_boxes = 1U << 7 | 1U << 8 | 1U << 9;
    r->box.national_boxes = 1U << 9;
    INTS(r->box.blend_bp, 5000, 5000);
    r->jpm.cap = 10000;
    r->jpm.validity_years = 3;
    bands(&r->jpm.fill, false, (const int32_t[]){8000, 6800}, FILL, 3);
    bands(&r->jpm.map, false, (const int32_t[]){9000, 7800}, MAP, 3);
    INTS(r->jpm.standard, 10, 10, 8, 6, 4, 2);
    INTS(r->jpm.standard_jf, 2, 2, 4, 4, 4, 6, 8, 10);
    INTS(r->performance.legacy_cut, 9000, 7500, 6000, 5000);
    INTS(r->performance.pp30_cut, 11000, 9000, 7000, 5000);
    INTS(r->merit.max, 4000, 4000, 12000, 4000, 8000, 4000, 1600, 2400);
    bands(&r->merit.bands, false, (const int32_t[]){32500, 25000, 17500}, MERIT, 4);
    r->merit.target_num = 30;
    r->merit.target_den = 100;
    r->merit.denominator = 504;
    r->merit.exempt = 3;
    INTS(r->fit.weight_bp[0], 9000, 1000);
    INTS(r->fit.weight_bp[1], 8000, 2000);
    INTS(r->fit.weight_bp[2], 7000, 3000);
    r->fit.top_per_post = 10;
    r->fit.top_per_person = 5;
    r->fit.retire_months = 12;
}

static void
param(tp_rules *r, tp_param_id id, const char *from, const char *until, int32_t u, int32_t m,
      int32_t p)
{
    tp_param *a = &r->param[id];
    a->n = 1;
    a->span[0].from = from != NULL ? tp_world_day(from) : INT32_MIN;
    a->span[0].until = until != NULL ? tp_world_day(until) : INT32_MAX;
    INTS(a->span[0].value, u, m, p);
}

static void
params(tp_rules *r)
{
    const int32_t floor = tp_world_day("2014-01-15");
    param(r, TP_PARAM_AGE_MAX, "2017-04-07", NULL, 58, 58, 56);
    param(r, TP_PARAM_EXP_YEARS, "2017-04-07", NULL, 10, 7, 5);
    param(r, TP_PARAM_FEEDER_MONTHS, "2017-04-07", NULL, 24, 24, 24);
    param(r, TP_PARAM_REPLACE_MONTHS, "2014-01-15", NULL, 24, 24, 24);
    param(r, TP_PARAM_PANDEMIC_MONTHS, "2020-04-27", "2023-06-21", 12, 12, 12);
    param(r, TP_PARAM_TENURE_MONTHS, "2014-01-15", NULL, 60, 60, 60);
    param(r, TP_PARAM_TENURE_FLOOR, NULL, NULL, floor, floor, floor);
    param(r, TP_PARAM_ELECTION_BEFORE, "2016-07-01", NULL, 6, 6, 6);
    param(r, TP_PARAM_ELECTION_AFTER, "2015-02-02", NULL, 6, 6, 6);
    param(r, TP_PARAM_PERF_YEARS, NULL, NULL, 2, 2, 2);
    param(r, TP_PARAM_PERF_MIN, NULL, NULL, 4, 4, 4);
    param(r, TP_PARAM_SANCTION_MONTHS, NULL, NULL, 24, 24, 24);
    param(r, TP_PARAM_MERIT_MIN, NULL, NULL, 0, 0, 0);
    param(r, TP_PARAM_JPM_MIN, NULL, NULL, 6800, 6800, 6800);
    param(r, TP_PARAM_JPM_FLAG, NULL, NULL, 8000, 8000, 8000);
    param(r, TP_PARAM_FILING_MONTH, NULL, NULL, 3, 3, 3);
    param(r, TP_PARAM_AGE_MODE, NULL, NULL, 0, 0, 0);
}

enum {
    NO = TP_SEVERITY_NONE,
    H = TP_SEVERITY_HARD,
    W = TP_SEVERITY_WAIV,
    C = TP_SEVERITY_COND,
    P = TP_SEVERITY_POL,
    F = TP_SEVERITY_FLAG
};

/* Severity for a promotion, a move, and where the agency changes (0 = as without). */
static const struct {
    uint8_t rule, pro, mut, other;
} SEVERITY[] = {
    {TP_RULE_ST01, H, H, 0},   {TP_RULE_ST02, H, H, 0},  {TP_RULE_NP01, H, NO, 0},
    {TP_RULE_ST03, H, H, 0},   {TP_RULE_ST04, H, H, 0},  {TP_RULE_DI05, H, H, 0},
    {TP_RULE_BU01, H, H, 0},   {TP_RULE_DI01, H, H, 0},  {TP_RULE_DI02, H, NO, H},
    {TP_RULE_DI04, H, NO, 0},  {TP_RULE_DI13, H, H, 0},  {TP_RULE_TN01, NO, H, 0},
    {TP_RULE_TN02, NO, H, 0},  {TP_RULE_ST05, P, NO, H}, {TP_RULE_AP01, W, NO, 0},
    {TP_RULE_AP04, W, NO, 0},  {TP_RULE_AP06, W, NO, 0}, {TP_RULE_AP05, W, W, 0},
    {TP_RULE_AP02, W, W, 0},   {TP_RULE_AP03, W, NO, 0}, {TP_RULE_EL01, C, C, 0},
    {TP_RULE_EL02, C, C, 0},   {TP_RULE_SE02, C, NO, 0}, {TP_RULE_RK01, P, NO, 0},
    {TP_RULE_DI07, P, NO, 0},  {TP_RULE_DI09, P, P, H},  {TP_RULE_DI03, P, NO, 0},
    {TP_RULE_TN07, NO, NO, 0}, {TP_RULE_TN08, NO, F, 0},
};

static void
rules(tp_rules *r)
{
    for (size_t i = 0; i < TP_COUNT(SEVERITY); i++) {
        tp_rule *rule = &r->rule[SEVERITY[i].rule];
        rule->id = tp_rule_name((tp_rule_id)SEVERITY[i].rule);
        rule->grain = tp_rule_grain((tp_rule_id)SEVERITY[i].rule);
        rule->enabled = SEVERITY[i].rule != TP_RULE_DI03;
        rule->screening = true;
        const bool tenure = SEVERITY[i].rule == TP_RULE_TN01 || SEVERITY[i].rule == TP_RULE_TN02;
        for (int level = 0; level < TP_LEVELS; level++) {
            const bool lead = level != TP_TIER_JPT_PRATAMA;
            const uint8_t mut = tenure && lead ? C : SEVERITY[i].mut;
            const uint8_t other = SEVERITY[i].other;
            rule->severity[TP_ACTION_PRO][0][level] = SEVERITY[i].pro;
            rule->severity[TP_ACTION_MUT][0][level] = mut;
            rule->severity[TP_ACTION_PRO][1][level] = other != 0 ? other : SEVERITY[i].pro;
            rule->severity[TP_ACTION_MUT][1][level] = other != 0 ? other : mut;
        }
    }
}

static void
codes(tp_rules *r)
{
    static const uint8_t FAILED[] = {2,  4,  5,  6,  7,  8,  12, 13, 14, 20, 52,
                                     66, 67, 68, 69, 70, 77, 88, 89, 91, 98, 99};
    static const uint8_t CLASS[][2] = {{49, 0}, {50, 0}, {45, 1}, {47, 1}, {35, 2}, {40, 2},
                                       {42, 2}, {30, 3}, {15, 4}, {17, 4}, {18, 4}, {20, 4},
                                       {25, 4}, {5, 5},  {10, 5}, {12, 5}};
    static const uint8_t LEVEL[][2] = {{1, 0},  {2, 0},  {3, 0},  {21, 0}, {22, 0}, {4, 1},  {5, 1},
                                       {6, 1},  {7, 1},  {8, 1},  {23, 1}, {24, 1}, {25, 1}, {9, 2},
                                       {10, 2}, {11, 2}, {13, 2}, {14, 2}, {27, 2}, {28, 2}};
    static const uint8_t MONTHS[][2] = {{4, 12},  {5, 12}, {6, 12}, {7, 12},  {8, 12},  {9, 36},
                                        {13, 36}, {23, 6}, {24, 9}, {25, 12}, {27, 12}, {28, 12}};
    static const uint8_t FLOOR[][2] = {{10, 43}, {11, 43}, {12, 42}, {21, 42}, {22, 41},
                                       {31, 34}, {32, 33}, {41, 32}, {42, 31}};
    memset(r->legal_status, TP_RESULT_UNKNOWN, sizeof r->legal_status);
    for (size_t i = 0; i < sizeof FAILED; i++) {
        r->legal_status[FAILED[i]] = TP_RESULT_FAILED;
    }
    r->legal_status[1] = r->legal_status[11] = TP_RESULT_MET;
    r->legal_status[3] = TP_RESULT_NA;
    r->legal_dismissed[1] = 1U << (66 - 64) | 1U << (77 - 64) | 1U << (91 - 64);
    memset(r->education_class, TP_CLASS_NONE, sizeof r->education_class);
    for (size_t i = 0; i < TP_COUNT(CLASS); i++) {
        r->education_class[CLASS[i][0]] = CLASS[i][1];
        r->education_met |= CLASS[i][1] <= TP_CLASS_S1 ? UINT64_C(1) << CLASS[i][0] : 0;
    }
    memset(r->sanction_level, 255, sizeof r->sanction_level);
    for (size_t i = 0; i < TP_COUNT(LEVEL); i++) {
        r->sanction_level[LEVEL[i][0]] = LEVEL[i][1];
    }
    for (size_t i = 0; i < TP_COUNT(MONTHS); i++) {
        r->sanction_months[MONTHS[i][0]] = MONTHS[i][1];
    }
    r->sanction_dismissal = 1U << 10 | 1U << 11;
    r->sanction_lowering = 1U << 27 | 1U << 28;
    for (size_t i = 0; i < TP_COUNT(FLOOR); i++) {
        r->rank_floor[FLOOR[i][0]] = FLOOR[i][1];
    }
}

void
tp_world_rules(tp_rules *r)
{
    static const tp_rule_agency AGENCY[] = {
        {{"4011", 4}, {"", 0}}, {{"5173", 4}, {"11.74", 5}}, {{"5304", 4}, {"14.02", 5}}};
    *r = (tp_rules){.id = TP_STR("test"), .profile = TP_STR("national"), .until = INT32_MAX};
    r->from = INT32_MIN;
    ip_rules(r);
    axis_rules(r);
    box_rules(r);
    params(r);
    rules(r);
    codes(r);
    r->coverage_days = 92;
    INTS(r->retire_age, 60, 58, 65, 60, 58);
    r->agency = AGENCY;
    r->n_agency = TP_COUNT(AGENCY);
}
