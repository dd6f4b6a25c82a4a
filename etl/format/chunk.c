/* Where does a row go while its record is being read, and when is a chunk full? */
#include "etl/format/chunk.h"

#include <stdlib.h>
#include <string.h>

/* Blocks of text grow from BLOCK_MIN: most bodies are one small record, and memory comes zeroed. */
enum {
    CHUNK_ROWS = 1000,
    CHUNK_TEXT = 1 << 20,
    BLOCK_MIN = 8 << 10,
    BLOCK_MAX = 256 << 10,
    ROW_CHARGE = 32
};

static size_t
width(const tp_builder *b, size_t s)
{
    return b->shape->select[s].n_slots + b->match->n_hidden[s];
}

static size_t
or_default(size_t limit, size_t fallback)
{
    return limit != 0 ? limit : fallback;
}

tp_code
tp_builder_init(tp_builder *b, const tp_match *match, uint32_t body, tp_str request_key,
                tp_raw_sink sink, tp_parse_stats *stats, tp_err *err)
{
    const tp_shape *shape = match->shape;
    *b = (tp_builder){.shape = shape, .match = match, .body = body, .sink = sink, .stats = stats};
    b->depth_limit = (uint32_t)or_default(shape->limit.depth, TP_DEPTH_DEFAULT);
    b->depth_limit = b->depth_limit < TP_DEPTH_MAX ? b->depth_limit : TP_DEPTH_MAX;
    b->fields_limit = (uint32_t)or_default(shape->limit.fields, TP_FIELDS_DEFAULT);
    b->string_limit = or_default(shape->limit.string_bytes, TP_STRING_DEFAULT);
    b->record_limit = or_default(shape->limit.record_bytes, TP_RECORD_DEFAULT);
    b->scratch.limit = 4 * b->string_limit + 64;
    b->chunk.request_key = request_key;
    for (size_t s = 0; s < shape->n_selects; s++) {
        const size_t n = width(b, s);
        b->open[s] = UINT32_MAX;
        b->chunk.table[s].cols = shape->select[s].n_slots;
        b->joined[s] = tp_arena_alloc(&b->doc_arena, n, sizeof(tp_buf));
        b->any[s] = tp_arena_alloc(&b->doc_arena, n, sizeof(bool));
        b->doc_cell[s] = tp_arena_alloc(&b->doc_arena, n, sizeof(tp_str));
        if (b->joined[s] == NULL || b->any[s] == NULL || b->doc_cell[s] == NULL) {
            TP_RETURN_ERR(err, TP_E_NOMEM, "tables of %zu selects", shape->n_selects);
        }
        for (size_t k = 0; k < n; k++) {
            b->joined[s][k].limit = b->record_limit;
        }
    }
    return TP_OK;
}

void
tp_builder_clear(tp_builder *b)
{
    for (size_t s = 0; b->shape != NULL && s < b->shape->n_selects; s++) {
        for (size_t k = 0; b->joined[s] != NULL && k < width(b, s); k++) {
            tp_buf_clear(&b->joined[s][k]);
        }
        free(b->chunk.table[s].cell);
        free(b->chunk.table[s].place);
        free(b->chunk.table[s].parent);
        free(b->chunk.table[s].flaw);
        free(b->chunk.table[s].span);
        free(b->hidden[s]);
    }
    free(b->block);
    tp_buf_clear(&b->scratch);
    tp_arena_clear(&b->chunk.arena);
    tp_arena_clear(&b->doc_arena);
    *b = (tp_builder){0};
}

/* The next block of text with room for n bytes; false when memory ends. */
static bool
next_block(tp_builder *b, size_t n)
{
    while (b->block_at < b->n_blocks && b->block[b->block_at].size < n) {
        b->block_at++;
    }
    if (b->block_at == b->n_blocks) {
        if (b->n_blocks == b->block_cap) {
            const size_t cap = b->block_cap == 0 ? 8 : b->block_cap * 2;
            tp_text_block *grown = realloc(b->block, cap * sizeof *grown);
            if (grown == NULL) {
                return false;
            }
            b->block = grown;
            b->block_cap = cap;
        }
        const size_t last = b->n_blocks > 0 ? b->block[b->n_blocks - 1].size : BLOCK_MIN / 2;
        const size_t next = last < BLOCK_MAX / 2 ? last * 2 : BLOCK_MAX;
        const size_t size = n > next ? n : next;
        char *p = tp_arena_alloc(&b->chunk.arena, size, 1);
        if (p == NULL) {
            return false;
        }
        b->block[b->n_blocks++] = (tp_text_block){p, size};
    }
    b->room_at = b->block[b->block_at].p;
    b->room_left = b->block[b->block_at].size;
    b->block_at++;
    return true;
}

