/* A night's person records out of the simulator's world, with the truth, for measuring the link
 * stage without a feed, a server or a database. */
#ifndef TALENT_TESTS_PEOPLE_H
#define TALENT_TESTS_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "talent/base/arena.h"
#include "talent/base/intern.h"
#include "talent/core/link.h"
#include "tests/simulator/world.h"

/* What has broken linkage programs before; a copy of a trap of many people is one person in it. */
typedef enum people_trap {
    PEOPLE_TWINS,       /* names alike, one day, one agency, serials next to each other */
    PEOPLE_NAMESAKES,   /* one name, one birth day, one agency */
    PEOPLE_PARENT,      /* one name, one agency, a generation apart */
    PEOPLE_COHORT,      /* forty neighbours in NIP */
    PEOPLE_SHARED_NIP,  /* two people were given one NIP */
    PEOPLE_COPIED_NIP,  /* an agency's row shows a colleague's NIP */
    PEOPLE_SPOUSE_NIK,  /* some feeds show the spouse's NIK */
    PEOPLE_SLIP,        /* one column of a hundred rows is one row off: NIK, NIP or birth date */
    PEOPLE_PLACEHOLDER, /* a made-up number that no list knows */
    PEOPLE_JANUARY,     /* an agency that writes 1 January for everybody */
    PEOPLE_DATE_FIXED,  /* birth date corrected, a new NIP given */
    PEOPLE_PPPK_TO_PNS, /* contract staff who became permanent, with a new NIP */
    PEOPLE_OLD_ONLY,    /* rows that hold the old NIP alone */
    PEOPLE_NO_NIK,      /* an agency without any NIK */
    PEOPLE_SINGLE,      /* one name of one token, and many who bear it */
    PEOPLE_DOUBLED,     /* a single name written twice */
    PEOPLE_BALI,        /* birth-order names */
    PEOPLE_GLUED,       /* tokens glued or split */
    PEOPLE_TITLES,      /* titles inside the name */
    PEOPLE_CUT,         /* names cut at 30 letters */
    PEOPLE_MOVED,       /* an agency's people moved overnight; both agencies list them */
    PEOPLE_TWICE,       /* a roster sent twice under two codes */
    PEOPLE_FOREIGN,     /* an agency sends another agency's file */
    PEOPLE_DAY_OFF,     /* feeds with every birth date one day early */
    PEOPLE_REGISTRY,    /* a stranger in the registry with name and birth day of an official */
    PEOPLE_TRAPS
} people_trap;

/* "twins", "namesakes", ...; static storage. */
const char *people_trap_name(people_trap trap);

/* Bit set of a list "twins,cohort" or "all"; false and nothing set when a word is unknown. */
bool people_trap_list(const char *text, uint32_t *out);

/* Share of a group of people in figures; bits of people.flags. The low ones are SIM_TRAP_*. */
enum {
    PEOPLE_WOMAN = 1u << 16,
    PEOPLE_PPPK = 1u << 17,
    PEOPLE_CANDIDATE = 1u << 18,
    PEOPLE_STRANGER = 1u << 19, /* in the registry, no official */
    PEOPLE_GHOST = 1u << 20,    /* in an agency's export, nowhere else */
    PEOPLE_NEW_YEAR = 1u << 21, /* truly born on 1 January */
    PEOPLE_TRAPPED = 1u << 22   /* in a copy of a trap asked for */
};

typedef struct people_options {
    uint64_t seed;
    uint32_t people;
    uint32_t agencies;  /* 0 = one per 500 people, at least 4 */
    double dirt;        /* factor on all defect rates */
    uint32_t accidents; /* SIM_ACCIDENT_* */
    double bare;    /* share of appraisal, course and assessment rows with name and office only */
    uint32_t traps; /* bit 1 << people_trap: copies of these are made */
    uint32_t copies;
    bool only;          /* leave out everybody who is in no copy: each trap alone */
    int night;          /* 0 = the first; later ones hold edits, arrivals and leavers */
    uint32_t edits_ppm; /* records that change from one night to the next, arrivals, leavers */
    const char *codes_dir;
} people_options;

