/* Local files and folders: read whole, write whole or not at all. Errors are TP_E_IO with the path.
 */
#ifndef TALENT_ETL_FILE_H
#define TALENT_ETL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "talent/base/arena.h"
#include "talent/base/buf.h"
#include "talent/base/err.h"

/* Is there anything at this path? */
bool tp_file_exists(const char *path);

/* Appends the whole file to *out. TP_E_NOMEM when it holds more than `limit` bytes. */
tp_code tp_file_read(const char *path, size_t limit, tp_buf *out, tp_err *err) TP_MUST_CHECK;

/* Writes all bytes to an open descriptor; `path` is for the error. */
tp_code tp_fd_write(int fd, const char *path, const void *bytes, size_t n,
                    tp_err *err) TP_MUST_CHECK;

/* Makes or replaces a file: temporary name, fsync, rename, fsync of the folder. After a crash the
 * old file or the new one is there, whole. mode as for chmod(2). */
tp_code tp_file_write(const char *path, const void *bytes, size_t n, unsigned mode,
                      tp_err *err) TP_MUST_CHECK;

/*
 * Writes for somebody outside: as tp_file_write where the path is a regular file or nothing yet; a
 * link is followed, and into a pipe or a device the bytes go as they are.
 */
tp_code tp_file_deliver(const char *path, const void *bytes, size_t n, unsigned mode,
                        tp_err *err) TP_MUST_CHECK;

/* Could tp_file_deliver write there? Nothing is made or changed. */
tp_code tp_file_deliverable(const char *path, tp_err *err) TP_MUST_CHECK;

/* As tp_file_write, but never replaces: *out_made is false when the path was already taken. */
tp_code tp_file_create(const char *path, const void *bytes, size_t n, unsigned mode, bool *out_made,
                       tp_err *err) TP_MUST_CHECK;

/* Renames and fsyncs the folder of the new name. */
tp_code tp_file_rename(const char *from, const char *to, tp_err *err) TP_MUST_CHECK;

/* fsyncs the folder that holds `path`. */
tp_code tp_dir_sync(const char *path, tp_err *err) TP_MUST_CHECK;

/* Makes a folder and its missing parents with this mode (umask applies), each fsynced into its own
 * parent; fine if it is there. */
tp_code tp_dir_make(const char *path, unsigned mode, tp_err *err) TP_MUST_CHECK;

/* Names in a folder that end in `suffix` ("" = all), without "." and "..", sorted bytewise. */
tp_code tp_dir_list(const char *path, const char *suffix, tp_arena *arena, const char ***out_names,
                    size_t *out_n, tp_err *err) TP_MUST_CHECK;

/* Removes a file or a folder with everything in it; links are removed, not followed. Fine if gone.
 */
tp_code tp_tree_remove(const char *path, tp_err *err) TP_MUST_CHECK;

/* "dir/name", or name alone when it is absolute or dir is empty. Borrowed from buf, which is reset.
 */
const char *tp_path_join(tp_buf *buf, const char *dir, const char *name);

/* Cleanup for descriptors: closes when >= 0. Usage: TP_CLEANUP(tp_fd_close) int fd = -1; */
void tp_fd_close(int *fd);

#endif
