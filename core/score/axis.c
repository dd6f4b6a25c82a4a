/* Where does a person stand on the two axes, performance (Y) and potential (X)? KepBKN 411/2025. */
#include "core/score/parts.h"

void
tp_parts(const tp_wide *num, const tp_wide *den, int n, int64_t whole, int32_t *out)
{
    tp_wide rest[8];
    int64_t sum = 0;
    for (int i = 0; i < n; i++) {
        out[i] = (int32_t)(num[i] / den[i]);
        rest[i] = num[i] % den[i];
        sum += out[i];
    }
    for (int64_t left = whole - sum; left > 0; left--) {
        int best = -1;
        for (int i = 0; i < n; i++) { /* a/b > c/d as a*d > c*b; the first of equals wins */
            if (rest[i] >= 0 && (best < 0 || rest[i] * den[best] > rest[best] * den[i])) {
                best = i;
            }
        }
        if (best < 0) {
            return;
        }
        out[best]++;
        rest[best] = -1;
    }
}

void
tp_axis_close(tp_axis *axis, const int32_t *weight, const uint8_t *missing)
{
    axis->weight_sum = 0;
    axis->complete_bp = 0;
    axis->blocked = false;
    axis->sum = (tp_frac){0, 1};
    for (int i = 0; i < axis->n; i++) {
        const bool known = axis->state[i] == TP_KNOWN;
        axis->weight[i] = known || missing[i] != TP_MISSING_RENORM ? weight[i] : 0;
        axis->complete_bp += known ? weight[i] : 0;
        axis->blocked =
            axis->blocked || (!known && weight[i] > 0 && missing[i] == TP_MISSING_BLOCK);
        axis->weight_sum += axis->weight[i];
        axis->sum = tp_frac_add(axis->sum, axis->score[i], axis->weight[i]);
    }
    axis->blocked = axis->blocked || axis->weight_sum == 0;
    axis->points =
        axis->blocked
            ? 0
            : (int32_t)tp_round(axis->sum.num, (tp_wide)axis->sum.den * axis->weight_sum, 100);
}

void
tp_axis_parts(const tp_axis *axis, int32_t *out)
{
    tp_wide num[TP_X_ITEMS];
    tp_wide den[TP_X_ITEMS];
    for (int i = 0; i < axis->n; i++) {
        num[i] = (tp_wide)axis->score[i].num * axis->weight[i] * 100;
        den[i] = (tp_wide)axis->score[i].den * axis->weight_sum;
        out[i] = 0;
    }
    if (!axis->blocked) {
        tp_parts(num, den, axis->n, axis->points, out);
    }
}

static void
put(tp_axis *axis, int item, int64_t num, int64_t den, bool known)
{
    axis->score[item] = (tp_frac){num, den};
    axis->state[item] = known ? TP_KNOWN : TP_MISSING_ITEM;
}

/* ---- performance ---- */

static int
predicate_item(const tp_view *view, const tp_who *who, tp_axis *y)
{
    int predicate = tp_predicate_of(view, who->person, view->year, &y->reason);
    if (predicate != 0) {
        return predicate;
    }
    /* New in the post in that year, or away for study: an earlier one stands for it. */
    const int32_t start = who->employment == TP_NONE
                              ? INT32_MIN
                              : tp_i32_or(&view->pool->table[TP_EMPLOYMENT], TP_EMPLOYMENT_START_ON,
                                          who->employment, INT32_MIN);
    if (who->legal == 3 || start > tp_day_of(view->year, 1, 1)) {
        for (int back = 1; back <= view->rules->y.stale_years && predicate == 0; back++) {
            predicate = tp_predicate_of(view, who->person, view->year - back, &y->reason);
        }
    }
    y->reason |= predicate != 0 ? TP_REASON_BIT(PREDICATE_STALE) : TP_REASON_BIT(PREDICATE_MISSING);
    return predicate;
}

static int
award_item(const tp_view *view, const tp_who *who)
{
    const tp_table *t = &view->pool->table[TP_AWARD];
    int best = 0;
    TP_FACTS(view->pool, TP_AWARD, who->person, row)
    {
        const int32_t year = tp_i32_or(t, TP_AWARD_YEAR, row, 0);
        const int32_t scope = tp_i32_or(t, TP_AWARD_SCOPE, row, TP_SCOPE_AGENCY);
        if (year > view->year - view->rules->y.award_years && year <= view->year + 1 &&
            view->rules->y.award[scope] > best) {
            best = view->rules->y.award[scope];
        }
    }
    return best;
}

