/* Tests tests/simulator/world.h: the invented civil service. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/world.h"

enum { PEOPLE = 5000, AGENCIES = 8 };

typedef struct fixture {
    sim_world *w;
    sim_person *p, *q;
} fixture;

static sim_world *
open_world(uint32_t people, uint32_t agencies, double dirt)
{
    const sim_options o = {.seed = 7,
                           .people = people,
                           .agencies = agencies,
                           .as_of = tp_day_of(2026, 3, 1),
                           .dirt = dirt};
    sim_world *w = NULL;
    tp_err err = {0};
    if (sim_world_open(&o, &w, &err) != TP_OK) {
        fail_msg("%s", err.frame[0].text);
    }
    return w;
}

static int
setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    f->w = open_world(PEOPLE, AGENCIES, 1.0);
    f->p = calloc(1, sizeof *f->p);
    f->q = calloc(1, sizeof *f->q);
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    sim_world_close(f->w);
    free(f->p);
    free(f->q);
    free(f);
    return 0;
}

static int
by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void
test_person__same_in_any_order_and_world(void **state)
{
    fixture *f = *state;
    sim_world *other = open_world(PEOPLE, AGENCIES, 1.0);
    for (uint32_t i = 0; i < sim_people(f->w); i += 7) {
        memset(f->p, 0, sizeof *f->p);
        memset(f->q, 0, sizeof *f->q);
        sim_person_make(f->w, i, f->p);
        sim_person_make(other, sim_people(f->w) - 1 - i, f->q);
        memset(f->q, 0, sizeof *f->q);
        sim_person_make(other, i, f->q);
        assert_string_equal(f->p->nip, f->q->nip);
        assert_string_equal(f->p->name, f->q->name);
        assert_string_equal(f->p->nik, f->q->nik);
        assert_string_equal(f->p->position.title, f->q->position.title);
        assert_int_equal(f->p->n_position, f->q->n_position);
        assert_int_equal(f->p->n_training, f->q->n_training);
    }
    sim_world_close(other);
}

static void
test_person__true_numbers_are_unique(void **state)
{
    fixture *f = *state;
    sim_world *big = open_world(120000, 30, 1.0);
    const uint32_t n = 120000;
    char(*nip)[20] = malloc((size_t)n * 20);
    char(*nik)[20] = malloc((size_t)n * 20);
    for (uint32_t i = 0; i < n; i++) {
        sim_person_make(big, i, f->p);
        memcpy(nip[i], f->p->nip, 20);
        memcpy(nik[i], f->p->nik, 20);
        assert_int_equal(strlen(f->p->nip), 18);
        assert_int_equal(strlen(f->p->nik), 16);
    }
    qsort(nip, n, 20, by_text);
    qsort(nik, n, 20, by_text);
    uint32_t same_nik = 0;
    for (uint32_t i = 1; i < n; i++) {
        assert_string_not_equal(nip[i - 1], nip[i]);
        same_nik += strcmp(nik[i - 1], nik[i]) == 0;
    }
    assert_int_equal(same_nik, 0);
    free(nip);
    free(nik);
    sim_world_close(big);
}

static void
test_person__shares_lie_near_the_published_ones(void **state)
{
    fixture *f = *state;
    uint32_t women = 0, pppk = 0, graduates = 0, candidates = 0;
    for (uint32_t i = 0; i < PEOPLE; i++) {
        sim_person_make(f->w, i, f->p);
        women += f->p->female;
        pppk += f->p->status == SIM_STATUS_PPPK;
        graduates += atoi(f->p->education[f->p->n_education - 1].level_id) >= 35;
        candidates += f->p->candidate;
        assert_int_equal(f->p->candidate, sim_is_candidate(f->w, i));
        assert_true(f->p->n_education >= 1);
        assert_true(f->p->n_appraisal <= SIM_MAX_APPRAISAL);
    }
    assert_in_range(women, PEOPLE * 53 / 100, PEOPLE * 61 / 100);
    assert_in_range(pppk, PEOPLE * 21 / 100, PEOPLE * 25 / 100);
    assert_in_range(graduates, PEOPLE * 66 / 100, PEOPLE * 80 / 100);
    assert_int_equal(candidates, sim_candidate_count(f->w));
    assert_in_range(candidates, PEOPLE / 100, PEOPLE * 6 / 100);
}

static void
test_person__histories_are_in_order(void **state)
{
    fixture *f = *state;
    for (uint32_t c = 0; c < sim_candidate_count(f->w); c++) {
        sim_person_make(f->w, sim_candidate(f->w, c), f->p);
        assert_true(f->p->candidate);
        int32_t before = INT32_MIN;
        for (int i = 0; i < f->p->n_position; i++) {
            assert_true(f->p->positions[i].start >= before);
            assert_true(f->p->positions[i].start <= tp_day_of(2026, 3, 1));
            before = f->p->positions[i].start;
        }
        for (int i = 1; i < f->p->n_rank; i++) {
            assert_true(f->p->ranks[i].rank_id > f->p->ranks[i - 1].rank_id);
            assert_true(f->p->ranks[i].since >= f->p->ranks[i - 1].since);
        }
    }
}

/* Both ways: a post names its holder, the holder names the post, and so does the unit. */
static void
test_post__holder_agrees_both_ways(void **state)
{
    fixture *f = *state;
    uint32_t vacant = 0, held = 0;
    for (uint32_t j = 0; j < sim_post_count(f->w); j++) {
        sim_post_info post;
        sim_unit_info unit;
        sim_post(f->w, j, &post);
        sim_unit(f->w, post.agency, post.unit, &unit);
        assert_int_equal(unit.post, j);
        assert_int_equal(unit.head, post.holder);
        int weight = 0;
        for (int i = 0; i < post.n_tech; i++) {
            weight += post.tech[i].weight_pct;
        }
        assert_int_equal(weight, 100);
        if (post.holder == SIM_NONE) {
            vacant++;
            assert_true(post.vacant_since != SIM_NO_DAY && post.target_day != SIM_NO_DAY);
            continue;
        }
        held++;
        sim_person_make(f->w, post.holder, f->p);
        assert_int_equal(f->p->post, j);
        assert_string_equal(f->p->position.title, post.title);
        assert_int_equal(f->p->agency, post.agency);
    }
    assert_true(vacant > 0);
    assert_true(vacant + held >= 40);
    uint32_t holders = 0;
    for (uint32_t i = 0; i < PEOPLE; i++) {
        sim_person_make(f->w, i, f->p);
        holders += f->p->post != SIM_NONE;
    }
    assert_int_equal(holders, held);
}

