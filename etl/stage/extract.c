/* Stage extract: a source's description in, its bodies of this night landed; whole or not at all.
 */
#include "talent/etl/extract.h"

#include <stdio.h>
#include <string.h>

#include "etl/stage/files.h"
#include "talent/base/intern.h"
#include "talent/etl/log.h"
#include "talent/etl/run.h"

/* What a night lands depends on what is asked for and on the night, not on when it is asked. */
static void
make_key(const tp_run *run, tp_run_source *source)
{
    tp_key_maker maker;
    tp_key_begin(&maker, "landing");
    tp_key_add_text(&maker, "source", source->desc->id);
    tp_key_add_key(&maker, "fetch", &source->desc->fetch_hash);
    tp_key_add_i64(&maker, "night", run->flags.night);
    tp_key_end(&maker, &source->landing_key);
}

static const tp_run_source *
find_source(const tp_run *run, tp_str id)
{
    for (size_t i = 0; i < run->n_sources; i++) {
        if (tp_str_eq(run->source[i].desc->id, id)) {
            return &run->source[i];
        }
    }
    return NULL;
}

/* "candidates": holders of senior and feeder posts; the calls per person are made for them alone.
 */
static bool
is_candidate(const tp_table *employment, size_t row)
{
    const int32_t tier = tp_i32_or(employment, TP_EMPLOYMENT_TIER, row, TP_TIER_COUNT);
    const int32_t grade = tp_i32_or(employment, TP_EMPLOYMENT_JF_GRADE, row, -1);
    return tier <= TP_TIER_ADMINISTRATOR || grade == TP_JF_MADYA || grade == TP_JF_UTAMA;
}

static tp_code
mark_candidates(const tp_batch *batch, tp_arena *arena, uint8_t **out, tp_err *err)
{
    const tp_table *t = &batch->table[TP_EMPLOYMENT];
    const size_t n = batch->table[TP_PERSON].n;
    uint8_t *mark = tp_arena_alloc(arena, n, 1);
    if (mark == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "marks of %zu people", n);
    }
    for (size_t r = 0; r < t->n; r++) {
        if (t->subject[r] < n && is_candidate(t, r)) {
            mark[t->subject[r]] = 1;
        }
    }
    *out = mark;
    return TP_OK;
}

static bool
key_of(const tp_table *t, int field, size_t row, tp_arena *arena, tp_str *out)
{
    uint64_t number = 0;
    if (field != TP_PERSON_NIP) {
        *out = tp_get_text(t, field, row);
        return out->n > 0;
    }
    if (tp_i32_or(t, TP_PERSON_NIP_CLASS, row, TP_NIP_JUNK) != TP_NIP_GOOD ||
        !tp_get_u64(t, TP_PERSON_NIP, row, &number)) {
        return false;
    }
    char text[24];
    const int n = snprintf(text, sizeof text, "%018llu", (unsigned long long)number);
    out->p = tp_arena_copy(arena, text, (size_t)n);
    out->n = (size_t)n;
    return out->p != NULL;
}

/* Every distinct key once, in the order of first sight; rows are in key order, so this is too. */
static tp_code
collect_keys(const tp_table *t, int field, const uint8_t *mark, tp_arena *arena, tp_str *key,
             size_t *out_n, tp_err *err)
{
    tp_intern seen = {0};
    bool ok = true;
    for (size_t row = 0; ok && row < t->n; row++) {
        const size_t before = seen.n;
        uint32_t code = 0;
        if ((mark == NULL || mark[row]) && key_of(t, field, row, arena, &key[before])) {
            ok = tp_intern_add(&seen, key[before], &code);
        }
    }
    *out_n = seen.n;
    tp_intern_clear(&seen);
    if (!ok) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "keys of %zu people", t->n);
    }
    return TP_OK;
}

