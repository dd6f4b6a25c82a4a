/* The HTTP side of the simulator: listens on loopback, answers, counts. */
#ifndef SIMULATOR_SERVER_H
#define SIMULATOR_SERVER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "talent/base/err.h"
#include "tests/simulator/fault.h"
#include "tests/simulator/site.h"

struct MHD_Daemon;

enum { SIM_DIALECTS_MAX = 32, SIM_TLS_MAX = 8, SIM_TLS_PATH = 512 };

/* A listener with TLS; everything is answered as on the plain one. */
typedef struct sim_tls {
    char name[24]; /* in the ready file */
    char cert[SIM_TLS_PATH], key[SIM_TLS_PATH];
    char ca[SIM_TLS_PATH]; /* asks clients for a certificate of this authority; "" = does not */
    unsigned short port;
    struct MHD_Daemon *daemon;
} sim_tls;

/* Reads "name:certificate:key[:authority]", paths of PEM files. TP_E_USAGE says what is wrong. */
tp_code sim_tls_parse(const char *spec, sim_tls *out, tp_err *err) TP_MUST_CHECK;

/* What one feed cost so far. */
typedef struct sim_counter {
    atomic_uint_fast64_t requests;
    atomic_uint_fast64_t bytes;  /* of bodies, as sent */
    atomic_uint_fast64_t cpu_ns; /* spent making bodies, without sending them */
    atomic_uint_fast64_t faults; /* requests a fault struck */
} sim_counter;

typedef struct sim_server {
    sim_site site;
    sim_fault_set faults;
    int gzip_level;
    uint64_t etag_seed; /* hash of the options: the same options give the same bodies */
    unsigned short port;
    atomic_bool stopping;
    struct MHD_Daemon *daemon;
    sim_tls tls[SIM_TLS_MAX];
    size_t n_tls;
    sim_counter counter[SIM_DIALECTS_MAX]; /* as sim_dialect_at */
} sim_server;

/*
 * Starts to serve server->site on address ("127.0.0.1:0"; only loopback addresses are accepted),
 * and with TLS on a port of its own for each of server->tls.
 * pool  threads that share all connections; 0 = one thread per connection
 * Errors  TP_E_USAGE the address; TP_E_NET the port cannot be had; TP_E_IO a certificate
 */
tp_code sim_server_start(sim_server *server, const char *address, unsigned pool,
                         tp_err *err) TP_MUST_CHECK;

/* Ends every connection and joins the threads. */
void sim_server_stop(sim_server *server);

/* Writes counts and CPU times as JSON. */
void sim_server_stats(sim_server *server, tp_buf *out);

#endif
