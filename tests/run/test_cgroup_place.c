/* test_cgroup_place.c -- which cgroups a container's processes are in, and what they see of them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/box.h"
#include "tests/lib/config.h"
#include "tests/lib/host.h"

TestSuite(cgroup_place, .init = boxes_open, .fini = boxes_close, .timeout = 120);

static const char *v2_of(pid_t pid)
{
	return cgroup_folder(pid, "not of v1");
}

static bool host_is_pure_v2(void)
{
	return *file_text("/sys/fs/cgroup/cgroup.controllers");
}

static char *make_sub(const char *folder, const char *name)
{
	static char sub[4096];

	snprintf(sub, sizeof sub, "%s/%s", folder, name);
	cr_assert_eq(mkdir(sub, 0755), 0, "%s: %s", sub, strerror(errno));
	return sub;
}

/* exec with those options; the pid of a process that stays. */
static pid_t exec_sleep(struct box *box, const char *option, const char *value)
{
	char pid_file[128];

	snprintf(pid_file, sizeof pid_file, "%s/pid", box->bundle);
	assert_ok(option ? runtime(box, "exec", "-d", "--pid-file", pid_file, option, value,
				   box->id, "sleep", "1000")
			 : runtime(box, "exec", "-d", "--pid-file", pid_file, box->id, "sleep",
				   "1000"));
	return atoi(file_text("%s", pid_file));
}

/* ---- birth ---------------------------------------------------------------------------------- */

/* The v2 cgroup of our own beside the one we are in, for whoever calls the runtime, that holds one
 * process and no second. */
static const char *make_cramped(const struct box *box)
{
	static char folder[4096];
	char own[2048];

	snprintf(own, sizeof own, "%s", v2_of(getpid()));
	*strrchr(own, '/') = '\0';
	snprintf(folder, sizeof folder, "%s/caller-%s", own, box->id);
	cr_assert_eq(mkdir(folder, 0755), 0, "%s: %s", folder, strerror(errno));
	cr_assert(file_write(folder, "pids.max", "1"), "%s: %s", folder, strerror(errno));
	return folder;
}

static int call_from(const char *folder, struct box *box, const char *words)
{
	char script[8192];

	snprintf(script, sizeof script,
		 "echo 0 > %s/cgroup.procs && cd %s && exec %s --root %s %s > /dev/null < /dev/null",
		 folder, box->bundle, boxes_runtime(), boxes_root(), words);
	return system(script);
}

/* A fork is charged to the cgroup one is born in: who is put there later (cgroup.procs) has been
 * charged to the caller's first, and here that has room for the caller alone. */
Test(cgroup_place, who_is_born_in_the_container_never_was_in_its_callers_cgroup)
{
	struct box *box = box_new();
	const char *cramped;
	char words[160];

	if (!host_is_pure_v2() || !host_has_controller("pids"))
		boxes_skip("with cgroup v1 nobody can be born elsewhere, and pids is not of v2 here");
	cramped = make_cramped(box);
	box_args(box, "sleep", "1000");
	box_write(box);
	snprintf(words, sizeof words, "create %s", box->id);
	cr_expect_eq(call_from(cramped, box, words), 0, "create");
	assert_ok(box_start(box));
	snprintf(words, sizeof words, "exec %s true", box->id);
	cr_expect_eq(call_from(cramped, box, words), 0, "exec");
	assert_ok(box_delete_force(box));
	cr_assert_eq(rmdir(cramped), 0, "%s", strerror(errno));
	cr_assert_null(boxes_left());
}

/* ---- exec ----------------------------------------------------------------------------------- */

Test(cgroup_place, exec_is_in_the_cgroups_of_the_first_process)
{
	struct box *box = box_of_sleep();
	const char *wanted = proc_text(box_pid(box), "cgroup");

	cr_assert_not_null(strstr(wanted, box->id));
	cr_assert_str_eq(proc_text(exec_sleep(box, NULL, NULL), "cgroup"), wanted);
}

/* cgroup2 as systemd mounts it lets nobody be moved into a cgroup namespace from outside. In the
 * guest it is mounted so; the option is the same for all mounts of a host. */
Test(cgroup_place, exec_is_there_where_namespaces_are_boundaries)
{
	struct box *box = box_of_sleep();

	if (!strstr(file_text("/proc/self/mountinfo"), "nsdelegate"))
		boxes_skip("cgroup2 is mounted without nsdelegate here");
	assert_prints(box_exec(box, "cat", "/proc/self/cgroup"), "0::/\n");
}

