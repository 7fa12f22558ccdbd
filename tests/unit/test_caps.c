/* test_caps.c -- what of the five sets is granted, and that it is then so. */
#include <criterion/criterion.h>
#include <errno.h>
#include <sched.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ns/caps.h"
#include "runtime/base/fault.h"

#define BIT(cap) (UINT64_C(1) << (cap))

static char heard[2048];

static void hear(const char *sentence)
{
	size_t used = strlen(heard);

	snprintf(heard + used, sizeof heard - used, "%s\n", sentence);
}

static struct ns_caps caps;

static const char *plan(const struct spec_capabilities *asked, bool full)
{
	heard[0] = '\0';
	send_warnings_to(hear);
	cr_assert_eq(ns_caps_plan(&caps, asked, full), 0);
	return heard;
}

/* One line "CapXxx:" of /proc/self/status. */
static uint64_t status(const char *key)
{
	FILE *file = fopen("/proc/self/status", "re");
	char line[256];
	unsigned long long value = 0;

	while (fgets(line, sizeof line, file)) {
		if (!strncmp(line, key, strlen(key)))
			sscanf(line + strlen(key), ": %llx", &value);
	}
	fclose(file);
	return value;
}

static void skip_unless_root(void)
{
	if (geteuid() != 0 || !(status("CapEff") & BIT(CAP_SETPCAP)))
		cr_skip("needs root with CAP_SETPCAP");
}

Test(caps, absent_capabilities_are_five_empty_sets)
{
	memset(&caps, 0xff, sizeof caps);
	cr_assert_str_eq(plan(&(struct spec_capabilities) { 0 }, false), "");
	cr_assert_eq(caps.bounding | caps.effective | caps.inheritable | caps.permitted |
			     caps.ambient,
		     0);
}

Test(caps, an_unknown_name_is_warned_of_once_with_its_sets)
{
	char fly[] = "CAP_FLY", swim[] = "CAP_SWIM";
	char *names[] = { fly, swim, fly, NULL };
	struct spec_capabilities asked = {
		.given = true,
		.bounding = { true, 0, { names, 3 } },
		.ambient = { true, 0, { names, 1 } },
	};

	cr_assert_str_eq(
		plan(&asked, true),
		"unable to apply caps: CAP_FLY: no such capability is known (bounding, "
		"ambient)\n"
		"unable to apply caps: CAP_SWIM: no such capability is known (bounding)\n");
}

Test(caps, one_the_kernel_lacks_is_left_out_with_a_warning)
{
	struct spec_capabilities asked = { .given = true,
					   .bounding = { true, BIT(63) | BIT(CAP_KILL) },
					   .permitted = { true, BIT(63) } };

	cr_assert_str_eq(plan(&asked, true),
			 "unable to apply caps: capability 63: this kernel has no such capability "
			 "(bounding, permitted)\n");
	cr_assert_eq(caps.bounding, BIT(CAP_KILL));
	cr_assert_eq(caps.permitted, 0);
}

static const struct spec_capabilities asks_resource = {
	.given = true,
	.bounding = { true, BIT(CAP_SYS_RESOURCE) },
	.effective = { true, BIT(CAP_SYS_RESOURCE) },
	.permitted = { true, BIT(CAP_SYS_RESOURCE) },
};

Test(caps, one_we_do_not_hold_is_left_out_with_a_warning)
{
	skip_unless_root();
	cr_assert_eq(ns_caps_apply(&(struct ns_caps) { .permitted = BIT(CAP_SETPCAP),
						       .effective = BIT(CAP_SETPCAP) }),
		     0);
	cr_assert_eq(ns_caps_limit_bounding(&(struct ns_caps) { 0 }), 0);
	cr_assert_str_eq(plan(&asks_resource, false),
			 "unable to apply caps: CAP_SYS_RESOURCE: the runtime does not hold it "
			 "(bounding, effective, permitted)\n");
	cr_assert_eq(caps.bounding | caps.effective | caps.permitted, 0);
}

Test(caps, a_user_namespace_of_its_own_grants_what_we_do_not_hold)
{
	cr_assert_str_eq(plan(&asks_resource, true), "");
	cr_assert_eq(caps.bounding, BIT(CAP_SYS_RESOURCE));
	cr_assert_eq(caps.permitted, BIT(CAP_SYS_RESOURCE));
}

