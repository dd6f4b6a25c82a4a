/* What of a record's key in its source may be published? */
#include "talent/core/source_key.h"

#include <sodium.h>
#include <string.h>

enum { NUMBER_DIGITS = 9, UUID_DIGITS = 32, HASH_BYTES = 16, SECRET_BYTES = 16 };

void
tp_secret_derive(const uint8_t key[32], const char *purpose, uint8_t out[16])
{
    (void)crypto_generichash(out, SECRET_BYTES, (const unsigned char *)purpose, strlen(purpose),
                             key, 32);
}

void
tp_source_key_secret(const uint8_t nik_key[32], uint8_t out[16])
{
    tp_secret_derive(nik_key, "talentpool published source keys", out);
}

/* 32 hexadecimal digits, hyphens aside, of which one at least is a letter: drawn by lot, however
 * many decimal digits follow one another. */
static bool
is_uuid(tp_str key)
{
    size_t n = 0;
    size_t letters = 0;
    for (size_t i = 0; i < key.n; i++) {
        const char c = key.p[i];
        const bool letter = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (!letter && c != '-' && (c < '0' || c > '9')) {
            return false;
        }
        n += c != '-';
        letters += letter;
    }
    return n == UUID_DIGITS && letters > 0;
}

bool
tp_source_key_is_number(tp_str key)
{
    size_t digits = 0;
    if (is_uuid(key)) {
        return false;
    }
    for (size_t i = 0; i < key.n; i++) {
        if (key.p[i] >= '0' && key.p[i] <= '9') {
            digits++;
        } else if (memchr(" .-/", key.p[i], 4) == NULL) {
            digits = 0;
        }
        if (digits == NUMBER_DIGITS) {
            return true;
        }
    }
    return false;
}

void
tp_source_key_hash(const uint8_t secret[16], tp_str source_id, tp_str key,
                   char out[TP_SOURCE_KEY_TEXT])
{
    crypto_generichash_state state;
    unsigned char hash[HASH_BYTES];
    (void)crypto_generichash_init(&state, secret, SECRET_BYTES, sizeof hash);
    (void)crypto_generichash_update(&state, (const unsigned char *)source_id.p, source_id.n);
    (void)crypto_generichash_update(&state, (const unsigned char *)"", 1);
    (void)crypto_generichash_update(&state, (const unsigned char *)key.p, key.n);
    (void)crypto_generichash_final(&state, hash, sizeof hash);
    out[0] = '#';
    (void)sodium_bin2hex(out + 1, TP_SOURCE_KEY_TEXT - 1, hash, sizeof hash);
}
