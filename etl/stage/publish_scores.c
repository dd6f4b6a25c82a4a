/* Which rows say how the people were scored, and who stands on which list? */
#include "etl/stage/publish_parts.h"
#include "talent/base/bitmap.h"

enum { NO_CATEGORY = 255, SCHEME_2018 = 2018, FIT_PARTS = 3, MOST_WORDS = 64, MOST_LETTERS = 64 };

_Static_assert((int)TP_RULE_COUNT <= MOST_LETTERS && (int)TP_PERSON_SLOTS <= MOST_LETTERS,
               "a letter for each rule and slot");

char
tp_result_letter(tp_result result)
{
    switch (result) {
    case TP_RESULT_MET:
        return 'T';
    case TP_RESULT_FAILED:
        return 'F';
    case TP_RESULT_UNKNOWN:
        return 'U';
    default:
        return 'N';
    }
}

static void
put_i32_if(tp_copy *copy, bool known, int32_t value)
{
    if (known) {
        tp_copy_i32(copy, value);
    } else {
        tp_copy_null(copy);
    }
}

static void
put_text_if(tp_copy *copy, bool known, tp_str text)
{
    tp_copy_text(copy, known ? text : TP_STR_NONE);
}

static tp_str
band_name(const tp_bands *bands, size_t i)
{
    return i < (size_t)bands->n ? bands->name[i] : TP_STR_NONE;
}

/* One letter per rule of a vector of results. */
static void
put_rules(tp_copy *copy, const uint8_t *result)
{
    char letter[MOST_LETTERS];
    for (int r = 0; r < TP_RULE_COUNT; r++) {
        letter[r] = tp_result_letter((tp_result)result[r]);
    }
    tp_copy_text(copy, (tp_str){letter, TP_RULE_COUNT});
}

static void
put_slots(tp_copy *copy, uint64_t packed)
{
    char letter[MOST_LETTERS];
    const tp_rule_slot *slot;
    const size_t n = tp_slots(&slot);
    for (size_t i = 0; i < n; i++) {
        letter[i] = tp_result_letter(tp_slot_get(packed, i));
    }
    tp_copy_text(copy, (tp_str){letter, n});
}

static void
put_reasons(tp_copy *copy, uint64_t bits)
{
    const char *word[MOST_WORDS];
    size_t n = 0;
    for (int i = 0; i < TP_REASON_COUNT; i++) {
        if ((bits >> i & 1) != 0) {
            word[n++] = tp_reason_word((tp_reason)i);
        }
    }
    tp_copy_words(copy, word, n);
}

static void
put_notes(tp_copy *copy, uint32_t bits)
{
    const char *word[MOST_WORDS];
    size_t n = 0;
    for (int i = 0; i < TP_NOTE_COUNT; i++) {
        if ((bits >> i & 1) != 0) {
            word[n++] = tp_note_word((tp_note)i);
        }
    }
    tp_copy_words(copy, word, n);
}

static void
put_index(const tp_publish_input *in, tp_copy *copy, size_t i)
{
    const tp_scores *s = in->scores;
    const bool known = s->has_ip[i] != 0;
    put_i32_if(copy, known, s->ip_k[i]);
    put_i32_if(copy, known, s->ip_ko[i]);
    put_i32_if(copy, known, s->ip_ki[i]);
    put_i32_if(copy, known, s->ip_d[i]);
    put_i32_if(copy, known, s->ip[i]);
    put_text_if(copy, known, band_name(&in->rules->ip.bands, s->ip_category[i]));
}

static void
write_person_score(const tp_publish_input *in, tp_copy *copy)
{
    const tp_scores *s = in->scores;
    for (size_t i = 0; i < s->n; i++) {
        const bool x = tp_bit_get(s->x_valid, i);
        const bool y = tp_bit_get(s->y_valid, i);
        const bool jpm = tp_bit_get(s->jpm_valid, i);
        tp_copy_row(copy, 23);
        tp_copy_i64(copy, (int64_t)in->pool->person_key[i]);
        put_index(in, copy, i);
        put_i32_if(copy, x, s->x_pool[i]);
        put_i32_if(copy, y, s->y[i]);
        tp_copy_i32s(copy, &s->x_part[i * TP_X_ITEMS], x ? TP_X_ITEMS : 0);
        tp_copy_i32s(copy, &s->y_part[i * TP_Y_ITEMS], y ? TP_Y_ITEMS : 0);
        put_i32_if(copy, x && y, s->nt[i]);
        tp_copy_i32(copy, s->box[i]);
        tp_copy_i32(copy, s->box_alt[i]);
        tp_copy_i32(copy, s->x_complete[i]);
        tp_copy_i32(copy, s->y_complete[i]);
        put_i32_if(copy, jpm, (int32_t)s->jpm[i]);
        put_text_if(copy, jpm, band_name(&in->rules->jpm.map, s->jpm_category[i]));
        tp_copy_text(copy, tp_str_of(tp_validity_name((tp_validity)s->validity[i])));
        tp_copy_text(copy, tp_str_of(tp_result_name((tp_result)s->in_agency_pool[i])));
        tp_copy_text(copy, tp_str_of(tp_result_name((tp_result)s->in_national_pool[i])));
        put_reasons(copy, s->reason[i]);
        put_slots(copy, s->rules[i]);
    }
}

