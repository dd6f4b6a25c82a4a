/* Nights that go on from the night before, over real HTTP: what is asked, what is taken over. */
#include "tests/support/tp_test.h"

#include <stdatomic.h>

#include "talent/etl/extract.h"
#include "tests/support/http_server.h"
#include "tests/support/scratch.h"

enum { NEXT, COUNT, MARK, SLOTS, FIRST_NIGHT = 20513, KEYS = 10 };

/* What the server has, and what it was asked. */
typedef struct site {
    unsigned asked;
    unsigned version[KEYS]; /* of the answer to each key */
    bool broken[KEYS];
    bool unknown[KEYS];
    bool forgets;   /* every mark and cursor */
    char since[64]; /* of the last request */
    char keys[128]; /* asked for, in order */
    unsigned not_modified;
    unsigned page_version[3];
    volatile int *cancel_at_zero; /* set once `left` requests have come */
    unsigned left;
} site;

typedef struct fixture {
    scratch *dir;
    http_server *server;
    site site;
    tp_cfg *cfg;
    tp_store *store;
    uint8_t secret[32];
    tp_source source;
    tp_path_step step[SLOTS][3];
    tp_slot slot[SLOTS];
    char base[64];
    int nights;
    volatile int cancel;
    tp_pull_stats stats;
    tp_landing *landing; /* of the last night */
} fixture;

/* Three pages by number, each with an ETag of its own. */
static void
answer_page(site *s, const http_ask *ask, http_reply *reply)
{
    static char etag[32];
    const int page = http_ask_param(ask, "p")[0] - '1';
    snprintf(etag, sizeof etag, "\"p%d-%u\"", page, s->page_version[page]);
    reply->field[0] = "ETag";
    reply->field[1] = etag;
    if (strcmp(http_ask_header(ask, "If-None-Match"), etag) == 0) {
        reply->status = 304;
        s->not_modified++;
        return;
    }
    snprintf(reply->body, sizeof reply->body, "{\"items\":[{\"id\":\"%d-%u\"}%s]}", page,
             s->page_version[page], page < 2 ? ",{\"id\":\"x\"}" : "");
}

/* Everything, or what changed after a mark; or the rows after a cursor. */
static void
answer_changes(site *s, const http_ask *ask, http_reply *reply)
{
    const char *since = http_ask_param(ask, strcmp(ask->path, "/cursor") == 0 ? "after" : "since");
    snprintf(s->since, sizeof s->since, "%s", since);
    if (s->forgets && since[0] != '\0') {
        reply->status = 410;
        return;
    }
    if (strcmp(ask->path, "/cursor") == 0) {
        snprintf(reply->body, sizeof reply->body,
                 "{\"items\":[{\"id\":\"%u\"}],\"next\":\"c-%u\","
                 "\"more\":false}",
                 s->asked, s->asked);
    } else {
        snprintf(reply->body, sizeof reply->body,
                 "{\"items\":[{\"id\":\"a\",\"at\":\"2026-03-0%uT10:00:00Z\"},"
                 "{\"id\":\"b\",\"at\":\"2026-02-01T10:00:00Z\"}]}",
                 s->asked);
    }
}

static void
answer_key(site *s, const http_ask *ask, http_reply *reply)
{
    const int key = ask->path[strlen(ask->path) - 1] - '0';
    const size_t n = strlen(s->keys);
    snprintf(s->keys + n, sizeof s->keys - n, "%d", key);
    if (s->broken[key] || s->unknown[key]) {
        reply->status = s->unknown[key] ? 404 : 500;
        return;
    }
    snprintf(reply->body, sizeof reply->body, "{\"items\":[{\"id\":\"%s %u\"}]}", ask->path,
             s->version[key]);
}

static void
answer(void *user, const http_ask *ask, http_reply *reply)
{
    site *s = user;
    s->asked++;
    if (s->left > 0 && --s->left == 0) {
        *s->cancel_at_zero = 1;
    }
    if (strcmp(ask->path, "/pages") == 0) {
        answer_page(s, ask, reply);
    } else if (strncmp(ask->path, "/key", 4) == 0) {
        answer_key(s, ask, reply);
    } else if (strcmp(ask->path, "/big") == 0) { /* more than a block: it is referred to */
        (void)snprintf(reply->body, sizeof reply->body, "answer %04u of sixty-four bytes %031d\n",
                       s->asked, 0);
        reply->repeat = 10000;
    } else {
        answer_changes(s, ask, reply);
    }
}

