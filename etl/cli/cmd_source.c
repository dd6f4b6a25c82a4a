/* talentpool source: is a description right, which are there, and what would one make of a page? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "etl/cli/cli.h"
#include "etl/cli/source_show.h"
#include "talent/core/emit.h"
#include "talent/etl/file.h"

/* Prints what was found; faults are the result of the command, so they stand on standard output. */
static void
print_faults(const tp_faults *faults)
{
    for (size_t i = 0; i < faults->n; i++) {
        TP_AUTO_BUF(plain);
        tp_plain_put(&plain, tp_str_of(faults->fault[i].text), TP_ERR_TEXT * 4);
        (void)printf("%s%s\n", faults->fault[i].note ? "note: " : "", tp_buf_cstr(&plain));
    }
    if (faults->dropped > 0) {
        (void)printf("and %zu more\n", faults->dropped);
    }
}

/* "person, award": the kinds a source emits, each once. */
static void
put_kinds(tp_buf *out, const tp_source *source)
{
    bool seen[TP_KIND_COUNT] = {false};
    for (size_t i = 0; i < source->rules->n_emits; i++) {
        const tp_kind kind = source->rules->emit[i].kind;
        if (!seen[kind]) {
            tp_buf_printf(out, "%s%s", out->n > 0 ? ", " : "", tp_kind_of(kind)->name);
            seen[kind] = true;
        }
    }
}

static void
print_good(const char *file, const tp_source *source)
{
    TP_AUTO_BUF(kinds);
    put_kinds(&kinds, source);
    (void)printf("ok  %s: %.*s, %zu fetch%s, gives %s%s\n", file, TP_STR_ARG(source->id),
                 source->n_fetch, source->n_fetch == 1 ? "" : "es", tp_buf_cstr(&kinds),
                 source->enabled ? "" : " (disabled)");
}

/* Checks one file and says so. *out_id (may be NULL) gets the id in the arena, or "" when faulty.
 */
static tp_code
check_file(const tp_cli *cli, const char *file, tp_faults *faults, tp_arena *arena,
           const char **out_id, tp_err *err)
{
    tp_source *source = NULL;
    const tp_code rc = tp_source_check(file, cli->cfg, true, faults, &source, err);
    if (rc != TP_OK && rc != TP_E_CONFIG) {
        return rc;
    }
    *err = (tp_err){0};
    print_faults(faults);
    if (rc == TP_OK) {
        print_good(file, source);
        *out_id = tp_arena_copy(arena, source->id.p, source->id.n);
        tp_source_free(source);
    } else {
        (void)printf("%zu fault%s in %s\n", faults->wrong, faults->wrong == 1 ? "" : "s", file);
        *out_id = "";
    }
    if (*out_id == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "the id of a source");
    }
    return TP_OK;
}

static tp_code
new_faults(tp_faults **out, tp_err *err)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory to check a source");
    }
    return TP_OK;
}

static tp_code
check_files(const tp_cli *cli, int *out_status, tp_err *err)
{
    TP_AUTO_ARENA(arena, 0);
    size_t wrong = 0;
    tp_faults *faults = NULL;
    TP_RETURN_SAME(new_faults(&faults, err));
    tp_code rc = TP_OK;
    for (int i = 1; rc == TP_OK && i < cli->argc; i++) {
        const char *id = "";
        rc = check_file(cli, cli->argv[i], faults, &arena, &id, err);
        wrong += rc == TP_OK && id[0] == '\0';
    }
    free(faults);
    *out_status = wrong > 0 ? tp_code_exit(TP_E_CONFIG) : 0;
    return rc;
}

/* Two files must not describe one source: a night would not know which to take. */
static size_t
tell_twins(const char *const *id, const char *const *name, size_t n)
{
    size_t twins = 0;
    for (size_t i = 1; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            if (id[i][0] != '\0' && strcmp(id[i], id[j]) == 0) {
                (void)printf("%s and %s both describe source %s\n", name[j], name[i], id[i]);
                twins++;
            }
        }
    }
    return twins;
}

static tp_code
check_all(const tp_cli *cli, const char *dir, const char *const *name, size_t n, tp_arena *arena,
          int *out_status, tp_err *err)
{
    TP_AUTO_BUF(path);
    size_t wrong = 0;
    size_t unset = 0;
    tp_faults *faults = NULL;
    const char **id = tp_arena_alloc(arena, n, sizeof *id);
    if (id == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "the ids of %zu sources", n);
    }
    TP_RETURN_SAME(new_faults(&faults, err));
    tp_code rc = TP_OK;
    for (size_t i = 0; rc == TP_OK && i < n; i++) {
        rc = check_file(cli, tp_path_join(&path, dir, name[i]), faults, arena, &id[i], err);
        wrong += rc == TP_OK && id[i][0] == '\0';
        unset += faults->n - (faults->wrong < faults->n ? faults->wrong : faults->n);
    }
    free(faults);
    TP_RETURN_SAME(rc);
    wrong += tell_twins(id, name, n);
    (void)printf("%zu source%s, %zu wrong", n, n == 1 ? "" : "s", wrong);
    if (unset > 0) {
        (void)printf("; %zu setting%s not set here: a run needs %s", unset,
                     unset == 1 ? " is" : "s are", unset == 1 ? "it" : "them");
    }
    (void)printf("\n");
    *out_status = wrong > 0 ? tp_code_exit(TP_E_CONFIG) : 0;
    return TP_OK;
}

