/* Where does the private PostgreSQL of a state directory live, and as whom does it run? */
#include "etl/pg/place.h"

#include <errno.h>
#include <glob.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "talent/base/arena.h"
#include "talent/base/hash.h"
#include "talent/etl/file.h"

enum { OLDEST_VERSION = 15, SOCKET_LINE = 5 /* of postmaster.pid */, LINE_MAX_BYTES = 1024 };

/* The path of a socket may have 107 bytes: it cannot lie in the state directory. */
static const char SOCKET_NAME[] = "/tmp/talentpool-XXXXXX";

static tp_code
find_bin(tp_pg_place *p, tp_err *err)
{
    glob_t found = {0};
    long best = 0;
    if (glob("/usr/lib/postgresql/*/bin/postgres", 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++) {
            const long version =
                strtol(found.gl_pathv[i] + strlen("/usr/lib/postgresql/"), NULL, 10);
            if (version >= OLDEST_VERSION && version > best) {
                best = version;
                (void)snprintf(p->bin, sizeof p->bin, "/usr/lib/postgresql/%ld/bin", version);
            }
        }
    }
    globfree(&found);
    if (best == 0) {
        TP_RETURN_ERR(err, TP_E_CONFIG,
                      "no database is named and no PostgreSQL %d or newer is installed; install "
                      "postgresql or set database.conninfo",
                      OLDEST_VERSION);
    }
    return TP_OK;
}

void
tp_pg_place_step_down(const tp_pg_place *p)
{
    if (p->step_down && (setgroups(0, NULL) != 0 || setgid(p->gid) != 0 || setuid(p->uid) != 0)) {
        _exit(126);
    }
}

static bool
ended_well(pid_t child)
{
    int status = 1;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status == 0;
}

/* Can the server's user enter this directory? */
static bool
user_can_enter(const tp_pg_place *p, const char *dir)
{
    if (!p->step_down) {
        return true;
    }
    const pid_t child = fork();
    if (child == 0) {
        tp_pg_place_step_down(p);
        _exit(chdir(dir) == 0 ? 0 : 1);
    }
    return child > 0 && ended_well(child);
}

static tp_code
make_dir(const char *dir, mode_t mode, tp_err *err)
{
    if (mkdir(dir, mode) != 0 && errno != EEXIST) {
        TP_RETURN_ERR(err, TP_E_IO, "cannot make %s: %s", dir, strerror(errno));
    }
    return TP_OK;
}

/* Made by us or given to the server's user before, and closed to everybody else? Never asked of
 * the target of a link. */
static bool
is_own_dir(const tp_pg_place *p, const char *dir)
{
    struct stat st;
    return lstat(dir, &st) == 0 && S_ISDIR(st.st_mode) &&
           (st.st_uid == p->uid || st.st_uid == geteuid()) && (st.st_mode & 077) == 0;
}

static tp_code
give_dir(const tp_pg_place *p, const char *dir, tp_err *err)
{
    if (p->step_down && lchown(dir, p->uid, p->gid) != 0) {
        TP_RETURN_ERR(err, TP_E_IO, "cannot give %s to the server's user: %s", dir,
                      strerror(errno));
    }
    return TP_OK;
}

tp_code
tp_pg_place_own_dir(const tp_pg_place *p, const char *dir, tp_err *err)
{
    TP_RETURN_SAME(make_dir(dir, 0700, err));
    if (!is_own_dir(p, dir)) {
        TP_RETURN_ERR(err, TP_E_IO,
                      "%s is not a folder of the server's user alone; somebody else made it or "
                      "opened it: look, then remove it or chmod 700",
                      dir);
    }
    return give_dir(p, dir, err);
}

static tp_code
choose_data(tp_pg_place *p, tp_err *err)
{
    char home[PATH_MAX];
    if (user_can_enter(p, p->state)) {
        (void)snprintf(home, sizeof home, "%s", p->state);
    } else {
        /* Below a closed folder (a clone in /root, say): the data cannot live there. */
        const uint64_t id = tp_hash64(1, p->state, strlen(p->state));
        TP_RETURN_SAME(make_dir("/var/lib/talentpool", 0755, err));
        (void)snprintf(home, sizeof home, "/var/lib/talentpool/%016llx", (unsigned long long)id);
        TP_RETURN_SAME(make_dir(home, 0755, err));
    }
    if (strlen(home) > PATH_MAX - 16) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "the path of the state directory is too long");
    }
    (void)snprintf(p->data, sizeof p->data, "%s/pg", home);
    (void)snprintf(p->log, sizeof p->log, "%s/pg/server.log", home);
    return TP_OK;
}

/* pg_ctl hands the path to a shell, between double quotes. */
static tp_code
check_path(const tp_pg_place *p, tp_err *err)
{
    if (strpbrk(p->data, "\"$`\\\n") != NULL) {
        TP_RETURN_ERR(err, TP_E_CONFIG,
                      "the path of the state directory holds one of \" $ ` \\ or a line end, which "
                      "PostgreSQL's own tools cannot take; choose another with --state DIR");
    }
    return TP_OK;
}

