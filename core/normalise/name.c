/* Which part of this text is the name, and which are titles before and after it? */
#include "core/normalise/pipe.h"

#include "talent/base/hash.h"

enum { TOKENS_MAX = 24, TITLE_TEXT = 48, JOIN_MAX = 3 };

typedef struct title {
    tp_str text; /* exact text, or folded letters */
    tp_str canonical;
    bool front;
    bool folded;
} title;

struct tp_titles {
    size_t slots; /* power of two */
    title *slot;  /* open addressing; text.p == NULL = free */
};

/* ASCII letters and digits in lower case; 0 when it would not fit or nothing is left. */
static size_t
fold_title(tp_str text, char out[TITLE_TEXT])
{
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        c = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            if (n == TITLE_TEXT) {
                return 0;
            }
            out[n++] = c;
        } else if (c != '.' && c != ' ' && c != ',') {
            return 0;
        }
    }
    return n;
}

static title *
slot_of(const tp_titles *t, tp_str text, bool front, bool folded)
{
    const uint64_t seed = (front ? 2U : 0U) | (folded ? 1U : 0U);
    size_t at = tp_hash_str(seed, text) & (t->slots - 1);
    while (t->slot[at].text.p != NULL &&
           !(t->slot[at].front == front && t->slot[at].folded == folded &&
             tp_str_eq(t->slot[at].text, text))) {
        at = (at + 1) & (t->slots - 1);
    }
    return &t->slot[at];
}

/* The first title that claims a text keeps it: the list's order decides between equals. */
static void
put(const tp_titles *t, tp_str text, bool front, bool folded, tp_str canonical)
{
    title *s = slot_of(t, text, front, folded);
    if (s->text.p == NULL && text.n > 0) {
        *s = (title){.text = text, .canonical = canonical, .front = front, .folded = folded};
    }
}

tp_titles *
tp_titles_make(size_t n, const tp_str *text, const bool *front, const tp_str *canonical,
               tp_arena *arena)
{
    tp_titles *t = tp_arena_alloc(arena, 1, sizeof *t);
    if (t == NULL) {
        return NULL;
    }
    t->slots = 64;
    while (t->slots < n * 4) {
        t->slots *= 2;
    }
    t->slot = tp_arena_alloc(arena, t->slots, sizeof *t->slot);
    if (t->slot == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        char folded[TITLE_TEXT];
        const size_t k = fold_title(text[i], folded);
        char *copy = tp_arena_copy(arena, folded, k);
        if (copy == NULL) {
            return NULL;
        }
        put(t, text[i], front[i], false, canonical[i]);
        put(t, (tp_str){copy, k}, front[i], true, canonical[i]);
    }
    return t;
}

/* Canonical form of a title as written; absent if it is none. Case decides first: dr. is not Dr. */
static tp_str
title_of(const tp_titles *t, tp_str text, bool front)
{
    char folded[TITLE_TEXT];
    const title *exact = slot_of(t, text, front, false);
    if (exact->text.p != NULL) {
        return exact->canonical;
    }
    const size_t n = fold_title(text, folded);
    if (n == 0) {
        return TP_STR_NONE;
    }
    const title *s = slot_of(t, (tp_str){folded, n}, front, true);
    return s->text.p != NULL ? s->canonical : TP_STR_NONE;
}

typedef struct tokens {
    size_t n;
    tp_str at[TOKENS_MAX];
} tokens;

static tokens
cut(tp_str text)
{
    tokens t = {0};
    tp_str rest = text;
    tp_str piece;
    while (t.n < TOKENS_MAX && tp_str_next(&rest, ' ', &piece)) {
        if (piece.n > 0) {
            t.at[t.n++] = piece;
        }
        if (t.n == TOKENS_MAX && rest.p != NULL && rest.n > 0) {
            t.at[t.n - 1].n = (size_t)(rest.p + rest.n - t.at[t.n - 1].p); /* the rest in one */
        }
    }
    return t;
}

static bool
has(tp_str text, char low, char high)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] >= low && text.p[i] <= high) {
            return true;
        }
    }
    return false;
}

typedef struct list {
    size_t n;
    tp_str at[TOKENS_MAX];
} list;

static void
add(list *l, tp_str text)
{
    if (l->n < TOKENS_MAX) {
        l->at[l->n++] = text;
    }
}

