/* Where in its body does a record stand, and what was each of its fields as received? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "etl/cli/source_show.h"
#include "etl/cli/trace.h"
#include "talent/core/emit.h"
#include "talent/etl/format.h"
#include "talent/etl/signal.h"

/* A record that is looked for while its body is read once more. */
typedef struct finder {
    const tp_trace_record *record;
    const tp_source *desc;
    uint32_t fetch;
    tp_batch_builder *builder;
    const tp_raw_chunk *chunk; /* the one that is being normalised */
    tp_show show;
    tp_trace_found *out;
} finder;

/* Can records of this emit be what is looked for? */
static bool
is_candidate(const finder *f, const tp_emit_rule *emit)
{
    return emit->fetch == f->fetch &&
           (f->record->made
                ? emit->subject != NULL
                : emit->kind == f->record->kind && (f->record->reject != NULL || !emit->removes));
}

/* Row of a table by the number of its record; SIZE_MAX = not in this chunk. */
static size_t
row_of(const tp_raw_table *t, uint32_t record)
{
    return t->n > 0 && record >= t->place[0].record && record - t->place[0].record < t->n
               ? record - t->place[0].record
               : SIZE_MAX;
}

static void
take_place(finder *f, const tp_emit_rule *emit)
{
    const tp_raw_table *t = &f->chunk->table[emit->select];
    const size_t row = row_of(t, f->record->place.record);
    if (row != SIZE_MAX && t->span != NULL) {
        f->out->any = true;
        f->out->span = t->span[row];
        f->out->fetch = &f->desc->fetch[f->fetch];
        f->out->select = emit->select;
    }
}

static tp_str
copy(finder *f, tp_str text)
{
    const char *p = text.p != NULL ? tp_arena_copy(&f->out->arena, text.p, text.n) : NULL;
    return p != NULL ? (tp_str){p, text.n} : TP_STR_NONE;
}

static void
take_fields(finder *f, const tp_preview *p)
{
    const tp_emit_rule *emit = f->record->made ? p->emit->subject : p->emit;
    const tp_preview_field *field = f->record->made ? p->subject_of : p->field_of;
    const size_t n = f->record->made ? p->n_subject : p->n_fields;
    f->out->n = 0;
    for (size_t i = 0; i < n; i++) {
        const tp_preview_field *from = &field[i];
        /* A field made from another one was received where that one was. */
        while (from->slot < 0 && from->rule->from >= 0) {
            from = &field[from->rule->from];
        }
        f->out->field[f->out->n++] =
            (tp_trace_field){.field = field[i].rule->field,
                             .path = copy(f, tp_show_path(f->desc, emit, from)),
                             .raw = copy(f, from->raw),
                             .hidden = tp_show_hides(&f->show, p, emit, field[i].rule)};
    }
}

/* Is it the reject that is looked for? One for want of a parent was a good record by itself. */
static bool
is_reject(const tp_reject *r, const tp_preview *p)
{
    return r->code == TP_REJ_PARENT || (p->rejected && p->code == r->code && p->field == r->field);
}

/* A record of the chunk that may be it (a tp_preview_fn). */
static void
take_record(void *user, const tp_preview *p)
{
    finder *f = user;
    const tp_trace_record *r = f->record;
    if (f->out->sure || p->place.record != r->place.record || !is_candidate(f, p->emit)) {
        return;
    }
    const bool sure = r->reject != NULL ? is_reject(r->reject, p)
                      : r->made         ? p->subject == r->key
                                        : p->key == r->key;
    if (sure || !f->out->any) {
        take_place(f, p->emit);
        take_fields(f, p);
        f->out->sure = sure;
    }
}

