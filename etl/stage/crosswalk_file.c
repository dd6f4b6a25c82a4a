/* How is a crosswalk kept? */
#include "etl/stage/files.h"

#define M(name, count) TP_MEMBER(tp_crosswalk, name, count, 1, 0)

static const tp_member MEMBER[] = {
    M(source, n),
    M(row, n),
    M(record_key, n),
    M(person, n),
    M(pass, n),
    M(weight, n),
    M(via, n),
    M(person_key, n_people),
    M(review_a, n_review),
    M(review_b, n_review),
    M(review_reason, n_review),
    M(review_weight, n_review),
    M(event_kind, n_event),
    M(event_person, n_event),
    M(event_other, n_event),
};

static tp_code
add_all(tp_artefact_writer *w, const tp_crosswalk *x, tp_err *err)
{
    const uint64_t size[] = {x->n, x->n_people, x->n_review, x->n_event};
    TP_RETURN_SAME(tp_artefact_add(w, "sizes", size, TP_COUNT(size), sizeof size[0], err));
    return tp_members_store(w, x, MEMBER, TP_COUNT(MEMBER), err);
}

tp_code
tp_crosswalk_store(const tp_store *store, const tp_key *key, const tp_crosswalk *crosswalk,
                   tp_err *err)
{
    tp_artefact_writer *w = NULL;
    TP_RETURN_SAME(tp_artefact_begin(store, "link", key, &w, err));
    const tp_code rc = add_all(w, crosswalk, err);
    if (rc != TP_OK) {
        tp_artefact_abort(w);
        return rc;
    }
    return tp_artefact_commit(w, err);
}

/* Does every number in it name something that is there? */
static bool
fits(const tp_crosswalk *x)
{
    for (size_t i = 1; i < x->n_people; i++) {
        if (x->person_key[i] <= x->person_key[i - 1]) {
            return false;
        }
    }
    return tp_rows_below(x->person, x->n, x->n_people, false) &&
           tp_rows_below(x->via, x->n, x->n, false) &&
           tp_bytes_below(x->pass, x->n, TP_PASS_COUNT) &&
           tp_rows_below(x->review_a, x->n_review, x->n, false) &&
           tp_rows_below(x->review_b, x->n_review, x->n, false) &&
           tp_bytes_below(x->review_reason, x->n_review, TP_REVIEW_COUNT) &&
           tp_bytes_below(x->event_kind, x->n_event, TP_EVENT_GONE + 1);
}

static tp_code
get_all(tp_artefact *file, tp_crosswalk *out, tp_err *err)
{
    const void *p = NULL;
    size_t n = 0;
    *out = (tp_crosswalk){0};
    TP_RETURN_SAME(tp_artefact_get(file, "sizes", sizeof(uint64_t), &p, &n, err));
    const uint64_t *size = p;
    if (n != 4) {
        TP_RETURN_ERR(err, TP_E_SCHEMA, "the crosswalk has %zu sizes, not 4", n);
    }
    out->n = (size_t)size[0];
    out->n_people = (size_t)size[1];
    out->n_review = (size_t)size[2];
    out->n_event = (size_t)size[3];
    TP_RETURN_SAME(tp_members_load(file, out, MEMBER, TP_COUNT(MEMBER), err));
    return fits(out) ? TP_OK : tp_artefact_fault(file, err, "a row of the crosswalk is not there");
}

tp_code
tp_crosswalk_load(const tp_store *store, const tp_key *key, tp_artefact **out_file,
                  tp_crosswalk *out, tp_err *err)
{
    TP_RETURN_SAME(tp_artefact_open(store, "link", key, out_file, err));
    const tp_code rc = get_all(*out_file, out, err);
    if (rc != TP_OK) {
        tp_artefact_close(*out_file);
        *out_file = NULL;
    }
    return rc;
}
