/* How well do two names agree? Tokens are a set: Indonesia has no surname. (linkage-design 7.1, 8)
 */
#include "core/link/parts.h"

enum { ONE = 10000, TYPO_LETTERS = 4, JARO_MAX = 64 };

/* How one token stands to another, best last. */
enum { REL_NONE, REL_SIMILAR, REL_INITIAL, REL_TYPO, REL_EXACT };

/* Letters of b that a meets within the window of Jaro's measure; marks both sides. */
static int
mark_matches(tp_str a, tp_str b, bool *in_a, bool *in_b)
{
    const size_t longest = a.n > b.n ? a.n : b.n;
    const size_t reach = longest / 2 > 0 ? longest / 2 - 1 : 0;
    int matches = 0;
    for (size_t i = 0; i < a.n; i++) {
        const size_t from = i > reach ? i - reach : 0;
        const size_t to = i + reach + 1 < b.n ? i + reach + 1 : b.n;
        for (size_t j = from; j < to; j++) {
            if (!in_b[j] && a.p[i] == b.p[j]) {
                in_a[i] = in_b[j] = true;
                matches++;
                break;
            }
        }
    }
    return matches;
}

int32_t
tp_jaro_bp(tp_str a, tp_str b)
{
    bool in_a[JARO_MAX] = {false};
    bool in_b[JARO_MAX] = {false};
    a.n = a.n < JARO_MAX ? a.n : JARO_MAX;
    b.n = b.n < JARO_MAX ? b.n : JARO_MAX;
    const int m = a.n == 0 || b.n == 0 ? 0 : mark_matches(a, b, in_a, in_b);
    if (m == 0) {
        return 0;
    }
    int out_of_order = 0;
    size_t j = 0;
    for (size_t i = 0; i < a.n; i++) {
        if (!in_a[i]) {
            continue;
        }
        while (!in_b[j]) {
            j++;
        }
        out_of_order += a.p[i] != b.p[j];
        j++;
    }
    const int64_t kept = 2 * (int64_t)m - out_of_order; /* twice m minus transpositions */
    return (int32_t)(((int64_t)ONE * m / (int64_t)a.n + (int64_t)ONE * m / (int64_t)b.n +
                      ONE * kept / (2 * (int64_t)m)) /
                     3);
}

bool
tp_one_edit(tp_str a, tp_str b)
{
    const tp_str longer = a.n >= b.n ? a : b;
    const tp_str shorter = a.n >= b.n ? b : a;
    if (longer.n - shorter.n > 1) {
        return false;
    }
    size_t head = 0;
    while (head < shorter.n && longer.p[head] == shorter.p[head]) {
        head++;
    }
    size_t tail = 0;
    while (tail < shorter.n - head &&
           longer.p[longer.n - 1 - tail] == shorter.p[shorter.n - 1 - tail]) {
        tail++;
    }
    const size_t changed = shorter.n - head - tail;
    if (longer.n > shorter.n) {
        return changed == 0;
    }
    return changed <= 1 || (changed == 2 && longer.p[head] == shorter.p[head + 1] &&
                            longer.p[head + 1] == shorter.p[head]);
}

static int
relate(const tp_linker *lk, uint32_t a, uint32_t b)
{
    if (a == b) {
        return REL_EXACT;
    }
    const tp_str x = tp_intern_text(&lk->names.token, a);
    const tp_str y = tp_intern_text(&lk->names.token, b);
    if (x.n == 0 || y.n == 0) {
        return REL_NONE;
    }
    if (x.n == 1 || y.n == 1) {
        return x.p[0] == y.p[0] ? REL_INITIAL : REL_NONE;
    }
    /* Brothers differ in the word of birth order alone: no slip of the pen there. */
    if (((lk->names.token_flags[a] | lk->names.token_flags[b]) & TP_TOKEN_ORDER) != 0) {
        return REL_NONE;
    }
    if (x.n >= TYPO_LETTERS && y.n >= TYPO_LETTERS && tp_one_edit(x, y)) {
        return REL_TYPO;
    }
    const bool cut = (x.n >= TYPO_LETTERS && tp_str_starts(y, x)) ||
                     (y.n >= TYPO_LETTERS && tp_str_starts(x, y));
    return cut || tp_jaro_bp(x, y) >= lk->par->similar_bp ? REL_SIMILAR : REL_NONE;
}

/* What the greedy matching of two token sets found. */
typedef struct tally {
    int kind[REL_EXACT + 1]; /* pairs by relation */
    int solid;               /* exact pairs that carry identity */
    int left_a;              /* tokens without a partner, particles left out */
    int left_b;
    int32_t bits;
} tally;

