/* What did each step make of a record's values? */
#include "talent/core/preview.h"

#include "core/normalise/stage.h"

void
tp_batch_preview(tp_batch_builder *builder, size_t most, tp_preview_fn fn, void *user)
{
    builder->preview = fn;
    builder->preview_user = user;
    builder->preview_most = most;
}

static tp_str
shown(const tp_value *v, tp_arena *arena)
{
    return v->kind == TP_V_NONE ? TP_STR_NONE : tp_value_key(v, arena);
}

/* The steps one by one, as tp_pipe_field runs them. */
static void
trace(const tp_pipe *pipe, const tp_field_rule *rule, tp_value v, tp_preview_field *out)
{
    tp_preview_step *step = tp_arena_alloc(pipe->arena, rule->n_steps, sizeof *step);
    if (step == NULL || rule->each) {
        return;
    }
    for (size_t i = 0; i < rule->n_steps; i++) {
        v = tp_pipe_step(pipe, &rule->step[i], v);
        if (v.kind == TP_V_TEXT && tp_str_trim(v.text).n == 0) {
            v = tp_value_none(TP_REJ_COUNT);
        }
        step[i] = (tp_preview_step){tp_op_name(rule->step[i].op), shown(&v, pipe->arena), v.fault};
    }
    out->n_steps = rule->n_steps;
    out->step = step;
}

static tp_preview_field *
fields(const tp_pipe *outer, const tp_emit_rule *emit)
{
    tp_arena *arena = outer->arena;
    tp_preview_field *out = tp_arena_alloc(arena, emit->n_fields, sizeof *out);
    tp_value *values = tp_arena_alloc(arena, TP_VALUES_MAX, sizeof *values);
    tp_pipe pipe = *outer;
    if (out == NULL || values == NULL) {
        return NULL;
    }
    pipe.value = values;
    for (size_t i = 0; i < emit->n_fields; i++) {
        const tp_field_rule *rule = &emit->field[i];
        tp_preview_field *f = &out[i];
        *f = (tp_preview_field){.rule = rule, .slot = -1};
        const tp_value begin = tp_pipe_start(&pipe, rule, &f->slot);
        f->raw = f->slot >= 0 ? pipe.cell[f->slot] : TP_STR_NONE;
        trace(&pipe, rule, begin, f);
        tp_value v = tp_pipe_field(&pipe, rule);
        tp_row_fit(emit, rule, &v, arena);
        f->fault = v.fault;
        f->outcome = v.severity == 0 ? rule->on_error : (tp_on_error)(v.severity - 1);
        if (v.fault != TP_REJ_COUNT && f->outcome == TP_ON_NULL) {
            v = tp_value_none(TP_REJ_COUNT);
        }
        f->value = shown(&v, arena);
        v.fault = TP_REJ_COUNT;
        values[i] = v;
    }
    return out;
}

void
tp_preview_row(tp_batch_builder *b, const tp_emit_rule *emit, const tp_pipe *pipe,
               const tp_preview *found)
{
    const size_t number = (size_t)(emit - b->rules->emit);
    size_t *seen = &b->previewed[number][found->rejected ? 1 : 0];
    if (*seen >= b->preview_most) {
        return;
    }
    (*seen)++;
    tp_preview out = *found;
    out.emit = emit;
    out.emit_number = number;
    out.removal = emit->removes;
    out.field_of = fields(pipe, emit);
    out.n_fields = out.field_of != NULL ? emit->n_fields : 0;
    if (emit->subject != NULL) {
        out.subject_of = fields(pipe, emit->subject);
        out.n_subject = out.subject_of != NULL ? emit->subject->n_fields : 0;
    }
    b->preview(b->preview_user, &out);
}
