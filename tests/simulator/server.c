/* How does a request find its dialect, and how does the answer leave, faults included? */
#include "tests/simulator/serve.h"

#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "talent/base/hash.h"
#include "tests/simulator/out.h"
#include "tests/simulator/stream.h"

enum {
    FORM_MAX = 8192,
    COPY_MAX = 1 << 20, /* bodies up to this are handed over at once */
    BLOCK = 128 * 1024,
    SLOW_CHUNK = 4096,
    STREAM_MIDDLE = 64 * 1024,
    WAIT_STEP_MS = 50,
    RESET_AFTER_MS = 20
};

/* One request while it is served. */
typedef struct call {
    struct MHD_Connection *connection;
    sim_server *server;
    sim_counter *counter;
    tp_buf form;
    sim_request request;
    sim_reply reply;
    sim_stream stream;
    uint64_t sent, total; /* total SIM_AT_MIDDLE = not known */
    sim_g_way *way;       /* of the gallery, else NULL */
    char range[96];       /* Content-Range; "" = the whole */
} call;

static uint64_t
thread_cpu_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

static void
pause_ms(int ms)
{
    const struct timespec wait = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};

    (void)nanosleep(&wait, NULL);
}

static const char *
query_of(const void *of, const char *name)
{
    const call *c = of;

    return MHD_lookup_connection_value(c->connection, MHD_GET_ARGUMENT_KIND, name);
}

static const char *
header_of(const void *of, const char *name)
{
    const call *c = of;

    return MHD_lookup_connection_value(c->connection, MHD_HEADER_KIND, name);
}

static int
socket_of(const call *c)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c->connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    return info != NULL ? (int)info->connect_fd : -1;
}

/* Waits until the client has gone or the server stops. */
static void
stall(const call *c)
{
    struct pollfd socket = {.fd = socket_of(c), .events = POLLRDHUP};

    while (!atomic_load(&c->server->stopping)) {
        if (poll(&socket, 1, WAIT_STEP_MS) > 0 || socket.fd < 0) {
            return;
        }
    }
}

/* Resets the connection at once; a plain close would end it in good order. */
static void
reset(const call *c)
{
    const struct sockaddr nowhere = {.sa_family = AF_UNSPEC};

    pause_ms(RESET_AFTER_MS); /* a reset overtakes bytes that have not left yet */
    (void)connect(socket_of(c), &nowhere, sizeof nowhere);
}

static uint64_t
strike_at(const call *c)
{
    if (c->reply.at != SIM_AT_MIDDLE) {
        return c->reply.at;
    }
    return c->total != SIM_AT_MIDDLE ? c->total / 2 : STREAM_MIDDLE;
}

