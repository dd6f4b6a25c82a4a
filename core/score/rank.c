/* Who stands before whom for a post? Score, then stated keys, then the stable person order. */
#include <string.h>

#include "core/score/parts.h"

static int
down(int32_t a, int32_t b)
{
    return a > b ? -1 : a < b;
}

static int
by_keys(const tp_fit *a, const tp_fit *b)
{
    int c = a->group < b->group ? -1 : a->group > b->group;
    c = c != 0 ? c : down(a->fit, b->fit);
    c = c != 0 ? c : down(a->y, b->y);
    c = c != 0 ? c : down(a->x, b->x);
    c = c != 0 ? c : down(a->jpm, b->jpm);
    return c != 0 ? c : down(a->tenure, b->tenure);
}

int
tp_fit_cmp(const tp_fit *a, const tp_fit *b)
{
    const int c = by_keys(a, b);
    return c != 0 ? c : a->person < b->person ? -1 : a->person > b->person;
}

bool
tp_fit_same_rank(const tp_fit *a, const tp_fit *b)
{
    return by_keys(a, b) == 0;
}

size_t
tp_top_put(tp_fit *top, size_t n, size_t cap, const tp_fit *fit)
{
    if (n == cap) {
        if (n == 0 || tp_fit_cmp(fit, &top[n - 1]) >= 0) {
            return n;
        }
        n--;
    }
    size_t at = n;
    while (at > 0 && tp_fit_cmp(fit, &top[at - 1]) < 0) {
        at--;
    }
    memmove(&top[at + 1], &top[at], (n - at) * sizeof *top);
    top[at] = *fit;
    return n + 1;
}
