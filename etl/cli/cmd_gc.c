/* talentpool gc: which artefacts does no kept night need any more? */
#include <stdio.h>
#include <string.h>

#include "etl/cli/cli.h"
#include "talent/etl/artefact.h"
#include "talent/etl/file.h"

/* Every key a generation that is still there refers to; one query, one intern table. */
static tp_code
needed_keys(tp_pg *pg, tp_rows **out, tp_err *err)
{
    return tp_pg_query(pg, tp_sql_text("queries/needed_keys.sql"), 0, NULL, out, err);
}

static bool
is_needed(const tp_rows *keys, tp_str hex)
{
    for (size_t i = 0; i < tp_rows_n(keys); i++) {
        if (tp_str_eq(tp_rows_at(keys, i, 0), hex)) {
            return true;
        }
    }
    return false;
}

static tp_code
sweep(const char *state, const char *kind, const char *suffix, const tp_rows *keys, size_t *removed,
      tp_err *err)
{
    TP_AUTO_ARENA(arena, 0);
    TP_AUTO_BUF(dir);
    TP_AUTO_BUF(path);
    const char **name = NULL;
    size_t n = 0;
    tp_buf_printf(&dir, "%s/%s", state, kind);
    if (!tp_file_exists(tp_buf_cstr(&dir))) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_dir_list(tp_buf_cstr(&dir), suffix, &arena, &name, &n, err));
    for (size_t i = 0; i < n; i++) {
        const tp_str hex = {name[i], strlen(name[i]) - strlen(suffix)};
        if (!is_needed(keys, hex)) {
            TP_RETURN_SAME(tp_tree_remove(tp_path_join(&path, tp_buf_cstr(&dir), name[i]), err));
            (*removed)++;
        }
    }
    return TP_OK;
}

tp_code
tp_cmd_gc(tp_cli *cli, int *out_status, tp_err *err)
{
    static const char *const KIND[][2] = {{"landing", ".tpl"},
                                          {"batch", ".tpa"},
                                          {"link", ".tpa"},
                                          {"merge", ".tpa"},
                                          {"score", ".tpa"}};
    const char *state = tp_cfg_text(cli->cfg, "state.dir");
    tp_pg *pg = NULL;
    tp_rows *keys = NULL;
    size_t removed = 0;
    (void)out_status;
    TP_RETURN_SAME(tp_cli_database(cli, &pg, err));
    /* Under the run lock: an artefact that a running night has just made belongs to nobody yet. */
    tp_code rc = tp_pg_lock_run(pg, "talentpool gc", err);
    if (rc == TP_OK) {
        rc = needed_keys(pg, &keys, err);
    }
    for (size_t i = 0; rc == TP_OK && i < TP_COUNT(KIND); i++) {
        rc = sweep(state, KIND[i][0], KIND[i][1], keys, &removed, err);
    }
    tp_rows_free(keys);
    tp_pg_close(pg);
    if (rc == TP_OK) {
        (void)printf("%zu artefacts removed\n", removed);
    }
    return rc;
}
