/* How does a body become raw chunks, whatever its format? */
#include "etl/format/chunk.h"

#include <string.h>

static tp_code
memory_read(tp_reader *self, void *buf, size_t cap, size_t *out_n, tp_err *err)
{
    tp_memory_reader *m = (tp_memory_reader *)self;
    (void)err;
    size_t n = m->bytes.n - m->at;
    n = n < cap ? n : cap;
    n = m->step != 0 && n > m->step ? m->step : n;
    if (n > 0) {
        memcpy(buf, m->bytes.p + m->at, n);
    }
    m->at += n;
    *out_n = n;
    return TP_OK;
}

tp_reader *
tp_reader_memory(tp_memory_reader *self, tp_str bytes)
{
    *self = (tp_memory_reader){.base = {.read = memory_read}, .bytes = bytes};
    return &self->base;
}

static tp_code
read_format(tp_builder *b, tp_match *match, tp_reader *in, tp_err *err)
{
    switch (match->shape->format) {
    case TP_FORMAT_JSON:
    case TP_FORMAT_NDJSON:
        return tp_json_read(b, match, in, err);
    case TP_FORMAT_XML:
        return tp_xml_read(b, match, in, err);
    case TP_FORMAT_CSV:
        return tp_csv_read(b, match, in, err);
    }
    TP_RETURN_ERR(err, TP_E_CONFIG, "format %d is unknown", (int)match->shape->format);
}

static tp_code
read_body(tp_builder *b, tp_match *match, tp_reader *in, tp_err *err)
{
    const tp_shape *shape = match->shape;
    tp_reader *plain = NULL;
    tp_reader *text = NULL;
    TP_RETURN_SAME(tp_reader_gunzip(in, &shape->limit, b->stats, &plain, err));
    tp_code rc = tp_reader_utf8(plain, shape->encoding, shape->format == TP_FORMAT_XML, b->stats,
                                &text, err);
    if (rc == TP_OK) {
        rc = read_format(b, match, text, err);
        tp_reader_utf8_free(text);
    }
    tp_reader_gunzip_free(plain);
    return rc;
}

tp_code
tp_format_parse(const tp_shape *shape, uint32_t body, tp_str request_key, tp_reader *in,
                tp_raw_sink sink, tp_parse_stats *stats, tp_err *err)
{
    tp_match match = {0};
    tp_builder builder = {0};
    *stats = (tp_parse_stats){0};
    tp_code rc = tp_match_build(&match, shape, err);
    if (rc == TP_OK) {
        rc = tp_builder_init(&builder, &match, body, request_key, sink, stats, err);
    }
    if (rc == TP_OK) {
        rc = read_body(&builder, &match, in, err);
    }
    if (rc == TP_OK) {
        rc = tp_builder_finish(&builder, err);
    }
    tp_builder_clear(&builder);
    tp_match_clear(&match);
    return rc;
}
