/* The program: which command, with which settings, and how does it end? */
#include <getopt.h>
#include <locale.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "etl/cli/cli.h"
#include "talent/etl/json.h"
#include "talent/etl/log.h"
#include "talent/etl/signal.h"
#include "talent/etl/version.h"

enum {
    OPT_AS_OF = 256,
    OPT_CONFIG,
    OPT_SET,
    OPT_THREADS,
    OPT_REFETCH,
    OPT_RELEASE,
    OPT_JSON,
    OPT_OUT,
    OPT_KEY,
    OPT_RECORDS,
    OPT_BODY,
    OPT_FETCH,
    OPT_SHOW_IDENTIFIERS,
    OPT_REVERSE,
    OPT_QUIET,
    OPT_VACANT,
    OPT_STATE,
    OPT_HELP,
    OPT_VERSION
};

static const struct option OPTIONS[] = {
    {"as-of", required_argument, NULL, OPT_AS_OF},
    {"config", required_argument, NULL, OPT_CONFIG},
    {"set", required_argument, NULL, OPT_SET},
    {"state", required_argument, NULL, OPT_STATE},
    {"threads", required_argument, NULL, OPT_THREADS},
    {"refetch", no_argument, NULL, OPT_REFETCH},
    {"release", no_argument, NULL, OPT_RELEASE},
    {"json", required_argument, NULL, OPT_JSON},
    {"out", required_argument, NULL, OPT_OUT},
    {"key", required_argument, NULL, OPT_KEY},
    {"records", required_argument, NULL, OPT_RECORDS},
    {"body", required_argument, NULL, OPT_BODY},
    {"fetch", required_argument, NULL, OPT_FETCH},
    {"show-identifiers", no_argument, NULL, OPT_SHOW_IDENTIFIERS},
    {"reverse-sources", no_argument, NULL, OPT_REVERSE},
    {"quiet", no_argument, NULL, OPT_QUIET},
    {"vacant", no_argument, NULL, OPT_VACANT},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, OPT_VERSION},
    {NULL, 0, NULL, 0},
};

const tp_command TP_COMMANDS[] = {
    {"run", "", "run the night: fetch, link, score and publish", 0, 0, tp_cmd_run},
    {"status", "", "the last run: stages, sources, counts", 0, 0, tp_cmd_status},
    {"posts", "", "senior posts with the number of candidates; --vacant: only those", 0, 0,
     tp_cmd_posts},
    {"shortlist", "POSITION-ID", "the best candidates of a post", 1, 1, tp_cmd_shortlist},
    {"explain", "PERSON-KEY [POSITION-ID]", "how a person's scores came about", 1, 2,
     tp_cmd_explain},
    {"crosswalk", "", "source, key and person of every record, as CSV", 0, 0, tp_cmd_crosswalk},
    {"check", "config|sources|rules|database", "what would stop tonight's run", 1, 1, tp_cmd_check},
    {"source", "check FILE...|list|try FILE",
     "is a description right; which are there; try one on a page", 1, 1000, tp_cmd_source},
    {"migrate", "", "bring the database to this program's version", 0, 0, tp_cmd_migrate},
    {"config", "show|defaults", "settings in force, or all with their help", 1, 1, tp_cmd_config},
    {"server", "start|stop|status|conninfo", "the private PostgreSQL", 1, 1, tp_cmd_server},
    {"gc", "", "remove artefacts that no kept night needs", 0, 0, tp_cmd_gc},
};
const size_t TP_COMMAND_COUNT = TP_COUNT(TP_COMMANDS);

