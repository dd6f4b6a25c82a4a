/* How do the feeds that are one line per record look: lhkpn, dossier, dukcapil? */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "talent/base/hash.h"
#include "tests/simulator/out.h"
#include "tests/simulator/site.h"

enum { FIRST_ISSUE = 20300 }; /* the day before issue number 1 of the wealth-report file */

static bool
dated_path(const sim_site *site, const char *path, const char *name, const char *ending)
{
    char dated[64], plain[64];

    (void)snprintf(dated, sizeof dated, "/%s-%s%s", name, site->code_date, ending);
    (void)snprintf(plain, sizeof plain, "/%s%s", name, ending);
    return strcmp(path, dated) == 0 || strcmp(path, plain) == 0;
}

static bool
dated_file(const sim_site *site, const char *name, const char *ending, uint64_t i, sim_file *out)
{
    (void)snprintf(out->url, sizeof out->url, "/%s-%s%s", name, site->code_date, ending);
    (void)snprintf(out->name, sizeof out->name, "%s-%s%s", name, site->code_date, ending);
    return i == 0;
}

static void
not_found(sim_reply *reply)
{
    sim_reply_error(reply, 404, "{\"message\":\"berkas tidak ada\"}");
}

static void
no_head(const sim_site *site, const sim_bulk *bulk, tp_buf *out)
{
    (void)site;
    (void)bulk;
    (void)out;
}

static void
lhkpn_row(const sim_site *site, const sim_bulk *bulk, const sim_row *row, sim_person *p,
          sim_view *v, tp_buf *out)
{
    (void)site;
    (void)bulk;
    if (row->sub >= (uint32_t)p->n_integrity) {
        return;
    }
    const sim_integrity *report = &p->integrity[row->sub];
    sim_js_open(out, NULL, '{');
    sim_js_text(out, "id", row->key);
    if (v->nik[0] != '\0') { /* the register is kept by NIK; a NIP is often not there */
        sim_js_text(out, "nik", v->nik);
    }
    if (v->nip[0] != '\0') {
        sim_js_text(out, "nip", v->nip);
    }
    sim_js_text(out, "nama", v->full_name);
    sim_js_int(out, "tahun_lapor", report->year);
    sim_js_text(out, "wajib", report->obliged ? "Y" : "T");
    sim_js_day(out, "tanggal_lapor", report->submitted);
    sim_js_day(out, "tanggal_verifikasi", report->verified);
    sim_js_text(out, "status_lapor", report->status);
    sim_js_text(out, "jenis", report->type);
    sim_js_bool(out, "sintetis", true);
    tp_buf_put(out, "}\n", 2);
}

/* The head line names the SHA-256 of all lines after it, so they are made once before they are
 * sent. */
