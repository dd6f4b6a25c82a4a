/* Tests etl/stage/normalise.c: what the gate does with a batch, and what stands of it. */
#include "tests/support/tp_test.h"

#include "etl/stage/files.h"
#include "talent/core/emit.h"
#include "talent/etl/run.h"
#include "tests/support/scratch.h"
#include "tests/support/tables.h"

static const someone FOUR[] = {
    {.key = "a", .name = "ANI"}, {.key = "b", .name = "BUDI"}, {.key = "c"}, {.key = "d"}};
static const someone THREE[] = {
    {.key = "a", .name = "ANI"}, {.key = "b", .name = "BUDIMAN"}, {.key = "e"}};

/* A run with one source whose batch of tonight is stored and not yet judged. */
typedef struct fixture {
    tp_run run;
    tp_run_source source;
    tp_source desc;
    const char *before_id;
    int32_t before_night;
    tp_key key[2]; /* of the last good batch, of tonight's */
    tp_key landing_key;
    night people;
} fixture;

static struct tp_emit_rules RULES; /* none: nothing is watched */

static tp_key
key_of(uint8_t byte)
{
    tp_key key;
    memset(&key, byte, sizeof key);
    return key;
}

/* Stores the people of the night's newest source as a batch; `more` records were rejected. */
static void
store_batch(fixture *f, const tp_key *key, const someone *people, size_t n, uint64_t more)
{
    tp_err err = {0};
    const size_t s = f->people.n;
    (void)night_add(&f->people, s == 0 ? "one" : "two", people, n);
    tp_batch batch = {.table[TP_PERSON] = f->people.table[s], .strings = f->people.strings[s]};
    for (size_t i = 0; i < n; i++) {
        f->people.table[s].hash[i] = tp_row_hash(&f->people.table[s], i);
    }
    batch.counts[TP_PERSON] = (tp_counts){.received = n + more, .accepted = n, .rejected = more};
    assert_tp_ok(tp_batch_store(f->run.store, key, &batch, &err), &err);
}

static void
open_fixture(fixture *f, scratch *s, uint64_t rejected)
{
    tp_err err = {0};
    *f = (fixture){.desc = {.id = {"dinas", 5}, .rules = &RULES},
                   .before_id = "dinas",
                   .key = {key_of(1), key_of(2)}};
    assert_tp_ok(tp_store_open(s->dir, &f->run.store, &err), &err);
    store_batch(f, &f->key[0], FOUR, 4, 0);
    store_batch(f, &f->key[1], THREE, 3, rejected);
    f->run.before = (tp_generation){.found = true,
                                    .n_sources = 1,
                                    .source = &f->before_id,
                                    .batch_night = &f->before_night,
                                    .landing_key = &f->landing_key,
                                    .batch_key = &f->key[0]};
    f->source = (tp_run_source){.desc = &f->desc, .state = TP_SOURCE_FRESH, .batch_key = f->key[1]};
    f->source.landing =
        (tp_landing *)(uintptr_t)f; /* there is one; the stage does not look inside */
}

static void
close_fixture(fixture *f)
{
    tp_artefact_close(f->source.batch_file);
    tp_artefact_close(f->source.held.file);
    tp_arena_clear(&f->source.arena);
    tp_store_close(f->run.store);
    night_clear(&f->people);
}

static tp_code
normalise(fixture *f, tp_err *err)
{
    tp_stage_count count = {0};
    return tp_stage_normalise.run_source(&f->run, &f->source, &count, err);
}

static void
test_normalise__batch_that_passes_is_split_by_the_last_good_one(void **state)
{
    fixture f;
    tp_err err = {0};
    open_fixture(&f, *state, 0);
    static const tp_gate KEPT[] = {
        {.measure = TP_GATE_REJECTED, .kind = -1, .max_bp = 0},
        {.measure = TP_GATE_SHRINK, .kind = -1, .max_bp = 2500},
        {.measure = TP_GATE_RECORDS, .kind = -1, .least = 3},
        {.measure = TP_GATE_RECORDS, .kind = -1, .least = 100, .warn = true}};
    f.desc.gate = KEPT;
    f.desc.n_gates = TP_COUNT(KEPT);
    assert_tp_ok(normalise(&f, &err), &err);
    assert_true(f.source.has_batch);
    assert_false(f.source.held.any);
    assert_int_equal(f.source.counts[TP_PERSON].accepted, 2);
    assert_int_equal(f.source.counts[TP_PERSON].unchanged, 1);
    assert_int_equal(f.source.gone[TP_PERSON], 2);
    close_fixture(&f);
}

/* The held batch keeps file and counts, and they balance; nothing of it is left in use. */
static void
test_normalise__held_batch_is_kept_and_counted(void **state)
{
    fixture f;
    tp_err err = {0};
    open_fixture(&f, *state, 2);
    static const tp_gate GATE = {.measure = TP_GATE_REJECTED, .kind = -1, .max_bp = 3999};
    f.desc.gate = &GATE;
    f.desc.n_gates = 1;
    assert_tp_fails(normalise(&f, &err), TP_E_QUALITY, &err,
                    "2 of 5 of all records rejected, at most 39.99 % allowed");
    assert_false(f.source.has_batch);
    assert_null(f.source.batch_file);
    assert_true(f.source.held.any);
    assert_memory_equal(&f.source.held.batch_key, &f.key[1], sizeof f.key[1]);
    assert_true(tp_artefact_exists(f.run.store, "batch", &f.key[1]));
    const tp_counts *c = &f.source.held.counts[TP_PERSON];
    assert_int_equal(c->received, 5);
    assert_int_equal(c->accepted, 2);
    assert_int_equal(c->unchanged, 1);
    assert_int_equal(c->rejected, 2);
    assert_int_equal(f.source.held.gone[TP_PERSON], 2);
    assert_tp_ok(tp_counts_check(&f.source.held.batch, f.source.held.counts, &err), &err);
    close_fixture(&f);
}

