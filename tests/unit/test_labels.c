/* test_labels.c -- labels asked of a kernel that has them, played by plain files, and of one that
 * has none. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ns/labels.h"
#include "runtime/base/fault.h"

#define SELINUX_LABEL "system_u:system_r:container_t:s0:c1,c2"

static char folder[] = "/tmp/labels.XXXXXX";
static int proc = -1;

static void put(const char *path, const char *text)
{
	int fd = openat(proc, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static const char *content(const char *path)
{
	static char text[256];
	int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	ssize_t got = read(fd, text, sizeof text - 1);

	close(fd);
	text[got > 0 ? got : 0] = '\0';
	return text;
}

/* As procfs has it: thread-self is a symlink to where the thread is. */
static void play_procfs(void)
{
	cr_assert_not_null(mkdtemp(folder));
	proc = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	mkdirat(proc, "7", 0700);
	mkdirat(proc, "7/attr", 0700);
	mkdirat(proc, "7/attr/apparmor", 0700);
	cr_assert_eq(symlinkat("7", proc, "thread-self"), 0);
	put("7/attr/exec", "");
	put("7/attr/keycreate", "");
	put("7/attr/apparmor/exec", "");
	put("7/attr/apparmor/current", "unconfined\n");
}

static void remove_procfs(void)
{
	static const char *const files[] = { "7/attr/exec", "7/attr/keycreate",
					     "7/attr/apparmor/exec", "7/attr/apparmor/current",
					     "thread-self" };
	static const char *const folders[] = { "7/attr/apparmor", "7/attr", "7" };

	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		unlinkat(proc, files[i], 0);
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		unlinkat(proc, folders[i], AT_REMOVEDIR);
	close(proc);
	rmdir(folder);
}

TestSuite(labels, .init = play_procfs, .fini = remove_procfs);

Test(labels, nothing_asked_is_nothing_done)
{
	cr_assert_eq(ns_check_labels(NULL, ""), 0);
	cr_assert_eq(ns_set_labels(NULL, "", -1), 0);
}

Test(labels, a_profile_without_apparmor_is_a_clear_error)
{
	if (access("/sys/module/apparmor", F_OK) == 0)
		cr_skip("this kernel has AppArmor");
	cr_assert_eq(ns_check_labels("acme_secure_profile", NULL), -ENOTSUP);
	cr_assert_str_eq(last_fault()->what, "\"acme_secure_profile\" cannot be applied: this "
					     "kernel runs without AppArmor");
	cr_assert_str_eq(last_fault()->path, "process.apparmorProfile");
}

