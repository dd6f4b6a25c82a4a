/* Which rows explain the letters, words and names that the other rows use? */
#include "etl/stage/publish_parts.h"

enum { ANY_LEVEL = 255, BOXES = 10 };

/* Strictest severity of a rule over actions, agencies and levels: dashboards show one word. */
static tp_severity
strictest(const tp_rule *rule)
{
    static const tp_severity ORDER[] = {TP_SEVERITY_HARD, TP_SEVERITY_WAIV, TP_SEVERITY_COND,
                                        TP_SEVERITY_POL, TP_SEVERITY_FLAG};
    for (size_t i = 0; i < TP_COUNT(ORDER); i++) {
        for (int action = 0; action < TP_ACTION_COUNT; action++) {
            for (int other = 0; other < 2; other++) {
                for (int level = 0; level < TP_LEVELS; level++) {
                    if (rule->severity[action][other][level] == (uint8_t)ORDER[i]) {
                        return ORDER[i];
                    }
                }
            }
        }
    }
    return TP_SEVERITY_NONE;
}

static void
write_rule(const tp_publish_input *in, tp_copy *copy)
{
    for (int r = 0; r < TP_RULE_COUNT; r++) {
        const tp_rule *rule = &in->rules->rule[r];
        tp_copy_row(copy, 7);
        tp_copy_i32(copy, r + 1);
        tp_copy_text(copy, tp_str_of(tp_rule_name((tp_rule_id)r)));
        tp_copy_text(copy, tp_str_of(tp_severity_name(strictest(rule))));
        tp_copy_bool(copy, rule->screening);
        tp_copy_bool(copy, rule->enabled);
        tp_copy_text(copy, rule->reason);
        tp_copy_text(copy, rule->regulation);
    }
}

static void
write_rule_slot(const tp_publish_input *in, tp_copy *copy)
{
    (void)in;
    const tp_rule_slot *slot;
    const size_t n = tp_slots(&slot);
    const tp_field_def *tier = &tp_kind_of(TP_EMPLOYMENT)->field[TP_EMPLOYMENT_TIER];
    for (size_t i = 0; i < n; i++) {
        tp_copy_row(copy, 3);
        tp_copy_i32(copy, (int32_t)i + 1);
        tp_copy_text(copy, tp_str_of(tp_rule_name((tp_rule_id)slot[i].rule)));
        tp_copy_text(copy,
                     slot[i].level == ANY_LEVEL ? TP_STR_NONE : tp_word_of(tier, slot[i].level));
    }
}

static void
put_reason(tp_copy *copy, const char *word, const char *kind, const char *meaning)
{
    tp_copy_row(copy, 3);
    tp_copy_text(copy, tp_str_of(word));
    tp_copy_text(copy, tp_str_of(kind));
    tp_copy_text(copy, tp_str_of(meaning));
}

static void
write_reason(const tp_publish_input *in, tp_copy *copy)
{
    for (int i = 0; i < TP_REASON_COUNT; i++) {
        put_reason(copy, tp_reason_word((tp_reason)i), "person", tp_reason_text((tp_reason)i));
    }
    for (int i = 0; i < TP_NOTE_COUNT; i++) {
        put_reason(copy, tp_note_word((tp_note)i), "pair", tp_note_text((tp_note)i));
    }
    for (int i = 0; i < TP_VERDICT_COUNT; i++) {
        put_reason(copy, tp_verdict_name((tp_verdict)i), "verdict", tp_verdict_text((tp_verdict)i));
    }
    for (int i = 0; i < BOXES; i++) {
        const char digit = (char)('0' + i);
        tp_copy_row(copy, 3);
        tp_copy_text(copy, (tp_str){&digit, 1});
        tp_copy_text(copy, TP_STR("box"));
        tp_copy_text(copy, in->rules->box.action[i].p != NULL ? in->rules->box.action[i]
                                                              : TP_STR("not mapped"));
    }
}

static void
write_agency(const tp_publish_input *in, tp_copy *copy)
{
    for (size_t i = 0; i < in->n_agencies; i++) {
        const tp_agency_name *a = &in->agency[i];
        tp_copy_row(copy, 5);
        tp_copy_text(copy, a->code);
        tp_copy_text(copy, a->name);
        tp_copy_text(copy, a->scope);
        tp_copy_text(copy, a->kind);
        tp_copy_text(copy, a->region);
    }
}

const tp_publish_table TP_PUBLISH_RULES[] = {
    {"rule", "rule_no, rule_id, severity, screening, enabled, reason, regulation", write_rule},
    {"rule_slot", "slot, rule_id, tier", write_rule_slot},
    {"reason", "word, kind, meaning", write_reason},
    {"agency", "agency, name, scope, kind, region", write_agency},
};
const size_t TP_PUBLISH_RULES_COUNT = TP_COUNT(TP_PUBLISH_RULES);
