/* test_scheduler.c -- policies the kernel takes, and why it may not take one. */
#include <criterion/criterion.h>
#include <errno.h>
#include <linux/sched.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ns/caps.h"
#include "runtime/base/fault.h"
#include "runtime/priority.h"
#include "specs/vocabulary.h"

static long policy_now(void)
{
	return syscall(SYS_sched_getscheduler, 0);
}

Test(scheduler, policy_nice_and_flags_are_set)
{
	const struct spec_scheduler asked = { true, SCHED_BATCH, 7, 0, SCHED_FLAG_RESET_ON_FORK };

	cr_assert_eq(priority_scheduler(&asked), 0, "%s", last_fault()->what);
	cr_assert_eq(policy_now(), SCHED_BATCH | 0x40000000 /* SCHED_RESET_ON_FORK */);
	cr_assert_eq(getpriority(PRIO_PROCESS, 0), 7);
}

Test(scheduler, idle_and_kept_policies_are_taken)
{
	struct spec_scheduler asked = { .given = true, .policy = SCHED_IDLE };

	cr_assert_eq(priority_scheduler(&asked), 0);
	cr_assert_eq(policy_now(), SCHED_IDLE);
	asked = (struct spec_scheduler) { true, SCHED_NORMAL, 0, 0, SCHED_FLAG_KEEP_POLICY };
	cr_assert_eq(priority_scheduler(&asked), 0, "%s", last_fault()->what);
	cr_assert_eq(policy_now(), SCHED_IDLE);
}

Test(scheduler, a_deadline_is_set_where_the_kernel_lets_us)
{
	const struct spec_scheduler asked = { .given = true,
					      .policy = SCHED_DEADLINE,
					      .flags = SCHED_FLAG_RESET_ON_FORK,
					      .runtime = { true, 1000000 },
					      .deadline = { true, 50000000 },
					      .period = 100000000 };
	int result = priority_scheduler(&asked);

	if (result == -EPERM || result == -EBUSY)
		cr_skip("%s: %s", last_fault()->what, last_fault()->hint);
	cr_assert_eq(result, 0, "%s", last_fault()->what);
	cr_assert_eq(policy_now(), SCHED_DEADLINE | 0x40000000);
}

Test(scheduler, what_needs_privilege_says_which)
{
	struct spec_scheduler asked = { .given = true, .policy = SCHED_RR, .priority = 5 };

	cr_assert_eq(ns_caps_apply(&(struct ns_caps) { 0 }), 0);
	cr_assert_eq(setrlimit(RLIMIT_RTPRIO, &(struct rlimit) { 0, 0 }), 0);
	cr_assert_eq(priority_scheduler(&asked), -EPERM);
	cr_assert_str_eq(last_fault()->what, "set scheduler SCHED_RR: Operation not permitted");
	cr_assert_str_eq(last_fault()->hint,
			 "real-time policies need CAP_SYS_NICE, and on cgroup v1 a "
			 "cpu.rt_runtime_us above 0 (linux.resources.cpu.realtimeRuntime)");
	asked = (struct spec_scheduler) { .given = true, .policy = SCHED_NORMAL, .nice = -5 };
	cr_assert_eq(setrlimit(RLIMIT_NICE, &(struct rlimit) { 0, 0 }), 0);
	cr_assert_eq(priority_scheduler(&asked), -EPERM);
	cr_assert_str_eq(last_fault()->hint,
			 "a nice value below the current one needs CAP_SYS_NICE");
}

Test(scheduler, clamps_clamp_nothing_or_say_what_is_missing)
{
	const struct spec_scheduler asked = { true, SCHED_NORMAL, 0, 0, SCHED_FLAG_UTIL_CLAMP_MAX };
	int result = priority_scheduler(&asked);

	if (!result)
		return;
	cr_assert_eq(result, -EOPNOTSUPP);
	cr_assert_str_eq(last_fault()->hint, "this kernel is built without CONFIG_UCLAMP_TASK");
}
