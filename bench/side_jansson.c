/* What does jansson make of a body, a tree per record? */
#include "bench/feeds.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW = 1 << 20 };

typedef struct side {
    const tp_shape *shape;
    bench_tally *tally;
    void *room[TP_SLOTS_MAX];
} side;

static tp_str
text_of(json_t *value, char number[32])
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        return (tp_str){json_string_value(value), json_string_length(value)};
    case JSON_TRUE:
        return TP_STR("true");
    case JSON_FALSE:
        return TP_STR("false");
    case JSON_INTEGER:
        return (tp_str){number,
                        (size_t)snprintf(number, 32, "%lld", (long long)json_integer_value(value))};
    default:
        return TP_STR_NONE;
    }
}

static tp_code
record(side *s, const char *p, size_t n, tp_err *err)
{
    tp_str cell[TP_SLOTS_MAX];
    char number[TP_SLOTS_MAX][32];
    json_error_t why;
    const tp_select *select = &s->shape->select[0];
    json_t *root = json_loadb(p, n, 0, &why);
    if (root == NULL) {
        TP_RETURN_ERR(err, TP_E_SYNTAX, "jansson refuses a record at its byte %d", why.position);
    }
    for (size_t k = 0; k < select->n_slots; k++) {
        const tp_str name = select->slot[k].path.step[0].name;
        json_t *value = json_object_getn(root, name.p, name.n);
        cell[k] = value != NULL ? text_of(value, number[k]) : TP_STR_NONE;
        if (cell[k].p != NULL && s->tally->full) {
            cell[k] = bench_clean(s->tally, cell[k], s->room[k]);
        }
    }
    bench_take(s->tally, 0, cell, select->n_slots);
    json_decref(root);
    return TP_OK;
}

/* Each record of these bodies stands on a line of its own, so that a search for line ends splits
 * them: what the peers spend on splitting is next to nothing. */
static tp_code
split(side *s, tp_reader *in, char *buf, tp_err *err)
{
    size_t n = 0;
    for (;;) {
        size_t got = 0;
        TP_RETURN_SAME(in->read(in, buf + n, WINDOW - n, &got, err));
        if (got == 0) {
            return TP_OK;
        }
        n += got;
        char *at = buf;
        char *end;
        while ((end = memchr(at, '\n', (size_t)(buf + n - at))) != NULL) {
            if (*at == '{' && end[-1] != '[') {
                TP_RETURN_SAME(record(s, at, (size_t)(end - at) - (end[-1] == ',' ? 1 : 0), err));
            }
            at = end + 1;
        }
        n -= (size_t)(at - buf);
        memmove(buf, at, n);
    }
}

tp_code
bench_jansson(const tp_shape *shape, tp_reader *in, bench_tally *tally, tp_err *err)
{
    side s = {.shape = shape, .tally = tally};
    char *buf = malloc(WINDOW);
    for (size_t k = 0; k < TP_SLOTS_MAX; k++) {
        s.room[k] = bench_clean_room();
    }
    const tp_code rc = split(&s, in, buf, err);
    for (size_t k = 0; k < TP_SLOTS_MAX; k++) {
        bench_clean_free(s.room[k]);
    }
    free(buf);
    return rc;
}