static int
team_item(const tp_view *view, const tp_who *who)
{
    const tp_table *t = &view->pool->table[TP_TEAM_ROLE];
    int best = 0;
    TP_FACTS(view->pool, TP_TEAM_ROLE, who->person, row)
    {
        const int32_t year = tp_i32_or(t, TP_TEAM_ROLE_YEAR, row, 0);
        const int32_t role = tp_i32_or(t, TP_TEAM_ROLE_ROLE, row, TP_TEAM_MEMBER);
        const int32_t scope = tp_i32_or(t, TP_TEAM_ROLE_SCOPE, row, TP_SCOPE_AGENCY);
        const int score = view->rules->y.team[role][scope];
        if (year > view->year - view->rules->y.team_years && year <= view->year + 1 &&
            score > best) {
            best = score;
        }
    }
    return best;
}

static int
feedback_item(const tp_view *view, const tp_who *who)
{
    const tp_table *t = &view->pool->table[TP_FEEDBACK];
    int newest = view->year - view->rules->y.feedback_years;
    int predicate = 0;
    TP_FACTS(view->pool, TP_FEEDBACK, who->person, row)
    {
        const int32_t year = tp_i32_or(t, TP_FEEDBACK_YEAR, row, 0);
        const int32_t told = tp_i32_or(t, TP_FEEDBACK_PREDICATE, row, 0);
        if (year > newest && year <= view->year && told >= 1 && told <= 5) {
            newest = year;
            predicate = told;
        }
    }
    return predicate;
}

static bool
reports(const uint64_t *agencies, const tp_view *view, const tp_who *who, tp_kind kind)
{
    return (who->agency != TP_NONE && tp_bit_get(agencies, who->agency)) ||
           view->pool->begin[kind][who->person] < view->pool->begin[kind][who->person + 1];
}

void
tp_axis_y(const tp_view *view, const tp_who *who, bool drop_unreported, tp_axis *y)
{
    const tp_rules *r = view->rules;
    uint8_t missing[TP_Y_ITEMS];
    *y = (tp_axis){.n = TP_Y_ITEMS};
    const int predicate = predicate_item(view, who, y);
    const bool awards = reports(view->rewards, view, who, TP_AWARD);
    const bool teams = reports(view->teams, view, who, TP_TEAM_ROLE);
    const int feedback = feedback_item(view, who);
    put(y, TP_Y_PREDICATE, r->y.predicate[predicate], 1, predicate != 0);
    put(y, TP_Y_AWARD, award_item(view, who), 1, awards);
    put(y, TP_Y_TEAM, team_item(view, who), 1, teams);
    put(y, TP_Y_FEEDBACK, r->y.feedback[feedback], 1, feedback != 0);
    y->reason |= awards ? 0 : TP_REASON_BIT(AWARD_MISSING);
    y->reason |= teams ? 0 : TP_REASON_BIT(TEAM_MISSING);
    y->reason |= awards || teams ? 0 : TP_REASON_BIT(Y_PENGUAT_UNREPORTED);
    y->reason |= feedback != 0 ? 0 : TP_REASON_BIT(FEEDBACK_MISSING);
    y->detail[0] = predicate;
    y->detail[1] = feedback;
    for (int i = 0; i < TP_Y_ITEMS; i++) {
        missing[i] = r->y.missing[i];
    }
    if (drop_unreported) {
        missing[TP_Y_AWARD] = TP_MISSING_RENORM;
        missing[TP_Y_TEAM] = TP_MISSING_RENORM;
    }
    tp_axis_close(y, r->y.weight_bp, missing);
}

/* ---- potential ---- */

