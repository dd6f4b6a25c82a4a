/* Which elements, attributes and texts of an XML document belong to which cell? */
#include "etl/format/kernel.h"
#include "etl/format/match_xml.h"

#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/xmlerror.h>

/* The parser wants a tag, a comment or an instruction whole before it looks at it, and compares the
 * attributes of a tag with one another: what is longer than MARKUP is refused instead. */
enum { PIECE = 64 << 10, MARKUP = 256 << 10 };

/* Depth and length are bounded here, by what the description says, so libxml2's own bounds rest. */
enum { OPTIONS = XML_PARSE_NONET | XML_PARSE_HUGE };

/* The parser keeps every different name it meets, for as long as it lives. */
enum { NAMES = 4 << 20 };

/* An open element. */
typedef struct frame {
    tp_xml_state *state;
    uint32_t children; /* counted within records */
    size_t text;       /* where its own text begins in x->text */
    bool watch;        /* names in it that nobody reads are told */
} frame;

typedef struct xml {
    tp_builder *b;
    const tp_match *m;
    xmlParserCtxtPtr parser;
    const tp_kernel *kernel;
    tp_xml_states states;
    frame *frame; /* [depth_limit + 1]; [0] is the document */
    uint32_t depth;
    bool capture; /* text goes to the open element */
    tp_buf text;
    tp_buf scratch;
    bool ended;    /* the root element is closed */
    bool bad;      /* the parser met an error */
    tp_str head;   /* first piece of the body, while it is read */
    uint64_t lead; /* bytes of the text that the parser does not count: it changed character sets */
    tp_code rc;
    tp_err *err;
} xml;

/* An element that begins. */
typedef struct element {
    xml *x;
    int n_attrs;
    const xmlChar **attrs;
} element;

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

/* Where the parser stands in the text, read as UTF-8. */
static uint64_t
stand(const xml *x)
{
    const xmlParserInput *in = x->parser->input;
    return in != NULL ? x->lead + in->consumed + (uint64_t)(in->cur - in->base) : x->lead;
}

/* Where the tag begins behind whose attributes the parser stands. */
static uint64_t
tag_start(const xml *x)
{
    const xmlParserInput *in = x->parser->input;
    const xmlChar *p = in->cur;
    while (p > in->base && *p != '<') {
        p--;
    }
    return stand(x) - (uint64_t)(in->cur - p);
}

/* The declaration has been read. Naming a character set makes the parser begin a new input in its
 * midst and count from there. */
