/* Which steps and checks does a field of a description mean? */
#include "etl/source/describe.h"

typedef struct at {
    tp_describe *d;
    const tp_node *node; /* the step, a text or an object */
    tp_node value;       /* its argument */
    const tp_reach *reach;
    const tp_str *names;
    size_t n_names;
} at;

static bool
is_there(const tp_node *node)
{
    return tp_node_kind_of(node) != TP_NODE_ABSENT;
}

static tp_code
text_arg(at *a, tp_op_step *s, tp_err *err)
{
    TP_RETURN_SAME(tp_node_text(&a->value, &s->text, err));
    return s->text.n > 0 ? TP_OK : tp_node_fail(&a->value, err, "must not be empty");
}

/* "thousands": the sign between groups of three; must not be the one before the fraction. */
static tp_code
thousands_arg(const tp_node *object, char point, tp_op_step *s, tp_err *err)
{
    static const char SIGN[] = {'.', ',', ' '};
    int which;
    const tp_node node = tp_node_get(object, "thousands");
    if (!is_there(&node)) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_word(&node, "point|comma|space", &which, err));
    s->a = SIGN[which];
    return s->a == point ? tp_node_fail(&node, err,
                                        "the same sign cannot stand before the fraction and "
                                        "between thousands")
                         : TP_OK;
}

static tp_code
decimal_arg(at *a, tp_op_step *s, tp_err *err)
{
    int comma = 0;
    s->text = TP_STR(".");
    if (!is_there(&a->value)) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_only(a->node, "decimal|thousands", err));
    TP_RETURN_SAME(tp_node_word(&a->value, "point|comma", &comma, err));
    s->text = comma ? TP_STR(",") : TP_STR(".");
    return thousands_arg(a->node, s->text.p[0], s, err);
}

static tp_code
int_arg(at *a, tp_op_step *s, tp_err *err)
{
    if (!is_there(&a->value)) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_object(&a->value, err));
    TP_RETURN_SAME(tp_node_only(&a->value, "thousands", err));
    return thousands_arg(&a->value, 0, s, err);
}

static tp_code
replace_arg(at *a, tp_op_step *s, tp_err *err)
{
    TP_RETURN_SAME(tp_describe_texts(a->d, &a->value, &s->list, &s->n, err));
    return s->n == 2 && s->list[0].n > 0
               ? TP_OK
               : tp_node_fail(&a->value, err,
                              "two texts are needed: [\"what stands there\", \"what takes its "
                              "place\"]");
}

static tp_code
nip_part_arg(at *a, tp_op_step *s, tp_err *err)
{
    int part;
    TP_RETURN_SAME(tp_node_word(&a->value, "birth_date|cpns_month|sex|pppk", &part, err));
    s->a = part;
    return TP_OK;
}

static tp_code
bool_arg(at *a, tp_op_step *s, tp_err *err)
{
    static const tp_str WORD[] = {{"1", 1},   {"true", 4},  {"y", 1},  {"ya", 2},
                                  {"yes", 3}, {"t", 1},     {"0", 1},  {"false", 5},
                                  {"n", 1},   {"tidak", 5}, {"no", 2}, {"f", 1}};
    const tp_str *list[2];
    size_t n[2];
    if (!is_there(&a->value)) {
        s->list = WORD;
        s->n = TP_COUNT(WORD);
        s->a = 6;
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_object(&a->value, err));
    TP_RETURN_SAME(tp_node_only(&a->value, "true|false", err));
    for (int i = 0; i < 2; i++) {
        const tp_node words = tp_node_get(&a->value, i == 0 ? "true" : "false");
        TP_RETURN_SAME(tp_describe_texts(a->d, &words, &list[i], &n[i], err));
    }
    tp_str *all;
    s->n = n[0] + n[1];
    s->a = (int64_t)n[0];
    TP_RETURN_SAME(tp_describe_alloc(a->d, s->n, sizeof *all, &all, err));
    memcpy(all, list[0], n[0] * sizeof *all);
    memcpy(all + n[0], list[1], n[1] * sizeof *all);
    s->list = all;
    return TP_OK;
}