static void
development_item(const tp_view *view, const tp_who *who, tp_axis *x)
{
    const tp_rules *r = view->rules;
    const tp_table *t = &view->pool->table[TP_TRAINING];
    const int32_t from = tp_day_add_years(view->as_of, -r->x.development_years);
    int courses = 0;
    int certified = 0;
    bool any = false;
    TP_FACTS(view->pool, TP_TRAINING, who->person, row)
    {
        int32_t end = 0;
        any = true;
        if ((!tp_get_i32(t, TP_TRAINING_END_ON, row, &end) &&
             !tp_get_i32(t, TP_TRAINING_START_ON, row, &end)) ||
            end <= from || end > view->as_of) {
            continue;
        }
        const int32_t kind = tp_i32_or(t, TP_TRAINING_KIND, row, TP_TRAINING_TECHNICAL);
        if (kind == TP_TRAINING_CERTIFICATION || kind == TP_TRAINING_LEADERSHIP) {
            certified++;
        } else {
            courses++;
        }
    }
    const int64_t score =
        (int64_t)r->x.development_bp[0] * tp_scale_of(&r->x.certificates, courses) +
        (int64_t)r->x.development_bp[1] * tp_scale_of(&r->x.certifications, certified);
    put(x, TP_X_DEVELOPMENT, score, 10000, any);
    x->reason |= any ? 0 : TP_REASON_BIT(DEVELOPMENT_MISSING);
    x->detail[0] = courses;
    x->detail[1] = certified;
}

int64_t
tp_tenure_days(const tp_view *view, const tp_who *who)
{
    tp_span span;
    if (who->tier < 0) {
        return -1;
    }
    tp_span_of(view, who, TP_SPAN_TIER, who->tier, (tp_set){{0}}, 0, view->as_of, &span);
    return span.any ? span.days : -1;
}

static int
tenure_score(const tp_view *view, const tp_who *who, uint64_t *reason)
{
    tp_span span = {0};
    if (who->tier >= 0) {
        tp_span_of(view, who, TP_SPAN_TIER, who->tier, (tp_set){{0}}, 0, view->as_of, &span);
    }
    if (!span.any) {
        *reason |= TP_REASON_BIT(TENURE_FLOOR);
        return tp_scale_of(&view->rules->x.tenure, 0);
    }
    const int32_t end = (int32_t)(span.first + span.days);
    return tp_scale_of(&view->rules->x.tenure, tp_day_months_between(span.first, end) / 12);
}

/* Acting duty counts against the level the person has now. */
static int
acting_score(const tp_view *view, const tp_who *who, int assignment, size_t row)
{
    const tp_table *t = &view->pool->table[TP_POSITION_HISTORY];
    const int standing = tp_standing(tp_i32_or(t, TP_POSITION_HISTORY_TIER, row, -1),
                                     tp_i32_or(t, TP_POSITION_HISTORY_JF_GRADE, row, -1));
    const int equal = standing > who->standing ? 0 : 1;
    return assignment == TP_ASSIGN_PJ    ? view->rules->x.acting[0]
           : assignment == TP_ASSIGN_PLT ? view->rules->x.acting[1 + equal]
           : assignment == TP_ASSIGN_PLH ? view->rules->x.acting[3 + equal]
                                         : 0;
}

tp_frac
tp_experience_of(const tp_view *view, const tp_who *who, int part[3], uint64_t *reason, bool *known)
{
    const tp_rules *r = view->rules;
    const tp_table *t = &view->pool->table[TP_POSITION_HISTORY];
    tp_str agency = TP_STR_NONE;
    tp_str unit = TP_STR_NONE;
    int variety = -1;
    int acting = 0;
    bool any = false;
    TP_FACTS(view->pool, TP_POSITION_HISTORY, who->person, row)
    {
        const int assignment = tp_i32_or(t, TP_POSITION_HISTORY_ASSIGNMENT, row, -1);
        any = true;
        if (assignment != TP_ASSIGN_DEFINITIVE) {
            const int score = acting_score(view, who, assignment, row);
            acting = score > acting ? score : acting;
            continue;
        }
        const tp_str a = tp_get_text(t, TP_POSITION_HISTORY_AGENCY, row);
        const tp_str u = tp_get_text(t, TP_POSITION_HISTORY_UNIT, row);
        variety = variety < 0 ? 2 : variety;
        if (agency.p != NULL && a.p != NULL && !tp_str_eq(a, agency)) {
            variety = 0;
        } else if (unit.p != NULL && u.p != NULL && !tp_str_eq(u, unit) && variety > 1) {
            variety = 1;
        }
        agency = a.p != NULL ? a : agency;
        unit = u.p != NULL ? u : unit;
    }
    part[0] = tenure_score(view, who, reason);
    part[1] = r->x.variety[variety < 0 ? 2 : variety];
    part[2] = acting;
    *reason |= variety < 0 ? TP_REASON_BIT(VARIETY_FLOOR) : 0;
    *reason |= any ? 0 : TP_REASON_BIT(ACTING_MISSING);
    *known = any;
    const int32_t *w = r->x.experience_weight;
    return (tp_frac){(int64_t)w[0] * part[0] + (int64_t)w[1] * part[1] + (int64_t)w[2] * part[2],
                     (int64_t)w[0] + w[1] + w[2]};
}

