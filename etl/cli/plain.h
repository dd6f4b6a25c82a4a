/* Text from outside made fit for a terminal, and rows of it as aligned columns. */
#ifndef ETL_CLI_PLAIN_H
#define ETL_CLI_PLAIN_H

#include <stdbool.h>
#include <stdio.h>

#include "talent/base/arena.h"
#include "talent/base/buf.h"

/*
 * Appends text so that it cannot do anything to a terminal: control characters (C0, DEL, C1), marks
 * that turn the direction of writing or are not seen, and bytes that are no UTF-8 are written as
 * \n, \t, \xNN or \u{NNNN}; a backslash as \\. At most `most` columns; what is cut off shows as
 * "...".
 */
void tp_plain_put(tp_buf *out, tp_str text, size_t most);

/* Appends the shape of a text: 9 for a digit, A and a for letters, x for a letter beyond ASCII,
 * other signs as they are. */
void tp_plain_shape(tp_buf *out, tp_str text);

/* Appends text with every run of nine or more digits, blanks, dots and hyphens between them passed
 * over, turned into its shape. */
void tp_plain_mask(tp_buf *out, tp_str text);

/* Rows of cells, printed as columns. Zeroed but for cols = ready; cleared with its arena. */
typedef struct tp_grid {
    size_t cols;
    size_t n; /* cells */
    size_t cap;
    tp_str *cell;
    bool failed;
    tp_arena arena;
} tp_grid;

void tp_grid_put(tp_grid *grid, tp_str text); /* a copy, as it is */
void tp_grid_puts(tp_grid *grid, const char *text);
void tp_grid_u64(tp_grid *grid, uint64_t value);

/* Prints all rows, the first as headings, and forgets them. indent: blanks before each line. */
void tp_grid_print(tp_grid *grid, FILE *to, int indent);
void tp_grid_clear(tp_grid *grid);

#endif