static tp_code
date_arg(at *a, tp_op_step *s, tp_err *err)
{
    int64_t pivot;
    TP_RETURN_SAME(tp_node_only(a->node, "date|pivot", err));
    TP_RETURN_SAME(tp_describe_texts(a->d, &a->value, &s->list, &s->n, err));
    TP_RETURN_SAME(tp_describe_int(a->node, "pivot", 0, 99, -1, &pivot, err));
    s->a = pivot;
    for (size_t i = 0; i < s->n; i++) {
        bool two_digit;
        const tp_node one = tp_node_at(&a->value, i);
        if (!tp_date_format_known(s->list[i], &two_digit)) {
            return tp_node_fail(
                &one, err,
                "\"%.*s\" is no date format; made of yyyy, yy, mm, m, dd, d, monthname and - / . "
                ", space, or \"iso\"",
                TP_STR_ARG(s->list[i]));
        }
        if (two_digit && pivot < 0) {
            return tp_node_fail(
                &one, err, "a two-digit year needs \"pivot\": up to it years are 20xx, above 19xx");
        }
    }
    return TP_OK;
}

/* "+07:00" as minutes east. */
static tp_code
datetime_arg(at *a, tp_op_step *s, tp_err *err)
{
    tp_str zone = TP_STR("+00:00");
    int64_t hour;
    int64_t minute;
    TP_RETURN_SAME(tp_node_only(a->node, "datetime|zone", err));
    TP_RETURN_SAME(tp_describe_texts(a->d, &a->value, &s->list, &s->n, err));
    const tp_node node = tp_node_get(a->node, "zone");
    if (is_there(&node)) {
        TP_RETURN_SAME(tp_node_text(&node, &zone, err));
    }
    if (zone.n != 6 || (zone.p[0] != '+' && zone.p[0] != '-') || zone.p[3] != ':' ||
        !tp_str_to_i64(tp_str_sub(zone, 1, 2), &hour) ||
        !tp_str_to_i64(tp_str_sub(zone, 4, 2), &minute)) {
        return tp_node_fail(&node, err, "a zone is written \"+07:00\"");
    }
    s->a = (hour * 60 + minute) * (zone.p[0] == '-' ? -1 : 1);
    return TP_OK;
}

static tp_code
else_arg(at *a, tp_op_step *s, tp_err *err)
{
    const tp_node node = tp_node_get(a->node, "else");
    if (is_there(&node)) {
        s->flag = true;
        return tp_describe_scalar(a->d, &node, &s->text, err);
    }
    return TP_OK;
}

static tp_code
inline_table(at *a, tp_op_step *s, tp_err *err)
{
    const size_t n = tp_node_size(&a->value);
    tp_str *key;
    tp_str *value;
    tp_codes *codes;
    TP_RETURN_SAME(tp_node_object(&a->value, err));
    TP_RETURN_SAME(tp_describe_alloc(a->d, n, sizeof *key, &key, err));
    TP_RETURN_SAME(tp_describe_alloc(a->d, n, sizeof *value, &value, err));
    TP_RETURN_SAME(tp_describe_alloc(a->d, 1, sizeof *codes, &codes, err));
    for (size_t i = 0; i < n; i++) {
        const char *name;
        const tp_node one = tp_node_member(&a->value, i, &name);
        key[i] = tp_str_of(name);
        TP_RETURN_SAME(tp_describe_scalar(a->d, &one, &value[i], err));
        if (key[i].n == 0) {
            return tp_node_fail(
                &one, err,
                "an empty text is missing before it reaches a map; use {\"coalesce\": [{\"const\": "
                "...}]} after it");
        }
    }
    TP_RETURN_SAME(tp_codes_make(n, key, value, a->d->arena, codes, err));
    if (codes->n != n) {
        return tp_node_fail(&a->value, err,
                            "two words of the map are the same but for signs and case");
    }
    s->codes = codes;
    return TP_OK;
}

