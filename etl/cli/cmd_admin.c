/* Commands that look after the installation: check, migrate, config, server, gc. */
#include <stdio.h>
#include <string.h>

#include "etl/cli/cli.h"
#include "talent/etl/clock.h"
#include "talent/etl/link_params.h"
#include "talent/etl/merge_params.h"
#include "talent/etl/rules.h"
#include "talent/etl/signal.h"
#include "talent/etl/source.h"

static tp_code
check_rules(const tp_cfg *cfg, tp_err *err)
{
    tp_rules rules;
    TP_AUTO_ARENA(arena, 0);
    tp_link_params link;
    tp_merge_params merge;
    tp_key key;
    static const char *const NEEDED[] = {"rules.dir", "codes.dir", "link.config", "merge.config"};
    for (size_t i = 0; i < TP_COUNT(NEEDED); i++) {
        TP_RETURN_SAME(tp_cfg_need(cfg, NEEDED[i], err));
    }
    TP_RETURN_SAME(tp_rules_load(tp_cfg_text(cfg, "rules.dir"), tp_cfg_text(cfg, "codes.dir"),
                                 tp_clock_today(420), &arena, &rules, err));
    TP_RETURN_SAME(tp_link_params_load(tp_cfg_text(cfg, "link.config"),
                                       tp_cfg_text(cfg, "codes.dir"), &arena, &link, &key, err));
    TP_RETURN_SAME(
        tp_merge_params_load(tp_cfg_text(cfg, "merge.config"), &arena, &merge, &key, err));
    (void)printf("ok  rules, linkage and survivorship\n");
    return TP_OK;
}

tp_code
tp_cmd_check(tp_cli *cli, int *out_status, tp_err *err)
{
    const char *what = cli->argv[0];
    if (strcmp(what, "config") == 0) {
        (void)printf("ok  settings\n"); /* reading them was the check */
        return TP_OK;
    }
    if (strcmp(what, "sources") == 0) {
        return tp_cli_check_sources(cli, out_status, err);
    }
    if (strcmp(what, "rules") == 0) {
        return check_rules(cli->cfg, err);
    }
    if (strcmp(what, "database") == 0) {
        tp_pg *pg = NULL;
        TP_RETURN_SAME(tp_cli_database(cli, &pg, err));
        tp_pg_close(pg);
        (void)printf("ok  database\n");
        return TP_OK;
    }
    TP_RETURN_ERR(err, TP_E_USAGE, "check takes config, sources, rules or database, not \"%.40s\"",
                  what);
}

tp_code
tp_cmd_migrate(tp_cli *cli, int *out_status, tp_err *err)
{
    TP_AUTO_BUF(conninfo);
    tp_pg *pg = NULL;
    int applied = 0;
    const char *named = tp_cfg_text(cli->cfg, "database.conninfo");
    (void)out_status;
    if (named[0] == '\0') {
        TP_RETURN_SAME(tp_pg_private_start(tp_cfg_text(cli->cfg, "state.dir"), &conninfo, err));
    } else {
        tp_buf_puts(&conninfo, named);
    }
    TP_RETURN_SAME(tp_pg_open(tp_buf_cstr(&conninfo), "talentpool", tp_signal_flag(), &pg, err));
    tp_code rc = tp_pg_lock_run(pg, "talentpool migrate", err);
    if (rc == TP_OK) {
        rc = tp_pg_migrate(pg, &applied, err);
    }
    tp_pg_close(pg);
    if (rc == TP_OK) {
        (void)printf(applied > 0 ? "%d applied\n" : "the database is up to date\n", applied);
    }
    return rc;
}

tp_code
tp_cmd_config(tp_cli *cli, int *out_status, tp_err *err)
{
    TP_AUTO_BUF(text);
    (void)out_status;
    if (strcmp(cli->argv[0], "show") == 0) {
        tp_cfg_show(cli->cfg, &text);
    } else if (strcmp(cli->argv[0], "defaults") == 0) {
        tp_cfg_defaults(&text);
    } else {
        TP_RETURN_ERR(err, TP_E_USAGE, "config takes show or defaults, not \"%.40s\"",
                      cli->argv[0]);
    }
    (void)fputs(tp_buf_cstr(&text), stdout);
    return TP_OK;
}

tp_code
tp_cmd_server(tp_cli *cli, int *out_status, tp_err *err)
{
    TP_AUTO_BUF(conninfo);
    const char *what = cli->argv[0];
    const char *state = tp_cfg_text(cli->cfg, "state.dir");
    if (tp_cfg_text(cli->cfg, "database.conninfo")[0] != '\0') {
        TP_RETURN_ERR(err, TP_E_USAGE,
                      "database.conninfo names a server: there is no private one to look after");
    }
    if (strcmp(what, "start") == 0) {
        TP_RETURN_SAME(tp_pg_private_start(state, &conninfo, err));
        TP_RETURN_SAME(tp_pg_private_keep(state, true, err));
        (void)printf("psql '%s'\n", tp_buf_cstr(&conninfo));
    } else if (strcmp(what, "stop") == 0) {
        TP_RETURN_SAME(tp_cli_need_state(cli, err));
        TP_RETURN_SAME(tp_pg_private_keep(state, false, err));
        TP_RETURN_SAME(tp_pg_private_stop(state, true, err));
    } else if (strcmp(what, "status") == 0 || strcmp(what, "conninfo") == 0) {
        TP_RETURN_SAME(tp_cli_need_state(cli, err));
        const bool runs = tp_pg_private_running(state, &conninfo);
        (void)printf("%s\n",
                     what[0] == 's' ? (runs ? "running" : "stopped") : tp_buf_cstr(&conninfo));
        *out_status = runs ? 0 : 1;
    } else {
        TP_RETURN_ERR(err, TP_E_USAGE,
                      "server takes start, stop, status or conninfo, not \"%.40s\"", what);
    }
    return TP_OK;
}
