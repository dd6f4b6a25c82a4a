/* The log: one line per event on standard error, and in a file if one is named. */
#ifndef TALENT_ETL_LOG_H
#define TALENT_ETL_LOG_H

#include <stdbool.h>

#include "talent/base/attr.h"
#include "talent/base/err.h"

typedef enum tp_log_level {
    TP_LOG_ERROR, /* a run stops */
    TP_LOG_WARN,  /* something is off, and what we do about it */
    TP_LOG_INFO,  /* a few lines per batch */
    TP_LOG_DEBUG  /* what a developer wants */
} tp_log_level;

/*
 * Level and file from now on; file NULL or "" = standard error alone. Until it is called, info and
 * above go to standard error. The file is opened for appending, mode 0600.
 * TP_E_CONFIG when it cannot be opened; the log then stays as it was.
 */
tp_code tp_log_open(tp_log_level level, const char *file, tp_err *err) TP_MUST_CHECK;

/* Closes the file; standard error goes on at the level last set. */
void tp_log_close(void);

/* Off: nothing more on standard error (the file goes on). For commands that draw progress there. */
void tp_log_stderr(bool on);

/* Is anything at this level written? */
bool tp_log_on(tp_log_level level);

/*
 * One event: tp_log(TP_LOG_INFO, "normalise", "source=%s rows=%zu batch done", id, n). Any thread.
 * Control characters in the text become blanks, so that an event is one line; a line is cut at 4
 * KiB. Never put names, identifiers or birth dates of people in the text.
 */
void tp_log(tp_log_level level, const char *topic, const char *fmt, ...) TP_PRINTF(3, 4);

/* The reason chain of err as one event: what was being done first, the cause last. */
void tp_log_err(tp_log_level level, const char *topic, const tp_err *err);

/* Level by its word (error, warn, info, debug); false if there is none. */
bool tp_log_level_parse(const char *word, tp_log_level *out);

#endif
