/* Which records does a night's world hold, feed by feed, and whose are they? */
#include "tests/people/people.h"

#include <stdlib.h>

#include "tests/simulator/population.h"

/* What the program reads of a person from each feed (config/sources). */
enum {
    SHOWS_NIP = 1,
    SHOWS_OLD = 2,
    SHOWS_NIK = 4,
    SHOWS_SIASN = 8,
    SHOWS_BORN = 16,
    SHOWS_SEX = 32,
    SHOWS_AGENCY = 64,
    SHOWS_CPNS = 128,
    SHOWS_DEATH = 256,
    SHOWS_FULL = 512, /* the name with its titles in one */
    SHOWS_WORK = 1024
};

static const uint32_t SHOWS[SIM_FEEDS] = {
    [SIM_FEED_SIASN] = SHOWS_NIP | SHOWS_OLD | SHOWS_NIK | SHOWS_SIASN | SHOWS_BORN | SHOWS_SEX |
                       SHOWS_CPNS | SHOWS_DEATH | SHOWS_WORK,
    [SIM_FEED_ROSTER] = SHOWS_NIP | SHOWS_OLD | SHOWS_NIK | SHOWS_SIASN | SHOWS_BORN | SHOWS_SEX |
                        SHOWS_CPNS | SHOWS_AGENCY | SHOWS_WORK,
    [SIM_FEED_SIMPEG] = SHOWS_NIP | SHOWS_NIK | SHOWS_BORN | SHOWS_SEX | SHOWS_AGENCY,
    [SIM_FEED_TALENTA] = SHOWS_NIP,
    [SIM_FEED_ASESMEN] = SHOWS_NIP,
    [SIM_FEED_ALUMNI] = SHOWS_NIP,
    [SIM_FEED_KINERJA] = SHOWS_NIP | SHOWS_BORN,
    [SIM_FEED_LHKPN] = SHOWS_NIP | SHOWS_NIK | SHOWS_FULL,
    [SIM_FEED_DOSSIER] = SHOWS_NIP,
    [SIM_FEED_DUKCAPIL] = SHOWS_NIP | SHOWS_NIK | SHOWS_BORN | SHOWS_SEX | SHOWS_DEATH,
    [SIM_FEED_PAKAR] = SHOWS_NIP,
};

typedef struct making {
    people *p;
    sim_world *w;
    people_plan plan;
    uint32_t source;
    sim_feed feed;
    bool failed;
} making;

static uint64_t
mix(uint64_t seed, uint64_t a, uint64_t b)
{
    return tp_hash_mix(seed ^ tp_hash_mix(a * 1024 + b));
}

static uint32_t
put_text(making *m, const char *text)
{
    uint32_t code = TP_NONE;
    if (text != NULL && text[0] != '\0' && !tp_intern_add(&m->p->text, tp_str_of(text), &code)) {
        m->failed = true;
    }
    return code;
}

static void
put_record(making *m, const people_record *r)
{
    people *p = m->p;
    if (p->n == p->cap) {
        const size_t cap = p->cap == 0 ? 4096 : 2 * p->cap;
        people_record *more = realloc(p->record, cap * sizeof *more);
        if (more == NULL) {
            m->failed = true;
            return;
        }
        p->record = more;
        p->cap = cap;
    }
    p->record[p->n++] = *r;
}

/* Is the person there tonight? Some come later, some leave. */
static bool
present(const making *m, uint32_t person)
{
    const people_options *o = &m->p->options;
    bool here = true;
    for (int t = 1; t <= o->night; t++) {
        here = here && mix(o->seed + 1, person, (uint64_t)t) % 1000000 >= o->edits_ppm / 4;
    }
    for (int t = 1; t <= 16; t++) { /* who comes in one of the nights to come is not there yet */
        const bool comes = mix(o->seed + 2, person, (uint64_t)t) % 1000000 < o->edits_ppm / 4;
        here = here && !(comes && t > o->night);
    }
    return here;
}

