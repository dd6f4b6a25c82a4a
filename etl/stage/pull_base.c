/* What of the night before still holds, and what has to be asked again? */
#include <stdio.h>
#include <string.h>

#include "etl/stage/pull_parts.h"
#include "talent/base/day.h"
#include "talent/base/hash.h"

enum { FULL_DAYS = 30, DAY_S = 86400 };

static bool
asks_changes(const tp_fetch *fetch)
{
    return fetch->since.kind == TP_SINCE_MARK || fetch->since.kind == TP_SINCE_CURSOR;
}

static size_t
number_of(const tp_pull *p)
{
    return (size_t)(p->fetch - p->source->fetch);
}

void
tp_base_open(tp_pull *pull)
{
    const tp_landing *base = pull->order.base;
    const size_t n = base != NULL ? tp_landing_count(base) : 0;
    uint32_t part = 0;
    for (size_t f = 0; f < pull->source->n_fetch; f++) {
        pull->has_marks = pull->has_marks || asks_changes(&pull->source->fetch[f]);
    }
    for (size_t i = 0; i < n; i++) {
        const tp_body *b = tp_landing_body(base, i);
        part = b->part >= part ? b->part + 1 : part;
        for (size_t f = 0; f < pull->source->n_fetch; f++) {
            if (tp_str_eq(pull->source->fetch[f].name, b->fetch)) {
                pull->base_from[f] = pull->base_to[f] == 0 ? i : pull->base_from[f];
                pull->base_to[f] = i + 1;
            }
        }
    }
    pull->part = pull->has_marks ? part : 0;
}

static int
compare_place(const tp_body *b, tp_str key, uint32_t page)
{
    const int keys = tp_str_cmp(b->request_key, key);
    return keys != 0 ? keys : (b->page > page) - (b->page < page);
}

/* First body of the present fetch that is not before (key, page). */
static size_t
lower_bound(const tp_pull *p, tp_str key, uint32_t page)
{
    size_t low = p->base_from[number_of(p)];
    size_t high = p->base_to[number_of(p)];
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (compare_place(tp_landing_body(p->order.base, mid), key, page) < 0) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

size_t
tp_base_find(const tp_pull *pull, tp_str key, uint32_t page)
{
    const size_t at = lower_bound(pull, key, page);
    return at < pull->base_to[number_of(pull)] &&
                   compare_place(tp_landing_body(pull->order.base, at), key, page) == 0
               ? at
               : SIZE_MAX;
}

/* ---- marks ---- */

/* What a fetch asks for, without its places: another question does not go on from an old answer. */
static void
put_question(const tp_pull *p, tp_buf *out)
{
    const tp_fetch *f = p->fetch;
    uint64_t hash = tp_hash_str(tp_hash_str(1, p->source->base_url), f->path);
    for (size_t i = 0; i < f->n_query; i++) {
        hash = tp_hash_str(tp_hash_str(hash, f->query[i].name), f->query[i].value);
    }
    tp_buf_printf(out, "%016llx", (unsigned long long)hash);
}

/* The line of the present fetch in a list of marks: whether it was of changes, and the mark. */
static bool
find_mark(const tp_pull *p, tp_str marks, bool *out_changes, tp_str *out)
{
    TP_AUTO_BUF(question);
    tp_str line;
    put_question(p, &question);
    while (marks.n > 0 && tp_str_next(&marks, '\n', &line)) {
        tp_str name;
        tp_str asked;
        tp_str kind;
        if (tp_str_next(&line, '\t', &name) && tp_str_next(&line, '\t', &asked) &&
            tp_str_next(&line, '\t', &kind) && tp_str_eq(name, p->fetch->name) &&
            tp_str_eq(asked, tp_buf_view(&question))) {
            *out_changes = tp_str_is(kind, "c");
            *out = line.p != NULL ? line : TP_STR("");
            return true;
        }
    }
    return false;
}

static void
put_mark(tp_pull *p, bool changes, tp_str mark)
{
    tp_buf *out = &p->rest->marks;
    tp_buf_str(out, p->fetch->name);
    tp_buf_char(out, '\t');
    put_question(p, out);
    tp_buf_puts(out, changes ? "\tc\t" : "\tf\t");
    for (size_t i = 0; i < mark.n; i++) { /* it becomes part of a line, and later of an address */
        tp_buf_char(out, (unsigned char)mark.p[i] < ' ' ? ' ' : mark.p[i]);
    }
    tp_buf_char(out, '\n');
}

/* Days since the oldest body that the fetch goes on from. */
static bool
is_too_old(const tp_pull *p)
{
    const size_t f = number_of(p);
    const int most = p->fetch->since.full_days > 0 ? p->fetch->since.full_days : FULL_DAYS;
    int32_t oldest = p->order.night;
    for (size_t i = p->base_from[f]; i < p->base_to[f]; i++) {
        const int32_t night = tp_landing_body(p->order.base, i)->night;
        oldest = night < oldest ? night : oldest;
    }
    return p->order.night - oldest >= most;
}

/* "2026-03-01", or that with "T10:20:30" and anything after it, some seconds earlier. */
static void
step_back(tp_str mark, int64_t seconds, tp_buf *out)
{
    int32_t day = 0;
    int64_t h = 0;
    int64_t m = 0;
    int64_t s = 0;
    char text[TP_DAY_TEXT];
    const bool timed = mark.n >= 19 && (mark.p[10] == 'T' || mark.p[10] == ' ') &&
                       tp_str_to_i64(tp_str_sub(mark, 11, 2), &h) &&
                       tp_str_to_i64(tp_str_sub(mark, 14, 2), &m) &&
                       tp_str_to_i64(tp_str_sub(mark, 17, 2), &s);
    if (seconds == 0 || !tp_day_parse_iso(tp_str_sub(mark, 0, 10), &day) ||
        (!timed && mark.n != 10)) {
        tp_buf_str(out, mark);
        return;
    }
    int64_t at = (int64_t)day * DAY_S + h * 3600 + m * 60 + s - seconds;
    const int64_t of_day = ((at % DAY_S) + DAY_S) % DAY_S;
    tp_day_format((int32_t)((at - of_day) / DAY_S), text);
    tp_buf_puts(out, text);
    if (timed) {
        tp_buf_printf(out, "%c%02d:%02d:%02d", mark.p[10], (int)(of_day / 3600),
                      (int)(of_day / 60 % 60), (int)(of_day % 60));
        tp_buf_str(out, tp_str_sub(mark, 19, mark.n));
    }
}

tp_code
tp_base_begin(tp_pull *pull, tp_err *err)
{
    bool changes = false;
    pull->mark = TP_STR_NONE;
    tp_buf_reset(&pull->since);
    tp_buf_reset(&pull->new_mark);
    if (pull->order.base != NULL &&
        (pull->fetch->refresh.days > 0 || (asks_changes(pull->fetch) && !is_too_old(pull)))) {
        (void)find_mark(pull, tp_landing_watermark(pull->order.base), &changes, &pull->mark);
    }
    if (find_mark(pull, tp_buf_view(&pull->rest->marks), &changes, &(tp_str){0})) {
        pull->mark = changes ? pull->mark : TP_STR_NONE; /* done before this pull was killed */
    }
    step_back(pull->mark, pull->fetch->since.overlap_s, &pull->since);
    if (pull->since.failed) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "memory for a mark");
    }
    return TP_OK;
}

