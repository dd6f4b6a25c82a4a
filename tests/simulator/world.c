/* Which agencies does the world hold, how many people of what sort, and where do they start? */
#include "tests/simulator/population.h"

#include <stdlib.h>

void
sim_put_num(sim_text *t, uint64_t value, int width)
{
    char digits[24];
    size_t n = sizeof digits;
    do {
        digits[--n] = (char)('0' + value % 10);
        value /= 10;
        width--;
    } while ((value > 0 || width > 0) && n > 0);
    sim_put_n(t, digits + n, sizeof digits - n);
}

void
sim_put_hex(sim_text *t, uint64_t value, int digits)
{
    for (int i = digits - 1; i >= 0; i--) {
        sim_put_char(t, "0123456789abcdef"[(value >> (4 * i)) & 15]);
    }
}

/* Four rounds of a balanced Feistel network over the next power of four, walked back into range. */
static uint32_t
feistel(uint64_t key, uint32_t n, uint32_t x, bool back)
{
    unsigned half = 1;
    while (half < 16 && (UINT64_C(1) << (2 * half)) < n) {
        half++;
    }
    const uint32_t mask = (1u << half) - 1;
    uint32_t v = x;
    do {
        uint32_t l = v >> half;
        uint32_t r = v & mask;
        for (unsigned i = 0; i < 4; i++) {
            const unsigned round = back ? 3 - i : i;
            if (back) {
                const uint32_t f =
                    (uint32_t)tp_hash_mix(key + round * 0x10001u + ((uint64_t)l << 32));
                const uint32_t old = r ^ (f & mask);
                r = l;
                l = old;
            } else {
                const uint32_t f =
                    (uint32_t)tp_hash_mix(key + round * 0x10001u + ((uint64_t)r << 32));
                const uint32_t mixed = l ^ (f & mask);
                l = r;
                r = mixed;
            }
        }
        v = (l << half) | r;
    } while (v >= n);
    return v;
}

uint32_t
sim_permute(uint64_t key, uint32_t n, uint32_t x)
{
    return n < 2 ? x : feistel(key, n, x, false);
}

uint32_t
sim_unpermute(uint64_t key, uint32_t n, uint32_t x)
{
    return n < 2 ? x : feistel(key, n, x, true);
}

/* People an agency of this kind has, before the world's size and its own luck. */
static uint32_t
weight_of(const char *kind)
{
    static const struct {
        const char *kind;
        uint32_t weight;
    } W[] = {{"KEMENT", 19000}, {"LPNK", 5000}, {"LNS", 1200}, {"KO", 700},
             {"PROV", 25000},   {"KAB", 5600},  {"KOT", 5200}};
    for (size_t i = 0; i < TP_COUNT(W); i++) {
        if (strcmp(W[i].kind, kind) == 0) {
            return W[i].weight;
        }
    }
    return 1000;
}

/* JPT posts of an agency of full size. */
static uint32_t
full_posts(const char *kind, uint64_t luck)
{
    const uint32_t x = (uint32_t)(luck % 7);
    return strcmp(kind, "KAB") == 0      ? 29 + x
           : strcmp(kind, "KOT") == 0    ? 29 + x
           : strcmp(kind, "PROV") == 0   ? 45 + x / 2
           : strcmp(kind, "KEMENT") == 0 ? 60 + 5 * x
           : strcmp(kind, "LPNK") == 0   ? 24 + 3 * x
           : strcmp(kind, "KO") == 0     ? 30 + x
                                         : 9 + x;
}

typedef struct choice {
    uint32_t row;
    uint64_t luck;
} choice;

static int
by_luck(const void *a, const void *b)
{
    const choice *x = a;
    const choice *y = b;
    return x->luck < y->luck ? -1 : x->luck > y->luck;
}

