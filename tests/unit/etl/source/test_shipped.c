/* Tests config/sources: what the shipped descriptions make of records that are not as they ought
 * to be. */
#include "tests/support/tp_test.h"

#include "talent/etl/format.h"
#include "talent/etl/source.h"

typedef struct fixture {
    tp_cfg *cfg;
    tp_source *source;
    tp_batch_builder *builder;
    const tp_batch *batch;
} fixture;

static int
setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    tp_err err = {0};
    assert_tp_ok(tp_cfg_new(&f->cfg, &err), &err);
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    tp_batch_free(f->builder);
    tp_source_free(f->source);
    tp_cfg_free(f->cfg);
    free(f);
    return 0;
}

static tp_code
take(void *user, tp_raw_chunk *chunk, tp_err *err)
{
    return tp_batch_add(user, chunk, err);
}

/* Reads one body by the first fetch of a shipped description. */
static void
read_body(fixture *f, const char *file, const char *body)
{
    static const uint8_t SECRET[32] = {1};
    tp_err err = {0};
    tp_memory_reader reader;
    tp_parse_stats stats;
    assert_tp_ok(tp_cfg_set(f->cfg, "feeds.peta_url", "http://127.0.0.1/peta", "test", &err), &err);
    assert_tp_ok(tp_source_load(file, f->cfg, &f->source, &err), &err);
    assert_tp_ok(tp_batch_begin(f->source->rules, SECRET, &TP_TEST_CTX, &f->builder, &err), &err);
    assert_tp_ok(tp_format_parse(&f->source->fetch[0].shape, 0, TP_STR_NONE,
                                 tp_reader_memory(&reader, tp_str_of(body)),
                                 (tp_raw_sink){.chunk = take, .user = f->builder}, &stats, &err),
                 &err);
    assert_tp_ok(tp_batch_end(f->builder, &f->batch, &err), &err);
}

/* Two posts, one asking for codes nobody knows. */
static const char POSTS[] =
    "<petaJabatan xmlns='urn:contoh:peta-jabatan:1'>"
    "<jabatan kode='4011-0001' instansi='4011'><nama>KEPALA BIRO</nama>"
    "<jenjang eselon='21'/><syarat><pendidikanMin tingkat='40'><bidang kode='hukum'/>"
    "<bidang kode='x9'/></pendidikanMin><pengalaman tahun='5' urusan='5.03'/></syarat></jabatan>"
    "<jabatan kode='4011-0002' instansi='4011'><nama>KEPALA PUSAT</nama>"
    "<jenjang eselon='21'/><syarat><pendidikanMin tingkat='40'><bidang kode='hukum'/>"
    "</pendidikanMin><pengalaman tahun='5' urusan='5.03'/>"
    "<pengalaman tahun='5' urusan='77.77'/></syarat></jabatan></petaJabatan>";

/* A code that no list knows is counted with its place. Without it the post still asks for the
 * fields that are left; of its affairs nothing is certain, so none is kept. */
static void
test_peta__codes_of_no_list(void **state)
{
    fixture *f = *state;
    read_body(f, "config/sources/peta.json", POSTS);
    const tp_table *t = &f->batch->table[TP_POSITION];
    assert_int_equal(t->n, 2);
    assert_int_equal(f->batch->counts[TP_POSITION].flagged, 2);
    const size_t first = tp_str_is(tp_get_text(t, TP_POSITION_POSITION_ID, 0), "4011-0001") ? 0 : 1;
    assert_tp_str(tp_get_text(t, TP_POSITION_STUDY_FIELDS, first), "hukum");
    assert_tp_str(tp_get_text(t, TP_POSITION_AFFAIRS, first), "5.03");
    assert_tp_str(tp_get_text(t, TP_POSITION_STUDY_FIELDS, 1 - first), "hukum");
    assert_false(tp_known(t, TP_POSITION_AFFAIRS, 1 - first));
    int found = 0;
    for (size_t i = 0; i < f->batch->n_rejects; i++) {
        const tp_reject *r = &f->batch->reject[i];
        const int field = r->place.record == 0 ? TP_POSITION_STUDY_FIELDS : TP_POSITION_AFFAIRS;
        found += r->code == TP_REJ_LIST && r->kind == TP_POSITION && r->field == field ? 1 : 0;
    }
    assert_int_equal(found, 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_peta__codes_of_no_list, setup, teardown),
    };
    return cmocka_run_group_tests_name("config/sources", tests, NULL, NULL);
}
