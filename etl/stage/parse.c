/* Stage parse: landed bodies in, text rows out, streamed into the source's batch builder. */
#include <stdlib.h>
#include <string.h>

#include "etl/stage/files.h"
#include "talent/core/emit.h"
#include "talent/etl/clock.h"
#include "talent/etl/format.h"
#include "talent/etl/run.h"

void
tp_batch_key(const tp_landing *landing, const tp_source *desc, int32_t night,
             const uint8_t nik_secret[32], tp_key *out)
{
    tp_key content;
    tp_key_maker maker;
    tp_landing_content(landing, &content);
    tp_key_begin(&maker, "batch");
    tp_key_add_i64(&maker, "format", TP_BATCH_FORMAT);
    tp_key_add_text(&maker, "source", desc->id);
    tp_key_add_key(&maker, "landing", &content);
    tp_key_add_key(&maker, "rules", &desc->emit_hash);
    if (desc->rules->needs_night) {
        tp_key_add_i64(&maker, "night", night);
    }
    tp_key_add(&maker, "nik key", nik_secret, 32);
    tp_key_end(&maker, out);
}

static tp_code
take_chunk(void *user, tp_raw_chunk *chunk, tp_err *err)
{
    tp_run_source *source = user;
    return tp_batch_add(source->builder, chunk, err);
}

static void
take_name(void *user, uint32_t select, tp_str name)
{
    tp_run_source *source = user;
    tp_batch_name(source->builder, select, name);
}

static const tp_fetch *
fetch_of(const tp_source *desc, const tp_body *body, size_t *out_index)
{
    for (size_t i = 0; i < desc->n_fetch; i++) {
        if (tp_str_eq(desc->fetch[i].name, body->fetch)) {
            *out_index = i;
            return &desc->fetch[i];
        }
    }
    return NULL;
}

/* What a reader takes in its stride and this pipeline does not: what follows a document may be the
 * rest of the records. */
static tp_code
check_body(const tp_shape *shape, const tp_parse_stats *stats, tp_err *err)
{
    if (stats->extra_documents > 0 && shape->format == TP_FORMAT_JSON) {
        TP_RETURN_ERR(err, TP_E_SYNTAX,
                      "%llu more documents after the first; say \"format\": \"ndjson\" if each is "
                      "a record",
                      (unsigned long long)stats->extra_documents);
    }
    return TP_OK;
}

static tp_code
parse_body(tp_run_source *source, size_t i, tp_stage_count *count, tp_err *err)
{
    const tp_body *body = tp_landing_body(source->landing, i);
    size_t index = 0;
    const tp_fetch *fetch = fetch_of(source->desc, body, &index);
    if (fetch == NULL || fetch->landed_only || !tp_body_parses(body)) {
        return TP_OK;
    }
    tp_reader *reader = NULL;
    tp_parse_stats stats;
    TP_RETURN_SAME(tp_landing_reader_open(source->landing, i, &reader, err));
    const tp_raw_sink sink = {.chunk = take_chunk, .user = source, .name = take_name};
    tp_batch_fetch(source->builder, (uint32_t)index);
    tp_code rc =
        tp_format_parse(&fetch->shape, (uint32_t)i, body->request_key, reader, sink, &stats, err);
    tp_landing_reader_close(reader);
    if (rc == TP_OK) {
        rc = check_body(&fetch->shape, &stats, err);
    }
    if (rc != TP_OK) {
        return tp_err_add(err, rc, __func__, __LINE__, "read body %zu (fetch %.*s, page %u)", i,
                          TP_STR_ARG(body->fetch), body->page);
    }
    tp_batch_read(source->builder, &(tp_reading){.ragged = stats.ragged,
                                                 .not_records = stats.not_records,
                                                 .fallback_bytes = stats.fallback_bytes,
                                                 .replaced = stats.replaced,
                                                 .no_line_end = stats.no_line_end});
    for (size_t s = 0; s < fetch->shape.n_selects; s++) {
        count->rows_out += fetch->shape.select[s].document ? 0 : stats.records[s];
    }
    return TP_OK;
}

/* Which bodies are changes to which. */
static tp_code
tell_parts(tp_run_source *source, tp_err *err)
{
    const size_t n = tp_landing_count(source->landing);
    uint32_t *part = calloc(n + 1, sizeof *part);
    if (part == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "the parts of %zu bodies", n);
    }
    for (size_t i = 0; i < n; i++) {
        part[i] = tp_landing_body(source->landing, i)->part;
    }
    const tp_code rc = tp_batch_parts(source->builder, part, n, err);
    free(part);
    return rc;
}

static tp_code
parse_all(tp_run *run, tp_run_source *source, tp_stage_count *count, tp_err *err)
{
    TP_RETURN_SAME(
        tp_batch_begin(source->desc->rules, run->nik_secret, &source->ctx, &source->builder, err));
    tp_batch_night(source->builder, run->flags.night);
    TP_RETURN_SAME(tell_parts(source, err));
    const size_t n = tp_landing_count(source->landing);
    for (size_t i = 0; i < n; i++) {
        if (tp_cancelled(&source->ctx)) {
            TP_RETURN_ERR(err, TP_E_CANCELLED, "cancelled at body %zu of %zu", i, n);
        }
        /* By their place in the file: what a batch comes to does not depend on the order. */
        TP_RETURN_SAME(parse_body(source, tp_landing_stored(source->landing, i), count, err));
        tp_progress(&source->ctx, i + 1, n);
    }
    return TP_OK;
}

static tp_code
parse_run(tp_run *run, tp_run_source *source, tp_stage_count *count, tp_err *err)
{
    if (source->landing == NULL) {
        return TP_OK;
    }
    tp_batch_key(source->landing, source->desc, run->flags.night, run->nik_secret,
                 &source->batch_key);
    count->rows_in += tp_landing_count(source->landing);
    if (tp_artefact_exists(run->store, "batch", &source->batch_key)) {
        return TP_OK;
    }
    count->computed++;
    const tp_code rc = parse_all(run, source, count, err);
    if (rc != TP_OK) {
        tp_batch_free(source->builder);
        source->builder = NULL;
        if (rc == TP_E_NET) { /* cut on its way: the next run asks again instead of reading it */
            tp_landing_drop(run->store, &source->landing_key);
        }
        return tp_err_add(err, rc, __func__, __LINE__, "parse source %.*s",
                          TP_STR_ARG(source->desc->id));
    }
    return TP_OK;
}

const tp_stage tp_stage_parse = {.name = "parse", .unit = "records", .run_source = parse_run};
