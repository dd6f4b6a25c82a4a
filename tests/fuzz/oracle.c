/* Which rows does a tree hold, found the slow and plain way? */
#include "tests/fuzz/oracle.h"

static oracle_row *
row_new(oracle *o, size_t select, oracle_row *parent)
{
    oracle_row *row = calloc(1, sizeof *row);
    fuzz_need(row != NULL, "no memory");
    row->select = select;
    row->parent = parent;
    row->cell = calloc(o->n_cells + 1, sizeof *row->cell);
    fuzz_need(row->cell != NULL, "no memory");
    return row;
}

static void
row_free(oracle *o, oracle_row *row)
{
    for (size_t i = 0; i < o->n_cells; i++) {
        tp_buf_clear(&row->cell[i].text);
    }
    free(row->cell);
    free(row);
}

static void
free_all(oracle *o, oracle_row *row)
{
    while (row != NULL) {
        oracle_row *next = row->next;
        row_free(o, row);
        row = next;
    }
}

void
oracle_start(oracle *o, const tp_shape *shape)
{
    *o = (oracle){.shape = shape};
    for (size_t s = 0; s < shape->n_selects; s++) {
        o->base[s] = o->n_cells;
        o->n_cells += shape->select[s].n_slots;
    }
    for (size_t s = 0; s < shape->n_selects; s++) {
        const int up = shape->select[s].parent;
        if (shape->select[s].document) {
            o->document[s] = row_new(o, s, up >= 0 ? o->document[up] : NULL);
        }
    }
}

static size_t
add(oracle_item items[ORACLE_ITEMS], size_t n, oracle_item item)
{
    fuzz_need(n < ORACLE_ITEMS, "the oracle has too few items");
    items[n] = item;
    return n + 1;
}

size_t
oracle_root(oracle *o, oracle_item items[ORACLE_ITEMS])
{
    size_t n = 0;
    for (size_t s = 0; s < o->shape->n_selects; s++) {
        if (o->shape->select[s].parent < 0) {
            n = add(items, n, (oracle_item){.select = s, .path = &o->shape->select[s].path});
        }
    }
    return n;
}

/* Is `above` the select k levels above `select`? */
static bool
is_above(const tp_shape *shape, size_t select, uint32_t k, size_t above)
{
    int s = (int)select;
    for (; k > 0 && s >= 0; k--) {
        s = shape->select[s].parent;
    }
    return s == (int)above;
}

size_t
oracle_spawn(oracle *o, oracle_row *row, oracle_item items[ORACLE_ITEMS], size_t n)
{
    for (size_t s = 0; s < o->shape->n_selects; s++) {
        const tp_select *sel = &o->shape->select[s];
        for (size_t k = 0; k < sel->n_slots; k++) {
            if (is_above(o->shape, s, sel->slot[k].up, row->select)) {
                n = add(
                    items, n,
                    (oracle_item){
                        .slot = true, .select = s, .k = k, .path = &sel->slot[k].path, .row = row});
            }
        }
        if (sel->parent == (int)row->select) {
            n = add(items, n, (oracle_item){.select = s, .path = &sel->path, .row = row});
        }
    }
    return n;
}

size_t
oracle_advance(const oracle_item *item, oracle_item items[ORACLE_ITEMS], size_t n)
{
    oracle_item on = *item;
    on.at++;
    return add(items, n, on);
}

oracle_row *
oracle_begin(oracle *o, const oracle_item *item, bool record)
{
    if (o->document[item->select] != NULL) {
        return o->document[item->select];
    }
    oracle_row *row = row_new(o, item->select, item->row);
    if (!record || (item->row != NULL && item->row->dead)) {
        row->dead = true;
        row->next = o->graves;
        o->graves = row;
        return row;
    }
    row->record = o->n[item->select]++;
    row->next = o->rows;
    o->rows = row;
    o->n_open++;
    return row;
}

static void
print_row(oracle *o, const oracle_row *row)
{
    tp_buf *out = &o->out[row->select];
    tp_buf_printf(out, "%u", row->record);
    if (row->parent != NULL && o->document[row->parent->select] == NULL) {
        tp_buf_printf(out, "<%u", row->parent->record);
    }
    for (size_t k = 0; k < o->shape->select[row->select].n_slots; k++) {
        const oracle_row *from = row;
        for (uint32_t up = o->shape->select[row->select].slot[k].up; up > 0; up--) {
            from = from->parent;
        }
        const oracle_cell *cell = &from->cell[o->base[row->select] + k];
        tp_buf_puts(out, k == 0 ? ": " : ", ");
        tp_buf_str(out, cell->present ? tp_buf_view(&cell->text) : TP_STR("~"));
    }
    tp_buf_char(out, '\n');
}

void
oracle_end(oracle *o, oracle_row *row)
{
    if (row->dead || o->document[row->select] != NULL || --o->n_open > 0) {
        return;
    }
    oracle_row *first = NULL;
    while (o->rows != NULL) { /* turned round: oldest first */
        oracle_row *next = o->rows->next;
        o->rows->next = first;
        first = o->rows;
        o->rows = next;
    }
    for (oracle_row *at = first; at != NULL; at = at->next) {
        print_row(o, at);
    }
    free_all(o, first);
}

void
oracle_put(oracle *o, const oracle_item *item, tp_str text)
{
    const tp_slot *slot = &o->shape->select[item->select].slot[item->k];
    oracle_cell *cell = &item->row->cell[o->base[item->select] + item->k];
    if (cell->present && !slot->many) {
        return;
    }
    if (cell->present) {
        tp_buf_char(&cell->text, '|');
    }
    cell->present = true;
    fuzz_clean(text, &cell->text);
}

void
oracle_finish(oracle *o)
{
    for (size_t s = 0; s < o->shape->n_selects; s++) {
        if (o->document[s] != NULL) {
            print_row(o, o->document[s]);
        }
    }
}

void
oracle_clear(oracle *o)
{
    free_all(o, o->rows);
    free_all(o, o->graves);
    for (size_t s = 0; s < TP_SELECTS_MAX; s++) {
        if (o->document[s] != NULL) {
            row_free(o, o->document[s]);
        }
        tp_buf_clear(&o->out[s]);
    }
}
