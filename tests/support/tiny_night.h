/* The products of a night for a few generated people, made in memory: what publish takes. */
#ifndef TALENT_TESTS_TINY_NIGHT_H
#define TALENT_TESTS_TINY_NIGHT_H

#include "talent/base/arena.h"
#include "talent/etl/publish.h"

enum { TINY_NIGHT = 20750 }; /* 2026-10-24 */

/* Two sources: alpha tells of everyone, beta of every second person. Two posts, the first scored
 * with person 0 proposed and person 1 to verify; one agency of two with a merit assessment. */
typedef struct tiny_night {
    tp_arena arena;
    tp_strings strings; /* over the two below */
    uint64_t *text_off;
    char *text_bytes;
    tp_batch batch[2];
    tp_publish_source source[2];
    tp_crosswalk crosswalk;
    tp_pool pool;
    tp_scores scores;
    tp_rules rules;
    tp_agency_name agency[2];
    tp_publish_input in; /* night TINY_NIGHT, publish key all ones, keeps 3 generations */
} tiny_night;

/* Aborts when memory is out: a test cannot go on. 4 <= people <= 1000. */
tiny_night *tiny_night_make(size_t people);
void tiny_night_free(tiny_night *t);

#endif