/* Only the chunk that holds the record is normalised: chunks are whole records. */
static tp_code
take_chunk(void *user, tp_raw_chunk *chunk, tp_err *err)
{
    finder *f = user;
    const tp_emit_rule *first = NULL;
    for (size_t e = 0; e < f->desc->rules->n_emits && first == NULL; e++) {
        const tp_emit_rule *emit = &f->desc->rules->emit[e];
        if (is_candidate(f, emit) &&
            row_of(&chunk->table[emit->select], f->record->place.record) != SIZE_MAX) {
            first = emit;
        }
    }
    if (first == NULL) {
        return TP_OK;
    }
    f->chunk = chunk;
    const tp_code rc = tp_batch_add(f->builder, chunk, err);
    if (!f->out->any && (rc == TP_OK || rc == TP_E_QUALITY)) {
        take_place(f, first); /* nobody was shown it: rejected with its parent, or passed over */
        f->out->sure = f->record->reject != NULL;
    }
    if (f->out->sure) {
        TP_RETURN_ERR(err, TP_E_CANCELLED, "found");
    }
    return rc == TP_E_QUALITY ? TP_OK : rc;
}

static tp_code
read_body(finder *f, const tp_trace_source *s, const tp_body *body, tp_err *err)
{
    tp_reader *reader = NULL;
    tp_parse_stats stats;
    const tp_raw_sink sink = {.chunk = take_chunk, .user = f};
    TP_RETURN_SAME(tp_landing_reader_open(s->landing, f->record->place.body, &reader, err));
    const tp_code rc = tp_format_parse(&f->desc->fetch[f->fetch].shape, f->record->place.body,
                                       body->request_key, reader, sink, &stats, err);
    tp_landing_reader_close(reader);
    return rc == TP_E_CANCELLED && f->out->sure ? TP_OK : rc;
}

static bool
find_fetch(const tp_source *desc, tp_str name, uint32_t *out)
{
    for (*out = 0; *out < desc->n_fetch; (*out)++) {
        if (tp_str_eq(desc->fetch[*out].name, name)) {
            return true;
        }
    }
    return false;
}

static tp_code
search(const tp_trace *t, const tp_trace_source *s, finder *f, const tp_body *body, tp_err *err)
{
    const tp_ctx ctx = {.threads = 1, .cancel = tp_signal_flag()};
    TP_RETURN_SAME(tp_batch_begin(s->desc->rules, t->nik_secret, &ctx, &f->builder, err));
    tp_batch_night(f->builder, s->night);
    tp_batch_fetch(f->builder, f->fetch);
    tp_batch_preview(f->builder, SIZE_MAX, take_record, f);
    const tp_code rc = read_body(f, s, body, err);
    tp_batch_free(f->builder);
    tp_show_clear(&f->show);
    return rc;
}

tp_code
tp_trace_find(tp_trace *t, const tp_trace_record *record, tp_trace_found *out,
              char why[TP_ERR_TEXT], tp_err *err)
{
    TP_RETURN_SAME(tp_trace_look(t, record->source, err));
    const tp_trace_source *s = &t->source[record->source];
    finder f = {.record = record, .desc = s->desc, .out = out, .show = {.source = s->desc}};
    tp_err own = {0};
    why[0] = '\0';
    if (s->landing == NULL) {
        (void)snprintf(why, TP_ERR_TEXT, "%s", s->lost);
        return TP_OK;
    }
    if (record->place.body >= tp_landing_count(s->landing)) {
        TP_RETURN_ERR(err, TP_E_IO, "the landing of source %s has no body %u", s->id,
                      record->place.body);
    }
    const tp_body *body = tp_landing_body(s->landing, record->place.body);
    if (s->desc == NULL || !find_fetch(s->desc, body->fetch, &f.fetch)) {
        (void)snprintf(why, TP_ERR_TEXT,
                       "no description in %.80s reads this body any more; its bytes: talentpool "
                       "trace --source %.60s --body %u",
                       tp_cfg_text(t->cli->cfg, "sources.dir"), s->id, record->place.body);
        return TP_OK;
    }
    const tp_code rc = search(t, s, &f, body, &own);
    if (rc == TP_E_CANCELLED || rc == TP_E_NOMEM) {
        *err = own;
        return rc;
    }
    if (!out->any) {
        (void)snprintf(why, TP_ERR_TEXT, "%.190s",
                       rc != TP_OK ? own.frame[0].text
                                   : "the description as it is now finds no such record");
    }
    return TP_OK;
}
