/* What are the rules, verdicts, reasons and items called? */
#include "talent/core/rules.h"
#include "talent/core/scores.h"

#define ID_(name, id, grain)    id,
#define GRAIN_(name, id, grain) TP_GRAIN_##grain,
#define WORD_(name, word, text) word,
#define TEXT_(name, word, text) text,
#define PARAM_(name, text)      text,

static const char *const RULE[] = {TP_RULES(ID_)};
static const tp_grain GRAIN[] = {TP_RULES(GRAIN_)};
static const char *const PARAM[] = {TP_PARAMS(PARAM_)};
static const char *const REASON_WORD[] = {TP_REASONS(WORD_)};
static const char *const REASON_TEXT[] = {TP_REASONS(TEXT_)};
static const char *const NOTE_WORD[] = {TP_NOTES(WORD_)};
static const char *const NOTE_TEXT[] = {TP_NOTES(TEXT_)};
static const char *const VERDICT[] = {"eligible",
                                      "conditional",
                                      "undetermined",
                                      "not_recommended_policy",
                                      "not_eligible_waivable",
                                      "not_eligible",
                                      "not_considered"};
static const char *const VERDICT_TEXT[] = {
    "Memenuhi seluruh persyaratan",
    "Memenuhi dengan syarat persetujuan",
    "Belum dapat ditentukan: data belum tersedia atau belum valid",
    "Tidak memenuhi ketentuan kebijakan instansi/panitia",
    "Tidak memenuhi; dapat dikecualikan dengan persetujuan Presiden",
    "Tidak memenuhi",
    "Tidak dipertimbangkan: pemangku jabatan ini atau berjenjang lebih tinggi",
};
static const char *const RESULT[] = {"na", "met", "failed", "unknown"};
static const char *const SEVERITY[] = {"NONE", "HARD", "WAIV", "COND", "POL", "FLAG"};
static const char *const ACTION[] = {"PRO", "MUT", "none", "none"};
static const char *const VALIDITY[] = {"valid", "valid_unaccredited", "expired", "incomplete",
                                       "none"};
static const char *const X_ITEM[] = {"jpm",       "development", "experience", "potential",
                                     "education", "field",       "discipline"};
static const char *const Y_ITEM[] = {"predicate", "award", "team", "feedback"};

/* Rule vectors are 64-bit masks, reasons too, and notes 32-bit ones. */
_Static_assert((int)TP_RULE_COUNT <= 64, "rules fit a mask");
_Static_assert((int)TP_REASON_COUNT <= 64, "reasons fit a mask");
_Static_assert((int)TP_NOTE_COUNT <= 32, "notes fit a mask");
_Static_assert((int)TP_TIER_JPT_PRATAMA + 1 == (int)TP_LEVELS, "levels are the first tiers");

const char *
tp_rule_name(tp_rule_id rule)
{
    return RULE[rule];
}

tp_grain
tp_rule_grain(tp_rule_id rule)
{
    return GRAIN[rule];
}

bool
tp_rule_find(tp_str id, tp_rule_id *out)
{
    for (int i = 0; i < TP_RULE_COUNT; i++) {
        if (tp_str_is(id, RULE[i])) {
            *out = (tp_rule_id)i;
            return true;
        }
    }
    return false;
}

const char *
tp_param_name(tp_param_id param)
{
    return PARAM[param];
}

const tp_rule_agency *
tp_rules_agency(const tp_rules *rules, tp_str code)
{
    size_t lo = 0;
    size_t hi = rules->n_agency;
    while (lo < hi) {
        const size_t mid = (lo + hi) / 2;
        const int c = tp_str_cmp(rules->agency[mid].code, code);
        if (c == 0) {
            return &rules->agency[mid];
        }
        if (c < 0) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return NULL;
}

size_t
tp_slots(const tp_rule_slot **out)
{
    enum { ALL = 255 };
    static const tp_rule_slot SLOT[] = {
        {TP_RULE_ST01, ALL}, {TP_RULE_ST02, ALL}, {TP_RULE_ST03, ALL}, {TP_RULE_ST04, ALL},
        {TP_RULE_DI05, ALL}, {TP_RULE_DI01, ALL}, {TP_RULE_DI02, ALL}, {TP_RULE_DI04, ALL},
        {TP_RULE_DI13, ALL}, {TP_RULE_TN01, ALL}, {TP_RULE_TN02, ALL}, {TP_RULE_ST05, ALL},
        {TP_RULE_AP05, ALL}, {TP_RULE_DI07, ALL}, {TP_RULE_DI09, ALL}, {TP_RULE_DI03, ALL},
        {TP_RULE_TN07, ALL}, {TP_RULE_TN08, ALL}, {TP_RULE_BU01, 0},   {TP_RULE_BU01, 1},
        {TP_RULE_BU01, 2},   {TP_RULE_AP01, 0},   {TP_RULE_AP01, 1},   {TP_RULE_AP01, 2},
        {TP_RULE_AP04, 0},   {TP_RULE_AP04, 1},   {TP_RULE_AP04, 2},   {TP_RULE_AP06, 0},
        {TP_RULE_AP06, 1},   {TP_RULE_AP06, 2},
    };
    _Static_assert(TP_COUNT(SLOT) <= TP_PERSON_SLOTS, "slots fit two bits each in 64");
    *out = SLOT;
    return TP_COUNT(SLOT);
}

const char *
tp_verdict_name(tp_verdict verdict)
{
    return VERDICT[verdict];
}

const char *
tp_verdict_text(tp_verdict verdict)
{
    return VERDICT_TEXT[verdict];
}

const char *
tp_result_name(tp_result result)
{
    return RESULT[result];
}

const char *
tp_severity_name(tp_severity severity)
{
    return SEVERITY[severity];
}

const char *
tp_action_name(tp_action action)
{
    return ACTION[action];
}

const char *
tp_reason_word(tp_reason reason)
{
    return REASON_WORD[reason];
}

const char *
tp_reason_text(tp_reason reason)
{
    return REASON_TEXT[reason];
}

const char *
tp_note_word(tp_note note)
{
    return NOTE_WORD[note];
}

const char *
tp_note_text(tp_note note)
{
    return NOTE_TEXT[note];
}

const char *
tp_validity_name(tp_validity validity)
{
    return VALIDITY[validity];
}

const char *
tp_x_item_name(tp_x_item item)
{
    return X_ITEM[item];
}

const char *
tp_y_item_name(tp_y_item item)
{
    return Y_ITEM[item];
}
