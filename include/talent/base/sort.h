/* Stable sort of row numbers by 64-bit keys. */
#ifndef TALENT_BASE_SORT_H
#define TALENT_BASE_SORT_H

#include <stddef.h>
#include <stdint.h>

#include "talent/base/attr.h"

typedef struct tp_key_row {
    uint64_t key;
    uint32_t row;
} tp_key_row;

/* Sorts items[n] by key ascending, stable, least significant digit first; tmp has room for n.
 * Equal keys keep their order, so rows filled ascending come out (key, row) ascending. */
void tp_sort_keys(tp_key_row *items, tp_key_row *tmp, size_t n);

#endif
