/* What stands in the main record of a person in SIASN? */
#include <stdio.h>
#include <string.h>

#include "tests/simulator/out.h"
#include "tests/simulator/siasn.h"

/* Fields the pool must not read (feeds.md, use D): sent with values nobody could mistake for data.
 */
static const char *const UNWANTED[][2] = {
    {"agama", "SINTETIS"},
    {"agamaId", "7"},
    {"statusPerkawinan", ""},
    {"jenisKawinId", ""},
    {"jumlahIstriSuami", "0"},
    {"jumlahAnak", "0"},
    {"karis_karsu", ""},
    {"nomorIdDocument", ""},
    {"jenisIdDokumenId", "1"},
    {"jenisIdDokumenNama", "KTP"},
    {"alamat", "SINTETIS"},
    {"kodePos", "00000"},
    {"noHp", "080000000000"},
    {"noTelp", ""},
    {"email", "contoh@example.invalid"},
    {"emailGov", "contoh@example.invalid"},
    {"noNpwp", "00.000.000.0-000.000"},
    {"noAskes", ""},
    {"bpjs", "0000000000000"},
    {"noTaspen", ""},
    {"noSeriKarpeg", ""},
    {"kartuAsn", ""},
    {"skck", ""},
    {"akteKelahiran", ""},
    {"akteMeninggal", ""},
    {"gajiPokok", "0"},
    {"kpknId", ""},
    {"kpknNama", ""},
    {"kppnId", ""},
    {"kppnNama", ""},
    {"ktuaId", ""},
    {"ktuaNama", ""},
};

static void
put_identity(const sim_person *p, const sim_view *v, tp_buf *out)
{
    const char sex[2] = {v->sex, '\0'};

    sim_js_text(out, "id", p->siasn_id);
    sim_js_text(out, "nipBaru", v->nip);
    sim_js_text(out, "nipLama", v->old_nip);
    sim_js_text(out, "nama", v->name);
    sim_js_text(out, "gelarDepan", v->front);
    sim_js_text(out, "gelarBelakang", v->back);
    sim_js_text(out, "tempatLahir", p->birthplace);
    sim_js_text(out, "tglLahir", v->born_text);
    sim_js_text(out, "jenisKelamin", sex);
    sim_js_text(out, "nik", v->nik);
    sim_js_text(out, "validNik", v->nik_verified ? "1" : "");
    for (size_t i = 0; i < TP_COUNT(UNWANTED); i++) {
        sim_js_text(out, UNWANTED[i][0], UNWANTED[i][1]);
    }
    sim_js_text(out, "statusHidup", v->died == SIM_NO_DAY ? "1" : "0");
    sim_js_date(out, "tglMeninggal", v->died, SIM_DATE_DMY);
    sim_js_text(out, "bahasa", p->english[0] != '\0' ? "Inggris" : "");
}

static void
put_rank(const char *id_key, const char *key, int rank_id, tp_buf *out)
{
    sim_js_digits(out, id_key, rank_id);
    sim_js_text(out, key, sim_rank_name(rank_id));
}

const char *
sim_employee_type(const sim_world *world, sim_status status, uint32_t agency, const char **out_name)
{
    if (status == SIM_STATUS_PPPK || agency == SIM_NONE) {
        *out_name = "";
        return "";
    }
    const sim_agency_info *home = sim_agency(world, agency);
    if (!home->regional) {
        *out_name = "PNS Pusat yang bekerja pada Departemen/Lembaga";
        return "1";
    }
    const bool province = strcmp(home->kind, "PROV") == 0;
    *out_name = province ? "PNS Daerah Propinsi yang bekerja pada Propinsi"
                         : "PNS Daerah Kab./Kota yang bekerja pada Kab./Kota";
    return province ? "10" : "15";
}

static void
put_service(const sim_world *world, const sim_person *p, const sim_view *v, tp_buf *out)
{
    const int months = tp_day_months_between(p->cpns, sim_world_options(world)->as_of);
    const char *kind = "";

    sim_js_text(out, "jenisPegawaiId", sim_employee_type(world, p->status, v->agency, &kind));
    sim_js_text(out, "jenisPegawaiNama", kind);
    sim_js_text(out, "kedudukanPnsId", v->legal_status);
    sim_js_text(out, "kedudukanPnsNama", sim_legal_status_name(world, v->legal_status));
    sim_js_text(out, "statusPegawai", sim_status_name(p->status));
    sim_js_date(out, "tmtCpns", p->cpns, SIM_DATE_DMY);
    sim_js_date(out, "tglSkCpns", p->cpns, SIM_DATE_DMY);
    sim_js_date(out, "tmtPns", p->pns, SIM_DATE_DMY);
    sim_js_date(out, "tglSkPns", p->pns, SIM_DATE_DMY);
    sim_js_date(out, "tmtPensiun", p->retire, SIM_DATE_DMY);
    sim_js_digits(out, "bupPensiun", p->retire_age);
    sim_js_digits(out, "mkTahun", months / 12);
    sim_js_digits(out, "mkBulan", months % 12);
    put_rank("golRuangAwalId", "golRuangAwal", p->first_rank_id, out);
    put_rank("golRuangAkhirId", "golRuangAkhir", p->rank_id, out);
    sim_js_text(out, "pangkatAkhir", sim_rank_title(p->rank_id));
    sim_js_date(out, "tmtGolAkhir", p->rank_since, SIM_DATE_DMY);
}

