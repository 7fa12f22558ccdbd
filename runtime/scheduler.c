/* scheduler.c -- process.scheduler by sched_setattr(2).
 *
 * The kernel answers EINVAL, EPERM or EBUSY to a dozen different mistakes; so what can be said
 * beforehand is said here, in the words of config.json, and the rest gets a hint. Which policy
 * suits a workload: sched(7). Declared in priority.h. */
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

enum { shortest_runtime_ns = 1024, most_clamp = 1024 };

static const char *policy_name(int policy)
{
	const char *name = word_name(spec_scheduler_words, policy);

	return name ? name : "an unknown policy";
}

static bool is_realtime(int policy)
{
	return policy == SCHED_FIFO || policy == SCHED_RR;
}

/* sched(7): runtime <= deadline <= period, where no period means the deadline. */
static int check_deadline(const struct spec_scheduler *asked)
{
	uint64_t period = asked->period ? asked->period : asked->deadline;

	if (asked->runtime < shortest_runtime_ns)
		return blame(refuse(EINVAL,
				    "SCHED_DEADLINE needs a runtime of at least %d nanoseconds, "
				    "got %llu",
				    shortest_runtime_ns, (unsigned long long)asked->runtime),
			     "process.scheduler.runtime");
	if (asked->deadline < asked->runtime)
		return blame(refuse(EINVAL, "deadline %llu is shorter than runtime %llu",
				    (unsigned long long)asked->deadline,
				    (unsigned long long)asked->runtime),
			     "process.scheduler.deadline");
	if (period < asked->deadline)
		return blame(refuse(EINVAL, "period %llu is shorter than deadline %llu",
				    (unsigned long long)period,
				    (unsigned long long)asked->deadline),
			     "process.scheduler.period");
	return 0;
}

static int check(const struct spec_scheduler *asked)
{
	if (asked->policy == SCHED_ISO)
		return advise(blame(refuse(EINVAL, "SCHED_ISO has a number but no code: no Linux "
						   "kernel has this policy"),
				    "process.scheduler.policy"),
			      "SCHED_RR is the nearest there is");
	/* The kernel would quietly take the nearest one. */
	if (asked->nice < -20 || asked->nice > 19)
		return blame(refuse(EINVAL, "%d is out of range: -20 to 19", asked->nice),
			     "process.scheduler.nice");
	/* What these keep may be anything, so it cannot be checked against the rest. */
	if (asked->flags & (SCHED_FLAG_KEEP_POLICY | SCHED_FLAG_KEEP_PARAMS))
		return 0;
	if (is_realtime(asked->policy) && (asked->priority < 1 || asked->priority > 99))
		return blame(refuse(EINVAL, "%s needs a priority from 1 to 99, got %d",
				    policy_name(asked->policy), asked->priority),
			     "process.scheduler.priority");
	if (!is_realtime(asked->policy) && asked->priority)
		return blame(refuse(EINVAL, "%s has no priority but 0, got %d",
				    policy_name(asked->policy), asked->priority),
			     "process.scheduler.priority");
	return asked->policy == SCHED_DEADLINE ? check_deadline(asked) : 0;
}

static int set_failed(int error, const struct spec_scheduler *asked)
{
	int result = blame(fail(error, "set scheduler %s", policy_name(asked->policy)),
			   "process.scheduler");

	if (error == EPERM && is_realtime(asked->policy))
		advise(result, "real-time policies need CAP_SYS_NICE, and on cgroup v1 a "
			       "cpu.rt_runtime_us above 0 (linux.resources.cpu.realtimeRuntime)");
	else if (error == EPERM && asked->policy == SCHED_DEADLINE)
		advise(result, "SCHED_DEADLINE needs CAP_SYS_NICE and a cpuset with all cpus");
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
		.sched_runtime = asked->runtime,
		.sched_deadline = asked->deadline,
		.sched_period = asked->period,
	};
	int result;

	if (!asked->given)
		return 0;
	result = check(asked);
	if (result)
		return result;
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
