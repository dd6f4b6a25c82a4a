/* Tests core/link: who becomes one person, who does not, and what keys people keep. */
#include "tests/support/tp_test.h"

#include "talent/base/hash.h"
#include "talent/base/sort.h"
#include "tests/support/tables.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static tp_link_params
params(void)
{
    tp_link_params p;
    tp_link_defaults(&p);
    return p;
}

static void
link_night(night *n, const night *before, const tp_link_decision *decision, size_t n_decisions)
{
    const tp_link_params p = params();
    tp_err err = {0};
    tp_link_input in = {.n_sources = n->n,
                        .source = n->source,
                        .n_decisions = n_decisions,
                        .decision = decision,
                        .report = &n->report};
    uint64_t *record = NULL;
    uint64_t *person = NULL;
    n->day = before != NULL ? before->day + 1 : 20500;
    in.night = n->day;
    if (before != NULL) {
        tp_key_row *item = calloc(before->x.n + 1, sizeof *item);
        tp_key_row *tmp = calloc(before->x.n + 1, sizeof *tmp);
        record = calloc(before->x.n + 1, sizeof *record);
        person = calloc(before->x.n + 1, sizeof *person);
        for (size_t i = 0; i < before->x.n; i++) {
            item[i] = (tp_key_row){before->x.record_key[i], (uint32_t)i};
        }
        tp_sort_keys(item, tmp, before->x.n);
        for (size_t i = 0; i < before->x.n; i++) {
            record[i] = item[i].key;
            person[i] = before->x.person_key[before->x.person[item[i].row]];
        }
        in.n_previous = before->x.n;
        in.previous_record = record;
        in.previous_person = person;
        free(item);
        free(tmp);
    }
    assert_tp_ok(tp_link(&in, &p, &TP_TEST_CTX, &n->arena, &n->x, &err), &err);
    free(record);
    free(person);
}

static bool
same(const night *n, const char *s1, const char *k1, const char *s2, const char *k2)
{
    const uint64_t a = night_person(n, s1, k1);
    const uint64_t b = night_person(n, s2, k2);
    assert_true(a != 0 && b != 0);
    return a == b;
}

static size_t
questions(const night *n, tp_review_reason reason)
{
    size_t count = 0;
    for (size_t i = 0; i < n->x.n_review; i++) {
        count += n->x.review_reason[i] == reason;
    }
    return count;
}

static size_t
events(const night *n, tp_event_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < n->x.n_event; i++) {
        count += n->x.event_kind[i] == kind;
    }
    return count;
}

#define NIP_A UINT64_C(198503122010011004)
#define NIP_B UINT64_C(197207241998032002)
#define NIK_A UINT64_C(3273011203850001)
#define NIK_B UINT64_C(3273016407720002)

static const someone BUDI = {.key = "p1",
                             .name = "Budi Santoso",
                             .born = "1985-03-12",
                             .sex = 1,
                             .nip = NIP_A,
                             .nik = NIK_A,
                             .agency = "5104"};

static void
test_anchor__equal_nip_and_name(void **state)
{
    (void)state;
    night n = {0};
    const someone a[] = {BUDI};
    const someone b[] = {{.key = "x", .name = "BOEDI SANTOSO", .nip = NIP_A},
                         {.key = "y", .nip = NIP_A}};
    night_add(&n, "agency", a, 1);
    night_add(&n, "bkn", b, 2);
    link_night(&n, NULL, NULL, 0);
    assert_true(same(&n, "agency", "p1", "bkn", "x"));
    assert_true(same(&n, "agency", "p1", "bkn", "y")); /* bare row of a number with one bearer */
    const size_t row = night_row(&n, "bkn", "x");
    assert_true(n.x.pass[row] == TP_PASS_NIP || n.x.via[row] == row);
    night_clear(&n);
}

