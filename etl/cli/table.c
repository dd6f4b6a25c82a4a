/* How do commands reach the database, and print what it says? */
#include <stdio.h>
#include <string.h>

#include "etl/cli/cli.h"
#include "talent/etl/signal.h"

enum { WIDTH_MAX = 60, COLS_MAX = 24 };

tp_code
tp_cli_database(tp_cli *cli, tp_pg **out, tp_err *err)
{
    TP_AUTO_BUF(conninfo);
    const char *named = tp_cfg_text(cli->cfg, "database.conninfo");
    if (named[0] == '\0') {
        TP_RETURN_SAME(tp_cli_need_state(cli, err));
        TP_RETURN_IF_ERR(err,
                         tp_pg_private_start(tp_cfg_text(cli->cfg, "state.dir"), &conninfo, err),
                         "start the private database");
    } else {
        tp_buf_puts(&conninfo, named);
    }
    TP_RETURN_SAME(tp_pg_open(tp_buf_cstr(&conninfo), "talentpool", tp_signal_flag(), out, err));
    tp_rows *rows = NULL;
    TP_RETURN_SAME(
        tp_pg_query(*out, "SELECT to_regclass('ops.generation')::text", 0, NULL, &rows, err));
    const bool ready = tp_rows_at(rows, 0, 0).p != NULL;
    tp_rows_free(rows);
    if (!ready) {
        tp_pg_close(*out);
        *out = NULL;
        TP_RETURN_ERR(err, TP_E_DB, "nothing was ever published here; first: talentpool run");
    }
    return TP_OK;
}

/* Columns on the screen: code points, which for Latin text is close enough. */
static size_t
width_of(tp_str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        n += ((unsigned char)text.p[i] & 0xc0) != 0x80;
    }
    return n;
}

static bool
is_number(tp_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        if ((text.p[i] < '0' || text.p[i] > '9') && strchr(".-+%", text.p[i]) == NULL) {
            return false;
        }
    }
    return text.n > 0;
}

/* Bytes from a feed never reach a terminal as control characters: parse has made them blanks. */
static void
print_cell(tp_str text, size_t width, bool right, bool last)
{
    const size_t have = width_of(text);
    const int pad = have < width ? (int)(width - have) : 0;
    if (right) {
        (void)printf("%*s", pad, "");
    }
    (void)fwrite(text.p != NULL ? text.p : "", 1, text.n, stdout);
    if (!right && !last) {
        (void)printf("%*s", pad, "");
    }
    (void)fputs(last ? "\n" : "  ", stdout);
}

void
tp_cli_table(const tp_rows *rows)
{
    size_t width[COLS_MAX];
    bool right[COLS_MAX];
    const int cols = tp_rows_cols(rows) < COLS_MAX ? tp_rows_cols(rows) : COLS_MAX;
    const size_t n = tp_rows_n(rows);
    for (int c = 0; c < cols; c++) {
        width[c] = strlen(tp_rows_name(rows, c));
        right[c] = n > 0;
        for (size_t r = 0; r < n; r++) {
            const tp_str text = tp_rows_at(rows, r, c);
            const size_t w = width_of(text);
            width[c] = w > width[c] ? w : width[c];
            right[c] = right[c] && (text.p == NULL || is_number(text));
        }
        width[c] = width[c] > WIDTH_MAX ? WIDTH_MAX : width[c];
    }
    for (int c = 0; c < cols; c++) {
        print_cell(tp_str_of(tp_rows_name(rows, c)), width[c], right[c], c == cols - 1);
    }
    for (size_t r = 0; r < n; r++) {
        for (int c = 0; c < cols; c++) {
            print_cell(tp_rows_at(rows, r, c), width[c], right[c], c == cols - 1);
        }
    }
}

tp_code
tp_cli_print(tp_pg *pg, const char *sql, int n, const char *const *params, size_t *out_n,
             tp_err *err)
{
    tp_rows *rows = NULL;
    TP_RETURN_SAME(tp_pg_query(pg, sql, n, params, &rows, err));
    *out_n = tp_rows_n(rows);
    if (*out_n > 0) {
        tp_cli_table(rows);
    }
    tp_rows_free(rows);
    return TP_OK;
}
