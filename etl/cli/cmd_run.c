/* talentpool run: one night from feeds to warehouse. */
#include <stdio.h>
#include <unistd.h>

#include "etl/cli/cli.h"
#include "talent/base/day.h"
#include "talent/etl/clock.h"
#include "talent/etl/file.h"
#include "talent/etl/ledger.h"
#include "talent/etl/log.h"
#include "talent/etl/run.h"
#include "talent/etl/signal.h"

enum { JAKARTA = 420 }; /* minutes east of UTC */

/* The line scripts read: documented, stable, one line. */
static void
print_result(const tp_run *run, const tp_run_result *r)
{
    char day[TP_DAY_TEXT];
    tp_day_format(run->flags.night, day);
    (void)printf(
        "night=%s generation=%lld received=%llu accepted=%llu unchanged=%llu duplicate=%llu "
        "removed=%llu rejected=%llu people=%zu fingerprint=%s published=%s\n",
        day, (long long)run->receipt.generation, (unsigned long long)r->total.received,
        (unsigned long long)r->total.accepted, (unsigned long long)r->total.unchanged,
        (unsigned long long)r->total.duplicate, (unsigned long long)r->total.removed,
        (unsigned long long)r->total.rejected, run->pool.n,
        run->receipt.fingerprint[0] != '\0' ? run->receipt.fingerprint : "-",
        r->code != TP_OK         ? "no"
        : run->receipt.unchanged ? "unchanged"
                                 : "yes");
}

static void
print_stages(const tp_run_result *r)
{
    (void)printf("%-10s %12s %-8s %9s %12s %10s  %s\n", "stage", "rows", "", "seconds", "rows/s",
                 "peak MiB", "");
    for (int s = 0; s < TP_STAGES; s++) {
        const tp_stage_count *c = &r->stage[s];
        char rows[32] = "-"; /* of a stage that is skipped whole, what it gave was not counted */
        char rate[32] = "-";
        if (c->computed > 0 || c->rows_out > 0) {
            (void)snprintf(rows, sizeof rows, "%llu", (unsigned long long)c->rows_out);
        }
        if (c->computed > 0) {
            (void)snprintf(rate, sizeof rate, "%.0f", tp_stage_rate(c));
        }
        (void)printf("%-10s %12s %-8s %9.3f %12s %10.1f  %s\n", TP_LINE[s]->name, rows,
                     TP_LINE[s]->unit, c->seconds, rate, (double)r->peak_kib[s] / 1024.0,
                     c->computed == 0 ? "skipped: same inputs, result already there" : "");
    }
}

/* Batches that their gates held back are counted in the ledger and here, and used nowhere. */
static void
print_held(const tp_run *run)
{
    for (size_t i = 0; i < run->n_sources; i++) {
        const tp_run_source *s = &run->source[i];
        tp_counts sum = {0};
        if (!s->held.any) {
            continue;
        }
        tp_counts_add(&sum, s->held.counts);
        (void)printf("held back: source %.*s, %llu received, %llu accepted, %llu unchanged, %llu "
                     "duplicate, %llu removed, %llu rejected; %s; its last good batch %s\n",
                     TP_STR_ARG(s->desc->id), (unsigned long long)sum.received,
                     (unsigned long long)sum.accepted, (unsigned long long)sum.unchanged,
                     (unsigned long long)sum.duplicate, (unsigned long long)sum.removed,
                     (unsigned long long)sum.rejected, s->reason,
                     s->has_batch ? "stands" : "does not exist");
    }
}

/* One line for each source that changed: how much, and the first three changes. */
static void
print_drift(const tp_run *run)
{
    enum { SHOWN = 3 };
    for (size_t i = 0; i < run->n_sources; i++) {
        const tp_run_source *s = &run->source[i];
        const size_t all = s->n_drifts + s->more_drifts;
        for (size_t k = 0; k < s->n_drifts && k < SHOWN; k++) {
            const tp_drift *d = &s->drift[k];
            if (k == 0) {
                (void)printf("drift: source %.*s, %zu change%s", TP_STR_ARG(s->desc->id), all,
                             all == 1 ? "" : "s");
            }
            (void)printf("; %s %s", tp_drift_name(d->kind), d->path);
            if (d->was_bp >= 0) {
                (void)printf(" %d.%02d %% -> %d.%02d %%", d->was_bp / 100, d->was_bp % 100,
                             d->is_bp / 100, d->is_bp % 100);
            }
            (void)printf("%s%s", d->detail[0] != '\0' ? " " : "", d->detail);
        }
        if (s->n_drifts > 0) {
            (void)printf("%s\n", all > SHOWN ? "; ..." : "");
        }
    }
}

