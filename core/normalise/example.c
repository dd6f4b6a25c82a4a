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

static bool
grow(tp_examples *kept)
{
    size_t cap = kept->cap == 0 ? 64 : kept->cap * 2;
    cap = cap < kept->most ? cap : kept->most;
    tp_reject *grown = realloc(kept->at, cap * sizeof *grown);
    if (grown == NULL) {
        kept->failed = true;
        return false;
    }
    kept->at = grown;
    kept->cap = cap;
    return true;
}

void
tp_example_add(tp_examples *kept, const tp_reject *reject)
{
    if (kept->n < kept->most) {
        if (kept->n == kept->cap && !grow(kept)) {
            return;
        }
        kept->at[kept->n++] = *reject;
        for (size_t i = kept->most / 2; kept->n == kept->most && i > 0; i--) {
            sink(kept->at, kept->n, i - 1);
        }
    } else if (kept->n > 0 && by_place(reject, &kept->at[0]) < 0) {
        kept->at[0] = *reject;
        sink(kept->at, kept->n, 0);
    }
}

void
tp_example_clear(tp_examples *kept)
{
    free(kept->at);
    *kept = (tp_examples){0};
}

tp_code
tp_example_end(tp_batch_builder *b, tp_err *err)
{
    const size_t n = b->records.n + b->values.n;
    tp_reject *all = tp_arena_alloc(&b->keep, n, sizeof *all);
    if (all == NULL || b->records.failed || b->values.failed) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for the rejects of source %.*s",
                      TP_STR_ARG(b->rules->source));
    }
    for (size_t i = 0; i < n; i++) {
        all[i] = i < b->records.n ? b->records.at[i] : b->values.at[i - b->records.n];
    }
    if (n > 1) {
        qsort(all, n, sizeof *all, compare);
    }
    b->batch.reject = all;
    b->batch.n_rejects = n;
    return TP_OK;
}
