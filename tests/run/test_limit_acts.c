/* test_limit_acts.c -- the limits of linux.resources act: the kernel counts whom it stopped.
 *
 * Disks, huge pages and devices: test_limit_disk.c and its neighbours. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "tests/lib/holder.h"
#include "tests/lib/host.h"
#include "tests/lib/limits.h"

TestSuite(limit_acts, .init = boxes_open, .fini = boxes_close, .timeout = 120);

#define GREEDY "dd if=/dev/zero of=/dev/null bs=64M count=1"

/* ---- memory --------------------------------------------------------------------------------- */

Test(limit_acts, who_takes_more_memory_is_killed_and_counted)
{
	struct box *box = box_new();
	pid_t pid;

	needs_controller("memory");
	box_set(box, "linux.resources.memory", "{'limit': 16777216, 'swap': 16777216}");
	box_shell(box, GREEDY " 2>/dev/null; echo $?; exec sleep 1000");
	pid = box_begin(box);
	box_wait_output(box, "137\n");
	cr_assert_geq(limit_number(pid, "memory", "memory.oom_control", "memory.events", "oom_kill"),
		      1);
}

/* v1: it stands still, under_oom says so, and even then it can be killed and deleted. The memory is
 * taken by the program itself: in a read(2) the kernel gives up with EFAULT instead of waiting. */
Test(limit_acts, without_an_oom_killer_it_waits)
{
	struct box *box = box_new();
	pid_t pid;

	needs_controller("memory");
	if (!host_has_v1_controller("memory"))
		boxes_skip("cgroup v2 cannot switch the OOM killer off");
	box_set(box, "linux.resources.memory",
		"{'limit': 16777216, 'swap': 16777216, 'disableOOMKiller': true}");
	box_shell(box, "exec awk 'BEGIN { x = \"x\"; while (1) x = x x }'");
	pid = box_begin(box);
	limit_wait(pid, "memory", "memory.oom_control", NULL, "under_oom", 1);
	cr_assert_eq(limit_number(pid, "memory", "memory.oom_control", NULL, "oom_kill"), 0);
	assert_ok(box_delete_force(box));
}

Test(limit_acts, who_reaches_memory_high_of_unified_is_slowed_and_counted)
{
	struct box *box = box_new();
	pid_t pid;

	needs_controller("memory");
	if (host_has_v1_controller("memory"))
		boxes_skip("memory is a controller of cgroup v1 on this host");
	box_set(box, "linux.resources.unified", "{'memory.high': '8388608'}");
	box_args(box, "dd", "if=/dev/zero", "of=/dev/null", "bs=16M", "count=1");
	pid = box_begin(box);
	limit_wait(pid, "memory", NULL, "memory.events", "high", 1);
}

/* ---- cpu ------------------------------------------------------------------------------------ */

Test(limit_acts, who_has_used_up_the_quota_is_throttled_and_counted)
{
	struct box *box = box_new();
	pid_t pid;

	needs_controller("cpu");
	box_set(box, "linux.resources.cpu", "{'quota': 2000, 'period': 10000}");
	box_shell(box, "while :; do :; done");
	pid = box_begin(box);
	limit_wait(pid, "cpu", "cpu.stat", "cpu.stat", "nr_throttled", 3);
}

Test(limit_acts, a_realtime_budget_lets_realtime_processes_in)
{
	struct box *box = box_new();

	needs_realtime_limits();
	box_set(box, "process.scheduler", "{'policy': 'SCHED_FIFO', 'priority': 3}");
	box_args(box, "true");
	assert_fails(box_create(box), 1, "set scheduler SCHED_FIFO: Operation not permitted");
	box_set(box, "linux.resources.cpu.realtimeRuntime", "1000");
	box_write(box);
	assert_fails(runtime(box, "--trip", "limits first", "run", box->id), 1, "tripped");
	cr_assert_null(boxes_left());
	assert_prints(runtime(box, "run", box->id), "");
}

/* A socket at `path` on which whoever connects waits for a third of a second; the process that
 * then lets it in. */
