/* One person whole: identity, present post, rank, status; histories for candidates. */
#include "tests/simulator/population.h"

/* Ordinary posts: base title, kind, affair, retirement ages by grade follow. */
typedef struct job_kind {
    const char *title;
    const char *affair;
    bool expert; /* graded pertama, muda, madya; else terampil, mahir, penyelia */
    bool graded;
    int age_lift; /* years above the usual retirement age of the lower grades */
} job_kind;

static const job_kind TEACHER = {"Guru", "1.01", true, true, 2};
static const job_kind LECTURER = {"Dosen", "5.04", true, true, 7};
static const job_kind MEDICAL[] = {
    {"Perawat", "1.02", false, true, 0}, {"Bidan", "1.02", false, true, 0},
    {"Perawat", "1.02", true, true, 0},  {"Dokter", "1.02", true, true, 2},
    {"Apoteker", "1.02", true, true, 0}, {"Sanitarian", "1.02", false, true, 0}};
static const job_kind EXPERT[] = {{"Analis Kebijakan", "5.01", true, true, 0},
                                  {"Perencana", "5.01", true, true, 0},
                                  {"Auditor", "6.01", true, true, 0},
                                  {"Pranata Komputer", "2.16", true, true, 0},
                                  {"Arsiparis", "2.24", false, true, 0},
                                  {"Penyuluh Pertanian", "3.27", true, true, 0},
                                  {"Analis SDM Aparatur", "5.03", true, true, 0},
                                  {"Statistisi", "2.20", true, true, 0},
                                  {"Pustakawan", "2.23", false, true, 0}};
static const job_kind CLERK[] = {{"Pengadministrasi Perkantoran", "4.01", false, false, 0},
                                 {"Pengolah Data dan Informasi", "2.16", false, false, 0},
                                 {"Operator Layanan Operasional", "4.01", false, false, 0},
                                 {"Penelaah Teknis Kebijakan", "5.01", false, false, 0},
                                 {"Penata Layanan Operasional", "4.01", false, false, 0}};

void
sim_decree(char *out, size_t cap, const char *prefix, sim_rng *rng, int32_t day)
{
    sim_text t = sim_text_on(out, cap);
    sim_put(&t, prefix);
    sim_put_num(&t, 1 + sim_below(rng, 9899), 4);
    sim_put_char(&t, '/');
    sim_put_num(&t, (uint64_t)tp_day_split(day).year, 4);
}

static const job_kind *
draw_job(const sim_world *w, const sim_core *c, sim_rng *rng)
{
    const sim_agency_info *a = &w->agency[c->agency].info;
    const uint32_t x = sim_below(rng, 1000);
    const bool town = a->regional;
    const uint32_t teachers = town ? 540 : strcmp(a->kind, "KEMENT") == 0 ? 120 : 0;
    const uint32_t medical = teachers + (town ? 170 : 30);
    const uint32_t experts = medical + (town ? 90 : 420);
    if (x < teachers) {
        return town ? &TEACHER : &LECTURER;
    }
    if (x < medical) {
        return &MEDICAL[sim_below(rng, TP_COUNT(MEDICAL))];
    }
    if (x < experts) {
        return &EXPERT[sim_below(rng, TP_COUNT(EXPERT))];
    }
    return &CLERK[sim_below(rng, TP_COUNT(CLERK))];
}

static void
grade_job(const job_kind *job, int age, bool pppk, sim_rng *rng, sim_person *p)
{
    static const char *const GRADE[2][3] = {{"TR", "MH", "PY"}, {"PT", "MU", "MA"}};
    static const char *const NAME[2][3] = {{" Terampil", " Mahir", " Penyelia"},
                                           {" Ahli Pertama", " Ahli Muda", " Ahli Madya"}};
    sim_text t = sim_text_on(p->position.title, sizeof p->position.title);
    sim_put(&t, job->title);
    p->position.kind = job->graded ? 2 : 4;
    p->position.jf_grade = "";
    p->retire_age = 58;
    if (job->graded) {
        const uint32_t x = sim_below(rng, 100);
        int g = age < 36 ? 0 : age < 46 ? (x < 30 ? 0 : 1) : x < 20 ? 0 : x < 75 ? 1 : 2;
        g = pppk && x < 92 ? 0 : g;
        sim_put(&t, NAME[job->expert][g]);
        p->position.jf_grade = GRADE[job->expert][g];
        p->retire_age = 58 + (g == 2 && job->expert && job->age_lift < 2 ? 2 : job->age_lift);
    }
    p->position.affairs[0] = job->affair;
}

