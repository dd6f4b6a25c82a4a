/* Tests etl/stage/publish.c and its tables on a real server. */
#include "tests/support/tp_test.h"

#include "talent/etl/ledger.h"
#include "tests/support/pg.h"
#include "tests/support/tiny_night.h"

static const char CURRENT[] = "SELECT generation FROM mart.generation WHERE is_current";

/* Enters a run and publishes the night under a key of one repeated byte. */
static tp_code
publish(tp_pg *pg, tiny_night *t, uint8_t key, tp_receipt *out, tp_err *err)
{
    memset(&t->in.publish_key, key, sizeof t->in.publish_key);
    TP_RETURN_SAME(tp_ledger_begin(pg, t->in.night, 0, "talentpool run", &t->in.run_id, err));
    return tp_publish(pg, &t->in, out, err);
}

static void
test_publish__rows_stand_in_every_table(void **state)
{
    tp_err err = {0};
    tp_receipt receipt;
    tiny_night *t = tiny_night_make(5);
    tp_pg *pg = test_pg_fresh(*state);

    assert_tp_ok(publish(pg, t, 1, &receipt, &err), &err);
    assert_false(receipt.unchanged);
    assert_true(receipt.is_current);
    assert_int_equal(receipt.people, 5);
    static const struct {
        const char *table;
        int64_t rows;
    } WANT[] = {{"person", 5},         {"crosswalk", 8},      {"review", 1},
                {"identity_event", 2}, {"merit_calendar", 1}, {"person_score", 5},
                {"post", 2},           {"post_gate", 2},      {"shortlist", 2},
                {"best_post", 1},      {"agency_merit", 1},   {"rule", TP_RULE_COUNT},
                {"agency", 2},         {"record_place", 8}};
    for (size_t i = 0; i < TP_COUNT(WANT); i++) {
        char sql[80];
        snprintf(sql, sizeof sql, "SELECT count(*) FROM warehouse.%s", WANT[i].table);
        assert_int_equal(test_pg_i64(pg, sql), WANT[i].rows);
    }
    assert_string_equal(test_pg_text(pg, "SELECT fingerprint FROM mart.generation"),
                        receipt.fingerprint);
    assert_int_equal(test_pg_i64(pg, "SELECT row_count FROM mart.generation"), receipt.rows);
    tp_pg_close(pg);
    tiny_night_free(t);
}

/* One person record more than the crosswalk has: counted, but joined to nobody. */
static void
test_publish__records_missing_from_the_crosswalk_are_refused(void **state)
{
    tp_err err = {0};
    tp_receipt receipt;
    tiny_night *t = tiny_night_make(5);
    tp_pg *pg = test_pg_fresh(*state);

    t->batch[1].counts[TP_PERSON].derived = 1;
    assert_tp_fails(publish(pg, t, 1, &receipt, &err), TP_E_QUALITY, &err,
                    "check source_records found violations, the first at beta");
    assert_string_equal(test_pg_text(pg, CURRENT), "");
    t->batch[1].counts[TP_PERSON].derived = 0;
    assert_tp_ok(publish(pg, t, 1, &receipt, &err), &err);
    assert_int_equal(test_pg_i64(pg, "SELECT sum(person_records) FROM ops.generation_source"), 8);
    tp_pg_close(pg);
    tiny_night_free(t);
}

static void
assert_text(tp_pg *pg, const char *sql, const char *want)
{
    assert_string_equal(test_pg_text(pg, sql), want);
}

static void
test_word__has_a_meaning_for_every_reject_code(void **state)
{
    tp_pg *pg = test_pg_fresh(*state);
    char sql[200];
    for (int code = 0; code < TP_REJ_COUNT; code++) {
        snprintf(sql, sizeof sql,
                 "SELECT count(*) FROM mart.word WHERE kind = 'reject' AND word = '%s'",
                 tp_reject_name((tp_reject_code)code));
        assert_int_equal(test_pg_i64(pg, sql), 1);
    }
    tp_pg_close(pg);
}

