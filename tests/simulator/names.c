/* What is person i called, what did they study, and which national number do they carry? */
#include "tests/simulator/population.h"

/* A name that suits the birth year, where the list marks it. */
static const char *
pick_for_age(const sim_words *words, sim_rng *rng, int year)
{
    if (words->n == 0) {
        return NULL;
    }
    const sim_word *word = sim_pick_word(words, rng);
    for (int tries = 0; tries < 2 && word->cohort == 'y' && year < 1975; tries++) {
        word = sim_pick_word(words, rng);
    }
    return word->text;
}

static void
add_token(sim_person *p, const char *text)
{
    if (text == NULL || p->n_tokens == (int)TP_COUNT(p->token)) {
        return;
    }
    if (p->n_tokens > 0 && strcmp(p->token[p->n_tokens - 1], text) == 0) {
        return;
    }
    p->token[p->n_tokens++] = text;
}

static void
add_piece(const sim_codes *c, const sim_pattern *pat, int i, sim_rng *rng, sim_person *p, int year)
{
    const int s = p->female;
    switch (pat->kind[i]) {
    case SIM_PIECE_GIVEN: {
        const sim_words *given = &c->given[pat->piece_group[i]][s];
        add_token(p, pick_for_age(given->n > 0 ? given : &c->given[0][s], rng, year));
        break;
    }
    case SIM_PIECE_SECOND:
        add_token(p, sim_pick(&c->second[s], rng));
        break;
    case SIM_PIECE_FAMILY:
        add_token(p, sim_pick(&c->family[pat->group], rng));
        break;
    case SIM_PIECE_BIRTH_ORDER: {
        const uint32_t order = sim_below(rng, 4);
        const int n = c->n_birth_order[order];
        add_token(p, n > 0 ? c->birth_order[order][sim_below(rng, (uint32_t)n)] : "Putu");
        p->traps |= SIM_TRAP_BALI;
        break;
    }
    case SIM_PIECE_CASTE:
        add_token(p,
                  c->n_caste[s] > 0 ? c->caste[s][sim_below(rng, (uint32_t)c->n_caste[s])] : "I");
        p->traps |= SIM_TRAP_BALI;
        break;
    default:
        add_token(p, pat->literal[i]);
    }
}

static void
compose(sim_person *p)
{
    sim_text t = sim_text_on(p->name, sizeof p->name);
    for (int i = 0; i < p->n_tokens; i++) {
        if (i > 0) {
            sim_put_char(&t, ' ');
        }
        sim_put(&t, p->token[i]);
    }
    if (p->n_tokens == 1) {
        p->traps |= SIM_TRAP_SINGLE_NAME;
    }
}

/* Province whose customs name the person: mostly the agency's. */
static int
home_province(const sim_world *w, const sim_core *c, sim_rng *rng)
{
    const int own = c->agency != SIM_NONE ? w->agency[c->agency].province : 0;
    if (own != 0 && sim_below(rng, 100) < 82) {
        return own;
    }
    /* half of the rest from the five provinces of Java */
    static const int JAVA[] = {32, 33, 35, 31, 34};
    return sim_below(rng, 2) == 0
               ? JAVA[sim_below(rng, TP_COUNT(JAVA))]
               : w->codes.provinces[sim_below(rng, (uint32_t)w->codes.n_provinces)];
}

