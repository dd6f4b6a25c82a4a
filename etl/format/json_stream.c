/* Which values of a JSON text belong to which cell, without ever holding more than one token? */
#include "etl/format/kernel.h"

#include <stdlib.h>
#include <string.h>

typedef tp_json json;
typedef tp_json_frame frame;

static tp_code
json_init(json *j, tp_builder *b, const tp_dfa *dfa, tp_keys *keys, uint32_t room, tp_err *err)
{
    *j =
        (json){.b = b, .dfa = dfa, .keys = keys, .room = room, .members = tp_kernel_get()->members};
    j->frame = calloc((size_t)room + 1, sizeof *j->frame);
    j->object = calloc((size_t)room + 1, sizeof *j->object);
    if (j->frame == NULL || j->object == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "a stack of %u levels", room);
    }
    return TP_OK;
}

static void
json_clear(json *j)
{
    tp_scan_clear(&j->scan);
    for (uint32_t i = 0; j->object != NULL && i <= j->room; i++) {
        tp_keys_drop(&j->object[i]);
    }
    free(j->frame);
    free(j->object);
    *j = (json){0};
}

/* A record begins at a place in this text; what is within a string stands where the string does. */
static inline void
begins(json *j, uint64_t at)
{
    j->b->at = j->within != NULL ? j->within->from : at;
}

/* A record ends here. */
static inline void
ends(json *j)
{
    j->b->at = j->within != NULL ? j->within->to : tp_scan_at(&j->scan);
}

static tp_code run(json *j, uint32_t start, bool lines, tp_err *err);

/* A string that holds JSON, read to its end: goes on inside it. */
static tp_code
inside(json *outer, uint32_t state, uint64_t from, tp_str text, tp_err *err)
{
    if (tp_str_trim(text).n == 0) {
        return TP_OK;
    }
    const unsigned long long at = tp_scan_at(&outer->scan);
    json j;
    tp_code rc = json_init(&j, outer->b, outer->dfa, outer->keys, outer->room - outer->depth, err);
    const tp_span here = {from, at};
    j.within = outer->within != NULL ? outer->within : &here;
    if (rc == TP_OK) {
        rc = tp_scan_init(&j.scan, NULL, text, outer->scan.string_limit, err);
    }
    if (rc == TP_OK) {
        rc = run(&j, state, false, err);
        /* The string itself came whole: what it lacks will not come with another try. */
        if (rc == TP_E_NET) {
            rc = TP_E_SYNTAX;
        }
    }
    json_clear(&j);
    if (rc != TP_OK) {
        return tp_err_add(err, rc, __func__, __LINE__,
                          "read the JSON in the string before byte %llu", at);
    }
    return TP_OK;
}

static tp_code
accept(json *j, const tp_dfa_state *st, tp_str text, tp_err *err)
{
    for (size_t i = 0; i < st->n_accept; i++) {
        TP_RETURN_SAME(tp_builder_put(j->b, st->accept[i].select, st->accept[i].slot, text, err));
    }
    return TP_OK;
}

/* A string, number or boolean in a live state, read to its end. */
static tp_code
scalar(json *j, uint32_t state, uint64_t from, tp_str text, bool string, tp_err *err)
{
    const tp_dfa_state *st = &j->dfa->state[state];
    if (st->not_records != 0) {
        j->b->stats->not_records += (uint64_t)__builtin_popcount(st->not_records);
    }
    if (st->selects_scalar != 0) {
        begins(j, from);
        TP_RETURN_SAME(tp_builder_begin_all(j->b, st->selects_scalar, err));
    }
    TP_RETURN_SAME(accept(j, st, text, err));
    if (string && st->parse != TP_MATCH_NONE) {
        TP_RETURN_SAME(inside(j, st->parse, from, text, err));
    }
    if (st->selects_scalar == 0) {
        return TP_OK;
    }
    ends(j);
    return tp_builder_end_all(j->b, st->selects_scalar, err);
}

static tp_code
null(json *j, uint32_t state, tp_err *err)
{
    const uint32_t selects = j->dfa->state[state].selects_null;
    const uint64_t from = tp_scan_at(&j->scan);
    TP_RETURN_SAME(tp_scan_word(&j->scan, "null", err));
    begins(j, from);
    TP_RETURN_SAME(tp_builder_begin_all(j->b, selects, err));
    ends(j);
    return tp_builder_end_all(j->b, selects, err);
}