/* A key that nothing is known of is asked for whole. */
void
tp_base_slot(tp_pull_slot *slot)
{
    tp_pull *p = slot->pull;
    slot->first_page = 0;
    slot->base_body = SIZE_MAX;
    slot->changes = p->mark.n > 0 && tp_base_find(p, slot->key, 0) != SIZE_MAX;
    if (!slot->changes) {
        return;
    }
    const size_t end = lower_bound(p, slot->key, UINT32_MAX);
    slot->first_page = tp_landing_body(p->order.base, end - 1)->page + 1;
    if (p->fetch->since.kind == TP_SINCE_CURSOR) {
        tp_buf_str(&slot->paging.next, tp_buf_view(&p->since));
    }
}

/* The greater of two marks: as numbers where both are, else as text. */
static bool
is_greater(tp_str a, tp_str b)
{
    int64_t x = 0;
    int64_t y = 0;
    if (tp_str_to_i64(a, &x) && tp_str_to_i64(b, &y)) {
        return x > y;
    }
    return tp_str_cmp(a, b) > 0;
}

static void
take_mark(tp_pull *p, tp_str mark)
{
    mark = tp_str_trim(mark);
    if (mark.n > 0 && (p->new_mark.n == 0 || is_greater(mark, tp_buf_view(&p->new_mark)))) {
        tp_buf_reset(&p->new_mark);
        tp_buf_str(&p->new_mark, mark);
    }
}

void
tp_base_note(tp_pull *pull, const tp_http_answer *answer)
{
    const tp_since *since = &pull->fetch->since;
    const tp_envelope *envelope = &pull->puller->envelope;
    if (since->kind == TP_SINCE_CURSOR) {
        const tp_str next = tp_envelope_get(envelope, pull->fetch->page.next_slot);
        if (next.n > 0) { /* cursors have no order: the last one */
            tp_buf_reset(&pull->new_mark);
            tp_buf_str(&pull->new_mark, next);
        }
    } else if (since->kind == TP_SINCE_MARK) {
        tp_str rest = tp_envelope_get(envelope, since->slot);
        tp_str one;
        while (rest.n > 0 && tp_str_next(&rest, '|', &one)) {
            take_mark(pull, one);
        }
        take_mark(pull, answer->wanted);
    }
}

