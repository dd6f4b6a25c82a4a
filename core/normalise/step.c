/* What does one step make of a text? */
#include "core/normalise/pipe.h"

#include <utf8proc.h>

#include "talent/base/day.h"

/* Numbers are ten-thousandths in 64 bits: their products need more. */
__extension__ typedef __int128 wide;

static tp_value
failed(tp_reject_code fault)
{
    return tp_value_none(fault);
}

static tp_value
number(int64_t n)
{
    return (tp_value){.kind = TP_V_NUMBER, .fault = TP_REJ_COUNT, .num = n};
}

/* Text of a value for text steps; typed values show their canonical text. */
static tp_str
text_of(const tp_pipe *pipe, const tp_value *v)
{
    return tp_value_key(v, pipe->arena);
}

typedef enum letters { TO_LOWER, TO_UPPER, TO_TITLE } letters;

static tp_value
change_case(const tp_pipe *pipe, tp_str text, letters to)
{
    char *out = tp_arena_alloc(pipe->arena, text.n * 2 + 4, 1);
    if (out == NULL) {
        return failed(TP_REJ_TYPE);
    }
    size_t n = 0;
    bool start = true;
    for (size_t i = 0; i < text.n;) {
        utf8proc_int32_t c;
        const utf8proc_ssize_t k = utf8proc_iterate((const utf8proc_uint8_t *)text.p + i,
                                                    (utf8proc_ssize_t)(text.n - i), &c);
        if (k <= 0) {
            return failed(TP_REJ_ENCODING);
        }
        const bool up = to == TO_UPPER || (to == TO_TITLE && start);
        const utf8proc_int32_t d = up ? utf8proc_toupper(c) : utf8proc_tolower(c);
        n += (size_t)utf8proc_encode_char(d, (utf8proc_uint8_t *)out + n);
        start = c == ' ' || c == '-' || c == '.' || c == '\'';
        i += (size_t)k;
    }
    return tp_value_text((tp_str){out, n});
}

static tp_value
null_if(const tp_op_step *step, tp_value v, tp_str text)
{
    const tp_str bare = tp_str_trim(text);
    for (size_t i = 0; i < step->n; i++) {
        if (tp_str_eq(step->list[i], bare)) {
            return failed(TP_REJ_COUNT);
        }
    }
    return v;
}

static tp_value
only_digits(const tp_pipe *pipe, tp_str text)
{
    char *out = tp_arena_alloc(pipe->arena, text.n + 1, 1);
    size_t n = 0;
    for (size_t i = 0; out != NULL && i < text.n; i++) {
        if (text.p[i] >= '0' && text.p[i] <= '9') {
            out[n++] = text.p[i];
        }
    }
    return tp_value_text((tp_str){out, n});
}

static tp_value
read_number(tp_str text, char point, char thousands, bool whole)
{
    int64_t n;
    text = tp_str_trim(text);
    if (!tp_number_read(text, point, thousands, &n) || (whole && n % TP_NUMBER_UNIT != 0)) {
        return failed(TP_REJ_TYPE);
    }
    return number(n);
}

static tp_value
read_bool(const tp_op_step *step, tp_str text)
{
    text = tp_str_trim(text);
    for (size_t i = 0; i < step->n; i++) {
        if (tp_str_ieq(step->list[i], text)) {
            return (tp_value){
                .kind = TP_V_BOOL, .fault = TP_REJ_COUNT, .num = (int64_t)i < step->a ? 1 : 0};
        }
    }
    return failed(TP_REJ_LIST);
}

static tp_value
read_date(const tp_op_step *step, tp_value v, tp_str text)
{
    int32_t day;
    int64_t at;
    if (v.kind == TP_V_DAY || v.kind == TP_V_TIME) {
        return v;
    }
    for (size_t i = 0; i < step->n; i++) {
        if (step->op == TP_OP_DATE && tp_date_parse(text, step->list[i], step->a, &day)) {
            return (tp_value){.kind = TP_V_DAY, .fault = TP_REJ_COUNT, .num = day};
        }
        if (step->op == TP_OP_DATETIME && tp_time_parse(text, step->list[i], step->a, &at)) {
            return (tp_value){.kind = TP_V_TIME, .fault = TP_REJ_COUNT, .num = at};
        }
    }
    return failed(TP_REJ_TYPE);
}

/* The year of a day; those before 1000 are marks of "unknown", not years. */
static tp_value
year_of(int32_t day)
{
    const int64_t year = tp_day_split(day).year;
    return year >= 1000 ? number(year * TP_NUMBER_UNIT) : failed(TP_REJ_RANGE);
}

