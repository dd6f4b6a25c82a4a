/* Tests core/score/score.c: verdicts of whole pairs, lists, sums, threads; and explain.c. */
#include "tests/support/tp_test.h"

#include "core/score/parts.h"
#include "talent/base/hash.h"
#include "tests/support/score_world.h"

#define AS_OF tp_world_day("2026-06-30")

typedef struct fixture {
    tp_world w;
    tp_arena arena;
    tp_scores s;
} fixture;

static int
setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    tp_world_init(&f->w, 65536);
    tp_world_agency(&f->w);
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    tp_arena_clear(&f->arena);
    tp_world_clear(&f->w);
    free(f);
    return 0;
}

static void
run(fixture *f, int threads)
{
    tp_err err = {0};
    const tp_ctx ctx = {.threads = threads};
    tp_world_done(&f->w);
    assert_tp_ok(tp_score(&f->w.pool, &f->w.rules, AS_OF, &ctx, &f->arena, &f->s, &err), &err);
}

static int
only_verdict(const fixture *f)
{
    for (int v = 0; v < TP_VERDICT_COUNT; v++) {
        if (f->s.post_verdict[v] == 1) {
            return v;
        }
    }
    return TP_VERDICT_NONE;
}

/* The verdict of the one candidate for the one post, and the rule counted for it. */
static int
verdict(fixture *f, int *rule)
{
    run(f, 1);
    const int v = only_verdict(f);
    for (int r = 0; rule != NULL && r < TP_RULE_COUNT; r++) {
        if (f->s.post_lost[r] == 1 || f->s.post_unknown[r] == 1) {
            *rule = r;
        }
    }
    return v;
}

static void
test_score__the_candidate_is_eligible(void **state)
{
    fixture *f = *state;
    tp_world_candidate(&f->w);
    tp_world_post(&f->w, "4011-0001", TP_TIER_JPT_PRATAMA);
    assert_int_equal(verdict(f, NULL), TP_VERDICT_ELIGIBLE);
    assert_int_equal(f->s.n_list, 1);
    assert_int_equal(f->s.listing[0], TP_LISTING_PROPOSED);
    assert_int_equal(f->s.list_tek[0], 9500); /* (60*8 + 40*7) / (100*8) */
    assert_int_equal(f->s.list_jpm[0], 10000);
    assert_int_equal(f->s.n_best, 1);
    assert_int_equal(f->s.best_fit[0], f->s.list_fit[0]);
    assert_int_equal(f->s.ip[0], 500); /* S2 200, Baik 250, clean 50 */
    int32_t sum = 0;
    for (int i = 0; i < 3; i++) {
        sum += f->s.list_fit_part[i];
    }
    assert_int_equal(sum, f->s.list_fit[0]);
}

/* One change each, and the verdict and rule it must lead to. */
typedef struct change {
    const char *what;
    int kind, field, value; /* INT32_MIN = unset */
    int verdict, rule;
} change;

