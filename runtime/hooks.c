/* hooks.c -- runs the programs a config asks for at six moments of a container's life.
 *
 * A hook is somebody else's program that runs with all our privileges, and what it inherits has
 * been used against runtimes before: createContainer hooks that took LD_PRELOAD from the image
 * (CVE-2025-23266), descriptors, the caller's terminal. So it gets a new session, the environment
 * of its own entry and nothing else (config.md, "POSIX-platform Hooks").
 *
 * A hook has three pipes: the state goes in, two streams come out. We keep both ends of the first,
 * so a hook that never reads can neither block us (the pipe just stays full) nor kill us by SIGPIPE
 * (the pipe always has a reader). Only the end of the hook's own process counts as its end: a
 * daemon left behind may keep the other pipes open as long as it likes.
 *
 * Does not decide when hooks run or what the state says (build.c, life.c), nor which process runs
 * them: createContainer and startContainer hooks are run by the inside itself.
 *
 * SIGCHLD must not be ignored in the calling process: its children would vanish unseen. */
#include "runtime/hooks.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/debug.h"
#include "runtime/base/fault.h"
#include "runtime/base/owned.h"
#include "runtime/base/proc.h"
#include "runtime/interrupt.h"

enum {
	kept_bytes = 1200,     /* of each stream: what the sentence of a fault has room for, twice */
	drain_reads = 32,      /* of 4 KiB: two pipes' worth, however much a daemon goes on saying */
	kill_grace_ms = 5000,  /* after SIGKILL only a process stuck in the kernel lasts longer */
};

/* The end of what a hook said. */
struct tail {
	int fd;
	char bytes[kept_bytes + 1];
	size_t length;
};

/* One hook while it runs. */
struct attended {
	pid_t pid;
	int pidfd;
	int in;             /* we write the state here; -1 when all is written */
	const char *state;  /* what is left of it */
	struct tail out, err;
	const struct hooks_setting *setting;
};

static void keep(struct tail *tail, const char *bytes, size_t count)
{
	size_t surplus;

	if (count > kept_bytes) {
		bytes += count - kept_bytes;
		count = kept_bytes;
	}
	surplus = tail->length + count > kept_bytes ? tail->length + count - kept_bytes : 0;
	memmove(tail->bytes, tail->bytes + surplus, tail->length - surplus);
	tail->length -= surplus;
	for (size_t i = 0; i < count; i++) {
		/* A startContainer hook is a program of the image, and this ends on a terminal. */
		bool plain = !iscntrl((unsigned char)bytes[i]) || strchr("\n\t", bytes[i]);

		tail->bytes[tail->length++] = plain && bytes[i] ? bytes[i] : '?';
	}
	tail->bytes[tail->length] = '\0';
}

/* One read; false when there is nothing more for now. */
static bool listen_to(struct tail *tail)
{
	char bytes[4096];
	ssize_t got;

	if (tail->fd < 0)
		return false;
	got = read(tail->fd, bytes, sizeof bytes);
	if (got > 0) {
		keep(tail, bytes, (size_t)got);
		return true;
	}
	if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
		close(tail->fd);
		tail->fd = -1;
	}
	return false;
}

static void tell_state(struct attended *hook)
{
	ssize_t put = write(hook->in, hook->state, strlen(hook->state));

	if (put > 0)
		hook->state += put;
	if (*hook->state && (put >= 0 || errno == EAGAIN || errno == EINTR))
		return;
	close(hook->in);
	hook->in = -1;
}

/* Until the hook has ended: 0, -ETIMEDOUT, -EINTR with its fault or what poll(2) said. */
static int attend(struct attended *hook, int64_t until)
{
	for (;;) {
		struct pollfd watched[] = {
			{ .fd = hook->pidfd, .events = POLLIN },
			{ .fd = hook->in, .events = POLLOUT },
			{ .fd = hook->out.fd, .events = POLLIN },
			{ .fd = hook->err.fd, .events = POLLIN },
			{ .fd = interrupt_fd(), .events = POLLIN },
		};
		int ready = poll(watched, sizeof watched / sizeof *watched, clock_left(until));

		if (ready < 0 && errno != EINTR)
			return -errno;
		if (ready < 0)
			continue;
		if (ready == 0)
			return -ETIMEDOUT;
		if (watched[1].revents)
			tell_state(hook);
		if (watched[2].revents)
			listen_to(&hook->out);
		if (watched[3].revents)
			listen_to(&hook->err);
		if (watched[0].revents)
			break;
		if (watched[4].revents && interrupt_check())
			return -EINTR;
	}
	for (int reads = 0; reads < drain_reads && listen_to(&hook->out);)
		reads++;
	for (int reads = 0; reads < drain_reads && listen_to(&hook->err);)
		reads++;
	return 0;
}

