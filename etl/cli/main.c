/* The program: which command, with which settings, and how does it end? */
#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "etl/cli/cli.h"
#include "talent/etl/log.h"
#include "talent/etl/signal.h"
#include "talent/etl/version.h"

enum { STALE = 3 /* exit status: published, with a stale source */ };

#define OPT(name) (1U << TP_OPT_##name)

const tp_command TP_COMMANDS[] = {
    {"run", "", "run the night: fetch, link, score and publish", 0, 0,
     OPT(AS_OF) | OPT(THREADS) | OPT(REFETCH) | OPT(RELEASE) | OPT(REVERSE) | OPT(JSON) |
         OPT(QUIET),
     tp_cmd_run},
    {"status", "", "what readers see, and the last run: stages, sources, counts", 0, 0, 0,
     tp_cmd_status},
    {"posts", "", "senior posts with the number of candidates", 0, 0, OPT(VACANT), tp_cmd_posts},
    {"shortlist", "POSITION-ID", "the best candidates of a post", 1, 1, 0, tp_cmd_shortlist},
    {"explain", "PERSON-KEY [POSITION-ID]", "how a person's scores came about", 1, 2, 0,
     tp_cmd_explain},
    {"trace", "[PERSON-KEY [FIELD]|KIND KEY]",
     "which bytes of which answer a value came from; --source ID: what it landed", 0, 2,
     OPT(SOURCE) | OPT(AS_OF) | OPT(BODY) | OPT(BYTES) | OPT(REJECT) | OPT(RECORDS) |
         OPT(SHOW_IDENTIFIERS),
     tp_cmd_trace},
    {"crosswalk", "", "source, key and person of every record, as CSV", 0, 0, OPT(OUT),
     tp_cmd_crosswalk},
    {"check", "config|sources|rules|database", "what would stop tonight's run", 1, 1, 0,
     tp_cmd_check},
    {"source", "check FILE...|list|try FILE",
     "is a description right; which are there; try one on a page", 1, 1000,
     OPT(AS_OF) | OPT(KEY) | OPT(FETCH) | OPT(BODY) | OPT(RECORDS) | OPT(SHOW_IDENTIFIERS),
     tp_cmd_source},
    {"withdraw", "GENERATION", "take back a published result: readers see the one before", 1, 1, 0,
     tp_cmd_withdraw},
    {"migrate", "", "bring the database to this program's version", 0, 0, 0, tp_cmd_migrate},
    {"config", "show|defaults", "settings in force, or all with their help", 1, 1, 0,
     tp_cmd_config},
    {"server", "start|stop|status|conninfo", "the private PostgreSQL", 1, 1, 0, tp_cmd_server},
    {"gc", "", "remove artefacts that no kept night needs", 0, 0, OPT(AS_OF), tp_cmd_gc},
};
const size_t TP_COMMAND_COUNT = TP_COUNT(TP_COMMANDS);

static void
print_chain(const char *command, const tp_err *err)
{
    const int last = err->depth - 1;
    (void)fprintf(stderr, "talentpool%s%s: %s\n", command[0] != '\0' ? " " : "", command,
                  last >= 0 ? err->frame[last].text : "failed without a reason");
    for (int i = last - 1; i >= 0; i--) {
        (void)fprintf(stderr, "  because: %s\n", err->frame[i].text);
    }
    if (err->dropped > 0) {
        (void)fprintf(stderr, "  (%d steps between are left out)\n", err->dropped);
    }
}

static tp_code
open_log(const tp_cli *cli, tp_err *err)
{
    tp_log_level level = TP_LOG_INFO;
    (void)tp_log_level_parse(tp_cfg_text(cli->cfg, "log.level"), &level);
    if (cli->quiet && level == TP_LOG_INFO) {
        level = TP_LOG_WARN;
    }
    return tp_log_open(level, tp_cfg_text(cli->cfg, "log.file"), err);
}

