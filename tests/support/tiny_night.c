/* What does a night of a few generated people look like? */
#include "tests/support/tiny_night.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXTS = 8192, TEXT_BYTES = 1 << 18 };

static void *
get(tiny_night *t, size_t n, size_t size)
{
    void *p = tp_arena_alloc(&t->arena, n, size);
    if (p == NULL) {
        fprintf(stderr, "no memory for a tiny night\n");
        abort();
    }
    return p;
}
#define NEW(t, member, n) ((member) = get((t), (n), sizeof *(member)))

static int32_t
text(tiny_night *t, const char *prefix, size_t number)
{
    uint64_t *off = t->text_off;
    char *bytes = t->text_bytes;
    const size_t at = off[t->strings.n];
    if (t->strings.n + 2 > TEXTS || at + 64 > TEXT_BYTES) {
        abort();
    }
    const int n = number == SIZE_MAX ? snprintf(bytes + at, 64, "%s", prefix)
                                     : snprintf(bytes + at, 64, "%s %zu", prefix, number);
    off[t->strings.n + 1] = at + (size_t)n;
    return (int32_t)t->strings.n++;
}

static void
alloc_table(tiny_night *t, tp_table *table, tp_kind kind, size_t n, bool with_source)
{
    table->strings = &t->strings;
    if (tp_table_alloc(table, kind, n, with_source, &t->arena, NULL) != TP_OK) {
        abort();
    }
}

static void
make_batches(tiny_night *t, size_t people)
{
    static const char *const ID[2] = {"alpha", "beta"};
    tp_crosswalk *x = &t->crosswalk;
    const size_t of[2] = {people, (people + 1) / 2};
    x->n = of[0] + of[1];
    NEW(t, x->source, x->n);
    NEW(t, x->row, x->n);
    NEW(t, x->record_key, x->n);
    NEW(t, x->person, x->n);
    NEW(t, x->pass, x->n);
    NEW(t, x->weight, x->n);
    NEW(t, x->via, x->n);
    size_t k = 0;
    for (uint32_t s = 0; s < 2; s++) {
        tp_table *persons = &t->batch[s].table[TP_PERSON];
        alloc_table(t, persons, TP_PERSON, of[s], false);
        t->batch[s].counts[TP_PERSON].received = of[s];
        t->batch[s].counts[TP_PERSON].accepted = of[s];
        t->source[s] = (tp_publish_source){
            .id = ID[s], .batch = &t->batch[s], .batch_night = TINY_NIGHT - (int32_t)s};
        for (uint32_t i = 0; i < of[s]; i++, k++) {
            tp_set_i32(persons, TP_PERSON_SOURCE_KEY, i, text(t, ID[s], i));
            persons->record[i] = i;
            x->source[k] = s;
            x->row[k] = i;
            x->record_key[k] = 1 + k;
            x->person[k] = s == 0 ? i : 2 * i;
            x->pass[k] = s == 0 ? TP_PASS_ALONE : TP_PASS_NIP;
            x->via[k] = x->person[k];
        }
    }
    x->n_review = 1;
    NEW(t, x->review_a, 1);
    NEW(t, x->review_b, 1)[0] = 1;
    NEW(t, x->review_reason, 1)[0] = TP_REVIEW_BETWEEN;
    NEW(t, x->review_weight, 1)[0] = 4096;
    x->n_event = 2;
    NEW(t, x->event_kind, 2)[1] = TP_EVENT_MERGED;
    NEW(t, x->event_person, 2)[0] = 1000;
    NEW(t, x->event_other, 2)[1] = 77;
    x->event_person[1] = 1010;
}

