/* The rules a night is scored by: everything of config/rules, resolved and checked. */
#ifndef TALENT_CORE_RULES_H
#define TALENT_CORE_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talent/base/str.h"
#include "talent/core/record.h"

/* Posts a rule can aim at; a post of another tier is not scored. Index = tp_tier of the post. */
enum { TP_LEVELS = 3 };

/* What is done with a person: PRO where the post is a higher level, MUT at the same level. */
typedef enum tp_action { TP_ACTION_PRO, TP_ACTION_MUT, TP_ACTION_COUNT, TP_ACTION_NONE } tp_action;

/* At which grain a rule is evaluated (eligibility-rules.md 1.2). */
typedef enum tp_grain {
    TP_GRAIN_PERSON,
    TP_GRAIN_LEVEL,  /* person by target level */
    TP_GRAIN_AGENCY, /* agency by date */
    TP_GRAIN_POST,
    TP_GRAIN_PAIR
} tp_grain;

typedef enum tp_severity {
    TP_SEVERITY_NONE, /* the rule does not apply to this action */
    TP_SEVERITY_HARD,
    TP_SEVERITY_WAIV,
    TP_SEVERITY_COND,
    TP_SEVERITY_POL,
    TP_SEVERITY_FLAG
} tp_severity;

/* Three-valued result, and not applicable. Stored: add at the end only. */
typedef enum tp_result {
    TP_RESULT_NA,
    TP_RESULT_MET,
    TP_RESULT_FAILED,
    TP_RESULT_UNKNOWN
} tp_result;

/*
 * R(NAME, "id", grain) in the order of evaluation: the order of "lost at" in the funnel of a post
 * and of rule vectors. A rule set must describe each exactly once. At most 64; stored: add at the
 * end.
 */
#define TP_RULES(R)          \
    R(ST01, "ST-01", PERSON) \
    R(ST02, "ST-02", PERSON) \
    R(NP01, "NP-01", PAIR)   \
    R(ST03, "ST-03", PERSON) \
    R(ST04, "ST-04", PERSON) \
    R(DI05, "DI-05", PERSON) \
    R(BU01, "BU-01", LEVEL)  \
    R(DI01, "DI-01", PERSON) \
    R(DI02, "DI-02", PERSON) \
    R(DI04, "DI-04", PERSON) \
    R(DI13, "DI-13", PERSON) \
    R(TN01, "TN-01", PERSON) \
    R(TN02, "TN-02", PERSON) \
    R(ST05, "ST-05", PERSON) \
    R(AP01, "AP-01", LEVEL)  \
    R(AP04, "AP-04", LEVEL)  \
    R(AP06, "AP-06", LEVEL)  \
    R(AP05, "AP-05", PERSON) \
    R(AP02, "AP-02", PAIR)   \
    R(AP03, "AP-03", PAIR)   \
    R(EL01, "EL-01", AGENCY) \
    R(EL02, "EL-02", AGENCY) \
    R(SE02, "SE-02", AGENCY) \
    R(RK01, "RK-01", PAIR)   \
    R(DI07, "DI-07", PERSON) \
    R(DI09, "DI-09", PERSON) \
    R(DI03, "DI-03", PERSON) \
    R(TN07, "TN-07", PERSON) \
    R(TN08, "TN-08", PERSON)

#define TP_RULE_ENUM_(name, id, grain) TP_RULE_##name,
typedef enum tp_rule_id { TP_RULES(TP_RULE_ENUM_) TP_RULE_COUNT } tp_rule_id;
#undef TP_RULE_ENUM_

/* Text and weight of one rule, from config/rules/eligibility.json. */
typedef struct tp_rule {
    const char *id;
    tp_grain grain;
    bool enabled;   /* POL only: does a violation count? */
    bool screening; /* part of the screening verdict; all are part of the appointment verdict */
    uint8_t severity[TP_ACTION_COUNT][2]
                    [TP_LEVELS]; /* tp_severity by action, agency changes, level */
    tp_str reason;               /* Indonesian, shown when violated */
    tp_str missing;              /* Indonesian, the datum that is missing when undetermined */
    tp_str owner;                /* who owes that datum */
    tp_str regulation;           /* instrument and article */
    tp_str approval;             /* body whose approval resolves a COND or WAIV; empty if none */
    tp_str evidence;             /* V3, V2, V1, SEED, GK, PROPOSED */
} tp_rule;

