/* A source is pulled over real HTTP: log-in, paging, refusals, faults; whole or not at all. */
#include "tests/support/tp_test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "talent/etl/extract.h"
#include "tests/support/http_server.h"
#include "tests/support/scratch.h"

enum { NEXT, TOTAL, COUNT, LAST, CODE, SLOTS, STEPS_MAX = 3 };

/* What the server does; set before it is asked, read by its thread. */
typedef struct site {
    unsigned tokens;     /* given so far */
    unsigned valid_from; /* tokens older than this are refused */
    unsigned expire_at;  /* data request at which all tokens end; 0 = never */
    unsigned data;       /* data requests so far */
    unsigned bad_times;  /* requests of /flaky that fail first */
    unsigned asked;      /* requests of /flaky */
    unsigned parts;      /* answers 206 */
    const char *etag;    /* of /parts; changes with every answer when it is NULL */
    const char *coding;  /* Content-Encoding of /packed */
    char redirect[128];
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
    tp_path_step step[SLOTS][STEPS_MAX];
    tp_slot slot[SLOTS];
    char base[64];
    char url[2][96];
    volatile int cancel;
} fixture;

/* ---- the server ---- */

static void
answer_token(site *s, const http_ask *ask, http_reply *reply)
{
    const bool client = strcmp(ask->path, "/token") == 0;
    const bool known =
        client ? strcmp(http_ask_header(ask, "Authorization"), "Basic Y2k6czpjKw==") == 0 &&
                     strcmp(ask->body, "grant_type=client_credentials") == 0
               : strcmp(ask->body, "grant_type=password&client_id=ci&username=u%20u"
                                   "&password=p%26p") == 0;
    reply->status = known ? 200 : 401;
    snprintf(reply->body, sizeof reply->body, "{\"access_token\":\"%s-%u\",\"expires_in\":3600}",
             client ? "gw" : "us", ++s->tokens);
}

static bool
token_good(const site *s, const char *header, const char *prefix)
{
    unsigned n = 0;
    const size_t len = strlen(prefix);
    return strncmp(header, prefix, len) == 0 && sscanf(header + len, "%u", &n) == 1 &&
           n >= s->valid_from;
}

/* Per-person calls: 404 with an envelope for persons ending in 3, both tokens needed. */
static void
answer_person(site *s, const http_ask *ask, http_reply *reply)
{
    reply->type = "application/json";
    if (++s->data == s->expire_at) {
        s->valid_from = s->tokens + 1;
    }
    if (!token_good(s, http_ask_header(ask, "Authorization"), "Bearer gw-") ||
        !token_good(s, http_ask_header(ask, "Auth"), "bearer us-")) {
        reply->status = 401;
        snprintf(reply->body, sizeof reply->body, "%s",
                 "{\"code\":\"900901\",\"message\":\"Invalid Credentials\"}");
    } else if (ask->path[strlen(ask->path) - 1] == '3') {
        reply->status = 404;
        snprintf(reply->body, sizeof reply->body, "%s",
                 "{\"code\":0,\"data\":\"Data tidak ditemukan\"}");
    } else {
        snprintf(reply->body, sizeof reply->body, "{\"code\":1,\"data\":[{\"id\":\"%s\"}]}",
                 ask->path);
    }
}

static int
number(const char *text)
{
    int64_t n = 0;
    return tp_str_to_i64(tp_str_of(text), &n) ? (int)n : 0;
}

/* Pages of 2 of 5 rows, by number, offset, cursor or link, with what each kind announces. */
static void
answer_pages(const http_ask *ask, http_reply *reply)
{
    const char *of = strrchr(ask->path, '/') + 1;
    int from = strcmp(of, "number") == 0 || strcmp(of, "link") == 0 || strcmp(of, "loop") == 0 ||
                       strcmp(of, "away") == 0
                   ? 2 * (number(http_ask_param(ask, "p")) - 1)
                   : number(http_ask_param(ask, "p"));
    char items[128] = "";
    from = from < 0 ? 0 : from;
    for (int i = from; i < from + 2 && i < 5; i++) {
        snprintf(items + strlen(items), sizeof items - strlen(items), "%s{\"id\":\"r%d\"}",
                 i > from ? "," : "", i);
    }
    char next[128] = "";
    if (strcmp(of, "cursor") == 0 && from + 2 < 5) {
        snprintf(next, sizeof next, ",\"next\":\"%d\"", from + 2);
    } else if (strcmp(of, "link") == 0 && from + 2 < 5) {
        snprintf(next, sizeof next, ",\"next\":\"?p=%d\"", from / 2 + 2);
    } else if (strcmp(of, "loop") == 0) {
        snprintf(next, sizeof next, ",\"next\":\"?p=%d\"", from == 0 ? 2 : 1);
    } else if (strcmp(of, "away") == 0) {
        snprintf(next, sizeof next, ",\"next\":\"https://feeds.example.invalid/?p=2\"");
    }
    snprintf(reply->body, sizeof reply->body, "{\"items\":[%s],\"total\":\"%d\"%s}", items,
             strcmp(http_ask_param(ask, "lie"), "1") == 0 ? 6 : 5, next);
}