static void
test_anchor__copied_nip_joins_nobody(void **state)
{
    (void)state;
    night n = {0};
    const someone a[] = {BUDI};
    const someone b[] = {{.key = "x",
                          .name = "Rina Marlina",
                          .born = "1972-07-24",
                          .sex = 2,
                          .nip = NIP_A,
                          .nik = NIK_B}};
    night_add(&n, "agency", a, 1);
    night_add(&n, "bkn", b, 1);
    link_night(&n, NULL, NULL, 0);
    assert_false(same(&n, "agency", "p1", "bkn", "x"));
    assert_int_equal(questions(&n, TP_REVIEW_NUMBER_SHARED), 1);
    night_clear(&n);
}

/* The number holds date and sex: that they agree says nothing about who was given it twice. */
static void
test_anchor__number_given_to_two_people(void **state)
{
    (void)state;
    night n = {0};
    const someone a[] = {BUDI};
    const someone b[] = {
        {.key = "x", .name = "Joko Wibowo", .born = "1985-03-12", .sex = 1, .nip = NIP_A}};
    night_add(&n, "agency", a, 1);
    night_add(&n, "bkn", b, 1);
    link_night(&n, NULL, NULL, 0);
    assert_false(same(&n, "agency", "p1", "bkn", "x"));
    assert_int_equal(n.x.n_review, 1);
    night_clear(&n);
}

static void
test_anchor__spouse_nik_joins_nobody(void **state)
{
    (void)state;
    night n = {0};
    const someone a[] = {BUDI};
    const someone b[] = {{.key = "x",
                          .name = "Rina Marlina",
                          .born = "1986-01-30",
                          .sex = 2,
                          .nip = NIP_B,
                          .nik = NIK_A}};
    night_add(&n, "agency", a, 1);
    night_add(&n, "bkn", b, 1);
    link_night(&n, NULL, NULL, 0);
    assert_false(same(&n, "agency", "p1", "bkn", "x"));
    night_clear(&n);
}

static void
test_anchor__two_camps_on_one_number(void **state)
{
    (void)state;
    night n = {0};
    const someone a[] = {BUDI,
                         {.key = "q1",
                          .name = "Rina Marlina",
                          .born = "1972-07-24",
                          .sex = 2,
                          .nip = NIP_A,
                          .nik = NIK_B}};
    const someone b[] = {
        {.key = "p2", .name = "Budi Santoso", .born = "1985-03-12", .sex = 1, .nip = NIP_A},
        {.key = "q2", .name = "Rina Marlina", .born = "1972-07-24", .sex = 2, .nip = NIP_A}};
    night_add(&n, "agency", a, 2);
    night_add(&n, "bkn", b, 2);
    link_night(&n, NULL, NULL, 0);
    assert_int_equal(n.x.n_people, 2);
    assert_true(same(&n, "agency", "p1", "bkn", "p2"));
    assert_true(same(&n, "agency", "q1", "bkn", "q2"));
    assert_int_equal(questions(&n, TP_REVIEW_TWO_CAMPS), 1);
    night_clear(&n);
}

static void
test_pairs__twins_and_cohort_stay_apart(void **state)
{
    (void)state;
    night n = {0};
    const someone a[] = {{.key = "t1",
                          .name = "Hasan Wijaya",
                          .born = "1985-03-12",
                          .sex = 1,
                          .nip = NIP_A,
                          .nik = NIK_A,
                          .agency = "5104"},
                         {.key = "t2",
                          .name = "Hasin Wijaya",
                          .born = "1985-03-12",
                          .sex = 1,
                          .nip = NIP_A + 1,
                          .nik = NIK_A + 1,
                          .agency = "5104"}};
    const someone b[] = {
        {.key = "u1", .name = "Hasan Wijaya", .born = "1985-03-12", .sex = 1, .agency = "5104"},
        {.key = "u2", .name = "HASAN WIJAYA", .born = "1985-03-12", .sex = 1, .nip = NIP_A + 2}};
    night_add(&n, "agency", a, 2);
    night_add(&n, "bkn", b, 2);
    link_night(&n, NULL, NULL, 0);
    assert_false(same(&n, "agency", "t1", "agency", "t2"));
    assert_false(same(&n, "agency", "t1", "bkn", "u2")); /* namesake born that day, next serial */
    night_clear(&n);
}

