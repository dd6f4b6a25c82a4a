/* How are the columns of a table obtained, and when are two of its rows the same? */
#include "talent/core/table.h"

#include "talent/base/hash.h"

static tp_code
alloc_columns(tp_table *t, tp_arena *arena)
{
    const tp_kind_def *def = tp_kind_of(t->kind);
    for (int f = 0; f < def->n_fields; f++) {
        t->col[f].data = tp_arena_alloc(arena, t->n, tp_type_width(def->field[f].type));
        t->col[f].valid = tp_arena_alloc(arena, tp_bit_words(t->n), sizeof *t->col[f].valid);
        if (t->col[f].data == NULL || t->col[f].valid == NULL) {
            return TP_E_NOMEM;
        }
    }
    return TP_OK;
}

tp_code
tp_table_alloc(tp_table *t, tp_kind kind, size_t n, bool with_source, tp_arena *arena, tp_err *err)
{
    const tp_kind_def *def = tp_kind_of(kind);
    tp_table made = {.kind = kind, .n = n, .strings = t->strings};
    made.key = tp_arena_alloc(arena, n, sizeof *made.key);
    made.hash = tp_arena_alloc(arena, n, sizeof *made.hash);
    made.body = tp_arena_alloc(arena, n, sizeof *made.body);
    made.record = tp_arena_alloc(arena, n, sizeof *made.record);
    bool ok = made.key != NULL && made.hash != NULL && made.body != NULL && made.record != NULL;
    if (def->role == TP_ROLE_FACT) {
        made.subject = tp_arena_alloc(arena, n, sizeof *made.subject);
        ok = ok && made.subject != NULL;
    }
    if (with_source) {
        made.source = tp_arena_alloc(arena, n, sizeof *made.source);
        ok = ok && made.source != NULL;
    }
    if (!ok || alloc_columns(&made, arena) != TP_OK) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no room for %zu %s rows (%zu bytes in use, ceiling %zu)", n,
                      def->name, arena->used, arena->limit);
    }
    *t = made;
    return TP_OK;
}

uint64_t
tp_row_hash(const tp_table *t, size_t row)
{
    const tp_kind_def *def = tp_kind_of(t->kind);
    uint64_t h = tp_hash_mix((uint64_t)t->kind + 1);
    for (int f = 0; f < def->n_fields; f++) {
        /* The field's number goes in first, so that a value moved to its neighbour changes the
         * hash. */
        h = tp_hash_mix(h ^ (uint64_t)(f + 1));
        if (!tp_known(t, f, row)) {
            continue;
        }
        if (def->field[f].type == TP_T_TEXT) {
            h = tp_hash_str(h, tp_get_text(t, f, row));
        } else if (tp_type_width(def->field[f].type) == 8) {
            h = tp_hash_mix(tp_hash_mix(h) ^ ((const uint64_t *)t->col[f].data)[row]);
        } else {
            h = tp_hash_mix(tp_hash_mix(h) ^ ((const uint32_t *)t->col[f].data)[row]);
        }
    }
    return h;
}

static int
cmp_value(tp_type type, const tp_table *a, size_t row_a, const tp_table *b, size_t row_b, int f)
{
    if (type == TP_T_TEXT) {
        return tp_str_cmp(tp_get_text(a, f, row_a), tp_get_text(b, f, row_b));
    }
    if (type == TP_T_ID) {
        const uint64_t x = ((const uint64_t *)a->col[f].data)[row_a];
        const uint64_t y = ((const uint64_t *)b->col[f].data)[row_b];
        return (x > y) - (x < y);
    }
    if (type == TP_T_TIME) {
        const int64_t x = ((const int64_t *)a->col[f].data)[row_a];
        const int64_t y = ((const int64_t *)b->col[f].data)[row_b];
        return (x > y) - (x < y);
    }
    const int32_t x = ((const int32_t *)a->col[f].data)[row_a];
    const int32_t y = ((const int32_t *)b->col[f].data)[row_b];
    return (x > y) - (x < y);
}

int
tp_row_cmp(const tp_table *a, size_t row_a, const tp_table *b, size_t row_b, int n_fields)
{
    const tp_kind_def *def = tp_kind_of(a->kind);
    for (int f = 0; f < n_fields && f < def->n_fields; f++) {
        const bool known_a = tp_known(a, f, row_a);
        const bool known_b = tp_known(b, f, row_b);
        if (known_a != known_b) {
            return known_a ? 1 : -1;
        }
        if (known_a) {
            const int order = cmp_value(def->field[f].type, a, row_a, b, row_b, f);
            if (order != 0) {
                return order;
            }
        }
    }
    return 0;
}
