/* How are named arrays kept in a file that is whole or absent, and mapped again? */
#include "talent/etl/artefact.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "etl/store/temp.h"
#include "talent/base/hash.h"
#include "talent/etl/file.h"

/*
 * Layout, little-endian as the machine that wrote it (`order` tells another one):
 *   header 64 | arrays, each at a multiple of 64 | entries | footer 96
 */
enum { VERSION = 2, ORDER = 0x01020304, ALIGN = 64, NAME_MAX_BYTES = 47, KIND_BYTES = 16 };
static const char HEAD[8] = {'T', 'P', 'A', 'R', 'T', 'E', 'F', '1'};
static const char TAIL[8] = {'T', 'P', 'A', 'E', 'N', 'D', '0', '1'};
static const char SUFFIX[] = ".tpa";

typedef struct header {
    char magic[8];
    uint32_t version;
    uint32_t order;
    char kind[KIND_BYTES]; /* cut and zero-filled */
    tp_key key;
} header;

typedef struct entry {
    char name[NAME_MAX_BYTES + 1];
    uint64_t at; /* offset in the file */
    uint64_t n;
    uint64_t size; /* of one element */
    uint64_t sum;  /* checksum of the bytes: SHA-256 is too slow for every opening */
} entry;

typedef struct footer {
    uint64_t entries_at;
    uint64_t n_entries;
    uint64_t entries_hash; /* tp_hash64 of the entries */
    uint64_t file_size;
    tp_key content;
    uint64_t spare[2];
    uint64_t own_hash; /* tp_hash64 of all the above */
    char magic[8];
} footer;

_Static_assert(sizeof(header) == 64 && sizeof(entry) == 80 && sizeof(footer) == 96, "file layout");

struct tp_artefact_writer {
    tp_temp temp;
    tp_key_maker content;
    entry *entry;
    size_t n;
    size_t cap;
};

struct tp_artefact {
    const char *map;
    size_t size;
    const entry *entry;
    const entry **by_name; /* [n] ascending */
    size_t n;
    tp_key content;
    tp_buf path;
};

static header
make_header(const char *kind, const tp_key *key)
{
    header head = {.version = VERSION, .order = ORDER, .key = *key};
    memcpy(head.magic, HEAD, sizeof HEAD);
    memcpy(head.kind, kind, strlen(kind) < KIND_BYTES ? strlen(kind) : KIND_BYTES);
    return head;
}

static uint64_t
footer_hash(const footer *foot)
{
    return tp_hash64(0, foot, offsetof(footer, own_hash));
}

/* Four sums side by side keep up with memory; every byte counts, as does its place. */
static uint64_t
checksum(const void *data, uint64_t n)
{
    enum { LANES = 4, STEP = LANES * 8 };
    const unsigned char *p = data;
    uint64_t lane[LANES] = {n, 1, 2, 3};
    const uint64_t whole = n - n % STEP;
    for (uint64_t at = 0; at < whole; at += STEP) {
        uint64_t word[LANES];
        memcpy(word, p + at, STEP);
        for (int i = 0; i < LANES; i++) {
            lane[i] = tp_hash_mix(lane[i] ^ word[i]);
        }
    }
    const uint64_t rest = tp_hash64(n, n > whole ? p + whole : NULL, (size_t)(n - whole));
    return tp_hash64(rest, lane, sizeof lane);
}

static void
hash_array(tp_key_maker *content, const char *name, const void *data, uint64_t n, uint64_t size)
{
    tp_key_add_i64(content, name, (int64_t)n);
    tp_key_add_i64(content, "size", (int64_t)size);
    tp_key_add(content, "data", data, (size_t)(n * size));
}

/* ---- writing ---- */

tp_code
tp_artefact_begin(const tp_store *store, const char *kind, const tp_key *key,
                  tp_artefact_writer **out, tp_err *err)
{
    tp_artefact_writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no room to write an artefact of kind %s", kind);
    }
    writer->temp.fd = -1;
    const header head = make_header(kind, key);
    tp_key_begin(&writer->content, "artefact content 1");
    tp_code rc = tp_temp_open(store, kind, key, SUFFIX, &writer->temp, err);
    if (rc == TP_OK) {
        rc = tp_temp_put(&writer->temp, &head, sizeof head, err);
    }
    if (rc != TP_OK) {
        tp_artefact_abort(writer);
        return rc;
    }
    *out = writer;
    return TP_OK;
}

