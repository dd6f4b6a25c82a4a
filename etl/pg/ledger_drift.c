/* What had changed in what a source sent? */
#include "talent/etl/ledger.h"

/* Text as COPY reads it. */
static void
put_text(tp_buf *lines, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '\\':
            tp_buf_puts(lines, "\\\\");
            break;
        case '\t':
        case '\n':
        case '\r':
            tp_buf_char(lines, ' ');
            break;
        default:
            tp_buf_char(lines, *text);
        }
    }
}

static void
put_share(tp_buf *lines, int32_t bp)
{
    tp_buf_char(lines, '\t');
    if (bp < 0) {
        tp_buf_puts(lines, "\\N");
    } else {
        tp_buf_i64(lines, bp);
    }
}

static void
put_drift(tp_buf *lines, int64_t run_id, const tp_source_row *row)
{
    for (size_t i = 0; i < row->n_drifts; i++) {
        const tp_drift *d = &row->drift[i];
        tp_buf_printf(lines, "%lld\t%s\t%zu\t%s\t", (long long)run_id, row->source, i + 1,
                      tp_drift_name(d->kind));
        put_text(lines, d->path);
        put_share(lines, d->was_bp);
        put_share(lines, d->is_bp);
        tp_buf_char(lines, '\t');
        put_text(lines, d->detail);
        tp_buf_char(lines, '\n');
    }
}

tp_code
tp_ledger_drift(tp_pg *pg, int64_t run_id, const tp_source_row *row, tp_err *err)
{
    TP_AUTO_BUF(lines);
    if (row->n_drifts == 0) {
        return TP_OK;
    }
    put_drift(&lines, run_id, row);
    if (lines.failed) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "%zu rows of drift", row->n_drifts);
    }
    TP_RETURN_SAME(tp_pg_copy_begin(pg,
                                    "COPY ops.source_drift (run_id, source, ordinal, change, place,"
                                    " was_bp, is_bp, detail) FROM STDIN",
                                    err));
    TP_RETURN_SAME(tp_pg_copy_put(pg, lines.p, lines.n, err));
    return tp_pg_copy_end(pg, NULL, err);
}
