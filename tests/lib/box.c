/* box.c -- a container for a test: its bundle, the runtime's commands on it, its end. See box.h. */
#include "tests/lib/box.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/owned.h"
#include "runtime/base/proc.h"
#include "tests/lib/caller.h"
#include "tests/lib/config.h"
#include "tests/lib/host.h"
#include "tests/lib/rootfs.h"

enum { most_boxes = 16, most_words = 64, command_patience_ms = 60 * 1000,
       event_patience_ms = 10 * 1000 };

static char folder[64], root[80], runtime_path[4096], mark[32];
static struct box *boxes[most_boxes];
static unsigned box_count, calls;
static pid_t commands[32]; /* that are not finished */
static unsigned command_count;
static int child_events = -1;

/* ---- the stage -------------------------------------------------------------------------- */

static void find_runtime(void)
{
	const char *runtime = getenv("RUNTIME"), *build = getenv("BUILD");
	char name[1024];

	if (runtime)
		snprintf(name, sizeof name, "%s", runtime);
	else
		snprintf(name, sizeof name, "%s/caisson", build ? build : ".");
	if (!realpath(name, runtime_path))
		cr_skip("there is no runtime at %s", name);
}

/* Mounts go with the namespace, and that with the test, however it ends. */
static void own_mounts(void)
{
	const char *pure = getenv("PURE");

	cr_assert_eq(unshare(CLONE_NEWNS), 0, "unshare: %s", strerror(errno));
	cr_assert_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	cr_assert_eq(mount("boxes", folder, "tmpfs", 0, "mode=0755"), 0);
	if (!pure || strcmp(pure, "yes"))
		return;
	umount2("/sys/fs/cgroup", MNT_DETACH);
	cr_assert_eq(mount("none", "/sys/fs/cgroup", "cgroup2", 0, NULL), 0);
}

void boxes_open(void)
{
	sigset_t children;

	if (geteuid() != 0)
		cr_skip("only root can be host to these tests");
	find_runtime();
	snprintf(folder, sizeof folder, "/tmp/boxes.XXXXXX");
	cr_assert_not_null(mkdtemp(folder));
	snprintf(mark, sizeof mark, "box-%d-", getpid());
	snprintf(root, sizeof root, "%s/root", folder);
	own_mounts();
	cr_assert_eq(mkdir(root, 0700), 0);
	cr_assert_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	/* A shell without job control has what it runs in the background ignore these. */
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	sigemptyset(&children);
	sigaddset(&children, SIGCHLD);
	cr_assert_eq(sigprocmask(SIG_BLOCK, &children, NULL), 0);
	child_events = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
	cr_assert_geq(child_events, 0);
	host_snapshot();
}

void boxes_close(void)
{
	const char *change;

	if (!mark[0])
		return;
	for (unsigned i = 0; i < box_count; i++)
		box_delete_force(boxes[i]);
	change = host_changed(mark, root);
	umount2(folder, MNT_DETACH);
	rmdir(folder);
	mark[0] = '\0';
	if (!change)
		return;
	/* An assertion in a .fini fails nothing: Criterion has counted the test by then. What crashes
	 * there makes the whole program fail. */
	fprintf(stderr, "%s\n", change);
	abort();
}

void boxes_skip(const char *why, ...)
{
	char text[512];
	va_list words;

	va_start(words, why);
	vsnprintf(text, sizeof text, why, words);
	va_end(words);
	boxes_close();
	cr_skip("%s", text);
}

const char *boxes_left(void)
{
	return host_changed(mark, root);
}

const char *boxes_folder(void)
{
	return folder;
}

const char *boxes_runtime(void)
{
	return runtime_path;
}

const char *boxes_root(void)
{
	return root;
}

/* ---- the config ------------------------------------------------------------------------- */

struct box *box_new(void)
{
	struct box *box = calloc(1, sizeof *box);
	char path[128];

	cr_assert_lt(box_count, most_boxes);
	snprintf(box->id, sizeof box->id, "%s%u", mark, box_count);
	snprintf(box->bundle, sizeof box->bundle, "%s/%u", folder, box_count);
	snprintf(box->rootfs, sizeof box->rootfs, "%s/rootfs", box->bundle);
	snprintf(path, sizeof path, "%s/config.json", box->bundle);
	cr_assert_eq(mkdir(box->bundle, 0755), 0);
	cr_assert_eq(mkdir(box->rootfs, 0755), 0);
	rootfs_make(box->rootfs);
	assert_ok(runtime(box, "spec"));
	box->config = json_load_file(path, 0, NULL);
	cr_assert_not_null(box->config, "`spec` wrote no %s", path);
	config_set(box->config, "process.terminal", json_false());
	boxes[box_count++] = box;
	return box;
}