/* One record as the normalise stage would read it from its feed. Texts: numbers in people.text,
 * TP_NONE = unknown; days: SIM_NO_DAY = unknown. */
typedef struct people_record {
    uint32_t source; /* ordinal in people.source */
    uint32_t person; /* truth */
    uint32_t key, name, nip, old_nip, nik, siasn, agency, office;
    int32_t born, died, cpns;
    uint32_t defects; /* SIM_DEFECT_* */
    uint8_t sex;      /* 0 unknown, 1 male, 2 female */
} people_record;

typedef struct people_source {
    char id[32];
    sim_feed feed;
} people_source;

typedef struct people {
    people_options options;
    tp_intern text;
    size_t n, cap;
    people_record *record;
    uint32_t n_sources, cap_sources;
    people_source *source; /* ascending by id */
    uint32_t n_persons;    /* truth numbers are below it */
    uint32_t *flags;       /* [n_persons] PEOPLE_* and SIM_TRAP_* */
} people;

/* Makes the records of one night; the same options give the same records in the same order.
 * TP_E_CONFIG, TP_E_NOMEM. */
tp_code people_make(const people_options *options, people *out, tp_err *err) TP_MUST_CHECK;
void people_clear(people *p);

/* People that a world needs for so many copies of these traps. */
uint32_t people_needed(uint32_t traps, uint32_t copies);

/* record_id,source,... with a head line, and record_id,person,subgroups,defects for truth (NULL =
 * none). */
tp_code people_write(const people *p, FILE *records, FILE *truth, tp_err *err) TP_MUST_CHECK;

/* The records as the link stage takes them. */
typedef struct people_columns {
    tp_arena arena;
    tp_intern text;
    tp_strings strings;
    size_t n_sources;
    tp_link_source *source;
    tp_table *person;     /* [n_sources] */
    tp_table *employment; /* [n_sources] */
    size_t n;
    uint32_t *record;      /* [n] of each crosswalk row: index in people.record */
    tp_link_params params; /* of config/linkage.json, its texts in the arena */
} people_columns;

/* Cleans names and reads numbers as the normalise stage does; settings from config_file (NULL =
 * config/linkage.json). Rows of equal key within a source: the first stands. */
tp_code people_columns_make(const people *p, const char *config_file, people_columns *out,
                            tp_err *err) TP_MUST_CHECK;
void people_columns_clear(people_columns *c);

/* Links them as a first night; previous may be NULL. The crosswalk lives in arena. */
tp_code people_link(const people_columns *c, const tp_link_input *previous, int32_t night,
                    int threads, tp_arena *arena, tp_crosswalk *out, tp_link_report *report,
                    tp_err *err) TP_MUST_CHECK;

/* Hash of all that a crosswalk says, keyed by records and not by rows: equal = the same result. */
uint64_t people_crosswalk_hash(const tp_crosswalk *x);

/* ---- between the files of tests/people ---- */

/* Who is in which copy of which trap. */
typedef struct people_plan {
    uint32_t n;       /* people of the world */
    uint8_t *trap;    /* [n] people_trap + 1; 0 = none */
    uint32_t *copy;   /* [n] number of the copy or group */
    uint32_t *place;  /* [n] place in the group; 0 leads it */
    uint32_t *member; /* groups one after another */
    uint32_t *first;  /* [n] where the person's group begins in member */
} people_plan;

uint32_t people_group_size(people_trap trap);
tp_code people_plan_make(const sim_world *w, const people_options *o, people_plan *out,
                         tp_err *err) TP_MUST_CHECK;
void people_plan_clear(people_plan *plan);

/* Changes who the person truly is, as the trap wants. */
void people_trap_person(const sim_world *w, const people_plan *plan, sim_person *p);

/* Changes what a feed shows of the person. */
void people_trap_view(const sim_world *w, const people_plan *plan, sim_feed feed, sim_person *p,
                      sim_view *v);

#endif
