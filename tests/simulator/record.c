/* How has the person done: appraisals, teams, awards, discipline, reports, letters? */
#include "tests/simulator/population.h"

/* Quadrant 1 best .. 5 worst from effort and the luck of a year. */
static int
quadrant_of(int effort, sim_rng *rng)
{
    const int x = effort + sim_range(rng, -80, 80);
    return x > 590 ? 1 : x > 170 ? 2 : x > 90 ? 3 : x > 40 ? 4 : 5;
}

static void
rate(sim_appraisal *a, sim_rng *rng)
{
    static const int RATES[5][3][2] = {{{1, 1}, {1, 1}, {1, 1}},
                                       {{2, 2}, {1, 2}, {2, 1}},
                                       {{3, 2}, {3, 1}, {3, 2}},
                                       {{2, 3}, {1, 3}, {2, 3}},
                                       {{3, 3}, {3, 3}, {3, 3}}};
    const uint32_t x = sim_below(rng, 3);
    a->result = RATES[a->quadrant - 1][x][0];
    a->behaviour = RATES[a->quadrant - 1][x][1];
}

void
sim_appraisal_make(const sim_world *w, const sim_core *c, sim_person *p)
{
    sim_rng rng = sim_rng_of(w->seed, c->index, SIM_STREAM_RECORD);
    const int effort = sim_effort(w, c->index);
    const int entry = tp_day_split(c->cpns).year;
    const int n = p->candidate ? SIM_MAX_APPRAISAL : 2;
    p->n_appraisal = 0;
    for (int i = 0; i < n && w->as_of_year - 1 - i > entry; i++) {
        sim_appraisal *a = &p->appraisal[p->n_appraisal++];
        *a = (sim_appraisal){.year = w->as_of_year - 1 - i, .quadrant = quadrant_of(effort, &rng)};
        if (a->year >= 2022) {
            rate(a, &rng);
        } else {
            static const int SCORE[] = {9100, 8000, 6500, 5500, 4200};
            a->skp_hundredths = SCORE[a->quadrant - 1] + sim_range(&rng, 0, 700);
            a->quadrant = 0;
        }
    }
}

static void
make_teams(const sim_world *w, int effort, sim_rng *rng, sim_person *p)
{
    for (int i = 0; i < 2; i++) {
        if ((int)sim_below(rng, 1000) < 250 + effort * 7 / 10) {
            const bool wide = (int)sim_below(rng, 1000) < effort;
            p->team[p->n_team++] =
                (sim_team){w->as_of_year - 1 - i, (int)sim_below(rng, 1400) < effort,
                           wide ? "lintas_instansi" : "instansi"};
        }
    }
    const int x = effort + sim_range(rng, -150, 150);
    p->feedback = sim_below(rng, 100) < 12 ? 0 : x > 620 ? 1 : x > 280 ? 2 : x > 150 ? 3 : 4;
}

static void
add_award(sim_rng *rng, int type, const char *name, int year, const char *scope, sim_person *p)
{
    if (p->n_award == SIM_MAX_AWARD) {
        return;
    }
    sim_award *a = &p->award[p->n_award++];
    *a = (sim_award){.type = type,
                     .name = name,
                     .year = year,
                     .scope = scope,
                     .decree_day = tp_day_of(year, 8, 17)};
    sim_decree(a->decree, sizeof a->decree, "KEP-", rng, a->decree_day);
}

static void
make_awards(const sim_world *w, const sim_core *c, int effort, sim_rng *rng, sim_person *p)
{
    static const char *const MEDAL[] = {"Satyalancana Karya Satya X Tahun",
                                        "Satyalancana Karya Satya XX Tahun",
                                        "Satyalancana Karya Satya XXX Tahun"};
    static const char *const SCOPE[] = {"instansi", "lintas_instansi", "nasional", "internasional"};
    static const char *const PRIZE[] = {"Pegawai Teladan Instansi", "Inovasi Pelayanan Bersama",
                                        "Penghargaan Inovasi Nasional",
                                        "International Public Service Prize"};
    const int entry = tp_day_split(c->cpns).year;
    for (int i = 0; i < 3; i++) {
        const int year = entry + 10 * (i + 1) + sim_range(rng, 0, 1);
        if (year < w->as_of_year && sim_below(rng, 100) < 75) {
            add_award(rng, 201 + i, MEDAL[i], year, "instansi", p);
        }
    }
    if ((int)sim_below(rng, 1000) < effort * 9 / 10) {
        const int x = effort + sim_range(rng, -250, 250);
        const size_t s = x > 900 ? 3 : x > 640 ? 2 : x > 430 ? 1 : 0;
        add_award(rng, s == 2 ? 304 : 0, PRIZE[s], w->as_of_year - sim_range(rng, 1, 6), SCOPE[s],
                  p);
    }
}

static void
draw_sanction(sim_discipline *d, bool new_law, sim_rng *rng)
{
    static const int R[] = {1, 2, 3};
    static const int S_NEW[][2] = {{23, 6}, {24, 9}, {25, 12}};
    static const int S_OLD[][2] = {{4, 12}, {7, 12}, {8, 12}};
    static const int B_NEW[][2] = {{27, 12}, {28, 12}, {27, 12}};
    static const int B_OLD[][2] = {{13, 0}, {14, 36}, {9, 0}};
    const uint32_t x = sim_below(rng, 100);
    const uint32_t i = sim_below(rng, 3);
    d->level = x < 55 ? 'R' : x < 85 ? 'S' : 'B';
    if (d->level == 'R') {
        d->type = R[i];
        return;
    }
    const int *pick = d->level == 'S' ? (new_law ? S_NEW[i] : S_OLD[i])
                      : new_law       ? B_NEW[i]
                                      : B_OLD[i];
    d->type = pick[0];
    d->months = pick[1];
}