static void
test_mart__shows_what_was_published(void **state)
{
    tp_err err = {0};
    tp_receipt receipt;
    tiny_night *t = tiny_night_make(5);
    tp_pg *pg = test_pg_fresh(*state);

    assert_tp_ok(publish(pg, t, 1, &receipt, &err), &err);
    assert_text(pg,
                "SELECT concat_ws('|', name, agency_name, tier, rank, education, box, records)"
                "  FROM mart.person WHERE person_key = 1000",
                "Warga Contoh 0, S.Kom.|Kementerian Contoh|administrator|IV/b|S-2|9|2");
    assert_text(pg,
                "SELECT concat_ws('|', agency, rank, box) FROM mart.person"
                " WHERE person_key = 1040",
                "0");
    assert_text(pg,
                "SELECT concat_ws('|', potential_x, performance_y, talent_value, ip_asn, jpm,"
                " ip_category, jpm_category, agency_pool, national_pool, assessment_validity)"
                "  FROM mart.talent_pool WHERE person_key = 1000",
                "75.00|80.00|77.50|80.0|91.23|Tinggi|Optimal|met|na|valid");
    assert_text(pg,
                "SELECT concat_ws('|', potential_x, ip_asn, ip_category, jpm, reasons::text)"
                "  FROM mart.talent_pool WHERE person_key = 1040",
                "{assessment_missing,post_unknown}");
    assert_text(pg,
                "SELECT string_agg(concat_ws('/', agency, box, people, in_agency_pool), ' '"
                " ORDER BY agency) FROM mart.talent_pool_summary",
                "1010/9/2/2 7000/9/2/2 0/1/0");
    assert_text(pg,
                "SELECT concat_ws('|', title, rank, name, person_agency_name, verdict, fit,"
                " fit_potential, fit_performance, fit_technical, technical, notes::text,"
                " rules_failed::text, rules_unknown::text)"
                "  FROM mart.shortlist WHERE listing = 'proposed'",
                "Kepala Dinas Contoh 0|1|Warga Contoh 0, S.Kom.|Kementerian Contoh|eligible|82.00|"
                "40.00|30.00|12.00|60.00|{other_agency}|{TN-07}|{}");
    assert_text(pg,
                "SELECT concat_ws('|', verdict, technical, rank_group, rules_unknown::text)"
                "  FROM mart.shortlist WHERE listing = 'verify'",
                "undetermined|2|{AP-02}");
    assert_text(pg,
                "SELECT concat_ws('|', position_id, scored, effective_on, holder, eligible,"
                " undetermined, not_eligible, unranked) FROM mart.post WHERE post_no = 0",
                "POST 0|t|2026-10-24|1|2|1|1");
    assert_text(pg,
                "SELECT concat_ws('|', scored, effective_on, holder) FROM mart.post"
                " WHERE post_no = 1",
                "f|1020");
    assert_text(pg,
                "SELECT string_agg(concat_ws('/', rule_id, severity, barred, unknown), ' '"
                " ORDER BY rule_no) FROM mart.post_gate",
                "AP-06/HARD/1/0 AP-02/HARD/0/2");
    assert_text(pg,
                "SELECT concat_ws('|', name, people, in_agency_pool, mean_ip_asn, merit_index,"
                " merit_category, sources) FROM mart.agency WHERE agency = '1010'",
                "Kementerian Contoh|2|2|80.00|80.49|Sangat Baik|2");
    assert_text(pg,
                "SELECT concat_ws('|', name, people, merit_index, sources) FROM mart.agency"
                " WHERE agency = '7000'",
                "Kabupaten Contoh|2|1");
    tp_pg_close(pg);
    tiny_night_free(t);
}

static void
test_publish__again_changes_nothing(void **state)
{
    tp_err err = {0};
    tp_receipt first;
    tp_receipt second;
    tiny_night *t = tiny_night_make(5);
    tp_pg *pg = test_pg_fresh(*state);

    assert_tp_ok(publish(pg, t, 1, &first, &err), &err);
    assert_tp_ok(publish(pg, t, 1, &second, &err), &err);
    assert_true(second.unchanged);
    assert_true(second.is_current);
    assert_int_equal(second.generation, first.generation);
    assert_string_equal(second.fingerprint, first.fingerprint);
    assert_int_equal(test_pg_i64(pg, "SELECT count(*) FROM mart.generation"), 1);
    tp_pg_close(pg);
    tiny_night_free(t);
}