/* 40,000 bytes as two gzip members; the last one lacks its trailer when it is cut. */
static void
answer_gzip(site *s, http_reply *reply)
{
    static char text[20000];
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (char)('a' + (i * i / 7) % 26);
    }
    for (int member = 0; member < 2; member++) {
        z_stream z = {.next_in = (Bytef *)text,
                      .avail_in = sizeof text,
                      .next_out = (Bytef *)reply->body + reply->n,
                      .avail_out = (uInt)(sizeof reply->body - reply->n)};
        assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
        assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
        reply->n += z.total_out;
        deflateEnd(&z);
    }
    reply->n -= s->asked++ < s->bad_times ? 8 : 0;
}

enum { PARTS_BYTES = 4 << 20 };

/* A file of 4 MiB that breaks after a quarter, and whose rest can be asked for. */
static void
answer_parts(site *s, const http_ask *ask, http_reply *reply)
{
    static char etag[32];
    const char *range = http_ask_header(ask, "Range");
    unsigned long long from = 0;
    snprintf(etag, sizeof etag, "\"v%u\"", s->etag != NULL ? 0 : s->asked);
    if (s->etag != NULL) {
        snprintf(etag, sizeof etag, "%s", s->etag);
    }
    reply->field[0] = "ETag";
    reply->field[1] = etag;
    reply->field[2] = "Accept-Ranges";
    reply->field[3] = "bytes";
    if (sscanf(range, "bytes=%llu-", &from) == 1 &&
        strcmp(http_ask_header(ask, "If-Range"), etag) == 0) {
        static char text[64];
        snprintf(text, sizeof text, "bytes %llu-%d/%d", from, PARTS_BYTES - 1, PARTS_BYTES);
        reply->status = 206;
        reply->field[4] = "Content-Range";
        reply->field[5] = text;
        s->parts++;
    } else {
        from = 0;
    }
    for (unsigned i = 0; i < 16; i++) {
        reply->body[i] = "0123456789abcdef"[(from + i) % 16];
    }
    reply->total = PARTS_BYTES - from;
    reply->cut_at = s->asked++ < s->bad_times ? 1 << 20 : 0;
}

/* A JSON list, packed. */
static void
answer_packed(site *s, http_reply *reply)
{
    static char text[60000];
    size_t n = 0;
    text[n++] = '[';
    for (int i = 0; n < sizeof text - 64; i++) {
        n += (size_t)snprintf(text + n, 64, "%s{\"id\":\"p%d\"}", i > 0 ? "," : "", i);
    }
    text[n++] = ']';
    reply->field[0] = "Content-Encoding";
    reply->field[1] = s->coding;
    if (strcmp(s->coding, "zstd") == 0) {
        reply->n = ZSTD_compress(reply->body, sizeof reply->body, text, n, 3);
    } else {
        const int bits = strcmp(s->coding, "gzip") == 0 ? 31 : 15;
        z_stream z = {.next_in = (Bytef *)text,
                      .avail_in = (uInt)n,
                      .next_out = (Bytef *)reply->body,
                      .avail_out = sizeof reply->body};
        assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
        assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
        reply->n = z.total_out;
        deflateEnd(&z);
    }
    reply->n -= s->asked++ < s->bad_times ? 5 : 0;
}

static void
answer_flaky(site *s, const http_ask *ask, http_reply *reply)
{
    const char *how = strrchr(ask->path, '/') + 1;
    if (strncmp(how, "rows", 4) == 0) {
        /* A table, cut within a row while it is bad; only "rows-length" says how long it is. */
        const bool cut = s->asked++ < s->bad_times;
        snprintf(reply->body, sizeof reply->body, "%s",
                 cut ? "nip;nama\n1;AN" : "nip;nama\n1;ANI\n");
        reply->no_length = strcmp(how, "rows-length") != 0;
        return;
    }
    if (strcmp(how, "gzip") == 0) {
        answer_gzip(s, reply);
        return;
    }
    const bool bad = s->asked++ < s->bad_times;
    snprintf(reply->body, sizeof reply->body, "%s", "0123456789abcdef");
    reply->repeat = strcmp(how, "small") == 0 ? 1 : 1 << 18; /* 4 MiB */
    if (!bad) {
        return;
    }
    if (strcmp(how, "cut") == 0) {
        reply->cut_at = 1 << 20;
    } else if (strcmp(how, "html") == 0) {
        snprintf(reply->body, sizeof reply->body, "%s", "<html><body>log in</body></html>");
    } else if (strcmp(how, "wait") == 0) {
        reply->status = 429;
        reply->field[0] = "Retry-After";
        reply->field[1] = "1";
    } else if (strcmp(how, "forever") == 0) {
        reply->status = 429;
        reply->field[0] = "Retry-After";
        reply->field[1] = "9223372036854775807";
    } else if (strcmp(how, "empty") == 0) {
        reply->body[0] = '\0';
    } else if (strcmp(how, "stall") == 0) {
        reply->stall_ms = 2500;
    } else {
        reply->status = 500;
        reply->repeat = 1;
    }
}

