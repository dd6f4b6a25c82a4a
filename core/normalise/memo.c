/* Has this text been read by this rule before? */
#include "core/normalise/memo.h"

#include <stdlib.h>
#include <string.h>

#include "core/normalise/stage.h"

/* TEXT_MAX: longer texts seldom repeat. After TRIAL questions at least one in FOUND_IN must have
 * been answered. */
enum { ENTRIES_MIN = 64, ENTRIES_MAX = 2048, TEXT_MAX = 200, TRIAL = 512, FOUND_IN = 3 };

/* Is what the step gives a function of its text alone, and no trace of a person? */
static bool
step_is_pure(const tp_op_step *step)
{
    switch (step->op) {
    case TP_OP_NIP:
    case TP_OP_NIK:
    case TP_OP_SIASN_ID:
    case TP_OP_HASH_ID:
    case TP_OP_NAME:
    case TP_OP_NIP_PART: /* of a person */
    case TP_OP_PICK:
    case TP_OP_CONCAT:
    case TP_OP_COALESCE:
    case TP_OP_ADD_PERIOD: /* look beside them */
    case TP_OP_COUNT:
        return false;
    case TP_OP_SUCCEED:
        return step->ref < 0;
    default:
        return true;
    }
}

static bool
check_is_pure(const tp_field_check *check)
{
    switch (check->op) {
    case TP_CHECK_IN:
    case TP_CHECK_RANGE:
    case TP_CHECK_LENGTH:
    case TP_CHECK_FORM:
    case TP_CHECK_REF:
    case TP_CHECK_PATTERN:
        return true;
    case TP_CHECK_BEFORE:
    case TP_CHECK_AFTER:
    case TP_CHECK_NOT_BEFORE:
    case TP_CHECK_NOT_AFTER:
        return check->limit.kind == TP_OPERAND_NUMBER || check->limit.kind == TP_OPERAND_DAY ||
               check->limit.kind == TP_OPERAND_TEXT;
    case TP_CHECK_SAME_AS_KEY:
    case TP_CHECK_SAME_AS_FIELD:
        return false;
    }
    return false;
}

static bool
is_pure(const tp_field_rule *rule)
{
    bool pure = rule->from < 0;
    size_t worth = 0;
    for (size_t i = 0; i < rule->n_steps; i++) {
        pure = pure && step_is_pure(&rule->step[i]);
        worth += rule->step[i].op == TP_OP_TRIM || rule->step[i].op == TP_OP_INT ? 0 : 1;
    }
    pure = pure && worth > 0; /* what is done in no time need not be looked up */
    for (size_t i = 0; i < rule->n_checks; i++) {
        pure = pure && check_is_pure(&rule->check[i]);
    }
    return pure;
}

tp_memo *
tp_memos_new(const tp_emit_rule *emit)
{
    tp_memo *memo = calloc(emit->n_fields + 1, sizeof *memo);
    for (size_t i = 0; memo != NULL && i < emit->n_fields; i++) {
        memo[i].pure = is_pure(&emit->field[i]);
    }
    return memo;
}

static void
forget(tp_memo *memo)
{
    free(memo->slot);
    tp_arena_clear(&memo->kept);
    memo->slot = NULL;
    memo->n = 0;
    memo->cap = 0;
}

void
tp_memos_free(tp_memo *memo, const tp_emit_rule *emit)
{
    for (size_t i = 0; memo != NULL && i < emit->n_fields; i++) {
        forget(&memo[i]);
    }
    free(memo);
}

/* Hash of a text for this table alone; never 0. */
static uint64_t
hash_of(tp_str text)
{
    const uint64_t mul = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t h = text.n * mul;
    uint64_t eight;
    size_t i = 0;
    for (; i + 8 <= text.n; i += 8) {
        memcpy(&eight, text.p + i, 8);
        h = (h ^ eight) * mul;
        h ^= h >> 32;
    }
    eight = 0;
    memcpy(&eight, text.p + i, text.n - i);
    h = (h ^ eight) * mul;
    return (h ^ h >> 29) | 1;
}