static tp_code
keys(void *user, const tp_fetch *fetch, tp_arena *arena, const tp_str **out, size_t *out_n,
     tp_err *err)
{
    static const tp_str ALL[KEYS] = {{"0", 1}, {"1", 1}, {"2", 1}, {"3", 1}, {"4", 1},
                                     {"5", 1}, {"6", 1}, {"7", 1}, {"8", 1}, {"9", 1}};
    static const tp_str FIRST[] = {{"7", 1}};
    const bool first = tp_str_is(fetch->each_source, "promosi");
    (void)user, (void)arena, (void)err;
    *out = first ? FIRST : ALL;
    *out_n = first ? 1 : KEYS;
    return TP_OK;
}

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
add_fetch(fixture *f, const char *name, const char *path, tp_page_kind kind)
{
    tp_fetch *fetch = &f->source.fetch[f->source.n_fetch++];
    *fetch = (tp_fetch){.name = tp_str_of(name),
                        .path = tp_str_of(path),
                        .since = {.slot = -1},
                        .page = {.kind = kind,
                                 .param = TP_STR("p"),
                                 .size = 2,
                                 .first = 1,
                                 .next_slot = NEXT,
                                 .more_slot = -1,
                                 .last_slot = -1,
                                 .total_slot = -1,
                                 .count_slot = COUNT}};
    fetch->envelope = (tp_shape){.format = TP_FORMAT_JSON, .n_selects = 1};
    fetch->envelope.select[0] =
        (tp_select){.parent = -1, .n_slots = SLOTS, .slot = f->slot, .document = true};
    return fetch;
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
    set_slot(f, NEXT, "next", NULL);
    set_slot(f, COUNT, "items", "id");
    set_slot(f, MARK, "items", "at");
    f->source = (tp_source){.id = TP_STR("demo"),
                            .base_url = tp_str_of(f->base),
                            .attempts = 2,
                            .backoff_ms = 1,
                            .break_after = 100,
                            .parallel = 1};
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    void *dir = f->dir;
    tp_landing_close(f->landing);
    http_server_stop(f->server);
    tp_store_close(f->store);
    tp_cfg_free(f->cfg);
    free(f);
    return scratch_teardown(&dir);
}

static tp_key
key_of_night(int night)
{
    return (tp_key){{(uint8_t)(night + 1)}};
}

/* One night `days` after the last, going on from it. */
static tp_code
try_night(fixture *f, int days, tp_err *err)
{
    const tp_ctx ctx = {.threads = 1, .cancel = &f->cancel};
    const tp_key key = key_of_night(f->nights + days);
    const tp_pull_order order = {.source = &f->source,
                                 .cfg = f->cfg,
                                 .store = f->store,
                                 .landing_key = &key,
                                 .secret_key = f->secret,
                                 .night = FIRST_NIGHT + f->nights + days,
                                 .base = f->landing,
                                 .round_bodies = 3,
                                 .keys = keys};
    f->site.keys[0] = '\0';
    f->stats = (tp_pull_stats){0};
    return tp_pull_source(&order, &ctx, &f->stats, err);
}

static void
night(fixture *f, int days)
{
    tp_err err = {0};
    assert_tp_ok(try_night(f, days, &err), &err);
    tp_landing_close(f->landing);
    f->nights += days;
    const tp_key key = key_of_night(f->nights);
    assert_tp_ok(tp_landing_open(f->store, &key, f->secret, &f->landing, &err), &err);
}

static void
content(const fixture *f, tp_key *out)
{
    tp_landing_content(f->landing, out);
}

static void
test_changes__unchanged_pages_cost_one_small_answer_each(void **state)
{
    fixture *f = *state;
    tp_key before;
    tp_key after;
    add_fetch(f, "list", "/pages", TP_PAGE_NUMBER)->since.kind = TP_SINCE_HTTP;
    night(f, 1);
    content(f, &before);
    assert_int_equal(f->stats.requests, 3);
    assert_int_equal(f->stats.bodies, 3);
    night(f, 1);
    content(f, &after);
    assert_int_equal(f->stats.requests, 3);
    assert_int_equal(f->stats.unchanged, 3);
    assert_int_equal(f->stats.bodies, 0);
    assert_memory_equal(&before, &after, sizeof before); /* nothing is read again */
    f->site.page_version[1]++;
    night(f, 1);
    content(f, &after);
    assert_int_equal(f->stats.unchanged, 2);
    assert_int_equal(f->stats.bodies, 1);
    assert_memory_not_equal(&before, &after, sizeof before);
    assert_int_equal(tp_landing_count(f->landing), 3);
    assert_int_equal(tp_landing_body(f->landing, 0)->night, FIRST_NIGHT + 1);
    assert_int_equal(tp_landing_body(f->landing, 1)->night, FIRST_NIGHT + 3);
    night(f, 40); /* what is too old is asked for without a condition */
    assert_int_equal(f->stats.unchanged, 0);
}

