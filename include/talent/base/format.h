/* printf-style formatting into memory, without the rest of stdio: core does no I/O. */
#ifndef TALENT_BASE_FORMAT_H
#define TALENT_BASE_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

#include "talent/base/attr.h"

/* The C library's own functions, declared here so that core needs no stdio.h. In parentheses: where
 * some header has brought stdio.h in, the names may be macros. */
int(vsnprintf)(char *restrict out, size_t size, const char *restrict fmt, va_list args)
    TP_PRINTF(3, 0);
int(snprintf)(char *restrict out, size_t size, const char *restrict fmt, ...) TP_PRINTF(3, 4);

#endif
