/* How well does a person fit a post? NT against the post's standard and fields, and the technical
 * match. */
#include "core/score/parts.h"

void
tp_fit_prepare(const tp_view *view, const tp_who *who, const tp_assess *assess, const tp_axis *x,
               const tp_axis *y, tp_fit_person *out)
{
    *out = (tp_fit_person){.base = {0, 1}, .y = {0, 1}, .target = (int8_t)assess->target};
    const bool potential = x->state[TP_X_POTENTIAL] == TP_KNOWN ||
                           view->rules->x.missing[TP_X_POTENTIAL] != TP_MISSING_BLOCK;
    out->ready = assess->validity <= TP_VALID_UNACCREDITED && potential && !y->blocked;
    if (!out->ready) {
        return;
    }
    for (int i = 0; i < TP_X_ITEMS; i++) {
        if (i == TP_X_JPM || i == TP_X_FIELD) {
            out->weight += view->rules->x.weight_bp[i];
        } else {
            out->weight += x->weight[i];
            out->base = tp_frac_add(out->base, x->score[i], x->weight[i]);
        }
    }
    const int64_t den = y->sum.den * y->weight_sum;
    const int64_t g = y->sum.num == 0 ? den : tp_gcd(y->sum.num, den);
    out->y = (tp_frac){y->sum.num / g, den / g};
    out->y_points = y->points;
    for (int i = 0; i < TP_COMPETENCIES; i++) {
        out->level[i] = assess->level[i];
    }
    const int64_t days = tp_tenure_days(view, who);
    out->tenure = (int32_t)(days < 0 ? 0 : days);
}

int
tp_technical_level(const tp_view *view, size_t person, uint32_t code)
{
    const tp_table *t = &view->pool->table[TP_TECHNICAL];
    int32_t newest = INT32_MIN;
    int level = -1;
    TP_FACTS(view->pool, TP_TECHNICAL, person, row)
    {
        int32_t day = 0;
        int32_t told = 0;
        if (view->tech_code[row] == code && tp_get_i32(t, TP_TECHNICAL_LEVEL, row, &told) &&
            tp_get_i32(t, TP_TECHNICAL_ASSESSED_ON, row, &day) && day <= view->as_of &&
            day >= newest && view->as_of < tp_day_add_years(day, view->rules->jpm.validity_years)) {
            newest = day;
            level = told;
        }
    }
    return level;
}

bool
tp_tek_of(const tp_view *view, size_t person, const tp_seat *seat, tp_frac *out)
{
    int64_t got = 0;
    if (seat->need_sum == 0) {
        return false;
    }
    for (uint32_t i = seat->need_begin; i < seat->need_end; i++) {
        const tp_need *need = &view->need[i];
        const int level = tp_technical_level(view, person, need->code);
        if (level < 0) {
            return false;
        }
        got += (int64_t)need->weight * (level < need->level ? level : need->level);
    }
    *out = (tp_frac){100 * got, seat->need_sum};
    return true;
}

static int
field_score(const tp_view *view, size_t person, const tp_seat *seat)
{
    return view->rules->x.field[tp_set_meets(seat->fields, view->studied[person]) ? 0 : 1];
}

void
tp_axis_for_post(const tp_view *view, const tp_axis *x, const tp_fit_person *fp, size_t person,
                 const tp_seat *seat, tp_axis *out)
{
    *out = *x;
    out->score[TP_X_JPM] = tp_jpm_capped(
        tp_jpm_of(view->rules->jpm.method, fp->level, seat->standard), view->rules->jpm.cap);
    out->score[TP_X_FIELD] = (tp_frac){field_score(view, person, seat), 1};
    out->state[TP_X_JPM] = TP_KNOWN;
    out->state[TP_X_FIELD] = TP_KNOWN;
    tp_axis_close(out, view->rules->x.weight_bp, view->rules->x.missing);
}

void
tp_fit_of(const tp_view *view, const tp_fit_person *fp, size_t person, const tp_seat *seat,
          tp_fit *out)
{
    const tp_rules *r = view->rules;
    const tp_frac jpm = tp_jpm_of(r->jpm.method, fp->level, seat->standard);
    const tp_frac match = tp_jpm_capped(jpm, r->jpm.cap);
    const int64_t field = (int64_t)r->x.weight_bp[TP_X_FIELD] * field_score(view, person, seat);
    const tp_wide x_num = ((tp_wide)fp->base.num + (tp_wide)field * fp->base.den) * match.den +
                          (tp_wide)r->x.weight_bp[TP_X_JPM] * match.num * fp->base.den;
    const tp_wide x_den = (tp_wide)fp->base.den * match.den * fp->weight;
    const tp_wide nt_num =
        r->box.blend_bp[0] * x_num * fp->y.den + r->box.blend_bp[1] * (tp_wide)fp->y.num * x_den;
    const tp_wide nt_den = 10000 * x_den * fp->y.den;
    tp_frac tek = {0, 1};
    const bool told = tp_tek_of(view, person, seat, &tek);
    const int32_t *w = r->fit.weight_bp[seat->level];
    *out = (tp_fit){.person = (uint32_t)person,
                    .x = (int32_t)tp_round(x_num, x_den, 100),
                    .y = fp->y_points,
                    .nt = (int32_t)tp_round(nt_num, nt_den, 100),
                    .jpm = (int32_t)tp_round(jpm.num, jpm.den, 100),
                    .tek = told ? (int32_t)tp_round(tek.num, tek.den, 100) : -1,
                    .tenure = fp->tenure,
                    .group = told ? 1 : 2};
    out->fit = !told ? out->nt
                     : (int32_t)tp_round(w[0] * nt_num * tek.den + w[1] * (tp_wide)tek.num * nt_den,
                                         10000 * nt_den * tek.den, 100);
}

void
tp_fit_parts(const tp_view *view, const tp_axis *x, const tp_axis *y, const tp_fit_person *fp,
             size_t person, const tp_seat *seat, const tp_fit *fit, int32_t x_part[TP_X_ITEMS],
             int32_t fit_part[3])
{
    const tp_rules *r = view->rules;
    tp_axis post;
    tp_axis_for_post(view, x, fp, person, seat, &post);
    tp_axis_parts(&post, x_part);

    tp_frac tek = {0, 1};
    const bool told = tp_tek_of(view, person, seat, &tek);
    const int32_t w_nt = told ? r->fit.weight_bp[seat->level][0] : 10000;
    const int32_t w_tek = told ? r->fit.weight_bp[seat->level][1] : 0;
    const tp_wide num[3] = {(tp_wide)w_nt * r->box.blend_bp[0] * post.sum.num,
                            (tp_wide)w_nt * r->box.blend_bp[1] * y->sum.num,
                            (tp_wide)w_tek * tek.num};
    const tp_wide den[3] = {(tp_wide)1000000 * post.sum.den * post.weight_sum,
                            (tp_wide)1000000 * y->sum.den * y->weight_sum, (tp_wide)100 * tek.den};
    tp_parts(num, den, 3, fit->fit, fit_part);
}
