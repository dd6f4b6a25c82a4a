/* What the files of the link stage share: records as columns, names, groups, edges. */
#ifndef TALENT_CORE_LINK_PARTS_H
#define TALENT_CORE_LINK_PARTS_H

#include "talent/base/buf.h"
#include "talent/base/intern.h"
#include "talent/base/sort.h"
#include "talent/core/link.h"

enum { TP_NAME_TOKENS = 8, TP_TOKEN_MAX = 40, TP_NO_DAY = INT32_MIN, TP_NO_SEX = 2 };

/* What a token is good for. */
enum { TP_TOKEN_PARTICLE = 1, TP_TOKEN_INITIAL = 2, TP_TOKEN_ORDER = 4 };

/* Comparison form of one distinct name. */
typedef struct tp_name_form {
    uint64_t folded; /* hash of the folded tokens in order, particles left out */
    uint64_t sorted; /* the same in any order */
    uint64_t joined; /* hash of the fold of all letters in one */
    uint32_t group;  /* dense number of `sorted` */
    uint32_t rarest; /* token of the fewest units; TP_NONE if there are only particles */
    uint8_t n;       /* tokens */
    uint32_t token[TP_NAME_TOKENS];
} tp_name_form;

/* Distinct names and their distinct folded tokens. */
typedef struct tp_names {
    tp_intern text;        /* cleaned names */
    tp_intern token;       /* folded tokens */
    tp_name_form *form;    /* [text.n] */
    uint8_t *token_flags;  /* [token.n] */
    uint32_t *token_count; /* [token.n] units that bear it */
    size_t n_groups;
    uint32_t *group_count; /* [n_groups] units that bear the name */
} tp_names;

/* Records in ascending order of record key. 0 = no number, TP_NONE = no index. */
typedef struct tp_records {
    size_t n;
    uint64_t *key;
    uint32_t *xrow; /* row in the crosswalk */
    uint32_t *source;
    uint64_t *nip;
    uint64_t *number[4]; /* SIASN id, NIK, old NIP, service number */
    uint64_t *nik_parts;
    int32_t *born;
    int32_t *dead;
    int32_t *appointed;
    uint32_t *name;
    uint32_t *agency; /* of the person row, else home agency */
    uint32_t *office; /* working agency, if it differs */
    uint8_t *sex;
    uint8_t *nip_class;
    uint8_t *flags; /* TP_REC_* */
} tp_records;

enum { TP_NUM_SIASN, TP_NUM_NIK, TP_NUM_OLD, TP_NUM_SERVICE };
enum { TP_REC_NIK_VALID = 1, TP_REC_DECIDED = 2, TP_REC_JUNK_NIP = 4 };

/* A decision in force tonight: record numbers, a < b. Ascending by (a, b), each pair once. */
typedef struct tp_ruling {
    uint32_t a;
    uint32_t b;
    bool same;
} tp_ruling;

/* A scored pair of units (root records, a < b). */
typedef struct tp_edge {
    uint32_t a;
    uint32_t b;
    int32_t weight;
    uint32_t pass;
    uint64_t pattern;
} tp_edge;

/* Everything one run works on. Sets of records are rings: root[r] is the smallest member. */
typedef struct tp_linker {
    const tp_link_input *in;
    const tp_link_params *par;
    const tp_ctx *ctx;
    tp_arena *scratch;
    tp_records rec;
    tp_names names;
    tp_intern agencies;
    uint32_t *agency_count; /* [agencies.n] units */
    uint32_t *day_count;    /* [day_n] units born on day_first + i */
    int32_t day_first;
    size_t day_n;
    uint32_t *parent; /* union-find; the root is the smallest record */
    uint32_t *next;   /* ring of the set */
    uint32_t *via;    /* record it was joined to; itself for the starter of its set */
    uint8_t *pass;
    int32_t *weight;
    size_t n_rulings;
    tp_ruling *ruling;
    size_t n_units;
    tp_buf edges;  /* tp_edge */
    tp_buf review; /* tp_question */
    tp_link_report report;
} tp_linker;

typedef struct tp_question {
    uint32_t a; /* records, a < b */
    uint32_t b;
    int32_t weight;
    uint32_t reason;
} tp_question;

