/* Is this description of a source right, and what does it come to? */
#include "etl/source/describe.h"

#include <stdio.h>
#include <stdlib.h>

#include "talent/etl/file.h"

enum { SOURCE_FORMAT = 1, TRUST_DEFAULT = 50 };

/* A source with what it is made of; the source comes first so that one can be found from the other.
 */
typedef struct owned {
    tp_source source;
    tp_arena arena;
    tp_json *doc;
    tp_code_lists *lists;
    struct tp_emit_rules rules;
    size_t n_patterns;
    tp_pattern *pattern[TP_PATTERNS_MAX];
} owned;

/* ---- small reads ---- */

tp_code
tp_describe_alloc(tp_describe *d, size_t n, size_t size, void *out_pointer, tp_err *err)
{
    void *p = tp_arena_alloc(d->arena, n, size);
    if (p == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for the description of a source");
    }
    memcpy(out_pointer, &p, sizeof p);
    return TP_OK;
}

static tp_code
keep(tp_describe *d, const char *bytes, size_t n, tp_str *out, tp_err *err)
{
    *out = (tp_str){tp_arena_copy(d->arena, bytes, n), n};
    if (out->p == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for the description of a source");
    }
    return TP_OK;
}

tp_code
tp_describe_text(tp_describe *d, const tp_node *node, tp_str *out, tp_err *err)
{
    tp_str name;
    if (tp_node_kind_of(node) != TP_NODE_OBJECT) {
        return tp_node_text(node, out, err);
    }
    TP_RETURN_SAME(tp_node_only(node, "setting", err));
    const tp_node setting = tp_node_get(node, "setting");
    TP_RETURN_SAME(tp_node_text(&setting, &name, err));
    char key[128];
    if (name.n >= sizeof key) {
        return tp_node_fail(&setting, err, "the name of a setting has at most %zu characters",
                            sizeof key - 1);
    }
    memcpy(key, name.p, name.n);
    key[name.n] = '\0';
    const char *value = tp_cfg_feed(d->cfg, key);
    if (value == NULL && d->desk) {
        return tp_faults_note(d, &setting, key, out, err);
    }
    if (value == NULL) {
        return tp_node_fail(
            &setting, err,
            "the setting feeds.%s is not set; add {\"feeds\": {\"%s\": \"...\"}} to the settings "
            "file, or switch the source off: \"source\": {\"enabled\": false}",
            key, key);
    }
    return keep(d, value, strlen(value), out, err);
}

tp_code
tp_describe_scalar(tp_describe *d, const tp_node *node, tp_str *out, tp_err *err)
{
    int64_t n;
    bool yes;
    char text[32];
    switch (tp_node_kind_of(node)) {
    case TP_NODE_NULL:
        *out = TP_STR_NONE;
        return TP_OK;
    case TP_NODE_TEXT:
        return tp_node_text(node, out, err);
    case TP_NODE_BOOL:
        TP_RETURN_SAME(tp_node_bool(node, &yes, err));
        *out = yes ? TP_STR("true") : TP_STR("false");
        return TP_OK;
    case TP_NODE_INT:
        TP_RETURN_SAME(tp_node_int(node, INT64_MIN, INT64_MAX, &n, err));
        return keep(d, text, (size_t)snprintf(text, sizeof text, "%lld", (long long)n), out, err);
    case TP_NODE_REAL:
        return tp_node_fail(node, err, "a fraction is written as a text, as in \"0.5\"");
    case TP_NODE_ABSENT:
    case TP_NODE_LIST:
    case TP_NODE_OBJECT:
        break;
    }
    return tp_node_fail(node, err, "a text, whole number, true, false or null is needed");
}

tp_code
tp_describe_texts(tp_describe *d, const tp_node *node, const tp_str **out, size_t *out_n,
                  tp_err *err)
{
    tp_str *list = NULL;
    TP_RETURN_SAME(tp_node_list(node, err));
    const size_t n = tp_node_size(node);
    TP_RETURN_SAME(tp_describe_alloc(d, n, sizeof *list, &list, err));
    for (size_t i = 0; i < n; i++) {
        const tp_node one = tp_node_at(node, i);
        TP_RETURN_SAME(tp_describe_scalar(d, &one, &list[i], err));
        if (list[i].p == NULL) {
            return tp_node_fail(&one, err, "null has no place in this list");
        }
    }
    *out = list;
    *out_n = n;
    return TP_OK;
}

