/* start.c -- `caisson start`: the created container goes through the gate.
 *
 * Takes the creator's place at the other end of the baton, so that a failing startContainer hook
 * or execve is reported in full, and runs the poststart hooks. */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "cgroups/cgroup.h"
#include "runtime/base/fault.h"
#include "runtime/base/owned.h"
#include "runtime/base/proc.h"
#include "runtime/base/baton.h"
#include "runtime/command.h"
#include "runtime/destroy.h"
#include "runtime/gate.h"
#include "runtime/hooks.h"
#include "runtime/life.h"
#include "runtime/notify.h"
#include "runtime/plan.h"
#include "runtime/run.h"
#include "runtime/walk.h"
#include "specs/load.h"

/* `create` need not have seen its end: a limit on memory may strike when all else is done. runc's
 * words, which engines match. */
static int refuse_stopped(const struct record *record)
{
	struct cgroup cgroup = { 0 };
	bool too_low = !cg_reopen(&cgroup, &record->cgroups, record->driver, record->arena) &&
		       cg_oom_kills(&cgroup);
	int result;

	cg_close(&cgroup);
	result = refuse(EINVAL, "cannot start a container that has stopped");
	return too_low ? advise(result, "%s", cg_oom_hint) : result;
}

static int check_life(const struct record *record)
{
	switch (life_of(record)) {
	case LIFE_CREATED:
		return 0;
	case LIFE_RUNNING:
	case LIFE_PAUSED:
		return refuse(EBUSY, "cannot start an already running container");
	default:
		return refuse_stopped(record);
	}
}

static int go_through(struct run *run)
{
	int result = gate_knock(run->record.dir);

	if (result < 0)
		return fail(result, "knock at the container's gate");
	run->baton = result;
	if (baton_pass(run->baton) < 0)
		return refuse_stopped(&run->record);
	return walk_await(run);
}

static int poststart(struct run *run, struct arena *arena)
{
	struct record *record = &run->record;
	const char *config = arena_format(arena, "%s/config.json", record->path);
	struct spec spec;
	int result;

	if (!record->has_poststart)
		return 0;
	result = spec_load(&spec, config, arena);
	if (!result)
		result = hooks_open_output(&run->hooks_output, &record->annotations);
	if (!result)
		result = hooks_run(&spec.hooks.poststart, "poststart",
				   &(struct hooks_setting){
					   .state = life_hook_state(record, LIFE_RUNNING,
								    record->init.pid, arena),
					   .cwd = record->bundle,
					   .output = &run->hooks_output,
				   });
	return result;
}

/* runtime.md, "Lifecycle", 7 and 9: after a hook that failed "the runtime MUST generate an error,
 * stop the container, and continue the lifecycle at step 12": it is destroyed. */
static void destroy_after_hook(struct run *run)
{
	struct fault kept = *last_fault();

	if (container_destroy(&run->record, NULL) < 0)
		warn("the container could not be destroyed: %s", last_fault()->what);
	*last_fault() = kept;
}

static int notify(struct run *run, const char *host_socket)
{
	if (run->notify < 0)
		return 0;
	return notify_forward(run->notify, host_socket, run->pidfd, run->record.init.pid);
}

int command_start(const struct globals *globals, const struct arguments *arguments)
{
	const char *host_socket = getenv("NOTIFY_SOCKET");
	struct plan plan = { .globals = globals, .arguments = arguments };
	struct run run;
	bool hook_failed;
	int result;

	run_begin(&run, &plan);
	result = record_find(&run.record, &plan.records, globals->root, arguments->id, RECORD_LOCK,
			     globals->arena);
	if (!result)
		result = check_life(&run.record);
	if (result)
		return result;
	run.pidfd = process_open(&run.record.init);
	if (run.pidfd < 0)
		return refuse_stopped(&run.record);
	if (host_socket) {
		run.notify = notify_listen(run.record.dir);
		if (run.notify < 0)
			return run.notify;
	}
	result = go_through(&run);
	hook_failed = result && hooks_failed();
	if (!result) {
		result = poststart(&run, globals->arena);
		hook_failed = result;
	}
	if (hook_failed)
		destroy_after_hook(&run);
	return result ? result : notify(&run, host_socket);
}
