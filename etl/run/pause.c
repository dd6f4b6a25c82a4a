/* Where may a test stop the program dead? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "etl/run/parts.h"
#include "talent/etl/log.h"

static bool passed;

void
tp_pause_missed(void)
{
    const char *at = getenv("TALENTPOOL_PAUSE_AT");
    if (at != NULL && at[0] != '\0' && !passed) {
        tp_log(TP_LOG_WARN, "run",
               "TALENTPOOL_PAUSE_AT=%.40s: the run never came there; it takes STAGE:begin, "
               "STAGE:middle or STAGE:end",
               at);
    }
}

void
tp_pause_at(const char *stage, const char *when)
{
    const char *at = getenv("TALENTPOOL_PAUSE_AT");
    char here[64];
    (void)snprintf(here, sizeof here, "%s:%s", stage, when);
    if (at != NULL &&
        (strcmp(at, here) == 0 || (strcmp(when, "begin") == 0 && strcmp(at, stage) == 0))) {
        passed = true;
        (void)fprintf(stderr, "paused at %s\n", stage);
        (void)fflush(stderr);
        for (int i = 0; i < 600; i++) {
            (void)sleep(1);
        }
    }
}
