/* Rows as a plain tree walk makes them: the other opinion on what a body holds. */
#ifndef TALENT_TESTS_FUZZ_ORACLE_H
#define TALENT_TESTS_FUZZ_ORACLE_H

#include "tests/fuzz/fuzz.h"

enum { ORACLE_ITEMS = 96 };

typedef struct oracle_cell {
    bool present;
    tp_buf text;
} oracle_cell;

/* An open row of a select. Cells of all selects stand side by side: those of its own slots, and
 * those that rows below it want from it. */
typedef struct oracle_row {
    size_t select;
    uint32_t record;
    struct oracle_row *parent; /* NULL at the root */
    struct oracle_row *next;   /* rows of the open top-level record, newest first */
    bool dead;                 /* stands for a value that is no record: never printed */
    oracle_cell *cell;
} oracle_row;

/* A path on its way: `at` of its steps are behind us. */
typedef struct oracle_item {
    bool slot; /* else a select */
    size_t select;
    size_t k;
    size_t at;
    const tp_path *path;
    oracle_row *row; /* slot: the row whose cell it fills; select: the parent's row */
} oracle_item;

typedef struct oracle {
    const tp_shape *shape;
    size_t base[TP_SELECTS_MAX]; /* first cell of a select */
    size_t n_cells;
    oracle_row *document[TP_SELECTS_MAX];
    oracle_row *rows; /* of the open top-level record */
    oracle_row *graves;
    size_t n_open;
    uint32_t n[TP_SELECTS_MAX];
    tp_buf out[TP_SELECTS_MAX];
} oracle;

void oracle_start(oracle *o, const tp_shape *shape);

/* The items at the root of a document. */
size_t oracle_root(oracle *o, oracle_item items[ORACLE_ITEMS]);

/* Puts the items that a new row of a select brings with it; returns the new number of items. */
size_t oracle_spawn(oracle *o, oracle_row *row, oracle_item items[ORACLE_ITEMS], size_t n);

/* A copy of an item, one step on; returns the new number of items. */
size_t oracle_advance(const oracle_item *item, oracle_item items[ORACLE_ITEMS], size_t n);

/* The row of a complete select item: a new one, or the one of its document select. What lies below
 * a value that is no record is looked at, and gives no rows. */
oracle_row *oracle_begin(oracle *o, const oracle_item *item, bool record);
void oracle_end(oracle *o, oracle_row *row);

/* The text of a complete slot item. */
void oracle_put(oracle *o, const oracle_item *item, tp_str text);

/* Ends the body: rows of document selects. The result is in o->out. */
void oracle_finish(oracle *o);
void oracle_clear(oracle *o);

static inline const tp_path_step *
oracle_next(const oracle_item *item)
{
    return item->at < item->path->n ? &item->path->step[item->at] : NULL;
}

#endif
