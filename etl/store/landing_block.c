/* How is a block of received bytes made small and unreadable to others, and opened again? */
#include "etl/store/landing_block.h"

#include <sodium.h>
#include <string.h>
#include <zstd.h>

#include "talent/base/hash.h"

static const char HEAD[8] = {'T', 'P', 'L', 'A', 'N', 'D', '0', '1'};
static const char TAIL[8] = {'T', 'P', 'L', 'E', 'N', 'D', '0', '1'};

enum {
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    BOUND_TO = 72
};

_Static_assert(sizeof(tp_landing_header) == 96 && sizeof(tp_landing_footer) == 64, "file layout");
_Static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == 32, "secret_key[32]");

void
tp_landing_make_header(const tp_landing_bond *file, const uint8_t secret[32],
                       tp_landing_header *out)
{
    *out = (tp_landing_header){
        .version = TP_LANDING_VERSION, .order = TP_LANDING_ORDER, .key = file->key, .id = file->id};
    memcpy(out->magic, HEAD, sizeof HEAD);
    (void)crypto_generichash(out->check, sizeof out->check, file->key.byte, sizeof file->key.byte,
                             secret, 32);
}

static uint64_t
footer_hash(const tp_landing_footer *foot)
{
    return tp_hash64(0, foot, offsetof(tp_landing_footer, own_hash));
}

void
tp_landing_make_footer(uint64_t index_at, uint64_t stored, uint64_t plain, tp_landing_footer *out)
{
    *out = (tp_landing_footer){.index_at = index_at,
                               .index_stored = stored,
                               .index_plain = plain,
                               .file_size = index_at + stored + sizeof *out};
    out->own_hash = footer_hash(out);
    memcpy(out->magic, TAIL, sizeof TAIL);
}

const char *
tp_landing_fault(const tp_landing_header *head, const tp_landing_footer *foot, uint64_t size,
                 const tp_key *key)
{
    if (memcmp(head->magic, HEAD, sizeof HEAD) != 0) {
        return "is not a landing file";
    }
    if (head->order != TP_LANDING_ORDER || head->version != TP_LANDING_VERSION) {
        return "was written by another version or on another kind of machine";
    }
    if (memcmp(&head->key, key, sizeof *key) != 0) {
        return "belongs to another key";
    }
    if (memcmp(foot->magic, TAIL, sizeof TAIL) != 0 || foot->own_hash != footer_hash(foot) ||
        foot->file_size != size || foot->index_at < sizeof *head ||
        foot->index_at > size - sizeof *foot ||
        foot->index_stored != size - sizeof *foot - foot->index_at ||
        foot->index_plain > (UINT64_C(1) << 32)) {
        return "is torn: its footer is missing or damaged";
    }
    return NULL;
}

static void
bind(const tp_landing_bond *file, uint64_t number, unsigned char out[BOUND_TO])
{
    memcpy(out, file->key.byte, sizeof file->key.byte);
    memcpy(out + 32, file->id.byte, sizeof file->id.byte);
    for (int i = 0; i < 8; i++) {
        out[64 + i] = (unsigned char)(number >> (8 * i));
    }
}

tp_code
tp_landing_seal(const tp_landing_bond *file, const uint8_t secret[32], uint64_t number,
                const void *plain, size_t n, tp_buf *out, tp_err *err)
{
    unsigned char bound_to[BOUND_TO];
    const size_t room = ZSTD_compressBound(n);
    tp_buf_reset(out);
    if (!tp_buf_reserve(out, NONCE + room + TAG)) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no room to seal a block of %zu bytes", n);
    }
    unsigned char *nonce = (unsigned char *)out->p;
    unsigned char *text = nonce + NONCE;
    const size_t packed = ZSTD_compress(text, room, plain, n, TP_LANDING_ZSTD_LEVEL);
    if (ZSTD_isError(packed)) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "compress a block: %s", ZSTD_getErrorName(packed));
    }
    unsigned long long sealed = 0;
    bind(file, number, bound_to);
    randombytes_buf(nonce, NONCE);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(text, &sealed, text, packed, bound_to,
                                                     sizeof bound_to, NULL, nonce, secret);
    out->n = NONCE + (size_t)sealed;
    return TP_OK;
}

tp_code
tp_landing_unseal(const tp_landing_bond *file, const uint8_t secret[32], uint64_t number,
                  uint8_t *stored, size_t n_stored, void *out, size_t n_plain, tp_err *err)
{
    unsigned char bound_to[BOUND_TO];
    unsigned long long packed = 0;
    bind(file, number, bound_to);
    if (n_stored < NONCE + TAG ||
        crypto_aead_xchacha20poly1305_ietf_decrypt(stored + NONCE, &packed, NULL, stored + NONCE,
                                                   n_stored - NONCE, bound_to, sizeof bound_to,
                                                   stored, secret) != 0) {
        TP_RETURN_ERR(err, TP_E_DAMAGED, "a block has been altered or damaged");
    }
    const size_t got = ZSTD_decompress(out, n_plain, stored + NONCE, (size_t)packed);
    if (ZSTD_isError(got) || got != n_plain) {
        TP_RETURN_ERR(err, TP_E_DAMAGED, "a block does not unpack to its %zu bytes", n_plain);
    }
    return TP_OK;
}
