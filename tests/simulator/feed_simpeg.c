/* How does an agency export its personnel system, as one XML file? */
#include <stdio.h>
#include <string.h>

#include "tests/simulator/out.h"
#include "tests/simulator/site.h"

/* The agency's own habits of writing. */
static sim_charset
charset_of(const sim_site *site, const sim_bulk *bulk)
{
    return sim_agency(site->world, bulk->agency)->latin1 ? SIM_LATIN1 : SIM_UTF8;
}

static void
put_day(tp_buf *out, const char *name, int32_t day, sim_date_form form)
{
    char text[24];

    sim_xml_elem(out, name, sim_day_text(day, form, text), SIM_UTF8);
}

static void
put_number(tp_buf *out, const char *name, int64_t value)
{
    tp_buf_printf(out, "<%s>%lld</%s>", name, (long long)value, name);
}

static void
put_decree(tp_buf *out, const char *name, const char *number, int32_t day, sim_date_form form)
{
    char text[24];

    tp_buf_char(out, '<');
    tp_buf_puts(out, name);
    sim_xml_attr(out, "nomor", number, SIM_UTF8);
    sim_xml_attr(out, "tanggal", sim_day_text(day, form, text), SIM_UTF8);
    tp_buf_put(out, "/>", 2);
}

static void
simpeg_head(const sim_site *site, const sim_bulk *bulk, tp_buf *out)
{
    const sim_agency_info *agency = sim_agency(site->world, bulk->agency);
    char from[24], to[24];

    if (!agency->latin1) {
        tp_buf_puts(out, "\xef\xbb\xbf");
    }
    tp_buf_printf(out, "<?xml version=\"1.0\" encoding=\"%s\"?>\n",
                  agency->latin1 ? "ISO-8859-1" : "UTF-8");
    tp_buf_printf(
        out,
        "<simpeg versi=\"2.1\" instansi=\"%s\" dibuat=\"%sT23:40:12+07:00\" mode=\"penuh\" "
        "jumlah=\"%lld\"",
        agency->quick_code, site->as_of,
        (long long)sim_feed_count(site->world, SIM_FEED_SIMPEG, bulk->agency) +
            (long long)bulk->total_delta);
    if (agency->sends_discipline && agency->coverage_from != SIM_NO_DAY) {
        tp_buf_printf(out, " lengkapHukdis=\"%s/%s\"",
                      sim_day_text(agency->coverage_from, SIM_DATE_ISO, from),
                      sim_day_text(agency->coverage_to, SIM_DATE_ISO, to));
    }
    tp_buf_puts(out, " sintetis=\"ya\">\n");
}

/* Sex as this agency writes it. P is perempuan, a woman. */
static const char *
sex_text(uint32_t agency, char sex)
{
    static const char *const FORMS[][2] = {{"L", "P"}, {"L", "P"}, {"M", "F"}, {"1", "2"}};

    return FORMS[agency % TP_COUNT(FORMS)][sex == 'F'];
}

static void
put_identity(const sim_site *site, const sim_bulk *bulk, const sim_person *p, const sim_view *v,
             tp_buf *out)
{
    const sim_charset set = charset_of(site, bulk);

    sim_xml_elem(out, "nip", v->nip, SIM_UTF8);
    sim_xml_elem(out, "nik", v->nik, SIM_UTF8);
    tp_buf_puts(out, "<nama");
    if (v->front[0] != '\0') {
        sim_xml_attr(out, "gelarDepan", v->front, set);
    }
    if (v->back[0] != '\0') {
        sim_xml_attr(out, "gelarBelakang", v->back, set);
    }
    tp_buf_char(out, '>');
    sim_xml_text(out, v->name, set);
    tp_buf_puts(out, "</nama>");
    sim_xml_elem(out, "jk", sex_text(bulk->agency, v->sex), SIM_UTF8);
    tp_buf_puts(out, "<lahir");
    sim_xml_attr(out, "tempat", p->birthplace, set);
    tp_buf_char(out, '>');
    sim_xml_text(out, v->born_text, SIM_UTF8);
    tp_buf_puts(out, "</lahir><status");
    sim_xml_attr(out, "kode", v->legal_status, SIM_UTF8);
    sim_xml_attr(out, "jenis", sim_status_name(p->status), SIM_UTF8);
    tp_buf_char(out, '>');
    sim_xml_text(out, sim_legal_status_name(site->world, v->legal_status), set);
    tp_buf_printf(out, "</status><pensiun usia=\"%d\">", p->retire_age);
    char text[24];
    tp_buf_puts(out, sim_day_text(p->retire, SIM_DATE_ISO, text));
    tp_buf_puts(out, "</pensiun>\n");
}

