/* Tests core/link/identity.c, identity_near.c, question_key.c, ruling.c: what is told of a person
 * is what linked, and decisions hold until their evidence changes. */
#include "tests/support/tp_test.h"

#include "talent/base/hash.h"
#include "talent/core/identity.h"
#include "tests/support/tables.h"

#define NIP_A UINT64_C(198503122010011004)
#define NIK_A UINT64_C(3273011203850001)

static const someone BUDI = {.key = "p1",
                             .name = "Budi Santoso",
                             .born = "1985-03-12",
                             .sex = 1,
                             .nip = NIP_A,
                             .nik = NIK_A,
                             .agency = "5104"};

/* A linked night and the explanation of it. */
typedef struct told {
    night n;
    tp_link_params par;
    tp_link_input in;
    tp_identity *id;
    tp_identity_person person;
    tp_arena arena;
} told;

static void
tell(told *t, const tp_link_decision *decision, size_t n)
{
    tp_err err = {0};
    tp_link_defaults(&t->par);
    t->in = (tp_link_input){.n_sources = t->n.n,
                            .source = t->n.source,
                            .night = 20500,
                            .n_decisions = n,
                            .decision = decision,
                            .report = &t->n.report};
    assert_tp_ok(tp_link(&t->in, &t->par, &TP_TEST_CTX, &t->n.arena, &t->n.x, &err), &err);
    assert_tp_ok(tp_identity_open(&t->in, &t->par, &t->n.x, &TP_TEST_CTX, &t->id, &err), &err);
}

static void
explain(told *t, const char *source, const char *key)
{
    tp_err err = {0};
    const size_t row = night_row(&t->n, source, key);
    assert_true(row < t->n.x.n);
    assert_tp_ok(tp_identity_explain(t->id, t->n.x.person[row], &t->arena, &t->person, &err), &err);
}

/* The join of a record of the person told of; NULL when it is somebody else's. */
static const tp_identity_join *
join_of(const told *t, const char *source, const char *key)
{
    for (size_t i = 0; i < t->person.n; i++) {
        if (t->person.join[i].row == night_row(&t->n, source, key)) {
            return &t->person.join[i];
        }
    }
    return NULL;
}

/* What is told of the person that a record near belongs to; NULL when it is not told. */
static const tp_identity_near *
near_of(const told *t, const char *source, const char *key)
{
    const uint32_t person = t->n.x.person[night_row(&t->n, source, key)];
    for (size_t i = 0; i < t->person.n_near; i++) {
        if (t->person.near[i].person == person) {
            return &t->person.near[i];
        }
    }
    return NULL;
}

static void
forget(told *t)
{
    tp_identity_close(t->id);
    night_clear(&t->n);
    tp_arena_clear(&t->arena);
    *t = (told){0};
}

static int64_t
sum_of(const tp_weight_parts *w)
{
    int64_t sum = w->prior;
    for (int f = 0; f < TP_LINK_FIELDS; f++) {
        sum += w->level[f] + w->rarity[f];
    }
    return sum;
}

