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

/* Runs the stages in order over an opened run. */
tp_code tp_run_line(tp_run *run, tp_run_result *out, tp_err *err) TP_MUST_CHECK;

/* "fresh", "reused", "stale", "missing". */
const char *tp_source_state_name(tp_source_state state);

#endif
