/* Do our CSV reader and a plain one, a character at a time, see the same cells?
 *
 * Deliberate differences: none. The plain reader states the rules: a cell is quoted when its first
 * character is a quote; lines end with LF, CR LF, or CR alone if the header does; blank lines are
 * passed over; a last row without a line end has all its cells, or was cut short; the delimiter is
 * the commonest of ; , TAB in the header, quotes aside.
 */
#include "tests/fuzz/oracle.h"

enum { N_SHAPES = 5, CELLS = 4096 };

static tp_arena arena;
static tp_shape shape[N_SHAPES];

static void
make_shapes(void)
{
    tp_shape *s = shape;
    for (size_t i = 0; i < N_SHAPES; i++) {
        s[i] = (tp_shape){.format = TP_FORMAT_CSV};
    }
    add_select(&s[0], &arena, -1, false, "", SLOTS("nip", "nama", "kota"));
    s[1].delimiter = ';';
    add_select(&s[1], &arena, -1, false, "", SLOTS("a", "b"));
    s[2].delimiter = ',';
    add_select(&s[2], &arena, -1, true, "", SLOTS("a", "+b"));
    add_select(&s[2], &arena, -1, false, "", SLOTS("b", "a", "a", "+c"));
    s[3].delimiter = '\t';
    add_select(&s[3], &arena, -1, false, "", SLOTS("a"));
    s[4].delimiter = '|';
    add_select(&s[4], &arena, -1, false, "", SLOTS("a", "b c", "-"));
}

/* Cells of one row; those of the header stay. */
typedef struct plain {
    tp_str text;
    size_t at;
    char delimiter;
    bool cr;
    size_t n;
    tp_buf cell[CELLS];
    size_t n_names;
    tp_buf name[CELLS];
} plain;

static bool
is_end(const plain *p, size_t i)
{
    return p->text.p[i] == '\n' || (p->cr && p->text.p[i] == '\r');
}

/* The cell at p->at; false when the text is broken there. */
static bool
take_quoted(plain *p, tp_buf *cell)
{
    for (p->at++;; p->at++) {
        if (p->at >= p->text.n) {
            return false;
        }
        if (p->text.p[p->at] == '"') {
            p->at++;
            if (p->at >= p->text.n || p->text.p[p->at] != '"') {
                break;
            }
        }
        tp_buf_char(cell, p->text.p[p->at]);
    }
    if (p->at < p->text.n && p->text.p[p->at] == '\r' && !p->cr) {
        p->at++;
        return p->at == p->text.n || p->text.p[p->at] == '\n';
    }
    return p->at == p->text.n || p->text.p[p->at] == p->delimiter || is_end(p, p->at);
}

static void
take_bare(plain *p, tp_buf *cell)
{
    while (p->at < p->text.n && p->text.p[p->at] != p->delimiter && !is_end(p, p->at)) {
        tp_buf_char(cell, p->text.p[p->at++]);
    }
    const bool line_end = p->at == p->text.n || p->text.p[p->at] == '\n';
    if (cell->n > 0 && cell->p[cell->n - 1] == '\r' && line_end) {
        cell->n--;
    }
}

typedef enum plain_row { PLAIN_ROW, PLAIN_END, PLAIN_WRONG } plain_row;

/* The next row that is not blank. */
static plain_row
take_row(plain *p)
{
    do {
        p->n = 0;
        if (p->at >= p->text.n) {
            return PLAIN_END;
        }
        for (bool more = true; more;) {
            if (p->n == CELLS) {
                return PLAIN_WRONG;
            }
            tp_buf *cell = &p->cell[p->n++];
            tp_buf_reset(cell);
            if (p->at < p->text.n && p->text.p[p->at] == '"') {
                if (!take_quoted(p, cell)) {
                    return PLAIN_WRONG;
                }
            } else {
                take_bare(p, cell);
            }
            more = p->at < p->text.n && !is_end(p, p->at);
            p->at++;
        }
    } while (p->n == 1 && p->cell[0].n == 0);
    return PLAIN_ROW;
}

