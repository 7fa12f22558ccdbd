/* test_limit_network.c -- network.classID and priorities: controllers that only v1 has.
 *
 * Few hosts mount them any more. Where one is free, it is mounted in the test's mount namespace and
 * for its time. The kernel keeps a hierarchy whose mount ends while a dead cgroup is still being
 * taken apart, and a dead cgroup for as long as there is a zombie that was in it: both ends are
 * waited for, since a hierarchy that stays would come into the images of the tests of criu. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "tests/lib/host.h"
#include "tests/lib/limits.h"

static const char *mounted;
static char mount_point[64];
static struct box *box;

/* Its line in /proc/cgroups: the number of its hierarchy, 0 when it is in none, and how many
 * cgroups there are. */
static unsigned cgroups_of(const char *controller, unsigned *hierarchy)
{
	const char *line = strstr(file_text("/proc/cgroups"), controller);
	unsigned count = 0;

	*hierarchy = 0;
	if (line)
		sscanf(line + strlen(controller), "%u %u", hierarchy, &count);
	return count;
}

static bool root_is_alone(void)
{
	unsigned hierarchy;

	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	return cgroups_of(mounted, &hierarchy) <= 1;
}

static bool hierarchy_is_gone(void)
{
	unsigned hierarchy;

	cgroups_of(mounted, &hierarchy);
	return !hierarchy;
}

/* Nobody tells. False: not within half a minute. */
static bool await(bool (*reached)(void))
{
	const int64_t until = clock_ms() + 30 * 1000;

	while (!reached()) {
		if (clock_ms() >= until)
			return false;
		usleep(10 * 1000);
	}
	return true;
}

static void close_network(void)
{
	bool ended = true;

	if (mounted) {
		box_delete_force(box);
		ended = await(root_is_alone) && umount2(mount_point, 0) == 0 &&
			await(hierarchy_is_gone);
		rmdir(mount_point);
		host_snapshot();
	}
	boxes_close();
	if (ended)
		return;
	fprintf(stderr, "the hierarchy of %s is left\n", mounted);
	abort(); /* as in boxes_close */
}

TestSuite(limit_network, .init = boxes_open, .fini = close_network, .timeout = 120);

static void needs_v1(const char *controller)
{
	box = box_new();
	if (host_has_controller(controller))
		return;
	host_hold_hierarchies(true);
	snprintf(mount_point, sizeof mount_point, "/tmp/%s.XXXXXX", controller);
	cr_assert_not_null(mkdtemp(mount_point));
	if (mount("cgroup", mount_point, "cgroup", MS_NOSUID | MS_NODEV | MS_NOEXEC, controller)) {
		rmdir(mount_point);
		boxes_skip("no v1 hierarchy of %s can be mounted: %m", controller);
	}
	mounted = controller;
	host_snapshot();
}

Test(limit_network, a_class_is_in_the_file)
{
	needs_v1("net_cls");
	box_set(box, "linux.resources.network.classID", "1048577");
	assert_prints(box_create(box), "");
	cr_assert_str_eq(limit_text(box_pid(box), "net_cls", "net_cls.classid", NULL), "1048577");
}

Test(limit_network, priorities_are_in_the_file)
{
	needs_v1("net_prio");
	box_set(box, "linux.resources.network.priorities", "[{'name': 'lo', 'priority': 5}]");
	assert_prints(box_create(box), "");
	cr_assert_eq(limit_number(box_pid(box), "net_prio", "net_prio.ifpriomap", NULL, "lo"), 5);
}

Test(limit_network, an_interface_that_is_none_is_refused_and_named)
{
	needs_v1("net_prio");
	box_set(box, "linux.resources.network.priorities", "[{'name': 'nowhere', 'priority': 5}]");
	assert_fails(box_create(box), 1, "linux.resources.network.priorities[0])");
}

Test(limit_network, without_the_controller_the_class_is_refused)
{
	box = box_new();
	if (host_has_controller("net_cls"))
		boxes_skip("this host has net_cls mounted");
	box_set(box, "linux.resources.network.classID", "1");
	assert_fails(box_create(box), 1, "cannot be applied: ");
	cr_assert_null(boxes_left());
}