static void
test_score__each_rule_fails_and_is_unknown(void **state)
{
    fixture *f = *state;
    (void)f;
    static const int UNSET = INT32_MIN;
    const change CHANGE[] = {
        {"nip damaged", TP_PERSON, TP_PERSON_NIP_CLASS, TP_NIP_DAMAGED, TP_VERDICT_UNDETERMINED,
         TP_RULE_ST01},
        {"pppk", TP_EMPLOYMENT, TP_EMPLOYMENT_STATUS, TP_STATUS_PPPK, TP_VERDICT_NOT_ELIGIBLE,
         TP_RULE_ST02},
        {"status unknown", TP_EMPLOYMENT, TP_EMPLOYMENT_STATUS, UNSET, TP_VERDICT_UNDETERMINED,
         TP_RULE_ST02},
        {"unpaid leave", TP_EMPLOYMENT, TP_EMPLOYMENT_LEGAL_STATUS, 2, TP_VERDICT_NOT_ELIGIBLE,
         TP_RULE_ST03},
        {"code 51", TP_EMPLOYMENT, TP_EMPLOYMENT_LEGAL_STATUS, 51, TP_VERDICT_UNDETERMINED,
         TP_RULE_ST03},
        {"study", TP_EMPLOYMENT, TP_EMPLOYMENT_LEGAL_STATUS, 3, TP_VERDICT_NOT_RECOMMENDED,
         TP_RULE_ST05},
        {"dead", TP_PERSON, TP_PERSON_DECEASED_ON, 0, TP_VERDICT_NOT_ELIGIBLE, TP_RULE_ST04},
        {"diploma", TP_EMPLOYMENT, TP_EMPLOYMENT_EDUCATION, 30, TP_VERDICT_WAIVABLE, TP_RULE_AP01},
        {"rank low", TP_EMPLOYMENT, TP_EMPLOYMENT_RANK, 41, TP_VERDICT_NOT_RECOMMENDED,
         TP_RULE_RK01},
        {"rank unknown", TP_EMPLOYMENT, TP_EMPLOYMENT_RANK, UNSET, TP_VERDICT_UNDETERMINED,
         TP_RULE_RK01},
        {"report missing", TP_INTEGRITY, TP_INTEGRITY_FILING, TP_FILING_MISSING,
         TP_VERDICT_NOT_RECOMMENDED, TP_RULE_DI07},
        {"report untold", TP_INTEGRITY, TP_INTEGRITY_REPORT_YEAR, 2023, TP_VERDICT_UNDETERMINED,
         TP_RULE_DI07},
        {"predicate 3", TP_APPRAISAL, TP_APPRAISAL_QUADRANT, 3, TP_VERDICT_NOT_RECOMMENDED,
         TP_RULE_DI09},
        {"a year untold", TP_APPRAISAL, TP_APPRAISAL_YEAR, 2020, TP_VERDICT_UNDETERMINED,
         TP_RULE_DI09},
        {"socio-cultural 3", TP_ASSESSMENT, TP_ASSESSMENT_SK1, 5, TP_VERDICT_WAIVABLE,
         TP_RULE_AP02},
        {"assessed in 2020", TP_ASSESSMENT, TP_ASSESSMENT_ASSESSED_ON, 18300,
         TP_VERDICT_UNDETERMINED, TP_RULE_AP02},
        {"technical low", TP_TECHNICAL, TP_TECHNICAL_LEVEL, 1, TP_VERDICT_WAIVABLE, TP_RULE_AP02},
        {"technical untold", TP_TECHNICAL, TP_TECHNICAL_LEVEL, UNSET, TP_VERDICT_UNDETERMINED,
         TP_RULE_AP02},
        {"no statement", TP_DOSSIER, TP_DOSSIER_PASSED, UNSET, TP_VERDICT_UNDETERMINED,
         TP_RULE_DI02},
        {"no coverage", TP_COVERAGE, TP_COVERAGE_AGENCY, UNSET, TP_VERDICT_UNDETERMINED,
         TP_RULE_DI05},
        {"merit Baik", TP_MERIT, TP_MERIT_A3, 2000, TP_VERDICT_CONDITIONAL, -1},
        {"merit unknown", TP_MERIT, TP_MERIT_A3, UNSET, TP_VERDICT_UNDETERMINED, TP_RULE_SE02},
        {"held 18 months", TP_POSITION_HISTORY, TP_POSITION_HISTORY_INAUGURATED_ON, 20089,
         TP_VERDICT_WAIVABLE, TP_RULE_AP04},
    };
    for (size_t i = 0; i < TP_COUNT(CHANGE); i++) {
        const change *c = &CHANGE[i];
        fixture one = {0};
        int rule = -1;
        tp_world_init(&one.w, 64);
        tp_world_agency(&one.w);
        tp_world_candidate(&one.w);
        tp_world_post(&one.w, "4011-0001", TP_TIER_JPT_PRATAMA);
        /* The second history row is the administrator post, which is what the feeder test counts.
         */
        const size_t row = c->kind == TP_POSITION_HISTORY ? 1 : 0;
        if (c->kind == TP_EMPLOYMENT && c->field == TP_EMPLOYMENT_EDUCATION) {
            tp_world_i32(&one.w, TP_EDUCATION, 0, TP_EDUCATION_LEVEL, c->value);
        }
        if (c->value == UNSET) {
            tp_world_unset(&one.w, (tp_kind)c->kind, row, c->field);
        } else {
            tp_world_i32(&one.w, (tp_kind)c->kind, row, c->field, c->value);
        }
        const int got = verdict(&one, &rule);
        if (got != c->verdict || (c->rule >= 0 && rule != c->rule)) {
            print_error("%s: verdict %s by %s\n", c->what, tp_verdict_name((tp_verdict)got),
                        rule >= 0 ? tp_rule_name((tp_rule_id)rule) : "none");
        }
        assert_int_equal(got, c->verdict);
        assert_true(c->rule < 0 || rule == c->rule);
        tp_arena_clear(&one.arena);
        tp_world_clear(&one.w);
    }
}

