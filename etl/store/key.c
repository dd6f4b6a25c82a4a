/* What is a product made from, in 32 bytes? */
#include <sodium.h>
#include <string.h>

#include "talent/etl/artefact.h"

_Static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(tp_key_maker), "the hash state fits");

static crypto_hash_sha256_state *
state_of(tp_key_maker *maker)
{
    return (crypto_hash_sha256_state *)(void *)maker->state;
}

void
tp_key_format(const tp_key *key, char out[TP_KEY_TEXT])
{
    (void)sodium_bin2hex(out, TP_KEY_TEXT, key->byte, sizeof key->byte);
}

bool
tp_key_parse(tp_str text, tp_key *out)
{
    tp_key key;
    size_t n = 0;
    if (text.n != TP_KEY_TEXT - 1 ||
        sodium_hex2bin(key.byte, sizeof key.byte, text.p, text.n, NULL, &n, NULL) != 0 ||
        n != sizeof key.byte) {
        return false;
    }
    *out = key;
    return true;
}

/* Length before bytes, so that no two lists of parts read the same. */
static void
put_part(tp_key_maker *maker, const void *bytes, size_t n)
{
    unsigned char length[8];
    for (int i = 0; i < 8; i++) {
        length[i] = (unsigned char)((uint64_t)n >> (8 * i));
    }
    (void)crypto_hash_sha256_update(state_of(maker), length, sizeof length);
    if (n > 0) {
        (void)crypto_hash_sha256_update(state_of(maker), bytes, n);
    }
}

void
tp_key_begin(tp_key_maker *maker, const char *what)
{
    memset(maker, 0, sizeof *maker);
    (void)crypto_hash_sha256_init(state_of(maker));
    put_part(maker, what, strlen(what));
}

void
tp_key_add(tp_key_maker *maker, const char *label, const void *bytes, size_t n)
{
    put_part(maker, label, strlen(label));
    put_part(maker, bytes, n);
}

void
tp_key_add_text(tp_key_maker *maker, const char *label, tp_str text)
{
    tp_key_add(maker, label, text.p, text.n);
}

void
tp_key_add_i64(tp_key_maker *maker, const char *label, int64_t value)
{
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++) {
        bytes[i] = (unsigned char)((uint64_t)value >> (8 * i));
    }
    tp_key_add(maker, label, bytes, sizeof bytes);
}

void
tp_key_add_key(tp_key_maker *maker, const char *label, const tp_key *key)
{
    tp_key_add(maker, label, key->byte, sizeof key->byte);
}

void
tp_key_end(tp_key_maker *maker, tp_key *out)
{
    (void)crypto_hash_sha256_final(state_of(maker), out->byte);
}
