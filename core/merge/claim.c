/* Of several rows that tell the same fact, which one is believed, and what do the others add? */
#include "core/merge/parts.h"

bool
tp_merge_copy(tp_merging *m, const tp_table *from, size_t row, tp_table *to, size_t to_row,
              int field)
{
    const tp_field_def *def = &tp_kind_of(from->kind)->field[field];
    uint64_t wide = 0;
    int32_t narrow = 0;
    if (def->type == TP_T_TEXT) {
        const tp_str text = tp_get_text(from, field, row);
        uint32_t code = 0;
        if (text.p == NULL) {
            return true;
        }
        if (!tp_intern_add(m->text, text, &code)) {
            return false;
        }
        tp_set_i32(to, field, to_row, (int32_t)code);
    } else if (tp_type_width(def->type) == 8) {
        if (tp_get_u64(from, field, row, &wide)) {
            tp_set_u64(to, field, to_row, wide);
        }
    } else if (tp_get_i32(from, field, row, &narrow)) {
        tp_set_i32(to, field, to_row, narrow);
    }
    return true;
}

static int64_t
changed_at(const tp_merging *m, const tp_claim *c, tp_kind kind)
{
    const tp_table *people = &m->in->source[c->source].table[TP_PERSON];
    const tp_table *own = &m->in->source[c->source].table[kind];
    if (kind == TP_EMPLOYMENT && tp_known(own, TP_EMPLOYMENT_CHANGED_AT, c->row)) {
        return tp_time_or(own, TP_EMPLOYMENT_CHANGED_AT, c->row, INT64_MIN);
    }
    const size_t row = kind == TP_PERSON ? c->row : own->subject != NULL ? own->subject[c->row] : 0;
    return (kind == TP_PERSON || own->subject != NULL) && row < people->n
               ? tp_time_or(people, TP_PERSON_CHANGED_AT, row, INT64_MIN)
               : INT64_MIN;
}

int
tp_claim_cmp(const tp_merging *m, tp_kind kind, const tp_claim *a, const tp_claim *b)
{
    const int trust_a = m->in->source[a->source].trust[kind];
    const int trust_b = m->in->source[b->source].trust[kind];
    if (trust_a != trust_b) {
        return trust_a > trust_b ? -1 : 1;
    }
    const int64_t time_a = changed_at(m, a, kind);
    const int64_t time_b = changed_at(m, b, kind);
    if (time_a != time_b) {
        return time_a > time_b ? -1 : 1;
    }
    const uint64_t key_a = m->in->source[a->source].table[kind].key[a->row];
    const uint64_t key_b = m->in->source[b->source].table[kind].key[b->row];
    if (a->source != b->source) {
        return a->source < b->source ? -1 : 1;
    }
    return (key_a > key_b) - (key_a < key_b);
}

bool
tp_merge_claims(tp_merging *m, tp_kind kind, const tp_claim *claim, size_t n, tp_table *to,
                size_t to_row)
{
    const int n_fields = tp_kind_of(kind)->n_fields;
    const tp_table *best = &m->in->source[claim[0].source].table[kind];
    bool ok = true;
    to->key[to_row] = best->key[claim[0].row];
    to->body[to_row] = best->body[claim[0].row];
    to->record[to_row] = best->record[claim[0].row];
    to->source[to_row] = claim[0].source;
    for (int f = 0; ok && f < n_fields; f++) {
        for (size_t i = 0; ok && i < n && !tp_known(to, f, to_row); i++) {
            const tp_table *from = &m->in->source[claim[i].source].table[kind];
            ok = tp_merge_copy(m, from, claim[i].row, to, to_row, f);
        }
    }
    return ok;
}
