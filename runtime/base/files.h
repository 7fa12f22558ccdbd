/* files.h -- small files, read and written whole, and paths that stay where they belong. */
#ifndef CAISSON_FILES_H
#define CAISSON_FILES_H

#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "runtime/base/arena.h"

/* All functions return a negative errno on failure and say nothing: their callers know what the
 * file was for. EINTR is retried inside. Every descriptor is close-on-exec. */

/* openat2(2) with RESOLVE_* in `resolve`; retries EAGAIN (a rename raced with "..") for at most a
 * second. */
int open_how(int dir, const char *path, int flags, mode_t mode, uint64_t resolve);

/* Opens a file below `dir`: never "..", a magic link, a symlink or another mount
 * (RESOLVE_BENEATH|NO_MAGICLINKS|NO_SYMLINKS|NO_XDEV). For cgroupfs, procfs and our own state. */
int open_below(int dir, const char *path, int flags, mode_t mode);

/* Reads the file below `dir` into `text`, at most size-1 bytes, NUL-terminated; a longer file is
 * -EFBIG. Returns the length. */
ssize_t read_small(int dir, const char *path, char *text, size_t size);

/* Reads all of an open descriptor into the arena, NUL-terminated. -EFBIG above `limit` bytes. */
ssize_t read_all(int fd, struct arena *arena, char **text, size_t limit);

/* Writes in one write(2), as procfs and cgroupfs want it, to an existing file below `dir`. */
int write_small(int dir, const char *path, const char *text);

/* Writes everything, in as many write(2) as it takes. */
int write_all(int fd, const void *bytes, size_t length);

/* Replaces `name` in `dir` in one step: readers see the old content or the new, never half. */
int write_atomically(int dir, const char *name, mode_t mode, const char *text, size_t length);

#endif
