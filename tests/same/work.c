/* work.c -- a runtime at work: runs one bundle in the way it asks for.
 *
 * stdin is a pipe's end without writer, stdout and stderr are files: nothing of the host's. With a
 * terminal, its text is read until the last one who has it is gone. */
#include "tests/same/same.h"

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
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/proc.h"

enum { most_words = 64 };

/* A command line under way. */
struct call {
	const char *word[most_words];
	int count;
	char *const *environment;
	int descriptors, terminal; /* a slave, or -1 */
	const char *output;        /* a file for stdout */
};

static void call_add(struct call *call, const char *text)
{
	char *replaced = stage_words(text), *copy = arena_copy(&words, replaced), *save;

	free(replaced);
	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
		call->word[call->count++] = word;
	call->word[call->count] = NULL;
}

static void have_stdio(const struct call *call)
{
	int pipe[2];

	if (call->terminal >= 0) {
		setsid();
		ioctl(call->terminal, TIOCSCTTY, 0);
		dup2(call->terminal, 0);
		dup2(call->terminal, 1);
	} else if (pipe2(pipe, 0) == 0) {
		dup2(pipe[0], 0);
		close(pipe[1]);
		dup2(open(call->output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666), 1);
	}
	dup2(open("../err", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666), 2);
	for (int fd = 3; fd < 3 + call->descriptors; fd++)
		dup2(open("facts", O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd);
	close_range((unsigned)(3 + call->descriptors), ~0U, 0);
}

static pid_t call_begin(const struct runtime *runtime, const struct call *call)
{
	char number[16];
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (chdir(stage.bundle) < 0)
		_exit(126);
	have_stdio(call);
	for (int i = 0; call->environment && i < 8 && call->environment[i]; i++)
		putenv(call->environment[i]);
	/* sd_listen_fds(3): who is not named by it leaves them alone. */
	snprintf(number, sizeof number, "%d", getpid());
	if (getenv("LISTEN_FDS") && !getenv("LISTEN_PID"))
		setenv("LISTEN_PID", number, 1);
	execv(runtime->path, (char *const *)call->word);
	_exit(127);
}

static struct call call_new(const struct runtime *runtime)
{
	struct call call = { .terminal = -1, .output = "../out" };

	call.word[0] = runtime->path;
	call.word[1] = "--root";
	call.word[2] = runtime->root;
	call.count = 3;
	return call;
}

/* The exit status of a child, as a shell has it; 124 when it had to be killed. */
static int end_of(pid_t pid)
{
	int pidfd = pidfd_of(pid), status;

	if (pidfd < 0)
		return 125;
	if (pidfd_wait_end(pidfd, patience_ms) < 0) {
		kill(pid, SIGKILL);
		pidfd_reap(pidfd);
		close(pidfd);
		return 124;
	}
	status = pidfd_reap(pidfd);
	close(pidfd);
	return status;
}

int runtime_call(const struct runtime *runtime, const char *const *more)
{
	struct call call = call_new(runtime);

	while (*more)
		call.word[call.count++] = *more++;
	call.word[call.count] = NULL;
	return end_of(call_begin(runtime, &call));
}

/* ---- terminals ----------------------------------------------------------------------------- */

static char *read_terminal(int master)
{
	int64_t until = clock_ms() + patience_ms;
	size_t length = 0, room = 1 << 20;
	struct pollfd readable = { .fd = master, .events = POLLIN };
	char *text = calloc(1, room);
	ssize_t got;

	while (length < room - 1 && poll(&readable, 1, clock_left(until)) > 0 &&
	       (got = read(master, text + length, room - length - 1)) > 0)
		length += (size_t)got;
	return text;
}

static int listen_at(const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strncpy(name.sun_path, path, sizeof name.sun_path - 1);
	if (bind(fd, (struct sockaddr *)&name, sizeof name) < 0 || listen(fd, 1) < 0)
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
	return fd;
}

/* The master that came over the console socket, or -1; it is there when `create` has ended. */
static int receive_master(int listener)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	char name[64];
	struct iovec text = { name, sizeof name };
	struct msghdr message = { .msg_iov = &text,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof control };
	int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC), master = -1;

	if (peer >= 0 && recvmsg(peer, &message, MSG_CMSG_CLOEXEC) >= 0 &&
	    message.msg_controllen >= CMSG_LEN(sizeof master))
		memcpy(&master, CMSG_DATA(&control.header), sizeof master);
	if (peer >= 0)
		close(peer);
	return master;
}

/* ---- ways to run a bundle ------------------------------------------------------------------ */

static void call_for(struct call *call, const struct bundle *bundle)
{
	call->environment = bundle->environment;
	call->descriptors = bundle->descriptors;
}

/* A command in the foreground, with a terminal of ours if it asks for one. */
static int foreground(const struct runtime *runtime, struct call *call, bool terminal,
		      struct facts *facts)
{
	struct winsize size = { .ws_row = 33, .ws_col = 101 };
	int master = -1;
	char *text;
	pid_t pid;

