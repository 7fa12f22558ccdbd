/* test_selinux.c -- labels on a kernel that enforces a policy: selinux.cil, which this loads.
 *
 * A policy cannot be taken back, so this is for a guest: tests/guest/run --kernel qemu --selinux. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "runtime/base/owned.h"
#include "tests/lib/box.h"
#include "tests/lib/host.h"

#define CONTAINER "system_u:system_r:container_t:s0:c1,c2"
#define FILES     "system_u:object_r:container_file_t:s0"

static void load_policy(void)
{
	char path[] = "/tmp/policy.XXXXXX", command[128], policy[64 * 1024];
	int empty = mkstemp(path);
	ssize_t length;

	cr_assert_geq(empty, 0);
	close(empty);
	snprintf(command, sizeof command,
		 "secilc -c 33 -o %s -f /dev/null tests/run/selinux.cil", path);
	cr_assert_eq(system(command), 0);
	autoclose int file = open(path, O_RDONLY | O_CLOEXEC);
	autoclose int load = open("/sys/fs/selinux/load", O_WRONLY | O_CLOEXEC);
	length = read(file, policy, sizeof policy);
	cr_assert_gt(length, 0);
	unlink(path);
	/* In one write: each is a whole policy. */
	cr_assert_eq(write(load, policy, (size_t)length), length, "%m");
}

/* Before boxes_open(), which remembers the mounts: with a policy they are "seclabel". */
static void open_with_policy(void)
{
	if (access("/sys/fs/selinux/load", F_OK) == 0 &&
	    access("/sys/fs/selinux/class/process", F_OK) < 0)
		load_policy();
	boxes_open();
}

TestSuite(selinux, .init = open_with_policy, .fini = boxes_close, .timeout = 300);

static struct box *box_labelled(const char *label)
{
	struct box *box;

	if (access("/sys/fs/selinux/load", F_OK) < 0)
		boxes_skip("this kernel runs without SELinux");
	box = box_new();
	box_set(box, "process.selinuxLabel", "'%s'", label);
	return box;
}

/* The kernel ends it with a NUL. */
#define READ_LABEL "tr '\\0' '\\n' < /proc/self/attr/current"

Test(selinux, the_label_is_in_force_at_execve)
{
	struct box *box = box_labelled(CONTAINER);

	box_shell(box, READ_LABEL);
	assert_prints(box_run(box), CONTAINER "\n");
}

Test(selinux, the_label_of_an_exec_is_the_containers_or_its_own)
{
	struct box *box = box_labelled(CONTAINER);

	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	assert_ok(box_start(box));
	cr_assert_str_eq(proc_text(box_pid(box), "attr/current"), CONTAINER);
	assert_prints(box_exec(box, "sh", "-c", READ_LABEL), CONTAINER "\n");
	assert_prints(runtime(box, "exec", "--process-label",
			      "system_u:system_r:container_t:s0:c2", box->id, "sh", "-c",
			      READ_LABEL),
		      "system_u:system_r:container_t:s0:c2\n");
	assert_fails(runtime(box, "exec", "--process-label", "system_u:system_r:nobody_t:s0",
			     box->id, "true"),
		     255, "keyring: write \"system_u:system_r:nobody_t:s0\" to "
			  "`/proc/thread-self/attr/keycreate`: Invalid argument\n");
	cr_assert_str_eq(box_status(box), "running");
}

Test(selinux, a_label_that_the_policy_does_not_know_undoes_the_create)
{
	struct box *box = box_labelled("system_u:system_r:nobody_t:s0");

	assert_fails(box_create(box), 1,
		     "keyring: write \"system_u:system_r:nobody_t:s0\" to "
		     "`/proc/thread-self/attr/keycreate`: Invalid argument (config.json:");
	assert_fails(runtime(box, "create", "--no-new-keyring", box->id), 1,
		     "labels: write \"system_u:system_r:nobody_t:s0\" to "
		     "`/proc/thread-self/attr/exec`: Invalid argument (config.json:");
	cr_assert_null(boxes_left());
}

Test(selinux, a_label_that_the_policy_forbids_ends_the_start)
{
	struct box *box = box_labelled("system_u:system_r:other_t:s0");

	box_args(box, "/bin/true");
	/* EPERM says that no_new_privs was in the way, EACCES that the policy was. */
	assert_fails(box_run(box), 1, "exec: exec /bin/true: operation not permitted");
	cr_assert_null(boxes_left());
	box_set(box, "process.noNewPrivileges", "false");
	assert_fails(box_run(box), 1, "exec: exec /bin/true: permission denied");
	cr_assert_null(boxes_left());
}

Test(selinux, mounts_have_the_label_of_the_config)
{
	struct box *box = box_labelled(CONTAINER);
	char path[64], label[128] = "";
	pid_t pid;

	box_set(box, "linux.mountLabel", "'" FILES "'");
	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	pid = box_pid(box);
	cr_expect_not_null(strstr(proc_mount(pid, "/dev"), ",context=" FILES));
	cr_expect_not_null(strstr(proc_mount(pid, "/dev/shm"), ",context=" FILES));
	cr_expect_not_null(strstr(proc_mount(pid, "/dev/pts"), ",context=" FILES));
	cr_expect_null(strstr(proc_mount(pid, "/proc"), "context="));
	snprintf(path, sizeof path, "/proc/%d/root/dev/mqueue", pid);
	cr_assert_gt(getxattr(path, "security.selinux", label, sizeof label - 1), 0);
	cr_expect_str_eq(label, FILES);
}

/* podman */
Test(selinux, an_annotation_names_the_kind_of_label)
{
	struct box *box = box_labelled(CONTAINER);

	box_set(box, "linux.mountLabel", "'" FILES "'");
	box_set(box, "annotations", "{'run.oci.mount_context_type': 'rootcontext'}");
	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	cr_expect_not_null(strstr(proc_mount(box_pid(box), "/dev/shm"), ",rootcontext=" FILES));
}