static tp_code
carry(tp_pull *p, size_t body, tp_err *err)
{
    tp_buf_put(&p->rest->carried, &body, sizeof body);
    p->stats.carried++;
    if (p->rest->carried.failed) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "a list of bodies to be taken over");
    }
    return TP_OK;
}

tp_code
tp_base_carry(tp_pull *pull, tp_str key, tp_err *err)
{
    const size_t to = pull->base_to[number_of(pull)];
    for (size_t i = lower_bound(pull, key, 0);
         i < to && tp_str_eq(tp_landing_body(pull->order.base, i)->request_key, key); i++) {
        TP_RETURN_SAME(carry(pull, i, err));
    }
    return TP_OK;
}

tp_code
tp_base_end(tp_pull *pull, tp_err *err)
{
    const tp_fetch *f = pull->fetch;
    const bool changes = pull->mark.n > 0;
    bool before = false;
    for (size_t i = 0; changes && i < (f->each_source.p != NULL ? pull->n_all : 1); i++) {
        TP_RETURN_SAME(
            tp_base_carry(pull, f->each_source.p != NULL ? pull->all_key[i] : TP_STR_NONE, err));
    }
    if ((!asks_changes(f) && f->refresh.days == 0) ||
        find_mark(pull, tp_buf_view(&pull->rest->marks), &before, &(tp_str){0})) {
        return TP_OK;
    }
    char night[TP_DAY_TEXT];
    tp_day_format(pull->order.night, night);
    put_mark(pull, changes,
             f->since.night         ? tp_str_of(night)
             : pull->new_mark.n > 0 ? tp_buf_view(&pull->new_mark)
                                    : pull->mark);
    if (pull->rest->marks.failed) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "memory for marks");
    }
    return TP_OK;
}

void
tp_base_restart(tp_pull *pull)
{
    pull->stats.restarts++;
    pull->mark = TP_STR_NONE;
    tp_buf_reset(&pull->since);
    tp_buf_reset(&pull->new_mark);
    pull->next_key = 0;
    if (pull->landing != NULL) {
        tp_landing_forget(pull->landing, pull->fetch->name, TP_STR_NONE);
    }
    for (size_t i = 0; i < pull->n_slots; i++) {
        tp_pull_slot *s = &pull->slot[i];
        s->passed = s->state == TP_SLOT_RUNNING;
        s->state = s->passed ? TP_SLOT_RUNNING : TP_SLOT_IDLE;
    }
}

/* ---- unchanged bodies ---- */

static void
add(tp_signature *signature, tp_str name, tp_str value)
{
    if (value.n > 0 && signature->n < TP_REQUEST_FIELDS) {
        signature->field[signature->n++] = (tp_http_field){.name = name, .value = value};
    }
}

void
tp_base_condition(tp_pull_slot *slot, tp_signature *signature)
{
    const tp_pull *p = slot->pull;
    const int most = p->fetch->since.full_days > 0 ? p->fetch->since.full_days : FULL_DAYS;
    slot->base_body = SIZE_MAX;
    if (p->fetch->since.kind != TP_SINCE_HTTP || p->order.base == NULL || slot->resuming) {
        return;
    }
    const size_t at = tp_base_find(p, slot->key, slot->paging.page);
    const tp_body *b = at != SIZE_MAX ? tp_landing_body(p->order.base, at) : NULL;
    if (b == NULL || b->empty || p->order.night - b->night >= most ||
        !tp_str_eq(b->url, tp_buf_view(&slot->kept)) || b->etag.n + b->last_modified.n == 0) {
        return;
    }
    slot->base_body = at;
    add(signature, TP_STR("If-None-Match"), b->etag);
    add(signature, TP_STR("If-Modified-Since"), b->last_modified);
}

tp_code
tp_base_read(const tp_pull *pull, size_t body, tp_buf *out, tp_err *err)
{
    tp_reader *reader = NULL;
    const size_t size = (size_t)tp_landing_body(pull->order.base, body)->size;
    size_t n = 1;
    tp_buf_reset(out);
    if (!tp_buf_reserve(out, size)) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "memory for a body of %zu bytes", size);
    }
    TP_RETURN_SAME(tp_landing_reader_open(pull->order.base, body, &reader, err));
    tp_code rc = TP_OK;
    while (rc == TP_OK && n > 0) {
        rc = reader->read(reader, out->p + out->n, size - out->n, &n, err);
        out->n += rc == TP_OK ? n : 0;
    }
    tp_landing_reader_close(reader);
    if (out->p != NULL) {
        out->p[out->n] = '\0';
    }
    return rc;
}
