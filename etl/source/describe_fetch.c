/* What is asked for, how are pages turned, and what does an answer mean? */
#include "etl/source/describe.h"
#include "talent/etl/extract.h"

enum { MIB = 1 << 20, KIB = 1 << 10 };

static bool
is_there(const tp_node *node)
{
    return tp_node_kind_of(node) != TP_NODE_ABSENT;
}

static tp_code
optional_text(const tp_node *object, const char *key, tp_str *out, tp_err *err)
{
    const tp_node node = tp_node_get(object, key);
    return is_there(&node) ? tp_node_text(&node, out, err) : TP_OK;
}

/* Limits come from connect.limits, read once per fetch. */
static tp_code
read_limits(const tp_node *root, bool file, tp_limits *out, tp_err *err)
{
    const tp_node connect = tp_node_get(root, "connect");
    const tp_node node = tp_node_get(&connect, "limits");
    int64_t v;
    if (is_there(&node)) {
        TP_RETURN_SAME(tp_node_object(&node, err));
        TP_RETURN_SAME(tp_node_only(
            &node, "body_mb|unpacked_mb|ratio|depth|string_kb|record_kb|records|fields", err));
    }
    TP_RETURN_SAME(tp_describe_int(&node, "body_mb", 1, 1 << 20, file ? 4096 : 64, &v, err));
    out->body_bytes = (uint64_t)v * MIB;
    TP_RETURN_SAME(tp_describe_int(&node, "unpacked_mb", 1, 1 << 20, file ? 65536 : 256, &v, err));
    out->unpacked_bytes = (uint64_t)v * MIB;
    TP_RETURN_SAME(tp_describe_int(&node, "ratio", 2, 100000, 200, &v, err));
    out->ratio = (uint32_t)v;
    TP_RETURN_SAME(tp_describe_int(&node, "depth", 2, 1000, 32, &v, err));
    out->depth = (uint32_t)v;
    TP_RETURN_SAME(tp_describe_int(&node, "string_kb", 1, 65536, 256, &v, err));
    out->string_bytes = (uint32_t)v * KIB;
    TP_RETURN_SAME(tp_describe_int(&node, "record_kb", 1, 1 << 20, 4096, &v, err));
    out->record_bytes = (uint32_t)(v < 4194303 ? v * KIB : UINT32_MAX);
    TP_RETURN_SAME(tp_describe_int(&node, "records", 1, INT64_MAX, 100000000, &v, err));
    out->records = (uint64_t)v;
    TP_RETURN_SAME(tp_describe_int(&node, "fields", 1, 1 << 24, 65536, &v, err));
    out->fields = (uint32_t)v;
    return TP_OK;
}

/* One character set for the whole body, or one for what is not UTF-8 in it. */
static tp_code
body_encoding(const tp_node *node, const char **out, tp_err *err)
{
    static const char *const ONLY[] = {NULL, "only iso-8859-1", "only windows-1252",
                                       "only utf-16le", "only utf-16be"};
    int which = 0;
    const tp_node whole = tp_node_get(node, "encoding");
    const tp_node fallback = tp_node_get(node, "encoding_fallback");
    if (is_there(&whole)) {
        TP_RETURN_SAME(
            tp_node_word(&whole, "utf-8|iso-8859-1|windows-1252|utf-16le|utf-16be", &which, err));
        *out = ONLY[which];
    }
    if (is_there(&fallback)) {
        if (which != 0) {
            return tp_node_fail(&fallback, err, "a fallback is for bodies in utf-8");
        }
        TP_RETURN_SAME(tp_node_word(&fallback, "iso-8859-1|windows-1252", &which, err));
        *out = which == 0 ? "iso-8859-1" : "windows-1252";
    }
    return TP_OK;
}

