/* How are a whole pool's people and posts scored? Blocks of people, each against every post. */
#include <omp.h>
#include <string.h>

#include "core/score/parts.h"

enum { TOP_POST = 10, TOP_PERSON = 5, LISTINGS = 2 };

/* What one person brings to every post; kept for the people of one block. */
typedef struct candidate {
    tp_who who;
    tp_assess assess;
    tp_fit_person fit;
} candidate;

typedef struct best {
    int32_t fit;
    uint32_t post;
    uint8_t verdict;
} best;

/* Counts and lists of one post, as one thread saw them. */
typedef struct tally {
    uint32_t verdict[TP_VERDICT_COUNT];
    uint32_t lost[TP_RULE_COUNT];
    uint32_t unknown[TP_RULE_COUNT];
    uint32_t skipped, unranked;
    uint8_t n[LISTINGS];
    tp_fit top[LISTINGS][TOP_POST];
} tally;

typedef struct worker {
    candidate *people; /* [TP_BLOCK_ROWS] */
    tp_gate *gate;     /* [TP_BLOCK_ROWS] apart, because most pairs look at nothing else */
    tally *seat;       /* [n_seat] */
} worker;

typedef struct work {
    const tp_view *view;
    tp_scores *out;
    worker *worker;
    best *best;      /* [people * TOP_PERSON] */
    uint8_t *n_best; /* [people] */
    size_t top_post, top_person;
} work;

/* ---- people ---- */

static void
put_index(const tp_view *view, const tp_who *who, tp_scores *s, size_t i)
{
    tp_ip ip;
    tp_ip_of(view, who, &ip);
    s->has_ip[i] = ip.applies;
    s->ip_k[i] = (int16_t)ip.k;
    s->ip_ko[i] = (int16_t)ip.ko;
    s->ip_ki[i] = (int16_t)ip.ki;
    s->ip_d[i] = (int16_t)ip.d;
    s->ip[i] = (int16_t)ip.total;
    s->ip_category[i] = (uint8_t)ip.category;
    s->reason[i] |= ip.reason;
}

static void
put_jpm(const tp_view *view, const tp_who *who, const tp_assess *a, tp_scores *s, size_t i)
{
    uint8_t standard[TP_COMPETENCIES];
    s->assessment[i] = a->row;
    s->validity[i] = (uint8_t)a->validity;
    if (a->row != TP_NONE && a->complete && tp_standard_of(view, who, standard)) {
        const tp_frac jpm = tp_jpm_of(view->rules->jpm.method, a->level, standard);
        s->jpm[i] = (uint32_t)tp_round(jpm.num, jpm.den, 100);
        s->jpm_category[i] = (uint8_t)tp_band_of(&view->rules->jpm.map, s->jpm[i]);
        tp_bit_set(s->jpm_valid, i); /* a block is whole words, so no two threads share one */
    }
}

_Static_assert(TP_BLOCK_ROWS % 64 == 0, "a block of people covers whole words of a bitmap");

