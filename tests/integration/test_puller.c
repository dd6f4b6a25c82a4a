/* Many sources are pulled side by side over real HTTP: limits, breaker, deadlines, renewal. */
#include "tests/support/tp_test.h"

#include <stdatomic.h>

#include "talent/etl/extract.h"
#include "tests/support/http_server.h"
#include "tests/support/scratch.h"

enum { MANY = 40 };

/* What a server does; written by its one thread. */
typedef struct site {
    atomic_uint asked; /* data requests */
    unsigned bad_until;
    unsigned tokens, refreshed, stale;
    size_t repeat;
    int stall_ms;
    bool forgets;     /* refresh tokens */
    const char *wait; /* Retry-After of a log-in that is put off; NULL = let in */
    char refresh[32];
    const char *slow;    /* stalls only at this path; NULL = at every one */
    const char *send_to; /* redirects to the same path there; NULL = answers */
    char target[128];
    char order[64]; /* first letter of every path asked for */
} site;

typedef struct fixture {
    scratch *dir;
    http_server *server[2];
    site site[2];
    tp_cfg *cfg;
    tp_store *store;
    uint8_t secret[32];
    tp_source source[MANY];
    tp_key key[MANY];
    char id[MANY][16];
    char base[2][64];
    char url[96];
    tp_puller *puller;
    tp_pull_end end[MANY]; /* in the order they ended */
    size_t n_ended;
} fixture;

static void
answer_token(site *s, const http_ask *ask, http_reply *reply)
{
    if (s->wait != NULL) {
        s->tokens++;
        reply->status = 503;
        reply->field[0] = "Retry-After";
        reply->field[1] = s->wait;
        return;
    }
    const bool refresh = strstr(ask->body, "grant_type=refresh_token") != NULL;
    if (refresh && (s->forgets || strstr(ask->body, s->refresh) == NULL)) {
        reply->status = 400;
        return;
    }
    s->refreshed += refresh;
    snprintf(s->refresh, sizeof s->refresh, "again-%u", ++s->tokens);
    snprintf(reply->body, sizeof reply->body,
             "{\"access_token\":\"t-%u\",\"refresh_token\":\"%s\",\"expires_in\":1}", s->tokens,
             s->refresh);
}

static void
answer(void *user, const http_ask *ask, http_reply *reply)
{
    site *s = user;
    if (strcmp(ask->path, "/token") == 0) {
        answer_token(s, ask, reply);
        return;
    }
    const unsigned number = atomic_fetch_add(&s->asked, 1) + 1;
    if (number < sizeof s->order) {
        s->order[number - 1] = ask->path[1];
    }
    if (s->send_to != NULL) {
        snprintf(s->target, sizeof s->target, "%s%s", s->send_to, ask->path);
        reply->status = 302;
        reply->field[0] = "Location";
        reply->field[1] = s->target;
        return;
    }
    reply->stall_ms = s->slow == NULL || strcmp(s->slow, ask->path) == 0 ? s->stall_ms : 0;
    reply->repeat = s->repeat;
    snprintf(reply->body, sizeof reply->body, "[{\"id\":\"%s\"}]\n", ask->path);
    if (number <= s->bad_until) {
        reply->status = 500;
    }
    if (s->tokens > 0) {
        char want[32];
        snprintf(want, sizeof want, "Bearer t-%u", s->tokens);
        s->stale += strcmp(http_ask_header(ask, "Authorization"), want) != 0;
    }
}