static const char *
socket_file(const tp_pg_place *p, char out[PATH_MAX + 16])
{
    (void)snprintf(out, PATH_MAX + 16, "%s/pg.socket", p->state);
    return out;
}

/* Line `number` (from 1) of a file, as the folder of the socket if it can be one. */
static void
read_socket(const char *file, int number, char *out, size_t cap)
{
    char line[LINE_MAX_BYTES] = "";
    FILE *f = fopen(file, "re");
    bool there = f != NULL;
    for (int i = 0; there && i < number; i++) {
        there = fgets(line, sizeof line, f) != NULL;
    }
    if (f != NULL) {
        (void)fclose(f);
    }
    line[strcspn(line, "\n")] = '\0';
    if (there && line[0] == '/' && strlen(line) < cap) {
        (void)snprintf(out, cap, "%.*s", (int)cap - 1, line);
    }
}

/* What the state directory remembers; failing that, what a server that runs says. */
static void
recall_socket(tp_pg_place *p)
{
    char file[sizeof p->data + 32];
    read_socket(socket_file(p, (char[PATH_MAX + 16]){0}), 1, p->sock, sizeof p->sock);
    if (p->sock[0] == '\0') {
        (void)snprintf(file, sizeof file, "%s/postmaster.pid", p->data);
        read_socket(file, SOCKET_LINE, p->sock, sizeof p->sock);
    }
}

tp_code
tp_pg_place_find(const char *state_dir, tp_pg_place *out, tp_err *err)
{
    tp_pg_place *p = out;
    *p = (tp_pg_place){0};
    if ((mkdir(state_dir, 0755) != 0 && errno != EEXIST) || realpath(state_dir, p->state) == NULL) {
        TP_RETURN_ERR(err, TP_E_IO, "cannot use state directory %s: %s", state_dir,
                      strerror(errno));
    }
    TP_RETURN_SAME(find_bin(p, err));
    p->uid = geteuid();
    p->gid = getegid();
    if (p->uid == 0) {
        const struct passwd *user = getpwnam("postgres");
        user = user != NULL ? user : getpwnam("nobody");
        if (user == NULL) {
            TP_RETURN_ERR(err, TP_E_CONFIG, "no unprivileged user to run PostgreSQL as");
        }
        p->step_down = true;
        p->uid = user->pw_uid;
        p->gid = user->pw_gid;
    }
    TP_RETURN_SAME(choose_data(p, err));
    TP_RETURN_SAME(check_path(p, err));
    recall_socket(p);
    return TP_OK;
}

tp_code
tp_pg_place_socket(tp_pg_place *p, tp_err *err)
{
    char file[PATH_MAX + 16];
    if (p->sock[0] != '\0' &&
        (mkdir(p->sock, 0700) == 0 || (errno == EEXIST && is_own_dir(p, p->sock)))) {
        return give_dir(p, p->sock, err);
    }
    (void)snprintf(p->sock, sizeof p->sock, "%s", SOCKET_NAME);
    if (mkdtemp(p->sock) == NULL) {
        TP_RETURN_ERR(err, TP_E_IO, "cannot make a folder %s: %s", SOCKET_NAME, strerror(errno));
    }
    TP_RETURN_SAME(give_dir(p, p->sock, err));
    return tp_file_write(socket_file(p, file), p->sock, strlen(p->sock), 0644, err);
}

void
tp_pg_place_drop_socket(const tp_pg_place *p)
{
    if (p->sock[0] != '\0' && is_own_dir(p, p->sock)) {
        (void)rmdir(p->sock); /* a server that ended well has removed its socket */
    }
}

/* In the child: everything in the folder, but not the folder, which is its parent's to remove. */
static tp_code
empty_dir(const char *dir)
{
    TP_AUTO_ARENA(arena, 0);
    TP_AUTO_BUF(path);
    const char **name = NULL;
    size_t n = 0;
    TP_RETURN_SAME(tp_dir_list(dir, "", &arena, &name, &n, NULL));
    for (size_t i = 0; i < n; i++) {
        TP_RETURN_SAME(tp_tree_remove(tp_path_join(&path, dir, name[i]), NULL));
    }
    return TP_OK;
}

tp_code
tp_pg_place_wipe_data(const tp_pg_place *p, tp_err *err)
{
    const pid_t child = fork();
    if (child == 0) {
        tp_pg_place_step_down(p);
        _exit(empty_dir(p->data) == TP_OK ? 0 : 1);
    }
    if (child < 0 || !ended_well(child)) {
        TP_RETURN_ERR(err, TP_E_IO, "cannot clear the half-made cluster in %s; remove it", p->data);
    }
    return TP_OK;
}
