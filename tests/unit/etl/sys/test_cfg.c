/* Tests etl/sys/cfg.c and etl/sys/secret.c. */
#include "tests/support/tp_test.h"

#include <sys/stat.h>

#include <sys/resource.h>
#include <sys/stat.h>

#include "talent/etl/cfg.h"
#include "talent/etl/log.h"
#include "tests/support/scratch.h"

static tp_cfg *
fresh(void)
{
    tp_cfg *cfg = NULL;
    tp_err err = {0};
    assert_tp_ok(tp_cfg_new(&cfg, &err), &err);
    return cfg;
}

static void
test_order__later_wins_and_says_where_from(void **state)
{
    tp_cfg *cfg = fresh();
    tp_err err = {0};
    TP_AUTO_BUF(shown);
    const char *file =
        scratch_file(*state, "t.json",
                     "{\n \"run\": {\"threads\": 3,\n  \"min_sources_bp\": 100},\n"
                     " \"secrets\": {\"make_keys\": false},\n"
                     " \"feeds\": {\"base\": \"http://127.0.0.1\", \"port\": \"8080\"}\n}");
    assert_int_equal(tp_cfg_int(cfg, "run.threads"), 0);
    assert_true(tp_cfg_bool(cfg, "secrets.make_keys"));
    assert_string_equal(tp_cfg_text(cfg, "log.level"), "info");
    assert_tp_ok(tp_cfg_file(cfg, file, &err), &err);
    assert_int_equal(tp_cfg_int(cfg, "run.threads"), 3);
    assert_false(tp_cfg_bool(cfg, "secrets.make_keys"));
    assert_string_equal(tp_cfg_feed(cfg, "port"), "8080");
    assert_null(tp_cfg_feed(cfg, "none"));
    setenv("TALENTPOOL_RUN_THREADS", "5", 1);
    setenv("TALENTPOOL_FEEDS_BASE", "http://127.0.0.2", 1);
    setenv("TALENTPOOL_SECRET_X", "hunter2", 1);
    setenv("TALENTPOOL_OTHER_THING", "1", 1);
    assert_tp_ok(tp_cfg_env(cfg, &err), &err);
    unsetenv("TALENTPOOL_RUN_THREADS");
    unsetenv("TALENTPOOL_FEEDS_BASE");
    unsetenv("TALENTPOOL_SECRET_X");
    unsetenv("TALENTPOOL_OTHER_THING");
    assert_int_equal(tp_cfg_int(cfg, "run.threads"), 5);
    assert_string_equal(tp_cfg_feed(cfg, "base"), "http://127.0.0.2");
    tp_cfg_show(cfg, &shown);
    assert_non_null(strstr(tp_buf_cstr(&shown), "(environment TALENTPOOL_RUN_THREADS)"));
    assert_non_null(strstr(tp_buf_cstr(&shown), "t.json:3)"));
    assert_tp_ok(tp_cfg_set(cfg, "run.threads", "7", "command line", &err), &err);
    assert_int_equal(tp_cfg_int(cfg, "run.threads"), 7);
    tp_cfg_free(cfg);
}

