/* Which of the staged rows stay, and whom do they belong to? */
#include "core/normalise/stage.h"

#include <stdlib.h>

#include "talent/base/sort.h"

/* Rows of a stage seen as a table, for hashing; columns nobody fills share one block of zeros. */
typedef struct view {
    tp_table table;
    tp_strings strings;
} view;

static void
make_view(const tp_batch_builder *b, tp_kind kind, uint64_t *zeros, view *out)
{
    const tp_staged *s = &b->stage[kind];
    *out = (view){.table = {.kind = kind, .n = s->n}};
    out->strings = (tp_strings){b->texts.n, b->texts.off, b->texts.bytes};
    out->table.strings = &out->strings;
    for (int f = 0; f < tp_kind_of(kind)->n_fields; f++) {
        out->table.col[f].data = s->used[f] ? s->data[f] : zeros;
        out->table.col[f].valid = s->used[f] ? s->valid[f] : zeros;
    }
}

/* Does row x win over row y of the same key? Newest, then greater hash; equal rows by their place.
 */
static bool
wins(const tp_staged *s, const tp_table *t, size_t x, size_t y)
{
    if (s->stamp[x] != s->stamp[y]) {
        return s->stamp[x] > s->stamp[y];
    }
    const uint64_t hx = tp_row_hash(t, x);
    const uint64_t hy = tp_row_hash(t, y);
    if (hx != hy) {
        return hx > hy;
    }
    return s->body[x] != s->body[y] ? s->body[x] < s->body[y] : s->record[x] < s->record[y];
}

/* Row number of a person by key; TP_NONE if there is none. */
static uint32_t
find_person(const tp_table *people, uint64_t key)
{
    size_t low = 0;
    size_t high = people->n;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (people->key[mid] < key) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low < people->n && people->key[low] == key ? (uint32_t)low : TP_NONE;
}

typedef struct group {
    tp_key_row *at;
    size_t n;
    size_t received; /* rows that are received records, not made */
} group;

static size_t
count_received(const tp_staged *s, const group *g)
{
    size_t n = 0;
    for (size_t i = 0; i < g->n; i++) {
        n += (s->mark[g->at[i].row] & TP_ROW_MADE) == 0 ? 1 : 0;
    }
    return n;
}

static uint32_t
part_of_row(const tp_batch_builder *b, const tp_staged *s, uint32_t row)
{
    return tp_part_of(b, s->body[row]);
}

/* Takes out what tonight, or a night before it, removed. */
static void
drop_removed(tp_batch_builder *b, tp_kind kind, group *g)
{
    const tp_staged *s = &b->stage[kind];
    const tp_role role = tp_kind_of(kind)->role;
    uint32_t by = 0;
    size_t n = 0;
    if (role == TP_ROLE_FREE ||
        !tp_removals_find(&b->gone_people,
                          role == TP_ROLE_FACT ? s->subject[g->at[0].row] : g->at[0].key, &by)) {
        return;
    }
    for (size_t i = 0; i < g->n; i++) {
        const uint32_t row = g->at[i].row;
        if (part_of_row(b, s, row) > by) {
            g->at[n++] = g->at[i];
        } else if ((s->mark[row] & TP_ROW_MADE) == 0) {
            b->counts[kind].removed += by == b->newest ? 1 : 0;
            b->counts[kind].received -= by == b->newest ? 0 : 1;
        }
    }
    g->n = n;
}

/* Takes out records whose place a later part has taken, and what came inside such records. */
static void
drop_replaced(tp_batch_builder *b, tp_kind kind, group *g)
{
    const tp_staged *s = &b->stage[kind];
    const tp_table *people = &b->batch.table[TP_PERSON];
    uint32_t least = 0;  /* part of a received row */
    uint32_t parent = 0; /* part of the record that a child came inside */
    size_t n = 0;
    if (b->newest == 0 || g->n == 0) {
        return;
    }
    if (tp_kind_of(kind)->role == TP_ROLE_FACT) {
        const uint32_t person = find_person(people, s->subject[g->at[0].row]);
        parent = person != TP_NONE ? tp_part_of(b, people->body[person]) : 0;
    }
    for (size_t i = 0; i < g->n; i++) {
        const uint32_t part = part_of_row(b, s, g->at[i].row);
        const bool made = (s->mark[g->at[i].row] & TP_ROW_MADE) != 0;
        least = !made && part > least ? part : least;
    }
    for (size_t i = 0; i < g->n; i++) {
        const uint32_t row = g->at[i].row;
        const uint32_t part = part_of_row(b, s, row);
        const bool made = (s->mark[row] & TP_ROW_MADE) != 0;
        const bool child = (s->mark[row] & TP_ROW_CHILD) != 0;
        if (made || (part >= least && (!child || part >= parent))) {
            g->at[n++] = g->at[i];
        } else {
            b->counts[kind].received--;
        }
    }
    g->n = n;
}

