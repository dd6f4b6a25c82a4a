/* Tests core/link on tables that no feed should send. */
#include "tests/support/tp_test.h"

#include "talent/core/link.h"
#include "tests/support/tables.h"

enum { MANY = 3000 };

static tp_code
link_it(night *n, tp_err *err)
{
    tp_link_params p;
    tp_link_defaults(&p);
    const tp_link_input in = {
        .n_sources = n->n, .source = n->source, .night = 20513, .report = &n->report};
    return tp_link(&in, &p, &TP_TEST_CTX, &n->arena, &n->x, err);
}

/* MANY people who differ in their keys alone. */
static someone *
many(const someone *like, char (*key)[16])
{
    someone *p = calloc(MANY, sizeof *p);
    assert_non_null(p);
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(key[i], sizeof key[i], "k%d", i);
        p[i] = *like;
        p[i].key = key[i];
    }
    return p;
}

static void
test_link__no_source_and_empty_tables(void **state)
{
    (void)state;
    night n = {0};
    tp_err err = {0};
    assert_tp_ok(link_it(&n, &err), &err);
    assert_int_equal(n.x.n, 0);
    night_add(&n, "a", NULL, 0);
    night_add(&n, "b", NULL, 0);
    assert_tp_ok(link_it(&n, &err), &err);
    assert_int_equal(n.x.n_people, 0);
    night_clear(&n);
}

static void
test_link__one_record(void **state)
{
    (void)state;
    night n = {0};
    tp_err err = {0};
    const someone one = {.key = "x", .name = "Sri"};
    night_add(&n, "a", &one, 1);
    assert_tp_ok(link_it(&n, &err), &err);
    assert_int_equal(n.x.n_people, 1);
    assert_int_equal(n.x.via[0], 0);
    night_clear(&n);
}

static void
test_link__every_field_unknown(void **state)
{
    (void)state;
    night n = {0};
    tp_err err = {0};
    static char key[MANY][16];
    someone *p = many(&(someone){0}, key);
    night_add(&n, "a", p, MANY);
    assert_tp_ok(link_it(&n, &err), &err);
    assert_int_equal(n.x.n_people, MANY);
    free(p);
    night_clear(&n);
}

/* Equal in everything, two sources: a result, and the same one again. */
static void
test_link__all_records_equal(void **state)
{
    (void)state;
    static char key[MANY][16];
    const someone like = {.name = "Budi Santoso", .born = "1985-03-12", .sex = 1};
    size_t people[2];
    for (int turn = 0; turn < 2; turn++) {
        night n = {0};
        tp_err err = {0};
        someone *p = many(&like, key);
        night_add(&n, "a", p, MANY);
        night_add(&n, "b", p, MANY);
        assert_tp_ok(link_it(&n, &err), &err);
        people[turn] = n.x.n_people;
        free(p);
        night_clear(&n);
    }
    assert_int_equal(people[0], people[1]);
}

static void
test_link__all_keys_equal(void **state)
{
    (void)state;
    night n = {0};
    tp_err err = {0};
    const someone two[] = {{.key = "x", .name = "Sri"}, {.key = "x", .name = "Adi"}};
    night_add(&n, "a", two, 2);
    assert_tp_fails(link_it(&n, &err), TP_E_RANGE, &err, "one record key");
    night_clear(&n);
}

static void
test_link__tokens_of_sixty_four_letters(void **state)
{
    (void)state;
    night n = {0};
    tp_err err = {0};
    char a[512];
    char b[512];
    memset(a, 'a', sizeof a);
    a[sizeof a - 1] = '\0';
    for (size_t i = 64; i < sizeof a - 1; i += 65) {
        a[i] = ' ';
    }
    memcpy(b, a, sizeof a);
    b[63] = 'b';
    const someone p[] = {{.key = "x", .name = a, .born = "1985-03-12", .sex = 1},
                         {.key = "y", .name = b, .born = "1985-03-12", .sex = 1},
                         {.key = "z", .name = " .,;- ' ", .born = "1985-03-12", .sex = 1},
                         {.key = "w", .name = "\xf0\x9f\x98\x80 \xc3\xa9", .sex = 2}};
    night_add(&n, "a", p, TP_COUNT(p));
    assert_tp_ok(link_it(&n, &err), &err);
    assert_int_equal(n.x.n, TP_COUNT(p));
    night_clear(&n);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_link__no_source_and_empty_tables),
        cmocka_unit_test(test_link__one_record),
        cmocka_unit_test(test_link__every_field_unknown),
        cmocka_unit_test(test_link__all_records_equal),
        cmocka_unit_test(test_link__all_keys_equal),
        cmocka_unit_test(test_link__tokens_of_sixty_four_letters),
    };
    return cmocka_run_group_tests_name("harm/hostile_tables", tests, NULL, NULL);
}