/* Edits of the nights up to this one: a letter exchanged, a number that goes, a date that comes. */
static void
edit(const making *m, const char *key, people_record *r, char name[2 * SIM_NAME])
{
    const people_options *o = &m->p->options;
    const uint64_t of = tp_hash_str(m->source, tp_str_of(key));
    for (int t = 1; t <= o->night; t++) {
        const uint64_t x = mix(o->seed + 3, of, (uint64_t)t);
        if (x % 1000000 >= o->edits_ppm) {
            continue;
        }
        const size_t n = strlen(name);
        switch (x >> 32 & 3) {
        case 0:
            if (n > 5) {
                const size_t at = 2 + (x >> 40) % (n - 4);
                const char c = name[at];
                name[at] = name[at + 1];
                name[at + 1] = c;
            }
            break;
        case 1:
            r->nip = TP_NONE;
            break;
        case 2:
            r->nik = TP_NONE;
            break;
        default:
            r->office = TP_NONE;
            r->cpns = SIM_NO_DAY;
        }
    }
}

static uint32_t
agency_text(making *m, uint32_t agency)
{
    return agency == SIM_NONE ? TP_NONE : put_text(m, sim_agency(m->w, agency)->quick_code);
}

/* A row with a name and an office only, as appraisal and course lists often are. */
static void
strip_row(making *m, const sim_person *p, people_record *r)
{
    const people_options *o = &m->p->options;
    const bool may =
        m->feed == SIM_FEED_ASESMEN || m->feed == SIM_FEED_ALUMNI || m->feed == SIM_FEED_KINERJA;
    if (may && (double)(mix(o->seed + 4, r->key, m->source) % 1000000) < o->bare * 1e6) {
        r->nip = TP_NONE;
        r->born = SIM_NO_DAY;
        r->agency = agency_text(m, p->agency);
    }
}

static void
write_record(making *m, const sim_row *row, const sim_person *p, const sim_view *v)
{
    const uint32_t shows = SHOWS[m->feed];
    char name[2 * SIM_NAME];
    sim_copy(name, sizeof name, (shows & SHOWS_FULL) != 0 ? v->full_name : v->name);
    people_record r = {
        .source = m->source,
        .person = p->index,
        .key = put_text(m, row->key),
        .nip = (shows & SHOWS_NIP) != 0 ? put_text(m, v->nip) : TP_NONE,
        .old_nip = TP_NONE,
        .nik = (shows & SHOWS_NIK) != 0 ? put_text(m, v->nik) : TP_NONE,
        .siasn = (shows & SHOWS_SIASN) != 0 ? put_text(m, p->siasn_id) : TP_NONE,
        .agency = (shows & SHOWS_AGENCY) != 0 ? agency_text(m, v->agency) : TP_NONE,
        .office = (shows & SHOWS_WORK) != 0 ? agency_text(m, p->position.agency) : TP_NONE,
        .born = (shows & SHOWS_BORN) != 0 ? v->born : SIM_NO_DAY,
        .died = (shows & SHOWS_DEATH) != 0 ? v->died : SIM_NO_DAY,
        .cpns = (shows & SHOWS_CPNS) != 0 ? p->cpns : SIM_NO_DAY,
        .defects = v->defects,
        .sex = (shows & SHOWS_SEX) == 0 ? 0
               : v->sex == 'M'          ? 1
               : v->sex == 'F'          ? 2
                                        : 0,
    };
    const bool old_only = m->feed == SIM_FEED_SIMPEG && p->index < m->plan.n &&
                          m->plan.trap[p->index] == PEOPLE_OLD_ONLY + 1;
    if ((shows & SHOWS_OLD) != 0 || old_only) {
        r.old_nip = put_text(m, v->old_nip);
    }
    if (p->agency == SIM_NONE) { /* a stranger has no office */
        r.office = TP_NONE;
        r.cpns = SIM_NO_DAY;
    }
    strip_row(m, p, &r);
    edit(m, row->key, &r, name);
    r.name = put_text(m, name);
    put_record(m, &r);
}

/* Ordinal of a source by its id, new if need be; sorted at the end. */
static uint32_t
source_of(making *m, const char *id, sim_feed feed)
{
    people *p = m->p;
    for (uint32_t s = 0; s < p->n_sources; s++) {
        if (strcmp(p->source[s].id, id) == 0) {
            return s;
        }
    }
    if (p->n_sources == p->cap_sources) {
        const uint32_t cap = p->cap_sources == 0 ? 32 : 2 * p->cap_sources;
        people_source *more = realloc(p->source, cap * sizeof *more);
        if (more == NULL) {
            m->failed = true;
            return 0;
        }
        p->source = more;
        p->cap_sources = cap;
    }
    people_source *s = &p->source[p->n_sources];
    *s = (people_source){.feed = feed};
    sim_copy(s->id, sizeof s->id, id);
    return p->n_sources++;
}

