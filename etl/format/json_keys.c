/* Where does this member lead, and has its name been here before? */
#include "etl/format/json_keys.h"

#include <stdlib.h>
#include <string.h>

enum { ORDER_NAMES = 512, ORDER_BYTES = 16 << 10 };

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
    return true;
}

/* The hashes of the object's names so far stand on the stack from here on. */
static bool
leave_order(tp_keys *keys, tp_object *object, tp_key_order *order)
{
    object->off_order = true;
    object->hash_at = keys->n_hash;
    memset(object->bloom, 0, sizeof object->bloom);
    for (uint32_t i = 0; i < object->n; i++) {
        if (!push_hash(keys, object, order->seen[i].hash)) {
            return false;
        }
    }
    order->n = object->n;
    return true;
}

static bool
is_twice(const tp_keys *keys, const tp_object *object, uint64_t hash)
{
    if (((object->bloom[(hash >> 58) % TP_KEYS_BLOOM] >> ((hash >> 52) & 63)) & 1) == 0) {
        return false;
    }
    /* 64 bits of hash stand for the name: a chance meeting refuses a body, it never mixes data. */
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

/* Appends a name to the order of its state while the order is the object's own so far. */
static bool
learn(tp_key_order *order, uint32_t n, tp_str name, uint64_t hash, uint32_t to)
{
    if (order->n != n || n >= ORDER_NAMES) {
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
    order->seen[n] =
        (tp_key_seen){.at = (uint32_t)at, .n = (uint32_t)name.n, .to = to, .hash = hash};
    order->n = n + 1;
    return !order->text.failed;
}

bool
tp_keys_next(tp_keys *keys, tp_object *object, uint32_t state, tp_str name, uint32_t *out_to,
             bool *out_twice)
{
    tp_key_order *order = &keys->order[state];
    *out_twice = false;
    if (!object->off_order) {
        if (object->n < order->n) {
            const tp_key_seen *seen = &order->seen[object->n];
            if (seen->n == name.n && memcmp(order->text.p + seen->at, name.p, name.n) == 0) {
                object->n++;
                *out_to = seen->to;
                return true;
            }
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
    return push_hash(keys, object, hash) && learn(order, object->n++, name, hash, *out_to);
}
