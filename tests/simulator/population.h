/* What the parts of the population share and nobody else sees. */
#ifndef TALENT_TESTS_SIMULATOR_POPULATION_H
#define TALENT_TESTS_SIMULATOR_POPULATION_H

#include <string.h>

#include "talent/base/arena.h"
#include "talent/base/hash.h"
#include "tests/simulator/world.h"

/* Streams keep questions about one person independent of each other. */
enum sim_stream {
    SIM_STREAM_CORE = 1,
    SIM_STREAM_PAIR,
    SIM_STREAM_NAME,
    SIM_STREAM_EDU,
    SIM_STREAM_JOB,
    SIM_STREAM_CAREER,
    SIM_STREAM_SKILL,
    SIM_STREAM_COURSE,
    SIM_STREAM_RECORD,
    SIM_STREAM_ROWS,
    SIM_STREAM_AGENCY,
    SIM_STREAM_POST,
    SIM_STREAM_REGION,
    SIM_STREAM_VIEW = 32 /* + feed */
};

/* Counter-based random numbers: a value is a hash of (seed, index, stream, position). */
typedef struct sim_rng {
    uint64_t state;
} sim_rng;

static inline uint64_t
sim_hash(uint64_t seed, uint64_t index, unsigned stream)
{
    return tp_hash_mix(seed ^ tp_hash_mix(index * 256 + stream));
}

static inline sim_rng
sim_rng_of(uint64_t seed, uint64_t index, unsigned stream)
{
    return (sim_rng){sim_hash(seed, index, stream)};
}

static inline uint64_t
sim_next(sim_rng *rng)
{
    return tp_hash_mix(rng->state++);
}

/* 0 .. n-1; n >= 1. */
static inline uint32_t
sim_below(sim_rng *rng, uint32_t n)
{
    return (uint32_t)(((sim_next(rng) >> 32) * n) >> 32);
}

/* lo .. hi, both included. */
static inline int
sim_range(sim_rng *rng, int lo, int hi)
{
    return lo + (int)sim_below(rng, (uint32_t)(hi - lo + 1));
}

/* True in `ppm` of a million cases. */
static inline bool
sim_chance(sim_rng *rng, uint32_t ppm)
{
    return sim_below(rng, 1000000) < ppm;
}

/* Text built in place; cut at the end of its array, always terminated. */
typedef struct sim_text {
    char *p;
    size_t cap;
    size_t n;
} sim_text;

static inline sim_text
sim_text_on(char *p, size_t cap)
{
    p[0] = '\0';
    return (sim_text){p, cap, 0};
}

static inline void
sim_put_n(sim_text *t, const char *s, size_t n)
{
    const size_t room = t->cap - 1 - t->n;
    const size_t take = n < room ? n : room;
    memcpy(t->p + t->n, s, take);
    t->n += take;
    t->p[t->n] = '\0';
}

static inline void
sim_put(sim_text *t, const char *s)
{
    sim_put_n(t, s, strlen(s));
}

static inline void
sim_put_char(sim_text *t, char c)
{
    sim_put_n(t, &c, 1);
}

void sim_put_num(sim_text *t, uint64_t value, int width); /* decimal, zero-padded to width */
void sim_put_hex(sim_text *t, uint64_t value, int digits);

static inline void
sim_copy(char *out, size_t cap, const char *s)
{
    sim_text t = sim_text_on(out, cap);
    sim_put(&t, s);
}

/* x -> a permutation of 0..n-1 that depends on key, and back. */
uint32_t sim_permute(uint64_t key, uint32_t n, uint32_t x);
uint32_t sim_unpermute(uint64_t key, uint32_t n, uint32_t x);

/* ---- code lists ---- */

enum { SIM_GROUPS = 32, SIM_PROVINCES = 100, SIM_MAX_PIECES = 4 };

typedef struct sim_word {
    const char *text;
    uint32_t upto; /* cumulative weight */
    char cohort;   /* 'o'lder, 'y'ounger, 'a'ny */
} sim_word;

typedef struct sim_words {
    sim_word *word;
    uint32_t n;
} sim_words;

typedef enum sim_piece_kind {
    SIM_PIECE_LITERAL,
    SIM_PIECE_GIVEN,
    SIM_PIECE_SECOND,
    SIM_PIECE_FAMILY,
    SIM_PIECE_BIRTH_ORDER,
    SIM_PIECE_CASTE
} sim_piece_kind;

typedef struct sim_pattern {
    int group;
    char sex; /* 'M' 'F' 'U' */
    uint32_t weight;
    bool everywhere;
    bool in_province[SIM_PROVINCES];
    int n;
    sim_piece_kind kind[SIM_MAX_PIECES];
    int piece_group[SIM_MAX_PIECES];
    const char *literal[SIM_MAX_PIECES];
} sim_pattern;

