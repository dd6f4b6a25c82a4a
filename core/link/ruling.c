/* What have reviewers decided that holds tonight? (linkage-design 11) */
#include "core/link/parts.h"

#include <sodium.h>
#include <stdlib.h>

#include "talent/base/hash.h"

/* A move to another agency is no news of who somebody is; of a row that has nothing else it is. */
uint64_t
tp_rec_evidence(const tp_linker *lk, uint32_t r)
{
    const tp_records *rec = &lk->rec;
    const bool office = tp_adoptable(lk, r) && rec->agency[r] != TP_NONE;
    const uint64_t says[] = {
        rec->name[r] != TP_NONE ? tp_hash_str(0, tp_intern_text(&lk->names.text, rec->name[r])) : 0,
        office ? tp_hash_str(1, tp_intern_text(&lk->agencies, rec->agency[r])) : 0,
        rec->nip[r],
        rec->number[TP_NUM_SIASN][r],
        rec->number[TP_NUM_NIK][r],
        rec->number[TP_NUM_OLD][r],
        rec->number[TP_NUM_SERVICE][r],
        (uint64_t)(int64_t)rec->born[r],
        (uint64_t)(int64_t)rec->dead[r],
        rec->sex[r]};
    uint64_t hash = 0;
    (void)crypto_shorthash((unsigned char *)&hash, (const unsigned char *)says, sizeof says,
                           lk->in->record_secret);
    return hash != 0 ? hash : 1;
}

/* Number of the record with this key, or TP_NONE. */
static uint32_t
find_record(const tp_records *rec, uint64_t key)
{
    size_t lo = 0;
    size_t hi = rec->n;
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (rec->key[mid] < key) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo < rec->n && rec->key[lo] == key ? (uint32_t)lo : TP_NONE;
}

/* A decision about records that are there, and where it stood in the list. */
typedef struct candidate {
    tp_ruling ruling;
    bool lapsed;
    size_t at;
} candidate;

static int
by_pair(const void *x, const void *y)
{
    const candidate *a = x;
    const candidate *b = y;
    if (a->ruling.a != b->ruling.a) {
        return a->ruling.a < b->ruling.a ? -1 : 1;
    }
    if (a->ruling.b != b->ruling.b) {
        return a->ruling.b < b->ruling.b ? -1 : 1;
    }
    return a->at < b->at ? -1 : 1;
}

static bool
says_as_then(const tp_linker *lk, uint32_t r, uint64_t evidence)
{
    return evidence == 0 || tp_rec_evidence(lk, r) == evidence;
}

static size_t
find_pairs(tp_linker *lk, candidate *out)
{
    const tp_link_input *in = lk->in;
    size_t n = 0;
    for (size_t i = 0; i < in->n_decisions; i++) {
        const tp_link_decision *d = &in->decision[i];
        const uint32_t a = find_record(&lk->rec, d->record_a);
        const uint32_t b = find_record(&lk->rec, d->record_b);
        if (a == TP_NONE || b == TP_NONE || a == b) {
            lk->report.decisions_absent++;
            continue;
        }
        out[n++] =
            (candidate){{a < b ? a : b, a < b ? b : a, d->same},
                        !says_as_then(lk, a, d->evidence_a) || !says_as_then(lk, b, d->evidence_b),
                        i};
    }
    return n;
}

tp_code
tp_rulings_load(tp_linker *lk, tp_err *err)
{
    candidate *c = tp_arena_alloc(lk->scratch, lk->in->n_decisions, sizeof *c);
    lk->ruling = tp_arena_alloc(lk->scratch, lk->in->n_decisions, sizeof *lk->ruling);
    if (c == NULL || lk->ruling == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "%zu decisions of reviewers", lk->in->n_decisions);
    }
    const size_t n = find_pairs(lk, c);
    if (n > 0) {
        qsort(c, n, sizeof *c, by_pair);
    }
    for (size_t i = 0; i < n; i++) {
        const tp_ruling *now = &c[i].ruling;
        if (i + 1 < n && c[i + 1].ruling.a == now->a && c[i + 1].ruling.b == now->b) {
            continue; /* a later one about the same two */
        }
        if (c[i].lapsed) {
            lk->report.decisions_lapsed++;
            continue;
        }
        lk->ruling[lk->n_rulings++] = *now;
        lk->rec.flags[now->a] |= TP_REC_DECIDED;
        lk->rec.flags[now->b] |= TP_REC_DECIDED;
    }
    lk->report.decisions = lk->n_rulings;
    return TP_OK;
}

uint32_t
tp_group_root_of(const tp_linker *lk, uint32_t r)
{
    while (lk->parent[r] != r) {
        r = lk->parent[r];
    }
    return r;
}

bool
tp_ruling_forbids(const tp_linker *lk, uint32_t root_a, uint32_t root_b)
{
    for (size_t i = 0; i < lk->n_rulings; i++) {
        if (!lk->ruling[i].same) {
            const uint32_t x = tp_group_root_of(lk, lk->ruling[i].a);
            const uint32_t y = tp_group_root_of(lk, lk->ruling[i].b);
            if ((x == root_a && y == root_b) || (x == root_b && y == root_a)) {
                return true;
            }
        }
    }
    return false;
}
