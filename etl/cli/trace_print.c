/* How is a traced record shown: values, where it stands, its body, its bytes? */
#include <stdio.h>
#include <string.h>

#include "etl/cli/source_show.h"
#include "etl/cli/trace.h"
#include "talent/base/day.h"
#include "talent/core/emit.h"
#include "talent/etl/clock.h"
#include "talent/etl/format.h"
#include "talent/etl/http.h"

enum { LINE_MOST = 4096, TEXT_MOST = 200, BYTES_MOST = 64 << 10 };

/* ---- values ---- */

static void
put_scaled(tp_buf *out, int32_t value, int32_t unit, int digits)
{
    const int64_t v = value < 0 ? -(int64_t)value : value;
    const int64_t rest = unit == 2 ? v % 2 * 5 : v % unit;
    tp_buf_printf(out, "%s%lld.%0*lld", value < 0 ? "-" : "", (long long)(v / unit), digits,
                  (long long)rest);
}

static bool
is_nip(tp_kind kind, int field)
{
    return (kind == TP_PERSON && field == TP_PERSON_NIP) ||
           (kind == TP_POSITION && field == TP_POSITION_HOLDER_NIP) ||
           (kind == TP_PERMIT && field == TP_PERMIT_HOLDER_NIP);
}

void
tp_trace_value(tp_buf *out, const tp_table *t, int field, size_t row)
{
    const tp_field_def *def = &tp_kind_of(t->kind)->field[field];
    char text[TP_STAMP_TEXT];
    uint64_t number = 0;
    const int32_t v =
        tp_type_width(def->type) == 4 && def->type != TP_T_TEXT ? tp_i32_or(t, field, row, 0) : 0;
    if (!tp_known(t, field, row)) {
        tp_buf_puts(out, "-");
        return;
    }
    switch (def->type) {
    case TP_T_TEXT:
        tp_buf_str(out, tp_get_text(t, field, row));
        break;
    case TP_T_ENUM:
        tp_buf_str(out, tp_word_of(def, v));
        break;
    case TP_T_INT:
        tp_buf_i64(out, v);
        break;
    case TP_T_DEC:
        put_scaled(out, v, 100, 2);
        break;
    case TP_T_HALF:
        put_scaled(out, v, 2, 1);
        break;
    case TP_T_BOOL:
        tp_buf_puts(out, v != 0 ? "yes" : "no");
        break;
    case TP_T_DAY:
        tp_day_format(v, text);
        tp_buf_puts(out, text);
        break;
    case TP_T_TIME:
        tp_clock_format(tp_time_or(t, field, row, 0) * 1000, text);
        tp_buf_puts(out, text);
        break;
    case TP_T_ID:
        if (is_nip(t->kind, field) && tp_get_u64(t, field, row, &number)) {
            tp_buf_printf(out, "%018llu", (unsigned long long)number);
        } else {
            tp_buf_puts(out, "(hash)");
        }
        break;
    }
}

bool
tp_trace_names_person(tp_kind kind, int field)
{
    return is_nip(kind, field) ||
           (kind == TP_PERSON && (field == TP_PERSON_SOURCE_KEY || field == TP_PERSON_FULL_NAME ||
                                  field == TP_PERSON_BIRTH_DATE || field == TP_PERSON_NIK_FACTS));
}

/* Fields that one value spreads over are received where that value was. */
static int
received_as(tp_kind kind, int field)
{
    if (kind != TP_PERSON) {
        return field;
    }
    switch (field) {
    case TP_PERSON_NIP_CLASS:
    case TP_PERSON_NIP_OLD:
    case TP_PERSON_NRP:
        return TP_PERSON_NIP;
    case TP_PERSON_NIK_PARTS:
    case TP_PERSON_NIK_FACTS:
        return TP_PERSON_NIK;
    default:
        return field;
    }
}

static const tp_trace_field *
field_of(const tp_trace_found *found, tp_kind kind, int field)
{
    for (int other = 0; other < 2; other++) {
        const int wanted = other == 0 ? field : received_as(kind, field);
        for (size_t i = 0; i < found->n; i++) {
            if (found->field[i].field == wanted) {
                return &found->field[i];
            }
        }
    }
    return NULL;
}