static int
by_row(const void *a, const void *b)
{
    const choice *x = a;
    const choice *y = b;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* Puts the first unused row of one of the kinds in front of the rest. */
static bool
take_kind(const sim_codes *codes, choice *list, uint32_t done, const char *kind)
{
    for (uint32_t i = done; i < codes->n_agencies; i++) {
        const sim_agency_row *a = &codes->agency[list[i].row];
        if (strcmp(a->kind, kind) == 0 || strcmp(a->code, kind) == 0) {
            const choice got = list[i];
            memmove(&list[done + 1], &list[done], (i - done) * sizeof *list);
            list[done] = got;
            return true;
        }
    }
    return false;
}

/* The first n of list become the agencies of the world, in the order of the official list. */
static void
choose_agencies(const sim_world *w, choice *list, uint32_t n)
{
    static const char *const PLAN[] = {"5104",   "4011", "5100", "3001", "KAB", "KOT",
                                       "KEMENT", "KAB",  "PROV", "LPNK", "KAB", "KAB",
                                       "KO",     "KOT",  "LNS",  "KAB"};
    const sim_codes *codes = &w->codes;
    for (uint32_t i = 0; i < codes->n_agencies; i++) {
        list[i] = (choice){i, sim_hash(w->seed, i, SIM_STREAM_AGENCY)};
    }
    qsort(list, codes->n_agencies, sizeof *list, by_luck);
    for (uint32_t i = 0; i < n; i++) {
        take_kind(codes, list, i, PLAN[i < TP_COUNT(PLAN) ? i : 4 + i % 12]);
    }
    qsort(list, n, sizeof *list, by_row);
}

static void
fill_merit(const sim_world *w, uint32_t k, sim_agency_info *a)
{
    sim_rng rng = sim_rng_of(w->seed, k, SIM_STREAM_AGENCY + 100);
    const int quality = 30 + (int)sim_below(&rng, 36) + (int)sim_below(&rng, 36);
    a->merit_year = w->as_of_year - 1;
    a->merit_total_half = 0;
    for (size_t i = 0; i < SIM_MERIT_ASPECTS; i++) {
        int pct = quality + sim_range(&rng, -12, 12);
        pct = pct < 10 ? 10 : pct > 100 ? 100 : pct;
        a->merit_half[i] = sim_merit_max(i) * 2 * pct / 100;
        a->merit_total_half += a->merit_half[i];
    }
    a->merit_category = a->merit_total_half >= 650   ? "Sangat Baik"
                        : a->merit_total_half >= 500 ? "Baik"
                        : a->merit_total_half >= 350 ? "Kurang"
                                                     : "Buruk";
    a->merit_status = sim_below(&rng, 8) == 0 ? "verifikasi" : "tetap";
}

static void
fill_info(const sim_world *w, uint32_t k, const sim_agency_row *row, sim_agency_in *a)
{
    sim_agency_info *info = &a->info;
    sim_copy(info->quick_code, sizeof info->quick_code, row->code);
    sim_copy(info->region_code, sizeof info->region_code, row->region);
    info->bkn_id = row->id;
    info->name = row->name;
    info->kind = row->kind;
    info->regional = row->region[0] != '\0';
    info->region_name = "";
    info->short_name = strncmp(row->name, "Kementerian ", 12) == 0 ? row->name + 12 : row->name;
    for (uint32_t i = 0; i < w->codes.n_regions; i++) {
        const sim_region *r = &w->codes.region[i];
        if (strcmp(r->code, row->region) == 0) {
            info->region_name = r->name;
            info->short_name = r->short_name;
            a->province = r->province;
            sim_text t = sim_text_on(info->province, sizeof info->province);
            sim_put_num(&t, (uint64_t)r->province, 2);
        }
    }
    info->latin1 = k % 2 == 1;
    info->sends_discipline = (k * 7 + w->seed) % 10 >= 3;
    info->coverage_from = info->coverage_to = SIM_NO_DAY;
    if (info->sends_discipline) {
        info->coverage_from = tp_day_of(w->as_of_year - 5, 1, 1);
        info->coverage_to = w->recent - 1;
    }
    fill_merit(w, k, info);
}

/* Affairs a central agency works in: what its name says, else what chance says. */
static void
fill_core(const sim_world *w, uint32_t k, sim_agency_in *a)
{
    const sim_codes *c = &w->codes;
    for (uint32_t i = 0; i < c->n_affairs && a->n_core < 3; i++) {
        if (strstr(a->info.name, c->affair[i].name) != NULL) {
            a->core[a->n_core++] = &c->affair[i];
        }
    }
    sim_rng rng = sim_rng_of(w->seed, k, SIM_STREAM_AGENCY + 101);
    while (a->n_core < 3) {
        a->core[a->n_core++] = &c->affair[sim_below(&rng, c->n_affairs)];
    }
    const size_t n = strlen(a->info.kind);
    for (uint32_t i = 0; i < c->n_posts && a->template_n < TP_COUNT(a->template_of); i++) {
        for (const char *p = c->post[i].kinds; p != NULL && *p != '\0'; p = strchr(p, '|')) {
            p += *p == '|';
            if (strncmp(p, a->info.kind, n) == 0 && (p[n] == '|' || p[n] == '\0')) {
                a->template_of[a->template_n++] = (uint16_t)i;
                break;
            }
        }
    }
}

/* How many of an agency's people belong to each stratum. */
static void
fill_slots(const sim_world *w, uint32_t k, sim_agency_in *a)
{
    const uint32_t floor_posts = (48 + w->n_agencies - 1) / w->n_agencies;
    uint32_t full = full_posts(a->info.kind, sim_hash(w->seed, k, SIM_STREAM_POST));
    full = full > floor_posts ? full : floor_posts;
    uint32_t posts = a->n / 60 > floor_posts ? a->n / 60 : floor_posts;
    posts = posts > full ? full : posts;
    posts = posts > a->n / 4 ? a->n / 4 : posts;
    const uint32_t share = (uint32_t)((uint64_t)a->n * 199 / 10000);
    const uint32_t least = posts * 6 / 5;
    uint32_t slots[SIM_STRATA] = {posts, share > least ? share : least};
    const uint32_t jf = (uint32_t)((uint64_t)a->n * 6 / 10000);
    slots[SIM_S_JF] = jf > posts / 3 ? jf : posts / 3;
    slots[SIM_S_PPPK] = (uint32_t)((uint64_t)a->n * 232 / 1000);
    slots[SIM_S_PNS] =
        a->n - slots[SIM_S_JPT] - slots[SIM_S_ADMIN] - slots[SIM_S_JF] - slots[SIM_S_PPPK];
    uint32_t at = 0;
    for (int s = 0; s < SIM_STRATA; s++) {
        a->slots[s] = slots[s];
        a->start[s] = at;
        at += slots[s];
    }
}

static void
fill_ages(sim_world *w)
{
    /* weight of age bands by stratum: {from age, weight per year of age} */
    static const struct {
        int from;
        uint32_t weight[SIM_STRATA];
    } BAND[] = {
        {22, {0, 0, 0, 6, 5}},      {25, {0, 0, 0, 20, 16}},    {30, {0, 0, 0, 32, 24}},
        {36, {0, 2, 0, 34, 29}},    {38, {0, 5, 4, 34, 30}},    {41, {3, 14, 14, 30, 30}},
        {45, {14, 34, 26, 22, 30}}, {48, {22, 52, 30, 14, 33}}, {53, {40, 34, 30, 8, 36}},
        {56, {30, 18, 26, 4, 36}},  {58, {18, 2, 22, 0, 10}},   {59, {16, 0, 20, 0, 9}},
        {60, {1, 0, 8, 0, 2}},      {61, {0, 0, 5, 0, 0}},      {64, {0, 0, 0, 0, 0}},
    };
    for (int s = 0; s < SIM_STRATA; s++) {
        uint64_t upto[SIM_MAX_AGE + 1] = {0};
        for (int age = 0; age < SIM_MAX_AGE; age++) {
            uint32_t weight = 0;
            for (size_t b = 0; b < TP_COUNT(BAND); b++) {
                weight = age >= BAND[b].from ? BAND[b].weight[s] : weight;
            }
            upto[age + 1] = upto[age] + weight;
        }
        for (int age = 0; age <= SIM_MAX_AGE; age++) {
            w->ages[s].upto[age] = (uint32_t)(w->ages[s].n * upto[age] /
                                              (upto[SIM_MAX_AGE] + (upto[SIM_MAX_AGE] == 0)));
        }
    }
}

/* Shares people out over the agencies and numbers everything. */
static void
lay_out(sim_world *w)
{
    const bool small = w->options.people / w->n_agencies < 2000;
    uint64_t total = 0;
    for (uint32_t k = 0; k < w->n_agencies; k++) {
        sim_agency_in *a = &w->agency[k];
        const uint64_t luck = 60 + sim_hash(w->seed, k, SIM_STREAM_AGENCY + 102) % 100;
        a->key = weight_of(a->info.kind) * luck / 100 + (small ? 12000 : 0);
        total += a->key;
    }
    uint32_t at = 0;
    const uint32_t spare = w->options.people - 60 * w->n_agencies;
    for (uint32_t k = 0; k < w->n_agencies; k++) {
        sim_agency_in *a = &w->agency[k];
        a->n = 60 + (uint32_t)(spare * a->key / total);
        a->n = k + 1 == w->n_agencies ? w->options.people - at : a->n;
        a->key = sim_hash(w->seed, k, SIM_STREAM_AGENCY + 103);
        a->info.first = at;
        a->info.last = at += a->n;
        fill_slots(w, k, a);
        a->info.posts_first = w->n_posts;
        a->info.posts_last = w->n_posts += a->slots[SIM_S_JPT];
        a->candidates_first = w->n_candidates;
        a->info.candidates = a->start[SIM_S_PPPK];
        w->n_candidates += a->info.candidates;
        for (int s = 0; s < SIM_STRATA; s++) {
            a->rank[s] = w->ages[s].n;
            w->ages[s].n += a->slots[s];
        }
        a->ghosts_first = w->strangers_at;
        a->ghosts = (uint32_t)(a->n * 0.002 * w->options.dirt + (double)(a->key % 1000) / 1000.0);
        w->strangers_at += a->ghosts;
    }
    w->ghosts_at = w->options.people;
    w->strangers_at += w->ghosts_at;
    w->n_all = w->strangers_at + 5 + w->options.people / 100;
}

static tp_code
check_options(const sim_options *o, const sim_codes *codes, tp_err *err)
{
    if (o->agencies < 1 || o->agencies > codes->n_agencies) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "--agencies %u is out of range: the list holds 1 to %u",
                      o->agencies, codes->n_agencies);
    }
    if (o->people < 100 || o->people > 20000000 || o->people / o->agencies < 100) {
        TP_RETURN_ERR(err, TP_E_CONFIG,
                      "--people %u is out of range: give 100 to 20000000, at least 100 an agency",
                      o->people);
    }
    if (!(o->dirt >= 0 && o->dirt <= 20)) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "--dirt is out of range: give 0 to 20");
    }
    if (o->as_of < tp_day_of(2022, 1, 1) || o->as_of > tp_day_of(2040, 12, 31)) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "--as-of is out of range: give 2022-01-01 to 2040-12-31");
    }
    return TP_OK;
}

