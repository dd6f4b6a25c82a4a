/* How is the pool kept? */
#include <stdio.h>

#include "etl/stage/files.h"

enum { NAME = 48 };

static tp_code
add_kind(tp_artefact_writer *w, const tp_pool *pool, tp_kind kind, tp_err *err)
{
    const tp_table *t = &pool->table[kind];
    const char *name = tp_kind_of(kind)->name;
    char text[NAME];
    TP_RETURN_SAME(tp_artefact_add_table(w, name, t, err));
    if (pool->begin[kind] != NULL) {
        (void)snprintf(text, sizeof text, "begin.%s", name);
        TP_RETURN_SAME(tp_artefact_add(w, text, pool->begin[kind], pool->n + 1, 4, err));
    }
    if (pool->told[kind] != NULL) {
        (void)snprintf(text, sizeof text, "told.%s", name);
        TP_RETURN_SAME(tp_artefact_add(w, text, pool->told[kind], t->n, 4, err));
    }
    return TP_OK;
}

static tp_code
add_all(tp_artefact_writer *w, const tp_pool *pool, tp_err *err)
{
    uint8_t present[TP_KIND_COUNT][2];
    char text[NAME];
    TP_RETURN_SAME(tp_artefact_add_strings(w, "strings", &pool->strings, err));
    TP_RETURN_SAME(tp_artefact_add(w, "person_key", pool->person_key, pool->n, 8, err));
    TP_RETURN_SAME(
        tp_artefact_add(w, "doubt", pool->doubt, pool->doubt != NULL ? pool->n : 0, 1, err));
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        present[k][0] = pool->begin[k] != NULL;
        present[k][1] = pool->told[k] != NULL;
        TP_RETURN_SAME(add_kind(w, pool, (tp_kind)k, err));
    }
    for (int f = 0; f < TP_PERSON_N; f++) {
        (void)snprintf(text, sizeof text, "from.%s", tp_kind_of(TP_PERSON)->field[f].name);
        TP_RETURN_SAME(
            tp_artefact_add(w, text, pool->from[f], pool->from[f] != NULL ? pool->n : 0, 4, err));
    }
    return tp_artefact_add(w, "present", present, TP_KIND_COUNT, 2, err);
}

tp_code
tp_pool_store(const tp_store *store, const tp_key *key, const tp_pool *pool, tp_err *err)
{
    tp_artefact_writer *w = NULL;
    TP_RETURN_SAME(tp_artefact_begin(store, "merge", key, &w, err));
    const tp_code rc = add_all(w, pool, err);
    if (rc != TP_OK) {
        tp_artefact_abort(w);
        return rc;
    }
    return tp_artefact_commit(w, err);
}

static tp_code
get_u32(const tp_artefact *file, const char *prefix, const char *name, size_t want, uint32_t **out,
        tp_err *err)
{
    char text[NAME];
    const void *p = NULL;
    size_t n = 0;
    (void)snprintf(text, sizeof text, "%s.%s", prefix, name);
    TP_RETURN_SAME(tp_artefact_get(file, text, 4, &p, &n, err));
    if (n != want) {
        TP_RETURN_ERR(err, TP_E_SCHEMA, "array %s has %zu elements, not %zu", text, n, want);
    }
    union {
        const void *in;
        uint32_t *out;
    } borrowed = {p}; /* mapped read-only; the pool is not changed once made */
    *out = borrowed.out;
    return TP_OK;
}

/* Is it told where this field came from? */
static bool
has_from(const tp_artefact *file, const char *name)
{
    char text[NAME];
    const void *p = NULL;
    size_t n = 0;
    (void)snprintf(text, sizeof text, "from.%s", name);
    return tp_artefact_get(file, text, 4, &p, &n, NULL) == TP_OK && n > 0;
}

/* Does every number in it name something that is there? */
static bool
fits(const tp_pool *pool)
{
    if (pool->table[TP_PERSON].n != pool->n) {
        return false;
    }
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        const tp_table *t = &pool->table[k];
        if ((pool->begin[k] != NULL && !tp_rows_begin(pool->begin[k], pool->n, t->n)) ||
            (t->subject != NULL && !tp_rows_below(t->subject, t->n, pool->n, false))) {
            return false;
        }
    }
    return true;
}

static tp_code
get_all(tp_artefact *file, tp_pool *out, tp_err *err)
{
    const void *p = NULL;
    size_t n = 0;
    *out = (tp_pool){0};
    TP_RETURN_SAME(tp_artefact_get_strings(file, "strings", &out->strings, err));
    TP_RETURN_SAME(tp_artefact_get(file, "person_key", 8, &p, &out->n, err));
    union {
        const void *in;
        uint64_t *out;
    } keys = {p};
    out->person_key = keys.out;
    TP_RETURN_SAME(tp_artefact_get(file, "doubt", 1, &p, &n, err));
    if (n != 0 && n != out->n) {
        return tp_artefact_fault(file, err, "doubts of other people");
    }
    union {
        const void *in;
        uint8_t *out;
    } doubt = {p};
    out->doubt = n > 0 ? doubt.out : NULL;
    TP_RETURN_SAME(tp_artefact_get(file, "present", 2, &p, &n, err));
    const uint8_t *present = p;
    if (n != TP_KIND_COUNT) {
        TP_RETURN_ERR(err, TP_E_SCHEMA, "the pool knows %zu record kinds, not %d", n,
                      TP_KIND_COUNT);
    }
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        const char *name = tp_kind_of((tp_kind)k)->name;
        TP_RETURN_SAME(
            tp_artefact_get_table(file, name, (tp_kind)k, &out->strings, &out->table[k], err));
        if (present[2 * k]) {
            TP_RETURN_SAME(get_u32(file, "begin", name, out->n + 1, &out->begin[k], err));
        }
        if (present[2 * k + 1]) {
            TP_RETURN_SAME(get_u32(file, "told", name, out->table[k].n, &out->told[k], err));
        }
    }
    for (int f = 0; f < TP_PERSON_N; f++) {
        const bool any = has_from(file, tp_kind_of(TP_PERSON)->field[f].name);
        if (any) {
            TP_RETURN_SAME(get_u32(file, "from", tp_kind_of(TP_PERSON)->field[f].name, out->n,
                                   &out->from[f], err));
        }
    }
    return fits(out) ? TP_OK : tp_artefact_fault(file, err, "a row of the pool is not there");
}

tp_code
tp_pool_load(const tp_store *store, const tp_key *key, tp_artefact **out_file, tp_pool *out,
             tp_err *err)
{
    TP_RETURN_SAME(tp_artefact_open(store, "merge", key, out_file, err));
    const tp_code rc = get_all(*out_file, out, err);
    if (rc != TP_OK) {
        tp_artefact_close(*out_file);
        *out_file = NULL;
    }
    return rc;
}
