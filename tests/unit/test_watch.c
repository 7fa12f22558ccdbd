/* test_watch.c -- a user's terminal, a watcher and a workload, all real. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/fault.h"
#include "runtime/base/owned.h"
#include "runtime/base/proc.h"
#include "runtime/terminal.h"
#include "runtime/watch.h"

/* A shell without job control has what it runs in the background ignore these. */
static void hear_the_keyboard(void)
{
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
}

TestSuite(watch, .init = hear_the_keyboard, .timeout = 60);

/* A user's terminal (or, without one, a pipe) with a watcher on it that watches `script`. */
static struct scene {
	pid_t watcher;
	int keys; /* the user's fingers and eyes; without a terminal: eyes only */
	int peer; /* the terminal itself, -1 without one */
	int pipe_bytes; /* what the pipe shall hold, 0 for as much as pipes do */
	struct termios before;
	char seen[65536];
	size_t length;
} scene;

static pid_t spawn_workload(const char *script, struct terminal *terminal)
{
	pid_t workload = fork();

	if (workload != 0)
		return workload;
	sigprocmask(SIG_SETMASK, watch_old_mask(), NULL);
	if (terminal && terminal_take(terminal, getuid()) < 0)
		_exit(120);
	execl("/bin/sh", "sh", "-c", script, NULL);
	_exit(121);
}

/* The watcher's own life; its exit status is the workload's, 99 when it failed. */
static int watch_over(const char *script, bool with_terminal)
{
	struct terminal terminal = { -1, -1, "" };
	struct spec_console_size none = { 0 };
	int result;
	pid_t workload;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (watch_prepare() < 0 || (with_terminal && terminal_open(&terminal, -1, &none, true) < 0))
		return 98;
	workload = spawn_workload(script, with_terminal ? &terminal : NULL);
	if (with_terminal)
		close(terminal.peer);
	result = watch(pidfd_of(workload), terminal.master);
	return result < 0 ? 99 : result;
}

static void on_a_terminal(const char *script)
{
	int master, peer;

	if (access("/dev/pts/ptmx", R_OK | W_OK) < 0)
		cr_skip("no devpts of our own at /dev/pts");
	cr_assert_eq(openpty(&master, &peer, NULL, NULL, &(struct winsize){ 30, 90, 0, 0 }), 0);
	cr_assert_eq(tcgetattr(peer, &scene.before), 0);
	scene.watcher = fork();
	if (scene.watcher == 0) {
		setsid();
		ioctl(peer, TIOCSCTTY, 0);
		for (int fd = 0; fd < 3; fd++)
			dup2(peer, fd);
		close_range(3, ~0U, 0);
		_exit(watch_over(script, true));
	}
	scene.keys = master;
	scene.peer = peer;
}

static void on_a_pipe(const char *script, bool with_terminal)
{
	int ends[2];

	if (with_terminal && access("/dev/pts/ptmx", R_OK | W_OK) < 0)
		cr_skip("no devpts of our own at /dev/pts");
	cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
	if (scene.pipe_bytes)
		cr_assert_eq(fcntl(ends[1], F_SETPIPE_SZ, scene.pipe_bytes), scene.pipe_bytes);
	scene.watcher = fork();
	if (scene.watcher == 0) {
		int null = open("/dev/null", O_RDONLY);

		dup2(null, 0);
		dup2(ends[1], 1);
		close_range(3, ~0U, 0);
		_exit(watch_over(script, with_terminal));
	}
	close(ends[1]);
	scene.keys = ends[0];
	scene.peer = -1;
}

static bool see_more(void)
{
	ssize_t got = read(scene.keys, scene.seen + scene.length,
			   sizeof scene.seen - 1 - scene.length);

	if (got <= 0)
		return false;
	scene.length += (size_t)got;
	scene.seen[scene.length] = '\0';
	return true;
}

static void wait_to_see(const char *text)
{
	while (!strstr(scene.seen, text))
		cr_assert(see_more(), "it ended before \"%s\" was seen, with \"%s\"", text,
			  scene.seen);
}

static void type(const char *text)
{
	cr_assert_eq(write(scene.keys, text, strlen(text)), (ssize_t)strlen(text));
}

/* The watcher's end as waitpid(2) has it; all it had to say has been seen. */
static int end(void)
{
	int status;

	if (scene.peer < 0) {
		while (see_more())
			;
	}
	cr_assert_eq(waitpid(scene.watcher, &status, 0), scene.watcher);
	while (scene.peer >= 0 && poll(&(struct pollfd){ scene.keys, POLLIN, 0 }, 1, 0) > 0 &&
	       see_more())
		;
	return status;
}

