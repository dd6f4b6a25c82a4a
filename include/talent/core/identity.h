/* How did records come to a person, and who else was near? Computed again from what a link took, by
 * the functions that linked. */
#ifndef TALENT_CORE_IDENTITY_H
#define TALENT_CORE_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talent/base/arena.h"
#include "talent/base/ctx.h"
#include "talent/base/err.h"
#include "talent/core/crosswalk.h"
#include "talent/core/link.h"

enum {
    TP_QUESTION_TEXT = 18, /* "q", 16 hexadecimal digits, a zero byte */
    TP_RECORD_TEXT = 18,   /* "r", the same */
    TP_TAG_TEXT = 7        /* "#", five hexadecimal digits, a zero byte */
};

/* Key of the question whether two records are one person: the same for either order and every
 * night, made from the smallest record keys of both sides. Never 0. */
uint64_t tp_question_key(uint64_t record_a, uint64_t record_b);

/* Keys as people and files write them: letters keep spreadsheets from taking them for numbers. */
void tp_question_format(uint64_t key, char out[TP_QUESTION_TEXT]);

/* The same for the key of a record. */
void tp_record_format(uint64_t key, char out[TP_RECORD_TEXT]);

/* Reads them; false on anything else, white space around them aside. */
bool tp_question_parse(tp_str text, uint64_t *out);

/* Reads the key of a record; false on anything else. */
bool tp_record_parse(tp_str text, uint64_t *out);

/* A link done again up to the point where pairs are weighed. Not for threads at once. */
typedef struct tp_identity tp_identity;

/*
 * Takes what tp_link took (previous_* and report are not looked at) and what it gave; all of it
 * must outlive *out. Errors   TP_E_NOMEM, TP_E_CANCELLED TP_E_RANGE  the crosswalk is of other
 * records Memory   about 200 bytes a record until tp_identity_close
 */
tp_code tp_identity_open(const tp_link_input *in, const tp_link_params *params,
                         const tp_crosswalk *crosswalk, const tp_ctx *ctx, tp_identity **out,
                         tp_err *err) TP_MUST_CHECK;

/* Gives it back; accepts NULL. */
void tp_identity_close(tp_identity *id);

/* What the record of a crosswalk row says of its person (numbers, name, birth and death, sex; of a
 * row with a name and an office only also the agency) as a keyed hash: decisions hold until it
 * changes. Never 0. */
uint64_t tp_identity_evidence(const tp_identity *id, uint32_t row);

/* Crosswalk row of a record key; TP_NONE if there is none. */
uint32_t tp_identity_row(const tp_identity *id, uint64_t record_key);

/* What stands for a value that must not be shown: equal for equal values, of no use without the
 * secret; "-" = unknown. Fields NIP to DATE. */
void tp_identity_tag(const tp_identity *id, uint32_t row, tp_link_field field,
                     char out[TP_TAG_TEXT]);

/* Sex and agency of a record; TP_STR_NONE = unknown. */
tp_str tp_identity_sex(const tp_identity *id, uint32_t row);

/* Agency of a record; TP_STR_NONE = unknown. */
tp_str tp_identity_agency(const tp_identity *id, uint32_t row);

/* Two units and what weighed for and against them. A unit is what equal, corroborated numbers hold
 * together; its row is that of its smallest record. */
typedef struct tp_unit_pair {
    uint32_t row_a;
    uint32_t row_b;
    tp_weight_parts parts;
} tp_unit_pair;

/* The units of two people that agree best; ties: smaller rows. */
tp_unit_pair tp_identity_best(const tp_identity *id, uint32_t person_a, uint32_t person_b);

/* What would forbid that two people are one. */
tp_veto tp_identity_veto(const tp_identity *id, uint32_t person_a, uint32_t person_b);

/* How one record came to its person. */
typedef struct tp_identity_join {
    uint32_t row;
    uint32_t via;
    tp_link_pass pass;
    int32_t weight; /* as stored */
    bool weighed;   /* pair holds the units that were weighed; else the two records by themselves */
    bool adds_up;   /* the parts sum to the stored weight; true where nothing was weighed */
    tp_unit_pair pair;
    uint32_t witness; /* a record of the person with the same number that bears it out; TP_NONE */
} tp_identity_join;

/* Why somebody near is somebody else. */
typedef enum tp_apart {
    TP_APART_QUESTION, /* asked: reason says why */
    TP_APART_VETO,     /* veto forbids it */
    TP_APART_BETWEEN,  /* between the thresholds, beyond the limit of questions or answered */
    TP_APART_BELOW,    /* not even worth a question */
    TP_APART_MEAN      /* this pair is enough, the records around it are not */
} tp_apart;

typedef struct tp_identity_near {
    uint32_t person; /* in the crosswalk */
    tp_unit_pair pair;
    tp_veto veto; /* of the two people as they are now */
    tp_apart why;
    tp_review_reason reason; /* with TP_APART_QUESTION */
    uint64_t question;       /* its key; 0 = not asked */
} tp_identity_near;

typedef struct tp_identity_person {
    size_t n; /* records, ascending by crosswalk row */
    tp_identity_join *join;
    size_t n_near; /* at most TP_IDENTITY_NEAR, asked ones first, then the heaviest */
    tp_identity_near *near;
    size_t n_looked; /* people that shared a block with this one */
    bool more;       /* there were more than could be looked at */
} tp_identity_person;

enum { TP_IDENTITY_NEAR = 10, TP_IDENTITY_LOOK = 20000 };

/*
 * Everything about one person.
 * Errors   TP_E_NOMEM
 */
tp_code tp_identity_explain(const tp_identity *id, uint32_t person, tp_arena *arena,
                            tp_identity_person *out, tp_err *err) TP_MUST_CHECK;

#endif
