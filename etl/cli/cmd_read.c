/* Commands that read the warehouse: status, posts, shortlist, crosswalk. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "etl/cli/cli.h"
#include "talent/base/day.h"
#include "talent/etl/ledger.h"

/* Prints what a query gives after an empty line; nothing where it gives nothing. */
static tp_code
print_part(tp_pg *pg, const char *file, bool *first, tp_err *err)
{
    tp_rows *rows = NULL;
    TP_RETURN_SAME(tp_pg_query(pg, tp_sql_text(file), 0, NULL, &rows, err));
    if (tp_rows_n(rows) > 0) {
        (void)fputs(*first ? "" : "\n", stdout);
        tp_cli_table(rows);
        *first = false;
    }
    tp_rows_free(rows);
    return TP_OK;
}

static tp_code
print_current(tp_pg *pg, tp_err *err)
{
    TP_AUTO_ARENA(arena, 0);
    tp_generation current;
    char day[TP_DAY_TEXT];
    TP_RETURN_SAME(tp_ledger_current(pg, &arena, &current, err));
    if (!current.found) {
        (void)printf("readers see nothing: no night was published yet\n");
        return TP_OK;
    }
    tp_day_format(current.night, day);
    (void)printf("readers see generation %lld, night %s, %lld people\n",
                 (long long)current.generation, day, (long long)current.people);
    return TP_OK;
}

tp_code
tp_cmd_status(tp_cli *cli, int *out_status, tp_err *err)
{
    static const char *const PART[] = {"queries/status_run.sql", "queries/status_stage.sql",
                                       "queries/status_source.sql", "queries/status_fault.sql"};
    tp_pg *pg = NULL;
    bool first = false;
    (void)out_status;
    TP_RETURN_SAME(tp_cli_database(cli, &pg, err));
    tp_code rc = print_current(pg, err);
    for (size_t i = 0; rc == TP_OK && i < TP_COUNT(PART); i++) {
        rc = print_part(pg, PART[i], &first, err);
    }
    tp_pg_close(pg);
    return rc;
}

tp_code
tp_cmd_posts(tp_cli *cli, int *out_status, tp_err *err)
{
    tp_pg *pg = NULL;
    size_t n = 0;
    const char *params[] = {cli->vacant ? "t" : "f"};
    (void)out_status;
    TP_RETURN_SAME(tp_cli_database(cli, &pg, err));
    const tp_code rc = tp_cli_print(pg, tp_sql_text("queries/posts.sql"), 1, params, &n, err);
    tp_pg_close(pg);
    return rc;
}

/* The post's own row; *out_sought = candidates were sought for it. */
static tp_code
print_post(tp_pg *pg, const char *const *params, bool *out_sought, tp_err *err)
{
    tp_rows *rows = NULL;
    TP_RETURN_SAME(tp_pg_query(pg, tp_sql_text("queries/post.sql"), 1, params, &rows, err));
    const bool found = tp_rows_n(rows) > 0;
    *out_sought = found && !tp_str_is(tp_rows_at(rows, 0, tp_rows_cols(rows) - 1), "-");
    if (found) {
        tp_cli_table(rows);
    }
    tp_rows_free(rows);
    if (!found) {
        TP_RETURN_ERR(
            err, TP_E_USAGE,
            "no post \"%.60s\" in the current generation; list them with: talentpool posts",
            params[0]);
    }
    return TP_OK;
}

tp_code
tp_cmd_shortlist(tp_cli *cli, int *out_status, tp_err *err)
{
    tp_pg *pg = NULL;
    size_t n = 0;
    bool sought = false;
    const char *params[] = {cli->argv[0]};
    (void)out_status;
    TP_RETURN_SAME(tp_cli_database(cli, &pg, err));
    tp_code rc = print_post(pg, params, &sought, err);
    if (rc == TP_OK && !sought) {
        (void)printf("\nnot vacant within the horizon: no candidates were sought\n");
    } else if (rc == TP_OK) {
        (void)printf("\n");
        rc = tp_cli_print(pg, tp_sql_text("queries/shortlist.sql"), 1, params, &n, err);
        if (rc == TP_OK && n == 0) {
            (void)printf("nobody can be proposed, and nobody lacks data alone\n");
        }
        if (rc == TP_OK) {
            (void)printf("\n");
            rc = tp_cli_print(pg, tp_sql_text("queries/post_gates.sql"), 1, params, &n, err);
        }
    }
    tp_pg_close(pg);
    return rc;
}

/* Where the crosswalk goes. */
typedef struct sink {
    FILE *file;
    bool gone; /* nobody reads it any more */
} sink;

static tp_code
put_file(void *user, const void *bytes, size_t n, tp_err *err)
{
    sink *s = user;
    if (fwrite(bytes, 1, n, s->file) != n) {
        s->gone = errno == EPIPE;
        TP_RETURN_ERR(err, TP_E_IO, "cannot write the crosswalk: %s", strerror(errno));
    }
    return TP_OK;
}

/* For its owner alone, whatever it was before: it tells of people one by one. */
static tp_code
open_out(const char *path, FILE **out, tp_err *err)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    struct stat st;
    const bool ready =
        fd >= 0 && fstat(fd, &st) == 0 && (!S_ISREG(st.st_mode) || fchmod(fd, 0600) == 0);
    *out = ready ? fdopen(fd, "w") : NULL;
    if (*out == NULL) {
        const int why = errno;
        if (fd >= 0) {
            (void)close(fd);
        }
        TP_RETURN_ERR(err, TP_E_IO, "cannot write %.150s: %s", path, strerror(why));
    }
    return TP_OK;
}

tp_code
tp_cmd_crosswalk(tp_cli *cli, int *out_status, tp_err *err)
{
    tp_pg *pg = NULL;
    sink to = {.file = stdout};
    (void)out_status;
    TP_RETURN_SAME(tp_cli_database(cli, &pg, err));
    tp_code rc = cli->out != NULL ? open_out(cli->out, &to.file, err) : TP_OK;
    if (rc == TP_OK) {
        rc = tp_pg_copy_out(pg, tp_sql_text("queries/crosswalk.sql"), put_file, &to, err);
    }
    if (to.gone && cli->out == NULL) {
        rc = TP_OK; /* `| head` has seen enough */
    }
    if (cli->out != NULL && to.file != NULL && fclose(to.file) != 0 && rc == TP_OK) {
        rc = tp_err_set(err, TP_E_IO, __func__, __LINE__, "cannot write %.150s: %s", cli->out,
                        strerror(errno));
    }
    tp_pg_close(pg);
    return rc;
}
