/* Which of the nine boxes is a person in, and in which pool? PermenPANRB 3/2020, 20/2025. */
#include "core/score/parts.h"

int
tp_box_class(const tp_rules *rules, const int32_t cut[2], const tp_axis *axis)
{
    for (int i = 0; i < 2; i++) {
        const bool reached =
            rules->box.classify_exact
                ? (tp_wide)axis->sum.num * 100 >= (tp_wide)cut[i] * axis->sum.den * axis->weight_sum
                : axis->points >= cut[i];
        if (reached) {
            return 2 - i;
        }
    }
    return 0;
}

int
tp_box_of(const tp_rules *rules, const tp_axis *x, const tp_axis *y)
{
    if (x->blocked || y->blocked) {
        return 0;
    }
    return rules->box
        .matrix[tp_box_class(rules, rules->box.cut_y, y)][tp_box_class(rules, rules->box.cut_x, x)];
}

int32_t
tp_nt_of(const tp_rules *rules, const tp_axis *x, const tp_axis *y)
{
    const tp_wide x_den = (tp_wide)x->sum.den * x->weight_sum;
    const tp_wide y_den = (tp_wide)y->sum.den * y->weight_sum;
    const tp_wide num = rules->box.blend_bp[0] * (tp_wide)x->sum.num * y_den +
                        rules->box.blend_bp[1] * (tp_wide)y->sum.num * x_den;
    return (int32_t)tp_round(num, 10000 * x_den * y_den, 100);
}

static uint8_t
pool_of(uint16_t boxes, int box, uint64_t reason)
{
    if (box == 0) {
        return TP_RESULT_UNKNOWN;
    }
    if (((boxes >> box) & 1) == 0) {
        return TP_RESULT_FAILED;
    }
    /* An unverified clean record keeps the box, but not the place in the pool. */
    return (reason & (TP_REASON_BIT(DISC_UNVERIFIED) | TP_REASON_BIT(DISC_UNSETTLED))) != 0
               ? TP_RESULT_UNKNOWN
               : TP_RESULT_MET;
}

void
tp_pools_of(const tp_rules *rules, int box, uint64_t reason, uint8_t *agency, uint8_t *national)
{
    *agency = pool_of(rules->box.agency_boxes, box, reason);
    *national = pool_of(rules->box.national_boxes, box, reason);
}
