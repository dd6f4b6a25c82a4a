/* Does anybody still use the private server of this state directory? */
#include "etl/pg/users.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* A shared lock on <state>/pg.users for each state this program uses: the kernel gives it back
 * however the program ends, so that a killed one is never waited for. */
typedef struct use {
    struct use *next;
    int fd;
    char state[];
} use;

static use *in_use; /* one per process, as the locks are; used by one thread */

static int
open_file(const char *state)
{
    char file[PATH_MAX + 16];
    (void)snprintf(file, sizeof file, "%s/pg.users", state);
    return open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
}

static use **
find(const char *state)
{
    use **at = &in_use;
    while (*at != NULL && strcmp((*at)->state, state) != 0) {
        at = &(*at)->next;
    }
    return at;
}

tp_code
tp_pg_users_join(const char *state, tp_err *err)
{
    const size_t n = strlen(state) + 1;
    if (*find(state) != NULL) {
        return TP_OK;
    }
    use *u = malloc(sizeof *u + n);
    if (u == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no room to note that %s is in use", state);
    }
    memcpy(u->state, state, n);
    u->fd = open_file(state);
    if (u->fd < 0 || flock(u->fd, LOCK_SH) != 0) {
        const int why = errno;
        if (u->fd >= 0) {
            (void)close(u->fd);
        }
        free(u);
        TP_RETURN_ERR(err, TP_E_IO, "cannot lock %s/pg.users: %s", state, strerror(why));
    }
    u->next = in_use;
    in_use = u;
    return TP_OK;
}

bool
tp_pg_users_has(const char *state)
{
    return *find(state) != NULL;
}

bool
tp_pg_users_leave(const char *state)
{
    use **at = find(state);
    if (*at != NULL) {
        use *u = *at;
        *at = u->next;
        (void)close(u->fd);
        free(u);
    }
    const int fd = open_file(state);
    const bool alone = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
    if (fd >= 0) {
        (void)close(fd);
    }
    return alone;
}
