/* How do raw chunks become one canonical batch? */
#include "core/normalise/stage.h"

#include <stdlib.h>

_Static_assert(TP_PERSON == 0, "persons are settled before the facts that name them");

static const char *const REJECT_NAME[TP_REJ_COUNT] = {
    [TP_REJ_REQUIRED] = "required",
    [TP_REJ_TYPE] = "type",
    [TP_REJ_RANGE] = "range",
    [TP_REJ_FORM] = "form",
    [TP_REJ_LIST] = "list",
    [TP_REJ_CHECK] = "check",
    [TP_REJ_KEY] = "key",
    [TP_REJ_PARENT] = "parent",
    [TP_REJ_SYNTAX] = "syntax",
    [TP_REJ_ENCODING] = "encoding",
    [TP_REJ_SCIENTIFIC] = "scientific",
    [TP_REJ_OTHER_KEY] = "other_key",
};

const char *
tp_reject_name(tp_reject_code code)
{
    return (unsigned)code < TP_REJ_COUNT ? REJECT_NAME[code] : "unknown";
}

/* Columns an emit can fill, those that one value spreads over included. */
static void
mark_used(tp_batch_builder *b, const tp_emit_rule *emit)
{
    tp_staged *s = &b->stage[emit->kind];
    for (size_t i = 0; i < emit->n_fields; i++) {
        const int field = emit->field[i].field;
        if (field < 0) {
            continue;
        }
        s->used[field] = true;
        if (emit->kind == TP_PERSON && field == TP_PERSON_NIP) {
            s->used[TP_PERSON_NIP_CLASS] = true;
            s->used[TP_PERSON_NIP_OLD] = true;
            s->used[TP_PERSON_NRP] = true;
        }
        if (emit->kind == TP_PERSON && field == TP_PERSON_NIK) {
            s->used[TP_PERSON_NIK_PARTS] = true;
            s->used[TP_PERSON_NIK_FACTS] = true;
        }
    }
    if (emit->subject != NULL) {
        mark_used(b, emit->subject);
    }
}

tp_code
tp_batch_begin(const tp_emit_rules *rules, const uint8_t secret_key[32], const tp_ctx *ctx,
               tp_batch_builder **out, tp_err *err)
{
    if (rules->n_emits > TP_EMITS_MAX) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "source %.*s has %zu emits, at most %d are possible",
                      TP_STR_ARG(rules->source), rules->n_emits, TP_EMITS_MAX);
    }
    tp_batch_builder *b = calloc(1, sizeof *b);
    if (b == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for the batch of source %.*s",
                      TP_STR_ARG(rules->source));
    }
    b->rules = rules;
    b->records.most = TP_REJECT_RECORDS;
    b->values.most = TP_REJECT_VALUES;
    b->ctx = *ctx;
    b->body = UINT32_MAX;
    b->night = TP_DAY_ALWAYS;
    memcpy(b->secret, secret_key, sizeof b->secret);
    for (size_t i = 0; i < rules->n_emits; i++) {
        const tp_emit_rule *emit = &rules->emit[i];
        mark_used(b, emit);
        b->memo[i][0] = tp_memos_new(emit);
        b->memo[i][1] = emit->subject != NULL ? tp_memos_new(emit->subject) : NULL;
        if (b->memo[i][0] == NULL || (emit->subject != NULL && b->memo[i][1] == NULL)) {
            tp_batch_free(b);
            TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for the fields of source %.*s",
                          TP_STR_ARG(rules->source));
        }
    }
    b->keyed = tp_keyed_new(secret_key);
    if (b->keyed == NULL || !tp_observe_begin(b)) {
        tp_batch_free(b);
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for the profile of source %.*s",
                      TP_STR_ARG(rules->source));
    }
    *out = b;
    return TP_OK;
}

void
tp_batch_read(tp_batch_builder *builder, const tp_reading *reading)
{
    tp_reading *sum = &builder->batch.reading;
    sum->ragged += reading->ragged;
    sum->not_records += reading->not_records;
    sum->fallback_bytes += reading->fallback_bytes;
    sum->replaced += reading->replaced;
    sum->no_line_end += reading->no_line_end;
}

void
tp_batch_night(tp_batch_builder *builder, int32_t night)
{
    builder->night = night;
}

