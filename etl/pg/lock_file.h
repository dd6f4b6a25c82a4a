/* Lock files of a PostgreSQL server whose process is dead but not collected. */
#ifndef ETL_PG_LOCK_FILE_H
#define ETL_PG_LOCK_FILE_H

#include <stdbool.h>

/* Pid in the first line of a lock file; 0 when there is none. */
long tp_lock_file_pid(const char *file);

/* Dead, but nobody has collected it: signals still reach it, so PostgreSQL takes it for alive. In a
 * container whose first process collects nothing it stays so for good. */
bool tp_process_is_zombie(long pid);

/* Makes the lock files of such a server say that it is dead; does nothing when it is not. */
void tp_lock_file_disown(const char *pid_file, const char *socket_lock_file);

#endif
