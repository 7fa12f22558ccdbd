/* test_checkpoint.c -- containers that are saved by criu and come back.
 *
 * Needs a criu that works on this kernel: tests/guest/criu.sh has one. Where runc is installed too
 * ($RUNC), images go from one to the other. */
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/owned.h"
#include "tests/lib/box.h"
#include "tests/lib/config.h"
#include "tests/lib/holder.h"
#include "tests/lib/host.h"

static void open_suite(void)
{
	boxes_open();
	/* Some virtual machines accept hardware breakpoints and never hit them; criu would wait for
	 * ever. This is criu's own switch for machines without (its FI_NO_BREAKPOINTS). */
	setenv("CRIU_FAULT", "130", 1);
}

TestSuite(checkpoint, .init = open_suite, .fini = boxes_close, .timeout = 240);

enum { patience_ms = 20 * 1000 };

static const char *words_of(const char *command)
{
	static char text[4096];
	FILE *pipe = popen(command, "r");
	size_t length = pipe ? fread(text, 1, sizeof text - 1, pipe) : 0;

	text[length] = '\0';
	return pipe && pclose(pipe) == 0 ? NULL : text;
}

/* $CRIU: the path of one that works, first in $PATH from now on; or why there is none. */
static void need_criu(void)
{
	const char *criu = getenv("CRIU"), *path = getenv("PATH");
	char with_criu[8192];

	if (!criu)
		cr_skip("$CRIU is not set: tests/guest/criu.sh");
	if (*criu != '/')
		cr_skip("%s", criu);
	snprintf(with_criu, sizeof with_criu, "%.*s:%s", (int)(strrchr(criu, '/') - criu), criu,
		 path ? path : "/usr/sbin:/usr/bin:/sbin:/bin");
	setenv("PATH", with_criu, 1);
	host_hold_hierarchies(false);
}

/* As it is for criu: no configuration file of the host's has a say in what it does. */
static void box_writable(struct box *box)
{
	json_object_set_new(box->config, "annotations", json_pack("{s:s}", "org.criu.config", ""));
	box_set(box, "root.readonly", "false");
}

/* A box that counts in a variable, which only its memory knows, and writes it to /count. */
static struct box *counting_box(void)
{
	struct box *box = box_new();

	box_writable(box);
	box_shell(box, "i=0; while :; do i=$((i+1)); echo $i >/new; mv /new /count; sleep 0.02; done");
	return box;
}

static int count_of(const struct box *box)
{
	return atoi(file_text("%s/count", box->rootfs));
}

static void wait_count(const struct box *box, int least)
{
	int64_t until = clock_ms() + patience_ms;

	while (count_of(box) < least) {
		cr_assert_gt(clock_left(until), 0, "it counts no more: %d", count_of(box));
		usleep(5000);
	}
}

static void wait_file(const struct box *box, const char *name)
{
	int64_t until = clock_ms() + patience_ms;

	while (!*file_text("%s/%s", box->bundle, name)) {
		cr_assert_gt(clock_left(until), 0, "there is no %s", name);
		usleep(5000);
	}
}

static struct box *counting(struct box *box)
{
	assert_ok(box_create(box));
	assert_ok(box_start(box));
	wait_count(box, 3);
	return box;
}

__attribute__((format(printf, 1, 2))) static void on_host(const char *format, ...)
{
	char command[4096];
	va_list words;

	va_start(words, format);
	vsnprintf(command, sizeof command, format, words);
	va_end(words);
	cr_assert_eq(system(command), 0, "%s", command);
}

#define save(box, ...) runtime((box), "checkpoint", "--image-path", "image", __VA_ARGS__)

/* Detached; what the workload writes from here on is what box_output() shows. */
#define restore(box, ...)                                                                       \
	restore_words((box), (const char *const[]){ "restore", "--image-path", "image", "-d",   \
						    __VA_ARGS__, NULL })
static struct said restore_words(struct box *box, const char *const *words)
{
	struct running running = runtime_begin_words(box, words);

	box->output = running.call;
	return runtime_finish(&running);
}

static void save_and_restore(struct box *box)
{
	assert_prints(save(box, box->id), "");
	assert_prints(restore(box, box->id), "");
}

/* ---- memory and processes ---------------------------------------------------------------- */

