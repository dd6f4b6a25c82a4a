/* Which cell of which row is this, in a table of separated values? */
#include "etl/format/kernel.h"

#include <stdlib.h>
#include <string.h>

enum { WINDOW = 256 << 10, COLUMNS_MAX = 4096 };

/* A cell as it stands in the window. */
typedef struct field {
    tp_str raw;
    bool doubled; /* holds quotes written twice */
} field;

/* Where the text of a column goes. */
typedef struct target {
    uint32_t column;
    tp_accept accept;
} target;

typedef struct csv {
    tp_builder *b;
    const tp_kernel *kernel;
    tp_reader *in;
    char *buf; /* [cap] window */
    size_t cap;
    size_t at; /* start of the row */
    size_t end;
    uint64_t base;
    bool eof;
    uint64_t line;
    char delimiter;
    char cr;         /* '\r' when lines end with it alone, else '\n' like any line */
    size_t most;     /* cells of a row */
    size_t n_fields; /* of the row */
    size_t columns;  /* of the header */
    field field[COLUMNS_MAX];
    size_t n_targets;
    target *target;
    uint32_t rows; /* selects with a row for every line */
    tp_buf text;
} csv;

/* Fills the window behind its end; makes room first: the row so far stays. */
static tp_code
fill(csv *c, tp_err *err)
{
    if (c->at > 0) {
        memmove(c->buf, c->buf + c->at, c->end - c->at);
        c->base += c->at;
        c->end -= c->at;
        c->at = 0;
    } else if (c->end == c->cap) {
        if (c->cap > c->b->record_limit) {
            TP_RETURN_ERR(err, TP_E_RANGE, "line %llu: a row of more than %zu bytes",
                          (unsigned long long)c->line, c->b->record_limit);
        }
        char *grown = realloc(c->buf, c->cap * 2 + 2 * TP_KERNEL_PAD);
        if (grown == NULL) {
            TP_RETURN_ERR(err, TP_E_NOMEM, "a window of %zu bytes", c->cap * 2);
        }
        c->buf = grown;
        c->cap *= 2;
    }
    while (c->end < c->cap && !c->eof) {
        size_t n = 0;
        TP_RETURN_SAME(c->in->read(c->in, c->buf + c->end, c->cap - c->end, &n, err));
        c->end += n;
        c->eof = n == 0;
    }
    memset(c->buf + c->end, '\n', TP_KERNEL_PAD); /* what ends every search */
    return TP_OK;
}

typedef enum row_end { ROW_WHOLE, ROW_MORE, ROW_CUT, ROW_BAD, ROW_WIDE } row_end;

/* The cell at *i: sets *i behind it, at the delimiter or line end. */
static row_end
take_field(const csv *c, size_t *i, field *out)
{
    const char *p = c->buf;
    size_t k = *i;
    *out = (field){.raw = {p + k, 0}};
    if (k < c->end && p[k] == '"') {
        const size_t from = ++k;
        for (;;) {
            const char *quote = k < c->end ? memchr(p + k, '"', c->end - k) : NULL;
            if (quote == NULL) {
                return c->eof ? ROW_CUT : ROW_MORE;
            }
            k = (size_t)(quote - p) + 1;
            if (k == c->end && !c->eof) {
                return ROW_MORE;
            }
            if (k == c->end || p[k] != '"') {
                break;
            }
            out->doubled = true;
            k++;
        }
        out->raw = (tp_str){p + from, k - 1 - from};
        *i = k;
        const bool cr = k < c->end && p[k] == '\r';
        return k == c->end || p[k] == c->delimiter || p[k] == '\n' || cr ? ROW_WHOLE : ROW_BAD;
    }
    k = (size_t)(c->kernel->any3(p + k, c->delimiter, '\n', c->cr) - p);
    if (k == c->end && !c->eof) {
        return ROW_MORE;
    }
    out->raw.n = k - *i;
    *i = k;
    if (out->raw.n > 0 && out->raw.p[out->raw.n - 1] == '\r' && (k == c->end || p[k] == '\n')) {
        out->raw.n--;
    }
    return ROW_WHOLE;
}

