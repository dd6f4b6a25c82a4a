/* How are the feeds written down as files? */
#include "tests/simulator/files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/simulator/stream.h"

enum { PATH_SIZE = 4096, COPY = 256 * 1024 };

tp_code
sim_file_whole(const char *path, const tp_buf *text, tp_err *err)
{
    char part[PATH_SIZE];

    (void)snprintf(part, sizeof part, "%s.part", path);
    FILE *file = fopen(part, "we");
    if (file == NULL) {
        TP_RETURN_ERR(err, TP_E_IO, "write %s: %s", part, strerror(errno));
    }
    const bool whole = fwrite(text->p, 1, text->n, file) == text->n;
    if (fclose(file) != 0 || !whole || rename(part, path) != 0) {
        TP_RETURN_ERR(err, TP_E_IO, "write %s: %s", path, strerror(errno));
    }
    return TP_OK;
}

/* A request without HTTP: query parameters are read from the address. */
typedef struct plain_query {
    const char *text; /* "a=1&b=2" or NULL */
} plain_query;

static const char *
plain_query_of(const void *of, const char *name)
{
    static _Thread_local char value[128];
    const plain_query *plain = of;
    tp_str rest = tp_str_of(plain->text);
    tp_str pair;

    while (tp_str_next(&rest, '&', &pair)) {
        const size_t equals = tp_str_find(pair, TP_STR("="));
        if (equals != SIZE_MAX && tp_str_is(tp_str_sub(pair, 0, equals), name)) {
            (void)snprintf(value, sizeof value, "%.*s", (int)(pair.n - equals - 1),
                           pair.p + equals + 1);
            return value;
        }
    }
    return NULL;
}

static const char *
no_header(const void *of, const char *name)
{
    (void)of;
    (void)name;
    return NULL;
}

static void
ask_dialect(sim_server *server, const sim_dialect *dialect, char *url, sim_reply *reply)
{
    char *mark = strchr(url, '?');
    plain_query query = {.text = mark != NULL ? mark + 1 : NULL};

    if (mark != NULL) {
        *mark = '\0';
    }
    sim_request request = {.source_id = dialect->source,
                           .path = url,
                           .trusted = true,
                           .query = plain_query_of,
                           .header = no_header,
                           .of = &query};
    reply->status = 200;
    dialect->answer(&server->site, &request, reply);
}

/* Makes the directories that lead to path. */
static void
make_parents(char *path)
{
    for (char *at = strchr(path + 1, '/'); at != NULL; at = strchr(at + 1, '/')) {
        *at = '\0';
        (void)mkdir(path, 0777); /* the open that follows reports what matters */
        *at = '/';
    }
}

static tp_code
write_body(sim_server *server, sim_reply *reply, FILE *file, const char *path, tp_err *err)
{
    sim_stream stream;
    ssize_t n = -1;
    char *block = malloc(COPY);

    if (block == NULL || !sim_stream_open(&stream, reply, server->gzip_level)) {
        free(block);
        TP_RETURN_ERR(err, TP_E_NOMEM, "write %s", path);
    }
    while ((n = sim_stream_read(&stream, block, COPY)) > 0 &&
           fwrite(block, 1, (size_t)n, file) == (size_t)n) {
    }
    sim_stream_clear(&stream);
    free(block);
    if (n < 0) {
        TP_RETURN_ERR(err, TP_E_NOMEM, "make the body of %s", path);
    }
    if (n > 0) {
        TP_RETURN_ERR(err, TP_E_IO, "write %s: %s", path, strerror(errno));
    }
    return TP_OK;
}

static tp_code
write_dialect(sim_server *server, const sim_dialect *dialect, const char *dir, uint64_t *files,
              tp_err *err)
{
    sim_file document;
    char path[PATH_SIZE], open_path[PATH_SIZE] = "";
    FILE *file = NULL;
    tp_code rc = TP_OK;

    for (uint64_t i = 0; rc == TP_OK && dialect->file(&server->site, i, &document); i++) {
        sim_reply reply = {0};
        (void)snprintf(path, sizeof path, "%s/%s/%s", dir, dialect->source, document.name);
        if (strcmp(path, open_path) != 0) {
            if (file != NULL && fclose(file) != 0) {
                file = NULL;
                TP_RETURN_ERR(err, TP_E_IO, "write %s: %s", open_path, strerror(errno));
            }
            make_parents(path);
            file = fopen(path, "we");
            if (file == NULL) {
                TP_RETURN_ERR(err, TP_E_IO, "write %s: %s", path, strerror(errno));
            }
            memcpy(open_path, path, sizeof open_path);
            (*files)++;
        } else {
            (void)fputc('\n', file);
        }
        ask_dialect(server, dialect, document.url, &reply);
        rc = write_body(server, &reply, file, path, err);
        free(reply.gen);
        tp_buf_clear(&reply.body);
    }
    if (file != NULL && fclose(file) != 0 && rc == TP_OK) {
        TP_RETURN_ERR(err, TP_E_IO, "write %s: %s", open_path, strerror(errno));
    }
    return rc;
}

tp_code
sim_files_write(sim_server *server, const char *dir, uint64_t *out_files, tp_err *err)
{
    const sim_dialect *dialect;

    *out_files = 0;
    for (size_t i = 0; (dialect = sim_dialect_at(i)) != NULL; i++) {
        if (dialect->file != NULL) {
            TP_RETURN_IF_ERR(err, write_dialect(server, dialect, dir, out_files, err),
                             "write feed %s", dialect->source);
        }
    }
    return TP_OK;
}
