/* A file that breaks is put together of parts over real HTTP: whole, of one version, or not at all.
 */
#include "tests/support/tp_test.h"

#include "talent/etl/extract.h"
#include "tests/support/http_server.h"
#include "tests/support/scratch.h"

enum { BYTES = 4 << 20 };

/* A file of 4 MiB that breaks; what its parts look like. Set before the pull. */
typedef struct site {
    unsigned asked, parts;
    unsigned breaks; /* requests that break after `break_at` bytes */
    size_t break_at;
    unsigned long long part; /* most bytes of a part; 0 = all that were asked for */
    int more_total;          /* added to the total that a part tells */
    int shift;               /* added to where a part says that it begins */
    bool no_total;           /* a part tells "*" */
    bool unasked;            /* a part comes without a Range */
    const char *part_etag;   /* of a part; NULL = that of the file; "" = none */
} site;

typedef struct fixture {
    scratch *dir;
    http_server *server;
    site site;
    tp_cfg *cfg;
    tp_store *store;
    tp_key key;
    uint8_t secret[32];
    tp_source source;
    char base[64];
    tp_pull_stats stats;
} fixture;

static void
answer(void *user, const http_ask *ask, http_reply *reply)
{
    static char text[64];
    site *s = user;
    unsigned long long from = 0;
    unsigned long long to = BYTES;
    const bool part = sscanf(http_ask_header(ask, "Range"), "bytes=%llu-", &from) == 1;
    reply->field[0] = "Accept-Ranges";
    reply->field[1] = "bytes";
    reply->field[2] = part && s->part_etag != NULL && s->part_etag[0] == '\0' ? "X-Tag" : "ETag";
    reply->field[3] =
        part && s->part_etag != NULL && s->part_etag[0] != '\0' ? s->part_etag : "\"v1\"";
    if (part || s->unasked) {
        to = s->part > 0 && from + s->part < to ? from + s->part : to;
        const int n = snprintf(text, sizeof text, "bytes %llu-%llu/", from + (unsigned)s->shift,
                               to - 1 + (unsigned)s->shift);
        snprintf(text + n, sizeof text - (size_t)n, s->no_total ? "*" : "%d",
                 BYTES + s->more_total);
        reply->status = 206;
        reply->field[4] = "Content-Range";
        reply->field[5] = text;
        s->parts++;
    }
    for (unsigned i = 0; i < 16; i++) {
        reply->body[i] = "0123456789abcdef"[(from + i) % 16];
    }
    reply->total = to - from;
    reply->cut_at = s->asked++ < s->breaks ? s->break_at : 0;
}

static int
setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    tp_err err = {0};
    void *dir = NULL;
    assert_int_equal(scratch_setup(&dir), 0);
    f->dir = dir;
    f->server = http_server_start(answer, &f->site);
    assert_non_null(f->server);
    snprintf(f->base, sizeof f->base, "http://127.0.0.1:%d", http_server_port(f->server));
    assert_tp_ok(tp_cfg_new(&f->cfg, &err), &err);
    assert_tp_ok(tp_store_open(scratch_path(f->dir, "state"), &f->store, &err), &err);
    f->source = (tp_source){.id = TP_STR("demo"),
                            .base_url = tp_str_of(f->base),
                            .attempts = 3,
                            .backoff_ms = 1,
                            .n_fetch = 1};
    f->source.fetch[0] =
        (tp_fetch){.name = TP_STR("file"), .path = TP_STR("/file"), .page = {.kind = TP_PAGE_FILE}};
    f->site.breaks = 1;
    f->site.break_at = BYTES / 4;
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    void *dir = f->dir;
    http_server_stop(f->server);
    tp_store_close(f->store);
    tp_cfg_free(f->cfg);
    free(f);
    return scratch_teardown(&dir);
}

static tp_code
pull(fixture *f, tp_err *err)
{
    const tp_pull_order order = {.source = &f->source,
                                 .cfg = f->cfg,
                                 .store = f->store,
                                 .landing_key = &f->key,
                                 .secret_key = f->secret};
    return tp_pull_source(&order, &TP_TEST_CTX, &f->stats, err);
}

