/* watch.c -- a foreground container: its signals, its terminal, its end. See watch.h.
 *
 * One loop over poll(2). Signals are blocked and read from a signalfd, so that nothing here runs
 * in a handler and none is lost between spawn and loop; every one that may be meant for the
 * workload is sent on. Bytes move in both directions without blocking (relay.c), because a loop
 * stuck in write(2) forwards no signals.
 *
 * Does not delete the container afterwards (the commands do), and serves foreground containers
 * only: a detached one is watched by whoever asked for it. */
#include "runtime/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/owned.h"
#include "runtime/base/proc.h"
#include "runtime/notify.h"
#include "runtime/rawmode.h"
#include "runtime/relay.h"

/* A pty holds some 12 KiB; what comes after that is written by somebody still alive. */
enum { drain_limit = 64 * 1024 };

struct watched {
	int pidfd, master; /* borrowed */
	int signals;
	int status;        /* -1 until it has ended */
	struct relay in, out;
};

static sigset_t old_mask, our_signals;
static bool prepared;

static struct {
	int socket; /* -1: nobody waits for READY=1 (any more) */
	const char *host;
} readiness = { .socket = -1 };

int watch_prepare(void)
{
	/* What the kernel sends for a fault of ours is not for forwarding, and cannot be blocked. */
	static const int not_ours[] = { SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP };
	struct sigaction hangup, normal = { .sa_handler = SIG_DFL };

	sigfillset(&our_signals);
	for (unsigned i = 0; i < sizeof not_ours / sizeof *not_ours; i++)
		sigdelset(&our_signals, not_ours[i]);
	/* A blocked signal reaches a signalfd even when it is ignored; nohup(1) means it. */
	if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler == SIG_IGN)
		sigdelset(&our_signals, SIGHUP);
	/* Ignored by a careless caller, our children would vanish with their exit status. */
	if (sigaction(SIGCHLD, &normal, NULL) < 0)
		return fail(errno, "take SIGCHLD back");
	if (sigprocmask(SIG_BLOCK, &our_signals, prepared ? NULL : &old_mask) < 0)
		return fail(errno, "block signals");
	prepared = true;
	return 0;
}

const sigset_t *watch_old_mask(void)
{
	return prepared ? &old_mask : NULL;
}

void watch_readiness(int socket, const char *host_socket)
{
	readiness.socket = socket;
	readiness.host = host_socket;
}

static bool readable(int fd)
{
	struct pollfd one = { .fd = fd, .events = POLLIN };

	return poll(&one, 1, 0) > 0;
}

/* The container's own end is taken by its pidfd; everything else that died is just buried. Looked
 * at first (WNOWAIT) and then asked whether the container has ended: if it has not, the one we
 * looked at is somebody else. */
static int reap(struct watched *watched)
{
	for (;;) {
		siginfo_t dead = { 0 };

		if (watched->status < 0 && readable(watched->pidfd)) {
			int status = pidfd_reap(watched->pidfd);

			if (status < 0)
				return fail(status, "learn how the container ended");
			watched->status = status;
		}
		if (waitid(P_ALL, 0, &dead, WEXITED | WNOHANG | WNOWAIT) < 0 || !dead.si_pid)
			return 0;
		if (watched->status >= 0 || !readable(watched->pidfd))
			waitpid(dead.si_pid, NULL, WNOHANG);
	}
}

static void forward(const struct watched *watched, int signal)
{
	int result = pidfd_signal(watched->pidfd, signal);

	/* ESRCH: it has ended, and the loop will hear of it. */
	if (result < 0 && result != -ESRCH)
		warn("cannot forward signal %d (%s) to the container: %s", signal,
		     sigabbrev_np(signal) ? sigabbrev_np(signal) : "real-time", strerror(-result));
}

static int handle_signal(struct watched *watched)
{
	struct signalfd_siginfo info;

	if (read(watched->signals, &info, sizeof info) != sizeof info)
		return 0;
	switch (info.ssi_signo) {
	case SIGCHLD:
		return reap(watched);
	case SIGWINCH:
		if (watched->master >= 0)
			rawmode_copy_size(watched->master);
		return 0;
	case SIGPIPE: /* about our own writing */
	case SIGTTIN: /* about our own terminal */
	case SIGTTOU:
	case SIGURG:  /* whoever wants it asks for it on a socket of its own */
		return 0;
	default:
		forward(watched, (int)info.ssi_signo);
		return 0;
	}
}

/* The service manager's not listening does not end a container. */
static void handle_readiness(void)
{
	int ready = notify_is_ready(readiness.socket);

	if (ready == 0)
		return;
	readiness.socket = -1;
	if (ready < 0 || notify_host(readiness.host, 0) < 0) {
		warn("%s", last_fault()->what);
		forget_fault();
	}
}

