/* What stands in the histories of a person in SIASN (the rw- endpoints)? */
#include <stdio.h>
#include <string.h>

#include "tests/simulator/out.h"
#include "tests/simulator/siasn.h"

/* Opens a row with its key; keys come in the three spellings that are seen. */
static void
open_row(const sim_person *p, unsigned kind, int i, tp_buf *out)
{
    char id[33], spelled[40];

    sim_hex_id((uint64_t)p->index << 8 | kind, (uint64_t)i, id);
    if (i % 3 == 1) {
        for (char *at = id; *at != '\0'; at++) {
            *at = (char)(*at >= 'a' && *at <= 'f' ? *at - 32 : *at);
        }
    }
    if (i % 3 == 2) {
        (void)snprintf(spelled, sizeof spelled, "%.8s-%.4s-%.4s-%.4s-%.12s", id, id + 8, id + 12,
                       id + 16, id + 20);
    } else {
        (void)snprintf(spelled, sizeof spelled, "%s", id);
    }
    sim_js_open(out, NULL, '{');
    sim_js_text(out, "id", spelled);
}

/* Documents of a row: an object by document type, or one of the ways to say none. */
static void
close_row(const char *document, const char *name, int i, tp_buf *out)
{
    if (i % 4 == 3) {
        sim_js_key(out, "path");
        tp_buf_puts(out, i % 8 == 3 ? "null" : "\"\"");
    } else {
        sim_js_open(out, "path", '{');
        sim_js_open(out, document, '{');
        sim_js_text(out, "dok_id", document);
        sim_js_text(out, "dok_nama", name);
        sim_js_text(out, "dok_uri", "peremajaan/sintetis.pdf");
        sim_js_text(out, "object", "peremajaan/sintetis.pdf");
        sim_js_text(out, "slug", document);
        tp_buf_puts(out, "}}");
    }
    tp_buf_char(out, '}');
}

static void
put_owner(const sim_person *p, const sim_view *v, tp_buf *out)
{
    sim_js_text(out, "idPns", p->siasn_id);
    sim_js_text(out, "nipBaru", v->nip);
    sim_js_text(out, "nipLama", v->old_nip);
}

/* A date that was never set: empty, null, or the first day of the year 1. */
static void
put_maybe_date(const char *key, int32_t day, uint32_t pick, tp_buf *out)
{
    if (day != SIM_NO_DAY) {
        sim_js_date(out, key, day, SIM_DATE_DMY);
    } else {
        sim_js_text(out, key, pick % 3 == 0 ? "" : pick % 3 == 1 ? NULL : "01-01-0001");
    }
}

static void
put_place(const sim_world *world, const sim_position *row, tp_buf *out)
{
    if (row->agency == SIM_NONE) {
        return;
    }
    const sim_agency_info *agency = sim_agency(world, row->agency);
    sim_unit_info unit;
    sim_unit(world, row->agency, row->unit, &unit);
    sim_js_text(out, "instansiKerjaId", agency->bkn_id);
    sim_js_text(out, "instansiKerjaNama", agency->name);
    sim_js_text(out, "satuanKerjaId", agency->bkn_id);
    sim_js_text(out, "satuanKerjaNama", agency->name);
    sim_js_text(out, "unorId", unit.id);
    sim_js_text(out, "unorNama", unit.name);
}

static int
rw_jabatan(const sim_world *world, const sim_person *p, const sim_view *v, tp_buf *out)
{
    for (int i = 0; i < p->n_position; i++) {
        const sim_position *row = &p->positions[i];
        open_row(p, 1, i, out);
        put_owner(p, v, out);
        sim_js_digits(out, "jenisJabatan", row->kind);
        put_place(world, row, out);
        sim_js_text(out, "eselonId", row->echelon_id);
        sim_js_text(out, "eselon", sim_echelon_name(row->echelon_id));
        sim_js_text(out, "jabatanFungsionalId", "");
        sim_js_text(out, "jabatanFungsionalNama", row->kind == 2 ? row->title : "");
        sim_js_text(out, "jabatanFungsionalUmumId", "");
        sim_js_text(out, "jabatanFungsionalUmumNama", row->kind == 4 ? row->title : "");
        sim_js_text(out, "namaJabatan", row->kind == 1 ? row->title : "");
        sim_js_text(out, "namaUnor", "");
        sim_js_date(out, "tmtJabatan", row->start, SIM_DATE_DMY);
        put_maybe_date("tmtPelantikan", row->inaugurated, p->index + (uint32_t)i, out);
        sim_js_date(out, "tmtMutasi", row->start, SIM_DATE_DMY);
        sim_js_text(out, "nomorSk", row->decree);
        put_maybe_date("tanggalSk", row->decree_day, p->index, out);
        sim_js_text(out, "jenisPenugasanId", row->assignment);
        sim_js_text(out, "jenisMutasiId", row->mutation);
        sim_js_text(out, "subJabatanId", "");
        close_row("872", "Dok SK Jabatan", i, out);
    }
    return p->n_position;
}

