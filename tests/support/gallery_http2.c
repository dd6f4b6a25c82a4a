/* How is a way of the gallery served over HTTP/2, which the simulator's library does not speak? */
#include <arpa/inet.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/simulator/gallery.h"
#include "tests/support/gallery_night.h"

enum { STEPS = 200 };

/* A port that is free now. */
static int
free_port(void)
{
    struct sockaddr_in where = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof where;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool got = fd >= 0 && bind(fd, (struct sockaddr *)&where, sizeof where) == 0 &&
                     getsockname(fd, (struct sockaddr *)&where, &n) == 0;
    if (fd >= 0) {
        close(fd);
    }
    return got ? ntohs(where.sin_port) : -1;
}

static bool
answers(int port)
{
    const struct sockaddr_in where = {.sin_family = AF_INET,
                                      .sin_port = htons((uint16_t)port),
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    for (int i = 0; i < STEPS; i++) {
        const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const bool good = connect(fd, (const struct sockaddr *)&where, sizeof where) == 0;
        close(fd);
        if (good) {
            return true;
        }
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    }
    return false;
}

/* Every person of the way as a file below h2/. */
static bool
write_files(gallery_night *g, const char *way)
{
    char path[400];
    sim_gallery_person p;

    const int n = snprintf(path, sizeof path, "%s/h2/%s/", g->s.dir, way);
    for (int at = (int)strlen(g->s.dir) + 1; at < n; at++) {
        if (path[at] == '/') {
            path[at] = '\0';
            mkdir(path, 0755);
            path[at] = '/';
        }
    }
    for (size_t i = 0; i < SIM_GALLERY_SLOTS; i++) {
        if (sim_gallery_at(1, i, &p)) {
            snprintf(path, sizeof path, "/galeri/%s/%s", way, p.nip);
            if (!gallery_get(g, path)) {
                return false;
            }
            snprintf(path, sizeof path, "h2/%s/%s", way, p.nip);
            scratch_file(&g->s, path, tp_buf_cstr(&g->asked));
        }
    }
    return true;
}

bool
gallery_http2(gallery_night *g, const char *way)
{
    char port[16], dir[400], key[400], cert[400];
    g->h2_port = free_port();
    snprintf(port, sizeof port, "%d", g->h2_port);
    snprintf(dir, sizeof dir, "%s/h2", g->s.dir);
    snprintf(key, sizeof key, "%s/ca/right.key", g->s.dir);
    snprintf(cert, sizeof cert, "%s/ca/right.pem", g->s.dir);
    const char *const argv[] = {"nghttpd", "-v", "-a", "127.0.0.1", "-d",
                                dir,       port, key,  cert,        NULL};
    if (g->h2_port < 0 || !write_files(g, way)) {
        return false;
    }
    g->h2 = gallery_start(g, "nghttpd", argv, "h2.out", "h2.log");
    return g->h2 > 0 && answers(g->h2_port);
}
