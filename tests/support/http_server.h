/* A small web server on loopback, for tests: a function answers every request. */
#ifndef TALENT_TESTS_HTTP_SERVER_H
#define TALENT_TESTS_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>

typedef struct http_server http_server;

/* What was asked. Texts live while the request is answered. */
typedef struct http_ask {
    const char *method;
    const char *path;
    const char *body; /* of a POST; "" if none */
    unsigned number;  /* requests so far, this one included */
    void *connection;
} http_ask;

/* What is answered; zeroed = status 200 without a body. Texts are copied. */
typedef struct http_reply {
    unsigned status;
    const char *type;
    const char *field[8]; /* name, value, name, value, ... */
    char body[16384];
    size_t n;       /* bytes of body; 0 = its length as text */
    size_t repeat;  /* body is sent this often; 0 = once */
    size_t total;   /* bytes in all, of the repeated body; 0 = every repeat whole */
    size_t cut_at;  /* the connection breaks after this many bytes; 0 = never */
    bool no_length; /* as HTTP/1.0 without Content-Length: the body ends with the connection */
    int stall_ms;   /* before the first byte */
} http_reply;

typedef void (*http_handler)(void *user, const http_ask *ask, http_reply *reply);

/* Starts on a free port; NULL when that fails. One thread serves all. */
http_server *http_server_start(http_handler handler, void *user);
void http_server_stop(http_server *server);
int http_server_port(const http_server *server);

/* A parameter or header of the request; "" if it is not there. */
const char *http_ask_param(const http_ask *ask, const char *name);
const char *http_ask_header(const http_ask *ask, const char *name);

#endif
