/* Which elements, attributes and texts of an XML document belong to which cell? */
#include "etl/format/chunk.h"

#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/xmlerror.h>

/* The parser wants a tag, a comment or an instruction whole before it looks at it, and compares the
 * attributes of a tag with one another: what is longer than MARKUP is refused instead. */
enum { PIECE = 64 << 10, MARKUP = 256 << 10 };

/* An open element. Its live nodes are x->live[from .. to). */
typedef struct frame {
    size_t from;
    size_t to;
    uint32_t selects;
    bool capture;
    uint32_t children; /* counted within records */
    size_t text;       /* where its own text begins in x->text */
} frame;

/* Names of a step as the parser's dictionary holds them: equal names are equal pointers. */
typedef struct names {
    const xmlChar *name;
    const xmlChar *ns;   /* NULL = no namespace */
    const xmlChar *attr; /* NULL = no predicate */
} names;

typedef struct xml {
    tp_builder *b;
    const tp_match *m;
    xmlParserCtxtPtr parser;
    names *name;     /* [n_edges] */
    uint32_t *count; /* [n_edges] matches so far of INDEX steps */
    frame *frame;    /* [depth_limit + 1]; [0] is the document */
    uint32_t depth;
    uint32_t *live;
    size_t live_cap;
    tp_buf text;
    tp_buf scratch;
    bool ended; /* the root element is closed */
    bool bad;   /* the parser met an error */
    tp_code rc;
    tp_err *err;
} xml;

static unsigned long long
place(const xml *x)
{
    const long at = xmlByteConsumed(x->parser);
    return at > 0 ? (unsigned long long)at : 0;
}

static int
line(const xml *x)
{
    return x->parser->input != NULL ? x->parser->input->line : 0;
}

/* Notes the first failure of a callback and ends the parse. */
static void
fail(xml *x, tp_code rc)
{
    if (x->rc == TP_OK && rc != TP_OK) {
        x->rc = rc;
        xmlStopParser(x->parser);
    }
}

static bool
push_live(xml *x, frame *f, uint32_t node)
{
    for (size_t i = f->from; i < f->to; i++) {
        if (x->live[i] == node) {
            return true;
        }
    }
    if (f->to == x->live_cap) {
        const size_t cap = x->live_cap == 0 ? 64 : x->live_cap * 2;
        uint32_t *grown = realloc(x->live, cap * sizeof *grown);
        if (grown == NULL) {
            return false;
        }
        x->live = grown;
        x->live_cap = cap;
    }
    x->live[f->to++] = node;
    for (uint32_t e = x->m->node[node].edge; e != 0; e = x->m->edge[e - 1].next) {
        x->count[e - 1] = 0;
    }
    return true;
}

/* The parser leaves '&' of an attribute as "&#38;" and knows no other reference in it. */
static tp_str
attribute_text(xml *x, const xmlChar **attr)
{
    const char *p = (const char *)attr[3];
    const tp_str raw = {p, (size_t)(attr[4] - attr[3])};
    if (memchr(p, '&', raw.n) == NULL) {
        return raw;
    }
    tp_buf_reset(&x->scratch);
    for (size_t i = 0; i < raw.n; i++) {
        tp_buf_char(&x->scratch, raw.p[i]);
        if (tp_str_starts(tp_str_sub(raw, i, raw.n), TP_STR("&#38;"))) {
            i += 4;
        }
    }
    return x->scratch.failed ? TP_STR_NONE : tp_buf_view(&x->scratch);
}

/* The attribute of that name; NULL if there is none. */
static const xmlChar **
find_attribute(const xmlChar *name, const xmlChar *ns, int n, const xmlChar **attrs)
{
    for (int i = 0; i < n; i++) {
        if (attrs[5 * i] == name && attrs[5 * i + 2] == ns) {
            return attrs + 5 * i;
        }
    }
    return NULL;
}

