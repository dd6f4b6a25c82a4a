/* What do the values of one place look like, counted without keeping any of them? */
#include "talent/core/profile.h"

#include "talent/base/hash.h"

/* Classes of bytes, four bits each: what a shape is written in. 0 is the end of the text. */
enum {
    C_DIGIT = 1,
    C_UPPER,
    C_LOWER,
    C_DASH,
    C_SLASH,
    C_DOT,
    C_COMMA,
    C_COLON,
    C_SPACE,
    C_HIGH,
    C_OTHER,
    C_MORE = 15 /* the text goes on */
};

enum { SHAPE_BYTES = 16, FORM_BYTES = 24, CODE_BYTES = 32 };

static const char SIGN[] = {0, '9', 'A', 'a', '-', '/', '.', ',', ':', ' ', 'x', '?', 0, 0, 0, '~'};

static const char *const FORM_NAME[TP_FORM_COUNT] = {"number", "date", "bool", "text"};

const char *
tp_form_name(tp_form form)
{
    return (unsigned)form < TP_FORM_COUNT ? FORM_NAME[form] : "unknown";
}

uint64_t
tp_place_id(tp_str fetch, tp_str select, tp_str path)
{
    uint64_t h = tp_hash_str(1, fetch);
    h = tp_hash_str(tp_hash_mix(h), select);
    return tp_hash_str(tp_hash_mix(h), path);
}

/* Class of every byte; 0 in the table means another sign below 0x80. */
static const uint8_t CLASS[256] = {
    [' '] = C_SPACE, ['-'] = C_DASH,  ['/'] = C_SLASH, ['.'] = C_DOT,   [','] = C_COMMA,
    [':'] = C_COLON, ['0'] = C_DIGIT, ['1'] = C_DIGIT, ['2'] = C_DIGIT, ['3'] = C_DIGIT,
    ['4'] = C_DIGIT, ['5'] = C_DIGIT, ['6'] = C_DIGIT, ['7'] = C_DIGIT, ['8'] = C_DIGIT,
    ['9'] = C_DIGIT, ['A'] = C_UPPER, ['B'] = C_UPPER, ['C'] = C_UPPER, ['D'] = C_UPPER,
    ['E'] = C_UPPER, ['F'] = C_UPPER, ['G'] = C_UPPER, ['H'] = C_UPPER, ['I'] = C_UPPER,
    ['J'] = C_UPPER, ['K'] = C_UPPER, ['L'] = C_UPPER, ['M'] = C_UPPER, ['N'] = C_UPPER,
    ['O'] = C_UPPER, ['P'] = C_UPPER, ['Q'] = C_UPPER, ['R'] = C_UPPER, ['S'] = C_UPPER,
    ['T'] = C_UPPER, ['U'] = C_UPPER, ['V'] = C_UPPER, ['W'] = C_UPPER, ['X'] = C_UPPER,
    ['Y'] = C_UPPER, ['Z'] = C_UPPER, ['a'] = C_LOWER, ['b'] = C_LOWER, ['c'] = C_LOWER,
    ['d'] = C_LOWER, ['e'] = C_LOWER, ['f'] = C_LOWER, ['g'] = C_LOWER, ['h'] = C_LOWER,
    ['i'] = C_LOWER, ['j'] = C_LOWER, ['k'] = C_LOWER, ['l'] = C_LOWER, ['m'] = C_LOWER,
    ['n'] = C_LOWER, ['o'] = C_LOWER, ['p'] = C_LOWER, ['q'] = C_LOWER, ['r'] = C_LOWER,
    ['s'] = C_LOWER, ['t'] = C_LOWER, ['u'] = C_LOWER, ['v'] = C_LOWER, ['w'] = C_LOWER,
    ['x'] = C_LOWER, ['y'] = C_LOWER, ['z'] = C_LOWER};

static inline unsigned
class_of(unsigned char c)
{
    const unsigned known = CLASS[c];
    return known != 0 ? known : c >= 0x80 ? C_HIGH : C_OTHER;
}

void
tp_shape_text(uint64_t shape, char out[TP_SHAPE_TEXT + 1])
{
    size_t n = 0;
    for (; shape != 0 && n < TP_SHAPE_TEXT; shape <<= 4) {
        const char sign = SIGN[shape >> 60];
        if (sign == 0) {
            break;
        }
        out[n++] = sign;
    }
    out[n] = '\0';
}

/* Year first or last, month and day of one or two digits: by separators alone, not by the calendar.
 */
static bool
is_date(tp_str text, unsigned classes, unsigned dashes, unsigned slashes)
{
    const unsigned digit = 1U << C_DIGIT;
    if (dashes == 2 && text.n >= 16 && text.p[4] == '-' && text.p[7] == '-') {
        return true; /* with a time behind it */
    }
    return text.n >= 8 && text.n <= 10 &&
           ((classes == (digit | 1U << C_DASH) && dashes == 2 && text.p[0] != '-') ||
            (classes == (digit | 1U << C_SLASH) && slashes == 2));
}

