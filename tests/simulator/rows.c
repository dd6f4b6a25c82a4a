/* Which rows does each feed hold, in which order, under which key, and whose are they? */
#include "tests/simulator/population.h"

enum { COURSES = 4, EVENTS = 2 };

/* A rate in ppm of a feed's rows that are missing or doubled, by the world's dirt. */
static bool
happens(const sim_world *w, sim_feed feed, uint64_t what, uint32_t salt, uint32_t ppm)
{
    sim_rng rng = sim_rng_of(w->seed, what * SIM_FEEDS + (uint64_t)feed, SIM_STREAM_ROWS + salt);
    return sim_chance(&rng, sim_scaled(w, ppm, 100));
}

static uint32_t
doubles(const sim_world *w, uint64_t n, uint32_t ppm)
{
    const uint64_t x = n * sim_scaled(w, ppm, 100) / 1000000;
    return (uint32_t)(x == 0 && w->options.dirt > 0 && n > 50 ? 1 : x);
}

/* Rows another agency still lists of people who came to it from agency k: see sim_former_agency. */
static uint32_t
transfer_turns(const sim_world *w)
{
    uint32_t most = 0;
    for (uint32_t k = 0; k < w->n_agencies; k++) {
        most = w->agency[k].n > most ? w->agency[k].n : most;
    }
    const uint32_t per = w->n_agencies > 1 ? w->n_agencies - 1 : 1;
    return 1 + most / SIM_TRANSFER_EVERY / per;
}

static uint64_t
simpeg_space(const sim_world *w, uint32_t k)
{
    const sim_agency_in *a = &w->agency[k];
    const uint64_t moved = w->n_agencies > 1 ? (uint64_t)w->n_agencies * transfer_turns(w) : 0;
    return a->n + a->ghosts + moved + doubles(w, a->n, 3000);
}

uint64_t
sim_feed_space(const sim_world *world, sim_feed feed, uint32_t agency)
{
    const uint64_t n = world->n_candidates;
    switch (feed) {
    case SIM_FEED_ROSTER:
        return world->options.people + (uint64_t)doubles(world, world->options.people, 1000);
    case SIM_FEED_SIMPEG:
        return simpeg_space(world, agency);
    case SIM_FEED_TALENTA:
        return world->agency[sim_talenta_agency(world)].info.candidates;
    case SIM_FEED_ASESMEN:
        return n * EVENTS;
    case SIM_FEED_ALUMNI:
        return n * COURSES;
    case SIM_FEED_LHKPN:
        return n * SIM_MAX_INTEGRITY;
    case SIM_FEED_DOSSIER:
        return n * SIM_MAX_DOSSIER;
    case SIM_FEED_DUKCAPIL:
        return world->options.people + (uint64_t)(world->n_all - world->strangers_at);
    default:
        return n;
    }
}

void
sim_row_key(const sim_world *w, sim_feed feed, uint32_t person, uint32_t sub, char out[24])
{
    static const char *const HEAD[SIM_FEEDS] = {"",   "",   "",   "",   "as-", "REG-",
                                                "k-", "l-", "d-", "c-", "e-"};
    sim_text t = sim_text_on(out, 24);
    sim_put(&t, HEAD[feed]);
    sim_put_hex(&t, tp_hash_mix(w->seed ^ ((uint64_t)person << 16 | sub << 8 | (uint64_t)feed)),
                16);
}

static void
siasn_key(const sim_world *w, uint32_t person, char out[40])
{
    sim_text t = sim_text_on(out, 40);
    sim_put_hex(&t, tp_hash_mix(w->seed ^ person), 16);
    sim_put_hex(&t, tp_hash_mix(tp_hash_mix(w->seed) ^ person), 16);
}

static void
simpeg_key(char kind, uint64_t number, char out[40])
{
    sim_text t = sim_text_on(out, 40);
    sim_put(&t, "P-");
    if (kind != 'P') {
        sim_put_char(&t, kind);
    }
    sim_put_num(&t, number, kind == 'P' ? 6 : 5);
}

static bool
simpeg_own(const sim_world *w, uint32_t k, uint32_t local, sim_row *out)
{
    const uint32_t person = w->agency[k].info.first + local;
    if (happens(w, SIM_FEED_SIMPEG, person, 0, 7000)) {
        return false;
    }
    *out = (sim_row){.person = person};
    simpeg_key('P', local + 1, out->key);
    return true;
}

