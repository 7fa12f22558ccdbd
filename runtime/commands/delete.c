/* delete.c -- `caisson delete`: free all that belongs to a container.
 *
 * Every step is one that may have been done before, by a delete that was killed in the middle:
 * what is gone already is no error. The record goes last, so that whatever happens before, there
 * is a container left to be deleted again. What could not be freed is named.
 *
 * Does not free what lies outside the record: the bundle is the engine's. */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "runtime/base/fault.h"
#include "runtime/base/owned.h"
#include "runtime/base/proc.h"
#include "runtime/command.h"
#include "runtime/hooks.h"
#include "runtime/life.h"
#include "runtime/record.h"
#include "specs/load.h"

enum { death_patience_ms = 10 * 1000 };

/* The first process by itself too: an unfinished create may not have put it into its cgroup. */
static int end_first_process(const struct record *record)
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

static int end_processes(const struct record *record)
{
	struct cgroup cgroup = { 0 };
	int result = end_first_process(record);

	if (result < 0)
		return result;
	if (record->cgroups.count) {
		result = cg_reopen(&cgroup, &record->cgroups, record->driver, record->arena);
		if (!result)
			result = cg_kill(&cgroup);
		if (!result)
			result = await_first_process(record);
		return result < 0 ? result : cg_remove(&cgroup);
	}
	return await_first_process(record);
}

/* runtime.md, "Lifecycle", step 12; failures of these hooks are warnings. */
static void run_poststop_hooks(const struct record *record)
{
	struct spec spec = { 0 };
	char *path = arena_format(record->arena, "%s/config.json", record->path);

	if (record->phase != RECORD_CREATED || !record->has_poststop)
		return;
	if (spec_load(&spec, path, record->arena) < 0) {
		warn("the poststop hooks were not run: %s", last_fault()->what);
		forget_fault();
		return;
	}
	hooks_run_all(&spec.hooks.poststop, "poststop",
		      life_hook_state(record, LIFE_STOPPED, 0, record->arena), record->bundle);
}

static int refuse_the_living(const struct record *record, enum life life)
{
	int result = refuse(EBUSY, "cannot delete container %s that is not stopped: %s",
			    record->id, life_name(life));

	return advise(result, life == LIFE_UNKNOWN ? "caisson delete --force %s frees what is left" :
						     "caisson delete --force %s kills it first",
		      record->id);
}

static int delete_record(struct record *record, bool force)
{
	enum life life = life_of(record);

	if (!force && life != LIFE_STOPPED && life != LIFE_CREATED)
		return refuse_the_living(record, life);
	if (record->phase == RECORD_DAMAGED && !record->created)
		warn("the record of %s could not be read: if it had processes or cgroups, they are "
		     "not known", record->id);
	if (record_of_this_boot(record)) {
		int result = end_processes(record);

		if (result < 0)
			return result;
	}
	run_poststop_hooks(record);
	return record_remove(record);
}

/* A create that hangs, in a hook for example, holds the lock. Without its child it fails, cleans
 * up and lets go. */
static void end_a_create(const struct records *records, const char *id, struct arena *arena)
{
	struct record record;

	if (record_load(&record, records, id, RECORD_LOOK, arena) == 0 &&
	    life_of(&record) == LIFE_CREATING)
		end_first_process(&record);
	record_close(&record);
	forget_fault();
}

int command_delete(const struct globals *globals, const struct arguments *arguments)
{
	struct records records;
	struct record record;
	int result = records_open(&records, globals->root, false, globals->arena);

	if (result < 0)
		return result;
	records_sweep(&records);
	if (arguments->force)
		end_a_create(&records, arguments->id, globals->arena);
	result = record_load(&record, &records, arguments->id, RECORD_LOCK, globals->arena);
	if (result == -ENOENT && arguments->force)
		return 0;
	if (result < 0)
		return result;
	result = delete_record(&record, arguments->force);
	record_close(&record);
	return result;
}
