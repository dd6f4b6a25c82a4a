/* Who is on the gallery's list, and what changes from one version to the next? */
#include <stdio.h>
#include <string.h>

#include "talent/base/day.h"
#include "tests/simulator/gallery.h"

/* Letters beyond ASCII in many, all of them in Latin-1; marks that need escaping in titles. */
static const char *const NAMES[SIM_GALLERY_SLOTS] = {
    "RENÉ HALIM",     "SITI AMÉLIE",      "JOSÉ MANURUNG",   "MÜLLER SIREGAR", "RATNA DEWI",
    "FRANÇOIS TAN",   "NI MADE AYU",      "ÅGE LATUHARHARY", "BJÖRN WIJAYA",   "ZOË PRATIWI",
    "AGUS SALIM",     "ÉLISE HARTONO",    "DÉSIRÉE LUBIS",   "HANS WEIß",      "TÕNU SIHOMBING",
    "ÑOLA PUTRI",     "BUDI SANTOSO",     "CÉLINE GUNAWAN",  "YUSUF ALÌ",      "GRETA ØSTBY",
    "DÎAN LESTARI",   "ÉMILE SITORUS",    "RINA KARTIKA",    "TEODORO NUÑEZ",  "WAYAN SUDIRÅ",
    "ANTÔNIO PARERA", "LÚCIA NAINGGOLAN", "ÆGIR POHAN",      "ÖZLEM RAHMAN",   "ÝMIR DAMANIK",
};

/* Names of those who change, from then on. */
static const char *const NEW_NAMES[SIM_GALLERY_SLOTS] = {
    [2] = "JOSÉ MANURUNG PUTRA", [3] = "MÜLLER SIREGAR JUNIOR", [6] = "NI MADE AYU ÉLOK"};

static const char *const TITLES[] = {
    "Pelaksana Tata Usaha",
    "Kepala Seksi Data & Informasi",
    "Kepala Subbagian \"Umum\"; Arsip",
    "Kepala Bidang Evaluasi <Kinerja>",
    "Camat Contoh, Wilayah Timur",
    "Kepala Dinas Komunikasi, Informatika & Statistik",
};

/* First version with the person, the first without, the one that changes him; 0 = none. */
typedef struct life {
    int from, gone, changed;
} life;

static life
life_of(size_t i)
{
    life l = {.from = i < 25 ? 1 : i < 27 ? 2 : i < 28 ? 3 : 0};

    l.gone = i == 4 || i == 10 ? 2 : i == 5 ? 3 : 0;
    l.changed = i == 2 || i == 6 ? 2 : i == 3 ? 3 : 0;
    return l;
}

bool
sim_gallery_at(int version, size_t i, sim_gallery_person *out)
{
    const life l = i < SIM_GALLERY_SLOTS ? life_of(i) : (life){0};
    const int64_t n = (int64_t)i;

    if (l.from == 0 || l.from > version) {
        return false;
    }
    memset(out, 0, sizeof *out);
    out->name = NAMES[i];
    out->male = i % 2 == 0;
    out->born = tp_day_of(1968, 1, 11) + (int32_t)(n * 401);
    const tp_ymd day = tp_day_split(out->born);
    (void)snprintf(out->id, sizeof out->id, "G-%03u", (unsigned)(i + 1) % 1000);
    (void)snprintf(out->nip, sizeof out->nip, "%04u%02u%02u%04u%02u%c%03u",
                   (unsigned)day.year % 10000, (unsigned)day.month % 100, (unsigned)day.day % 100,
                   (unsigned)(day.year + 24) % 10000, (unsigned)(i % 12 + 1) % 100,
                   out->male ? '1' : '2', (unsigned)(i + 1) % 1000);
    out->changed = l.from;
    out->n_posts = i % 4;
    for (size_t k = 0; k < out->n_posts; k++) {
        out->post[k].title = TITLES[(i + k) % TP_COUNT(TITLES)];
        out->post[k].since = tp_day_of(2012, 2, 1) + (int32_t)(n * 17) + (int32_t)k * 1200;
    }
    if (l.changed != 0 && l.changed <= version) {
        out->changed = l.changed;
        out->name = NEW_NAMES[i];
        out->post[out->n_posts].title = "Kepala Bagian Organisasi";
        out->post[out->n_posts++].since = tp_day_of(2026, 2, 20);
    }
    if (l.gone != 0 && l.gone <= version) {
        out->changed = l.gone;
        out->gone = true;
    }
    return true;
}

static const char *const MARKS[SIM_GALLERY_VERSIONS + 1] = {
    "", "2026-02-28T20:00:00Z", "2026-03-01T20:00:00Z", "2026-03-02T20:00:00Z"};

const char *
sim_gallery_mark(int version)
{
    return MARKS[version >= 1 && version <= SIM_GALLERY_VERSIONS ? version : 0];
}

int
sim_gallery_version_of(const char *mark)
{
    for (int v = SIM_GALLERY_VERSIONS; v > 0; v--) {
        if (strcmp(mark, MARKS[v]) >= 0) { /* the newest that is not later */
            return v;
        }
    }
    return 0;
}