/* People who left agency k for agency m and whom k still lists. */
static bool
simpeg_moved(const sim_world *w, uint32_t k, uint64_t at, sim_row *out)
{
    const uint32_t m = (uint32_t)(at % w->n_agencies);
    const uint32_t turn = (uint32_t)(at / w->n_agencies);
    const uint32_t per = w->n_agencies - 1;
    if (m == k || w->options.dirt <= 0) {
        return false;
    }
    const uint32_t step = (k + w->n_agencies - m) % w->n_agencies; /* 1 .. per */
    const uint64_t local =
        SIM_TRANSFER_AT + (uint64_t)SIM_TRANSFER_EVERY * (step - 1 + (uint64_t)turn * per);
    if (local >= w->agency[m].n) {
        return false;
    }
    *out = (sim_row){.person = w->agency[m].info.first + (uint32_t)local, .copy = 3};
    simpeg_key('L', at + 1, out->key);
    return true;
}

static bool
simpeg_at(const sim_world *w, uint32_t k, uint64_t row, sim_row *out)
{
    const sim_agency_in *a = &w->agency[k];
    if (row < a->n) {
        return simpeg_own(w, k, (uint32_t)row, out);
    }
    row -= a->n;
    if (row < a->ghosts) {
        *out = (sim_row){.person = w->ghosts_at + a->ghosts_first + (uint32_t)row};
        simpeg_key('G', row + 1, out->key);
        return true;
    }
    row -= a->ghosts;
    const uint64_t moved = w->n_agencies > 1 ? (uint64_t)w->n_agencies * transfer_turns(w) : 0;
    if (row < moved) {
        return simpeg_moved(w, k, row, out);
    }
    row -= moved;
    const uint64_t pick = sim_hash(w->seed, (uint64_t)k << 32 | row, SIM_STREAM_ROWS + 1);
    if (!simpeg_own(w, k, (uint32_t)(pick % a->n), out)) {
        return false;
    }
    out->copy = 1 + (uint32_t)(row % 2);
    return true;
}

static bool
roster_at(const sim_world *w, uint64_t row, sim_row *out)
{
    uint32_t person = (uint32_t)row;
    uint32_t copy = 0;
    if (row >= w->options.people) {
        person = (uint32_t)(sim_hash(w->seed, row, SIM_STREAM_ROWS + 2) % w->options.people);
        copy = 1 + (uint32_t)(row % 2);
    }
    if (happens(w, SIM_FEED_ROSTER, person, 0, 2000)) {
        return false;
    }
    *out = (sim_row){.person = person, .copy = copy};
    siasn_key(w, person, out->key);
    return true;
}

static bool
dukcapil_at(const sim_world *w, uint64_t row, sim_row *out)
{
    const bool stranger = row >= w->options.people;
    const uint32_t person =
        stranger ? w->strangers_at + (uint32_t)(row - w->options.people) : (uint32_t)row;
    if (!stranger) {
        const uint64_t x = sim_hash(w->seed, person, SIM_STREAM_ROWS + 3) % 100;
        if (x >= 15 && !(sim_is_candidate(w, person) && x < 98)) {
            return false;
        }
    }
    *out = (sim_row){.person = person};
    sim_row_key(w, SIM_FEED_DUKCAPIL, person, 0, out->key);
    return true;
}

static void
talenta_key(const sim_world *w, uint32_t person, char out[40])
{
    sim_core c;
    char nip[20];
    char former[20];
    int32_t born;
    sim_core_make(w, person, &c);
    sim_nip_write(c.born, c.cpns, c.appointment, c.female, c.serial, nip);
    sim_former_nip(w, &c, former, &born);
    sim_copy(out, 40, former[0] != '\0' ? former : nip);
}

static uint32_t
count_bits(uint32_t set)
{
    uint32_t n = 0;
    for (; set != 0; set &= set - 1) {
        n++;
    }
    return n;
}

/* Does the candidate have a row number `sub` in this feed? */
static bool
candidate_has(const sim_world *w, sim_feed feed, uint32_t person, uint32_t sub)
{
    const char *level[4];
    sim_core c;
    switch (feed) {
    case SIM_FEED_ASESMEN:
        return sub < (uint32_t)sim_assessments(w, person);
    case SIM_FEED_ALUMNI:
        sim_core_make(w, person, &c);
        return sub < (uint32_t)sim_leadership(w, &c, level) &&
               !happens(w, feed, (uint64_t)person * 8 + sub, 0, 20000);
    case SIM_FEED_LHKPN:
        sim_core_make(w, person, &c);
        return sim_files_integrity(&c) && !happens(w, feed, (uint64_t)person * 8 + sub, 0, 20000);
    case SIM_FEED_DOSSIER:
        return sub < count_bits(sim_documents(w, person));
    case SIM_FEED_PAKAR:
        return sim_expert(w, person);
    case SIM_FEED_KINERJA:
        return !happens(w, feed, person, 0, 15000);
    default:
        return !happens(w, feed, person, 0, 5000);
    }
}

