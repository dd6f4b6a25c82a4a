/* Which limits must a batch keep to stand for its source? */
#include "etl/source/describe.h"

enum { GATES_MAX = 32 };

static const char *const WORDS[TP_GATE_MEASURES] = {
    [TP_GATE_REJECTED] = "measure|of|max_percent|max_bp|on_fail",
    [TP_GATE_RECORDS] = "measure|of|min|max|on_fail",
    [TP_GATE_SHRINK] = "measure|of|max_percent|max_bp|on_fail",
    [TP_GATE_GROWTH] = "measure|of|max_percent|max_bp|on_fail",
    [TP_GATE_ABSENT] = "measure|of|max_percent|max_bp|on_fail",
};

static bool
is_there(const tp_node *node)
{
    return tp_node_kind_of(node) != TP_NODE_ABSENT;
}

/* "person" or, where a field is measured, "person.nip". */
static tp_code
read_of(const tp_node *node, tp_gate *gate, tp_err *err)
{
    tp_str text;
    tp_kind kind;
    const bool field = gate->measure == TP_GATE_ABSENT;
    TP_RETURN_SAME(tp_node_text(node, &text, err));
    const size_t dot = tp_str_find(text, TP_STR("."));
    const tp_str name = tp_str_sub(text, 0, dot);
    if (!tp_kind_find(name, &kind)) {
        return tp_describe_no_record(node, name, err);
    }
    gate->kind = (int)kind;
    if (field != (dot != SIZE_MAX)) {
        return tp_node_fail(node, err,
                            field ? "a field is measured: write \"person.nip\""
                                  : "records are measured, no field: write \"person\"");
    }
    if (!field) {
        return TP_OK;
    }
    gate->field = tp_field_find(kind, tp_str_sub(text, dot + 1, text.n));
    return gate->field >= 0
               ? TP_OK
               : tp_node_fail(node, err, "record %.*s has no field \"%.*s\"", TP_STR_ARG(name),
                              TP_STR_ARG(tp_str_sub(text, dot + 1, text.n)));
}

static tp_code
read_share(const tp_node *node, tp_gate *gate, tp_err *err)
{
    int64_t percent;
    int64_t bp;
    const int64_t most = gate->measure == TP_GATE_GROWTH ? 1000 : 100;
    TP_RETURN_SAME(tp_describe_int(node, "max_percent", 0, most, -1, &percent, err));
    TP_RETURN_SAME(tp_describe_int(node, "max_bp", 0, most * 100, -1, &bp, err));
    if ((percent < 0) == (bp < 0)) {
        return tp_node_fail(node, err, "exactly one of \"max_percent\" and \"max_bp\" is needed");
    }
    gate->max_bp = (int)(percent >= 0 ? percent * 100 : bp);
    return TP_OK;
}

static tp_code
read_number(const tp_node *node, tp_gate *gate, tp_err *err)
{
    TP_RETURN_SAME(tp_describe_int(node, "min", 0, INT64_MAX, 0, &gate->least, err));
    TP_RETURN_SAME(tp_describe_int(node, "max", 1, INT64_MAX, 0, &gate->most, err));
    const tp_node min = tp_node_get(node, "min");
    const tp_node max = tp_node_get(node, "max");
    if (!is_there(&min) && !is_there(&max)) {
        return tp_node_fail(node, err, "\"min\" or \"max\" is missing");
    }
    return gate->most > 0 && gate->least > gate->most
               ? tp_node_fail(node, err, "\"min\" is more than \"max\"")
               : TP_OK;
}

static tp_code
read_gate(const tp_node *node, tp_gate *gate, tp_err *err)
{
    int measure;
    int warn = 0;
    *gate = (tp_gate){.kind = -1, .field = -1};
    TP_RETURN_SAME(tp_node_object(node, err));
    tp_node member = tp_node_get(node, "measure");
    TP_RETURN_SAME(tp_node_word(&member, "rejected|records|shrink|growth|absent", &measure, err));
    gate->measure = (tp_gate_measure)measure;
    TP_RETURN_SAME(tp_node_only(node, WORDS[measure], err));
    member = tp_node_get(node, "of");
    if (is_there(&member) || gate->measure == TP_GATE_ABSENT) {
        TP_RETURN_SAME(read_of(&member, gate, err));
    }
    member = tp_node_get(node, "on_fail");
    if (is_there(&member)) {
        TP_RETURN_SAME(tp_node_word(&member, "hold|warn", &warn, err));
    }
    gate->warn = warn == 1;
    return gate->measure == TP_GATE_RECORDS ? read_number(node, gate, err)
                                            : read_share(node, gate, err);
}

/* When a change of what the source sends is told. */
static tp_code
read_drift(const tp_node *node, tp_drift_limits *out, tp_err *err)
{
    int64_t fill;
    int64_t form;
    int64_t least;
    TP_RETURN_SAME(tp_node_object(node, err));
    TP_RETURN_SAME(tp_node_only(node, "fill_percent|form_percent|least_records|codes", err));
    TP_RETURN_SAME(tp_describe_int(node, "fill_percent", 1, 100, out->fill_bp / 100, &fill, err));
    TP_RETURN_SAME(tp_describe_int(node, "form_percent", 1, 100, out->form_bp / 100, &form, err));
    TP_RETURN_SAME(
        tp_describe_int(node, "least_records", 1, INT64_MAX, (int64_t)out->least, &least, err));
    out->fill_bp = (int)fill * 100;
    out->form_bp = (int)form * 100;
    out->least = (uint64_t)least;
    return tp_describe_bool(node, "codes", out->codes, &out->codes, err);
}

tp_code
tp_describe_quality(tp_describe *d, const tp_node *node, tp_err *err)
{
    tp_gate *gate;
    d->source->drift = TP_DRIFT_DEFAULTS;
    if (!is_there(node)) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_object(node, err));
    TP_RETURN_SAME(tp_describe_only(d, node, "gates|drift", err));
    const tp_node drift = tp_node_get(node, "drift");
    if (is_there(&drift)) {
        TP_GO_ON(d, read_drift(&drift, &d->source->drift, err), err);
    }
    const tp_node gates = tp_node_get(node, "gates");
    if (!is_there(&gates) && is_there(&drift)) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_list(&gates, err));
    const size_t n = tp_node_size(&gates);
    if (n > GATES_MAX) {
        return tp_node_fail(&gates, err, "at most %d gates", GATES_MAX);
    }
    TP_RETURN_SAME(tp_describe_alloc(d, n, sizeof *gate, &gate, err));
    for (size_t i = 0; i < n; i++) {
        const tp_node one = tp_node_at(&gates, i);
        TP_GO_ON(d, read_gate(&one, &gate[i], err), err);
    }
    d->source->n_gates = n;
    d->source->gate = gate;
    return TP_OK;
}