tp_code
tp_batch_parts(tp_batch_builder *builder, const uint32_t *part, size_t n, tp_err *err)
{
    builder->part = calloc(n + 1, sizeof *builder->part);
    if (builder->part == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for the parts of %zu bodies", n);
    }
    builder->n_parts = n;
    for (size_t i = 0; i < n; i++) {
        builder->part[i] = part[i];
        builder->newest = part[i] > builder->newest ? part[i] : builder->newest;
    }
    return TP_OK;
}

void
tp_batch_fetch(tp_batch_builder *builder, uint32_t fetch)
{
    builder->fetch = fetch;
    builder->body = UINT32_MAX;
    memset(builder->body_rows, 0, sizeof builder->body_rows);
}

/* State of the row that a child row belongs to; NULL at the root. */
static const tp_row_state *
parent_of(const tp_batch_builder *b, const tp_emit_rule *emit, const tp_raw_table *t, size_t row)
{
    if (emit->parent < 0) {
        return NULL;
    }
    const tp_row_state *state = b->state[emit->parent];
    return emit->same_row ? &state[row] : &state[t->parent[row]];
}

static tp_code
take_emit(tp_batch_builder *b, size_t e, const tp_raw_chunk *chunk, tp_err *err)
{
    const tp_emit_rule *emit = &b->rules->emit[e];
    const tp_raw_table *t = &chunk->table[emit->select];
    b->state[e] = tp_arena_alloc(&b->chunk, t->n, sizeof *b->state[e]);
    if (b->state[e] == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for the rows of a chunk");
    }
    for (size_t row = 0; row < t->n; row++) {
        tp_arena_reset(&b->scratch);
        TP_RETURN_SAME(
            tp_row_take(b, emit, chunk, row, parent_of(b, emit, t, row), &b->state[e][row], err));
    }
    return TP_OK;
}

static tp_code
check_document(const tp_batch_builder *b, const tp_document_rule *doc, const tp_str *cell,
               uint32_t body, tp_err *err)
{
    for (size_t i = 0; i < doc->n_equal; i++) {
        const tp_str is = tp_str_trim(cell[doc->equal_slot[i]]);
        if (!tp_str_eq(is, doc->equal_value[i])) {
            TP_RETURN_ERR(err, TP_E_QUALITY, "body %u: %.*s is \"%.*s\", must be \"%.*s\"", body,
                          TP_STR_ARG(doc->equal_path[i]), (int)(is.n < 40 ? is.n : 40),
                          is.p != NULL ? is.p : "", TP_STR_ARG(doc->equal_value[i]));
        }
    }
    if (doc->count_slot == TP_NO_SLOT) {
        return TP_OK;
    }
    uint64_t announced;
    const tp_str text = tp_str_trim(cell[doc->count_slot]);
    if (!tp_str_to_u64(text, &announced)) {
        TP_RETURN_ERR(err, TP_E_QUALITY, "body %u: the number of records it announces is no number",
                      body);
    }
    if (announced != b->body_rows[doc->count_select]) {
        TP_RETURN_ERR(err, TP_E_QUALITY, "body %u announces %llu records and holds %llu", body,
                      (unsigned long long)announced,
                      (unsigned long long)b->body_rows[doc->count_select]);
    }
    return TP_OK;
}

/* Counts the rows of the body being read, and checks what it says of itself when it ends. */
static tp_code
check_body(tp_batch_builder *b, const tp_raw_chunk *chunk, tp_err *err)
{
    for (size_t s = 0; s < TP_SELECTS_MAX; s++) {
        const tp_raw_table *t = &chunk->table[s];
        if (t->n > 0 && t->place[0].body != b->body) {
            b->body = t->place[0].body;
            memset(b->body_rows, 0, sizeof b->body_rows);
        }
    }
    for (size_t s = 0; s < TP_SELECTS_MAX; s++) {
        b->body_rows[s] += chunk->table[s].n;
    }
    for (size_t i = 0; i < b->rules->n_documents; i++) {
        const tp_document_rule *doc = &b->rules->document[i];
        const tp_raw_table *t = &chunk->table[doc->select];
        if (doc->fetch == b->fetch && t->n > 0) {
            TP_RETURN_SAME(check_document(b, doc, t->cell, t->place[0].body, err));
        }
    }
    return TP_OK;
}

