/* Which positions has a candidate held, from appointment to today? */
#include "tests/simulator/population.h"

typedef enum level { STAFF, SECTION, ADMIN, PRATAMA, MADYA, UTAMA, EXPERT, SENIOR } level;

typedef struct stint {
    level level;
    int32_t start;
} stint;

/* Years of service before which nobody reaches a level. */
static const int EARLIEST[] = {0, 4, 9, 13, 17, 20, 10, 18};

static level
current_level(const sim_world *w, const sim_core *c)
{
    if (c->stratum == SIM_S_JPT) {
        const uint32_t post = w->agency[c->agency].info.posts_first + c->of_stratum;
        if (!sim_post_vacant(w, post)) {
            const sim_tier tier = sim_post_template(w, post)->tier;
            return tier == SIM_TIER_UTAMA ? UTAMA : tier == SIM_TIER_MADYA ? MADYA : PRATAMA;
        }
        return ADMIN;
    }
    if (c->stratum == SIM_S_JF) {
        return w->as_of_year - tp_day_split(c->born).year >= 56 ? SENIOR : EXPERT;
    }
    return ADMIN;
}

static level
level_before(level now, int held, sim_rng *rng)
{
    switch (now) {
    case UTAMA:
        return held < 2 ? MADYA : PRATAMA;
    case MADYA:
        return PRATAMA;
    case PRATAMA:
        return held < sim_range(rng, 1, 2) ? PRATAMA : ADMIN;
    case SENIOR:
        return EXPERT;
    case EXPERT:
        return sim_below(rng, 100) < 35 ? ADMIN : SECTION;
    case ADMIN:
        return held < sim_range(rng, 1, 3) ? ADMIN : SECTION;
    case SECTION:
        return held < sim_range(rng, 1, 2) ? SECTION : STAFF;
    default:
        return STAFF;
    }
}

/* Newest first; the last is the entry as staff. Returns how many. */
static int
plan_career(const sim_world *w, const sim_core *c, sim_rng *rng, stint out[12])
{
    level now = current_level(w, c);
    int32_t start = w->anchor - sim_range(rng, 40, now == ADMIN ? 2300 : 2000);
    int n = 0;
    int held = 1;
    while (n < 11 && now != STAFF) {
        const int32_t earliest = c->cpns + 365 * EARLIEST[now];
        if (n > 0 && start < earliest) {
            now = now == SECTION ? STAFF : level_before(now, 9, rng);
            held = 1;
            continue;
        }
        start = n == 0 && start < earliest && earliest < w->anchor - 40 ? earliest : start;
        start = start <= c->cpns ? c->cpns + 366 : start;
        out[n++] = (stint){now, start};
        const level before = level_before(now, held, rng);
        held = before == now ? held + 1 : 1;
        now = before;
        start -= sim_range(rng, 500, 1500);
    }
    if (out[n - 1].start <= c->cpns) {
        out[n - 1].start = c->cpns + 1;
    }
    out[n++] = (stint){STAFF, c->cpns};
    return n;
}

/* A post of the agency in the same affair if there is one in a few tries. */
static uint32_t
related_post(const sim_world *w, uint32_t agency, const char *affair, sim_tier tier, sim_rng *rng)
{
    const sim_agency_in *a = &w->agency[agency];
    const bool stay = affair != NULL && sim_below(rng, 100) < 78;
    uint32_t best = a->info.posts_first + sim_below(rng, a->slots[SIM_S_JPT]);
    int best_fit = -1;
    for (int tries = 0; tries < 24; tries++) {
        const uint32_t q = a->info.posts_first + sim_below(rng, a->slots[SIM_S_JPT]);
        const char *f[2];
        sim_post_affairs(w, q, f);
        const bool same = (f[0] != NULL && affair != NULL && strcmp(f[0], affair) == 0) ||
                          (f[1] != NULL && affair != NULL && strcmp(f[1], affair) == 0);
        const bool right = tier == SIM_TIER_NONE || sim_post_template(w, q)->tier == tier;
        const int fit = 2 * right + (!stay || same);
        if (fit > best_fit) {
            best_fit = fit;
            best = q;
        }
        if (best_fit == 3) {
            break;
        }
    }
    return best;
}