static void
test_publish__same_rows_have_the_same_fingerprint_anywhere(void **state)
{
    tp_err err = {0};
    tp_receipt here;
    tp_receipt there;
    tp_receipt changed;
    tiny_night *t = tiny_night_make(300);
    tiny_night *again = tiny_night_make(300);
    tp_pg *one = test_pg_fresh(*state);

    assert_tp_ok(publish(one, t, 1, &here, &err), &err);
    tp_pg *two = test_pg_fresh(*state);
    assert_tp_ok(publish(two, again, 2, &there, &err), &err);
    assert_string_equal(here.fingerprint, there.fingerprint);
    again->scores.box[7] = 8;
    assert_tp_ok(publish(two, again, 3, &changed, &err), &err);
    assert_string_not_equal(here.fingerprint, changed.fingerprint);
    tp_pg_close(one);
    tp_pg_close(two);
    tiny_night_free(t);
    tiny_night_free(again);
}

/* The same records in another order in their feed. */
static void
test_publish__places_of_records_are_kept_but_not_fingerprinted(void **state)
{
    tp_err err = {0};
    tp_receipt here;
    tp_receipt there;
    tiny_night *t = tiny_night_make(9);
    tiny_night *turned = tiny_night_make(9);
    for (size_t s = 0; s < 2; s++) {
        tp_table *people = &turned->batch[s].table[TP_PERSON];
        for (size_t i = 0; i < people->n; i++) {
            people->record[i] = (uint32_t)(people->n - 1 - i);
        }
    }
    tp_pg *one = test_pg_fresh(*state);
    assert_tp_ok(publish(one, t, 1, &here, &err), &err);
    tp_pg *two = test_pg_fresh(*state);
    assert_tp_ok(publish(two, turned, 2, &there, &err), &err);
    assert_string_equal(here.fingerprint, there.fingerprint);
    static const char PLACE[] = "SELECT body_record FROM warehouse.crosswalk JOIN"
                                " warehouse.record_place USING (generation, record_no)"
                                " WHERE source = 'alpha' AND source_key = 'alpha 2'";
    assert_int_equal(test_pg_i64(one, PLACE), 2);
    assert_int_equal(test_pg_i64(two, PLACE), 6);
    tp_pg_close(one);
    tp_pg_close(two);
    tiny_night_free(t);
    tiny_night_free(turned);
}

static void
test_publish__failed_check_leaves_the_old_generation(void **state)
{
    tp_err err = {0};
    tp_receipt good;
    tp_receipt bad;
    tiny_night *t = tiny_night_make(5);
    tp_pg *pg = test_pg_fresh(*state);

    assert_tp_ok(publish(pg, t, 1, &good, &err), &err);
    t->scores.x_part[0]++;
    assert_tp_fails(publish(pg, t, 2, &bad, &err), TP_E_QUALITY, &err,
                    "check score_parts found violations, the first at 1000");
    t->scores.x_part[0]--;
    t->scores.list_fit[0]++;
    assert_tp_fails(publish(pg, t, 2, &bad, &err), TP_E_QUALITY, &err, "check shortlist_people");
    assert_int_equal(test_pg_i64(pg, CURRENT), good.generation);
    assert_int_equal(test_pg_i64(pg, "SELECT count(*) FROM mart.person"), 5);
    assert_int_equal(test_pg_i64(pg, "SELECT count(*) FROM pg_class WHERE relname = 'person_g2'"),
                     0);
    tp_pg_close(pg);
    tiny_night_free(t);
}

static void
test_publish__readers_see_the_old_generation_until_the_commit(void **state)
{
    tp_err err = {0};
    tp_receipt receipt;
    tiny_night *t = tiny_night_make(5);
    tiny_night *more = tiny_night_make(9);
    tp_pg *pg = test_pg_fresh(*state);
    tp_pg *reader = test_pg_again(*state, "reader");

    assert_tp_ok(publish(pg, t, 1, &receipt, &err), &err);
    assert_tp_ok(tp_pg_exec(reader, "BEGIN ISOLATION LEVEL REPEATABLE READ", &err), &err);
    assert_int_equal(test_pg_i64(reader, "SELECT count(*) FROM mart.person"), 5);
    assert_tp_ok(publish(pg, more, 2, &receipt, &err), &err);
    assert_int_equal(test_pg_i64(reader, "SELECT count(*) FROM mart.talent_pool"), 5);
    assert_tp_ok(tp_pg_exec(reader, "COMMIT", &err), &err);
    assert_int_equal(test_pg_i64(reader, "SELECT count(*) FROM mart.talent_pool"), 9);
    tp_pg_close(pg);
    tp_pg_close(reader);
    tiny_night_free(t);
    tiny_night_free(more);
}

