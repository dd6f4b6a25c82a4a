/* What does the operator, or a script, read about a run? */
#include <stdio.h>

#include "etl/run/parts.h"
#include "talent/base/buf.h"
#include "talent/base/day.h"
#include "talent/etl/file.h"
#include "talent/etl/run.h"
#include "talent/etl/version.h"

const char *
tp_stage_work(const tp_stage_count *count)
{
    return count->ended == 0 ? "not_reached" : count->computed > 0 ? "done" : "skipped";
}

double
tp_stage_rate(const tp_stage_count *count)
{
    return count->computed > 0 && count->seconds > 0 ? (double)count->rows_out / count->seconds : 0;
}

static void
put_counts(tp_buf *b, const tp_counts *c)
{
    tp_buf_printf(
        b,
        "{\"received\": %llu, \"accepted\": %llu, \"unchanged\": %llu, \"duplicate\": %llu, "
        "\"removed\": %llu, \"rejected\": %llu, \"flagged\": %llu, \"derived\": %llu}",
        (unsigned long long)c->received, (unsigned long long)c->accepted,
        (unsigned long long)c->unchanged, (unsigned long long)c->duplicate,
        (unsigned long long)c->removed, (unsigned long long)c->rejected,
        (unsigned long long)c->flagged, (unsigned long long)c->derived);
}

static void
put_stages(tp_buf *b, const tp_run_result *r)
{
    tp_buf_puts(b, "  \"stages\": [");
    for (int s = 0; s < TP_STAGES; s++) {
        const tp_stage_count *c = &r->stage[s];
        tp_buf_printf(
            b,
            "%s\n    {\"name\": \"%s\", \"work\": \"%s\", \"seconds\": %.3f, \"rows_in\": %llu, "
            "\"rows_out\": %llu, \"rejected\": %llu, \"records_per_second\": %.0f, "
            "\"peak_kib\": %llu, \"unit\": \"%s\"}",
            s > 0 ? "," : "", TP_LINE[s]->name, tp_stage_work(c), c->seconds,
            (unsigned long long)c->rows_in, (unsigned long long)c->rows_out,
            (unsigned long long)c->rejected, tp_stage_rate(c), (unsigned long long)r->peak_kib[s],
            TP_LINE[s]->unit);
    }
    tp_buf_puts(b, "\n  ],\n");
}

/* {"person": {...}, ...}: the kinds of which anything was received or derived. */
static void
put_kinds(tp_buf *b, const tp_counts counts[TP_KIND_COUNT])
{
    bool first = true;
    tp_buf_puts(b, "{");
    for (int k = 0; k < TP_KIND_COUNT; k++) {
        if (counts[k].received + counts[k].derived > 0) {
            tp_buf_printf(b, "%s\"%s\": ", first ? "" : ", ", tp_kind_of((tp_kind)k)->name);
            put_counts(b, &counts[k]);
            first = false;
        }
    }
    tp_buf_puts(b, "}");
}

/* What was asked of the source in this run; null when it had landed before. */
static void
put_asked(tp_buf *b, const tp_pull_stats *s)
{
    if (s->requests == 0) {
        tp_buf_puts(b, ", \"asked\": null");
        return;
    }
    tp_buf_printf(b,
                  ", \"asked\": {\"requests\": %llu, \"retries\": %llu, \"waits\": %llu, "
                  "\"renewals\": %llu, \"skipped\": %llu}",
                  (unsigned long long)s->requests, (unsigned long long)s->retries,
                  (unsigned long long)s->waits, (unsigned long long)s->renewals,
                  (unsigned long long)s->skipped);
}

/* What the readers took in their stride. */
static void
put_reading(tp_buf *b, const tp_reading *r)
{
    tp_buf_printf(b,
                  ", \"tolerated\": {\"ragged\": %llu, \"not_records\": %llu, "
                  "\"fallback_bytes\": %llu, \"replaced\": %llu, \"no_line_end\": %llu}",
                  (unsigned long long)r->ragged, (unsigned long long)r->not_records,
                  (unsigned long long)r->fallback_bytes, (unsigned long long)r->replaced,
                  (unsigned long long)r->no_line_end);
}

static void
put_share(tp_buf *b, const char *name, int32_t bp)
{
    tp_buf_printf(b, ", \"%s\": ", name);
    if (bp < 0) {
        tp_buf_puts(b, "null");
    } else {
        tp_buf_i64(b, bp);
    }
}

/* What changed since the last good batch: places, shares and shapes, never a value. */
static void
put_drift(tp_buf *b, const tp_run_source *s)
{
    tp_buf_puts(b, ", \"drift\": [");
    for (size_t i = 0; i < s->n_drifts; i++) {
        const tp_drift *d = &s->drift[i];
        tp_buf_printf(b, "%s\n      {\"change\": \"%s\", \"place\": ", i > 0 ? "," : "",
                      tp_drift_name(d->kind));
        tp_buf_json(b, tp_str_of(d->path));
        put_share(b, "was_bp", d->was_bp);
        put_share(b, "is_bp", d->is_bp);
        tp_buf_puts(b, ", \"detail\": ");
        tp_buf_json(b, tp_str_of(d->detail));
        tp_buf_puts(b, "}");
    }
    tp_buf_printf(b, "], \"drift_more\": %zu", s->more_drifts);
}

