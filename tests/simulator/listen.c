/* Where does the simulator listen: plain on loopback, and with TLS in right and wrong ways? */
#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/serve.h"

enum {
    CONNECTION_MEMORY = 256 * 1024, /* the larger, the fewer and bigger the chunks */
    PEM_MAX = 1 << 20,
    EXTRAS = 6
};

/* "127.0.0.1:8080" -> socket address; only 127.0.0.0/8 is loopback. */
static tp_code
parse_address(const char *address, struct sockaddr_in *out, tp_err *err)
{
    const char *colon = strrchr(address, ':');
    char host[64];
    uint64_t port = 0;

    memset(out, 0, sizeof *out);
    out->sin_family = AF_INET;
    if (colon == NULL || (size_t)(colon - address) >= sizeof host ||
        !tp_str_to_u64(tp_str_of(colon + 1), &port) || port > 65535) {
        TP_RETURN_ERR(err, TP_E_USAGE, "--listen \"%s\": expected 127.0.0.1:PORT, 0 = any",
                      address);
    }
    memcpy(host, address, (size_t)(colon - address));
    host[colon - address] = '\0';
    if (inet_pton(AF_INET, strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, &out->sin_addr) !=
            1 ||
        (ntohl(out->sin_addr.s_addr) >> 24) != 127) {
        TP_RETURN_ERR(
            err, TP_E_USAGE,
            "--listen \"%s\": the simulator listens on loopback only, such as 127.0.0.1:0",
            address);
    }
    out->sin_port = htons((uint16_t)port);
    return TP_OK;
}

static struct MHD_Daemon *
start(sim_server *server, const struct sockaddr_in *where, unsigned pool, unsigned flags,
      struct MHD_OptionItem extra[EXTRAS], size_t n)
{
    flags |= MHD_USE_INTERNAL_POLLING_THREAD;
    if (pool == 0) {
        flags |= MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL;
    } else {
        flags |= MHD_USE_EPOLL;
        extra[n++] = (struct MHD_OptionItem){MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)pool, NULL};
    }
    extra[n] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
    return MHD_start_daemon(flags, 0, NULL, NULL, sim_server_handle, server, MHD_OPTION_SOCK_ADDR,
                            (const struct sockaddr *)where, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                            (size_t)CONNECTION_MEMORY, MHD_OPTION_CONNECTION_LIMIT, 1024U,
                            MHD_OPTION_LISTEN_BACKLOG_SIZE, 1024U, MHD_OPTION_NOTIFY_COMPLETED,
                            sim_server_completed, NULL, MHD_OPTION_ARRAY, extra, MHD_OPTION_END);
}

static unsigned short
port_of(struct MHD_Daemon *daemon)
{
    return MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

/* Reads the whole file as text; NULL with a reason. The caller frees it. */
static char *
read_pem(const char *path, tp_err *err)
{
    FILE *file = fopen(path, "re");
    char *text = calloc(1, PEM_MAX);

    if (file == NULL || text == NULL || fread(text, 1, PEM_MAX - 1, file) == 0) {
        (void)tp_err_set(err, TP_E_IO, __func__, __LINE__, "read %s: %s", path, strerror(errno));
        free(text);
        text = NULL;
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return text;
}

static tp_code
start_tls(sim_server *server, struct sockaddr_in where, sim_tls *tls, tp_err *err)
{
    struct MHD_OptionItem extra[EXTRAS];
    size_t n = 0;
    char *cert = read_pem(tls->cert, err);
    char *key = cert != NULL ? read_pem(tls->key, err) : NULL;
    char *ca = key != NULL && tls->ca[0] != '\0' ? read_pem(tls->ca, err) : NULL;
    const bool read = key != NULL && (ca != NULL || tls->ca[0] == '\0');

    if (read) {
        extra[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, cert};
        extra[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0, key};
        if (ca != NULL) {
            extra[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_TRUST, 0, ca};
        }
        where.sin_port = 0;
        tls->daemon = start(server, &where, 0, MHD_USE_TLS, extra, n);
    }
    free(cert);
    free(key);
    free(ca);
    if (!read) {
        return err->code;
    }
    if (tls->daemon == NULL) {
        TP_RETURN_ERR(err, TP_E_NET, "listen with the certificate %s: it or its key is no good",
                      tls->cert);
    }
    tls->port = port_of(tls->daemon);
    return TP_OK;
}

tp_code
sim_server_start(sim_server *server, const char *address, unsigned pool, tp_err *err)
{
    struct MHD_OptionItem extra[EXTRAS];
    struct sockaddr_in where;

    TP_RETURN_SAME(parse_address(address, &where, err));
    server->daemon = start(server, &where, pool, 0, extra, 0);
    if (server->daemon == NULL) {
        TP_RETURN_ERR(err, TP_E_NET, "listen on %s: %s", address, strerror(errno));
    }
    server->port = port_of(server->daemon);
    for (size_t i = 0; i < server->n_tls; i++) {
        TP_RETURN_SAME(start_tls(server, where, &server->tls[i], err));
    }
    return TP_OK;
}

void
sim_server_stop(sim_server *server)
{
    atomic_store(&server->stopping, true);
    for (size_t i = 0; i < server->n_tls; i++) {
        if (server->tls[i].daemon != NULL) {
            MHD_stop_daemon(server->tls[i].daemon);
            server->tls[i].daemon = NULL;
        }
    }
    if (server->daemon != NULL) {
        MHD_stop_daemon(server->daemon);
        server->daemon = NULL;
    }
}

tp_code
sim_tls_parse(const char *spec, sim_tls *out, tp_err *err)
{
    tp_str rest = tp_str_of(spec);
    tp_str part[4] = {{0}};
    char *const to[4] = {out->name, out->cert, out->key, out->ca};
    size_t n = 0;

    memset(out, 0, sizeof *out);
    while (n < TP_COUNT(part) && tp_str_next(&rest, ':', &part[n])) {
        if (part[n].n == 0 || part[n].n >= (n == 0 ? sizeof out->name : sizeof out->cert)) {
            break;
        }
        memcpy(to[n], part[n].p, part[n].n);
        n++;
    }
    if (n < 3 || rest.n > 0) {
        TP_RETURN_ERR(err, TP_E_USAGE, "--tls \"%s\": expected name:certificate:key[:authority]",
                      spec);
    }
    return TP_OK;
}

bool
sim_server_certified(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    unsigned n = 0, status = 1;

    if (info == NULL || info->tls_session == NULL) {
        return false;
    }
    gnutls_session_t session = info->tls_session;
    return gnutls_certificate_get_peers(session, &n) != NULL && n > 0 &&
           gnutls_certificate_verify_peers2(session, &status) == GNUTLS_E_SUCCESS && status == 0;
}
