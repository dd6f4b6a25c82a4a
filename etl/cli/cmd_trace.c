/* talentpool trace: which bytes of which answer did a published value come from? */
#include <stdio.h>
#include <string.h>

#include "etl/cli/trace.h"
#include "talent/base/day.h"
#include "talent/etl/json.h"

static tp_code
find_source(const tp_trace *t, const char *id, size_t *out, tp_err *err)
{
    TP_AUTO_BUF(words);
    for (*out = 0; *out < t->n_sources; (*out)++) {
        if (strcmp(t->source[*out].id, id) == 0) {
            return TP_OK;
        }
        tp_buf_printf(&words, "%s%s", *out > 0 ? "|" : "", t->source[*out].id);
    }
    const tp_str near = tp_nearest_word(tp_str_of(id), tp_buf_cstr(&words));
    TP_RETURN_ERR(err, TP_E_USAGE, "generation %lld has nothing of a source \"%.60s\"%s%.*s%s",
                  (long long)t->generation.generation, id, near.n > 0 ? "; did you mean \"" : "",
                  TP_STR_ARG(near), near.n > 0 ? "\"?" : "");
}

static tp_code
find_person(const tp_trace *t, const char *text, size_t *out, tp_err *err)
{
    uint64_t key = 0;
    if (!tp_str_to_u64(tp_str_of(text), &key) || !tp_cli_person(&t->pool, key, out)) {
        TP_RETURN_ERR(err, TP_E_USAGE,
                      "no person with that key in generation %lld; keys stand in mart.person and "
                      "in: talentpool shortlist POSITION-ID",
                      (long long)t->generation.generation);
    }
    return TP_OK;
}

/* ---- the person ---- */

/* Row of the person that a record of the crosswalk is. */
static tp_code
trace_person_row(tp_trace *t, size_t x, uint32_t mask, const tp_table *told, size_t row,
                 tp_err *err)
{
    const size_t source = t->crosswalk.source[x];
    const uint32_t r = t->crosswalk.row[x];
    TP_RETURN_SAME(tp_trace_batch(t, source, err));
    const tp_batch *batch = &t->source[source].batch;
    const tp_table *people = &batch->table[TP_PERSON];
    const tp_trace_record record = {.source = source,
                                    .kind = TP_PERSON,
                                    .place = {people->body[r], people->record[r]},
                                    .key = people->key[r],
                                    .made =
                                        batch->derived != NULL && tp_bit_get(batch->derived, r)};
    if (told == NULL) { /* all that this record says */
        told = people;
        row = r;
        mask = 0;
        for (int f = 0; f < TP_PERSON_N; f++) {
            mask |= tp_known(people, f, r) ? UINT32_C(1) << f : 0;
        }
    }
    return tp_trace_print(t, &record, told, row, mask, err);
}

/* Golden fields, record by record in the order of their first field. field: -1 = all. */
static tp_code
trace_golden(tp_trace *t, size_t person, int field, tp_err *err)
{
    uint32_t left = 0;
    for (int f = 0; f < TP_PERSON_N; f++) {
        if ((field < 0 || f == field) && t->pool.from[f][person] != TP_NONE) {
            left |= UINT32_C(1) << f;
        }
    }
    if (left == 0) {
        (void)printf("%s: nobody told it\n",
                     field >= 0 ? tp_kind_of(TP_PERSON)->field[field].name : "the person");
    }
    while (left != 0) {
        const uint32_t x = t->pool.from[__builtin_ctz(left)][person];
        uint32_t mask = 0;
        for (int f = 0; f < TP_PERSON_N; f++) {
            mask |= (left >> f & 1) != 0 && t->pool.from[f][person] == x ? UINT32_C(1) << f : 0;
        }
        left &= ~mask;
        TP_RETURN_SAME(trace_person_row(t, x, mask, &t->pool.table[TP_PERSON], person, err));
    }
    return TP_OK;
}