static void
answer(void *user, const http_ask *ask, http_reply *reply)
{
    site *s = user;
    if (strcmp(ask->path, "/token") == 0 || strcmp(ask->path, "/sso") == 0) {
        answer_token(s, ask, reply);
    } else if (strncmp(ask->path, "/person/", 8) == 0) {
        answer_person(s, ask, reply);
    } else if (strncmp(ask->path, "/pages/", 7) == 0) {
        answer_pages(ask, reply);
    } else if (strncmp(ask->path, "/flaky/", 7) == 0) {
        answer_flaky(s, ask, reply);
    } else if (strcmp(ask->path, "/parts") == 0) {
        answer_parts(s, ask, reply);
    } else if (strcmp(ask->path, "/packed") == 0) {
        answer_packed(s, reply);
    } else if (strcmp(ask->path, "/moved") == 0) {
        reply->status = 302;
        reply->field[0] = "Location";
        reply->field[1] = s->redirect;
        snprintf(reply->body, sizeof reply->body, "<html><body>moved</body></html>");
    } else {
        reply->status = 404;
        snprintf(reply->body, sizeof reply->body, "%s",
                 "{\"code\":\"404\",\"type\":\"Status report\"}");
    }
}

/* ---- the source ---- */

static void
set_slot(fixture *f, int slot, const char *a, const char *each)
{
    tp_path_step *s = f->step[slot];
    s[0] = (tp_path_step){.kind = TP_PATH_CHILD, .name = tp_str_of(a)};
    s[1] = (tp_path_step){.kind = TP_PATH_EACH};
    s[2] = (tp_path_step){.kind = TP_PATH_CHILD, .name = tp_str_of(each)};
    f->slot[slot] = (tp_slot){.path = {.n = each != NULL ? 3 : 1, .step = s}, .many = each != NULL};
}