/* posix_spawn(3) is a vfork: no page table is copied however large we are. */
static int spawn(pid_t *pid, const struct spec_hook *hook, const int stdio[3], int cwd,
		 char *const *env)
{
	char *const name_only[] = { hook->path, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t set;
	int error;

	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attributes);
	for (int fd = 0; fd < 3; fd++)
		posix_spawn_file_actions_adddup2(&files, stdio[fd], fd);
	if (cwd >= 0)
		posix_spawn_file_actions_addfchdir_np(&files, cwd);
	posix_spawn_file_actions_addclosefrom_np(&files, 3);
	/* A session, not only a group: no way to our terminal (TIOCSTI). */
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
						      POSIX_SPAWN_SETSIGDEF);
	sigemptyset(&set);
	posix_spawnattr_setsigmask(&attributes, &set);
	sigfillset(&set);
	posix_spawnattr_setsigdefault(&attributes, &set);
	error = posix_spawn(pid, hook->path, &files, &attributes,
			    hook->args.count ? hook->args.at : name_only, env);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return -error;
}

/* For the process of a hook that is to be confined: posix_spawn(3) has no place for that. */
static void become(const struct spec_hook *hook, const int stdio[3], int words,
		   const struct hooks_setting *setting, char *const *env)
{
	char *const name_only[] = { hook->path, NULL };
	sigset_t none;
	int result = 0;

	setsid();
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int fd = 0; fd < 3 && !result; fd++)
		result = dup2(stdio[fd], fd) < 0 ? -errno : 0;
	if (!result && words != 3)
		result = dup3(words, 3, O_CLOEXEC) < 0 ? -errno : 0;
	if (!result) {
		words = 3;
		close_range(4, ~0U, 0);
		result = setting->confine(setting->run);
	}
	if (!result) {
		execve(hook->path, hook->args.count ? hook->args.at : name_only, env);
		result = -errno;
	}
	/* Under the filter this may be one thing too much; then that is what it died of. */
	(void)!write(words, &result, sizeof result);
	_exit(127);
}

/* As spawn(), and confined. None of the descriptors is among the lowest three: those are open. */
static int spawn_confined(pid_t *pid, const struct spec_hook *hook, const int stdio[3],
			  const struct hooks_setting *setting, char *const *env)
{
	int ends[2], result = 0;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	*pid = fork();
	if (*pid == 0)
		become(hook, stdio, ends[1], setting, env);
	result = *pid < 0 ? -errno : 0;
	close(ends[1]);
	/* Its end closes at execve. */
	while (!result && read(ends[0], &result, sizeof result) < 0 && errno == EINTR)
		;
	close(ends[0]);
	if (result && *pid > 0)
		waitpid(*pid, NULL, 0);
	return result;
}

/* With a small first letter, as Go has it and engines compare. */
static const char *lower_first(const char *words, char *copy, size_t size)
{
	snprintf(copy, size, "%s", words ? words : "unknown");
	copy[0] = (char)tolower((unsigned char)copy[0]);
	return copy;
}

static int judge(const struct attended *hook, int status)
{
	char words[64];

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFEXITED(status))
		return refuse(ECANCELED, "exit status %d, stdout: %s, stderr: %s",
			      WEXITSTATUS(status), hook->out.bytes, hook->err.bytes);
	return refuse(ECANCELED, "signal: %s%s, stdout: %s, stderr: %s",
		      lower_first(sigdescr_np(WTERMSIG(status)), words, sizeof words),
		      WCOREDUMP(status) ? " (core dumped)" : "", hook->out.bytes, hook->err.bytes);
}

/* Its pid is still its own: nobody but us reaps it. The group may outlive it; the pid cannot be
 * given to anyone else as long as the group has a member. */
static void end_all_of_it(const struct attended *hook)
{
	kill(-hook->pid, SIGKILL);
	kill(hook->pid, SIGKILL);
	if (pidfd_wait_end(hook->pidfd, kill_grace_ms) == 0)
		waitpid(hook->pid, NULL, 0);
}

static int wait_for(struct attended *hook, const struct maybe_i64 *timeout)
{
	/* A thousand years and above are never. */
	bool limited = timeout->given && timeout->value < INT64_C(1) << 35;
	int status, result;

	hook->pidfd = pidfd_of(hook->pid);
	result = hook->pidfd < 0 ? hook->pidfd :
				   attend(hook, limited ? clock_ms() + timeout->value * 1000 :
							  CLOCK_NEVER);
	if (result) {
		end_all_of_it(hook);
		if (result == -ETIMEDOUT)
			return refuse(ETIMEDOUT, "hook ran past specified timeout of %.1fs",
				      (double)timeout->value);
		return result == -EINTR ? result : fail(result, "wait for %d", hook->pid);
	}
	while (waitpid(hook->pid, &status, 0) < 0) {
		if (errno != EINTR)
			return fail(errno, "wait for %d", hook->pid);
	}
	return judge(hook, status);
}