static void
test_identity_explain__each_way_of_joining(void **state)
{
    (void)state;
    told t = {0};
    const someone a[] = {BUDI};
    const someone b[] = {
        {.key = "nip", .name = "BOEDI SANTOSO", .nip = NIP_A},
        {.key = "exact", .name = "SANTOSO BUDI", .born = "1985-03-12", .sex = 1},
        {.key = "row", .name = "Budi Santoso", .agency = "5104"},
    };
    night_add(&t.n, "agency", a, 1)->roster = true;
    night_add(&t.n, "bkn", b, 3);
    tell(&t, NULL, 0);
    explain(&t, "agency", "p1");
    assert_int_equal(t.person.n, 4);
    const tp_identity_join *j[2] = {join_of(&t, "agency", "p1"), join_of(&t, "bkn", "nip")};
    const tp_identity_join *anchored = j[0]->pass == TP_PASS_NIP ? j[0] : j[1];
    assert_int_equal(anchored->pass, TP_PASS_NIP);
    assert_true(anchored->witness != TP_NONE && anchored->witness != anchored->row);
    assert_int_equal(anchored->pair.parts.level_no[TP_LINK_NIP], TP_LV_NIP_EQUAL);
    assert_int_equal(join_of(&t, "bkn", "row")->pass, TP_PASS_ADOPTED);
    assert_in_range(join_of(&t, "bkn", "row")->pair.parts.level_no[TP_LINK_NAME], TP_LV_NAME_EQUAL,
                    TP_LV_NAME_FOLDED);
    int exact = 0;
    for (size_t i = 0; i < t.person.n; i++) {
        const tp_identity_join *w = &t.person.join[i];
        assert_true(w->adds_up);
        if (w->pass == TP_PASS_EXACT) {
            exact++;
            assert_true(w->weighed);
            assert_int_equal(w->pair.parts.sum, w->weight);
            assert_true(sum_of(&w->pair.parts) == w->weight);
            assert_true(w->weight >= t.par.accept_weight);
        }
    }
    assert_int_equal(exact, 1);
    forget(&t);
}

static void
test_identity_explain__who_was_near_and_why(void **state)
{
    (void)state;
    told t = {0};
    const someone a[] = {
        BUDI,
        {.key = "twin",
         .name = "Budi Santosa",
         .born = "1985-03-12",
         .sex = 1,
         .nip = NIP_A + 1,
         .nik = NIK_A + 1,
         .agency = "5104"},
        {.key = "far", .name = "Rina Marlina", .nip = UINT64_C(197207241998032002)}};
    const someone b[] = {{.key = "old",
                          .name = "Budi Santoso",
                          .born = "1985-03-12",
                          .sex = 1,
                          .dead = "2001-05-05"}};
    night_add(&t.n, "agency", a, 3);
    night_add(&t.n, "registry", b, 1)->registry = true;
    tell(&t, NULL, 0);
    explain(&t, "agency", "p1");
    const tp_identity_near *old = near_of(&t, "registry", "old");
    assert_non_null(old);
    assert_int_equal(old->why, TP_APART_QUESTION);
    assert_int_equal(old->reason, TP_REVIEW_VETO);
    assert_int_equal(old->veto, TP_VETO_LIFE);
    assert_true(old->question ==
                tp_question_key(night_record("registry", "old"), night_record("agency", "p1")));
    const tp_identity_near *twin = near_of(&t, "agency", "twin");
    assert_non_null(twin);
    assert_int_equal(twin->veto, TP_VETO_TWO);
    assert_int_equal(twin->why, TP_APART_VETO);
    assert_null(near_of(&t, "agency", "far"));
    assert_int_equal(t.person.n_looked, 2);
    assert_false(t.person.more);
    forget(&t);
}

