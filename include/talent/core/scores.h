/* What the score stage found: persons, posts, agencies. Columns; read-only once made. */
#ifndef TALENT_CORE_SCORES_H
#define TALENT_CORE_SCORES_H

#include <stddef.h>
#include <stdint.h>

#include "talent/base/arena.h"
#include "talent/base/bitmap.h"
#include "talent/base/buf.h"
#include "talent/base/ctx.h"
#include "talent/base/err.h"
#include "talent/core/pool.h"
#include "talent/core/rules.h"

/* Verdicts of a person for a post (eligibility-rules.md 1.3). Stored: add at the end only. */
typedef enum tp_verdict {
    TP_VERDICT_ELIGIBLE,
    TP_VERDICT_CONDITIONAL,
    TP_VERDICT_UNDETERMINED,
    TP_VERDICT_NOT_RECOMMENDED, /* agency or panel policy */
    TP_VERDICT_WAIVABLE,        /* not eligible, but the President may waive */
    TP_VERDICT_NOT_ELIGIBLE,
    TP_VERDICT_COUNT,
    TP_VERDICT_NONE = TP_VERDICT_COUNT /* not considered: holds the post, or a higher level */
} tp_verdict;

/* N(NAME, "word", "English text"): why a person's scores are as they are. Bit = enumerator. */
#define TP_REASONS(N)                                                                              \
    N(IP_EXCLUDED, "ip_excluded", "not measured: no civil servant with full status")               \
    N(IP_SKP_MISSING, "ip_skp_missing", "no appraisal for the measured year")                      \
    N(IP_EDUCATION_MISSING, "ip_education_missing", "education unknown, lowest points taken")      \
    N(IP_DISC_ASSUMED, "ip_disc_assumed", "discipline list not declared complete, none assumed")   \
    N(IP_GROUP_ASSUMED, "ip_group_assumed", "post unknown, points as for staff")                   \
    N(PREDICATE_MISSING, "predicate_missing", "no performance predicate: not mapped")              \
    N(PREDICATE_STALE, "predicate_stale", "predicate of an earlier year used")                     \
    N(PREDICATE_MISMATCH, "predicate_mismatch", "predicate contradicts its two ratings")           \
    N(INNOV_UNKNOWN, "innov_unknown", "110 or more without word of an innovation: Baik")           \
    N(AWARD_MISSING, "award_missing", "no award told, counted as none")                            \
    N(TEAM_MISSING, "team_missing", "no team role told, counted as none")                          \
    N(Y_PENGUAT_UNREPORTED, "y_penguat_unreported", "the agency reports no awards and team roles") \
    N(FEEDBACK_MISSING, "feedback_missing", "no 360 degree feedback, other weights rescaled")      \
    N(ASSESSMENT_MISSING, "assessment_missing", "no competency assessment: not mapped")            \
    N(ASSESSMENT_EXPIRED, "assessment_expired", "assessment no longer valid: not mapped")          \
    N(JPM_INCOMPLETE, "jpm_incomplete", "fewer than nine competencies assessed")                   \
    N(JPM_UNACCREDITED, "jpm_unaccredited", "assessed by a body without known accreditation")      \
    N(STANDARD_MISSING, "standard_missing", "no competency standard for the present post")         \
    N(POTENTIAL_MISSING, "potential_missing", "potential not fully assessed: not mapped")          \
    N(DEVELOPMENT_MISSING, "development_missing", "no training told, counted as none")             \
    N(ACTING_MISSING, "acting_missing", "no acting duty told, counted as none")                    \
    N(TENURE_FLOOR, "tenure_floor", "tenure unknown, lowest taken")                                \
    N(VARIETY_FLOOR, "variety_floor", "variety of posts unknown, lowest taken")                    \
    N(EDUCATION_FLOOR, "education_floor", "education unknown, lowest taken")                       \
    N(FIELD_MISSING, "field_missing",                                                              \
      "field of study or the post's fields unknown, as not fitting")                               \
    N(DISC_UNVERIFIED, "disc_unverified", "discipline list not declared complete")                 \
    N(DISC_UNSETTLED, "disc_unsettled", "a sanction is incomplete or under appeal")                \
    N(AGE_EDGE, "age_edge", "the readings of the age limit differ")                                \
    N(SCHEME_LEGACY, "scheme_legacy", "predicate derived from a number of an older scheme")        \
    N(POST_UNKNOWN, "post_unknown", "present post unknown")

