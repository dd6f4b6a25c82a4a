/* Which records does a body hold, and which field of the canonical record does each value become?
 */
#include "etl/source/describe.h"

static const char EMIT_WORDS[] =
    "from|select|document|context|record|key|locals|fields|checks|children|only|skip|"
    "subject|removes";

static bool
is_there(const tp_node *node)
{
    return tp_node_kind_of(node) != TP_NODE_ABSENT;
}

static tp_code
read_key(tp_describe *d, const tp_node *node, tp_emit_rule *emit, tp_err *err)
{
    const tp_node list = tp_node_get(node, "key");
    const tp_kind_def *def = tp_kind_of(emit->kind);
    const bool given = is_there(&list);
    const size_t n = given ? tp_node_size(&list) : (size_t)def->n_natural;
    int16_t *key;
    if (given) {
        TP_RETURN_SAME(tp_node_list(&list, err));
    }
    TP_RETURN_SAME(tp_describe_alloc(d, n, sizeof *key, &key, err));
    for (size_t i = 0; i < n; i++) {
        tp_str name = given ? TP_STR_NONE : tp_str_of(def->field[i].name);
        const tp_node one = given ? tp_node_at(&list, i) : *node;
        if (given) {
            TP_RETURN_SAME(tp_node_text(&one, &name, err));
        }
        bool found = false;
        for (size_t k = 0; k < emit->n_fields && !found; k++) {
            if (tp_str_eq(emit->field[k].name, name)) {
                key[emit->n_keys++] = (int16_t)k;
                found = true;
            }
        }
        if (!found && given) {
            return tp_node_fail(&one, err, "key \"%.*s\" is no field or local of this record",
                                TP_STR_ARG(name));
        }
    }
    if (emit->n_keys == 0) {
        return tp_node_fail(given ? &list : node, err,
                            "no field makes the key of %s: name one under \"key\"", def->name);
    }
    emit->key = key;
    return TP_OK;
}

static tp_code
read_rules(tp_describe *d, const tp_node *node, tp_emit_rule *emit, tp_err *err)
{
    const tp_node list = tp_node_get(node, "checks");
    tp_record_rule *rule;
    if (!is_there(&list)) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_list(&list, err));
    const size_t n = tp_node_size(&list);
    TP_RETURN_SAME(tp_describe_alloc(d, n, sizeof *rule, &rule, err));
    for (size_t i = 0; i < n; i++) {
        const tp_node one = tp_node_at(&list, i);
        TP_GO_ON(d, tp_describe_rule(d, &one, emit->field, emit->n_fields, &rule[i], err), err);
    }
    emit->rule = rule;
    emit->n_rules = n;
    return TP_OK;
}

/* "only" and "skip": which rows of the select are records of this emit. */
static tp_code
read_filter(tp_describe *d, const tp_node *emit_node, const tp_reach *reach, tp_emit_rule *emit,
            tp_err *err)
{
    const tp_node only = tp_node_get(emit_node, "only");
    const tp_node skip = tp_node_get(emit_node, "skip");
    const tp_node *node = is_there(&only) ? &only : &skip;
    tp_str path;
    bool present;
    if (!is_there(node)) {
        return TP_OK;
    }
    if (is_there(&only) && is_there(&skip)) {
        return tp_node_fail(&skip, err, "\"only\" and \"skip\" exclude each other");
    }
    TP_RETURN_SAME(tp_node_object(node, err));
    TP_RETURN_SAME(tp_node_only(node, "path|in|present", err));
    tp_node member = tp_node_get(node, "path");
    TP_RETURN_SAME(tp_node_text(&member, &path, err));
    TP_RETURN_SAME(tp_describe_slot(d, &member, path, false, reach, &emit->filter.slot, err));
    d->source->fetch[reach->fetch].shape.select[reach->select].slot[emit->filter.slot].must = true;
    TP_RETURN_SAME(tp_describe_bool(node, "present", false, &present, err));
    member = tp_node_get(node, "in");
    if (present != is_there(&member)) {
        if (present) {
            emit->filter.op = TP_FILTER_PRESENT;
            return TP_OK;
        }
        emit->filter.op = is_there(&only) ? TP_FILTER_IN : TP_FILTER_NOT_IN;
        return tp_describe_texts(d, &member, &emit->filter.list, &emit->filter.n, err);
    }
    return tp_node_fail(node, err, "needs either \"in\": [texts] or \"present\": true");
}