/* Counts a whole group away when its person is not there; true if so. */
static bool
put_away(tp_batch_builder *b, tp_kind kind, const group *g)
{
    const tp_staged *s = &b->stage[kind];
    const tp_role role = tp_kind_of(kind)->role;
    if (role == TP_ROLE_FREE) {
        return false;
    }
    const uint64_t person = role == TP_ROLE_FACT ? s->subject[g->at[0].row] : g->at[0].key;
    if (role == TP_ROLE_SUBJECT) {
        return g->received == 0 && tp_keys_has(&b->rejected_people, person);
    }
    if (find_person(&b->batch.table[TP_PERSON], person) != TP_NONE) {
        return false;
    }
    for (size_t i = 0; i < g->n; i++) {
        const uint32_t row = g->at[i].row;
        b->counts[kind].rejected++;
        tp_row_note(b, kind, TP_REJ_PARENT, TP_ON_REJECT, -1,
                    (tp_place){s->body[row], s->record[row]});
    }
    return true;
}

/* The row of a group that stays. Rows made for facts count only where no record was received. */
static uint32_t
choose(tp_batch_builder *b, tp_kind kind, const tp_table *t, const group *g)
{
    const tp_staged *s = &b->stage[kind];
    uint32_t best = TP_NONE;
    for (size_t i = 0; i < g->n; i++) {
        const uint32_t row = g->at[i].row;
        if (g->received > 0 && (s->mark[row] & TP_ROW_MADE) != 0) {
            continue;
        }
        if (best == TP_NONE || wins(s, t, row, best)) {
            best = row;
        }
    }
    if (g->received > 0) {
        b->counts[kind].accepted++;
        b->counts[kind].duplicate += g->received - 1;
        b->counts[kind].flagged += (s->mark[best] & TP_ROW_FLAGGED) != 0 ? 1 : 0;
    } else {
        b->counts[kind].derived++;
    }
    return best;
}

/* Fills `kept` with the rows that stay, ascending by key; returns how many. */
static size_t
keep_rows(tp_batch_builder *b, tp_kind kind, const tp_table *t, tp_key_row *sorted, uint32_t *kept)
{
    const tp_staged *s = &b->stage[kind];
    size_t n = 0;
    for (size_t i = 0; i < s->n;) {
        group g = {sorted + i, 1, 0};
        while (i + g.n < s->n && sorted[i + g.n].key == sorted[i].key) {
            g.n++;
        }
        i += g.n;
        drop_removed(b, kind, &g);
        drop_replaced(b, kind, &g);
        g.received = count_received(s, &g);
        if (g.n > 0 && !put_away(b, kind, &g)) {
            kept[n++] = choose(b, kind, t, &g);
        }
    }
    return n;
}

static void
gather(const tp_staged *s, int f, size_t width, const uint32_t *kept, tp_table *t)
{
    for (size_t i = 0; i < t->n; i++) {
        const uint32_t row = kept[i];
        if (!tp_bit_get(s->valid[f], row)) {
            continue;
        }
        if (width == 8) {
            ((uint64_t *)t->col[f].data)[i] = ((const uint64_t *)s->data[f])[row];
        } else {
            ((uint32_t *)t->col[f].data)[i] = ((const uint32_t *)s->data[f])[row];
        }
        tp_bit_set(t->col[f].valid, i);
    }
}

/* Marks the kept rows that were made for facts, so that they are told from received ones later. */
static tp_code
mark_derived(tp_batch_builder *b, tp_kind kind, const uint32_t *kept, size_t n, tp_err *err)
{
    if (b->counts[kind].derived == 0) {
        return TP_OK;
    }
    uint64_t *bits = tp_arena_alloc(&b->keep, tp_bit_words(n), sizeof *bits);
    if (bits == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for marks of %zu people", n);
    }
    for (size_t i = 0; i < n; i++) {
        if ((b->stage[kind].mark[kept[i]] & TP_ROW_MADE) != 0) {
            tp_bit_set(bits, i);
        }
    }
    b->batch.derived = bits;
    return TP_OK;
}

static tp_code
make_table(tp_batch_builder *b, tp_kind kind, const uint32_t *kept, size_t n, tp_err *err)
{
    const tp_staged *s = &b->stage[kind];
    tp_table *t = &b->batch.table[kind];
    TP_RETURN_SAME(tp_table_alloc(t, kind, n, false, &b->keep, err));
    for (size_t i = 0; i < n; i++) {
        const uint32_t row = kept[i];
        t->key[i] = s->key[row];
        t->body[i] = s->body[row];
        t->record[i] = s->record[row];
        if (t->subject != NULL) {
            t->subject[i] = find_person(&b->batch.table[TP_PERSON], s->subject[row]);
        }
    }
    const tp_kind_def *def = tp_kind_of(kind);
    for (int f = 0; f < def->n_fields; f++) {
        if (s->used[f]) {
            gather(s, f, tp_type_width(def->field[f].type), kept, t);
        }
    }
    const tp_strings staged = {b->texts.n, b->texts.off, b->texts.bytes};
    t->strings = &staged;
    for (size_t i = 0; i < n; i++) {
        t->hash[i] = tp_row_hash(t, i);
    }
    t->strings = &b->batch.strings;
    return TP_OK;
}

