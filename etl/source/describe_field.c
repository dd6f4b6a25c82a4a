/* Where does each field of a record come from, and in which order are fields computed? */
#include "etl/source/describe.h"

static const char FIELD_WORDS[] =
    "path|from|const|default|steps|required|optional|check|on_error|each|many";

static bool
is_there(const tp_node *node)
{
    return tp_node_kind_of(node) != TP_NODE_ABSENT;
}

/* ---- fields ---- */

static tp_code
read_paths(tp_describe *d, const tp_node *node, bool many, bool optional, const tp_reach *reach,
           tp_field_rule *out, tp_err *err)
{
    tp_select *select = &d->source->fetch[reach->fetch].shape.select[reach->select];
    const bool list = tp_node_kind_of(node) == TP_NODE_LIST;
    const size_t n = list ? tp_node_size(node) : 1;
    uint16_t *slot;
    if (n == 0) {
        return tp_node_fail(node, err, "an empty list of paths");
    }
    TP_RETURN_SAME(tp_describe_alloc(d, n, sizeof *slot, &slot, err));
    for (size_t i = 0; i < n; i++) {
        const tp_node one = list ? tp_node_at(node, i) : *node;
        tp_str text;
        TP_RETURN_SAME(tp_node_text(&one, &text, err));
        TP_RETURN_SAME(tp_describe_slot(d, &one, text, many, reach, &slot[i], err));
    }
    if (!optional && n > 1) {
        d->n_any_of++;
    }
    for (size_t i = 0; i < n && !optional; i++) {
        tp_slot *s = &select->slot[slot[i]];
        s->must = s->must || n == 1;
        s->any_of = n > 1 && s->any_of == 0 ? d->n_any_of : s->any_of;
    }
    out->slot = slot;
    out->n_slots = n;
    return TP_OK;
}

static tp_code
read_source_of_value(tp_describe *d, const tp_node *node, const tp_reach *reach,
                     const tp_str *names, size_t n_names, tp_field_rule *out, tp_err *err)
{
    bool many;
    bool optional;
    const tp_node path = tp_node_get(node, "path");
    const tp_node from = tp_node_get(node, "from");
    const tp_node constant = tp_node_get(node, "const");
    if (is_there(&path) + is_there(&from) + is_there(&constant) != 1) {
        return tp_node_fail(node, err,
                            "a value comes from exactly one of \"path\", \"from\" and \"const\"");
    }
    TP_RETURN_SAME(tp_describe_bool(node, "many", false, &many, err));
    TP_RETURN_SAME(tp_describe_bool(node, "optional", false, &optional, err));
    if (is_there(&path)) {
        return read_paths(d, &path, many, optional, reach, out, err);
    }
    if (is_there(&from)) {
        return tp_describe_name(&from, names, n_names, &out->from, err);
    }
    return tp_describe_scalar(d, &constant, &out->constant, err);
}

tp_code
tp_describe_field(tp_describe *d, const tp_node *node, tp_str name, const tp_reach *reach,
                  const tp_str *names, size_t n_names, tp_field_rule *out, tp_err *err)
{
    int word;
    *out = (tp_field_rule){.name = name, .field = -1, .from = -1, .on_error = TP_ON_NULL};
    if (tp_node_kind_of(node) == TP_NODE_TEXT) {
        return read_paths(d, node, false, false, reach, out, err);
    }
    TP_RETURN_SAME(tp_node_object(node, err));
    TP_RETURN_SAME(tp_describe_only(d, node, FIELD_WORDS, err));
    TP_RETURN_SAME(read_source_of_value(d, node, reach, names, n_names, out, err));
    TP_RETURN_SAME(tp_describe_bool(node, "required", false, &out->required, err));
    TP_RETURN_SAME(tp_describe_bool(node, "each", false, &out->each, err));
    out->on_error = out->required ? TP_ON_REJECT : TP_ON_NULL;
    tp_node member = tp_node_get(node, "on_error");
    if (is_there(&member)) {
        TP_RETURN_SAME(tp_node_word(&member, TP_ON_ERROR_WORDS, &word, err));
        out->on_error = (tp_on_error)word;
    }
    member = tp_node_get(node, "default");
    if (is_there(&member)) {
        TP_RETURN_SAME(tp_describe_scalar(d, &member, &out->fallback, err));
        if (out->required || out->fallback.p == NULL) {
            return tp_node_fail(&member, err,
                                out->required ? "a field with a default is never missing: leave "
                                                "out \"required\""
                                              : "null is what a missing value is anyway");
        }
    }
    member = tp_node_get(node, "steps");
    if (is_there(&member)) {
        TP_RETURN_SAME(tp_describe_steps(d, &member, reach, names, n_names, out, err));
    }
    member = tp_node_get(node, "check");
    return is_there(&member) ? tp_describe_checks(d, &member, names, n_names, out, err) : TP_OK;
}

