/* test_systemd.c -- containers in scopes of systemd's, where systemd runs.
 *
 * Looked at from outside: systemctl(1), /proc and cgroupfs. The runtime is told about systemd once,
 * by the command that makes the container, as engines do. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/lib/box.h"
#include "tests/lib/config.h"
#include "tests/lib/host.h"
#include "tests/lib/limits.h"

TestSuite(systemd, .init = boxes_open, .fini = boxes_close, .timeout = 120);

static void needs_systemd(void)
{
	if (access("/run/systemd/system", F_OK))
		boxes_skip("systemd is not this host's first process");
}

/* What a shell's command prints, without the newline at its end. */
__attribute__((format(printf, 1, 2))) static const char *shell(const char *format, ...)
{
	static char text[8][4096];
	static unsigned turn;
	char command[1024], *said = text[turn++ % 8];
	va_list arguments;
	size_t length;
	FILE *out;

	va_start(arguments, format);
	vsnprintf(command, sizeof command, format, arguments);
	va_end(arguments);
	out = popen(command, "re");
	cr_assert_not_null(out);
	length = fread(said, 1, sizeof text[0] - 1, out);
	pclose(out);
	while (length && said[length - 1] == '\n')
		length--;
	said[length] = '\0';
	return said;
}

static const char *property(const char *unit, const char *name)
{
	return shell("systemctl show --value -p %s %s", name, unit);
}

static const char *unit_of(const struct box *box)
{
	static char name[64];

	snprintf(name, sizeof name, "test-%s.scope", box->id);
	return name;
}

static struct said said_with_systemd(struct box *box, const char *command)
{
	box_write(box);
	if (strcmp(command, "create") != 0)
		return runtime(box, "--systemd-cgroup", command, box->id);
	box->output = 0;
	return runtime(box, "--cgroup-manager", "systemd", command, box->id);
}

/* In system.slice, as "test-ID.scope". */
static struct box *scope_box(void)
{
	struct box *box;

	needs_systemd();
	box = box_new();
	box_set(box, "linux.cgroupsPath", "'system.slice:test:%s'", box->id);
	box_args(box, "sleep", "1000");
	return box;
}

static pid_t started(struct box *box)
{
	assert_ok(said_with_systemd(box, "create"));
	assert_ok(box_start(box));
	return box_pid(box);
}

static pid_t joined(struct box *box)
{
	assert_ok(runtime(box, "exec", "-d", "--pid-file", "exec.pid", box->id, "sleep", "1000"));
	return atoi(shell("cat %s/exec.pid", box->bundle));
}

/* The last part of a line of /proc/PID/cgroup. */
static const char *place_of(pid_t pid)
{
	return shell("grep -E '^0::|:pids:' /proc/%d/cgroup | head -n 1 | cut -d: -f3", pid);
}

Test(systemd, a_container_is_in_a_scope_of_the_slice_it_asked_for)
{
	struct box *box = scope_box();
	char wanted[128];
	pid_t pid;

	box_set(box, "linux.cgroupsPath", "'machine-a.slice:test:%s'", box->id);
	pid = started(box);
	snprintf(wanted, sizeof wanted, "/machine.slice/machine-a.slice/%s", unit_of(box));
	cr_expect_str_eq(place_of(pid), wanted);
	cr_expect_str_eq(property(unit_of(box), "Slice"), "machine-a.slice");
	cr_expect_str_eq(property(unit_of(box), "ActiveState"), "active");
	cr_expect_str_eq(property(unit_of(box), "Delegate"), "yes");
	cr_expect_str_eq(property(unit_of(box), "DefaultDependencies"), "no");
	cr_expect_str_eq(property(unit_of(box), "CollectMode"), "inactive-or-failed");
}

Test(systemd, without_a_path_the_scope_has_the_id)
{
	struct box *box = scope_box();
	char wanted[128];

	box_unset(box, "linux.cgroupsPath");
	snprintf(wanted, sizeof wanted, "/system.slice/caisson-%s.scope", box->id);
	cr_expect_str_eq(place_of(started(box)), wanted);
}