/* Does the step of edge e lead to this element? */
static bool
takes(xml *x, uint32_t e, const xmlChar *name, const xmlChar *ns, int n_attrs,
      const xmlChar **attrs)
{
    const tp_path_step *step = x->m->edge[e].step;
    if (step->kind == TP_PATH_ATTR) {
        return false;
    }
    if (step->kind != TP_PATH_ANY && (x->name[e].name != name || x->name[e].ns != ns)) {
        return false;
    }
    if (step->attr.p != NULL) {
        const xmlChar **attr = find_attribute(x->name[e].attr, NULL, n_attrs, attrs);
        if (attr == NULL || !tp_str_eq(attribute_text(x, attr), step->value)) {
            return false;
        }
    }
    return step->kind != TP_PATH_INDEX || ++x->count[e] == step->index;
}

/* Begins the records of the frame's nodes and puts the attributes they want. */
static tp_code
enter(xml *x, frame *f, int n_attrs, const xmlChar **attrs)
{
    for (size_t i = f->from; i < f->to; i++) {
        f->selects |= x->m->node[x->live[i]].selects;
        f->capture |= x->m->node[x->live[i]].accept != 0;
    }
    if (f->selects != 0) {
        TP_RETURN_SAME(tp_builder_begin_all(x->b, f->selects, x->err));
    }
    for (size_t i = f->from; n_attrs > 0 && i < f->to; i++) {
        for (uint32_t e = x->m->node[x->live[i]].edge; e != 0; e = x->m->edge[e - 1].next) {
            if (x->m->edge[e - 1].step->kind != TP_PATH_ATTR) {
                continue;
            }
            const xmlChar **attr =
                find_attribute(x->name[e - 1].name, x->name[e - 1].ns, n_attrs, attrs);
            const tp_str text = attr != NULL ? attribute_text(x, attr) : TP_STR_NONE;
            uint32_t a = text.p != NULL ? x->m->node[x->m->edge[e - 1].to].accept : 0;
            for (; a != 0; a = x->m->accept[a - 1].next) {
                TP_RETURN_SAME(tp_builder_put(x->b, x->m->accept[a - 1].select,
                                              x->m->accept[a - 1].slot, text, x->err));
            }
        }
    }
    return TP_OK;
}

static tp_code
open_element(xml *x, const xmlChar *name, const xmlChar *ns, int n_attrs, const xmlChar **attrs)
{
    frame *up = &x->frame[x->depth];
    if (x->depth >= x->b->depth_limit) {
        TP_RETURN_ERR(x->err, TP_E_RANGE, "line %d, byte %llu: nested deeper than %u levels",
                      line(x), place(x), x->b->depth_limit);
    }
    up->children += x->b->n_open > 0 ? 1 : 0;
    if ((uint32_t)n_attrs > x->b->fields_limit || up->children > x->b->fields_limit) {
        TP_RETURN_ERR(x->err, TP_E_RANGE, "line %d, byte %llu: an element of more than %u %s",
                      line(x), place(x), x->b->fields_limit,
                      up->children > x->b->fields_limit ? "child elements" : "attributes");
    }
    frame *f = &x->frame[++x->depth];
    *f = (frame){.from = up->to, .to = up->to, .text = x->text.n};
    for (size_t i = up->from; i < up->to; i++) {
        for (uint32_t e = x->m->node[x->live[i]].edge; e != 0; e = x->m->edge[e - 1].next) {
            if (takes(x, e - 1, name, ns, n_attrs, attrs) &&
                !push_live(x, f, x->m->edge[e - 1].to)) {
                TP_RETURN_ERR(x->err, TP_E_NOMEM, "places of an XML document");
            }
        }
    }
    return f->from < f->to ? enter(x, f, n_attrs, attrs) : TP_OK;
}

static void
on_start(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int n_ns,
         const xmlChar **namespaces, int n_attrs, int n_defaulted, const xmlChar **attrs)
{
    xml *x = user;
    (void)prefix;
    (void)n_ns;
    (void)namespaces;
    (void)n_defaulted;
    if (x->rc == TP_OK) {
        fail(x, open_element(x, name, uri, n_attrs, attrs));
    }
}