static tp_code
new_entry(tp_artefact_writer *writer, const char *name, entry **out, tp_err *err)
{
    const size_t length = strlen(name);
    if (length == 0 || length > NAME_MAX_BYTES) {
        TP_RETURN_ERR(err, TP_E_BUG, "array name \"%.60s\" is not of 1 to %d bytes", name,
                      NAME_MAX_BYTES);
    }
    if (writer->n == writer->cap) {
        const size_t cap = writer->cap == 0 ? 64 : writer->cap * 2;
        entry *grown = realloc(writer->entry, cap * sizeof *grown);
        if (grown == NULL) {
            TP_RETURN_ERR(err, TP_E_NOMEM, "no room for %zu array names", cap);
        }
        writer->entry = grown;
        writer->cap = cap;
    }
    entry *e = &writer->entry[writer->n];
    memset(e, 0, sizeof *e);
    memcpy(e->name, name, length);
    *out = e;
    return TP_OK;
}

tp_code
tp_artefact_add(tp_artefact_writer *writer, const char *name, const void *data, size_t n,
                size_t size, tp_err *err)
{
    entry *e = NULL;
    if (size == 0 || n > SIZE_MAX / 2 / size) {
        TP_RETURN_ERR(err, TP_E_BUG, "array %.47s of %zu elements of %zu bytes", name, n, size);
    }
    TP_RETURN_SAME(new_entry(writer, name, &e, err));
    TP_RETURN_SAME(tp_temp_align(&writer->temp, ALIGN, err));
    e->at = writer->temp.size;
    e->n = n;
    e->size = size;
    e->sum = checksum(data, n * size);
    hash_array(&writer->content, e->name, data, n, size);
    TP_RETURN_SAME(tp_temp_put(&writer->temp, data, n * size, err));
    writer->n++;
    return TP_OK;
}

static int
cmp_entries(const void *a, const void *b)
{
    const entry *const *x = a;
    const entry *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

/* Pointers to the entries in the order of their names; NULL when memory ends. */
static const entry **
sort_entries(const entry *e, size_t n)
{
    const entry **sorted = malloc((n + 1) * sizeof *sorted);
    if (sorted != NULL) {
        for (size_t i = 0; i < n; i++) {
            sorted[i] = &e[i];
        }
        qsort(sorted, n, sizeof *sorted, cmp_entries);
    }
    return sorted;
}

static tp_code
check_unique(const tp_artefact_writer *writer, tp_err *err)
{
    const entry **sorted = sort_entries(writer->entry, writer->n);
    if (sorted == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no room to sort %zu array names", writer->n);
    }
    tp_code rc = TP_OK;
    for (size_t i = 1; i < writer->n && rc == TP_OK; i++) {
        if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0) {
            rc = tp_err_set(err, TP_E_BUG, __func__, __LINE__, "array %s is there twice",
                            sorted[i]->name);
        }
    }
    free(sorted);
    return rc;
}

static tp_code
put_end(tp_artefact_writer *writer, tp_err *err)
{
    const size_t bytes = writer->n * sizeof *writer->entry;
    TP_RETURN_SAME(check_unique(writer, err));
    TP_RETURN_SAME(tp_temp_align(&writer->temp, ALIGN, err));
    footer foot = {.entries_at = writer->temp.size,
                   .n_entries = writer->n,
                   .entries_hash = tp_hash64(0, writer->entry, bytes),
                   .file_size = writer->temp.size + bytes + sizeof foot};
    tp_key_end(&writer->content, &foot.content);
    foot.own_hash = footer_hash(&foot);
    memcpy(foot.magic, TAIL, sizeof TAIL);
    TP_RETURN_SAME(tp_temp_put(&writer->temp, writer->entry, bytes, err));
    return tp_temp_put(&writer->temp, &foot, sizeof foot, err);
}

