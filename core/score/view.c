/* What of a pool do the scorers look up more than once? Posts, holders, code sets, coverage. */
#include <string.h>

#include "core/score/parts.h"
#include "talent/base/sort.h"

enum { SET_BITS = 64 * TP_SET_WORDS };

void
tp_view_clear(tp_view *view)
{
    tp_intern_clear(&view->affair);
    tp_intern_clear(&view->field);
    tp_intern_clear(&view->code);
}

/* Bits of the codes of a '|' list; adds unknown codes when `grow`. A code the set has no room for
 * is nobody's: *out_open tells that the list asks for something that cannot be compared. */
static tp_code
set_of(tp_intern *codes, tp_str list, bool grow, tp_set *out, bool *out_open, tp_err *err)
{
    tp_str rest = list;
    tp_str piece;
    *out = (tp_set){{0}};
    *out_open = false;
    while (tp_str_next(&rest, '|', &piece)) {
        const tp_str code = tp_str_trim(piece);
        uint32_t at = 0;
        if (code.n == 0) {
            continue;
        }
        if (!tp_intern_find(codes, code, &at)) {
            if (!grow || codes->n >= SET_BITS) {
                *out_open = true;
                continue;
            }
            if (!tp_intern_add(codes, code, &at)) {
                TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for the code lists of posts");
            }
        }
        out->w[at / 64] |= UINT64_C(1) << (at % 64);
    }
    return TP_OK;
}

static uint32_t
text_no(const tp_table *t, int field, size_t row)
{
    return tp_known(t, field, row) ? ((const uint32_t *)t->col[field].data)[row]
                                   : (uint32_t)TP_NONE;
}

static void
read_standard(const tp_view *view, size_t row, tp_seat *seat)
{
    const tp_table *t = &view->pool->table[TP_POSITION];
    seat->own_standard = true;
    for (int i = 0; i < TP_COMPETENCIES; i++) {
        const int32_t level = tp_i32_or(t, TP_POSITION_S1 + i, row, 0);
        seat->own_standard = seat->own_standard && level >= 2 && level <= 10;
        seat->standard[i] = (uint8_t)(level >= 2 && level <= 10 ? level : 0);
    }
    if (!seat->own_standard && seat->level < TP_LEVELS) {
        for (int i = 0; i < TP_COMPETENCIES; i++) {
            seat->standard[i] = (uint8_t)view->rules->jpm.standard[seat->level];
        }
    }
}

static tp_code
read_seat(tp_view *view, size_t row, tp_seat *seat, tp_err *err)
{
    const tp_table *t = &view->pool->table[TP_POSITION];
    const int32_t tier = tp_i32_or(t, TP_POSITION_TIER, row, TP_TIER_COUNT);
    const int32_t echelon = tp_i32_or(t, TP_POSITION_ECHELON, row, 0);
    seat->level = (uint8_t)(tier < TP_LEVELS ? tier : TP_TIER_COUNT);
    seat->agency = text_no(t, TP_POSITION_AGENCY, row);
    seat->holder = TP_NONE;
    seat->rank_floor = echelon > 0 && echelon < 64 ? view->rules->rank_floor[echelon] : 0;
    seat->day = tp_i32_or(t, TP_POSITION_TARGET_ON, row, view->as_of);
    seat->scored = seat->level < TP_LEVELS && (tp_known(t, TP_POSITION_VACANT_SINCE, row) ||
                                               tp_known(t, TP_POSITION_TARGET_ON, row));
    read_standard(view, row, seat);
    bool unused = false;
    TP_RETURN_SAME(set_of(&view->affair, tp_get_text(t, TP_POSITION_AFFAIRS, row), true,
                          &seat->affairs, &seat->affairs_open, err));
    return set_of(&view->field, tp_get_text(t, TP_POSITION_STUDY_FIELDS, row), true, &seat->fields,
                  &unused, err);
}

