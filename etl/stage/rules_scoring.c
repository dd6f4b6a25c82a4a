/* What does scoring.json say? Weights, scales, bands and windows of every score. */
#include "etl/stage/rules_read.h"

#define CLASSES "S3|S2|S1|D3|SLTA|below"
#define SOURCED "unit|source|"

static tp_code
section(const tp_node *root, const char *key, const char *members, tp_node *out, tp_err *err)
{
    *out = tp_node_get(root, key);
    TP_RETURN_SAME(tp_node_object(out, err));
    TP_RETURN_SAME(tp_node_only(out, members, err));
    const tp_node source = tp_node_get(out, "source");
    TP_RETURN_SAME(tp_node_object(&source, err));
    return tp_node_only(&source, "regulation|article|evidence", err);
}

static tp_code
bands(const tp_node *object, const char *key, int64_t high, tp_arena *arena, tp_bands *out,
      tp_err *err)
{
    const tp_node node = tp_node_get(object, key);
    int compare = 0;
    TP_RETURN_SAME(tp_node_object(&node, err));
    TP_RETURN_SAME(tp_node_only(&node, "compare|cuts|names", err));
    const tp_node how = tp_node_get(&node, "compare");
    const tp_node cuts = tp_node_get(&node, "cuts");
    const tp_node names = tp_node_get(&node, "names");
    TP_RETURN_SAME(tp_node_word(&how, "above|at_least", &compare, err));
    TP_RETURN_SAME(tp_node_list(&names, err));
    const size_t n = tp_node_size(&names);
    if (n < 2 || n > TP_BANDS) {
        return tp_node_fail(&names, err, "%zu categories, expected 2 to %d", n, (int)TP_BANDS);
    }
    TP_RETURN_SAME(tp_rule_ints(&node, "cuts", n - 1, 0, high, out->cut, err));
    for (size_t i = 1; i + 1 < n; i++) {
        if (out->cut[i] >= out->cut[i - 1]) {
            return tp_node_fail(&cuts, err, "cut %d after %d: cuts must fall strictly",
                                (int)out->cut[i], (int)out->cut[i - 1]);
        }
    }
    for (size_t i = 0; i < n; i++) {
        const tp_node name = tp_node_at(&names, i);
        tp_str text;
        TP_RETURN_SAME(tp_node_text(&name, &text, err));
        const char *copy = tp_arena_copy(arena, text.p, text.n);
        if (copy == NULL) {
            TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for the names of categories");
        }
        out->name[i] = (tp_str){copy, text.n};
    }
    out->n = (int)n;
    out->above = compare == 0;
    return TP_OK;
}

static tp_code
scale(const tp_node *object, const char *key, tp_scale *out, tp_err *err)
{
    const tp_node list = tp_node_get(object, key);
    TP_RETURN_SAME(tp_node_list(&list, err));
    const size_t n = tp_node_size(&list);
    if (n < 1 || n > TP_STEPS) {
        return tp_node_fail(&list, err, "%zu steps, expected 1 to %d", n, (int)TP_STEPS);
    }
    for (size_t i = 0; i < n; i++) {
        const tp_node step = tp_node_at(&list, i);
        const tp_node from = tp_node_at(&step, 0);
        const tp_node score = tp_node_at(&step, 1);
        int64_t a = 0;
        int64_t b = 0;
        TP_RETURN_SAME(tp_node_list(&step, err));
        TP_RETURN_SAME(tp_node_int(&from, 0, 1000, &a, err));
        TP_RETURN_SAME(tp_node_int(&score, 0, 100, &b, err));
        if (i > 0 && (a >= out->from[i - 1] || b > out->score[i - 1])) {
            return tp_node_fail(&step, err, "steps must fall: bounds strictly, scores never rise");
        }
        out->from[i] = (int32_t)a;
        out->score[i] = (int32_t)b;
    }
    out->n = (int)n;
    return out->from[n - 1] == 0 ? TP_OK
                                 : tp_node_fail(&list, err, "the last step must start at 0");
}

