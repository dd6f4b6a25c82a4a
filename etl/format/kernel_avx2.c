/* How are blocks of bytes searched with 32-byte vectors? Compiled for AVX2, called where it is. */
#include "etl/format/kernel.h"

#include <string.h>

#if defined(__x86_64__)

#include <immintrin.h>

#define KERNEL(name) name##_avx2

static inline __m256i
load32(const char *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

static inline uint64_t
bits32(__m256i v)
{
    return (uint64_t)(uint32_t)_mm256_movemask_epi8(v);
}

static inline uint64_t
block_same(const char *p, const char *q)
{
    return bits32(_mm256_cmpeq_epi8(load32(p), load32(q))) |
           bits32(_mm256_cmpeq_epi8(load32(p + 32), load32(q + 32))) << 32;
}

static inline uint64_t
block_stop(const char *p, uint64_t *odd)
{
    uint64_t mask = 0;
    uint64_t wide = 0;
    for (int i = 0; i < 2; i++) {
        const __m256i v = load32(p + 32 * i);
        const __m256i control = _mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8(0x1f)), v);
        const __m256i quote = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('"'));
        const __m256i slash = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\\'));
        mask |= bits32(_mm256_or_si256(control, _mm256_or_si256(quote, slash))) << (32 * i);
        wide |= bits32(_mm256_cmpeq_epi8(_mm256_max_epu8(v, _mm256_set1_epi8(0x7f)), v))
                << (32 * i);
    }
    *odd = wide;
    return mask;
}

static inline uint64_t
block_any3(const char *p, char a, char b, char c)
{
    uint64_t mask = 0;
    for (int i = 0; i < 2; i++) {
        const __m256i v = load32(p + 32 * i);
        const __m256i ab = _mm256_or_si256(_mm256_cmpeq_epi8(v, _mm256_set1_epi8(a)),
                                           _mm256_cmpeq_epi8(v, _mm256_set1_epi8(b)));
        mask |= bits32(_mm256_or_si256(ab, _mm256_cmpeq_epi8(v, _mm256_set1_epi8(c)))) << (32 * i);
    }
    return mask;
}

static inline uint64_t
block_odd(const char *p)
{
    uint64_t mask = 0;
    for (int i = 0; i < 2; i++) { /* as signed bytes, those above 0x7f are negative */
        const __m256i v = load32(p + 32 * i);
        const __m256i good = _mm256_and_si256(_mm256_cmpgt_epi8(v, _mm256_set1_epi8(0x1f)),
                                              _mm256_cmpgt_epi8(_mm256_set1_epi8(0x7f), v));
        mask |= (bits32(good) ^ UINT64_C(0xffffffff)) << (32 * i);
    }
    return mask;
}

static inline uint64_t
block_wide(const char *p)
{
    uint64_t mask = 0;
    for (int i = 0; i < 2; i++) {
        const __m256i v = load32(p + 32 * i);
        mask |= bits32(_mm256_or_si256(v, _mm256_cmpeq_epi8(v, _mm256_setzero_si256())))
                << (32 * i);
    }
    return mask;
}

static inline void
block_copy(char *to, const char *from)
{
    const __m256i a = load32(from);
    const __m256i b = load32(from + 32);
    _mm256_storeu_si256((__m256i *)(void *)to, a);
    _mm256_storeu_si256((__m256i *)(void *)(to + 32), b);
}

#include "etl/format/kernel_body.h"

const tp_kernel TP_KERNEL_AVX2 = {"avx2",     plain_avx2, any3_avx2,
                                  ascii_avx2, put_avx2,   members_avx2};

#endif
