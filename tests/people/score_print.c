/* Does the score reach its bars? */
#include <inttypes.h>

#include "tests/people/score.h"

static const char *const GROUP[SCORE_GROUPS] = {"everybody",
                                                "twins",
                                                "namesakes",
                                                "parent and child",
                                                "birth date corrected",
                                                "PPPK to PNS",
                                                "a colleague's NIP",
                                                "the spouse's NIK",
                                                "left an agency",
                                                "deceased",
                                                "retired",
                                                "single names",
                                                "Bali",
                                                "like an official",
                                                NULL,
                                                NULL,
                                                NULL,
                                                "women",
                                                "PPPK",
                                                "candidates",
                                                "strangers",
                                                "ghosts",
                                                "born on 1 January",
                                                "in a trap",
                                                NULL};

static const char *const DIRT[SCORE_DIRT] = {
    "none on either side", "titles in the name", "spelling variant", "name cut",
    "order of tokens",     "abbreviated",        "typing error",     "split, glued, doubled",
    "birth date wrong",    "NIK missing",        "NIK wrong",        "NIP missing",
    "NIP wrong",           "degree missing",     "stale row"};

static const char *const RULE[SCORE_RULES] = {
    "equal good NIP",       "equal valid NIK",           "equal SIASN id",
    "equal old NIP",        "equal name and birth date", "equal name, birth date and sex",
    "equal name and agency"};

typedef struct bars {
    double must, aim;
} bars;

/* One figure against its bars; 1 when short of 'must'. */
static int
row(FILE *out, const char *what, double figure, bars b, bool most, int digits)
{
    const bool must = most ? figure <= b.must : figure >= b.must;
    const bool aim = most ? figure <= b.aim : figure >= b.aim;
    (void)fprintf(out, "%-48s %10.*f   %s %-8.*f %-6s %s %-8.*f %s\n", what, digits, figure,
                  most ? "<=" : ">=", digits, b.must, must ? "met" : "short",
                  most ? "<=" : ">=", digits, b.aim, aim ? "met" : "short");
    return !must;
}

static int
print_bars(const people_score *s, bool doubled, FILE *out)
{
    const score_figures *f = &s->group[0];
    const double merged = 10000 * score_share(f->merged, f->people);
    const double f1 = score_f1(f->both, f->true_pairs, s->joined);
    int bad = 0;
    (void)fprintf(out, "%-48s %10s   %-18s %s\n", "measure", "figure", "must", "aim");
    if (doubled) {
        bad += row(out, "people merged with another, per 10,000", merged, (bars){5, 1}, true, 2);
        return bad + row(out, "pair F1", f1, (bars){0.994, 0.997}, false, 5);
    }
    bad += row(out, "people merged with another, per 10,000", merged, (bars){2, 0.5}, true, 2);
    bad += row(out, "pair precision", score_share(f->both, s->joined), (bars){0.9997, 0.9999},
               false, 5);
    bad += row(out, "pair recall", score_share(f->both, f->true_pairs), (bars){0.995, 0.998}, false,
               5);
    bad += row(out, "pair F1", f1, (bars){0.9975, 0.999}, false, 5);
    bad += row(out, "people whose record set is exactly right", score_share(f->exact, f->people),
               (bars){0.99, 0.996}, false, 5);
    return bad + row(out, "share of people with a pair in the review queue",
                     f->people == 0 ? 0 : score_share(f->review, f->people), (bars){0.01, 0.003},
                     true, 5);
}

static void
print_figures(const char *what, const score_figures *f, FILE *out)
{
    (void)fprintf(out, "%-32s %9" PRIu64 " %11" PRIu64 " %9.5f %8" PRIu64 " %10.2f %9.5f %9.5f\n",
                  what, f->people, f->true_pairs, score_share(f->both, f->true_pairs), f->merged,
                  10000 * score_share(f->merged, f->people), score_share(f->exact, f->people),
                  score_share(f->review, f->people));
}