/* Takes titles off the left end; "Dr.Ir.Sri" gives them up one by one. One token always stays. */
static void
strip_front(const tp_titles *t, tokens *tok, list *front)
{
    size_t first = 0;
    while (first < tok->n) {
        tp_str *head = &tok->at[first];
        const tp_str whole = title_of(t, *head, true);
        if (whole.p != NULL && first + 1 < tok->n) {
            add(front, whole);
            first++;
            continue;
        }
        size_t glued = 0;
        tp_str found = TP_STR_NONE;
        for (size_t i = 1; i + 1 < head->n; i++) {
            if (head->p[i] == '.') {
                const tp_str c = title_of(t, (tp_str){head->p, i + 1}, true);
                if (c.p != NULL) {
                    glued = i + 1;
                    found = c;
                }
            }
        }
        if (glued == 0 || head->n - glued < 2) {
            break;
        }
        add(front, found);
        head->p += glued;
        head->n -= glued;
    }
    for (size_t i = first; i < tok->n; i++) {
        tok->at[i - first] = tok->at[i];
    }
    tok->n -= first;
}

/* May these tokens at the end of a name, without a comma before them, be read as a title? */
static bool
title_shape(tp_str text, bool name_has_lower)
{
    if (has(text, '.', '.')) {
        return true;
    }
    size_t upper = 0;
    for (size_t i = 0; i < text.n; i++) {
        upper += text.p[i] >= 'A' && text.p[i] <= 'Z' ? 1 : 0;
    }
    return name_has_lower && upper >= 2; /* "SH" after "Budi Santoso", but "MA" stays in "SRI MA" */
}

/* Takes titles off the right end, last one first; `back` is filled from its end by the caller. */
static void
strip_back(const tp_titles *t, tokens *tok, bool name_has_lower, list *back)
{
    bool found = true;
    while (found && tok->n > 1) {
        found = false;
        for (size_t k = JOIN_MAX; k >= 1 && !found; k--) {
            if (k >= tok->n) {
                continue;
            }
            const tp_str from = tok->at[tok->n - k];
            const tp_str last = tok->at[tok->n - 1];
            const tp_str text = {from.p, (size_t)(last.p + last.n - from.p)};
            const bool dotted = k == 1 || from.p[from.n - 1] == '.';
            const tp_str c = dotted && title_shape(text, name_has_lower) ? title_of(t, text, false)
                                                                         : TP_STR_NONE;
            if (c.p != NULL) {
                add(back, c);
                tok->n -= k;
                found = true;
            }
        }
    }
}

/* A piece after a comma: one title, several with spaces, or several glued by their dots. */
static bool
read_piece(const tp_titles *t, tp_str piece, list *back)
{
    const tp_str whole = title_of(t, piece, false);
    if (whole.p != NULL) {
        add(back, whole);
        return true;
    }
    const size_t before = back->n;
    while (piece.n > 0) {
        size_t best = 0;
        tp_str found = TP_STR_NONE;
        for (size_t i = 1; i <= piece.n; i++) {
            const bool edge = i == piece.n || piece.p[i] == ' ' || piece.p[i - 1] == '.';
            const tp_str c =
                edge ? title_of(t, tp_str_trim((tp_str){piece.p, i}), false) : TP_STR_NONE;
            if (c.p != NULL) {
                best = i;
                found = c;
            }
        }
        if (best == 0) {
            back->n = before;
            return false;
        }
        add(back, found);
        piece = tp_str_trim((tp_str){piece.p + best, piece.n - best});
    }
    return true;
}

static tp_str
joined(const list *l, const char *separator, tp_arena *arena)
{
    size_t n = 0;
    const size_t gap = strlen(separator);
    for (size_t i = 0; i < l->n; i++) {
        n += l->at[i].n + gap;
    }
    char *text = l->n == 0 ? NULL : tp_arena_alloc(arena, n + 1, 1);
    if (text == NULL) {
        return TP_STR_NONE;
    }
    size_t at = 0;
    for (size_t i = 0; i < l->n; i++) {
        if (i > 0) {
            memcpy(text + at, separator, gap);
            at += gap;
        }
        memcpy(text + at, l->at[i].p, l->at[i].n);
        at += l->at[i].n;
    }
    return (tp_str){text, at};
}

/* Is there nothing to squash? Any byte of a no-break space is a reason to look closer. */
static bool
is_squashed(tp_str text)
{
    bool space = true; /* before the text as well as within it */
    for (size_t i = 0; i < text.n; i++) {
        const unsigned char c = (unsigned char)text.p[i];
        if (c == 0xc2 || (c >= '\t' && c <= '\r') || (c == ' ' && space)) {
            return false;
        }
        space = c == ' ';
    }
    return text.n > 0 && !space;
}