static void
test_pairs__exact_key_joins_without_numbers(void **state)
{
    (void)state;
    night n = {0};
    const someone a[] = {BUDI};
    const someone b[] = {{.key = "x", .name = "SANTOSO BUDI", .born = "1985-03-12", .sex = 1},
                         {.key = "y", .name = "Budi Santoso", .born = "1991-08-02", .sex = 1}};
    night_add(&n, "agency", a, 1);
    night_add(&n, "bkn", b, 2);
    link_night(&n, NULL, NULL, 0);
    assert_true(same(&n, "agency", "p1", "bkn", "x"));
    assert_false(same(&n, "agency", "p1", "bkn", "y"));
    const size_t x = night_row(&n, "bkn", "x");
    const size_t p = night_row(&n, "agency", "p1");
    assert_true(n.x.pass[x] == TP_PASS_EXACT || n.x.pass[p] == TP_PASS_EXACT);
    assert_true(n.x.weight[x] + n.x.weight[p] >= 10 * TP_LINK_BIT);
    night_clear(&n);
}

static void
test_pairs__damaged_nip_joins(void **state)
{
    (void)state;
    night n = {0};
    const someone a[] = {BUDI};
    const someone b[] = {{.key = "x",
                          .name = "Budi Santosa",
                          .born = "1985-03-12",
                          .sex = 1,
                          .nip = UINT64_C(198503122010911004),
                          .nip_damaged = true}};
    night_add(&n, "agency", a, 1);
    night_add(&n, "bkn", b, 1);
    link_night(&n, NULL, NULL, 0);
    assert_true(same(&n, "agency", "p1", "bkn", "x"));
    night_clear(&n);
}

/* One row fits two people of one name and birthday who may not be one: it joins neither. */
static void
test_pairs__either_or_joins_neither(void **state)
{
    (void)state;
    night n = {0};
    const someone a[] = {BUDI,
                         {.key = "p2",
                          .name = "Budi Santoso",
                          .born = "1985-03-12",
                          .sex = 1,
                          .nip = UINT64_C(198503122015031009),
                          .nik = UINT64_C(5104011203850007),
                          .agency = "5104"}};
    const someone b[] = {
        {.key = "x", .name = "Budi Santoso", .born = "1985-03-12", .sex = 1, .agency = "5104"}};
    night_add(&n, "agency", a, 2);
    night_add(&n, "bkn", b, 1);
    link_night(&n, NULL, NULL, 0);
    assert_int_equal(n.x.n_people, 3);
    assert_int_equal(questions(&n, TP_REVIEW_AMBIGUOUS), 2);
    night_clear(&n);
}

static void
test_number__placeholder_found_not_listed(void **state)
{
    (void)state;
    static const char *const GIVEN[] = {"Budi", "Rina", "Joko", "Siti",
                                        "Agus", "Dewi", "Eko",  "Tri"};
    static const char *const FAMILY[] = {"Santoso",  "Marlina", "Wibowo",   "Lestari", "Hartono",
                                         "Pangestu", "Kusuma",  "Nasution", "Harahap", "Ginting"};
    night n = {0};
    someone a[80] = {{0}};
    char name[80][40];
    char key[80][16];
    char born[80][40];
    for (int i = 0; i < 80; i++) {
        snprintf(name[i], sizeof name[i], "%s %s", GIVEN[i % 8], FAMILY[i / 8]);
        snprintf(key[i], sizeof key[i], "k%d", i);
        snprintf(born[i], sizeof born[i], "19%02d-%02d-%02d", 60 + i / 3, 1 + i % 12, 1 + i % 28);
        a[i] = (someone){.key = key[i], .name = name[i], .born = born[i], .nik = NIK_A};
    }
    night_add(&n, "agency", a, 80);
    link_night(&n, NULL, NULL, 0);
    assert_int_equal(n.x.n_people, 80);
    assert_int_equal(n.report.junk_numbers, 1);
    night_clear(&n);
}

