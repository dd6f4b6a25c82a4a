/* Validity bits of a column: bit i set = value i is known. */
#ifndef TALENT_BASE_BITMAP_H
#define TALENT_BASE_BITMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline size_t
tp_bit_words(size_t n)
{
    return (n + 63) / 64;
}

static inline bool
tp_bit_get(const uint64_t *bits, size_t i)
{
    return (bits[i / 64] >> (i % 64)) & 1;
}

static inline void
tp_bit_set(uint64_t *bits, size_t i)
{
    bits[i / 64] |= UINT64_C(1) << (i % 64);
}

static inline void
tp_bit_unset(uint64_t *bits, size_t i)
{
    bits[i / 64] &= ~(UINT64_C(1) << (i % 64));
}

#endif
