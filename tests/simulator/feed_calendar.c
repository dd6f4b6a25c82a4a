/* How do the feeds about places and agencies look: kdh, kpu, izin, merit? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/out.h"
#include "tests/simulator/site.h"

enum { LIMIT = 500, LIMIT_MAX = 5000 };

static void
unknown_path(sim_reply *reply)
{
    sim_reply_error(reply, 404, "{\"success\":false,\"error\":{\"message\":\"Not Found\"}}");
}

/* A code that a spreadsheet took for a number: 11.10 has become 11.1. */
static void
put_damaged_code(const char *key, const char *code, tp_buf *out)
{
    size_t n = strlen(code);

    if (strchr(code, '.') != NULL) {
        while (n > 0 && code[n - 1] == '0') {
            n--;
        }
        n -= n > 0 && code[n - 1] == '.';
    }
    sim_js_key(out, key);
    tp_buf_put(out, code, n);
}

static void
put_inauguration(const sim_inauguration *row, size_t i, tp_buf *out)
{
    sim_js_open(out, NULL, '{');
    sim_js_int(out, "_id", (int64_t)i + 1);
    put_damaged_code("kode_wilayah", row->region_code, out);
    sim_js_text(out, "nama_wilayah", row->region_name);
    sim_js_text(out, "jabatan", row->office);
    sim_js_int(out, "tahun_pilkada", row->election_year);
    sim_js_day(out, "tanggal_pelantikan", row->day);
    sim_js_day(out, "akhir_masa_jabatan", row->term_end);
    sim_js_text(out, "status", row->status);
    sim_js_text(out, "nomor_izin", row->permit[0] != '\0' ? row->permit : NULL);
    sim_js_bool(out, "sintetis", true);
    tp_buf_char(out, '}');
}

static void
put_ckan_fields(tp_buf *out)
{
    static const char *const FIELDS[][2] = {
        {"_id", "int"},       {"kode_wilayah", "numeric"},    {"nama_wilayah", "text"},
        {"jabatan", "text"},  {"tahun_pilkada", "int"},       {"tanggal_pelantikan", "text"},
        {"status", "text"},   {"akhir_masa_jabatan", "text"}, {"nomor_izin", "text"},
        {"sintetis", "bool"},
    };

    sim_js_open(out, "fields", '[');
    for (size_t i = 0; i < TP_COUNT(FIELDS); i++) {
        sim_js_open(out, NULL, '{');
        sim_js_text(out, "id", FIELDS[i][0]);
        sim_js_text(out, "type", FIELDS[i][1]);
        tp_buf_char(out, '}');
    }
    tp_buf_char(out, ']');
}

void
sim_kdh_answer(sim_site *site, sim_request *request, sim_reply *reply)
{
    static const char path[] = "/api/3/action/datastore_search";
    const uint64_t total = sim_inauguration_count(site->world);
    const uint64_t limit = sim_query_u64(request, "limit", 100, LIMIT_MAX);
    uint64_t offset = sim_query_u64(request, "offset", 0, UINT32_MAX);
    tp_buf *out = &reply->body;
    sim_inauguration row;

    if (strcmp(request->path, path) != 0) {
        unknown_path(reply);
        return;
    }
    const uint64_t next = request->loop ? offset : offset + limit;
    if (request->dup_page && offset >= limit) {
        offset -= limit;
    }
    reply->type = "application/json";
    tp_buf_puts(out, "{\"help\":\"sintetis\",\"success\":true,\"result\":{");
    sim_js_text(out, "resource_id", sim_query_text(request, "resource_id"));
    put_ckan_fields(out);
    sim_js_open(out, "records", '[');
    for (uint64_t i = offset; i < total && i < offset + limit; i++) {
        sim_inauguration_at(site->world, (size_t)i, &row);
        put_inauguration(&row, (size_t)i, out);
    }
    tp_buf_char(out, ']');
    sim_js_int(out, "total", (int64_t)total + request->total_delta);
    tp_buf_printf(
        out, ",\"_links\":{\"start\":\"%s?limit=%llu\",\"next\":\"%s?limit=%llu&offset=%llu\"}}}",
        path, (unsigned long long)limit, path, (unsigned long long)limit, (unsigned long long)next);
}

