/* host_join.c -- the rows that only exec's list has on the host's side. See join.c. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"
#include "runtime/host.h"
#include "runtime/plan.h"
#include "runtime/priority.h"
#include "runtime/run.h"

/* --cgroup PATH (v2) or CONTROLLER[,CONTROLLER]:PATH (v1), below the container's own cgroup. The
 * kernel itself refuses ".." here (RESOLVE_BENEATH): crun 1.28 let exec climb out that way. */
static int descend(struct cgroup *cgroup, const char *word)
{
	const char *colon = strchr(word, ':');
	const char *path = colon ? colon + 1 : word;
	bool found = false;

	while (*path == '/')
		path++;
	for (size_t i = 0; i < cgroup->count; i++) {
		struct cg_hierarchy *hierarchy = &cgroup->hierarchies[i];
		size_t named = colon ? (size_t)(colon - word) : 0;

		if (colon ? strncmp(hierarchy->controllers, word, named) ||
				    hierarchy->controllers[named]
			  : !hierarchy->v2 && cgroup->pure_v2)
			continue;
		found = true;
		int fd = *path ? open_below(hierarchy->fd, path, O_RDONLY | O_DIRECTORY, 0)
			       : dup(hierarchy->fd);
		if (fd < 0)
			return fail(fd == -1 ? errno : fd, "--cgroup %s: open it below the "
				    "container's cgroup", word);
		close(hierarchy->fd);
		hierarchy->fd = fd;
	}
	return found ? 0 : refuse(EINVAL, "--cgroup %s: this host has no such hierarchy", word);
}

int host_join_cgroup(struct run *run)
{
	struct plan *plan = run->plan;
	const struct strings *below = &plan->arguments->cgroups;
	int result = cg_reopen(&plan->cgroup, &run->record.cgroups, run->record.driver,
			       plan->arena);

	for (size_t i = 0; i < below->count && !result; i++)
		result = descend(&plan->cgroup, below->at[i]);
	if (!result)
		result = cg_open_tasks(&plan->cgroup);
	if (!result)
		plan->spawn.cgroup = cg_birth_fd(&plan->cgroup);
	return result;
}

/* execCPUAffinity.initial: for the time before execve, and inherited (config.md, "process"). */
int host_initial_cpus(struct run *run)
{
	return priority_affinity(0, run->plan->initial_cpus, "process.execCPUAffinity.initial");
}

/* Nothing to do: holding the baton means that the rows above are done. */
int host_agree(struct run *run)
{
	(void)run;
	return 0;
}