static void
on_document(void *user)
{
    xml *x = user;
    const size_t end =
        tp_str_starts(x->head, TP_STR("<?xml")) ? tp_str_find(x->head, TP_STR("?>")) : SIZE_MAX;
    if (end != SIZE_MAX && end + 2 > stand(x)) {
        x->lead = end + 2 - stand(x);
    }
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
find_attribute(const tp_xml_name *wanted, int n, const xmlChar **attrs)
{
    for (int i = 0; i < n; i++) {
        if (attrs[5 * i] == wanted->name && attrs[5 * i + 2] == wanted->ns) {
            return attrs + 5 * i;
        }
    }
    return NULL;
}

/* An attribute that a step asks for. */
static tp_str
asked_attribute(void *user, const tp_xml_name *wanted)
{
    const element *e = user;
    const xmlChar **attr = find_attribute(wanted, e->n_attrs, e->attrs);
    return attr != NULL ? attribute_text(e->x, attr) : TP_STR_NONE;
}

/* Appends to x->text, behind which whole blocks can always be read. */
static inline bool
append(xml *x, const char *p, size_t n)
{
    tp_buf *text = &x->text;
    const size_t need = text->n + n + TP_KERNEL_PAD;
    if (need < text->cap && need <= text->limit && !text->failed) {
        memcpy(text->p + text->n, p, n);
        text->n += n;
        return true;
    }
    tp_buf_put(text, p, n);
    return tp_buf_reserve(text, TP_KERNEL_PAD);
}

static tp_code
put_attribute(xml *x, const tp_xml_attr *wanted, const xmlChar **attr)
{
    const tp_str text = attribute_text(x, attr);
    const size_t from = x->text.n;
    if (text.p == NULL || !append(x, text.p, text.n)) {
        TP_RETURN_ERR(x->err, TP_E_RANGE, "line %d, byte %llu: an attribute of more than %zu bytes",
                      line(x), place(x), x->text.limit);
    }
    x->text.n = from;
    return x->kernel->put(x->b, wanted->accept, wanted->n_accept,
                          (tp_str){x->text.p + from, text.n}, x->err);
}

/* Begins the records of a state and puts the attributes they want. */
static tp_code
enter(xml *x, const tp_xml_state *st, int n_attrs, const xmlChar **attrs)
{
    if (st->selects != 0) {
        x->b->at = tag_start(x);
        TP_RETURN_SAME(tp_builder_begin_all(x->b, st->selects, x->err));
    }
    for (size_t i = 0; n_attrs > 0 && i < st->n_attrs; i++) {
        const xmlChar **attr = find_attribute(&st->attr[i].name, n_attrs, attrs);
        if (attr != NULL) {
            TP_RETURN_SAME(put_attribute(x, &st->attr[i], attr));
        }
    }
    return TP_OK;
}

/* The attributes of a record that no path reads. */
static void
tell_attributes(xml *x, const tp_xml_state *st, int n_attrs, const xmlChar **attrs)
{
    for (int i = 0; i < n_attrs; i++) {
        bool read = false;
        for (size_t k = 0; k < st->n_attrs && !read; k++) {
            read = find_attribute(&st->attr[k].name, n_attrs, attrs) == attrs + (ptrdiff_t)5 * i;
        }
        if (!read) {
            tp_buf_reset(&x->scratch);
            tp_buf_char(&x->scratch, '@');
            tp_buf_puts(&x->scratch, (const char *)attrs[5 * i]);
            tp_builder_name(x->b, st->selects, tp_buf_view(&x->scratch));
        }
    }
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
    element e = {x, n_attrs, attrs};
    const tp_xml_name found = {name, ns};
    tp_xml_state *st = tp_xml_next(&x->states, up->state, &found, asked_attribute, &e);
    if (st == NULL) {
        TP_RETURN_ERR(x->err, TP_E_NOMEM, "places of an XML document");
    }
    x->frame[++x->depth] = (frame){.state = st, .text = x->text.n};
    x->capture = st->n_accept > 0;
    if (st->n == 0) {
        if (up->watch) {
            tp_builder_name(x->b, up->state->selects, tp_str_of((const char *)name));
        }
        return TP_OK;
    }
    TP_RETURN_SAME(enter(x, st, n_attrs, attrs));
    if (st->selects != 0 && tp_builder_watches(x->b, st->selects)) {
        x->frame[x->depth].watch = true;
        tell_attributes(x, st, n_attrs, attrs);
    }
    return TP_OK;
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
leave(xml *x, const frame *f)
{
    const tp_xml_state *st = f->state;
    x->capture = x->frame[x->depth].state->n_accept > 0;
    if (st->n_accept > 0) {
        const tp_str text = {x->text.p + f->text, x->text.n - f->text};
        TP_RETURN_SAME(x->kernel->put(x->b, st->accept, st->n_accept, text, x->err));
        x->text.n = f->text;
    }
    if (st->selects == 0) {
        return TP_OK;
    }
    x->b->at = stand(x);
    return tp_builder_end_all(x->b, st->selects, x->err);
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
    if (!x->capture || x->rc != TP_OK) {
        return;
    }
    const frame *f = &x->frame[x->depth];
    if (!append(x, (const char *)text, (size_t)n) || x->text.n - f->text > x->b->string_limit) {
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
    if (xmlDictGetUsage(x->parser->dict) >= NAMES - MARKUP) {
        TP_RETURN_ERR(x->err, TP_E_RANGE,
                      "line %d, byte %llu: different names of more than %d bytes", line(x),
                      place(x), NAMES);
    }
    if (code == XML_ERR_NO_MEMORY) {
        TP_RETURN_ERR(x->err, TP_E_NOMEM, "XML of %llu bytes", (unsigned long long)fed);
    }
    TP_RETURN_ERR(x->err, TP_E_SYNTAX, "line %d, byte %llu: %s (libxml2 error %d)",
                  error != NULL ? error->line : 0, place(x), reason(code), code);
}

static const void *
lookup(void *user, tp_str name)
{
    xml *x = user;
    return name.p == NULL || name.n == 0
               ? NULL
               : xmlDictLookup(x->parser->dict, (const xmlChar *)name.p, (int)name.n);
}

static tp_code
prepare(xml *x)
{
    xmlSAXHandler sax = {.initialized = XML_SAX2_MAGIC,
                         .startDocument = on_document,
                         .startElementNs = on_start,
                         .endElementNs = on_end,
                         .characters = on_text,
                         .ignorableWhitespace = on_text,
                         .cdataBlock = on_text,
                         .internalSubset = on_doctype,
                         .serror = on_error};
    x->parser = xmlCreatePushParserCtxt(&sax, x, NULL, 0, NULL);
    x->frame = calloc((size_t)x->b->depth_limit + 1, sizeof *x->frame);
    if (x->parser == NULL || x->frame == NULL || !tp_buf_reserve(&x->text, TP_KERNEL_PAD)) {
        TP_RETURN_ERR(x->err, TP_E_NOMEM, "an XML parser");
    }
    (void)xmlCtxtUseOptions(x->parser, OPTIONS);
    (void)xmlDictSetLimit(x->parser->dict, NAMES);
    tp_xml_state *root = tp_xml_states_init(&x->states, x->m, lookup, x);
    if (root == NULL) {
        TP_RETURN_ERR(x->err, TP_E_NOMEM, "places of an XML document");
    }
    x->frame[0].state = root;
    return tp_builder_begin_all(x->b, root->selects, x->err);
}

static bool
take_piece(xml *x, const char *piece, int n, bool last)
{
    const int error = xmlParseChunk(x->parser, piece, n, last ? 1 : 0);
    const xmlParserInput *input = x->parser->input;
    if (error == 0 && !x->bad && input != NULL) {
        const bool cdata = x->parser->instate == XML_PARSER_CDATA_SECTION;
        const size_t most = cdata ? x->b->string_limit : MARKUP;
        if ((size_t)(input->end - input->cur) > most) {
            fail(x, tp_err_set(x->err, TP_E_RANGE, __func__, __LINE__,
                               "line %d, byte %llu: a %s of more than %zu bytes", line(x), place(x),
                               cdata ? "text" : "tag or comment", most));
        }
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
        if (fed == 0 && !tp_reader_utf8_passes(in)) {
            /* It is UTF-8 by now, whatever it says of itself. */
            (void)xmlCtxtUseOptions(x->parser, OPTIONS | XML_PARSE_IGNORE_ENC);
            (void)xmlDictSetLimit(x->parser->dict, NAMES);
        }
        x->head = fed == 0 ? (tp_str){piece, n} : TP_STR_NONE;
        fed += n;
        if (n > 0 && !take_piece(x, piece, (int)n, false)) {
            return broken(x, false, fed);
        }
    }
    if (!take_piece(x, piece, 0, true) || !x->ended) {
        return broken(x, true, fed);
    }
    x->b->at = stand(x);
    return tp_builder_end_all(x->b, x->frame[0].state->selects, x->err);
}

tp_code
tp_xml_read(tp_builder *b, tp_match *match, tp_reader *in, tp_err *err)
{
    xml x = {.b = b,
             .m = match,
             .kernel = tp_kernel_get(),
             .err = err,
             .text = {.limit = b->record_limit + TP_KERNEL_PAD}};
    xmlInitParser();
    xmlSetStructuredErrorFunc(&x, on_error); /* of this thread: the converters know no parser */
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
    xmlSetStructuredErrorFunc(NULL, NULL);
    free(piece);
    free(x.frame);
    tp_xml_states_clear(&x.states);
    tp_buf_clear(&x.text);
    tp_buf_clear(&x.scratch);
    return rc;
}
