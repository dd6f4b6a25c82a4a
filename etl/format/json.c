/* What does a configuration file say, and at which line? The only file that includes jansson. */
#include "talent/etl/json.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "talent/base/buf.h"
#include "talent/etl/file.h"

enum { FILE_MAX = 16 << 20 };

struct tp_json {
    tp_buf text;
    json_t *root;
    char name[];
};

static json_t *
json_of(const tp_node *node)
{
    /* jansson's readers take pointers to non-const; none of those used here writes. */
    return (json_t *)(uintptr_t)node->value;
}

/* ---- reading ---- */

static tp_json *
doc_new(const char *name)
{
    const size_t n = strlen(name) + 1;
    tp_json *doc = calloc(1, sizeof *doc + n);
    if (doc != NULL) {
        memcpy(doc->name, name, n);
        doc->text.limit = (size_t)2 * FILE_MAX;
    }
    return doc;
}

void
tp_json_free(tp_json *doc)
{
    if (doc != NULL) {
        json_decref(doc->root);
        tp_buf_clear(&doc->text);
        free(doc);
    }
}

static tp_code
parse_text(tp_json *doc, tp_err *err)
{
    json_error_t why;
    if (tp_str_trim(tp_buf_view(&doc->text)).n == 0) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "%s: the file is empty", doc->name);
    }
    const size_t flags = JSON_REJECT_DUPLICATES;
    doc->root = json_loadb(tp_buf_cstr(&doc->text), doc->text.n, flags, &why);
    if (doc->root == NULL) {
        /* jansson quotes the text near the fault, which may be a secret: the place says enough. */
        const size_t near = tp_str_find(tp_str_of(why.text), TP_STR(" near "));
        const tp_str text = tp_str_sub(tp_str_of(why.text), 0, near);
        TP_RETURN_ERR(err, TP_E_CONFIG, "%s:%d:%d: %.*s", doc->name, why.line < 1 ? 1 : why.line,
                      why.column < 0 ? 0 : why.column, TP_STR_ARG(text));
    }
    return TP_OK;
}

tp_code
tp_json_parse(const char *name, tp_str text, tp_json **out, tp_err *err)
{
    tp_json *doc = doc_new(name);
    if (doc != NULL) {
        tp_buf_str(&doc->text, text);
    }
    if (doc == NULL || doc->text.failed) {
        tp_json_free(doc);
        TP_RETURN_ERR(err, TP_E_NOMEM, "%s: no room for %zu bytes", name, text.n);
    }
    const tp_code rc = parse_text(doc, err);
    if (rc != TP_OK) {
        tp_json_free(doc);
        return rc;
    }
    *out = doc;
    return TP_OK;
}

tp_code
tp_json_load(const char *file, tp_json **out, tp_err *err)
{
    tp_json *doc = doc_new(file);
    if (doc == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "%s: no room to read it", file);
    }
    tp_err why = {0};
    tp_code rc = tp_file_read(file, FILE_MAX, &doc->text, &why);
    if (rc != TP_OK) {
        rc = tp_err_set(err, TP_E_CONFIG, __func__, __LINE__, "cannot %s", why.frame[0].text);
    } else {
        rc = parse_text(doc, err);
    }
    if (rc != TP_OK) {
        tp_json_free(doc);
        return rc;
    }
    *out = doc;
    return TP_OK;
}

const char *
tp_json_name(const tp_json *doc)
{
    return doc->name;
}

/* ---- walking ---- */

static void
path_key(char path[TP_NODE_PATH], const char *key)
{
    const size_t at = strlen(path);
    (void)snprintf(path + at, TP_NODE_PATH - at, "%s%s", at > 0 ? "." : "", key);
}

static void
path_index(char path[TP_NODE_PATH], size_t i)
{
    const size_t at = strlen(path);
    (void)snprintf(path + at, TP_NODE_PATH - at, "[%zu]", i);
}

tp_node
tp_json_root(const tp_json *doc)
{
    return (tp_node){.doc = doc, .value = doc->root};
}

tp_node_kind
tp_node_kind_of(const tp_node *node)
{
    if (node->value == NULL) {
        return TP_NODE_ABSENT;
    }
    switch (json_typeof(json_of(node))) {
    case JSON_OBJECT:
        return TP_NODE_OBJECT;
    case JSON_ARRAY:
        return TP_NODE_LIST;
    case JSON_STRING:
        return TP_NODE_TEXT;
    case JSON_INTEGER:
        return TP_NODE_INT;
    case JSON_REAL:
        return TP_NODE_REAL;
    case JSON_TRUE:
    case JSON_FALSE:
        return TP_NODE_BOOL;
    case JSON_NULL:
    default:
        return TP_NODE_NULL;
    }
}

tp_node
tp_node_get(const tp_node *object, const char *key)
{
    tp_node child = *object;
    child.value = object->value != NULL ? json_object_get(json_of(object), key) : NULL;
    path_key(child.path, key);
    return child;
}

tp_node
tp_node_at(const tp_node *list, size_t i)
{
    tp_node child = *list;
    child.value = list->value != NULL ? json_array_get(json_of(list), i) : NULL;
    path_index(child.path, i);
    return child;
}

