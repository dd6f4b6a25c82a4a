/* Is there a state where a command looks for one, and if not, where might it be? */
#include <stdio.h>
#include <string.h>

#include "etl/cli/cli.h"
#include "talent/base/arena.h"
#include "talent/etl/file.h"
#include "talent/etl/json.h"

/* Did a run, a migrate or a server start ever use it? */
static bool
is_state(const char *dir)
{
    static const char *const MARK[] = {"pg.lock", "pg", "landing"};
    TP_AUTO_BUF(path);
    for (size_t i = 0; i < TP_COUNT(MARK); i++) {
        if (tp_file_exists(tp_path_join(&path, dir, MARK[i]))) {
            return true;
        }
    }
    return false;
}

/* The folder that holds `dir`, and its own name. */
static void
split(const char *dir, tp_buf *parent, tp_buf *name)
{
    size_t n = strlen(dir);
    while (n > 1 && dir[n - 1] == '/') {
        n--;
    }
    size_t at = n;
    while (at > 0 && dir[at - 1] != '/') {
        at--;
    }
    tp_buf_put(parent, dir, at > 1 ? at - 1 : at);
    tp_buf_put(name, dir + at, n - at);
}

/* The states in a folder, as "a|b|c". */
static void
list_states(const char *dir, tp_arena *arena, tp_buf *out)
{
    const char **name = NULL;
    size_t n = 0;
    if (tp_dir_list(dir, "", arena, &name, &n, NULL) != TP_OK) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        TP_AUTO_BUF(path);
        if (is_state(tp_path_join(&path, dir, name[i]))) {
            tp_buf_printf(out, "%s%s", out->n > 0 ? "|" : "", name[i]);
        }
    }
}

/* A state inside the folder, or beside it under a name like it. */
static void
find_near(const char *dir, tp_buf *out)
{
    TP_AUTO_ARENA(arena, 1 << 20);
    TP_AUTO_BUF(parent);
    TP_AUTO_BUF(name);
    TP_AUTO_BUF(inside);
    TP_AUTO_BUF(beside);
    list_states(dir, &arena, &inside);
    if (inside.n > 0) {
        tp_buf_printf(out, "%s/%.*s", dir, (int)strcspn(tp_buf_cstr(&inside), "|"), inside.p);
        return;
    }
    split(dir, &parent, &name);
    list_states(parent.n > 0 ? tp_buf_cstr(&parent) : ".", &arena, &beside);
    const tp_str near = tp_nearest_word(tp_buf_view(&name), tp_buf_cstr(&beside));
    if (near.n > 0) {
        tp_buf_printf(out, "%s%s%.*s", tp_buf_cstr(&parent),
                      parent.n == 0 || parent.p[parent.n - 1] == '/' ? "" : "/", TP_STR_ARG(near));
    }
}

tp_code
tp_cli_need_state(const tp_cli *cli, tp_err *err)
{
    TP_AUTO_BUF(near);
    const char *dir = tp_cfg_text(cli->cfg, "state.dir");
    if (is_state(dir)) {
        return TP_OK;
    }
    find_near(dir, &near);
    if (near.n > 0) {
        TP_RETURN_ERR(err, TP_E_CONFIG, "no state in %.80s; did you mean --state %.80s?", dir,
                      tp_buf_cstr(&near));
    }
    TP_RETURN_ERR(err, TP_E_CONFIG, "no state in %.100s; first: talentpool run, or say --state DIR",
                  dir);
}
