/* What does eligibility.json say? Each rule's text and weight, dated parameters, code lists. */
#include <string.h>

#include "etl/stage/rules_read.h"
#include "talent/base/day.h"

#define LEVELS     "jpt_utama|jpt_madya|jpt_pratama"
#define SEVERITIES "NONE|HARD|WAIV|COND|POL|FLAG"

/* ---- parameters ---- */

static tp_code
value(const tp_node *node, bool word, int32_t *out, tp_err *err)
{
    tp_str text;
    if (tp_node_kind_of(node) == TP_NODE_TEXT) { /* a day, or a reading of the age limit */
        int mode = 0;
        TP_RETURN_SAME(tp_node_text(node, &text, err));
        if (!word && tp_day_parse_iso(text, out)) {
            return TP_OK;
        }
        TP_RETURN_SAME(tp_node_word(node, "inclusive_birthday|strict|completed_years", &mode, err));
        *out = mode;
        return TP_OK;
    }
    int64_t number = 0;
    TP_RETURN_SAME(tp_node_int(node, 0, 100000, &number, err));
    *out = (int32_t)number;
    return TP_OK;
}

static tp_code
span(const tp_node *node, bool word, tp_param *param, tp_err *err)
{
    const int i = param->n;
    int32_t one = 0;
    TP_RETURN_SAME(tp_node_object(node, err));
    TP_RETURN_SAME(tp_node_only(node, "from|until|value", err));
    TP_RETURN_SAME(tp_rule_day(node, "from", INT32_MIN, &param->span[i].from, err));
    TP_RETURN_SAME(tp_rule_day(node, "until", INT32_MAX, &param->span[i].until, err));
    if (param->span[i].from >= param->span[i].until ||
        (i > 0 && param->span[i].from < param->span[i - 1].until)) {
        return tp_node_fail(node, err,
                            "the days overlap the span before, or end before they begin");
    }
    const tp_node v = tp_node_get(node, "value");
    if (tp_node_kind_of(&v) == TP_NODE_OBJECT) {
        return tp_rule_words(node, "value", LEVELS, 0, 100000, param->span[i].value, err);
    }
    TP_RETURN_SAME(value(&v, word, &one, err));
    for (int level = 0; level < TP_LEVELS; level++) {
        param->span[i].value[level] = one;
    }
    return TP_OK;
}

static tp_code
parameter(const tp_node *node, tp_rules *r, tp_err *err)
{
    tp_str name;
    TP_RETURN_SAME(tp_node_object(node, err));
    TP_RETURN_SAME(tp_node_only(node, "name|unit|regulation|evidence|spans", err));
    const tp_node name_node = tp_node_get(node, "name");
    const tp_node spans = tp_node_get(node, "spans");
    TP_RETURN_SAME(tp_node_text(&name_node, &name, err));
    for (int p = 0; p < TP_PARAM_COUNT; p++) {
        if (!tp_str_is(name, tp_param_name((tp_param_id)p))) {
            continue;
        }
        tp_param *param = &r->param[p];
        if (param->n != 0) {
            return tp_node_fail(&name_node, err, "parameter stands twice");
        }
        TP_RETURN_SAME(tp_node_list(&spans, err));
        if (tp_node_size(&spans) < 1 || tp_node_size(&spans) > TP_SPANS) {
            return tp_node_fail(&spans, err, "expected 1 to %d spans", (int)TP_SPANS);
        }
        for (size_t i = 0; i < tp_node_size(&spans); i++) {
            const tp_node one = tp_node_at(&spans, i);
            TP_RETURN_SAME(span(&one, p == TP_PARAM_AGE_MODE, param, err));
            param->n++;
        }
        return TP_OK;
    }
    return tp_node_fail(&name_node, err, "no such parameter");
}