static void
print_values(const tp_trace *t, const tp_table *told, size_t row, uint32_t mask,
             const tp_trace_found *found)
{
    static const char *const HEAD[] = {"field", "value", "path", "received"};
    tp_grid grid = {.cols = TP_COUNT(HEAD)};
    const tp_kind_def *kind = tp_kind_of(told->kind);
    const bool open = t->cli->show_identifiers;
    for (size_t i = 0; i < TP_COUNT(HEAD); i++) {
        tp_grid_puts(&grid, HEAD[i]);
    }
    for (int f = 0; f < kind->n_fields; f++) {
        if ((mask >> f & 1) == 0) {
            continue;
        }
        TP_AUTO_BUF(value);
        TP_AUTO_BUF(path);
        const tp_trace_field *from = field_of(found, told->kind, f);
        const bool hidden = tp_trace_names_person(told->kind, f) || (from != NULL && from->hidden);
        tp_trace_value(&value, told, f, row);
        tp_plain_put(&path, from != NULL ? from->path : TP_STR("?"), TEXT_MOST);
        tp_grid_puts(&grid, kind->field[f].name);
        /* Words and "(hash)" tell of nobody. */
        const bool word =
            kind->field[f].type == TP_T_ENUM || tp_str_starts(tp_buf_view(&value), TP_STR("("));
        tp_show_value(&grid, tp_buf_view(&value), hidden && !word, open);
        tp_grid_put(&grid, tp_buf_view(&path));
        tp_show_value(&grid, from != NULL ? from->raw : TP_STR_NONE, hidden, open);
    }
    tp_grid_print(&grid, stdout, 2);
    tp_grid_clear(&grid);
}

/* ---- the body ---- */

static void
print_line(const char *label, const tp_buf *text)
{
    TP_AUTO_BUF(plain);
    tp_plain_put(&plain, tp_buf_view(text), LINE_MOST);
    (void)printf("  %-9s %s\n", label, tp_buf_cstr(&plain));
}

static void
put_masked(const tp_trace *t, tp_buf *out, tp_str text)
{
    if (t->cli->show_identifiers) {
        tp_buf_str(out, text);
    } else {
        tp_plain_mask(out, text);
    }
}

static void
print_fetch(const tp_trace *t, const tp_body *body)
{
    TP_AUTO_BUF(text);
    char day[TP_DAY_TEXT];
    char at[TP_STAMP_TEXT];
    tp_day_format(body->night, day);
    tp_clock_format(body->fetched_at * 1000, at);
    tp_buf_printf(&text, "%.*s, ", TP_STR_ARG(body->fetch));
    if (body->request_key.p != NULL) {
        tp_buf_puts(&text, "key ");
        put_masked(t, &text, body->request_key);
        tp_buf_puts(&text, ", ");
    }
    tp_buf_printf(&text, "page %u, for night %s, at %s", body->page, day, at);
    print_line("fetch", &text);
}

static void
print_answer(const tp_trace *t, const tp_body *body)
{
    TP_AUTO_BUF(url);
    TP_AUTO_BUF(text);
    tp_http_mask(&url, body->url, !t->cli->show_identifiers);
    print_line("address", &url);
    tp_buf_printf(&text, "%d", (int)body->status);
    if (body->content_type.n > 0) {
        tp_buf_printf(&text, " %.*s", TP_STR_ARG(body->content_type));
    }
    if (body->etag.n > 0) {
        tp_buf_printf(&text, ", etag %.*s", TP_STR_ARG(body->etag));
    }
    if (body->last_modified.n > 0) {
        tp_buf_printf(&text, ", last modified %.*s", TP_STR_ARG(body->last_modified));
    }
    tp_buf_puts(&text, body->empty ? ", told of no rows" : "");
    print_line("answer", &text);
}

void
tp_trace_print_body(const tp_trace *t, size_t source, uint32_t number)
{
    TP_AUTO_BUF(text);
    const tp_trace_source *s = &t->source[source];
    const tp_body *body = tp_landing_body(s->landing, number);
    tp_key hash;
    char hex[TP_KEY_TEXT];
    print_fetch(t, body);
    print_answer(t, body);
    memcpy(hash.byte, body->sha256, sizeof hash.byte);
    tp_key_format(&hash, hex);
    tp_buf_printf(&text, "%u, %llu bytes, sha256 %s", number, (unsigned long long)body->size, hex);
    print_line("body", &text);
    tp_buf_reset(&text);
    tp_key_format(&s->landing_key, hex);
    tp_buf_printf(&text, "%s", hex);
    if (body->referred) {
        tp_key_format(&body->origin, hex);
        tp_buf_printf(&text, ", bytes in %s", hex);
    }
    print_line("landing", &text);
}

/* ---- the bytes ---- */

/* Digits may also be written as "\u0031" or "&#49;": a text that does so shows none of them. */
static bool
hides_digits(tp_str text)
{
    return tp_str_find(text, TP_STR("\\u003")) != SIZE_MAX ||
           tp_str_find(text, TP_STR("&#")) != SIZE_MAX;
}

static void
mask_bytes(tp_buf *out, tp_str text)
{
    if (!hides_digits(text)) {
        tp_plain_mask(out, text);
        return;
    }
    for (size_t i = 0; i < text.n; i++) {
        const char c = text.p[i];
        tp_buf_char(out, c >= '0' && c <= '9' ? '9' : c);
    }
}

