/* test_cgroup_life.c -- pausing, killing and removing what a workload has made of its cgroup. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/owned.h"
#include "runtime/base/proc.h"
#include "tests/lib/box.h"
#include "tests/lib/config.h"
#include "tests/lib/host.h"

TestSuite(cgroup_life, .init = boxes_open, .fini = boxes_close, .timeout = 180);

enum { patience_ms = 20 * 1000 };

static void must_write(const char *folder, const char *name, const char *text)
{
	cr_assert(file_write(folder, name, text), "write %s to %s/%s: %s", text, folder, name,
		  strerror(errno));
}

/* The folder whose freezer pauses: v1's, else that of v2. */
static const char *freezer_of(pid_t pid)
{
	return cgroup_folder(pid, "freezer");
}

static const char *v2_of(pid_t pid)
{
	return cgroup_folder(pid, "not of v1");
}

static bool is_v1(const char *folder)
{
	return *file_text("%s/freezer.state", folder);
}

static void freeze(const char *folder, bool frozen)
{
	if (is_v1(folder))
		must_write(folder, "freezer.state", frozen ? "FROZEN" : "THAWED");
	else
		must_write(folder, "cgroup.freeze", frozen ? "1" : "0");
}

static bool asked_to_freeze(const char *folder)
{
	return *file_text("%s/%s", folder, is_v1(folder) ? "freezer.self_freezing" :
							    "cgroup.freeze") == '1';
}

/* A sub-cgroup of that folder with `pid` in it. */
static const char *make_sub(const char *folder, const char *name, pid_t pid)
{
	static char path[4][4096];
	static unsigned next;
	char *sub = path[next++ % 4], number[16];

	snprintf(sub, sizeof path[0], "%s/%s", folder, name);
	cr_assert_eq(mkdir(sub, 0755), 0, "%s: %s", sub, strerror(errno));
	snprintf(number, sizeof number, "%d", pid);
	if (pid)
		must_write(sub, "cgroup.procs", number);
	return sub;
}

static void assert_gone(int pidfd)
{
	cr_assert_eq(pidfd_wait_end(pidfd, patience_ms), 0, "it lives on");
}

static void assert_freed(struct box *box)
{
	assert_prints(runtime(NULL, "list", "-q"), "");
	cr_assert_null(boxes_left());
	(void)box;
}

/* ---- processes of our own, put into the container's cgroups --------------------------------- */

static void enter_cgroups_of(pid_t pid)
{
	char *text = strdup(proc_text(pid, "cgroup")), *rest;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char *names = strchr(line, ':') + 1;

		names[strcspn(names, ",:")] = '\0';
		if (*cgroup_folder(pid, *names ? names : "not of v1"))
			must_write(cgroup_folder(pid, *names ? names : "not of v1"), "cgroup.procs",
				   "0");
	}
	free(text);
}

static pid_t visitor;

/* A process in the cgroups of `box` that does `work`, once it has said that it is there. It is no
 * child of the container, so no pid namespace takes it along. Its pid is `visitor`. */
static int put_in(struct box *box, void (*work)(int said))
{
	pid_t pid = box_pid(box);
	int said[2];
	char word;

	cr_assert_eq(pipe2(said, O_CLOEXEC), 0);
	fflush(NULL);
	visitor = fork();
	cr_assert_geq(visitor, 0);
	if (!visitor) {
		enter_cgroups_of(pid);
		work(said[1]);
		for (;;)
			pause();
	}
	close(said[1]);
	cr_assert_eq(read(said[0], &word, 1), 1);
	close(said[0]);
	return pidfd_of(visitor);
}

static void only_wait(int said)
{
	(void)!write(said, "x", 1);
}

/* Waits for its child in the kernel, state D, as long as that lives. */
static void wait_in_vfork(int said)
{
	if (vfork() == 0) {
		(void)!write(said, "x", 1);
		for (;;)
			pause();
	}
}

static void trace_a_child(int said)
{
	pid_t child = fork();

	if (!child) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		for (;;)
			pause();
	}
	waitpid(child, NULL, 0);
	(void)!write(said, "x", 1);
}

/* Never more than the cgroup's limit of processes, all of them forking. */
static void fork_for_ever(int said)
{
	(void)!write(said, "x", 1);
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		if (fork() == 0 && getpid() % 3)
			_exit(0);
	}
}

static void stop_itself(int said)
{
	(void)!write(said, "x", 1);
	raise(SIGSTOP);
}

/* ---- pausing -------------------------------------------------------------------------------- */