static ssize_t
read_body(void *cls, uint64_t pos, char *out, size_t max)
{
    call *c = cls;

    (void)pos;
    if (c->reply.slow_ms > 0) {
        pause_ms(c->reply.slow_ms);
        max = max < SLOW_CHUNK ? max : SLOW_CHUNK;
    }
    if (c->reply.trickle_ms > 0) {
        pause_ms(c->reply.trickle_ms);
        max = 1;
    }
    if (c->reply.stall || c->reply.reset) {
        const uint64_t at = strike_at(c);
        if (c->sent >= at) {
            if (c->reply.stall) {
                stall(c);
            } else {
                reset(c);
            }
            return MHD_CONTENT_READER_END_WITH_ERROR;
        }
        max = at - c->sent < max ? (size_t)(at - c->sent) : max;
    }
    const uint64_t start = thread_cpu_ns();
    const ssize_t n = sim_stream_read(&c->stream, out, max);
    (void)atomic_fetch_add(&c->counter->cpu_ns, thread_cpu_ns() - start);
    if (n < 0) {
        return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    if (n == 0) {
        if (c->reply.stall || c->reply.reset) { /* the body ended before the place told */
            c->reply.at = c->sent;
            return read_body(cls, pos, out, max);
        }
        const bool is_short = c->total != SIM_AT_MIDDLE && c->sent < c->total;
        return is_short ? MHD_CONTENT_READER_END_WITH_ERROR : MHD_CONTENT_READER_END_OF_STREAM;
    }
    c->sent += (uint64_t)n;
    (void)atomic_fetch_add(&c->counter->bytes, (uint64_t)n);
    return n;
}

static void
add_headers(const call *c, struct MHD_Response *response, const char *etag)
{
    const sim_reply *reply = &c->reply;
    char number[16];

    if (reply->type != NULL) {
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, reply->type);
    }
    if (etag[0] != '\0') {
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_ETAG, etag);
    }
    if (reply->location[0] != '\0') {
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_LOCATION, reply->location);
    }
    if (reply->coding != NULL) {
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_ENCODING, reply->coding);
    }
    if (reply->last_modified != NULL) {
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_LAST_MODIFIED,
                                      reply->last_modified);
    }
    if (reply->mark != NULL) {
        (void)MHD_add_response_header(response, "X-Sampai", reply->mark);
    }
    if (reply->link[0] != '\0') {
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_LINK, reply->link);
    }
    if (reply->ranges) {
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_ACCEPT_RANGES, "bytes");
    }
    if (c->range[0] != '\0') {
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_RANGE, c->range);
    }
    if (reply->allow != NULL) {
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, reply->allow);
    }
    if (reply->retry_after > 0) {
        (void)snprintf(number, sizeof number, "%d", reply->retry_after);
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, number);
    }
}

static struct MHD_Response *
make_response(call *c)
{
    sim_reply *reply = &c->reply;
    const bool transfer_fault = reply->slow_ms > 0 || reply->stall || reply->reset || reply->cut ||
                                reply->trickle_ms > 0 || reply->unbounded;

    c->total = reply->gen != NULL || reply->unbounded ? SIM_AT_MIDDLE : reply->body.n;
    if (reply->gen == NULL && !transfer_fault && reply->body.n <= COPY_MAX) {
        (void)atomic_fetch_add(&c->counter->bytes, reply->body.n);
        return MHD_create_response_from_buffer(reply->body.n, reply->body.p, MHD_RESPMEM_MUST_COPY);
    }
    if (!sim_stream_open(&c->stream, reply, c->server->gzip_level)) {
        return NULL;
    }
    /* the call outlives the response: request_completed frees it, after the last read */
    return MHD_create_response_from_callback(c->total, BLOCK, read_body, c, NULL);
}

/* Finds the dialect by the first part of the path; *rest is what follows it. */
static const sim_dialect *
find_dialect(const char *url, const char **rest, size_t *out_index)
{
    const char *name = url + (url[0] == '/');
    const size_t n = strcspn(name, "/");
    const sim_dialect *dialect;

    for (size_t i = 0; (dialect = sim_dialect_at(i)) != NULL; i++) {
        if (strlen(dialect->source) == n && memcmp(dialect->source, name, n) == 0) {
            *rest = name + n;
            *out_index = i;
            return dialect;
        }
    }
    return NULL;
}

/* "simpeg-5104" from "/ekspor/simpeg-5104.xml.gz", else the dialect's own name. */
static void
name_source(const sim_dialect *dialect, const char *rest, char *out, size_t size)
{
    const char *at = strstr(rest, "/simpeg-");

    (void)snprintf(out, size, "%s", dialect->source);
    if (strcmp(dialect->source, "simpeg") == 0 && at != NULL) {
        (void)snprintf(out, size, "%.*s", (int)strcspn(at + 1, "."), at + 1);
    }
}

/* Counts a request to the gallery; the faults in its path go into *out. */
static bool
enter_gallery(call *c, bool fault, const char **rest, sim_fault_set *out)
{
    c->way = sim_gallery_way(&c->server->site.gallery, *rest, fault);
    const bool good = !fault || sim_gallery_faults(c->way, rest, out, &c->reply);
    (void)atomic_fetch_add(&c->way->asked, 1);
    return good;
}