/* What one source says of the person, golden or not. */
static tp_code
trace_told(tp_trace *t, size_t person, size_t source, int field, tp_err *err)
{
    size_t n = 0;
    for (size_t x = 0; x < t->crosswalk.n; x++) {
        if (t->crosswalk.person[x] == person && t->crosswalk.source[x] == source) {
            TP_RETURN_SAME(tp_trace_batch(t, source, err));
            const tp_table *people = &t->source[source].batch.table[TP_PERSON];
            TP_RETURN_SAME(trace_person_row(t, x, field >= 0 ? UINT32_C(1) << field : 0,
                                            field >= 0 ? people : NULL, t->crosswalk.row[x], err));
            n++;
        }
    }
    if (n == 0) {
        TP_RETURN_ERR(err, TP_E_USAGE, "source %.60s has no record of that person",
                      t->source[source].id);
    }
    return TP_OK;
}

/* ---- facts ---- */

/* A row of a batch that tells a fact of the pool. */
typedef struct teller {
    size_t source;
    size_t row;
    const tp_table *table;
} teller;

static bool
tells(const tp_table *pool, size_t fact, const tp_table *t, size_t row)
{
    return tp_row_cmp(pool, fact, t, row, tp_kind_of(pool->kind)->n_natural) == 0;
}

static bool
same_value(const tp_table *a, size_t row_a, const tp_table *b, size_t row_b, int field)
{
    TP_AUTO_BUF(x);
    TP_AUTO_BUF(y);
    tp_trace_value(&x, a, field, row_a);
    tp_trace_value(&y, b, field, row_b);
    return tp_known(b, field, row_b) && tp_str_eq(tp_buf_view(&x), tp_buf_view(&y));
}

/* The record of a fact, and which of the fields still to be traced it gave. */
static tp_code
trace_teller(tp_trace *t, const tp_table *pool, size_t fact, const teller *w, uint32_t *left,
             tp_err *err)
{
    uint32_t mask = 0;
    for (int f = 0; f < tp_kind_of(pool->kind)->n_fields; f++) {
        if ((*left >> f & 1) != 0 && same_value(pool, fact, w->table, w->row, f)) {
            mask |= UINT32_C(1) << f;
        }
    }
    if (mask == 0) {
        return TP_OK;
    }
    *left &= ~mask;
    const tp_trace_record record = {.source = w->source,
                                    .kind = pool->kind,
                                    .place = {w->table->body[w->row], w->table->record[w->row]},
                                    .key = w->table->key[w->row]};
    return tp_trace_print(t, &record, pool, fact, mask, err);
}

/* The rows of one source's batch that tell the fact; `best`: only the one that merge put first. */
static tp_code
trace_source_rows(tp_trace *t, const tp_table *pool, size_t fact, size_t source, uint32_t subject,
                  bool best, uint32_t *left, tp_err *err)
{
    TP_RETURN_SAME(tp_trace_batch(t, source, err));
    const tp_table *table = &t->source[source].batch.table[pool->kind];
    for (size_t r = 0; r < table->n && *left != 0; r++) {
        const bool here =
            table->body[r] == pool->body[fact] && table->record[r] == pool->record[fact];
        if ((subject == TP_NONE || table->subject[r] == subject) && (!best || here) &&
            tells(pool, fact, table, r)) {
            TP_RETURN_SAME(trace_teller(
                t, pool, fact, &(teller){.source = source, .row = r, .table = table}, left, err));
        }
    }
    return TP_OK;
}