static tp_code
read_ip(const tp_node *root, tp_arena *arena, tp_rules *r, tp_err *err)
{
    tp_node s;
    uint8_t course[TP_TIER_PELAKSANA];
    TP_RETURN_SAME(
        section(root, "ip",
                SOURCED "education|leadership|functional|technical|seminar|performance|discipline|"
                        "tech_min_hours|tech_years|seminar_years|discipline_years|course|bands",
                &s, err));
    TP_RETURN_SAME(tp_rule_words(&s, "education", CLASSES, 0, 1000, r->ip.education, err));
    TP_RETURN_SAME(tp_rule_falls(&s, "education", r->ip.education, TP_CLASS_COUNT, err));
    TP_RETURN_SAME(tp_rule_int(&s, "leadership", 0, 1000, &r->ip.leadership, err));
    TP_RETURN_SAME(tp_rule_int(&s, "functional", 0, 1000, &r->ip.functional, err));
    TP_RETURN_SAME(tp_rule_words(&s, "technical", "managerial|functional|staff", 0, 1000,
                                 r->ip.technical, err));
    TP_RETURN_SAME(
        tp_rule_words(&s, "seminar", "managerial|functional|staff", 0, 1000, r->ip.seminar, err));
    TP_RETURN_SAME(tp_rule_ints(&s, "performance", 6, 0, 1000, r->ip.performance, err));
    TP_RETURN_SAME(
        tp_rule_words(&s, "discipline", "none|light|medium|heavy", 0, 1000, r->ip.discipline, err));
    TP_RETURN_SAME(tp_rule_falls(&s, "discipline", r->ip.discipline, 4, err));
    TP_RETURN_SAME(tp_rule_int(&s, "tech_min_hours", 1, 1000, &r->ip.tech_min_hours, err));
    TP_RETURN_SAME(tp_rule_int(&s, "tech_years", 1, 20, &r->ip.tech_years, err));
    TP_RETURN_SAME(tp_rule_int(&s, "seminar_years", 1, 20, &r->ip.seminar_years, err));
    TP_RETURN_SAME(tp_rule_int(&s, "discipline_years", 1, 20, &r->ip.discipline_years, err));
    TP_RETURN_SAME(tp_rule_choices(&s, "course",
                                   "jpt_utama|jpt_madya|jpt_pratama|administrator|pengawas",
                                   TP_WORDS_COURSE, course, err));
    for (int i = 0; i < TP_TIER_PELAKSANA; i++) {
        r->ip.course[i] = course[i];
    }
    /* The four dimensions are parts of 100: a group that could pass it is a slip in the file. */
    for (int g = 0; g < TP_IP_GROUPS; g++) {
        const int32_t course_points = g == TP_IP_MANAGERIAL   ? r->ip.leadership
                                      : g == TP_IP_FUNCTIONAL ? r->ip.functional
                                                              : 0;
        const int32_t most = r->ip.education[0] + course_points + r->ip.technical[g] +
                             r->ip.seminar[g] + r->ip.performance[5] + r->ip.discipline[0];
        if (most != 1000) {
            return tp_node_fail(&s, err, "the most a group can reach is %d tenths, not 1000",
                                (int)most);
        }
    }
    return bands(&s, "bands", 1000, arena, &r->ip.bands, err);
}

#define X_ITEMS "jpm|development|experience|potential|education|field|discipline"
#define MISSING "block|zero|renorm|floor"