static tp_fetch *
set_fetch(fixture *f, const char *path, tp_page_kind kind)
{
    f->source.n_fetch = 1;
    f->source.fetch[0] = (tp_fetch){
        .name = TP_STR("list"),
        .path = tp_str_of(path),
        .page = {.kind = kind,
                 .param = TP_STR("p"),
                 .size = 2,
                 .first = kind == TP_PAGE_NUMBER,
                 .next_slot = NEXT,
                 .more_slot = -1,
                 .last_slot = -1,
                 .total_slot = TOTAL,
                 .count_slot = COUNT},
    };
    if (kind != TP_PAGE_FILE) {
        f->source.fetch[0].envelope = (tp_shape){.format = TP_FORMAT_JSON, .n_selects = 1};
        f->source.fetch[0].envelope.select[0] =
            (tp_select){.parent = -1, .n_slots = SLOTS, .slot = f->slot, .document = true};
    }
    return &f->source.fetch[0];
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
    assert_tp_ok(tp_cfg_set(f->cfg, "secrets.dir", f->dir->dir, "test", &err), &err);
    assert_tp_ok(tp_store_open(scratch_path(f->dir, "state"), &f->store, &err), &err);
    set_slot(f, NEXT, "next", NULL);
    set_slot(f, TOTAL, "total", NULL);
    set_slot(f, COUNT, "items", "id");
    set_slot(f, LAST, "last", NULL);
    set_slot(f, CODE, "code", NULL);
    f->source = (tp_source){
        .id = TP_STR("demo"), .base_url = tp_str_of(f->base), .attempts = 3, .parallel = 3};
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
three_keys(void *user, const tp_fetch *fetch, tp_arena *arena, const tp_str **out, size_t *out_n,
           tp_err *err)
{
    static const tp_str KEYS[] = {
        {"197003151995032004", 18}, {"197003151995032003", 18}, {"197003151995032001", 18},
        {"197003151995032002", 18}, {"197003151995032009", 18},
    };
    (void)user, (void)fetch, (void)arena, (void)err;
    *out = KEYS;
    *out_n = TP_COUNT(KEYS);
    return TP_OK;
}

static tp_code
pull(fixture *f, tp_pull_stats *stats, tp_err *err)
{
    const tp_ctx ctx = {.threads = 1, .cancel = &f->cancel};
    const tp_pull_order order = {.source = &f->source,
                                 .cfg = f->cfg,
                                 .store = f->store,
                                 .landing_key = &f->key,
                                 .secret_key = f->secret,
                                 .keys = three_keys};
    return tp_pull_source(&order, &ctx, stats, err);
}

/* The pull fails with this code, says this somewhere in its chain, and lands nothing. */
static void
assert_pull_fails(fixture *f, tp_code code, const char *part)
{
    tp_err err = {0};
    tp_pull_stats stats = {0};
    bool found = false;
    const tp_code rc = pull(f, &stats, &err);
    for (int i = 0; i < err.depth; i++) {
        found = found || strstr(err.frame[i].text, part) != NULL;
        assert_null(strstr(err.frame[i].text, "197003"));
    }
    if (!found || rc != code) {
        for (int i = 0; i < err.depth; i++) {
            print_error("%s: %s\n", tp_code_name(rc), err.frame[i].text);
        }
    }
    assert_int_equal(rc, code);
    assert_true(found);
    assert_false(tp_landing_exists(f->store, &f->key));
}

static tp_landing *
open_landing(fixture *f)
{
    tp_landing *l = NULL;
    tp_err err = {0};
    assert_tp_ok(tp_landing_open(f->store, &f->key, f->secret, &l, &err), &err);
    return l;
}

/* ---- log-in ---- */

static void
siasn_like(fixture *f)
{
    scratch_file(f->dir, "client", "ci");
    scratch_file(f->dir, "csecret", "s:c+");
    scratch_file(f->dir, "user", "u u");
    scratch_file(f->dir, "password", "p&p");
    snprintf(f->url[0], sizeof f->url[0], "%s/token", f->base);
    snprintf(f->url[1], sizeof f->url[1], "%s/sso", f->base);
    f->source.n_auth = 2;
    f->source.auth[0] = (tp_auth){.kind = TP_AUTH_OAUTH2_CLIENT,
                                  .gives = TP_STR("gateway"),
                                  .url = tp_str_of(f->url[0]),
                                  .basic_style = true,
                                  .client_id = TP_STR("client"),
                                  .client_secret = TP_STR("csecret")};
    f->source.auth[1] = (tp_auth){.kind = TP_AUTH_OAUTH2_PASSWORD,
                                  .gives = TP_STR("user"),
                                  .url = tp_str_of(f->url[1]),
                                  .client_id = TP_STR("client"),
                                  .username = TP_STR("user"),
                                  .password = TP_STR("password")};
    f->source.n_headers = 2;
    f->source.header[0] = (tp_pair){TP_STR("Authorization"), TP_STR("Bearer {token:gateway}")};
    f->source.header[1] = (tp_pair){TP_STR("Auth"), TP_STR("bearer {token:user}")};
    tp_fetch *fetch = set_fetch(f, "/person/{key}", TP_PAGE_NONE);
    fetch->each_source = TP_STR("roster");
    fetch->n_outcomes = 2;
    fetch->outcome[0] = (tp_outcome){
        .status = {200, 404}, .slot = CODE, .value = {TP_STR("0")}, .then = TP_THEN_EMPTY};
    fetch->outcome[1] = (tp_outcome){.status = {401},
                                     .slot = CODE,
                                     .value = {TP_STR("90090")},
                                     .prefix = true,
                                     .then = TP_THEN_RENEW_TOKEN};
}

static void
test_pull__two_tokens_and_a_404_without_rows(void **state)
{
    fixture *f = *state;
    tp_pull_stats stats = {0};
    tp_err err = {0};
    siasn_like(f);
    assert_tp_ok(pull(f, &stats, &err), &err);
    assert_int_equal(stats.requests, 5);
    assert_int_equal(stats.bodies, 5);
    assert_int_equal(stats.empty, 1);
    assert_int_equal(f->site.tokens, 2);
    tp_landing *l = open_landing(f);
    assert_int_equal(tp_landing_count(l), 5);
    for (size_t i = 0; i < 5; i++) {
        const tp_body *b = tp_landing_body(l, i);
        assert_int_equal(b->status, i == 2 ? 404 : 200);
        assert_int_equal(tp_body_parses(b), i != 2);
        assert_int_equal(b->request_key.n, 18);
        assert_true(i == 0 ||
                    tp_str_cmp(tp_landing_body(l, i - 1)->request_key, b->request_key) < 0);
        assert_tp_str(b->content_type, "application/json");
        assert_true(b->fetched_at > 1600000000);
    }
    tp_landing_close(l);
}

static void
test_pull__expired_tokens_are_renewed_once_for_all(void **state)
{
    fixture *f = *state;
    tp_pull_stats stats = {0};
    tp_err err = {0};
    siasn_like(f);
    f->site.expire_at = 3;
    assert_tp_ok(pull(f, &stats, &err), &err);
    assert_int_equal(stats.bodies, 5);
    assert_int_equal(stats.renewals, 1);
    assert_int_equal(f->site.tokens, 4);
}

static void
test_pull__a_second_refusal_is_an_error(void **state)
{
    fixture *f = *state;
    siasn_like(f);
    f->site.valid_from = 1000;
    assert_pull_fails(f, TP_E_CONFIG, "refused again with a new token");
}

static void
test_pull__wrong_password_names_the_secret(void **state)
{
    fixture *f = *state;
    siasn_like(f);
    scratch_file(f->dir, "password", "wrong-one");
    assert_pull_fails(f, TP_E_CONFIG, "check secret password");
}

static void
test_pull__missing_secret(void **state)
{
    fixture *f = *state;
    siasn_like(f);
    f->source.auth[1].password = TP_STR("no_such_secret");
    assert_pull_fails(f, TP_E_CONFIG, "no_such_secret");
}

static void
test_pull__a_static_token_stands_in(void **state)
{
    fixture *f = *state;
    tp_pull_stats stats = {0};
    tp_err err = {0};
    siasn_like(f);
    scratch_file(f->dir, "password", "wrong-one");
    scratch_file(f->dir, "pasted", "us-500");
    f->source.n_auth = 3;
    f->source.auth[2] = (tp_auth){
        .kind = TP_AUTH_STATIC_TOKEN, .gives = TP_STR("user"), .password = TP_STR("pasted")};
    assert_tp_ok(pull(f, &stats, &err), &err);
    assert_int_equal(stats.bodies, 5);
}

/* ---- paging ---- */

static void
assert_pages(fixture *f, const char *path, tp_page_kind kind, uint64_t requests)
{
    tp_pull_stats stats = {0};
    tp_err err = {0};
    tp_fetch *fetch = set_fetch(f, path, kind);
    if (kind == TP_PAGE_LINK || kind == TP_PAGE_CURSOR) {
        fetch->page.total_slot = -1;
    }
    f->key.byte[0]++;
    assert_tp_ok(pull(f, &stats, &err), &err);
    assert_int_equal(stats.requests, requests);
    tp_landing *l = open_landing(f);
    assert_int_equal(tp_landing_count(l), 3);
    for (uint32_t i = 0; i < 3; i++) {
        char bytes[512] = "";
        char want[16];
        size_t n = 0;
        tp_reader *r = NULL;
        assert_int_equal(tp_landing_body(l, i)->page, i);
        assert_tp_ok(tp_landing_reader_open(l, i, &r, &err), &err);
        assert_tp_ok(r->read(r, bytes, sizeof bytes - 1, &n, &err), &err);
        tp_landing_reader_close(r);
        snprintf(want, sizeof want, "[{\"id\":\"r%u\"}", 2 * i);
        assert_non_null(strstr(bytes, want));
    }
    tp_landing_close(l);
}

static void
test_pull__every_kind_of_paging(void **state)
{
    fixture *f = *state;
    assert_pages(f, "/pages/number", TP_PAGE_NUMBER, 3);
    assert_pages(f, "/pages/offset", TP_PAGE_OFFSET, 3);
    assert_pages(f, "/pages/cursor", TP_PAGE_CURSOR, 3);
    assert_pages(f, "/pages/link", TP_PAGE_LINK, 3);
}

static void
test_pull__rings_lies_and_strange_links(void **state)
{
    fixture *f = *state;
    set_fetch(f, "/pages/loop", TP_PAGE_LINK);
    assert_pull_fails(f, TP_E_SCHEMA, "ring");
    set_fetch(f, "/pages/number?lie=1", TP_PAGE_NUMBER);
    assert_pull_fails(f, TP_E_NET, "5 rows came of 6 announced");
    set_fetch(f, "/pages/away", TP_PAGE_LINK);
    assert_pull_fails(f, TP_E_CONFIG, "host feeds.example.invalid:443 is not allowed");
}

/* ---- faults ---- */

static void
assert_flaky(fixture *f, const char *path, unsigned bad, uint64_t size)
{
    tp_pull_stats stats = {0};
    tp_err err = {0};
    set_fetch(f, path, TP_PAGE_FILE);
    f->key.byte[0]++;
    f->site.asked = 0;
    f->site.bad_times = bad;
    assert_tp_ok(pull(f, &stats, &err), &err);
    assert_int_equal(stats.retries, bad);
    assert_int_equal(stats.bytes, size);
    tp_landing *l = open_landing(f);
    tp_reader *r = NULL;
    char *bytes = malloc(size + 1);
    size_t got = 0, n = 1;
    assert_int_equal(tp_landing_count(l), 1);
    assert_int_equal(tp_landing_body(l, 0)->size, size);
    assert_tp_ok(tp_landing_reader_open(l, 0, &r, &err), &err);
    while (n > 0) {
        assert_tp_ok(r->read(r, bytes + got, size + 1 - got, &n, &err), &err);
        got += n;
    }
    assert_int_equal(got, size);
    for (size_t i = 0; i < got; i++) {
        assert_int_equal(bytes[i], "0123456789abcdef"[i % 16]);
    }
    free(bytes);
    tp_landing_reader_close(r);
    tp_landing_close(l);
}

static void
test_pull__files_after_faults(void **state)
{
    fixture *f = *state;
    assert_flaky(f, "/flaky/500", 0, 4 << 20);
    assert_flaky(f, "/flaky/small", 0, 16);
    assert_flaky(f, "/flaky/500", 1, 4 << 20);
    assert_flaky(f, "/flaky/cut", 1, 4 << 20);
    assert_flaky(f, "/flaky/html", 1, 4 << 20);
    assert_flaky(f, "/flaky/empty", 1, 4 << 20);
    assert_flaky(f, "/flaky/wait", 1, 4 << 20);
}

static void
test_pull__gzip_without_its_trailer(void **state)
{
    fixture *f = *state;
    tp_pull_stats stats = {0};
    tp_err err = {0};
    f->site.bad_times = 1;
    set_fetch(f, "/flaky/gzip", TP_PAGE_FILE)->gzip_file = true;
    assert_tp_ok(pull(f, &stats, &err), &err);
    assert_int_equal(stats.retries, 1);
    assert_int_equal(stats.bodies, 1);
    f->key.byte[0]++;
    f->site.bad_times = 1000;
    assert_pull_fails(f, TP_E_NET, "ends without its trailer");
    f->site.bad_times = 0;
    f->source.fetch[0].shape.limit.unpacked_bytes = 39999;
    assert_pull_fails(f, TP_E_RANGE, "unpacks to more than 39999 bytes");
    f->source.fetch[0].shape.limit.unpacked_bytes = 40000;
    assert_tp_ok(pull(f, &stats, &err), &err);
}

/* A table without a length that ends within a row is cut, wherever it is cut. */
static void
test_pull__rows_without_a_length(void **state)
{
    fixture *f = *state;
    tp_pull_stats stats = {0};
    tp_err err = {0};
    const tp_page_kind kind[] = {TP_PAGE_FILE, TP_PAGE_NONE};
    for (size_t i = 0; i < TP_COUNT(kind); i++) {
        set_fetch(f, "/flaky/rows", kind[i])->shape.format = TP_FORMAT_CSV;
        f->source.fetch[0].envelope = (tp_shape){0};
        f->source.fetch[0].page.count_slot = f->source.fetch[0].page.total_slot = -1;
        f->key.byte[0]++;
        f->site.asked = 0;
        f->site.bad_times = 1;
        stats = (tp_pull_stats){0};
        assert_tp_ok(pull(f, &stats, &err), &err);
        assert_int_equal(stats.retries, 1);
        assert_int_equal(stats.bytes, strlen("nip;nama\n1;ANI\n"));
        f->site.bad_times = 1000;
        f->key.byte[0]++;
        assert_tp_fails(pull(f, &stats, &err), TP_E_NET, &err, "ends within a line");
        f->source.fetch[0].path = TP_STR("/flaky/rows-length"); /* known to be whole */
        err = (tp_err){0};
        assert_tp_ok(pull(f, &stats, &err), &err);
    }
}

static void
assert_parts(fixture *f, unsigned resumed)
{
    tp_pull_stats stats = {0};
    tp_err err = {0};
    set_fetch(f, "/parts", TP_PAGE_FILE);
    f->key.byte[0]++;
    f->site.asked = 0;
    f->site.bad_times = 2;
    assert_tp_ok(pull(f, &stats, &err), &err);
    assert_int_equal(stats.resumed, resumed);
    assert_int_equal(stats.bytes, PARTS_BYTES);
    tp_landing *l = open_landing(f);
    tp_reader *r = NULL;
    uint64_t got = 0;
    size_t n = 1;
    char piece[16 * 1000];
    assert_tp_ok(tp_landing_reader_open(l, 0, &r, &err), &err);
    while (n > 0) {
        assert_tp_ok(r->read(r, piece, sizeof piece, &n, &err), &err);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(piece[i], "0123456789abcdef"[(got + i) % 16]);
        }
        got += n;
    }
    assert_int_equal(got, PARTS_BYTES);
    assert_int_equal(tp_landing_body(l, 0)->status, 200);
    tp_landing_reader_close(r);
    tp_landing_close(l);
}