/* Room for n bytes of text that live as long as the chunk; NULL when memory ends. */
static char *
text_room(tp_builder *b, size_t n)
{
    if (b->room_left < n && !next_block(b, n)) {
        return NULL;
    }
    char *room = b->room_at;
    b->room_at += n;
    b->room_left -= n;
    b->text += n;
    return room;
}

static tp_code
charge(tp_builder *b, size_t n, tp_err *err)
{
    b->record_text += n;
    if (b->record_text > b->record_limit) {
        TP_RETURN_ERR(err, TP_E_RANGE, "record %llu of the body takes more than %zu bytes",
                      (unsigned long long)b->records, b->record_limit);
    }
    return TP_OK;
}

/* The array with room for cap items, or NULL and *failed; size 0 is an array nobody reads. */
static void *
grow(void *array, size_t cap, size_t size, bool *failed)
{
    void *grown = realloc(array, cap * size + 1);
    *failed |= grown == NULL;
    return grown != NULL ? grown : array;
}

static tp_code
grow_rows(tp_builder *b, uint32_t s, tp_err *err)
{
    tp_raw_table *t = &b->chunk.table[s];
    const size_t cap = b->row_cap[s] == 0 ? 64 : b->row_cap[s] * 2;
    bool failed = cap >= UINT32_MAX;
    if (!failed) {
        t->cell = grow(t->cell, cap, t->cols * sizeof *t->cell, &failed);
        t->place = grow(t->place, cap, sizeof *t->place, &failed);
        t->parent = grow(t->parent, cap, sizeof *t->parent, &failed);
        t->flaw = grow(t->flaw, cap, sizeof *t->flaw, &failed);
        t->span = grow(t->span, cap, sizeof *t->span, &failed);
        b->hidden[s] = grow(b->hidden[s], cap, b->match->n_hidden[s] * sizeof(tp_str), &failed);
    }
    if (failed) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "a chunk of %zu rows of select %u", cap, s);
    }
    b->row_cap[s] = cap;
    return TP_OK;
}

static tp_str *
cell_of(tp_builder *b, uint32_t s, uint32_t row, uint32_t slot)
{
    const size_t cols = b->shape->select[s].n_slots;
    if (b->shape->select[s].document) {
        return &b->doc_cell[s][slot];
    }
    if (slot < cols) {
        return &b->chunk.table[s].cell[row * cols + slot];
    }
    return &b->hidden[s][row * b->match->n_hidden[s] + (slot - cols)];
}

static void
clear_row(tp_builder *b, uint32_t s, size_t row)
{
    tp_raw_table *t = &b->chunk.table[s];
    const size_t hidden = b->match->n_hidden[s];
    if (t->cols > 0) {
        memset(t->cell + row * t->cols, 0, t->cols * sizeof *t->cell);
    }
    if (hidden > 0) {
        memset(b->hidden[s] + row * hidden, 0, hidden * sizeof(tp_str));
    }
}

static tp_code
flush(tp_builder *b, tp_err *err)
{
    tp_code rc = TP_OK;
    if (b->rows > 0) {
        rc = b->sink.chunk(b->sink.user, &b->chunk, err);
    }
    for (size_t s = 0; s < b->shape->n_selects; s++) {
        b->chunk.table[s].n = 0;
    }
    b->rows = 0;
    b->text = 0;
    b->block_at = 0;
    b->room_left = 0;
    return rc;
}

tp_code
tp_builder_begin(tp_builder *b, uint32_t s, tp_err *err)
{
    const tp_select *sel = &b->shape->select[s];
    tp_raw_table *t = &b->chunk.table[s];
    const bool top = sel->parent < 0 || b->shape->select[sel->parent].document;
    if (sel->document || (!top && b->open[sel->parent] == UINT32_MAX)) {
        return TP_OK; /* the parent's place held no record: what lies below it is none */
    }
    if (b->n_open == 0) {
        b->record_text = 0;
        for (size_t k = 0; k < b->shape->n_selects; k++) {
            b->first_row[k] = b->chunk.table[k].n;
        }
    }
    if (b->shape->limit.records != 0 && b->records >= b->shape->limit.records) {
        TP_RETURN_ERR(err, TP_E_RANGE, "the body has more than %llu records",
                      (unsigned long long)b->shape->limit.records);
    }
    if (t->n == b->row_cap[s]) {
        TP_RETURN_SAME(grow_rows(b, s, err));
    }
    clear_row(b, s, t->n);
    t->place[t->n] = (tp_place){.body = b->body, .record = (uint32_t)b->stats->records[s]};
    t->parent[t->n] = top ? UINT32_MAX : b->open[sel->parent];
    t->flaw[t->n] = TP_FLAW_NONE;
    t->span[t->n] = (tp_span){b->at, b->at};
    b->row_cell[s] = t->cols > 0 ? t->cell + t->n * t->cols : NULL;
    b->open[s] = (uint32_t)t->n++;
    b->stats->records[s]++;
    b->records++;
    b->rows++;
    b->n_open++;
    return charge(b, ROW_CHARGE, err);
}

