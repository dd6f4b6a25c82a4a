/* Which 64-bit number stands for these bytes, today and in ten years? */
#include "talent/base/hash.h"

#include <string.h>

/* Little-endian load whatever the machine, so that stored hashes travel. */
static uint64_t
load64(const unsigned char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    return v;
}

uint64_t
tp_hash64(uint64_t seed, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    uint64_t h = tp_hash_mix(seed ^ (uint64_t)n * UINT64_C(0x9fb21c651e98df25));
    while (n >= 8) {
        h = tp_hash_mix(h ^ load64(p)) + (h << 7 | h >> 57);
        p += 8;
        n -= 8;
    }
    if (n > 0) {
        unsigned char tail[8] = {0};
        memcpy(tail, p, n);
        h = tp_hash_mix(h ^ load64(tail)) + (h << 7 | h >> 57);
    }
    return tp_hash_mix(h);
}
