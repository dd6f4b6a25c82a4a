/* Which records are the same person: the inputs, settings and entry of the link stage. */
#ifndef TALENT_CORE_LINK_H
#define TALENT_CORE_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talent/base/arena.h"
#include "talent/base/ctx.h"
#include "talent/base/err.h"
#include "talent/core/crosswalk.h"
#include "talent/core/table.h"

enum { TP_LINK_BIT = 1024 }; /* weights are int32 in 1/1024 bit */

/* Agreement levels of a pair, best first; the order is the order weights must fall in. */
typedef enum tp_level_nip {
    TP_LV_NIP_EQUAL,
    TP_LV_NIP_NEAR,      /* one typing error by structure, or one of the two is damaged */
    TP_LV_NIP_CORRECTED, /* one or two digits of the birth date: a corrected date */
    TP_LV_NIP_NEUTRAL,   /* digits 9-14 alone: a new appointment */
    TP_LV_NIP_UNKNOWN,
    TP_LV_NIP_DIFFERENT,
    TP_LV_NIP_SERIAL, /* the serial alone: two people of one cohort */
    TP_LV_NIP_LEVELS
} tp_level_nip;

typedef enum tp_level_nik {
    TP_LV_NIK_EQUAL,
    TP_LV_NIK_REGION_SERIAL,
    TP_LV_NIK_UNKNOWN,
    TP_LV_NIK_DATE_SERIAL,
    TP_LV_NIK_DIFFERENT,
    TP_LV_NIK_REGION_DATE, /* neighbours of one birthday, twins among them */
    TP_LV_NIK_LEVELS
} tp_level_nik;

typedef enum tp_level_name {
    TP_LV_NAME_EQUAL,
    TP_LV_NAME_FOLDED,  /* equal after folding, reordering or joining */
    TP_LV_NAME_SUBSET,  /* every token of the shorter one is in the longer one */
    TP_LV_NAME_TYPO,    /* all tokens match, one with a typing error */
    TP_LV_NAME_INITIAL, /* all tokens match, some as initials */
    TP_LV_NAME_ONE_OFF, /* one token of several differs */
    TP_LV_NAME_UNKNOWN,
    TP_LV_NAME_NOTHING,
    TP_LV_NAME_LEVELS
} tp_level_name;

typedef enum tp_level_date {
    TP_LV_DATE_EQUAL,
    TP_LV_DATE_SWAPPED,   /* day and month exchanged */
    TP_LV_DATE_ONE_DIGIT, /* one digit, or the same day of another year */
    TP_LV_DATE_YEAR,      /* the same year */
    TP_LV_DATE_UNKNOWN,
    TP_LV_DATE_DIFFERENT,
    TP_LV_DATE_LEVELS
} tp_level_date;

/* Old NIP, service number, SIASN id, sex, agency. */
typedef enum tp_level_same {
    TP_LV_SAME_EQUAL,
    TP_LV_SAME_UNKNOWN,
    TP_LV_SAME_DIFFERENT,
    TP_LV_SAME_LEVELS
} tp_level_same;

/* Where each field's level stands in a pattern code: 4 bits at 4 * field. */
typedef enum tp_link_field {
    TP_LINK_NIP,
    TP_LINK_NIK,
    TP_LINK_OLD,
    TP_LINK_SERVICE,
    TP_LINK_SIASN,
    TP_LINK_NAME,
    TP_LINK_DATE,
    TP_LINK_SEX,
    TP_LINK_AGENCY,
    TP_LINK_FIELDS
} tp_link_field;

/* Their names as settings and reports write them, and those of each field's levels, best first. */
#define TP_WORDS_LINK_FIELD "nip|nik|old_nip|service|siasn_id|name|date|sex|agency"
#define TP_WORDS_LEVEL_NIP  "equal|near|corrected_date|new_appointment|unknown|different|serial"
#define TP_WORDS_LEVEL_NIK  "equal|region_serial|unknown|date_serial|different|region_date"
#define TP_WORDS_LEVEL_NAME "equal|folded|subset|typo|initial|one_off|unknown|nothing"
#define TP_WORDS_LEVEL_DATE "equal|swapped|one_digit|year|unknown|different"
#define TP_WORDS_LEVEL_SAME "equal|unknown|different"

/* Word of a field ("nip"); static storage. */
tp_str tp_link_field_name(tp_link_field field);

/* Word of a level of a field ("equal"); static storage. */
tp_str tp_link_level_name(tp_link_field field, int level);

