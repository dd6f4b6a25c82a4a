/* Tests etl/stage/agency_names.c. */
#include "tests/support/tp_test.h"

#include "talent/etl/publish.h"
#include "tests/support/scratch.h"

typedef struct loaded {
    tp_arena arena;
    tp_agency_name *agency;
    size_t n;
    tp_key hash;
} loaded;

static tp_code
load(scratch *s, const char *text, loaded *out, tp_err *err)
{
    scratch_file(s, "agencies.csv", text);
    return tp_agency_names_load(s->dir, &out->arena, &out->agency, &out->n, &out->hash, err);
}

static void
test_load__reads_quotes_and_sorts_by_code(void **state)
{
    loaded l = {0};
    tp_err err = {0};

    assert_tp_ok(load(*state,
                      "note,quick_code,name,scope,kind,region_code\r\n"
                      ",7000,\"Kabupaten \"\"Contoh\"\", Timur\",D,KAB,32.01\r\n"
                      "x,1010,Kementerian Contoh,P,,\r\n\r\n,,Badan Baru,P,,\r\n"
                      ",7000,the same code again,D,KAB,32.01",
                      &l, &err),
                 &err);
    assert_int_equal(l.n, 2);
    assert_tp_str(l.agency[0].code, "1010");
    assert_tp_str(l.agency[0].name, "Kementerian Contoh");
    assert_null(l.agency[0].kind.p);
    assert_null(l.agency[0].region.p);
    assert_tp_str(l.agency[1].name, "Kabupaten \"Contoh\", Timur");
    assert_tp_str(l.agency[1].region, "32.01");
    tp_arena_clear(&l.arena);
}

static void
test_load__hash_follows_the_text(void **state)
{
    loaded a = {0};
    loaded b = {0};
    tp_err err = {0};

    assert_tp_ok(load(*state, "quick_code,name,scope,kind,region_code\n1,A,,,\n", &a, &err), &err);
    assert_tp_ok(load(*state, "quick_code,name,scope,kind,region_code\n1,B,,,\n", &b, &err), &err);
    assert_memory_not_equal(&a.hash, &b.hash, sizeof a.hash);
    tp_arena_clear(&a.arena);
    tp_arena_clear(&b.arena);
}

static void
test_load__says_what_is_missing_and_where(void **state)
{
    loaded l = {0};
    tp_err err = {0};

    assert_tp_fails(load(*state, "quick_code,name,scope,kind\n1,A,,\n", &l, &err), TP_E_SCHEMA,
                    &err, "agencies.csv, line 1: no column region_code");
    assert_tp_fails(load(*state, "", &l, &err), TP_E_SCHEMA, &err, "no column quick_code");
    assert_tp_fails(
        load(*state, "quick_code,name,scope,kind,region_code\n1,A,,,\n2,,P,,\n", &l, &err),
        TP_E_SCHEMA, &err, "line 3: agency 2 has no name");
    tp_arena_clear(&l.arena);
}

static void
test_load__reads_the_list_in_config(void **state)
{
    loaded l = {0};
    tp_err err = {0};

    (void)state;
    assert_tp_ok(tp_agency_names_load("config/codes", &l.arena, &l.agency, &l.n, &l.hash, &err),
                 &err);
    assert_true(l.n > 600);
    for (size_t i = 1; i < l.n; i++) {
        assert_true(tp_str_cmp(l.agency[i - 1].code, l.agency[i].code) < 0);
    }
    tp_arena_clear(&l.arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(test_load__reads_quotes_and_sorts_by_code),
        scratch_test(test_load__hash_follows_the_text),
        scratch_test(test_load__says_what_is_missing_and_where),
        scratch_test(test_load__reads_the_list_in_config),
    };
    return cmocka_run_group_tests_name("etl/stage/agency_names", tests, NULL, NULL);
}
