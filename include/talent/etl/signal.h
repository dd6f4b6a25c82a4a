/* SIGINT and SIGTERM set one flag; a second one does not wait. */
#ifndef TALENT_ETL_SIGNAL_H
#define TALENT_ETL_SIGNAL_H

#include "talent/base/err.h"

/* Installs the handlers (SIGPIPE is ignored too: writes then fail with EPIPE). Main thread, once.
 */
tp_code tp_signal_install(tp_err *err) TP_MUST_CHECK;

/* The flag, for tp_ctx.cancel: the number of the first signal received, or 0. */
const volatile int *tp_signal_flag(void);

#endif
