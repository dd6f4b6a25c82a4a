/* Function and variable attributes the whole tree uses. */
#ifndef TALENT_BASE_ATTR_H
#define TALENT_BASE_ATTR_H

#define TP_MUST_CHECK   __attribute__((warn_unused_result))
#define TP_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define TP_CLEANUP(fn)  __attribute__((cleanup(fn)))
#define TP_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
