/* When were regional heads inaugurated and elections held, which permits exist, what are codes
 * called? */
#include "tests/simulator/population.h"

static bool
elects(const sim_region *r)
{
    return strcmp(r->type, "kota_administrasi") != 0 &&
           strcmp(r->type, "kabupaten_administrasi") != 0;
}

/* Region number i of those that elect a head; the towns inside the capital do not. */
static size_t
region_at(const sim_world *w, size_t i)
{
    for (size_t at = 0; at < w->codes.n_regions; at++) {
        if (elects(&w->codes.region[at]) && i-- == 0) {
            return at;
        }
    }
    return 0;
}

static size_t
electing(const sim_world *w)
{
    size_t n = 0;
    for (size_t at = 0; at < w->codes.n_regions; at++) {
        n += elects(&w->codes.region[at]);
    }
    return n;
}

static const char *
office_of(const sim_region *r)
{
    return r->level == 1 ? "gubernur" : strcmp(r->type, "kota") == 0 ? "wali kota" : "bupati";
}

/* 0 usual, 1 repeated election with a recent inauguration, 2 caretaker in office, 3 permit given.
 */
static int
fate_of(const sim_world *w, size_t region)
{
    const uint64_t x = sim_hash(w->seed, region, SIM_STREAM_REGION + 100) % 100;
    return x < 6 ? 1 : x < 10 ? 2 : x < 13 ? 3 : 0;
}

size_t
sim_inauguration_count(const sim_world *world)
{
    return 2 * electing(world);
}

void
sim_inauguration_at(const sim_world *world, size_t i, sim_inauguration *out)
{
    const size_t at = region_at(world, i / 2);
    const sim_region *r = &world->codes.region[at];
    const int fate = fate_of(world, at);
    sim_rng rng = sim_rng_of(world->seed, at, SIM_STREAM_REGION + 101);
    *out = (sim_inauguration){.region_code = r->code,
                              .region_name = r->name,
                              .office = office_of(r),
                              .status = "terpilih"};
    if (i % 2 == 0) {
        out->election_year = 2018 + (int)sim_below(&rng, 2) * 2;
        out->day = tp_day_of(out->election_year == 2018 ? 2018 : 2021, 9, 20) -
                   (out->election_year == 2018 ? 0 : 206);
        out->term_end = tp_day_add_years(out->day, 5);
        out->term_end =
            out->term_end > tp_day_of(2025, 2, 19) ? tp_day_of(2025, 2, 19) : out->term_end;
        return;
    }
    out->election_year = 2024;
    out->day = tp_day_of(2025, 2, 20);
    if (fate == 1 || fate == 3) {
        out->day = world->recent - sim_range(&rng, 20, 150);
        out->election_year = tp_day_split(out->day).year > 2025 ? 2025 : 2024;
    } else if (fate == 2) {
        out->day = world->recent - sim_range(&rng, 60, 300);
        out->status = "penjabat";
    }
    out->term_end = fate == 2 ? tp_day_add_years(out->day, 1) : tp_day_of(2030, 2, 20);
    if (fate == 3) {
        sim_text t = sim_text_on(out->permit, sizeof out->permit);
        sim_put(&t, "100.2.2.6/");
        sim_put_num(&t, 1000 + at, 4);
        sim_put(&t, "/OTDA");
    }
}

/* The head elected (or, where none was, the caretaker) ends the term in which an election fell. */
static int32_t
end_of_term(const sim_world *world, size_t i)
{
    sim_inauguration next;

    if (i % 2 == 0) {
        return tp_day_of(2021, 2, 25);
    }
    sim_inauguration_at(world, i, &next);
    return strcmp(next.status, "terpilih") == 0 ? next.day - 1 : next.term_end;
}

size_t
sim_election_count(const sim_world *world)
{
    return 2 * electing(world);
}

void
sim_election_at(const sim_world *world, size_t i, sim_election *out)
{
    const sim_region *r = &world->codes.region[region_at(world, i / 2)];
    *out = (sim_election){
        .region_code = r->code, .region_name = r->name, .term_end = end_of_term(world, i)};
    if (i % 2 == 0) {
        out->election_year = 2020;
        out->candidates_fixed = tp_day_of(2020, 9, 23);
        out->election_day = tp_day_of(2020, 12, 9);
    } else {
        out->election_year = 2024;
        out->candidates_fixed = tp_day_of(2024, 9, 22);
        out->election_day = tp_day_of(2024, 11, 27);
    }
}

/* Two permits an agency: one on its merit exemption, one on a vacancy's selection or its calendar.
 */
size_t
sim_permit_count(const sim_world *world)
{
    return 2 * (size_t)world->n_agencies;
}

static uint32_t
first_vacancy(const sim_world *w, const sim_agency_info *a)
{
    for (uint32_t q = a->posts_first; q < a->posts_last; q++) {
        if (sim_post_vacant(w, q)) {
            return q;
        }
    }
    return SIM_NONE;
}

