/* How does text from outside look on a terminal, harmless and in columns? */
#include "etl/cli/plain.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

enum { LONG_NUMBER = 9 };

/* Not seen, or turning the direction of writing: they can make a line read as another. */
static bool
is_hidden(utf8proc_int32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c || c == 0x180e ||
           (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
           (c >= 0xe0000 && c <= 0xe0fff);
}

static void
put_escape(tp_buf *out, utf8proc_int32_t c)
{
    switch (c) {
    case '\n':
        tp_buf_puts(out, "\\n");
        break;
    case '\r':
        tp_buf_puts(out, "\\r");
        break;
    case '\t':
        tp_buf_puts(out, "\\t");
        break;
    case '\\':
        tp_buf_puts(out, "\\\\");
        break;
    default:
        tp_buf_printf(out, c < 0x80 ? "\\x%02x" : "\\u{%x}", (unsigned)c);
    }
}

void
tp_plain_put(tp_buf *out, tp_str text, size_t most)
{
    size_t columns = 0;
    for (size_t i = 0; i < text.n;) {
        utf8proc_int32_t c = -1;
        const size_t left = text.n - i < 4 ? text.n - i : 4;
        const utf8proc_ssize_t k =
            utf8proc_iterate((const utf8proc_uint8_t *)text.p + i, (utf8proc_ssize_t)left, &c);
        const size_t before = out->n;
        if (k <= 0) {
            tp_buf_printf(out, "\\x%02x", (unsigned)(unsigned char)text.p[i]);
        } else if (is_hidden(c) || c == '\\') {
            put_escape(out, c);
        } else {
            tp_buf_put(out, text.p + i, (size_t)k);
        }
        columns += k > 1 && out->n - before == (size_t)k ? 1 : out->n - before;
        i += k > 0 ? (size_t)k : 1;
        if (columns + 3 >= most && i < text.n) {
            tp_buf_puts(out, "...");
            return;
        }
    }
}

void
tp_plain_shape(tp_buf *out, tp_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        const char c = text.p[i];
        if (c >= '0' && c <= '9') {
            tp_buf_char(out, '9');
        } else if (c >= 'A' && c <= 'Z') {
            tp_buf_char(out, 'A');
        } else if (c >= 'a' && c <= 'z') {
            tp_buf_char(out, 'a');
        } else if ((unsigned char)c < 0x80) {
            tp_buf_char(out, c);
        } else if (((unsigned char)c & 0xc0) != 0x80) {
            tp_buf_char(out, 'x');
        }
    }
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Length of the run of digits at the start, single blanks and signs inside it passed over. */
static size_t
digit_run(tp_str text, size_t *out_digits)
{
    size_t end = 0;
    size_t digits = 0;
    for (size_t i = 0; i < text.n; i++) {
        const char c = text.p[i];
        if (is_digit(c)) {
            digits++;
            end = i + 1;
        } else if ((c != ' ' && c != '.' && c != '-') || i > end) {
            break;
        }
    }
    *out_digits = digits;
    return end;
}

void
tp_plain_mask(tp_buf *out, tp_str text)
{
    while (text.n > 0) {
        size_t digits = 0;
        size_t n = is_digit(text.p[0]) ? digit_run(text, &digits) : 1;
        if (digits >= LONG_NUMBER) {
            tp_plain_shape(out, tp_str_sub(text, 0, n));
        } else {
            tp_buf_put(out, text.p, n);
        }
        text = tp_str_sub(text, n, text.n);
    }
}

/* ---- columns ---- */

void
tp_grid_put(tp_grid *grid, tp_str text)
{
    if (grid->n == grid->cap) {
        const size_t cap = grid->cap == 0 ? 64 : grid->cap * 2;
        tp_str *cell = realloc(grid->cell, cap * sizeof *cell);
        if (cell == NULL) {
            grid->failed = true;
            return;
        }
        grid->cell = cell;
        grid->cap = cap;
    }
    const char *copy = tp_arena_copy(&grid->arena, text.p != NULL ? text.p : "", text.n);
    grid->failed = grid->failed || copy == NULL;
    grid->cell[grid->n++] = (tp_str){copy, copy != NULL ? text.n : 0};
}

void
tp_grid_puts(tp_grid *grid, const char *text)
{
    tp_grid_put(grid, tp_str_of(text));
}

void
tp_grid_u64(tp_grid *grid, uint64_t value)
{
    char text[24];
    const int n = snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    tp_grid_put(grid, (tp_str){text, (size_t)n});
}

/* Columns on the screen: code points, which for Latin text is close enough. */
static size_t
width_of(tp_str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        n += ((unsigned char)text.p[i] & 0xc0) != 0x80 ? 1 : 0;
    }
    return n;
}

static size_t
column_width(const tp_grid *grid, size_t col)
{
    size_t width = 0;
    for (size_t i = col; i < grid->n; i += grid->cols) {
        const size_t w = width_of(grid->cell[i]);
        width = w > width ? w : width;
    }
    return width;
}

/* Numbers stand to the right; the heading is no number. */
static bool
is_number_column(const tp_grid *grid, size_t col)
{
    for (size_t i = col + grid->cols; i < grid->n; i += grid->cols) {
        const tp_str text = grid->cell[i];
        for (size_t k = 0; k < text.n; k++) {
            if (!is_digit(text.p[k])) {
                return false;
            }
        }
    }
    return grid->n > grid->cols;
}

static void
print_cell(FILE *to, tp_str text, size_t width, bool right, bool last)
{
    const size_t have = width_of(text);
    const int pad = have < width ? (int)(width - have) : 0;
    if (right) {
        (void)fprintf(to, "%*s", pad, "");
    }
    (void)fwrite(text.p != NULL ? text.p : "", 1, text.n, to);
    if (!right && !last) {
        (void)fprintf(to, "%*s", pad, "");
    }
    (void)fputs(last ? "\n" : "  ", to);
}

void
tp_grid_print(tp_grid *grid, FILE *to, int indent)
{
    if (grid->failed) {
        (void)fprintf(to, "%*s(no memory to show this)\n", indent, "");
    }
    for (size_t i = 0; !grid->failed && i + grid->cols <= grid->n; i += grid->cols) {
        (void)fprintf(to, "%*s", indent, "");
        size_t last = grid->cols - 1;
        while (last > 0 && grid->cell[i + last].n == 0) {
            last--;
        }
        for (size_t c = 0; c <= last; c++) {
            print_cell(to, grid->cell[i + c], column_width(grid, c), is_number_column(grid, c),
                       c == last);
        }
    }
    grid->n = 0;
    grid->failed = false;
    tp_arena_reset(&grid->arena);
}

void
tp_grid_clear(tp_grid *grid)
{
    free(grid->cell);
    tp_arena_clear(&grid->arena);
    *grid = (tp_grid){.cols = grid->cols};
}
