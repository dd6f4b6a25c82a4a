/* Who is person i: agency, stratum, sex, birth day, appointment, number; and whose pair? */
#include "tests/simulator/population.h"

const sim_options *
sim_world_options(const sim_world *world)
{
    return &world->options;
}

uint32_t
sim_agency_count(const sim_world *world)
{
    return world->n_agencies;
}

const sim_agency_info *
sim_agency(const sim_world *world, uint32_t agency)
{
    return &world->agency[agency].info;
}

uint32_t
sim_agency_find(const sim_world *world, const char *quick_code)
{
    for (uint32_t k = 0; k < world->n_agencies; k++) {
        if (strcmp(world->agency[k].info.quick_code, quick_code) == 0) {
            return k;
        }
    }
    return SIM_NONE;
}

/* The state institution of the talent API: a central agency when there is one. */
uint32_t
sim_talenta_agency(const sim_world *world)
{
    for (uint32_t k = 0; k < world->n_agencies; k++) {
        if (!world->agency[k].info.regional && strcmp(world->agency[k].info.kind, "KEMENT") == 0) {
            return k;
        }
    }
    return 0;
}

uint32_t
sim_agency_of(const sim_world *world, uint32_t person)
{
    const bool ghost = person >= world->ghosts_at && person < world->strangers_at;
    if (person >= world->strangers_at) {
        return SIM_NONE;
    }
    uint32_t lo = 0;
    uint32_t hi = world->n_agencies - 1;
    while (lo < hi) {
        const uint32_t mid = (lo + hi + 1) / 2;
        const sim_agency_in *a = &world->agency[mid];
        if ((ghost ? world->ghosts_at + a->ghosts_first : a->info.first) <= person) {
            lo = mid;
        } else {
            hi = mid - 1;
        }
    }
    return lo;
}

uint32_t
sim_people(const sim_world *world)
{
    return world->n_all;
}

uint32_t
sim_candidate_count(const sim_world *world)
{
    return world->n_candidates;
}

uint32_t
sim_local_of_slot(const sim_world *w, uint32_t agency, uint32_t slot)
{
    return sim_unpermute(w->agency[agency].key, w->agency[agency].n, slot);
}

uint32_t
sim_candidate(const sim_world *world, uint32_t c)
{
    uint32_t lo = 0;
    uint32_t hi = world->n_agencies - 1;
    while (lo < hi) {
        const uint32_t mid = (lo + hi + 1) / 2;
        if (world->agency[mid].candidates_first <= c) {
            lo = mid;
        } else {
            hi = mid - 1;
        }
    }
    const sim_agency_in *a = &world->agency[lo];
    return a->info.first + sim_local_of_slot(world, lo, c - a->candidates_first);
}

bool
sim_is_candidate(const sim_world *world, uint32_t person)
{
    if (person >= world->options.people) {
        return false;
    }
    const sim_agency_in *a = &world->agency[sim_agency_of(world, person)];
    return sim_permute(a->key, a->n, person - a->info.first) < a->start[SIM_S_PPPK];
}

uint32_t
sim_former_agency(const sim_world *w, uint32_t agency, uint32_t local)
{
    if (w->n_agencies < 2 || w->options.dirt <= 0 ||
        local % SIM_TRANSFER_EVERY != SIM_TRANSFER_AT) {
        return SIM_NONE;
    }
    const uint32_t step = 1 + (local / SIM_TRANSFER_EVERY) % (w->n_agencies - 1);
    return (agency + step) % w->n_agencies;
}

static sim_stratum
stratum_of(const sim_agency_in *a, uint32_t slot)
{
    int s = 0;
    while (s + 1 < SIM_STRATA && slot >= a->start[s + 1]) {
        s++;
    }
    return (sim_stratum)s;
}