static void
test_pull__a_broken_file_goes_on_where_it_broke(void **state)
{
    fixture *f = *state;
    f->site.etag = "\"same\"";
    assert_parts(f, 2);
    assert_int_equal(f->site.parts, 2);
    f->site.etag = "W/\"weak\""; /* says nothing of its bytes */
    assert_parts(f, 0);
    f->site.etag = NULL; /* another file each time */
    assert_parts(f, 0);
    assert_int_equal(f->site.parts, 2);
}

static void
test_pull__packed_bodies_land_as_they_were(void **state)
{
    static const char *const CODING[] = {"gzip", "deflate", "zstd"};
    fixture *f = *state;
    for (size_t i = 0; i < TP_COUNT(CODING); i++) {
        tp_pull_stats stats = {0};
        tp_err err = {0};
        set_fetch(f, "/packed", TP_PAGE_NONE)->envelope.n_selects = 0;
        f->site.coding = CODING[i];
        f->site.asked = 0;
        f->site.bad_times = 1; /* cut short inside: tried again */
        f->key.byte[0]++;
        assert_tp_ok(pull(f, &stats, &err), &err);
        assert_int_equal(stats.retries, 1);
        assert_in_range(stats.bytes, 59000, 60000);
        f->key.byte[0]++;
        f->site.bad_times = 1000;
        assert_pull_fails(f, TP_E_NET, "ends too early: it was cut short");
        f->site.bad_times = 0;
        f->source.fetch[0].shape.limit.body_bytes = 30000;
        assert_pull_fails(f, TP_E_RANGE, "larger than 30000 bytes");
    }
    set_fetch(f, "/packed", TP_PAGE_NONE);
    f->site.coding = "br";
    assert_pull_fails(f, TP_E_SCHEMA, "packed as \"br\"");
}

