/* target.c -- the places mounts go: opened or made below the root, and judged.
 *
 * /proc deserves care: LSM labels and sysctls live there, so a file system that only looks like
 * procfs, or a mount over one of its files, is refused (CVE-2019-16884, CVE-2019-19921,
 * CVE-2023-27561, CVE-2025-52881); only the files lxcfs fakes may be covered. What counts is the
 * mount a descriptor is on, not how its path is spelled.
 *
 * Does not resolve paths itself (below.c). */
#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include "ns/below.h"
#include "ns/rootplan.h"
#include "runtime/base/fault.h"
#include "runtime/base/owned.h"

static bool on_procfs(int fd)
{
	struct statfs about;

	return fstatfs(fd, &about) == 0 && about.f_type == PROC_SUPER_MAGIC;
}

/* The target is inside procfs. Fine only if it is one of the files lxcfs fakes, reached without a
 * symlink, or a procfs other than the container's. */
static int check_inside_proc(const struct ns_root *root, const struct mount_plan *plan, int target)
{
	static const char *const faked[] = {
		"/proc/cpuinfo",
		"/proc/diskstats",
		"/proc/meminfo",
		"/proc/stat",
		"/proc/swaps",
		"/proc/uptime",
		"/proc/loadavg",
		"/proc/slabinfo",
		"/proc/sys/kernel/ns_last_pid",
		"/proc/sys/crypto/fips_enabled",
	};
	autoclose int proc = below_open(root->fd, "/proc", BELOW_NO_SYMLINKS);

	if (proc >= 0 && attach_id(proc) != attach_id(target))
		return 0;
	for (size_t i = 0; i < sizeof faked / sizeof *faked; i++) {
		if (is_path(plan->destination, faked[i])) {
			autoclose int direct =
				below_open(root->fd, plan->destination, BELOW_NO_SYMLINKS);

			if (direct >= 0)
				return 0;
		}
	}
	return refuse(EPERM, "\"%s\" cannot be mounted because it is inside /proc",
		      plan->destination);
}

/* On /proc itself only procfs; that a new mount is one, plan_one() has seen. */
int check_proc(const struct ns_root *root, const struct mount_plan *plan, int source, int target)
{
	if (!is_path(plan->destination, "/proc"))
		return on_procfs(target) ? check_inside_proc(root, plan, target) : 0;
	if (source >= 0 && !on_procfs(source))
		return refuse(EINVAL, "\"%s\" cannot be mounted because it is not of type proc",
			      plan->destination);
	return 0;
}

int open_real_directory(const struct ns_root *root, const struct mount_plan *plan)
{
	int target = below_make_directory(root->fd, plan->destination, BELOW_NO_SYMLINKS);

	if (target == -ELOOP || target == -ENOTDIR)
		return refuse(EINVAL, "filesystem \"%s\" must be mounted on ordinary directory",
			      plan->type);
	return target < 0 ? fail(target, "make mount point %s", plan->destination) : target;
}

int open_target(const struct ns_root *root, const struct mount_plan *plan, int source, char mode[8])
{
	unsigned how = plan->options.destination_nofollow ? BELOW_NOFOLLOW : 0;
	struct stat about;
	int target;

	if (mode) {
		target = below_open(root->fd, plan->destination, how);
		if (target >= 0 && fstat(target, &about) == 0)
			snprintf(mode, 8, "%04o", about.st_mode & 07777);
		if (target >= 0)
			return target;
	}
	if (source >= 0 && fstat(source, &about) == 0 && !S_ISDIR(about.st_mode))
		target = below_make_file(root->fd, plan->destination, how);
	else
		target = below_make_directory(root->fd, plan->destination, how);
	return target < 0 ? fail(target, "make mount point %s", plan->destination) : target;
}
