/* Why are a person's scores, and the verdict for a post, what they are? From the code that scores.
 */
#include "core/score/parts.h"

static void
put_points(tp_buf *out, int64_t hundredths)
{
    tp_buf_printf(out, "%lld.%02lld", (long long)(hundredths / 100), (long long)(hundredths % 100));
}

static void
put_tenths(tp_buf *out, int64_t tenths)
{
    tp_buf_printf(out, "%lld.%lld", (long long)(tenths / 10), (long long)(tenths % 10));
}

static void
put_day(tp_buf *out, int32_t day)
{
    char text[TP_DAY_TEXT];
    tp_day_format(day, text);
    tp_buf_puts(out, text);
}

static void
put_reasons(tp_buf *out, uint64_t reason)
{
    for (int i = 0; i < TP_REASON_COUNT; i++) {
        if (((reason >> i) & 1) != 0) {
            tp_buf_printf(out, "  note %s: %s\n", tp_reason_word((tp_reason)i),
                          tp_reason_text((tp_reason)i));
        }
    }
}

static void
explain_index(const tp_view *view, const tp_who *who, tp_buf *out)
{
    tp_ip ip;
    tp_ip_of(view, who, &ip);
    tp_buf_printf(out, "ip_asn (year %d): ", view->year);
    if (!ip.applies) {
        tp_buf_puts(out, "not measured\n");
        put_reasons(out, ip.reason);
        return;
    }
    put_tenths(out, ip.total);
    tp_buf_printf(out, " %.*s = qualification ",
                  TP_STR_ARG(view->rules->ip.bands.name[ip.category]));
    put_tenths(out, ip.k);
    tp_buf_puts(out, " + competence ");
    put_tenths(out, ip.ko);
    tp_buf_puts(out, " + performance ");
    put_tenths(out, ip.ki);
    tp_buf_puts(out, " + discipline ");
    put_tenths(out, ip.d);
    tp_buf_puts(out, "\n  competence = course ");
    put_tenths(out, ip.ko_part[0]);
    tp_buf_puts(out, " + technical training ");
    put_tenths(out, ip.ko_part[1]);
    tp_buf_puts(out, " + seminar ");
    put_tenths(out, ip.ko_part[2]);
    tp_buf_puts(out, "\n");
    put_reasons(out, ip.reason);
}

static const char *
item_name(const tp_axis *axis, int item)
{
    return axis->n == TP_X_ITEMS ? tp_x_item_name((tp_x_item)item)
                                 : tp_y_item_name((tp_y_item)item);
}

static void
explain_axis(const char *name, const tp_axis *axis, tp_buf *out)
{
    int32_t part[TP_X_ITEMS];
    tp_axis_parts(axis, part);
    tp_buf_printf(out, "%s: ", name);
    if (axis->blocked) {
        tp_buf_puts(out, "not computed");
    } else {
        put_points(out, axis->points);
    }
    tp_buf_puts(out, " (");
    put_points(out, axis->complete_bp);
    tp_buf_puts(out, " % of its weight is known)\n");
    for (int i = 0; i < axis->n; i++) {
        tp_buf_printf(out, "  %-12s score ", item_name(axis, i));
        put_points(out, tp_round(axis->score[i].num, axis->score[i].den, 100));
        tp_buf_printf(out, " x weight %5d", (int)axis->weight[i]);
        if (!axis->blocked) {
            tp_buf_puts(out, " gives ");
            put_points(out, part[i]);
        }
        tp_buf_puts(out, axis->state[i] == TP_KNOWN ? "\n" : " (not known)\n");
    }
}