/* Technical requirements, grouped by post whatever the order of the table. */
static tp_code
read_needs(tp_view *view, tp_arena *scratch, tp_err *err)
{
    const tp_table *post = &view->pool->table[TP_POSITION];
    const tp_table *t = &view->pool->table[TP_POSITION_TECHNICAL];
    tp_intern id = {0};
    tp_code rc = TP_E_NOMEM;
    uint32_t *of = tp_arena_alloc(scratch, t->n, sizeof *of);
    uint32_t *row_of = tp_arena_alloc(scratch, post->n, sizeof *row_of); /* by number of the id */
    view->need = tp_arena_alloc(scratch, t->n, sizeof *view->need);
    if (of == NULL || row_of == NULL || view->need == NULL) {
        goto out;
    }
    /* Merging leaves one row of each id. Should two come all the same, the first has the
     * requirements and the other is a post without. */
    for (size_t row = 0; row < post->n; row++) {
        uint32_t at = 0;
        const size_t ids = id.n;
        if (!tp_known(post, TP_POSITION_POSITION_ID, row)) {
            continue;
        }
        if (!tp_intern_add(&id, tp_get_text(post, TP_POSITION_POSITION_ID, row), &at)) {
            goto out;
        }
        if (at == ids) {
            row_of[at] = (uint32_t)row;
        }
    }
    for (size_t row = 0; row < t->n; row++) {
        of[row] = TP_NONE;
        uint32_t at = 0;
        if (tp_known(t, TP_POSITION_TECHNICAL_CODE, row) &&
            tp_known(t, TP_POSITION_TECHNICAL_LEVEL, row) &&
            tp_intern_find(&id, tp_get_text(t, TP_POSITION_TECHNICAL_POSITION_ID, row), &at)) {
            of[row] = row_of[at];
            view->seat[of[row]].need_end++;
        }
    }
    uint32_t begin = 0;
    for (size_t i = 0; i < view->n_seat; i++) {
        const uint32_t n = view->seat[i].need_end;
        view->seat[i].need_begin = begin;
        view->seat[i].need_end = begin;
        begin += n;
    }
    for (size_t row = 0; row < t->n; row++) {
        if (of[row] == TP_NONE) {
            continue;
        }
        tp_seat *seat = &view->seat[of[row]];
        tp_need *need = &view->need[seat->need_end++];
        need->level = tp_i32_or(t, TP_POSITION_TECHNICAL_LEVEL, row, 0);
        need->weight = tp_i32_or(t, TP_POSITION_TECHNICAL_WEIGHT, row, 1);
        seat->need_sum += (int64_t)need->level * need->weight;
        if (!tp_intern_add(&view->code, tp_get_text(t, TP_POSITION_TECHNICAL_CODE, row),
                           &need->code)) {
            goto out;
        }
    }
    rc = TP_OK;
out:
    tp_intern_clear(&id);
    if (rc != TP_OK) {
        TP_RETURN_ERR(err, rc, "no memory for %zu technical requirements", t->n);
    }
    return rc;
}

/* Who holds which post, by NIP; a NIP of two people holds nothing. */
static tp_code
read_holders(tp_view *view, tp_arena *scratch, tp_err *err)
{
    const tp_table *who = &view->pool->table[TP_PERSON];
    const tp_table *post = &view->pool->table[TP_POSITION];
    const size_t n = view->pool->n;
    tp_key_row *key = tp_arena_alloc(scratch, n, sizeof *key);
    tp_key_row *tmp = tp_arena_alloc(scratch, n, sizeof *tmp);
    view->holds = tp_arena_alloc(scratch, n, sizeof *view->holds);
    if (key == NULL || tmp == NULL || view->holds == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for the numbers of %zu people", n);
    }
    size_t keys = 0;
    for (size_t i = 0; i < n; i++) {
        view->holds[i] = TP_NONE;
        if (tp_get_u64(who, TP_PERSON_NIP, i, &key[keys].key)) {
            key[keys++].row = (uint32_t)i;
        }
    }
    tp_sort_keys(key, tmp, keys);
    for (size_t row = 0; row < post->n; row++) {
        uint64_t nip = 0;
        if (!tp_get_u64(post, TP_POSITION_HOLDER_NIP, row, &nip)) {
            continue;
        }
        size_t lo = 0;
        size_t hi = keys;
        while (lo < hi) {
            const size_t mid = (lo + hi) / 2;
            if (key[mid].key < nip) {
                lo = mid + 1;
            } else {
                hi = mid;
            }
        }
        if (lo < keys && key[lo].key == nip && (lo + 1 == keys || key[lo + 1].key != nip)) {
            view->seat[row].holder = key[lo].row;
            if (view->holds[key[lo].row] == TP_NONE) {
                view->holds[key[lo].row] = (uint32_t)row;
            }
        }
    }
    return TP_OK;
}

/* Posts whose holder reaches the retirement age soon are filled ahead. */
static void
mark_retiring(tp_view *view)
{
    const tp_table *t = &view->pool->table[TP_PERSON];
    for (size_t i = 0; i < view->n_seat; i++) {
        tp_seat *seat = &view->seat[i];
        int32_t born = 0;
        if (!seat->scored && seat->level < TP_LEVELS && seat->holder != TP_NONE &&
            tp_get_i32(t, TP_PERSON_BIRTH_DATE, seat->holder, &born)) {
            const int32_t until = tp_day_add_months(view->as_of, view->rules->fit.retire_months);
            seat->scored = tp_day_add_years(born, view->rules->retire_age[TP_RETIRE_JPT]) <= until;
        }
    }
}