Test(systemd, only_the_container_is_in_the_scope_once_it_is_created)
{
	struct box *box = scope_box();
	char pid[16];

	assert_ok(said_with_systemd(box, "create"));
	snprintf(pid, sizeof pid, "%d", box_pid(box));
	cr_expect_str_eq(shell("cat %s/cgroup.procs", cgroup_folder(box_pid(box), "pids")), pid);
}

Test(systemd, limits_are_properties_and_files)
{
	struct box *box = scope_box();
	pid_t pid;

	box_set(box, "linux.resources.pids.limit", "23");
	box_set(box, "linux.resources.cpu", "{'quota': 20000, 'period': 50000, 'shares': 512}");
	pid = started(box);
	cr_expect_str_eq(property(unit_of(box), "TasksMax"), "23");
	cr_expect_str_eq(property(unit_of(box), "CPUQuotaPerSecUSec"), "400ms");
	cr_expect_str_eq(property(unit_of(box), "CPUQuotaPeriodUSec"), "50ms");
	cr_expect_str_eq(cgroup_text(pid, "pids", "pids.max"), "23\n");
	if (*cgroup_text(pid, "cpu", "cpu.max")) {
		cr_expect_str_eq(cgroup_text(pid, "cpu", "cpu.max"), "20000 50000\n");
		cr_expect_str_eq(cgroup_text(pid, "cpu", "cpu.weight"), "59\n");
		cr_expect_str_eq(property(unit_of(box), "CPUWeight"), "59");
	} else {
		cr_expect_str_eq(cgroup_text(pid, "cpu", "cpu.cfs_quota_us"), "20000\n");
		cr_expect_str_eq(cgroup_text(pid, "cpu", "cpu.shares"), "512\n");
		cr_expect_str_eq(property(unit_of(box), "CPUShares"), "512");
	}
}

Test(systemd, limits_and_devices_outlive_a_reload)
{
	struct box *box = scope_box();
	pid_t pid;

	box_set(box, "linux.resources.pids.limit", "23");
	box_set(box, "linux.resources.cpu", "{'quota': 20000, 'period': 50000}");
	box_set(box, "root.readonly", "false");
	pid = started(box);
	shell("systemctl daemon-reload; systemctl set-property --runtime %s TasksAccounting=yes "
	      "CPUAccounting=yes", unit_of(box));
	cr_expect_str_eq(property(unit_of(box), "TasksMax"), "23");
	cr_expect_str_eq(property(unit_of(box), "DevicePolicy"), "strict");
	cr_expect_str_eq(cgroup_text(pid, "pids", "pids.max"), "23\n");
	if (*cgroup_text(pid, "cpu", "cpu.max"))
		cr_expect_str_eq(cgroup_text(pid, "cpu", "cpu.max"), "20000 50000\n");
	/* loop-control: on every host, and in no container's rules */
	assert_fails(box_exec(box, "sh", "-c", "mknod /x c 10 237 && : < /x"), 1,
		     "Operation not permitted");
	assert_ok(box_exec(box, "sh", "-c", ": < /dev/null"));
}

static void reload(const struct box *box)
{
	shell("systemctl daemon-reload; systemctl set-property --runtime %s TasksAccounting=yes",
	      unit_of(box));
}

Test(systemd, cpus_and_nodes_are_properties_and_files)
{
	struct box *box = scope_box();
	pid_t pid;

	if (!host_has_controller("cpuset"))
		boxes_skip("this host has no cpuset controller");
	box_set(box, "linux.resources.cpu", "{'cpus': '0', 'mems': '0'}");
	pid = started(box);
	if (!host_has_v1_controller("cpuset")) {
		cr_expect_str_eq(property(unit_of(box), "AllowedCPUs"), "0");
		cr_expect_str_eq(property(unit_of(box), "AllowedMemoryNodes"), "0");
	}
	reload(box);
	cr_expect_str_eq(cgroup_text(pid, "cpuset", "cpuset.cpus"), "0\n");
	cr_expect_str_eq(cgroup_text(pid, "cpuset", "cpuset.mems"), "0\n");
}

