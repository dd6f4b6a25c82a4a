/* The agency simulator: an invented civil service, served as the feeds agencies send. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "talent/base/hash.h"
#include "tests/simulator/files.h"
#include "tests/simulator/out.h"
#include "tests/simulator/server.h"

/* What the command line asked for. */
typedef struct settings {
    sim_options world;
    const char *listen, *ready, *overlay, *secrets, *truth, *write, *stats;
    uint64_t pool, gzip_level, token_life;
    bool help;
} settings;

static const struct option LONG[] = {
    {"listen", required_argument, NULL, 'l'},
    {"people", required_argument, NULL, 'p'},
    {"agencies", required_argument, NULL, 'a'},
    {"seed", required_argument, NULL, 's'},
    {"as-of", required_argument, NULL, 'd'},
    {"dirt", required_argument, NULL, 'D'},
    {"accidents", required_argument, NULL, 'A'},
    {"codes", required_argument, NULL, 'c'},
    {"ready", required_argument, NULL, 'r'},
    {"settings", required_argument, NULL, 'O'},
    {"secrets", required_argument, NULL, 'S'},
    {"truth", required_argument, NULL, 't'},
    {"write", required_argument, NULL, 'w'},
    {"fault", required_argument, NULL, 'f'},
    {"stats", required_argument, NULL, 'o'},
    {"tls", required_argument, NULL, 'k'},
    {"threads", required_argument, NULL, 'T'},
    {"gzip-level", required_argument, NULL, 'z'},
    {"token-life", required_argument, NULL, 'L'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static const char HELP[] =
    "usage: simulator [options]\n"
    "Serves an invented civil service over HTTP on loopback, as the feeds agencies send.\n\n"
    "  --people N          civil servants (1000)\n"
    "  --agencies K        agencies (6)\n"
    "  --seed S            the same seed and sizes give the same bytes (1)\n"
    "  --as-of DATE        day of the night, yyyy-mm-dd (2026-03-01)\n"
    "  --dirt F            factor on every defect rate, 0 = clean (1.0)\n"
    "  --accidents LIST    line-slip, placeholder, january, no-nik, day-off; with commas between\n"
    "  --codes DIR         reference lists (config/codes)\n"
    "  --listen ADDR:PORT  loopback address, port 0 = any free one (127.0.0.1:0)\n"
    "  --threads N         N threads share all connections; 0 = one for each connection (0)\n"
    "  --gzip-level N      0..9 for .gz bodies (1)\n"
    "  --token-life S      seconds a SIASN token is good for (3600)\n"
    "  --fault SPEC        source:kind[=arg][@n, @n+ or @n-m]; may be given again\n"
    "  --tls SPEC          name:certificate:key[:authority of clients], PEM; may be given again\n"
    "  --ready FILE        addresses, port, process and agencies, written when serving\n"
    "  --settings FILE     the addresses alone, for talentpool --config; there before the ready "
    "file\n"
    "  --secrets DIR       one file for each secret the sources need\n"
    "  --truth FILE        which row of which feed is which person, as CSV\n"
    "  --write DIR         write every feed as files, then exit\n"
    "  --stats FILE        counts and CPU times as JSON, written at SIGTERM or SIGINT\n"
    "  --help              this text\n\n"
    "faults:\n";

static void
print_help(void)
{
    const sim_fault_kind *kind;

    (void)fputs(HELP, stdout);
    for (size_t i = 0; (kind = sim_fault_kind_at(i)) != NULL; i++) {
        (void)printf("  %-18s  %s\n", kind->name, kind->help);
    }
}

static tp_code
number(const char *flag, const char *text, uint64_t low, uint64_t high, uint64_t *out, tp_err *err)
{
    uint64_t value;

    if (!tp_str_to_u64(tp_str_of(text), &value) || value < low || value > high) {
        TP_RETURN_ERR(err, TP_E_USAGE, "--%s \"%s\": expected a number from %llu to %llu", flag,
                      text, (unsigned long long)low, (unsigned long long)high);
    }
    *out = value;
    return TP_OK;
}

static tp_code
read_accidents(const char *list, sim_options *out, tp_err *err)
{
    static const char *const NAMES[] = {"line-slip", "placeholder", "january", "no-nik", "day-off"};
    tp_str rest = tp_str_of(list);
    tp_str word;

    while (tp_str_next(&rest, ',', &word)) {
        size_t i = 0;
        while (i < TP_COUNT(NAMES) && !tp_str_is(word, NAMES[i])) {
            i++;
        }
        if (i == TP_COUNT(NAMES)) {
            TP_RETURN_ERR(err, TP_E_USAGE, "--accidents \"%.*s\": --help lists the names",
                          TP_STR_ARG(word));
        }
        out->accidents |= 1U << i;
    }
    return TP_OK;
}

/* Options of the population; out of the switch of the others to keep both short. */
static tp_code
read_world(int flag, const char *arg, sim_options *out, tp_err *err)
{
    uint64_t value = 0;
    int64_t hundredths = 0;

    switch (flag) {
    case 'p':
        TP_RETURN_SAME(number("people", arg, 100, 20000000, &value, err));
        out->people = (uint32_t)value;
        break;
    case 'a':
        TP_RETURN_SAME(number("agencies", arg, 1, 10000, &value, err));
        out->agencies = (uint32_t)value;
        break;
    case 's':
        return number("seed", arg, 0, UINT64_MAX, &out->seed, err);
    case 'd':
        if (!tp_day_parse_iso(tp_str_of(arg), &out->as_of)) {
            TP_RETURN_ERR(err, TP_E_USAGE, "--as-of \"%s\": expected yyyy-mm-dd", arg);
        }
        break;
    case 'D':
        if (!tp_str_to_scaled(tp_str_of(arg), '.', 2, &hundredths) || hundredths < 0 ||
            hundredths > 2000) {
            TP_RETURN_ERR(err, TP_E_USAGE, "--dirt \"%s\": expected a factor from 0 to 20", arg);
        }
        out->dirt = (double)hundredths / 100.0;
        break;
    case 'A':
        return read_accidents(arg, out, err);
    default:
        out->codes_dir = arg;
        break;
    }
    return TP_OK;
}

static tp_code
read_option(int flag, const char *arg, settings *out, sim_server *server, tp_err *err)
{
    sim_fault_set *faults = &server->faults;

    switch (flag) {
    case 'l':
        out->listen = arg;
        return TP_OK;
    case 'r':
        out->ready = arg;
        return TP_OK;
    case 'O':
        out->overlay = arg;
        return TP_OK;
    case 'S':
        out->secrets = arg;
        return TP_OK;
    case 't':
        out->truth = arg;
        return TP_OK;
    case 'w':
        out->write = arg;
        return TP_OK;
    case 'o':
        out->stats = arg;
        return TP_OK;
    case 'h':
        out->help = true;
        return TP_OK;
    case 'T':
        return number("threads", arg, 0, 256, &out->pool, err);
    case 'z':
        return number("gzip-level", arg, 0, 9, &out->gzip_level, err);
    case 'L':
        return number("token-life", arg, 1, 1000000, &out->token_life, err);
    case 'k':
        if (server->n_tls == SIM_TLS_MAX) {
            TP_RETURN_ERR(err, TP_E_USAGE, "--tls: at most %d listeners", SIM_TLS_MAX);
        }
        return sim_tls_parse(arg, &server->tls[server->n_tls++], err);
    case 'f':
        if (faults->n == SIM_FAULT_MAX) {
            TP_RETURN_ERR(err, TP_E_USAGE, "--fault: at most %d faults", SIM_FAULT_MAX);
        }
        TP_RETURN_SAME(sim_fault_parse(arg, &faults->item[faults->n], err));
        faults->n++;
        return TP_OK;
    default:
        return read_world(flag, arg, &out->world, err);
    }
}

static tp_code
read_line(int argc, char **argv, settings *out, sim_server *server, tp_err *err)
{
    int flag;

    *out = (settings){.world = {.seed = 1,
                                .people = 1000,
                                .agencies = 6,
                                .as_of = tp_day_of(2026, 3, 1),
                                .dirt = 1.0,
                                .codes_dir = "config/codes"},
                      .listen = "127.0.0.1:0",
                      .gzip_level = 1,
                      .token_life = 3600};
    opterr = 0;
    while ((flag = getopt_long(argc, argv, ":", LONG, NULL)) != -1) {
        if (flag == '?' || flag == ':') {
            TP_RETURN_ERR(err, TP_E_USAGE, "%s: %s; --help lists the options", argv[optind - 1],
                          flag == '?' ? "no such option" : "wants a value");
        }
        TP_RETURN_SAME(read_option(flag, optarg, out, server, err));
    }
    if (optind < argc) {
        TP_RETURN_ERR(err, TP_E_USAGE, "%s: expected options only; --help lists them",
                      argv[optind]);
    }
    return TP_OK;
}

static const char *
agency_code(const void *of, size_t i)
{
    const sim_world *world = of;

    return sim_agency(world, (uint32_t)i)->quick_code;
}

static tp_code
write_truth(const sim_world *world, const char *path, tp_err *err)
{
    FILE *file = fopen(path, "we");

    if (file == NULL) {
        TP_RETURN_ERR(err, TP_E_IO, "write %s: %s", path, strerror(errno));
    }
    const tp_code rc = sim_truth_write(world, file, err);
    if (fclose(file) != 0 && rc == TP_OK) {
        TP_RETURN_ERR(err, TP_E_IO, "write %s: %s", path, strerror(errno));
    }
    return rc;
}

/* {"feeds":{...} of a settings file, not yet closed. */
static void
put_feeds(const sim_server *server, tp_buf *out)
{
    char url[160];

    sim_js_open(out, NULL, '{');
    sim_js_open(out, "feeds", '{');
    for (size_t i = 0; sim_dialect_at(i) != NULL; i++) {
        (void)snprintf(url, sizeof url, "http://127.0.0.1:%u%s", server->port,
                       sim_dialect_at(i)->base);
        sim_js_text(out, sim_dialect_at(i)->key, url);
    }
    tp_buf_char(out, '}');
}

static tp_code
write_overlay(const sim_server *server, const char *path, tp_err *err)
{
    TP_AUTO_BUF(text);

    put_feeds(server, &text);
    tp_buf_puts(&text, "}\n");
    return sim_file_whole(path, &text, err);
}

static tp_code
write_ready(const sim_server *server, const char *path, tp_err *err)
{
    TP_AUTO_BUF(text);
    const sim_world *world = server->site.world;

    put_feeds(server, &text);
    sim_js_int(&text, "port", server->port);
    sim_js_int(&text, "pid", getpid());
    sim_js_open(&text, "tls", '{');
    for (size_t i = 0; i < server->n_tls; i++) {
        sim_js_int(&text, server->tls[i].name, server->tls[i].port);
    }
    tp_buf_char(&text, '}');
    sim_js_open(&text, "agencies", '[');
    for (uint32_t i = 0; i < sim_agency_count(world); i++) {
        sim_js_text(&text, NULL, sim_agency(world, i)->quick_code);
    }
    tp_buf_puts(&text, "]}\n");
    return sim_file_whole(path, &text, err);
}

/* Everything that makes two runs serve the same bytes. */
static uint64_t
options_hash(const sim_options *options)
{
    char text[160];

    (void)snprintf(text, sizeof text, "1 %" PRIu64 " %u %u %d %.2f %u", options->seed,
                   options->people, options->agencies, options->as_of, options->dirt,
                   options->accidents);
    return tp_hash64(0, text, strlen(text));
}

static tp_code
open_site(sim_server *server, const settings *set, tp_err *err)
{
    const tp_ymd day = tp_day_split(set->world.as_of);

    TP_RETURN_SAME(sim_world_open(&set->world, &server->site.world, err));
    sim_tokens_init(&server->site.tokens, set->world.seed, (int64_t)set->token_life);
    (void)pthread_mutex_init(&server->site.lock, NULL);
    (void)snprintf(server->site.code_date, sizeof server->site.code_date, "%04u%02u%02u",
                   (unsigned)day.year % 10000, (unsigned)day.month % 100, (unsigned)day.day % 100);
    tp_day_format(set->world.as_of, server->site.as_of);
    server->gzip_level = (int)set->gzip_level;
    server->etag_seed = options_hash(&set->world);
    if (set->secrets != NULL) {
        TP_RETURN_SAME(sim_secrets_write(&server->site.tokens, set->secrets, agency_code,
                                         server->site.world, sim_agency_count(server->site.world),
                                         err));
    }
    if (set->truth != NULL) {
        TP_RETURN_SAME(write_truth(server->site.world, set->truth, err));
    }
    return TP_OK;
}

static tp_code
serve(sim_server *server, const settings *set, tp_err *err)
{
    TP_AUTO_BUF(stats);
    sigset_t ends;
    int got;

    (void)sigemptyset(&ends);
    (void)sigaddset(&ends, SIGTERM);
    (void)sigaddset(&ends, SIGINT);
    (void)pthread_sigmask(SIG_BLOCK, &ends, NULL); /* the server's threads inherit it */
    TP_RETURN_SAME(sim_server_start(server, set->listen, (unsigned)set->pool, err));
    if (set->overlay != NULL) {
        TP_RETURN_SAME(write_overlay(server, set->overlay, err));
    }
    if (set->ready != NULL) {
        TP_RETURN_SAME(write_ready(server, set->ready, err));
    }
    (void)fprintf(stderr, "simulator: serving on http://127.0.0.1:%u/\n", server->port);
    (void)sigwait(&ends, &got);
    sim_server_stop(server);
    if (set->stats != NULL) {
        sim_server_stats(server, &stats);
        TP_RETURN_SAME(sim_file_whole(set->stats, &stats, err));
    }
    return TP_OK;
}

static tp_code
run(int argc, char **argv, sim_server *server, tp_err *err)
{
    settings set;
    uint64_t files = 0;

    TP_RETURN_SAME(read_line(argc, argv, &set, server, err));
    if (set.help) {
        print_help();
        return TP_OK;
    }
    TP_RETURN_SAME(open_site(server, &set, err));
    if (set.write != NULL) {
        TP_RETURN_SAME(sim_files_write(server, set.write, &files, err));
        (void)fprintf(stderr, "simulator: wrote %" PRIu64 " files below %s\n", files, set.write);
        return TP_OK;
    }
    return serve(server, &set, err);
}

int
main(int argc, char **argv)
{
    tp_err err = {0};
    sim_server *server = calloc(1, sizeof *server);

    if (server == NULL) {
        (void)fputs("simulator: out of memory\n", stderr);
        return tp_code_exit(TP_E_NOMEM);
    }
    (void)signal(SIGPIPE, SIG_IGN);
    const tp_code rc = run(argc, argv, server, &err);
    sim_server_stop(server);
    if (server->site.world != NULL) {
        sim_site_clear(&server->site);
    }
    free(server);
    for (int i = err.depth; rc != TP_OK && i-- > 0;) {
        (void)fprintf(stderr, "%s%s\n",
                      i == err.depth - 1 ? "simulator: " : "  because: ", err.frame[i].text);
    }
    return tp_code_exit(rc);
}
