/* test_fault.c -- how a fault is put into words. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>

#include "runtime/base/fault.h"

Test(fault, the_kernels_no_ends_with_its_reason)
{
	cr_assert_eq(fail(EPERM, "mount %s on %s", "proc", "/proc"), -EPERM);
	cr_assert_str_eq(last_fault()->what, "mount proc on /proc: Operation not permitted");
}

Test(fault, engines_compare_with_reasons_as_go_has_them)
{
	cr_assert_eq(fail_as_go(ENOENT, "exec %s", "/x"), -ENOENT);
	cr_assert_str_eq(last_fault()->what, "exec /x: no such file or directory");
	cr_assert_eq(last_fault()->error, ENOENT);
}

Test(fault, our_no_stands_as_it_is)
{
	cr_assert_eq(refuse(EINVAL, "container ID is empty"), -EINVAL);
	cr_assert_str_eq(last_fault()->what, "container ID is empty");
}

Test(fault, the_first_place_named_is_kept)
{
	int result = blame(blame(refuse(EINVAL, "x"), "mounts[%d].type", 3), "mounts[3]");

	cr_assert_eq(result, -EINVAL);
	cr_assert_str_eq(last_fault()->path, "mounts[3].type");
}

Test(fault, a_sentence_may_quote_the_one_it_replaces)
{
	refuse(EINVAL, "inner");
	refuse(EINVAL, "outer: %s", last_fault()->what);
	cr_assert_str_eq(last_fault()->what, "outer: inner");
}

static char heard[64];

static void hear(const char *sentence)
{
	snprintf(heard, sizeof heard, "%s", sentence);
}

Test(fault, an_early_warning_waits_for_its_receiver)
{
	warn("early %d", 1);
	send_warnings_to(hear);
	cr_assert_str_eq(heard, "early 1");
}
