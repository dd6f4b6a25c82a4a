/* Commands that read the warehouse: status, posts, shortlist, crosswalk. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "etl/cli/cli.h"

tp_code
tp_cmd_status(tp_cli *cli, int *out_status, tp_err *err)
{
    tp_pg *pg = NULL;
    size_t n = 0;
    (void)out_status;
    TP_RETURN_SAME(tp_cli_database(cli, &pg, err));
    tp_code rc = tp_cli_print(pg, tp_sql_text("queries/status_run.sql"), 0, NULL, &n, err);
    if (rc == TP_OK && n > 0) {
        (void)printf("\n");
        rc = tp_cli_print(pg, tp_sql_text("queries/status_stage.sql"), 0, NULL, &n, err);
    }
    if (rc == TP_OK && n > 0) {
        (void)printf("\n");
        rc = tp_cli_print(pg, tp_sql_text("queries/status_source.sql"), 0, NULL, &n, err);
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

tp_code
tp_cmd_shortlist(tp_cli *cli, int *out_status, tp_err *err)
{
    tp_pg *pg = NULL;
    size_t n = 0;
    const char *params[] = {cli->argv[0]};
    (void)out_status;
    TP_RETURN_SAME(tp_cli_database(cli, &pg, err));
    tp_code rc = tp_cli_print(pg, tp_sql_text("queries/post.sql"), 1, params, &n, err);
    if (rc == TP_OK && n == 0) {
        rc = tp_err_set(
            err, TP_E_USAGE, __func__, __LINE__,
            "no post \"%.60s\" in the current generation; list them with: talentpool posts",
            cli->argv[0]);
    }
    if (rc == TP_OK) {
        (void)printf("\n");
        rc = tp_cli_print(pg, tp_sql_text("queries/shortlist.sql"), 1, params, &n, err);
    }
    if (rc == TP_OK) {
        (void)printf("\n");
        rc = tp_cli_print(pg, tp_sql_text("queries/post_gates.sql"), 1, params, &n, err);
    }
    tp_pg_close(pg);
    return rc;
}

static tp_code
put_file(void *user, const void *bytes, size_t n, tp_err *err)
{
    if (fwrite(bytes, 1, n, user) != n) {
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
    FILE *file = stdout;
    (void)out_status;
    if (cli->out != NULL) {
        TP_RETURN_SAME(open_out(cli->out, &file, err));
    }
    tp_code rc = tp_cli_database(cli, &pg, err);
    if (rc == TP_OK) {
        rc = tp_pg_copy_out(pg, tp_sql_text("queries/crosswalk.sql"), put_file, file, err);
    }
    if (cli->out != NULL && fclose(file) != 0 && rc == TP_OK) {
        rc = tp_err_set(err, TP_E_IO, __func__, __LINE__, "cannot write %.150s: %s", cli->out,
                        strerror(errno));
    }
    tp_pg_close(pg);
    return rc;
}
