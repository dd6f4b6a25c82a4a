/* Which places of a source are watched for what changes from night to night, and what are they
 * called?
 */
#include "etl/source/describe.h"

enum { LABEL_MOST = 90, LEVELS_MAX = TP_SELECTS_MAX };

/* Where the records of a select stand, from the document's root, with the name of its fetch. */
static tp_code
make_label(tp_describe *d, size_t fetch, int select, tp_str *out, tp_err *err)
{
    TP_AUTO_BUF(label);
    int level[LEVELS_MAX];
    int n = 0;
    for (int s = select; s >= 0 && n < LEVELS_MAX; s = d->select[fetch][s].parent) {
        level[n++] = s;
    }
    tp_buf_str(&label, d->source->fetch[fetch].name);
    tp_buf_puts(&label, ":");
    while (n-- > 0) {
        tp_buf_puts(&label, " ");
        tp_buf_str(&label, d->select[fetch][level[n]].text);
    }
    const size_t most = label.n < LABEL_MOST ? label.n : LABEL_MOST;
    *out = (tp_str){tp_arena_copy(d->arena, tp_buf_cstr(&label), most), most};
    if (label.failed || out->p == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for the places of a source");
    }
    return TP_OK;
}

static tp_code
watch_select(tp_describe *d, size_t fetch, int select, tp_watch *out, tp_err *err)
{
    const tp_select *s = &d->source->fetch[fetch].shape.select[select];
    tp_str *path;
    uint64_t *place;
    *out = (tp_watch){.fetch = (uint32_t)fetch, .select = select, .n = s->n_slots};
    TP_RETURN_SAME(make_label(d, fetch, select, &out->label, err));
    TP_RETURN_SAME(tp_describe_alloc(d, s->n_slots, sizeof *path, &path, err));
    TP_RETURN_SAME(tp_describe_alloc(d, s->n_slots, sizeof *place, &place, err));
    const tp_str name = d->source->fetch[fetch].name;
    out->id = tp_place_id(name, out->label, TP_STR(""));
    for (size_t k = 0; k < s->n_slots; k++) {
        path[k] = s->slot[k].text;
        place[k] = tp_place_id(name, out->label, path[k]);
    }
    out->path = path;
    out->place = place;
    return TP_OK;
}

tp_code
tp_describe_watches(tp_describe *d, struct tp_emit_rules *rules, tp_err *err)
{
    tp_watch *watch;
    size_t n = 0;
    for (size_t f = 0; f < d->source->n_fetch; f++) {
        n += d->source->fetch[f].shape.n_selects;
    }
    TP_RETURN_SAME(tp_describe_alloc(d, n, sizeof *watch, &watch, err));
    for (size_t f = 0; f < d->source->n_fetch; f++) {
        const tp_shape *shape = &d->source->fetch[f].shape;
        for (size_t s = 0; s < shape->n_selects; s++) {
            if (!shape->select[s].document) {
                TP_RETURN_SAME(watch_select(d, f, (int)s, &watch[rules->n_watches++], err));
            }
        }
    }
    rules->watch = watch;
    return TP_OK;
}
