/* talentpool gc: which artefacts does no kept night need any more? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "etl/cli/cli.h"
#include "talent/base/day.h"
#include "talent/base/intern.h"
#include "talent/etl/artefact.h"
#include "talent/etl/clock.h"
#include "talent/etl/file.h"
#include "talent/etl/landing.h"

enum { JAKARTA = 420 /* minutes east of UTC */, DAY_SECONDS = 86400 };

static const struct {
    const char *name;
    const char *suffix;
    bool by_age; /* what no ledger knows stays as long as bodies are kept: a killed night's landing
                  */
} KIND[] = {{"landing", ".tpl", true},
            {"batch", ".tpa", false},
            {"link", ".tpa", false},
            {"merge", ".tpa", false},
            {"score", ".tpa", false}};

/* Files of the state directory that are not needed, and how many there are of the others. */
typedef struct sweep {
    tp_arena arena;
    const char *state;
    const tp_rows *keys; /* ascending */
    int64_t young;       /* files changed after this second stay where age counts */
    tp_buf doomed;       /* const char *: paths in the arena */
    const tp_store *store;
    uint8_t secret[32];
    tp_intern origins; /* hex keys of landings that those which stay refer to */
    size_t known;      /* files whose key the ledger gave */
} sweep;

static bool
is_needed(const tp_rows *keys, tp_str hex)
{
    size_t low = 0;
    size_t high = tp_rows_n(keys);
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        const int order = tp_str_cmp(tp_rows_at(keys, mid, 0), hex);
        if (order == 0) {
            return true;
        }
        low = order < 0 ? mid + 1 : low;
        high = order < 0 ? high : mid;
    }
    return false;
}

static bool
is_young(const char *path, int64_t since)
{
    struct stat st;
    return stat(path, &st) == 0 && (int64_t)st.st_mtime > since;
}

/* A landing that stays keeps those whose bodies it refers to. */
static tp_code
note_origins(sweep *s, tp_str hex, tp_err *err)
{
    tp_key key;
    tp_landing *landing = NULL;
    if (!tp_key_parse(hex, &key) || !tp_landing_exists(s->store, &key)) {
        return TP_OK;
    }
    TP_RETURN_IF_ERR(err, tp_landing_open(s->store, &key, s->secret, &landing, err),
                     "see which landings are referred to");
    bool ok = true;
    for (size_t i = 0; ok && i < tp_landing_count(landing); i++) {
        const tp_body *body = tp_landing_body(landing, i);
        char text[TP_KEY_TEXT];
        uint32_t code;
        if (body->referred) {
            tp_key_format(&body->origin, text);
            ok = tp_intern_add(&s->origins, tp_str_of(text), &code);
            tp_key_format(&body->origin_file, text); /* its name if it was set aside */
            ok = ok && tp_intern_add(&s->origins, tp_str_of(text), &code);
        }
    }
    tp_landing_close(landing);
    if (!ok) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "a list of landings that are referred to");
    }
    return TP_OK;
}

static tp_code
look_at(sweep *s, size_t kind, tp_err *err)
{
    TP_AUTO_BUF(dir);
    TP_AUTO_BUF(path);
    const char **name = NULL;
    size_t n = 0;
    tp_buf_printf(&dir, "%s/%s", s->state, KIND[kind].name);
    if (!tp_file_exists(tp_buf_cstr(&dir))) {
        return TP_OK;
    }
    TP_RETURN_SAME(tp_dir_list(tp_buf_cstr(&dir), KIND[kind].suffix, &s->arena, &name, &n, err));
    for (size_t i = 0; KIND[kind].by_age && i < n; i++) {
        const tp_str hex = {name[i], strlen(name[i]) - strlen(KIND[kind].suffix)};
        if (is_needed(s->keys, hex) ||
            is_young(tp_path_join(&path, tp_buf_cstr(&dir), name[i]), s->young)) {
            TP_RETURN_SAME(note_origins(s, hex, err));
        }
    }
    for (size_t i = 0; i < n; i++) {
        const tp_str hex = {name[i], strlen(name[i]) - strlen(KIND[kind].suffix)};
        uint32_t code;
        (void)tp_path_join(&path, tp_buf_cstr(&dir), name[i]);
        if (is_needed(s->keys, hex)) {
            s->known++;
        } else if (KIND[kind].by_age && tp_intern_find(&s->origins, hex, &code)) {
            continue;
        } else if (!KIND[kind].by_age || !is_young(tp_buf_cstr(&path), s->young)) {
            const char *doomed = tp_arena_copy(&s->arena, path.p, path.n);
            tp_buf_put(&s->doomed, &doomed, sizeof doomed);
            if (doomed == NULL || s->doomed.failed) {
                TP_RETURN_ERR(err, TP_E_NOMEM, "a list of %zu artefacts", n);
            }
        }
    }
    return TP_OK;
}

