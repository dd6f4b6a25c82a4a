/* Do our XML reader and libxml2's tree agree on what is well-formed and on every field?
 *
 * Deliberate differences, all that there are:
 * - a DOCTYPE: we refuse, libxml2 reads it;
 * - a prefix without declaration and other errors libxml2 recovers from: both refuse here;
 * - nesting beyond limit.depth (64 by default), and bytes that are wrong in a document without a
 *   declared character set other than UTF-8 when a fallback is given: the tree is made from the
 *   decoded text.
 */
#include "tests/fuzz/oracle.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>

enum { N_SHAPES = 6 };

static tp_arena arena;
static tp_shape shape[N_SHAPES];

static void
make_shapes(void)
{
    tp_shape *s = shape;
    for (size_t i = 0; i < N_SHAPES; i++) {
        s[i] = (tp_shape){.format = TP_FORMAT_XML};
    }
    add_select(&s[0], &arena, -1, true, "", SLOTS("simpeg/@jumlah", "+simpeg/hapus/@id"));
    add_select(&s[0], &arena, 0, false, "simpeg/pegawai",
               SLOTS("@id", "nip", "nama", "nama/@gelar", "^simpeg/@jumlah"));
    add_select(&s[0], &arena, 1, false, "riwayat[@jenis='skp']/baris", SLOTS("nama", "^@id", ""));
    add_select(&s[1], &arena, -1, false, "{urn:x}p/{urn:x}j",
               SLOTS("@k", "{urn:x}n", "n", "@{urn:x}k"));
    add_select(&s[2], &arena, -1, false, "r/*", SLOTS("b[2]", "+b/@k", "+*", ""));
    add_select(&s[3], &arena, -1, false, "r", SLOTS("", "a", "+a/b", "a[1]/b", "@x", "a[2]/@x"));
    add_select(&s[4], &arena, -1, false, "*/*", SLOTS("", "@id"));
    add_select(&s[4], &arena, 0, false, "*", SLOTS("", "^", "+^@id", "*/*"));
    add_select(&s[5], &arena, -1, false, "a/b[@x='1']", SLOTS("c[1]", "c[2]", "c[@y='2']", "+c"));
    add_select(&s[5], &arena, 0, false, "c[2]", SLOTS("", "@y", "^@x"));
}

/* ---- the tree ---- */

static void
on_error(void *user, xmlErrorPtr error)
{
    bool *bad = user;
    *bad |= error->level >= XML_ERR_ERROR;
}

/* NULL when libxml2 finds anything wrong. decoded: it is UTF-8, whatever it declares. */
static xmlDocPtr
tree_of(tp_str text, bool decoded)
{
    bool bad = false;
    xmlSetStructuredErrorFunc(&bad, on_error);
    const int options = XML_PARSE_NONET | XML_PARSE_HUGE | (decoded ? XML_PARSE_IGNORE_ENC : 0);
    xmlDocPtr doc = xmlReadMemory(text.p, (int)text.n, NULL, NULL, options);
    xmlSetStructuredErrorFunc(NULL, NULL);
    if (bad && doc != NULL) {
        xmlFreeDoc(doc);
        return NULL;
    }
    return doc;
}

static bool
same_name(const xmlChar *name, const xmlNs *ns, tp_str want, tp_str want_ns)
{
    const char *uri = ns != NULL ? (const char *)ns->href : "";
    return tp_str_is(want, (const char *)name) && tp_str_is(want_ns, uri);
}

/* An attribute's value; NULL when the element has none of that name. Freed by the caller. */
static xmlChar *
attribute(const xmlNode *node, tp_str name, tp_str ns)
{
    for (const xmlAttr *a = node->properties; a != NULL; a = a->next) {
        if (same_name(a->name, a->ns, name, ns)) {
            return xmlNodeListGetString(node->doc, a->children, 1);
        }
    }
    return NULL;
}

static bool
has_attribute(const xmlNode *node, tp_str name, tp_str ns)
{
    for (const xmlAttr *a = node->properties; a != NULL; a = a->next) {
        if (same_name(a->name, a->ns, name, ns)) {
            return true;
        }
    }
    return false;
}

