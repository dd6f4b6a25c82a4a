/* What did a source land, and which of its records were rejected? */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "etl/cli/trace.h"
#include "etl/stage/files.h"
#include "talent/base/day.h"
#include "talent/etl/clock.h"

enum { PIECE = 64 << 10, CELL_MOST = 40, RECORDS = 20 };

static void
put_body(const tp_trace *t, tp_grid *grid, const tp_body *body, size_t number)
{
    char day[TP_DAY_TEXT];
    char at[TP_STAMP_TEXT];
    char hex[TP_KEY_TEXT];
    tp_key hash;
    TP_AUTO_BUF(key);
    TP_AUTO_BUF(plain);
    tp_day_format(body->night, day);
    tp_clock_format(body->fetched_at * 1000, at);
    memcpy(hash.byte, body->sha256, sizeof hash.byte);
    tp_key_format(&hash, hex);
    if (t->cli->show_identifiers) {
        tp_buf_str(&key, body->request_key);
    } else {
        tp_plain_mask(&key, body->request_key);
    }
    tp_plain_put(&plain, key.n > 0 ? tp_buf_view(&key) : TP_STR("-"), CELL_MOST);
    tp_grid_u64(grid, number);
    tp_grid_put(grid, body->fetch);
    tp_grid_put(grid, tp_buf_view(&plain));
    tp_grid_u64(grid, body->page);
    tp_grid_puts(grid, day);
    tp_grid_u64(grid, (uint64_t)body->status);
    tp_grid_u64(grid, body->size);
    tp_grid_puts(grid, at);
    tp_grid_puts(grid, body->empty ? "no rows" : body->referred ? "earlier" : "here");
    tp_grid_puts(grid, hex);
}

static void
list_bodies(const tp_trace *t, const tp_landing *landing)
{
    static const char *const HEAD[] = {"body",   "fetch", "key",     "page", "night",
                                       "status", "bytes", "fetched", "kept", "sha256"};
    tp_grid grid = {.cols = TP_COUNT(HEAD)};
    for (size_t i = 0; i < TP_COUNT(HEAD); i++) {
        tp_grid_puts(&grid, HEAD[i]);
    }
    for (size_t i = 0; i < tp_landing_count(landing); i++) {
        put_body(t, &grid, tp_landing_body(landing, i), i);
    }
    tp_grid_print(&grid, stdout, 0);
    tp_grid_clear(&grid);
}

/* As they came in: whoever asks for them gets every byte, and nothing else. */
static tp_code
copy_bytes(const tp_trace *t, const tp_landing *landing, size_t number, tp_err *err)
{
    static char piece[PIECE];
    tp_reader *reader = NULL;
    size_t n = 1;
    if (!t->cli->show_identifiers) {
        TP_RETURN_ERR(err, TP_E_USAGE,
                      "a body holds identifiers and names, and comes as it is or not at all: say "
                      "--show-identifiers too");
    }
    if (isatty(STDOUT_FILENO) != 0) {
        TP_RETURN_ERR(err, TP_E_USAGE,
                      "the bytes of a body are not for a terminal: send them to a file or a pipe");
    }
    TP_RETURN_SAME(tp_landing_reader_open(landing, number, &reader, err));
    tp_code rc = TP_OK;
    while (rc == TP_OK && n > 0) {
        rc = reader->read(reader, piece, sizeof piece, &n, err);
        if (rc == TP_OK && fwrite(piece, 1, n, stdout) != n) {
            rc = tp_err_set(err, TP_E_IO, __func__, __LINE__, "cannot write the bytes of body %zu",
                            number);
        }
    }
    tp_landing_reader_close(reader);
    return rc;
}

static tp_code
show_body(const tp_trace *t, size_t source, tp_err *err)
{
    const tp_landing *landing = t->source[source].landing;
    const size_t n = tp_landing_count(landing);
    uint64_t number = 0;
    if (!tp_str_to_u64(tp_str_of(t->cli->body), &number) || number >= n) {
        TP_RETURN_ERR(err, TP_E_USAGE,
                      "--body takes the number of a body of source %.60s, 0 to %zu, not \"%.20s\"",
                      t->source[source].id, n > 0 ? n - 1 : 0, t->cli->body);
    }
    if (t->cli->bytes) {
        return copy_bytes(t, landing, (size_t)number, err);
    }
    tp_trace_print_body(t, source, (uint32_t)number);
    return TP_OK;
}

/* ---- rejects ---- */

static tp_code
show_reject(tp_trace *t, size_t source, const tp_reject *r, tp_err *err)
{
    tp_trace_found found = {0};
    char why[TP_ERR_TEXT];
    const tp_kind_def *kind = tp_kind_of(r->kind);
    const tp_trace_record record = {
        .source = source, .kind = r->kind, .place = r->place, .reject = r};
    (void)printf("body %u, %s record %u: %s%s%s\n", r->place.body, kind->name, r->place.record,
                 tp_reject_name(r->code), r->field >= 0 ? " in " : "",
                 r->field >= 0 ? kind->field[r->field].name : "");
    tp_code rc = tp_trace_find(t, &record, &found, why, err);
    if (rc == TP_OK && found.any) {
        tp_trace_print_place(&record, &found);
        rc = t->cli->bytes ? tp_trace_print_bytes(t, &record, &found, err) : TP_OK;
    } else if (rc == TP_OK) {
        (void)printf("  not shown %s\n", why);
        t->missed++;
    }
    tp_arena_clear(&found.arena);
    return rc;
}

static tp_code
list_rejects(tp_trace *t, size_t source, tp_err *err)
{
    uint64_t most = RECORDS;
    uint64_t n = 0;
    if (t->cli->records != NULL && !tp_str_to_u64(tp_str_of(t->cli->records), &most)) {
        TP_RETURN_ERR(err, TP_E_USAGE, "--records takes a number, not \"%.20s\"", t->cli->records);
    }
    TP_RETURN_SAME(tp_trace_batch(t, source, err));
    tp_batch *batch = &t->source[source].batch;
    TP_RETURN_SAME(tp_batch_load_rejects(t->source[source].batch_file, &t->arena, batch, err));
    uint64_t total = 0;
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        total += batch->counts[k].rejected;
    }
    for (size_t i = 0; i < batch->n_rejects && n < most; i++) {
        if (batch->reject[i].outcome == TP_ON_REJECT) {
            TP_RETURN_SAME(show_reject(t, source, &batch->reject[i], err));
            n++;
        }
    }
    (void)printf("%llu of %llu rejected records%s\n", (unsigned long long)n,
                 (unsigned long long)total, n < total ? "; for more: --records N" : "");
    return TP_OK;
}

tp_code
tp_trace_source_only(tp_trace *t, size_t source, tp_err *err)
{
    TP_RETURN_SAME(tp_trace_look(t, source, err));
    if (t->source[source].landing == NULL) {
        TP_RETURN_ERR(err, TP_E_IO, "source %.60s: %s", t->source[source].id,
                      t->source[source].lost);
    }
    if (t->cli->reject) {
        return list_rejects(t, source, err);
    }
    if (t->cli->body != NULL) {
        return show_body(t, source, err);
    }
    if (t->cli->bytes) {
        TP_RETURN_ERR(err, TP_E_USAGE, "--bytes of which body? say --body N, or --reject");
    }
    list_bodies(t, t->source[source].landing);
    return TP_OK;
}