static void
put_person(const tp_view *view, candidate *c, tp_gate *gate, tp_scores *s, size_t i)
{
    tp_axis x;
    tp_axis y;
    tp_axis alt;
    tp_who_make(view, i, &c->who);
    tp_assess_of(view, i, &c->assess);
    put_index(view, &c->who, s, i);
    tp_axis_x(view, &c->who, &c->assess, &x);
    tp_axis_y(view, &c->who, false, &y);
    tp_axis_y(view, &c->who, true, &alt);
    s->reason[i] |= x.reason | y.reason;
    s->x_complete[i] = (uint16_t)x.complete_bp;
    s->y_complete[i] = (uint16_t)y.complete_bp;
    tp_axis_parts(&x, &s->x_part[i * TP_X_ITEMS]);
    tp_axis_parts(&y, &s->y_part[i * TP_Y_ITEMS]);
    if (!x.blocked) {
        s->x_pool[i] = x.points;
        tp_bit_set(s->x_valid, i);
    }
    if (!y.blocked) {
        s->y[i] = y.points;
        tp_bit_set(s->y_valid, i);
    }
    s->nt[i] = x.blocked || y.blocked ? 0 : tp_nt_of(view->rules, &x, &y);
    s->box[i] = (uint8_t)tp_box_of(view->rules, &x, &y);
    s->box_alt[i] = (uint8_t)tp_box_of(view->rules, &x, &alt);
    put_jpm(view, &c->who, &c->assess, s, i);
    tp_fit_prepare(view, &c->who, &c->assess, &x, &y, &c->fit);

    tp_gate_make(view, &c->who, &c->assess, view->as_of, gate);
    s->rules[i] = tp_gate_slots(view, i, gate, view->as_of);
    int32_t years = 0;
    if (c->who.has_birth &&
        tp_param_at(&view->rules->param[TP_PARAM_AGE_MAX], view->as_of, TP_TIER_JPT_PRATAMA,
                    &years) &&
        view->as_of >= tp_day_add_years(c->who.birth, years) &&
        view->as_of < tp_day_add_years(c->who.birth, years + 1)) {
        s->reason[i] |= TP_REASON_BIT(AGE_EDGE);
    }
    tp_pools_of(view->rules, s->box[i], s->reason[i], &s->in_agency_pool[i],
                &s->in_national_pool[i]);
}

/* ---- pairs ---- */

static const tp_masks *
masks_of(const tp_view *view, const tp_gate *gate, const tp_seat *seat)
{
    const bool moves = gate->agency == TP_NONE || gate->agency != seat->agency;
    return &view->mask[gate->action[seat->level]][moves][seat->level];
}

/* Results of every rule for a pair. Pair rules are left out where they cannot change the verdict,
 * unless `whole` asks for all. */
static const tp_masks *
judge(const tp_view *view, const candidate *c, const tp_gate *gate, size_t person,
      const tp_seat *seat, bool whole, uint64_t *failed, uint64_t *unknown, tp_pair *pair)
{
    const tp_masks *mask = masks_of(view, gate, seat);
    uint64_t f;
    uint64_t u;
    tp_gate_at(view, person, gate, seat->level, seat->day, &f, &u);
    f |= seat->failed[gate->action[seat->level]];
    u |= seat->unknown[gate->action[seat->level]];
    const uint64_t granted = (seat->permitted != 0 || seat->grant_begin != seat->grant_end)
                                 ? tp_gate_granted(view, seat, person)
                                 : 0;
    f &= ~granted;
    u &= ~granted;
    const bool settled =
        (f & (mask->hard | mask->waiv)) != 0 || (gate->flags & TP_GATE_PAIR_FIXED) != 0;
    if (whole || !settled) {
        tp_gate_pair(view, &c->who, &c->assess, seat, pair);
        f |= pair->failed & ~granted;
        u |= pair->unknown & ~granted;
    }
    *failed = f;
    *unknown = u & ~f;
    return mask;
}

static void
put_best(work *w, size_t person, const tp_fit *fit, uint32_t post)
{
    best *b = &w->best[person * TOP_PERSON];
    size_t n = w->n_best[person];
    if (n == w->top_person) {
        if (n == 0 || fit->fit < b[n - 1].fit ||
            (fit->fit == b[n - 1].fit && post > b[n - 1].post)) {
            return;
        }
        n--;
    }
    size_t at = n;
    for (; at > 0 &&
           (b[at - 1].fit < fit->fit || (b[at - 1].fit == fit->fit && b[at - 1].post > post));
         at--) {
        b[at] = b[at - 1];
    }
    b[at] = (best){fit->fit, post, fit->verdict};
    w->n_best[person] = (uint8_t)(n + 1);
}

