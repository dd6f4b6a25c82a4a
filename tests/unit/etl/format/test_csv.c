/* Tests etl/format/csv.c. */
#include "tests/unit/etl/format/collect.h"

typedef struct fixture {
    tp_arena arena;
    tp_shape shape;
    tp_parse_stats stats;
} fixture;

static int
setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    f->shape.format = TP_FORMAT_CSV;
    add_select(&f->shape, &f->arena, -1, false, "", SLOTS("nip", "nama", "kota"));
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    tp_arena_clear(&f->arena);
    free(f);
    return 0;
}

static void
test_parse__header_names_the_cells(void **state)
{
    fixture *f = *state;
    const char *want = "0.0: '19, SRI, ~\n0.1: , A;B,C\t\"x\" , ~\n";
    expect_rows(&f->shape, "nama;x;nip\nSRI;1;'19\n\"A;B,C\t\"\"x\"\" \";2;\n", want, &f->stats);
    expect_rows(&f->shape, "\xef\xbb\xbfnama,x,nip\r\nSRI,1,'19\r\n\"A;B,C\t\"\"x\"\" \",2,\r\n",
                want, &f->stats);
    assert_false(f->stats.no_line_end);
    expect_rows(&f->shape, "\"nama\"\tx\t nip \nSRI\t1\t'19\n\n\"A;B,C\t\"\"x\"\" \"\t2\t", want,
                &f->stats);
    assert_true(f->stats.no_line_end);
    assert_int_equal(f->stats.ragged, 0);
}

static void
test_parse__line_ends_in_cells_and_odd_quotes(void **state)
{
    fixture *f = *state;
    expect_rows(&f->shape, "nip,nama\n1,\"a\nb\r\nc\"\n2,x\"y\"\n\"\",\"\"\n\"3\",\"z\"\r",
                "0.0: 1, a\nb \nc, ~\n0.1: 2, x\"y\", ~\n0.2: , , ~\n0.3: 3, z, ~\n", &f->stats);
}

/* A column that went missing is a change of form, not a column of nothing. */
static void
test_parse__missing_columns(void **state)
{
    fixture *f = *state;
    tp_slot *slot = f->shape.select[0].slot;
    slot[0].must = true;
    expect_fault(&f->shape, "nama,kota\na,b\n", TP_E_SCHEMA,
                 "no column 'nip'; if it may be missing");
    expect_rows(&f->shape, "nip\n1\n", "0.0: 1, ~, ~\n", &f->stats);
    slot[1].any_of = slot[2].any_of = 7;
    expect_fault(&f->shape, "nip\n1\n", TP_E_SCHEMA, "no column 'nama', 'kota'");
    expect_rows(&f->shape, "kota,nip\nb,1\n", "0.0: 1, ~, b\n", &f->stats);
}

static void
test_parse__ragged_rows_are_counted(void **state)
{
    fixture *f = *state;
    expect_rows(&f->shape, "nip,nama,kota\n1\n2,b,c,d\n3,b,c\n4,b,c, ,\n",
                "!0.0: 1, ~, ~\n!0.1: 2, b, c\n0.2: 3, b, c\n0.3: 4, b, c\n", &f->stats);
    assert_int_equal(f->stats.ragged, 3);
}

static void
test_parse__a_last_row_without_all_cells_and_line_end_was_cut(void **state)
{
    fixture *f = *state;
    expect_fault(&f->shape, "nip,nama,kota\n1,a,b\n2,c", TP_E_NET,
                 "cut short at byte 23: line 3 ends after 2 of 3 cells");
}

/* A carriage return alone ends lines when it ends the header, and only then. */
static void
test_parse__carriage_returns(void **state)
{
    fixture *f = *state;
    expect_rows(&f->shape, "nip,nama\r1,a\r\r2,\"b\rc\"\r3,d",
                "0.0: 1, a, ~\n0.1: 2, b c, ~\n0.2: 3, d, ~\n", &f->stats);
    expect_rows(&f->shape, "nip,nama\n1,a\rb\n", "0.0: 1, a b, ~\n", &f->stats);
    expect_fault(&f->shape, "nip,nama\r1,a\r2,\"b\"c", TP_E_SYNTAX, "line 3, byte 18");
    expect_fault(&f->shape, "nip,nama\n1,\"b\"\rc", TP_E_SYNTAX, "line 2, byte 14");
}

