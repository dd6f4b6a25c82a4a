/* What is a person's professionalism index (IP ASN)? PermenPANRB 38/2018, Peraturan BKN 8/2019. */
#include "core/score/parts.h"

static tp_ip_group
group_of(const tp_who *who, uint64_t *reason)
{
    if (who->tier < 0) {
        *reason |= TP_REASON_BIT(IP_GROUP_ASSUMED);
        return TP_IP_STAFF;
    }
    return who->tier == TP_TIER_FUNCTIONAL  ? TP_IP_FUNCTIONAL
           : who->tier == TP_TIER_PELAKSANA ? TP_IP_STAFF
                                            : TP_IP_MANAGERIAL;
}

/* Courses are ranked by enumerator: a lower number is a higher course. */
static bool
has_course(const tp_view *view, const tp_who *who, tp_ip_group group)
{
    const tp_table *t = &view->pool->table[TP_TRAINING];
    TP_FACTS(view->pool, TP_TRAINING, who->person, row)
    {
        const int32_t kind = tp_i32_or(t, TP_TRAINING_KIND, row, -1);
        const int32_t course = tp_i32_or(t, TP_TRAINING_COURSE, row, TP_COURSE_NONE);
        const int32_t end = tp_i32_or(t, TP_TRAINING_END_ON, row,
                                      tp_i32_or(t, TP_TRAINING_START_ON, row, INT32_MIN));
        if (end > view->year_end) {
            continue;
        }
        if (group == TP_IP_FUNCTIONAL ? kind == TP_TRAINING_FUNCTIONAL
                                      : kind == TP_TRAINING_LEADERSHIP && course < TP_COURSE_NONE &&
                                            course <= view->rules->ip.course[who->tier]) {
            return true;
        }
    }
    return false;
}

static void
competence(const tp_view *view, const tp_who *who, tp_ip *out)
{
    const tp_table *t = &view->pool->table[TP_TRAINING];
    const tp_rules *r = view->rules;
    const tp_ip_group group = group_of(who, &out->reason);
    const int32_t tech_from = tp_day_add_years(view->year_end, -r->ip.tech_years);
    const int32_t seminar_from = tp_day_add_years(view->year_end, -r->ip.seminar_years);
    int64_t hours = 0;
    bool seminar = false;
    TP_FACTS(view->pool, TP_TRAINING, who->person, row)
    {
        int32_t end = 0;
        if ((!tp_get_i32(t, TP_TRAINING_END_ON, row, &end) &&
             !tp_get_i32(t, TP_TRAINING_START_ON, row, &end)) ||
            end > view->year_end) {
            continue;
        }
        const int32_t kind = tp_i32_or(t, TP_TRAINING_KIND, row, -1);
        if (kind == TP_TRAINING_TECHNICAL && end > tech_from) {
            hours += tp_i32_or(t, TP_TRAINING_HOURS, row, 0);
        }
        seminar = seminar || (kind == TP_TRAINING_SEMINAR && end > seminar_from);
    }
    if (group != TP_IP_STAFF && has_course(view, who, group)) {
        out->ko_part[0] = group == TP_IP_MANAGERIAL ? r->ip.leadership : r->ip.functional;
    }
    out->ko_part[1] = hours >= r->ip.tech_min_hours ? r->ip.technical[group] : 0;
    out->ko_part[2] = seminar ? r->ip.seminar[group] : 0;
    out->ko = out->ko_part[0] + out->ko_part[1] + out->ko_part[2];
}

void
tp_ip_of(const tp_view *view, const tp_who *who, tp_ip *out)
{
    const tp_rules *r = view->rules;
    *out = (tp_ip){.applies = true};
    if (who->status > TP_STATUS_PNS && who->status != TP_STATUS_PPPK) {
        *out = (tp_ip){.reason = TP_REASON_BIT(IP_EXCLUDED)};
        return;
    }
    int class = who->education_class;
    if (class == TP_CLASS_NONE) {
        class = TP_CLASS_BELOW;
        out->reason |= TP_REASON_BIT(IP_EDUCATION_MISSING);
    }
    out->k = r->ip.education[class];
    competence(view, who, out);

    uint64_t unused = 0;
    const int predicate = tp_predicate_of(view, who->person, view->year, &unused);
    out->reason |= predicate == 0 ? TP_REASON_BIT(IP_SKP_MISSING) : 0;
    out->ki = r->ip.performance[predicate];

    tp_sanctions s;
    tp_sanctions_of(view, who->person, tp_day_add_years(view->year_end, -r->ip.discipline_years),
                    view->year_end, view->year_end, &s);
    out->reason |= who->covered ? 0 : TP_REASON_BIT(IP_DISC_ASSUMED);
    out->d = r->ip.discipline[s.heaviest + 1];
    out->total = out->k + out->ko + out->ki + out->d;
    out->category = tp_band_of(&r->ip.bands, out->total);
}