static void
test_adopt__only_bearer_in_the_agency(void **state)
{
    (void)state;
    night n = {0};
    const someone a[] = {BUDI,
                         {.key = "p2", .name = "Rina Marlina", .nip = NIP_B, .agency = "5104"},
                         {.key = "p3", .name = "Rina Marlina", .nip = NIP_B + 5, .agency = "5104"}};
    const someone b[] = {{.key = "x", .name = "B. Santoso", .agency = "5104"},
                         {.key = "y", .name = "Rina Marlina", .agency = "5104"},
                         {.key = "z", .name = "Budi Santoso", .agency = "3273"},
                         {.key = "w", .name = "Budi Santoso", .agency = "5104", .sex = 2}};
    night_add(&n, "agency", a, 3);
    night_add(&n, "training", b, 4);
    link_night(&n, NULL, NULL, 0);
    assert_true(same(&n, "agency", "p1", "training", "x"));
    assert_int_equal(n.x.pass[night_row(&n, "training", "x")], TP_PASS_ADOPTED);
    assert_false(same(&n, "agency", "p2", "training", "y"));
    assert_false(same(&n, "agency", "p3", "training", "y"));
    assert_false(same(&n, "agency", "p1", "training", "z"));
    assert_false(same(&n, "agency", "p1", "training", "w"));
    assert_int_equal(questions(&n, TP_REVIEW_AMBIGUOUS), 2);
    night_clear(&n);
}

static void
test_veto__dead_before_the_appointment(void **state)
{
    (void)state;
    night n = {0};
    const someone a[] = {BUDI};
    const someone b[] = {
        {.key = "x", .name = "Budi Santoso", .born = "1985-03-12", .sex = 1, .dead = "2001-05-05"}};
    night_add(&n, "agency", a, 1);
    night_add(&n, "registry", b, 1)->registry = true;
    link_night(&n, NULL, NULL, 0);
    assert_false(same(&n, "agency", "p1", "registry", "x"));
    assert_int_equal(questions(&n, TP_REVIEW_VETO), 1);
    night_clear(&n);
}

static void
test_decisions__of_a_reviewer_hold(void **state)
{
    (void)state;
    night n = {0};
    const someone a[] = {BUDI};
    const someone b[] = {{.key = "x", .name = "Budi Santoso", .born = "1985-03-12", .sex = 1},
                         {.key = "y", .name = "Yanto Prasetyo"}};
    const tp_link_decision d[] = {
        {.record_a = night_record("agency", "p1"), .record_b = night_record("bkn", "x")},
        {.record_a = night_record("bkn", "y"), .record_b = night_record("bkn", "x"), .same = true}};
    night_add(&n, "agency", a, 1);
    night_add(&n, "bkn", b, 2);
    link_night(&n, NULL, d, 2);
    assert_false(same(&n, "agency", "p1", "bkn", "x"));
    assert_true(same(&n, "bkn", "x", "bkn", "y"));
    assert_int_equal(n.x.n_review, 0);
    night_clear(&n);
}