/* A fact: the record that merge put first, then those that filled what it left open. */
static tp_code
trace_fact(tp_trace *t, tp_kind kind, size_t person, size_t fact, tp_err *err)
{
    const tp_table *pool = &t->pool.table[kind];
    const tp_kind_def *def = tp_kind_of(kind);
    uint32_t left = 0;
    for (int f = 0; f < def->n_fields; f++) {
        left |= tp_known(pool, f, fact) ? UINT32_C(1) << f : 0;
    }
    TP_RETURN_SAME(trace_source_rows(t, pool, fact, pool->source[fact], TP_NONE, true, &left, err));
    for (size_t x = 0; def->role == TP_ROLE_FACT && left != 0 && x < t->crosswalk.n; x++) {
        if (t->crosswalk.person[x] == person) {
            TP_RETURN_SAME(trace_source_rows(t, pool, fact, t->crosswalk.source[x],
                                             t->crosswalk.row[x], false, &left, err));
        }
    }
    for (size_t s = 0; def->role == TP_ROLE_FREE && left != 0 && s < t->n_sources; s++) {
        TP_RETURN_SAME(trace_source_rows(t, pool, fact, s, TP_NONE, false, &left, err));
    }
    for (int f = 0; f < def->n_fields; f++) {
        if ((left >> f & 1) != 0) {
            TP_AUTO_BUF(value);
            TP_AUTO_BUF(plain);
            tp_trace_value(&value, pool, f, fact);
            tp_plain_put(&plain, tp_buf_view(&value), 60);
            (void)printf("  %s %s: worked out by merge, no record says it\n", def->field[f].name,
                         tp_buf_cstr(&plain));
        }
    }
    return TP_OK;
}

static tp_code
trace_numbered(tp_trace *t, tp_kind kind, size_t person, size_t fact, size_t number, tp_err *err)
{
    (void)printf("%s%s %zu, told by %u record%s\n", number > 1 ? "\n" : "", tp_kind_of(kind)->name,
                 number, t->pool.told[kind][fact], t->pool.told[kind][fact] == 1 ? "" : "s");
    return trace_fact(t, kind, person, fact, err);
}

static tp_code
trace_facts(tp_trace *t, tp_kind kind, size_t person, tp_err *err)
{
    size_t n = 0;
    TP_FACTS(&t->pool, kind, person, row)
    {
        TP_RETURN_SAME(trace_numbered(t, kind, person, row, ++n, err));
    }
    if (n == 0) {
        (void)printf("%s: nobody told of any\n", tp_kind_of(kind)->name);
    }
    return TP_OK;
}

/* Records that stand alone, by the first field of their natural key: "position 4711". */
static tp_code
trace_free(tp_trace *t, tp_kind kind, const char *key, tp_err *err)
{
    const tp_table *table = &t->pool.table[kind];
    size_t n = 0;
    for (size_t row = 0; row < table->n; row++) {
        TP_AUTO_BUF(value);
        tp_trace_value(&value, table, 0, row);
        if (tp_str_is(tp_buf_view(&value), key)) {
            TP_RETURN_SAME(trace_numbered(t, kind, 0, row, ++n, err));
        }
    }
    if (n == 0) {
        TP_RETURN_ERR(err, TP_E_USAGE, "no %s with %s \"%.60s\" in generation %lld",
                      tp_kind_of(kind)->name, tp_kind_of(kind)->field[0].name, key,
                      (long long)t->generation.generation);
    }
    return TP_OK;
}

/* ---- the command ---- */

/* What is asked for of a person: a field, or all facts of a kind (*out_kind != TP_PERSON). */
static tp_code
find_field(const char *word, int *out_field, tp_kind *out_kind, tp_err *err)
{
    TP_AUTO_BUF(words);
    *out_kind = TP_PERSON;
    *out_field = tp_field_find(TP_PERSON, tp_str_of(word));
    if (*out_field >= 0) {
        return TP_OK;
    }
    if (tp_kind_find(tp_str_of(word), out_kind) && tp_kind_of(*out_kind)->role != TP_ROLE_FREE) {
        return TP_OK;
    }
    for (int f = 0; f < TP_PERSON_N; f++) {
        tp_buf_printf(&words, "%s%s", f > 0 ? "|" : "", tp_kind_of(TP_PERSON)->field[f].name);
    }
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        if (tp_kind_of((tp_kind)k)->role == TP_ROLE_FACT) {
            tp_buf_printf(&words, "|%s", tp_kind_of((tp_kind)k)->name);
        }
    }
    const tp_str near = tp_nearest_word(tp_str_of(word), tp_buf_cstr(&words));
    TP_RETURN_ERR(err, TP_E_USAGE, "a person has no field or record \"%.40s\"%s%.*s%s", word,
                  near.n > 0 ? "; did you mean \"" : "", TP_STR_ARG(near),
                  near.n > 0 ? "\"?" : "; fields: docs/data-dictionary.md");
}