Test(cgroup_life, pausing_is_seen_in_the_cgroup_and_undone)
{
	struct box *box = box_of_sleep();
	const char *freezer = freezer_of(box_pid(box));

	assert_ok(runtime(box, "pause", box->id));
	cr_assert_str_eq(box_status(box), "paused");
	cr_assert(asked_to_freeze(freezer));
	if (is_v1(freezer))
		cr_assert_str_eq(file_text("%s/freezer.state", freezer), "FROZEN\n");
	else
		cr_assert_not_null(strstr(file_text("%s/cgroup.events", freezer), "frozen 1"));
	assert_fails(runtime(box, "pause", box->id), 1, "container not running");
	assert_fails(box_exec(box, "true"), 255, "cannot exec in a paused container (use "
						 "--ignore-paused to override)");
	assert_ok(runtime(box, "resume", box->id));
	cr_assert_str_eq(box_status(box), "running");
	cr_assert_not(asked_to_freeze(freezer));
	assert_fails(runtime(box, "resume", box->id), 1, "container not paused");
}

Test(cgroup_life, what_the_workload_froze_stays_so_when_it_is_resumed)
{
	struct box *box = box_of_sleep();
	pid_t pid = box_pid(box);
	const char *sub = make_sub(freezer_of(pid), "sub", pid);

	freeze(sub, true);
	cr_assert_str_eq(box_status(box), "running");
	assert_ok(runtime(box, "pause", box->id));
	cr_assert_str_eq(box_status(box), "paused");
	assert_ok(runtime(box, "resume", box->id));
	cr_assert_str_eq(box_status(box), "running");
	cr_assert(asked_to_freeze(sub));
	assert_ok(box_delete_force(box));
	assert_freed(box);
}

static void pause_with(void (*work)(int said))
{
	struct box *box = box_of_sleep();
	autoclose int pidfd = put_in(box, work);

	assert_ok(runtime(box, "pause", box->id));
	cr_assert_str_eq(box_status(box), "paused");
	assert_ok(runtime(box, "resume", box->id));
	assert_ok(runtime(box, "pause", box->id));
	assert_ok(box_delete_force(box));
	assert_gone(pidfd);
	pidfd_reap(pidfd);
	assert_freed(box);
}

Test(cgroup_life, a_vfork_is_paused_and_deleted)
{
	pause_with(wait_in_vfork);
}

Test(cgroup_life, a_tracer_is_paused_and_deleted)
{
	pause_with(trace_a_child);
}

Test(cgroup_life, a_stopped_process_is_paused_and_deleted)
{
	pause_with(stop_itself);
}

Test(cgroup_life, a_fork_bomb_is_paused_and_deleted)
{
	struct box *box = box_new();

	if (!host_has_controller("pids"))
		boxes_skip("this host has no pids controller");
	box_set(box, "linux.resources.pids.limit", "60");
	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	assert_ok(box_start(box));
	autoclose int pidfd = put_in(box, fork_for_ever);
	assert_ok(runtime(box, "pause", box->id));
	cr_assert_str_eq(box_status(box), "paused");
	assert_ok(runtime(box, "resume", box->id));
	assert_ok(box_delete_force(box));
	assert_gone(pidfd);
	pidfd_reap(pidfd);
	assert_freed(box);
}

/* ---- killing -------------------------------------------------------------------------------- */

Test(cgroup_life, a_paused_container_is_killed)
{
	struct box *box = box_of_sleep();
	autoclose int pidfd = pidfd_of(box_pid(box));

	assert_ok(runtime(box, "pause", box->id));
	assert_ok(box_kill(box, "KILL"));
	assert_gone(pidfd);
	assert_ok(box_delete(box));
	assert_freed(box);
}

Test(cgroup_life, a_signal_for_a_paused_container_waits_until_it_is_resumed)
{
	struct box *box = box_new();

	box_shell(box, "trap 'echo heard; exit 3' TERM; echo up; while :; do sleep 0.02; done");
	assert_ok(box_create(box));
	assert_ok(box_start(box));
	box_wait_output(box, "up\n");
	assert_ok(runtime(box, "pause", box->id));
	assert_ok(box_kill(box, "TERM"));
	cr_assert_str_eq(box_status(box), "paused");
	assert_ok(runtime(box, "resume", box->id));
	box_wait_output(box, "heard\n");
}

Test(cgroup_life, one_that_froze_itself_is_killed)
{
	struct box *box = box_of_sleep();
	pid_t pid = box_pid(box);
	autoclose int pidfd = pidfd_of(pid);

	freeze(make_sub(freezer_of(pid), "sub", pid), true);
	assert_ok(box_kill(box, "KILL"));
	assert_gone(pidfd);
	assert_ok(box_delete(box));
	assert_freed(box);
}