static void
answer(call *c, const sim_dialect *dialect, const char *rest)
{
    sim_server *server = c->server;
    char source_id[SIM_FAULT_SOURCE];
    sim_fault_set *own = NULL; /* faults that the path itself asks for */

    name_source(dialect, rest, source_id, sizeof source_id);
    c->request.source_id = source_id;
    c->reply.status = 200;
    if (dialect->answer == sim_gallery_answer) {
        own = calloc(1, sizeof *own);
        (void)snprintf(source_id, sizeof source_id, "galeri");
        if (own == NULL || !enter_gallery(c, strcmp(dialect->source, "galeri") != 0, &rest, own)) {
            free(own);
            return;
        }
    }
    c->request.path = rest;
    const uint64_t start = thread_cpu_ns();
    const sim_fault_hits hits = sim_fault_ask(&server->faults, &c->request);
    const sim_fault_hits own_hits = own != NULL ? sim_fault_ask(own, &c->request) : 0;
    dialect->answer(&server->site, &c->request, &c->reply);
    if (c->reply.body.failed) {
        sim_reply_error(&c->reply, 500, "{\"message\":\"memori habis\"}");
    }
    sim_fault_give(&server->faults, hits, &c->request, &c->reply);
    if (own != NULL) {
        sim_fault_give(own, own_hits, &c->request, &c->reply);
    }
    free(own);
    (void)atomic_fetch_add(&c->counter->cpu_ns, thread_cpu_ns() - start);
    (void)atomic_fetch_add(&c->counter->requests, 1);
    (void)atomic_fetch_add(&c->counter->faults, (hits | own_hits) != 0);
    c->request.source_id = dialect->source;
}

static enum MHD_Result
collect(void *cls, enum MHD_ValueKind kind, const char *key, const char *value)
{
    uint64_t *sum = cls;

    (void)kind;
    *sum += tp_hash64(tp_hash64(1, key, strlen(key)), value, value != NULL ? strlen(value) : 0);
    return MHD_YES;
}

/* A body is a function of options, path and query; *etag stays empty for the others. */
static void
make_etag(const call *c, const char *url, char *etag, size_t size)
{
    uint64_t sum = 0;

    etag[0] = '\0';
    if (c->reply.status != 200 || c->reply.no_etag || (c->reply.broken && !c->reply.ranges)) {
        return;
    }
    (void)MHD_get_connection_values(c->connection, MHD_GET_ARGUMENT_KIND, collect, &sum);
    (void)snprintf(etag, size, "\"%016" PRIx64 "\"",
                   tp_hash64((c->server->etag_seed + c->reply.etag_salt) ^ tp_hash_mix(sum), url,
                             strlen(url)));
}

/* "Range: bytes=N-" of a body that is whole in memory, unless If-Range names another state of it.
 */
static void
take_range(call *c, const char *etag)
{
    const char *range = header_of(c, MHD_HTTP_HEADER_RANGE);
    const char *known = header_of(c, MHD_HTTP_HEADER_IF_RANGE);
    tp_buf *body = &c->reply.body;
    unsigned long long from = 0;
    char end = '\0';

    if (!c->reply.ranges || c->reply.status != 200 || c->reply.gen != NULL || range == NULL ||
        (known != NULL && strcmp(known, etag) != 0) ||
        sscanf(range, "bytes=%llu%c", &from, &end) != 2 || end != '-' || from >= body->n) {
        return;
    }
    (void)snprintf(c->range, sizeof c->range, "bytes %llu-%zu/%zu", from, body->n - 1, body->n);
    memmove(body->p, body->p + from, body->n - (size_t)from);
    body->n -= (size_t)from;
    c->reply.status = 206;
}