static tp_code
read_body(const tp_node *root, const tp_node *node, tp_fetch *f, tp_err *err)
{
    int format = 0;
    tp_str text = TP_STR_NONE;
    if (is_there(node)) {
        TP_RETURN_SAME(tp_node_object(node, err));
        TP_RETURN_SAME(tp_node_only(node, "format|delimiter|encoding|encoding_fallback", err));
        const tp_node word = tp_node_get(node, "format");
        if (is_there(&word)) {
            TP_RETURN_SAME(tp_node_word(&word, "json|ndjson|xml|csv", &format, err));
        }
        TP_RETURN_SAME(optional_text(node, "delimiter", &text, err));
        if (text.n > 1 || (text.n == 1 && format != TP_FORMAT_CSV)) {
            const tp_node bad = tp_node_get(node, "delimiter");
            return tp_node_fail(&bad, err, "a delimiter is one character of a csv body");
        }
        f->shape.delimiter = text.n == 1 ? text.p[0] : '\0';
        TP_RETURN_SAME(body_encoding(node, &f->shape.encoding, err));
    }
    f->shape.format = (tp_format)format;
    f->envelope.format = (tp_format)format;
    f->envelope.encoding = f->shape.encoding;
    TP_RETURN_SAME(read_limits(root, f->page.kind == TP_PAGE_FILE, &f->shape.limit, err));
    f->envelope.limit = f->shape.limit;
    return TP_OK;
}

static tp_code
envelope_member(tp_describe *d, const tp_node *page, const char *key, bool many, tp_fetch *f,
                int *out, tp_err *err)
{
    tp_str text;
    const tp_node node = tp_node_get(page, key);
    *out = -1;
    if (!is_there(&node)) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_text(&node, &text, err));
    return tp_describe_envelope(d, &node, f, text, many, out, err);
}

static tp_code
page_kind(const tp_node *node, tp_fetch *f, tp_err *err)
{
    static const char *const WORDS[] = {
        [TP_PAGE_NONE] = "kind",
        [TP_PAGE_NUMBER] =
            "kind|param|size_param|size|first|last_path|total_path|count_path|more_path|max_pages",
        [TP_PAGE_OFFSET] = "kind|param|size_param|size|first|total_path|count_path|max_pages",
        [TP_PAGE_CURSOR] = "kind|param|size_param|size|next_path|more_path|count_path|max_pages",
        [TP_PAGE_LINK] = "kind|next_path|header_link|total_path|count_path|max_pages",
        [TP_PAGE_FILE] = "kind|unpack|resume",
    };
    int kind = TP_PAGE_NONE;
    int unpack = 0;
    f->page = (tp_page){
        .next_slot = -1, .more_slot = -1, .last_slot = -1, .total_slot = -1, .count_slot = -1};
    if (!is_there(node)) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_object(node, err));
    const tp_node word = tp_node_get(node, "kind");
    TP_RETURN_SAME(tp_node_word(&word, "none|number|offset|cursor|link|file", &kind, err));
    TP_RETURN_SAME(tp_node_only(node, WORDS[kind], err));
    f->page.kind = (tp_page_kind)kind;
    const tp_node how = tp_node_get(node, "unpack");
    if (is_there(&how)) {
        TP_RETURN_SAME(tp_node_word(&how, "auto|gzip|none", &unpack, err));
    }
    bool resume = true;
    TP_RETURN_SAME(tp_describe_bool(node, "resume", true, &resume, err));
    f->whole_only = !resume;
    f->gzip_file = kind == TP_PAGE_FILE && unpack != 2;
    return TP_OK;
}

static tp_code
page_rest(tp_describe *d, const tp_node *node, tp_fetch *f, tp_err *err)
{
    tp_page *p = &f->page;
    int64_t pages;
    TP_RETURN_SAME(optional_text(node, "param", &p->param, err));
    TP_RETURN_SAME(optional_text(node, "size_param", &p->size_param, err));
    TP_RETURN_SAME(tp_describe_int(node, "size", 1, 1000000, 0, &p->size, err));
    TP_RETURN_SAME(tp_describe_int(node, "first", 0, 1000000, p->kind == TP_PAGE_NUMBER ? 1 : 0,
                                   &p->first, err));
    TP_RETURN_SAME(tp_describe_int(node, "max_pages", 1, 10000000, 100000, &pages, err));
    p->max_pages = (uint32_t)pages;
    TP_RETURN_SAME(envelope_member(d, node, "next_path", false, f, &p->next_slot, err));
    TP_RETURN_SAME(envelope_member(d, node, "more_path", false, f, &p->more_slot, err));
    TP_RETURN_SAME(envelope_member(d, node, "last_path", false, f, &p->last_slot, err));
    TP_RETURN_SAME(envelope_member(d, node, "total_path", false, f, &p->total_slot, err));
    TP_RETURN_SAME(envelope_member(d, node, "count_path", true, f, &p->count_slot, err));
    const bool needs_param =
        p->kind == TP_PAGE_NUMBER || p->kind == TP_PAGE_OFFSET || p->kind == TP_PAGE_CURSOR;
    if (needs_param && p->param.n == 0) {
        return tp_node_fail(
            node, err, "\"param\" is missing: the name of the page, offset or cursor parameter");
    }
    bool header_link = false;
    TP_RETURN_SAME(tp_describe_bool(node, "header_link", false, &header_link, err));
    if ((p->kind == TP_PAGE_CURSOR || p->kind == TP_PAGE_LINK) && p->next_slot < 0 &&
        !header_link) {
        return tp_node_fail(node, err,
                            "\"next_path\" is missing: where a page names the next one%s",
                            p->kind == TP_PAGE_LINK ? " (or \"header_link\": true)" : "");
    }
    if (header_link && p->next_slot >= 0) {
        return tp_node_fail(node, err, "\"next_path\" or \"header_link\", not both");
    }
    const bool ends =
        p->last_slot >= 0 || p->total_slot >= 0 || p->more_slot >= 0 || p->count_slot >= 0;
    if ((p->kind == TP_PAGE_NUMBER || p->kind == TP_PAGE_OFFSET) && !ends) {
        return tp_node_fail(
            node, err,
            "nothing says when the last page came: add last_path, total_path or count_path");
    }
    return TP_OK;
}

