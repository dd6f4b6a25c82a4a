/* How does a feed write a name: case, titles, spelling, order, cuts? */
#include "tests/simulator/population.h"

#include <ctype.h>

enum { MAX_PARTS = 8 };

typedef struct parts {
    const char *p[MAX_PARTS];
    int n;
    char scratch[SIM_NAME];
} parts;

static void
split_words(const sim_person *p, parts *out)
{
    /* tokens may hold several words ("Ida Bagus"): people who type see words */
    sim_copy(out->scratch, sizeof out->scratch, p->name);
    out->n = 0;
    for (char *s = out->scratch; s != NULL && out->n < MAX_PARTS;) {
        char *end = out->n + 1 < MAX_PARTS ? strchr(s, ' ') : NULL;
        out->p[out->n++] = s;
        if (end != NULL) {
            *end++ = '\0';
        }
        s = end;
    }
}

/* A listed variant of one of the words; false when none has any. */
static bool
use_variant(const sim_codes *c, parts *x, sim_rng *rng)
{
    const uint32_t from = sim_below(rng, (uint32_t)x->n);
    for (int i = 0; i < x->n; i++) {
        const int at = (int)((from + (uint32_t)i) % (uint32_t)x->n);
        for (uint32_t v = 0; v < c->n_variants; v++) {
            if (c->variant[v].n > 0 && strcmp(c->variant[v].canonical, x->p[at]) == 0) {
                x->p[at] = c->variant[v].variant[sim_below(rng, (uint32_t)c->variant[v].n)];
                return true;
            }
        }
    }
    return false;
}

/* Spelling habits that turn up anywhere: doubled letters, y for i, old oe for u. */
static bool
respell(parts *x, char out[SIM_NAME], sim_rng *rng)
{
    static const char *const SWAP[][2] = {{"i", "y"}, {"u", "oe"}, {"nn", "n"}, {"f", "v"},
                                          {"z", "s"}, {"j", "dj"}, {"k", "q"},  {"a", "aa"}};
    const int at = (int)sim_below(rng, (uint32_t)x->n);
    const size_t first = sim_below(rng, TP_COUNT(SWAP));
    for (size_t i = 0; i < TP_COUNT(SWAP); i++) {
        const char *const *s = SWAP[(first + i) % TP_COUNT(SWAP)];
        const char *hit = strlen(x->p[at]) > 3 ? strstr(x->p[at] + 1, s[0]) : NULL;
        if (hit != NULL) {
            sim_text t = sim_text_on(out, SIM_NAME);
            sim_put_n(&t, x->p[at], (size_t)(hit - x->p[at]));
            sim_put(&t, s[1]);
            sim_put(&t, hit + strlen(s[0]));
            x->p[at] = out;
            return true;
        }
    }
    return false;
}

static bool
abbreviate(parts *x, char out[SIM_NAME], sim_rng *rng)
{
    if (x->n < 2) {
        return false;
    }
    const int at = x->n > 2 ? 1 + (int)sim_below(rng, (uint32_t)x->n - 1) : (int)sim_below(rng, 2);
    sim_text t = sim_text_on(out, SIM_NAME);
    sim_put_char(&t, x->p[at][0]);
    sim_put_char(&t, '.');
    x->p[at] = out;
    return true;
}

/* Joins two words, or cuts one, or writes a single name twice. */
static bool
split_or_glue(parts *x, char out[SIM_NAME], sim_rng *rng)
{
    sim_text t = sim_text_on(out, SIM_NAME);
    if (x->n == 1) {
        const size_t n = strlen(x->p[0]);
        if (sim_below(rng, 3) > 0 || n < 7) {
            x->p[x->n++] = x->p[0];
            return true;
        }
        sim_put_n(&t, x->p[0], n / 2);
        sim_put_char(&t, ' ');
        sim_put(&t, x->p[0] + n / 2);
        x->p[0] = out;
        return true;
    }
    const int at = (int)sim_below(rng, (uint32_t)x->n - 1);
    sim_put(&t, x->p[at]);
    for (const char *s = x->p[at + 1]; *s != '\0'; s++) {
        sim_put_char(&t, (char)tolower((unsigned char)*s));
    }
    x->p[at] = out;
    for (int i = at + 1; i + 1 < x->n; i++) {
        x->p[i] = x->p[i + 1];
    }
    x->n--;
    return true;
}

static bool
mistype(parts *x, char out[SIM_NAME], sim_rng *rng)
{
    const int at = (int)sim_below(rng, (uint32_t)x->n);
    const size_t n = strlen(x->p[at]);
    if (n < 4 || n >= SIM_NAME) {
        return false;
    }
    sim_copy(out, SIM_NAME, x->p[at]);
    const size_t i = 1 + sim_below(rng, (uint32_t)n - 2);
    switch (sim_below(rng, 3)) {
    case 0:
        memmove(out + i, out + i + 1, n - i);
        break;
    case 1: {
        const char c = out[i];
        out[i] = out[i + 1];
        out[i + 1] = c;
        break;
    }
    default:
        out[i] = (char)('a' + (out[i] - 'a' + 3) % 26);
        out[i] = islower((unsigned char)out[i]) ? out[i] : 'e';
    }
    x->p[at] = out;
    return true;
}

