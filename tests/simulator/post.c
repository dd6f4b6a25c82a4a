/* Which senior posts and units does an agency have, what do they ask, and who holds them? */
#include "tests/simulator/population.h"

uint32_t
sim_post_count(const sim_world *world)
{
    return world->n_posts;
}

uint32_t
sim_post_agency(const sim_world *w, uint32_t post)
{
    uint32_t lo = 0;
    uint32_t hi = w->n_agencies - 1;
    while (lo < hi) {
        const uint32_t mid = (lo + hi + 1) / 2;
        if (w->agency[mid].info.posts_first <= post) {
            lo = mid;
        } else {
            hi = mid - 1;
        }
    }
    return lo;
}

bool
sim_post_vacant(const sim_world *w, uint32_t post)
{
    return w->n_posts < 1000 ? (post + w->seed % 13) % 13 == 0
                             : sim_hash(w->seed, post, SIM_STREAM_POST + 64) % 1000 < 45;
}

/* Spread over the kind's templates: few posts still show the whole range; `*out_again` counts
 * repeats of templates that may occur only once. */
static const sim_template *
template_of(const sim_world *w, const sim_agency_in *a, uint32_t local, uint32_t *out_again)
{
    const uint32_t n = a->slots[SIM_S_JPT];
    *out_again = 0;
    if (n <= a->template_n) {
        return &w->codes.post[a->template_of[local * a->template_n / n]];
    }
    if (local < a->template_n) {
        return &w->codes.post[a->template_of[local]];
    }
    const uint32_t at = local - a->template_n;
    uint32_t repeats = 0;
    for (uint32_t i = 0; i < a->template_n; i++) {
        repeats += w->codes.post[a->template_of[i]].repeats;
    }
    if (repeats == 0) {
        *out_again = 1 + at / a->template_n;
        return &w->codes.post[a->template_of[at % a->template_n]];
    }
    for (uint32_t i = 0, seen = 0; i < a->template_n; i++) {
        const sim_template *t = &w->codes.post[a->template_of[i]];
        if (t->repeats && seen++ == at % repeats) {
            *out_again = 1 + at / repeats;
            return t;
        }
    }
    return &w->codes.post[a->template_of[0]];
}

const sim_template *
sim_post_template(const sim_world *w, uint32_t post)
{
    const sim_agency_in *a = &w->agency[sim_post_agency(w, post)];
    uint32_t again;
    return template_of(w, a, post - a->info.posts_first, &again);
}

void
sim_post_affairs(const sim_world *w, uint32_t post, const char *out[2])
{
    const sim_agency_in *a = &w->agency[sim_post_agency(w, post)];
    uint32_t again;
    const sim_template *t = template_of(w, a, post - a->info.posts_first, &again);
    out[0] = t->affair[0];
    out[1] = t->affair[1];
    if (t->field_affair || (out[0] == NULL && t->tier != SIM_TIER_PRATAMA)) {
        out[0] = a->core[post % (uint32_t)a->n_core]->code;
        out[1] = NULL;
    } else if (out[0] == NULL) {
        out[0] = "4.01";
    }
}

static void
put_roman(sim_text *t, uint32_t n)
{
    static const char *const ROMAN[] = {"I",    "II", "III", "IV", "V",   "VI",   "VII",
                                        "VIII", "IX", "X",   "XI", "XII", "XIII", "XIV"};
    sim_put(t, ROMAN[n % TP_COUNT(ROMAN)]);
}

/* What a bureau or directorate deals with: an affair with a view on it. */
static void
put_subject(sim_text *t, const sim_world *w, uint32_t post, uint32_t again)
{
    static const char *const VIEW[] = {"",
                                       "Pembinaan ",
                                       "Pengembangan ",
                                       "Pengendalian ",
                                       "Perencanaan ",
                                       "Penyelenggaraan ",
                                       "Kerja Sama ",
                                       "Pengawasan "};
    const char *affair[2];
    sim_post_affairs(w, post, affair);
    const sim_affair *f = affair[0] != NULL ? sim_affair_find(&w->codes, affair[0]) : NULL;
    sim_put(t, VIEW[again % TP_COUNT(VIEW)]);
    sim_put(t, f != NULL ? f->name : "Umum");
    if (again >= TP_COUNT(VIEW)) {
        sim_put_char(t, ' ');
        put_roman(t, again / TP_COUNT(VIEW));
    }
}

