/* The program under test as a process of its own. */
#ifndef TALENT_TESTS_PROGRAM_H
#define TALENT_TESTS_PROGRAM_H

#include <stddef.h>
#include <sys/types.h>

#include "talent/base/buf.h"

/*
 * Runs build/talentpool (TP_BUILD says which) with words up to a NULL; standard output and error go
 * to the files out and log of dir. kill_at: "stage:begin", "stage:middle", "stage:end" = kill it
 * (signal 9) when it stops there; NULL = let it end.
 *
 * Returns its exit status; 256 + the signal that ended it; -1 when it could not be started, or
 * ended by itself before the place where it was to be killed.
 */
int program_run(const char *dir, const char *const *words, const char *kill_at);

/* Starts it and does not wait: the child, -1 when that failed. Arguments as for program_run. */
pid_t program_start(const char *dir, const char *const *words, const char *kill_at);

/* Waits for a started one; its exit status as program_run gives it. */
int program_wait(pid_t child);

/* Text of dir/out or dir/log of the last run, terminated; false when it cannot be read. */
bool program_text(const char *dir, const char *name, tp_buf *out);

#endif
