/* kill.c -- end every process of the container, or signal each.
 *
 * cgroup.kill (v2, Linux 5.14) ends all of them at once, forking ones and frozen ones included.
 * Elsewhere a fork bomb outruns whoever lists pids and signals them, so it is frozen first: who is
 * frozen neither forks nor exits, and its pid cannot pass to somebody else. SIGKILL then waits for
 * the thaw. On a hybrid host both are done: a process frozen by a v1 freezer dies only thawed, and
 * one that somebody moved into a frozen cgroup elsewhere has to be brought back for that.
 *
 * All is bounded: a process in uninterruptible sleep (crun#868) is named, not waited for. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "cgroups/tree.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"
#include "runtime/base/proc.h"

enum { freeze_for_kill_ms = 200, all_at_once_ms = 200 };

/* Forks may have happened between listing and now: what is there still is signalled. */
static int signal_list(const struct pid_list *list, int signal)
{
	int worst = 0;

	for (size_t i = 0; i < list->count; i++) {
		autoclose int pidfd = pidfd_of(list->at[i]);
		int result = pidfd < 0 ? pidfd : pidfd_signal(pidfd, signal);

		if (result && result != -ESRCH)
			worst = result;
	}
	return worst;
}

/* Freezes where that is possible, so that the list is complete and its pids are theirs; puts the
 * freezer back as it was. */
static int signal_below(struct cgroup *cgroup, int dir, int signal, struct pid_list *list)
{
	struct cg_hierarchy *freezer = cg_freezer(cgroup);
	int freezer_dir = freezer ? cg_dir(freezer) : -ENOENT, result;
	bool was_frozen = freezer_dir >= 0 && cg_is_frozen(cgroup);

	if (freezer_dir >= 0 && !was_frozen)
		cg_freeze_dir(freezer_dir, freezer->v2, true, now_ms() + freeze_for_kill_ms);
	result = cg_list_pids(dir, cgroup->arena, list);
	if (!result)
		result = signal_list(list, signal);
	if (freezer_dir >= 0 && !was_frozen)
		cg_freeze_dir(freezer_dir, freezer->v2, false, 0);
	return result;
}

int cg_signal(struct cgroup *cgroup, int signal)
{
	struct cg_hierarchy *hierarchy = cg_hierarchy_of_processes(cgroup);
	struct pid_list list = { 0 };
	int dir = hierarchy ? cg_dir(hierarchy) : -ENOENT, result;

	if (dir < 0)
		return dir == -ENOENT ? 0 : dir;
	result = signal_below(cgroup, dir, signal, &list);
	return result ? fail(result, "signal the processes of cgroup %s%s", hierarchy->mount,
			     hierarchy->path) :
			0;
}

void cg_let_die(struct cgroup *cgroup)
{
	struct cg_hierarchy *v1 = cg_hierarchy_of(cgroup, "freezer");
	int dir = v1 ? cg_dir(v1) : -ENOENT;

	if (dir >= 0)
		cg_thaw_below(dir);
}

/* A v1 cgroup that is frozen and not the container's is not ours to thaw; who comes out of it is
 * thawed by that (freezer_attach in the kernel). */
static void bring_back(struct cgroup *cgroup, const struct pid_list *list)
{
	struct cg_hierarchy *v1 = cg_hierarchy_of(cgroup, "freezer");
	int dir = v1 ? cg_dir(v1) : -ENOENT;

	for (size_t i = 0; dir >= 0 && i < list->count; i++) {
		char pid[16];

		snprintf(pid, sizeof pid, "%d", list->at[i]);
		write_small(dir, "cgroup.procs", pid);
	}
}

/* Before Linux 6.18 a quota of cpu time holds up whoever is throttled even in the kernel, on its way
 * out: with 1 ms in a second a killed process takes long to be gone. Nobody is to run any more. */
static void lift_quota(struct cgroup *cgroup)
{
	struct cg_hierarchy *hierarchy = cg_hierarchy_or_v2(cgroup, "cpu");
	int dir = hierarchy ? cg_dir(hierarchy) : -ENOENT;

	if (dir >= 0)
		write_small(dir, hierarchy->v2 ? "cpu.max" : "cpu.cfs_quota_us",
			    hierarchy->v2 ? "max" : "-1");
}

/* 0: nobody is left below that directory. */
static int kill_below(struct cgroup *cgroup, struct cg_hierarchy *hierarchy, int64_t deadline)
{
	struct pid_list list = { 0 };
	int dir = cg_dir(hierarchy), result;

	if (dir < 0)
		return dir == -ENOENT ? 0 : dir;
	for (unsigned tries = 0;; tries++) {
		char who[320];

		result = cg_list_pids(dir, cgroup->arena, &list);
		if (result)
			return fail(result, "list the processes of cgroup %s%s", hierarchy->mount,
				    hierarchy->path);
		if (!list.count)
			return 0;
		if (now_ms() >= deadline)
			return refuse(EBUSY, "cgroup %s%s still holds %s after SIGKILL and %d s",
				      hierarchy->mount, hierarchy->path,
				      cg_describe_pid(hierarchy, &list, who, sizeof who),
				      patience_ms / 1000);
		/* Between rounds the killed ones get time to go: only then is it asked again. */
		if (tries % 8 == 0) {
			signal_below(cgroup, dir, SIGKILL, &list);
			cg_let_die(cgroup);
		}
		if (tries % 8 == 7) {
			bring_back(cgroup, &list);
			lift_quota(cgroup);
		}
		nap_ms(tries < 8 ? 1 : 10);
	}
}

static int kill_all(struct cgroup *cgroup, bool only_made)
{
	struct cg_hierarchy *v2 = cg_hierarchy_v2(cgroup);
	int64_t deadline = now_ms() + patience_ms;
	int dir = v2 && (v2->made || !only_made) ? cg_dir(v2) : -ENOENT, result = 0;

	if (dir >= 0 && !write_small(dir, "cgroup.kill", "1")) {
		cg_let_die(cgroup);
		cg_wait_event(dir, "populated", 0, now_ms() + all_at_once_ms);
	}
	/* Every hierarchy: a create that was killed half way has its child in some of them only. */
	for (size_t i = 0; i < cgroup->count; i++) {
		int one;

		if (only_made && !cgroup->hierarchies[i].made)
			continue;
		one = kill_below(cgroup, &cgroup->hierarchies[i], deadline);
		result = result ? result : one;
	}
	return result;
}

int cg_kill(struct cgroup *cgroup)
{
	return kill_all(cgroup, false);
}

void cg_kill_made(struct cgroup *cgroup)
{
	kill_all(cgroup, true);
	forget_fault();
}

const char cg_oom_hint[] = "it ran out of memory: linux.resources.memory.limit is too low";

uint64_t cg_oom_kills(struct cgroup *cgroup)
{
	struct cg_hierarchy *hierarchy = cg_hierarchy_or_v2(cgroup, "memory");
	int dir = hierarchy ? cg_dir(hierarchy) : -ENOENT;
	int64_t count;

	if (dir < 0)
		return 0;
	count = cg_read_key(dir, hierarchy->v2 ? "memory.events" : "memory.oom_control",
			    "oom_kill");
	return count > 0 ? (uint64_t)count : 0;
}
