/* The house dialect over cmocka: include this first in every test. */
#ifndef TALENT_TESTS_TP_TEST_H
#define TALENT_TESTS_TP_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "talent/base/ctx.h"
#include "talent/base/err.h"
#include "talent/base/str.h"

static const tp_ctx TP_TEST_CTX __attribute__((unused)) = {.threads = 2};

/* The call succeeded; else the reason chain is printed. */
static inline void
tp_test_ok(tp_code rc, const tp_err *err, const char *call, const char *file, int line)
{
    if (rc != TP_OK) {
        for (int i = err->depth - 1; i >= 0; i--) {
            print_error("%s%s\n", i == err->depth - 1 ? "" : "  because: ", err->frame[i].text);
        }
        print_error("%s gave %s\n", call, tp_code_name(rc));
        _fail(file, line);
    }
}
#define assert_tp_ok(call, err) tp_test_ok((call), (err), #call, __FILE__, __LINE__)

/* The call failed with this code, and the cause holds this text. */
static inline void
tp_test_fails(tp_code rc, tp_code want, const tp_err *err, const char *part, const char *file,
              int line)
{
    if (rc != want) {
        print_error("gave %s, not %s\n", tp_code_name(rc), tp_code_name(want));
        _fail(file, line);
    }
    if (strstr(err->frame[0].text, part) == NULL) {
        print_error("\"%s\" does not hold \"%s\"\n", err->frame[0].text, part);
        _fail(file, line);
    }
}
#define assert_tp_fails(call, code, err, part) \
    tp_test_fails((call), (code), (err), (part), __FILE__, __LINE__)

/* The view holds exactly this text. */
static inline void
tp_test_str(tp_str got, const char *want, const char *file, int line)
{
    if (!tp_str_is(got, want)) {
        print_error("\"%.*s\" is not \"%s\"\n", TP_STR_ARG(got), want);
        _fail(file, line);
    }
}
#define assert_tp_str(got, want) tp_test_str((got), (want), __FILE__, __LINE__)

#endif
