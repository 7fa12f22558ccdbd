/* notify.c -- a seccomp agent hears of a new container.
 *
 * With SCMP_ACT_NOTIFY the kernel asks a descriptor, the listener, what to do with a call. An
 * agent on the host is to hold it: it gets it over a stream socket, together with the "container
 * process state" (runtime-spec, config-linux.md), one connection for one container.
 *
 * The listener is born with the filter, in the very thread that is filtered from then on and that
 * may no longer be able to send it. A messenger sends it: a second thread, started just before,
 * which the filter does not cover. Being a thread it shares the descriptor table, so the new
 * descriptor is its own, and the memory, so a word tells it the number; and it leaves no zombie
 * behind for a workload that does not expect one. It is made with clone(2) itself, because
 * pthread_join() makes system calls: here the kernel zeroes a word when the thread ends
 * (CLONE_CHILD_CLEARTID), however it ends, and the loader looks at that word until it is 0. That
 * takes as long as one sendmsg(2) to a local socket, bounded by a send timeout.
 *
 * Does not compose the state, and does not speak to agents later. */
#include "seccomp/notify.h"

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/rights.h"
#include "seccomp/seccomp.h"

enum {
	none_yet = -1,
	nothing = -2,
	agent_grace_s = 10, /* how long an agent may take to accept and to read */
	stack_bytes = 64 * 1024,
};

int sc_connect_listener(const char *path)
{
	int connection = rights_connect(path, agent_grace_s);

	return connection < 0 ? blame(fail(connection, "failed to connect with seccomp agent at %s",
					   path),
				      "linux.seccomp.listenerPath")
			      : connection;
}

/* The state and the descriptor. Only the first piece carries the descriptor (spec). */
static int send_state(int connection, int descriptor, const char *state)
{
	size_t length = strlen(state);
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .header = { .cmsg_len = CMSG_LEN(sizeof(int)),
				  .cmsg_level = SOL_SOCKET,
				  .cmsg_type = SCM_RIGHTS } };
	struct iovec piece = { (char *)state, length };
	struct msghdr message = { .msg_iov = &piece,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof control.room };

	memcpy(CMSG_DATA(&control.header), &descriptor, sizeof descriptor);
	while (piece.iov_len) {
		ssize_t sent = sendmsg(connection, &message, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return errno;
		piece.iov_base = (char *)piece.iov_base + sent;
		piece.iov_len -= (size_t)sent;
		message.msg_control = NULL;
		message.msg_controllen = 0;
	}
	return 0;
}

/* The messenger. It shares errno with the loader, so it fails at nothing before the loader has
 * read its own: sleeping does not. */
static int run_messenger(void *argument)
{
	const struct timespec pause = { .tv_nsec = 20 * 1000 };
	struct messenger *messenger = argument;
	int descriptor;

	/* seccomp(2) takes a fraction of a millisecond, and nothing in it could wake us. */
	while ((descriptor = atomic_load(&messenger->descriptor)) == none_yet)
		nanosleep(&pause, NULL);
	if (descriptor == nothing)
		return 0;
	atomic_store(&messenger->error,
		     send_state(messenger->connection, descriptor, messenger->state));
	/* "MUST be closed after sending": for every holder of the connection. */
	shutdown(messenger->connection, SHUT_RDWR);
	close(descriptor);
	return 0;
}

int messenger_send(struct messenger *messenger, int connection, const char *state)
{
	/* Never freed: the loader cannot make the system call. exec does. */
	static _Alignas(16) char stack[stack_bytes];
	const int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
			  CLONE_SYSVSEM | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;

	if (connection < 0 || !state)
		return refuse(EINVAL, "a seccomp listener is wanted and nobody to send it to");
	*messenger = (struct messenger){ .connection = connection, .state = state };
	atomic_init(&messenger->descriptor, none_yet);
	if (clone(run_messenger, stack + sizeof stack, flags, messenger, &messenger->thread, NULL,
		  &messenger->thread) < 0)
		return fail(errno, "start the thread that tells the seccomp agent");
	return 0;
}

static void wait_end(struct messenger *messenger)
{
	while (atomic_load(&messenger->thread)) {
#if defined(__x86_64__) || defined(__i386__)
		__builtin_ia32_pause();
#endif
	}
}

int messenger_deliver(struct messenger *messenger, int descriptor)
{
	int error, result;

	atomic_store(&messenger->descriptor, descriptor);
	wait_end(messenger);
	error = atomic_load(&messenger->error);
	if (error == EAGAIN) /* how SO_SNDTIMEO ends */
		error = ETIMEDOUT;
	if (!error)
		return 0;
	result = blame(fail(error, "send the seccomp listener to its agent"),
		       "linux.seccomp.listenerPath");
	if (error == ETOOMANYREFS) /* unix(7): counted by user, against the limit of who sends */
		advise(result, "so many descriptors of the same user are under way in sockets as the "
			       "container's RLIMIT_NOFILE allows");
	return result;
}

void messenger_dismiss(struct messenger *messenger)
{
	atomic_store(&messenger->descriptor, nothing);
	wait_end(messenger);
}
