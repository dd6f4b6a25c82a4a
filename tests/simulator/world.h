/* A whole invented civil service, every person of it a pure function of (seed, index). */
#ifndef TALENT_TESTS_SIMULATOR_WORLD_H
#define TALENT_TESTS_SIMULATOR_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "talent/base/attr.h"
#include "talent/base/day.h"
#include "talent/base/err.h"

/*
 * Nothing here stores people. sim_person_make computes person i from (seed, i) alone, so people can
 * be made in any order from any number of threads. A world is read-only after sim_world_open. The
 * only table over people is an index of the candidates' numbers (sim_find_nip), about 20 bytes
 * each.
 *
 * Days are tp_day numbers; SIM_NO_DAY = unknown or not applicable. All text is UTF-8. Pointers to
 * text are borrowed from the world and live as long as it does.
 *
 * Person indices: 0 .. people-1 are civil servants, grouped by home agency; then come ghosts (found
 * only in an agency export) and strangers (found only in the population registry): see sim_kind.
 */
#define SIM_NO_DAY INT32_MIN
#define SIM_NONE   UINT32_MAX

enum {
    SIM_NAME = 100,  /* bytes of a composed name, zero included */
    SIM_TITLES = 64, /* front or back titles as one text */
    SIM_TEXT = 160,  /* position titles, unit names */
    SIM_MAX_EDU = 4,
    SIM_MAX_POSITION = 16,
    SIM_MAX_RANK = 10,
    SIM_MAX_TRAINING = 16,
    SIM_MAX_APPRAISAL = 6,
    SIM_MAX_TEAM = 3,
    SIM_MAX_AWARD = 4,
    SIM_MAX_DISCIPLINE = 2,
    SIM_MAX_INTEGRITY = 3,
    SIM_MAX_DOSSIER = 7,
    SIM_MAX_TECH = 6,
    SIM_MAX_EXPERTISE = 3,
    SIM_MAX_ASSESSMENT = 2,
    SIM_ASPECTS = 9,    /* managerial 8 + socio-cultural 1, order of assessment_aspects.csv */
    SIM_POTENTIALS = 8, /* order of assessment_aspects.csv */
    SIM_MERIT_ASPECTS = 8
};

typedef enum sim_feed {
    SIM_FEED_SIASN,    /* agency ignored; rows = candidates */
    SIM_FEED_ROSTER,   /* agency ignored; everyone */
    SIM_FEED_SIMPEG,   /* per agency */
    SIM_FEED_TALENTA,  /* the agency sim_talenta_agency(); argument ignored */
    SIM_FEED_ASESMEN,  /* a row = one assessment event of a candidate; sub = event */
    SIM_FEED_ALUMNI,   /* a row = one leadership course; sub = index among leadership courses */
    SIM_FEED_KINERJA,  /* a row = one candidate with all of it */
    SIM_FEED_LHKPN,    /* a row = one report year; sub = index into person.integrity */
    SIM_FEED_DOSSIER,  /* a row = one document; sub = index into person.dossier */
    SIM_FEED_DUKCAPIL, /* candidates, a share of the others, strangers */
    SIM_FEED_PAKAR,    /* experts among the candidates */
    SIM_FEEDS
} sim_feed;

typedef enum sim_tier {
    SIM_TIER_NONE, /* pelaksana and ordinary functional posts */
    SIM_TIER_PENGAWAS,
    SIM_TIER_ADMINISTRATOR,
    SIM_TIER_PRATAMA,
    SIM_TIER_MADYA,
    SIM_TIER_UTAMA
} sim_tier;

typedef enum sim_kind { SIM_KIND_SERVANT, SIM_KIND_GHOST, SIM_KIND_STRANGER } sim_kind;
typedef enum sim_status {
    SIM_STATUS_PNS,
    SIM_STATUS_CPNS,
    SIM_STATUS_PPPK,
    SIM_STATUS_NON_ASN
} sim_status;

