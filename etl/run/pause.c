/* Where may a test stop the program dead? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "etl/run/parts.h"

void
tp_pause_at(const char *stage, const char *when)
{
    const char *at = getenv("TALENTPOOL_PAUSE_AT");
    char here[64];
    (void)snprintf(here, sizeof here, "%s:%s", stage, when);
    if (at != NULL &&
        (strcmp(at, here) == 0 || (strcmp(when, "begin") == 0 && strcmp(at, stage) == 0))) {
        (void)fprintf(stderr, "paused at %s\n", stage);
        (void)fflush(stderr);
        for (int i = 0; i < 600; i++) {
            (void)sleep(1);
        }
    }
}
