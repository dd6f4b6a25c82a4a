/* What happened, one line per event, for people and machines alike? */
#include "talent/etl/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "talent/base/str.h"
#include "talent/etl/clock.h"
#include "talent/etl/file.h"

enum { LINE_MAX_BYTES = 4096 };

static const char *const LEVEL[] = {"error", "warn", "info", "debug"};

/* The log belongs to the process, like standard error itself. */
static struct {
    pthread_mutex_t lock;
    tp_log_level level;
    int file; /* -1 = none */
    bool quiet;
} sink = {PTHREAD_MUTEX_INITIALIZER, TP_LOG_INFO, -1, false};

bool
tp_log_level_parse(const char *word, tp_log_level *out)
{
    for (int i = 0; i <= TP_LOG_DEBUG; i++) {
        if (strcmp(word, LEVEL[i]) == 0) {
            *out = (tp_log_level)i;
            return true;
        }
    }
    return false;
}

tp_code
tp_log_open(tp_log_level level, const char *file, tp_err *err)
{
    int fd = -1;
    if (file != NULL && file[0] != '\0') {
        fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (fd < 0) {
            TP_RETURN_ERR(err, TP_E_CONFIG, "log.file %s cannot be opened: %s", file,
                          strerror(errno));
        }
    }
    (void)pthread_mutex_lock(&sink.lock);
    tp_fd_close(&sink.file);
    sink.file = fd;
    sink.level = level;
    (void)pthread_mutex_unlock(&sink.lock);
    return TP_OK;
}

void
tp_log_close(void)
{
    (void)pthread_mutex_lock(&sink.lock);
    tp_fd_close(&sink.file);
    (void)pthread_mutex_unlock(&sink.lock);
}

void
tp_log_stderr(bool on)
{
    (void)pthread_mutex_lock(&sink.lock);
    sink.quiet = !on;
    (void)pthread_mutex_unlock(&sink.lock);
}

bool
tp_log_on(tp_log_level level)
{
    (void)pthread_mutex_lock(&sink.lock);
    const bool on = level <= sink.level && (!sink.quiet || sink.file >= 0);
    (void)pthread_mutex_unlock(&sink.lock);
    return on;
}

/* One write per sink, so that lines of several threads and processes stay whole. */
static void
emit(char *line, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++) {
        const unsigned char c = (unsigned char)line[i];
        const unsigned char next = (unsigned char)line[i + 1];
        if (c < 0x20 || c == 0x7f) {
            line[i] = ' ';
        } else if (c == 0xc2 && next >= 0x80 && next <= 0x9f) { /* C1: can steer a terminal too */
            line[i] = ' ';
            line[i + 1] = ' ';
        }
    }
    (void)pthread_mutex_lock(&sink.lock);
    /* A log that cannot be written has nowhere to say so. */
    if (!sink.quiet) {
        (void)!write(STDERR_FILENO, line, n);
    }
    if (sink.file >= 0) {
        (void)!write(sink.file, line, n);
    }
    (void)pthread_mutex_unlock(&sink.lock);
}

void
tp_log(tp_log_level level, const char *topic, const char *fmt, ...)
{
    if (!tp_log_on(level)) {
        return;
    }
    char line[LINE_MAX_BYTES];
    char stamp[TP_STAMP_TEXT];
    tp_clock_format(tp_clock_now_ms(), stamp);
    const int head = snprintf(line, sizeof line, "%s %-5s %s ", stamp, LEVEL[level], topic);
    size_t n = head < 0 ? 0 : (size_t)head < sizeof line ? (size_t)head : sizeof line - 1;
    va_list args;
    va_start(args, fmt);
    const int body = vsnprintf(line + n, sizeof line - n, fmt, args);
    va_end(args);
    if (body >= 0 && (size_t)body < sizeof line - n - 1) {
        n += (size_t)body;
    } else {
        /* Cut: leave room for the line end, and no half character. */
        n = tp_utf8_valid((tp_str){line, sizeof line - 2});
    }
    line[n] = '\n';
    emit(line, n + 1);
}

void
tp_log_err(tp_log_level level, const char *topic, const tp_err *err)
{
    TP_AUTO_BUF(text);
    for (int i = err->depth - 1; i >= 0; i--) {
        tp_buf_puts(&text, err->frame[i].text);
        if (i > 0) {
            tp_buf_puts(&text, "; because: ");
        }
    }
    tp_log(level, topic, "code=%s %s", tp_code_name(err->code), tp_buf_cstr(&text));
}
