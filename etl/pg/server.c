/* Does the private PostgreSQL of this state directory run, and may it stop? */
#include "talent/etl/pg.h"

#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "etl/pg/lock_file.h"
#include "etl/pg/place.h"
#include "etl/pg/users.h"

enum { ANSWER_TRIES = 600 /* a minute */, ANSWER_PAUSE_US = 100000 };

/* Runs a program of PostgreSQL as the server's user; its output goes to `log`. */
static int
run_as_server(const tp_pg_place *p, const char *log, char *argv[])
{
    char program[PATH_MAX + 32];
    (void)snprintf(program, sizeof program, "%s/%s", p->bin, argv[0]);
    const pid_t child = fork();
    if (child < 0) {
        return -1;
    }
    if (child == 0) {
        const int out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        tp_pg_place_step_down(p);
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
pid_file(const tp_pg_place *p, char *out, size_t cap)
{
    (void)snprintf(out, cap, "%s/postmaster.pid", p->data);
}

static bool
is_running(const tp_pg_place *p)
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
disown_zombie(const tp_pg_place *p)
{
    char file[sizeof p->data + 32];
    char sock_file[sizeof p->sock + 32];
    pid_file(p, file, sizeof file);
    (void)snprintf(sock_file, sizeof sock_file, "%s/.s.PGSQL.%d.lock", p->sock, TP_PG_PORT);
    tp_lock_file_disown(file, sock_file);
}

static void
quote_log(const tp_pg_place *p, char *out, size_t cap)
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
server_fault(const tp_pg_place *p, tp_err *err, const char *what)
{
    char tail[180];
    quote_log(p, tail, sizeof tail);
    TP_RETURN_ERR(err, TP_E_DB, "%s; see %s: ...%s", what, p->log, tail);
}

static tp_code
write_settings(const tp_pg_place *p, tp_err *err)
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
                  p->sock, TP_PG_PORT);
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
init_cluster(tp_pg_place *p, tp_err *err)
{
    char version[sizeof p->data + 16];
    (void)snprintf(version, sizeof version, "%s/made", p->data);
    TP_RETURN_SAME(tp_pg_place_own_dir(p, p->data, err));
    if (access(version, F_OK) == 0) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_pg_place_wipe_data(p, err));
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
lock_place(const tp_pg_place *p)
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
format_conninfo(const tp_pg_place *p, const char *database, tp_buf *out)
{
    tp_buf_reset(out);
    tp_buf_printf(out, "host=%s port=%d user=talentpool dbname=%s", p->sock, TP_PG_PORT, database);
}

/* Running, and answering? A server may just be starting, recovering, or on its way out. */
static bool
is_answering(const tp_pg_place *p)
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
make_database(const tp_pg_place *p, tp_err *err)
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
start_process(const tp_pg_place *p, tp_err *err)
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
start_locked(tp_pg_place *p, tp_err *err)
{
    TP_RETURN_IF_ERR(err, tp_pg_place_socket(p, err), "prepare the folder of the socket");
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
    tp_pg_place p;
    TP_RETURN_SAME(tp_pg_place_find(state_dir, &p, err));
    const int lock = lock_place(&p);
    if (lock < 0) {
        TP_RETURN_ERR(err, TP_E_IO, "cannot lock %s/pg.lock: %s", p.state, strerror(errno));
    }
    tp_code rc = start_locked(&p, err);
    if (rc == TP_OK) {
        rc = tp_pg_users_join(p.state, err);
    }
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

static tp_code
stop_locked(const tp_pg_place *p, tp_err *err)
{
    char data[sizeof p->data];
    (void)snprintf(data, sizeof data, "%s", p->data);
    char *argv[] = {(char[]){"pg_ctl"},
                    (char[]){"stop"},
                    (char[]){"-w"},
                    (char[]){"-s"},
                    (char[]){"-m"},
                    (char[]){"fast"},
                    (char[]){"-D"},
                    data,
                    NULL};
    if (is_running(p) && run_as_server(p, "/dev/null", argv) != 0) {
        return server_fault(p, err, "the private PostgreSQL did not stop");
    }
    tp_pg_place_drop_socket(p);
    return TP_OK;
}

tp_code
tp_pg_private_stop(const char *state_dir, bool on_demand, tp_err *err)
{
    tp_pg_place p;
    char file[PATH_MAX];
    if (realpath(state_dir, file) == NULL || (!on_demand && !tp_pg_users_has(file))) {
        return TP_OK; /* a folder that this program never used is left as it is */
    }
    TP_RETURN_SAME(tp_pg_place_find(state_dir, &p, err));
    const int lock = lock_place(&p);
    if (lock < 0) {
        TP_RETURN_ERR(err, TP_E_IO, "cannot lock %s/pg.lock: %s", p.state, strerror(errno));
    }
    const bool alone = tp_pg_users_leave(p.state);
    keep_file(state_dir, file, sizeof file);
    tp_code rc = TP_OK;
    if (alone && (on_demand || access(file, F_OK) != 0)) {
        rc = stop_locked(&p, err);
    } else if (!alone && on_demand) {
        rc = tp_err_set(err, TP_E_LOCKED, __func__, __LINE__,
                        "another command uses the private server of %s; it stops when the last "
                        "of them ends",
                        state_dir);
    }
    (void)close(lock);
    return rc;
}

bool
tp_pg_private_running(const char *state_dir, tp_buf *out_conninfo)
{
    tp_pg_place p;
    if (access(state_dir, F_OK) != 0 || tp_pg_place_find(state_dir, &p, NULL) != TP_OK ||
        !is_running(&p)) {
        return false;
    }
    format_conninfo(&p, "talentpool", out_conninfo);
    return true;
}
