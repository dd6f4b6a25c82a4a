/* Between listening and answering: what the HTTP library calls. */
#ifndef SIMULATOR_SERVE_H
#define SIMULATOR_SERVE_H

#include <microhttpd.h>

#include "tests/simulator/server.h"

/* Answers a request; cls is the sim_server. Called by the library's threads. */
enum MHD_Result sim_server_handle(void *cls, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **con_cls);

/* Gives back what a request held. */
void sim_server_completed(void *cls, struct MHD_Connection *connection, void **con_cls,
                          enum MHD_RequestTerminationCode why);

/* Did the client of a TLS connection show a certificate of the listener's authority? */
bool sim_server_certified(struct MHD_Connection *connection);

#endif
