/* How does an operator stop a run? */
#include "talent/etl/signal.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_CANCELLED = 8 }; /* tp_code_exit(TP_E_CANCELLED); a handler may not call it */

static volatile int flag;

static void
on_signal(int number)
{
    if (flag != 0) {
        _exit(EXIT_CANCELLED);
    }
    flag = number;
}

tp_code
tp_signal_install(tp_err *err)
{
    struct sigaction act = {.sa_handler = on_signal};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigemptyset(&act.sa_mask);
    (void)sigemptyset(&ignore.sa_mask);
    flag = 0;
    if (sigaction(SIGINT, &act, NULL) != 0 || sigaction(SIGTERM, &act, NULL) != 0 ||
        sigaction(SIGPIPE, &ignore, NULL) != 0) {
        TP_RETURN_ERR(err, TP_E_BUG, "install signal handlers: %s", strerror(errno));
    }
    return TP_OK;
}

const volatile int *
tp_signal_flag(void)
{
    return &flag;
}