static bool
wanted(const making *m, uint32_t person)
{
    const people_options *o = &m->p->options;
    return (!o->only || m->plan.trap[person] != 0) &&
           ((o->night == 0 && o->edits_ppm == 0) || present(m, person));
}

static people_trap
trap_of(const making *m, uint32_t person)
{
    return m->plan.trap[person] != 0 ? (people_trap)(m->plan.trap[person] - 1) : PEOPLE_TRAPS;
}

/* One row of a feed: the person as truth and trap have it, as the feed shows it, as a record. */
static void
show_row(making *m, uint32_t agency, const sim_row *row)
{
    sim_person p;
    sim_view v;
    sim_person_make(m->w, row->person, &p);
    people_trap_person(m->w, &m->plan, &p);
    sim_view_make(m->w, m->feed, agency, row, &p, &v);
    people_trap_view(m->w, &m->plan, m->feed, &p, &v);
    write_record(m, row, &p, &v);
}

static uint32_t
next_agency(const making *m, uint32_t agency)
{
    return (agency + 1) % sim_agency_count(m->w);
}

/* The row under another agency's code: sent twice, sent by the wrong one, or left from before. */
static void
show_elsewhere(making *m, uint32_t agency, const sim_row *row, people_trap trap)
{
    char id[40];
    char code[16];
    sim_row other = *row;
    const uint32_t home = m->source;
    const uint32_t there = next_agency(m, agency);
    sim_copy(code, sizeof code,
             sim_agency(m->w, trap == PEOPLE_TWICE ? agency : there)->quick_code);
    sim_text t = sim_text_on(id, sizeof id);
    sim_put(&t, "simpeg-");
    sim_put(&t, code);
    if (trap == PEOPLE_TWICE) {
        sim_put(&t, "9");
    } else {
        sim_text k = sim_text_on(other.key, sizeof other.key);
        sim_put(&k, trap == PEOPLE_FOREIGN ? "F" : "L");
        sim_put(&k, row->key);
    }
    m->source = source_of(m, id, SIM_FEED_SIMPEG);
    show_row(m, agency, &other);
    if (!m->failed && m->p->n > 0) {
        people_record *r = &m->p->record[m->p->n - 1];
        r->agency = put_text(m, strchr(id, '-') + 1);
    }
    m->source = home;
}

static void
show_feed(making *m, sim_feed feed, uint32_t agency)
{
    char id[40];
    m->feed = feed;
    m->source = source_of(m, sim_source_id(m->w, feed, agency, id), feed);
    const uint64_t space = sim_feed_space(m->w, feed, agency);
    for (uint64_t at = 0; at < space && !m->failed; at++) {
        sim_row row;
        if (!sim_feed_at(m->w, feed, agency, at, &row) || (row.copy != 0 && row.copy != 3) ||
            !wanted(m, row.person)) {
            continue;
        }
        const people_trap trap = trap_of(m, row.person);
        const bool second = trap == PEOPLE_REGISTRY && m->plan.place[row.person] != 0;
        const bool moves = trap == PEOPLE_MOVED || trap == PEOPLE_TWICE || trap == PEOPLE_FOREIGN;
        if (second) {
            continue; /* a stranger stands in the registry alone: see show_strangers */
        }
        if (feed != SIM_FEED_SIMPEG || trap != PEOPLE_FOREIGN) {
            show_row(m, agency, &row);
        }
        if (feed == SIM_FEED_SIMPEG && moves) {
            show_elsewhere(m, agency, &row, trap);
        }
    }
}

/* The registry's rows of people who are no officials but bear an official's name and day. */
static void
show_strangers(making *m)
{
    m->feed = SIM_FEED_DUKCAPIL;
    m->source = source_of(m, "dukcapil", SIM_FEED_DUKCAPIL);
    for (uint32_t i = 0; i < m->plan.n; i++) {
        if (trap_of(m, i) == PEOPLE_REGISTRY && m->plan.place[i] != 0 && wanted(m, i)) {
            sim_row row = {.person = i};
            sim_text t = sim_text_on(row.key, sizeof row.key);
            sim_put(&t, "c-trap-");
            sim_put_num(&t, i, 8);
            show_row(m, 0, &row);
        }
    }
}