static tp_fetch *
changes(fixture *f)
{
    tp_fetch *fetch = add_fetch(f, "list", "/changes", TP_PAGE_NONE);
    fetch->since = (tp_since){.kind = TP_SINCE_MARK, .slot = MARK, .full_days = 5};
    fetch->n_query = 1;
    fetch->query[0] = (tp_pair){TP_STR("since"), TP_STR("{since}")};
    return fetch;
}

static void
test_changes__by_mark_on_top_of_what_was_there(void **state)
{
    fixture *f = *state;
    changes(f)->since.overlap_s = 3600;
    night(f, 1);
    assert_string_equal(f->site.since, "");
    assert_int_equal(tp_landing_body(f->landing, 0)->part, 0);
    night(f, 1);
    assert_string_equal(f->site.since, "2026-03-01T09:00:00Z");
    night(f, 1);
    assert_string_equal(f->site.since, "2026-03-02T09:00:00Z");
    assert_int_equal(tp_landing_count(f->landing), 3);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(tp_landing_body(f->landing, i)->part, i);
        assert_int_equal(tp_landing_body(f->landing, i)->page, i);
        assert_int_equal(tp_landing_body(f->landing, i)->night, FIRST_NIGHT + 1 + (int)i);
    }
    night(f, 3); /* what it goes on from is five days old: anew */
    assert_string_equal(f->site.since, "");
    assert_int_equal(tp_landing_count(f->landing), 1);
}

static void
test_changes__a_mark_that_is_too_old_begins_anew(void **state)
{
    fixture *f = *state;
    changes(f);
    night(f, 1);
    f->site.forgets = true;
    night(f, 1);
    assert_int_equal(f->stats.restarts, 1);
    assert_int_equal(f->stats.requests, 2);
    assert_string_equal(f->site.since, "");
    assert_int_equal(tp_landing_count(f->landing), 1);
    assert_int_equal(tp_landing_body(f->landing, 0)->night, FIRST_NIGHT + 2);
}

static void
test_changes__another_question_begins_anew(void **state)
{
    fixture *f = *state;
    tp_fetch *fetch = changes(f);
    night(f, 1);
    fetch->n_query = 2;
    fetch->query[1] = (tp_pair){TP_STR("wilayah"), TP_STR("51")};
    night(f, 1);
    assert_string_equal(f->site.since, "");
    assert_int_equal(tp_landing_count(f->landing), 1);
}

static void
test_changes__a_cursor_goes_on_where_it_ended(void **state)
{
    fixture *f = *state;
    tp_fetch *fetch = add_fetch(f, "list", "/cursor", TP_PAGE_CURSOR);
    fetch->page.param = TP_STR("after");
    fetch->page.next_slot = NEXT;
    fetch->since.kind = TP_SINCE_CURSOR;
    fetch->page.more_slot = COUNT; /* absent from a false list: one page a night */
    fetch->page.count_slot = -1;
    set_slot(f, COUNT, "more", NULL);
    night(f, 1);
    assert_string_equal(f->site.since, "");
    night(f, 1);
    assert_string_equal(f->site.since, "c-1");
    night(f, 1);
    assert_string_equal(f->site.since, "c-2");
    assert_int_equal(tp_landing_count(f->landing), 3);
    f->site.forgets = true;
    night(f, 1);
    assert_int_equal(f->stats.restarts, 1);
    assert_int_equal(tp_landing_count(f->landing), 1);
}

/* ---- per key ---- */

static tp_fetch *
per_key(fixture *f, const char *name, const char *path)
{
    tp_fetch *fetch = add_fetch(f, name, path, TP_PAGE_NONE);
    fetch->each_source = TP_STR("roster");
    fetch->each_field = TP_STR("nip");
    fetch->each_where = TP_STR("all");
    return fetch;
}

