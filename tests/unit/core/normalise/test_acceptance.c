/* Tests core/normalise/acceptance.c: each measure on both sides of its limit. */
#include "tests/support/tp_test.h"

#include "talent/core/normalise.h"

static uint64_t valid[2]; /* of the agency of people: rows 0 to 94 */

/* n people, of whom the first 95 have an agency, and m units; 5 of 105 people received rejected. */
static tp_batch
batch_of(size_t n, size_t m)
{
    tp_batch b = {0};
    memset(valid, 0, sizeof valid);
    for (size_t i = 0; i < 95 && i < n; i++) {
        tp_bit_set(valid, i);
    }
    b.table[TP_PERSON].n = n;
    b.table[TP_PERSON].col[TP_PERSON_AGENCY].valid = valid;
    b.table[TP_UNIT].n = m;
    b.counts[TP_PERSON] = (tp_counts){.received = n + 5, .accepted = n, .rejected = 5};
    b.counts[TP_UNIT] = (tp_counts){.received = m, .accepted = m};
    return b;
}

typedef struct row {
    tp_gate gate;
    size_t people, units; /* now; before: 100 and 10 */
    bool first;           /* no last good batch */
    tp_gate_verdict verdict;
    const char *why;
} row;

#define REJECTED(k, bp)                                          \
    {                                                            \
        .measure = TP_GATE_REJECTED, .kind = (k), .max_bp = (bp) \
    }
#define CHANGE(m, k, bp)                                    \
    {                                                       \
        .measure = TP_GATE_##m, .kind = (k), .max_bp = (bp) \
    }
#define RECORDS(k, low, high)                                                   \
    {                                                                           \
        .measure = TP_GATE_RECORDS, .kind = (k), .least = (low), .most = (high) \
    }
#define ABSENT(bp)                                                                              \
    {                                                                                           \
        .measure = TP_GATE_ABSENT, .kind = TP_PERSON, .field = TP_PERSON_AGENCY, .max_bp = (bp) \
    }

static const row ROW[] = {
    {REJECTED(TP_PERSON, 477), 100, 10, false, TP_GATE_KEPT, "5 of 105 person records rejected"},
    {REJECTED(TP_PERSON, 476), 100, 10, false, TP_GATE_BROKEN, "at most 4.76 % allowed"},
    {REJECTED(TP_UNIT, 0), 100, 10, false, TP_GATE_KEPT, "0 of 10 unit records rejected"},
    {REJECTED(-1, 435), 100, 10, false, TP_GATE_KEPT, "5 of 115 of all records rejected"},
    {REJECTED(-1, 434), 100, 10, false, TP_GATE_BROKEN, "5 of 115 of all records rejected"},
    {RECORDS(-1, 110, 0), 100, 10, false, TP_GATE_KEPT, "110 records, at least 110"},
    {RECORDS(-1, 111, 0), 100, 10, false, TP_GATE_BROKEN, "110 records, at least 111"},
    {RECORDS(TP_UNIT, 11, 20), 100, 10, false, TP_GATE_BROKEN, "10 unit records, at least 11"},
    {RECORDS(TP_UNIT, 0, 10), 100, 10, false, TP_GATE_KEPT, "10 unit records, at most 10"},
    {RECORDS(TP_UNIT, 0, 9), 100, 10, false, TP_GATE_BROKEN, "10 unit records, at most 9"},
    {CHANGE(SHRINK, -1, 500), 95, 10, false, TP_GATE_KEPT, "every kind within 5.00 %"},
    {CHANGE(SHRINK, -1, 500), 94, 10, false, TP_GATE_BROKEN, "at most 5.00 % fewer"},
    {CHANGE(SHRINK, TP_UNIT, 1000), 1, 9, false, TP_GATE_KEPT, "9 unit records, 10 in"},
    {CHANGE(SHRINK, TP_UNIT, 1000), 100, 8, false, TP_GATE_BROKEN, "8 unit records, 10 in"},
    {CHANGE(SHRINK, -1, 500), 1, 1, true, TP_GATE_OPEN, "no last good batch"},
    {CHANGE(GROWTH, -1, 2000), 120, 12, false, TP_GATE_KEPT, "every kind"},
    {CHANGE(GROWTH, -1, 2000), 121, 10, false, TP_GATE_BROKEN, "at most 20.00 % more"},
    {CHANGE(GROWTH, -1, 0), 50, 10, false, TP_GATE_KEPT, "every kind"},
    {ABSENT(500), 100, 10, false, TP_GATE_KEPT, "5 of 100 person.agency records without a value"},
    {ABSENT(499), 100, 10, false, TP_GATE_BROKEN, "at most 4.99 % allowed"},
    {ABSENT(0), 0, 10, false, TP_GATE_KEPT, "0 of 0"},
};

static void
test_judge__each_measure_on_both_sides(void **state)
{
    int wrong = 0;
    (void)state;
    for (size_t i = 0; i < TP_COUNT(ROW); i++) {
        const row *r = &ROW[i];
        char why[TP_GATE_TEXT] = "";
        tp_batch before = batch_of(100, 10);
        tp_batch now = batch_of(r->people, r->units);
        const tp_gate_verdict verdict =
            tp_gate_judge(&r->gate, &now, r->first ? NULL : &before, why);
        if (verdict != r->verdict || strstr(why, r->why) == NULL) {
            print_error("row %zu: verdict %d, \"%s\"\n", i, (int)verdict, why);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

/* Without a kind each one counts by itself; few facts of a person say nothing. */
static void
test_judge__shrink_of_any_kind(void **state)
{
    const tp_gate gate = CHANGE(SHRINK, -1, 1000);
    char why[TP_GATE_TEXT];
    tp_batch before = batch_of(100, 10);
    tp_batch now = batch_of(100, 8);
    (void)state;
    assert_int_equal(tp_gate_judge(&gate, &now, &before, why), TP_GATE_BROKEN);
    assert_string_equal(why,
                        "8 unit records, 10 in the last good batch: at most 10.00 % fewer allowed");
    now = batch_of(100, 10);
    before.table[TP_AWARD].n = 99;
    assert_int_equal(tp_gate_judge(&gate, &now, &before, why), TP_GATE_KEPT);
    before.table[TP_AWARD].n = 100;
    assert_int_equal(tp_gate_judge(&gate, &now, &before, why), TP_GATE_BROKEN);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_judge__each_measure_on_both_sides),
        cmocka_unit_test(test_judge__shrink_of_any_kind),
    };
    return cmocka_run_group_tests_name("core/normalise/acceptance", tests, NULL, NULL);
}