static tp_code
map_arg(at *a, tp_op_step *s, tp_err *err)
{
    TP_RETURN_SAME(tp_node_only(a->node, "map|else", err));
    TP_RETURN_SAME(inline_table(a, s, err));
    return else_arg(a, s, err);
}

static tp_code
succeed_arg(at *a, tp_op_step *s, tp_err *err)
{
    s->ref = -1;
    TP_RETURN_SAME(tp_code_lists_successions(a->d->lists, &s->successions, err));
    if (!is_there(&a->value)) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_object(&a->value, err));
    TP_RETURN_SAME(tp_node_only(&a->value, "date", err));
    const tp_node date = tp_node_get(&a->value, "date");
    return is_there(&date) ? tp_describe_name(&date, a->names, a->n_names, &s->ref, err) : TP_OK;
}

static tp_code
scale_arg(at *a, tp_op_step *s, tp_err *err)
{
    TP_RETURN_SAME(tp_node_object(&a->value, err));
    TP_RETURN_SAME(tp_node_only(&a->value, "from|to", err));
    const tp_node from = tp_node_get(&a->value, "from");
    const tp_node to = tp_node_get(&a->value, "to");
    TP_RETURN_SAME(tp_describe_pair(a->d, &from, &s->a, &s->b, err));
    TP_RETURN_SAME(tp_describe_pair(a->d, &to, &s->c, &s->d, err));
    return s->a == s->b ? tp_node_fail(&from, err, "the two ends are the same") : TP_OK;
}

static tp_code
slot_arg(at *a, const tp_node *node, bool many, uint16_t *out, tp_err *err)
{
    tp_str path;
    *out = TP_NO_SLOT;
    if (!is_there(node)) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_text(node, &path, err));
    return tp_describe_slot(a->d, node, path, many, a->reach, out, err);
}

static tp_code
pick_arg(at *a, tp_op_step *s, tp_err *err)
{
    TP_RETURN_SAME(tp_node_object(&a->value, err));
    TP_RETURN_SAME(tp_node_only(&a->value, "where|is", err));
    const tp_node where = tp_node_get(&a->value, "where");
    const tp_node is = tp_node_get(&a->value, "is");
    TP_RETURN_SAME(tp_node_text(&is, &s->text, err));
    TP_RETURN_SAME(slot_arg(a, &where, true, &s->slot, err));
    return s->slot == TP_NO_SLOT ? tp_node_fail(&a->value, err, "\"where\" is missing") : TP_OK;
}

static tp_code
period_arg(at *a, tp_op_step *s, tp_err *err)
{
    TP_RETURN_SAME(tp_node_object(&a->value, err));
    TP_RETURN_SAME(tp_node_only(&a->value, "years|months", err));
    const tp_node years = tp_node_get(&a->value, "years");
    const tp_node months = tp_node_get(&a->value, "months");
    TP_RETURN_SAME(slot_arg(a, &years, false, &s->slot, err));
    TP_RETURN_SAME(slot_arg(a, &months, false, &s->slot2, err));
    return s->slot == TP_NO_SLOT && s->slot2 == TP_NO_SLOT
               ? tp_node_fail(&a->value, err, "\"years\" or \"months\" is missing")
               : TP_OK;
}

static tp_code
parts_arg(at *a, tp_op_step *s, tp_err *err)
{
    tp_field_rule *part;
    if (s->op == TP_OP_CONCAT) {
        const tp_node between = tp_node_get(a->node, "between");
        TP_RETURN_SAME(tp_node_only(a->node, "concat|between", err));
        if (is_there(&between)) {
            TP_RETURN_SAME(tp_node_text(&between, &s->text, err));
        }
    }
    TP_RETURN_SAME(tp_node_list(&a->value, err));
    s->n = tp_node_size(&a->value);
    TP_RETURN_SAME(tp_describe_alloc(a->d, s->n, sizeof *part, &part, err));
    for (size_t i = 0; i < s->n; i++) {
        const tp_node node = tp_node_at(&a->value, i);
        TP_RETURN_SAME(tp_describe_field(a->d, &node, TP_STR("part"), a->reach, a->names,
                                         a->n_names, &part[i], err));
    }
    s->part = part;
    return TP_OK;
}