tp_code
tp_artefact_commit(tp_artefact_writer *writer, tp_err *err)
{
    tp_code rc = put_end(writer, err);
    if (rc == TP_OK) {
        rc = tp_temp_commit(&writer->temp, err);
    }
    tp_artefact_abort(writer);
    return rc;
}

void
tp_artefact_abort(tp_artefact_writer *writer)
{
    if (writer != NULL) {
        tp_temp_abort(&writer->temp);
        free(writer->entry);
        free(writer);
    }
}

/* ---- reading ---- */

/* What is wrong with the two ends of a file of this size; NULL when nothing is. */
static const char *
fault_of_ends(const header *head, const footer *foot, uint64_t size, const char *kind,
              const tp_key *key)
{
    const header want = make_header(kind, key);
    if (memcmp(head->magic, HEAD, sizeof HEAD) != 0) {
        return "is not an artefact";
    }
    if (head->order != ORDER || head->version != VERSION) {
        return "was written by another version or on another kind of machine";
    }
    if (memcmp(head, &want, sizeof want) != 0) {
        return "belongs to another key";
    }
    if (memcmp(foot->magic, TAIL, sizeof TAIL) != 0 || foot->own_hash != footer_hash(foot) ||
        foot->file_size != size) {
        return "is torn: its footer is missing or damaged";
    }
    if (foot->entries_at % ALIGN != 0 || foot->entries_at > size - sizeof *foot ||
        foot->n_entries != (size - sizeof *foot - foot->entries_at) / sizeof(entry)) {
        return "has a footer that contradicts its size";
    }
    return NULL;
}

bool
tp_artefact_exists(const tp_store *store, const char *kind, const tp_key *key)
{
    TP_AUTO_BUF(path);
    struct stat st;
    header head;
    footer foot;
    if (tp_store_path(store, kind, key, SUFFIX, &path, NULL) != TP_OK) {
        return false;
    }
    TP_CLEANUP(tp_fd_close) int fd = open(tp_buf_cstr(&path), O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0 || st.st_size < (off_t)(sizeof head + sizeof foot) ||
        pread(fd, &head, sizeof head, 0) != (ssize_t)sizeof head ||
        pread(fd, &foot, sizeof foot, st.st_size - (off_t)sizeof foot) != (ssize_t)sizeof foot) {
        return false;
    }
    return fault_of_ends(&head, &foot, (uint64_t)st.st_size, kind, key) == NULL;
}

static tp_code
map_file(tp_artefact *a, tp_err *err)
{
    const char *path = tp_buf_cstr(&a->path);
    struct stat st;
    TP_CLEANUP(tp_fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0) {
        const bool ours = errno == EMFILE || errno == ENFILE || errno == ENOMEM;
        TP_RETURN_ERR(err, ours ? TP_E_IO : TP_E_DAMAGED, "open %s: %s", path, strerror(errno));
    }
    if (st.st_size < (off_t)(sizeof(header) + sizeof(footer))) {
        TP_RETURN_ERR(err, TP_E_DAMAGED, "%s is torn: %lld bytes; remove it and run again", path,
                      (long long)st.st_size);
    }
    a->size = (size_t)st.st_size;
    void *map = mmap(NULL, a->size, PROT_READ, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED) {
        TP_RETURN_ERR(err, TP_E_IO, "map %s: %s", path, strerror(errno));
    }
    a->map = map;
    return TP_OK;
}

static bool
entries_fit(const tp_artefact *a, const footer *foot)
{
    for (size_t i = 0; i < a->n; i++) {
        const entry *e = &a->entry[i];
        if (e->name[NAME_MAX_BYTES] != '\0' || e->at % ALIGN != 0 || e->at > foot->entries_at ||
            e->size == 0 || e->n > (foot->entries_at - e->at) / e->size) {
            return false;
        }
    }
    return true;
}

static bool
sums_fit(const tp_artefact *a)
{
    for (size_t i = 0; i < a->n; i++) {
        const entry *e = &a->entry[i];
        if (checksum(a->map + e->at, e->n * e->size) != e->sum) {
            return false;
        }
    }
    return true;
}

