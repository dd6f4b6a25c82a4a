/* How are local files read and written so that a crash leaves them whole? */
#include "talent/etl/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RETURN_ERRNO(err, what, path) \
    TP_RETURN_ERR((err), TP_E_IO, "%s %s: %s", (what), (path), strerror(errno))

void
tp_fd_close(int *fd)
{
    if (*fd >= 0) {
        (void)close(*fd);
        *fd = -1;
    }
}

bool
tp_file_exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

const char *
tp_path_join(tp_buf *buf, const char *dir, const char *name)
{
    tp_buf_reset(buf);
    if (name[0] != '/' && dir[0] != '\0') {
        tp_buf_puts(buf, dir);
        if (dir[strlen(dir) - 1] != '/') {
            tp_buf_char(buf, '/');
        }
    }
    tp_buf_puts(buf, name);
    return tp_buf_cstr(buf);
}

tp_code
tp_file_read(const char *path, size_t limit, tp_buf *out, tp_err *err)
{
    TP_CLEANUP(tp_fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        RETURN_ERRNO(err, "open", path);
    }
    size_t total = 0;
    for (;;) {
        if (!tp_buf_reserve(out, 64 << 10)) {
            TP_RETURN_ERR(err, TP_E_NOMEM, "%s: no room after %zu bytes", path, total);
        }
        const ssize_t got = read(fd, out->p + out->n, 64 << 10);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            RETURN_ERRNO(err, "read", path);
        }
        if (got == 0) {
            break;
        }
        total += (size_t)got;
        if (total > limit) {
            TP_RETURN_ERR(err, TP_E_NOMEM, "%s: more than %zu bytes", path, limit);
        }
        out->n += (size_t)got;
        out->p[out->n] = '\0';
    }
    return TP_OK;
}

tp_code
tp_fd_write(int fd, const char *path, const void *bytes, size_t n, tp_err *err)
{
    const char *p = bytes;
    while (n > 0) {
        const ssize_t put = write(fd, p, n < (1U << 30) ? n : (1U << 30));
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            RETURN_ERRNO(err, "write", path);
        }
        p += put;
        n -= (size_t)put;
    }
    return TP_OK;
}

tp_code
tp_dir_sync(const char *path, tp_err *err)
{
    TP_AUTO_BUF(dir);
    const char *slash = strrchr(path, '/');
    if (slash == NULL) {
        tp_buf_puts(&dir, ".");
    } else {
        tp_buf_put(&dir, path, slash == path ? 1 : (size_t)(slash - path));
    }
    TP_CLEANUP(tp_fd_close) int fd = open(tp_buf_cstr(&dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        RETURN_ERRNO(err, "open folder", tp_buf_cstr(&dir));
    }
    /* Some file systems cannot fsync a folder and say EINVAL: nothing more can be done there. */
    if (fsync(fd) != 0 && errno != EINVAL) {
        RETURN_ERRNO(err, "fsync folder", tp_buf_cstr(&dir));
    }
    return TP_OK;
}

tp_code
tp_file_rename(const char *from, const char *to, tp_err *err)
{
    if (rename(from, to) != 0) {
        RETURN_ERRNO(err, "rename to", to);
    }
    return tp_dir_sync(to, err);
}

/* Writes a flushed temporary file beside path; its name is left in tmp. */
static tp_code
write_temporary(const char *path, const void *bytes, size_t n, unsigned mode, tp_buf *tmp,
                tp_err *err)
{
    tp_buf_reset(tmp);
    tp_buf_printf(tmp, "%s.tmp.%ld.XXXXXX", path, (long)getpid());
    if (tmp->failed) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "%s: no room for a temporary name", path);
    }
    TP_CLEANUP(tp_fd_close) int fd = mkostemp(tmp->p, O_CLOEXEC);
    if (fd < 0) {
        RETURN_ERRNO(err, "make a temporary file for", path);
    }
    tp_code rc = tp_fd_write(fd, path, bytes, n, err);
    if (rc == TP_OK && (fchmod(fd, (mode_t)mode) != 0 || fsync(fd) != 0)) {
        rc = tp_err_set(err, TP_E_IO, __func__, __LINE__, "fsync %s: %s", path, strerror(errno));
    }
    if (rc != TP_OK) {
        (void)unlink(tmp->p);
    }
    return rc;
}

tp_code
tp_file_write(const char *path, const void *bytes, size_t n, unsigned mode, tp_err *err)
{
    TP_AUTO_BUF(tmp);
    TP_RETURN_SAME(write_temporary(path, bytes, n, mode, &tmp, err));
    const tp_code rc = tp_file_rename(tmp.p, path, err);
    if (rc != TP_OK) {
        (void)unlink(tmp.p);
    }
    return rc;
}

/* Where a path leads: links followed as far as they go; the path itself when it is nothing yet. */
static const char *
target_of(const char *path, char real[PATH_MAX])
{
    return realpath(path, real) != NULL ? real : path;
}