/* The smallest rise of one axis, or the missing datum, that changes the box. */
static void
explain_next(const tp_view *view, const tp_axis *x, const tp_axis *y, tp_buf *out)
{
    const tp_rules *r = view->rules;
    if (x->blocked || y->blocked) {
        tp_buf_puts(out, "  next: the box needs the items marked as not known above\n");
        return;
    }
    const int at_x = tp_box_class(r, r->box.cut_x, x);
    const int at_y = tp_box_class(r, r->box.cut_y, y);
    const int32_t need_x = at_x == 2 ? INT32_MAX : r->box.cut_x[1 - at_x] - x->points;
    const int32_t need_y = at_y == 2 ? INT32_MAX : r->box.cut_y[1 - at_y] - y->points;
    if (at_x == 2 && at_y == 2) {
        tp_buf_puts(out, "  next: no box stands above\n");
        return;
    }
    const bool by_x = need_x <= need_y;
    tp_buf_printf(out, "  next: box %d with ",
                  by_x ? r->box.matrix[at_y][at_x + 1] : r->box.matrix[at_y + 1][at_x]);
    put_points(out, by_x ? need_x : need_y);
    tp_buf_printf(out, " more on the %s axis\n", by_x ? "potential" : "performance");
    const tp_axis *axis = by_x ? x : y;
    for (int i = 0; i < axis->n; i++) {
        const int64_t room =
            tp_round(((tp_wide)100 * axis->score[i].den - axis->score[i].num) * axis->weight[i],
                     (tp_wide)axis->score[i].den * axis->weight_sum, 100);
        if (room >= (by_x ? need_x : need_y)) {
            tp_buf_printf(out, "    alone possible by %s, which can still give ",
                          item_name(axis, i));
            put_points(out, room);
            tp_buf_puts(out, "\n");
        }
    }
}

/* The boxes of a pool: "7, 8 or 9". */
static void
put_boxes(tp_buf *out, uint16_t boxes)
{
    int left = 0;
    for (int b = 0; b < 16; b++) {
        left += (boxes >> b) & 1;
    }
    for (int b = 0; b < 16; b++) {
        if (((boxes >> b) & 1) != 0) {
            left--;
            tp_buf_printf(out, "%d%s", b, left > 1 ? ", " : left == 1 ? " or " : "");
        }
    }
}

/* Member or not of a pool, and by what: the box alone, or a clean record that nobody vouches for.
 */
static void
explain_pool(const char *name, int box, uint16_t boxes, uint8_t result, tp_buf *out)
{
    tp_buf_printf(out, "pool, %s: ", name);
    if (result == TP_RESULT_MET) {
        tp_buf_printf(out, "a member: box %d", box);
    } else if (result == TP_RESULT_FAILED) {
        tp_buf_printf(out, "not a member: box %d, needs ", box);
        put_boxes(out, boxes);
    } else if (box == 0) {
        tp_buf_puts(out, "not determined: no box yet");
    } else {
        tp_buf_printf(out, "not determined: box %d would do, but the record of discipline is open",
                      box);
    }
    tp_buf_puts(out, "\n");
}

static void
explain_rule(const tp_rules *rules, int r, tp_result result, tp_severity severity, tp_buf *out)
{
    const tp_rule *rule = &rules->rule[r];
    tp_buf_printf(out, "  %-5s %s", tp_rule_name((tp_rule_id)r), tp_result_name(result));
    if (severity != TP_SEVERITY_NONE) {
        tp_buf_printf(out, " %s%s", tp_severity_name(severity),
                      severity == TP_SEVERITY_POL && !rule->enabled ? " (off)" : "");
    }
    if (result == TP_RESULT_FAILED) {
        tp_buf_printf(out, ": %.*s", TP_STR_ARG(rule->reason));
        if (rule->approval.n > 0) {
            tp_buf_printf(out, "; perlu persetujuan %.*s", TP_STR_ARG(rule->approval));
        }
    } else if (result == TP_RESULT_UNKNOWN) {
        tp_buf_printf(out, ": belum ada %.*s dari %.*s", TP_STR_ARG(rule->missing),
                      TP_STR_ARG(rule->owner));
    }
    tp_buf_printf(out, " [%.*s]\n", TP_STR_ARG(rule->regulation));
}

static tp_code
whole(const tp_buf *out, tp_err *err)
{
    if (out->failed) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for the explanation");
    }
    return TP_OK;
}

