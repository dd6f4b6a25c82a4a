/* Which kinds of record are there, which fields has each, and what are they called? */
#include "talent/core/record.h"

#define FIELD_DEF(kind, field, text, type, words) {(text), TP_T_##type, (words)},
#define FIELD_ARRAY(kind, text, keys, role) \
    static const tp_field_def FIELDS_##kind[] = {TP_##kind##_FIELDS(FIELD_DEF)};
TP_KINDS(FIELD_ARRAY)

#define FIELD_CHECK(kind, text, keys, role)                                                  \
    _Static_assert((int)TP_##kind##_N <= (int)TP_FIELDS_MAX,                                 \
                   text ": more than TP_FIELDS_MAX fields");                                 \
    _Static_assert((keys) >= 1 && (keys) <= (int)TP_##kind##_N, text ": natural key has no " \
                                                                     "fields");
TP_KINDS(FIELD_CHECK)

#define KIND_DEF(kind, text, keys, role) \
    {(text), TP_ROLE_##role, TP_##kind##_N, (keys), FIELDS_##kind},
static const tp_kind_def KINDS[TP_KIND_COUNT] = {TP_KINDS(KIND_DEF)};

const tp_kind_def *
tp_kind_of(tp_kind kind)
{
    return &KINDS[kind];
}

bool
tp_kind_find(tp_str name, tp_kind *out)
{
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        if (tp_str_is(name, KINDS[k].name)) {
            *out = (tp_kind)k;
            return true;
        }
    }
    return false;
}

int
tp_field_find(tp_kind kind, tp_str name)
{
    const tp_kind_def *def = tp_kind_of(kind);
    for (int f = 0; f < def->n_fields; f++) {
        if (tp_str_is(name, def->field[f].name)) {
            return f;
        }
    }
    return -1;
}

int
tp_word_find(const tp_field_def *field, tp_str word)
{
    tp_str rest = tp_str_of(field->words);
    tp_str piece;
    for (int i = 0; tp_str_next(&rest, '|', &piece); i++) {
        if (tp_str_eq(piece, word)) {
            return i;
        }
    }
    return -1;
}

tp_str
tp_word_of(const tp_field_def *field, int32_t index)
{
    tp_str rest = tp_str_of(field->words);
    tp_str piece;
    for (int32_t i = 0; tp_str_next(&rest, '|', &piece); i++) {
        if (i == index) {
            return piece;
        }
    }
    return (tp_str){"", 0};
}

size_t
tp_type_width(tp_type type)
{
    return type == TP_T_ID || type == TP_T_TIME ? 8 : 4;
}
