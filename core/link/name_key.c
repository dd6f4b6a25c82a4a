/* What is the comparison form of a name: tokens, fold, keys? (linkage-design 4.1) */
#include "core/link/parts.h"

#include <utf8proc.h>

#include "talent/base/hash.h"

enum { HASH_FOLDED = 11, HASH_SORTED = 12, HASH_JOINED = 13 };

/* Tokens that carry no identity of their own, after cleaning. */
static const char PARTICLES[] = "BIN|BINTI|BT|BR|BORU|R|RR|I|NI|NY|H|HJ|HAJI|HAJAH";
/* Balinese words of birth order: brothers differ in them, strangers share them. */
static const char ORDER_WORDS[] = "WAYAN|PUTU|GEDE|LUH|MADE|KADEK|NENGAH|NYOMAN|KOMANG|KETUT";

static bool
in_words(const char *words, tp_str token)
{
    tp_str rest = tp_str_of(words);
    tp_str word;
    while (tp_str_next(&rest, '|', &word)) {
        if (tp_str_eq(word, token)) {
            return true;
        }
    }
    return false;
}

/* One code point: base letter of an accent, upper case; ' ' for what splits, 0 for what vanishes.
 */
static char
clean_char(utf8proc_int32_t c)
{
    if (c < 0x80) {
        if (c >= 'a' && c <= 'z') {
            return (char)(c - 'a' + 'A');
        }
        if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
            return (char)c;
        }
        return c == '\'' || c == '`' ? '\0' : ' ';
    }
    if (c == 0x2018 || c == 0x2019 || c == 0x02bc || c == 0x00b4) {
        return '\0';
    }
    utf8proc_int32_t base[8];
    int last = 0;
    const utf8proc_ssize_t n =
        utf8proc_decompose_char(c, base, 8, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT, &last);
    return n >= 1 && n <= 8 && base[0] < 0x80 ? clean_char(base[0]) : ' ';
}

/* Is text[from..] of length n the same word again and nothing else? (forms that demand two words)
 */
static size_t
undouble(const char *p, size_t n)
{
    const size_t half = n / 2;
    if (n % 2 == 1 && p[half] == ' ' && memchr(p, ' ', half) == NULL &&
        memcmp(p, p + half + 1, half) == 0) {
        return half;
    }
    return n;
}

bool
tp_name_clean(tp_str text, tp_buf *out)
{
    size_t at = 0;
    tp_buf_reset(out);
    while (at < text.n) {
        utf8proc_int32_t c;
        const utf8proc_ssize_t took = utf8proc_iterate((const utf8proc_uint8_t *)text.p + at,
                                                       (utf8proc_ssize_t)(text.n - at), &c);
        if (took <= 0) {
            at++;
            continue;
        }
        at += (size_t)took;
        const char ch = clean_char(c);
        if (ch != '\0' && (ch != ' ' || (out->n > 0 && out->p[out->n - 1] != ' '))) {
            tp_buf_char(out, ch);
        }
    }
    while (out->n > 0 && out->p[out->n - 1] == ' ') {
        out->n--;
    }
    out->n = out->n > 0 ? undouble(out->p, out->n) : 0;
    return !out->failed;
}

/* Replaces every `from` by `to` (not longer) in p[n]; returns the new length. */
static size_t
replace_all(char *p, size_t n, const char *from, const char *to)
{
    const size_t from_n = strlen(from);
    const size_t to_n = strlen(to);
    size_t w = 0;
    for (size_t r = 0; r < n;) {
        if (r + from_n <= n && memcmp(p + r, from, from_n) == 0) {
            memmove(p + w, to, to_n);
            w += to_n;
            r += from_n;
        } else {
            p[w++] = p[r++];
        }
    }
    return w;
}

static size_t
squeeze_doubles(char *p, size_t n)
{
    size_t w = 0;
    for (size_t r = 0; r < n; r++) {
        if (w == 0 || p[w - 1] != p[r]) {
            p[w++] = p[r];
        }
    }
    return w;
}

static size_t
drop_inner_h(char *p, size_t n)
{
    size_t w = 0;
    for (size_t r = 0; r < n; r++) {
        if (p[r] != 'H' || r == 0) {
            p[w++] = p[r];
        }
    }
    return w;
}