static void
count_left(const tp_linker *lk, const tp_name_form *f, const bool *used, int *left)
{
    for (int i = 0; i < f->n; i++) {
        if (!used[i] && (lk->names.token_flags[f->token[i]] & TP_TOKEN_PARTICLE) == 0) {
            (*left)++;
        }
    }
}

static void
take_pair(const tp_linker *lk, uint32_t token, int relation, tally *t)
{
    t->kind[relation]++;
    const uint8_t weak = TP_TOKEN_PARTICLE | TP_TOKEN_INITIAL | TP_TOKEN_ORDER;
    if (relation == REL_EXACT && (lk->names.token_flags[token] & weak) == 0) {
        t->solid++;
        const uint32_t bearers = lk->names.token_count[token];
        t->bits +=
            tp_log2_ratio(lk->n_units + lk->par->population_floor, bearers > 2 ? bearers - 1 : 1);
    }
}

/* Best pairs first, ties by position. */
static tally
match_tokens(const tp_linker *lk, const tp_name_form *a, const tp_name_form *b)
{
    tally t = {0};
    uint8_t rel[TP_NAME_TOKENS][TP_NAME_TOKENS];
    bool used_a[TP_NAME_TOKENS] = {false};
    bool used_b[TP_NAME_TOKENS] = {false};
    for (int i = 0; i < a->n; i++) {
        for (int j = 0; j < b->n; j++) {
            rel[i][j] = (uint8_t)relate(lk, a->token[i], b->token[j]);
        }
    }
    for (int relation = REL_EXACT; relation > REL_NONE; relation--) {
        for (int sum = 0; sum < a->n + b->n - 1; sum++) {
            for (int i = 0; i < a->n && i <= sum; i++) {
                const int j = sum - i;
                if (j < b->n && !used_a[i] && !used_b[j] && rel[i][j] == relation) {
                    used_a[i] = used_b[j] = true;
                    take_pair(lk, a->token[i], relation, &t);
                }
            }
        }
    }
    count_left(lk, a, used_a, &t.left_a);
    count_left(lk, b, used_b, &t.left_b);
    return t;
}

static tp_name_match
judge(const tally *t)
{
    const int less = t->left_a < t->left_b ? t->left_a : t->left_b;
    const int more = t->left_a < t->left_b ? t->left_b : t->left_a;
    const int damaged = t->kind[REL_TYPO] + t->kind[REL_SIMILAR];
    tp_name_match out = {.level = TP_LV_NAME_NOTHING, .bits = t->bits};
    out.similar = less == 0 && t->solid + damaged > 0;
    out.whole = more == 0;
    if (less == 0 && t->solid > 0 && damaged == 0) {
        out.level = t->kind[REL_INITIAL] > 0 ? TP_LV_NAME_INITIAL
                    : more > 0               ? TP_LV_NAME_SUBSET
                                             : TP_LV_NAME_FOLDED;
    } else if (less == 0 && more == 0 && t->kind[REL_TYPO] == 1 && damaged == 1) {
        out.level = TP_LV_NAME_TYPO;
    } else if (less == 0 && (t->solid > 0 || (damaged > 0 && more == 0))) {
        out.level = TP_LV_NAME_ONE_OFF;
    } else if (t->solid > 0 && less == 1 && damaged == 0) {
        out.level = TP_LV_NAME_ONE_OFF;
    }
    return out;
}

tp_name_match
tp_name_compare(const tp_linker *lk, uint32_t a, uint32_t b)
{
    if (a == TP_NONE || b == TP_NONE) {
        return (tp_name_match){.level = TP_LV_NAME_UNKNOWN};
    }
    const tp_name_form *x = &lk->names.form[a];
    const tp_name_form *y = &lk->names.form[b];
    if (a != b && x->folded != y->folded && x->sorted != y->sorted && x->joined != y->joined) {
        const bool swap = x->folded > y->folded; /* the same from either side */
        const tally t = swap ? match_tokens(lk, y, x) : match_tokens(lk, x, y);
        return judge(&t);
    }
    const uint32_t cx = lk->names.group_count[x->group];
    const uint32_t cy = lk->names.group_count[y->group];
    const uint32_t bearers = cx > cy ? cx : cy;
    return (tp_name_match){
        a == b ? TP_LV_NAME_EQUAL : TP_LV_NAME_FOLDED,
        tp_log2_ratio(lk->n_units + lk->par->population_floor, bearers > 2 ? bearers - 1 : 1), true,
        true};
}