void
sim_name_make(const sim_world *w, const sim_core *c, sim_person *p)
{
    /* whose name it is: namesakes, children and shadows carry another's */
    uint32_t owner = c->index;
    if ((c->traps & (SIM_TRAP_NAMESAKE | SIM_TRAP_PARENT)) != 0) {
        owner = c->index & ~1u;
    } else if ((c->traps & SIM_TRAP_SHADOW) != 0) {
        owner = c->local;
    }
    const bool twin = (c->traps & SIM_TRAP_TWIN) != 0;
    sim_rng rng = sim_rng_of(w->seed, twin ? c->index & ~1u : owner, SIM_STREAM_NAME);
    const bool shadow = (c->traps & SIM_TRAP_SHADOW) != 0;
    sim_core like = *c;
    if (shadow) {
        like.agency = sim_agency_of(w, owner);
    }
    const int province = home_province(w, &like, &rng);
    const sim_pattern_list *list = &w->codes.by_province[province][p->female];
    /* one name for two birth years must not depend on the year */
    const bool shared = (c->traps & (SIM_TRAP_TWIN | SIM_TRAP_NAMESAKE | SIM_TRAP_PARENT)) != 0;
    const int year = shared ? 1980 : tp_day_split(c->born).year;
    uint32_t at = 0;
    const uint32_t x = list->n > 0 ? sim_below(&rng, list->upto[list->n - 1]) : 0;
    while (at + 1 < list->n && list->upto[at] <= x) {
        at++;
    }
    const sim_pattern *pat = &w->codes.pattern[list->n > 0 ? list->pattern[at] : 0];
    p->n_tokens = 0;
    p->ethnic = w->codes.group[pat->group];
    const bool older = year < 1985;
    for (int i = 0; i < pat->n; i++) {
        add_piece(&w->codes, pat, i, &rng, p, year);
    }
    if (p->n_tokens == 1 && !older && sim_below(&rng, 100) < 70) {
        add_token(p, sim_pick(&w->codes.second[p->female], &rng));
    }
    if (twin && c->index % 2 == 1) {
        /* names alike: one token differs */
        sim_rng own = sim_rng_of(w->seed, c->index, SIM_STREAM_NAME);
        const char *other = sim_pick(&w->codes.second[p->female], &own);
        p->token[p->n_tokens > 1 ? p->n_tokens - 1 : 0] = other;
    }
    compose(p);
}

void
sim_nik_make(const sim_world *w, const sim_core *c, sim_person *p)
{
    const bool twin = (c->traps & SIM_TRAP_TWIN) != 0;
    const uint32_t owner = twin ? c->index & ~1u : c->index;
    sim_rng rng = sim_rng_of(w->seed, owner, SIM_STREAM_REGION);
    int province = c->agency != SIM_NONE ? w->agency[c->agency].province : 0;
    if (province == 0 || sim_below(&rng, 100) < 20) {
        province = w->codes.provinces[sim_below(&rng, (uint32_t)w->codes.n_provinces)];
    }
    const uint32_t n = w->codes.districts[province];
    const sim_region *r =
        &w->codes.region[n > 0 ? w->codes.district_first[province] + sim_below(&rng, n) : 0];
    p->region = r->code;
    p->birthplace = r->short_name;
    const tp_ymd b = tp_day_split(c->born);
    const uint32_t district = 1 + (twin ? owner / 2 : c->in_day) % 25;
    uint32_t serial = 1 + 6 * (c->in_day / 25) + (uint32_t)c->stratum;
    serial = c->stratum == SIM_S_PNS ? serial - SIM_S_PNS : serial + 1;
    if ((c->traps & (SIM_TRAP_TWIN | SIM_TRAP_NAMESAKE)) != 0 || c->kind != SIM_KIND_SERVANT) {
        serial = 500 + (uint32_t)(sim_hash(w->seed, owner, SIM_STREAM_REGION + 64) % 8000);
        serial += twin ? c->index % 2 : 0;
    }
    sim_text t = sim_text_on(p->nik, sizeof p->nik);
    sim_put_n(&t, r->code, 2);
    sim_put_n(&t, strlen(r->code) >= 5 ? r->code + 3 : "01", 2);
    sim_put_num(&t, district, 2);
    sim_put_num(&t, (uint64_t)(b.day + (p->female ? 40 : 0)), 2);
    sim_put_num(&t, (uint64_t)b.month, 2);
    sim_put_num(&t, (uint64_t)(b.year % 100), 2);
    sim_put_num(&t, serial, 4);
}