static void
meet(work *w, const candidate *c, const tp_gate *gate, size_t person, uint32_t post, tally *t)
{
    const tp_view *view = w->view;
    const tp_seat *seat = &view->seat[post];
    uint64_t failed;
    uint64_t unknown;
    tp_pair pair;
    if (gate->action[seat->level] == TP_ACTION_NONE || seat->holder == person) {
        t->skipped++;
        return;
    }
    const tp_masks *mask = judge(view, c, gate, person, seat, false, &failed, &unknown, &pair);
    const tp_verdict verdict = tp_verdict_of(mask, failed, unknown);
    t->verdict[verdict]++;
    const int rule = tp_verdict_rule(mask, failed, unknown);
    if (verdict >= TP_VERDICT_NOT_RECOMMENDED) {
        t->lost[rule]++;
        return;
    }
    if (verdict == TP_VERDICT_UNDETERMINED) {
        t->unknown[rule]++;
        t->unranked += (gate->flags & TP_GATE_READY) != 0 ? 0 : 1;
    }
    if ((gate->flags & TP_GATE_READY) == 0) {
        return;
    }
    tp_fit fit;
    tp_fit_of(view, &c->fit, person, seat, &fit);
    fit.verdict = (uint8_t)verdict;
    fit.action = gate->action[seat->level];
    const int list = verdict == TP_VERDICT_UNDETERMINED ? TP_LISTING_VERIFY : TP_LISTING_PROPOSED;
    t->n[list] = (uint8_t)tp_top_put(t->top[list], t->n[list], w->top_post, &fit);
    if (list == TP_LISTING_PROPOSED) {
        put_best(w, person, &fit, post);
    }
}

static void
score_block(work *w, worker *me, size_t begin, size_t end)
{
    const tp_view *view = w->view;
    for (size_t i = begin; i < end; i++) {
        put_person(view, &me->people[i - begin], &me->gate[i - begin], w->out, i);
    }
    for (int epoch = 0; epoch < view->n_epoch; epoch++) {
        for (size_t i = begin; i < end; i++) {
            const candidate *c = &me->people[i - begin];
            tp_gate *gate = &me->gate[i - begin];
            tp_gate_make(view, &c->who, &c->assess, view->epoch_day[epoch], gate);
            gate->flags |= c->fit.ready ? TP_GATE_READY : 0;
        }
        for (size_t post = 0; post < view->n_seat; post++) {
            if (view->seat[post].scored && view->seat[post].epoch == epoch) {
                for (size_t i = begin; i < end; i++) {
                    meet(w, &me->people[i - begin], &me->gate[i - begin], i, (uint32_t)post,
                         &me->seat[post]);
                }
            }
        }
    }
}

/* Adds what another thread saw; the lists are in a total order, so the sum has none. */
static void
add_tally(tally *into, const tally *from, size_t cap)
{
    for (int i = 0; i < TP_VERDICT_COUNT; i++) {
        into->verdict[i] += from->verdict[i];
    }
    for (int i = 0; i < TP_RULE_COUNT; i++) {
        into->lost[i] += from->lost[i];
        into->unknown[i] += from->unknown[i];
    }
    into->skipped += from->skipped;
    into->unranked += from->unranked;
    for (int list = 0; list < LISTINGS; list++) {
        for (size_t i = 0; i < from->n[list]; i++) {
            into->n[list] =
                (uint8_t)tp_top_put(into->top[list], into->n[list], cap, &from->top[list][i]);
        }
    }
}

static tp_code
score_blocks(work *w, const tp_ctx *ctx, tp_arena *scratch, tp_err *err)
{
    const size_t n = w->out->n;
    const size_t blocks = tp_blocks(n);
    const int threads = tp_threads(ctx, blocks);
    w->worker = tp_arena_alloc(scratch, (size_t)threads, sizeof *w->worker);
    for (int t = 0; w->worker != NULL && t < threads; t++) {
        w->worker[t].people = tp_arena_alloc(scratch, TP_BLOCK_ROWS, sizeof(candidate));
        w->worker[t].gate = tp_arena_alloc(scratch, TP_BLOCK_ROWS, sizeof(tp_gate));
        w->worker[t].seat = tp_arena_alloc(scratch, w->view->n_seat, sizeof(tally));
        if (w->worker[t].people == NULL || w->worker[t].gate == NULL || w->worker[t].seat == NULL) {
            w->worker = NULL;
        }
    }
    if (w->worker == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for %d threads over %zu posts", threads,
                      w->view->n_seat);
    }
    bool stopped = false;
    size_t done = 0;
