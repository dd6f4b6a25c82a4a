/* talentpool withdraw: how is a published result taken back? */
#include <stdio.h>

#include "etl/cli/cli.h"
#include "talent/base/day.h"
#include "talent/etl/ledger.h"

static tp_code
withdraw(tp_pg *pg, int64_t generation, tp_err *err)
{
    TP_AUTO_ARENA(arena, 0);
    int64_t next = -1;
    int applied = 0;
    tp_generation current;
    char day[TP_DAY_TEXT];
    TP_RETURN_SAME(tp_pg_lock_run(pg, "talentpool withdraw", err));
    TP_RETURN_IF_ERR(err, tp_pg_migrate(pg, &applied, err), "bring the database up to date");
    TP_RETURN_SAME(tp_ledger_withdraw(pg, generation, &next, err));
    TP_RETURN_SAME(tp_ledger_current(pg, &arena, &current, err));
    tp_day_format(current.night, day);
    (void)printf("generation %lld is withdrawn; readers %s generation %lld, night %s\n",
                 (long long)generation, next < 0 ? "did not see it: they stay on" : "now see",
                 (long long)current.generation, day);
    return TP_OK;
}

tp_code
tp_cmd_withdraw(tp_cli *cli, int *out_status, tp_err *err)
{
    tp_pg *pg = NULL;
    uint64_t generation = 0;
    (void)out_status;
    if (!tp_str_to_u64(tp_str_of(cli->argv[0]), &generation) || generation > INT64_MAX) {
        TP_RETURN_ERR(err, TP_E_USAGE,
                      "withdraw takes the number of a generation, not \"%.40s\"; talentpool status "
                      "says which readers see",
                      cli->argv[0]);
    }
    TP_RETURN_SAME(tp_cli_database(cli, &pg, err));
    const tp_code rc = withdraw(pg, (int64_t)generation, err);
    tp_pg_close(pg);
    return rc;
}
