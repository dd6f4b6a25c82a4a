/* What do the rules say together? The verdict algebra of the eligibility rules, 1.3. */
#include "core/score/parts.h"

void
tp_masks_make(const tp_rules *rules, bool screening, tp_masks out[TP_ACTION_COUNT][2][TP_LEVELS])
{
    for (int action = 0; action < TP_ACTION_COUNT; action++) {
        for (int other = 0; other < 2; other++) {
            for (int level = 0; level < TP_LEVELS; level++) {
                tp_masks *m = &out[action][other][level];
                *m = (tp_masks){0};
                for (int r = 0; r < TP_RULE_COUNT; r++) {
                    const tp_rule *rule = &rules->rule[r];
                    const uint8_t s = rule->severity[action][other][level];
                    const uint64_t bit = UINT64_C(1) << r;
                    if (screening && !rule->screening) {
                        continue;
                    }
                    m->hard |= s == TP_SEVERITY_HARD ? bit : 0;
                    m->waiv |= s == TP_SEVERITY_WAIV ? bit : 0;
                    m->cond |= s == TP_SEVERITY_COND ? bit : 0;
                    m->pol |= s == TP_SEVERITY_POL && rule->enabled ? bit : 0;
                    m->flag |=
                        s == TP_SEVERITY_FLAG || (s == TP_SEVERITY_POL && !rule->enabled) ? bit : 0;
                }
            }
        }
    }
}

tp_verdict
tp_verdict_of(const tp_masks *mask, uint64_t failed, uint64_t unknown)
{
    if ((failed & mask->hard) != 0) {
        return TP_VERDICT_NOT_ELIGIBLE;
    }
    if ((failed & mask->waiv) != 0) {
        return TP_VERDICT_WAIVABLE;
    }
    if ((unknown & (mask->hard | mask->waiv | mask->cond | mask->pol)) != 0) {
        return TP_VERDICT_UNDETERMINED;
    }
    if ((failed & mask->cond) != 0) {
        return TP_VERDICT_CONDITIONAL;
    }
    return (failed & mask->pol) != 0 ? TP_VERDICT_NOT_RECOMMENDED : TP_VERDICT_ELIGIBLE;
}

int
tp_verdict_rule(const tp_masks *mask, uint64_t failed, uint64_t unknown)
{
    uint64_t bits = 0;
    switch (tp_verdict_of(mask, failed, unknown)) {
    case TP_VERDICT_NOT_ELIGIBLE:
        bits = failed & mask->hard;
        break;
    case TP_VERDICT_WAIVABLE:
        bits = failed & mask->waiv;
        break;
    case TP_VERDICT_UNDETERMINED:
        bits = unknown & (mask->hard | mask->waiv | mask->cond | mask->pol);
        break;
    case TP_VERDICT_CONDITIONAL:
        bits = failed & mask->cond;
        break;
    case TP_VERDICT_NOT_RECOMMENDED:
        bits = failed & mask->pol;
        break;
    default:
        break;
    }
    return bits == 0 ? TP_RULE_COUNT : __builtin_ctzll(bits);
}
