/* priority.c -- how the kernel weighs the workload: io, memory policy, personality, cpus, oom,
 * limits.
 *
 * All of these are inherited across fork(2) and execve(2), so they are set once and stay.
 * The scheduler, which has the most ways to say no, is in scheduler.c. Limits of cgroups are in
 * another room. */
#include "runtime/priority.h"

#include <errno.h>
#include <linux/ioprio.h>
#include <linux/mempolicy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/base/cpulist.h"
#include "runtime/base/debug.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"
#include "runtime/base/words.h"
#include "specs/vocabulary.h"

static const char *word_or(const struct word *table, int64_t value)
{
	const char *name = word_name(table, value);

	return name ? name : "an unknown value";
}

int priority_io(const struct spec_io_priority *io)
{
	const char *class = word_or(spec_io_class_words, io->class);
	int wanted = IOPRIO_PRIO_VALUE(io->class, io->priority);
	int result;

	if (!io->given)
		return 0;
	if (io->priority < 0 || io->priority >= IOPRIO_NR_LEVELS)
		return blame(refuse(EINVAL, "%d is out of range: 0 to %d", io->priority,
				    IOPRIO_NR_LEVELS - 1),
			     "process.ioPriority.priority");
	if (syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, wanted) < 0) {
		result = blame(fail(errno, "set io priority %s, %d", class, io->priority),
			       "process.ioPriority");
		return result == -EPERM
			       ? advise(result,
					"IOPRIO_CLASS_RT needs CAP_SYS_ADMIN or CAP_SYS_NICE")
			       : result;
	}
	if (syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, 0) != wanted)
		return blame(refuse(EPERM, "io priority %s, %d was set but is not in force", class,
				    io->priority),
			     "process.ioPriority");
	return 0;
}

static int list_failed(int error, const char *list, const char *things, unsigned count)
{
	if (error == -ERANGE)
		return refuse(EINVAL,
			      "\"%s\" goes beyond the %u %s that Linux can have, or has a "
			      "range that runs backwards",
			      list, count, things);
	return refuse(EINVAL, "expected a list of %s such as \"0-3,7\", got \"%s\"", things, list);
}

/* The kernel says EINVAL to all of them. */
static int memory_policy_failed(int error, const struct spec_memory_policy *policy, int nodes)
{
	int result = fail(error, "set memory policy %s for nodes \"%s\"",
			  word_or(spec_memory_policy_words, policy->mode),
			  policy->nodes ? policy->nodes : "");

	if (error == ENOSYS)
		advise(result, "this kernel is built without NUMA");
	else if (error != EINVAL)
		return result;
	else if (policy->mode == MPOL_WEIGHTED_INTERLEAVE)
		advise(result, "MPOL_WEIGHTED_INTERLEAVE needs Linux 6.9, and nodes with memory");
	else if (policy->mode == MPOL_PREFERRED_MANY)
		advise(result, "MPOL_PREFERRED_MANY needs Linux 5.15, and nodes with memory");
	else if ((policy->mode == MPOL_DEFAULT || policy->mode == MPOL_LOCAL) && nodes)
		advise(result, "this mode takes no nodes");
	else if (policy->flags & MPOL_F_NUMA_BALANCING && policy->mode != MPOL_BIND)
		advise(result, "MPOL_F_NUMA_BALANCING goes with MPOL_BIND (since Linux 5.12; with "
			       "MPOL_PREFERRED_MANY since 6.10)");
	else
		advise(result, "see /sys/devices/system/node/has_memory for the nodes there are; "
			       "not all flags go with all modes");
	return result;
}

int priority_memory_policy(const struct spec_memory_policy *policy)
{
	unsigned long mask[cpulist_words(most_nodes)];
	int nodes, mode, found = -1;

	if (!policy->given)
		return 0;
	nodes = cpulist_parse(policy->nodes ? policy->nodes : "", mask, most_nodes);
	if (nodes < 0)
		return blame(list_failed(nodes, policy->nodes, "memory nodes", most_nodes),
			     "linux.memoryPolicy.nodes");
	mode = policy->mode | (int)policy->flags;
	/* set_mempolicy(2): the kernel looks at one bit less than it is told. */
	if (syscall(SYS_set_mempolicy, mode, nodes ? mask : NULL, nodes ? most_nodes + 1 : 0) < 0)
		return blame(memory_policy_failed(errno, policy, nodes), "linux.memoryPolicy");
	/* Preferring no node is another name for local allocation, and comes back as that. */
	if (policy->mode == MPOL_PREFERRED && !nodes)
		return 0;
	if (syscall(SYS_get_mempolicy, &found, NULL, 0, NULL, 0) < 0 ||
	    (found & ~MPOL_MODE_FLAGS) != policy->mode)
		return blame(refuse(EPERM, "memory policy %s was set but is not in force",
				    word_or(spec_memory_policy_words, policy->mode)),
			     "linux.memoryPolicy");
	return 0;
}

int priority_personality(const struct spec_personality *wanted)
{
	const char *name = word_or(spec_personality_words, (int64_t)wanted->domain);

	if (!wanted->given)
		return 0;
	if (wanted->flags.count)
		return blame(refuse(EINVAL, "unknown flag \"%s\"; the spec defines none",
				    wanted->flags.at[0]),
			     "linux.personality.flags[0]");
	if (personality(wanted->domain) < 0)
		return blame(fail(errno, "set personality %s", name), "linux.personality.domain");
	if (personality(0xffffffff) != (int)wanted->domain)
		return blame(refuse(EPERM, "personality %s was set but is not in force", name),
			     "linux.personality.domain");
	return 0;
}