static pid_t busy_listener(const char *path)
{
	const struct timespec wait = { .tv_nsec = 333 * 1000 * 1000 };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int listener = listener_new(path), first = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	pid_t porter;

	strcpy(address.sun_path, path);
	cr_assert_eq(listen(listener, 0), 0);
	cr_assert_eq(connect(first, (struct sockaddr *)&address, sizeof address), 0);
	porter = fork();
	if (porter == 0) {
		nanosleep(&wait, NULL);
		listener_drain(listener);
		pause();
	}
	close(first);
	close(listener);
	return porter;
}

/* The host sends the pidfd before it writes the limits; it must not be overtaken. */
Test(limit_acts, a_realtime_budget_is_there_before_it_is_needed)
{
	struct box *box = box_new();
	char path[128];
	pid_t porter;

	needs_realtime_limits();
	box_set(box, "process.scheduler", "{'policy': 'SCHED_FIFO', 'priority': 3}");
	box_set(box, "linux.resources.cpu.realtimeRuntime", "1000");
	box_args(box, "true");
	box_write(box);
	snprintf(path, sizeof path, "%s/pidfd.sock", boxes_folder());
	porter = busy_listener(path);
	assert_prints(runtime(box, "run", "--pidfd-socket", path, box->id), "");
	kill(porter, SIGKILL);
	waitpid(porter, NULL, 0);
}

Test(limit_acts, the_workload_has_the_cpus_and_nodes_of_its_set)
{
	struct box *box = box_new();
	pid_t pid;

	needs_second_cpu();
	box_set(box, "linux.resources.cpu", "{'cpus': '1', 'mems': '0'}");
	box_shell(box, "nproc; grep allowed_list /proc/self/status; exec sleep 1000");
	pid = box_begin(box);
	box_wait_output(box, "1\nCpus_allowed_list:\t1\nMems_allowed_list:\t0\n");
	cr_assert_str_eq(proc_status(pid, "Cpus_allowed_list"), "1");
}

/* The last number of "0-3". */
static int last_cpu(const char *list)
{
	const char *text = file_text("/sys/devices/system/cpu/%s", list), *dash = strrchr(text, '-');

	return atoi(dash ? dash + 1 : text);
}

Test(limit_acts, cpus_the_host_cannot_have_are_refused)
{
	struct box *box = box_new();

	needs_controller("cpuset");
	box_set(box, "linux.resources.cpu", "{'cpus': '%d'}", last_cpu("possible") + 1);
	assert_fails(box_create(box), 1, "the cgroup above must have them all");
	cr_assert_null(boxes_left());
}

Test(limit_acts, cpus_that_may_be_plugged_in_one_day_are_taken_by_v2)
{
	int cpu = last_cpu("possible");
	struct box *box = box_new();
	char wanted[16];

	needs_controller("cpuset");
	if (host_has_v1_controller("cpuset"))
		boxes_skip("cgroup v1 takes cpus that are there");
	if (cpu <= last_cpu("present"))
		boxes_skip("this host has all the cpus it can have");
	box_set(box, "linux.resources.cpu", "{'cpus': '%d'}", cpu);
	assert_ok(box_create(box));
	snprintf(wanted, sizeof wanted, "%d", cpu);
	cr_assert_str_eq(limit_text(box_pid(box), "cpuset", NULL, "cpuset.cpus"), wanted);
	assert_ok(box_start(box));
}

/* ---- pids ----------------------------------------------------------------------------------- */

Test(limit_acts, who_forks_too_often_is_refused_and_counted)
{
	struct box *box = box_new();
	const char *folder;

	needs_controller("pids");
	box_set(box, "linux.resources.pids.limit", "3");
	box_shell(box, "exec 2>&1; for i in 1 2 3; do sleep 1000 & done");
	assert_ok(box_create(box));
	folder = cgroup_folder(box_pid(box), "pids");
	assert_ok(box_start(box));
	box_wait_output(box, "can't fork");
	cr_assert_str_eq(file_text("%s/pids.events", folder), "max 1\n");
}

Test(limit_acts, a_pids_limit_of_0_leaves_the_first_process_alone)
{
	struct box *box = box_new();

	needs_controller("pids");
	box_set(box, "linux.resources.pids.limit", "0");
	box_shell(box, "echo alone; sleep 0 & wait; echo not alone");
	assert_fails(box_run(box), 2, "can't fork");
	box_shell(box, "echo alone");
	assert_prints(box_run(box), "alone\n");
}