tp_str
tp_squash(tp_str text, tp_arena *arena)
{
    if (is_squashed(text)) {
        return text;
    }
    char *out = tp_arena_alloc(arena, text.n + 1, 1);
    if (out == NULL) {
        return TP_STR_NONE;
    }
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        const unsigned char c = (unsigned char)text.p[i];
        const bool wide = c == 0xc2 && i + 1 < text.n && (unsigned char)text.p[i + 1] == 0xa0;
        if (wide || c == ' ' || (c >= '\t' && c <= '\r')) {
            i += wide ? 1 : 0;
            if (n > 0 && out[n - 1] != ' ') {
                out[n++] = ' ';
            }
        } else {
            out[n++] = (char)c;
        }
    }
    n -= n > 0 && out[n - 1] == ' ' ? 1 : 0;
    return (tp_str){out, n};
}

/* Unknown text after a comma: kept as a title when it looks like one, else part of the name. */
static bool
looks_like_title(tp_str piece)
{
    return has(piece, '.', '.') || (piece.n <= 6 && !has(piece, 'a', 'z') && !has(piece, ' ', ' '));
}

/* The pieces after the first comma, and what the left piece ends with. */
static void
read_back(const tp_titles *t, tp_str rest, tokens *tok, bool lower, list *back)
{
    list tail = {0};
    strip_back(t, tok, lower, &tail);
    for (size_t i = tail.n; i > 0; i--) {
        add(back, tail.at[i - 1]);
    }
    tp_str piece;
    while (tp_str_next(&rest, ',', &piece)) {
        piece = tp_str_trim(piece);
        if (piece.n == 0 || read_piece(t, piece, back)) {
            continue;
        }
        if (looks_like_title(piece)) {
            add(back, piece);
        } else if (tok->n < TOKENS_MAX) {
            tok->at[tok->n++] = piece;
        }
    }
}

/* Text that is nothing but titles ("S.H., M.Si.", "SH", "Dr. Ir"): nothing of it is a name. */
static bool
titles_only(const tp_titles *t, tp_str text, bool front, list *out)
{
    tp_str rest = text;
    tp_str piece;
    while (tp_str_next(&rest, ',', &piece)) {
        piece = tp_str_trim(piece);
        if (piece.n == 0) {
            continue;
        }
        if (!front) {
            if (!read_piece(t, piece, out)) {
                return false;
            }
            continue;
        }
        const tokens tok = cut(piece);
        for (size_t i = 0; i < tok.n; i++) {
            const tp_str c = title_of(t, tok.at[i], true);
            if (c.p == NULL) {
                return false;
            }
            add(out, c);
        }
    }
    return out->n > 0;
}

tp_name
tp_name_split(const tp_titles *titles, tp_str text, tp_arena *arena)
{
    tp_name name = {TP_STR_NONE, TP_STR_NONE, TP_STR_NONE};
    const tp_str clean = tp_squash(text, arena);
    if (clean.p == NULL || clean.n == 0) {
        return name;
    }
    list front = {0};
    list back = {0};
    list only = {0};
    if (titles_only(titles, clean, true, &only) && (only.n > 1 || clean.n > 1)) {
        name.front = joined(&only, " ", arena);
        return name;
    }
    only.n = 0;
    if (titles_only(titles, clean, false, &only) && (only.n > 1 || has(clean, '.', '.'))) {
        name.back = joined(&only, ", ", arena);
        return name;
    }
    tp_str rest = clean;
    tp_str head;
    (void)tp_str_next(&rest, ',', &head);
    const bool comma = head.n < clean.n;
    tokens tok = cut(tp_str_trim(head));
    strip_front(titles, &tok, &front);
    bool lower = false;
    for (size_t i = 0; i + 1 < tok.n; i++) {
        lower = lower || has(tok.at[i], 'a', 'z');
    }
    read_back(titles, comma ? rest : TP_STR_NONE, &tok, lower, &back);
    list words = {0};
    for (size_t i = 0; i < tok.n; i++) {
        add(&words, tok.at[i]);
    }
    name.clean = joined(&words, " ", arena);
    name.front = joined(&front, " ", arena);
    name.back = joined(&back, ", ", arena);
    return name;
}
