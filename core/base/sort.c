/* How are rows put in the order of a 64-bit key, stably and in linear time? */
#include "talent/base/sort.h"

#include <string.h>

enum { DIGIT_BITS = 8, DIGITS = 64 / DIGIT_BITS, BUCKETS = 1 << DIGIT_BITS };

void
tp_sort_keys(tp_key_row *items, tp_key_row *tmp, size_t n)
{
    size_t count[DIGITS][BUCKETS];
    memset(count, 0, sizeof count);
    for (size_t i = 0; i < n; i++) {
        uint64_t key = items[i].key;
        for (int d = 0; d < DIGITS; d++, key >>= DIGIT_BITS) {
            count[d][key & (BUCKETS - 1)]++;
        }
    }
    tp_key_row *from = items;
    tp_key_row *to = tmp;
    for (int d = 0; d < DIGITS; d++) {
        if (n > 0 && count[d][from[0].key >> (d * DIGIT_BITS) & (BUCKETS - 1)] == n) {
            continue; /* a constant digit orders nothing */
        }
        size_t at[BUCKETS];
        size_t sum = 0;
        for (int b = 0; b < BUCKETS; b++) {
            at[b] = sum;
            sum += count[d][b];
        }
        for (size_t i = 0; i < n; i++) {
            to[at[from[i].key >> (d * DIGIT_BITS) & (BUCKETS - 1)]++] = from[i];
        }
        tp_key_row *swap = from;
        from = to;
        to = swap;
    }
    if (from != items && n > 0) {
        memcpy(items, from, n * sizeof *items);
    }
}