static enum MHD_Result
send_reply(call *c, const char *url)
{
    char etag[24];

    make_etag(c, url, etag, sizeof etag);
    const char *known = header_of(c, MHD_HTTP_HEADER_IF_NONE_MATCH);
    if (etag[0] != '\0' && known != NULL && strstr(known, etag) != NULL) {
        free(c->reply.gen);
        c->reply.gen = NULL;
        c->reply.status = 304;
        tp_buf_reset(&c->reply.body);
    }
    if (c->way != NULL && c->reply.status == 304) {
        (void)atomic_fetch_add(&c->way->unchanged, 1);
    }
    take_range(c, etag);
    if (c->way != NULL && c->reply.status == 206) {
        (void)atomic_fetch_add(&c->way->partial, 1);
    }
    struct MHD_Response *response = make_response(c);
    if (response == NULL) {
        return MHD_NO;
    }
    add_headers(c, response, etag);
    if (c->reply.unbounded) {
        (void)MHD_set_response_options(response, MHD_RF_HTTP_1_0_SERVER, MHD_RO_END);
    }
    const enum MHD_Result rc = MHD_queue_response(c->connection, c->reply.status, response);
    MHD_destroy_response(response);
    return rc;
}

/* What the server itself answers: the index of feeds, the counts, everything else is unknown. */
static void
answer_own(call *c, const char *url)
{
    c->reply.status = 200;
    c->reply.type = "application/json";
    c->reply.no_etag = true;
    if (strcmp(url, "/stats") == 0) {
        sim_server_stats(c->server, &c->reply.body);
    } else if (strcmp(url, "/") == 0) {
        sim_js_open(&c->reply.body, NULL, '{');
        sim_js_bool(&c->reply.body, "sintetis", true);
        sim_js_open(&c->reply.body, "feeds", '[');
        for (size_t i = 0; sim_dialect_at(i) != NULL; i++) {
            sim_js_text(&c->reply.body, NULL, sim_dialect_at(i)->base);
        }
        tp_buf_puts(&c->reply.body, "]}");
    } else {
        sim_reply_error(&c->reply, 404, "{\"message\":\"alamat tidak dikenal\"}");
    }
}

enum MHD_Result
sim_server_handle(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                  const char *version, const char *upload, size_t *upload_size, void **con_cls)
{
    sim_server *server = cls;
    call *c = *con_cls;
    const char *rest = NULL;
    size_t index = 0;

    (void)version;
    if (c == NULL) {
        c = calloc(1, sizeof *c);
        if (c == NULL) {
            return MHD_NO;
        }
        c->connection = connection;
        c->server = server;
        c->form.limit = FORM_MAX;
        *con_cls = c;
        return MHD_YES;
    }
    if (*upload_size > 0) {
        tp_buf_put(&c->form, upload, *upload_size);
        *upload_size = 0;
        return MHD_YES;
    }
    const bool get =
        strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
    const sim_dialect *dialect = find_dialect(url, &rest, &index);
    c->counter = &server->counter[dialect != NULL ? index : SIM_DIALECTS_MAX - 1];
    c->request = (sim_request){.post = strcmp(method, MHD_HTTP_METHOD_POST) == 0,
                               .form = tp_buf_view(&c->form),
                               .certified = sim_server_certified(connection),
                               .query = query_of,
                               .header = header_of,
                               .of = c};
    if (!get && !c->request.post) {
        sim_reply_error(&c->reply, 405, "{\"message\":\"hanya GET dan POST\"}");
    } else if (dialect != NULL) {
        answer(c, dialect, rest);
    } else {
        answer_own(c, url);
    }
    return send_reply(c, url);
}

void
sim_server_completed(void *cls, struct MHD_Connection *connection, void **con_cls,
                     enum MHD_RequestTerminationCode why)
{
    call *c = *con_cls;

    (void)cls;
    (void)connection;
    (void)why;
    if (c != NULL) {
        sim_stream_clear(&c->stream);
        free(c->reply.gen);
        tp_buf_clear(&c->reply.body);
        tp_buf_clear(&c->form);
        free(c);
        *con_cls = NULL;
    }
}