static int
rw_golongan(const sim_world *world, const sim_person *p, const sim_view *v, tp_buf *out)
{
    for (int i = 0; i < p->n_rank; i++) {
        const sim_rank *row = &p->ranks[i];
        const int months = tp_day_months_between(p->cpns, row->since);
        open_row(p, 2, i, out);
        put_owner(p, v, out);
        sim_js_digits(out, "golonganId", row->rank_id);
        sim_js_text(out, "golongan", sim_rank_name(row->rank_id));
        sim_js_text(out, "pangkat", sim_rank_title(row->rank_id));
        sim_js_date(out, "tmtGolongan", row->since, SIM_DATE_DMY);
        sim_js_text(out, "skNomor", row->decree);
        sim_js_date(out, "skTanggal", row->decree_day, SIM_DATE_DMY);
        sim_js_text(out, "noPertekBkn", "");
        sim_js_text(out, "tglPertekBkn", NULL);
        sim_js_text(out, "jumlahKreditUtama", i % 2 == 0 ? "" : "-");
        sim_js_text(out, "jumlahKreditTambahan", "");
        sim_js_text(out, "jenisKPId", row->promotion);
        sim_js_digits(out, "masaKerjaGolonganTahun", months / 12);
        sim_js_digits(out, "masaKerjaGolonganBulan", months % 12);
        close_row("858", "Dok SK KP", i, out);
    }
    (void)world;
    return p->n_rank;
}

static int
rw_pendidikan(const sim_world *world, const sim_person *p, const sim_view *v, tp_buf *out)
{
    for (int i = 0; i < p->n_education; i++) {
        const sim_education *row = &p->education[i];
        open_row(p, 3, i, out);
        put_owner(p, v, out);
        sim_js_text(out, "pendidikanId", row->programme_id);
        sim_js_text(out, "pendidikanNama", row->programme);
        sim_js_text(out, "tkPendidikanId", row->level_id);
        sim_js_text(out, "tkPendidikanNama", row->level);
        if (row->year > 0) {
            sim_js_digits(out, "tahunLulus", row->year);
        } else {
            sim_js_text(out, "tahunLulus", "");
        }
        put_maybe_date("tglLulus", row->graduated, p->index, out);
        sim_js_text(out, "isPendidikanPertama", row->first ? "1" : "");
        sim_js_text(out, "nomorIjasah", "SINTETIS");
        sim_js_text(out, "namaSekolah", row->school);
        sim_js_text(out, "gelarDepan", row->title_front ? row->title : "");
        sim_js_text(out, "gelarBelakang", row->title_front ? "" : row->title);
        close_row("870", "Dok Ijazah", i, out);
    }
    (void)world;
    return p->n_education;
}

/* Leadership courses under the old list: the new names fall under the level they replaced. */
static const char *
structural_code(const char *leadership)
{
    static const char *const CODES[][2] = {
        {"pkn1", "5"}, {"pkn2", "4"}, {"pka", "3"}, {"pkp", "2"}};

    for (size_t i = 0; i < TP_COUNT(CODES); i++) {
        if (strcmp(CODES[i][0], leadership) == 0) {
            return CODES[i][1];
        }
    }
    return "8";
}