static void
test_post__small_worlds_have_forty(void **state)
{
    (void)state;
    for (uint32_t agencies = 1; agencies <= 8; agencies++) {
        sim_world *w = open_world(1000, agencies, 1.0);
        assert_true(sim_post_count(w) >= 40);
        sim_world_close(w);
    }
}

/* What the talent map needs: both axes low, middle and high, and people whose data are missing. */
static void
test_candidates__span_the_axes(void **state)
{
    fixture *f = *state;
    uint32_t unassessed = 0, jpm[3] = {0}, quadrant[6] = {0}, sanctioned = 0, acting = 0;
    for (uint32_t c = 0; c < sim_candidate_count(f->w); c++) {
        sim_person_make(f->w, sim_candidate(f->w, c), f->p);
        sanctioned += f->p->n_discipline > 0;
        quadrant[f->p->n_appraisal > 0 ? f->p->appraisal[0].quadrant : 0]++;
        for (int i = 0; i < f->p->n_position; i++) {
            acting += f->p->positions[i].assignment[0] == 'P';
        }
        if (f->p->n_assessment == 0) {
            unassessed++;
            continue;
        }
        const int x = f->p->assessment[f->p->n_assessment - 1].jpm_hundredths;
        jpm[x < 6800 ? 0 : x < 8000 ? 1 : 2]++;
    }
    assert_true(unassessed > 0 && sanctioned > 0 && acting > 0);
    assert_true(jpm[0] > 0 && jpm[1] > 0 && jpm[2] > 0);
    assert_true(quadrant[1] > 0 && quadrant[2] > 0 && quadrant[3] > 0 && quadrant[4] > 0);
}

