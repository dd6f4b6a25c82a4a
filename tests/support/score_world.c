/* A small invented pool for scoring tests, and the default rules written out a second time. */
#include "tests/support/score_world.h"

#include <stdlib.h>
#include <string.h>

#include "talent/base/day.h"

static void *
need(void *p)
{
    if (p == NULL) {
        abort();
    }
    return p;
}

void
tp_world_init(tp_world *w, size_t cap)
{
    tp_err err;
    uint32_t empty;
    *w = (tp_world){.cap = cap};
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        if (tp_table_alloc(&w->raw[k], (tp_kind)k, cap, true, &w->arena, &err) != TP_OK) {
            abort();
        }
        w->raw[k].n = 0;
        w->owner[k] = need(tp_arena_alloc(&w->arena, cap, sizeof(uint32_t)));
    }
    if (!tp_intern_add(&w->text, TP_STR(""), &empty)) {
        abort();
    }
    tp_world_rules(&w->rules);
}

void
tp_world_clear(tp_world *w)
{
    tp_intern_clear(&w->text);
    tp_arena_clear(&w->arena);
}

size_t
tp_world_add(tp_world *w, tp_kind kind, size_t person)
{
    tp_table *t = &w->raw[kind];
    if (t->n == w->cap) {
        abort();
    }
    w->owner[kind][t->n] = (uint32_t)person;
    return t->n++;
}

void
tp_world_i32(tp_world *w, tp_kind kind, size_t row, int field, int32_t value)
{
    tp_set_i32(&w->raw[kind], field, row, value);
}

void
tp_world_u64(tp_world *w, tp_kind kind, size_t row, int field, uint64_t value)
{
    tp_set_u64(&w->raw[kind], field, row, value);
}

void
tp_world_text(tp_world *w, tp_kind kind, size_t row, int field, const char *value)
{
    uint32_t code;
    if (!tp_intern_add(&w->text, tp_str_of(value), &code)) {
        abort();
    }
    tp_set_i32(&w->raw[kind], field, row, (int32_t)code);
}

void
tp_world_unset(tp_world *w, tp_kind kind, size_t row, int field)
{
    tp_bit_unset(w->raw[kind].col[field].valid, row);
}

int32_t
tp_world_day(const char *iso)
{
    int32_t day;
    if (!tp_day_parse_iso(tp_str_of(iso), &day)) {
        abort();
    }
    return day;
}

/* Sort order of the raw rows of one kind; qsort has no argument for the world, hence the static. */
static const tp_world *sorting;
static tp_kind sorting_kind;

static int
by_order(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a;
    const uint32_t y = *(const uint32_t *)b;
    const tp_table *t = &sorting->raw[sorting_kind];
    const tp_kind_def *def = tp_kind_of(sorting_kind);
    if (def->role == TP_ROLE_FACT &&
        sorting->owner[sorting_kind][x] != sorting->owner[sorting_kind][y]) {
        return sorting->owner[sorting_kind][x] < sorting->owner[sorting_kind][y] ? -1 : 1;
    }
    const int c = def->role == TP_ROLE_SUBJECT ? 0 : tp_row_cmp(t, x, t, y, def->n_natural);
    return c != 0 ? c : x < y ? -1 : x > y;
}

static void
copy_rows(tp_world *w, tp_kind kind, const uint32_t *order)
{
    const tp_kind_def *def = tp_kind_of(kind);
    tp_table *to = &w->pool.table[kind];
    const tp_table *from = &w->raw[kind];
    for (size_t i = 0; i < from->n; i++) {
        for (int f = 0; f < def->n_fields; f++) {
            const size_t width = tp_type_width(def->field[f].type);
            memcpy((char *)to->col[f].data + i * width,
                   (char *)from->col[f].data + order[i] * width, width);
            if (tp_bit_get(from->col[f].valid, order[i])) {
                tp_bit_set(to->col[f].valid, i);
            }
        }
        if (to->subject != NULL) {
            to->subject[i] = w->owner[kind][order[i]];
        }
    }
}

