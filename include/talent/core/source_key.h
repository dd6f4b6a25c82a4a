/* What of a record's key in its source may be published. */
#ifndef TALENT_CORE_SOURCE_KEY_H
#define TALENT_CORE_SOURCE_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "talent/base/str.h"

enum { TP_SOURCE_KEY_TEXT = 34 }; /* "#", 32 hex digits, a zero byte */

/* A secret of its own for each purpose, made from one key: no use of it tells of another. */
void tp_secret_derive(const uint8_t key[32], const char *purpose, uint8_t out[16]);

/* The secret of tp_source_key_hash, from the key "nik". */
void tp_source_key_secret(const uint8_t nik_key[32], uint8_t out[16]);

/*
 * May this key be an identifier of a person? True when it holds nine digits or more in a row,
 * blanks and . - / between them aside: NIP, NIK, old NIP, service numbers are of that kind. UUIDs
 * are not.
 */
bool tp_source_key_is_number(tp_str key);

/* "#" and 128 bits of keyed BLAKE2b of source id and key: equal for equal keys of one source, and
 * of no use to whoever has not the secret. */
void tp_source_key_hash(const uint8_t secret[16], tp_str source_id, tp_str key,
                        char out[TP_SOURCE_KEY_TEXT]);

#endif