static const char *
school_of(sim_rng *rng, int level)
{
    static const char *const UNI[] = {
        "Universitas Contoh Nusantara", "Universitas Contoh Negeri",
        "Institut Contoh Teknologi",    "Universitas Contoh Merdeka",
        "Sekolah Tinggi Contoh Bangsa", "Universitas Contoh Terbuka",
        "Universitas Contoh Pratama",   "Institut Contoh Pemerintahan"};
    static const char *const SCHOOL[] = {"SMA Contoh 1", "SMK Contoh 2", "SMA Contoh 3"};
    return level >= 20 ? UNI[sim_below(rng, TP_COUNT(UNI))]
                       : SCHOOL[sim_below(rng, TP_COUNT(SCHOOL))];
}

static void
level_names(int level, const char **id, const char **name)
{
    static const struct {
        int level;
        const char *id, *name;
    } L[] = {{10, "10", "SLTP"},
             {15, "15", "SLTA"},
             {17, "17", "SLTA Kejuruan"},
             {25, "25", "Diploma II"},
             {30, "30", "Diploma III/Sarjana Muda"},
             {35, "35", "Diploma IV"},
             {40, "40", "S-1/Sarjana"},
             {45, "45", "S-2"},
             {50, "50", "S-3/Doktor"}};
    for (size_t i = 0; i < TP_COUNT(L); i++) {
        if (L[i].level == level) {
            *id = L[i].id;
            *name = L[i].name;
        }
    }
}

/* The title a degree gives, with the old ones for those who graduated before 1994. */
static void
degree_title(const sim_field *f, int level, int year, bool female, sim_education *e)
{
    const char *title = "";
    e->title_front = false;
    if (level == 30) {
        title = "A.Md.";
    } else if (level == 35) {
        title = strcmp(f->code, "ilmu_pemerintahan") == 0 ? "S.STP" : "S.Tr.";
    } else if (level == 40) {
        const bool engineer =
            strcmp(f->cluster, "engineering") == 0 || strcmp(f->cluster, "agriculture") == 0;
        const bool law = strcmp(f->code, "hukum") == 0 || strcmp(f->cluster, "economics") == 0;
        e->title_front = year < 1994 && !law;
        title = !e->title_front ? f->s1_title : engineer ? "Ir." : female ? "Dra." : "Drs.";
    } else if (level == 45) {
        title = f->s2_title;
    } else if (level == 50) {
        title = "Dr.";
        e->title_front = true;
    }
    sim_copy(e->title, sizeof e->title, title);
}

static void
add_education(const sim_world *w, sim_person *p, const sim_field *f, int level, int year,
              sim_rng *rng)
{
    sim_education *e = &p->education[p->n_education++];
    *e = (sim_education){
        .year = year, .programme_id = "", .programme = "", .field = "", .level = ""};
    level_names(level, &e->level_id, &e->level);
    const uint32_t at = level == 35 ? 0 : level == 40 ? 1 : level == 45 ? 2 : 3;
    if (level >= 30) {
        e->field = f->code;
        e->programme = f->name;
    }
    if (level >= 35 && f->programmes[at] > 0) {
        const sim_programme *g =
            &w->codes.programme[f->programme[at] + sim_below(rng, f->programmes[at])];
        e->programme_id = g->id;
        e->programme = g->name;
    }
    e->school = school_of(rng, level);
    e->graduated = tp_day_of(year, sim_range(rng, 5, 10), sim_range(rng, 1, 28));
    e->first = p->n_education == 1;
    e->fresh = year >= w->as_of_year - 5;
    degree_title(f, level, year, p->female, e);
}

/* A field of study that serves the affair, or any. */
static const sim_field *
field_for(const sim_world *w, const char *affair, sim_rng *rng)
{
    const uint32_t from = sim_below(rng, w->codes.n_fields);
    if (affair != NULL && sim_below(rng, 100) < 72) {
        for (uint32_t i = 0; i < w->codes.n_fields; i++) {
            const sim_field *f = &w->codes.field[(from + i) % w->codes.n_fields];
            for (size_t a = 0; a < TP_COUNT(f->affair) && f->affair[a] != NULL; a++) {
                if (strcmp(f->affair[a], affair) == 0) {
                    return f;
                }
            }
        }
    }
    return &w->codes.field[from];
}