static void
make_posts(tiny_night *t)
{
    tp_pool *pool = &t->pool;
    tp_table *posts = &pool->table[TP_POSITION];
    alloc_table(t, posts, TP_POSITION, 2, true);
    for (size_t p = 0; p < 2; p++) {
        tp_set_i32(posts, TP_POSITION_POSITION_ID, p, text(t, "POST", p));
        tp_set_i32(posts, TP_POSITION_TITLE, p, text(t, "Kepala Dinas Contoh", p));
        tp_set_i32(posts, TP_POSITION_AGENCY, p, text(t, "1010", SIZE_MAX));
        tp_set_i32(posts, TP_POSITION_TIER, p, TP_TIER_JPT_PRATAMA);
    }
    tp_set_i32(posts, TP_POSITION_VACANT_SINCE, 0, TINY_NIGHT - 30);
    tp_table *merit = &pool->table[TP_MERIT];
    alloc_table(t, merit, TP_MERIT, 1, true);
    tp_set_i32(merit, TP_MERIT_AGENCY, 0, text(t, "1010", SIZE_MAX));
    tp_set_i32(merit, TP_MERIT_YEAR, 0, 2025);
    tp_table *head = &pool->table[TP_INAUGURATION];
    alloc_table(t, head, TP_INAUGURATION, 2, true); /* the second names no region: not published */
    tp_set_i32(head, TP_INAUGURATION_REGION, 0, text(t, "32", SIZE_MAX));
    tp_set_i32(head, TP_INAUGURATION_INAUGURATED_ON, 0, TINY_NIGHT - 500);
}

static void
make_pool(tiny_night *t, size_t people)
{
    tp_pool *pool = &t->pool;
    tp_table *persons = &pool->table[TP_PERSON];
    tp_table *jobs = &pool->table[TP_EMPLOYMENT];
    pool->n = people;
    NEW(t, pool->person_key, people);
    alloc_table(t, persons, TP_PERSON, people, true);
    alloc_table(t, jobs, TP_EMPLOYMENT, people - 1, true); /* the last person's post is unknown */
    NEW(t, pool->begin[TP_EMPLOYMENT], people + 1);
    for (size_t i = 0; i < people; i++) {
        pool->person_key[i] = 1000 + 10 * i;
        pool->begin[TP_EMPLOYMENT][i] = (uint32_t)i;
        tp_set_i32(persons, TP_PERSON_FULL_NAME, i, text(t, "Warga Contoh", i));
        tp_set_i32(persons, TP_PERSON_BACK_TITLES, i, text(t, "S.Kom.", SIZE_MAX));
        tp_set_i32(persons, TP_PERSON_BIRTH_DATE, i, 3000 + (int32_t)i);
    }
    pool->begin[TP_EMPLOYMENT][people] = (uint32_t)people - 1;
    for (size_t i = 0; i + 1 < people; i++) {
        tp_set_i32(jobs, TP_EMPLOYMENT_HOME_AGENCY, i,
                   text(t, i % 2 == 0 ? "1010" : "7000", SIZE_MAX));
        tp_set_i32(jobs, TP_EMPLOYMENT_TIER, i, TP_TIER_ADMINISTRATOR);
        tp_set_i32(jobs, TP_EMPLOYMENT_RANK, i, 42);
        tp_set_i32(jobs, TP_EMPLOYMENT_EDUCATION, i, 45);
    }
    for (int f = 0; f < TP_PERSON_N; f++) {
        NEW(t, pool->from[f], people);
    }
    make_posts(t);
    t->crosswalk.n_people = people;
    t->crosswalk.person_key = pool->person_key;
}

