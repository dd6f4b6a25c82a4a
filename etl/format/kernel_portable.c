/* How are blocks of bytes searched with nothing but C? */
#include "etl/format/kernel.h"

#include <string.h>

#define KERNEL(name) name##_portable

#define ONES UINT64_C(0x0101010101010101)
#define HIGH UINT64_C(0x8080808080808080)
#define LOW7 UINT64_C(0x7f7f7f7f7f7f7f7f)

/* Eight bytes, the first the lowest, on any machine. */
static inline uint64_t
load8(const char *p)
{
    uint64_t w;
    memcpy(&w, p, sizeof w);
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
    w = __builtin_bswap64(w);
#endif
    return w;
}

/* Bit 7 of each byte that is zero: exact, no carry between bytes. */
static inline uint64_t
zero8(uint64_t w)
{
    return ~(((w & LOW7) + LOW7) | w) & HIGH;
}

/* Bits 7, 15, .. as bits 0, 1, .. */
static inline uint64_t
gather8(uint64_t high)
{
    return ((high >> 7) * UINT64_C(0x0102040810204080)) >> 56;
}

static inline uint64_t
block_same(const char *p, const char *q)
{
    uint64_t mask = 0;
    for (int i = 0; i < 8; i++) {
        mask |= gather8(zero8(load8(p + 8 * i) ^ load8(q + 8 * i))) << (8 * i);
    }
    return mask;
}

static inline uint64_t
block_stop(const char *p, uint64_t *odd)
{
    uint64_t mask = 0;
    uint64_t wide = 0;
    for (int i = 0; i < 8; i++) {
        const uint64_t w = load8(p + 8 * i);
        const uint64_t control = zero8(w & (ONES * 0xe0));
        mask |= gather8(zero8(w ^ (ONES * '"')) | zero8(w ^ (ONES * '\\')) | control) << (8 * i);
        wide |= gather8((w & HIGH) | zero8(w ^ LOW7)) << (8 * i);
    }
    *odd = wide;
    return mask;
}

static inline uint64_t
block_any3(const char *p, char a, char b, char c)
{
    uint64_t mask = 0;
    for (int i = 0; i < 8; i++) {
        const uint64_t w = load8(p + 8 * i);
        mask |= gather8(zero8(w ^ (ONES * (unsigned char)a)) |
                        zero8(w ^ (ONES * (unsigned char)b)) | zero8(w ^ (ONES * (unsigned char)c)))
                << (8 * i);
    }
    return mask;
}

static inline uint64_t
block_odd(const char *p)
{
    uint64_t mask = 0;
    for (int i = 0; i < 8; i++) {
        const uint64_t w = load8(p + 8 * i);
        mask |= gather8((w & HIGH) | zero8(w ^ LOW7) | zero8(w & (ONES * 0xe0))) << (8 * i);
    }
    return mask;
}

static inline uint64_t
block_wide(const char *p)
{
    uint64_t mask = 0;
    for (int i = 0; i < 8; i++) {
        const uint64_t w = load8(p + 8 * i);
        mask |= gather8((w & HIGH) | zero8(w)) << (8 * i);
    }
    return mask;
}

static inline void
block_copy(char *to, const char *from)
{
    memcpy(to, from, 64);
}

#include "etl/format/kernel_body.h"

const tp_kernel TP_KERNEL_PORTABLE = {"portable",     plain_portable, any3_portable,
                                      ascii_portable, put_portable,   members_portable};