static void
print_help(void)
{
    (void)printf(
        "usage: talentpool COMMAND [OPTION]... [OPERAND]...\n\n"
        "Consolidates the feeds of the civil-service agencies into one record per person,\n"
        "scores everyone, and publishes the talent pool to PostgreSQL.\n\ncommands:\n");
    for (size_t i = 0; i < TP_COMMAND_COUNT; i++) {
        (void)printf("  %-10s %-30s %s\n", TP_COMMANDS[i].name, TP_COMMANDS[i].operands,
                     TP_COMMANDS[i].help);
    }
    (void)printf(
        "\noptions:\n"
        "  --as-of YYYY-MM-DD     night to run (default: today in Jakarta)\n"
        "  --config FILE          settings file laid over the defaults; may be repeated\n"
        "  --set SECTION.KEY=V    one setting; may be repeated\n"
        "  --state DIR            state directory (setting state.dir)\n"
        "  --threads N            threads; 0 = one per processor (setting run.threads)\n"
        "  --refetch              ask the sources again although this night has landed them\n"
        "  --release              publish a night that would be held\n"
        "  --json FILE            write the run report\n"
        "  --out FILE             write to FILE instead of standard output\n"
        "  --key K                source try: what to ask for where one is asked for at a time\n"
        "  --fetch NAME           source try: this fetch alone\n"
        "  --body FILE            source try: read this file instead of asking the source\n"
        "  --records N            source try: show N records of each kind (default 3)\n"
        "  --show-identifiers     source try: show identifiers, names and birth dates as they are\n"
        "  --reverse-sources      take the sources in reverse order (the result is the same)\n"
        "  --quiet                no progress, only warnings and the result line\n"
        "  --help, --version\n"
        "\nexit status: 0 published, 3 published with a stale source, 4 held, 5 too few sources,\n"
        "6 database, 7 locked, 8 cancelled, 64 usage, 65 input, 70 bug or memory, 78 settings\n"
        "(docs/operations.md says what to do about each)\n");
}

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
usage(tp_err *err, const char *what, const char *value)
{
    TP_RETURN_ERR(err, TP_E_USAGE, "%s%s; see: talentpool --help", what, value);
}

/* One option. Settings that the command line gives win over every file: they are applied last. */
static tp_code
take_option(tp_cli *cli, int option, char **argv, tp_buf *sets, tp_err *err)
{
    switch (option) {
    case OPT_AS_OF:
        cli->as_of = optarg;
        return TP_OK;
    case OPT_CONFIG:
        return tp_cfg_file(cli->cfg, optarg, err);
    case OPT_SET:
        if (strchr(optarg, '=') == NULL) {
            return usage(err, "--set takes SECTION.KEY=VALUE, not ", optarg);
        }
        tp_buf_put(sets, optarg, strlen(optarg) + 1);
        return TP_OK;
    case OPT_STATE:
        tp_buf_puts(sets, "state.dir=");
        tp_buf_put(sets, optarg, strlen(optarg) + 1);
        return TP_OK;
    case OPT_THREADS:
        tp_buf_puts(sets, "run.threads=");
        tp_buf_put(sets, optarg, strlen(optarg) + 1);
        return TP_OK;
    case OPT_JSON:
        cli->json = optarg;
        return TP_OK;
    case OPT_OUT:
        cli->out = optarg;
        return TP_OK;
    case OPT_KEY:
        cli->key = optarg;
        return TP_OK;
    case OPT_RECORDS:
        cli->records = optarg;
        return TP_OK;
    case OPT_BODY:
        cli->body = optarg;
        return TP_OK;
    case OPT_FETCH:
        cli->fetch = optarg;
        return TP_OK;
    case OPT_SHOW_IDENTIFIERS:
        cli->show_identifiers = true;
        return TP_OK;
    case OPT_REFETCH:
        cli->refetch = true;
        return TP_OK;
    case OPT_RELEASE:
        cli->release = true;
        return TP_OK;
    case OPT_REVERSE:
        cli->reverse_sources = true;
        return TP_OK;
    case OPT_QUIET:
        cli->quiet = true;
        return TP_OK;
    case OPT_VACANT:
        cli->vacant = true;
        return TP_OK;
    default:
        return usage(err, "unknown or incomplete option ", argv[optind > 0 ? optind - 1 : 0]);
    }
}

static tp_code
apply_sets(tp_cfg *cfg, const tp_buf *sets, tp_err *err)
{
    for (size_t at = 0; at < sets->n; at += strlen(sets->p + at) + 1) {
        char name[96];
        const char *text = sets->p + at;
        const size_t n = strcspn(text, "=");
        if (n >= sizeof name) {
            return usage(err, "no such setting: ", text);
        }
        memcpy(name, text, n);
        name[n] = '\0';
        TP_RETURN_SAME(tp_cfg_set(cfg, name, text + n + 1, "command line", err));
    }
    return TP_OK;
}

