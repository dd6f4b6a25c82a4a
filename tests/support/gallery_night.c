/* How is a night over the gallery run, and what came of it? */
#include "tests/support/gallery_night.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <curl/curl.h>

#include "talent/etl/file.h"

enum { FILE_LIMIT = 1 << 22, ARGUMENTS = 40, READY_STEPS = 600 };

static const char *const LISTENERS[] = {"right", "wrong", "expired", "self"};

static const char *
build(void)
{
    const char *dir = getenv("TP_BUILD");
    return dir != NULL ? dir : "build/release";
}

pid_t
gallery_start(gallery_night *g, const char *program, const char *const *argv, const char *out,
              const char *log)
{
    char to[2][512];
    snprintf(to[0], sizeof to[0], "%s/%s", g->s.dir, out);
    snprintf(to[1], sizeof to[1], "%s/%s", g->s.dir, log);
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        for (int i = 0; i < 2; i++) {
            dup2(open(to[i], O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO + i);
        }
        execvp(program, (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    return child;
}

static int
wait_for(pid_t child)
{
    int status = -1;
    if (child < 0 || waitpid(child, &status, 0) != child) {
        return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

static bool
read_file(gallery_night *g, const char *name, tp_buf *out)
{
    tp_buf_reset(out);
    return tp_file_read(scratch_path(&g->s, name), FILE_LIMIT, out, NULL) == TP_OK;
}

/* The number behind "name": in a JSON text; -1 = none. */
static int64_t
number_of(const tp_buf *text, const char *name)
{
    char quoted[64];
    snprintf(quoted, sizeof quoted, "\"%s\":", name);
    const char *at = text->p != NULL ? strstr(tp_buf_cstr(text), quoted) : NULL;
    return at != NULL ? strtoll(at + strlen(quoted), NULL, 10) : -1;
}

static bool
start_simulator(gallery_night *g)
{
    char program[512], ready[400], settings[400], secrets[400], tls[5][1600];
    const char *argv[ARGUMENTS] = {program, "--people",   "100",    "--agencies", "1",    "--ready",
                                   ready,   "--settings", settings, "--secrets",  secrets};
    size_t n = 11;
    const char *d = g->s.dir;
    snprintf(program, sizeof program, "%s/tests/simulator/simulator", build());
    snprintf(ready, sizeof ready, "%s/ready.json", d);
    snprintf(settings, sizeof settings, "%s/feeds.json", d);
    snprintf(secrets, sizeof secrets, "%s/secrets", d);
    for (size_t i = 0; i < 5; i++) {
        const char *name = i < 4 ? LISTENERS[i] : "right";
        snprintf(tls[i], sizeof tls[i], "%s:%s/ca/%s.pem:%s/ca/%s.key%s%s%s",
                 i < 4 ? name : "client", d, name, d, name, i < 4 ? "" : ":", i < 4 ? "" : d,
                 i < 4 ? "" : "/ca/ca.pem");
        argv[n++] = "--tls";
        argv[n++] = tls[i];
    }
    g->simulator = gallery_start(g, program, argv, "simulator.out", "simulator.log");
    for (int i = 0; i < READY_STEPS && g->simulator > 0; i++) {
        if (read_file(g, "ready.json", &g->ready)) {
            g->port = (int)number_of(&g->ready, "port");
            return g->port > 0;
        }
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    }
    return false;
}

int
gallery_setup(void **state)
{
    gallery_night *g = calloc(1, sizeof *g);
    const char *base = getenv("TMPDIR");
    char ca[400];
    if (g == NULL) {
        return -1;
    }
    snprintf(g->s.dir, sizeof g->s.dir, "%s/tp-gallery-XXXXXX", base != NULL ? base : "/tmp");
    /* As root the private server runs as somebody else, who must be able to enter. */
    if (mkdtemp(g->s.dir) == NULL || chmod(g->s.dir, 0755) != 0 ||
        mkdir(scratch_path(&g->s, "sources"), 0755) != 0) {
        return -1;
    }
    *state = g;
    snprintf(ca, sizeof ca, "%s/ca", g->s.dir);
    const char *const make[] = {"sh", "tests/certificates.sh", ca, NULL};
    if (wait_for(gallery_start(g, "sh", make, "ca.out", "ca.log")) != 0 || !start_simulator(g)) {
        return -1;
    }
    TP_AUTO_BUF(word);
    const bool read = read_file(g, "ca/client.word", &word);
    scratch_file(&g->s, "secrets/galeri_word", tp_buf_cstr(&word));
    return read && chmod(g->s.path, 0600) == 0 ? 0 : -1;
}

int
gallery_teardown(void **state)
{
    gallery_night *g = *state;
    const pid_t servers[] = {g->simulator, g->h2};
    for (int i = 0; i < 2; i++) {
        if (servers[i] > 0) {
            kill(servers[i], SIGTERM);
            (void)wait_for(servers[i]);
        }
    }
    tp_pg_close(g->pg);
    char dir[400];
    snprintf(dir, sizeof dir, "%s/state", g->s.dir);
    tp_code rc = tp_pg_private_stop(dir, true, NULL);
    tp_buf_clear(&g->ready);
    tp_buf_clear(&g->asked);
    tp_buf_clear(&g->out);
    tp_buf_clear(&g->log);
    tp_buf_clear(&g->conninfo);
    const char *wish = getenv("TP_TEST_KEEP");
    const bool keep = wish != NULL && strcmp(wish, "1") == 0;
    if (keep) {
        printf("# kept: %s\n", g->s.dir);
    }
    rc = keep ? TP_OK : tp_tree_remove(g->s.dir, NULL);
    free(g);
    return rc == TP_OK ? 0 : -1;
}

int
gallery_run(gallery_night *g, const char *night)
{
    char program[512], feeds[400], state[400], secrets[400], sources[400];
    const char *argv[] = {program,    "run",   "--as-of", night,   "--quiet",
                          "--config", feeds,   "--set",   state,   "--set",
                          secrets,    "--set", sources,   "--set", "run.min_sources_bp=0",
                          NULL};
    snprintf(program, sizeof program, "%s/talentpool", build());
    snprintf(feeds, sizeof feeds, "%s/feeds.json", g->s.dir);
    snprintf(state, sizeof state, "state.dir=%s/state", g->s.dir);
    snprintf(secrets, sizeof secrets, "secrets.dir=%s/secrets", g->s.dir);
    snprintf(sources, sizeof sources, "sources.dir=%s/sources", g->s.dir);
    const int status = wait_for(gallery_start(g, program, argv, "run.out", "run.log"));
    if (!read_file(g, "run.out", &g->out) || !read_file(g, "run.log", &g->log)) {
        return -1;
    }
    if (status != 0) {
        printf("# status %d: %s\n", status, tp_buf_cstr(&g->log));
    }
    return status;
}

static size_t
take_bytes(char *bytes, size_t size, size_t n, void *user)
{
    tp_buf_put(user, bytes, size * n);
    return size * n;
}

bool
gallery_get(gallery_night *g, const char *path)
{
    char url[512];
    CURL *easy = curl_easy_init();
    tp_buf_reset(&g->asked);
    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", g->port, path);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &g->asked);
    const CURLcode rc = curl_easy_perform(easy);
    curl_easy_cleanup(easy);
    return rc == CURLE_OK;
}

int64_t
gallery_control(gallery_night *g, const char *query, const char *member)
{
    char path[480];
    snprintf(path, sizeof path, "/galeri-kendali?%s", query);
    return gallery_get(g, path) ? number_of(&g->asked, member) : -1;
}

void
gallery_version(gallery_night *g, int version)
{
    char query[32];
    snprintf(query, sizeof query, "versi=%d", version);
    if (gallery_control(g, query, "versi") != version) {
        printf("# the simulator did not take version %d\n", version);
    }
}

static int64_t
counted(gallery_night *g, const exhibit *e, const char *member)
{
    char query[400];
    snprintf(query, sizeof query, "%sjalan=%s%s/%s", e->fault != NULL ? "galat=ya&" : "",
             e->fault != NULL ? "/" : "", e->fault != NULL ? e->fault : "", e->way);
    return gallery_control(g, query, member);
}

int64_t
gallery_asked(gallery_night *g, const exhibit *e)
{
    return counted(g, e, "diminta");
}

int64_t
gallery_unchanged(gallery_night *g, const exhibit *e)
{
    return counted(g, e, "tetap");
}

int64_t
gallery_partial(gallery_night *g, const exhibit *e)
{
    return counted(g, e, "sebagian");
}
