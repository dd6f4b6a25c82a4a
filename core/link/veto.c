/* What forbids that two sets of records are one person? (linkage-design 9.3) */
#include "core/link/parts.h"

enum { VALUES = 6, SEAT_LOOK = 24 };

/* One value a set holds, and whether two families of sources say so. */
typedef struct seen {
    uint64_t value;
    uint32_t family;
    bool two;
} seen;

typedef struct list {
    int n;
    seen v[VALUES];
} list;

typedef struct profile {
    list nip;
    list nik;
    list born;
    list sex;
    int32_t dead;      /* first told day, or TP_NO_DAY */
    int32_t appointed; /* first told day, or TP_NO_DAY */
    bool decided;
} profile;

static void
see(list *l, uint64_t value, const tp_link_source *s)
{
    for (int i = 0; i < l->n; i++) {
        if (l->v[i].value == value) {
            l->v[i].two = l->v[i].two || s->registry || l->v[i].family != s->family;
            return;
        }
    }
    if (l->n < VALUES) {
        l->v[l->n++] = (seen){value, s->family, s->registry};
    }
}

static int32_t
earlier(int32_t a, int32_t b)
{
    return a == TP_NO_DAY || (b != TP_NO_DAY && b < a) ? b : a;
}

static profile
read_profile(const tp_linker *lk, uint32_t root)
{
    const tp_records *rec = &lk->rec;
    profile p = {.dead = TP_NO_DAY, .appointed = TP_NO_DAY};
    uint32_t r = root;
    do {
        const tp_link_source *s = &lk->in->source[rec->source[r]];
        if (rec->nip[r] != 0 && rec->nip_class[r] == TP_NIP_GOOD) {
            see(&p.nip, rec->nip[r], s);
        }
        if (tp_rec_nik_valid(rec, r)) {
            see(&p.nik, rec->number[TP_NUM_NIK][r], s);
        }
        if (rec->born[r] != TP_NO_DAY) {
            see(&p.born, (uint64_t)(int64_t)rec->born[r], s);
        }
        if (rec->sex[r] != TP_NO_SEX) {
            see(&p.sex, rec->sex[r], s);
        }
        p.dead = earlier(p.dead, rec->dead[r]);
        p.appointed = earlier(p.appointed, rec->appointed[r]);
        p.decided = p.decided || (rec->flags[r] & TP_REC_DECIDED) != 0;
        r = lk->next[r];
    } while (r != root);
    return p;
}

typedef bool (*alike_fn)(uint64_t a, uint64_t b);

static bool
alike_equal(uint64_t a, uint64_t b)
{
    return a == b;
}

static bool
alike_nip(uint64_t a, uint64_t b)
{
    const tp_level_nip level = tp_link_nip_diff(a, TP_NIP_GOOD, b, TP_NIP_GOOD);
    return level <= TP_LV_NIP_NEUTRAL;
}

static bool
alike_day(uint64_t a, uint64_t b)
{
    return tp_link_date_diff((int32_t)(int64_t)a, (int32_t)(int64_t)b) <= TP_LV_DATE_ONE_DIGIT;
}

/* Both sides hold values, and no two of them are alike. */
static bool
conflict(const list *a, const list *b, alike_fn alike)
{
    for (int i = 0; i < a->n; i++) {
        for (int j = 0; j < b->n; j++) {
            if (alike(a->v[i].value, b->v[j].value)) {
                return false;
            }
        }
    }
    return a->n > 0 && b->n > 0;
}

static bool
supported(const list *l)
{
    for (int i = 0; i < l->n; i++) {
        if (l->v[i].two) {
            return true;
        }
    }
    return false;
}

static bool
shares(const list *a, const list *b)
{
    return a->n > 0 && b->n > 0 && !conflict(a, b, alike_equal);
}

/* One row per person in a roster: two rows with two different good numbers are two people. */
static bool
two_seats(const tp_linker *lk, uint32_t a, uint32_t b)
{
    const tp_records *rec = &lk->rec;
    uint32_t x = a;
    int looked_a = 0;
    do {
        uint32_t y = b;
        int looked_b = 0;
        const bool roster = lk->in->source[rec->source[x]].roster && rec->nip[x] != 0;
        do {
            if (roster && rec->source[x] == rec->source[y] &&
                tp_link_nip_diff(rec->nip[x], rec->nip_class[x], rec->nip[y], rec->nip_class[y]) >=
                    TP_LV_NIP_DIFFERENT) {
                return true;
            }
            y = lk->next[y];
        } while (y != b && ++looked_b < SEAT_LOOK);
        x = lk->next[x];
    } while (x != a && ++looked_a < SEAT_LOOK);
    return false;
}

tp_veto
tp_group_veto(const tp_linker *lk, uint32_t a, uint32_t b)
{
    a = tp_group_root_of(lk, a);
    b = tp_group_root_of(lk, b);
    const profile p = read_profile(lk, a);
    const profile q = read_profile(lk, b);
    const bool nik = conflict(&p.nik, &q.nik, alike_equal);
    const bool nip = conflict(&p.nip, &q.nip, alike_nip);
    const bool born = conflict(&p.born, &q.born, alike_day);
    const bool sex = conflict(&p.sex, &q.sex, alike_equal);
    const bool both = shares(&p.nik, &q.nik) && shares(&p.nip, &q.nip);
    if (p.decided && q.decided && tp_ruling_forbids(lk, a, b)) {
        return TP_VETO_REVIEWER;
    }
    if (nik + nip + born + sex >= 2) {
        return TP_VETO_TWO;
    }
    if (nik && supported(&p.nik) && supported(&q.nik)) {
        return TP_VETO_NIK;
    }
    if (nip && supported(&p.nip) && supported(&q.nip) && !shares(&p.nik, &q.nik)) {
        return TP_VETO_NIP;
    }
    if (born && supported(&p.born) && supported(&q.born) && !both) {
        return TP_VETO_DATE;
    }
    if (sex && supported(&p.sex) && supported(&q.sex) && !both) {
        return TP_VETO_SEX;
    }
    if ((p.dead != TP_NO_DAY && q.appointed != TP_NO_DAY && p.dead < q.appointed) ||
        (q.dead != TP_NO_DAY && p.appointed != TP_NO_DAY && q.dead < p.appointed)) {
        return TP_VETO_LIFE;
    }
    return two_seats(lk, a, b) ? TP_VETO_SEAT : TP_VETO_NONE;
}
