/* String views: compare, trim, split, numbers, UTF-8 validity. No allocation. */
#ifndef TALENT_BASE_STR_H
#define TALENT_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* UTF-8 bytes in motion, not necessarily terminated. p == NULL means absent, n == 0 means empty. */
typedef struct tp_str {
    const char *p;
    size_t n;
} tp_str;

#define TP_STR(literal) ((tp_str){(literal), sizeof(literal) - 1})
#define TP_STR_NONE     ((tp_str){NULL, 0})

/* printf("%.*s", TP_STR_ARG(s)) */
#define TP_STR_ARG(s) (int)((s).n < 200 ? (s).n : 200), ((s).p != NULL ? (s).p : "")

static inline tp_str
tp_str_of(const char *text)
{
    return (tp_str){text, text != NULL ? strlen(text) : 0};
}

static inline bool
tp_str_eq(tp_str a, tp_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool
tp_str_is(tp_str a, const char *text)
{
    return tp_str_eq(a, tp_str_of(text));
}

/* Order of two texts: bytewise, a text before its continuations; <0, 0, >0. */
int tp_str_cmp(tp_str a, tp_str b);

/* Does the text begin with head? */
bool tp_str_starts(tp_str text, tp_str head);

/* Does the text end with tail? */
bool tp_str_ends(tp_str text, tp_str tail);

/* Are they equal but for ASCII case? */
bool tp_str_ieq(tp_str a, tp_str b);

/* The text without ASCII white space at both ends. */
tp_str tp_str_trim(tp_str text);

/* At most n bytes from an offset, clipped to the text. */
tp_str tp_str_sub(tp_str text, size_t from, size_t n);

/* Offset of the first occurrence of part, or SIZE_MAX. */
size_t tp_str_find(tp_str text, tp_str part);

/* Cuts the piece before the next `sep` off the front of *rest; false when *rest is used up.
 * "a||b" gives "a", "", "b"; an empty text gives one empty piece, an absent one nothing. */
bool tp_str_next(tp_str *rest, char sep, tp_str *out_piece);

/* The whole text as a decimal integer; false on anything else, overflow included. */
bool tp_str_to_i64(tp_str text, int64_t *out);

/* The same without sign: a leading '-' is refused. */
bool tp_str_to_u64(tp_str text, uint64_t *out);

/* The whole text as a decimal with `point` as separator, scaled by 10^digits and rounded half away
 * from zero; false on anything else. "3,5" with point ',' and 2 digits gives 350. */
bool tp_str_to_scaled(tp_str text, char point, int digits, int64_t *out);

/* Length of the valid UTF-8 prefix (no surrogates, no overlong forms, at most U+10FFFF). */
size_t tp_utf8_valid(tp_str text);

#endif