/* Looks at everything first: a database that knows none of these files is not theirs. */
static tp_code
clean(sweep *s, size_t *out_removed, tp_err *err)
{
    for (size_t k = 0; k < TP_COUNT(KIND); k++) {
        TP_RETURN_SAME(look_at(s, k, err));
    }
    const size_t n = s->doomed.n / sizeof(const char *);
    const char *const *path = (const void *)s->doomed.p;
    if (n > 0 && s->known == 0) {
        TP_RETURN_ERR(err, TP_E_CONFIG,
                      "this database knows none of the %zu artefacts in %s: it belongs to another "
                      "state directory; nothing was removed; see state.dir, database.conninfo",
                      n, s->state);
    }
    for (size_t i = 0; i < n; i++) {
        TP_RETURN_SAME(tp_tree_remove(path[i], err));
        (*out_removed)++;
    }
    return TP_OK;
}

/* Keys that must stay; refused where nothing was ever published: everything would go. */
static tp_code
ask_ledger(tp_pg *pg, int32_t today, int64_t keep_days, tp_rows **out, tp_err *err)
{
    char day[TP_DAY_TEXT];
    char days[24];
    const char *params[] = {day, days};
    tp_rows *rows = NULL;
    tp_day_format(today, day);
    (void)snprintf(days, sizeof days, "%lld", (long long)keep_days);
    TP_RETURN_SAME(tp_pg_query(pg, "SELECT count(*) FROM ops.generation", 0, NULL, &rows, err));
    const bool any = tp_rows_i64(rows, 0, 0, 0) > 0;
    tp_rows_free(rows);
    if (!any) {
        TP_RETURN_ERR(err, TP_E_CONFIG,
                      "this database has published nothing, so that everything would be removed; "
                      "nothing was; see state.dir, database.conninfo");
    }
    return tp_pg_query(pg, tp_sql_text("queries/needed_keys.sql"), 2, params, out, err);
}

tp_code
tp_cmd_gc(tp_cli *cli, int *out_status, tp_err *err)
{
    const int64_t keep_days = tp_cfg_int(cli->cfg, "landing.keep_days");
    int32_t today = tp_clock_today(JAKARTA);
    tp_pg *pg = NULL;
    tp_rows *keys = NULL;
    size_t removed = 0;
    (void)out_status;
    if (cli->as_of != NULL && !tp_day_parse_iso(tp_str_of(cli->as_of), &today)) {
        TP_RETURN_ERR(err, TP_E_USAGE, "--as-of takes a day as YYYY-MM-DD, not \"%.20s\"",
                      cli->as_of);
    }
    TP_RETURN_SAME(tp_cli_need_state(cli, err));
    TP_RETURN_SAME(tp_cli_database(cli, &pg, err));
    /* Under the run lock: an artefact that a running night has just made belongs to nobody yet. */
    tp_code rc = tp_pg_lock_run(pg, "talentpool gc", err);
    if (rc == TP_OK) {
        rc = ask_ledger(pg, today, keep_days, &keys, err);
    }
    if (rc == TP_OK) {
        sweep s = {.state = tp_cfg_text(cli->cfg, "state.dir"),
                   .keys = keys,
                   .young = tp_clock_now_s() - keep_days * DAY_SECONDS};
        tp_store *store = NULL;
        rc = tp_secret_key(cli->cfg, "landing", s.secret, err);
        rc = rc == TP_OK ? tp_store_open(s.state, &store, err) : rc;
        s.store = store;
        rc = rc == TP_OK ? clean(&s, &removed, err) : rc;
        tp_store_close(store);
        explicit_bzero(s.secret, sizeof s.secret);
        tp_intern_clear(&s.origins);
        tp_buf_clear(&s.doomed);
        tp_arena_clear(&s.arena);
    }
    tp_rows_free(keys);
    tp_pg_close(pg);
    if (rc == TP_OK) {
        (void)printf("%zu artefacts removed\n", removed);
    }
    return rc;
}
