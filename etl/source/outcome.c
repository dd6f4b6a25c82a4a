/* What does an answer mean: data, nothing, try again, log in again, stop? */
#include <string.h>

#include "talent/etl/extract.h"
#include "talent/etl/format.h"

enum { HEAD_BYTES = 4096, ENVELOPE_MAX = 64 << 20 };

static tp_code
take_envelope(void *user, tp_raw_chunk *chunk, tp_err *err)
{
    tp_envelope *e = user;
    const tp_raw_table *t = &chunk->table[0];

    if (t->n == 0) {
        return TP_OK;
    }
    e->cell = tp_arena_alloc(&e->arena, t->cols, sizeof *e->cell);
    if (e->cell == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "memory for the envelope of a page");
    }
    for (size_t c = 0; c < t->cols; c++) {
        const tp_str cell = t->cell[c];
        if (cell.p == NULL) {
            continue;
        }
        e->cell[c] = (tp_str){tp_arena_copy(&e->arena, cell.p, cell.n), cell.n};
        if (e->cell[c].p == NULL) {
            TP_RETURN_ERR(err, TP_E_NOMEM, "memory for the envelope of a page");
        }
    }
    e->n = t->cols;
    return TP_OK;
}

tp_code
tp_envelope_read(const tp_fetch *fetch, tp_str body, tp_envelope *out, tp_err *err)
{
    tp_memory_reader memory;
    tp_parse_stats stats;

    tp_envelope_clear(out);
    out->arena.limit = ENVELOPE_MAX;
    if (fetch->envelope.n_selects == 0 || body.n == 0) {
        return TP_OK;
    }
    const tp_raw_sink sink = {.chunk = take_envelope, .user = out};
    const tp_code rc = tp_format_parse(&fetch->envelope, 0, TP_STR_NONE,
                                       tp_reader_memory(&memory, body), sink, &stats, &out->err);
    if (rc == TP_E_NOMEM) {
        TP_RETURN_ERR(err, rc, "memory for the envelope of a page of %zu bytes", body.n);
    }
    out->read = rc == TP_OK && out->cell != NULL;
    out->partial = rc != TP_OK;
    return TP_OK;
}

void
tp_envelope_clear(tp_envelope *envelope)
{
    tp_arena_clear(&envelope->arena);
    *envelope = (tp_envelope){0};
}

tp_str
tp_envelope_get(const tp_envelope *envelope, int slot)
{
    if (envelope == NULL || !envelope->read || slot < 0 || (size_t)slot >= envelope->n) {
        return TP_STR_NONE;
    }
    return envelope->cell[slot];
}

static bool
status_fits(const tp_outcome *line, int32_t status)
{
    bool listed = false;

    if (line->status_low > 0 && (status < line->status_low || status > line->status_high)) {
        return false;
    }
    for (size_t i = 0; i < TP_COUNT(line->status) && line->status[i] != 0; i++) {
        if (line->status[i] == status) {
            return true;
        }
        listed = true;
    }
    return !listed;
}

static bool
value_fits(const tp_outcome *line, const tp_envelope *envelope)
{
    if (line->slot < 0) {
        return true;
    }
    if (envelope == NULL || !envelope->read) {
        return false;
    }
    const tp_str got = tp_envelope_get(envelope, line->slot);
    if (line->absent) {
        return got.p == NULL;
    }
    if (got.p == NULL) {
        return false;
    }
    if (line->prefix) {
        return tp_str_starts(got, line->value[0]);
    }
    for (size_t i = 0; i < TP_COUNT(line->value) && line->value[i].p != NULL; i++) {
        if (tp_str_eq(got, line->value[i])) {
            return true;
        }
    }
    return false;
}

/* What stands first once a byte-order mark and white space are left out. */
static tp_str
skip_blank(tp_str head)
{
    if (tp_str_starts(head, TP_STR("\xEF\xBB\xBF"))) {
        head = tp_str_sub(head, 3, head.n);
    }
    return tp_str_trim(head);
}

static bool
type_fits(tp_str wanted, tp_str type)
{
    return wanted.p == NULL || tp_str_ieq(wanted, tp_str_sub(type, 0, wanted.n));
}

static bool
line_fits(const tp_outcome *line, const tp_seen *seen, tp_str head)
{
    const tp_str first = skip_blank(head);

    return status_fits(line, seen->status) && type_fits(line->type, seen->type) &&
           (line->starts == '\0' || (first.n > 0 && first.p[0] == line->starts)) &&
           (line->text.p == NULL || tp_str_find(head, line->text) != SIZE_MAX) &&
           value_fits(line, seen->envelope);
}

static tp_outcome_then
judge_status(int32_t status)
{
    if (status >= 200 && status <= 299) {
        return TP_THEN_OK;
    }
    switch (status) {
    case 304:
        return TP_THEN_EMPTY;
    case 401:
        return TP_THEN_RENEW_TOKEN;
    case 408:
        return TP_THEN_RETRY;
    case 429:
        return TP_THEN_WAIT;
    default:
        return status >= 500 ? TP_THEN_RETRY : TP_THEN_FATAL;
    }
}

static bool
is_html(tp_str head)
{
    const tp_str first = skip_blank(head);
    return tp_str_ieq(tp_str_sub(first, 0, 14), TP_STR("<!doctype html")) ||
           tp_str_ieq(tp_str_sub(first, 0, 5), TP_STR("<html"));
}

tp_outcome_then
tp_outcome_judge(const tp_fetch *fetch, const tp_seen *seen)
{
    const tp_str head = tp_str_sub(seen->head, 0, HEAD_BYTES);
    tp_outcome_then then = judge_status(seen->status);

    for (size_t i = 0; i < fetch->n_outcomes; i++) {
        if (line_fits(&fetch->outcome[i], seen, head)) {
            then = fetch->outcome[i].then;
            break;
        }
    }
    return then == TP_THEN_OK && is_html(head) ? TP_THEN_RETRY : then;
}

const char *
tp_outcome_name(tp_outcome_then then)
{
    static const char *const NAMES[] = {"ok",   "empty",   "renew_token", "retry",
                                        "wait", "blocked", "fatal",       "skip_key"};
    return (size_t)then < TP_COUNT(NAMES) ? NAMES[then] : "?";
}