/* Splits the row at c->at; *out_next = start of the next one, or the place of a fault. */
static row_end
split_row(csv *c, size_t *out_next)
{
    size_t i = c->at;
    c->n_fields = 0;
    for (;;) {
        field one;
        const row_end got = take_field(c, &i, &one);
        *out_next = i;
        if (got != ROW_WHOLE) {
            return got;
        }
        if (c->n_fields == c->most) {
            return ROW_WIDE;
        }
        c->field[c->n_fields++] = one;
        if (i < c->end && c->buf[i] == '\r' && c->cr != '\r') { /* after a quoted cell */
            if (i + 1 == c->end && !c->eof) {
                return ROW_MORE;
            }
            i++;
            if (i < c->end && c->buf[i] != '\n') {
                return ROW_BAD;
            }
        }
        if (i == c->end) {
            if (!c->eof) {
                return ROW_MORE;
            }
            c->b->stats->no_line_end = true;
            *out_next = i;
            return ROW_WHOLE;
        }
        i++;
        if (c->buf[i - 1] == '\n' || c->buf[i - 1] == c->cr) {
            *out_next = i;
            return ROW_WHOLE;
        }
    }
}

/* The next row that is not blank into c->field; *out_next = behind it. n_fields = 0: the end. */
static tp_code
next_row(csv *c, size_t *out_next, tp_err *err)
{
    for (;;) {
        if (c->at == c->end && c->eof) {
            c->n_fields = 0;
            return TP_OK;
        }
        const row_end got = split_row(c, out_next);
        if (got == ROW_MORE) {
            TP_RETURN_SAME(fill(c, err));
            continue;
        }
        if (got == ROW_CUT) {
            TP_RETURN_ERR(err, TP_E_NET,
                          "cut short at byte %llu: line %llu, expected a closing quote",
                          (unsigned long long)(c->base + c->end), (unsigned long long)c->line);
        }
        if (got == ROW_WIDE) {
            TP_RETURN_ERR(err, TP_E_RANGE, "line %llu: a row of more than %zu cells",
                          (unsigned long long)c->line, c->most);
        }
        if (got == ROW_BAD) {
            TP_RETURN_ERR(err, TP_E_SYNTAX,
                          "line %llu, byte %llu: expected '%c' or a line end after a closing quote",
                          (unsigned long long)c->line, (unsigned long long)(c->base + *out_next),
                          c->delimiter);
        }
        if (c->n_fields > 1 || c->field[0].raw.n > 0) {
            return TP_OK;
        }
        c->at = *out_next;
        c->line++;
    }
}

static void
count_lines(csv *c, size_t next)
{
    const int end = c->cr;
    for (const char *p = c->buf + c->at; (p = memchr(p, end, (size_t)(c->buf + next - p))) != NULL;
         p++) {
        c->line++;
    }
}

static tp_code
text_of(csv *c, const field *f, tp_str *out, tp_err *err)
{
    *out = f->raw;
    if (!f->doubled) {
        return TP_OK;
    }
    tp_buf_reset(&c->text);
    for (size_t i = 0; i < f->raw.n; i++) {
        tp_buf_char(&c->text, f->raw.p[i]);
        i += f->raw.p[i] == '"' ? 1 : 0;
    }
    if (c->text.failed) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "a cell of %zu bytes", f->raw.n);
    }
    *out = tp_buf_view(&c->text);
    return TP_OK;
}

/* What ends the header line, quotes aside: a line feed, or a carriage return without one. */
static char
find_line_end(const csv *c)
{
    bool quoted = false;
    size_t i = c->at;
    for (; i < c->end && (quoted || (c->buf[i] != '\n' && c->buf[i] != '\r')); i++) {
        quoted ^= c->buf[i] == '"';
    }
    const bool pair = i + 1 < c->end && c->buf[i + 1] == '\n';
    return i < c->end && c->buf[i] == '\r' && !pair ? '\r' : '\n';
}

/* The commonest of the three delimiters in the header line, quotes aside. */
static char
find_delimiter(const csv *c)
{
    static const char KNOWN[3] = {';', ',', '\t'};
    size_t count[3] = {0};
    bool quoted = false;
    for (size_t i = c->at; i < c->end && (quoted || (c->buf[i] != '\n' && c->buf[i] != c->cr));
         i++) {
        quoted ^= c->buf[i] == '"';
        for (size_t k = 0; k < 3 && !quoted; k++) {
            count[k] += c->buf[i] == KNOWN[k] ? 1 : 0;
        }
    }
    size_t best = 0;
    for (size_t k = 1; k < 3; k++) {
        best = count[k] > count[best] ? k : best;
    }
    return KNOWN[best];
}

