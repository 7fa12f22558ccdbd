/* test_checkpoint.c -- containers that are saved by criu and come back, and are as they were.
 *
 * What each option does is in test_checkpoint_options.c; what cannot be done and what is left then,
 * in test_checkpoint_fails.c. */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/lib/config.h"
#include "tests/lib/holder.h"
#include "tests/lib/host.h"
#include "tests/lib/saved.h"

TestSuite(checkpoint, .init = saved_open, .fini = boxes_close, .timeout = 240);

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

/* Every process, and what they wait for each other for. */
Test(checkpoint, a_tree_of_processes_comes_back_whole)
{
	struct box *box = writable_box();

	need_criu();
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

/* Timers, pipes, sockets, memory, files, a thread: tests/keep/keep.c. */
Test(checkpoint, everything_a_process_holds_comes_back)
{
	struct box *box = writable_box();

	need_criu();
	on_host("cp \"$BUILD/tests/keep/keep\" %s/keep", box->rootfs);
	box_args(box, "/keep");
	started(box, "round 9\n");
	assert_prints(save(box, "--file-locks", box->id), "");
	cr_assert_null(strstr(box_output(box), "lost"), "%s", box_output(box));
	assert_ok(restore(box, "--file-locks", box->id));
	box_wait_times(box, "round ", 9);
	cr_assert_null(strstr(box_output(box), "round 1\n"), "it began anew");
	cr_assert_null(strstr(box_output(box), "lost"), "%s", box_output(box));
	cr_assert_str_eq(box_status(box), "running");
}

Test(checkpoint, a_foreground_restore_is_the_containers_status)
{
	struct box *box = writable_box();
	struct running running;

	need_criu();
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
		boxes_skip("this kernel lacks CONFIG_MEM_SOFT_DIRTY");
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

Test(checkpoint, a_terminal_is_handed_over_again)
{
	struct box *box = writable_box();
	char name[64], text[256] = "", first[128], second[128];
	int listener, master;

	need_criu();
	snprintf(first, sizeof first, "%s/first", box->bundle);
	snprintf(second, sizeof second, "%s/second", box->bundle);
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
		boxes_skip("this host has no pids controller");
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
		boxes_skip("this host has no pids controller");
	counting(box);
	assert_prints(save(box, box->id), "");
	box_set(box, "linux.resources.pids.limit", "3");
	box_write(box);
	assert_prints(restore(box, box->id), "");
	cr_assert_str_eq(cgroup_text(box_pid(box), "pids", "pids.max"), "3\n");
}

/* With nobody (65534) in it: in there criu asks for help by that id where cgroups are v2 alone. */
static struct box *mapped_box(void)
{
	struct box *box = counting_box();

	box_set(box, "linux.namespaces[+]", "{'type': 'user'}");
	box_set(box, "linux.uidMappings[+]", "{'containerID': 0, 'hostID': 100000, 'size': 65536}");
	box_set(box, "linux.gidMappings[+]", "{'containerID': 0, 'hostID': 100000, 'size': 65536}");
	on_host("chown -R 100000:100000 %s", box->rootfs);
	return box;
}

/* Without files of root's as stdio, which nobody in there may open again. */
static void counting_without_stdio(struct box *box)
{
	box_write(box);
	on_host("cd %s; %s --root %s run -d %s </dev/null >/dev/null 2>&1", box->bundle,
		boxes_runtime(), boxes_root(), box->id);
	wait_count(box, 3);
}

static void restore_without_stdio(struct box *box)
{
	on_host("cd %s; %s --root %s restore -d --image-path image %s </dev/null >/dev/null",
		box->bundle, boxes_runtime(), boxes_root(), box->id);
	wait_count(box, count_of(box) + 3);
}

Test(checkpoint, a_user_namespace_comes_back_with_its_map)
{
	struct box *box = mapped_box();

	need_criu();
	counting_without_stdio(box);
	assert_prints(save(box, box->id), "");
	restore_without_stdio(box);
	cr_assert_str_eq(proc_text(box_pid(box), "uid_map"),
			 "         0     100000      65536\n");
}

/* The host has no such nodes; nobody in there may make any. */
Test(checkpoint, devices_of_a_user_namespace_come_back_with_their_owner_and_mode)
{
	static const char shown[] = "crw-r--rw-    1 5        6           1,   7 /dev/filled\n"
				    "brw----r-x    1 5        6         240,   9 /dev/store/disk\n";
	static const char list[] = "ls -ln /dev/filled /dev/store/disk | "
				   "sed 's/[A-Z].*[0-9] \\//\\//'";
	struct box *box = mapped_box();

	need_criu();
	box_set(box, "linux.devices[+]", "{'path': '/dev/filled', 'type': 'c', 'major': 1, "
		"'minor': 7, 'fileMode': 422, 'uid': 5, 'gid': 6}");
	box_set(box, "linux.devices[+]", "{'path': '/dev/store/disk', 'type': 'b', 'major': 240, "
		"'minor': 9, 'fileMode': 389, 'uid': 5, 'gid': 6}");
	counting_without_stdio(box);
	assert_prints(box_exec(box, "sh", "-c", list), shown);
	assert_prints(save(box, box->id), "");
	assert_fails(runtime(box, "--trip", "sources", "restore", "--image-path", "image", box->id),
		     1, ": sources: tripped");
	cr_assert_null(boxes_left());
	restore_without_stdio(box);
	assert_prints(box_exec(box, "sh", "-c", list), shown);
	assert_fails(box_exec(box, "sh", "-c", "echo >/dev/filled"), 1, "No space left on device");
}

Test(checkpoint, what_only_the_hosts_root_can_reach_comes_back_in_a_user_namespace)
{
	struct box *box = mapped_box();

	need_criu();
	on_host("mkdir -m 700 %s/private && mkdir -m 755 %s/private/volume && "
		"echo here >%s/private/volume/file", box->bundle, box->bundle, box->bundle);
	box_set(box, "mounts[+]", "{'destination': '/data', 'source': '%s/private/volume', "
		"'options': ['bind', 'ro']}", box->bundle);
	counting_without_stdio(box);
	assert_prints(save(box, box->id), "");
	restore_without_stdio(box);
	assert_prints(box_exec(box, "cat", "/data/file"), "here\n");
	cr_assert_not_null(strstr(proc_mount(box_pid(box), "/data"), " ro,"));
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