static int make_pipe(int *reader, int *writer)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return fail(errno, "make a pipe");
	*reader = ends[0];
	*writer = ends[1];
	return 0;
}

static void do_not_block(int fd)
{
	fcntl(fd, F_SETFL, O_NONBLOCK);
}

/* Of a hook that names none, and of what else it may be told nothing: programs that hooks start
 * (CVE-2025-23266) are found where those of our caller are. */
static char *const *path_only(void)
{
	static char standard[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	static char *env[] = { standard, NULL };

	/* The string getenv(3) points into begins with the name. */
	if (getenv("PATH"))
		env[0] = getenv("PATH") - strlen("PATH=");
	return env;
}

static char *const *environment_of(const struct spec_hook *hook, char *const *inherited)
{
	static char *const none[] = { NULL };

	if (hook->env_given)
		return hook->env.count ? hook->env.at : none;
	return inherited ? inherited : path_only();
}

/* Runs it with three pipes; the three ends in `theirs` are the hook's. */
static int run_with_pipes(const struct spec_hook *hook, struct attended *attended, int theirs[3],
			  int cwd)
{
	const struct hooks_output *output = attended->setting->output;
	char *const *env;
	int stdio[3];
	int result;

	if (make_pipe(&theirs[0], &attended->in) || make_pipe(&attended->out.fd, &theirs[1]) ||
	    make_pipe(&attended->err.fd, &theirs[2]))
		return -last_fault()->error;
	do_not_block(attended->in);
	do_not_block(attended->out.fd);
	do_not_block(attended->err.fd);
	memcpy(stdio, theirs, sizeof stdio);
	if (output && output->out >= 0)
		stdio[1] = output->out;
	if (output && output->err >= 0)
		stdio[2] = output->err;
	env = environment_of(hook, attended->setting->env);
	result = attended->setting->confine
			 ? spawn_confined(&attended->pid, hook, stdio, attended->setting, env)
			 : spawn(&attended->pid, hook, stdio, cwd, env);
	if (result)
		return fail_as_go(result, "fork/exec %s", hook->path);
	close(theirs[1]);
	close(theirs[2]);
	theirs[1] = theirs[2] = -1;
	return wait_for(attended, &hook->timeout);
}

static int run_one(const struct spec_hook *hook, const struct hooks_setting *setting)
{
	struct attended attended = {
		.pidfd = -1, .in = -1, .state = setting->state, .out.fd = -1, .err.fd = -1,
		.setting = setting,
	};
	const char *cwd = setting->cwd;
	int theirs[3] = { -1, -1, -1 };
	autoclose int start = -1;
	int result;

	/* A relative path would be looked up below a directory the container may own. */
	if (hook->path[0] != '/')
		return refuse(EINVAL, "hook path \"%s\" is not absolute", hook->path);
	if (cwd)
		start = open(cwd, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (cwd && start < 0)
		return fail(errno, "open %s", cwd);
	result = run_with_pipes(hook, &attended, theirs, start);
	close_owned(&attended.pidfd);
	close_owned(&attended.in);
	close_owned(&attended.out.fd);
	close_owned(&attended.err.fd);
	for (int fd = 0; fd < 3; fd++)
		close_owned(&theirs[fd]);
	return result;
}

static int run_at(const struct spec_hook_list *hooks, size_t i, const char *kind,
		  const struct hooks_setting *setting)
{
	int result;

	debug("%s hook %s", kind, hooks->at[i].path);
	result = run_one(&hooks->at[i], setting);
	if (!result)
		return 0;
	refuse(result, "error running %s hook #%zu: %s", kind, i, last_fault()->what);
	return blame(result, "hooks.%s[%zu]", kind, i);
}

int hooks_run(const struct spec_hook_list *hooks, const char *kind,
	      const struct hooks_setting *setting)
{
	int result = 0;

	for (size_t i = 0; !result && i < hooks->count; i++)
		result = run_at(hooks, i, kind, setting);
	return result;
}

void hooks_run_all(const struct spec_hook_list *hooks, const char *kind,
		   const struct hooks_setting *setting)
{
	for (size_t i = 0; i < hooks->count; i++) {
		if (run_at(hooks, i, kind, setting)) {
			warn("%s", last_fault()->what);
			forget_fault();
		}
	}
}

bool hooks_failed(void)
{
	return !strncmp(last_fault()->path, "hooks.", 6);
}
