/* Where does this member lead, and has its name been here before? */
#include "etl/format/json_keys.h"

#include <stdlib.h>
#include <string.h>

/* From TABLE_FROM names on an object that left its order keeps a table of them. */
enum { ORDER_BYTES = 16 << 10, AHEAD = 64, TABLE_FROM = 256 };

bool
tp_keys_init(tp_keys *keys, const tp_dfa *dfa)
{
    *keys = (tp_keys){.dfa = dfa, .order = calloc(dfa->n, sizeof *keys->order)};
    return keys->order != NULL;
}

void
tp_keys_clear(tp_keys *keys)
{
    for (size_t i = 0; keys->order != NULL && i < keys->dfa->n; i++) {
        free(keys->order[i].seen);
        tp_buf_clear(&keys->order[i].text);
    }
    free(keys->order);
    free(keys->hash);
    *keys = (tp_keys){0};
}

void
tp_keys_drop(tp_object *object)
{
    free(object->table);
    object->table = NULL;
    object->mask = 0;
}

/* The place of a hash in the table: its own, or a free one. */
static uint64_t *
table_at(tp_object *object, uint64_t hash)
{
    hash += hash == 0;
    size_t at = (size_t)hash & object->mask;
    while (object->table[at] != 0 && object->table[at] != hash) {
        at = (at + 1) & object->mask;
    }
    return &object->table[at];
}

/* Puts the newest name into the table; makes the table, or a larger one, when it is time. */
static bool
keep_table(tp_keys *keys, tp_object *object)
{
    const size_t n = keys->n_hash - object->hash_at;
    if (object->table != NULL && n * 2 <= object->mask) {
        const uint64_t hash = keys->hash[keys->n_hash - 1];
        *table_at(object, hash) = hash + (hash == 0);
        return true;
    }
    if (n < TABLE_FROM) {
        return true;
    }
    const size_t size = object->table == NULL ? (size_t)TABLE_FROM * 4 : (object->mask + 1) * 2;
    tp_keys_drop(object);
    object->table = calloc(size, sizeof *object->table);
    if (object->table == NULL) {
        return false;
    }
    object->mask = size - 1;
    for (size_t i = object->hash_at; i < keys->n_hash; i++) {
        *table_at(object, keys->hash[i]) = keys->hash[i] + (keys->hash[i] == 0);
    }
    return true;
}

static bool
push_hash(tp_keys *keys, tp_object *object, uint64_t hash)
{
    if (keys->n_hash == keys->cap_hash) {
        const size_t cap = keys->cap_hash == 0 ? 256 : keys->cap_hash * 2;
        uint64_t *grown = realloc(keys->hash, cap * sizeof *grown);
        if (grown == NULL) {
            return false;
        }
        keys->hash = grown;
        keys->cap_hash = cap;
    }
    keys->hash[keys->n_hash++] = hash;
    object->bloom[(hash >> 58) % TP_KEYS_BLOOM] |= UINT64_C(1) << ((hash >> 52) & 63);
    return keep_table(keys, object);
}

static bool
left_out(const tp_object *object, uint32_t i)
{
    return object->gaps && (object->gap[i / 64] >> (i % 64) & 1) != 0;
}

/* No bytes are known to lead to its value: the walk reads the next one. */
static void
no_lead(tp_key_seen *seen)
{
    seen->lead_mask = UINT64_MAX;
    memset(seen->lead, 0xff, TP_KEY_LEAD); /* a byte that no text holds */
}

/* The order becomes the object's names so far, whose hashes stand on the stack from here on. */
static bool
leave_order(tp_keys *keys, tp_object *object, tp_key_order *order)
{
    object->off_order = true;
    object->hash_at = keys->n_hash;
    memset(object->bloom, 0, sizeof object->bloom);
    uint32_t n = 0;
    for (uint32_t i = 0; i < object->n; i++) {
        if (left_out(object, i)) {
            continue; /* it may still come, and must not stand in the order twice then */
        }
        if (!push_hash(keys, object, order->seen[i].hash)) {
            return false;
        }
        if (n != i) {
            order->seen[n] = order->seen[i];
        }
        if (n == 0 && i > 0) {
            no_lead(&order->seen[0]); /* it began with a comma: a first member must not */
        }
        n++;
    }
    object->n = n;
    order->n = n;
    return true;
}

static bool
is_twice(const tp_keys *keys, tp_object *object, uint64_t hash)
{
    if (((object->bloom[(hash >> 58) % TP_KEYS_BLOOM] >> ((hash >> 52) & 63)) & 1) == 0) {
        return false;
    }
    /* 64 bits of hash stand for the name: a chance meeting refuses a body, it never mixes data. */
    if (object->table != NULL) {
        return *table_at(object, hash) != 0;
    }
    for (size_t i = object->hash_at; i < keys->n_hash; i++) {
        if (keys->hash[i] == hash) {
            return true;
        }
    }
    return false;
}