static int master_wanted(const struct watched *watched, short *events)
{
	*events = 0;
	if (relay_wants_read(&watched->out) >= 0)
		*events |= POLLIN;
	if (relay_wants_write(&watched->in) >= 0)
		*events |= POLLOUT;
	/* Asked for nothing, poll(2) would still report a hangup, over and over. */
	return *events ? watched->master : -1;
}

static void move_bytes(struct watched *watched, short in, short master, short out)
{
	if (in)
		relay_fill(&watched->in);
	if (master && relay_wants_write(&watched->in) >= 0)
		relay_flush(&watched->in);
	if (master && relay_wants_read(&watched->out) >= 0)
		relay_fill(&watched->out);
	if (out)
		relay_flush(&watched->out);
	/* Nobody reads what we type: leave it to the next program. */
	if (watched->in.to < 0)
		watched->in.from = -1;
}

static int watch_until_end(struct watched *watched)
{
	int result = reap(watched);

	while (!result && watched->status < 0) {
		struct pollfd fds[] = {
			{ .fd = watched->signals, .events = POLLIN },
			{ .fd = watched->pidfd, .events = POLLIN },
			{ .fd = readiness.socket, .events = POLLIN },
			{ .fd = relay_wants_read(&watched->in), .events = POLLIN },
			{ .fd = -1 },
			{ .fd = relay_wants_write(&watched->out), .events = POLLOUT },
		};

		fds[4].fd = master_wanted(watched, &fds[4].events);
		if (poll(fds, sizeof fds / sizeof *fds, -1) < 0) {
			if (errno == EINTR)
				continue;
			return fail(errno, "wait for the container");
		}
		if (fds[2].revents)
			handle_readiness();
		move_bytes(watched, fds[3].revents, fds[4].revents, fds[5].revents);
		if (fds[0].revents)
			result = handle_signal(watched);
		if (!result && fds[1].revents)
			result = reap(watched);
	}
	return result;
}

/* True when somebody wants us to stop: there is no container any more to tell. */
static bool told_to_stop(int signals)
{
	struct signalfd_siginfo info;

	while (read(signals, &info, sizeof info) == sizeof info) {
		if (info.ssi_signo == SIGHUP || info.ssi_signo == SIGINT ||
		    info.ssi_signo == SIGQUIT || info.ssi_signo == SIGTERM)
			return true;
	}
	return false;
}

static bool flush_all(struct watched *watched)
{
	while (relay_wants_write(&watched->out) >= 0) {
		struct pollfd fds[] = {
			{ .fd = watched->signals, .events = POLLIN },
			{ .fd = watched->out.to, .events = POLLOUT },
		};

		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return false;
		if (fds[0].revents && told_to_stop(watched->signals))
			return false;
		if (fds[1].revents)
			relay_flush(&watched->out);
	}
	return true;
}

/* What the container wrote before it ended. A read that would block says that there is no more:
 * before it does, the tty layer delivers all that is under way. */
static void drain(struct watched *watched)
{
	size_t drained = 0, got;

	while (flush_all(watched) && drained < drain_limit && watched->out.from >= 0) {
		got = relay_fill(&watched->out);
		if (!got)
			return;
		drained += got;
	}
}

static int watch_terminal(struct watched *watched)
{
	/* An end of our own, or the pty hangs up between two openings by the workload: init systems
	 * close /dev/console and open it again. Without one (EIO) we merely lose that case. */
	autoclose int peer = ioctl(watched->master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	autoclose int output = relay_reopen(STDOUT_FILENO);
	int flags = fcntl(watched->master, F_GETFL), result;

	if (flags < 0 || fcntl(watched->master, F_SETFL, flags | O_NONBLOCK) < 0)
		return fail(errno, "read the terminal without blocking");
	watched->in.from = STDIN_FILENO;
	watched->in.to = watched->master;
	watched->out.from = watched->master;
	watched->out.to = output >= 0 ? output : STDOUT_FILENO;
	rawmode_copy_size(watched->master);
	result = rawmode_enter(STDIN_FILENO);
	if (!result)
		result = watch_until_end(watched);
	if (!result)
		drain(watched);
	rawmode_leave();
	return result;
}

int watch(int pidfd, int master)
{
	/* Not on the stack: the relays' bytes are pages that most containers never touch. */
	static struct watched watched;
	autoclose int signals = -1;
	int result = prepared ? 0 : watch_prepare();

	if (result)
		return result;
	signals = signalfd(-1, &our_signals, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals < 0)
		return fail(errno, "watch signals");
	watched.pidfd = pidfd;
	watched.master = master;
	watched.signals = signals;
	watched.status = -1;
	watched.in.from = watched.in.to = watched.out.from = watched.out.to = -1;
	result = master < 0 ? watch_until_end(&watched) : watch_terminal(&watched);
	return result ? result : watched.status;
}
