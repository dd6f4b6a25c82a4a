/* What the files of core/score share: the prepared view of a pool, and each decision's interface.
 */
#ifndef TALENT_CORE_SCORE_PARTS_H
#define TALENT_CORE_SCORE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talent/base/arena.h"
#include "talent/base/day.h"
#include "talent/base/err.h"
#include "talent/base/intern.h"
#include "talent/core/pool.h"
#include "talent/core/rules.h"
#include "talent/core/scores.h"

typedef __int128 tp_wide;

/* An exact non-negative number; den > 0. */
typedef struct tp_frac {
    int64_t num;
    int64_t den;
} tp_frac;

#define TP_BIT(rule) (UINT64_C(1) << TP_RULE_##rule)

/* num / den * scale, rounded half up; all non-negative. */
static inline int64_t
tp_round(tp_wide num, tp_wide den, int64_t scale)
{
    return (int64_t)((2 * num * scale + den) / (2 * den));
}

static inline int64_t
tp_gcd(int64_t a, int64_t b)
{
    while (b != 0) {
        const int64_t r = a % b;
        a = b;
        b = r;
    }
    return a;
}

/* a + weight * b, reduced. */
static inline tp_frac
tp_frac_add(tp_frac a, tp_frac b, int64_t weight)
{
    const int64_t g = tp_gcd(a.den, b.den);
    const int64_t num = a.num * (b.den / g) + weight * b.num * (a.den / g);
    const int64_t den = a.den / g * b.den;
    const int64_t h = num == 0 ? den : tp_gcd(num, den);
    return (tp_frac){num / h, den / h};
}

/* Parts of a whole by largest remainder: out sums to round(sum of part). n <= 8. */
void tp_parts(const tp_wide *num, const tp_wide *den, int n, int64_t whole, int32_t *out);

/* Codes of one list, as bits. The lists the descriptions check these fields against have some 60
 * codes (config/codes/study_fields.csv, government_affairs.csv); a test keeps them under 256. */
enum { TP_SET_WORDS = 4 };

typedef struct tp_set {
    uint64_t w[TP_SET_WORDS];
} tp_set;

static inline bool
tp_set_meets(tp_set a, tp_set b)
{
    return ((a.w[0] & b.w[0]) | (a.w[1] & b.w[1]) | (a.w[2] & b.w[2]) | (a.w[3] & b.w[3])) != 0;
}

static inline bool
tp_set_empty(tp_set a)
{
    return (a.w[0] | a.w[1] | a.w[2] | a.w[3]) == 0;
}

/* A post's technical requirement. */
typedef struct tp_need {
    uint32_t code;
    int32_t level; /* halves */
    int32_t weight;
} tp_need;

/* A post as the gates and the fit see it. */
typedef struct tp_seat {
    bool scored;
    uint8_t level; /* tp_tier; TP_TIER_COUNT = not a JPT or unknown */
    bool own_standard;
    uint8_t standard[TP_COMPETENCIES]; /* halves */
    int32_t day;                       /* effective date */
    uint32_t agency;                   /* text number or TP_NONE */
    uint32_t holder;                   /* person or TP_NONE */
    uint8_t rank_floor;                /* lowest rank id; 0 = the post's eselon is unknown */
    int epoch;                         /* which resolved parameters hold on day */
    tp_set affairs, fields;
    bool affairs_open; /* an affair is asked for that no list names: its years cannot be counted */
    uint32_t need_begin, need_end; /* rows of view.need */
    int64_t need_sum;              /* sum of weight x level */
    uint8_t result[TP_RULE_COUNT]; /* rules of grain AGENCY and POST, for PRO */
    uint64_t failed[TP_ACTION_COUNT], unknown[TP_ACTION_COUNT];
    uint64_t permitted;              /* rules a permit for everyone answers */
    uint32_t grant_begin, grant_end; /* permits that name a person */
} tp_seat;

typedef struct tp_grant {
    uint32_t post, row; /* row of the permit, which names the person */
    uint64_t rule;
} tp_grant;

typedef struct tp_masks {
    uint64_t hard, waiv, cond, pol, flag;
} tp_masks;