static int
by_nip(const void *a, const void *b)
{
    const sim_key_index *x = a;
    const sim_key_index *y = b;
    if (x->nip != y->nip) {
        return x->nip < y->nip ? -1 : 1;
    }
    return x->person < y->person ? -1 : x->person > y->person;
}

static uint64_t
nip_value(const char *nip)
{
    uint64_t v = 0;
    return tp_str_to_u64(tp_str_of(nip), &v) ? v : 0;
}

static tp_code
index_nips(sim_world *w, tp_err *err)
{
    w->nips = malloc((2 * (size_t)w->n_candidates + 1) * sizeof *w->nips);
    if (w->nips == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for %u candidates", w->n_candidates);
    }
    for (uint32_t c = 0; c < w->n_candidates; c++) {
        const uint32_t person = sim_candidate(w, c);
        sim_core core;
        char nip[20];
        sim_core_make(w, person, &core);
        sim_nip_write(core.born, core.cpns, core.appointment, core.female, core.serial, nip);
        w->nips[w->n_nips++] = (sim_key_index){nip_value(nip), person};
        int32_t born;
        sim_former_nip(w, &core, nip, &born);
        if (nip[0] != '\0') {
            w->nips[w->n_nips++] = (sim_key_index){nip_value(nip), person};
        }
    }
    qsort(w->nips, w->n_nips, sizeof *w->nips, by_nip);
    return TP_OK;
}

