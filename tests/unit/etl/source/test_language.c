/* Tests the language of descriptions as a whole: a field as written, a value as received, and what
 * becomes of it. One row for every step and every check. */
#include "tests/support/tp_test.h"

#include <unistd.h>

#include "talent/base/day.h"
#include "talent/core/emit.h"
#include "talent/etl/format.h"
#include "talent/etl/source.h"

enum { NIGHT_YEAR = 2026, TEXT_MAX = 4096 };

typedef struct fixture {
    tp_cfg *cfg;
    char file[64];
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
    snprintf(f->file, sizeof f->file, "/tmp/tp-language-XXXXXX");
    const int fd = mkstemp(f->file);
    assert_true(fd >= 0);
    close(fd);
    *state = f;
    return 0;
}

static void
forget(fixture *f)
{
    tp_batch_free(f->builder);
    tp_source_free(f->source);
    f->builder = NULL;
    f->source = NULL;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    forget(f);
    tp_cfg_free(f->cfg);
    unlink(f->file);
    free(f);
    return 0;
}

static tp_code
take(void *user, tp_raw_chunk *chunk, tp_err *err)
{
    return tp_batch_add(user, chunk, err);
}

/* Reads one body by a description whose record is a position with these further members. */
static void
read_body(fixture *f, const char *members, const char *body)
{
    static const uint8_t SECRET[32] = {1};
    tp_err err = {0};
    tp_memory_reader reader;
    tp_parse_stats stats;
    FILE *out = fopen(f->file, "w");
    assert_non_null(out);
    fprintf(out,
            "{\"descriptor\": 1, \"source\": {\"id\": \"demo\", \"title\": \"Demo\"},\n"
            "\"connect\": {\"base_url\": \"http://127.0.0.1/demo\"},\n"
            "\"fetch\": [{\"name\": \"list\", \"path\": \"/list\"}],\n"
            "\"emit\": [{\"from\": \"list\", \"select\": \"[]\", \"record\": \"position\",\n"
            "%s}]}\n",
            members);
    fclose(out);
    forget(f);
    assert_tp_ok(tp_source_load(f->file, f->cfg, &f->source, &err), &err);
    assert_tp_ok(tp_batch_begin(f->source->rules, SECRET, &TP_TEST_CTX, &f->builder, &err), &err);
    tp_batch_night(f->builder, tp_day_of(NIGHT_YEAR, 3, 1));
    assert_tp_ok(tp_format_parse(&f->source->fetch[0].shape, 0, TP_STR_NONE,
                                 tp_reader_memory(&reader, tp_str_of(body)),
                                 (tp_raw_sink){.chunk = take, .user = f->builder}, &stats, &err),
                 &err);
    assert_tp_ok(tp_batch_end(f->builder, &f->batch, &err), &err);
}

/* The title of the one record; absent when it has none or was rejected. */
static tp_str
title_of(const fixture *f)
{
    const tp_table *t = &f->batch->table[TP_POSITION];
    return t->n == 1 ? tp_get_text(t, TP_POSITION_TITLE, 0) : TP_STR_NONE;
}

typedef struct row {
    const char *field; /* of "title", as written in the description */
    const char *value; /* of x, as received, in JSON; NULL = no such member */
    const char *title; /* what becomes of it; NULL = missing */
    const char *fault; /* "code outcome" counted for it; NULL = none */
} row;

/* y is "3|4|5", z "a|b|c", tahun 1, bulan 6, tmt 2020-01-31 in every record. */
static void
try_row(fixture *f, const row *r)
{
    static const char *const OUTCOME[] = {"blanked", "flagged", "rejected", "stopped"};
    char members[TEXT_MAX];
    char body[TEXT_MAX];
    char fault[64] = "";
    snprintf(members, sizeof members,
             "\"fields\": {\"position_id\": {\"path\": \"id\"},\n"
             "\"target_on\": {\"path\": \"tmt\", \"steps\": [{\"date\": [\"yyyy-mm-dd\"]}]},\n"
             "\"title\": %s}",
             r->field);
    snprintf(body, sizeof body,
             "[{\"id\": \"1\", \"y\": \"3|4|5\", \"z\": \"a|b|c\", \"tahun\": 1, \"bulan\": \"6\", "
             "\"tmt\": \"2020-01-31\"%s%s}]",
             r->value != NULL ? ", \"x\": " : "", r->value != NULL ? r->value : "");
    read_body(f, members, body);
    for (size_t i = 0; i < f->batch->n_faults; i++) {
        const tp_fault_count *c = &f->batch->fault[i];
        const size_t at = strlen(fault);
        snprintf(fault + at, sizeof fault - at, "%s%s %s", at > 0 ? ", " : "",
                 tp_reject_name((tp_reject_code)c->code), OUTCOME[c->outcome]);
        assert_int_equal(c->n, 1);
    }
    const tp_str title = title_of(f);
    const bool same =
        r->title == NULL ? title.p == NULL : title.p != NULL && tp_str_is(title, r->title);
    if (!same || strcmp(fault, r->fault != NULL ? r->fault : "") != 0) {
        print_error("%s of %s: \"%.*s\" (%s), not \"%s\" (%s)\n", r->field,
                    r->value != NULL ? r->value : "nothing", TP_STR_ARG(title), fault,
                    r->title != NULL ? r->title : "", r->fault != NULL ? r->fault : "");
        fail();
    }
}

