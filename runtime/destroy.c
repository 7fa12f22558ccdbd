/* destroy.c -- free all that belongs to a container.
 *
 * Every step is one that may have been done before, by a delete that was killed in the middle:
 * what is gone already is no error. The record goes last, so that whatever happens before, there
 * is a container left to be deleted again. What could not be freed is named.
 *
 * Does not free what lies outside the record: the bundle is the engine's. */
#include "runtime/destroy.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "ns/root.h"
#include "runtime/base/debug.h"
#include "runtime/base/fault.h"
#include "runtime/base/owned.h"
#include "runtime/base/proc.h"
#include "runtime/hooks.h"
#include "runtime/life.h"
#include "specs/load.h"

enum { death_patience_ms = 10 * 1000 };

/* The first process by itself too: an unfinished create may not have put it into its cgroup. */
int destroy_first_process(const struct record *record)
{
	autoclose int pidfd = process_open(&record->init);

	if (pidfd == -ESRCH)
		return 0;
	if (pidfd < 0)
		return fail(pidfd, "open process %d", record->init.pid);
	int result = pidfd_signal(pidfd, SIGKILL);
	return result < 0 && result != -ESRCH ?
		       fail(result, "kill process %d", record->init.pid) :
		       0;
}

static int await_first_process(const struct record *record)
{
	autoclose int pidfd = process_open(&record->init);

	if (pidfd == -ESRCH)
		return 0;
	if (pidfd < 0)
		return fail(pidfd, "open process %d", record->init.pid);
	if (pidfd_wait_end(pidfd, death_patience_ms) == -ETIMEDOUT)
		return refuse(ETIMEDOUT, "process %d, the container's first, is still there after "
					 "%d seconds", record->init.pid, death_patience_ms / 1000);
	return 0;
}

static int end_processes(const struct record *record, struct cgroup *open)
{
	struct cgroup reopened = { 0 };
	struct cgroup *cgroup = open ? open : &reopened;
	int result;

	/* The usual end of `run`: its first process was reaped, and nobody else is left. */
	if (open && record->cgroups.count && cg_remove_empty(open))
		return 0;
	result = destroy_first_process(record);
	if (result < 0)
		return result;
	if (record->cgroups.count) {
		if (!open)
			result = cg_reopen(cgroup, &record->cgroups, record->driver,
					   record->arena);
		if (!result)
			result = cg_kill(cgroup);
		if (!result)
			result = await_first_process(record);
		return result < 0 ? result : cg_remove(cgroup);
	}
	return await_first_process(record);
}

/* runtime.md, "Lifecycle", step 12; failures of these hooks are warnings. */
static void run_poststop_hooks(const struct record *record)
{
	struct hooks_output output;
	struct spec spec = { 0 };
	char *path = arena_format(record->arena, "%s/config.json", record->path);

	if (record->phase != RECORD_CREATED || !record->has_poststop)
		return;
	if (spec_load(&spec, path, record->arena) < 0) {
		warn("the poststop hooks were not run: %s", last_fault()->what);
		forget_fault();
		return;
	}
	if (hooks_open_output(&output, &record->annotations) < 0) {
		warn("the poststop hooks say what they say to nobody: %s", last_fault()->what);
		forget_fault();
	}
	hooks_run_all(&spec.hooks.poststop, "poststop",
		      &(struct hooks_setting){
			      .state = life_hook_state(record, LIFE_STOPPED, 0, record->arena),
			      .cwd = record->bundle,
			      .output = &output,
		      });
	hooks_close_output(&output);
}

int container_destroy(struct record *record, struct cgroup *open)
{
	if (record->phase == RECORD_DAMAGED && !record->created)
		warn("the record of %s could not be read: if it had processes or cgroups, they are "
		     "not known", record->id);
	debug("delete %s", record->path);
	if (record_of_this_boot(record)) {
		int result = end_processes(record, open);

		if (result < 0)
			return result;
	}
	if (record->stays_mounted && record->rootfs) {
		int result = ns_root_unmount(record->rootfs);

		if (result < 0)
			return result;
	}
	run_poststop_hooks(record);
	return record_remove(record);
}
