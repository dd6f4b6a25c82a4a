/* Which records does a common number hold together, once something else bears it out? */
#include "core/link/parts.h"

enum {
    BY_NIP = -1,
    RUN_MAX = 256,  /* records of one number that are looked at one by one */
    CAMPS_JUNK = 4, /* so many people on one number: nobody's */
    QUESTIONS_PER_NUMBER = 3
};

/* The records of one number, best informed first, and the camps they form. */
typedef struct run {
    int which; /* BY_NIP or TP_NUM_* */
    uint32_t n;
    uint32_t n_camps;
    uint32_t rec[RUN_MAX];
    uint32_t camp[RUN_MAX];
    uint32_t first[RUN_MAX]; /* of each camp: its best informed record */
    uint32_t size[RUN_MAX];
} run;

static int
known_fields(const tp_records *rec, uint32_t r)
{
    int n = (rec->name[r] != TP_NONE) + (rec->born[r] != TP_NO_DAY) + (rec->sex[r] != TP_NO_SEX) +
            (rec->nip[r] != 0);
    for (size_t k = 0; k < TP_COUNT(rec->number); k++) {
        n += rec->number[k][r] != 0;
    }
    return n;
}

/* Best informed first, then by record: insertion keeps equals in order. */
static void
order_run(const tp_records *rec, run *u)
{
    for (uint32_t i = 1; i < u->n; i++) {
        const uint32_t r = u->rec[i];
        const int known = known_fields(rec, r);
        uint32_t j = i;
        for (; j > 0 && known_fields(rec, u->rec[j - 1]) < known; j--) {
            u->rec[j] = u->rec[j - 1];
        }
        u->rec[j] = r;
    }
}

/* Neither name nor birth date: it can be borne out by nobody and contradict nobody. */
static bool
is_bare(const tp_records *rec, uint32_t r)
{
    return rec->name[r] == TP_NONE && rec->born[r] == TP_NO_DAY;
}

/* The camp record i belongs to: most records that bear it out, none that contradict; a draw between
 * two camps belongs to neither. u->n_camps = a camp of its own. */
static uint32_t
find_camp(tp_linker *lk, const run *u, uint32_t i)
{
    uint32_t votes[RUN_MAX] = {0};
    bool barred[RUN_MAX] = {false};
    for (uint32_t j = 0; j < i; j++) {
        const bool together = tp_group_root(lk, u->rec[i]) == tp_group_root(lk, u->rec[j]);
        const tp_accord accord =
            together ? TP_ACCORD_AGREES : tp_corroborate(lk, u->rec[j], u->rec[i], u->which);
        votes[u->camp[j]] += accord == TP_ACCORD_AGREES;
        barred[u->camp[j]] = barred[u->camp[j]] || accord == TP_ACCORD_CONTRADICTS;
    }
    uint32_t best = u->n_camps;
    bool draw = false;
    for (uint32_t c = 0; c < u->n_camps; c++) {
        if (votes[c] == 0 || barred[c]) {
            continue;
        }
        draw = best != u->n_camps && votes[c] == votes[best];
        if (best == u->n_camps || votes[c] > votes[best]) {
            best = c;
        }
    }
    if (best == u->n_camps && u->n_camps == 1 && !barred[0] && is_bare(&lk->rec, u->rec[i])) {
        return 0;
    }
    return draw ? u->n_camps : best;
}

static void
make_camps(tp_linker *lk, run *u)
{
    u->n_camps = 0;
    for (uint32_t i = 0; i < u->n; i++) {
        const uint32_t c = find_camp(lk, u, i);
        if (c == u->n_camps) {
            u->first[c] = u->rec[i];
            u->size[c] = 0;
            u->n_camps++;
        }
        u->camp[i] = c;
        u->size[c]++;
    }
}

static tp_link_pass
pass_of(int which)
{
    static const tp_link_pass PASS[] = {TP_PASS_SIASN, TP_PASS_NIK, TP_PASS_OLD, TP_PASS_SERVICE};
    return which == BY_NIP ? TP_PASS_NIP : PASS[which];
}

