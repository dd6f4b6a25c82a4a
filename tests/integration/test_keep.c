/* Tests what must survive: person keys without their cache, and what gc may not remove. */
#include "tests/support/tp_test.h"

#include <fcntl.h>
#include <glob.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#include "etl/stage/files.h"
#include "tests/support/http_server.h"
#include "tests/support/pg.h"
#include "tests/support/program.h"
#include "tests/support/scratch.h"

#define PERSON(key, nip, name) "{\"kode\":\"" key "\",\"nip\":\"" nip "\",\"nama\":\"" name "\"}"
#define ANI                    PERSON("A", "197003151995032001", "Ani Contoh")
#define BUDI                   PERSON("B", "198005202005011001", "Budi Contoh")
#define CICI                   PERSON("C", "198111112003122001", "Cici Contoh")
#define DEDI                   PERSON("D", "198202022006021001", "Dedi Contoh")

static const char GOOD[] = "{\"warga\":[" ANI "," BUDI "," CICI "]}";
static const char MORE[] = "{\"warga\":[" ANI "," BUDI "," CICI "," DEDI "]}";
static const char FEWER[] = "{\"warga\":[" ANI "," BUDI "]}";
static const char OTHER[] =
    "{\"warga\":[" PERSON("T", "197811112003122002", "Tuti Contohwati") "]}";

typedef struct fixture {
    scratch s;
    http_server *server;
    const char *feed; /* what the agency answers */
    atomic_int asked; /* requests so far */
    tp_pg *pg;
    tp_buf text;
} fixture;

static void
answer(void *user, const http_ask *ask, http_reply *reply)
{
    fixture *f = user;
    atomic_fetch_add(&f->asked, 1);
    reply->type = "application/json";
    snprintf(reply->body, sizeof reply->body, "%s",
             strcmp(ask->path, "/dinas") == 0 ? f->feed : OTHER);
}

static int
talentpool(fixture *f, const char *const *words, const char *kill_at)
{
    char state[300], secrets[320], url[2][96];
    const char *argv[32] = {NULL};
    size_t n = 0;
    snprintf(state, sizeof state, "state.dir=%s/state", f->s.dir);
    snprintf(secrets, sizeof secrets, "secrets.dir=%s/secrets", f->s.dir);
    for (int i = 0; i < 2; i++) {
        snprintf(url[i], sizeof url[i], "feeds.%s_url=http://127.0.0.1:%d",
                 i == 0 ? "dinas" : "tetap", http_server_port(f->server));
    }
    while (*words != NULL && n < 16) {
        argv[n++] = *words++;
    }
    const char *const set[] = {state, secrets, url[0], url[1], "sources.dir=tests/data/held"};
    for (size_t i = 0; i < TP_COUNT(set); i++) {
        argv[n++] = "--set";
        argv[n++] = set[i];
    }
    return program_run(f->s.dir, argv, kill_at);
}

/* One night; its standard output lands in f->text. */
static int
night(fixture *f, const char *day, const char *feed, const char *more)
{
    f->feed = feed;
    const int status =
        talentpool(f, (const char *const[]){"run", "--as-of", day, more, NULL}, NULL);
    assert_true(program_text(f->s.dir, "out", &f->text));
    return status;
}

/* First column of the first row of a query on the state's database. */
static const char *
ask(fixture *f, const char *sql)
{
    char state[300];
    tp_err err = {0};
    TP_AUTO_BUF(conninfo);
    if (f->pg == NULL) {
        snprintf(state, sizeof state, "%s/state", f->s.dir);
        assert_tp_ok(tp_pg_private_start(state, &conninfo, &err), &err);
        assert_tp_ok(tp_pg_open(tp_buf_cstr(&conninfo), "test", NULL, &f->pg, &err), &err);
    }
    return test_pg_text(f->pg, sql);
}

static void
hang_up(fixture *f)
{
    char state[300];
    tp_pg_close(f->pg);
    f->pg = NULL;
    /* The night to come must find no other user of its server. */
    snprintf(state, sizeof state, "%s/state", f->s.dir);
    TP_IGNORE(tp_pg_private_stop(state, false, NULL));
}