static uint32_t
find(const tp_dfa_state *st, tp_str name, uint64_t hash)
{
    for (size_t at = (size_t)hash & st->mask; st->table[at] != 0; at = (at + 1) & st->mask) {
        const tp_dfa_edge *edge = &st->edge[st->table[at] - 1];
        if (edge->hash == hash && tp_str_eq(edge->name, name)) {
            return edge->to;
        }
    }
    return st->other;
}

/* May the fast loop take the values of a member that leads to this state? */
static tp_key_act
act_of(const tp_keys *keys, uint32_t to)
{
    const tp_dfa_state *st = &keys->dfa->state[to];
    if (to == TP_MATCH_NONE) {
        return TP_KEY_SKIP;
    }
    if (st->selects_scalar != 0 || st->selects_null != 0 || st->not_records != 0 ||
        st->parse != TP_MATCH_NONE) {
        return TP_KEY_VALUE;
    }
    for (size_t i = 0; i < st->n_accept; i++) {
        if (!st->accept[i].plain) {
            return TP_KEY_VALUE;
        }
    }
    return TP_KEY_PUT;
}

/* Appends a name to the order of its state while the order is the object's own so far. */
static bool
learn(tp_keys *keys, tp_key_order *order, uint32_t n, tp_str name, uint64_t hash, uint32_t to)
{
    if (order->n != n || n >= TP_KEYS_ORDER) {
        return true;
    }
    if (n == order->cap) {
        const uint32_t cap = order->cap == 0 ? 32 : order->cap * 2;
        tp_key_seen *grown = realloc(order->seen, cap * sizeof *grown);
        if (grown == NULL) {
            return false;
        }
        order->seen = grown;
        order->cap = cap;
    }
    const size_t at = n == 0 ? 0 : order->seen[n - 1].at + order->seen[n - 1].n;
    if (at + name.n > ORDER_BYTES) {
        return true;
    }
    order->text.n = at;
    tp_buf_str(&order->text, name);
    order->seen[n] = (tp_key_seen){
        .act = act_of(keys, to), .at = (uint32_t)at, .n = (uint32_t)name.n, .to = to, .hash = hash};
    no_lead(&order->seen[n]);
    order->n = n + 1;
    return !order->text.failed;
}

static bool
is_at(const tp_key_order *order, uint32_t i, tp_str name)
{
    const tp_key_seen *seen = &order->seen[i];
    return seen->n == name.n && memcmp(order->text.p + seen->at, name.p, name.n) == 0;
}

/* Goes over names of the order that the object leaves out, up to this one; false: it is not near.
 */
static bool
go_ahead(tp_object *object, const tp_key_order *order, tp_str name)
{
    uint32_t to = object->n;
    while (to < order->n && to - object->n < AHEAD && !is_at(order, to, name)) {
        to++;
    }
    if (to >= order->n || to - object->n >= AHEAD) {
        return false;
    }
    if (!object->gaps && to > object->n) {
        memset(object->gap, 0, sizeof object->gap);
        object->gaps = true;
    }
    for (; object->n < to; object->n++) {
        object->gap[object->n / 64] |= UINT64_C(1) << (object->n % 64);
    }
    return true;
}

bool
tp_keys_next(tp_keys *keys, tp_object *object, uint32_t state, tp_str name, uint32_t *out_to,
             bool *out_twice)
{
    tp_key_order *order = &keys->order[state];
    *out_twice = false;
    if (!object->off_order) {
        if (go_ahead(object, order, name)) {
            *out_to = order->seen[object->n++].to;
            return true;
        }
        if (!leave_order(keys, object, order)) {
            return false;
        }
    }
    const uint64_t hash = tp_name_hash(name);
    if (is_twice(keys, object, hash)) {
        *out_twice = true;
        return false;
    }
    *out_to = find(&keys->dfa->state[state], name, hash);
    return push_hash(keys, object, hash) && learn(keys, order, object->n++, name, hash, *out_to);
}

void
tp_keys_lead(tp_keys *keys, const tp_object *object, uint32_t state, tp_str lead, bool first)
{
    const tp_key_order *order = &keys->order[state];
    if (object->n == 0 || object->n > order->n || lead.n == 0 || lead.n >= TP_KEY_LEAD) {
        return;
    }
    /* A lead begins with a comma, but for the first place, which only a first member takes. */
    tp_key_seen *seen = &order->seen[object->n - 1];
    if (first == (object->n == 1) && seen->n <= lead.n) {
        memset(seen->lead, 0, sizeof seen->lead);
        memcpy(seen->lead, lead.p, lead.n);
        seen->lead_n = (uint32_t)lead.n;
        seen->lead_mask = (UINT64_C(1) << lead.n) - 1; /* lead.n < 64 */
    }
}
