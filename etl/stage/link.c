/* Stage link: all current batches in, crosswalk out. Decisions are in core/link. */
#include "talent/core/link.h"

#include <string.h>

#include "etl/stage/files.h"
#include "talent/base/day.h"
#include "talent/base/sort.h"
#include "talent/etl/link_params.h"
#include "talent/etl/run.h"

/* Sources that have a batch, by id: their ordinals are the crosswalk's. */
static tp_code
collect_batches(tp_run *run, tp_err *err)
{
    run->batch = tp_arena_alloc(&run->pool_arena, run->n_sources, sizeof(run->batch[0]));
    if (run->batch == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "a list of %zu sources", run->n_sources);
    }
    run->n_batches = 0;
    for (size_t i = 0; i < run->n_sources; i++) {
        if (run->source[i].has_batch) {
            run->batch[run->n_batches++] = &run->source[i];
        }
    }
    return TP_OK;
}

static void
make_key(tp_run *run, const tp_key *params_hash)
{
    tp_key_maker maker;
    tp_key_begin(&maker, "link");
    tp_key_add_i64(&maker, "format", TP_LINK_FORMAT);
    tp_key_add_key(&maker, "params", params_hash);
    for (size_t i = 0; i < run->n_batches; i++) {
        const tp_source *desc = run->batch[i]->desc;
        tp_key_add_text(&maker, "source", desc->id);
        tp_key_add_text(&maker, "family", desc->family);
        tp_key_add_key(&maker, "batch", &run->batch[i]->batch_key);
    }
    tp_key_add_i64(&maker, "night", run->flags.night);
    tp_key_add(&maker, "record secret", run->record_secret, sizeof run->record_secret);
    if (run->before.found) {
        tp_key_add_key(&maker, "before", &run->before.link_key);
    }
    tp_key_end(&maker, &run->link_key);
}

/* Last night's crosswalk as the link stage left it. */
static tp_code
keys_of_file(const tp_run *run, tp_arena *arena, tp_person_keys *out, tp_err *err)
{
    tp_crosswalk before;
    tp_artefact *file = NULL;
    TP_RETURN_IF_ERR(err, tp_crosswalk_load(run->store, &run->before.link_key, &file, &before, err),
                     "open the crosswalk of the last published night");
    out->record = tp_arena_alloc(arena, before.n, sizeof *out->record);
    out->person = tp_arena_alloc(arena, before.n, sizeof *out->person);
    const bool ok = out->record != NULL && out->person != NULL;
    for (size_t i = 0; ok && i < before.n; i++) {
        out->record[i] = before.record_key[i];
        out->person[i] = before.person_key[before.person[i]];
    }
    out->n = before.n;
    tp_artefact_close(file);
    if (!ok) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "last night's crosswalk of %zu records", out->n);
    }
    return TP_OK;
}

/* The file is a copy at hand; what was published is the record. */
static tp_code
find_keys(const tp_run *run, tp_arena *arena, tp_person_keys *out, tp_err *err)
{
    if (tp_artefact_exists(run->store, "link", &run->before.link_key)) {
        return keys_of_file(run, arena, out, err);
    }
    if (!run->before.kept) {
        char day[TP_DAY_TEXT];
        tp_day_format(run->before.night, day);
        TP_RETURN_ERR(err, TP_E_DB,
                      "the person keys of generation %lld are gone: its rows were dropped and its "
                      "file in the state directory was removed; run that night again first: "
                      "talentpool run --as-of %s",
                      (long long)run->before.generation, day);
    }
    return tp_ledger_person_keys(run->pg, run->before.generation, arena, out, err);
}

/* Person keys of the last published earlier night, by record key. */
static tp_code
add_previous(const tp_run *run, tp_arena *arena, tp_link_input *in, tp_err *err)
{
    tp_person_keys keys = {0};
    if (!run->before.found) {
        return TP_OK;
    }
    TP_RETURN_SAME(find_keys(run, arena, &keys, err));
    tp_key_row *order = tp_arena_alloc(arena, keys.n, sizeof *order);
    tp_key_row *spare = tp_arena_alloc(arena, keys.n, sizeof *spare);
    uint64_t *record = tp_arena_alloc(arena, keys.n, sizeof *record);
    uint64_t *person = tp_arena_alloc(arena, keys.n, sizeof *person);
    if (order == NULL || spare == NULL || record == NULL || person == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "last night's crosswalk of %zu records", keys.n);
    }
    for (size_t i = 0; i < keys.n; i++) {
        order[i] = (tp_key_row){keys.record[i], (uint32_t)i};
    }
    tp_sort_keys(order, spare, keys.n);
    for (size_t i = 0; i < keys.n; i++) {
        record[i] = order[i].key;
        person[i] = keys.person[order[i].row];
    }
    in->n_previous = keys.n;
    in->previous_record = record;
    in->previous_person = person;
    return TP_OK;
}

