/* What is a failure called, what does the process exit with, and what was being done? */
#include "talent/base/err.h"

#include <stddef.h>

#include "talent/base/format.h"
#include "talent/base/str.h"

typedef struct code_info {
    const char *name;
    int exit_status;
    bool retry;
} code_info;

static const code_info INFO[TP_CODE_COUNT] = {
    [TP_OK] = {"ok", 0, false},
    [TP_E_USAGE] = {"usage", 64, false},
    [TP_E_CONFIG] = {"config", 78, false},
    [TP_E_NOMEM] = {"memory", 70, false},
    [TP_E_IO] = {"io", 65, false},
    [TP_E_DAMAGED] = {"damaged", 65, false},
    [TP_E_NET] = {"net", 5, true},
    [TP_E_SYNTAX] = {"syntax", 65, false},
    [TP_E_SCHEMA] = {"schema", 65, false},
    [TP_E_RANGE] = {"range", 65, false},
    [TP_E_DB] = {"database", 6, true},
    [TP_E_QUALITY] = {"quality", 4, false},
    [TP_E_SOURCES] = {"sources", 5, false},
    [TP_E_LOCKED] = {"locked", 7, true},
    [TP_E_CANCELLED] = {"cancelled", 8, false},
    [TP_E_BUG] = {"bug", 70, false},
};

static void fill_frame(tp_err *err, const char *func, int line, const char *fmt, va_list args)
    TP_PRINTF(4, 0);

/* What a text quotes may come from anywhere: no control character of it reaches a terminal or log,
 * and a text that was cut ends with a whole character and dots. */
static void
make_plain(char text[TP_ERR_TEXT], bool cut)
{
    unsigned char *p = (unsigned char *)text;
    const size_t n = strlen(text);
    for (size_t i = 0; i < n; i++) {
        const bool c1 = p[i] == 0xc2 && p[i + 1] >= 0x80 && p[i + 1] <= 0x9f;
        if (p[i] < 0x20 || p[i] == 0x7f || c1) {
            p[i] = '?';
            if (c1) {
                p[i + 1] = '?';
            }
        }
    }
    if (cut) {
        const size_t end = tp_utf8_valid((tp_str){text, TP_ERR_TEXT - 4});
        memcpy(text + (TP_ERR_TEXT - 4 - end < 4 ? end : TP_ERR_TEXT - 4), "...", 4);
    }
}

static void
fill_frame(tp_err *err, const char *func, int line, const char *fmt, va_list args)
{
    tp_err_frame *frame = &err->frame[err->depth++];
    frame->func = func;
    frame->line = line;
    const int n = vsnprintf(frame->text, sizeof frame->text, fmt, args);
    make_plain(frame->text, n >= TP_ERR_TEXT);
}

tp_code
tp_err_set(tp_err *err, tp_code code, const char *func, int line, const char *fmt, ...)
{
    if (err != NULL) {
        va_list args;
        /* The text may quote frames of this very err: format before forgetting them. */
        tp_err_frame root = {.func = func, .line = line};
        va_start(args, fmt);
        const int n = vsnprintf(root.text, sizeof root.text, fmt, args);
        va_end(args);
        make_plain(root.text, n >= TP_ERR_TEXT);
        err->code = code;
        err->depth = 1;
        err->dropped = 0;
        err->frame[0] = root;
    }
    return code;
}

tp_code
tp_err_add(tp_err *err, tp_code code, const char *func, int line, const char *fmt, ...)
{
    if (err != NULL) {
        if (err->depth == TP_ERR_FRAMES) {
            err->dropped++;
        } else {
            va_list args;
            va_start(args, fmt);
            fill_frame(err, func, line, fmt, args);
            va_end(args);
        }
        err->code = code;
    }
    return code;
}

static const code_info *
info_of(tp_code code)
{
    return (unsigned)code < TP_CODE_COUNT ? &INFO[code] : &INFO[TP_E_BUG];
}

const char *
tp_code_name(tp_code code)
{
    return info_of(code)->name;
}

int
tp_code_exit(tp_code code)
{
    return info_of(code)->exit_status;
}

bool
tp_code_retry(tp_code code)
{
    return info_of(code)->retry;
}