tp_code
tp_describe_int(const tp_node *object, const char *key, int64_t low, int64_t high, int64_t other,
                int64_t *out, tp_err *err)
{
    const tp_node node = tp_node_get(object, key);
    *out = other;
    return tp_node_kind_of(&node) == TP_NODE_ABSENT ? TP_OK
                                                    : tp_node_int(&node, low, high, out, err);
}

tp_code
tp_describe_bool(const tp_node *object, const char *key, bool other, bool *out, tp_err *err)
{
    const tp_node node = tp_node_get(object, key);
    *out = other;
    return tp_node_kind_of(&node) == TP_NODE_ABSENT ? TP_OK : tp_node_bool(&node, out, err);
}

/* ---- sections ---- */

static tp_code
optional_text(const tp_node *object, const char *key, tp_str *out, tp_err *err)
{
    const tp_node node = tp_node_get(object, key);
    return tp_node_kind_of(&node) == TP_NODE_ABSENT ? TP_OK : tp_node_text(&node, out, err);
}

static tp_code
read_trust(tp_describe *d, const tp_node *node, tp_err *err)
{
    tp_source *s = d->source;
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        s->trust[k] = TRUST_DEFAULT;
    }
    if (tp_node_kind_of(node) == TP_NODE_ABSENT) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_object(node, err));
    for (size_t i = 0; i < tp_node_size(node); i++) {
        const char *name;
        int64_t v;
        tp_kind kind;
        const tp_node one = tp_node_member(node, i, &name);
        if (!tp_kind_find(tp_str_of(name), &kind)) {
            TP_GO_ON(d, tp_describe_no_record(&one, tp_str_of(name), err), err);
            continue;
        }
        v = TRUST_DEFAULT;
        TP_GO_ON(d, tp_node_int(&one, 0, 100, &v, err), err);
        s->trust[kind] = (int)v;
    }
    return TP_OK;
}

static bool
is_id(tp_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        const char c = text.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_')) {
            return false;
        }
    }
    return text.n > 0 && text.n <= 40;
}

static tp_code
read_id(const tp_node *node, tp_source *s, tp_err *err)
{
    const tp_node id = tp_node_get(node, "id");
    TP_RETURN_SAME(tp_node_text(&id, &s->id, err));
    return is_id(s->id) ? TP_OK
                        : tp_node_fail(&id, err,
                                       "an id is made of a-z, 0-9, - and _, at most 40 characters");
}

static tp_code
read_source(tp_describe *d, const tp_node *node, tp_err *err)
{
    tp_source *s = d->source;
    TP_RETURN_SAME(tp_node_object(node, err));
    TP_RETURN_SAME(
        tp_describe_only(d, node, "id|title|agency|family|contact|enabled|synthetic|trust", err));
    TP_GO_ON(d, read_id(node, s, err), err);
    const tp_node title = tp_node_get(node, "title");
    TP_GO_ON(d, tp_node_text(&title, &s->title, err), err);
    TP_GO_ON(d, optional_text(node, "agency", &s->agency, err), err);
    s->family = s->id;
    TP_GO_ON(d, optional_text(node, "family", &s->family, err), err);
    TP_GO_ON(d, tp_describe_bool(node, "enabled", true, &s->enabled, err), err);
    TP_GO_ON(d, tp_describe_bool(node, "synthetic", false, &s->synthetic, err), err);
    const tp_node trust = tp_node_get(node, "trust");
    return read_trust(d, &trust, err);
}

static tp_code
read_namespaces(tp_describe *d, const tp_node *node, tp_err *err)
{
    if (tp_node_kind_of(node) == TP_NODE_ABSENT) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_object(node, err));
    if (tp_node_size(node) > TP_NAMESPACES_MAX) {
        return tp_node_fail(node, err, "at most %d namespaces", TP_NAMESPACES_MAX);
    }
    for (size_t i = 0; i < tp_node_size(node); i++) {
        const char *prefix;
        const tp_node uri = tp_node_member(node, i, &prefix);
        d->ns_prefix[i] = tp_str_of(prefix);
        TP_RETURN_SAME(tp_node_text(&uri, &d->ns_uri[i], err));
        d->n_ns++;
    }
    return TP_OK;
}

static void
add_node(tp_key_maker *maker, const tp_node *root, const char *member)
{
    uint8_t hash[32];
    const tp_node node = tp_node_get(root, member);
    tp_node_hash(&node, hash);
    tp_key_add(maker, member, hash, sizeof hash);
}

/* What extract reads and what parse and normalise read; addresses that come from settings and the
 * source's title, trust and limits are in neither. */