static tp_code
keys(void *user, const tp_fetch *fetch, tp_arena *arena, const tp_str **out, size_t *out_n,
     tp_err *err)
{
    static const tp_str KEYS[] = {{"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}, {"e", 1}, {"f", 1},
                                  {"g", 1}, {"h", 1}, {"i", 1}, {"j", 1}, {"k", 1}, {"l", 1}};
    (void)user, (void)fetch, (void)arena, (void)err;
    *out = KEYS;
    *out_n = TP_COUNT(KEYS);
    return TP_OK;
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
        snprintf(f->base[i], sizeof f->base[i], "http://127.0.0.1:%d",
                 http_server_port(f->server[i]));
    }
    assert_tp_ok(tp_cfg_new(&f->cfg, &err), &err);
    assert_tp_ok(tp_cfg_set(f->cfg, "secrets.dir", f->dir->dir, "test", &err), &err);
    assert_tp_ok(tp_store_open(scratch_path(f->dir, "state"), &f->store, &err), &err);
    for (size_t i = 0; i < MANY; i++) {
        snprintf(f->id[i], sizeof f->id[i], "s%zu", i);
        f->key[i].byte[0] = (uint8_t)i;
        f->source[i] = (tp_source){.id = tp_str_of(f->id[i]),
                                   .base_url = tp_str_of(f->base[0]),
                                   .attempts = 3,
                                   .backoff_ms = 1,
                                   .parallel = 3,
                                   .n_fetch = 1};
        f->source[i].fetch[0] = (tp_fetch){
            .name = TP_STR("list"), .path = TP_STR("/list/{key}"), .each_source = TP_STR("roster")};
    }
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    void *dir = f->dir;
    for (size_t i = 0; i < f->n_ended; i++) {
        tp_pull_forget(&f->end[i]);
    }
    tp_puller_close(f->puller);
    http_server_stop(f->server[0]);
    http_server_stop(f->server[1]);
    tp_store_close(f->store);
    tp_cfg_free(f->cfg);
    free(f);
    return scratch_teardown(&dir);
}

static void
open_puller(fixture *f, tp_http_loop_options options)
{
    tp_err err = {0};
    assert_tp_ok(tp_puller_open(&options, &TP_TEST_CTX, &f->puller, &err), &err);
}

static void
add(fixture *f, size_t i)
{
    tp_err err = {0};
    const tp_pull_order order = {.source = &f->source[i],
                                 .cfg = f->cfg,
                                 .store = f->store,
                                 .landing_key = &f->key[i],
                                 .secret_key = f->secret,
                                 .keys = keys,
                                 .tag = &f->source[i]};
    assert_tp_ok(tp_puller_add(f->puller, &order, &err), &err);
}

static void
run(fixture *f, size_t n)
{
    tp_err err = {0};
    while (f->n_ended < n) {
        bool ended = false;
        assert_tp_ok(tp_puller_turn(f->puller, 100, &ended, &f->end[f->n_ended], &err), &err);
        f->n_ended += ended;
    }
}

/* Does the chain say this? */
static bool
says(const tp_err *err, const char *part)
{
    for (int i = 0; i < err->depth; i++) {
        if (strstr(err->frame[i].text, part) != NULL) {
            return true;
        }
    }
    return false;
}

static void
test_puller__a_stalled_source_delays_no_other(void **state)
{
    fixture *f = *state;
    f->site[1].stall_ms = 3000;
    f->source[0].base_url = tp_str_of(f->base[1]);
    f->source[0].total_s = 1;
    f->source[0].attempts = 1;
    open_puller(f, (tp_http_loop_options){.per_host = 8});
    for (size_t i = 0; i < MANY; i++) {
        add(f, i);
    }
    run(f, MANY);
    for (size_t i = 0; i + 1 < MANY; i++) {
        assert_int_equal(f->end[i].code, TP_OK);
        assert_int_equal(f->end[i].stats.bodies, 12);
        assert_ptr_not_equal(f->end[i].tag, &f->source[0]);
    }
    assert_ptr_equal(f->end[MANY - 1].tag, &f->source[0]);
    assert_int_equal(f->end[MANY - 1].code, TP_E_NET);
}

static void
test_puller__a_small_budget_of_memory_only_slows(void **state)
{
    fixture *f = *state;
    tp_err err = {0};
    f->site[0].repeat = 1 << 15;
    open_puller(f, (tp_http_loop_options){.held_bytes = 100000});
    for (size_t i = 0; i < 6; i++) {
        add(f, i);
    }
    run(f, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(f->end[i].code, TP_OK);
        assert_true(f->end[i].stats.bytes > 12 * (1 << 18));
        assert_tp_ok(tp_pull_commit(&f->end[i], &err), &err);
    }
    assert_true(tp_landing_exists(f->store, &f->key[5]));
}