/* Families are numbered in the order of first sight by source id. */
static uint32_t
family_of(const tp_run *run, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (tp_str_eq(run->batch[j]->desc->family, run->batch[i]->desc->family)) {
            return (uint32_t)j;
        }
    }
    return (uint32_t)i;
}

static tp_code
compute(tp_run *run, const tp_link_params *params, tp_link_facts *facts, tp_arena *arena,
        tp_err *err)
{
    tp_crosswalk crosswalk = {0};
    tp_link_source *source = tp_arena_alloc(arena, run->n_batches, sizeof *source);
    if (source == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "a list of %zu batches", run->n_batches);
    }
    for (size_t i = 0; i < run->n_batches; i++) {
        const tp_run_source *s = run->batch[i];
        source[i] = (tp_link_source){
            .id = s->desc->id,
            .person = &s->batch.table[TP_PERSON],
            .employment = &s->batch.table[TP_EMPLOYMENT],
            .family = family_of(run, i),
            .registry = tp_str_is(s->desc->family, "dukcapil"),
            .roster = tp_str_is(s->desc->family, "simpeg"),
        };
    }
    tp_link_input in = {.n_sources = run->n_batches, .source = source, .night = run->flags.night};
    in.n_decisions = facts->n_decisions;
    in.decision = tp_link_facts_decisions(facts, arena);
    in.report = &facts->report;
    if (in.decision == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "%zu decisions of reviewers", facts->n_decisions);
    }
    memcpy(in.record_secret, run->record_secret, sizeof in.record_secret);
    TP_RETURN_SAME(add_previous(run, arena, &in, err));
    TP_RETURN_SAME(tp_link(&in, params, &run->ctx, arena, &crosswalk, err));
    tp_progress(&run->ctx, 1, 2); /* linked, not yet kept */
    return tp_crosswalk_store(run->store, &run->link_key, &crosswalk, facts, err);
}

/* Does every row of the crosswalk name a person record of tonight's batches? */
static bool
records_fit(const tp_run *run)
{
    const tp_crosswalk *x = &run->crosswalk;
    for (size_t i = 0; i < x->n; i++) {
        if (x->source[i] >= run->n_batches ||
            x->row[i] >= run->batch[x->source[i]]->batch.table[TP_PERSON].n) {
            return false;
        }
    }
    return true;
}

static tp_code
link_run(tp_run *run, tp_stage_count *count, tp_err *err)
{
    TP_AUTO_ARENA(arena, 0);
    tp_link_params params;
    tp_link_facts facts = {0};
    TP_RETURN_SAME(collect_batches(run, err));
    TP_RETURN_IF_ERR(err,
                     tp_link_params_load(tp_cfg_text(run->cfg, "link.config"),
                                         tp_cfg_text(run->cfg, "codes.dir"), &arena, &params,
                                         &facts.params, err),
                     "read the settings of the link stage");
    make_key(run, &facts.params);
    if (!tp_artefact_exists(run->store, "link", &run->link_key)) {
        count->computed++;
        TP_RETURN_IF_ERR(err, compute(run, &params, &facts, &arena, err), "link %zu batches",
                         run->n_batches);
    }
    TP_RETURN_SAME(
        tp_crosswalk_load(run->store, &run->link_key, &run->link_file, &run->crosswalk, err));
    TP_RETURN_SAME(tp_link_facts_load(run->link_file, &facts, err));
    run->link_report = facts.report;
    if (!records_fit(run)) {
        return tp_artefact_fault(run->link_file, err, "a record of the crosswalk is not there");
    }
    count->rows_in = run->crosswalk.n;
    count->rows_out = run->crosswalk.n_people;
    return TP_OK;
}

const tp_stage tp_stage_link = {.name = "link", .unit = "people", .run = link_run};
