/* How is a canonical batch kept? */
#include <string.h>

#include "etl/stage/files.h"

/* Flat form of tp_reject: no padding, so that equal batches are equal bytes. */
typedef struct flat_reject {
    int32_t kind;
    int32_t code;
    int32_t outcome;
    int32_t field;
    uint32_t body;
    uint32_t record;
} flat_reject;

/* Are kind, reason, outcome and field of a reject such that each has a name? */
static bool
names_fit(int32_t kind, int32_t code, int32_t outcome, int32_t field)
{
    return kind >= 0 && kind < TP_KIND_COUNT && code >= 0 && code < TP_REJ_COUNT && outcome >= 0 &&
           outcome <= TP_ON_STOP && field >= -1 && field < tp_kind_of((tp_kind)kind)->n_fields;
}

static tp_code
add_all(tp_artefact_writer *w, const tp_batch *batch, tp_err *err)
{
    TP_AUTO_ARENA(arena, 0);
    flat_reject *flat = tp_arena_alloc(&arena, batch->n_rejects, sizeof *flat);
    if (flat == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "%zu rejects", batch->n_rejects);
    }
    for (size_t i = 0; i < batch->n_rejects; i++) {
        const tp_reject *r = &batch->reject[i];
        flat[i] = (flat_reject){(int32_t)r->kind, (int32_t)r->code, (int32_t)r->outcome,
                                r->field,         r->place.body,    r->place.record};
    }
    TP_RETURN_SAME(tp_artefact_add_strings(w, "strings", &batch->strings, err));
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        if (batch->table[k].n > 0) {
            TP_RETURN_SAME(
                tp_artefact_add_table(w, tp_kind_of((tp_kind)k)->name, &batch->table[k], err));
        }
    }
    uint8_t present[TP_KIND_COUNT];
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        present[k] = batch->table[k].n > 0;
    }
    TP_RETURN_SAME(tp_artefact_add(w, "present", present, TP_KIND_COUNT, 1, err));
    TP_RETURN_SAME(
        tp_artefact_add(w, "counts", batch->counts, TP_KIND_COUNT, sizeof(tp_counts), err));
    TP_RETURN_SAME(tp_artefact_add(w, "reject", flat, batch->n_rejects, sizeof *flat, err));
    const size_t words = batch->derived != NULL ? tp_bit_words(batch->table[TP_PERSON].n) : 0;
    TP_RETURN_SAME(
        tp_artefact_add(w, "derived", batch->derived, words, sizeof *batch->derived, err));
    TP_RETURN_SAME(tp_artefact_add(w, "profile", batch->profile, batch->n_profiles,
                                   sizeof *batch->profile, err));
    TP_RETURN_SAME(
        tp_artefact_add(w, "name", batch->name, batch->n_names, sizeof *batch->name, err));
    TP_RETURN_SAME(
        tp_artefact_add(w, "fault", batch->fault, batch->n_faults, sizeof *batch->fault, err));
    TP_RETURN_SAME(tp_artefact_add(w, "reading", &batch->reading, 1, sizeof batch->reading, err));
    return tp_artefact_add(w, "reject_total", batch->reject_total, TP_REJ_COUNT, sizeof(uint64_t),
                           err);
}

tp_code
tp_batch_store(const tp_store *store, const tp_key *key, const tp_batch *batch, tp_err *err)
{
    tp_artefact_writer *w = NULL;
    TP_RETURN_SAME(tp_artefact_begin(store, "batch", key, &w, err));
    const tp_code rc = add_all(w, batch, err);
    if (rc != TP_OK) {
        tp_artefact_abort(w);
        return rc;
    }
    return tp_artefact_commit(w, err);
}

/* Does every number in it name something that is there? */
static bool
fits(const tp_batch *batch)
{
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        const tp_table *t = &batch->table[k];
        if (t->subject != NULL &&
            !tp_rows_below(t->subject, t->n, batch->table[TP_PERSON].n, false)) {
            return false;
        }
    }
    for (size_t i = 0; i < batch->n_faults; i++) {
        const tp_fault_count *f = &batch->fault[i];
        if (!names_fit(f->kind, f->code, f->outcome, f->field)) {
            return false;
        }
    }
    return true;
}

/* The rejects stay flat in the file; the ledger reads them once, so they are unpacked on loading.
 */