static void
test_traps__stand_where_the_header_says(void **state)
{
    fixture *f = *state;
    sim_world *w = open_world(40000, 10, 1.0);
    uint32_t twins = 0, namesakes = 0, two_numbers = 0, moved = 0;
    for (uint32_t i = 0; i < 40000; i++) {
        sim_person_make(w, i, f->p);
        if ((f->p->traps & SIM_TRAP_TWIN) != 0 && i % 2 == 0) {
            sim_person_make(w, i ^ 1, f->q);
            assert_int_equal(f->p->born, f->q->born);
            assert_int_equal(f->p->agency, f->q->agency);
            assert_memory_equal(f->p->nip, f->q->nip, 15);
            assert_int_equal(atoi(f->p->nip + 15) + 1, atoi(f->q->nip + 15));
            twins++;
        }
        if ((f->p->traps & SIM_TRAP_NAMESAKE) != 0 && i % 2 == 0) {
            sim_person_make(w, i ^ 1, f->q);
            assert_int_equal(f->p->born, f->q->born);
            assert_string_equal(f->p->name, f->q->name);
            namesakes++;
        }
        two_numbers += f->p->former_nip[0] != '\0';
        moved += f->p->former_agency != SIM_NONE;
    }
    assert_true(twins > 0 && namesakes > 0 && two_numbers > 0 && moved > 0);
    sim_world_close(w);
}

/* EL-01 needs the end of the term in which an election fell: nobody new is in office before it. */
static void
test_election_at__term_ends_before_the_next_head(void **state)
{
    fixture *f = *state;
    sim_inauguration head;
    sim_election row;

    for (size_t i = 0; i < sim_election_count(f->w); i++) {
        sim_election_at(f->w, i, &row);
        assert_true(row.term_end > row.election_day);
        sim_inauguration_at(f->w, i, &head);
        if (row.election_year == 2024 && strcmp(head.status, "terpilih") == 0) {
            assert_int_equal(row.term_end, head.day - 1);
        }
    }
}

static void
test_find_nip__gives_candidates_only(void **state)
{
    fixture *f = *state;
    for (uint32_t i = 0; i < PEOPLE; i++) {
        sim_person_make(f->w, i, f->p);
        const uint32_t got = sim_find_nip(f->w, f->p->nip);
        assert_int_equal(got, f->p->candidate ? i : SIM_NONE);
    }
    assert_int_equal(sim_find_nip(f->w, "nothing"), SIM_NONE);
}

/* Keys of one source name one person each; every row views without harm. */
static void
test_rows__keys_name_one_person(void **state)
{
    fixture *f = *state;
    for (int feed = 0; feed < SIM_FEEDS; feed++) {
        const uint32_t agencies = feed == SIM_FEED_SIMPEG ? AGENCIES : 1;
        for (uint32_t k = 0; k < agencies; k++) {
            const uint64_t space = sim_feed_space(f->w, feed, k);
            char(*seen)[64] = calloc(space, 64);
            uint64_t n = 0;
            uint64_t rows = 0;
            for (uint64_t r = 0; r < space; r++) {
                sim_row row;
                if (!sim_feed_at(f->w, feed, k, r, &row)) {
                    continue;
                }
                rows++;
                assert_true(row.person < sim_people(f->w));
                sim_view view;
                sim_person_make(f->w, row.person, f->p);
                sim_view_make(f->w, feed, k, &row, f->p, &view);
                assert_true(view.name[0] != '\0' && view.born_text[0] != '\0');
                if (feed == SIM_FEED_TALENTA) {
                    assert_string_equal(view.nip, row.key);
                }
                if (row.copy == 0 || row.copy == 3) {
                    memcpy(seen[n++], row.key, sizeof row.key);
                }
            }
            assert_int_equal(rows, sim_feed_count(f->w, feed, k));
            qsort(seen, n, 64, by_text);
            for (uint64_t i = 1; i < n; i++) {
                assert_string_not_equal(seen[i - 1], seen[i]);
            }
            free(seen);
        }
    }
}

static void
test_rows__transfers_are_listed_by_both(void **state)
{
    fixture *f = *state;
    uint32_t stale = 0;
    for (uint32_t k = 0; k < AGENCIES; k++) {
        for (uint64_t r = 0; r < sim_feed_space(f->w, SIM_FEED_SIMPEG, k); r++) {
            sim_row row;
            if (sim_feed_at(f->w, SIM_FEED_SIMPEG, k, r, &row) && row.copy == 3) {
                sim_person_make(f->w, row.person, f->p);
                assert_int_equal(f->p->former_agency, k);
                assert_int_not_equal(f->p->agency, k);
                stale++;
            }
        }
    }
    assert_true(stale > 0);
}

