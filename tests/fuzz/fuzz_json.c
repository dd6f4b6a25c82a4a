/* Do our JSON reader and jansson see the same records in the same bytes, and refuse the same ones?
 *
 * Deliberate differences, all that there are:
 * - a name that stands twice in an object no path looks into: jansson refuses, we go on;
 * - nesting beyond limit.depth (64 by default): we refuse, jansson goes on to 2048;
 * - NUL, as a byte or an escape: we read U+FFFD, jansson refuses; the oracle gets U+FFFD;
 * - numbers: we keep the text as written, jansson refuses what a double cannot hold. The oracle
 * gets every well-formed number as a string.
 */
#include "tests/fuzz/oracle.h"

#include <jansson.h>

/* First character of every string the oracle gets: a number, or a string, name or value. */
enum { NUMBER = 'n', STRING = 's' };

enum { N_SHAPES = 10 };

static tp_arena arena;
static tp_shape shape[N_SHAPES];

static void
make_shapes(void)
{
    tp_shape *s = shape;
    for (size_t i = 0; i < N_SHAPES; i++) {
        s[i] = (tp_shape){.format = i == 8 ? TP_FORMAT_NDJSON : TP_FORMAT_JSON};
    }
    add_select(&s[0], &arena, -1, false, "data[]", SLOTS("id", "nama", "a.b", "c[1]", "+d[]"));
    add_select(&s[0], &arena, 0, false, "k[]", SLOTS("", "id", "^id", "^a.b"));
    add_select(&s[1], &arena, -1, true, "", SLOTS("code", "count", "+data[].id"));
    add_select(&s[1], &arena, 0, false, "data[]", SLOTS("id", "^code"));
    add_select(&s[1], &arena, 1, false, "rw[]", SLOTS("x", "^id", "^^code"));
    add_select(&s[2], &arena, -1, false, "", SLOTS("a", "b", "", "+*", "*.c"));
    add_select(&s[3], &arena, -1, false, "*", SLOTS("", "a", "+*", "+[]", "[0]"));
    add_select(&s[4], &arena, -1, false, "data{}", SLOTS("id", ""));
    add_select(&s[4], &arena, 0, false, "list[]", SLOTS("x", "^id"));
    add_select(&s[5], &arena, -1, false, "[]", SLOTS("{}.x", "", "s{}.y{}", "s"));
    add_select(&s[5], &arena, 0, false, "{}.k[]", SLOTS("", "a", "^{}.x", "^s"));
    add_select(&s[6], &arena, -1, false, "a", SLOTS("b"));
    add_select(&s[6], &arena, 0, false, "{}[]", SLOTS("", "^b"));
    add_select(&s[6], &arena, 0, false, "c[]", SLOTS("", "d"));
    add_select(&s[7], &arena, -1, false, "[2]", SLOTS("[0]", "[1].a"));
    add_select(&s[7], &arena, -1, false, "[]", SLOTS("a", "[0]"));
    add_select(&s[7], &arena, 1, false, "*", SLOTS("", "^a"));
    add_select(&s[8], &arena, -1, true, "", SLOTS("urutan", "+nip"));
    add_select(&s[8], &arena, 0, false, "", SLOTS("nip", "nama", "^urutan", "^+nip"));
    add_select(&s[9], &arena, -1, false, "a.b[].c.d[]", SLOTS("e", "", "+e"));
}

/* ---- the text for jansson ---- */

static size_t
digits(tp_str text, size_t i)
{
    const size_t from = i;
    while (i < text.n && text.p[i] >= '0' && text.p[i] <= '9') {
        i++;
    }
    return i - from;
}

/* Length of the JSON number at i, 0 if there is none or it goes on into something else. */
static size_t
number_at(tp_str text, size_t i)
{
    const size_t from = i;
    i += text.p[i] == '-' ? 1 : 0;
    size_t n = digits(text, i);
    if (n == 0 || (text.p[i] == '0' && n > 1)) {
        return 0;
    }
    i += n;
    if (i < text.n && text.p[i] == '.') {
        n = digits(text, i + 1);
        if (n == 0) {
            return 0;
        }
        i += 1 + n;
    }
    if (i < text.n && (text.p[i] == 'e' || text.p[i] == 'E')) {
        i++;
        i += i < text.n && (text.p[i] == '+' || text.p[i] == '-') ? 1 : 0;
        n = digits(text, i);
        if (n == 0) {
            return 0;
        }
        i += n;
    }
    return i - from;
}

/* Is the next sign after white space a colon? A number there stands in place of a name. */
static bool
is_name(tp_str text, size_t i)
{
    while (i < text.n && strchr(" \t\r\n", text.p[i]) != NULL && text.p[i] != '\0') {
        i++;
    }
    return i < text.n && text.p[i] == ':';
}