static bool terminal_is_as_before(void)
{
	struct termios now;

	cr_assert_eq(tcgetattr(scene.peer, &now), 0);
	return now.c_lflag == scene.before.c_lflag && now.c_iflag == scene.before.c_iflag &&
	       now.c_oflag == scene.before.c_oflag;
}

Test(watch, the_exit_status_is_that_of_the_workload)
{
	on_a_pipe("exit 37", false);
	cr_assert_eq(WEXITSTATUS(end()), 37);
}

Test(watch, a_death_by_signal_is_128_and_the_signal)
{
	on_a_pipe("kill -KILL $$", false);
	cr_assert_eq(WEXITSTATUS(end()), 137);
}

Test(watch, signals_are_forwarded)
{
	on_a_pipe("trap 'echo got term; exit 5' TERM; trap 'echo got usr1' USR1; echo up; "
		  "while :; do sleep 0.05; done", false);
	wait_to_see("up");
	kill(scene.watcher, SIGUSR1);
	wait_to_see("got usr1");
	kill(scene.watcher, SIGTERM);
	cr_assert_eq(WEXITSTATUS(end()), 5);
	cr_assert_str_eq(scene.seen, "up\ngot usr1\ngot term\n");
}

Test(watch, a_deadly_signal_ends_both_with_its_number)
{
	on_a_pipe("echo up; exec sleep 1000", false);
	wait_to_see("up");
	kill(scene.watcher, SIGINT);
	cr_assert_eq(WEXITSTATUS(end()), 130);
}

Test(watch, a_signal_before_the_workload_is_not_lost)
{
	int ends[2];
	pid_t watcher;
	int status;

	cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
	watcher = fork();
	if (watcher == 0) {
		watch_prepare();
		raise(SIGTERM);
		_exit(watch(pidfd_of(spawn_workload("exec sleep 1000", NULL)), -1));
	}
	cr_assert_eq(waitpid(watcher, &status, 0), watcher);
	cr_assert_eq(WEXITSTATUS(status), 143);
}

Test(watch, a_signal_ignored_by_nohup_is_not_forwarded)
{
	signal(SIGHUP, SIG_IGN);
	on_a_pipe("trap 'echo hup' HUP; trap 'echo term; exit 0' TERM; echo up; "
		  "while :; do sleep 0.05; done", false);
	wait_to_see("up");
	kill(scene.watcher, SIGHUP);
	kill(scene.watcher, SIGTERM);
	cr_assert_eq(end(), 0);
	cr_assert_str_eq(scene.seen, "up\nterm\n");
}

Test(watch, children_it_inherits_are_buried)
{
	/* The orphan ends, then the workload looks whether its parent still has a zombie. */
	on_a_pipe("parent=$PPID; (sh -c 'exit 0' & echo orphan $!) | while read _ pid; do "
		  "while test -e /proc/$pid; do :; done; echo buried; done", false);
	cr_assert_eq(end(), 0);
	cr_assert_str_eq(scene.seen, "buried\n");
}

Test(watch, the_old_mask_is_what_we_had)
{
	sigset_t one, now;

	cr_assert_null(watch_old_mask());
	sigemptyset(&one);
	sigaddset(&one, SIGUSR2);
	sigprocmask(SIG_SETMASK, &one, NULL);
	cr_assert_eq(watch_prepare(), 0);
	cr_assert_eq(watch_prepare(), 0, "twice does not forget it");
	sigprocmask(SIG_SETMASK, NULL, &now);
	cr_assert(sigismember(&now, SIGTERM));
	cr_assert_not(sigismember(watch_old_mask(), SIGTERM));
	cr_assert(sigismember(watch_old_mask(), SIGUSR2));
}

Test(watch, keys_reach_the_workload_and_its_words_come_back)
{
	on_a_terminal("stty -echo; echo ready; read line; echo \"<$line>\"; exit 3");
	wait_to_see("ready\r\n");
	type("hello\r");
	wait_to_see("<hello>\r\n");
	cr_assert_eq(WEXITSTATUS(end()), 3);
	cr_assert(terminal_is_as_before());
}

Test(watch, control_c_is_a_key_for_the_container_not_a_signal_for_us)
{
	on_a_terminal("trap 'echo interrupted; exit 9' INT; echo ready; "
		      "while :; do sleep 0.05; done");
	wait_to_see("ready");
	type("\003");
	wait_to_see("interrupted");
	cr_assert_eq(WEXITSTATUS(end()), 9);
}