/* Patterns possible in a province for a sex, with cumulative weights. */
typedef struct sim_pattern_list {
    uint32_t n;
    uint16_t pattern[48];
    uint32_t upto[48];
} sim_pattern_list;

typedef struct sim_variant {
    const char *canonical;
    const char *variant[8];
    int n;
} sim_variant;

typedef struct sim_region {
    const char *code;
    const char *name;
    const char *short_name;
    const char *type;
    int level;
    int province;
} sim_region;

typedef struct sim_field {
    const char *code;
    const char *name;
    const char *cluster;
    const char *affair[4];
    const char *s1_title, *s2_title;
    uint32_t programme[4]; /* first programme of levels 35 40 45 50 */
    uint32_t programmes[4];
} sim_field;

typedef struct sim_programme {
    const char *id, *name, *field;
    int level;
} sim_programme;

typedef struct sim_affair {
    const char *code, *name;
} sim_affair;

typedef struct sim_template {
    const char *code, *title, *kinds, *function;
    sim_tier tier;
    const char *echelon;
    const char *affair[2];
    bool field_affair; /* {aff}: the agency's own field */
    bool repeats;      /* may occur more than once in an agency */
} sim_template;

typedef struct sim_job {
    const char *name;
    const char *grade;
    int age;
} sim_job;

typedef struct sim_agency_row {
    const char *id, *code, *name, *scope, *kind, *region;
} sim_agency_row;

typedef struct sim_codes {
    tp_arena arena;
    const char *group[SIM_GROUPS];
    int n_groups;
    sim_words given[SIM_GROUPS][2];
    sim_words family[SIM_GROUPS];
    sim_words second[2];
    sim_pattern *pattern;
    uint32_t n_patterns;
    sim_pattern_list by_province[SIM_PROVINCES][2];
    sim_variant *variant;
    uint32_t n_variants;
    const char *birth_order[4][4];
    int n_birth_order[4];
    const char *caste[2][6];
    int n_caste[2];
    sim_region *region;
    uint32_t n_regions;
    uint32_t district_first[SIM_PROVINCES],
        districts[SIM_PROVINCES];            /* kabupaten, kota by province */
    uint32_t province_region[SIM_PROVINCES]; /* row of the province itself, or SIM_NONE */
    int provinces[SIM_PROVINCES];
    int n_provinces;
    sim_field *field;
    uint32_t n_fields;
    sim_programme *programme;
    uint32_t n_programmes;
    sim_affair *affair;
    uint32_t n_affairs;
    sim_template *post;
    uint32_t n_posts;
    sim_job *job; /* JF ahli madya, then utama */
    uint32_t n_jobs, n_madya;
    sim_agency_row *agency;
    uint32_t n_agencies;
    const char *legal[100];
    const char *discipline[32];
} sim_codes;

tp_code sim_codes_load(sim_codes *codes, const char *dir, tp_err *err) TP_MUST_CHECK;
const sim_field *sim_field_find(const sim_codes *codes, const char *code);   /* or NULL */
const sim_affair *sim_affair_find(const sim_codes *codes, const char *code); /* or NULL */
const char *sim_pick(const sim_words *words, sim_rng *rng); /* NULL from an empty list */
const sim_word *sim_pick_word(const sim_words *words, sim_rng *rng);

/* One parsed CSV file: cells as terminated text, row 0 = head. */
typedef struct sim_csv {
    char **cell;
    size_t rows, cols;
} sim_csv;

tp_code sim_csv_load(tp_arena *arena, const char *dir, const char *name, sim_csv *out,
                     tp_err *err) TP_MUST_CHECK;
size_t sim_csv_col(const sim_csv *csv, const char *name);                   /* SIZE_MAX = absent */
const char *sim_csv_cell(const sim_csv *csv, size_t row, const char *name); /* "" = absent */

/* ---- the layout of the world ---- */

typedef enum sim_stratum {
    SIM_S_JPT, /* one slot per JPT post; slots of vacant posts hold administrators in waiting */
    SIM_S_ADMIN,
    SIM_S_JF, /* functional candidates */
    SIM_S_PPPK,
    SIM_S_PNS,
    SIM_STRATA
} sim_stratum;

typedef struct sim_agency_in {
    sim_agency_info info;
    uint32_t n;                 /* people */
    uint32_t slots[SIM_STRATA]; /* how many of each stratum */
    uint32_t start[SIM_STRATA]; /* first slot of each stratum */
    uint32_t rank[SIM_STRATA];  /* people of that stratum in earlier agencies */
    uint32_t candidates_first;
    uint32_t ghosts_first, ghosts; /* counted from world->ghosts_at */
    uint64_t key;                  /* of the slot permutation */
    int province;                  /* 0 = central */
    uint32_t template_n;           /* templates of its kind */
    uint16_t template_of[64];
    const sim_affair *core[4];
    int n_core;
} sim_agency_in;