static void
put_source(tp_buf *b, const tp_run_source *s)
{
    static const tp_counts NONE[TP_KIND_COUNT];
    tp_buf_puts(b, "\n    {\"id\": ");
    tp_buf_json(b, s->desc->id);
    tp_buf_printf(b, ", \"state\": \"%s\", \"reason\": ", tp_source_state_name(s->state));
    if (s->reason[0] != '\0') {
        tp_buf_json(b, tp_str_of(s->reason));
    } else {
        tp_buf_puts(b, "null");
    }
    tp_buf_printf(b, ", \"bodies\": %llu, \"bytes\": %llu, \"counts\": ",
                  (unsigned long long)s->bodies, (unsigned long long)s->bytes);
    put_kinds(b, s->has_batch ? s->counts : NONE);
    put_asked(b, &s->pull.stats);
    put_reading(b, s->has_batch ? &s->batch.reading : &(tp_reading){0});
    tp_buf_puts(b, ", \"held\": ");
    if (s->held.any) {
        tp_buf_puts(b, "{\"counts\": ");
        put_kinds(b, s->held.counts);
        tp_buf_puts(b, "}");
    } else {
        tp_buf_puts(b, "null");
    }
    put_drift(b, s);
    tp_buf_puts(b, "}");
}

static void
put_link_counts(tp_buf *b, const tp_link_report *r)
{
    tp_buf_puts(b, "    \"vetoes_by\": {");
    for (int v = TP_VETO_NONE + 1; v < TP_VETO_COUNT; v++) {
        tp_buf_printf(b, "%s\"%.*s\": %llu", v > TP_VETO_NONE + 1 ? ", " : "",
                      TP_STR_ARG(tp_veto_name((tp_veto)v)), (unsigned long long)r->vetoes_by[v]);
    }
    tp_buf_puts(b, "},\n    \"questions_by\": {");
    for (int q = 0; q < TP_REVIEW_COUNT; q++) {
        tp_buf_printf(b, "%s\"%s\": %llu", q > 0 ? ", " : "",
                      tp_review_reason_name((tp_review_reason)q),
                      (unsigned long long)r->questions_by[q]);
    }
    tp_buf_puts(b, "}\n  },\n");
}

/* What the link stage has to tell; null when the run did not come that far. */
static void
put_link(tp_buf *b, const tp_run *run)
{
    const tp_link_report *r = &run->link_report;
    const struct {
        const char *name;
        uint64_t value;
    } COUNT[] = {{"records", r->records},
                 {"units", r->units},
                 {"people", r->people},
                 {"largest", r->largest},
                 {"adopted", r->adopted},
                 {"junk_numbers", r->junk_numbers},
                 {"vetoes", r->vetoes},
                 {"questions", r->questions},
                 {"questions_listed", run->crosswalk.n_review},
                 {"decisions", r->decisions},
                 {"decisions_lapsed", r->decisions_lapsed},
                 {"decisions_absent", r->decisions_absent}};
    if (run->link_file == NULL) {
        tp_buf_puts(b, "  \"link\": null,\n");
        return;
    }
    tp_buf_puts(b, "  \"link\": {\n    ");
    for (size_t i = 0; i < TP_COUNT(COUNT); i++) {
        tp_buf_printf(b, "\"%s\": %llu, ", COUNT[i].name, (unsigned long long)COUNT[i].value);
    }
    tp_buf_puts(b, "\n    \"passes\": [");
    for (int p = 0; p < TP_CAND_COUNT; p++) {
        tp_buf_printf(b,
                      "%s\n      {\"name\": \"%.*s\", \"blocks\": %llu, \"pairs\": %llu, "
                      "\"skipped_blocks\": %llu, \"skipped_units\": %llu}",
                      p > 0 ? "," : "", TP_STR_ARG(tp_candidate_pass_name((tp_candidate_pass)p)),
                      (unsigned long long)r->blocks[p], (unsigned long long)r->pairs[p],
                      (unsigned long long)r->skipped_blocks[p],
                      (unsigned long long)r->skipped_units[p]);
    }
    tp_buf_puts(b, "\n    ],\n");
    put_link_counts(b, r);
}

tp_code
tp_run_report(const tp_run *run, const tp_run_result *r, const char *file, const tp_err *why,
              tp_err *err)
{
    TP_AUTO_BUF(b);
    char day[TP_DAY_TEXT];
    tp_day_format(run->flags.night, day);
    tp_buf_printf(&b,
                  "{\n  \"program\": \"talentpool %s\",\n  \"night\": \"%s\",\n  \"run\": %lld,\n"
                  "  \"outcome\": \"%s\",\n  \"exit_status\": %d,\n  \"seconds\": %.3f,\n"
                  "  \"generation\": %lld,\n  \"fingerprint\": \"%s\",\n  \"people\": %zu,\n"
                  "  \"counts\": ",
                  TP_VERSION, day, (long long)run->run_id, r->outcome, r->exit_status, r->seconds,
                  (long long)run->receipt.generation, run->receipt.fingerprint, run->pool.n);
    put_counts(&b, &r->total);
    tp_buf_puts(&b, ",\n");
    put_stages(&b, r);
    put_link(&b, run);
    tp_buf_puts(&b, "  \"sources\": [");
    for (size_t i = 0; i < run->n_sources && run->source != NULL; i++) {
        tp_buf_puts(&b, i > 0 ? "," : "");
        put_source(&b, &run->source[i]);
    }
    tp_buf_puts(&b, "\n  ],\n  \"error\": [");
    for (int i = r->code != TP_OK ? why->depth : 0; i-- > 0;) {
        tp_buf_json(&b, tp_str_of(why->frame[i].text));
        tp_buf_puts(&b, i > 0 ? ", " : "");
    }
    tp_buf_puts(&b, "]\n}\n");
    if (b.failed) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "the run report");
    }
    return tp_file_deliver(file, b.p, b.n, 0644, err);
}
