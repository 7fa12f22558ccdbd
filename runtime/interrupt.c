/* interrupt.c -- SIGHUP, SIGINT and SIGTERM while a container is being built: stop, and undo.
 *
 * Their default would end us in the middle and leave a container half built, which only
 * `delete --force` could free. So they are blocked and arrive at a descriptor that everything looks
 * at which may wait for long: for the inside (walk.c) and for hooks (hooks.c). What waits
 * elsewhere is bounded by itself.
 *
 * A foreground container's signals are blocked by watch.c already; those that nobody here has
 * taken are read there and forwarded.
 *
 * Does not undo anything: an interrupted wait is a failure like any other. */
#include "runtime/interrupt.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/owned.h"
#include "runtime/watch.h"

static struct {
	int arrivals;
	int taken;         /* the signal that ended us */
	bool blocked_here;
	sigset_t before;
} interrupt = { .arrivals = -1 };

int interrupt_begin(void)
{
	sigset_t three;

	sigemptyset(&three);
	sigaddset(&three, SIGHUP);
	sigaddset(&three, SIGINT);
	sigaddset(&three, SIGTERM);
	if (!watch_old_mask()) {
		if (sigprocmask(SIG_BLOCK, &three, &interrupt.before) < 0)
			return fail(errno, "block signals");
		interrupt.blocked_here = true;
	}
	interrupt.arrivals = signalfd(-1, &three, SFD_CLOEXEC | SFD_NONBLOCK);
	return interrupt.arrivals < 0 ? fail(errno, "watch signals") : 0;
}

int interrupt_fd(void)
{
	return interrupt.arrivals;
}

/* Blocked, a signal arrives even when it is ignored: nohup(1), and a shell's background job. */
static bool is_ignored(int signal)
{
	struct sigaction now;

	return sigaction(signal, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

int interrupt_check(void)
{
	struct signalfd_siginfo info;

	while (interrupt.arrivals >= 0 &&
	       read(interrupt.arrivals, &info, sizeof info) == sizeof info) {
		if (is_ignored((int)info.ssi_signo))
			continue;
		interrupt.taken = (int)info.ssi_signo;
		return refuse(EINTR, "interrupted by SIG%s", sigabbrev_np(interrupt.taken));
	}
	return 0;
}

int interrupt_status(void)
{
	return interrupt.taken ? 128 + interrupt.taken : 0;
}

void interrupt_end(void)
{
	close_owned(&interrupt.arrivals);
	interrupt.arrivals = -1;
	if (interrupt.blocked_here)
		sigprocmask(SIG_SETMASK, &interrupt.before, NULL);
	interrupt.blocked_here = false;
}