static void
test_pull__faults_that_stay(void **state)
{
    fixture *f = *state;
    f->site.bad_times = 1000;
    set_fetch(f, "/flaky/500", TP_PAGE_FILE);
    assert_pull_fails(f, TP_E_NET, "status 500 and no data, every time");
    set_fetch(f, "/flaky/cut", TP_PAGE_FILE);
    assert_pull_fails(f, TP_E_NET, "attempt 3 of 3");
    set_fetch(f, "/flaky/forever", TP_PAGE_FILE);
    assert_pull_fails(f, TP_E_NET, "asks to wait 9223372036854775807 s");
    set_fetch(f, "/nowhere/{key}", TP_PAGE_NONE)->each_source = TP_STR("roster");
    assert_pull_fails(f, TP_E_SCHEMA, "source demo, fetch list, http://127.0.0.1");
    set_fetch(f, "/nowhere/{key}", TP_PAGE_NONE)->each_source = TP_STR("roster");
    assert_pull_fails(f, TP_E_SCHEMA, "/nowhere/{key}");
    f->site.bad_times = 0;
    set_fetch(f, "/flaky/500", TP_PAGE_FILE)->shape.limit.body_bytes = 1 << 20;
    assert_pull_fails(f, TP_E_RANGE, "larger than 1048576 bytes");
    set_fetch(f, "/flaky/500", TP_PAGE_NONE)->shape.limit.body_bytes = 1 << 20;
    assert_pull_fails(f, TP_E_RANGE, "1 of 3");
}