static tp_code
get_all(tp_artefact *file, tp_batch *out, tp_err *err)
{
    const void *p = NULL;
    size_t n = 0;
    *out = (tp_batch){0};
    TP_RETURN_SAME(tp_artefact_get_strings(file, "strings", &out->strings, err));
    TP_RETURN_SAME(tp_artefact_get(file, "present", 1, &p, &n, err));
    const uint8_t *present = p;
    if (n != TP_KIND_COUNT) {
        TP_RETURN_ERR(err, TP_E_SCHEMA, "the batch knows %zu record kinds, not %d", n,
                      TP_KIND_COUNT);
    }
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        out->table[k].kind = (tp_kind)k;
        if (present[k]) {
            TP_RETURN_SAME(tp_artefact_get_table(file, tp_kind_of((tp_kind)k)->name, (tp_kind)k,
                                                 &out->strings, &out->table[k], err));
        }
    }
    TP_RETURN_SAME(tp_artefact_get(file, "counts", sizeof(tp_counts), &p, &n, err));
    if (n != TP_KIND_COUNT) {
        TP_RETURN_ERR(err, TP_E_SCHEMA, "the batch counts %zu record kinds, not %d", n,
                      TP_KIND_COUNT);
    }
    memcpy(out->counts, p, sizeof out->counts);
    TP_RETURN_SAME(tp_artefact_get(file, "derived", sizeof *out->derived, &p, &n, err));
    out->derived = n > 0 ? p : NULL;
    if (n > 0 && n != tp_bit_words(out->table[TP_PERSON].n)) {
        TP_RETURN_ERR(err, TP_E_SCHEMA, "the batch marks %zu words of derived people", n);
    }
    TP_RETURN_SAME(tp_artefact_get(file, "profile", sizeof *out->profile, &p, &n, err));
    out->profile = p;
    out->n_profiles = n;
    TP_RETURN_SAME(tp_artefact_get(file, "name", sizeof *out->name, &p, &n, err));
    out->name = p;
    out->n_names = n;
    TP_RETURN_SAME(tp_artefact_get(file, "fault", sizeof *out->fault, &p, &n, err));
    out->fault = p;
    out->n_faults = n;
    TP_RETURN_SAME(tp_artefact_get(file, "reading", sizeof out->reading, &p, &n, err));
    if (n == 1) {
        memcpy(&out->reading, p, sizeof out->reading);
    }
    TP_RETURN_SAME(tp_artefact_get(file, "reject_total", sizeof(uint64_t), &p, &n, err));
    if (n != TP_REJ_COUNT) {
        TP_RETURN_ERR(err, TP_E_SCHEMA, "the batch counts %zu reasons, not %d", n, TP_REJ_COUNT);
    }
    memcpy(out->reject_total, p, sizeof out->reject_total);
    return fits(out) ? TP_OK : tp_artefact_fault(file, err, "a row of the batch is not there");
}

tp_code
tp_batch_load(const tp_store *store, const tp_key *key, tp_artefact **out_file, tp_batch *out,
              tp_err *err)
{
    TP_RETURN_SAME(tp_artefact_open(store, "batch", key, out_file, err));
    const tp_code rc = get_all(*out_file, out, err);
    if (rc != TP_OK) {
        tp_artefact_close(*out_file);
        *out_file = NULL;
    }
    return rc;
}

bool
tp_batch_readable(const tp_store *store, const tp_key *key)
{
    tp_artefact *file = NULL;
    tp_batch batch;
    if (!tp_artefact_exists(store, "batch", key)) {
        return false;
    }
    /* A damaged one is not passed over: whoever opens it is told to remove it. */
    const tp_code rc = tp_batch_load(store, key, &file, &batch, NULL);
    tp_artefact_close(file);
    return rc != TP_E_SCHEMA;
}

tp_code
tp_batch_load_rejects(const tp_artefact *file, tp_arena *arena, tp_batch *batch, tp_err *err)
{
    const void *p = NULL;
    size_t n = 0;
    TP_RETURN_SAME(tp_artefact_get(file, "reject", sizeof(flat_reject), &p, &n, err));
    const flat_reject *flat = p;
    tp_reject *r = tp_arena_alloc(arena, n, sizeof *r);
    if (r == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "%zu rejects", n);
    }
    for (size_t i = 0; i < n; i++) {
        if (!names_fit(flat[i].kind, flat[i].code, flat[i].outcome, flat[i].field)) {
            return tp_artefact_fault(file, err, "a reject has no name");
        }
        r[i] = (tp_reject){.kind = (tp_kind)flat[i].kind,
                           .code = (tp_reject_code)flat[i].code,
                           .outcome = (tp_on_error)flat[i].outcome,
                           .field = (int16_t)flat[i].field,
                           .place = {flat[i].body, flat[i].record}};
    }
    batch->n_rejects = n;
    batch->reject = r;
    return TP_OK;
}
