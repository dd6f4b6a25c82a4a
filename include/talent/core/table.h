/* Records of one kind as columns, and the texts they refer to. */
#ifndef TALENT_CORE_TABLE_H
#define TALENT_CORE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talent/base/arena.h"
#include "talent/base/bitmap.h"
#include "talent/base/err.h"
#include "talent/core/record.h"

enum { TP_NONE = UINT32_MAX }; /* "no row", in columns that hold row numbers */

/* Distinct texts, numbered. Borrowed from a builder or from a mapped artefact. */
typedef struct tp_strings {
    size_t n;
    const uint64_t *off; /* [n + 1] offsets into bytes */
    const char *bytes;
} tp_strings;

static inline tp_str
tp_strings_at(const tp_strings *strings, uint32_t i)
{
    return (tp_str){strings->bytes + strings->off[i],
                    (size_t)(strings->off[i + 1] - strings->off[i])};
}

typedef struct tp_column {
    void *data;      /* [n] of 4 or 8 bytes by the field's type; zero where unknown */
    uint64_t *valid; /* [tp_bit_words(n)]; never NULL in a table with n > 0 */
} tp_column;

/*
 * Rows of one kind. In a batch: ascending by key, keys unique. In the pool: facts ascending by
 * (subject, natural key), free records by natural key. Read-only once made.
 */
typedef struct tp_table {
    tp_kind kind;
    size_t n;
    uint64_t *key;  /* [n] hash of kind and source key: stable across nights within a source */
    uint64_t *hash; /* [n] hash of all field values: equal = unchanged */
    uint32_t *
        subject; /* [n] facts: row of the person (batch: person table; pool: pool row); else NULL */
    uint32_t *body;   /* [n] body in the source's landing the record came in */
    uint32_t *record; /* [n] ordinal of the record within its body, from 0 */
    uint32_t *source; /* [n] pool only: source ordinal of the run; NULL in batches */
    tp_column col[TP_FIELDS_MAX];
    const tp_strings *strings;
} tp_table;

static inline bool
tp_known(const tp_table *t, int field, size_t row)
{
    return tp_bit_get(t->col[field].valid, row);
}

/* Value of a 4-byte field; false and *out untouched when unknown. */
static inline bool
tp_get_i32(const tp_table *t, int field, size_t row, int32_t *out)
{
    if (!tp_known(t, field, row)) {
        return false;
    }
    *out = ((const int32_t *)t->col[field].data)[row];
    return true;
}

/* Value of an 8-byte field; false and *out untouched when unknown. */
static inline bool
tp_get_u64(const tp_table *t, int field, size_t row, uint64_t *out)
{
    if (!tp_known(t, field, row)) {
        return false;
    }
    *out = ((const uint64_t *)t->col[field].data)[row];
    return true;
}

/* Seconds of a TIME field, or `other` when unknown. Times before 1970 are negative: read no time
 * any other way. */
static inline int64_t
tp_time_or(const tp_table *t, int field, size_t row, int64_t other)
{
    return tp_known(t, field, row) ? ((const int64_t *)t->col[field].data)[row] : other;
}

/* Text of a TEXT field; TP_STR_NONE when unknown. */
static inline tp_str
tp_get_text(const tp_table *t, int field, size_t row)
{
    if (!tp_known(t, field, row)) {
        return TP_STR_NONE;
    }
    return tp_strings_at(t->strings, ((const uint32_t *)t->col[field].data)[row]);
}

/* 4-byte value or `other` when unknown. */
static inline int32_t
tp_i32_or(const tp_table *t, int field, size_t row, int32_t other)
{
    int32_t v = other;
    (void)tp_get_i32(t, field, row, &v);
    return v;
}

/* Allocates the columns of t (kind set by the caller) for n rows, all unknown, meta columns zero.
 * Optional columns: subject for facts, source when with_source. TP_E_NOMEM when the arena is full.
 */
tp_code tp_table_alloc(tp_table *t, tp_kind kind, size_t n, bool with_source, tp_arena *arena,
                       tp_err *err) TP_MUST_CHECK;

/* Sets one value as known. TEXT takes the text number, ENUM the word index, and so on. */
static inline void
tp_set_i32(tp_table *t, int field, size_t row, int32_t value)
{
    ((int32_t *)t->col[field].data)[row] = value;
    tp_bit_set(t->col[field].valid, row);
}

static inline void
tp_set_u64(tp_table *t, int field, size_t row, uint64_t value)
{
    ((uint64_t *)t->col[field].data)[row] = value;
    tp_bit_set(t->col[field].valid, row);
}

/* Hash of all field values of a row, texts by their bytes: independent of text numbering. */
uint64_t tp_row_hash(const tp_table *t, size_t row);

/* Total order of two rows of one kind by the first n_fields field values (unknown first, texts by
 * bytes); <0, 0, >0. Both tables may have their own strings. */
int tp_row_cmp(const tp_table *a, size_t row_a, const tp_table *b, size_t row_b, int n_fields);

#endif