/* Name and predicate of a step, its number aside. */
static bool
fits(const tp_path_step *step, const xmlNode *node)
{
    if (step->kind == TP_PATH_ATTR) {
        return false;
    }
    if (step->kind != TP_PATH_ANY && !same_name(node->name, node->ns, step->name, step->ns)) {
        return false;
    }
    if (step->attr.p == NULL) {
        return true;
    }
    xmlChar *value = attribute(node, step->attr, TP_STR(""));
    const bool equal = has_attribute(node, step->attr, TP_STR("")) &&
                       tp_str_is(step->value, value != NULL ? (const char *)value : "");
    xmlFree(value);
    return equal;
}

static bool
leads_to(const tp_path_step *step, const xmlNode *node)
{
    if (!fits(step, node) || step->kind != TP_PATH_INDEX) {
        return fits(step, node);
    }
    uint32_t n = 1;
    for (const xmlNode *left = node->prev; left != NULL; left = left->prev) {
        n += left->type == XML_ELEMENT_NODE && fits(step, left) ? 1 : 0;
    }
    return n == step->index;
}

/* ---- the walk ---- */

static void
put_attributes(oracle *o, const xmlNode *node, const oracle_item *items, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const tp_path_step *step = oracle_next(&items[i]);
        if (!items[i].slot || step == NULL || step->kind != TP_PATH_ATTR ||
            !has_attribute(node, step->name, step->ns)) {
            continue;
        }
        xmlChar *value = attribute(node, step->name, step->ns);
        oracle_put(o, &items[i], tp_str_of(value != NULL ? (const char *)value : ""));
        xmlFree(value);
    }
}