#define TP_REASON_ENUM_(name, word, text) TP_REASON_##name,
typedef enum tp_reason { TP_REASONS(TP_REASON_ENUM_) TP_REASON_COUNT } tp_reason;
#undef TP_REASON_ENUM_
#define TP_REASON_BIT(name) (UINT64_C(1) << TP_REASON_##name)

/* Reasons of a person and post: bit flags of tp_scores.list_note. */
#define TP_NOTES(N)                                                                           \
    N(TEK_MISSING, "tek_missing", "technical competency not assessed, fit without it")        \
    N(JPM_LOWER_TARGET, "jpm_lower_target", "assessed against a lower level than the post's") \
    N(FIELD_MISSING, "field_missing", "field of study or the post's fields unknown")          \
    N(AGE_EDGE, "age_edge", "the readings of the age limit differ")                           \
    N(BELOW_80, "below_80", "a kind of competency is met below 80")                           \
    N(OVER_5_YEARS, "over_5_years", "more than five years in the present post")               \
    N(OTHER_AGENCY, "other_agency", "the agency would change")                                \
    N(MOVE, "move", "a move at the same level, not a promotion")

#define TP_NOTE_ENUM_(name, word, text) TP_NOTE_##name,
typedef enum tp_note { TP_NOTES(TP_NOTE_ENUM_) TP_NOTE_COUNT } tp_note;
#undef TP_NOTE_ENUM_

typedef enum tp_validity {
    TP_VALID, /* accredited and in time */
    TP_VALID_UNACCREDITED,
    TP_VALID_EXPIRED,
    TP_VALID_INCOMPLETE, /* fewer than nine levels */
    TP_VALID_NONE        /* never assessed */
} tp_validity;

/* Person-grain rule results kept once: two bits each, packed. A slot is a rule of grain PERSON, or
 * a rule of grain LEVEL at one level. */
enum { TP_PERSON_SLOTS = 32 };

typedef struct tp_rule_slot {
    uint8_t rule;  /* tp_rule_id */
    uint8_t level; /* 0..2, or 255 for a rule of grain PERSON */
} tp_rule_slot;

/* Slots in use and what each holds; static storage. */
size_t tp_slots(const tp_rule_slot **out);

static inline tp_result
tp_slot_get(uint64_t packed, size_t slot)
{
    return (tp_result)((packed >> (2 * slot)) & 3);
}

/* A fit listed is a "proposed" one when the verdict is ELIGIBLE or CONDITIONAL, else "to verify".
 */
typedef enum tp_listing { TP_LISTING_PROPOSED, TP_LISTING_VERIFY } tp_listing;

