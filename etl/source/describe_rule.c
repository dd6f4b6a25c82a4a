/* What does a check between fields say? "start_on <= end_on or not present end_on" */
#include "etl/source/describe.h"

#include "talent/base/day.h"

typedef struct reader {
    tp_describe *d;
    const tp_node *node;
    const tp_field_rule *field;
    size_t n_fields;
    tp_str rest;
    tp_record_rule *out;
    int depth;
} reader;

static tp_code read_or(reader *r, tp_err *err);

static void
skip_blank(reader *r)
{
    while (r->rest.n > 0 && r->rest.p[0] == ' ') {
        r->rest.p++;
        r->rest.n--;
    }
}

static bool
is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
}

static tp_str
word(const reader *r)
{
    size_t n = 0;
    while (n < r->rest.n && is_word_char(r->rest.p[n])) {
        n++;
    }
    return tp_str_sub(r->rest, 0, n);
}

static bool
take(reader *r, const char *text)
{
    skip_blank(r);
    const tp_str want = tp_str_of(text);
    const bool letters = is_word_char(text[0]);
    if (letters ? !tp_str_eq(word(r), want) : !tp_str_starts(r->rest, want)) {
        return false;
    }
    r->rest.p += want.n;
    r->rest.n -= want.n;
    return true;
}

static tp_code
put(reader *r, tp_rule_item item, tp_err *err)
{
    if (r->out->n == TP_RULE_ITEMS) {
        return tp_node_fail(r->node, err, "a rule has at most %d parts", TP_RULE_ITEMS);
    }
    r->out->item[r->out->n++] = item;
    return TP_OK;
}

static bool
find_field(const reader *r, tp_str name, tp_operand *out)
{
    for (size_t i = 0; i < r->n_fields; i++) {
        if (tp_str_eq(r->field[i].name, name)) {
            out->kind = TP_OPERAND_FIELD;
            out->field = (int16_t)i;
            return true;
        }
    }
    return false;
}

/* "nip.birth_date": a part of a field that holds a civil-service number. */
static bool
find_part(const reader *r, tp_str name, tp_operand *out)
{
    static const struct {
        const char *tail;
        tp_operand_kind kind;
    } PART[] = {{".birth_date", TP_OPERAND_NIP_BIRTH},
                {".sex", TP_OPERAND_NIP_SEX},
                {".cpns_month", TP_OPERAND_NIP_MONTH},
                {".pppk", TP_OPERAND_NIP_PPPK}};
    for (size_t i = 0; i < TP_COUNT(PART); i++) {
        const tp_str tail = tp_str_of(PART[i].tail);
        if (tp_str_ends(name, tail) && find_field(r, tp_str_sub(name, 0, name.n - tail.n), out)) {
            out->kind = PART[i].kind;
            return true;
        }
    }
    return false;
}

static tp_str
nearest_field(const reader *r, tp_str name)
{
    TP_AUTO_BUF(words);
    for (size_t i = 0; i < r->n_fields; i++) {
        tp_buf_puts(&words, i > 0 ? "|" : "");
        tp_buf_str(&words, r->field[i].name);
    }
    const tp_str near = tp_nearest_word(name, tp_buf_cstr(&words));
    for (size_t i = 0; i < r->n_fields; i++) {
        if (near.n > 0 && tp_str_eq(r->field[i].name, near)) {
            return r->field[i].name; /* the buffer's own text does not last */
        }
    }
    return TP_STR_NONE;
}

static tp_code
read_operand(reader *r, tp_operand *out, tp_err *err)
{
    skip_blank(r);
    *out = (tp_operand){.field = -1};
    if (r->rest.n > 0 && r->rest.p[0] == '\'') {
        const size_t end = tp_str_find(tp_str_sub(r->rest, 1, r->rest.n), TP_STR("'"));
        if (end == SIZE_MAX) {
            return tp_node_fail(r->node, err, "a quoted text does not end");
        }
        out->kind = TP_OPERAND_TEXT;
        out->text = tp_str_sub(r->rest, 1, end);
        r->rest = tp_str_sub(r->rest, end + 2, r->rest.n);
        return TP_OK;
    }
    const tp_str name = word(r);
    int32_t day;
    r->rest = tp_str_sub(r->rest, name.n, r->rest.n);
    if (find_field(r, name, out) || find_part(r, name, out)) {
        return TP_OK;
    }
    if (tp_str_is(name, "night")) {
        out->kind = TP_OPERAND_NIGHT;
        r->d->needs_night = true;
        return TP_OK;
    }
    if (tp_day_parse_iso(name, &day)) {
        out->kind = TP_OPERAND_DAY;
        out->number = day;
        return TP_OK;
    }
    if (name.n > 0 && tp_str_to_scaled(name, '.', 4, &out->number)) {
        out->kind = TP_OPERAND_NUMBER;
        return TP_OK;
    }
    const tp_str near = nearest_field(r, name);
    return tp_node_fail(r->node, err,
                        "\"%.*s\" is no field of this record, number, date (yyyy-mm-dd), night or "
                        "'text'%s%.*s%s",
                        TP_STR_ARG(name), near.n > 0 ? "; did you mean " : "", TP_STR_ARG(near),
                        near.n > 0 ? "?" : "");
}

