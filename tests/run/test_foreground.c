/* test_foreground.c -- what goes between a workload and its caller: terminals, signals,
 * descriptors, readiness. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/owned.h"
#include "tests/lib/box.h"
#include "tests/lib/holder.h"
#include "tests/lib/host.h"

TestSuite(foreground, .init = boxes_open, .fini = boxes_close, .timeout = 120);

enum { patience_ms = 10 * 1000 };

/* Reads from a terminal's master until `text` is part of what came. */
static const char *read_until(int master, const char *text)
{
	static char seen[8192];
	int64_t until = clock_ms() + patience_ms;
	size_t length = 0;

	seen[0] = '\0';
	while (!strstr(seen, text)) {
		struct pollfd ready = { .fd = master, .events = POLLIN };
		ssize_t got;

		cr_assert_eq(poll(&ready, 1, clock_left(until)), 1, "no \"%s\" in: %s", text, seen);
		got = read(master, seen + length, sizeof seen - length - 1);
		cr_assert_gt(got, 0, "the terminal hung up; no \"%s\" in: %s", text, seen);
		length += (size_t)got;
		seen[length] = '\0';
	}
	return seen;
}

/* ---- signals ---------------------------------------------------------------------------- */

Test(foreground, signals_are_passed_on)
{
	static const struct {
		int signal;
		const char *name;
	} passed[] = {
		{ SIGTERM, "TERM" }, { SIGINT, "INT" }, { SIGHUP, "HUP" }, { SIGUSR1, "USR1" },
		{ SIGUSR2, "USR2" }, { SIGQUIT, "QUIT" },
	};
	struct box *box = box_new();
	struct running run;
	char wanted[32];

	box_shell(box, "for s in TERM INT HUP USR1 USR2 QUIT; do trap \"echo got $s.\" $s; done;"
		       "trap 'echo last; exit 42' ALRM; echo up; while :; do sleep 0.02; done");
	run = box_begin_run(box);
	box_wait_output(box, "up\n");
	for (unsigned i = 0; i < sizeof passed / sizeof *passed; i++) {
		cr_assert_eq(kill(run.pid, passed[i].signal), 0);
		snprintf(wanted, sizeof wanted, "got %s.\n", passed[i].name);
		box_wait_output(box, wanted);
	}
	cr_assert_eq(kill(run.pid, SIGALRM), 0);
	assert_status(runtime_finish(&run), 42);
}

Test(foreground, exec_passes_signals_on_too)
{
	struct box *box = box_new();
	struct running exec;

	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	assert_ok(box_start(box));
	exec = runtime_begin(box, "exec", box->id, "sh", "-c",
			     "trap 'exit 5' TERM; echo up; while :; do sleep 0.02; done");
	box->output = exec.call;
	box_wait_output(box, "up\n");
	cr_assert_eq(kill(exec.pid, SIGTERM), 0);
	assert_status(runtime_finish(&exec), 5);
}

Test(foreground, a_signals_death_is_128_and_its_number)
{
	struct box *box = box_new();
	struct running run;

	box_shell(box, "echo up; exec sleep 1000");
	run = box_begin_run(box);
	box_wait_output(box, "up\n");
	assert_ok(box_kill(box, "KILL"));
	assert_status(runtime_finish(&run), 137);
}

/* ---- terminals -------------------------------------------------------------------------- */

Test(foreground, a_terminal_is_copied_and_its_size_follows)
{
	struct winsize size = { .ws_row = 33, .ws_col = 77 };
	struct box *box = box_new();
	struct termios before, after;
	struct running run;
	int master, peer;

	cr_assert_eq(openpty(&master, &peer, NULL, NULL, &size), 0);
	cr_assert_eq(tcgetattr(peer, &before), 0);
	box_set(box, "process.terminal", "true");
	box_shell(box, "tty; stty -a | grep -o -- '-onlcr'; stty size; read line; echo \"heard $line.\";"
		       "while [ \"$(stty size)\" = '33 77' ]; do sleep 0.02; done; stty size;"
		       "exit 9");
	box_write(box);
	run = runtime_begin_on(peer, box, (const char *const[]){ "run", box->id, NULL });
	/* Our own terminal makes "\r\n" of "\n"; twice would be once too often. */
	cr_assert_str_eq(read_until(master, "33 77\r\n"), "/dev/pts/0\r\n-onlcr\r\n33 77\r\n");
	cr_assert_eq(write(master, "hello\n", 6), 6);
	read_until(master, "heard hello.");
	size.ws_row = 44;
	cr_assert_eq(ioctl(master, TIOCSWINSZ, &size), 0);
	read_until(master, "44 77");
	assert_status(runtime_finish(&run), 9);
	cr_assert_eq(tcgetattr(peer, &after), 0);
	cr_assert_eq(before.c_lflag, after.c_lflag, "it is as it was");
	cr_assert_eq(before.c_oflag, after.c_oflag);
}

Test(foreground, exec_can_have_a_terminal)
{
	struct box *box = box_new();
	struct running exec;
	int master, peer;

	cr_assert_eq(openpty(&master, &peer, NULL, NULL, NULL), 0);
	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	assert_ok(box_start(box));
	exec = runtime_begin_on(peer, box, (const char *const[]){ "exec", "--tty", box->id, "sh",
				"-c", "tty; read line; echo \"heard $line.\"", NULL });
	read_until(master, "/dev/pts/0");
	cr_assert_eq(write(master, "hello\n", 6), 6);
	read_until(master, "heard hello.");
	assert_status(runtime_finish(&exec), 0);
}

