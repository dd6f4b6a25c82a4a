/* May a batch stand for its source, by one declared limit? */
#include "talent/base/format.h"
#include "talent/core/normalise.h"

/* Too few facts of a kind to judge by a share: one award less of three says nothing of the feed. */
enum { FACTS_JUDGED = 100 };

static const char *const NAME[TP_GATE_MEASURES] = {
    [TP_GATE_REJECTED] = "rejected", [TP_GATE_RECORDS] = "records", [TP_GATE_SHRINK] = "shrink",
    [TP_GATE_GROWTH] = "growth",     [TP_GATE_ABSENT] = "absent",
};

const char *
tp_gate_name(tp_gate_measure measure)
{
    return (unsigned)measure < TP_GATE_MEASURES ? NAME[measure] : "unknown";
}

static uint64_t
rows_of(const tp_batch *batch, int kind)
{
    uint64_t n = 0;
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        n += kind < 0 || kind == k ? batch->table[k].n : 0;
    }
    return n;
}

/* part > bp of whole, without rounding. */
static bool
exceeds(uint64_t part, uint64_t whole, int bp)
{
    return part * 10000 > whole * (uint64_t)bp;
}

static const char *
words_for(int kind)
{
    return kind < 0 ? "" : tp_kind_of((tp_kind)kind)->name;
}

static tp_gate_verdict
judge_share(const tp_gate *gate, uint64_t part, uint64_t whole, const char *what,
            char why[TP_GATE_TEXT])
{
    const bool field = gate->measure == TP_GATE_ABSENT;
    (void)snprintf(
        why, TP_GATE_TEXT, "%llu of %llu %s%s%s%s records %s, at most %d.%02d %% allowed",
        (unsigned long long)part, (unsigned long long)whole, words_for(gate->kind),
        field ? "." : "", field ? tp_kind_of((tp_kind)gate->kind)->field[gate->field].name : "",
        gate->kind < 0 ? "of all" : "", what, gate->max_bp / 100, gate->max_bp % 100);
    return exceeds(part, whole, gate->max_bp) ? TP_GATE_BROKEN : TP_GATE_KEPT;
}

static tp_gate_verdict
judge_rejected(const tp_gate *gate, const tp_batch *batch, char why[TP_GATE_TEXT])
{
    uint64_t received = 0;
    uint64_t rejected = 0;
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        if (gate->kind < 0 || gate->kind == k) {
            received += batch->counts[k].received;
            rejected += batch->counts[k].rejected;
        }
    }
    return judge_share(gate, rejected, received, "rejected", why);
}

static tp_gate_verdict
judge_absent(const tp_gate *gate, const tp_batch *batch, char why[TP_GATE_TEXT])
{
    const tp_table *t = &batch->table[gate->kind];
    uint64_t known = 0;
    for (size_t w = 0; w < tp_bit_words(t->n); w++) {
        known += (uint64_t)__builtin_popcountll(t->col[gate->field].valid[w]);
    }
    return judge_share(gate, t->n - known, t->n, "without a value", why);
}

static tp_gate_verdict
judge_records(const tp_gate *gate, const tp_batch *batch, char why[TP_GATE_TEXT])
{
    const uint64_t n = rows_of(batch, gate->kind);
    const bool few = n < (uint64_t)gate->least;
    const bool many = gate->most > 0 && n > (uint64_t)gate->most;
    const char *space = gate->kind < 0 ? "" : " ";
    if (many || (!few && gate->least == 0)) {
        (void)snprintf(why, TP_GATE_TEXT, "%llu %s%srecords, at most %lld declared",
                       (unsigned long long)n, words_for(gate->kind), space, (long long)gate->most);
    } else {
        (void)snprintf(why, TP_GATE_TEXT, "%llu %s%srecords, at least %lld declared",
                       (unsigned long long)n, words_for(gate->kind), space, (long long)gate->least);
    }
    return few || many ? TP_GATE_BROKEN : TP_GATE_KEPT;
}

static tp_gate_verdict
judge_kind(const tp_gate *gate, int kind, const tp_batch *batch, const tp_batch *before,
           char why[TP_GATE_TEXT])
{
    const bool shrink = gate->measure == TP_GATE_SHRINK;
    const uint64_t was = before->table[kind].n;
    const uint64_t is = batch->table[kind].n;
    const uint64_t by = shrink ? (was > is ? was - is : 0) : (is > was ? is - was : 0);
    (void)snprintf(why, TP_GATE_TEXT,
                   "%llu %s records, %llu in the last good batch: at most %d.%02d %% %s allowed",
                   (unsigned long long)is, words_for(kind), (unsigned long long)was,
                   gate->max_bp / 100, gate->max_bp % 100, shrink ? "fewer" : "more");
    return exceeds(by, was, gate->max_bp) ? TP_GATE_BROKEN : TP_GATE_KEPT;
}

/* Without a kind each one by itself: a feed of posts may lose its people or its posts, and either
 * is a loss. */
static tp_gate_verdict
judge_change(const tp_gate *gate, const tp_batch *batch, const tp_batch *before,
             char why[TP_GATE_TEXT])
{
    char one[TP_GATE_TEXT];
    if (before == NULL) {
        (void)snprintf(why, TP_GATE_TEXT, "no last good batch to compare with");
        return TP_GATE_OPEN;
    }
    if (gate->kind >= 0) {
        return judge_kind(gate, gate->kind, batch, before, why);
    }
    (void)snprintf(why, TP_GATE_TEXT, "every kind within %d.%02d %% of the last good batch",
                   gate->max_bp / 100, gate->max_bp % 100);
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        const uint64_t was = before->table[k].n;
        const bool few = tp_kind_of((tp_kind)k)->role == TP_ROLE_FACT && was < FACTS_JUDGED;
        if (was > 0 && !few && judge_kind(gate, k, batch, before, one) == TP_GATE_BROKEN) {
            (void)snprintf(why, TP_GATE_TEXT, "%s", one);
            return TP_GATE_BROKEN;
        }
    }
    return TP_GATE_KEPT;
}

tp_gate_verdict
tp_gate_judge(const tp_gate *gate, const tp_batch *batch, const tp_batch *before,
              char why[TP_GATE_TEXT])
{
    switch (gate->measure) {
    case TP_GATE_REJECTED:
        return judge_rejected(gate, batch, why);
    case TP_GATE_RECORDS:
        return judge_records(gate, batch, why);
    case TP_GATE_SHRINK:
    case TP_GATE_GROWTH:
        return judge_change(gate, batch, before, why);
    case TP_GATE_ABSENT:
        return judge_absent(gate, batch, why);
    case TP_GATE_MEASURES:
        break;
    }
    return TP_GATE_KEPT;
}