/* One {word} of a title template. */
static void
put_hole(sim_text *t, const sim_world *w, const sim_agency_in *a, uint32_t post, uint32_t again,
         const char *hole, size_t n)
{
    const uint32_t local = post - a->info.posts_first;
    if (strncmp(hole, "bidang", n) == 0) {
        put_subject(t, w, post, again);
    } else if (strncmp(hole, "P", n) == 0) {
        uint32_t region = a->province != 0 ? w->codes.province_region[a->province] : SIM_NONE;
        if (region == SIM_NONE) {
            const uint32_t p = (again + local) % (uint32_t)w->codes.n_provinces;
            region = w->codes.province_region[w->codes.provinces[p]];
        }
        sim_put(t, w->codes.region[region].short_name);
    } else if (n > 0 && hole[0] == 'I' && n > 1 && hole[1] == '-') {
        put_roman(t, again);
    } else if (strncmp(hole, "R", n) == 0) {
        sim_put(t, a->info.region_name);
    } else if (strncmp(hole, "K", n) == 0) {
        sim_put(t, a->info.short_name);
    } else {
        sim_put(t, a->info.name);
    }
}

void
sim_post_title(const sim_world *w, uint32_t post, char out[SIM_TEXT])
{
    const sim_agency_in *a = &w->agency[sim_post_agency(w, post)];
    uint32_t again;
    const sim_template *tpl = template_of(w, a, post - a->info.posts_first, &again);
    const bool town = strcmp(a->info.kind, "KOT") == 0;
    sim_text t = sim_text_on(out, SIM_TEXT);
    for (const char *p = tpl->title; *p != '\0';) {
        if (strncmp(p, "Kabupaten/Kota {R}", 18) == 0) {
            sim_put(&t, a->info.region_name);
            p += 18;
        } else if (strncmp(p, "Bupati/Wali Kota", 16) == 0) {
            sim_put(&t, town ? "Wali Kota" : "Bupati");
            p += 16;
        } else if (*p == '{') {
            const char *end = strchr(p, '}');
            put_hole(&t, w, a, post, again, p + 1, (size_t)(end - p - 1));
            p = end + 1;
        } else {
            sim_put_char(&t, *p++);
        }
    }
    if (again > 0 && !tpl->repeats) {
        sim_put_char(&t, ' ');
        put_roman(&t, again);
    }
}

/* The unit a post leads: "Kepala Dinas X" leads "Dinas X", "Direktur X" leads "Direktorat X". */
void
sim_unit_name(const sim_world *w, uint32_t post, char out[SIM_TEXT])
{
    static const char *const HEAD[][2] = {{"Kepala ", ""},
                                          {"Direktur ", "Direktorat "},
                                          {"Sekretaris ", "Sekretariat "},
                                          {"Inspektur ", "Inspektorat "}};
    char title[SIM_TEXT];
    sim_post_title(w, post, title);
    sim_text t = sim_text_on(out, SIM_TEXT);
    for (size_t i = 0; i < TP_COUNT(HEAD); i++) {
        const size_t n = strlen(HEAD[i][0]);
        if (strncmp(title, HEAD[i][0], n) == 0) {
            sim_put(&t, HEAD[i][1]);
            sim_put(&t, title + n);
            return;
        }
    }
    sim_put(&t, title);
}

