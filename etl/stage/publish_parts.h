/* The tables of a generation: each has a function that writes its rows. */
#ifndef ETL_STAGE_PUBLISH_PARTS_H
#define ETL_STAGE_PUBLISH_PARTS_H

#include "talent/etl/publish.h"
#include "talent/etl/rowcopy.h"

typedef struct tp_publish_table {
    const char *name;    /* in schema warehouse */
    const char *columns; /* without generation */
    void (*write)(const tp_publish_input *in, tp_copy *copy);
} tp_publish_table;

extern const tp_publish_table TP_PUBLISH_PEOPLE[];
extern const size_t TP_PUBLISH_PEOPLE_COUNT;
extern const tp_publish_table TP_PUBLISH_SCORES[];
extern const size_t TP_PUBLISH_SCORES_COUNT;
extern const tp_publish_table TP_PUBLISH_RULES[];
extern const size_t TP_PUBLISH_RULES_COUNT;

/* Where the rows of the others came from: kept for tracing, not part of the fingerprint. */
extern const tp_publish_table TP_PUBLISH_ASIDE[];
extern const size_t TP_PUBLISH_ASIDE_COUNT;

/* One value of a pool or batch table as a column; enumerations by their word; NULL when unknown. */
void tp_put_field(tp_copy *copy, const tp_table *t, int field, size_t row);

/* T, F, U or N of a rule result. */
char tp_result_letter(tp_result result);

#endif
