/* Which options are there, which command takes them, and what did the command line say? */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "etl/cli/cli.h"
#include "talent/base/str.h"
#include "talent/etl/json.h"

enum { FIRST = 256, THREADS_MAX = 1024, HELP_WIDTH = 22 };

#define EVERY                                                                                  \
    ((1U << TP_OPT_CONFIG) | (1U << TP_OPT_SET) | (1U << TP_OPT_STATE) | (1U << TP_OPT_HELP) | \
     (1U << TP_OPT_VERSION))

static const struct {
    const char *name;
    const char *value; /* NULL = takes none */
    const char *needs; /* what is missing when there is no value */
    const char *help;
} OPT[TP_OPT_COUNT] = {
    [TP_OPT_CONFIG] = {"config", "FILE", "a file",
                       "settings file laid over the defaults; may be repeated"},
    [TP_OPT_SET] = {"set", "SECTION.KEY=V", "SECTION.KEY=VALUE", "one setting; may be repeated"},
    [TP_OPT_STATE] = {"state", "DIR", "a folder", "state directory (setting state.dir)"},
    [TP_OPT_AS_OF] = {"as-of", "YYYY-MM-DD", "a day (YYYY-MM-DD)",
                      "the night (default: today in Jakarta)"},
    [TP_OPT_THREADS] = {"threads", "N", "a number",
                        "threads; 0 = one per processor (setting run.threads)"},
    [TP_OPT_REFETCH] = {"refetch", NULL, NULL,
                        "ask the sources again although this night has landed them"},
    [TP_OPT_RELEASE] = {"release", NULL, NULL, "publish a night that would be held or refused"},
    [TP_OPT_REVERSE] = {"reverse-sources", NULL, NULL,
                        "take the sources in reverse order (the result is the same)"},
    [TP_OPT_JSON] = {"json", "FILE", "a file", "write the run report"},
    [TP_OPT_QUIET] = {"quiet", NULL, NULL, "no progress, only warnings and the result line"},
    [TP_OPT_VACANT] = {"vacant", NULL, NULL, "only posts for which candidates were sought"},
    [TP_OPT_OUT] = {"out", "FILE", "a file", "write to FILE instead of standard output"},
    [TP_OPT_KEY] = {"key", "K", "a key", "what to ask for, where one thing is asked for at a time"},
    [TP_OPT_FETCH] = {"fetch", "NAME", "the name of a fetch", "this fetch alone"},
    [TP_OPT_BODY] = {"body", "FILE|N", "a file, or the number of a body",
                     "source try: a file to read instead of asking; trace: a landed body"},
    [TP_OPT_RECORDS] = {"records", "N", "a number",
                        "show N records (source try: of each kind; default 3)"},
    [TP_OPT_SOURCE] = {"source", "ID", "the id of a source", "this source alone"},
    [TP_OPT_BYTES] = {"bytes", NULL, NULL, "show the bytes: of a record, or of a body with --body"},
    [TP_OPT_REJECT] = {"reject", NULL, NULL, "the records that were rejected, and where they are"},
    [TP_OPT_SHOW_IDENTIFIERS] = {"show-identifiers", NULL, NULL,
                                 "show identifiers, names and birth dates as they are"},
    [TP_OPT_HELP] = {"help", NULL, NULL, "this text; of one command: talentpool help COMMAND"},
    [TP_OPT_VERSION] = {"version", NULL, NULL, "version of the program"},
};

static tp_code
take_threads(tp_buf *sets, tp_err *err)
{
    uint64_t n = 0;
    if (!tp_str_to_u64(tp_str_of(optarg), &n) || n > THREADS_MAX) {
        TP_RETURN_ERR(err, TP_E_USAGE, "--threads takes a whole number from 0 to %d, not \"%.40s\"",
                      THREADS_MAX, optarg);
    }
    tp_buf_printf(sets, "run.threads=%s", optarg);
    tp_buf_char(sets, '\0');
    return TP_OK;
}