Test(caps, sets_that_need_another_are_cut_to_it)
{
	struct spec_capabilities asked = {
		.given = true,
		.bounding = { true, BIT(CAP_KILL) },
		.effective = { true, BIT(CAP_KILL) | BIT(CAP_CHOWN) },
		.inheritable = { true, BIT(CAP_KILL) | BIT(CAP_FOWNER) },
		.permitted = { true, BIT(CAP_KILL) },
		.ambient = { true, BIT(CAP_KILL) | BIT(CAP_FOWNER) },
	};

	cr_assert_str_eq(plan(&asked, true),
			 "unable to apply caps: CAP_CHOWN: it is not in the permitted set "
			 "(effective)\n"
			 "unable to apply caps: CAP_FOWNER: it is not in the bounding set "
			 "(inheritable)\n"
			 "can't raise ambient capability CAP_FOWNER: it is not in the permitted "
			 "and the inheritable set\n");
	cr_assert_eq(caps.effective, BIT(CAP_KILL));
	cr_assert_eq(caps.inheritable, BIT(CAP_KILL));
	cr_assert_eq(caps.ambient, BIT(CAP_KILL));
}

Test(caps, root_ends_with_exactly_the_five_sets)
{
	const struct ns_caps wanted = { .bounding = BIT(CAP_KILL) | BIT(CAP_CHOWN),
					.effective = BIT(CAP_KILL),
					.inheritable = BIT(CAP_KILL) | BIT(CAP_CHOWN),
					.permitted = BIT(CAP_KILL) | BIT(CAP_CHOWN),
					.ambient = BIT(CAP_CHOWN) };

	skip_unless_root();
	cr_assert_eq(ns_caps_limit_bounding(&wanted), 0);
	cr_assert_eq(ns_caps_apply(&wanted), 0);
	cr_assert_eq(status("CapBnd"), wanted.bounding);
	cr_assert_eq(status("CapEff"), wanted.effective);
	cr_assert_eq(status("CapInh"), wanted.inheritable);
	cr_assert_eq(status("CapPrm"), wanted.permitted);
	cr_assert_eq(status("CapAmb"), wanted.ambient);
}

Test(caps, a_user_keeps_what_was_planned_across_setuid)
{
	const struct ns_caps wanted = { BIT(CAP_KILL), BIT(CAP_KILL), BIT(CAP_KILL), BIT(CAP_KILL),
					BIT(CAP_KILL) };

	skip_unless_root();
	cr_assert_eq(ns_caps_limit_bounding(&wanted), 0);
	cr_assert_eq(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), 0);
	cr_assert_eq(setresuid(1000, 1000, 1000), 0);
	cr_assert_eq(ns_caps_apply(&wanted), 0);
	cr_assert_eq(status("CapPrm"), BIT(CAP_KILL));
	cr_assert_eq(status("CapAmb"), BIT(CAP_KILL));
}

Test(caps, what_the_caller_had_raised_does_not_stay)
{
	const struct ns_caps first = { BIT(CAP_KILL), BIT(CAP_KILL), BIT(CAP_KILL), BIT(CAP_KILL),
				       BIT(CAP_KILL) };

	skip_unless_root();
	cr_assert_eq(ns_caps_apply(&first), 0);
	cr_assert_eq(ns_caps_apply(&(struct ns_caps) { 0 }), 0);
	cr_assert_eq(status("CapAmb") | status("CapInh") | status("CapPrm") | status("CapEff"), 0);
}

Test(caps, more_than_we_hold_is_an_error)
{
	skip_unless_root();
	cr_assert_eq(ns_caps_apply(&(struct ns_caps) { 0 }), 0);
	cr_assert_eq(ns_caps_apply(&(struct ns_caps) { .permitted = BIT(CAP_KILL) }), -EPERM);
	cr_assert_str_eq(last_fault()->what,
			 "unable to apply caps: set permitted 0x20, effective 0, inheritable 0: "
			 "Operation not permitted");
	cr_assert_str_eq(last_fault()->path, "process.capabilities");
	cr_assert_eq(ns_caps_limit_bounding(&(struct ns_caps) { .bounding = ~BIT(CAP_KILL) }),
		     -EPERM);
	cr_assert_str_eq(last_fault()->what,
			 "unable to apply caps: drop CAP_KILL from the bounding set: "
			 "Operation not permitted");
}

/* In a forked child: unshare(CLONE_NEWUSER) wants a single thread. */
Test(caps, inside_a_user_namespace_all_of_a_full_plan_is_granted)
{
	struct spec_cap_set all = { true, BIT(CAP_SYS_RESOURCE) | BIT(CAP_KILL) };
	struct spec_capabilities asked = { true, all, all, all, all, all };
	int ended;
	pid_t child;

	cr_assert_str_eq(plan(&asked, true), "");
	child = fork();
	if (child == 0) {
		if (unshare(CLONE_NEWUSER) < 0)
			_exit(77);
		_exit(ns_caps_limit_bounding(&caps) || ns_caps_apply(&caps) ||
		      status("CapBnd") != all.bits || status("CapAmb") != all.bits);
	}
	cr_assert_eq(waitpid(child, &ended, 0), child);
	if (WEXITSTATUS(ended) == 77)
		cr_skip("this kernel lets nobody make a user namespace");
	cr_assert_eq(ended, 0);
}
