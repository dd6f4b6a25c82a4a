/* Tests the crosswalk's file: rows that are not there are refused however they came in. */
#include "tests/support/tp_test.h"

#include "etl/stage/files.h"
#include "tests/support/scratch.h"

enum { ROWS = 3, PEOPLE = 2 };

typedef struct small {
    uint32_t source[ROWS], row[ROWS], person[ROWS], via[ROWS];
    uint64_t record_key[ROWS], person_key[PEOPLE], event_person[1], event_other[1];
    uint8_t pass[ROWS], review_reason[1], event_kind[1];
    int32_t weight[ROWS], review_weight[1];
    uint32_t review_a[1], review_b[1];
    tp_crosswalk x;
    tp_link_facts facts;
} small;

static void
make(small *s)
{
    *s = (small){.row = {0, 1, 2},
                 .person = {0, 1, 1},
                 .via = {0, 1, 1},
                 .record_key = {5, 6, 7},
                 .person_key = {18, 26},
                 .review_b = {2}};
    s->x = (tp_crosswalk){.n = ROWS,
                          .source = s->source,
                          .row = s->row,
                          .record_key = s->record_key,
                          .person = s->person,
                          .pass = s->pass,
                          .weight = s->weight,
                          .via = s->via,
                          .n_people = PEOPLE,
                          .person_key = s->person_key,
                          .n_review = 1,
                          .review_a = s->review_a,
                          .review_b = s->review_b,
                          .review_reason = s->review_reason,
                          .review_weight = s->review_weight,
                          .n_event = 1,
                          .event_kind = s->event_kind,
                          .event_person = s->event_person,
                          .event_other = s->event_other};
}

/* Stores what make and the change gave, and loads it. */
static tp_code
store_and_load(const scratch *dir, const small *s, tp_err *err)
{
    tp_store *store = NULL;
    tp_artefact *file = NULL;
    tp_crosswalk out;
    tp_key key = {{1}};
    TP_RETURN_SAME(tp_store_open(dir->dir, &store, err));
    tp_code rc = tp_crosswalk_store(store, &key, &s->x, &s->facts, err);
    rc = rc == TP_OK ? tp_crosswalk_load(store, &key, &file, &out, err) : rc;
    tp_artefact_close(file);
    tp_store_close(store);
    return rc;
}

static void
test_crosswalk_load__takes_what_fits(void **state)
{
    small s;
    tp_err err = {0};
    make(&s);
    assert_tp_ok(store_and_load(*state, &s, &err), &err);
}

static void
test_link_facts_load__gives_back_what_was_stored(void **state)
{
    scratch *dir = *state;
    small s;
    uint64_t column[4][2] = {{1, 2}, {3, 4}, {5, 6}, {7, 8}};
    uint8_t same[2] = {0, 1};
    tp_store *store = NULL;
    tp_artefact *file = NULL;
    tp_crosswalk out;
    tp_link_facts facts;
    tp_err err = {0};
    const tp_key key = {{3}};
    make(&s);
    s.facts = (tp_link_facts){.params = {{9}},
                              .report = {.records = 3, .decisions_absent = 4},
                              .n_decisions = 2,
                              .record_a = column[0],
                              .record_b = column[1],
                              .evidence_a = column[2],
                              .evidence_b = column[3],
                              .same = same};
    assert_tp_ok(tp_store_open(dir->dir, &store, &err), &err);
    assert_tp_ok(tp_crosswalk_store(store, &key, &s.x, &s.facts, &err), &err);
    assert_tp_ok(tp_crosswalk_load(store, &key, &file, &out, &err), &err);
    assert_tp_ok(tp_link_facts_load(file, &facts, &err), &err);
    assert_memory_equal(&facts.params, &s.facts.params, sizeof facts.params);
    assert_memory_equal(&facts.report, &s.facts.report, sizeof facts.report);
    tp_arena arena = {0};
    const tp_link_decision *d = tp_link_facts_decisions(&facts, &arena);
    assert_non_null(d);
    assert_true(d[1].record_a == 2 && d[1].record_b == 4 && d[1].same && !d[0].same);
    assert_true(d[1].evidence_a == 6 && d[1].evidence_b == 8);
    tp_arena_clear(&arena);
    tp_artefact_close(file);
    tp_store_close(store);
}

static void
test_crosswalk_load__refuses_each_row_that_is_not_there(void **state)
{
    small s;
    tp_err err = {0};
    make(&s);
    uint32_t *const index[] = {&s.person[1], &s.via[2], &s.review_a[0], &s.review_b[0]};
    const uint32_t limit[] = {PEOPLE, ROWS, ROWS, ROWS};
    for (size_t i = 0; i < TP_COUNT(index); i++) {
        make(&s);
        *index[i] = limit[i];
        err = (tp_err){0};
        assert_tp_fails(store_and_load(*state, &s, &err), TP_E_DAMAGED, &err,
                        "remove it and run again");
    }
    uint8_t *const code[] = {&s.pass[0], &s.review_reason[0], &s.event_kind[0]};
    for (size_t i = 0; i < TP_COUNT(code); i++) {
        make(&s);
        *code[i] = 200;
        err = (tp_err){0};
        assert_tp_fails(store_and_load(*state, &s, &err), TP_E_DAMAGED, &err,
                        "remove it and run again");
    }
    make(&s);
    s.person_key[1] = s.person_key[0];
    assert_tp_fails(store_and_load(*state, &s, &err), TP_E_DAMAGED, &err,
                    "remove it and run again");
}

static void
test_crosswalk_load__refuses_an_array_of_another_length(void **state)
{
    scratch *dir = *state;
    tp_store *store = NULL;
    tp_artefact *file = NULL;
    tp_artefact_writer *w = NULL;
    tp_crosswalk out;
    tp_err err = {0};
    const tp_key key = {{2}};
    const uint64_t sizes[4] = {ROWS, PEOPLE, 0, 0};
    assert_tp_ok(tp_store_open(dir->dir, &store, &err), &err);
    assert_tp_ok(tp_artefact_begin(store, "link", &key, &w, &err), &err);
    assert_tp_ok(tp_artefact_add(w, "sizes", sizes, 4, 8, &err), &err);
    assert_tp_ok(tp_artefact_add(w, "source", NULL, 0, 4, &err), &err);
    assert_tp_ok(tp_artefact_commit(w, &err), &err);
    assert_tp_fails(tp_crosswalk_load(store, &key, &file, &out, &err), TP_E_SCHEMA, &err,
                    "array source has 0 elements, not 3");
    assert_null(file);
    tp_store_close(store);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(test_crosswalk_load__takes_what_fits),
        scratch_test(test_link_facts_load__gives_back_what_was_stored),
        scratch_test(test_crosswalk_load__refuses_each_row_that_is_not_there),
        scratch_test(test_crosswalk_load__refuses_an_array_of_another_length),
    };
    return cmocka_run_group_tests_name("etl/stage/crosswalk_file", tests, NULL, NULL);
}