/* What a reader sees each time the loading of a generation says how far it is. */
typedef struct watch {
    tp_pg *reader;
    size_t calls;
    size_t middle; /* of them past the half and before the end */
    size_t wrong;  /* times the reader saw anything but the five people of last night */
} watch;

static void
look(void *user, size_t done, size_t total)
{
    watch *w = user;
    w->calls++;
    w->middle += done * 2 >= total && done < total;
    w->wrong += test_pg_i64(w->reader, "SELECT count(*) FROM mart.person") != 5;
}

static void
test_publish__tells_its_progress_while_readers_see_last_night(void **state)
{
    tp_err err = {0};
    tp_receipt receipt;
    tiny_night *t = tiny_night_make(5);
    tiny_night *more = tiny_night_make(9);
    tp_pg *pg = test_pg_fresh(*state);
    watch w = {.reader = test_pg_again(*state, "reader")};
    const tp_ctx ctx = {.threads = 1, .progress = look, .progress_user = &w};

    assert_tp_ok(publish(pg, t, 1, &receipt, &err), &err);
    more->in.ctx = &ctx;
    assert_tp_ok(publish(pg, more, 2, &receipt, &err), &err);
    assert_true(w.calls >= 10); /* once per table that has rows */
    assert_true(w.middle >= 1);
    assert_int_equal(w.wrong, 0);
    assert_int_equal(test_pg_i64(w.reader, "SELECT count(*) FROM mart.person"), 9);
    tp_pg_close(pg);
    tp_pg_close(w.reader);
    tiny_night_free(t);
    tiny_night_free(more);
}

static void
test_publish__far_fewer_people_are_held_unless_released(void **state)
{
    tp_err err = {0};
    tp_receipt receipt;
    tiny_night *t = tiny_night_make(20);
    tiny_night *few = tiny_night_make(17);
    tp_pg *pg = test_pg_fresh(*state);

    assert_tp_ok(publish(pg, t, 1, &receipt, &err), &err);
    assert_tp_fails(publish(pg, few, 2, &receipt, &err), TP_E_QUALITY, &err,
                    "17 people tonight, 20 in the current generation");
    few->in.release = true;
    assert_tp_ok(publish(pg, few, 2, &receipt, &err), &err);
    assert_int_equal(test_pg_i64(pg, CURRENT), 2);
    tp_pg_close(pg);
    tiny_night_free(t);
    tiny_night_free(few);
}

static void
test_publish__past_night_is_kept_but_not_shown(void **state)
{
    tp_err err = {0};
    tp_receipt receipt;
    tiny_night *t = tiny_night_make(20);
    tiny_night *past = tiny_night_make(6); /* far fewer: not held, for readers will not see them */
    tp_pg *pg = test_pg_fresh(*state);

    assert_tp_ok(publish(pg, t, 1, &receipt, &err), &err);
    past->in.night = TINY_NIGHT - 1;
    past->in.keep_generations = 1;
    assert_tp_ok(publish(pg, past, 2, &receipt, &err), &err);
    assert_false(receipt.is_current);
    assert_int_equal(receipt.generation, 2);
    assert_int_equal(test_pg_i64(pg, CURRENT), 1);
    assert_int_equal(test_pg_i64(pg, "SELECT count(*) FROM mart.person"), 20);
    assert_int_equal(test_pg_i64(pg, "SELECT count(*) FROM warehouse.person WHERE generation = 2"),
                     6);
    assert_tp_ok(publish(pg, past, 2, &receipt, &err), &err);
    assert_true(receipt.unchanged);
    assert_int_equal(test_pg_i64(pg, CURRENT), 1);
    tp_pg_close(pg);
    tiny_night_free(t);
    tiny_night_free(past);
}

static void
test_publish__earlier_result_of_the_night_is_shown_again_without_loading(void **state)
{
    tp_err err = {0};
    tp_receipt first;
    tp_receipt receipt;
    tiny_night *t = tiny_night_make(5);
    tp_pg *pg = test_pg_fresh(*state);

    assert_tp_ok(publish(pg, t, 1, &first, &err), &err);
    assert_tp_ok(publish(pg, t, 2, &receipt, &err), &err);
    assert_int_equal(test_pg_i64(pg, CURRENT), 2);
    assert_tp_ok(publish(pg, t, 1, &receipt, &err), &err);
    assert_true(receipt.unchanged);
    assert_int_equal(receipt.generation, first.generation);
    assert_int_equal(test_pg_i64(pg, CURRENT), first.generation);
    tp_pg_close(pg);
    tiny_night_free(t);
}