static tp_code
read_x(const tp_node *root, tp_rules *r, tp_err *err)
{
    tp_node s;
    TP_RETURN_SAME(section(root, "x",
                           SOURCED
                           "weight_bp|missing|development_bp|development_years|certificates|"
                           "certifications|experience_weight|tenure|variety|acting|potential_max|"
                           "education|field|discipline|discipline_years",
                           &s, err));
    TP_RETURN_SAME(tp_rule_words(&s, "weight_bp", X_ITEMS, 0, TP_BP, r->x.weight_bp, err));
    TP_RETURN_SAME(tp_rule_whole(&s, "weight_bp", r->x.weight_bp, TP_X_ITEMS, err));
    TP_RETURN_SAME(tp_rule_choices(&s, "missing", X_ITEMS, MISSING, r->x.missing, err));
    TP_RETURN_SAME(tp_rule_ints(&s, "development_bp", 2, 0, TP_BP, r->x.development_bp, err));
    TP_RETURN_SAME(tp_rule_whole(&s, "development_bp", r->x.development_bp, 2, err));
    TP_RETURN_SAME(tp_rule_int(&s, "development_years", 1, 20, &r->x.development_years, err));
    TP_RETURN_SAME(scale(&s, "certificates", &r->x.certificates, err));
    TP_RETURN_SAME(scale(&s, "certifications", &r->x.certifications, err));
    TP_RETURN_SAME(tp_rule_ints(&s, "experience_weight", 3, 1, 100, r->x.experience_weight, err));
    TP_RETURN_SAME(scale(&s, "tenure", &r->x.tenure, err));
    TP_RETURN_SAME(tp_rule_words(&s, "variety", "across_agencies|across_units|one_unit", 0, 100,
                                 r->x.variety, err));
    TP_RETURN_SAME(tp_rule_falls(&s, "variety", r->x.variety, 3, err));
    TP_RETURN_SAME(tp_rule_words(&s, "acting", "pj|plt_higher|plt_equal|plh_higher|plh_equal", 0,
                                 100, r->x.acting, err));
    TP_RETURN_SAME(tp_rule_int(&s, "potential_max", 1, 10, &r->x.potential_max, err));
    TP_RETURN_SAME(tp_rule_words(&s, "education", CLASSES, 0, 100, r->x.education, err));
    TP_RETURN_SAME(tp_rule_falls(&s, "education", r->x.education, TP_CLASS_COUNT, err));
    TP_RETURN_SAME(tp_rule_words(&s, "field", "fits|other", 0, 100, r->x.field, err));
    TP_RETURN_SAME(tp_rule_falls(&s, "field", r->x.field, 2, err));
    TP_RETURN_SAME(tp_rule_words(&s, "discipline", "none|light|medium|heavy|serving", 0, 100,
                                 r->x.discipline, err));
    TP_RETURN_SAME(tp_rule_falls(&s, "discipline", r->x.discipline, 5, err));
    return tp_rule_int(&s, "discipline_years", 1, 20, &r->x.discipline_years, err);
}

/* Five scores from the worst predicate to the best; [0] stands for none. */
static tp_code
by_predicate(const tp_node *s, const char *key, int32_t out[6], tp_err *err)
{
    const tp_node node = tp_node_get(s, key);
    TP_RETURN_SAME(tp_rule_ints(s, key, 5, 0, 100, &out[1], err));
    for (int i = 2; i <= 5; i++) {
        if (out[i] < out[i - 1]) {
            return tp_node_fail(&node, err, "%d after %d: a better predicate would lower the score",
                                (int)out[i], (int)out[i - 1]);
        }
    }
    out[0] = 0;
    return TP_OK;
}