void
tp_world_done(tp_world *w)
{
    tp_err err;
    tp_pool *pool = &w->pool;
    *pool = (tp_pool){.n = w->raw[TP_PERSON].n};
    pool->strings = (tp_strings){w->text.n, w->text.off, w->text.bytes};
    pool->person_key = need(tp_arena_alloc(&w->arena, pool->n, sizeof(uint64_t)));
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        tp_table *raw = &w->raw[k];
        raw->strings = &pool->strings;
        uint32_t *order = need(tp_arena_alloc(&w->arena, raw->n, sizeof *order));
        for (size_t i = 0; i < raw->n; i++) {
            order[i] = (uint32_t)i;
        }
        sorting = w;
        sorting_kind = (tp_kind)k;
        qsort(order, raw->n, sizeof *order, by_order);
        if (tp_table_alloc(&pool->table[k], (tp_kind)k, raw->n, true, &w->arena, &err) != TP_OK) {
            abort();
        }
        pool->table[k].strings = &pool->strings;
        copy_rows(w, (tp_kind)k, order);
        if (tp_kind_of((tp_kind)k)->role == TP_ROLE_FACT) {
            pool->begin[k] = need(tp_arena_alloc(&w->arena, pool->n + 1, sizeof(uint32_t)));
            for (size_t i = 0; i < raw->n; i++) {
                pool->begin[k][w->owner[k][i] + 1]++;
            }
            for (size_t i = 0; i < pool->n; i++) {
                pool->begin[k][i + 1] += pool->begin[k][i];
            }
        }
    }
}

/* ---- an eligible candidate ---- */

static void
position(tp_world *w, size_t p, const char *start, int tier, const char *title)
{
    const size_t h = tp_world_add(w, TP_POSITION_HISTORY, p);
    tp_world_i32(w, TP_POSITION_HISTORY, h, TP_POSITION_HISTORY_START_ON, tp_world_day(start));
    tp_world_i32(w, TP_POSITION_HISTORY, h, TP_POSITION_HISTORY_INAUGURATED_ON,
                 tp_world_day(start));
    tp_world_i32(w, TP_POSITION_HISTORY, h, TP_POSITION_HISTORY_ASSIGNMENT, TP_ASSIGN_DEFINITIVE);
    tp_world_i32(w, TP_POSITION_HISTORY, h, TP_POSITION_HISTORY_TIER, tier);
    tp_world_text(w, TP_POSITION_HISTORY, h, TP_POSITION_HISTORY_TITLE, title);
    tp_world_text(w, TP_POSITION_HISTORY, h, TP_POSITION_HISTORY_AGENCY, "4011");
    tp_world_text(w, TP_POSITION_HISTORY, h, TP_POSITION_HISTORY_AFFAIRS, "5.03");
}

static void
employ(tp_world *w, size_t p)
{
    const size_t e = tp_world_add(w, TP_EMPLOYMENT, p);
    tp_world_text(w, TP_EMPLOYMENT, e, TP_EMPLOYMENT_HOME_AGENCY, "4011");
    tp_world_i32(w, TP_EMPLOYMENT, e, TP_EMPLOYMENT_STATUS, TP_STATUS_PNS);
    tp_world_i32(w, TP_EMPLOYMENT, e, TP_EMPLOYMENT_LEGAL_STATUS, 1);
    tp_world_i32(w, TP_EMPLOYMENT, e, TP_EMPLOYMENT_TIER, TP_TIER_ADMINISTRATOR);
    tp_world_i32(w, TP_EMPLOYMENT, e, TP_EMPLOYMENT_RANK, 42);
    tp_world_i32(w, TP_EMPLOYMENT, e, TP_EMPLOYMENT_EDUCATION, 45);
    tp_world_i32(w, TP_EMPLOYMENT, e, TP_EMPLOYMENT_START_ON, tp_world_day("2018-03-01"));
}

