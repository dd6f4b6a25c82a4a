/* How well do two units agree, field by field? */
#include "core/link/parts.h"

enum { SIDE_MAX = 6 };

/* The distinct values of one unit, first seen first; numbers of the records that hold them. */
typedef struct side {
    int n[TP_LINK_FIELDS];
    uint32_t rec[TP_LINK_FIELDS][SIDE_MAX];
} side;

static uint64_t
value_of(const tp_records *rec, int field, uint32_t r)
{
    switch (field) {
    case TP_LINK_NIP:
        return rec->nip[r];
    case TP_LINK_NIK:
        return rec->number[TP_NUM_NIK][r];
    case TP_LINK_OLD:
        return rec->number[TP_NUM_OLD][r];
    case TP_LINK_SERVICE:
        return rec->number[TP_NUM_SERVICE][r];
    case TP_LINK_SIASN:
        return rec->number[TP_NUM_SIASN][r];
    case TP_LINK_NAME:
        return rec->name[r] == TP_NONE ? 0 : (uint64_t)rec->name[r] + 1;
    case TP_LINK_DATE:
        return rec->born[r] == TP_NO_DAY ? 0 : (uint64_t)((int64_t)rec->born[r] - TP_NO_DAY);
    case TP_LINK_SEX:
        return rec->sex[r] == TP_NO_SEX ? 0 : (uint64_t)rec->sex[r] + 1;
    default:
        return rec->agency[r] == TP_NONE ? 0 : (uint64_t)rec->agency[r] + 1;
    }
}

static side
read_side(const tp_linker *lk, uint32_t root)
{
    side s = {0};
    uint32_t r = root;
    do {
        for (int f = 0; f < TP_LINK_FIELDS; f++) {
            const uint64_t v = value_of(&lk->rec, f, r);
            int i = 0;
            while (i < s.n[f] && value_of(&lk->rec, f, s.rec[f][i]) != v) {
                i++;
            }
            if (v != 0 && i == s.n[f] && i < SIDE_MAX) {
                s.rec[f][s.n[f]++] = r;
            }
        }
        r = lk->next[r];
    } while (r != root);
    return s;
}

static int
level_nik(const tp_records *rec, uint32_t a, uint32_t b)
{
    if (rec->number[TP_NUM_NIK][a] == rec->number[TP_NUM_NIK][b]) {
        return TP_LV_NIK_EQUAL;
    }
    const uint64_t x = rec->nik_parts[a];
    const uint64_t y = rec->nik_parts[b];
    const bool valid = tp_rec_nik_valid(rec, a) && tp_rec_nik_valid(rec, b);
    const bool region = x != 0 && y != 0 && (x >> 40) == (y >> 40);
    const bool date = x != 0 && y != 0 && ((x ^ y) >> 16 & 0xffffff) == 0;
    const bool serial = x != 0 && y != 0 && ((x ^ y) & 0xffff) == 0;
    if (region && serial) {
        return TP_LV_NIK_REGION_SERIAL;
    }
    if (!valid) {
        return TP_LV_NIK_UNKNOWN;
    }
    if (region && date) {
        return TP_LV_NIK_REGION_DATE;
    }
    return date && serial ? TP_LV_NIK_DATE_SERIAL : TP_LV_NIK_DIFFERENT;
}

static int
level_of(const tp_linker *lk, int field, uint32_t a, uint32_t b)
{
    const tp_records *rec = &lk->rec;
    switch (field) {
    case TP_LINK_NIP:
        return (int)tp_link_nip_diff(rec->nip[a], rec->nip_class[a], rec->nip[b],
                                     rec->nip_class[b]);
    case TP_LINK_NIK:
        return level_nik(rec, a, b);
    case TP_LINK_DATE:
        return (int)tp_link_date_diff(rec->born[a], rec->born[b]);
    default:
        return value_of(rec, field, a) == value_of(rec, field, b) ? TP_LV_SAME_EQUAL
                                                                  : TP_LV_SAME_DIFFERENT;
    }
}

static int
level_unknown(int field)
{
    switch (field) {
    case TP_LINK_NIP:
        return TP_LV_NIP_UNKNOWN;
    case TP_LINK_NIK:
        return TP_LV_NIK_UNKNOWN;
    case TP_LINK_NAME:
        return TP_LV_NAME_UNKNOWN;
    case TP_LINK_DATE:
        return TP_LV_DATE_UNKNOWN;
    default:
        return TP_LV_SAME_UNKNOWN;
    }
}

/* Best level over the values of both sides; of equal levels the one worth most. */
static void
best_level(const tp_linker *lk, const side *x, const side *y, int f, tp_levels *out)
{
    int best = x->n[f] > 0 && y->n[f] > 0 ? INT32_MAX : level_unknown(f);
    for (int i = 0; i < x->n[f]; i++) {
        for (int j = 0; j < y->n[f]; j++) {
            const uint32_t a = x->rec[f][i];
            const uint32_t b = y->rec[f][j];
            int level;
            if (f == TP_LINK_NAME) {
                const tp_name_match m = tp_name_compare(lk, lk->rec.name[a], lk->rec.name[b]);
                level = (int)m.level;
                out->name_bits = level < best || (level == best && m.bits > out->name_bits)
                                     ? m.bits
                                     : out->name_bits;
            } else {
                level = level_of(lk, f, a, b);
                if (f == TP_LINK_DATE && level == TP_LV_DATE_EQUAL) {
                    const int32_t bits = tp_date_bits(lk, lk->rec.born[a]);
                    out->date_bits = bits > out->date_bits ? bits : out->date_bits;
                } else if (f == TP_LINK_AGENCY && level == TP_LV_SAME_EQUAL) {
                    const int32_t bits = tp_agency_bits(lk, lk->rec.agency[a]);
                    out->agency_bits = bits > out->agency_bits ? bits : out->agency_bits;
                }
            }
            best = level < best ? level : best;
        }
    }
    out->level[f] = (uint8_t)best;
}

tp_levels
tp_compare_units(const tp_linker *lk, uint32_t a, uint32_t b)
{
    const side x = read_side(lk, a);
    const side y = read_side(lk, b);
    tp_levels out = {0};
    for (int f = 0; f < TP_LINK_FIELDS; f++) {
        best_level(lk, &x, &y, f, &out);
    }
    return out;
}

uint64_t
tp_pattern(const tp_levels *levels)
{
    uint64_t p = 0;
    for (int f = 0; f < TP_LINK_FIELDS; f++) {
        p |= (uint64_t)levels->level[f] << (4 * f);
    }
    return p;
}