/* A parameter that changes by date and by level. Spans ascending, not overlapping. */
enum { TP_SPANS = 4 };

typedef struct tp_param {
    int n;
    struct {
        int32_t from;             /* first day in force; INT32_MIN = always */
        int32_t until;            /* first day no longer in force; INT32_MAX = open */
        int32_t value[TP_LEVELS]; /* equal where the parameter does not depend on the level */
    } span[TP_SPANS];
} tp_param;

typedef enum tp_age_mode {
    TP_AGE_INCLUSIVE_BIRTHDAY, /* met up to and on the birthday */
    TP_AGE_STRICT,             /* met before the birthday */
    TP_AGE_COMPLETED_YEARS     /* met while completed years are at most the limit */
} tp_age_mode;

/* A(NAME, "name in the rule file") */
#define TP_PARAMS(A)                                  \
    A(AGE_MAX, "AGE_MAX")                             \
    A(EXP_YEARS, "EXP_YEARS")                         \
    A(FEEDER_MONTHS, "FEEDER_MIN_MONTHS")             \
    A(REPLACE_MONTHS, "REPLACE_MIN_MONTHS")           \
    A(PANDEMIC_MONTHS, "REPLACE_MIN_MONTHS_PANDEMIC") \
    A(TENURE_MONTHS, "TENURE_CAP_MONTHS")             \
    A(TENURE_FLOOR, "TENURE_CLOCK_FLOOR")             \
    A(ELECTION_BEFORE, "PILKADA_PRE_MONTHS")          \
    A(ELECTION_AFTER, "PILKADA_POST_MONTHS")          \
    A(PERF_YEARS, "PERF_YEARS")                       \
    A(PERF_MIN, "PERF_MIN")                           \
    A(SANCTION_MONTHS, "HUKDIS_LOOKBACK_MONTHS")      \
    A(MERIT_MIN, "MERIT_EXEMPT_MIN_CATEGORY")         \
    A(JPM_MIN, "COMPETENCY_MIN_JPM")                  \
    A(JPM_FLAG, "COMPETENCY_FLAG_JPM")                \
    A(FILING_MONTH, "LHKPN_DUE_MONTH")                \
    A(AGE_MODE, "AGE_MODE")

#define TP_PARAM_ENUM_(name, text) TP_PARAM_##name,
typedef enum tp_param_id { TP_PARAMS(TP_PARAM_ENUM_) TP_PARAM_COUNT } tp_param_id;
#undef TP_PARAM_ENUM_

/* Value for a level (0..2) on a day; false where the parameter is not in force. */
static inline bool
tp_param_at(const tp_param *param, int32_t day, int level, int32_t *out)
{
    for (int i = 0; i < param->n; i++) {
        if (param->span[i].from <= day && day < param->span[i].until) {
            *out = param->span[i].value[level];
            return true;
        }
    }
    return false;
}

typedef enum tp_retire_group {
    TP_RETIRE_JPT,
    TP_RETIRE_ADMINISTRATION, /* administrator, pengawas, pelaksana */
    TP_RETIRE_JF_UTAMA,
    TP_RETIRE_JF_MADYA,
    TP_RETIRE_JF_LOWER,
    TP_RETIRE_GROUPS
} tp_retire_group;

/* Items of the two axes, in the order of every array. */
typedef enum tp_x_item {
    TP_X_JPM,
    TP_X_DEVELOPMENT,
    TP_X_EXPERIENCE,
    TP_X_POTENTIAL,
    TP_X_EDUCATION,
    TP_X_FIELD,
    TP_X_DISCIPLINE,
    TP_X_ITEMS
} tp_x_item;

typedef enum tp_y_item {
    TP_Y_PREDICATE,
    TP_Y_AWARD,
    TP_Y_TEAM,
    TP_Y_FEEDBACK,
    TP_Y_ITEMS
} tp_y_item;