/* Birth day, and rank among those of the stratum born that day, from the place in the age order. */
static void
set_birth(const sim_world *w, sim_core *c, uint32_t place)
{
    const sim_ages *ages = &w->ages[c->stratum];
    int lo = 0;
    int hi = SIM_MAX_AGE - 1;
    while (lo < hi) {
        const int mid = (lo + hi + 1) / 2;
        if (ages->upto[mid] <= place) {
            lo = mid;
        } else {
            hi = mid - 1;
        }
    }
    const uint64_t n = ages->upto[lo + 1] - ages->upto[lo];
    const uint64_t off = place - ages->upto[lo];
    const uint64_t day = off * 365 / n;
    c->in_day = (uint32_t)(off - (day * n + 364) / 365);
    c->born = w->anchor - 365 * lo - 1 - (int32_t)day;
}

static void
set_pppk(const sim_world *w, sim_core *c)
{
    static const int YEAR[] = {2019, 2021, 2022, 2023, 2024, 2025};
    const int born = tp_day_split(c->born).year;
    int fits[TP_COUNT(YEAR)];
    uint32_t n = 0;
    for (size_t i = 0; i < TP_COUNT(YEAR); i++) {
        if (YEAR[i] < w->as_of_year && YEAR[i] - born >= 20) {
            fits[n++] = YEAR[i];
        }
    }
    if (n == 0) {
        fits[n++] = w->as_of_year - 1;
    }
    const int year = fits[c->in_day % n];
    c->cpns = tp_day_of(year, 3, 1);
    c->appointment = 1;
    c->serial = 1 + c->in_day / n;
}

/*
 * Two people of one stratum and birth day share an appointment month and get neighbouring serials;
 * other pairs of that day get other months, so that (birth day, month, serial) is never given
 * twice.
 */
static void
set_appointment(const sim_world *w, sim_core *c)
{
    static const int START[SIM_STRATA] = {22, 21, 22, 0, 19};
    static const int YEARS[SIM_STRATA] = {8, 12, 10, 0, 16};
    static const uint32_t BASE[SIM_STRATA] = {11, 21, 31, 0, 1};
    static const int MONTH[12] = {3, 3, 3, 1, 1, 12, 12, 4, 2, 10, 5, 8};
    static const uint32_t AGAIN[12] = {0, 1, 2, 0, 1, 0, 1, 0, 0, 0, 0, 0};
    if (c->stratum == SIM_S_PPPK) {
        set_pppk(w, c);
        return;
    }
    const int first = tp_day_split(c->born).year + START[c->stratum] + 1;
    int years = w->as_of_year - first;
    years = years > YEARS[c->stratum] ? YEARS[c->stratum] : years < 1 ? 1 : years;
    const uint32_t window = 12 * (uint32_t)years;
    const uint32_t pair = c->in_day / 2;
    const uint32_t o =
        (pair * 101 + (uint32_t)(sim_hash(w->seed, (uint32_t)c->born, SIM_STREAM_CORE) % window)) %
        window;
    int year = first + (int)(o / 12);
    year = year >= w->as_of_year ? w->as_of_year - 1 : year;
    c->cpns = tp_day_of(year, MONTH[o % 12], 1);
    c->appointment = 0;
    c->serial = BASE[c->stratum] + c->in_day % 2 + 2 * AGAIN[o % 12] + 200 * (pair / window);
}

/* Everything but what pairs and special cases change. */
static void
plain_core(const sim_world *w, uint32_t index, sim_core *c)
{
    static const uint32_t WOMEN[SIM_STRATA] = {155000, 265000, 400000, 640000, 560000};
    const uint32_t k = sim_agency_of(w, index);
    const sim_agency_in *a = &w->agency[k];
    *c = (sim_core){
        .index = index, .kind = SIM_KIND_SERVANT, .agency = k, .local = index - a->info.first};
    c->slot = sim_permute(a->key, a->n, c->local);
    c->stratum = stratum_of(a, c->slot);
    c->of_stratum = c->slot - a->start[c->stratum];
    sim_rng rng = sim_rng_of(w->seed, index, SIM_STREAM_CORE);
    c->female = sim_chance(&rng, WOMEN[c->stratum]);
    const uint32_t rank = a->rank[c->stratum] + c->of_stratum;
    set_birth(w, c, sim_permute(w->seed + (uint64_t)c->stratum, w->ages[c->stratum].n, rank));
    set_appointment(w, c);
}

