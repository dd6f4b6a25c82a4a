/* Tests etl/source/describe*.c: what is compiled, and where each mistake is found. */
#include "tests/support/tp_test.h"

#include <unistd.h>

#include "talent/core/emit.h"
#include "talent/etl/source.h"
#include "tests/support/descriptions.h"

typedef struct fixture {
    tp_cfg *cfg;
    char file[64];
    tp_source *source;
} fixture;

static int
setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    tp_err err = {0};
    assert_tp_ok(tp_cfg_new(&f->cfg, &err), &err);
    snprintf(f->file, sizeof f->file, "/tmp/tp-describe-XXXXXX");
    const int fd = mkstemp(f->file);
    assert_true(fd >= 0);
    close(fd);
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    tp_source_free(f->source);
    tp_cfg_free(f->cfg);
    unlink(f->file);
    free(f);
    return 0;
}

/* GOOD with the first `from` replaced by `to`. */
static tp_code
load(fixture *f, const char *from, const char *to, tp_err *err)
{
    FILE *out = fopen(f->file, "w");
    const char *at = strstr(GOOD, from);
    assert_non_null(out);
    assert_non_null(at);
    fprintf(out, "%.*s%s%s", (int)(at - GOOD), GOOD, to, at + strlen(from));
    fclose(out);
    return tp_source_load(f->file, f->cfg, &f->source, err);
}

static void
test_load__good(void **state)
{
    fixture *f = *state;
    tp_err err = {0};
    assert_tp_ok(load(f, "Demo", "Demo", &err), &err);
    const tp_source *s = f->source;
    assert_tp_str(s->id, "demo");
    assert_int_equal(s->trust[TP_PERSON], 90);
    assert_int_equal(s->trust[TP_AWARD], 50);
    assert_int_equal(s->n_gates, 1);
    assert_int_equal(s->gate[0].measure, TP_GATE_REJECTED);
    assert_int_equal(s->gate[0].kind, -1);
    assert_int_equal(s->gate[0].max_bp, 500);
    assert_int_equal(s->auth[0].kind, TP_AUTH_HEADER);
    assert_tp_str(s->auth[0].password, "demo_token");
    const tp_fetch *fetch = &s->fetch[0];
    assert_int_equal(fetch->page.kind, TP_PAGE_NUMBER);
    assert_int_equal(fetch->page.first, 1);
    assert_true(fetch->envelope.select[0].slot[fetch->page.count_slot].many);
    assert_int_equal(fetch->outcome[0].status[1], 206);
    assert_int_equal(fetch->shape.n_selects, 2);
    assert_int_equal(fetch->shape.select[1].parent, 0);
    assert_int_equal(fetch->shape.select[1].slot[1].up, 1);
    const struct tp_emit_rules *rules = s->rules;
    assert_int_equal(rules->n_emits, 2);
    assert_tp_str(rules->emit[0].field[0].name, "source_key"); /* keys are computed first */
    assert_int_equal(rules->emit[0].field[0].n_slots, 2);
    assert_int_equal(rules->emit[0].field[0].on_error, TP_ON_REJECT);
    assert_int_equal(rules->emit[0].rule[0].n, 4);
    assert_int_equal(rules->emit[1].parent, 0);
    assert_int_equal(rules->emit[1].n_keys, 2);
}

/* Each mistake is refused at its line, with a word that helps. */
static void
test_load__mistakes_are_found_at_their_line(void **state)
{
    fixture *f = *state;
    int wrong = 0;
    for (size_t i = 0; i < TP_COUNT(MISTAKE); i++) {
        const mistake *m = &MISTAKE[i];
        tp_err err = {0};
        char place[80];
        const tp_code rc = load(f, m->from, m->to, &err);
        snprintf(place, sizeof place, "%s:%d:", f->file, m->line);
        if (rc != TP_E_CONFIG || strstr(err.frame[0].text, place) == NULL ||
            strstr(err.frame[0].text, m->says) == NULL) {
            print_error("mistake %zu (%s): %s: %s\n", i, m->to, tp_code_name(rc),
                        err.frame[0].text);
            wrong++;
        }
        if (rc == TP_OK) {
            tp_source_free(f->source);
            f->source = NULL;
        }
    }
    assert_int_equal(wrong, 0);
}

