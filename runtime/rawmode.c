/* rawmode.c -- our own terminal, while its keys belong to somebody else. See rawmode.h.
 *
 * A shell with a terminal left raw is a shell its user believes dead. Signals from outside do not
 * kill us while we watch (watch.c forwards them), so what is left are the faults of our own code.
 * SIGKILL is beyond anybody. */
#include "runtime/rawmode.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "runtime/base/fault.h"

static volatile sig_atomic_t raw_fd = -1;
static struct termios before;

void rawmode_leave(void)
{
	if (raw_fd >= 0)
		tcsetattr(raw_fd, TCSANOW, &before);
	raw_fd = -1;
}

/* SA_RESETHAND: the second time the signal does what it always does. */
static void leave_and_die(int signal)
{
	rawmode_leave();
	raise(signal);
}

int rawmode_enter(int fd)
{
	static const int deadly[] = { SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP };
	struct sigaction last_word = { .sa_handler = leave_and_die, .sa_flags = SA_RESETHAND };
	struct termios raw;

	if (!isatty(fd))
		return 0;
	if (tcgetattr(fd, &before) < 0)
		return fail(errno, "read the settings of our terminal");
	for (unsigned i = 0; i < sizeof deadly / sizeof *deadly; i++)
		sigaction(deadly[i], &last_word, NULL);
	raw = before;
	cfmakeraw(&raw);
	/* The container's pty does not turn "\n" into "\r\n" (terminal.c): ours goes on doing it. */
	raw.c_oflag |= before.c_oflag & OPOST;
	raw_fd = fd;
	if (tcsetattr(fd, TCSANOW, &raw) < 0) {
		int error = errno;

		rawmode_leave();
		return fail(error, "make our terminal raw");
	}
	return 0;
}

void rawmode_copy_size(int to)
{
	struct winsize size;

	for (int fd = 0; fd < 3; fd++) {
		if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col) {
			ioctl(to, TIOCSWINSZ, &size);
			return;
		}
	}
}
