/* How does a test run the program, or kill it at a stated place? */
#include "tests/support/program.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "talent/etl/file.h"

enum { WORDS = 40, TEXT_LIMIT = 1 << 20, WAIT_US = 20000, WAITS = 15000 /* five minutes */ };

pid_t
program_start(const char *dir, const char *const *words, const char *kill_at)
{
    char program[512], out[320], log[320];
    const char *build = getenv("TP_BUILD");
    const char *argv[WORDS] = {program};
    size_t n = 1;
    snprintf(program, sizeof program, "%s/talentpool", build != NULL ? build : "build/release");
    snprintf(out, sizeof out, "%s/out", dir);
    snprintf(log, sizeof log, "%s/log", dir);
    for (; *words != NULL && n + 1 < WORDS; words++) {
        argv[n++] = *words;
    }
    (void)unlink(log); /* what the last run said must not be taken for this one's word */
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        const int to = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        const int err_to = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (kill_at != NULL) {
            setenv("TALENTPOOL_PAUSE_AT", kill_at, 1);
        }
        dup2(to, STDOUT_FILENO);
        dup2(err_to, STDERR_FILENO);
        execv(program, (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    return child;
}

/* Has it said that it stopped? False when it ended, or said nothing for five minutes. */
static bool
wait_for_pause(const char *dir, pid_t child, int *status, bool *ended)
{
    for (int i = 0; i < WAITS; i++) {
        TP_AUTO_BUF(text);
        if (program_text(dir, "log", &text) && strstr(tp_buf_cstr(&text), "paused at ") != NULL) {
            return true;
        }
        if (waitpid(child, status, WNOHANG) == child) {
            *ended = true;
            return false;
        }
        usleep(WAIT_US);
    }
    return false;
}

int
program_wait(pid_t child)
{
    int status = -1;
    if (child < 0 || waitpid(child, &status, 0) != child) {
        return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

int
program_run(const char *dir, const char *const *words, const char *kill_at)
{
    int status = -1;
    bool ended = false;
    bool paused = true;
    const pid_t child = program_start(dir, words, kill_at);
    if (child < 0) {
        return -1;
    }
    if (kill_at != NULL) {
        paused = wait_for_pause(dir, child, &status, &ended);
        if (!ended) {
            kill(child, SIGKILL);
        }
    }
    if (!ended && waitpid(child, &status, 0) != child) {
        return -1;
    }
    if (!paused) {
        return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

bool
program_text(const char *dir, const char *name, tp_buf *out)
{
    char path[320];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    tp_buf_reset(out);
    return tp_file_read(path, TEXT_LIMIT, out, NULL) == TP_OK;
}
