/* Which feeds are there, and how are their rows reached by page or as one stream? */
#include "tests/simulator/site.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "talent/base/hash.h"

enum { CHANGE_DAYS = 1000 };

static const sim_dialect DIALECTS[] = {
    {"siasn", "siasn_url", "/siasn", sim_siasn_answer, sim_siasn_file},
    {"siasn-token", "siasn_token_url", "/siasn-token/oauth2/token", sim_gateway_answer, NULL},
    {"siasn-sso", "siasn_sso_url",
     "/siasn-sso/auth/realms/public-siasn/protocol/openid-connect/token", sim_sso_answer, NULL},
    {"roster", "roster_url", "/roster", sim_roster_answer, sim_roster_file},
    {"simpeg", "simpeg_url", "/simpeg", sim_simpeg_answer, sim_simpeg_file},
    {"talenta", "talenta_url", "/talenta", sim_talenta_answer, sim_talenta_file},
    {"unor", "unor_url", "/unor", sim_unor_answer, sim_unor_file},
    {"peta", "peta_url", "/peta", sim_peta_answer, sim_peta_file},
    {"asesmen", "asesmen_url", "/asesmen", sim_asesmen_answer, sim_asesmen_file},
    {"alumni", "alumni_url", "/alumni", sim_alumni_answer, sim_alumni_file},
    {"kdh", "kdh_url", "/kdh", sim_kdh_answer, sim_kdh_file},
    {"kpu", "kpu_url", "/kpu", sim_kpu_answer, sim_kpu_file},
    {"merit", "merit_url", "/merit", sim_merit_answer, sim_merit_file},
    {"kinerja", "kinerja_url", "/kinerja", sim_kinerja_answer, sim_kinerja_file},
    {"lhkpn", "lhkpn_url", "/lhkpn", sim_lhkpn_answer, sim_lhkpn_file},
    {"dossier", "dossier_url", "/dossier", sim_dossier_answer, sim_dossier_file},
    {"izin", "izin_url", "/izin", sim_izin_answer, sim_izin_file},
    {"dukcapil", "dukcapil_url", "/dukcapil", sim_dukcapil_answer, sim_dukcapil_file},
    {"pakar", "pakar_url", "/pakar", sim_pakar_answer, sim_pakar_file},
    {"galeri", "galeri_url", "/galeri", sim_gallery_answer, NULL},
    {"galeri-fault", "galeri_fault_url", "/galeri-fault", sim_gallery_answer, NULL},
    {"galeri-masuk", "galeri_masuk_url", "/galeri-masuk", sim_gallery_login, NULL},
    {"galeri-singkat", "galeri_singkat_url", "/galeri-singkat", sim_gallery_login, NULL},
    {"galeri-kendali", "galeri_kendali_url", "/galeri-kendali", sim_gallery_control, NULL},
};

const sim_dialect *
sim_dialect_at(size_t i)
{
    return i < TP_COUNT(DIALECTS) ? &DIALECTS[i] : NULL;
}

static void
build_index(const sim_world *world, sim_feed feed, sim_index *index)
{
    const uint64_t space = sim_feed_space(world, feed, 0);
    sim_row row;

    index->rows = 0;
    index->at = malloc((size_t)(space / SIM_INDEX_STEP + 1) * sizeof *index->at);
    for (uint64_t i = 0; i < space && index->at != NULL; i++) {
        if (sim_feed_at(world, feed, 0, i, &row)) {
            if (index->rows % SIM_INDEX_STEP == 0) {
                index->at[index->rows / SIM_INDEX_STEP] = i;
            }
            index->rows++;
        }
    }
    index->ready = true;
}

const sim_index *
sim_site_index(sim_site *site, sim_feed feed)
{
    (void)pthread_mutex_lock(&site->lock);
    if (!site->index[feed].ready) {
        build_index(site->world, feed, &site->index[feed]);
    }
    (void)pthread_mutex_unlock(&site->lock);
    return &site->index[feed];
}

int32_t
sim_row_changed(const sim_site *site, const sim_row *row)
{
    const uint64_t phase = tp_hash_mix((uint64_t)row->person << 8 ^ row->sub ^ 0x77) % CHANGE_DAYS;
    const int32_t newest = sim_world_options(site->world)->as_of - 1;
    const int32_t since = newest - (tp_day_of(2026, 2, 28) - (int32_t)phase);

    /* A row is touched every CHANGE_DAYS days: the next day's feeds differ by a thousandth. */
    return newest - (since % CHANGE_DAYS + CHANGE_DAYS) % CHANGE_DAYS;
}