static tp_code
read_codes(tp_view *view, tp_arena *scratch, tp_err *err)
{
    const tp_pool *pool = view->pool;
    const tp_table *h = &pool->table[TP_POSITION_HISTORY];
    const tp_table *e = &pool->table[TP_EDUCATION];
    const tp_table *t = &pool->table[TP_TECHNICAL];
    view->history = tp_arena_alloc(scratch, h->n, sizeof *view->history);
    view->studied = tp_arena_alloc(scratch, pool->n, sizeof *view->studied);
    view->tech_code = tp_arena_alloc(scratch, t->n, sizeof *view->tech_code);
    if (view->history == NULL || view->studied == NULL || view->tech_code == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for the histories of %zu people", pool->n);
    }
    bool unused = false;
    for (size_t row = 0; row < h->n; row++) {
        TP_RETURN_SAME(set_of(&view->affair, tp_get_text(h, TP_POSITION_HISTORY_AFFAIRS, row),
                              false, &view->history[row], &unused, err));
    }
    for (size_t row = 0; row < e->n; row++) {
        tp_set one;
        TP_RETURN_SAME(set_of(&view->field, tp_get_text(e, TP_EDUCATION_STUDY_FIELD, row), false,
                              &one, &unused, err));
        for (int i = 0; i < TP_SET_WORDS; i++) {
            view->studied[e->subject[row]].w[i] |= one.w[i];
        }
    }
    for (size_t row = 0; row < t->n; row++) {
        if (!tp_intern_find(&view->code, tp_get_text(t, TP_TECHNICAL_CODE, row),
                            &view->tech_code[row])) {
            view->tech_code[row] = TP_NONE;
        }
    }
    return TP_OK;
}

static uint32_t
agency_of(const tp_pool *pool, size_t person)
{
    const tp_table *e = &pool->table[TP_EMPLOYMENT];
    const uint32_t golden = text_no(&pool->table[TP_PERSON], TP_PERSON_AGENCY, person);
    uint32_t first = TP_NONE;
    TP_FACTS(pool, TP_EMPLOYMENT, person, row)
    {
        const uint32_t home = text_no(e, TP_EMPLOYMENT_HOME_AGENCY, row);
        if (home == golden) {
            return golden;
        }
        first = first == TP_NONE ? home : first;
    }
    return golden != TP_NONE ? golden : first;
}

/* Which agencies declare a complete discipline list, and which report awards and team roles. */
static tp_code
read_agencies(tp_view *view, tp_arena *scratch, tp_err *err)
{
    const tp_pool *pool = view->pool;
    const tp_table *c = &pool->table[TP_COVERAGE];
    const size_t words = tp_bit_words(pool->strings.n);
    view->covered = tp_arena_alloc(scratch, words, sizeof *view->covered);
    view->cases = tp_arena_alloc(scratch, words, sizeof *view->cases);
    view->rewards = tp_arena_alloc(scratch, words, sizeof *view->rewards);
    view->teams = tp_arena_alloc(scratch, words, sizeof *view->teams);
    if (view->covered == NULL || view->cases == NULL || view->rewards == NULL ||
        view->teams == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for the coverage of agencies");
    }
    const int32_t from = tp_day_add_years(view->as_of, -view->rules->x.discipline_years);
    for (size_t row = 0; row < c->n; row++) {
        const uint32_t agency = text_no(c, TP_COVERAGE_AGENCY, row);
        const tp_str what = tp_get_text(c, TP_COVERAGE_RECORD, row);
        if (agency == TP_NONE || tp_i32_or(c, TP_COVERAGE_FROM_ON, row, INT32_MAX) > from ||
            tp_i32_or(c, TP_COVERAGE_UNTIL_ON, row, INT32_MIN) <
                view->as_of - view->rules->coverage_days) {
            continue;
        }
        if (tp_str_is(what, "discipline")) {
            tp_bit_set(view->covered, agency);
        } else if (tp_str_is(what, "discipline_case")) {
            tp_bit_set(view->cases, agency);
        }
    }
    for (size_t i = 0; i < pool->n; i++) {
        const uint32_t agency = agency_of(pool, i);
        if (agency == TP_NONE) {
            continue;
        }
        if (pool->begin[TP_AWARD][i] < pool->begin[TP_AWARD][i + 1]) {
            tp_bit_set(view->rewards, agency);
        }
        if (pool->begin[TP_TEAM_ROLE][i] < pool->begin[TP_TEAM_ROLE][i + 1]) {
            tp_bit_set(view->teams, agency);
        }
    }
    return TP_OK;
}