static tp_code
read_comparison(reader *r, tp_err *err)
{
    static const struct {
        const char *sign;
        tp_rule_op op;
    } SIGN[] = {{"!=", TP_RULE_NE}, {"<=", TP_RULE_LE}, {">=", TP_RULE_GE},
                {"=", TP_RULE_EQ},  {"<", TP_RULE_LT},  {">", TP_RULE_GT}};
    tp_rule_item item = {0};
    if (take(r, "present")) {
        item.op = TP_RULE_PRESENT;
        TP_RETURN_SAME(read_operand(r, &item.left, err));
        return put(r, item, err);
    }
    TP_RETURN_SAME(read_operand(r, &item.left, err));
    for (size_t i = 0; i < TP_COUNT(SIGN); i++) {
        if (take(r, SIGN[i].sign)) {
            item.op = SIGN[i].op;
            TP_RETURN_SAME(read_operand(r, &item.right, err));
            return put(r, item, err);
        }
    }
    return tp_node_fail(r->node, err, "a comparison is missing: one of = != < <= > >=");
}

static tp_code
read_not(reader *r, tp_err *err)
{
    if (take(r, "not")) {
        TP_RETURN_SAME(read_not(r, err));
        return put(r, (tp_rule_item){.op = TP_RULE_NOT}, err);
    }
    if (take(r, "(")) {
        if (++r->depth > 8) {
            return tp_node_fail(r->node, err, "too many brackets");
        }
        TP_RETURN_SAME(read_or(r, err));
        r->depth--;
        return take(r, ")") ? TP_OK : tp_node_fail(r->node, err, "a bracket does not close");
    }
    return read_comparison(r, err);
}

static tp_code
read_and(reader *r, tp_err *err)
{
    TP_RETURN_SAME(read_not(r, err));
    while (take(r, "and")) {
        TP_RETURN_SAME(read_not(r, err));
        TP_RETURN_SAME(put(r, (tp_rule_item){.op = TP_RULE_AND}, err));
    }
    return TP_OK;
}

static tp_code
read_or(reader *r, tp_err *err)
{
    TP_RETURN_SAME(read_and(r, err));
    while (take(r, "or")) {
        TP_RETURN_SAME(read_and(r, err));
        TP_RETURN_SAME(put(r, (tp_rule_item){.op = TP_RULE_OR}, err));
    }
    return TP_OK;
}

/* The fields that a rule with on_error null blanks. */
static tp_code
read_blank(tp_describe *d, const tp_node *node, const tp_field_rule *fields, size_t n_fields,
           tp_record_rule *out, tp_err *err)
{
    tp_str names[TP_VALUES_MAX];
    int16_t *blank;
    const bool list = tp_node_kind_of(node) == TP_NODE_LIST;
    const size_t n = list ? tp_node_size(node) : 1;
    for (size_t i = 0; i < n_fields; i++) {
        names[i] = fields[i].name;
    }
    TP_RETURN_SAME(tp_describe_alloc(d, n, sizeof *blank, &blank, err));
    for (size_t i = 0; i < n; i++) {
        const tp_node one = list ? tp_node_at(node, i) : *node;
        TP_RETURN_SAME(tp_describe_name(&one, names, n_fields, &blank[i], err));
    }
    out->blank = blank;
    out->n_blank = n;
    return TP_OK;
}

tp_code
tp_describe_rule(tp_describe *d, const tp_node *node, const tp_field_rule *fields, size_t n_fields,
                 tp_record_rule *out, tp_err *err)
{
    int what = TP_ON_FLAG;
    TP_RETURN_SAME(tp_node_object(node, err));
    TP_RETURN_SAME(tp_node_only(node, "rule|on_error|blank", err));
    const tp_node rule = tp_node_get(node, "rule");
    *out = (tp_record_rule){.on_error = TP_ON_FLAG};
    TP_RETURN_SAME(tp_node_text(&rule, &out->text, err));
    const tp_node on_error = tp_node_get(node, "on_error");
    const tp_node blank = tp_node_get(node, "blank");
    const bool blanks = tp_node_kind_of(&blank) != TP_NODE_ABSENT;
    if (tp_node_kind_of(&on_error) != TP_NODE_ABSENT) {
        TP_RETURN_SAME(tp_node_word(&on_error, TP_ON_ERROR_WORDS, &what, err));
    }
    out->on_error = (tp_on_error)what;
    if (blanks != (what == TP_ON_NULL)) {
        return tp_node_fail(node, err,
                            "\"on_error\": \"null\" and \"blank\": [fields] belong together");
    }
    if (blanks) {
        TP_RETURN_SAME(read_blank(d, &blank, fields, n_fields, out, err));
    }
    reader r = {.d = d,
                .node = &rule,
                .field = fields,
                .n_fields = n_fields,
                .rest = out->text,
                .out = out};
    TP_RETURN_SAME(read_or(&r, err));
    skip_blank(&r);
    return r.rest.n == 0 ? TP_OK
                         : tp_node_fail(&rule, err, "\"%.*s\" is left over", TP_STR_ARG(r.rest));
}