static tp_code
find_column(csv *c, tp_str name, uint32_t *out, tp_err *err)
{
    *out = UINT32_MAX;
    for (uint32_t i = 0; i < c->columns; i++) {
        tp_str text;
        TP_RETURN_SAME(text_of(c, &c->field[i], &text, err));
        if (tp_str_eq(tp_str_trim(text), name)) {
            if (*out != UINT32_MAX) {
                TP_RETURN_ERR(err, TP_E_SCHEMA, "column '%.*s' stands twice in the header",
                              TP_STR_ARG(name));
            }
            *out = i;
        }
    }
    return TP_OK;
}

/* Is the column of slot i of a select, or of one that may stand for it, in the header? */
static tp_code
check_column(csv *c, const tp_select *select, size_t i, tp_err *err)
{
    const tp_slot *slot = &select->slot[i];
    TP_AUTO_BUF(names);
    for (size_t k = 0; k < select->n_slots; k++) {
        const tp_slot *other = &select->slot[k];
        uint32_t column;
        if (k != i && (slot->must || other->any_of != slot->any_of)) {
            continue;
        }
        if (other->path.n != 1) {
            return TP_OK;
        }
        TP_RETURN_SAME(find_column(c, other->path.step[0].name, &column, err));
        if (column != UINT32_MAX) {
            return TP_OK;
        }
        tp_buf_printf(&names, "%s'%.*s'", names.n > 0 ? ", " : "",
                      TP_STR_ARG(other->path.step[0].name));
    }
    TP_RETURN_ERR(
        err, TP_E_SCHEMA,
        "the header has no column %s; if it may be missing, say \"optional\": true in its "
        "field",
        tp_buf_cstr(&names));
}

/* A column that is gone is not a column full of nothing. */
static tp_code
check_header(csv *c, tp_err *err)
{
    const tp_shape *shape = c->b->shape;
    for (size_t s = 0; s < shape->n_selects; s++) {
        for (size_t i = 0; i < shape->select[s].n_slots; i++) {
            const tp_slot *slot = &shape->select[s].slot[i];
            if (slot->must || slot->any_of != 0) {
                TP_RETURN_SAME(check_column(c, &shape->select[s], i, err));
            }
        }
    }
    return TP_OK;
}

static int
by_column(const void *a, const void *b)
{
    const target *x = a;
    const target *y = b;
    if (x->column != y->column) {
        return x->column < y->column ? -1 : 1;
    }
    return x->accept.select != y->accept.select
               ? (x->accept.select < y->accept.select ? -1 : 1)
               : (x->accept.slot > y->accept.slot) - (x->accept.slot < y->accept.slot);
}

/* Every select begins at the root, so its slots hang there: column by column. */
/* The columns that no path reads. */
static tp_code
tell_columns(csv *c, tp_err *err)
{
    for (uint32_t i = 0; c->b->sink.name != NULL && i < c->columns; i++) {
        bool read = false;
        tp_str text;
        for (size_t k = 0; k < c->n_targets && !read; k++) {
            read = c->target[k].column == i;
        }
        TP_RETURN_SAME(text_of(c, &c->field[i], &text, err));
        if (!read) {
            tp_builder_name(c->b, c->rows, tp_str_trim(text));
        }
    }
    return TP_OK;
}