/* Permits that answer a rule for one post: for everyone, or for the person they name. */
static tp_code
read_permits(tp_view *view, tp_arena *scratch, tp_err *err)
{
    const tp_table *t = &view->pool->table[TP_PERMIT];
    const tp_table *post = &view->pool->table[TP_POSITION];
    view->grant = tp_arena_alloc(scratch, t->n, sizeof *view->grant);
    if (view->grant == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for %zu permits", t->n);
    }
    for (size_t i = 0; i < view->n_seat; i++) {
        tp_seat *seat = &view->seat[i];
        const tp_str id = tp_get_text(post, TP_POSITION_POSITION_ID, i);
        seat->grant_begin = (uint32_t)view->n_grant;
        for (size_t row = 0; seat->scored && row < t->n; row++) {
            tp_rule_id rule;
            uint64_t nip = 0;
            if (!tp_str_eq(id, tp_get_text(t, TP_PERMIT_POSITION_ID, row)) ||
                !tp_rule_find(tp_get_text(t, TP_PERMIT_KIND, row), &rule) ||
                !tp_known(t, TP_PERMIT_NUMBER, row) ||
                tp_i32_or(t, TP_PERMIT_ISSUED_ON, row, INT32_MAX) > view->as_of) {
                continue; /* a waiver without number or date is ignored (AP-08) */
            }
            if (!tp_get_u64(t, TP_PERMIT_HOLDER_NIP, row, &nip)) {
                seat->permitted |= UINT64_C(1) << rule;
            } else if (view->n_grant < t->n) {
                view->grant[view->n_grant++] =
                    (tp_grant){(uint32_t)i, (uint32_t)row, UINT64_C(1) << rule};
            }
        }
        seat->grant_end = (uint32_t)view->n_grant;
    }
    return TP_OK;
}

/* Posts whose days fall under the same parameters share an epoch. */
static tp_code
read_epochs(tp_view *view, tp_err *err)
{
    for (size_t i = 0; i < view->n_seat; i++) {
        const int32_t day = view->seat[i].day;
        int epoch = -1;
        for (int e = 0; view->seat[i].scored && e < view->n_epoch && epoch < 0; e++) {
            bool same = true;
            for (int p = 0; p < TP_PARAM_COUNT && same; p++) {
                for (int level = 0; level < TP_LEVELS && same; level++) {
                    int32_t a = 0;
                    int32_t b = 0;
                    const bool in_a = tp_param_at(&view->rules->param[p], day, level, &a);
                    same = in_a ==
                               tp_param_at(&view->rules->param[p], view->epoch_day[e], level, &b) &&
                           a == b;
                }
            }
            epoch = same ? e : -1;
        }
        if (view->seat[i].scored && epoch < 0) {
            if (view->n_epoch == (int)TP_COUNT(view->epoch_day)) {
                TP_RETURN_ERR(err, TP_E_RANGE,
                              "parameters change more than %d times over the posts' days",
                              view->n_epoch);
            }
            epoch = view->n_epoch++;
            view->epoch_day[epoch] = day;
        }
        view->seat[i].epoch = epoch;
    }
    return TP_OK;
}

tp_code
tp_view_make(const tp_pool *pool, const tp_rules *rules, int32_t as_of, tp_arena *scratch,
             tp_view *out, tp_err *err)
{
    const size_t n = pool->table[TP_POSITION].n;
    *out = (tp_view){.pool = pool, .rules = rules, .as_of = as_of, .n_seat = n};
    out->year = tp_day_split(as_of).year - 1;
    out->year_end = tp_day_of(out->year, 12, 31);
    out->seat = tp_arena_alloc(scratch, n, sizeof *out->seat);
    if (out->seat == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for %zu posts", n);
    }
    for (size_t row = 0; row < n; row++) {
        TP_RETURN_SAME(read_seat(out, row, &out->seat[row], err));
    }
    TP_RETURN_SAME(read_needs(out, scratch, err));
    TP_RETURN_SAME(read_holders(out, scratch, err));
    mark_retiring(out);
    TP_RETURN_SAME(read_codes(out, scratch, err));
    TP_RETURN_SAME(read_agencies(out, scratch, err));
    TP_RETURN_SAME(read_permits(out, scratch, err));
    TP_RETURN_SAME(read_epochs(out, err));
    TP_RETURN_SAME(tp_merit_choose(out, scratch, err));
    tp_masks_make(rules, true, out->mask);
    for (size_t row = 0; row < n; row++) {
        if (out->seat[row].scored) {
            tp_gate_agency(out, &out->seat[row]);
        }
    }
    return TP_OK;
}
