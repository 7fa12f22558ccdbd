/* host_join.c -- the rows that only exec's list has on the host's side. See join.c. */
#include <errno.h>

#include "runtime/base/fault.h"
#include "runtime/host.h"
#include "runtime/plan.h"
#include "runtime/priority.h"
#include "runtime/run.h"

bool host_follow(struct run *run)
{
	struct plan *plan = run->plan;

	if (plan->arguments->cgroups.count || cg_follow(&plan->cgroup, run->record.init.pid))
		return false;
	forget_fault();
	return true;
}

int host_join_cgroup(struct run *run)
{
	struct plan *plan = run->plan;
	const struct strings *below = &plan->arguments->cgroups;
	int result = cg_reopen(&plan->cgroup, &run->record.cgroups, run->record.driver,
			       plan->arena);

	for (size_t i = 0; i < below->count && !result; i++)
		result = cg_descend(&plan->cgroup, below->at[i]);
	if (!result)
		result = cg_open_tasks(&plan->cgroup);
	if (result)
		return result;
	result = cg_birth_fd(&plan->cgroup, &plan->spawn.cgroup);
	/* Its processes were moved by root outside, who then removed it. */
	if (result == -ENOENT && host_follow(run))
		result = cg_birth_fd(&plan->cgroup, &plan->spawn.cgroup);
	return result;
}

/* A container that has handed its controllers down to cgroups of its own (systemd does) holds no
 * process in its own cgroup any more. */
int host_spawn_joining(struct run *run)
{
	struct plan *plan = run->plan;
	int result = host_spawn(run);

	if (result != -EBUSY || !host_follow(run))
		return result;
	result = cg_birth_fd(&plan->cgroup, &plan->spawn.cgroup);
	return result ? result : host_spawn(run);
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