int32_t
sim_query_day(const sim_request *request, const char *name)
{
    int32_t day = SIM_NO_DAY;

    if (!tp_day_parse_iso(tp_str_sub(tp_str_of(sim_query_text(request, name)), 0, 10), &day)) {
        return SIM_NO_DAY;
    }
    return day;
}

/* Is there a row at this place of the feed, changed since the day? */
static bool
row_since(const sim_site *site, sim_feed feed, int32_t since, uint64_t i, sim_row *row)
{
    return sim_feed_at(site->world, feed, 0, i, row) &&
           (since == SIM_NO_DAY || sim_row_changed(site, row) >= since);
}

uint64_t
sim_site_total(sim_site *site, sim_feed feed, int32_t since)
{
    const uint64_t space = sim_feed_space(site->world, feed, 0);
    uint64_t rows = 0;
    sim_row row;

    if (since == SIM_NO_DAY) {
        return sim_site_index(site, feed)->rows;
    }
    for (uint64_t i = 0; i < space; i++) {
        rows += row_since(site, feed, since, i, &row);
    }
    return rows;
}

void
sim_site_rows(sim_site *site, sim_feed feed, int32_t since, uint64_t first, uint64_t last,
              sim_row_writer *each, tp_buf *out)
{
    const sim_index *index = sim_site_index(site, feed);
    const uint64_t space = sim_feed_space(site->world, feed, 0);
    sim_person *person = malloc(sizeof *person);
    uint64_t seen = 0, i = 0;
    sim_row row;
    sim_view view;

    if (person == NULL || index->at == NULL) {
        out->failed = true;
        free(person);
        return;
    }
    if (since == SIM_NO_DAY && first < index->rows) { /* start near, not at the beginning */
        seen = first / SIM_INDEX_STEP * SIM_INDEX_STEP;
        i = index->at[first / SIM_INDEX_STEP];
    }
    for (; i < space && seen < last && first < last; i++) {
        if (row_since(site, feed, since, i, &row) && seen++ >= first) {
            sim_person_make(site->world, row.person, person);
            sim_view_make(site->world, feed, 0, &row, person, &view);
            each(site, &row, person, &view, out);
        }
    }
    free(person);
}

void
sim_site_clear(sim_site *site)
{
    for (size_t i = 0; i < SIM_FEEDS; i++) {
        free(site->index[i].at);
    }
    (void)pthread_mutex_destroy(&site->lock);
    sim_world_close(site->world);
    memset(site, 0, sizeof *site);
}

void
sim_hex_id(uint64_t a, uint64_t b, char out[33])
{
    const uint64_t high = tp_hash_mix(a ^ tp_hash_mix(b));

    (void)snprintf(out, 33, "%016" PRIx64 "%016" PRIx64, high, tp_hash_mix(high ^ b));
}

/* A bulk file on its way: the generator and everything one row needs. */
typedef struct bulk_gen {
    sim_gen gen;
    const sim_site *site;
    sim_bulk bulk;
    uint64_t row, space;
    enum { BULK_HEAD, BULK_ROWS, BULK_END } state;
    sim_row at;
    sim_view view;
    sim_person person;
} bulk_gen;

static bool
bulk_next(sim_gen *gen, tp_buf *out)
{
    bulk_gen *g = (bulk_gen *)gen; /* gen is its first member */
    const sim_world *world = g->site->world;

    if (g->state == BULK_HEAD) {
        g->state = BULK_ROWS;
        g->bulk.head(g->site, &g->bulk, out);
        return true;
    }
    while (g->state == BULK_ROWS && g->row < g->space) {
        if (sim_feed_at(world, g->bulk.feed, g->bulk.agency, g->row++, &g->at)) {
            sim_person_make(world, g->at.person, &g->person);
            sim_view_make(world, g->bulk.feed, g->bulk.agency, &g->at, &g->person, &g->view);
            g->bulk.row(g->site, &g->bulk, &g->at, &g->person, &g->view, out);
            return true;
        }
    }
    if (g->state == BULK_ROWS && g->bulk.tail != NULL) {
        g->state = BULK_END;
        g->bulk.tail(g->site, &g->bulk, out);
        return true;
    }
    return false;
}

void
sim_bulk_serve(const sim_site *site, const sim_bulk *bulk, const char *type, bool gzip,
               sim_reply *reply)
{
    bulk_gen *g = calloc(1, sizeof *g);

    if (g == NULL) {
        sim_reply_error(reply, 500, "{\"message\":\"memori habis\"}");
        return;
    }
    g->gen.next = bulk_next;
    g->site = site;
    g->bulk = *bulk;
    g->space = sim_feed_space(site->world, bulk->feed, bulk->agency);
    reply->gen = &g->gen;
    reply->gzip = gzip;
    reply->type = type;
    reply->status = 200;
}