static tp_code
read_y(const tp_node *root, tp_rules *r, tp_err *err)
{
    tp_node s;
    TP_RETURN_SAME(section(root, "y",
                           SOURCED
                           "weight_bp|missing|predicate|feedback|award|team|award_years|team_years|"
                           "feedback_years|stale_years",
                           &s, err));
    TP_RETURN_SAME(tp_rule_words(&s, "weight_bp", "predicate|award|team|feedback", 0, TP_BP,
                                 r->y.weight_bp, err));
    TP_RETURN_SAME(tp_rule_whole(&s, "weight_bp", r->y.weight_bp, TP_Y_ITEMS, err));
    TP_RETURN_SAME(tp_rule_choices(&s, "missing", "predicate|award|team|feedback", MISSING,
                                   r->y.missing, err));
    TP_RETURN_SAME(by_predicate(&s, "predicate", r->y.predicate, err));
    TP_RETURN_SAME(by_predicate(&s, "feedback", r->y.feedback, err));
    TP_RETURN_SAME(tp_rule_words(&s, "award", TP_WORDS_SCOPE, 0, 100, r->y.award, err));
    TP_RETURN_SAME(tp_rule_falls(&s, "award", r->y.award, 4, err));
    const tp_node team = tp_node_get(&s, "team");
    TP_RETURN_SAME(tp_node_object(&team, err));
    TP_RETURN_SAME(tp_node_only(&team, TP_WORDS_TEAM_ROLE, err));
    TP_RETURN_SAME(
        tp_rule_words(&team, "lead", TP_WORDS_SCOPE, 0, 100, r->y.team[TP_TEAM_LEAD], err));
    TP_RETURN_SAME(
        tp_rule_words(&team, "member", TP_WORDS_SCOPE, 0, 100, r->y.team[TP_TEAM_MEMBER], err));
    TP_RETURN_SAME(tp_rule_int(&s, "award_years", 1, 20, &r->y.award_years, err));
    TP_RETURN_SAME(tp_rule_int(&s, "team_years", 1, 20, &r->y.team_years, err));
    TP_RETURN_SAME(tp_rule_int(&s, "feedback_years", 1, 20, &r->y.feedback_years, err));
    return tp_rule_int(&s, "stale_years", 0, 5, &r->y.stale_years, err);
}

static tp_code
texts(const tp_node *s, const char *key, size_t n, tp_arena *arena, tp_str *out, tp_err *err)
{
    const tp_node list = tp_node_get(s, key);
    TP_RETURN_SAME(tp_node_list(&list, err));
    if (tp_node_size(&list) != n) {
        return tp_node_fail(&list, err, "%zu texts, expected %zu", tp_node_size(&list), n);
    }
    for (size_t i = 0; i < n; i++) {
        const tp_node node = tp_node_at(&list, i);
        tp_str text;
        TP_RETURN_SAME(tp_node_text(&node, &text, err));
        const char *copy = tp_arena_copy(arena, text.p, text.n);
        if (copy == NULL) {
            TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for the texts of the boxes");
        }
        out[i] = (tp_str){copy, text.n};
    }
    return TP_OK;
}

static tp_code
matrix(const tp_node *s, tp_rules *r, tp_err *err)
{
    const tp_node rows = tp_node_get(s, "matrix");
    unsigned seen = 0;
    TP_RETURN_SAME(tp_node_list(&rows, err));
    for (size_t i = 0; i < 3; i++) {
        const tp_node row = tp_node_at(&rows, i);
        TP_RETURN_SAME(tp_node_list(&row, err));
        for (size_t j = 0; j < 3; j++) {
            const tp_node cell = tp_node_at(&row, j);
            int64_t box = 0;
            TP_RETURN_SAME(tp_node_int(&cell, 1, 9, &box, err));
            if (((seen >> box) & 1) != 0) {
                return tp_node_fail(
                    &cell, err, "box %d stands twice: the matrix holds 1 to 9 once each", (int)box);
            }
            seen |= 1U << box;
            r->box.matrix[i][j] = (uint8_t)box;
        }
    }
    return TP_OK;
}

static tp_code
boxes(const tp_node *s, const char *key, uint16_t *out, tp_err *err)
{
    const tp_node list = tp_node_get(s, key);
    TP_RETURN_SAME(tp_node_list(&list, err));
    *out = 0;
    for (size_t i = 0; i < tp_node_size(&list); i++) {
        const tp_node one = tp_node_at(&list, i);
        int64_t box = 0;
        TP_RETURN_SAME(tp_node_int(&one, 1, 9, &box, err));
        *out = (uint16_t)(*out | (1U << box));
    }
    return TP_OK;
}

