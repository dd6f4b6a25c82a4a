/* Tests etl/sys/{file,log,clock,signal}.c. */
#include "tests/support/tp_test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "talent/etl/clock.h"
#include "talent/etl/log.h"
#include "talent/etl/signal.h"
#include "tests/support/scratch.h"

static void
test_file__written_whole_and_read_back(void **state)
{
    scratch *s = *state;
    tp_err err = {0};
    TP_AUTO_BUF(text);
    TP_AUTO_ARENA(arena, 1 << 20);
    const char **names = NULL;
    size_t n = 0;
    struct stat st;
    const char *path = scratch_path(s, "f.txt");
    assert_false(tp_file_exists(path));
    assert_tp_ok(tp_file_write(path, "one", 3, 0640, &err), &err);
    assert_tp_ok(tp_file_write(path, "second", 6, 0640, &err), &err);
    assert_tp_ok(tp_file_read(path, 6, &text, &err), &err);
    assert_string_equal(tp_buf_cstr(&text), "second");
    assert_tp_fails(tp_file_read(path, 5, &text, &err), TP_E_NOMEM, &err, "more than 5 bytes");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    assert_tp_ok(tp_dir_list(s->dir, "", &arena, &names, &n, &err), &err);
    assert_int_equal(n, 1); /* no temporary is left */
    assert_tp_fails(tp_file_read(scratch_path(s, "no"), 5, &text, &err), TP_E_IO, &err,
                    "/no: No such");
}