/* systemd in a container does it: its own cgroup holds only cgroups. */
Test(cgroup_place, exec_follows_the_first_process_where_its_own_cgroup_takes_nobody)
{
	struct box *box = box_of_sleep();
	pid_t pid = box_pid(box), process;
	const char *folder = v2_of(pid), *available = file_text("%s/cgroup.controllers", folder);
	char *sub, number[16], enable[64];

	if (!*folder || *available <= '\n')
		boxes_skip("no controller of cgroup v2 reaches a container on this host");
	sub = make_sub(folder, "init");
	snprintf(number, sizeof number, "%d", pid);
	cr_assert(file_write(sub, "cgroup.procs", number));
	snprintf(enable, sizeof enable, "+%.*s", (int)strcspn(available, " \n"), available);
	cr_assert(file_write(folder, "cgroup.subtree_control", enable), "%s", strerror(errno));
	process = exec_sleep(box, NULL, NULL);
	cr_assert_str_eq(v2_of(process), sub);
	assert_fails(runtime(box, "exec", "--cgroup", "/", box->id, "true"), 255,
		     "spawn: adding pid of a new process to cgroups: Device or resource busy\n  hint: its "
		     "cgroup hands controllers down (cgroup.subtree_control), and then holds no "
		     "process itself\n");
	assert_ok(box_delete_force(box));
	cr_assert_null(boxes_left());
}

/* The cgroup beside `own`, which is removed when the process has been moved there. */
static const char *move_beside(const char *folder, pid_t pid)
{
	static char elsewhere[300];
	char own[256], number[16];

	snprintf(own, sizeof own, "%s", folder);
	snprintf(elsewhere, sizeof elsewhere, "%s-moved", own);
	snprintf(number, sizeof number, "%d", pid);
	cr_assert_eq(mkdir(elsewhere, 0755), 0, "%s", strerror(errno));
	cr_assert(file_write(elsewhere, "cgroup.procs", number));
	cr_assert_eq(rmdir(own), 0, "%s", strerror(errno));
	return elsewhere;
}

/* Whoever moves a container's processes on the host may remove what they were in. */
Test(cgroup_place, exec_follows_the_first_process_where_its_cgroup_is_gone)
{
	struct box *box = box_of_sleep();
	pid_t pid = box_pid(box);
	const char *elsewhere;

	if (!*v2_of(pid))
		boxes_skip("this host has no cgroup v2");
	elsewhere = move_beside(v2_of(pid), pid);
	cr_assert_str_eq(v2_of(exec_sleep(box, NULL, NULL)), elsewhere);
	assert_ok(box_delete_force(box));
	cr_assert_eq(rmdir(elsewhere), 0, "%s", strerror(errno));
	cr_assert_null(boxes_left());
}

/* As with runc, v2's alone is followed. */
Test(cgroup_place, exec_says_which_cgroup_of_v1_is_gone)
{
	struct box *box = box_of_sleep();
	pid_t pid = box_pid(box);
	char v2[300], v1[300];

	if (!host_has_v1_controller("pids") || !*v2_of(pid))
		boxes_skip("this host has not both versions of cgroups");
	snprintf(v2, sizeof v2, "%s", move_beside(v2_of(pid), pid));
	snprintf(v1, sizeof v1, "%s", move_beside(cgroup_folder(pid, "pids"), pid));
	assert_fails(runtime(box, "exec", box->id, "true"), 255, "cgroup: open cgroup /sys/fs/cgroup/pids/");
	assert_ok(box_delete_force(box));
	cr_assert_eq(rmdir(v2), 0, "%s", strerror(errno));
	cr_assert_eq(rmdir(v1), 0, "%s", strerror(errno));
	cr_assert_null(boxes_left());
}

Test(cgroup_place, exec_goes_below_the_containers_own_when_told_to)
{
	struct box *box = box_of_sleep();
	pid_t pid = box_pid(box), process;
	char *sub;

	if (!host_is_pure_v2())
		boxes_skip("on this host --cgroup names v1 controllers: see the next test");
	sub = make_sub(v2_of(pid), "sub");
	process = exec_sleep(box, "--cgroup", "sub");
	cr_assert_str_eq(v2_of(process), sub);
	process = exec_sleep(box, "--cgroup", "//sub/");
	cr_assert_str_eq(v2_of(process), sub);
}

