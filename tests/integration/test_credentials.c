/* Where does a source's log-in go? To its own host alone, whatever links and redirects say. */
#include "tests/support/tp_test.h"

#include "talent/etl/extract.h"
#include "tests/support/http_server.h"
#include "tests/support/scratch.h"

enum { NEXT, HOME = 0, AWAY = 1 };

/* What a server was asked last; written by its one thread. */
typedef struct site {
    unsigned asked;
    char target[128]; /* Location, and link to the next page */
    char authorization[64], key[64], cookie[64], param[64], plain[64];
} site;

typedef struct fixture {
    scratch *dir;
    http_server *server[2];
    site site[2];
    tp_cfg *cfg;
    tp_store *store;
    uint8_t secret[32];
    tp_source source;
    tp_path_step step;
    tp_slot slot;
    char base[64];
    char host[64];
} fixture;

static void
note(char *out, const char *value)
{
    snprintf(out, 64, "%s", value);
}

static void
answer(void *user, const http_ask *ask, http_reply *reply)
{
    site *s = user;
    s->asked++;
    note(s->authorization, http_ask_header(ask, "Authorization"));
    note(s->key, http_ask_header(ask, "X-Api-Key"));
    note(s->cookie, http_ask_header(ask, "Cookie"));
    note(s->plain, http_ask_header(ask, "X-Client"));
    note(s->param, http_ask_param(ask, "kunci"));
    reply->field[0] = "Set-Cookie";
    reply->field[1] = "sesi=abc; Path=/";
    snprintf(reply->body, sizeof reply->body, "{\"items\":[]}");
    if (strcmp(ask->path, "/moved") == 0) {
        reply->status = 302;
        reply->field[2] = "Location";
        reply->field[3] = s->target;
    } else if (strcmp(ask->path, "/linked") == 0) {
        snprintf(reply->body, sizeof reply->body, "{\"items\":[],\"next\":\"%s\"}", s->target);
    }
}

static void
describe(fixture *f)
{
    f->slot = (tp_slot){.path = {.n = 1, .step = &f->step}};
    f->step = (tp_path_step){.kind = TP_PATH_CHILD, .name = TP_STR("next")};
    f->source = (tp_source){
        .id = TP_STR("demo"),
        .base_url = tp_str_of(f->base),
        .attempts = 1,
        .cookies = true,
        .n_hosts = 1,
        .host = {tp_str_of(f->host)},
        .n_auth = 4,
        .auth = {{.kind = TP_AUTH_BEARER, .password = TP_STR("pass")},
                 {.kind = TP_AUTH_HEADER,
                  .header = TP_STR("X-Api-Key"),
                  .password = TP_STR("pass")},
                 {.kind = TP_AUTH_QUERY, .header = TP_STR("kunci"), .password = TP_STR("pass")},
                 {.kind = TP_AUTH_STATIC_TOKEN, .gives = TP_STR("t"), .password = TP_STR("pass")}},
        .n_headers = 1,
        .header = {{TP_STR("X-Client"), TP_STR("talentpool")}},
        .n_fetch = 1};
    tp_fetch *fetch = &f->source.fetch[0];
    *fetch = (tp_fetch){.name = TP_STR("list"),
                        .path = TP_STR("/moved"),
                        .page = {.next_slot = NEXT,
                                 .more_slot = -1,
                                 .last_slot = -1,
                                 .total_slot = -1,
                                 .count_slot = -1}};
    fetch->envelope = (tp_shape){.format = TP_FORMAT_JSON, .n_selects = 1};
    fetch->envelope.select[0] =
        (tp_select){.parent = -1, .n_slots = 1, .slot = &f->slot, .document = true};
}

