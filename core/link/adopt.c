/* Whose is a row that holds a name and an office only? (linkage-design 10) */
#include "core/link/parts.h"

#include "talent/base/hash.h"

bool
tp_adoptable(const tp_linker *lk, uint32_t r)
{
    const tp_records *rec = &lk->rec;
    if (rec->name[r] == TP_NONE || (rec->agency[r] == TP_NONE && rec->office[r] == TP_NONE) ||
        rec->born[r] != TP_NO_DAY || (rec->nip[r] != 0 && rec->nip_class[r] == TP_NIP_GOOD)) {
        return false;
    }
    for (size_t k = 0; k < TP_COUNT(rec->number); k++) {
        if (rec->number[k][r] != 0) {
            return false;
        }
    }
    return true;
}

/* A roster entry: somebody known by more than a name works in this agency under this token. */
typedef struct roster {
    tp_key_row *entry; /* sorted by key: hash of agency and token, or of agency and glued name */
    size_t n;
} roster;

static uint64_t
entry_key(const tp_linker *lk, uint32_t agency, uint64_t what)
{
    const uint64_t h = tp_hash_str(0, tp_intern_text(&lk->agencies, agency));
    return tp_hash_mix(h ^ tp_hash_mix(what));
}

static uint64_t
token_hash(const tp_linker *lk, uint32_t token)
{
    return tp_hash_str(1, tp_intern_text(&lk->names.token, token));
}

static void
add_entries(const tp_linker *lk, uint32_t agency, uint32_t r, tp_buf *out)
{
    if (agency == TP_NONE || lk->rec.name[r] == TP_NONE) {
        return;
    }
    const tp_name_form *form = &lk->names.form[lk->rec.name[r]];
    tp_key_row item = {entry_key(lk, agency, form->joined), r};
    tp_buf_put(out, &item, sizeof item);
    for (int i = 0; i < form->n; i++) {
        if ((lk->names.token_flags[form->token[i]] & (TP_TOKEN_PARTICLE | TP_TOKEN_INITIAL)) == 0) {
            item.key = entry_key(lk, agency, token_hash(lk, form->token[i]));
            tp_buf_put(out, &item, sizeof item);
        }
    }
}

/* An agency of any record of a person counts for every name the person bears. */
static void
add_person(const tp_linker *lk, uint32_t root, tp_buf *out)
{
    uint32_t r = root;
    do {
        uint32_t q = root;
        do {
            if (q == r || lk->rec.name[q] != lk->rec.name[r] ||
                lk->rec.agency[q] != lk->rec.agency[r]) {
                add_entries(lk, lk->rec.agency[q], r, out);
            }
            add_entries(lk, lk->rec.office[q], r, out);
            q = lk->next[q];
        } while (q != root);
        r = lk->next[r];
    } while (r != root);
}

static size_t
first_at_least(const roster *ro, uint64_t key)
{
    size_t lo = 0;
    size_t hi = ro->n;
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (ro->entry[mid].key < key) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo;
}

/* What stands for one row: the bearers of its name found so far. */
typedef struct search {
    uint32_t row;
    uint32_t found[2]; /* records of two different people */
    int n;
} search;

/* Sex and a damaged number must not speak against it. */
static bool
contradicted(tp_linker *lk, uint32_t row, uint32_t bearer)
{
    const tp_records *rec = &lk->rec;
    bool near = rec->nip[row] == 0;
    bool numbered = false;
    uint32_t r = bearer;
    do {
        if (rec->sex[r] != TP_NO_SEX && rec->sex[row] != TP_NO_SEX &&
            rec->sex[r] != rec->sex[row]) {
            return true;
        }
        if (rec->nip[r] != 0) {
            numbered = true;
            near = near || tp_link_nip_diff(rec->nip[row], rec->nip_class[row], rec->nip[r],
                                            rec->nip_class[r]) <= TP_LV_NIP_NEAR;
        }
        r = lk->next[r];
    } while (r != bearer);
    return numbered && !near;
}