static tp_code
parameters(const tp_node *root, tp_rules *r, tp_err *err)
{
    const tp_node list = tp_node_get(root, "parameters");
    TP_RETURN_SAME(tp_node_list(&list, err));
    for (size_t i = 0; i < tp_node_size(&list); i++) {
        const tp_node one = tp_node_at(&list, i);
        TP_RETURN_SAME(parameter(&one, r, err));
    }
    for (int p = 0; p < TP_PARAM_COUNT; p++) {
        if (r->param[p].n == 0) {
            return tp_node_fail(&list, err, "parameter %s is missing",
                                tp_param_name((tp_param_id)p));
        }
    }
    return TP_OK;
}

/* ---- rules ---- */

/* One severity for all levels, or one per level. */
static tp_code
severity(const tp_node *object, const char *key, uint8_t out[TP_LEVELS], bool *found, tp_err *err)
{
    const tp_node node = tp_node_get(object, key);
    int one = 0;
    *found = tp_node_kind_of(&node) != TP_NODE_ABSENT;
    if (!*found) {
        return TP_OK;
    }
    if (tp_node_kind_of(&node) == TP_NODE_OBJECT) {
        return tp_rule_choices(object, key, LEVELS, SEVERITIES, out, err);
    }
    TP_RETURN_SAME(tp_node_word(&node, SEVERITIES, &one, err));
    memset(out, one, TP_LEVELS);
    return TP_OK;
}

static tp_code
severities(const tp_node *node, tp_rule *rule, tp_err *err)
{
    static const char *const ACTION[TP_ACTION_COUNT] = {"PRO", "MUT"};
    const tp_node object = tp_node_get(node, "severity");
    uint8_t moving[TP_LEVELS] = {0};
    bool found = false;
    bool moves = false;
    TP_RETURN_SAME(tp_node_object(&object, err));
    TP_RETURN_SAME(tp_node_only(&object, "PRO|MUT|XAG", err));
    TP_RETURN_SAME(severity(&object, "XAG", moving, &moves, err));
    for (int a = 0; a < TP_ACTION_COUNT; a++) {
        TP_RETURN_SAME(severity(&object, ACTION[a], rule->severity[a][0], &found, err));
        memcpy(rule->severity[a][1], moves ? moving : rule->severity[a][0], TP_LEVELS);
    }
    return TP_OK;
}

static tp_code
rule_of(const tp_node *node, tp_arena *arena, tp_rules *r, tp_err *err)
{
    tp_str id;
    tp_rule_id at;
    int verdict = 0;
    TP_RETURN_SAME(tp_node_object(node, err));
    TP_RETURN_SAME(tp_node_only(
        node, "id|severity|verdict|enabled|reason|missing|owner|approval|regulation|evidence",
        err));
    const tp_node name = tp_node_get(node, "id");
    TP_RETURN_SAME(tp_node_text(&name, &id, err));
    if (!tp_rule_find(id, &at)) {
        return tp_node_fail(&name, err, "no rule of this program has this id");
    }
    tp_rule *rule = &r->rule[at];
    if (rule->id != NULL) {
        return tp_node_fail(&name, err, "rule stands twice");
    }
    rule->id = tp_rule_name(at);
    rule->grain = tp_rule_grain(at);
    const tp_node part = tp_node_get(node, "verdict");
    const tp_node enabled = tp_node_get(node, "enabled");
    TP_RETURN_SAME(tp_node_word(&part, "appointment|screening", &verdict, err));
    TP_RETURN_SAME(tp_node_bool(&enabled, &rule->enabled, err));
    rule->screening = verdict == 1;
    TP_RETURN_SAME(tp_rule_text(node, "reason", arena, &rule->reason, err));
    TP_RETURN_SAME(tp_rule_text(node, "missing", arena, &rule->missing, err));
    TP_RETURN_SAME(tp_rule_text(node, "owner", arena, &rule->owner, err));
    TP_RETURN_SAME(tp_rule_text(node, "approval", arena, &rule->approval, err));
    TP_RETURN_SAME(tp_rule_text(node, "regulation", arena, &rule->regulation, err));
    TP_RETURN_SAME(tp_rule_text(node, "evidence", arena, &rule->evidence, err));
    return severities(node, rule, err);
}