/* The slot of the text, or the free one where it belongs. */
static tp_memo_slot *
look_up(const tp_memo *memo, tp_str text, uint64_t hash)
{
    size_t at = (size_t)(hash >> 20) & (memo->cap - 1);
    while (memo->slot[at].hash != 0 &&
           (memo->slot[at].hash != hash || !tp_str_eq(memo->slot[at].entry->text, text))) {
        at = (at + 1) & (memo->cap - 1);
    }
    return &memo->slot[at];
}

/* Makes room for one more; false: there is none, and nothing is kept. */
static bool
make_room(tp_memo *memo)
{
    if (memo->cap > 0 && memo->n * 2 < memo->cap) {
        return true;
    }
    if (memo->cap >= ENTRIES_MAX * 2) {
        forget(memo); /* what is frequent will soon be back */
    }
    const size_t cap = memo->cap == 0 ? ENTRIES_MIN : memo->cap * 2;
    tp_memo_slot *slot = calloc(cap, sizeof *slot);
    if (slot == NULL) {
        return false;
    }
    tp_memo_slot *old = memo->slot;
    const size_t n_old = memo->cap;
    memo->slot = slot;
    memo->cap = cap;
    for (size_t i = 0; i < n_old; i++) {
        if (old[i].hash != 0) {
            *look_up(memo, old[i].entry->text, old[i].hash) = old[i];
        }
    }
    free(old);
    return true;
}

static void
keep(tp_memo *memo, tp_str text, uint64_t hash, const tp_value *v)
{
    if (!make_room(memo)) {
        return;
    }
    const size_t size = sizeof(tp_memo_entry);
    char *room = tp_arena_alloc(&memo->kept, size + text.n + v->text.n + 1, 1);
    if (room == NULL) {
        return;
    }
    tp_memo_entry *e = (tp_memo_entry *)(void *)room;
    *e = (tp_memo_entry){.text = {room + size, text.n}, .value = *v};
    memcpy(room + size, text.p, text.n);
    if (v->text.p != NULL) {
        e->value.text.p = room + size + text.n;
        memcpy(room + size + text.n, v->text.p, v->text.n);
    }
    e->value.code = v->kind == TP_V_TEXT ? &e->code : NULL;
    *look_up(memo, text, hash) = (tp_memo_slot){hash, e};
    memo->n++;
}

static tp_value
compute(const tp_pipe *pipe, const tp_emit_rule *emit, const tp_field_rule *rule)
{
    tp_value v = tp_pipe_field(pipe, rule);
    tp_row_fit(emit, rule, &v, pipe->arena);
    return v;
}

tp_value
tp_memo_field(tp_memo *memo, const tp_pipe *pipe, const tp_emit_rule *emit,
              const tp_field_rule *rule)
{
    int slot;
    if (!memo->pure) {
        return compute(pipe, emit, rule);
    }
    const tp_value start = tp_pipe_start(pipe, rule, &slot);
    if (start.kind == TP_V_NONE || slot < 0) {
        if (!memo->known_absent) {
            memo->absent = compute(pipe, emit, rule);
            memo->known_absent = memo->absent.text.n == 0; /* its text is not kept */
        }
        return memo->known_absent ? memo->absent : compute(pipe, emit, rule);
    }
    if (start.text.n > TEXT_MAX) {
        return compute(pipe, emit, rule);
    }
    const uint64_t hash = hash_of(start.text);
    memo->asked++;
    if (memo->cap > 0) {
        const tp_memo_slot *at = look_up(memo, start.text, hash);
        if (at->hash != 0) {
            memo->found++;
            return at->entry->value;
        }
    }
    const tp_value v = compute(pipe, emit, rule);
    keep(memo, start.text, hash, &v);
    if (memo->asked >= TRIAL) {
        memo->pure = memo->found >= memo->asked / FOUND_IN;
        memo->asked = 0;
        memo->found = 0;
        if (!memo->pure) {
            forget(memo);
        }
    }
    return v;
}
