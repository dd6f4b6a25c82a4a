/* Which checks of a value does a description ask for, and which tables and names do they use? */
#include "etl/source/describe.h"

#include "talent/base/day.h"

typedef struct at {
    tp_describe *d;
    tp_node value; /* the argument of the check */
    const tp_str *names;
    size_t n_names;
} at;

static bool
is_there(const tp_node *node)
{
    return tp_node_kind_of(node) != TP_NODE_ABSENT;
}

tp_code
tp_describe_name(const tp_node *node, const tp_str *names, size_t n_names, int16_t *out,
                 tp_err *err)
{
    tp_str name;
    TP_RETURN_SAME(tp_node_text(node, &name, err));
    for (size_t i = 0; i < n_names; i++) {
        if (tp_str_eq(names[i], name)) {
            *out = (int16_t)i;
            return TP_OK;
        }
    }
    return tp_node_fail(node, err, "no field or local named \"%.*s\" stands before this one",
                        TP_STR_ARG(name));
}

tp_code
tp_describe_table(tp_describe *d, const tp_node *node, bool keys_only, const tp_codes **out,
                  tp_err *err)
{
    tp_str set;
    tp_str give = TP_STR_NONE;
    const tp_str *by = NULL;
    tp_str one;
    size_t n_by = 1;
    TP_RETURN_SAME(tp_node_object(node, err));
    TP_RETURN_SAME(tp_node_only(node, "set|by|give", err));
    tp_node member = tp_node_get(node, "set");
    TP_RETURN_SAME(tp_node_text(&member, &set, err));
    member = tp_node_get(node, "by");
    if (tp_node_kind_of(&member) == TP_NODE_LIST) {
        TP_RETURN_SAME(tp_describe_texts(d, &member, &by, &n_by, err));
    } else {
        TP_RETURN_SAME(tp_node_text(&member, &one, err));
        by = &one;
    }
    member = tp_node_get(node, "give");
    if (is_there(&member)) {
        TP_RETURN_SAME(tp_node_text(&member, &give, err));
    } else if (keys_only) {
        give = by[0];
    }
    tp_err why;
    const tp_code rc = tp_code_lists_table(d->lists, set, by, n_by, give, out, &why);
    return rc == TP_OK ? TP_OK : tp_node_fail(node, err, "%s", why.frame[0].text);
}

/* [low, high] in the pipeline's unit. */
tp_code
tp_describe_pair(tp_describe *d, const tp_node *node, int64_t *low, int64_t *high, tp_err *err)
{
    const tp_str *list;
    size_t n;
    TP_RETURN_SAME(tp_describe_texts(d, node, &list, &n, err));
    if (n != 2 || !tp_str_to_scaled(list[0], '.', 4, low) ||
        !tp_str_to_scaled(list[1], '.', 4, high)) {
        return tp_node_fail(node, err, "two numbers are needed: [low, high]");
    }
    return TP_OK;
}

static tp_code
range_check(at *a, tp_field_check *c, tp_err *err)
{
    const tp_str *list;
    size_t n;
    int32_t low;
    int32_t high;
    TP_RETURN_SAME(tp_describe_texts(a->d, &a->value, &list, &n, err));
    if (n == 2 && tp_day_parse_iso(list[0], &low) && tp_day_parse_iso(list[1], &high)) {
        c->low = low;
        c->high = high;
        return TP_OK;
    }
    return tp_describe_pair(a->d, &a->value, &c->low, &c->high, err);
}

static tp_code
length_check(at *a, tp_field_check *c, tp_err *err)
{
    if (tp_node_kind_of(&a->value) == TP_NODE_INT) {
        TP_RETURN_SAME(tp_node_int(&a->value, 0, 100000, &c->low, err));
        c->high = c->low;
        return TP_OK;
    }
    const tp_node low = tp_node_at(&a->value, 0);
    const tp_node high = tp_node_at(&a->value, 1);
    TP_RETURN_SAME(tp_node_int(&low, 0, 100000, &c->low, err));
    return tp_node_int(&high, 0, 100000, &c->high, err);
}

static tp_code
read_check(at *a, const char *word, tp_field_check *c, tp_err *err)
{
    c->ref = -1;
    if (strcmp(word, "in") == 0) {
        c->op = TP_CHECK_IN;
        return tp_describe_texts(a->d, &a->value, &c->list, &c->n, err);
    }
    if (strcmp(word, "range") == 0) {
        c->op = TP_CHECK_RANGE;
        return range_check(a, c, err);
    }
    if (strcmp(word, "length") == 0) {
        c->op = TP_CHECK_LENGTH;
        return length_check(a, c, err);
    }
    if (strcmp(word, "form") == 0) {
        c->op = TP_CHECK_FORM;
        return tp_node_text(&a->value, &c->text, err);
    }
    if (strcmp(word, "ref") == 0) {
        c->op = TP_CHECK_REF;
        return tp_describe_table(a->d, &a->value, true, &c->codes, err);
    }
    TP_RETURN_SAME(tp_node_text(&a->value, &c->text, err));
    c->op = TP_CHECK_SAME_AS_KEY;
    if (!tp_str_is(c->text, "request.key")) {
        c->op = TP_CHECK_SAME_AS_FIELD;
        return tp_describe_name(&a->value, a->names, a->n_names, &c->ref, err);
    }
    return TP_OK;
}

tp_code
tp_describe_checks(tp_describe *d, const tp_node *node, const tp_str *names, size_t n_names,
                   tp_field_rule *out, tp_err *err)
{
    tp_field_check *check;
    TP_RETURN_SAME(tp_node_object(node, err));
    TP_RETURN_SAME(tp_node_only(node, "in|range|length|form|same_as|ref", err));
    out->n_checks = tp_node_size(node);
    TP_RETURN_SAME(tp_describe_alloc(d, out->n_checks, sizeof *check, &check, err));
    for (size_t i = 0; i < out->n_checks; i++) {
        const char *word;
        at a = {d, tp_node_member(node, i, &word), names, n_names};
        TP_RETURN_SAME(read_check(&a, word, &check[i], err));
    }
    out->check = check;
    return TP_OK;
}
