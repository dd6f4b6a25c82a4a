/* Which steps does a path of a description mean? */
#include "etl/source/describe.h"

enum { STEPS_MAX = 24 };

typedef struct steps {
    size_t n;
    tp_path_step at[STEPS_MAX];
    bool many;
} steps;

static tp_code
add(const tp_node *node, steps *s, tp_path_step step, tp_err *err)
{
    if (s->n == STEPS_MAX) {
        return tp_node_fail(node, err, "a path has at most %d steps", STEPS_MAX);
    }
    s->at[s->n++] = step;
    s->many = s->many || step.kind == TP_PATH_EACH || step.kind == TP_PATH_ANY;
    return TP_OK;
}

static size_t
until(tp_str text, const char *stops)
{
    size_t n = 0;
    while (n < text.n && strchr(stops, text.p[n]) == NULL) {
        n++;
    }
    return n;
}

static tp_str
skip(tp_str text, size_t n)
{
    return (tp_str){text.p + n, text.n - n};
}

/* "[]", "[3]", "[\"key.with.dots\"]" or "{}" at the head of *rest. */
static tp_code
json_bracket(const tp_node *node, tp_str *rest, steps *s, tp_err *err)
{
    uint64_t index;
    if (tp_str_starts(*rest, TP_STR("{}"))) {
        *rest = skip(*rest, 2);
        return add(node, s, (tp_path_step){.kind = TP_PATH_PARSE}, err);
    }
    if (tp_str_starts(*rest, TP_STR("[]"))) {
        *rest = skip(*rest, 2);
        return add(node, s, (tp_path_step){.kind = TP_PATH_EACH}, err);
    }
    const size_t end = tp_str_find(*rest, TP_STR("]"));
    if (end == SIZE_MAX || end < 2) {
        return tp_node_fail(node, err, "path \"%.*s\": a bracket does not close",
                            TP_STR_ARG(*rest));
    }
    const tp_str inside = tp_str_sub(*rest, 1, end - 1);
    *rest = skip(*rest, end + 1);
    if (inside.n >= 2 && inside.p[0] == '"' && inside.p[inside.n - 1] == '"') {
        const tp_str name = tp_str_sub(inside, 1, inside.n - 2);
        return add(node, s, (tp_path_step){.kind = TP_PATH_CHILD, .name = name}, err);
    }
    if (!tp_str_to_u64(inside, &index) || index > UINT32_MAX) {
        return tp_node_fail(node, err, "path: [%.*s] is no index; write [], [0] or [\"name\"]",
                            TP_STR_ARG(inside));
    }
    return add(node, s, (tp_path_step){.kind = TP_PATH_INDEX, .index = (uint32_t)index}, err);
}

static tp_code
json_path(const tp_node *node, tp_str rest, steps *s, tp_err *err)
{
    const tp_str whole = rest;
    while (rest.n > 0) {
        if (rest.p[0] != '[' && rest.p[0] != '{') {
            const size_t n = until(rest, ".[{");
            if (n == 0) {
                return tp_node_fail(node, err, "path \"%.*s\": a name is missing",
                                    TP_STR_ARG(whole));
            }
            const tp_str name = tp_str_sub(rest, 0, n);
            const bool any = tp_str_is(name, "*");
            const tp_path_step step = {.kind = any ? TP_PATH_ANY : TP_PATH_CHILD, .name = name};
            TP_RETURN_SAME(add(node, s, step, err));
            rest = skip(rest, n);
        }
        while (rest.n > 0 && (rest.p[0] == '[' || rest.p[0] == '{')) {
            TP_RETURN_SAME(json_bracket(node, &rest, s, err));
        }
        if (rest.n > 0) {
            if (rest.p[0] != '.' || rest.n == 1) {
                return tp_node_fail(node, err, "path \"%.*s\": unexpected end or sign",
                                    TP_STR_ARG(whole));
            }
            rest = skip(rest, 1);
        }
    }
    return TP_OK;
}

/* Splits "prefix:name" and finds the namespace of the prefix. */
static tp_code
qualify(const tp_describe *d, const tp_node *node, tp_path_step *step, tp_err *err)
{
    const size_t at = tp_str_find(step->name, TP_STR(":"));
    step->ns = TP_STR("");
    if (at == SIZE_MAX) {
        return TP_OK;
    }
    const tp_str prefix = tp_str_sub(step->name, 0, at);
    step->name = tp_str_sub(step->name, at + 1, step->name.n);
    for (size_t i = 0; i < d->n_ns; i++) {
        if (tp_str_eq(d->ns_prefix[i], prefix)) {
            step->ns = d->ns_uri[i];
            return TP_OK;
        }
    }
    return tp_node_fail(node, err, "prefix \"%.*s\" is not declared; add it to \"namespaces\"",
                        TP_STR_ARG(prefix));
}