static tp_code
rules_of(const tp_node *root, tp_arena *arena, tp_rules *r, tp_err *err)
{
    const tp_node list = tp_node_get(root, "rules");
    TP_RETURN_SAME(tp_node_list(&list, err));
    for (size_t i = 0; i < tp_node_size(&list); i++) {
        const tp_node one = tp_node_at(&list, i);
        TP_RETURN_SAME(rule_of(&one, arena, r, err));
    }
    for (int i = 0; i < TP_RULE_COUNT; i++) {
        if (r->rule[i].id == NULL) {
            return tp_node_fail(&list, err, "rule %s is missing", tp_rule_name((tp_rule_id)i));
        }
    }
    return TP_OK;
}

/* ---- code lists ---- */

/* Sets out[code] = value for each code of a list; a code may stand in one list only. */
static tp_code
mark(const tp_node *object, const char *key, uint8_t to, uint8_t none, size_t n, uint8_t *out,
     tp_err *err)
{
    const tp_node list = tp_node_get(object, key);
    TP_RETURN_SAME(tp_node_list(&list, err));
    for (size_t i = 0; i < tp_node_size(&list); i++) {
        const tp_node one = tp_node_at(&list, i);
        int64_t code = 0;
        TP_RETURN_SAME(tp_node_int(&one, 1, (int64_t)n - 1, &code, err));
        if (out[code] != none) {
            return tp_node_fail(&one, err, "code %d stands in two lists", (int)code);
        }
        out[code] = to;
    }
    return TP_OK;
}

static tp_code
bits(const tp_node *object, const char *key, int64_t high, uint64_t *out, tp_err *err)
{
    const tp_node list = tp_node_get(object, key);
    TP_RETURN_SAME(tp_node_list(&list, err));
    for (size_t i = 0; i < tp_node_size(&list); i++) {
        const tp_node one = tp_node_at(&list, i);
        int64_t code = 0;
        TP_RETURN_SAME(tp_node_int(&one, 1, high, &code, err));
        out[code / 64] |= UINT64_C(1) << (code % 64);
    }
    return TP_OK;
}

static tp_code
pairs(const tp_node *object, const char *key, size_t n, uint8_t *out, tp_err *err)
{
    const tp_node list = tp_node_get(object, key);
    TP_RETURN_SAME(tp_node_list(&list, err));
    for (size_t i = 0; i < tp_node_size(&list); i++) {
        const tp_node one = tp_node_at(&list, i);
        const tp_node code = tp_node_at(&one, 0);
        const tp_node to = tp_node_at(&one, 1);
        int64_t a = 0;
        int64_t b = 0;
        TP_RETURN_SAME(tp_node_list(&one, err));
        TP_RETURN_SAME(tp_node_int(&code, 1, (int64_t)n - 1, &a, err));
        TP_RETURN_SAME(tp_node_int(&to, 1, 255, &b, err));
        out[a] = (uint8_t)b;
    }
    return TP_OK;
}

static tp_code
status_codes(const tp_node *root, tp_rules *r, tp_err *err)
{
    const tp_node s = tp_node_get(root, "legal_status");
    TP_RETURN_SAME(tp_node_object(&s, err));
    TP_RETURN_SAME(tp_node_only(&s, "source|met|failed|study|dismissed", err));
    memset(r->legal_status, TP_RESULT_UNKNOWN, sizeof r->legal_status); /* every code not listed */
    TP_RETURN_SAME(mark(&s, "met", TP_RESULT_MET, TP_RESULT_UNKNOWN, 100, r->legal_status, err));
    TP_RETURN_SAME(
        mark(&s, "failed", TP_RESULT_FAILED, TP_RESULT_UNKNOWN, 100, r->legal_status, err));
    TP_RETURN_SAME(mark(&s, "study", TP_RESULT_NA, TP_RESULT_UNKNOWN, 100, r->legal_status, err));
    return bits(&s, "dismissed", 99, r->legal_dismissed, err);
}