static void
look_at_header(plain *p, char delimiter)
{
    static const char KNOWN[3] = {';', ',', '\t'};
    size_t count[3] = {0};
    bool quoted = false;
    size_t i = 0;
    for (; i < p->text.n && (quoted || (p->text.p[i] != '\n' && p->text.p[i] != '\r')); i++) {
        quoted ^= p->text.p[i] == '"';
    }
    p->cr =
        i < p->text.n && p->text.p[i] == '\r' && (i + 1 == p->text.n || p->text.p[i + 1] != '\n');
    quoted = false;
    for (i = 0; i < p->text.n && (quoted || !is_end(p, i)); i++) {
        quoted ^= p->text.p[i] == '"';
        for (size_t k = 0; k < 3 && !quoted; k++) {
            count[k] += p->text.p[i] == KNOWN[k] ? 1 : 0;
        }
    }
    const size_t best = count[1] > count[0] ? 1 : 0;
    p->delimiter = delimiter != 0 ? delimiter : KNOWN[count[2] > count[best] ? 2 : best];
}

/* The column of a name; CELLS if there is none. False when it stands twice. */
static bool
column_of(const plain *p, tp_str name, size_t *out)
{
    *out = CELLS;
    for (size_t i = 0; i < p->n_names; i++) {
        if (tp_str_eq(tp_str_trim(tp_buf_view(&p->name[i])), name)) {
            if (*out != CELLS) {
                return false;
            }
            *out = i;
        }
    }
    return true;
}

/* One row of the table as a row of every select. */
static void
put_row(oracle *o, const plain *p)
{
    oracle_item items[ORACLE_ITEMS];
    const size_t n_root = oracle_root(o, items);
    oracle_row *begun[TP_SELECTS_MAX];
    size_t n = n_root;
    for (size_t i = 0; i < n_root; i++) {
        begun[i] = oracle_begin(o, &items[i], true);
        n = oracle_spawn(o, begun[i], items, n);
    }
    for (size_t i = n_root; i < n; i++) {
        size_t column;
        if (column_of(p, items[i].path->step[0].name, &column) && column < p->n) {
            oracle_put(o, &items[i],
                       p->cell[column].n > 0 ? tp_buf_view(&p->cell[column]) : TP_STR(""));
        }
    }
    for (size_t i = n_root; i-- > 0;) {
        oracle_end(o, begun[i]);
    }
}

/* False when the plain reader refuses. */
static bool
read_plain(oracle *o, plain *p, const tp_shape *s)
{
    look_at_header(p, s->delimiter);
    if (take_row(p) != PLAIN_ROW) {
        return false;
    }
    for (size_t i = 0; i < p->n; i++) {
        tp_buf *name = &p->name[p->n_names++];
        tp_buf_reset(name);
        tp_buf_put(name, tp_buf_cstr(&p->cell[i]), p->cell[i].n);
    }
    for (size_t i = 0; i < s->n_selects; i++) {
        for (size_t k = 0; k < s->select[i].n_slots; k++) {
            size_t column;
            if (!column_of(p, s->select[i].slot[k].path.step[0].name, &column)) {
                return false;
            }
        }
    }
    for (;;) {
        const plain_row got = take_row(p);
        if (got != PLAIN_ROW) {
            return got == PLAIN_END;
        }
        if (p->at > p->text.n && p->n < p->n_names) { /* no line end, and cells are missing */
            return false;
        }
        put_row(o, p);
    }
}

static void
compare(const fuzz_rows *got, tp_str text)
{
    oracle o;
    static plain kept; /* its cells keep their memory from one input to the next */
    plain *p = &kept;
    p->text = text;
    p->at = 0;
    p->n_names = 0;
    oracle_start(&o, got->shape);
    const bool accepted = read_plain(&o, p, got->shape);
    fuzz_need(accepted == (got->rc == TP_OK), "%s (%s), the plain reader %s: %.*s",
              got->rc == TP_OK ? "accepted" : "refused", got->err.frame[0].text,
              accepted ? "accepts" : "refuses", (int)text.n, text.p);
    if (accepted) {
        oracle_finish(&o);
        fuzz_same_rows(got, o.out, text);
    }
    oracle_clear(&o);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input in;
    fuzz_rows got = {0};
    tp_buf text = {0};
    if (shape[0].n_selects == 0) {
        make_shapes();
    }
    if (!fuzz_head(data, size, N_SHAPES, &in)) {
        return 0;
    }
    tp_shape one = shape[in.shape];
    one.encoding = in.fallback;
    fuzz_parse_all_ways(&one, &in, &got);
    if (fuzz_decode(in.body, in.fallback, &text)) {
        compare(&got, tp_buf_view(&text));
    } else if (!tp_str_starts(in.body, TP_STR("\x1f\x8b"))) {
        fuzz_need(got.rc != TP_OK, "accepted, though its characters are wrong");
    }
    fuzz_limits(&one, &in, &got);
    tp_buf_clear(&text);
    fuzz_rows_clear(&got);
    return 0;
}