static void
put_structural(const sim_world *w, uint32_t post, level lv, sim_rng *rng, sim_position *out)
{
    static const char *const SECTION_OF[] = {
        "Kepala Subbagian Umum dan Kepegawaian ", "Kepala Seksi Pengembangan ",
        "Kepala Subbagian Perencanaan ", "Kepala Seksi Pembinaan "};
    const uint32_t k = sim_post_agency(w, post);
    const sim_agency_in *a = &w->agency[k];
    const uint32_t local = post - a->info.posts_first;
    out->kind = 1;
    out->unit = 1 + local;
    if (lv >= PRATAMA) {
        const sim_template *t = sim_post_template(w, post);
        out->tier = t->tier;
        out->echelon_id = t->echelon;
        sim_post_title(w, post, out->title);
    } else if (lv == ADMIN) {
        out->tier = SIM_TIER_ADMINISTRATOR;
        sim_sub_title(w, k, local + a->slots[SIM_S_JPT] * sim_below(rng, 4), out->title,
                      &out->echelon_id);
    } else {
        char unit[SIM_TEXT];
        sim_unit_name(w, post, unit);
        out->tier = SIM_TIER_PENGAWAS;
        out->echelon_id = a->info.regional ? "42" : "41";
        sim_text t = sim_text_on(out->title, sizeof out->title);
        sim_put(&t, SECTION_OF[sim_below(rng, TP_COUNT(SECTION_OF))]);
        sim_put(&t, unit);
    }
}

/* Functional titles are listed as madya and utama; an earlier grade is left to the entry row. */
static void
put_functional(const sim_world *w, const sim_core *c, level lv, sim_position *out, int *out_age)
{
    const sim_codes *codes = &w->codes;
    const uint32_t x = (uint32_t)sim_hash(w->seed, c->index, SIM_STREAM_CAREER + 64);
    const uint32_t n = lv == SENIOR ? codes->n_jobs - codes->n_madya : codes->n_madya;
    const sim_job *job = &codes->job[(lv == SENIOR ? codes->n_madya : 0) + x % n];
    sim_copy(out->title, sizeof out->title, job->name);
    out->kind = 2;
    out->jf_grade = job->grade;
    *out_age = job->age;
}

static void
put_staff(const sim_world *w, const char *affair, sim_position *out)
{
    const sim_affair *f = affair != NULL ? sim_affair_find(&w->codes, affair) : NULL;
    sim_text t = sim_text_on(out->title, sizeof out->title);
    sim_put(&t, "Analis ");
    sim_put(&t, f != NULL ? f->name : "Umum");
    out->kind = 4;
}

static void
put_dates(const sim_person *p, int32_t start, int32_t end, sim_rng *rng, sim_position *out)
{
    (void)p;
    out->start = start;
    out->end = end;
    out->decree_day = start - sim_range(rng, 1, 14);
    out->inaugurated = out->kind == 1 ? start + sim_range(rng, 0, 4) : SIM_NO_DAY;
    sim_decree(out->decree, sizeof out->decree, "821.2/", rng, out->decree_day);
}

/* Present position of a candidate: the post, sub-unit or functional title the slot stands for. */
static void
put_present(const sim_world *w, const sim_core *c, level lv, sim_rng *rng, sim_person *p,
            sim_position *out)
{
    const sim_agency_in *a = &w->agency[c->agency];
    const uint32_t posts = a->slots[SIM_S_JPT];
    p->retire_age = 60;
    if (c->stratum == SIM_S_JF) {
        const uint32_t q = a->info.posts_first + sim_below(rng, posts);
        put_functional(w, c, lv, out, &p->retire_age);
        out->unit = 1 + q - a->info.posts_first;
        sim_post_affairs(w, q, out->affairs);
        return;
    }
    const uint32_t local = c->of_stratum % posts;
    sim_post_affairs(w, a->info.posts_first + local, out->affairs);
    if (lv >= PRATAMA) {
        p->post = a->info.posts_first + c->of_stratum;
        put_structural(w, p->post, lv, rng, out);
        return;
    }
    const bool waiting = c->stratum == SIM_S_JPT;
    const uint32_t admin = waiting ? a->slots[SIM_S_ADMIN] + c->of_stratum : c->of_stratum;
    sim_sub_title(w, c->agency, admin, out->title, &out->echelon_id);
    out->kind = 1;
    out->tier = SIM_TIER_ADMINISTRATOR;
    out->unit = waiting ? 1 + local : 1 + posts + admin;
    p->retire_age = 58;
}

