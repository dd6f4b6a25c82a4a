/* The compiled rules of one source: made by etl/source from a description, read by core/normalise.
 */
#ifndef TALENT_CORE_EMIT_H
#define TALENT_CORE_EMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talent/base/arena.h"
#include "talent/base/err.h"
#include "talent/base/str.h"
#include "talent/core/normalise.h"
#include "talent/core/profile.h"
#include "talent/core/record.h"

/* One word of the step language each (feeds.md 3.2). */
typedef enum tp_op {
    TP_OP_TRIM,
    TP_OP_SQUASH,
    TP_OP_UPPER,
    TP_OP_LOWER,
    TP_OP_TITLE,
    TP_OP_NULL_IF, /* list */
    TP_OP_STRIP,   /* text: leading characters */
    TP_OP_DIGITS,
    TP_OP_INT,      /* a: thousands separator, 0 = none */
    TP_OP_DECIMAL,  /* text: separator; a: thousands separator, 0 = none */
    TP_OP_BOOL,     /* list: words for true, then words for false; a = number of true words */
    TP_OP_DATE,     /* list: formats; a = pivot of two-digit years, -1 = refused */
    TP_OP_DATETIME, /* list: formats; a = zone in minutes east for texts without one */
    TP_OP_YEAR,
    TP_OP_MAP,     /* codes; text = else; flag = else declared */
    TP_OP_CODE,    /* codes; text = else; flag = else declared */
    TP_OP_PHRASE,  /* codes; text = else; flag = else declared; a = 1: only at the start */
    TP_OP_SUCCEED, /* successions; ref = field with the date, -1 = whatever the date */
    TP_OP_NIP,
    TP_OP_NIK,
    TP_OP_SIASN_ID,
    TP_OP_HASH_ID, /* keyed hash of the digits of an old or service number */
    TP_OP_NAME,    /* a = tp_name_part */
    TP_OP_SCALE,   /* a, b -> c, d, each in TP_NUMBER_UNIT */
    TP_OP_SPLIT,   /* text: separator that becomes the list's bar */
    TP_OP_JOIN,    /* text: separator the bar becomes */
    TP_OP_FIRST,
    TP_OP_LAST,
    TP_OP_NTH,        /* a, from 0 */
    TP_OP_PICK,       /* slot: list beside this one; text: value that chooses the element */
    TP_OP_CONCAT,     /* part; text: what stands between them */
    TP_OP_COALESCE,   /* part: used while the value is missing */
    TP_OP_CONST,      /* text */
    TP_OP_ADD_PERIOD, /* slot: years, slot2: months; TP_NO_SLOT = none */
    TP_OP_ADD_DAYS,   /* a */
    TP_OP_PAD,        /* text: form whose fraction is filled with zeros on the right */
    TP_OP_LEFT,       /* a */
    TP_OP_RIGHT,      /* a */
    TP_OP_MID,        /* a = from, b = number of characters */
    TP_OP_STRIP_END,  /* text: closing characters */
    TP_OP_REPLACE,    /* list: a part of the text, and what stands in for it */
    TP_OP_NIP_PART,   /* a = tp_nip_part */
    TP_OP_COUNT
} tp_op;

typedef enum tp_name_part { TP_NAME_CLEAN, TP_NAME_FRONT, TP_NAME_BACK } tp_name_part;

/* What a good civil-service number says of its holder. */
typedef enum tp_nip_part {
    TP_NIP_PART_BIRTH_DATE,
    TP_NIP_PART_CPNS_MONTH, /* first day of the month of appointment */
    TP_NIP_PART_SEX,
    TP_NIP_PART_PPPK
} tp_nip_part;

enum { TP_NUMBER_UNIT = 10000 }; /* numbers inside the pipeline are ten-thousandths */
enum { TP_NO_SLOT = UINT16_MAX, TP_LOCALS_MAX = 16, TP_VALUES_MAX = TP_FIELDS_MAX + TP_LOCALS_MAX };

/* Text -> text, ascending by folded key (letters and digits only, lower case); values may be
 * absent. */
typedef struct tp_codes {
    size_t n;
    const tp_str *key;
    const tp_str *value;
} tp_codes;