static const char *
assignment_text(const char *code)
{
    static const char *const WORDS[][2] = {
        {"D", "Definitif"}, {"PLT", "Plt"}, {"PLH", "Plh"}, {"PJ", "Pj"}};

    for (size_t i = 0; i < TP_COUNT(WORDS); i++) {
        if (strcmp(WORDS[i][0], code) == 0) {
            return WORDS[i][1];
        }
    }
    return "Definitif";
}

static void
put_positions(const sim_world *world, const sim_person *p, const sim_view *v, sim_charset set,
              tp_buf *out)
{
    sim_unit_info unit;

    tp_buf_puts(out, "<riwayat jenis=\"jabatan\">");
    for (int i = 0; i < p->n_position; i++) {
        const sim_position *row = &p->positions[i];
        const char *echelon = sim_echelon_name(row->echelon_id);
        tp_buf_printf(out, "<baris urut=\"%d\">", i + 1);
        sim_xml_elem(out, "nama", row->title, set);
        sim_xml_elem(out, "eselon", echelon[0] != '\0' ? echelon : "-", SIM_UTF8);
        sim_xml_elem(out, "sifat", assignment_text(row->assignment), SIM_UTF8);
        if (row->agency != SIM_NONE) {
            sim_unit(world, row->agency, row->unit, &unit);
            tp_buf_puts(out, "<unit");
            sim_xml_attr(out, "kode", unit.code, SIM_UTF8);
            tp_buf_char(out, '>');
            sim_xml_text(out, unit.name, set);
            tp_buf_puts(out, "</unit>");
        }
        put_day(out, "tmt", row->start, v->date_form);
        if (row->inaugurated != SIM_NO_DAY) {
            put_day(out, "lantik", row->inaugurated, SIM_DATE_LONG);
        }
        put_decree(out, "sk", row->decree, row->decree_day, v->date_form);
        tp_buf_puts(out, "</baris>");
    }
    tp_buf_puts(out, "</riwayat>\n");
}

static void
put_ranks(const sim_person *p, const sim_view *v, tp_buf *out)
{
    tp_buf_puts(out, "<riwayat jenis=\"pangkat\">");
    for (int i = 0; i < p->n_rank; i++) {
        tp_buf_puts(out, "<baris>");
        sim_xml_elem(out, "gol", sim_rank_name(p->ranks[i].rank_id), SIM_UTF8);
        put_day(out, "tmt", p->ranks[i].since, v->date_form);
        put_decree(out, "sk", p->ranks[i].decree, p->ranks[i].decree_day, v->date_form);
        tp_buf_puts(out, "</baris>");
    }
    tp_buf_puts(out, "</riwayat>\n");
}

/* Agencies write the short names: S1, not S-1/Sarjana. */
static const char *
level_text(const char *level_id)
{
    static const char *const SHORT[][2] = {
        {"05", "SD"},  {"10", "SMP"},     {"12", "SMP-K"}, {"15", "SMA"},
        {"17", "SMK"}, {"18", "SPG"},     {"20", "D1"},    {"25", "D2"},
        {"30", "D3"},  {"35", "D4"},      {"40", "S1"},    {"45", "S2"},
        {"50", "S3"},  {"42", "Profesi"}, {"47", "Sp-1"},  {"49", "Sp-2"},
    };

    for (size_t i = 0; i < TP_COUNT(SHORT); i++) {
        if (strcmp(SHORT[i][0], level_id) == 0) {
            return SHORT[i][1];
        }
    }
    return "-";
}

