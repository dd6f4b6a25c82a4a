/* How does the roster export of the SIASN portal look: everyone, as CSV? */
#include <stdio.h>
#include <string.h>

#include "tests/simulator/out.h"
#include "tests/simulator/siasn.h"

static const char HEAD[] =
    "pns_id;nip_baru;nip_lama;nama;gelar_depan;gelar_belakang;tempat_lahir_id;tempat_lahir_nama;"
    "tanggal_lahir;jenis_kelamin;agama_id;agama_nama;jenis_kawin_id;jenis_kawin_nama;nik;nomor_hp;"
    "email;email_gov;alamat;npwp_nomor;bpjs;jenis_pegawai_id;jenis_pegawai_nama;kedudukan_hukum_id;"
    "kedudukan_hukum_nama;status_cpns_pns;kartu_asn_virtual;nomor_sk_cpns;tanggal_sk_cpns;tmt_cpns;"
    "nomor_sk_pns;tanggal_sk_pns;tmt_pns;gol_awal_id;gol_awal_nama;gol_akhir_id;gol_akhir_nama;"
    "tmt_golongan;mk_tahun;mk_bulan;jenis_jabatan_id;jenis_jabatan_nama;jabatan_id;jabatan_nama;"
    "tmt_jabatan;tingkat_pendidikan_id;tingkat_pendidikan_nama;pendidikan_id;pendidikan_nama;"
    "tahun_lulus;kpkn_id;kpkn_nama;lokasi_kerja_id;lokasi_kerja_nama;unor_id;unor_nama;"
    "instansi_induk_id;instansi_induk_nama;instansi_kerja_id;instansi_kerja_nama;"
    "satuan_kerja_induk_id;satuan_kerja_induk_nama;satuan_kerja_kerja_id;satuan_kerja_kerja_nama;"
    "is_valid_nik;nama_sekolah;flag_ikd;sintetis\n";

/* A text: the word null when there is none. */
static void
put(const char *text, tp_buf *out)
{
    if (text == NULL || text[0] == '\0') {
        tp_buf_put(out, "null;", 5);
        return;
    }
    sim_csv_field(out, text, ';');
    tp_buf_char(out, ';');
}

/* Digits get an apostrophe in front, so that a spreadsheet leaves them alone. */
static void
put_digits(const char *text, tp_buf *out)
{
    if (text[0] != '\0') {
        tp_buf_char(out, '\'');
    }
    put(text, out);
}

static void
put_number(int64_t value, tp_buf *out)
{
    tp_buf_char(out, '\'');
    tp_buf_i64(out, value);
    tp_buf_char(out, ';');
}

static void
put_day(int32_t day, tp_buf *out)
{
    char text[24];

    put(sim_day_text(day, SIM_DATE_DMY, text), out);
}

static void
put_nothing(int n, tp_buf *out)
{
    while (n-- > 0) {
        tp_buf_put(out, "null;", 5);
    }
}

static void
put_person(const sim_person *p, const sim_view *v, tp_buf *out)
{
    const char sex[2] = {v->sex, '\0'};

    put(p->siasn_id, out);
    put_digits(v->nip, out);
    put_digits(v->old_nip, out);
    put(v->name, out);
    put(v->front, out);
    put(v->back, out);
    put_nothing(1, out);
    put(p->birthplace, out);
    put(v->born_text, out);
    put(sex, out);
    put_nothing(4, out); /* religion, marriage */
    put_digits(v->nik, out);
    put_digits("080000000000", out);
    put("contoh@example.invalid", out);
    put_nothing(1, out);
    put("SINTETIS", out);
    put_nothing(2, out);
}

