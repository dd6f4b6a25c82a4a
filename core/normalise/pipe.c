/* What does one field of a record come to? */
#include "core/normalise/pipe.h"

static bool
is_blank(tp_str text)
{
    return text.n == 0 || (text.p[0] <= ' ' && tp_str_trim(text).n == 0);
}

tp_value
tp_pipe_start(const tp_pipe *pipe, const tp_field_rule *rule, int *out_slot)
{
    *out_slot = -1;
    if (rule->from >= 0) {
        tp_value v = pipe->value[rule->from];
        v.code = NULL; /* the steps may change the text */
        return v;
    }
    for (size_t i = 0; i < rule->n_slots; i++) {
        const tp_str cell = pipe->cell[rule->slot[i]];
        if (!is_blank(cell)) {
            *out_slot = rule->slot[i];
            return tp_value_text(cell);
        }
    }
    return rule->constant.p != NULL ? tp_value_text(rule->constant) : tp_value_none(TP_REJ_COUNT);
}

static tp_value
run_steps(const tp_pipe *pipe, const tp_field_rule *rule, tp_value v)
{
    tp_reject_code fault = TP_REJ_COUNT;
    for (size_t i = 0; i < rule->n_steps; i++) {
        v = tp_pipe_step(pipe, &rule->step[i], v);
        if (v.kind == TP_V_TEXT && is_blank(v.text)) {
            v = tp_value_none(TP_REJ_COUNT);
        }
        fault = v.fault != TP_REJ_COUNT ? v.fault : fault;
        fault = v.kind != TP_V_NONE && v.fault == TP_REJ_COUNT ? TP_REJ_COUNT : fault;
    }
    v.fault = fault;
    return v;
}

/* Runs the steps on each element of a '|' list; what is missing falls out. */
static tp_value
run_each(const tp_pipe *pipe, const tp_field_rule *rule, tp_value v)
{
    tp_buf out = {0};
    tp_reject_code fault = TP_REJ_COUNT;
    tp_str rest = v.kind == TP_V_NONE ? TP_STR_NONE : tp_value_key(&v, pipe->arena);
    tp_str piece;
    while (tp_str_next(&rest, '|', &piece)) {
        const tp_value got = run_steps(pipe, rule, tp_value_text(piece));
        fault = got.fault != TP_REJ_COUNT ? got.fault : fault;
        if (got.kind != TP_V_NONE) {
            if (out.n > 0) {
                tp_buf_char(&out, '|');
            }
            tp_buf_str(&out, tp_value_key(&got, pipe->arena));
        }
    }
    char *copy = out.n == 0 ? NULL : tp_arena_copy(pipe->arena, out.p, out.n);
    v = copy == NULL ? tp_value_none(fault) : tp_value_text((tp_str){copy, out.n});
    v.fault = fault;
    tp_buf_clear(&out);
    return v;
}

tp_value
tp_pipe_field(const tp_pipe *pipe, const tp_field_rule *rule)
{
    int slot;
    tp_value v = tp_pipe_start(pipe, rule, &slot);
    v = rule->each ? run_each(pipe, rule, v) : run_steps(pipe, rule, v);
    if (v.kind == TP_V_TEXT) {
        v.text = tp_str_trim(v.text);
        v = v.text.n == 0 ? tp_value_none(v.fault) : v;
    }
    if (v.kind == TP_V_NONE && v.fault == TP_REJ_COUNT && rule->fallback.p != NULL) {
        v = tp_value_text(rule->fallback); /* for what is missing, not for what is wrong */
    }
    if (v.kind == TP_V_NONE) {
        v.fault = v.fault == TP_REJ_COUNT && rule->required ? TP_REJ_REQUIRED : v.fault;
        return v;
    }
    uint8_t severity = 0;
    const tp_reject_code broken = tp_check_field(pipe, rule, &v, &severity);
    if (broken != TP_REJ_COUNT) {
        v.fault = broken;
        v.severity = severity;
    }
    return v;
}
