/* What would one page of a source come to? Nothing is kept: no state directory, no database. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "etl/cli/cli.h"
#include "etl/cli/source_show.h"
#include "talent/base/day.h"
#include "talent/etl/clock.h"
#include "talent/etl/extract.h"
#include "talent/etl/file.h"
#include "talent/etl/format.h"
#include "talent/etl/signal.h"

enum { JAKARTA = 420, DIR_TEXT = 256 };

typedef struct trial {
    const tp_cli *cli;
    const tp_source *source;
    tp_show show;
    tp_ctx ctx;
    tp_batch_builder *builder;
    uint32_t n_bodies;
    int32_t night;
} trial;

/* A body in a local file. */
typedef struct file_reader {
    tp_reader base;
    FILE *file;
    const char *name;
} file_reader;

static tp_code
file_read(tp_reader *self, void *buf, size_t cap, size_t *out_n, tp_err *err)
{
    file_reader *r = (file_reader *)self;
    *out_n = fread(buf, 1, cap, r->file);
    if (ferror(r->file)) {
        TP_RETURN_ERR(err, TP_E_IO, "cannot read %.150s: %s", r->name, strerror(errno));
    }
    return TP_OK;
}

static tp_code
take_chunk(void *user, tp_raw_chunk *chunk, tp_err *err)
{
    trial *t = user;
    return tp_batch_add(t->builder, chunk, err);
}

static tp_code
read_body(trial *t, size_t fetch, tp_str key, tp_reader *reader, tp_err *err)
{
    const tp_fetch *f = &t->source->fetch[fetch];
    const tp_raw_sink sink = {.chunk = take_chunk, .user = t};
    tp_parse_stats stats;
    t->show.fetch = f->name;
    tp_batch_fetch(t->builder, (uint32_t)fetch);
    const tp_code rc = tp_format_parse(&f->shape, t->n_bodies, key, reader, sink, &stats, err);
    if (rc != TP_OK) {
        return tp_err_add(err, rc, __func__, __LINE__, "read body %u (fetch %.*s)", t->n_bodies,
                          TP_STR_ARG(f->name));
    }
    t->n_bodies++;
    return TP_OK;
}

static bool
find_fetch(const tp_source *source, tp_str name, size_t *out)
{
    for (size_t i = 0; i < source->n_fetch; i++) {
        if (tp_str_eq(source->fetch[i].name, name)) {
            *out = i;
            return true;
        }
    }
    return false;
}

/* Is the fetch one to be tried? */
static bool
is_wanted(const trial *t, const tp_fetch *f)
{
    if (t->cli->fetch != NULL) {
        return tp_str_is(f->name, t->cli->fetch);
    }
    return !f->landed_only && (f->each_source.p == NULL || t->cli->key != NULL);
}

/* ---- a body at hand ---- */

static tp_code
try_file(trial *t, tp_err *err)
{
    size_t fetch = 0;
    while (fetch < t->source->n_fetch &&
           (t->cli->fetch != NULL ? !is_wanted(t, &t->source->fetch[fetch])
                                  : t->source->fetch[fetch].landed_only)) {
        fetch++;
    }
    if (fetch == t->source->n_fetch) {
        TP_RETURN_ERR(err, TP_E_USAGE, "no fetch that --body could be the answer of");
    }
    FILE *file = fopen(t->cli->body, "re");
    if (file == NULL) {
        TP_RETURN_ERR(err, TP_E_IO, "cannot open %.150s: %s", t->cli->body, strerror(errno));
    }
    (void)printf("body %s, read as an answer to fetch %.*s\n", t->cli->body,
                 TP_STR_ARG(t->source->fetch[fetch].name));
    file_reader reader = {.base = {.read = file_read}, .file = file, .name = t->cli->body};
    const tp_code rc = read_body(
        t, fetch, t->cli->key != NULL ? tp_str_of(t->cli->key) : TP_STR_NONE, &reader.base, err);
    (void)fclose(file);
    return rc;
}