static void
lhkpn_sum(const sim_site *site, const sim_bulk *bulk, char out[crypto_hash_sha256_BYTES * 2 + 1])
{
    unsigned char sum[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    TP_AUTO_BUF(text);
    sim_bulk plain = *bulk;
    sim_reply reply = {0};

    plain.head = no_head;
    sim_bulk_serve(site, &plain, "", false, &reply);
    (void)crypto_hash_sha256_init(&state);
    while (reply.gen != NULL && reply.gen->next(reply.gen, &text)) {
        (void)crypto_hash_sha256_update(&state, (const unsigned char *)text.p, text.n);
        tp_buf_reset(&text);
    }
    (void)crypto_hash_sha256_final(&state, sum);
    (void)sodium_bin2hex(out, crypto_hash_sha256_BYTES * 2 + 1, sum, sizeof sum);
    free(reply.gen);
    tp_buf_clear(&reply.body);
}

static void
lhkpn_head(const sim_site *site, const sim_bulk *bulk, tp_buf *out)
{
    char sum[crypto_hash_sha256_BYTES * 2 + 1];

    lhkpn_sum(site, bulk, sum);
    sim_js_open(out, NULL, '{');
    sim_js_text(out, "jenis", "header");
    sim_js_int(out, "urutan", sim_world_options(site->world)->as_of - FIRST_ISSUE);
    sim_js_int(out, "jumlah",
               (int64_t)sim_feed_count(site->world, SIM_FEED_LHKPN, 0) + bulk->total_delta);
    sim_js_text(out, "sha256", sum);
    sim_js_bool(out, "sintetis", true);
    tp_buf_put(out, "}\n", 2);
}

void
sim_lhkpn_answer(sim_site *site, sim_request *request, sim_reply *reply)
{
    const sim_bulk bulk = {.feed = SIM_FEED_LHKPN,
                           .head = lhkpn_head,
                           .row = lhkpn_row,
                           .total_delta = request->total_delta};

    if (!dated_path(site, request->path, "lhkpn", ".jsonl.gz")) {
        not_found(reply);
        return;
    }
    sim_bulk_serve(site, &bulk, "application/gzip", true, reply);
}

bool
sim_lhkpn_file(sim_site *site, uint64_t i, sim_file *out)
{
    return dated_file(site, "lhkpn", ".jsonl.gz", i, out);
}

static void
dossier_head(const sim_site *site, const sim_bulk *bulk, tp_buf *out)
{
    (void)site;
    (void)bulk;
    tp_buf_puts(out, "id,nip,nama,jenis,tanggal,hasil,sintetis\n");
}

static void
dossier_row(const sim_site *site, const sim_bulk *bulk, const sim_row *row, sim_person *p,
            sim_view *v, tp_buf *out)
{
    char day[24];

    (void)site;
    (void)bulk;
    if (row->sub >= (uint32_t)p->n_dossier) {
        return;
    }
    const sim_document *document = &p->dossier[row->sub];
    const char *const fields[] = {row->key,
                                  v->nip,
                                  v->name,
                                  document->kind,
                                  sim_day_text(document->day, v->date_form, day),
                                  document->result};
    for (size_t i = 0; i < TP_COUNT(fields); i++) {
        sim_csv_field(out, fields[i], ',');
        tp_buf_char(out, ',');
    }
    tp_buf_put(out, "ya\n", 3);
}

void
sim_dossier_answer(sim_site *site, sim_request *request, sim_reply *reply)
{
    const sim_bulk bulk = {.feed = SIM_FEED_DOSSIER, .head = dossier_head, .row = dossier_row};

    if (!dated_path(site, request->path, "dossier", ".csv")) {
        not_found(reply);
        return;
    }
    sim_bulk_serve(site, &bulk, "text/csv; charset=utf-8", false, reply);
}

bool
sim_dossier_file(sim_site *site, uint64_t i, sim_file *out)
{
    return dated_file(site, "dossier", ".csv", i, out);
}

static void
dukcapil_row(const sim_site *site, const sim_bulk *bulk, const sim_row *row, sim_person *p,
             sim_view *v, tp_buf *out)
{
    (void)site;
    (void)bulk;
    (void)p;
    sim_js_open(out, NULL, '{');
    sim_js_text(out, "id", row->key);
    sim_js_text(out, "nik", v->nik);
    sim_js_text(out, "nama", v->name);
    sim_js_text(out, "tanggal_lahir", v->born_text);
    sim_js_text(out, "jenis_kelamin", v->sex == 'F' ? "PEREMPUAN" : "LAKI-LAKI");
    sim_js_day(out, "meninggal", v->died);
    sim_js_text(out, "nip_diklaim", v->nip[0] != '\0' ? v->nip : NULL);
    sim_js_bool(out, "sintetis", true);
    tp_buf_put(out, "}\n", 2);
}

void
sim_dukcapil_answer(sim_site *site, sim_request *request, sim_reply *reply)
{
    const sim_bulk bulk = {.feed = SIM_FEED_DUKCAPIL, .head = no_head, .row = dukcapil_row};

    if (!dated_path(site, request->path, "dukcapil", ".jsonl")) {
        not_found(reply);
        return;
    }
    sim_bulk_serve(site, &bulk, "application/x-ndjson", false, reply);
}

bool
sim_dukcapil_file(sim_site *site, uint64_t i, sim_file *out)
{
    return dated_file(site, "dukcapil", ".jsonl", i, out);
}
