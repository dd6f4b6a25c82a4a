/* Which addresses a client may speak to. */
#ifndef ETL_HTTP_ADDRESS_H
#define ETL_HTTP_ADDRESS_H

#include "talent/base/buf.h"
#include "talent/base/err.h"

/* TP_E_CONFIG unless url is https, or http to this machine, and its host is one of hosts[n]. */
tp_code tp_http_check(const tp_buf *hosts, size_t n, tp_str url, tp_err *err) TP_MUST_CHECK;

#endif