/* ---- asking the source ---- */

static tp_code
one_key(void *user, const tp_fetch *fetch, tp_arena *arena, const tp_str **out, size_t *out_n,
        tp_err *err)
{
    const tp_cli *cli = user;
    tp_str *key = tp_arena_alloc(arena, 1, sizeof *key);
    (void)fetch;
    if (key == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory for one key");
    }
    *key = tp_str_of(cli->key);
    *out = key;
    *out_n = 1;
    return TP_OK;
}

/* The source with the fetches to be tried alone, each for its first page. */
static tp_code
first_pages(const trial *t, tp_source **out, tp_err *err)
{
    tp_source *s = malloc(sizeof *s);
    if (s == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory to try a source");
    }
    *s = *t->source;
    s->n_fetch = 0;
    for (size_t i = 0; i < t->source->n_fetch; i++) {
        const tp_fetch *f = &t->source->fetch[i];
        if (is_wanted(t, f) && f->each_source.p != NULL && t->cli->key == NULL) {
            free(s);
            TP_RETURN_ERR(err, TP_E_USAGE,
                          "fetch %.*s asks for one person or thing at a time: give one with --key",
                          TP_STR_ARG(f->name));
        }
        if (is_wanted(t, f)) {
            s->fetch[s->n_fetch] = *f;
            s->fetch[s->n_fetch++].first_page = true;
        }
    }
    if (s->n_fetch == 0) {
        free(s);
        TP_RETURN_ERR(err, TP_E_USAGE, "nothing to ask for: every fetch needs --key");
    }
    *out = s;
    return TP_OK;
}

static tp_code
read_landing(trial *t, const tp_landing *landing, tp_err *err)
{
    for (size_t i = 0; i < tp_landing_count(landing); i++) {
        const tp_body *body = tp_landing_body(landing, i);
        tp_reader *reader = NULL;
        size_t fetch = 0;
        TP_AUTO_BUF(url);
        tp_http_mask(&url, body->url, !t->cli->show_identifiers);
        (void)printf("fetch %.*s: status %d, %llu bytes, ", TP_STR_ARG(body->fetch), body->status,
                     (unsigned long long)body->size);
        TP_AUTO_BUF(plain);
        tp_plain_put(&plain, tp_buf_view(&url), 160);
        (void)printf("%s%s\n", tp_buf_cstr(&plain), body->empty ? ", told of no rows" : "");
        if (!tp_body_parses(body) || !find_fetch(t->source, body->fetch, &fetch) ||
            t->source->fetch[fetch].landed_only) {
            continue;
        }
        TP_RETURN_SAME(tp_landing_reader_open(landing, i, &reader, err));
        const tp_code rc = read_body(t, fetch, body->request_key, reader, err);
        tp_landing_reader_close(reader);
        TP_RETURN_SAME(rc);
    }
    return TP_OK;
}

/* Bodies land in a folder of this run alone, encrypted under a key that is never kept. */
static tp_code
pull_into(trial *t, const tp_source *source, const char *dir, tp_err *err)
{
    tp_store *store = NULL;
    tp_landing *landing = NULL;
    tp_pull_stats stats = {0};
    tp_key key = {0};
    uint8_t secret[32];
    randombytes_buf(secret, sizeof secret);
    TP_RETURN_SAME(tp_store_open(dir, &store, err));
    const tp_pull_order order = {.source = source,
                                 .cfg = t->cli->cfg,
                                 .store = store,
                                 .landing_key = &key,
                                 .secret_key = secret,
                                 .night = t->night,
                                 .keys = one_key,
                                 .keys_user = (void *)(uintptr_t)t->cli};
    tp_code rc = tp_pull_source(&order, &t->ctx, &stats, err);
    if (rc == TP_OK) {
        rc = tp_landing_open(store, &key, secret, &landing, err);
    }
    sodium_memzero(secret, sizeof secret);
    if (rc == TP_OK) {
        rc = read_landing(t, landing, err);
    }
    tp_landing_close(landing);
    tp_store_close(store);
    return rc;
}

