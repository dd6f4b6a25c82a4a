/* Commands of the program: what they share. */
#ifndef ETL_CLI_CLI_H
#define ETL_CLI_CLI_H

#include <stdbool.h>

#include "talent/core/pool.h"
#include "talent/etl/cfg.h"
#include "talent/etl/pg.h"
#include "talent/etl/source.h"

/* Every option there is; its text stands in etl/cli/opt.c. */
typedef enum tp_opt {
    TP_OPT_CONFIG,
    TP_OPT_SET,
    TP_OPT_STATE,
    TP_OPT_AS_OF,
    TP_OPT_THREADS,
    TP_OPT_REFETCH,
    TP_OPT_RELEASE,
    TP_OPT_REVERSE,
    TP_OPT_JSON,
    TP_OPT_QUIET,
    TP_OPT_VACANT,
    TP_OPT_OUT,
    TP_OPT_KEY,
    TP_OPT_FETCH,
    TP_OPT_BODY,
    TP_OPT_RECORDS,
    TP_OPT_SOURCE,
    TP_OPT_BYTES,
    TP_OPT_REJECT,
    TP_OPT_SHOW_IDENTIFIERS,
    TP_OPT_HELP,
    TP_OPT_VERSION,
    TP_OPT_COUNT
} tp_opt;

/* A set of options: the sum of 1 << option. */
typedef uint32_t tp_opt_set;

/* The command line as read; settings are already applied to cfg. */
typedef struct tp_cli {
    tp_cfg *cfg;
    tp_opt_set given;  /* options that stood there */
    const char *as_of; /* --as-of or NULL */
    const char *json;  /* --json or NULL */
    const char *out;   /* --out or NULL */
    const char *key;   /* --key, --records, --body, --fetch; or NULL */
    const char *records;
    const char *body;
    const char *fetch;
    const char *source; /* --source or NULL */
    bool bytes;
    bool reject;
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
    tp_opt_set options; /* beside those that every command takes */
    tp_code (*run)(tp_cli *cli, int *out_status, tp_err *err);
} tp_command;

extern const tp_command TP_COMMANDS[];
extern const size_t TP_COMMAND_COUNT;

/*
 * Reads the command line: options anywhere, the rest into argv in order. Settings that it gives win
 * over files and environment.
 * Errors   TP_E_USAGE for what makes no sense; what settings files and values are refused with
 */
tp_code tp_opt_read(tp_cli *cli, int argc, char **argv, tp_err *err) TP_MUST_CHECK;

/* Refuses options that the command does not take, and operands too few or too many. */
tp_code tp_opt_fit(const tp_cli *cli, const tp_command *command, tp_err *err) TP_MUST_CHECK;

/* The command of that name; an unknown one is answered with the nearest. */
tp_code tp_opt_command(const char *name, const tp_command **out, tp_err *err) TP_MUST_CHECK;

/* Prints what there is to know of one command; NULL = of all. */
void tp_opt_help(const tp_command *command);

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
tp_code tp_cmd_withdraw(tp_cli *cli, int *out_status, tp_err *err);
tp_code tp_cmd_gc(tp_cli *cli, int *out_status, tp_err *err);
tp_code tp_cmd_trace(tp_cli *cli, int *out_status, tp_err *err);

/* Pulls the first page of a source, or reads --body, and prints what becomes of it. Status 4: a
 * gate would hold it. */
tp_code tp_source_try(tp_cli *cli, const tp_source *source, int *out_status,
                      tp_err *err) TP_MUST_CHECK;

/*
 * A state directory that a night has used: commands that only read make none.
 * Errors   TP_E_CONFIG, with a state nearby when there is one
 */
tp_code tp_cli_need_state(const tp_cli *cli, tp_err *err) TP_MUST_CHECK;

/* Checks every description of sources.dir, each on its line, and counts: `check sources`. */
tp_code tp_cli_check_sources(const tp_cli *cli, int *out_status, tp_err *err) TP_MUST_CHECK;

/* A connection to the database of the settings for a command that only reads; the private server
 * is started if need be, but never made. */
tp_code tp_cli_database(tp_cli *cli, tp_pg **out, tp_err *err) TP_MUST_CHECK;

/* Row of the person with this key; false if there is none (etl/cli/cmd_explain.c). */
bool tp_cli_person(const tp_pool *pool, uint64_t key, size_t *out);

/* Has whoever read standard output stopped reading? That ends a command quietly. */
bool tp_cli_reader_gone(void);

/* Prints rows as a table with aligned columns; numbers to the right. */
void tp_cli_table(const tp_rows *rows);

/* Runs one query and prints it; params as for tp_pg_query. */
tp_code tp_cli_print(tp_pg *pg, const char *sql, int n, const char *const *params, size_t *out_n,
                     tp_err *err) TP_MUST_CHECK;

#endif
