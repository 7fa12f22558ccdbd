/* remove.c -- the cgroup goes, sub-cgroups first.
 *
 * rmdir(2) says EBUSY while a process is in it or below it, also one that is just dying. v2 tells
 * when the last is gone ("populated 0" wakes poll); v1 is asked again after short naps. Bounded to
 * 10 s in all; then the process that holds it is named. What is gone already is gone (two deletes
 * may race).
 *
 * systemd is asked to remove what it made; after that, what is left is removed here.
 *
 * Does not kill: kill.c. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cgroups/systemd.h"
#include "cgroups/tree.h"
#include "cgroups/unit.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

static bool is_gone(int result)
{
	return result == -ENOENT || result == -ENODEV;
}

/* What could not go is asked again later. A leaf is not even opened. */
static bool remove_child(int above, const char *name, void *unused)
{
	(void)unused;
	return !unlinkat(above, name, AT_REMOVEDIR) || errno == ENOENT;
}

/* The directory above the container's, and the name in it. `opened` is the caller's to close. */
static int find_parent(struct cg_hierarchy *hierarchy, const char **name, int *opened)
{
	char above[4096];
	const char *slash = strrchr(hierarchy->path, '/');
	int mount = cg_mount(hierarchy);

	*name = slash + 1;
	if (mount < 0 || slash == hierarchy->path)
		return mount;
	if (snprintf(above, sizeof above, "%.*s", (int)(slash - hierarchy->path),
		     hierarchy->path) >= (int)sizeof above)
		return fail(ENAMETOOLONG, "open cgroup %s%s", hierarchy->mount, hierarchy->path);
	*opened = cg_open_dir(mount, above);
	return *opened;
}

static int still_busy(struct cgroup *cgroup, struct cg_hierarchy *hierarchy, int dir)
{
	struct pid_list list = { 0 };
	char who[320];

	cg_list_pids(dir, cgroup->arena, &list);
	return refuse(EBUSY, "remove cgroup %s%s: still in use after %d s by %s", hierarchy->mount,
		      hierarchy->path, patience_ms / 1000,
		      cg_describe_pid(hierarchy, &list, who, sizeof who));
}

/* Until the directory is gone or the deadline has come. */
static int remove_patiently(struct cgroup *cgroup, struct cg_hierarchy *hierarchy, int parent,
			    const char *name, int64_t deadline)
{
	for (unsigned tries = 0;; tries++) {
		int dir, result;

		if (!unlinkat(parent, name, AT_REMOVEDIR) || errno == ENOENT || errno == ENODEV)
			return 0;
		result = -errno;
		dir = cg_dir(hierarchy);
		if (dir < 0)
			return dir == -ENOENT ? 0 : dir;
		if (result != -EBUSY && result != -ENOTEMPTY)
			return fail(result, "remove cgroup %s%s", hierarchy->mount,
				    hierarchy->path);
		cg_walk_below(dir, &(const struct cg_walk){ .child = remove_child });
		if (tries == 0)
			continue;
		if (now_ms() >= deadline)
			return still_busy(cgroup, hierarchy, dir);
		/* A nap on v2 as well: "populated 0" may have been for a moment only. */
		if (!hierarchy->v2 || !cg_wait_event(dir, "populated", 0, deadline))
			nap_ms(tries < 20 ? 1 : 25);
	}
}

void cg_remove_made_parents(struct cg_hierarchy *hierarchy)
{
	char path[4096], *slash;
	int mount = cg_mount(hierarchy);

	if (mount < 0 || strrchr(hierarchy->path, '/') == hierarchy->path + hierarchy->kept ||
	    snprintf(path, sizeof path, "%s", hierarchy->path) >= (int)sizeof path)
		return;
	for (;;) {
		slash = strrchr(path, '/');
		*slash = '\0';
		if (strlen(path) <= hierarchy->kept)
			return;
		slash = strrchr(path, '/');
		*slash = '\0';
		autoclose int above = cg_open_dir(mount, path);
		/* Others may have settled there since (EBUSY): then it is theirs. */
		if (above >= 0 && unlinkat(above, slash + 1, AT_REMOVEDIR) < 0 && errno != ENOENT)
			return;
		*slash = '/';
	}
}

static int remove_one(struct cgroup *cgroup, struct cg_hierarchy *hierarchy, int64_t deadline)
{
	const char *name;
	autoclose int opened = -1;
	int parent = find_parent(hierarchy, &name, &opened), result = parent;

	if (parent >= 0)
		result = remove_patiently(cgroup, hierarchy, parent, name, deadline);
	if (result < 0 && !is_gone(parent))
		return result;
	if (hierarchy->fd >= 0)
		close(hierarchy->fd);
	hierarchy->fd = -1;
	hierarchy->made = false;
	cg_remove_made_parents(hierarchy);
	return 0;
}

/* All of them are tried; the first failure is the one that is told. */
static int remove_all(struct cgroup *cgroup, bool only_made, int64_t deadline)
{
	int result = 0;

	for (size_t i = 0; i < cgroup->count; i++) {
		struct cg_hierarchy *hierarchy = &cgroup->hierarchies[i];

		if (only_made && !hierarchy->made)
			continue;
		if (!result) {
			result = remove_one(cgroup, hierarchy, deadline);
		} else {
			struct fault first = *last_fault();

			remove_one(cgroup, hierarchy, deadline);
			*last_fault() = first;
		}
	}
	return result;
}

bool cg_remove_empty(struct cgroup *cgroup)
{
	const int64_t no_waiting = 0;

	if (cgroup->unit)
		return false;
	if (!remove_all(cgroup, false, no_waiting))
		return true;
	forget_fault();
	return false;
}

int cg_remove(struct cgroup *cgroup)
{
	if (cgroup->unit)
		cg_systemd_remove(cgroup);
	return remove_all(cgroup, false, now_ms() + patience_ms);
}

/* Whoever is in a cgroup that we have made is ours: what a hook left behind, for one. */
int cg_unmake(struct cgroup *cgroup)
{
	/* A unit of that name which we did not start is somebody else's. */
	const bool scope = cgroup->unit && cgroup->unit->started;
	const int64_t no_waiting = 0;

	if (scope)
		cg_systemd_release(cgroup);
	else if (!remove_all(cgroup, true, no_waiting))
		return 0;
	forget_fault();
	cg_kill_made(cgroup);
	if (scope)
		cg_systemd_remove(cgroup);
	return remove_all(cgroup, true, now_ms() + patience_ms);
}
