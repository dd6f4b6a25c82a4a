/* How is memory that lives and dies together obtained and given back? */
#include "talent/base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_MIN = 64 << 10, ALIGN_SMALL = 16, ALIGN_LARGE = 64, LARGE = 4096 };

typedef struct tp_arena_chunk {
    struct tp_arena_chunk *next;
    size_t size; /* usable bytes after the header */
    size_t fill;
    char pad[ALIGN_LARGE - 3 * sizeof(size_t)];
} tp_arena_chunk;

_Static_assert(sizeof(tp_arena_chunk) == ALIGN_LARGE, "chunk header keeps data aligned");

static char *
chunk_data(tp_arena_chunk *chunk)
{
    return (char *)(chunk + 1);
}

static tp_arena_chunk *
chunk_new(tp_arena *arena, size_t need)
{
    size_t size = arena->head != NULL ? arena->head->size * 2 : CHUNK_MIN;
    const size_t most = (size_t)64 << 20;
    if (size > most) {
        size = most;
    }
    if (arena->limit != 0) {
        const size_t left = arena->limit > arena->used ? arena->limit - arena->used : 0;
        if (left < sizeof(tp_arena_chunk) || need > left - sizeof(tp_arena_chunk)) {
            return NULL;
        }
        if (size > left - sizeof(tp_arena_chunk)) {
            size = left - sizeof(tp_arena_chunk);
        }
    }
    if (size < need) {
        size = need;
    }
    if (size > SIZE_MAX - 2 * sizeof(tp_arena_chunk)) {
        return NULL;
    }
    const size_t total =
        (sizeof(tp_arena_chunk) + size + ALIGN_LARGE - 1) / ALIGN_LARGE * ALIGN_LARGE;
    tp_arena_chunk *chunk = aligned_alloc(ALIGN_LARGE, total);
    if (chunk == NULL) {
        return NULL;
    }
    chunk->size = total - sizeof(tp_arena_chunk);
    chunk->fill = 0;
    chunk->next = arena->head;
    arena->head = chunk;
    arena->used += total;
    return chunk;
}

void *
tp_arena_alloc(tp_arena *arena, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / 2 / size) {
        return NULL;
    }
    const size_t bytes = count * size;
    const size_t align = bytes >= LARGE ? ALIGN_LARGE : ALIGN_SMALL;
    tp_arena_chunk *chunk = arena->head;
    size_t at = 0;
    if (chunk != NULL) {
        at = (chunk->fill + align - 1) / align * align;
    }
    if (chunk == NULL || at > chunk->size || bytes > chunk->size - at) {
        chunk = chunk_new(arena, bytes);
        if (chunk == NULL) {
            return NULL;
        }
        at = 0;
    }
    chunk->fill = at + bytes;
    return memset(chunk_data(chunk) + at, 0, bytes);
}

char *
tp_arena_copy(tp_arena *arena, const char *bytes, size_t n)
{
    char *copy = n < SIZE_MAX ? tp_arena_alloc(arena, n + 1, 1) : NULL;
    if (copy != NULL && n > 0) {
        memcpy(copy, bytes, n);
    }
    return copy;
}

void
tp_arena_reset(tp_arena *arena)
{
    tp_arena_chunk *keep = arena->head;
    for (tp_arena_chunk *c = arena->head; c != NULL; c = c->next) {
        if (c->size > keep->size) {
            keep = c;
        }
    }
    tp_arena_chunk *c = arena->head;
    while (c != NULL) {
        tp_arena_chunk *next = c->next;
        if (c != keep) {
            arena->used -= sizeof(tp_arena_chunk) + c->size;
            free(c);
        }
        c = next;
    }
    if (keep != NULL) {
        keep->next = NULL;
        keep->fill = 0;
    }
    arena->head = keep;
}

void
tp_arena_clear(tp_arena *arena)
{
    tp_arena_chunk *c = arena->head;
    while (c != NULL) {
        tp_arena_chunk *next = c->next;
        free(c);
        c = next;
    }
    arena->head = NULL;
    arena->used = 0;
}
