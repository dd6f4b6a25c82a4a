/* What every dialect can reach: the population, the log-ins, where the pages of a feed begin. */
#ifndef SIMULATOR_SITE_H
#define SIMULATOR_SITE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/simulator/gallery.h"
#include "tests/simulator/reply.h"
#include "tests/simulator/token.h"
#include "tests/simulator/world.h"

/* Where each SIM_INDEX_STEP-th present row of a feed with holes lies: pages need exact numbers. */
enum { SIM_INDEX_STEP = 64 };

typedef struct sim_index {
    bool ready;
    uint64_t rows; /* present rows */
    uint64_t *at;  /* row numbers of present rows 0, 64, 128, ... */
} sim_index;

typedef struct sim_site {
    sim_world *world;
    sim_tokens tokens;
    sim_gallery gallery;
    char code_date[12];   /* "20260301": the date in file names */
    char as_of[12];       /* "2026-03-01" */
    pthread_mutex_t lock; /* guards the building of an index */
    sim_index index[SIM_FEEDS];
} sim_site;

/* The file a body is kept in by --write, and how it is asked for. */
typedef struct sim_file {
    char url[256];  /* after "/<source>", query included */
    char name[256]; /* below the directory of --write; equal names in a row are appended, one a line
                     */
} sim_file;

/* One feed as it is served. */
typedef struct sim_dialect {
    const char *source; /* first part of the path */
    const char *key;    /* settings key of its address */
    const char *base;   /* path of that address */
    void (*answer)(sim_site *site, sim_request *request, sim_reply *reply);
    bool (*file)(sim_site *site, uint64_t i, sim_file *out); /* false past the last; NULL = none */
} sim_dialect;

/* The feeds, in the order of the ready file; NULL past the end. */
const sim_dialect *sim_dialect_at(size_t i);

/* Present rows of a feed without agency; builds the index at the first call. Any thread. */
const sim_index *sim_site_index(sim_site *site, sim_feed feed);

/* When a row last changed, by its feed's own word: some day of the last three years. */
int32_t sim_row_changed(const sim_site *site, const sim_row *row);

/* The day in a query parameter ("2026-02-27" or a timestamp that begins so), or SIM_NO_DAY. */
int32_t sim_query_day(const sim_request *request, const char *name);

/* Writes one row of a feed into out. */
typedef void sim_row_writer(sim_site *site, const sim_row *row, sim_person *person, sim_view *view,
                            tp_buf *out);

/* Present rows of a feed that changed since a day (SIM_NO_DAY = all). */
uint64_t sim_site_total(sim_site *site, sim_feed feed, int32_t since);

/* Calls each for rows [first, last) of those, in order. */
void sim_site_rows(sim_site *site, sim_feed feed, int32_t since, uint64_t first, uint64_t last,
                   sim_row_writer *each, tp_buf *out);

void sim_site_clear(sim_site *site);

/* 32 hex digits made of a few numbers: keys of rows, units, documents. */
void sim_hex_id(uint64_t a, uint64_t b, char out[33]);

/* dialects */
void sim_siasn_answer(sim_site *site, sim_request *request, sim_reply *reply);
bool sim_siasn_file(sim_site *site, uint64_t i, sim_file *out);
void sim_gateway_answer(sim_site *site, sim_request *request, sim_reply *reply);
void sim_sso_answer(sim_site *site, sim_request *request, sim_reply *reply);
void sim_unor_answer(sim_site *site, sim_request *request, sim_reply *reply);
bool sim_unor_file(sim_site *site, uint64_t i, sim_file *out);
void sim_roster_answer(sim_site *site, sim_request *request, sim_reply *reply);
bool sim_roster_file(sim_site *site, uint64_t i, sim_file *out);
void sim_simpeg_answer(sim_site *site, sim_request *request, sim_reply *reply);
bool sim_simpeg_file(sim_site *site, uint64_t i, sim_file *out);
void sim_talenta_answer(sim_site *site, sim_request *request, sim_reply *reply);
bool sim_talenta_file(sim_site *site, uint64_t i, sim_file *out);
void sim_peta_answer(sim_site *site, sim_request *request, sim_reply *reply);
bool sim_peta_file(sim_site *site, uint64_t i, sim_file *out);
void sim_asesmen_answer(sim_site *site, sim_request *request, sim_reply *reply);
bool sim_asesmen_file(sim_site *site, uint64_t i, sim_file *out);
void sim_alumni_answer(sim_site *site, sim_request *request, sim_reply *reply);
bool sim_alumni_file(sim_site *site, uint64_t i, sim_file *out);
void sim_kdh_answer(sim_site *site, sim_request *request, sim_reply *reply);
bool sim_kdh_file(sim_site *site, uint64_t i, sim_file *out);
void sim_kpu_answer(sim_site *site, sim_request *request, sim_reply *reply);
bool sim_kpu_file(sim_site *site, uint64_t i, sim_file *out);
void sim_merit_answer(sim_site *site, sim_request *request, sim_reply *reply);
bool sim_merit_file(sim_site *site, uint64_t i, sim_file *out);
void sim_kinerja_answer(sim_site *site, sim_request *request, sim_reply *reply);
bool sim_kinerja_file(sim_site *site, uint64_t i, sim_file *out);
void sim_lhkpn_answer(sim_site *site, sim_request *request, sim_reply *reply);
bool sim_lhkpn_file(sim_site *site, uint64_t i, sim_file *out);
void sim_dossier_answer(sim_site *site, sim_request *request, sim_reply *reply);
bool sim_dossier_file(sim_site *site, uint64_t i, sim_file *out);
void sim_izin_answer(sim_site *site, sim_request *request, sim_reply *reply);
bool sim_izin_file(sim_site *site, uint64_t i, sim_file *out);
void sim_dukcapil_answer(sim_site *site, sim_request *request, sim_reply *reply);
bool sim_dukcapil_file(sim_site *site, uint64_t i, sim_file *out);
void sim_pakar_answer(sim_site *site, sim_request *request, sim_reply *reply);
bool sim_pakar_file(sim_site *site, uint64_t i, sim_file *out);

void sim_gallery_answer(sim_site *site, sim_request *request, sim_reply *reply);
void sim_gallery_login(sim_site *site, sim_request *request, sim_reply *reply);
void sim_gallery_control(sim_site *site, sim_request *request, sim_reply *reply);

/*
 * Serves a bulk file of rows: head and tail are called once, row for every row the feed holds.
 * agency as sim_feed_at. Sets reply->gen; status 500 when memory is short.
 */
typedef struct sim_bulk {
    sim_feed feed;
    uint32_t agency;
    void (*head)(const sim_site *site, const struct sim_bulk *bulk, tp_buf *out);
    void (*row)(const sim_site *site, const struct sim_bulk *bulk, const sim_row *row,
                sim_person *person, sim_view *view, tp_buf *out);
    void (*tail)(const sim_site *site, const struct sim_bulk *bulk, tp_buf *out); /* or NULL */
    int64_t total_delta; /* of the request */
} sim_bulk;

void sim_bulk_serve(const sim_site *site, const sim_bulk *bulk, const char *type, bool gzip,
                    sim_reply *reply);

#endif
