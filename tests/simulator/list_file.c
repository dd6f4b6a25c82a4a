/* How is a reference list read from its CSV file? */
#include "tests/simulator/population.h"

#include <errno.h>

/* The whole file as terminated text in the arena. */
static tp_code
slurp(tp_arena *arena, const char *path, char **out, size_t *out_n, tp_err *err)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        TP_RETURN_ERR(err, TP_E_CONFIG,
                      "cannot open code list %s: %s; name the directory with --codes", path,
                      strerror(errno));
    }
    char chunk[65536];
    size_t n = 0;
    for (size_t got; (got = fread(chunk, 1, sizeof chunk, f)) > 0;) {
        n += got;
    }
    rewind(f);
    char *text = tp_arena_alloc(arena, n + 2, 1);
    const bool ok = text != NULL && fread(text, 1, n, f) == n;
    fclose(f);
    if (!ok) {
        TP_RETURN_ERR(err, TP_E_IO, "cannot read code list %s", path);
    }
    if (n > 0 && text[n - 1] != '\n') {
        text[n++] = '\n';
    }
    *out = text;
    *out_n = n;
    return TP_OK;
}

/* Cuts one field off *p in place; *out_last tells that it ended its line. */
static char *
cut_field(char **p, bool *out_last)
{
    char *read = *p;
    char *field = read;
    char *write = read;
    bool quoted = false;
    for (;; read++) {
        if (*read == '"') {
            if (quoted && read[1] == '"') {
                *write++ = '"';
                read++;
            } else {
                quoted = !quoted;
            }
        } else if (!quoted && (*read == ',' || *read == '\n')) {
            break;
        } else if (*read == '\0') {
            read--;
            break;
        } else if (*read != '\r') {
            *write++ = *read;
        }
    }
    *out_last = *read != ',';
    *p = read + 1;
    *write = '\0';
    return field;
}

tp_code
sim_csv_load(tp_arena *arena, const char *dir, const char *name, sim_csv *out, tp_err *err)
{
    char path[700];
    sim_text t = sim_text_on(path, sizeof path);
    sim_put(&t, dir);
    sim_put(&t, "/");
    sim_put(&t, name);

    char *text;
    size_t n;
    TP_RETURN_SAME(slurp(arena, path, &text, &n, err));
    size_t lines = 0;
    for (size_t i = 0; i < n; i++) {
        lines += text[i] == '\n';
    }
    size_t cols = 1;
    for (size_t i = 0; i < n && text[i] != '\n'; i++) {
        cols += text[i] == ',';
    }
    *out = (sim_csv){tp_arena_alloc(arena, lines * cols, sizeof(char *)), 0, cols};
    if (out->cell == NULL || lines < 2) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "code list %s has no rows", path);
    }
    char *p = text;
    while (p < text + n && *p != '\0') {
        for (size_t c = 0; c < cols; c++) {
            bool last;
            out->cell[out->rows * cols + c] = cut_field(&p, &last);
            if (last != (c + 1 == cols)) {
                TP_RETURN_ERR(err, TP_E_CONFIG, "code list %s: row %zu does not have %zu fields",
                              path, out->rows + 1, cols);
            }
        }
        out->rows++;
    }
    return TP_OK;
}

size_t
sim_csv_col(const sim_csv *csv, const char *name)
{
    for (size_t c = 0; c < csv->cols; c++) {
        if (strcmp(csv->cell[c], name) == 0) {
            return c;
        }
    }
    return SIZE_MAX;
}

const char *
sim_csv_cell(const sim_csv *csv, size_t row, const char *name)
{
    const size_t c = sim_csv_col(csv, name);
    return c == SIZE_MAX ? "" : csv->cell[row * csv->cols + c];
}