static void
make_discipline(const sim_world *w, const sim_core *c, sim_rng *rng, sim_person *p)
{
    if (sim_below(rng, 1000) >= 65) {
        return;
    }
    sim_discipline *d = &p->discipline[p->n_discipline++];
    *d = (sim_discipline){
        .end = SIM_NO_DAY, .annul_day = SIM_NO_DAY, .ground = "Pelanggaran ketentuan jam kerja"};
    int ago = sim_below(rng, 100) < 30 ? sim_range(rng, 20, 300) : sim_range(rng, 300, 3000);
    ago = w->anchor - ago < c->cpns ? 20 : ago;
    d->start = w->anchor - ago;
    const bool new_law = d->start >= tp_day_of(2021, 8, 31);
    d->regulation = new_law ? "94" : "53";
    draw_sanction(d, new_law, rng);
    if (d->months > 0 && sim_below(rng, 100) < 80) {
        d->end = tp_day_add_months(d->start, d->months);
    }
    d->decree_day = d->start - sim_range(rng, 1, 20);
    sim_decree(d->decree, sizeof d->decree, "HD-", rng, d->decree_day);
    const uint32_t x = sim_below(rng, 100);
    d->appeal = x >= 92 && ago < 400;
    if (x < 8) {
        d->annul_day = d->start + sim_range(rng, 10, 19);
        sim_decree(d->annul, sizeof d->annul, "BTL-", rng, d->annul_day);
    }
}

bool
sim_files_integrity(const sim_core *c)
{
    return c->stratum != SIM_S_JF;
}

static void
make_integrity(const sim_world *w, const sim_core *c, sim_rng *rng, sim_person *p)
{
    if (!sim_files_integrity(c)) {
        return;
    }
    const bool lhkpn = p->tier >= SIM_TIER_PRATAMA;
    for (int i = 0; i < SIM_MAX_INTEGRITY; i++) {
        sim_integrity *r = &p->integrity[p->n_integrity++];
        const int year = w->as_of_year - 1 - i;
        *r = (sim_integrity){.year = year,
                             .obliged = true,
                             .status = "LENGKAP",
                             .submitted = SIM_NO_DAY,
                             .verified = SIM_NO_DAY,
                             .type = lhkpn ? "LHKPN" : "LHKASN"};
        const int32_t day = tp_day_of(year + 1, 1, 5) + sim_range(rng, 0, 82);
        const uint32_t x = sim_below(rng, 100);
        if (x < 5 || day >= w->recent) {
            r->status = "BELUM LAPOR";
            continue;
        }
        r->submitted = day;
        if (x < 9) {
            r->status = "BELUM LENGKAP";
        } else if (day + 60 < w->recent) {
            r->verified = day + sim_range(rng, 10, 55);
        }
    }
}

enum { CLEAN_STATEMENT = 1 << 2 }; /* of the kinds in make_dossier */

uint32_t
sim_documents(const sim_world *w, uint32_t person)
{
    sim_rng rng = sim_rng_of(w->seed, person, SIM_STREAM_RECORD + 65);
    if (sim_below(&rng, 100) < 40) {
        return sim_below(&rng, 100) < 80 ? CLEAN_STATEMENT : 0; /* given by list, not by person */
    }
    uint32_t set = 0;
    for (uint32_t i = 0; i < SIM_MAX_DOSSIER; i++) {
        set |= (sim_below(&rng, 100) < 93 ? 1u : 0u) << i;
    }
    return set;
}

/* One entry per document kind that exists; sub of a dossier row counts them in this order. */
static void
make_dossier(const sim_world *w, const sim_core *c, sim_rng *rng, sim_person *p)
{
    static const char *const KIND[] = {"health",          "drug_free", "clean_statement", "tax",
                                       "party_statement", "audit",     "case_statement"};
    const uint32_t set = sim_documents(w, c->index);
    for (uint32_t i = 0; i < SIM_MAX_DOSSIER; i++) {
        if ((set >> i & 1) == 0) {
            continue;
        }
        const bool old = sim_below(rng, 100) < 8;
        const int32_t day = w->recent - (old ? sim_range(rng, 220, 600) : sim_range(rng, 2, 75));
        p->dossier[p->n_dossier++] =
            (sim_document){KIND[i], day, sim_below(rng, 100) < 97 ? "ya" : "tidak"};
    }
}

void
sim_record_make(const sim_world *w, const sim_core *c, sim_person *p)
{
    sim_rng rng = sim_rng_of(w->seed, c->index, SIM_STREAM_RECORD + 64);
    const int effort = sim_effort(w, c->index);
    make_teams(w, effort, &rng, p);
    make_awards(w, c, effort, &rng, p);
    make_discipline(w, c, &rng, p);
    make_integrity(w, c, &rng, p);
    make_dossier(w, c, &rng, p);
}