static void
reorder(parts *x)
{
    const char *first = x->p[0];
    for (int i = 0; i + 1 < x->n; i++) {
        x->p[i] = x->p[i + 1];
    }
    x->p[x->n - 1] = first;
}

/* Titles as careless people paste them. */
static void
paste_titles(const sim_person *p, const char *name, bool careless, sim_rng *rng, char *out,
             size_t cap)
{
    const uint32_t style = careless ? sim_below(rng, 4) : 0;
    sim_text t = sim_text_on(out, cap);
    if (p->front[0] != '\0') {
        sim_put(&t, p->front);
        sim_put(&t, style == 2 ? "" : " ");
    }
    sim_put(&t, name);
    if (p->back[0] == '\0') {
        return;
    }
    sim_put(&t, style == 3 ? " " : style == 1 ? "," : ", ");
    for (const char *s = p->back; *s != '\0'; s++) {
        const bool drop = (style == 1 && *s == ' ') || (style == 3 && *s == '.') ||
                          (style == 2 && s[1] == '\0' && *s == '.');
        if (!drop) {
            sim_put_char(&t, *s);
        }
    }
}

static void
shout(char *text)
{
    for (; *text != '\0'; text++) {
        *text = (char)toupper((unsigned char)*text);
    }
}

/* Cuts at n bytes, as a narrow column does. */
static bool
truncate_at(char *text, size_t n)
{
    if (strlen(text) <= n) {
        return false;
    }
    text[n] = '\0';
    while (n > 0 && text[n - 1] == ' ') {
        text[--n] = '\0';
    }
    return true;
}

static uint32_t
flag(bool done, uint32_t defect)
{
    return done ? defect : 0;
}

static uint32_t
distort(const sim_world *w, uint32_t scale, sim_rng *rng, const sim_person *p, parts *x,
        char (*scratch)[SIM_NAME])
{
    uint32_t defects = 0;
    const bool single = x->n == 1;
    if (sim_chance(rng, sim_scaled(w, 120000, scale))) {
        const bool listed = sim_below(rng, 10) < 8 && use_variant(&w->codes, x, rng);
        defects |= flag(listed || respell(x, scratch[0], rng), SIM_DEFECT_VARIANT);
    }
    if (sim_chance(rng, sim_scaled(w, 80000, scale))) {
        defects |= flag(abbreviate(x, scratch[1], rng), SIM_DEFECT_ABBREVIATED);
    }
    if (sim_chance(rng, sim_scaled(w, single ? 50000 : 15000, scale))) {
        defects |= flag(split_or_glue(x, scratch[2], rng), SIM_DEFECT_SPLIT);
    }
    if (sim_chance(rng, sim_scaled(w, 10000, scale))) {
        defects |= flag(mistype(x, scratch[3], rng), SIM_DEFECT_TYPO);
    }
    if (x->n > 1 && sim_chance(rng, sim_scaled(w, 30000, scale))) {
        reorder(x);
        defects |= SIM_DEFECT_ORDER;
    }
    if (p->female && x->n < MAX_PARTS && sim_chance(rng, sim_scaled(w, 8000, scale))) {
        x->p[x->n++] = sim_pick(&w->codes.second[0], rng); /* the husband's name */
        defects |= SIM_DEFECT_VARIANT;
    }
    return defects;
}

static bool
in_capitals(sim_feed feed, uint32_t agency)
{
    switch (feed) {
    case SIM_FEED_SIASN:
    case SIM_FEED_ROSTER:
    case SIM_FEED_TALENTA:
    case SIM_FEED_KINERJA:
    case SIM_FEED_LHKPN:
    case SIM_FEED_DUKCAPIL:
        return true;
    case SIM_FEED_SIMPEG:
        return agency % 3 != 2;
    default:
        return false;
    }
}

void
sim_write_name(const sim_world *w, sim_feed feed, uint32_t agency, uint32_t scale_pct, sim_rng *rng,
               const sim_person *p, sim_view *out)
{
    static const size_t WIDTH[] = {30, 40, 50};
    char scratch[4][SIM_NAME];
    parts x;
    split_words(p, &x);
    out->defects |= distort(w, scale_pct, rng, p, &x, scratch);
    char name[2 * SIM_NAME];
    sim_text t = sim_text_on(name, sizeof name);
    for (int i = 0; i < x.n; i++) {
        if (i > 0) {
            sim_put_char(&t, ' ');
        }
        sim_put(&t, x.p[i]);
    }
    const bool titled = p->front[0] != '\0' || p->back[0] != '\0';
    const bool paste = titled && sim_chance(rng, sim_scaled(w, 250000, scale_pct));
    paste_titles(p, name, false, rng, out->full_name, sizeof out->full_name);
    sim_copy(out->front, sizeof out->front, paste ? "" : p->front);
    sim_copy(out->back, sizeof out->back, paste ? "" : p->back);
    if (paste) {
        paste_titles(p, name, true, rng, out->name, sizeof out->name);
        out->defects |= SIM_DEFECT_TITLES_IN_NAME;
    } else {
        sim_copy(out->name, sizeof out->name, name);
    }
    if (in_capitals(feed, agency)) {
        shout(out->name);
    }
    if (sim_chance(rng, sim_scaled(w, 20000, scale_pct))) {
        out->defects |= flag(truncate_at(out->name, WIDTH[sim_below(rng, TP_COUNT(WIDTH))]),
                             SIM_DEFECT_TRUNCATED);
    }
}
