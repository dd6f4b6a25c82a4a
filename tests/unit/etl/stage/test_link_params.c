/* Tests etl/stage/link_params.c: the shipped file says the defaults; mistakes name file and line.
 */
#include "tests/support/tp_test.h"

#include "talent/etl/file.h"
#include "talent/etl/link_params.h"
#include "tests/support/scratch.h"

static tp_code
load_text(scratch *s, const char *text, tp_link_params *out, tp_key *hash, tp_arena *arena,
          tp_err *err)
{
    char file[512];
    snprintf(file, sizeof file, "%s", scratch_path(s, "linkage.json"));
    assert_int_equal(tp_file_write(file, text, strlen(text), 0600, err), TP_OK);
    return tp_link_params_load(file, s->dir, arena, out, hash, err);
}

static void
test_load__shipped_file_is_the_default(void **state)
{
    (void)state;
    TP_AUTO_ARENA(arena, 1 << 20);
    tp_link_params got;
    tp_link_params want;
    tp_key hash;
    tp_err err = {0};
    assert_tp_ok(
        tp_link_params_load("config/linkage.json", "config/codes", &arena, &got, &hash, &err),
        &err);
    assert_true(got.n_variants > 50);
    for (size_t i = 0; i < got.n_variants; i++) {
        assert_true(got.variant[i].n >= 2);
        assert_false(tp_str_eq(got.variant[i], got.canonical[i]));
    }
    got.n_variants = 0;
    got.variant = got.canonical = NULL;
    tp_link_defaults(&want);
    assert_int_equal(got.accept_weight, want.accept_weight);
    assert_int_equal(got.pass_mask, want.pass_mask);
    assert_memory_equal(got.nip, want.nip, sizeof got.nip);
    assert_memory_equal(got.nik, want.nik, sizeof got.nik);
    assert_memory_equal(got.name, want.name, sizeof got.name);
    assert_memory_equal(got.name_cap, want.name_cap, sizeof got.name_cap);
    assert_memory_equal(got.date, want.date, sizeof got.date);
    assert_memory_equal(got.sex, want.sex, sizeof got.sex);
    assert_memory_equal(got.agency, want.agency, sizeof got.agency);
}

static void
test_load__mistakes_name_the_line(void **state)
{
    static const char *const CASE[][2] = {
        {"{\n \"passes\": [\"x1\",\n \"n9\"]}", ":3"},
        {"{\n \"thresholds\": {\"acept\": 5}}", "accept"},
        {"{\n \"thresholds\": {\"accept\": 100, \"review\": 200}}", "review"},
        {"{\n \"limits\": {\n \"block_cap\": 1}}", ":3"},
        {"{\n \"weights\": {\n \"sex\": {\"different\": 500}}}", "better level"},
        {"{\n \"weights\": {\n \"sex\": {\"unknown\": 50}}}", "no evidence"},
        {"{\n \"name_variants\": \"missing.csv\"}", "missing.csv"},
    };
    scratch *s = *state;
    for (size_t i = 0; i < TP_COUNT(CASE); i++) {
        TP_AUTO_ARENA(arena, 1 << 20);
        tp_link_params p = {.block_cap = 77};
        tp_key hash;
        tp_err err = {0};
        const tp_code rc = load_text(s, CASE[i][0], &p, &hash, &arena, &err);
        if (rc == TP_OK || strstr(err.frame[0].text, CASE[i][1]) == NULL) {
            fail_msg("case %zu: \"%s\" does not hold \"%s\"", i, err.frame[0].text, CASE[i][1]);
        }
        assert_int_equal(p.block_cap, 77); /* a failed call leaves its result untouched */
    }
}

static void
test_load__hash_covers_the_list_of_variants(void **state)
{
    scratch *s = *state;
    TP_AUTO_ARENA(arena, 1 << 20);
    static const char TEXT[] = "{\"name_variants\": \"v.csv\"}";
    static const char *const LIST[] = {"kind,canonical,variants\nspelling,Nur,Noor|N.\n",
                                       "kind,canonical,variants\r\nspelling,Nur,Noor|Noer\r\n"};
    tp_link_params p;
    tp_key hash[2];
    tp_err err = {0};
    for (size_t i = 0; i < 2; i++) {
        assert_tp_ok(tp_file_write(scratch_path(s, "v.csv"), LIST[i], strlen(LIST[i]), 0600, &err),
                     &err);
        assert_tp_ok(load_text(s, TEXT, &p, &hash[i], &arena, &err), &err);
        assert_int_equal(p.n_variants, i + 1); /* a single letter stays an initial */
        assert_tp_str(p.variant[0], "NOOR");
        assert_tp_str(p.canonical[0], "NUR");
    }
    assert_memory_not_equal(&hash[0], &hash[1], sizeof hash[0]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_load__shipped_file_is_the_default, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(test_load__mistakes_name_the_line, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(test_load__hash_covers_the_list_of_variants, scratch_setup,
                                        scratch_teardown),
    };
    return cmocka_run_group_tests_name("etl/stage/link_params", tests, NULL, NULL);
}