static tp_code
leave(xml *x, frame *f)
{
    if (f->capture) {
        const tp_str text = tp_str_sub(tp_buf_view(&x->text), f->text, x->text.n);
        for (size_t i = f->from; i < f->to; i++) {
            uint32_t a = x->m->node[x->live[i]].accept;
            for (; a != 0; a = x->m->accept[a - 1].next) {
                TP_RETURN_SAME(tp_builder_put(x->b, x->m->accept[a - 1].select,
                                              x->m->accept[a - 1].slot, text, x->err));
            }
        }
        x->text.n = f->text;
    }
    return f->selects != 0 ? tp_builder_end_all(x->b, f->selects, x->err) : TP_OK;
}

static void
on_end(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    xml *x = user;
    (void)name;
    (void)prefix;
    (void)uri;
    if (x->rc == TP_OK) {
        fail(x, leave(x, &x->frame[x->depth--]));
        x->ended = x->depth == 0;
    }
}

static void
on_text(void *user, const xmlChar *text, int n)
{
    xml *x = user;
    const frame *f = &x->frame[x->depth];
    if (!f->capture || x->rc != TP_OK) {
        return;
    }
    tp_buf_put(&x->text, text, (size_t)n);
    if (x->text.failed || x->text.n - f->text > x->b->string_limit) {
        fail(x, tp_err_set(x->err, TP_E_RANGE, __func__, __LINE__,
                           "line %d, byte %llu: a text of more than %zu bytes", line(x), place(x),
                           x->b->string_limit));
    }
}

static void
on_doctype(void *user, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
    xml *x = user;
    (void)name;
    (void)external;
    (void)system;
    fail(x, tp_err_set(x->err, TP_E_SYNTAX, __func__, __LINE__,
                       "line %d, byte %llu: a DOCTYPE is refused", line(x), place(x)));
}

/* Also what libxml2 would go on after, such as an undeclared prefix. The parser keeps the error
 * itself; its text may quote the document, so nobody prints it. */
static void
on_error(void *user, xmlErrorPtr error)
{
    xml *x = user;
    x->bad |= error != NULL && error->level >= XML_ERR_ERROR;
}

static const char *
reason(int code)
{
    switch (code) {
    case XML_ERR_TAG_NAME_MISMATCH:
        return "expected the end tag of the open element";
    case XML_ERR_UNDECLARED_ENTITY:
        return "expected one of the five entities of XML";
    case XML_ERR_INVALID_CHAR:
        return "expected a character that XML allows";
    case XML_ERR_INVALID_ENCODING:
    case XML_ERR_UNSUPPORTED_ENCODING:
    case XML_ERR_UNKNOWN_ENCODING:
    case XML_I18N_CONV_FAILED:
        return "expected bytes of the declared character set";
    case XML_ERR_ATTRIBUTE_REDEFINED:
        return "expected an attribute name once per element";
    case XML_NS_ERR_UNDEFINED_NAMESPACE:
        return "expected a declared namespace prefix";
    case XML_ERR_DOCUMENT_END:
        return "expected nothing after the root element";
    default:
        return "expected well-formed XML";
    }
}

static tp_code
broken(xml *x, bool at_end, uint64_t fed)
{
    const xmlError *error = xmlCtxtGetLastError(x->parser);
    if (x->rc != TP_OK) {
        return x->rc;
    }
    if (at_end && !x->ended) {
        TP_RETURN_ERR(x->err, TP_E_NET, "cut short at byte %llu: line %d, expected an end tag",
                      (unsigned long long)fed, line(x));
    }
    const int code = error != NULL ? error->code : 0;
    if (code == XML_ERR_NO_MEMORY) {
        TP_RETURN_ERR(x->err, TP_E_NOMEM, "XML of %llu bytes", (unsigned long long)fed);
    }
    TP_RETURN_ERR(x->err, TP_E_SYNTAX, "line %d, byte %llu: %s (libxml2 error %d)",
                  error != NULL ? error->line : 0, place(x), reason(code), code);
}

