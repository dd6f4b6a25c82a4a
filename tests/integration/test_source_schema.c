/* Tests that the JSON Schema of descriptions and the program agree: what one takes, the other
 * takes; what the schema refuses, the program refuses. */
#include "tests/support/tp_test.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "talent/etl/file.h"
#include "talent/etl/source.h"
#include "tests/support/descriptions.h"

enum { NAME = 320, OUTPUT = 1 << 20 };

typedef struct fixture {
    char dir[64];
    tp_buf verdicts; /* of the schema */
} fixture;

static int
setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    snprintf(f->dir, sizeof f->dir, "/tmp/tp-schema-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    tp_buf_clear(&f->verdicts);
    const tp_code rc = tp_tree_remove(f->dir, NULL);
    free(f);
    return rc == TP_OK ? 0 : -1;
}

/* Runs the schema over a folder's files. */
static void
judge(fixture *f, const char *files)
{
    char command[NAME * 2];
    char piece[4096];
    snprintf(command, sizeof command,
             "python3 tests/tools/check_schema.py config/schema/source.schema.json %s", files);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    f->verdicts.limit = OUTPUT;
    tp_buf_reset(&f->verdicts);
    while (fgets(piece, sizeof piece, pipe) != NULL) {
        tp_buf_puts(&f->verdicts, piece);
    }
    assert_int_equal(pclose(pipe), 0);
}

static bool
says(const fixture *f, const char *verdict, const char *file)
{
    char line[NAME + 16];
    snprintf(line, sizeof line, "%s %s", verdict, file);
    return strstr(tp_buf_cstr(&f->verdicts), line) != NULL;
}

static void
write_description(const char *file, const char *from, const char *to)
{
    FILE *out = fopen(file, "w");
    const char *at = strstr(GOOD, from);
    assert_non_null(out);
    assert_non_null(at);
    fprintf(out, "%.*s%s%s", (int)(at - GOOD), GOOD, to, at + strlen(from));
    fclose(out);
}

static tp_code
compile(const char *file)
{
    tp_err err = {0};
    tp_cfg *cfg = NULL;
    tp_source *source = NULL;
    tp_faults *faults = calloc(1, sizeof *faults);
    assert_non_null(faults);
    assert_tp_ok(tp_cfg_new(&cfg, &err), &err);
    const tp_code rc = tp_source_check(file, cfg, true, faults, &source, &err);
    tp_source_free(rc == TP_OK ? source : NULL);
    tp_cfg_free(cfg);
    free(faults);
    return rc;
}

/* One mistake each: refused by the program always, by the schema unless it cannot know. */
static void
test_mistakes__are_refused_by_both(void **state)
{
    fixture *f = *state;
    char file[NAME], pattern[NAME];
    int wrong = 0;
    snprintf(file, sizeof file, "%s/good.json", f->dir);
    write_description(file, "Demo", "Demo");
    assert_int_equal(compile(file), TP_OK);
    for (size_t i = 0; i < TP_COUNT(MISTAKE); i++) {
        snprintf(file, sizeof file, "%s/%03zu.json", f->dir, i);
        write_description(file, MISTAKE[i].from, MISTAKE[i].to);
    }
    snprintf(pattern, sizeof pattern, "%s/*.json", f->dir);
    judge(f, pattern);
    snprintf(file, sizeof file, "%s/good.json", f->dir);
    assert_true(says(f, "ok", file));
    for (size_t i = 0; i < TP_COUNT(MISTAKE); i++) {
        snprintf(file, sizeof file, "%s/%03zu.json", f->dir, i);
        /* A setting that is not there is no mistake of the description. */
        const bool setting = strstr(MISTAKE[i].says, "is not set") != NULL;
        const bool schema_right = says(f, MISTAKE[i].how == PLAIN ? "refused" : "ok", file);
        if (!schema_right || (compile(file) == TP_OK) != setting) {
            print_error("mistake %zu (%s): schema %s, program %s\n", i, MISTAKE[i].to,
                        says(f, "ok", file) ? "ok" : "refused",
                        compile(file) == TP_OK ? "ok" : "refused");
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static void
agree_on_folder(fixture *f, const char *folder)
{
    char file[NAME];
    size_t n = 0;
    snprintf(file, sizeof file, "%s/*.json", folder);
    judge(f, file);
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir)) != NULL;) {
        if (strstr(e->d_name, ".json") == NULL) {
            continue;
        }
        snprintf(file, sizeof file, "%.40s/%.250s", folder, e->d_name);
        if (!says(f, "ok", file) || compile(file) != TP_OK) {
            print_error("%s: schema %s, program %s\n", file, says(f, "ok", file) ? "ok" : "refused",
                        compile(file) == TP_OK ? "ok" : "refused");
            fail();
        }
        n++;
    }
    closedir(dir);
    assert_true(n > 0);
}

static void
test_shipped__are_taken_by_both(void **state)
{
    fixture *f = *state;
    agree_on_folder(f, "config/sources");
    agree_on_folder(f, "tests/data/new-agency");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_mistakes__are_refused_by_both, setup, teardown),
        cmocka_unit_test_setup_teardown(test_shipped__are_taken_by_both, setup, teardown),
    };
    return cmocka_run_group_tests_name("integration/source_schema", tests, NULL, NULL);
}