static tp_code
education_codes(const tp_node *root, tp_rules *r, tp_err *err)
{
    static const char *const CLASS[] = {"S3", "S2", "S1", "D3", "SLTA", "below"};
    const tp_node s = tp_node_get(root, "education");
    TP_RETURN_SAME(tp_node_object(&s, err));
    TP_RETURN_SAME(tp_node_only(&s, "source|met|S3|S2|S1|D3|SLTA|below", err));
    memset(r->education_class, TP_CLASS_NONE, sizeof r->education_class);
    for (int i = 0; i < TP_CLASS_COUNT; i++) {
        TP_RETURN_SAME(mark(&s, CLASS[i], (uint8_t)i, TP_CLASS_NONE, 64, r->education_class, err));
    }
    return bits(&s, "met", 63, &r->education_met, err);
}

static tp_code
sanction_codes(const tp_node *root, tp_rules *r, tp_err *err)
{
    enum { NONE = 255, TYPES = 32 };
    static const char *const LEVEL[] = {"light", "medium", "heavy"};
    const tp_node s = tp_node_get(root, "sanctions");
    uint64_t types = 0;
    TP_RETURN_SAME(tp_node_object(&s, err));
    TP_RETURN_SAME(tp_node_only(&s, "source|light|medium|heavy|months|dismissal|lowering", err));
    memset(r->sanction_level, NONE, sizeof r->sanction_level);
    for (int i = 0; i < 3; i++) {
        TP_RETURN_SAME(mark(&s, LEVEL[i], (uint8_t)i, NONE, TYPES, r->sanction_level, err));
    }
    TP_RETURN_SAME(pairs(&s, "months", TYPES, r->sanction_months, err));
    TP_RETURN_SAME(bits(&s, "dismissal", TYPES - 1, &types, err));
    r->sanction_dismissal = (uint32_t)types;
    types = 0;
    TP_RETURN_SAME(bits(&s, "lowering", TYPES - 1, &types, err));
    r->sanction_lowering = (uint32_t)types;
    return TP_OK;
}

tp_code
tp_rules_eligibility(const tp_node *root, tp_arena *arena, tp_rules *r, tp_err *err)
{
    static const char *const GROUP[] = {"jpt", "administration", "jf_utama", "jf_madya",
                                        "jf_lower"};
    TP_RETURN_SAME(
        tp_node_only(root,
                     "$schema|coverage_days|parameters|rules|retire_age|legal_status|education|"
                     "sanctions|rank_floor",
                     err));
    TP_RETURN_SAME(tp_rule_int(root, "coverage_days", 0, 3660, &r->coverage_days, err));
    TP_RETURN_SAME(parameters(root, r, err));
    TP_RETURN_SAME(rules_of(root, arena, r, err));
    const tp_node age = tp_node_get(root, "retire_age");
    TP_RETURN_SAME(tp_node_object(&age, err));
    TP_RETURN_SAME(tp_node_only(&age, "source|jpt|administration|jf_utama|jf_madya|jf_lower", err));
    for (int i = 0; i < TP_RETIRE_GROUPS; i++) {
        TP_RETURN_SAME(tp_rule_int(&age, GROUP[i], 40, 80, &r->retire_age[i], err));
    }
    TP_RETURN_SAME(status_codes(root, r, err));
    TP_RETURN_SAME(education_codes(root, r, err));
    TP_RETURN_SAME(sanction_codes(root, r, err));
    const tp_node floor = tp_node_get(root, "rank_floor");
    TP_RETURN_SAME(tp_node_object(&floor, err));
    TP_RETURN_SAME(tp_node_only(&floor, "source|echelon", err));
    return pairs(&floor, "echelon", sizeof r->rank_floor, r->rank_floor, err);
}
