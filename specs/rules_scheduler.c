/* rules_scheduler.c -- rules for process.scheduler (config.md, "Process"; sched_setattr(2)).
 *
 * The kernel answers EINVAL to all of these mistakes; here each is told from the others. What is
 * said of SCHED_DEADLINE has the words that crun's tests look for. */
#include <linux/sched.h>
#include <stdbool.h>

#include "runtime/base/fault.h"
#include "runtime/base/words.h"
#include "specs/rules.h"
#include "specs/vocabulary.h"

typedef unsigned long long number;

/* The kernel's own: sched(7), "SCHED_DEADLINE". */
static const uint64_t shortest_runtime = 1024, longest_runtime = (1ULL << 63) - 1;

static const char deadline_call[] = "sched_setattr: `SCHED_DEADLINE`";

static int check_order(const struct spec_scheduler *scheduler, const char *path)
{
	number runtime = scheduler->runtime.value, deadline = scheduler->deadline.value;
	/* Without a period the kernel takes the deadline. */
	number period = scheduler->period ? scheduler->period : deadline;

	if (runtime > deadline)
		return broken(at("%sscheduler.runtime", path),
			      "%s runtime %llu must be <= deadline %llu", deadline_call, runtime,
			      deadline);
	if (deadline > period)
		return broken(at("%sscheduler.deadline", path),
			      "%s deadline %llu must be <= period %llu", deadline_call, deadline,
			      period);
	return 0;
}

static int check_deadline(const struct spec_scheduler *scheduler, const char *path)
{
	number runtime = scheduler->runtime.value;

	if (!scheduler->runtime.given)
		return broken(at("%sscheduler.runtime", path), "%s requires `runtime`",
			      deadline_call);
	if (!scheduler->deadline.given)
		return broken(at("%sscheduler.deadline", path), "%s requires `deadline`",
			      deadline_call);
	if (!runtime)
		return broken(at("%sscheduler.runtime", path), "%s runtime must be greater than 0",
			      deadline_call);
	if (runtime < shortest_runtime || runtime > longest_runtime)
		return broken(at("%sscheduler.runtime", path),
			      "%s runtime %llu must be between %llu and %llu nanoseconds",
			      deadline_call, runtime, (number)shortest_runtime,
			      (number)longest_runtime);
	return check_order(scheduler, path);
}

static int check_priority(const struct spec_scheduler *scheduler, const char *path,
			  const char *policy)
{
	bool realtime = scheduler->policy == SCHED_FIFO || scheduler->policy == SCHED_RR;

	if (realtime && (scheduler->priority < 1 || scheduler->priority > 99))
		return broken(at("%sscheduler.priority", path), "expected 1 to 99 with %s, got %d",
			      policy, scheduler->priority);
	if (!realtime && scheduler->priority)
		return broken(at("%sscheduler.priority", path),
			      "only SCHED_FIFO and SCHED_RR have a priority, not %s", policy);
	return 0;
}

static bool has_nice(int policy)
{
	return policy == SCHED_NORMAL || policy == SCHED_BATCH;
}

static bool has_times(const struct spec_scheduler *scheduler)
{
	return scheduler->runtime.value || scheduler->deadline.value || scheduler->period;
}

int rules_scheduler(const struct spec_scheduler *scheduler, const char *path)
{
	const char *policy = word_name(spec_scheduler_words, scheduler->policy);
	int result;

	if (!scheduler->given)
		return 0;
	if (scheduler->policy == SCHED_ISO)
		return advise(broken(at("%sscheduler.policy", path), "SCHED_ISO has a number but "
				     "no code: no Linux kernel has this policy"),
			      "SCHED_RR is the nearest there is");
	/* The kernel would quietly take the nearest one. */
	if (scheduler->nice < -20 || scheduler->nice > 19)
		return broken(at("%sscheduler.nice", path), "expected -20 to 19, got %d",
			      scheduler->nice);
	/* What these keep may be anything, so it cannot be checked against the rest. */
	if (scheduler->flags & (SCHED_FLAG_KEEP_POLICY | SCHED_FLAG_KEEP_PARAMS))
		return 0;
	result = check_priority(scheduler, path, policy);
	if (result < 0)
		return result;
	/* Documents in the field carry one with any policy, and sched_setattr(2) passes it over. */
	if (scheduler->nice && !has_nice(scheduler->policy))
		warn("%sscheduler.nice is not applied: only SCHED_OTHER and SCHED_BATCH have a "
		     "nice value, not %s", path, policy);
	if (scheduler->policy == SCHED_DEADLINE)
		return check_deadline(scheduler, path);
	return has_times(scheduler) ?
		       broken(at("%sscheduler", path), "only SCHED_DEADLINE has runtime, deadline "
			      "and period, not %s", policy) :
		       0;
}
