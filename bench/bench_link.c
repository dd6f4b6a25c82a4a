/* How fast is the link stage, how much memory does a record cost, and does it stay so as records
 * grow? Each size in a process of its own, from columns in memory to crosswalk in memory. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench/link_strings.h"
#include "talent/base/attr.h"
#include "tests/people/people.h"

enum { SIZES_MAX = 8, REPEATS_MAX = 20, RECORDS_PER_THOUSAND = 2650 };

typedef struct plan {
    int n_sizes;
    uint64_t records[SIZES_MAX];
    int threads;
    int repeat;
    uint64_t seed;
    uint64_t strings; /* pairs of the string comparison; 0 = left out */
} plan;

typedef struct outcome {
    uint64_t records, people, units, pairs, hash;
    double best, median; /* seconds */
    uint64_t peak;       /* bytes above what was there before */
    int failed;
} outcome;

static double
now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A line of /proc/self/status in bytes; 0 when it cannot be read. */
static uint64_t
status_bytes(const char *name)
{
    char line[256];
    unsigned long long kb = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (strncmp(line, name, strlen(name)) == 0) {
            kb = strtoull(line + strlen(name) + 1, NULL, 10);
        }
    }
    if (f != NULL) {
        (void)fclose(f);
    }
    return kb * 1024;
}

/* Sets the peak back to what is in use now. */
static void
reset_peak(void)
{
    FILE *f = fopen("/proc/self/clear_refs", "w");
    if (f != NULL) {
        (void)fputs("5", f);
        (void)fclose(f);
    }
}

static int
by_size(const void *x, const void *y)
{
    const double a = *(const double *)x;
    const double b = *(const double *)y;
    return a < b ? -1 : a > b;
}

static tp_code
link_once(const people_columns *c, int threads, double *out_seconds, outcome *out, tp_err *err)
{
    TP_AUTO_ARENA(arena, 0);
    tp_crosswalk x = {0};
    tp_link_report report = {0};
    const double begin = now();
    TP_RETURN_SAME(people_link(c, NULL, 0, threads, &arena, &x, &report, err));
    *out_seconds = now() - begin;
    const uint64_t hash = people_crosswalk_hash(&x);
    if (out->hash != 0 && out->hash != hash) {
        TP_RETURN_ERR(err, TP_E_BUG, "two runs over the same records differ");
    }
    out->hash = hash;
    out->records = x.n;
    out->people = x.n_people;
    out->units = report.units;
    out->pairs = 0;
    for (int pass = 0; pass < TP_CAND_COUNT; pass++) {
        out->pairs += report.pairs[pass];
    }
    return TP_OK;
}

static tp_code
measure(const plan *p, uint64_t records, outcome *out, tp_err *err)
{
    people who = {0};
    people_columns c = {0};
    double seconds[REPEATS_MAX] = {0};
    const people_options o = {
        .seed = p->seed,
        .people = (uint32_t)(records * 1000 / RECORDS_PER_THOUSAND),
        .dirt = 1,
    };
    TP_RETURN_SAME(people_make(&o, &who, err));
    tp_code rc = people_columns_make(&who, NULL, &c, err);
    people_clear(&who);
    (void)malloc_trim(0);
    for (int i = 0; rc == TP_OK && i < p->repeat; i++) {
        const uint64_t before = status_bytes("VmRSS:");
        reset_peak();
        rc = link_once(&c, p->threads, &seconds[i], out, err);
        const uint64_t peak = status_bytes("VmHWM:");
        if (i == 0) { /* later runs find memory that the first one left behind */
            out->peak = peak > before ? peak - before : 0;
        }
    }
    qsort(seconds, (size_t)p->repeat, sizeof seconds[0], by_size);
    out->best = seconds[0];
    out->median = seconds[p->repeat / 2];
    people_columns_clear(&c);
    return rc;
}