static void
test_refresh__oldest_first_within_the_budget(void **state)
{
    fixture *f = *state;
    per_key(f, "hist", "/key/{key}")->refresh =
        (tp_refresh){.days = 3, .budget = 4, .max_failed_bp = 100};
    night(f, 1);
    assert_string_equal(f->site.keys, "0123");
    assert_int_equal(f->stats.put_off, 6);
    night(f, 1);
    assert_string_equal(f->site.keys, "4567");
    night(f, 1);
    assert_string_equal(f->site.keys, "89"); /* the others are younger than three days */
    assert_int_equal(tp_landing_count(f->landing), 10);
    night(f, 1);
    assert_string_equal(f->site.keys, "0123");
    night(f, 5); /* all are due: the oldest first */
    assert_string_equal(f->site.keys, "4567");
    assert_int_equal(f->stats.put_off, 6);
    assert_int_equal(f->stats.carried, 6);
    assert_int_equal(tp_landing_count(f->landing), 10);
}

static void
test_refresh__a_key_without_an_answer_waits_its_turn(void **state)
{
    fixture *f = *state;
    tp_fetch *fetch = per_key(f, "hist", "/key/{key}");
    fetch->refresh = (tp_refresh){.days = 3, .budget = 4, .max_failed_bp = 100};
    fetch->n_outcomes = 1;
    fetch->outcome[0] =
        (tp_outcome){.status_low = 404, .status_high = 404, .slot = -1, .then = TP_THEN_SKIP_KEY};
    for (int k = 0; k < 4; k++) {
        f->site.unknown[k] = true;
    }
    night(f, 1);
    assert_string_equal(f->site.keys, "0123");
    assert_int_equal(f->stats.skipped, 4);
    assert_int_equal(f->stats.bodies, 0);
    assert_int_equal(tp_landing_count(f->landing), 4);
    assert_false(tp_body_parses(tp_landing_body(f->landing, 0)));
    assert_int_equal(tp_landing_body(f->landing, 0)->size, 0);
    night(f, 1);
    assert_string_equal(f->site.keys, "4567");
    night(f, 1);
    assert_string_equal(f->site.keys, "89");
    f->site.unknown[3] = false;
    night(f, 1);
    assert_string_equal(f->site.keys, "0123");
    assert_int_equal(tp_landing_count(f->landing), 10);
    assert_true(tp_body_parses(tp_landing_body(f->landing, 3)));
    f->site.unknown[4] = true; /* what was known of it goes with the note */
    night(f, 1);
    assert_string_equal(f->site.keys, "4567");
    assert_int_equal(tp_landing_count(f->landing), 10);
    assert_false(tp_body_parses(tp_landing_body(f->landing, 4)));
}

static void
test_refresh__what_changed_comes_first(void **state)
{
    fixture *f = *state;
    per_key(f, "main", "/key/{key}");
    per_key(f, "hist", "/key-hist/{key}")->refresh = (tp_refresh){
        .days = 30, .budget = 3, .changed = TP_STR("main"), .first_source = TP_STR("promosi")};
    f->source.fetch[1].refresh.budget = 0;
    night(f, 1);
    assert_string_equal(f->site.keys, "01234567890123456789");
    f->source.fetch[1].refresh.budget = 3;
    f->site.version[2]++;
    f->site.version[5]++;
    night(f, 1);
    assert_string_equal(f->site.keys, "0123456789257"); /* 7 is named by another source */
    night(f, 1);
    assert_string_equal(f->site.keys, "01234567897");
}

static void
test_refresh__a_key_that_fails_waits(void **state)
{
    fixture *f = *state;
    tp_err err = {0};
    per_key(f, "hist", "/key/{key}")->refresh = (tp_refresh){.days = 1, .max_failed_bp = 100};
    night(f, 1);
    f->site.broken[3] = true;
    night(f, 1);
    assert_int_equal(f->stats.failed, 1);
    assert_int_equal(f->stats.put_off, 1);
    assert_int_equal(tp_landing_count(f->landing), 10);
    assert_int_equal(tp_landing_body(f->landing, 3)->night, FIRST_NIGHT + 1);
    assert_int_equal(tp_landing_body(f->landing, 4)->night, FIRST_NIGHT + 2);
    for (int k = 0; k < 5; k++) {
        f->site.broken[k] = true;
    }
    assert_int_equal(try_night(f, 1, &err), TP_E_NET); /* too many: the source fails */
}