/* Everything of a pool the scorers look up more than once. Read-only once made. */
typedef struct tp_view {
    const tp_pool *pool;
    const tp_rules *rules;
    int32_t as_of;
    int year;         /* the measured year: the last full one */
    int32_t year_end; /* its 31 December */
    size_t n_seat;
    tp_seat *seat;
    uint32_t *holds; /* [people] post held, or TP_NONE */
    tp_need *need;
    tp_set *history;     /* [position_history rows] affairs */
    tp_set *studied;     /* [people] fields of study among those the posts name */
    uint32_t *tech_code; /* [technical rows] code number or TP_NONE */
    tp_intern affair, field, code;
    uint64_t *covered; /* bitmap by text number: the agency's discipline list is complete */
    uint64_t *cases;   /* bitmap by text number: its register of open cases is complete */
    uint64_t *rewards; /* bitmap by text number: the agency reports awards */
    uint64_t *teams;   /* bitmap by text number: the agency reports team roles */
    tp_grant *grant;
    size_t n_grant;
    tp_masks mask[TP_ACTION_COUNT][2]
                 [TP_LEVELS]; /* screening rules by action, agency changes, level */
    int n_epoch;
    int32_t epoch_day[64];
    size_t n_merit;
    uint32_t *merit_row;
} tp_view;

tp_code tp_view_make(const tp_pool *pool, const tp_rules *rules, int32_t as_of, tp_arena *scratch,
                     tp_view *out, tp_err *err) TP_MUST_CHECK;
void tp_view_clear(tp_view *view);

/* A person at a glance: the present post and what every item starts from. */
typedef struct tp_who {
    size_t person;
    uint32_t employment; /* row or TP_NONE */
    int status;          /* tp_status or -1 */
    int tier;            /* tp_tier or -1 */
    int jf;              /* tp_jf_grade or -1 */
    int standing;        /* level_rank of the rules 5.1; -1 unknown */
    uint32_t agency;     /* text number of the home agency or TP_NONE */
    bool has_birth;
    int32_t birth;
    int education;       /* BKN level id or -1: the highest told */
    int education_class; /* tp_education_class */
    int legal;           /* kedudukan hukum or -1 */
    bool covered;        /* the agency's discipline list is complete */
    bool cases;          /* and so is its register of cases under examination */
    uint32_t post;       /* post held, or TP_NONE */
} tp_who;

void tp_who_make(const tp_view *view, size_t person, tp_who *out);
int tp_standing(int tier, int jf_grade);

/* ---- career.c: intervals of posts held ---- */

typedef enum tp_span_filter {
    TP_SPAN_TIER,
    TP_SPAN_FEEDER,
    TP_SPAN_AFFAIRS,
    TP_SPAN_AFFAIRS_OPEN
} tp_span_filter;

typedef struct tp_span {
    int32_t first;  /* start of the earliest interval; valid when days > 0 or an interval is open */
    int32_t met_on; /* first day on which the sum reaches `months`; INT32_MAX = never */
    int64_t days;   /* sum until `day` */
    bool any;
} tp_span;

/* Does the person's history contradict itself, or lack what a count needs? */
typedef struct tp_career {
    size_t rows;        /* definitive posts with a start */
    bool contradiction; /* two open ends of different levels */
    bool incomplete;    /* a definitive post without start or level */
    int32_t current_on; /* inauguration, else start, of the open post; INT32_MIN unknown */
} tp_career;

void tp_career_of(const tp_view *view, const tp_who *who, tp_career *out);

/* Union of the definitive intervals that pass the filter: arg is a tier (and who->jf), a target
 * level, or unused; need in months. */
void tp_span_of(const tp_view *view, const tp_who *who, tp_span_filter filter, int arg,
                tp_set affairs, int months, int32_t day, tp_span *out);

/* ---- appraisals and sanctions ---- */

/* Predicate 1..5 of a year, 0 when none; adds reasons. */
int tp_predicate_of(const tp_view *view, size_t person, int year, uint64_t *reason);

typedef struct tp_sanctions {
    int heaviest; /* in the window: -1 none, else tp_sanction */
    bool serving; /* on the day */
    bool unsettled;
} tp_sanctions;

/* Sanctions decided in (from, until], and serving on `day`. */
void tp_sanctions_of(const tp_view *view, size_t person, int32_t from, int32_t until, int32_t day,
                     tp_sanctions *out);

/* ---- ip.c ---- */

typedef struct tp_ip {
    bool applies;
    int k, ko, ki, d, total; /* tenths */
    int ko_part[4];          /* leadership or functional, technical, seminar; [3] unused */
    int category;
    uint64_t reason;
} tp_ip;

void tp_ip_of(const tp_view *view, const tp_who *who, tp_ip *out);

/* ---- jpm.c ---- */

typedef struct tp_assess {
    uint32_t row; /* of the assessment table, or TP_NONE */
    tp_validity validity;
    bool complete;
    uint8_t level[TP_COMPETENCIES]; /* halves */
    int potential;                  /* sum of halves; -1 unless all eight are known */
    int target;                     /* tier assessed for, or -1 */
} tp_assess;

void tp_assess_of(const tp_view *view, size_t person, tp_assess *out);