static uint32_t
subs_of(sim_feed feed)
{
    return feed == SIM_FEED_ASESMEN   ? EVENTS
           : feed == SIM_FEED_ALUMNI  ? COURSES
           : feed == SIM_FEED_LHKPN   ? SIM_MAX_INTEGRITY
           : feed == SIM_FEED_DOSSIER ? SIM_MAX_DOSSIER
                                      : 1;
}

static bool
candidate_row(const sim_world *w, sim_feed feed, uint32_t person, uint32_t sub, sim_row *out)
{
    if (!candidate_has(w, feed, person, sub)) {
        return false;
    }
    *out = (sim_row){.person = person, .sub = sub};
    if (feed == SIM_FEED_SIASN) {
        siasn_key(w, person, out->key);
    } else if (feed == SIM_FEED_TALENTA) {
        talenta_key(w, person, out->key);
    } else {
        sim_row_key(w, feed, person, sub, out->key);
    }
    return true;
}

bool
sim_feed_at(const sim_world *world, sim_feed feed, uint32_t agency, uint64_t row, sim_row *out)
{
    if (row >= sim_feed_space(world, feed, agency)) {
        return false;
    }
    if (feed == SIM_FEED_ROSTER) {
        return roster_at(world, row, out);
    }
    if (feed == SIM_FEED_SIMPEG) {
        return simpeg_at(world, agency, row, out);
    }
    if (feed == SIM_FEED_DUKCAPIL) {
        return dukcapil_at(world, row, out);
    }
    const uint32_t subs = subs_of(feed);
    const uint32_t base =
        feed == SIM_FEED_TALENTA ? world->agency[sim_talenta_agency(world)].candidates_first : 0;
    const uint32_t person = sim_candidate(world, base + (uint32_t)(row / subs));
    return candidate_row(world, feed, person, (uint32_t)(row % subs), out);
}

uint64_t
sim_feed_count(const sim_world *world, sim_feed feed, uint32_t agency)
{
    const uint64_t space = sim_feed_space(world, feed, agency);
    uint64_t n = 0;
    for (uint64_t row = 0; row < space; row++) {
        sim_row r;
        n += sim_feed_at(world, feed, agency, row, &r);
    }
    return n;
}

bool
sim_feed_row_of(const sim_world *world, sim_feed feed, uint32_t person, sim_row *out)
{
    if (!sim_is_candidate(world, person)) {
        return false;
    }
    if (feed == SIM_FEED_TALENTA && sim_agency_of(world, person) != sim_talenta_agency(world)) {
        return false;
    }
    return candidate_row(world, feed, person, 0, out);
}

bool
sim_removed_at(const sim_world *world, uint32_t agency, uint32_t i, char out_key[40])
{
    if (i >= 2) {
        return false;
    }
    simpeg_key('R', sim_hash(world->seed, agency, SIM_STREAM_ROWS + 4) % 90000 + i, out_key);
    return true;
}

const char *
sim_source_id(const sim_world *world, sim_feed feed, uint32_t agency, char out[24])
{
    static const char *const ID[SIM_FEEDS] = {"siasn",   "roster",   "simpeg-", "talenta",
                                              "asesmen", "alumni",   "kinerja", "lhkpn",
                                              "dossier", "dukcapil", "pakar"};
    sim_text t = sim_text_on(out, 24);
    sim_put(&t, ID[feed]);
    if (feed == SIM_FEED_SIMPEG) {
        sim_put(&t, world->agency[agency].info.quick_code);
    }
    return out;
}

static void
write_feed(const sim_world *w, sim_feed feed, uint32_t agency, FILE *out)
{
    char source[24];
    sim_source_id(w, feed, agency, source);
    const uint64_t space = sim_feed_space(w, feed, agency);
    for (uint64_t row = 0; row < space; row++) {
        sim_row r;
        if (sim_feed_at(w, feed, agency, row, &r) && (r.copy == 0 || r.copy == 3)) {
            fprintf(out, "%s,%s,%u\n", source, r.key, r.person);
        }
    }
}

tp_code
sim_truth_write(const sim_world *world, FILE *out, tp_err *err)
{
    fputs("source,source_key,person\n", out);
    for (int f = 0; f < SIM_FEEDS; f++) {
        const uint32_t agencies = f == SIM_FEED_SIMPEG ? world->n_agencies : 1;
        for (uint32_t k = 0; k < agencies; k++) {
            write_feed(world, (sim_feed)f, k, out);
        }
    }
    if (fflush(out) != 0 || ferror(out)) {
        TP_RETURN_ERR(err, TP_E_IO, "cannot write the truth file; is the disk full?");
    }
    return TP_OK;
}
