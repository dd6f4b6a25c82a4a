/* Members of the object being read: where each leads, and that no name comes twice. */
#ifndef TALENT_ETL_FORMAT_JSON_KEYS_H
#define TALENT_ETL_FORMAT_JSON_KEYS_H

#include "etl/format/match.h"
#include "talent/base/buf.h"

enum { TP_KEYS_BLOOM = 32, TP_KEY_LEAD = 64, TP_KEYS_ORDER = 512 };

/* What the value of a member takes. */
typedef enum tp_key_act {
    TP_KEY_VALUE, /* the walk: records begin here, joined or document slots, more text inside */
    TP_KEY_SKIP,  /* nothing: scalars are checked and passed over */
    TP_KEY_PUT    /* a scalar's text goes into cells of open records, the first match wins */
} tp_key_act;

/* One name of the order seen last in a state. */
typedef struct tp_key_seen {
    char lead[TP_KEY_LEAD]; /* the bytes from the end of the value before to its own value */
    uint64_t lead_mask;     /* bits below lead_n; all bits = no lead is known, nothing matches */
    uint32_t lead_n;
    tp_key_act act;
    uint32_t at; /* in tp_key_order.text */
    uint32_t n;
    uint32_t to;
    uint64_t hash;
} tp_key_seen;

/* Names of a state's objects in the order of the last one: records of a feed repeat it, so most
 * names cost one comparison. Its names differ, by construction, so an object whose names come in
 * this order, some left out, has none of them twice. */
typedef struct tp_key_order {
    uint32_t n;
    uint32_t cap;
    tp_key_seen *seen;
    tp_buf text;
} tp_key_order;

typedef struct tp_keys {
    const tp_dfa *dfa;
    tp_key_order *order; /* [dfa->n] */
    uint64_t *hash;      /* stack: names of the open objects that left their order */
    size_t n_hash;
    size_t cap_hash;
} tp_keys;

/* What an open object remembers. */
typedef struct tp_object {
    uint32_t n;     /* place in the order behind its last member; off order: members so far */
    bool off_order; /* its names left the order */
    bool gaps;      /* names of the order were left out: bits of gap */
    size_t hash_at; /* its part of the stack, when off order */
    uint64_t gap[TP_KEYS_ORDER / 64];
    uint64_t bloom[TP_KEYS_BLOOM];
    uint64_t *table; /* [mask + 1] of an object with many names: hash, 0 = free; freed at its end */
    size_t mask;
} tp_object;

/* The object begins. */
static inline void
tp_keys_open(tp_object *object)
{
    object->n = 0;
    object->off_order = false;
    object->gaps = false;
}

bool tp_keys_init(tp_keys *keys, const tp_dfa *dfa) TP_MUST_CHECK;
void tp_keys_clear(tp_keys *keys);

/* State that the member `name` of an object in `state` leads to. False: *out_twice tells whether
 * the name stands twice in the object (else memory ended). */
bool tp_keys_next(tp_keys *keys, tp_object *object, uint32_t state, tp_str name, uint32_t *out_to,
                  bool *out_twice) TP_MUST_CHECK;

/* Notes the bytes that led to the value of the member just taken; `first`: it stands first in its
 * object. They hold no more than the name, checked, and the signs and white space around it. */
void tp_keys_lead(tp_keys *keys, const tp_object *object, uint32_t state, tp_str lead, bool first);

/* Gives the object's table back. */
void tp_keys_drop(tp_object *object);

/* The object ends. */
static inline void
tp_keys_close(tp_keys *keys, tp_object *object)
{
    if (object->off_order) {
        keys->n_hash = object->hash_at;
    }
    if (object->table != NULL) {
        tp_keys_drop(object);
    }
}

#endif
