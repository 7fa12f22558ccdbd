/* notify.c -- the workload's sd_notify(3) reaches whoever supervises us. See notify.h.
 *
 * A proxy rather than the host's socket itself: that one trusts what it is told (MAINPID, FDSTORE,
 * WATCHDOG of the host's service), and the workload's idea of its pid is wrong outside.
 *
 * Does not mount the directory (ns/root.c) and does not set the environment (plan.c). */
#include "runtime/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

enum { barrier_patience_s = 10 };

static const char socket_name[] = "notify.sock";

int notify_make(int record)
{
	/* Readable for every uid inside: the umask of our caller must not decide. */
	if (mkdirat(record, NOTIFY_DIRECTORY, 0755) < 0 && errno != EEXIST)
		return fail(errno, "make the directory of the notify socket");
	autoclose int directory = open_below(record, NOTIFY_DIRECTORY, O_RDONLY | O_DIRECTORY, 0);
	if (directory < 0)
		return fail(directory, "open the directory of the notify socket");
	if (fchmod(directory, 0755) < 0)
		return fail(errno, "open the notify socket's directory to the container");
	return 0;
}

int notify_listen(int record)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	autoclose int directory = open_below(record, NOTIFY_DIRECTORY, O_PATH | O_DIRECTORY, 0);
	autoclose int listener = -1;

	if (directory < 0)
		return fail(directory, "open the directory of the notify socket");
	/* One that an earlier start left: bind(2) does not replace. */
	if (unlinkat(directory, socket_name, 0) < 0 && errno != ENOENT)
		return fail(errno, "remove the notify socket of an earlier start");
	listener = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (listener < 0)
		return fail(errno, "make the notify socket");
	/* Through the descriptor, since a state directory's path may exceed an address' 107 bytes. */
	snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", directory,
		 socket_name);
	if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0)
		return fail(errno, "bind the notify socket");
	/* The directory is made by us and holds nothing else; its path above is owner-only. */
	if (fchmodat(directory, socket_name, 0777, 0) < 0)
		return fail(errno, "open the notify socket to the container");
	return take(&listener);
}

static int has_line(char *text, const char *wanted)
{
	char *rest;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (!strcmp(line, wanted))
			return 1;
	}
	return 0;
}

int notify_is_ready(int socket)
{
	char text[4096];

	/* Without a place for control data the kernel drops descriptors that came along. */
	for (;;) {
		ssize_t length = recv(socket, text, sizeof text - 1, MSG_DONTWAIT);

		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0 && errno == EAGAIN)
			return 0;
		if (length < 0)
			return fail(errno, "read the notify socket");
		text[length] = '\0';
		if (has_line(text, "READY=1"))
			return 1;
	}
}

static int connect_host(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length = strlen(name);

	if ((name[0] != '/' && name[0] != '@') || length >= sizeof address.sun_path)
		return refuse(EINVAL, "NOTIFY_SOCKET is neither a path nor an abstract name: %s",
			      name);
	memcpy(address.sun_path, name, length);
	/* An abstract name is spelled "@name" and begins with NUL: unix(7). */
	if (name[0] == '@')
		address.sun_path[0] = '\0';
	autoclose int host = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (host < 0)
		return fail(errno, "make a socket");
	if (connect(host, (struct sockaddr *)&address,
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) < 0)
		return fail(errno, "connect to NOTIFY_SOCKET %s", name);
	return take(&host);
}

static int send_text(int host, const char *text)
{
	if (send(host, text, strlen(text), MSG_NOSIGNAL) < 0)
		return fail(errno, "send \"%s\" to NOTIFY_SOCKET", text);
	return 0;
}

/* The manager closes the descriptor when it has worked through everything sent before it. */
static int send_barrier(int host)
{
	static char text[] = "BARRIER=1";
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec word = { text, sizeof text - 1 };
	struct msghdr message = {
		.msg_iov = &word,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof control.bytes,
	};
	struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
	int64_t until = clock_ms() + barrier_patience_s * 1000;
	int ends[2], ready;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return fail(errno, "make a pipe");
	autoclose int reader = ends[0];
	autoclose int writer = ends[1];
	rights->cmsg_level = SOL_SOCKET;
	rights->cmsg_type = SCM_RIGHTS;
	rights->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(rights), &writer, sizeof(int));
	if (sendmsg(host, &message, MSG_NOSIGNAL) < 0)
		return fail(errno, "send \"%s\" to NOTIFY_SOCKET", text);
	close(take(&writer));
	struct pollfd answered = { .fd = reader };
	do
		ready = poll(&answered, 1, clock_left(until));
	while (ready < 0 && errno == EINTR);
	if (ready == 0)
		warn("NOTIFY_SOCKET did not answer BARRIER=1 within %d s", barrier_patience_s);
	return 0;
}

int notify_host(const char *host_socket, pid_t pid)
{
	struct timeval patience = { .tv_sec = barrier_patience_s };
	char main_pid[32];
	int result;
	autoclose int host = connect_host(host_socket);

	if (host < 0)
		return host;
	if (setsockopt(host, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) < 0)
		return fail(errno, "limit the wait for NOTIFY_SOCKET");
	result = send_text(host, "READY=1");
	snprintf(main_pid, sizeof main_pid, "MAINPID=%d", pid);
	if (!result && pid)
		result = send_text(host, main_pid);
	return result ? result : send_barrier(host);
}

int notify_forward(int socket, const char *host_socket, int pidfd, pid_t pid)
{
	struct pollfd watched[] = {
		{ .fd = socket, .events = POLLIN },
		{ .fd = pidfd, .events = POLLIN },
	};

	for (;;) {
		int ready = poll(watched, 2, -1);

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready < 0)
			return fail(errno, "wait for the container to be ready");
		/* First the socket: it may have been ready before it ended. */
		ready = notify_is_ready(socket);
		if (ready < 0)
			return ready;
		if (ready)
			return notify_host(host_socket, pid);
		if (watched[1].revents)
			return 0;
	}
}