static void
put_verdicts(tp_copy *copy, const uint32_t *n)
{
    static const tp_verdict ORDER[] = {TP_VERDICT_ELIGIBLE,     TP_VERDICT_CONDITIONAL,
                                       TP_VERDICT_UNDETERMINED, TP_VERDICT_NOT_RECOMMENDED,
                                       TP_VERDICT_WAIVABLE,     TP_VERDICT_NOT_ELIGIBLE};
    _Static_assert(TP_COUNT(ORDER) == TP_VERDICT_COUNT, "a column for each verdict");
    for (size_t i = 0; i < TP_COUNT(ORDER); i++) {
        tp_copy_i32(copy, (int32_t)n[ORDER[i]]);
    }
}

static void
write_post(const tp_publish_input *in, tp_copy *copy)
{
    static const int FIELD[] = {TP_POSITION_POSITION_ID, TP_POSITION_TITLE, TP_POSITION_AGENCY,
                                TP_POSITION_UNIT,        TP_POSITION_TIER,  TP_POSITION_ECHELON,
                                TP_POSITION_VACANT_SINCE};
    const tp_scores *s = in->scores;
    const tp_table *t = &in->pool->table[TP_POSITION];
    for (size_t p = 0; p < s->n_post; p++) {
        const bool scored = s->post_scored[p] != 0;
        tp_copy_row(copy, 20);
        tp_copy_i32(copy, (int32_t)p);
        for (size_t f = 0; f < TP_COUNT(FIELD); f++) {
            tp_put_field(copy, t, FIELD[f], p);
        }
        if (scored) {
            tp_copy_day(copy, s->post_day[p]);
        } else {
            tp_copy_null(copy);
        }
        if (s->post_holder[p] != (uint32_t)TP_NONE) {
            tp_copy_i64(copy, (int64_t)in->pool->person_key[s->post_holder[p]]);
        } else {
            tp_copy_null(copy);
        }
        tp_copy_bool(copy, scored);
        put_verdicts(copy, &s->post_verdict[p * TP_VERDICT_COUNT]);
        tp_copy_i32(copy, (int32_t)s->post_skipped[p]);
        tp_copy_i32(copy, (int32_t)s->post_unranked[p]);
        if (scored) {
            put_rules(copy, &s->post_rule[p * TP_RULE_COUNT]);
        } else {
            tp_copy_null(copy);
        }
    }
}

/* Rules at which nobody fell are left out. */
static void
write_post_gate(const tp_publish_input *in, tp_copy *copy)
{
    const tp_scores *s = in->scores;
    for (size_t p = 0; p < s->n_post; p++) {
        const uint32_t *lost = &s->post_lost[p * TP_RULE_COUNT];
        const uint32_t *unknown = &s->post_unknown[p * TP_RULE_COUNT];
        for (int r = 0; r < TP_RULE_COUNT; r++) {
            if (lost[r] != 0 || unknown[r] != 0) {
                tp_copy_row(copy, 4);
                tp_copy_i32(copy, (int32_t)p);
                tp_copy_text(copy, tp_str_of(tp_rule_name((tp_rule_id)r)));
                tp_copy_i32(copy, (int32_t)lost[r]);
                tp_copy_i32(copy, (int32_t)unknown[r]);
            }
        }
    }
}

static void
put_listed(const tp_publish_input *in, tp_copy *copy, size_t post, size_t l)
{
    const tp_scores *s = in->scores;
    tp_copy_row(copy, 19);
    tp_copy_i32(copy, (int32_t)post);
    tp_copy_text(copy,
                 s->listing[l] == TP_LISTING_PROPOSED ? TP_STR("proposed") : TP_STR("verify"));
    tp_copy_i32(copy, s->list_row_no[l]);
    tp_copy_i32(copy, s->list_rank[l]);
    tp_copy_i64(copy, (int64_t)in->pool->person_key[s->list_person[l]]);
    tp_copy_text(copy, tp_str_of(tp_action_name((tp_action)s->list_action[l])));
    tp_copy_text(copy, tp_str_of(tp_verdict_name((tp_verdict)s->list_verdict[l])));
    tp_copy_i32(copy, s->list_group[l]);
    tp_copy_i32(copy, s->list_fit[l]);
    tp_copy_i32s(copy, &s->list_fit_part[l * FIT_PARTS], FIT_PARTS);
    tp_copy_i32(copy, s->list_nt[l]);
    put_i32_if(copy, s->list_tek[l] >= 0, s->list_tek[l]);
    tp_copy_i32(copy, s->list_x[l]);
    tp_copy_i32s(copy, &s->list_x_part[l * TP_X_ITEMS], TP_X_ITEMS);
    tp_copy_i32(copy, s->list_y[l]);
    tp_copy_i32(copy, s->list_jpm[l]);
    tp_copy_i32(copy, s->list_tenure[l]);
    put_notes(copy, s->list_note[l]);
    put_rules(copy, &s->list_rule[l * TP_RULE_COUNT]);
}

