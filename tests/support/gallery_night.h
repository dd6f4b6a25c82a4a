/*
 * Nights over the simulator's gallery: descriptions are written for the ways asked for, the program
 * runs them over real HTTP, and what it made of them is laid beside the list that was served.
 */
#ifndef TALENT_TESTS_GALLERY_NIGHT_H
#define TALENT_TESTS_GALLERY_NIGHT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "talent/core/normalise.h"
#include "talent/etl/pg.h"
#include "tests/support/scratch.h"

typedef struct gallery_night {
    scratch s; /* certificates, secrets, sources, state, logs */
    pid_t simulator;
    int port;
    pid_t h2; /* server of HTTP/2, when there is one */
    int h2_port;
    tp_buf ready; /* the ready file */
    tp_buf asked; /* last answer of gallery_ask */
    tp_buf out;   /* standard output of the last run */
    tp_buf log;   /* its standard error */
    tp_pg *pg;    /* of the state, opened when first looked at */
    tp_buf conninfo;
} gallery_night;

/* A source of the night: which way it is served, and what its description says beyond that way. */
typedef struct exhibit {
    const char *id;       /* of the source */
    const char *way;      /* "none/single/json/utf8/plain/full" */
    const char *fault;    /* "status=500@1-2", or NULL */
    const char *listener; /* name of the TLS listener, or NULL: plain */
    const char *client;   /* certificate shown to the listener: "client", "stranger", or "locked",
                             which is client with an encrypted key; NULL = none */
    const char *auth;     /* "auth" with a comma behind it, in place of the way's, or NULL */
    const char *connect;  /* further members of "connect", each with a comma behind it, or NULL */
    const char *page;     /* in place of the page of the way's paging, or NULL */
    const char *fetch;    /* further members of the fetch, each with a comma behind it, or NULL */
    const char *since;    /* of the fetch, or NULL */
    const char *outcome;  /* further outcome rules in front, each with a comma behind it, or NULL */
    int total_s;          /* deadline of a request; 0 = 30 */
} exhibit;

/* What became of a source in a night. */
typedef struct gallery_result {
    char state[16];   /* "fresh", "stale", "missing", ...; "" = the night does not know it */
    char reason[512]; /* why it is stale or missing */
    int64_t bodies;   /* landed */
    int64_t received; /* people */
    int64_t accepted, unchanged, duplicate, removed, rejected, gone;
    bool balanced;     /* the counts of every record kind */
    char differs[200]; /* from the list that was served; "" = the same records */
} gallery_result;

/* Group setup and teardown of cmocka: *state becomes a gallery_night *. The simulator serves with
 * the listeners right, wrong, expired, self and client (which asks for a certificate). */
int gallery_setup(void **state);
int gallery_teardown(void **state);

/* Starts a program with its output in two files of the scratch folder. */
pid_t gallery_start(gallery_night *g, const char *program, const char *const *argv, const char *out,
                    const char *log);

/* Gets a path of the simulator into g->asked. */
bool gallery_get(gallery_night *g, const char *path);

/* Serves a way by key over HTTP/2 alone, on the listener "h2", with the certificate right. What it
 * says of each connection is in h2.out. */
bool gallery_http2(gallery_night *g, const char *way);

/* Writes the description of a source. */
void gallery_source(gallery_night *g, const exhibit *e);

/* Takes a source out of the nights that follow. */
void gallery_drop(gallery_night *g, const char *id);

/* Runs one night ("2026-03-01") over all sources; gives the exit status of the program. */
int gallery_run(gallery_night *g, const char *night);

/* From now on the list is served as of this version. */
void gallery_version(gallery_night *g, int version);

/* The number a member of /galeri-kendali has, asked with this query; -1 = none. */
int64_t gallery_control(gallery_night *g, const char *query, const char *member);

/* How often the way of a source was asked so far; of these, answered with 304 or with a part. */
int64_t gallery_asked(gallery_night *g, const exhibit *e);
int64_t gallery_unchanged(gallery_night *g, const exhibit *e);
int64_t gallery_partial(gallery_night *g, const exhibit *e);

/* What the last run of the night made of a source, held against a version of the list. */
void gallery_look(gallery_night *g, const char *night, const exhibit *e, int version,
                  gallery_result *out);

#endif