/* Whatever was joined by weight in a world of damaged copies, its parts sum to what is stored. */
static void
test_identity_explain__parts_sum_to_the_stored_weight(void **state)
{
    enum { N = 480, THIRD = N / 3 };
    static const char *const SYLLABLE[] = {"BU",  "DI", "SAN", "TO", "SO", "RI", "NA",
                                           "MAR", "LI", "WI",  "BO", "WO", "KU", "SU"};
    static someone p[N];
    static char text[N][3][40];
    (void)state;
    told t = {0};
    tp_err err = {0};
    size_t weighed = 0;
    for (size_t i = 0; i < N; i++) {
        const uint64_t h = tp_hash_mix(i % THIRD + 77);
        const int year = 60 + (int)(h % 40), month = 1 + (int)(h / 64 % 12);
        const int day = 1 + (int)(h / 1024 % 28);
        snprintf(text[i][0], 40, "k%zu", i);
        snprintf(text[i][1], 40, "%s%s%s %s%s", SYLLABLE[h / 7 % 14], SYLLABLE[h / 141 % 14],
                 i % 5 == 1 ? "X" : "", SYLLABLE[h / 2821 % 14], SYLLABLE[h / 56421 % 14]);
        snprintf(text[i][2], 40, "19%02d-%02d-%02d", year, i % 11 == 4 ? day % 12 + 1 : month,
                 i % 11 == 4 ? month : day);
        p[i] = (someone){
            .key = text[i][0], .name = text[i][1], .born = text[i][2], .sex = 1, .agency = "5104"};
        if (i % 4 != 1) {
            p[i].nip = (UINT64_C(19000000) + (uint64_t)(year * 10000 + month * 100 + day)) *
                           UINT64_C(10000000000) +
                       UINT64_C(2010011000) + h % 999 + 1;
            p[i].nip_damaged = i % 4 == 2;
            p[i].nip += p[i].nip_damaged ? UINT64_C(100000) : 0;
        }
    }
    night_add(&t.n, "a", p, THIRD);
    night_add(&t.n, "b", p + THIRD, THIRD);
    night_add(&t.n, "c", p + 2 * THIRD, THIRD);
    tell(&t, NULL, 0);
    for (uint32_t person = 0; person < t.n.x.n_people; person++) {
        assert_tp_ok(tp_identity_explain(t.id, person, &t.arena, &t.person, &err), &err);
        for (size_t i = 0; i < t.person.n; i++) {
            const tp_identity_join *j = &t.person.join[i];
            assert_true(j->adds_up);
            assert_true(!j->weighed || sum_of(&j->pair.parts) == j->weight);
            weighed += j->weighed;
        }
    }
    assert_true(weighed > 100);
    forget(&t);
}

static void
test_decisions__hold_until_the_evidence_changes(void **state)
{
    (void)state;
    told t = {0};
    const someone a[] = {BUDI};
    someone b[] = {{.key = "x", .name = "Budi Santoso", .born = "1985-03-12", .sex = 1}};
    night_add(&t.n, "agency", a, 1);
    night_add(&t.n, "bkn", b, 1);
    tell(&t, NULL, 0);
    assert_int_equal(t.n.x.n_people, 1);
    tp_link_decision d = {.record_a = night_record("agency", "p1"),
                          .record_b = night_record("bkn", "x"),
                          .evidence_a = tp_identity_evidence(t.id, night_row(&t.n, "agency", "p1")),
                          .evidence_b = tp_identity_evidence(t.id, night_row(&t.n, "bkn", "x"))};
    forget(&t);
    b[0].agency = "3273"; /* a move says nothing about who somebody is */
    night_add(&t.n, "agency", a, 1);
    night_add(&t.n, "bkn", b, 1);
    tell(&t, &d, 1);
    assert_int_equal(t.n.x.n_people, 2);
    assert_int_equal(t.n.x.n_review, 0);
    assert_int_equal(t.n.report.decisions, 1);
    forget(&t);
    b[0].nik = NIK_A;
    night_add(&t.n, "agency", a, 1);
    night_add(&t.n, "bkn", b, 1);
    tell(&t, &d, 1);
    assert_int_equal(t.n.x.n_people, 1);
    assert_int_equal(t.n.report.decisions, 0);
    assert_int_equal(t.n.report.decisions_lapsed, 1);
    forget(&t);
}

static void
test_decisions__the_last_about_a_pair_wins(void **state)
{
    (void)state;
    const someone a[] = {BUDI};
    const someone b[] = {{.key = "x", .name = "Rina Marlina"}};
    const uint64_t p = night_record("agency", "p1");
    const uint64_t x = night_record("bkn", "x");
    const tp_link_decision d[] = {{.record_a = p, .record_b = x},
                                  {.record_a = x, .record_b = p, .same = true},
                                  {.record_a = p, .record_b = 5, .same = true}};
    for (size_t n = 1; n <= 3; n++) {
        told t = {0};
        night_add(&t.n, "agency", a, 1);
        night_add(&t.n, "bkn", b, 1);
        tell(&t, d, n);
        assert_int_equal(t.n.x.n_people, n == 1 ? 2 : 1);
        assert_int_equal(t.n.report.decisions, 1);
        assert_int_equal(t.n.report.decisions_absent, n == 3);
        explain(&t, "bkn", "x");
        for (size_t i = 0; i < t.person.n; i++) {
            assert_true(t.person.join[i].pass == TP_PASS_ALONE ||
                        t.person.join[i].pass == TP_PASS_DECISION);
        }
        forget(&t);
    }
}