static void
put_education(const sim_person *p, sim_charset set, tp_buf *out)
{
    tp_buf_puts(out, "<riwayat jenis=\"pendidikan\">");
    for (int i = 0; i < p->n_education; i++) {
        const sim_education *row = &p->education[i];
        tp_buf_puts(out, "<baris>");
        sim_xml_elem(out, "tingkat", level_text(row->level_id), SIM_UTF8);
        sim_xml_elem(out, "jurusan", row->programme, set);
        sim_xml_elem(out, "sekolah", row->school, set);
        if (row->year > 0) {
            put_number(out, "lulus", row->year);
        } else {
            tp_buf_puts(out, "<lulus/>");
        }
        tp_buf_puts(out, "</baris>");
    }
    tp_buf_puts(out, "</riwayat>\n");
}

static void
put_training(const sim_person *p, const sim_view *v, sim_charset set, tp_buf *out)
{
    tp_buf_puts(out, "<riwayat jenis=\"diklat\">");
    for (int i = 0; i < p->n_training; i++) {
        const sim_training *row = &p->training[i];
        tp_buf_puts(out, "<baris>");
        sim_xml_elem(out, "nama", row->name, set);
        put_number(out, "jenis", row->kind);
        put_number(out, "jam", row->hours);
        put_day(out, "mulai", row->start, v->date_form);
        put_day(out, "selesai", row->end, v->date_form);
        sim_xml_elem(out, "sertifikat", row->certificate, SIM_UTF8);
        tp_buf_puts(out, "</baris>");
    }
    tp_buf_puts(out, "</riwayat>\n");
}

static void
put_appraisals(const sim_person *p, tp_buf *out)
{
    static const char *const RATING[] = {"", "Di Atas Ekspektasi", "Sesuai Ekspektasi",
                                         "Di Bawah Ekspektasi"};
    static const char *const QUADRANT[] = {"",       "Sangat Baik",  "Baik", "Butuh Perbaikan",
                                           "Kurang", "Sangat Kurang"};

    tp_buf_puts(out, "<riwayat jenis=\"skp\">");
    for (int i = 0; i < p->n_appraisal; i++) {
        const sim_appraisal *row = &p->appraisal[i];
        tp_buf_printf(out, "<baris tahun=\"%d\">", row->year);
        if (row->quadrant != 0) {
            sim_xml_elem(out, "hasil", RATING[row->result], SIM_UTF8);
            sim_xml_elem(out, "perilaku", RATING[row->behaviour], SIM_UTF8);
            sim_xml_elem(out, "predikat", QUADRANT[row->quadrant], SIM_UTF8);
        } else {
            tp_buf_puts(out, "<nilai>");
            sim_decimal(out, row->skp_hundredths, 2, ',');
            tp_buf_puts(out, "</nilai>");
        }
        tp_buf_puts(out, "</baris>");
    }
    tp_buf_puts(out, "</riwayat>\n");
}

static void
put_discipline(const sim_world *world, const sim_person *p, const sim_view *v, sim_charset set,
               tp_buf *out)
{
    tp_buf_puts(out, "<riwayat jenis=\"hukdis\">");
    for (int i = 0; i < p->n_discipline; i++) {
        const sim_discipline *row = &p->discipline[i];
        tp_buf_printf(out, "<baris><jenis kode=\"%d\">", row->type);
        sim_xml_text(out, sim_discipline_name(world, row->type), set);
        tp_buf_puts(out, "</jenis>");
        sim_xml_elem(out, "tingkat",
                     row->level == 'B'   ? "Berat"
                     : row->level == 'S' ? "Sedang"
                                         : "Ringan",
                     SIM_UTF8);
        put_day(out, "mulai", row->start, v->date_form);
        if (row->end != SIM_NO_DAY) {
            put_day(out, "selesai", row->end, v->date_form);
        }
        if (row->months > 0) {
            put_number(out, "bulan", row->months);
        }
        put_decree(out, "sk", row->decree, row->decree_day, v->date_form);
        if (row->annul[0] != '\0') {
            put_decree(out, "batal", row->annul, row->annul_day, v->date_form);
        }
        if (row->appeal) {
            sim_xml_elem(out, "proses", "Banding", SIM_UTF8);
        }
        tp_buf_puts(out, "</baris>");
    }
    tp_buf_puts(out, "</riwayat>\n");
}