/* systemd has no property for them, nor does it switch that controller on. */
Test(systemd, huge_pages_are_in_the_files)
{
	struct box *box = scope_box();
	const char *file = host_has_v1_controller("hugetlb") ? "hugetlb.2MB.limit_in_bytes" :
							       "hugetlb.2MB.max";
	pid_t pid;

	needs_huge_pages();
	box_set(box, "linux.resources.hugepageLimits",
		"[{'pageSize': '2MB', 'limit': 4194304}]");
	pid = started(box);
	reload(box);
	cr_expect_str_eq(cgroup_text(pid, "hugetlb", file), "4194304\n");
	cr_expect_str_eq(shell("echo '{\"hugepageLimits\": [{\"pageSize\": \"2MB\", \"limit\": "
			       "2097152}]}' | %s --root %s update -r - %s 2>&1", boxes_runtime(),
			       boxes_root(), box->id),
			 "");
	cr_expect_str_eq(cgroup_text(pid, "hugetlb", file), "2097152\n");
	assert_ok(box_delete_force(box));
	cr_expect_str_eq(shell("find /sys/fs/cgroup -name '%s'", unit_of(box)), "");
}

Test(systemd, unified_keys_are_properties)
{
	struct box *box = scope_box();

	needs_systemd();
	if (access("/sys/fs/cgroup/cgroup.controllers", F_OK))
		boxes_skip("no pure cgroup v2 here");
	box_set(box, "linux.resources.unified", "{'memory.high': '50000000', 'pids.max': '77'}");
	started(box);
	cr_expect_str_eq(property(unit_of(box), "MemoryHigh"), "50000000");
	cr_expect_str_eq(property(unit_of(box), "TasksMax"), "77");
}

/* The helper holds the scope, and the container is born into it. */
Test(systemd, a_limit_of_one_process_does_not_keep_it_from_being_born)
{
	struct box *box = scope_box();
	pid_t pid;

	box_set(box, "linux.resources.pids.limit", "1");
	pid = started(box);
	cr_expect_str_eq(cgroup_text(pid, "pids", "pids.max"), "1\n");
	cr_expect_str_eq(property(unit_of(box), "TasksMax"), "1");
}

Test(systemd, annotations_are_properties)
{
	struct box *box = scope_box();

	config_set(box->config, "annotations",
		   json_pack("{s:s, s:s, s:s}", "org.systemd.property.TimeoutStopUSec",
			     "uint64 7000000", "org.systemd.property.CollectMode", "'inactive'",
			     "org.systemd.property.After", "['dbus.service']"));
	started(box);
	cr_expect_str_eq(property(unit_of(box), "TimeoutStopUSec"), "7s");
	cr_expect_str_eq(property(unit_of(box), "CollectMode"), "inactive");
	cr_expect_not_null(strstr(property(unit_of(box), "After"), "dbus.service"));
}

static void expect_gone(const struct box *box)
{
	cr_expect_str_eq(property(unit_of(box), "LoadState"), "not-found");
	cr_expect_str_eq(shell("find /sys/fs/cgroup -name '%s'", unit_of(box)), "");
}

Test(systemd, the_scope_is_gone_after_run)
{
	struct box *box = scope_box();

	box_args(box, "true");
	assert_ok(said_with_systemd(box, "run"));
	expect_gone(box);
}

Test(systemd, the_scope_is_gone_after_delete)
{
	struct box *box = scope_box();

	started(box);
	assert_ok(box_kill(box, "KILL"));
	box_wait_status(box, "stopped");
	assert_ok(box_delete(box));
	expect_gone(box);
}

Test(systemd, the_scope_is_gone_after_delete_force)
{
	struct box *box = scope_box();

	started(box);
	joined(box);
	assert_ok(box_delete_force(box));
	expect_gone(box);
}