/* The measurement in a child, so that no size sees the memory of another. */
static bool
in_child(const plan *p, uint64_t records, outcome *out)
{
    int ends[2];
    *out = (outcome){.failed = 1};
    if (pipe(ends) != 0) {
        return false;
    }
    const pid_t child = fork();
    if (child == 0) {
        tp_err err = {0};
        outcome made = {0};
        made.failed = measure(p, records, &made, &err) != TP_OK;
        if (made.failed) {
            (void)fprintf(stderr, "bench_link: %s\n", err.depth > 0 ? err.frame[0].text : "failed");
        }
        _exit(write(ends[1], &made, sizeof made) == (ssize_t)sizeof made ? 0 : 1);
    }
    (void)close(ends[1]);
    const bool whole = child > 0 && read(ends[0], out, sizeof *out) == (ssize_t)sizeof *out;
    (void)close(ends[0]);
    if (child > 0) {
        (void)waitpid(child, NULL, 0);
    }
    return whole && !out->failed;
}

static bool
read_sizes(const char *text, plan *p)
{
    char *end = NULL;
    p->n_sizes = 0;
    for (const char *at = text; p->n_sizes < SIZES_MAX; at = end + 1) {
        p->records[p->n_sizes] = strtoull(at, &end, 10);
        if (end == at || p->records[p->n_sizes] < 1000 || (*end != ',' && *end != '\0')) {
            return false;
        }
        p->n_sizes++;
        if (*end == '\0') {
            return true;
        }
    }
    return false;
}

static bool
read_words(int argc, char **argv, plan *p)
{
    for (int i = 1; i + 1 < argc; i += 2) {
        const long v = strtol(argv[i + 1], NULL, 10);
        if (strcmp(argv[i], "--records") == 0) {
            if (!read_sizes(argv[i + 1], p)) {
                return false;
            }
        } else if (strcmp(argv[i], "--threads") == 0 && v > 0) {
            p->threads = (int)v;
        } else if (strcmp(argv[i], "--repeat") == 0 && v > 0 && v <= REPEATS_MAX) {
            p->repeat = (int)v;
        } else if (strcmp(argv[i], "--seed") == 0) {
            p->seed = (uint64_t)v;
        } else if (strcmp(argv[i], "--strings") == 0 && v >= 0) {
            p->strings = (uint64_t)v;
        } else {
            return false;
        }
    }
    return argc % 2 == 1;
}

static void
print_row(const plan *p, const outcome *o)
{
    (void)printf("link,%llu,%d,%.3f,%.3f,%.0f,%.1f,%.2f,%.2f,%.0f,%016llx\n",
                 (unsigned long long)o->records, p->threads, o->best, o->median,
                 (double)o->records / o->median, (double)o->peak / (double)o->records,
                 (double)o->pairs / (double)o->units, (double)o->records / (double)o->people,
                 (double)o->peak / 1e6, (unsigned long long)o->hash);
    (void)fflush(stdout);
}

int
main(int argc, char **argv)
{
    plan p = {.n_sizes = 4,
              .records = {100000, 1000000, 5000000, 10000000},
              .threads = 2,
              .repeat = 3,
              .seed = 1,
              .strings = 2000000};
    if (!read_words(argc, argv, &p)) {
        (void)fprintf(stderr, "usage: bench_link [--records 100000,1000000] [--threads 2] "
                              "[--repeat 3] [--seed 1] [--strings 2000000]\n");
        return 64;
    }
    bool good = true;
    (void)printf("kernel,records,threads,best_s,median_s,records_per_s,bytes_per_record,"
                 "pairs_per_unit,records_per_person,peak_mb,checksum\n");
    for (int i = 0; i < p.n_sizes; i++) {
        outcome o;
        if (in_child(&p, p.records[i], &o)) {
            print_row(&p, &o);
        } else {
            good = false;
        }
    }
    if (p.strings > 0) {
        good = bench_strings(p.seed, p.strings, p.repeat) && good;
    }
    return good ? 0 : 1;
}
