/* Letter comparisons of the link stage beside plain ones. */
#ifndef TALENT_BENCH_LINK_STRINGS_H
#define TALENT_BENCH_LINK_STRINGS_H

#include <stdbool.h>
#include <stdint.h>

/* Compares so many pairs of name tokens with the program's own kernels and with plain loops over
 * the same pairs in the same run, and prints a line for each. False when the two disagree. */
bool bench_strings(uint64_t seed, uint64_t pairs, int repeat);

#endif
