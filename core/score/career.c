/* How long did a person hold which posts? Intervals of definitive posts, and their unions. */
#include "core/score/parts.h"

/* More definitive posts than a career can hold: beyond, the history counts as incomplete. */
enum { SPANS = 64, STANDING_UNKNOWN = -1 };

typedef struct interval {
    int32_t start, end; /* end INT32_MAX = open */
} interval;

int
tp_standing(int tier, int jf_grade)
{
    static const int TIER[] = {60, 50, 40, 30, 20, 10};
    static const int GRADE[] = {10, 10, 10, 15, 20, 25, 35, 45};
    if (tier == TP_TIER_FUNCTIONAL) {
        return jf_grade < 0 ? STANDING_UNKNOWN : GRADE[jf_grade];
    }
    return tier < 0 ? STANDING_UNKNOWN : TIER[tier];
}

static bool
definitive(const tp_table *t, size_t row)
{
    return tp_i32_or(t, TP_POSITION_HISTORY_ASSIGNMENT, row, -1) == TP_ASSIGN_DEFINITIVE;
}

static int32_t
start_of(const tp_table *t, size_t row)
{
    return tp_i32_or(t, TP_POSITION_HISTORY_INAUGURATED_ON, row,
                     tp_i32_or(t, TP_POSITION_HISTORY_START_ON, row, INT32_MIN));
}

/* Told end, else the start of the next definitive post; acting duty never ends one. */
static int32_t
end_of(const tp_view *view, const tp_who *who, const tp_table *t, size_t row)
{
    int32_t end = INT32_MAX;
    const int32_t start = tp_i32_or(t, TP_POSITION_HISTORY_START_ON, row, INT32_MIN);
    if (tp_get_i32(t, TP_POSITION_HISTORY_END_ON, row, &end)) {
        return end;
    }
    const size_t last = view->pool->begin[TP_POSITION_HISTORY][who->person + 1];
    for (size_t next = row + 1; next < last; next++) {
        const int32_t other = tp_i32_or(t, TP_POSITION_HISTORY_START_ON, next, INT32_MIN);
        if (definitive(t, next) && other > start) {
            return other;
        }
    }
    return INT32_MAX;
}

static bool
feeds(int level, int tier, int jf)
{
    if (jf == TP_JF_UTAMA || (jf == TP_JF_MADYA && level == TP_TIER_JPT_PRATAMA)) {
        return true;
    }
    if (tier < 0 || tier >= TP_TIER_PENGAWAS) {
        return false;
    }
    return tier <= (level == TP_TIER_JPT_UTAMA ? TP_TIER_JPT_MADYA : level + 1);
}

static bool
passes(const tp_view *view, const tp_who *who, tp_span_filter filter, int arg, tp_set affairs,
       size_t row)
{
    const tp_table *t = &view->pool->table[TP_POSITION_HISTORY];
    const int tier = tp_i32_or(t, TP_POSITION_HISTORY_TIER, row, -1);
    const int jf = tp_i32_or(t, TP_POSITION_HISTORY_JF_GRADE, row, -1);
    switch (filter) {
    case TP_SPAN_TIER:
        return tier == arg && (arg != TP_TIER_FUNCTIONAL || jf == who->jf);
    case TP_SPAN_FEEDER:
        return feeds(arg, tier, jf);
    case TP_SPAN_AFFAIRS_OPEN:
        if (!tp_known(t, TP_POSITION_HISTORY_AFFAIRS, row)) {
            return true;
        }
        return tp_set_meets(view->history[row], affairs);
    default:
        return tp_set_meets(view->history[row], affairs);
    }
}

void
tp_career_of(const tp_view *view, const tp_who *who, tp_career *out)
{
    const tp_table *t = &view->pool->table[TP_POSITION_HISTORY];
    int open_standing = STANDING_UNKNOWN;
    *out = (tp_career){.current_on = INT32_MIN};
    TP_FACTS(view->pool, TP_POSITION_HISTORY, who->person, row)
    {
        if (!tp_known(t, TP_POSITION_HISTORY_ASSIGNMENT, row)) {
            out->incomplete = true;
            continue;
        }
        if (!definitive(t, row)) {
            continue;
        }
        const int tier = tp_i32_or(t, TP_POSITION_HISTORY_TIER, row, -1);
        const int jf = tp_i32_or(t, TP_POSITION_HISTORY_JF_GRADE, row, -1);
        const int32_t start = start_of(t, row);
        const int standing = tp_standing(tier, jf);
        out->incomplete = out->incomplete || start == INT32_MIN || standing == STANDING_UNKNOWN;
        if (start == INT32_MIN) {
            continue;
        }
        out->rows++;
        if (end_of(view, who, t, row) == INT32_MAX) {
            out->contradiction = out->contradiction ||
                                 (open_standing != STANDING_UNKNOWN && open_standing != standing);
            open_standing = standing;
            out->current_on = start > out->current_on ? start : out->current_on;
        }
    }
    out->incomplete = out->incomplete || out->rows > SPANS;
}

/* Intervals ascending by start; the present post when the history tells none. */
static int
collect(const tp_view *view, const tp_who *who, tp_span_filter filter, int arg, tp_set affairs,
        interval out[SPANS])
{
    const tp_table *t = &view->pool->table[TP_POSITION_HISTORY];
    int n = 0;
    bool told = false;
    TP_FACTS(view->pool, TP_POSITION_HISTORY, who->person, row)
    {
        if (!definitive(t, row)) {
            continue;
        }
        told = true;
        const interval one = {start_of(t, row), end_of(view, who, t, row)};
        if (n == SPANS || one.start == INT32_MIN || one.end <= one.start ||
            !passes(view, who, filter, arg, affairs, row)) {
            continue;
        }
        int at = n++;
        for (; at > 0 && out[at - 1].start > one.start; at--) {
            out[at] = out[at - 1];
        }
        out[at] = one;
    }
    int32_t start = 0;
    if (!told && filter <= TP_SPAN_FEEDER && who->employment != TP_NONE &&
        tp_get_i32(&view->pool->table[TP_EMPLOYMENT], TP_EMPLOYMENT_START_ON, who->employment,
                   &start) &&
        (filter == TP_SPAN_TIER ? who->tier == arg : feeds(arg, who->tier, who->jf))) {
        out[n++] = (interval){start, INT32_MAX};
    }
    return n;
}

void
tp_span_of(const tp_view *view, const tp_who *who, tp_span_filter filter, int arg, tp_set affairs,
           int months, int32_t day, tp_span *out)
{
    interval span[SPANS];
    const int n = collect(view, who, filter, arg, affairs, span);
    *out = (tp_span){.met_on = INT32_MAX, .any = n > 0};
    if (n == 0) {
        return;
    }
    /* The sum is laid out from the first start, so that one unbroken stint of n calendar years
     * counts as n years whatever leap days it holds. */
    out->first = span[0].start;
    const int64_t need = (int64_t)tp_day_add_months(out->first, months) - out->first;
    int64_t sum = 0;
    int32_t reached = INT32_MIN;
    for (int i = 0; i < n; i++) {
        const int32_t from = span[i].start > reached ? span[i].start : reached;
        if (span[i].end <= from) {
            continue;
        }
        const int64_t length = (int64_t)span[i].end - from;
        if (out->met_on == INT32_MAX && sum + length >= need) {
            out->met_on = (int32_t)(from + (need - sum));
        }
        sum += length;
        const int32_t until = span[i].end < day ? span[i].end : day;
        out->days += until > from ? until - from : 0;
        reached = span[i].end;
        if (reached == INT32_MAX) {
            break;
        }
    }
}
