/* How fast are feeds pulled and parsed, beside the bare libraries on the same bytes?
 *
 * usage: bench_feeds SERVER [--json-mb N] [--xml-mb N] [--csv-mb N] [--repeat N]
 *
 * Every measurement is a process of its own (this program with --child), so that peak memory and
 * CPU seconds are its own; sides take turns within each round. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench/feed_pool.h"
#include "bench/feeds.h"
#include "talent/etl/cfg.h"
#include "talent/etl/source.h"

enum { REPEAT_MAX = 31, SIDES_MAX = 3, SMALL_MB = 10, CHECK_MB = 48, MEMORY_BAR_MIB = 256 };

typedef struct side_def {
    const char *name;
    bench_side *run;
} side_def;

typedef struct format_def {
    const char *name;
    const char *file; /* description whose compiled shape is used */
    int n_sides;
    side_def side[SIDES_MAX]; /* the product, the library it is measured by, a ceiling */
    double bar;               /* product's rate over the library's; 0 = none */
} format_def;

static const format_def FORMAT[BENCH_FORMATS] = {
    [BENCH_JSON] = {"json",
                    "config/sources/siasn.json",
                    3,
                    {{"product", bench_product},
                     {"jansson", bench_jansson},
                     {"simdjson", bench_simdjson}},
                    10.0},
    [BENCH_XML] = {"xml",
                   "config/sources/simpeg-5104.json",
                   2,
                   {{"product", bench_product}, {"sax2", bench_sax2}},
                   0.8},
    [BENCH_CSV] = {"csv", "config/sources/roster.json", 1, {{"product", bench_product}}, 0.0},
};

/* One measurement. */
typedef struct result {
    uint64_t bytes;
    uint64_t rows;
    uint64_t text;
    uint64_t checksum;
    double parse_s; /* CPU of the parsing thread */
    double cpu_s;   /* of the process, pulling included */
    double wall_s;
    double peak_mib;
} result;

typedef struct settings {
    const char *server;
    uint64_t mb[BENCH_FORMATS];
    int repeat;
    unsigned port;
} settings;

/* ---- one measurement ---- */

static double
seconds(clockid_t clock)
{
    struct timespec t;
    (void)clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* VmHWM: what this process held at most. */
static double
peak_mib(void)
{
    char line[256];
    double kib = 0;
    FILE *in = fopen("/proc/self/status", "r");
    while (in != NULL && fgets(line, sizeof line, in) != NULL) {
        if (strncmp(line, "VmHWM:", 6) == 0) {
            kib = strtod(line + 6, NULL);
        }
    }
    if (in != NULL) {
        (void)fclose(in);
    }
    return kib / 1024;
}

/* The shape the product compiles for the first fetch of the source. SIASN answers for one person;
 * a body of gigabytes is a list of such answers, so its select goes on to each element. */
static tp_code
load_shape(bench_format f, tp_source **out_source, tp_shape *out, tp_err *err)
{
    static tp_path_step step[2];
    tp_cfg *cfg = NULL;
    static const char *const URL[] = {"feeds.siasn_url",     "feeds.siasn_token_url",
                                      "feeds.siasn_sso_url", "feeds.simpeg_url",
                                      "feeds.roster_url",    "feeds.simpeg_5104_url"};
    TP_RETURN_SAME(tp_cfg_new(&cfg, err));
    tp_code rc = TP_OK;
    for (size_t i = 0; rc == TP_OK && i < sizeof URL / sizeof *URL; i++) {
        rc = tp_cfg_set(cfg, URL[i], "http://127.0.0.1/", "bench", err);
    }
    if (rc == TP_OK) {
        rc = tp_source_load(FORMAT[f].file, cfg, out_source, err);
    }
    tp_cfg_free(cfg);
    if (rc != TP_OK) {
        return rc;
    }
    *out = (*out_source)->fetch[0].shape;
    out->limit.body_bytes = 0;
    out->limit.unpacked_bytes = 0;
    out->limit.records = 0;
    if (f == BENCH_JSON) {
        step[0] = out->select[0].path.step[0];
        step[1] = (tp_path_step){.kind = TP_PATH_EACH};
        out->n_selects = 1;
        out->select[0].path = (tp_path){2, step};
    }
    return TP_OK;
}

static tp_code
measure(bench_format f, const side_def *side, const char *url, bool full, result *out, tp_err *err)
{
    tp_source *source = NULL;
    tp_shape shape;
    bench_pull *pull = NULL;
    tp_reader *in = NULL;
    bench_tally tally = {.full = full};
    TP_RETURN_SAME(load_shape(f, &source, &shape, err));
    const double wall = seconds(CLOCK_MONOTONIC);
    tp_code rc = bench_pull_open(url, &pull, &in, err);
    if (rc == TP_OK) {
        const double cpu = seconds(CLOCK_THREAD_CPUTIME_ID);
        rc = side->run(&shape, in, &tally, err);
        out->parse_s = seconds(CLOCK_THREAD_CPUTIME_ID) - cpu;
        tp_err why = {0};
        const tp_code pulled = bench_pull_close(pull, &out->bytes, &why);
        if (rc == TP_OK && pulled != TP_OK) {
            rc = pulled;
            *err = why;
        }
    }
    out->wall_s = seconds(CLOCK_MONOTONIC) - wall;
    out->cpu_s = seconds(CLOCK_PROCESS_CPUTIME_ID);
    out->peak_mib = peak_mib();
    for (size_t s = 0; s < TP_SELECTS_MAX; s++) {
        out->rows += tally.rows[s];
    }
    out->text = tally.bytes;
    out->checksum = tally.checksum;
    tp_source_free(source);
    return rc;
}

static int
child(char **argv)
{
    result r = {0};
    tp_err err = {0};
    const bench_format f = (bench_format)atol(argv[0]);
    if (measure(f, &FORMAT[f].side[atol(argv[1])], argv[2], atol(argv[3]) != 0, &r, &err) !=
        TP_OK) {
        (void)fprintf(stderr, "bench_feeds: %s: %s\n", FORMAT[f].name, err.frame[0].text);
        return 1;
    }
    return fwrite(&r, sizeof r, 1, stdout) == 1 ? 0 : 1;
}

/* ---- the driver ---- */

/* Starts this program anew for one measurement. */
static bool
run_child(const settings *set, bench_format f, int side, uint64_t bytes, bool full, result *out)
{
    char url[96];
    char format[8];
    char number[8];
    int tube[2];
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/%s/%llu", set->port, FORMAT[f].name,
                   (unsigned long long)bytes);
    (void)snprintf(format, sizeof format, "%d", (int)f);
    (void)snprintf(number, sizeof number, "%d", side);
    if (pipe(tube) != 0) {
        return false;
    }
    const pid_t pid = fork();
    if (pid == 0) {
        (void)dup2(tube[1], 1);
        (void)close(tube[0]);
        (void)close(tube[1]);
        (void)execl("/proc/self/exe", "bench_feeds", "--child", format, number, url,
                    full ? "1" : "0", (char *)NULL);
        _exit(127);
    }
    (void)close(tube[1]);
    size_t n = 0;
    ssize_t got;
    while (n < sizeof *out && (got = read(tube[0], (char *)out + n, sizeof *out - n)) > 0) {
        n += (size_t)got;
    }
    (void)close(tube[0]);
    int status = 1;
    (void)waitpid(pid, &status, 0);
    return pid > 0 && status == 0 && n == sizeof *out;
}

