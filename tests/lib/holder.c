/* holder.c -- processes and sockets that a container is told to use. See holder.h. */
#include "tests/lib/holder.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "runtime/base/owned.h"
#include "tests/lib/host.h"

enum { patience_ms = 10 * 1000 };

static void write_map(pid_t pid, const char *name)
{
	static const char map[] = "0 100000 65536";
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
	autoclose int file = open(path, O_WRONLY | O_CLOEXEC);
	cr_assert_eq(write(file, map, sizeof map - 1), (ssize_t)sizeof map - 1, "%s", path);
}

/* The process: says over `ready` when its user namespace, and when everything is there. */
static void hold(int flags, int ready, int mapped)
{
	char byte = '.';

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (unshare(flags & CLONE_NEWUSER) < 0 || write(ready, &byte, 1) != 1 ||
	    read(mapped, &byte, 1) != 1)
		_exit(1);
	if (flags & CLONE_NEWUSER && (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0))
		_exit(1);
	/* A change of ids has reset it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (unshare(flags & ~CLONE_NEWUSER) < 0)
		_exit(1);
	/* A pid namespace lives as long as its first process. */
	if (flags & CLONE_NEWPID && fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	if (write(ready, &byte, 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

pid_t holder_new(int flags)
{
	int ready[2], mapped[2];
	char byte = '.';
	pid_t pid;

	cr_assert_eq(pipe2(ready, O_CLOEXEC), 0);
	cr_assert_eq(pipe2(mapped, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0)
		hold(flags, ready[1], mapped[0]);
	close(ready[1]);
	close(mapped[0]);
	cr_assert_eq(read(ready[0], &byte, 1), 1, "no user namespace for the holder");
	if (flags & CLONE_NEWUSER) {
		write_map(pid, "uid_map");
		write_map(pid, "gid_map");
	}
	cr_assert_eq(write(mapped[1], &byte, 1), 1);
	cr_assert_eq(read(ready[0], &byte, 1), 1, "no namespaces for the holder");
	close(ready[0]);
	close(mapped[1]);
	host_ignore(pid);
	return pid;
}

int listener_new(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	cr_assert_lt(strlen(path), sizeof address.sun_path);
	strcpy(address.sun_path, path);
	cr_assert_eq(bind(listener, (struct sockaddr *)&address, sizeof address), 0, "%s: %s", path,
		     strerror(errno));
	cr_assert_eq(listen(listener, 64), 0);
	return listener;
}

unsigned listener_drain(int listener)
{
	unsigned count = 0;
	int connection;

	while ((connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
		close(connection);
		count++;
	}
	return count;
}

int listener_receive(int listener, char *text, size_t size)
{
	char space[CMSG_SPACE(sizeof(int))];
	struct iovec part = { text, size - 1 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = space,
				  .msg_controllen = sizeof space };
	struct pollfd ready = { .fd = listener, .events = POLLIN };
	const struct cmsghdr *rights;
	int descriptor = -1;
	ssize_t got;

	if (poll(&ready, 1, patience_ms) != 1)
		return -1;
	autoclose int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	got = recvmsg(connection, &message, MSG_CMSG_CLOEXEC);
	text[got > 0 ? got : 0] = '\0';
	rights = CMSG_FIRSTHDR(&message);
	if (got > 0 && rights && rights->cmsg_type == SCM_RIGHTS)
		memcpy(&descriptor, CMSG_DATA(rights), sizeof descriptor);
	return descriptor;
}