static int
rw_diklat(const sim_world *world, const sim_person *p, const sim_view *v, tp_buf *out)
{
    int n = 0;

    for (int i = 0; i < p->n_training; i++) {
        const sim_training *row = &p->training[i];
        if (row->kind != 1) {
            continue;
        }
        open_row(p, 4, n++, out);
        put_owner(p, v, out);
        sim_js_text(out, "latihanStrukturalId", structural_code(row->leadership));
        sim_js_text(out, "latihanStrukturalNama", row->name);
        sim_js_text(out, "nomor", row->certificate);
        sim_js_date(out, "tanggal", row->start, SIM_DATE_DMY);
        sim_js_date(out, "tanggalSelesai", row->end, SIM_DATE_DMY);
        sim_js_digits(out, "tahun", tp_day_split(row->start).year);
        sim_js_digits(out, "jumlahJam", row->hours);
        sim_js_text(out, "institusiPenyelenggara", row->organiser);
        close_row("874", "Dok Sertifikat Diklat", i, out);
    }
    (void)world;
    return n;
}

/* T, F or P by kind of training, as the code list says. */
static const char *
certificate_kind(int kind)
{
    return kind == 2 ? "F" : kind == 4 || kind == 7 || kind == 9 ? "P" : "T";
}

static int
rw_kursus(const sim_world *world, const sim_person *p, const sim_view *v, tp_buf *out)
{
    int n = 0;

    for (int i = 0; i < p->n_training; i++) {
        const sim_training *row = &p->training[i];
        if (row->kind == 1) {
            continue;
        }
        open_row(p, 5, n++, out);
        put_owner(p, v, out);
        sim_js_text(out, "jenisKursusId", "1");
        sim_js_text(out, "jenisKursusNama", "Kursus");
        sim_js_text(out, "jenisKursusSertifikat", certificate_kind(row->kind));
        sim_js_digits(out, "jenisDiklatId", row->kind);
        sim_js_text(out, "namaKursus", row->name);
        sim_js_text(out, "noSertipikat", row->certificate);
        sim_js_text(out, "institusiPenyelenggara", row->organiser);
        sim_js_digits(out, "jumlahJam", row->hours);
        sim_js_digits(out, "tahunKursus", tp_day_split(row->start).year);
        sim_js_date(out, "tanggalKursus", row->start, SIM_DATE_DMY);
        sim_js_date(out, "tanggalSelesaiKursus", row->end, SIM_DATE_DMY);
        close_row("881", "Dok Sertifikat Kursus", i, out);
    }
    (void)world;
    return n;
}

static int
rw_skp(const sim_world *world, const sim_person *p, const sim_view *v, tp_buf *out)
{
    TP_AUTO_BUF(score);
    int n = 0;

    for (int i = 0; i < p->n_appraisal; i++) {
        const sim_appraisal *row = &p->appraisal[i];
        if (row->quadrant != 0) {
            continue;
        }
        tp_buf_reset(&score);
        sim_decimal(&score, row->skp_hundredths, 2, '.');
        open_row(p, 6, n++, out);
        sim_js_text(out, "pns", p->siasn_id);
        sim_js_digits(out, "tahun", row->year);
        sim_js_text(out, "nilaiSkp", tp_buf_cstr(&score));
        sim_js_text(out, "nilaiPrestasiKerja", tp_buf_cstr(&score));
        sim_js_text(out, "nilairatarata", tp_buf_cstr(&score));
        sim_js_text(out, "jenisJabatan", "");
        close_row("890", "Dokumen Evaluasi Kinerja", i, out);
    }
    (void)world;
    (void)v;
    return n;
}

static int
rw_skp22(const sim_world *world, const sim_person *p, const sim_view *v, tp_buf *out)
{
    static const char *const RATING[] = {"", "DIATAS ESPEKTASI", "SESUAI ESPEKTASI",
                                         "DIBAWAH ESPEKTASI"};
    static const char *const QUADRANT[] = {"",       "SANGAT BAIK",  "BAIK", "BUTUH PERBAIKAN",
                                           "KURANG", "SANGAT KURANG"};
    int n = 0;

    for (int i = 0; i < p->n_appraisal; i++) {
        const sim_appraisal *row = &p->appraisal[i];
        if (row->quadrant == 0) {
            continue;
        }
        open_row(p, 7, n++, out);
        sim_js_text(out, "pnsDinilaiId", p->siasn_id);
        sim_js_digits(out, "tahun", row->year);
        sim_js_text(out, "hasilKinerja", RATING[row->result]);
        sim_js_digits(out, "hasilKinerjaNilai", row->result);
        sim_js_text(out, "perilakuKerja", RATING[row->behaviour]);
        sim_js_digits(out, "PerilakuKerjaNilai", row->behaviour);
        sim_js_text(out, "kuadranKinerja", QUADRANT[row->quadrant]);
        sim_js_digits(out, "KuadranKinerjaNilai", row->quadrant);
        sim_js_text(out, "namaPenilai", "SINTETIS");
        sim_js_text(out, "nipNrpPenilai", "");
        sim_js_text(out, "statusPenilai", "ASN");
        close_row("1179", "Dokumen Evaluasi Kinerja", i, out);
    }
    (void)world;
    (void)v;
    return n;
}