static void
test_view__clean_world_shows_the_truth(void **state)
{
    fixture *f = *state;
    sim_world *w = open_world(2000, 4, 0.0);
    for (uint32_t i = 0; i < 2000; i++) {
        sim_row row;
        sim_view view;
        assert_true(sim_feed_at(w, SIM_FEED_ROSTER, 0, i, &row));
        sim_person_make(w, row.person, f->p);
        sim_view_make(w, SIM_FEED_ROSTER, 0, &row, f->p, &view);
        assert_string_equal(view.nip, f->p->nip);
        assert_string_equal(view.nik, f->p->nik);
        assert_int_equal(view.born, f->p->born);
        assert_int_equal(view.defects, 0);
    }
    sim_world_close(w);
}

static void
test_truth__has_a_line_for_each_row(void **state)
{
    fixture *f = *state;
    FILE *out = tmpfile();
    tp_err err = {0};
    assert_int_equal(sim_truth_write(f->w, out, &err), TP_OK);
    rewind(out);
    char line[256];
    uint64_t lines = 0, roster = 0;
    while (fgets(line, sizeof line, out) != NULL) {
        lines++;
        roster += strncmp(line, "roster,", 7) == 0;
    }
    fclose(out);
    uint64_t single = 0;
    for (uint64_t r = 0; r < sim_feed_space(f->w, SIM_FEED_ROSTER, 0); r++) {
        sim_row row;
        single += sim_feed_at(f->w, SIM_FEED_ROSTER, 0, r, &row) && row.copy == 0;
    }
    assert_int_equal(roster, single);
    assert_true(lines > 2 * PEOPLE);
}

static void
test_open__names_the_wrong_option(void **state)
{
    (void)state;
    sim_world *w = NULL;
    tp_err err = {0};
    sim_options o = {.seed = 1, .people = 50, .agencies = 1, .as_of = tp_day_of(2026, 3, 1)};
    assert_int_equal(sim_world_open(&o, &w, &err), TP_E_CONFIG);
    assert_string_equal(err.frame[0].text, "--people 50 is out of range: give 100 to 20000000, at "
                                           "least 100 an agency");
    o.codes_dir = "/nonexistent";
    assert_int_equal(sim_world_open(&o, &w, &err), TP_E_CONFIG);
    assert_null(w);
}

static void
test_day_text__forms(void **state)
{
    (void)state;
    char out[24];
    const int32_t d = tp_day_of(2022, 1, 14);
    assert_string_equal(sim_day_text(d, SIM_DATE_DMY, out), "14-01-2022");
    assert_string_equal(sim_day_text(d, SIM_DATE_ISO, out), "2022-01-14");
    assert_string_equal(sim_day_text(d, SIM_DATE_SHORT, out), "14/01/22");
    assert_string_equal(sim_day_text(d, SIM_DATE_EXCEL, out), "44575");
    assert_string_equal(sim_day_text(d, SIM_DATE_LONG, out), "14 Januari 2022");
    assert_string_equal(sim_day_text(SIM_NO_DAY, SIM_DATE_ISO, out), "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_person__same_in_any_order_and_world, setup, teardown),
        cmocka_unit_test_setup_teardown(test_person__true_numbers_are_unique, setup, teardown),
        cmocka_unit_test_setup_teardown(test_person__shares_lie_near_the_published_ones, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_person__histories_are_in_order, setup, teardown),
        cmocka_unit_test_setup_teardown(test_post__holder_agrees_both_ways, setup, teardown),
        cmocka_unit_test(test_post__small_worlds_have_forty),
        cmocka_unit_test_setup_teardown(test_candidates__span_the_axes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_traps__stand_where_the_header_says, setup, teardown),
        cmocka_unit_test_setup_teardown(test_election_at__term_ends_before_the_next_head, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_find_nip__gives_candidates_only, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rows__keys_name_one_person, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rows__transfers_are_listed_by_both, setup, teardown),
        cmocka_unit_test_setup_teardown(test_view__clean_world_shows_the_truth, setup, teardown),
        cmocka_unit_test_setup_teardown(test_truth__has_a_line_for_each_row, setup, teardown),
        cmocka_unit_test(test_open__names_the_wrong_option),
        cmocka_unit_test(test_day_text__forms),
    };
    return cmocka_run_group_tests_name("tests/simulator/world", tests, NULL, NULL);
}