static void
test_normalise__gate_measures_shrink_and_size(void **state)
{
    fixture f;
    tp_err err = {0};
    open_fixture(&f, *state, 0);
    static const tp_gate GATE[] = {{.measure = TP_GATE_SHRINK, .kind = -1, .max_bp = 2499},
                                   {.measure = TP_GATE_RECORDS, .kind = -1, .least = 4}};
    f.desc.gate = GATE;
    f.desc.n_gates = 1;
    assert_tp_fails(normalise(&f, &err), TP_E_QUALITY, &err,
                    "3 person records, 4 in the last good batch: at most 24.99 % fewer");
    tp_artefact_close(f.source.held.file);
    f.source.held = (tp_run_held){0};
    f.desc.gate = &GATE[1];
    err = (tp_err){0};
    assert_tp_fails(normalise(&f, &err), TP_E_QUALITY, &err, "3 records, at least 4");
    close_fixture(&f);
}

/* Stores a batch of posts and awards, no person in it. */
static void
store_posts(fixture *f, const tp_key *key, size_t posts, size_t awards)
{
    tp_err err = {0};
    tp_batch batch = {0};
    static const tp_kind KIND[] = {TP_PERSON, TP_POSITION, TP_AWARD};
    const size_t n[] = {1, posts, awards}; /* every award is that one person's */
    for (size_t i = 0; i < TP_COUNT(KIND); i++) {
        tp_table *t = &batch.table[KIND[i]];
        t->strings = &batch.strings;
        assert_tp_ok(tp_table_alloc(t, KIND[i], n[i], false, &f->people.arena, &err), &err);
        for (size_t row = 0; row < n[i]; row++) {
            t->key[row] = row + 1;
        }
        batch.counts[KIND[i]] = (tp_counts){.received = n[i], .accepted = n[i]};
    }
    assert_tp_ok(tp_batch_store(f->run.store, key, &batch, &err), &err);
}

/* A feed of posts has no people to count; a handful of facts is no measure. */
static void
test_normalise__gate_measures_shrink_of_every_kind(void **state)
{
    fixture f;
    tp_err err = {0};
    open_fixture(&f, *state, 0);
    const tp_key key[] = {key_of(3), key_of(4), key_of(5)};
    store_posts(&f, &key[0], 10, 99);
    store_posts(&f, &key[1], 9, 1);
    store_posts(&f, &key[2], 8, 99);
    f.run.before.batch_key = (tp_key *)(uintptr_t)&key[0];
    static const tp_gate GATE = {.measure = TP_GATE_SHRINK, .kind = -1, .max_bp = 1000};
    f.desc.gate = &GATE;
    f.desc.n_gates = 1;
    f.source.batch_key = key[1];
    assert_tp_ok(normalise(&f, &err), &err);
    tp_artefact_close(f.source.batch_file);
    f.source.batch_file = NULL;
    f.source.batch_key = key[2];
    assert_tp_fails(normalise(&f, &err), TP_E_QUALITY, &err,
                    "8 position records, 10 in the last good batch: at most 10.00 % fewer");
    close_fixture(&f);
}

/* After an upgrade the last good batch may be of a form that is read no more: like none at all. */
static void
test_normalise__batch_of_an_older_form_is_not_compared_with(void **state)
{
    fixture f;
    tp_err err = {0};
    tp_artefact_writer *w = NULL;
    open_fixture(&f, *state, 0);
    f.key[0] = key_of(3);
    assert_tp_ok(tp_artefact_begin(f.run.store, "batch", &f.key[0], &w, &err), &err);
    assert_tp_ok(tp_artefact_add(w, "counts", "x", 1, 1, &err), &err);
    assert_tp_ok(tp_artefact_commit(w, &err), &err);
    assert_false(tp_batch_readable(f.run.store, &f.key[0]));
    assert_true(tp_batch_readable(f.run.store, &f.key[1]));
    assert_tp_ok(normalise(&f, &err), &err);
    assert_int_equal(f.source.counts[TP_PERSON].accepted, 3);
    assert_int_equal(f.source.gone[TP_PERSON], 0);
    close_fixture(&f);
}

/* A batch that stands in for a failed source passed its gate on the night it came. */
static void
test_normalise__stale_batch_is_not_judged_again(void **state)
{
    fixture f;
    tp_err err = {0};
    open_fixture(&f, *state, 0);
    f.source.landing = NULL;
    f.source.state = TP_SOURCE_STALE;
    f.source.batch_key = f.key[0];
    static const tp_gate GATE = {.measure = TP_GATE_RECORDS, .kind = -1, .least = 100};
    f.desc.gate = &GATE;
    f.desc.n_gates = 1;
    assert_tp_ok(normalise(&f, &err), &err);
    assert_true(f.source.has_batch);
    assert_int_equal(f.source.counts[TP_PERSON].unchanged, 4);
    assert_int_equal(f.source.counts[TP_PERSON].accepted, 0);
    close_fixture(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(test_normalise__batch_that_passes_is_split_by_the_last_good_one),
        scratch_test(test_normalise__held_batch_is_kept_and_counted),
        scratch_test(test_normalise__gate_measures_shrink_and_size),
        scratch_test(test_normalise__gate_measures_shrink_of_every_kind),
        scratch_test(test_normalise__batch_of_an_older_form_is_not_compared_with),
        scratch_test(test_normalise__stale_batch_is_not_judged_again),
    };
    return cmocka_run_group_tests_name("etl/stage/normalise", tests, NULL, NULL);
}
