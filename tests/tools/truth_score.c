/* How much of the simulator's truth did a crosswalk find, and how much did it invent? */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "talent/base/buf.h"
#include "talent/base/err.h"
#include "talent/base/hash.h"
#include "talent/base/str.h"
#include "talent/core/source_key.h"
#include "talent/etl/file.h"

enum { FILE_MAX_MIB = 8192 };

/* A record by the hash of its source and key (128 bits: a collision is out of the question). */
typedef struct record {
    uint64_t id[2];
    uint64_t of; /* truth: person; crosswalk: person key */
} record;

typedef struct record_list {
    record *item;
    size_t n;
    size_t dropped; /* same record again */
} record_list;

/* A record that both files know. */
typedef struct match {
    uint64_t person;
    uint64_t cluster;
} match;

typedef struct score {
    uint64_t records, people, clusters;
    uint64_t true_pairs, joined_pairs, both_pairs;
    uint64_t people_merged, people_exact;
} score;

static int
compare_ids(const record *a, const record *b)
{
    if (a->id[0] != b->id[0]) {
        return a->id[0] < b->id[0] ? -1 : 1;
    }
    return a->id[1] < b->id[1] ? -1 : a->id[1] > b->id[1];
}

static int
compare_records(const void *left, const void *right)
{
    const record *a = left;
    const record *b = right;
    const int order = compare_ids(a, b);
    return order != 0 ? order : a->of < b->of ? -1 : a->of > b->of;
}

static int
compare_by_person(const void *left, const void *right)
{
    const match *a = left;
    const match *b = right;
    if (a->person != b->person) {
        return a->person < b->person ? -1 : 1;
    }
    return a->cluster < b->cluster ? -1 : a->cluster > b->cluster;
}

static int
compare_by_cluster(const void *left, const void *right)
{
    const match *a = left;
    const match *b = right;
    if (a->cluster != b->cluster) {
        return a->cluster < b->cluster ? -1 : 1;
    }
    return a->person < b->person ? -1 : a->person > b->person;
}

/* Cuts the next CSV field off line; quotes are undone in place (the text is ours to change). */
static tp_str
next_field(char **line)
{
    char *in = *line;
    char *out = in;
    char *const start = in;
    if (*in != '"') {
        in += strcspn(in, ",");
        out = in;
    } else {
        in++;
        while (*in != '\0' && !(in[0] == '"' && in[1] != '"')) {
            in += in[0] == '"';
            *out++ = *in++;
        }
        in += *in == '"';
    }
    *line = *in == ',' ? in + 1 : in;
    return (tp_str){start, (size_t)(out - start)};
}

/* The truth is written with the keys of the sources; a crosswalk has hashes where those may be
 * identifiers. With the key that made them both are the same. */
static const uint8_t *key_secret; /* NULL: compare as they stand */

static tp_code
read_line(const char *file, size_t number, char *line, record *out, tp_err *err)
{
    char hash[TP_SOURCE_KEY_TEXT];
    const tp_str source = next_field(&line);
    tp_str key = next_field(&line);
    if (key_secret != NULL && tp_source_key_is_number(key)) {
        tp_source_key_hash(key_secret, source, key, hash);
        key = tp_str_of(hash);
    }
    const tp_str of = next_field(&line);
    if (source.n == 0 || !tp_str_to_u64(of, &out->of) || *line != '\0') {
        TP_RETURN_ERR(err, TP_E_SCHEMA, "%.150s:%zu: expected source,source_key,number", file,
                      number);
    }
    for (size_t i = 0; i < 2; i++) {
        out->id[i] = tp_hash_str(tp_hash_str(i + 1, source), key);
    }
    return TP_OK;
}

/* Sorts by record and keeps the first of equal ones. */
static void
sort_unique(record_list *list)
{
    size_t kept = 0;
    qsort(list->item, list->n, sizeof *list->item, compare_records);
    for (size_t i = 0; i < list->n; i++) {
        if (kept == 0 || compare_ids(&list->item[kept - 1], &list->item[i]) != 0) {
            list->item[kept++] = list->item[i];
        }
    }
    list->dropped = list->n - kept;
    list->n = kept;
}

