/* test_priority.c -- weights and limits, set on this process and read back from the kernel. */
#include <criterion/criterion.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/ioprio.h>
#include <linux/mempolicy.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ns/caps.h"
#include "runtime/base/fault.h"
#include "runtime/priority.h"

static void check_fault(const char *what, const char *path)
{
	cr_assert_str_eq(last_fault()->what, what);
	cr_assert_str_eq(last_fault()->path, path);
}

static void check_hint(const char *hint)
{
	cr_assert_str_eq(last_fault()->hint, hint);
}

/* As a process without any privilege would find it. */
static void drop_all(void)
{
	cr_assert_eq(ns_caps_apply(&(struct ns_caps) { 0 }), 0);
}

Test(priority, what_is_not_given_is_not_done)
{
	cr_assert_eq(priority_io(&(struct spec_io_priority) { .priority = 99 }), 0);
	cr_assert_eq(priority_memory_policy(&(struct spec_memory_policy) { .mode = 99 }), 0);
	cr_assert_eq(priority_personality(&(struct spec_personality) { .domain = 99 }), 0);
	cr_assert_eq(priority_scheduler(&(struct spec_scheduler) { .policy = 99 }), 0);
	cr_assert_eq(priority_affinity(0, NULL, "x"), 0);
	cr_assert_eq(priority_rlimits(0, &(struct spec_rlimits) { 0 }), 0);
}

Test(priority, io_class_and_level_are_set)
{
	const struct spec_io_priority io = { true, IOPRIO_CLASS_BE, 6 };

	cr_assert_eq(priority_io(&io), 0);
	cr_assert_eq(syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, 0),
		     IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 6));
	cr_assert_eq(priority_io(&(struct spec_io_priority) { true, IOPRIO_CLASS_IDLE, 0 }), 0);
}

Test(priority, io_beyond_seven_or_our_rights_is_refused)
{
	const struct spec_io_priority deep = { true, IOPRIO_CLASS_BE, 8 };
	const struct spec_io_priority first = { true, IOPRIO_CLASS_RT, 0 };

	cr_assert_eq(priority_io(&deep), -EINVAL);
	check_fault("8 is out of range: 0 to 7", "process.ioPriority.priority");
	drop_all();
	cr_assert_eq(priority_io(&first), -EPERM);
	check_fault("set io priority IOPRIO_CLASS_RT, 0: Operation not permitted",
		    "process.ioPriority");
	check_hint("IOPRIO_CLASS_RT needs CAP_SYS_ADMIN or CAP_SYS_NICE");
}

static struct spec_memory_policy memory(int mode, const char *nodes, uint32_t flags)
{
	static char text[64];

	snprintf(text, sizeof text, "%s", nodes);
	return (struct spec_memory_policy) { true, mode, text, flags };
}

static void skip_without_numa(void)
{
	if (syscall(SYS_set_mempolicy, MPOL_DEFAULT, NULL, 0) < 0)
		cr_skip("set_mempolicy(2) does not work here: %s", strerror(errno));
}

Test(priority, memory_is_bound_to_nodes)
{
	struct spec_memory_policy policy = memory(MPOL_BIND, "0", MPOL_F_STATIC_NODES);
	unsigned long mask[16] = { 0 };
	int mode;

	skip_without_numa();
	cr_assert_eq(priority_memory_policy(&policy), 0, "%s", last_fault()->what);
	cr_assert_eq(syscall(SYS_get_mempolicy, &mode, mask, 1024, NULL, 0), 0);
	cr_assert_eq(mode, MPOL_BIND | MPOL_F_STATIC_NODES);
	cr_assert_eq(mask[0], 1);
}

Test(priority, modes_without_nodes_take_none)
{
	struct spec_memory_policy policy = memory(MPOL_LOCAL, "", 0);

	skip_without_numa();
	cr_assert_eq(priority_memory_policy(&policy), 0);
	policy = memory(MPOL_PREFERRED, "", 0);
	cr_assert_eq(priority_memory_policy(&policy), 0);
	policy.nodes = NULL;
	policy.mode = MPOL_DEFAULT;
	cr_assert_eq(priority_memory_policy(&policy), 0);
	policy = memory(MPOL_DEFAULT, "0", 0);
	cr_assert_eq(priority_memory_policy(&policy), -EINVAL);
	check_fault("set memory policy MPOL_DEFAULT for nodes \"0\": Invalid argument",
		    "linux.memoryPolicy");
	check_hint("this mode takes no nodes");
}

Test(priority, a_bad_node_list_is_refused_before_the_kernel_sees_it)
{
	struct spec_memory_policy policy = memory(MPOL_BIND, "0,x", 0);

	cr_assert_eq(priority_memory_policy(&policy), -EINVAL);
	check_fault("expected a list of memory nodes such as \"0-3,7\", got \"0,x\"",
		    "linux.memoryPolicy.nodes");
	policy = memory(MPOL_BIND, "1024", 0);
	cr_assert_eq(priority_memory_policy(&policy), -EINVAL);
	check_fault("\"1024\" goes beyond the 1024 memory nodes that Linux can have, or has a "
		    "range that runs backwards",
		    "linux.memoryPolicy.nodes");
}

Test(priority, a_node_that_is_not_there_gets_a_hint)
{
	struct spec_memory_policy policy = memory(MPOL_BIND, "1023", 0);

	skip_without_numa();
	cr_assert_eq(priority_memory_policy(&policy), -EINVAL);
	check_fault("set memory policy MPOL_BIND for nodes \"1023\": Invalid argument",
		    "linux.memoryPolicy");
	check_hint("see /sys/devices/system/node/has_memory for the nodes there are; not all flags "
		   "go with all modes");
}

