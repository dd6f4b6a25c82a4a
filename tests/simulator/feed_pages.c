/* How do the feeds that are plain pages of JSON look: alumni, kinerja, pakar? */
#include <stdio.h>
#include <string.h>

#include "tests/simulator/out.h"
#include "tests/simulator/site.h"

enum { SIZE_MAX_ROWS = 2000, ALUMNI_SIZE = 500, KINERJA_SIZE = 500, PAKAR_SIZE = 50 };

/* What is asked of a page and what it turns out to hold. */
typedef struct page {
    uint64_t number, size, total, first, last, pages;
    int32_t since;
} page;

static page
read_page(sim_site *site, const sim_request *request, sim_feed feed, const char *size_name,
          uint64_t size, const char *since_name)
{
    page at = {.number = sim_query_u64(request, "page", 1, UINT32_MAX),
               .size = sim_query_u64(request, size_name, size, SIZE_MAX_ROWS),
               .since = since_name != NULL ? sim_query_day(request, since_name) : SIM_NO_DAY};

    at.size = at.size == 0 ? size : at.size;
    at.total = sim_site_total(site, feed, at.since);
    at.pages = at.total == 0 ? 1 : (at.total + at.size - 1) / at.size;
    sim_page(request, at.number, at.size, at.total, &at.first, &at.last);
    return at;
}

static bool
page_file(sim_site *site, sim_feed feed, const char *path, const char *size_name, int size,
          const char *name, uint64_t i, sim_file *out)
{
    if (i > 0 && i * (uint64_t)size >= sim_site_total(site, feed, SIM_NO_DAY)) {
        return false;
    }
    (void)snprintf(out->url, sizeof out->url, "%s?page=%llu&%s=%d", path, (unsigned long long)i + 1,
                   size_name, size);
    (void)snprintf(out->name, sizeof out->name, "%s-%04llu.json", name, (unsigned long long)i + 1);
    return true;
}

/* The course as its year named it: the present names date from 2015. */
static const char *
course_kind(const sim_training *course)
{
    static const char *const NAMES[][3] = {{"pkn1", "Diklatpim I", "PKN I"},
                                           {"pkn2", "Diklatpim II", "PKN II"},
                                           {"pka", "Diklatpim III", "PKA"},
                                           {"pkp", "Diklatpim IV", "PKP"}};

    for (size_t i = 0; i < TP_COUNT(NAMES); i++) {
        if (strcmp(NAMES[i][0], course->leadership) == 0) {
            return NAMES[i][tp_day_split(course->start).year >= 2015 ? 2 : 1];
        }
    }
    return "Sespa";
}

static const sim_training *
leadership_course(const sim_person *p, uint32_t sub)
{
    for (int i = 0; i < p->n_training; i++) {
        if (p->training[i].leadership[0] != '\0' && sub-- == 0) {
            return &p->training[i];
        }
    }
    return NULL;
}

static void
put_alumnus(sim_site *site, const sim_row *row, sim_person *p, sim_view *v, tp_buf *out)
{
    const sim_training *course = leadership_course(p, row->sub);
    char place[32] = "", stamp[48], day[24];

    if (course == NULL) {
        return;
    }
    if (course->place > 0) {
        (void)snprintf(place, sizeof place, "%d/%d", course->place, course->class_size);
    }
    const int year = tp_day_split(course->start).year;
    sim_js_open(out, NULL, '{');
    sim_js_int(out, "id", (int64_t)row->person * 8 + row->sub + 1);
    sim_js_text(out, "nip", v->nip);
    sim_js_text(out, "nama", v->name);
    sim_js_date(out, "tanggal_lahir", v->born, SIM_DATE_ISO);
    sim_js_text(out, "jenis_pelatihan", course_kind(course));
    sim_js_digits(out, "angkatan", year % 40 + 1);
    sim_js_int(out, "tahun", year);
    sim_js_text(out, "penyelenggara", course->organiser);
    sim_js_day(out, "mulai", course->start);
    sim_js_day(out, "selesai", course->end);
    sim_js_int(out, "jp", course->hours);
    sim_js_text(out, "nomor_registrasi", row->key);
    sim_js_text(out, "kualifikasi", course->qualification);
    sim_js_text(out, "peringkat", place);
    sim_js_text(out, "judul_proyek", "Proyek perubahan sintetis");
    (void)snprintf(stamp, sizeof stamp, "%sT08:00:00+07:00",
                   sim_day_text(sim_row_changed(site, row), SIM_DATE_ISO, day));
    sim_js_text(out, "diperbarui", stamp);
    sim_js_bool(out, "sintetis", true);
    tp_buf_char(out, '}');
}

