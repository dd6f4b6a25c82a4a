/* Person tables built in memory from a few words per person, and nights made of them. */
#ifndef TALENT_TESTS_TABLES_H
#define TALENT_TESTS_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talent/base/arena.h"
#include "talent/base/intern.h"
#include "talent/core/link.h"

/* One generated person record; what is zero or NULL is unknown. */
typedef struct someone {
    const char *key; /* source key, unique within the source */
    const char *name;
    const char *born; /* yyyy-mm-dd */
    int sex;          /* 1 male, 2 female */
    uint64_t nip;
    bool nip_damaged;
    uint64_t nik; /* any number stands for a keyed hash; the parts are made from its digits */
    uint64_t siasn;
    uint64_t old_nip;
    uint64_t nrp;
    const char *agency;
    const char *dead; /* yyyy-mm-dd */
} someone;

enum { NIGHT_SOURCES = 8 };

/* The sources of one night; everything lives in the arena and the interns. */
typedef struct night {
    tp_arena arena;
    size_t n;
    tp_link_source source[NIGHT_SOURCES];
    tp_table table[NIGHT_SOURCES];
    tp_strings strings[NIGHT_SOURCES];
    tp_intern text[NIGHT_SOURCES];
    int32_t day; /* set by who links it; a night that follows has a later one */
    tp_crosswalk x;
    tp_link_report report;
} night;

/* Adds a source; ids must come in ascending order. Its family is its ordinal. */
tp_link_source *night_add(night *n, const char *id, const someone *people, size_t count);

/* Person key of a record after the night was linked; 0 if there is no such record. */
uint64_t night_person(const night *n, const char *source, const char *key);

/* Crosswalk row of a record; SIZE_MAX if there is none. */
size_t night_row(const night *n, const char *source, const char *key);

/* Crosswalk record key of a record. */
uint64_t night_record(const char *source, const char *key);

void night_clear(night *n);

#endif