static tp_code
read_box(const tp_node *root, tp_arena *arena, tp_rules *r, tp_err *err)
{
    tp_node s;
    int how = 0;
    TP_RETURN_SAME(section(root, "box",
                           SOURCED
                           "x_cuts|y_cuts|classify_on|matrix|agency_boxes|national_boxes|blend_bp|"
                           "performance|potential|actions",
                           &s, err));
    TP_RETURN_SAME(tp_rule_ints(&s, "x_cuts", 2, 1, TP_BP, r->box.cut_x, err));
    TP_RETURN_SAME(tp_rule_ints(&s, "y_cuts", 2, 1, TP_BP, r->box.cut_y, err));
    if (r->box.cut_x[0] <= r->box.cut_x[1] || r->box.cut_y[0] <= r->box.cut_y[1]) {
        return tp_node_fail(&s, err, "cuts of an axis must fall strictly");
    }
    const tp_node on = tp_node_get(&s, "classify_on");
    TP_RETURN_SAME(tp_node_word(&on, "rounded2|exact", &how, err));
    r->box.classify_exact = how == 1;
    TP_RETURN_SAME(matrix(&s, r, err));
    TP_RETURN_SAME(boxes(&s, "agency_boxes", &r->box.agency_boxes, err));
    TP_RETURN_SAME(boxes(&s, "national_boxes", &r->box.national_boxes, err));
    TP_RETURN_SAME(tp_rule_words(&s, "blend_bp", "x|y", 0, TP_BP, r->box.blend_bp, err));
    TP_RETURN_SAME(tp_rule_whole(&s, "blend_bp", r->box.blend_bp, 2, err));
    TP_RETURN_SAME(texts(&s, "performance", 3, arena, r->box.performance, err));
    TP_RETURN_SAME(texts(&s, "potential", 3, arena, r->box.potential, err));
    return texts(&s, "actions", 10, arena, r->box.action, err);
}

static tp_code
read_jpm(const tp_node *root, tp_arena *arena, tp_rules *r, tp_err *err)
{
    tp_node s;
    int method = 0;
    TP_RETURN_SAME(section(
        root, "jpm", SOURCED "method|cap|validity_years|fill|map|standard|standard_jf", &s, err));
    const tp_node how = tp_node_get(&s, "method");
    TP_RETURN_SAME(tp_node_word(&how, "sum_ratio|capped_ratio_mean|capped_sum", &method, err));
    r->jpm.method = (tp_jpm_method)method;
    TP_RETURN_SAME(tp_rule_int(&s, "cap", 0, TP_BP, &r->jpm.cap, err));
    TP_RETURN_SAME(tp_rule_int(&s, "validity_years", 1, 20, &r->jpm.validity_years, err));
    TP_RETURN_SAME(bands(&s, "fill", 50000, arena, &r->jpm.fill, err));
    TP_RETURN_SAME(bands(&s, "map", 50000, arena, &r->jpm.map, err));
    TP_RETURN_SAME(tp_rule_words(&s, "standard",
                                 "jpt_utama|jpt_madya|jpt_pratama|administrator|pengawas|pelaksana",
                                 1, 5, r->jpm.standard, err));
    TP_RETURN_SAME(
        tp_rule_words(&s, "standard_jf", TP_WORDS_JF_GRADE, 1, 5, r->jpm.standard_jf, err));
    for (int i = 0; i < TP_TIER_FUNCTIONAL; i++) {
        r->jpm.standard[i] *= 2; /* levels are kept in halves */
    }
    for (int i = 0; i < 8; i++) {
        r->jpm.standard_jf[i] *= 2;
    }
    TP_RETURN_SAME(section(root, "performance", SOURCED "legacy_cuts|pp30_cuts", &s, err));
    TP_RETURN_SAME(tp_rule_ints(&s, "legacy_cuts", 4, 0, 12000, r->performance.legacy_cut, err));
    TP_RETURN_SAME(tp_rule_falls(&s, "legacy_cuts", r->performance.legacy_cut, 4, err));
    TP_RETURN_SAME(tp_rule_ints(&s, "pp30_cuts", 4, 0, 12000, r->performance.pp30_cut, err));
    return tp_rule_falls(&s, "pp30_cuts", r->performance.pp30_cut, 4, err);
}

