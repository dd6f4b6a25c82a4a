/* Undoing the content coding of a body as it comes in. */
#ifndef ETL_HTTP_DECODE_H
#define ETL_HTTP_DECODE_H

#include "talent/base/err.h"
#include "talent/base/str.h"

typedef struct tp_decode tp_decode;

/* Takes plain bytes. */
typedef tp_code (*tp_decode_sink)(void *user, const void *bytes, size_t n);

/* For the value of Content-Encoding: gzip, deflate, zstd; *out stays NULL for none and identity.
 * Errors   TP_E_SCHEMA another coding; TP_E_NOMEM */
tp_code tp_decode_open(tp_str encoding, tp_decode **out, tp_err *err) TP_MUST_CHECK;
void tp_decode_close(tp_decode *decode); /* accepts NULL */

/* Errors   TP_E_NET damaged; TP_E_RANGE a window larger than RFC 9659 allows; those of sink, whose
 * text stands elsewhere */
tp_code tp_decode_put(tp_decode *decode, const void *bytes, size_t n, tp_decode_sink sink,
                      void *user, tp_err *err) TP_MUST_CHECK;

/* After the last bytes. TP_E_NET: the body ended before its coding did: it was cut short. */
tp_code tp_decode_end(tp_decode *decode, tp_decode_sink sink, void *user,
                      tp_err *err) TP_MUST_CHECK;

#endif