static void
test_parse__cells_of_a_row(void **state)
{
    fixture *f = *state;
    f->shape.limit.fields = 3;
    expect_rows(&f->shape, "nip,nama,x\n1,2,3\n", "0.0: 1, 2, ~\n", &f->stats);
    expect_fault(&f->shape, "nip,nama,x\n1,2,3\n1,2,3,4\n", TP_E_RANGE,
                 "line 3: a row of more than 3 cells");
    expect_fault(&f->shape, "nip,nama,x,y\n", TP_E_RANGE, "line 1: a row of more than 3 cells");
}

static void
test_parse__document_row(void **state)
{
    fixture *f = *state;
    add_select(&f->shape, &f->arena, -1, true, "", SLOTS("+nip", "nama"));
    expect_rows(&f->shape, "nip,nama\n1,a\n2,b\n", "0.0: 1, a, ~\n0.1: 2, b, ~\n1.0: 1|2, a\n",
                &f->stats);
}

static void
test_parse__refuses(void **state)
{
    fixture *f = *state;
    expect_fault(&f->shape, "", TP_E_NET, "cut short at byte 0: expected a header");
    expect_fault(&f->shape, "\n\n", TP_E_NET, "expected a header");
    expect_fault(&f->shape, "nip,nama\n1,\"abc", TP_E_NET, "cut short at byte 15: line 2");
    expect_fault(&f->shape, "nip,nama\n1,\"a\nb\"\n1,\"abc\"d\n", TP_E_SYNTAX, "line 4, byte 24");
    expect_fault(&f->shape, "nip,nip\n1,2\n", TP_E_SCHEMA, "'nip' stands twice");
    expect_fault(&f->shape, "nip,nama\n1,\xe9\n", TP_E_SYNTAX, "byte 11: not UTF-8");
    f->shape.limit.record_bytes = 40;
    expect_fault(&f->shape, "nip,nama\n1,1234567890\n", TP_E_RANGE, "more than 40 bytes");
    f->shape.select[0].parent = 3;
    expect_fault(&f->shape, "nip\n", TP_E_CONFIG, "its parent must stand before it");
}

static void
test_parse__latin1(void **state)
{
    fixture *f = *state;
    f->shape.encoding = "iso-8859-1";
    expect_rows(&f->shape, "nip,nama\n1,Jos\xe9\n", "0.0: 1, Jos\xc3\xa9, ~\n", &f->stats);
    assert_int_equal(f->stats.fallback_bytes, 1);
}

static void
test_parse__table_larger_than_the_window(void **state)
{
    fixture *f = *state;
    TP_AUTO_BUF(body);
    rows got = {0};
    tp_err err;
    tp_buf_puts(&body, "x;nip;nama\n");
    for (int i = 0; i < 60000; i++) {
        tp_buf_printf(&body, "%d;'%d;\"n;%d\"\r\n", i, i, i);
    }
    assert_tp_ok(parse_step(&f->shape, tp_buf_view(&body), 5000, &got, &f->stats, &err), &err);
    assert_int_equal(f->stats.records[0], 60000);
    assert_int_equal(f->stats.ragged, 0);
    assert_non_null(strstr(tp_buf_cstr(&got.text), "\n0.59999: '59999, n;59999, ~\n"));
    tp_buf_clear(&got.text);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_parse__header_names_the_cells),
        T(test_parse__line_ends_in_cells_and_odd_quotes),
        T(test_parse__missing_columns),
        T(test_parse__ragged_rows_are_counted),
        T(test_parse__a_last_row_without_all_cells_and_line_end_was_cut),
        T(test_parse__carriage_returns),
        T(test_parse__cells_of_a_row),
        T(test_parse__document_row),
        T(test_parse__refuses),
        T(test_parse__latin1),
        T(test_parse__table_larger_than_the_window),
    };
    return cmocka_run_group_tests_name("etl/format/csv", tests, NULL, NULL);
}
