/* relay.c -- bytes on their way from one descriptor to another. See relay.h. */
#include "runtime/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

int relay_wants_read(const struct relay *relay)
{
	return relay->start == relay->end ? relay->from : -1;
}

int relay_wants_write(const struct relay *relay)
{
	return relay->start < relay->end ? relay->to : -1;
}

size_t relay_fill(struct relay *relay)
{
	ssize_t got = read(relay->from, relay->bytes, sizeof relay->bytes);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	/* EIO from a pty: its other end is closed. */
	if (got <= 0) {
		relay->from = -1;
		return 0;
	}
	relay->start = 0;
	relay->end = relay->to < 0 ? 0 : (size_t)got;
	return (size_t)got;
}

void relay_flush(struct relay *relay)
{
	size_t length = relay->end - relay->start;
	const char *bytes = relay->bytes + relay->start;
	ssize_t put;

	put = send(relay->to, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
	/* After POLLOUT a pipe or terminal that may block has room for this much (pipe(7)). */
	if (put < 0 && errno == ENOTSOCK)
		put = write(relay->to, bytes, length < PIPE_BUF ? length : PIPE_BUF);
	if (put < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (put < 0) {
		relay->to = -1;
		put = (ssize_t)length;
	}
	relay->start += (size_t)put;
}

int relay_reopen(int fd)
{
	struct stat about;
	char path[64];

	/* A regular file would be written from its start again; a socket cannot be opened. */
	if (fstat(fd, &about) < 0 || (!S_ISCHR(about.st_mode) && !S_ISFIFO(about.st_mode)))
		return -1;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}