/* Nobody but the one that makes it is told about systemd. */
Test(systemd, the_other_commands_know_the_scope_from_the_record)
{
	struct box *box = scope_box();
	char wanted[64];
	pid_t pid = started(box);

	assert_ok(runtime(box, "pause", box->id));
	cr_expect_str_eq(box_status(box), "paused");
	assert_ok(runtime(box, "resume", box->id));
	cr_expect_str_eq(box_status(box), "running");
	snprintf(wanted, sizeof wanted, "[%d]\n", pid);
	assert_prints(runtime(box, "ps", "--format", "json", box->id), wanted);
	cr_expect_str_eq(place_of(joined(box)), place_of(pid));
	assert_ok(runtime(box, "kill", "--all", box->id, "KILL"));
	box_wait_status(box, "stopped");
}

/* Only files would be systemd's to put back with the next reload. */
Test(systemd, an_update_changes_properties_and_files)
{
	struct box *box = scope_box();
	pid_t pid;

	box_set(box, "linux.resources.pids.limit", "23");
	pid = started(box);
	assert_ok(runtime(box, "update", "--pids-limit", "32", "--cpu-quota", "25000", box->id));
	cr_expect_str_eq(property(unit_of(box), "TasksMax"), "32");
	cr_expect_str_eq(property(unit_of(box), "CPUQuotaPerSecUSec"), "250ms");
	shell("systemctl daemon-reload; systemctl set-property --runtime %s TasksAccounting=yes",
	      unit_of(box));
	cr_expect_str_eq(cgroup_text(pid, "pids", "pids.max"), "32\n");
	if (*cgroup_text(pid, "cpu", "cpu.max"))
		cr_expect_str_eq(cgroup_text(pid, "cpu", "cpu.max"), "25000 100000\n");
	else
		cr_expect_str_eq(cgroup_text(pid, "cpu", "cpu.cfs_quota_us"), "25000\n");
	assert_ok(box_exec(box, "true"));
}

/* systemd makes the scope SCHED_IDLE, which then has no other weight. */
Test(systemd, who_is_to_be_idle_has_no_other_weight)
{
	static const char warning[] = "unable to apply both CPUWeight and CpuIdle to systemd, "
				      "ignoring CPUWeight";
	struct box *box = scope_box();
	struct said said;
	pid_t pid;

	if (access("/sys/fs/cgroup/cgroup.controllers", F_OK))
		boxes_skip("no pure cgroup v2 here");
	pid = started(box);
	said = runtime(box, "update", "--cpu-share", "200", "--cpu-idle", "1", box->id);
	cr_expect_eq(said.status, 0, "%s", said.err);
	cr_expect_not_null(strstr(said.err, warning), "%s", said.err);
	cr_expect_str_eq(cgroup_text(pid, "cpu", "cpu.idle"), "1\n");
	assert_ok(runtime(box, "update", "--cpu-share", "200", box->id));
	cr_expect_str_eq(cgroup_text(pid, "cpu", "cpu.idle"), "0\n");
	assert_ok(box_delete_force(box));
	box = scope_box();
	box_set(box, "linux.resources.unified", "{'cpu.idle': '1', 'cpu.weight': '8'}");
	pid = started(box);
	cr_expect_str_eq(cgroup_text(pid, "cpu", "cpu.idle"), "1\n");
	assert_ok(box_delete_force(box));
}

/* The helper that holds the scope would hang in it, and so would we. */
Test(systemd, a_scope_that_is_frozen_already_is_refused)
{
	struct box *box = scope_box();
	char folder[128];

	if (access("/sys/fs/cgroup/cgroup.controllers", F_OK))
		boxes_skip("no pure cgroup v2 here");
	snprintf(folder, sizeof folder, "/sys/fs/cgroup/system.slice/%s", unit_of(box));
	cr_assert_eq(mkdir(folder, 0755), 0, "%s: %m", folder);
	cr_assert(file_write(folder, "cgroup.freeze", "1"));
	box_write(box);
	assert_fails(said_with_systemd(box, "create"), 1, "container's cgroup unexpectedly frozen: ");
	cr_assert_eq(rmdir(folder), 0);
	cr_assert_null(boxes_left());
}