Test(priority, personality_is_set)
{
	cr_assert_eq(priority_personality(&(struct spec_personality) { true, PER_LINUX32 }), 0);
	cr_assert_eq(personality(0xffffffff), PER_LINUX32);
}

Test(priority, a_personality_flag_is_refused)
{
	char name[] = "ADDR_NO_RANDOMIZE";
	char *flags[] = { name, NULL };
	const struct spec_personality wanted = { true, PER_LINUX, { flags, 1 } };

	cr_assert_eq(priority_personality(&wanted), -EINVAL);
	check_fault("unknown flag \"ADDR_NO_RANDOMIZE\"; the spec defines none",
		    "linux.personality.flags[0]");
}

Test(priority, the_cpus_of_a_list_are_those_we_may_use)
{
	unsigned long mask[128] = { 0 };
	char list[16];
	int cpu = sched_getcpu();

	snprintf(list, sizeof list, "%d", cpu);
	cr_assert_eq(priority_affinity(0, list, "process.execCPUAffinity.initial"), 0);
	cr_assert_gt(syscall(SYS_sched_getaffinity, 0, sizeof mask, mask), 0);
	cr_assert_eq(mask[cpu / 64], 1ul << cpu % 64);
}

Test(priority, a_cpu_list_without_a_cpu_of_ours_is_an_error)
{
	const char *path = "process.execCPUAffinity.final";

	cr_assert_eq(priority_affinity(0, "8000", path), -EINVAL);
	check_fault("set cpu affinity \"8000\": Invalid argument", path);
	check_hint("none of these cpus is online and in the cgroup's cpuset");
	cr_assert_eq(priority_affinity(0, "", path), -EINVAL);
	check_fault("\"\" names no cpu", path);
	cr_assert_eq(priority_affinity(0, "all", path), -EINVAL);
	check_fault("expected a list of cpus such as \"0-3,7\", got \"all\"", path);
}

Test(priority, limits_are_set_on_another_process)
{
	struct spec_rlimit limits[] = { { RLIMIT_CORE, 0, 0 }, { RLIMIT_NOFILE, 64, 32 } };
	struct rlimit found;
	int ends[2], ended;
	pid_t child;
	char byte;

	cr_assert_eq(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		close(ends[1]);
		_exit((int)read(ends[0], &byte, 1));
	}
	cr_assert_eq(priority_rlimits(child, &(struct spec_rlimits) { limits, 2 }), 0);
	cr_assert_eq(prlimit(child, RLIMIT_NOFILE, NULL, &found), 0);
	cr_assert(found.rlim_cur == 32 && found.rlim_max == 64);
	cr_assert_eq(getrlimit(RLIMIT_NOFILE, &found), 0);
	cr_assert_neq(found.rlim_max, 64);
	close(ends[1]);
	cr_assert_eq(waitpid(child, &ended, 0), child);
}

Test(priority, a_limit_we_may_not_raise_is_blamed_on_its_place)
{
	struct spec_rlimit limits[] = { { RLIMIT_CORE, 10, 0 },
					{ RLIMIT_CORE, 20, 0 },
					{ RLIMIT_CORE, 1, 2 } };

	drop_all();
	cr_assert_eq(priority_rlimits(0, &(struct spec_rlimits) { limits, 2 }), -EPERM);
	check_fault("set RLIMIT_CORE to soft 0, hard 20: Operation not permitted",
		    "process.rlimits[1]");
	check_hint("raising a hard limit needs CAP_SYS_RESOURCE");
	cr_assert_eq(priority_rlimits(0, &(struct spec_rlimits) { limits + 2, 1 }), -EINVAL);
	check_fault("soft limit 2 is above hard limit 1", "process.rlimits[0]");
}

Test(priority, the_oom_score_is_written)
{
	FILE *file;
	int found = 0;

	cr_assert_eq(priority_oom_score(getpid(), 777), 0, "%s", last_fault()->what);
	file = fopen("/proc/self/oom_score_adj", "re");
	cr_assert_eq(fscanf(file, "%d", &found), 1);
	fclose(file);
	cr_assert_eq(found, 777);
	cr_assert_eq(priority_oom_score(getpid(), 1001), -EINVAL);
	check_fault("1001 is out of range: -1000 to 1000", "process.oomScoreAdj");
}

Test(priority, a_lower_oom_score_needs_a_capability)
{
	char wanted[128];

	drop_all();
	snprintf(wanted, sizeof wanted,
		 "write \"-1000\" to /proc/%d/oom_score_adj: Permission denied", getpid());
	cr_assert_eq(priority_oom_score(getpid(), -1000), -EACCES);
	check_fault(wanted, "process.oomScoreAdj");
	check_hint("going below the score of the runtime's own caller needs CAP_SYS_RESOURCE");
}

Test(priority, a_process_that_is_gone_is_an_error)
{
	pid_t child = fork();
	char wanted[128];
	int ended;

	if (child == 0)
		_exit(0);
	cr_assert_eq(waitpid(child, &ended, 0), child);
	snprintf(wanted, sizeof wanted,
		 "write \"0\" to /proc/%d/oom_score_adj: No such file or directory", child);
	cr_assert_eq(priority_oom_score(child, 0), -ENOENT);
	check_fault(wanted, "process.oomScoreAdj");
}
