/* Is this the rest of a file that broke, and is that all of it? */
#include "etl/stage/pull_parts.h"

/* A strong validator, and the server's word that it gives parts: else a broken file begins anew. */
void
tp_resume_note(tp_pull_slot *slot, const tp_http_answer *head)
{
    const bool plain = head->status == 200 && !head->packed;
    tp_buf_reset(&slot->validator);
    slot->part_to = 0;
    slot->total = plain ? head->length : -1;
    if (plain && head->ranges && !slot->pull->fetch->whole_only &&
        tp_str_starts(head->etag, TP_STR("\""))) {
        tp_buf_str(&slot->validator, head->etag);
    }
}

/* The server may overlook If-Range and give a part of another version. */
static bool
goes_on(const tp_pull_slot *slot, const tp_http_answer *head)
{
    const tp_http_range *r = &head->range;
    return !head->packed && tp_str_eq(head->etag, tp_buf_view(&slot->validator)) &&
           r->first == (int64_t)slot->have && r->total > 0 &&
           (slot->total < 0 || r->total == slot->total);
}

tp_code
tp_resume_check(tp_pull_slot *slot, const tp_http_answer *head, tp_err *err)
{
    if (!goes_on(slot, head)) {
        tp_buf_reset(&slot->validator); /* the file begins anew */
        TP_RETURN_ERR(err, TP_E_NET,
                      "the rest of a file that broke is of another file or another place: see its "
                      "ETag and Content-Range");
    }
    slot->total = head->range.total;
    slot->part_to = (uint64_t)head->range.last + 1;
    slot->resuming = false;
    slot->pull->stats.resumed += slot->broke;
    return TP_OK;
}

void
tp_resume_broke(tp_pull_slot *slot)
{
    slot->resuming = true;
    slot->broke = true;
    if (slot->have > slot->furthest) { /* never by bytes that had come before: that would not end */
        slot->furthest = slot->have;
        slot->tries = 0;
        tp_breaker_good(slot->pull);
    }
}

bool
tp_resume_more(tp_pull_slot *slot)
{
    if (slot->part_to == 0 || slot->have >= (uint64_t)slot->total) {
        return false;
    }
    const uint64_t furthest = slot->furthest;
    tp_breaker_good(slot->pull);
    tp_pull_begin(slot);
    slot->furthest = furthest;
    slot->resuming = true;
    slot->broke = false;
    return true;
}