static tp_code
number_arg(at *a, tp_op_step *s, tp_err *err)
{
    const bool mid = s->op == TP_OP_MID;
    const tp_node first = mid ? tp_node_at(&a->value, 0) : a->value;
    const int64_t low = s->op == TP_OP_ADD_DAYS ? -36600 : 0;
    TP_RETURN_SAME(tp_node_int(&first, low, 36600, &s->a, err));
    if (mid) {
        const tp_node second = tp_node_at(&a->value, 1);
        TP_RETURN_SAME(tp_node_int(&second, 1, 36600, &s->b, err));
    }
    return TP_OK;
}

static tp_code
name_arg(at *a, tp_op_step *s, tp_err *err)
{
    int part;
    TP_RETURN_SAME(tp_node_object(&a->value, err));
    TP_RETURN_SAME(tp_node_only(&a->value, "part", err));
    const tp_node node = tp_node_get(&a->value, "part");
    TP_RETURN_SAME(tp_node_word(&node, "clean|front|back", &part, err));
    s->a = part;
    return TP_OK;
}

static tp_code
code_arg(at *a, tp_op_step *s, tp_err *err)
{
    TP_RETURN_SAME(tp_node_only(a->node, "code|else", err));
    TP_RETURN_SAME(tp_describe_table(a->d, &a->value, false, &s->codes, err));
    return else_arg(a, s, err);
}

/* A list or an inline table of phrases; "at": "start" wants the phrase in front. */
static tp_code
phrase_arg(at *a, tp_op_step *s, tp_err *err)
{
    int where = 0;
    TP_RETURN_SAME(tp_node_only(a->node, "phrase|at|else", err));
    const tp_node place = tp_node_get(a->node, "at");
    if (is_there(&place)) {
        TP_RETURN_SAME(tp_node_word(&place, "anywhere|start", &where, err));
    }
    s->a = where;
    const tp_node set = tp_node_get(&a->value, "set");
    if (is_there(&set)) {
        TP_RETURN_SAME(tp_describe_table(a->d, &a->value, false, &s->codes, err));
    } else {
        TP_RETURN_SAME(inline_table(a, s, err));
    }
    return else_arg(a, s, err);
}

/* Reads the argument of a step; steps without one must be written as a bare word. */
static tp_code
argument(at *a, tp_op_step *s, tp_err *err)
{
    switch (s->op) {
    case TP_OP_NULL_IF:
        return tp_describe_texts(a->d, &a->value, &s->list, &s->n, err);
    case TP_OP_JOIN:
        return tp_node_text(&a->value, &s->text, err);
    case TP_OP_STRIP:
    case TP_OP_STRIP_END:
    case TP_OP_PAD:
    case TP_OP_SPLIT:
        return text_arg(a, s, err);
    case TP_OP_CONST:
        return tp_describe_scalar(a->d, &a->value, &s->text, err);
    case TP_OP_INT:
        return int_arg(a, s, err);
    case TP_OP_DECIMAL:
        return decimal_arg(a, s, err);
    case TP_OP_REPLACE:
        return replace_arg(a, s, err);
    case TP_OP_NIP_PART:
        return nip_part_arg(a, s, err);
    case TP_OP_BOOL:
        return bool_arg(a, s, err);
    case TP_OP_DATE:
        return date_arg(a, s, err);
    case TP_OP_DATETIME:
        return datetime_arg(a, s, err);
    case TP_OP_MAP:
        return map_arg(a, s, err);
    case TP_OP_CODE:
        return code_arg(a, s, err);
    case TP_OP_PHRASE:
        return phrase_arg(a, s, err);
    case TP_OP_SUCCEED:
        return succeed_arg(a, s, err);
    case TP_OP_NAME:
        return name_arg(a, s, err);
    case TP_OP_SCALE:
        return scale_arg(a, s, err);
    case TP_OP_NTH:
    case TP_OP_ADD_DAYS:
    case TP_OP_LEFT:
    case TP_OP_RIGHT:
    case TP_OP_MID:
        return number_arg(a, s, err);
    case TP_OP_PICK:
        return pick_arg(a, s, err);
    case TP_OP_CONCAT:
    case TP_OP_COALESCE:
        return parts_arg(a, s, err);
    case TP_OP_ADD_PERIOD:
        return period_arg(a, s, err);
    default: /* takes none */
        break;
    }
    return is_there(&a->value)
               ? tp_node_fail(a->node, err, "this step takes no argument: write it as a bare word")
               : TP_OK;
}