Test(systemd, a_step_that_fails_leaves_no_scope)
{
	static const char *const steps[] = { "spawn", "limits", "mounts", "created", "exec" };
	struct box *box = scope_box();

	box_write(box);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		assert_fails(runtime(box, "--systemd-cgroup", "--trip", steps[i], "run", box->id), 1,
			     "tripped");
		expect_gone(box);
		cr_assert_null(boxes_left(), "%s: %s", steps[i], boxes_left());
	}
}

/* SIGKILL, while the helper holds the scope and the container is in it. */
Test(systemd, a_creator_that_is_killed_leaves_no_scope)
{
	struct box *box = scope_box();

	box_set(box, "hooks.createRuntime[+]",
		"{'path': '/bin/sh', 'args': ['sh', '-c', 'kill -9 $PPID; sleep 5']}");
	assert_status(said_with_systemd(box, "create"), 128 + SIGKILL);
	shell("for i in $(seq 100); do systemctl -q is-active %s || break; sleep 0.1; done",
	      unit_of(box));
	cr_expect_str_neq(property(unit_of(box), "ActiveState"), "active");
	assert_ok(box_delete_force(box));
	expect_gone(box);
}

Test(systemd, a_name_that_a_failed_scope_still_holds_is_free)
{
	struct box *box = scope_box(), *second = box_new();

	/* The first process of a pid namespace does not hear SIGTERM: SIGKILL follows soon. */
	config_set(box->config, "annotations",
		   json_pack("{s:s, s:s, s:s}", "org.systemd.property.RuntimeMaxUSec",
			     "uint64 200000", "org.systemd.property.TimeoutStopUSec",
			     "uint64 200000", "org.systemd.property.CollectMode", "'inactive'"));
	started(box);
	box_wait_status(box, "stopped");
	shell("for i in $(seq 100); do systemctl -q is-failed %s && break; sleep 0.1; done",
	      unit_of(box));
	cr_assert_str_eq(property(unit_of(box), "ActiveState"), "failed");
	box_set(second, "linux.cgroupsPath", "'system.slice:test:%s'", box->id);
	box_args(second, "true");
	assert_ok(said_with_systemd(second, "run"));
	assert_ok(box_delete(box));
	expect_gone(box);
}

Test(systemd, a_scope_that_lives_is_not_taken)
{
	struct box *box = scope_box(), *second = box_new();

	started(box);
	box_set(second, "linux.cgroupsPath", "'system.slice:test:%s'", box->id);
	box_args(second, "true");
	assert_fails(said_with_systemd(second, "run"), 1, "container's cgroup is not empty: 1 process");
	cr_expect_str_eq(box_status(box), "running");
	cr_expect_str_eq(property(unit_of(box), "ActiveState"), "active");
}

Test(systemd, what_is_wrong_is_refused_before_anything_is_made)
{
	struct box *box = scope_box();

	box_set(box, "linux.cgroupsPath", "'/system/web'");
	assert_fails(said_with_systemd(box, "run"), 1,
		     "expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups, "
		     "got \"/system/web\" instead");
	cr_expect_null(boxes_left());
	box_unset(box, "linux.cgroupsPath");
	box_set(box, "annotations", "{'org.systemd.property.Slice': 'x'}");
	assert_fails(said_with_systemd(box, "run"), 1,
		     "the property Slice is not for a container to set");
	cr_expect_null(boxes_left());
}

/* What systemd itself refuses is told in its words. */
Test(systemd, a_value_that_systemd_refuses_is_told_in_its_words)
{
	struct box *box = scope_box();

	config_set(box->config, "annotations",
		   json_pack("{s:s}", "org.systemd.property.CollectMode", "'sometimes'"));
	assert_fails(said_with_systemd(box, "run"), 1, "systemd says: ");
	expect_gone(box);
}

