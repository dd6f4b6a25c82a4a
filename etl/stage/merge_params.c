/* Who is believed first about which field? Read from the survivorship file. */
#include "talent/etl/merge_params.h"

#include <string.h>

#include "talent/base/buf.h"
#include "talent/etl/json.h"

static tp_code
read_order(const tp_node *list, tp_arena *arena, tp_merge_order *out, tp_err *err)
{
    TP_RETURN_SAME(tp_node_list(list, err));
    const size_t n = tp_node_size(list);
    if (n > TP_MERGE_ORDER) {
        return tp_node_fail(list, err, "%zu families, at most %d are allowed", n, TP_MERGE_ORDER);
    }
    for (size_t i = 0; i < n; i++) {
        const tp_node item = tp_node_at(list, i);
        tp_str text;
        TP_RETURN_SAME(tp_node_text(&item, &text, err));
        out->family[i] = (tp_str){tp_arena_copy(arena, text.p, text.n), text.n};
        if (out->family[i].p == NULL) {
            TP_RETURN_ERR(err, TP_E_NOMEM, "the survivorship rules");
        }
    }
    out->n = n;
    return TP_OK;
}

static tp_code
read_person(const tp_node *person, tp_arena *arena, tp_merge_params *out, tp_err *err)
{
    TP_AUTO_BUF(words);
    const tp_kind_def *kind = tp_kind_of(TP_PERSON);
    for (int f = 0; f < kind->n_fields; f++) {
        tp_buf_printf(&words, "%s|", kind->field[f].name);
    }
    tp_buf_puts(&words, "default");
    TP_RETURN_SAME(tp_node_only(person, tp_buf_cstr(&words), err));
    const tp_node fallback = tp_node_get(person, "default");
    for (int f = 0; f < kind->n_fields; f++) {
        tp_node list = tp_node_get(person, kind->field[f].name);
        if (tp_node_kind_of(&list) == TP_NODE_ABSENT) {
            list = fallback;
        }
        if (tp_node_kind_of(&list) != TP_NODE_ABSENT) {
            TP_RETURN_SAME(read_order(&list, arena, &out->person[f], err));
        }
    }
    return TP_OK;
}

static tp_code
read_all(const tp_node *root, tp_arena *arena, tp_merge_params *out, tp_err *err)
{
    TP_RETURN_SAME(tp_node_object(root, err));
    TP_RETURN_SAME(tp_node_only(root, "$schema|note|person", err));
    const tp_node person = tp_node_get(root, "person");
    TP_RETURN_SAME(tp_node_object(&person, err));
    return read_person(&person, arena, out, err);
}

tp_code
tp_merge_params_load(const char *file, tp_arena *arena, tp_merge_params *out, tp_key *out_hash,
                     tp_err *err)
{
    tp_json *doc = NULL;
    *out = (tp_merge_params){0};
    TP_RETURN_SAME(tp_json_load(file, &doc, err));
    const tp_node root = tp_json_root(doc);
    const tp_code rc = read_all(&root, arena, out, err);
    tp_node_hash(&root, out_hash->byte);
    tp_json_free(doc);
    return rc;
}
