/* How are bodies kept as they came in: compressed, encrypted, with a manifest? */
#include "talent/etl/landing.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "etl/store/landing_block.h"
#include "talent/base/intern.h"

enum {
    META_MAX = 1 << 30, /* bytes of manifest texts of one source and night */
    PIECE = 64 << 10
};

typedef struct landed {
    tp_body meta;   /* texts in the writer's arena */
    uint32_t fetch; /* number of the fetch name, in the order of first sight */
    uint64_t at;    /* offset in the stream */
} landed;

struct tp_landing_writer {
    const tp_store *store;
    tp_temp temp;
    tp_landing_bond file;
    uint8_t secret[32];
    tp_buf plain; /* the block being filled */
    tp_buf sealed;
    uint64_t stream; /* bytes put so far */
    tp_landing_slot *slot;
    size_t n_slots;
    size_t cap_slots;
    landed *body;
    size_t n_bodies;
    size_t cap_bodies;
    tp_intern fetches;
    tp_arena arena;
    bool open; /* between body_begin and body_end or drop */
    uint64_t body_at;
    crypto_hash_sha256_state body_hash;
};

tp_code
tp_landing_begin(const tp_store *store, const tp_key *key, const uint8_t secret_key[32],
                 tp_landing_writer **out, tp_err *err)
{
    tp_landing_writer *w = calloc(1, sizeof *w);
    if (w == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no room to write a landing file");
    }
    tp_landing_header head;
    w->temp.fd = -1;
    w->store = store;
    w->file.key = *key;
    randombytes_buf(w->file.id.byte, sizeof w->file.id.byte);
    w->arena.limit = META_MAX;
    memcpy(w->secret, secret_key, sizeof w->secret);
    tp_landing_make_header(&w->file, secret_key, &head);
    tp_code rc = tp_temp_open(store, TP_LANDING_KIND, key, TP_LANDING_SUFFIX, &w->temp, err);
    if (rc == TP_OK) {
        rc = tp_temp_put(&w->temp, &head, sizeof head, err);
    }
    if (rc != TP_OK) {
        tp_landing_abort(w);
        return rc;
    }
    *out = w;
    return TP_OK;
}

void
tp_landing_abort(tp_landing_writer *writer)
{
    if (writer == NULL) {
        return;
    }
    tp_temp_abort(&writer->temp);
    if (writer->plain.p != NULL) {
        sodium_memzero(writer->plain.p, writer->plain.cap);
    }
    tp_buf_clear(&writer->plain);
    tp_buf_clear(&writer->sealed);
    free(writer->slot);
    free(writer->body);
    tp_intern_clear(&writer->fetches);
    tp_arena_clear(&writer->arena);
    sodium_memzero(writer->secret, sizeof writer->secret);
    free(writer);
}

/* Room for one more element of an array that doubles. */
static tp_code
grow(void **array, size_t n, size_t *cap, size_t size, tp_err *err)
{
    if (n < *cap) {
        return TP_OK;
    }
    const size_t more = *cap == 0 ? 64 : *cap * 2;
    void *grown = realloc(*array, more * size);
    if (grown == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no room for %zu manifest entries", more);
    }
    *array = grown;
    *cap = more;
    return TP_OK;
}

static tp_code
flush_block(tp_landing_writer *w, tp_err *err)
{
    void *slots = w->slot;
    if (w->plain.n == 0) {
        return TP_OK;
    }
    TP_RETURN_SAME(grow(&slots, w->n_slots, &w->cap_slots, sizeof *w->slot, err));
    w->slot = slots;
    TP_RETURN_SAME(
        tp_landing_seal(&w->file, w->secret, w->n_slots, w->plain.p, w->plain.n, &w->sealed, err));
    w->slot[w->n_slots++] = (tp_landing_slot){
        .at = w->temp.size, .stored = (uint32_t)w->sealed.n, .plain = (uint32_t)w->plain.n};
    tp_buf_reset(&w->plain);
    const tp_code rc = tp_temp_put(&w->temp, w->sealed.p, w->sealed.n, err);
    tp_buf_clear(&w->sealed); /* hundreds of landings are written side by side */
    return rc;
}

tp_code
tp_landing_fetch(tp_landing_writer *writer, tp_str name, tp_err *err)
{
    uint32_t number = 0;
    if (!tp_intern_add(&writer->fetches, name, &number)) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no room for the names of fetches");
    }
    return TP_OK;
}

tp_code
tp_landing_body_begin(tp_landing_writer *writer, tp_err *err)
{
    if (writer->open) {
        TP_RETURN_ERR(err, TP_E_BUG, "a body begins before the one before it has ended");
    }
    writer->open = true;
    writer->body_at = writer->stream;
    (void)crypto_hash_sha256_init(&writer->body_hash);
    return TP_OK;
}

