/* Values on their way from text to a typed field, and the parts that know one family each. */
#ifndef TALENT_CORE_NORMALISE_PIPE_H
#define TALENT_CORE_NORMALISE_PIPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talent/base/arena.h"
#include "talent/core/emit.h"
#include "talent/core/nip.h"

typedef enum tp_value_kind {
    TP_V_NONE, /* missing */
    TP_V_TEXT,
    TP_V_NUMBER, /* num, in TP_NUMBER_UNIT */
    TP_V_BOOL,   /* num: 0 or 1 */
    TP_V_DAY,    /* num */
    TP_V_TIME,   /* num */
    TP_V_ID,     /* num as uint64 */
    TP_V_NIP,    /* num: the number; nip: its parts; text: its digits */
    TP_V_NIK     /* num: whole; parts, facts */
} tp_value_kind;

typedef struct tp_value {
    tp_value_kind kind;
    tp_reject_code fault; /* TP_REJ_COUNT = none; with a value present: kept but doubtful */
    uint8_t severity;     /* of the fault: 0 = as the field says, else 1 + tp_on_error */
    tp_str text;
    uint32_t
        *code; /* where the code of a text that is kept stands, 0 = none yet; NULL = not kept */
    int64_t num;
    uint64_t parts;
    int32_t facts;
    tp_nip nip;
} tp_value;

/* What a name text holds. */
typedef struct tp_name {
    tp_str clean;
    tp_str front;
    tp_str back;
} tp_name;

/* The name split last in this record: its parts are asked for one after the other. */
typedef struct tp_last_name {
    tp_str text; /* p == NULL = none yet */
    tp_name name;
} tp_last_name;

/* What a step may look at besides the value. One per thread. */
typedef struct tp_pipe {
    const tp_emit_rules *rules;
    const uint8_t *secret; /* [32] */
    const tp_str *cell;    /* the record's cells */
    tp_str request_key;
    const tp_value *value; /* values of field rules computed so far */
    tp_arena *arena;       /* scratch of the record */
    int32_t night;         /* the night's date; TP_DAY_ALWAYS = not known */
    tp_keyed *keyed;       /* the secret taken in; NULL = it is done anew */
    tp_last_name *last;    /* of the record; NULL = nothing is kept */
} tp_pipe;

static inline tp_value
tp_value_none(tp_reject_code fault)
{
    return (tp_value){.kind = TP_V_NONE, .fault = fault};
}

static inline tp_value
tp_value_text(tp_str text)
{
    return (tp_value){.kind = TP_V_TEXT, .fault = TP_REJ_COUNT, .text = text};
}

/* Value of a field rule: slots or source, steps, then field checks. Never fails: faults are in it.
 */
tp_value tp_pipe_field(const tp_pipe *pipe, const tp_field_rule *rule);

/* The value before the first step; *out_slot is the cell that gave it, -1 if none did. */
tp_value tp_pipe_start(const tp_pipe *pipe, const tp_field_rule *rule, int *out_slot);

/* One step. */
tp_value tp_pipe_step(const tp_pipe *pipe, const tp_op_step *step, tp_value v);

/* Steps that ask a reference list: map and code, phrase, succeed. */
tp_value tp_step_look_up(const tp_pipe *pipe, const tp_op_step *step, tp_str text);
tp_value tp_step_phrase(const tp_pipe *pipe, const tp_op_step *step, tp_str text);
tp_value tp_step_succeed(const tp_pipe *pipe, const tp_op_step *step, tp_value v, tp_str text);

/* The most severe violated check of a rule, the first of equals; TP_REJ_COUNT if none. */
tp_reject_code tp_check_field(const tp_pipe *pipe, const tp_field_rule *rule, const tp_value *v,
                              uint8_t *out_severity);

/* Is the record rule false? Unknown counts as fulfilled. */
bool tp_check_record(const tp_record_rule *rule, const tp_value *values, int32_t night);

/* Number in a text; `thousands` = 0: none is read, else groups of three must be exact. */
bool tp_number_read(tp_str text, char point, char thousands, int64_t *out);

/* Steps that change a text by its signs: replace, strip and strip_end; left, right and mid. */
tp_value tp_step_replace(const tp_pipe *pipe, const tp_op_step *step, tp_str text);
tp_value tp_step_strip(const tp_op_step *step, tp_str text);
tp_value tp_step_strip_end(const tp_op_step *step, tp_str text);
tp_value tp_step_cut(const tp_op_step *step, tp_str text);

/* Part of a civil-service number; missing unless the number is good. */
tp_value tp_step_nip_part(const tp_op_step *step, const tp_value *v, tp_str text);

/* Text that stands for a value in keys and comparisons; empty when missing. */
tp_str tp_value_key(const tp_value *v, tp_arena *arena);

/* A value as the bits of a field: *out_bits holds an int32 or a 64-bit pattern. TEXT values give
 * the text through v->text. False with *out_fault when the value cannot be of that type. */
bool tp_value_store(const tp_value *v, const tp_field_def *def, uint64_t *out_bits,
                    tp_str *out_text, tp_arena *arena, tp_reject_code *out_fault);

/* Text by one format of feeds.md Q06 to a day; pivot -1 refuses two-digit years. */
bool tp_date_parse(tp_str text, tp_str format, int64_t pivot, int32_t *out_day);

/* Text with time of day to seconds since 1970 UTC; formats "iso" and "<date format> hh:mm:ss". */
bool tp_time_parse(tp_str text, tp_str format, int64_t zone_minutes, int64_t *out);

/* Longest text that the step `name` takes for a name of a person. */
enum { TP_NAME_BYTES = 256 };

/* Splits titles off a name. Parts live in the arena; absent when there are none. */
tp_name tp_name_split(const tp_titles *titles, tp_str text, tp_arena *arena);

/* The text with runs of white space as one space, none at the ends; itself when it is so already.
 */
tp_str tp_squash(tp_str text, tp_arena *arena);

#endif