static tp_code
read_merit(const tp_node *root, tp_arena *arena, tp_rules *r, tp_err *err)
{
    tp_node s;
    int32_t target[2];
    TP_RETURN_SAME(section(root, "merit", SOURCED "max|bands|target|denominator|exempt", &s, err));
    TP_RETURN_SAME(tp_rule_ints(&s, "max", TP_MERIT_ASPECTS, 1, 100000, r->merit.max, err));
    TP_RETURN_SAME(bands(&s, "bands", 1000000, arena, &r->merit.bands, err));
    TP_RETURN_SAME(tp_rule_ints(&s, "target", 2, 1, 1000, target, err));
    r->merit.target_num = target[0];
    r->merit.target_den = target[1];
    TP_RETURN_SAME(tp_rule_int(&s, "denominator", 1, 100000, &r->merit.denominator, err));
    const tp_node exempt = tp_node_get(&s, "exempt");
    TP_RETURN_SAME(tp_node_list(&exempt, err));
    for (size_t i = 0; i < tp_node_size(&exempt); i++) {
        const tp_node one = tp_node_at(&exempt, i);
        tp_str name;
        bool found = false;
        TP_RETURN_SAME(tp_node_text(&one, &name, err));
        for (int c = 0; c < r->merit.bands.n; c++) {
            if (tp_str_eq(name, r->merit.bands.name[c])) {
                r->merit.exempt = (uint16_t)(r->merit.exempt | (1U << c));
                found = true;
            }
        }
        if (!found) {
            return tp_node_fail(&one, err, "not a category of the merit bands");
        }
    }
    return TP_OK;
}

static tp_code
read_fit(const tp_node *root, tp_rules *r, tp_err *err)
{
    static const char *const LEVEL[] = {"jpt_utama", "jpt_madya", "jpt_pratama"};
    tp_node s;
    TP_RETURN_SAME(section(root, "fit",
                           SOURCED "weight_bp|top_per_post|top_per_person|retire_months", &s, err));
    const tp_node weight = tp_node_get(&s, "weight_bp");
    TP_RETURN_SAME(tp_node_object(&weight, err));
    TP_RETURN_SAME(tp_node_only(&weight, "jpt_utama|jpt_madya|jpt_pratama", err));
    for (int i = 0; i < TP_LEVELS; i++) {
        TP_RETURN_SAME(tp_rule_ints(&weight, LEVEL[i], 2, 0, TP_BP, r->fit.weight_bp[i], err));
        TP_RETURN_SAME(tp_rule_whole(&weight, LEVEL[i], r->fit.weight_bp[i], 2, err));
    }
    TP_RETURN_SAME(tp_rule_int(&s, "top_per_post", 1, 10, &r->fit.top_per_post, err));
    TP_RETURN_SAME(tp_rule_int(&s, "top_per_person", 1, 5, &r->fit.top_per_person, err));
    return tp_rule_int(&s, "retire_months", 0, 120, &r->fit.retire_months, err);
}

tp_code
tp_rules_scoring(const tp_node *root, tp_arena *arena, tp_rules *r, tp_err *err)
{
    TP_RETURN_SAME(tp_node_only(
        root, "$schema|id|profile|from|until|ip|x|y|box|jpm|performance|merit|fit", err));
    TP_RETURN_SAME(tp_rule_text(root, "id", arena, &r->id, err));
    TP_RETURN_SAME(tp_rule_text(root, "profile", arena, &r->profile, err));
    TP_RETURN_SAME(tp_rule_day(root, "from", INT32_MIN, &r->from, err));
    TP_RETURN_SAME(tp_rule_day(root, "until", INT32_MAX, &r->until, err));
    TP_RETURN_SAME(read_ip(root, arena, r, err));
    TP_RETURN_SAME(read_x(root, r, err));
    TP_RETURN_SAME(read_y(root, r, err));
    TP_RETURN_SAME(read_box(root, arena, r, err));
    TP_RETURN_SAME(read_jpm(root, arena, r, err));
    TP_RETURN_SAME(read_merit(root, arena, r, err));
    return read_fit(root, r, err);
}
