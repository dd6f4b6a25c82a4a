/* A link of generated people, and what the harm tests ask of it. */
#ifndef TALENT_TESTS_HARM_H
#define TALENT_TESTS_HARM_H

#include "tests/people/score.h"
#include "tests/support/tp_test.h"

typedef struct harm_night {
    people p;
    people_columns c;
    tp_arena arena;
    tp_crosswalk x;
    tp_link_report report;
} harm_night;

/* Makes the people and their columns; a failure fails the test. */
void harm_people(const people_options *o, harm_night *n);

/* Links them after the night before (NULL = none). */
void harm_link(harm_night *n, const harm_night *before, int night, int threads);

void harm_clear(harm_night *n);

/* COPIES of the environment, else 1000; SEEDS, else 2. */
uint32_t harm_copies(void);
uint32_t harm_seeds(void);

/* Links copies of one trap alone, at each seed, and adds up what came of them. */
void harm_trap(people_trap trap, people_score *sum);

/* Record key -> person key of a link, by record key. */
typedef struct harm_pair {
    uint64_t record;
    uint64_t key;
    uint32_t person; /* truth */
} harm_pair;
harm_pair *harm_pairs(const harm_night *n);

#endif