#define STEPS(...) "{\"path\": \"x\", \"steps\": [" __VA_ARGS__ "]}"
#define CHECK(...) "{\"path\": \"x\", \"check\": {" __VA_ARGS__ "}}"

static const row STEP_ROW[] = {
    /* where a value comes from */
    {"\"x\"", "\" a \"", "a", NULL},
    {"\"x\"", "\"  \"", NULL, NULL},
    {"\"x\"", "null", NULL, NULL},
    {"{\"path\": [\"w\", \"x\", \"z\"]}", "\"second\"", "second", NULL},
    {"{\"path\": [\"w\", \"x\", \"z\"]}", "\"\"", "a|b|c", NULL},
    {"{\"const\": \"fixed\"}", NULL, "fixed", NULL},
    {"{\"from\": \"target_on\"}", NULL, "2020-01-31", NULL},
    {"{\"path\": \"x\", \"default\": \"none\"}", NULL, "none", NULL},
    {"{\"path\": \"x\", \"default\": \"none\", \"steps\": [{\"null_if\": [\"-\"]}]}", "\"-\"",
     "none", NULL},
    {"{\"path\": \"x\", \"default\": \"none\", \"steps\": [\"int\"]}", "\"seven\"", NULL,
     "type blanked"}, /* wrong is not missing */
    {"{\"path\": \"x\", \"required\": true}", "\"\"", NULL, "required rejected"},
    {"{\"path\": \"x[]\"}", "[\"a\", \"b\"]", "a|b", NULL},
    {"{\"path\": \"x{}.k\"}", "\"{\\\"k\\\": \\\"inside\\\"}\"", "inside", NULL},
    {"{\"path\": \"x[1].k\"}", "[{\"k\": \"a\"}, {\"k\": \"b\"}]", "b", NULL},
    {"{\"path\": \"x[\\\"a.b\\\"]\"}", "{\"a.b\": \"dotted\"}", "dotted", NULL},
    /* white space, case and signs */
    {STEPS("\"trim\""), "\"  a  b \"", "a  b", NULL},
    {STEPS("\"squash\""), "\" a \\n b \"", "a b", NULL},
    {STEPS("\"upper\""), "\"s.h\"", "S.H", NULL},
    {STEPS("\"lower\""), "\"S.H\"", "s.h", NULL},
    {STEPS("\"title\""), "\"SRI WAHYUNI\"", "Sri Wahyuni", NULL},
    {STEPS("{\"strip\": \"'\"}"), "\"'123\"", "123", NULL},
    {STEPS("{\"strip_end\": \"% \"}"), "\"86,25 %\"", "86,25", NULL},
    {STEPS("{\"replace\": [\" / \", \"/\"]}"), "\"III / a\"", "III/a", NULL},
    {STEPS("{\"replace\": [\"-\", \"\"]}"), "\"a-b-c\"", "abc", NULL},
    {STEPS("{\"replace\": [\"a\", \"aaaa\"]}"), "\"aba\"", "aaaabaaaa", NULL},
    {STEPS("{\"null_if\": [\"-\", \"0\"]}"), "\" - \"", NULL, NULL},
    {STEPS("{\"null_if\": [\"-\", 0]}"), "0", NULL, NULL},
    {STEPS("\"digits\""), "\"19.70-03\"", "197003", NULL},
    {STEPS("{\"left\": 2}"), "\"11.10\"", "11", NULL},
    {STEPS("{\"right\": 2}"), "\"11.10\"", "10", NULL},
    {STEPS("{\"mid\": [1, 3]}"), "\"abcdef\"", "bcd", NULL},
    {STEPS("{\"pad\": \"99.99\"}"), "11.1", "11.10", NULL},
    {STEPS("{\"const\": \"k\"}"), "\"x\"", "k", NULL},
    /* numbers: Indonesian decimal comma and thousands point */
    {STEPS("\"int\""), "\" 12 \"", "12", NULL},
    {STEPS("\"int\""), "12", "12", NULL},
    {STEPS("\"int\""), "\"12,5\"", NULL, "type blanked"},
    {STEPS("\"int\""), "\"1.234\"", NULL, "type blanked"},
    {STEPS("{\"int\": {\"thousands\": \"point\"}}"), "\"1.234.567\"", "1234567", NULL},
    {STEPS("{\"int\": {\"thousands\": \"point\"}}"), "\"234\"", "234", NULL},
    {STEPS("{\"int\": {\"thousands\": \"point\"}}"), "\"1.23\"", NULL, "type blanked"},
    {STEPS("{\"int\": {\"thousands\": \"point\"}}"), "\"1234.567\"", NULL, "type blanked"},
    {STEPS("{\"int\": {\"thousands\": \"point\"}}"), "\".567\"", NULL, "type blanked"},
    {STEPS("\"decimal\""), "\"3.5\"", "3.5", NULL},
    {STEPS("{\"decimal\": \"comma\"}"), "\"86,25\"", "86.25", NULL},
    {STEPS("{\"decimal\": \"comma\"}"), "\"86.25\"", NULL, "type blanked"},
    {STEPS("{\"decimal\": \"comma\"}"), "\"1.234,5\"", NULL, "type blanked"},
    {STEPS("{\"decimal\": \"comma\", \"thousands\": \"point\"}"), "\"1.234,5\"", "1234.5", NULL},
    {STEPS("{\"decimal\": \"comma\", \"thousands\": \"point\"}"), "\"-12.345.678,25\"",
     "-12345678.25", NULL},
    {STEPS("{\"decimal\": \"comma\", \"thousands\": \"point\"}"), "\"1234,5\"", "1234.5", NULL},
    {STEPS("{\"decimal\": \"comma\", \"thousands\": \"point\"}"), "\"1.2345\"", NULL,
     "type blanked"},
    {STEPS("{\"decimal\": \"comma\", \"thousands\": \"point\"}"), "\"1,234.5\"", NULL,
     "type blanked"},
    {STEPS("{\"decimal\": \"point\", \"thousands\": \"comma\"}"), "\"1,234.5\"", "1234.5", NULL},
    {STEPS("{\"decimal\": \"comma\", \"thousands\": \"space\"}"), "\"1 234,5\"", "1234.5", NULL},
    {STEPS("\"int\", {\"scale\": {\"from\": [1, 5], \"to\": [5, 1]}}"), "2", "4", NULL},
    {STEPS("\"int\", {\"scale\": {\"from\": [1, 5], \"to\": [5, 1]}}"), "6", NULL, "range blanked"},
    {STEPS("\"bool\""), "\"Ya\"", "1", NULL},
    {STEPS("\"bool\""), "false", "0", NULL},
    {STEPS("\"bool\""), "\"mungkin\"", NULL, "list blanked"},
    {STEPS("{\"bool\": {\"true\": [\"Y\"], \"false\": [\"T\"]}}"), "\"T\"", "0", NULL},
    {STEPS("\"year\""), "\"30-08-2004\"", "2004", NULL},
    {STEPS("\"year\""), "\"04\"", NULL, "type blanked"},
    /* dates */
    {STEPS("{\"date\": [\"dd-mm-yyyy\", \"yyyy-mm-dd\"]}"), "\"12-01-2022\"", "2022-01-12", NULL},
    {STEPS("{\"date\": [\"dd-mm-yyyy\", \"yyyy-mm-dd\"]}"), "\"2022-01-12\"", "2022-01-12", NULL},
    {STEPS("{\"date\": [\"dd/mm/yyyy\"]}"), "\"12/01/2022\"", "2022-01-12", NULL},
    {STEPS("{\"date\": [\"d monthname yyyy\"]}"), "\"14 Januari 2022\"", "2022-01-14", NULL},
    {STEPS("{\"date\": [\"d monthname yyyy\"]}"), "\"1 Agt 2022\"", "2022-08-01", NULL},
    {STEPS("{\"date\": [\"mm-yyyy\"]}"), "\"08-2022\"", "2022-08-01", NULL},
    {STEPS("{\"date\": [\"iso\"]}"), "\"2022-01-12T23:59:00Z\"", "2022-01-12", NULL},
    {STEPS("{\"date\": [\"dd-mm-yy\"], \"pivot\": 30}"), "\"12-01-31\"", "1931-01-12", NULL},
    {STEPS("{\"date\": [\"dd-mm-yyyy\"]}"), "\"31-02-2020\"", NULL, "type blanked"},
    {STEPS("{\"date\": [\"dd-mm-yyyy\"]}"), "\"12-01-22\"", NULL, "type blanked"},
    {STEPS("{\"datetime\": [\"iso\"]}"), "\"1970-01-02T00:00:00Z\"", "86400", NULL},
    {STEPS("{\"datetime\": [\"iso\"], \"zone\": \"+07:00\"}"), "\"1970-01-02 07:00:00\"", "86400",
     NULL},
    {STEPS("{\"datetime\": [\"iso\"]}"), "\"1970-01-02 08:00:00 WITA\"", "86400", NULL},
    {STEPS("{\"date\": [\"yyyy-mm-dd\"]}, {\"add_days\": -1}"), "\"2020-03-01\"", "2020-02-29",
     NULL},
    {STEPS("{\"date\": [\"yyyy-mm-dd\"]}, {\"add_period\": {\"years\": \"tahun\", \"months\": "
           "\"bulan\"}}"),
     "\"2020-08-31\"", "2022-02-28", NULL},
    /* code tables */
    {STEPS("{\"map\": {\"L\": \"male\", \"P\": \"female\"}}"), "\"p\"", "female", NULL},
    {STEPS("{\"map\": {\"L\": \"male\", \"P\": \"female\"}}"), "\"x\"", NULL, "list blanked"},
    {STEPS("{\"map\": {\"L\": \"male\"}, \"else\": null}"), "\"x\"", NULL, NULL},
    {STEPS("{\"map\": {\"L\": \"male\"}, \"else\": \"other\"}"), "\"x\"", "other", NULL},
    {STEPS("{\"code\": {\"set\": \"eselon\", \"by\": \"siasn_id\", \"give\": \"eselon\"}}"),
     "\"21\"", "II.a", NULL},
    {STEPS("{\"code\": {\"set\": \"eselon\", \"by\": \"siasn_id\", \"give\": \"eselon\"}}"),
     "\"97\"", NULL, "list blanked"},
    {STEPS("{\"phrase\": {\"kepala dinas\": \"head\", \"kepala\": \"chief\"}}"),
     "\"Kepala Dinas Pangan\"", "head", NULL},
    {STEPS("{\"phrase\": {\"pangan\": \"food\"}, \"at\": \"start\", \"else\": null}"),
     "\"Kepala Dinas Pangan\"", NULL, NULL},
    {STEPS("\"succeed\""), "\"4011\"", "4011", NULL},
    /* lists */
    {STEPS("{\"split\": \", \"}, \"first\""), "\"a, b, c\"", "a", NULL},
    {STEPS("{\"split\": \", \"}, \"last\""), "\"a, b, c\"", "c", NULL},
    {STEPS("{\"split\": \", \"}, {\"nth\": 1}"), "\"a, b, c\"", "b", NULL},
    {STEPS("{\"split\": \",\"}, {\"join\": \" + \"}"), "\"a,b\"", "a + b", NULL},
    {"{\"path\": \"y\", \"steps\": [{\"pick\": {\"where\": \"z\", \"is\": \"b\"}}]}", NULL, "4",
     NULL},
    {"{\"path\": \"z\", \"each\": true, \"steps\": [\"upper\"]}", NULL, "A|B|C", NULL},
    /* putting together */
    {STEPS("{\"concat\": [\"z\", {\"const\": \"!\"}]}"), "\"k\"", "ka|b|c!", NULL},
    {STEPS("{\"concat\": [\"w\", \"tahun\"], \"between\": \"-\"}"), "\"k\"", "k-1", NULL},
    {STEPS("{\"coalesce\": [\"w\", {\"const\": \"last\"}]}"), NULL, "last", NULL},
    {STEPS("{\"coalesce\": [{\"const\": \"last\"}]}"), "\"first\"", "first", NULL},
    /* numbers of civil servants, and what they say */
    {STEPS("\"digits\", \"nip\""), "\"19700315 199503 2 001\"", "197003151995032001", NULL},
    {STEPS("\"nip\""), "\"1.97E+17\"", NULL, "scientific blanked"},
    {STEPS("\"nip\", {\"nip_part\": \"birth_date\"}"), "\"197003151995032001\"", "1970-03-15",
     NULL},
    {STEPS("\"nip\", {\"nip_part\": \"cpns_month\"}"), "\"197003151995032001\"", "1995-03-01",
     NULL},
    {STEPS("{\"nip_part\": \"sex\"}"), "\"197003151995032001\"", "female", NULL},
    {STEPS("{\"nip_part\": \"pppk\"}"), "\"197003151995032001\"", "0", NULL},
    {STEPS("{\"nip_part\": \"birth_date\"}"), "\"123\"", NULL, NULL},
    {STEPS("{\"name\": {\"part\": \"clean\"}}"), "\"Dr. Ani Lestari, S.H.\"", "Ani Lestari", NULL},
    {STEPS("{\"name\": {\"part\": \"front\"}}"), "\"Dr. Ani Lestari, S.H.\"", "Dr.", NULL},
    {STEPS("\"nik_hmac\""), "\"33050155\"", NULL, "form blanked"},
    {STEPS("\"siasn_id\""), "\"not an id\"", NULL, "form blanked"},
    {STEPS("\"hash_id\""), "\"12\"", NULL, "form blanked"},
};