/* Why a person stands in somebody's way: for reports by subgroup. */
enum {
    SIM_TRAP_TWIN = 1u << 0,     /* index ^ 1 is the twin: same day, serials next to each other */
    SIM_TRAP_NAMESAKE = 1u << 1, /* index ^ 1 has the same name and birth day */
    SIM_TRAP_PARENT = 1u << 2,   /* index ^ 1 is parent or child of the same name */
    SIM_TRAP_BIRTH_FIXED = 1u << 3, /* birth date corrected: former_nip holds the old one */
    SIM_TRAP_PPPK_TO_PNS = 1u << 4, /* former_nip is a PPPK number */
    SIM_TRAP_COPIED_NIP = 1u << 5,  /* some feeds show the neighbour's NIP */
    SIM_TRAP_SPOUSE_NIK = 1u << 6,  /* some feeds show the NIK of index ^ 1 */
    SIM_TRAP_TRANSFER = 1u << 7,    /* former_agency still lists the person */
    SIM_TRAP_DECEASED = 1u << 8,    /* dead, some feeds still say active */
    SIM_TRAP_RETIRED = 1u << 9,     /* retired, some feeds still list */
    SIM_TRAP_SINGLE_NAME = 1u << 10,
    SIM_TRAP_BALI = 1u << 11,
    SIM_TRAP_SHADOW = 1u << 12 /* a stranger with name and birth day of a civil servant */
};

/* Agency-wide accidents, off unless asked for in options.accidents; each hits one agency or feed.
 */
enum {
    SIM_ACCIDENT_LINE_SLIP = 1u << 0, /* simpeg of agency 0: NIK column one row off for 100 rows */
    SIM_ACCIDENT_PLACEHOLDER = 1u << 1, /* simpeg of agency 1: 80 people carry one invented NIK */
    SIM_ACCIDENT_JANUARY = 1u << 2,     /* simpeg of agency 2: everybody born on 1 January */
    SIM_ACCIDENT_NO_NIK = 1u << 3,      /* simpeg of agency 3: NIK missing everywhere */
    SIM_ACCIDENT_DAY_OFF = 1u << 4      /* kinerja and dukcapil: every birth date one day early */
};

typedef struct sim_options {
    uint64_t seed;
    uint32_t people;       /* 100 .. 20,000,000 */
    uint32_t agencies;     /* 1 .. what agencies.csv holds (about 630) */
    int32_t as_of;         /* day of the night */
    double dirt;           /* factor on all defect rates; 0 = clean, 1 = usual, 2 = doubled */
    uint32_t accidents;    /* SIM_ACCIDENT_* */
    const char *codes_dir; /* NULL = "config/codes" */
} sim_options;

typedef struct sim_world sim_world;

typedef struct sim_agency_info {
    char quick_code[8]; /* "5104": the source id is "simpeg-5104" */
    const char *bkn_id; /* 32 hex */
    const char *name;
    const char *kind;        /* "KO" "KEMENT" "LPNK" "LNS" "PROV" "KAB" "KOT" */
    char region_code[8];     /* "11", "11.03"; "" for central */
    char province[4];        /* "11"; "" for central */
    const char *region_name; /* "Kabupaten Aceh Timur"; "" for central */
    const char *short_name;  /* "Aceh Timur"; for central the name without "Kementerian " */
    bool regional;
    uint32_t first, last;             /* person indices [first, last) */
    uint32_t posts_first, posts_last; /* post numbers [first, last) */
    uint32_t candidates;              /* people with full histories */
    bool latin1;           /* simpeg export is ISO-8859-1 (else UTF-8 with a byte-order mark) */
    bool sends_discipline; /* false: no discipline rows and no coverage statement */
    int32_t coverage_from, coverage_to; /* discipline coverage; SIM_NO_DAY when not stated */
    int merit_year; /* the last that has ended; the year of the night has a draft */
    int merit_half[SIM_MERIT_ASPECTS]; /* scheme 2018, half points */
    int merit_total_half;
    const char *merit_category; /* "Sangat Baik" "Baik" "Kurang" "Buruk" */
    const char *merit_status;   /* "tetap" "verifikasi" */
} sim_agency_info;