static int
setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    tp_err err = {0};
    void *dir = NULL;
    assert_int_equal(scratch_setup(&dir), 0);
    f->dir = dir;
    for (int i = 0; i < 2; i++) {
        f->server[i] = http_server_start(answer, &f->site[i]);
        assert_non_null(f->server[i]);
    }
    /* Cookies know no ports: two servers of one name are told apart by their ports alone. */
    snprintf(f->base, sizeof f->base, "http://127.0.0.1:%d", http_server_port(f->server[HOME]));
    snprintf(f->host, sizeof f->host, "127.0.0.1:%d", http_server_port(f->server[AWAY]));
    snprintf(f->site[HOME].target, sizeof f->site[HOME].target, "http://%s/there", f->host);
    scratch_file(f->dir, "pass", "rahasia");
    assert_tp_ok(tp_cfg_new(&f->cfg, &err), &err);
    assert_tp_ok(tp_cfg_set(f->cfg, "secrets.dir", f->dir->dir, "test", &err), &err);
    assert_tp_ok(tp_store_open(scratch_path(f->dir, "state"), &f->store, &err), &err);
    describe(f);
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    void *dir = f->dir;
    http_server_stop(f->server[HOME]);
    http_server_stop(f->server[AWAY]);
    tp_store_close(f->store);
    tp_cfg_free(f->cfg);
    free(f);
    return scratch_teardown(&dir);
}

static void
pull(fixture *f)
{
    const tp_key key = {{1}};
    const tp_pull_order order = {.source = &f->source,
                                 .cfg = f->cfg,
                                 .store = f->store,
                                 .landing_key = &key,
                                 .secret_key = f->secret};
    tp_pull_stats stats = {0};
    tp_err err = {0};
    assert_tp_ok(tp_pull_source(&order, &TP_TEST_CTX, &stats, &err), &err);
}

/* The server has been asked, and has seen these; "" = nothing. */
static void
check_seen(const site *s, const char *bearer, const char *secret)
{
    assert_true(s->asked > 0);
    assert_string_equal(s->authorization, bearer);
    assert_string_equal(s->key, secret);
    assert_string_equal(s->param, secret);
    assert_string_equal(s->plain, "talentpool");
}

static void
test_pull__a_redirect_takes_no_log_in_along(void **state)
{
    fixture *f = *state;
    pull(f);
    check_seen(&f->site[HOME], "Bearer rahasia", "rahasia");
    check_seen(&f->site[AWAY], "", "");
    assert_string_equal(f->site[AWAY].cookie, "");
}

static void
test_pull__a_header_with_a_token_stays_at_home(void **state)
{
    fixture *f = *state;
    f->source.header[1] = (tp_pair){TP_STR("Authorization"), TP_STR("token {token:t}")};
    f->source.n_headers = 2;
    f->source.auth[0] =
        (tp_auth){.kind = TP_AUTH_HEADER, .header = TP_STR("X-Other"), .password = TP_STR("pass")};
    pull(f);
    check_seen(&f->site[HOME], "token rahasia", "rahasia");
    check_seen(&f->site[AWAY], "", "");
}

static void
test_pull__a_link_takes_no_log_in_along(void **state)
{
    fixture *f = *state;
    f->source.fetch[0].path = TP_STR("/linked");
    f->source.fetch[0].page.kind = TP_PAGE_LINK;
    pull(f);
    check_seen(&f->site[HOME], "Bearer rahasia", "rahasia");
    check_seen(&f->site[AWAY], "", "");
    assert_string_equal(f->site[AWAY].cookie, "");
}

static void
test_pull__a_host_that_is_trusted_gets_it(void **state)
{
    fixture *f = *state;
    f->source.trusted[0] = true;
    f->source.fetch[0].path = TP_STR("/linked");
    f->source.fetch[0].page.kind = TP_PAGE_LINK;
    pull(f);
    check_seen(&f->site[AWAY], "Bearer rahasia", "rahasia");
    assert_string_equal(f->site[AWAY].cookie, "sesi=abc");
}

#define credentials_test(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        credentials_test(test_pull__a_redirect_takes_no_log_in_along),
        credentials_test(test_pull__a_header_with_a_token_stays_at_home),
        credentials_test(test_pull__a_link_takes_no_log_in_along),
        credentials_test(test_pull__a_host_that_is_trusted_gets_it),
    };
    return cmocka_run_group_tests_name("integration/credentials", tests, NULL, NULL);
}