typedef struct tp_scores {
    int32_t as_of; /* day */

    size_t n;             /* people, in the pool's order */
    uint8_t *has_ip;      /* [n] 1 = the index applies to the person */
    int16_t *ip_k;        /* [n] tenths: qualification 0..250 */
    int16_t *ip_ko;       /* tenths: competence 0..400 */
    int16_t *ip_ki;       /* tenths: performance 0..300 */
    int16_t *ip_d;        /* tenths: discipline 0..50 */
    int16_t *ip;          /* tenths: total 0..1000 */
    uint8_t *ip_category; /* index into rules->ip.bands.name */
    uint64_t *x_valid;    /* bitmap: x_pool is known */
    uint64_t *y_valid;    /* bitmap: y is known */
    int32_t *x_pool;      /* [n] hundredths 0..10000, against the present post's standard */
    int32_t *y;           /* [n] hundredths 0..10000 */
    int32_t *x_part;      /* [n * TP_X_ITEMS] hundredths; contributions that add up to x_pool */
    int32_t *y_part;      /* [n * TP_Y_ITEMS] hundredths; contributions that add up to y */
    int32_t *nt;          /* [n] hundredths; known where both axes are */
    uint8_t *box;         /* [n] 0..9; 0 = not mapped */
    uint8_t *box_alt; /* [n] box with missing awards and team roles dropped, not counted as none */
    uint16_t *x_complete;      /* [n] basis points of weight that is known */
    uint16_t *y_complete;      /* [n] */
    uint64_t *reason;          /* [n] bits of tp_reason */
    uint32_t *jpm;             /* [n] hundredths, not capped; known where jpm_valid */
    uint64_t *jpm_valid;       /* bitmap */
    uint8_t *jpm_category;     /* [n] index into rules->jpm.map.name */
    uint32_t *assessment;      /* [n] row of pool->table[TP_ASSESSMENT] used; TP_NONE */
    uint8_t *validity;         /* [n] tp_validity */
    uint8_t *in_agency_pool;   /* [n] tp_result */
    uint8_t *in_national_pool; /* [n] tp_result */
    uint64_t *rules;           /* [n] slots, two bits each, on the as-of date, agency unchanged */

    size_t n_post;         /* rows of pool->table[TP_POSITION], in its order */
    uint8_t *post_scored;  /* [n_post] 1 = vacant, or its holder retires soon; the rest is empty */
    uint8_t *post_level;   /* [n_post] tp_tier 0..2; TP_TIER_COUNT for other tiers or unknown */
    int32_t *post_day;     /* [n_post] effective date */
    uint32_t *post_holder; /* [n_post] person, or TP_NONE */
    uint8_t *post_rule; /* [n_post * TP_RULE_COUNT] tp_result of rules of grain AGENCY and POST for
                           PRO; else NA */
    uint32_t *post_verdict; /* [n_post * TP_VERDICT_COUNT] people by verdict */
    uint32_t *post_lost;    /* [n_post * TP_RULE_COUNT] people by the first rule that barred them
                               (HARD, WAIV, POL) */
    uint32_t *
        post_unknown; /* [n_post * TP_RULE_COUNT] undetermined people by the first rule not known */
    uint32_t *post_skipped; /* [n_post] not considered: the holder, and people of a higher level */
    uint32_t *
        post_unranked; /* [n_post] undetermined people without a fit (no assessment or predicate) */

    size_t n_list;          /* shortlist rows of all posts */
    uint32_t *list_begin;   /* [n_post + 1] */
    uint32_t *list_person;  /* [n_list] ascending by post, listing, row_no */
    uint8_t *listing;       /* tp_listing */
    uint8_t *list_rank;     /* competition rank within the listing, from 1 */
    uint8_t *list_row_no;   /* unique within the listing, from 1 */
    uint8_t *list_group;    /* 1 = technical competency known, 2 = missing */
    uint8_t *list_action;   /* tp_action */
    uint8_t *list_verdict;  /* tp_verdict */
    int32_t *list_fit;      /* hundredths */
    int32_t *list_nt;       /* hundredths, against the post */
    int32_t *list_tek;      /* hundredths; -1 = missing */
    int32_t *list_x;        /* hundredths: x_fit */
    int32_t *list_y;        /* hundredths */
    int32_t *list_jpm;      /* hundredths, not capped, against the post's standard */
    int32_t *list_tenure;   /* days at the present level */
    int32_t *list_x_part;   /* [n_list * TP_X_ITEMS] hundredths, add up to list_x */
    int32_t *list_fit_part; /* [n_list * 3] hundredths: x, y, technical; add up to list_fit */
    uint8_t *list_rule;     /* [n_list * TP_RULE_COUNT] tp_result */
    uint32_t *list_note;    /* bits of tp_note */

    size_t n_best;         /* best posts of all people */
    uint32_t *best_begin;  /* [n + 1] */
    uint32_t *best_post;   /* [n_best] by fit descending, post ascending */
    int32_t *best_fit;     /* hundredths */
    uint8_t *best_verdict; /* tp_verdict: ELIGIBLE or CONDITIONAL */

    size_t n_merit;      /* rows: newest verified assessment per agency, in the order of agencies */
    uint32_t *merit_row; /* row of pool->table[TP_MERIT] */
    uint8_t *merit_known;    /* 1 = total is computed (2018 scheme) or given (2025 scheme) */
    int32_t *merit_total;    /* hundredths of points (2018), hundredths of index (2025) */
    int32_t *merit_bp;       /* index, basis points */
    uint8_t *merit_category; /* index into rules->merit.bands.name; 255 = none */
} tp_scores;