/* Plays a kernel with AppArmor, in a mount namespace of its own. */
Test(labels, with_apparmor_a_profile_is_taken)
{
	int fd;

	if (geteuid() != 0)
		cr_skip("needs root");
	cr_assert_eq(unshare(CLONE_NEWNS), 0);
	cr_assert_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	cr_assert_eq(mount("tmpfs", "/sys/module", "tmpfs", 0, NULL), 0);
	cr_assert_eq(mkdir("/sys/module/apparmor", 0755), 0);
	cr_assert_eq(mkdir("/sys/module/apparmor/parameters", 0755), 0);
	fd = open("/sys/module/apparmor/parameters/enabled", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	cr_assert_eq(write(fd, "Y\n", 2), 2);
	cr_assert_eq(ns_check_labels("docker-default", NULL), 0);
	cr_assert_eq(pwrite(fd, "N", 1, 0), 1);
	cr_assert_eq(ns_check_labels("docker-default", NULL), -ENOTSUP);
	close(fd);
}

Test(labels, unconfined_needs_no_apparmor)
{
	cr_assert_eq(ns_check_labels("unconfined", NULL), 0);
}

Test(labels, a_context_without_selinux_is_a_clear_error)
{
	if (access("/sys/fs/selinux", F_OK) == 0)
		cr_skip("this kernel has SELinux");
	cr_assert_eq(ns_check_labels(NULL, SELINUX_LABEL), -ENOTSUP);
	cr_assert_str_eq(last_fault()->what, "\"" SELINUX_LABEL "\" cannot be applied: this kernel "
					     "runs without SELinux");
	cr_assert_str_eq(last_fault()->path, "process.selinuxLabel");
	cr_assert_not(ns_mount_label_counts(SELINUX_LABEL));
	cr_assert_not(ns_mount_label_counts(NULL));
}

Test(labels, before_a_policy_is_loaded_no_context_is_taken)
{
	if (access("/sys/fs/selinux/load", F_OK) || !access("/sys/fs/selinux/class/process", F_OK))
		cr_skip("this kernel has no SELinux, or a policy");
	cr_assert_eq(ns_check_labels(NULL, SELINUX_LABEL), -ENOTSUP);
	cr_assert_str_eq(last_fault()->what, "\"" SELINUX_LABEL "\" cannot be applied: SELinux has "
					     "no policy loaded");
	cr_assert_not(ns_mount_label_counts(SELINUX_LABEL));
}

Test(labels, a_profile_goes_to_apparmors_own_file)
{
	ns_set_labels("docker-default", NULL, proc);
	cr_assert_str_eq(content("7/attr/apparmor/exec"), "exec docker-default");
	cr_assert_str_eq(content("7/attr/exec"), "");
}

Test(labels, what_does_not_read_back_is_an_error)
{
	cr_assert_eq(ns_set_labels("docker-default", NULL, proc), -EPERM);
	cr_assert_str_eq(last_fault()->what,
			 "`/proc/thread-self/attr/apparmor/exec` holds \"exec docker-default\" "
			 "instead of \"docker-default\"");
	cr_assert_str_eq(last_fault()->path, "process.apparmorProfile");
}

Test(labels, before_linux_5_8_the_file_is_shared)
{
	cr_assert_eq(renameat(proc, "7/attr/apparmor", proc, "elsewhere"), 0);
	ns_set_labels("docker-default", NULL, proc);
	cr_assert_eq(renameat(proc, "elsewhere", proc, "7/attr/apparmor"), 0);
	cr_assert_str_eq(content("7/attr/exec"), "exec docker-default");
}

Test(labels, unconfined_is_asked_only_of_an_apparmor_that_answers)
{
	put("7/attr/apparmor/current", "");
	cr_assert_eq(ns_set_labels("unconfined", NULL, proc), 0);
	cr_assert_str_eq(content("7/attr/apparmor/exec"), "");
	put("7/attr/apparmor/current", "docker-default (enforce)\n");
	ns_set_labels("unconfined", NULL, proc);
	cr_assert_str_eq(content("7/attr/apparmor/exec"), "exec unconfined");
}

Test(labels, a_context_is_written_and_read_back)
{
	cr_assert_eq(ns_set_labels(NULL, SELINUX_LABEL, proc), 0);
	cr_assert_str_eq(content("7/attr/exec"), SELINUX_LABEL);
	cr_assert_eq(ns_set_key_label(SELINUX_LABEL, proc), 0);
	cr_assert_str_eq(content("7/attr/keycreate"), SELINUX_LABEL);
}

Test(labels, a_label_the_kernel_refuses_names_the_file)
{
	int real = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (access("/sys/fs/selinux", F_OK) == 0 || access("/sys/module/apparmor", F_OK) == 0)
		cr_skip("this kernel has a security module that takes labels");
	cr_assert_eq(ns_set_labels(NULL, "nonsense", real), -EINVAL);
	cr_assert_str_eq(last_fault()->what, "write \"nonsense\" to `/proc/thread-self/attr/exec`: "
					     "Invalid argument");
	cr_assert_str_eq(last_fault()->path, "process.selinuxLabel");
	cr_assert_eq(ns_set_labels("unconfined", NULL, real), 0);
}

/* CVE-2019-16884, CVE-2025-52881. */
Test(labels, a_procfs_that_leads_elsewhere_is_not_followed)
{
	char outside[64];

	snprintf(outside, sizeof outside, "%s/7", folder);
	cr_assert_eq(unlinkat(proc, "thread-self", 0), 0);
	cr_assert_eq(symlinkat(outside, proc, "thread-self"), 0);
	cr_assert_eq(ns_set_labels(NULL, SELINUX_LABEL, proc), -EXDEV);
	cr_assert_str_eq(content("7/attr/exec"), "");
}
