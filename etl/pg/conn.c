/* How do we talk to PostgreSQL: connect, run, copy, cancel, and say what went wrong? */
#include "talent/etl/pg.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { POLL_MS = 100 };

struct tp_pg {
    PGconn *conn;
    const volatile int *cancel;
    uint64_t changed;
    char sqlstate[6];
};

struct tp_rows {
    PGresult *result;
};

/* First line of a server message without the line end. */
static int
first_line(const char *message)
{
    return (int)strcspn(message, "\n");
}

static tp_code
fail(tp_pg *pg, const PGresult *result, tp_err *err)
{
    const char *state = result != NULL ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *text = result != NULL ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    const char *context = result != NULL ? PQresultErrorField(result, PG_DIAG_CONTEXT) : NULL;
    if (text == NULL) {
        text = PQerrorMessage(pg->conn);
    }
    (void)snprintf(pg->sqlstate, sizeof pg->sqlstate, "%s", state != NULL ? state : "08006");
    if (pg->cancel != NULL && *pg->cancel != 0) {
        TP_RETURN_ERR(err, TP_E_CANCELLED, "cancelled while the database was working");
    }
    /* Context names table and row of a COPY; values stay out, they may be personal. */
    const int n =
        context != NULL && strncmp(context, "COPY ", 5) == 0 ? (int)strcspn(context, ":\n\"") : 0;
    TP_RETURN_ERR(err, TP_E_DB, "%.*s%s%.*s (SQLSTATE %s)", first_line(text), text,
                  n > 0 ? "; at " : "", n, context != NULL ? context : "", pg->sqlstate);
}

static void
drop_notice(void *user, const char *message)
{
    (void)user;
    (void)message;
}

tp_code
tp_pg_open(const char *conninfo, const char *application, const volatile int *cancel, tp_pg **out,
           tp_err *err)
{
    tp_pg *pg = calloc(1, sizeof *pg);
    if (pg == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "a database connection");
    }
    /* Later keywords win: what the operator wrote in conninfo holds over our defaults. */
    const char *keys[] = {"connect_timeout", "application_name", "client_encoding", "dbname", NULL};
    const char *values[] = {"10", application, "UTF8", conninfo, NULL};
    pg->conn = PQconnectdbParams(keys, values, 1);
    pg->cancel = cancel;
    if (pg->conn == NULL || PQstatus(pg->conn) != CONNECTION_OK) {
        const char *text = pg->conn != NULL ? PQerrorMessage(pg->conn) : "out of memory";
        const tp_code rc =
            tp_err_set(err, TP_E_DB, __func__, __LINE__,
                       "cannot reach the database: %.*s; check database.conninfo, then run again",
                       first_line(text), text);
        tp_pg_close(pg);
        return rc;
    }
    (void)PQsetNoticeProcessor(pg->conn, drop_notice, NULL);
    const tp_code rc =
        tp_pg_exec(pg,
                   "SET timezone = 'UTC'; SET datestyle = 'ISO, YMD';"
                   "SET search_path = pg_catalog; SET standard_conforming_strings = on",
                   err);
    if (rc != TP_OK) {
        tp_pg_close(pg);
        return rc;
    }
    *out = pg;
    return TP_OK;
}

void
tp_pg_close(tp_pg *pg)
{
    if (pg != NULL) {
        PQfinish(pg->conn);
        free(pg);
    }
}

static void
cancel_statement(tp_pg *pg)
{
    char text[256];
    PGcancel *cancel = PQgetCancel(pg->conn);
    if (cancel != NULL) {
        (void)PQcancel(cancel, text, (int)sizeof text);
        PQfreeCancel(cancel);
    }
}

/* Last result of a statement that was sent, waiting for it and for the cancel flag; NULL when the
 * connection broke: what came before says nothing about the statements whose results did not. */
