/* Under which keys does a record offer itself in each candidate pass? (linkage-design 6) */
#include "core/link/parts.h"

#include "talent/base/day.h"
#include "talent/base/hash.h"

enum { HEAD_LETTERS = 4 };

/* Mixes values into one key that is never 0 and differs between passes. */
static uint64_t
key_of(tp_candidate_pass pass, uint64_t a, uint64_t b)
{
    const uint64_t h = tp_hash_mix(tp_hash_mix(tp_hash_mix((uint64_t)pass + 1) ^ a) ^ b);
    return h != 0 ? h : 1;
}

static uint64_t
day_number(int year, int month, int day)
{
    return (uint64_t)(year * 10000 + month * 100 + day);
}

/* What the keys of a record are made of. */
typedef struct parts {
    const tp_name_form *form; /* NULL = no name */
    uint64_t rarest;          /* hash of the rarest token; 0 = none */
    char initial;             /* its first letter */
    uint64_t nip;             /* good or damaged with 18 digits; 0 = none */
    bool born;
    tp_ymd day;
} parts;

static parts
read_parts(const tp_linker *lk, uint32_t r)
{
    const tp_records *rec = &lk->rec;
    parts p = {0};
    if (rec->name[r] != TP_NONE) {
        p.form = &lk->names.form[rec->name[r]];
        if (p.form->rarest != TP_NONE) {
            const tp_str text = tp_intern_text(&lk->names.token, p.form->rarest);
            p.rarest = tp_hash_str(0, text) | 1;
            p.initial = text.n > 0 ? text.p[0] : ' ';
        }
    }
    if (rec->nip[r] >= UINT64_C(100000000000000000) &&
        rec->nip[r] < UINT64_C(1000000000000000000)) {
        p.nip = rec->nip[r];
    }
    p.born = rec->born[r] != TP_NO_DAY;
    if (p.born) {
        p.day = tp_day_split(rec->born[r]);
    }
    return p;
}

static int
number_keys(const tp_linker *lk, tp_candidate_pass pass, uint32_t r, const parts *p, uint64_t *key)
{
    const uint64_t nik = lk->rec.nik_parts[r];
    switch (pass) {
    case TP_CAND_N1:
        key[0] = p->nip != 0 ? key_of(pass, p->nip / 1000, 0) : 0;
        break;
    case TP_CAND_N2:
        key[0] = p->nip != 0 && p->rarest != 0
                     ? key_of(pass, p->nip % UINT64_C(10000000000), p->rarest)
                     : 0;
        break;
    case TP_CAND_N3:
        key[0] = p->nip != 0 && p->rarest != 0
                     ? key_of(pass, p->nip / UINT64_C(10000000000) * 10000 + p->nip % 10000,
                              (uint64_t)(unsigned char)p->initial)
                     : 0;
        break;
    default:
        key[0] = nik != 0 && p->rarest != 0
                     ? key_of(pass, nik & ~(UINT64_C(0xffffff) << 16), p->rarest)
                     : 0;
        break;
    }
    return key[0] != 0;
}

/* One key for each token that is no particle. */
static int
token_keys(const tp_linker *lk, tp_candidate_pass pass, uint32_t r, const parts *p, uint64_t *key)
{
    int n = 0;
    for (int i = 0; i < p->form->n; i++) {
        const tp_str text = tp_intern_text(&lk->names.token, p->form->token[i]);
        if (text.n > 1 && (lk->names.token_flags[p->form->token[i]] & TP_TOKEN_PARTICLE) == 0) {
            key[n++] = key_of(pass, (uint64_t)(int64_t)lk->rec.born[r],
                              tp_hash_str(1, tp_str_sub(text, 0, HEAD_LETTERS)));
        }
    }
    return n;
}

static int
date_keys(const tp_linker *lk, tp_candidate_pass pass, uint32_t r, const parts *p, uint64_t *key)
{
    if (!p->born || p->form == NULL) {
        return 0;
    }
    switch (pass) {
    case TP_CAND_X1:
        key[0] = key_of(pass, day_number(p->day.year, p->day.month, p->day.day), p->form->sorted);
        return 1;
    case TP_CAND_D1:
        return token_keys(lk, pass, r, p, key);
    case TP_CAND_D2:
        key[0] = key_of(pass, day_number(0, p->day.month, p->day.day), p->form->sorted);
        return 1;
    case TP_CAND_D3:
        key[0] = key_of(pass, day_number(p->day.year, p->day.month, 0), p->form->sorted);
        return 1;
    case TP_CAND_D4: {
        if (p->rarest == 0 || p->day.day > 12) {
            return 0;
        }
        /* the smaller of day and month first: both orders give one key */
        const int lo = p->day.day < p->day.month ? p->day.day : p->day.month;
        const int hi = p->day.day < p->day.month ? p->day.month : p->day.day;
        key[0] = key_of(pass, day_number(p->day.year, lo, hi), p->rarest);
        return 1;
    }
    default: {
        if (p->rarest == 0) {
            return 0;
        }
        key[0] = key_of(pass, (uint64_t)p->day.year * 4 + lk->rec.sex[r], p->rarest);
        return 1;
    }
    }
}

int
tp_pass_keys(const tp_linker *lk, tp_candidate_pass pass, uint32_t r, uint64_t key[TP_KEYS_MAX])
{
    const parts p = read_parts(lk, r);
    switch (pass) {
    case TP_CAND_N1:
    case TP_CAND_N2:
    case TP_CAND_N3:
    case TP_CAND_K1:
        return number_keys(lk, pass, r, &p, key);
    case TP_CAND_A1:
    case TP_CAND_A2:
        if (p.form == NULL || lk->rec.agency[r] == TP_NONE) {
            return 0;
        }
        key[0] = key_of(pass, tp_hash_str(0, tp_intern_text(&lk->agencies, lk->rec.agency[r])),
                        pass == TP_CAND_A1 ? p.form->sorted : p.form->joined);
        return 1;
    default:
        return date_keys(lk, pass, r, &p, key);
    }
}

/* A value of the unit that splits a block that is too large: sex, year of birth, agency, month. */
uint64_t
tp_refine_key(const tp_linker *lk, uint32_t unit, int step)
{
    const tp_records *rec = &lk->rec;
    uint32_t r = unit;
    do {
        if (step == 0 && rec->sex[r] != TP_NO_SEX) {
            return (uint64_t)rec->sex[r] + 1;
        }
        if ((step == 1 || step == 3) && rec->born[r] != TP_NO_DAY) {
            const tp_ymd day = tp_day_split(rec->born[r]);
            return (uint64_t)(step == 1 ? day.year : day.month);
        }
        if (step == 2 && rec->agency[r] != TP_NONE) {
            return tp_hash_str(0, tp_intern_text(&lk->agencies, rec->agency[r])) | 1;
        }
        r = lk->next[r];
    } while (r != unit);
    return 0;
}