static void
test_score__the_holder_and_higher_levels_are_not_considered(void **state)
{
    fixture *f = *state;
    tp_world_candidate(&f->w);
    const size_t post = tp_world_post(&f->w, "4011-0001", TP_TIER_JPT_PRATAMA);
    tp_world_u64(&f->w, TP_POSITION, post, TP_POSITION_HOLDER_NIP, UINT64_C(197506102000031000));
    assert_int_equal(verdict(f, NULL), TP_VERDICT_NONE);
    assert_int_equal(f->s.post_skipped[0], 1);
    assert_int_equal(f->s.post_holder[0], 0);
}

static void
test_score__only_vacant_posts_and_those_of_the_retiring(void **state)
{
    fixture *f = *state;
    tp_world_candidate(&f->w);
    const size_t post = tp_world_post(&f->w, "4011-0001", TP_TIER_JPT_PRATAMA);
    tp_world_unset(&f->w, TP_POSITION, post, TP_POSITION_VACANT_SINCE);
    tp_world_unset(&f->w, TP_POSITION, post, TP_POSITION_TARGET_ON);
    run(f, 1);
    assert_int_equal(f->s.post_scored[0], 0);
    tp_world_u64(&f->w, TP_POSITION, post, TP_POSITION_HOLDER_NIP, UINT64_C(197506102000031000));
    tp_world_i32(&f->w, TP_PERSON, 0, TP_PERSON_BIRTH_DATE,
                 tp_world_day("1967-06-30")); /* 60 in a year */
    run(f, 1);
    assert_int_equal(f->s.post_scored[0], 1);
    tp_world_i32(&f->w, TP_PERSON, 0, TP_PERSON_BIRTH_DATE, tp_world_day("1967-07-01"));
    run(f, 1);
    assert_int_equal(f->s.post_scored[0], 0);
}

static uint64_t
next(uint64_t *seed)
{
    *seed = tp_hash_mix(*seed);
    return *seed;
}