bool
sim_kdh_file(sim_site *site, uint64_t i, sim_file *out)
{
    if (i > 0 && i * LIMIT >= sim_inauguration_count(site->world)) {
        return false;
    }
    (void)snprintf(out->url, sizeof out->url,
                   "/api/3/action/datastore_search?resource_id=kdh&limit=%d&offset=%llu", LIMIT,
                   (unsigned long long)i * LIMIT);
    (void)snprintf(out->name, sizeof out->name, "pelantikan-%04llu.json",
                   (unsigned long long)i + 1);
    return true;
}

static void
put_election(const sim_world *world, size_t i, tp_buf *out)
{
    sim_election row;

    sim_election_at(world, i, &row);
    sim_js_open(out, NULL, '{');
    sim_js_text(out, "kode_wilayah", row.region_code);
    sim_js_text(out, "nama_wilayah", row.region_name);
    sim_js_int(out, "tahun_pilkada", row.election_year);
    sim_js_day(out, "penetapan_calon", row.candidates_fixed);
    sim_js_day(out, "pemungutan_suara", row.election_day);
    sim_js_day(out, "akhir_masa_jabatan", row.term_end);
    sim_js_bool(out, "sintetis", true);
    tp_buf_char(out, '}');
}

static void
put_permit(const sim_world *world, size_t i, tp_buf *out)
{
    sim_permit row;
    sim_post_info post;

    sim_permit_at(world, i, &row);
    sim_js_open(out, NULL, '{');
    sim_js_text(out, "nomor", row.number);
    sim_js_text(out, "jenis", row.kind);
    sim_js_text(out, "kode_wilayah", row.region_code[0] != '\0' ? row.region_code : NULL);
    sim_js_text(out, "instansi",
                row.agency != SIM_NONE ? sim_agency(world, row.agency)->quick_code : NULL);
    if (row.post != SIM_NONE) {
        sim_post(world, row.post, &post);
        sim_js_text(out, "kode_jabatan", post.code);
    } else {
        sim_js_text(out, "kode_jabatan", NULL);
    }
    sim_js_day(out, "tanggal", row.day);
    sim_js_day(out, "berlaku_sampai", row.valid_until);
    sim_js_text(out, "pemberi", row.body);
    sim_js_bool(out, "sintetis", true);
    tp_buf_char(out, '}');
}

/* One page of a list that has no holes. */
static void
answer_pages(const sim_world *world, const sim_request *request, uint64_t total,
             void (*put)(const sim_world *world, size_t i, tp_buf *out), sim_reply *reply)
{
    const uint64_t page = sim_query_u64(request, "page", 1, UINT32_MAX);
    uint64_t size = sim_query_u64(request, "size", LIMIT, LIMIT_MAX);
    tp_buf *out = &reply->body;
    uint64_t first, last;

    size = size == 0 ? LIMIT : size;
    sim_page(request, page, size, total, &first, &last);
    reply->type = "application/json";
    tp_buf_puts(out, "{\"sintetis\":true");
    sim_js_int(out, "page", (int64_t)page);
    sim_js_int(out, "pages", (int64_t)((total + size - 1) / size) + request->loop);
    sim_js_int(out, "total", (int64_t)total + request->total_delta);
    sim_js_open(out, "data", '[');
    for (uint64_t i = first; i < last; i++) {
        put(world, (size_t)i, out);
    }
    tp_buf_puts(out, "]}");
}

void
sim_kpu_answer(sim_site *site, sim_request *request, sim_reply *reply)
{
    if (strcmp(request->path, "/pilkada") != 0) {
        unknown_path(reply);
        return;
    }
    answer_pages(site->world, request, sim_election_count(site->world), put_election, reply);
}

void
sim_izin_answer(sim_site *site, sim_request *request, sim_reply *reply)
{
    if (strcmp(request->path, "/izin") != 0) {
        unknown_path(reply);
        return;
    }
    answer_pages(site->world, request, sim_permit_count(site->world), put_permit, reply);
}

static bool
pages_file(const char *path, uint64_t total, uint64_t i, sim_file *out)
{
    if (i > 0 && i * LIMIT >= total) {
        return false;
    }
    (void)snprintf(out->url, sizeof out->url, "%s?page=%llu&size=%d", path,
                   (unsigned long long)i + 1, LIMIT);
    (void)snprintf(out->name, sizeof out->name, "%s-%04llu.json", path + 1,
                   (unsigned long long)i + 1);
    return true;
}

bool
sim_kpu_file(sim_site *site, uint64_t i, sim_file *out)
{
    return pages_file("/pilkada", sim_election_count(site->world), i, out);
}

