/* test_names.c -- hostname, domainname and sysctls in namespaces of their own. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ns/names.h"
#include "ns/procfs.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"

static struct spec_namespace all[] = {
	{ CLONE_NEWIPC, NULL },
	{ CLONE_NEWNET, NULL },
	{ CLONE_NEWUTS, NULL },
};

static int check(const char *key, size_t namespaces)
{
	struct pair pair = { (char *)key, (char *)"1" };
	struct spec spec = { 0 };

	spec.linux.sysctl = (struct pairs) { &pair, 1 };
	spec.linux.namespaces.at = all;
	spec.linux.namespaces.count = namespaces;
	return ns_check_sysctls(&spec);
}

Test(names, namespaced_sysctls_are_allowed)
{
	cr_expect_eq(check("kernel.msgmax", 3), 0);
	cr_expect_eq(check("kernel/shm_rmid_forced", 3), 0);
	cr_expect_eq(check("fs.mqueue.msg_max", 3), 0);
	cr_expect_eq(check("net.ipv4.ip_forward", 3), 0);
	cr_expect_eq(check("net/ipv4/conf/eno2.100/rp_filter", 3), 0);
	cr_expect_eq(check("net.ipv4.conf.eno2/100.rp_filter", 3), 0);
	cr_expect_eq(check("kernel.domainname", 3), 0);
}

static const struct {
	const char *key;
	size_t namespaces;
	const char *what;
} refused[] = {
	{ "kernel.core_pattern", 3,
	  "sysctl \"kernel.core_pattern\" is not in a separate kernel namespace" },
	{ "kernel/core_pattern", 3,
	  "sysctl \"kernel/core_pattern\" is not in a separate kernel namespace" },
	{ "kernel.msgmax", 0,
	  "sysctl \"kernel.msgmax\" is not allowed in the hosts ipc namespace" },
	{ "net.ipv4.ip_forward", 1,
	  "sysctl \"net.ipv4.ip_forward\" is not allowed in the hosts network namespace" },
	{ "user.max_user_namespaces", 3,
	  "sysctl \"user.max_user_namespaces\" is not allowed in the hosts user namespace" },
	{ "kernel.hostname", 3,
	  "sysctl \"kernel.hostname\" is not allowed as it conflicts with the OCI \"hostname\" "
	  "field" },
	{ "net/../kernel/core_pattern", 3,
	  "sysctl \"net/../kernel/core_pattern\" is not a name below /proc/sys" },
	{ "net.//.kernel", 3, "sysctl \"net.//.kernel\" is not a name below /proc/sys" },
	{ "net..core", 3, "sysctl \"net..core\" is not a name below /proc/sys" },
	{ "/net/core", 3, "sysctl \"/net/core\" is not a name below /proc/sys" },
	{ "", 3, "sysctl \"\" is not a name below /proc/sys" },
	{ "netx.foo", 3, "sysctl \"netx.foo\" is not in a separate kernel namespace" },
	{ "kernel.msgmax.x", 3,
	  "sysctl \"kernel.msgmax.x\" is not in a separate kernel namespace" },
};

Test(names, the_others_are_refused)
{
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		cr_expect_lt(check(refused[i].key, refused[i].namespaces), 0, "%s", refused[i].key);
		cr_expect_str_eq(last_fault()->what, refused[i].what, "%s", last_fault()->what);
	}
	cr_expect_str_eq(last_fault()->path, "linux.sysctl[\"kernel.msgmax.x\"]");
}

/* Two names for one thing, which say two things. */
Test(names, a_sysctl_cannot_contradict_the_domainname)
{
	struct pair pair = { (char *)"kernel.domainname", (char *)"one" };
	struct spec spec = { 0 };

	spec.linux.sysctl = (struct pairs) { &pair, 1 };
	spec.linux.namespaces.at = all;
	spec.linux.namespaces.count = 3;
	spec.domainname = (char *)"one";
	cr_expect_eq(ns_check_sysctls(&spec), 0);
	spec.domainname = (char *)"other";
	cr_expect_eq(ns_check_sysctls(&spec), -EINVAL);
	cr_expect_str_eq(last_fault()->what,
			 "sysctl \"kernel.domainname\" is \"one\", but domainname is \"other\"");
}