Test(foreground, a_console_socket_is_sent_the_terminal)
{
	struct box *box = box_new();
	char path[128], name[64];
	int listener;

	snprintf(path, sizeof path, "%s/console.sock", boxes_folder());
	listener = listener_new(path);
	box_set(box, "process.terminal", "true");
	box_set(box, "process.consoleSize", "{'height': 21, 'width': 43}");
	box_shell(box, "stty size; test -t 0 && test -t 1 &&"
		       "test -t 2 && ls -l /dev/console | cut -c1; exec sleep 1000");
	box_write(box);
	assert_ok(runtime(box, "create", "--console-socket", path, box->id));
	autoclose int master = listener_receive(listener, name, sizeof name);
	cr_assert_geq(master, 0);
	cr_assert_str_eq(name, "/dev/pts/0");
	assert_ok(box_start(box));
	cr_assert_str_eq(read_until(master, "c\r\n"), "21 43\r\nc\r\n");
	close(listener);
}

Test(foreground, a_pidfd_socket_is_sent_a_pidfd)
{
	struct box *box = box_new();
	char path[128], name[64], info[64];
	int listener;

	snprintf(path, sizeof path, "%s/pidfd.sock", boxes_folder());
	listener = listener_new(path);
	box_args(box, "sleep", "1000");
	box_write(box);
	assert_ok(runtime(box, "create", "--pidfd-socket", path, box->id));
	autoclose int pidfd = listener_receive(listener, name, sizeof name);
	cr_assert_geq(pidfd, 0);
	snprintf(info, sizeof info, "Pid:\t%d\n", box_pid(box));
	cr_assert_not_null(strstr(file_text("/proc/self/fdinfo/%d", pidfd), info));
	close(listener);
}

/* ---- descriptors ------------------------------------------------------------------------ */

static int file_with(const char *text)
{
	int ends[2];

	cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
	cr_assert_eq(write(ends[1], text, strlen(text)), (ssize_t)strlen(text));
	close(ends[1]);
	return ends[0];
}

Test(foreground, descriptors_are_passed_on_when_asked)
{
	struct box *box = box_new();

	runtime_leak(file_with("third\n"), 3);
	runtime_leak(file_with("fourth\n"), 4);
	runtime_leak(file_with("fifth\n"), 5);
	box_shell(box, "cat <&3; cat <&4; cat <&5 || echo no fifth");
	box_write(box);
	cr_assert_str_eq(runtime(box, "run", "--preserve-fds", "2", box->id).out,
			 "third\nfourth\nno fifth\n");
}

/* 4 is the lowest free number when we are started: what we open ourselves has it. */
Test(foreground, a_descriptor_that_is_not_there_is_not_filled_in)
{
	struct box *box = box_new();

	runtime_leak(file_with("third\n"), 3);
	box_shell(box, "cat <&3; cat <&4 || echo no fourth");
	box_write(box);
	cr_assert_str_eq(runtime(box, "run", "--preserve-fds", "3", box->id).out,
			 "third\nno fourth\n");
}

Test(foreground, sockets_of_an_activation_are_passed_on)
{
	struct box *box = box_new();

	runtime_leak(file_with("third\n"), 3);
	setenv("LISTEN_FDS", "1", 1);
	setenv("LISTEN_FDNAMES", "web", 1);
	unsetenv("LISTEN_PID");
	box_shell(box, "cat <&3; echo $LISTEN_FDS $LISTEN_FDNAMES $LISTEN_PID");
	assert_prints(box_run(box), "third\n1 web 1\n");
}

/* ---- readiness -------------------------------------------------------------------------- */

/* Says READY=1 for the workload, which has no program for it. */
static void say_ready(pid_t pid)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	autoclose int sender = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "/proc/%d/root/run/notify/notify.sock",
		 pid);
	cr_assert_eq(connect(sender, (struct sockaddr *)&address, sizeof address), 0, "%s",
		     strerror(errno));
	cr_assert_eq(write(sender, "READY=1\n", 8), 8);
}

Test(foreground, start_waits_for_readiness_and_passes_it_on)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	autoclose int host = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct box *box = box_new();
	struct pollfd heard = { .fd = host, .events = POLLIN };
	char text[128] = "", wanted[64];
	struct running start;

	snprintf(address.sun_path, sizeof address.sun_path, "%s/host.sock", boxes_folder());
	cr_assert_eq(bind(host, (struct sockaddr *)&address, sizeof address), 0);
	setenv("NOTIFY_SOCKET", address.sun_path, 1);
	box_shell(box, "echo $NOTIFY_SOCKET; exec sleep 1000");
	assert_ok(box_create(box));
	start = runtime_begin(box, "start", box->id);
	box_wait_output(box, "/run/notify/notify.sock\n");
	cr_assert_eq(poll(&heard, 1, 0), 0, "it is not ready yet");
	say_ready(box_pid(box));
	snprintf(wanted, sizeof wanted, "READY=1MAINPID=%dBARRIER=1", box_pid(box));
	/* The last one's descriptor goes unreceived, and is so closed: the answer waited for. */
	while (!strstr(text, "BARRIER=1")) {
		cr_assert_eq(poll(&heard, 1, patience_ms), 1, "no more after: %s", text);
		cr_assert_gt(read(host, text + strlen(text), sizeof text - strlen(text) - 1), 0);
	}
	cr_assert_str_eq(text, wanted);
	assert_ok(runtime_finish(&start));
}