static void
test_puller__the_breaker_stops_asking(void **state)
{
    fixture *f = *state;
    f->site[0].bad_until = 1000;
    f->source[0].attempts = 20;
    f->source[0].break_after = 4;
    f->source[0].break_ms = 20;
    open_puller(f, (tp_http_loop_options){0});
    add(f, 0);
    run(f, 1);
    assert_int_equal(f->end[0].code, TP_E_NET);
    assert_true(says(&f->end[0].err, "no more are sent tonight"));
    assert_true(says(&f->end[0].err, "source s0, fetch list"));
    assert_int_equal(f->end[0].stats.breaks, 1);
    /* four that opened it, two that were under way, three probes */
    assert_in_range(atomic_load(&f->site[0].asked), 7, 9);
}

static void
test_puller__the_breaker_closes_after_a_good_probe(void **state)
{
    fixture *f = *state;
    f->site[0].bad_until = 5;
    f->source[0].attempts = 20;
    f->source[0].break_after = 4;
    f->source[0].break_ms = 20;
    open_puller(f, (tp_http_loop_options){0});
    add(f, 0);
    run(f, 1);
    assert_int_equal(f->end[0].code, TP_OK);
    assert_int_equal(f->end[0].stats.bodies, 12);
    assert_int_equal(f->end[0].stats.breaks, 1);
    assert_int_equal(f->end[0].stats.retries, 5);
}

static void
test_puller__a_source_has_a_deadline(void **state)
{
    fixture *f = *state;
    f->site[0].stall_ms = 1500;
    f->source[0].source_s = 1;
    open_puller(f, (tp_http_loop_options){0});
    add(f, 0);
    run(f, 1);
    assert_int_equal(f->end[0].code, TP_E_NET);
    assert_true(says(&f->end[0].err, "source s0 is not in after 1 s, 0 of 12 keys done"));
    assert_true(says(&f->end[0].err, "connect.timeouts.source_s"));
}

static void
test_puller__sources_of_one_host_take_turns(void **state)
{
    fixture *f = *state;
    f->source[1].fetch[0].path = TP_STR("/other/{key}");
    f->source[0].parallel = 8;
    f->source[1].parallel = 8;
    open_puller(f, (tp_http_loop_options){.per_host = 1});
    add(f, 0);
    add(f, 1);
    run(f, 2);
    assert_int_equal(f->end[0].code, TP_OK);
    assert_int_equal(f->end[1].code, TP_OK);
    assert_string_equal(f->site[0].order, "lolololololololololololo");
}

/* One at a host beside two at another: whoever is served there costs nobody his turn. */
static void
test_puller__a_turn_at_one_host_is_none_at_another(void **state)
{
    fixture *f = *state;
    f->source[1].fetch[0].path = TP_STR("/other/{key}");
    f->source[2].base_url = tp_str_of(f->base[1]);
    open_puller(f, (tp_http_loop_options){.per_host = 1});
    for (size_t i = 0; i < 3; i++) {
        add(f, i);
    }
    run(f, 3);
    assert_string_equal(f->site[0].order, "lolololololololololololo");
    assert_string_equal(f->site[1].order, "llllllllllll");
}

static void
test_puller__waiting_for_room_is_not_held_against_a_source(void **state)
{
    fixture *f = *state;
    f->site[0].stall_ms = 1500;
    f->site[0].slow = "/slow";
    f->source[0].fetch[0] = (tp_fetch){.name = TP_STR("slow"), .path = TP_STR("/slow")};
    f->source[1].source_s = 1;
    open_puller(f, (tp_http_loop_options){.per_host = 1});
    add(f, 0);
    add(f, 1);
    run(f, 2);
    assert_int_equal(f->end[0].code, TP_OK);
    assert_int_equal(f->end[1].code, TP_OK);
    assert_int_equal(f->end[1].stats.bodies, 12);
}

static void
test_puller__a_redirect_counts_where_it_leads(void **state)
{
    fixture *f = *state;
    tp_err err = {0};
    size_t most = 0;
    f->site[0].send_to = f->base[1];
    f->site[1].stall_ms = 10;
    open_puller(f, (tp_http_loop_options){.per_host = 1});
    for (size_t i = 0; i < 3; i++) {
        f->source[i].n_hosts = 1;
        f->source[i].host[0] = tp_str_of(f->base[1] + strlen("http://"));
        add(f, i);
    }
    while (f->n_ended < 3) {
        tp_puller_view view;
        bool ended = false;
        assert_tp_ok(tp_puller_turn(f->puller, 100, &ended, &f->end[f->n_ended], &err), &err);
        f->n_ended += ended;
        tp_puller_look(f->puller, &view);
        most = view.requests > most ? view.requests : most;
    }
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(f->end[i].code, TP_OK);
        assert_int_equal(f->end[i].stats.bodies, 12);
    }
    assert_in_range(most, 1, 2); /* one at either host */
}