static void
test_steps__every_one(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; i < TP_COUNT(STEP_ROW); i++) {
        try_row(f, &STEP_ROW[i]);
    }
    assert_int_equal(TP_COUNT(STEP_ROW) >= TP_OP_COUNT, 1);
}

static const row CHECK_ROW[] = {
    {CHECK("\"in\": [\"a\", \"b\"]"), "\"a\"", "a", NULL},
    {CHECK("\"in\": [\"a\", \"b\"]"), "\"c\"", NULL, "list blanked"},
    {CHECK("\"range\": [1, 5]"), "5", "5", NULL},
    {CHECK("\"range\": [1, 5]"), "6", NULL, "range blanked"},
    {CHECK("\"range\": [\"0.5\", null]"), "0.4", NULL, "range blanked"},
    {CHECK("\"range\": [\"0.5\", null]"), "1000000", "1000000", NULL},
    {CHECK("\"range\": [null, 5]"), "-7", "-7", NULL},
    {"{\"path\": \"x\", \"steps\": [{\"date\": [\"iso\"]}], \"check\": {\"range\": "
     "[\"1945-08-17\", \"2020-12-31\"]}}",
     "\"2021-01-01\"", NULL, "range blanked"},
    {CHECK("\"length\": [2, 3]"), "\"abc\"", "abc", NULL},
    {CHECK("\"length\": [2, 3]"), "\"abcd\"", NULL, "form blanked"},
    {CHECK("\"length\": 2"), "\"\xc3\xa9\xc3\xa9\"", "\xc3\xa9\xc3\xa9", NULL},
    {CHECK("\"form\": \"99.AA*\""), "\"11.ab-\"", "11.ab-", NULL},
    {CHECK("\"form\": \"99.AA*\""), "\"11.a1-\"", NULL, "form blanked"},
    {CHECK("\"pattern\": \"SK-[0-9]{1,4}/[12][0-9]{3}\""), "\"SK-31/2021\"", "SK-31/2021", NULL},
    {CHECK("\"pattern\": \"SK-[0-9]{1,4}/[12][0-9]{3}\""), "\"xSK-31/2021\"", NULL, "form blanked"},
    {CHECK("\"pattern\": \"SK-[0-9]{1,4}/[12][0-9]{3}\""), "\"SK-31/2021 \\n\"", "SK-31/2021",
     NULL},
    {CHECK("\"pattern\": \"(a+)+b\""), "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac\"", NULL,
     "form blanked"}, /* ends within its bound */
    {CHECK("\"pattern\": \"\\\\p{Lu}\\\\p{Ll}+\""), "\"\xc3\x89lise\"", "\xc3\x89lise", NULL},
    {CHECK("\"ref\": {\"set\": \"eselon\", \"by\": \"eselon\"}"), "\"II.a\"", "II.a", NULL},
    {CHECK("\"ref\": {\"set\": \"eselon\", \"by\": \"eselon\"}"), "\"IX.z\"", NULL, "list blanked"},
    {CHECK("\"same_as\": \"position_id\""), "\"1\"", "1", NULL},
    {CHECK("\"same_as\": \"position_id\""), "\"2\"", NULL, "check blanked"},
    {"{\"path\": \"x\", \"steps\": [{\"date\": [\"iso\"]}], \"check\": {\"before\": "
     "\"target_on\"}}",
     "\"2020-01-30\"", "2020-01-30", NULL},
    {"{\"path\": \"x\", \"steps\": [{\"date\": [\"iso\"]}], \"check\": {\"before\": "
     "\"target_on\"}}",
     "\"2020-01-31\"", NULL, "check blanked"},
    {"{\"path\": \"x\", \"steps\": [{\"date\": [\"iso\"]}], \"check\": {\"not_after\": "
     "\"target_on\"}}",
     "\"2020-01-31\"", "2020-01-31", NULL},
    {"{\"path\": \"x\", \"steps\": [{\"date\": [\"iso\"]}], \"check\": {\"after\": \"target_on\"}}",
     "\"2020-01-31\"", NULL, "check blanked"},
    {"{\"path\": \"x\", \"steps\": [{\"date\": [\"iso\"]}], \"check\": {\"not_before\": "
     "\"1945-08-17\"}}",
     "\"1945-08-16\"", NULL, "range blanked"},
    {"{\"path\": \"x\", \"steps\": [{\"date\": [\"iso\"]}], \"check\": {\"not_future\": true}}",
     "\"2026-03-01\"", "2026-03-01", NULL},
    {"{\"path\": \"x\", \"steps\": [{\"date\": [\"iso\"]}], \"check\": {\"not_future\": true}}",
     "\"2026-03-02\"", NULL, "range blanked"},
    {CHECK("\"not_before\": 3"), "\"2.5\"", NULL, "range blanked"},
    /* what then happens */
    {"{\"path\": \"x\", \"check\": {\"range\": [1, 5]}, \"on_error\": \"flag\"}", "6", "6",
     "range flagged"},
    {"{\"path\": \"x\", \"check\": {\"range\": [1, 5]}, \"on_error\": \"null\"}", "6", NULL,
     "range blanked"},
    {"{\"path\": \"x\", \"check\": {\"range\": [1, 5]}, \"on_error\": \"reject\"}", "6", NULL,
     "range rejected"},
    {"{\"path\": \"x\", \"check\": [{\"range\": [1, 5], \"on_error\": \"flag\"}, {\"range\": [0, "
     "99], \"on_error\": \"reject\"}]}",
     "6", "6", "range flagged"},
    {"{\"path\": \"x\", \"check\": [{\"range\": [1, 5], \"on_error\": \"flag\"}, {\"range\": [0, "
     "99], \"on_error\": \"reject\"}]}",
     "100", NULL, "range rejected"},
    {"{\"path\": \"x\", \"check\": [{\"length\": 2, \"on_error\": \"flag\"}, {\"in\": [\"a\"]}]}",
     "\"b\"", NULL, "list blanked"}, /* the more severe decides */
};