/* The text with every number as a string, and every string with a mark of which it was. */
static void
quote_numbers(tp_str text, tp_buf *out)
{
    bool quoted = false;
    for (size_t i = 0; i < text.n;) {
        const char c = text.p[i];
        const bool digit = c == '-' || (c >= '0' && c <= '9');
        const size_t n = !quoted && digit ? number_at(text, i) : 0;
        if (n > 0 && !is_name(text, i + n)) {
            tp_buf_printf(out, "\"%c", NUMBER);
            tp_buf_put(out, text.p + i, n);
            tp_buf_char(out, '"');
            i += n;
            continue;
        }
        quoted ^= c == '"';
        tp_buf_char(out, c);
        if (quoted && c == '"') {
            tp_buf_char(out, STRING);
        }
        i++;
        if (quoted && c == '\\' && tp_str_starts(tp_str_sub(text, i, 5), TP_STR("u0000"))) {
            tp_buf_puts(out, "ufffd"); /* jansson refuses what we read as a lost character */
            i += 5;
        } else if (quoted && c == '\\' && i < text.n) {
            tp_buf_char(out, text.p[i++]);
        }
    }
}

/* ---- the walk ---- */

typedef struct walk {
    oracle o;
    bool twice; /* refuse names that stand twice */
    bool lines;
    bool refused;
    bool deep; /* something is nested deeper than our reader goes */
} walk;

static void visit_text(walk *w, tp_str text, const oracle_item *items, size_t n, unsigned depth,
                       bool lines);

static bool
is_record(const walk *w, const oracle_item *item, const json_t *v)
{
    const tp_select *sel = &w->o.shape->select[item->select];
    bool element = true; /* the root is one */
    bool own = false;
    for (int s = (int)item->select; s >= 0; s = w->o.shape->select[s].parent) {
        const tp_path *path = &w->o.shape->select[s].path;
        if (path->n > 0) {
            size_t last = path->n - 1;
            while (last > 0 && path->step[last].kind == TP_PATH_PARSE) {
                last--;
            }
            const tp_step_kind kind = path->step[last].kind;
            element = kind == TP_PATH_EACH || kind == TP_PATH_INDEX || kind == TP_PATH_ANY;
            break;
        }
    }
    for (size_t s = 0; s < w->o.shape->n_selects; s++) {
        for (size_t k = 0; k < w->o.shape->select[s].n_slots; k++) {
            const tp_slot *slot = &w->o.shape->select[s].slot[k];
            int owner = (int)s;
            for (uint32_t u = 0; u < slot->up; u++) {
                owner = w->o.shape->select[owner].parent;
            }
            own |= owner == (int)item->select && slot->path.n == 0;
        }
    }
    return sel->document || json_is_object(v) || json_is_array(v) || element ||
           (own && !json_is_null(v));
}

static bool
is_container(const json_t *v)
{
    return json_is_object(v) || json_is_array(v);
}

/* The text of a scalar; numbers come as marked strings. */
static tp_str
scalar_text(const json_t *v, bool *out_string)
{
    *out_string = false;
    if (!json_is_string(v)) {
        return tp_str_of(json_is_true(v) ? "true" : "false");
    }
    const tp_str text = {json_string_value(v), json_string_length(v)};
    *out_string = text.p[0] == STRING;
    return tp_str_sub(text, 1, text.n);
}

static void visit(walk *w, json_t *v, oracle_item *items, size_t n, unsigned depth);

static void
visit_members(walk *w, json_t *v, const oracle_item *items, size_t n, unsigned depth)
{
    const char *key;
    json_t *child;
    oracle_item *next = calloc(ORACLE_ITEMS, sizeof *next);
    json_object_foreach(v, key, child)
    {
        size_t m = 0;
        for (size_t i = 0; i < n; i++) {
            const tp_path_step *step = oracle_next(&items[i]);
            if (step != NULL && (step->kind == TP_PATH_ANY ||
                                 (step->kind == TP_PATH_CHILD && tp_str_is(step->name, key + 1)))) {
                m = oracle_advance(&items[i], next, m);
            }
        }
        visit(w, child, next, m, depth + 1);
    }
    free(next);
}

static void
visit_elements(walk *w, json_t *v, const oracle_item *items, size_t n, unsigned depth)
{
    oracle_item *next = calloc(ORACLE_ITEMS, sizeof *next);
    for (size_t e = 0; e < json_array_size(v); e++) {
        size_t m = 0;
        for (size_t i = 0; i < n; i++) {
            const tp_path_step *step = oracle_next(&items[i]);
            if (step != NULL &&
                (step->kind == TP_PATH_EACH || (step->kind == TP_PATH_INDEX && step->index == e))) {
                m = oracle_advance(&items[i], next, m);
            }
        }
        visit(w, json_array_get(v, e), next, m, depth + 1);
    }
    free(next);
}

