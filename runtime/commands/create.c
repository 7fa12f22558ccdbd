/* create.c -- `caisson create`: everything but execve; `start` does that. */
#include "runtime/build.h"
#include "runtime/command.h"
#include "runtime/plan.h"
#include "runtime/run.h"
#include "runtime/session.h"

int command_create(const struct globals *globals, const struct arguments *arguments)
{
	struct plan plan = { 0 };
	struct run run;
	int result = plan_container(&plan, globals, arguments, "create");

	if (result)
		return session_blame(&plan, result);
	run_begin(&run, &plan);
	return session_walk(&build_list, &run);
}