static void
put_position(const sim_world *world, const sim_person *p, tp_buf *out)
{
    const sim_position *position = &p->position;
    const char level[2] = {position->echelon_id[0], '\0'};
    sim_unit_info unit;
    static const char *const KINDS[] = {"", "Struktural", "Fungsional Tertentu", "Rangkap",
                                        "Fungsional Umum"};

    sim_js_digits(out, "jenisJabatanId", position->kind);
    sim_js_text(out, "jenisJabatan", KINDS[position->kind]);
    sim_js_text(out, "jabatanNama", position->title);
    sim_js_text(out, "jabatanStrukturalNama", position->kind == 1 ? position->title : "");
    sim_js_text(out, "jabatanFungsionalNama", position->kind == 2 ? position->title : "");
    sim_js_text(out, "jabatanFungsionalUmumNama", position->kind == 4 ? position->title : "");
    sim_js_date(out, "tmtJabatan", position->start, SIM_DATE_DMY);
    sim_js_text(out, "eselonId", position->echelon_id);
    sim_js_text(out, "eselon", sim_echelon_name(position->echelon_id));
    sim_js_text(out, "eselonLevel", level);
    sim_js_date(out, "tmtEselon", position->echelon_id[0] != '0' ? position->start : SIM_NO_DAY,
                SIM_DATE_DMY);
    sim_js_text(out, "asnJenjangJabatan", sim_tier_name(position->tier));
    sim_js_text(out, "kode_jenjang_jabatan", position->jf_grade);
    if (position->agency != SIM_NONE) {
        sim_unit(world, position->agency, position->unit, &unit);
        sim_js_text(out, "unorId", unit.id);
        sim_js_text(out, "unorNama", unit.name);
    }
}

static void
put_agency(const sim_world *world, const sim_person *p, const sim_view *v, tp_buf *out)
{
    if (v->agency != SIM_NONE) {
        const sim_agency_info *home = sim_agency(world, v->agency);
        const sim_agency_info *work =
            sim_agency(world, p->position.agency != SIM_NONE ? p->position.agency : v->agency);
        sim_js_text(out, "instansiIndukId", home->bkn_id);
        sim_js_text(out, "instansiIndukNama", home->name);
        sim_js_text(out, "instansiKerjaId", work->bkn_id);
        sim_js_text(out, "instansiKerjaNama", work->name);
        sim_js_text(out, "instansiKerjaKodeCepat", work->quick_code);
        sim_js_text(out, "satuanKerjaIndukId", home->bkn_id);
        sim_js_text(out, "satuanKerjaIndukNama", home->name);
        sim_js_text(out, "lokasiKerja", work->region_name);
    }
    sim_js_text(out, "kanregId", "01");
    sim_js_text(out, "kanregNama", "Kantor Regional Contoh");
}

void
sim_siasn_main(const sim_world *world, const sim_person *p, const sim_view *v, tp_buf *out)
{
    tp_buf_char(out, '{');
    put_identity(p, v, out);
    put_service(world, p, v, out);
    put_position(world, p, out);
    put_agency(world, p, v, out);
    if (p->n_education > 0) {
        const sim_education *top = &p->education[p->n_education - 1];
        sim_js_text(out, "tkPendidikanTerakhirId", top->level_id);
        sim_js_text(out, "tkPendidikanTerakhir", top->level);
        sim_js_text(out, "pendidikanTerakhirId", top->programme_id);
        sim_js_text(out, "pendidikanTerakhirNama", top->programme);
        if (top->year == 0) {
            sim_js_text(out, "tahunLulus", "");
        } else if (p->index % 2 == 0) { /* a year here, a date there: both are seen */
            sim_js_digits(out, "tahunLulus", top->year);
        } else {
            sim_js_date(out, "tahunLulus", top->graduated, SIM_DATE_DMY);
        }
    }
    sim_js_key(out, "path");
    tp_buf_puts(out, p->index % 3 == 0 ? "null" : p->index % 3 == 1 ? "\"\"" : "[]");
    sim_js_bool(out, "sintetis", true);
    tp_buf_char(out, '}');
}