/* "status": a number, a list of numbers, or a range "500-599". */
static tp_code
read_status(const tp_node *node, tp_outcome *o, tp_err *err)
{
    int64_t v;
    tp_str text;
    if (tp_node_kind_of(node) == TP_NODE_LIST) {
        if (tp_node_size(node) > TP_COUNT(o->status)) {
            return tp_node_fail(node, err, "at most %zu statuses; use a range",
                                TP_COUNT(o->status));
        }
        for (size_t i = 0; i < tp_node_size(node); i++) {
            const tp_node one = tp_node_at(node, i);
            TP_RETURN_SAME(tp_node_int(&one, 100, 599, &v, err));
            o->status[i] = (int)v;
        }
        return TP_OK;
    }
    if (tp_node_kind_of(node) == TP_NODE_TEXT) {
        TP_RETURN_SAME(tp_node_text(node, &text, err));
        const tp_str low = tp_str_sub(text, 0, 3);
        const tp_str high = tp_str_sub(text, 4, text.n);
        int64_t from;
        if (text.n != 7 || text.p[3] != '-' || !tp_str_to_i64(low, &from) ||
            !tp_str_to_i64(high, &v) || from > v) {
            return tp_node_fail(node, err, "a range of statuses is written \"500-599\"");
        }
        o->status_low = (int)from;
        o->status_high = (int)v;
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_int(node, 100, 599, &v, err));
    o->status_low = o->status_high = (int)v;
    return TP_OK;
}

/* "json" or "xml": a value of the envelope. */
static tp_code
read_value(tp_describe *d, const tp_node *node, tp_fetch *f, tp_outcome *o, tp_err *err)
{
    tp_str path;
    const tp_str *list;
    size_t n;
    TP_RETURN_SAME(tp_node_object(node, err));
    TP_RETURN_SAME(tp_node_only(node, "path|is|in|prefix|absent", err));
    tp_node member = tp_node_get(node, "path");
    TP_RETURN_SAME(tp_node_text(&member, &path, err));
    TP_RETURN_SAME(tp_describe_envelope(d, &member, f, path, false, &o->slot, err));
    TP_RETURN_SAME(tp_describe_bool(node, "absent", false, &o->absent, err));
    member = tp_node_get(node, "is");
    if (is_there(&member)) {
        TP_RETURN_SAME(tp_describe_scalar(d, &member, &o->value[0], err));
    }
    member = tp_node_get(node, "prefix");
    if (is_there(&member)) {
        o->prefix = true;
        TP_RETURN_SAME(tp_describe_scalar(d, &member, &o->value[0], err));
    }
    member = tp_node_get(node, "in");
    if (is_there(&member)) {
        TP_RETURN_SAME(tp_describe_texts(d, &member, &list, &n, err));
        if (n > TP_COUNT(o->value)) {
            return tp_node_fail(&member, err, "at most %zu values", TP_COUNT(o->value));
        }
        memcpy(o->value, list, n * sizeof *list);
    }
    if (!o->absent && o->value[0].p == NULL) {
        return tp_node_fail(node, err,
                            "says nothing about the value: add is, in, prefix or absent");
    }
    return TP_OK;
}