Test(watch, the_size_follows_ours)
{
	on_a_terminal("stty size; trap 'stty size; exit 0' WINCH; echo ready; "
		      "while :; do sleep 0.05; done");
	wait_to_see("30 90");
	wait_to_see("ready");
	cr_assert_eq(ioctl(scene.keys, TIOCSWINSZ, &(struct winsize){ 50, 120, 0, 0 }), 0);
	wait_to_see("50 120");
	cr_assert_eq(end(), 0);
}

Test(watch, everything_written_before_the_end_is_seen)
{
	on_a_pipe("i=0; while test $i -lt 3000; do echo line $i; i=$((i+1)); done; echo last", true);
	cr_assert_eq(end(), 0);
	cr_assert_eq(scene.length, 10 * 7 + 90 * 8 + 900 * 9 + 2000 * 10 + 5);
	cr_assert_str_eq(scene.seen + scene.length - 15, "line 2999\nlast\n");
}

Test(watch, a_terminal_closed_and_opened_again_goes_on)
{
	/* The pause gives the watcher the time to see a hangup, if there were one. */
	on_a_terminal("tty=$(tty); exec 0<&- 1>&- 2>&-; sleep 0.2; exec >$tty; echo again");
	wait_to_see("again\r\n");
	cr_assert_eq(end(), 0);
}

Test(watch, the_terminal_is_restored_when_we_crash)
{
	on_a_terminal("echo ready; exec sleep 1000");
	wait_to_see("ready");
	cr_assert_not(terminal_is_as_before());
	kill(scene.watcher, SIGSEGV);
	cr_assert(WIFSIGNALED(end()));
	cr_assert(terminal_is_as_before());
}

Test(watch, a_reader_that_went_away_does_not_hold_up_the_workload)
{
	on_a_pipe("echo up; read line < /dev/null; yes | head -c 300000; exit 4", true);
	wait_to_see("up");
	close(scene.keys);
	scene.keys = open("/dev/null", O_RDONLY | O_CLOEXEC);
	cr_assert_eq(WEXITSTATUS(end()), 4);
}

/* A workload that says READY=1 to `speaker`, then waits for the end of its standard input. */
static int watch_a_service(int listener, const char *host, int speaker)
{
	pid_t workload;
	char byte;

	watch_prepare();
	workload = fork();
	if (workload == 0) {
		(void)!write(speaker, "READY=1", 7);
		(void)!read(0, &byte, 1);
		_exit(6);
	}
	watch_readiness(listener, host);
	return watch(pidfd_of(workload), -1);
}

Test(watch, readiness_is_passed_on_while_the_service_runs)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char folder[] = "/tmp/watch.XXXXXX", text[64] = "";
	int host = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), pair[2], input[2], status;
	pid_t watcher;

	cr_assert_not_null(mkdtemp(folder));
	snprintf(address.sun_path, sizeof address.sun_path, "%s/host", folder);
	cr_assert_eq(bind(host, (struct sockaddr *)&address, sizeof address), 0);
	cr_assert_eq(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair), 0);
	cr_assert_eq(pipe2(input, O_CLOEXEC), 0);
	watcher = fork();
	if (watcher == 0) {
		dup2(input[0], 0);
		close(input[1]);
		_exit(watch_a_service(pair[0], address.sun_path, pair[1]));
	}
	cr_assert_eq(recv(host, text, sizeof text, 0), 7);
	cr_assert_str_eq(text, "READY=1");
	/* No MAINPID. Received without room for its descriptor, the barrier is answered at once. */
	cr_assert_eq(recv(host, text, sizeof text, 0), 9);
	cr_assert_str_eq(text, "BARRIER=1");
	close(input[1]);
	cr_assert_eq(waitpid(watcher, &status, 0), watcher);
	cr_assert_eq(WEXITSTATUS(status), 6);
	unlink(address.sun_path);
	rmdir(folder);
}

static bool has_children(pid_t pid)
{
	char path[64], one;

	snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, pid);
	autoclose int list = open(path, O_RDONLY | O_CLOEXEC);
	return list >= 0 && read(list, &one, 1) == 1;
}

Test(watch, a_reader_that_never_reads_can_be_left_by_a_signal)
{
	if (access("/proc/thread-self/children", R_OK) < 0)
		cr_skip("this kernel does not list a process's children");
	/* More than the pipe holds, and less than the pty: the workload ends, its words wait. */
	scene.pipe_bytes = 4096;
	on_a_pipe("head -c 9000 /dev/zero", true);
	cr_assert_eq(poll(&(struct pollfd){ scene.keys, POLLIN, 0 }, 1, -1), 1);
	while (has_children(scene.watcher))
		;
	kill(scene.watcher, SIGTERM);
	cr_assert_eq(waitpid(scene.watcher, NULL, 0), scene.watcher);
}
