/* What has been served so far, and what did it cost? */
#include <sys/resource.h>

#include "tests/simulator/out.h"
#include "tests/simulator/server.h"

static void
put_counter(const char *name, sim_counter *counter, tp_buf *out)
{
    sim_js_open(out, name, '{');
    sim_js_int(out, "requests", (int64_t)atomic_load(&counter->requests));
    sim_js_int(out, "bytes", (int64_t)atomic_load(&counter->bytes));
    sim_js_key(out, "cpu_s");
    sim_decimal(out, (int64_t)(atomic_load(&counter->cpu_ns) / 1000000), 3, '.');
    sim_js_int(out, "faults", (int64_t)atomic_load(&counter->faults));
    tp_buf_char(out, '}');
}

void
sim_server_stats(sim_server *server, tp_buf *out)
{
    struct rusage used;
    uint64_t requests = 0, bytes = 0;

    (void)getrusage(RUSAGE_SELF, &used);
    for (size_t i = 0; sim_dialect_at(i) != NULL; i++) {
        requests += atomic_load(&server->counter[i].requests);
        bytes += atomic_load(&server->counter[i].bytes);
    }
    sim_js_open(out, NULL, '{');
    sim_js_int(out, "requests", (int64_t)requests);
    sim_js_int(out, "bytes", (int64_t)bytes);
    sim_js_key(out, "user_s");
    sim_decimal(out, used.ru_utime.tv_sec * 1000 + used.ru_utime.tv_usec / 1000, 3, '.');
    sim_js_key(out, "system_s");
    sim_decimal(out, used.ru_stime.tv_sec * 1000 + used.ru_stime.tv_usec / 1000, 3, '.');
    sim_js_int(out, "peak_kib", used.ru_maxrss);
    sim_js_open(out, "feeds", '{');
    for (size_t i = 0; sim_dialect_at(i) != NULL; i++) {
        put_counter(sim_dialect_at(i)->source, &server->counter[i], out);
    }
    tp_buf_puts(out, "}}\n");
}