static void
score_people(tiny_night *t, size_t n)
{
    tp_scores *s = &t->scores;
    s->n = n;
    NEW(t, s->has_ip, n);
    NEW(t, s->ip_k, n);
    NEW(t, s->ip_ko, n);
    NEW(t, s->ip_ki, n);
    NEW(t, s->ip_d, n);
    NEW(t, s->ip, n);
    NEW(t, s->ip_category, n);
    NEW(t, s->x_valid, tp_bit_words(n));
    NEW(t, s->y_valid, tp_bit_words(n));
    NEW(t, s->jpm_valid, tp_bit_words(n));
    NEW(t, s->x_pool, n);
    NEW(t, s->y, n);
    NEW(t, s->x_part, n * TP_X_ITEMS);
    NEW(t, s->y_part, n * TP_Y_ITEMS);
    NEW(t, s->nt, n);
    NEW(t, s->box, n);
    NEW(t, s->box_alt, n);
    NEW(t, s->x_complete, n);
    NEW(t, s->y_complete, n);
    NEW(t, s->reason, n);
    NEW(t, s->jpm, n);
    NEW(t, s->jpm_category, n);
    NEW(t, s->assessment, n);
    NEW(t, s->validity, n);
    NEW(t, s->in_agency_pool, n);
    NEW(t, s->in_national_pool, n);
    NEW(t, s->rules, n);
    for (size_t i = 0; i + 1 < n; i++) { /* the last person stays unknown in everything */
        s->has_ip[i] = 1;
        s->ip_k[i] = 200, s->ip_ko[i] = 300, s->ip_ki[i] = 250, s->ip_d[i] = 50, s->ip[i] = 800;
        tp_bit_set(s->x_valid, i);
        tp_bit_set(s->y_valid, i);
        tp_bit_set(s->jpm_valid, i);
        s->x_pool[i] = 7500, s->x_part[i * TP_X_ITEMS] = 5000, s->x_part[i * TP_X_ITEMS + 3] = 2500;
        s->y[i] = 8000, s->y_part[i * TP_Y_ITEMS] = 8000;
        s->nt[i] = 7750;
        s->box[i] = 9, s->box_alt[i] = 9;
        s->x_complete[i] = s->y_complete[i] = 10000;
        s->jpm[i] = 9123;
        s->in_agency_pool[i] = TP_RESULT_MET;
        s->rules[i] = 1; /* the first slot met */
    }
    s->reason[n - 1] = TP_REASON_BIT(ASSESSMENT_MISSING) | TP_REASON_BIT(POST_UNKNOWN);
    s->validity[n - 1] = TP_VALID_NONE;
}

static void
list_candidates(tiny_night *t)
{
    tp_scores *s = &t->scores;
    s->n_list = 2;
    NEW(t, s->list_begin, 3)[1] = 2;
    s->list_begin[2] = 2;
    NEW(t, s->list_person, 2)[1] = 1;
    NEW(t, s->listing, 2)[1] = TP_LISTING_VERIFY;
    NEW(t, s->list_rank, 2);
    NEW(t, s->list_row_no, 2);
    NEW(t, s->list_group, 2);
    NEW(t, s->list_action, 2);
    NEW(t, s->list_verdict, 2)[1] = TP_VERDICT_UNDETERMINED;
    NEW(t, s->list_fit, 2);
    NEW(t, s->list_nt, 2);
    NEW(t, s->list_tek, 2);
    NEW(t, s->list_x, 2);
    NEW(t, s->list_y, 2);
    NEW(t, s->list_jpm, 2);
    NEW(t, s->list_tenure, 2);
    NEW(t, s->list_x_part, 2 * TP_X_ITEMS);
    NEW(t, s->list_fit_part, 2 * 3);
    NEW(t, s->list_rule, 2 * TP_RULE_COUNT);
    NEW(t, s->list_note, 2);
    for (size_t l = 0; l < 2; l++) {
        s->list_rank[l] = s->list_row_no[l] = 1;
        s->list_group[l] = (uint8_t)(l + 1);
        s->list_fit[l] = 8200;
        s->list_fit_part[l * 3] = 4000, s->list_fit_part[l * 3 + 1] = 3000;
        s->list_fit_part[l * 3 + 2] = 1200;
        s->list_tek[l] = l == 0 ? 6000 : -1;
        s->list_x[l] = 7000, s->list_x_part[l * TP_X_ITEMS] = 7000;
        s->list_note[l] = l == 0 ? UINT32_C(1) << TP_NOTE_OTHER_AGENCY : 0;
    }
    s->list_rule[TP_RULE_ST01] = TP_RESULT_MET;
    s->list_rule[TP_RULE_TN07] = TP_RESULT_FAILED;
    s->list_rule[TP_RULE_COUNT + TP_RULE_AP02] = TP_RESULT_UNKNOWN;
    s->n_best = 1;
    NEW(t, s->best_begin, s->n + 1);
    for (size_t i = 1; i <= s->n; i++) {
        s->best_begin[i] = 1;
    }
    NEW(t, s->best_post, 1);
    NEW(t, s->best_fit, 1)[0] = 8200;
    NEW(t, s->best_verdict, 1);
}

