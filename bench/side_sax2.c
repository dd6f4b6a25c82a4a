/* What do bare handlers of libxml2's push interface make of a body? */
#include "bench/feeds.h"

#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>

enum { PIECE = 64 << 10, DEPTH = 64, NODES = 512, ACCEPTS = 1024 };

/* Places the shape names, as a tree of elements: the parser's names are compared by pointer. */
typedef struct node {
    const xmlChar *name;
    bool attr_node; /* an attribute of its parent */
    const xmlChar *pred;
    tp_str pred_value;
    int child; /* first, then `next`; -1 = none */
    int next;
    int accept; /* first, then the accept's `next` */
    int select; /* that begins here, -1 = none */
} node;

typedef struct accept {
    uint32_t select;
    uint32_t slot;
    int next;
} accept;

typedef struct side {
    const tp_shape *shape;
    bench_tally *tally;
    xmlParserCtxtPtr parser;
    node node[NODES];
    int n_nodes;
    accept accept[ACCEPTS];
    int n_accepts;
    int select_node[TP_SELECTS_MAX];
    int at[DEPTH]; /* node of each open element that counts */
    int depth;
    int skip; /* open elements below the last one that counts */
    bool capture;
    char *text; /* texts of the open top-level record */
    size_t n_text;
    size_t cap_text;
    size_t text_from;
    struct {
        size_t at;
        size_t n;
    } cell[TP_SELECTS_MAX][TP_SLOTS_MAX];
    int open_records;
    void *room[TP_SLOTS_MAX];
} side;

static const xmlChar *
lookup(side *s, tp_str name)
{
    return name.p == NULL ? NULL
                          : xmlDictLookup(s->parser->dict, (const xmlChar *)name.p, (int)name.n);
}

static int
walk(side *s, int from, const tp_path *path)
{
    for (size_t i = 0; i < path->n; i++) {
        const tp_path_step *step = &path->step[i];
        const xmlChar *name = lookup(s, step->name);
        const xmlChar *pred = lookup(s, step->attr);
        const bool attr = step->kind == TP_PATH_ATTR;
        int at = s->node[from].child;
        while (at >= 0 && (s->node[at].name != name || s->node[at].attr_node != attr ||
                           s->node[at].pred != pred ||
                           (pred != NULL && !tp_str_eq(s->node[at].pred_value, step->value)))) {
            at = s->node[at].next;
        }
        if (at < 0) {
            at = s->n_nodes++;
            s->node[at] = (node){name, attr, pred, step->value, -1, s->node[from].child, -1, -1};
            s->node[from].child = at;
        }
        from = at;
    }
    return from;
}

static void
build(side *s)
{
    s->node[0] = (node){.child = -1, .next = -1, .accept = -1, .select = -1};
    s->n_nodes = 1;
    for (size_t k = 0; k < s->shape->n_selects; k++) {
        const tp_select *select = &s->shape->select[k];
        s->select_node[k] =
            walk(s, select->parent < 0 ? 0 : s->select_node[select->parent], &select->path);
        s->node[s->select_node[k]].select = select->document ? -1 : (int)k;
        for (size_t i = 0; i < select->n_slots && !select->document; i++) {
            const int to = walk(s, s->select_node[k], &select->slot[i].path);
            s->accept[s->n_accepts] = (accept){(uint32_t)k, (uint32_t)i, s->node[to].accept};
            s->node[to].accept = s->n_accepts++;
        }
    }
}

static size_t
keep(side *s, const char *p, size_t n)
{
    if (s->n_text + n > s->cap_text) {
        s->cap_text = (s->n_text + n) * 2;
        s->text = realloc(s->text, s->cap_text);
    }
    memcpy(s->text + s->n_text, p, n);
    s->n_text += n;
    return s->n_text - n;
}

static void
put(side *s, int a, size_t at, size_t n)
{
    for (; a >= 0; a = s->accept[a].next) {
        if (s->cell[s->accept[a].select][s->accept[a].slot].at == SIZE_MAX) {
            s->cell[s->accept[a].select][s->accept[a].slot].at = at;
            s->cell[s->accept[a].select][s->accept[a].slot].n = n;
        }
    }
}

static void
begin(side *s, int select)
{
    memset(s->cell[select], 0xff, s->shape->select[select].n_slots * sizeof s->cell[select][0]);
    if (s->open_records++ == 0) {
        s->n_text = 0;
    }
}