static tp_code
read_list(const char *file, record_list *out, tp_err *err)
{
    TP_AUTO_BUF(text);
    TP_RETURN_SAME(tp_file_read(file, (size_t)FILE_MAX_MIB << 20, &text, err));
    size_t lines = 0;
    for (size_t i = 0; i < text.n; i++) {
        lines += text.p[i] == '\n';
    }
    out->item = calloc(lines + 1, sizeof *out->item);
    if (out->item == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "%.150s: no room for %zu lines", file, lines);
    }
    char *at = text.p;
    for (size_t number = 1; at != NULL && *at != '\0'; number++) {
        char *const end = at + strcspn(at, "\r\n");
        char *const next = end + strspn(end, "\r\n");
        *end = '\0';
        if (number > 1) {
            TP_RETURN_SAME(read_line(file, number, at, &out->item[out->n], err));
            out->n++;
        }
        at = next;
    }
    sort_unique(out);
    return TP_OK;
}

/* Pairs up equal records; counts those that only one side has. */
static size_t
join(const record_list *truth, const record_list *found, match *out, size_t *out_no_truth)
{
    size_t n = 0;
    size_t t = 0;
    *out_no_truth = 0;
    for (size_t f = 0; f < found->n; f++) {
        while (t < truth->n && compare_ids(&truth->item[t], &found->item[f]) < 0) {
            t++;
        }
        if (t < truth->n && compare_ids(&truth->item[t], &found->item[f]) == 0) {
            out[n++] = (match){truth->item[t].of, found->item[f].of};
        } else {
            (*out_no_truth)++;
        }
    }
    return n;
}

static uint64_t
pairs_of(uint64_t n)
{
    return n * (n - 1) / 2;
}

/* Number of records from i on with the same person (and cluster, if asked). */
static size_t
run_length(const match *m, size_t n, size_t i, bool by_person, bool by_cluster)
{
    size_t k = i + 1;
    while (k < n && (!by_person || m[k].person == m[i].person) &&
           (!by_cluster || m[k].cluster == m[i].cluster)) {
        k++;
    }
    return k - i;
}

