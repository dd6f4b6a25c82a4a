/* How are landed bodies read one by one, in little memory? */
#include <stdlib.h>
#include <string.h>

#include "etl/store/landing_file.h"

void
tp_body_reader_free(tp_body_reader *r)
{
    if (r != NULL) {
        if (r->plain != NULL) {
            sodium_memzero(r->plain, TP_LANDING_BLOCK);
        }
        free(r->plain);
        free(r->stored);
        free(r);
    }
}

static tp_code
load_block(tp_body_reader *r, size_t block, tp_err *err)
{
    const tp_landing *l = r->landing;
    const tp_landing_slot *slot = &l->slot[block];
    if (r->block == block) {
        return TP_OK;
    }
    r->block = SIZE_MAX;
    if (slot->stored > r->cap_stored) {
        uint8_t *grown = realloc(r->stored, slot->stored);
        if (grown == NULL) {
            TP_RETURN_ERR(err, TP_E_NOMEM, "no room for a block of %u bytes", slot->stored);
        }
        r->stored = grown;
        r->cap_stored = slot->stored;
    }
    TP_RETURN_SAME(tp_landing_read_at(l, slot->at, r->stored, slot->stored, err));
    TP_RETURN_IF_ERR(err,
                     tp_landing_unseal(&l->file, l->secret, block, r->stored, slot->stored,
                                       r->plain, slot->plain, err),
                     "read block %zu of %s", block, tp_buf_cstr(&l->path));
    r->block = block;
    return TP_OK;
}

/* A body of this file is not hashed again: its blocks are authenticated as those of this file when
 * they are opened, and so is the index, which places it. Of one of an earlier night this index
 * tells what that file held. */
static tp_code
check_whole(tp_body_reader *r, tp_err *err)
{
    uint8_t found[32];
    crypto_hash_sha256_state copy = r->hash; /* the end may be asked for more than once */
    (void)crypto_hash_sha256_final(&copy, found);
    if (memcmp(found, r->shown->body[r->body].sha256, sizeof found) != 0) {
        TP_RETURN_ERR(err, TP_E_DAMAGED, "body %zu of %s does not match its hash", r->body,
                      tp_buf_cstr(&r->shown->path));
    }
    return TP_OK;
}

static tp_code
read_piece(tp_body_reader *r, void *buf, size_t cap, size_t *out_n, tp_err *err)
{
    const uint64_t left = r->shown->body[r->body].size - r->given;
    if (left == 0) {
        *out_n = 0;
        return r->referred ? check_whole(r, err) : TP_OK;
    }
    const uint64_t at = r->at + r->given;
    const size_t in_block = (size_t)(at % TP_LANDING_BLOCK);
    TP_RETURN_SAME(load_block(r, (size_t)(at / TP_LANDING_BLOCK), err));
    size_t n = TP_LANDING_BLOCK - in_block;
    n = n < cap ? n : cap;
    n = n < left ? n : (size_t)left;
    memcpy(buf, r->plain + in_block, n);
    if (r->referred) {
        (void)crypto_hash_sha256_update(&r->hash, buf, n);
    }
    r->given += n;
    *out_n = n;
    return TP_OK;
}

static tp_code
reader_read(tp_reader *self, void *buf, size_t cap, size_t *out_n, tp_err *err)
{
    tp_body_reader *r = (tp_body_reader *)(void *)self;
    if (r->fault.code == TP_OK && read_piece(r, buf, cap, out_n, &r->fault) == TP_OK) {
        return TP_OK;
    }
    if (err != NULL) {
        *err = r->fault;
    }
    return r->fault.code;
}

void
tp_landing_place(const tp_landing *landing, size_t i, tp_landing_bond *out_file, uint64_t *out_at)
{
    const tp_body *b = &landing->body[i];
    *out_file =
        b->referred ? (tp_landing_bond){.key = b->origin, .id = b->origin_file} : landing->file;
    *out_at = landing->at[i];
}

static tp_body_reader *
take_spare(const tp_landing *landing)
{
    (void)pthread_mutex_lock(&landing->spare->lock);
    tp_body_reader *r = landing->spare->reader;
    landing->spare->reader = NULL;
    (void)pthread_mutex_unlock(&landing->spare->lock);
    return r;
}

/* The landing that holds the bytes of body i. */
static tp_code
find_holder(const tp_landing *landing, size_t i, const tp_landing **out, tp_err *err)
{
    const tp_body *b = &landing->body[i];
    tp_landing_spare *keep = landing->spare;
    const tp_landing_bond file = {.key = b->origin, .id = b->origin_file};
    tp_code rc = TP_OK;
    *out = landing;
    if (!b->referred) {
        return TP_OK;
    }
    (void)pthread_mutex_lock(&keep->lock);
    tp_landing *origin = keep->origin;
    while (origin != NULL && memcmp(&origin->file, &file, sizeof file) != 0) {
        origin = origin->next;
    }
    if (origin == NULL) {
        rc = tp_landing_open_file(landing->store, &file, landing->secret, &origin, err);
        if (rc == TP_OK) {
            origin->next = keep->origin;
            keep->origin = origin;
        }
    }
    (void)pthread_mutex_unlock(&keep->lock);
    *out = origin;
    TP_RETURN_IF_ERR(err, rc, "open the earlier landing that body %zu of %s refers to", i,
                     tp_buf_cstr(&landing->path));
    if (origin->n_slots == 0 ||
        landing->at[i] + b->size > (uint64_t)origin->n_slots * TP_LANDING_BLOCK) {
        TP_RETURN_ERR(err, TP_E_DAMAGED, "body %zu of %s refers to bytes that are not there", i,
                      tp_buf_cstr(&landing->path));
    }
    return TP_OK;
}

tp_code
tp_landing_reader_open(const tp_landing *landing, size_t i, tp_reader **out, tp_err *err)
{
    const tp_landing *holder = NULL;
    if (i >= landing->n) {
        TP_RETURN_ERR(err, TP_E_BUG, "body %zu of %zu in %s", i, landing->n,
                      tp_buf_cstr(&landing->path));
    }
    TP_RETURN_SAME(find_holder(landing, i, &holder, err));
    tp_body_reader *r = take_spare(holder);
    if (r == NULL) {
        r = calloc(1, sizeof *r);
        uint8_t *plain = malloc(TP_LANDING_BLOCK);
        if (r == NULL || plain == NULL) {
            free(r);
            free(plain);
            TP_RETURN_ERR(err, TP_E_NOMEM, "no room to read a body");
        }
        r->plain = plain;
        r->block = SIZE_MAX;
        r->landing = holder;
        r->base.read = reader_read;
    }
    r->shown = landing;
    r->body = i;
    r->at = landing->at[i];
    r->given = 0;
    r->fault = (tp_err){0};
    r->referred = landing->body[i].referred;
    if (r->referred) {
        (void)crypto_hash_sha256_init(&r->hash);
    }
    *out = &r->base;
    return TP_OK;
}

void
tp_landing_reader_close(tp_reader *reader)
{
    tp_body_reader *r = (tp_body_reader *)(void *)reader;
    if (r == NULL) {
        return;
    }
    tp_landing_spare *keep = r->landing->spare;
    (void)pthread_mutex_lock(&keep->lock);
    tp_body_reader *old = keep->reader;
    keep->reader = r;
    (void)pthread_mutex_unlock(&keep->lock);
    tp_body_reader_free(old);
}
