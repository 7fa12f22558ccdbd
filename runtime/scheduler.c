/* scheduler.c -- process.scheduler by sched_setattr(2).
 *
 * The kernel answers EPERM or EBUSY to several different things, which get a hint each. What is
 * wrong by itself, specs/rules_scheduler.c has refused. Which policy suits a workload: sched(7).
 * Declared in priority.h. */
#include <errno.h>
#include <linux/sched.h>
#include <linux/sched/types.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/words.h"
#include "runtime/priority.h"
#include "specs/vocabulary.h"

enum { most_clamp = 1024 };

static const char *policy_name(int policy)
{
	const char *name = word_name(spec_scheduler_words, policy);

	return name ? name : "an unknown policy";
}

static bool is_realtime(int policy)
{
	return policy == SCHED_FIFO || policy == SCHED_RR;
}

static int set_failed(int error, const struct spec_scheduler *asked)
{
	int result = blame(fail(error, "set scheduler %s", policy_name(asked->policy)),
			   "process.scheduler");

	if (error == EPERM && is_realtime(asked->policy))
		advise(result, "real-time policies need CAP_SYS_NICE, and on cgroup v1 a "
			       "cpu.rt_runtime_us above 0 (linux.resources.cpu.realtimeRuntime)");
	else if (error == EPERM && asked->policy == SCHED_DEADLINE)
		/* The second half is what runc says, and its tests look for. */
		advise(result, "SCHED_DEADLINE needs CAP_SYS_NICE and a cpuset with all cpus "
			       "(linux.resources.cpu.cpus): process scheduler can't be used "
			       "together with AllowedCPUs");
	else if (error == EPERM)
		advise(result, "a nice value below the current one needs CAP_SYS_NICE");
	else if (error == EBUSY)
		advise(result, "the deadline tasks there are leave too little bandwidth, see "
			       "/proc/sys/kernel/sched_rt_runtime_us");
	else if (error == EINVAL && asked->policy == SCHED_DEADLINE)
		advise(result, "the period must be within "
			       "/proc/sys/kernel/sched_deadline_period_{min,max}_us");
	else if (error == EOPNOTSUPP && asked->flags & SCHED_FLAG_UTIL_CLAMP)
		advise(result, "this kernel is built without CONFIG_UCLAMP_TASK");
	return result;
}

static bool in_force(const struct sched_attr *wanted)
{
	struct sched_attr found = { 0 };

	if (syscall(SYS_sched_getattr, 0, &found, sizeof found, 0) < 0)
		return false;
	if ((wanted->sched_flags & SCHED_FLAG_RESET_ON_FORK) !=
	    (found.sched_flags & SCHED_FLAG_RESET_ON_FORK))
		return false;
	if (wanted->sched_flags & (SCHED_FLAG_KEEP_POLICY | SCHED_FLAG_KEEP_PARAMS))
		return true;
	if (found.sched_policy != wanted->sched_policy ||
	    found.sched_priority != wanted->sched_priority)
		return false;
	/* The other policies keep a nice value but do not take one. */
	if (wanted->sched_policy == SCHED_NORMAL || wanted->sched_policy == SCHED_BATCH)
		return found.sched_nice == wanted->sched_nice;
	if (wanted->sched_policy == SCHED_DEADLINE)
		return found.sched_runtime == wanted->sched_runtime &&
		       found.sched_deadline == wanted->sched_deadline;
	return true;
}

int priority_scheduler(const struct spec_scheduler *asked)
{
	struct sched_attr attributes = {
		/* The utilisation clamps came with 5.3; older kernels want the size before. */
		.size = SCHED_ATTR_SIZE_VER0,
		.sched_policy = (uint32_t)asked->policy,
		.sched_flags = asked->flags,
		.sched_nice = asked->nice,
		.sched_priority = (uint32_t)asked->priority,
		.sched_runtime = asked->runtime.value,
		.sched_deadline = asked->deadline.value,
		.sched_period = asked->period,
	};

	if (!asked->given)
		return 0;
	/* The spec has the flags but no values for them: the two that clamp nothing. */
	if (asked->flags & SCHED_FLAG_UTIL_CLAMP) {
		attributes.size = SCHED_ATTR_SIZE_VER1;
		attributes.sched_util_max = most_clamp;
	}
	if (syscall(SYS_sched_setattr, 0, &attributes, 0) < 0)
		return set_failed(errno, asked);
	if (!in_force(&attributes))
		return blame(refuse(EPERM, "scheduler %s was set but is not in force",
				    policy_name(asked->policy)),
			     "process.scheduler");
	return 0;
}