/* Twins, namesakes, parent and child, spouses: people index and index ^ 1 of one agency. */
static void
set_pair(const sim_world *w, sim_core *c)
{
    const uint32_t luck = (uint32_t)(sim_hash(w->seed, c->index / 2, SIM_STREAM_PAIR) % 10000);
    const uint32_t other = c->index ^ 1;
    if (luck >= 220 || c->stratum != SIM_S_PNS || other >= w->options.people ||
        sim_agency_of(w, other) != c->agency) {
        return;
    }
    sim_core o;
    plain_core(w, other, &o);
    if (o.stratum != SIM_S_PNS) {
        return;
    }
    const bool leads = c->index < other;
    const sim_core *lead = leads ? c : &o;
    if (luck < 20) {
        c->traps |= SIM_TRAP_TWIN;
        const uint32_t serial = 300 + 2 * lead->serial;
        c->serial = leads ? serial : serial + 1;
        c->born = lead->born;
        c->cpns = lead->cpns;
        c->female = lead->female;
    } else if (luck < 40) {
        c->traps |= SIM_TRAP_NAMESAKE;
        c->female = lead->female;
        if (!leads) {
            c->born = lead->born;
            c->serial = 400 + lead->in_day; /* the leader's, so that a day has each once */
            const int years = tp_day_split(lead->born).year;
            const int at = tp_day_split(c->cpns).year;
            if (at - years < 19 || at - years > 36) {
                c->cpns = tp_day_add_months(lead->cpns, lead->cpns % 2 == 0 ? -3 : -1);
            }
        }
    } else if (luck < 140) {
        if (lead->born - 365 * 17 > (leads ? &o : c)->born ||
            (leads ? &o : c)->born - 365 * 17 > lead->born) {
            c->traps |= SIM_TRAP_PARENT;
            c->female = lead->female;
        }
    } else {
        c->traps |= SIM_TRAP_SPOUSE_NIK;
        c->female = leads;
    }
}

static void
set_single_traps(const sim_world *w, sim_core *c)
{
    sim_rng rng = sim_rng_of(w->seed, c->index, SIM_STREAM_CORE + 64);
    const uint32_t luck = sim_below(&rng, 1000000);
    const int age = w->as_of_year - tp_day_split(c->born).year;
    const bool pns = c->stratum != SIM_S_PPPK;
    const uint32_t fixed = sim_scaled(w, 1500, 100);
    const uint32_t moved = fixed + sim_scaled(w, 12000, 100);
    const uint32_t copied = moved + sim_scaled(w, 500, 100);
    const uint32_t died = copied + sim_scaled(w, 1000, 100);
    if (luck < fixed && pns) {
        c->traps |= SIM_TRAP_BIRTH_FIXED;
        c->serial += 100;
    } else if (luck < moved && luck >= fixed && c->stratum == SIM_S_PNS && age >= 26 && age <= 38 &&
               w->as_of_year > 2023) {
        c->traps |= SIM_TRAP_PPPK_TO_PNS;
        c->cpns = tp_day_of(w->as_of_year - 2, 4 + (int)(c->in_day / 200 % 8), 1);
        c->serial = 790 + c->in_day % 200;
    } else if (luck >= moved && luck < copied) {
        c->traps |= SIM_TRAP_COPIED_NIP;
    } else if (luck >= copied && luck < died) {
        c->traps |= SIM_TRAP_DECEASED;
    }
}