static int
by_source(const void *x, const void *y)
{
    return strcmp(((const people_source *)x)->id, ((const people_source *)y)->id);
}

static tp_code
order_sources(making *m, tp_err *err)
{
    people *p = m->p;
    people_source *before = malloc((p->n_sources + 1) * sizeof *before);
    uint32_t *to = malloc((p->n_sources + 1) * sizeof *to);
    if (before == NULL || to == NULL) {
        free(before);
        free(to);
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for %u sources", p->n_sources);
    }
    memcpy(before, p->source, p->n_sources * sizeof *before);
    qsort(p->source, p->n_sources, sizeof *p->source, by_source);
    for (uint32_t s = 0; s < p->n_sources; s++) {
        const people_source *at =
            bsearch(&before[s], p->source, p->n_sources, sizeof *at, by_source);
        to[s] = (uint32_t)(at - p->source);
    }
    for (size_t i = 0; i < p->n; i++) {
        p->record[i].source = to[p->record[i].source];
    }
    free(before);
    free(to);
    return TP_OK;
}

static void
set_flags(making *m)
{
    for (uint32_t i = 0; i < m->p->n_persons; i++) {
        sim_person p;
        sim_person_make(m->w, i, &p);
        people_trap_person(m->w, &m->plan, &p);
        const tp_ymd b = tp_day_split(p.born);
        m->p->flags[i] = (p.traps & 0xffff) | (p.female ? PEOPLE_WOMAN : 0) |
                         (p.status == SIM_STATUS_PPPK ? PEOPLE_PPPK : 0) |
                         (p.candidate ? PEOPLE_CANDIDATE : 0) |
                         (p.kind == SIM_KIND_STRANGER ? PEOPLE_STRANGER : 0) |
                         (p.kind == SIM_KIND_GHOST ? PEOPLE_GHOST : 0) |
                         (b.month == 1 && b.day == 1 ? PEOPLE_NEW_YEAR : 0) |
                         (m->plan.trap[i] != 0 ? PEOPLE_TRAPPED : 0);
    }
}

static tp_code
fill(making *m, tp_err *err)
{
    people *p = m->p;
    TP_RETURN_SAME(people_plan_make(m->w, &p->options, &m->plan, err));
    p->n_persons = sim_people(m->w);
    p->flags = calloc(p->n_persons, sizeof *p->flags);
    if (p->flags == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for %u people", p->n_persons);
    }
    for (int f = 0; f < SIM_FEEDS; f++) {
        const uint32_t agencies = f == SIM_FEED_SIMPEG ? sim_agency_count(m->w) : 1;
        for (uint32_t k = 0; k < agencies; k++) {
            show_feed(m, (sim_feed)f, k);
        }
    }
    show_strangers(m);
    set_flags(m);
    if (m->failed) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for %zu records", p->n);
    }
    return order_sources(m, err);
}

tp_code
people_make(const people_options *options, people *out, tp_err *err)
{
    *out = (people){.options = *options};
    people_options *o = &out->options;
    if (o->agencies == 0) {
        o->agencies = o->people / 500 < 4 ? 4 : o->people / 500 > 600 ? 600 : o->people / 500;
    }
    const sim_options world = {.seed = o->seed,
                               .people = o->people,
                               .agencies = o->agencies,
                               .as_of = tp_day_of(2026, 3, 1),
                               .dirt = o->dirt,
                               .accidents = o->accidents,
                               .codes_dir = o->codes_dir};
    making m = {.p = out};
    TP_RETURN_SAME(sim_world_open(&world, &m.w, err));
    const tp_code rc = fill(&m, err);
    people_plan_clear(&m.plan);
    sim_world_close(m.w);
    if (rc != TP_OK) {
        people_clear(out);
    }
    return rc;
}

void
people_clear(people *p)
{
    tp_intern_clear(&p->text);
    free(p->record);
    free(p->source);
    free(p->flags);
    *p = (people){0};
}