static void
put_awards(const sim_person *p, const sim_view *v, sim_charset set, tp_buf *out)
{
    tp_buf_puts(out, "<riwayat jenis=\"penghargaan\">");
    for (int i = 0; i < p->n_award; i++) {
        tp_buf_printf(out, "<baris tahun=\"%d\">", p->award[i].year);
        sim_xml_elem(out, "nama", p->award[i].name, set);
        put_decree(out, "sk", p->award[i].decree, p->award[i].decree_day, v->date_form);
        tp_buf_puts(out, "</baris>");
    }
    tp_buf_puts(out, "</riwayat>\n<riwayat jenis=\"lhkpn\">");
    for (int i = 0; i < p->n_integrity; i++) {
        tp_buf_printf(out, "<baris tahun=\"%d\">", p->integrity[i].year);
        put_day(out, "lapor", p->integrity[i].submitted, v->date_form);
        sim_xml_elem(out, "status", p->integrity[i].status, SIM_UTF8);
        tp_buf_puts(out, "</baris>");
    }
    tp_buf_puts(out, "</riwayat>\n");
}

static void
simpeg_row(const sim_site *site, const sim_bulk *bulk, const sim_row *row, sim_person *p,
           sim_view *v, tp_buf *out)
{
    const sim_charset set = charset_of(site, bulk);
    char day[24];

    tp_buf_printf(out, "<pegawai id=\"%s\" ubah=\"%sT09:15:00+07:00\">", row->key,
                  sim_day_text(sim_row_changed(site, row), SIM_DATE_ISO, day));
    put_identity(site, bulk, p, v, out);
    put_positions(site->world, p, v, set, out);
    put_ranks(p, v, out);
    put_education(p, set, out);
    put_appraisals(p, out);
    if (p->candidate) { /* the short record of the others ends here */
        put_training(p, v, set, out);
        put_awards(p, v, set, out);
    }
    if (sim_agency(site->world, bulk->agency)->sends_discipline) {
        put_discipline(site->world, p, v, set, out);
    }
    tp_buf_puts(out, "</pegawai>\n");
}

static void
simpeg_tail(const sim_site *site, const sim_bulk *bulk, tp_buf *out)
{
    char key[40];

    for (uint32_t i = 0; sim_removed_at(site->world, bulk->agency, i, key); i++) {
        tp_buf_printf(out, "<hapus id=\"%s\"/>\n", key);
    }
    tp_buf_puts(out, "</simpeg>\n");
}

void
sim_simpeg_answer(sim_site *site, sim_request *request, sim_reply *reply)
{
    sim_bulk bulk = {.feed = SIM_FEED_SIMPEG,
                     .head = simpeg_head,
                     .row = simpeg_row,
                     .tail = simpeg_tail,
                     .total_delta = request->total_delta};
    char code[8] = "", user[64], password[64];
    int end = 0;

    if (sscanf(request->path, "/ekspor/simpeg-%7[0-9].xml.gz%n", code, &end) == 1 && end > 0 &&
        request->path[end] == '\0') {
        bulk.agency = sim_agency_find(site->world, code);
    } else {
        bulk.agency = SIM_NONE;
    }
    if (bulk.agency == SIM_NONE) {
        sim_reply_error(reply, 404, "{\"message\":\"berkas tidak ada\"}");
        return;
    }
    (void)snprintf(user, sizeof user, "simpeg_%s_user", code);
    (void)snprintf(password, sizeof password, "simpeg_%s_password", code);
    if (sim_basic_check(&site->tokens, request, user, password, reply)) {
        sim_bulk_serve(site, &bulk, "application/gzip", true, reply);
    }
}

bool
sim_simpeg_file(sim_site *site, uint64_t i, sim_file *out)
{
    if (i >= sim_agency_count(site->world)) {
        return false;
    }
    const char *code = sim_agency(site->world, (uint32_t)i)->quick_code;
    (void)snprintf(out->url, sizeof out->url, "/ekspor/simpeg-%s.xml.gz", code);
    (void)snprintf(out->name, sizeof out->name, "simpeg-%s.xml.gz", code);
    return true;
}
