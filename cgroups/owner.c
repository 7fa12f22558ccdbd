/* owner.c -- a v2 cgroup is handed over to the user who will manage cgroups below it.
 *
 * runtime-spec, "Cgroup ownership": the directory, and of its files those that the kernel lists in
 * /sys/kernel/cgroup/delegate (cgroups(7), "Cgroups delegation"), so that nobody can raise his own
 * limits. Never on v1, whose delegation is not safe.
 *
 * Does not decide whether, and to whom: runtime/plan.c. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cgroups/tree.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

static const gid_t same_group = (gid_t)-1;

static int hand_over_files(int dir, char *names, uid_t owner)
{
	char *rest;

	for (char *name = strtok_r(names, "\n", &rest); name; name = strtok_r(NULL, "\n", &rest)) {
		/* Not every cgroup has each of them. */
		if (fchownat(dir, name, owner, same_group, AT_SYMLINK_NOFOLLOW) < 0 &&
		    errno != ENOENT)
			return -errno;
	}
	return 0;
}

int cg_hand_over(const struct cgroup *cgroup, const struct cg_hierarchy *hierarchy)
{
	char names[4096] = "cgroup.procs\ncgroup.subtree_control\ncgroup.threads\n";
	const uid_t owner = cgroup->owner;
	int result;

	if (!cgroup->has_owner || !cgroup->pure_v2 || (hierarchy->made && owner == geteuid()))
		return 0;
	autoclose int list = open("/sys/kernel/cgroup/delegate", O_RDONLY | O_CLOEXEC);
	ssize_t got = list < 0 ? 0 : read(list, names, sizeof names - 1);
	if (got > 0)
		names[got] = '\0';
	result = fchown(hierarchy->fd, owner, same_group) < 0 ? -errno : 0;
	if (!result)
		result = hand_over_files(hierarchy->fd, names, owner);
	/* An ordinary user gives nothing away, not even to an id of his own /etc/subuid. */
	if (result == -EPERM && cgroup->rootless) {
		warn("cgroup %s%s stays that of user %u: only root can hand it over to user %u",
		     hierarchy->mount, hierarchy->path, geteuid(), owner);
		return 0;
	}
	return result ? fail(result, "hand cgroup %s%s over to user %u", hierarchy->mount,
			     hierarchy->path, owner)
		      : 0;
}