static void
test_checks__every_one(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; i < TP_COUNT(CHECK_ROW); i++) {
        try_row(f, &CHECK_ROW[i]);
    }
    assert_int_equal(TP_COUNT(CHECK_ROW) > TP_CHECK_NOT_AFTER, 1);
}

#define BETWEEN(rule, more)                                                      \
    "\"fields\": {\"position_id\": \"id\", \"title\": \"t\",\n"                  \
    "\"vacant_since\": {\"path\": \"a\", \"steps\": [{\"date\": [\"iso\"]}]},\n" \
    "\"target_on\": {\"path\": \"b\", \"steps\": [{\"date\": [\"iso\"]}]}},\n"   \
    "\"checks\": [{\"rule\": \"" rule "\"" more "}]"

typedef struct between {
    const char *members;
    const char *body;
    bool kept;
    bool start_kept;
    const char *fault;
} between;

static const between BETWEEN_ROW[] = {
    {BETWEEN("vacant_since <= target_on", ""), "\"a\": \"2020-01-01\", \"b\": \"2020-01-01\"", true,
     true, ""},
    {BETWEEN("vacant_since <= target_on", ""), "\"a\": \"2020-01-02\", \"b\": \"2020-01-01\"", true,
     true, "check flagged"},
    {BETWEEN("vacant_since <= target_on", ", \"on_error\": \"reject\""),
     "\"a\": \"2020-01-02\", \"b\": \"2020-01-01\"", false, false, "check rejected"},
    {BETWEEN("vacant_since <= target_on", ", \"on_error\": \"null\", \"blank\": \"vacant_since\""),
     "\"a\": \"2020-01-02\", \"b\": \"2020-01-01\"", true, false, "check blanked"},
    {BETWEEN("vacant_since <= target_on", ", \"on_error\": \"reject\""), "\"a\": \"2020-01-02\"",
     true, true, ""}, /* an unknown side is no fault */
    {BETWEEN("vacant_since < night", ", \"on_error\": \"reject\""), "\"a\": \"2026-03-01\"", false,
     false, "check rejected"},
    {BETWEEN("title = 'ok' or not present title", ", \"on_error\": \"reject\""), "\"t\": \"ok\"",
     true, false, ""},
    {BETWEEN("title = 'ok' or not present title", ", \"on_error\": \"reject\""), "\"t\": \"no\"",
     false, false, "check rejected"},
};

