/* Rows as they come in, handed over in chunks of whole records. */
#ifndef TALENT_ETL_FORMAT_CHUNK_H
#define TALENT_ETL_FORMAT_CHUNK_H

#include <stddef.h>
#include <stdint.h>

#include "etl/format/match.h"
#include "talent/base/buf.h"
#include "talent/etl/format.h"

enum {
    TP_DEPTH_DEFAULT = 64,
    TP_DEPTH_MAX = 1024,
    TP_STRING_DEFAULT = 16 << 20,
    TP_RECORD_DEFAULT = 64 << 20,
    TP_FIELDS_DEFAULT = 65536,
    TP_NAMES_EVERY = 64 /* one record of so many is looked at for names nobody reads */
};

typedef struct tp_text_block {
    char *p;
    size_t size;
} tp_text_block;

/* Builder of chunks. Zeroed + tp_builder_init; tp_builder_clear in the end. */
typedef struct tp_builder {
    const tp_shape *shape;
    const tp_match *match;
    tp_parse_stats *stats;
    tp_raw_sink sink;
    uint32_t body;
    uint32_t depth_limit;
    uint32_t fields_limit;
    size_t string_limit;
    size_t record_limit;
    tp_raw_chunk chunk;
    size_t row_cap[TP_SELECTS_MAX];
    tp_str *hidden[TP_SELECTS_MAX];   /* [row_cap * n_hidden] */
    tp_buf *joined[TP_SELECTS_MAX];   /* [n_slots + n_hidden] of `many` slots of the open row */
    bool *any[TP_SELECTS_MAX];        /* [n_slots + n_hidden] joined has a match */
    tp_str *doc_cell[TP_SELECTS_MAX]; /* [n_slots + n_hidden] of document selects */
    tp_arena doc_arena;
    uint32_t open[TP_SELECTS_MAX]; /* open row; UINT32_MAX = none */
    size_t n_open;
    size_t first_row[TP_SELECTS_MAX]; /* of the open top-level record */
    size_t rows;
    size_t text;
    size_t record_text;
    uint64_t records; /* of the body */
    uint64_t at;      /* where what begins or ends next does so; set by the reader */
    tp_text_block *block;
    size_t n_blocks;
    size_t block_cap;
    size_t block_at; /* of the block after the one being filled */
    char *room_at;   /* free bytes of the block being filled */
    size_t room_left;
    tp_str *row_cell[TP_SELECTS_MAX]; /* cells of the open row; NULL = none, or a document select */
    tp_buf scratch;
} tp_builder;

tp_code tp_builder_init(tp_builder *b, const tp_match *match, uint32_t body, tp_str request_key,
                        tp_raw_sink sink, tp_parse_stats *stats, tp_err *err) TP_MUST_CHECK;
void tp_builder_clear(tp_builder *b);

/* A record of a select begins or ends, at b->at. Document selects have one row anyway: nothing
 * happens. */
tp_code tp_builder_begin(tp_builder *b, uint32_t select, tp_err *err) TP_MUST_CHECK;
tp_code tp_builder_end(tp_builder *b, uint32_t select, tp_err *err) TP_MUST_CHECK;

/* The same for every select of a bit set; parents begin first and end last. */
tp_code tp_builder_begin_all(tp_builder *b, uint32_t selects, tp_err *err) TP_MUST_CHECK;
tp_code tp_builder_end_all(tp_builder *b, uint32_t selects, tp_err *err) TP_MUST_CHECK;

/* Something is wrong with the open rows of these selects: the worst stands. */
void tp_builder_mark(tp_builder *b, uint32_t selects, tp_flaw flaw);

/* Are the names that nobody reads wanted of the record just begun? */
bool tp_builder_watches(const tp_builder *b, uint32_t selects);

/* A name that no path reads, at the record of these selects. */
void tp_builder_name(tp_builder *b, uint32_t selects, tp_str name);

/* Text (valid UTF-8) of a slot of the open row of a select; ignored when no row is open. */
tp_code tp_builder_put(tp_builder *b, uint32_t select, uint32_t slot, tp_str text,
                       tp_err *err) TP_MUST_CHECK;

/* The body has ended well: hands over the rest, then the rows of the document selects. */
tp_code tp_builder_finish(tp_builder *b, tp_err *err) TP_MUST_CHECK;

/* Text without control characters, in NFC. Returns text itself when nothing is to do, else a view
 * of scratch; absent when memory ends. Counts U+FFFD. */
tp_str tp_text_clean(tp_str text, tp_buf *scratch, uint64_t *replaced);

/* The readers of the formats: `in` gives UTF-8 (XML: what libxml2 can decode). */
tp_code tp_json_read(tp_builder *b, tp_match *match, tp_reader *in, tp_err *err) TP_MUST_CHECK;
tp_code tp_xml_read(tp_builder *b, tp_match *match, tp_reader *in, tp_err *err) TP_MUST_CHECK;
tp_code tp_csv_read(tp_builder *b, tp_match *match, tp_reader *in, tp_err *err) TP_MUST_CHECK;

#endif