static tp_form
form_of(tp_str text, unsigned classes, unsigned dashes, unsigned slashes)
{
    const unsigned number = 1U << C_DIGIT | 1U << C_DOT | 1U << C_COMMA | 1U << C_DASH;
    if (is_date(text, classes, dashes, slashes)) {
        return TP_FORM_DATE;
    }
    if ((classes & ~number) == 0 && (classes & 1U << C_DIGIT) != 0 &&
        (dashes == 0 || (dashes == 1 && text.p[0] == '-'))) {
        return TP_FORM_NUMBER;
    }
    return tp_str_ieq(text, TP_STR("true")) || tp_str_ieq(text, TP_STR("false")) ? TP_FORM_BOOL
                                                                                 : TP_FORM_TEXT;
}

/* Keeps the shapes of the smallest hashes, ascending by them: which ones is a matter of the set of
 * values alone, and a shape that stays has been counted from its first value on. */
static void
add_shape(tp_place_profile *p, uint64_t shape)
{
    for (size_t i = 0; i < p->n_shapes; i++) {
        if (p->shape[i].shape == shape) {
            p->shape[i].n++;
            return;
        }
    }
    const uint64_t rank = tp_hash_mix(shape);
    const bool full = p->n_shapes == TP_PROFILE_SHAPES;
    if (full && rank > tp_hash_mix(p->shape[TP_PROFILE_SHAPES - 1].shape)) {
        return;
    }
    size_t at = full ? TP_PROFILE_SHAPES - 1 : p->n_shapes++;
    for (; at > 0 && tp_hash_mix(p->shape[at - 1].shape) > rank; at--) {
        p->shape[at] = p->shape[at - 1];
    }
    p->shape[at] = (tp_shape_count){shape, 1};
}

static uint64_t
hash_code(uint64_t seed, tp_str text)
{
    uint64_t eight = 0;
    if (text.n > sizeof eight) {
        return tp_hash_str(seed, text);
    }
    memcpy(&eight, text.p, text.n);
    return tp_hash_mix(tp_hash_mix(seed ^ text.n) ^ eight);
}

/* Distinct values by keyed hash, until they are too many to be a set of codes. */
static void
add_code(tp_place_profile *p, tp_str text, uint64_t seed)
{
    if (p->n_codes > TP_PROFILE_CODES) {
        return;
    }
    if (text.n > CODE_BYTES) {
        p->n_codes = TP_PROFILE_CODES + 1;
        return;
    }
    const uint64_t h = hash_code(seed, text);
    size_t at = 0;
    while (at < p->n_codes && p->code[at] < h) {
        at++;
    }
    if (at < p->n_codes && p->code[at] == h) {
        return;
    }
    if (p->n_codes < TP_PROFILE_CODES) {
        for (size_t i = p->n_codes; i > at; i--) {
            p->code[i] = p->code[i - 1];
        }
        p->code[at] = h;
    }
    p->n_codes++;
}

/* Is there nothing but white space? Most texts tell by their first byte. */
static inline bool
is_blank(tp_str text)
{
    return text.n == 0 || ((unsigned char)text.p[0] <= ' ' && tp_str_trim(text).n == 0);
}

void
tp_profile_count(tp_place_profile *p, tp_str text)
{
    p->seen++;
    p->absent += is_blank(text) ? 1 : 0;
}

uint64_t
tp_profile_looked(const tp_place_profile *profile)
{
    uint64_t n = 0;
    for (int f = 0; f < TP_FORM_COUNT; f++) {
        n += profile->form[f];
    }
    return n;
}

void
tp_profile_add(tp_place_profile *p, tp_str text, uint64_t seed)
{
    unsigned classes = 0;
    unsigned dashes = 0;
    unsigned slashes = 0;
    uint64_t shape = 0;
    p->seen++;
    if (is_blank(text)) {
        p->absent++;
        return;
    }
    text = tp_str_trim(text);
    const size_t n = text.n < FORM_BYTES ? text.n : FORM_BYTES;
    const size_t head = n < SHAPE_BYTES ? n : SHAPE_BYTES;
    for (size_t i = 0; i < head; i++) {
        const unsigned c = class_of((unsigned char)text.p[i]);
        classes |= 1U << c;
        dashes += c == C_DASH;
        slashes += c == C_SLASH;
        shape = shape << 4 | c;
    }
    shape <<= 4 * (SHAPE_BYTES - head) & 63;
    for (size_t i = head; i < n; i++) {
        const unsigned c = class_of((unsigned char)text.p[i]);
        classes |= 1U << c;
        dashes += c == C_DASH;
    }
    shape |= text.n > SHAPE_BYTES ? (uint64_t)C_MORE : 0;
    p->form[form_of(text, classes, dashes, slashes)]++;
    const uint32_t length = text.n < UINT32_MAX ? (uint32_t)text.n : UINT32_MAX;
    p->shortest = p->shortest == 0 || length < p->shortest ? length : p->shortest;
    p->longest = length > p->longest ? length : p->longest;
    add_shape(p, shape);
    add_code(p, text, seed);
}

uint64_t
tp_profile_top_shape(const tp_place_profile *profile, uint64_t *out_n)
{
    const tp_shape_count *best = NULL;
    for (size_t i = 0; i < profile->n_shapes; i++) {
        const tp_shape_count *s = &profile->shape[i];
        if (best == NULL || s->n > best->n || (s->n == best->n && s->shape < best->shape)) {
            best = s;
        }
    }
    *out_n = best != NULL ? best->n : 0;
    return best != NULL ? best->shape : 0;
}
