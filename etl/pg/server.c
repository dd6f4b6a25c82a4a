/* Where is the private PostgreSQL of this state directory, and does it run? */
#include "talent/etl/pg.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <libpq-fe.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "etl/pg/lock_file.h"
#include "talent/base/hash.h"

enum {
    OLDEST_VERSION = 15,
    PORT = 5432,
    ANSWER_TRIES = 600, /* a minute */
    ANSWER_PAUSE_US = 100000
};

/* Everything that is known of the server before it runs. */
typedef struct place {
    char state[PATH_MAX]; /* absolute */
    char bin[PATH_MAX];
    char data[PATH_MAX + 16];
    char log[PATH_MAX + 16];
    char sock[64];
    uid_t uid;
    gid_t gid;
    bool step_down; /* we are root and the server must not be */
} place;

static tp_code
find_bin(place *p, tp_err *err)
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

/* In a child: gives up root for good. */
static void
become_server_user(const place *p)
{
    if (p->step_down && (setgroups(0, NULL) != 0 || setgid(p->gid) != 0 || setuid(p->uid) != 0)) {
        _exit(126);
    }
}

/* Can the server's user enter this directory? */
static bool
user_can_enter(const place *p, const char *dir)
{
    if (!p->step_down) {
        return true;
    }
    const pid_t child = fork();
    if (child == 0) {
        become_server_user(p);
        _exit(chdir(dir) == 0 ? 0 : 1);
    }
    int status = 1;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static tp_code
make_dir(const char *dir, mode_t mode, tp_err *err)
{
    if (mkdir(dir, mode) != 0 && errno != EEXIST) {
        TP_RETURN_ERR(err, TP_E_IO, "cannot make %s: %s", dir, strerror(errno));
    }
    return TP_OK;
}

/* A directory of the server's user alone. Refuses one that somebody else made first. */
static tp_code
make_own_dir(const place *p, const char *dir, tp_err *err)
{
    TP_RETURN_SAME(make_dir(dir, 0700, err));
    struct stat st;
    if (p->step_down && lchown(dir, p->uid, p->gid) != 0) {
        TP_RETURN_ERR(err, TP_E_IO, "cannot give %s to the server's user: %s", dir,
                      strerror(errno));
    }
    if (lstat(dir, &st) != 0 || !S_ISDIR(st.st_mode) || st.st_uid != p->uid) {
        TP_RETURN_ERR(err, TP_E_IO, "%s is not a directory of the server's user; remove it", dir);
    }
    return TP_OK;
}

static tp_code
choose_data(place *p, uint64_t id, tp_err *err)
{
    char home[PATH_MAX];
    if (user_can_enter(p, p->state)) {
        (void)snprintf(home, sizeof home, "%s", p->state);
    } else {
        /* Below a closed folder (a clone in /root, say): the data cannot live there. */
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

static tp_code
find_place(const char *state_dir, place *p, tp_err *err)
{
    *p = (place){0};
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
    const uint64_t id = tp_hash64(1, p->state, strlen(p->state));
    /* The path of a socket may have 107 bytes: keep it out of the state directory. */
    (void)snprintf(p->sock, sizeof p->sock, "/tmp/talentpool-%016llx", (unsigned long long)id);
    return choose_data(p, id, err);
}

/* Runs a program of PostgreSQL as the server's user; its output goes to `log`. */
static int
run_as_server(const place *p, const char *log, char *argv[])
{
    char program[PATH_MAX + 32];
    (void)snprintf(program, sizeof program, "%s/%s", p->bin, argv[0]);
    const pid_t child = fork();
    if (child < 0) {
        return -1;
    }
    if (child == 0) {
        const int out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        become_server_user(p);
        const int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (out < 0 || in < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0 ||
            chdir("/") != 0) {
            _exit(126);
        }
        (void)setenv("LC_ALL", "C", 1);
        (void)setenv("PGTZ", "UTC", 1);
        (void)unsetenv("PGDATA");
        argv[0] = program; /* PostgreSQL looks for its other programs beside this path */
        execv(program, argv);
        _exit(127);
    }
    int status = -1;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
pid_file(const place *p, char *out, size_t cap)
{
    (void)snprintf(out, cap, "%s/postmaster.pid", p->data);
}

static bool
is_running(const place *p)
{
    char data[sizeof p->data];
    char file[sizeof p->data + 32];
    (void)snprintf(data, sizeof data, "%s", p->data);
    pid_file(p, file, sizeof file);
    char *argv[] = {(char[]){"pg_ctl"}, (char[]){"status"}, (char[]){"-D"}, data, NULL};
    return access(file, F_OK) == 0 && run_as_server(p, "/dev/null", argv) == 0 &&
           !tp_process_is_zombie(tp_lock_file_pid(file));
}

/* A dead server that nobody has collected must not keep the next one from starting. */
static void
disown_zombie(const place *p)
{
    char file[sizeof p->data + 32];
    char sock_file[sizeof p->sock + 32];
    pid_file(p, file, sizeof file);
    (void)snprintf(sock_file, sizeof sock_file, "%s/.s.PGSQL.%d.lock", p->sock, PORT);
    tp_lock_file_disown(file, sock_file);
}

static void
quote_log(const place *p, char *out, size_t cap)
{
    FILE *f = fopen(p->log, "re");
    out[0] = '\0';
    if (f == NULL) {
        return;
    }
    if (fseek(f, 0, SEEK_END) == 0) {
        const long size = ftell(f);
        const long from = size > (long)cap - 1 ? size - (long)cap + 1 : 0;
        if (fseek(f, from, SEEK_SET) == 0) {
            const size_t n = fread(out, 1, cap - 1, f);
            out[n] = '\0';
        }
    }
    (void)fclose(f);
    for (char *c = out; *c != '\0'; c++) {
        if (*c == '\n' || (unsigned char)*c < 0x20) {
            *c = ' ';
        }
    }
}

static tp_code
server_fault(const place *p, tp_err *err, const char *what)
{
    char tail[180];
    quote_log(p, tail, sizeof tail);
    TP_RETURN_ERR(err, TP_E_DB, "%s; see %s: ...%s", what, p->log, tail);
}

static tp_code
write_settings(const place *p, tp_err *err)
{
    char file[sizeof p->data + 32];
    (void)snprintf(file, sizeof file, "%s/postgresql.auto.conf", p->data);
    FILE *f = fopen(file, "we");
    if (f == NULL) {
        TP_RETURN_ERR(err, TP_E_IO, "cannot write %s: %s", file, strerror(errno));
    }
    (void)fprintf(f,
                  "listen_addresses = ''\nunix_socket_directories = '%s'\nport = %d\n"
                  "unix_socket_permissions = 0700\ntimezone = 'UTC'\nlog_timezone = 'UTC'\n"
                  "shared_buffers = '256MB'\nmaintenance_work_mem = '256MB'\n"
                  "max_wal_size = '4GB'\nwal_level = minimal\nmax_wal_senders = 0\n"
                  "max_connections = 40\nlogging_collector = off\nlog_min_messages = warning\n",
                  p->sock, PORT);
    if (fclose(f) != 0) {
        TP_RETURN_ERR(err, TP_E_IO, "cannot write %s: %s", file, strerror(errno));
    }
    if (p->step_down && chown(file, p->uid, p->gid) != 0) {
        TP_RETURN_ERR(err, TP_E_IO, "cannot give %s to the server's user: %s", file,
                      strerror(errno));
    }
    return TP_OK;
}

/* Makes the cluster in a folder of another name first: a half-made one is never taken for whole. */
static tp_code
init_cluster(place *p, tp_err *err)
{
    char version[sizeof p->data + 16];
    (void)snprintf(version, sizeof version, "%s/made", p->data);
    TP_RETURN_SAME(make_own_dir(p, p->data, err));
    if (access(version, F_OK) == 0) {
        return TP_OK;
    }
    char wipe[sizeof p->data + 32];
    (void)snprintf(wipe, sizeof wipe, "find '%s' -mindepth 1 -delete", p->data);
    if (access(p->data, F_OK) == 0 && system(wipe) != 0) { /* a path of ours, made above */
        TP_RETURN_ERR(err, TP_E_IO, "cannot clear the half-made cluster in %s", p->data);
    }
    char log[] = "/tmp/talentpool-initdb-XXXXXX";
    const int fd = mkstemp(log);
    if (fd < 0 || close(fd) != 0) {
        TP_RETURN_ERR(err, TP_E_IO, "cannot write to /tmp: %s", strerror(errno));
    }
    char data[sizeof p->data];
    (void)snprintf(data, sizeof data, "%s", p->data);
    char *argv[] = {(char[]){"initdb"},
                    (char[]){"-D"},
                    data,
                    (char[]){"-U"},
                    (char[]){"talentpool"},
                    (char[]){"--auth-local=trust"},
                    (char[]){"--auth-host=reject"},
                    (char[]){"--encoding=UTF8"},
                    (char[]){"--locale=C"},
                    NULL};
    const int status = run_as_server(p, log, argv);
    if (status != 0) {
        (void)snprintf(p->log, sizeof p->log, "%s", log);
        return server_fault(p, err, "initdb failed");
    }
    (void)unlink(log);
    FILE *f = fopen(version, "we");
    if (f == NULL || fclose(f) != 0) {
        TP_RETURN_ERR(err, TP_E_IO, "cannot write %s: %s", version, strerror(errno));
    }
    return TP_OK;
}

static int
lock_place(const place *p)
{
    char file[sizeof p->state + 16];
    (void)snprintf(file, sizeof file, "%s/pg.lock", p->state);
    const int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0 && flock(fd, LOCK_EX) != 0) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

static void
format_conninfo(const place *p, const char *database, tp_buf *out)
{
    tp_buf_reset(out);
    tp_buf_printf(out, "host=%s port=%d user=talentpool dbname=%s", p->sock, PORT, database);
}

/* Running, and answering? A server may just be starting, recovering, or on its way out. */
static bool
is_answering(const place *p)
{
    TP_AUTO_BUF(conninfo);
    format_conninfo(p, "postgres", &conninfo);
    for (int i = 0; i < ANSWER_TRIES && is_running(p); i++) {
        if (PQping(tp_buf_cstr(&conninfo)) == PQPING_OK) {
            return true;
        }
        (void)usleep(ANSWER_PAUSE_US);
    }
    return false;
}

static tp_code
make_database(const place *p, tp_err *err)
{
    TP_AUTO_BUF(conninfo);
    tp_pg *pg = NULL;
    tp_rows *rows = NULL;
    format_conninfo(p, "postgres", &conninfo);
    TP_RETURN_SAME(tp_pg_open(tp_buf_cstr(&conninfo), "talentpool setup", NULL, &pg, err));
    tp_code rc = tp_pg_query(pg, "SELECT 1 FROM pg_database WHERE datname = 'talentpool'", 0, NULL,
                             &rows, err);
    if (rc == TP_OK && tp_rows_n(rows) == 0) {
        rc = tp_pg_exec(pg, "CREATE DATABASE talentpool", err);
    }
    tp_rows_free(rows);
    tp_pg_close(pg);
    return rc;
}

/* Starts the server. The processes of one that was killed see it only when they are next given the
 * processor, and hold its memory until then: the data is not free before, so that is waited for. */
static tp_code
start_process(const place *p, tp_err *err)
{
    char tail[1024];
    char data[sizeof p->data];
    char log[sizeof p->log];
    (void)snprintf(data, sizeof data, "%s", p->data);
    (void)snprintf(log, sizeof log, "%s", p->log);
    char *argv[] = {(char[]){"pg_ctl"},
                    (char[]){"start"},
                    (char[]){"-w"},
                    (char[]){"-s"},
                    (char[]){"-t"},
                    (char[]){"120"},
                    (char[]){"-D"},
                    data,
                    (char[]){"-l"},
                    log,
                    NULL};
    for (int i = 0; run_as_server(p, "/dev/null", argv) != 0; i++) {
        quote_log(p, tail, sizeof tail);
        if (i == ANSWER_TRIES || strstr(tail, "is still in use") == NULL) {
            return server_fault(p, err, "the private PostgreSQL did not start");
        }
        (void)usleep(ANSWER_PAUSE_US);
    }
    return TP_OK;
}

static tp_code
start_locked(place *p, tp_err *err)
{
    TP_RETURN_IF_ERR(err, make_own_dir(p, p->sock, err), "prepare the socket directory");
    if (is_answering(p)) {
        return TP_OK;
    }
    TP_RETURN_IF_ERR(err, init_cluster(p, err), "make the private database cluster");
    disown_zombie(p);
    TP_RETURN_IF_ERR(err, write_settings(p, err), "configure the private server");
    TP_RETURN_SAME(start_process(p, err));
    return make_database(p, err);
}

tp_code
tp_pg_private_start(const char *state_dir, tp_buf *out_conninfo, tp_err *err)
{
    place p;
    TP_RETURN_SAME(find_place(state_dir, &p, err));
    const int lock = lock_place(&p);
    if (lock < 0) {
        TP_RETURN_ERR(err, TP_E_IO, "cannot lock %s/pg.lock: %s", p.state, strerror(errno));
    }
    const tp_code rc = start_locked(&p, err);
    (void)close(lock);
    format_conninfo(&p, "talentpool", out_conninfo);
    return rc;
}

static void
keep_file(const char *state_dir, char *out, size_t cap)
{
    (void)snprintf(out, cap, "%s/pg.keep", state_dir);
}

tp_code
tp_pg_private_keep(const char *state_dir, bool keep, tp_err *err)
{
    char file[PATH_MAX];
    keep_file(state_dir, file, sizeof file);
    if (!keep) {
        (void)unlink(file);
        return TP_OK;
    }
    const int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) {
        TP_RETURN_ERR(err, TP_E_IO, "cannot write %s: %s", file, strerror(errno));
    }
    (void)close(fd);
    return TP_OK;
}

tp_code
tp_pg_private_stop(const char *state_dir, bool even_if_kept, tp_err *err)
{
    place p;
    char file[PATH_MAX];
    keep_file(state_dir, file, sizeof file);
    if (access(state_dir, F_OK) != 0 || (!even_if_kept && access(file, F_OK) == 0)) {
        return TP_OK;
    }
    TP_RETURN_SAME(find_place(state_dir, &p, err));
    const int lock = lock_place(&p);
    tp_code rc = TP_OK;
    if (is_running(&p)) {
        char data[sizeof p.data];
        (void)snprintf(data, sizeof data, "%s", p.data);
        char *argv[] = {(char[]){"pg_ctl"},
                        (char[]){"stop"},
                        (char[]){"-w"},
                        (char[]){"-s"},
                        (char[]){"-m"},
                        (char[]){"fast"},
                        (char[]){"-D"},
                        data,
                        NULL};
        if (run_as_server(&p, "/dev/null", argv) != 0) {
            rc = server_fault(&p, err, "the private PostgreSQL did not stop");
        }
    }
    if (lock >= 0) {
        (void)close(lock);
    }
    return rc;
}

bool
tp_pg_private_running(const char *state_dir, tp_buf *out_conninfo)
{
    place p;
    if (access(state_dir, F_OK) != 0 || find_place(state_dir, &p, NULL) != TP_OK ||
        !is_running(&p)) {
        return false;
    }
    format_conninfo(&p, "talentpool", out_conninfo);
    return true;
}
