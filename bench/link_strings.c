/* How many pairs of name tokens does a second compare, and how many would a plain loop? */
#include "bench/link_strings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/link/parts.h"
#include "talent/base/hash.h"

enum { TOKENS = 8192, LETTERS = 20 };

typedef struct token {
    char text[LETTERS + 1];
    size_t n;
} token;

typedef struct counting {
    const token *token;
    uint64_t seed;
    uint64_t pairs;
} counting;

/* Jaro similarity in 1/10,000 as the textbook has it: two passes and a list of matches. */
static int32_t
plain_jaro(tp_str a, tp_str b)
{
    bool used_a[LETTERS] = {false};
    bool used_b[LETTERS] = {false};
    const size_t longer = a.n > b.n ? a.n : b.n;
    const size_t reach = longer / 2 > 0 ? longer / 2 - 1 : 0;
    size_t m = 0;
    size_t out_of_order = 0;
    for (size_t i = 0; i < a.n; i++) {
        const size_t from = i > reach ? i - reach : 0;
        for (size_t j = from; j < b.n && j <= i + reach; j++) {
            if (!used_b[j] && a.p[i] == b.p[j]) {
                used_a[i] = used_b[j] = true;
                m++;
                break;
            }
        }
    }
    for (size_t i = 0, j = 0; i < a.n; i++) {
        if (!used_a[i]) {
            continue;
        }
        while (!used_b[j]) {
            j++;
        }
        out_of_order += a.p[i] != b.p[j++];
    }
    if (m == 0) {
        return 0;
    }
    const int64_t one = 10000;
    const int64_t kept = 2 * (int64_t)m - (int64_t)out_of_order;
    return (int32_t)((one * (int64_t)m / (int64_t)a.n + one * (int64_t)m / (int64_t)b.n +
                      one * kept / (2 * (int64_t)m)) /
                     3);
}

/* At most one letter changed, added, left out or exchanged with its neighbour: the whole table. */
static bool
plain_one_edit(tp_str a, tp_str b)
{
    size_t d[LETTERS + 1][LETTERS + 1];
    for (size_t i = 0; i <= a.n; i++) {
        for (size_t j = 0; j <= b.n; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            const size_t put = d[i][j - 1] + 1;
            const size_t cut = d[i - 1][j] + 1;
            const size_t same = d[i - 1][j - 1] + (a.p[i - 1] != b.p[j - 1]);
            d[i][j] = put < cut ? put : cut;
            d[i][j] = same < d[i][j] ? same : d[i][j];
            if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1] &&
                d[i - 2][j - 2] + 1 < d[i][j]) {
                d[i][j] = d[i - 2][j - 2] + 1;
            }
        }
    }
    return d[a.n][b.n] <= 1;
}

/* One letter changed, exchanged with its neighbour, left out or put in. */
static void
mistype(uint64_t x, char letter, token *t)
{
    const size_t at = x % (t->n - 1);
    const char keep = t->text[at];
    switch (x >> 16 & 3) {
    case 0:
        t->text[at] = letter;
        break;
    case 1:
        t->text[at] = t->text[at + 1];
        t->text[at + 1] = keep;
        break;
    case 2:
        memmove(t->text + at, t->text + at + 1, t->n - at);
        t->n--;
        break;
    default:
        memmove(t->text + at + 1, t->text + at, t->n - at + 1);
        t->text[at] = letter;
        t->n++;
    }
}

/* Half of the tokens are made up, the other half is one typing error away from one of them. */
static void
make_tokens(uint64_t seed, token *t)
{
    static const char SOUND[] = "aiueoaiuantrskmlndhbwygjpaiunr";
    for (uint64_t i = 0; i < TOKENS; i++) {
        uint64_t x = tp_hash_mix(seed ^ tp_hash_mix(i));
        if (i % 2 == 1) {
            t[i] = t[i - 1];
            mistype(x, SOUND[x >> 32 & 15], &t[i]);
            continue;
        }
        t[i].n = 4 + x % 8;
        for (size_t k = 0; k < t[i].n; k++) {
            x = tp_hash_mix(x);
            t[i].text[k] = SOUND[x % (sizeof SOUND - 1)];
        }
    }
}

/* Every other pair is a near one. */
static uint64_t
run(const counting *c, int32_t (*jaro)(tp_str, tp_str), bool (*edit)(tp_str, tp_str))
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < c->pairs; i++) {
        const uint64_t x = tp_hash_mix(c->seed + i);
        const size_t a = x % TOKENS;
        const size_t b = i % 2 == 0 ? a ^ 1 : x / TOKENS % TOKENS;
        const tp_str l = {c->token[a].text, c->token[a].n};
        const tp_str r = {c->token[b].text, c->token[b].n};
        sum = sum * 31 + (uint64_t)(jaro != NULL ? jaro(l, r) : edit(l, r));
    }
    return sum;
}

static double
now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool
side_by_side(const counting *c, const char *name, int repeat,
             int32_t (*const jaro[2])(tp_str, tp_str), bool (*const edit[2])(tp_str, tp_str))
{
    double best[2] = {0, 0};
    uint64_t sum[2] = {0, 0};
    for (int i = 0; i < repeat; i++) {
        for (int side = 0; side < 2; side++) {
            const double begin = now();
            sum[side] = run(c, jaro[side], edit[side]);
            const double took = now() - begin;
            best[side] = best[side] == 0 || took < best[side] ? took : best[side];
        }
    }
    for (int side = 0; side < 2; side++) {
        (void)printf("%s %s,%llu,1,%.3f,%.0f pairs/s,%016llx\n", name,
                     side == 0 ? "program" : "plain", (unsigned long long)c->pairs, best[side],
                     (double)c->pairs / best[side], (unsigned long long)sum[side]);
    }
    return sum[0] == sum[1];
}

bool
bench_strings(uint64_t seed, uint64_t pairs, int repeat)
{
    static int32_t (*const JARO[2])(tp_str, tp_str) = {tp_jaro_bp, plain_jaro};
    static bool (*const EDIT[2])(tp_str, tp_str) = {tp_one_edit, plain_one_edit};
    static int32_t (*const NO_JARO[2])(tp_str, tp_str) = {NULL, NULL};
    static bool (*const NO_EDIT[2])(tp_str, tp_str) = {NULL, NULL};
    token *t = calloc(TOKENS, sizeof *t);
    if (t == NULL) {
        return false;
    }
    make_tokens(seed, t);
    const counting c = {t, seed, pairs};
    const bool jaro = side_by_side(&c, "jaro", repeat, JARO, NO_EDIT);
    const bool edit = side_by_side(&c, "one_edit", repeat, NO_JARO, EDIT);
    if (!jaro || !edit) {
        (void)fprintf(stderr, "bench_link: %s: the program and the plain loop disagree\n",
                      jaro ? "one_edit" : "jaro");
    }
    free(t);
    return jaro && edit;
}