/* "[3]" or "[@name='value']" after an element's name. */
static tp_code
xml_bracket(const tp_node *node, tp_str inside, tp_path_step *step, tp_err *err)
{
    uint64_t index;
    if (inside.n > 0 && inside.p[0] == '@') {
        const size_t eq = tp_str_find(inside, TP_STR("='"));
        if (eq == SIZE_MAX || inside.p[inside.n - 1] != '\'' || eq + 3 > inside.n) {
            return tp_node_fail(node, err, "path: [%.*s] is not [@name='value']",
                                TP_STR_ARG(inside));
        }
        step->attr = tp_str_sub(inside, 1, eq - 1);
        step->value = tp_str_sub(inside, eq + 2, inside.n - eq - 3);
        return TP_OK;
    }
    if (!tp_str_to_u64(inside, &index) || index == 0 || index > UINT32_MAX) {
        return tp_node_fail(node, err, "path: [%.*s] is no position from 1", TP_STR_ARG(inside));
    }
    step->kind = TP_PATH_INDEX;
    step->index = (uint32_t)index;
    return TP_OK;
}

static tp_code
xml_path(const tp_describe *d, const tp_node *node, tp_str rest, steps *s, tp_err *err)
{
    const tp_str whole = rest;
    rest = tp_str_starts(rest, TP_STR("/")) ? skip(rest, 1) : rest;
    while (rest.n > 0) {
        if (s->n > 0 && s->at[s->n - 1].kind == TP_PATH_ATTR) {
            return tp_node_fail(node, err, "path \"%.*s\": an attribute must come last",
                                TP_STR_ARG(whole));
        }
        const bool attr = rest.p[0] == '@';
        rest = attr ? skip(rest, 1) : rest;
        const size_t n = until(rest, "/[");
        if (n == 0) {
            return tp_node_fail(node, err, "path \"%.*s\": a name is missing", TP_STR_ARG(whole));
        }
        tp_path_step step = {.kind = attr ? TP_PATH_ATTR : TP_PATH_CHILD,
                             .name = tp_str_sub(rest, 0, n)};
        step.kind = tp_str_is(step.name, "*") ? TP_PATH_ANY : step.kind;
        TP_RETURN_SAME(qualify(d, node, &step, err));
        rest = skip(rest, n);
        if (rest.n > 0 && rest.p[0] == '[') {
            const size_t end = tp_str_find(rest, TP_STR("]"));
            if (end == SIZE_MAX || attr) {
                return tp_node_fail(node, err, "path \"%.*s\": misplaced bracket",
                                    TP_STR_ARG(whole));
            }
            TP_RETURN_SAME(xml_bracket(node, tp_str_sub(rest, 1, end - 1), &step, err));
            rest = skip(rest, end + 1);
        }
        TP_RETURN_SAME(add(node, s, step, err));
        if (rest.n > 0) {
            if (rest.p[0] != '/' || rest.n == 1) {
                return tp_node_fail(node, err, "path \"%.*s\": unexpected end or sign",
                                    TP_STR_ARG(whole));
            }
            rest = skip(rest, 1);
        }
    }
    return TP_OK;
}

tp_code
tp_path_compile(tp_describe *d, const tp_node *node, tp_format format, tp_str text, tp_path *out,
                bool *out_many, tp_err *err)
{
    steps s = {0};
    if (text.n == 0 || tp_str_is(text, ".")) {
        *out = (tp_path){0, NULL};
        *out_many = false;
        return TP_OK;
    }
    switch (format) {
    case TP_FORMAT_JSON:
    case TP_FORMAT_NDJSON:
        TP_RETURN_SAME(json_path(node, text, &s, err));
        break;
    case TP_FORMAT_XML:
        TP_RETURN_SAME(xml_path(d, node, text, &s, err));
        break;
    case TP_FORMAT_CSV:
        TP_RETURN_SAME(add(node, &s, (tp_path_step){.kind = TP_PATH_CHILD, .name = text}, err));
        break;
    }
    out->n = s.n;
    TP_RETURN_SAME(tp_describe_alloc(d, s.n, sizeof *out->step, &out->step, err));
    memcpy(out->step, s.at, s.n * sizeof *out->step);
    *out_many = s.many;
    return TP_OK;
}

static bool
same_path(const tp_path *a, const tp_path *b)
{
    if (a->n != b->n) {
        return false;
    }
    for (size_t i = 0; i < a->n; i++) {
        const tp_path_step *x = &a->step[i];
        const tp_path_step *y = &b->step[i];
        if (x->kind != y->kind || x->index != y->index || !tp_str_eq(x->name, y->name) ||
            !tp_str_eq(x->ns, y->ns) || !tp_str_eq(x->attr, y->attr) ||
            !tp_str_eq(x->value, y->value)) {
            return false;
        }
    }
    return true;
}