static tp_code
open_frame(json *j, uint32_t state, bool array, tp_err *err)
{
    if (j->depth >= j->room) {
        TP_RETURN_ERR(err, TP_E_RANGE, "byte %llu: nested deeper than %u levels",
                      tp_scan_at(&j->scan), j->b->depth_limit);
    }
    const uint32_t selects = j->dfa->state[state].selects;
    begins(j, tp_scan_at(&j->scan));
    j->scan.p++;
    j->frame[++j->depth] =
        (frame){.state = state, .selects = selects, .array = array, .fresh = true};
    tp_keys_open(&j->object[j->depth]);
    if (selects == 0) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_builder_begin_all(j->b, selects, err));
    j->frame[j->depth].watch = !array && tp_builder_watches(j->b, selects);
    return TP_OK;
}

/* The value that is due, in a state: a scalar is consumed, an object or array opened. */
static tp_code
value(json *j, uint32_t state, tp_err *err)
{
    char c;
    tp_str text = TP_STR("");
    TP_RETURN_SAME(tp_scan_space(&j->scan, &c, err));
    const uint64_t from = tp_scan_at(&j->scan);
    switch (c) {
    case '"':
        TP_RETURN_SAME(tp_scan_string(&j->scan, &text, err));
        return state != TP_MATCH_NONE ? scalar(j, state, from, text, true, err) : TP_OK;
    case '{':
    case '[':
        return open_frame(j, state, c == '[', err);
    case 't':
        text = TP_STR("true");
        break;
    case 'f':
        text = TP_STR("false");
        break;
    case 'n':
        return null(j, state, err);
    default:
        if (c != '-' && (c < '0' || c > '9')) {
            return tp_scan_wrong(&j->scan, "a JSON value", err);
        }
        TP_RETURN_SAME(tp_scan_number(&j->scan, &text, err));
        return state != TP_MATCH_NONE ? scalar(j, state, from, text, false, err) : TP_OK;
    }
    TP_RETURN_SAME(tp_scan_word(&j->scan, text.p, err));
    return state != TP_MATCH_NONE ? scalar(j, state, from, text, false, err) : TP_OK;
}

/* Tells the order which bytes, from `from` on, led to the value that is due. */
static void
note_lead(json *j, uint32_t state, unsigned long long from, bool first)
{
    const tp_scan *s = &j->scan;
    const char *end = s->p;
    if (from < s->base) {
        return; /* the window has moved over them */
    }
    while (*end == ' ' || *end == '\n' || *end == '\r' || *end == '\t') {
        end++;
    }
    const char *p = s->buf + (from - s->base);
    tp_keys_lead(j->keys, &j->object[j->depth], state, (tp_str){p, (size_t)(end - p)}, first);
}

/* A member's name and colon, and where it leads. */
static tp_code
member(json *j, uint32_t state, uint32_t *out_state, tp_err *err)
{
    char c;
    tp_str name;
    bool twice;
    const unsigned long long at = tp_scan_at(&j->scan);
    TP_RETURN_SAME(tp_scan_string(&j->scan, &name, err));
    *out_state = TP_MATCH_NONE;
    if (state != TP_MATCH_NONE &&
        !tp_keys_next(j->keys, &j->object[j->depth], state, name, out_state, &twice)) {
        if (twice) {
            TP_RETURN_ERR(err, TP_E_SYNTAX, "byte %llu: a member name stands twice in its object",
                          at);
        }
        TP_RETURN_ERR(err, TP_E_NOMEM, "member names of an object");
    }
    if (*out_state == TP_MATCH_NONE && j->frame[j->depth].watch) {
        tp_builder_name(j->b, j->frame[j->depth].selects, name);
    }
    c = *j->scan.p;
    if (c != ':') {
        TP_RETURN_SAME(tp_scan_space(&j->scan, &c, err));
        if (c != ':') {
            return tp_scan_wrong(&j->scan, "':'", err);
        }
    }
    j->scan.p++;
    return TP_OK;
}

static uint32_t
element_state(const tp_dfa_state *st, uint32_t index)
{
    for (size_t i = 0; i < st->n_index; i++) {
        if (st->index[i].index == index) {
            return st->index[i].to;
        }
    }
    return st->each;
}

static tp_code
close_frame(json *j, tp_err *err)
{
    const frame *f = &j->frame[j->depth];
    j->scan.p++;
    tp_keys_close(j->keys, &j->object[j->depth]);
    j->depth--;
    if (f->selects == 0) {
        return TP_OK;
    }
    ends(j);
    return tp_builder_end_all(j->b, f->selects, err);
}