typedef struct sim_unit_info {
    char id[34];   /* 32 hex, as SIASN writes it */
    char code[16]; /* "U-5104-012", as agencies write it */
    char name[SIM_TEXT];
    uint32_t agency;
    uint32_t parent;           /* unit of the same agency; SIM_NONE for the root (unit 0) */
    const char *echelon_id;    /* "00" for the root */
    uint32_t post;             /* post that leads it, or SIM_NONE */
    char head_title[SIM_TEXT]; /* title of the unit's leading position */
    uint32_t head;             /* person who leads it, or SIM_NONE */
    const char *affairs[2];    /* NULL where none */
} sim_unit_info;

typedef struct sim_level {
    char code[16];  /* technical competency: affair code, ".T", number: "1.02.T2" */
    int level_half; /* 0..10 half levels */
    int weight_pct; /* posts only */
} sim_level;

typedef struct sim_post_info {
    char code[16]; /* "5104-0007" */
    int version;
    char title[SIM_TEXT];
    uint32_t agency;
    uint32_t unit; /* of that agency */
    sim_tier tier;
    const char *echelon_id; /* "10" .. "22" */
    int job_class;
    const char *function; /* jpt_positions.csv */
    const char *affairs[2];
    uint32_t holder;           /* person index, or SIM_NONE: vacant */
    int32_t vacant_since;      /* SIM_NO_DAY when filled */
    int32_t target_day;        /* date by which to fill; SIM_NO_DAY when filled */
    int min_rank;              /* SIASN id 41.. */
    const char *min_education; /* "40" */
    const char *fields[4];     /* study field codes, NULL after the last */
    const char *training;      /* "PKN Tingkat II" or NULL */
    bool training_required;
    int experience_years;
    int max_age;
    int standard[SIM_ASPECTS]; /* whole levels 1..5 */
    int n_tech;
    sim_level tech[SIM_MAX_TECH]; /* weights sum to 100 */
} sim_post_info;

typedef struct sim_education {
    const char *level_id; /* "40" */
    const char *level;    /* "S-1" */
    const char *programme_id;
    const char *programme;
    const char *field; /* study field code or "" */
    const char *school;
    int year;
    int32_t graduated;
    bool first;     /* education at appointment */
    bool fresh;     /* gained in the last five years: often missing in feeds */
    char title[16]; /* "S.H." or "" */
    bool title_front;
} sim_education;

typedef struct sim_position {
    char title[SIM_TEXT];
    int kind;               /* 1 structural, 2 functional, 4 general */
    const char *assignment; /* "D" "PLT" "PLH" "PJ" */
    sim_tier tier;
    const char *echelon_id; /* "00" for none */
    const char *jf_grade;   /* "PM" "TR" "MH" "PY" "PT" "MU" "MA" "UT" or "" */
    uint32_t agency;
    uint32_t unit;
    int32_t start;
    int32_t end;         /* SIM_NO_DAY while it lasts; SIASN rows have no end */
    int32_t inaugurated; /* SIM_NO_DAY where unknown or never */
    char decree[32];
    int32_t decree_day;
    const char *affairs[2];
    const char *mutation; /* "MJ" "MU" */
} sim_position;

typedef struct sim_rank {
    int rank_id; /* 11..45; PPPK: 101..117 = I..XVII */
    int32_t since;
    char decree[32];
    int32_t decree_day;
    const char *promotion; /* promotion_type code */
} sim_rank;

typedef struct sim_training {
    int kind; /* training_type code: 1 structural, 2 functional, 3 technical, 9 seminar, .. */
    const char *leadership; /* "pkn1" "pkn2" "pka" "pkp" or "" */
    char name[96];
    const char *organiser;
    int hours;
    int32_t start, end;
    char certificate[32];      /* registration number of leadership courses */
    int place, class_size;     /* 0 = not ranked */
    const char *qualification; /* "Memuaskan" .. or "" */
} sim_training;