static void
test_file__faults_have_file_line_and_hint(void **state)
{
    const struct {
        const char *text;
        const char *part;
    } bad[] = {
        {"{\n \"run\": {\"threds\": 3}}",
         "t.json:2: unknown setting run.threds; did you mean run.threads?"},
        {"{\"run\":\n {\"threads\": 5000}}",
         "t.json:2: run.threads: expected a whole number from 0 to 1024, found \"5000\""},
        {"{\"run\": {\"threads\": \"3\"}}", "t.json:1: run.threads: expected a whole number"},
        {"{\"log\": {\"level\": \"loud\"}}", "log.level: expected one of error|warn|info|debug"},
        {"{\"zzz\": {\"yyyyyyyyyyyyy\": 1}}",
         "unknown setting zzz.yyyyyyyyyyyyy; `talentpool config"},
        {"{\"run\": 3}", "t.json:1: run: expected an object"},
        {"{\"feeds\": {\"a\": true}}", "feeds.a: expected a text"},
        {"{\"run\": {", "t.json:1:"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        tp_cfg *cfg = fresh();
        tp_err err = {0};
        const char *file = scratch_file(*state, "t.json", bad[i].text);
        assert_tp_fails(tp_cfg_file(cfg, file, &err), TP_E_CONFIG, &err, bad[i].part);
        assert_int_equal(tp_cfg_int(cfg, "run.threads"), 0);
        tp_cfg_free(cfg);
    }
}

static void
test_file__relative_paths_start_where_it_lies(void **state)
{
    tp_cfg *cfg = fresh();
    scratch *s = *state;
    tp_err err = {0};
    const char *file =
        scratch_file(s, "t.json",
                     "{\"sources\": {\"dir\": \"feeds\"}, \"secrets\": {\"dir\": \"\"},"
                     " \"rules\": {\"dir\": \"/etc/rules\"}}");
    assert_tp_ok(tp_cfg_file(cfg, file, &err), &err);
    assert_string_equal(tp_cfg_text(cfg, "sources.dir"), scratch_path(s, "feeds"));
    assert_string_equal(tp_cfg_text(cfg, "rules.dir"), "/etc/rules");
    assert_string_equal(tp_cfg_text(cfg, "secrets.dir"), "");
    assert_string_equal(tp_cfg_text(cfg, "codes.dir"), "config/codes");
    assert_tp_fails(tp_cfg_need(cfg, "sources.dir", &err), TP_E_CONFIG, &err, "sources.dir (");
    assert_tp_ok(tp_cfg_set(cfg, "sources.dir", "no/such", "command line", &err), &err);
    assert_tp_fails(tp_cfg_need(cfg, "sources.dir", &err), TP_E_CONFIG, &err,
                    "sources.dir (command line): no no/such in /");
    assert_tp_ok(tp_cfg_set(cfg, "sources.dir", s->dir, "command line", &err), &err);
    assert_tp_ok(tp_cfg_need(cfg, "sources.dir", &err), &err);
    tp_cfg_free(cfg);
}

static void
test_env__unknown_key_of_a_known_section(void **state)
{
    (void)state;
    tp_cfg *cfg = fresh();
    tp_err err = {0};
    setenv("TALENTPOOL_RUN_THREDS", "5", 1);
    const tp_code rc = tp_cfg_env(cfg, &err);
    unsetenv("TALENTPOOL_RUN_THREDS");
    assert_tp_fails(rc, TP_E_CONFIG, &err, "did you mean run.threads?");
    tp_cfg_free(cfg);
}

static void
test_secrets__are_never_shown(void **state)
{
    (void)state;
    tp_cfg *cfg = fresh();
    tp_err err = {0};
    TP_AUTO_BUF(shown);
    tp_cfg_show(cfg, &shown);
    assert_non_null(strstr(tp_buf_cstr(&shown), "= not set  (default)"));
    assert_tp_ok(tp_cfg_set(cfg, "database.conninfo", "password=hunter2", "command line", &err),
                 &err);
    tp_buf_reset(&shown);
    tp_cfg_show(cfg, &shown);
    assert_null(strstr(tp_buf_cstr(&shown), "hunter2"));
    assert_non_null(strstr(tp_buf_cstr(&shown), "= set  (command line)"));
    tp_cfg_free(cfg);
}

static void
test_defaults__are_a_settings_file(void **state)
{
    tp_cfg *cfg = fresh();
    tp_err err = {0};
    TP_AUTO_BUF(text);
    TP_AUTO_BUF(shown);
    tp_cfg_defaults(&text);
    assert_non_null(strstr(tp_buf_cstr(&text), "a whole number from 0 to 1024: threads"));
    assert_tp_ok(tp_cfg_file(cfg, scratch_file(*state, "d.json", tp_buf_cstr(&text)), &err), &err);
    tp_cfg_show(cfg, &shown);
    assert_null(strstr(tp_buf_cstr(&shown), "(default)"));
    tp_cfg_free(cfg);
}

static void
test_secret__file_before_environment(void **state)
{
    scratch *s = *state;
    tp_cfg *cfg = fresh();
    tp_err err = {0};
    TP_AUTO_BUF(value);
    assert_tp_ok(tp_cfg_set(cfg, "secrets.dir", s->dir, "test", &err), &err);
    assert_tp_fails(tp_secret(cfg, "bkn-token", &value, &err), TP_E_CONFIG, &err,
                    "TALENTPOOL_SECRET_BKN_TOKEN");
    assert_non_null(strstr(err.frame[0].text, "/bkn-token"));
    setenv("TALENTPOOL_SECRET_BKN_TOKEN", "from environment", 1);
    assert_tp_ok(tp_secret(cfg, "bkn-token", &value, &err), &err);
    assert_string_equal(tp_buf_cstr(&value), "from environment");
    (void)scratch_file(s, "bkn-token", "from file\r\n");
    tp_buf_reset(&value);
    assert_tp_ok(tp_secret(cfg, "bkn-token", &value, &err), &err);
    unsetenv("TALENTPOOL_SECRET_BKN_TOKEN");
    assert_string_equal(tp_buf_cstr(&value), "from file");
    assert_int_equal(value.n, 9);
    assert_tp_fails(tp_secret(cfg, "../x", &value, &err), TP_E_CONFIG, &err, "secret name");
    tp_cfg_free(cfg);
}

static void
test_key__is_made_once_and_kept(void **state)
{
    scratch *s = *state;
    tp_cfg *cfg = fresh();
    tp_err err = {0};
    uint8_t one[32] = {0};
    uint8_t two[32] = {0};
    struct stat st;
    assert_tp_ok(tp_cfg_set(cfg, "state.dir", s->dir, "test", &err), &err);
    assert_tp_ok(tp_cfg_set(cfg, "secrets.make_keys", "no", "test", &err), &err);
    assert_tp_fails(tp_secret_key(cfg, "landing", one, &err), TP_E_CONFIG, &err,
                    "landing is not set");
    assert_tp_ok(tp_cfg_set(cfg, "secrets.make_keys", "yes", "test", &err), &err);
    assert_tp_ok(tp_secret_key(cfg, "landing", one, &err), &err);
    assert_tp_ok(tp_secret_key(cfg, "landing", two, &err), &err);
    assert_memory_equal(one, two, 32);
    assert_int_equal(stat(scratch_path(s, "secrets/landing"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_tp_ok(tp_secret_key(cfg, "nik", two, &err), &err);
    assert_memory_not_equal(one, two, 32);
    (void)scratch_file(s, "secrets/short", "hunter2");
    assert_tp_fails(tp_secret_key(cfg, "short", two, &err), TP_E_CONFIG, &err,
                    "expected 64 hex digits");
    assert_null(strstr(err.frame[0].text, "hunter2"));
    tp_cfg_free(cfg);
}

/* The folder may keep others out, or the file itself; where neither does, the log says so. */
static void
test_secret__file_open_to_others_is_warned_about(void **state)
{
    scratch *s = *state;
    tp_err err = {0};
    tp_cfg *cfg = NULL;
    TP_AUTO_BUF(value);
    TP_AUTO_BUF(log);
    char path[300];
    snprintf(path, sizeof path, "%s/log", s->dir);
    assert_tp_ok(tp_log_open(TP_LOG_WARN, path, &err), &err);
    assert_tp_ok(tp_cfg_new(&cfg, &err), &err);
    assert_tp_ok(tp_cfg_set(cfg, "secrets.dir", s->dir, "test", &err), &err);
    const char *file = scratch_file(s, "word", "contoh\n");
    assert_int_equal(chmod(file, 0644), 0);
    assert_int_equal(chmod(s->dir, 0700), 0);
    assert_tp_ok(tp_secret(cfg, "word", &value, &err), &err);
    assert_int_equal(chmod(s->dir, 0755), 0);
    assert_int_equal(chmod(file, 0600), 0);
    assert_tp_ok(tp_secret(cfg, "word", &value, &err), &err);
    assert_tp_ok(tp_file_read(path, 4096, &log, &err), &err);
    assert_int_equal(log.n, 0);
    assert_int_equal(chmod(file, 0640), 0);
    assert_tp_ok(tp_secret(cfg, "word", &value, &err), &err);
    tp_log_close();
    assert_tp_ok(tp_file_read(path, 4096, &log, &err), &err);
    assert_non_null(strstr(tp_buf_cstr(&log), "chmod 600"));
    assert_null(strstr(tp_buf_cstr(&log), "contoh"));
    tp_cfg_free(cfg);
}

static void
test_secret_guard_memory__leaves_no_core(void **state)
{
    struct rlimit limit = {1, 1};
    (void)state;
    tp_secret_guard_memory();
    assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
    assert_int_equal(limit.rlim_cur, 0);
    assert_int_equal(limit.rlim_max, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(test_order__later_wins_and_says_where_from),
        scratch_test(test_file__faults_have_file_line_and_hint),
        scratch_test(test_file__relative_paths_start_where_it_lies),
        cmocka_unit_test(test_env__unknown_key_of_a_known_section),
        cmocka_unit_test(test_secrets__are_never_shown),
        scratch_test(test_defaults__are_a_settings_file),
        scratch_test(test_secret__file_before_environment),
        scratch_test(test_key__is_made_once_and_kept),
        scratch_test(test_secret__file_open_to_others_is_warned_about),
        scratch_test(test_secret_guard_memory__leaves_no_core),
    };
    return cmocka_run_group_tests_name("etl/sys/cfg", tests, NULL, NULL);
}