static void
test_pull__redirects_stay_at_home(void **state)
{
    fixture *f = *state;
    tp_pull_stats stats = {0};
    tp_err err = {0};
    set_fetch(f, "/moved", TP_PAGE_FILE);
    snprintf(f->site.redirect, sizeof f->site.redirect, "https://feeds.example.invalid/x");
    assert_pull_fails(f, TP_E_CONFIG, "is not allowed");
    snprintf(f->site.redirect, sizeof f->site.redirect, "http://feeds.example.invalid/x");
    assert_pull_fails(f, TP_E_CONFIG, "plain http to feeds.example.invalid is refused");
    snprintf(f->site.redirect, sizeof f->site.redirect, "/moved");
    assert_pull_fails(f, TP_E_SCHEMA, "redirected more than 5 times");
    snprintf(f->site.redirect, sizeof f->site.redirect, "/flaky/small");
    assert_tp_ok(pull(f, &stats, &err), &err);
    assert_int_equal(stats.bytes, 16);
    assert_int_equal(stats.requests, 2);
}

/* What a server puts into an address may be a secret, whatever it calls it. */
static void
test_pull__addresses_the_server_gave_are_masked(void **state)
{
    fixture *f = *state;
    tp_pull_stats stats = {0};
    tp_err err = {0};
    char want[128];
    set_fetch(f, "/moved", TP_PAGE_FILE);
    snprintf(f->site.redirect, sizeof f->site.redirect, "/flaky/small?st=RAHASIA&n=5");
    assert_tp_ok(pull(f, &stats, &err), &err);
    tp_landing *l = open_landing(f);
    snprintf(want, sizeof want, "%s/flaky/small?st=***&n=***", f->base);
    assert_tp_str(tp_landing_body(l, 0)->url, want);
    tp_landing_close(l);
    f->key.byte[0]++;
    set_fetch(f, "/pages/link?p=1", TP_PAGE_LINK);
    assert_tp_ok(pull(f, &stats, &err), &err);
    l = open_landing(f);
    snprintf(want, sizeof want, "%s/pages/link?p=1", f->base);
    assert_tp_str(tp_landing_body(l, 0)->url, want);
    snprintf(want, sizeof want, "%s/pages/link?p=***", f->base);
    assert_tp_str(tp_landing_body(l, 1)->url, want);
    tp_landing_close(l);
}