static void
put_arguments(tp_buf *out, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        /* A setting may be secret: its name is enough for the ledger. */
        const char *cut = strchr(argv[i], '=');
        const size_t n = cut != NULL ? (size_t)(cut - argv[i]) : strlen(argv[i]);
        tp_buf_printf(out, "%s%.*s%s", i > 1 ? " " : "", (int)n, argv[i],
                      cut != NULL ? "=..." : "");
    }
}

static tp_code
give_help(const tp_cli *cli, const tp_command *command, tp_err *err)
{
    if (command == NULL && cli->argc > 1) {
        TP_RETURN_SAME(tp_opt_command(cli->argv[1], &command, err));
    }
    tp_opt_help(command);
    return TP_OK;
}

static tp_code
run_command(tp_cli *cli, const char **out_name, int *out_status, tp_err *err)
{
    const tp_command *command = NULL;
    const bool help = (cli->given & OPT(HELP)) != 0;
    if ((cli->given & OPT(VERSION)) != 0) {
        (void)printf("talentpool %s\n", TP_VERSION);
        return TP_OK;
    }
    if (cli->argc == 0 && !help) {
        TP_RETURN_ERR(err, TP_E_USAGE, "no command; see: talentpool --help");
    }
    if (cli->argc == 0 || strcmp(cli->argv[0], "help") == 0) {
        return give_help(cli, NULL, err);
    }
    TP_RETURN_SAME(tp_opt_command(cli->argv[0], &command, err));
    if (help) {
        return give_help(cli, command, err);
    }
    *out_name = command->name;
    cli->argc--;
    cli->argv++;
    TP_RETURN_SAME(tp_opt_fit(cli, command, err));
    TP_RETURN_SAME(open_log(cli, err));
    const tp_code rc = command->run(cli, out_status, err);
    if (tp_cfg_text(cli->cfg, "database.conninfo")[0] == '\0' &&
        strcmp(command->name, "server") != 0) {
        TP_IGNORE(tp_pg_private_stop(tp_cfg_text(cli->cfg, "state.dir"), false, NULL));
    }
    return rc;
}

static tp_code
dispatch(int argc, char **argv, const char **out_name, int *out_status, tp_err *err)
{
    tp_cli cli = {0};
    TP_AUTO_BUF(arguments);
    put_arguments(&arguments, argc, argv);
    cli.arguments = tp_buf_cstr(&arguments);
    TP_RETURN_SAME(tp_cfg_new(&cli.cfg, err));
    tp_code rc = tp_opt_read(&cli, argc, argv, err);
    if (rc == TP_OK) {
        rc = run_command(&cli, out_name, out_status, err);
    }
    tp_cfg_free(cli.cfg);
    tp_log_close();
    return rc;
}

bool
tp_cli_reader_gone(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

/* What was printed must have arrived, unless whoever read it has seen enough (`| head`). */
static int
finish_output(int status)
{
    const bool flushed = fflush(stdout) == 0;
    const int why = errno;
    if ((flushed && ferror(stdout) == 0) || tp_cli_reader_gone()) {
        return status;
    }
    (void)fprintf(stderr, "talentpool: standard output cannot be written: %s\n",
                  flushed ? "some of it was lost" : strerror(why));
    return status == 0 || status == STALE ? tp_code_exit(TP_E_IO) : status;
}

int
main(int argc, char **argv)
{
    tp_err err = {0};
    const char *name = "";
    int status = 0;
    (void)setlocale(LC_ALL, "C");
    tp_secret_guard_memory();
    if (sodium_init() < 0) {
        (void)fprintf(stderr, "talentpool: no source of randomness\n");
        return tp_code_exit(TP_E_BUG);
    }
    tp_code rc = tp_signal_install(&err);
    if (rc == TP_OK) {
        rc = dispatch(argc, argv, &name, &status, &err);
    }
    if (rc != TP_OK) {
        (void)fflush(stdout);
        print_chain(name, &err);
        status = status != 0 ? status : tp_code_exit(rc);
    }
    return finish_output(status);
}
