/* How are tables and texts laid out as arrays of an artefact? */
#include <string.h>

#include "talent/base/buf.h"
#include "talent/etl/artefact.h"

/*
 * Columns every kind has are "<prefix>:key", ":hash", ":subject", ":body", ":record", ":source" (a
 * colon, because some kinds have fields of those names); fields are "<prefix>.<field>" and
 * "<prefix>.<field>.valid". A table without rows is "<prefix>:key" alone.
 */
static const char *
array_name(tp_buf *buf, const char *prefix, const char *mark, const char *name, const char *end)
{
    tp_buf_reset(buf);
    tp_buf_printf(buf, "%s%s%s%s", prefix, mark, name, end);
    return tp_buf_cstr(buf);
}

static tp_code
add_fields(tp_artefact_writer *writer, const char *prefix, const tp_table *t, tp_err *err)
{
    TP_AUTO_BUF(name);
    const tp_kind_def *def = tp_kind_of(t->kind);
    for (int f = 0; f < def->n_fields; f++) {
        const char *field = def->field[f].name;
        TP_RETURN_SAME(tp_artefact_add(writer, array_name(&name, prefix, ".", field, ""),
                                       t->col[f].data, t->n, tp_type_width(def->field[f].type),
                                       err));
        TP_RETURN_SAME(tp_artefact_add(writer, array_name(&name, prefix, ".", field, ".valid"),
                                       t->col[f].valid, tp_bit_words(t->n), sizeof(uint64_t), err));
    }
    return TP_OK;
}

tp_code
tp_artefact_add_table(tp_artefact_writer *writer, const char *prefix, const tp_table *t,
                      tp_err *err)
{
    TP_AUTO_BUF(name);
    const struct {
        const char *name;
        const void *data;
        size_t size;
    } meta[] = {
        {"key", t->key, sizeof *t->key},
        {"hash", t->hash, sizeof *t->hash},
        {"subject", t->subject, sizeof *t->subject},
        {"body", t->body, sizeof *t->body},
        {"record", t->record, sizeof *t->record},
        {"source", t->source, sizeof *t->source},
    };
    for (size_t i = 0; i < TP_COUNT(meta); i++) {
        const bool wanted = i == 0 || (t->n > 0 && meta[i].data != NULL);
        if (wanted) {
            TP_RETURN_SAME(tp_artefact_add(writer, array_name(&name, prefix, ":", meta[i].name, ""),
                                           meta[i].data, t->n, meta[i].size, err));
        }
    }
    return t->n > 0 ? add_fields(writer, prefix, t, err) : TP_OK;
}

/* Array of exactly n elements, as the non-const pointer tables have; the pages are read-only. */
static tp_code
get_sized(const tp_artefact *artefact, const char *name, size_t size, size_t n, void **out,
          tp_err *err)
{
    const void *data = NULL;
    size_t found = 0;
    TP_RETURN_SAME(tp_artefact_get(artefact, name, size, &data, &found, err));
    if (found != n) {
        TP_RETURN_ERR(err, TP_E_SCHEMA, "array %s has %zu elements, not %zu", name, found, n);
    }
    *out = (void *)(uintptr_t)data;
    return TP_OK;
}

/* Every known text is one of the strings, every known word one of the list. */
static bool
values_fit(const tp_table *t, int f)
{
    const tp_field_def *def = &tp_kind_of(t->kind)->field[f];
    uint32_t limit = 0;
    if (def->type == TP_T_TEXT) {
        limit = t->strings->n < UINT32_MAX ? (uint32_t)t->strings->n : UINT32_MAX;
    } else if (def->type == TP_T_ENUM) {
        for (const char *p = def->words; p != NULL; p = strchr(p, '|')) {
            p += *p == '|';
            limit++;
        }
    } else {
        return true;
    }
    const uint32_t *value = t->col[f].data;
    for (size_t row = 0; row < t->n; row++) {
        if (value[row] >= limit && tp_known(t, f, row)) {
            return false;
        }
    }
    return true;
}

static tp_code
get_fields(const tp_artefact *artefact, const char *prefix, tp_table *t, tp_err *err)
{
    TP_AUTO_BUF(name);
    const tp_kind_def *def = tp_kind_of(t->kind);
    for (int f = 0; f < def->n_fields; f++) {
        const char *field = def->field[f].name;
        void *valid = NULL;
        TP_RETURN_SAME(get_sized(artefact, array_name(&name, prefix, ".", field, ""),
                                 tp_type_width(def->field[f].type), t->n, &t->col[f].data, err));
        TP_RETURN_SAME(get_sized(artefact, array_name(&name, prefix, ".", field, ".valid"),
                                 sizeof(uint64_t), tp_bit_words(t->n), &valid, err));
        t->col[f].valid = valid;
        if (!values_fit(t, f)) {
            return tp_artefact_fault(
                artefact, err,
                array_name(&name, prefix, ".", field, " holds a value outside its list"));
        }
    }
    return TP_OK;
}

