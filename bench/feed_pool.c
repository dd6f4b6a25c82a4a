/* Of which bytes is a feed of any size made? */
#include "bench/feed_pool.h"

#include <stdlib.h>
#include <string.h>

#include "tests/simulator/siasn.h"
#include "tests/simulator/stream.h"

static bool
end_row(bench_pool *pool)
{
    if (pool->n_rows == pool->cap_rows) {
        const size_t cap = pool->cap_rows == 0 ? 1024 : pool->cap_rows * 2;
        size_t *grown = realloc(pool->end, cap * sizeof *grown);
        if (grown == NULL) {
            return false;
        }
        pool->end = grown;
        pool->cap_rows = cap;
    }
    pool->end[pool->n_rows++] = pool->rows.n;
    return true;
}

/* Everyone's main record, as one long list of the answers of one call each. */
static tp_code
make_json(sim_site *site, bench_pool *pool, tp_err *err)
{
    bool whole = true;
    sim_person *person = malloc(sizeof *person);
    const uint64_t space = sim_feed_space(site->world, SIM_FEED_ROSTER, 0);
    tp_buf_puts(&pool->head, "{\"code\":1,\"data\":[\n");
    tp_buf_puts(&pool->tail, "\n]}\n");
    pool->last_cut = 2;
    for (uint64_t i = 0; i < space && person != NULL && whole; i++) {
        sim_row row;
        sim_view view;
        if (sim_feed_at(site->world, SIM_FEED_ROSTER, 0, i, &row)) {
            TP_AUTO_BUF(one); /* commas are put by what stands before in the buffer */
            sim_person_make(site->world, row.person, person);
            sim_view_make(site->world, SIM_FEED_ROSTER, 0, &row, person, &view);
            sim_siasn_main(site->world, person, &view, &one);
            tp_buf_str(&pool->rows, tp_buf_view(&one));
            tp_buf_puts(&pool->rows, ",\n");
            whole = !one.failed && end_row(pool);
        }
    }
    if (person == NULL || !whole || pool->rows.failed) {
        free(person);
        TP_RETURN_ERR(err, TP_E_NOMEM, "rows of the JSON feed");
    }
    free(person);
    return TP_OK;
}

static const char *
no_text(const void *of, const char *name)
{
    (void)of;
    (void)name;
    return NULL;
}

/* The whole document a dialect serves, unpacked. */
static tp_code
document_of(sim_site *site, const char *source, const char *path, tp_buf *out, tp_err *err)
{
    sim_request request = {
        .source_id = source, .path = path, .trusted = true, .query = no_text, .header = no_text};
    sim_reply reply = {.status = 200};
    if (strcmp(source, "roster") == 0) {
        sim_roster_answer(site, &request, &reply);
    } else {
        sim_simpeg_answer(site, &request, &reply);
    }
    while (reply.status == 200 && reply.gen != NULL && reply.gen->next(reply.gen, out)) {
    }
    free(reply.gen);
    tp_buf_clear(&reply.body);
    if (reply.status != 200 || out->failed || out->n == 0) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "the simulator gives no document for %s", path);
    }
    return TP_OK;
}

/* Splits a document into what stands before the first row, the rows, and the rest. */
static tp_code
take_rows(tp_str text, tp_str opens, tp_str closes, tp_str ends, bench_pool *pool, tp_err *err)
{
    size_t at = opens.n > 0 ? tp_str_find(text, opens) : tp_str_find(text, closes) + closes.n;
    tp_buf_reset(&pool->head);
    tp_buf_str(&pool->head, tp_str_sub(text, 0, at));
    while (at < text.n && (ends.n == 0 || !tp_str_starts(tp_str_sub(text, at, text.n), ends))) {
        const tp_str rest = tp_str_sub(text, at, text.n);
        const size_t n = tp_str_find(rest, closes);
        if (n == SIZE_MAX || (opens.n > 0 && !tp_str_starts(rest, opens))) {
            break;
        }
        tp_buf_str(&pool->rows, tp_str_sub(rest, 0, n + closes.n));
        if (!end_row(pool)) {
            TP_RETURN_ERR(err, TP_E_NOMEM, "rows of a feed");
        }
        at += n + closes.n;
    }
    tp_buf_reset(&pool->tail);
    tp_buf_str(&pool->tail, ends);
    return TP_OK;
}