/* What the weight of a pair is made of, 1/1024 bit: sum = prior + every level + every rarity. */
typedef struct tp_weight_parts {
    uint8_t level_no[TP_LINK_FIELDS]; /* tp_level_nip, tp_level_nik, ... */
    bool halved[TP_LINK_FIELDS];      /* a number that agrees has told half of it */
    int32_t prior;
    int32_t level[TP_LINK_FIELDS];  /* what the level weighs by itself */
    int32_t rarity[TP_LINK_FIELDS]; /* what the rarity of the value adds */
    int32_t sum;
} tp_weight_parts;

/* Candidate passes; bits of tp_link_params.pass_mask. Names in order: TP_WORDS_LINK_PASS. */
#define TP_WORDS_LINK_PASS "x1|n1|n2|n3|k1|d1|d2|d3|d4|a1|a2|p1"
typedef enum tp_candidate_pass {
    TP_CAND_X1, /* birth date + folded name in any order: the exact key */
    TP_CAND_N1, /* NIP digits 1-15 */
    TP_CAND_N2, /* NIP digits 9-18 + rarest token */
    TP_CAND_N3, /* NIP digits 1-8, 15-18 + first letter of the rarest token */
    TP_CAND_K1, /* NIK region and serial + rarest token */
    TP_CAND_D1, /* birth date + first four letters of each token */
    TP_CAND_D2, /* month and day of birth + folded name */
    TP_CAND_D3, /* year and month of birth + folded name */
    TP_CAND_D4, /* birth date with day and month exchanged + rarest token */
    TP_CAND_A1, /* agency + folded name */
    TP_CAND_A2, /* agency + glued name */
    TP_CAND_P1, /* rarest token + year of birth + sex */
    TP_CAND_COUNT
} tp_candidate_pass;

/* Name of a candidate pass: "x1". */
tp_str tp_candidate_pass_name(tp_candidate_pass pass);

/* One source's current batch. Borrowed. */
typedef struct tp_link_source {
    tp_str id;              /* as in its description: record keys are made from it */
    const tp_table *person; /* n == 0 or NULL: none */
    const tp_table
        *employment; /* of the same batch, subject = row of person; NULL or n == 0: none */
    uint32_t family; /* sources of one family are one witness */
    bool registry;   /* civil registry: its word counts for two families */
    bool roster;     /* a closed list: one row per person, two rows are two people */
} tp_link_source;

/* What a reviewer said of two records, by their crosswalk record keys. It holds as long as both
 * records say of their person what they said then: tp_identity_evidence; 0 = whatever they say. */
typedef struct tp_link_decision {
    uint64_t record_a;
    uint64_t record_b;
    bool same;
    uint64_t evidence_a;
    uint64_t evidence_b;
} tp_link_decision;

/* What forbids that two sets of records are one person. Names in order: TP_WORDS_LINK_VETO. */
#define TP_WORDS_LINK_VETO "none|nik|nip|date|sex|two-conflicts|life|seat|reviewer"
typedef enum tp_veto {
    TP_VETO_NONE,
    TP_VETO_NIK,
    TP_VETO_NIP,
    TP_VETO_DATE,
    TP_VETO_SEX,
    TP_VETO_TWO,
    TP_VETO_LIFE,
    TP_VETO_SEAT,
    TP_VETO_REVIEWER,
    TP_VETO_COUNT
} tp_veto;

/* Name of a veto: "two-conflicts". */
tp_str tp_veto_name(tp_veto veto);

/* Counts of one run, for its report; vetoes and questions are counted whether listed or not. Kept
 * with the crosswalk as an array of numbers: a change of members is a change of its format. */
typedef struct tp_link_report {
    uint64_t records;
    uint64_t units; /* after the anchors */
    uint64_t people;
    uint64_t junk_numbers; /* numbers carried by too many records that disagree */
    uint64_t blocks[TP_CAND_COUNT];
    uint64_t pairs[TP_CAND_COUNT];
    uint64_t skipped_blocks[TP_CAND_COUNT];
    uint64_t skipped_units[TP_CAND_COUNT];
    uint64_t vetoes;
    uint64_t vetoes_by[TP_VETO_COUNT]; /* joins that the evidence was enough for; sum = vetoes */
    uint64_t adopted;
    uint64_t questions;                     /* all, also those beyond review_limit */
    uint64_t questions_by[TP_REVIEW_COUNT]; /* sum = questions */
    uint64_t largest;                       /* records of the largest person */
    uint64_t decisions;                     /* of reviewers, in force tonight */
    uint64_t decisions_lapsed; /* not in force: the evidence they saw has changed since */
    uint64_t decisions_absent; /* not in force: a record of theirs is not there tonight */
} tp_link_report;