/* Many people and posts that differ in all that scoring looks at. */
static void
crowd(fixture *f, size_t people, size_t posts)
{
    uint64_t r = 42;
    for (size_t i = 0; i < posts; i++) {
        char id[32];
        snprintf(id, sizeof id, "4011-%04zu", i + 1);
        const size_t p = tp_world_post(
            &f->w, id, (int)(next(&r) % 10 == 0 ? TP_TIER_JPT_MADYA : TP_TIER_JPT_PRATAMA));
        tp_world_text(&f->w, TP_POSITION, p, TP_POSITION_AFFAIRS,
                      next(&r) % 3 == 0 ? "1.02" : "5.03|1.01");
        tp_world_text(&f->w, TP_POSITION, p, TP_POSITION_STUDY_FIELDS,
                      next(&r) % 2 == 0 ? "hukum" : "teknik");
        tp_world_i32(&f->w, TP_POSITION, p, TP_POSITION_TARGET_ON,
                     AS_OF + (int32_t)(next(&r) % 300));
        for (int c = 0; next(&r) % 2 == 0 && c < TP_COMPETENCIES; c++) {
            tp_world_i32(&f->w, TP_POSITION, p, TP_POSITION_S1 + c, 6 + (int32_t)(next(&r) % 5));
        }
    }
    for (size_t i = 0; i < people; i++) {
        const size_t p = tp_world_candidate(&f->w);
        const int32_t birth = tp_world_day("1963-01-01") + (int32_t)(next(&r) % 8000);
        tp_world_i32(&f->w, TP_PERSON, p, TP_PERSON_BIRTH_DATE, birth);
        const tp_ymd d = tp_day_split(birth);
        tp_world_u64(&f->w, TP_PERSON, p, TP_PERSON_NIP,
                     (uint64_t)(d.year * 10000 + d.month * 100 + d.day) * UINT64_C(10000000000) +
                         p);
        for (int c = 0; c < TP_COMPETENCIES; c++) {
            tp_world_i32(&f->w, TP_ASSESSMENT, p, TP_ASSESSMENT_M1 + c,
                         5 + (int32_t)(next(&r) % 6));
        }
        for (int c = 0; c < TP_POTENTIALS; c++) {
            tp_world_i32(&f->w, TP_ASSESSMENT, p, TP_ASSESSMENT_P1 + c,
                         4 + (int32_t)(next(&r) % 7));
        }
        if (next(&r) % 5 == 0) {
            tp_world_unset(&f->w, TP_TECHNICAL, 2 * p, TP_TECHNICAL_LEVEL);
        }
        if (next(&r) % 7 == 0) {
            const size_t s = tp_world_add(&f->w, TP_DISCIPLINE, p);
            static const int TYPE[] = {1, 23, 27, 11, 9};
            tp_world_i32(&f->w, TP_DISCIPLINE, s, TP_DISCIPLINE_TYPE, TYPE[next(&r) % 5]);
            tp_world_i32(&f->w, TP_DISCIPLINE, s, TP_DISCIPLINE_START_ON,
                         AS_OF - (int32_t)(next(&r) % 900));
            tp_world_i32(&f->w, TP_DISCIPLINE, s, TP_DISCIPLINE_DECREE_ON, AS_OF - 900);
            tp_world_text(&f->w, TP_DISCIPLINE, s, TP_DISCIPLINE_DECREE_NO, "SK");
        }
        if (next(&r) % 4 == 0) {
            tp_world_i32(&f->w, TP_EMPLOYMENT, p, TP_EMPLOYMENT_TIER, (int)(next(&r) % 7));
            tp_world_i32(&f->w, TP_EMPLOYMENT, p, TP_EMPLOYMENT_JF_GRADE, (int)(next(&r) % 8));
        }
    }
}

/* Everything of the result that depends on arithmetic, as one number. */
static uint64_t
fingerprint(const tp_scores *s)
{
    uint64_t h = 0;
#define MIX(p, count) h = tp_hash64(h, (p), (count) * sizeof *(p))
    MIX(s->ip, s->n);
    MIX(s->x_pool, s->n);
    MIX(s->y, s->n);
    MIX(s->x_part, s->n * TP_X_ITEMS);
    MIX(s->box, s->n);
    MIX(s->box_alt, s->n);
    MIX(s->reason, s->n);
    MIX(s->rules, s->n);
    MIX(s->post_verdict, s->n_post * TP_VERDICT_COUNT);
    MIX(s->post_lost, s->n_post * TP_RULE_COUNT);
    MIX(s->post_unknown, s->n_post * TP_RULE_COUNT);
    MIX(s->post_skipped, s->n_post);
    MIX(s->list_begin, s->n_post + 1);
    MIX(s->list_person, s->n_list);
    MIX(s->list_rank, s->n_list);
    MIX(s->list_fit, s->n_list);
    MIX(s->list_fit_part, s->n_list * 3);
    MIX(s->list_rule, s->n_list * TP_RULE_COUNT);
    MIX(s->list_note, s->n_list);
    MIX(s->best_post, s->n_best);
    MIX(s->best_fit, s->n_best);
    return h;
}

