/* Where the private PostgreSQL of a state directory lives, and as whom it runs. */
#ifndef ETL_PG_PLACE_H
#define ETL_PG_PLACE_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "talent/base/err.h"

enum { TP_PG_PORT = 5432 };

/* Everything that is known of the server before it runs. */
typedef struct tp_pg_place {
    char state[PATH_MAX]; /* absolute */
    char bin[PATH_MAX];
    char data[PATH_MAX + 16];
    char log[PATH_MAX + 16];
    char sock[64]; /* folder of the socket; "" = none was made yet */
    uid_t uid;
    gid_t gid;
    bool step_down; /* we are root and the server must not be */
} tp_pg_place;

/*
 * Finds all of it; makes the state directory when it is missing.
 * Errors  TP_E_IO; TP_E_CONFIG when no PostgreSQL or no user to run it as is there
 */
tp_code tp_pg_place_find(const char *state_dir, tp_pg_place *out, tp_err *err) TP_MUST_CHECK;

/* In a child: gives up root for good; ends the child when that fails. */
void tp_pg_place_step_down(const tp_pg_place *p);

/*
 * A folder of the server's user alone, mode 0700. One that is there already is taken only when it
 * belongs to that user or to us and nobody else may enter.
 * Errors  TP_E_IO
 */
tp_code tp_pg_place_own_dir(const tp_pg_place *p, const char *dir, tp_err *err) TP_MUST_CHECK;

/*
 * The folder of the socket: the one the state directory remembers when it is still ours or can be
 * made again, else a new one whose name nobody could know before. Under the lock of the place.
 * Errors  TP_E_IO
 */
tp_code tp_pg_place_socket(tp_pg_place *p, tp_err *err) TP_MUST_CHECK;

/* Removes the folder of the socket; the name stays remembered. */
void tp_pg_place_drop_socket(const tp_pg_place *p);

/*
 * Empties the data folder, as the server's user: what lies there is that user's doing.
 * Errors  TP_E_IO
 */
tp_code tp_pg_place_wipe_data(const tp_pg_place *p, tp_err *err) TP_MUST_CHECK;

#endif