static const xmlChar *
lookup(xml *x, tp_str name)
{
    return name.p == NULL || name.n == 0
               ? NULL
               : xmlDictLookup(x->parser->dict, (const xmlChar *)name.p, (int)name.n);
}

static tp_code
prepare(xml *x)
{
    xmlSAXHandler sax = {.initialized = XML_SAX2_MAGIC,
                         .startElementNs = on_start,
                         .endElementNs = on_end,
                         .characters = on_text,
                         .ignorableWhitespace = on_text,
                         .cdataBlock = on_text,
                         .internalSubset = on_doctype,
                         .serror = on_error};
    x->parser = xmlCreatePushParserCtxt(&sax, x, NULL, 0, NULL);
    x->name = calloc(x->m->n_edges + 1, sizeof *x->name);
    x->count = calloc(x->m->n_edges + 1, sizeof *x->count);
    x->frame = calloc((size_t)x->b->depth_limit + 1, sizeof *x->frame);
    if (x->parser == NULL || x->name == NULL || x->count == NULL || x->frame == NULL) {
        TP_RETURN_ERR(x->err, TP_E_NOMEM, "an XML parser");
    }
    (void)xmlCtxtUseOptions(x->parser, XML_PARSE_NONET);
    for (size_t e = 0; e < x->m->n_edges; e++) {
        const tp_path_step *step = x->m->edge[e].step;
        x->name[e] = (names){lookup(x, step->name), lookup(x, step->ns), lookup(x, step->attr)};
    }
    if (!push_live(x, &x->frame[0], 1)) {
        TP_RETURN_ERR(x->err, TP_E_NOMEM, "places of an XML document");
    }
    x->frame[0].selects = x->m->node[1].selects;
    return tp_builder_begin_all(x->b, x->frame[0].selects, x->err);
}

static bool
take_piece(xml *x, const char *piece, int n, bool last)
{
    const int error = xmlParseChunk(x->parser, piece, n, last ? 1 : 0);
    const xmlParserInput *input = x->parser->input;
    if (error == 0 && !x->bad && input != NULL && input->end - input->cur > MARKUP) {
        fail(x, tp_err_set(x->err, TP_E_RANGE, __func__, __LINE__,
                           "line %d, byte %llu: a tag or comment of more than %d bytes", line(x),
                           place(x), MARKUP));
    }
    return error == 0 && !x->bad && x->rc == TP_OK;
}

static tp_code
feed(xml *x, tp_reader *in, char *piece)
{
    uint64_t fed = 0;
    bool end = false;
    while (!end) {
        size_t n = 0;
        size_t got = 1;
        while (n < PIECE && got > 0) { /* full pieces, so that faults do not depend on the source */
            TP_RETURN_SAME(in->read(in, piece + n, PIECE - n, &got, x->err));
            n += got;
        }
        end = got == 0;
        fed += n;
        if (n > 0 && !take_piece(x, piece, (int)n, false)) {
            return broken(x, false, fed);
        }
    }
    if (!take_piece(x, piece, 0, true) || !x->ended) {
        return broken(x, true, fed);
    }
    return tp_builder_end_all(x->b, x->frame[0].selects, x->err);
}

tp_code
tp_xml_read(tp_builder *b, tp_match *match, tp_reader *in, tp_err *err)
{
    xml x = {.b = b, .m = match, .err = err, .text = {.limit = b->record_limit}};
    xmlInitParser();
    char *piece = malloc(PIECE);
    tp_code rc = TP_OK;
    if (piece == NULL) {
        rc = tp_err_set(err, TP_E_NOMEM, __func__, __LINE__, "a piece of %d bytes", PIECE);
    }
    if (rc == TP_OK) {
        rc = prepare(&x);
    }
    if (rc == TP_OK) {
        rc = feed(&x, in, piece);
    }
    if (x.parser != NULL) {
        xmlFreeParserCtxt(x.parser);
    }
    free(piece);
    free(x.name);
    free(x.count);
    free(x.frame);
    free(x.live);
    tp_buf_clear(&x.text);
    tp_buf_clear(&x.scratch);
    return rc;
}
