/* rights.c -- a message that carries a descriptor over a socket. See rights.h. */
#include "runtime/base/rights.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "runtime/base/owned.h"

/* Room for one descriptor, aligned as a control message must be. */
union control {
	struct cmsghdr header;
	char room[CMSG_SPACE(sizeof(int))];
};

int rights_send(int socket, const void *bytes, size_t length, int descriptor, int flags)
{
	union control control = { 0 };
	struct iovec payload = { .iov_base = (void *)bytes, .iov_len = length };
	struct msghdr message = { .msg_iov = &payload, .msg_iovlen = 1 };

	if (descriptor >= 0) {
		message.msg_control = &control;
		message.msg_controllen = sizeof control;
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof descriptor);
		memcpy(CMSG_DATA(&control.header), &descriptor, sizeof descriptor);
	}
	while (sendmsg(socket, &message, MSG_NOSIGNAL | flags) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return 0;
}

ssize_t rights_receive(int socket, void *bytes, size_t size, int *descriptor)
{
	union control control;
	struct iovec payload = { .iov_base = bytes, .iov_len = size };
	struct msghdr message = {
		.msg_iov = &payload,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof control,
	};
	const struct cmsghdr *header;
	ssize_t got;

	do
		got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	header = CMSG_FIRSTHDR(&message);
	if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
	    header->cmsg_len == CMSG_LEN(sizeof *descriptor))
		memcpy(descriptor, CMSG_DATA(header), sizeof *descriptor);
	return got;
}

int rights_connect(const char *path, int patience_s)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval patience = { .tv_sec = patience_s };
	autoclose int node = -1, connection = -1;

	if (strlen(path) < sizeof address.sun_path) {
		strcpy(address.sun_path, path);
	} else {
		/* A path of any length has a short name once it is open. */
		node = open(path, O_PATH | O_CLOEXEC);
		if (node < 0)
			return -errno;
		snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d", node);
	}
	connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connection < 0)
		return -errno;
	/* unix(7): connect waits for room in the backlog, and this limits it. */
	if (setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) < 0)
		return -errno;
	if (connect(connection, (struct sockaddr *)&address, sizeof address) < 0)
		return errno == EAGAIN ? -ETIMEDOUT : -errno;
	return take(&connection);
}