static void
test_score__same_bits_for_any_threads(void **state)
{
    fixture *f = *state;
    crowd(f, 9000, 24);
    run(f, 1);
    const uint64_t one = fingerprint(&f->s);
    for (int threads = 2; threads <= 8; threads += threads == 3 ? 5 : 1) {
        run(f, threads);
        assert_true(fingerprint(&f->s) == one);
    }
}

static void
check_counts(const tp_scores *s, size_t post)
{
    uint64_t people = s->post_skipped[post];
    uint64_t lost = 0;
    uint64_t unknown = 0;
    for (int v = 0; v < TP_VERDICT_COUNT; v++) {
        people += s->post_verdict[post * TP_VERDICT_COUNT + (size_t)v];
    }
    for (int r = 0; r < TP_RULE_COUNT; r++) {
        lost += s->post_lost[post * TP_RULE_COUNT + (size_t)r];
        unknown += s->post_unknown[post * TP_RULE_COUNT + (size_t)r];
    }
    const uint32_t *v = &s->post_verdict[post * TP_VERDICT_COUNT];
    assert_int_equal(people, s->n);
    assert_int_equal(lost, v[TP_VERDICT_NOT_ELIGIBLE] + v[TP_VERDICT_WAIVABLE] +
                               v[TP_VERDICT_NOT_RECOMMENDED]);
    assert_int_equal(unknown, v[TP_VERDICT_UNDETERMINED]);
}

static void
check_row(fixture *f, size_t row)
{
    const tp_scores *s = &f->s;
    int32_t x = 0;
    int32_t fit = 0;
    for (int i = 0; i < TP_X_ITEMS; i++) {
        x += s->list_x_part[row * TP_X_ITEMS + (size_t)i];
    }
    for (int i = 0; i < 3; i++) {
        fit += s->list_fit_part[row * 3 + (size_t)i];
    }
    assert_int_equal(x, s->list_x[row]);
    assert_int_equal(fit, s->list_fit[row]);
}

/* Every pair judged and scored on its own, in the plainest way, gives the lists. */
static void
test_score__lists_are_exact(void **state)
{
    fixture *f = *state;
    enum { PEOPLE = 700, POSTS = 12 };
    crowd(f, PEOPLE, POSTS);
    run(f, 2);
    tp_err err = {0};
    tp_arena scratch = {0};
    tp_view view;
    assert_tp_ok(tp_view_make(&f->w.pool, &f->w.rules, AS_OF, &scratch, &view, &err), &err);
    size_t eligible = 0;
    for (size_t post = 0; post < POSTS; post++) {
        const tp_seat *seat = &view.seat[post];
        tp_fit top[2][10];
        size_t n[2] = {0, 0};
        for (size_t p = 0; p < PEOPLE; p++) {
            tp_who who;
            tp_assess a;
            tp_gate g;
            tp_pair pair;
            tp_axis x;
            tp_axis y;
            tp_axis xp;
            tp_fit_person fp;
            tp_fit fit;
            tp_frac tek;
            uint64_t failed;
            uint64_t unknown;
            tp_who_make(&view, p, &who);
            tp_assess_of(&view, p, &a);
            tp_gate_make(&view, &who, &a, seat->day, &g);
            if (g.action[seat->level] == TP_ACTION_NONE) {
                continue;
            }
            tp_gate_at(&view, p, &g, seat->level, seat->day, &failed, &unknown);
            tp_gate_pair(&view, &who, &a, seat, &pair);
            failed |= pair.failed | seat->failed[g.action[seat->level]];
            unknown |= pair.unknown | seat->unknown[g.action[seat->level]];
            const tp_verdict v = tp_verdict_of(&view.mask[g.action[seat->level]][0][seat->level],
                                               failed, unknown & ~failed);
            eligible += v == TP_VERDICT_ELIGIBLE;
            tp_axis_x(&view, &who, &a, &x);
            tp_axis_y(&view, &who, false, &y);
            tp_fit_prepare(&view, &who, &a, &x, &y, &fp);
            if (v > TP_VERDICT_UNDETERMINED || !fp.ready) {
                continue;
            }
            tp_fit_of(&view, &fp, p, seat, &fit);
            tp_axis_for_post(&view, &x, &fp, p, seat, &xp);
            const bool told = tp_tek_of(&view, p, seat, &tek);
            assert_int_equal(fit.fit, tp_fit_ref(&view, &xp, &y, told ? &tek : NULL, seat->level));
            assert_int_equal(fit.x, xp.points);
            const int list = v == TP_VERDICT_UNDETERMINED;
            n[list] = tp_top_put(top[list], n[list], 10, &fit);
        }
        const size_t at = f->s.list_begin[post];
        assert_int_equal(f->s.list_begin[post + 1] - at, n[0] + n[1]);
        for (size_t i = 0; i < n[0] + n[1]; i++) {
            const tp_fit *want = i < n[0] ? &top[0][i] : &top[1][i - n[0]];
            assert_int_equal(f->s.list_person[at + i], want->person);
            assert_int_equal(f->s.list_fit[at + i], want->fit);
            check_row(f, at + i);
        }
        check_counts(&f->s, post);
    }
    assert_true(eligible > 100);
    tp_view_clear(&view);
    tp_arena_clear(&scratch);
}