/*
 * Scores everyone and every post.
 *
 * Shapes   see tp_scores; arrays live in arena
 * Unknown  never counts as met or as low: box 0, verdict UNDETERMINED, reason bits
 * Errors   TP_E_NOMEM, TP_E_CANCELLED, TP_E_RANGE (more than 256 affairs or fields of study, or a
 * malformed pool) Threads  at most ctx->threads; same bytes for any number Memory   arena: 110
 * bytes a person, 430 a post, 130 a shortlist row; scratch (given back before the return): 140
 * bytes a person, 36 a row of position history, and for each thread 2 MB and 1.3 KB a post Source
 * docs/scoring.md; weights and limits in config/rules
 */
tp_code tp_score(const tp_pool *pool, const tp_rules *rules, int32_t as_of, const tp_ctx *ctx,
                 tp_arena *arena, tp_scores *out, tp_err *err) TP_MUST_CHECK;

/* Words and texts of the tables above; all of static storage. */

/* Word of a verdict ("eligible"), as the warehouse holds it. */
const char *tp_verdict_name(tp_verdict verdict);

/* The verdict in Indonesian, for people. */
const char *tp_verdict_text(tp_verdict verdict);

/* Word of a rule's result ("met"). */
const char *tp_result_name(tp_result result);

/* Word of a severity ("HARD"). */
const char *tp_severity_name(tp_severity severity);

/* Word of an action ("PRO"). */
const char *tp_action_name(tp_action action);

/* Code of a reason as the warehouse holds it; static storage. */
const char *tp_reason_word(tp_reason reason);

/* One sentence of a reason, in English; static storage. */
const char *tp_reason_text(tp_reason reason);

/* Code of a note as the warehouse holds it; static storage. */
const char *tp_note_word(tp_note note);

/* One sentence of a note, in English; static storage. */
const char *tp_note_text(tp_note note);

/* Name as the warehouse holds it; static storage. */
const char *tp_validity_name(tp_validity validity);

/* Name of an item of the x axis ("jpm"); static storage. */
const char *tp_x_item_name(tp_x_item item);

/* Name of an item of the y axis; static storage. */
const char *tp_y_item_name(tp_y_item item);

/*
 * How a person's scores came about, as text for people (English words, Indonesian rule reasons):
 * items, weights, contributions, reasons, person rules, and the nearest single change that moves
 * the box. Made by the functions that score. Names nobody: the caller adds who it is.
 * TP_E_RANGE when person is not in the pool; TP_E_NOMEM when the buffer ends.
 */
tp_code tp_explain_person(const tp_pool *pool, const tp_rules *rules, int32_t as_of, size_t person,
                          tp_buf *out, tp_err *err) TP_MUST_CHECK;

/* The same for a person and a post: verdict, each rule, fit with its parts, gaps, what is missing.
 */
tp_code tp_explain_pair(const tp_pool *pool, const tp_rules *rules, int32_t as_of, size_t person,
                        size_t post, tp_buf *out, tp_err *err) TP_MUST_CHECK;

#endif