/* The exports of all agencies that write UTF-8, under the head of the first. */
static tp_code
make_xml(sim_site *site, bench_pool *pool, tp_err *err)
{
    for (uint32_t i = 0; i < sim_agency_count(site->world); i++) {
        TP_AUTO_BUF(text);
        char path[64];
        const sim_agency_info *agency = sim_agency(site->world, i);
        if (agency->latin1) {
            continue;
        }
        (void)snprintf(path, sizeof path, "/ekspor/simpeg-%s.xml.gz", agency->quick_code);
        TP_RETURN_SAME(document_of(site, "simpeg", path, &text, err));
        TP_RETURN_SAME(take_rows(tp_buf_view(&text), TP_STR("<pegawai "), TP_STR("</pegawai>\n"),
                                 TP_STR("</simpeg>\n"), pool, err));
    }
    return TP_OK;
}

static tp_code
make_csv(sim_site *site, bench_pool *pool, tp_err *err)
{
    TP_AUTO_BUF(text);
    TP_RETURN_SAME(document_of(site, "roster", "/roster.csv.gz", &text, err));
    return take_rows(tp_buf_view(&text), TP_STR(""), TP_STR("\n"), TP_STR(""), pool, err);
}

tp_code
bench_pools_make(uint32_t people, bench_pool out[BENCH_FORMATS], tp_err *err)
{
    const sim_options options = {
        .seed = 1, .people = people, .agencies = 12, .as_of = 20513, .dirt = 1.0};
    sim_site site = {.lock = PTHREAD_MUTEX_INITIALIZER};
    memset(out, 0, BENCH_FORMATS * sizeof *out);
    TP_RETURN_SAME(sim_world_open(&options, &site.world, err));
    tp_code rc = make_json(&site, &out[BENCH_JSON], err);
    rc = rc == TP_OK ? make_xml(&site, &out[BENCH_XML], err) : rc;
    rc = rc == TP_OK ? make_csv(&site, &out[BENCH_CSV], err) : rc;
    sim_site_clear(&site);
    sim_world_close(site.world);
    for (int f = 0; rc == TP_OK && f < BENCH_FORMATS; f++) {
        if (out[f].n_rows == 0 || out[f].rows.failed || out[f].head.failed) {
            rc = tp_err_set(err, TP_E_NOMEM, __func__, __LINE__, "feed %d has no rows", f);
        }
    }
    return rc;
}

void
bench_pools_clear(bench_pool pool[BENCH_FORMATS])
{
    for (int f = 0; f < BENCH_FORMATS; f++) {
        tp_buf_clear(&pool[f].head);
        tp_buf_clear(&pool[f].rows);
        tp_buf_clear(&pool[f].tail);
        free(pool[f].end);
    }
}

bench_body
bench_body_of(const bench_pool *pool, uint64_t bytes)
{
    bench_body body = {.rounds = bytes / pool->rows.n};
    const size_t rest = (size_t)(bytes % pool->rows.n);
    while (body.rest_rows < pool->n_rows && pool->end[body.rest_rows] < rest) {
        body.rest_rows++;
    }
    body.rest_rows += body.rounds == 0 && body.rest_rows == 0 ? 1 : 0;
    const size_t rest_bytes = body.rest_rows > 0 ? pool->end[body.rest_rows - 1] : 0;
    body.rows = body.rounds * pool->n_rows + body.rest_rows;
    body.size =
        pool->head.n + body.rounds * pool->rows.n + rest_bytes - pool->last_cut + pool->tail.n;
    return body;
}
