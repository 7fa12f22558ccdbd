/* test_propagation.c -- volumes on which mounts go to and fro, as engines ask for them.
 *
 * podman and docker say rootfsPropagation "shared" for one such volume, Kubernetes "rshared", and the
 * other mounts have their own words. */
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/box.h"
#include "tests/lib/host.h"

static const char *volume(const char *below)
{
	static char path[128];

	snprintf(path, sizeof path, "%s/volume%s", boxes_folder(), below);
	return path;
}

/* All is shared as on most hosts, but in the test's own mount namespace. The volume is a mount, not
 * a part of that in which the root file systems lie: that one is made private for them. */
static void open_suite(void)
{
	boxes_open();
	cr_assert_eq(mkdir(volume(""), 0755), 0);
	cr_assert_eq(mount("tmpfs", volume(""), "tmpfs", 0, NULL), 0);
	cr_assert_eq(mkdir(volume("/below"), 0755), 0);
	cr_assert_eq(mount(NULL, "/", NULL, MS_SHARED | MS_REC, NULL), 0);
	host_snapshot();
}

TestSuite(propagation, .init = open_suite, .fini = boxes_close, .timeout = 60);

/* A box with a volume on /volume, and the same once more on /private. */
static struct box *box_with_volume(const char *root, const char *options)
{
	struct box *box = box_new();
	char path[64];

	box_set(box, "linux.rootfsPropagation", "'%s'", root);
	box_set(box, "mounts[+]", "{'destination': '/volume', 'type': 'bind', 'source': '%s',"
		" 'options': ['rbind', %s]}", volume(""), options);
	box_set(box, "mounts[+]", "{'destination': '/private', 'type': 'bind', "
		"'source': '%s', 'options': ['rbind', 'rprivate']}", volume(""));
	for (int i = 0; i < 3; i++) {
		static const char *const sets[] = { "bounding", "effective", "permitted" };

		snprintf(path, sizeof path, "process.capabilities.%s", sets[i]);
		box_set(box, path, "['CAP_SYS_ADMIN']");
	}
	return box;
}

static void assert_reaches_the_host(const char *root)
{
	struct box *box = box_with_volume(root, "'rshared'");

	box_shell(box, "mount -t tmpfs tmpfs /volume/below");
	assert_ok(box_run(box));
	cr_assert_not_null(proc_mount(getpid(), volume("/below")));
	cr_assert_eq(umount(volume("/below")), 0);
	/* And nothing else of the host's came or went: boxes_close() looks. */
}

Test(propagation, a_mount_on_a_shared_volume_is_seen_by_the_host)
{
	assert_reaches_the_host("shared");
}

Test(propagation, it_is_with_everything_shared)
{
	assert_reaches_the_host("rshared");
}

Test(propagation, a_mount_on_a_slave_volume_is_not)
{
	struct box *box = box_with_volume("rslave", "'rslave'");

	box_shell(box, "mount -t tmpfs tmpfs /volume/below");
	assert_ok(box_run(box));
	cr_assert_null(proc_mount(getpid(), volume("/below")));
}

Test(propagation, a_mount_of_the_hosts_is_seen_in_a_slave_volume)
{
	struct box *box = box_with_volume("rslave", "'rslave'");

	box_args(box, "grep", "-c", " /volume/below ", "/proc/self/mountinfo");
	assert_ok(box_create(box));
	cr_assert_eq(mount("tmpfs", volume("/below"), "tmpfs", 0, NULL), 0);
	assert_ok(box_start(box));
	box_wait_status(box, "stopped");
	cr_assert_str_eq(box_output(box), "1\n");
	cr_assert_eq(umount(volume("/below")), 0);
}
