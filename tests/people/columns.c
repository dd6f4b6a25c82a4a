/* How do the records become the columns that the link stage takes? */
#include <stdlib.h>
#include <string.h>

#include "core/normalise/pipe.h"
#include "etl/source/describe.h"
#include "talent/base/day.h"
#include "talent/base/hash.h"
#include "talent/base/sort.h"
#include "talent/core/nip.h"
#include "talent/etl/link_params.h"
#include "tests/people/people.h"

enum { LINK_DAY = 20513 }; /* 2026-03-01 */

typedef struct building {
    const people *p;
    people_columns *c;
    uint32_t *clean; /* [people.text.n] number of the cleaned name in c->text, TP_NONE = not yet */
    uint32_t *plain; /* the same for texts taken as they are */
    tp_titles const *titles;
    tp_keyed *keyed;
    tp_arena scratch;
    bool failed;
} building;

static tp_str
text_at(const building *b, uint32_t code)
{
    return tp_intern_text(&b->p->text, code);
}

static uint32_t
take(building *b, uint32_t *known, uint32_t code, bool name)
{
    if (known[code] == TP_NONE) {
        tp_str text = text_at(b, code);
        if (name) {
            tp_arena_reset(&b->scratch);
            text = tp_name_split(b->titles, text, &b->scratch).clean;
        }
        if (text.n == 0) {
            return TP_NONE;
        }
        if (!tp_intern_add(&b->c->text, text, &known[code])) {
            b->failed = true;
        }
    }
    return known[code];
}

static void
put_text(building *b, tp_table *t, int field, size_t row, uint32_t code, bool name)
{
    const uint32_t at = code == TP_NONE ? TP_NONE : take(b, name ? b->clean : b->plain, code, name);
    if (at != TP_NONE) {
        tp_set_i32(t, field, row, (int32_t)at);
    }
}

static void
put_day(tp_table *t, int field, size_t row, int32_t day)
{
    if (day != SIM_NO_DAY) {
        tp_set_i32(t, field, row, day);
    }
}

static void
put_id(tp_table *t, int field, size_t row, uint64_t id)
{
    if (id != 0) {
        tp_set_u64(t, field, row, id);
    }
}

/* As the step "nip" reads it: nine digits are an old NIP, whatever field they came in. */
static void
put_nip(building *b, tp_table *t, size_t row, uint32_t code)
{
    if (code == TP_NONE) {
        return;
    }
    const tp_nip nip = tp_nip_parse(text_at(b, code));
    if (nip.cls == TP_NIP_GOOD || nip.cls == TP_NIP_DAMAGED) {
        put_id(t, TP_PERSON_NIP, row, nip.number);
    }
    if (nip.fault != TP_NIP_EMPTY) {
        tp_set_i32(t, TP_PERSON_NIP_CLASS, row, nip.cls);
    }
}

static void
put_nik(building *b, tp_table *t, size_t row, uint32_t code)
{
    if (code == TP_NONE) {
        return;
    }
    const tp_nik nik = tp_nik_sketch_keyed(text_at(b, code), b->keyed);
    if (nik.present) {
        tp_set_u64(t, TP_PERSON_NIK, row, nik.whole);
        tp_set_u64(t, TP_PERSON_NIK_PARTS, row, nik.parts);
        tp_set_i32(t, TP_PERSON_NIK_FACTS, row, nik.facts);
    }
}

static void
put_person(building *b, const people_record *r, tp_table *t, tp_table *job, size_t row)
{
    put_text(b, t, TP_PERSON_SOURCE_KEY, row, r->key, false);
    put_text(b, t, TP_PERSON_FULL_NAME, row, r->name, true);
    put_text(b, t, TP_PERSON_AGENCY, row, r->agency, false);
    put_day(t, TP_PERSON_BIRTH_DATE, row, r->born);
    put_day(t, TP_PERSON_DECEASED_ON, row, r->died);
    put_nip(b, t, row, r->nip);
    put_nik(b, t, row, r->nik);
    if (r->siasn != TP_NONE) {
        put_id(t, TP_PERSON_SIASN_ID, row, tp_siasn_hash(text_at(b, r->siasn)));
    }
    if (r->old_nip != TP_NONE) {
        put_id(t, TP_PERSON_NIP_OLD, row,
               tp_id_hash_keyed("nip_old", text_at(b, r->old_nip), b->keyed));
    }
    if (r->sex != 0) {
        tp_set_i32(t, TP_PERSON_SEX, row, r->sex - 1);
    }
    job->subject[row] = (uint32_t)row;
    put_text(b, job, TP_EMPLOYMENT_HOME_AGENCY, row, r->agency, false);
    put_text(b, job, TP_EMPLOYMENT_WORKING_AGENCY, row, r->office, false);
    put_day(job, TP_EMPLOYMENT_CPNS_ON, row, r->cpns);
}

