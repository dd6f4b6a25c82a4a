/* Bytes of a body -> raw chunks: the readers, the decoders in front of them, and what they count.
 */
#ifndef TALENT_ETL_FORMAT_H
#define TALENT_ETL_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talent/base/attr.h"
#include "talent/base/buf.h"
#include "talent/base/err.h"
#include "talent/base/str.h"
#include "talent/core/raw.h"

/* What was met on the way. Zeroed by tp_format_parse; after a failure it tells how far it came. */
typedef struct tp_parse_stats {
    uint64_t bytes;                   /* as received */
    uint64_t unpacked_bytes;          /* after gunzip */
    uint64_t records[TP_SELECTS_MAX]; /* rows delivered, by select */
    uint64_t not_records;     /* scalars where a select names an object ("data": "not found") */
    uint64_t extra_documents; /* JSON: whole documents after the first, read and ignored */
    uint64_t ragged;          /* CSV: rows with more or fewer cells than the header; those that have
                                 fewer, or more that are not blank, have TP_FLAW_CELLS */
    uint64_t fallback_bytes;  /* bytes that are not UTF-8, read in shape->encoding */
    uint64_t checked_bytes;   /* found to be UTF-8 beyond ASCII: none is looked at twice */
    uint64_t replaced;        /* U+FFFD met in captured text; its rows have TP_FLAW_TEXT */
    bool no_line_end;         /* CSV: the last row ends without a line end */
} tp_parse_stats;

/*
 * Reads one body and hands over what `shape` names.
 *
 * Decoding  gunzip by magic bytes, byte-order mark and character set are taken care of here: `in`
 *           gives the bytes as received.
 * Chunks    hold whole top-level records with all their children, in document order; one goes out
 *           when it has 1000 rows or 1 MiB of text. When the body has ended well, a last chunk
 *           follows with exactly one row for every document select. A body that fails may have
 *           delivered chunks before: the caller discards them.
 * Records   JSON: a select that ends in an array element or in "*" makes a row of every match, one
 *           that ends in a member only of objects and arrays (of scalars too when it reads its own
 *           text); other matches are counted in not_records. The root is an element in that sense.
 *           XML: every element. CSV: every row; the path of the select is empty.
 * Cells     a scalar's text as written ("true", "3.5"); null, objects and arrays are absent. XML:
 *           the element's own text without that of its children. Valid UTF-8 in NFC; control
 *           characters other than tab and line feed become a space. `many` joins by '|'.
 * Flaws     a row that lost a character (U+FFFD in a cell) or whose cells are not those of the
 *           CSV header is given all the same and marked in tp_raw_table.flaw.
 * Spans     a row stands from the first to the last byte of its object, array or scalar, of its
 *           element with both tags, of its CSV row without the line end. A row within a string that
 *           holds JSON has the span of the string. Rows of document selects have none.
 * Up        slots of an ancestor select see everything in that ancestor, wherever it stands; where
 *           the ancestor is a document select, only what came before the end of the top-level
 *           record. Rows under a document select have parent UINT32_MAX.
 * JSON      fully checked, also where nothing is wanted; equal member names are refused in every
 *           object that a path looks into. A string behind TP_PATH_PARSE must hold JSON or be
 * blank; an object or array in its place is taken as it is. After the first document only white
 *           space or further documents may follow. NDJSON: one document after the other, each
 *           followed by a line end; document selects span all of them.
 * XML       no DOCTYPE, no entities but the five of XML, no network. Names match by namespace and
 *           local name.
 * CSV       RFC 4180 with any line end, a carriage return alone if the header ends with one; blank
 *           lines are passed over; first row = names. A wanted name that is missing gives
 *           absent cells, one that stands twice is refused. A last row with neither all its
 *           cells nor a line end was cut short.
 * Pieces    the outcome, the rows and the text of a fault do not depend on how many bytes one read
 *           of `in` gives.
 * Limits    shape->limit; 0 = none, but depth 64, string 16 MiB, record 64 MiB, fields 65,536 stand
 *           in for 0. Every row counts 32 bytes towards its record's limit, so that empty rows are
 *           not free; `records` counts the rows of all selects. `fields` bounds the members of any
 *           JSON object, the attributes of an XML element and the child elements of one within a
 *           record, and the cells of a CSV row (4,096 at most, whatever the limit says). An XML tag
 *           or comment has at most 256 KiB, the different names of a document 4 MiB.
 * Errors    TP_E_SYNTAX  the bytes are wrong: "byte N" of the unpacked text, from 0 (line too for
 *                        XML and CSV), and what was expected
 *           TP_E_NET     the body ends too early: "cut short at byte N"
 *           TP_E_RANGE   a limit is passed
 *           TP_E_SCHEMA  CSV: a wanted column stands twice, or one that must be there is not
 *           TP_E_CONFIG  the shape asks for what its format cannot give
 *           TP_E_NOMEM   memory is refused
 *           and whatever `in` or the sink fail with
 * Threads   any number of bodies at once, each with its own reader and sink; the shape is only read
 */