/* The number of the answer that body i holds; read to its end. */
static int
answer_in(const fixture *f, size_t i)
{
    static char bytes[1 << 20];
    tp_reader *r = NULL;
    tp_err err = {0};
    size_t n = 1;
    size_t all = 0;
    int number = 0;
    assert_tp_ok(tp_landing_reader_open(f->landing, i, &r, &err), &err);
    while (n > 0) {
        assert_tp_ok(r->read(r, bytes + all, sizeof bytes - all, &n, &err), &err);
        all += n;
    }
    tp_landing_reader_close(r);
    assert_true(all > 10000);
    assert_int_equal(sscanf(bytes, "answer %d", &number), 1);
    return number;
}

/* A night fetched anew gets other bytes; those that went on from it keep what they had. */
static void
test_changes__a_night_fetched_anew_leaves_later_ones_whole(void **state)
{
    fixture *f = *state;
    tp_err err = {0};
    tp_fetch *fetch = add_fetch(f, "list", "/big", TP_PAGE_NONE);
    fetch->since = (tp_since){.kind = TP_SINCE_MARK, .slot = -1, .night = true, .full_days = 30};
    fetch->envelope.n_selects = 0;
    fetch->n_query = 1;
    fetch->query[0] = (tp_pair){TP_STR("since"), TP_STR("{since}")};
    night(f, 1);
    night(f, 1);
    assert_int_equal(tp_landing_count(f->landing), 2);
    assert_int_equal(answer_in(f, 0), 1);
    assert_true(tp_landing_body(f->landing, 0)->referred);
    tp_landing *second = f->landing;
    f->landing = NULL;
    f->nights = 0;
    assert_tp_ok(try_night(f, 1, &err), &err); /* the first night again: answer 3 */
    tp_landing_close(second);
    const tp_key key = key_of_night(2);
    assert_tp_ok(tp_landing_open(f->store, &key, f->secret, &f->landing, &err), &err);
    f->nights = 2;
    assert_int_equal(answer_in(f, 0), 1);
    assert_int_equal(answer_in(f, 1), 2);
    night(f, 1);
    assert_int_equal(tp_landing_count(f->landing), 3);
    assert_int_equal(answer_in(f, 0), 1);
    assert_int_equal(answer_in(f, 2), 4);
}

static void
test_rounds__a_kill_loses_nothing_that_landed(void **state)
{
    fixture *f = *state;
    tp_err err = {0};
    tp_key whole;
    tp_key again;
    per_key(f, "main", "/key/{key}");
    per_key(f, "hist", "/key-hist/{key}");
    night(f, 1);
    content(f, &whole);
    f->site.cancel_at_zero = &f->cancel;
    f->site.left = 14; /* broken off during the second fetch */
    assert_int_equal(try_night(f, 1, &err), TP_E_CANCELLED);
    f->cancel = 0;
    night(f, 1);
    assert_int_equal(f->stats.found, 12); /* four rounds of three */
    assert_string_equal(f->site.keys, "23456789");
    content(f, &again);
    assert_memory_equal(&whole, &again, sizeof whole);
    assert_int_equal(tp_landing_count(f->landing), 20);
    f->site.asked = 0;
    night(f, 1); /* nothing is left of the rounds */
    assert_int_equal(f->stats.found, 0);
    assert_int_equal(f->site.asked, 20);
}

#define changes_test(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        changes_test(test_changes__unchanged_pages_cost_one_small_answer_each),
        changes_test(test_changes__by_mark_on_top_of_what_was_there),
        changes_test(test_changes__a_mark_that_is_too_old_begins_anew),
        changes_test(test_changes__another_question_begins_anew),
        changes_test(test_changes__a_cursor_goes_on_where_it_ended),
        changes_test(test_refresh__oldest_first_within_the_budget),
        changes_test(test_refresh__a_key_without_an_answer_waits_its_turn),
        changes_test(test_refresh__what_changed_comes_first),
        changes_test(test_refresh__a_key_that_fails_waits),
        changes_test(test_changes__a_night_fetched_anew_leaves_later_ones_whole),
        changes_test(test_rounds__a_kill_loses_nothing_that_landed),
    };
    return cmocka_run_group_tests_name("integration/changes", tests, NULL, NULL);
}
