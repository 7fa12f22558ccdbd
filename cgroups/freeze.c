/* freeze.c -- stop every process of the container where it is, and let it go on.
 *
 * v2: cgroup.freeze asks, "frozen 1" in cgroup.events tells that all of them are. v1: the freezer
 * hierarchy; freezer.state says FREEZING until all are frozen, and may stay there for ever when a
 * process forks at the wrong moment, so it is asked again. A freeze that does not come about in
 * time is taken back: no container stays half frozen.
 *
 * Does not kill: kill.c. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cgroups/tree.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"

struct cg_hierarchy *cg_freezer(struct cgroup *cgroup)
{
	return cg_hierarchy_or_v2(cgroup, "freezer");
}

static int freeze_v1(int dir, int64_t deadline)
{
	char state[16];

	for (unsigned tries = 0;; tries++) {
		int result = write_small(dir, "freezer.state", "FROZEN");
		ssize_t length = result ? result :
					  read_small(dir, "freezer.state", state, sizeof state);

		if (length < 0)
			return (int)length;
		if (!strcmp(state, "FROZEN\n"))
			return 0;
		if (now_ms() >= deadline)
			return -ETIMEDOUT;
		/* Let those go on that wait for a frozen one (vfork), then ask again. */
		if (tries % 50 == 49)
			write_small(dir, "freezer.state", "THAWED");
		nap_ms(tries < 10 ? 1 : 5);
	}
}

int cg_freeze_dir(int dir, bool v2, bool frozen, int64_t deadline)
{
	int result;

	if (!v2)
		result = frozen ? freeze_v1(dir, deadline) :
				  write_small(dir, "freezer.state", "THAWED");
	else {
		result = write_small(dir, "cgroup.freeze", frozen ? "1" : "0");
		/* Thawing needs no wait: the processes run as soon as they are scheduled. An
		 * ancestor may hold them still, which is not ours to undo. */
		if (!result && frozen)
			result = cg_wait_event(dir, "frozen", 1, deadline);
	}
	if (result == -ETIMEDOUT)
		write_small(dir, v2 ? "cgroup.freeze" : "freezer.state", v2 ? "0" : "THAWED");
	return result;
}

static int thaw_one(int dir, void *unused)
{
	(void)unused;
	write_small(dir, "freezer.state", "THAWED");
	return 0;
}

void cg_thaw_below(int dir)
{
	cg_walk_below(dir, &(const struct cg_walk){ .visit = thaw_one });
}

int cg_freeze(struct cgroup *cgroup, bool frozen)
{
	struct cg_hierarchy *hierarchy = cg_freezer(cgroup);
	int dir, result;

	if (!hierarchy)
		return advise(refuse(ENOTSUP, "the container has no cgroup that could be frozen"),
			      "run it with cgroups, on a host with the v1 freezer or cgroup v2");
	dir = cg_dir(hierarchy);
	if (dir == -ENOENT)
		return fail(ENOENT, "open cgroup %s%s", hierarchy->mount, hierarchy->path);
	if (dir < 0)
		return dir;
	result = cg_freeze_dir(dir, hierarchy->v2, frozen, now_ms() + patience_ms);
	if (result == -ETIMEDOUT)
		return refuse(ETIMEDOUT, "cgroup %s%s was not frozen within %d s: thawed again",
			      hierarchy->mount, hierarchy->path, patience_ms / 1000);
	if (result)
		return fail(result, "%s cgroup %s%s", frozen ? "freeze" : "thaw", hierarchy->mount,
			    hierarchy->path);
	return 0;
}

bool cg_is_frozen(struct cgroup *cgroup)
{
	struct cg_hierarchy *hierarchy = cg_freezer(cgroup);
	char state[16];
	int dir = hierarchy ? cg_dir(hierarchy) : -ENOENT;

	if (dir < 0)
		return false;
	/* Its own state, not that of an ancestor. */
	return read_small(dir, hierarchy->v2 ? "cgroup.freeze" : "freezer.self_freezing", state,
			  sizeof state) > 0 &&
	       state[0] == '1';
}

const char *cg_freezer_path(struct cgroup *cgroup, struct arena *arena)
{
	struct cg_hierarchy *hierarchy = cg_freezer(cgroup);

	return hierarchy ? arena_format(arena, "%s%s", hierarchy->mount, hierarchy->path) : NULL;
}