/* Which step is this word? */
static tp_code
find_op(const tp_node *node, tp_str word, tp_op *out, tp_err *err)
{
    TP_AUTO_BUF(words);
    for (int op = 0; op < TP_OP_COUNT; op++) {
        if (tp_str_is(word, tp_op_name((tp_op)op))) {
            *out = (tp_op)op;
            return TP_OK;
        }
        tp_buf_puts(&words, op > 0 ? "|" : "");
        tp_buf_puts(&words, tp_op_name((tp_op)op));
    }
    const tp_str near = tp_nearest_word(word, tp_buf_cstr(&words));
    return tp_node_fail(node, err, "unknown step \"%.40s\"%s%.*s%s", word.n > 0 ? word.p : "",
                        near.n > 0 ? "; did you mean \"" : "", TP_STR_ARG(near),
                        near.n > 0 ? "\"?" : "; docs/adding-a-feed.md lists them");
}

static tp_code
read_step(at *a, tp_op_step *s, tp_err *err)
{
    tp_str bare;
    *s = (tp_op_step){.slot = TP_NO_SLOT, .slot2 = TP_NO_SLOT, .ref = -1};
    if (tp_node_kind_of(a->node) == TP_NODE_TEXT) {
        TP_RETURN_SAME(tp_node_text(a->node, &bare, err));
        TP_RETURN_SAME(find_op(a->node, bare, &s->op, err));
        a->value = tp_node_get(a->node, "");
    } else {
        const char *word;
        TP_RETURN_SAME(tp_node_object(a->node, err));
        if (tp_node_size(a->node) == 0) {
            return tp_node_fail(a->node, err, "an empty step");
        }
        a->value = tp_node_member(a->node, 0, &word);
        TP_RETURN_SAME(find_op(a->node, tp_str_of(word), &s->op, err));
        const bool may_have_more = s->op == TP_OP_DATE || s->op == TP_OP_DATETIME ||
                                   s->op == TP_OP_MAP || s->op == TP_OP_CODE ||
                                   s->op == TP_OP_PHRASE || s->op == TP_OP_DECIMAL ||
                                   s->op == TP_OP_CONCAT;
        if (!may_have_more && tp_node_size(a->node) > 1) {
            return tp_node_fail(a->node, err, "one step is one word with its argument");
        }
    }
    return argument(a, s, err);
}

tp_code
tp_describe_steps(tp_describe *d, const tp_node *list, const tp_reach *reach, const tp_str *names,
                  size_t n_names, tp_field_rule *out, tp_err *err)
{
    tp_op_step *step;
    TP_RETURN_SAME(tp_node_list(list, err));
    out->n_steps = tp_node_size(list);
    TP_RETURN_SAME(tp_describe_alloc(d, out->n_steps, sizeof *step, &step, err));
    for (size_t i = 0; i < out->n_steps; i++) {
        const tp_node node = tp_node_at(list, i);
        at a = {d, &node, {0}, reach, names, n_names};
        TP_RETURN_SAME(read_step(&a, &step[i], err));
    }
    out->step = step;
    return TP_OK;
}