static void
visit_scalar(walk *w, json_t *v, const oracle_item *items, size_t n, unsigned depth)
{
    bool string;
    if (json_is_null(v)) {
        return;
    }
    const tp_str text = scalar_text(v, &string);
    oracle_item *inside = calloc(ORACLE_ITEMS, sizeof *inside);
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        const tp_path_step *step = oracle_next(&items[i]);
        if (items[i].slot && step == NULL) {
            oracle_put(&w->o, &items[i], text);
        }
        if (string && step != NULL && step->kind == TP_PATH_PARSE) {
            m = oracle_advance(&items[i], inside, m);
        }
    }
    if (m > 0 && tp_str_trim(text).n > 0) {
        visit_text(w, text, inside, m, depth, false);
    }
    free(inside);
}

/* `items` has room for ORACLE_ITEMS and is added to. */
static void
visit(walk *w, json_t *v, oracle_item *items, size_t n, unsigned depth)
{
    oracle_row *begun[TP_SELECTS_MAX] = {0};
    size_t n_begun = 0;
    w->deep |= is_container(v) && depth >= 64;
    for (size_t i = 0; i < n; i++) {
        const tp_path_step *step = oracle_next(&items[i]);
        if (step != NULL && step->kind == TP_PATH_PARSE && is_container(v)) {
            n = oracle_advance(&items[i], items, n);
        } else if (step == NULL && !items[i].slot) {
            oracle_row *row = oracle_begin(&w->o, &items[i], is_record(w, &items[i], v));
            begun[n_begun++] = row;
            n = oracle_spawn(&w->o, row, items, n);
        }
    }
    if (json_is_object(v)) {
        visit_members(w, v, items, n, depth);
    } else if (json_is_array(v)) {
        visit_elements(w, v, items, n, depth);
    } else {
        visit_scalar(w, v, items, n, depth);
    }
    while (n_begun > 0) {
        oracle_end(&w->o, begun[--n_begun]);
    }
}

static bool
is_space(char c, bool lines)
{
    return c == ' ' || c == '\t' || c == '\r' || (c == '\n' && !lines);
}

/* All documents of a text; the paths hold in the first, or in all of a text of lines. */
static void
visit_text(walk *w, tp_str text, const oracle_item *items, size_t n, unsigned depth, bool lines)
{
    tp_buf quoted = {0};
    oracle_item *copy = calloc(ORACLE_ITEMS, sizeof *copy);
    quote_numbers(text, &quoted);
    tp_str rest = tp_buf_view(&quoted);
    for (bool first = true; !w->refused; first = false) {
        json_error_t why;
        size_t skip = 0;
        while (skip < rest.n && is_space(rest.p[skip], false)) {
            skip++;
        }
        rest = tp_str_sub(rest, skip, rest.n);
        if (rest.n == 0 && (!first || lines)) {
            break;
        }
        const size_t flags = JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK |
                             (w->twice ? (size_t)JSON_REJECT_DUPLICATES : 0);
        json_t *root = json_loadb(rest.p != NULL ? rest.p : "", rest.n, flags, &why);
        w->refused |= root == NULL || (!first && !lines && !is_container(root));
        if (!w->refused) {
            memcpy(copy, items, n * sizeof *copy);
            visit(w, root, copy, first || lines ? n : 0, depth);
            rest = tp_str_sub(rest, (size_t)why.position, rest.n);
        }
        json_decref(root);
        for (skip = 0; lines && skip < rest.n && is_space(rest.p[skip], true);) {
            skip++;
        }
        w->refused |= lines && skip < rest.n && rest.p[skip] != '\n';
    }
    free(copy);
    tp_buf_clear(&quoted);
}

static void
walk_body(walk *w, const tp_shape *s, tp_str body, bool twice)
{
    oracle_item root[ORACLE_ITEMS];
    *w = (walk){.twice = twice};
    oracle_start(&w->o, s);
    visit_text(w, body, root, oracle_root(&w->o, root), 0, s->format == TP_FORMAT_NDJSON);
    if (!w->refused) {
        oracle_finish(&w->o);
    }
}

static void
compare(const fuzz_rows *got, tp_str text)
{
    walk strict;
    walk loose;
    walk_body(&loose, got->shape, text, false);
    if (got->rc == TP_OK) {
        fuzz_need(!loose.refused, "accepted, but not by jansson: %.*s", (int)text.n, text.p);
        fuzz_same_rows(got, loose.o.out, text);
    } else if (!loose.refused && !loose.deep) {
        walk_body(&strict, got->shape, text, true);
        fuzz_need(strict.refused, "refused (%s), but not by jansson: %.*s", got->err.frame[0].text,
                  (int)text.n, text.p);
        oracle_clear(&strict.o);
    }
    oracle_clear(&loose.o);
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
