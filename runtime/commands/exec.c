/* exec.c -- `caisson exec`: one more process in a container that runs. */
#include <errno.h>
#include <string.h>

#include "runtime/base/fault.h"
#include "runtime/command.h"
#include "runtime/join.h"
#include "runtime/life.h"
#include "runtime/say.h"
#include "runtime/session.h"
#include "runtime/watch.h"

/* runc's words, which engines match. */
static int check_life(const struct record *record, const struct arguments *arguments)
{
	switch (life_of(record)) {
	case LIFE_CREATED:
	case LIFE_RUNNING:
		return 0;
	case LIFE_PAUSED:
		return arguments->ignore_paused
			       ? 0
			       : refuse(EBUSY, "cannot exec in a paused container (use "
					"--ignore-paused to override)");
	default:
		return refuse(ESRCH, "cannot exec in a stopped container");
	}
}

static int prepare(struct plan *plan, struct run *run, const struct globals *globals,
		   const struct arguments *arguments)
{
	struct record *record = arena_new(globals->arena, struct record);
	int result = record_find(record, &plan->records, globals->root, arguments->id,
				 RECORD_LOOK, globals->arena);

	if (!result)
		result = check_life(record, arguments);
	if (!result)
		result = plan_join(plan, record, globals, arguments);
	if (!result && !arguments->detach)
		result = watch_prepare();
	run_begin(run, plan);
	run->record = *record;
	return result;
}

/* The process is not config.json's, so no place in there is to blame for it. */
static int without_place(int result)
{
	struct fault *fault = last_fault();

	if (result && !strncmp(fault->path, "process.", 8))
		fault->path[0] = '\0';
	return result;
}

int command_exec(const struct globals *globals, const struct arguments *arguments)
{
	struct plan plan = { .globals = globals };
	struct run run;
	int result = prepare(&plan, &run, globals, arguments);

	if (!result)
		result = session_walk(&join_list, &run);
	if (result || arguments->detach)
		return without_place(result);
	say_warnings();
	return watch(run.pidfd, run.terminal.master);
}
