/* Tests core/link/name_key.c and name_cmp.c: cleaning, fold, levels. */
#include "tests/support/tp_test.h"

#include "core/link/parts.h"

typedef struct fixture {
    tp_arena arena;
    tp_link_params par;
    tp_linker lk;
} fixture;

static const tp_str VARIANT[] = {{"MUH", 3}, {"MOCH", 4}, {"MOHAMMAD", 8}, {"NOOR", 4}};
static const tp_str CANON[] = {{"MUHAMMAD", 8}, {"MUHAMMAD", 8}, {"MUHAMMAD", 8}, {"NUR", 3}};

static int
setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    tp_link_defaults(&f->par);
    f->par.n_variants = TP_COUNT(VARIANT);
    f->par.variant = VARIANT;
    f->par.canonical = CANON;
    f->lk.par = &f->par;
    f->lk.ctx = &TP_TEST_CTX;
    f->lk.scratch = &f->arena;
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    tp_names_clear(&f->lk.names);
    tp_arena_clear(&f->arena);
    free(f);
    return 0;
}

static uint32_t
add(fixture *f, const char *name)
{
    TP_AUTO_BUF(clean);
    uint32_t code = 0;
    assert_true(tp_name_clean(tp_str_of(name), &clean));
    assert_true(tp_intern_add(&f->lk.names.text, tp_buf_view(&clean), &code));
    return code;
}

static void
test_clean__letters_and_splits(void **state)
{
    static const char *const CASE[][2] = {
        {"M.Rizki", "M RIZKI"},
        {"  nur   hayati ", "NUR HAYATI"},
        {"Ma'ruf", "MARUF"},
        {"Ma\xE2\x80\x99ruf", "MARUF"},
        {"Jos\xC3\xA9", "JOSE"},
        {"SUKARNO SUKARNO", "SUKARNO"},
        {"SITI SITI AMINAH", "SITI SITI AMINAH"},
        {"...", ""},
    };
    (void)state;
    for (size_t i = 0; i < TP_COUNT(CASE); i++) {
        TP_AUTO_BUF(out);
        assert_true(tp_name_clean(tp_str_of(CASE[i][0]), &out));
        assert_tp_str(tp_buf_view(&out), CASE[i][1]);
    }
}

static void
test_fold__table(void **state)
{
    static const char *const CASE[][2] = {
        {"SOEKARNO", "SUKARNO"}, {"DJOKO", "JOKO"},    {"TJAHJO", "CAJO"}, {"SJAMSUL", "SIAMSUL"},
        {"ACHMAD", "AKMAD"},     {"AKHMAD", "AKMAD"},  {"AHMAD", "AMAD"},  {"RIZKY", "RISKI"},
        {"FAIZAL", "FAISAL"},    {"NOVITA", "NOFITA"}, {"EDDY", "EDI"},    {"WIDYA", "WIDIA"},
        {"HASAN", "HASAN"},      {"ITA", "ITA"},       {"YUSUF", "IUSUF"}, {"RATIH", "RATI"},
    };
    (void)state;
    for (size_t i = 0; i < TP_COUNT(CASE); i++) {
        TP_AUTO_BUF(out);
        assert_true(tp_token_fold(tp_str_of(CASE[i][0]), &out));
        assert_tp_str(tp_buf_view(&out), CASE[i][1]);
    }
}

static void
test_compare__levels(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *a;
        const char *b;
        tp_level_name want;
    } CASE[] = {
        {"Siti Aminah", "SITI AMINAH", TP_LV_NAME_EQUAL},
        {"Soekarno Hadi", "SUKARNO HADI", TP_LV_NAME_FOLDED},
        {"Hadi Sukarno", "SUKARNO HADI", TP_LV_NAME_FOLDED},
        {"Nurhayati", "NUR HAYATI", TP_LV_NAME_FOLDED},
        {"Muh. Rizki", "MOHAMMAD RIZKY", TP_LV_NAME_FOLDED},
        {"Abdul Rahman", "ABDURRAHMAN", TP_LV_NAME_FOLDED},
        {"Abd. Salam Putra", "ABDUSSALAM PUTRA", TP_LV_NAME_FOLDED},
        {"H. Budi Santoso", "BUDI SANTOSO", TP_LV_NAME_FOLDED},
        {"Budi Santoso Wijaya", "BUDI SANTOSO", TP_LV_NAME_SUBSET},
        {"Budi Santosa", "BUDI SANTOSO", TP_LV_NAME_TYPO},
        {"Sutrisno", "SUTRISNA", TP_LV_NAME_TYPO},
        {"B. Santoso", "BUDI SANTOSO", TP_LV_NAME_INITIAL},
        {"Budi Hartono", "BUDI SANTOSO", TP_LV_NAME_ONE_OFF},
        {"Rina Marlina", "BUDI SANTOSO", TP_LV_NAME_NOTHING},
        {"Wayan Sudarma", "MADE SUDARMA", TP_LV_NAME_ONE_OFF},
        {"Putu", "WAYAN", TP_LV_NAME_NOTHING},
    };
    uint32_t a[TP_COUNT(CASE)];
    uint32_t b[TP_COUNT(CASE)];
    tp_err err = {0};
    for (size_t i = 0; i < TP_COUNT(CASE); i++) {
        a[i] = add(f, CASE[i].a);
        b[i] = add(f, CASE[i].b);
    }
    assert_tp_ok(tp_names_make(&f->lk, &err), &err);
    for (size_t i = 0; i < TP_COUNT(CASE); i++) {
        const tp_name_match there = tp_name_compare(&f->lk, a[i], b[i]);
        const tp_name_match back = tp_name_compare(&f->lk, b[i], a[i]);
        if (there.level != CASE[i].want) {
            fail_msg("case %zu gives %d, not %d", i, (int)there.level, (int)CASE[i].want);
        }
        assert_memory_equal(&there, &back, sizeof there);
    }
    assert_int_equal(tp_name_compare(&f->lk, TP_NONE, a[0]).level, TP_LV_NAME_UNKNOWN);
}

static void
test_jaro__known_values(void **state)
{
    (void)state;
    assert_int_equal(tp_jaro_bp(TP_STR("MARTHA"), TP_STR("MARHTA")), 9444);
    assert_int_equal(tp_jaro_bp(TP_STR("DIXON"), TP_STR("DICKSONX")), 7666);
    assert_int_equal(tp_jaro_bp(TP_STR("ABC"), TP_STR("XYZ")), 0);
    assert_int_equal(tp_jaro_bp(TP_STR("A"), TP_STR("A")), 10000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_clean__letters_and_splits, setup, teardown),
        cmocka_unit_test_setup_teardown(test_fold__table, setup, teardown),
        cmocka_unit_test_setup_teardown(test_compare__levels, setup, teardown),
        cmocka_unit_test_setup_teardown(test_jaro__known_values, setup, teardown),
    };
    return cmocka_run_group_tests_name("core/link/name_key", tests, NULL, NULL);
}