/* Old agency code -> the one that followed it, from a day on; ascending by old code. */
typedef struct tp_successions {
    size_t n;
    const tp_str *old_code;
    const tp_str *new_code;
    const int32_t *from_day; /* TP_DAY_ALWAYS when the list states no date */
} tp_successions;

enum { TP_DAY_ALWAYS = INT32_MIN };

/* Academic, religious and professional titles; made by tp_titles_make. */
typedef struct tp_titles tp_titles;

/* A compiled pattern; made by tp_pattern_make. */
typedef struct tp_pattern tp_pattern;

struct tp_field_rule;

typedef struct tp_op_step {
    tp_op op;
    bool flag;
    uint16_t slot;
    uint16_t slot2;
    int16_t ref; /* index of another field rule of the emit; -1 = none */
    tp_str text;
    int64_t a, b, c, d;
    size_t n;
    const tp_str *list;
    const tp_codes *codes;
    const tp_successions *successions;
    const struct tp_field_rule *part; /* [n] for CONCAT and COALESCE */
} tp_op_step;

typedef enum tp_check_op {
    TP_CHECK_IN,     /* list */
    TP_CHECK_RANGE,  /* low <= value <= high, numbers in TP_NUMBER_UNIT or days */
    TP_CHECK_LENGTH, /* characters */
    TP_CHECK_FORM,   /* text: 9 = digit, A = letter, * = anything, others themselves */
    TP_CHECK_SAME_AS_KEY,
    TP_CHECK_SAME_AS_FIELD, /* ref */
    TP_CHECK_REF,           /* codes */
    TP_CHECK_PATTERN,       /* pattern: the whole text */
    TP_CHECK_BEFORE,        /* value < limit */
    TP_CHECK_AFTER,         /* value > limit */
    TP_CHECK_NOT_BEFORE,    /* value >= limit */
    TP_CHECK_NOT_AFTER      /* value <= limit */
} tp_check_op;

/* Operand of a comparison. */
typedef enum tp_operand_kind {
    TP_OPERAND_FIELD,
    TP_OPERAND_NIP_BIRTH,
    TP_OPERAND_NIP_SEX,
    TP_OPERAND_NIP_MONTH, /* first day of the appointment month */
    TP_OPERAND_NIP_PPPK,
    TP_OPERAND_NUMBER,
    TP_OPERAND_DAY,
    TP_OPERAND_TEXT,
    TP_OPERAND_NIGHT /* the night's date */
} tp_operand_kind;

typedef struct tp_operand {
    tp_operand_kind kind;
    int16_t field; /* index of the field rule */
    int64_t number;
    tp_str text;
} tp_operand;

typedef struct tp_field_check {
    tp_check_op op;
    uint8_t severity; /* 0 = as the field says, else 1 + tp_on_error */
    int16_t ref;
    int64_t low;
    int64_t high;
    tp_str text;
    size_t n;
    const tp_str *list;
    const tp_codes *codes;
    const tp_pattern *pattern;
    tp_operand limit;
} tp_field_check;

typedef struct tp_field_rule {
    tp_str name;
    int16_t field; /* number in the record kind; -1 = local to the emit */
    int16_t from;  /* starts from this field rule's value instead of slots; -1 = slots */
    bool required;
    bool each; /* steps work on every element of a list */
    tp_on_error on_error;
    tp_str constant; /* used when p != NULL and there are no slots */
    tp_str fallback; /* "default": stands for a missing value; p == NULL = none */
    size_t n_slots;  /* first slot that is present and not blank wins */
    const uint16_t *slot;
    size_t n_steps;
    const tp_op_step *step;
    size_t n_checks;
    const tp_field_check *check;
} tp_field_rule;

/* Record rules in postfix order. Comparisons with an unknown side are unknown; only false fails. */
typedef enum tp_rule_op {
    TP_RULE_EQ,
    TP_RULE_NE,
    TP_RULE_LT,
    TP_RULE_LE,
    TP_RULE_GT,
    TP_RULE_GE,
    TP_RULE_PRESENT,
    TP_RULE_NOT,
    TP_RULE_AND,
    TP_RULE_OR
} tp_rule_op;

typedef struct tp_rule_item {
    tp_rule_op op;
    tp_operand left;
    tp_operand right;
} tp_rule_item;

enum { TP_RULE_ITEMS = 16 };

