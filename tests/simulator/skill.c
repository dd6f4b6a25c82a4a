/* What can a candidate do: courses, assessment results, expertise? */
#include "tests/simulator/population.h"

static const char *const ASPECT[SIM_ASPECTS][2] = {
    {"integritas", "integritas"},
    {"kerjasama", "kerjasama"},
    {"komunikasi", "komunikasi"},
    {"orientasi_hasil", "orientasiPadaHasil"},
    {"pelayanan_publik", "pelayananPublik"},
    {"pengembangan_diri", "pengembanganDiriDanOrla"},
    {"mengelola_perubahan", "mengelolaPerubahan"},
    {"pengambilan_keputusan", "pengambilanKeputusan"},
    {"perekat_bangsa", "perekatBangsa"}};
static const char *const POTENTIAL[SIM_POTENTIALS][2] = {
    {"intelektual", "intelektual"},
    {"interpersonal", "interpersonal"},
    {"kesadaran_diri", "kesadaranDiri"},
    {"berpikir_kritis", "berfikirKritis"},
    {"menyelesaikan_masalah", "menyelesaikanMasalah"},
    {"kecerdasan_emosional", "kecerdasanEmosional"},
    {"belajar_cepat", "belajarCepat"},
    {"motivasi_komitmen", "motivasiKomitmen"}};

const char *
sim_aspect_code(size_t aspect)
{
    return aspect < SIM_ASPECTS ? ASPECT[aspect][0] : "";
}

const char *
sim_aspect_field(size_t aspect)
{
    return aspect < SIM_ASPECTS ? ASPECT[aspect][1] : "";
}

const char *
sim_potential_code(size_t potential)
{
    return potential < SIM_POTENTIALS ? POTENTIAL[potential][0] : "";
}

const char *
sim_potential_field(size_t potential)
{
    return potential < SIM_POTENTIALS ? POTENTIAL[potential][1] : "";
}

int
sim_talent(const sim_world *w, uint32_t person)
{
    sim_rng rng = sim_rng_of(w->seed, person, SIM_STREAM_SKILL);
    return (int)sim_below(&rng, 1000);
}

int
sim_effort(const sim_world *w, uint32_t person)
{
    sim_rng rng = sim_rng_of(w->seed, person, SIM_STREAM_SKILL + 64);
    const int own = (int)sim_below(&rng, 1000);
    return (sim_talent(w, person) * 25 + own * 75) / 100;
}

int
sim_assessments(const sim_world *w, uint32_t person)
{
    const uint64_t x = sim_hash(w->seed, person, SIM_STREAM_SKILL + 65) % 100;
    return x < 14 ? 0 : x < 80 ? 1 : 2;
}

bool
sim_expert(const sim_world *w, uint32_t person)
{
    return sim_hash(w->seed, person, SIM_STREAM_SKILL + 66) % 100 < 8;
}

int
sim_leadership(const sim_world *w, const sim_core *c, const char *out_level[4])
{
    static const char *const LEVEL[] = {"pkp", "pka", "pkn2", "pkn1"};
    static const uint32_t PCT[4][4] = {
        {60, 72, 8, 0}, {50, 82, 78, 2}, {40, 80, 95, 70}, {30, 40, 6, 0}};
    sim_rng rng = sim_rng_of(w->seed, c->index, SIM_STREAM_COURSE + 64);
    int row = c->stratum == SIM_S_JF ? 3 : 0;
    if (c->stratum == SIM_S_JPT) {
        const uint32_t post = w->agency[c->agency].info.posts_first + c->of_stratum;
        row = sim_post_vacant(w, post)                               ? 0
              : sim_post_template(w, post)->tier == SIM_TIER_PRATAMA ? 1
                                                                     : 2;
    }
    int n = 0;
    for (int i = 0; i < 4; i++) {
        if (sim_below(&rng, 100) < PCT[row][i]) {
            out_level[n++] = LEVEL[i];
        }
    }
    return n;
}

static void
name_leadership(sim_training *t, int year)
{
    static const char *const NAME[4][3] = {{"pkp", "Diklatpim Tingkat IV", "PKP"},
                                           {"pka", "Diklatpim Tingkat III", "PKA"},
                                           {"pkn2", "Diklatpim Tingkat II", "PKN Tingkat II"},
                                           {"pkn1", "Diklatpim Tingkat I", "PKN Tingkat I"}};
    for (size_t i = 0; i < TP_COUNT(NAME); i++) {
        if (strcmp(t->leadership, NAME[i][0]) == 0) {
            sim_copy(t->name, sizeof t->name, NAME[i][year < 2019 ? 1 : 2]);
        }
    }
}