/* Four digits, or the year of a date in one of the two common orders. */
static tp_value
read_year(tp_value v, tp_str text)
{
    static const char *const FORMAT[] = {"dd-mm-yyyy", "yyyy-mm-dd", "dd/mm/yyyy", "iso"};
    int64_t n;
    int32_t day;
    if (v.kind == TP_V_DAY) {
        return year_of((int32_t)v.num);
    }
    text = tp_str_trim(text);
    if (text.n == 4 && tp_str_to_i64(text, &n) && n >= 1000) {
        return number(n * TP_NUMBER_UNIT);
    }
    for (size_t i = 0; i < TP_COUNT(FORMAT); i++) {
        if (tp_date_parse(text, tp_str_of(FORMAT[i]), -1, &day)) {
            return year_of(day);
        }
    }
    return failed(TP_REJ_TYPE);
}

/* A code whose closing zeros a spreadsheet dropped: "11.1" with the form 99.99 is 11.10. */
static tp_value
pad(const tp_pipe *pipe, const tp_op_step *step, tp_str text)
{
    const size_t dot = tp_str_find(text, TP_STR("."));
    const size_t form_dot = tp_str_find(step->text, TP_STR("."));
    if (dot == SIZE_MAX) {
        return tp_value_text(text);
    }
    const size_t want = dot + step->text.n - form_dot;
    char *out = tp_arena_alloc(pipe->arena, want + text.n + 1, 1);
    if (out == NULL || text.n > want) {
        return failed(TP_REJ_FORM);
    }
    memcpy(out, text.p, text.n);
    memset(out + text.n, '0', want - text.n);
    return tp_value_text((tp_str){out, want});
}

static tp_value
read_nip(tp_str text)
{
    tp_value v = {.kind = TP_V_NIP, .fault = TP_REJ_COUNT, .text = text};
    v.nip = tp_nip_parse(text);
    v.num = (int64_t)v.nip.number;
    if (v.nip.fault == TP_NIP_EMPTY) {
        return failed(TP_REJ_COUNT);
    }
    if (v.nip.cls == TP_NIP_JUNK) {
        return failed(v.nip.fault == TP_NIP_SCIENTIFIC ? TP_REJ_SCIENTIFIC : TP_REJ_FORM);
    }
    if (v.nip.cls == TP_NIP_DAMAGED) {
        v.fault = v.nip.fault == TP_NIP_LENGTH ? TP_REJ_FORM : TP_REJ_RANGE;
    }
    return v;
}

static tp_value
read_nik(const tp_pipe *pipe, tp_str text)
{
    const tp_nik nik = pipe->keyed != NULL ? tp_nik_sketch_keyed(text, pipe->keyed)
                                           : tp_nik_sketch(text, pipe->secret);
    if (!nik.present) {
        return failed(TP_REJ_FORM);
    }
    return (tp_value){.kind = TP_V_NIK,
                      .fault = tp_nik_valid(nik.facts) ? TP_REJ_COUNT : TP_REJ_RANGE,
                      .num = (int64_t)nik.whole,
                      .parts = nik.parts,
                      .facts = nik.facts};
}

/* Keyed hash of an old NIP (9 digits) or service number (8 digits); other lengths are refused. */
static tp_value
read_hash_id(const tp_pipe *pipe, tp_str text)
{
    const tp_value d = only_digits(pipe, text);
    if (d.text.n != 8 && d.text.n != 9) {
        return failed(d.text.n == 0 ? TP_REJ_COUNT : TP_REJ_FORM);
    }
    const char *label = d.text.n == 9 ? "nip_old" : "nrp";
    const uint64_t h = pipe->keyed != NULL ? tp_id_hash_keyed(label, d.text, pipe->keyed)
                                           : tp_id_hash(label, d.text, pipe->secret);
    return (tp_value){.kind = TP_V_ID, .fault = TP_REJ_COUNT, .num = (int64_t)h};
}

static tp_value
read_siasn_id(tp_str text)
{
    const uint64_t h = tp_siasn_hash(tp_str_trim(text));
    return h == 0 ? failed(TP_REJ_FORM)
                  : (tp_value){.kind = TP_V_ID, .fault = TP_REJ_COUNT, .num = (int64_t)h};
}

/* The parts of a name are fields of their own: one split serves them all. */
static tp_name
split_name(const tp_pipe *pipe, tp_str text)
{
    tp_last_name *last = pipe->last;
    if (last == NULL || last->text.p == NULL || !tp_str_eq(last->text, text)) {
        const tp_name name = tp_name_split(pipe->rules->titles, text, pipe->arena);
        if (last == NULL) {
            return name;
        }
        *last = (tp_last_name){text, name};
    }
    return last->name;
}