/* Settings that the command line gives win over every file: they are kept and applied last. */
static tp_code
take_setting(tp_cli *cli, tp_opt opt, tp_buf *sets, tp_err *err)
{
    if (opt == TP_OPT_CONFIG) {
        return tp_cfg_file(cli->cfg, optarg, err);
    }
    if (opt == TP_OPT_THREADS) {
        return take_threads(sets, err);
    }
    if (opt == TP_OPT_SET && strchr(optarg, '=') == NULL) {
        TP_RETURN_ERR(err, TP_E_USAGE, "--set takes SECTION.KEY=VALUE, not \"%.80s\"", optarg);
    }
    tp_buf_puts(sets, opt == TP_OPT_STATE ? "state.dir=" : "");
    tp_buf_put(sets, optarg, strlen(optarg) + 1);
    return TP_OK;
}

static void
take_word(tp_cli *cli, tp_opt opt)
{
    const struct {
        tp_opt opt;
        const char **slot;
    } WORD[] = {{TP_OPT_AS_OF, &cli->as_of},     {TP_OPT_JSON, &cli->json},
                {TP_OPT_OUT, &cli->out},         {TP_OPT_KEY, &cli->key},
                {TP_OPT_RECORDS, &cli->records}, {TP_OPT_BODY, &cli->body},
                {TP_OPT_FETCH, &cli->fetch},     {TP_OPT_SOURCE, &cli->source}};
    const struct {
        tp_opt opt;
        bool *slot;
    } FLAG[] = {{TP_OPT_SHOW_IDENTIFIERS, &cli->show_identifiers},
                {TP_OPT_BYTES, &cli->bytes},
                {TP_OPT_REJECT, &cli->reject},
                {TP_OPT_REFETCH, &cli->refetch},
                {TP_OPT_RELEASE, &cli->release},
                {TP_OPT_REVERSE, &cli->reverse_sources},
                {TP_OPT_QUIET, &cli->quiet},
                {TP_OPT_VACANT, &cli->vacant}};
    for (size_t i = 0; i < TP_COUNT(WORD); i++) {
        if (WORD[i].opt == opt) {
            *WORD[i].slot = optarg;
        }
    }
    for (size_t i = 0; i < TP_COUNT(FLAG); i++) {
        if (FLAG[i].opt == opt) {
            *FLAG[i].slot = true;
        }
    }
}

static tp_code
unknown_option(const char *word, tp_err *err)
{
    TP_AUTO_BUF(words);
    for (int i = 0; i < TP_OPT_COUNT; i++) {
        tp_buf_printf(&words, "%s--%s", i > 0 ? "|" : "", OPT[i].name);
    }
    const tp_str near = tp_nearest_word((tp_str){word, strcspn(word, "=")}, tp_buf_cstr(&words));
    if (near.n > 0) {
        TP_RETURN_ERR(err, TP_E_USAGE,
                      "unknown option %.60s; did you mean %.*s? see: talentpool --help", word,
                      TP_STR_ARG(near));
    }
    TP_RETURN_ERR(err, TP_E_USAGE, "unknown option %.60s; see: talentpool --help", word);
}

/* getopt has refused a word: `found` is ':' when it lacks its value. */
static tp_code
refuse(int found, char **argv, tp_err *err)
{
    const int opt = optopt - FIRST;
    if (found == ':' && opt >= 0 && opt < TP_OPT_COUNT) {
        TP_RETURN_ERR(err, TP_E_USAGE, "--%s needs %s", OPT[opt].name, OPT[opt].needs);
    }
    if (opt >= 0 && opt < TP_OPT_COUNT) {
        TP_RETURN_ERR(err, TP_E_USAGE, "--%s takes no value", OPT[opt].name);
    }
    return unknown_option(argv[optind > 0 ? optind - 1 : 0], err);
}

static tp_code
apply_sets(tp_cfg *cfg, const tp_buf *sets, tp_err *err)
{
    for (size_t at = 0; at < sets->n; at += strlen(sets->p + at) + 1) {
        char name[96];
        const char *text = sets->p + at;
        const size_t n = strcspn(text, "=");
        if (n >= sizeof name) {
            TP_RETURN_ERR(err, TP_E_USAGE, "no such setting: %.80s...", text);
        }
        memcpy(name, text, n);
        name[n] = '\0';
        TP_RETURN_SAME(tp_cfg_set(cfg, name, text + n + 1, "command line", err));
    }
    return TP_OK;
}