tp_code
tp_cli_check_sources(const tp_cli *cli, int *out_status, tp_err *err)
{
    TP_AUTO_ARENA(arena, 0);
    const char **name;
    size_t n;
    const char *dir = tp_cfg_text(cli->cfg, "sources.dir");
    TP_RETURN_SAME(tp_cfg_need(cli->cfg, "sources.dir", err));
    TP_RETURN_SAME(tp_cfg_need(cli->cfg, "codes.dir", err));
    TP_RETURN_SAME(tp_dir_list(dir, ".json", &arena, &name, &n, err));
    if (n == 0) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "%.150s holds no source description (*.json)", dir);
    }
    return check_all(cli, dir, name, n, &arena, out_status, err);
}

static void
put_source(tp_grid *grid, const char *file, const tp_source *source)
{
    TP_AUTO_BUF(kinds);
    TP_AUTO_BUF(shown);
    TP_AUTO_BUF(gates);
    TP_AUTO_BUF(title);
    put_kinds(&kinds, source);
    for (size_t i = 0; i < source->n_gates; i++) {
        tp_buf_puts(&gates, i > 0 ? "; " : "");
        tp_show_gate(&gates, &source->gate[i]);
    }
    tp_plain_put(&title, source->title, 50);
    tp_grid_put(grid, source->id);
    tp_grid_puts(grid, source->enabled ? "enabled" : "disabled");
    tp_grid_put(grid, tp_buf_view(&title));
    tp_plain_put(&shown, tp_buf_view(&kinds), 60);
    tp_grid_put(grid, tp_buf_view(&shown));
    tp_grid_put(grid, source->n_gates > 0 ? tp_buf_view(&gates) : TP_STR("none"));
    tp_grid_puts(grid, file);
}

static tp_code
list_files(const tp_cli *cli, const char *dir, const char *const *name, size_t n, tp_grid *grid,
           int *out_status, tp_err *err)
{
    static const char *const HEAD[] = {"id", "state", "title", "records", "gates", "file"};
    tp_faults *faults = calloc(1, sizeof *faults);
    if (faults == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory to list %zu sources", n);
    }
    for (size_t i = 0; i < TP_COUNT(HEAD); i++) {
        tp_grid_puts(grid, HEAD[i]);
    }
    for (size_t i = 0; i < n; i++) {
        TP_AUTO_BUF(path);
        tp_source *source = NULL;
        tp_buf_printf(&path, "%s/%s", dir, name[i]);
        const tp_code rc =
            tp_source_check(tp_buf_cstr(&path), cli->cfg, true, faults, &source, err);
        if (rc == TP_OK) {
            put_source(grid, tp_buf_cstr(&path), source);
            tp_source_free(source);
        } else if (rc == TP_E_CONFIG) {
            tp_grid_puts(grid, "-");
            tp_grid_puts(grid, "faulty");
            tp_grid_puts(grid, "see: talentpool source check");
            tp_grid_puts(grid, "-");
            tp_grid_puts(grid, "-");
            tp_grid_put(grid, tp_buf_view(&path));
            *out_status = tp_code_exit(TP_E_CONFIG);
        } else {
            free(faults);
            return rc;
        }
    }
    free(faults);
    *err = (tp_err){0};
    return TP_OK;
}

static tp_code
list_sources(const tp_cli *cli, int *out_status, tp_err *err)
{
    TP_AUTO_ARENA(arena, 0);
    const char **name;
    size_t n;
    tp_grid grid = {.cols = 6};
    const char *dir = tp_cfg_text(cli->cfg, "sources.dir");
    TP_RETURN_SAME(tp_cfg_need(cli->cfg, "sources.dir", err));
    TP_RETURN_SAME(tp_dir_list(dir, ".json", &arena, &name, &n, err));
    const tp_code rc = list_files(cli, dir, name, n, &grid, out_status, err);
    if (rc == TP_OK) {
        tp_grid_print(&grid, stdout, 0);
    }
    tp_grid_clear(&grid);
    return rc;
}

static tp_code
try_file(tp_cli *cli, int *out_status, tp_err *err)
{
    tp_source *source = NULL;
    if (cli->argc != 2) {
        TP_RETURN_ERR(err, TP_E_USAGE, "source try takes one FILE");
    }
    tp_faults *faults = calloc(1, sizeof *faults);
    if (faults == NULL) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "no memory to try a source");
    }
    tp_code rc = tp_source_check(cli->argv[1], cli->cfg, cli->body != NULL, faults, &source, err);
    if (rc == TP_E_CONFIG) {
        print_faults(faults);
        *err = (tp_err){0};
        *out_status = tp_code_exit(TP_E_CONFIG);
        rc = TP_OK;
    } else if (rc == TP_OK) {
        rc = tp_source_try(cli, source, out_status, err);
        tp_source_free(source);
    }
    free(faults);
    return rc;
}

tp_code
tp_cmd_source(tp_cli *cli, int *out_status, tp_err *err)
{
    const char *what = cli->argv[0];
    if (strcmp(what, "list") == 0) {
        return list_sources(cli, out_status, err);
    }
    if (strcmp(what, "check") == 0) {
        if (cli->argc < 2) {
            TP_RETURN_ERR(err, TP_E_USAGE, "source check takes one FILE or more");
        }
        return check_files(cli, out_status, err);
    }
    if (strcmp(what, "try") == 0) {
        return try_file(cli, out_status, err);
    }
    TP_RETURN_ERR(err, TP_E_USAGE, "source takes check, list or try, not \"%.40s\"", what);
}