void
sim_sub_title(const sim_world *w, uint32_t agency, uint32_t admin, char out[SIM_TEXT],
              const char **out_echelon)
{
    static const char *const PART[] = {
        "Perencanaan dan Keuangan", "Pengembangan", "Pembinaan",  "Pengendalian dan Evaluasi",
        "Data dan Informasi",       "Pelayanan",    "Kerja Sama", "Umum"};
    const sim_agency_in *a = &w->agency[agency];
    const uint32_t posts = a->slots[SIM_S_JPT];
    const uint32_t turn = admin / posts;
    char unit[SIM_TEXT];
    sim_unit_name(w, a->info.posts_first + admin % posts, unit);
    sim_text t = sim_text_on(out, SIM_TEXT);
    if (turn == 0) {
        sim_put(&t, a->info.regional ? "Sekretaris " : "Kepala Bagian Tata Usaha ");
    } else {
        sim_put(&t, a->info.regional ? "Kepala Bidang " : "Kepala Subdirektorat ");
        sim_put(&t, PART[(turn - 1) % TP_COUNT(PART)]);
        if (turn > TP_COUNT(PART)) {
            sim_put_char(&t, ' ');
            put_roman(&t, turn / TP_COUNT(PART));
        }
        sim_put(&t, " ");
    }
    sim_put(&t, unit);
    *out_echelon = !a->info.regional || turn == 0 ? "31" : "32";
}

uint32_t
sim_unit_count(const sim_world *world, uint32_t agency)
{
    const sim_agency_in *a = &world->agency[agency];
    return 1 + a->slots[SIM_S_JPT] + a->slots[SIM_S_ADMIN];
}

static void
unit_codes(const sim_world *w, uint32_t agency, uint32_t unit, sim_unit_info *out)
{
    const uint64_t h = sim_hash(w->seed, (uint64_t)agency << 32 | unit, SIM_STREAM_AGENCY + 104);
    sim_text id = sim_text_on(out->id, sizeof out->id);
    sim_put_hex(&id, h, 16);
    sim_put_hex(&id, tp_hash_mix(h), 16);
    sim_text code = sim_text_on(out->code, sizeof out->code);
    sim_put(&code, "U-");
    sim_put(&code, w->agency[agency].info.quick_code);
    sim_put_char(&code, '-');
    sim_put_num(&code, unit, 3);
}

void
sim_unit(const sim_world *world, uint32_t agency, uint32_t unit, sim_unit_info *out)
{
    const sim_agency_in *a = &world->agency[agency];
    const uint32_t posts = a->slots[SIM_S_JPT];
    *out = (sim_unit_info){.agency = agency,
                           .parent = SIM_NONE,
                           .echelon_id = "00",
                           .post = SIM_NONE,
                           .head = SIM_NONE};
    unit_codes(world, agency, unit, out);
    if (unit == 0) {
        sim_copy(out->name, sizeof out->name, a->info.name);
    } else if (unit <= posts) {
        const uint32_t post = a->info.posts_first + unit - 1;
        out->parent = 0;
        out->post = post;
        out->echelon_id = sim_post_template(world, post)->echelon;
        sim_unit_name(world, post, out->name);
        sim_post_title(world, post, out->head_title);
        sim_post_affairs(world, post, out->affairs);
        out->head = sim_post_vacant(world, post)
                        ? SIM_NONE
                        : a->info.first + sim_local_of_slot(world, agency, unit - 1);
    } else {
        const uint32_t admin = unit - posts - 1;
        out->parent = 1 + admin % posts;
        sim_sub_title(world, agency, admin, out->head_title, &out->echelon_id);
        sim_post_affairs(world, a->info.posts_first + admin % posts, out->affairs);
        out->head = a->info.first + sim_local_of_slot(world, agency, posts + admin);
        const char *name = out->head_title;
        name += strncmp(name, "Kepala ", 7) == 0 ? 7 : 0;
        sim_text t = sim_text_on(out->name, sizeof out->name);
        if (strncmp(name, "Sekretaris ", 11) == 0) {
            sim_put(&t, "Sekretariat ");
            name += 11;
        }
        sim_put(&t, name);
    }
}

int
sim_rank_lowest(const char *echelon)
{
    static const struct {
        const char *echelon;
        int rank;
    } R[] = {{"10", 44}, {"11", 44}, {"12", 43}, {"21", 43}, {"22", 42},
             {"31", 41}, {"32", 34}, {"41", 33}, {"42", 32}};
    for (size_t i = 0; i < TP_COUNT(R); i++) {
        if (strcmp(R[i].echelon, echelon) == 0) {
            return R[i].rank;
        }
    }
    return 31;
}

