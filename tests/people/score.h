/* How much of the truth did a link find, and how much did it invent? Counts that can be added up.
 */
#ifndef TALENT_TESTS_PEOPLE_SCORE_H
#define TALENT_TESTS_PEOPLE_SCORE_H

#include "tests/people/people.h"

enum {
    SCORE_GROUPS = 25, /* 0 = everybody, the others bits of people.flags */
    SCORE_DIRT = 15,   /* 0 = clean on both sides, the others bits of SIM_DEFECT_* */
    SCORE_RULES = 7
};

typedef struct score_figures {
    uint64_t people;
    uint64_t true_pairs; /* of records of one person */
    uint64_t both;       /* of these joined */
    uint64_t merged;     /* people in a cluster with somebody else */
    uint64_t exact;      /* people whose set of records is exactly right */
    uint64_t review;     /* people with a pair in the review queue */
} score_figures;

typedef struct score_ratio {
    uint64_t all;
    uint64_t right;
} score_ratio;

typedef struct people_score {
    uint64_t records, clusters;
    uint64_t joined; /* pairs of records in one cluster, right or wrong */
    uint64_t questions;
    uint64_t candidate_pairs, units;
    score_figures group[SCORE_GROUPS];
    score_ratio dirt[SCORE_DIRT];    /* true pairs with a record of this dirt, of these joined */
    uint64_t dirt_wrong[SCORE_DIRT]; /* joined pairs that are wrong */
    score_ratio pass[TP_PASS_COUNT]; /* joins by this pass, of these to the right person */
    score_ratio rule[SCORE_RULES];   /* pairs that an equal number alone would join */
    score_figures plain;             /* the rule "equal NIP or equal NIK", followed through */
    uint64_t plain_joined;
    uint64_t name_only;       /* records that hold a name and nothing else to tell people by */
    uint64_t name_only_pairs; /* true pairs with such a record */
    uint64_t split_pairs; /* true pairs whose records are in different units after the anchors */
    uint64_t proposed;    /* of these some pass proposes */
} people_score;

/* Adds one link's counts to *sum. */
tp_code people_score_add(const people *p, const people_columns *c, const tp_crosswalk *x,
                         people_score *sum, tp_err *err) TP_MUST_CHECK;

/* Adds the counts of equal numbers taken alone (rule, plain), and of records that hold none. */
tp_code people_rules_add(const people *p, const people_columns *c, people_score *sum,
                         tp_err *err) TP_MUST_CHECK;

/* Adds split_pairs and proposed: links once more with thresholds that nothing reaches, so that
 * every candidate pair is a question. */
tp_code people_probe_add(const people *p, const people_columns *c, int threads, people_score *sum,
                         tp_err *err) TP_MUST_CHECK;

/* The tables; `doubled` says whose bars to hold it to. Returns how many 'must' figures are short.
 */
int people_score_print(const people_score *s, bool doubled, FILE *out);

double score_share(uint64_t part, uint64_t whole); /* 1 of nothing */
double score_f1(uint64_t both, uint64_t truth, uint64_t joined);

#endif