Test(cgroup_place, exec_goes_below_in_the_v1_hierarchies_it_names)
{
	struct box *box = box_of_sleep();
	pid_t pid = box_pid(box), process;
	char *sub;

	if (host_is_pure_v2() || !*file_text("%s/freezer.state", cgroup_folder(pid, "freezer")))
		boxes_skip("this host has no v1 hierarchies");
	make_sub(cgroup_folder(pid, "memory"), "sub");
	sub = make_sub(cgroup_folder(pid, "pids"), "sub");
	process = exec_sleep(box, "--cgroup", "memory,pids:sub");
	cr_assert_str_eq(cgroup_folder(process, "pids"), sub);
	cr_assert_str_eq(strrchr(cgroup_folder(process, "memory"), '/'), "/sub");
	cr_assert_str_eq(cgroup_folder(process, "freezer"), cgroup_folder(pid, "freezer"));
	assert_fails(runtime(box, "exec", "--cgroup", "nosuch:sub", box->id, "true"), 255,
		     "--cgroup nosuch:sub: unknown controller nosuch\n");
}

Test(cgroup_place, exec_to_the_top_is_in_the_containers_own)
{
	struct box *box = box_of_sleep();
	const char *own = proc_text(box_pid(box), "cgroup");

	cr_assert_str_eq(proc_text(exec_sleep(box, "--cgroup", "/"), "cgroup"), own);
}

Test(cgroup_place, exec_does_not_leave_the_containers_cgroup)
{
	static const char *const ways[] = { "..", "/..", "../..", "sub/../..", "sub/../sub" };
	struct box *box = box_of_sleep();

	for (unsigned i = 0; i < sizeof ways / sizeof *ways; i++) {
		char wanted[128];

		snprintf(wanted, sizeof wanted, "cgroup: --cgroup %s: bad sub cgroup path: `..` "
			 "components are not allowed\n", ways[i]);
		assert_fails(runtime(box, "exec", "--cgroup", ways[i], box->id, "true"), 255,
			     wanted);
	}
}

/* ---- what the container sees ---------------------------------------------------------------- */

/* A pid of another pid namespace reads as 0. */
static void look_at_cgroups(bool has_namespace, bool writable)
{
	struct box *box = box_new();
	json_t *namespaces = config_get(box->config, "linux.namespaces");
	json_t *mounts = config_get(box->config, "mounts");
	char wanted[64];

	for (size_t i = json_array_size(namespaces); i-- > 0 && !has_namespace;) {
		json_t *type = json_object_get(json_array_get(namespaces, i), "type");

		if (!strcmp(json_string_value(type), "cgroup"))
			json_array_remove(namespaces, i);
	}
	for (size_t i = json_array_size(mounts); i-- > 0;) {
		json_t *type = json_object_get(json_array_get(mounts, i), "type");

		if (!strcmp(json_string_value(type), "cgroup"))
			json_array_remove(mounts, i);
	}
	box_set(box, "mounts[+]", "{'destination': '/sys/fs/cgroup', 'type': 'cgroup', "
				  "'source': 'cgroup', 'options': ['nosuid', 'nodev', '%s']}",
		writable ? "rw" : "ro");
	box_shell(box, "cd /sys/fs/cgroup; for d in . *; do test -f $d/cgroup.procs || continue; "
		       "cat $d/cgroup.procs; find $d/* -type d; done | grep -v '^[1-9]' | sort -u; "
		       "d=.; test -f cgroup.procs || d=pids; "
		       "mkdir $d/mine 2> /dev/null && rmdir $d/mine && echo written");
	snprintf(wanted, sizeof wanted, "%s", writable ? "written\n" : "");
	cr_assert_str_eq(box_run(box).out, wanted);
}

Test(cgroup_place, a_namespace_and_a_readonly_mount_show_the_containers_own)
{
	look_at_cgroups(true, false);
}

Test(cgroup_place, a_namespace_and_a_writable_mount_show_the_containers_own)
{
	look_at_cgroups(true, true);
}

Test(cgroup_place, without_a_namespace_a_readonly_mount_shows_the_containers_own)
{
	look_at_cgroups(false, false);
}

Test(cgroup_place, without_a_namespace_a_writable_mount_shows_the_containers_own)
{
	look_at_cgroups(false, true);
}

/* ---- whose it is ---------------------------------------------------------------------------- */

static uid_t owner_of(const char *folder, const char *name)
{
	struct stat about;
	char path[4096];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	cr_assert_eq(stat(path, &about), 0, "%s: %s", path, strerror(errno));
	return about.st_uid;
}

static struct box *box_with_ids(const char *options, unsigned uid)
{
	struct box *box = box_new();
	json_t *mounts = config_get(box->config, "mounts");