/* An absolute link, as the paginator of that framework writes it. */
static void
put_link(const sim_request *request, const char *key, uint64_t number, const page *at, tp_buf *out)
{
    const char *host = request->header(request->of, "Host");
    char link[256];

    (void)snprintf(link, sizeof link, "http://%s/alumni/api/alumni?page=%llu&per_page=%llu",
                   host != NULL ? host : "127.0.0.1", (unsigned long long)number,
                   (unsigned long long)at->size);
    sim_js_text(out, key, number > 0 ? link : NULL);
}

void
sim_alumni_answer(sim_site *site, sim_request *request, sim_reply *reply)
{
    tp_buf *out = &reply->body;

    if (strcmp(request->path, "/api/alumni") != 0) {
        sim_reply_error(reply, 404, "{\"message\":\"Not Found\"}");
        return;
    }
    const page at =
        read_page(site, request, SIM_FEED_ALUMNI, "per_page", ALUMNI_SIZE, "diperbarui_sejak");
    reply->type = "application/json";
    tp_buf_puts(out, "{\"data\":[");
    sim_site_rows(site, SIM_FEED_ALUMNI, at.since, at.first, at.last, put_alumnus, out);
    tp_buf_puts(out, "],\"links\":{");
    put_link(request, "first", 1, &at, out);
    put_link(request, "last", at.pages, &at, out);
    put_link(request, "prev", at.number > 1 ? at.number - 1 : 0, &at, out);
    put_link(request, "next",
             request->loop          ? at.number
             : at.number < at.pages ? at.number + 1
                                    : 0,
             &at, out);
    tp_buf_puts(out, "},\"meta\":{");
    sim_js_int(out, "current_page", (int64_t)at.number);
    sim_js_int(out, "last_page", (int64_t)at.pages + request->loop);
    sim_js_int(out, "per_page", (int64_t)at.size);
    sim_js_int(out, "total", (int64_t)at.total + request->total_delta);
    sim_js_bool(out, "sintetis", true);
    tp_buf_puts(out, "}}");
}

bool
sim_alumni_file(sim_site *site, uint64_t i, sim_file *out)
{
    return page_file(site, SIM_FEED_ALUMNI, "/api/alumni", "per_page", ALUMNI_SIZE, "alumni", i,
                     out);
}

static const char *const PREDICATES[] = {"",       "Sangat Baik",  "Baik", "Butuh Perbaikan",
                                         "Kurang", "Sangat Kurang"};
static const char *const RATINGS[] = {"", "Di Atas Ekspektasi", "Sesuai Ekspektasi",
                                      "Di Bawah Ekspektasi"};

static void
put_work(const sim_person *p, int32_t as_of, tp_buf *out)
{
    sim_js_open(out, "predikat", '[');
    for (int i = 0; i < p->n_appraisal; i++) {
        const sim_appraisal *row = &p->appraisal[i];
        if (row->quadrant > 0) {
            sim_js_open(out, NULL, '{');
            sim_js_int(out, "tahun", row->year);
            sim_js_text(out, "hasil", RATINGS[row->result]);
            sim_js_text(out, "perilaku", RATINGS[row->behaviour]);
            sim_js_text(out, "predikat", PREDICATES[row->quadrant]);
            tp_buf_char(out, '}');
        }
    }
    tp_buf_char(out, ']');
    sim_js_open(out, "tim", '[');
    for (int i = 0; i < p->n_team; i++) {
        sim_js_open(out, NULL, '{');
        sim_js_int(out, "tahun", p->team[i].year);
        sim_js_text(out, "peran", p->team[i].chair ? "ketua" : "anggota");
        sim_js_text(out, "lingkup", p->team[i].scope);
        tp_buf_char(out, '}');
    }
    tp_buf_char(out, ']');
    if (p->feedback > 0) {
        sim_js_open(out, "umpan_balik", '{');
        sim_js_int(out, "tahun", tp_day_split(as_of).year - 1);
        sim_js_text(out, "predikat", PREDICATES[p->feedback]);
        tp_buf_char(out, '}');
    } else {
        sim_js_text(out, "umpan_balik", NULL);
    }
}

static void
put_kinerja(sim_site *site, const sim_row *row, sim_person *p, sim_view *v, tp_buf *out)
{
    sim_js_open(out, NULL, '{');
    sim_js_text(out, "id", row->key);
    sim_js_text(out, "nip", v->nip);
    sim_js_text(out, "nama", v->name);
    sim_js_text(out, "tanggal_lahir", v->born_text);
    put_work(p, sim_world_options(site->world)->as_of, out);
    sim_js_open(out, "penghargaan", '[');
    for (int i = 0; i < p->n_award; i++) {
        sim_js_open(out, NULL, '{');
        sim_js_int(out, "tahun", p->award[i].year);
        sim_js_text(out, "nama", p->award[i].name);
        sim_js_text(out, "lingkup", p->award[i].scope);
        sim_js_text(out, "sk", p->award[i].decree);
        tp_buf_char(out, '}');
    }
    tp_buf_char(out, ']');
    sim_js_bool(out, "sintetis", true);
    tp_buf_char(out, '}');
}