void
sim_permit_at(const sim_world *world, size_t i, sim_permit *out)
{
    const uint32_t k = (uint32_t)(i / 2);
    const sim_agency_info *a = &world->agency[k].info;
    sim_rng rng = sim_rng_of(world->seed, i, SIM_STREAM_REGION + 102);
    const bool good = a->merit_total_half >= 500;
    *out = (sim_permit){.region_code = a->region_code,
                        .agency = k,
                        .post = SIM_NONE,
                        .body = "Badan Kepegawaian Negara"};
    out->day = world->recent - sim_range(&rng, 10, 150);
    out->valid_until = tp_day_add_years(out->day, 1);
    if (i % 2 == 0 && good) {
        out->kind = "pengecualian_merit";
        out->valid_until = tp_day_add_years(out->day, 2);
    } else if (i % 2 == 0 && a->regional) {
        out->kind = "pelantikan_kdh";
        out->body = "Kementerian Dalam Negeri";
    } else {
        out->post = first_vacancy(world, a);
        out->kind = sim_below(&rng, 4) == 0 ? "uji_kompetensi" : "seleksi";
    }
    sim_text t = sim_text_on(out->number, sizeof out->number);
    sim_put(&t, "IZN-");
    sim_put_num(&t, 1 + i, 5);
    sim_put_char(&t, '/');
    sim_put_num(&t, (uint64_t)tp_day_split(out->day).year, 4);
}

const char *
sim_echelon_name(const char *echelon_id)
{
    static const char *const E[][2] = {{"10", "I.a"},   {"11", "I.a"},  {"12", "I.b"},
                                       {"21", "II.a"},  {"22", "II.b"}, {"31", "III.a"},
                                       {"32", "III.b"}, {"41", "IV.a"}, {"42", "IV.b"}};
    for (size_t i = 0; i < TP_COUNT(E); i++) {
        if (strcmp(E[i][0], echelon_id) == 0) {
            return E[i][1];
        }
    }
    return "";
}

const char *
sim_tier_name(sim_tier tier)
{
    static const char *const T[] = {"",          "PENGAWAS", "ADMINISTRATOR", "JPT PRATAMA",
                                    "JPT MADYA", "JPT UTAMA"};
    return (size_t)tier < TP_COUNT(T) ? T[tier] : "";
}

const char *
sim_status_name(sim_status status)
{
    static const char *const S[] = {"PNS", "CPNS", "PPPK", ""};
    return (size_t)status < TP_COUNT(S) ? S[status] : "";
}

const char *
sim_legal_status_name(const sim_world *world, const char *code)
{
    uint64_t v = 0;
    if (!tp_str_to_u64(tp_str_of(code), &v) || v >= TP_COUNT(world->codes.legal)) {
        return "";
    }
    return world->codes.legal[v] != NULL ? world->codes.legal[v] : "";
}

const char *
sim_discipline_name(const sim_world *world, int type)
{
    const bool known = type >= 0 && (size_t)type < TP_COUNT(world->codes.discipline) &&
                       world->codes.discipline[type] != NULL;
    return known ? world->codes.discipline[type] : "";
}

static const struct {
    const char *code;
    int max;
} MERIT[SIM_MERIT_ASPECTS] = {
    {"perencanaan_kebutuhan", 40},  {"pengadaan", 40},
    {"pengembangan_karier", 120},   {"promosi_mutasi", 40},
    {"manajemen_kinerja", 80},      {"penggajian_penghargaan_disiplin", 40},
    {"perlindungan_pelayanan", 16}, {"sistem_informasi", 24}};

const char *
sim_merit_code(size_t aspect)
{
    return aspect < SIM_MERIT_ASPECTS ? MERIT[aspect].code : "";
}

int
sim_merit_max(size_t aspect)
{
    return aspect < SIM_MERIT_ASPECTS ? MERIT[aspect].max : 0;
}

const char *
sim_day_text(int32_t day, sim_date_form form, char out[24])
{
    static const char *const MONTH[] = {"Januari",   "Februari", "Maret",    "April",
                                        "Mei",       "Juni",     "Juli",     "Agustus",
                                        "September", "Oktober",  "November", "Desember"};
    sim_text t = sim_text_on(out, 24);
    if (day == SIM_NO_DAY) {
        return out;
    }
    const tp_ymd d = tp_day_split(day);
    const uint64_t y = (uint64_t)d.year;
    const uint64_t m = (uint64_t)d.month;
    const uint64_t n = (uint64_t)d.day;
    if (form == SIM_DATE_EXCEL) {
        sim_put_num(&t, (uint64_t)(day + 25569), 5);
    } else if (form == SIM_DATE_ISO) {
        sim_put_num(&t, y, 4);
        sim_put_char(&t, '-');
        sim_put_num(&t, m, 2);
        sim_put_char(&t, '-');
        sim_put_num(&t, n, 2);
    } else if (form == SIM_DATE_LONG) {
        sim_put_num(&t, n, 1);
        sim_put_char(&t, ' ');
        sim_put(&t, MONTH[m - 1]);
        sim_put_char(&t, ' ');
        sim_put_num(&t, y, 4);
    } else {
        const char sep = form == SIM_DATE_DMY ? '-' : '/';
        sim_put_num(&t, n, 2);
        sim_put_char(&t, sep);
        sim_put_num(&t, m, 2);
        sim_put_char(&t, sep);
        sim_put_num(&t, form == SIM_DATE_SHORT ? y % 100 : y, form == SIM_DATE_SHORT ? 2 : 4);
    }
    return out;
}