static void
put_service(const sim_world *world, const sim_person *p, const sim_view *v, tp_buf *out)
{
    const int months = tp_day_months_between(p->cpns, sim_world_options(world)->as_of);
    const char *kind = "";

    put_digits(sim_employee_type(world, p->status, v->agency, &kind), out);
    put(kind, out);
    put_digits(v->legal_status, out);
    put(sim_legal_status_name(world, v->legal_status), out);
    put(sim_status_name(p->status), out);
    put_nothing(2, out);
    put_day(p->cpns, out);
    put_day(p->cpns, out);
    put_nothing(1, out);
    put_day(p->pns, out);
    put_day(p->pns, out);
    put_number(p->first_rank_id, out);
    put(sim_rank_name(p->first_rank_id), out);
    put_number(p->rank_id, out);
    put(sim_rank_name(p->rank_id), out);
    put_day(p->rank_since, out);
    put_number(months / 12, out);
    put_number(months % 12, out);
}

static void
put_position(const sim_person *p, tp_buf *out)
{
    static const char *const KINDS[] = {"", "Jabatan Struktural", "Jabatan Fungsional Tertentu",
                                        "Jabatan Rangkap", "Jabatan Fungsional Umum"};
    const sim_education *top = p->n_education > 0 ? &p->education[p->n_education - 1] : NULL;

    put_number(p->position.kind, out);
    put(KINDS[p->position.kind], out);
    put_nothing(1, out);
    put(p->position.title, out);
    put_day(p->position.start, out);
    if (top == NULL) {
        put_nothing(5, out);
        return;
    }
    put_digits(top->level_id, out);
    put(top->level, out);
    put(top->programme_id, out);
    put(top->programme, out);
    if (top->year > 0) {
        put_number(top->year, out);
    } else {
        put_nothing(1, out);
    }
}

static void
put_place(const sim_world *world, const sim_person *p, const sim_view *v, tp_buf *out)
{
    put_nothing(2, out);
    if (v->agency == SIM_NONE || p->position.agency == SIM_NONE) {
        put_nothing(12, out);
        return;
    }
    const sim_agency_info *home = sim_agency(world, v->agency);
    const sim_agency_info *work = sim_agency(world, p->position.agency);
    sim_unit_info unit;
    sim_unit(world, p->position.agency, p->position.unit, &unit);
    put(work->region_code, out);
    put(work->region_name, out);
    put(unit.id, out);
    put(unit.name, out);
    put(home->bkn_id, out);
    put(home->name, out);
    put(work->bkn_id, out);
    put(work->name, out);
    put(home->bkn_id, out);
    put(home->name, out);
    put(work->bkn_id, out);
    put(work->name, out);
}

static void
roster_head(const sim_site *site, const sim_bulk *bulk, tp_buf *out)
{
    (void)site;
    (void)bulk;
    tp_buf_puts(out, HEAD);
}

static void
roster_row(const sim_site *site, const sim_bulk *bulk, const sim_row *row, sim_person *p,
           sim_view *v, tp_buf *out)
{
    (void)bulk;
    (void)row;
    put_person(p, v, out);
    put_service(site->world, p, v, out);
    put_position(p, out);
    put_place(site->world, p, v, out);
    put(v->nik_verified ? "1" : "0", out);
    put(p->n_education > 0 ? p->education[p->n_education - 1].school : "", out);
    put_nothing(1, out);
    tp_buf_put(out, "ya\n", 3);
}

void
sim_roster_answer(sim_site *site, sim_request *request, sim_reply *reply)
{
    const sim_bulk bulk = {.feed = SIM_FEED_ROSTER, .head = roster_head, .row = roster_row};
    char dated[64];

    (void)snprintf(dated, sizeof dated, "/roster-%s.csv.gz", site->code_date);
    if (strcmp(request->path, dated) != 0 && strcmp(request->path, "/roster.csv.gz") != 0) {
        sim_reply_error(reply, 404, "{\"message\":\"berkas tidak ada\"}");
        return;
    }
    sim_bulk_serve(site, &bulk, "application/gzip", true, reply);
}

bool
sim_roster_file(sim_site *site, uint64_t i, sim_file *out)
{
    (void)snprintf(out->url, sizeof out->url, "/roster-%s.csv.gz", site->code_date);
    (void)snprintf(out->name, sizeof out->name, "roster-%s.csv.gz", site->code_date);
    return i == 0;
}