static tp_code
try_source(trial *t, tp_err *err)
{
    char dir[DIR_TEXT];
    tp_source *source = NULL;
    const char *base = getenv("TMPDIR");
    (void)snprintf(dir, sizeof dir, "%.200s/talentpool-try.XXXXXX", base != NULL ? base : "/tmp");
    TP_RETURN_SAME(first_pages(t, &source, err));
    if (mkdtemp(dir) == NULL) {
        free(source);
        TP_RETURN_ERR(err, TP_E_IO, "cannot make a folder %.200s: %s", dir, strerror(errno));
    }
    const tp_code rc = pull_into(t, source, dir, err);
    TP_IGNORE(tp_tree_remove(dir, NULL));
    free(source);
    return rc;
}

/* ---- the command ---- */

static tp_code
read_count(const tp_cli *cli, size_t *out, tp_err *err)
{
    uint64_t n = 3;
    if (cli->records != NULL && (!tp_str_to_u64(tp_str_of(cli->records), &n) || n > 1000)) {
        TP_RETURN_ERR(err, TP_E_USAGE, "--records takes a number from 0 to 1000, not \"%.20s\"",
                      cli->records);
    }
    *out = (size_t)n;
    return TP_OK;
}

static tp_code
run_trial(trial *t, size_t records, int *out_status, tp_err *err)
{
    uint8_t secret[32];
    const tp_batch *batch = NULL;
    tp_err second = {0};
    randombytes_buf(secret, sizeof secret);
    TP_RETURN_SAME(tp_batch_begin(t->source->rules, secret, &t->ctx, &t->builder, err));
    tp_batch_night(t->builder, t->night);
    tp_batch_preview(t->builder, records, tp_show_record, &t->show);
    const tp_code rc = t->cli->body != NULL ? try_file(t, err) : try_source(t, err);
    /* What was read before a fault tells as much as the fault. */
    const tp_code end = tp_batch_end(t->builder, &batch, &second);
    if (end == TP_OK && tp_show_batch(t->source, batch)) {
        *out_status = tp_code_exit(TP_E_QUALITY);
    }
    if (rc == TP_OK && end != TP_OK) {
        *err = second;
        return end;
    }
    return rc;
}

tp_code
tp_source_try(tp_cli *cli, const tp_source *source, int *out_status, tp_err *err)
{
    size_t fetch;
    size_t records = 0;
    int32_t night = tp_clock_today(JAKARTA);
    TP_RETURN_SAME(read_count(cli, &records, err));
    if (cli->as_of != NULL && !tp_day_parse_iso(tp_str_of(cli->as_of), &night)) {
        TP_RETURN_ERR(err, TP_E_USAGE, "--as-of takes a day as YYYY-MM-DD, not \"%.20s\"",
                      cli->as_of);
    }
    if (cli->fetch != NULL && !find_fetch(source, tp_str_of(cli->fetch), &fetch)) {
        TP_RETURN_ERR(err, TP_E_USAGE, "there is no fetch \"%.60s\" in %s", cli->fetch,
                      source->file);
    }
    trial *t = calloc(1, sizeof *t);
    if (t == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory to try a source");
    }
    t->cli = cli;
    t->source = source;
    t->night = night;
    t->ctx = (tp_ctx){.threads = 1, .cancel = tp_signal_flag()};
    t->show = (tp_show){.source = source, .identifiers = cli->show_identifiers};
    (void)printf("%.*s: %.*s\n", TP_STR_ARG(source->id), TP_STR_ARG(source->title));
    const tp_code rc = run_trial(t, records, out_status, err);
    tp_batch_free(t->builder);
    tp_show_clear(&t->show);
    free(t);
    (void)fflush(stdout);
    return rc;
}