static PGresult *
wait_result(tp_pg *pg)
{
    PGresult *last = NULL;
    bool told = false;
    for (;;) {
        while (PQisBusy(pg->conn)) {
            struct pollfd p = {.fd = PQsocket(pg->conn), .events = POLLIN};
            if (!told && pg->cancel != NULL && *pg->cancel != 0) {
                cancel_statement(pg);
                told = true;
            }
            (void)poll(&p, 1, POLL_MS);
            if (!PQconsumeInput(pg->conn)) {
                PQclear(last);
                return NULL;
            }
        }
        PGresult *next = PQgetResult(pg->conn);
        if (next == NULL) {
            return last;
        }
        const ExecStatusType status = PQresultStatus(next);
        if (last != NULL && PQresultStatus(last) == PGRES_FATAL_ERROR) {
            PQclear(next); /* the first failure is the one to tell */
            continue;
        }
        PQclear(last);
        last = next;
        if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT) {
            return last;
        }
    }
}

static void
note_changed(tp_pg *pg, PGresult *result)
{
    const char *n = PQcmdTuples(result);
    pg->changed = n[0] != '\0' ? strtoull(n, NULL, 10) : 0;
}

static tp_code
finish(tp_pg *pg, PGresult *result, ExecStatusType wanted, tp_err *err)
{
    const ExecStatusType status = result != NULL ? PQresultStatus(result) : PGRES_FATAL_ERROR;
    if (status == wanted || (wanted == PGRES_COMMAND_OK &&
                             (status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY))) {
        note_changed(pg, result);
        pg->sqlstate[0] = '\0';
        return TP_OK;
    }
    return fail(pg, result, err);
}

tp_code
tp_pg_exec(tp_pg *pg, const char *sql, tp_err *err)
{
    if (!PQsendQuery(pg->conn, sql)) {
        return fail(pg, NULL, err);
    }
    PGresult *result = wait_result(pg);
    const tp_code rc = finish(pg, result, PGRES_COMMAND_OK, err);
    PQclear(result);
    return rc;
}

tp_code
tp_pg_query(tp_pg *pg, const char *sql, int n_params, const char *const *params, tp_rows **out,
            tp_err *err)
{
    *out = NULL;
    if (!PQsendQueryParams(pg->conn, sql, n_params, NULL, params, NULL, NULL, 0)) {
        return fail(pg, NULL, err);
    }
    PGresult *result = wait_result(pg);
    const tp_code rc = finish(pg, result, PGRES_COMMAND_OK, err);
    tp_rows *rows = rc == TP_OK ? calloc(1, sizeof *rows) : NULL;
    if (rows == NULL) {
        PQclear(result);
        return rc != TP_OK ? rc : tp_err_set(err, TP_E_NOMEM, __func__, __LINE__, "result rows");
    }
    rows->result = result;
    *out = rows;
    return TP_OK;
}

size_t
tp_rows_n(const tp_rows *rows)
{
    return rows != NULL ? (size_t)PQntuples(rows->result) : 0;
}

int
tp_rows_cols(const tp_rows *rows)
{
    return PQnfields(rows->result);
}

const char *
tp_rows_name(const tp_rows *rows, int col)
{
    return PQfname(rows->result, col);
}

tp_str
tp_rows_at(const tp_rows *rows, size_t row, int col)
{
    if (PQgetisnull(rows->result, (int)row, col)) {
        return TP_STR_NONE;
    }
    return (tp_str){PQgetvalue(rows->result, (int)row, col),
                    (size_t)PQgetlength(rows->result, (int)row, col)};
}

int64_t
tp_rows_i64(const tp_rows *rows, size_t row, int col, int64_t if_null)
{
    int64_t value = if_null;
    (void)tp_str_to_i64(tp_rows_at(rows, row, col), &value);
    return value;
}

void
tp_rows_free(tp_rows *rows)
{
    if (rows != NULL) {
        PQclear(rows->result);
        free(rows);
    }
}

uint64_t
tp_pg_changed(const tp_pg *pg)
{
    return pg->changed;
}

const char *
tp_pg_sqlstate(const tp_pg *pg)
{
    return pg->sqlstate;
}

tp_code
tp_pg_copy_begin(tp_pg *pg, const char *copy_sql, tp_err *err)
{
    if (!PQsendQuery(pg->conn, copy_sql)) {
        return fail(pg, NULL, err);
    }
    PGresult *result = wait_result(pg);
    const tp_code rc = finish(pg, result, PGRES_COPY_IN, err);
    PQclear(result);
    return rc;
}