tp_code tp_format_parse(const tp_shape *shape, uint32_t body, tp_str request_key, tp_reader *in,
                        tp_raw_sink sink, tp_parse_stats *stats, tp_err *err) TP_MUST_CHECK;

/*
 * Appends a piece of a body's unpacked text, as UTF-8: what a span of tp_format_parse speaks of. A
 * text that ends before the piece does gives what there is of it.
 * Errors   those of the decoders; TP_E_SYNTAX XML in a character set nobody here knows; TP_E_NOMEM
 */
tp_code tp_format_slice(const tp_shape *shape, tp_reader *in, tp_span span, tp_buf *out,
                        tp_err *err) TP_MUST_CHECK;

/* A reader over bytes in memory. `step` limits what one read gives; 0 = no limit. */
typedef struct tp_memory_reader {
    tp_reader base;
    tp_str bytes;
    size_t at;
    size_t step;
} tp_memory_reader;

/* Sets up a reader over bytes that the caller keeps. */
tp_reader *tp_reader_memory(tp_memory_reader *self, tp_str bytes);

/*
 * Unpacks gzip found by its magic bytes, two levels at most, several members in a row; passes
 * anything else through. Checks the trailers (TP_E_NET when one is missing), body_bytes,
 * unpacked_bytes and ratio. Counts into stats, which may be NULL.
 */
tp_code tp_reader_gunzip(tp_reader *in, const tp_limits *limit, tp_parse_stats *stats,
                         tp_reader **out, tp_err *err) TP_MUST_CHECK;

/* Gives the unpacker back, not the reader below it; accepts NULL. */
void tp_reader_gunzip_free(tp_reader *self);

/*
 * Gives valid UTF-8 without byte-order mark; a NUL becomes U+FFFD. UTF-16 is known by its mark, in
 * XML also by its first character, and wins over what a document declares. A byte that does not
 * belong to a valid sequence is read in `fallback` ("iso-8859-1", "windows-1252") and counted;
 * without a fallback (NULL or "utf-8") it is TP_E_SYNTAX. "only iso-8859-1" and "only windows-1252"
 * read every byte so, "only utf-16le" and "only utf-16be" a body without a mark; a mark wins. With
 * `xml` set, what a document declares wins over the caller: the sets named here are decoded, others
 * pass untouched, and the XML reader converts them.
 */
tp_code tp_reader_utf8(tp_reader *in, const char *fallback, bool xml, tp_parse_stats *stats,
                       tp_reader **out, tp_err *err) TP_MUST_CHECK;

/* Gives the decoder back, not the reader below it; accepts NULL. */
void tp_reader_utf8_free(tp_reader *self);

/* Once something was read: does it pass on bytes in a character set the document declares? */
bool tp_reader_utf8_passes(const tp_reader *self);

#endif
