/* What are the link passes, review reasons and identity events called in the warehouse? */
#include "talent/core/crosswalk.h"

static const char *const PASS[TP_PASS_COUNT] = {
    [TP_PASS_ALONE] = "alone",       [TP_PASS_NIP] = "nip",         [TP_PASS_SIASN] = "siasn",
    [TP_PASS_NIK] = "nik",           [TP_PASS_OLD] = "old",         [TP_PASS_SERVICE] = "service",
    [TP_PASS_EXACT] = "exact",       [TP_PASS_WEIGHED] = "weighed", [TP_PASS_ADOPTED] = "adopted",
    [TP_PASS_DECISION] = "decision",
};

static const char *const REASON[TP_REVIEW_COUNT] = {
    [TP_REVIEW_NUMBER_SHARED] = "number-shared",
    [TP_REVIEW_TWO_CAMPS] = "two-camps",
    [TP_REVIEW_VETO] = "veto",
    [TP_REVIEW_AMBIGUOUS] = "ambiguous",
    [TP_REVIEW_BETWEEN] = "between",
};

static const char *const EVENT[] = {
    [TP_EVENT_NEW] = "new",
    [TP_EVENT_MERGED] = "merged",
    [TP_EVENT_SPLIT] = "split",
    [TP_EVENT_GONE] = "gone",
};

const char *
tp_link_pass_name(tp_link_pass pass)
{
    return (unsigned)pass < TP_PASS_COUNT ? PASS[pass] : "unknown";
}

const char *
tp_review_reason_name(tp_review_reason reason)
{
    return (unsigned)reason < TP_REVIEW_COUNT ? REASON[reason] : "unknown";
}

const char *
tp_event_kind_name(tp_event_kind kind)
{
    return (unsigned)kind < sizeof EVENT / sizeof EVENT[0] ? EVENT[kind] : "unknown";
}