typedef struct sim_appraisal {
    int year;
    int result; /* 1 above, 2 as, 3 below expectation (SIASN direction); 0 = none */
    int behaviour;
    int quadrant;       /* 1 best .. 5 worst (SIASN direction); 0 for the old scheme */
    int skp_hundredths; /* years up to 2021: 0..10000; else 0 */
} sim_appraisal;

typedef struct sim_assessment {
    char id[24];
    int32_t day, expires;
    sim_tier target;
    const char *body;
    const char *accreditation; /* "A" "B" "" */
    const char *event_id;
    char event[96];
    int half[SIM_ASPECTS];         /* half levels 0..10 */
    int potential[SIM_POTENTIALS]; /* half levels 0..10 */
    int standard;                  /* level asked of each aspect */
    int jpm_hundredths;
    const char *recommendation; /* "MS" "MMS" "KMS" */
    int n_tech;
    sim_level tech[SIM_MAX_TECH];
} sim_assessment;

typedef struct sim_team {
    int year;
    bool chair;
    const char *scope; /* "lintas_instansi" "instansi" */
} sim_team;

typedef struct sim_award {
    int type; /* SIASN award code; 0 for prizes without one */
    const char *name;
    int year;
    const char *scope; /* "internasional" "nasional" "lintas_instansi" "instansi" */
    char decree[32];
    int32_t decree_day;
} sim_award;

typedef struct sim_discipline {
    int type;           /* discipline_type code */
    char level;         /* 'R' 'S' 'B' */
    int32_t start, end; /* end SIM_NO_DAY: to be derived from months */
    int months;         /* 0 for light ones */
    char decree[32];
    int32_t decree_day;
    char annul[32]; /* "" unless annulled */
    int32_t annul_day;
    const char *regulation; /* "53" "94" */
    const char *ground;
    bool appeal;
} sim_discipline;

typedef struct sim_integrity {
    int year;
    bool obliged;
    const char *status; /* "LENGKAP" "BELUM LENGKAP" "BELUM LAPOR" */
    int32_t submitted, verified;
    const char *type; /* "LHKPN" "LHKASN" */
} sim_integrity;

typedef struct sim_document {
    const char
        *kind; /* health drug_free clean_statement tax party_statement audit case_statement */
    int32_t day;
    const char *result; /* "ya" "tidak" */
} sim_document;

typedef struct sim_expertise {
    const char *field; /* code */
    const char *name;
    int level; /* 1..5 */
    int years;
} sim_expertise;

