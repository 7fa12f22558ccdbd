/* test_limits.c -- the limits of the config are in the cgroup's files, and they act. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/box.h"
#include "tests/lib/config.h"
#include "tests/lib/host.h"
#include "tests/lib/limits.h"

TestSuite(limits, .init = boxes_open, .fini = boxes_close, .timeout = 120);

static void box_may(struct box *box, const char *capability)
{
	static const char *const sets[] = { "bounding", "effective", "permitted" };
	char path[64];

	for (unsigned i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "process.capabilities.%s[+]", sets[i]);
		box_set(box, path, "'%s'", capability);
	}
}

Test(limits, are_in_the_files_of_the_cgroup)
{
	struct box *box = box_new();
	const char *memory;
	pid_t pid;

	needs_controller("pids");
	needs_controller("memory");
	needs_controller("cpu");
	box_args(box, "sleep", "1000");
	box_set(box, "linux.resources.pids.limit", "23");
	box_set(box, "linux.resources.memory.limit", "33554432");
	box_set(box, "linux.resources.cpu", "{'quota': 20000, 'period': 50000}");
	pid = box_begin(box);
	cr_assert_str_eq(cgroup_text(pid, "pids", "pids.max"), "23\n");
	memory = cgroup_text(pid, "memory", "memory.limit_in_bytes");
	if (!*memory)
		memory = cgroup_text(pid, "memory", "memory.max");
	cr_assert_str_eq(memory, "33554432\n");
	if (*cgroup_text(pid, "cpu", "cpu.max")) {
		cr_assert_str_eq(cgroup_text(pid, "cpu", "cpu.max"), "20000 50000\n");
	} else {
		cr_assert_str_eq(cgroup_text(pid, "cpu", "cpu.cfs_quota_us"), "20000\n");
		cr_assert_str_eq(cgroup_text(pid, "cpu", "cpu.cfs_period_us"), "50000\n");
	}
}

Test(limits, of_processes_end_a_fork_bomb)
{
	struct box *box = box_new();

	needs_controller("pids");
	box_set(box, "linux.resources.pids.limit", "5");
	box_shell(box, "for i in 1 2 3 4 5 6 7 8 9; do sleep 1000 & done");
	assert_fails(box_run(box), 2, "can't fork");
}

Test(limits, of_memory_end_who_asks_for_more)
{
	struct box *box = box_new();

	needs_controller("memory");
	box_set(box, "linux.resources.memory", "{'limit': 16777216, 'swap': 16777216}");
	box_args(box, "dd", "if=/dev/zero", "of=/dev/null", "bs=64M", "count=1");
	assert_status(box_run(box), 137);
}

Test(limits, of_memory_that_are_too_low_to_start_are_said)
{
	struct box *box = box_new();
	struct said said;

	needs_controller("memory");
	box_set(box, "linux.resources.memory", "{'limit': 4096, 'swap': 4096}");
	said = box_create(box);
	/* The killer may come when all is made: then it is start that finds nobody. */
	if (!said.status) {
		box_wait_status(box, "stopped");
		said = box_start(box);
		assert_ok(box_delete(box));
	}
	cr_assert_eq(said.status, 1);
	/* v1 refuses the limit itself when the process has more than that already. */
	cr_assert(strstr(said.err, "hint: it ran out of memory: linux.resources.memory.limit is too "
				   "low\n") ||
		  strstr(said.err, "limits: unable to set memory limit to 4096 (current usage: "),
		  "%s", said.err);
	cr_assert_null(boxes_left());
}

Test(limits, of_memory_that_ended_it_before_the_start_are_said)
{
	struct box *box = box_new();

	needs_controller("memory");
	if (host_has_v1_controller("memory"))
		boxes_skip("cgroup v1 refuses a limit below what is in use, and kills nobody");
	box_args(box, "true");
	assert_ok(box_create(box));
	assert_ok(runtime(box, "update", "--memory", "4096", box->id));
	box_wait_status(box, "stopped");
	assert_fails(box_start(box), 1, "cannot start a container that has stopped\n"
					"  hint: it ran out of memory: linux.resources.memory.limit is "
					"too low\n");
}

Test(limits, of_devices_hold_even_for_nodes_made_inside)
{
	struct box *box = box_new();

		box_may(box, "CAP_MKNOD");
	box_shell(box, "mknod /dev/kernel-log c 1 11 && echo made; cat /dev/kernel-log");
	assert_fails(box_run(box), 1, "Operation not permitted");
}

Test(limits, of_devices_let_through_what_is_allowed)
{
	struct box *box = box_new();

	box_shell(box, "head -c 4 /dev/zero | wc -c; head -c 3 /dev/urandom | wc -c; echo > "
		       "/dev/null");
	assert_prints(box_run(box), "4\n3\n");
}

Test(limits, the_cgroup_is_gone_with_the_container)
{
	struct box *box = box_new();
	const char *folder;
	struct stat about;

	needs_controller("pids");
	box_args(box, "sleep", "1000");
	folder = cgroup_folder(box_begin(box), "pids");
	cr_assert_eq(stat(folder, &about), 0, "%s", folder);
	assert_ok(box_delete_force(box));
	cr_assert_eq(stat(folder, &about), -1, "%s", folder);
}

Test(limits, a_cgroups_path_is_taken_as_it_is)
{
	struct box *box = box_new();
	char wanted[128];

	needs_controller("pids");
	box_args(box, "sleep", "1000");
	box_set(box, "linux.cgroupsPath", "'/%s-parent/child'", box->id);
	snprintf(wanted, sizeof wanted, "/%s-parent/child", box->id);
	cr_assert_not_null(strstr(cgroup_folder(box_begin(box), "pids"), wanted));
}
