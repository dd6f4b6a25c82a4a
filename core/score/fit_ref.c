/* What is the fit of a person for a post, written as the specification has it? */
#include "core/score/parts.h"

int32_t
tp_fit_ref(const tp_view *view, const tp_axis *x, const tp_axis *y, const tp_frac *tek, int level)
{
    const tp_rules *r = view->rules;
    const tp_wide x_num = x->sum.num;
    const tp_wide x_den = (tp_wide)x->sum.den * x->weight_sum;
    const tp_wide y_num = y->sum.num;
    const tp_wide y_den = (tp_wide)y->sum.den * y->weight_sum;
    const tp_wide nt_num = r->box.blend_bp[0] * x_num * y_den + r->box.blend_bp[1] * y_num * x_den;
    const tp_wide nt_den = 10000 * x_den * y_den;
    if (tek == NULL) {
        return (int32_t)tp_round(nt_num, nt_den, 100);
    }
    const tp_wide num = r->fit.weight_bp[level][0] * nt_num * tek->den +
                        r->fit.weight_bp[level][1] * (tp_wide)tek->num * nt_den;
    return (int32_t)tp_round(num, 10000 * nt_den * tek->den, 100);
}