Test(systemd, where_no_bus_is_root_speaks_to_systemd_itself)
{
	struct box *box = scope_box();

	setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere", 1);
	box_args(box, "true");
	assert_ok(said_with_systemd(box, "run"));
	expect_gone(box);
}

/* ---- a bus that hangs --------------------------------------------------------------------- */

/* In this test's mount namespace systemd's own socket is gone, and who connects to the bus waits:
 * the connection is never taken. */
static void hang_the_bus(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char address[128];

	snprintf(name.sun_path, sizeof name.sun_path, "%s/bus", boxes_folder());
	cr_assert_eq(bind(listener, (struct sockaddr *)&name, sizeof name), 0);
	cr_assert_eq(listen(listener, 8), 0);
	snprintf(address, sizeof address, "unix:path=%s", name.sun_path);
	setenv("DBUS_SYSTEM_BUS_ADDRESS", address, 1);
	cr_assert_eq(mount("hidden", "/run", "tmpfs", 0, "mode=0755"), 0);
	cr_assert(mkdir("/run/systemd", 0755) == 0 && mkdir("/run/systemd/system", 0755) == 0);
	host_snapshot();
}

static void release_the_bus(void)
{
	unsetenv("DBUS_SYSTEM_BUS_ADDRESS");
	cr_assert_eq(umount2("/run", MNT_DETACH), 0);
	host_snapshot();
}

/* On any host: the runtime sees that systemd runs, and a bus. */
Test(systemd, a_bus_that_hangs_fails_a_start_and_leaves_nothing)
{
	struct box *box = box_new();

	hang_the_bus();
	box_args(box, "true");
	assert_fails(said_with_systemd(box, "run"), 1,
		     "connect to systemd: systemd did not answer within 30 s\n");
	cr_assert_null(boxes_left());
}

Test(systemd, a_bus_that_hangs_does_not_keep_a_container_from_being_deleted)
{
	struct box *box = scope_box();
	struct said said;

	started(box);
	hang_the_bus();
	said = box_delete_force(box);
	cr_assert_eq(said.status, 0, "%s", said.err);
	cr_expect_not_null(strstr(said.err, "warning: systemd may still have the unit test-"), "%s",
			   said.err);
	cr_expect_str_eq(shell("find /sys/fs/cgroup -name '%s'", unit_of(box)), "");
	assert_prints(runtime(NULL, "list", "-q"), "");
}

/* The properties come before the files: nothing has been written when systemd is found to hang. */
Test(systemd, a_bus_that_hangs_fails_an_update_and_changes_nothing)
{
	struct box *box = scope_box();
	pid_t pid;

	box_set(box, "linux.resources.pids.limit", "23");
	pid = started(box);
	hang_the_bus();
	assert_fails(runtime(box, "update", "--pids-limit", "32", "--cpu-quota", "25000", box->id), 1,
		     "connect to systemd: systemd did not answer within 30 s\n");
	cr_expect_str_eq(cgroup_text(pid, "pids", "pids.max"), "23\n");
	release_the_bus();
	cr_expect_str_eq(property(unit_of(box), "TasksMax"), "23");
	assert_ok(box_delete_force(box));
	expect_gone(box);
}

/* ---- an ordinary user's ------------------------------------------------------------------- */

static uid_t user_with_a_bus(void)
{
	const char *path = shell("ls -d /run/user/[1-9]*/bus 2>/dev/null | head -n 1");

	needs_systemd();
	if (!*path)
		boxes_skip("no user's systemd runs here (loginctl enable-linger USER)");
	if (access("/sys/fs/cgroup/cgroup.controllers", F_OK))
		boxes_skip("no pure cgroup v2 here");
	return (uid_t)atoi(path + strlen("/run/user/"));
}

static struct box *box_of_a_user(uid_t uid)
{
	struct box *box = box_new();
	char path[128], folder[64];

