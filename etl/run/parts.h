/* What the files of etl/run share. */
#ifndef ETL_RUN_PARTS_H
#define ETL_RUN_PARTS_H

#include "talent/etl/clock.h"
#include "talent/etl/run.h"

/* Seconds on a clock that never goes back. */
static inline double
tp_run_seconds(void)
{
    return (double)tp_clock_mono_ms() / 1000.0;
}

/*
 * A place where a test may stop the program dead: TALENTPOOL_PAUSE_AT=<stage>:<begin|middle|end>
 * makes it say so and wait to be killed. It changes nothing else.
 */
void tp_pause_at(const char *stage, const char *when);

/* Warns when the run did not come by the place it was to stop at. */
void tp_pause_missed(void);

/* What reading one source came to. */
typedef struct tp_source_work {
    tp_stage_count stage[TP_STAGES];
    uint64_t peak_kib[TP_STAGES];
} tp_source_work;

/* Takes a source from its landing to its batch, or to what stands in for it; on any thread. A
 * failure that is returned ends the run. */
tp_code tp_run_read_source(tp_run *run, tp_run_source *source, tp_source_work *out,
                           tp_err *err) TP_MUST_CHECK;

/* Pulls all sources side by side and reads each as soon as it is in (etl/run/sources.c). */
tp_code tp_run_sources(tp_run *run, tp_run_result *out, tp_err *err) TP_MUST_CHECK;

/* Runs the stages in order over an opened run. */
tp_code tp_run_line(tp_run *run, tp_run_result *out, tp_err *err) TP_MUST_CHECK;

/* "fresh", "reused", "stale", "missing". */
const char *tp_source_state_name(tp_source_state state);

#endif