/* Levels at appointment and today, by the shares of reference-facts 7. */
static void
draw_levels(const sim_core *c, int entry_age, sim_rng *rng, int *out_first, int *out_top)
{
    const uint32_t x = sim_below(rng, 1000);
    const bool candidate = c->stratum <= SIM_S_JF;
    int first = x < 560 ? 40 : x < 620 ? 35 : x < 800 ? 30 : x < 830 ? 25 : x < 990 ? 15 : 10;
    if (candidate) {
        first = x < 720 ? 40 : x < 900 ? 35 : 30;
    }
    if (entry_age < 22 && first > 30) {
        first = 30;
    }
    const uint32_t y = sim_below(rng, 1000);
    int top = first;
    if (candidate) {
        top = y < 130 ? 50 : y < 800 ? 45 : 40;
        top = y > 985 ? 30 : top; /* a few who may not be promoted */
    } else if (first >= 35) {
        top = y < 9 ? 50 : y < 150 ? 45 : first;
    } else if (y < 450) {
        top = 40;
    }
    *out_first = first;
    *out_top = top > first ? top : first;
    if (candidate && y > 985) {
        *out_first = *out_top = 30;
    }
}

void
sim_education_make(const sim_world *w, const sim_core *c, sim_person *p)
{
    p->n_education = 0;
    if (c->kind == SIM_KIND_STRANGER) {
        return;
    }
    sim_rng rng = sim_rng_of(w->seed, c->index, SIM_STREAM_EDU);
    const char *affair = p->position.affairs[0];
    const sim_field *f = field_for(w, affair, &rng);
    const int born = tp_day_split(c->born).year;
    const int entry = tp_day_split(c->cpns).year;
    int first;
    int top;
    draw_levels(c, entry - born, &rng, &first, &top);
    const int earliest = born + (first >= 40 ? 22 : first >= 25 ? 21 : 18);
    const int year = entry - 1 < earliest ? entry - 1 : earliest + sim_range(&rng, 0, 1);
    add_education(w, p, f, first, year >= entry ? entry - 1 : year, &rng);
    int at = entry;
    for (int level = 40; level <= top; level += 5) {
        if (level <= first || (level == 40 && first == 35)) {
            continue;
        }
        at += sim_range(&rng, 3, 9);
        at = at >= w->as_of_year ? w->as_of_year - 1 : at;
        const sim_field *g = sim_below(&rng, 100) < 65 ? f : field_for(w, affair, &rng);
        add_education(w, p, g, level, at, &rng);
    }
}

void
sim_titles_make(const sim_world *w, sim_person *p)
{
    sim_rng rng = sim_rng_of(w->seed, p->index, SIM_STREAM_EDU + 64);
    sim_text front = sim_text_on(p->front, sizeof p->front);
    sim_text back = sim_text_on(p->back, sizeof p->back);
    const char *honour = "";
    const int age = w->as_of_year - tp_day_split(p->born).year;
    if (age > 38 && (p->traps & SIM_TRAP_BALI) == 0 && sim_chance(&rng, 220000)) {
        honour = p->female ? "Hj." : "H.";
    }
    sim_put(&front, honour);
    for (int i = p->n_education - 1; i >= 0; i--) {
        if (p->education[i].title_front) {
            if (front.n > 0) {
                sim_put_char(&front, ' ');
            }
            sim_put(&front, p->education[i].title);
        }
    }
    for (int i = 0; i < p->n_education; i++) {
        if (!p->education[i].title_front && p->education[i].title[0] != '\0') {
            if (back.n > 0) {
                sim_put(&back, ", ");
            }
            sim_put(&back, p->education[i].title);
        }
    }
}
