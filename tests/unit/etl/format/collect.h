/* Rows written as text: what the tests of the readers share. */
#ifndef TALENT_TESTS_COLLECT_H
#define TALENT_TESTS_COLLECT_H

#include "tests/support/tp_test.h"

#include "talent/base/buf.h"
#include "talent/etl/format.h"
#include "tests/support/shape_text.h"

/* All rows of a body, one line each: "select.record<parent.record: cell, cell"; "~" = absent. "!"
 * stands before a row whose cells are not those of the header, "?" before one that lost text. */
typedef struct rows {
    tp_buf text;
    const tp_shape *shape;
    size_t chunks;
    size_t most_rows;
    bool stop;
} rows;

static inline tp_code
collect(void *user, tp_raw_chunk *chunk, tp_err *err)
{
    rows *r = user;
    size_t n = 0;
    if (r->stop) {
        TP_RETURN_ERR(err, TP_E_CANCELLED, "the sink has enough");
    }
    r->chunks++;
    for (size_t s = 0; s < r->shape->n_selects; s++) {
        const tp_raw_table *t = &chunk->table[s];
        n += t->n;
        for (size_t row = 0; row < t->n; row++) {
            tp_buf_puts(&r->text, t->flaw[row] == TP_FLAW_CELLS  ? "!"
                                  : t->flaw[row] == TP_FLAW_TEXT ? "?"
                                                                 : "");
            tp_buf_printf(&r->text, "%zu.%u", s, t->place[row].record);
            if (t->parent[row] != UINT32_MAX) {
                const int up = r->shape->select[s].parent;
                assert_true(up >= 0 && t->parent[row] < chunk->table[up].n);
                tp_buf_printf(&r->text, "<%u", chunk->table[up].place[t->parent[row]].record);
            }
            tp_buf_char(&r->text, ':');
            for (size_t k = 0; k < t->cols; k++) {
                const tp_str cell = t->cell[row * t->cols + k];
                tp_buf_puts(&r->text, k == 0 ? " " : ", ");
                tp_buf_str(&r->text, cell.p != NULL ? cell : TP_STR("~"));
            }
            tp_buf_char(&r->text, '\n');
        }
    }
    r->most_rows = n > r->most_rows ? n : r->most_rows;
    return TP_OK;
}

static inline tp_code
parse_step(const tp_shape *shape, tp_str body, size_t step, rows *out, tp_parse_stats *stats,
           tp_err *err)
{
    tp_memory_reader memory;
    tp_reader *in = tp_reader_memory(&memory, body);
    memory.step = step;
    tp_buf_reset(&out->text);
    out->shape = shape;
    out->chunks = 0;
    *err = (tp_err){0};
    return tp_format_parse(shape, 7, TP_STR_NONE, in, (tp_raw_sink){.chunk = collect, .user = out},
                           stats, err);
}

/* The body gives exactly these rows, whatever the size of the pieces it comes in; stats of the
 * last. */
static inline void
expect_rows_n(const tp_shape *shape, tp_str body, const char *want, tp_parse_stats *stats,
              const char *file, int line)
{
    rows got = {0};
    tp_err err;
    for (size_t step = 0; step <= body.n && step < 200; step++) {
        const tp_code rc = parse_step(shape, body, step, &got, stats, &err);
        if (rc != TP_OK || strcmp(tp_buf_cstr(&got.text), want) != 0) {
            print_error("pieces of %zu: %s %s\ngot\n%swant\n%s", step, tp_code_name(rc),
                        rc != TP_OK ? err.frame[0].text : "", tp_buf_cstr(&got.text), want);
            tp_buf_clear(&got.text);
            _fail(file, line);
        }
    }
    tp_buf_clear(&got.text);
}
#define expect_rows(shape, body, want, stats) \
    expect_rows_n((shape), tp_str_of(body), (want), (stats), __FILE__, __LINE__)

/* The body fails with this code and text, whatever the size of the pieces. */
static inline void
expect_fault_n(const tp_shape *shape, tp_str body, tp_code code, const char *part, const char *file,
               int line)
{
    rows got = {0};
    tp_err err;
    tp_parse_stats stats;
    for (size_t step = 0; step <= body.n && step < 40; step++) {
        const tp_code rc = parse_step(shape, body, step, &got, &stats, &err);
        tp_test_fails(rc, code, &err, part, file, line);
    }
    tp_buf_clear(&got.text);
}
#define expect_fault(shape, body, code, part) \
    expect_fault_n((shape), tp_str_of(body), (code), (part), __FILE__, __LINE__)

/* Every proper beginning of the body fails. */
static inline void
expect_no_beginning(const tp_shape *shape, tp_str body, bool net_only)
{
    rows got = {0};
    tp_err err;
    tp_parse_stats stats;
    for (size_t n = 0; n < body.n; n++) {
        const tp_code rc = parse_step(shape, (tp_str){body.p, n}, 0, &got, &stats, &err);
        if (rc == TP_OK || (net_only && rc != TP_E_NET)) {
            print_error("the first %zu bytes gave %s: %s\n", n, tp_code_name(rc),
                        err.frame[0].text);
            fail();
        }
    }
    tp_buf_clear(&got.text);
}

#endif