size_t
tp_node_size(const tp_node *node)
{
    switch (tp_node_kind_of(node)) {
    case TP_NODE_OBJECT:
        return json_object_size(json_of(node));
    case TP_NODE_LIST:
        return json_array_size(json_of(node));
    default:
        return 0;
    }
}

tp_node
tp_node_member(const tp_node *object, size_t i, const char **out_key)
{
    json_t *value = json_of(object);
    void *at = object->value != NULL ? json_object_iter(value) : NULL;
    for (; at != NULL && i > 0; i--) {
        at = json_object_iter_next(value, at);
    }
    tp_node child = *object;
    child.value = NULL;
    if (at != NULL) {
        *out_key = json_object_iter_key(at);
        child.value = json_object_iter_value(at);
        path_key(child.path, *out_key);
    }
    return child;
}

/* ---- the line of a value: jansson keeps none, so the text is walked beside the tree ---- */

typedef struct scan {
    const char *p; /* terminated, and known to be well-formed JSON */
    int line;
    int found;
    bool exact;
    const tp_node *want;
    char path[TP_NODE_PATH];
} scan;

static void
skip_to_value(scan *s)
{
    while (*s->p == ' ' || *s->p == '\t' || *s->p == '\r' || *s->p == '\n' || *s->p == ',' ||
           *s->p == ':') {
        s->line += *s->p == '\n';
        s->p++;
    }
}

static void
skip_scalar(scan *s)
{
    if (*s->p == '"') {
        for (s->p++; *s->p != '"' && *s->p != '\0'; s->p++) {
            s->p += *s->p == '\\' && s->p[1] != '\0';
        }
        s->p += *s->p == '"';
    } else {
        s->p += strcspn(s->p, " \t\r\n,:]}");
    }
}

/* Is the wanted path this one, or below it? */
static bool
leads_to(const scan *s)
{
    const size_t n = strlen(s->path);
    const char next = s->want->path[n];
    return strncmp(s->path, s->want->path, n) == 0 &&
           (n == 0 || next == '.' || next == '[' || next == '\0');
}

static void
scan_value(scan *s, json_t *value)
{
    skip_to_value(s);
    if (value == s->want->value && strcmp(s->path, s->want->path) == 0) {
        s->found = s->line;
        s->exact = true;
    } else if (!s->exact && leads_to(s)) {
        s->found = s->line; /* the deepest place that exists, should the value itself be absent */
    }
    const size_t depth = strlen(s->path);
    if (json_is_object(value)) {
        s->p++;
        for (void *at = json_object_iter(value); at != NULL && !s->exact;
             at = json_object_iter_next(value, at)) {
            skip_to_value(s);
            skip_scalar(s); /* the key */
            path_key(s->path, json_object_iter_key(at));
            scan_value(s, json_object_iter_value(at));
            s->path[depth] = '\0';
        }
    } else if (json_is_array(value)) {
        s->p++;
        for (size_t i = 0; i < json_array_size(value) && !s->exact; i++) {
            path_index(s->path, i);
            scan_value(s, json_array_get(value, i));
            s->path[depth] = '\0';
        }
    } else {
        skip_scalar(s);
        return;
    }
    skip_to_value(s);
    s->p += *s->p != '\0'; /* the closing bracket */
}

int
tp_node_line(const tp_node *node)
{
    scan s = {.p = tp_buf_cstr(&node->doc->text), .line = 1, .found = 1, .want = node};
    scan_value(&s, node->doc->root);
    return s.found;
}

/* ---- faults and typed reads ---- */

tp_code
tp_node_fail(const tp_node *node, tp_err *err, const char *fmt, ...)
{
    char text[TP_ERR_TEXT];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    TP_RETURN_ERR(err, TP_E_CONFIG, "%s:%d: %s%s%s", node->doc->name, tp_node_line(node),
                  node->path, node->path[0] != '\0' ? ": " : "", text);
}

static const char *
kind_word(const tp_node *node)
{
    static const char *const WORD[] = {
        [TP_NODE_ABSENT] = "nothing",     [TP_NODE_NULL] = "null",
        [TP_NODE_BOOL] = "true or false", [TP_NODE_INT] = "a number",
        [TP_NODE_REAL] = "a fraction",    [TP_NODE_TEXT] = "a text",
        [TP_NODE_LIST] = "a list",        [TP_NODE_OBJECT] = "an object",
    };
    return WORD[tp_node_kind_of(node)];
}

static tp_code
expect(const tp_node *node, tp_node_kind kind, const char *what, tp_err *err)
{
    if (tp_node_kind_of(node) != kind) {
        return tp_node_fail(node, err, "expected %s, found %s", what, kind_word(node));
    }
    return TP_OK;
}

tp_code
tp_node_text(const tp_node *node, tp_str *out, tp_err *err)
{
    TP_RETURN_SAME(expect(node, TP_NODE_TEXT, "a text", err));
    *out = (tp_str){json_string_value(json_of(node)), json_string_length(json_of(node))};
    return TP_OK;
}

