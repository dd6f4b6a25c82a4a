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
    TP_AUTO_BUF(words);
    for (size_t i = 0; i < n_names; i++) {
        tp_buf_puts(&words, i > 0 ? "|" : "");
        tp_buf_str(&words, names[i]);
    }
    const tp_str near = tp_nearest_word(name, tp_buf_cstr(&words));
    return tp_node_fail(node, err,
                        "no field or local named \"%.*s\" stands before this one%s%.*s%s",
                        TP_STR_ARG(name), near.n > 0 ? "; did you mean \"" : "", TP_STR_ARG(near),
                        near.n > 0 ? "\"?" : "");
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

/* One end of a range: null is open, else a day or a number. */
static tp_code
range_end(at *a, const tp_node *node, int64_t open, int64_t *out, bool *out_day, tp_err *err)
{
    tp_str text;
    int32_t day;
    TP_RETURN_SAME(tp_describe_scalar(a->d, node, &text, err));
    *out = open;
    *out_day = false;
    if (text.p == NULL) {
        return TP_OK;
    }
    if (tp_day_parse_iso(text, &day)) {
        *out = day;
        *out_day = true;
        return TP_OK;
    }
    return tp_str_to_scaled(text, '.', 4, out)
               ? TP_OK
               : tp_node_fail(node, err,
                              "\"%.*s\" is no number and no date (yyyy-mm-dd); null leaves this "
                              "end open",
                              TP_STR_ARG(text));
}

static tp_code
range_check(at *a, tp_field_check *c, tp_err *err)
{
    bool day[2];
    TP_RETURN_SAME(tp_node_list(&a->value, err));
    if (tp_node_size(&a->value) != 2) {
        return tp_node_fail(&a->value, err, "two ends are needed: [low, high]");
    }
    const tp_node low = tp_node_at(&a->value, 0);
    const tp_node high = tp_node_at(&a->value, 1);
    TP_RETURN_SAME(range_end(a, &low, INT64_MIN, &c->low, &day[0], err));
    TP_RETURN_SAME(range_end(a, &high, INT64_MAX, &c->high, &day[1], err));
    const bool open = c->low == INT64_MIN || c->high == INT64_MAX;
    if (c->low > c->high || (!open && day[0] != day[1])) {
        return tp_node_fail(&a->value, err, "the low end comes first, and both are of one kind");
    }
    return TP_OK;
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
pattern_check(at *a, tp_field_check *c, tp_err *err)
{
    char why[160];
    TP_RETURN_SAME(tp_node_text(&a->value, &c->text, err));
    if (a->d->n_patterns == TP_PATTERNS_MAX) {
        return tp_node_fail(&a->value, err, "more than %d patterns in one source", TP_PATTERNS_MAX);
    }
    tp_pattern *pattern = tp_pattern_make(c->text, why);
    if (pattern == NULL) {
        return tp_node_fail(&a->value, err, "no pattern: %s", why);
    }
    a->d->pattern[a->d->n_patterns++] = pattern;
    c->pattern = pattern;
    return TP_OK;
}

/* What a value is compared with: a field or local, the night, a day or a number. */
static tp_code
limit_check(at *a, tp_check_op op, tp_field_check *c, tp_err *err)
{
    tp_str text;
    int32_t day;
    c->op = op;
    c->limit = (tp_operand){.field = -1};
    TP_RETURN_SAME(tp_describe_scalar(a->d, &a->value, &text, err));
    if (tp_str_is(text, "night")) {
        c->limit.kind = TP_OPERAND_NIGHT;
        a->d->needs_night = true;
    } else if (tp_day_parse_iso(text, &day)) {
        c->limit.kind = TP_OPERAND_DAY;
        c->limit.number = day;
    } else if (text.n > 0 && tp_str_to_scaled(text, '.', 4, &c->limit.number)) {
        c->limit.kind = TP_OPERAND_NUMBER;
    } else {
        c->limit.kind = TP_OPERAND_FIELD;
        return tp_describe_name(&a->value, a->names, a->n_names, &c->limit.field, err);
    }
    return TP_OK;
}

static tp_code
same_check(at *a, tp_field_check *c, tp_err *err)
{
    TP_RETURN_SAME(tp_node_text(&a->value, &c->text, err));
    c->op = TP_CHECK_SAME_AS_KEY;
    if (!tp_str_is(c->text, "request.key")) {
        c->op = TP_CHECK_SAME_AS_FIELD;
        return tp_describe_name(&a->value, a->names, a->n_names, &c->ref, err);
    }
    return TP_OK;
}

static tp_code
not_future_check(at *a, tp_field_check *c, tp_err *err)
{
    bool yes;
    TP_RETURN_SAME(tp_node_bool(&a->value, &yes, err));
    if (!yes) {
        return tp_node_fail(&a->value, err, "write true, or leave it out");
    }
    c->op = TP_CHECK_NOT_AFTER;
    c->limit = (tp_operand){.kind = TP_OPERAND_NIGHT, .field = -1};
    a->d->needs_night = true;
    return TP_OK;
}

/* The words of a check, in the order of read_check. */
static const char CHECK_WORDS[] = "in|range|length|form|pattern|ref|same_as|before|after|"
                                  "not_before|not_after|not_future|on_error";

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
    if (strcmp(word, "pattern") == 0) {
        c->op = TP_CHECK_PATTERN;
        return pattern_check(a, c, err);
    }
    if (strcmp(word, "ref") == 0) {
        c->op = TP_CHECK_REF;
        return tp_describe_table(a->d, &a->value, true, &c->codes, err);
    }
    if (strcmp(word, "same_as") == 0) {
        return same_check(a, c, err);
    }
    if (strcmp(word, "not_future") == 0) {
        return not_future_check(a, c, err);
    }
    const bool negated = strncmp(word, "not_", 4) == 0;
    const bool before = strstr(word, "before") != NULL;
    return limit_check(a,
                       negated ? (before ? TP_CHECK_NOT_BEFORE : TP_CHECK_NOT_AFTER)
                               : (before ? TP_CHECK_BEFORE : TP_CHECK_AFTER),
                       c, err);
}

