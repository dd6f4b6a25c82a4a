/* How are landed bodies found again: the index of a landing? */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "etl/store/landing_file.h"
#include "talent/base/sort.h"
#include "talent/etl/file.h"
#include "talent/etl/landing.h"

bool
tp_landing_exists(const tp_store *store, const tp_key *key)
{
    TP_AUTO_BUF(path);
    struct stat st;
    tp_landing_header head;
    tp_landing_footer foot;
    if (tp_store_path(store, TP_LANDING_KIND, key, TP_LANDING_SUFFIX, &path, NULL) != TP_OK) {
        return false;
    }
    TP_CLEANUP(tp_fd_close) int fd = open(tp_buf_cstr(&path), O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0 || st.st_size < (off_t)(sizeof head + sizeof foot) ||
        pread(fd, &head, sizeof head, 0) != (ssize_t)sizeof head ||
        pread(fd, &foot, sizeof foot, st.st_size - (off_t)sizeof foot) != (ssize_t)sizeof foot) {
        return false;
    }
    return tp_landing_fault(&head, &foot, (uint64_t)st.st_size, key) == NULL;
}

void
tp_landing_drop(const tp_store *store, const tp_key *key)
{
    TP_AUTO_BUF(path);
    if (tp_store_path(store, TP_LANDING_KIND, key, TP_LANDING_SUFFIX, &path, NULL) == TP_OK) {
        (void)unlink(tp_buf_cstr(&path));
    }
}

/* The id of a landing file; false when there is none that this program reads. */
static bool
read_id(const char *path, tp_key *out)
{
    tp_landing_header head;
    TP_CLEANUP(tp_fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || pread(fd, &head, sizeof head, 0) != (ssize_t)sizeof head ||
        head.version != TP_LANDING_VERSION) {
        return false;
    }
    *out = head.id;
    return true;
}

tp_code
tp_landing_keep_aside(const tp_store *store, const tp_key *key, bool remove, tp_err *err)
{
    tp_key id;
    TP_AUTO_BUF(path);
    TP_AUTO_BUF(aside);
    TP_RETURN_SAME(tp_store_path(store, TP_LANDING_KIND, key, TP_LANDING_SUFFIX, &path, err));
    if (!read_id(tp_buf_cstr(&path), &id)) {
        if (remove) {
            (void)unlink(tp_buf_cstr(&path));
        }
        return TP_OK;
    }
    TP_RETURN_SAME(tp_store_path(store, TP_LANDING_KIND, &id, TP_LANDING_SUFFIX, &aside, err));
    const bool linked =
        !remove && (link(tp_buf_cstr(&path), tp_buf_cstr(&aside)) == 0 || errno == EEXIST);
    /* A file system without second names: the key has no file for a moment. */
    if (!linked && rename(tp_buf_cstr(&path), tp_buf_cstr(&aside)) != 0) {
        TP_RETURN_ERR(err, TP_E_IO, "set %s aside: %s", tp_buf_cstr(&path), strerror(errno));
    }
    return TP_OK;
}

void
tp_landing_set_aside(const tp_store *store, const tp_key *key)
{
    if (tp_landing_keep_aside(store, key, true, NULL) != TP_OK) {
        tp_landing_drop(store, key); /* a night must not read it again */
    }
}

tp_code
tp_landing_read_at(const tp_landing *l, uint64_t at, void *out, size_t n, tp_err *err)
{
    char *p = out;
    while (n > 0) {
        const ssize_t got = pread(l->fd, p, n, (off_t)at);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            TP_RETURN_ERR(err, TP_E_DAMAGED, "read %s at %llu: %s", tp_buf_cstr(&l->path),
                          (unsigned long long)at, got == 0 ? "the file ends" : strerror(errno));
        }
        p += got;
        at += (uint64_t)got;
        n -= (size_t)got;
    }
    return TP_OK;
}

/* ---- the index ---- */

typedef struct cursor {
    const char *p;
    size_t left;
    bool short_of; /* a read went past the end */
} cursor;

static void
take(cursor *c, void *out, size_t n)
{
    if (c->short_of || n > c->left) {
        c->short_of = true;
        memset(out, 0, n);
        return;
    }
    memcpy(out, c->p, n);
    c->p += n;
    c->left -= n;
}

static tp_str
take_text(cursor *c)
{
    uint32_t n = 0;
    take(c, &n, sizeof n);
    if (n == UINT32_MAX || c->short_of || n > c->left) {
        c->short_of = c->short_of || n != UINT32_MAX;
        return TP_STR_NONE;
    }
    const tp_str text = {c->p, n};
    c->p += n;
    c->left -= n;
    return text;
}