/* Rows of one source in the order of their keys; `item` holds its records. */
static tp_code
put_source(building *b, uint32_t s, tp_key_row *item, tp_key_row *spare, size_t n, tp_err *err)
{
    people_columns *c = b->c;
    tp_table *t = &c->person[s];
    tp_table *job = &c->employment[s];
    tp_sort_keys(item, spare, n);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || item[i].key != item[kept - 1].key) {
            item[kept++] = item[i];
        }
    }
    TP_RETURN_SAME(tp_table_alloc(t, TP_PERSON, kept, false, &c->arena, err));
    TP_RETURN_SAME(tp_table_alloc(job, TP_EMPLOYMENT, kept, false, &c->arena, err));
    for (size_t i = 0; i < kept; i++) {
        t->key[i] = job->key[i] = item[i].key;
        c->record[c->n++] = item[i].row;
        put_person(b, &b->p->record[item[i].row], t, job, i);
    }
    return TP_OK;
}

static const char *
family_of(sim_feed feed)
{
    return feed == SIM_FEED_SIASN || feed == SIM_FEED_ROSTER ? "siasn"
           : feed == SIM_FEED_SIMPEG                         ? "simpeg"
                                                             : "";
}

/* As etl/stage/link.c numbers them: the first source of the family. */
static uint32_t
family_number(const people *p, uint32_t s)
{
    const char *own = family_of(p->source[s].feed);
    for (uint32_t i = 0; own[0] != '\0' && i < s; i++) {
        if (strcmp(family_of(p->source[i].feed), own) == 0) {
            return i;
        }
    }
    return s;
}

static tp_code
put_sources(building *b, tp_err *err)
{
    const people *p = b->p;
    people_columns *c = b->c;
    uint32_t *count = calloc(p->n_sources + 1, sizeof *count);
    tp_key_row *item = malloc((p->n + 1) * sizeof *item);
    tp_key_row *spare = malloc((p->n + 1) * sizeof *spare);
    tp_code rc = TP_OK;
    if (count == NULL || item == NULL || spare == NULL) {
        rc = TP_E_NOMEM;
    }
    for (size_t i = 0; rc == TP_OK && i < p->n; i++) {
        count[p->record[i].source + 1]++;
    }
    for (uint32_t s = 0; rc == TP_OK && s < p->n_sources; s++) {
        count[s + 1] += count[s];
    }
    for (size_t i = 0; rc == TP_OK && i < p->n; i++) {
        const people_record *r = &p->record[i];
        item[count[r->source]++] = (tp_key_row){tp_hash_str(0, text_at(b, r->key)), (uint32_t)i};
    }
    for (uint32_t s = 0; rc == TP_OK && s < p->n_sources; s++) {
        const size_t from = s == 0 ? 0 : count[s - 1]; /* counts have moved to their ends */
        rc = put_source(b, s, item + from, spare, count[s] - from, err);
    }
    free(count);
    free(item);
    free(spare);
    if (rc != TP_OK || b->failed) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "columns of %zu records", p->n);
    }
    c->strings = (tp_strings){c->text.n, c->text.off, c->text.bytes};
    for (uint32_t s = 0; s < p->n_sources; s++) {
        c->person[s].strings = c->employment[s].strings = &c->strings;
        const size_t n = strlen(p->source[s].id);
        const char *id = tp_arena_copy(&c->arena, p->source[s].id, n);
        if (id == NULL) {
            TP_RETURN_ERR(err, TP_E_NOMEM, "columns of %zu records", p->n);
        }
        c->source[s] = (tp_link_source){.id = {id, n},
                                        .person = &c->person[s],
                                        .employment = &c->employment[s],
                                        .family = family_number(p, s),
                                        .registry = p->source[s].feed == SIM_FEED_DUKCAPIL,
                                        .roster = p->source[s].feed == SIM_FEED_SIMPEG};
    }
    return TP_OK;
}