void box_set(struct box *box, const char *path, const char *json, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, json);
	cr_assert_geq(vasprintf(&text, json, arguments), 0);
	va_end(arguments);
	config_set(box->config, path, config_parse(text));
	free(text);
}

void box_namespace(struct box *box, const char *kind)
{
	size_t i;
	json_t *namespace;

	json_array_foreach(config_get(box->config, "linux.namespaces"), i, namespace) {
		if (!strcmp(json_string_value(json_object_get(namespace, "type")), kind))
			return;
	}
	box_set(box, "linux.namespaces[+]", "{'type': '%s'}", kind);
}

void box_unset(struct box *box, const char *path)
{
	config_unset(box->config, path);
}

void box_args_words(struct box *box, const char *const *words)
{
	json_t *args = json_array();

	for (; *words; words++)
		json_array_append_new(args, json_string(*words));
	config_set(box->config, "process.args", args);
}

void box_shell(struct box *box, const char *script, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, script);
	cr_assert_geq(vasprintf(&text, script, arguments), 0);
	va_end(arguments);
	box_args(box, "sh", "-c", text);
	free(text);
}

void box_file(struct box *box, const char *path, mode_t mode, const char *content)
{
	char name[512];

	snprintf(name, sizeof name, "%s/%s", box->rootfs, path);
	for (char *slash = name + strlen(box->rootfs) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		cr_assert(mkdir(name, 0755) == 0 || errno == EEXIST, "mkdir %s", name);
		*slash = '/';
	}
	autoclose int file = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	cr_assert_geq(file, 0, "%s: %s", name, strerror(errno));
	cr_assert_eq(fchmod(file, mode), 0);
	cr_assert_eq(write(file, content, strlen(content)), (ssize_t)strlen(content));
}

void box_write(struct box *box)
{
	char path[128];

	snprintf(path, sizeof path, "%s/config.json", box->bundle);
	cr_assert_eq(json_dump_file(box->config, path, JSON_INDENT(2)), 0);
}

/* ---- the commands ----------------------------------------------------------------------- */

/* Output goes to files: of a pipe the container, which keeps it open, would be the end. */
static void redirect(unsigned call)
{
	static const char *const names[] = { NULL, "out", "err" };
	char path[128];

	dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), 0);
	for (int fd = 1; fd < 3; fd++) {
		snprintf(path, sizeof path, "%s/%s.%u", folder, names[fd], call);
		dup2(open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666), fd);
	}
}

static void take_terminal(int peer)
{
	setsid();
	ioctl(peer, TIOCSCTTY, 0);
	for (int fd = 0; fd < 3; fd++)
		dup2(peer, fd);
}

static struct leak {
	int fd, number;
} leaks[8];
static unsigned leak_count;

void runtime_leak(int fd, int number)
{
	cr_assert_lt(leak_count, sizeof leaks / sizeof *leaks);
	leaks[leak_count++] = (struct leak){ fd, number };
}

/* Above stdio only what is to be leaked. */
static void close_the_rest(void)
{
	for (unsigned i = 0; i < leak_count; i++)
		leaks[i].fd = fcntl(leaks[i].fd, F_DUPFD, 100);
	close_range(3, 99, 0);
	for (unsigned i = 0; i < leak_count; i++)
		dup2(leaks[i].fd, leaks[i].number);
	close_range(100, ~0U, 0);
}

static uid_t user;

static int give_away(const char *path, const struct stat *about, int kind, struct FTW *walk)
{
	(void)about;
	(void)kind;
	(void)walk;
	return lchown(path, user, user);
}