typedef struct sim_person {
    uint32_t index;
    sim_kind kind;
    uint32_t traps; /* SIM_TRAP_* */
    bool candidate; /* full histories */

    /* identity, true */
    char nip[20];         /* 18 digits; "" for strangers */
    char former_nip[20];  /* "" unless the person had another one */
    char old_nip[12];     /* 9 digits, appointed before 2009; else "" */
    char nik[20];         /* 16 digits */
    char siasn_id[34];    /* 32 lower hex */
    char name[SIM_NAME];  /* legal name, title case, no titles */
    const char *token[6]; /* its parts as names are made of; borrowed */
    int n_tokens;
    char front[SIM_TITLES]; /* "Dr. H." */
    char back[SIM_TITLES];  /* "S.H., M.Si." */
    const char *ethnic;     /* group of name_patterns.csv */
    bool female;
    int32_t born;
    int32_t former_born; /* the wrong date of SIM_TRAP_BIRTH_FIXED, else SIM_NO_DAY */
    const char *birthplace;
    const char *region; /* kabupaten code of the NIK, "11.03" */

    /* employment */
    uint32_t agency;        /* home; SIM_NONE for strangers */
    uint32_t former_agency; /* SIM_NONE unless SIM_TRAP_TRANSFER */
    int32_t transferred;
    uint32_t unit;
    sim_status status;
    const char *legal_status; /* "01" */
    int32_t cpns, pns;        /* PPPK: cpns = contract start, pns = SIM_NO_DAY */
    int retire_age;
    int32_t retire; /* first of the month after the birthday */
    int32_t died;   /* SIM_NO_DAY = alive */
    bool retired;   /* retire <= as_of */
    bool nik_verified;
    int rank_id; /* as sim_rank */
    int32_t rank_since;
    int first_rank_id;
    sim_tier tier;
    uint32_t post;         /* JPT post held, or SIM_NONE */
    sim_position position; /* present position */
    int n_education;       /* oldest first; at least 1 for civil servants */
    sim_education education[SIM_MAX_EDU];
    int n_appraisal; /* newest first; two for everyone, more for candidates */
    sim_appraisal appraisal[SIM_MAX_APPRAISAL];

    /* full histories: counts are 0 for people who are not candidates (n_rank = n_position = 1) */
    int n_position; /* oldest first, acting rows among them; the present one is also above */
    sim_position positions[SIM_MAX_POSITION];
    int n_rank; /* oldest first */
    sim_rank ranks[SIM_MAX_RANK];
    int n_training;
    sim_training training[SIM_MAX_TRAINING];
    int n_team;
    sim_team team[SIM_MAX_TEAM];
    int feedback; /* 360 predicate 1 best .. 5; 0 = none */
    int n_award;
    sim_award award[SIM_MAX_AWARD];
    int n_discipline;
    sim_discipline discipline[SIM_MAX_DISCIPLINE];
    int n_assessment; /* oldest first */
    sim_assessment assessment[SIM_MAX_ASSESSMENT];
    int n_integrity;
    sim_integrity integrity[SIM_MAX_INTEGRITY];
    int n_dossier;
    sim_document dossier[SIM_MAX_DOSSIER];
    int n_expertise;
    sim_expertise expertise[SIM_MAX_EXPERTISE];
    bool expert_consent;
    const char *english; /* CEFR level of English, "" = none */
} sim_person;

/* One row of a feed. */
typedef struct sim_row {
    uint32_t person; /* whose it is, in truth */
    uint32_t copy;   /* 0 first appearance, 1 exact duplicate, 2 duplicate that differs, 3 stale row
                        of a former agency */
    uint32_t sub;    /* event, course, year or document of that person: see sim_feed */
    char key[40];    /* source key the feed carries; roster, siasn: SIASN id; talenta: NIP text as
                        shown; simpeg "P-000123"; alumni registration number; else a row id */
} sim_row;

typedef enum sim_date_form {
    SIM_DATE_DMY,   /* 14-01-2022, the habit of SIASN */
    SIM_DATE_ISO,   /* 2022-01-14 */
    SIM_DATE_SLASH, /* 14/01/2022, the habit of simpeg */
    SIM_DATE_SHORT, /* 14/01/22 */
    SIM_DATE_EXCEL, /* 44575 */
    SIM_DATE_LONG   /* 14 Januari 2022 */
} sim_date_form;

enum {
    SIM_DEFECT_TITLES_IN_NAME = 1u << 0,
    SIM_DEFECT_VARIANT = 1u << 1,
    SIM_DEFECT_TRUNCATED = 1u << 2,
    SIM_DEFECT_ORDER = 1u << 3,
    SIM_DEFECT_ABBREVIATED = 1u << 4,
    SIM_DEFECT_TYPO = 1u << 5,
    SIM_DEFECT_SPLIT = 1u << 6, /* token split or glued, or a single name doubled */
    SIM_DEFECT_BIRTH = 1u << 7, /* shown birth date is not the true one */
    SIM_DEFECT_NIK_MISSING = 1u << 8,
    SIM_DEFECT_NIK_WRONG = 1u << 9,
    SIM_DEFECT_NIP_MISSING = 1u << 10,
    SIM_DEFECT_NIP_WRONG = 1u << 11, /* float-rounded, digit error, former, copied */
    SIM_DEFECT_DEGREE_MISSING = 1u << 12,
    SIM_DEFECT_STALE = 1u << 13, /* rank or position of before */
    SIM_DEFECT_NO_INAUGURATION = 1u << 14,
    SIM_DEFECT_OVERLAP = 1u << 15,
    SIM_DEFECT_ACTING_AS_DEFINITIVE = 1u << 16,
    SIM_DEFECT_OLD_UNIT = 1u << 17,
    SIM_DEFECT_ECHELON = 1u << 18,
    SIM_DEFECT_YEAR_MISSING = 1u << 19,
    SIM_DEFECT_FUTURE_DATE = 1u << 20,
    SIM_DEFECT_STATUS_STALE = 1u << 21 /* dead or retired shown as active */
};