static tp_code
build(building *b, const char *config, tp_err *err)
{
    static const uint8_t KEY[32] = {1};
    people_columns *c = b->c;
    const people *p = b->p;
    tp_key hash;
    const char *codes = p->options.codes_dir != NULL ? p->options.codes_dir : "config/codes";
    c->n_sources = p->n_sources;
    c->source = tp_arena_alloc(&c->arena, p->n_sources, sizeof *c->source);
    c->person = tp_arena_alloc(&c->arena, p->n_sources, sizeof *c->person);
    c->employment = tp_arena_alloc(&c->arena, p->n_sources, sizeof *c->employment);
    c->record = tp_arena_alloc(&c->arena, p->n, sizeof *c->record);
    b->clean = malloc((p->text.n + 1) * sizeof *b->clean);
    b->plain = malloc((p->text.n + 1) * sizeof *b->plain);
    b->keyed = tp_keyed_new(KEY);
    if (c->source == NULL || c->person == NULL || c->employment == NULL || c->record == NULL ||
        b->clean == NULL || b->plain == NULL || b->keyed == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "columns of %zu records", p->n);
    }
    memset(b->clean, 0xff, (p->text.n + 1) * sizeof *b->clean);
    memset(b->plain, 0xff, (p->text.n + 1) * sizeof *b->plain);
    TP_RETURN_SAME(put_sources(b, err));
    return tp_link_params_load(config != NULL ? config : "config/linkage.json", codes, &c->arena,
                               &c->params, &hash, err);
}

tp_code
people_columns_make(const people *p, const char *config_file, people_columns *out, tp_err *err)
{
    *out = (people_columns){0};
    building b = {.p = p, .c = out};
    tp_code_lists *lists = NULL;
    const char *codes = p->options.codes_dir != NULL ? p->options.codes_dir : "config/codes";
    tp_code rc = tp_code_lists_open(codes, &lists, err);
    rc = rc == TP_OK ? tp_code_lists_titles(lists, &b.titles, err) : rc;
    rc = rc == TP_OK ? build(&b, config_file, err) : rc;
    tp_code_lists_close(lists);
    tp_keyed_free(b.keyed);
    tp_arena_clear(&b.scratch);
    free(b.clean);
    free(b.plain);
    if (rc != TP_OK) {
        people_columns_clear(out);
    }
    return rc;
}

void
people_columns_clear(people_columns *c)
{
    tp_intern_clear(&c->text);
    tp_arena_clear(&c->arena);
    *c = (people_columns){0};
}

tp_code
people_link(const people_columns *c, const tp_link_input *previous, int32_t night, int threads,
            tp_arena *arena, tp_crosswalk *out, tp_link_report *report, tp_err *err)
{
    const tp_ctx ctx = {.threads = threads};
    tp_link_input in = {0};
    if (previous != NULL) {
        in = *previous;
    }
    in.n_sources = c->n_sources;
    in.source = c->source;
    in.night = LINK_DAY + night;
    in.report = report;
    return tp_link(&in, &c->params, &ctx, arena, out, err);
}

uint64_t
people_crosswalk_hash(const tp_crosswalk *x)
{
    uint64_t sum = tp_hash_mix(x->n) + tp_hash_mix(x->n_people + 1);
    for (size_t i = 0; i < x->n; i++) { /* a sum: rows may stand in any order */
        const uint64_t of[5] = {x->record_key[i], x->person_key[x->person[i]], x->pass[i],
                                (uint64_t)(int64_t)x->weight[i], x->record_key[x->via[i]]};
        sum += tp_hash64(1, of, sizeof of);
    }
    for (size_t i = 0; i < x->n_review; i++) {
        const uint64_t a = x->record_key[x->review_a[i]];
        const uint64_t b = x->record_key[x->review_b[i]];
        const uint64_t of[4] = {a < b ? a : b, a < b ? b : a, x->review_reason[i],
                                (uint64_t)(int64_t)x->review_weight[i]};
        sum += tp_hash64(2, of, sizeof of);
    }
    for (size_t i = 0; i < x->n_event; i++) {
        const uint64_t of[3] = {x->event_kind[i], x->event_person[i], x->event_other[i]};
        sum += tp_hash64(3, of, sizeof of);
    }
    return sum;
}