static tp_code
make_hashes(tp_describe *d, const tp_node *root, tp_err *err)
{
    tp_key_maker maker;
    tp_key lists;
    TP_RETURN_SAME(tp_code_lists_hash(d->lists, &lists, err));
    tp_key_begin(&maker, "source fetch");
    tp_key_add_i64(&maker, "format", SOURCE_FORMAT);
    tp_key_add_text(&maker, "id", d->source->id);
    add_node(&maker, root, "connect");
    add_node(&maker, root, "fetch");
    tp_key_end(&maker, &d->source->fetch_hash);
    tp_key_begin(&maker, "source emit");
    tp_key_add_i64(&maker, "format", SOURCE_FORMAT);
    tp_key_add_text(&maker, "id", d->source->id);
    if (d->source->agency.n > 0) {
        tp_key_add_text(&maker, "agency", d->source->agency);
    }
    add_node(&maker, root, "namespaces");
    add_node(&maker, root, "fetch");
    add_node(&maker, root, "emit");
    tp_key_add_key(&maker, "lists", &lists);
    tp_key_end(&maker, &d->source->emit_hash);
    return TP_OK;
}

static tp_code
finish_rules(tp_describe *d, struct tp_emit_rules *rules, tp_err *err)
{
    tp_document_rule *documents = NULL;
    TP_RETURN_SAME(tp_describe_alloc(d, d->n_documents, sizeof *documents, &documents, err));
    memcpy(documents, d->document, d->n_documents * sizeof *documents);
    *rules = (struct tp_emit_rules){.source = d->source->id,
                                    .n_emits = d->n_emits,
                                    .emit = d->emit,
                                    .n_documents = d->n_documents,
                                    .document = documents,
                                    .needs_night = d->needs_night};
    TP_RETURN_SAME(tp_describe_watches(d, rules, err));
    d->source->rules = rules;
    return tp_code_lists_titles(d->lists, &rules->titles, err);
}

static tp_code
compile(owned *o, tp_describe *d, tp_err *err)
{
    const tp_node root = tp_json_root(o->doc);
    int64_t version;
    TP_RETURN_SAME(tp_node_object(&root, err));
    TP_RETURN_SAME(tp_describe_only(
        d, &root, "$schema|descriptor|source|connect|namespaces|fetch|emit|quality", err));
    tp_node node = tp_node_get(&root, "descriptor");
    TP_GO_ON(d, tp_node_int(&node, 1, 1, &version, err), err);
    node = tp_node_get(&root, "source");
    TP_GO_ON(d, read_source(d, &node, err), err);
    if (!o->source.enabled && d->faults == NULL) {
        return TP_OK; /* its settings need not be there */
    }
    TP_RETURN_SAME(tp_describe_alloc(d, TP_EMIT_RULES_MAX, sizeof *d->emit, &d->emit, err));
    node = tp_node_get(&root, "connect");
    TP_GO_ON(d, tp_describe_connect(d, &node, err), err);
    node = tp_node_get(&root, "namespaces");
    TP_GO_ON(d, read_namespaces(d, &node, err), err);
    node = tp_node_get(&root, "fetch");
    TP_GO_ON(d, tp_describe_fetch(d, &node, err), err);
    node = tp_node_get(&root, "emit");
    TP_GO_ON(d, tp_describe_emit(d, &node, err), err);
    node = tp_node_get(&root, "quality");
    TP_GO_ON(d, tp_describe_quality(d, &node, err), err);
    if (d->faults != NULL && d->faults->wrong > 0) {
        return tp_faults_first(d->faults, err);
    }
    TP_RETURN_SAME(finish_rules(d, &o->rules, err));
    return make_hashes(d, &root, err);
}

void
tp_source_free(tp_source *source)
{
    if (source != NULL) {
        owned *o = (owned *)(void *)source;
        for (size_t i = 0; i < o->n_patterns; i++) {
            tp_pattern_free(o->pattern[i]);
        }
        tp_arena_clear(&o->arena);
        tp_json_free(o->doc);
        tp_code_lists_close(o->lists);
        free(o);
    }
}

static tp_code
load_file(owned *o, tp_describe *d, const char *file, tp_err *err)
{
    TP_RETURN_SAME(tp_json_load(file, &o->doc, err));
    o->source.file = tp_arena_copy(&o->arena, file, strlen(file));
    if (o->source.file == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for source %s", file);
    }
    d->source = &o->source;
    d->arena = &o->arena;
    d->lists = o->lists;
    const tp_code rc = compile(o, d, err);
    o->n_patterns = d->n_patterns;
    memcpy(o->pattern, d->pattern, d->n_patterns * sizeof(tp_pattern *));
    return rc;
}

