/* journal.c -- systemd's journal and syslog as places for the log. See journal.h.
 *
 * Both are a datagram to a socket: systemd's "Native Journal Protocol" (systemd.io) with fields, and
 * the line of RFC 3164 that syslog(3) writes. libsystemd exists only as a shared library and
 * syslog(3) keeps silent where nobody listens, so they are spelled out here: two formats of a few
 * lines.
 *
 * Does not decide what is logged (say.c). */
#include "runtime/journal.h"

#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/owned.h"

static struct {
	int socket;
	bool native; /* journald's own protocol */
	const char *identifier;
} journal = { .socket = -1 };

static int open_socket(const char *path, const char *identifier, bool native)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	autoclose int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
		return -errno;
	journal_close();
	journal.socket = take(&fd);
	journal.native = native;
	journal.identifier = identifier;
	return 0;
}

int journal_open(const char *identifier)
{
	return open_socket("/run/systemd/journal/socket", identifier, true);
}

int syslog_open(const char *identifier)
{
	return open_socket("/dev/log", identifier, false);
}

static void send_parts(struct iovec *parts, size_t count)
{
	const struct msghdr message = { .msg_iov = parts, .msg_iovlen = count };

	(void)!sendmsg(journal.socket, &message, MSG_NOSIGNAL);
}

#define PART(text, length) { .iov_base = (void *)(text), .iov_len = (length) }

/* A message may hold newlines, so its field has the form with a length. */
static void say_natively(int priority, const char *message)
{
	uint64_t length = htole64(strlen(message));
	char fields[256];
	int used = snprintf(fields, sizeof fields,
			    "PRIORITY=%d\nSYSLOG_IDENTIFIER=%.200s\nMESSAGE\n", priority,
			    journal.identifier);
	struct iovec parts[] = { PART(fields, (size_t)used), PART(&length, sizeof length),
				 PART(message, strlen(message)), PART("\n", 1) };

	send_parts(parts, sizeof parts / sizeof *parts);
}

static void say_to_syslog(int priority, const char *message)
{
	time_t now = time(NULL);
	char before[320], stamp[32];
	struct tm parts;
	int used;

	localtime_r(&now, &parts);
	strftime(stamp, sizeof stamp, "%b %e %H:%M:%S", &parts);
	used = snprintf(before, sizeof before, "<%d>%s %.200s[%d]: ", LOG_USER | priority, stamp,
			journal.identifier, getpid());
	send_parts((struct iovec[]){ PART(before, (size_t)used), PART(message, strlen(message)) },
		   2);
}

void journal_say(int priority, const char *message)
{
	if (journal.native)
		say_natively(priority, message);
	else
		say_to_syslog(priority, message);
}

void journal_close(void)
{
	close_owned(&journal.socket);
	journal.socket = -1;
}