static void
test_keys__stay_and_events_tell(void **state)
{
    (void)state;
    night one = {0};
    night two = {0};
    night three = {0};
    const someone a[] = {BUDI, {.key = "p2", .name = "Rina Marlina", .nip = NIP_B}};
    const someone b1[] = {{.key = "x", .name = "Budi Santoso"}};
    const someone b2[] = {{.key = "x", .name = "Budi Santoso", .nip = NIP_A},
                          {.key = "new", .name = "Eko Wibowo", .nip = NIP_B + 700}};
    night_add(&one, "agency", a, 2);
    night_add(&one, "bkn", b1, 1);
    link_night(&one, NULL, NULL, 0);
    assert_int_equal(one.x.n_people, 3);
    assert_int_equal(events(&one, TP_EVENT_NEW), 3);
    night_add(&two, "agency", a, 2);
    night_add(&two, "bkn", b2, 2);
    link_night(&two, &one, NULL, 0);
    assert_int_equal(two.x.n_people, 3);
    const uint64_t p1 = night_person(&one, "agency", "p1");
    const uint64_t x = night_person(&one, "bkn", "x");
    assert_true(night_person(&two, "agency", "p1") == (p1 < x ? p1 : x)); /* the older key */
    assert_true(night_person(&two, "agency", "p2") == night_person(&one, "agency", "p2"));
    assert_int_equal(events(&two, TP_EVENT_MERGED), 1);
    assert_int_equal(events(&two, TP_EVENT_NEW), 1);
    assert_true(night_person(&two, "bkn", "new") > (p1 > x ? p1 : x));
    night_add(&three, "agency", a, 1);
    night_add(&three, "bkn", b1, 1);
    link_night(&three, &two, NULL, 0);
    assert_true(night_person(&three, "agency", "p1") == night_person(&two, "agency", "p1"));
    assert_int_equal(events(&three, TP_EVENT_SPLIT), 1);
    assert_int_equal(events(&three, TP_EVENT_GONE), 2);
    for (size_t i = 0; i < two.x.n_people; i++) { /* never used twice: the split has a new one */
        assert_true(two.x.person_key[i] != night_person(&three, "bkn", "x"));
    }
    for (size_t i = 0; i < three.x.n_people; i++) {
        assert_true(tp_person_key_check(three.x.person_key[i]));
    }
    night_clear(&one);
    night_clear(&two);
    night_clear(&three);
}

/* A night that is run again with other feeds is published again: no key may change hands. */
static void
test_keys__a_night_run_again_gives_no_key_to_other_people(void **state)
{
    (void)state;
    night before = {0};
    night first = {0};
    night again = {0};
    const someone old[] = {BUDI};
    const someone a[] = {BUDI, {.key = "p3", .name = "Eko Wibowo", .nip = NIP_B}};
    const someone b[] = {BUDI,
                         {.key = "p0", .name = "Rina Marlina", .nip = NIP_B + 500},
                         {.key = "p2", .name = "Sari Dewi", .nip = NIP_B + 700},
                         {.key = "p3", .name = "Eko Wibowo", .nip = NIP_B},
                         {.key = "p4", .name = "Tono Hadi", .nip = NIP_B + 900}};
    night_add(&before, "agency", old, 1);
    link_night(&before, NULL, NULL, 0);
    night_add(&first, "agency", a, 2);
    link_night(&first, &before, NULL, 0);
    night_add(&again, "agency", b, 5);
    link_night(&again, &before, NULL, 0);
    const uint64_t eko = night_person(&first, "agency", "p3");
    assert_true(eko != 0);
    assert_true(night_person(&again, "agency", "p3") == eko);
    assert_int_equal(again.x.n_people, 5);
    for (size_t i = 1; i < again.x.n_people; i++) {
        assert_true(again.x.person_key[i] > again.x.person_key[i - 1]); /* all different */
    }
    night_clear(&before);
    night_clear(&first);
    night_clear(&again);
}

/* Two nights that follow the same earlier one know nothing of each other. */
static void
test_keys__nights_that_do_not_know_each_other_never_meet(void **state)
{
    (void)state;
    night before = {0};
    night one = {0};
    night two = {0};
    const someone old[] = {BUDI};
    const someone a[] = {BUDI, {.key = "p3", .name = "Eko Wibowo", .nip = NIP_B}};
    night_add(&before, "agency", old, 1);
    link_night(&before, NULL, NULL, 0);
    night_add(&one, "agency", a, 2);
    link_night(&one, &before, NULL, 0);
    before.day += 5;
    night_add(&two, "agency", a, 2);
    link_night(&two, &before, NULL, 0);
    assert_true(night_person(&one, "agency", "p3") != night_person(&two, "agency", "p3"));
    assert_true(night_person(&one, "agency", "p1") == night_person(&two, "agency", "p1"));
    night_clear(&before);
    night_clear(&one);
    night_clear(&two);
}