#pragma omp parallel for num_threads(threads) schedule(dynamic) reduction(|| : stopped)
    for (size_t b = 0; b < blocks; b++) {
        if (tp_cancelled(ctx)) {
            stopped = true;
            continue;
        }
        const size_t begin = b * TP_BLOCK_ROWS;
        const size_t end = n - begin < TP_BLOCK_ROWS ? n : begin + TP_BLOCK_ROWS;
        score_block(w, &w->worker[omp_get_thread_num()], begin, end);
        size_t sum;
#pragma omp atomic capture
        sum = done += end - begin;
        if (omp_get_thread_num() == 0) {
            tp_progress(ctx, sum, n);
        }
    }
    if (stopped) {
        TP_RETURN_ERR(err, TP_E_CANCELLED, "cancelled while scoring %zu people", n);
    }
    tp_progress(ctx, n, n); /* the last block may have been another thread's */
    for (int t = 1; t < threads; t++) {
        for (size_t post = 0; post < w->view->n_seat; post++) {
            add_tally(&w->worker[0].seat[post], &w->worker[t].seat[post], w->top_post);
        }
    }
    return TP_OK;
}

/* ---- lists ---- */

static uint32_t
notes_of(const tp_view *view, const candidate *c, const tp_gate *gate, const tp_seat *seat,
         const tp_fit *fit, const tp_pair *pair)
{
    int32_t flag = 0;
    int32_t years = 0;
    uint32_t note = 0;
    (void)tp_param_at(&view->rules->param[TP_PARAM_JPM_FLAG], seat->day, seat->level, &flag);
    note |= fit->tek < 0 ? 1U << TP_NOTE_TEK_MISSING : 0;
    note |= c->assess.target > seat->level ? 1U << TP_NOTE_JPM_LOWER_TARGET : 0;
    note |= tp_set_empty(seat->fields) || tp_set_empty(view->studied[c->who.person])
                ? 1U << TP_NOTE_FIELD_MISSING
                : 0;
    for (int i = 0; i < 3; i++) {
        note |= pair->kind_jpm[i] >= 0 && pair->kind_jpm[i] < flag ? 1U << TP_NOTE_BELOW_80 : 0;
    }
    if (c->who.has_birth &&
        tp_param_at(&view->rules->param[TP_PARAM_AGE_MAX], seat->day, seat->level, &years) &&
        seat->day >= tp_day_add_years(c->who.birth, years) &&
        seat->day < tp_day_add_years(c->who.birth, years + 1)) {
        note |= 1U << TP_NOTE_AGE_EDGE;
    }
    note |= (gate->failed[seat->level] & TP_BIT(TN08)) != 0 ? 1U << TP_NOTE_OVER_5_YEARS : 0;
    note |= gate->agency != seat->agency ? 1U << TP_NOTE_OTHER_AGENCY : 0;
    note |= fit->action == TP_ACTION_MUT ? 1U << TP_NOTE_MOVE : 0;
    return note;
}

