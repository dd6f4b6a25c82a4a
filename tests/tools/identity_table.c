/* Links generated people and prints how much of the truth was found: pooled over seeds, one table
 * per dirt factor. Status 1 when a 'must' figure is short. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "talent/base/sort.h"
#include "tests/people/options.h"
#include "tests/people/score.h"

/* One record: source, key, truth, dirt, what its numbers are good for; nothing of a person. */
static void
print_record(const people *p, const people_columns *c, const tp_crosswalk *x, uint32_t at)
{
    static const char *const NIP[] = {"good", "damaged", "old", "service", "junk", "none"};
    const people_record *r = &p->record[c->record[at]];
    const tp_table *t = &c->person[x->source[at]];
    (void)printf(
        "  row %-7u %-14s %-34.*s person %-7u traps %06x defects %06x nip %-7s nik %d date %d "
        "%-8s %6.1f bits via row %-7u people %u\n",
        at, p->source[r->source].id, TP_STR_ARG(tp_intern_text(&p->text, r->key)), r->person,
        p->flags[r->person], r->defects, NIP[tp_i32_or(t, TP_PERSON_NIP_CLASS, x->row[at], 5)],
        tp_i32_or(t, TP_PERSON_NIK_FACTS, x->row[at], 0) & 1, r->born != SIM_NO_DAY,
        tp_link_pass_name((tp_link_pass)x->pass[at]), (double)x->weight[at] / TP_LINK_BIT,
        x->via[at], x->person[at]);
}

static uint32_t
truth_of(const people *p, const people_columns *c, uint32_t at)
{
    return p->record[c->record[at]].person;
}

/* Clusters that hold two people, or people who lie in two clusters; returns how many are left. */
static uint32_t
print_bad(const people *p, const people_columns *c, const tp_crosswalk *x, bool lost, uint32_t left)
{
    tp_key_row *row = malloc(2 * (x->n + 1) * sizeof *row);
    if (row == NULL) {
        return 0;
    }
    for (uint32_t i = 0; i < x->n; i++) {
        row[i] = (tp_key_row){lost ? truth_of(p, c, i) : x->person[i], i};
    }
    tp_sort_keys(row, row + x->n, x->n);
    for (size_t i = 0, end = 0; i < x->n && left > 0; i = end) {
        bool bad = false;
        const uint32_t first = row[i].row;
        for (end = i; end < x->n && row[end].key == row[i].key; end++) {
            const uint32_t at = row[end].row;
            bad = bad || (lost ? x->person[at] != x->person[first]
                               : truth_of(p, c, at) != truth_of(p, c, first));
        }
        if (!bad) {
            continue;
        }
        left--;
        (void)printf("%s, seed %" PRIu64 ", dirt %g\n", lost ? "person in pieces" : "wrong cluster",
                     p->options.seed, p->options.dirt);
        for (size_t k = i; k < end; k++) {
            print_record(p, c, x, row[k].row);
        }
    }
    free(row);
    return left;
}

static tp_code
one_night(const people_words *w, const people_options *o, people_score *sum, uint32_t left[2],
          tp_err *err)
{
    TP_AUTO_ARENA(arena, 0);
    people p = {0};
    people_columns c = {0};
    tp_crosswalk x = {0};
    tp_link_report report = {0};
    TP_RETURN_SAME(people_make(o, &p, err));
    tp_code rc = people_columns_make(&p, w->config, &c, err);
    const int threads = (int)w->threads;
    rc = rc == TP_OK ? people_link(&c, NULL, 0, threads, &arena, &x, &report, err) : rc;
    rc = rc == TP_OK ? people_score_add(&p, &c, &x, sum, err) : rc;
    rc = rc == TP_OK ? people_rules_add(&p, &c, sum, err) : rc;
    rc = rc == TP_OK && w->probe != 0 ? people_probe_add(&p, &c, threads, sum, err) : rc;
    for (int lost = 0; rc == TP_OK && lost < 2; lost++) {
        left[lost] = print_bad(&p, &c, &x, lost == 1, left[lost]);
    }
    people_columns_clear(&c);
    people_clear(&p);
    return rc;
}

static tp_code
table(const people_words *w, double dirt, int *bad, tp_err *err)
{
    people_score *sum = calloc(1, sizeof *sum);
    people_options o = w->options;
    uint32_t left[2] = {w->wrong, w->lost};
    tp_code rc = sum == NULL ? TP_E_NOMEM : TP_OK;
    o.dirt = dirt;
    for (uint32_t s = 0; rc == TP_OK && s < w->seeds; s++) {
        o.seed = w->options.seed + s;
        rc = one_night(w, &o, sum, left, err);
    }
    if (rc == TP_OK) {
        (void)printf("== %u people, seeds %" PRIu64 " to %" PRIu64 ", defect rates x %g\n",
                     o.people, w->options.seed, w->options.seed + w->seeds - 1, dirt);
        *bad += people_score_print(sum, dirt > 1, stdout);
    }
    free(sum);
    return rc;
}

int
main(int argc, char **argv)
{
    people_words words;
    tp_err err = {0};
    int bad = 0;
    tp_code rc = TP_OK;
    if (!people_words_read(argc, argv, &words)) {
        return tp_code_exit(TP_E_USAGE);
    }
    for (int d = 0; rc == TP_OK && d < words.n_dirt; d++) {
        rc = table(&words, words.dirt[d], &bad, &err);
    }
    if (rc != TP_OK) {
        (void)fprintf(stderr, "identity_table: %s\n", err.depth > 0 ? err.frame[0].text : "failed");
        return tp_code_exit(rc);
    }
    return bad > 0;
}