static void
test_keys__check_digit_finds_slips(void **state)
{
    (void)state;
    for (uint64_t serial = 1; serial < 2000; serial++) {
        const uint64_t key = tp_person_key_make(serial);
        assert_true(tp_person_key_check(key));
        for (uint64_t unit = 1; unit <= key; unit *= 10) {
            const uint64_t digit = key / unit % 10;
            assert_false(tp_person_key_check(key - digit * unit + (digit + 1) % 10 * unit));
        }
    }
}

/* A few hundred people with damaged copies, in three sources. */
static void
fill_world(someone *p, char (*text)[3][40], size_t n, unsigned seed)
{
    static const char *const SYLLABLE[] = {"BU",  "DI",  "SAN", "TO", "SO", "RI", "NA",
                                           "MAR", "LI",  "WI",  "BO", "WO", "KU", "SU",
                                           "MA",  "HAR", "TA",  "NI", "YU", "GA"};
    for (size_t i = 0; i < n; i++) {
        uint64_t h = tp_hash_mix(i / 2 + seed * 1000003U);
        const int year = 60 + (int)(h % 40);
        const int month = 1 + (int)(h / 64 % 12);
        const int day = 1 + (int)(h / 1024 % 28);
        snprintf(text[i][0], 40, "k%zu", i);
        snprintf(text[i][1], 40, "%s%s%s %s%s%s", SYLLABLE[h / 7 % 20], SYLLABLE[h / 141 % 20],
                 i % 6 == 1 ? "X" : "", SYLLABLE[h / 2821 % 20], SYLLABLE[h / 56421 % 20],
                 SYLLABLE[h / 1128421 % 20]);
        snprintf(text[i][2], 40, "19%02d-%02d-%02d", year, month, day);
        const uint64_t nip = (UINT64_C(19000000) + (uint64_t)(year * 10000 + month * 100 + day)) *
                                 UINT64_C(10000000000) +
                             UINT64_C(2010011000) + h % 999 + 1;
        p[i] = (someone){.key = text[i][0],
                         .name = text[i][1],
                         .born = text[i][2],
                         .sex = 1,
                         .agency = i % 3 ? "5104" : "3273"};
        if (i % 5 != 1) {
            p[i].nip = nip;
        }
        if (i % 7 == 3) {
            p[i].born = NULL;
            p[i].nip = 0;
        }
    }
}

static void
hash_night(const night *n, uint64_t out[4])
{
    out[0] = tp_hash64(1, n->x.record_key, n->x.n * sizeof *n->x.record_key);
    out[1] = tp_hash64(2, n->x.person, n->x.n * sizeof *n->x.person);
    out[2] = tp_hash64(3, n->x.weight, n->x.n * sizeof *n->x.weight) ^
             tp_hash64(4, n->x.via, n->x.n * sizeof *n->x.via) ^ tp_hash64(5, n->x.pass, n->x.n);
    out[3] = tp_hash64(6, n->x.review_a, n->x.n_review * sizeof *n->x.review_a) ^
             tp_hash64(7, n->x.person_key, n->x.n_people * sizeof *n->x.person_key);
}

static void
test_link__same_bytes_for_any_threads_and_order(void **state)
{
    enum { N = 600 };
    (void)state;
    static someone p[N];
    static char text[N][3][40];
    uint64_t want[4] = {0};
    fill_world(p, text, N, 7);
    for (int round = 0; round < 8; round++) {
        night n = {0};
        const tp_link_params par = params();
        const tp_ctx ctx = {.threads = round + 1};
        tp_err err = {0};
        for (size_t i = N - 1; i > 0; i--) { /* another order of the rows each round */
            const size_t a = i / (N / 3) * (N / 3);
            const size_t j = a + tp_hash_mix(i + (uint64_t)round) % (i - a + 1);
            const someone t = p[i];
            p[i] = p[j];
            p[j] = t;
        }
        night_add(&n, "a", p, N / 3);
        night_add(&n, "b", p + N / 3, N / 3);
        night_add(&n, "c", p + 2 * (N / 3), N / 3);
        tp_link_input in = {.n_sources = 3, .source = n.source};
        assert_tp_ok(tp_link(&in, &par, &ctx, &n.arena, &n.x, &err), &err);
        uint64_t got[4];
        hash_night(&n, got);
        if (round == 0) {
            memcpy(want, got, sizeof want);
            assert_true(n.x.n_people < N);
        }
        assert_memory_equal(want, got, sizeof want);
        night_clear(&n);
    }
}