static void
test_publish__old_generations_are_dropped(void **state)
{
    tp_err err = {0};
    tp_receipt receipt;
    tiny_night *t = tiny_night_make(5);
    tp_pg *pg = test_pg_fresh(*state);

    t->in.keep_generations = 2;
    for (uint8_t key = 1; key <= 4; key++) {
        t->in.night = TINY_NIGHT + key;
        assert_tp_ok(publish(pg, t, key, &receipt, &err), &err);
    }
    assert_text(pg,
                "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class"
                " WHERE relname ~ '^person_g[0-9]+$'",
                "person_g3 person_g4");
    assert_text(pg,
                "SELECT string_agg(generation::text, ' ' ORDER BY generation)"
                " FROM mart.generation WHERE dropped_at IS NOT NULL",
                "1 2");
    assert_int_equal(test_pg_i64(pg, "SELECT count(DISTINCT generation) FROM warehouse.shortlist"),
                     2);
    assert_int_equal(test_pg_i64(pg, CURRENT), 4);
    tp_pg_close(pg);
    tiny_night_free(t);
}

/* Partitions of other generations may stand in the plan, but must not be read. */
static void
test_mart__reads_the_current_partitions_alone(void **state)
{
    static const char *const VIEW[] = {"person",    "talent_pool", "talent_pool_summary",
                                       "shortlist", "post",        "post_gate",
                                       "agency",    "word",        "rule"};
    tp_err err = {0};
    tp_receipt receipt;
    tiny_night *t = tiny_night_make(50);
    tp_pg *pg = test_pg_fresh(*state);

    assert_tp_ok(publish(pg, t, 1, &receipt, &err), &err);
    assert_tp_ok(publish(pg, t, 2, &receipt, &err), &err);
    for (size_t v = 0; v < TP_COUNT(VIEW); v++) {
        char sql[128];
        tp_rows *plan = NULL;
        snprintf(sql, sizeof sql, "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) SELECT * FROM mart.%s",
                 VIEW[v]);
        assert_tp_ok(tp_pg_query(pg, sql, 0, NULL, &plan, &err), &err);
        for (size_t i = 0; i < tp_rows_n(plan); i++) {
            char line[512];
            snprintf(line, sizeof line, "%.*s", TP_STR_ARG(tp_rows_at(plan, i, 0)));
            if (strstr(line, " on ") != NULL && strstr(line, "_g1 ") != NULL &&
                strstr(line, "never executed") == NULL) {
                print_error("mart.%s: %s\n", VIEW[v], line);
                fail();
            }
        }
        tp_rows_free(plan);
    }
    tp_pg_close(pg);
    tiny_night_free(t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_publish__rows_stand_in_every_table),
        cmocka_unit_test(test_publish__records_missing_from_the_crosswalk_are_refused),
        cmocka_unit_test(test_word__has_a_meaning_for_every_reject_code),
        cmocka_unit_test(test_mart__shows_what_was_published),
        cmocka_unit_test(test_publish__again_changes_nothing),
        cmocka_unit_test(test_publish__same_rows_have_the_same_fingerprint_anywhere),
        cmocka_unit_test(test_publish__places_of_records_are_kept_but_not_fingerprinted),
        cmocka_unit_test(test_publish__failed_check_leaves_the_old_generation),
        cmocka_unit_test(test_publish__readers_see_the_old_generation_until_the_commit),
        cmocka_unit_test(test_publish__tells_its_progress_while_readers_see_last_night),
        cmocka_unit_test(test_publish__far_fewer_people_are_held_unless_released),
        cmocka_unit_test(test_publish__past_night_is_kept_but_not_shown),
        cmocka_unit_test(test_publish__earlier_result_of_the_night_is_shown_again_without_loading),
        cmocka_unit_test(test_publish__old_generations_are_dropped),
        cmocka_unit_test(test_mart__reads_the_current_partitions_alone),
    };
    return cmocka_run_group_tests_name("integration/publish", tests, test_pg_setup,
                                       test_pg_teardown);
}
