/* service.c -- criu as a process: found, executed, spoken to, ended. See criu.h.
 *
 * It is a child of ours, so it cannot be mistaken for another process. When we die it finds its
 * socket closed at the next note it sends, gives up and undoes what it did.
 *
 * A dump that stands still is ended. It has been seen to wait for ever for a process to stop at a
 * hardware breakpoint, which some virtual machines accept and never hit; meanwhile the container
 * is frozen. Only criu's own clock can tell waiting from work: a dump may take hours.
 *
 * Does not know the messages (request.c, reply.c) nor what its log says (log.c). */
#include "runtime/criu/criu.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/owned.h"
#include "runtime/base/proc.h"
#include "runtime/base/rights.h"

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

enum {
	oldest_version = 31600, /* --lsm-profile, "status-ready", external pid namespaces */
	message_bytes_at_most = 64 * 1024,
	idle_patience_s = 60,
	end_patience_ms = 10 * 1000,
	status_not_executed = 127,
};

/* NULL when it is nowhere. */
static const char *find_in_path(const char *name, struct arena *arena)
{
	static const char standard[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	const char *path = getenv("PATH");

	for (const char *at = path && *path ? path : standard; *at;) {
		size_t length = strcspn(at, ":");
		const char *folder = length ? arena_copy_bytes(arena, at, length) : ".";
		const char *program = arena_format(arena, "%s/%s", folder, name);

		if (faccessat(AT_FDCWD, program, X_OK, AT_EACCESS) == 0)
			return program;
		at += length + (at[length] == ':');
	}
	return NULL;
}

bool criu_has_program(const char *name, struct arena *arena)
{
	return find_in_path(name, arena) != NULL;
}

int criu_find(struct criu *criu, struct arena *arena)
{
	criu->arena = arena;
	criu->program = find_in_path("criu", arena);
	if (criu->program)
		return 0;
	/* runc's words. */
	return advise(refuse(ENOENT, "CRIU version check failed: exec: \"criu\": executable file not "
			     "found in $PATH"),
		      "install criu 3.16 or newer: apt install criu, dnf install criu, or "
		      "https://criu.org/Installation");
}

int criu_open(int ends[2])
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return fail(errno, "make a socket for criu");
	return 0;
}

static bool silence(void)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	return null >= 0 && dup2(null, STDOUT_FILENO) >= 0 && dup2(null, STDERR_FILENO) >= 0;
}

/* Everything goes above the fixed numbers first, so that nothing is overwritten that is still to
 * be placed. */
static bool place(int socket, const int *given, size_t count)
{
	const int above = criu_given + (int)count;
	int high[16];

	if (count > sizeof high / sizeof *high)
		return false;
	socket = fcntl(socket, F_DUPFD_CLOEXEC, above);
	if (socket < 0)
		return false;
	for (size_t i = 0; i < count; i++) {
		high[i] = fcntl(given[i], F_DUPFD_CLOEXEC, above);
		if (high[i] < 0)
			return false;
	}
	for (size_t i = 0; i < count; i++) {
		if (dup2(high[i], criu_given + (int)i) < 0)
			return false;
	}
	/* All of ours are close-on-exec: a second look, which kernels before 5.11 lack. */
	syscall(SYS_close_range, above, ~0U, CLOSE_RANGE_CLOEXEC);
	return dup2(socket, criu_socket) >= 0;
}

_Noreturn void criu_become(const struct criu *criu, int socket, const int *given, size_t count,
			   bool speaks)
{
	char *const argv[] = { (char *)"criu", (char *)"swrk", (char *)"3", NULL };

	if (place(socket, given, count) && (speaks || silence()))
		execv(criu->program, argv);
	_exit(status_not_executed);
}

/* ---- talking --------------------------------------------------------------------------------- */

static int tell(struct criu *criu, struct criu_message message)
{
	int result = rights_send(criu->socket, message.bytes, message.length, -1, 0);

	return result == -EPIPE || result == -ECONNRESET ? criu_failed(criu, 0, NULL)
	       : result				     ? fail(result, "send a request to criu")
						       : 0;
}