/* A pengawas leads a section of some unit of the agency. */
static void
make_section(const sim_world *w, const sim_core *c, sim_rng *rng, sim_person *p)
{
    static const char *const PART[] = {"Kepala Subbagian Umum dan Kepegawaian ",
                                       "Kepala Subbagian Perencanaan ", "Kepala Seksi Pelayanan ",
                                       "Kepala Seksi Pengembangan ", "Kepala Seksi Pengawasan "};
    const sim_agency_in *a = &w->agency[c->agency];
    const uint32_t local = sim_below(rng, a->slots[SIM_S_JPT]);
    char unit[SIM_TEXT];
    sim_unit_name(w, a->info.posts_first + local, unit);
    sim_text t = sim_text_on(p->position.title, sizeof p->position.title);
    sim_put(&t, PART[sim_below(rng, TP_COUNT(PART))]);
    sim_put(&t, unit);
    p->unit = p->position.unit = 1 + local;
    p->position.kind = 1;
    p->position.jf_grade = "";
    p->position.tier = SIM_TIER_PENGAWAS;
    p->position.echelon_id = a->info.regional && sim_below(rng, 100) < 60 ? "42" : "41";
    sim_post_affairs(w, a->info.posts_first + local, p->position.affairs);
    p->retire_age = 58;
}

static void
make_ordinary(const sim_world *w, const sim_core *c, sim_person *p)
{
    sim_rng rng = sim_rng_of(w->seed, c->index, SIM_STREAM_JOB);
    const sim_agency_in *a = &w->agency[c->agency];
    const int age = w->as_of_year - tp_day_split(c->born).year;
    const bool pppk = c->stratum == SIM_S_PPPK;
    const int served = (int)(w->anchor - c->cpns);
    const int tenure = sim_range(&rng, 60, 3000);
    p->position = (sim_position){.assignment = "D",
                                 .echelon_id = "00",
                                 .agency = c->agency,
                                 .end = SIM_NO_DAY,
                                 .inaugurated = SIM_NO_DAY,
                                 .mutation = "MJ"};
    p->position.start = tenure < served ? w->anchor - tenure : c->cpns;
    p->unit = p->position.unit = sim_below(&rng, 1 + a->slots[SIM_S_JPT]);
    if (!pppk && c->kind == SIM_KIND_SERVANT && age >= 33 && sim_chance(&rng, 70000)) {
        make_section(w, c, &rng, p);
        p->position.inaugurated = p->position.start + sim_range(&rng, 0, 3);
    } else {
        const job_kind *job = draw_job(w, c, &rng);
        grade_job(job, age, pppk, &rng, p);
    }
    p->position.decree_day = p->position.start - sim_range(&rng, 1, 15);
    sim_decree(p->position.decree, sizeof p->position.decree, "821/", &rng, p->position.decree_day);
    p->tier = p->position.tier;
    p->post = SIM_NONE;
    p->n_position = 1;
    p->positions[0] = p->position;
}

static const char *
draw_legal(const sim_world *w, const sim_core *c)
{
    static const struct {
        uint32_t per_mille10;
        const char *code;
    } ODD[] = {{40, "03"}, {20, "02"}, {8, "04"}, {5, "07"}, {4, "11"}, {8, "15"}, {3, "20"},
               {3, "52"},  {4, "66"},  {5, "90"}, {5, "92"}, {3, "09"}, {2, "13"}, {2, "77"}};
    sim_rng rng = sim_rng_of(w->seed, c->index, SIM_STREAM_JOB + 64);
    uint32_t x = sim_below(&rng, 10000);
    for (size_t i = 0; i < TP_COUNT(ODD); i++) {
        if (x < ODD[i].per_mille10) {
            return ODD[i].code;
        }
        x -= ODD[i].per_mille10;
    }
    return "01";
}

/* First of the month after the birthday. */
static int32_t
retire_day(int32_t born, int age)
{
    const tp_ymd b = tp_day_split(tp_day_add_years(born, age));
    return tp_day_add_months(tp_day_of(b.year, b.month, 1), 1);
}