/* What becomes of a missing item (scoring-rules.md 0.2). */
typedef enum tp_missing {
    TP_MISSING_BLOCK,
    TP_MISSING_ZERO,
    TP_MISSING_RENORM,
    TP_MISSING_FLOOR
} tp_missing;

typedef enum tp_jpm_method {
    TP_JPM_SUM_RATIO,
    TP_JPM_CAPPED_RATIO_MEAN,
    TP_JPM_CAPPED_SUM
} tp_jpm_method;

/* Lower bound -> score, bounds strictly decreasing, last bound 0. */
enum { TP_STEPS = 8 };

typedef struct tp_scale {
    int n;
    int32_t from[TP_STEPS]; /* value >= from[i] gives score[i]; the first that fits */
    int32_t score[TP_STEPS];
} tp_scale;

static inline int32_t
tp_scale_of(const tp_scale *scale, int32_t value)
{
    for (int i = 0; i < scale->n; i++) {
        if (value >= scale->from[i]) {
            return scale->score[i];
        }
    }
    return 0;
}

enum { TP_BANDS = 8, TP_ACTING = 5 };

/* Categories by lower cut-off, best first; below the last cut-off stands the last name. */
typedef struct tp_bands {
    int n;                 /* names; cuts are n - 1 */
    int32_t cut[TP_BANDS]; /* strictly decreasing, in the unit of the score */
    bool above;            /* true: value > cut, false: value >= cut */
    tp_str name[TP_BANDS];
} tp_bands;

/* Index of the category of a value, 0 = best. */
static inline int
tp_band_of(const tp_bands *bands, int64_t value)
{
    for (int i = 0; i + 1 < bands->n; i++) {
        if (bands->above ? value > bands->cut[i] : value >= bands->cut[i]) {
            return i;
        }
    }
    return bands->n - 1;
}

typedef enum tp_ip_group {
    TP_IP_MANAGERIAL,
    TP_IP_FUNCTIONAL,
    TP_IP_STAFF,
    TP_IP_GROUPS
} tp_ip_group;

/* Education classes, best first; BKN level ids map to them by tp_rules.education_class. */
typedef enum tp_education_class {
    TP_CLASS_S3,
    TP_CLASS_S2,
    TP_CLASS_S1,
    TP_CLASS_D3,
    TP_CLASS_SLTA, /* D-I, D-II, SLTA */
    TP_CLASS_BELOW,
    TP_CLASS_COUNT,
    TP_CLASS_NONE = 255
} tp_education_class;

/* An agency as the election rules see it. */
typedef struct tp_rule_agency {
    tp_str code;   /* quick code */
    tp_str region; /* Home Affairs code; empty for central agencies */
} tp_rule_agency;