static void
take_body(cursor *c, tp_body *b, uint64_t *at)
{
    take(c, at, sizeof *at);
    take(c, &b->size, sizeof b->size);
    take(c, &b->fetched_at, sizeof b->fetched_at);
    take(c, &b->page, sizeof b->page);
    take(c, &b->night, sizeof b->night);
    take(c, &b->part, sizeof b->part);
    take(c, &b->status, sizeof b->status);
    take(c, b->sha256, sizeof b->sha256);
    uint8_t empty = 0;
    take(c, &empty, sizeof empty);
    b->empty = empty != 0;
    uint8_t referred = 0;
    take(c, &referred, sizeof referred);
    b->referred = referred != 0;
    if (b->referred) {
        take(c, b->origin.byte, sizeof b->origin.byte);
        take(c, b->origin_file.byte, sizeof b->origin_file.byte);
    }
    b->fetch = take_text(c);
    b->request_key = take_text(c);
    b->url = take_text(c);
    b->content_type = take_text(c);
    b->etag = take_text(c);
    b->last_modified = take_text(c);
}

/* Does every block have a lawful size, and every body lie within the blocks? */
static bool
index_fits(const tp_landing *l)
{
    uint64_t stream = 0;
    for (size_t i = 0; i < l->n_slots; i++) {
        const bool last = i + 1 == l->n_slots;
        if (l->slot[i].plain > TP_LANDING_BLOCK ||
            (!last && l->slot[i].plain != TP_LANDING_BLOCK)) {
            return false;
        }
        stream += l->slot[i].plain;
    }
    for (size_t i = 0; i < l->n; i++) {
        if (!l->body[i].referred && (l->at[i] > stream || l->body[i].size > stream - l->at[i])) {
            return false;
        }
    }
    return true;
}

/* Bodies by where they begin; of those that begin together (all but one are empty) by number. */
static tp_code
order_stored(tp_landing *l, tp_err *err)
{
    tp_key_row *row = malloc((l->n + 1) * sizeof *row);
    tp_key_row *tmp = malloc((l->n + 1) * sizeof *tmp);
    const bool room = row != NULL && tmp != NULL;
    for (size_t i = 0; room && i < l->n; i++) {
        row[i] = (tp_key_row){l->at[i], (uint32_t)i};
    }
    if (room) {
        tp_sort_keys(row, tmp, l->n);
    }
    for (size_t i = 0; room && i < l->n; i++) {
        l->stored[i] = row[i].row;
    }
    free(row);
    free(tmp);
    if (!room) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no room for the order of %zu bodies", l->n);
    }
    return TP_OK;
}

static tp_code
parse_index(tp_landing *l, tp_err *err)
{
    cursor c = {.p = l->index.p, .left = l->index.n};
    uint64_t counts[2] = {0};
    take(&c, counts, sizeof counts);
    if (counts[0] > l->index.n || counts[1] > l->index.n) {
        TP_RETURN_ERR(err, TP_E_DAMAGED, "%s has a damaged index", tp_buf_cstr(&l->path));
    }
    l->n_slots = (size_t)counts[0];
    l->n = (size_t)counts[1];
    l->slot = calloc(l->n_slots + 1, sizeof *l->slot);
    l->body = calloc(l->n + 1, sizeof *l->body);
    l->at = calloc(l->n + 1, sizeof *l->at);
    l->stored = calloc(l->n + 1, sizeof *l->stored);
    if (l->n >= UINT32_MAX || l->slot == NULL || l->body == NULL || l->at == NULL ||
        l->stored == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no room for the index of %zu bodies", l->n);
    }
    take(&c, l->slot, l->n_slots * sizeof *l->slot);
    l->watermark = take_text(&c);
    for (size_t i = 0; i < l->n; i++) {
        take_body(&c, &l->body[i], &l->at[i]);
    }
    if (c.short_of || c.left != 0 || !index_fits(l)) {
        TP_RETURN_ERR(err, TP_E_DAMAGED, "%s has a damaged index", tp_buf_cstr(&l->path));
    }
    return order_stored(l, err);
}

static tp_code
read_index(tp_landing *l, const tp_landing_footer *foot, tp_err *err)
{
    const size_t stored = (size_t)foot->index_stored;
    const size_t plain = (size_t)foot->index_plain;
    uint8_t *bytes = malloc(stored + 1);
    tp_code rc = TP_OK;
    if (bytes == NULL || !tp_buf_reserve(&l->index, plain)) {
        rc = tp_err_set(err, TP_E_NOMEM, __func__, __LINE__, "no room for an index of %zu bytes",
                        plain);
    }
    if (rc == TP_OK) {
        rc = tp_landing_read_at(l, foot->index_at, bytes, stored, err);
    }
    if (rc == TP_OK) {
        rc = tp_landing_unseal(&l->file, l->secret, TP_LANDING_INDEX_NUMBER, bytes, stored,
                               l->index.p, plain, err);
    }
    free(bytes);
    TP_RETURN_IF_ERR(err, rc, "read the index of %s", tp_buf_cstr(&l->path));
    l->index.n = plain;
    return parse_index(l, err);
}

