/* A body that is cut anywhere is never taken for a whole one: over real HTTP, at every byte. */
#include "tests/unit/etl/format/collect.h"

#include "talent/etl/http.h"
#include "tests/support/http_server.h"

/* Served whole, or its first bytes alone. */
typedef struct site {
    const char *body;
    size_t n;    /* bytes given */
    bool length; /* the whole length is announced, and the connection breaks after n */
} site;

typedef struct fixture {
    tp_arena arena;
    tp_shape shape;
    site site;
    http_server *server;
    tp_http *http;
    char host[32];
    rows rows;
    tp_parse_stats stats;
} fixture;

static void
answer(void *user, const http_ask *ask, http_reply *reply)
{
    const site *s = user;
    (void)ask;
    snprintf(reply->body, sizeof reply->body, "%s", s->body);
    if (s->length) {
        reply->cut_at = s->n;
    } else {
        reply->body[s->n] = '\0';
        reply->no_length = true;
    }
}

static int
setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    tp_err err = {0};
    f->server = http_server_start(answer, &f->site);
    assert_non_null(f->server);
    snprintf(f->host, sizeof f->host, "127.0.0.1:%d", http_server_port(f->server));
    const tp_http_options options = {.n_hosts = 1, .host = {tp_str_of(f->host)}};
    assert_tp_ok(tp_http_open(&options, &f->http, &err), &err);
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    tp_http_close(f->http);
    http_server_stop(f->server);
    tp_buf_clear(&f->rows.text);
    tp_arena_clear(&f->arena);
    free(f);
    return 0;
}

/* Asks for the body; what came is parsed when the transfer thinks it whole. */
static tp_code
get(fixture *f, tp_err *err)
{
    char url[64];
    tp_http_answer *got = NULL;
    snprintf(url, sizeof url, "http://%s/body", f->host);
    const tp_http_request request = {.url = tp_str_of(url)};
    TP_RETURN_SAME(tp_http_start(f->http, &request, err));
    while (got == NULL) {
        TP_RETURN_SAME(tp_http_wait(f->http, 1000, &got, err));
    }
    tp_code rc = got->code;
    *err = got->err;
    if (rc == TP_OK) {
        assert_int_equal(got->size, f->site.n);
        assert_false(got->framed);
        rc = parse_step(&f->shape, got->body, 0, &f->rows, &f->stats, err);
    }
    tp_http_release(f->http, got);
    return rc;
}

/* Every beginning of the body but the empty one, with its length announced and without. */
static void
cut_everywhere(fixture *f, const char *body, bool lines)
{
    const size_t whole = strlen(body);
    f->site.body = body;
    for (size_t n = 1; n < whole; n++) {
        for (int length = 0; length < 2; length++) {
            tp_err err = {0};
            f->site.n = n;
            f->site.length = length == 1;
            const tp_code rc = get(f, &err);
            if (rc == TP_E_NET) {
                continue;
            }
            /* Lines look whole where the last has all it needs: without a length the pull wants a
             * line end besides, and between two lines the declared totals tell. */
            const char last = body[n - 1];
            const bool looks_whole = last == '\n' || last == '}' || f->stats.no_line_end;
            if (!lines || f->site.length || rc != TP_OK || !looks_whole) {
                print_error("the first %zu bytes%s gave %s: %s\n", n,
                            f->site.length ? " of a known length" : "", tp_code_name(rc),
                            rc != TP_OK ? err.frame[0].text : "");
                fail();
            }
        }
    }
}

static void
test_cut__json(void **state)
{
    fixture *f = *state;
    f->shape.format = TP_FORMAT_JSON;
    add_select(&f->shape, &f->arena, -1, false, "data[]", SLOTS("id", "nama"));
    cut_everywhere(
        f, "{\"data\":[{\"id\":12,\"nama\":\"S\xc3\xa9\\u00e9\"},{\"id\":true}],\"n\":2}", false);
}

static void
test_cut__xml(void **state)
{
    fixture *f = *state;
    f->shape.format = TP_FORMAT_XML;
    add_select(&f->shape, &f->arena, -1, false, "r/p", SLOTS("@id", "nama"));
    cut_everywhere(f,
                   "<?xml version=\"1.0\"?>\n<r><p id=\"1\"><nama>S&amp;<![CDATA[x]]></nama></p>"
                   "<!-- c --><p/></r>",
                   false);
}

static void
test_cut__lines_and_tables(void **state)
{
    fixture *f = *state;
    f->shape.format = TP_FORMAT_NDJSON;
    add_select(&f->shape, &f->arena, -1, false, "", SLOTS("id", "nama"));
    cut_everywhere(f, "{\"id\":1,\"nama\":\"A\"}\n{\"id\":2}\n", true);
    f->shape = (tp_shape){.format = TP_FORMAT_CSV};
    add_select(&f->shape, &f->arena, -1, false, "", SLOTS("id", "nama"));
    cut_everywhere(f, "id;nama\n1;\"A;B\"\n2;C\n", true);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_cut__json),
        T(test_cut__xml),
        T(test_cut__lines_and_tables),
    };
    return cmocka_run_group_tests_name("cut bodies", tests, NULL, NULL);
}