static void
test_link__hostile_tables(void **state)
{
    (void)state;
    static someone all[200];
    static char key[200][16];
    night n = {0};
    link_night(&n, NULL, NULL, 0); /* no source */
    assert_int_equal(n.x.n, 0);
    night_add(&n, "a", all, 0); /* an empty one */
    link_night(&n, NULL, NULL, 0);
    assert_int_equal(n.x.n_people, 0);
    night_clear(&n);
    for (int i = 0; i < 200; i++) { /* nothing known but the key */
        snprintf(key[i], sizeof key[i], "k%d", i);
        all[i] = (someone){.key = key[i]};
    }
    night_add(&n, "a", all, 200);
    link_night(&n, NULL, NULL, 0);
    assert_int_equal(n.x.n_people, 200);
    night_clear(&n);
    for (int i = 0; i < 200; i++) { /* all equal */
        all[i] = BUDI;
        all[i].key = key[i];
    }
    night_add(&n, "a", all, 200);
    link_night(&n, NULL, NULL, 0);
    assert_int_equal(n.x.n_people, 1);
    night_clear(&n);
    for (int i = 0; i < 200; i++) { /* one endless name, no number */
        all[i] = (someone){
            .key = key[i],
            .agency = "1",
            .name = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA "
                    "B C D E F G H I J K L M N O P"};
    }
    night_add(&n, "a", all, 200);
    link_night(&n, NULL, NULL, 0);
    assert_int_equal(n.x.n_people, 200);
    night_clear(&n);
}

static void
test_link__refuses_sources_out_of_order(void **state)
{
    (void)state;
    night n = {0};
    const someone a[] = {BUDI};
    tp_err err = {0};
    const tp_link_params p = params();
    night_add(&n, "b", a, 1);
    night_add(&n, "a", a, 1);
    const tp_link_input in = {.n_sources = 2, .source = n.source};
    assert_tp_fails(tp_link(&in, &p, &TP_TEST_CTX, &n.arena, &n.x, &err), TP_E_RANGE, &err,
                    "\"a\"");
    night_clear(&n);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_anchor__equal_nip_and_name),
        cmocka_unit_test(test_anchor__copied_nip_joins_nobody),
        cmocka_unit_test(test_anchor__number_given_to_two_people),
        cmocka_unit_test(test_anchor__spouse_nik_joins_nobody),
        cmocka_unit_test(test_anchor__two_camps_on_one_number),
        cmocka_unit_test(test_pairs__twins_and_cohort_stay_apart),
        cmocka_unit_test(test_pairs__exact_key_joins_without_numbers),
        cmocka_unit_test(test_pairs__damaged_nip_joins),
        cmocka_unit_test(test_pairs__either_or_joins_neither),
        cmocka_unit_test(test_number__placeholder_found_not_listed),
        cmocka_unit_test(test_adopt__only_bearer_in_the_agency),
        cmocka_unit_test(test_veto__dead_before_the_appointment),
        cmocka_unit_test(test_decisions__of_a_reviewer_hold),
        cmocka_unit_test(test_keys__stay_and_events_tell),
        cmocka_unit_test(test_keys__a_night_run_again_gives_no_key_to_other_people),
        cmocka_unit_test(test_keys__nights_that_do_not_know_each_other_never_meet),
        cmocka_unit_test(test_keys__check_digit_finds_slips),
        cmocka_unit_test(test_link__same_bytes_for_any_threads_and_order),
        cmocka_unit_test(test_link__hostile_tables),
        cmocka_unit_test(test_link__refuses_sources_out_of_order),
    };
    return cmocka_run_group_tests_name("core/link/link", tests, NULL, NULL);
}