/* Its folders may be closed to others. */
static void copy_runtime(void)
{
	char to_path[96];
	struct stat about;
	off_t done = 0;

	snprintf(to_path, sizeof to_path, "%s/runtime", folder);
	autoclose int from = open(runtime_path, O_RDONLY | O_CLOEXEC);
	autoclose int to = open(to_path, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	cr_assert_eq(fstat(from, &about), 0);
	while (done < about.st_size)
		cr_assert_gt(sendfile(to, from, &done, (size_t)(about.st_size - done)), 0);
	snprintf(runtime_path, sizeof runtime_path, "%s", to_path);
}

void runtime_as(uid_t uid)
{
	user = uid;
	copy_runtime();
	/* Who makes the files of the commands' output. */
	cr_assert_eq(chmod(folder, 01777), 0);
	cr_assert_eq(chown(root, uid, uid), 0);
	for (unsigned i = 0; i < box_count; i++)
		nftw(boxes[i]->bundle, give_away, 16, FTW_PHYS);
}

static bool own_namespace;
static pid_t namespace_holder;

void runtime_as_root_of(uid_t uid)
{
	runtime_as(uid);
	own_namespace = true;
}

void runtime_as_root_in(pid_t holder, uid_t uid)
{
	runtime_as(uid);
	namespace_holder = holder;
}

static void tell(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);
	ssize_t length = (ssize_t)strlen(text);

	if (fd < 0 || write(fd, text, strlen(text)) != length)
		_exit(125);
	close(fd);
}

/* Who joins a user namespace may do everything there, but is nobody until he chooses. */
static void become_root_of_holder(void)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/ns/user", namespace_holder);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWUSER) < 0 || setgroups(0, NULL) < 0 ||
	    setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0 || unshare(CLONE_NEWNS) < 0)
		_exit(125);
	close(fd);
}

static void become_user(void)
{
	char map[32];

	if (namespace_holder) {
		become_root_of_holder();
		return;
	}
	if (user && (setgroups(0, NULL) < 0 || setresgid(user, user, user) < 0 ||
		     setresuid(user, user, user) < 0))
		_exit(125);
	if (!own_namespace)
		return;
	/* Whoever changes his ids cannot be dumped, and his /proc is root's. */
	if (prctl(PR_SET_DUMPABLE, 1) < 0 || unshare(CLONE_NEWUSER) < 0)
		_exit(125);
	snprintf(map, sizeof map, "0 %u 1", (unsigned)user);
	tell("/proc/self/setgroups", "deny");
	tell("/proc/self/uid_map", map);
	tell("/proc/self/gid_map", map);
}

static const struct caller *caller;
static const char *caller_input;

void runtime_called_by(const struct caller *by, const char *input)
{
	caller = by;
	caller_input = input;
}

