/* test_limit_devices.c -- device rules in the order of the config: who is let in, who is not. */
#include <unistd.h>

#include "tests/lib/host.h"
#include "tests/lib/limits.h"

TestSuite(limit_devices, .init = boxes_open, .fini = boxes_close, .timeout = 120);

#define DENY_ALL "{'allow': false, 'access': 'rwm'}"
/* /dev/loop-control: whoever may, can open it, and nothing happens. */
#define LOOP(allow, access)                                                                  \
	"{'allow': " allow ", 'type': 'c', 'major': 10, 'minor': 237, 'access': '" access "'}"
#define MISC(allow, access) "{'allow': " allow ", 'type': 'c', 'major': 10, 'access': '" access "'}"

/* The workload opens it for reading, then for writing. */
static void opens(const char *rules, const char *wanted)
{
	struct box *box = box_new();

	box_set(box, "linux.resources.devices", "[%s]", rules);
	box_set(box, "linux.devices[+]",
		"{'type': 'c', 'path': '/dev/control', 'major': 10, 'minor': 237}");
	box_shell(box, "for i in read write; do case $i in read) true </dev/control;; "
		       "write) true >/dev/control;; esac && echo $i; done; true");
	if (access("/sys/dev/char/10:237", F_OK) < 0)
		boxes_skip("this host has no /dev/loop-control");
	cr_assert_str_eq(box_run(box).out, wanted, "%s", rules);
}

Test(limit_devices, nothing_said_is_denied)
{
	opens("", "");
	opens(DENY_ALL, "");
}

Test(limit_devices, what_is_allowed_is_allowed_for_just_that)
{
	opens(DENY_ALL ", " LOOP("true", "r"), "read\n");
	opens(DENY_ALL ", " LOOP("true", "w"), "write\n");
	opens(DENY_ALL ", " LOOP("true", "rw"), "read\nwrite\n");
}

Test(limit_devices, the_last_word_counts)
{
	opens(DENY_ALL ", " LOOP("true", "rw") ", " LOOP("false", "w"), "read\n");
	opens(DENY_ALL ", " LOOP("false", "rw") ", " LOOP("true", "w"), "write\n");
	opens(LOOP("true", "rw") ", " DENY_ALL, "");
	opens("{'allow': true, 'access': 'rwm'}, " LOOP("false", "r"), "write\n");
}

Test(limit_devices, a_major_number_stands_for_all_of_its_devices)
{
	opens(DENY_ALL ", " MISC("true", "r"), "read\n");
	opens(DENY_ALL ", " LOOP("true", "rw") ", " MISC("false", "w"), "read\n");
}

/* v2's program takes it as it is; v1's list cannot hold it, and it is not half enforced. */
Test(limit_devices, a_part_taken_back_is_taken_back_or_refused)
{
	struct box *box = box_new();

	if (!host_has_v1_controller("devices")) {
		opens(DENY_ALL ", " MISC("true", "rw") ", " LOOP("false", "w"), "read\n");
		return;
	}
	box_set(box, "linux.resources.devices",
		"[" DENY_ALL ", " MISC("true", "rw") ", " LOOP("false", "w") "]");
	box_shell(box, "true");
	assert_fails(box_create(box), 1,
		     "a later rule takes back a part of an earlier one, which cgroup v1 cannot "
		     "express");
	cr_assert_null(boxes_left());
}
