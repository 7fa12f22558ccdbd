/* test_old_api.c -- the same roots on a kernel that lacks the new mount API.
 *
 * A seccomp filter makes its system calls fail with ENOSYS, as before Linux 5.2 and 5.12. */
#include "rootbox.h"

#include <seccomp.h>

static void forget_new_api(void)
{
	static const char *const calls[] = { "fsopen",	  "fsconfig",	   "fsmount",  "move_mount",
					     "open_tree", "mount_setattr", "statmount" };
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		int number = seccomp_syscall_resolve_name(calls[i]);

		/* Newer than the library: by number. */
		if (number == __NR_SCMP_ERROR)
			number = 457;
		cr_assert_eq(seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), number, 0), 0);
	}
	cr_assert_eq(seccomp_load(filter), 0);
	seccomp_release(filter);
}

static void old_box(struct box *box)
{
	box_new(box);
	forget_new_api();
}

static void show_hidden(struct box *box)
{
	show_mounts(box);
	printf("keys:");
	fflush(stdout);
	show("/proc/keys");
	printf("|");
}

Test(old_api, defaults_masks_and_readonly_paths_come_out)
{
	autobox struct box box = { 0 };

	old_box(&box);
	box_defaults(&box);
	box.spec.root.readonly = true;
	box.spec.linux.masked_paths = box_words(&box, "/proc/keys,/proc/acpi,/sys/firmware");
	box.spec.linux.readonly_paths = box_words(&box, "/proc/sys");
	box_build(&box, show_hidden);
	assert_built(&box);
	cr_expect_str_eq(mount_line(&box, "/"), "/ ro,relatime - tmpfs box rw,mode=755");
	cr_expect_str_eq(mount_line(&box, "/dev"),
			 "/dev rw,nosuid - tmpfs tmpfs rw,size=65536k,mode=755");
	cr_expect_str_eq(mount_line(&box, "/dev/pts"),
			 "/dev/pts rw,nosuid,noexec,relatime - devpts devpts "
			 "rw,gid=5,mode=620,ptmxmode=666");
	cr_expect_not_null(strstr(mount_line(&box, "/sys"), "/sys ro,nosuid,nodev,noexec"));
	cr_expect_not_null(strstr(mount_line(&box, "/proc/sys"), "/proc/sys ro,relatime"));
	cr_expect_not_null(strstr(mount_line(&box, "/sys/firmware"), "ro,"));
	cr_expect_not_null(strstr(box.text, "keys:|"));
}

Test(old_api, bind_mounts_get_their_flags)
{
	autobox struct box box = { 0 };

	old_box(&box);
	box_mount(&box, "/proc", "proc", "proc", NULL);
	box_mount(&box, "/data", "bind", "/mnt/host", "rbind,rprivate,ro,nosuid,noexec");
	box_build(&box, show_mounts);
	assert_built(&box);
	cr_expect_not_null(strstr(mount_line(&box, "/data"), "/data ro,nosuid,noexec,relatime"));
}

Test(old_api, what_it_cannot_do_is_an_error)
{
	autobox struct box box = { 0 };

	old_box(&box);
	box_mount(&box, "/data", "bind", "/mnt/host", "rbind,rro");
	box_build(&box, NULL);
	assert_failed(&box, "mount|mounts[0]|set mount options of /data: Function not implemented");
}