static void
put_row(const tp_view *view, tp_scores *s, size_t row, size_t post, const tp_fit *fit)
{
    const tp_seat *seat = &view->seat[post];
    candidate c;
    tp_gate gate;
    tp_axis x;
    tp_axis y;
    tp_pair pair;
    uint64_t failed;
    uint64_t unknown;
    tp_who_make(view, fit->person, &c.who);
    tp_assess_of(view, fit->person, &c.assess);
    tp_gate_make(view, &c.who, &c.assess, view->epoch_day[seat->epoch], &gate);
    tp_axis_x(view, &c.who, &c.assess, &x);
    tp_axis_y(view, &c.who, false, &y);
    tp_fit_prepare(view, &c.who, &c.assess, &x, &y, &c.fit);
    tp_fit_parts(view, &x, &y, &c.fit, fit->person, seat, fit, &s->list_x_part[row * TP_X_ITEMS],
                 &s->list_fit_part[row * 3]);
    const tp_masks *m = judge(view, &c, &gate, fit->person, seat, true, &failed, &unknown, &pair);
    const uint64_t applies = m->hard | m->waiv | m->cond | m->pol | m->flag;
    const uint64_t none = gate.na[seat->level] | pair.na | ~applies;
    for (int r = 0; r < TP_RULE_COUNT; r++) {
        const uint64_t bit = UINT64_C(1) << r;
        const bool agency = tp_rule_grain((tp_rule_id)r) == TP_GRAIN_AGENCY;
        s->list_rule[row * TP_RULE_COUNT + (size_t)r] =
            (uint8_t)((none & bit) != 0 || (agency && seat->result[r] == TP_RESULT_NA)
                          ? TP_RESULT_NA
                      : (failed & bit) != 0  ? TP_RESULT_FAILED
                      : (unknown & bit) != 0 ? TP_RESULT_UNKNOWN
                                             : TP_RESULT_MET);
    }
    s->list_note[row] = notes_of(view, &c, &gate, seat, fit, &pair);
}

static void
put_list(const tp_view *view, tp_scores *s, size_t post, const tally *t)
{
    size_t row = s->list_begin[post];
    for (int list = 0; list < LISTINGS; list++) {
        for (size_t i = 0; i < t->n[list]; i++, row++) {
            const tp_fit *fit = &t->top[list][i];
            const bool tie = i > 0 && tp_fit_same_rank(fit, &t->top[list][i - 1]);
            s->list_person[row] = fit->person;
            s->listing[row] = (uint8_t)list;
            s->list_row_no[row] = (uint8_t)(i + 1);
            s->list_rank[row] = tie ? s->list_rank[row - 1] : (uint8_t)(i + 1);
            s->list_group[row] = fit->group;
            s->list_action[row] = fit->action;
            s->list_verdict[row] = fit->verdict;
            s->list_fit[row] = fit->fit;
            s->list_nt[row] = fit->nt;
            s->list_tek[row] = fit->tek;
            s->list_x[row] = fit->x;
            s->list_y[row] = fit->y;
            s->list_jpm[row] = fit->jpm;
            s->list_tenure[row] = fit->tenure;
            put_row(view, s, row, post, fit);
        }
    }
}

static tp_code
finish_posts(work *w, const tp_ctx *ctx, tp_arena *arena, tp_err *err)
{
    const tp_view *view = w->view;
    tp_scores *s = w->out;
    for (size_t post = 0; post < view->n_seat; post++) {
        const tp_seat *seat = &view->seat[post];
        const tally *t = &w->worker[0].seat[post];
        s->post_scored[post] = seat->scored;
        s->post_level[post] = seat->level;
        s->post_day[post] = seat->day;
        s->post_holder[post] = seat->holder;
        memcpy(&s->post_rule[post * TP_RULE_COUNT], seat->result, sizeof seat->result);
        memcpy(&s->post_verdict[post * TP_VERDICT_COUNT], t->verdict, sizeof t->verdict);
        memcpy(&s->post_lost[post * TP_RULE_COUNT], t->lost, sizeof t->lost);
        memcpy(&s->post_unknown[post * TP_RULE_COUNT], t->unknown, sizeof t->unknown);
        s->post_skipped[post] = t->skipped;
        s->post_unranked[post] = t->unranked;
        s->list_begin[post + 1] = s->list_begin[post] + t->n[0] + t->n[1];
    }
    s->n_list = s->list_begin[view->n_seat];
    if (!tp_columns_list(arena, s, s->n_list)) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for %zu shortlist rows", s->n_list);
    }
