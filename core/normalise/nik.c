/* What may be kept of a national identity number, and of the other numbers that must not be read?
 */
#include "talent/core/nip.h"

#include <sodium.h>
#include <stdlib.h>

#include "talent/base/day.h"
#include "talent/base/hash.h"

enum { NIK_DIGITS = 16, LEAP_YEAR = 2000 };

enum { REGIONS = 4096, DATES = 16384, SERIALS = 1024 };

typedef struct part {
    uint32_t digits; /* behind a leading 1; 0 = free */
    uint32_t hash;   /* its top bits, all that a sketch takes */
} part;

struct tp_keyed {
    crypto_auth_hmacsha256_state state;
    part region[REGIONS];
    part date[DATES];
    part serial[SERIALS];
};

tp_keyed *
tp_keyed_new(const uint8_t secret_key[32])
{
    tp_keyed *out = calloc(1, sizeof *out);
    if (out != NULL) {
        crypto_auth_hmacsha256_init(&out->state, secret_key, 32);
    }
    return out;
}

void
tp_keyed_free(tp_keyed *key)
{
    if (key != NULL) {
        sodium_memzero(key, sizeof *key);
        free(key);
    }
}

/* Truncated HMAC-SHA-256 of a labelled text; the label keeps equal digits of two uses apart. */
static uint64_t
keyed(const char *label, const char *text, size_t n, const crypto_auth_hmacsha256_state *key)
{
    crypto_auth_hmacsha256_state state;
    uint8_t mac[crypto_auth_hmacsha256_BYTES];
    memcpy(&state, key, sizeof state);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)label, strlen(label) + 1);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)text, n);
    crypto_auth_hmacsha256_final(&state, mac);
    uint64_t v = 0;
    for (int i = 0; i < 8; i++) {
        v = v << 8 | mac[i];
    }
    return v;
}

/* Top 32 bits of the hash of a part, from the table when it is there. */
static uint64_t
keyed_part(const char *label, const char *text, size_t n, tp_keyed *key, part *table, size_t size)
{
    uint32_t digits = 1;
    for (size_t i = 0; i < n; i++) {
        digits = digits * 10 + (uint32_t)(text[i] - '0');
    }
    part *at = &table[(digits * UINT32_C(2654435761) >> 12) % size];
    if (at->digits != digits) {
        *at = (part){digits, (uint32_t)(keyed(label, text, n, &key->state) >> 32)};
    }
    return (uint64_t)at->hash << 32;
}

static int
pair(const char *digit, int at)
{
    return (digit[at] - '0') * 10 + (digit[at + 1] - '0');
}

/* Fillers: equal or running digits, or nothing but zeros after the province. */
static bool
is_filler(const char *d)
{
    bool equal = true;
    bool running = true;
    bool zeros = true;
    for (int i = 1; i < NIK_DIGITS; i++) {
        equal = equal && d[i] == d[0];
        running = running && (d[i] - d[i - 1] + 10) % 10 == 1;
        zeros = zeros && (i < 2 || d[i] == '0');
    }
    return equal || running || zeros;
}

static int32_t
facts_of(const char *d)
{
    const int province = pair(d, 0);
    const int raw_day = pair(d, 6);
    const int month = pair(d, 8);
    const int year = pair(d, 10);
    const bool female = raw_day > 40;
    const int day = female ? raw_day - 40 : raw_day;
    const bool date =
        tp_day_valid(1900 + year, month, day) || tp_day_valid(2000 + year, month, day);
    const bool serial = d[12] != '0' || d[13] != '0' || d[14] != '0' || d[15] != '0';
    const bool region = province >= 11 && province <= 99 && pair(d, 2) > 0 && pair(d, 4) > 0;
    int of_year = 0;
    if (date) {
        of_year = (int)(tp_day_of(LEAP_YEAR, month, day) - tp_day_of(LEAP_YEAR, 1, 1)) + 1;
    }
    return (date && serial && region ? 1 : 0) | (female ? 2 : 0) | of_year << 2 | year << 11 |
           province << 18;
}

tp_nik
tp_nik_sketch_keyed(tp_str text, tp_keyed *key)
{
    tp_nik nik = {0};
    char d[NIK_DIGITS + 1];
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        const char c = text.p[i];
        if (c >= '0' && c <= '9') {
            if (n == NIK_DIGITS) {
                n = 0;
                break;
            }
            d[n++] = c;
        } else if (c != ' ' && c != '.' && c != '-' && c != '\'') {
            n = 0; /* letters: not a number, and half of one must not pass for it */
            break;
        }
    }
    if (n == NIK_DIGITS && !is_filler(d)) {
        nik.present = true;
        nik.whole = keyed("nik", d, NIK_DIGITS, &key->state);
        nik.whole += nik.whole == 0 ? 1 : 0;
        nik.parts = (keyed_part("nik.region", d, 6, key, key->region, REGIONS) >> 40) << 40 |
                    (keyed_part("nik.date", d + 6, 6, key, key->date, DATES) >> 40) << 16 |
                    keyed_part("nik.serial", d + 12, 4, key, key->serial, SERIALS) >> 48;
        nik.parts += nik.parts == 0 ? 1 : 0;
        nik.facts = facts_of(d);
    }
    sodium_memzero(d, sizeof d);
    return nik;
}

tp_nik
tp_nik_sketch(tp_str text, const uint8_t secret_key[32])
{
    tp_keyed *key = tp_keyed_new(secret_key);
    const tp_nik nik = key != NULL ? tp_nik_sketch_keyed(text, key) : (tp_nik){0};
    tp_keyed_free(key);
    return nik;
}

static uint64_t
id_hash(const char *label, tp_str digits, const crypto_auth_hmacsha256_state *state)
{
    const uint64_t v = keyed(label, digits.p, digits.n, state);
    return v == 0 ? 1 : v;
}

uint64_t
tp_id_hash_keyed(const char *label, tp_str digits, const tp_keyed *key)
{
    return id_hash(label, digits, &key->state);
}

uint64_t
tp_id_hash(const char *label, tp_str digits, const uint8_t secret_key[32])
{
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, secret_key, 32);
    const uint64_t v = id_hash(label, digits, &state);
    sodium_memzero(&state, sizeof state);
    return v;
}

uint64_t
tp_siasn_hash(tp_str id)
{
    char folded[32];
    size_t n = 0;
    for (size_t i = 0; i < id.n; i++) {
        char c = id.p[i];
        if (c == '-') {
            continue;
        }
        c = c >= 'A' && c <= 'F' ? (char)(c + ('a' - 'A')) : c;
        if (n == sizeof folded || !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
            return 0;
        }
        folded[n++] = c;
    }
    if (n != sizeof folded) {
        return 0;
    }
    const uint64_t v = tp_hash64(0x5349415346, folded, n);
    return v == 0 ? 1 : v;
}
