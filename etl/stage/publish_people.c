/* Which rows say who the people are and which records they came from? */
#include "etl/stage/publish_parts.h"
#include "talent/core/source_key.h"

void
tp_put_field(tp_copy *copy, const tp_table *t, int field, size_t row)
{
    const tp_field_def *def = &tp_kind_of(t->kind)->field[field];
    int32_t v;
    if (def->type == TP_T_TEXT) {
        tp_copy_text(copy, tp_get_text(t, field, row));
    } else if (tp_type_width(def->type) == 8 || !tp_get_i32(t, field, row, &v)) {
        tp_copy_null(copy); /* identifiers are never published */
    } else if (def->type == TP_T_ENUM) {
        tp_copy_text(copy, tp_word_of(def, v));
    } else if (def->type == TP_T_DAY) {
        tp_copy_day(copy, v);
    } else if (def->type == TP_T_BOOL) {
        tp_copy_bool(copy, v != 0);
    } else {
        tp_copy_i32(copy, v);
    }
}

static void
put_employment(tp_copy *copy, const tp_pool *pool, size_t person)
{
    static const int FIELD[] = {
        TP_EMPLOYMENT_HOME_AGENCY, TP_EMPLOYMENT_STATUS,    TP_EMPLOYMENT_LEGAL_STATUS,
        TP_EMPLOYMENT_RANK,        TP_EMPLOYMENT_EDUCATION, TP_EMPLOYMENT_TITLE,
        TP_EMPLOYMENT_TIER,        TP_EMPLOYMENT_ECHELON,   TP_EMPLOYMENT_JF_GRADE,
        TP_EMPLOYMENT_START_ON,    TP_EMPLOYMENT_RETIRE_ON};
    const tp_table *t = &pool->table[TP_EMPLOYMENT];
    const size_t row = pool->begin[TP_EMPLOYMENT] != NULL ? pool->begin[TP_EMPLOYMENT][person] : 0;
    const bool any = t->n > 0 && row < pool->begin[TP_EMPLOYMENT][person + 1];
    for (size_t i = 0; i < TP_COUNT(FIELD); i++) {
        if (any && (i > 0 || tp_known(t, FIELD[i], row))) {
            tp_put_field(copy, t, FIELD[i], row);
        } else if (i == 0) { /* nobody tells of an employment: whose record it is, is known */
            tp_put_field(copy, &pool->table[TP_PERSON], TP_PERSON_AGENCY, person);
        } else {
            tp_copy_null(copy);
        }
    }
}

/* Records per person; the crosswalk is in record order, not in person order. */
static int32_t *
count_records(const tp_publish_input *in, tp_arena *arena)
{
    int32_t *n = tp_arena_alloc(arena, in->pool->n, sizeof *n);
    for (size_t i = 0; n != NULL && i < in->crosswalk->n; i++) {
        n[in->crosswalk->person[i]]++;
    }
    return n;
}

static void
write_person(const tp_publish_input *in, tp_copy *copy)
{
    TP_AUTO_ARENA(arena, 0);
    const tp_pool *pool = in->pool;
    const tp_table *t = &pool->table[TP_PERSON];
    const int32_t *records = count_records(in, &arena);
    if (records == NULL) {
        copy->rc =
            tp_err_set(copy->err, TP_E_NOMEM, __func__, __LINE__, "counts of %zu people", pool->n);
        return;
    }
    for (size_t i = 0; i < pool->n; i++) {
        tp_copy_row(copy, 20);
        tp_copy_i64(copy, (int64_t)pool->person_key[i]);
        tp_put_field(copy, t, TP_PERSON_FULL_NAME, i);
        tp_put_field(copy, t, TP_PERSON_FRONT_TITLES, i);
        tp_put_field(copy, t, TP_PERSON_BACK_TITLES, i);
        tp_put_field(copy, t, TP_PERSON_BIRTH_DATE, i);
        tp_put_field(copy, t, TP_PERSON_SEX, i);
        tp_put_field(copy, t, TP_PERSON_DECEASED_ON, i);
        put_employment(copy, pool, i);
        tp_copy_i32(copy, records[i]);
        int32_t from[TP_PERSON_N];
        for (int f = 0; f < TP_PERSON_N; f++) {
            from[f] = pool->from[f] == NULL || pool->from[f][i] == (uint32_t)TP_NONE
                          ? -1
                          : (int32_t)pool->from[f][i];
        }
        tp_copy_i32s(copy, from, TP_PERSON_N);
    }
}

/* A key that may be an identifier is published as its keyed hash. */
static void
put_source_key(const tp_publish_input *in, tp_copy *copy, const char *source, tp_str key)
{
    char hash[TP_SOURCE_KEY_TEXT];
    if (tp_source_key_is_number(key)) {
        tp_source_key_hash(in->key_secret, tp_str_of(source), key, hash);
        key = tp_str_of(hash);
    }
    tp_copy_text(copy, key);
}

