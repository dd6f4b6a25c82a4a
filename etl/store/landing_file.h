/* An open landing: its index in memory, its file, the readers it keeps. */
#ifndef TALENT_STORE_LANDING_FILE_H
#define TALENT_STORE_LANDING_FILE_H

#include <pthread.h>
#include <sodium.h>

#include "etl/store/landing_block.h"

typedef struct tp_body_reader tp_body_reader;

/* The reader closed last, with its block still open: small bodies share blocks, and opening one
 * anew for each body would cost more than reading it. */
typedef struct tp_landing_spare {
    pthread_mutex_t lock;
    tp_body_reader *reader;
    tp_landing *origin; /* of earlier nights that bodies refer to; opened when first asked for */
} tp_landing_spare;

struct tp_landing {
    tp_landing *next; /* in the list of origins */
    const tp_store *store;
    int fd;
    tp_landing_bond file;
    uint8_t secret[32];
    tp_buf path;
    tp_buf index; /* plain; texts of bodies point into it */
    tp_landing_slot *slot;
    size_t n_slots;
    tp_body *body;
    uint64_t *at;
    uint32_t *stored; /* [n] bodies in the order of the file */
    size_t n;
    tp_str watermark;
    tp_landing_spare *spare;
};

struct tp_body_reader {
    tp_reader base;
    const tp_landing *landing; /* whose blocks it reads */
    const tp_landing *shown;   /* whose body it is: the same, or one that refers to it */
    size_t body;
    uint64_t at;
    uint64_t given;
    size_t block; /* in plain; SIZE_MAX = none */
    uint8_t *plain;
    uint8_t *stored;
    size_t cap_stored;
    bool referred;                 /* the body stands in the file of an earlier night */
    crypto_hash_sha256_state hash; /* of such a body */
    tp_err fault;                  /* code TP_OK = none so far */
};

/* Reads n bytes of the file. TP_E_DAMAGED when it ends before. */
tp_code tp_landing_read_at(const tp_landing *landing, uint64_t at, void *out, size_t n,
                           tp_err *err) TP_MUST_CHECK;

/* Clears its bytes and frees it; accepts NULL. */
void tp_body_reader_free(tp_body_reader *reader);

#endif