static void
person_text(const tp_view *view, size_t person, tp_buf *out)
{
    tp_who who;
    tp_assess assess;
    tp_axis x;
    tp_axis y;
    tp_gate gate;
    const tp_rules *r = view->rules;
    tp_who_make(view, person, &who);
    tp_assess_of(view, person, &assess);
    tp_axis_x(view, &who, &assess, &x);
    tp_axis_y(view, &who, false, &y);
    tp_gate_make(view, &who, &assess, view->as_of, &gate);
    tp_buf_printf(out, "rule set %.*s, as of ", TP_STR_ARG(r->id));
    put_day(out, view->as_of);
    tp_buf_puts(out, "\n");
    explain_index(view, &who, out);
    explain_axis("y, performance", &y, out);
    explain_axis("x_pool, potential against the present post", &x, out);
    put_reasons(out, x.reason | y.reason);
    tp_buf_printf(out, "assessment: %s\n", tp_validity_name(assess.validity));
    const int box = tp_box_of(r, &x, &y);
    tp_buf_printf(out, "box: %d (%.*s)", box, TP_STR_ARG(r->box.action[box]));
    if (box != 0) {
        tp_buf_printf(out, ", %.*s / %.*s, nt ",
                      TP_STR_ARG(r->box.performance[tp_box_class(r, r->box.cut_y, &y)]),
                      TP_STR_ARG(r->box.potential[tp_box_class(r, r->box.cut_x, &x)]));
        put_points(out, tp_nt_of(r, &x, &y));
    }
    tp_buf_puts(out, "\n");
    explain_next(view, &x, &y, out);
    uint8_t agency;
    uint8_t national;
    tp_pools_of(r, box, x.reason | y.reason, &agency, &national);
    explain_pool("agency", box, r->box.agency_boxes, agency, out);
    explain_pool("national", box, r->box.national_boxes, national, out);
    tp_buf_puts(out, "rules of the person:\n");
    const tp_rule_slot *slot;
    const size_t n = tp_slots(&slot);
    const uint64_t packed = tp_gate_slots(view, person, &gate, view->as_of);
    for (size_t i = 0; i < n; i++) {
        if (slot[i].level < TP_LEVELS) {
            const tp_str tier =
                tp_word_of(&tp_kind_of(TP_POSITION)->field[TP_POSITION_TIER], slot[i].level);
            tp_buf_printf(out, "  for %.*s:", TP_STR_ARG(tier));
        }
        explain_rule(r, slot[i].rule, tp_slot_get(packed, i), TP_SEVERITY_NONE, out);
    }
}

tp_code
tp_explain_person(const tp_pool *pool, const tp_rules *rules, int32_t as_of, size_t person,
                  tp_buf *out, tp_err *err)
{
    TP_AUTO_ARENA(scratch, 0);
    tp_view view;
    if (person >= pool->n) {
        TP_RETURN_ERR(err, TP_E_RANGE, "person %zu of a pool of %zu", person, pool->n);
    }
    const tp_code rc = tp_view_make(pool, rules, as_of, &scratch, &view, err);
    if (rc == TP_OK) {
        person_text(&view, person, out);
    }
    tp_view_clear(&view);
    return rc == TP_OK ? whole(out, err) : rc;
}

/* ---- a person and a post ---- */

static void
explain_fit(const tp_view *view, const tp_who *who, const tp_assess *assess, const tp_seat *seat,
            tp_buf *out)
{
    tp_axis x;
    tp_axis y;
    tp_axis post;
    tp_fit_person fp;
    tp_fit fit;
    int32_t x_part[TP_X_ITEMS];
    int32_t part[3];
    tp_axis_x(view, who, assess, &x);
    tp_axis_y(view, who, false, &y);
    tp_fit_prepare(view, who, assess, &x, &y, &fp);
    if (!fp.ready) {
        tp_buf_puts(out,
                    "fit: not computed, the assessment or the performance predicate is missing\n");
        put_reasons(out, x.reason | y.reason);
        return;
    }
    tp_fit_of(view, &fp, who->person, seat, &fit);
    tp_fit_parts(view, &x, &y, &fp, who->person, seat, &fit, x_part, part);
    tp_axis_for_post(view, &x, &fp, who->person, seat, &post);
    tp_buf_puts(out, "fit: ");
    put_points(out, fit.fit);
    tp_buf_puts(out, " = potential ");
    put_points(out, part[0]);
    tp_buf_puts(out, " + performance ");
    put_points(out, part[1]);
    tp_buf_puts(out, " + technical ");
    put_points(out, part[2]);
    tp_buf_puts(out, "\n  nt ");
    put_points(out, fit.nt);
    tp_buf_puts(out, ", jpm against the post ");
    put_points(out, fit.jpm);
    if (view->rules->jpm.cap > 0 && fit.jpm > view->rules->jpm.cap) {
        tp_buf_puts(out, " (counted as ");
        put_points(out, view->rules->jpm.cap);
        tp_buf_puts(out, ")");
    }
    tp_buf_puts(out, ", technical match ");
    if (fit.tek < 0) {
        tp_buf_puts(out, "missing: fit without it, ranked after complete candidates");
    } else {
        put_points(out, fit.tek);
    }
    tp_buf_printf(out, ", days at the level %d\n", (int)fit.tenure);
    explain_axis("x_fit, potential against the post", &post, out);
    explain_axis("y, performance", &y, out);
    for (int i = 0; i < TP_COMPETENCIES; i++) {
        if (fp.level[i] < seat->standard[i]) {
            tp_buf_printf(out, "  gap: %s level %d.%d, standard %d.%d\n",
                          tp_kind_of(TP_ASSESSMENT)->field[TP_ASSESSMENT_M1 + i].name,
                          fp.level[i] / 2, 5 * (fp.level[i] % 2), seat->standard[i] / 2,
                          5 * (seat->standard[i] % 2));
        }
    }
}