#pragma omp parallel for num_threads(tp_threads(ctx, view->n_seat)) schedule(dynamic, 16)
    for (size_t post = 0; post < view->n_seat; post++) {
        put_list(view, s, post, &w->worker[0].seat[post]);
    }
    return TP_OK;
}

static tp_code
finish_people(work *w, tp_arena *arena, tp_err *err)
{
    tp_scores *s = w->out;
    for (size_t i = 0; i < s->n; i++) {
        s->best_begin[i + 1] = s->best_begin[i] + w->n_best[i];
    }
    s->n_best = s->best_begin[s->n];
    if (!tp_columns_best(arena, s, s->n_best)) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for %zu best posts", s->n_best);
    }
    for (size_t i = 0; i < s->n; i++) {
        for (size_t k = 0; k < w->n_best[i]; k++) {
            const best *b = &w->best[i * TOP_PERSON + k];
            s->best_post[s->best_begin[i] + k] = b->post;
            s->best_fit[s->best_begin[i] + k] = b->fit;
            s->best_verdict[s->best_begin[i] + k] = b->verdict;
        }
    }
    return TP_OK;
}

static tp_code
finish_merit(const tp_view *view, tp_scores *s, tp_arena *arena, tp_err *err)
{
    s->n_merit = view->n_merit;
    if (!tp_columns_merit(arena, s, view->n_merit)) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for the merit index of %zu agencies",
                      view->n_merit);
    }
    for (size_t i = 0; i < view->n_merit; i++) {
        tp_merit m;
        tp_merit_of(view->rules, &view->pool->table[TP_MERIT], view->merit_row[i], &m);
        s->merit_row[i] = view->merit_row[i];
        s->merit_known[i] = m.known;
        s->merit_total[i] = m.total;
        s->merit_bp[i] = m.bp;
        s->merit_category[i] = (uint8_t)m.category;
    }
    return TP_OK;
}

static tp_code
run(const tp_view *view, const tp_ctx *ctx, tp_arena *scratch, tp_arena *arena, tp_scores *out,
    tp_err *err)
{
    const tp_rules *r = view->rules;
    work w = {.view = view, .out = out};
    w.top_post = (size_t)(r->fit.top_per_post < TOP_POST ? r->fit.top_per_post : TOP_POST);
    w.top_person =
        (size_t)(r->fit.top_per_person < TOP_PERSON ? r->fit.top_per_person : TOP_PERSON);
    w.best = tp_arena_alloc(scratch, out->n, TOP_PERSON * sizeof *w.best);
    w.n_best = tp_arena_alloc(scratch, out->n, sizeof *w.n_best);
    if (w.best == NULL || w.n_best == NULL || !tp_columns_person(arena, out, out->n) ||
        !tp_columns_post(arena, out, view->n_seat)) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for the scores of %zu people and %zu posts",
                      out->n, view->n_seat);
    }
    TP_RETURN_SAME(score_blocks(&w, ctx, scratch, err));
    TP_RETURN_SAME(finish_posts(&w, ctx, arena, err));
    TP_RETURN_SAME(finish_people(&w, arena, err));
    return finish_merit(view, out, arena, err);
}

tp_code
tp_score(const tp_pool *pool, const tp_rules *rules, int32_t as_of, const tp_ctx *ctx,
         tp_arena *arena, tp_scores *out, tp_err *err)
{
    TP_AUTO_ARENA(scratch, 0);
    tp_view view;
    tp_scores scores = {.as_of = as_of, .n = pool->n, .n_post = pool->table[TP_POSITION].n};
    tp_code rc = tp_view_make(pool, rules, as_of, &scratch, &view, err);
    if (rc == TP_OK) {
        rc = run(&view, ctx, &scratch, arena, &scores, err);
    }
    tp_view_clear(&view);
    if (rc == TP_OK) {
        *out = scores;
    }
    return rc;
}