	for (size_t i = json_array_size(mounts); i-- > 0;) {
		json_t *type = json_object_get(json_array_get(mounts, i), "type");

		if (!strcmp(json_string_value(type), "cgroup"))
			json_array_remove(mounts, i);
	}
	box_set(box, "mounts[+]", "{'destination': '/sys/fs/cgroup', 'type': 'cgroup', "
				  "'source': 'cgroup', 'options': %s}", options);
	box_set(box, "linux.namespaces[+]", "{'type': 'user'}");
	box_set(box, "linux.uidMappings", "[{'containerID': 0, 'hostID': 100000, 'size': 65536}]");
	box_set(box, "linux.gidMappings", "[{'containerID': 0, 'hostID': 100000, 'size': 65536}]");
	box_set(box, "process.user.uid", "%u", uid);
	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	return box;
}

/* runtime-spec, config-linux.md, "Cgroup ownership" */
Test(cgroup_place, a_writable_cgroup_belongs_to_the_user_inside)
{
	static const char *const given[] = { "", "cgroup.procs", "cgroup.subtree_control",
					     "cgroup.threads" };
	static const char *const kept[] = { "cgroup.freeze", "cgroup.max.depth", "pids.max" };
	struct box *box;
	const char *folder;

	if (!host_is_pure_v2())
		boxes_skip("with cgroup v1 nothing is handed over: the next test looks at that");
	box = box_with_ids("['nosuid']", 7);
	folder = v2_of(box_pid(box));
	for (unsigned i = 0; i < 4; i++)
		cr_assert_eq(owner_of(folder, given[i]), 100007, "%s", given[i]);
	for (unsigned i = 0; i < 3; i++)
		cr_assert_eq(owner_of(folder, kept[i]), 0, "%s", kept[i]);
	assert_ok(box_start(box));
	assert_ok(runtime(box, "exec", "--user", "7:0", box->id, "sh", "-c",
			  "mkdir /sys/fs/cgroup/mine && echo $$ > /sys/fs/cgroup/mine/cgroup.procs"));
	assert_ok(box_delete_force(box));
	cr_assert_null(boxes_left());
}

Test(cgroup_place, a_cgroup_that_is_readonly_or_of_v1_stays_the_hosts)
{
	struct box *box = box_with_ids(host_is_pure_v2() ? "['nosuid', 'ro']" : "['nosuid']", 0);
	pid_t pid = box_pid(box);

	cr_assert_eq(owner_of(cgroup_folder(pid, "freezer"), "cgroup.procs"), 0);
	cr_assert_eq(owner_of(cgroup_folder(pid, "pids"), ""), 0);
	if (*v2_of(pid))
		cr_assert_eq(owner_of(v2_of(pid), ""), 0);
}

/* ---- without ------------------------------------------------------------------------------- */

Test(cgroup_place, without_a_manager_it_is_where_its_maker_is)
{
	struct box *box = box_new();
	pid_t pid;

	box_set(box, "linux.cgroupsPath", "'/%s'", box->id);
	box_args(box, "sleep", "1000");
	box_write(box);
	assert_ok(runtime(box, "--cgroup-manager", "disabled", "create", box->id));
	assert_ok(box_start(box));
	pid = box_pid(box);
	cr_assert_str_eq(proc_text(pid, "cgroup"), proc_text(getpid(), "cgroup"));
	cr_assert_str_eq(proc_text(exec_sleep(box, NULL, NULL), "cgroup"),
			 proc_text(getpid(), "cgroup"));
	assert_fails(runtime(box, "pause", box->id), 1,
		     "a container without a cgroup cannot be paused\n");
	assert_fails(runtime(box, "events", "--stats", box->id), 1,
		     "has no cgroup: nothing is counted\n");
	assert_fails(runtime(box, "update", "--pids-limit", "5", box->id), 1,
		     "--pids-limit: cannot be applied: no cgroup is made\n");
	assert_ok(box_kill(box, "KILL"));
	box_wait_status(box, "stopped");
	assert_ok(box_delete(box));
	cr_assert_null(boxes_left());
}

Test(cgroup_place, without_a_manager_a_limit_is_refused)
{
	struct box *box = box_new();

	box_set(box, "linux.resources.pids.limit", "5");
	box_args(box, "true");
	box_write(box);
	assert_fails(runtime(box, "--cgroup-manager", "disabled", "run", box->id), 1,
		     "cannot be applied: no cgroup is made (config.json:");
	cr_assert_null(boxes_left());
}