enum { SIM_MAX_AGE = 72, SIM_TRANSFER_EVERY = 160, SIM_TRANSFER_AT = 7 };

typedef struct sim_ages {
    uint32_t n;                     /* people of the stratum */
    uint32_t upto[SIM_MAX_AGE + 1]; /* people younger than age a */
} sim_ages;

typedef struct sim_key_index {
    uint64_t nip;
    uint32_t person;
} sim_key_index;

struct sim_world {
    sim_options options;
    char codes_dir[512];
    sim_codes codes;
    uint64_t seed;
    int as_of_year;
    int32_t anchor; /* 1 January of that year: careers end here, so nights of a year agree */
    int32_t recent; /* first of the month of as_of: letters and statements are younger than it */
    uint32_t n_agencies;
    sim_agency_in *agency;
    uint32_t n_posts;
    uint32_t n_candidates;
    uint32_t ghosts_at, strangers_at, n_all;
    sim_ages ages[SIM_STRATA];
    sim_key_index *nips;
    size_t n_nips;
};

/* Where a person stands, before any history. */
typedef struct sim_core {
    uint32_t index;
    sim_kind kind;
    uint32_t agency, local, slot;
    sim_stratum stratum;
    uint32_t of_stratum; /* slot number within the agency's stratum */
    uint32_t traps;
    bool female;
    int32_t born;
    int32_t cpns;
    int appointment; /* PPPK count 1..9, else 0 */
    uint32_t serial;
    uint32_t in_day; /* rank among those of the stratum born that day */
} sim_core;

void sim_core_make(const sim_world *w, uint32_t index, sim_core *out);
void sim_nip_write(int32_t born, int32_t from, int appointment, bool female, uint32_t serial,
                   char out[20]);
void sim_former_nip(const sim_world *w, const sim_core *c, char out[20], int32_t *out_born);
uint32_t sim_local_of_slot(const sim_world *w, uint32_t agency, uint32_t slot);
uint32_t sim_former_agency(const sim_world *w, uint32_t agency, uint32_t local); /* or SIM_NONE */

bool sim_post_vacant(const sim_world *w, uint32_t post);
uint32_t sim_post_agency(const sim_world *w, uint32_t post);
void sim_post_title(const sim_world *w, uint32_t post, char out[SIM_TEXT]);
void sim_unit_name(const sim_world *w, uint32_t post, char out[SIM_TEXT]);
const sim_template *sim_post_template(const sim_world *w, uint32_t post);
void sim_post_affairs(const sim_world *w, uint32_t post, const char *out[2]);
void sim_sub_title(const sim_world *w, uint32_t agency, uint32_t admin, char out[SIM_TEXT],
                   const char **out_echelon);
int sim_rank_lowest(const char *echelon);

void sim_name_make(const sim_world *w, const sim_core *c, sim_person *p);
void sim_titles_make(const sim_world *w, sim_person *p);
void sim_education_make(const sim_world *w, const sim_core *c, sim_person *p);
void sim_nik_make(const sim_world *w, const sim_core *c, sim_person *p);
void sim_career_make(const sim_world *w, const sim_core *c, sim_person *p);
void sim_rank_make(const sim_world *w, const sim_core *c, sim_person *p);
void sim_decree(char *out, size_t cap, const char *prefix, sim_rng *rng, int32_t day);
void sim_skill_make(const sim_world *w, const sim_core *c, sim_person *p);
void sim_record_make(const sim_world *w, const sim_core *c, sim_person *p);
void sim_appraisal_make(const sim_world *w, const sim_core *c, sim_person *p);

/* Facts that decide whether a row exists; cheap, used by the rows and by the histories alike. */
int sim_talent(const sim_world *w, uint32_t person);      /* 0..999 */
int sim_effort(const sim_world *w, uint32_t person);      /* 0..999, leans on talent */
int sim_assessments(const sim_world *w, uint32_t person); /* 0..2 */
int sim_leadership(const sim_world *w, const sim_core *c, const char *out_level[4]);
bool sim_files_integrity(const sim_core *c);
uint32_t sim_documents(const sim_world *w, uint32_t person); /* bit set over the dossier kinds */
bool sim_expert(const sim_world *w, uint32_t person);
void sim_row_key(const sim_world *w, sim_feed feed, uint32_t person, uint32_t sub, char out[24]);

/* Fills name, full_name, front and back of the view; scale_pct is the feed's share of the dirt. */
void sim_write_name(const sim_world *w, sim_feed feed, uint32_t agency, uint32_t scale_pct,
                    sim_rng *rng, const sim_person *p, sim_view *out);
uint32_t sim_scaled(const sim_world *w, uint32_t ppm, uint32_t scale_pct);

#endif
