/* How are blocks of bytes searched with 64-byte vectors? Compiled for AVX-512, called where it is.
 */
#include "etl/format/kernel.h"

#include <string.h>

#if defined(__x86_64__)

#include <immintrin.h>

#define KERNEL(name) name##_avx512

static inline __m512i
load64(const char *p)
{
    return _mm512_loadu_si512((const void *)p);
}

static inline uint64_t
block_same(const char *p, const char *q)
{
    return _mm512_cmpeq_epi8_mask(load64(p), load64(q));
}

static inline uint64_t
block_stop(const char *p, uint64_t *odd)
{
    const __m512i v = load64(p);
    *odd = _mm512_cmpge_epu8_mask(v, _mm512_set1_epi8(0x7f));
    return _mm512_cmplt_epu8_mask(v, _mm512_set1_epi8(0x20)) |
           _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('"')) |
           _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\\'));
}

static inline uint64_t
block_any3(const char *p, char a, char b, char c)
{
    const __m512i v = load64(p);
    return _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(a)) |
           _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(b)) |
           _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(c));
}

static inline uint64_t
block_odd(const char *p)
{
    const __m512i v = _mm512_sub_epi8(load64(p), _mm512_set1_epi8(0x20));
    return _mm512_cmpge_epu8_mask(v, _mm512_set1_epi8(0x5f));
}

static inline uint64_t
block_wide(const char *p)
{
    const __m512i v = load64(p);
    return _mm512_movepi8_mask(v) | _mm512_testn_epi8_mask(v, v);
}

static inline void
block_copy(char *to, const char *from)
{
    _mm512_storeu_si512((void *)to, load64(from));
}

#include "etl/format/kernel_body.h"

const tp_kernel TP_KERNEL_AVX512 = {"avx512",     plain_avx512, any3_avx512,
                                    ascii_avx512, put_avx512,   members_avx512};

#endif