static void
print_excerpt(const tp_trace *t, tp_str text)
{
    TP_AUTO_BUF(masked);
    tp_str line;
    if (t->cli->show_identifiers) {
        tp_buf_str(&masked, text);
    } else {
        mask_bytes(&masked, text);
    }
    tp_str rest = tp_buf_view(&masked);
    while (tp_str_next(&rest, '\n', &line)) {
        TP_AUTO_BUF(plain);
        tp_plain_put(&plain, line, SIZE_MAX);
        (void)printf("    %s\n", tp_buf_cstr(&plain));
    }
}

tp_code
tp_trace_print_bytes(tp_trace *t, const tp_trace_record *record, const tp_trace_found *found,
                     tp_err *err)
{
    TP_AUTO_BUF(bytes);
    const tp_trace_source *s = &t->source[record->source];
    tp_reader *reader = NULL;
    const uint64_t n = found->span.to - found->span.from;
    const tp_span span = {found->span.from,
                          found->span.from + (n < BYTES_MOST ? n : (uint64_t)BYTES_MOST)};
    TP_RETURN_SAME(tp_landing_reader_open(s->landing, record->place.body, &reader, err));
    const tp_code rc = tp_format_slice(&found->fetch->shape, reader, span, &bytes, err);
    tp_landing_reader_close(reader);
    TP_RETURN_IF_ERR(err, rc, "read bytes of body %u of source %s", record->place.body, s->id);
    print_excerpt(t, tp_buf_view(&bytes));
    if (n > BYTES_MOST) {
        (void)printf("    (%llu bytes more)\n", (unsigned long long)(n - BYTES_MOST));
    }
    return TP_OK;
}

/* "data.pegawai[]", "/daftar/pegawai": where the records of a select are. */
static void
put_select(tp_buf *out, const tp_shape *shape, int select)
{
    const tp_select *s = &shape->select[select];
    const bool xml = shape->format == TP_FORMAT_XML;
    if (s->parent >= 0 && !shape->select[s->parent].document) {
        put_select(out, shape, s->parent);
    }
    for (size_t i = 0; i < s->path.n; i++) {
        const tp_path_step *st = &s->path.step[i];
        switch (st->kind) {
        case TP_PATH_CHILD:
        case TP_PATH_ATTR:
            tp_buf_printf(out, "%s%s%.*s",
                          xml          ? "/"
                          : out->n > 0 ? "."
                                       : "",
                          st->kind == TP_PATH_ATTR ? "@" : "", TP_STR_ARG(st->name));
            break;
        case TP_PATH_ANY:
            tp_buf_puts(out, xml ? "/*" : out->n > 0 ? ".*" : "*");
            break;
        case TP_PATH_EACH:
            tp_buf_puts(out, "[]");
            break;
        case TP_PATH_INDEX:
            tp_buf_printf(out, "[%u]", st->index);
            break;
        case TP_PATH_PARSE:
            tp_buf_puts(out, "(json)");
            break;
        }
    }
}

void
tp_trace_print_place(const tp_trace_record *record, const tp_trace_found *found)
{
    TP_AUTO_BUF(text);
    TP_AUTO_BUF(path);
    put_select(&path, &found->fetch->shape, found->select);
    tp_buf_printf(&text, "number %u (from 0) of %s, bytes %llu to %llu of the unpacked text",
                  record->place.record, path.n > 0 ? tp_buf_cstr(&path) : "its body",
                  (unsigned long long)found->span.from, (unsigned long long)found->span.to);
    print_line("record", &text);
}

/* ---- a record ---- */

static tp_code
print_record(tp_trace *t, const tp_trace_record *record, const tp_trace_found *found,
             const char *why, tp_err *err)
{
    const tp_trace_source *s = &t->source[record->source];
    if (s->landing != NULL) {
        tp_trace_print_body(t, record->source, record->place.body);
    }
    if (!found->any) {
        TP_AUTO_BUF(text);
        tp_buf_puts(&text, why);
        print_line("not shown", &text);
        t->missed++;
        return TP_OK;
    }
    tp_trace_print_place(record, found);
    if (s->changed) {
        (void)printf("  %-9s %s\n", "note",
                     found->sure ? "the description has changed since: paths are tonight's"
                                 : "the description has changed since: paths are tonight's, and "
                                   "the record is found by its number alone");
    }
    return t->cli->bytes ? tp_trace_print_bytes(t, record, found, err) : TP_OK;
}

tp_code
tp_trace_print(tp_trace *t, const tp_trace_record *record, const tp_table *told, size_t row,
               uint32_t mask, tp_err *err)
{
    tp_trace_found found = {0};
    char why[TP_ERR_TEXT];
    (void)printf("\n%s: %s%s\n", t->source[record->source].id, tp_kind_of(record->kind)->name,
                 record->made ? ", known from a record of another kind that names it" : "");
    tp_code rc = tp_trace_find(t, record, &found, why, err);
    if (rc == TP_OK) {
        print_values(t, told, row, mask, &found);
        rc = print_record(t, record, &found, why, err);
    }
    tp_arena_clear(&found.arena);
    return rc;
}