static void
test_pull__addresses_that_are_refused(void **state)
{
    fixture *f = *state;
    set_fetch(f, "/x", TP_PAGE_NONE);
    f->source.attempts = 1;
    f->source.base_url = TP_STR("http://feeds.example.invalid");
    assert_pull_fails(f, TP_E_CONFIG, "plain http");
    f->source.base_url = TP_STR("feeds");
    assert_pull_fails(f, TP_E_CONFIG, "base_url is no web address");
}

/* No other try makes it a good one. */
static void
test_pull__a_certificate_of_ours_that_cannot_be_used(void **state)
{
    fixture *f = *state;
    char base[64];
    set_fetch(f, "/x", TP_PAGE_NONE);
    snprintf(base, sizeof base, "https://127.0.0.1:%d", http_server_port(f->server));
    f->source.base_url = tp_str_of(base);
    scratch_file(f->dir, "cert.pem", "no certificate");
    f->source.cert_file = tp_str_of(scratch_path(f->dir, "cert.pem"));
    assert_pull_fails(f, TP_E_CONFIG, "see connect.tls");
    assert_pull_fails(f, TP_E_CONFIG, "attempt 1 of 3");
}

static void *
cancel_soon(void *user)
{
    fixture *f = user;
    const struct timespec t = {0, 300 * 1000000L};
    nanosleep(&t, NULL);
    f->cancel = 1;
    return NULL;
}

static void
test_pull__cancelled_within_a_second(void **state)
{
    fixture *f = *state;
    struct timespec a, b;
    pthread_t thread;
    set_fetch(f, "/flaky/stall", TP_PAGE_FILE);
    f->site.bad_times = 1000;
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, f), 0);
    clock_gettime(CLOCK_MONOTONIC, &a);
    assert_pull_fails(f, TP_E_CANCELLED, "cancelled after 0 bodies");
    clock_gettime(CLOCK_MONOTONIC, &b);
    pthread_join(thread, NULL);
    assert_true((b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000 < 1300);
}

static void
test_pull__an_idle_connection_times_out(void **state)
{
    fixture *f = *state;
    set_fetch(f, "/flaky/stall", TP_PAGE_FILE);
    f->site.bad_times = 1000;
    f->source.total_s = 1;
    f->source.attempts = 1;
    assert_pull_fails(f, TP_E_NET, "see connect.timeouts");
}

#define pull_test(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        pull_test(test_pull__two_tokens_and_a_404_without_rows),
        pull_test(test_pull__expired_tokens_are_renewed_once_for_all),
        pull_test(test_pull__a_second_refusal_is_an_error),
        pull_test(test_pull__wrong_password_names_the_secret),
        pull_test(test_pull__missing_secret),
        pull_test(test_pull__a_static_token_stands_in),
        pull_test(test_pull__every_kind_of_paging),
        pull_test(test_pull__rings_lies_and_strange_links),
        pull_test(test_pull__files_after_faults),
        pull_test(test_pull__gzip_without_its_trailer),
        pull_test(test_pull__rows_without_a_length),
        pull_test(test_pull__a_broken_file_goes_on_where_it_broke),
        pull_test(test_pull__packed_bodies_land_as_they_were),
        pull_test(test_pull__faults_that_stay),
        pull_test(test_pull__redirects_stay_at_home),
        pull_test(test_pull__addresses_the_server_gave_are_masked),
        pull_test(test_pull__addresses_that_are_refused),
        pull_test(test_pull__a_certificate_of_ours_that_cannot_be_used),
        pull_test(test_pull__cancelled_within_a_second),
        pull_test(test_pull__an_idle_connection_times_out),
    };
    return cmocka_run_group_tests_name("integration/pull", tests, NULL, NULL);
}
