/* Does a value, or a record as a whole, break a declared check? */
#include "core/normalise/pipe.h"

#include "talent/base/day.h"

typedef enum truth { FALSE, TRUE, UNKNOWN } truth;

static size_t
characters(tp_str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        n += ((unsigned char)text.p[i] & 0xc0) != 0x80 ? 1 : 0;
    }
    return n;
}

static bool
has_form(tp_str text, tp_str form)
{
    if (text.n != form.n) {
        return false;
    }
    for (size_t i = 0; i < text.n; i++) {
        const char c = text.p[i];
        const bool digit = c >= '0' && c <= '9';
        const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        const char f = form.p[i];
        if (!(f == '*' || (f == '9' ? digit : f == 'A' ? letter : f == c))) {
            return false;
        }
    }
    return true;
}

static bool
in_codes(const tp_codes *codes, tp_str text, tp_arena *arena)
{
    char *folded = tp_arena_alloc(arena, text.n + 1, 1);
    tp_str value;
    return folded != NULL &&
           tp_codes_find(codes, (tp_str){folded, tp_code_fold(text, folded)}, &value);
}

static bool
in_list(const tp_field_check *check, tp_str text)
{
    for (size_t i = 0; i < check->n; i++) {
        if (tp_str_eq(check->list[i], text)) {
            return true;
        }
    }
    return false;
}

/* A number in the text of a value that no step has turned into one. */
static bool
number_of(const tp_value *v, int64_t *out)
{
    if (v->kind == TP_V_TEXT) {
        return tp_str_to_scaled(v->text, '.', 4, out);
    }
    *out = v->num;
    return v->kind == TP_V_NUMBER || v->kind == TP_V_DAY || v->kind == TP_V_BOOL;
}

/* The key that was asked for and the number that came back, both without their spelling. */
static bool
same_number(const tp_value *v, tp_str key, tp_str shown)
{
    if (v->kind != TP_V_NIP) {
        return tp_str_ieq(shown, key);
    }
    const tp_nip asked = tp_nip_parse(key);
    return asked.number == v->nip.number;
}

static truth compare(tp_rule_op op, const tp_value *left, const tp_operand *operand_left,
                     const tp_operand *right, const tp_value *values, int32_t night);

/* Does the value stand to the check's limit as it should? An unknown limit is no fault. */
static bool
stands(const tp_pipe *pipe, const tp_field_check *check, const tp_value *v)
{
    static const tp_rule_op OP[] = {TP_RULE_LT, TP_RULE_GT, TP_RULE_GE, TP_RULE_LE};
    tp_value typed = *v;
    int64_t n;
    if (v->kind == TP_V_TEXT && check->limit.kind == TP_OPERAND_NUMBER && number_of(v, &n)) {
        typed = (tp_value){.kind = TP_V_NUMBER, .num = n};
    }
    return compare(OP[check->op - TP_CHECK_BEFORE], &typed, NULL, &check->limit, pipe->value,
                   pipe->night) != FALSE;
}

static tp_reject_code
run_check(const tp_pipe *pipe, const tp_field_check *check, const tp_value *v)
{
    int64_t number;
    const tp_str text = tp_value_key(v, pipe->arena);
    switch (check->op) {
    case TP_CHECK_IN:
        return in_list(check, text) ? TP_REJ_COUNT : TP_REJ_LIST;
    case TP_CHECK_RANGE:
        return number_of(v, &number) && number >= check->low && number <= check->high
                   ? TP_REJ_COUNT
                   : TP_REJ_RANGE;
    case TP_CHECK_LENGTH: {
        const int64_t n = (int64_t)characters(text);
        return n >= check->low && n <= check->high ? TP_REJ_COUNT : TP_REJ_FORM;
    }
    case TP_CHECK_FORM:
        return has_form(text, check->text) ? TP_REJ_COUNT : TP_REJ_FORM;
    case TP_CHECK_SAME_AS_KEY:
        return pipe->request_key.p == NULL || same_number(v, pipe->request_key, text)
                   ? TP_REJ_COUNT
                   : TP_REJ_OTHER_KEY;
    case TP_CHECK_SAME_AS_FIELD: {
        const tp_value *other = &pipe->value[check->ref];
        return other->kind == TP_V_NONE || tp_str_eq(text, tp_value_key(other, pipe->arena))
                   ? TP_REJ_COUNT
                   : TP_REJ_CHECK;
    }
    case TP_CHECK_REF:
        return in_codes(check->codes, text, pipe->arena) ? TP_REJ_COUNT : TP_REJ_LIST;
    case TP_CHECK_PATTERN:
        return tp_pattern_match(check->pattern, text) ? TP_REJ_COUNT : TP_REJ_FORM;
    case TP_CHECK_BEFORE:
    case TP_CHECK_AFTER:
    case TP_CHECK_NOT_BEFORE:
    case TP_CHECK_NOT_AFTER:
        return stands(pipe, check, v)                  ? TP_REJ_COUNT
               : check->limit.kind == TP_OPERAND_FIELD ? TP_REJ_CHECK
                                                       : TP_REJ_RANGE;
    }
    return TP_REJ_CHECK;
}

/* Warning, blanked value, rejected record, failed source: 0 to 3. */
static int
rank(tp_on_error what)
{
    static const int RANK[] = {
        [TP_ON_NULL] = 1, [TP_ON_FLAG] = 0, [TP_ON_REJECT] = 2, [TP_ON_STOP] = 3};
    return RANK[what];
}