static tp_code
get_meta32(const tp_artefact *artefact, const char *prefix, const char *what, const tp_table *t,
           bool optional, uint32_t **out, tp_err *err)
{
    TP_AUTO_BUF(name);
    void *data = NULL;
    const void *probe = NULL;
    size_t n = 0;
    (void)array_name(&name, prefix, ":", what, "");
    if (optional &&
        tp_artefact_get(artefact, tp_buf_cstr(&name), sizeof **out, &probe, &n, NULL) != TP_OK) {
        return TP_OK;
    }
    TP_RETURN_SAME(get_sized(artefact, tp_buf_cstr(&name), sizeof **out, t->n, &data, err));
    *out = data;
    return TP_OK;
}

tp_code
tp_artefact_get_table(const tp_artefact *artefact, const char *prefix, tp_kind kind,
                      const tp_strings *strings, tp_table *out, tp_err *err)
{
    TP_AUTO_BUF(name);
    tp_table t = {.kind = kind, .strings = strings};
    const void *keys = NULL;
    void *hashes = NULL;
    TP_RETURN_SAME(tp_artefact_get(artefact, array_name(&name, prefix, ":", "key", ""),
                                   sizeof(uint64_t), &keys, &t.n, err));
    t.key = (uint64_t *)(uintptr_t)keys;
    if (t.n > 0) {
        TP_RETURN_SAME(get_sized(artefact, array_name(&name, prefix, ":", "hash", ""),
                                 sizeof(uint64_t), t.n, &hashes, err));
        t.hash = hashes;
        const bool fact = tp_kind_of(kind)->role == TP_ROLE_FACT;
        TP_RETURN_SAME(get_meta32(artefact, prefix, "subject", &t, !fact, &t.subject, err));
        TP_RETURN_SAME(get_meta32(artefact, prefix, "body", &t, false, &t.body, err));
        TP_RETURN_SAME(get_meta32(artefact, prefix, "record", &t, false, &t.record, err));
        TP_RETURN_SAME(get_meta32(artefact, prefix, "source", &t, true, &t.source, err));
        TP_RETURN_SAME(get_fields(artefact, prefix, &t, err));
    }
    *out = t;
    return TP_OK;
}

tp_code
tp_artefact_add_strings(tp_artefact_writer *writer, const char *prefix, const tp_strings *strings,
                        tp_err *err)
{
    static const uint64_t NO_TEXT[1] = {0};
    TP_AUTO_BUF(name);
    const uint64_t *off = strings->n > 0 ? strings->off : NO_TEXT;
    TP_RETURN_SAME(tp_artefact_add(writer, array_name(&name, prefix, ":", "off", ""), off,
                                   strings->n + 1, sizeof *off, err));
    return tp_artefact_add(writer, array_name(&name, prefix, ":", "bytes", ""), strings->bytes,
                           (size_t)off[strings->n], 1, err);
}

tp_code
tp_artefact_get_strings(const tp_artefact *artefact, const char *prefix, tp_strings *out,
                        tp_err *err)
{
    TP_AUTO_BUF(name);
    const void *off = NULL;
    const void *bytes = NULL;
    size_t n_off = 0;
    size_t n_bytes = 0;
    TP_RETURN_SAME(tp_artefact_get(artefact, array_name(&name, prefix, ":", "off", ""),
                                   sizeof(uint64_t), &off, &n_off, err));
    TP_RETURN_SAME(tp_artefact_get(artefact, array_name(&name, prefix, ":", "bytes", ""), 1, &bytes,
                                   &n_bytes, err));
    const uint64_t *offsets = off;
    if (n_off == 0 || offsets[n_off - 1] != n_bytes) {
        TP_RETURN_ERR(err, TP_E_SCHEMA, "texts %s: their offsets do not end at their bytes",
                      prefix);
    }
    for (size_t i = 1; i < n_off; i++) {
        if (offsets[i] < offsets[i - 1]) {
            return tp_artefact_fault(artefact, err, "the offsets of its texts go back");
        }
    }
    *out = (tp_strings){.n = n_off - 1, .off = offsets, .bytes = bytes};
    return TP_OK;
}
