/* Which rejects are kept as examples, whatever the order in which they are met? */
#include "core/normalise/stage.h"

#include <stdlib.h>

static int
by_place(const tp_reject *x, const tp_reject *y)
{
    if (x->place.body != y->place.body) {
        return x->place.body < y->place.body ? -1 : 1;
    }
    if (x->place.record != y->place.record) {
        return x->place.record < y->place.record ? -1 : 1;
    }
    if (x->kind != y->kind) {
        return x->kind < y->kind ? -1 : 1;
    }
    if (x->field != y->field) {
        return x->field < y->field ? -1 : 1;
    }
    if (x->code != y->code) {
        return x->code < y->code ? -1 : 1;
    }
    return (x->outcome > y->outcome) - (x->outcome < y->outcome);
}

static int
compare(const void *a, const void *b)
{
    return by_place(a, b);
}

/* Lets the example at i sink until none below it comes later: the last of all stands at 0. */
static void
sink(tp_reject *heap, size_t n, size_t i)
{
    for (;;) {
        size_t last = i;
        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < n; child++) {
            last = by_place(&heap[child], &heap[last]) > 0 ? child : last;
        }
        if (last == i) {
            return;
        }
        const tp_reject was = heap[i];
        heap[i] = heap[last];
        heap[last] = was;
        i = last;
    }
}

void
tp_example_add(tp_batch_builder *b, const tp_reject *reject)
{
    if (b->n_rejects < TP_REJECT_EXAMPLES) {
        b->reject[b->n_rejects++] = *reject;
        for (size_t i = TP_REJECT_EXAMPLES / 2; b->n_rejects == TP_REJECT_EXAMPLES && i > 0; i--) {
            sink(b->reject, b->n_rejects, i - 1);
        }
    } else if (by_place(reject, &b->reject[0]) < 0) {
        b->reject[0] = *reject;
        sink(b->reject, b->n_rejects, 0);
    }
}

void
tp_example_end(tp_batch_builder *b)
{
    if (b->n_rejects > 1) {
        qsort(b->reject, b->n_rejects, sizeof *b->reject, compare);
    }
}