static void
test_identity_tag__equal_for_equal_values_only(void **state)
{
    (void)state;
    told t = {0};
    const someone a[] = {BUDI};
    const someone b[] = {{.key = "x", .name = "BUDI SANTOSO", .nip = NIP_A + 7}};
    char one[TP_TAG_TEXT], two[TP_TAG_TEXT];
    night_add(&t.n, "agency", a, 1);
    night_add(&t.n, "bkn", b, 1);
    tell(&t, NULL, 0);
    const uint32_t p = (uint32_t)night_row(&t.n, "agency", "p1");
    const uint32_t x = (uint32_t)night_row(&t.n, "bkn", "x");
    tp_identity_tag(t.id, p, TP_LINK_NAME, one);
    tp_identity_tag(t.id, x, TP_LINK_NAME, two);
    assert_string_equal(one, two);
    tp_identity_tag(t.id, p, TP_LINK_NIP, one);
    tp_identity_tag(t.id, x, TP_LINK_NIP, two);
    assert_string_not_equal(one, two);
    tp_identity_tag(t.id, x, TP_LINK_NIK, two);
    assert_string_equal(two, "-");
    assert_tp_str(tp_identity_agency(t.id, p), "5104");
    assert_null(tp_identity_sex(t.id, x).p);
    assert_int_equal(tp_identity_row(t.id, night_record("bkn", "x")), x);
    assert_true(tp_identity_row(t.id, 5) == TP_NONE);
    forget(&t);
}

static void
test_identity_open__refuses_another_crosswalk(void **state)
{
    (void)state;
    told t = {0};
    tp_identity *id = NULL;
    tp_err err = {0};
    const someone a[] = {BUDI};
    night_add(&t.n, "agency", a, 1);
    tell(&t, NULL, 0);
    t.n.x.record_key[0]++;
    assert_tp_fails(tp_identity_open(&t.in, &t.par, &t.n.x, &TP_TEST_CTX, &id, &err), TP_E_RANGE,
                    &err, "not of these");
    assert_null(id);
    forget(&t);
}

static void
test_question_key__written_and_read(void **state)
{
    (void)state;
    char text[TP_QUESTION_TEXT];
    uint64_t got = 0;
    const uint64_t key = tp_question_key(7, UINT64_MAX);
    assert_true(key == tp_question_key(UINT64_MAX, 7));
    assert_true(key != tp_question_key(7, 8));
    tp_question_format(key, text);
    assert_true(tp_question_parse(tp_str_of(text), &got));
    assert_true(got == key);
    assert_true(tp_question_parse(TP_STR(" Q00000000000000Ff "), &got));
    assert_true(got == 255);
    static const char *const BAD[] = {
        "", "q", "r00000000000000ff", "q0000000000000fg", "q00000000000000ff0", "1.2E+15"};
    for (size_t i = 0; i < TP_COUNT(BAD); i++) {
        assert_false(tp_question_parse(tp_str_of(BAD[i]), &got));
    }
    tp_record_format(255, text);
    assert_string_equal(text, "r00000000000000ff");
    assert_true(tp_record_parse(tp_str_of(text), &got));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_identity_explain__each_way_of_joining),
        cmocka_unit_test(test_identity_explain__who_was_near_and_why),
        cmocka_unit_test(test_identity_explain__parts_sum_to_the_stored_weight),
        cmocka_unit_test(test_decisions__hold_until_the_evidence_changes),
        cmocka_unit_test(test_decisions__the_last_about_a_pair_wins),
        cmocka_unit_test(test_identity_tag__equal_for_equal_values_only),
        cmocka_unit_test(test_identity_open__refuses_another_crosswalk),
        cmocka_unit_test(test_question_key__written_and_read),
    };
    return cmocka_run_group_tests_name("core/link/identity", tests, NULL, NULL);
}