Test(checkpoint, a_counter_goes_on_where_it_stopped)
{
	struct box *box = counting_box();
	int before;

	need_criu();
	counting(box);
	assert_prints(save(box, box->id), "");
	cr_assert_null(boxes_left());
	assert_fails(runtime(box, "state", box->id), 1, "container does not exist");
	before = count_of(box);
	assert_prints(restore(box, "--pid-file", "pid", box->id), "");
	cr_assert_str_eq(box_status(box), "running");
	cr_assert_eq(box_pid(box), atoi(file_text("%s/pid", box->bundle)));
	/* Begun anew, it would count from 1. */
	wait_count(box, before + 3);
	cr_assert_lt(count_of(box), before + 1000);
	assert_prints(runtime(box, "exec", box->id, "hostname"), "caisson\n");
	assert_ok(box_kill(box, "KILL"));
	box_wait_status(box, "stopped");
	assert_ok(box_delete(box));
}

Test(checkpoint, leave_running_leaves_it_running)
{
	struct box *box = counting_box();
	int before;
	pid_t pid;

	need_criu();
	counting(box);
	pid = box_pid(box);
	assert_prints(save(box, "--leave-running", box->id), "");
	cr_assert_str_eq(box_status(box), "running");
	cr_assert_eq(box_pid(box), pid);
	before = count_of(box);
	wait_count(box, before + 3);
}

Test(checkpoint, what_is_paused_can_be_saved_and_stays_paused)
{
	struct box *box = counting_box();
	int before;

	need_criu();
	counting(box);
	assert_ok(runtime(box, "pause", box->id));
	before = count_of(box);
	assert_prints(save(box, "--leave-running", box->id), "");
	cr_assert_str_eq(box_status(box), "paused");
	cr_assert_eq(count_of(box), before);
	assert_ok(box_delete_force(box));
	assert_prints(restore(box, box->id), "");
	cr_assert_str_eq(box_status(box), "running");
	wait_count(box, before + 3);
}

/* Every process, also those of exec, and what they wait for each other for. */
Test(checkpoint, a_tree_of_processes_comes_back_whole)
{
	struct box *box = box_new();

	need_criu();
	box_writable(box);
	box_shell(box, "mkfifo /asks; (while read word; do echo heard $word; done </asks) & "
		       "exec 3>/asks; echo one >&3; while [ ! -e /go ]; do sleep 0.02; done; "
		       "echo two >&3; sleep 1000");
	assert_ok(box_create(box));
	assert_ok(box_start(box));
	box_wait_output(box, "heard one\n");
	save_and_restore(box);
	box_file(box, "go", 0644, "");
	box_wait_output(box, "heard two\n");
}

Test(checkpoint, a_foreground_restore_is_the_containers_status)
{
	struct box *box = box_new();
	struct running running;

	need_criu();
	box_writable(box);
	box_shell(box, "trap 'exit 42' TERM; echo up; while :; do sleep 0.02; done");
	assert_ok(box_create(box));
	assert_ok(box_start(box));
	box_wait_output(box, "up\n");
	assert_prints(save(box, box->id), "");
	running = runtime_begin(box, "restore", "--image-path", "image", "--pid-file", "pid", box->id);
	wait_file(box, "pid");
	cr_assert_eq(kill(running.pid, SIGTERM), 0);
	assert_status(runtime_finish(&running), 42);
	cr_assert_null(boxes_left());
}

Test(checkpoint, a_pre_dump_is_the_parent_of_the_dump)
{
	struct box *box = counting_box();
	struct said said;
	int before;

	need_criu();
	counting(box);
	said = runtime(box, "checkpoint", "--image-path", "first", "--pre-dump", box->id);
	if (strstr(said.err, "[MemTrack]")) {
		cr_assert_eq(said.status, 1);
		cr_assert_not_null(strstr(said.err, "criu is missing features: [MemTrack]"));
		cr_assert_not_null(strstr(said.err, "CONFIG_MEM_SOFT_DIRTY"));
		cr_skip("this kernel lacks CONFIG_MEM_SOFT_DIRTY");
	}
	assert_prints(said, "");
	cr_assert_str_eq(box_status(box), "running");
	assert_prints(save(box, "--parent-path", "../first", box->id), "");
	before = count_of(box);
	assert_prints(restore(box, box->id), "");
	wait_count(box, before + 3);
}

/* ---- what is the host's ------------------------------------------------------------------ */

