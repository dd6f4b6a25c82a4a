/* Members of the object being read: where each leads, and that no name comes twice. */
#ifndef TALENT_ETL_FORMAT_JSON_KEYS_H
#define TALENT_ETL_FORMAT_JSON_KEYS_H

#include "etl/format/match.h"
#include "talent/base/buf.h"

enum { TP_KEYS_BLOOM = 32 };

/* One name of the order seen last in a state. */
typedef struct tp_key_seen {
    uint32_t at; /* in tp_key_order.text */
    uint32_t n;
    uint32_t to;
    uint64_t hash;
} tp_key_seen;

/* Names of a state's objects in the order of the last one: records of a feed repeat it, so most
 * names cost one comparison. Its names differ, by construction. */
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

/* What an open object remembers. Zeroed at its start. */
typedef struct tp_object {
    uint32_t n; /* members so far */
    bool off_order;
    size_t hash_at; /* its part of the stack, when off order */
    uint64_t bloom[TP_KEYS_BLOOM];
} tp_object;

bool tp_keys_init(tp_keys *keys, const tp_dfa *dfa) TP_MUST_CHECK;
void tp_keys_clear(tp_keys *keys);

/* State that the member `name` of an object in `state` leads to. False: *out_twice tells whether
 * the name stands twice in the object (else memory ended). */
bool tp_keys_next(tp_keys *keys, tp_object *object, uint32_t state, tp_str name, uint32_t *out_to,
                  bool *out_twice) TP_MUST_CHECK;

/* The object ends. */
static inline void
tp_keys_close(tp_keys *keys, tp_object *object)
{
    if (object->off_order) {
        keys->n_hash = object->hash_at;
    }
}

#endif
