/* Links generated people and prints how much of the truth was found: pooled over seeds, one table
 * per dirt factor. Status 1 when a 'must' figure is short. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "talent/base/sort.h"
#include "tests/people/options.h"
#include "tests/people/score.h"

/* Wrong clusters, record by record: sources, keys, truth and dirt; nothing of a person. */
static uint32_t
print_wrong(const people *p, const people_columns *c, const tp_crosswalk *x, uint32_t left)
{
    tp_key_row *row = malloc(2 * (x->n + 1) * sizeof *row);
    if (row == NULL) {
        return 0;
    }
    for (size_t i = 0; i < x->n; i++) {
        row[i] = (tp_key_row){x->person[i], (uint32_t)i};
    }
    tp_sort_keys(row, row + x->n, x->n);
    for (size_t i = 0, end = 0; i < x->n && left > 0; i = end) {
        bool mixed = false;
        const uint32_t first = p->record[c->record[row[i].row]].person;
        for (end = i; end < x->n && row[end].key == row[i].key; end++) {
            mixed = mixed || p->record[c->record[row[end].row]].person != first;
        }
        if (!mixed) {
            continue;
        }
        left--;
        (void)printf("wrong cluster, seed %" PRIu64 ", dirt %g\n", p->options.seed,
                     p->options.dirt);
        for (size_t k = i; k < end; k++) {
            const uint32_t at = row[k].row;
            const people_record *r = &p->record[c->record[at]];
            (void)printf("  row %-8u %-14s %-36.*s person %-7u traps %06x defects %06x %-8s %6.1f "
                         "bits via row %u\n",
                         at, p->source[r->source].id, TP_STR_ARG(tp_intern_text(&p->text, r->key)),
                         r->person, p->flags[r->person], r->defects,
                         tp_link_pass_name((tp_link_pass)x->pass[at]),
                         (double)x->weight[at] / TP_LINK_BIT, x->via[at]);
        }
    }
    free(row);
    return left;
}

static tp_code
one_night(const people_words *w, const people_options *o, people_score *sum, uint32_t *wrong,
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
    if (rc == TP_OK && *wrong > 0) {
        *wrong = print_wrong(&p, &c, &x, *wrong);
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
    uint32_t wrong = w->wrong;
    tp_code rc = sum == NULL ? TP_E_NOMEM : TP_OK;
    o.dirt = dirt;
    for (uint32_t s = 0; rc == TP_OK && s < w->seeds; s++) {
        o.seed = w->options.seed + s;
        rc = one_night(w, &o, sum, &wrong, err);
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