bool
sim_izin_file(sim_site *site, uint64_t i, sim_file *out)
{
    return pages_file("/izin", sim_permit_count(site->world), i, out);
}

static void
put_halves(tp_buf *out, const char *name, int halves)
{
    tp_buf_printf(out, " %s=\"", name);
    sim_decimal(out, (int64_t)halves * 50, 2, ',');
    tp_buf_char(out, '"');
}

static void
put_merit(const sim_agency_info *agency, int year, tp_buf *out)
{
    /* the year that has not ended yet has a draft only */
    const char *status = year > agency->merit_year ? "draf" : agency->merit_status;

    tp_buf_printf(out,
                  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<penilaianMandiri instansi=\"%s\" "
                  "tahun=\"%d\" skema=\"2018\" versi=\"3\" status=\"%s\" sintetis=\"ya\">\n",
                  agency->quick_code, year, status);
    for (size_t i = 0; i < SIM_MERIT_ASPECTS; i++) {
        const int half = agency->merit_half[i];
        const int first = half / 2;
        tp_buf_printf(out, "<aspek kode=\"%s\"", sim_merit_code(i));
        put_halves(out, "nilai", half);
        tp_buf_printf(out, " maks=\"%d\">", sim_merit_max(i));
        for (int k = 0; k < 2; k++) { /* two indicators that add up to the aspect */
            tp_buf_printf(out, "<indikator no=\"%d\"", k + 1);
            put_halves(out, "nilai", k == 0 ? first : half - first);
            put_halves(out, "nilaiVerifikasi", k == 0 ? first : half - first);
            tp_buf_printf(out, " maks=\"%d\" bukti=\"%d\"/>", sim_merit_max(i) / 2, 3 + k);
        }
        tp_buf_puts(out, "</aspek>\n");
    }
    tp_buf_puts(out, "<total>");
    sim_decimal(out, (int64_t)agency->merit_total_half * 50, 2, ',');
    tp_buf_printf(out, "</total>\n<kategori>%s</kategori>\n", agency->merit_category);
    if (year <= agency->merit_year) {
        tp_buf_printf(out, "<verifikator nama=\"Tim Verifikasi Contoh\" tanggal=\"%d-11-30\"/>\n",
                      year);
    }
    tp_buf_puts(out, "</penilaianMandiri>\n");
}

/* Which documents there are: "indeks.xml". */
static void
put_merit_index(const sim_world *world, tp_buf *out)
{
    tp_buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<indeks sintetis=\"ya\">\n");
    for (uint32_t i = 0; i < sim_agency_count(world); i++) {
        const sim_agency_info *agency = sim_agency(world, i);
        tp_buf_printf(out, "<dokumen instansi=\"%s\" tahun=\"%d\"/>\n", agency->quick_code,
                      agency->merit_year);
    }
    tp_buf_puts(out, "</indeks>\n");
}

void
sim_merit_answer(sim_site *site, sim_request *request, sim_reply *reply)
{
    const char *path =
        strncmp(request->path, "/merit/", 7) == 0 ? request->path + 6 : request->path;
    char code[8];
    int year = 0, end = 0;

    reply->type = "application/xml";
    if (strcmp(path, "/indeks.xml") == 0) {
        put_merit_index(site->world, &reply->body);
        return;
    }
    if (sscanf(path, "/%7[0-9]/%4d.xml%n", code, &year, &end) == 2 && end > 0 &&
        path[end] == '\0') {
        const uint32_t number = sim_agency_find(site->world, code);
        const int last = number != SIM_NONE ? sim_agency(site->world, number)->merit_year : 0;
        if (number != SIM_NONE && (year == last || year == last + 1)) {
            put_merit(sim_agency(site->world, number), year, &reply->body);
            return;
        }
    }
    sim_reply_error(reply, 404, "{\"message\":\"dokumen tidak ada\"}");
}

bool
sim_merit_file(sim_site *site, uint64_t i, sim_file *out)
{
    if (i >= sim_agency_count(site->world)) {
        return false;
    }
    const sim_agency_info *agency = sim_agency(site->world, (uint32_t)i);
    (void)snprintf(out->url, sizeof out->url, "/%s/%d.xml", agency->quick_code, agency->merit_year);
    (void)snprintf(out->name, sizeof out->name, "%s/%d.xml", agency->quick_code,
                   agency->merit_year);
    return true;
}
