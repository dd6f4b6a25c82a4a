/* Who serves bodies of any size on loopback, in a process of its own? Prints its port and serves
 * GET /json|xml|csv/<bytes> until its input ends. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/feed_pool.h"

static const char *const NAME[BENCH_FORMATS] = {"json", "xml", "csv"};
static const char *const TYPE[BENCH_FORMATS] = {"application/json", "application/xml", "text/csv"};

static bool
send_all(int fd, const char *p, size_t n)
{
    while (n > 0) {
        const ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent <= 0) {
            return false;
        }
        p += sent;
        n -= (size_t)sent;
    }
    return true;
}

/* Reads up to the end of the request's head; false when none comes. */
static bool
read_head(int fd, char *buf, size_t cap)
{
    size_t n = 0;
    while (n + 1 < cap) {
        const ssize_t got = recv(fd, buf + n, cap - 1 - n, 0);
        if (got <= 0) {
            return false;
        }
        n += (size_t)got;
        buf[n] = '\0';
        if (strstr(buf, "\r\n\r\n") != NULL) {
            return true;
        }
    }
    return false;
}

/* Every row but the last of a body stands whole; the last loses its separator. */
static bool
send_rows(int fd, const bench_pool *pool, const bench_body *body)
{
    const size_t rest = body->rest_rows > 0 ? pool->end[body->rest_rows - 1] : 0;
    for (uint64_t i = 0; i < body->rounds; i++) {
        const bool last = rest == 0 && i + 1 == body->rounds;
        if (!send_all(fd, pool->rows.p, pool->rows.n - (last ? pool->last_cut : 0))) {
            return false;
        }
    }
    return rest == 0 || send_all(fd, pool->rows.p, rest - pool->last_cut);
}

static void
answer(int fd, const bench_pool pool[BENCH_FORMATS])
{
    char head[4096];
    char name[8];
    unsigned long long bytes = 0;
    if (!read_head(fd, head, sizeof head) ||
        sscanf(head, "GET /%7[a-z]/%llu ", name, &bytes) != 2) {
        return;
    }
    for (int f = 0; f < BENCH_FORMATS; f++) {
        if (strcmp(name, NAME[f]) == 0) {
            const bench_body body = bench_body_of(&pool[f], bytes);
            char text[256];
            const int n = snprintf(text, sizeof text,
                                   "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %llu\r\n"
                                   "Connection: close\r\n\r\n",
                                   TYPE[f], (unsigned long long)body.size);
            if (send_all(fd, text, (size_t)n) && send_all(fd, pool[f].head.p, pool[f].head.n) &&
                send_rows(fd, &pool[f], &body)) {
                (void)send_all(fd, pool[f].tail.p, pool[f].tail.n);
            }
        }
    }
}

static int
listen_loopback(unsigned *out_port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 8) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &n) != 0) {
        return -1;
    }
    *out_port = ntohs(at.sin_port);
    return fd;
}

int
main(int argc, char **argv)
{
    bench_pool pool[BENCH_FORMATS];
    unsigned port = 0;
    tp_err err = {0};
    const unsigned long people = argc > 1 ? strtoul(argv[1], NULL, 10) : 6000;
    const tp_code rc = bench_pools_make((uint32_t)people, pool, &err);
    const int fd = rc == TP_OK ? listen_loopback(&port) : -1;
    if (fd < 0) {
        (void)fprintf(stderr, "feed_server: %s\n",
                      rc != TP_OK ? err.frame[0].text : strerror(errno));
        return 70;
    }
    (void)printf("%u\n", port);
    (void)fflush(stdout);
    for (;;) {
        struct pollfd wait[2] = {{.fd = fd, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
        if (poll(wait, 2, -1) < 0 && errno != EINTR) {
            break;
        }
        if ((wait[1].revents & (POLLIN | POLLHUP)) != 0) {
            break; /* whoever started it has gone */
        }
        const int peer = (wait[0].revents & POLLIN) != 0 ? accept(fd, NULL, NULL) : -1;
        if (peer >= 0) {
            answer(peer, pool);
            (void)close(peer);
        }
    }
    (void)close(fd);
    bench_pools_clear(pool);
    return 0;
}