/* names: name_key.c, name_cmp.c */
typedef struct tp_name_match {
    tp_level_name level;
    int32_t bits; /* worth of the matched tokens by frequency, 1/1024 bit */
    bool similar; /* does not contradict, although a token is damaged beyond one error */
    bool whole;   /* neither side has a token without a partner */
} tp_name_match;
bool tp_name_clean(tp_str text, tp_buf *out);
bool tp_token_fold(tp_str token, tp_buf *out);
bool tp_name_canon(const tp_link_params *par, const tp_intern *variants, tp_str token, tp_buf *out);
tp_code tp_names_make(tp_linker *lk, tp_err *err) TP_MUST_CHECK;
void tp_names_clear(tp_names *names);
tp_name_match tp_name_compare(const tp_linker *lk, uint32_t a, uint32_t b);
int32_t tp_jaro_bp(tp_str a, tp_str b);
bool tp_one_edit(tp_str a, tp_str b);

/* input.c */
tp_code tp_linker_load(tp_linker *lk, tp_err *err) TP_MUST_CHECK;
bool tp_rec_nik_valid(const tp_records *rec, uint32_t r);

/* ruling.c: decisions of reviewers */
tp_code tp_rulings_load(tp_linker *lk, tp_err *err) TP_MUST_CHECK;
bool tp_ruling_forbids(const tp_linker *lk, uint32_t root_a, uint32_t root_b);
uint32_t tp_group_root_of(const tp_linker *lk, uint32_t r); /* changes nothing */
/* What a record says of its person, as a keyed hash; never 0. */
uint64_t tp_rec_evidence(const tp_linker *lk, uint32_t r);

/* group.c: sets of records, questions */
uint32_t tp_group_root(tp_linker *lk, uint32_t r);
void tp_group_join(tp_linker *lk, uint32_t r, uint32_t to, tp_link_pass pass, int32_t weight);
void tp_ask(tp_linker *lk, uint32_t a, uint32_t b, tp_review_reason reason, int32_t weight);
void tp_count_veto(tp_linker *lk, tp_veto veto); /* TP_VETO_NONE counts nothing */

/* veto.c: may these two sets of records be one person? */
tp_veto tp_group_veto(const tp_linker *lk, uint32_t a, uint32_t b);

/* corroborate.c: does b bear out that it is the person of a? */
typedef enum tp_accord { TP_ACCORD_NONE, TP_ACCORD_AGREES, TP_ACCORD_CONTRADICTS } tp_accord;
tp_accord tp_corroborate(const tp_linker *lk, uint32_t a, uint32_t b, int but_number);

tp_code tp_anchor(tp_linker *lk, tp_err *err) TP_MUST_CHECK;      /* anchor.c */
tp_code tp_frequencies(tp_linker *lk, tp_err *err) TP_MUST_CHECK; /* weigh.c */
int32_t tp_log2_ratio(uint64_t num, uint64_t den);                /* weigh.c: 1/1024 bit */

/* block.c, pass_key.c */
enum { TP_KEYS_MAX = TP_NAME_TOKENS };
int tp_pass_keys(const tp_linker *lk, tp_candidate_pass pass, uint32_t r,
                 uint64_t key[TP_KEYS_MAX]);
uint64_t tp_refine_key(const tp_linker *lk, uint32_t unit, int step);
tp_code tp_candidates(tp_linker *lk, tp_err *err) TP_MUST_CHECK;

/* compare.c, weigh.c */
typedef struct tp_levels {
    uint8_t level[TP_LINK_FIELDS];
    int32_t name_bits;
    int32_t date_bits;
    int32_t agency_bits;
} tp_levels;
tp_levels tp_compare_units(const tp_linker *lk, uint32_t a, uint32_t b);
uint64_t tp_pattern(const tp_levels *levels);
int32_t tp_weigh(const tp_linker *lk, const tp_levels *levels);
tp_weight_parts tp_weigh_parts(const tp_linker *lk, const tp_levels *levels);
int32_t tp_date_bits(const tp_linker *lk, int32_t day);
int32_t tp_agency_bits(const tp_linker *lk, uint32_t agency);

tp_code tp_cluster(tp_linker *lk, tp_err *err) TP_MUST_CHECK; /* cluster.c */
tp_code tp_adopt(tp_linker *lk, tp_err *err) TP_MUST_CHECK;   /* adopt.c */
tp_code tp_ident(tp_linker *lk, tp_arena *arena, tp_crosswalk *out,
                 tp_err *err) TP_MUST_CHECK; /* ident.c */

/* Is r a row with a name and an office only? */
bool tp_adoptable(const tp_linker *lk, uint32_t r);

#endif
