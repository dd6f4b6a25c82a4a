/* Records as SIASN writes them: shared by the service itself and the agency API that wraps it. */
#ifndef SIMULATOR_SIASN_H
#define SIMULATOR_SIASN_H

#include "tests/simulator/site.h"

/* One JSON object. */
void sim_siasn_main(const sim_world *world, const sim_person *p, const sim_view *v, tp_buf *out);

/* Kind of employment by home agency, code and words of the list employee_type; "" for PPPK. */
const char *sim_employee_type(const sim_world *world, sim_status status, uint32_t agency,
                              const char **out_name);

/* Writes the rows of one history as array elements; returns how many. */
typedef int sim_siasn_history(const sim_world *world, const sim_person *p, const sim_view *v,
                              tp_buf *out);

/* The writer of "rw-jabatan" and so on, or NULL. */
sim_siasn_history *sim_siasn_find(tp_str endpoint);

/* Name of the i-th history endpoint, NULL past the end. */
const char *sim_siasn_endpoint(size_t i);

#endif
