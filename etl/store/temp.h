/* A file of the store on its way to its name: temporary and locked until it is whole. */
#ifndef TALENT_STORE_TEMP_H
#define TALENT_STORE_TEMP_H

#include "talent/base/buf.h"
#include "talent/etl/artefact.h"

/* A zeroed tp_temp with fd -1 is an empty one. */
typedef struct tp_temp {
    int fd;
    tp_buf tmp;    /* <root>/<kind>/<hex><suffix>.tmp.<pid>.<number> */
    tp_buf final;  /* <root>/<kind>/<hex><suffix> */
    uint64_t size; /* bytes written so far, those still in pending included */
    tp_buf pending;
} tp_temp;

/* <root>/<kind>/<hex><suffix> into out. TP_E_BUG for a kind that is not of a-z 0-9 _ -. */
tp_code tp_store_path(const tp_store *store, const char *kind, const tp_key *key,
                      const char *suffix, tp_buf *out, tp_err *err) TP_MUST_CHECK;

/* Makes the folder and the temporary file. */
tp_code tp_temp_open(const tp_store *store, const char *kind, const tp_key *key, const char *suffix,
                     tp_temp *out, tp_err *err) TP_MUST_CHECK;

/* Appends bytes, gathered into large writes. */
tp_code tp_temp_put(tp_temp *temp, const void *bytes, size_t n, tp_err *err) TP_MUST_CHECK;

/* Appends zero bytes up to the next multiple of `align`. */
tp_code tp_temp_align(tp_temp *temp, size_t align, tp_err *err) TP_MUST_CHECK;

/* Flushes, fsyncs, renames to the final name, fsyncs the folder. Clears temp in any case. */
tp_code tp_temp_commit(tp_temp *temp, tp_err *err) TP_MUST_CHECK;

/* Removes the temporary file. Accepts an empty one. */
void tp_temp_abort(tp_temp *temp);

#endif