/* Standard of the person's present post in halves; false when unknown. */
bool tp_standard_of(const tp_view *view, const tp_who *who, uint8_t out[TP_COMPETENCIES]);

/* 100 x attained / standard by the rule set's method, exact. */
tp_frac tp_jpm_of(tp_jpm_method method, const uint8_t level[TP_COMPETENCIES],
                  const uint8_t standard[TP_COMPETENCIES]);
tp_frac tp_jpm_capped(tp_frac jpm, int32_t cap);

/* ---- axis.c ---- */

typedef enum tp_state { TP_KNOWN, TP_MISSING_ITEM, TP_EXPIRED_ITEM, TP_CONFLICT_ITEM } tp_state;

/* One axis: scores 0..100 as exact fractions, weights in force, total. */
typedef struct tp_axis {
    int n;
    tp_frac score[TP_X_ITEMS];
    int32_t weight[TP_X_ITEMS]; /* basis points; 0 where the item was dropped */
    uint8_t state[TP_X_ITEMS];
    int32_t weight_sum;
    int32_t complete_bp;
    bool blocked;
    tp_frac sum;    /* sum of weight x score; axis = sum / weight_sum */
    int32_t points; /* hundredths, rounded; valid unless blocked */
    uint64_t reason;
    int detail[6]; /* what explain shows: counts behind the scores */
} tp_axis;

void tp_axis_x(const tp_view *view, const tp_who *who, const tp_assess *assess, tp_axis *out);
void tp_axis_y(const tp_view *view, const tp_who *who, bool drop_unreported, tp_axis *out);

/* Completes sum, weight_sum, points from score, weight and state. */
void tp_axis_close(tp_axis *axis, const int32_t *weight, const uint8_t *missing);
void tp_axis_parts(const tp_axis *axis, int32_t *out);

/* Scores the discipline item and experience item are built from. */
tp_frac tp_experience_of(const tp_view *view, const tp_who *who, int part[3], uint64_t *reason,
                         bool *known);
int64_t tp_tenure_days(const tp_view *view, const tp_who *who);

/* ---- box.c ---- */

int tp_box_class(const tp_rules *rules, const int32_t cut[2],
                 const tp_axis *axis);                                       /* 0 low..2 top */
int tp_box_of(const tp_rules *rules, const tp_axis *x, const tp_axis *y);    /* 0..9 */
int32_t tp_nt_of(const tp_rules *rules, const tp_axis *x, const tp_axis *y); /* hundredths */
void tp_pools_of(const tp_rules *rules, int box, uint64_t reason, uint8_t *agency,
                 uint8_t *national);

/* ---- gates ---- */

enum { TP_GATE_SANCTIONS = 1, TP_GATE_PAIR_FIXED = 2, TP_GATE_READY = 4 };

/*
 * One person before the gates, under the parameters of one epoch: results that do not depend on the
 * post's date as bits, the others as the day on which they change.
 */
typedef struct tp_gate {
    uint64_t failed[TP_LEVELS], unknown[TP_LEVELS], na[TP_LEVELS];
    int32_t retire_on;            /* ST-04 fails from this day; INT32_MAX if its result is a bit */
    int32_t post_retire_on;       /* BU-01 fails from this day */
    int32_t age_last[TP_LEVELS];  /* AP-06 is met up to this day */
    int32_t feeder_on[TP_LEVELS]; /* AP-04 is met from this day */
    int32_t replace_on; /* TN-01 or TN-02 is met from this day; INT32_MIN if not an incumbent */
    uint32_t agency;
    uint8_t action[TP_LEVELS]; /* tp_action */
    uint8_t flags;
    uint8_t open_feeder; /* bit level: history incomplete, so AP-04 is unknown, not failed */
    bool pandemic;       /* TN-02 stands for TN-01 */
} tp_gate;

void tp_gate_make(const tp_view *view, const tp_who *who, const tp_assess *assess,
                  int32_t epoch_day, tp_gate *out);

/* Adds the results that depend on the day. */
void tp_gate_at(const tp_view *view, size_t person, const tp_gate *gate, int level, int32_t day,
                uint64_t *failed, uint64_t *unknown);

/* Results of every rule of grain PERSON and LEVEL on a day, packed by slot. */
uint64_t tp_gate_slots(const tp_view *view, size_t person, const tp_gate *gate, int32_t day);

/* Discipline rules of a person on a day, as bits. */
void tp_gate_sanctions(const tp_view *view, const tp_who *who, int32_t day, uint64_t *failed,
                       uint64_t *unknown);

/* EL-01, EL-02, SE-02 of a post. */
void tp_gate_agency(const tp_view *view, tp_seat *seat);