static int
rw_hukdis(const sim_world *world, const sim_person *p, const sim_view *v, tp_buf *out)
{
    for (int i = 0; i < p->n_discipline; i++) {
        const sim_discipline *row = &p->discipline[i];
        const char level[2] = {row->level, '\0'};
        open_row(p, 8, i, out);
        sim_js_text(out, "rwHukumanDisiplin", "");
        sim_js_text(out, "pnsOrang", p->siasn_id);
        sim_js_digits(out, "jenisHukuman", row->type);
        sim_js_text(out, "jenisHukumanNama", sim_discipline_name(world, row->type));
        sim_js_text(out, "jenisTingkatHukumanId", level);
        sim_js_text(out, "skNomor", row->decree);
        sim_js_date(out, "skTanggal", row->decree_day, SIM_DATE_DMY);
        sim_js_text(out, "nomorPp", row->regulation);
        sim_js_date(out, "hukumanTanggal", row->start, SIM_DATE_DMY);
        sim_js_digits(out, "masaTahun", row->months / 12);
        sim_js_digits(out, "masaBulan", row->months % 12);
        sim_js_date(out, "akhirHukumTanggal", row->end, SIM_DATE_DMY);
        sim_js_text(out, "golongan", "");
        sim_js_text(out, "kedudukanHukum", "");
        sim_js_text(out, "alasanHukumanDisiplinNama", row->ground);
        sim_js_text(out, "skPembatalanNomor", row->annul);
        sim_js_date(out, "skPembatalanTanggal", row->annul[0] != '\0' ? row->annul_day : SIM_NO_DAY,
                    SIM_DATE_DMY);
        sim_js_text(out, "keterangan", row->appeal ? "Dalam upaya administratif" : "");
        close_row("882", "Dok SK Hukuman Disiplin", i, out);
    }
    (void)v;
    return p->n_discipline;
}

static int
rw_penghargaan(const sim_world *world, const sim_person *p, const sim_view *v, tp_buf *out)
{
    int n = 0;

    for (int i = 0; i < p->n_award; i++) {
        const sim_award *row = &p->award[i];
        if (row->type == 0) { /* prizes outside the code list are known to other feeds only */
            continue;
        }
        open_row(p, 9, n++, out);
        sim_js_text(out, "pnsOrangId", p->siasn_id);
        sim_js_digits(out, "hargaId", row->type);
        sim_js_text(out, "hargaNama", row->name);
        sim_js_digits(out, "tahun", row->year);
        sim_js_text(out, "skNomor", row->decree);
        sim_js_date(out, "skDate", row->decree_day, SIM_DATE_DMY);
        close_row("892", "Dok Sertifikat Penghargaan", i, out);
    }
    (void)world;
    (void)v;
    return n;
}

static const struct {
    const char *name;
    sim_siasn_history *write;
} HISTORIES[] = {
    {"rw-jabatan", rw_jabatan}, {"rw-golongan", rw_golongan}, {"rw-pendidikan", rw_pendidikan},
    {"rw-diklat", rw_diklat},   {"rw-kursus", rw_kursus},     {"rw-skp", rw_skp},
    {"rw-skp22", rw_skp22},     {"rw-hukdis", rw_hukdis},     {"rw-penghargaan", rw_penghargaan},
};

sim_siasn_history *
sim_siasn_find(tp_str endpoint)
{
    for (size_t i = 0; i < TP_COUNT(HISTORIES); i++) {
        if (tp_str_is(endpoint, HISTORIES[i].name)) {
            return HISTORIES[i].write;
        }
    }
    return NULL;
}

const char *
sim_siasn_endpoint(size_t i)
{
    return i < TP_COUNT(HISTORIES) ? HISTORIES[i].name : NULL;
}