Test(cgroup_life, all_of_one_that_froze_parts_of_itself_are_killed)
{
	struct box *box = box_of_sleep();
	autoclose int pidfd = put_in(box, only_wait);
	const char *freezer = freezer_of(box_pid(box));
	char number[16];

	snprintf(number, sizeof number, "%d", visitor);
	freeze(make_sub(freezer, ".hidden", 0), true);
	must_write(freezer, ".hidden/cgroup.procs", number);
	assert_ok(runtime(box, "kill", "--all", box->id, "KILL"));
	assert_gone(pidfd);
	pidfd_reap(pidfd);
	box_wait_status(box, "stopped");
	assert_ok(box_delete(box));
	assert_freed(box);
}

/* Not a cgroup of the container, and so not one to thaw. On v2 what is frozen can be killed. */
Test(cgroup_life, one_that_somebody_froze_elsewhere_is_killed)
{
	struct box *box = box_of_sleep();
	pid_t pid = box_pid(box);
	autoclose int pidfd = pidfd_of(pid);
	char above[4096], name[64];
	const char *elsewhere;

	snprintf(above, sizeof above, "%s", freezer_of(pid));
	*strrchr(above, '/') = '\0';
	snprintf(name, sizeof name, "frozen-%s", box->id);
	elsewhere = make_sub(above, name, pid);
	freeze(elsewhere, true);
	assert_ok(box_delete_force(box));
	assert_gone(pidfd);
	cr_assert(asked_to_freeze(elsewhere));
	cr_assert_eq(rmdir(elsewhere), 0, "%s: %s", elsewhere, strerror(errno));
	assert_freed(box);
}

/* A millisecond in a second, for many who have to end. */
Test(cgroup_life, who_has_hardly_any_time_is_killed_all_the_same)
{
	struct box *box = box_new();
	int64_t begin;

	if (!host_has_controller("cpu"))
		boxes_skip("this host has no cpu controller");
	box_shell(box, "for i in 1 2 3 4 5 6 7 8; do sleep 1000 & done; echo up; while :; do :; done");
	assert_ok(box_create(box));
	assert_ok(box_start(box));
	box_wait_output(box, "up\n");
	assert_ok(runtime(box, "update", "--cpu-quota", "1000", "--cpu-period", "1000000", box->id));
	begin = clock_ms();
	assert_ok(box_delete_force(box));
	cr_expect_leq(clock_ms() - begin, patience_ms);
	assert_freed(box);
}

/* ---- removing ------------------------------------------------------------------------------- */

Test(cgroup_life, thousands_of_cgroups_side_by_side_are_removed)
{
	struct box *box = box_of_sleep();
	const char *folders[] = { freezer_of(box_pid(box)), v2_of(box_pid(box)) };

	for (unsigned i = 0; i < 2; i++) {
		for (unsigned sub = 0; *folders[i] && sub < 2000; sub++) {
			char name[16];

			snprintf(name, sizeof name, "%s%u", sub % 2 ? "." : "", sub);
			if (i && !strcmp(folders[0], folders[1]))
				break;
			make_sub(folders[i], name, 0);
		}
	}
	assert_ok(box_delete_force(box));
	assert_freed(box);
}

