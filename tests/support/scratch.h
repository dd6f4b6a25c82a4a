/* A folder of a test's own below TMPDIR, removed at the end. */
#ifndef TALENT_TESTS_SCRATCH_H
#define TALENT_TESTS_SCRATCH_H

#include <stdio.h>
#include <stdlib.h>

#include "talent/etl/file.h"

typedef struct scratch {
    char dir[256];
    char path[512]; /* last answer of scratch_path */
} scratch;

/* For cmocka: *state becomes a scratch *. */
static inline int
scratch_setup(void **state)
{
    scratch *s = calloc(1, sizeof *s);
    const char *base = getenv("TMPDIR");
    if (s == NULL) {
        return -1;
    }
    snprintf(s->dir, sizeof s->dir, "%s/tp-test-XXXXXX", base != NULL ? base : "/tmp");
    *state = s;
    return mkdtemp(s->dir) != NULL ? 0 : -1;
}

static inline int
scratch_teardown(void **state)
{
    scratch *s = *state;
    const tp_code rc = tp_tree_remove(s->dir, NULL);
    free(s);
    return rc == TP_OK ? 0 : -1;
}

/* "<dir>/<name>"; valid until the next call. */
static inline const char *
scratch_path(scratch *s, const char *name)
{
    snprintf(s->path, sizeof s->path, "%s/%.200s", s->dir, name);
    return s->path;
}

/* Writes a text file and gives its path. */
static inline const char *
scratch_file(scratch *s, const char *name, const char *text)
{
    const char *path = scratch_path(s, name);
    FILE *f = fopen(path, "wb");
    if (f != NULL) {
        fputs(text, f);
        fclose(f);
    }
    return path;
}

#define scratch_test(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)

#endif