Test(checkpoint, bind_mounts_are_those_of_the_bundle)
{
	struct box *box = counting_box();

	need_criu();
	on_host("mkdir %s/one %s/two %s/real; ln -s real %s/link", box->bundle, box->bundle,
		box->rootfs, box->rootfs);
	box_set(box, "mounts[+]", "{'destination': '/data', 'type': 'bind', 'source': '%s/one', "
		"'options': ['rbind', 'ro']}", box->bundle);
	/* The image's links are followed: the kernel knows the mount as /real/x. */
	box_set(box, "mounts[+]", "{'destination': '/link/x', 'type': 'bind', 'source': 'one', "
		"'options': ['bind']}");
	counting(box);
	assert_prints(save(box, box->id), "");
	box_set(box, "mounts[7].source", "'%s/two'", box->bundle);
	box_write(box);
	on_host("echo new >%s/two/word", box->bundle);
	assert_prints(restore(box, box->id), "");
	assert_prints(box_exec(box, "cat", "/data/word"), "new\n");
	cr_assert_not_null(strstr(proc_mount(box_pid(box), "/data"), "/data ro,"));
	cr_assert_not_null(proc_mount(box_pid(box), "/real/x"));
}

/* The mount points in the rootfs are part of no image. */
Test(checkpoint, mount_points_are_made_where_they_are_missing)
{
	struct box *box = counting_box();

	need_criu();
	box_set(box, "mounts[+]", "{'destination': '/a/b', 'type': 'bind', 'source': '%s', "
		"'options': ['bind']}", box->bundle);
	box_set(box, "mounts[+]", "{'destination': '/c/d', 'type': 'tmpfs', 'source': 'tmpfs'}");
	counting(box);
	assert_ok(box_exec(box, "touch", "/c/d/kept"));
	assert_prints(save(box, box->id), "");
	on_host("rmdir %s/a/b %s/a %s/c/d %s/c %s/proc", box->rootfs, box->rootfs, box->rootfs,
		box->rootfs, box->rootfs);
	assert_prints(restore(box, box->id), "");
	assert_prints(box_exec(box, "ls", "/c/d"), "kept\n");
	assert_ok(box_exec(box, "ls", "/a/b/config.json"));
}

Test(checkpoint, masks_are_still_there)
{
	struct box *box = counting_box();

	need_criu();
	box_file(box, "secret", 0644, "secret\n");
	box_file(box, "hidden/secret", 0644, "secret\n");
	box_set(box, "linux.maskedPaths[+]", "'/secret'");
	box_set(box, "linux.maskedPaths[+]", "'/hidden'");
	box_set(box, "linux.readonlyPaths[+]", "'/proc/sys'");
	counting(box);
	save_and_restore(box);
	assert_prints(box_exec(box, "cat", "/secret"), "");
	assert_prints(box_exec(box, "ls", "/hidden"), "");
	cr_assert_not_null(strstr(proc_mount(box_pid(box), "/proc/sys"), "/proc/sys ro,"));
}

Test(checkpoint, a_network_namespace_given_by_path_is_joined_again)
{
	struct box *box = counting_box();
	pid_t holder = holder_new(CLONE_NEWNET);

	need_criu();
	box_set(box, "linux.namespaces[1].path", "'/proc/%d/ns/net'", holder);
	cr_assert_str_eq(json_string_value(config_get(box->config, "linux.namespaces[1].type")),
			 "network");
	counting(box);
	save_and_restore(box);
	cr_assert_str_eq(proc_namespace(box_pid(box), "net"), proc_namespace(holder, "net"));
}

/* What runc leaves down: nothing in there could be bound to 127.0.0.1. */
Test(checkpoint, a_connection_inside_of_the_container_goes_on)
{
	struct box *box = box_new();
	struct said said;

	need_criu();
	box_writable(box);
	box_shell(box, "mkfifo /in; (nc -l -p 5000 127.0.0.1 -e cat) & exec 3<>/in; "
		       "while ! grep -q :1388 /proc/net/tcp; do sleep 0.02; done; "
		       "(nc 127.0.0.1 5000 </in) & echo one >&3; "
		       "while [ ! -e /go ]; do sleep 0.02; done; echo two >&3; sleep 1000");
	assert_ok(box_create(box));
	assert_ok(box_start(box));
	box_wait_output(box, "one\n");
	assert_fails(save(box, box->id), 1, "hint: --tcp-established allows it");
	cr_assert_str_eq(box_status(box), "running");
	said = save(box, "--tcp-established", box->id);
	if (strstr(said.err, "Can't get 1:16 opt"))
		cr_skip("this criu cannot save sockets on this kernel (SO_PASSCRED, since 6.16)");
	assert_prints(said, "");
	assert_prints(restore(box, "--tcp-established", box->id), "");
	box_file(box, "go", 0644, "");
	box_wait_output(box, "two\n");
}