static tp_code
find_command(const char *name, const tp_command **out, tp_err *err)
{
    TP_AUTO_BUF(words);
    for (size_t i = 0; i < TP_COMMAND_COUNT; i++) {
        if (strcmp(TP_COMMANDS[i].name, name) == 0) {
            *out = &TP_COMMANDS[i];
            return TP_OK;
        }
        tp_buf_printf(&words, "%s%s", i > 0 ? "|" : "", TP_COMMANDS[i].name);
    }
    const tp_str near = tp_nearest_word(tp_str_of(name), tp_buf_cstr(&words));
    if (near.n > 0) {
        TP_RETURN_ERR(err, TP_E_USAGE,
                      "no command \"%.40s\"; did you mean \"%.*s\"? see: talentpool --help", name,
                      TP_STR_ARG(near));
    }
    TP_RETURN_ERR(err, TP_E_USAGE, "no command \"%.40s\"; see: talentpool --help", name);
}

static tp_code
read_options(tp_cli *cli, int argc, char **argv, bool *out_done, tp_err *err)
{
    TP_AUTO_BUF(sets);
    int option;
    opterr = 0;
    while ((option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1) {
        if (option == OPT_HELP) {
            print_help();
            *out_done = true;
            return TP_OK;
        }
        if (option == OPT_VERSION) {
            (void)printf("talentpool %s\n", TP_VERSION);
            *out_done = true;
            return TP_OK;
        }
        TP_RETURN_SAME(take_option(cli, option, argv, &sets, err));
    }
    TP_RETURN_SAME(tp_cfg_env(cli->cfg, err));
    TP_RETURN_SAME(apply_sets(cli->cfg, &sets, err));
    cli->argc = argc - optind;
    cli->argv = argv + optind;
    return TP_OK;
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

static tp_code
dispatch(int argc, char **argv, const char **out_name, int *out_status, tp_err *err)
{
    tp_cli cli = {0};
    TP_AUTO_BUF(arguments);
    bool done = false;
    for (int i = 1; i < argc; i++) {
        /* A setting may be secret: its name is enough for the ledger. */
        const char *cut = strchr(argv[i], '=');
        const size_t n = cut != NULL ? (size_t)(cut - argv[i]) : strlen(argv[i]);
        tp_buf_printf(&arguments, "%s%.*s%s", i > 1 ? " " : "", (int)n, argv[i],
                      cut != NULL ? "=..." : "");
    }
    cli.arguments = tp_buf_cstr(&arguments);
    TP_RETURN_SAME(tp_cfg_new(&cli.cfg, err));
    tp_code rc = read_options(&cli, argc, argv, &done, err);
    const tp_command *command = NULL;
    if (rc == TP_OK && !done && cli.argc == 0) {
        rc = usage(err, "no command", "");
    }
    if (rc == TP_OK && !done && strcmp(cli.argv[0], "help") == 0) {
        print_help();
        done = true;
    }
    if (rc == TP_OK && !done) {
        rc = find_command(cli.argv[0], &command, err);
    }
    if (rc == TP_OK && !done) {
        *out_name = command->name;
        cli.argc--;
        cli.argv++;
        rc = cli.argc < command->least || cli.argc > command->most
                 ? tp_err_set(err, TP_E_USAGE, __func__, __LINE__, "usage: talentpool %s %s",
                              command->name, command->operands)
                 : open_log(&cli, err);
    }
    if (rc == TP_OK && !done) {
        rc = command->run(&cli, out_status, err);
    }
    if (command != NULL && tp_cfg_text(cli.cfg, "database.conninfo")[0] == '\0' &&
        strcmp(command->name, "server") != 0 && strcmp(command->name, "config") != 0 &&
        strcmp(command->name, "source") != 0) {
        TP_IGNORE(tp_pg_private_stop(tp_cfg_text(cli.cfg, "state.dir"), false, NULL));
    }
    tp_cfg_free(cli.cfg);
    tp_log_close();
    return rc;
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
        print_chain(name, &err);
        return status != 0 ? status : tp_code_exit(rc);
    }
    return status;
}