tp_code
tp_landing_body_put(tp_landing_writer *writer, const void *bytes, size_t n, tp_err *err)
{
    if (!writer->open) {
        TP_RETURN_ERR(err, TP_E_BUG, "bytes are put outside a body");
    }
    const char *p = bytes;
    if (n > 0) {
        (void)crypto_hash_sha256_update(&writer->body_hash, bytes, n);
    }
    while (n > 0) {
        const size_t room = TP_LANDING_BLOCK - writer->plain.n;
        const size_t piece = n < room ? n : room;
        tp_buf_put(&writer->plain, p, piece);
        if (writer->plain.failed) {
            TP_RETURN_ERR(err, TP_E_NOMEM, "no room for a block of %d bytes", TP_LANDING_BLOCK);
        }
        writer->stream += piece;
        p += piece;
        n -= piece;
        if (writer->plain.n == TP_LANDING_BLOCK) {
            TP_RETURN_SAME(flush_block(writer, err));
        }
    }
    return TP_OK;
}

static bool
keep_text(tp_arena *arena, tp_str *text)
{
    if (text->p != NULL) {
        text->p = tp_arena_copy(arena, text->p, text->n);
        return text->p != NULL;
    }
    return true;
}

/* Enters a body into the index; its texts are copied. */
static tp_code
enter(tp_landing_writer *writer, const tp_body *meta, uint64_t at, tp_err *err)
{
    void *bodies = writer->body;
    TP_RETURN_SAME(grow(&bodies, writer->n_bodies, &writer->cap_bodies, sizeof *writer->body, err));
    writer->body = bodies;
    landed *b = &writer->body[writer->n_bodies];
    *b = (landed){.meta = *meta, .at = at};
    tp_arena *arena = &writer->arena;
    if (!tp_intern_add(&writer->fetches, meta->fetch, &b->fetch) ||
        !keep_text(arena, &b->meta.fetch) || !keep_text(arena, &b->meta.request_key) ||
        !keep_text(arena, &b->meta.url) || !keep_text(arena, &b->meta.content_type) ||
        !keep_text(arena, &b->meta.etag) || !keep_text(arena, &b->meta.last_modified)) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no room for the manifest of %zu bodies (ceiling %d bytes)",
                      writer->n_bodies + 1, META_MAX);
    }
    writer->n_bodies++;
    return TP_OK;
}

tp_code
tp_landing_body_end(tp_landing_writer *writer, const tp_body *meta, tp_err *err)
{
    if (!writer->open) {
        TP_RETURN_ERR(err, TP_E_BUG, "a body ends that has not begun");
    }
    tp_body whole = *meta;
    whole.size = writer->stream - writer->body_at;
    whole.referred = false;
    (void)crypto_hash_sha256_final(&writer->body_hash, whole.sha256);
    writer->open = false;
    return enter(writer, &whole, writer->body_at, err);
}

const uint8_t *
tp_landing_last_sha256(const tp_landing_writer *writer)
{
    return writer->body[writer->n_bodies - 1].meta.sha256;
}

void
tp_landing_forget(tp_landing_writer *writer, tp_str fetch, tp_str request_key)
{
    size_t n = 0;
    for (size_t i = 0; i < writer->n_bodies; i++) {
        const tp_body *b = &writer->body[i].meta;
        if (!tp_str_eq(b->fetch, fetch) ||
            (request_key.p != NULL && !tp_str_eq(b->request_key, request_key))) {
            writer->body[n++] = writer->body[i];
        }
    }
    writer->n_bodies = n;
}

tp_code
tp_landing_copy(tp_landing_writer *writer, const tp_landing *from, size_t i, tp_err *err)
{
    tp_reader *reader = NULL;
    char *piece = malloc(PIECE);
    size_t n = 1;
    if (piece == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no room to copy a body");
    }
    tp_code rc = tp_landing_reader_open(from, i, &reader, err);
    if (rc == TP_OK) {
        rc = tp_landing_body_begin(writer, err);
    }
    while (rc == TP_OK && n > 0) {
        rc = reader->read(reader, piece, PIECE, &n, err);
        rc = rc == TP_OK ? tp_landing_body_put(writer, piece, n, err) : rc;
    }
    tp_landing_reader_close(reader);
    sodium_memzero(piece, PIECE);
    free(piece);
    return rc == TP_OK ? tp_landing_body_end(writer, tp_landing_body(from, i), err) : rc;
}

/* What is referred to must be there to the last byte: whoever finds out later cannot ask for it. */
static tp_code
read_through(const tp_landing *from, size_t i, tp_err *err)
{
    tp_reader *reader = NULL;
    char *piece = malloc(PIECE);
    size_t n = 1;
    if (piece == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no room to read a body");
    }
    tp_code rc = tp_landing_reader_open(from, i, &reader, err);
    while (rc == TP_OK && n > 0) {
        rc = reader->read(reader, piece, PIECE, &n, err);
    }
    tp_landing_reader_close(reader);
    sodium_memzero(piece, PIECE);
    free(piece);
    return rc;
}

tp_code
tp_landing_carry(tp_landing_writer *writer, const tp_landing *from, size_t i, tp_err *err)
{
    tp_body meta = *tp_landing_body(from, i);
    uint64_t at = 0;
    if (writer->open) {
        TP_RETURN_ERR(err, TP_E_BUG, "a body is taken over within another");
    }
    if (meta.size < TP_LANDING_BLOCK) {
        return tp_landing_copy(writer, from, i, err);
    }
    TP_RETURN_SAME(read_through(from, i, err));
    tp_landing_bond file;
    tp_landing_place(from, i, &file, &at);
    meta.referred = true;
    meta.origin = file.key;
    meta.origin_file = file.id;
    return enter(writer, &meta, at, err);
}