static tp_code
open_file(tp_landing *l, tp_err *err)
{
    const char *path = tp_buf_cstr(&l->path);
    struct stat st;
    tp_landing_header head;
    tp_landing_header want;
    tp_landing_footer foot;
    l->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (l->fd < 0 || fstat(l->fd, &st) != 0) {
        const bool ours = errno == EMFILE || errno == ENFILE || errno == ENOMEM;
        TP_RETURN_ERR(err, ours ? TP_E_IO : TP_E_DAMAGED, "open %s: %s", path, strerror(errno));
    }
    const uint64_t size = (uint64_t)st.st_size;
    if (size < sizeof head + sizeof foot) {
        TP_RETURN_ERR(err, TP_E_DAMAGED, "%s is torn: %llu bytes; remove it and run again", path,
                      (unsigned long long)size);
    }
    TP_RETURN_SAME(tp_landing_read_at(l, 0, &head, sizeof head, err));
    TP_RETURN_SAME(tp_landing_read_at(l, size - sizeof foot, &foot, sizeof foot, err));
    const char *fault = tp_landing_fault(&head, &foot, size, &l->file.key);
    if (fault != NULL) {
        TP_RETURN_ERR(err, TP_E_DAMAGED, "%s %s; remove it and run again", path, fault);
    }
    l->file.id = head.id;
    tp_landing_make_header(&l->file, l->secret, &want);
    if (sodium_memcmp(head.check, want.check, sizeof head.check) != 0) {
        TP_RETURN_ERR(err, TP_E_CONFIG,
                      "%s was encrypted with another key: put the right one into the secret store",
                      path);
    }
    return read_index(l, &foot, err);
}

/* The file with this name, which says that it belongs to this key. */
static tp_code
open_named(const tp_store *store, const tp_key *name, const tp_key *key,
           const uint8_t secret_key[32], tp_landing **out, tp_err *err)
{
    tp_landing *l = calloc(1, sizeof *l);
    tp_landing_spare *keep = calloc(1, sizeof *keep);
    if (l == NULL || keep == NULL) {
        free(l);
        free(keep);
        TP_RETURN_ERR(err, TP_E_NOMEM, "no room to open a landing file");
    }
    (void)pthread_mutex_init(&keep->lock, NULL);
    l->spare = keep;
    l->store = store;
    l->fd = -1;
    l->file.key = *key;
    memcpy(l->secret, secret_key, sizeof l->secret);
    tp_code rc = tp_store_path(store, TP_LANDING_KIND, name, TP_LANDING_SUFFIX, &l->path, err);
    if (rc == TP_OK) {
        rc = open_file(l, err);
    }
    if (rc != TP_OK) {
        tp_landing_close(l);
        return rc;
    }
    *out = l;
    return TP_OK;
}

tp_code
tp_landing_open(const tp_store *store, const tp_key *key, const uint8_t secret_key[32],
                tp_landing **out, tp_err *err)
{
    return open_named(store, key, key, secret_key, out, err);
}

tp_code
tp_landing_open_file(const tp_store *store, const tp_landing_bond *file, const uint8_t secret[32],
                     tp_landing **out, tp_err *err)
{
    tp_key id;
    TP_AUTO_BUF(path);
    TP_RETURN_SAME(
        tp_store_path(store, TP_LANDING_KIND, &file->key, TP_LANDING_SUFFIX, &path, err));
    const bool here = read_id(tp_buf_cstr(&path), &id) && memcmp(&id, &file->id, sizeof id) == 0;
    return open_named(store, here ? &file->key : &file->id, &file->key, secret, out, err);
}

void
tp_landing_close(tp_landing *landing)
{
    if (landing == NULL) {
        return;
    }
    tp_body_reader_free(landing->spare->reader);
    while (landing->spare->origin != NULL) {
        tp_landing *origin = landing->spare->origin;
        landing->spare->origin = origin->next;
        tp_landing_close(origin);
    }
    (void)pthread_mutex_destroy(&landing->spare->lock);
    free(landing->spare);
    tp_fd_close(&landing->fd);
    sodium_memzero(landing->secret, sizeof landing->secret);
    tp_buf_clear(&landing->path);
    tp_buf_clear(&landing->index);
    free(landing->slot);
    free(landing->body);
    free(landing->at);
    free(landing->stored);
    free(landing);
}

size_t
tp_landing_count(const tp_landing *landing)
{
    return landing->n;
}

size_t
tp_landing_stored(const tp_landing *landing, size_t i)
{
    return landing->stored[i];
}

const tp_body *
tp_landing_body(const tp_landing *landing, size_t i)
{
    return &landing->body[i];
}

tp_str
tp_landing_watermark(const tp_landing *landing)
{
    return landing->watermark;
}

void
tp_landing_content(const tp_landing *landing, tp_key *out)
{
    tp_key_maker maker;
    tp_key_begin(&maker, "landing content 1");
    for (size_t i = 0; i < landing->n; i++) {
        const tp_body *b = &landing->body[i];
        tp_key_add_text(&maker, "fetch", b->fetch);
        tp_key_add_text(&maker, "key", b->request_key);
        tp_key_add_i64(&maker, "page", b->page);
        tp_key_add(&maker, "sha256", b->sha256, sizeof b->sha256);
        tp_key_add_i64(&maker, "empty", b->empty);
        if (b->part > 0) {
            tp_key_add_i64(&maker, "part", b->part);
        }
    }
    tp_key_end(&maker, out);
}