static void
make_leadership(const sim_world *w, const sim_core *c, sim_rng *rng, sim_person *p)
{
    static const char *const GRADE[] = {"Memuaskan", "Sangat Memuaskan", "Memuaskan", "Baik"};
    const char *level[4];
    const int n = sim_leadership(w, c, level);
    const int32_t served = w->anchor - c->cpns;
    for (int i = 0; i < n; i++) {
        sim_training *t = &p->training[p->n_training++];
        const int share = level[i][2] == 'p'   ? 35
                          : level[i][2] == 'a' ? 55
                          : level[i][3] == '2' ? 75
                                               : 90;
        *t = (sim_training){.kind = 1,
                            .leadership = level[i],
                            .organiser = "Lembaga Administrasi Negara",
                            .hours = level[i][2] == 'n' ? 923 : 905};
        t->start = c->cpns + served / 100 * share + sim_range(rng, -100, 100);
        t->start = t->start > w->anchor - 200 ? w->anchor - 200 : t->start;
        t->end = t->start + sim_range(rng, 100, 150);
        name_leadership(t, tp_day_split(t->start).year);
        sim_row_key(w, SIM_FEED_ALUMNI, c->index, (uint32_t)i, t->certificate);
        t->class_size = sim_below(rng, 4) == 0 ? 0 : sim_range(rng, 30, 60);
        t->place = t->class_size > 0 ? sim_range(rng, 1, t->class_size) : 0;
        t->qualification = GRADE[sim_below(rng, TP_COUNT(GRADE))];
    }
}

static void
make_courses(const sim_world *w, const sim_core *c, int talent, sim_rng *rng, sim_person *p)
{
    static const struct {
        int kind;
        const char *name;
        int hours;
    } COURSE[] = {{3, "Pelatihan Teknis Pengelolaan ", 24},
                  {8, "Bimbingan Teknis ", 16},
                  {9, "Seminar Nasional ", 6},
                  {4, "Workshop ", 12},
                  {16, "E-Learning ", 10},
                  {3, "Pelatihan Teknis Lanjutan ", 40},
                  {2, "Sertifikasi Kompetensi ", 32},
                  {5, "Pelatihan Manajerial ", 20}};
    const char *affair = p->position.affairs[0];
    const sim_affair *f = affair != NULL ? sim_affair_find(&w->codes, affair) : NULL;
    int n = talent / 110 + sim_range(rng, -2, 3);
    n = n < 0 ? 0 : n;
    for (int i = 0; i < n && p->n_training < SIM_MAX_TRAINING; i++) {
        sim_training *t = &p->training[p->n_training++];
        const uint32_t x =
            i == 0 && sim_below(rng, 100) < 65 ? 0 : sim_below(rng, TP_COUNT(COURSE));
        *t = (sim_training){.kind = COURSE[x].kind,
                            .leadership = "",
                            .hours = COURSE[x].hours,
                            .organiser = "Lembaga Pelatihan Contoh",
                            .qualification = ""};
        sim_text name = sim_text_on(t->name, sizeof t->name);
        sim_put(&name, COURSE[x].name);
        sim_put(&name, f != NULL ? f->name : "Pemerintahan");
        t->start = w->anchor - (i == 0 ? sim_range(rng, 20, 330) : sim_range(rng, 20, 1200));
        t->start = t->start < c->cpns ? c->cpns : t->start;
        t->end = t->start + sim_range(rng, 1, 5);
        sim_text no = sim_text_on(t->certificate, sizeof t->certificate);
        sim_put(&no, "SERT-");
        sim_put_num(&no, sim_below(rng, 1000000), 6);
    }
}

static int
clamp(int v, int lo, int hi)
{
    return v < lo ? lo : v > hi ? hi : v;
}

static void
make_levels(int talent, sim_rng *rng, sim_assessment *a)
{
    int sum = 0;
    for (int i = 0; i < SIM_ASPECTS; i++) {
        const int shift = talent < 130   ? -4
                          : talent < 300 ? -3
                          : talent < 480 ? -2
                          : talent < 680 ? -1
                                         : 0;
        a->half[i] = clamp(2 * a->standard + shift + sim_range(rng, -1, 1), 2, 10);
        sum += a->half[i];
    }
    for (int i = 0; i < SIM_POTENTIALS; i++) {
        const int base = talent < 200   ? 3
                         : talent < 330 ? 5
                         : talent < 520 ? 6
                         : talent < 700 ? 7
                                        : 8;
        a->potential[i] = clamp(base + sim_range(rng, -1, 1), 0, 10);
    }
    a->jpm_hundredths = sum * 10000 / (2 * a->standard * SIM_ASPECTS);
    a->recommendation = a->jpm_hundredths >= 8000   ? "MS"
                        : a->jpm_hundredths >= 6800 ? "MMS"
                                                    : "KMS";
}