void
tp_landing_body_drop(tp_landing_writer *writer)
{
    if (!writer->open) {
        return;
    }
    /* Bytes still in the block are taken back; those in sealed blocks stay, and nothing points
     * there. */
    const uint64_t given = writer->stream - writer->body_at;
    const size_t back = given < writer->plain.n ? (size_t)given : writer->plain.n;
    if (back > 0) {
        writer->plain.n -= back;
        writer->stream -= back;
    }
    writer->open = false;
}

static int
cmp_landed(const void *a, const void *b)
{
    const landed *x = a;
    const landed *y = b;
    if (x->fetch != y->fetch) {
        return x->fetch < y->fetch ? -1 : 1;
    }
    const int keys = tp_str_cmp(x->meta.request_key, y->meta.request_key);
    if (keys != 0) {
        return keys;
    }
    if (x->meta.page != y->meta.page) {
        return x->meta.page < y->meta.page ? -1 : 1;
    }
    const int hashes = memcmp(x->meta.sha256, y->meta.sha256, sizeof x->meta.sha256);
    return hashes != 0 ? hashes : x->at < y->at ? -1 : x->at > y->at;
}

static void
put_text(tp_buf *out, tp_str text)
{
    /* An absent text and an empty one are told apart by the length. */
    const uint32_t n = text.p != NULL ? (uint32_t)text.n : UINT32_MAX;
    tp_buf_put(out, &n, sizeof n);
    if (text.p != NULL) {
        tp_buf_put(out, text.p, n);
    }
}

static void
put_index(const tp_landing_writer *w, tp_str watermark, tp_buf *out)
{
    const uint64_t counts[2] = {w->n_slots, w->n_bodies};
    tp_buf_put(out, counts, sizeof counts);
    tp_buf_put(out, w->slot, w->n_slots * sizeof *w->slot);
    put_text(out, watermark);
    for (size_t i = 0; i < w->n_bodies; i++) {
        const landed *b = &w->body[i];
        tp_buf_put(out, &b->at, sizeof b->at);
        tp_buf_put(out, &b->meta.size, sizeof b->meta.size);
        tp_buf_put(out, &b->meta.fetched_at, sizeof b->meta.fetched_at);
        tp_buf_put(out, &b->meta.page, sizeof b->meta.page);
        tp_buf_put(out, &b->meta.night, sizeof b->meta.night);
        tp_buf_put(out, &b->meta.part, sizeof b->meta.part);
        tp_buf_put(out, &b->meta.status, sizeof b->meta.status);
        tp_buf_put(out, b->meta.sha256, sizeof b->meta.sha256);
        tp_buf_char(out, b->meta.empty ? 1 : 0);
        tp_buf_char(out, b->meta.referred ? 1 : 0);
        if (b->meta.referred) {
            tp_buf_put(out, b->meta.origin.byte, sizeof b->meta.origin.byte);
            tp_buf_put(out, b->meta.origin_file.byte, sizeof b->meta.origin_file.byte);
        }
        put_text(out, b->meta.fetch);
        put_text(out, b->meta.request_key);
        put_text(out, b->meta.url);
        put_text(out, b->meta.content_type);
        put_text(out, b->meta.etag);
        put_text(out, b->meta.last_modified);
    }
}

static tp_code
put_end(tp_landing_writer *w, tp_str watermark, tp_err *err)
{
    TP_AUTO_BUF(index);
    if (w->open) {
        TP_RETURN_ERR(err, TP_E_BUG, "a landing file is committed within a body");
    }
    TP_RETURN_SAME(flush_block(w, err));
    if (w->n_bodies > 1) {
        qsort(w->body, w->n_bodies, sizeof *w->body, cmp_landed);
    }
    put_index(w, watermark, &index);
    if (index.failed) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no room for the index of %zu bodies", w->n_bodies);
    }
    tp_landing_footer foot;
    TP_RETURN_SAME(tp_landing_seal(&w->file, w->secret, TP_LANDING_INDEX_NUMBER, index.p, index.n,
                                   &w->sealed, err));
    tp_landing_make_footer(w->temp.size, w->sealed.n, index.n, &foot);
    TP_RETURN_SAME(tp_temp_put(&w->temp, w->sealed.p, w->sealed.n, err));
    return tp_temp_put(&w->temp, &foot, sizeof foot, err);
}

tp_code
tp_landing_commit(tp_landing_writer *writer, tp_str watermark, tp_err *err)
{
    tp_code rc = put_end(writer, watermark, err);
    if (rc == TP_OK) {
        rc = tp_landing_keep_aside(writer->store, &writer->file.key, false, err);
    }
    if (rc == TP_OK) {
        rc = tp_temp_commit(&writer->temp, err);
    }
    tp_landing_abort(writer);
    return rc;
}