	runtime_as(uid);
	snprintf(folder, sizeof folder, "/run/user/%u", uid);
	setenv("XDG_RUNTIME_DIR", folder, 1);
	snprintf(path, sizeof path, "%s/config.json", box->bundle);
	cr_assert_eq(unlink(path), 0);
	assert_ok(runtime(box, "spec", "--rootless"));
	box->config = json_load_file(path, 0, NULL);
	cr_assert_not_null(box->config);
	config_set(box->config, "process.terminal", json_false());
	config_set(box->config, "root.readonly", json_false());
	config_set(box->config, "linux.resources", json_object());
	box_args(box, "sleep", "1000");
	return box;
}

Test(systemd, a_users_container_is_in_a_scope_of_that_users)
{
	uid_t uid = user_with_a_bus();
	struct box *box = box_of_a_user(uid);
	char wanted[256];
	pid_t pid;

	box_set(box, "linux.resources.pids.limit", "23");
	pid = started(box);
	snprintf(wanted, sizeof wanted,
		 "/user.slice/user-%u.slice/user@%u.service/user.slice/caisson-%s.scope", uid, uid,
		 box->id);
	cr_expect_str_eq(place_of(pid), wanted);
	cr_expect_str_eq(cgroup_text(pid, "pids", "pids.max"), "23\n");
	cr_expect_str_eq(place_of(joined(box)), wanted);
	/* Engines clean up with hardly any environment. */
	unsetenv("XDG_RUNTIME_DIR");
	assert_ok(box_delete_force(box));
	cr_expect_str_eq(shell("find /sys/fs/cgroup -name '*%s*'", box->id), "");
}

/* What the hint about missing delegation says to do. */
Test(systemd, a_scope_delegated_to_a_user_gives_limits_without_our_asking_systemd)
{
	uid_t uid = user_with_a_bus();
	struct box *box = box_of_a_user(uid);
	const char *out;

	box_set(box, "linux.resources.pids.limit", "23");
	box_shell(box, "exit 3");
	box_write(box);
	assert_status(runtime(box, "run", box->id), 1);
	/* Beside the scope that it is made in: both are in a slice of the user's. */
	box_file(box, "in-scope", 0755,
		 "$1 --root $2 create $3 >/dev/null </dev/null &&\n"
		 "cat /sys/fs/cgroup$(sed -n 's,^0::\\(.*\\)/.*,\\1,p' /proc/self/cgroup)/$3/pids.max\n"
		 "$1 --root $2 delete --force $3\n");
	out = shell("cd %s && setpriv --reuid %u --regid %u --clear-groups systemd-run --user --scope "
		    "-q -p Delegate=yes -- sh rootfs/in-scope %s %s %s 2>&1",
		    box->bundle, uid, uid, boxes_runtime(), boxes_root(), box->id);
	cr_expect_str_eq(out, "23");
}

/* A limit whose controller the host has and that user has not, or NULL. */
static const char *not_delegated_to(uid_t uid)
{
	static const struct {
		const char *controller, *limit;
	} rows[] = {
		{ "io", "{'io.weight': '100'}" },
		{ "cpuset", "{'cpuset.cpus': '0'}" },
		{ "hugetlb", "{'hugetlb.2MB.max': '0'}" },
	};
	const char *theirs = file_text("/sys/fs/cgroup/user.slice/user-%u.slice/user@%u.service/"
				       "cgroup.controllers", uid, uid);

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (host_has_controller(rows[i].controller) && !strstr(theirs, rows[i].controller))
			return rows[i].limit;
	}
	return NULL;
}

Test(systemd, a_controller_that_a_user_does_not_have_is_named)
{
	uid_t uid = user_with_a_bus();
	struct box *box = box_of_a_user(uid);
	const char *limit = not_delegated_to(uid);

	if (!limit)
		boxes_skip("every controller of the host's is delegated to users here");
	box_set(box, "linux.resources.unified", "%s", limit);
	assert_fails(said_with_systemd(box, "run"), 1, "is not delegated to this user");
	cr_assert_null(boxes_left());
}