static int
setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    const char *base = getenv("TMPDIR");
    assert_non_null(f);
    snprintf(f->s.dir, sizeof f->s.dir, "%s/tp-keep-XXXXXX", base != NULL ? base : "/tmp");
    assert_non_null(mkdtemp(f->s.dir));
    /* As root the private server runs as somebody else, who must be able to enter. */
    assert_int_equal(chmod(f->s.dir, 0755), 0);
    f->server = http_server_start(answer, f);
    *state = f;
    return f->server != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
    fixture *f = *state;
    hang_up(f);
    (void)talentpool(f, (const char *const[]){"server", "stop", NULL}, NULL);
    http_server_stop(f->server);
    tp_buf_clear(&f->text);
    const tp_code rc = tp_tree_remove(f->s.dir, NULL);
    free(f);
    return rc == TP_OK ? 0 : -1;
}

/* Number of files of one kind in the state; the path of the last one is left in path. */
static size_t
files(const fixture *f, const char *kind, char *path, size_t cap)
{
    char pattern[400];
    glob_t found = {0};
    snprintf(pattern, sizeof pattern, "%s/state/%s/*.tp*", f->s.dir, kind);
    const size_t n = glob(pattern, 0, NULL, &found) == 0 ? found.gl_pathc : 0;
    if (n > 0 && path != NULL) {
        snprintf(path, cap, "%s", found.gl_pathv[n - 1]);
    }
    globfree(&found);
    return n;
}

static void
remove_kind(const fixture *f, const char *kind)
{
    char dir[400];
    tp_err err = {0};
    snprintf(dir, sizeof dir, "%s/state/%s", f->s.dir, kind);
    assert_tp_ok(tp_tree_remove(dir, &err), &err);
}

/* All landing files were written long ago, by their date. */
static void
age_landings(const fixture *f)
{
    char pattern[400];
    glob_t found = {0};
    const struct timespec old[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};
    snprintf(pattern, sizeof pattern, "%s/state/landing/*.tpl", f->s.dir);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        assert_int_equal(utimensat(AT_FDCWD, found.gl_pathv[i], old, 0), 0);
    }
    globfree(&found);
}

static int
gc(fixture *f, const char *day, const char *keep_days)
{
    char set[48];
    snprintf(set, sizeof set, "landing.keep_days=%s", keep_days);
    return talentpool(f, (const char *const[]){"gc", "--as-of", day, "--set", set, NULL}, NULL);
}

static void
test_keys__come_from_the_warehouse_when_their_file_is_gone(void **state)
{
    fixture *f = *state;
    char path[400];
    tp_err err = {0};
    TP_AUTO_BUF(with);
    TP_AUTO_BUF(without);

    assert_int_equal(night(f, "2026-03-01", GOOD, NULL), 0);
    char first[400];
    assert_int_equal(files(f, "link", first, sizeof first), 1);
    assert_int_equal(rename(first, scratch_path(&f->s, "first")), 0);
    assert_int_equal(night(f, "2026-03-02", MORE, NULL), 0);
    assert_int_equal(files(f, "link", path, sizeof path), 1);
    assert_tp_ok(tp_file_read(path, 1 << 20, &without, &err), &err);
    assert_string_equal(ask(f, "SELECT count(*) FROM warehouse.crosswalk a JOIN"
                               " warehouse.crosswalk b USING (record_key, person_key)"
                               " WHERE a.generation = 1 AND b.generation = 2"),
                        "4");
    assert_string_equal(ask(f, "SELECT string_agg(kind, ' ') FROM warehouse.identity_event"
                               " WHERE generation = 2"),
                        "new");
    hang_up(f);

    /* The same night from the file: the same bytes. */
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rename(scratch_path(&f->s, "first"), first), 0);
    assert_int_equal(night(f, "2026-03-02", MORE, NULL), 0);
    assert_tp_ok(tp_file_read(path, 1 << 20, &with, &err), &err);
    assert_int_equal(with.n, without.n);
    assert_memory_equal(with.p, without.p, with.n);
}

