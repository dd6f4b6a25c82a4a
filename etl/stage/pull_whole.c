/* Is a body whole that nobody gave a length for? */
#include "etl/stage/pull_parts.h"

/* JSON and XML tell themselves where they end, gzip has a trailer; lines of a table do not. */
static bool
ends_by_itself(const tp_fetch *fetch, tp_str head)
{
    const tp_format format = fetch->shape.format;
    return (format != TP_FORMAT_CSV && format != TP_FORMAT_NDJSON) || tp_pull_is_gzip(head);
}

/* A line feed, in UTF-16 with a zero byte on either side of it. */
static bool
ends_line(const char tail[2])
{
    return tail[1] == '\n' || tail[1] == '\r' || (tail[1] == '\0' && tail[0] == '\n');
}

tp_code
tp_pull_whole(const tp_fetch *fetch, const tp_http_answer *answer, tp_str head, tp_err *err)
{
    if (answer->framed || ends_by_itself(fetch, head) || ends_line(answer->tail)) {
        return TP_OK;
    }
    TP_RETURN_ERR(err, TP_E_NET,
                  "the body ends within a line and came without a length: cut short; if it always "
                  "ends so, ask the source for a Content-Length");
}
