/* Two records carry one number: does anything else say that they are one person? (linkage-design 5)
 */
#include "core/link/parts.h"

enum { BY_NIP = -1 };

static int
name_points(const tp_name_match *m, bool *agrees)
{
    if (m->level == TP_LV_NAME_UNKNOWN) {
        return 0;
    }
    if (m->level <= TP_LV_NAME_INITIAL || m->similar) {
        *agrees = true;
        return 0;
    }
    return m->level == TP_LV_NAME_NOTHING ? 1 : 0;
}

/* Conflicts between numbers other than the one in question. Neighbours in a number, twins among
 * them, are two people unless the name is the same: that alone counts twice. */
static int
number_points(const tp_linker *lk, uint32_t a, uint32_t b, int but, bool same_name, bool *agrees)
{
    const tp_records *rec = &lk->rec;
    int conflicts = 0;
    if (but != BY_NIP) {
        const tp_level_nip level =
            tp_link_nip_diff(rec->nip[a], rec->nip_class[a], rec->nip[b], rec->nip_class[b]);
        *agrees = *agrees || level == TP_LV_NIP_EQUAL;
        conflicts += level == TP_LV_NIP_DIFFERENT;
        conflicts += level == TP_LV_NIP_SERIAL ? same_name ? 1 : 2 : 0;
    }
    for (int k = 0; k < (int)TP_COUNT(rec->number); k++) {
        const uint64_t x = rec->number[k][a];
        const uint64_t y = rec->number[k][b];
        if (k == but || x == 0 || y == 0) {
            continue;
        }
        if (x == y) {
            *agrees = true;
        } else if (k == TP_NUM_SIASN) {
            conflicts++;
        } else if (k == TP_NUM_NIK && tp_rec_nik_valid(rec, a) && tp_rec_nik_valid(rec, b)) {
            const uint64_t parts = rec->nik_parts[a] ^ rec->nik_parts[b];
            const bool neighbours = rec->nik_parts[a] != 0 && (parts >> 16) == 0;
            conflicts += neighbours && !same_name ? 2 : 1;
        }
    }
    return conflicts;
}

tp_accord
tp_corroborate(const tp_linker *lk, uint32_t a, uint32_t b, int but_number)
{
    const tp_records *rec = &lk->rec;
    bool agrees = false;
    const tp_name_match name = tp_name_compare(lk, rec->name[a], rec->name[b]);
    int conflicts = name_points(&name, &agrees);
    const bool sexes = rec->sex[a] != TP_NO_SEX && rec->sex[b] != TP_NO_SEX;
    if (rec->born[a] != TP_NO_DAY && rec->born[b] != TP_NO_DAY) {
        const tp_level_date level = tp_link_date_diff(rec->born[a], rec->born[b]);
        /* NIP and NIK hold date and sex: two people given one number agree in both, and only the
         * name can tell. It may be damaged or unknown, but not another one. */
        const bool names = name.level != TP_LV_NAME_NOTHING || name.similar;
        conflicts += level >= TP_LV_DATE_YEAR;
        agrees =
            agrees || (level == TP_LV_DATE_EQUAL && names && sexes && rec->sex[a] == rec->sex[b]);
    }
    conflicts += sexes && rec->sex[a] != rec->sex[b];
    conflicts += number_points(lk, a, b, but_number, name.level <= TP_LV_NAME_FOLDED, &agrees);
    if (conflicts >= 2) {
        return TP_ACCORD_CONTRADICTS;
    }
    return agrees ? TP_ACCORD_AGREES : TP_ACCORD_NONE;
}
