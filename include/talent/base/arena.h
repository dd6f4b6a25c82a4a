/* Memory that is given back all at once, with a ceiling. */
#ifndef TALENT_BASE_ARENA_H
#define TALENT_BASE_ARENA_H

#include <stddef.h>

#include "talent/base/attr.h"

struct tp_arena_chunk;

/* A zeroed tp_arena with a limit is ready for use. One thread at a time. */
typedef struct tp_arena {
    size_t limit; /* ceiling in bytes over all chunks; 0 = none */
    size_t used;  /* bytes obtained from the system, headers included */
    struct tp_arena_chunk *head;
} tp_arena;

/* count * size zeroed bytes, aligned to 16 (64 from 4 KiB on); NULL when the product overflows,
 * the ceiling would be passed or the system refuses. A request of 0 bytes gives a valid pointer. */
void *tp_arena_alloc(tp_arena *arena, size_t count, size_t size) TP_MUST_CHECK;

/* A terminated copy of n bytes; NULL as tp_arena_alloc. */
char *tp_arena_copy(tp_arena *arena, const char *bytes, size_t n) TP_MUST_CHECK;

/* Forgets everything allocated but keeps the largest chunk for reuse. Accepts a zeroed arena. */
void tp_arena_reset(tp_arena *arena);

/* Gives everything back; the arena stays ready for use. Accepts a zeroed arena. */
void tp_arena_clear(tp_arena *arena);

#define TP_AUTO_ARENA(name, max) TP_CLEANUP(tp_arena_clear) tp_arena name = {.limit = (max)}

#endif