static pid_t
start_server(settings *set, int *out_keep)
{
    int in[2];
    int out[2];
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) {
        return -1;
    }
    const pid_t pid = fork();
    if (pid == 0) {
        (void)dup2(in[0], 0);
        (void)dup2(out[1], 1);
        (void)execl(set->server, set->server, (char *)NULL);
        _exit(127);
    }
    (void)close(in[0]);
    (void)close(out[1]);
    FILE *said = fdopen(out[0], "r");
    if (said == NULL || fscanf(said, "%u", &set->port) != 1) {
        return -1;
    }
    (void)fclose(said);
    *out_keep = in[1];
    return pid;
}

static int
by_value(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double
median(double *v, int n)
{
    qsort(v, (size_t)n, sizeof *v, by_value);
    return n % 2 == 1 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static bool
row(const char *what, double figure, const char *unit, double bar, bool met, bool barred)
{
    if (barred) {
        (void)printf("%-44s %10.2f %-6s  bar %8.2f  %s\n", what, figure, unit, bar,
                     met ? "met" : "short");
    } else {
        (void)printf("%-44s %10.2f %-6s\n", what, figure, unit);
    }
    return met || !barred;
}

/* The same tuples from every side, by a checksum of every cell. */
static bool
check_same(const settings *set, bench_format f)
{
    const format_def *def = &FORMAT[f];
    result first = {0};
    bool same = true;
    for (int s = 0; s < def->n_sides; s++) {
        result r = {0};
        if (!run_child(set, f, s, (uint64_t)CHECK_MB * 1000000, true, &r)) {
            return false;
        }
        first = s == 0 ? r : first;
        same = same && r.checksum == first.checksum && r.rows == first.rows && r.rows > 0;
        (void)printf("%-4s %-9s %10llu rows, checksum %016llx\n", def->name, def->side[s].name,
                     (unsigned long long)r.rows, (unsigned long long)r.checksum);
    }
    if (!same) {
        (void)printf("%s: the sides read different fields  short\n", def->name);
    }
    return same;
}

static void
print_side(const format_def *def, int s, const result *r, double parse_s, int repeat)
{
    const double mb = (double)r->bytes / 1e6;
    (void)printf("%-4s %-9s %8.0f MB %10llu rows %8.1f MB/s %10.0f rows/s %8.3f s parse CPU "
                 "%8.3f s CPU %8.3f s wall %7.1f MiB peak\n",
                 def->name, def->side[s].name, mb, (unsigned long long)r->rows, mb / parse_s,
                 (double)r->rows / parse_s, parse_s, r->cpu_s, r->wall_s, r->peak_mib);
    (void)printf("csv,%s,%s,%llu,%llu,%d,%.6f,%.6f,%.6f,%.1f\n", def->name, def->side[s].name,
                 (unsigned long long)r->bytes, (unsigned long long)r->rows, repeat, parse_s,
                 r->cpu_s, r->wall_s, r->peak_mib);
}

static bool
run_format(const settings *set, bench_format f)
{
    static double parse_s[SIDES_MAX][REPEAT_MAX];
    const format_def *def = &FORMAT[f];
    result last[SIDES_MAX] = {{0}};
    result small = {0};
    double rate[SIDES_MAX] = {0};
    char what[96];
    if (!check_same(set, f) || !run_child(set, f, 0, (uint64_t)SMALL_MB * 1000000, false, &small)) {
        return false;
    }
    for (int i = 0; i < set->repeat; i++) {
        for (int s = 0; s < def->n_sides; s++) {
            if (!run_child(set, f, s, set->mb[f] * 1000000, false, &last[s])) {
                return false;
            }
            parse_s[s][i] = last[s].parse_s;
        }
    }
    bool met = true;
    for (int s = 0; s < def->n_sides; s++) {
        const double m = median(parse_s[s], set->repeat);
        rate[s] = (double)last[s].bytes / m;
        print_side(def, s, &last[s], m, set->repeat);
        if (last[s].rows != last[0].rows) {
            (void)printf("%s: the sides read different rows  short\n", def->name);
            met = false;
        }
    }
    if (def->n_sides > 1) {
        (void)snprintf(what, sizeof what, "%s: rate per core, of %s", def->name, def->side[1].name);
        met =
            row(what, rate[0] / rate[1], "times", def->bar, rate[0] >= def->bar * rate[1], true) &&
            met;
    }
    for (int s = 2; s < def->n_sides; s++) {
        (void)snprintf(what, sizeof what, "%s: rate per core, of %s", def->name, def->side[s].name);
        (void)row(what, rate[0] / rate[s], "times", 0, true, false);
    }
    (void)snprintf(what, sizeof what, "%s: peak memory at %d MB", def->name, SMALL_MB);
    met = row(what, small.peak_mib, "MiB", MEMORY_BAR_MIB, small.peak_mib < MEMORY_BAR_MIB, true) &&
          met;
    (void)snprintf(what, sizeof what, "%s: peak memory at %llu MB", def->name,
                   (unsigned long long)set->mb[f]);
    met = row(what, last[0].peak_mib, "MiB", MEMORY_BAR_MIB, last[0].peak_mib < MEMORY_BAR_MIB,
              true) &&
          met;
    (void)snprintf(what, sizeof what, "%s: growth of peak memory between them", def->name);
    return row(what, last[0].peak_mib - small.peak_mib, "MiB", 8,
               last[0].peak_mib - small.peak_mib <= 8, true) &&
           met;
}

static bool
take_option(settings *set, const char *name, const char *value)
{
    char *end = NULL;
    const unsigned long long n = value != NULL ? strtoull(value, &end, 10) : 0;
    if (value == NULL || *end != '\0' || (n == 0 && strcmp(name, "--csv-mb") != 0)) {
        return false;
    }
    for (int f = 0; f < BENCH_FORMATS; f++) {
        char option[16];
        (void)snprintf(option, sizeof option, "--%s-mb", FORMAT[f].name);
        if (strcmp(name, option) == 0) {
            set->mb[f] = n;
            return true;
        }
    }
    set->repeat = n <= REPEAT_MAX ? (int)n : REPEAT_MAX;
    return strcmp(name, "--repeat") == 0;
}

int
main(int argc, char **argv)
{
    settings set = {.mb = {2048, 1024, 1024}, .repeat = 5};
    int keep = -1;
    if (argc == 6 && strcmp(argv[1], "--child") == 0) {
        return child(argv + 2);
    }
    bool good = argc > 1 && argc % 2 == 0;
    for (int i = 2; good && i < argc; i += 2) {
        good = take_option(&set, argv[i], argv[i + 1]);
    }
    if (!good) {
        (void)fprintf(stderr, "usage: bench_feeds SERVER [--json-mb N] [--xml-mb N] [--csv-mb N] "
                              "[--repeat N]\n");
        return 64;
    }
    set.server = argv[1];
    const pid_t server = start_server(&set, &keep);
    if (server < 0) {
        (void)fprintf(stderr, "bench_feeds: %s does not start\n", set.server);
        return 1;
    }
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    bool met = true;
    for (int f = 0; f < BENCH_FORMATS; f++) {
        met = (set.mb[f] == 0 || run_format(&set, (bench_format)f)) && met;
    }
    (void)close(keep);
    (void)waitpid(server, NULL, 0);
    (void)printf("%s\n", met ? "all bars met" : "short");
    return met ? 0 : 1;
}
