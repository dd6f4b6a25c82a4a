/* Where the reader stands in a JSON text: what the walk over tokens and the fast loop share. */
#ifndef TALENT_ETL_FORMAT_JSON_WALK_H
#define TALENT_ETL_FORMAT_JSON_WALK_H

#include "etl/format/chunk.h"
#include "etl/format/json_keys.h"
#include "etl/format/json_scan.h"

/* An open object or array. */
typedef struct tp_json_frame {
    uint32_t state;
    uint32_t selects; /* records that end with it */
    uint32_t index;   /* of the next element or member */
    bool array;
    bool fresh; /* nothing in it yet */
    bool watch; /* names in it that nobody reads are told */
} tp_json_frame;

/* One text: the body, or a string of it that holds JSON. */
typedef struct tp_json tp_json;
struct tp_json {
    tp_builder *b;
    const tp_dfa *dfa;
    tp_keys *keys;
    tp_scan scan;
    tp_json_frame *frame; /* [room + 1] */
    tp_object *object;    /* [room + 1] only of live objects */
    uint32_t depth;
    uint32_t room;
    const tp_span *within; /* of the string in the body that holds this text; NULL = the body */
    tp_code (*members)(tp_json *j, uint32_t *out_state, bool *out_due, tp_err *err); /* kernel's */
};

#endif