static void
join_camps(tp_linker *lk, const run *u)
{
    for (uint32_t i = 0; i < u->n; i++) {
        const uint32_t first = u->first[u->camp[i]];
        const uint32_t r = u->rec[i];
        if (tp_group_root(lk, r) == tp_group_root(lk, first)) {
            continue;
        }
        const tp_veto veto = tp_group_veto(lk, r, first);
        tp_count_veto(lk, veto);
        if (veto == TP_VETO_NONE) {
            tp_group_join(lk, r, first, pass_of(u->which), 0);
        } else {
            tp_ask(lk, r, first, TP_REVIEW_VETO, 0);
        }
    }
    for (uint32_t c = 1; c < u->n_camps && c <= QUESTIONS_PER_NUMBER; c++) {
        const bool camps = u->size[0] > 1 && u->size[c] > 1;
        tp_ask(lk, u->first[0], u->first[c], camps ? TP_REVIEW_TWO_CAMPS : TP_REVIEW_NUMBER_SHARED,
               0);
    }
}

/* More records than a person has: either all agree with the best informed one, or it is no number.
 */
static bool
all_agree(const tp_linker *lk, const tp_key_row *item, size_t n, int which)
{
    for (size_t i = 1; i < n; i++) {
        if (tp_corroborate(lk, item[0].row, item[i].row, which) != TP_ACCORD_AGREES) {
            return false;
        }
    }
    return true;
}

static void
settle_run(tp_linker *lk, const tp_key_row *item, size_t n, int which, run *u)
{
    if ((n > lk->par->max_records_per_number || n > RUN_MAX) && !all_agree(lk, item, n, which)) {
        lk->report.junk_numbers++;
        return;
    }
    for (size_t from = 0; from < n; from += RUN_MAX - 1) { /* pieces share a record: they meet */
        *u = (run){.which = which};
        for (size_t i = from; i < n && u->n < RUN_MAX; i++) {
            u->rec[u->n++] = item[i].row;
        }
        order_run(&lk->rec, u);
        make_camps(lk, u);
        if (u->n_camps >= CAMPS_JUNK) {
            lk->report.junk_numbers++;
            return;
        }
        join_camps(lk, u);
    }
}

static uint64_t
number_of(const tp_records *rec, int which, uint32_t r)
{
    if (which == BY_NIP) {
        return rec->nip_class[r] == TP_NIP_GOOD ? rec->nip[r] : 0;
    }
    if (which == TP_NUM_NIK && !tp_rec_nik_valid(rec, r)) {
        return 0;
    }
    return rec->number[which][r];
}

static tp_code
anchor_by(tp_linker *lk, int which, tp_key_row *item, tp_key_row *tmp, run *u, tp_err *err)
{
    size_t n = 0;
    for (uint32_t r = 0; r < lk->rec.n; r++) {
        const uint64_t number = number_of(&lk->rec, which, r);
        if (number != 0) {
            item[n++] = (tp_key_row){number, r};
        }
    }
    tp_sort_keys(item, tmp, n);
    for (size_t i = 0, end = 0; i < n; i = end) {
        for (end = i + 1; end < n && item[end].key == item[i].key;) {
            end++;
        }
        if (end - i > 1) {
            settle_run(lk, item + i, end - i, which, u);
        }
        if (tp_cancelled(lk->ctx)) {
            TP_RETURN_ERR(err, TP_E_CANCELLED, "cancelled while joining records of one number");
        }
    }
    return TP_OK;
}

tp_code
tp_anchor(tp_linker *lk, tp_err *err)
{
    static const int ORDER[] = {BY_NIP, TP_NUM_SIASN, TP_NUM_NIK, TP_NUM_OLD, TP_NUM_SERVICE};
    TP_AUTO_ARENA(temp, 0);
    tp_key_row *item = tp_arena_alloc(&temp, lk->rec.n, sizeof *item);
    tp_key_row *tmp = tp_arena_alloc(&temp, lk->rec.n, sizeof *tmp);
    run *u = tp_arena_alloc(&temp, 1, sizeof *u);
    if (item == NULL || tmp == NULL || u == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "the numbers of %zu records", lk->rec.n);
    }
    for (size_t i = 0; i < TP_COUNT(ORDER); i++) {
        TP_RETURN_SAME(anchor_by(lk, ORDER[i], item, tmp, u, err));
    }
    for (uint32_t r = 0; r < lk->rec.n; r++) {
        lk->n_units += lk->parent[r] == r;
    }
    lk->report.units = lk->n_units;
    return TP_OK;
}