/* ---- order of computation ---- */

typedef struct draft {
    size_t n;
    tp_str name[TP_VALUES_MAX];
    tp_node node[TP_VALUES_MAX];
    int16_t field[TP_VALUES_MAX];
    int state[TP_VALUES_MAX]; /* 0 = not seen, 1 = being placed, 2 = placed */
    size_t n_placed;
    size_t placed[TP_VALUES_MAX];
} draft;

static tp_code place(draft *f, size_t i, tp_err *err);

/* Places the field that a text names, if it names one. */
static tp_code
place_named(draft *f, const tp_node *node, tp_err *err)
{
    tp_str name;
    if (tp_node_kind_of(node) != TP_NODE_TEXT) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_text(node, &name, err));
    for (size_t i = 0; i < f->n; i++) {
        if (tp_str_eq(f->name[i], name)) {
            return place(f, i, err);
        }
    }
    return TP_OK;
}

/* Places whatever the words inside a field's rule refer to. */
static tp_code
place_references(draft *f, const tp_node *node, tp_err *err)
{
    const tp_node_kind kind = tp_node_kind_of(node);
    const bool object = kind == TP_NODE_OBJECT;
    if (!object && kind != TP_NODE_LIST) {
        return TP_OK;
    }
    for (size_t i = 0; i < tp_node_size(node); i++) {
        const char *key = "";
        const tp_node one = object ? tp_node_member(node, i, &key) : tp_node_at(node, i);
        if (strcmp(key, "from") == 0 || strcmp(key, "same_as") == 0 || strcmp(key, "date") == 0 ||
            strcmp(key, "before") == 0 || strcmp(key, "after") == 0 ||
            strcmp(key, "not_before") == 0 || strcmp(key, "not_after") == 0) {
            TP_RETURN_SAME(place_named(f, &one, err));
        }
        TP_RETURN_SAME(place_references(f, &one, err));
    }
    return TP_OK;
}

static tp_code
place(draft *f, size_t i, tp_err *err)
{
    if (f->state[i] == 2) {
        return TP_OK;
    }
    if (f->state[i] == 1) {
        return tp_node_fail(&f->node[i], err, "\"%.*s\" depends on itself", TP_STR_ARG(f->name[i]));
    }
    f->state[i] = 1;
    TP_RETURN_SAME(place_references(f, &f->node[i], err));
    f->state[i] = 2;
    f->placed[f->n_placed++] = i;
    return TP_OK;
}

static tp_code
no_field(const tp_node *node, const char *name, tp_kind kind, tp_err *err)
{
    TP_AUTO_BUF(words);
    const tp_kind_def *def = tp_kind_of(kind);
    for (int k = 0; k < def->n_fields; k++) {
        tp_buf_puts(&words, k > 0 ? "|" : "");
        tp_buf_puts(&words, def->field[k].name);
    }
    const tp_str near = tp_nearest_word(tp_str_of(name), tp_buf_cstr(&words));
    return tp_node_fail(node, err,
                        "record %s has no field \"%.40s\"%s%.*s%s; put helpers under \"locals\"",
                        def->name, name, near.n > 0 ? "; did you mean \"" : "", TP_STR_ARG(near),
                        near.n > 0 ? "\"?" : "");
}

/* A field or local whose name cannot be used is left out. */
static tp_code
draft_add(tp_describe *d, draft *f, const tp_node *object, tp_kind kind, bool local, tp_err *err)
{
    if (!is_there(object)) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_object(object, err));
    for (size_t i = 0; i < tp_node_size(object); i++) {
        const char *name;
        tp_code rc = TP_OK;
        const tp_node node = tp_node_member(object, i, &name);
        const int field = tp_field_find(kind, tp_str_of(name));
        if (f->n == TP_VALUES_MAX) {
            return tp_node_fail(&node, err, "more than %d fields and locals", TP_VALUES_MAX);
        }
        if (local && field >= 0) {
            rc = tp_node_fail(&node, err, "a local may not have the name of a field of %s",
                              tp_kind_of(kind)->name);
        } else if (!local && field < 0) {
            rc = no_field(&node, name, kind, err);
        } else {
            f->name[f->n] = tp_str_of(name);
            f->node[f->n] = node;
            f->field[f->n++] = (int16_t)(local ? -1 : field);
        }
        TP_GO_ON(d, rc, err);
    }
    return TP_OK;
}