Test(checkpoint, a_terminal_is_handed_over_again)
{
	struct box *box = box_new();
	char name[64], text[256] = "", first[128], second[128];
	int listener, master;

	need_criu();
	snprintf(first, sizeof first, "%s/first", box->bundle);
	snprintf(second, sizeof second, "%s/second", box->bundle);
	box_writable(box);
	box_set(box, "process.terminal", "true");
	box_shell(box, "while read word; do echo \"heard $word\"; done");
	listener = listener_new(first);
	box_write(box);
	assert_ok(runtime(box, "run", "-d", "--console-socket", first, box->id));
	master = listener_receive(listener, name, sizeof name);
	assert_prints(save(box, box->id), "");
	close(master);
	listener = listener_new(second);
	assert_fails(restore(box, box->id), 1, "needs a --console-socket");
	assert_prints(restore(box, "--console-socket", second, box->id), "");
	master = listener_receive(listener, name, sizeof name);
	cr_assert_geq(master, 0);
	cr_assert_eq(write(master, "hello\n", 6), 6);
	for (size_t length = 0; !strstr(text, "heard hello");) {
		ssize_t got = read(master, text + length, sizeof text - length - 1);

		cr_assert_gt(got, 0, "the terminal hung up: %s", text);
		length += (size_t)got;
	}
}

Test(checkpoint, hooks_of_the_runtime_run_again)
{
	struct box *box = counting_box();
	char wanted[32];

	need_criu();
	box_set(box, "hooks.createRuntime[+]", "{'path': '/bin/sh', 'args': ['sh', '-c', "
		"'cat >%s/state']}", box->bundle);
	box_set(box, "hooks.poststop[+]", "{'path': '/bin/sh', 'args': ['sh', '-c', "
		"'echo gone >>%s/gone']}", box->bundle);
	counting(box);
	assert_prints(save(box, box->id), "");
	cr_assert_str_eq(file_text("%s/gone", box->bundle), "gone\n");
	assert_prints(restore(box, box->id), "");
	snprintf(wanted, sizeof wanted, "\"pid\":%d,", box_pid(box));
	cr_assert_not_null(strstr(file_text("%s/state", box->bundle), wanted));
}

/* ---- limits and namespaces --------------------------------------------------------------- */

Test(checkpoint, limits_and_device_rules_are_those_of_the_bundle)
{
	struct box *box = counting_box();

	need_criu();
	if (!host_has_controller("pids"))
		cr_skip("this host has no pids controller");
	box_set(box, "linux.resources.pids.limit", "50");
	counting(box);
	assert_prints(save(box, box->id), "");
	box_set(box, "linux.resources.pids.limit", "60");
	box_set(box, "linux.cgroupsPath", "'/%s-elsewhere'", box->id);
	box_write(box);
	assert_prints(restore(box, box->id), "");
	cr_assert_str_eq(cgroup_text(box_pid(box), "pids", "pids.max"), "60\n");
	cr_assert_not_null(strstr(proc_text(box_pid(box), "cgroup"), "-elsewhere"));
	/* The device of /dev/mem: nobody has allowed it. */
	on_host("mknod %s/mem c 1 1", box->rootfs);
	assert_fails(box_exec(box, "cat", "/mem"), 1, "Operation not permitted");
	on_host("rm %s/mem", box->rootfs);
}

Test(checkpoint, a_limit_that_criu_itself_exceeds_is_no_obstacle)
{
	struct box *box = counting_box();

	need_criu();
	if (!host_has_controller("pids"))
		cr_skip("this host has no pids controller");
	counting(box);
	assert_prints(save(box, box->id), "");
	box_set(box, "linux.resources.pids.limit", "3");
	box_write(box);
	assert_prints(restore(box, box->id), "");
	cr_assert_str_eq(cgroup_text(box_pid(box), "pids", "pids.max"), "3\n");
}