static void
look_at(tp_linker *lk, search *s, const roster *ro, uint64_t key)
{
    for (size_t i = first_at_least(ro, key); i < ro->n && ro->entry[i].key == key && s->n < 2;
         i++) {
        const uint32_t bearer = ro->entry[i].row;
        if (s->n == 1 && tp_group_root(lk, bearer) == tp_group_root(lk, s->found[0])) {
            continue;
        }
        const tp_name_match m = tp_name_compare(lk, lk->rec.name[s->row], lk->rec.name[bearer]);
        const bool bears =
            m.level <= TP_LV_NAME_FOLDED || (m.level == TP_LV_NAME_INITIAL && m.whole);
        if (bears && !contradicted(lk, s->row, bearer)) {
            s->found[s->n++] = bearer;
        }
    }
}

/* The token of the row that fewest people of the agency bear: it finds every candidate. */
static uint64_t
best_key(const tp_linker *lk, const roster *ro, uint32_t agency, const tp_name_form *form)
{
    uint64_t best = 0;
    size_t fewest = SIZE_MAX;
    for (int i = 0; i < form->n; i++) {
        if ((lk->names.token_flags[form->token[i]] & (TP_TOKEN_PARTICLE | TP_TOKEN_INITIAL)) != 0) {
            continue;
        }
        const uint64_t key = entry_key(lk, agency, token_hash(lk, form->token[i]));
        const size_t from = first_at_least(ro, key);
        const size_t n = key == UINT64_MAX ? ro->n - from : first_at_least(ro, key + 1) - from;
        if (n > 0 && n < fewest) { /* a token nobody bears may be spelt out for an initial */
            best = key;
            fewest = n;
        }
    }
    return best;
}

static void
adopt_row(tp_linker *lk, const roster *ro, uint32_t r)
{
    search s = {.row = r};
    const tp_name_form *form = &lk->names.form[lk->rec.name[r]];
    const uint32_t agencies[2] = {lk->rec.agency[r], lk->rec.office[r]};
    for (int i = 0; i < 2; i++) {
        if (agencies[i] != TP_NONE) {
            look_at(lk, &s, ro, entry_key(lk, agencies[i], form->joined));
            look_at(lk, &s, ro, best_key(lk, ro, agencies[i], form));
        }
    }
    if (s.n == 2) {
        tp_ask(lk, r, s.found[0], TP_REVIEW_AMBIGUOUS, 0);
        tp_ask(lk, r, s.found[1], TP_REVIEW_AMBIGUOUS, 0);
    } else if (s.n == 1 && tp_group_veto(lk, r, s.found[0]) == TP_VETO_NONE) {
        tp_group_join(lk, r, s.found[0], TP_PASS_ADOPTED, 0);
        lk->report.adopted++;
    }
}

static bool
is_row(const tp_linker *lk, uint32_t r)
{
    return lk->next[r] == r && tp_adoptable(lk, r);
}

tp_code
tp_adopt(tp_linker *lk, tp_err *err)
{
    size_t n_rows = 0;
    TP_AUTO_BUF(entries);
    TP_AUTO_BUF(spare);
    for (uint32_t r = 0; r < lk->rec.n; r++) {
        n_rows += is_row(lk, r);
    }
    if (n_rows == 0) {
        return TP_OK;
    }
    for (uint32_t r = 0; r < lk->rec.n; r++) {
        if (lk->parent[r] == r && !is_row(lk, r)) {
            add_person(lk, r, &entries);
        }
    }
    /* Settled before the first adoption: an adopted row must never open the roster to another. */
    uint32_t *row = tp_arena_alloc(lk->scratch, n_rows, sizeof *row);
    if (row == NULL || entries.failed || !tp_buf_reserve(&spare, entries.n + 1)) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "the rosters of %zu agencies", lk->agencies.n);
    }
    roster ro = {(void *)entries.p, entries.n / sizeof(tp_key_row)};
    if (ro.n > 0) {
        tp_sort_keys(ro.entry, (void *)spare.p, ro.n);
    }
    size_t k = 0;
    for (uint32_t r = 0; r < lk->rec.n; r++) {
        if (is_row(lk, r)) {
            row[k++] = r;
        }
    }
    for (size_t i = 0; i < n_rows; i++) {
        adopt_row(lk, &ro, row[i]);
        if (tp_cancelled(lk->ctx)) {
            TP_RETURN_ERR(err, TP_E_CANCELLED, "cancelled at row %zu of %zu to adopt", i, n_rows);
        }
    }
    return TP_OK;
}
