/* Which programs use the private server of a state directory right now. */
#ifndef ETL_PG_USERS_H
#define ETL_PG_USERS_H

#include <stdbool.h>

#include "talent/base/err.h"

/*
 * From now on until this program ends or calls tp_pg_users_leave it uses the server of this state
 * directory (absolute path). Called again it changes nothing. Under the lock of the place.
 * Errors  TP_E_IO, TP_E_NOMEM
 */
tp_code tp_pg_users_join(const char *state, tp_err *err) TP_MUST_CHECK;

/* Does this program use it? */
bool tp_pg_users_has(const char *state);

/* This program does not use it any more. True when nobody else does. Under the lock of the place:
 * nobody can join meanwhile. */
bool tp_pg_users_leave(const char *state);

#endif