/* Technical results in the affairs of the present and the earlier positions. */
static void
make_tech(const sim_person *p, int talent, sim_rng *rng, sim_assessment *a)
{
    const char *affair[2] = {p->position.affairs[0], p->position.affairs[1]};
    for (int i = 0; affair[1] == NULL && i < p->n_position; i++) {
        const char *f = p->positions[i].affairs[0];
        if (f != NULL && affair[0] != NULL && strcmp(f, affair[0]) != 0) {
            affair[1] = f;
        }
    }
    for (int i = 0; i < SIM_MAX_TECH; i++) {
        if (affair[i / 3] == NULL || (i >= 3 && sim_below(rng, 100) < 35)) {
            continue;
        }
        sim_level *t = &a->tech[a->n_tech++];
        sim_text code = sim_text_on(t->code, sizeof t->code);
        sim_put(&code, affair[i / 3]);
        sim_put(&code, ".T");
        sim_put_num(&code, (uint64_t)(1 + i % 3), 1);
        t->level_half = clamp(4 + talent / 180 + sim_range(rng, -1, 2), 0, 10);
    }
}

static void
make_assessment(const sim_world *w, const sim_core *c, int event, int events, int talent,
                sim_person *p)
{
    static const char *const BODY[][2] = {{"Pusat Penilaian Kompetensi Contoh", "A"},
                                          {"Unit Penilaian Kompetensi Daerah Contoh", "B"},
                                          {"Lembaga Asesmen Contoh", ""}};
    static const char *const TIER[] = {"", "", "", "Pratama", "Madya", "Utama"};
    sim_rng rng =
        sim_rng_of(w->seed, (uint64_t)c->index * 4 + (uint64_t)event, SIM_STREAM_SKILL + 67);
    sim_assessment *a = &p->assessment[p->n_assessment++];
    *a = (sim_assessment){.target = SIM_TIER_PRATAMA, .standard = 4};
    if (p->tier >= SIM_TIER_MADYA || strcmp(p->position.jf_grade, "UT") == 0 ||
        (p->tier == SIM_TIER_PRATAMA && sim_below(&rng, 100) < 20)) {
        a->target = p->tier == SIM_TIER_UTAMA ? SIM_TIER_UTAMA : SIM_TIER_MADYA;
        a->standard = 5;
    }
    const bool newest = event + 1 == events;
    int age = sim_below(&rng, 100) < 92 ? sim_range(&rng, 20, 720) : sim_range(&rng, 1100, 1800);
    age = newest ? age : sim_range(&rng, 1820, 2400);
    a->day = w->anchor - age;
    a->expires = tp_day_add_years(a->day, 3);
    const uint32_t body = sim_below(&rng, 20);
    a->body = BODY[body < 11 ? 0 : body < 19 ? 1 : 2][0];
    a->accreditation = BODY[body < 11 ? 0 : body < 19 ? 1 : 2][1];
    a->event_id = body < 11 ? "kg-12" : body < 19 ? "kg-31" : "kg-77";
    sim_text t = sim_text_on(a->event, sizeof a->event);
    sim_put(&t, "Penilaian JPT ");
    sim_put(&t, TIER[a->target]);
    sim_put_char(&t, ' ');
    sim_put_num(&t, (uint64_t)tp_day_split(a->day).year, 4);
    sim_row_key(w, SIM_FEED_ASESMEN, c->index, (uint32_t)event, a->id);
    make_levels(clamp(talent + sim_range(&rng, -60, 60), 0, 999), &rng, a);
    if (sim_below(&rng, 100) < 88) {
        make_tech(p, talent, &rng, a);
    }
}

static void
make_expertise(const sim_world *w, const sim_core *c, sim_rng *rng, sim_person *p)
{
    static const char *const ENGLISH[] = {"A2", "B1", "B1", "B2", "C1"};
    static const char *const THEME[][2] = {{"e_governance", "Pemerintahan Digital"},
                                           {"hrm", "Manajemen Sumber Daya Manusia"},
                                           {"productivity", "Produktivitas Sektor Publik"},
                                           {"good_governance", "Tata Kelola yang Baik"},
                                           {"reform", "Reformasi Sektor Publik"},
                                           {"local_capacity", "Kapasitas Pemerintah Daerah"},
                                           {"research", "Riset dan Inovasi"}};
    if (sim_below(rng, 100) < 60) {
        p->english = ENGLISH[sim_below(rng, TP_COUNT(ENGLISH))];
    }
    if (!sim_expert(w, c->index)) {
        return;
    }
    p->expert_consent = sim_below(rng, 100) < 70;
    const uint32_t from = sim_below(rng, TP_COUNT(THEME));
    const uint32_t n = 1 + sim_below(rng, SIM_MAX_EXPERTISE);
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t x = (from + 2 * i) % TP_COUNT(THEME);
        p->expertise[p->n_expertise++] =
            (sim_expertise){THEME[x][0], THEME[x][1], sim_range(rng, 2, 5), sim_range(rng, 3, 25)};
    }
}

void
sim_skill_make(const sim_world *w, const sim_core *c, sim_person *p)
{
    sim_rng rng = sim_rng_of(w->seed, c->index, SIM_STREAM_COURSE);
    const int talent = sim_talent(w, c->index);
    make_leadership(w, c, &rng, p);
    make_courses(w, c, talent, &rng, p);
    const int events = sim_assessments(w, c->index);
    for (int e = 0; e < events; e++) {
        make_assessment(w, c, e, events, talent, p);
    }
    make_expertise(w, c, &rng, p);
}
