/* Does a person's discipline record bar a post on a day? Rules DI-01..05, DI-13, and AP-05 over
 * them. */
#include "core/score/parts.h"

typedef struct finding {
    bool serving, lowered, dismissed, examined, unsettled, recent, cleared;
} finding;

static void
judge(const tp_view *view, size_t row, int32_t day, int32_t months, finding *f)
{
    const tp_table *t = &view->pool->table[TP_DISCIPLINE];
    const tp_rules *r = view->rules;
    const int32_t type = tp_i32_or(t, TP_DISCIPLINE_TYPE, row, 0);
    const bool known = type > 0 && type < 32;
    const int32_t form = tp_i32_or(t, TP_DISCIPLINE_CASE, row, TP_CASE_DECIDED);
    int32_t start = 0;
    if ((known && r->sanction_level[type] == 255) || tp_known(t, TP_DISCIPLINE_ANNULLED_ON, row)) {
        return; /* an event, or voided by a later decree */
    }
    if (form == TP_CASE_PROPOSED) {
        f->examined = true;
        return;
    }
    if (!known || form == TP_CASE_APPEAL || !tp_get_i32(t, TP_DISCIPLINE_START_ON, row, &start) ||
        !tp_known(t, TP_DISCIPLINE_DECREE_NO, row) || !tp_known(t, TP_DISCIPLINE_DECREE_ON, row)) {
        f->unsettled = true;
        return;
    }
    const int32_t level = r->sanction_level[type];
    const int32_t length = r->sanction_months[type];
    int32_t end = length > 0 ? tp_day_add_months(start, length) : start;
    const bool has_end = tp_get_i32(t, TP_DISCIPLINE_END_ON, row, &end) || length > 0;
    const bool bars = level >= TP_SANCTION_MEDIUM;
    const bool lowers = ((r->sanction_lowering >> type) & 1) != 0;
    f->dismissed = f->dismissed || ((r->sanction_dismissal >> type) & 1) != 0;
    if (bars && !has_end && ((r->sanction_dismissal >> type) & 1) == 0) {
        f->unsettled = f->unsettled || start <= day; /* served until when? */
    }
    f->serving = f->serving || (bars && has_end && start <= day && day < end);
    f->lowered = f->lowered || (lowers && start <= day && day < end);
    f->recent = f->recent || (bars && start <= day && day < tp_day_add_months(end, months));
}

/* The newest statement of the agency, that the person is clean or that no case is open: 1 yes, 0
 * no, -1 there is none. It answers what no register tells. */
static int
statement(const tp_view *view, size_t person)
{
    const tp_table *t = &view->pool->table[TP_DOSSIER];
    int32_t newest = INT32_MIN;
    int passed = -1;
    TP_FACTS(view->pool, TP_DOSSIER, person, row)
    {
        int32_t issued = 0;
        int32_t told = 0;
        const int32_t kind = tp_i32_or(t, TP_DOSSIER_KIND, row, -1);
        if ((kind == TP_DOSSIER_CLEAN_STATEMENT || kind == TP_DOSSIER_CASE_STATEMENT) &&
            tp_get_i32(t, TP_DOSSIER_ISSUED_ON, row, &issued) && issued <= view->as_of &&
            tp_get_i32(t, TP_DOSSIER_PASSED, row, &told) && issued >= newest) {
            passed = issued == newest && passed == 0 ? 0 : told; /* of one day the worse stands */
            newest = issued;
        }
    }
    return passed;
}

void
tp_gate_sanctions(const tp_view *view, const tp_who *who, int32_t day, uint64_t *failed,
                  uint64_t *unknown)
{
    finding f = {0};
    int32_t months = 0;
    (void)tp_param_at(&view->rules->param[TP_PARAM_SANCTION_MONTHS], day, 0, &months);
    TP_FACTS(view->pool, TP_DISCIPLINE, who->person, row)
    {
        judge(view, row, day, months, &f);
    }
    const int stated = statement(view, who->person);
    const bool gone =
        who->legal >= 0 && who->legal < 100 &&
        ((view->rules->legal_dismissed[who->legal / 64] >> (who->legal % 64)) & 1) != 0;
    uint64_t bad = 0;
    bad |= f.serving ? TP_BIT(DI01) : 0;
    bad |= f.examined || stated == 0 ? TP_BIT(DI02) : 0;
    bad |= f.lowered ? TP_BIT(DI04) : 0;
    bad |= f.dismissed || gone ? TP_BIT(DI05) : 0;
    bad |= f.recent ? TP_BIT(DI03) : 0;

    /* No row is a clean record only where the agency declares its list complete. */
    uint64_t open = 0;
    if (!who->covered) {
        open |= TP_BIT(DI01) | TP_BIT(DI04) | TP_BIT(DI05) | TP_BIT(DI03);
    }
    /* A list of sanctions says nothing of cases that are still open. */
    open |= stated < 0 && !who->cases ? TP_BIT(DI02) : 0;
    open |= f.unsettled ? TP_BIT(DI13) | TP_BIT(DI01) | TP_BIT(DI03) : 0;
    open &= ~bad;
    const uint64_t record =
        TP_BIT(DI01) | TP_BIT(DI02) | TP_BIT(DI04) | TP_BIT(DI05) | TP_BIT(DI13);
    bad |= (bad & record) != 0 ? TP_BIT(AP05) : 0;
    open |= (bad & record) == 0 && (open & record) != 0 ? TP_BIT(AP05) : 0;
    *failed |= bad;
    *unknown |= open;
}
