/* Where do artefacts live, and what is left of a run that was killed? */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "etl/store/temp.h"
#include "talent/etl/artefact.h"
#include "talent/etl/file.h"

struct tp_store {
    char *root;
};

/* "....tpa.tmp.<digits>.<digits>": the form of tp_temp_open, and of nothing else in the state
 * folder. */
static bool
is_temporary(const char *name)
{
    const tp_str text = tp_str_of(name);
    size_t at = tp_str_find(text, TP_STR(".tpa.tmp."));
    if (at == SIZE_MAX) {
        at = tp_str_find(text, TP_STR(".tpl.tmp."));
    }
    if (at == SIZE_MAX) {
        return false;
    }
    const char *rest = name + at + 9;
    const size_t pid = strspn(rest, "0123456789");
    if (pid == 0 || rest[pid] != '.') {
        return false;
    }
    const size_t number = strspn(rest + pid + 1, "0123456789");
    return number > 0 && rest[pid + 1 + number] == '\0';
}

/* A writer holds a lock on its temporary as long as it lives; one that can be locked is a leftover.
 * A process number would not do: it may be in use again, or always be the same in a container. */
static void
remove_if_stale(int dir, const char *name)
{
    TP_CLEANUP(tp_fd_close) int fd = openat(dir, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) {
        (void)unlinkat(dir, name, 0);
    }
}

static void
sweep_kind(const char *root, const char *kind)
{
    TP_AUTO_BUF(path);
    DIR *dir = opendir(tp_path_join(&path, root, kind));
    if (dir == NULL) {
        return; /* not a folder, or not ours to read: it holds no artefacts */
    }
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        if (is_temporary(e->d_name)) {
            remove_if_stale(dirfd(dir), e->d_name);
        }
    }
    (void)closedir(dir);
}

static tp_code
sweep(const char *root, tp_err *err)
{
    TP_AUTO_ARENA(arena, 64 << 20);
    const char **name = NULL;
    size_t n = 0;
    TP_RETURN_SAME(tp_dir_list(root, "", &arena, &name, &n, err));
    for (size_t i = 0; i < n; i++) {
        sweep_kind(root, name[i]);
    }
    return TP_OK;
}

tp_code
tp_store_open(const char *root, tp_store **out, tp_err *err)
{
    if (sodium_init() < 0) {
        TP_RETURN_ERR(err, TP_E_BUG, "libsodium cannot start: no source of random numbers");
    }
    TP_RETURN_IF_ERR(err, tp_dir_make(root, 0755, err), "open the state folder %s", root);
    TP_RETURN_IF_ERR(err, sweep(root, err), "open the state folder %s", root);
    tp_store *store = calloc(1, sizeof *store);
    if (store != NULL) {
        store->root = strdup(root);
    }
    if (store == NULL || store->root == NULL) {
        free(store);
        TP_RETURN_ERR(err, TP_E_NOMEM, "no room for the store");
    }
    *out = store;
    return TP_OK;
}

void
tp_store_close(tp_store *store)
{
    if (store != NULL) {
        free(store->root);
        free(store);
    }
}

const char *
tp_store_root(const tp_store *store)
{
    return store->root;
}

tp_code
tp_store_path(const tp_store *store, const char *kind, const tp_key *key, const char *suffix,
              tp_buf *out, tp_err *err)
{
    const size_t n = strlen(kind);
    if (n == 0 || n > 32 || strspn(kind, "abcdefghijklmnopqrstuvwxyz0123456789_-") != n) {
        TP_RETURN_ERR(err, TP_E_BUG, "artefact kind \"%.40s\" is not of a-z 0-9 _ -", kind);
    }
    char hex[TP_KEY_TEXT];
    tp_key_format(key, hex);
    tp_buf_reset(out);
    tp_buf_printf(out, "%s/%s/%s%s", store->root, kind, hex, suffix);
    if (out->failed) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no room for the name of a file of kind %s", kind);
    }
    return TP_OK;
}
