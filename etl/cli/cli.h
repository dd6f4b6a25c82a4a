/* Commands of the program: what they share. */
#ifndef ETL_CLI_CLI_H
#define ETL_CLI_CLI_H

#include <stdbool.h>

#include "talent/etl/cfg.h"
#include "talent/etl/pg.h"
#include "talent/etl/source.h"

/* Options every command takes, already applied to cfg. */
typedef struct tp_cli {
    tp_cfg *cfg;
    const char *as_of; /* --as-of or NULL */
    const char *json;  /* --json or NULL */
    const char *out;   /* --out or NULL */
    const char *key;   /* --key, --records, --body, --fetch: of source try; or NULL */
    const char *records;
    const char *body;
    const char *fetch;
    bool show_identifiers;
    bool refetch;
    bool release;
    bool reverse_sources;
    bool quiet;
    bool vacant;
    const char *arguments; /* for the ledger */
    int argc;              /* what is left: operands */
    char **argv;
} tp_cli;

typedef struct tp_command {
    const char *name;
    const char *operands;
    const char *help;
    int least; /* operands */
    int most;
    tp_code (*run)(tp_cli *cli, int *out_status, tp_err *err);
} tp_command;

extern const tp_command TP_COMMANDS[];
extern const size_t TP_COMMAND_COUNT;

tp_code tp_cmd_run(tp_cli *cli, int *out_status, tp_err *err);
tp_code tp_cmd_status(tp_cli *cli, int *out_status, tp_err *err);
tp_code tp_cmd_posts(tp_cli *cli, int *out_status, tp_err *err);
tp_code tp_cmd_shortlist(tp_cli *cli, int *out_status, tp_err *err);
tp_code tp_cmd_explain(tp_cli *cli, int *out_status, tp_err *err);
tp_code tp_cmd_crosswalk(tp_cli *cli, int *out_status, tp_err *err);
tp_code tp_cmd_check(tp_cli *cli, int *out_status, tp_err *err);
tp_code tp_cmd_migrate(tp_cli *cli, int *out_status, tp_err *err);
tp_code tp_cmd_config(tp_cli *cli, int *out_status, tp_err *err);
tp_code tp_cmd_server(tp_cli *cli, int *out_status, tp_err *err);
tp_code tp_cmd_source(tp_cli *cli, int *out_status, tp_err *err);
tp_code tp_cmd_gc(tp_cli *cli, int *out_status, tp_err *err);

/* Pulls the first page of a source, or reads --body, and prints what becomes of it. Status 4: a
 * gate would hold it. */
tp_code tp_source_try(tp_cli *cli, const tp_source *source, int *out_status,
                      tp_err *err) TP_MUST_CHECK;

/* A connection to the database of the settings; the private server is started if need be. */
tp_code tp_cli_database(tp_cli *cli, tp_pg **out, tp_err *err) TP_MUST_CHECK;

/* Prints rows as a table with aligned columns; numbers to the right. */
void tp_cli_table(const tp_rows *rows);

/* Runs one query and prints it; params as for tp_pg_query. */
tp_code tp_cli_print(tp_pg *pg, const char *sql, int n, const char *const *params, size_t *out_n,
                     tp_err *err) TP_MUST_CHECK;

#endif
