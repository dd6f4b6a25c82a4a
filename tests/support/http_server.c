/* How does a test serve bodies over real HTTP? */
#include "tests/support/http_server.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct http_server {
    struct MHD_Daemon *daemon;
    http_handler handler;
    void *user;
    atomic_uint count;
};

typedef struct upload {
    char text[4096];
    size_t n;
} upload;

/* A body being sent. */
typedef struct body {
    size_t n, total, cut_at;
    char bytes[];
} body;

static ssize_t
read_body(void *user, uint64_t at, char *out, size_t max)
{
    const body *b = user;
    const uint64_t end = b->cut_at > 0 && b->cut_at < b->total ? b->cut_at : b->total;
    if (at >= end) {
        return end < b->total ? MHD_CONTENT_READER_END_WITH_ERROR
                              : MHD_CONTENT_READER_END_OF_STREAM;
    }
    const size_t n = max < end - at ? max : (size_t)(end - at);
    for (size_t i = 0; i < n; i++) {
        out[i] = b->bytes[(at + i) % b->n];
    }
    return (ssize_t)n;
}

static struct MHD_Response *
make_response(const http_reply *reply)
{
    const size_t n = reply->n > 0 ? reply->n : strlen(reply->body);
    const size_t total =
        reply->total > 0 ? reply->total : n * (reply->repeat > 0 ? reply->repeat : 1);
    body *b = malloc(sizeof *b + n);
    if (b == NULL) {
        return NULL;
    }
    *b = (body){.n = n, .total = total, .cut_at = reply->cut_at};
    memcpy(b->bytes, reply->body, n);
    struct MHD_Response *r =
        n > 0 ? MHD_create_response_from_callback(reply->no_length ? MHD_SIZE_UNKNOWN : total,
                                                  65536, read_body, b, free)
              : MHD_create_response_from_buffer(0, b, MHD_RESPMEM_MUST_FREE);
    if (r != NULL && reply->no_length) {
        (void)MHD_set_response_options(r, MHD_RF_HTTP_1_0_SERVER, MHD_RO_END);
    }
    if (r != NULL && reply->type != NULL) {
        MHD_add_response_header(r, "Content-Type", reply->type);
    }
    for (size_t i = 0; r != NULL && i + 1 < 8 && reply->field[i] != NULL; i += 2) {
        MHD_add_response_header(r, reply->field[i], reply->field[i + 1]);
    }
    return r;
}

static enum MHD_Result
answer(void *user, struct MHD_Connection *connection, const char *url, const char *method,
       const char *version, const char *bytes, size_t *n, void **state)
{
    http_server *server = user;
    upload *up = *state;
    (void)version;
    if (up == NULL) {
        *state = calloc(1, sizeof *up);
        return *state != NULL ? MHD_YES : MHD_NO;
    }
    if (*n > 0) {
        const size_t room = sizeof up->text - 1 - up->n;
        const size_t take = *n < room ? *n : room;
        memcpy(up->text + up->n, bytes, take);
        up->n += take;
        *n = 0;
        return MHD_YES;
    }
    http_reply *reply = calloc(1, sizeof *reply);
    if (reply == NULL) {
        return MHD_NO;
    }
    const http_ask ask = {method, url, up->text, atomic_fetch_add(&server->count, 1) + 1,
                          connection};
    server->handler(server->user, &ask, reply);
    if (reply->stall_ms > 0) {
        const struct timespec t = {reply->stall_ms / 1000,
                                   (long)(reply->stall_ms % 1000) * 1000000};
        nanosleep(&t, NULL);
    }
    struct MHD_Response *response = make_response(reply);
    enum MHD_Result rc = MHD_NO;
    if (response != NULL) {
        rc = MHD_queue_response(connection, reply->status > 0 ? reply->status : 200, response);
        MHD_destroy_response(response);
    }
    free(reply);
    return rc;
}

static void
completed(void *user, struct MHD_Connection *connection, void **state,
          enum MHD_RequestTerminationCode code)
{
    (void)user;
    (void)connection;
    (void)code;
    free(*state);
    *state = NULL;
}

http_server *
http_server_start(http_handler handler, void *user)
{
    http_server *server = calloc(1, sizeof *server);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (server == NULL) {
        return NULL;
    }
    server->handler = handler;
    server->user = user;
    server->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, answer,
                                      server, MHD_OPTION_SOCK_ADDR, &address,
                                      MHD_OPTION_NOTIFY_COMPLETED, completed, NULL, MHD_OPTION_END);
    if (server->daemon == NULL) {
        free(server);
        return NULL;
    }
    return server;
}

void
http_server_stop(http_server *server)
{
    if (server != NULL) {
        MHD_stop_daemon(server->daemon);
        free(server);
    }
}

int
http_server_port(const http_server *server)
{
    return MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

const char *
http_ask_param(const http_ask *ask, const char *name)
{
    const char *text = MHD_lookup_connection_value(ask->connection, MHD_GET_ARGUMENT_KIND, name);
    return text != NULL ? text : "";
}

const char *
http_ask_header(const http_ask *ask, const char *name)
{
    const char *text = MHD_lookup_connection_value(ask->connection, MHD_HEADER_KIND, name);
    return text != NULL ? text : "";
}