static void
write_shortlist(const tp_publish_input *in, tp_copy *copy)
{
    const tp_scores *s = in->scores;
    for (size_t p = 0; p < s->n_post; p++) {
        for (size_t l = s->list_begin[p]; l < s->list_begin[p + 1]; l++) {
            put_listed(in, copy, p, l);
        }
    }
}

static void
write_best_post(const tp_publish_input *in, tp_copy *copy)
{
    const tp_scores *s = in->scores;
    for (size_t i = 0; s->n_best > 0 && i < s->n; i++) {
        for (size_t b = s->best_begin[i]; b < s->best_begin[i + 1]; b++) {
            tp_copy_row(copy, 5);
            tp_copy_i64(copy, (int64_t)in->pool->person_key[i]);
            tp_copy_i32(copy, (int32_t)(b - s->best_begin[i]) + 1);
            tp_copy_i32(copy, (int32_t)s->best_post[b]);
            tp_copy_i32(copy, s->best_fit[b]);
            tp_copy_text(copy, tp_str_of(tp_verdict_name((tp_verdict)s->best_verdict[b])));
        }
    }
}

/* The 2025 scheme is taken as published, its category too; the 2018 one is computed. */
static tp_str
merit_category(const tp_publish_input *in, size_t m)
{
    const tp_scores *s = in->scores;
    const tp_table *t = &in->pool->table[TP_MERIT];
    if (s->merit_category[m] != NO_CATEGORY) {
        return band_name(&in->rules->merit.bands, s->merit_category[m]);
    }
    if (s->merit_known[m] != 0 &&
        tp_i32_or(t, TP_MERIT_SCHEME, s->merit_row[m], SCHEME_2018) != SCHEME_2018) {
        return tp_get_text(t, TP_MERIT_CATEGORY, s->merit_row[m]);
    }
    return TP_STR_NONE;
}

static void
write_agency_merit(const tp_publish_input *in, tp_copy *copy)
{
    const tp_scores *s = in->scores;
    const tp_table *t = &in->pool->table[TP_MERIT];
    for (size_t m = 0; m < s->n_merit; m++) {
        const size_t row = s->merit_row[m];
        const bool known = s->merit_known[m] != 0;
        tp_copy_row(copy, 6);
        tp_put_field(copy, t, TP_MERIT_AGENCY, row);
        tp_put_field(copy, t, TP_MERIT_YEAR, row);
        tp_copy_i32(copy, tp_i32_or(t, TP_MERIT_SCHEME, row, SCHEME_2018));
        put_i32_if(copy, known, s->merit_total[m]);
        put_i32_if(copy, known, s->merit_bp[m]);
        tp_copy_text(copy, merit_category(in, m));
    }
}

const tp_publish_table TP_PUBLISH_SCORES[] = {
    {"person_score",
     "person_key, ip_qualification, ip_competence, ip_performance, ip_discipline, ip_asn, "
     "ip_category, potential_x, performance_y, x_parts, y_parts, talent_value, box, "
     "box_alternative, x_complete_bp, y_complete_bp, jpm, jpm_category, assessment_validity, "
     "agency_pool, national_pool, reasons, rule_results",
     write_person_score},
    {"post",
     "post_no, position_id, title, agency, unit, tier, echelon, vacant_since, effective_on, "
     "holder, "
     "scored, eligible, conditional, undetermined, not_recommended, waivable, not_eligible, "
     "not_considered, unranked, rule_results",
     write_post},
    {"post_gate", "post_no, rule_id, barred, unknown", write_post_gate},
    {"shortlist",
     "post_no, listing, row_no, rank, person_key, action, verdict, rank_group, fit, fit_parts, "
     "talent_value, technical, potential_x, x_parts, performance_y, jpm, tenure_days, notes, "
     "rule_results",
     write_shortlist},
    {"best_post", "person_key, row_no, post_no, fit, verdict", write_best_post},
    {"agency_merit", "agency, year, scheme, total, index_bp, category", write_agency_merit},
};
const size_t TP_PUBLISH_SCORES_COUNT = TP_COUNT(TP_PUBLISH_SCORES);