static void
test_score__equal_people_share_a_rank(void **state)
{
    fixture *f = *state;
    for (int i = 0; i < 3; i++) {
        tp_world_candidate(&f->w);
    }
    tp_world_i32(&f->w, TP_ASSESSMENT, 1, TP_ASSESSMENT_P1, 10);
    tp_world_post(&f->w, "4011-0001", TP_TIER_JPT_PRATAMA);
    run(f, 1);
    assert_int_equal(f->s.n_list, 3);
    static const int PERSON[] = {1, 0, 2};
    static const int RANK[] = {1, 2, 2};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(f->s.list_person[i], PERSON[i]);
        assert_int_equal(f->s.list_rank[i], RANK[i]);
        assert_int_equal(f->s.list_row_no[i], i + 1);
    }
}

/* A junk post that fills the sets with codes of no list. */
static void
add_junk_post(fixture *f, const char *id)
{
    char codes[300 * 8] = "";
    size_t n = 0;
    const size_t post = tp_world_post(&f->w, id, TP_TIER_JPT_UTAMA);
    for (int i = 0; i < 300; i++) {
        n += (size_t)snprintf(codes + n, sizeof codes - n, "%sz%d", i > 0 ? "|" : "", i);
    }
    tp_world_text(&f->w, TP_POSITION, post, TP_POSITION_AFFAIRS, codes);
    tp_world_text(&f->w, TP_POSITION, post, TP_POSITION_STUDY_FIELDS, codes);
    tp_world_unset(&f->w, TP_POSITION, post, TP_POSITION_TARGET_ON);
    tp_world_unset(&f->w, TP_POSITION, post, TP_POSITION_VACANT_SINCE);
}

static void
test_score__more_codes_than_a_set_holds_end_no_night(void **state)
{
    fixture *f = *state;
    tp_world_candidate(&f->w);
    tp_world_post(&f->w, "4011-0001", TP_TIER_JPT_PRATAMA);
    add_junk_post(f, "4011-0002");
    run(f, 1);
    assert_int_equal(f->s.n_list, 1);
    assert_int_equal(f->s.listing[0], TP_LISTING_PROPOSED);
}

/* The post's own affair has no room left: whether the years are met cannot be told. */
static void
test_score__affair_without_room_is_undetermined(void **state)
{
    fixture *f = *state;
    tp_world_candidate(&f->w);
    add_junk_post(f, "4011-0000");
    const size_t post = tp_world_post(&f->w, "4011-0001", TP_TIER_JPT_PRATAMA);
    run(f, 1);
    assert_int_equal(f->s.post_unknown[post * TP_RULE_COUNT + TP_RULE_AP03], 1);
    assert_int_equal(f->s.post_lost[post * TP_RULE_COUNT + TP_RULE_AP03], 0);
}

