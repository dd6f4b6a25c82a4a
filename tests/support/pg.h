/* A private PostgreSQL of a test program, and fresh migrated databases in it. */
#ifndef TALENT_TESTS_PG_H
#define TALENT_TESTS_PG_H

#include <stdint.h>

#include "talent/base/buf.h"
#include "talent/etl/pg.h"

typedef struct test_pg {
    char state_dir[64]; /* below /tmp; holds the cluster */
    tp_buf conninfo;    /* of the database the program would use */
    int databases;      /* made so far */
} test_pg;

/* Group setup and teardown of cmocka: *state becomes a test_pg *. With TP_TEST_KEEP=1 the server
 * and its folder stay and the connection string is printed. */
int test_pg_setup(void **state);
int test_pg_teardown(void **state);

/* Connection to a new database with every migration applied. The caller closes it. */
tp_pg *test_pg_fresh(test_pg *server);

/* Another connection to the newest of them; NULL when it fails. */
tp_pg *test_pg_again(test_pg *server, const char *application);

/* Pid in the server's postmaster.pid; 0 when there is none. */
long test_pg_pid(const test_pg *server);

/* First column of the first row as a number; INT64_MIN when the statement fails or gives none. */
int64_t test_pg_i64(tp_pg *pg, const char *sql);

/* The same as text into a static buffer; "" when it fails or is NULL. */
const char *test_pg_text(tp_pg *pg, const char *sql);

#endif