/* Key fields come first, so that a record rejected for another field is still known by its key. */
static tp_code
draft_order(draft *f, const tp_node *emit, tp_kind kind, tp_err *err)
{
    const tp_node key = tp_node_get(emit, "key");
    for (size_t i = 0; i < tp_node_size(&key); i++) {
        const tp_node one = tp_node_at(&key, i);
        TP_RETURN_SAME(place_named(f, &one, err));
    }
    for (size_t i = 0; i < f->n && !is_there(&key); i++) {
        if (f->field[i] >= 0 && f->field[i] < tp_kind_of(kind)->n_natural) {
            TP_RETURN_SAME(place(f, i, err));
        }
    }
    for (size_t i = 0; i < f->n; i++) {
        TP_RETURN_SAME(place(f, i, err));
    }
    return TP_OK;
}

/* A value that stands in the description itself must fit its field. */
static tp_code
check_text(const tp_node *node, const char *word, tp_str text, tp_kind kind, int field, tp_err *err)
{
    tp_reject_code fault;
    const tp_field_def *def = &tp_kind_of(kind)->field[field];
    const tp_node value = tp_node_get(node, word);
    if (text.p == NULL || tp_text_fits(text, kind, field, &fault)) {
        return TP_OK;
    }
    if (def->type == TP_T_ENUM) {
        return tp_node_fail(&value, err, "\"%.*s\" is no word of %s; allowed are %s",
                            TP_STR_ARG(text), def->name, def->words);
    }
    return tp_node_fail(&value, err, "\"%.*s\" is no value of %s", TP_STR_ARG(text), def->name);
}

static tp_code
read_one(tp_describe *d, const draft *f, size_t at, const tp_reach *reach, const tp_str *names,
         size_t n_names, tp_kind kind, tp_field_rule *out, tp_err *err)
{
    const tp_node *node = &f->node[at];
    TP_RETURN_SAME(tp_describe_field(d, node, f->name[at], reach, names, n_names, out, err));
    if (f->field[at] < 0) {
        return TP_OK;
    }
    TP_RETURN_SAME(check_text(node, "default", out->fallback, kind, f->field[at], err));
    return out->n_steps > 0 ? TP_OK
                            : check_text(node, "const", out->constant, kind, f->field[at], err);
}

/* People of a source of one agency are that agency's, unless the emit says whose they are. */
static void
add_agency(const tp_describe *d, tp_emit_rule *emit, tp_field_rule *rule)
{
    for (size_t i = 0; i < emit->n_fields; i++) {
        if (rule[i].field == TP_PERSON_AGENCY) {
            return;
        }
    }
    if (emit->kind == TP_PERSON && d->source->agency.n > 0 && emit->n_fields < TP_VALUES_MAX) {
        tp_field_rule *r = &rule[emit->n_fields++];
        *r = (tp_field_rule){.name = TP_STR("agency"),
                             .field = TP_PERSON_AGENCY,
                             .from = -1,
                             .constant = d->source->agency};
    }
}

tp_code
tp_describe_fields(tp_describe *d, const tp_node *node, const tp_reach *reach, tp_emit_rule *emit,
                   tp_err *err)
{
    draft f = {0};
    tp_field_rule *rule;
    tp_str names[TP_VALUES_MAX];
    const tp_node locals = tp_node_get(node, "locals");
    const tp_node fields = tp_node_get(node, "fields");
    TP_RETURN_SAME(draft_add(d, &f, &locals, emit->kind, true, err));
    TP_RETURN_SAME(draft_add(d, &f, &fields, emit->kind, false, err));
    TP_RETURN_SAME(draft_order(&f, node, emit->kind, err));
    TP_RETURN_SAME(tp_describe_alloc(d, f.n + 1, sizeof *rule, &rule, err));
    emit->stamp = -1;
    for (size_t i = 0; i < f.n; i++) {
        const size_t at = f.placed[i];
        TP_GO_ON(d, read_one(d, &f, at, reach, names, i, emit->kind, &rule[i], err), err);
        rule[i].name = f.name[at];
        rule[i].field = f.field[at];
        names[i] = f.name[at];
        if (tp_str_is(f.name[at], "changed_at")) {
            emit->stamp = (int16_t)i;
        }
    }
    emit->field = rule;
    emit->n_fields = f.n;
    add_agency(d, emit, rule);
    return TP_OK;
}