/* Ghosts copy nobody; a tenth of the strangers have the name and birth day of a civil servant. */
static void
extra_core(const sim_world *w, uint32_t index, sim_core *c)
{
    sim_rng rng = sim_rng_of(w->seed, index, SIM_STREAM_CORE);
    const bool ghost = index < w->strangers_at;
    *c = (sim_core){.index = index,
                    .kind = ghost ? SIM_KIND_GHOST : SIM_KIND_STRANGER,
                    .agency = sim_agency_of(w, index),
                    .stratum = SIM_S_PNS};
    c->female = sim_chance(&rng, 500000);
    c->born = w->anchor - 365 * sim_range(&rng, 25, 57) - (int32_t)sim_below(&rng, 365);
    if (!ghost && index % 10 == 0) {
        sim_core like;
        plain_core(w, sim_below(&rng, w->options.people), &like);
        c->traps = SIM_TRAP_SHADOW;
        c->local = like.index;
        c->female = like.female;
        c->born = like.born;
    }
    const int year = tp_day_split(c->born).year + sim_range(&rng, 20, 24);
    c->cpns = tp_day_of(year, 3, 1);
    c->serial = 900 + sim_below(&rng, 99);
}

void
sim_core_make(const sim_world *w, uint32_t index, sim_core *out)
{
    if (index >= w->options.people) {
        extra_core(w, index, out);
        return;
    }
    plain_core(w, index, out);
    set_pair(w, out);
    if (out->traps == 0) {
        set_single_traps(w, out);
    }
}

void
sim_nip_write(int32_t born, int32_t from, int appointment, bool female, uint32_t serial,
              char out[20])
{
    sim_text t = sim_text_on(out, 20);
    const tp_ymd b = tp_day_split(born);
    const tp_ymd f = tp_day_split(from);
    sim_put_num(&t, (uint64_t)(b.year * 10000 + b.month * 100 + b.day), 8);
    sim_put_num(&t, (uint64_t)f.year, 4);
    sim_put_num(&t, (uint64_t)(appointment > 0 ? 20 + appointment : f.month), 2);
    sim_put_char(&t, female ? '2' : '1');
    sim_put_num(&t, serial, 3);
}

/* A date one digit away that exists. */
static int32_t
near_date(int32_t day, sim_rng *rng)
{
    const tp_ymd d = tp_day_split(day);
    const tp_ymd other[] = {{d.year + 1, d.month, d.day}, {d.year - 1, d.month, d.day},
                            {d.year, d.month, d.day + 1}, {d.year, d.month, d.day - 1},
                            {d.year, d.month + 1, d.day}, {d.year, d.month - 1, d.day}};
    for (int tries = 0; tries < 20; tries++) {
        const tp_ymd *o = &other[sim_below(rng, TP_COUNT(other))];
        if (tp_day_valid(o->year, o->month, o->day)) {
            return tp_day_of(o->year, o->month, o->day);
        }
    }
    return day - 1;
}

void
sim_former_nip(const sim_world *w, const sim_core *c, char out[20], int32_t *out_born)
{
    out[0] = '\0';
    *out_born = SIM_NO_DAY;
    sim_rng rng = sim_rng_of(w->seed, c->index, SIM_STREAM_CORE + 65);
    if ((c->traps & SIM_TRAP_BIRTH_FIXED) != 0) {
        *out_born = near_date(c->born, &rng);
        sim_nip_write(*out_born, c->cpns, 0, c->female, c->serial, out);
    } else if ((c->traps & SIM_TRAP_PPPK_TO_PNS) != 0) {
        const int year = tp_day_split(c->cpns).year - sim_range(&rng, 1, 2);
        sim_nip_write(c->born, tp_day_of(year, 3, 1), 1, c->female, 100 + c->in_day % 800, out);
    }
}

uint32_t
sim_scaled(const sim_world *w, uint32_t ppm, uint32_t scale_pct)
{
    const double x = ppm * w->options.dirt * scale_pct / 100.0;
    return x > 950000 ? 950000 : (uint32_t)x;
}