static void
test_keys__night_without_file_and_rows_says_what_to_type(void **state)
{
    fixture *f = *state;
    assert_int_equal(night(f, "2026-03-01", GOOD, NULL), 0);
    assert_int_equal(night(f, "2026-03-02", MORE, NULL), 0);
    remove_kind(f, "link");
    assert_string_equal(ask(f, "UPDATE ops.generation SET dropped_at = now() WHERE generation = 1"
                               " RETURNING generation"),
                        "1");
    hang_up(f);
    assert_int_equal(night(f, "2026-03-02", GOOD, "--refetch"), 6);
    assert_true(program_text(f->s.dir, "log", &f->text));
    assert_non_null(strstr(tp_buf_cstr(&f->text), "talentpool run --as-of 2026-03-01"));
}

static void
test_gc__refuses_a_database_that_published_nothing(void **state)
{
    fixture *f = *state;
    f->feed = "no feed at all";
    assert_int_equal(talentpool(f,
                                (const char *const[]){"run", "--as-of", "2026-03-01", "--set",
                                                      "run.min_sources_bp=10000", NULL},
                                NULL),
                     5);
    const size_t landed = files(f, "landing", NULL, 0);
    assert_true(landed > 0);
    assert_int_equal(gc(f, "2026-03-01", "0"), 78);
    assert_true(program_text(f->s.dir, "log", &f->text));
    assert_non_null(strstr(tp_buf_cstr(&f->text), "has published nothing"));
    assert_int_equal(files(f, "landing", NULL, 0), landed);
}

static void
test_gc__refuses_the_database_of_another_state(void **state)
{
    fixture *f = *state;
    assert_int_equal(night(f, "2026-03-01", GOOD, NULL), 0);
    assert_string_equal(
        ask(f, "WITH a AS (UPDATE ops.generation SET link_key = repeat('0', 64), merge_key ="
               " repeat('0', 64), score_key = repeat('0', 64)), b AS (UPDATE"
               " ops.generation_source SET landing_key = repeat('0', 64), batch_key ="
               " repeat('0', 64)) UPDATE ops.source_run SET landing_key = NULL, landed_key ="
               " NULL, batch_key = NULL RETURNING 'done'"),
        "done");
    hang_up(f);
    age_landings(f);
    assert_int_equal(gc(f, "2026-03-01", "0"), 78);
    assert_true(program_text(f->s.dir, "log", &f->text));
    assert_non_null(strstr(tp_buf_cstr(&f->text), "belongs to another state directory"));
    assert_int_equal(files(f, "landing", NULL, 0), 2);
    assert_int_equal(files(f, "link", NULL, 0), 1);
}

/* A held night is released without asking anybody again, gc or not. */
static void
test_gc__keeps_what_a_held_night_made(void **state)
{
    fixture *f = *state;
    assert_int_equal(night(f, "2026-03-01", GOOD, NULL), 0);
    assert_int_equal(night(f, "2026-03-02", FEWER, NULL), 4);
    assert_int_equal(files(f, "link", NULL, 0), 2);
    const int asked = atomic_load(&f->asked);
    assert_int_equal(gc(f, "2026-03-02", "0"), 0);
    assert_int_equal(files(f, "link", NULL, 0), 2);
    assert_int_equal(files(f, "score", NULL, 0), 2);
    assert_int_equal(night(f, "2026-03-02", FEWER, "--release"), 0);
    assert_int_equal(atomic_load(&f->asked), asked);
    assert_non_null(strstr(tp_buf_cstr(&f->text), " published=yes\n"));
    for (const char *const *stage = (const char *const[]){"link ", "merge ", "score ", NULL};
         *stage != NULL; stage++) {
        const char *line = strstr(tp_buf_cstr(&f->text), *stage);
        assert_non_null(line);
        assert_non_null(memmem(line, strcspn(line, "\n"), "skipped", strlen("skipped")));
    }
}