/* Acting duty beside the present post: a mandate, no tenure. */
static void
add_acting(const sim_world *w, const sim_core *c, sim_rng *rng, sim_person *p)
{
    static const char *const HOW[] = {"PLT", "PLT", "PLT", "PLH", "PJ"};
    const int32_t free_days = w->anchor - p->position.start;
    if (free_days < 240 || sim_below(rng, 100) >= 26 || p->n_position >= SIM_MAX_POSITION) {
        return;
    }
    sim_position *row = &p->positions[p->n_position++];
    const uint32_t q = related_post(w, c->agency, p->position.affairs[0], SIM_TIER_PRATAMA, rng);
    *row = (sim_position){.assignment = HOW[sim_below(rng, TP_COUNT(HOW))],
                          .echelon_id = "00",
                          .jf_grade = "",
                          .agency = c->agency,
                          .mutation = "MJ"};
    put_structural(w, q, PRATAMA, rng, row);
    sim_post_affairs(w, q, row->affairs);
    const int32_t start = w->anchor - sim_range(rng, 200, free_days < 1000 ? free_days : 1000);
    put_dates(p, start, start + sim_range(rng, 60, 180), rng, row);
    row->inaugurated = SIM_NO_DAY;
}

void
sim_career_make(const sim_world *w, const sim_core *c, sim_person *p)
{
    sim_rng rng = sim_rng_of(w->seed, c->index, SIM_STREAM_CAREER);
    stint plan[12];
    const int n = plan_career(w, c, &rng, plan);
    p->post = SIM_NONE;
    p->n_position = 0;
    sim_position present = {.assignment = "D",
                            .echelon_id = "00",
                            .jf_grade = "",
                            .agency = c->agency,
                            .mutation = "MJ"};
    put_present(w, c, plan[0].level, &rng, p, &present);
    put_dates(p, plan[0].start, SIM_NO_DAY, &rng, &present);
    for (int i = n - 1; i > 0; i--) {
        sim_position *row = &p->positions[p->n_position++];
        const bool abroad = i < n - 1 && sim_below(&rng, 100) < 10;
        const uint32_t k = abroad ? sim_below(&rng, w->n_agencies) : c->agency;
        const sim_tier tier = plan[i].level == MADYA     ? SIM_TIER_MADYA
                              : plan[i].level == PRATAMA ? SIM_TIER_PRATAMA
                                                         : SIM_TIER_NONE;
        const uint32_t q = related_post(w, k, present.affairs[0], tier, &rng);
        *row = (sim_position){.assignment = "D",
                              .echelon_id = "00",
                              .jf_grade = "",
                              .agency = k,
                              .mutation = sim_below(&rng, 8) == 0 ? "MU" : "MJ"};
        sim_post_affairs(w, q, row->affairs);
        row->unit = 1 + q - w->agency[k].info.posts_first;
        if (plan[i].level == STAFF) {
            put_staff(w, row->affairs[0], row);
        } else if (plan[i].level >= EXPERT) {
            int age;
            put_functional(w, c, plan[i].level, row, &age);
        } else {
            put_structural(w, q, plan[i].level, &rng, row);
        }
        put_dates(p, plan[i].start, plan[i - 1].start, &rng, row);
    }
    p->positions[p->n_position++] = present;
    p->position = present;
    p->tier = present.tier;
    p->unit = present.unit;
    add_acting(w, c, &rng, p);
}
