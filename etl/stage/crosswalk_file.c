/* How is a crosswalk kept? */
#include "etl/stage/files.h"

#include <string.h>

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

#define F(name) TP_MEMBER(tp_link_facts, name, n_decisions, 1, 0)

static const tp_member FACT[] = {F(record_a), F(record_b), F(evidence_a), F(evidence_b), F(same)};

enum { REPORT_NUMBERS = sizeof(tp_link_report) / sizeof(uint64_t) };

static tp_code
add_facts(tp_artefact_writer *w, const tp_link_facts *f, tp_err *err)
{
    const uint64_t n = f->n_decisions;
    TP_RETURN_SAME(tp_artefact_add(w, "params", f->params.byte, sizeof f->params.byte, 1, err));
    TP_RETURN_SAME(tp_artefact_add(w, "report", &f->report, REPORT_NUMBERS, sizeof(uint64_t), err));
    TP_RETURN_SAME(tp_artefact_add(w, "n_decisions", &n, 1, sizeof n, err));
    return tp_members_store(w, f, FACT, TP_COUNT(FACT), err);
}

static tp_code
add_all(tp_artefact_writer *w, const tp_crosswalk *x, const tp_link_facts *facts, tp_err *err)
{
    const uint64_t size[] = {x->n, x->n_people, x->n_review, x->n_event};
    TP_RETURN_SAME(tp_artefact_add(w, "sizes", size, TP_COUNT(size), sizeof size[0], err));
    TP_RETURN_SAME(tp_members_store(w, x, MEMBER, TP_COUNT(MEMBER), err));
    return add_facts(w, facts, err);
}

tp_code
tp_crosswalk_store(const tp_store *store, const tp_key *key, const tp_crosswalk *crosswalk,
                   const tp_link_facts *facts, tp_err *err)
{
    tp_artefact_writer *w = NULL;
    TP_RETURN_SAME(tp_artefact_begin(store, "link", key, &w, err));
    const tp_code rc = add_all(w, crosswalk, facts, err);
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

tp_code
tp_link_facts_load(const tp_artefact *file, tp_link_facts *out, tp_err *err)
{
    const void *params = NULL;
    const void *report = NULL;
    const void *count = NULL;
    size_t n[3] = {0};
    TP_RETURN_SAME(tp_artefact_get(file, "params", 1, &params, &n[0], err));
    TP_RETURN_SAME(tp_artefact_get(file, "report", sizeof(uint64_t), &report, &n[1], err));
    TP_RETURN_SAME(tp_artefact_get(file, "n_decisions", sizeof(uint64_t), &count, &n[2], err));
    if (n[0] != sizeof out->params.byte || n[1] != REPORT_NUMBERS || n[2] != 1) {
        TP_RETURN_ERR(err, TP_E_SCHEMA, "the link report has %zu numbers, not %d", n[1],
                      (int)REPORT_NUMBERS);
    }
    *out = (tp_link_facts){.n_decisions = (size_t) * (const uint64_t *)count};
    memcpy(out->params.byte, params, sizeof out->params.byte);
    memcpy(&out->report, report, sizeof out->report);
    TP_RETURN_SAME(tp_members_load(file, out, FACT, TP_COUNT(FACT), err));
    return tp_bytes_below(out->same, out->n_decisions, 2)
               ? TP_OK
               : tp_artefact_fault(file, err, "a decision says neither same nor different");
}

tp_link_decision *
tp_link_facts_decisions(const tp_link_facts *f, tp_arena *arena)
{
    tp_link_decision *out = tp_arena_alloc(arena, f->n_decisions, sizeof *out);
    for (size_t i = 0; out != NULL && i < f->n_decisions; i++) {
        out[i] = (tp_link_decision){f->record_a[i], f->record_b[i], f->same[i] != 0,
                                    f->evidence_a[i], f->evidence_b[i]};
    }
    return out;
}