static void become_runtime(struct box *box, const char *const *words)
{
	const char *argv[most_words + 4] = { runtime_path, "--root", root };
	unsigned count = 3;

	if (caller) {
		count = 1;
		argv[2] = NULL;
	}
	while (*words && count < most_words)
		argv[count++] = *words++;
	become_user();
	/* As engines do, so that a test that dies takes its runtime along. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (box && chdir(box->bundle) < 0)
		_exit(126);
	if (caller)
		caller_become(caller, caller_input);
	execv(runtime_path, (char *const *)argv);
	_exit(127);
}

/* An engine reaps what comes to it, and must: the first process of a pid namespace does not end
 * before all others in there are reaped. */
static void reap_orphans(void)
{
	const char *at = file_text("/proc/self/task/%d/children", getpid());
	pid_t child;

	while ((child = (pid_t)strtol(at, (char **)&at, 10))) {
		unsigned i = 0;

		while (i < command_count && commands[i] != child)
			i++;
		if (i == command_count)
			waitpid(child, NULL, WNOHANG);
	}
}

/* Until the command ends, or -ETIMEDOUT. */
static int await_command(int pidfd)
{
	int64_t until = clock_ms() + command_patience_ms;
	struct pollfd events[] = { { .fd = pidfd, .events = POLLIN },
				   { .fd = child_events, .events = POLLIN } };
	struct signalfd_siginfo about;

	for (;;) {
		if (poll(events, 2, clock_left(until)) <= 0)
			return -ETIMEDOUT;
		if (events[0].revents)
			return 0;
		while (read(child_events, &about, sizeof about) > 0)
			;
		reap_orphans();
	}
}

static void forget_command(pid_t pid)
{
	for (unsigned i = 0; i < command_count; i++) {
		if (commands[i] == pid)
			commands[i] = commands[--command_count];
	}
}

static struct running begin(int terminal, struct box *box, const char *const *words)
{
	struct running running = { .call = ++calls };

	reap_orphans();
	cr_assert_lt(command_count, sizeof commands / sizeof *commands);
	running.pid = fork();
	if (running.pid == 0) {
		sigset_t none;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		if (terminal >= 0)
			take_terminal(terminal);
		else
			redirect(running.call);
		setpgid(0, 0);
		close_the_rest();
		become_runtime(box, words);
	}
	cr_assert_gt(running.pid, 0);
	commands[command_count++] = running.pid;
	running.pidfd = pidfd_of(running.pid);
	cr_assert_geq(running.pidfd, 0);
	return running;
}

struct running runtime_begin_words(struct box *box, const char *const *words)
{
	return begin(-1, box, words);
}

struct running runtime_begin_on(int peer, struct box *box, const char *const *words)
{
	return begin(peer, box, words);
}

struct said runtime_finish(struct running *running)
{
	struct said said;

	if (await_command(running->pidfd) < 0) {
		kill(-running->pid, SIGKILL);
		cr_assert_fail("the runtime did not end within a minute; it said: %s",
			       file_text("%s/err.%u", folder, running->call));
	}
	said.status = pidfd_reap(running->pidfd);
	forget_command(running->pid);
	close(running->pidfd);
	said.out = file_text("%s/out.%u", folder, running->call);
	said.err = file_text("%s/err.%u", folder, running->call);
	return said;
}

struct said runtime_words(struct box *box, const char *const *words)
{
	struct running running = runtime_begin_words(box, words);

	return runtime_finish(&running);
}

struct running box_begin_run(struct box *box)
{
	struct running running;

	box_write(box);
	running = runtime_begin(box, "run", box->id);
	box->output = running.call;
	return running;
}

struct said box_run(struct box *box)
{
	struct running running = box_begin_run(box);

	return runtime_finish(&running);
}

struct said box_create(struct box *box)
{
	box_write(box);
	box->output = calls + 1;
	return runtime(box, "create", box->id);
}

struct said box_start(struct box *box)
{
	return runtime(box, "start", box->id);
}

struct box *box_of_sleep(void)
{
	struct box *box = box_new();

	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	assert_ok(box_start(box));
	return box;
}

struct said box_kill(struct box *box, const char *signal)
{
	return runtime(box, "kill", box->id, signal);
}

struct said box_delete(struct box *box)
{
	return runtime(box, "delete", box->id);
}

struct said box_delete_force(struct box *box)
{
	return runtime(box, "delete", "--force", box->id);
}

/* ---- what became of it ------------------------------------------------------------------ */

json_t *box_state(struct box *box)
{
	struct said said = runtime(box, "state", box->id);
	json_t *state;

	cr_assert_eq(said.status, 0, "state: %s", said.err);
	cr_assert_str_eq(said.err, "", "engines read both streams of `state` as one");
	state = json_loads(said.out, 0, NULL);
	cr_assert_not_null(state, "not JSON: %s", said.out);
	return state;
}

const char *box_status(struct box *box)
{
	/* The document stays: a test is short. */
	return json_string_value(json_object_get(box_state(box), "status"));
}

pid_t box_pid(struct box *box)
{
	return (pid_t)json_integer_value(json_object_get(box_state(box), "pid"));
}

void box_wait_status(struct box *box, const char *status)
{
	int64_t until = clock_ms() + event_patience_ms;

	while (strcmp(box_status(box), status))
		cr_assert_lt(clock_ms(), until, "it is not %s but %s", status, box_status(box));
}

const char *box_output(struct box *box)
{
	return file_text("%s/out.%u", folder, box->output);
}

static unsigned times_in(const char *output, const char *text)
{
	unsigned found = 0;

	for (; (output = strstr(output, text)); output += strlen(text))
		found++;
	return found;
}

void box_wait_times(struct box *box, const char *text, unsigned times)
{
	int64_t until = clock_ms() + event_patience_ms;
	autoclose int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	struct pollfd written = { .fd = watch, .events = POLLIN };
	char events[4096];

	cr_assert_geq(inotify_add_watch(watch, folder, IN_MODIFY), 0);
	while (times_in(box_output(box), text) < times) {
		cr_assert_gt(poll(&written, 1, clock_left(until)), 0, "no \"%s\" in: %s", text,
			     box_output(box));
		while (read(watch, events, sizeof events) > 0)
			;
	}
}

void box_wait_output(struct box *box, const char *text)
{
	box_wait_times(box, text, 1);
}