static tp_code
build(sim_world *w, tp_err *err)
{
    TP_RETURN_IF_ERR(err, sim_codes_load(&w->codes, w->codes_dir, err), "loading code lists");
    TP_RETURN_SAME(check_options(&w->options, &w->codes, err));
    w->n_agencies = w->options.agencies;
    w->agency = calloc(w->n_agencies, sizeof *w->agency);
    choice *list = calloc(w->codes.n_agencies, sizeof *list);
    if (w->agency == NULL || list == NULL) {
        free(list);
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for %u agencies", w->n_agencies);
    }
    choose_agencies(w, list, w->n_agencies);
    for (uint32_t k = 0; k < w->n_agencies; k++) {
        fill_info(w, k, &w->codes.agency[list[k].row], &w->agency[k]);
        fill_core(w, k, &w->agency[k]);
    }
    free(list);
    lay_out(w);
    fill_ages(w);
    return index_nips(w, err);
}

tp_code
sim_world_open(const sim_options *options, sim_world **out, tp_err *err)
{
    sim_world *w = calloc(1, sizeof *w);
    if (w == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for the simulated world");
    }
    w->options = *options;
    sim_copy(w->codes_dir, sizeof w->codes_dir,
             options->codes_dir != NULL ? options->codes_dir : "config/codes");
    w->options.codes_dir = w->codes_dir;
    w->seed = tp_hash_mix(options->seed ^ UINT64_C(0x73696d));
    const tp_ymd ymd = tp_day_split(options->as_of);
    w->as_of_year = ymd.year;
    w->anchor = tp_day_of(ymd.year, 1, 1);
    w->recent = tp_day_of(ymd.year, ymd.month, 1);
    const tp_code rc = build(w, err);
    if (rc != TP_OK) {
        sim_world_close(w);
        return rc;
    }
    *out = w;
    return TP_OK;
}

void
sim_world_close(sim_world *world)
{
    if (world == NULL) {
        return;
    }
    tp_arena_clear(&world->codes.arena);
    free(world->agency);
    free(world->nips);
    free(world);
}

uint32_t
sim_find_nip(const sim_world *world, const char *nip)
{
    const uint64_t v = nip_value(nip);
    size_t lo = 0;
    size_t hi = world->n_nips;
    while (lo < hi) {
        const size_t mid = (lo + hi) / 2;
        if (world->nips[mid].nip < v) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return v != 0 && lo < world->n_nips && world->nips[lo].nip == v ? world->nips[lo].person
                                                                    : SIM_NONE;
}
