/* Civil-service numbers: layout, checks and classes (reference-facts.md 1). */
#ifndef TALENT_CORE_NIP_H
#define TALENT_CORE_NIP_H

#include <stdbool.h>
#include <stdint.h>

#include "talent/base/str.h"
#include "talent/core/record.h"

/* What is wrong with a number; the first that applies. Stored nowhere. */
typedef enum tp_nip_fault {
    TP_NIP_FINE,
    TP_NIP_EMPTY,
    TP_NIP_SCIENTIFIC,  /* went through a spreadsheet: digits are lost */
    TP_NIP_LENGTH,      /* not 18 digits */
    TP_NIP_LETTERS,     /* holds something that is no digit */
    TP_NIP_PLACEHOLDER, /* equal or running digits */
    TP_NIP_BIRTH,       /* digits 1-8 are no date of a living official */
    TP_NIP_APPOINTED,   /* digits 9-14: neither month nor PPPK mark, or younger than 18 */
    TP_NIP_SEX,         /* digit 15 is neither 1 nor 2 */
    TP_NIP_SERIAL       /* 000 */
} tp_nip_fault;

typedef struct tp_nip {
    tp_nip_class cls;
    tp_nip_fault fault;
    uint64_t number; /* its digits as a number; 0 when there are none to use */
    int n_digits;
    int32_t birth_day;     /* the parts are set when cls is good */
    int32_t appointed_day; /* first day of the month (PPPK: of the year) */
    tp_sex sex;
    bool pppk;
    int appointment; /* PPPK: 1..9, else 0 */
    int serial;      /* 1..999 */
} tp_nip;

/*
 * Reads a number as feeds write it: spaces, dots, hyphens, no-break spaces and a leading apostrophe
 * are passed over. Good: 18 digits and every check passes. Damaged: 16 to 19 digits but a check
 * fails (number kept as near evidence). Old: 9 digits. Service: 8 digits. Junk: anything else, and
 * placeholders. Whether the appointment lies in the future is not asked: nothing here knows the
 * date.
 */
tp_nip tp_nip_parse(tp_str text);

/*
 * Keyed sketch of a national identity number; its digits go no further (linkage-design.md 3.2).
 * Layout of `facts`: bit 0 valid, bit 1 female, bits 2-10 birth day in the year counted in a leap
 * year (1..366), bits 11-17 two-digit year, bits 18-24 province. Layout of `parts`: region 24 bits
 * (top), date 24, serial 16.
 */
typedef struct tp_nik {
    bool present; /* 16 digits and no placeholder */
    uint64_t whole;
    uint64_t parts;
    int32_t facts;
} tp_nik;

/* A secret taken in once for many hashes, with the hashes of the parts of NIKs met so far: regions,
 * dates and serial numbers, which say nothing of a person when they stand alone. One thread at a
 * time. */
typedef struct tp_keyed tp_keyed;

/* Takes the secret in; NULL when memory ends. */
tp_keyed *tp_keyed_new(const uint8_t secret_key[32]);

/* Wipes it and gives it back; accepts NULL. */
void tp_keyed_free(tp_keyed *keyed);

/* Sketch of a NIK under the night's secret (linkage-design.md 3.2); its digits go no further. */
tp_nik tp_nik_sketch(tp_str text, const uint8_t secret_key[32]);

/* The same with a secret taken in before. */
tp_nik tp_nik_sketch_keyed(tp_str text, tp_keyed *keyed);

/* Keyed 64-bit hash of an old NIP (label "nip_old") or service number (label "nrp"); never 0. */
uint64_t tp_id_hash(const char *label, tp_str digits, const uint8_t secret_key[32]);

/* The same with a secret taken in before. */
uint64_t tp_id_hash_keyed(const char *label, tp_str digits, const tp_keyed *keyed);

/* SIASN person id: dashes removed, case folded, hashed; 0 when it is no id of 32 hex digits. */
uint64_t tp_siasn_hash(tp_str id);

static inline bool
tp_nik_valid(int32_t facts)
{
    return (facts & 1) != 0;
}

static inline tp_sex
tp_nik_sex(int32_t facts)
{
    return (facts & 2) != 0 ? TP_SEX_FEMALE : TP_SEX_MALE;
}

static inline int
tp_nik_day_of_year(int32_t facts)
{
    return (facts >> 2) & 0x1ff;
}

static inline int
tp_nik_year(int32_t facts)
{
    return (facts >> 11) & 0x7f;
}

static inline int
tp_nik_province(int32_t facts)
{
    return (facts >> 18) & 0x7f;
}

#endif