typedef struct tp_rules {
    tp_str id;      /* rule set, for every published row */
    tp_str profile; /* "national" */
    int32_t from, until;

    struct {
        int32_t education[TP_CLASS_COUNT]; /* tenths */
        int32_t leadership, functional;    /* tenths */
        int32_t technical[TP_IP_GROUPS];   /* tenths */
        int32_t seminar[TP_IP_GROUPS];     /* tenths */
        int32_t performance[6];            /* tenths, by predicate 1..5; [0] = none */
        int32_t discipline[4];             /* tenths: none, light, medium, heavy */
        int32_t tech_min_hours, tech_years, seminar_years, discipline_years;
        int32_t
            course[TP_TIER_PELAKSANA]; /* tp_course a post of the tier asks; a higher one counts */
        tp_bands bands;                /* tenths */
    } ip;

    struct {
        int32_t weight_bp[TP_X_ITEMS];
        uint8_t missing[TP_X_ITEMS]; /* tp_missing */
        int32_t development_bp[2];   /* certificates, certifications */
        int32_t development_years;
        tp_scale certificates, certifications;
        int32_t experience_weight[3]; /* tenure, variety, acting */
        tp_scale tenure;              /* completed years */
        int32_t variety[3];           /* across agencies, across units, one unit */
        int32_t acting[TP_ACTING];    /* pj, plt higher, plt equal, plh higher, plh equal */
        int32_t potential_max;        /* highest level of one aspect */
        int32_t education[TP_CLASS_COUNT];
        int32_t field[2];      /* fits, does not */
        int32_t discipline[5]; /* none, light, medium, heavy, serving now */
        int32_t discipline_years;
    } x;

    struct {
        int32_t weight_bp[TP_Y_ITEMS];
        uint8_t missing[TP_Y_ITEMS];
        int32_t predicate[6]; /* by predicate 1..5 */
        int32_t feedback[6];
        int32_t award[4];   /* by tp_scope */
        int32_t team[2][4]; /* by tp_team_role, tp_scope */
        int32_t award_years, team_years, feedback_years, stale_years;
    } y;

    struct {
        int32_t cut_x[2], cut_y[2]; /* hundredths: top, middle */
        uint8_t matrix[3][3];       /* [performance][potential], 0 = low */
        uint16_t agency_boxes;      /* bit b = box b is in the agency pool */
        uint16_t national_boxes;
        int32_t blend_bp[2];                 /* NT: x, y */
        tp_str performance[3], potential[3]; /* names, low first */
        tp_str action[10];                   /* recommendation by box */
        bool classify_exact;
    } box;

    struct {
        tp_jpm_method method;
        int32_t cap; /* hundredths; 0 = none */
        int32_t validity_years;
        tp_bands fill, map;                   /* hundredths */
        int32_t standard[TP_TIER_FUNCTIONAL]; /* halves, by tier */
        int32_t standard_jf[8];               /* halves, by tp_jf_grade */
    } jpm;

    struct {
        int32_t legacy_cut[4]; /* hundredths: above = 5, 4, 3, 2; else 1 */
        int32_t pp30_cut[4];   /* hundredths: at least; best needs an innovation */
    } performance;

    struct {
        int32_t max[TP_MERIT_ASPECTS];  /* hundredths */
        tp_bands bands;                 /* hundredths */
        int32_t target_num, target_den; /* share of regencies and cities to reach */
        int32_t denominator;
        uint16_t exempt; /* bit c = category c may fill from succession */
    } merit;

    struct {
        int32_t weight_bp[TP_LEVELS][2]; /* NT, technical */
        int32_t top_per_post, top_per_person;
        int32_t retire_months; /* posts whose holder retires within this are scored too */
    } fit;

    tp_rule rule[TP_RULE_COUNT];
    tp_param param[TP_PARAM_COUNT];
    int32_t coverage_days; /* a coverage statement may end this long before the as-of date */
    int32_t retire_age[TP_RETIRE_GROUPS];
    uint8_t legal_status[100];   /* tp_result of ST-03 by BKN kedudukan hukum; NA = see ST-05 */
    uint64_t education_met;      /* bit BKN level id = satisfies S1/D-IV */
    uint8_t education_class[64]; /* tp_education_class by BKN level id */
    uint8_t sanction_level[32];  /* tp_sanction by BKN jenis hukuman; 255 = no sanction */
    uint8_t sanction_months[32]; /* fixed length; 0 = none */
    uint32_t sanction_dismissal; /* bit type = ends candidacy (DI-05) */
    uint32_t sanction_lowering;  /* bit type = post lowered or removed (DI-04) */
    uint8_t rank_floor[64];      /* lowest rank id by BKN eselon id of the post; 0 = none */
    uint64_t legal_dismissed[2]; /* bit kedudukan hukum = dismissed (DI-05) */

    size_t n_agency;
    const tp_rule_agency *agency; /* ascending by code */
} tp_rules;

/* Id and grain of a rule: "AP-04". Static storage. */
const char *tp_rule_name(tp_rule_id rule);

/* What a rule speaks of: person, post, agency, vacancy or pair. */
tp_grain tp_rule_grain(tp_rule_id rule);

/* Finds a rule by its id ("EL-01"); false if there is none. */
bool tp_rule_find(tp_str id, tp_rule_id *out);

/* Name of a parameter in the rule file; static storage. */
const char *tp_param_name(tp_param_id param);

/* Agency by quick code; NULL if the list has none. */
const tp_rule_agency *tp_rules_agency(const tp_rules *rules, tp_str code);

#endif