tp_code
tp_pg_copy_put(tp_pg *pg, const void *bytes, size_t n, tp_err *err)
{
    const char *p = bytes;
    while (n > 0) {
        const int piece = n > (1 << 20) ? 1 << 20 : (int)n;
        if (PQputCopyData(pg->conn, p, piece) != 1) {
            return fail(pg, NULL, err);
        }
        p += piece;
        n -= (size_t)piece;
    }
    return TP_OK;
}

tp_code
tp_pg_copy_end(tp_pg *pg, uint64_t *out_rows, tp_err *err)
{
    if (PQputCopyEnd(pg->conn, NULL) != 1) {
        return fail(pg, NULL, err);
    }
    PGresult *result = wait_result(pg);
    const tp_code rc = finish(pg, result, PGRES_COMMAND_OK, err);
    PQclear(result);
    if (rc == TP_OK && out_rows != NULL) {
        *out_rows = pg->changed;
    }
    return rc;
}

tp_code
tp_pg_copy_out(tp_pg *pg, const char *copy_sql,
               tp_code (*put)(void *user, const void *bytes, size_t n, tp_err *err), void *user,
               tp_err *err)
{
    if (!PQsendQuery(pg->conn, copy_sql)) {
        return fail(pg, NULL, err);
    }
    PGresult *result = wait_result(pg);
    tp_code rc = finish(pg, result, PGRES_COPY_OUT, err);
    PQclear(result);
    char *piece = NULL;
    int n = 0;
    while (rc == TP_OK && (n = PQgetCopyData(pg->conn, &piece, 0)) > 0) {
        rc = put(user, piece, (size_t)n, err);
        PQfreemem(piece);
    }
    if (rc != TP_OK || n == -2) {
        cancel_statement(pg);
    }
    result = wait_result(pg);
    if (rc == TP_OK) {
        rc = finish(pg, result, PGRES_COMMAND_OK, err);
    }
    PQclear(result);
    return rc;
}

/* "TALENTPO" as a number: the key of the one lock that every run of a database takes. */
#define RUN_LOCK "6071210497534447439"

tp_code
tp_pg_lock_run(tp_pg *pg, const char *who, tp_err *err)
{
    tp_rows *rows = NULL;
    const char *params[] = {who};
    TP_RETURN_IF_ERR(
        err,
        tp_pg_query(pg, "SELECT set_config('application_name', $1, false)", 1, params, &rows, err),
        "name this session");
    tp_rows_free(rows);
    TP_RETURN_IF_ERR(
        err, tp_pg_query(pg, "SELECT pg_try_advisory_lock(" RUN_LOCK ")::int", 0, NULL, &rows, err),
        "take the run lock");
    const bool got = tp_rows_i64(rows, 0, 0, 0) == 1;
    tp_rows_free(rows);
    if (got) {
        return TP_OK;
    }
    TP_RETURN_IF_ERR(
        err,
        tp_pg_query(pg,
                    "SELECT a.application_name, a.backend_start::timestamp(0)::text"
                    "  FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
                    " WHERE l.locktype = 'advisory' AND l.granted AND l.pid <> pg_backend_pid()"
                    "   AND (l.classid::bigint << 32 | l.objid::bigint) = " RUN_LOCK " LIMIT 1",
                    0, NULL, &rows, err),
        "ask who holds the run lock");
    char name[96] = "another run";
    char since[32] = "unknown";
    if (tp_rows_n(rows) > 0) {
        const tp_str a = tp_rows_at(rows, 0, 0);
        const tp_str b = tp_rows_at(rows, 0, 1);
        memcpy(name, a.p, a.n < sizeof name - 1 ? a.n : sizeof name - 1);
        name[a.n < sizeof name - 1 ? a.n : sizeof name - 1] = '\0';
        memcpy(since, b.p, b.n < sizeof since - 1 ? b.n : sizeof since - 1);
        since[b.n < sizeof since - 1 ? b.n : sizeof since - 1] = '\0';
    }
    tp_rows_free(rows);
    TP_RETURN_ERR(err, TP_E_LOCKED,
                  "the run lock is held by \"%s\" since %s UTC; wait for it, or look with: "
                  "talentpool status",
                  name, since);
}