/* The person a record without an enclosing person speaks of. */
static tp_code
read_subject(tp_describe *d, const tp_node *node, const tp_reach *reach, tp_emit_rule *emit,
             tp_err *err)
{
    tp_emit_rule *subject;
    TP_RETURN_SAME(tp_node_object(node, err));
    TP_RETURN_SAME(tp_node_only(node, "key|locals|fields", err));
    TP_RETURN_SAME(tp_describe_alloc(d, 1, sizeof *subject, &subject, err));
    *subject = (tp_emit_rule){
        .kind = TP_PERSON, .fetch = emit->fetch, .select = emit->select, .parent = -1, .stamp = -1};
    TP_RETURN_SAME(tp_describe_fields(d, node, reach, subject, err));
    tp_node key = tp_node_get(node, "key");
    if (tp_node_kind_of(&key) == TP_NODE_LIST) {
        TP_RETURN_SAME(read_key(d, node, subject, err));
    } else {
        return tp_node_fail(
            node, err, "\"key\" is missing: [\"source_key\"], with source_key under \"fields\"");
    }
    emit->subject = subject;
    return TP_OK;
}

static tp_code
check_role(const tp_node *node, const tp_describe *d, const tp_emit_rule *emit, tp_err *err)
{
    const tp_kind_def *def = tp_kind_of(emit->kind);
    if (def->role != TP_ROLE_FACT) {
        return emit->subject == NULL
                   ? TP_OK
                   : tp_node_fail(node, err, "record %s speaks of nobody: no \"subject\"",
                                  def->name);
    }
    const bool under =
        emit->parent >= 0 && tp_kind_of(d->emit[emit->parent].kind)->role != TP_ROLE_FREE;
    if (!under && emit->subject == NULL) {
        return tp_node_fail(
            node, err,
            "record %s belongs to a person: make it a child of one, or name the person with "
            "\"subject\"",
            def->name);
    }
    return under && emit->subject != NULL
               ? tp_node_fail(node, err,
                              "the enclosing record names the person already: no \"subject\"")
               : TP_OK;
}

static tp_code
read_kind(const tp_node *node, tp_kind *out, tp_err *err)
{
    tp_str word;
    const tp_node record = tp_node_get(node, "record");
    TP_RETURN_SAME(tp_node_text(&record, &word, err));
    if (tp_kind_find(word, out)) {
        return TP_OK;
    }
    return tp_describe_no_record(&record, word, err);
}

/* The select an emit reads, and whether it reads its parent's own rows. */
static tp_code
read_select(tp_describe *d, const tp_node *node, size_t fetch, int parent_emit, tp_emit_rule *emit,
            tp_err *err)
{
    bool document;
    tp_str text = TP_STR_NONE;
    const tp_node select = tp_node_get(node, "select");
    TP_RETURN_SAME(tp_describe_bool(node, "document", false, &document, err));
    if (document == is_there(&select)) {
        return tp_node_fail(node, err, "needs either \"select\" or \"document\": true");
    }
    if (!document) {
        TP_RETURN_SAME(tp_node_text(&select, &text, err));
    }
    if (parent_emit >= 0 && document) {
        return tp_node_fail(node, err, "a child cannot be the document");
    }
    if (parent_emit >= 0 && tp_str_is(text, ".")) {
        emit->select = d->emit[parent_emit].select;
        emit->same_row = true;
        return TP_OK;
    }
    const int parent = parent_emit < 0 ? -1 : d->emit[parent_emit].select;
    return tp_describe_select_of(d, &select, fetch, parent, text, &emit->select, err);
}

static tp_code read_children(tp_describe *d, const tp_node *node, size_t fetch,
                             const tp_enclosing *scope, size_t at, tp_err *err);

static tp_code
read_context(const tp_node *node, tp_enclosing *scope, tp_err *err)
{
    const tp_node context = tp_node_get(node, "context");
    if (!is_there(&context)) {
        return TP_OK;
    }
    const char *name;
    tp_str where;
    TP_RETURN_SAME(tp_node_object(&context, err));
    if (tp_node_size(&context) != 1) {
        return tp_node_fail(&context, err, "names the record itself: {\"name\": \".\"}");
    }
    const tp_node one = tp_node_member(&context, 0, &name);
    TP_RETURN_SAME(tp_node_text(&one, &where, err));
    if (!tp_str_is(where, ".")) {
        return tp_node_fail(&one, err, "only the record itself can be named: \".\"");
    }
    scope->name = tp_str_of(name);
    return TP_OK;
}