tp_code
tp_node_int(const tp_node *node, int64_t low, int64_t high, int64_t *out, tp_err *err)
{
    if (tp_node_kind_of(node) != TP_NODE_INT) {
        return tp_node_fail(node, err,
                            "expected a whole number from %" PRId64 " to %" PRId64 ", found %s",
                            low, high, kind_word(node));
    }
    const int64_t value = json_integer_value(json_of(node));
    if (value != low && low == high) {
        return tp_node_fail(node, err, "must be %" PRId64 ", found %" PRId64, low, value);
    }
    if (value < low || value > high) {
        return tp_node_fail(
            node, err, "expected a whole number from %" PRId64 " to %" PRId64 ", found %" PRId64,
            low, high, value);
    }
    *out = value;
    return TP_OK;
}

tp_code
tp_node_bool(const tp_node *node, bool *out, tp_err *err)
{
    TP_RETURN_SAME(expect(node, TP_NODE_BOOL, "true or false", err));
    *out = json_is_true(json_of(node));
    return TP_OK;
}

tp_code
tp_node_object(const tp_node *node, tp_err *err)
{
    return expect(node, TP_NODE_OBJECT, "an object", err);
}

tp_code
tp_node_list(const tp_node *node, tp_err *err)
{
    return expect(node, TP_NODE_LIST, "a list", err);
}

/* "a|b|c" as "a, b, c". */
static void
put_words(tp_buf *buf, const char *words)
{
    tp_str rest = tp_str_of(words);
    tp_str word;
    for (int i = 0; tp_str_next(&rest, '|', &word); i++) {
        tp_buf_puts(buf, i > 0 ? ", " : "");
        tp_buf_str(buf, word);
    }
}

static int
word_index(tp_str text, const char *words)
{
    tp_str rest = tp_str_of(words);
    tp_str word;
    for (int i = 0; tp_str_next(&rest, '|', &word); i++) {
        if (tp_str_eq(word, text)) {
            return i;
        }
    }
    return -1;
}

tp_code
tp_node_word(const tp_node *node, const char *words, int *out, tp_err *err)
{
    TP_AUTO_BUF(list);
    if (tp_node_kind_of(node) != TP_NODE_TEXT) {
        put_words(&list, words);
        return tp_node_fail(node, err, "expected one of %s; found %s", tp_buf_cstr(&list),
                            kind_word(node));
    }
    const tp_str text = {json_string_value(json_of(node)), json_string_length(json_of(node))};
    const int i = word_index(text, words);
    if (i < 0) {
        const tp_str near = tp_nearest_word(text, words);
        tp_buf_printf(&list, "\"%.*s\" is not known; ", (int)(text.n < 60 ? text.n : 60), text.p);
        if (near.n > 0) {
            tp_buf_printf(&list, "did you mean %.*s? ", TP_STR_ARG(near));
        }
        tp_buf_puts(&list, "expected one of ");
        put_words(&list, words);
        return tp_node_fail(node, err, "%s", tp_buf_cstr(&list));
    }
    *out = i;
    return TP_OK;
}

tp_code
tp_node_only(const tp_node *object, const char *words, tp_err *err)
{
    TP_RETURN_SAME(tp_node_object(object, err));
    json_t *value = json_of(object);
    for (void *at = json_object_iter(value); at != NULL; at = json_object_iter_next(value, at)) {
        const char *key = json_object_iter_key(at);
        /* Editors find a file's JSON Schema by this member of its root. */
        const bool schema = object->path[0] == '\0' && strcmp(key, "$schema") == 0;
        if (schema || word_index(tp_str_of(key), words) >= 0) {
            continue;
        }
        TP_AUTO_BUF(list);
        const tp_node child = tp_node_get(object, key);
        const tp_str near = tp_nearest_word(tp_str_of(key), words);
        if (near.n > 0) {
            return tp_node_fail(&child, err, "unknown key; did you mean \"%.*s\"?",
                                TP_STR_ARG(near));
        }
        put_words(&list, words);
        return tp_node_fail(&child, err, "unknown key; known are %s", tp_buf_cstr(&list));
    }
    return TP_OK;
}

/* ---- hash ---- */

static int
hash_piece(const char *bytes, size_t n, void *state)
{
    return crypto_hash_sha256_update(state, (const unsigned char *)bytes, n);
}

void
tp_node_hash(const tp_node *node, uint8_t out[32])
{
    static const char ABSENT[] = "absent"; /* no JSON text reads like this */
    crypto_hash_sha256_state state;
    (void)crypto_hash_sha256_init(&state);
    if (node->value == NULL) {
        (void)hash_piece(ABSENT, sizeof ABSENT - 1, &state);
    } else if (json_dump_callback(json_of(node), hash_piece, &state,
                                  JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY) != 0) {
        /* Only a full memory gets here, and a wrong key would be worse than stopping. */
        (void)fputs("talentpool: no memory left to hash a configuration value\n", stderr);
        abort();
    }
    (void)crypto_hash_sha256_final(&state, out);
}