Test(names, a_joined_namespace_that_is_ours_is_none)
{
	static struct spec_namespace joined = { CLONE_NEWNET, (char *)"/proc/self/ns/net" };
	struct pair pair = { (char *)"net.ipv4.ip_forward", (char *)"1" };
	struct spec spec = { 0 };

	spec.linux.sysctl = (struct pairs) { &pair, 1 };
	spec.linux.namespaces.at = &joined;
	spec.linux.namespaces.count = 1;
	cr_assert_eq(ns_check_sysctls(&spec), -EINVAL);
}

static void need_namespaces(int flags)
{
	if (geteuid() != 0)
		cr_skip("needs root");
	cr_assert_eq(unshare(flags), 0, "%s", strerror(errno));
}

Test(names, hostname_and_domainname_are_set)
{
	struct utsname names;

	need_namespaces(CLONE_NEWUTS);
	cr_assert_eq(ns_set_hostname("box"), 0);
	cr_assert_eq(ns_set_domainname("example.org"), 0);
	uname(&names);
	cr_assert_str_eq(names.nodename, "box");
	cr_assert_str_eq(names.domainname, "example.org");
}

Test(names, a_name_too_long_is_refused)
{
	char name[80];

	memset(name, 'x', sizeof name);
	name[65] = '\0';
	need_namespaces(CLONE_NEWUTS);
	cr_assert_eq(ns_set_hostname(name), -EINVAL);
	cr_assert_str_eq(last_fault()->what, "hostname is longer than 64 bytes");
	name[64] = '\0';
	cr_assert_eq(ns_set_hostname(name), 0);
}

static void expect_file(int proc, const char *path, const char *wanted)
{
	char text[64];

	cr_assert_gt(read_small(proc, path, text, sizeof text), 0);
	cr_expect_str_eq(text, wanted);
}

Test(names, sysctls_are_written)
{
	struct pair pairs[] = {
		{ (char *)"net.ipv4.ip_forward", (char *)"1" },
		{ (char *)"net/ipv4/conf/lo/forwarding", (char *)"0" },
		{ (char *)"kernel.msgmax", (char *)"4321" },
	};
	const struct pairs sysctl = { pairs, 3 };
	int proc;

	need_namespaces(CLONE_NEWNET | CLONE_NEWIPC);
	proc = ns_procfs_open();
	cr_assert_geq(proc, 0);
	cr_assert_eq(ns_set_sysctls(&sysctl, proc), 0, "%s", last_fault()->what);
	expect_file(proc, "sys/net/ipv4/ip_forward", "1\n");
	expect_file(proc, "sys/kernel/msgmax", "4321\n");
}

Test(names, what_the_kernel_refuses_is_named)
{
	struct pair pair = { (char *)"net.ipv4.no_such_thing", (char *)"1" };
	const struct pairs sysctl = { &pair, 1 };
	int proc;

	need_namespaces(CLONE_NEWNET);
	proc = ns_procfs_open();
	cr_assert_eq(ns_set_sysctls(&sysctl, proc), -ENOENT);
	cr_assert_str_eq(last_fault()->what,
			 "write sysctl net.ipv4.no_such_thing = \"1\": No such file or directory");
	cr_assert_str_eq(last_fault()->path, "linux.sysctl[\"net.ipv4.no_such_thing\"]");
}

Test(procfs, is_not_the_one_that_was_tampered_with)
{
	char text[64];
	int proc;

	need_namespaces(CLONE_NEWNS | CLONE_NEWNET);
	cr_assert_eq(mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL), 0);
	cr_assert_eq(mount("fake", "/proc/sys", "tmpfs", 0, NULL), 0);
	proc = ns_procfs_open();
	cr_assert_geq(proc, 0);
	cr_assert_gt(read_small(proc, "sys/net/ipv4/ip_forward", text, sizeof text), 0);
}

static int borrow_from_a_fake(void)
{
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 || mount("x", "/proc", "tmpfs", 0, NULL) < 0)
		return 1;
	if (ns_procfs_open() != -ENODEV)
		return 2;
	return strcmp(last_fault()->what, "/proc is not a procfs") ? 3 : 0;
}

Test(procfs, a_borrowed_one_must_be_procfs)
{
	int status;
	pid_t pid;

	need_namespaces(CLONE_NEWNS);
	/* In a user namespace with the host's pid namespace no new one may be mounted. A child has
	 * the one thread that may make such a namespace. */
	pid = fork();
	if (pid == 0)
		_exit(borrow_from_a_fake());
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert_eq(status, 0, "step %d", WEXITSTATUS(status));
}