static tp_code
read_emit(tp_describe *d, const tp_node *node, size_t fetch, int parent, const tp_enclosing *outer,
          tp_err *err)
{
    if (d->n_emits == TP_EMIT_RULES_MAX) {
        return tp_node_fail(node, err, "more than %d emits in one source", TP_EMIT_RULES_MAX);
    }
    const size_t at = d->n_emits++;
    tp_emit_rule *emit = &d->emit[at];
    tp_enclosing scope = {.outer = outer};
    *emit = (tp_emit_rule){.fetch = (uint32_t)fetch, .parent = parent, .stamp = -1};
    TP_RETURN_SAME(tp_node_object(node, err));
    TP_RETURN_SAME(tp_describe_only(d, node, EMIT_WORDS, err));
    TP_RETURN_SAME(read_kind(node, &emit->kind, err));
    TP_RETURN_SAME(read_select(d, node, fetch, parent, emit, err));
    TP_RETURN_SAME(read_context(node, &scope, err));
    scope.select = emit->select;
    const tp_reach reach = {fetch, emit->select, &scope};
    TP_GO_ON(d, read_filter(d, node, &reach, emit, err), err);
    TP_RETURN_SAME(tp_describe_fields(d, node, &reach, emit, err));
    TP_GO_ON(d, read_key(d, node, emit, err), err);
    TP_GO_ON(d, read_rules(d, node, emit, err), err);
    TP_GO_ON(d, tp_describe_bool(node, "removes", false, &emit->removes, err), err);
    const tp_node subject = tp_node_get(node, "subject");
    tp_code rc = is_there(&subject) ? read_subject(d, &subject, &reach, emit, err) : TP_OK;
    if (rc == TP_OK && emit->removes && emit->kind != TP_PERSON) {
        rc = tp_node_fail(node, err, "only persons can be removed by record");
    }
    rc = rc == TP_OK ? check_role(node, d, emit, err) : rc;
    TP_GO_ON(d, rc, err);
    return read_children(d, node, fetch, &scope, at, err);
}

static tp_code
read_children(tp_describe *d, const tp_node *node, size_t fetch, const tp_enclosing *scope,
              size_t at, tp_err *err)
{
    const tp_node list = tp_node_get(node, "children");
    if (!is_there(&list)) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_node_list(&list, err));
    for (size_t i = 0; i < tp_node_size(&list); i++) {
        const tp_node child = tp_node_at(&list, i);
        const tp_node from = tp_node_get(&child, "from");
        if (is_there(&from)) {
            return tp_node_fail(&from, err, "a child reads its parent's fetch");
        }
        TP_GO_ON(d, read_emit(d, &child, fetch, (int)at, scope, err), err);
    }
    return TP_OK;
}

/* ---- the document as a whole ---- */

tp_code
tp_describe_document(tp_describe *d, const tp_node *node, size_t fetch, tp_err *err)
{
    tp_document_rule *doc = &d->document[d->n_documents];
    tp_str text;
    TP_RETURN_SAME(tp_node_object(node, err));
    TP_RETURN_SAME(tp_node_only(node, "must_equal|count", err));
    *doc =
        (tp_document_rule){.fetch = (uint32_t)fetch, .count_slot = TP_NO_SLOT, .count_select = -1};
    TP_RETURN_SAME(tp_describe_select_of(d, node, fetch, -1, TP_STR_NONE, &doc->select, err));
    const tp_reach reach = {fetch, doc->select, NULL};
    const tp_node equal = tp_node_get(node, "must_equal");
    const size_t n = tp_node_size(&equal);
    uint16_t *slot;
    tp_str *value;
    tp_str *path;
    TP_RETURN_SAME(tp_describe_alloc(d, n, sizeof *slot, &slot, err));
    TP_RETURN_SAME(tp_describe_alloc(d, n, sizeof *value, &value, err));
    TP_RETURN_SAME(tp_describe_alloc(d, n, sizeof *path, &path, err));
    for (size_t i = 0; i < n; i++) {
        const char *name;
        const tp_node one = tp_node_member(&equal, i, &name);
        path[i] = tp_str_of(name);
        TP_RETURN_SAME(tp_describe_slot(d, &one, path[i], false, &reach, &slot[i], err));
        TP_RETURN_SAME(tp_describe_scalar(d, &one, &value[i], err));
    }
    doc->n_equal = n;
    doc->equal_slot = slot;
    doc->equal_value = value;
    doc->equal_path = path;
    const tp_node count = tp_node_get(node, "count");
    if (is_there(&count)) {
        TP_RETURN_SAME(tp_node_object(&count, err));
        TP_RETURN_SAME(tp_node_only(&count, "path|of", err));
        const tp_node where = tp_node_get(&count, "path");
        TP_RETURN_SAME(tp_node_text(&where, &text, err));
        TP_RETURN_SAME(tp_describe_slot(d, &where, text, false, &reach, &doc->count_slot, err));
        d->document_node[d->n_documents] = tp_node_get(&count, "of");
        TP_RETURN_SAME(
            tp_node_text(&d->document_node[d->n_documents], &d->document_of[d->n_documents], err));
    }
    d->n_documents++;
    return TP_OK;
}