bool
tp_token_fold(tp_str token, tp_buf *out)
{
    static const char *const RULE[][2] = {{"OE", "U"},  {"DJ", "J"},  {"TJ", "C"}, {"SJ", "SY"},
                                          {"NJ", "NY"}, {"CH", "KH"}, {"PH", "F"}, {"V", "F"},
                                          {"TH", "T"},  {"DH", "D"},  {"Z", "S"},  {"Y", "I"},
                                          {"EI", "AI"}};
    tp_buf_reset(out);
    tp_buf_str(out, token);
    if (out->failed) {
        return false;
    }
    size_t n = out->n;
    for (size_t i = 0; i < TP_COUNT(RULE); i++) {
        n = replace_all(out->p, n, RULE[i][0], RULE[i][1]);
    }
    n = squeeze_doubles(out->p, n);
    if (n >= 4) {
        n = replace_all(out->p, n, "KH", "K");
        n = squeeze_doubles(out->p, drop_inner_h(out->p, n));
    }
    out->n = n;
    return true;
}

/* Assembles the tokens of one cleaned name: canon of abbreviations, units of Abdul, folds. */
typedef struct maker {
    const tp_link_params *par;
    const tp_intern *variants;
    tp_names *names;
    tp_buf word; /* token being built */
    tp_buf fold;
    tp_buf joined; /* all letters so far */
} maker;

/* ABDURRAHMAN, ABDUS SALAM, ABD. RAHMAN: the assimilated article becomes ABDUL again. */
static bool
is_abdul(tp_str t)
{
    return tp_str_is(t, "ABDUL") || tp_str_is(t, "ABD") || tp_str_is(t, "ABDOEL") ||
           tp_str_is(t, "ABDU") || tp_str_is(t, "ABDUR") || tp_str_is(t, "ABDUS") ||
           tp_str_is(t, "ABDUN") || tp_str_is(t, "ABDUD");
}

static void
canon_token(maker *m, tp_str token)
{
    uint32_t code;
    tp_buf_reset(&m->word);
    if (token.n > 1 && tp_intern_find(m->variants, token, &code)) {
        tp_buf_str(&m->word, m->par->canonical[code]);
    } else if (token.n >= 8 && memcmp(token.p, "ABDU", 4) == 0 && token.p[4] == token.p[5] &&
               token.p[4] != 'L') {
        tp_buf_puts(&m->word, "ABDUL");
        tp_buf_str(&m->word, tp_str_sub(token, 5, token.n));
    } else {
        tp_buf_str(&m->word, token);
    }
}

static uint8_t
flags_of(tp_str token)
{
    uint8_t flags = 0;
    if (in_words(PARTICLES, token)) {
        flags |= TP_TOKEN_PARTICLE;
    }
    if (in_words(ORDER_WORDS, token)) {
        flags |= TP_TOKEN_ORDER;
    }
    if (token.n == 1) {
        flags |= TP_TOKEN_INITIAL;
    }
    return flags;
}

/* Adds m->word to the form; token flags are found by the letters before the fold. */
static bool
add_token(maker *m, tp_name_form *form, uint8_t flags[TP_NAME_TOKENS])
{
    uint32_t code;
    const tp_str word = tp_buf_view(&m->word);
    if (form->n == TP_NAME_TOKENS || word.n == 0) {
        return true; /* a ninth token tells nothing new */
    }
    if (!tp_token_fold(tp_str_sub(word, 0, TP_TOKEN_MAX), &m->fold) ||
        !tp_intern_add(&m->names->token, tp_buf_view(&m->fold), &code)) {
        return false;
    }
    flags[form->n] = flags_of(word);
    form->token[form->n++] = code;
    if ((flags[form->n - 1] & TP_TOKEN_PARTICLE) == 0) {
        tp_buf_str(&m->joined, word);
    }
    return true;
}

static void
sort_hashes(uint64_t *h, int n)
{
    for (int i = 1; i < n; i++) {
        const uint64_t v = h[i];
        int j = i;
        for (; j > 0 && h[j - 1] > v; j--) {
            h[j] = h[j - 1];
        }
        h[j] = v;
    }
}

static bool
make_keys(maker *m, tp_name_form *form, const uint8_t flags[TP_NAME_TOKENS])
{
    uint64_t h[TP_NAME_TOKENS];
    int n = 0;
    for (int pass = 0; pass < 2 && n == 0; pass++) { /* a name of particles alone keeps them */
        for (int i = 0; i < form->n; i++) {
            if (pass == 1 || (flags[i] & TP_TOKEN_PARTICLE) == 0) {
                h[n++] = tp_hash_str(0, tp_intern_text(&m->names->token, form->token[i]));
            }
        }
    }
    form->folded = tp_hash64(HASH_FOLDED, h, (size_t)n * sizeof h[0]);
    sort_hashes(h, n);
    form->sorted = tp_hash64(HASH_SORTED, h, (size_t)n * sizeof h[0]);
    if (!tp_token_fold(tp_buf_view(&m->joined), &m->fold)) {
        return false;
    }
    form->joined = m->fold.n > 0 ? tp_hash_str(HASH_JOINED, tp_buf_view(&m->fold)) : form->sorted;
    return true;
}