static void
print_groups(const people_score *s, FILE *out)
{
    (void)fprintf(out, "\n%-32s %9s %11s %9s %8s %10s %9s %9s\n", "subgroup", "people",
                  "true pairs", "recall", "merged", "per 10,000", "exact", "review");
    for (int g = 0; g < SCORE_GROUPS; g++) {
        if (GROUP[g] != NULL && s->group[g].people > 0) {
            print_figures(GROUP[g], &s->group[g], out);
        }
    }
    if (s->plain.people > 0) {
        (void)fprintf(out,
                      "\nthe rule \"equal NIP or equal NIK\": F1 %.5f, precision %.5f, "
                      "recall %.5f, merged per 10,000 %.2f, exact %.5f\n",
                      score_f1(s->plain.both, s->plain.true_pairs, s->plain_joined),
                      score_share(s->plain.both, s->plain_joined),
                      score_share(s->plain.both, s->plain.true_pairs),
                      10000 * score_share(s->plain.merged, s->plain.people),
                      score_share(s->plain.exact, s->plain.people));
    }
}

static void
print_kinds(const people_score *s, FILE *out)
{
    (void)fprintf(out, "\n%-32s %11s %9s %9s\n", "dirt on one side or both", "true pairs", "recall",
                  "wrong");
    for (int d = 0; d < SCORE_DIRT; d++) {
        if (s->dirt[d].all > 0) {
            (void)fprintf(out, "%-32s %11" PRIu64 " %9.5f %9" PRIu64 "\n", DIRT[d], s->dirt[d].all,
                          score_share(s->dirt[d].right, s->dirt[d].all), s->dirt_wrong[d]);
        }
    }
    (void)fprintf(out, "\n%-32s %11s %9s %9s\n", "pass of the engine", "joins", "precision",
                  "wrong");
    for (int pass = 0; pass < TP_PASS_COUNT; pass++) {
        const score_ratio *r = &s->pass[pass];
        if (pass != TP_PASS_ALONE && r->all > 0) {
            (void)fprintf(out, "%-32s %11" PRIu64 " %9.5f %9" PRIu64 "\n",
                          tp_link_pass_name((tp_link_pass)pass), r->all,
                          score_share(r->right, r->all), r->all - r->right);
        }
    }
    (void)fprintf(out, "\n%-32s %11s %9s %9s\n", "rule alone, no safeguard", "pairs", "precision",
                  "wrong");
    for (int rule = 0; rule < SCORE_RULES; rule++) {
        const score_ratio *r = &s->rule[rule];
        if (r->all > 0) {
            (void)fprintf(out, "%-32s %11" PRIu64 " %9.5f %9" PRIu64 "\n", RULE[rule], r->all,
                          score_share(r->right, r->all), r->all - r->right);
        }
    }
}

int
people_score_print(const people_score *s, bool doubled, FILE *out)
{
    const score_figures *f = &s->group[0];
    const int bad = print_bars(s, doubled, out);
    print_groups(s, out);
    print_kinds(s, out);
    (void)fprintf(out,
                  "\nrecords with a name and nothing else: %" PRIu64 ", in %" PRIu64
                  " true pairs; who never guesses them has recall %.5f and F1 %.5f at most\n",
                  s->name_only, s->name_only_pairs,
                  score_share(f->true_pairs - s->name_only_pairs, f->true_pairs),
                  score_f1(f->true_pairs - s->name_only_pairs, f->true_pairs,
                           f->true_pairs - s->name_only_pairs));
    if (s->units > 0) {
        (void)fprintf(out,
                      "\ntrue pairs that no pass proposes: %" PRIu64 " of %" PRIu64
                      " that the anchors leave (%.5f of all true pairs); %.2f candidate pairs "
                      "per unit\n",
                      s->split_pairs - s->proposed, s->split_pairs,
                      f->true_pairs == 0 ? 0.0
                                         : score_share(s->split_pairs - s->proposed, f->true_pairs),
                      score_share(s->candidate_pairs, s->units));
    }
    (void)fprintf(out,
                  "\nrecords=%" PRIu64 " people=%" PRIu64 " found=%" PRIu64 " true_pairs=%" PRIu64
                  " joined=%" PRIu64 " both=%" PRIu64 " merged=%" PRIu64 " exact=%" PRIu64
                  " review=%" PRIu64 " questions=%" PRIu64 " left=%" PRIu64 " proposed=%" PRIu64
                  " short=%d\n",
                  s->records, f->people, s->clusters, f->true_pairs, s->joined, f->both, f->merged,
                  f->exact, f->review, s->questions, s->split_pairs, s->proposed, bad);
    return bad;
}