static void
test_checks__between_fields(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; i < TP_COUNT(BETWEEN_ROW); i++) {
        const between *r = &BETWEEN_ROW[i];
        char body[TEXT_MAX];
        char fault[64] = "";
        snprintf(body, sizeof body, "[{\"id\": \"1\", %s}]", r->body);
        read_body(f, r->members, body);
        const tp_table *t = &f->batch->table[TP_POSITION];
        assert_int_equal(t->n, r->kept ? 1 : 0);
        assert_int_equal(r->kept && tp_known(t, TP_POSITION_VACANT_SINCE, 0), r->start_kept);
        for (size_t k = 0; k < f->batch->n_faults; k++) {
            const tp_fault_count *c = &f->batch->fault[k];
            snprintf(fault, sizeof fault, "%s %s", tp_reject_name((tp_reject_code)c->code),
                     c->outcome == TP_ON_NULL   ? "blanked"
                     : c->outcome == TP_ON_FLAG ? "flagged"
                                                : "rejected");
        }
        assert_string_equal(fault, r->fault);
    }
}

/* Each fault is counted by kind, field, code and outcome, however many there are. */
static void
test_faults__are_counted_by_field(void **state)
{
    fixture *f = *state;
    TP_AUTO_BUF(body);
    for (int i = 0; i < 3000; i++) {
        tp_buf_printf(&body, "%s{\"id\": %d, \"x\": \"%s\", \"k\": %d}", i > 0 ? "," : "[", i,
                      i % 3 == 0 ? "a" : "7", i % 5);
    }
    tp_buf_puts(&body, "]");
    read_body(f,
              "\"fields\": {\"position_id\": \"id\", \"job_class\": {\"path\": \"x\", \"steps\": "
              "[\"int\"]}, \"echelon\": {\"path\": \"k\", \"steps\": [\"int\"], \"check\": "
              "{\"range\": [1, 3]}, \"on_error\": \"reject\"}}",
              tp_buf_cstr(&body));
    /* k of 0 and 4 are out of range: the record goes, whatever its x. */
    assert_int_equal(f->batch->n_faults, 2);
    const tp_fault_count *echelon = &f->batch->fault[0];
    const tp_fault_count *job = &f->batch->fault[1];
    assert_int_equal(echelon->field, TP_POSITION_ECHELON);
    assert_int_equal(echelon->code, TP_REJ_RANGE);
    assert_int_equal(echelon->outcome, TP_ON_REJECT);
    assert_int_equal(echelon->n, 1200);
    assert_int_equal(job->field, TP_POSITION_JOB_CLASS);
    assert_int_equal(job->outcome, TP_ON_NULL);
    assert_true(job->n >= 600);
    assert_int_equal(f->batch->counts[TP_POSITION].rejected, 1200);
    assert_int_equal(f->batch->reject_total[TP_REJ_RANGE], 1200);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_steps__every_one),
        T(test_checks__every_one),
        T(test_checks__between_fields),
        T(test_faults__are_counted_by_field),
    };
    return cmocka_run_group_tests_name("etl/source/language", tests, NULL, NULL);
}
