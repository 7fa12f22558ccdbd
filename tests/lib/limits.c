/* limits.c -- a container's limits as the kernel has them. See limits.h. */
#include "tests/lib/limits.h"

#include <fcntl.h>
#include <inttypes.h>
#include <linux/loop.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "tests/lib/host.h"

enum { limit_patience_ms = 10 * 1000 };

void needs_controller(const char *controller)
{
	if (!host_has_controller(controller))
		boxes_skip("this host has no %s controller", controller);
}

void needs_realtime_limits(void)
{
	needs_controller("cpu");
	if (access("/sys/fs/cgroup/cpu/cpu.rt_runtime_us", F_OK) < 0)
		boxes_skip("this host has no realtime limits (CONFIG_RT_GROUP_SCHED on cgroup v1)");
}

void needs_huge_pages(void)
{
	needs_controller("hugetlb");
	if (access("/sys/kernel/mm/hugepages/hugepages-2048kB", F_OK) < 0)
		boxes_skip("this host has no huge pages of 2MB");
}

void needs_second_cpu(void)
{
	needs_controller("cpuset");
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		boxes_skip("this host has one CPU");
}

pid_t box_begin(struct box *box)
{
	assert_ok(box_create(box));
	assert_ok(box_start(box));
	return box_pid(box);
}

/* The name of the file, or NULL after having skipped the test. */
static const char *file_here(pid_t pid, const char *controller, const char *v1, const char *v2)
{
	const char *folder = cgroup_folder(pid, controller);
	bool is_v2 = *file_text("%s/cgroup.type", folder);
	const char *file = is_v2 ? v2 : v1;

	cr_assert(*folder, "the container has no cgroup of %s", controller);
	if (!file)
		boxes_skip("cgroup %s has nothing like %s", is_v2 ? "v2" : "v1", is_v2 ? v1 : v2);
	return file;
}

const char *limit_text(pid_t pid, const char *controller, const char *v1, const char *v2)
{
	const char *file = file_here(pid, controller, v1, v2);
	char *text = (char *)cgroup_text(pid, controller, file);
	char *end = text + strlen(text);

	if (end > text && end[-1] == '\n')
		end[-1] = '\0';
	return text;
}

int64_t limit_number(pid_t pid, const char *controller, const char *v1, const char *v2,
		     const char *key)
{
	const char *line = limit_text(pid, controller, v1, v2);
	int64_t number;

	while (key && line && (strncmp(line, key, strlen(key)) || line[strlen(key)] != ' ')) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return line && sscanf(line + (key ? strlen(key) : 0), "%" SCNd64, &number) == 1 ? number :
											  -1;
}

void limit_wait(pid_t pid, const char *controller, const char *v1, const char *v2, const char *key,
		int64_t least)
{
	int64_t until = clock_ms() + limit_patience_ms;

	while (limit_number(pid, controller, v1, v2, key) < least)
		cr_assert_lt(clock_ms(), until, "not %" PRId64 " yet: %s", least,
			     limit_text(pid, controller, v1, v2));
}

dev_t loop_device(size_t size)
{
	char path[160];
	struct stat about;
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	int number = control < 0 ? -1 : ioctl(control, LOOP_CTL_GET_FREE);
	struct loop_config config = { .info.lo_flags = LO_FLAGS_AUTOCLEAR };
	int loop;

	snprintf(path, sizeof path, "%s/disk", boxes_folder());
	config.fd = (unsigned)open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	cr_assert_eq(ftruncate((int)config.fd, (off_t)size), 0);
	snprintf(path, sizeof path, "/dev/loop%d", number);
	loop = open(path, O_RDWR | O_CLOEXEC); /* until the test ends, and the device with it */
	if (number < 0 || loop < 0 || ioctl(loop, LOOP_CONFIGURE, &config) < 0)
		boxes_skip("no loop device can be made here: %m");
	close((int)config.fd);
	close(control);
	cr_assert_eq(fstat(loop, &about), 0);
	return about.st_rdev;
}
