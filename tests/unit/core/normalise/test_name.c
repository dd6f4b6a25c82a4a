/* Tests core/normalise/name.c. People are invented. */
#include "tests/support/tp_test.h"

#include "core/normalise/pipe.h"

static const struct {
    const char *text;
    const char *canonical;
    bool front;
} TITLE[] = {
    {"Prof.", "Prof.", true},    {"Dr.", "Dr.", true},      {"dr.", "dr.", true},
    {"Drs.", "Drs.", true},      {"Ir.", "Ir.", true},      {"H.", "H.", true},
    {"Hj.", "Hj.", true},        {"K.H.", "K.H.", true},    {"R.", "R.", true},
    {"DR.", "Dr.", true},        {"H", "H.", true},         {"S.H.", "S.H.", false},
    {"S.E.", "S.E.", false},     {"S.T.", "S.T.", false},   {"M.Si.", "M.Si.", false},
    {"M.H.", "M.H.", false},     {"M.M.", "M.M.", false},   {"M.A.", "M.A.", false},
    {"S.Sos.", "S.Sos.", false}, {"M.IP.", "M.IP.", false}, {"Ph.D.", "Ph.D.", false},
    {"Sp.PD", "Sp.PD", false},   {"Sp.A", "Sp.A", false},   {"SH", "S.H.", false},
};

typedef struct fixture {
    tp_arena arena;
    tp_titles *titles;
} fixture;

static int
setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    tp_str text[TP_COUNT(TITLE)];
    tp_str canonical[TP_COUNT(TITLE)];
    bool front[TP_COUNT(TITLE)];
    for (size_t i = 0; i < TP_COUNT(TITLE); i++) {
        text[i] = tp_str_of(TITLE[i].text);
        canonical[i] = tp_str_of(TITLE[i].canonical);
        front[i] = TITLE[i].front;
    }
    f->titles = tp_titles_make(TP_COUNT(TITLE), text, front, canonical, &f->arena);
    *state = f;
    return f->titles == NULL;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    tp_arena_clear(&f->arena);
    free(f);
    return 0;
}

static void
check_split(fixture *f, const char *text, const char *clean, const char *front, const char *back)
{
    const tp_name name = tp_name_split(f->titles, tp_str_of(text), &f->arena);
    if (!tp_str_eq(name.clean, tp_str_of(clean)) || !tp_str_eq(name.front, tp_str_of(front)) ||
        !tp_str_eq(name.back, tp_str_of(back))) {
        print_error("\"%s\": \"%.*s\" | \"%.*s\" | \"%.*s\"\n", text, TP_STR_ARG(name.clean),
                    TP_STR_ARG(name.front), TP_STR_ARG(name.back));
        fail();
    }
}

static void
test_split__titles_on_both_sides(void **state)
{
    fixture *f = *state;
    check_split(f, "Dr. Sri Wahyuni Lestari, S.H., M.Si.", "Sri Wahyuni Lestari", "Dr.",
                "S.H., M.Si.");
    check_split(f, "Prof. Dr. Ir. H. Budi Santoso, M.A., Ph.D.", "Budi Santoso", "Prof. Dr. Ir. H.",
                "M.A., Ph.D.");
    check_split(f, "SRI WAHYUNI LESTARI", "SRI WAHYUNI LESTARI", "", "");
}

/* Missing spaces, stray dots and commas: S.H.,M.M beside S.Sos., M.IP. */
static void
test_split__pasted_titles(void **state)
{
    fixture *f = *state;
    check_split(f, "BUDI SANTOSO,S.H.,M.M", "BUDI SANTOSO", "", "S.H., M.M.");
    check_split(f, "Budi Santoso, S.Sos.,M.IP", "Budi Santoso", "", "S.Sos., M.IP.");
    check_split(f, "Dr.Ir.Budi Santoso, S.H.M.Si.", "Budi Santoso", "Dr. Ir.", "S.H., M.Si.");
    check_split(f, "Budi Santoso S.H. M.Si", "Budi Santoso", "", "S.H., M.Si.");
    check_split(f, "Budi Santoso, S. H.", "Budi Santoso", "", "S.H.");
    check_split(f, "Budi  Santoso ,SH", "Budi Santoso", "", "S.H.");
    check_split(f, "K.H.Ahmad Fauzi", "Ahmad Fauzi", "K.H.", "");
}

static void
test_split__case_tells_the_doctor_from_the_physician(void **state)
{
    fixture *f = *state;
    check_split(f, "Dr. Ani Lestari", "Ani Lestari", "Dr.", "");
    check_split(f, "dr. Ani Lestari, Sp.PD", "Ani Lestari", "dr.", "Sp.PD");
    check_split(f, "DR. ANI LESTARI", "ANI LESTARI", "Dr.", "");
}

/* Ma, Sp, Se and Mm may be names: without a comma only a title's own shape counts. */
static void
test_split__tokens_that_may_be_names(void **state)
{
    fixture *f = *state;
    check_split(f, "Sri Ma", "Sri Ma", "", "");
    check_split(f, "SRI MA", "SRI MA", "", "");
    check_split(f, "Budi Se", "Budi Se", "", "");
    check_split(f, "BUDI SE", "BUDI SE", "", "");
    check_split(f, "Budi Santoso SE", "Budi Santoso", "", "S.E.");
    check_split(f, "Sri Ma, M.A.", "Sri Ma", "", "M.A.");
    check_split(f, "Tohap S.", "Tohap S.", "", "");
}

static void
test_split__one_name_always_stays(void **state)
{
    fixture *f = *state;
    check_split(f, "Drs. H.", "", "Drs. H.", "");
    check_split(f, "H. Suharto", "Suharto", "H.", "");
    check_split(f, "Suharto", "Suharto", "", "");
    check_split(f, "", "", "", "");
    check_split(f, "   ", "", "", "");
}

static void
test_split__columns_that_hold_titles_only(void **state)
{
    fixture *f = *state;
    check_split(f, "S.H., M.Si.", "", "", "S.H., M.Si.");
    check_split(f, "S.H.", "", "", "S.H.");
    check_split(f, "Dr. Ir.", "", "Dr. Ir.", "");
    check_split(f, "Dr.", "", "Dr.", "");
}

static void
test_split__unknown_titles_after_a_comma_are_kept(void **state)
{
    fixture *f = *state;
    check_split(f, "Budi Santoso, S.Xyz.", "Budi Santoso", "", "S.Xyz.");
    check_split(f, "Budi Santoso, CGCAE", "Budi Santoso", "", "CGCAE");
    check_split(f, "Budi, Santoso", "Budi Santoso", "", "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_split__titles_on_both_sides, setup, teardown),
        cmocka_unit_test_setup_teardown(test_split__pasted_titles, setup, teardown),
        cmocka_unit_test_setup_teardown(test_split__case_tells_the_doctor_from_the_physician, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_split__tokens_that_may_be_names, setup, teardown),
        cmocka_unit_test_setup_teardown(test_split__one_name_always_stays, setup, teardown),
        cmocka_unit_test_setup_teardown(test_split__columns_that_hold_titles_only, setup, teardown),
        cmocka_unit_test_setup_teardown(test_split__unknown_titles_after_a_comma_are_kept, setup,
                                        teardown),
    };
    return cmocka_run_group_tests_name("core/normalise/name", tests, NULL, NULL);
}