/* Has every byte of the file landed, in its place? */
static bool
is_whole(fixture *f)
{
    tp_landing *l = NULL;
    tp_reader *r = NULL;
    tp_err err = {0};
    uint64_t got = 0;
    size_t n = 1;
    bool right = true;
    char piece[16 * 1000];
    assert_tp_ok(tp_landing_open(f->store, &f->key, f->secret, &l, &err), &err);
    assert_tp_ok(tp_landing_reader_open(l, 0, &r, &err), &err);
    while (n > 0) {
        assert_tp_ok(r->read(r, piece, sizeof piece, &n, &err), &err);
        for (size_t i = 0; i < n; i++) {
            right = right && piece[i] == "0123456789abcdef"[(got + i) % 16];
        }
        got += n;
    }
    tp_landing_reader_close(r);
    tp_landing_close(l);
    return right && got == BYTES && f->stats.bytes == BYTES;
}

static void
test_parts__shorter_than_asked_for(void **state)
{
    fixture *f = *state;
    tp_err err = {0};
    f->site.part = BYTES / 16 + 1;
    assert_tp_ok(pull(f, &err), &err);
    assert_true(is_whole(f));
    assert_int_equal(f->site.parts, 12);
    assert_int_equal(f->stats.resumed, 1);
    assert_int_equal(f->stats.retries, 1);
}

/* Seven breaks and three attempts: each of them brought a part of the file. */
static void
test_parts__attempts_count_from_the_last_that_brought_bytes(void **state)
{
    fixture *f = *state;
    tp_err err = {0};
    f->site.breaks = 8;
    f->site.break_at = BYTES / 8;
    f->source.break_after = 2;
    assert_tp_ok(pull(f, &err), &err);
    assert_true(is_whole(f));
    assert_int_equal(f->stats.resumed, 7);
    assert_int_equal(f->stats.breaks, 0);
}

/* It breaks at the same place for ever, and no rest is ever right. */
static void
test_parts__that_never_come_to_an_end(void **state)
{
    fixture *f = *state;
    tp_err err = {0};
    f->site.breaks = 1000;
    f->site.part_etag = "\"v2\"";
    assert_tp_fails(pull(f, &err), TP_E_NET, &err, "");
    assert_in_range(f->site.asked, 3, 6);
    assert_false(tp_landing_exists(f->store, &f->key));
}

/* What cannot be the rest of this file is left, and the file begins anew. */
static void
assert_begins_anew(fixture *f)
{
    tp_err err = {0};
    f->key.byte[0]++;
    f->site.asked = f->site.parts = 0;
    f->stats = (tp_pull_stats){0};
    assert_tp_ok(pull(f, &err), &err);
    assert_true(is_whole(f));
    assert_int_equal(f->site.parts, 1);
    assert_int_equal(f->stats.resumed, 0);
    assert_int_equal(f->stats.retries, 2);
}

static void
test_parts__of_another_length_or_place(void **state)
{
    fixture *f = *state;
    f->site.more_total = 1;
    assert_begins_anew(f);
    f->site.more_total = -16;
    assert_begins_anew(f);
    f->site.more_total = 0;
    f->site.no_total = true;
    assert_begins_anew(f);
    f->site.no_total = false;
    f->site.shift = 16;
    assert_begins_anew(f);
}

/* The server overlooks If-Range: bytes of two versions must not become one file. */
static void
test_parts__of_another_version(void **state)
{
    fixture *f = *state;
    f->site.part_etag = "\"v2\"";
    assert_begins_anew(f);
    f->site.part_etag = "W/\"v1\"";
    assert_begins_anew(f);
    f->site.part_etag = ""; /* nobody knows of which */
    assert_begins_anew(f);
}

static void
test_parts__that_nobody_asked_for(void **state)
{
    fixture *f = *state;
    tp_err err = {0};
    f->site.breaks = 0;
    f->site.unasked = true;
    assert_tp_fails(pull(f, &err), TP_E_SCHEMA, &err, "status 206: a part of a body");
    assert_false(tp_landing_exists(f->store, &f->key));
    f->source.fetch[0].page.kind = TP_PAGE_NONE;
    err = (tp_err){0};
    assert_tp_fails(pull(f, &err), TP_E_SCHEMA, &err, "status 206: a part of a body");
}

#define parts_test(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        parts_test(test_parts__shorter_than_asked_for),
        parts_test(test_parts__attempts_count_from_the_last_that_brought_bytes),
        parts_test(test_parts__that_never_come_to_an_end),
        parts_test(test_parts__of_another_length_or_place),
        parts_test(test_parts__of_another_version),
        parts_test(test_parts__that_nobody_asked_for),
    };
    return cmocka_run_group_tests_name("integration/parts", tests, NULL, NULL);
}
