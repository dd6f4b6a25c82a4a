/* Text <-> dense code 0..n-1, in the order of first sight. */
#ifndef TALENT_BASE_INTERN_H
#define TALENT_BASE_INTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talent/base/attr.h"
#include "talent/base/str.h"

/* A zeroed tp_intern is an empty one. One thread at a time. Text lives in one growing block. */
typedef struct tp_intern {
    size_t n;      /* distinct texts */
    uint64_t *off; /* [n + 1] offsets into bytes */
    char *bytes;
    size_t off_cap;
    size_t bytes_cap;
    uint32_t *slot; /* open addressing: code + 1, 0 = free */
    uint64_t *hash; /* [n] hash of each text */
    size_t slots;   /* power of two */
} tp_intern;

/* Code of text, adding it if new; false when memory ends (or 2^32 - 2 texts are reached). */
bool tp_intern_add(tp_intern *in, tp_str text, uint32_t *out_code) TP_MUST_CHECK;

/* Code of text if it is there. */
bool tp_intern_find(const tp_intern *in, tp_str text, uint32_t *out_code);

/* Text of a code; borrowed until the next add. */
tp_str tp_intern_text(const tp_intern *in, uint32_t code);

/* Gives everything back; codes and texts handed out before are void. */
void tp_intern_clear(tp_intern *in);

#endif