static void
put_own_text(oracle *o, const xmlNode *node, const oracle_item *items, size_t n)
{
    tp_buf text = {0};
    for (const xmlNode *c = node->children; c != NULL; c = c->next) {
        if (c->type == XML_TEXT_NODE || c->type == XML_CDATA_SECTION_NODE) {
            tp_buf_puts(&text, (const char *)c->content);
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (items[i].slot && oracle_next(&items[i]) == NULL) {
            oracle_put(o, &items[i], text.n > 0 ? tp_buf_view(&text) : TP_STR(""));
        }
    }
    tp_buf_clear(&text);
}

static unsigned visit(oracle *o, const xmlNode *node, oracle_item *items, size_t n);

/* Returns how many levels of elements lie below. */
static unsigned
visit_children(oracle *o, const xmlNode *node, const oracle_item *items, size_t n)
{
    unsigned deepest = 0;
    oracle_item *next = calloc(ORACLE_ITEMS, sizeof *next);
    for (const xmlNode *c = node->children; c != NULL; c = c->next) {
        size_t m = 0;
        if (c->type != XML_ELEMENT_NODE) {
            continue;
        }
        for (size_t i = 0; i < n; i++) {
            const tp_path_step *step = oracle_next(&items[i]);
            if (step != NULL && leads_to(step, c)) {
                m = oracle_advance(&items[i], next, m);
            }
        }
        const unsigned below = 1 + visit(o, c, next, m);
        deepest = below > deepest ? below : deepest;
    }
    free(next);
    return deepest;
}

static unsigned
visit(oracle *o, const xmlNode *node, oracle_item *items, size_t n)
{
    oracle_row *begun[TP_SELECTS_MAX] = {0};
    size_t n_begun = 0;
    for (size_t i = 0; i < n; i++) {
        if (oracle_next(&items[i]) == NULL && !items[i].slot) {
            oracle_row *row = oracle_begin(o, &items[i], true);
            begun[n_begun++] = row;
            n = oracle_spawn(o, row, items, n);
        }
    }
    if (node->type == XML_ELEMENT_NODE) {
        put_attributes(o, node, items, n);
    }
    const unsigned below = visit_children(o, node, items, n);
    if (node->type == XML_ELEMENT_NODE) {
        put_own_text(o, node, items, n);
    }
    while (n_begun > 0) {
        oracle_end(o, begun[--n_begun]);
    }
    return below;
}

static void
compare(const fuzz_rows *got, tp_str text, bool decoded)
{
    oracle o;
    oracle_item root[ORACLE_ITEMS];
    xmlDocPtr doc = tree_of(text, decoded);
    oracle_start(&o, got->shape);
    if (doc != NULL) {
        const unsigned depth = visit(&o, (const xmlNode *)doc, root, oracle_root(&o, root));
        oracle_finish(&o);
        fuzz_need(got->rc == TP_OK || depth > 64 || xmlGetIntSubset(doc) != NULL,
                  "refused (%s), but not by libxml2: %.*s", got->err.frame[0].text, (int)text.n,
                  text.p);
        fuzz_same_rows(got, o.out, text);
        xmlFreeDoc(doc);
    } else {
        fuzz_need(got->rc != TP_OK, "accepted, but not by libxml2: %.*s", (int)text.n, text.p);
    }
    oracle_clear(&o);
}

/* The character set that a document without a mark declares; absent if none. */
static tp_str
declared(tp_str body)
{
    const tp_str head = tp_str_sub(body, 0, 1024);
    if (!tp_str_starts(head, TP_STR("<?xml"))) {
        return TP_STR_NONE;
    }
    const tp_str decl = tp_str_sub(head, 0, tp_str_find(head, TP_STR("?>")));
    const size_t at = tp_str_find(decl, TP_STR("encoding"));
    tp_str rest = at != SIZE_MAX ? tp_str_trim(tp_str_sub(decl, at + 8, decl.n)) : TP_STR("");
    if (!tp_str_starts(rest, TP_STR("="))) {
        return TP_STR_NONE;
    }
    rest = tp_str_trim(tp_str_sub(rest, 1, rest.n));
    const tp_str quote = tp_str_sub(rest, 0, 1);
    rest = tp_str_sub(rest, 1, rest.n);
    const size_t n = quote.n == 1 ? tp_str_find(rest, quote) : SIZE_MAX;
    return n != SIZE_MAX ? tp_str_sub(rest, 0, n) : TP_STR_NONE;
}

static bool
is_one_of(tp_str name, const char *a, const char *b)
{
    return tp_str_ieq(name, tp_str_of(a)) || tp_str_ieq(name, tp_str_of(b));
}

/* A document in a set that libxml2 converts: read as it came, but for a NUL, which we refuse
 * wherever it stands and the tree takes for the end behind the root element. */
static void
compare_passed(const fuzz_rows *got, tp_str body)
{
    if (memchr(body.p, 0, body.n) != NULL) {
        fuzz_need(got->rc != TP_OK, "accepted with a NUL");
    } else {
        compare(got, body, false);
    }
}

/* As fuzz_decode; also UTF-16 without its mark, known by the first character. */
static bool
decode(tp_str body, const char *fallback, tp_buf *out)
{
    tp_buf marked = {0};
    if (tp_str_starts(body, TP_STR("<\0"))) {
        tp_buf_puts(&marked, "\xff\xfe");
    } else if (tp_str_starts(body, TP_STR("\0<"))) {
        tp_buf_puts(&marked, "\xfe\xff");
    } else {
        return fuzz_decode(body, fallback, out);
    }
    tp_buf_str(&marked, body);
    const bool good = fuzz_decode(tp_buf_view(&marked), fallback, out);
    tp_buf_clear(&marked);
    return good;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input in;
    fuzz_rows got = {0};
    tp_buf text = {0};
    if (shape[0].n_selects == 0) {
        xmlInitParser();
        make_shapes();
    }
    if (!fuzz_head(data, size, N_SHAPES, &in)) {
        return 0;
    }
    tp_shape one = shape[in.shape];
    one.encoding = in.fallback;
    fuzz_parse_all_ways(&one, &in, &got);
    if (tp_str_starts(in.body, TP_STR("\x1f\x8b"))) {
        fuzz_rows_clear(&got);
        return 0;
    }
    const tp_str name = declared(in.body);
    if (is_one_of(name, "iso-8859-1", "latin1")) {
        in.fallback = "only iso-8859-1";
    } else if (is_one_of(name, "windows-1252", "cp1252")) {
        in.fallback = "only windows-1252";
    } else if (name.p != NULL && !is_one_of(name, "utf-8", "us-ascii")) {
        compare_passed(&got, in.body);
        fuzz_limits(&one, &in, &got);
        fuzz_rows_clear(&got);
        return 0;
    }
    if (decode(in.body, in.fallback, &text)) {
        compare(&got, text.n > 0 ? tp_buf_view(&text) : TP_STR(""), true);
    } else {
        fuzz_need(got.rc != TP_OK, "accepted, though its characters are wrong");
    }
    fuzz_limits(&one, &in, &got);
    tp_buf_clear(&text);
    fuzz_rows_clear(&got);
    return 0;
}