static void
pair_text(const tp_view *view, size_t person, size_t post, tp_buf *out)
{
    const tp_seat *seat = &view->seat[post];
    tp_who who;
    tp_assess assess;
    tp_gate gate;
    tp_pair pair;
    uint64_t failed;
    uint64_t unknown;
    tp_who_make(view, person, &who);
    tp_assess_of(view, person, &assess);
    tp_gate_make(view, &who, &assess, seat->day, &gate);
    const int action = gate.action[seat->level];
    tp_buf_puts(out, "effective day ");
    put_day(out, seat->day);
    if (action == TP_ACTION_NONE || seat->holder == person) {
        tp_buf_printf(out, "\nverdict: %s\n", tp_verdict_text(TP_VERDICT_NONE));
        return;
    }
    const bool moves = gate.agency == TP_NONE || gate.agency != seat->agency;
    const tp_masks *m = &view->mask[action][moves][seat->level];
    tp_gate_at(view, person, &gate, seat->level, seat->day, &failed, &unknown);
    tp_gate_pair(view, &who, &assess, seat, &pair);
    const uint64_t granted = tp_gate_granted(view, seat, person);
    failed = (failed | seat->failed[action] | pair.failed) & ~granted;
    unknown = (unknown | seat->unknown[action] | pair.unknown) & ~granted & ~failed;
    const tp_verdict verdict = tp_verdict_of(m, failed, unknown);
    tp_buf_printf(out, ", action %s%s\nverdict: %s (%s)\n", tp_action_name((tp_action)action),
                  moves ? " to another agency" : "", tp_verdict_name(verdict),
                  tp_verdict_text(verdict));
    const uint64_t applies = m->hard | m->waiv | m->cond | m->pol | m->flag;
    const uint64_t none = gate.na[seat->level] | pair.na;
    for (int r = 0; r < TP_RULE_COUNT; r++) {
        const uint64_t bit = UINT64_C(1) << r;
        const bool agency = tp_rule_grain((tp_rule_id)r) == TP_GRAIN_AGENCY;
        if ((applies & bit) == 0 || (none & bit) != 0 ||
            (agency && seat->result[r] == TP_RESULT_NA)) {
            continue;
        }
        explain_rule(view->rules, r,
                     (failed & bit) != 0    ? TP_RESULT_FAILED
                     : (unknown & bit) != 0 ? TP_RESULT_UNKNOWN
                                            : TP_RESULT_MET,
                     (tp_severity)view->rules->rule[r].severity[action][moves][seat->level], out);
    }
    explain_fit(view, &who, &assess, seat, out);
}

tp_code
tp_explain_pair(const tp_pool *pool, const tp_rules *rules, int32_t as_of, size_t person,
                size_t post, tp_buf *out, tp_err *err)
{
    TP_AUTO_ARENA(scratch, 0);
    tp_view view;
    if (person >= pool->n || post >= pool->table[TP_POSITION].n) {
        TP_RETURN_ERR(err, TP_E_RANGE, "person %zu of %zu, post %zu of %zu", person, pool->n, post,
                      pool->table[TP_POSITION].n);
    }
    const tp_code rc = tp_view_make(pool, rules, as_of, &scratch, &view, err);
    if (rc == TP_OK && view.seat[post].level >= TP_LEVELS) {
        tp_buf_puts(out, "this post is no senior post (JPT): nobody is scored for it\n");
    } else if (rc == TP_OK) {
        if (!view.seat[post]
                 .scored) { /* a filled post: its agency's rules are not worked out yet */
            tp_gate_agency(&view, &view.seat[post]);
        }
        pair_text(&view, person, post, out);
    }
    tp_view_clear(&view);
    return rc == TP_OK ? whole(out, err) : rc;
}