tp_code
tp_opt_read(tp_cli *cli, int argc, char **argv, tp_err *err)
{
    TP_AUTO_BUF(sets);
    struct option known[TP_OPT_COUNT + 1] = {0};
    int found;
    for (int i = 0; i < TP_OPT_COUNT; i++) {
        known[i] = (struct option){
            OPT[i].name, OPT[i].value != NULL ? required_argument : no_argument, NULL, FIRST + i};
    }
    opterr = 0;
    while ((found = getopt_long(argc, argv, ":", known, NULL)) != -1) {
        const tp_opt opt = (tp_opt)(found - FIRST);
        if (found < FIRST) {
            return refuse(found, argv, err);
        }
        cli->given |= 1U << opt;
        if (opt == TP_OPT_CONFIG || opt == TP_OPT_SET || opt == TP_OPT_STATE ||
            opt == TP_OPT_THREADS) {
            TP_RETURN_SAME(take_setting(cli, opt, &sets, err));
        } else {
            take_word(cli, opt);
        }
    }
    cli->argc = argc - optind;
    cli->argv = argv + optind;
    if ((cli->given & (1U << TP_OPT_HELP | 1U << TP_OPT_VERSION)) != 0) {
        return TP_OK; /* whatever the settings are */
    }
    TP_RETURN_SAME(tp_cfg_env(cli->cfg, err));
    return apply_sets(cli->cfg, &sets, err);
}

tp_code
tp_opt_command(const char *name, const tp_command **out, tp_err *err)
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

tp_code
tp_opt_fit(const tp_cli *cli, const tp_command *command, tp_err *err)
{
    const tp_opt_set wrong = cli->given & ~(EVERY | command->options);
    for (int i = 0; i < TP_OPT_COUNT; i++) {
        if (((wrong >> i) & 1U) != 0) {
            TP_RETURN_ERR(err, TP_E_USAGE, "%s takes no --%s; see: talentpool help %s",
                          command->name, OPT[i].name, command->name);
        }
    }
    if (cli->argc > command->most) {
        TP_RETURN_ERR(err, TP_E_USAGE, "\"%.40s\" is one word too many; usage: talentpool %s%s%s",
                      cli->argv[command->most], command->name,
                      command->operands[0] != '\0' ? " " : "", command->operands);
    }
    if (cli->argc < command->least) {
        TP_RETURN_ERR(err, TP_E_USAGE, "%s needs %s; see: talentpool help %s", command->name,
                      command->operands, command->name);
    }
    return TP_OK;
}

static void
print_options(tp_opt_set set)
{
    for (int i = 0; i < TP_OPT_COUNT; i++) {
        char words[64];
        (void)snprintf(words, sizeof words, "--%s%s%s", OPT[i].name,
                       OPT[i].value != NULL ? " " : "", OPT[i].value != NULL ? OPT[i].value : "");
        if (((set >> i) & 1U) != 0) {
            (void)printf("  %-*s %s\n", HELP_WIDTH, words, OPT[i].help);
        }
    }
}

static void
print_all(void)
{
    (void)printf(
        "usage: talentpool COMMAND [OPTION]... [OPERAND]...\n\n"
        "Consolidates the feeds of the civil-service agencies into one record per person,\n"
        "scores everyone, and publishes the talent pool to PostgreSQL.\n\ncommands:\n");
    for (size_t i = 0; i < TP_COMMAND_COUNT; i++) {
        (void)printf("  %-10s %-30s %s\n", TP_COMMANDS[i].name, TP_COMMANDS[i].operands,
                     TP_COMMANDS[i].help);
    }
    (void)printf("  %-10s %-30s %s\n", "help", "[COMMAND]", "this text, or that of one command");
    (void)printf("\noptions of every command:\n");
    print_options(EVERY);
    (void)printf(
        "\nexit status: 0 published, 3 published with a stale source, 4 held, 5 too few sources,\n"
        "6 database, 7 locked, 8 cancelled, 64 usage, 65 input, 70 bug or memory, 78 settings\n"
        "(docs/operations.md says what to do about each)\n");
}

void
tp_opt_help(const tp_command *command)
{
    if (command == NULL) {
        print_all();
        return;
    }
    (void)printf("usage: talentpool %s [OPTION]...%s%s\n\n%s\n", command->name,
                 command->operands[0] != '\0' ? " " : "", command->operands, command->help);
    if (command->options != 0) {
        (void)printf("\noptions:\n");
        print_options(command->options);
    }
    (void)printf("\noptions of every command:\n");
    print_options(EVERY);
}