/* Keys that a for_each asks for: the values of a field of people in another source's batch. */
static tp_code
list_keys(void *user, const tp_fetch *fetch, tp_arena *arena, const tp_str **out, size_t *out_n,
          tp_err *err)
{
    const tp_run *run = user;
    const tp_run_source *other = find_source(run, fetch->each_source);
    if (other == NULL || !other->has_batch) {
        TP_RETURN_ERR(err, TP_E_SOURCES, "source %.*s, which lists whom to ask for, has no batch",
                      TP_STR_ARG(fetch->each_source));
    }
    const tp_table *t = &other->batch.table[TP_PERSON];
    const int field = tp_field_find(TP_PERSON, fetch->each_field);
    tp_str *key = tp_arena_alloc(arena, t->n, sizeof *key);
    uint8_t *mark = NULL;
    if (key == NULL || field < 0) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "keys of %zu people", t->n);
    }
    if (tp_str_is(fetch->each_where, "candidates")) {
        TP_RETURN_SAME(mark_candidates(&other->batch, arena, &mark, err));
    }
    TP_RETURN_SAME(collect_keys(t, field, mark, arena, key, out_n, err));
    *out = key;
    return TP_OK;
}

static tp_code
open_landing(tp_run *run, tp_run_source *source, tp_err *err)
{
    TP_RETURN_IF_ERR(err,
                     tp_landing_open(run->store, &source->landing_key, run->landing_secret,
                                     &source->landing, err),
                     "open what source %.*s landed", TP_STR_ARG(source->desc->id));
    source->landed = true;
    source->landed_key = source->landing_key;
    source->bodies = tp_landing_count(source->landing);
    for (size_t i = 0; i < source->bodies; i++) {
        source->bytes += tp_landing_body(source->landing, i)->size;
    }
    source->batch_night = run->flags.night;
    return TP_OK;
}

/* Does any fetch go on from the night before? */
static bool
goes_on(const tp_source *desc)
{
    bool any = false;
    for (size_t f = 0; f < desc->n_fetch; f++) {
        any = any || desc->fetch[f].since.kind != TP_SINCE_FULL || desc->fetch[f].refresh.days > 0;
    }
    return any;
}

/* The landing behind the last good batch of an earlier night. One that cannot be read is like none:
 * then everything is asked for. */
static void
open_base(const tp_run *run, tp_run_source *source)
{
    for (size_t i = 0; goes_on(source->desc) && i < run->before.n_sources; i++) {
        tp_err why = {0};
        const tp_key *key = &run->before.landing_key[i];
        if (tp_str_is(source->desc->id, run->before.source[i]) &&
            tp_landing_exists(run->store, key) &&
            tp_landing_open(run->store, key, run->landing_secret, &source->base, &why) != TP_OK) {
            source->base = NULL;
            tp_log_err(TP_LOG_WARN, "extract", &why);
        }
    }
}

bool
tp_extract_order(tp_run *run, tp_run_source *source, tp_pull_order *out)
{
    make_key(run, source);
    if (!run->flags.refetch && tp_landing_exists(run->store, &source->landing_key)) {
        return false;
    }
    open_base(run, source);
    *out = (tp_pull_order){.base = source->base,
                           .anew = run->flags.refetch,
                           .source = source->desc,
                           .cfg = run->cfg,
                           .store = run->store,
                           .landing_key = &source->landing_key,
                           .secret_key = run->landing_secret,
                           .night = run->flags.night,
                           .keys = list_keys,
                           .keys_user = run};
    return true;
}

static tp_code
extract_run(tp_run *run, tp_run_source *source, tp_stage_count *count, tp_err *err)
{
    tp_pull_end *pull = &source->pull;
    source->state = TP_SOURCE_REUSED;
    if (source->pulled) {
        count->computed++;
        source->state = TP_SOURCE_FRESH;
        const bool came = pull->code == TP_OK;
        const tp_code rc = came ? tp_pull_commit(pull, err) : pull->code;
        tp_landing_close(source->base);
        source->base = NULL;
        if (!came) {
            *err = pull->err;
            return tp_err_add(err, rc, __func__, __LINE__, "fetch source %.*s",
                              TP_STR_ARG(source->desc->id));
        }
        TP_RETURN_IF_ERR(err, rc, "land source %.*s", TP_STR_ARG(source->desc->id));
    }
    TP_RETURN_SAME(open_landing(run, source, err));
    count->rows_out += source->bodies;
    return TP_OK;
}

const tp_stage tp_stage_extract = {.name = "extract", .unit = "bodies", .run_source = extract_run};
