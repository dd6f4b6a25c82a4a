/* 64-bit hash of bytes. Stable for ever on every machine: results are stored. Not keyed, not
 * secret. */
#ifndef TALENT_BASE_HASH_H
#define TALENT_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "talent/base/str.h"

/* 64-bit hash of n bytes, stable for ever and on every machine; never a proof of equality. */
uint64_t tp_hash64(uint64_t seed, const void *bytes, size_t n);

static inline uint64_t
tp_hash_str(uint64_t seed, tp_str text)
{
    return tp_hash64(seed, text.p, text.n);
}

/* Mixes one 64-bit value (bijective for a fixed seed 0; splitmix64 finaliser). */
static inline uint64_t
tp_hash_mix(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

#endif