tp_reject_code
tp_check_field(const tp_pipe *pipe, const tp_field_rule *rule, const tp_value *v,
               uint8_t *out_severity)
{
    tp_reject_code worst = TP_REJ_COUNT;
    int worst_rank = -1;
    for (size_t i = 0; i < rule->n_checks; i++) {
        const tp_field_check *check = &rule->check[i];
        const int how =
            rank(check->severity == 0 ? rule->on_error : (tp_on_error)(check->severity - 1));
        if (how <= worst_rank) {
            continue;
        }
        const tp_reject_code code = run_check(pipe, check, v);
        if (code != TP_REJ_COUNT) {
            worst = code;
            worst_rank = how;
            *out_severity = check->severity;
        }
    }
    return worst;
}

/* Value of a field as a number or a text; false when unknown. */
static bool
known(const tp_value *v, int64_t *out_number, tp_str *out_text)
{
    if (v == NULL || v->kind == TP_V_NONE) {
        return false;
    }
    *out_number = v->num;
    *out_text = v->kind == TP_V_TEXT || v->kind == TP_V_NIP ? v->text : TP_STR_NONE;
    return true;
}

/* Value of an operand as a number or a text; false when unknown. */
static bool
operand(const tp_operand *o, const tp_value *values, int32_t night, int64_t *out_number,
        tp_str *out_text)
{
    *out_text = TP_STR_NONE;
    *out_number = o->number;
    const tp_value *v = o->field >= 0 ? &values[o->field] : NULL;
    const bool good = v != NULL && v->kind == TP_V_NIP && v->nip.cls == TP_NIP_GOOD;
    switch (o->kind) {
    case TP_OPERAND_NUMBER:
    case TP_OPERAND_DAY:
        return true;
    case TP_OPERAND_TEXT:
        *out_text = o->text;
        return true;
    case TP_OPERAND_NIP_BIRTH:
        *out_number = good ? v->nip.birth_day : 0;
        return good;
    case TP_OPERAND_NIP_MONTH:
        *out_number = good ? v->nip.appointed_day : 0;
        return good;
    case TP_OPERAND_NIP_PPPK:
        *out_number = good && v->nip.pppk ? 1 : 0;
        return good;
    case TP_OPERAND_NIP_SEX:
        *out_text = good && v->nip.sex == TP_SEX_FEMALE ? TP_STR("female") : TP_STR("male");
        return good;
    case TP_OPERAND_NIGHT:
        *out_number = night;
        return night != TP_DAY_ALWAYS;
    case TP_OPERAND_FIELD:
        break;
    }
    return known(v, out_number, out_text);
}

/* left: a value at hand, or NULL when operand_left names one. */
static truth
compare(tp_rule_op op, const tp_value *left, const tp_operand *operand_left,
        const tp_operand *right, const tp_value *values, int32_t night)
{
    int64_t a;
    int64_t b;
    tp_str ta;
    tp_str tb;
    const bool known_a =
        left != NULL ? known(left, &a, &ta) : operand(operand_left, values, night, &a, &ta);
    if (op == TP_RULE_PRESENT) {
        return known_a ? TRUE : FALSE;
    }
    if (!known_a || !operand(right, values, night, &b, &tb)) {
        return UNKNOWN;
    }
    if ((ta.p == NULL) != (tb.p == NULL)) {
        return UNKNOWN; /* a text and a number: the description is checked, a value need not be */
    }
    const int c = ta.p != NULL ? tp_str_cmp(ta, tb) : (a > b) - (a < b);
    bool holds = false;
    switch (op) {
    case TP_RULE_EQ:
        holds = c == 0;
        break;
    case TP_RULE_NE:
        holds = c != 0;
        break;
    case TP_RULE_LT:
        holds = c < 0;
        break;
    case TP_RULE_LE:
        holds = c <= 0;
        break;
    case TP_RULE_GT:
        holds = c > 0;
        break;
    case TP_RULE_GE:
        holds = c >= 0;
        break;
    default:
        break;
    }
    return holds ? TRUE : FALSE;
}

static truth
both(truth a, truth b, tp_rule_op op)
{
    if (op == TP_RULE_AND) {
        return a == FALSE || b == FALSE ? FALSE : a == UNKNOWN || b == UNKNOWN ? UNKNOWN : TRUE;
    }
    return a == TRUE || b == TRUE ? TRUE : a == UNKNOWN || b == UNKNOWN ? UNKNOWN : FALSE;
}

bool
tp_check_record(const tp_record_rule *rule, const tp_value *values, int32_t night)
{
    truth stack[TP_RULE_ITEMS + 2];
    size_t n = 0;
    for (size_t i = 0; i < rule->n; i++) {
        const tp_rule_item *item = &rule->item[i];
        if (item->op == TP_RULE_NOT) {
            stack[n - 1] = stack[n - 1] == UNKNOWN ? UNKNOWN : stack[n - 1] == TRUE ? FALSE : TRUE;
        } else if (item->op == TP_RULE_AND || item->op == TP_RULE_OR) {
            stack[n - 2] = both(stack[n - 2], stack[n - 1], item->op);
            n--;
        } else {
            stack[n++] = compare(item->op, NULL, &item->left, &item->right, values, night);
        }
    }
    return n == 1 && stack[0] == FALSE;
}