static tp_code
check_map(tp_artefact *a, const char *kind, const tp_key *key, tp_err *err)
{
    const header *head = (const header *)(const void *)a->map;
    footer foot;
    memcpy(&foot, a->map + a->size - sizeof foot, sizeof foot);
    const char *fault = fault_of_ends(head, &foot, a->size, kind, key);
    if (fault == NULL) {
        a->entry = (const entry *)(const void *)(a->map + foot.entries_at);
        a->n = (size_t)foot.n_entries;
        a->content = foot.content;
        if (tp_hash64(0, a->entry, a->n * sizeof *a->entry) != foot.entries_hash ||
            !entries_fit(a, &foot)) {
            fault = "has a damaged table of contents";
        } else if (!sums_fit(a)) {
            fault = "has damaged bytes: they do not match their checksum";
        }
    }
    if (fault != NULL) {
        TP_RETURN_ERR(err, TP_E_DAMAGED, "%s %s; remove it and run again", tp_buf_cstr(&a->path),
                      fault);
    }
    a->by_name = sort_entries(a->entry, a->n);
    if (a->by_name == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no room to sort %zu array names", a->n);
    }
    return TP_OK;
}

tp_code
tp_artefact_open(const tp_store *store, const char *kind, const tp_key *key, tp_artefact **out,
                 tp_err *err)
{
    tp_artefact *a = calloc(1, sizeof *a);
    if (a == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no room to open an artefact of kind %s", kind);
    }
    tp_code rc = tp_store_path(store, kind, key, SUFFIX, &a->path, err);
    if (rc == TP_OK) {
        rc = map_file(a, err);
    }
    if (rc == TP_OK) {
        rc = check_map(a, kind, key, err);
    }
    if (rc != TP_OK) {
        tp_artefact_close(a);
        return rc;
    }
    *out = a;
    return TP_OK;
}

void
tp_artefact_close(tp_artefact *artefact)
{
    if (artefact != NULL) {
        if (artefact->map != NULL) {
            (void)munmap((void *)(uintptr_t)artefact->map, artefact->size);
        }
        free(artefact->by_name);
        tp_buf_clear(&artefact->path);
        free(artefact);
    }
}

tp_code
tp_artefact_get(const tp_artefact *artefact, const char *name, size_t size, const void **out_data,
                size_t *out_n, tp_err *err)
{
    size_t low = 0;
    size_t high = artefact->n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (strcmp(artefact->by_name[middle]->name, name) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == artefact->n || strcmp(artefact->by_name[low]->name, name) != 0) {
        TP_RETURN_ERR(err, TP_E_SCHEMA, "%s has no array %.47s", tp_buf_cstr(&artefact->path),
                      name);
    }
    const entry *e = artefact->by_name[low];
    if (e->size != size) {
        TP_RETURN_ERR(err, TP_E_SCHEMA, "%s: array %s has elements of %llu bytes, not %zu",
                      tp_buf_cstr(&artefact->path), name, (unsigned long long)e->size, size);
    }
    *out_data = artefact->map + e->at;
    *out_n = (size_t)e->n;
    return TP_OK;
}

tp_code
tp_artefact_fault(const tp_artefact *artefact, tp_err *err, const char *what)
{
    TP_RETURN_ERR(err, TP_E_DAMAGED, "%s: %s; remove it and run again",
                  tp_buf_cstr(&artefact->path), what);
}

void
tp_artefact_content(const tp_artefact *artefact, tp_key *out)
{
    *out = artefact->content;
}

tp_code
tp_artefact_verify(const tp_artefact *artefact, tp_err *err)
{
    tp_key_maker maker;
    tp_key found;
    tp_key_begin(&maker, "artefact content 1");
    for (size_t i = 0; i < artefact->n; i++) {
        const entry *e = &artefact->entry[i];
        hash_array(&maker, e->name, artefact->map + e->at, e->n, e->size);
    }
    tp_key_end(&maker, &found);
    if (memcmp(&found, &artefact->content, sizeof found) != 0) {
        TP_RETURN_ERR(err, TP_E_DAMAGED,
                      "%s: its bytes do not match its content hash; remove it and run again",
                      tp_buf_cstr(&artefact->path));
    }
    return TP_OK;
}