static void
assess(tp_world *w, size_t p)
{
    const size_t a = tp_world_add(w, TP_ASSESSMENT, p);
    tp_world_text(w, TP_ASSESSMENT, a, TP_ASSESSMENT_EVENT, "UK-1");
    tp_world_i32(w, TP_ASSESSMENT, a, TP_ASSESSMENT_ASSESSED_ON, tp_world_day("2025-02-01"));
    tp_world_i32(w, TP_ASSESSMENT, a, TP_ASSESSMENT_ACCREDITED, 1);
    for (int i = 0; i < TP_COMPETENCIES; i++) {
        tp_world_i32(w, TP_ASSESSMENT, a, TP_ASSESSMENT_M1 + i, 8);
    }
    for (int i = 0; i < TP_POTENTIALS; i++) {
        tp_world_i32(w, TP_ASSESSMENT, a, TP_ASSESSMENT_P1 + i, 8);
    }
    for (int i = 0; i < 2; i++) {
        const size_t t = tp_world_add(w, TP_TECHNICAL, p);
        tp_world_text(w, TP_TECHNICAL, t, TP_TECHNICAL_CODE, i == 0 ? "5.03.T1" : "5.03.T2");
        tp_world_i32(w, TP_TECHNICAL, t, TP_TECHNICAL_ASSESSED_ON, tp_world_day("2025-02-01"));
        tp_world_i32(w, TP_TECHNICAL, t, TP_TECHNICAL_LEVEL, 8 - i);
    }
}

size_t
tp_world_candidate(tp_world *w)
{
    const size_t p = tp_world_add(w, TP_PERSON, w->raw[TP_PERSON].n);
    tp_world_u64(w, TP_PERSON, p, TP_PERSON_NIP, UINT64_C(197506102000031000) + p);
    tp_world_i32(w, TP_PERSON, p, TP_PERSON_NIP_CLASS, TP_NIP_GOOD);
    tp_world_i32(w, TP_PERSON, p, TP_PERSON_BIRTH_DATE, tp_world_day("1975-06-10"));
    tp_world_text(w, TP_PERSON, p, TP_PERSON_AGENCY, "4011");
    employ(w, p);
    position(w, p, "2010-03-01", TP_TIER_PENGAWAS, "Kepala Subbagian");
    position(w, p, "2018-03-01", TP_TIER_ADMINISTRATOR, "Kepala Bagian");
    const size_t s = tp_world_add(w, TP_EDUCATION, p);
    tp_world_i32(w, TP_EDUCATION, s, TP_EDUCATION_LEVEL, 45);
    tp_world_text(w, TP_EDUCATION, s, TP_EDUCATION_STUDY_FIELD, "hukum");
    for (int year = 2024; year <= 2025; year++) {
        const size_t k = tp_world_add(w, TP_APPRAISAL, p);
        tp_world_i32(w, TP_APPRAISAL, k, TP_APPRAISAL_YEAR, year);
        tp_world_i32(w, TP_APPRAISAL, k, TP_APPRAISAL_SCHEME, TP_SCHEME_SKP22);
        tp_world_i32(w, TP_APPRAISAL, k, TP_APPRAISAL_QUADRANT, 4);
    }
    assess(w, p);
    const size_t d = tp_world_add(w, TP_DOSSIER, p);
    tp_world_i32(w, TP_DOSSIER, d, TP_DOSSIER_KIND, TP_DOSSIER_CLEAN_STATEMENT);
    tp_world_i32(w, TP_DOSSIER, d, TP_DOSSIER_ISSUED_ON, tp_world_day("2020-01-02"));
    tp_world_i32(w, TP_DOSSIER, d, TP_DOSSIER_PASSED, 1);
    const size_t i = tp_world_add(w, TP_INTEGRITY, p);
    tp_world_i32(w, TP_INTEGRITY, i, TP_INTEGRITY_REPORT_YEAR, 2025);
    tp_world_i32(w, TP_INTEGRITY, i, TP_INTEGRITY_OBLIGED, 1);
    tp_world_i32(w, TP_INTEGRITY, i, TP_INTEGRITY_FILING, TP_FILING_COMPLETE);
    return p;
}