static int
compare_keys(const void *left, const void *right)
{
    const uint64_t a = *(const uint64_t *)left;
    const uint64_t b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

/* Clusters that hold more than one person, ascending; fills the counts of clusters and merges. */
static size_t
mixed_clusters(match *m, size_t n, score *out, uint64_t *mixed)
{
    size_t n_mixed = 0;
    qsort(m, n, sizeof *m, compare_by_cluster);
    for (size_t i = 0; i < n;) {
        const size_t size = run_length(m, n, i, false, true);
        out->clusters++;
        out->joined_pairs += pairs_of(size);
        if (m[i].person != m[i + size - 1].person) {
            mixed[n_mixed++] = m[i].cluster;
        }
        i += size;
    }
    return n_mixed;
}

static void
score_people(match *m, size_t n, const uint64_t *mixed, size_t n_mixed, score *out)
{
    qsort(m, n, sizeof *m, compare_by_person);
    for (size_t i = 0; i < n;) {
        const size_t size = run_length(m, n, i, true, false);
        bool merged = false;
        for (size_t k = i; k < i + size;) {
            const size_t part = run_length(m, n, k, true, true);
            out->both_pairs += pairs_of(part);
            merged = merged || bsearch(&m[k].cluster, mixed, n_mixed, sizeof *mixed, compare_keys);
            k += part;
        }
        out->people++;
        out->true_pairs += pairs_of(size);
        out->people_merged += merged;
        out->people_exact += !merged && m[i].cluster == m[i + size - 1].cluster;
        i += size;
    }
}

static double
share(uint64_t part, uint64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 1.0;
}

static void
print_score(const score *s, size_t no_truth, size_t not_linked)
{
    const double recall = share(s->both_pairs, s->true_pairs);
    const double precision = share(s->both_pairs, s->joined_pairs);
    const double merged = 10000.0 * share(s->people_merged, s->people);
    const double exact = share(s->people_exact, s->people);
    (void)printf("%-44s %12" PRIu64 "\n", "records with known truth", s->records);
    (void)printf("%-44s %12" PRIu64 "\n", "people", s->people);
    (void)printf("%-44s %12" PRIu64 "\n", "people found", s->clusters);
    (void)printf("%-44s %12" PRIu64 "\n", "pairs of records of one person", s->true_pairs);
    (void)printf("%-44s %12" PRIu64 "\n", "  of these joined", s->both_pairs);
    (void)printf("%-44s %12" PRIu64 "\n", "pairs joined", s->joined_pairs);
    (void)printf("%-44s %12" PRIu64 "\n", "  of these wrong", s->joined_pairs - s->both_pairs);
    (void)printf("%-44s %12.6f\n", "recall", recall);
    (void)printf("%-44s %12.6f\n", "precision", precision);
    (void)printf("%-44s %12.2f\n", "people merged with another, per 10,000", merged);
    (void)printf("%-44s %12.6f\n", "people whose records are exactly right", exact);
    (void)printf("%-44s %12zu\n", "linked records without truth", no_truth);
    (void)printf("%-44s %12zu\n", "true records that were not linked", not_linked);
    (void)printf("records=%" PRIu64 " people=%" PRIu64 " found=%" PRIu64 " true_pairs=%" PRIu64
                 " joined_pairs=%" PRIu64 " both_pairs=%" PRIu64
                 " recall=%.6f precision=%.6f merged_per_10000=%.2f exact=%.6f "
                 "without_truth=%zu not_linked=%zu\n",
                 s->records, s->people, s->clusters, s->true_pairs, s->joined_pairs, s->both_pairs,
                 recall, precision, merged, exact, no_truth, not_linked);
}

static tp_code
compare_lists(const record_list *truth, const record_list *found, tp_err *err)
{
    score s = {0};
    size_t no_truth = 0;
    match *m = calloc(found->n + 1, sizeof *m);
    uint64_t *mixed = calloc(found->n + 1, sizeof *mixed);
    if (m == NULL || mixed == NULL) {
        free(m);
        free(mixed);
        TP_RETURN_ERR(err, TP_E_NOMEM, "no room for %zu records", found->n);
    }
    const size_t n = join(truth, found, m, &no_truth);
    s.records = n;
    const size_t n_mixed = mixed_clusters(m, n, &s, mixed);
    score_people(m, n, mixed, n_mixed, &s);
    free(m);
    free(mixed);
    if (n == 0) {
        TP_RETURN_ERR(err, TP_E_SCHEMA, "the two files have no record in common");
    }
    if (found->dropped > 0) {
        TP_RETURN_ERR(err, TP_E_SCHEMA, "%zu records stand in the crosswalk twice", found->dropped);
    }
    print_score(&s, no_truth, truth->n - n);
    return TP_OK;
}

static tp_code
read_secret(const char *file, uint8_t out[16], tp_err *err)
{
    TP_AUTO_BUF(text);
    unsigned char key[32];
    size_t n = 0;
    TP_RETURN_SAME(tp_file_read(file, 1024, &text, err));
    if (sodium_hex2bin(key, sizeof key, text.p, text.n, "\n", &n, NULL) != 0 || n != sizeof key) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "%.150s: expected 64 hex digits", file);
    }
    tp_source_key_secret(key, out);
    return TP_OK;
}

int
main(int argc, char **argv)
{
    record_list truth = {0};
    record_list found = {0};
    tp_err err = {0};
    uint8_t secret[16];
    if (argc != 3 && argc != 4) {
        (void)fprintf(stderr, "usage: truth_score TRUTH.csv CROSSWALK.csv [SECRETS/nik]\n");
        return tp_code_exit(TP_E_USAGE);
    }
    tp_code rc = argc == 4 ? read_secret(argv[3], secret, &err) : TP_OK;
    key_secret = argc == 4 ? secret : NULL;
    if (rc == TP_OK) {
        rc = read_list(argv[1], &truth, &err);
    }
    key_secret = NULL;
    if (rc == TP_OK) {
        rc = read_list(argv[2], &found, &err);
    }
    if (rc == TP_OK) {
        rc = compare_lists(&truth, &found, &err);
    }
    free(truth.item);
    free(found.item);
    if (rc != TP_OK) {
        (void)fprintf(stderr, "truth_score: %s\n", err.depth > 0 ? err.frame[0].text : "failed");
        return tp_code_exit(rc);
    }
    return 0;
}