static tp_code
read_outcome(tp_describe *d, const tp_node *node, tp_fetch *f, tp_outcome *o, tp_err *err)
{
    int then;
    tp_str starts = TP_STR_NONE;
    *o = (tp_outcome){.slot = -1};
    TP_RETURN_SAME(tp_node_object(node, err));
    TP_RETURN_SAME(tp_node_only(node, "when|then", err));
    const tp_node when = tp_node_get(node, "when");
    TP_RETURN_SAME(tp_node_object(&when, err));
    TP_RETURN_SAME(tp_node_only(&when, "status|type|starts|json|xml|text", err));
    tp_node member = tp_node_get(node, "then");
    TP_RETURN_SAME(tp_node_word(&member, "ok|empty|renew_token|retry|wait|blocked|fatal|skip_key",
                                &then, err));
    o->then = (tp_outcome_then)then;
    member = tp_node_get(&when, "status");
    if (is_there(&member)) {
        TP_RETURN_SAME(read_status(&member, o, err));
    }
    TP_RETURN_SAME(optional_text(&when, "type", &o->type, err));
    TP_RETURN_SAME(optional_text(&when, "text", &o->text, err));
    TP_RETURN_SAME(optional_text(&when, "starts", &starts, err));
    if (starts.n > 1) {
        return tp_node_fail(&when, err, "\"starts\" is one character: {, [ or <");
    }
    o->starts = starts.n == 1 ? starts.p[0] : '\0';
    member = tp_node_get(&when, f->envelope.format == TP_FORMAT_XML ? "xml" : "json");
    return is_there(&member) ? read_value(d, &member, f, o, err) : TP_OK;
}

static tp_code
read_outcomes(tp_describe *d, const tp_node *list, tp_fetch *f, tp_err *err)
{
    TP_RETURN_SAME(tp_node_list(list, err));
    if (tp_node_size(list) > TP_OUTCOMES_MAX) {
        return tp_node_fail(list, err, "at most %d outcome rules", TP_OUTCOMES_MAX);
    }
    for (size_t i = 0; i < tp_node_size(list); i++) {
        const tp_node node = tp_node_at(list, i);
        TP_RETURN_SAME(read_outcome(d, &node, f, &f->outcome[f->n_outcomes], err));
        f->n_outcomes++;
    }
    return TP_OK;
}

/* The rules themselves, or those of the fetch that outcome_as names. */
static tp_code
find_outcomes(tp_describe *d, const tp_node *all, const tp_node *node, tp_fetch *f, tp_err *err)
{
    const tp_node own = tp_node_get(node, "outcome");
    const tp_node as = tp_node_get(node, "outcome_as");
    tp_str name;
    if (is_there(&own)) {
        return read_outcomes(d, &own, f, err);
    }
    if (!is_there(&as)) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_text(&as, &name, err));
    for (size_t i = 0; i < tp_node_size(all); i++) {
        const tp_node other = tp_node_at(all, i);
        const tp_node its_name = tp_node_get(&other, "name");
        const tp_node list = tp_node_get(&other, "outcome");
        tp_str text;
        TP_RETURN_SAME(tp_node_text(&its_name, &text, err));
        if (tp_str_eq(text, name) && is_there(&list)) {
            return read_outcomes(d, &list, f, err);
        }
    }
    return tp_node_fail(&as, err, "no fetch named \"%.*s\" has outcome rules", TP_STR_ARG(name));
}

static tp_code
read_each(const tp_node *node, tp_fetch *f, tp_err *err)
{
    int where = 1;
    if (!is_there(node)) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_object(node, err));
    TP_RETURN_SAME(tp_node_only(node, "source|field|where", err));
    tp_node member = tp_node_get(node, "source");
    TP_RETURN_SAME(tp_node_text(&member, &f->each_source, err));
    member = tp_node_get(node, "field");
    TP_RETURN_SAME(tp_node_text(&member, &f->each_field, err));
    const int field = tp_field_find(TP_PERSON, f->each_field);
    if (field < 0 ||
        (field != TP_PERSON_NIP && tp_kind_of(TP_PERSON)->field[field].type != TP_T_TEXT)) {
        return tp_node_fail(&member, err, "\"%.*s\" is not nip or a text field of person",
                            TP_STR_ARG(f->each_field));
    }
    member = tp_node_get(node, "where");
    if (is_there(&member)) {
        TP_RETURN_SAME(tp_node_word(&member, "candidates|all", &where, err));
    }
    f->each_where = where == 0 ? TP_STR("candidates") : TP_STR("all");
    return TP_OK;
}