/* Twelve requests in a second and a half, with tokens that live for one. */
static void
log_in(fixture *f)
{
    scratch_file(f->dir, "who", "user");
    scratch_file(f->dir, "pass", "word");
    snprintf(f->url, sizeof f->url, "%s/token", f->base[0]);
    f->source[0].n_auth = 1;
    f->source[0].auth[0] = (tp_auth){.kind = TP_AUTH_OAUTH2_PASSWORD,
                                     .gives = TP_STR("t"),
                                     .url = tp_str_of(f->url),
                                     .client_id = TP_STR("who"),
                                     .username = TP_STR("who"),
                                     .password = TP_STR("pass")};
    f->source[0].n_headers = 1;
    f->source[0].header[0] = (tp_pair){TP_STR("Authorization"), TP_STR("Bearer {token:t}")};
    f->source[0].parallel = 1;
    f->source[0].per_second = 8;
    open_puller(f, (tp_http_loop_options){0});
    add(f, 0);
    run(f, 1);
}

static void
test_puller__tokens_are_renewed_before_they_end(void **state)
{
    fixture *f = *state;
    log_in(f);
    assert_int_equal(f->end[0].code, TP_OK);
    assert_int_equal(f->end[0].stats.renewals, 0); /* none was ever refused */
    assert_int_equal(f->site[0].stale, 0);
    assert_true(f->site[0].tokens >= 2);
    assert_int_equal(f->site[0].refreshed, f->site[0].tokens - 1);
}

static void
test_puller__a_refused_refresh_logs_in_again(void **state)
{
    fixture *f = *state;
    f->site[0].forgets = true;
    log_in(f);
    assert_int_equal(f->end[0].code, TP_OK);
    assert_int_equal(f->end[0].stats.requests, 12);
    assert_int_equal(f->site[0].stale, 0);
    assert_int_equal(f->site[0].refreshed, 0);
    assert_true(f->site[0].tokens >= 2);
}

/* Neither waited out nor, past what 64 bits of milliseconds hold, asked again at once. */
static void
test_puller__a_log_in_put_off_for_long_is_another_night(void **state)
{
    static const char *const LONG[] = {"901", "9223372036854775807"};
    fixture *f = *state;
    for (unsigned i = 0; i < TP_COUNT(LONG); i++) {
        f->site[0].wait = LONG[i];
        log_in(f);
        assert_int_equal(f->end[0].code, TP_E_NET);
        assert_true(says(&f->end[0].err, "asks to wait"));
        assert_true(says(&f->end[0].err, LONG[i]));
        assert_int_equal(f->site[0].tokens, i + 1);
        tp_pull_forget(&f->end[0]);
        tp_puller_close(f->puller);
        f->puller = NULL;
        f->n_ended = 0;
    }
}

#define puller_test(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        puller_test(test_puller__a_stalled_source_delays_no_other),
        puller_test(test_puller__a_small_budget_of_memory_only_slows),
        puller_test(test_puller__the_breaker_stops_asking),
        puller_test(test_puller__the_breaker_closes_after_a_good_probe),
        puller_test(test_puller__a_source_has_a_deadline),
        puller_test(test_puller__sources_of_one_host_take_turns),
        puller_test(test_puller__a_turn_at_one_host_is_none_at_another),
        puller_test(test_puller__waiting_for_room_is_not_held_against_a_source),
        puller_test(test_puller__a_redirect_counts_where_it_leads),
        puller_test(test_puller__tokens_are_renewed_before_they_end),
        puller_test(test_puller__a_log_in_put_off_for_long_is_another_night),
        puller_test(test_puller__a_refused_refresh_logs_in_again),
    };
    return cmocka_run_group_tests_name("integration/puller", tests, NULL, NULL);
}