static void
test_load__a_fact_needs_a_person(void **state)
{
    fixture *f = *state;
    tp_err err = {0};
    assert_tp_fails(
        load(f, "\"record\": \"person\",\n  \"key\": [\"source_key\"],\n  \"fields\": {\n",
             "\"record\": \"integrity\", \"fields\": {\"report_year\": \"y\"}}, {\"from\": "
             "\"list\", \"select\": "
             "\"x\", \"record\": \"person\",\n  \"key\": [\"source_key\"],\n  \"fields\": {\n",
             &err),
        TP_E_CONFIG, &err, "belongs to a person");
}

static void
test_load__ring_of_fields(void **state)
{
    fixture *f = *state;
    tp_err err = {0};
    assert_tp_fails(load(f, "\"nip\": {\"path\": \"nip\"",
                         "\"sex\": {\"from\": \"agency\"}, \"agency\": {\"from\": \"sex\"}, "
                         "\"nip\": {\"path\": \"nip\"",
                         &err),
                    TP_E_CONFIG, &err, "depends on itself");
}

/* What extract reads and what parse reads have hashes of their own; titles and limits are in
 * neither. */
static void
test_load__hashes(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *from;
        const char *to;
        bool fetch_same;
        bool emit_same;
    } ROW[] = {
        {"Demo", "Other", true, true},
        {"\"max_percent\": 5", "\"max_percent\": 6", true, true},
        {"\"name\": \"^man.motto\"", "\"name\": \"x\"", true, false},
        {"http://127.0.0.1/demo", "http://127.0.0.1/omed", false, true},
        {"\"/list\"", "\"/tsil\"", false, false},
    };
    tp_err err = {0};
    assert_tp_ok(load(f, "Demo", "Demo", &err), &err);
    const tp_key fetch = f->source->fetch_hash;
    const tp_key emit = f->source->emit_hash;
    for (size_t i = 0; i < TP_COUNT(ROW); i++) {
        tp_source_free(f->source);
        f->source = NULL;
        assert_tp_ok(load(f, ROW[i].from, ROW[i].to, &err), &err);
        assert_int_equal(memcmp(&f->source->fetch_hash, &fetch, sizeof fetch) == 0,
                         ROW[i].fetch_same);
        assert_int_equal(memcmp(&f->source->emit_hash, &emit, sizeof emit) == 0, ROW[i].emit_same);
    }
}

/* Every description that is shipped loads once the settings it names are there. */
static void
test_sources_load__shipped_ones(void **state)
{
    static const char *const FEED[] = {"siasn",   "siasn_token", "siasn_sso", "roster",  "simpeg",
                                       "talenta", "unor",        "peta",      "asesmen", "alumni",
                                       "kdh",     "kpu",         "merit",     "kinerja", "lhkpn",
                                       "dossier", "izin",        "dukcapil",  "pakar"};
    fixture *f = *state;
    tp_err err = {0};
    tp_source **sources = NULL;
    size_t n = 0;
    FILE *out = fopen(f->file, "w");
    assert_non_null(out);
    fprintf(out, "{\"feeds\": {");
    for (size_t i = 0; i < TP_COUNT(FEED); i++) {
        fprintf(out, "%s\"%s_url\": \"http://127.0.0.1:1/%s\"", i > 0 ? ", " : "", FEED[i],
                FEED[i]);
    }
    fprintf(out, "}}");
    fclose(out);
    assert_tp_ok(tp_cfg_file(f->cfg, f->file, &err), &err);
    assert_tp_ok(tp_sources_load("config/sources", f->cfg, &sources, &n, &err), &err);
    assert_true(n >= 24);
    for (size_t i = 1; i < n; i++) {
        assert_true(tp_str_cmp(sources[i - 1]->id, sources[i]->id) < 0);
    }
    tp_sources_free(sources, n);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_load__good),
        T(test_load__mistakes_are_found_at_their_line),
        T(test_load__a_fact_needs_a_person),
        T(test_load__ring_of_fields),
        T(test_load__hashes),
        T(test_sources_load__shipped_ones),
    };
    return cmocka_run_group_tests_name("etl/source/describe", tests, NULL, NULL);
}
