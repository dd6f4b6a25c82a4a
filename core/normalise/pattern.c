/* Does a whole text match a pattern, with a bound on the work? */
#include <stdlib.h>
#include <string.h>

#include "talent/base/format.h"
#include "talent/core/emit.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

struct tp_pattern {
    pcre2_code *code;
    pcre2_match_context *bounds;
};

tp_pattern *
tp_pattern_make(tp_str text, char why[160])
{
    int error = 0;
    PCRE2_SIZE at = 0;
    if (text.n == 0 || text.n > TP_PATTERN_TEXT) {
        (void)snprintf(why, 160, "a pattern has 1 to %d bytes", TP_PATTERN_TEXT);
        return NULL;
    }
    tp_pattern *p = calloc(1, sizeof *p);
    if (p != NULL) {
        p->code = pcre2_compile((PCRE2_SPTR)text.p, text.n,
                                PCRE2_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED |
                                    PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C,
                                &error, &at, NULL);
        p->bounds = pcre2_match_context_create(NULL);
    }
    if (p == NULL || p->code == NULL || p->bounds == NULL) {
        PCRE2_UCHAR reason[100] = "no memory";
        if (p != NULL && p->code == NULL) {
            (void)pcre2_get_error_message(error, reason, sizeof reason);
        }
        (void)snprintf(why, 160, "%s, at character %zu", (const char *)reason, (size_t)at + 1);
        tp_pattern_free(p);
        return NULL;
    }
    (void)pcre2_set_match_limit(p->bounds, TP_PATTERN_STEPS);
    (void)pcre2_set_depth_limit(p->bounds, TP_PATTERN_DEPTH);
    return p;
}

void
tp_pattern_free(tp_pattern *pattern)
{
    if (pattern != NULL) {
        pcre2_code_free(pattern->code);
        pcre2_match_context_free(pattern->bounds);
        free(pattern);
    }
}

bool
tp_pattern_match(const tp_pattern *pattern, tp_str text)
{
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    if (data == NULL) {
        return false;
    }
    const int rc = pcre2_match(pattern->code, (PCRE2_SPTR)(text.p != NULL ? text.p : ""), text.n, 0,
                               0, data, pattern->bounds);
    pcre2_match_data_free(data);
    return rc >= 0;
}
