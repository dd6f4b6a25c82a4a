/* What does the product make of a body? */
#include "bench/feeds.h"
#include "talent/etl/format.h"

#include <stdlib.h>

#include "etl/format/chunk.h"

typedef struct taker {
    const tp_shape *shape;
    bench_tally *tally;
} taker;

static tp_code
take_chunk(void *user, tp_raw_chunk *chunk, tp_err *err)
{
    const taker *t = user;
    (void)err;
    for (uint32_t s = 0; s < t->shape->n_selects; s++) {
        const tp_raw_table *table = &chunk->table[s];
        for (size_t row = 0; !t->shape->select[s].document && row < table->n; row++) {
            bench_take(t->tally, s, table->cell + row * table->cols, table->cols);
        }
    }
    return TP_OK;
}

tp_code
bench_product(const tp_shape *shape, tp_reader *in, bench_tally *tally, tp_err *err)
{
    taker t = {shape, tally};
    tp_parse_stats stats;
    return tp_format_parse(shape, 0, TP_STR_NONE, in,
                           (tp_raw_sink){.chunk = take_chunk, .user = &t}, &stats, err);
}

void *
bench_clean_room(void)
{
    return calloc(1, sizeof(tp_buf));
}

void
bench_clean_free(void *room)
{
    if (room != NULL) {
        tp_buf_clear(room);
        free(room);
    }
}

tp_str
bench_clean(const bench_tally *tally, tp_str text, void *room)
{
    uint64_t replaced = 0;
    return tally->full && text.n > 0 ? tp_text_clean(text, room, &replaced) : text;
}
