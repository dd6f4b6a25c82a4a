/* A small invented pool for scoring tests, and the default rules written out a second time. */
#ifndef TALENT_TESTS_SCORE_WORLD_H
#define TALENT_TESTS_SCORE_WORLD_H

#include "talent/base/arena.h"
#include "talent/base/intern.h"
#include "talent/core/pool.h"
#include "talent/core/rules.h"

typedef struct tp_world {
    tp_arena arena;
    tp_intern text;
    size_t cap;                     /* rows per kind */
    tp_table raw[TP_KIND_COUNT];    /* rows as added */
    uint32_t *owner[TP_KIND_COUNT]; /* person of each row */
    tp_pool pool;                   /* after tp_world_done */
    tp_rules rules;
} tp_world;

/* Room for cap rows of each kind; the default rules. Aborts when memory ends: tests only. */
void tp_world_init(tp_world *w, size_t cap);
void tp_world_clear(tp_world *w);

/* A new row: of person for facts (and TP_PERSON, whose row is the person). */
size_t tp_world_add(tp_world *w, tp_kind kind, size_t person);
void tp_world_i32(tp_world *w, tp_kind kind, size_t row, int field, int32_t value);
void tp_world_u64(tp_world *w, tp_kind kind, size_t row, int field, uint64_t value);
void tp_world_text(tp_world *w, tp_kind kind, size_t row, int field, const char *value);
void tp_world_unset(tp_world *w, tp_kind kind, size_t row, int field);
int32_t tp_world_day(const char *iso);

/* Builds w->pool from what was added, in the pool's order. May be called again after changes. */
void tp_world_done(tp_world *w);

/* The default rule set, from the documents, not from config/rules: each value stands twice. */
void tp_world_rules(tp_rules *out);

/*
 * A person who meets every rule for a JPT pratama of agency "4011" in affair "5.03" on 2026-06-30:
 * administrator since 2018, S2 in the post's field, assessed 2025 at level 4 throughout, predicates
 * Baik, wealth report filed, discipline list complete, stated to be clean. Row numbers of its facts
 * are 0 for the first.
 */
size_t tp_world_candidate(tp_world *w);

/* A vacant JPT pratama of agency "4011" in affair "5.03", fields "hukum", effective 2026-06-30. */
size_t tp_world_post(tp_world *w, const char *id, int tier);

/* Coverage of discipline by agency "4011", its merit category Sangat Baik, its region-free entry.
 */
void tp_world_agency(tp_world *w);

#endif