tp_code
tp_file_deliverable(const char *path, tp_err *err)
{
    TP_AUTO_BUF(folder);
    char real[PATH_MAX];
    struct stat st;
    const char *target = target_of(path, real);
    if (stat(target, &st) == 0 && !S_ISREG(st.st_mode)) {
        if (S_ISDIR(st.st_mode)) {
            TP_RETURN_ERR(err, TP_E_IO, "cannot write %.150s: it is a folder", path);
        }
        if (access(target, W_OK) != 0) {
            RETURN_ERRNO(err, "cannot write", path);
        }
        return TP_OK;
    }
    const char *slash = strrchr(target, '/');
    tp_buf_put(&folder, slash != NULL ? target : ".",
               slash == NULL || slash == target ? 1 : (size_t)(slash - target));
    if (access(tp_buf_cstr(&folder), W_OK | X_OK) != 0) {
        RETURN_ERRNO(err, "cannot write", path);
    }
    return TP_OK;
}

tp_code
tp_file_deliver(const char *path, const void *bytes, size_t n, unsigned mode, tp_err *err)
{
    char real[PATH_MAX];
    struct stat st;
    const char *target = target_of(path, real);
    const bool there = stat(target, &st) == 0;
    if ((there && S_ISREG(st.st_mode)) || (!there && lstat(target, &st) != 0)) {
        return tp_file_write(target, bytes, n, mode, err);
    }
    /* A pipe, a device, or a link to what is not there yet: replacing it would take it away. */
    TP_CLEANUP(tp_fd_close)
    int fd = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, (mode_t)mode);
    if (fd < 0) {
        RETURN_ERRNO(err, "cannot write", path);
    }
    return tp_fd_write(fd, path, bytes, n, err);
}

tp_code
tp_file_create(const char *path, const void *bytes, size_t n, unsigned mode, bool *out_made,
               tp_err *err)
{
    TP_AUTO_BUF(tmp);
    TP_RETURN_SAME(write_temporary(path, bytes, n, mode, &tmp, err));
    /* link(2) refuses a taken name, which rename(2) would replace. */
    const int rc = link(tmp.p, path);
    const int why = errno;
    (void)unlink(tmp.p);
    if (rc != 0 && why != EEXIST) {
        TP_RETURN_ERR(err, TP_E_IO, "make %s: %s", path, strerror(why));
    }
    TP_RETURN_SAME(tp_dir_sync(path, err));
    *out_made = rc == 0;
    return TP_OK;
}

tp_code
tp_dir_make(const char *path, unsigned mode, tp_err *err)
{
    TP_AUTO_BUF(part);
    const size_t n = strlen(path);
    for (size_t i = 1; i <= n; i++) {
        if (path[i] != '/' && path[i] != '\0') {
            continue;
        }
        tp_buf_reset(&part);
        tp_buf_put(&part, path, i);
        if (mkdir(tp_buf_cstr(&part), (mode_t)mode) == 0) {
            TP_RETURN_SAME(tp_dir_sync(tp_buf_cstr(&part), err)); /* else a crash may forget it */
        } else if (errno != EEXIST) {
            RETURN_ERRNO(err, "make folder", tp_buf_cstr(&part));
        }
    }
    struct stat st;
    if (stat(path, &st) != 0) {
        RETURN_ERRNO(err, "make folder", path);
    }
    if (!S_ISDIR(st.st_mode)) {
        TP_RETURN_ERR(err, TP_E_IO, "make folder %s: there is a file of that name", path);
    }
    return TP_OK;
}

static int
cmp_names(const void *a, const void *b)
{
    const char *const *x = a;
    const char *const *y = b;
    return strcmp(*x, *y);
}

/* Copies matching names into out (NULL = only count them). */
static size_t
collect_names(DIR *dir, const char *suffix, tp_arena *arena, const char **out, size_t room)
{
    size_t n = 0;
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
            !tp_str_ends(tp_str_of(e->d_name), tp_str_of(suffix))) {
            continue;
        }
        if (out != NULL) {
            if (n == room) {
                break; /* names that appeared since they were counted */
            }
            out[n] = tp_arena_copy(arena, e->d_name, strlen(e->d_name));
            if (out[n] == NULL) {
                return SIZE_MAX;
            }
        }
        n++;
    }
    return n;
}

tp_code
tp_dir_list(const char *path, const char *suffix, tp_arena *arena, const char ***out_names,
            size_t *out_n, tp_err *err)
{
    DIR *dir = opendir(path);
    if (dir == NULL) {
        RETURN_ERRNO(err, "list folder", path);
    }
    const size_t room = collect_names(dir, suffix, arena, NULL, 0);
    const char **names = tp_arena_alloc(arena, room, sizeof *names);
    rewinddir(dir);
    const size_t n = names != NULL ? collect_names(dir, suffix, arena, names, room) : SIZE_MAX;
    (void)closedir(dir);
    if (n == SIZE_MAX) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "list folder %s: no room for its names", path);
    }
    qsort(names, n, sizeof *names, cmp_names);
    *out_names = names;
    *out_n = n;
    return TP_OK;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)type;
    (void)where;
    return remove(path) == 0 || errno == ENOENT ? 0 : -1;
}

tp_code
tp_tree_remove(const char *path, tp_err *err)
{
    if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT) {
        RETURN_ERRNO(err, "remove", path);
    }
    return TP_OK;
}
