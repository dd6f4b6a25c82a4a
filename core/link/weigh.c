/* How many bits of evidence are the levels of a pair worth? */
#include "core/link/parts.h"

enum { DAYS_MIN = -40000, DAYS_MAX = 30000, SEEN_MAX = 16, PRIOR_FACTOR = 5 };

/* 1024 * log2(x) rounded down; x >= 1. Squaring yields one binary digit a round: no library's log.
 */
static int32_t
log2_fixed(uint64_t x)
{
    const int whole = 63 - __builtin_clzll(x);
    uint64_t m = whole >= 31 ? x >> (whole - 31) : x << (31 - whole); /* 1.31 fixed point */
    int32_t out = whole * TP_LINK_BIT;
    for (int32_t bit = TP_LINK_BIT / 2; bit > 0; bit /= 2) {
        m = (m * m) >> 31;
        if ((m >> 32) != 0) {
            m >>= 1;
            out += bit;
        }
    }
    return out;
}

int32_t
tp_log2_ratio(uint64_t num, uint64_t den)
{
    return log2_fixed(num > 0 ? num : 1) - log2_fixed(den > 0 ? den : 1);
}

/* Adds value to the short list of a unit; false if it is there already or the list is full. */
static bool
first_sight(uint32_t *list, int *n, uint32_t value)
{
    for (int i = 0; i < *n; i++) {
        if (list[i] == value) {
            return false;
        }
    }
    if (value == TP_NONE || *n == SEEN_MAX) {
        return false;
    }
    list[(*n)++] = value;
    return true;
}

static void
count_name(tp_linker *lk, uint32_t name, uint32_t *groups, int *n_groups, uint32_t *tokens,
           int *n_tokens)
{
    if (name == TP_NONE) {
        return;
    }
    const tp_name_form *form = &lk->names.form[name];
    if (first_sight(groups, n_groups, form->group)) {
        lk->names.group_count[form->group]++;
    }
    for (int t = 0; t < form->n; t++) {
        if (first_sight(tokens, n_tokens, form->token[t])) {
            lk->names.token_count[form->token[t]]++;
        }
    }
}

static void
count_unit(tp_linker *lk, uint32_t root)
{
    const tp_records *rec = &lk->rec;
    uint32_t groups[SEEN_MAX];
    uint32_t tokens[SEEN_MAX];
    uint32_t days[SEEN_MAX];
    uint32_t agencies[SEEN_MAX];
    int n_groups = 0;
    int n_tokens = 0;
    int n_days = 0;
    int n_agencies = 0;
    uint32_t r = root;
    do {
        count_name(lk, rec->name[r], groups, &n_groups, tokens, &n_tokens);
        const int32_t born = rec->born[r];
        if (born >= DAYS_MIN && born < DAYS_MAX &&
            first_sight(days, &n_days, (uint32_t)(born - DAYS_MIN))) {
            lk->day_count[born - DAYS_MIN]++;
        }
        if (first_sight(agencies, &n_agencies, rec->agency[r])) {
            lk->agency_count[rec->agency[r]]++;
        }
        r = lk->next[r];
    } while (r != root);
}

/* The token of fewest units; ties by the letters, so that numbering cannot matter. */
static void
find_rarest(tp_names *names, tp_name_form *form)
{
    form->rarest = TP_NONE;
    for (int weak = 0; weak < 2 && form->rarest == TP_NONE; weak++) {
        for (int i = 0; i < form->n; i++) {
            const uint32_t t = form->token[i];
            if ((names->token_flags[t] & ~(weak ? TP_TOKEN_ORDER : 0)) != 0) {
                continue;
            }
            const bool fewer = form->rarest == TP_NONE ||
                               names->token_count[t] < names->token_count[form->rarest] ||
                               (names->token_count[t] == names->token_count[form->rarest] &&
                                tp_str_cmp(tp_intern_text(&names->token, t),
                                           tp_intern_text(&names->token, form->rarest)) < 0);
            form->rarest = fewer ? t : form->rarest;
        }
    }
}