/* One object of checks; its on_error holds for all of them. */
static tp_code
read_group(at *a, const tp_node *group, tp_field_check *check, size_t *n, tp_err *err)
{
    int word = -1;
    TP_RETURN_SAME(tp_node_object(group, err));
    TP_RETURN_SAME(tp_node_only(group, CHECK_WORDS, err));
    const tp_node on_error = tp_node_get(group, "on_error");
    if (is_there(&on_error)) {
        TP_RETURN_SAME(tp_node_word(&on_error, TP_ON_ERROR_WORDS, &word, err));
    }
    const size_t before = *n;
    for (size_t i = 0; i < tp_node_size(group); i++) {
        const char *name;
        a->value = tp_node_member(group, i, &name);
        if (strcmp(name, "on_error") == 0) {
            continue;
        }
        check[*n].severity = (uint8_t)(word + 1);
        TP_RETURN_SAME(read_check(a, name, &check[*n], err));
        (*n)++;
    }
    return *n > before ? TP_OK : tp_node_fail(group, err, "nothing is checked here");
}

tp_code
tp_describe_checks(tp_describe *d, const tp_node *node, const tp_str *names, size_t n_names,
                   tp_field_rule *out, tp_err *err)
{
    tp_field_check *check;
    at a = {.d = d, .names = names, .n_names = n_names};
    const bool list = tp_node_kind_of(node) == TP_NODE_LIST;
    const size_t n_groups = list ? tp_node_size(node) : 1;
    size_t most = list ? 0 : tp_node_size(node);
    for (size_t i = 0; list && i < n_groups; i++) {
        const tp_node group = tp_node_at(node, i);
        most += tp_node_size(&group);
    }
    if (n_groups == 0) {
        return tp_node_fail(node, err, "an empty list of checks");
    }
    TP_RETURN_SAME(tp_describe_alloc(d, most, sizeof *check, &check, err));
    for (size_t i = 0; i < n_groups; i++) {
        const tp_node group = list ? tp_node_at(node, i) : *node;
        TP_RETURN_SAME(read_group(&a, &group, check, &out->n_checks, err));
    }
    out->check = check;
    return TP_OK;
}