static void
test_gc__keeps_landed_bodies_as_long_as_the_setting_says(void **state)
{
    fixture *f = *state;
    const char *const one[] = {
        "run", "--as-of", "2026-03-02", "--set", "publish.keep_generations=1", NULL};
    assert_int_equal(night(f, "2026-03-01", GOOD, NULL), 0);
    f->feed = "this night its feed is broken";
    assert_int_equal(talentpool(f, one, NULL), 3);
    f->feed = MORE;
    assert_int_equal(talentpool(f,
                                (const char *const[]){"run", "--as-of", "2026-03-03", "--set",
                                                      "publish.keep_generations=1", NULL},
                                NULL),
                     0);
    assert_int_equal(files(f, "landing", NULL, 0), 6);
    age_landings(f);
    assert_int_equal(gc(f, "2026-03-04", "90"), 0);
    assert_int_equal(files(f, "landing", NULL, 0), 6);
    assert_int_equal(gc(f, "2026-03-04", "3"), 0); /* the nights of the 2nd and 3rd stay */
    assert_int_equal(files(f, "landing", NULL, 0), 5);
    assert_int_equal(files(f, "link", NULL, 0), 2); /* the kept one and the one before it */
    assert_int_equal(night(f, "2026-03-03", MORE, NULL), 0);
}

/* Fingerprint in the result line of the last night. */
static void
read_fingerprint(const fixture *f, char out[65])
{
    const char *at = strstr(tp_buf_cstr(&f->text), " fingerprint=");
    assert_non_null(at);
    snprintf(out, 65, "%.64s", at + strlen(" fingerprint="));
    assert_int_equal(strlen(out), 64);
}

static void
test_fingerprint__does_not_know_the_order_of_records(void **state)
{
    static const char THERE[] =
        "{\"warga\":[" ANI "," BUDI
        "," PERSON("B", "198005202005011001", "Budiman Contoh") "," CICI "," DEDI "," DEDI
                                                                "," PERSON("E", "", "") "]}";
    static const char BACK[] =
        "{\"warga\":[" PERSON("E", "", "") "," DEDI "," DEDI "," CICI "," PERSON(
            "B", "198005202005011001", "Budiman Contoh") "," BUDI "," ANI "]}";
    fixture *f = *state;
    char there[65];
    char back[65];
    assert_int_equal(night(f, "2026-03-01", THERE, NULL), 0);
    read_fingerprint(f, there);
    assert_int_equal(night(f, "2026-03-01", BACK, "--refetch"), 0);
    read_fingerprint(f, back);
    assert_non_null(strstr(tp_buf_cstr(&f->text), " generation=2 "));
    assert_string_equal(there, back);
    /* Where the records stood can still be asked. */
    assert_string_equal(ask(f, "SELECT string_agg(body_record::text, ' ' ORDER BY p.generation)"
                               " FROM warehouse.record_place p JOIN warehouse.crosswalk c USING"
                               " (generation, record_no) WHERE source_key = 'A'"),
                        "0 6");
    hang_up(f);
}

/* A source whose key is the NIP. */
static void
test_crosswalk__no_identifier_leaves_and_only_the_owner_may_read(void **state)
{
    static const char NIPS[] = "{\"warga\":[" PERSON("1970 0315 1995032001", "197003151995032001",
                                                     "Ani Contoh") "," BUDI "]}";
    fixture *f = *state;
    struct stat st;
    tp_err err = {0};
    char file[300];
    TP_AUTO_BUF(csv);
    assert_int_equal(night(f, "2026-03-01", NIPS, NULL), 0);
    snprintf(file, sizeof file, "%s/crosswalk.csv", f->s.dir);
    assert_tp_ok(tp_file_write(file, "old", 3, 0644, &err), &err);
    assert_int_equal(talentpool(f, (const char *const[]){"crosswalk", "--out", file, NULL}, NULL),
                     0);
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_tp_ok(tp_file_read(file, 1 << 20, &csv, &err), &err);
    assert_null(strstr(tp_buf_cstr(&csv), "1995032001"));
    assert_non_null(strstr(tp_buf_cstr(&csv), "dinas,#"));
    assert_non_null(strstr(tp_buf_cstr(&csv), "dinas,B,"));
    assert_string_equal(ask(f, "SELECT count(*) FROM warehouse.crosswalk WHERE source_key ~"
                               " '^#[0-9a-f]{32}$'"),
                        "1");
    hang_up(f);
}

