/* files.c -- small files, read and written whole, and paths that stay where they belong.
 *
 * See files.h. Does not resolve paths inside a container's root: ns/below.c does. */
#include "runtime/base/files.h"

#include <errno.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/owned.h"

int open_how(int dir, const char *path, int flags, mode_t mode, uint64_t resolve)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned)flags | O_CLOEXEC,
		.mode = flags & (O_CREAT | O_TMPFILE) ? mode : 0,
		.resolve = resolve,
	};
	const struct timespec pause = { .tv_nsec = 1000 * 1000 };

	/* "..": EAGAIN means that a rename somewhere raced with the walk. An attacker can keep
	 * that up for ever (CVE-2025-52565's neighbours), so patience ends after a second. */
	for (unsigned tries = 0; tries < 1000; tries++) {
		int fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof how);

		if (fd >= 0)
			return fd;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		nanosleep(&pause, NULL);
	}
	return -EAGAIN;
}

int open_below(int dir, const char *path, int flags, mode_t mode)
{
	return open_how(dir, path, flags, mode,
			RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS |
				RESOLVE_NO_XDEV);
}

ssize_t read_small(int dir, const char *path, char *text, size_t size)
{
	autoclose int fd = open_below(dir, path, O_RDONLY, 0);
	size_t length = 0;

	if (fd < 0)
		return fd;
	for (;;) {
		ssize_t got = read(fd, text + length, size - length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		length += (size_t)got;
		if (length == size)
			return -EFBIG;
		if (got == 0)
			break;
	}
	text[length] = '\0';
	return (ssize_t)length;
}

ssize_t read_all(int fd, struct arena *arena, char **text, size_t limit)
{
	struct stat about;
	size_t room = 4096, length = 0;
	char *buffer;

	if (fstat(fd, &about) < 0)
		return -errno;
	if (S_ISREG(about.st_mode) && about.st_size > 0)
		room = (size_t)about.st_size + 2;
	if (room > limit)
		room = limit + 2;
	buffer = arena_alloc(arena, room);
	for (;;) {
		ssize_t got = read(fd, buffer + length, room - length - 1);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		length += (size_t)got;
		if (length > limit)
			return -EFBIG;
		if (got == 0)
			break;
		if (length == room - 1) {
			char *larger = arena_alloc(arena, room * 2);

			memcpy(larger, buffer, length);
			buffer = larger;
			room *= 2;
		}
	}
	buffer[length] = '\0';
	*text = buffer;
	return (ssize_t)length;
}

int write_all(int fd, const void *bytes, size_t length)
{
	const char *at = bytes;

	while (length) {
		ssize_t put = write(fd, at, length);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -errno;
		at += put;
		length -= (size_t)put;
	}
	return 0;
}

int write_small(int dir, const char *path, const char *text)
{
	autoclose int fd = open_below(dir, path, O_WRONLY, 0);
	size_t length = strlen(text);
	ssize_t put;

	if (fd < 0)
		return fd;
	do
		put = write(fd, text, length);
	while (put < 0 && errno == EINTR);
	if (put < 0)
		return -errno;
	return (size_t)put == length ? 0 : -EIO;
}

int write_atomically(int dir, const char *name, mode_t mode, const char *text, size_t length)
{
	char temporary[256];
	int result;

	if (snprintf(temporary, sizeof temporary, ".%s.%d", name, getpid()) >=
	    (int)sizeof temporary)
		return -ENAMETOOLONG;
	autoclose int fd = open_below(dir, temporary, O_WRONLY | O_CREAT | O_TRUNC, mode);
	if (fd < 0)
		return fd;
	result = write_all(fd, text, length);
	if (!result && renameat(dir, temporary, dir, name) < 0)
		result = -errno;
	if (result)
		unlinkat(dir, temporary, 0);
	return result;
}