static int64_t time_used(const struct criu *criu)
{
	struct timespec used;
	clockid_t clock;

	if (clock_getcpuclockid(criu->pid, &clock) || clock_gettime(clock, &used) < 0)
		return -1;
	return (int64_t)used.tv_sec * 1000000000 + used.tv_nsec;
}

/* Until there is a message, or the other end is closed. */
static int await_message(struct criu *criu)
{
	struct pollfd readable[] = {
		{ .fd = criu->socket, .events = POLLIN },
		{ .fd = criu->also, .events = POLLIN },
	};
	int64_t used = -1;

	for (int idle_s = 0; idle_s < idle_patience_s; idle_s++) {
		int64_t now;
		int ready = poll(readable, 2, 1000);
		uint64_t started;
		char state = 'S';

		if (ready > 0)
			return readable[0].revents ? 0 : -EINTR;
		if (ready < 0 && errno != EINTR)
			return fail(errno, "wait for criu");
		process_look(criu->pid, &started, &state);
		now = time_used(criu);
		if (criu->may_idle || now != used || state != 'S')
			idle_s = -1;
		used = now;
	}
	pidfd_signal(criu->pidfd, SIGKILL);
	return criu_stood_still(criu, idle_patience_s);
}

static int hear(struct criu *criu, struct criu_reply *reply, int *descriptor)
{
	unsigned char *bytes = arena_alloc(criu->arena, message_bytes_at_most);
	int result = await_message(criu);
	ssize_t length;

	*descriptor = -1;
	if (result)
		return result;
	length = rights_receive(criu->socket, bytes, message_bytes_at_most, descriptor);
	if (length == 0 || length == -ECONNRESET)
		return criu_failed(criu, 0, NULL);
	if (length < 0)
		return fail((int)length, "hear from criu");
	if (criu_read_reply(reply, bytes, (size_t)length, criu->arena))
		return refuse(EBADMSG, "criu's answer cannot be understood");
	return 0;
}

static int ask(struct criu *criu, struct criu_message message, struct criu_reply *reply)
{
	int descriptor, result = tell(criu, message);

	if (!result)
		result = hear(criu, reply, &descriptor);
	if (!result)
		close_owned(&descriptor);
	return result;
}

int criu_greet(struct criu *criu)
{
	struct criu_reply reply;
	int result = ask(criu, criu_version_request(criu->arena), &reply);

	if (result)
		return result;
	/* runc's words; a version that does not know the question has none. */
	if (reply.version < oldest_version)
		return advise(refuse(ENOTSUP, "CRIU version %u must be %d or higher", reply.version,
				     oldest_version),
			      "%s is too old", criu->program);
	return 0;
}

int criu_can(struct criu *criu, enum criu_feature feature)
{
	struct criu_reply reply;
	int result = ask(criu, criu_feature_request(feature, criu->arena), &reply);

	return result ? result : (int)(reply.features >> feature & 1);
}

int criu_begin(struct criu *criu, enum criu_task task, const struct criu_options *options)
{
	criu->task = task;
	return tell(criu, criu_request(task, options, criu->arena));
}

int criu_await(struct criu *criu, struct criu_news *news)
{
	struct criu_reply reply;
	int result;

	*news = (struct criu_news){ .descriptor = -1 };
	result = hear(criu, &reply, &news->descriptor);
	if (result)
		return result;
	if (!reply.success && !(reply.is_note && reply.note)) {
		close_owned(&news->descriptor);
		return criu_failed(criu, reply.number, reply.message);
	}
	news->pid = reply.pid;
	if (reply.is_note && reply.note)
		strncat(news->note, reply.note, sizeof news->note - 1);
	return 0;
}

int criu_go_on(struct criu *criu)
{
	return tell(criu, criu_answer(criu->arena));
}

void criu_end(struct criu *criu)
{
	if (criu->socket >= 0)
		close(take(&criu->socket));
	if (criu->pidfd < 0)
		return;
	if (pidfd_wait_end(criu->pidfd, end_patience_ms) == -ETIMEDOUT)
		pidfd_signal(criu->pidfd, SIGKILL);
	pidfd_reap(criu->pidfd);
	close(take(&criu->pidfd));
}