tp_code
tp_frequencies(tp_linker *lk, tp_err *err)
{
    lk->day_first = DAYS_MIN;
    lk->day_n = DAYS_MAX - DAYS_MIN;
    lk->day_count = tp_arena_alloc(lk->scratch, lk->day_n, sizeof *lk->day_count);
    lk->agency_count = tp_arena_alloc(lk->scratch, lk->agencies.n, sizeof *lk->agency_count);
    if (lk->day_count == NULL || lk->agency_count == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "counts of %zu agencies", lk->agencies.n);
    }
    for (uint32_t r = 0; r < lk->rec.n; r++) {
        if (lk->parent[r] == r) {
            count_unit(lk, r);
        }
    }
    for (size_t i = 0; i < lk->names.text.n; i++) {
        find_rarest(&lk->names, &lk->names.form[i]);
    }
    return TP_OK;
}

/* Others than the pair itself that share the value, over the population, as bits. */
static int32_t
rarity(const tp_linker *lk, uint32_t bearers)
{
    return tp_log2_ratio(lk->n_units + lk->par->population_floor, bearers > 2 ? bearers - 1 : 1);
}

int32_t
tp_date_bits(const tp_linker *lk, int32_t day)
{
    const bool known = day >= lk->day_first && day - lk->day_first < (int32_t)lk->day_n;
    return rarity(lk, known ? lk->day_count[day - lk->day_first] : 0);
}

int32_t
tp_agency_bits(const tp_linker *lk, uint32_t agency)
{
    return rarity(lk, agency < lk->agencies.n ? lk->agency_count[agency] : 0);
}

static int32_t
at_most(int32_t value, int32_t cap)
{
    return value < cap ? value : cap;
}

/* Of what agrees half is left: a number that agrees holds it too. (linkage-design 7.3) */
static void
halve(tp_weight_parts *w, int field)
{
    w->halved[field] = w->level[field] > 0 || w->rarity[field] > 0;
    w->level[field] = w->level[field] > 0 ? w->level[field] / 2 : w->level[field];
    w->rarity[field] = w->rarity[field] > 0 ? w->rarity[field] / 2 : w->rarity[field];
}

tp_weight_parts
tp_weigh_parts(const tp_linker *lk, const tp_levels *l)
{
    const tp_link_params *p = lk->par;
    const int32_t *const of[TP_LINK_FIELDS] = {
        [TP_LINK_NIP] = p->nip,         [TP_LINK_NIK] = p->nik,     [TP_LINK_OLD] = p->old,
        [TP_LINK_SERVICE] = p->service, [TP_LINK_SIASN] = p->siasn, [TP_LINK_NAME] = p->name,
        [TP_LINK_DATE] = p->date,       [TP_LINK_SEX] = p->sex,     [TP_LINK_AGENCY] = p->agency};
    tp_weight_parts w = {0};
    for (int f = 0; f < TP_LINK_FIELDS; f++) {
        w.level_no[f] = l->level[f];
        w.level[f] = of[f][l->level[f]];
    }
    w.rarity[TP_LINK_NAME] = at_most(l->name_bits, p->name_cap[l->level[TP_LINK_NAME]]);
    if (l->level[TP_LINK_DATE] == TP_LV_DATE_EQUAL) { /* what the setting says is a ceiling */
        w.rarity[TP_LINK_DATE] = at_most(l->date_bits, w.level[TP_LINK_DATE]);
        w.level[TP_LINK_DATE] = 0;
    }
    if (l->level[TP_LINK_AGENCY] == TP_LV_SAME_EQUAL) {
        w.rarity[TP_LINK_AGENCY] = at_most(l->agency_bits, w.level[TP_LINK_AGENCY]);
        w.level[TP_LINK_AGENCY] = 0;
    }
    if (l->level[TP_LINK_NIP] <= TP_LV_NIP_NEAR || l->level[TP_LINK_NIK] == TP_LV_NIK_EQUAL) {
        halve(&w, TP_LINK_DATE);
        halve(&w, TP_LINK_SEX);
    }
    w.prior = -log2_fixed(PRIOR_FACTOR * ((uint64_t)lk->n_units + p->population_floor) + 1);
    w.sum = w.prior;
    for (int f = 0; f < TP_LINK_FIELDS; f++) {
        w.sum += w.level[f] + w.rarity[f];
    }
    return w;
}

int32_t
tp_weigh(const tp_linker *lk, const tp_levels *levels)
{
    return tp_weigh_parts(lk, levels).sum;
}
