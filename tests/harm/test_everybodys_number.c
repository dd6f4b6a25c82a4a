/* Tests core/link on a number that everybody carries: it says nothing of anybody. */
#include "tests/support/tp_test.h"

#include "talent/base/hash.h"
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
test_link__one_number_on_everybody(void **state)
{
    (void)state;
    night n = {0};
    tp_err err = {0};
    static char key[MANY][16];
    static char name[MANY][24];
    static char born[MANY][16];
    someone *p = many(
        &(someone){.nip = UINT64_C(198503122010011004), .nik = 3273011203850001, .sex = 1}, key);
    for (int i = 0; i < MANY; i++) {
        for (int k = 0; k < 20; k++) {
            name[i][k] = k == 9 ? ' ' : (char)('A' + tp_hash_mix((uint64_t)i * 32 + k) % 26);
        }
        (void)snprintf(born[i], sizeof born[i], "19%02d-%02d-%02d", 60 + i % 40, 1 + i / 40 % 12,
                       1 + i / 480 % 28);
        p[i].name = name[i];
        p[i].born = born[i];
    }
    night_add(&n, "a", p, MANY);
    assert_tp_ok(link_it(&n, &err), &err);
    assert_int_equal(n.x.n_people, MANY);
    assert_true(n.report.junk_numbers > 0);
    free(p);
    night_clear(&n);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_link__one_number_on_everybody),
    };
    return cmocka_run_group_tests_name("harm/everybodys_number", tests, NULL, NULL);
}
