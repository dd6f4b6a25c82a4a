/* Tests the tools that judge a night: truth_score, and the reading of run reports in
 * tests/night.sh. */
#include "tests/support/tp_test.h"

#include <sys/wait.h>

#include "tests/support/scratch.h"

/* Standard output of a shell command; *status is its exit status. */
static const char *
shell(const char *command, int *status)
{
    static char out[8192];
    fflush(stdout);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    const size_t n = fread(out, 1, sizeof out - 1, pipe);
    out[n] = '\0';
    const int ended = pclose(pipe);
    *status = WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
    return out;
}

static const char *
build(void)
{
    const char *dir = getenv("TP_BUILD");
    return dir != NULL ? dir : "build/release";
}

/*
 * Truth: person 1 has a1 b1 c1, person 2 has a2 b2, person 3 has c3. Found: {a1 b1 a2} {c1} {b2}
 * {z9}. True pairs 3 + 1 = 4; joined 3; both 1; person 1 and 2 are merged; c3 was not linked.
 */
static void
test_truth_score__worked_example(void **state)
{
    scratch *s = *state;
    char command[1200];
    int status = -1;
    scratch_file(s, "truth.csv",
                 "source,source_key,person\na,1,1\nb,1,1\nc,1,1\na,2,2\nb,2,2\nc,3,3\n"
                 "c,3,3\n");
    scratch_file(s, "found.csv",
                 "source,source_key,person_key\na,1,18\nb,1,18\na,2,18\nc,1,26\n"
                 "b,2,34\n\"z\",\"9\",42\n");
    snprintf(command, sizeof command, "%s/tests/tools/truth_score %s/truth.csv %s/found.csv",
             build(), s->dir, s->dir);
    const char *out = shell(command, &status);
    assert_int_equal(status, 0);
    assert_non_null(strstr(out,
                           "records=5 people=2 found=3 true_pairs=4 joined_pairs=3 both_pairs=1 "
                           "recall=0.250000 precision=0.333333 merged_per_10000=10000.00 "
                           "exact=0.000000 without_truth=1 not_linked=1\n"));
}

static void
test_truth_score__names_file_and_line(void **state)
{
    scratch *s = *state;
    char command[1200];
    int status = -1;
    scratch_file(s, "truth.csv", "source,source_key,person\na,1,1\na,2,two\n");
    snprintf(command, sizeof command, "%s/tests/tools/truth_score %s/truth.csv %s/truth.csv 2>&1",
             build(), s->dir, s->dir);
    const char *out = shell(command, &status);
    assert_int_equal(status, 65);
    assert_non_null(strstr(out, "truth.csv:3: expected source,source_key,number"));
}

static const char REPORT[] =
    "{\"stages\": [{\"name\": \"extract\", \"work\": \"skipped\"}, {\"name\": \"parse\", \"work\": "
    "\"done\"}],\n"
    " \"sources\": [{\"id\": \"roster\", \"reason\": \"a \\\"quoted\\\" {reason}, with: signs\",\n"
    "  \"counts\": {\"person\": {\"received\": 9, \"accepted\": %d, \"unchanged\": 2, "
    "\"duplicate\": 1,\n"
    "  \"removed\": 0, \"rejected\": 1, \"flagged\": 4}}}], \"error\": []}\n";

static const char *
balance(scratch *s, int accepted, int *status)
{
    char report[1024], command[1400];
    snprintf(report, sizeof report, REPORT, accepted);
    scratch_file(s, "report.json", report);
    snprintf(command, sizeof command,
             "BUILD=%s; TMPDIR=%s; . tests/night.sh; night_cached %s; night_balance %s 2>&1",
             build(), s->dir, s->path, s->path);
    return shell(command, status);
}

static void
test_night_balance__holds(void **state)
{
    int status = -1;
    assert_string_equal(balance(*state, 5, &status), "1\n1 1 0\n");
    assert_int_equal(status, 0);
}

static void
test_night_balance__fails_when_one_record_is_lost(void **state)
{
    int status = -1;
    assert_string_equal(balance(*state, 4, &status),
                        "1\nsource roster, person: counts are off by 1\n1 1 1\n");
    assert_int_equal(status, 1);
}

/* The pages that `make docs` writes; after a change of the program's tables, make them again. */
static void
test_program_pages__say_what_the_program_says(void **state)
{
    static const char *const PAGE[] = {"commands", "configuration"};
    (void)state;
    for (size_t i = 0; i < TP_COUNT(PAGE); i++) {
        char command[600];
        int status = -1;
        snprintf(command, sizeof command,
                 "sh tests/tools/program-pages.sh %s %s/talentpool | diff docs/%s.md -", PAGE[i],
                 build(), PAGE[i]);
        assert_string_equal(shell(command, &status), "");
        assert_int_equal(status, 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(test_truth_score__worked_example),
        scratch_test(test_truth_score__names_file_and_line),
        scratch_test(test_night_balance__holds),
        cmocka_unit_test(test_program_pages__say_what_the_program_says),
        scratch_test(test_night_balance__fails_when_one_record_is_lost),
    };
    return cmocka_run_group_tests_name("integration/tools", tests, NULL, NULL);
}
