/* Who is a person right now: status, level, agency, education, post held? */
#include "core/score/parts.h"

/* The employment row that counts: of the golden agency, else the one changed last. */
static uint32_t
choose(const tp_pool *pool, size_t person)
{
    const tp_table *t = &pool->table[TP_EMPLOYMENT];
    const tp_table *p = &pool->table[TP_PERSON];
    uint32_t best = TP_NONE;
    int64_t newest = 0;
    TP_FACTS(pool, TP_EMPLOYMENT, person, row)
    {
        const int64_t changed = tp_time_or(t, TP_EMPLOYMENT_CHANGED_AT, row, INT64_MIN);
        if (tp_known(p, TP_PERSON_AGENCY, person) &&
            tp_str_eq(tp_get_text(p, TP_PERSON_AGENCY, person),
                      tp_get_text(t, TP_EMPLOYMENT_HOME_AGENCY, row))) {
            return (uint32_t)row;
        }
        if (best == TP_NONE || changed > newest) {
            best = (uint32_t)row;
            newest = changed;
        }
    }
    return best;
}

static void
read_education(const tp_view *view, size_t person, tp_who *out)
{
    const tp_table *t = &view->pool->table[TP_EDUCATION];
    TP_FACTS(view->pool, TP_EDUCATION, person, row)
    {
        const int32_t level = tp_i32_or(t, TP_EDUCATION_LEVEL, row, -1);
        out->education = level > 0 && level < 64 && level > out->education ? level : out->education;
    }
    out->education_class =
        out->education < 0 ? TP_CLASS_NONE : view->rules->education_class[out->education];
}

void
tp_who_make(const tp_view *view, size_t person, tp_who *out)
{
    const tp_table *t = &view->pool->table[TP_EMPLOYMENT];
    const tp_table *p = &view->pool->table[TP_PERSON];
    *out = (tp_who){.person = person,
                    .employment = choose(view->pool, person),
                    .status = -1,
                    .tier = -1,
                    .jf = -1,
                    .agency = TP_NONE,
                    .education = -1,
                    .legal = -1,
                    .post = view->holds[person]};
    out->has_birth = tp_get_i32(p, TP_PERSON_BIRTH_DATE, person, &out->birth);
    if (tp_known(p, TP_PERSON_AGENCY, person)) {
        out->agency = ((const uint32_t *)p->col[TP_PERSON_AGENCY].data)[person];
    }
    if (out->employment != TP_NONE) {
        const size_t row = out->employment;
        out->status = tp_i32_or(t, TP_EMPLOYMENT_STATUS, row, -1);
        out->tier = tp_i32_or(t, TP_EMPLOYMENT_TIER, row, -1);
        out->jf = tp_i32_or(t, TP_EMPLOYMENT_JF_GRADE, row, -1);
        out->legal = tp_i32_or(t, TP_EMPLOYMENT_LEGAL_STATUS, row, -1);
        const int32_t kind = tp_i32_or(t, TP_EMPLOYMENT_JOB_KIND, row, -1);
        if (out->tier < 0 && (kind == TP_JOB_GENERAL || kind == TP_JOB_FUNCTIONAL)) {
            out->tier = kind == TP_JOB_GENERAL ? TP_TIER_PELAKSANA : TP_TIER_FUNCTIONAL;
        }
        const int32_t level = tp_i32_or(t, TP_EMPLOYMENT_EDUCATION, row, -1);
        out->education = level > 0 && level < 64 ? level : -1;
        if (out->agency == TP_NONE && tp_known(t, TP_EMPLOYMENT_HOME_AGENCY, row)) {
            out->agency = ((const uint32_t *)t->col[TP_EMPLOYMENT_HOME_AGENCY].data)[row];
        }
    }
    read_education(view, person, out);
    out->standing = tp_standing(out->tier, out->jf);
    out->cases = out->agency != TP_NONE && tp_bit_get(view->cases, out->agency);
    out->covered = out->agency != TP_NONE && tp_bit_get(view->covered, out->agency);
}