tp_code
tp_batch_add(tp_batch_builder *builder, const tp_raw_chunk *chunk, tp_err *err)
{
    if (tp_cancelled(&builder->ctx)) {
        TP_RETURN_ERR(err, TP_E_CANCELLED, "stopped on request while normalising source %.*s",
                      TP_STR_ARG(builder->rules->source));
    }
    tp_arena_reset(&builder->chunk);
    tp_observe_chunk(builder, chunk);
    for (size_t e = 0; e < builder->rules->n_emits; e++) {
        if (builder->rules->emit[e].fetch == builder->fetch) {
            TP_RETURN_IF_ERR(err, take_emit(builder, e, chunk, err), "normalise source %.*s",
                             TP_STR_ARG(builder->rules->source));
        }
    }
    TP_RETURN_IF_ERR(err, check_body(builder, chunk, err), "normalise source %.*s",
                     TP_STR_ARG(builder->rules->source));
    return TP_OK;
}

tp_code
tp_batch_end(tp_batch_builder *builder, const tp_batch **out, tp_err *err)
{
    TP_RETURN_IF_ERR(err, tp_settle(builder, err), "finish the batch of source %.*s",
                     TP_STR_ARG(builder->rules->source));
    *out = &builder->batch;
    return TP_OK;
}

void
tp_batch_free(tp_batch_builder *builder)
{
    if (builder == NULL) {
        return;
    }
    for (size_t i = 0; i < builder->rules->n_emits; i++) {
        tp_memos_free(builder->memo[i][0], &builder->rules->emit[i]);
        tp_memos_free(builder->memo[i][1], builder->rules->emit[i].subject);
    }
    tp_keyed_free(builder->keyed);
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        tp_staged_clear(&builder->stage[k]);
    }
    tp_intern_clear(&builder->texts);
    free(builder->gone_people.at);
    free(builder->part);
    free(builder->rejected_people.at);
    tp_example_clear(&builder->records);
    tp_example_clear(&builder->values);
    tp_arena_clear(&builder->scratch);
    tp_arena_clear(&builder->chunk);
    tp_arena_clear(&builder->keep);
    free(builder);
}

/* Rows made for facts are in the person table but are no received records. */
static bool
is_derived(const tp_batch *batch, int kind, size_t row)
{
    return kind == TP_PERSON && batch->derived != NULL && tp_bit_get(batch->derived, row);
}

tp_code
tp_counts_check(const tp_batch *batch, const tp_counts counts[TP_KIND_COUNT], tp_err *err)
{
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        const tp_counts *c = &counts[k];
        const uint64_t kept = c->accepted + c->unchanged;
        const uint64_t sum = kept + c->duplicate + c->removed + c->rejected;
        const char *name = tp_kind_of((tp_kind)k)->name;
        if (c->received != sum) {
            TP_RETURN_ERR(err, TP_E_BUG,
                          "%llu %s records received, %llu accounted for: the counts do not balance",
                          (unsigned long long)c->received, name, (unsigned long long)sum);
        }
        if (batch->table[k].n != kept + c->derived) {
            TP_RETURN_ERR(err, TP_E_BUG,
                          "%zu %s rows kept, %llu received and %llu derived: the counts do not "
                          "balance",
                          batch->table[k].n, name, (unsigned long long)kept,
                          (unsigned long long)c->derived);
        }
    }
    return TP_OK;
}

void
tp_counts_add(tp_counts *total, const tp_counts counts[TP_KIND_COUNT])
{
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        total->received += counts[k].received;
        total->accepted += counts[k].accepted;
        total->unchanged += counts[k].unchanged;
        total->duplicate += counts[k].duplicate;
        total->removed += counts[k].removed;
        total->rejected += counts[k].rejected;
        total->flagged += counts[k].flagged;
        total->derived += counts[k].derived;
    }
}

void
tp_batch_compare(const tp_batch *now, const tp_batch *before, tp_counts out_counts[TP_KIND_COUNT],
                 uint64_t out_gone[TP_KIND_COUNT])
{
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        const tp_table *a = &now->table[k];
        const tp_table none = {0};
        const tp_table *p = before != NULL ? &before->table[k] : &none;
        uint64_t unchanged = 0;
        uint64_t found = 0;
        for (size_t i = 0, j = 0; i < a->n && j < p->n;) {
            if (a->key[i] == p->key[j]) {
                unchanged += a->hash[i] == p->hash[j] && !is_derived(now, k, i) ? 1 : 0;
                found++;
                i++;
                j++;
            } else if (a->key[i] < p->key[j]) {
                i++;
            } else {
                j++;
            }
        }
        out_counts[k] = now->counts[k];
        out_counts[k].unchanged = unchanged;
        out_counts[k].accepted -= unchanged;
        out_gone[k] = p->n - found;
    }
}
