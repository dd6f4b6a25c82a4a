/* What goes wrong on purpose: faults of a source, told as "source:kind[=arg][@when]". */
#ifndef SIMULATOR_FAULT_H
#define SIMULATOR_FAULT_H

#include <stdatomic.h>
#include <stdint.h>

#include "talent/base/err.h"
#include "tests/simulator/reply.h"

enum { SIM_FAULT_MAX = 64, SIM_FAULT_SOURCE = 40, SIM_FAULT_ARG = 160 };

struct sim_fault;

/* One kind of fault. ask changes the request before the dialect sees it, give the answer after. */
typedef struct sim_fault_kind {
    const char *name;
    enum { SIM_ARG_NONE, SIM_ARG_NUMBER, SIM_ARG_TEXT } arg;
    int64_t value; /* number when no argument is given */
    int64_t low, high;
    void (*ask)(const struct sim_fault *fault, sim_request *request);
    void (*give)(const struct sim_fault *fault, const sim_request *request, sim_reply *reply);
    const char *help;
} sim_fault_kind;

typedef struct sim_fault {
    char source[SIM_FAULT_SOURCE]; /* "simpeg-5104", "simpeg" (every agency), "*" (everything) */
    const sim_fault_kind *kind;
    int64_t value;
    char text[SIM_FAULT_ARG];  /* argument as text, "" when none */
    uint64_t from, to;         /* requests of the source it applies to, 1 = first, inclusive */
    atomic_uint_fast64_t seen; /* requests of the source so far */
} sim_fault;

typedef struct sim_fault_set {
    sim_fault item[SIM_FAULT_MAX];
    size_t n;
} sim_fault_set;

/* Which faults strike one request: bit i = item i. */
typedef uint64_t sim_fault_hits;

/*
 * Reads "source:kind[=arg][@when]" (":" is accepted for "="). when: n, n+, n-m; absent = always.
 * Errors   TP_E_USAGE  the text says what is wrong and what was expected; *out is then unspecified
 */
tp_code sim_fault_parse(const char *spec, sim_fault *out, tp_err *err) TP_MUST_CHECK;

/* Does a fault told for `source` concern requests to `source_id`? */
bool sim_fault_covers(const char *source, const char *source_id);

/* Counts the request in every fault of its source and applies those that strike. Any thread. */
sim_fault_hits sim_fault_ask(sim_fault_set *set, sim_request *request);

/* Applies the same faults to the answer, in the order they were told. Any thread. */
void sim_fault_give(const sim_fault_set *set, sim_fault_hits hits, const sim_request *request,
                    sim_reply *reply);

/* The table of kinds, for --help; NULL past the end. */
const sim_fault_kind *sim_fault_kind_at(size_t i);

#endif