static tp_value
name_part(const tp_pipe *pipe, const tp_op_step *step, tp_str text)
{
    if (text.n > TP_NAME_BYTES) {
        return failed(
            TP_REJ_FORM); /* no name; and taking titles off takes the square of its time */
    }
    const tp_name name = split_name(pipe, text);
    const tp_str part = step->a == TP_NAME_CLEAN   ? name.clean
                        : step->a == TP_NAME_FRONT ? name.front
                                                   : name.back;
    if (part.p == NULL && step->a == TP_NAME_CLEAN) {
        return tp_value_text(text); /* nothing but a title: "ST." is Siti, cut short */
    }
    return part.p == NULL ? failed(TP_REJ_COUNT) : tp_value_text(part);
}

/* Linear map, rounded half away from zero in the number's own unit. The ends of a scale are below
 * 2^62 (a description's are far below), so that the product fits. */
static tp_value
scale(const tp_op_step *step, const tp_value *v)
{
    if (v->kind != TP_V_NUMBER) {
        return failed(TP_REJ_TYPE);
    }
    const int64_t low = step->a < step->b ? step->a : step->b;
    const int64_t high = step->a < step->b ? step->b : step->a;
    if (v->num < low || v->num > high || low == high) {
        return failed(TP_REJ_RANGE);
    }
    const wide span = (wide)step->b - step->a;
    const wide top = ((wide)v->num - step->a) * ((wide)step->d - step->c);
    const wide half = (top < 0) == (span < 0) ? span / 2 : -(span / 2);
    return number((int64_t)(step->c + (top + half) / span)); /* between c and d */
}

static tp_value
swap_bar(const tp_pipe *pipe, tp_str text, tp_str from, tp_str to)
{
    const size_t grow = to.n > from.n ? to.n - from.n : 0;
    char *out = tp_arena_alloc(pipe->arena, text.n + text.n * grow + 1, 1);
    if (out == NULL) {
        return failed(TP_REJ_TYPE);
    }
    size_t n = 0;
    for (size_t i = 0; i < text.n;) {
        if (tp_str_starts((tp_str){text.p + i, text.n - i}, from)) {
            memcpy(out + n, to.p, to.n);
            n += to.n;
            i += from.n;
        } else {
            out[n++] = text.p[i++];
        }
    }
    return tp_value_text((tp_str){out, n});
}

static tp_value
element(tp_str list, int64_t index)
{
    tp_str piece = TP_STR_NONE;
    int64_t n = 0;
    for (tp_str rest = list; tp_str_next(&rest, '|', &piece); n++) {
        if (n == index) {
            return tp_value_text(piece);
        }
    }
    return index < 0 && n > 0 ? tp_value_text(piece) : failed(TP_REJ_COUNT);
}

/* The element at the place where the list beside holds the wanted value. */
static tp_value
pick(const tp_pipe *pipe, const tp_op_step *step, tp_str list)
{
    tp_str rest = pipe->cell[step->slot];
    tp_str piece;
    int64_t n = 0;
    int64_t found = -1;
    for (; tp_str_next(&rest, '|', &piece); n++) {
        if (found < 0 && tp_str_ieq(tp_str_trim(piece), step->text)) {
            found = n;
        }
    }
    int64_t values = 0;
    for (tp_str left = list; tp_str_next(&left, '|', &piece);) {
        values++;
    }
    if (values != n) {
        return failed(TP_REJ_FORM); /* one list has gaps: which value belongs to which is unknown */
    }
    return found < 0 ? failed(TP_REJ_COUNT) : element(list, found);
}

static tp_value
concat(const tp_pipe *pipe, const tp_op_step *step, tp_value v)
{
    tp_buf out = {0};
    if (v.kind != TP_V_NONE) {
        tp_buf_str(&out, text_of(pipe, &v));
    }
    for (size_t i = 0; i < step->n; i++) {
        const tp_value part = tp_pipe_field(pipe, &step->part[i]);
        if (part.kind != TP_V_NONE) {
            tp_buf_str(&out, out.n > 0 ? step->text : TP_STR(""));
            tp_buf_str(&out, text_of(pipe, &part));
        }
    }
    char *copy = tp_arena_copy(pipe->arena, tp_buf_cstr(&out), out.n);
    const size_t n = out.failed ? 0 : out.n;
    tp_buf_clear(&out);
    return copy == NULL || n == 0 ? failed(TP_REJ_COUNT) : tp_value_text((tp_str){copy, n});
}

static tp_value
coalesce(const tp_pipe *pipe, const tp_op_step *step, tp_value v)
{
    for (size_t i = 0; v.kind == TP_V_NONE && i < step->n; i++) {
        v = tp_pipe_field(pipe, &step->part[i]);
    }
    return v;
}

