/* Which ranks has the person held, and when? */
#include "tests/simulator/population.h"

#include <stdlib.h>

static const int LADDER[] = {11, 12, 13, 14, 21, 22, 23, 24, 31, 32, 33, 34, 41, 42, 43, 44, 45};
static const char *const NAME[] = {"I/a",  "I/b",  "I/c",   "I/d",   "II/a",  "II/b",
                                   "II/c", "II/d", "III/a", "III/b", "III/c", "III/d",
                                   "IV/a", "IV/b", "IV/c",  "IV/d",  "IV/e"};
static const char *const TITLE[] = {"Juru Muda",
                                    "Juru Muda Tingkat I",
                                    "Juru",
                                    "Juru Tingkat I",
                                    "Pengatur Muda",
                                    "Pengatur Muda Tingkat I",
                                    "Pengatur",
                                    "Pengatur Tingkat I",
                                    "Penata Muda",
                                    "Penata Muda Tingkat I",
                                    "Penata",
                                    "Penata Tingkat I",
                                    "Pembina",
                                    "Pembina Tingkat I",
                                    "Pembina Utama Muda",
                                    "Pembina Utama Madya",
                                    "Pembina Utama"};
static const char *const PPPK[] = {"I", "II", "III", "IV",   "V",   "VI", "VII", "VIII", "IX",
                                   "X", "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII"};

static int
step_of(int rank_id)
{
    for (int i = 0; i < (int)TP_COUNT(LADDER); i++) {
        if (LADDER[i] == rank_id) {
            return i;
        }
    }
    return 8;
}

const char *
sim_rank_name(int rank_id)
{
    if (rank_id > 100 && rank_id <= 100 + (int)TP_COUNT(PPPK)) {
        return PPPK[rank_id - 101];
    }
    return rank_id < 11 || rank_id > 45 ? "" : NAME[step_of(rank_id)];
}

const char *
sim_rank_title(int rank_id)
{
    return rank_id < 11 || rank_id > 45 ? "" : TITLE[step_of(rank_id)];
}

static int
entry_rank(const sim_person *p)
{
    const int level = p->n_education > 0 ? atoi(p->education[0].level_id) : 40;
    return level >= 45   ? 32
           : level >= 35 ? 31
           : level >= 30 ? 23
           : level >= 25 ? 22
           : level >= 15 ? 21
                         : 13;
}

static int
highest_rank(const sim_person *p)
{
    const int top = p->n_education > 0 ? atoi(p->education[p->n_education - 1].level_id) : 40;
    const bool madya = strcmp(p->position.jf_grade, "MA") == 0;
    return madya ? 42 : top >= 45 ? 41 : top >= 35 ? 34 : top >= 30 ? 33 : top >= 15 ? 32 : 24;
}

/* The rank that goes with a candidate's post; a few stand outside the ladder. */
static int
candidate_rank(const sim_world *w, const sim_person *p, sim_rng *rng)
{
    int low = sim_rank_lowest(p->position.echelon_id);
    if (p->position.kind == 2) {
        low = strcmp(p->position.jf_grade, "UT") == 0 ? 44 : 41;
    }
    int at = step_of(low) + (sim_below(rng, 100) < 35 ? 1 : 0);
    if (sim_chance(rng, sim_scaled(w, 15000, 100))) {
        at -= 2;
    } else if (sim_below(rng, 100) < 12) {
        at -= 1; /* appointed one step below, as the older rule allows */
    }
    at = at >= (int)TP_COUNT(LADDER) ? (int)TP_COUNT(LADDER) - 1 : at;
    return LADDER[at];
}

static void
put_rank(sim_person *p, int at, int32_t since, const char *promotion, sim_rng *rng)
{
    sim_rank *r = &p->ranks[p->n_rank++];
    r->rank_id = LADDER[at];
    r->since = since;
    r->promotion = promotion;
    r->decree_day = since - sim_range(rng, 5, 40);
    sim_decree(r->decree, sizeof r->decree, "823/", rng, r->decree_day);
}

/* April or October, as promotions fall. */
static int32_t
promotion_day(int32_t day)
{
    const tp_ymd d = tp_day_split(day);
    return tp_day_of(d.year, d.month < 7 ? 4 : 10, 1);
}

void
sim_rank_make(const sim_world *w, const sim_core *c, sim_person *p)
{
    sim_rng rng = sim_rng_of(w->seed, c->index, SIM_STREAM_JOB + 68);
    p->n_rank = 0;
    if (c->stratum == SIM_S_PPPK) {
        const int level = atoi(p->education[p->n_education - 1].level_id);
        const int rank = level >= 45 ? 110 : level >= 35 ? 109 : level >= 30 ? 107 : 105;
        p->rank_id = p->first_rank_id = rank;
        p->rank_since = c->cpns;
        p->ranks[p->n_rank++] = (sim_rank){
            .rank_id = rank, .since = c->cpns, .promotion = "211", .decree_day = c->cpns - 10};
        sim_decree(p->ranks[0].decree, sizeof p->ranks[0].decree, "813/", &rng, c->cpns);
        return;
    }
    const int first = step_of(entry_rank(p));
    const int32_t served = w->anchor - c->cpns;
    int last = first + served / (4 * 365);
    const int cap = step_of(highest_rank(p));
    last = last > cap ? (cap > first ? cap : first) : last;
    int32_t since = promotion_day(c->cpns + (int32_t)(last - first) * 4 * 365 + 120);
    if (p->candidate) {
        last = step_of(candidate_rank(w, p, &rng));
        last = last < first ? first : last;
        since = promotion_day(w->anchor - sim_range(&rng, 200, 1300));
    }
    since = last == first ? c->cpns : since < c->cpns + 366 ? c->cpns + 366 : since;
    since = since > w->anchor ? promotion_day(w->anchor - 300) : since;
    p->first_rank_id = LADDER[first];
    p->rank_id = LADDER[last];
    p->rank_since = since;
    if (!p->candidate) {
        put_rank(p, last, since, last == first ? "211" : "101", &rng);
        return;
    }
    const int steps = last - first;
    int from = steps >= SIM_MAX_RANK ? last - SIM_MAX_RANK + 1 : first;
    for (; from < last; from++) {
        const int32_t span = since - c->cpns;
        const int32_t at = c->cpns + (int32_t)((int64_t)span * (from - first) / steps);
        put_rank(p, from, from == first ? c->cpns : promotion_day(at),
                 from == first ? "211" : "101", &rng);
    }
    put_rank(p, last, since, steps == 0 ? "211" : "201", &rng);
}
