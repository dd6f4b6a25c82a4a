/* How does a file of the store come into being whole, or not at all? */
#include "etl/store/temp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "talent/etl/file.h"

enum { PENDING_MAX = 1 << 17, TRIES = 100 };

/* Makes temporaries of one process differ. Names only; no result depends on it. */
static atomic_uint counter;

static void
temp_clear(tp_temp *temp)
{
    tp_fd_close(&temp->fd);
    tp_buf_clear(&temp->tmp);
    tp_buf_clear(&temp->final);
    tp_buf_clear(&temp->pending);
    *temp = (tp_temp){.fd = -1};
}

/* A locked new file; -1 with *out_again when a sweep of another process took it before the lock. */
static int
open_locked(const char *path, bool *out_again)
{
    struct stat st;
    *out_again = false;
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        *out_again = errno == EEXIST;
        return -1;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 || fstat(fd, &st) != 0 || st.st_nlink == 0) {
        *out_again = true;
        tp_fd_close(&fd);
    }
    return fd;
}

tp_code
tp_temp_open(const tp_store *store, const char *kind, const tp_key *key, const char *suffix,
             tp_temp *out, tp_err *err)
{
    tp_temp made = {.fd = -1};
    TP_AUTO_BUF(dir);
    tp_code rc = tp_store_path(store, kind, key, suffix, &made.final, err);
    if (rc == TP_OK) {
        /* Artefacts hold personal data: the folder is for the owner alone. */
        rc = tp_dir_make(tp_path_join(&dir, tp_store_root(store), kind), 0700, err);
    }
    bool again = rc == TP_OK;
    for (int i = 0; again && i < TRIES && made.fd < 0; i++) {
        tp_buf_reset(&made.tmp);
        tp_buf_printf(&made.tmp, "%s.tmp.%ld.%u", tp_buf_cstr(&made.final), (long)getpid(),
                      atomic_fetch_add(&counter, 1U));
        made.fd = open_locked(tp_buf_cstr(&made.tmp), &again);
    }
    if (rc == TP_OK && made.fd < 0) {
        rc = tp_err_set(err, TP_E_IO, __func__, __LINE__, "make %s: %s", tp_buf_cstr(&made.tmp),
                        strerror(errno));
    }
    if (rc != TP_OK) {
        temp_clear(&made);
        return rc;
    }
    *out = made;
    return TP_OK;
}

static tp_code
flush(tp_temp *temp, tp_err *err)
{
    TP_RETURN_SAME(
        tp_fd_write(temp->fd, tp_buf_cstr(&temp->tmp), temp->pending.p, temp->pending.n, err));
    tp_buf_reset(&temp->pending);
    return TP_OK;
}

tp_code
tp_temp_put(tp_temp *temp, const void *bytes, size_t n, tp_err *err)
{
    if (n >= PENDING_MAX) {
        TP_RETURN_SAME(flush(temp, err));
        TP_RETURN_SAME(tp_fd_write(temp->fd, tp_buf_cstr(&temp->tmp), bytes, n, err));
    } else {
        tp_buf_put(&temp->pending, bytes, n);
        if (temp->pending.failed) {
            TP_RETURN_ERR(err, TP_E_NOMEM, "no room to gather %zu bytes for %s", n,
                          tp_buf_cstr(&temp->tmp));
        }
        if (temp->pending.n >= PENDING_MAX) {
            TP_RETURN_SAME(flush(temp, err));
        }
    }
    temp->size += n;
    return TP_OK;
}

tp_code
tp_temp_align(tp_temp *temp, size_t align, tp_err *err)
{
    static const char ZERO[64];
    const size_t over = (size_t)(temp->size % align);
    if (over == 0) {
        return TP_OK;
    }
    return tp_temp_put(temp, ZERO, align - over, err);
}

tp_code
tp_temp_commit(tp_temp *temp, tp_err *err)
{
    tp_code rc = flush(temp, err);
    if (rc == TP_OK && fsync(temp->fd) != 0) {
        rc = tp_err_set(err, TP_E_IO, __func__, __LINE__, "fsync %s: %s", tp_buf_cstr(&temp->tmp),
                        strerror(errno));
    }
    if (rc == TP_OK) {
        rc = tp_file_rename(tp_buf_cstr(&temp->tmp), tp_buf_cstr(&temp->final), err);
    }
    if (rc != TP_OK) {
        tp_temp_abort(temp);
        return rc;
    }
    temp_clear(temp);
    return TP_OK;
}

void
tp_temp_abort(tp_temp *temp)
{
    if (temp->fd >= 0) {
        (void)unlink(tp_buf_cstr(&temp->tmp));
    }
    temp_clear(temp);
}