typedef struct tp_record_rule {
    tp_str text;          /* as written */
    tp_on_error on_error; /* NULL blanks the fields of `blank` */
    size_t n_blank;
    const int16_t *blank; /* [n_blank] indexes of field rules */
    size_t n;
    tp_rule_item item[TP_RULE_ITEMS];
} tp_record_rule;

/* Which rows of the select are records of this emit; others are passed over, not counted. */
typedef enum tp_filter_op {
    TP_FILTER_NONE,
    TP_FILTER_PRESENT,
    TP_FILTER_IN,
    TP_FILTER_NOT_IN
} tp_filter_op;

typedef struct tp_filter {
    tp_filter_op op;
    uint16_t slot;
    size_t n;
    const tp_str *list;
} tp_filter;

typedef struct tp_emit_rule {
    tp_kind kind;
    uint32_t fetch; /* number of the fetch its rows come from */
    int select;     /* number of the select in that fetch's shape */
    int parent;     /* number of the enclosing emit; -1 = none */
    bool same_row;  /* reads the same rows as its parent */
    tp_filter filter;
    size_t n_fields; /* in the order of computation; locals have field == -1 */
    const tp_field_rule *field;
    size_t n_keys;
    const int16_t *key; /* indexes into field */
    int16_t stamp;      /* field rule with the time of change; -1 = none */
    bool removes;       /* its rows remove the person of their key */
    size_t n_rules;
    const tp_record_rule *rule;
    const struct tp_emit_rule
        *subject; /* facts without a parent: how the person is named; else NULL */
} tp_emit_rule;

/* What a body says of itself, checked when its document row arrives. */
typedef struct tp_document_rule {
    uint32_t fetch;
    int select; /* the document select */
    size_t n_equal;
    const uint16_t *equal_slot;
    const tp_str *equal_value;
    const tp_str *equal_path; /* for messages */
    uint16_t count_slot;      /* TP_NO_SLOT = no count announced */
    int count_select;         /* select whose rows are counted */
} tp_document_rule;

struct tp_emit_rules {
    tp_str source;
    size_t n_emits; /* parents before children */
    const tp_emit_rule *emit;
    size_t n_documents;
    const tp_document_rule *document;
    const tp_titles *titles;
    bool needs_night; /* a check compares with the night's date */
    size_t n_watches;
    const tp_watch *watch; /* places whose values are profiled */
};

/* Compiled title list. front[i] says whether text[i] stands before the name; canonical[i] is how it
 * is written out. All borrowed. NULL when the arena is full. */
tp_titles *tp_titles_make(size_t n, const tp_str *text, const bool *front, const tp_str *canonical,
                          tp_arena *arena) TP_MUST_CHECK;

enum { TP_PATTERN_TEXT = 256, TP_PATTERN_STEPS = 20000, TP_PATTERN_DEPTH = 250 };

/*
 * Compiles a pattern (PCRE2 syntax, UTF-8) that must match a whole value. Matching is bounded: at
 * most TP_PATTERN_STEPS steps, nested at most TP_PATTERN_DEPTH deep; a text that needs more does
 * not match. NULL on failure: why[] then says what is wrong, and at which character from 1.
 * Threads  one pattern serves any number of threads
 */
tp_pattern *tp_pattern_make(tp_str text, char why[160]) TP_MUST_CHECK;

/* Gives a pattern back; accepts NULL. */
void tp_pattern_free(tp_pattern *pattern);

/* Does the whole text match? */
bool tp_pattern_match(const tp_pattern *pattern, tp_str text);

/* Can a text stand as it is in field number `field` of a kind? *out_fault tells why not. */
bool tp_text_fits(tp_str text, tp_kind kind, int field, tp_reject_code *out_fault);

/* The word of a step in descriptions: "trim", "null_if", ...; static storage. */
const char *tp_op_name(tp_op op);

/* Is this a date format of the language? *out_two_digit tells that it reads two-digit years. */
bool tp_date_format_known(tp_str format, bool *out_two_digit);

/* Folds a code for look-up: letters and digits only, ASCII lower case. out has room for text.n. */
size_t tp_code_fold(tp_str text, char *out);

/* Value of a key already folded; false if it is not in the list. */
bool tp_codes_find(const tp_codes *codes, tp_str folded, tp_str *out);

#endif
