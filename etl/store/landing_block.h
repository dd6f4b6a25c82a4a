/* Blocks of a landing file: compressed, then encrypted and bound to their file and number. */
#ifndef TALENT_STORE_LANDING_BLOCK_H
#define TALENT_STORE_LANDING_BLOCK_H

#include <stdint.h>

#include "etl/store/temp.h"
#include "talent/etl/landing.h"

/*
 * Layout: header 96 | sealed blocks | sealed index | footer 64. A sealed block is a random nonce of
 * 24 bytes and XChaCha20-Poly1305 over one zstd frame, with (file key, file id, block number) as
 * additional data. The id is random: files that one key had one after the other do not share
 * blocks. Bodies follow one another in one stream that is cut into blocks of TP_LANDING_BLOCK
 * bytes.
 */
enum {
    TP_LANDING_VERSION = 4,
    TP_LANDING_ORDER = 0x01020304,
    TP_LANDING_BLOCK = 1 << 18,
    TP_LANDING_ZSTD_LEVEL = 3,
    TP_LANDING_CHECK = 16
};
#define TP_LANDING_INDEX_NUMBER UINT64_MAX /* the index's block number */
#define TP_LANDING_SUFFIX       ".tpl"
#define TP_LANDING_KIND         "landing"

typedef struct tp_landing_header {
    char magic[8];
    uint32_t version;
    uint32_t order;
    tp_key key;
    tp_key id;
    uint8_t check[TP_LANDING_CHECK]; /* keyed hash of the file key: is this the secret it was sealed
                                        with? */
} tp_landing_header;

typedef struct tp_landing_footer {
    uint64_t index_at;
    uint64_t index_stored; /* bytes in the file */
    uint64_t index_plain;
    uint64_t file_size;
    uint64_t spare[2];
    uint64_t own_hash;
    char magic[8];
} tp_landing_footer;

/* One block in the index. */
typedef struct tp_landing_slot {
    uint64_t at;
    uint32_t stored;
    uint32_t plain;
} tp_landing_slot;

/* What a block is bound to: the file it stands in. */
typedef struct tp_landing_bond {
    tp_key key;
    tp_key id; /* random, of this one file */
} tp_landing_bond;

void tp_landing_make_header(const tp_landing_bond *file, const uint8_t secret[32],
                            tp_landing_header *out);
void tp_landing_make_footer(uint64_t index_at, uint64_t stored, uint64_t plain,
                            tp_landing_footer *out);

/* What is wrong with the ends of a file of this size, without looking at the secret; NULL =
 * nothing. */
const char *tp_landing_fault(const tp_landing_header *head, const tp_landing_footer *foot,
                             uint64_t size, const tp_key *key);

/* Compresses and encrypts n bytes into *out (replaced). */
tp_code tp_landing_seal(const tp_landing_bond *file, const uint8_t secret[32], uint64_t number,
                        const void *plain, size_t n, tp_buf *out, tp_err *err) TP_MUST_CHECK;

/* The reverse, in place over `stored`; out has exactly n_plain bytes. TP_E_DAMAGED when altered. */
tp_code tp_landing_unseal(const tp_landing_bond *file, const uint8_t secret[32], uint64_t number,
                          uint8_t *stored, size_t n_stored, void *out, size_t n_plain,
                          tp_err *err) TP_MUST_CHECK;

/* Where the bytes of body i stand: the landing file that holds them and their offset in its stream.
 */
void tp_landing_place(const tp_landing *landing, size_t i, tp_landing_bond *out_file,
                      uint64_t *out_at);

/* Gives the file under this key, if there is one, its own id as a second name, and with `remove`
 * takes the first away. TP_E_IO when it cannot be done. */
tp_code tp_landing_keep_aside(const tp_store *store, const tp_key *key, bool remove,
                              tp_err *err) TP_MUST_CHECK;

/* Opens the file that is meant by both, under its key or set aside. */
tp_code tp_landing_open_file(const tp_store *store, const tp_landing_bond *file,
                             const uint8_t secret[32], tp_landing **out, tp_err *err) TP_MUST_CHECK;

#endif