/* Goes over commas, names and closing brackets until a value is due or the document has ended. */
static tp_code
next_place(json *j, uint32_t *out_state, tp_err *err)
{
    while (j->depth > 0) {
        frame *f = &j->frame[j->depth];
        char c;
        if (!f->array && f->state != TP_MATCH_NONE && !j->object[j->depth].off_order && !f->watch) {
            bool due;
            TP_RETURN_SAME(j->members(j, out_state, &due, err));
            if (due) {
                return TP_OK;
            }
        }
        const unsigned long long from = tp_scan_at(&j->scan);
        const bool first = f->fresh;
        TP_RETURN_SAME(tp_scan_space(&j->scan, &c, err));
        if (c == (f->array ? ']' : '}')) {
            TP_RETURN_SAME(close_frame(j, err));
            continue;
        }
        if (!f->fresh) {
            if (c != ',') {
                return tp_scan_wrong(&j->scan, f->array ? "',' or ']'" : "',' or '}'", err);
            }
            j->scan.p++;
            TP_RETURN_SAME(tp_scan_space(&j->scan, &c, err));
        }
        f->fresh = false;
        if (f->array) {
            *out_state = f->state != TP_MATCH_NONE
                             ? element_state(&j->dfa->state[f->state], f->index++)
                             : TP_MATCH_NONE;
            return TP_OK;
        }
        if (c != '"') {
            return tp_scan_wrong(&j->scan, "a member name in quotes", err);
        }
        if (f->index++ >= j->b->fields_limit) {
            TP_RETURN_ERR(err, TP_E_RANGE, "byte %llu: an object of more than %u members",
                          tp_scan_at(&j->scan), j->b->fields_limit);
        }
        TP_RETURN_SAME(member(j, f->state, out_state, err));
        if (f->state != TP_MATCH_NONE) {
            note_lead(j, f->state, from, first);
        }
        return TP_OK;
    }
    return TP_OK;
}

static tp_code
document(json *j, uint32_t state, tp_err *err)
{
    do {
        TP_RETURN_SAME(value(j, state, err));
        TP_RETURN_SAME(next_place(j, &state, err));
    } while (j->depth > 0);
    return TP_OK;
}

/* White space up to and with a line end; *out_end when the text ends. */
static tp_code
line_end(json *j, bool *out_end, tp_err *err)
{
    tp_scan *s = &j->scan;
    for (;;) {
        while (*s->p == ' ' || *s->p == '\t' || *s->p == '\r') {
            s->p++;
        }
        if (s->p < s->end || s->eof) {
            break;
        }
        TP_RETURN_SAME(tp_scan_more(s, err));
    }
    *out_end = s->p == s->end;
    return *out_end || *s->p == '\n' ? TP_OK : tp_scan_wrong(s, "the end of the line", err);
}

/* All documents of a text. In the first, or in all when `lines`, the paths hold. */
static tp_code
run(json *j, uint32_t start, bool lines, tp_err *err)
{
    char c;
    bool end = false;
    if (!lines) {
        TP_RETURN_SAME(document(j, start, err));
    }
    TP_RETURN_SAME(tp_scan_space(&j->scan, &c, err));
    while (j->scan.p < j->scan.end && !end) {
        if (lines) {
            TP_RETURN_SAME(document(j, start, err));
            TP_RETURN_SAME(line_end(j, &end, err));
        } else {
            if (c != '{' && c != '[') {
                return tp_scan_wrong(&j->scan, "the end of the body", err);
            }
            j->b->stats->extra_documents++;
            TP_RETURN_SAME(document(j, TP_MATCH_NONE, err));
        }
        TP_RETURN_SAME(tp_scan_space(&j->scan, &c, err));
    }
    return TP_OK;
}

tp_code
tp_json_read(tp_builder *b, tp_match *match, tp_reader *in, tp_err *err)
{
    tp_dfa dfa;
    tp_keys keys = {0};
    json j = {0};
    TP_RETURN_SAME(tp_dfa_build(&dfa, match, err));
    tp_code rc = TP_OK;
    if (!tp_keys_init(&keys, &dfa)) {
        rc = tp_err_set(err, TP_E_NOMEM, __func__, __LINE__, "member names of %zu states", dfa.n);
    }
    if (rc == TP_OK) {
        rc = json_init(&j, b, &dfa, &keys, b->depth_limit, err);
    }
    if (rc == TP_OK) {
        rc = tp_scan_init(&j.scan, in, TP_STR_NONE, b->string_limit, err);
    }
    if (rc == TP_OK) {
        rc = run(&j, 1, b->shape->format == TP_FORMAT_NDJSON, err);
    }
    json_clear(&j);
    tp_keys_clear(&keys);
    return rc;
}
