/* How does a test program get a PostgreSQL of its own? */
#include "tests/support/pg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "talent/etl/file.h"

static void
tell(const char *what, const tp_err *err)
{
    fprintf(stderr, "%s\n", what);
    for (int i = err->depth - 1; i >= 0; i--) {
        fprintf(stderr, "  because: %s\n", err->frame[i].text);
    }
}

int
test_pg_setup(void **state)
{
    tp_err err = {0};
    int applied = 0;
    tp_pg *pg = NULL;
    test_pg *server = calloc(1, sizeof *server);
    if (server == NULL) {
        return -1;
    }
    *state = server;
    snprintf(server->state_dir, sizeof server->state_dir, "/tmp/tp-test-pg-XXXXXX");
    /* The server runs as another user when the tests run as root: it must be able to enter. */
    if (mkdtemp(server->state_dir) == NULL || chmod(server->state_dir, 0755) != 0) {
        return -1;
    }
    tp_code rc = tp_pg_private_start(server->state_dir, &server->conninfo, &err);
    if (rc == TP_OK) {
        rc = tp_pg_open(tp_buf_cstr(&server->conninfo), "template", NULL, &pg, &err);
    }
    if (rc == TP_OK) {
        rc = tp_pg_migrate(pg, &applied, &err);
    }
    tp_pg_close(pg);
    if (rc != TP_OK) {
        tell("no database for the tests", &err);
        TP_IGNORE(tp_pg_private_stop(server->state_dir, true, NULL));
    }
    return rc == TP_OK ? 0 : -1;
}

int
test_pg_teardown(void **state)
{
    tp_err err = {0};
    char sock[128] = "";
    test_pg *server = *state;
    const char *keep = getenv("TP_TEST_KEEP");
    int status = 0;
    if (keep != NULL && strcmp(keep, "1") == 0) {
        fprintf(stderr, "kept: psql \"%s\"\n", tp_buf_cstr(&server->conninfo));
    } else {
        (void)sscanf(tp_buf_cstr(&server->conninfo), "host=%127s", sock);
        if (tp_pg_private_stop(server->state_dir, true, &err) != TP_OK ||
            tp_tree_remove(server->state_dir, &err) != TP_OK ||
            (sock[0] != '\0' && tp_tree_remove(sock, &err) != TP_OK)) {
            tell("the test server was not cleaned up", &err);
            status = -1;
        }
    }
    tp_buf_clear(&server->conninfo);
    free(server);
    return status;
}

static tp_pg *
open_database(test_pg *server, const char *name, const char *application)
{
    tp_err err = {0};
    tp_pg *pg = NULL;
    TP_AUTO_BUF(conninfo);
    tp_buf_printf(&conninfo, "%s dbname=%s", tp_buf_cstr(&server->conninfo), name);
    if (tp_pg_open(tp_buf_cstr(&conninfo), application, NULL, &pg, &err) != TP_OK) {
        tell("no connection", &err);
    }
    return pg;
}

tp_pg *
test_pg_again(test_pg *server, const char *application)
{
    char name[32];
    snprintf(name, sizeof name, "test_%d", server->databases);
    return open_database(server, name, application);
}

tp_pg *
test_pg_fresh(test_pg *server)
{
    tp_err err = {0};
    char sql[96];
    tp_pg *admin = open_database(server, "postgres", "admin");
    snprintf(sql, sizeof sql, "CREATE DATABASE test_%d TEMPLATE talentpool", ++server->databases);
    if (admin == NULL || tp_pg_exec(admin, sql, &err) != TP_OK) {
        tell(sql, &err);
    }
    tp_pg_close(admin);
    return test_pg_again(server, "test");
}

long
test_pg_pid(const test_pg *server)
{
    char path[128];
    long pid = 0;
    snprintf(path, sizeof path, "%s/pg/postmaster.pid", server->state_dir);
    FILE *f = fopen(path, "re");
    if (f != NULL) {
        if (fscanf(f, "%ld", &pid) != 1) {
            pid = 0;
        }
        fclose(f);
    }
    return pid;
}

const char *
test_pg_text(tp_pg *pg, const char *sql)
{
    static char text[512];
    tp_err err = {0};
    tp_rows *rows = NULL;
    text[0] = '\0';
    if (tp_pg_query(pg, sql, 0, NULL, &rows, &err) != TP_OK) {
        tell(sql, &err);
        return text;
    }
    if (tp_rows_n(rows) > 0) {
        snprintf(text, sizeof text, "%.*s", TP_STR_ARG(tp_rows_at(rows, 0, 0)));
    }
    tp_rows_free(rows);
    return text;
}

int64_t
test_pg_i64(tp_pg *pg, const char *sql)
{
    int64_t value = INT64_MIN;
    const char *text = test_pg_text(pg, sql);
    return tp_str_to_i64(tp_str_of(text), &value) ? value : INT64_MIN;
}
