/* PostgreSQL: the private server, connections, statements, COPY, migrations. */
#ifndef TALENT_ETL_PG_H
#define TALENT_ETL_PG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talent/base/buf.h"
#include "talent/base/err.h"
#include "talent/base/str.h"

/*
 * Private server of a state directory: data below it (or, when the unprivileged user the server
 * must run as cannot enter it, below /var/lib/talentpool), a Unix socket in a folder of its own
 * below /tmp, no TCP. Made on first use from the newest installed PostgreSQL >= 15. This program
 * counts as a user of it until it ends or calls tp_pg_private_stop. Safe to call from several
 * processes.
 *
 * Errors  TP_E_DB with the end of the server's log; TP_E_CONFIG when no PostgreSQL is installed.
 */
tp_code tp_pg_private_start(const char *state_dir, tp_buf *out_conninfo, tp_err *err) TP_MUST_CHECK;

/*
 * This program needs the server no more: the last user stops it, unless it is marked to be kept
 * (tp_pg_private_keep). On demand it stops though it is kept, but never under another user.
 * Errors  TP_E_LOCKED on demand while another program uses it; TP_E_DB, TP_E_IO
 */
tp_code tp_pg_private_stop(const char *state_dir, bool on_demand, tp_err *err) TP_MUST_CHECK;

/*
 * Says whether the private server stays up when the program ends.
 * Errors   TP_E_IO
 */
tp_code tp_pg_private_keep(const char *state_dir, bool keep, tp_err *err) TP_MUST_CHECK;

/* Is it running? Fills the conninfo if so. */
bool tp_pg_private_running(const char *state_dir, tp_buf *out_conninfo);

/* A connection. One thread at a time. */
typedef struct tp_pg tp_pg;

/* Opens a connection; sets UTC, ISO dates and the search path to nothing but pg_catalog. `cancel`
 * (may be NULL) is looked at several times a second while a statement runs. */
tp_code tp_pg_open(const char *conninfo, const char *application, const volatile int *cancel,
                   tp_pg **out, tp_err *err) TP_MUST_CHECK;

/* Gives it back with all it holds; accepts NULL. */
void tp_pg_close(tp_pg *pg);

/* Runs statements that give no rows; several may be separated by ';'. TP_E_DB with SQLSTATE. */
tp_code tp_pg_exec(tp_pg *pg, const char *sql, tp_err *err) TP_MUST_CHECK;

/* Rows of one statement as text. */
typedef struct tp_rows tp_rows;

/*
 * Runs one statement with text parameters and gives its rows.
 * Errors   TP_E_DB with the server's message and SQLSTATE
 */
tp_code tp_pg_query(tp_pg *pg, const char *sql, int n_params, const char *const *params,
                    tp_rows **out, tp_err *err) TP_MUST_CHECK;

/* Number of rows. */
size_t tp_rows_n(const tp_rows *rows);

/* Number of columns. */
int tp_rows_cols(const tp_rows *rows);

/* Name of a column. */
const char *tp_rows_name(const tp_rows *rows, int col);

/* Text of a cell; TP_STR_NONE for NULL. Lives as long as the rows. */
tp_str tp_rows_at(const tp_rows *rows, size_t row, int col);

/* A cell as bigint; if_null where it is NULL. */
int64_t tp_rows_i64(const tp_rows *rows, size_t row, int col, int64_t if_null);

/* Gives it back with all it holds; accepts NULL. */
void tp_rows_free(tp_rows *rows);

/* Number of rows the last tp_pg_exec or tp_pg_query changed. */
uint64_t tp_pg_changed(const tp_pg *pg);

/* SQLSTATE of the last failure, "" if none; static until the next call. */
const char *tp_pg_sqlstate(const tp_pg *pg);

/* COPY ... FROM STDIN: begin, put bytes, end. After a failure the transaction is to be rolled back.
 */
tp_code tp_pg_copy_begin(tp_pg *pg, const char *copy_sql, tp_err *err) TP_MUST_CHECK;

/*
 * Sends bytes of the COPY begun.
 * Errors   TP_E_DB
 */
tp_code tp_pg_copy_put(tp_pg *pg, const void *bytes, size_t n, tp_err *err) TP_MUST_CHECK;

/*
 * Ends the COPY and gives the number of rows the server took.
 * Errors   TP_E_DB
 */
tp_code tp_pg_copy_end(tp_pg *pg, uint64_t *out_rows, tp_err *err) TP_MUST_CHECK;

/* Streams COPY ... TO STDOUT to a sink. */
tp_code tp_pg_copy_out(tp_pg *pg, const char *copy_sql,
                       tp_code (*put)(void *user, const void *bytes, size_t n, tp_err *err),
                       void *user, tp_err *err) TP_MUST_CHECK;

/* Takes the session-level advisory lock of the database's runs; `who` is shown to whoever comes
 * second. TP_E_LOCKED names the holder. Freed when the connection ends, however it ends. */
tp_code tp_pg_lock_run(tp_pg *pg, const char *who, tp_err *err) TP_MUST_CHECK;

/* Applies pending migrations, then roles and views, each in its transaction; counts those applied.
 * TP_E_DB when an applied migration's text differs from the one built in. */
tp_code tp_pg_migrate(tp_pg *pg, int *out_applied, tp_err *err) TP_MUST_CHECK;

/* Statement file built into the program: "queries/name.sql"; aborts when there is none (a bug). */
const char *tp_sql_text(const char *path);

#endif
