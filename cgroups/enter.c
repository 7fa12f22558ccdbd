/* enter.c -- how a process gets into the container's cgroup.
 *
 * Into v2 it is born: clone3(2) with CLONE_INTO_CGROUP. Into the v1 hierarchies it moves itself:
 * a single thread that writes "0" to `tasks` needs no lock and waits for no RCU grace period
 * (0.07 ms; any write to cgroup.procs costs 6 ms and more on an idle machine).
 *
 * The v1 `tasks` files are opened on the host's side; the kernel judges the write by the
 * credentials of the opener (cgroup_procs_write_start, f_cred).
 *
 * Does not make the cgroup: make.c. Does not choose one below it: descend.c. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cgroups/tree.h"
#include "cgroups/unit.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

/* A user's scope is below user@UID.service, that user's login session is not. */
static bool may_be_born(struct cgroup *cgroup, const struct cg_hierarchy *v2)
{
	autoclose int self = open("/proc/self/cgroup", O_RDONLY | O_CLOEXEC);
	char *own;

	if (self < 0 || read_all(self, cgroup->arena, &own, 1 << 20) < 0 ||
	    strncmp(own, "0::", 3) != 0)
		return false;
	own += 3;
	own[strcspn(own, "\n")] = '\0';
	return cg_may_move(v2, own, cgroup->arena);
}

int cg_birth_fd(struct cgroup *cgroup, int *dir)
{
	struct cg_hierarchy *v2 = cg_hierarchy_v2(cgroup);
	int result = v2 ? cg_dir(v2) : -1;

	*dir = -1;
	if (v2 && result < 0)
		return result == -ENOENT ? fail(ENOENT, "open cgroup %s%s", v2->mount, v2->path) :
					   result;
	if (v2 && cgroup->unit && cgroup->unit->user && !may_be_born(cgroup, v2))
		cgroup->unit->attaches = true;
	else
		*dir = result;
	return 0;
}

int cg_open_tasks(struct cgroup *cgroup)
{
	for (size_t i = 0; i < cgroup->count; i++) {
		struct cg_hierarchy *hierarchy = &cgroup->hierarchies[i];
		int dir;

		if (hierarchy->v2 || hierarchy->tasks_fd >= 0)
			continue;
		dir = cg_dir(hierarchy);
		if (dir == -ENOENT)
			return fail(ENOENT, "open cgroup %s%s", hierarchy->mount, hierarchy->path);
		if (dir < 0)
			return dir;
		hierarchy->tasks_fd = open_below(dir, "tasks", O_WRONLY, 0);
		if (hierarchy->tasks_fd < 0)
			return fail(hierarchy->tasks_fd, "open cgroup %s%s/tasks", hierarchy->mount,
				    hierarchy->path);
	}
	return 0;
}

int cg_enter_self(struct cgroup *cgroup)
{
	for (size_t i = 0; i < cgroup->count; i++) {
		struct cg_hierarchy *hierarchy = &cgroup->hierarchies[i];

		if (hierarchy->v2)
			continue;
		if (write(hierarchy->tasks_fd, "0", 1) != 1)
			return fail(errno, "enter cgroup %s%s", hierarchy->mount, hierarchy->path);
		close(hierarchy->tasks_fd);
		hierarchy->tasks_fd = -1;
	}
	return 0;
}