void
sim_kinerja_answer(sim_site *site, sim_request *request, sim_reply *reply)
{
    tp_buf *out = &reply->body;

    if (strcmp(request->path, "/penilaian") != 0) {
        sim_reply_error(reply, 404, "{\"pesan\":\"alamat tidak dikenal\"}");
        return;
    }
    const page at = read_page(site, request, SIM_FEED_KINERJA, "size", KINERJA_SIZE, NULL);
    reply->type = "application/json";
    tp_buf_puts(out, "{\"sintetis\":true");
    sim_js_int(out, "halaman", (int64_t)at.number);
    sim_js_int(out, "jumlah_halaman", (int64_t)at.pages + request->loop);
    sim_js_int(out, "total", (int64_t)at.total + request->total_delta);
    sim_js_open(out, "data", '[');
    sim_site_rows(site, SIM_FEED_KINERJA, at.since, at.first, at.last, put_kinerja, out);
    tp_buf_puts(out, "]}");
}

bool
sim_kinerja_file(sim_site *site, uint64_t i, sim_file *out)
{
    return page_file(site, SIM_FEED_KINERJA, "/penilaian", "size", KINERJA_SIZE, "penilaian", i,
                     out);
}

static void
put_expert(sim_site *site, const sim_row *row, sim_person *p, sim_view *v, tp_buf *out)
{
    int years = 0;

    (void)site;
    sim_js_open(out, NULL, '{');
    sim_js_text(out, "id", row->key);
    sim_js_text(out, "nip", v->nip);
    sim_js_text(out, "nama", v->name);
    sim_js_open(out, "bidang", '[');
    for (int i = 0; i < p->n_expertise; i++) {
        sim_js_open(out, NULL, '{');
        sim_js_text(out, "kode", p->expertise[i].field);
        sim_js_text(out, "nama", p->expertise[i].name);
        sim_js_int(out, "tingkat", p->expertise[i].level);
        tp_buf_char(out, '}');
        years = p->expertise[i].years > years ? p->expertise[i].years : years;
    }
    tp_buf_puts(out, "],\"bahasa\":[");
    if (p->english[0] != '\0') {
        tp_buf_printf(out, "{\"kode\":\"en\",\"tingkat\":\"%s\"}", p->english);
    }
    tp_buf_char(out, ']');
    sim_js_int(out, "pengalaman_tahun", years);
    sim_js_open(out, "bersedia", '[');
    sim_js_text(out, NULL, "narasumber");
    if (p->index % 2 == 0) {
        sim_js_text(out, NULL, "panel seleksi");
    }
    tp_buf_char(out, ']');
    sim_js_open(out, "bukti", '[');
    for (int i = 0; i < p->n_expertise; i++) {
        sim_js_open(out, NULL, '{');
        sim_js_text(out, "jenis", "karya tulis");
        sim_js_text(out, "judul", "Karya sintetis");
        sim_js_int(out, "tahun", 2018 + (p->index + (uint32_t)i) % 8);
        tp_buf_char(out, '}');
    }
    tp_buf_char(out, ']');
    sim_js_bool(out, "izin_publik", p->expert_consent);
    sim_js_bool(out, "sintetis", true);
    tp_buf_char(out, '}');
}

void
sim_pakar_answer(sim_site *site, sim_request *request, sim_reply *reply)
{
    tp_buf *out = &reply->body;

    if (request->path[0] != '\0' && strcmp(request->path, "/pakar") != 0) {
        sim_reply_error(reply, 404, "{\"pesan\":\"alamat tidak dikenal\"}");
        return;
    }
    const page at = read_page(site, request, SIM_FEED_PAKAR, "size", PAKAR_SIZE, NULL);
    reply->type = "application/json";
    tp_buf_puts(out, "{\"sintetis\":true");
    sim_js_int(out, "page", (int64_t)at.number);
    sim_js_int(out, "size", (int64_t)at.size);
    sim_js_int(out, "total", (int64_t)at.total + request->total_delta);
    sim_js_open(out, "data", '[');
    sim_site_rows(site, SIM_FEED_PAKAR, at.since, at.first, at.last, put_expert, out);
    tp_buf_puts(out, "]}");
}

bool
sim_pakar_file(sim_site *site, uint64_t i, sim_file *out)
{
    return page_file(site, SIM_FEED_PAKAR, "/pakar", "size", PAKAR_SIZE, "pakar", i, out);
}