Test(checkpoint, a_user_namespace_comes_back_with_its_map)
{
	struct box *box = counting_box();

	need_criu();
	box_set(box, "linux.namespaces[+]", "{'type': 'user'}");
	box_set(box, "linux.uidMappings[+]", "{'containerID': 0, 'hostID': 100000, 'size': 1000}");
	box_set(box, "linux.gidMappings[+]", "{'containerID': 0, 'hostID': 100000, 'size': 1000}");
	on_host("chown -R 100000:100000 %s", box->rootfs);
	box_write(box);
	/* Without files of root's as stdio, which nobody in there may open again. */
	on_host("cd %s; %s --root %s run -d %s </dev/null >/dev/null 2>&1", box->bundle,
		boxes_runtime(), boxes_root(), box->id);
	wait_count(box, 3);
	assert_prints(save(box, box->id), "");
	on_host("cd %s; %s --root %s restore -d --image-path image %s </dev/null >/dev/null",
		box->bundle, boxes_runtime(), boxes_root(), box->id);
	cr_assert_str_eq(proc_text(box_pid(box), "uid_map"),
			 "         0     100000       1000\n");
	wait_count(box, count_of(box) + 3);
}

Test(checkpoint, a_cgroup_namespace_comes_back)
{
	struct box *box = counting_box();

	need_criu();
	box_set(box, "linux.namespaces[+]", "{'type': 'cgroup'}");
	counting(box);
	save_and_restore(box);
	cr_assert_str_neq(proc_namespace(box_pid(box), "cgroup"),
			  proc_namespace(getpid(), "cgroup"));
	cr_assert_null(strstr(box_exec(box, "cat", "/proc/1/cgroup").out, box->id));
}

/* ---- what cannot be ---------------------------------------------------------------------- */

Test(checkpoint, only_what_runs_can_be_saved)
{
	struct box *box = counting_box();

	need_criu();
	assert_fails(save(box, box->id), 1, "container does not exist");
	assert_ok(box_create(box));
	assert_fails(save(box, box->id), 1, "Container cannot be checkpointed in created state\n");
	assert_ok(box_kill(box, "KILL"));
	box_wait_status(box, "stopped");
	assert_fails(save(box, box->id), 1, "Container cannot be checkpointed in stopped state\n");
}

Test(checkpoint, without_criu_it_is_said_how_to_get_it)
{
	struct box *box = counting_box();
	char wanted[512];

	counting(box);
	setenv("PATH", "/nowhere", 1);
	snprintf(wanted, sizeof wanted, "caisson: checkpoint %s: CRIU version check failed: exec: "
		 "\"criu\": executable file not found in $PATH\n"
		 "  hint: install criu 3.16 or newer: apt install criu, dnf install criu, or "
		 "https://criu.org/Installation\n", box->id);
	cr_assert_str_eq(save(box, box->id).err, wanted);
	cr_assert_str_eq(box_status(box), "running");
	assert_ok(box_delete_force(box));
	assert_fails(restore(box, box->id), 1, "executable file not found in $PATH");
	cr_assert_null(boxes_left());
}

Test(checkpoint, what_cannot_be_restored_leaves_nothing)
{
	struct box *box = counting_box();

	need_criu();
	counting(box);
	assert_prints(save(box, box->id), "");
	assert_fails(runtime(box, "restore", "--image-path", "nowhere", box->id), 1,
		     "open the image's directory nowhere: No such file or directory");
	assert_fails(runtime(box, "restore", "--image-path", ".", box->id), 1,
		     "hint: no image of a container is there");
	on_host("cd %s/image; mv pstree.img kept; echo x >pstree.img", box->bundle);
	assert_fails(restore(box, box->id), 1, "criu failed: type RESTORE errno ");
	on_host("cd %s/image; mv kept pstree.img; rm -f pages-*.img", box->bundle);
	assert_fails(restore(box, box->id), 1, "criu failed: type RESTORE errno ");
	cr_assert_null(boxes_left());
}