/* AP-02, AP-03, RK-01 of a person and a post. */
typedef struct tp_pair {
    uint64_t failed, unknown, na;
    int32_t kind_jpm[3]; /* hundredths: managerial, socio-cultural, technical; -1 unknown */
} tp_pair;

void tp_gate_pair(const tp_view *view, const tp_who *who, const tp_assess *assess,
                  const tp_seat *seat, tp_pair *out);

/* Personal permits of the post answer these rules. */
uint64_t tp_gate_granted(const tp_view *view, const tp_seat *seat, size_t person);

/* ---- verdict.c ---- */

void tp_masks_make(const tp_rules *rules, bool screening,
                   tp_masks out[TP_ACTION_COUNT][2][TP_LEVELS]);
tp_verdict tp_verdict_of(const tp_masks *mask, uint64_t failed, uint64_t unknown);

/* The rule counted as the one that decided: TP_RULE_COUNT if none did. */
int tp_verdict_rule(const tp_masks *mask, uint64_t failed, uint64_t unknown);

/* ---- fit.c ---- */

/* What of a person enters every fit, exact. */
typedef struct tp_fit_person {
    tp_frac base;   /* weighted sum of the items that do not depend on the post */
    int32_t weight; /* weight of the potential axis */
    tp_frac y;      /* performance axis, 0..100 */
    int32_t y_points;
    int32_t tenure;
    bool ready; /* both axes can be computed */
    uint8_t level[TP_COMPETENCIES];
    int8_t target;
} tp_fit_person;

typedef struct tp_fit {
    int32_t fit, nt, tek, x, y, jpm, tenure; /* hundredths; tek -1 = missing; tenure days */
    uint32_t person;
    uint8_t group; /* 1 complete, 2 technical missing */
    uint8_t verdict;
    uint8_t action;
} tp_fit;

void tp_fit_prepare(const tp_view *view, const tp_who *who, const tp_assess *assess,
                    const tp_axis *x, const tp_axis *y, tp_fit_person *out);

/* Newest level of a code, in halves, that is not older than an assessment may be; -1 unknown. */
int tp_technical_level(const tp_view *view, size_t person, uint32_t code);

/* Technical match: exact capped ratio; false when a required competency was never assessed. */
bool tp_tek_of(const tp_view *view, size_t person, const tp_seat *seat, tp_frac *out);

/* Sets all of out but verdict and action; parts, if asked for, of x and of the fit. */
void tp_fit_of(const tp_view *view, const tp_fit_person *fp, size_t person, const tp_seat *seat,
               tp_fit *out);
void tp_fit_parts(const tp_view *view, const tp_axis *x, const tp_axis *y, const tp_fit_person *fp,
                  size_t person, const tp_seat *seat, const tp_fit *fit, int32_t x_part[TP_X_ITEMS],
                  int32_t fit_part[3]);

/* The potential axis against a post: x of the person with the two items of the post put in. */
void tp_axis_for_post(const tp_view *view, const tp_axis *x, const tp_fit_person *fp, size_t person,
                      const tp_seat *seat, tp_axis *out);

/* The definition fit.c is held to: one plain sum of fractions. */
int32_t tp_fit_ref(const tp_view *view, const tp_axis *x_for_post, const tp_axis *y,
                   const tp_frac *tek, int level);

/* ---- rank.c ---- */

/* Total order within a post: <0 when a stands before b. */
int tp_fit_cmp(const tp_fit *a, const tp_fit *b);
bool tp_fit_same_rank(const tp_fit *a, const tp_fit *b);

/* Keeps the best `cap` of what is put in, sorted; order of arrival does not matter. */
size_t tp_top_put(tp_fit *top, size_t n, size_t cap, const tp_fit *fit);

/* ---- merit.c ---- */

/* Chooses the assessment that counts for each agency. */
tp_code tp_merit_choose(tp_view *view, tp_arena *scratch, tp_err *err) TP_MUST_CHECK;

typedef struct tp_merit {
    bool known;
    int32_t total, bp;
    int category; /* 255 none */
} tp_merit;

void tp_merit_of(const tp_rules *rules, const tp_table *table, size_t row, tp_merit *out);

/* ---- columns.c: false when the arena is full ---- */

bool tp_columns_person(tp_arena *a, tp_scores *s, size_t n);
bool tp_columns_post(tp_arena *a, tp_scores *s, size_t n);
bool tp_columns_list(tp_arena *a, tp_scores *s, size_t n);
bool tp_columns_merit(tp_arena *a, tp_scores *s, size_t n);
bool tp_columns_best(tp_arena *a, tp_scores *s, size_t n);

#endif