/* Merging leaves one row of each id; should two come, neither ends the night. */
static void
test_score__two_posts_of_one_id(void **state)
{
    fixture *f = *state;
    tp_world_candidate(&f->w);
    tp_world_post(&f->w, "4011-0001", TP_TIER_JPT_PRATAMA);
    tp_world_post(&f->w, "4011-0001", TP_TIER_JPT_PRATAMA);
    run(f, 1);
    assert_int_equal(f->s.post_verdict[TP_VERDICT_ELIGIBLE], 1);
}

/* The sets have room for every code the descriptions of sources let through. */
static void
test_score__sets_have_room_for_the_lists(void **state)
{
    static const char *const LIST[] = {"config/codes/study_fields.csv",
                                       "config/codes/government_affairs.csv"};
    (void)state;
    for (size_t i = 0; i < TP_COUNT(LIST); i++) {
        int lines = 0;
        FILE *in = fopen(LIST[i], "r");
        assert_non_null(in);
        for (int c = fgetc(in); c != EOF; c = fgetc(in)) {
            lines += c == '\n' ? 1 : 0;
        }
        fclose(in);
        assert_in_range(lines, 10, 64 * TP_SET_WORDS);
    }
}

static void
test_score__cancelled(void **state)
{
    fixture *f = *state;
    tp_err err = {0};
    const volatile int stop = 1;
    const tp_ctx ctx = {.threads = 1, .cancel = &stop};
    tp_world_candidate(&f->w);
    tp_world_done(&f->w);
    assert_tp_fails(tp_score(&f->w.pool, &f->w.rules, AS_OF, &ctx, &f->arena, &f->s, &err),
                    TP_E_CANCELLED, &err, "cancelled");
}

static void
test_explain__names_the_rule_and_adds_up(void **state)
{
    fixture *f = *state;
    tp_err err = {0};
    tp_buf text = {0};
    tp_world_candidate(&f->w);
    tp_world_post(&f->w, "4011-0001", TP_TIER_JPT_PRATAMA);
    tp_world_i32(&f->w, TP_ASSESSMENT, 0, TP_ASSESSMENT_SK1, 5);
    tp_world_done(&f->w);
    assert_tp_ok(tp_explain_pair(&f->w.pool, &f->w.rules, AS_OF, 0, 0, &text, &err), &err);
    assert_non_null(strstr(tp_buf_cstr(&text), "not_eligible_waivable"));
    assert_non_null(strstr(tp_buf_cstr(&text), "AP-02 failed WAIV"));
    assert_non_null(strstr(tp_buf_cstr(&text), "gap: sk1 level 2.5, standard 4.0"));
    assert_tp_ok(tp_explain_person(&f->w.pool, &f->w.rules, AS_OF, 0, &text, &err), &err);
    assert_non_null(strstr(tp_buf_cstr(&text), "ip_asn (year 2025): 50.0"));
    assert_non_null(strstr(tp_buf_cstr(&text), "next: box"));
    assert_non_null(strstr(tp_buf_cstr(&text), "pool, national: "));
    assert_null(strstr(tp_buf_cstr(&text), "failed :"));
    if (getenv("TP_TEST_SHOW") != NULL) {
        puts(tp_buf_cstr(&text));
    }
    assert_tp_fails(tp_explain_person(&f->w.pool, &f->w.rules, AS_OF, 9, &text, &err), TP_E_RANGE,
                    &err, "person 9");
    tp_buf_clear(&text);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_score__the_candidate_is_eligible),
        T(test_score__each_rule_fails_and_is_unknown),
        T(test_score__the_holder_and_higher_levels_are_not_considered),
        T(test_score__only_vacant_posts_and_those_of_the_retiring),
        T(test_score__same_bits_for_any_threads),
        T(test_score__lists_are_exact),
        T(test_score__equal_people_share_a_rank),
        T(test_score__more_codes_than_a_set_holds_end_no_night),
        T(test_score__affair_without_room_is_undetermined),
        T(test_score__two_posts_of_one_id),
        T(test_score__sets_have_room_for_the_lists),
        T(test_score__cancelled),
        T(test_explain__names_the_rule_and_adds_up),
    };
    return cmocka_run_group_tests_name("core/score/score", tests, NULL, NULL);
}
