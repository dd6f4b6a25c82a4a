/* Is the database at the version this program was built with, and how does it get there? */
#include "talent/etl/pg.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "talent/etl/sql_files.h"

const char *
tp_sql_text(const char *path)
{
    for (size_t i = 0; i < TP_SQL_FILE_COUNT; i++) {
        if (strcmp(TP_SQL_FILES[i].path, path) == 0) {
            return TP_SQL_FILES[i].text;
        }
    }
    (void)fprintf(stderr, "talentpool: no statement file %s was built in\n", path);
    abort();
}

static void
checksum(const char *text, char out[65])
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    (void)crypto_hash_sha256(hash, (const uint8_t *)text, strlen(text));
    (void)sodium_bin2hex(out, 65, hash, sizeof hash);
}

static const char *BOOTSTRAP =
    "CREATE SCHEMA IF NOT EXISTS ops;"
    "COMMENT ON SCHEMA ops IS 'What ran, when, on what, and how it ended. / Catatan jalannya "
    "proses.';"
    "CREATE TABLE IF NOT EXISTS ops.migration ("
    "    path text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT "
    "now());"
    "COMMENT ON TABLE ops.migration IS 'Migrations applied to this database. / Migrasi yang sudah "
    "diterapkan.';"
    "COMMENT ON COLUMN ops.migration.path IS 'File below sql/. / Berkas di bawah sql/.';"
    "COMMENT ON COLUMN ops.migration.checksum IS 'SHA-256 of its text when applied. / SHA-256 isi "
    "berkas saat diterapkan.';"
    "COMMENT ON COLUMN ops.migration.applied_at IS 'When it was applied, UTC. / Waktu penerapan, "
    "UTC.'";

/* Who only loads may not make schemas, nor needs to where they are. */
static tp_code
prepare(tp_pg *pg, tp_err *err)
{
    tp_rows *rows = NULL;
    TP_RETURN_SAME(
        tp_pg_query(pg, "SELECT to_regclass('ops.migration')::text", 0, NULL, &rows, err));
    const bool there = tp_rows_at(rows, 0, 0).p != NULL;
    tp_rows_free(rows);
    return there ? TP_OK : tp_pg_exec(pg, BOOTSTRAP, err);
}

/* Applied already with this text? TP_E_DB if with another one. */
static tp_code
is_applied(tp_pg *pg, const tp_sql_file *file, const char *sum, bool *out, tp_err *err)
{
    tp_rows *rows = NULL;
    const char *params[] = {file->path};
    TP_RETURN_SAME(tp_pg_query(pg, "SELECT checksum FROM ops.migration WHERE path = $1", 1, params,
                               &rows, err));
    *out = tp_rows_n(rows) > 0;
    const bool same = *out && tp_str_is(tp_rows_at(rows, 0, 0), sum);
    tp_rows_free(rows);
    if (*out && !same) {
        TP_RETURN_ERR(err, TP_E_DB,
                      "%s was applied with another text; a landed migration is never edited: add a "
                      "new one, or use a database of this program version",
                      file->path);
    }
    return TP_OK;
}

static tp_code
apply(tp_pg *pg, const tp_sql_file *file, const char *sum, tp_err *err)
{
    tp_rows *rows = NULL;
    char verify[160];
    const char *params[] = {file->path, sum};
    TP_RETURN_SAME(tp_pg_exec(pg, "BEGIN", err));
    TP_RETURN_SAME(tp_pg_exec(pg, file->text, err));
    (void)snprintf(verify, sizeof verify, "verify/%s", file->path + strlen("migrations/"));
    TP_RETURN_IF_ERR(err, tp_pg_exec(pg, tp_sql_text(verify), err), "verify it");
    TP_RETURN_SAME(tp_pg_query(pg, "INSERT INTO ops.migration (path, checksum) VALUES ($1, $2)", 2,
                               params, &rows, err));
    tp_rows_free(rows);
    return tp_pg_exec(pg, "COMMIT", err);
}

static tp_code
apply_pending(tp_pg *pg, int *out_applied, tp_err *err)
{
    for (size_t i = 0; i < TP_SQL_FILE_COUNT; i++) {
        const tp_sql_file *file = &TP_SQL_FILES[i];
        char sum[65];
        bool applied = false;
        if (strncmp(file->path, "migrations/", strlen("migrations/")) != 0) {
            continue;
        }
        checksum(file->text, sum);
        TP_RETURN_SAME(is_applied(pg, file, sum, &applied, err));
        if (!applied) {
            TP_RETURN_IF_ERR(err, apply(pg, file, sum, err), "apply %s", file->path);
            (*out_applied)++;
        }
    }
    return TP_OK;
}

/* Views are replaced as a whole, and only when their text has changed; so are the roles, and
 * `again` when a view they speak of was made anew. */
static tp_code
apply_replaceable(tp_pg *pg, const char *prefix, bool again, int *out_applied, tp_err *err)
{
    for (size_t i = 0; i < TP_SQL_FILE_COUNT; i++) {
        const tp_sql_file *file = &TP_SQL_FILES[i];
        if (strncmp(file->path, prefix, strlen(prefix)) != 0) {
            continue;
        }
        char sum[65];
        tp_rows *rows = NULL;
        checksum(file->text, sum);
        const char *params[] = {file->path, sum};
        TP_RETURN_SAME(tp_pg_query(pg,
                                   "SELECT 1 FROM ops.migration WHERE path = $1 AND checksum = $2",
                                   2, params, &rows, err));
        const bool same = tp_rows_n(rows) > 0;
        tp_rows_free(rows);
        if (same && !again) {
            continue;
        }
        TP_RETURN_SAME(tp_pg_exec(pg, "BEGIN", err));
        TP_RETURN_IF_ERR(err, tp_pg_exec(pg, file->text, err), "apply %s", file->path);
        TP_RETURN_SAME(tp_pg_query(pg,
                                   "INSERT INTO ops.migration (path, checksum) VALUES ($1, $2)"
                                   " ON CONFLICT (path) DO UPDATE"
                                   " SET checksum = excluded.checksum, applied_at = now()",
                                   2, params, &rows, err));
        tp_rows_free(rows);
        TP_RETURN_SAME(tp_pg_exec(pg, "COMMIT", err));
        (*out_applied)++;
    }
    return TP_OK;
}

tp_code
tp_pg_migrate(tp_pg *pg, int *out_applied, tp_err *err)
{
    *out_applied = 0;
    TP_RETURN_IF_ERR(err, prepare(pg, err), "prepare the list of migrations");
    tp_code rc = apply_pending(pg, out_applied, err);
    if (rc == TP_OK) {
        rc = apply_replaceable(pg, "views/", false, out_applied, err);
    }
    if (rc == TP_OK) {
        rc = apply_replaceable(pg, "roles.sql", *out_applied > 0, out_applied, err);
    }
    if (rc != TP_OK) {
        const bool denied = strcmp(tp_pg_sqlstate(pg), "42501") == 0;
        TP_IGNORE(tp_pg_exec(pg, "ROLLBACK", NULL));
        if (denied) {
            return tp_err_add(err, rc, __func__, __LINE__,
                              "this account may not change the database; have its owner type: "
                              "talentpool migrate");
        }
    }
    return rc;
}