/* The night to run; one that has not come would be what readers see on every night before it. */
static tp_code
choose_night(const tp_cli *cli, int32_t *out, tp_err *err)
{
    const int32_t today = tp_clock_today(JAKARTA);
    char day[TP_DAY_TEXT];
    *out = today;
    if (cli->as_of != NULL && !tp_day_parse_iso(tp_str_of(cli->as_of), out)) {
        TP_RETURN_ERR(err, TP_E_USAGE, "--as-of takes a day as YYYY-MM-DD, not \"%.20s\"",
                      cli->as_of);
    }
    if (*out > today && !cli->release) {
        tp_day_format(today, day);
        TP_RETURN_ERR(err, TP_E_USAGE,
                      "--as-of %s has not come: today is %s in Jakarta, and readers would see that "
                      "night until it is past; if it is meant: --release",
                      cli->as_of, day);
    }
    return TP_OK;
}

/* What can be known to fail at the end, or on the way, is better said before. */
static tp_code
look_ahead(const tp_cli *cli, tp_err *err)
{
    static const char *const NEEDED[] = {"sources.dir", "rules.dir", "codes.dir", "link.config",
                                         "merge.config"};
    for (size_t i = 0; i < TP_COUNT(NEEDED); i++) {
        TP_RETURN_SAME(tp_cfg_need(cli->cfg, NEEDED[i], err));
    }
    return cli->json != NULL ? tp_file_deliverable(cli->json, err) : TP_OK;
}

/* A night before the one readers see changes nothing for them: whoever ran it should know. */
static void
tell_what_readers_see(const tp_run *run)
{
    TP_AUTO_ARENA(arena, 0);
    tp_generation current;
    char day[TP_DAY_TEXT];
    if (!run->receipt.is_current && tp_ledger_current(run->pg, &arena, &current, NULL) == TP_OK &&
        current.found) {
        tp_day_format(current.night, day);
        tp_log(TP_LOG_WARN, "run",
               "readers stay on night %s, generation %lld: it is later than this one; if it is "
               "not meant: talentpool withdraw %lld",
               day, (long long)current.generation, (long long)current.generation);
    }
}

static tp_code
report(const tp_cli *cli, const tp_run *run, const tp_run_result *result, tp_code rc,
       int *out_status, tp_err *err)
{
    tp_err second = {0};
    const tp_code code = tp_run_report(run, result, cli->json, err, &second);
    if (code != TP_OK && rc == TP_OK) {
        *err = second;
        *out_status = tp_code_exit(code);
        return code;
    }
    return rc;
}

tp_code
tp_cmd_run(tp_cli *cli, int *out_status, tp_err *err)
{
    const int64_t threads = tp_cfg_int(cli->cfg, "run.threads");
    tp_run run = {
        .cfg = cli->cfg,
        .flags = {.refetch = cli->refetch,
                  .release = cli->release,
                  .reverse = cli->reverse_sources,
                  .arguments = cli->arguments},
        .ctx = {.threads = threads > 0 ? (int)threads : (int)sysconf(_SC_NPROCESSORS_ONLN),
                .cancel = tp_signal_flag()},
        .receipt = {.generation = -1},
    };
    tp_run_result result;
    TP_RETURN_SAME(choose_night(cli, &run.flags.night, err));
    TP_RETURN_SAME(look_ahead(cli, err));
    tp_code rc = tp_run_night(&run, &result, err);
    *out_status = result.exit_status;
    if (rc == TP_OK && !cli->quiet) {
        print_stages(&result);
    }
    if (run.sources_done && !cli->quiet) {
        print_held(&run);
        print_drift(&run);
    }
    if (rc == TP_OK) {
        tell_what_readers_see(&run);
    }
    if (cli->json != NULL) {
        rc = report(cli, &run, &result, rc, out_status, err);
    }
    print_result(&run, &result);
    tp_run_clear(&run);
    return rc;
}
