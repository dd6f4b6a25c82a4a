/* Feeds as files instead of a server. */
#ifndef SIMULATOR_FILES_H
#define SIMULATOR_FILES_H

#include "talent/base/err.h"
#include "tests/simulator/server.h"

/* Writes every document of every feed below dir (made when absent). *out_files counts them. */
tp_code sim_files_write(sim_server *server, const char *dir, uint64_t *out_files,
                        tp_err *err) TP_MUST_CHECK;

/* Writes text to path by way of a temporary name, so that a reader sees all of it or nothing. */
tp_code sim_file_whole(const char *path, const tp_buf *text, tp_err *err) TP_MUST_CHECK;

#endif
