/* Tests etl/stage/parse.c: which bodies are read, and what happens to one that cannot be. */
#include "tests/support/tp_test.h"

#include "etl/stage/files.h"
#include "talent/etl/run.h"
#include "tests/support/scratch.h"

static const char DESCRIPTION[] =
    "{\"descriptor\": 1, \"source\": {\"id\": \"demo\", \"title\": \"Demo\"},\n"
    "\"connect\": {\"base_url\": \"http://127.0.0.1/demo\"},\n"
    "\"fetch\": [{\"name\": \"list\", \"path\": \"/list\", \"body\": {\"format\": \"%s\"}}],\n"
    "\"emit\": [{\"from\": \"list\", \"select\": \"%s\", \"record\": \"position\",\n"
    "  \"fields\": {\"position_id\": \"id\", \"title\": \"nama\"}}]}\n";

/* A source with one landed body, about to be parsed. */
typedef struct fixture {
    tp_cfg *cfg;
    tp_source *desc;
    tp_run run;
    tp_run_source source;
} fixture;

static void
land(fixture *f, tp_str body)
{
    tp_err err = {0};
    tp_landing_writer *w = NULL;
    const tp_body meta = {.fetch = TP_STR("list"), .status = 200};
    memset(&f->source.landing_key, 7, sizeof f->source.landing_key);
    assert_tp_ok(
        tp_landing_begin(f->run.store, &f->source.landing_key, f->run.landing_secret, &w, &err),
        &err);
    assert_tp_ok(tp_landing_body_begin(w, &err), &err);
    assert_tp_ok(tp_landing_body_put(w, body.p, body.n, &err), &err);
    assert_tp_ok(tp_landing_body_end(w, &meta, &err), &err);
    assert_tp_ok(tp_landing_commit(w, TP_STR_NONE, &err), &err);
    assert_tp_ok(tp_landing_open(f->run.store, &f->source.landing_key, f->run.landing_secret,
                                 &f->source.landing, &err),
                 &err);
}

/* Parses one body of the format. */
static tp_code
parse(fixture *f, scratch *s, const char *format, const char *body, tp_err *err)
{
    tp_stage_count count = {0};
    const bool csv = strcmp(format, "csv") == 0;
    const bool lines = strcmp(format, "ndjson") == 0;
    *f = (fixture){.source = {.state = TP_SOURCE_FRESH}};
    FILE *out = fopen(scratch_path(s, "demo.json"), "w");
    assert_non_null(out);
    fprintf(out, DESCRIPTION, format, csv || lines ? "" : "list[]");
    fclose(out);
    assert_tp_ok(tp_cfg_new(&f->cfg, err), err);
    assert_tp_ok(tp_source_load(scratch_path(s, "demo.json"), f->cfg, &f->desc, err), err);
    f->source.desc = f->desc;
    assert_tp_ok(tp_store_open(scratch_path(s, "state"), &f->run.store, err), err);
    land(f, tp_str_of(body));
    return tp_stage_parse.run_source(&f->run, &f->source, &count, err);
}

static void
close_fixture(fixture *f)
{
    tp_batch_free(f->source.builder);
    tp_landing_close(f->source.landing);
    tp_store_close(f->run.store);
    tp_source_free(f->desc);
    tp_cfg_free(f->cfg);
}

/* The next run of the same night must not find it again and fail again. */
static void
test_parse__cut_body_is_asked_for_again(void **state)
{
    fixture f;
    tp_err err = {0};
    assert_tp_fails(parse(&f, *state, "json", "{\"list\":[{\"id\":\"1\"},{\"id", &err), TP_E_NET,
                    &err, "cut short");
    assert_false(tp_landing_exists(f.run.store, &f.source.landing_key));
    assert_null(f.source.builder);
    close_fixture(&f);
}

/* What is wrong for good stays landed: another description may read it. */
static void
test_parse__wrong_body_stays_landed(void **state)
{
    fixture f;
    tp_err err = {0};
    assert_tp_fails(parse(&f, *state, "json", "{\"list\":[{\"id\":1,}]}", &err), TP_E_SYNTAX, &err,
                    "byte");
    assert_true(tp_landing_exists(f.run.store, &f.source.landing_key));
    close_fixture(&f);
}

static void
test_parse__second_document_is_refused(void **state)
{
    fixture f;
    tp_err err = {0};
    assert_tp_fails(parse(&f, *state, "json", "{\"list\":[]}\n{\"list\":[{\"id\":\"1\"}]}", &err),
                    TP_E_SYNTAX, &err, "1 more documents after the first");
    close_fixture(&f);
}

static void
test_parse__lines_are_documents(void **state)
{
    fixture f;
    tp_err err = {0};
    assert_tp_ok(parse(&f, *state, "ndjson", "{\"id\":\"1\"}\n{\"id\":\"2\"}\n", &err), &err);
    assert_non_null(f.source.builder);
    close_fixture(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(test_parse__cut_body_is_asked_for_again),
        scratch_test(test_parse__wrong_body_stays_landed),
        scratch_test(test_parse__second_document_is_refused),
        scratch_test(test_parse__lines_are_documents),
    };
    return cmocka_run_group_tests_name("etl/stage/parse", tests, NULL, NULL);
}