/* How one feed writes one person. Histories as that feed knows them are left in the person. */
typedef struct sim_view {
    uint32_t defects;             /* SIM_DEFECT_* applied, for reports */
    char name[2 * SIM_NAME];      /* the name field as written, titles inside when pasted */
    char full_name[2 * SIM_NAME]; /* front titles + name + back titles, nicely written */
    char front[SIM_TITLES];       /* title fields, "" when pasted into the name or not given */
    char back[SIM_TITLES];
    char nip[32]; /* as written: digits, spaced, damaged, "1.97003E+17", "" */
    char old_nip[12];
    char nik[24];
    char sex;                /* 'M' 'F', dialects translate; '?' never */
    int32_t born;            /* the date this feed believes */
    char born_text[24];      /* in date_form */
    sim_date_form date_form; /* of every date in the record */
    const char *legal_status;
    int32_t died; /* SIM_NO_DAY when the feed does not know */
    bool nik_verified;
    uint32_t agency; /* home agency the feed believes */
} sim_view;

typedef struct sim_inauguration {
    const char *region_code; /* "11.03" */
    const char *region_name;
    const char *office; /* "gubernur" "bupati" "wali kota" */
    int election_year;
    int32_t day; /* inauguration */
    int32_t term_end;
    const char *status; /* "terpilih" "penjabat" */
    char permit[32];    /* exception permit number or "" */
} sim_inauguration;

typedef struct sim_election {
    const char *region_code;
    const char *region_name;
    int election_year;
    int32_t candidates_fixed; /* day the candidates are fixed */
    int32_t election_day;
    int32_t term_end; /* last day of the term of who holds the office when they are fixed */
} sim_election;

/* Permits and approvals (feed izin). */
typedef struct sim_permit {
    char number[32];
    const char *kind;        /* "pelantikan_kdh" "seleksi" "uji_kompetensi" "pengecualian_merit" */
    const char *region_code; /* "" for central */
    uint32_t agency;
    uint32_t post; /* SIM_NONE when for the whole agency */
    int32_t day, valid_until;
    const char *body; /* who granted it */
} sim_permit;

/* Loads the code lists and lays out agencies and posts. TP_E_CONFIG names the file or the option.
 */
tp_code sim_world_open(const sim_options *options, sim_world **out, tp_err *err) TP_MUST_CHECK;
void sim_world_close(sim_world *world);
const sim_options *sim_world_options(const sim_world *world);

/* Agencies, posts, units. Numbers run from 0; out of range is a programming error. */
uint32_t sim_agency_count(const sim_world *world);
const sim_agency_info *sim_agency(const sim_world *world, uint32_t agency);
uint32_t sim_agency_find(const sim_world *world, const char *quick_code); /* or SIM_NONE */
uint32_t sim_agency_of(const sim_world *world, uint32_t person); /* or SIM_NONE: stranger */
uint32_t sim_talenta_agency(const sim_world *world);
uint32_t sim_post_count(const sim_world *world);
void sim_post(const sim_world *world, uint32_t post, sim_post_info *out);
uint32_t sim_unit_count(const sim_world *world, uint32_t agency);
void sim_unit(const sim_world *world, uint32_t agency, uint32_t unit, sim_unit_info *out);