static void
write_crosswalk(const tp_publish_input *in, tp_copy *copy)
{
    const tp_crosswalk *x = in->crosswalk;
    for (size_t i = 0; i < x->n; i++) {
        const tp_publish_source *source = &in->source[x->source[i]];
        const tp_table *t = &source->batch->table[TP_PERSON];
        tp_copy_row(copy, 8);
        tp_copy_i32(copy, (int32_t)i);
        tp_copy_text(copy, tp_str_of(source->id));
        put_source_key(in, copy, source->id, tp_get_text(t, TP_PERSON_SOURCE_KEY, x->row[i]));
        tp_copy_i64(copy, (int64_t)x->record_key[i]);
        tp_copy_i64(copy, (int64_t)x->person_key[x->person[i]]);
        tp_copy_text(copy, tp_str_of(tp_link_pass_name((tp_link_pass)x->pass[i])));
        tp_copy_i32(copy, x->weight[i]);
        tp_copy_i32(copy, (int32_t)x->via[i]);
    }
}

/* The order of records in a feed shows here and nowhere else. */
static void
write_place(const tp_publish_input *in, tp_copy *copy)
{
    const tp_crosswalk *x = in->crosswalk;
    for (size_t i = 0; i < x->n; i++) {
        const tp_table *t = &in->source[x->source[i]].batch->table[TP_PERSON];
        tp_copy_row(copy, 3);
        tp_copy_i32(copy, (int32_t)i);
        tp_copy_i64(copy, t->body[x->row[i]]);
        tp_copy_i64(copy, t->record[x->row[i]]);
    }
}

static void
write_review(const tp_publish_input *in, tp_copy *copy)
{
    const tp_crosswalk *x = in->crosswalk;
    for (size_t i = 0; i < x->n_review; i++) {
        tp_copy_row(copy, 5);
        tp_copy_i32(copy, (int32_t)i);
        tp_copy_i32(copy, (int32_t)x->review_a[i]);
        tp_copy_i32(copy, (int32_t)x->review_b[i]);
        tp_copy_text(copy, tp_str_of(tp_review_reason_name((tp_review_reason)x->review_reason[i])));
        tp_copy_i32(copy, x->review_weight[i]);
    }
}

static void
write_event(const tp_publish_input *in, tp_copy *copy)
{
    const tp_crosswalk *x = in->crosswalk;
    for (size_t i = 0; i < x->n_event; i++) {
        tp_copy_row(copy, 4);
        tp_copy_i32(copy, (int32_t)i);
        tp_copy_text(copy, tp_str_of(tp_event_kind_name((tp_event_kind)x->event_kind[i])));
        tp_copy_i64(copy, (int64_t)x->event_person[i]);
        if (x->event_other[i] != 0) {
            tp_copy_i64(copy, (int64_t)x->event_other[i]);
        } else {
            tp_copy_null(copy);
        }
    }
}

/* Entries without a region cannot be applied to anybody and are left out. */
static void
write_calendar(const tp_publish_input *in, tp_copy *copy)
{
    int32_t no = 0;
    const tp_table *t = &in->pool->table[TP_INAUGURATION];
    for (size_t i = 0; i < t->n; i++) {
        if (tp_known(t, TP_INAUGURATION_REGION, i)) {
            tp_copy_row(copy, 5);
            tp_copy_i32(copy, no++);
            tp_copy_text(copy, TP_STR("inauguration"));
            tp_put_field(copy, t, TP_INAUGURATION_REGION, i);
            tp_put_field(copy, t, TP_INAUGURATION_INAUGURATED_ON, i);
            tp_put_field(copy, t, TP_INAUGURATION_TERM_END, i);
        }
    }
    t = &in->pool->table[TP_ELECTION];
    for (size_t i = 0; i < t->n; i++) {
        if (tp_known(t, TP_ELECTION_REGION, i)) {
            tp_copy_row(copy, 5);
            tp_copy_i32(copy, no++);
            tp_copy_text(copy, TP_STR("election"));
            tp_put_field(copy, t, TP_ELECTION_REGION, i);
            tp_put_field(copy, t, TP_ELECTION_CANDIDATES_FIXED_ON, i);
            tp_put_field(copy, t, TP_ELECTION_TERM_END, i);
        }
    }
}

const tp_publish_table TP_PUBLISH_PEOPLE[] = {
    {"person",
     "person_key, full_name, front_titles, back_titles, birth_date, sex, deceased_on, agency, "
     "status, legal_status, rank, education, title, tier, echelon, jf_grade, in_post_since, "
     "retire_on, records, field_record",
     write_person},
    {"crosswalk",
     "record_no, source, source_key, record_key, person_key, pass, weight, via_record_no",
     write_crosswalk},
    {"review", "review_no, record_a, record_b, reason, weight", write_review},
    {"identity_event", "event_no, kind, person_key, other_key", write_event},
    {"merit_calendar", "entry_no, kind, region, on_date, term_end", write_calendar},
};
const size_t TP_PUBLISH_PEOPLE_COUNT = TP_COUNT(TP_PUBLISH_PEOPLE);

const tp_publish_table TP_PUBLISH_ASIDE[] = {
    {"record_place", "record_no, landing_body, body_record", write_place},
};
const size_t TP_PUBLISH_ASIDE_COUNT = TP_COUNT(TP_PUBLISH_ASIDE);