static bool
make_form(maker *m, tp_str text, tp_name_form *form, uint8_t flags[TP_NAME_TOKENS])
{
    tp_str token;
    bool after_abdul = false;
    TP_AUTO_BUF(held);
    *form = (tp_name_form){0};
    tp_buf_reset(&m->joined);
    tp_buf_reset(&m->word);
    while (tp_str_next(&text, ' ', &token)) {
        if (after_abdul) {
            tp_buf_reset(&held);
            tp_buf_puts(&held, "ABDUL");
            tp_buf_str(&held, token);
            tp_buf_reset(&m->word);
            tp_buf_str(&m->word, tp_buf_view(&held));
            after_abdul = false;
        } else if (is_abdul(token) && text.p != NULL && text.n > 0) {
            after_abdul = true;
            continue;
        } else {
            canon_token(m, token);
        }
        if (m->word.failed || !add_token(m, form, flags)) {
            return false;
        }
    }
    return !m->joined.failed && make_keys(m, form, flags);
}

/* Dense numbers of equal sorted keys. */
static bool
number_groups(tp_names *names, tp_arena *scratch)
{
    const size_t n = names->text.n;
    tp_key_row *item = tp_arena_alloc(scratch, n, sizeof *item);
    tp_key_row *tmp = tp_arena_alloc(scratch, n, sizeof *tmp);
    if (item == NULL || tmp == NULL) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        item[i] = (tp_key_row){names->form[i].sorted, (uint32_t)i};
    }
    tp_sort_keys(item, tmp, n);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || item[i].key != item[i - 1].key) {
            names->n_groups++;
        }
        names->form[item[i].row].group = (uint32_t)names->n_groups - 1;
    }
    names->group_count = tp_arena_alloc(scratch, names->n_groups, sizeof(uint32_t));
    return names->group_count != NULL;
}

/* Flags belong to the folded token: those of its first name stand, unless another use is plain. */
static bool
make_forms(maker *m, tp_arena *scratch)
{
    tp_names *names = m->names;
    const size_t most = names->text.n * TP_NAME_TOKENS;
    uint8_t *seen = tp_arena_alloc(scratch, most, 1);
    if (seen == NULL) {
        return false;
    }
    memset(seen, 0xff, most);
    for (size_t i = 0; i < names->text.n; i++) {
        uint8_t flags[TP_NAME_TOKENS] = {0};
        tp_name_form *form = &names->form[i];
        if (!make_form(m, tp_intern_text(&names->text, (uint32_t)i), form, flags)) {
            return false;
        }
        for (int t = 0; t < form->n; t++) {
            seen[form->token[t]] &= flags[t];
        }
    }
    names->token_flags = seen;
    names->token_count = tp_arena_alloc(scratch, names->token.n, sizeof(uint32_t));
    return names->token_count != NULL;
}

tp_code
tp_names_make(tp_linker *lk, tp_err *err)
{
    tp_intern variants = {0};
    maker m = {.par = lk->par, .variants = &variants, .names = &lk->names};
    lk->names.form = tp_arena_alloc(lk->scratch, lk->names.text.n, sizeof(tp_name_form));
    bool ok = lk->names.form != NULL;
    for (size_t i = 0; ok && i < lk->par->n_variants; i++) {
        uint32_t code;
        ok = tp_intern_add(&variants, lk->par->variant[i], &code) && code == i;
    }
    ok = ok && make_forms(&m, lk->scratch) && number_groups(&lk->names, lk->scratch);
    tp_intern_clear(&variants);
    tp_buf_clear(&m.word);
    tp_buf_clear(&m.fold);
    tp_buf_clear(&m.joined);
    if (!ok) {
        TP_RETURN_ERR(err, TP_E_NOMEM,
                      "comparison forms of %zu names (or a spelling variant given twice)",
                      lk->names.text.n);
    }
    return TP_OK;
}

void
tp_names_clear(tp_names *names)
{
    tp_intern_clear(&names->text);
    tp_intern_clear(&names->token);
}
