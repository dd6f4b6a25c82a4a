/* Which record is which person, and why: the product of the link stage. */
#ifndef TALENT_CORE_CROSSWALK_H
#define TALENT_CORE_CROSSWALK_H

#include <stddef.h>
#include <stdint.h>

/* How a record came to its person. Values are stored: add at the end only. */
typedef enum tp_link_pass {
    TP_PASS_ALONE,    /* nothing joined it: it started its person */
    TP_PASS_NIP,      /* equal good NIP, corroborated */
    TP_PASS_SIASN,    /* equal SIASN id, corroborated */
    TP_PASS_NIK,      /* equal keyed NIK, corroborated */
    TP_PASS_OLD,      /* equal old NIP, corroborated */
    TP_PASS_SERVICE,  /* equal police or army number, corroborated */
    TP_PASS_EXACT,    /* equal folded name, birth date and sex (exact key) */
    TP_PASS_WEIGHED,  /* Fellegi-Sunter weight above the threshold */
    TP_PASS_ADOPTED,  /* only bearer of the name in the agency's roster */
    TP_PASS_DECISION, /* a reviewer said so */
    TP_PASS_COUNT
} tp_link_pass;

/* Why a pair waits for a person to look. Values are stored: add at the end only. */
typedef enum tp_review_reason {
    TP_REVIEW_NUMBER_SHARED, /* one number, names and dates disagree */
    TP_REVIEW_TWO_CAMPS,     /* one number, two groups that contradict each other */
    TP_REVIEW_VETO,          /* a hard conflict forbids the join */
    TP_REVIEW_AMBIGUOUS,     /* fits two people who may not join */
    TP_REVIEW_BETWEEN,       /* weight between the two thresholds */
    TP_REVIEW_COUNT
} tp_review_reason;

typedef enum tp_event_kind {
    TP_EVENT_NEW,    /* a person not seen before */
    TP_EVENT_MERGED, /* other_key was joined into person_key */
    TP_EVENT_SPLIT,  /* person_key was split off other_key */
    TP_EVENT_GONE    /* no record left */
} tp_event_kind;

typedef struct tp_crosswalk {
    size_t n;             /* person records of all current batches, ascending by (source, key) */
    uint32_t *source;     /* [n] ordinal in the run's list of sources, sorted by id */
    uint32_t *row;        /* [n] row in that source's person table */
    uint64_t *record_key; /* [n] keyed hash of source id and source key: stable across nights */
    uint32_t *person;     /* [n] 0..n_people-1 */
    uint8_t *pass;        /* [n] tp_link_pass */
    int32_t *weight;      /* [n] 1/1024 bit; 0 where nothing was weighed */
    uint32_t *via; /* [n] crosswalk row it was joined to; itself when it started the person */

    size_t n_people;
    uint64_t *person_key; /* [n_people] ascending; never re-used; last digit is a check digit */

    size_t n_review;
    uint32_t *review_a; /* [n_review] crosswalk rows, a < b */
    uint32_t *review_b;
    uint8_t *review_reason;
    int32_t *review_weight;

    size_t n_event;
    uint8_t *event_kind;
    uint64_t *event_person; /* [n_event] person key */
    uint64_t *event_other;  /* [n_event] other person key or 0 */
} tp_crosswalk;

/* Names as stored in the warehouse: "nip", "number-shared", "merged"; static storage. */
const char *tp_link_pass_name(tp_link_pass pass);

/* Name as the warehouse holds it ("score_between"); static storage. */
const char *tp_review_reason_name(tp_review_reason reason);

/* Name as the warehouse holds it ("merged"); static storage. */
const char *tp_event_kind_name(tp_event_kind kind);

#endif