/* Calendars and permits. */
size_t sim_inauguration_count(const sim_world *world);
void sim_inauguration_at(const sim_world *world, size_t i, sim_inauguration *out);
size_t sim_election_count(const sim_world *world);
void sim_election_at(const sim_world *world, size_t i, sim_election *out);
size_t sim_permit_count(const sim_world *world);
void sim_permit_at(const sim_world *world, size_t i, sim_permit *out);

/* People. sim_people counts everyone, ghosts and strangers included. */
uint32_t sim_people(const sim_world *world);
uint32_t sim_candidate_count(const sim_world *world);
uint32_t sim_candidate(const sim_world *world, uint32_t c); /* person index of candidate c */
bool sim_is_candidate(const sim_world *world, uint32_t person);
void sim_person_make(const sim_world *world, uint32_t person, sim_person *out);

/* A candidate by true or former NIP (18 digits), or SIM_NONE. */
uint32_t sim_find_nip(const sim_world *world, const char *nip);

/*
 * Rows of a feed. The row space has holes: sim_feed_at returns false for a row number that the feed
 * does not hold, and sim_feed_count says how many it really holds (one cheap pass). Row numbers and
 * keys are stable for the same options. `agency` matters to simpeg only.
 */
uint64_t sim_feed_space(const sim_world *world, sim_feed feed, uint32_t agency);
bool sim_feed_at(const sim_world *world, sim_feed feed, uint32_t agency, uint64_t row,
                 sim_row *out);
uint64_t sim_feed_count(const sim_world *world, sim_feed feed, uint32_t agency);

/* Keys an agency's export names as removed (<hapus id="..."/>): i = 0, 1, .. until false. */
bool sim_removed_at(const sim_world *world, uint32_t agency, uint32_t i, char out_key[40]);

/*
 * What the feed shows of the person. `row` is what sim_feed_at gave (or a row made by hand with
 * person, copy and sub). Changes p: histories, rank, position, education become what the feed
 * knows; make the person again before another feed. `agency` = the exporting agency for simpeg.
 */
void sim_view_make(const sim_world *world, sim_feed feed, uint32_t agency, const sim_row *row,
                   sim_person *p, sim_view *out);

/* The row a feed holds for a person asked for by number (siasn, talenta); false: none. */
bool sim_feed_row_of(const sim_world *world, sim_feed feed, uint32_t person, sim_row *out);

/* A day as text; "" for SIM_NO_DAY. Returns out. */
const char *sim_day_text(int32_t day, sim_date_form form, char out[24]);

/* Names of codes; never NULL ("" when unknown). */
const char *sim_rank_name(int rank_id);               /* "IV/c"; PPPK "IX" */
const char *sim_rank_title(int rank_id);              /* "Pembina Utama Muda"; PPPK "" */
const char *sim_echelon_name(const char *echelon_id); /* "II.b" or "" */
const char *sim_tier_name(sim_tier tier);             /* "JPT PRATAMA" .. "" */
const char *sim_status_name(sim_status status);       /* "PNS" "CPNS" "PPPK" "" */
const char *sim_legal_status_name(const sim_world *world, const char *code);
const char *sim_discipline_name(const sim_world *world, int type);
const char *sim_aspect_code(size_t aspect);        /* "integritas" */
const char *sim_aspect_field(size_t aspect);       /* SIASN spelling "orientasiPadaHasil" */
const char *sim_potential_code(size_t potential);  /* "intelektual" */
const char *sim_potential_field(size_t potential); /* "berfikirKritis" */
const char *sim_merit_code(size_t aspect);         /* "perencanaan_kebutuhan" */
int sim_merit_max(size_t aspect);                  /* 40 */
const char *sim_source_id(const sim_world *world, sim_feed feed, uint32_t agency, char out[24]);

/* "source,source_key,person" with a head line: one line for every row of every feed. */
tp_code sim_truth_write(const sim_world *world, FILE *out, tp_err *err) TP_MUST_CHECK;

#endif