static tp_code
settle_kind(tp_batch_builder *b, tp_kind kind, tp_err *err)
{
    tp_staged *s = &b->stage[kind];
    tp_table *t = &b->batch.table[kind];
    t->kind = kind;
    t->strings = &b->batch.strings;
    if (s->n == 0) {
        return TP_OK;
    }
    tp_code rc = TP_E_NOMEM;
    tp_key_row *sorted = malloc(s->n * sizeof *sorted);
    tp_key_row *tmp = malloc(s->n * sizeof *tmp);
    uint32_t *kept = malloc(s->n * sizeof *kept);
    uint64_t *zeros = calloc(s->n, sizeof *zeros);
    if (sorted != NULL && tmp != NULL && kept != NULL && zeros != NULL) {
        for (size_t i = 0; i < s->n; i++) {
            sorted[i] = (tp_key_row){s->key[i], (uint32_t)i};
        }
        tp_sort_keys(sorted, tmp, s->n);
        free(tmp);
        tmp = NULL;
        view v;
        make_view(b, kind, zeros, &v);
        const size_t n = keep_rows(b, kind, &v.table, sorted, kept);
        rc = n == 0 ? TP_OK : make_table(b, kind, kept, n, err);
        rc = rc == TP_OK ? mark_derived(b, kind, kept, n, err) : rc;
    } else {
        rc = tp_err_set(err, TP_E_NOMEM, __func__, __LINE__, "no memory to sort %zu %s rows", s->n,
                        tp_kind_of(kind)->name);
    }
    free(sorted);
    free(tmp);
    free(kept);
    free(zeros);
    tp_staged_clear(s);
    return rc;
}

/* Calls put for every known text cell in the order of the finished tables. */
static void
number_texts(tp_batch_builder *b, uint32_t *number, uint32_t *in_order, size_t *out_n,
             size_t *out_bytes)
{
    *out_n = 0;
    *out_bytes = 0;
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        tp_table *t = &b->batch.table[k];
        const tp_kind_def *def = tp_kind_of((tp_kind)k);
        for (int f = 0; t->n > 0 && f < def->n_fields; f++) {
            uint32_t *code = t->col[f].data;
            for (size_t i = 0; def->field[f].type == TP_T_TEXT && i < t->n; i++) {
                if (!tp_known(t, f, i)) {
                    continue;
                }
                if (number[code[i]] == TP_NONE) {
                    in_order[*out_n] = code[i];
                    *out_bytes += tp_intern_text(&b->texts, code[i]).n;
                    number[code[i]] = (uint32_t)(*out_n)++;
                }
                code[i] = number[code[i]];
            }
        }
    }
}

/* Texts are numbered by where the finished tables use them, so that feed order leaves no trace. */
static tp_code
settle_texts(tp_batch_builder *b, tp_err *err)
{
    const size_t all = b->texts.n;
    uint32_t *number = malloc((all + 1) * sizeof *number);
    uint32_t *in_order = malloc((all + 1) * sizeof *in_order);
    size_t n = 0;
    size_t n_bytes = 0;
    uint64_t *off = NULL;
    char *bytes = NULL;
    if (number != NULL && in_order != NULL) {
        memset(number, 0xff, (all + 1) * sizeof *number);
        number_texts(b, number, in_order, &n, &n_bytes);
        off = tp_arena_alloc(&b->keep, n + 1, sizeof *off);
        bytes = tp_arena_alloc(&b->keep, n_bytes + 1, 1);
    }
    if (off != NULL && bytes != NULL) {
        for (size_t i = 0; i < n; i++) {
            const tp_str text = tp_intern_text(&b->texts, in_order[i]);
            if (text.n > 0) {
                memcpy(bytes + off[i], text.p, text.n);
            }
            off[i + 1] = off[i] + text.n;
        }
        b->batch.strings = (tp_strings){n, off, bytes};
        tp_intern_clear(&b->texts);
    }
    free(number);
    free(in_order);
    if (off == NULL || bytes == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for %zu texts", all);
    }
    return TP_OK;
}

tp_code
tp_settle(tp_batch_builder *b, tp_err *err)
{
    tp_removals_sort(&b->gone_people);
    tp_keys_sort(&b->rejected_people);
    for (int k = 0; k < TP_KIND_COUNT;
         k++) { /* person is kind 0: subjects are there for the rest */
        TP_RETURN_SAME(settle_kind(b, (tp_kind)k, err));
    }
    TP_RETURN_SAME(settle_texts(b, err));
    TP_RETURN_SAME(tp_example_end(b, err));
    memcpy(b->batch.counts, b->counts, sizeof b->counts);
    memcpy(b->batch.reject_total, b->reject_total, sizeof b->reject_total);
    TP_RETURN_SAME(tp_tally_end(b, err));
    tp_observe_end(b);
    return tp_counts_check(&b->batch, b->batch.counts, err);
}