typedef struct tp_link_input {
    size_t n_sources; /* in the order of their ids */
    const tp_link_source *source;

    size_t n_previous;               /* last published night's crosswalk; 0 = first night */
    const uint64_t *previous_record; /* [n_previous] ascending record keys */
    const uint64_t *previous_person; /* [n_previous] their person keys */

    int32_t night;             /* days since 1970: new person keys carry it */
    uint8_t record_secret[16]; /* keys the record keys; all zero in tests */

    size_t n_decisions; /* any order; the last of two about one pair wins */
    const tp_link_decision *decision;

    tp_link_report *report; /* filled when not NULL */
} tp_link_input;

/* Settings of config/linkage.json. Weights and thresholds in 1/1024 bit. */
typedef struct tp_link_params {
    int32_t accept_weight;  /* two units join from here */
    int32_t review_weight;  /* pairs from here are questions */
    int32_t cluster_weight; /* mean evidence from which larger clusters join */
    int32_t ambiguous_gap;  /* either-or: closer than this is no difference */
    uint32_t max_records_per_number;
    uint32_t block_cap;          /* units per block before it is refined */
    uint32_t max_component;      /* units solved together; larger ones are cut at rising weights */
    uint32_t max_pairs_per_unit; /* more candidate pairs than this stop the run */
    uint32_t review_limit;       /* questions listed */
    uint32_t population_floor;   /* pseudo-count of units behind frequencies and the prior */
    uint32_t pass_mask;          /* bit TP_CAND_x set = pass is on */
    int32_t similar_bp;          /* Jaro similarity of two folded tokens that do not contradict */

    int32_t nip[TP_LV_NIP_LEVELS];
    int32_t nik[TP_LV_NIK_LEVELS];
    int32_t old[TP_LV_SAME_LEVELS];
    int32_t service[TP_LV_SAME_LEVELS];
    int32_t siasn[TP_LV_SAME_LEVELS];
    int32_t name[TP_LV_NAME_LEVELS]; /* added to what the matched tokens are worth by frequency */
    int32_t name_cap[TP_LV_NAME_LEVELS]; /* ceiling of what frequency may bring at that level */
    int32_t date[TP_LV_DATE_LEVELS];     /* equal: ceiling of what the day's frequency brings */
    int32_t sex[TP_LV_SAME_LEVELS];
    int32_t agency[TP_LV_SAME_LEVELS]; /* equal: ceiling of what the agency's frequency brings */

    size_t n_variants; /* spelling variants of one token, upper case, no punctuation */
    const tp_str *variant;
    const tp_str *canonical; /* [n_variants] what the variant stands for */
} tp_link_params;

/* The defaults of config/linkage.json, without variants. */
void tp_link_defaults(tp_link_params *out);

/* Reads the structure of two unequal numbers (linkage-design 3.1). 0 = no number. A damaged number
 * is never evidence against. Classes are tp_nip_class. */
tp_level_nip tp_link_nip_diff(uint64_t a, int class_a, uint64_t b, int class_b);

/* Level of two birth dates; both known. */
tp_level_date tp_link_date_diff(int32_t a, int32_t b);

/* Key of a record in the crosswalk: a keyed hash (SipHash-2-4) of the source's id and the row's key
 * within the source, for that key may be a NIP. */
uint64_t tp_link_record_key(const uint8_t secret[16], tp_str source_id, uint64_t row_key);

/* Person key of a serial: serial * 10 + Damm check digit; and is a key's check digit right? */
uint64_t tp_person_key_make(uint64_t serial);

/* Does the check digit fit the rest of the key? False for numbers that were never given out. */
bool tp_person_key_check(uint64_t key);

/*
 * Says which records are one person.
 *
 * Steps    evidence of each record; anchors on equal, corroborated numbers; candidate pairs of the
 *          units so made; levels and integer weights; clusters by mean evidence under vetoes;
 *          adoption of rows that hold a name and an office only; person keys that stay
 * Unknown  an unknown field never counts for or against
 * Errors   TP_E_NOMEM      scratch or arena is exhausted
 *          TP_E_RANGE      sources not in the order of their ids, more than 2^32-2 records,
 *                          two records of one key, or more candidate pairs than
 *                          params->max_pairs_per_unit (the text names the pass)
 *          TP_E_CANCELLED  ctx->cancel was set
 * Threads  at most ctx->threads; the same bytes for any number
 * Memory   out's columns are from arena; scratch about 200 bytes a record, given back
 * Source   linkage-design 2-12
 */
tp_code tp_link(const tp_link_input *in, const tp_link_params *params, const tp_ctx *ctx,
                tp_arena *arena, tp_crosswalk *out, tp_err *err) TP_MUST_CHECK;

#endif