/* The selects that announced counts speak of are known once all emits are read. */
static tp_code
find_counted(tp_describe *d, tp_err *err)
{
    for (size_t i = 0; i < d->n_documents; i++) {
        tp_document_rule *doc = &d->document[i];
        if (doc->count_slot == TP_NO_SLOT) {
            continue;
        }
        const tp_shape *shape = &d->source->fetch[doc->fetch].shape;
        for (size_t s = 0; s < shape->n_selects; s++) {
            if (d->select[doc->fetch][s].text.p != NULL &&
                tp_str_eq(d->select[doc->fetch][s].text, d->document_of[i])) {
                doc->count_select = (int)s;
            }
        }
        if (doc->count_select < 0) {
            return tp_node_fail(&d->document_node[i], err, "no emit selects \"%.*s\"",
                                TP_STR_ARG(d->document_of[i]));
        }
    }
    return TP_OK;
}

/* The fetch an emit reads, and the emit itself. */
static tp_code
read_top(tp_describe *d, const tp_node *node, tp_err *err)
{
    const tp_source *source = d->source;
    const tp_node from = tp_node_get(node, "from");
    tp_str name;
    size_t fetch = 0;
    TP_RETURN_SAME(tp_node_object(node, err));
    TP_RETURN_SAME(tp_node_text(&from, &name, err));
    TP_AUTO_BUF(words);
    while (fetch < source->n_fetch && !tp_str_eq(source->fetch[fetch].name, name)) {
        tp_buf_puts(&words, fetch > 0 ? "|" : "");
        tp_buf_str(&words, source->fetch[fetch++].name);
    }
    if (fetch == source->n_fetch) {
        const tp_str near = tp_nearest_word(name, tp_buf_cstr(&words));
        return tp_node_fail(&from, err, "there is no fetch named \"%.*s\"%s%.*s%s",
                            TP_STR_ARG(name), near.n > 0 ? "; did you mean \"" : "",
                            TP_STR_ARG(near), near.n > 0 ? "\"?" : "");
    }
    d->read[fetch] = true;
    if (d->fetch_bad[fetch]) {
        return TP_OK;
    }
    if (source->fetch[fetch].landed_only) {
        return tp_node_fail(&from, err, "fetch \"%.*s\" is landed only", TP_STR_ARG(name));
    }
    return read_emit(d, node, fetch, -1, NULL, err);
}

tp_code
tp_describe_emit(tp_describe *d, const tp_node *list, tp_err *err)
{
    TP_RETURN_SAME(tp_node_list(list, err));
    if (tp_node_size(list) == 0) {
        return tp_node_fail(list, err, "nothing is emitted: at least one record is needed");
    }
    const size_t wrong = d->faults != NULL ? d->faults->wrong : 0;
    for (size_t i = 0; i < tp_node_size(list); i++) {
        const tp_node node = tp_node_at(list, i);
        TP_GO_ON(d, read_top(d, &node, err), err);
    }
    if (d->faults != NULL && d->faults->wrong > wrong) {
        return TP_OK; /* what follows would blame the same mistakes again */
    }
    for (size_t i = 0; i < d->source->n_fetch; i++) {
        if (!d->read[i] && !d->source->fetch[i].landed_only && !d->fetch_bad[i]) {
            return tp_node_fail(
                list, err, "nothing is read from fetch \"%.*s\"; emit something or set landed_only",
                TP_STR_ARG(d->source->fetch[i].name));
        }
    }
    return find_counted(d, err);
}