static tp_code
trace_one(tp_trace *t, tp_err *err)
{
    const tp_cli *cli = t->cli;
    char day[TP_DAY_TEXT];
    size_t person = 0;
    size_t source = SIZE_MAX;
    int field = -1;
    tp_kind kind = TP_PERSON;
    const bool alone =
        tp_kind_find(tp_str_of(cli->argv[0]), &kind) && tp_kind_of(kind)->role == TP_ROLE_FREE;
    if (alone && (cli->argc < 2 || cli->source != NULL)) {
        TP_RETURN_ERR(err, TP_E_USAGE, "which %s? usage: talentpool trace %s KEY", cli->argv[0],
                      cli->argv[0]);
    }
    if (!alone) {
        kind = TP_PERSON;
        if (cli->argc > 1) {
            TP_RETURN_SAME(find_field(cli->argv[1], &field, &kind, err));
        }
        if (cli->source != NULL) {
            TP_RETURN_SAME(find_source(t, cli->source, &source, err));
        }
        if (source != SIZE_MAX && kind != TP_PERSON) {
            TP_RETURN_ERR(err, TP_E_USAGE, "--source goes with a person or a field, not with %s",
                          tp_kind_of(kind)->name);
        }
    }
    TP_RETURN_SAME(tp_trace_pool(t, err));
    if (!alone) {
        TP_RETURN_SAME(find_person(t, cli->argv[0], &person, err));
    }
    tp_day_format(t->generation.night, day);
    if (alone) {
        return trace_free(t, kind, cli->argv[1], err);
    }
    (void)printf("person %s, night %s, generation %lld\n", cli->argv[0], day,
                 (long long)t->generation.generation);
    if (kind != TP_PERSON) {
        return trace_facts(t, kind, person, err);
    }
    return source != SIZE_MAX ? trace_told(t, person, source, field, err)
                              : trace_golden(t, person, field, err);
}

static tp_code
trace_any(tp_trace *t, tp_err *err)
{
    const tp_cli *cli = t->cli;
    size_t source = 0;
    if (cli->argc > 0) {
        if (cli->body != NULL || cli->reject || cli->records != NULL) {
            TP_RETURN_ERR(err, TP_E_USAGE,
                          "--body, --reject and --records go with --source alone; see: talentpool "
                          "help trace");
        }
        return trace_one(t, err);
    }
    if (cli->source == NULL) {
        TP_RETURN_ERR(err, TP_E_USAGE,
                      "trace what? a PERSON-KEY, or --source ID; see: talentpool help trace");
    }
    TP_RETURN_SAME(find_source(t, cli->source, &source, err));
    return tp_trace_source_only(t, source, err);
}

tp_code
tp_cmd_trace(tp_cli *cli, int *out_status, tp_err *err)
{
    tp_trace t = {0};
    if (cli->as_of != NULL && (cli->source == NULL || cli->argc > 0)) {
        TP_RETURN_ERR(err, TP_E_USAGE,
                      "--as-of goes with --source alone: values are those that readers see");
    }
    tp_code rc = tp_trace_open(cli, &t, err);
    if (rc == TP_OK) {
        rc = trace_any(&t, err);
    }
    if (rc == TP_OK && t.missed > 0) {
        *out_status = tp_code_exit(TP_E_IO);
    }
    tp_trace_clear(&t);
    return rc;
}