static void
end(side *s, int select)
{
    tp_str cell[TP_SLOTS_MAX];
    const size_t n = s->shape->select[select].n_slots;
    for (size_t k = 0; k < n; k++) {
        const size_t at = s->cell[select][k].at;
        cell[k] = at == SIZE_MAX ? TP_STR_NONE : (tp_str){s->text + at, s->cell[select][k].n};
        if (cell[k].p != NULL && s->tally->full) {
            cell[k] = bench_clean(s->tally, cell[k], s->room[k]);
        }
    }
    bench_take(s->tally, (uint32_t)select, cell, n);
    s->open_records--;
}

static int
child_of(const side *s, const xmlChar *name, int n_attrs, const xmlChar **attrs)
{
    for (int c = s->node[s->at[s->depth]].child; c >= 0; c = s->node[c].next) {
        if (s->node[c].name != name || s->node[c].attr_node) {
            continue;
        }
        if (s->node[c].pred == NULL) {
            return c;
        }
        for (int i = 0; i < n_attrs; i++) {
            const xmlChar **a = attrs + 5 * i;
            if (a[0] == s->node[c].pred &&
                tp_str_eq((tp_str){(const char *)a[3], (size_t)(a[4] - a[3])},
                          s->node[c].pred_value)) {
                return c;
            }
        }
    }
    return -1;
}

static void
on_start(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int n_ns,
         const xmlChar **namespaces, int n_attrs, int n_defaulted, const xmlChar **attrs)
{
    side *s = user;
    (void)prefix;
    (void)uri;
    (void)n_ns;
    (void)namespaces;
    (void)n_defaulted;
    const int at = s->skip > 0 ? -1 : child_of(s, name, n_attrs, attrs);
    s->capture = false;
    if (at < 0) {
        s->skip++;
        return;
    }
    s->at[++s->depth] = at;
    const node *here = &s->node[at];
    if (here->select >= 0) {
        begin(s, here->select);
    }
    for (int c = n_attrs > 0 ? here->child : -1; c >= 0; c = s->node[c].next) {
        for (int i = 0; s->node[c].attr_node && i < n_attrs; i++) {
            const xmlChar **a = attrs + 5 * i;
            if (a[0] == s->node[c].name && a[1] == NULL) {
                const size_t n = (size_t)(a[4] - a[3]);
                put(s, s->node[c].accept, keep(s, (const char *)a[3], n), n);
            }
        }
    }
    s->capture = here->accept >= 0;
    s->text_from = s->n_text;
}

static void
on_end(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    side *s = user;
    (void)name;
    (void)prefix;
    (void)uri;
    if (s->skip > 0) {
        s->skip--;
        return;
    }
    const node *here = &s->node[s->at[s->depth--]];
    if (here->accept >= 0) {
        put(s, here->accept, s->text_from, s->n_text - s->text_from);
    }
    if (here->select >= 0) {
        end(s, here->select);
    }
    s->capture = false;
}

static void
on_text(void *user, const xmlChar *text, int n)
{
    side *s = user;
    if (s->capture) {
        (void)keep(s, (const char *)text, (size_t)n);
    }
}

static tp_code
feed(side *s, tp_reader *in, char *piece, tp_err *err)
{
    for (;;) {
        size_t n = 0;
        size_t got = 1;
        while (n < PIECE && got > 0) {
            TP_RETURN_SAME(in->read(in, piece + n, PIECE - n, &got, err));
            n += got;
        }
        if (xmlParseChunk(s->parser, piece, (int)n, n == 0) != 0) {
            TP_RETURN_ERR(err, TP_E_SYNTAX, "libxml2 refuses the body");
        }
        if (n == 0) {
            return TP_OK;
        }
    }
}

tp_code
bench_sax2(const tp_shape *shape, tp_reader *in, bench_tally *tally, tp_err *err)
{
    static char piece[PIECE];
    side *s = calloc(1, sizeof *s);
    xmlSAXHandler sax = {.initialized = XML_SAX2_MAGIC,
                         .startElementNs = on_start,
                         .endElementNs = on_end,
                         .characters = on_text,
                         .cdataBlock = on_text};
    if (s == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "a parser");
    }
    s->shape = shape;
    s->tally = tally;
    s->parser = xmlCreatePushParserCtxt(&sax, s, NULL, 0, NULL);
    (void)xmlCtxtUseOptions(s->parser, XML_PARSE_NONET);
    for (size_t k = 0; k < TP_SLOTS_MAX; k++) {
        s->room[k] = bench_clean_room();
    }
    build(s);
    const tp_code rc = feed(s, in, piece, err);
    for (size_t k = 0; k < TP_SLOTS_MAX; k++) {
        bench_clean_free(s->room[k]);
    }
    xmlFreeParserCtxt(s->parser);
    free(s->text);
    free(s);
    return rc;
}