static void
post_fields(const sim_world *w, sim_post_info *out)
{
    static const char *const COMMON[] = {"administrasi_publik", "manajemen", "ilmu_pemerintahan"};
    size_t n = 0;
    for (uint32_t f = 0; f < w->codes.n_fields && n < 3; f++) {
        const sim_field *field = &w->codes.field[f];
        for (size_t i = 0; i < TP_COUNT(field->affair) && field->affair[i] != NULL; i++) {
            if (out->affairs[0] != NULL && strcmp(field->affair[i], out->affairs[0]) == 0) {
                out->fields[n++] = field->code;
                break;
            }
        }
    }
    for (size_t i = 0; i < TP_COUNT(COMMON) && n < 2; i++) {
        out->fields[n++] = COMMON[i];
    }
}

/* Technical competencies of the post's affairs; weights sum to 100. */
static void
post_tech(sim_post_info *out, sim_rng *rng)
{
    static const int WEIGHT[3][4] = {{40, 35, 25, 0}, {30, 30, 20, 20}, {50, 30, 20, 0}};
    const int row = (int)sim_below(rng, 3);
    const int level = out->tier == SIM_TIER_PRATAMA ? 3 : 4;
    for (int i = 0; i < 4 && WEIGHT[row][i] > 0; i++) {
        const bool second = i == 3 && out->affairs[1] != NULL;
        sim_level *t = &out->tech[out->n_tech++];
        sim_text code = sim_text_on(t->code, sizeof t->code);
        sim_put(&code, out->affairs[second ? 1 : 0]);
        sim_put(&code, ".T");
        sim_put_num(&code, second ? 1 : (uint64_t)i + 1, 1);
        t->level_half = 2 * (level + (int)sim_below(rng, 2));
        t->weight_pct = WEIGHT[row][i];
    }
}

static void
post_profile(const sim_world *w, sim_post_info *out, sim_rng *rng)
{
    const bool pratama = out->tier == SIM_TIER_PRATAMA;
    out->min_rank = sim_rank_lowest(out->echelon_id) - 1;
    out->min_education = sim_chance(rng, 120000) ? "45" : "40";
    out->experience_years = pratama ? 5 : out->tier == SIM_TIER_MADYA ? 7 : 10;
    out->max_age = pratama ? 56 : 58;
    out->job_class = pratama ? sim_range(rng, 14, 15) : out->tier == SIM_TIER_MADYA ? 16 : 17;
    out->training = pratama ? "PKN Tingkat II" : "PKN Tingkat I";
    out->training_required = sim_chance(rng, 100000);
    for (int i = 0; i < SIM_ASPECTS; i++) {
        out->standard[i] = pratama ? 4 : 5;
    }
    if (pratama && sim_chance(rng, 200000)) {
        out->standard[sim_below(rng, SIM_ASPECTS)] = 5;
    }
    post_fields(w, out);
    post_tech(out, rng);
}

void
sim_post(const sim_world *world, uint32_t post, sim_post_info *out)
{
    const uint32_t k = sim_post_agency(world, post);
    const sim_agency_in *a = &world->agency[k];
    const sim_template *t = sim_post_template(world, post);
    sim_rng rng = sim_rng_of(world->seed, post, SIM_STREAM_POST + 65);
    *out = (sim_post_info){.agency = k,
                           .tier = t->tier,
                           .echelon_id = t->echelon,
                           .function = t->function,
                           .holder = SIM_NONE,
                           .vacant_since = SIM_NO_DAY,
                           .target_day = SIM_NO_DAY};
    const uint32_t local = post - a->info.posts_first;
    out->unit = 1 + local;
    sim_text code = sim_text_on(out->code, sizeof out->code);
    sim_put(&code, a->info.quick_code);
    sim_put_char(&code, '-');
    sim_put_num(&code, local + 1, 4);
    out->version = sim_range(&rng, 1, 9);
    sim_post_title(world, post, out->title);
    sim_post_affairs(world, post, out->affairs);
    post_profile(world, out, &rng);
    if (sim_post_vacant(world, post)) {
        out->vacant_since = world->anchor - sim_range(&rng, 10, 300);
        out->target_day = tp_day_add_months(world->recent, sim_range(&rng, 1, 3));
    } else {
        out->holder = a->info.first + sim_local_of_slot(world, k, local);
    }
}