static void
score_posts(tiny_night *t)
{
    tp_scores *s = &t->scores;
    s->n_post = 2;
    NEW(t, s->post_scored, 2)[0] = 1;
    NEW(t, s->post_level, 2);
    NEW(t, s->post_day, 2)[0] = TINY_NIGHT;
    NEW(t, s->post_holder, 2)[0] = (uint32_t)TP_NONE;
    s->post_holder[1] = 2;
    NEW(t, s->post_rule, 2 * TP_RULE_COUNT);
    NEW(t, s->post_verdict, 2 * TP_VERDICT_COUNT)[TP_VERDICT_ELIGIBLE] = 1;
    s->post_verdict[TP_VERDICT_UNDETERMINED] = 2;
    s->post_verdict[TP_VERDICT_NOT_ELIGIBLE] = 1;
    NEW(t, s->post_lost, 2 * TP_RULE_COUNT)[TP_RULE_AP06] = 1;
    NEW(t, s->post_unknown, 2 * TP_RULE_COUNT)[TP_RULE_AP02] = 2;
    NEW(t, s->post_skipped, 2);
    NEW(t, s->post_unranked, 2)[0] = 1;
    list_candidates(t);
    s->n_merit = 1;
    NEW(t, s->merit_row, 1);
    NEW(t, s->merit_known, 1)[0] = 1;
    NEW(t, s->merit_total, 1)[0] = 33000;
    NEW(t, s->merit_bp, 1)[0] = 8049;
    NEW(t, s->merit_category, 1);
}

static void
make_rules(tiny_night *t)
{
    tp_rules *r = &t->rules;
    r->ip.bands.n = r->jpm.map.n = r->merit.bands.n = 1;
    r->ip.bands.name[0] = TP_STR("Tinggi");
    r->jpm.map.name[0] = TP_STR("Optimal");
    r->merit.bands.name[0] = TP_STR("Sangat Baik");
    for (int i = 0; i < TP_RULE_COUNT; i++) {
        r->rule[i].reason = TP_STR("alasan");
        r->rule[i].regulation = TP_STR("peraturan");
        r->rule[i].screening = true;
        r->rule[i].severity[TP_ACTION_MUT][1][2] = TP_SEVERITY_HARD;
    }
    t->agency[0] = (tp_agency_name){
        .code = TP_STR("1010"), .name = TP_STR("Kementerian Contoh"), .scope = TP_STR("P")};
    t->agency[1] = (tp_agency_name){.code = TP_STR("7000"),
                                    .name = TP_STR("Kabupaten Contoh"),
                                    .scope = TP_STR("D"),
                                    .region = TP_STR("32.01")};
}

tiny_night *
tiny_night_make(size_t people)
{
    tiny_night *t = calloc(1, sizeof *t);
    if (t == NULL || people < 4 || people > 1000) {
        abort();
    }
    t->strings.off = NEW(t, t->text_off, TEXTS);
    t->strings.bytes = NEW(t, t->text_bytes, TEXT_BYTES);
    make_batches(t, people);
    make_pool(t, people);
    score_people(t, people);
    score_posts(t);
    make_rules(t);
    t->in = (tp_publish_input){.night = TINY_NIGHT,
                               .n_sources = 2,
                               .source = t->source,
                               .crosswalk = &t->crosswalk,
                               .pool = &t->pool,
                               .scores = &t->scores,
                               .rules = &t->rules,
                               .n_agencies = 2,
                               .agency = t->agency,
                               .keep_generations = 3,
                               .shrink_people_bp = 1000};
    memset(&t->in.publish_key, 1, sizeof t->in.publish_key);
    return t;
}

void
tiny_night_free(tiny_night *t)
{
    if (t != NULL) {
        tp_arena_clear(&t->arena);
        free(t);
    }
}
