/* How are blocks of bytes searched with 16-byte vectors, which every x86-64 has? */
#include "etl/format/kernel.h"

#include <string.h>

#if defined(__x86_64__)

#include <emmintrin.h>

#define KERNEL(name) name##_sse2

static inline __m128i
load16(const char *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

static inline uint64_t
bits16(__m128i v)
{
    return (uint64_t)(uint32_t)_mm_movemask_epi8(v);
}

static inline uint64_t
block_same(const char *p, const char *q)
{
    return bits16(_mm_cmpeq_epi8(load16(p), load16(q))) |
           bits16(_mm_cmpeq_epi8(load16(p + 16), load16(q + 16))) << 16 |
           bits16(_mm_cmpeq_epi8(load16(p + 32), load16(q + 32))) << 32 |
           bits16(_mm_cmpeq_epi8(load16(p + 48), load16(q + 48))) << 48;
}

static inline uint64_t
block_stop(const char *p, uint64_t *odd)
{
    uint64_t mask = 0;
    uint64_t wide = 0;
    for (int i = 0; i < 4; i++) {
        const __m128i v = load16(p + 16 * i);
        const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v);
        const __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
        const __m128i slash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
        mask |= bits16(_mm_or_si128(control, _mm_or_si128(quote, slash))) << (16 * i);
        wide |= bits16(_mm_cmpeq_epi8(_mm_max_epu8(v, _mm_set1_epi8(0x7f)), v)) << (16 * i);
    }
    *odd = wide;
    return mask;
}

static inline uint64_t
block_any3(const char *p, char a, char b, char c)
{
    uint64_t mask = 0;
    for (int i = 0; i < 4; i++) {
        const __m128i v = load16(p + 16 * i);
        const __m128i ab =
            _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(a)), _mm_cmpeq_epi8(v, _mm_set1_epi8(b)));
        mask |= bits16(_mm_or_si128(ab, _mm_cmpeq_epi8(v, _mm_set1_epi8(c)))) << (16 * i);
    }
    return mask;
}

static inline uint64_t
block_odd(const char *p)
{
    uint64_t mask = 0;
    for (int i = 0; i < 4; i++) { /* as signed bytes, those above 0x7f are negative */
        const __m128i v = load16(p + 16 * i);
        const __m128i good = _mm_and_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8(0x1f)),
                                           _mm_cmplt_epi8(v, _mm_set1_epi8(0x7f)));
        mask |= (bits16(good) ^ 0xffff) << (16 * i);
    }
    return mask;
}

static inline uint64_t
block_wide(const char *p)
{
    uint64_t mask = 0;
    for (int i = 0; i < 4; i++) {
        const __m128i v = load16(p + 16 * i);
        mask |= bits16(_mm_or_si128(v, _mm_cmpeq_epi8(v, _mm_setzero_si128()))) << (16 * i);
    }
    return mask;
}

static inline void
block_copy(char *to, const char *from)
{
    memcpy(to, from, 64);
}

#include "etl/format/kernel_body.h"

const tp_kernel TP_KERNEL_SSE2 = {"sse2",     plain_sse2, any3_sse2,
                                  ascii_sse2, put_sse2,   members_sse2};

#endif
