/* Which known word did the writer of a configuration mean? */
#include <ctype.h>

#include "talent/etl/json.h"

enum { WORD_MAX = 63 };

static size_t
least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool
same_letter(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Letters to insert, drop, change or swap with their neighbour to make b of a; both short. */
static size_t
distance(tp_str a, tp_str b)
{
    size_t row[3][WORD_MAX + 1];
    size_t *before = row[0];
    size_t *above = row[1];
    size_t *now = row[2];
    for (size_t j = 0; j <= b.n; j++) {
        above[j] = j;
        before[j] = 0;
    }
    for (size_t i = 1; i <= a.n; i++) {
        now[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            const size_t change = above[j - 1] + (same_letter(a.p[i - 1], b.p[j - 1]) ? 0 : 1);
            now[j] = least(change, least(above[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && same_letter(a.p[i - 1], b.p[j - 2]) &&
                same_letter(a.p[i - 2], b.p[j - 1])) {
                now[j] = least(now[j], before[j - 2] + 1);
            }
        }
        size_t *free_row = before;
        before = above;
        above = now;
        now = free_row;
    }
    return above[b.n];
}

tp_str
tp_nearest_word(tp_str text, const char *words)
{
    tp_str best = {"", 0};
    size_t best_distance = text.n / 3 + 2; /* farther than this is another word, not a slip */
    tp_str rest = tp_str_of(words);
    tp_str word;
    while (text.n > 0 && text.n <= WORD_MAX && tp_str_next(&rest, '|', &word)) {
        if (word.n == 0 || word.n > WORD_MAX) {
            continue;
        }
        const size_t d = distance(text, word);
        if (d < best_distance && d < word.n) {
            best = word;
            best_distance = d;
        }
    }
    return best;
}