	if (!terminal)
		return end_of(call_begin(runtime, call));
	if (openpty(&master, &call->terminal, NULL, NULL, &size) < 0)
		return 125;
	pid = call_begin(runtime, call);
	close(call->terminal);
	text = read_terminal(master);
	facts_add_text(facts, "", text);
	free(text);
	close(master);
	return end_of(pid);
}

static bool wants(const struct bundle *bundle, const char *terminal)
{
	return bundle->terminal && !strcmp(bundle->terminal, terminal);
}

static int run(const struct runtime *runtime, const struct bundle *bundle, struct facts *facts)
{
	struct call call = call_new(runtime);

	call_add(&call, bundle->command ?: "run");
	call_add(&call, "@ID@");
	call_for(&call, bundle);
	return foreground(runtime, &call, wants(bundle, "pty"), facts);
}

static pid_t pid_in_file(void)
{
	char *text = stage_text("../pid");
	pid_t pid = (pid_t)atoi(text);

	free(text);
	return pid;
}

static int create(const struct runtime *runtime, const struct bundle *bundle, bool with_socket,
		  int *master)
{
	struct call call = call_new(runtime);
	int listener = -1, status;

	call_add(&call, bundle->command && !bundle->exec ? bundle->command : "create");
	call_add(&call, "--pid-file ../pid");
	if (with_socket) {
		listener = listen_at("../socket");
		call_add(&call, "--console-socket ../socket");
	}
	call_add(&call, "@ID@");
	call_for(&call, bundle);
	status = end_of(call_begin(runtime, &call));
	if (listener < 0)
		return status;
	if (status == 0)
		*master = receive_master(listener);
	close(listener);
	unlink("../socket");
	return status;
}

static void add_counters(const struct runtime *runtime, struct facts *facts)
{
	struct call call = call_new(runtime);
	char *text;

	call.output = "../stats";
	call_add(&call, "events --stats @ID@");
	if (end_of(call_begin(runtime, &call)) == 0) {
		text = stage_text("../stats");
		facts_add_counters(facts, text);
		free(text);
	}
	unlink("../stats");
}

static int create_and_start(const struct runtime *runtime, const struct bundle *bundle,
			    struct facts *facts)
{
	int master = -1, status = create(runtime, bundle, wants(bundle, "socket"), &master);
	char *text;

	if (status != 0)
		return status;
	facts_add_cgroups(facts, pid_in_file());
	add_counters(runtime, facts);
	status = runtime_call(runtime, (const char *const[]){ "start", stage.id, NULL });
	if (status != 0)
		return status;
	if (master >= 0) {
		text = read_terminal(master);
		facts_add_text(facts, "", text);
		free(text);
		close(master);
	}
	return end_of(pid_in_file());
}

static int exec(const struct runtime *runtime, const struct bundle *bundle, struct facts *facts)
{
	struct call call = call_new(runtime);
	int status = create(runtime, bundle, false, NULL);

	if (status != 0)
		return status;
	status = runtime_call(runtime, (const char *const[]){ "start", stage.id, NULL });
	if (status != 0)
		return status;
	call_add(&call, "exec");
	call_add(&call, bundle->exec);
	call_add(&call, "@ID@");
	if (!strstr(bundle->exec, "--process"))
		call_add(&call, "/probe --hide @ID@");
	call_for(&call, bundle);
	return foreground(runtime, &call, wants(bundle, "pty"), facts);
}

static bool probe_spoke(const struct facts *facts)
{
	for (size_t i = 0; i < facts->count; i++) {
		if (!strncmp(facts->line[i], "process.cwd: ", strlen("process.cwd: ")))
			return true;
	}
	return false;
}

bool runtime_work(const struct runtime *runtime, const struct bundle *bundle, struct facts *facts)
{
	const char *const force[] = { "delete", "--force", stage.id, NULL };
	char *text;
	int status;

	if (chdir(stage.bundle) < 0)
		return false;
	unlink("../out");
	unlink("../err");
	unlink("../pid");
	if (bundle->exec)
		status = exec(runtime, bundle, facts);
	else if (bundle->command && !strncmp(bundle->command, "create", 6))
		status = create_and_start(runtime, bundle, facts);
	else
		status = run(runtime, bundle, facts);
	facts_add(facts, "exit status: %d", status);
	text = stage_text("../out");
	facts_add_text(facts, "", text);
	free(text);
	if (bundle->exec || (bundle->command && !strncmp(bundle->command, "create", 6)))
		runtime_call(runtime, force);
	/* Whatever the container's first process was, it is our child by now and dead. */
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	facts_add_tree(facts, stage.bundle);
	facts_add_mounts(facts, stage.bundle);
	facts_sort(facts);
	return probe_spoke(facts);
}
