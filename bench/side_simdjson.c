/* How are the records of a body handed to simdjson? The C++ part is simdjson_record.cc. */
#include "bench/feeds.h"

#include <stdlib.h>
#include <string.h>

enum { WINDOW = 1 << 20, PADDING = 64 };

typedef struct side_json side_json;
side_json *side_json_new(void);
void side_json_free(side_json *s);
int side_json_record(side_json *s, const char *p, size_t n, size_t room, const tp_str *name,
                     size_t n_names, tp_str *cell);

typedef struct side {
    side_json *json;
    bench_tally *tally;
    size_t n;
    tp_str name[TP_SLOTS_MAX];
    void *room[TP_SLOTS_MAX];
} side;

static tp_code
record(side *s, const char *p, size_t n, size_t room, tp_err *err)
{
    tp_str cell[TP_SLOTS_MAX];
    if (side_json_record(s->json, p, n, room, s->name, s->n, cell) != 0) {
        TP_RETURN_ERR(err, TP_E_SYNTAX, "simdjson refuses a record");
    }
    for (size_t k = 0; s->tally->full && k < s->n; k++) {
        cell[k] = cell[k].p != NULL ? bench_clean(s->tally, cell[k], s->room[k]) : cell[k];
    }
    bench_take(s->tally, 0, cell, s->n);
    return TP_OK;
}

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
                TP_RETURN_SAME(record(s, at, (size_t)(end - at) - (end[-1] == ',' ? 1 : 0),
                                      (size_t)(buf + WINDOW + PADDING - at), err));
            }
            at = end + 1;
        }
        n -= (size_t)(at - buf);
        memmove(buf, at, n);
    }
}

tp_code
bench_simdjson(const tp_shape *shape, tp_reader *in, bench_tally *tally, tp_err *err)
{
    side s = {.json = side_json_new(), .tally = tally, .n = shape->select[0].n_slots};
    char *buf = calloc(1, WINDOW + PADDING);
    for (size_t k = 0; k < s.n; k++) {
        s.name[k] = shape->select[0].slot[k].path.step[0].name;
        s.room[k] = bench_clean_room();
    }
    const tp_code rc = split(&s, in, buf, err);
    for (size_t k = 0; k < s.n; k++) {
        bench_clean_free(s.room[k]);
    }
    side_json_free(s.json);
    free(buf);
    return rc;
}