static void
make_status(const sim_world *w, const sim_core *c, sim_person *p)
{
    const bool pppk = c->stratum == SIM_S_PPPK;
    p->cpns = c->cpns;
    p->pns = pppk ? SIM_NO_DAY : tp_day_add_months(c->cpns, 13);
    p->status = pppk ? SIM_STATUS_PPPK : p->pns > w->recent ? SIM_STATUS_CPNS : SIM_STATUS_PNS;
    p->retire = retire_day(c->born, p->retire_age);
    p->retired = p->retire <= w->options.as_of;
    p->legal_status = p->retired ? "99" : draw_legal(w, c);
    p->died = SIM_NO_DAY;
    if (p->retired) {
        p->traps |= SIM_TRAP_RETIRED;
    }
    if ((c->traps & SIM_TRAP_DECEASED) != 0) {
        p->died =
            w->anchor - 20 - (int32_t)(sim_hash(w->seed, c->index, SIM_STREAM_JOB + 65) % 500);
        p->legal_status = "88";
    }
    p->nik_verified = sim_hash(w->seed, c->index, SIM_STREAM_JOB + 66) % 100 < 97;
}

static void
make_stranger_status(sim_person *p)
{
    p->status = SIM_STATUS_NON_ASN;
    p->legal_status = "";
    p->cpns = p->pns = p->retire = p->died = SIM_NO_DAY;
    p->retire_age = 0;
    p->retired = false;
    p->nik_verified = true;
    p->position = (sim_position){.assignment = "",
                                 .echelon_id = "00",
                                 .jf_grade = "",
                                 .agency = SIM_NONE,
                                 .start = SIM_NO_DAY,
                                 .end = SIM_NO_DAY,
                                 .inaugurated = SIM_NO_DAY,
                                 .decree_day = SIM_NO_DAY,
                                 .mutation = ""};
    p->tier = SIM_TIER_NONE;
    p->post = SIM_NONE;
    p->unit = 0;
    p->rank_id = p->first_rank_id = 0;
    p->rank_since = SIM_NO_DAY;
}

static void
make_identity(const sim_world *w, const sim_core *c, sim_person *p)
{
    p->index = c->index;
    p->kind = c->kind;
    p->traps = c->traps;
    p->candidate = c->kind == SIM_KIND_SERVANT && c->stratum <= SIM_S_JF;
    p->female = c->female;
    p->born = c->born;
    p->agency = c->agency;
    p->former_agency = SIM_NONE;
    p->transferred = SIM_NO_DAY;
    if (c->kind == SIM_KIND_SERVANT) {
        p->former_agency = sim_former_agency(w, c->agency, c->local);
    }
    if (p->former_agency != SIM_NONE) {
        p->traps |= SIM_TRAP_TRANSFER;
        p->transferred =
            w->anchor - 30 - (int32_t)(sim_hash(w->seed, c->index, SIM_STREAM_JOB + 67) % 600);
    }
    p->nip[0] = p->former_nip[0] = p->old_nip[0] = '\0';
    p->former_born = SIM_NO_DAY;
    if (c->kind != SIM_KIND_STRANGER) {
        sim_nip_write(c->born, c->cpns, c->appointment, c->female, c->serial, p->nip);
        sim_former_nip(w, c, p->former_nip, &p->former_born);
    }
    if (c->kind == SIM_KIND_SERVANT && tp_day_split(c->cpns).year < 2009) {
        sim_text t = sim_text_on(p->old_nip, sizeof p->old_nip);
        sim_put_num(&t, 130000000 + (uint64_t)c->index * 17 + w->seed % 100000000, 9);
    }
    sim_text id = sim_text_on(p->siasn_id, sizeof p->siasn_id);
    sim_put_hex(&id, tp_hash_mix(w->seed ^ c->index), 16);
    sim_put_hex(&id, tp_hash_mix(tp_hash_mix(w->seed) ^ c->index), 16);
}

void
sim_person_make(const sim_world *world, uint32_t person, sim_person *out)
{
    sim_core c;
    sim_core_make(world, person, &c);
    make_identity(world, &c, out);
    sim_name_make(world, &c, out);
    sim_nik_make(world, &c, out);
    out->n_position = out->n_rank = out->n_education = out->n_appraisal = 0;
    out->n_training = out->n_team = out->n_award = out->n_discipline = out->n_assessment = 0;
    out->n_integrity = out->n_dossier = out->n_expertise = 0;
    out->feedback = 0;
    out->expert_consent = false;
    out->english = "";
    if (c.kind == SIM_KIND_STRANGER) {
        make_stranger_status(out);
        out->front[0] = out->back[0] = '\0';
        return;
    }
    if (out->candidate) {
        sim_career_make(world, &c, out);
    } else {
        make_ordinary(world, &c, out);
    }
    make_status(world, &c, out);
    sim_education_make(world, &c, out);
    sim_titles_make(world, out);
    sim_rank_make(world, &c, out);
    sim_appraisal_make(world, &c, out);
    if (out->candidate) {
        sim_skill_make(world, &c, out);
        sim_record_make(world, &c, out);
    }
}