/* Adds a slot to a select unless the same one is there. */
static tp_code
put_slot(tp_describe *d, const tp_node *node, tp_select *select, tp_slot slot, uint16_t *out,
         tp_err *err)
{
    for (size_t i = 0; i < select->n_slots; i++) {
        const tp_slot *s = &select->slot[i];
        if (s->up == slot.up && s->many == slot.many && same_path(&s->path, &slot.path)) {
            *out = (uint16_t)i;
            return TP_OK;
        }
    }
    if (select->slot == NULL) {
        TP_RETURN_SAME(
            tp_describe_alloc(d, TP_SLOTS_MAX, sizeof *select->slot, &select->slot, err));
    }
    if (select->n_slots == TP_SLOTS_MAX) {
        return tp_node_fail(node, err, "more than %d different paths in one record", TP_SLOTS_MAX);
    }
    select->slot[select->n_slots] = slot;
    *out = (uint16_t)select->n_slots++;
    return TP_OK;
}

/* "^name.path": how many selects up, and the path from there. */
static tp_code
climb(const tp_node *node, const tp_shape *shape, const tp_reach *reach, tp_str *text,
      uint32_t *out_up, tp_err *err)
{
    const size_t n = until(*text, "./");
    const tp_str name = tp_str_sub(*text, 1, n - 1);
    for (const tp_enclosing *s = reach->scope; s != NULL; s = s->outer) {
        if (s->name.p == NULL || !tp_str_eq(s->name, name)) {
            continue;
        }
        uint32_t up = 0;
        for (int at = reach->select; at != s->select && at >= 0; at = shape->select[at].parent) {
            up++;
        }
        *out_up = up;
        *text = n < text->n ? skip(*text, n + 1) : TP_STR("");
        return TP_OK;
    }
    return tp_node_fail(node, err,
                        "no enclosing record is named \"%.*s\"; name it with \"context\"",
                        TP_STR_ARG(name));
}

tp_code
tp_describe_slot(tp_describe *d, const tp_node *node, tp_str text, bool many, const tp_reach *reach,
                 uint16_t *out, tp_err *err)
{
    tp_shape *shape = &d->source->fetch[reach->fetch].shape;
    tp_slot slot = {.many = many, .text = text};
    bool repeats = false;
    if (tp_str_starts(text, TP_STR("^"))) {
        TP_RETURN_SAME(climb(node, shape, reach, &text, &slot.up, err));
    }
    TP_RETURN_SAME(tp_path_compile(d, node, shape->format, text, &slot.path, &repeats, err));
    slot.many = many || repeats;
    return put_slot(d, node, &shape->select[reach->select], slot, out, err);
}

tp_code
tp_describe_select_of(tp_describe *d, const tp_node *node, size_t fetch, int parent, tp_str text,
                      int *out, tp_err *err)
{
    tp_shape *shape = &d->source->fetch[fetch].shape;
    bool many;
    for (size_t i = 0; i < shape->n_selects; i++) {
        const tp_describe_select *have = &d->select[fetch][i];
        if (have->parent == parent && tp_str_eq(have->text, text) &&
            (have->text.p == NULL) == (text.p == NULL)) {
            *out = (int)i;
            return TP_OK;
        }
    }
    if (shape->n_selects == TP_SELECTS_MAX) {
        return tp_node_fail(node, err, "more than %d kinds of record in one body", TP_SELECTS_MAX);
    }
    const size_t at = shape->n_selects;
    tp_select *select = &shape->select[at];
    *select = (tp_select){.parent = parent, .document = text.p == NULL};
    TP_RETURN_SAME(tp_path_compile(d, node, shape->format, text, &select->path, &many, err));
    if (text.p != NULL && shape->format == TP_FORMAT_CSV && select->path.n > 0) {
        return tp_node_fail(node, err,
                            "a table has no records inside records; write \"select\": \".\"");
    }
    d->select[fetch][at] = (tp_describe_select){.text = text, .parent = parent};
    shape->n_selects++;
    *out = (int)at;
    return TP_OK;
}

tp_code
tp_describe_envelope(tp_describe *d, const tp_node *node, tp_fetch *fetch, tp_str text, bool many,
                     int *out, tp_err *err)
{
    tp_shape *shape = &fetch->envelope;
    tp_slot slot = {.many = many};
    bool repeats;
    uint16_t at;
    if (shape->format == TP_FORMAT_CSV) {
        return tp_node_fail(node, err, "a table has no envelope to read values from");
    }
    if (shape->n_selects == 0) {
        shape->select[0] = (tp_select){.parent = -1, .document = true};
        shape->n_selects = 1;
    }
    TP_RETURN_SAME(tp_path_compile(d, node, shape->format, text, &slot.path, &repeats, err));
    TP_RETURN_SAME(put_slot(d, node, &shape->select[0], slot, &at, err));
    *out = at;
    return TP_OK;
}
