/* How often did each field of a source meet each fault, and what came of it? */
#include "core/normalise/stage.h"

void
tp_tally_add(tp_batch_builder *b, tp_kind kind, tp_reject_code code, tp_on_error outcome, int field)
{
    uint64_t **tally = &b->tally[kind];
    if (*tally == NULL) {
        *tally = tp_arena_alloc(&b->keep, TP_TALLY_SIZE, sizeof **tally);
    }
    if (*tally == NULL) {
        b->tally_failed = true;
        return;
    }
    (*tally)[TP_TALLY_AT(field, code, outcome)]++;
}

/* Visits every counter above zero, ascending by kind, field, code and outcome. */
static size_t
gather(const tp_batch_builder *b, tp_fault_count *out)
{
    size_t n = 0;
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        for (int i = 0; b->tally[k] != NULL && i < TP_TALLY_SIZE; i++) {
            if (b->tally[k][i] == 0) {
                continue;
            }
            if (out != NULL) {
                out[n] = (tp_fault_count){.kind = k,
                                          .field = i / TP_OUTCOMES / TP_REJ_COUNT - 1,
                                          .code = i / TP_OUTCOMES % TP_REJ_COUNT,
                                          .outcome = i % TP_OUTCOMES,
                                          .n = b->tally[k][i]};
            }
            n++;
        }
    }
    return n;
}

tp_code
tp_tally_end(tp_batch_builder *b, tp_err *err)
{
    const size_t n = gather(b, NULL);
    tp_fault_count *fault = tp_arena_alloc(&b->keep, n, sizeof *fault);
    if (fault == NULL || b->tally_failed) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory to count the faults of source %.*s",
                      TP_STR_ARG(b->rules->source));
    }
    (void)gather(b, fault);
    b->batch.n_faults = n;
    b->batch.fault = fault;
    return TP_OK;
}
