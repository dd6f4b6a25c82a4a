/* What are the agencies called, by the list of agencies? */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "talent/etl/file.h"
#include "talent/etl/publish.h"

enum { LIST_BYTES = 16 << 20, CELLS = 32 };

enum { CODE, NAME, SCOPE, KIND, REGION, COLUMNS };
static const char *const COLUMN[COLUMNS] = {"quick_code", "name", "scope", "kind", "region_code"};

/* The list, read from its text in place: a quoted cell is unquoted where it stands. */
typedef struct list {
    const char *path;
    char *p;
    const char *end;
    size_t line;
    tp_str cell[CELLS];
    int n;
} list;

static tp_str
quoted_cell(list *l)
{
    char *to = l->p;
    const char *from = l->p;
    l->p++;
    for (; l->p < l->end; l->p++) {
        if (*l->p == '"') {
            l->p++;
            if (l->p >= l->end || *l->p != '"') {
                break;
            }
        }
        *to++ = *l->p;
    }
    return (tp_str){from, (size_t)(to - from)};
}

static tp_str
plain_cell(list *l)
{
    const char *from = l->p;
    while (l->p < l->end && *l->p != ',' && *l->p != '\n' && *l->p != '\r') {
        l->p++;
    }
    return (tp_str){from, (size_t)(l->p - from)};
}

/* Next line into l->cell; false at the end. Cells beyond CELLS are read and forgotten. */
static bool
next_line(list *l)
{
    if (l->p >= l->end) {
        return false;
    }
    l->line++;
    l->n = 0;
    for (;;) {
        const tp_str cell = l->p < l->end && *l->p == '"' ? quoted_cell(l) : plain_cell(l);
        if (l->n < CELLS) {
            l->cell[l->n++] = cell;
        }
        if (l->p >= l->end || *l->p != ',') {
            break;
        }
        l->p++;
    }
    while (l->p < l->end && *l->p++ != '\n') {
    }
    return true;
}

static tp_code
find_columns(list *l, int at[COLUMNS], tp_err *err)
{
    const bool any = next_line(l);
    for (int c = 0; c < COLUMNS; c++) {
        at[c] = -1;
        for (int i = 0; any && i < l->n; i++) {
            at[c] = tp_str_is(l->cell[i], COLUMN[c]) ? i : at[c];
        }
        if (at[c] < 0) {
            TP_RETURN_ERR(err, TP_E_SCHEMA, "%s, line 1: no column %s", l->path, COLUMN[c]);
        }
    }
    return TP_OK;
}

static tp_str
cell_at(const list *l, int at)
{
    return at < l->n && l->cell[at].n > 0 ? l->cell[at] : TP_STR_NONE;
}

static int
by_code(const void *a, const void *b)
{
    const tp_agency_name *x = a;
    const tp_agency_name *y = b;
    const int c = tp_str_cmp(x->code, y->code);
    return c != 0 ? c : (x->name.p > y->name.p) - (x->name.p < y->name.p); /* place in the file */
}

static size_t
first_of_equals(tp_agency_name *agency, size_t n)
{
    size_t kept = 0;
    qsort(agency, n, sizeof *agency, by_code);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || tp_str_cmp(agency[kept - 1].code, agency[i].code) != 0) {
            agency[kept++] = agency[i];
        }
    }
    return kept;
}

static tp_code
read_list(list *l, tp_agency_name *agency, size_t *out_n, tp_err *err)
{
    int at[COLUMNS];
    size_t n = 0;
    TP_RETURN_SAME(find_columns(l, at, err));
    while (next_line(l)) {
        const tp_str code = cell_at(l, at[CODE]);
        const tp_str name = cell_at(l, at[NAME]);
        if (code.p == NULL) {
            continue; /* an empty line, or an agency too new to have a code: no row names it */
        }
        if (name.p == NULL) {
            TP_RETURN_ERR(err, TP_E_SCHEMA, "%s, line %zu: agency %.*s has no name", l->path,
                          l->line, TP_STR_ARG(code));
        }
        agency[n] = (tp_agency_name){code, name, cell_at(l, at[SCOPE]), cell_at(l, at[KIND]),
                                     cell_at(l, at[REGION])};
        n++;
    }
    *out_n = first_of_equals(agency, n);
    return TP_OK;
}

tp_code
tp_agency_names_load(const char *codes_dir, tp_arena *arena, tp_agency_name **out, size_t *out_n,
                     tp_key *out_hash, tp_err *err)
{
    TP_AUTO_BUF(path);
    TP_AUTO_BUF(bytes);
    tp_buf_printf(&path, "%s/agencies.csv", codes_dir);
    TP_RETURN_SAME(tp_file_read(tp_buf_cstr(&path), LIST_BYTES, &bytes, err));
    size_t lines = 1;
    for (size_t i = 0; i < bytes.n; i++) {
        lines += bytes.p[i] == '\n';
    }
    char *text = tp_arena_copy(arena, tp_buf_cstr(&bytes), bytes.n);
    tp_agency_name *agency = tp_arena_alloc(arena, lines, sizeof *agency);
    if (text == NULL || agency == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "a list of %zu agencies", lines);
    }
    list l = {.path = tp_buf_cstr(&path), .p = text, .end = text + bytes.n};
    TP_RETURN_SAME(read_list(&l, agency, out_n, err));
    (void)crypto_hash_sha256(out_hash->byte, (const uint8_t *)tp_buf_cstr(&bytes), bytes.n);
    *out = agency;
    return TP_OK;
}