/* Stores text as the chunk's own; document cells live as long as the builder. */
static tp_code
keep(tp_builder *b, bool document, tp_str text, tp_str *out, tp_err *err)
{
    if (text.n == 0) {
        *out = TP_STR("");
        return TP_OK;
    }
    char *p = document ? tp_arena_alloc(&b->doc_arena, text.n, 1) : text_room(b, text.n);
    if (p == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "text of a chunk");
    }
    memcpy(p, text.p, text.n);
    *out = (tp_str){p, text.n};
    return TP_OK;
}

/* Turns the joined texts of a row into cells. */
static tp_code
settle(tp_builder *b, uint32_t s, tp_err *err)
{
    for (uint32_t k = 0; k < width(b, s); k++) {
        if (b->any[s][k]) {
            tp_buf *buf = &b->joined[s][k];
            if (buf->failed) {
                TP_RETURN_ERR(err, TP_E_RANGE, "joined texts take more than %zu bytes", buf->limit);
            }
            TP_RETURN_SAME(keep(b, b->shape->select[s].document, tp_buf_view(buf),
                                cell_of(b, s, b->open[s], k), err));
            tp_buf_reset(buf);
            b->any[s][k] = false;
        }
    }
    return TP_OK;
}

/* What a slot of a document select holds so far. */
static tp_code
document_cell(tp_builder *b, uint32_t s, uint32_t slot, tp_str *out, tp_err *err)
{
    tp_str text = b->doc_cell[s][slot];
    if (b->any[s][slot]) {
        text = tp_buf_view(&b->joined[s][slot]);
    }
    if (text.p == NULL) {
        *out = TP_STR_NONE;
        return TP_OK;
    }
    return keep(b, false, text, out, err);
}

/* Fills the slots that come from ancestors, for every row of the top-level record. */
static tp_code
resolve_ups(tp_builder *b, tp_err *err)
{
    for (size_t u = 0; u < b->match->n_ups; u++) {
        const tp_up *up = &b->match->up[u];
        const tp_raw_table *t = &b->chunk.table[up->select];
        if (b->shape->select[up->select].document) {
            continue;
        }
        for (size_t row = b->first_row[up->select]; row < t->n; row++) {
            tp_str *out = cell_of(b, up->select, (uint32_t)row, up->slot);
            if (b->shape->select[up->ancestor].document) {
                TP_RETURN_SAME(document_cell(b, up->ancestor, up->hidden, out, err));
                continue;
            }
            uint32_t from = (uint32_t)row;
            uint32_t s = up->select;
            for (uint32_t k = 0; k < up->k; k++) {
                from = b->chunk.table[s].parent[from];
                s = (uint32_t)b->shape->select[s].parent;
            }
            *out = *cell_of(b, s, from, up->hidden);
        }
    }
    return TP_OK;
}

bool
tp_builder_watches(const tp_builder *b, uint32_t selects)
{
    for (uint32_t s = 0; b->sink.name != NULL && selects >> s != 0; s++) {
        if ((selects >> s & 1) != 0 && !b->shape->select[s].document && b->stats->records[s] > 0 &&
            (b->stats->records[s] - 1) % TP_NAMES_EVERY == 0) {
            return true;
        }
    }
    return false;
}

void
tp_builder_name(tp_builder *b, uint32_t selects, tp_str name)
{
    for (uint32_t s = 0; b->sink.name != NULL && selects >> s != 0; s++) {
        if ((selects >> s & 1) != 0 && !b->shape->select[s].document) {
            b->sink.name(b->sink.user, s, name);
        }
    }
}

tp_code
tp_builder_end(tp_builder *b, uint32_t s, tp_err *err)
{
    if (b->shape->select[s].document || b->open[s] == UINT32_MAX) {
        return TP_OK;
    }
    TP_RETURN_SAME(settle(b, s, err));
    b->chunk.table[s].span[b->open[s]].to = b->at;
    b->open[s] = UINT32_MAX;
    b->row_cell[s] = NULL;
    b->n_open--;
    if (b->n_open > 0) {
        return TP_OK;
    }
    if (b->match->n_ups > 0) {
        TP_RETURN_SAME(resolve_ups(b, err));
    }
    return b->rows >= CHUNK_ROWS || b->text >= CHUNK_TEXT ? flush(b, err) : TP_OK;
}