/* More of them than descriptors that the runtime may have open. */
Test(cgroup_life, cgroups_nested_very_deep_are_emptied_and_removed)
{
	struct box *box = box_of_sleep();
	autoclose int pidfd = put_in(box, only_wait);
	autoclose int dir = open(freezer_of(box_pid(box)), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char number[16];

	for (unsigned depth = 0; depth < 1200; depth++) {
		int below;

		if (mkdirat(dir, "d", 0755) < 0) {
			cr_assert_gt(depth, 64, "%u: %s", depth, strerror(errno));
			break;
		}
		below = openat(dir, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		cr_assert_geq(below, 0);
		close(dir);
		dir = below;
	}
	snprintf(number, sizeof number, "%d", visitor);
	autoclose int procs = openat(dir, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	cr_assert_eq(write(procs, number, strlen(number)), (ssize_t)strlen(number));
	assert_ok(box_delete_force(box));
	assert_gone(pidfd);
	pidfd_reap(pidfd);
	assert_freed(box);
}

Test(cgroup_life, threaded_cgroups_are_emptied_and_removed)
{
	struct box *box = box_of_sleep();
	autoclose int pidfd = put_in(box, only_wait);
	const char *folder = v2_of(box_pid(box)), *sub;
	char number[16];

	if (!*folder)
		boxes_skip("this host has no cgroup v2");
	sub = make_sub(folder, "threads", 0);
	must_write(sub, "cgroup.type", "threaded");
	snprintf(number, sizeof number, "%d", visitor);
	must_write(sub, "cgroup.threads", number);
	assert_ok(box_exec(box, "true"));
	cr_assert_not_null(strstr(runtime(box, "ps", "--format", "json", box->id).out, number));
	assert_ok(runtime(box, "pause", box->id));
	assert_ok(runtime(box, "resume", box->id));
	assert_ok(box_delete_force(box));
	assert_gone(pidfd);
	pidfd_reap(pidfd);
	assert_freed(box);
}

/* ---- what cannot be had --------------------------------------------------------------------- */

/* A v1 freezer above the container's: nothing that may be done to the container thaws it. */
Test(cgroup_life, a_delete_that_cannot_be_had_ends_and_says_who_holds_it)
{
	struct box *box = box_new();
	char above[4096], wanted[512];
	struct said said;
	pid_t pid;

	box_set(box, "linux.cgroupsPath", "'/above-%s/%s'", box->id, box->id);
	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	assert_ok(box_start(box));
	pid = box_pid(box);
	snprintf(above, sizeof above, "%s", freezer_of(pid));
	if (!is_v1(above))
		boxes_skip("this host has no v1 freezer: on v2 what is frozen can be killed");
	*strrchr(above, '/') = '\0';
	freeze(above, true);
	said = box_delete_force(box);
	freeze(above, false);
	cr_assert_eq(said.status, 1, "%s", said.err);
	snprintf(wanted, sizeof wanted, " still holds pid %d (sleep, state D, in /above-%s/%s) after "
		 "SIGKILL and 10 s\n", pid, box->id, box->id);
	cr_assert_not_null(strstr(said.err, wanted), "%s", said.err);
	cr_assert_str_neq(runtime(NULL, "list", "-q").out, "");
	assert_ok(box_delete_force(box));
	assert_freed(box);
}

/* ---- a file system that does not answer ------------------------------------------------------ */

/* The end that should answer, and where it is mounted. */
static int mute = -1;
static char mute_at[128];

static void read_request(char *request, size_t size)
{
	ssize_t got = read(mute, request, size);

	cr_assert_geq(got, (ssize_t)sizeof(struct fuse_in_header), "read of /dev/fuse: %s",
		      strerror(errno));
}

static void mount_mute(char *request, size_t size)
{
	struct {
		struct fuse_out_header header;
		struct fuse_init_out body;
	} hello = { .header.len = sizeof hello,
		    .body = { .major = FUSE_KERNEL_VERSION,
			      .minor = FUSE_KERNEL_MINOR_VERSION,
			      .max_write = 4096 } };
	char options[96];

	mute = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (mute < 0)
		boxes_skip("this host has no FUSE: %s", strerror(errno));
	snprintf(mute_at, sizeof mute_at, "%s/mute", boxes_folder());
	cr_assert_eq(mkdir(mute_at, 0755), 0);
	snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0", mute);
	cr_assert_eq(mount("mute", mute_at, "fuse", MS_NOSUID | MS_NODEV, options), 0, "%s",
		     strerror(errno));
	read_request(request, size);
	hello.header.unique = ((struct fuse_in_header *)request)->unique;
	cr_assert_eq(write(mute, &hello, sizeof hello), (ssize_t)sizeof hello, "%s",
		     strerror(errno));
}

/* A request that has been read is waited for in state D, killed or not. */
static void ask_mute(int said)
{
	char path[160];
	struct stat about;

	snprintf(path, sizeof path, "%s/x", mute_at);
	close(mute);
	(void)!write(said, "x", 1);
	stat(path, &about);
}

/* Whoever holds it as long as it likes: nobody can be killed who waits for a device. */
Test(cgroup_life, a_delete_ends_and_says_who_cannot_be_killed)
{
	enum { request_room = FUSE_MIN_READ_BUFFER + 4096 };
	static char request[request_room];
	struct box *box = box_of_sleep();
	char wanted[128];
	int64_t begin;
	struct said said;

	mount_mute(request, sizeof request);
	autoclose int pidfd = put_in(box, ask_mute);
	read_request(request, sizeof request);
	begin = clock_ms();
	said = box_delete_force(box);
	cr_expect_leq(clock_ms() - begin, patience_ms);
	cr_expect_eq(said.status, 1, "%s", said.err);
	snprintf(wanted, sizeof wanted, " still holds pid %d (run, state D, in /", visitor);
	cr_expect_not_null(strstr(said.err, wanted), "%s", said.err);
	cr_expect_not_null(strstr(said.err, ") after SIGKILL and 10 s\n"), "%s", said.err);
	cr_expect_str_neq(runtime(NULL, "list", "-q").out, "");
	/* The connection ends, and so does the request. */
	close(mute);
	assert_gone(pidfd);
	pidfd_reap(pidfd);
	cr_assert_eq(umount2(mute_at, MNT_DETACH), 0);
	cr_assert_eq(rmdir(mute_at), 0);
	assert_ok(box_delete_force(box));
	assert_freed(box);
}