/* Takes over its share of the lists. faults: all are wanted; NULL = the first one will do. */
static tp_code
load_with(const char *file, const tp_cfg *cfg, tp_code_lists *lists, tp_faults *faults, bool desk,
          tp_source **out, tp_err *err)
{
    owned *o = calloc(1, sizeof *o);
    tp_describe *d = calloc(1, sizeof *d);
    tp_code rc;
    if (o == NULL || d == NULL) {
        tp_code_lists_close(lists);
        free(o);
        rc = tp_err_set(err, TP_E_NOMEM, __func__, __LINE__, "no memory for source %s", file);
    } else {
        o->lists = lists;
        d->cfg = cfg;
        d->faults = faults;
        d->desk = desk;
        rc = load_file(o, d, file, err);
        if (rc == TP_OK) {
            *out = &o->source;
        } else {
            tp_source_free(&o->source);
        }
    }
    free(d);
    return rc;
}

tp_code
tp_source_load(const char *file, const tp_cfg *cfg, tp_source **out, tp_err *err)
{
    tp_code_lists *lists = NULL;
    TP_RETURN_SAME(tp_code_lists_open(tp_cfg_text(cfg, "codes.dir"), &lists, err));
    return load_with(file, cfg, lists, NULL, false, out, err);
}

tp_code
tp_source_check(const char *file, const tp_cfg *cfg, bool desk, tp_faults *faults, tp_source **out,
                tp_err *err)
{
    tp_code_lists *lists = NULL;
    faults->n = 0;
    faults->dropped = 0;
    faults->wrong = 0;
    TP_RETURN_SAME(tp_code_lists_open(tp_cfg_text(cfg, "codes.dir"), &lists, err));
    const tp_code rc = load_with(file, cfg, lists, faults, desk, out, err);
    if (rc == TP_E_CONFIG && faults->wrong == 0) {
        tp_faults_add(faults, file, false, err->frame[0].text); /* the file is no JSON */
    }
    tp_faults_sort(faults);
    return rc;
}

static int
by_id(const void *a, const void *b)
{
    const tp_source *const *x = a;
    const tp_source *const *y = b;
    return tp_str_cmp((*x)->id, (*y)->id);
}

void
tp_sources_free(tp_source **sources, size_t n)
{
    for (size_t i = 0; sources != NULL && i < n; i++) {
        tp_source_free(sources[i]);
    }
    free(sources);
}

static tp_code
load_names(const char *folder, const tp_cfg *cfg, tp_code_lists *lists, const char *const *name,
           size_t n, tp_source **list, size_t *out_n, tp_err *err)
{
    for (size_t i = 0; i < n; i++) {
        TP_AUTO_BUF(path);
        tp_buf_printf(&path, "%s/%s", folder, name[i]);
        TP_RETURN_SAME(load_with(tp_buf_cstr(&path), cfg, tp_code_lists_share(lists), NULL, false,
                                 &list[*out_n], err));
        if (list[*out_n]->enabled) {
            (*out_n)++;
        } else {
            tp_source_free(list[*out_n]);
        }
    }
    qsort(list, *out_n, sizeof *list, by_id);
    for (size_t i = 1; i < *out_n; i++) {
        if (tp_str_eq(list[i]->id, list[i - 1]->id)) {
            TP_RETURN_ERR(err, TP_E_CONFIG, "%.100s and %.100s both describe source %.*s",
                          list[i - 1]->file, list[i]->file, TP_STR_ARG(list[i]->id));
        }
    }
    return TP_OK;
}

tp_code
tp_sources_load(const char *folder, const tp_cfg *cfg, tp_source ***out, size_t *out_n, tp_err *err)
{
    TP_AUTO_ARENA(arena, 0);
    const char **name;
    size_t n_names;
    size_t n = 0;
    tp_code_lists *lists = NULL;
    TP_RETURN_SAME(tp_dir_list(folder, ".json", &arena, &name, &n_names, err));
    if (n_names == 0) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "%.150s holds no source description (*.json)", folder);
    }
    tp_source **list = calloc(n_names + 1, sizeof(tp_source *));
    if (list == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for %zu sources", n_names);
    }
    tp_code rc = tp_code_lists_open(tp_cfg_text(cfg, "codes.dir"), &lists, err);
    if (rc == TP_OK) {
        rc = load_names(folder, cfg, lists, name, n_names, list, &n, err);
        tp_code_lists_close(lists);
    }
    if (rc != TP_OK) {
        tp_sources_free(list, n);
        return rc;
    }
    *out = list;
    *out_n = n;
    return TP_OK;
}