/* What somebody else made at that path stays what it is. */
static void
test_deliver__follows_links_and_leaves_pipes(void **state)
{
    scratch *s = *state;
    tp_err err = {0};
    TP_AUTO_BUF(text);
    char link[300], fifo[300], got[8] = "";
    struct stat st;
    const char *path = scratch_file(s, "target", "old");
    snprintf(link, sizeof link, "%s/link", s->dir);
    snprintf(fifo, sizeof fifo, "%s/fifo", s->dir);
    assert_int_equal(symlink(path, link), 0);
    assert_tp_ok(tp_file_deliverable(link, &err), &err);
    assert_tp_ok(tp_file_deliver(link, "new", 3, 0644, &err), &err);
    assert_int_equal(lstat(link, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_tp_ok(tp_file_read(scratch_path(s, "target"), 9, &text, &err), &err);
    assert_string_equal(tp_buf_cstr(&text), "new");

    assert_int_equal(mkfifo(fifo, 0600), 0);
    const int reader = open(fifo, O_RDONLY | O_NONBLOCK);
    assert_true(reader >= 0);
    assert_tp_ok(tp_file_deliverable(fifo, &err), &err);
    assert_tp_ok(tp_file_deliver(fifo, "new", 3, 0644, &err), &err);
    assert_int_equal(read(reader, got, sizeof got), 3);
    assert_int_equal(close(reader), 0);
    assert_int_equal(lstat(fifo, &st), 0);
    assert_true(S_ISFIFO(st.st_mode));

    assert_tp_fails(tp_file_deliver("/dev/full", "new", 3, 0644, &err), TP_E_IO, &err,
                    "No space left");
    assert_int_equal(lstat("/dev/full", &st), 0);
    assert_true(S_ISCHR(st.st_mode));
    assert_tp_fails(tp_file_deliverable(scratch_path(s, "no/r.json"), &err), TP_E_IO, &err,
                    "cannot write");
    assert_tp_fails(tp_file_deliverable(s->dir, &err), TP_E_IO, &err, "it is a folder");
    assert_tp_ok(tp_file_deliverable(scratch_path(s, "new.json"), &err), &err);
    assert_false(tp_file_exists(s->path));
}

static void
test_create__does_not_replace(void **state)
{
    scratch *s = *state;
    tp_err err = {0};
    TP_AUTO_BUF(text);
    bool made = false;
    const char *path = scratch_path(s, "k");
    assert_tp_ok(tp_file_create(path, "a", 1, 0600, &made, &err), &err);
    assert_true(made);
    assert_tp_ok(tp_file_create(path, "b", 1, 0600, &made, &err), &err);
    assert_false(made);
    assert_tp_ok(tp_file_read(path, 9, &text, &err), &err);
    assert_string_equal(tp_buf_cstr(&text), "a");
}

static void
test_dirs__made_listed_removed(void **state)
{
    scratch *s = *state;
    tp_err err = {0};
    TP_AUTO_ARENA(arena, 1 << 20);
    TP_AUTO_BUF(joined);
    const char **names = NULL;
    size_t n = 0;
    char deep[600];
    snprintf(deep, sizeof deep, "%s/a/b/c", s->dir);
    assert_tp_ok(tp_dir_make(deep, 0755, &err), &err);
    assert_tp_ok(tp_dir_make(deep, 0755, &err), &err);
    (void)scratch_file(s, "a/z.json", "");
    (void)scratch_file(s, "a/m.json", "");
    (void)scratch_file(s, "a/m.txt", "");
    assert_int_equal(symlink("/", scratch_path(s, "a/link")), 0);
    assert_tp_ok(tp_dir_list(scratch_path(s, "a"), ".json", &arena, &names, &n, &err), &err);
    assert_int_equal(n, 2);
    assert_string_equal(names[0], "m.json");
    assert_string_equal(names[1], "z.json");
    assert_int_equal(tp_dir_make(scratch_path(s, "a/m.txt"), 0755, &err), TP_E_IO);
    assert_tp_ok(tp_tree_remove(scratch_path(s, "a"), &err), &err);
    assert_false(tp_file_exists(scratch_path(s, "a")));
    assert_tp_ok(tp_tree_remove(scratch_path(s, "a"), &err), &err);
    assert_string_equal(tp_path_join(&joined, "a", "b"), "a/b");
    assert_string_equal(tp_path_join(&joined, "a/", "b"), "a/b");
    assert_string_equal(tp_path_join(&joined, "a", "/b"), "/b");
    assert_string_equal(tp_path_join(&joined, "", "b"), "b");
}

static void
test_log__one_line_per_event(void **state)
{
    scratch *s = *state;
    tp_err err = {0};
    TP_AUTO_BUF(text);
    static char wide[6000];
    memset(wide, 'x', sizeof wide - 1);
    tp_log_stderr(false);
    const char *path = scratch_path(s, "log");
    assert_tp_ok(tp_log_open(TP_LOG_INFO, path, &err), &err);
    assert_true(tp_log_on(TP_LOG_WARN));
    assert_false(tp_log_on(TP_LOG_DEBUG));
    tp_log(TP_LOG_INFO, "normalise", "source=%s rows=%d two\nlines", "x", 1);
    tp_log(TP_LOG_DEBUG, "normalise", "not seen");
    tp_log(TP_LOG_WARN, "link", "%s", wide);
    tp_err_set(&err, TP_E_IO, "f", 1, "the cause");
    tp_err_add(&err, TP_E_IO, "f", 1, "what was being done");
    tp_log_err(TP_LOG_ERROR, "run", &err);
    tp_log_close();
    tp_log_stderr(true);
    assert_int_equal(tp_log_open(TP_LOG_INFO, scratch_path(s, "no/log"), &err), TP_E_CONFIG);
    assert_tp_ok(tp_file_read(scratch_path(s, "log"), 1 << 20, &text, &err), &err);
    tp_str rest = tp_buf_view(&text);
    tp_str line;
    assert_true(tp_str_next(&rest, '\n', &line));
    assert_int_equal(line.p[23], 'Z');
    assert_tp_str(tp_str_sub(line, 24, 99), " info  normalise source=x rows=1 two lines");
    assert_true(tp_str_next(&rest, '\n', &line));
    assert_int_equal(line.n, 4094);
    assert_true(tp_str_next(&rest, '\n', &line));
    assert_tp_str(tp_str_sub(line, 24, 99),
                  " error run code=io what was being done; because: the cause");
    tp_log_level level = TP_LOG_ERROR;
    assert_true(tp_log_level_parse("debug", &level));
    assert_int_equal(level, TP_LOG_DEBUG);
    assert_false(tp_log_level_parse("loud", &level));
}

static void
test_clock__format_and_days(void **state)
{
    (void)state;
    char text[TP_STAMP_TEXT];
    tp_clock_format(INT64_C(1787188327512), text);
    assert_string_equal(text, "2026-08-20T01:12:07.512Z");
    tp_clock_format(-1, text);
    assert_string_equal(text, "1969-12-31T23:59:59.999Z");
    assert_int_equal(tp_clock_day_of(16 * 3600 + 59 * 60 + 59, 420), 0);
    assert_int_equal(tp_clock_day_of(17 * 3600, 420), 1);
    assert_int_equal(tp_clock_day_of(-1, 0), -1);
    assert_int_equal(tp_clock_day_of(-86400, 0), -1);
    const int64_t before = tp_clock_mono_ms();
    const int cancel = 1;
    tp_clock_sleep_ms(60000, &cancel);
    tp_clock_sleep_ms(3, NULL);
    assert_true(tp_clock_mono_ms() - before >= 3 && tp_clock_mono_ms() - before < 60000);
    assert_true(tp_clock_now_s() > 1700000000);
}

static void
test_signal__first_sets_the_flag_second_leaves(void **state)
{
    (void)state;
    const pid_t child = fork();
    if (child == 0) {
        tp_err err = {0};
        if (tp_signal_install(&err) != TP_OK || *tp_signal_flag() != 0 || raise(SIGTERM) != 0 ||
            *tp_signal_flag() != SIGTERM) {
            _exit(1);
        }
        raise(SIGINT);
        _exit(2);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 8);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(test_file__written_whole_and_read_back),
        scratch_test(test_deliver__follows_links_and_leaves_pipes),
        scratch_test(test_create__does_not_replace),
        scratch_test(test_dirs__made_listed_removed),
        scratch_test(test_log__one_line_per_event),
        cmocka_unit_test(test_clock__format_and_days),
        cmocka_unit_test(test_signal__first_sets_the_flag_second_leaves),
    };
    return cmocka_run_group_tests_name("etl/sys/file", tests, NULL, NULL);
}