size_t
tp_world_post(tp_world *w, const char *id, int tier)
{
    const size_t p = tp_world_add(w, TP_POSITION, 0);
    tp_world_text(w, TP_POSITION, p, TP_POSITION_POSITION_ID, id);
    tp_world_text(w, TP_POSITION, p, TP_POSITION_AGENCY, "4011");
    tp_world_i32(w, TP_POSITION, p, TP_POSITION_TIER, tier);
    tp_world_i32(w, TP_POSITION, p, TP_POSITION_ECHELON, tier == TP_TIER_JPT_PRATAMA ? 21 : 11);
    tp_world_i32(w, TP_POSITION, p, TP_POSITION_VACANT_SINCE, tp_world_day("2026-01-15"));
    tp_world_i32(w, TP_POSITION, p, TP_POSITION_TARGET_ON, tp_world_day("2026-06-30"));
    tp_world_text(w, TP_POSITION, p, TP_POSITION_AFFAIRS, "5.03");
    tp_world_text(w, TP_POSITION, p, TP_POSITION_STUDY_FIELDS, "hukum|ekonomi");
    for (int i = 0; i < 2; i++) {
        const size_t t = tp_world_add(w, TP_POSITION_TECHNICAL, 0);
        tp_world_text(w, TP_POSITION_TECHNICAL, t, TP_POSITION_TECHNICAL_POSITION_ID, id);
        tp_world_text(w, TP_POSITION_TECHNICAL, t, TP_POSITION_TECHNICAL_CODE,
                      i == 0 ? "5.03.T1" : "5.03.T2");
        tp_world_i32(w, TP_POSITION_TECHNICAL, t, TP_POSITION_TECHNICAL_LEVEL, 8);
        tp_world_i32(w, TP_POSITION_TECHNICAL, t, TP_POSITION_TECHNICAL_WEIGHT, i == 0 ? 60 : 40);
    }
    return p;
}

void
tp_world_agency(tp_world *w)
{
    const size_t c = tp_world_add(w, TP_COVERAGE, 0);
    tp_world_text(w, TP_COVERAGE, c, TP_COVERAGE_AGENCY, "4011");
    tp_world_text(w, TP_COVERAGE, c, TP_COVERAGE_RECORD, "discipline");
    tp_world_i32(w, TP_COVERAGE, c, TP_COVERAGE_FROM_ON, tp_world_day("2020-01-01"));
    tp_world_i32(w, TP_COVERAGE, c, TP_COVERAGE_UNTIL_ON, tp_world_day("2026-06-29"));
    static const int32_t POINTS[] = {4000, 4000, 10000, 3600, 7000, 3500, 1500, 2000};
    const size_t m = tp_world_add(w, TP_MERIT, 0);
    tp_world_text(w, TP_MERIT, m, TP_MERIT_AGENCY, "4011");
    tp_world_i32(w, TP_MERIT, m, TP_MERIT_YEAR, 2025);
    tp_world_i32(w, TP_MERIT, m, TP_MERIT_SCHEME, 2018);
    tp_world_i32(w, TP_MERIT, m, TP_MERIT_STATUS, TP_MERIT_FINAL);
    for (int i = 0; i < TP_MERIT_ASPECTS; i++) {
        tp_world_i32(w, TP_MERIT, m, TP_MERIT_A1 + i, POINTS[i]);
    }
    tp_world_i32(w, TP_MERIT, m, TP_MERIT_DECIDED_ON, tp_world_day("2025-12-01"));
}