static void
discipline_item(const tp_view *view, const tp_who *who, tp_axis *x)
{
    const tp_rules *r = view->rules;
    tp_sanctions s;
    tp_sanctions_of(view, who->person, tp_day_add_years(view->as_of, -r->x.discipline_years),
                    view->as_of, view->as_of, &s);
    const int kind = s.serving ? 4 : s.heaviest + 1;
    put(x, TP_X_DISCIPLINE, r->x.discipline[kind], 1, who->covered || s.heaviest >= 0);
    x->reason |= who->covered || s.heaviest >= 0 ? 0 : TP_REASON_BIT(DISC_UNVERIFIED);
    x->reason |= s.unsettled ? TP_REASON_BIT(DISC_UNSETTLED) : 0;
    x->detail[2] = kind;
}

static void
jpm_item(const tp_view *view, const tp_who *who, const tp_assess *a, tp_axis *x)
{
    uint8_t standard[TP_COMPETENCIES];
    const bool valid = a->validity <= TP_VALID_UNACCREDITED;
    const bool known = tp_standard_of(view, who, standard);
    put(x, TP_X_JPM, 0, 1, valid && known);
    if (valid && known) {
        x->score[TP_X_JPM] = tp_jpm_capped(tp_jpm_of(view->rules->jpm.method, a->level, standard),
                                           view->rules->jpm.cap);
    }
    x->reason |= a->validity == TP_VALID_NONE           ? TP_REASON_BIT(ASSESSMENT_MISSING)
                 : a->validity == TP_VALID_EXPIRED      ? TP_REASON_BIT(ASSESSMENT_EXPIRED)
                 : a->validity == TP_VALID_INCOMPLETE   ? TP_REASON_BIT(JPM_INCOMPLETE)
                 : a->validity == TP_VALID_UNACCREDITED ? TP_REASON_BIT(JPM_UNACCREDITED)
                                                        : 0;
    x->reason |= known ? 0 : TP_REASON_BIT(STANDARD_MISSING);
    /* Potential comes with the same assessment, and expires with it. */
    const bool potential = a->potential >= 0 && a->validity != TP_VALID_EXPIRED;
    put(x, TP_X_POTENTIAL, potential ? (int64_t)a->potential * 100 : 0,
        (int64_t)TP_POTENTIALS * 2 * view->rules->x.potential_max, potential);
    x->reason |= potential ? 0 : TP_REASON_BIT(POTENTIAL_MISSING);
}

void
tp_axis_x(const tp_view *view, const tp_who *who, const tp_assess *assess, tp_axis *x)
{
    const tp_rules *r = view->rules;
    *x = (tp_axis){.n = TP_X_ITEMS};
    jpm_item(view, who, assess, x);
    development_item(view, who, x);
    int part[3];
    bool known = false;
    x->score[TP_X_EXPERIENCE] = tp_experience_of(view, who, part, &x->reason, &known);
    x->state[TP_X_EXPERIENCE] = known ? TP_KNOWN : TP_MISSING_ITEM;
    x->detail[3] = part[0];
    x->detail[4] = part[1];
    x->detail[5] = part[2];
    const bool taught = who->education_class != TP_CLASS_NONE;
    put(x, TP_X_EDUCATION, r->x.education[taught ? who->education_class : TP_CLASS_BELOW], 1,
        taught);
    x->reason |= taught ? 0 : TP_REASON_BIT(EDUCATION_FLOOR);
    const bool field = who->post != TP_NONE && !tp_set_empty(view->seat[who->post].fields) &&
                       view->pool->begin[TP_EDUCATION][who->person] <
                           view->pool->begin[TP_EDUCATION][who->person + 1];
    const bool fits =
        field && tp_set_meets(view->seat[who->post].fields, view->studied[who->person]);
    put(x, TP_X_FIELD, r->x.field[fits ? 0 : 1], 1, field);
    x->reason |= field ? 0 : TP_REASON_BIT(FIELD_MISSING);
    discipline_item(view, who, x);
    x->reason |= who->post == TP_NONE && who->tier < 0 ? TP_REASON_BIT(POST_UNKNOWN) : 0;
    tp_axis_close(x, r->x.weight_bp, r->x.missing);
}