static int64_t
period(const tp_pipe *pipe, uint16_t slot)
{
    int64_t n = 0;
    if (slot != TP_NO_SLOT &&
        (!tp_str_to_i64(tp_str_trim(pipe->cell[slot]), &n) || n < 0 || n > 1200)) {
        n = 0;
    }
    return n;
}

static tp_value
add_period(const tp_pipe *pipe, const tp_op_step *step, tp_value v)
{
    const int64_t months = period(pipe, step->slot) * 12 + period(pipe, step->slot2);
    if (v.kind != TP_V_DAY) {
        return failed(TP_REJ_TYPE);
    }
    if (months == 0) {
        return failed(TP_REJ_COUNT); /* no length was given, so no end is known */
    }
    v.num = tp_day_add_months((int32_t)v.num, (int)months);
    return v;
}

/* Steps on the text alone. */
static tp_value
text_step(const tp_pipe *pipe, const tp_op_step *step, tp_value v, tp_str text)
{
    switch (step->op) {
    case TP_OP_TRIM:
        return tp_value_text(tp_str_trim(text));
    case TP_OP_SQUASH:
        return tp_value_text(tp_squash(text, pipe->arena));
    case TP_OP_UPPER:
        return change_case(pipe, text, TO_UPPER);
    case TP_OP_LOWER:
        return change_case(pipe, text, TO_LOWER);
    case TP_OP_TITLE:
        return change_case(pipe, text, TO_TITLE);
    case TP_OP_NULL_IF:
        return null_if(step, v, text);
    case TP_OP_STRIP:
        return tp_step_strip(step, text);
    case TP_OP_DIGITS:
        return only_digits(pipe, text);
    case TP_OP_SPLIT:
        return swap_bar(pipe, text, step->text, TP_STR("|"));
    case TP_OP_JOIN:
        return swap_bar(pipe, text, TP_STR("|"), step->text);
    case TP_OP_FIRST:
        return element(text, 0);
    case TP_OP_LAST:
        return element(text, -1);
    case TP_OP_NTH:
        return element(text, step->a);
    case TP_OP_PICK:
        return pick(pipe, step, text);
    case TP_OP_MAP:
    case TP_OP_CODE:
        return tp_step_look_up(pipe, step, text);
    case TP_OP_PHRASE:
        return tp_step_phrase(pipe, step, text);
    case TP_OP_PAD:
        return pad(pipe, step, text);
    case TP_OP_SUCCEED:
        return tp_step_succeed(pipe, step, v, text);
    case TP_OP_LEFT:
    case TP_OP_RIGHT:
    case TP_OP_MID:
        return tp_step_cut(step, text);
    case TP_OP_STRIP_END:
        return tp_step_strip_end(step, text);
    case TP_OP_REPLACE:
        return tp_step_replace(pipe, step, text);
    default:
        return v;
    }
}

tp_value
tp_pipe_step(const tp_pipe *pipe, const tp_op_step *step, tp_value v)
{
    switch (step->op) {
    case TP_OP_CONCAT:
        return concat(pipe, step, v);
    case TP_OP_COALESCE:
        return coalesce(pipe, step, v);
    case TP_OP_CONST:
        return tp_value_text(step->text);
    default:
        break;
    }
    if (v.kind == TP_V_NONE) {
        return v;
    }
    const tp_str text = text_of(pipe, &v);
    switch (step->op) {
    case TP_OP_INT:
        return v.kind == TP_V_NUMBER && v.num % TP_NUMBER_UNIT == 0
                   ? v
                   : read_number(text, step->a == '.' ? ',' : '.', (char)step->a, true);
    case TP_OP_DECIMAL:
        return v.kind == TP_V_NUMBER ? v : read_number(text, step->text.p[0], (char)step->a, false);
    case TP_OP_BOOL:
        return read_bool(step, text);
    case TP_OP_DATE:
    case TP_OP_DATETIME:
        return read_date(step, v, text);
    case TP_OP_YEAR:
        return read_year(v, text);
    case TP_OP_NIP:
        return read_nip(text);
    case TP_OP_NIP_PART:
        return tp_step_nip_part(step, &v, text);
    case TP_OP_NIK:
        return read_nik(pipe, text);
    case TP_OP_SIASN_ID:
        return read_siasn_id(text);
    case TP_OP_HASH_ID:
        return read_hash_id(pipe, text);
    case TP_OP_NAME:
        return name_part(pipe, step, text);
    case TP_OP_SCALE:
        return scale(step, &v);
    case TP_OP_ADD_PERIOD:
        return add_period(pipe, step, v);
    case TP_OP_ADD_DAYS:
        v.num += v.kind == TP_V_DAY ? step->a : 0;
        return v;
    default:
        return text_step(pipe, step, v, text);
    }
}