int priority_affinity(pid_t pid, const char *cpus, const char *json_path)
{
	unsigned long mask[cpulist_words(most_cpus)];
	int count, result;

	if (!cpus)
		return 0;
	count = cpulist_parse(cpus, mask, most_cpus);
	if (count < 0)
		return blame(list_failed(count, cpus, "cpus", most_cpus), "%s", json_path);
	if (!count)
		return blame(refuse(EINVAL, "\"%s\" names no cpu", cpus), "%s", json_path);
	/* The system call, since glibc's wrapper knows 1024 cpus. It takes what of the list exists
	 * and the cpuset allows, as config.md has it: "determined by the Linux kernel". */
	if (syscall(SYS_sched_setaffinity, pid, sizeof mask, mask) == 0)
		return 0;
	result = blame(fail(errno, "set cpu affinity \"%s\"", cpus), "%s", json_path);
	if (result == -EINVAL)
		advise(result, "none of these cpus is online and in the cgroup's cpuset");
	return result;
}

void priority_tell_affinity(pid_t pid)
{
	unsigned long mask[cpulist_words(most_cpus)] = { 0 };
	char text[sizeof mask * 2 + 1];
	size_t word = cpulist_words(most_cpus) - 1;
	int used;

	if (syscall(SYS_sched_getaffinity, pid, sizeof mask, mask) < 0)
		return;
	while (word && !mask[word])
		word--;
	used = snprintf(text, sizeof text, "%lx", mask[word]);
	while (word--)
		used += snprintf(text + used, sizeof text - (size_t)used, "%0*lx",
				 cpulist_word_bits / 4, mask[word]);
	debug("process %d: affinity: 0x%s", pid, text);
}

/* Since Linux 6.2 a process keeps the affinity it asked for, or inherited (systemd's CPUAffinity=,
 * taskset), when it enters another cpuset; before, entering did what is done here. */
void priority_all_cpus(void)
{
	unsigned long mask[cpulist_words(most_cpus)];

	memset(mask, 0xff, sizeof mask);
	if (syscall(SYS_sched_setaffinity, 0, sizeof mask, mask) < 0)
		warn("the container is bound to the cpus of whoever started it: set cpu affinity: %s",
		     strerror(errno));
}

static int rlimit_failed(int error, const struct spec_rlimit *limit, size_t index)
{
	const char *name = word_or(spec_rlimit_words, limit->type);
	int result = blame(fail(error, "set %s to soft %llu, hard %llu", name,
				(unsigned long long)limit->soft, (unsigned long long)limit->hard),
			   "process.rlimits[%zu]", index);

	if (error == EPERM && limit->type == RLIMIT_NOFILE)
		advise(result, "raising a hard limit needs CAP_SYS_RESOURCE; this one is also "
			       "bounded by /proc/sys/fs/nr_open");
	else if (error == EPERM)
		advise(result, "raising a hard limit needs CAP_SYS_RESOURCE");
	return result;
}

int priority_rlimits(pid_t pid, const struct spec_rlimits *limits)
{
	for (size_t i = 0; i < limits->count; i++) {
		const struct spec_rlimit *limit = &limits->at[i];
		const struct rlimit64 wanted = { .rlim_cur = limit->soft, .rlim_max = limit->hard };
		struct rlimit64 found;

		if (limit->soft > limit->hard)
			return blame(refuse(EINVAL, "soft limit %llu is above hard limit %llu",
					    (unsigned long long)limit->soft,
					    (unsigned long long)limit->hard),
				     "process.rlimits[%zu]", i);
		if (prlimit64(pid, (__rlimit_resource_t)limit->type, &wanted, NULL) < 0)
			return rlimit_failed(errno, limit, i);
		if (prlimit64(pid, (__rlimit_resource_t)limit->type, NULL, &found) < 0)
			return rlimit_failed(errno, limit, i);
		if (found.rlim_cur != wanted.rlim_cur || found.rlim_max != wanted.rlim_max)
			return blame(refuse(EPERM, "%s was set but is not in force",
					    word_or(spec_rlimit_words, limit->type)),
				     "process.rlimits[%zu]", i);
	}
	return 0;
}

static int set_oom_score(pid_t pid, int score)
{
	autoclose int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char path[64], text[16];
	int result;

	if (proc < 0)
		return fail(errno, "open /proc");
	snprintf(path, sizeof path, "%d/oom_score_adj", pid);
	snprintf(text, sizeof text, "%d", score);
	result = write_small(proc, path, text);
	if (result == -EACCES || result == -EPERM)
		return advise(fail(result, "write \"%s\" to /proc/%s", text, path),
			      "going below the score of the runtime's own caller needs "
			      "CAP_SYS_RESOURCE");
	if (result)
		return fail(result, "write \"%s\" to /proc/%s", text, path);
	result = (int)read_small(proc, path, text, sizeof text);
	if (result < 0)
		return fail(result, "read /proc/%s", path);
	if (atoi(text) != score)
		return refuse(EPERM, "/proc/%s holds %d instead of %d", path, atoi(text), score);
	return 0;
}

int priority_oom_score(pid_t pid, int64_t score)
{
	int result;

	if (score < -1000 || score > 1000)
		result = refuse(EINVAL, "%lld is out of range: -1000 to 1000", (long long)score);
	else
		result = set_oom_score(pid, (int)score);
	return blame(result, "process.oomScoreAdj");
}