static tp_code
read_header(csv *c, const tp_match *m, tp_err *err)
{
    size_t next = 0;
    TP_RETURN_SAME(fill(c, err));
    c->cr = find_line_end(c);
    c->delimiter = c->b->shape->delimiter != 0 ? c->b->shape->delimiter : find_delimiter(c);
    TP_RETURN_SAME(next_row(c, &next, err));
    if (c->n_fields == 0) {
        TP_RETURN_ERR(err, TP_E_NET, "cut short at byte %llu: expected a header line",
                      (unsigned long long)(c->base + c->end));
    }
    c->columns = c->n_fields;
    TP_RETURN_SAME(check_header(c, err));
    c->target = calloc(m->n_accepts + 1, sizeof *c->target);
    if (c->target == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "%zu columns", m->n_accepts);
    }
    for (uint32_t e = m->node[1].edge; e != 0; e = m->edge[e - 1].next) {
        uint32_t column;
        TP_RETURN_SAME(find_column(c, m->edge[e - 1].step->name, &column, err));
        uint32_t a = column != UINT32_MAX ? m->node[m->edge[e - 1].to].accept : 0;
        for (; a != 0; a = m->accept[a - 1].next) {
            c->target[c->n_targets++] = (target){column, m->accept[a - 1]};
        }
    }
    qsort(c->target, c->n_targets, sizeof *c->target, by_column);
    TP_RETURN_SAME(tell_columns(c, err));
    count_lines(c, next);
    c->at = next;
    return TP_OK;
}

/* Does the row stand under the header? A short one has lost cells somewhere, nobody knows which; in
 * a long one a delimiter stood in a value, unless what is too much is blank. */
static bool
fits_header(const csv *c)
{
    bool fits = c->n_fields >= c->columns;
    for (size_t i = c->columns; fits && i < c->n_fields && i < COLUMNS_MAX; i++) {
        fits = tp_str_trim(c->field[i].raw).n == 0;
    }
    return fits;
}

/* Where the row ends, its line end aside. */
static uint64_t
row_end_at(const csv *c, size_t next)
{
    while (next > c->at && (c->buf[next - 1] == '\n' || c->buf[next - 1] == '\r')) {
        next--;
    }
    return c->base + next;
}

static tp_code
read_rows(csv *c, tp_err *err)
{
    for (;;) {
        size_t next = 0;
        TP_RETURN_SAME(next_row(c, &next, err));
        if (c->n_fields == 0) {
            return TP_OK;
        }
        if (c->b->stats->no_line_end && c->n_fields < c->columns) {
            TP_RETURN_ERR(err, TP_E_NET,
                          "cut short at byte %llu: line %llu ends after %zu of %zu cells",
                          (unsigned long long)(c->base + c->end), (unsigned long long)c->line,
                          c->n_fields, c->columns);
        }
        c->b->stats->ragged += c->n_fields != c->columns ? 1 : 0;
        c->b->at = c->base + c->at;
        TP_RETURN_SAME(tp_builder_begin_all(c->b, c->rows, err));
        if (c->n_fields != c->columns && !fits_header(c)) {
            tp_builder_mark(c->b, c->rows, TP_FLAW_CELLS);
        }
        for (size_t i = 0; i < c->n_targets && c->target[i].column < c->n_fields; i++) {
            const target *t = &c->target[i];
            const field *f = &c->field[t->column];
            tp_str text;
            if (!f->doubled) { /* it stands in the window, with room behind */
                TP_RETURN_SAME(c->kernel->put(c->b, &t->accept, 1, f->raw, err));
                continue;
            }
            TP_RETURN_SAME(text_of(c, f, &text, err));
            TP_RETURN_SAME(tp_builder_put(c->b, t->accept.select, t->accept.slot, text, err));
        }
        c->b->at = row_end_at(c, next);
        TP_RETURN_SAME(tp_builder_end_all(c->b, c->rows, err));
        count_lines(c, next);
        c->at = next;
    }
}

tp_code
tp_csv_read(tp_builder *b, tp_match *match, tp_reader *in, tp_err *err)
{
    csv *c = calloc(1, sizeof *c);
    if (c == NULL || (c->buf = malloc(WINDOW + 2 * TP_KERNEL_PAD)) == NULL) {
        free(c);
        TP_RETURN_ERR(err, TP_E_NOMEM, "a window of %d bytes", WINDOW);
    }
    c->b = b;
    c->kernel = tp_kernel_get();
    c->in = in;
    c->cap = WINDOW;
    c->line = 1;
    c->most = b->fields_limit < COLUMNS_MAX ? b->fields_limit : COLUMNS_MAX;
    c->rows = match->node[1].selects;
    tp_code rc = read_header(c, match, err);
    if (rc == TP_OK) {
        rc = read_rows(c, err);
    }
    tp_buf_clear(&c->text);
    free(c->target);
    free(c->buf);
    free(c);
    return rc;
}