/* Loads the artefact of a kind as the stages do. */
static tp_code
load(const tp_store *store, const char *kind, const tp_key *key, tp_err *err)
{
    tp_artefact *file = NULL;
    tp_code rc;
    if (strcmp(kind, "batch") == 0) {
        TP_AUTO_ARENA(arena, 0);
        tp_batch batch;
        rc = tp_batch_load(store, key, &file, &batch, err);
        rc = rc == TP_OK ? tp_batch_load_rejects(file, &arena, &batch, err) : rc;
    } else if (strcmp(kind, "link") == 0) {
        tp_crosswalk x;
        rc = tp_crosswalk_load(store, key, &file, &x, err);
    } else if (strcmp(kind, "merge") == 0) {
        tp_pool pool;
        rc = tp_pool_load(store, key, &file, &pool, err);
    } else {
        tp_scores scores;
        rc = tp_scores_load(store, key, &file, &scores, err);
    }
    tp_artefact_close(file);
    return rc;
}

/* Every seventh byte of the file flipped in turn: an error that names it, or nothing read of it. */
static void
check_flips(const tp_store *store, const char *kind, const char *path)
{
    tp_key key;
    struct stat st;
    size_t refused = 0;
    const char *name = strrchr(path, '/') + 1;
    assert_true(tp_key_parse((tp_str){name, 64}, &key));
    const int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &st), 0);
    for (off_t at = 0; at < st.st_size; at += 7) {
        unsigned char byte;
        tp_err err = {0};
        assert_int_equal(pread(fd, &byte, 1, at), 1);
        byte ^= 0x80;
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
        const tp_code rc = load(store, kind, &key, &err);
        if (rc != TP_OK) {
            assert_int_equal(rc, TP_E_DAMAGED);
            assert_non_null(strstr(err.frame[0].text, name));
            assert_non_null(strstr(err.frame[0].text, "remove it and run again"));
            refused++;
        }
        byte ^= 0x80;
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    }
    close(fd);
    assert_true(refused > (size_t)st.st_size / 7 / 4); /* the rest is what fills up to 64 bytes */
}

static void
test_artefacts__a_flipped_byte_is_an_error_that_names_the_file(void **state)
{
    static const char *const KINDS[] = {"batch", "link", "merge", "score"};
    fixture *f = *state;
    char path[400];
    char root[300];
    tp_err err = {0};
    tp_store *store = NULL;
    assert_int_equal(night(f, "2026-03-01", GOOD, NULL), 0);
    snprintf(root, sizeof root, "%s/state", f->s.dir);
    assert_tp_ok(tp_store_open(root, &store, &err), &err);
    for (size_t k = 0; k < TP_COUNT(KINDS); k++) {
        assert_true(files(f, KINDS[k], path, sizeof path) > 0);
        check_flips(store, KINDS[k], path);
    }
    tp_store_close(store);

    /* And what the operator sees. */
    const int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, "?", 1, 64), 1);
    close(fd);
    assert_int_equal(night(f, "2026-03-01", GOOD, NULL), tp_code_exit(TP_E_DAMAGED));
    assert_true(program_text(f->s.dir, "log", &f->text));
    assert_non_null(strstr(tp_buf_cstr(&f->text), strrchr(path, '/') + 1));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(night(f, "2026-03-01", GOOD, NULL), 0);
}

#define keep_test(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        keep_test(test_keys__come_from_the_warehouse_when_their_file_is_gone),
        keep_test(test_keys__night_without_file_and_rows_says_what_to_type),
        keep_test(test_gc__refuses_a_database_that_published_nothing),
        keep_test(test_gc__refuses_the_database_of_another_state),
        keep_test(test_gc__keeps_what_a_held_night_made),
        keep_test(test_gc__keeps_landed_bodies_as_long_as_the_setting_says),
        keep_test(test_fingerprint__does_not_know_the_order_of_records),
        keep_test(test_crosswalk__no_identifier_leaves_and_only_the_owner_may_read),
        keep_test(test_artefacts__a_flipped_byte_is_an_error_that_names_the_file),
    };
    return cmocka_run_group_tests_name("integration/keep", tests, NULL, NULL);
}
