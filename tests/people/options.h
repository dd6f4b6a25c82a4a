/* The words that the tools about people understand. */
#ifndef TALENT_TESTS_PEOPLE_OPTIONS_H
#define TALENT_TESTS_PEOPLE_OPTIONS_H

#include "tests/people/people.h"

enum { PEOPLE_DIRTS = 8 };

typedef struct people_words {
    people_options options; /* dirt = the first factor */
    uint32_t seeds;
    uint32_t threads;
    uint32_t probe;
    uint32_t wrong;
    uint32_t lost;
    int n_dirt;
    double dirt[PEOPLE_DIRTS];
    const char *config;  /* NULL = config/linkage.json */
    const char *records; /* NULL = standard output */
    const char *truth;   /* NULL = none */
} people_words;

/* Reads "--word value" pairs over the defaults; false after a message with all words. A world that
 * is too small for the copies asked for is made larger. */
bool people_words_read(int argc, char **argv, people_words *out);

#endif
