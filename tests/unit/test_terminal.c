/* test_terminal.c -- a pty is made, taken and handed over. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/owned.h"
#include "runtime/terminal.h"

TestSuite(terminal, .timeout = 30);

static const struct spec_console_size no_size;

static struct terminal opened(const struct spec_console_size *size)
{
	struct terminal terminal = { -1, -1, "" };

	if (access("/dev/pts/ptmx", R_OK | W_OK) < 0)
		cr_skip("no devpts of our own at /dev/pts");
	cr_assert_eq(terminal_open(&terminal, -1, size, true), 0, "%s", last_fault()->what);
	return terminal;
}

static void closed(struct terminal *terminal)
{
	close(terminal->master);
	close(terminal->peer);
}

Test(terminal, both_ends_talk_to_each_other)
{
	struct terminal terminal = opened(&no_size);
	char text[16] = "", name[64];

	cr_assert_eq(write(terminal.peer, "hello\n", 6), 6);
	cr_assert_eq(read(terminal.master, text, sizeof text), 6);
	cr_assert_str_eq(text, "hello\n", "ONLCR is off");
	cr_assert_eq(ttyname_r(terminal.peer, name, sizeof name), 0);
	cr_assert_str_eq(name, terminal.name);
	closed(&terminal);
}

Test(terminal, who_gets_the_master_finds_the_kernels_settings)
{
	struct terminal terminal = opened(&no_size);
	char text[16] = "";

	closed(&terminal);
	cr_assert_eq(terminal_open(&terminal, -1, &no_size, false), 0);
	cr_assert_eq(write(terminal.peer, "hello\n", 6), 6);
	cr_assert_eq(read(terminal.master, text, sizeof text), 7);
	cr_assert_str_eq(text, "hello\r\n");
	closed(&terminal);
}

Test(terminal, it_has_the_size_asked_for)
{
	struct spec_console_size size = { true, 40, 132 };
	struct terminal terminal = opened(&size);
	struct winsize window;

	cr_assert_eq(ioctl(terminal.peer, TIOCGWINSZ, &window), 0);
	cr_assert_eq(window.ws_row, 40);
	cr_assert_eq(window.ws_col, 132);
	closed(&terminal);
}

Test(terminal, no_end_survives_exec)
{
	struct terminal terminal = opened(&no_size);

	cr_assert(fcntl(terminal.master, F_GETFD) & FD_CLOEXEC);
	cr_assert(fcntl(terminal.peer, F_GETFD) & FD_CLOEXEC);
	closed(&terminal);
}

Test(terminal, a_directory_that_is_no_devpts_is_refused)
{
	struct terminal terminal;
	autoclose int tmp = open("/tmp", O_PATH | O_DIRECTORY | O_CLOEXEC);

	cr_assert_eq(terminal_open(&terminal, tmp, &no_size, true), -ENOTTY);
	cr_assert_str_eq(last_fault()->what,
			 "/dev/pts is not a devpts: no terminal can be made");
}

/* In the child, with nothing of criterion's: its exit status says where it stopped. */
static int take_and_look(struct terminal *terminal)
{
	struct stat peer, zero;

	if (terminal_take(terminal, 1234) < 0)
		return 1;
	if (getsid(0) != getpid() || tcgetpgrp(0) != getpid())
		return 2;
	if (fstat(terminal->peer, &peer) < 0 || fstat(0, &zero) < 0 || peer.st_rdev != zero.st_rdev)
		return 3;
	if (peer.st_uid != 1234)
		return 4;
	if (open("/dev/tty", O_RDWR) < 0)
		return 5;
	return isatty(0) && isatty(1) && isatty(2) ? 0 : 6;
}

Test(terminal, the_taker_leads_a_session_on_it)
{
	struct terminal terminal = opened(&no_size);
	pid_t child;
	int status;

	if (getuid() != 0)
		cr_skip("only root gives terminals away");
	child = fork();
	if (child == 0)
		_exit(take_and_look(&terminal));
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_assert_eq(status, 0, "stopped at %d", WEXITSTATUS(status));
	closed(&terminal);
}

/* A listening socket at a path that may be too long for bind(2): made under a short name. */
static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "short.sock" };
	char directory[512];
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(directory, sizeof directory, "%s", path);
	*strrchr(directory, '/') = '\0';
	cr_assert_eq(chdir(directory), 0);
	cr_assert_eq(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
	cr_assert_eq(listen(listener, 1), 0);
	cr_assert_eq(rename("short.sock", path), 0);
	return listener;
}

static void hand_over(const char *path)
{
	struct terminal terminal = opened(&no_size), received = { -1, -1, "" };
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(4 * sizeof(int))];
	} control;
	struct iovec name = { received.name, sizeof received.name - 1 };
	struct msghdr message = { .msg_iov = &name, .msg_iovlen = 1, .msg_control = control.bytes,
				  .msg_controllen = sizeof control.bytes };
	autoclose int listener = listen_at(path);
	autoclose int ours = terminal_connect(path);

	cr_assert_geq(ours, 0, "%s", last_fault()->what);
	cr_assert(fcntl(ours, F_GETFD) & FD_CLOEXEC);
	autoclose int theirs = accept(listener, NULL, NULL);
	cr_assert_eq(terminal_send(ours, &terminal), 0);
	cr_assert_eq(recvmsg(theirs, &message, 0), (ssize_t)strlen(terminal.name));
	cr_assert_str_eq(received.name, terminal.name);
	cr_assert_eq(CMSG_FIRSTHDR(&message)->cmsg_len, CMSG_LEN(sizeof(int)), "one descriptor");
	memcpy(&received.master, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int));
	cr_assert_eq(write(received.master, "x\n", 2), 2);
	cr_assert_eq(read(terminal.peer, control.bytes, 8), 2, "it is the master");
	close(received.master);
	closed(&terminal);
}

Test(terminal, it_is_handed_over_by_one_message)
{
	char folder[] = "/tmp/terminal.XXXXXX", path[128];

	cr_assert_not_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/console.sock", folder);
	hand_over(path);
	unlink(path);
	rmdir(folder);
}

Test(terminal, a_path_longer_than_an_address_works)
{
	char folder[] = "/tmp/terminal.XXXXXX", deep[256], path[512];

	cr_assert_not_null(mkdtemp(folder));
	snprintf(deep, sizeof deep, "%s/%0150d", folder, 7);
	snprintf(path, sizeof path, "%s/%0120d", deep, 9);
	cr_assert_eq(mkdir(deep, 0700), 0);
	hand_over(path);
	unlink(path);
	rmdir(deep);
	rmdir(folder);
}

Test(terminal, nobody_listening_is_said_with_the_path)
{
	cr_assert_eq(terminal_connect("/nowhere/console.sock"), -ENOENT);
	cr_assert_str_eq(last_fault()->what, "connect to console socket /nowhere/console.sock: "
					     "No such file or directory");
}

Test(terminal, a_closed_console_socket_is_an_error_not_a_signal)
{
	struct terminal terminal = opened(&no_size);
	int ends[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	close(ends[1]);
	cr_assert_eq(terminal_send(ends[0], &terminal), -EPIPE);
	cr_assert_str_eq(last_fault()->what,
			 "send the terminal to the console socket: Broken pipe");
	close(ends[0]);
	closed(&terminal);
}
