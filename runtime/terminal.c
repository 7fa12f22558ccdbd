/* terminal.c -- pseudo-terminals: made inside, used outside.
 *
 * A pty has two ends: the container's processes sit at the peer (pts(4)), whoever watches the
 * container holds the master. Both must come from the container's own devpts, so that the workload
 * can name its terminal, and the workload or its image may have prepared that /dev for us
 * (CVE-2025-52565). So nothing here is found by its path: the devpts is a descriptor checked to be
 * one, ptmx is opened without leaving it, the peer comes from the master (TIOCGPTPEER, Linux 4.13)
 * and ownership is changed on that descriptor only.
 *
 * Does not mount devpts or bind /dev/console (ns/root.c), does not copy bytes (watch.c). */
#include "runtime/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <termios.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"
#include "runtime/base/rights.h"

enum {
	console_patience_s = 10, /* for whoever listens at a console socket */
	ptmx_major = 5, ptmx_minor = 2,
	peer_major_first = 136, peer_major_last = 143, /* Documentation/admin-guide/devices.txt */
};

static bool is_on_devpts(int fd)
{
	struct statfs about;

	return fstatfs(fd, &about) == 0 && about.f_type == DEVPTS_SUPER_MAGIC;
}

/* Nothing can be made, renamed or linked in a devpts: what is found in it is the kernel's. */
static int open_master(int devpts)
{
	struct stat about;

	if (!is_on_devpts(devpts))
		return refuse(ENOTTY, "/dev/pts is not a devpts: no terminal can be made");
	autoclose int master = open_below(devpts, "ptmx", O_RDWR | O_NOCTTY, 0);
	if (master < 0)
		return fail(master, "open /dev/pts/ptmx");
	if (fstat(master, &about) < 0)
		return fail(errno, "look at /dev/pts/ptmx");
	if (!S_ISCHR(about.st_mode) || about.st_rdev != makedev(ptmx_major, ptmx_minor))
		return refuse(ENOTTY, "/dev/pts/ptmx is not the pty multiplexer");
	return take(&master);
}

static int open_peer(int master, unsigned number)
{
	struct stat about;
	int locked = 0;

	if (ioctl(master, TIOCSPTLCK, &locked) < 0)
		return fail(errno, "unlock the pty");
	autoclose int peer = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (peer < 0)
		return fail(errno, "open the pty's other end");
	if (fstat(peer, &about) < 0)
		return fail(errno, "look at the pty's other end");
	if (!is_on_devpts(peer) || !S_ISCHR(about.st_mode) ||
	    major(about.st_rdev) < peer_major_first || major(about.st_rdev) > peer_major_last)
		return refuse(ENOTTY, "the pty's other end, number %u, is not a terminal of devpts",
			      number);
	return take(&peer);
}

static int shape(const struct terminal *terminal, const struct spec_console_size *size,
		 bool plain_newlines)
{
	struct winsize window = {
		.ws_row = (unsigned short)size->height, .ws_col = (unsigned short)size->width,
	};
	struct termios settings;

	if (size->given && ioctl(terminal->master, TIOCSWINSZ, &window) < 0)
		return fail(errno, "set the terminal's size to %ux%u", size->width, size->height);
	if (!plain_newlines)
		return 0;
	if (tcgetattr(terminal->peer, &settings) < 0)
		return fail(errno, "read the terminal's settings");
	/* The terminal at the far end turns "\n" into "\r\n"; twice would be once too often. */
	settings.c_oflag &= ~(tcflag_t)ONLCR;
	if (tcsetattr(terminal->peer, TCSANOW, &settings) < 0)
		return fail(errno, "change the terminal's settings");
	return 0;
}

int terminal_open(struct terminal *terminal, int devpts, const struct spec_console_size *size,
		  bool plain_newlines)
{
	autoclose int current = -1, master = -1, peer = -1;
	struct terminal made;
	unsigned number;
	int result;

	if (devpts < 0) {
		current = open_how(AT_FDCWD, "/dev/pts", O_PATH | O_DIRECTORY, 0, 0);
		if (current < 0)
			return fail(current, "open /dev/pts");
		devpts = current;
	}
	master = open_master(devpts);
	if (master < 0)
		return master;
	if (ioctl(master, TIOCGPTN, &number) < 0)
		return fail(errno, "ask for the pty's number");
	peer = open_peer(master, number);
	if (peer < 0)
		return peer;
	made = (struct terminal){ .master = master, .peer = peer };
	snprintf(made.name, sizeof made.name, "/dev/pts/%u", number);
	result = shape(&made, size, plain_newlines);
	if (result)
		return result;
	take(&master);
	take(&peer);
	*terminal = made;
	return 0;
}

static int own(int peer, unsigned uid)
{
	struct stat about;

	if (fstat(peer, &about) < 0)
		return fail(errno, "look at the terminal");
	if (about.st_uid == uid)
		return 0;
	/* Not the group: devpts gives it the one its gid= option asks for (tty). */
	if (fchown(peer, uid, (gid_t)-1) < 0)
		return fail(errno, "give the terminal to uid %u", uid);
	return 0;
}

int terminal_take(struct terminal *terminal, unsigned uid)
{
	int result = own(terminal->peer, uid);

	if (result)
		return result;
	if (setsid() < 0 && getsid(0) != getpid())
		return fail(errno, "start a session");
	if (ioctl(terminal->peer, TIOCSCTTY, 0) < 0)
		return fail(errno, "make %s the controlling terminal", terminal->name);
	for (int fd = 0; fd < 3; fd++) {
		if (dup2(terminal->peer, fd) < 0)
			return fail(errno, "make %s descriptor %d", terminal->name, fd);
	}
	return 0;
}

int terminal_send(int socket, const struct terminal *terminal)
{
	struct pollfd writable = { .fd = socket, .events = POLLOUT };
	int result;

	if (poll(&writable, 1, console_patience_s * 1000) == 0)
		return fail(ETIMEDOUT, "send the terminal to the console socket");
	/* conmon and containerd want a name that is not empty, and look no further. */
	result = rights_send(socket, terminal->name, strlen(terminal->name), terminal->master,
			     MSG_DONTWAIT);
	return result ? fail(result, "send the terminal to the console socket") : 0;
}

int terminal_connect(const char *path)
{
	int connection = rights_connect(path, console_patience_s);

	return connection < 0 ? fail(connection, "connect to console socket %s", path) : connection;
}
