/* How does a fetch see what changed, and which of its keys are due tonight? */
#include "etl/source/describe.h"

static bool
is_there(const tp_node *node)
{
    return tp_node_kind_of(node) != TP_NODE_ABSENT;
}

static bool
holds_since(const tp_fetch *f)
{
    bool found = tp_str_find(f->path, TP_STR("{since}")) != SIZE_MAX;
    for (size_t i = 0; i < f->n_query; i++) {
        found = found || tp_str_find(f->query[i].value, TP_STR("{since}")) != SIZE_MAX;
    }
    return found;
}

/* "from": "night", {"path": P} or {"header": H}. */
static tp_code
read_from(tp_describe *d, const tp_node *since, tp_fetch *f, tp_err *err)
{
    const tp_node from = tp_node_get(since, "from");
    tp_str text = TP_STR_NONE;
    int word = 0;
    if (!is_there(&from)) {
        return tp_node_fail(since, err,
                            "\"from\" is missing, where the next mark comes from: \"night\", "
                            "{\"path\": ...} or {\"header\": ...}");
    }
    if (tp_node_kind_of(&from) == TP_NODE_TEXT) {
        TP_RETURN_SAME(tp_node_word(&from, "night", &word, err));
        f->since.night = true;
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_object(&from, err));
    TP_RETURN_SAME(tp_node_only(&from, "path|header", err));
    if (f->each_source.p != NULL) {
        return tp_node_fail(&from, err,
                            "one mark would stand for all keys of for_each: what came to one of "
                            "them before it would be missed; only \"night\" goes with for_each");
    }
    const tp_node path = tp_node_get(&from, "path");
    const tp_node header = tp_node_get(&from, "header");
    if (is_there(&path) == is_there(&header)) {
        return tp_node_fail(&from, err, "one of \"path\" and \"header\"");
    }
    if (is_there(&header)) {
        return tp_node_text(&header, &f->since.header, err);
    }
    if (f->page.kind == TP_PAGE_FILE) {
        return tp_node_fail(&path, err,
                            "a file's values are not looked at while it is fetched; use a header "
                            "or \"night\"");
    }
    TP_RETURN_SAME(tp_node_text(&path, &text, err));
    return tp_describe_envelope(d, &path, f, text, true, &f->since.slot, err);
}

static tp_code
read_since(tp_describe *d, const tp_node *fetch, tp_fetch *f, tp_err *err)
{
    static const char *const WORDS[] = {
        [TP_SINCE_FULL] = "kind",
        [TP_SINCE_HTTP] = "kind|full_days",
        [TP_SINCE_MARK] = "kind|from|overlap_s|full_days",
        [TP_SINCE_CURSOR] = "kind|full_days",
    };
    const tp_node node = tp_node_get(fetch, "since");
    int64_t days = 0;
    int kind = TP_SINCE_FULL;
    f->since = (tp_since){.slot = -1};
    if (is_there(&node)) {
        TP_RETURN_SAME(tp_node_object(&node, err));
        const tp_node word = tp_node_get(&node, "kind");
        TP_RETURN_SAME(tp_node_word(&word, "full|http|mark|cursor", &kind, err));
        TP_RETURN_SAME(tp_node_only(&node, WORDS[kind], err));
    }
    f->since.kind = (tp_since_kind)kind;
    if (holds_since(f) != (kind == TP_SINCE_MARK)) {
        return tp_node_fail(is_there(&node) ? &node : fetch, err,
                            "{since} in the path or query and \"since\": {\"kind\": \"mark\"} "
                            "belong together");
    }
    if (kind == TP_SINCE_CURSOR && f->each_source.p != NULL) {
        return tp_node_fail(&node, err,
                            "one cursor would stand for all keys of for_each; see \"refresh\"");
    }
    if (kind == TP_SINCE_CURSOR && f->page.kind != TP_PAGE_CURSOR) {
        return tp_node_fail(&node, err, "only pages by cursor go on where they ended");
    }
    TP_RETURN_SAME(tp_describe_int(&node, "full_days", 1, 3650, 30, &days, err));
    f->since.full_days = (int)days;
    TP_RETURN_SAME(tp_describe_int(&node, "overlap_s", 0, 31536000, 0, &f->since.overlap_s, err));
    return kind == TP_SINCE_MARK ? read_from(d, &node, f, err) : TP_OK;
}

/* "changed": a fetch that is asked before this one, with the same keys. */
static tp_code
read_changed(const tp_describe *d, const tp_node *node, const tp_fetch *f, tp_refresh *r,
             tp_err *err)
{
    const tp_node changed = tp_node_get(node, "changed");
    if (!is_there(&changed)) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_text(&changed, &r->changed, err));
    for (const tp_fetch *other = d->source->fetch; other < f; other++) {
        if (tp_str_eq(other->name, r->changed) && tp_str_eq(other->each_source, f->each_source) &&
            tp_str_eq(other->each_field, f->each_field)) {
            return TP_OK;
        }
    }
    return tp_node_fail(&changed, err,
                        "no fetch \"%.*s\" with the same keys stands before this one",
                        TP_STR_ARG(r->changed));
}

static tp_code
read_first(const tp_node *node, tp_refresh *r, tp_err *err)
{
    const tp_node first = tp_node_get(node, "first");
    if (!is_there(&first)) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_object(&first, err));
    TP_RETURN_SAME(tp_node_only(&first, "source|field", err));
    tp_node member = tp_node_get(&first, "source");
    TP_RETURN_SAME(tp_node_text(&member, &r->first_source, err));
    member = tp_node_get(&first, "field");
    TP_RETURN_SAME(tp_node_text(&member, &r->first_field, err));
    const int field = tp_field_find(TP_PERSON, r->first_field);
    if (field < 0 ||
        (field != TP_PERSON_NIP && tp_kind_of(TP_PERSON)->field[field].type != TP_T_TEXT)) {
        return tp_node_fail(&member, err, "\"%.*s\" is not nip or a text field of person",
                            TP_STR_ARG(r->first_field));
    }
    return TP_OK;
}

static tp_code
read_refresh(const tp_describe *d, const tp_node *fetch, tp_fetch *f, tp_err *err)
{
    const tp_node node = tp_node_get(fetch, "refresh");
    tp_refresh *r = &f->refresh;
    int64_t v = 0;
    if (!is_there(&node)) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_object(&node, err));
    TP_RETURN_SAME(tp_node_only(&node, "days|budget|changed|first|max_failed_percent", err));
    if (f->each_source.p == NULL) {
        return tp_node_fail(&node, err, "without for_each there are no keys to choose from");
    }
    if (f->since.kind != TP_SINCE_FULL) {
        return tp_node_fail(&node, err, "\"refresh\" or \"since\", not both");
    }
    TP_RETURN_SAME(tp_describe_int(&node, "days", 1, 3650, 0, &v, err));
    if (v == 0) {
        return tp_node_fail(&node, err, "\"days\" is missing: the oldest that an answer may be");
    }
    r->days = (int)v;
    TP_RETURN_SAME(tp_describe_int(&node, "budget", 0, 1000000000, 0, &r->budget, err));
    TP_RETURN_SAME(tp_describe_int(&node, "max_failed_percent", 0, 100, 1, &v, err));
    r->max_failed_bp = (int)v * 100;
    TP_RETURN_SAME(read_changed(d, &node, f, r, err));
    return read_first(&node, r, err);
}

tp_code
tp_describe_since(tp_describe *d, const tp_node *fetch, tp_fetch *out, tp_err *err)
{
    TP_RETURN_SAME(read_since(d, fetch, out, err));
    return read_refresh(d, fetch, out, err);
}