/* The same rows as in tests/run/test_trip.c, for the list of restore. */
Test(checkpoint, whatever_step_of_restore_fails_nothing_is_left)
{
	struct box *box = counting_box();
	const char *at;

	need_criu();
	box_set(box, "hooks.prestart[+]", "{'path': '/bin/true'}");
	box_set(box, "hooks.createRuntime[+]", "{'path': '/bin/true'}");
	counting(box);
	assert_prints(save(box, box->id), "");
	at = runtime(NULL, "help", "--steps").out;
	while ((at = strstr(at, "\nrestore\thost\t"))) {
		const char *name = at + strlen("\nrestore\thost\t");
		char step[64], wanted[128];

		snprintf(step, sizeof step, "%.*s", (int)strcspn(name, "\t"), name);
		at = name;
		if (!strcmp(step, "console socket") || !strcmp(step, "terminal") ||
		    !strcmp(step, "net devices") || strstr(step, "resctrl"))
			continue; /* not wanted here */
		snprintf(wanted, sizeof wanted, ": %s: tripped, as --trip asked", step);
		assert_fails(runtime(box, "--trip", step, "restore", "--image-path", "image", "-d",
				     "--pid-file", "pid", box->id), 1, wanted);
		cr_assert_null(boxes_left(), "after %s: %s", step, boxes_left());
	}
	assert_prints(restore(box, box->id), "");
}

Test(checkpoint, wrong_options_are_named)
{
	struct box *box = counting_box();

	need_criu();
	counting(box);
	assert_fails(save(box, "--parent-path", "/x", box->id), 1, "--parent-path must be relative");
	assert_fails(save(box, "--parent-path", "../x", box->id), 1, "invalid --parent-path: stat ");
	assert_fails(save(box, "--page-server", "x", box->id), 1,
		     "Use --page-server ADDRESS:PORT to specify page server");
	assert_fails(save(box, "--page-server", "x:y", box->id), 1, "Invalid port number");
	assert_fails(save(box, "--empty-ns", "pid", box->id), 1,
		     "namespace \"pid\" is not supported");
	assert_fails(save(box, "--status-fd", "99", "--lazy-pages", box->id), 1,
		     "invalid --status-fd argument 99: ");
	assert_fails(save(box, "--manage-cgroups-mode", "x", box->id), 1, "soft full strict ignore");
	/* podman asks so whether the option exists. */
	assert_fails(runtime(box, "restore", "--lsm-mount-context"), 1, "requires an argument");
	cr_assert_str_eq(box_status(box), "running");
}

/* ---- runc -------------------------------------------------------------------------------- */

static const char *runc(void)
{
	return getenv("RUNC") ? getenv("RUNC") : "runc";
}

static void need_runc(void)
{
	need_criu();
	if (words_of("${RUNC:-runc} --version >/dev/null 2>&1"))
		cr_skip("runc is not installed");
}

Test(checkpoint, an_image_of_ours_is_one_for_runc)
{
	struct box *box = counting_box();
	int before;

	need_runc();
	/* runc has no way to save a process whose stdout is a file of the host's. */
	box_write(box);
	on_host("cd %s; %s --root %s run -d %s </dev/null >/dev/null 2>&1", box->bundle,
		boxes_runtime(), boxes_root(), box->id);
	wait_count(box, 3);
	assert_prints(save(box, box->id), "");
	before = count_of(box);
	on_host("cd %s; %s --root runc restore -d --image-path image %s </dev/null >/dev/null", box->bundle,
		runc(), box->id);
	wait_count(box, before + 3);
	on_host("cd %s; %s --root runc delete --force %s", box->bundle, runc(), box->id);
}

Test(checkpoint, an_image_of_runcs_is_one_for_us)
{
	struct box *box = counting_box();
	char command[1024];
	const char *why;
	int before;

	need_runc();
	/* runc takes iptables for granted. */
	on_host("echo network-lock nftables >%s/criu.conf", box->bundle);
	box_set(box, "annotations", "{'org.criu.config': '%s/criu.conf'}", box->bundle);
	box_write(box);
	on_host("cd %s; %s --root runc run -d %s </dev/null >/dev/null", box->bundle, runc(), box->id);
	wait_count(box, 3);
	snprintf(command, sizeof command, "cd %s; %s --root runc checkpoint --image-path image "
		 "--work-path image %s 2>&1 || { %s --root runc delete --force %s; false; }", box->bundle,
		 runc(), box->id, runc(), box->id);
	why = words_of(command);
	if (why)
		cr_skip("runc itself cannot: %s", why);
	before = count_of(box);
	assert_prints(restore(box, box->id), "");
	wait_count(box, before + 3);
}
