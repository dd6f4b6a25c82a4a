/* Why a call failed: a code, and the chain of reasons behind it. */
#ifndef TALENT_BASE_ERR_H
#define TALENT_BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>

#include "talent/base/attr.h"

/* Each code has one name, one exit status and one retry answer (core/base/err.c). */
typedef enum tp_code {
    TP_OK = 0,
    TP_E_USAGE,     /* the command line makes no sense */
    TP_E_CONFIG,    /* a setting, source or rule file is missing, unknown or out of its range */
    TP_E_NOMEM,     /* allocation refused, or a stated ceiling reached */
    TP_E_IO,        /* local file or pipe */
    TP_E_DAMAGED,   /* a file the program wrote cannot be read back: torn, altered or gone */
    TP_E_NET,       /* feed unreachable, timed out or cut short; worth a retry */
    TP_E_SYNTAX,    /* bytes are not well-formed XML, JSON, CSV or UTF-8 */
    TP_E_SCHEMA,    /* well-formed, but not the agreed shape */
    TP_E_RANGE,     /* value outside its documented domain */
    TP_E_DB,        /* PostgreSQL refused; SQLSTATE is in the text */
    TP_E_QUALITY,   /* a quality gate refused the batch or held the night */
    TP_E_SOURCES,   /* too few sources delivered anything */
    TP_E_LOCKED,    /* another run holds the lock */
    TP_E_CANCELLED, /* stopped on request */
    TP_E_BUG,       /* an invariant of ours is broken */
    TP_CODE_COUNT
} tp_code;

enum { TP_ERR_FRAMES = 6, TP_ERR_TEXT = 240 };

typedef struct tp_err_frame {
    const char *func; /* static storage, from __func__ */
    int line;
    char text[TP_ERR_TEXT];
} tp_err_frame;

/*
 * A failure and the chain of reasons behind it. Lives on the caller's stack, owns no memory, so it
 * can describe an out-of-memory. frame[0] is the root cause; each caller adds what it was doing.
 */
typedef struct tp_err {
    tp_code code;
    int depth;   /* frames in use */
    int dropped; /* contexts that did not fit */
    tp_err_frame frame[TP_ERR_FRAMES];
} tp_err;

/* States a root cause; forgets what err held before. Returns code. err may be NULL. */
tp_code tp_err_set(tp_err *err, tp_code code, const char *func, int line, const char *fmt, ...)
    TP_PRINTF(5, 6);

/* Adds what the caller was doing. Returns code, which must be the one err already carries. */
tp_code tp_err_add(tp_err *err, tp_code code, const char *func, int line, const char *fmt, ...)
    TP_PRINTF(5, 6);

/* Short name of a code: "config", "net", ... Static storage. */
const char *tp_code_name(tp_code code);

/* Exit status of a process that ends with this code (docs/operations.md lists them). */
int tp_code_exit(tp_code code);

/* Is trying again later worth it? */
bool tp_code_retry(tp_code code);

/* Every macro that can leave the function carries the word RETURN. */
#define TP_RETURN_ERR(err, code, ...) \
    return tp_err_set((err), (code), __func__, __LINE__, __VA_ARGS__)

#define TP_RETURN_IF_ERR(err, call, ...)                                       \
    do {                                                                       \
        const tp_code tp_rc_ = (call);                                         \
        if (tp_rc_ != TP_OK) {                                                 \
            return tp_err_add((err), tp_rc_, __func__, __LINE__, __VA_ARGS__); \
        }                                                                      \
    } while (0)

/* Hands a failure on without adding a reason: for calls whose own text says all. */
#define TP_RETURN_SAME(call)           \
    do {                               \
        const tp_code tp_rc_ = (call); \
        if (tp_rc_ != TP_OK) {         \
            return tp_rc_;             \
        }                              \
    } while (0)

/* Says that a failure of this call changes nothing: the caller is on its way out already. */
#define TP_IGNORE(call)                     \
    do {                                    \
        const tp_code tp_ignored_ = (call); \
        (void)tp_ignored_;                  \
    } while (0)

/* As TP_RETURN_IF_ERR for functions with an `out:` label and a `tp_code rc`. */
#define TP_GOTO_IF_ERR(err, call, ...)                              \
    do {                                                            \
        rc = (call);                                                \
        if (rc != TP_OK) {                                          \
            tp_err_add((err), rc, __func__, __LINE__, __VA_ARGS__); \
            goto out;                                               \
        }                                                           \
    } while (0)

#endif