/* The places of a template are known; a fault names the line. */
static tp_code
check_places(const tp_node *node, tp_str text, tp_err *err)
{
    TP_AUTO_BUF(out);
    const tp_fill none = {0};
    tp_err why = {0};
    return tp_fill_text(&out, text, &none, true, &why) == TP_OK
               ? TP_OK
               : tp_node_fail(node, err, "%s", why.frame[0].text);
}

static tp_code
read_query(tp_describe *d, const tp_node *node, tp_fetch *f, tp_err *err)
{
    if (!is_there(node)) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_object(node, err));
    if (tp_node_size(node) > TP_QUERY_MAX) {
        return tp_node_fail(node, err, "at most %d query parameters", TP_QUERY_MAX);
    }
    for (size_t i = 0; i < tp_node_size(node); i++) {
        const char *name;
        const tp_node value = tp_node_member(node, i, &name);
        f->query[i].name = tp_str_of(name);
        TP_RETURN_SAME(tp_describe_scalar(d, &value, &f->query[i].value, err));
        TP_RETURN_SAME(check_places(&value, f->query[i].value, err));
        TP_RETURN_SAME(
            tp_describe_no_secret(&value, f->query[i].name, f->query[i].value, "{", err));
        f->n_query++;
    }
    return TP_OK;
}

static tp_code
read_fetch(tp_describe *d, const tp_node *all, const tp_node *node, size_t at, tp_err *err)
{
    tp_fetch *f = &d->source->fetch[at];
    const tp_node root = tp_json_root(node->doc);
    TP_RETURN_SAME(tp_node_object(node, err));
    TP_RETURN_SAME(tp_node_only(
        node,
        "name|path|query|for_each|refresh|since|page|body|document|outcome|outcome_as|landed_only",
        err));
    tp_node member = tp_node_get(node, "name");
    TP_RETURN_SAME(tp_node_text(&member, &f->name, err));
    for (size_t i = 0; i < at; i++) {
        if (tp_str_eq(d->source->fetch[i].name, f->name)) {
            return tp_node_fail(&member, err, "two fetches are named \"%.*s\"",
                                TP_STR_ARG(f->name));
        }
    }
    member = tp_node_get(node, "path");
    TP_RETURN_SAME(tp_describe_text(d, &member, &f->path, err));
    TP_RETURN_SAME(check_places(&member, f->path, err));
    TP_RETURN_SAME(tp_describe_no_query_secret(&member, f->path, err));
    member = tp_node_get(node, "query");
    TP_RETURN_SAME(read_query(d, &member, f, err));
    member = tp_node_get(node, "for_each");
    TP_RETURN_SAME(read_each(&member, f, err));
    if ((tp_str_find(f->path, TP_STR("{key}")) != SIZE_MAX) != (f->each_source.p != NULL) &&
        f->n_query == 0) {
        return tp_node_fail(node, err, "for_each and {key} belong together");
    }
    const tp_node page = tp_node_get(node, "page");
    TP_RETURN_SAME(page_kind(&page, f, err));
    member = tp_node_get(node, "body");
    TP_RETURN_SAME(read_body(&root, &member, f, err));
    TP_RETURN_SAME(page_rest(d, &page, f, err));
    TP_RETURN_SAME(tp_describe_since(d, node, f, err));
    TP_RETURN_SAME(find_outcomes(d, all, node, f, err));
    TP_RETURN_SAME(tp_describe_bool(node, "landed_only", false, &f->landed_only, err));
    d->source->n_fetch = at + 1;
    member = tp_node_get(node, "document");
    return is_there(&member) ? tp_describe_document(d, &member, at, err) : TP_OK;
}

tp_code
tp_describe_fetch(tp_describe *d, const tp_node *list, tp_err *err)
{
    TP_RETURN_SAME(tp_node_list(list, err));
    if (tp_node_size(list) == 0 || tp_node_size(list) > TP_FETCH_MAX) {
        return tp_node_fail(list, err, "from 1 to %d fetches", TP_FETCH_MAX);
    }
    for (size_t i = 0; i < tp_node_size(list); i++) {
        const tp_node node = tp_node_at(list, i);
        const tp_code rc = read_fetch(d, list, &node, i, err);
        d->fetch_bad[i] = rc != TP_OK;
        TP_GO_ON(d, rc, err);
        d->source->n_fetch = i + 1;
    }
    return TP_OK;
}