tp_code
tp_builder_begin_all(tp_builder *b, uint32_t selects, tp_err *err)
{
    for (uint32_t s = 0; selects >> s != 0; s++) {
        if ((selects >> s) & 1) {
            TP_RETURN_SAME(tp_builder_begin(b, s, err));
        }
    }
    return TP_OK;
}

tp_code
tp_builder_end_all(tp_builder *b, uint32_t selects, tp_err *err)
{
    for (uint32_t s = TP_SELECTS_MAX; s-- > 0;) {
        if ((selects >> s) & 1) {
            TP_RETURN_SAME(tp_builder_end(b, s, err));
        }
    }
    return TP_OK;
}

void
tp_builder_mark(tp_builder *b, uint32_t selects, tp_flaw flaw)
{
    for (uint32_t s = 0; selects >> s != 0; s++) {
        if (((selects >> s) & 1) != 0 && !b->shape->select[s].document &&
            b->open[s] != UINT32_MAX && b->chunk.table[s].flaw[b->open[s]] < (uint8_t)flaw) {
            b->chunk.table[s].flaw[b->open[s]] = (uint8_t)flaw;
        }
    }
}

tp_code
tp_builder_put(tp_builder *b, uint32_t s, uint32_t slot, tp_str text, tp_err *err)
{
    const bool document = b->shape->select[s].document;
    const bool many = b->match->many[s][slot];
    if (!document && b->open[s] == UINT32_MAX) {
        return TP_OK;
    }
    tp_str *cell = cell_of(b, s, b->open[s], slot);
    if (!many && cell->p != NULL) {
        return TP_OK; /* the first match has won */
    }
    if (text.n > b->string_limit) {
        TP_RETURN_ERR(err, TP_E_RANGE, "a text of %zu bytes, allowed are %zu", text.n,
                      b->string_limit);
    }
    const uint64_t replaced = b->stats->replaced;
    const tp_str clean = tp_text_clean(text, &b->scratch, &b->stats->replaced);
    if (clean.p == NULL && text.n > 0) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "a text of %zu bytes", text.n);
    }
    if (b->stats->replaced != replaced) {
        tp_builder_mark(b, UINT32_C(1) << s, TP_FLAW_TEXT);
    }
    if (!document) {
        TP_RETURN_SAME(charge(b, clean.n + (many ? 1 : 0), err));
    }
    if (!many) {
        return keep(b, document, clean, cell, err);
    }
    if (b->any[s][slot]) {
        tp_buf_char(&b->joined[s][slot], '|');
    }
    b->any[s][slot] = true;
    tp_buf_str(&b->joined[s][slot], clean);
    if (b->joined[s][slot].failed) {
        TP_RETURN_ERR(err, TP_E_RANGE, "joined texts take more than %zu bytes",
                      b->joined[s][slot].limit);
    }
    return TP_OK;
}

/* The last chunk: one row for every document select. */
static tp_code
flush_documents(tp_builder *b, tp_err *err)
{
    for (uint32_t s = 0; s < b->shape->n_selects; s++) {
        if (b->shape->select[s].document) {
            tp_raw_table *t = &b->chunk.table[s];
            TP_RETURN_SAME(settle(b, s, err));
            if (b->row_cap[s] == 0) {
                TP_RETURN_SAME(grow_rows(b, s, err));
            }
            if (t->cols > 0) {
                memcpy(t->cell, b->doc_cell[s], t->cols * sizeof *t->cell);
            }
            t->place[0] = (tp_place){.body = b->body};
            t->parent[0] = UINT32_MAX;
            t->flaw[0] = TP_FLAW_NONE;
            t->span[0] = (tp_span){0, 0};
            t->n = 1;
            b->rows++;
            b->stats->records[s] = 1;
        }
    }
    for (size_t u = 0; u < b->match->n_ups; u++) {
        const tp_up *up = &b->match->up[u];
        if (b->shape->select[up->select].document) {
            b->chunk.table[up->select].cell[up->slot] = b->doc_cell[up->ancestor][up->hidden];
        }
    }
    return flush(b, err);
}

tp_code
tp_builder_finish(tp_builder *b, tp_err *err)
{
    TP_RETURN_SAME(flush(b, err));
    return flush_documents(b, err);
}
