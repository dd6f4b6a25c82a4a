/* Does a lock file of the server name a process that is dead but not collected? */
#include "etl/pg/lock_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

long
tp_lock_file_pid(const char *file)
{
    long pid = 0;
    char line[32];
    FILE *f = fopen(file, "re");
    if (f != NULL) {
        pid = fgets(line, sizeof line, f) != NULL ? strtol(line, NULL, 10) : 0;
        (void)fclose(f);
    }
    return pid > 0 ? pid : 0;
}

bool
tp_process_is_zombie(long pid)
{
    char file[48];
    char stat[512];
    (void)snprintf(file, sizeof file, "/proc/%ld/stat", pid);
    FILE *f = fopen(file, "re");
    if (f == NULL) {
        return false;
    }
    const size_t n = fread(stat, 1, sizeof stat - 1, f);
    stat[n] = '\0';
    (void)fclose(f);
    const char *name_end = strrchr(stat, ')');
    return name_end != NULL &&
           (strncmp(name_end, ") Z", 3) == 0 || strncmp(name_end, ") X", 3) == 0);
}

/* Puts another pid into the first line. The file is not removed: its other lines let PostgreSQL see
 * that processes of that server are still at work on the data. */
static void
replace_pid(const char *file)
{
    static const char NOBODY[] = "4194305\n"; /* above the largest pid Linux gives */
    char text[1024];
    FILE *f = fopen(file, "r+e");
    if (f == NULL) {
        return;
    }
    const size_t n = fread(text, 1, sizeof text, f);
    const char *rest = memchr(text, '\n', n);
    if (rest != NULL && fseek(f, 0, SEEK_SET) == 0 && ftruncate(fileno(f), 0) == 0) {
        (void)fputs(NOBODY, f);
        (void)fwrite(rest + 1, 1, n - (size_t)(rest + 1 - text), f);
    }
    (void)fclose(f);
}

void
tp_lock_file_disown(const char *pid_file, const char *socket_lock_file)
{
    const long pid = tp_lock_file_pid(pid_file);
    if (pid == 0 || !tp_process_is_zombie(pid)) {
        return;
    }
    replace_pid(pid_file);
    if (tp_lock_file_pid(socket_lock_file) == pid) {
        (void)unlink(socket_lock_file);
    }
}
